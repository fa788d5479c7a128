/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-scenario: scenario files with what they extend, inherit and name; see fuzz_write_files().
 *
 * Beyond not crashing: an accepted scenario reads back from its own resolved text to the same text,
 * every axis of its sweep can be tried, and a small one can be simulated.
 */
#include "campaign/axis.h"
#include "fuzz.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#define WORK_MAX 2000 /* device-epochs of a scenario that is simulated */
#define SETTINGS_MAX 5000

static CsScenario *read_scenario(const char *path)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, NULL, fuzz_paths(), diagnostics);
    fuzz_check_diagnostics(diagnostics, scenario != NULL);
    g_assert(scenario == NULL || cs_diagnostics_errors(diagnostics) == 0);
    return scenario;
}

static void check_round_trip(const CsScenario *scenario)
{
    g_autofree char *text = cs_scenario_format(scenario, FALSE);
    g_autofree char *path = fuzz_write("again.ini", (const uint8_t *)text, strlen(text));
    g_autoptr(CsScenario) again = read_scenario(path);
    g_assert(again != NULL);
    g_autofree char *second = cs_scenario_format(again, FALSE);
    g_assert_cmpstr(text, ==, second);
    g_free(cs_scenario_format(scenario, TRUE));
}

static void try_axis(const CsScenario *scenario, CsSweepAxis axis)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsAxis) values =
        cs_axis_read(axis.key, axis.key_place, axis.values, axis.values_place, diagnostics);
    fuzz_check_diagnostics(diagnostics, values != NULL);
    if (values == NULL)
        return;
    g_autofree char *setting = g_strconcat(values->key, "=", values->values[0], NULL);
    const char *const overrides[] = {setting, NULL};
    g_autoptr(CsScenario) point = cs_scenario_with(scenario, overrides, diagnostics);
    fuzz_check_diagnostics(diagnostics, point != NULL);
}

/* How long a channel in time takes to simulate is a matter of its clock, not of the scenario's
 * size. */
static gboolean moves_in_time(const CsConfig *config)
{
    for (guint i = 0; i < config->n_groups; i++)
        if (config->groups[i].radio.coherence == CS_COHERENCE_TIME)
            return TRUE;
    return FALSE;
}

static void simulate(const CsConfig *config)
{
    double work = (double)config->n_devices * (double)config->rounds * config->local_epochs;
    if (work > WORK_MAX || moves_in_time(config))
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1 + config->seed % 1000, NULL);
    if (!cs_simulation_run(simulation, NULL, &error))
        g_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_CLOCK) ||
                 g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_TRACE) ||
                 g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_TRANSFER));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write_files("input.ini", data, size);
    g_autoptr(CsScenario) scenario = read_scenario(path);
    if (scenario == NULL)
        return 0;
    if (cs_scenario_n_settings(scenario) <= SETTINGS_MAX)
        check_round_trip(scenario);
    for (guint i = 0; i < MIN(cs_scenario_n_sweep_axes(scenario), 4); i++)
        try_axis(scenario, cs_scenario_sweep_axis(scenario, i));
    simulate(cs_scenario_config(scenario));
    return 0;
}
