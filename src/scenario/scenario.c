/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/scenario: the public face of the scenario reader. See scenario.h. */
#include "scenario/scenario.h"

#include "base/clean.h"
#include "scenario/raw.h"
#include "scenario/resolve.h"
#include "scenario/resolver.h"

#include <string.h>

struct CsScenario {
    gatomicrefcount references;
    char *path;
    char *name; /* the file's name without directory and ending: its title unless it has one */
    CsRawFiles *files;
    CsLibrary *library;
    CsRawTable *table; /* overrides laid over; not yet inherited */
    CsResolved resolved;
};

/* It becomes a title: it is shown, and reads back as it is, so that no comment begins in it. */
static char *name_of(const char *path)
{
    g_autofree char *given = g_path_get_basename(path);
    char *name = g_strstrip(cs_clean_text(given));
    for (char *p = name; *p != '\0'; p++)
        if (*p == '#' && (p == name || p[-1] == ' '))
            *p = '?';
    if (g_str_has_suffix(name, ".ini") && strlen(name) > strlen(".ini"))
        name[strlen(name) - strlen(".ini")] = '\0';
    return name;
}

static CsScenario *scenario_new(const char *path, CsRawFiles *files, CsLibrary *library,
                                CsRawTable *table)
{
    CsScenario *scenario = g_new0(CsScenario, 1);
    g_atomic_ref_count_init(&scenario->references);
    scenario->path = g_strdup(path);
    scenario->name = name_of(path);
    scenario->files = files;
    scenario->library = library;
    scenario->table = table;
    return scenario;
}

/* Lays `overrides` over the scenario's table and resolves it; NULL with errors added. */
static CsScenario *finish(CsScenario *unfinished, const char *const *overrides,
                          CsDiagnostics *diagnostics)
{
    g_autoptr(CsScenario) scenario = unfinished;
    guint errors = cs_diagnostics_told(diagnostics);
    for (; overrides != NULL && *overrides != NULL; overrides++)
        cs_raw_table_override(scenario->table, *overrides, diagnostics);
    cs_raw_table_check_axes(scenario->table, diagnostics);
    cs_resolve(scenario->table, scenario->library, scenario->name,
               cs_raw_files_directory(scenario->files), &scenario->resolved, diagnostics);
    return cs_diagnostics_told(diagnostics) == errors ? g_steal_pointer(&scenario) : NULL;
}

/* From `text`, or where that is NULL from the file `path` itself. */
static CsScenario *read_scenario(const char *path, const char *text, gboolean for_sweep,
                                 const char *const *overrides, const CsPaths *paths,
                                 CsPolicySet *policies, CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    CsRawFiles *files = text != NULL ? cs_raw_files_parse(path, text, diagnostics)
                                     : cs_raw_files_read(path, diagnostics);
    if (files == NULL)
        return NULL;
    CsRawTable *table = cs_raw_table_new(files, diagnostics);
    table->for_sweep = for_sweep;
    g_autoptr(CsScenario) scenario = finish(
        scenario_new(path, files, cs_library_new(paths, policies), table), overrides, diagnostics);
    return cs_diagnostics_told(diagnostics) == errors ? g_steal_pointer(&scenario) : NULL;
}

CsScenario *cs_scenario_read(const char *path, const char *const *overrides, const CsPaths *paths,
                             CsDiagnostics *diagnostics)
{
    return read_scenario(path, NULL, FALSE, overrides, paths, NULL, diagnostics);
}

CsScenario *cs_scenario_read_with(const char *path, const char *const *overrides,
                                  const CsPaths *paths, CsPolicySet *policies,
                                  CsDiagnostics *diagnostics)
{
    return read_scenario(path, NULL, FALSE, overrides, paths, policies, diagnostics);
}

CsScenario *cs_scenario_read_for_sweep(const char *path, const char *const *overrides,
                                       const CsPaths *paths, CsPolicySet *policies,
                                       CsDiagnostics *diagnostics)
{
    return read_scenario(path, NULL, TRUE, overrides, paths, policies, diagnostics);
}

CsScenario *cs_scenario_parse(const char *text, const char *path, gboolean for_sweep,
                              const CsPaths *paths, CsPolicySet *policies,
                              CsDiagnostics *diagnostics)
{
    return read_scenario(path, text, for_sweep, NULL, paths, policies, diagnostics);
}

CsScenario *cs_scenario_with(const CsScenario *scenario, const char *const *values,
                             CsDiagnostics *diagnostics)
{
    CsRawTable *table = cs_raw_table_copy(scenario->table);
    g_array_set_size(table->axes, 0);
    g_array_set_size(table->varied, 0);
    table->fixed[CS_KEY_SWEEP_ZIP] = table->fixed[CS_KEY_SWEEP_WHERE] = (CsRaw){.text = NULL};
    CsScenario *with = scenario_new(scenario->path, cs_raw_files_ref(scenario->files),
                                    cs_library_ref(scenario->library), table);
    return finish(with, values, diagnostics);
}

void cs_scenario_tell_idle(const CsScenario *scenario, CsDiagnostics *diagnostics)
{
    cs_idle_tell(scenario->table, &scenario->resolved, cs_library_defaults(scenario->library),
                 diagnostics);
}

CsScenario *cs_scenario_ref(CsScenario *scenario)
{
    g_atomic_ref_count_inc(&scenario->references);
    return scenario;
}

void cs_scenario_unref(CsScenario *scenario)
{
    if (scenario == NULL || !g_atomic_ref_count_dec(&scenario->references))
        return;
    cs_resolved_clear(&scenario->resolved);
    cs_raw_table_free(scenario->table);
    cs_library_unref(scenario->library);
    cs_raw_files_unref(scenario->files);
    g_free(scenario->name);
    g_free(scenario->path);
    g_free(scenario);
}

char *cs_scenario_source(const CsScenario *scenario)
{
    const char *directory = cs_raw_files_directory(scenario->files);
    g_autofree char *given = cs_raw_table_format(scenario->table, directory);
    return g_strdup_printf("%s\n[scenario]\ntitle = %s\n", given, scenario->resolved.config->title);
}

const CsConfig *cs_scenario_config(const CsScenario *scenario)
{
    return scenario->resolved.config;
}

const CsSampling *cs_scenario_sampling(const CsScenario *scenario)
{
    return &scenario->resolved.sampling;
}

guint cs_scenario_record(const CsScenario *scenario)
{
    return scenario->resolved.record;
}

gboolean cs_scenario_parameters(const CsScenario *scenario)
{
    return scenario->resolved.parameters;
}

const char *cs_scenario_path(const CsScenario *scenario)
{
    return scenario->path;
}

guint cs_scenario_n_settings(const CsScenario *scenario)
{
    return scenario->resolved.settings->len;
}

CsSetting cs_scenario_setting(const CsScenario *scenario, guint i)
{
    g_assert(i < scenario->resolved.settings->len);
    return g_array_index(scenario->resolved.settings, CsSetting, i);
}

guint cs_scenario_n_sweep_axes(const CsScenario *scenario)
{
    return scenario->table->axes->len;
}

static CsSweepAxis axis_at(const GArray *axes, guint i)
{
    g_assert(i < axes->len);
    const CsRawAxis *axis = &g_array_index(axes, CsRawAxis, i);
    return (CsSweepAxis){axis->key, axis->values, axis->key_place, axis->values_place};
}

CsSweepAxis cs_scenario_sweep_axis(const CsScenario *scenario, guint i)
{
    return axis_at(scenario->table->axes, i);
}

guint cs_scenario_n_varied(const CsScenario *scenario)
{
    return scenario->table->varied->len;
}

CsSweepAxis cs_scenario_varied(const CsScenario *scenario, guint i)
{
    return axis_at(scenario->table->varied, i);
}

CsPlace cs_scenario_place(const CsScenario *scenario)
{
    return scenario->table->whole;
}

static const char *sweep_text(const CsScenario *scenario, CsKeyIndex index, CsPlace *place)
{
    const CsRaw *raw = &scenario->table->fixed[index];
    if (place != NULL)
        *place = raw->place;
    return raw->text;
}

const char *cs_scenario_sweep_zip(const CsScenario *scenario, CsPlace *place)
{
    return sweep_text(scenario, CS_KEY_SWEEP_ZIP, place);
}

const char *cs_scenario_sweep_where(const CsScenario *scenario, CsPlace *place)
{
    return sweep_text(scenario, CS_KEY_SWEEP_WHERE, place);
}
