/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/exact: exact means of a sweep's points. See exact.h. Layer: campaign. */
#include "campaign/exact.h"

#include "campaign/ordered.h"

#include <string.h>

#define WINDOW 64 /* points that may run ahead of the oldest unfinished one, a thread */

/* --- one point -------------------------------------------------------------------------------- */

/* The setting of a key: of the device's own group, if it has one, else of its group. */
static gboolean find_setting(const CsScenario *scenario, const CsObstacle *obstacle,
                             CsSetting *found)
{
    const CsConfig *config = cs_scenario_config(scenario);
    g_autofree char *own = NULL;
    gboolean any = FALSE;
    if (obstacle->device_group >= 0)
        own = g_strconcat("device ", config->groups[obstacle->device_group].name, NULL);
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        gboolean is_own = own != NULL && strcmp(setting.group, own) == 0;
        if (strcmp(setting.key, obstacle->key) != 0 ||
            (!is_own && strcmp(setting.group, obstacle->group) != 0))
            continue;
        *found = setting;
        any = TRUE;
        if (is_own)
            break;
    }
    return any;
}

static void tell_obstacle(const CsScenario *scenario, const CsObstacle *obstacle,
                          CsDiagnostics *diagnostics)
{
    CsSetting setting = {.group = obstacle->group, .key = obstacle->key, .value = "..."};
    find_setting(scenario, obstacle, &setting);
    cs_diagnostics_error(diagnostics, setting.origin,
                         "'cardsim run' and 'cardsim sweep' simulate it",
                         "'%s = %s' in [%s] has no exact answer: %s", setting.key, setting.value,
                         setting.group, obstacle->reason);
}

void cs_exact_free(CsExact *exact)
{
    if (exact == NULL)
        return;
    cs_scenario_unref(exact->scenario);
    g_free(exact->groups);
    g_free(exact);
}

CsExact *cs_exact_new(CsScenario *scenario, CsDecisionsCache *cache, CsDiagnostics *diagnostics)
{
    const CsConfig *config = cs_scenario_config(scenario);
    CsExact *exact = g_new0(CsExact, 1);
    CsObstacle obstacle = {0};
    exact->scenario = cs_scenario_ref(scenario);
    exact->groups = g_new0(CsExpectation, config->n_groups);
    if (cs_expect_applies(config, &obstacle) &&
        cs_expect_groups(config, cache, exact->groups, &obstacle))
        return exact;
    tell_obstacle(scenario, &obstacle, diagnostics);
    g_free(obstacle.reason);
    g_clear_pointer(&exact->groups, g_free);
    return exact;
}

/* --- all points ------------------------------------------------------------------------------- */

typedef struct {
    CsExact *exact;
    CsDiagnostics *diagnostics;
} Answer;

typedef struct {
    const CsPlan *plan;
    CsDecisionsPool *pool;
    CsExactTake take;
    gpointer context;
    CsDiagnostics *diagnostics;
} Work;

static gpointer answer_unit(gpointer context, guint64 unit, G_GNUC_UNUSED const gint *cancel)
{
    const Work *work = context;
    Answer *answer = g_new(Answer, 1);
    g_autoptr(CsScenario) scenario = cs_plan_scenario(work->plan, unit);
    answer->diagnostics = cs_diagnostics_new();
    CsDecisionsCache *cache = cs_decisions_pool_take(work->pool);
    answer->exact = cs_exact_new(scenario, cache, answer->diagnostics);
    cs_decisions_pool_give(work->pool, cache);
    return answer;
}

static gboolean take_unit(gpointer context, guint64 unit, gpointer result, gboolean wanted)
{
    const Work *work = context;
    Answer *answer = result;
    gboolean good = answer->exact->groups != NULL;
    if (wanted && good)
        good = work->take(work->context, cs_plan_run(work->plan, unit), answer->exact);
    for (guint i = 0; wanted && i < cs_diagnostics_count(answer->diagnostics); i++)
        cs_diagnostics_add(work->diagnostics, cs_diagnostics_severity(answer->diagnostics, i),
                           cs_diagnostics_place(answer->diagnostics, i),
                           cs_diagnostics_message(answer->diagnostics, i),
                           cs_diagnostics_help(answer->diagnostics, i));
    cs_exact_free(answer->exact);
    cs_diagnostics_free(answer->diagnostics);
    g_free(answer);
    return good;
}

gboolean cs_exact_run(const CsPlan *plan, guint threads, CsExactTake take, gpointer context,
                      const gint *interrupt, CsDiagnostics *diagnostics)
{
    g_autoptr(CsDecisionsPool) pool = cs_decisions_pool_new();
    Work work = {plan, pool, take, context, diagnostics};
    const CsOrderedWork ordered = {answer_unit, take_unit, NULL, &work, interrupt};
    guint used = threads != 0 ? threads : g_get_num_processors();
    return cs_ordered_run(cs_plan_n_runs(plan), used, used * WINDOW, &ordered);
}
