/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/campaign: a sweep run into a directory: results.sqlite while it goes on, CSV files and a
 * manifest at the end.
 *
 * A run is committed whole or not at all, in the order of the plan. Resumption runs what is missing
 * and nothing else; the exports are the same bytes whatever the number of threads and however often
 * it was interrupted.
 *
 * Stopping rule: where a scenario has a precision, its replications come in batches of
 * `replications`; when there are enough campaign/stopping says, and max-replications.
 *
 * Layer: campaign. Calls base, sim, scenario, output.
 */
#ifndef CS_CAMPAIGN_CAMPAIGN_H
#define CS_CAMPAIGN_CAMPAIGN_H

#include "campaign/progress.h"
#include "campaign/store.h"
#include "campaign/sweep.h"

typedef struct {
    const CsSweep *sweep;
    const char *directory;
    guint mode;                 /* a CsStoreMode, CS_STORE_NO_LOCK added or not */
    guint threads;              /* 0: all cores */
    const char *const *include; /* -I, NULL-ended, or NULL: kept for what is computed anew */
    guint64 shard, shards;      /* takes the runs k with (k-1) mod shards = shard; 0 and 1: all */
    CsProgress *progress;       /* or NULL */
    const gint *interrupt;      /* or NULL */
} CsCampaign;

typedef struct {
    guint64 runs;         /* of this shard */
    guint64 before;       /* of them, found finished */
    guint64 done;         /* finished now */
    guint64 replications; /* of the runs done now */
    guint64 imprecise;    /* runs that met max-replications first */
} CsCampaignResult;

/*
 * Runs what is missing and writes the exports. FALSE with `error` (of the store, the database, a
 * file, or the simulation, INTERRUPTED among them); *result then says how far it came, and finished
 * runs are saved. Runs that fail do not stop the others, whose exports are written all the same.
 */
gboolean cs_campaign_run(const CsCampaign *campaign, CsCampaignResult *result, GError **error);

/* The base scenario's manifest with the axes as settings of [sweep]. Transfer full. */
char *cs_sweep_manifest(const CsSweep *sweep);

/* A digest of all runs of a plan: their parameters and everything that decides their results. */
char *cs_plan_digest(const CsPlan *plan);

/* TRUE where `error` says that somebody stopped the simulations or the export. */
gboolean cs_campaign_interrupted(const GError *error);

#endif
