/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/row-sink: the rows of a replication on their way. See row-sink.h. Layer: output. */
#include "output/row-sink.h"

/* A part costs what some hundred rows do. */
#define RECORDS_MAX 1024u

/* Records go over to `database`. */
static void move_records(CsRowSink *sink, CsDatabase *database)
{
    for (guint i = 0; i < CS_TABLE_N; i++) {
        GArray *records = sink->records[i];
        gsize size = cs_table_info((CsTable)i)->record_size;
        for (guint k = 0; records != NULL && k < records->len; k++)
            cs_database_add(database, (CsTable)i, &sink->row, records->data + k * size);
        if (records != NULL)
            g_array_set_size(records, 0);
    }
}

static void keep(CsRowSink *sink, CsTable table, gconstpointer record)
{
    GArray *records = sink->records[table];
    if (records == NULL)
        return;
    g_array_append_vals(records, record, 1);
    if (records->len < RECORDS_MAX)
        return;
    if (sink->part == NULL)
        sink->part = cs_database_new_part(sink->row.config->places);
    move_records(sink, sink->part);
}

static void keep_round(CsSink *base, const CsRoundRecord *record)
{
    CsRowSink *sink = (CsRowSink *)base;
    keep(sink, CS_TABLE_ROUNDS, record);
    if (sink->lines != NULL)
        sink->lines->sink.round(&sink->lines->sink, record);
}

static void keep_device(CsSink *base, const CsDeviceTotals *totals)
{
    CsRowSink *sink = (CsRowSink *)base;
    keep(sink, CS_TABLE_DEVICES, totals);
    if (sink->lines != NULL)
        sink->lines->sink.device(&sink->lines->sink, totals);
}

static void keep_loss(CsSink *base, const CsLossRecord *record)
{
    CsRowSink *sink = (CsRowSink *)base;
    keep(sink, CS_TABLE_LOSSES, record);
    if (sink->lines != NULL)
        sink->lines->sink.loss(&sink->lines->sink, record);
}

/* The last to come. */
static void keep_totals(CsSink *base, const CsTotals *totals)
{
    CsRowSink *sink = (CsRowSink *)base;
    sink->totals = *totals;
    sink->ended = TRUE;
    keep(sink, CS_TABLE_TOTALS, totals);
    if (sink->lines != NULL && sink->lines->sink.totals != NULL)
        sink->lines->sink.totals(&sink->lines->sink, totals);
    if (sink->part == NULL)
        return;
    move_records(sink, sink->part);
    cs_database_end_part(sink->part);
}

CsRowSink *cs_row_sink_new(guint tables, gboolean csv, guint64 run, const CsConfig *config)
{
    CsRowSink *sink = g_new0(CsRowSink, 1);
    sink->row = (CsRowContext){.run = run, .config = config};
    for (guint i = 0; i < CS_TABLE_N; i++)
        if ((tables & (1u << i)) != 0)
            sink->records[i] =
                g_array_new(FALSE, FALSE, (guint)cs_table_info((CsTable)i)->record_size);
    sink->lines = csv ? cs_csv_sink_new(tables, run, config) : NULL;
    sink->sink.round = sink->records[CS_TABLE_ROUNDS] != NULL ? keep_round : NULL;
    sink->sink.device = sink->records[CS_TABLE_DEVICES] != NULL ? keep_device : NULL;
    sink->sink.loss = sink->records[CS_TABLE_LOSSES] != NULL ? keep_loss : NULL;
    sink->sink.totals = keep_totals;
    return sink;
}

void cs_row_sink_end_rows(CsRowSink *sink, char *more)
{
    if (sink->lines != NULL)
        cs_csv_sink_end_rows(sink->lines, more);
    else
        g_free(more);
}

void cs_row_sink_free(CsRowSink *sink)
{
    if (sink == NULL)
        return;
    for (guint i = 0; i < CS_TABLE_N; i++)
        if (sink->records[i] != NULL)
            g_array_unref(sink->records[i]);
    cs_database_close(sink->part);
    cs_csv_sink_free(sink->lines);
    g_free(sink);
}

const CsTotals *cs_row_sink_totals(const CsRowSink *sink)
{
    return sink->ended ? &sink->totals : NULL;
}

void cs_row_sink_store(CsRowSink *sink, CsDatabase *database)
{
    if (sink->part != NULL) {
        cs_database_end_part(sink->part); /* where no totals have come */
        cs_database_absorb(database, sink->part);
    }
    move_records(sink, database);
}

void cs_row_sink_write(CsRowSink *sink, CsTable table, CsFile *file)
{
    if (sink->lines != NULL)
        cs_csv_sink_flush(sink->lines, table, file);
}
