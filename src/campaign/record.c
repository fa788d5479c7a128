/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/record: what is left behind of a scenario. See record.h. Layer: campaign. */
#include "campaign/record.h"

#include "campaign/digest.h"
#include "output/manifest.h"

char *cs_recorded_tables(const CsScenario *scenario, guint *tables)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    *tables = cs_scenario_record(scenario) & ~CS_RECORD_EVENTS;
    for (guint t = 0; t < CS_TABLE_N; t++)
        if ((*tables & 1u << t) != 0)
            g_ptr_array_add(names, (gpointer)cs_table_info((CsTable)t)->name);
    if (cs_scenario_config(scenario)->places)
        g_ptr_array_add(names, (gpointer)CS_RECORDED_PLACES);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

char *cs_scenario_manifest(const CsScenario *scenario, const char *const *more,
                           const char *sentence, const char *const *files)
{
    g_autoptr(GPtrArray) settings = g_ptr_array_new();
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        g_ptr_array_add(settings, (gpointer)setting.group);
        g_ptr_array_add(settings, (gpointer)setting.key);
        g_ptr_array_add(settings, (gpointer)setting.value);
    }
    for (; more != NULL && *more != NULL; more++)
        g_ptr_array_add(settings, (gpointer)*more);
    g_ptr_array_add(settings, NULL);
    const CsConfig *config = cs_scenario_config(scenario);
    g_autofree char *inputs = cs_digest_text(cs_scenario_digest(scenario));
    g_autofree char *text = cs_scenario_format(scenario, FALSE);
    g_auto(GStrv) standing = cs_assumptions(config);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_addv(builder, (const char **)standing);
    if (sentence != NULL)
        g_strv_builder_add(builder, sentence);
    g_auto(GStrv) assumptions = g_strv_builder_end(builder);
    return cs_manifest_format(config, cs_scenario_sampling(scenario)->replications, text,
                              (const char *const *)settings->pdata,
                              (const char *const *)assumptions, inputs, files);
}
