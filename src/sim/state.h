/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/state: the inside of a running simulation, shared by simulation.c (its life) and protocol.c
 * (its events).
 *
 * Memory decides what lies where: an event touches one cache line, its device's CsStages; a round's
 * start streams over CsChannel and CsStages; everything else exists only where someone wants it.
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

#include <stdatomic.h>

/* A device in its round: how long each stage takes, the first one excepted, which is under way when
 * this is written; and where it stands. One cache line. */
typedef struct {
    gint64 duration_ns[CS_STAGE_N - 1]; /* by stage - 1 */
    guint32 epochs_left;                /* after the present one */
    guint8 stage;                       /* CsStage under way */
} CsStages;

G_STATIC_ASSERT(sizeof(CsStages) == 64);

/* What a group's devices take and use, by the cut. */
typedef struct {
    gint64 *forward_ns;
    gint64 *backward_ns;
    double *device_energy_j; /* a round's; NAN where not modelled */
} CsGroupCost;

struct CsSimulation {
    const CsConfig *config;
    guint64 replication;
    CsSink *sink; /* or NULL */

    CsDes *des;
    gboolean contended; /* devices can be in each other's way at the server: one of these two */
    CsResource *gpus;
    CsShared *shared_gpus;
    gint64 *gpu_since_ns; /* by device, when a stage on shared GPUs began */
    double busy_ns;       /* of GPUs, where idle power counts */
    CsHandlerId stage_end;

    guint64 round;      /* from 1 */
    gint64 start_ns;    /* of the round; sequential: of the device's */
    guint running;      /* devices still in the round; sequential: the device at work */
    guint group;        /* sequential: of the device at work */
    guint together_end; /* the device behind those that started together */
    GError *error;
    gboolean ended; /* whatever events are left */
    gboolean tells; /* the sink takes rounds or spans, so each stage is told of */

    CsChannel *channel;
    CsStages *stages;
    guint32 *gpu;                  /* by device; NULL without `gpus` */
    CsTransfers *transfers;        /* NULL where every transfer has one rate a round */
    gchar *policy_state;           /* NULL unless the policy has any */
    CsRoundRecord *record;         /* NULL unless the sink takes rounds */
    CsDeviceTotals *device_totals; /* by device or group; NULL unless the sink takes them */
    guint n_device_totals;
    gboolean by_group; /* those are sums over a group's devices */
    CsTotals totals;

    CsGroupCost *group_cost;
    CsLoadMeter *load;            /* NULL unless the policy uses it */
    gboolean bare;                /* none of the following, nor a plugin or a server's idle power:
                                     rounds begin and end without looking at them one by one */
    gboolean loses_blocks;        /* some are to be counted */
    gboolean special;             /* transfers or fleet: a stage's beginning is not just its end */
    CsFleet *fleet;               /* NULL unless devices can leave or rounds end early */
    struct CsBegun *begun;        /* with it: what is to be counted if the round counts */
    CsKnowledge *knowledge;       /* NULL where decisions know the channel as it is */
    double *smashed_bit;          /* φ S(c) */
    double *server_forward_cycle; /* of one mini-batch: / f gives s */
    double *server_backward_cycle;

    _Atomic guint64 progress_events;
    _Atomic gint64 progress_ns;
};

/* protocol.c: starts the next round: all devices, or the first. */
void cs_protocol_start_round(CsSimulation *simulation);

/* protocol.c: room for what a fleet's rounds may come to count. Transfer full. */
struct CsBegun *cs_protocol_begun_new(guint n);

/* protocol.c: a device at work leaves its round; all of them do, and the round ends. */
void cs_protocol_lose(CsSimulation *simulation, guint device);
void cs_protocol_close_round(CsSimulation *simulation);

/* protocol.c: the handlers. */
void cs_protocol_stage_end(CsDes *des, gpointer simulation, guint32 device);
/* The same where nobody listens to stages or waits for GPUs and every transfer has one rate a
 * round, which all events of a large simulation then come through. */
void cs_protocol_plain_stage_end(CsDes *des, gpointer simulation, guint32 device);
void cs_protocol_gpu_granted(CsDes *des, gpointer simulation, guint32 device, guint gpu,
                             gint64 waited_ns);
void cs_protocol_gpu_shared(CsDes *des, gpointer simulation, guint32 device);

/* protocol.c: the run ends with an error: a round does not fit the clock (unless its transfer will
 * be given up before), a trace has ended, or a transfer has taken CS_TRANSFER_MAX_NS. */
void cs_protocol_fail_clock(CsSimulation *simulation, guint device);
void cs_protocol_fail_transfer(CsSimulation *simulation, guint device);
void cs_protocol_fail_trace(CsSimulation *simulation, guint device);

/* simulation.c: the run is over though events are left. */
void cs_simulation_end(CsSimulation *simulation);

/* simulation.c: called when every device has finished the round. */
void cs_simulation_emit_round(CsSimulation *simulation);

#endif
