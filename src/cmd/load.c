/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/load: from the command line to a scenario. See load.h. */
#include "cmd/load.h"

#include "base/console.h"
#include "base/suggest.h"
#include "campaign/forecast.h"
#include "cmd/shortage.h"
#include "cmd/terminal.h"

#include <stdio.h>
#include <string.h>

#define DEVICES_NAMED 12 /* in a message */

int cs_diagnostics_show(const CsArguments *arguments, const CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    if (cs_diagnostics_count(diagnostics) > 0 && (errors > 0 || !arguments->quiet)) {
        g_autofree char *text = cs_diagnostics_format(diagnostics, cs_colour_wanted());
        g_autofree char *ascii = cs_console_is_ascii() ? cs_console_ascii(text) : NULL;
        fputs(ascii != NULL ? ascii : text, stderr);
    }
    if (errors == 0)
        return CS_EXIT_OK;
    return cs_diagnostics_unreadable(diagnostics) ? CS_EXIT_IO : CS_EXIT_INVALID;
}

CsPolicySet *cs_load_policies(const CsArguments *arguments, int *code)
{
    g_autoptr(CsPolicySet) policies = cs_policy_set_new();
    g_autoptr(GError) error = NULL;
    *code = CS_EXIT_OK;
    for (guint i = 0; g_ptr_array_index(arguments->plugins, i) != NULL; i++) {
        if (cs_policy_set_load(policies, g_ptr_array_index(arguments->plugins, i), &error))
            continue;
        cs_complain("%s", error->message);
        *code = CS_EXIT_INVALID;
        return NULL;
    }
    return g_steal_pointer(&policies);
}

CsScenario *cs_load_file(const CsArguments *arguments, const char *path, int *code)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsPolicySet) policies = cs_load_policies(arguments, code);
    if (policies == NULL)
        return NULL;
    g_autoptr(CsScenario) scenario = cs_scenario_read_with(
        path, (const char *const *)arguments->settings->pdata, paths, policies, diagnostics);
    /* What is idle in a sweep is told over all its runs. */
    if (scenario != NULL && cs_scenario_n_sweep_axes(scenario) == 0)
        cs_scenario_tell_idle(scenario, diagnostics);
    *code = cs_diagnostics_show(arguments, diagnostics);
    return *code == CS_EXIT_OK ? g_steal_pointer(&scenario) : NULL;
}

/* Two digits are as many as a forecast has: "120 MB". */
static char *about(double byte)
{
    gboolean large = byte >= 1e9;
    char digits[32];
    g_snprintf(digits, sizeof digits, "%.2g", large ? byte / 1e9 : MAX(byte / 1e6, 1));
    return g_strdup_printf("%g %s", g_ascii_strtod(digits, NULL), large ? "GB" : "MB");
}

/* " in run 7 (device.d.count=1000000)" of a sweep, else "". Transfer full. */
static char *point_words(const CsRun *run)
{
    if (run->parameters[0] == NULL)
        return g_strdup("");
    g_autofree char *values = g_strjoinv(", ", run->parameters);
    return g_strdup_printf(" in run %" G_GUINT64_FORMAT " (%s)", run->index, values);
}

/* Keys that the part hangs on. */
static const char *const part_words[] = {
    [CS_FORECAST_DEVICES] = "devices ('count')",
    [CS_FORECAST_ROWS] = "rows that wait to be written ('rounds', 'count', 'record')",
    [CS_FORECAST_TRAINING] = "training ([learning] 'network', 'sequence-length', 'batch', "
                             "'lora-rank'; 'replications')",
};

gboolean cs_load_fits(const CsArguments *arguments, const char *path, const CsPlan *plan,
                      guint threads, CsRowsKind rows, double *byte)
{
    const CsForecast forecast = cs_forecast(plan, threads, rows);
    g_autoptr(CsScenario) scenario = cs_plan_scenario(plan, forecast.run);
    const CsConfig *config = cs_scenario_config(scenario);
    if (byte != NULL)
        *byte = forecast.byte;
    g_autofree char *much = about(forecast.byte), *allowed = about(arguments->max_memory_byte);
    g_autofree char *point = point_words(cs_plan_run(plan, forecast.run));
    cs_shortage_tell(arguments->shortage,
                     "the %u devices and %" G_GUINT64_FORMAT " rounds of '%s'%s on %u thread%s, of "
                     "which about %s were foretold",
                     config->n_devices, config->rounds, path, point, threads,
                     threads == 1 ? "" : "s", much);
    if (forecast.byte <= arguments->max_memory_byte)
        return TRUE;
    cs_complain("%s needs about %s of memory for its %u devices%s, most of it for %s, and may take "
                "%s: use fewer threads (-j), record less, or raise --max-memory",
                path, much, config->n_devices, point, part_words[forecast.part], allowed);
    return FALSE;
}

gboolean cs_load_fits_alone(const CsArguments *arguments, CsScenario *scenario, guint threads,
                            double *byte)
{
    g_autoptr(CsPlan) plan = cs_plan_new();
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    cs_plan_add(plan, scenario, NULL, nobody, NULL);
    return cs_load_fits(arguments, cs_scenario_path(scenario), plan, threads, CS_ROWS_FILES, byte);
}

char *cs_load_memory_words(double byte)
{
    if (byte < 1e8)
        return g_strdup("");
    g_autofree char *much = about(byte);
    return g_strdup_printf("; about %s of memory a thread", much);
}

CsSweep *cs_load_sweep(const CsArguments *arguments, CsDiagnostics *diagnostics, int *code)
{
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsPolicySet) policies = cs_load_policies(arguments, code);
    if (policies == NULL)
        return NULL;
    CsSweep *sweep = cs_sweep_read_with(g_ptr_array_index(arguments->operands, 0),
                                        (const char *const *)arguments->settings->pdata, paths,
                                        policies, diagnostics);
    if (sweep == NULL)
        *code = cs_diagnostics_show(arguments, diagnostics);
    return sweep;
}

CsScenario *cs_load(const CsArguments *arguments, int *code)
{
    return cs_load_file(arguments, g_ptr_array_index(arguments->operands, 0), code);
}

gint cs_load_device(const CsConfig *config, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < config->n_devices; i++) {
        g_ptr_array_add(names, cs_config_device_name(config, i));
        if (strcmp(g_ptr_array_index(names, i), name) == 0)
            return (gint)i;
    }
    const char *near = cs_suggest(name, (const char *const *)names->pdata, names->len);
    if (near != NULL) {
        cs_complain("the scenario has no device '%s'; did you mean '%s'?", name, near);
        return -1;
    }
    guint shown = MIN(names->len, DEVICES_NAMED);
    g_ptr_array_set_size(names, (gint)shown);
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    cs_complain("the scenario has no device '%s'; its devices are %s%s", name, list,
                config->n_devices > shown ? ", ..." : "");
    return -1;
}
