/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/origin: what the results of a sweep are of, kept with them: the scenario and where it
 * came from, the list of runs, the shard. A directory is carried on where they agree.
 *
 * Layer: campaign. Calls scenario, output.
 */
#ifndef CS_CAMPAIGN_ORIGIN_H
#define CS_CAMPAIGN_ORIGIN_H

#include "campaign/store.h"
#include "campaign/sweep.h"

/* The base scenario's manifest with the axes as settings of [sweep]. Transfer full. */
char *cs_sweep_manifest(const CsSweep *sweep);

/* A digest of all runs of a plan: their parameters and everything that decides their results. */
char *cs_plan_digest(const CsPlan *plan);

/* As of CsCampaign. */
typedef struct {
    const CsSweep *sweep;
    const char *directory;
    guint mode;
    const char *const *include;
    guint64 shard, shards;
} CsOrigin;

/* Opens the directory, and extends what it holds where that is asked; *tables: what the scenario
 * records. Transfer full. */
CsStore *cs_origin_open(const CsOrigin *origin, guint *tables, GError **error);

#endif
