/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/sweep: from [sweep] and the command line to the list of runs.
 *
 * Axes are crossed, the last one varying fastest; `zip = a.x + a.y, b.z + b.w` moves the axes of
 * each set in step (they need equally many values); `where` drops combinations. On the command line
 * `-s KEY=V1,V2` or `-s KEY=A..B:STEP` is an axis that takes the place of the file's axis of the
 * same key; a plain `-s KEY=VALUE` of an axis' key fixes it.
 *
 * Layer: campaign. Calls base, text, scenario.
 */
#ifndef CS_CAMPAIGN_SWEEP_H
#define CS_CAMPAIGN_SWEEP_H

#include "campaign/axis.h"
#include "campaign/plan.h"

#define CS_RUNS_MAX 1000000

typedef struct {
    CsScenario *scenario; /* the base, plain overrides applied */
    CsPlan *plan;
    GPtrArray *axes;    /* of CsAxis, in the order they vary, slowest first */
    GPtrArray *sources; /* of CsSource: command-line texts that the axes' places are in */
} CsSweep;

/*
 * Reads the scenario and expands the sweep; every run's values are checked. A scenario without axes
 * is a sweep of one run. NULL with all errors in `diagnostics`, each at the axis, value or
 * expression it is about; among them: a sweep of zero runs or of more than CS_RUNS_MAX, a duplicate
 * axis. Transfer full.
 */
CsSweep *cs_sweep_read(const char *path, const char *const *overrides, const CsPaths *paths,
                       CsDiagnostics *diagnostics);

/* The same with the policies that may be named; see cs_scenario_read_with(). */
CsSweep *cs_sweep_read_with(const char *path, const char *const *overrides, const CsPaths *paths,
                            CsPolicySet *policies, CsDiagnostics *diagnostics);
void cs_sweep_free(CsSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsSweep, cs_sweep_free)

#endif
