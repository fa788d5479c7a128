/*
 * campaign/pool: runs a plan on several threads and hands the results over in the plan's order.
 *
 * The unit of work is one replication of one run. Threads take units in order; `begin` makes a sink
 * on the worker's thread; `finish` is called on the thread that called cs_pool_run(), in strict
 * order (run, then replication), whatever thread finished first, so that everything a client writes
 * there is the same for any number of threads. Units running ahead of the oldest unfinished one are bounded, so
 * that memory is too.
 *
 * Layer: campaign.
 */
#ifndef CS_CAMPAIGN_POOL_H
#define CS_CAMPAIGN_POOL_H

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
} CsPoolClient;

/*
 * Runs every unit of `plan` with `threads` (0: all cores). FALSE with `error` set at the first
 * failure in the plan's order: a simulation's own error, the client's *stop, or
 * CS_SIMULATION_ERROR_INTERRUPTED once *interrupt (may be NULL) is not 0; units that finished before
 * it are handed over, the sinks of later ones come back with an error, to be freed. `progress` may
 * be NULL.
 */
gboolean cs_pool_run(const CsPlan *plan, guint threads, const CsPoolClient *client,
                     CsProgress *progress, const gint *interrupt, GError **error);

#endif
