/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/protocol: a training round as events (letter, Section II-B).
 *
 *   decide → adapters down → T × { device forward → smashed data up → server forward →
 *   server backward → gradient down → device backward } → adapters up
 *
 * Each stage is one event at its end, 6T + 2 a round; its duration is rounded once to nanoseconds.
 * Sequential: a device starts when the one before it has ended. Parallel: all start together;
 * clusters: so do those of a cluster, one cluster after the other. Then the server's GPUs, where
 * they are limited, are a resource that a mini-batch holds for both its server stages. A device's
 * index is its events' priority, so that what happens at one instant happens in file order.
 *
 * Layer: sim. Calls des, radio, energy, policy.
 */
#include "des/core.h"
#include "sim/state.h"

#include <math.h>

/* A round's beginning is compiled twice, `bare` being a constant of each: with all that a scenario
 * may ask for, and without looking for it. */
#define TWICE static inline __attribute__((always_inline))

/* The stage behind each; behind the last epoch's device backward it is adapter up. */
static const guint8 stage_after[CS_STAGE_N] = {
    [CS_STAGE_ADAPTER_DOWN] = CS_STAGE_DEVICE_FORWARD,
    [CS_STAGE_DEVICE_FORWARD] = CS_STAGE_SMASHED_UP,
    [CS_STAGE_SMASHED_UP] = CS_STAGE_SERVER_FORWARD,
    [CS_STAGE_SERVER_FORWARD] = CS_STAGE_SERVER_BACKWARD,
    [CS_STAGE_SERVER_BACKWARD] = CS_STAGE_GRADIENT_DOWN,
    [CS_STAGE_GRADIENT_DOWN] = CS_STAGE_DEVICE_BACKWARD,
    [CS_STAGE_DEVICE_BACKWARD] = CS_STAGE_DEVICE_FORWARD,
};

/* Moves on to the next stage, in arithmetic: with several devices under way no branch here could be
 * foreseen by the processor. */
static inline CsStage advance(CsStages *stages)
{
    guint epoch_ends = stages->stage == CS_STAGE_DEVICE_BACKWARD;
    guint again = epoch_ends & (stages->epochs_left > 0);
    guint next = stage_after[stages->stage] +
                 (epoch_ends - again) * (CS_STAGE_ADAPTER_UP - CS_STAGE_DEVICE_FORWARD);
    stages->epochs_left -= again;
    return (CsStage)next;
}

static gboolean is_transfer(CsStage stage)
{
    return stage == CS_STAGE_ADAPTER_DOWN || stage == CS_STAGE_SMASHED_UP ||
           stage == CS_STAGE_GRADIENT_DOWN || stage == CS_STAGE_ADAPTER_UP;
}

/* Nothing to send takes no time, whatever the rate. */
static gint64 transfer_ns(double size_bit, double rate_bps)
{
    return size_bit > 0 ? cs_duration_ns(size_bit / rate_bps) : 0;
}

static void fail(CsSimulation *simulation, guint device, CsSimulationError code, const char *reason)
{
    if (simulation->error == NULL) {
        g_autofree char *name = cs_config_device_name(simulation->config, device);
        g_set_error(&simulation->error, CS_SIMULATION_ERROR, (gint)code,
                    "round %" G_GUINT64_FORMAT " of device '%s' %s", simulation->round, name,
                    reason);
    }
    cs_des_stop(simulation->des);
}

void cs_protocol_fail_clock(CsSimulation *simulation, guint device)
{
    if (simulation->fleet != NULL && simulation->fleet->of[device].give_up != 0)
        return;
    g_autofree char *reason =
        g_strdup_printf("does not fit the clock, which ends at %g s", (double)CS_TIME_MAX / 1e9);
    fail(simulation, device, CS_SIMULATION_ERROR_CLOCK, reason);
}

void cs_protocol_fail_transfer(CsSimulation *simulation, guint device)
{
    fail(simulation, device, CS_SIMULATION_ERROR_TRANSFER,
         "has a transfer that is not done after 10 days: its link has become too weak, and "
         "'transfer-limit' in [radio] would give it up");
}

void cs_protocol_fail_trace(CsSimulation *simulation, guint device)
{
    fail(simulation, device, CS_SIMULATION_ERROR_TRACE,
         "has something to send when its trace has ended");
}

/* When a stage of that duration that begins now ends; -1 where the clock does not hold it. */
static inline gint64 end_of(CsSimulation *simulation, guint32 device, gint64 duration_ns)
{
    gint64 now_ns = cs_des_now(simulation->des);
    if (G_UNLIKELY(duration_ns >= CS_TIME_MAX - now_ns)) {
        cs_protocol_fail_clock(simulation, device);
        return -1;
    }
    return now_ns + duration_ns;
}

/* Posts the end of a stage that begins now. */
static inline void post_end(CsSimulation *simulation, guint32 device, gint64 duration_ns)
{
    gint64 end_ns = end_of(simulation, device, duration_ns);
    if (G_LIKELY(end_ns >= 0))
        cs_des_post(simulation->des, end_ns, device, simulation->stage_end, device);
}

/* The same where the device may leave before. */
static void schedule_end(CsSimulation *simulation, guint32 device, gint64 duration_ns)
{
    gint64 end_ns = end_of(simulation, device, duration_ns);
    if (end_ns >= 0)
        simulation->fleet->of[device].stage_end =
            cs_des_schedule(simulation->des, end_ns, device, simulation->stage_end, device);
}

/* --- a round's start -------------------------------------------------------------------------- */

/* Everything that is known of a device's round when it begins. */
typedef struct CsBegun {
    CsRoundState state;
    CsLinkState uplink, downlink;
    CsDecision decision;
    double server_energy_j, device_energy_j, radio_energy_j, cost;
    double regret;                  /* only where knowledge is not perfect */
    double busy_ns, delay_s;        /* only with a fleet */
    double blocks, blocks_given_up; /* only where some are lost */
} Begun;

Begun *cs_protocol_begun_new(guint n)
{
    return g_new0(Begun, n);
}

/* (P_device + P_circuit) t_up + P_AP t_down (+ P_receive t_down where given), in J. */
static double radio_energy_j(const CsConfig *config, const CsDeviceGroup *group, double uplink_s,
                             double downlink_s)
{
    double receive_w = isnan(group->rx_power_w) ? 0 : group->rx_power_w;
    return (group->tx_power_w + group->tx_circuit_power_w) * uplink_s +
           (config->server.tx_power_w + receive_w) * downlink_s;
}

/* A device's links at its round's start, as the policy sees them. */
TWICE void look_at_links(CsSimulation *simulation, guint device, guint group_index, gboolean bare,
                         Begun *begun)
{
    const CsDeviceGroup *group = &simulation->config->groups[group_index];
    const CsChannel *channel = &simulation->channel[device];
    CsTransfers *transfers = bare ? NULL : simulation->transfers;
    guint64 round = simulation->round;
    if (transfers != NULL) {
        begun->uplink = cs_transfers_link(transfers, device, group_index, CS_UPLINK);
        begun->downlink = cs_transfers_link(transfers, device, group_index, CS_DOWNLINK);
        return;
    }
    begun->uplink = cs_channel_state(channel, group, CS_UPLINK, round, CS_TRANSMISSION_ROUND_START);
    begun->downlink =
        cs_channel_state(channel, group, CS_DOWNLINK, round, CS_TRANSMISSION_ROUND_START);
}

/* Ends the run if the plugin's decision is none, and goes on with one that is. */
static void check_decision(CsSimulation *simulation, guint device, const CsCostTable *cost,
                           CsDecision *decision)
{
    g_autoptr(GError) error = NULL;
    if (cs_decision_check(simulation->config->policy, cost, *decision, &error))
        return;
    g_autofree char *reason = g_strdup_printf("cannot begin: %s", error->message);
    fail(simulation, device, CS_SIMULATION_ERROR_POLICY, reason);
    *decision = (CsDecision){.cut = 0, .frequency_hz = cost->frequency_max_hz};
}

TWICE void decide(CsSimulation *simulation, guint device, guint group_index, gboolean bare,
                  Begun *begun)
{
    const CsConfig *config = simulation->config;
    const CsDeviceGroup *group = &config->groups[group_index];
    const CsPolicy *policy = config->policy;
    const CsChannel *channel = &simulation->channel[device];
    guint64 round = simulation->round;

    look_at_links(simulation, device, group_index, bare, begun);
    double up_bps = begun->uplink.rate_bps, down_bps = begun->downlink.rate_bps;
    begun->state = (CsRoundState){.cost = &group->cost,
                                  .corners = cs_cost_corners(&group->cost, up_bps, down_bps),
                                  .uplink_bps = up_bps,
                                  .downlink_bps = down_bps,
                                  .round = round,
                                  .key = channel->policy};
    if (!bare && simulation->load != NULL)
        begun->state.load = simulation->load->load;
    gpointer memory = simulation->policy_state != NULL
                          ? simulation->policy_state + (gsize)device * policy->state_size
                          : NULL;
    if (!bare && simulation->knowledge != NULL)
        begun->decision =
            cs_knowledge_decide(simulation->knowledge, device, group, &begun->state, &begun->uplink,
                                &begun->downlink, memory, &begun->regret);
    else
        begun->decision = policy->decide(&config->policy_settings, &begun->state, memory);
    if (!bare && policy->plugin != NULL)
        check_decision(simulation, device, &group->cost, &begun->decision);

    guint cut = begun->decision.cut;
    double frequency_hz = begun->decision.frequency_hz, air_bit = group->cost.air_bit[cut];
    begun->server_energy_j = cs_cost_energy(&group->cost, frequency_hz, cut);
    begun->device_energy_j = simulation->group_cost[group_index].device_energy_j[cut];
    begun->radio_energy_j = radio_energy_j(config, group, air_bit / up_bps, air_bit / down_bps);
    begun->cost = cs_cost(&group->cost, &begun->state.corners, config->policy_settings.weight,
                          up_bps, down_bps, frequency_hz, cut);
}

/* The durations of a round's stages but the first; the duration of the first. */
TWICE gint64 fill_stages(CsSimulation *simulation, guint group_index, const Begun *begun,
                         CsStages *stages)
{
    const CsGroupCost *own = &simulation->group_cost[group_index];
    guint cut = begun->decision.cut;
    double frequency_hz = begun->decision.frequency_hz;
    double smashed_bit = simulation->smashed_bit[cut];
    double adapter_bit = simulation->config->profile->adapter_bit[cut];
    gint64 *duration_ns = stages->duration_ns;

    duration_ns[CS_STAGE_DEVICE_FORWARD - 1] = own->forward_ns[cut];
    duration_ns[CS_STAGE_SMASHED_UP - 1] = transfer_ns(smashed_bit, begun->uplink.rate_bps);
    duration_ns[CS_STAGE_SERVER_FORWARD - 1] =
        cs_duration_ns(simulation->server_forward_cycle[cut] / frequency_hz);
    duration_ns[CS_STAGE_SERVER_BACKWARD - 1] =
        cs_duration_ns(simulation->server_backward_cycle[cut] / frequency_hz);
    duration_ns[CS_STAGE_GRADIENT_DOWN - 1] = transfer_ns(smashed_bit, begun->downlink.rate_bps);
    duration_ns[CS_STAGE_DEVICE_BACKWARD - 1] = own->backward_ns[cut];
    duration_ns[CS_STAGE_ADAPTER_UP - 1] = transfer_ns(adapter_bit, begun->uplink.rate_bps);
    stages->epochs_left = simulation->config->local_epochs - 1;
    stages->stage = CS_STAGE_ADAPTER_DOWN;
    return transfer_ns(adapter_bit, begun->downlink.rate_bps);
}

TWICE void count(CsSums *sums, const Begun *begun)
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
    gsize at = simulation->by_group ? (gsize)(cs_config_group_of(config, device) - config->groups)
                                    : device;
    return &simulation->device_totals[at].sum;
}

static void count_radio(CsSimulation *simulation, guint device, double energy_j)
{
    simulation->totals.sum.radio_energy_j += energy_j;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->radio_energy_j += energy_j;
    if (simulation->record != NULL)
        simulation->record[device].radio_energy_j = energy_j;
}

static void count_blocks(CsSimulation *simulation, guint device, const Begun *begun)
{
    simulation->totals.sum.blocks += begun->blocks;
    simulation->totals.sum.blocks_given_up += begun->blocks_given_up;
    if (simulation->device_totals == NULL)
        return;
    sums_of(simulation, device)->blocks += begun->blocks;
    sums_of(simulation, device)->blocks_given_up += begun->blocks_given_up;
}

/* The blocks of a round whose links stay as they are at its start. */
static void foresee_blocks(CsSimulation *simulation, guint group_index, Begun *begun)
{
    const CsDeviceGroup *group = &simulation->config->groups[group_index];
    double air_bit = group->cost.air_bit[begun->decision.cut], given_up;
    begun->blocks =
        cs_link_blocks(&group->uplink, &begun->uplink, air_bit, &begun->blocks_given_up);
    begun->blocks += cs_link_blocks(&group->downlink, &begun->downlink, air_bit, &given_up);
    begun->blocks_given_up += given_up;
}

static void count_busy(CsSimulation *simulation, const CsStages *stages)
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

static void write_record(CsSimulation *simulation, guint device, const Begun *begun)
{
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
                                                 .corners = begun->state.corners};
}

/* What is known at the round's start, to the totals. */
TWICE void count_begun(CsSimulation *simulation, guint device, gboolean bare, const Begun *begun)
{
    if (!bare && simulation->knowledge != NULL)
        count_regret(simulation, device, begun->regret);
    count(&simulation->totals.sum, begun);
    if (simulation->device_totals != NULL)
        count(sums_of(simulation, device), begun);
    if (simulation->sink != NULL && simulation->sink->decided != NULL)
        simulation->sink->decided(simulation->sink, device, begun->decision.cut);
}

static void start_device(CsSimulation *simulation, guint device, guint group_index)
{
    Begun begun;
    decide(simulation, device, group_index, FALSE, &begun);
    gint64 first_ns = fill_stages(simulation, group_index, &begun, &simulation->stages[device]);
    if (simulation->load != NULL)
        cs_load_add(simulation->load, simulation->config, group_index,
                    simulation->stages[device].duration_ns, first_ns);
    if (simulation->record != NULL)
        write_record(simulation, device, &begun);
    if (simulation->loses_blocks)
        foresee_blocks(simulation, group_index, &begun);
    if (simulation->fleet != NULL) {
        simulation->begun[device] = begun;
        cs_fleet_begin(simulation->fleet, device, begun.decision.frequency_hz);
    } else {
        if (isfinite(simulation->config->server.idle_power_w))
            count_busy(simulation, &simulation->stages[device]);
        count_begun(simulation, device, FALSE, &begun);
    }
    if (simulation->transfers != NULL) {
        cs_transfers_begin_round(simulation->transfers, device, group_index, begun.decision.cut);
        if (cs_transfers_manage(simulation->transfers, group_index)) {
            cs_transfers_start(simulation->transfers, device, CS_STAGE_ADAPTER_DOWN);
            return;
        }
    }
    if (simulation->fleet != NULL) {
        schedule_end(simulation, device, first_ns);
    } else {
        count_radio(simulation, device, begun.radio_energy_j);
        if (simulation->loses_blocks)
            count_blocks(simulation, device, &begun);
        post_end(simulation, device, first_ns);
    }
}

/* The same where a scenario asks for nothing of that. */
static void start_bare_device(CsSimulation *simulation, guint device, guint group_index)
{
    Begun begun;
    decide(simulation, device, group_index, TRUE, &begun);
    gint64 first_ns = fill_stages(simulation, group_index, &begun, &simulation->stages[device]);
    if (simulation->record != NULL)
        write_record(simulation, device, &begun);
    count_begun(simulation, device, TRUE, &begun);
    count_radio(simulation, device, begun.radio_energy_j);
    post_end(simulation, device, first_ns);
}

static gboolean is_there(const CsSimulation *simulation, guint device)
{
    return simulation->fleet == NULL || cs_fleet_present(simulation->fleet, device);
}

/* Starts the next device that is there; FALSE where there is none. */
static gboolean start_next_sequential(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    guint device = simulation->running, group = simulation->group;
    while (!simulation->bare && device < config->n_devices && !is_there(simulation, device))
        device++;
    simulation->running = device;
    if (device == config->n_devices)
        return FALSE;
    while (device >= config->groups[group].first + config->groups[group].count)
        group++;
    simulation->group = group;
    simulation->start_ns = cs_des_now(simulation->des);
    if (G_LIKELY(simulation->bare))
        start_bare_device(simulation, device, group);
    else
        start_device(simulation, device, group);
    return TRUE;
}

/* Starts the devices from `first` on that start together: all, or a cluster of them. FALSE where
 * none of these is there. */
static gboolean start_together(CsSimulation *simulation, guint first)
{
    const CsConfig *config = simulation->config;
    guint n = config->n_devices - first;
    if (config->schedule == CS_SCHEDULE_CLUSTERS)
        n = MIN(n, config->cluster_size);
    simulation->start_ns = cs_des_now(simulation->des);
    simulation->running = 0;
    for (guint device = first; device < first + n; device++)
        simulation->running += is_there(simulation, device) ? 1 : 0;
    simulation->together_end = first + n;
    guint index = (guint)(cs_config_group_of(config, first) - config->groups);
    for (guint device = first; device < first + n && simulation->error == NULL; device++) {
        while (device >= config->groups[index].first + config->groups[index].count)
            index++;
        if (G_LIKELY(simulation->bare))
            start_bare_device(simulation, device, index);
        else if (is_there(simulation, device))
            start_device(simulation, device, index);
    }
    return simulation->running > 0;
}

/* The next cluster with anybody in it; FALSE where there is none. */
static gboolean start_next_cluster(CsSimulation *simulation)
{
    while (simulation->together_end < simulation->config->n_devices)
        if (start_together(simulation, simulation->together_end))
            return TRUE;
    return FALSE;
}

void cs_protocol_start_round(CsSimulation *simulation)
{
    if (G_UNLIKELY(simulation->fleet != NULL) && !cs_fleet_open_round(simulation->fleet))
        return;
    simulation->round++;
    if (G_UNLIKELY(simulation->load != NULL))
        cs_load_next_round(simulation->load, cs_des_now(simulation->des));
    simulation->running = 0;
    simulation->group = 0;
    simulation->together_end = 0;
    if (simulation->config->schedule == CS_SCHEDULE_SEQUENTIAL)
        start_next_sequential(simulation);
    else
        start_next_cluster(simulation);
}

/* --- a round's end ---------------------------------------------------------------------------- */

/* What the device's transfers have come to, where that was not known at the round's start, in J. */
static double managed_radio_j(const CsSimulation *simulation, guint device)
{
    const CsTransfers *transfers = simulation->transfers;
    const CsDeviceGroup *group = cs_config_group_of(simulation->config, device);
    double receive_w = isnan(group->rx_power_w) ? 0 : group->rx_power_w;
    return group->tx_power_w * cs_transfers_radiated_s(transfers, device, CS_UPLINK) +
           group->tx_circuit_power_w * cs_transfers_on_air_s(transfers, device, CS_UPLINK) +
           simulation->config->server.tx_power_w *
               cs_transfers_radiated_s(transfers, device, CS_DOWNLINK) +
           receive_w * cs_transfers_on_air_s(transfers, device, CS_DOWNLINK);
}

static void end_managed(const CsSimulation *simulation, guint device, Begun *begun)
{
    begun->radio_energy_j = managed_radio_j(simulation, device);
    begun->blocks = cs_transfers_blocks(simulation->transfers, device, &begun->blocks_given_up);
}

static void count_managed(CsSimulation *simulation, guint device)
{
    Begun begun;
    end_managed(simulation, device, &begun);
    count_radio(simulation, device, begun.radio_energy_j);
    if (simulation->loses_blocks)
        count_blocks(simulation, device, &begun);
}

static void count_delay(CsSimulation *simulation, guint device, double delay_s)
{
    simulation->totals.sum.delay_s += delay_s;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->delay_s += delay_s;
}

static void count_wait(CsSimulation *simulation, guint32 device, gint64 waited_ns)
{
    double waited_s = (double)waited_ns / 1e9;
    simulation->totals.sum.wait_s += waited_s;
    if (simulation->device_totals != NULL)
        sums_of(simulation, device)->wait_s += waited_s;
}

/* Counts the rounds that count, and those that do not as lost. */
static void settle_round(CsSimulation *simulation)
{
    CsFleet *fleet = simulation->fleet;
    gboolean counts = cs_fleet_close_round(fleet);
    simulation->totals.rounds_failed += !counts;
    for (guint device = 0; device < simulation->config->n_devices; device++) {
        const CsMember *member = &fleet->of[device];
        const Begun *begun = &simulation->begun[device];
        if (counts && member->finished) {
            count_begun(simulation, device, FALSE, begun);
            count_radio(simulation, device, begun->radio_energy_j);
            if (simulation->loses_blocks)
                count_blocks(simulation, device, begun);
            count_wait(simulation, device, member->wait_ns);
            count_delay(simulation, device, begun->delay_s);
        } else {
            if (member->finished)
                cs_fleet_waste(fleet, device);
            fleet->of[device].finished = FALSE;
        }
    }
}

static void end_round(CsSimulation *simulation)
{
    if (G_UNLIKELY(simulation->fleet != NULL))
        settle_round(simulation);
    cs_simulation_emit_round(simulation);
    if (simulation->round < simulation->config->rounds)
        cs_protocol_start_round(simulation);
    else if (G_UNLIKELY(simulation->fleet != NULL))
        cs_simulation_end(simulation); /* failures would go on */
}

/* One device fewer is at work in the round: the next, or the round's end. */
static void pass_on(CsSimulation *simulation)
{
    CsFleet *fleet = simulation->fleet;
    gboolean sequential = simulation->config->schedule == CS_SCHEDULE_SEQUENTIAL;
    if (G_UNLIKELY(fleet != NULL)) {
        if (fleet->closing)
            return;
        if (cs_fleet_enough(fleet)) {
            cs_protocol_close_round(simulation);
            return;
        }
    }
    if (sequential)
        simulation->running++;
    else if (--simulation->running > 0)
        return;
    if (!(sequential ? start_next_sequential(simulation) : start_next_cluster(simulation)))
        end_round(simulation);
}

static void end_device(CsSimulation *simulation, guint device)
{
    gint64 now_ns = cs_des_now(simulation->des);
    double delay_s = (double)(now_ns - simulation->start_ns) / 1e9;
    if (G_LIKELY(simulation->bare)) {
        if (simulation->record != NULL)
            simulation->record[device].end_ns = now_ns;
        count_delay(simulation, device, delay_s);
        pass_on(simulation);
        return;
    }
    gboolean managed =
        simulation->transfers != NULL && cs_transfers_managed(simulation->transfers, device);
    if (simulation->record != NULL)
        simulation->record[device].end_ns = now_ns;
    if (simulation->fleet != NULL) {
        simulation->begun[device].delay_s = delay_s;
        if (managed)
            end_managed(simulation, device, &simulation->begun[device]);
        cs_fleet_finish(simulation->fleet, device);
    } else {
        count_delay(simulation, device, delay_s);
        if (managed)
            count_managed(simulation, device);
    }
    pass_on(simulation);
}

/* --- leaving ---------------------------------------------------------------------------------- */

/* Takes the device's work under way away from wherever it is. */
static void abandon(CsSimulation *simulation, guint device)
{
    CsMember *member = &simulation->fleet->of[device];
    if (member->stage_end != 0)
        cs_des_cancel(simulation->des, member->stage_end);
    member->stage_end = 0;
    if (simulation->transfers != NULL && cs_transfers_managed(simulation->transfers, device))
        cs_transfers_abort(simulation->transfers, device);
    if (simulation->shared_gpus != NULL && cs_shared_active(simulation->shared_gpus, device))
        cs_shared_stop(simulation->shared_gpus, device);
    if (simulation->gpus != NULL && member->activity == CS_ACTIVITY_WAIT)
        cs_resource_withdraw(simulation->gpus, device);
    else if (simulation->gpus != NULL && member->activity == CS_ACTIVITY_SERVED)
        cs_resource_release(simulation->gpus, simulation->gpu[device]);
}

void cs_protocol_lose(CsSimulation *simulation, guint device)
{
    CsFleet *fleet = simulation->fleet;
    CsMember *member = &fleet->of[device];
    g_assert(member->in_round);
    CsActivity activity = member->activity;
    cs_fleet_does(fleet, device, activity); /* settles */
    member->in_round = FALSE;
    abandon(simulation, device);
    cs_fleet_waste(fleet, device);
    cs_fleet_does(fleet, device, CS_ACTIVITY_NONE);
    pass_on(simulation);
}

void cs_protocol_close_round(CsSimulation *simulation)
{
    CsFleet *fleet = simulation->fleet;
    fleet->closing = TRUE;
    for (guint device = 0; device < simulation->config->n_devices; device++)
        if (fleet->of[device].in_round)
            cs_protocol_lose(simulation, device);
    fleet->closing = FALSE;
    end_round(simulation);
}

/* --- stage after stage ------------------------------------------------------------------------ */

static gint64 duration_of(const CsSimulation *simulation, guint32 device, CsStage stage)
{
    return stage == CS_STAGE_ADAPTER_DOWN ? cs_des_now(simulation->des) - simulation->start_ns
                                          : simulation->stages[device].duration_ns[stage - 1];
}

/* Tells whoever listens of the stage that has just ended. */
static void tell_stage(CsSimulation *simulation, guint32 device, CsStage stage)
{
    gint64 now_ns = cs_des_now(simulation->des);
    gint64 duration_ns = duration_of(simulation, device, stage);
    if (simulation->record != NULL)
        simulation->record[device].stage_ns[stage] += duration_ns;
    if (simulation->sink->span == NULL)
        return;
    gboolean of_epoch = stage != CS_STAGE_ADAPTER_DOWN && stage != CS_STAGE_ADAPTER_UP;
    CsSpan span = {
        .replication = simulation->replication,
        .round = simulation->round,
        .device = device,
        .epoch = of_epoch
                     ? simulation->config->local_epochs - simulation->stages[device].epochs_left
                     : 0,
        .stage = stage,
        .gpu = simulation->gpu != NULL ? simulation->gpu[device] : 0,
        .start_ns = now_ns - duration_ns,
        .end_ns = now_ns,
    };
    simulation->sink->span(simulation->sink, &span);
}

/* Where transfers take time of their own, or devices can leave. */
static void begin_special_stage(CsSimulation *simulation, guint32 device, CsStage stage)
{
    gint64 duration_ns = simulation->stages[device].duration_ns[stage - 1];
    if (simulation->fleet != NULL)
        cs_fleet_does(simulation->fleet, device, cs_fleet_activity(stage));
    if (simulation->transfers != NULL && is_transfer(stage) &&
        cs_transfers_managed(simulation->transfers, device))
        cs_transfers_start(simulation->transfers, device, stage);
    else if (simulation->fleet != NULL)
        schedule_end(simulation, device, duration_ns);
    else
        post_end(simulation, device, duration_ns);
}

static inline void begin_stage(CsSimulation *simulation, guint32 device, CsStage stage)
{
    CsStages *stages = &simulation->stages[device];
    stages->stage = (guint8)stage;
    if (G_UNLIKELY(simulation->special))
        begin_special_stage(simulation, device, stage);
    else
        post_end(simulation, device, stages->duration_ns[stage - 1]);
}

static void add_wait(CsSimulation *simulation, guint32 device, gint64 waited_ns)
{
    if (G_UNLIKELY(simulation->fleet != NULL))
        simulation->fleet->of[device].wait_ns += waited_ns;
    else
        count_wait(simulation, device, waited_ns);
    if (simulation->record != NULL)
        simulation->record[device].wait_ns += waited_ns;
}

void cs_protocol_gpu_granted(CsDes *des, gpointer context, guint32 device, guint gpu,
                             gint64 waited_ns)
{
    (void)des;
    CsSimulation *simulation = context;
    simulation->gpu[device] = gpu;
    add_wait(simulation, device, waited_ns);
    begin_stage(simulation, device, CS_STAGE_SERVER_FORWARD);
}

/* A server stage on shared GPUs has ended. What it took beyond its time on a GPU of its own is
 * waiting; it can be less by the rounding of events, which is then the stage's. */
void cs_protocol_gpu_shared(CsDes *des, gpointer context, guint32 device)
{
    CsSimulation *simulation = context;
    CsStages *stages = &simulation->stages[device];
    gint64 waited_ns =
        cs_des_now(des) - simulation->gpu_since_ns[device] - stages->duration_ns[stages->stage - 1];
    add_wait(simulation, device, MAX(waited_ns, 0));
    if (simulation->record != NULL)
        simulation->record[device].stage_ns[stages->stage] += MIN(waited_ns, 0);
    cs_protocol_stage_end(des, simulation, device);
}

/* What a device has still to do behind its next server stages, without waiting, by the durations of
 * the round's start. */
static gint64 remaining_ns(const CsSimulation *simulation, guint32 device)
{
    const CsStages *stages = &simulation->stages[device];
    const gint64 *duration_ns = stages->duration_ns;
    gint64 epoch_ns = 0;
    for (guint i = CS_STAGE_DEVICE_FORWARD; i <= CS_STAGE_DEVICE_BACKWARD; i++)
        epoch_ns += duration_ns[i - 1];
    return duration_ns[CS_STAGE_GRADIENT_DOWN - 1] + duration_ns[CS_STAGE_DEVICE_BACKWARD - 1] +
           (gint64)stages->epochs_left * epoch_ns + duration_ns[CS_STAGE_ADAPTER_UP - 1];
}

/* Between two stages where GPUs are fewer than devices; TRUE where the next one is left to them. */
static gboolean pass_server(CsSimulation *simulation, guint32 device, CsStage stage, CsStage next)
{
    if (simulation->shared_gpus != NULL) {
        if (next != CS_STAGE_SERVER_FORWARD && next != CS_STAGE_SERVER_BACKWARD)
            return FALSE;
        CsStages *stages = &simulation->stages[device];
        stages->stage = (guint8)next;
        if (simulation->fleet != NULL)
            cs_fleet_does(simulation->fleet, device, CS_ACTIVITY_SERVED);
        simulation->gpu_since_ns[device] = cs_des_now(simulation->des);
        double service_s = (double)stages->duration_ns[next - 1] / 1e9;
        cs_shared_start(simulation->shared_gpus, device, service_s, 1);
        if (simulation->fleet != NULL)
            simulation->fleet->of[device].left_s = service_s;
        return TRUE;
    }
    if (stage == CS_STAGE_SERVER_BACKWARD)
        cs_resource_release(simulation->gpus, simulation->gpu[device]);
    if (next != CS_STAGE_SERVER_FORWARD)
        return FALSE;
    if (simulation->fleet != NULL)
        cs_fleet_does(simulation->fleet, device, CS_ACTIVITY_WAIT);
    if (simulation->config->server.discipline == CS_DISCIPLINE_LONGEST_REMAINING)
        cs_resource_request_ranked(simulation->gpus, device, remaining_ns(simulation, device));
    else
        cs_resource_request(simulation->gpus, device);
    return TRUE;
}

void cs_protocol_plain_stage_end(CsDes *des, gpointer context, guint32 device)
{
    CsSimulation *simulation = context;
    CsStages *stages = &simulation->stages[device];
    if (G_UNLIKELY(stages->stage == CS_STAGE_ADAPTER_UP)) {
        end_device(simulation, device);
        return;
    }
    CsStage next = advance(stages);
    gint64 duration_ns = stages->duration_ns[next - 1];
    stages->stage = (guint8)next;
    if (G_UNLIKELY(duration_ns >= CS_TIME_MAX - des->now_ns)) {
        cs_protocol_fail_clock(simulation, device);
        return;
    }
    cs_des_post_inline(des, des->now_ns + duration_ns, device, simulation->stage_end, device);
}

void cs_protocol_stage_end(CsDes *des, gpointer context, guint32 device)
{
    (void)des;
    CsSimulation *simulation = context;
    CsStages *stages = &simulation->stages[device];
    CsStage stage = stages->stage;

    if (simulation->tells)
        tell_stage(simulation, device, stage);
    if (G_UNLIKELY(stage == CS_STAGE_ADAPTER_UP)) {
        end_device(simulation, device);
        return;
    }
    CsStage next = advance(stages);
    if (simulation->contended && pass_server(simulation, device, stage, next))
        return;
    begin_stage(simulation, device, next);
}
