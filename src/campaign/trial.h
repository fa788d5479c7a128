/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/trial: how long a sweep will take, from a short trial of some of its runs.
 *
 * Layer: campaign. Calls base, sim, scenario, output.
 */
#ifndef CS_CAMPAIGN_TRIAL_H
#define CS_CAMPAIGN_TRIAL_H

#include "campaign/sweep.h"

/* Costs on one thread of this machine. */
typedef struct {
    double round_s;  /* a device's round: simulated and stored */
    double export_s; /* the same written out as CSV */
    gboolean rule;   /* runs end by a stopping rule: `most` replications are an upper bound */
    guint64 most;
} CsTrialCost;

/*
 * Simulates first replications of runs spread over the plan, for about `budget_s` seconds together,
 * and stores and exports them in a temporary directory. Runs that fail are passed over; FALSE with
 * `error` where all do, or the directory cannot be used.
 */
gboolean cs_trial(const CsSweep *sweep, double budget_s, CsTrialCost *cost, GError **error);

/* The work of the shard that has most of it, in device rounds. */
double cs_largest_shard(const CsPlan *plan, guint64 shards, const CsTrialCost *cost);

#endif
