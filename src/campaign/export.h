/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/export: a table of results as CSV, whether it was recorded or not.
 *
 *     1. NAME.csv is there, and is what the manifest says: it is copied
 *     2. the table was recorded: it is read from results.sqlite
 *     3. it is computed anew; see campaign/recompute
 *
 * The bytes are the same each way.
 *
 * Layer: campaign. Calls base, output.
 */
#ifndef CS_CAMPAIGN_EXPORT_H
#define CS_CAMPAIGN_EXPORT_H

#include "campaign/recompute.h"

typedef struct {
    const char *directory; /* of the results */
    CsTable table;
    const char *output;         /* a file, or what leads to a terminal or a pipe */
    gboolean raw;               /* texts stay as they are, else they are made safe to show */
    CsRecomputeRequest request; /* which runs, in what order they are wherever the table has them */
} CsExport;

/* Does it. FALSE with `error`: of campaign/recompute (CHANGED too where the CSV file is not what
 * the manifest says), of the database, of a file, of the simulation. */
gboolean cs_export(const CsExport *export, GError **error);

/* Whether the table's CSV file in `directory`, where it is there, is the one that the manifest
 * lists. FALSE with CS_RECOMPUTE_ERROR_CHANGED, or of the directory. */
gboolean cs_export_is_sound(const char *directory, CsTable table, GError **error);

/* The same for one run, as a text in memory. Transfer full. */
char *cs_export_run(const char *directory, CsTable table, guint64 run, GError **error);

/* What a sweep's results lack, as cs_partial_tell(); NULL where they are whole. Transfer full. */
char *cs_export_lacks(const char *directory);

#endif
