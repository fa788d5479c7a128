/*
 * output/row-sink: a sink that keeps the records of one replication, to be written once it has ended.
 *
 * Layer: output. Calls sim.
 */
#ifndef CS_OUTPUT_ROW_SINK_H
#define CS_OUTPUT_ROW_SINK_H

#include "output/database.h"

typedef struct {
    CsSink sink;
    GArray *records[CS_TABLE_N]; /* NULL: not wanted; totals are always kept */
} CsRowSink;

/* `tables` is a set of 1 << CsTable. Transfer full. */
CsRowSink *cs_row_sink_new(guint tables);
void cs_row_sink_free(CsRowSink *sink);

/* The replication's totals; NULL before its end. Borrowed. */
const CsTotals *cs_row_sink_totals(const CsRowSink *sink);

/* Adds the wanted tables' records to the run that `database` has begun. */
void cs_row_sink_store(const CsRowSink *sink, guint tables, CsDatabase *database,
                       const CsRowContext *row);

#endif
