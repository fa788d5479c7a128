/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/sink: names of tables, sums. See sink.h. Layer: sim. */
#include "sim/sink.h"

#include <string.h>

void cs_lost_add(CsLost *lost, const CsLost *other)
{
    lost->rounds += other->rounds;
    lost->time_s += other->time_s;
    lost->server_energy_j += other->server_energy_j;
    lost->device_energy_j += other->device_energy_j;
    lost->radio_energy_j += other->radio_energy_j;
}

void cs_sums_add(CsSums *sums, const CsSums *other)
{
    sums->rounds += other->rounds;
    sums->delay_s += other->delay_s;
    sums->wait_s += other->wait_s;
    sums->server_energy_j += other->server_energy_j;
    sums->device_energy_j += other->device_energy_j;
    sums->radio_energy_j += other->radio_energy_j;
    sums->cost += other->cost;
    sums->cut += other->cut;
    sums->frequency_hz += other->frequency_hz;
    sums->outage_uplink += other->outage_uplink;
    sums->outage_downlink += other->outage_downlink;
    sums->beyond_uplink += other->beyond_uplink;
    sums->beyond_downlink += other->beyond_downlink;
    sums->delay_degenerate += other->delay_degenerate;
    sums->energy_degenerate += other->energy_degenerate;
    cs_lost_add(&sums->lost, &other->lost);
    sums->idle_energy_j += other->idle_energy_j;
    sums->regret += other->regret;
    sums->blocks += other->blocks;
    sums->blocks_given_up += other->blocks_given_up;
}

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
