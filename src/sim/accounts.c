/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/accounts: what is counted, recorded and told. See accounts.h. Layer: sim. */
#include "sim/accounts.h"

#include <math.h>

/* --- at a round's start ----------------------------------------------------------------------- */

static void count(CsSums *sums, const CsBegun *begun)
{
    sums->rounds++;
    sums->server_energy_j += begun->server_energy_j;
    sums->device_energy_j += begun->device_energy_j;
    sums->cost += begun->cost;
    sums->cut += begun->decision.cut;
    sums->frequency_hz += begun->decision.frequency_hz;
    sums->outage_uplink += begun->uplink.outage;
    sums->outage_downlink += begun->downlink.outage;
    sums->beyond_uplink += begun->uplink.beyond_repetition;
    sums->beyond_downlink += begun->downlink.beyond_repetition;
    sums->delay_degenerate += cs_corners_delay_degenerate(&begun->state.corners);
    sums->energy_degenerate += cs_corners_energy_degenerate(&begun->state.corners);
}

/* Where a device is counted, if the sink takes such sums. */
static CsSums *sums_of(const CsSimulation *simulation, guint device)
{
    const CsConfig *config = simulation->config;
    gsize at = cs_simulation_asks(simulation, CS_ASKS_GROUPS)
                   ? (gsize)(cs_config_group_of(config, device) - config->groups)
                   : device;
    return &simulation->device_totals[at].sum;
}

void cs_account_radio(CsSimulation *simulation, guint device, double energy_j)
{
    simulation->totals.sum.radio_energy_j += energy_j;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->radio_energy_j += energy_j;
    if (simulation->record != NULL)
        simulation->record[device].radio_energy_j = energy_j;
}

void cs_account_blocks(CsSimulation *simulation, guint device, const CsBegun *begun)
{
    simulation->totals.sum.blocks += begun->blocks;
    simulation->totals.sum.blocks_given_up += begun->blocks_given_up;
    if (simulation->device_totals == NULL)
        return;
    sums_of(simulation, device)->blocks += begun->blocks;
    sums_of(simulation, device)->blocks_given_up += begun->blocks_given_up;
}

void cs_account_busy(CsSimulation *simulation, const CsStages *stages)
{
    simulation->busy_ns += (double)simulation->config->local_epochs *
                           ((double)stages->duration_ns[CS_STAGE_SERVER_FORWARD - 1] +
                            (double)stages->duration_ns[CS_STAGE_SERVER_BACKWARD - 1]);
}

static void count_regret(CsSimulation *simulation, guint device, double regret)
{
    simulation->totals.sum.regret += regret;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->regret += regret;
}

void cs_account_record(CsSimulation *simulation, guint device, const CsBegun *begun)
{
    CsWhereabouts at = simulation->walks != NULL
                           ? cs_walks_at(simulation->walks, device, simulation->start_ns)
                           : cs_whereabouts_unknown();
    simulation->record[device] = (CsRoundRecord){.replication = simulation->replication,
                                                 .round = simulation->round,
                                                 .device = device,
                                                 .decision = begun->decision,
                                                 .uplink = begun->uplink,
                                                 .downlink = begun->downlink,
                                                 .start_ns = simulation->start_ns,
                                                 .server_energy_j = begun->server_energy_j,
                                                 .device_energy_j = begun->device_energy_j,
                                                 .cost = begun->cost,
                                                 .corners = begun->state.corners,
                                                 .at = at};
}

/* What is known at the round's start, to the totals. */
void cs_account_begun(CsSimulation *simulation, guint device, const CsBegun *begun)
{
    if (simulation->knowledge != NULL)
        count_regret(simulation, device, begun->regret);
    count(&simulation->totals.sum, begun);
    if (simulation->device_totals != NULL)
        count(sums_of(simulation, device), begun);
    if (simulation->sink != NULL && simulation->sink->decided != NULL)
        simulation->sink->decided(simulation->sink, device, begun->decision.cut);
}

/* --- at its end ------------------------------------------------------------------------------- */

/* What the device's transfers have come to, where that was not known at the round's start. */
void cs_account_end_managed(const CsSimulation *simulation, guint device, CsBegun *begun)
{
    const CsTransferSums *sum = cs_transfers_sums(simulation->transfers, device);
    const CsDeviceGroup *group = cs_config_group_of(simulation->config, device);
    double sent_j = cs_group_send_j(group, sum->sent_bit[CS_UPLINK], sum->radiated_s[CS_UPLINK],
                                    sum->on_air_s[CS_UPLINK]);
    double received_j =
        cs_group_receive_j(group, sum->sent_bit[CS_DOWNLINK], sum->on_air_s[CS_DOWNLINK]);
    begun->radio_energy_j =
        sent_j + simulation->config->server.tx_power_w * sum->radiated_s[CS_DOWNLINK] + received_j;
    begun->blocks = sum->blocks;
    begun->blocks_given_up = sum->blocks_given_up;
}

void cs_account_managed(CsSimulation *simulation, guint device)
{
    CsBegun begun;
    cs_account_end_managed(simulation, device, &begun);
    cs_account_radio(simulation, device, begun.radio_energy_j);
    if (cs_simulation_asks(simulation, CS_ASKS_BLOCKS))
        cs_account_blocks(simulation, device, &begun);
}

void cs_account_delay(CsSimulation *simulation, guint device, double delay_s)
{
    simulation->totals.sum.delay_s += delay_s;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->delay_s += delay_s;
}

void cs_account_wait(CsSimulation *simulation, guint32 device, gint64 waited_ns)
{
    double waited_s = (double)waited_ns / 1e9;
    simulation->totals.sum.wait_s += waited_s;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->wait_s += waited_s;
}

void cs_account_lost(CsSimulation *simulation, guint device)
{
    CsLost lost = cs_fleet_spent(simulation->fleet, device);
    cs_lost_add(&simulation->totals.sum.lost, &lost);
    if (simulation->device_totals != NULL)
        cs_lost_add(&simulation->device_totals[device].sum.lost, &lost);
}

/* Counts the rounds that count, and those that do not as lost. */
void cs_account_fleet_round(CsSimulation *simulation)
{
    CsFleet *fleet = simulation->fleet;
    gboolean counts = cs_fleet_close_round(fleet);
    simulation->totals.rounds_failed += !counts;
    for (guint device = 0; device < simulation->config->n_devices; device++) {
        const CsMember *member = &fleet->of[device];
        const CsBegun *begun = &simulation->begun[device];
        if (counts && member->finished) {
            cs_account_begun(simulation, device, begun);
            cs_account_radio(simulation, device, begun->radio_energy_j);
            if (cs_simulation_asks(simulation, CS_ASKS_BLOCKS))
                cs_account_blocks(simulation, device, begun);
            cs_account_wait(simulation, device, member->wait_ns);
            cs_account_delay(simulation, device, begun->delay_s);
        } else {
            if (member->finished)
                cs_account_lost(simulation, device);
            fleet->of[device].finished = FALSE;
        }
    }
}

void cs_account_tell_round(CsSimulation *simulation)
{
    if (simulation->record == NULL)
        return;
    for (guint i = 0; i < simulation->config->n_devices; i++)
        if (simulation->fleet == NULL || simulation->fleet->of[i].finished)
            simulation->sink->round(simulation->sink, &simulation->record[i]);
}

gboolean cs_account_tell_end(CsSimulation *simulation)
{
    const CsRoundEnd end = {.replication = simulation->replication,
                            .round = simulation->round,
                            .end_ns = cs_des_now(simulation->des),
                            .so_far = &simulation->totals.sum};
    if (simulation->sink->round_end(simulation->sink, &end))
        return TRUE;
    simulation->totals.rounds = simulation->round;
    return FALSE;
}

/* --- at the run's end ------------------------------------------------------------------------- */

/* Devices' idling, and what is left in their batteries. */
static void end_fleet(CsSimulation *simulation)
{
    CsFleet *fleet = simulation->fleet;
    CsTotals *totals = &simulation->totals;
    totals->sum.idle_energy_j = 0;
    totals->rounds_completed = (double)totals->sum.rounds;
    totals->devices_empty = fleet->n_empty;
    simulation->busy_ns += fleet->busy_ns;
    for (guint i = 0; i < simulation->config->n_devices; i++) {
        double idle_j = cs_fleet_end(fleet, i);
        totals->sum.idle_energy_j += idle_j;
        if (simulation->device_totals == NULL)
            continue;
        simulation->device_totals[i].sum.idle_energy_j = idle_j;
        if (isfinite(fleet->of[i].battery_j))
            simulation->device_totals[i].battery_left_j = fleet->of[i].battery_j;
    }
}

void cs_account_tell_totals(CsSimulation *simulation)
{
    CsSink *sink = simulation->sink;
    gboolean by_group = cs_simulation_asks(simulation, CS_ASKS_GROUPS);
    if (simulation->fleet != NULL)
        end_fleet(simulation);
    for (guint i = 0; i < simulation->n_device_totals; i++)
        if (simulation->device_totals[i].sum.rounds > 0 || !by_group)
            sink->device(sink, &simulation->device_totals[i]);
    simulation->totals.makespan_s = (double)cs_des_now(simulation->des) / 1e9;
    simulation->totals.events = cs_des_fired(simulation->des);
    const CsServer *server = &simulation->config->server;
    simulation->totals.server_idle_energy_j =
        server->idle_power_w *
        (server->gpus * simulation->totals.makespan_s - simulation->busy_ns / 1e9);
    if (sink != NULL && sink->totals != NULL)
        sink->totals(sink, &simulation->totals);
}

/* --- making ----------------------------------------------------------------------------------- */

/* Sums of nothing yet: 0, or NAN where there will be nothing of the kind. */
static CsSums no_sums(const CsSimulation *simulation)
{
    double lost = simulation->fleet != NULL ? 0.0 : NAN;
    double blocks = cs_simulation_asks(simulation, CS_ASKS_BLOCKS) ? 0.0 : NAN;
    return (CsSums){.lost = {lost, lost, lost, lost, lost},
                    .idle_energy_j = NAN,
                    .regret = simulation->knowledge != NULL ? 0.0 : NAN,
                    .blocks = blocks,
                    .blocks_given_up = blocks};
}

/* A fleet counts for each of its devices. */
static void make_device_totals(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    gboolean by_group = simulation->sink->by_group && simulation->fleet == NULL;
    simulation->asks |= by_group ? CS_ASKS_GROUPS : 0;
    guint n = by_group ? config->n_groups : config->n_devices;
    simulation->n_device_totals = n;
    simulation->device_totals = g_new0(CsDeviceTotals, n);
    for (guint i = 0; i < n; i++) {
        simulation->device_totals[i].replication = simulation->replication;
        simulation->device_totals[i].device = by_group ? config->groups[i].first : i;
        simulation->device_totals[i].sum = no_sums(simulation);
        simulation->device_totals[i].battery_left_j = NAN;
    }
}

void cs_accounts_init(CsSimulation *simulation)
{
    const CsSink *sink = simulation->sink;
    double lost = simulation->fleet != NULL ? 0.0 : NAN;
    if (sink != NULL && sink->round != NULL)
        simulation->record = g_new0(CsRoundRecord, simulation->config->n_devices);
    if (simulation->record != NULL && simulation->config->places && simulation->parent == NULL)
        simulation->walks = cs_walks_new(simulation->config, simulation->replication);
    if (sink != NULL && sink->device != NULL)
        make_device_totals(simulation);
    if (simulation->fleet != NULL)
        simulation->begun = g_new0(CsBegun, simulation->config->n_devices);
    simulation->totals = (CsTotals){.replication = simulation->replication,
                                    .devices = simulation->config->n_devices,
                                    .rounds = simulation->config->rounds,
                                    .sum = no_sums(simulation),
                                    .rounds_completed = lost,
                                    .rounds_failed = lost,
                                    .devices_empty = lost};
}
