/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/transfer: transfers with more than one rate. See transfer.h. Layer: sim. */
#include "sim/transfer.h"

#include "des/fair.h"
#include "des/shared.h"

#include <math.h>

#define LEG_RATES 4096 /* that a dedicated transfer walks through before it lets others run */

typedef struct {
    double left_bit; /* at the last look */
    double rate_bps; /* the whole band's, at present */
    double work;     /* shared: left at the last look, in Hz s */
    CsTransferSums sum;
    CsLinkState link;  /* shared: at the last look */
    double efficiency; /* proportional fair: at the last look */
    double throughput; /* the same: R of one that waits for a rate, when it left the air; else -1 */
    gint64 left_air_ns;
    gint64 began_ns;
    CsEventId event; /* shared: the next change of the channel; dedicated: the next leg; 0: none */
    guint32 transmission;
    guint group, cut;
    guint8 stage, direction;
    gboolean managed, under_way;
    gboolean silent; /* dedicated: from now until the next leg or the end its rate is 0 */
    double told_s;   /* shared: of `radiated_s`, both directions, when last asked */
} Transfer;

struct CsTransfers {
    const CsConfig *config;
    const CsChannel *channel;
    CsDes *des;
    CsTransfersHandlers tell;
    gpointer context;
    guint64 round;                    /* under way */
    gint64 start_ns;                  /* and since when */
    gboolean watched;                 /* turns() is called */
    CsAir *air;                       /* NULL: no link changes by itself */
    CsShared *shared[CS_DIRECTION_N]; /* NULL: nobody shares equally */
    CsFair *fair[CS_DIRECTION_N];     /* NULL: nobody shares by proportional fairness */
    double window_s;                  /* of it */
    CsHandlerId change, leg;
    Transfer *of;     /* by device */
    gboolean *manage; /* by group */
};

static void on_change(CsDes *des, gpointer context, guint32 device);
static void on_leg(CsDes *des, gpointer context, guint32 device);
static void on_shared_done(CsDes *des, gpointer context, guint32 device);

/* --- making ----------------------------------------------------------------------------------- */

static gboolean shares(const CsDeviceGroup *group)
{
    return group->radio.sharing != CS_SHARING_DEDICATED;
}

static gboolean needs_managing(const CsDeviceGroup *group)
{
    return shares(group) || cs_air_changes(group) || group->radio.coherence != CS_COHERENCE_ROUND;
}

static void make_shared(CsTransfers *transfers)
{
    const CsConfig *config = transfers->config;
    CsDes *des = transfers->des;
    const CsDeviceGroup *group = config->groups, *end = group + config->n_groups;
    while (group < end && !shares(group))
        group++;
    if (group == end)
        return;
    double bandwidth_hz = group->radio.bandwidth_hz;
    transfers->window_s = group->radio.pf_window_s;
    for (int d = 0; d < CS_DIRECTION_N; d++)
        if (group->radio.sharing == CS_SHARING_EQUAL)
            transfers->shared[d] =
                cs_shared_new(des, bandwidth_hz, config->n_devices, on_shared_done, transfers);
        else
            transfers->fair[d] = cs_fair_new(des, bandwidth_hz, transfers->window_s,
                                             config->n_devices, on_shared_done, transfers);
}

CsTransfers *cs_transfers_new(const CsConfig *config, guint64 replication, const CsChannel *channel,
                              CsDes *des, const CsTransfersHandlers *handlers, gpointer context)
{
    g_autofree gboolean *manage = g_new0(gboolean, config->n_groups);
    CsAir *air = cs_air_new(config, replication, channel);
    gboolean needed = air != NULL;
    for (guint i = 0; i < config->n_groups; i++) {
        manage[i] = needs_managing(&config->groups[i]);
        needed |= manage[i];
    }
    if (!needed)
        return NULL;
    CsTransfers *transfers = g_new(CsTransfers, 1);
    *transfers = (CsTransfers){.config = config,
                               .channel = channel,
                               .des = des,
                               .tell = *handlers,
                               .context = context,
                               .air = air,
                               .manage = g_steal_pointer(&manage),
                               .of = g_new0(Transfer, config->n_devices)};
    transfers->change = cs_des_add_handler(des, on_change, transfers);
    transfers->leg = cs_des_add_handler(des, on_leg, transfers);
    make_shared(transfers);
    return transfers;
}

void cs_transfers_free(CsTransfers *transfers)
{
    if (transfers == NULL)
        return;
    cs_air_free(transfers->air);
    for (int d = 0; d < CS_DIRECTION_N; d++) {
        cs_shared_free(transfers->shared[d]);
        cs_fair_free(transfers->fair[d]);
    }
    g_free(transfers->of);
    g_free(transfers->manage);
    g_free(transfers);
}

static gboolean fails(const CsTransfers *transfers, guint device, CsTransferFailure why)
{
    return transfers->tell.fails(transfers->context, device, why);
}

/* --- links ------------------------------------------------------------------------------------ */

static CsLinkState link_at(const CsTransfers *transfers, guint device, guint group,
                           CsDirection direction, guint32 transmission, gint64 time_ns,
                           gint64 *until_ns)
{
    const CsDeviceGroup *its = &transfers->config->groups[group];
    if (its->radio.coherence == CS_COHERENCE_ROUND)
        transmission = CS_TRANSMISSION_ROUND_START;
    if (transfers->air != NULL) {
        CsInstant at = {transfers->round, transmission, transfers->start_ns, time_ns};
        return cs_air_link(transfers->air, device, group, direction, &at, until_ns);
    }
    *until_ns = CS_TIME_MAX;
    return cs_channel_state(&transfers->channel[device], its, direction, transfers->round,
                            transmission);
}

void cs_transfers_open(CsTransfers *transfers, guint64 round)
{
    transfers->round = round;
    transfers->start_ns = cs_des_now(transfers->des);
}

void cs_transfers_watch(CsTransfers *transfers)
{
    transfers->watched = TRUE;
}

gboolean cs_transfers_manage(const CsTransfers *transfers, guint group)
{
    return transfers->manage[group];
}

CsLinkState cs_transfers_link(CsTransfers *transfers, guint device, guint group,
                              CsDirection direction)
{
    gint64 time_ns = cs_des_now(transfers->des), until_ns;
    CsLinkState link = link_at(transfers, device, group, direction, CS_TRANSMISSION_ROUND_START,
                               time_ns, &until_ns);
    while (!(link.rate_bps > 0) && until_ns != CS_TIME_MAX)
        link = link_at(transfers, device, group, direction, CS_TRANSMISSION_ROUND_START, until_ns,
                       &until_ns);
    if (!(link.rate_bps > 0))
        fails(transfers, device, CS_TRANSFER_TRACE_ENDS);
    return link;
}

/* --- a transfer's life ------------------------------------------------------------------------ */

void cs_transfers_begin_round(CsTransfers *transfers, guint device, guint group, guint cut)
{
    Transfer *own = &transfers->of[device];
    own->group = group;
    own->cut = cut;
    own->managed = transfers->manage[group];
    own->sum = (CsTransferSums){.blocks = 0};
    own->told_s = 0;
}

gboolean cs_transfers_managed(const CsTransfers *transfers, guint device)
{
    return transfers != NULL && transfers->of[device].managed;
}

const CsTransferSums *cs_transfers_sums(const CsTransfers *transfers, guint device)
{
    return &transfers->of[device].sum;
}

static gboolean on_air(const CsTransfers *transfers, guint device)
{
    guint8 d = transfers->of[device].direction;
    return (transfers->shared[d] != NULL && cs_shared_active(transfers->shared[d], device)) ||
           (transfers->fair[d] != NULL && cs_fair_active(transfers->fair[d], device));
}

/* Work that a transfer on the air has been served since its channel was last looked at. */
static double had_since_look(const CsTransfers *transfers, guint device)
{
    guint8 d = transfers->of[device].direction;
    return transfers->shared[d] != NULL ? cs_shared_had(transfers->shared[d], device)
                                        : cs_fair_had(transfers->fair[d], device);
}

double cs_transfers_radiated_since(CsTransfers *transfers, guint device, double gone_s)
{
    Transfer *own = &transfers->of[device];
    const CsDeviceGroup *group = &transfers->config->groups[own->group];
    if (!shares(group))
        return own->silent ? 0 : gone_s;
    double radiated_s = own->sum.radiated_s[CS_UPLINK] + own->sum.radiated_s[CS_DOWNLINK];
    if (on_air(transfers, device))
        radiated_s += had_since_look(transfers, device) / group->radio.bandwidth_hz;
    double since_s = fmax(radiated_s - own->told_s, 0);
    own->told_s = radiated_s;
    return since_s;
}

/* The blocks of so many bits over a link. */
static void count_blocks(const CsTransfers *transfers, Transfer *own, const CsLinkState *link,
                         double size_bit)
{
    const CsDeviceGroup *group = &transfers->config->groups[own->group];
    const CsRateMap *map = own->direction == CS_UPLINK ? &group->uplink : &group->downlink;
    double given_up;
    if (map->errors == NULL)
        return;
    own->sum.blocks += cs_link_blocks(map, link, size_bit, &given_up);
    own->sum.blocks_given_up += given_up;
}

/* Which draw of the round is the stage's own. */
static guint32 transmission_of(const CsTransfers *transfers, CsStage stage, guint32 epoch)
{
    guint32 epochs = transfers->config->local_epochs;
    switch (stage) {
    case CS_STAGE_ADAPTER_DOWN:
        return cs_transmission_adapter_down();
    case CS_STAGE_SMASHED_UP:
        return cs_transmission_smashed_up(epoch);
    case CS_STAGE_GRADIENT_DOWN:
        return cs_transmission_gradient_down(epoch);
    case CS_STAGE_FEATURES_DOWN:
        return cs_transmission_features_down(epochs, epoch);
    case CS_STAGE_GRADIENT_UP:
        return cs_transmission_gradient_up(epochs, epoch);
    default:
        return cs_transmission_adapter_up(epochs);
    }
}

/* What the stage sends, and in which direction. */
static void describe(const CsTransfers *transfers, CsStage stage, guint32 epoch, Transfer *own)
{
    const CsConfig *config = transfers->config;
    const CsStageKind *kind = cs_stage_kind(stage);
    own->stage = (guint8)stage;
    own->direction = kind->by == CS_BY_UPLINK ? CS_UPLINK : CS_DOWNLINK;
    own->transmission = transmission_of(transfers, stage, epoch);
    own->left_bit = kind->of == CS_OF_CUT
                        ? config->compression * config->profile->smashed_bit[own->cut]
                        : config->profile->adapter_bit[own->cut];
}

/* The transfer has ended or is known to end at `end_ns`; its duration. */
static gint64 settle(CsTransfers *transfers, guint device, gint64 end_ns)
{
    Transfer *own = &transfers->of[device];
    gint64 duration_ns = end_ns - own->began_ns;
    own->under_way = FALSE;
    own->sum.on_air_s[own->direction] += (double)duration_ns / 1e9;
    return duration_ns;
}

static void end_at(CsTransfers *transfers, guint device, gint64 end_ns)
{
    gint64 duration_ns = settle(transfers, device, end_ns);
    transfers->tell.ends(transfers->context, device, (CsStage)transfers->of[device].stage,
                         duration_ns, end_ns);
}

static gboolean lasts_too_long(const CsTransfers *transfers, const Transfer *own, guint device)
{
    if (G_LIKELY(cs_des_now(transfers->des) - own->began_ns < CS_TRANSFER_MAX_NS))
        return FALSE;
    return fails(transfers, device, CS_TRANSFER_TOO_LONG);
}

/* --- dedicated -------------------------------------------------------------------------------- */

static void walk(CsTransfers *transfers, guint device)
{
    Transfer *own = &transfers->of[device];
    gint64 time_ns = cs_des_now(transfers->des), until_ns;
    own->event = 0;
    if (lasts_too_long(transfers, own, device))
        return;
    for (int rates = 0; rates < LEG_RATES; rates++) {
        CsLinkState link = link_at(transfers, device, own->group, (CsDirection)own->direction,
                                   own->transmission, time_ns, &until_ns);
        if (transfers->watched && own->silent == (link.rate_bps > 0)) {
            if (rates > 0)
                break; /* another leg, so that it is told of when it comes */
            transfers->tell.turns(transfers->context, device);
            own->silent = !own->silent;
        }
        if (link.rate_bps > 0) {
            double left_s = own->left_bit / link.rate_bps;
            gint64 left_ns = cs_duration_ns(left_s);
            if (until_ns == CS_TIME_MAX || left_ns <= until_ns - time_ns) {
                own->sum.radiated_s[own->direction] += left_s;
                own->sum.sent_bit[own->direction] += own->left_bit;
                count_blocks(transfers, own, &link, own->left_bit);
                gint64 end_ns = cs_time_sum(time_ns, left_ns);
                if (end_ns == CS_TIME_MAX)
                    fails(transfers, device, CS_TRANSFER_PAST_CLOCK);
                else
                    end_at(transfers, device, end_ns);
                return;
            }
            double gone_s = (double)(until_ns - time_ns) / 1e9;
            own->sum.radiated_s[own->direction] += gone_s;
            own->sum.sent_bit[own->direction] += fmin(gone_s * link.rate_bps, own->left_bit);
            count_blocks(transfers, own, &link, fmin(gone_s * link.rate_bps, own->left_bit));
            own->left_bit = fmax(own->left_bit - gone_s * link.rate_bps, 0);
        } else if (until_ns == CS_TIME_MAX) {
            fails(transfers, device, CS_TRANSFER_TRACE_ENDS);
            return;
        }
        time_ns = until_ns;
    }
    own->event = cs_des_schedule(transfers->des, time_ns, device, transfers->leg, device);
}

static void on_leg(CsDes *des, gpointer context, guint32 device)
{
    (void)des;
    walk(context, device);
}

/* --- shared ----------------------------------------------------------------------------------- */

/*
 * Proportional fair (fair.h): the air is whose metric r_i(t)/R_i(t) is the largest, r_i the
 * efficiency at present, R_i what was served within the window; the level is R_i/r_i.
 */

/* Joins the air, or changes there, with the present work. A transfer that begins does so as if its
 * device had been served as those are that are served now, whoever comes first at an instant. */
static void join_fair(CsTransfers *transfers, guint device, double efficiency)
{
    Transfer *own = &transfers->of[device];
    CsFair *fair = transfers->fair[own->direction];
    double gone_s = (double)(cs_des_now(transfers->des) - own->left_air_ns) / 1e9;
    if (cs_fair_active(fair, device))
        cs_fair_change(fair, device, own->work, own->efficiency / efficiency);
    else if (own->throughput >= 0) /* it has waited for a rate, and been served nothing */
        cs_fair_start(fair, device, own->work,
                      own->throughput * exp(-gone_s / transfers->window_s) / efficiency);
    else
        cs_fair_start(fair, device, own->work, cs_fair_least(fair));
    own->efficiency = efficiency;
    own->throughput = -1;
}

/* Leaves the air: a transfer that goes on keeps what it was served in mind. */
static void leave_fair(CsTransfers *transfers, guint device)
{
    Transfer *own = &transfers->of[device];
    double level;
    cs_fair_stop(transfers->fair[own->direction], device, &level);
    own->throughput = level * own->efficiency;
    own->left_air_ns = cs_des_now(transfers->des);
}

static void leave(CsTransfers *transfers, guint device)
{
    CsShared *shared = transfers->shared[transfers->of[device].direction];
    if (shared != NULL)
        cs_shared_stop(shared, device);
    else
        leave_fair(transfers, device);
}

static void join(CsTransfers *transfers, guint device, double efficiency)
{
    Transfer *own = &transfers->of[device];
    CsShared *shared = transfers->shared[own->direction];
    if (shared == NULL)
        join_fair(transfers, device, efficiency);
    else if (cs_shared_active(shared, device))
        cs_shared_change(shared, device, own->work, 1);
    else
        cs_shared_start(shared, device, own->work, 1);
}

/* Looks at the channel of a transfer whose `left_bit` is right, and joins, leaves or changes its
 * share of the air. */
static void look(CsTransfers *transfers, guint device)
{
    Transfer *own = &transfers->of[device];
    gint64 until_ns;
    CsLinkState link = link_at(transfers, device, own->group, (CsDirection)own->direction,
                               own->transmission, cs_des_now(transfers->des), &until_ns);
    own->rate_bps = link.rate_bps;
    own->link = link;
    own->event = 0;
    if (lasts_too_long(transfers, own, device))
        return;
    if (until_ns != CS_TIME_MAX)
        own->event = cs_des_schedule(transfers->des, until_ns, device, transfers->change, device);
    if (!(link.rate_bps > 0)) {
        if (on_air(transfers, device))
            leave(transfers, device);
        if (until_ns == CS_TIME_MAX)
            fails(transfers, device, CS_TRANSFER_TRACE_ENDS);
        return;
    }
    double efficiency = link.rate_bps / transfers->config->groups[own->group].radio.bandwidth_hz;
    own->work = own->left_bit / efficiency;
    if (isfinite(own->work))
        join(transfers, device, efficiency);
    else
        fails(transfers, device, CS_TRANSFER_PAST_CLOCK);
}

/* Counts what was served since the last look. */
static void count_served(CsTransfers *transfers, Transfer *own, double work)
{
    double bandwidth_hz = transfers->config->groups[own->group].radio.bandwidth_hz;
    double served_s = work / bandwidth_hz; /* of the whole band */
    own->sum.radiated_s[own->direction] += served_s;
    own->sum.sent_bit[own->direction] += fmin(served_s * own->rate_bps, own->left_bit);
    count_blocks(transfers, own, &own->link, served_s * own->rate_bps);
    own->left_bit = fmax(own->left_bit - served_s * own->rate_bps, 0);
}

static void on_change(CsDes *des, gpointer context, guint32 device)
{
    (void)des;
    CsTransfers *transfers = context;
    if (on_air(transfers, device))
        count_served(transfers, &transfers->of[device], had_since_look(transfers, device));
    look(transfers, device);
}

static void on_shared_done(CsDes *des, gpointer context, guint32 device)
{
    CsTransfers *transfers = context;
    Transfer *own = &transfers->of[device];
    count_served(transfers, own, own->work);
    cs_des_drop(des, &own->event);
    gint64 duration_ns = settle(transfers, device, cs_des_now(des));
    transfers->tell.done(transfers->context, device, (CsStage)own->stage, duration_ns);
}

/* --- in public -------------------------------------------------------------------------------- */

void cs_transfers_start(CsTransfers *transfers, guint device, CsStage stage, guint epoch)
{
    Transfer *own = &transfers->of[device];
    describe(transfers, stage, epoch, own);
    own->began_ns = cs_des_now(transfers->des);
    own->under_way = TRUE;
    own->silent = FALSE;
    own->throughput = -1;
    if (!(own->left_bit > 0))
        end_at(transfers, device, own->began_ns);
    else if (shares(&transfers->config->groups[own->group]))
        look(transfers, device);
    else
        walk(transfers, device);
}

void cs_transfers_abort(CsTransfers *transfers, guint device)
{
    Transfer *own = &transfers->of[device];
    if (!own->under_way)
        return;
    cs_des_drop(transfers->des, &own->event);
    if (on_air(transfers, device)) {
        count_served(transfers, own, had_since_look(transfers, device));
        leave(transfers, device);
    }
    settle(transfers, device, cs_des_now(transfers->des));
}

gint64 cs_transfers_endless(const CsTransfers *transfers)
{
    gint64 device = -1;
    for (int d = 0; d < CS_DIRECTION_N && device < 0; d++)
        if (transfers->shared[d] != NULL)
            device = cs_shared_endless(transfers->shared[d]);
        else if (transfers->fair[d] != NULL)
            device = cs_fair_endless(transfers->fair[d]);
    return device;
}
