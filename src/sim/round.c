/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/round: a round's start and end. See round.h. Layer: sim. */
#include "sim/round.h"

#include "sim/accounts.h"
#include "sim/crowd.h"
#include "sim/stage.h"

#include <math.h>

/* A round's beginning is compiled twice, `bare` being a constant of each: with all that a scenario
 * may ask for, and without looking for it. */
#define TWICE static inline __attribute__((always_inline))

/* Nothing to send takes no time, whatever the rate. */
static gint64 transfer_ns(double size_bit, double rate_bps)
{
    return size_bit > 0 ? cs_duration_ns(size_bit / rate_bps) : 0;
}

/* The run is over though events are left. */
static void end_run(gpointer context)
{
    CsSimulation *simulation = context;
    simulation->ended = TRUE;
    cs_des_stop(simulation->des);
}

/* --- a round's start -------------------------------------------------------------------------- */

/* (P_device + P_circuit) t_up + P_AP t_down (+ P_receive t_down where given), in J; or a measured
 * device's power by throughput. */
static double radio_energy_j(const CsConfig *config, const CsDeviceGroup *group, double air_bit,
                             double uplink_s, double downlink_s)
{
    const CsRadioPower *law = &group->radio_power;
    if (G_UNLIKELY(law->sends || law->receives))
        return cs_group_send_j(group, air_bit, uplink_s, uplink_s) +
               cs_group_receive_j(group, downlink_s > 0 ? air_bit : 0, downlink_s) +
               config->server.tx_power_w * downlink_s;
    double receive_w = isnan(group->rx_power_w) ? 0 : group->rx_power_w;
    return (group->tx_power_w + group->tx_circuit_power_w) * uplink_s +
           (config->server.tx_power_w + receive_w) * downlink_s;
}

/* A device's links at its round's start, as the policy sees them. */
TWICE void look_at_links(CsSimulation *simulation, guint device, guint group_index, gboolean bare,
                         CsBegun *begun)
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

/* Ends the run if the decision is none, and goes on with one that is. */
static void check_decision(CsSimulation *simulation, guint device, const CsCostTable *cost,
                           CsDecision *decision)
{
    if (G_LIKELY(decision->cut <= cost->cut_max && decision->cut >= cost->cut_min &&
                 decision->frequency_hz >= cost->frequency_min_hz &&
                 decision->frequency_hz <= cost->frequency_max_hz))
        return;
    g_autoptr(GError) error = NULL;
    if (cs_decision_check(simulation->config->policy, cost, *decision, &error))
        return;
    g_autofree char *reason = g_strdup_printf("cannot begin: %s", error->message);
    cs_state_fail(simulation, device, CS_SIMULATION_ERROR_POLICY, reason);
    *decision = (CsDecision){.cut = cost->cut_min, .frequency_hz = cost->frequency_max_hz};
}

/* The round's state, as the policy sees it. */
TWICE void look_at_round(CsSimulation *simulation, guint device, guint group_index, gboolean bare,
                         CsBegun *begun)
{
    const CsConfig *config = simulation->config;
    const CsDeviceGroup *group = &config->groups[group_index];
    look_at_links(simulation, device, group_index, bare, begun);
    double up_bps = begun->uplink.rate_bps;
    double down_bps = cs_config_downlink_bps(config, begun->downlink.rate_bps);
    begun->state = (CsRoundState){.cost = &group->cost,
                                  .corners = cs_cost_corners(&group->cost, up_bps, down_bps),
                                  .uplink_bps = up_bps,
                                  .downlink_bps = down_bps,
                                  .round = simulation->round,
                                  .key = simulation->channel[device].policy};
    if (!bare && simulation->load != NULL)
        begun->state.load = cs_load_of(simulation->load, device);
}

TWICE void decide(CsSimulation *simulation, guint device, guint group_index, gboolean bare,
                  CsBegun *begun)
{
    const CsConfig *config = simulation->config;
    const CsDeviceGroup *group = &config->groups[group_index];
    const CsPolicy *policy = config->policy;

    look_at_round(simulation, device, group_index, bare, begun);
    double up_bps = begun->state.uplink_bps, down_bps = begun->state.downlink_bps;
    gpointer memory = simulation->policy_state != NULL
                          ? simulation->policy_state + (gsize)device * policy->state_size
                          : NULL;
    if (!bare && simulation->forced != NULL)
        begun->decision = simulation->forced[device];
    else if (!bare && simulation->knowledge != NULL)
        begun->decision =
            cs_knowledge_decide(simulation->knowledge, device, group, &begun->state, &begun->uplink,
                                &begun->downlink, memory, &begun->regret);
    else
        begun->decision = policy->decide(&config->policy_settings, &begun->state, memory);
    check_decision(simulation, device, &group->cost, &begun->decision);

    guint cut = begun->decision.cut;
    double frequency_hz = begun->decision.frequency_hz, air_bit = group->cost.air_bit[cut];
    begun->server_energy_j = cs_cost_energy(&group->cost, frequency_hz, cut);
    begun->device_energy_j = simulation->group_cost[group_index].device_energy_j[cut];
    begun->radio_energy_j =
        radio_energy_j(config, group, air_bit, air_bit / up_bps, air_bit / down_bps);
    begun->cost = cs_cost(&group->cost, &begun->state.corners, config->policy_settings.weight,
                          up_bps, down_bps, frequency_hz, cut);
}

/* A head on the device has durations of its own, beside a device's cache line. */
static void stages_of_head(CsSimulation *simulation, guint group_index, const CsStages *stages)
{
    gsize device = (gsize)(stages - simulation->stages);
    const CsGroupCost *own = &simulation->group_cost[group_index];
    simulation->head_ns[2 * device] = own->head_ns[0];
    simulation->head_ns[2 * device + 1] = own->head_ns[1];
}

/* The durations of a round's stages but the first; the duration of the first. */
TWICE gint64 fill_stages(CsSimulation *simulation, guint group_index, const CsBegun *begun,
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
    duration_ns[CS_STAGE_SERVER_FORWARD - 1] = cs_duration_ns(
        simulation->server_forward_cycle[cut] / frequency_hz + simulation->server_forward_s[cut]);
    duration_ns[CS_STAGE_SERVER_BACKWARD - 1] = cs_duration_ns(
        simulation->server_backward_cycle[cut] / frequency_hz + simulation->server_backward_s[cut]);
    duration_ns[CS_STAGE_GRADIENT_DOWN - 1] = transfer_ns(smashed_bit, begun->downlink.rate_bps);
    duration_ns[CS_STAGE_DEVICE_BACKWARD - 1] = own->backward_ns[cut];
    duration_ns[CS_STAGE_ADAPTER_UP - 1] = transfer_ns(adapter_bit, begun->uplink.rate_bps);
    if (simulation->head_ns != NULL)
        stages_of_head(simulation, group_index, stages);
    stages->epochs_left = simulation->config->local_epochs - 1;
    stages->stage = CS_STAGE_ADAPTER_DOWN;
    return transfer_ns(adapter_bit, begun->downlink.rate_bps);
}

/* The blocks of a round whose links stay as they are at its start. */
static void foresee_blocks(CsSimulation *simulation, guint group_index, CsBegun *begun)
{
    const CsDeviceGroup *group = &simulation->config->groups[group_index];
    double air_bit = group->cost.air_bit[begun->decision.cut], given_up;
    begun->blocks =
        cs_link_blocks(&group->uplink, &begun->uplink, air_bit, &begun->blocks_given_up);
    if (!simulation->config->sends_down)
        return;
    begun->blocks += cs_link_blocks(&group->downlink, &begun->downlink, air_bit, &given_up);
    begun->blocks_given_up += given_up;
}

static void start_device(CsSimulation *simulation, guint device, guint group_index)
{
    CsBegun begun;
    decide(simulation, device, group_index, FALSE, &begun);
    gint64 first_ns = fill_stages(simulation, group_index, &begun, &simulation->stages[device]);
    if (simulation->load != NULL)
        cs_load_begin(
            simulation->load, device,
            cs_corners_worth(&begun.state.corners, simulation->config->policy_settings.weight)
                .per_s);
    if (simulation->record != NULL)
        cs_account_record(simulation, device, &begun);
    if (cs_simulation_asks(simulation, CS_ASKS_BLOCKS))
        foresee_blocks(simulation, group_index, &begun);
    if (simulation->fleet != NULL) {
        simulation->begun[device] = begun;
        cs_fleet_begin(simulation->fleet, device, begun.decision.frequency_hz);
    } else {
        if (isfinite(simulation->config->server.idle_power_w))
            cs_account_busy(simulation, &simulation->stages[device]);
        cs_account_begun(simulation, device, &begun);
    }
    if (simulation->transfers != NULL) {
        cs_transfers_begin_round(simulation->transfers, device, group_index, begun.decision.cut);
        if (cs_transfers_manage(simulation->transfers, group_index)) {
            cs_stage_start_transfer(simulation, device, CS_STAGE_ADAPTER_DOWN);
            return;
        }
    }
    if (simulation->fleet != NULL) {
        cs_stage_schedule(simulation, device, first_ns);
    } else {
        cs_account_radio(simulation, device, begun.radio_energy_j);
        if (cs_simulation_asks(simulation, CS_ASKS_BLOCKS))
            cs_account_blocks(simulation, device, &begun);
        cs_stage_post(simulation, device, first_ns);
    }
}

/* The same where a scenario asks for nothing of that. */
static void start_bare_device(CsSimulation *simulation, guint device, guint group_index)
{
    CsBegun begun;
    decide(simulation, device, group_index, TRUE, &begun);
    gint64 first_ns = fill_stages(simulation, group_index, &begun, &simulation->stages[device]);
    if (simulation->record != NULL)
        cs_account_record(simulation, device, &begun);
    cs_account_begun(simulation, device, &begun);
    cs_account_radio(simulation, device, begun.radio_energy_j);
    cs_stage_post(simulation, device, first_ns);
}

static gboolean is_there(const CsSimulation *simulation, guint device)
{
    if (simulation->forced != NULL && simulation->forced[device].cut == CS_ABSENT)
        return FALSE;
    return simulation->fleet == NULL || cs_fleet_present(simulation->fleet, device);
}

/* Now a device starts, or several together do; the policy's load and the transfers are told. */
static void open_start(CsSimulation *simulation, guint together)
{
    simulation->start_ns = cs_des_now(simulation->des);
    simulation->together = together;
    if (G_UNLIKELY(simulation->load != NULL))
        cs_load_together(simulation->load, together);
    if (G_UNLIKELY(simulation->transfers != NULL))
        cs_transfers_open(simulation->transfers, simulation->round);
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
    open_start(simulation, 1);
    if (G_LIKELY(simulation->bare))
        start_bare_device(simulation, device, group);
    else
        start_device(simulation, device, group);
    return TRUE;
}

/* What a device that starts now is told, and what the policy decides for it alone. */
static void look_ahead(CsSimulation *simulation, guint device, gboolean decides, CsBegun *begun)
{
    const CsConfig *config = simulation->config;
    guint index = (guint)(cs_config_group_of(config, device) - config->groups);
    if (decides)
        decide(simulation, device, index, FALSE, begun);
    else
        look_at_round(simulation, device, index, FALSE, begun);
}

/* Starts the devices from `first` on that start together: all, or a cluster of them. FALSE where
 * none of these is there. */
static gboolean start_together(CsSimulation *simulation, guint first)
{
    const CsConfig *config = simulation->config;
    guint n = config->n_devices - first;
    if (config->schedule == CS_SCHEDULE_CLUSTERS)
        n = MIN(n, config->cluster_size);
    simulation->running = 0;
    if (G_UNLIKELY(simulation->rollout != NULL))
        g_clear_pointer(&simulation->forced, g_free); /* of those that started before */
    for (guint device = first; device < first + n; device++)
        simulation->running += is_there(simulation, device) ? 1 : 0;
    simulation->together_end = first + n;
    open_start(simulation, simulation->running);
    if (G_UNLIKELY(simulation->rollout != NULL) && simulation->running > 1)
        cs_crowd_decide(simulation, first, first + n, look_ahead);
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

static void round_start(CsSimulation *simulation)
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

/* With a fleet: the next round, if there is one, begins when all that happens now has happened. */
static void open_later(gpointer context)
{
    CsSimulation *simulation = context;
    if (simulation->round == simulation->config->rounds) {
        end_run(simulation); /* failures would go on */
        return;
    }
    simulation->opens = TRUE;
    cs_des_decide(simulation->des, simulation->proceed);
}

static void end_round(CsSimulation *simulation)
{
    if (G_UNLIKELY(simulation->fleet != NULL))
        cs_account_fleet_round(simulation);
    cs_account_tell_round(simulation);
    if (G_UNLIKELY(simulation->told_of_ends) && !cs_account_tell_end(simulation))
        end_run(simulation);
    else if (G_UNLIKELY(simulation->fleet != NULL))
        open_later(simulation);
    else if (simulation->round < simulation->config->rounds)
        round_start(simulation);
}

/* The next device or cluster, or the round's end. */
static void proceed(CsSimulation *simulation)
{
    gboolean sequential = simulation->config->schedule == CS_SCHEDULE_SEQUENTIAL;
    if (!(sequential ? start_next_sequential(simulation) : start_next_cluster(simulation)))
        end_round(simulation);
}

/* One device fewer is at work in the round. With a fleet others may end, leave or return at the
 * same instant: then what follows is decided behind all that. */
static void pass_on(CsSimulation *simulation)
{
    CsFleet *fleet = simulation->fleet;
    if (G_UNLIKELY(fleet != NULL)) {
        if (fleet->closing)
            return;
        if (cs_fleet_enough(fleet))
            cs_des_decide(simulation->des, simulation->close);
    }
    if (simulation->config->schedule == CS_SCHEDULE_SEQUENTIAL)
        simulation->running++;
    else if (--simulation->running > 0)
        return;
    if (G_UNLIKELY(fleet != NULL))
        cs_des_decide(simulation->des, simulation->proceed);
    else
        proceed(simulation);
}

/* What the shared air has done for the device in its round so far. */
static void count_air(CsSimulation *simulation, guint device)
{
    if (!cs_stage_shares_air(simulation, device))
        return;
    const double *radiated_s = cs_transfers_sums(simulation->transfers, device)->radiated_s;
    cs_load_served(simulation->load, CS_LOAD_UPLINK, radiated_s[CS_UPLINK]);
    cs_load_served(simulation->load, CS_LOAD_DOWNLINK, radiated_s[CS_DOWNLINK]);
}

static void end_device(CsSimulation *simulation, guint device)
{
    gint64 now_ns = cs_des_now(simulation->des);
    double delay_s = (double)(now_ns - simulation->start_ns) / 1e9;
    if (G_LIKELY(simulation->bare)) {
        if (simulation->record != NULL)
            simulation->record[device].end_ns = now_ns;
        cs_account_delay(simulation, device, delay_s);
        pass_on(simulation);
        return;
    }
    gboolean managed = cs_transfers_managed(simulation->transfers, device);
    if (simulation->load != NULL) {
        cs_load_end(simulation->load, device);
        count_air(simulation, device);
    }
    if (simulation->record != NULL)
        simulation->record[device].end_ns = now_ns;
    if (simulation->fleet != NULL) {
        simulation->begun[device].delay_s = delay_s;
        if (managed)
            cs_account_end_managed(simulation, device, &simulation->begun[device]);
        cs_fleet_finish(simulation->fleet, device);
    } else {
        cs_account_delay(simulation, device, delay_s);
        if (managed)
            cs_account_managed(simulation, device);
    }
    pass_on(simulation);
}

/* --- leaving ---------------------------------------------------------------------------------- */

/* Takes the device's work under way away from wherever it is. */
static void abandon(CsSimulation *simulation, guint device)
{
    CsMember *member = &simulation->fleet->of[device];
    if (simulation->load != NULL)
        cs_stage_leave_load(simulation, device);
    cs_des_drop(simulation->des, &member->stage_end);
    if (cs_transfers_managed(simulation->transfers, device))
        cs_transfers_abort(simulation->transfers, device);
    if (simulation->shared_gpus != NULL && cs_shared_active(simulation->shared_gpus, device))
        cs_shared_stop(simulation->shared_gpus, device);
    member->left_s = 0; /* what was served is settled */
    if (simulation->gpus != NULL && member->activity == CS_ACTIVITY_WAIT)
        cs_resource_withdraw(simulation->gpus, device);
    else if (simulation->gpus != NULL && member->activity == CS_ACTIVITY_SERVED)
        cs_resource_release(simulation->gpus, simulation->gpu[device]);
}

/* A device at work leaves its round. */
static void lose(gpointer context, guint device)
{
    CsSimulation *simulation = context;
    CsFleet *fleet = simulation->fleet;
    CsMember *member = &fleet->of[device];
    g_assert(member->in_round);
    CsActivity activity = member->activity;
    cs_fleet_does(fleet, device, activity); /* settles */
    member->in_round = FALSE;
    abandon(simulation, device);
    if (simulation->load != NULL)
        count_air(simulation, device);
    cs_account_lost(simulation, device);
    cs_fleet_does(fleet, device, CS_ACTIVITY_NONE);
    pass_on(simulation);
}

/* All devices at work leave the round, and it ends. */
static void close_round(gpointer context)
{
    CsSimulation *simulation = context;
    CsFleet *fleet = simulation->fleet;
    fleet->closing = TRUE;
    for (guint device = 0; device < simulation->config->n_devices; device++)
        if (fleet->of[device].in_round)
            lose(simulation, device);
    fleet->closing = FALSE;
    end_round(simulation);
}

void cs_round_start(CsSimulation *simulation)
{
    if (simulation->fleet != NULL)
        open_later(simulation); /* who leaves at time 0 is given no round */
    else
        round_start(simulation);
}

void cs_round_try(CsSimulation *simulation, guint first)
{
    simulation->together_end = 0;
    start_together(simulation, first);
}

/* --- making ----------------------------------------------------------------------------------- */

static void on_close(G_GNUC_UNUSED CsDes *des, gpointer context, G_GNUC_UNUSED guint32 target)
{
    CsSimulation *simulation = context;
    if (cs_fleet_enough(simulation->fleet))
        close_round(simulation);
}

static void on_proceed(G_GNUC_UNUSED CsDes *des, gpointer context, G_GNUC_UNUSED guint32 target)
{
    CsSimulation *simulation = context;
    gboolean opens = simulation->opens;
    simulation->opens = FALSE;
    if (opens)
        round_start(simulation);
    else
        proceed(simulation);
}

static double radiated_s(gpointer context, guint device, double gone_s)
{
    CsSimulation *simulation = context;
    if (!cs_transfers_managed(simulation->transfers, device))
        return gone_s;
    return cs_transfers_radiated_since(simulation->transfers, device, gone_s);
}

/* Of the device's transfer; of one with more rates than one the mean of its round so far, 0 before
 * anything was radiated. */
static double rate_bps(gpointer context, guint device, CsDirection direction)
{
    CsSimulation *simulation = context;
    const CsBegun *begun = &simulation->begun[device];
    if (!cs_transfers_managed(simulation->transfers, device))
        return direction == CS_UPLINK ? begun->uplink.rate_bps : begun->downlink.rate_bps;
    const CsTransferSums *sum = cs_transfers_sums(simulation->transfers, device);
    double radiated_s = sum->radiated_s[direction];
    return radiated_s > 0 ? sum->sent_bit[direction] / radiated_s : 0;
}

void cs_round_init(CsSimulation *simulation, gboolean with_fleet)
{
    static const CsFleetHandlers handlers = {lose,    close_round, open_later,
                                             end_run, radiated_s,  rate_bps};
    simulation->device_done = end_device;
    if (!with_fleet)
        return;
    simulation->fleet = cs_fleet_new(simulation->config, simulation->replication, simulation->des,
                                     simulation->shared_gpus, &handlers, simulation);
    if (simulation->fleet == NULL)
        return;
    simulation->asks |= CS_ASKS_FLEET;
    CsDes *des = simulation->des;
    if (simulation->transfers != NULL)
        cs_transfers_watch(simulation->transfers);
    simulation->close = cs_des_add_decision(des, CS_DECIDE_CLOSE, on_close, simulation);
    simulation->proceed = cs_des_add_decision(des, CS_DECIDE_START, on_proceed, simulation);
}
