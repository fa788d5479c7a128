/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/row-sink: a sink that keeps the rows of one replication until they can be stored, and does
 * the work of storing them, as far as it can be done before, on the thread that simulates.
 *
 * Few rows are kept as records. Many are encoded as they come, as rows of a database and, where
 * wanted, as lines of the CSV files.
 *
 * Layer: output. Calls sim.
 */
#ifndef CS_OUTPUT_ROW_SINK_H
#define CS_OUTPUT_ROW_SINK_H

#include "output/database.h"

typedef struct {
    CsSink sink;
    CsRowContext row;
    guint tables;
    GArray *records[CS_TABLE_N]; /* NULL: not wanted; not yet in `part` */
    CsDatabase *part;            /* NULL as long as there are few rows */
    CsCsvSink *lines;            /* NULL: no CSV wanted */
    CsTotals totals;
    gboolean ended; /* `totals` has come */
} CsRowSink;

/* `tables` is a set of 1 << CsTable. `config` is borrowed. Transfer full. */
CsRowSink *cs_row_sink_new(guint tables, gboolean csv, guint64 run, const CsConfig *config);

/* See cs_csv_sink_end_rows(). */
void cs_row_sink_end_rows(CsRowSink *sink, char *more);
void cs_row_sink_free(CsRowSink *sink);

/* The replication's totals; NULL before its end. Borrowed. */
const CsTotals *cs_row_sink_totals(const CsRowSink *sink);

/* Adds the rows to the run under way in `database`. */
void cs_row_sink_store(CsRowSink *sink, CsDatabase *database);

/* Appends the lines of `table` to `file`, where they were wanted. */
void cs_row_sink_write(CsRowSink *sink, CsTable table, CsFile *file);

#endif
