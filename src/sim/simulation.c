/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/simulation: the life of one replication: its state, its run, what it tells. See simulation.h.
 *
 * Layer: sim. Calls des, energy, and round, stage and accounts.
 */
#include "sim/simulation.h"

#include "base/fail.h"
#include "des/core.h"
#include "energy/energy.h"
#include "sim/accounts.h"
#include "sim/round.h"
#include "sim/stage.h"

#include <math.h>
#include <stdlib.h>

#define PROGRESS_EVERY 8192 /* events */
#define LEGS_EVERY 4        /* the same where an event may walk over many blocks of a channel */

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
        cost->device_energy_j[c] = cs_compute_energy(
            group->power_coefficient, group->frequency_hz,
            config->local_epochs * (forward + backward + 2 * profile->device_head_flop),
            group->flops_per_cycle, group->cores);
    }
    double head = profile->device_head_flop;
    cost->head_ns[0] = cost->head_ns[1] = cs_duration_ns(
        cs_compute_time(head, group->frequency_hz, group->flops_per_cycle, group->cores));
    CsPowerLaw power = cs_group_power(group);
    if (group->times == NULL && cs_power_law_plain(&power))
        return;
    double power_w = cs_power_law_w(&power, group->frequency_hz);
    if (group->times != NULL) {
        double hz = group->frequency_hz;
        cost->head_ns[0] = cs_duration_ns(cs_time_law_s(group->times->head_forward, hz));
        cost->head_ns[1] = cs_duration_ns(cs_time_law_s(group->times->head_backward, hz));
    }
    for (guint c = 0; c < profile->n_cuts; c++) {
        if (group->times != NULL) {
            cost->forward_ns[c] =
                cs_duration_ns(cs_time_law_s(group->times->forward[c], group->frequency_hz));
            cost->backward_ns[c] =
                cs_duration_ns(cs_time_law_s(group->times->backward[c], group->frequency_hz));
        }
        cost->device_energy_j[c] = power_w * group->cost.device_s[c];
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
    simulation->server_forward_s = g_new0(double, profile->n_cuts);
    simulation->server_backward_s = g_new0(double, profile->n_cuts);
    const CsComputeTimes *measured = config->server_times;
    for (guint c = 0; c < profile->n_cuts; c++) {
        simulation->smashed_bit[c] = config->compression * profile->smashed_bit[c];
        simulation->server_forward_cycle[c] = profile->server_forward_flop[c] / flop_per_cycle;
        simulation->server_backward_cycle[c] = profile->server_backward_flop[c] / flop_per_cycle;
        if (measured == NULL)
            continue;
        simulation->server_forward_cycle[c] = measured->forward[c].cycle;
        simulation->server_forward_s[c] = measured->forward[c].fixed_s;
        simulation->server_backward_cycle[c] = measured->backward[c].cycle;
        simulation->server_backward_s[c] = measured->backward[c].fixed_s;
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

static gboolean some_lose_blocks(const CsConfig *config)
{
    gboolean lose = FALSE;
    for (guint i = 0; i < config->n_groups; i++)
        lose |= cs_link_errors_lose(&config->groups[i].radio.errors);
    return lose;
}

/* --- a round tried ---------------------------------------------------------------------------- */

static void hear_nothing(G_GNUC_UNUSED CsSink *sink, G_GNUC_UNUSED const CsRoundRecord *record)
{
}

static void tried(CsSimulation *simulation, guint device)
{
    simulation->record[device].end_ns = cs_des_now(simulation->des);
    if (simulation->load != NULL)
        cs_load_end(simulation->load, device);
    simulation->running--;
}

static CsSimulation *make(const CsConfig *config, guint64 replication, CsSink *sink,
                          const CsSimulation *parent);

#define LOST 1.0 /* what a lost round costs on top: as much as all the range of U */

static int by_time(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return (x > y) - (x < y);
}

/* When the round that was tried ends for those still at work: at its deadline, or when as many as
 * it needs have finished behind it. CS_TIME_MAX without one. */
static gint64 closes_ns(const CsSimulation *fork, const CsFleet *fleet, guint first)
{
    if (fleet == NULL || fleet->deadline_ns == 0)
        return CS_TIME_MAX;
    g_autofree gint64 *end_ns = g_new(gint64, fork->together_end - first);
    guint n = 0, needed = fleet->needed - MIN(fleet->finished, fleet->needed);
    for (guint i = first; i < fork->together_end; i++)
        if (fork->forced[i].cut != CS_ABSENT)
            end_ns[n++] = fork->record[i].end_ns;
    qsort(end_ns, n, sizeof *end_ns, by_time);
    if (needed == 0)
        return fleet->deadline_ns;
    return needed <= n ? MAX(fleet->deadline_ns, end_ns[needed - 1]) : CS_TIME_MAX;
}

/* Whether a device's battery has less than its computing and its radio take, idling left out. */
static gboolean runs_empty(const CsSimulation *simulation, const CsRoundRecord *record)
{
    if (simulation->fleet == NULL)
        return FALSE;
    const CsDeviceGroup *group = cs_config_group_of(simulation->config, record->device);
    double bit = group->cost.air_bit[record->decision.cut];
    double up_s = bit / record->uplink.rate_bps;
    double down_s = simulation->config->sends_down ? bit / record->downlink.rate_bps : 0;
    double computing_j = isnan(record->device_energy_j) ? 0 : record->device_energy_j;
    return simulation->fleet->of[record->device].battery_j <
           computing_j + cs_group_send_j(group, bit, up_s, up_s) +
               cs_group_receive_j(group, down_s > 0 ? bit : 0, down_s);
}

/* Σ U with the delay that the round has when it is run, waiting included: a fork of the round on a
 * simulation of its own, which has the same channels; nothing of this one changes. Devices do not
 * leave it; a round that would be lost, by the deadline or for want of battery, costs 1 more. */
static double rollout(CsSimulation *simulation, guint first, const CsDecision *decisions,
                      const CsAhead *ahead)
{
    const CsConfig *config = simulation->config;
    double sum = 0;
    CsSink sink = {.round = hear_nothing};
    g_autoptr(CsSimulation) fork = make(config, simulation->replication, &sink, simulation);
    fork->round = simulation->round;
    fork->des->now_ns = cs_des_now(simulation->des);
    fork->device_done = tried;
    fork->forced = g_memdup2(decisions, config->n_devices * sizeof *decisions);
    if (ahead->price != NULL)
        fork->load = cs_load_meter_new(config);
    cs_round_try(fork, first);
    while (fork->error == NULL && fork->running > 0 && cs_des_step(fork->des))
        continue;
    if (fork->error != NULL || fork->running > 0)
        return INFINITY;
    if (fork->load != NULL)
        cs_load_next_round(fork->load, cs_des_now(fork->des));
    gint64 close_ns = closes_ns(fork, simulation->fleet, first);
    for (guint i = first; i < fork->together_end; i++) {
        if (ahead->price != NULL)
            ahead->price[i] = cs_load_of(fork->load, i).price;
        if (decisions[i].cut == CS_ABSENT)
            continue;
        const CsRoundRecord *record = &fork->record[i];
        double delay_s = (double)(record->end_ns - record->start_ns) / 1e9;
        if (ahead->delay_s != NULL)
            ahead->delay_s[i] = delay_s;
        sum += cs_cost_of(&record->corners, config->policy_settings.weight, delay_s,
                          record->server_energy_j);
        if (record->end_ns > close_ns || runs_empty(simulation, record))
            sum += LOST;
    }
    return sum;
}

static CsSimulation *make(const CsConfig *config, guint64 replication, CsSink *sink,
                          const CsSimulation *parent)
{
    g_assert(config->profile != NULL && config->n_devices > 0 && config->local_epochs > 0);
    CsSimulation *simulation = g_new0(CsSimulation, 1);
    gboolean fork = parent != NULL;
    guint n = config->n_devices;
    simulation->config = config;
    simulation->replication = replication;
    simulation->sink = sink;
    simulation->des = cs_des_new();
    derive_costs(simulation);
    simulation->parent = parent;
    if (fork)
        simulation->channel = parent->channel; /* the same draws */
    else
        draw_channels(simulation);
    simulation->stages = aligned_alloc(sizeof(CsStages), n * sizeof(CsStages));
    if (simulation->stages == NULL) /* as g_malloc() ends the program */
        g_error("%s: failed to allocate %" G_GSIZE_FORMAT " bytes", G_STRLOC, n * sizeof(CsStages));
    simulation->chain = config->chain;
    if (config->chain.times[CS_STAGE_HEAD_FORWARD] > 0) {
        simulation->asks |= CS_ASKS_HEAD;
        simulation->head_ns = g_new(gint64, 2 * (gsize)n);
    }
    if (config->policy->state_size > 0)
        simulation->policy_state = g_malloc0_n(n, config->policy->state_size);
    simulation->knowledge = cs_knowledge_new(config, replication);
    simulation->load = fork ? NULL : cs_load_meter_new(config);
    if (sink != NULL && (sink->round != NULL || sink->span != NULL))
        simulation->asks |= CS_ASKS_TELLING;
    simulation->told_of_ends = sink != NULL && sink->round_end != NULL;
    if (some_lose_blocks(config))
        simulation->asks |= CS_ASKS_BLOCKS;
    if (config->policy->joint || config->policy->priced || simulation->load != NULL ||
        simulation->knowledge != NULL || config->policy->plugin != NULL ||
        isfinite(config->server.idle_power_w))
        simulation->asks |= CS_ASKS_OTHER;
    cs_stage_init(simulation);
    cs_round_init(simulation, !fork);
    if ((config->policy->joint || config->policy->priced || config->policy->decide_crowd != NULL) &&
        !fork && simulation->knowledge == NULL)
        simulation->rollout = rollout;
    cs_accounts_init(simulation);
    cs_stage_ready(simulation);
    simulation->bare = !cs_simulation_asks(simulation, ~(guint)CS_ASKS_BARE);
    if (config->schedule != CS_SCHEDULE_SEQUENTIAL)
        cs_des_reserve(simulation->des, n);
    return simulation;
}

CsSimulation *cs_simulation_new(const CsConfig *config, guint64 replication, CsSink *sink)
{
    return make(config, replication, sink, NULL);
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
    g_free(simulation->forced);
    g_free(simulation->smashed_bit);
    g_free(simulation->server_forward_cycle);
    g_free(simulation->server_backward_cycle);
    g_free(simulation->server_forward_s);
    g_free(simulation->server_backward_s);
    if (simulation->parent == NULL)
        g_free(simulation->channel);
    free(simulation->stages);
    g_free(simulation->head_ns);
    g_free(simulation->gpu);
    cs_transfers_free(simulation->transfers);
    g_free(simulation->policy_state);
    cs_load_meter_free(simulation->load);
    cs_knowledge_free(simulation->knowledge);
    cs_fleet_free(simulation->fleet);
    g_free(simulation->begun);
    g_free(simulation->record);
    cs_walks_free(simulation->walks);
    g_free(simulation->device_totals);
    g_clear_error(&simulation->error);
    g_free(simulation->gpu_since_ns);
    cs_shared_free(simulation->shared_gpus);
    cs_resource_free(simulation->gpus);
    cs_des_free(simulation->des);
    g_free(simulation);
}

/* --- telling ---------------------------------------------------------------------------------- */

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

/* No event is left: an end beyond the clock is told of, not dropped. */
static void find_endless(CsSimulation *simulation)
{
    gint64 device = -1;
    if (simulation->transfers != NULL)
        device = cs_transfers_endless(simulation->transfers);
    if (device < 0 && simulation->shared_gpus != NULL)
        device = cs_shared_endless(simulation->shared_gpus);
    if (device >= 0)
        cs_state_fail_clock(simulation, (guint)device);
}

gboolean cs_simulation_run(CsSimulation *simulation, const gint *interrupt, GError **error)
{
    g_assert(simulation->round == 0);
    if (simulation->config->rounds > 0)
        cs_round_start(simulation);
    guint64 batch = simulation->transfers != NULL ? LEGS_EVERY : PROGRESS_EVERY;
    while (simulation->error == NULL) {
        if (interrupt != NULL && g_atomic_int_get(interrupt) != 0)
            return cs_fail(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                           "interrupted");
        guint64 fired = cs_des_run_some(simulation->des, batch);
        publish_progress(simulation);
        if (fired < batch || simulation->ended)
            break;
    }
    if (simulation->error == NULL && !simulation->ended)
        find_endless(simulation);
    if (simulation->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&simulation->error));
        return FALSE;
    }
    cs_account_tell_totals(simulation);
    return TRUE;
}
