/* output/row-sink: records kept until a replication has ended. See row-sink.h. Layer: output. */
#include "output/row-sink.h"

static const gsize record_size[CS_TABLE_N] = {
    [CS_TABLE_ROUNDS] = sizeof(CsRoundRecord),
    [CS_TABLE_DEVICES] = sizeof(CsDeviceTotals),
    [CS_TABLE_TOTALS] = sizeof(CsTotals),
};

static void keep(CsSink *sink, CsTable table, gconstpointer record)
{
    g_array_append_vals(((CsRowSink *)sink)->records[table], record, 1);
}

static void keep_round(CsSink *sink, const CsRoundRecord *record)
{
    keep(sink, CS_TABLE_ROUNDS, record);
}

static void keep_device(CsSink *sink, const CsDeviceTotals *totals)
{
    keep(sink, CS_TABLE_DEVICES, totals);
}

static void keep_totals(CsSink *sink, const CsTotals *totals)
{
    keep(sink, CS_TABLE_TOTALS, totals);
}

CsRowSink *cs_row_sink_new(guint tables)
{
    CsRowSink *sink = g_new0(CsRowSink, 1);
    tables |= 1u << CS_TABLE_TOTALS;
    for (guint i = 0; i < CS_TABLE_N; i++)
        if ((tables & (1u << i)) != 0)
            sink->records[i] = g_array_new(FALSE, FALSE, (guint)record_size[i]);
    sink->sink.round = sink->records[CS_TABLE_ROUNDS] != NULL ? keep_round : NULL;
    sink->sink.device = sink->records[CS_TABLE_DEVICES] != NULL ? keep_device : NULL;
    sink->sink.totals = keep_totals;
    return sink;
}

void cs_row_sink_free(CsRowSink *sink)
{
    if (sink == NULL)
        return;
    for (guint i = 0; i < CS_TABLE_N; i++)
        if (sink->records[i] != NULL)
            g_array_unref(sink->records[i]);
    g_free(sink);
}

const CsTotals *cs_row_sink_totals(const CsRowSink *sink)
{
    const GArray *totals = sink->records[CS_TABLE_TOTALS];
    return totals->len > 0 ? &g_array_index(totals, CsTotals, 0) : NULL;
}

void cs_row_sink_store(const CsRowSink *sink, guint tables, CsDatabase *database,
                       const CsRowContext *row)
{
    for (guint i = 0; i < CS_TABLE_N; i++) {
        const GArray *records = sink->records[i];
        if ((tables & (1u << i)) == 0)
            continue;
        for (guint k = 0; k < records->len; k++)
            cs_database_add(database, (CsTable)i, row, records->data + k * record_size[i]);
    }
}
