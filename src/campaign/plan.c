/* campaign/plan: the ordered list of runs. See plan.h. */
#include "campaign/plan.h"

struct CsPlan {
    GPtrArray *runs; /* of CsRun */
};

static void run_free(gpointer data)
{
    CsRun *run = data;
    cs_scenario_unref(run->scenario);
    g_strfreev(run->parameters);
    g_free(run);
}

CsPlan *cs_plan_new(void)
{
    CsPlan *plan = g_new(CsPlan, 1);
    plan->runs = g_ptr_array_new_with_free_func(run_free);
    return plan;
}

void cs_plan_free(CsPlan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->runs);
    g_free(plan);
}

gboolean cs_plan_add(CsPlan *plan, const CsScenario *base, const char *const *parameters,
                     CsDiagnostics *diagnostics)
{
    static const char *const none[] = {NULL};
    gboolean plain = parameters == NULL || parameters[0] == NULL;
    CsScenario *scenario = plain ? cs_scenario_ref((CsScenario *)base)
                                 : cs_scenario_with(base, parameters, diagnostics);
    if (scenario == NULL)
        return FALSE;
    CsRun *run = g_new(CsRun, 1);
    run->index = plan->runs->len + 1;
    run->scenario = scenario;
    run->parameters = g_strdupv((char **)(plain ? none : parameters));
    g_ptr_array_add(plan->runs, run);
    return TRUE;
}

guint64 cs_plan_n_runs(const CsPlan *plan)
{
    return plan->runs->len;
}

const CsRun *cs_plan_run(const CsPlan *plan, guint64 i)
{
    g_assert(i < plan->runs->len);
    return g_ptr_array_index(plan->runs, (guint)i);
}
