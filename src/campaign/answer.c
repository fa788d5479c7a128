/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/answer: metrics of a scenario. See answer.h. Layer: campaign. */
#include "campaign/answer.h"

#include "base/fail.h"
#include "expect/expectation.h"
#include "sim/simulation.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK(cs - answer - error - quark, cs_answer_error)

/* --- exactly ---------------------------------------------------------------------------------- */

/* A simulation's sums over one round, as if it were the mean one. */
static CsTotals totals_of(const CsConfig *config, const CsMeans *mean)
{
    CsTotals totals = {.sum = {.rounds = 1,
                               .delay_s = mean->of[CS_MEAN_DELAY],
                               .server_energy_j = mean->of[CS_MEAN_SERVER_ENERGY],
                               .device_energy_j = mean->of[CS_MEAN_DEVICE_ENERGY],
                               .radio_energy_j = mean->of[CS_MEAN_RADIO_ENERGY],
                               .cost = mean->of[CS_MEAN_COST],
                               .cut = mean->of[CS_MEAN_CUT],
                               .frequency_hz = mean->of[CS_MEAN_FREQUENCY],
                               .regret = NAN},
                       .makespan_s =
                           mean->of[CS_MEAN_DELAY] * (double)config->rounds * config->n_devices};
    return totals;
}

/* A mean of what a round's channel decides: rounds that are at once end when the last one does. */
static gboolean is_mean(const CsConfig *config, const CsMeasure *measure)
{
    return measure->field >= 0 &&
           (config->schedule == CS_SCHEDULE_SEQUENTIAL || strcmp(measure->name, "makespan") != 0);
}

gboolean cs_answer_mean(const CsConfig *config, const CsMeasure *measure, const CsMeans *mean,
                        double *value)
{
    CsTotals totals = totals_of(config, mean);
    if (!is_mean(config, measure))
        return FALSE;
    *value = cs_measure_of(measure, &totals);
    return TRUE;
}

static gboolean answer_exactly(const CsConfig *config, CsDecisionsCache *cache,
                               const CsMeasure *const *measure, guint n, double *value)
{
    CsObstacle obstacle = {0};
    for (guint i = 0; i < n; i++)
        if (!is_mean(config, measure[i]))
            return FALSE;
    g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
    if (!cs_expect_applies(config, &obstacle) ||
        !cs_expect_groups(config, cache, groups, &obstacle)) {
        g_free(obstacle.reason);
        return FALSE;
    }
    CsExpectation all = cs_expect_all(config, groups);
    for (guint i = 0; i < n; i++)
        cs_answer_mean(config, measure[i], &all.mean, &value[i]);
    return TRUE;
}

/* --- by simulation ---------------------------------------------------------------------------- */

typedef struct {
    CsSink sink;
    CsTotals totals;
} Keeper;

static void keep_totals(CsSink *sink, const CsTotals *totals)
{
    ((Keeper *)sink)->totals = *totals;
}

static gboolean simulate(const CsScenario *scenario, const CsMeasure *const *measure, guint n,
                         const gint *interrupt, double *value, GError **error)
{
    const CsConfig *config = cs_scenario_config(scenario);
    guint64 replications = cs_scenario_sampling(scenario)->replications;
    for (guint i = 0; i < n; i++) {
        value[i] = 0;
        if (measure[i]->field >= 0)
            continue;
        return cs_fail(
            error, CS_ANSWER_ERROR, CS_ANSWER_ERROR_METRIC,
            "'%s' is told by 'cardsim report' only: it is no mean that a simulation keeps",
            measure[i]->name);
    }
    for (guint64 r = 1; r <= replications; r++) {
        Keeper keeper = {.sink = {.totals = keep_totals}};
        g_autoptr(CsSimulation) simulation = cs_simulation_new(config, r, &keeper.sink);
        if (!cs_simulation_run(simulation, interrupt, error))
            return FALSE;
        for (guint i = 0; i < n; i++)
            value[i] += cs_measure_of(measure[i], &keeper.totals) / (double)replications;
    }
    return TRUE;
}

gboolean cs_answer(const CsScenario *scenario, CsDecisionsCache *cache,
                   const CsMeasure *const *measure, guint n, const gint *interrupt, double *value,
                   gboolean *exact, GError **error)
{
    *exact = answer_exactly(cs_scenario_config(scenario), cache, measure, n, value);
    return *exact || simulate(scenario, measure, n, interrupt, value, error);
}
