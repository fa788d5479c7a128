/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/sink: names of tables, sums. See sink.h. Layer: sim. */
#include "sim/sink.h"

#include <string.h>

#define TABLES(X)                                                                                  \
    X(ROUNDS, "rounds", CsRoundRecord, "run", "replication", "round", "device")                    \
    X(DEVICES, "devices", CsDeviceTotals, "run", "replication", "device")                          \
    X(TOTALS, "totals", CsTotals, "run", "replication")                                            \
    X(LOSSES, "losses", CsLossRecord, "run", "replication", "round")

#define INFO(id, name, record, ...)                                                                \
    [CS_TABLE_##id] = {name, name ".csv", sizeof(record), {__VA_ARGS__, NULL}},
#define NAME(id, name, ...) {name, 1 << CS_TABLE_##id},

static const CsTableInfo tables[CS_TABLE_N] = {TABLES(INFO)};

const CsName cs_record_names[] = {TABLES(NAME){"events", CS_RECORD_EVENTS}, CS_NAMES_END};

const CsTableInfo *cs_table_info(CsTable table)
{
    g_assert((guint)table < CS_TABLE_N);
    return &tables[table];
}

CsTable cs_table_of_file(const char *name)
{
    guint t = 0;
    while (t < CS_TABLE_N && strcmp(tables[t].file_name, name) != 0)
        t++;
    return (CsTable)t;
}

CsTable cs_table_find(const char *name)
{
    guint t = 0;
    while (t < CS_TABLE_N && strcmp(tables[t].name, name) != 0)
        t++;
    return (CsTable)t;
}
