/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/exact: the exact means of every point of a sweep, on several threads.
 *
 * Layer: campaign. Calls expect, scenario.
 */
#ifndef CS_CAMPAIGN_EXACT_H
#define CS_CAMPAIGN_EXACT_H

#include "campaign/sweep.h"
#include "expect/expectation.h"

/* A point's answer. */
typedef struct {
    CsScenario *scenario;  /* a reference */
    CsExpectation *groups; /* one a group of devices; NULL: no answer, and the diagnostic told */
} CsExact;

void cs_exact_free(CsExact *exact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsExact, cs_exact_free)

/* The answer for one scenario; where there is none, an error at the key that prevents it is added.
 * `cache` as of cs_expect_groups(). * Transfer full, never NULL. */
CsExact *cs_exact_new(CsScenario *scenario, CsDecisionsCache *cache, CsDiagnostics *diagnostics);

/* Takes the answer of a run (borrowed), in the plan's order, on the caller's thread. FALSE stops.
 */
typedef gboolean (*CsExactTake)(gpointer context, const CsRun *run, const CsExact *exact);

/* All points of the plan. FALSE, errors added, where one has no answer, at the first of them;
 * where `take` stopped, or *interrupt (may be NULL) is set. */
gboolean cs_exact_run(const CsPlan *plan, guint threads, CsExactTake take, gpointer context,
                      const gint *interrupt, CsDiagnostics *diagnostics);

#endif
