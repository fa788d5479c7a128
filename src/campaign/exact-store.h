/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/exact-store: exact means as a directory of results that report, plot and compare read
 * like a sweep's: one replication a point, whose numbers are means, and "exact": true in the
 * manifest, so that no interval is made of them.
 *
 *     devices.csv, totals.csv    as a sweep's; totals of n rounds are n times the mean
 *     results.sqlite             the same with each point's parameters
 *
 * What has no mean stays empty: the makespan of devices at once, and events.
 *
 * Layer: campaign. Calls output.
 */
#ifndef CS_CAMPAIGN_EXACT_STORE_H
#define CS_CAMPAIGN_EXACT_STORE_H

#include "campaign/exact.h"
#include "campaign/store.h"

typedef struct CsExactStore CsExactStore;

/* Opens nothing yet: the directory is made when there is an answer to put into it. `directory` and
 * `sweep` are borrowed. Transfer full: cs_exact_store_end(). */
CsExactStore *cs_exact_store_new(const char *directory, guint mode, const CsSweep *sweep);

/* A point's rows. FALSE where they cannot be stored; the end tells why. */
gboolean cs_exact_store_add(CsExactStore *store, const CsRun *run, const CsExact *exact);

/* Writes the CSV files and the manifest, with `whole`, and frees the store. FALSE with `error` of
 * the store, the database or a file, also of what was added before. */
gboolean cs_exact_store_end(CsExactStore *store, gboolean whole, GError **error);

#endif
