/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/plan: the ordered list of runs. See plan.h. */
#include "campaign/plan.h"

#include "campaign/digest.h"
#include "campaign/lesson.h"

#include <string.h>

typedef struct {
    CsRun run;
    CsScenario *base;
} Entry;

struct CsPlan {
    GPtrArray *entries;    /* of Entry */
    GPtrArray *footprints; /* of CsFootprint; runs in a row share one */
};

static void entry_free(gpointer data)
{
    Entry *entry = data;
    cs_scenario_unref(entry->base);
    g_strfreev(entry->run.parameters);
    g_free(entry);
}

CsPlan *cs_plan_new(void)
{
    CsPlan *plan = g_new(CsPlan, 1);
    plan->entries = g_ptr_array_new_with_free_func(entry_free);
    plan->footprints = g_ptr_array_new_with_free_func(g_free);
    return plan;
}

void cs_plan_free(CsPlan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->entries);
    g_ptr_array_unref(plan->footprints);
    g_free(plan);
}

static CsScenario *make_scenario(const CsScenario *base, const char *const *parameters,
                                 CsDiagnostics *diagnostics)
{
    return parameters[0] == NULL ? cs_scenario_ref((CsScenario *)base)
                                 : cs_scenario_with(base, parameters, diagnostics);
}

static const CsFootprint *keep_footprint(CsPlan *plan, const CsFootprint *footprint)
{
    GPtrArray *kept = plan->footprints;
    if (kept->len == 0 ||
        memcmp(g_ptr_array_index(kept, kept->len - 1), footprint, sizeof *footprint) != 0)
        g_ptr_array_add(kept, g_memdup2(footprint, sizeof *footprint));
    return g_ptr_array_index(kept, kept->len - 1);
}

gboolean cs_plan_add(CsPlan *plan, const CsScenario *base, const char *const *parameters,
                     CsDiagnostics *diagnostics, CsDiagnostics *idle)
{
    static const char *const none[] = {NULL};
    if (parameters == NULL)
        parameters = none;
    g_autoptr(CsScenario) scenario = make_scenario(base, parameters, diagnostics);
    if (scenario == NULL)
        return FALSE;
    if (idle != NULL)
        cs_scenario_tell_idle(scenario, idle);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsSampling *sampling = cs_scenario_sampling(scenario);
    const CsFootprint footprint = cs_config_footprint(config, cs_scenario_record(scenario));
    Entry *entry = g_new(Entry, 1);
    entry->base = cs_scenario_ref((CsScenario *)base);
    entry->run = (CsRun){.index = plan->entries->len + 1,
                         .parameters = g_strdupv((char **)parameters),
                         .replications = sampling->replications,
                         .device_rounds = (double)config->rounds * (double)config->n_devices,
                         .adaptive = sampling->precision_metric != CS_METRIC_NONE,
                         .digest = cs_scenario_digest(scenario),
                         .footprint = keep_footprint(plan, &footprint)};
    if (config->learning.network != NULL)
        entry->run.trail = cs_lesson_mark(config, &entry->run.trail_by_decisions);
    if (entry->run.trail_by_decisions)
        entry->run.trail = entry->run.digest;
    g_ptr_array_add(plan->entries, entry);
    return TRUE;
}

/* Of "group.key=value". */
static guint64 parameter_digest(const char *parameter)
{
    const char *sign = strchr(parameter, '='),
               *dot = g_strrstr_len(parameter, sign - parameter, ".");
    g_autofree char *group = g_strndup(parameter, (gsize)(dot - parameter));
    if (g_str_has_prefix(group, "device."))
        group[strlen("device")] = ' ';
    g_autofree char *key = g_strndup(dot + 1, (gsize)(sign - dot) - 1);
    return cs_setting_digest(group, key, sign + 1);
}

/* Whether what is learned may hang on the parameter, beside decisions; and whether with it on what
 * is decided, since rates may differ. */
static gboolean teaches(const char *parameter, gboolean *by_decisions)
{
    *by_decisions = g_str_has_prefix(parameter, "learning.server-rate=") ||
                    g_str_has_prefix(parameter, "learning.device-rate=");
    return g_str_has_prefix(parameter, "learning.") || g_str_has_prefix(parameter, "simulation.");
}

void cs_plan_add_like(CsPlan *plan, guint64 i, const char *const *parameters)
{
    const Entry *like = g_ptr_array_index(plan->entries, (guint)i);
    Entry *entry = g_new(Entry, 1);
    *entry = (Entry){.run = like->run, .base = cs_scenario_ref(like->base)};
    CsRun *run = &entry->run;
    run->index = plan->entries->len + 1;
    run->parameters = g_strdupv((char **)parameters);
    for (guint k = 0; parameters[k] != NULL; k++) {
        if (strcmp(parameters[k], like->run.parameters[k]) == 0)
            continue;
        gboolean by_decisions;
        guint64 change =
            parameter_digest(parameters[k]) - parameter_digest(like->run.parameters[k]);
        run->digest += change;
        if (teaches(parameters[k], &by_decisions))
            run->trail += change;
        run->trail_by_decisions |= by_decisions;
    }
    if (run->trail_by_decisions)
        run->trail = run->digest;
    g_ptr_array_add(plan->entries, entry);
}

guint64 cs_plan_digest_without(const CsPlan *plan, guint64 i, guint64 mask)
{
    const Entry *entry = g_ptr_array_index(plan->entries, (guint)i);
    guint64 digest = entry->run.digest;
    for (guint k = 0; k < 64 && entry->run.parameters[k] != NULL; k++)
        if ((mask >> k & 1) != 0)
            digest -= parameter_digest(entry->run.parameters[k]);
    return digest;
}

guint64 cs_plan_n_runs(const CsPlan *plan)
{
    return plan->entries->len;
}

static const Entry *entry_at(const CsPlan *plan, guint64 i)
{
    g_assert(i < plan->entries->len);
    return g_ptr_array_index(plan->entries, (guint)i);
}

const CsRun *cs_plan_run(const CsPlan *plan, guint64 i)
{
    return &entry_at(plan, i)->run;
}

CsScenario *cs_plan_scenario(const CsPlan *plan, guint64 i)
{
    const Entry *entry = entry_at(plan, i);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario =
        make_scenario(entry->base, (const char *const *)entry->run.parameters, diagnostics);
    g_assert(scenario != NULL); /* it was valid when it was added */
    return scenario;
}
