/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/fleet: devices that run empty, fail and return, give transfers up, and rounds that do not
 * wait for all: who is there, what they draw, and what is lost.
 *
 * Exists only where a scenario asks for it. A device's powers are integrated over what it does: the
 * battery is empty, and the device leaves for good, at that very instant. A failing device leaves
 * its round and returns, repaired, in time for a later one.
 *
 * Layer: sim, private to it. Calls base, des.
 */
#ifndef CS_SIM_FLEET_H
#define CS_SIM_FLEET_H

#include "des/des.h"
#include "sim/config.h"
#include "sim/simulation.h"

typedef enum {
    CS_ACTIVITY_NONE, /* no round of its own under way, or down */
    CS_ACTIVITY_WAIT, /* for a GPU */
    CS_ACTIVITY_COMPUTE,
    CS_ACTIVITY_SEND,
    CS_ACTIVITY_RECEIVE,
    CS_ACTIVITY_SERVED /* the server computes for it */
} CsActivity;

/* A device. */
typedef struct {
    gboolean up, empty;
    gboolean in_round; /* at work; */
    gboolean finished; /* in this round */
    CsActivity activity;
    gint64 since_ns;                     /* the activity's; energies are settled up to there */
    gint64 start_ns;                     /* of its round */
    gint64 spent_ns;                     /* in it, once finished */
    gint64 wait_ns;                      /* of its round */
    double left_s;                       /* of a stage on shared GPUs, when last settled */
    double frequency_hz;                 /* of the server for it in this round */
    double battery_j;                    /* left; INFINITY without one */
    double compute_j, radio_j, server_j; /* of its round so far */
    double idle_j;                       /* of the replication */
    CsEventId stage_end, change, run_empty;
    CsEventId give_up; /* its transfer under way; 0: no limit */
    CsRandomKey key;
    guint64 draws;
    gint64 offset_ns; /* of the clock in its trace of failures */
    guint group;
} CsMember;

typedef struct {
    CsSimulation *simulation;
    CsMember *of;
    CsHandlerId changes, runs_empty, is_late, gives_up;
    CsEventId deadline; /* of the round under way; 0 for none */
    guint finished;
    guint needed;      /* a round needs so many devices to count */
    gboolean overdue;  /* past the deadline, short of the quorum */
    gboolean closing;  /* those still at work are being sent away */
    gboolean sleeping; /* nobody is there, somebody will be */
} CsFleet;

/* NULL where nobody leaves and no round ends early. Transfer full. */
CsFleet *cs_fleet_new(CsSimulation *simulation);
void cs_fleet_free(CsFleet *fleet);

gboolean cs_fleet_present(const CsFleet *fleet, guint device);

/* A round begins now: TRUE where somebody is there. Else it begins when somebody returns, or, where
 * nobody will, the run ends. */
gboolean cs_fleet_open_round(CsFleet *fleet);

/* The device's round begins with the server at `frequency_hz` for it. */
void cs_fleet_begin(CsFleet *fleet, guint device, double frequency_hz);

/* What the device does from now on. */
void cs_fleet_does(CsFleet *fleet, guint device, CsActivity activity);

/* The device has finished its round. */
void cs_fleet_finish(CsFleet *fleet, guint device);

/* Called after a finish or a loss: TRUE where the round is to be closed for those still at work. */
gboolean cs_fleet_enough(const CsFleet *fleet);

/* The round is over: FALSE where too few have finished, so that it does not count. */
gboolean cs_fleet_close_round(CsFleet *fleet);

/* What a round that does not count has used, to the totals. */
void cs_fleet_waste(CsFleet *fleet, guint device);

/* Settles everything at the run's end and fills in the totals. */
void cs_fleet_end(CsFleet *fleet);

/* CsActivity of a stage. */
CsActivity cs_fleet_activity(CsStage stage);

#endif
