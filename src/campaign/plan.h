/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/plan: the ordered list of runs: points of a parameter space, each with its replications.
 *
 * Layer: campaign. Calls base, sim, scenario.
 */
#ifndef CS_CAMPAIGN_PLAN_H
#define CS_CAMPAIGN_PLAN_H

#include "scenario/scenario.h"
#include "sim/footprint.h"

/*
 * One run. Runs count from 1. A plan holds texts, not configurations, so that a million runs fit in
 * memory: `scenario` is NULL in the plan's own list and set where a run is handed to be run.
 */
typedef struct {
    guint64 index;
    CsScenario *scenario;
    char **parameters; /* "group.key=value", NULL-ended; empty for a plain run */
    guint64 replications;
    double device_rounds;         /* work of one replication */
    gboolean adaptive;            /* ended by a stopping rule, not by its replications */
    guint64 digest;               /* of everything that decides its results */
    const CsFootprint *footprint; /* the plan's */
    guint64 trail;                /* runs that learn the same have the same; see CsForecast */
    gboolean trail_by_decisions;  /* only if they decide the same too */
} CsRun;

typedef struct CsPlan CsPlan;

CsPlan *cs_plan_new(void);
void cs_plan_free(CsPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPlan, cs_plan_free)

/* Appends a run of `base` (referenced) with `parameters` (NULL-ended or NULL for none). FALSE,
 * diagnostics added, where a value fails its check. `idle` (NULL: nobody asks) takes what
 * cs_scenario_tell_idle() says of it. */
gboolean cs_plan_add(CsPlan *plan, const CsScenario *base, const char *const *parameters,
                     CsDiagnostics *diagnostics, CsDiagnostics *idle);

/*
 * Appends a run like that at `i`, whose parameters differ only in keys that nothing is checked by
 * and no work depends on (CsKey.alone). The values must have been checked.
 */
void cs_plan_add_like(CsPlan *plan, guint64 i, const char *const *parameters);

/* The digest of the run at `i` without the texts of those of its first 64 parameters whose bits are
 * in `mask`: what they come to counts all the same. */
guint64 cs_plan_digest_without(const CsPlan *plan, guint64 i, guint64 mask);

guint64 cs_plan_n_runs(const CsPlan *plan);
const CsRun *cs_plan_run(const CsPlan *plan, guint64 i); /* i from 0 */

/* The run's scenario, made anew from its base and parameters. May be called on several threads.
 * Transfer full. */
CsScenario *cs_plan_scenario(const CsPlan *plan, guint64 i);

#endif
