/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/answer: what a scenario's metrics come to, whichever way they can be had: exactly where
 * there is an exact answer, else by simulation with the scenario's own rounds and replications.
 *
 * Layer: campaign. Calls expect, sim, output.
 */
#ifndef CS_CAMPAIGN_ANSWER_H
#define CS_CAMPAIGN_ANSWER_H

#include "expect/expectation.h"
#include "output/measure.h"
#include "scenario/scenario.h"

#define CS_ANSWER_ERROR (cs_answer_error_quark())
GQuark cs_answer_error_quark(void);
typedef enum {
    CS_ANSWER_ERROR_METRIC /* neither an exact mean nor a simulation's sums have it */
} CsAnswerError;

/* A metric of a round whose means are `mean` (of one round or of all); FALSE where it is no mean of
 * what a round's channel decides. */
gboolean cs_answer_mean(const CsConfig *config, const CsMeasure *measure, const CsMeans *mean,
                        double *value);

/*
 * The value of each of the n metrics, NAN where not modelled; *exact tells which way. FALSE with
 * `error`: of the simulation too. `cache` as of cs_expect_groups(); `interrupt` may be NULL. May be
 * called on several threads.
 */
gboolean cs_answer(const CsScenario *scenario, CsDecisionsCache *cache,
                   const CsMeasure *const *measure, guint n, const gint *interrupt, double *value,
                   gboolean *exact, GError **error);

#endif
