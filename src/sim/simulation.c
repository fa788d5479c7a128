/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/simulation: the life of one replication: its state, its run, what it tells. See simulation.h.
 *
 * Layer: sim. Calls des, energy, and protocol.c for the events.
 */
#include "sim/simulation.h"

#include "energy/energy.h"
#include "sim/state.h"

#include <math.h>
#include <stdlib.h>

#define PROGRESS_EVERY 8192 /* events */

G_DEFINE_QUARK(cs - simulation - error - quark, cs_simulation_error)

/* --- making ----------------------------------------------------------------------------------- */

/* A group's computing times and energy by the cut: Eq. 7; E_D = T ξ_D f_D² η_D(c) / (δ_D σ_D). */
static void group_cost_init(CsGroupCost *cost, const CsConfig *config, const CsDeviceGroup *group)
{
    const CsProfile *profile = config->profile;
    cost->forward_ns = g_new(gint64, profile->n_cuts);
    cost->backward_ns = g_new(gint64, profile->n_cuts);
    cost->device_energy_j = g_new(double, profile->n_cuts);
    for (guint c = 0; c < profile->n_cuts; c++) {
        double forward = profile->device_forward_flop[c];
        double backward = profile->device_backward_flop[c];
        cost->forward_ns[c] = cs_duration_ns(
            cs_compute_time(forward, group->frequency_hz, group->flops_per_cycle, group->cores));
        cost->backward_ns[c] = cs_duration_ns(
            cs_compute_time(backward, group->frequency_hz, group->flops_per_cycle, group->cores));
        cost->device_energy_j[c] = cs_compute_energy(group->power_coefficient, group->frequency_hz,
                                                     config->local_epochs * (forward + backward),
                                                     group->flops_per_cycle, group->cores);
    }
}

static void derive_costs(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    const CsProfile *profile = config->profile;
    double flop_per_cycle = config->server.flops_per_cycle * config->server.cores;
    simulation->smashed_bit = g_new(double, profile->n_cuts);
    simulation->server_forward_cycle = g_new(double, profile->n_cuts);
    simulation->server_backward_cycle = g_new(double, profile->n_cuts);
    for (guint c = 0; c < profile->n_cuts; c++) {
        simulation->smashed_bit[c] = config->compression * profile->smashed_bit[c];
        simulation->server_forward_cycle[c] = profile->server_forward_flop[c] / flop_per_cycle;
        simulation->server_backward_cycle[c] = profile->server_backward_flop[c] / flop_per_cycle;
    }
    simulation->group_cost = g_new0(CsGroupCost, config->n_groups);
    for (guint i = 0; i < config->n_groups; i++)
        group_cost_init(&simulation->group_cost[i], config, &config->groups[i]);
}

static void draw_channels(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    g_autoptr(GString) name = g_string_new(NULL);
    simulation->channel = g_new(CsChannel, config->n_devices);
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        for (guint j = 0; j < group->count; j++) {
            g_string_assign(name, group->name);
            if (group->counted)
                g_string_append_printf(name, ".%u", j + 1);
            cs_channel_init(&simulation->channel[group->first + j], config, group, name->str,
                            simulation->replication);
        }
    }
}

/* Sums of nothing yet: 0, or NAN where there will be nothing of the kind. */
static CsSums no_sums(const CsSimulation *simulation)
{
    double lost = simulation->fleet != NULL ? 0.0 : NAN;
    double blocks = simulation->loses_blocks ? 0.0 : NAN;
    return (CsSums){.lost = {lost, lost, lost, lost, lost},
                    .idle_energy_j = NAN,
                    .regret = simulation->knowledge != NULL ? 0.0 : NAN,
                    .blocks = blocks,
                    .blocks_given_up = blocks};
}

static void make_gpus(CsSimulation *simulation)
{
    const CsServer *server = &simulation->config->server;
    guint n = simulation->config->n_devices;
    simulation->gpu = g_new0(guint32, n);
    if (server->discipline != CS_DISCIPLINE_SHARING) {
        simulation->gpus =
            cs_resource_new(simulation->des, server->gpus, cs_protocol_gpu_granted, simulation);
        return;
    }
    /* Seconds of a GPU's time as work: of so many GPUs a job can use one. */
    simulation->shared_gpus =
        cs_shared_new(simulation->des, server->gpus, n, cs_protocol_gpu_shared, simulation);
    cs_shared_set_limit(simulation->shared_gpus, 1);
    simulation->gpu_since_ns = g_new0(gint64, n);
    for (guint i = 0; i < n; i++)
        simulation->gpu[i] = i; /* in a trace each device has a track of its own */
}

static gboolean some_lose_blocks(const CsConfig *config)
{
    gboolean lose = FALSE;
    for (guint i = 0; i < config->n_groups; i++)
        lose |= cs_link_errors_lose(&config->groups[i].radio.errors);
    return lose;
}

/* A fleet counts for each of its devices. */
static void make_device_totals(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    simulation->by_group = simulation->sink->by_group && simulation->fleet == NULL;
    guint n = simulation->by_group ? config->n_groups : config->n_devices;
    simulation->n_device_totals = n;
    simulation->device_totals = g_new0(CsDeviceTotals, n);
    for (guint i = 0; i < n; i++) {
        simulation->device_totals[i].replication = simulation->replication;
        simulation->device_totals[i].device = simulation->by_group ? config->groups[i].first : i;
        simulation->device_totals[i].sum = no_sums(simulation);
        simulation->device_totals[i].battery_left_j = NAN;
    }
}

/* Room for what the scenario and the sink need beyond the bare minimum. */
static void make_room(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    const CsSink *sink = simulation->sink;
    guint n = config->n_devices;
    simulation->stages = aligned_alloc(sizeof(CsStages), n * sizeof(CsStages));
    g_assert(simulation->stages != NULL);
    simulation->contended =
        config->schedule != CS_SCHEDULE_SEQUENTIAL && config->server.gpus != CS_GPUS_UNLIMITED;
    if (simulation->contended)
        make_gpus(simulation);
    simulation->transfers = cs_transfers_new(simulation);
    if (config->policy->state_size > 0)
        simulation->policy_state = g_malloc0_n(n, config->policy->state_size);
    if (sink != NULL && sink->round != NULL)
        simulation->record = g_new0(CsRoundRecord, n);
    if (sink != NULL && sink->device != NULL)
        make_device_totals(simulation);
}

CsSimulation *cs_simulation_new(const CsConfig *config, guint64 replication, CsSink *sink)
{
    g_assert(config->profile != NULL && config->n_devices > 0 && config->local_epochs > 0);
    CsSimulation *simulation = g_new0(CsSimulation, 1);
    simulation->config = config;
    simulation->replication = replication;
    simulation->sink = sink;
    simulation->tells = sink != NULL && (sink->round != NULL || sink->span != NULL);
    simulation->des = cs_des_new();
    derive_costs(simulation);
    draw_channels(simulation);
    simulation->knowledge = cs_knowledge_new(config, replication);
    simulation->loses_blocks = some_lose_blocks(config);
    simulation->fleet = cs_fleet_new(simulation);
    if (simulation->fleet != NULL)
        simulation->begun = cs_protocol_begun_new(config->n_devices);
    make_room(simulation);
    simulation->load = cs_load_meter_new(config);
    simulation->special = simulation->transfers != NULL || simulation->fleet != NULL;
    simulation->bare = !simulation->special && !simulation->loses_blocks &&
                       simulation->load == NULL && simulation->knowledge == NULL &&
                       config->policy->plugin == NULL && !isfinite(config->server.idle_power_w);
    gboolean plain = !simulation->tells && !simulation->contended && !simulation->special;
    simulation->stage_end = cs_des_add_handler(
        simulation->des, plain ? cs_protocol_plain_stage_end : cs_protocol_stage_end, simulation);
    if (config->schedule != CS_SCHEDULE_SEQUENTIAL)
        cs_des_reserve(simulation->des, config->n_devices);
    cs_des_set_target_state(simulation->des, simulation->stage_end, simulation->stages,
                            sizeof(CsStages));
    double lost = simulation->fleet != NULL ? 0.0 : NAN;
    simulation->totals = (CsTotals){.replication = replication,
                                    .devices = config->n_devices,
                                    .rounds = config->rounds,
                                    .sum = no_sums(simulation),
                                    .rounds_completed = lost,
                                    .rounds_failed = lost,
                                    .devices_empty = lost};
    return simulation;
}

void cs_simulation_free(CsSimulation *simulation)
{
    if (simulation == NULL)
        return;
    for (guint i = 0; i < simulation->config->n_groups; i++) {
        g_free(simulation->group_cost[i].forward_ns);
        g_free(simulation->group_cost[i].backward_ns);
        g_free(simulation->group_cost[i].device_energy_j);
    }
    g_free(simulation->group_cost);
    g_free(simulation->smashed_bit);
    g_free(simulation->server_forward_cycle);
    g_free(simulation->server_backward_cycle);
    g_free(simulation->channel);
    free(simulation->stages);
    g_free(simulation->gpu);
    cs_transfers_free(simulation->transfers);
    g_free(simulation->policy_state);
    g_free(simulation->load);
    cs_knowledge_free(simulation->knowledge);
    cs_fleet_free(simulation->fleet);
    g_free(simulation->begun);
    g_free(simulation->record);
    g_free(simulation->device_totals);
    g_clear_error(&simulation->error);
    g_free(simulation->gpu_since_ns);
    cs_shared_free(simulation->shared_gpus);
    cs_resource_free(simulation->gpus);
    cs_des_free(simulation->des);
    g_free(simulation);
}

void cs_simulation_end(CsSimulation *simulation)
{
    simulation->ended = TRUE;
    cs_des_stop(simulation->des);
}

/* --- telling ---------------------------------------------------------------------------------- */

void cs_simulation_emit_round(CsSimulation *simulation)
{
    if (simulation->record == NULL)
        return;
    for (guint i = 0; i < simulation->config->n_devices; i++)
        if (simulation->fleet == NULL || simulation->fleet->of[i].finished)
            simulation->sink->round(simulation->sink, &simulation->record[i]);
}

static void emit_totals(CsSimulation *simulation)
{
    CsSink *sink = simulation->sink;
    if (simulation->fleet != NULL)
        cs_fleet_end(simulation->fleet);
    for (guint i = 0; i < simulation->n_device_totals; i++)
        if (simulation->device_totals[i].sum.rounds > 0 || !simulation->by_group)
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

static void publish_progress(CsSimulation *simulation)
{
    atomic_store_explicit(&simulation->progress_events, cs_des_fired(simulation->des),
                          memory_order_relaxed);
    atomic_store_explicit(&simulation->progress_ns, cs_des_now(simulation->des),
                          memory_order_relaxed);
}

guint64 cs_simulation_events(const CsSimulation *simulation)
{
    return atomic_load_explicit(&simulation->progress_events, memory_order_relaxed);
}

gint64 cs_simulation_clock_ns(const CsSimulation *simulation)
{
    return atomic_load_explicit(&simulation->progress_ns, memory_order_relaxed);
}

/* --- running ---------------------------------------------------------------------------------- */

gboolean cs_simulation_run(CsSimulation *simulation, const gint *interrupt, GError **error)
{
    g_assert(simulation->round == 0);
    if (simulation->config->rounds > 0)
        cs_protocol_start_round(simulation);
    while (simulation->error == NULL) {
        if (interrupt != NULL && g_atomic_int_get(interrupt) != 0) {
            g_set_error_literal(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                                "interrupted");
            return FALSE;
        }
        guint64 fired = cs_des_run_some(simulation->des, PROGRESS_EVERY);
        publish_progress(simulation);
        if (fired < PROGRESS_EVERY || simulation->ended)
            break;
    }
    gint64 waits = -1;
    if (simulation->error == NULL && simulation->transfers != NULL)
        waits = cs_transfers_waiting(simulation->transfers);
    if (waits >= 0)
        cs_protocol_fail_clock(simulation, (guint)waits);
    if (simulation->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&simulation->error));
        return FALSE;
    }
    emit_totals(simulation);
    return TRUE;
}
