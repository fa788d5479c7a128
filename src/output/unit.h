/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/unit: everything that listens to one replication: tables, summary, trace.
 *
 * A unit lives on its worker's thread until the replication ends, then on the thread that gathers.
 * Rows wait in memory until the unit's turn comes; past a few MiB they wait in a nameless file in
 * the directory of results, so that long replications take disk instead of memory.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_UNIT_H
#define CS_OUTPUT_UNIT_H

#include "output/csv.h"
#include "output/summary.h"

typedef struct {
    CsSink sink; /* first: a unit is a sink */
    CsCsvSink *csv;
    CsSink *summary;
    CsSink *trace;         /* borrowed, or NULL */
    const char *directory; /* borrowed; NULL: rows stay in memory */
    int waiting;           /* descriptor of the nameless file, or -1 */
    int waiting_error;     /* errno of the first failure there, 0 for none */
    guint64 events;
} CsUnit;

/* `tables` is a set of 1 << CsTable; `directory` is where results go, or NULL. Transfer full. */
CsUnit *cs_unit_new(const CsConfig *config, guint64 run, guint tables, CsSink *trace,
                    const char *directory);
void cs_unit_free(CsUnit *unit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsUnit, cs_unit_free)

/* Appends the unit's rows of `table` to `file`. FALSE with `error` set where they cannot be read
 * back; whether they could be written `file` itself tells. */
gboolean cs_unit_append(const CsUnit *unit, CsTable table, CsFile *file, GError **error);

#endif
