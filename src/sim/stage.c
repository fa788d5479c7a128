/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/stage: a device's chain of stages. See stage.h. Layer: sim. */
#include "sim/stage.h"

#include "des/core.h"
#include "sim/accounts.h"

/* Moves on to the next stage, in arithmetic: with several devices under way no branch here could be
 * foreseen by the processor. */
static inline CsStage advance(const CsChain *chain, CsStages *stages)
{
    guint epoch_ends = stages->stage == chain->epoch_last;
    guint again = epoch_ends & (stages->epochs_left > 0);
    guint next = chain->after[stages->stage] +
                 (epoch_ends - again) * (CS_STAGE_ADAPTER_UP - CS_STAGE_DEVICE_FORWARD);
    stages->epochs_left -= again;
    return (CsStage)next;
}

void cs_stage_schedule(CsSimulation *simulation, guint32 device, gint64 duration_ns)
{
    gint64 end_ns = cs_stage_end_ns(simulation, device, duration_ns);
    if (end_ns >= 0)
        simulation->fleet->of[device].stage_end =
            cs_des_schedule(simulation->des, end_ns, device, simulation->stage_end, device);
}

/* --- telling and beginning -------------------------------------------------------------------- */

/* Of a stage behind the first: a transfer beyond the letter's takes as long as the one that goes
 * the same way. */
static gint64 duration_of(const CsSimulation *simulation, guint32 device, CsStage stage)
{
    if (stage == CS_STAGE_HEAD_FORWARD || stage == CS_STAGE_HEAD_BACKWARD)
        return simulation->head_ns[2 * device + (stage - CS_STAGE_HEAD_FORWARD)];
    return simulation->stages[device].duration_ns[cs_stage_kind(stage)->told_as - 1];
}

/* Tells whoever listens of the stage that has just ended. */
static void tell_stage(CsSimulation *simulation, guint32 device, CsStage stage)
{
    gint64 now_ns = cs_des_now(simulation->des);
    gint64 duration_ns = stage == CS_STAGE_ADAPTER_DOWN ? now_ns - simulation->start_ns
                                                        : duration_of(simulation, device, stage);
    if (simulation->record != NULL)
        simulation->record[device].stage_ns[cs_stage_kind(stage)->told_as] += duration_ns;
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
    gint64 duration_ns = duration_of(simulation, device, stage);
    if (simulation->fleet != NULL)
        cs_fleet_does(simulation->fleet, device, cs_fleet_activity(stage));
    if (cs_stage_is_transfer(stage) && cs_transfers_managed(simulation->transfers, device))
        cs_stage_start_transfer(simulation, device, stage);
    else if (simulation->fleet != NULL)
        cs_stage_schedule(simulation, device, duration_ns);
    else
        cs_stage_post(simulation, device, duration_ns);
}

static inline void begin_stage(CsSimulation *simulation, guint32 device, CsStage stage)
{
    CsStages *stages = &simulation->stages[device];
    stages->stage = (guint8)stage;
    if (G_UNLIKELY(cs_simulation_asks(simulation, CS_ASKS_SPECIAL)))
        begin_special_stage(simulation, device, stage);
    else
        cs_stage_post(simulation, device, stages->duration_ns[stage - 1]);
}

/* --- GPUs ------------------------------------------------------------------------------------- */

static inline gboolean is_server(CsStage stage)
{
    return stage == CS_STAGE_SERVER_FORWARD || stage == CS_STAGE_SERVER_BACKWARD;
}

static void stage_end(CsDes *des, gpointer context, guint32 device);

static void add_wait(CsSimulation *simulation, guint32 device, gint64 waited_ns)
{
    if (G_UNLIKELY(simulation->fleet != NULL))
        simulation->fleet->of[device].wait_ns += waited_ns;
    else
        cs_account_wait(simulation, device, waited_ns);
    if (simulation->record != NULL)
        simulation->record[device].wait_ns += waited_ns;
}

static void gpu_granted(CsDes *des, gpointer context, guint32 device, guint gpu, gint64 waited_ns)
{
    CsSimulation *simulation = context;
    simulation->gpu[device] = gpu;
    simulation->gpu_since_ns[device] = cs_des_now(des);
    if (simulation->load != NULL)
        cs_load_granted(simulation->load, device, gpu, waited_ns > 0);
    add_wait(simulation, device, waited_ns);
    begin_stage(simulation, device, simulation->chain.after[simulation->stages[device].stage]);
}

/* For the load: what a GPU has done for the device. */
static void leave_gpu(CsSimulation *simulation, guint32 device)
{
    gint64 served_ns = cs_des_now(simulation->des) - simulation->gpu_since_ns[device];
    cs_load_released(simulation->load, device, simulation->gpu[device]);
    cs_load_served(simulation->load, CS_LOAD_SERVER, (double)served_ns / 1e9);
}

/* The same of GPUs that are shared; a stage that is cut off has had a part of its work. */
static void leave_shared_gpus(CsSimulation *simulation, guint32 device, gboolean priced)
{
    const CsStages *stages = &simulation->stages[device];
    double work_s = (double)stages->duration_ns[stages->stage - 1] / 1e9;
    if (cs_shared_active(simulation->shared_gpus, device))
        work_s -= cs_shared_left(simulation->shared_gpus, device);
    cs_load_leave(simulation->load, CS_LOAD_SERVER, device, priced);
    cs_load_served(simulation->load, CS_LOAD_SERVER, work_s);
}

/* A server stage on shared GPUs has ended. What it took beyond its time on a GPU of its own is
 * waiting; it can be less by the rounding of events, which is then the stage's. */
static void gpu_shared(CsDes *des, gpointer context, guint32 device)
{
    CsSimulation *simulation = context;
    CsStages *stages = &simulation->stages[device];
    gint64 waited_ns =
        cs_des_now(des) - simulation->gpu_since_ns[device] - stages->duration_ns[stages->stage - 1];
    add_wait(simulation, device, MAX(waited_ns, 0));
    if (simulation->load != NULL)
        leave_shared_gpus(simulation, device, !is_server(simulation->chain.after[stages->stage]));
    if (simulation->record != NULL)
        simulation->record[device].stage_ns[stages->stage] += MIN(waited_ns, 0);
    stage_end(des, simulation, device);
}

/* The chain's stages from `stage` to the epoch's end. */
static gint64 rest_of_epoch_ns(const CsSimulation *simulation, guint32 device, CsStage stage)
{
    const CsChain *chain = &simulation->chain;
    gint64 rest_ns = 0;
    for (;; stage = chain->after[stage]) {
        rest_ns = cs_time_sum(rest_ns, duration_of(simulation, device, stage));
        if (stage == chain->epoch_last)
            return rest_ns;
    }
}

/* What a device has still to do behind its next server stages, the first of which is `next`,
 * without waiting, by the durations of the round's start. */
static gint64 remaining_ns(const CsSimulation *simulation, guint32 device, CsStage next)
{
    const CsStages *stages = &simulation->stages[device];
    const CsChain *chain = &simulation->chain;
    gint64 epoch_ns = rest_of_epoch_ns(simulation, device, CS_STAGE_DEVICE_FORWARD);
    gint64 left_ns = cs_time_multiple(stages->epochs_left, epoch_ns);
    while (is_server(next) && next != chain->epoch_last)
        next = chain->after[next];
    if (!is_server(next))
        left_ns = cs_time_sum(left_ns, rest_of_epoch_ns(simulation, device, next));
    return cs_time_sum(left_ns, duration_of(simulation, device, CS_STAGE_ADAPTER_UP));
}

/* Between two stages where GPUs are fewer than devices; TRUE where the next one is left to them. */
static gboolean pass_server(CsSimulation *simulation, guint32 device, CsStage stage, CsStage next)
{
    if (simulation->shared_gpus != NULL) {
        if (!is_server(next))
            return FALSE;
        CsStages *stages = &simulation->stages[device];
        stages->stage = (guint8)next;
        if (simulation->fleet != NULL)
            cs_fleet_does(simulation->fleet, device, CS_ACTIVITY_SERVED);
        simulation->gpu_since_ns[device] = cs_des_now(simulation->des);
        if (simulation->load != NULL)
            cs_load_join(simulation->load, CS_LOAD_SERVER, device);
        double service_s = (double)stages->duration_ns[next - 1] / 1e9;
        cs_shared_start(simulation->shared_gpus, device, service_s, 1);
        if (simulation->fleet != NULL)
            simulation->fleet->of[device].left_s = service_s;
        return TRUE;
    }
    if (simulation->load != NULL && is_server(stage) && !is_server(next))
        leave_gpu(simulation, device);
    if (is_server(stage) && !is_server(next))
        cs_resource_release(simulation->gpus, simulation->gpu[device]);
    if (is_server(stage) || !is_server(next))
        return FALSE;
    if (simulation->fleet != NULL)
        cs_fleet_does(simulation->fleet, device, CS_ACTIVITY_WAIT);
    if (simulation->config->server.discipline == CS_DISCIPLINE_LONGEST_REMAINING)
        cs_resource_request_ranked(simulation->gpus, device,
                                   remaining_ns(simulation, device, next));
    else
        cs_resource_request(simulation->gpus, device);
    return TRUE;
}

/* --- a stage's end ---------------------------------------------------------------------------- */

/* Where nobody listens to stages or waits for GPUs and every transfer has one rate a round, which
 * all events of a large simulation then come through. */
static void plain_stage_end(CsDes *des, gpointer context, guint32 device)
{
    CsSimulation *simulation = context;
    CsStages *stages = &simulation->stages[device];
    if (G_UNLIKELY(stages->stage == CS_STAGE_ADAPTER_UP)) {
        simulation->device_done(simulation, device);
        return;
    }
    CsStage next = advance(&simulation->chain, stages);
    gint64 duration_ns = stages->duration_ns[next - 1];
    stages->stage = (guint8)next;
    if (G_UNLIKELY(!cs_time_fits(des->now_ns, duration_ns))) {
        cs_state_fail_clock(simulation, device);
        return;
    }
    cs_des_post_inline(des, des->now_ns + duration_ns, device, simulation->stage_end, device);
}

static void stage_end(CsDes *des, gpointer context, guint32 device)
{
    (void)des;
    CsSimulation *simulation = context;
    CsStages *stages = &simulation->stages[device];
    CsStage stage = stages->stage;

    if (cs_simulation_asks(simulation, CS_ASKS_TELLING))
        tell_stage(simulation, device, stage);
    if (G_UNLIKELY(stage == CS_STAGE_ADAPTER_UP)) {
        simulation->device_done(simulation, device);
        return;
    }
    CsStage next = advance(&simulation->chain, stages);
    if (cs_simulation_asks(simulation, CS_ASKS_GPUS) &&
        pass_server(simulation, device, stage, next))
        return;
    begin_stage(simulation, device, next);
}

/* --- transfers -------------------------------------------------------------------------------- */

static CsLoadResource air_of(CsStage stage)
{
    return cs_stage_kind(stage)->by == CS_BY_UPLINK ? CS_LOAD_UPLINK : CS_LOAD_DOWNLINK;
}

gboolean cs_stage_shares_air(const CsSimulation *simulation, guint device)
{
    return simulation->load != NULL && simulation->transfers != NULL &&
           cs_config_group_of(simulation->config, device)->radio.sharing != CS_SHARING_DEDICATED;
}

void cs_stage_leave_load(CsSimulation *simulation, guint device)
{
    CsActivity activity = simulation->fleet->of[device].activity;
    CsStage stage = simulation->stages[device].stage;
    if (cs_stage_is_transfer(stage) && cs_stage_shares_air(simulation, device))
        cs_load_leave(simulation->load, air_of(stage), device, FALSE);
    else if (activity == CS_ACTIVITY_SERVED && simulation->shared_gpus != NULL)
        leave_shared_gpus(simulation, device, FALSE);
    else if (activity == CS_ACTIVITY_SERVED && simulation->gpus != NULL)
        leave_gpu(simulation, device);
}

/* A transfer on a shared air is over; adapters tell what more of them would cost. */
static void leave_air(CsSimulation *simulation, guint device, CsStage stage)
{
    if (cs_stage_shares_air(simulation, device))
        cs_load_leave(simulation->load, air_of(stage), device,
                      cs_stage_kind(stage)->of == CS_OF_ADAPTERS);
}

void cs_stage_start_transfer(CsSimulation *simulation, guint device, CsStage stage)
{
    if (cs_stage_shares_air(simulation, device))
        cs_load_join(simulation->load, air_of(stage), device);
    guint epoch = simulation->config->local_epochs - 1 - simulation->stages[device].epochs_left;
    cs_transfers_start(simulation->transfers, device, stage, epoch);
}

static void keep_duration(CsSimulation *simulation, guint device, CsStage stage, gint64 duration_ns)
{
    if (stage != CS_STAGE_ADAPTER_DOWN)
        simulation->stages[device].duration_ns[cs_stage_kind(stage)->told_as - 1] = duration_ns;
}

/* A transfer will end at a time that is known; it may have to be taken back. */
static void transfer_ends(gpointer context, guint device, CsStage stage, gint64 duration_ns,
                          gint64 end_ns)
{
    CsSimulation *simulation = context;
    keep_duration(simulation, device, stage, duration_ns);
    leave_air(simulation, device, stage);
    if (simulation->fleet != NULL)
        simulation->fleet->of[device].stage_end =
            cs_des_schedule(simulation->des, end_ns, device, simulation->stage_end, device);
    else
        cs_des_post(simulation->des, end_ns, device, simulation->stage_end, device);
}

static void transfer_done(gpointer context, guint device, CsStage stage, gint64 duration_ns)
{
    CsSimulation *simulation = context;
    keep_duration(simulation, device, stage, duration_ns);
    leave_air(simulation, device, stage);
    stage_end(simulation->des, simulation, device);
}

static gboolean transfer_fails(gpointer context, guint device, CsTransferFailure why)
{
    CsSimulation *simulation = context;
    gboolean given_up = simulation->fleet != NULL && simulation->fleet->of[device].give_up != 0;
    if (why == CS_TRANSFER_TRACE_ENDS)
        cs_state_fail(simulation, device, CS_SIMULATION_ERROR_TRACE,
                      "has something to send when its trace has ended");
    else if (why == CS_TRANSFER_PAST_CLOCK)
        cs_state_fail_clock(simulation, device);
    else if (!given_up)
        cs_state_fail(simulation, device, CS_SIMULATION_ERROR_TRANSFER,
                      "has a transfer that is not done after 10 days: its link has become too "
                      "weak, and has no limit after which a transfer is given up");
    return simulation->error != NULL;
}

static void transfer_turns(gpointer context, guint device)
{
    CsSimulation *simulation = context;
    cs_fleet_look(simulation->fleet, device);
}

/* --- making ----------------------------------------------------------------------------------- */

static void make_gpus(CsSimulation *simulation)
{
    const CsServer *server = &simulation->config->server;
    guint n = simulation->config->n_devices;
    simulation->gpu = g_new0(guint32, n);
    simulation->gpu_since_ns = g_new0(gint64, n);
    if (server->discipline != CS_DISCIPLINE_SHARING) {
        simulation->gpus = cs_resource_new(simulation->des, server->gpus, gpu_granted, simulation);
        return;
    }
    /* Seconds of a GPU's time as work: of so many GPUs a job can use one. */
    simulation->shared_gpus =
        cs_shared_new(simulation->des, server->gpus, n, gpu_shared, simulation);
    cs_shared_set_limit(simulation->shared_gpus, 1);
    for (guint i = 0; i < n; i++)
        simulation->gpu[i] = i; /* in a trace each device has a track of its own */
}

void cs_stage_init(CsSimulation *simulation)
{
    const CsConfig *config = simulation->config;
    if (config->schedule != CS_SCHEDULE_SEQUENTIAL && config->server.gpus != CS_GPUS_UNLIMITED) {
        simulation->asks |= CS_ASKS_GPUS;
        make_gpus(simulation);
    }
    static const CsTransfersHandlers handlers = {transfer_ends, transfer_done, transfer_fails,
                                                 transfer_turns};
    simulation->transfers = cs_transfers_new(config, simulation->replication, simulation->channel,
                                             simulation->des, &handlers, simulation);
    if (simulation->transfers != NULL)
        simulation->asks |= CS_ASKS_TRANSFERS;
}

void cs_stage_ready(CsSimulation *simulation)
{
    gboolean plain =
        !cs_simulation_asks(simulation, CS_ASKS_TELLING | CS_ASKS_GPUS | CS_ASKS_SPECIAL);
    simulation->stage_end =
        cs_des_add_handler(simulation->des, plain ? plain_stage_end : stage_end, simulation);
    cs_des_set_target_state(simulation->des, simulation->stage_end, simulation->stages,
                            sizeof(CsStages));
}
