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

#include "des/shared.h"
#include "sim/config.h"
#include "sim/sink.h"

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

/* The order of what is decided at an instant (des.h): what ends then has ended. A device leaves or
 * returns; a round is closed; whoever is to start does; the server takes whom it serves. */
enum { CS_DECIDE_PRESENCE, CS_DECIDE_CLOSE, CS_DECIDE_START };

/* What a fleet tells whoever made it. */
typedef struct {
    void (*loses)(gpointer context, guint device); /* one at work leaves its round */
    void (*closes)(gpointer context);              /* the round is to end without those at work */
    void (*wakes)(gpointer context);               /* somebody is there again: a round may begin */
    void (*is_lost)(gpointer context);             /* nobody is there, and nobody will be */
    /* For how long of the last `gone_s` of its transfer the whole band was the device's. */
    double (*radiated_s)(gpointer context, guint device, double gone_s);
    /* The whole band's rate of its transfer, in bit/s. */
    double (*rate_bps)(gpointer context, guint device, CsDirection direction);
} CsFleetHandlers;

typedef struct {
    const CsConfig *config;
    CsDes *des;
    const CsShared *shared_gpus; /* or NULL */
    CsFleetHandlers tell;
    gpointer context;
    CsMember *of;
    double busy_ns; /* of GPUs so far */
    guint n_empty;  /* devices, of battery */
    CsHandlerId changes, runs_empty, is_late, gives_up;
    CsEventId deadline; /* of the round under way; 0 for none */
    gint64 deadline_ns; /* when that is; 0 for none */
    guint finished;
    guint needed;      /* a round needs so many devices to count */
    gboolean overdue;  /* past the deadline, short of the quorum */
    gboolean closing;  /* those still at work are being sent away */
    gboolean sleeping; /* nobody is there, somebody will be */
} CsFleet;

/* NULL where nobody leaves and no round ends early. All is borrowed but the handlers, which are
 * copied. Transfer full. */
CsFleet *cs_fleet_new(const CsConfig *config, guint64 replication, CsDes *des,
                      const CsShared *shared_gpus, const CsFleetHandlers *handlers,
                      gpointer context);
void cs_fleet_free(CsFleet *fleet);

gboolean cs_fleet_present(const CsFleet *fleet, guint device);

/* A round begins now: TRUE where somebody is there. Else it begins when somebody returns, or, where
 * nobody will, the run ends. */
gboolean cs_fleet_open_round(CsFleet *fleet);

/* The device's round begins with the server at `frequency_hz` for it. */
void cs_fleet_begin(CsFleet *fleet, guint device, double frequency_hz);

/* What the device does from now on. */
void cs_fleet_does(CsFleet *fleet, guint device, CsActivity activity);

/* Settles the device's energies: what it draws is about to change. */
void cs_fleet_look(CsFleet *fleet, guint device);

/* The device has finished its round. */
void cs_fleet_finish(CsFleet *fleet, guint device);

/* Called after a finish or a loss: TRUE where the round is to be closed for those still at work. */
gboolean cs_fleet_enough(const CsFleet *fleet);

/* The round is over: FALSE where too few have finished, so that it does not count. */
gboolean cs_fleet_close_round(CsFleet *fleet);

/* What a round of the device that does not count has used; settled up to now or its end. */
CsLost cs_fleet_spent(const CsFleet *fleet, guint device);

/* Settles a device at the run's end; its energy when idle, in J, NAN where that is not modelled. */
double cs_fleet_end(CsFleet *fleet, guint device);

/* CsActivity of a stage. */
CsActivity cs_fleet_activity(CsStage stage);

#endif
