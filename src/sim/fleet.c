/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/fleet: devices that run empty, fail and return; rounds with a deadline. See fleet.h. */
#include "sim/fleet.h"

#include <math.h>

#define LEAVING CS_PRIORITY_DECIDE(CS_DECIDE_PRESENCE)
#define LOOK_S 1e-5 /* between two looks at the battery of a device that is about to be empty */
#define HARDLY 1e-9 /* s: a battery that lasts no longer is empty; a tick of the clock */

static const CsDeviceGroup *group_of(const CsFleet *fleet, const CsMember *member)
{
    return &fleet->config->groups[member->group];
}

static double or_zero(double value)
{
    return isnan(value) ? 0.0 : value;
}

/* P(f), the device's GPU at work; 0 where not modelled. */
static double compute_power_w(const CsDeviceGroup *group)
{
    return or_zero(cs_group_power_w(group));
}

/* What it takes of the device to send or receive for so long, in J. */
static double radio_j(const CsFleet *fleet, const CsMember *member, double radiated_s,
                      double on_air_s)
{
    const CsDeviceGroup *group = group_of(fleet, member);
    gboolean up = member->activity == CS_ACTIVITY_SEND;
    double bit = 0;
    if (up ? group->radio_power.sends : group->radio_power.receives)
        bit = radiated_s * fleet->tell.rate_bps(fleet->context, (guint)(member - fleet->of),
                                                up ? CS_UPLINK : CS_DOWNLINK);
    return up ? cs_group_send_j(group, bit, radiated_s, on_air_s)
              : cs_group_receive_j(group, bit, on_air_s);
}

/* What the device draws from its battery; while it sends, at most. */
static double power_w(const CsFleet *fleet, const CsMember *member)
{
    const CsDeviceGroup *group = group_of(fleet, member);
    switch (member->activity) {
    case CS_ACTIVITY_COMPUTE:
        return compute_power_w(group);
    case CS_ACTIVITY_SEND:
    case CS_ACTIVITY_RECEIVE:
        return radio_j(fleet, member, 1, 1);
    default:
        return member->up ? or_zero(group->idle_power_w) : 0.0;
    }
}

/* GPU time that the device has had since it was last settled: on shared GPUs less than the time
 * that has gone. */
static double served_s(const CsFleet *fleet, CsMember *member, double gone_s)
{
    const CsShared *shared = fleet->shared_gpus;
    guint device = (guint)(member - fleet->of);
    if (shared == NULL)
        return gone_s;
    double left_s = cs_shared_active(shared, device) ? cs_shared_left(shared, device) : 0.0;
    double had_s = member->left_s - left_s;
    member->left_s = left_s;
    return had_s;
}

/* Brings the device's energies up to now. Nothing is radiated where the rate is 0 or the air is
 * others'; what its circuits draw, they draw all the time. */
static void settle(CsFleet *fleet, CsMember *member)
{
    const CsServer *server = &fleet->config->server;
    const CsDeviceGroup *group = group_of(fleet, member);
    CsPowerLaw power = cs_server_power(server);
    gint64 now_ns = cs_des_now(fleet->des);
    double gone_s = (double)(now_ns - member->since_ns) / 1e9, radiated_s = gone_s;
    double drawn_j = power_w(fleet, member) * gone_s, f = member->frequency_hz;
    member->since_ns = now_ns;
    if (member->activity == CS_ACTIVITY_SEND || member->activity == CS_ACTIVITY_RECEIVE)
        radiated_s = fleet->tell.radiated_s(fleet->context, (guint)(member - fleet->of), gone_s);
    gboolean by_rate = member->activity == CS_ACTIVITY_RECEIVE && group->radio_power.receives;
    if ((member->activity == CS_ACTIVITY_SEND || by_rate) && radiated_s != gone_s)
        drawn_j = radio_j(fleet, member, radiated_s, gone_s);
    if (member->empty)
        return;
    member->battery_j = fmax(member->battery_j - drawn_j, 0.0);
    switch (member->activity) {
    case CS_ACTIVITY_COMPUTE:
        member->compute_j += drawn_j;
        break;
    case CS_ACTIVITY_SEND:
        member->radio_j += drawn_j;
        break;
    case CS_ACTIVITY_RECEIVE:
        member->radio_j += drawn_j + server->tx_power_w * radiated_s;
        break;
    case CS_ACTIVITY_SERVED:
        gone_s = served_s(fleet, member, gone_s);
        member->server_j += cs_power_law_w(&power, f) * gone_s;
        fleet->busy_ns += gone_s * 1e9;
        member->idle_j += drawn_j;
        break;
    default:
        member->idle_j += drawn_j;
        break;
    }
}

/* When the battery is empty if nothing changes. */
static void foresee(CsFleet *fleet, guint device)
{
    CsMember *member = &fleet->of[device];
    CsDes *des = fleet->des;
    cs_des_drop(des, &member->run_empty);
    double draws_w = power_w(fleet, member);
    if (isinf(member->battery_j) || member->empty || !(draws_w > 0))
        return;
    double lasts_s = member->battery_j / draws_w;
    if (member->activity == CS_ACTIVITY_SEND || group_of(fleet, member)->radio_power.receives)
        /* at most: it is looked at again then */
        lasts_s = fmax(lasts_s, LOOK_S);
    gint64 end_ns = cs_time_after(cs_des_now(des), lasts_s);
    if (end_ns < CS_TIME_MAX)
        member->run_empty = cs_des_schedule(des, end_ns, LEAVING, fleet->runs_empty, device);
}

/* A transfer that begins now has its limit. */
static void limit_transfer(CsFleet *fleet, guint device)
{
    CsMember *member = &fleet->of[device];
    CsDes *des = fleet->des;
    double limit_s = group_of(fleet, member)->radio.transfer_limit_s;
    cs_des_drop(des, &member->give_up);
    if (!(limit_s > 0) ||
        (member->activity != CS_ACTIVITY_SEND && member->activity != CS_ACTIVITY_RECEIVE))
        return;
    gint64 at_ns = cs_time_after(cs_des_now(des), limit_s);
    if (at_ns < CS_TIME_MAX)
        member->give_up = cs_des_schedule(des, at_ns, LEAVING, fleet->gives_up, device);
}

static void on_give_up(CsDes *des, gpointer context, guint32 device)
{
    (void)des;
    CsFleet *fleet = context;
    fleet->of[device].give_up = 0;
    fleet->tell.loses(fleet->context, device);
}

/* --- failures --------------------------------------------------------------------------------- */

/* When the device next fails or returns by what is drawn, exponential. */
static gint64 drawn_change_ns(CsFleet *fleet, CsMember *member)
{
    const CsDeviceGroup *group = group_of(fleet, member);
    double mean_s = member->up ? group->failure_s : group->repair_s;
    if (isinf(mean_s))
        return CS_TIME_MAX;
    double u = cs_random_uniform(member->key, ++member->draws, 0);
    return cs_time_after(cs_des_now(fleet->des), -log(u) * mean_s);
}

/* The same by its trace. */
static gint64 traced_change_ns(const CsFleet *fleet, const CsMember *member)
{
    const CsAvailability *availability = group_of(fleet, member)->availability;
    gint64 until_ns, at_ns = cs_time_sum(member->offset_ns, cs_des_now(fleet->des));
    if (at_ns == CS_TIME_MAX)
        return CS_TIME_MAX;
    cs_availability_at(availability, at_ns, &until_ns);
    return until_ns == CS_TIME_MAX ? CS_TIME_MAX : until_ns - member->offset_ns;
}

static void expect_change(CsFleet *fleet, guint device)
{
    CsMember *member = &fleet->of[device];
    member->change = 0;
    if (member->empty)
        return;
    CsDes *des = fleet->des;
    gint64 at_ns = group_of(fleet, member)->availability != NULL ? traced_change_ns(fleet, member)
                                                                 : drawn_change_ns(fleet, member);
    if (at_ns < CS_TIME_MAX)
        member->change = cs_des_schedule(des, at_ns, LEAVING, fleet->changes, device);
}

static void on_change(CsDes *des, gpointer context, guint32 device)
{
    (void)des;
    CsFleet *fleet = context;
    CsMember *member = &fleet->of[device];
    gboolean leaves = member->up;
    settle(fleet, member);
    member->up = !leaves; /* first: the next round may begin below */
    expect_change(fleet, device);
    foresee(fleet, device);
    if (leaves && member->in_round)
        fleet->tell.loses(fleet->context, device);
    if (!leaves && fleet->sleeping)
        fleet->tell.wakes(fleet->context);
}

static void on_empty(CsDes *des, gpointer context, guint32 device)
{
    CsFleet *fleet = context;
    CsMember *member = &fleet->of[device];
    member->run_empty = 0;
    settle(fleet, member);
    if (member->battery_j > HARDLY * power_w(fleet, member)) {
        foresee(fleet, device);
        return;
    }
    member->empty = TRUE; /* first: the next round may begin below */
    member->up = FALSE;
    cs_des_drop(des, &member->change);
    fleet->n_empty++;
    if (member->in_round)
        fleet->tell.loses(fleet->context, device);
}

static void on_late(CsDes *des, gpointer context, guint32 target)
{
    (void)des;
    (void)target;
    CsFleet *fleet = context;
    fleet->deadline = 0;
    fleet->overdue = TRUE;
    if (cs_fleet_enough(fleet))
        fleet->tell.closes(fleet->context);
}

/* --- life ------------------------------------------------------------------------------------- */

static gboolean asked_for(const CsConfig *config)
{
    gboolean asked = cs_config_loses_rounds(config);
    for (guint i = 0; i < config->n_groups; i++)
        asked |= isfinite(config->groups[i].idle_power_w);
    return asked;
}

/* Where in its trace a device begins, and whether it is there. */
static void place_in_trace(CsMember *member, const CsDeviceGroup *group)
{
    gint64 start_ns = group->availability_min_ns, range_ns = group->availability_max_ns - start_ns;
    gint64 until_ns;
    if (group->availability == NULL)
        return;
    member->offset_ns = start_ns;
    if (range_ns > 0)
        member->offset_ns += llround((double)range_ns * cs_random_uniform(member->key, 0, 0));
    member->up = cs_availability_at(group->availability, member->offset_ns, &until_ns);
}

CsFleet *cs_fleet_new(const CsConfig *config, guint64 replication, CsDes *des,
                      const CsShared *shared_gpus, const CsFleetHandlers *handlers,
                      gpointer context)
{
    if (!asked_for(config))
        return NULL;
    CsFleet *fleet = g_new(CsFleet, 1);
    *fleet = (CsFleet){.config = config,
                       .des = des,
                       .shared_gpus = shared_gpus,
                       .tell = *handlers,
                       .context = context};
    fleet->of = g_new0(CsMember, config->n_devices);
    fleet->changes = cs_des_add_handler(des, on_change, fleet);
    fleet->runs_empty = cs_des_add_handler(des, on_empty, fleet);
    fleet->gives_up = cs_des_add_handler(des, on_give_up, fleet);
    fleet->is_late = cs_des_add_handler(des, on_late, fleet);
    fleet->needed = (guint)ceil(config->quorum * config->n_devices - 1e-9);
    for (guint i = 0; i < config->n_devices; i++) {
        CsMember *member = &fleet->of[i];
        const CsDeviceGroup *group = cs_config_group_of(config, i);
        g_autofree char *name = cs_config_device_name(config, i);
        *member = (CsMember){.up = TRUE,
                             .battery_j = group->battery_j,
                             .group = (guint)(group - config->groups),
                             .key = cs_random_key(config->seed, replication, cs_entity_hash(name),
                                                  CS_PURPOSE_FAILURE)};
        place_in_trace(member, group);
        foresee(fleet, i);
        expect_change(fleet, i);
    }
    return fleet;
}

void cs_fleet_free(CsFleet *fleet)
{
    if (fleet == NULL)
        return;
    g_free(fleet->of);
    g_free(fleet);
}

gboolean cs_fleet_present(const CsFleet *fleet, guint device)
{
    return fleet->of[device].up && !fleet->of[device].empty;
}

/* --- a round ---------------------------------------------------------------------------------- */

gboolean cs_fleet_open_round(CsFleet *fleet)
{
    const CsConfig *config = fleet->config;
    gboolean somebody = FALSE;
    fleet->sleeping = FALSE;
    for (guint i = 0; i < config->n_devices; i++) {
        somebody |= cs_fleet_present(fleet, i);
        fleet->sleeping |= fleet->of[i].change != 0;
        fleet->of[i].finished = FALSE;
    }
    if (!somebody && !fleet->sleeping)
        fleet->tell.is_lost(fleet->context);
    if (!somebody)
        return FALSE;
    fleet->sleeping = FALSE;
    fleet->overdue = FALSE;
    fleet->finished = 0;
    if (isfinite(config->deadline_s)) {
        gint64 at_ns = cs_time_after(cs_des_now(fleet->des), config->deadline_s);
        fleet->deadline_ns = at_ns;
        if (at_ns < CS_TIME_MAX)
            fleet->deadline = cs_des_schedule(
                fleet->des, at_ns, CS_PRIORITY_DECIDE(CS_DECIDE_CLOSE), fleet->is_late, 0);
    }
    return TRUE;
}

void cs_fleet_begin(CsFleet *fleet, guint device, double frequency_hz)
{
    CsMember *member = &fleet->of[device];
    settle(fleet, member);
    member->in_round = TRUE;
    member->start_ns = cs_des_now(fleet->des);
    member->wait_ns = 0;
    member->frequency_hz = frequency_hz;
    member->compute_j = member->radio_j = member->server_j = 0;
    cs_fleet_does(fleet, device, CS_ACTIVITY_RECEIVE);
}

void cs_fleet_does(CsFleet *fleet, guint device, CsActivity activity)
{
    CsMember *member = &fleet->of[device];
    settle(fleet, member);
    member->activity = activity;
    foresee(fleet, device);
    limit_transfer(fleet, device);
}

void cs_fleet_look(CsFleet *fleet, guint device)
{
    settle(fleet, &fleet->of[device]);
    foresee(fleet, device);
}

void cs_fleet_finish(CsFleet *fleet, guint device)
{
    CsMember *member = &fleet->of[device];
    cs_fleet_does(fleet, device, CS_ACTIVITY_NONE);
    member->in_round = FALSE;
    member->spent_ns = cs_des_now(fleet->des) - member->start_ns;
    member->finished = TRUE;
    fleet->finished++;
}

gboolean cs_fleet_enough(const CsFleet *fleet)
{
    return fleet->overdue && !fleet->closing && fleet->finished >= fleet->needed;
}

gboolean cs_fleet_close_round(CsFleet *fleet)
{
    cs_des_drop(fleet->des, &fleet->deadline);
    fleet->overdue = FALSE;
    return fleet->finished >= fleet->needed;
}

CsLost cs_fleet_spent(const CsFleet *fleet, guint device)
{
    const CsMember *member = &fleet->of[device];
    gint64 spent_ns =
        member->finished ? member->spent_ns : cs_des_now(fleet->des) - member->start_ns;
    return (CsLost){.rounds = 1,
                    .time_s = (double)spent_ns / 1e9,
                    .server_energy_j = member->server_j,
                    .device_energy_j = isnan(cs_group_power_w(group_of(fleet, member)))
                                           ? (double)NAN
                                           : member->compute_j,
                    .radio_energy_j = member->radio_j};
}

double cs_fleet_end(CsFleet *fleet, guint device)
{
    CsMember *member = &fleet->of[device];
    settle(fleet, member);
    return isnan(group_of(fleet, member)->idle_power_w) ? (double)NAN : member->idle_j;
}

CsActivity cs_fleet_activity(CsStage stage)
{
    static const CsActivity activity[] = {[CS_BY_DEVICE] = CS_ACTIVITY_COMPUTE,
                                          [CS_BY_SERVER] = CS_ACTIVITY_SERVED,
                                          [CS_BY_UPLINK] = CS_ACTIVITY_SEND,
                                          [CS_BY_DOWNLINK] = CS_ACTIVITY_RECEIVE};
    return activity[cs_stage_kind(stage)->by];
}
