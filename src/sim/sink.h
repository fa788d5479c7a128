/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/sink: what a simulation tells of itself, and to whom.
 *
 * A sink is a table of calls; any may be NULL. It is called on the simulation's own thread, in a
 * fixed order: rounds by round number and, within one, by device in file order; then every device's
 * totals in file order; then the run's totals.
 *
 * Layer: sim.
 */
#ifndef CS_SIM_SINK_H
#define CS_SIM_SINK_H

#include "policy/policy.h"
#include "radio/link.h"

/* Stages of a round, in their order in time; T epochs repeat the middle ones. */
typedef enum {
    CS_STAGE_ADAPTER_DOWN,
    CS_STAGE_DEVICE_FORWARD,
    CS_STAGE_SMASHED_UP,
    CS_STAGE_SERVER_FORWARD,
    CS_STAGE_SERVER_BACKWARD,
    CS_STAGE_GRADIENT_DOWN,
    CS_STAGE_DEVICE_BACKWARD,
    CS_STAGE_ADAPTER_UP,
    CS_STAGE_N
} CsStage;

/* "adapter down", "device forward", ... Static storage. */
const char *cs_stage_name(CsStage stage);

/* One device's round. Times are the simulation clock's; stage times are summed over the epochs, so
 * that Σ stage_ns + wait_ns = end_ns - start_ns exactly. */
typedef struct {
    guint64 replication; /* from 1 */
    guint64 round;       /* from 1 */
    guint device;        /* index, from 0 */
    CsDecision decision;
    CsLinkState uplink; /* at the round's start */
    CsLinkState downlink;
    gint64 stage_ns[CS_STAGE_N];
    gint64 wait_ns;
    gint64 start_ns;
    gint64 end_ns;
    double server_energy_j; /* E of Eq. 11 */
    double device_energy_j; /* NAN: not modelled */
    double radio_energy_j;  /* device transmit + AP transmit (+ device receive where given) */
    double cost;            /* U with the scenario's weight and the predicted D */
    CsCorners corners;
} CsRoundRecord;

/* Rounds that do not count, and what was used in them. NAN where nobody leaves and no round ends
 * early; an energy also where it is not modelled. */
typedef struct {
    double rounds;
    double time_s;
    double server_energy_j;
    double device_energy_j;
    double radio_energy_j;
} CsLost;

/* One device over all rounds of a replication that count. Means are over rounds. */
typedef struct {
    guint64 replication;
    guint device;
    guint64 rounds;
    double delay_total_s;
    double wait_total_s;
    double server_energy_total_j;
    double device_energy_total_j; /* NAN: not modelled */
    double radio_energy_total_j;
    double cost_total;
    double cut_total;
    double frequency_total_hz;
    guint64 outage_uplink; /* rounds (under coherence = transmission: at the round's start) */
    guint64 outage_downlink;
    guint64 beyond_uplink; /* of those, beyond repetition */
    guint64 beyond_downlink;
    guint64 delay_degenerate;  /* rounds whose corners had D_max <= D_min, */
    guint64 energy_degenerate; /* and E_max <= E_min */
    CsLost lost;
    double idle_energy_j;   /* up; neither computing nor sending nor receiving; NAN as above, or
                             * not modelled */
    double battery_left_j;  /* at the end; NAN without a battery */
    double regret_total;    /* Σ U(decision) - U(decision with perfect knowledge), both at the
                             * true rates; NAN where knowledge is perfect */
    double blocks;          /* sent, in expectation: cs_link_blocks(); NAN where none is lost */
    double blocks_given_up; /* of them, after all retransmissions; they are sent anew */
} CsDeviceTotals;

/* One replication. */
typedef struct {
    guint64 replication;
    guint devices;
    guint64 rounds;       /* rounds of the scenario, the same for every device */
    double delay_total_s; /* sums over devices and rounds */
    double wait_total_s;
    double server_energy_total_j;
    double device_energy_total_j; /* NAN if any device's is not modelled */
    double radio_energy_total_j;
    double cost_total;
    double makespan_s; /* clock at the end */
    guint64 events;
    guint64 beyond_repetition;   /* links of both directions, over devices and rounds */
    guint64 delay_degenerate;    /* rounds of devices, as in CsDeviceTotals: worth a word to the */
    guint64 energy_degenerate;   /* user, once */
    double regret_total;         /* as in CsDeviceTotals */
    CsLost lost;                 /* over devices */
    double idle_energy_j;        /* of devices */
    guint64 absent;              /* rounds · devices less the rounds of devices that count */
    double rounds_completed;     /* rounds · devices - absent; NAN as in CsLost */
    double rounds_failed;        /* fewer than the quorum finished */
    double devices_empty;        /* of battery */
    double server_idle_energy_j; /* P_idle (GPUs · makespan - busy time); NAN: not modelled */
    double blocks, blocks_given_up; /* as in CsDeviceTotals */
} CsTotals;

/* A stretch of work, for traces. */
typedef struct {
    guint64 replication;
    guint64 round;
    guint device;
    guint epoch; /* from 1; 0 for adapter transfers */
    CsStage stage;
    guint gpu; /* of a server stage */
    gint64 start_ns;
    gint64 end_ns;
} CsSpan;

typedef struct CsSink CsSink;
struct CsSink {
    void (*round)(CsSink *sink, const CsRoundRecord *record);
    void (*span)(CsSink *sink, const CsSpan *span);
    void (*device)(CsSink *sink, const CsDeviceTotals *totals);
    void (*totals)(CsSink *sink, const CsTotals *totals);
    /* A device's decision, as it is taken: for those who count cuts, and need no memory for the
     * rounds of all devices to do so. */
    void (*decided)(CsSink *sink, guint device, guint cut);
    /* device() may be called once a group, with the sums over its devices and the first of them. */
    gboolean by_group;
};

#endif
