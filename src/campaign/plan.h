/*
 * campaign/plan: the ordered list of runs: points of a parameter space, each with its replications.
 *
 * Layer: campaign. Calls base, sim, scenario.
 */
#ifndef CS_CAMPAIGN_PLAN_H
#define CS_CAMPAIGN_PLAN_H

#include "scenario/scenario.h"

/* One run: a scenario with some keys set. Runs count from 1. */
typedef struct {
    guint64 index;
    CsScenario *scenario;
    char **parameters; /* "group.key=value", NULL-ended; empty for a plain run */
} CsRun;

typedef struct CsPlan CsPlan;

CsPlan *cs_plan_new(void);
void cs_plan_free(CsPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPlan, cs_plan_free)

/* Appends a run of `base` with `parameters` (NULL-ended or NULL for none). FALSE, diagnostics
 * added, where a value fails its check. */
gboolean cs_plan_add(CsPlan *plan, const CsScenario *base, const char *const *parameters,
                     CsDiagnostics *diagnostics);

guint64 cs_plan_n_runs(const CsPlan *plan);
const CsRun *cs_plan_run(const CsPlan *plan, guint64 i); /* i from 0 */

#endif
