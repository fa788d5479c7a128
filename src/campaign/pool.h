/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/pool: runs a plan on several threads and hands the results over in the plan's order.
 *
 * The unit of work is one replication of one run. Threads take units in order; `begin` makes a sink
 * on the worker's thread; `finish` is called on the thread that called cs_pool_run(), in strict
 * order (run, then replication), whatever thread finished first, so that everything a client writes
 * there is the same for any number of threads. Units running ahead of the oldest unfinished one are
 * bounded, so that memory is too.
 *
 * Layer: campaign.
 */
#ifndef CS_CAMPAIGN_POOL_H
#define CS_CAMPAIGN_POOL_H

#include "campaign/lesson.h"
#include "campaign/plan.h"
#include "campaign/progress.h"
#include "sim/simulation.h"

typedef struct {
    /* A sink for (run, replication). Called on a worker's thread, must not touch shared state. */
    CsSink *(*begin)(gpointer context, const CsRun *run, guint64 replication);
    /* Takes the sink back (transfer full). `error` is NULL where the replication finished; where
     * it is not, the sink is only to be freed. Returns FALSE with *stop set to stop the whole plan
     * (a result cannot be written). */
    gboolean (*finish)(gpointer context, const CsRun *run, guint64 replication, CsSink *sink,
                       const GError *error, GError **stop);
    gpointer context;
    gboolean keep_going; /* a simulation's own error is told to finish() and stops nothing */
    /* Where rounds are learned from: what is learned already (NULL: nothing beyond one call), and
     * what a replication has learned, before finish() is told of it; may be NULL. */
    CsTrajectories *trajectories;
    void (*learned)(gpointer context, const CsLearned *learned, guint n);
} CsPoolClient;

/*
 * Runs every unit of `plan` with `threads` (0: all cores). FALSE with `error` set at the first
 * failure: a simulation's own error, the client's *stop, or CS_SIMULATION_ERROR_INTERRUPTED once
 * *interrupt is not 0; units finished before are handed over. `progress` may be NULL. In begin and
 * finish, run->scenario is set.
 */
gboolean cs_pool_run(const CsPlan *plan, guint threads, const CsPoolClient *client,
                     CsProgress *progress, const gint *interrupt, GError **error);

/* How many replications, the largest of so many device rounds, are under way or wait for their turn
 * at most. */
guint cs_pool_window(double device_rounds, guint threads);

/* Some replications of one run. */
typedef struct {
    guint64 run;   /* position in the plan, from 0 */
    guint64 first; /* replication, from 1 */
    guint64 count;
} CsPoolTask;

/* What the calls of cs_pool_run_tasks() come to together, for progress. `work` is in device
 * rounds; `_total` is what all calls will do, as far as is known; the rest is counted up. */
typedef struct {
    double work, work_total;
    guint64 units, units_total;
    guint64 events;
    double simulated_s;
} CsPoolScope;

/* The same for n_tasks tasks of the plan, in their order. Leaves `progress` open. */
gboolean cs_pool_run_tasks(const CsPlan *plan, const CsPoolTask *tasks, guint64 n_tasks,
                           guint threads, const CsPoolClient *client, CsProgress *progress,
                           CsPoolScope *scope, const gint *interrupt, GError **error);

#endif
