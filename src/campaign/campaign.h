/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/campaign: a sweep run into a directory: results.sqlite while it goes on, CSV files and a
 * manifest at the end.
 *
 * A run is committed whole or not at all, in the order of the plan; what is finished of one that
 * takes long is saved meanwhile (output/partial), apart from the results. Resumption runs what is
 * missing and nothing else; the exports are the same bytes whatever the number of threads and
 * however often it was interrupted.
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

#define CS_SAVE_S 0.5

typedef struct {
    const CsSweep *sweep;
    const char *directory;
    guint mode;                 /* a CsStoreMode, CS_STORE_NO_LOCK added or not */
    guint threads;              /* 0: all cores */
    const char *const *include; /* -I, NULL-ended, or NULL: kept for what is computed anew */
    guint64 shard, shards;      /* see campaign/portion; 0 and 1: all */
    double save_s;              /* an unfinished run is saved after so long; 0: CS_SAVE_S */
    CsProgress *progress;       /* or NULL */
    const gint *interrupt;      /* or NULL */
} CsCampaign;

typedef struct {
    guint64 runs;         /* of this shard, or that it has a portion of */
    guint64 before;       /* of them, found finished */
    guint64 done;         /* finished now */
    guint64 replications; /* of the runs done now */
    guint64 imprecise;    /* runs that met max-replications first */
    guint64 found;        /* of the replications, found saved */
    guint64 saved;        /* replications of the run under way when it was stopped */
    gboolean split;       /* the shard has portions of runs */
} CsCampaignResult;

/*
 * Runs what is missing and writes the exports. FALSE with `error` (of the store, the database, a
 * file, or the simulation, INTERRUPTED among them); *result then says how far it came, and finished
 * runs are saved. Runs that fail do not stop the others, whose exports are written all the same.
 */
gboolean cs_campaign_run(const CsCampaign *campaign, CsCampaignResult *result, GError **error);

/* TRUE where `error` says that somebody stopped the simulations or the export. */
gboolean cs_campaign_interrupted(const GError *error);

#endif
