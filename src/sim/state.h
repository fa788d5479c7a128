/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/state: the inside of a running simulation, which the four files of a round share.
 *
 *                     simulation.c   a replication's life: made, run, told of
 *                          |
 *                       round.c      who starts, ends, is lost; decisions
 *                          |
 *                       stage.c      a device's chain of stages          (device_done goes up)
 *                          |
 *                      accounts.c    what is counted, recorded and told
 *                          |
 *      state.h  -------- state.c     errors
 *        |
 *     fleet, transfer, knowledge, load: know no simulation; what they tell upwards goes through
 *                       the handlers that they are given (CsFleetHandlers, CsTransfersHandlers)
 *        |
 *     des/: queue, resource, shared
 *
 * What lies where, and who writes it when:
 *
 *     stages[device]     64 bytes, all that an event touches: filled by round.c when the device
 *                        starts, moved on by stage.c at each stage's end; a managed transfer's
 *                        duration is written when its end is known
 *     channel[device]    drawn once; read when a round starts
 *     begun[device]      only with a fleet: what is to be counted if the round comes to count
 *     record[device]     only where rounds are wanted: begun by round.c, stage times added by
 *                        stage.c, handed over and forgotten at the round's end
 *     totals             by accounts.c only
 *
 * In the order of time: start (decide, fill stages, count what is known) -> stages -> end (count
 * delay and what was not known) -> the next device, cluster or round.
 *
 * Layer: sim, private to it.
 */
#ifndef CS_SIM_STATE_H
#define CS_SIM_STATE_H

#include "des/des.h"
#include "des/resource.h"
#include "des/shared.h"
#include "sim/channel.h"
#include "sim/fleet.h"
#include "sim/knowledge.h"
#include "sim/load.h"
#include "sim/simulation.h"
#include "sim/transfer.h"
#include "sim/whereabouts.h"

#include <stdatomic.h>

/* A device in its round: how long each stage takes, the first one excepted, which is under way when
 * this is written; and where it stands. One cache line. */
typedef struct {
    gint64 duration_ns[CS_STAGE_TOLD_N - 1]; /* by stage - 1 */
    guint32 epochs_left;                     /* after the present one */
    guint8 stage;                            /* CsStage under way */
} CsStages;

G_STATIC_ASSERT(sizeof(CsStages) == 64);

/* What a group's devices take and use, by the cut. */
typedef struct {
    gint64 *forward_ns;
    gint64 *backward_ns;
    double *device_energy_j; /* a round's; NAN where not modelled */
    gint64 head_ns[2];       /* forward and backward, of a head on the device */
} CsGroupCost;

/* What a scenario and its sink may ask for. */
typedef enum {
    CS_ASKS_TELLING = 1 << 0,   /* the sink takes rounds or spans: each stage is told of */
    CS_ASKS_GPUS = 1 << 1,      /* devices can be in each other's way at the server */
    CS_ASKS_TRANSFERS = 1 << 2, /* some are more than one rate */
    CS_ASKS_FLEET = 1 << 3,     /* devices can leave or rounds end early */
    CS_ASKS_BLOCKS = 1 << 4,    /* some are lost, and to be counted */
    CS_ASKS_GROUPS = 1 << 5,    /* device totals are sums over a group's devices */
    CS_ASKS_HEAD = 1 << 6,      /* the protocol has stages beyond the letter's */
    CS_ASKS_OTHER = 1 << 7,     /* load, knowledge, a plugin to be checked, idle power */
} CsAsks;

/* A stage's beginning is then not just its end. */
#define CS_ASKS_SPECIAL (CS_ASKS_TRANSFERS | CS_ASKS_FLEET | CS_ASKS_HEAD)
#define CS_ABSENT G_MAXUINT /* the cut, in `forced`, of a device that does not start */
#define CS_ASKS_BARE (CS_ASKS_TELLING | CS_ASKS_GPUS | CS_ASKS_GROUPS) /* and no more */

/* Everything that is known of a device's round when it begins. */
typedef struct {
    CsRoundState state;
    CsLinkState uplink, downlink;
    CsDecision decision;
    double server_energy_j, device_energy_j, radio_energy_j, cost;
    double regret;                  /* only where knowledge is not perfect */
    double delay_s;                 /* only with a fleet */
    double blocks, blocks_given_up; /* only where some are lost */
} CsBegun;

/* What a round that is run ahead is to tell, by device; NULL: not asked for. */
typedef struct {
    CsPrices *price;
    double *delay_s;
} CsAhead;

struct CsSimulation {
    const CsConfig *config;
    guint64 replication;
    CsSink *sink; /* or NULL */

    CsDes *des;
    guint
        asks; /* a set of CsAsks: what the scenario and the sink ask for beyond a round's stages */
    CsResource *gpus; /* with CS_ASKS_GPUS one of these two */
    CsShared *shared_gpus;
    gint64 *gpu_since_ns; /* by device, when it came to its GPU */
    double busy_ns;       /* of GPUs, where idle power counts */
    CsHandlerId stage_end;
    CsChain chain; /* the config's */

    guint64 round;      /* from 1 */
    gint64 start_ns;    /* of the round; sequential: of the device's */
    guint running;      /* devices still in the round; sequential: the device at work */
    guint group;        /* sequential: of the device at work */
    guint together;     /* devices that started together */
    guint together_end; /* the device behind them */
    GError *error;
    gboolean ended;             /* whatever events are left */
    CsHandlerId close, proceed; /* decisions, with a fleet */
    gboolean opens;             /* what to proceed with is a round, not a device or cluster */
    gboolean told_of_ends;      /* the sink takes the ends of rounds */
    CsDecision *forced;         /* by device: what has been decided, or is to be tried; NULL */
    /* simulation.c's, under a policy that decides for a crowd: the sum of costs of those from
     * `first` on that start together now, with these decisions by device; and what else is wanted
     * of that round. */
    double (*rollout)(CsSimulation *simulation, guint first, const CsDecision *decisions,
                      const CsAhead *ahead);
    void (*device_done)(CsSimulation *simulation, guint device); /* round.c's, for stage.c */

    const CsSimulation *parent; /* of a fork, whose channels it borrows; NULL */
    CsChannel *channel;
    CsStages *stages;
    gint64 *head_ns;               /* by 2 device: forward, backward; NULL unless CS_ASKS_HEAD */
    guint32 *gpu;                  /* by device; NULL without `gpus` */
    CsTransfers *transfers;        /* NULL where every transfer has one rate a round */
    gchar *policy_state;           /* NULL unless the policy has any */
    CsRoundRecord *record;         /* NULL unless the sink takes rounds */
    CsWalks *walks;                /* NULL unless records tell where devices are */
    CsDeviceTotals *device_totals; /* by device or group; NULL unless the sink takes them */
    guint n_device_totals;
    CsTotals totals;

    CsGroupCost *group_cost;
    CsLoadMeter *load;            /* NULL unless the policy uses it */
    gboolean bare;                /* it asks for nothing but telling and GPUs: rounds begin and end
                                     without looking for the rest one by one */
    CsFleet *fleet;               /* NULL unless devices can leave or rounds end early */
    CsBegun *begun;               /* with it: what is to be counted if the round counts */
    CsKnowledge *knowledge;       /* NULL where decisions know the channel as it is */
    double *smashed_bit;          /* φ S(c) */
    double *server_forward_cycle; /* of one mini-batch: / f gives s */
    double *server_backward_cycle;
    double *server_forward_s; /* beside these, at any f: 0 but where measured */
    double *server_backward_s;

    _Atomic guint64 progress_events;
    _Atomic gint64 progress_ns;
};

static inline gboolean cs_simulation_asks(const CsSimulation *simulation, guint asks)
{
    return (simulation->asks & asks) != 0;
}

/* The run ends with an error: a device's round ... `reason`. The first one stands. */
void cs_state_fail(CsSimulation *simulation, guint device, CsSimulationError code,
                   const char *reason);

/* A round does not fit the clock: an error unless its transfer will be given up before. */
void cs_state_fail_clock(CsSimulation *simulation, guint device);

#endif
