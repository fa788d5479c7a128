/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/experiment: the runs behind the letter's Fig. 3 and Fig. 4, and their tallies.
 *
 * Layer: analysis. Calls campaign and what is below it.
 */
#ifndef CS_ANALYSIS_EXPERIMENT_H
#define CS_ANALYSIS_EXPERIMENT_H

#include "analysis/claims.h"
#include "campaign/pool.h"

/* One unstated assumption of the letter's, changed. */
typedef struct {
    const char *name;             /* "b = 8" */
    const char *const *values;    /* overrides, NULL-ended; NULL: distances */
    double nearest_m, farthest_m; /* of equally spaced devices, where `values` is NULL */
} CsVariation;

const CsVariation *cs_variations(guint *n);

typedef struct {
    CsScenario *fig3; /* what Fig. 3 draws; NULL where it is not wanted */
    CsScenario *fig4; /* the channel states, policies and replications */
    CsPlan *plan;
    GArray *roles; /* what each run is for */
    CsTallies tally;
    CsTallies *variation; /* of each */
    char *cuts_csv;       /* of Fig. 3's rounds; NULL where not simulated */
    char *frequencies_csv;
} CsExperiment;

typedef enum {
    CS_EXPERIMENT_ROUNDS = 1 << 0,     /* Fig. 3's rounds; CARD in all states */
    CS_EXPERIMENT_POLICIES = 1 << 1,   /* every policy in all states */
    CS_EXPERIMENT_SENSITIVITY = 1 << 2 /* the variations */
} CsExperimentParts;

/* Reads the scenarios and lays the plan. `overrides` (NULL-ended or NULL) are applied to both. NULL
 * with errors in `diagnostics`. Transfer full. */
CsExperiment *cs_experiment_new(CsExperimentParts parts, const char *const *overrides,
                                const CsPaths *paths, CsDiagnostics *diagnostics);
void cs_experiment_free(CsExperiment *experiment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsExperiment, cs_experiment_free)

/* Simulates all of it. */
gboolean cs_experiment_run(CsExperiment *experiment, guint threads, CsProgress *progress,
                           const gint *interrupt, GError **error);

/* The comparison that the claims judge; clear it with cs_comparison_clear(). */
CsComparison cs_experiment_comparison(const CsExperiment *experiment);
void cs_comparison_clear(CsComparison *comparison);

#endif
