/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/portion: which replications of which runs a shard takes, and what of them is there.
 *
 * As many runs as shards or more: shard I of N takes the runs k, whole, with (k-1) mod N = I.
 * Fewer: all replications stand in a row, run after run, and are cut into N portions of equal work
 * (device rounds), so that a run is shared by several shards, or a shard takes several runs:
 *
 *     run 1          run 2          run 3           3 runs of 10 replications, 4 shards:
 *     |----------|   |----------|   |----------|    1-8 | 9-10, 1-5 | 6-10, 1-3 | 4-10
 *             ^           ^            ^            (the cut behind t of all the work is before the
 *                                                   first replication that begins at t or later)
 *
 * A cut depends on I / N alone, so that shards of 2, 4 and 8 fit one another. Where a stopping rule
 * ends a run its replications cannot be known beforehand: nothing is split then.
 *
 * Layer: campaign. Calls output.
 */
#ifndef CS_CAMPAIGN_PORTION_H
#define CS_CAMPAIGN_PORTION_H

#include "campaign/plan.h"
#include "output/partial.h"

/* Whether so many shards share the replications of runs. */
gboolean cs_plan_is_split(const CsPlan *plan, guint64 shards);

/* The most shards that get something to do. */
guint64 cs_plan_shards_most(const CsPlan *plan);

/* What a shard takes, of CsPortion, in the order of the runs, nothing of it saved. Transfer full.
 */
GArray *cs_portions(const CsPlan *plan, guint64 shard, guint64 shards);

/* What a shard has to do. */
typedef struct {
    GArray *missing; /* of CsPortion, each with what of it is saved */
    guint64 all;     /* portions */
    guint64 before;  /* of them, found finished */
    double share;    /* of all the work that is found done, 0..1 */
    gboolean fresh;  /* nothing is there, and nothing is split */
} CsPortions;

/* Looks at what the database has; what it has of other portions goes, and portions that are split
 * are declared in it. To be cleared. */
gboolean cs_portions_find(const CsPlan *plan, CsDatabase *database, guint64 shard, guint64 shards,
                          CsPortions *found, GError **error);
void cs_portions_clear(CsPortions *portions);

#endif
