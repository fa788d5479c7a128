/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tools/bench/cardsim: the workload on cardsim itself, through its library.
 *
 * usage: cardsim-library [-s KEY=VALUE]... DEVICES ROUNDS
 *
 * The scenario is scenarios/letter.ini with `count`, parallel, unlimited GPUs and what -s says.
 * What is timed is cs_simulation_run(): the simulator as its users get it, every event through
 * src/des. Reading the scenario and making the simulation count as set-up.
 */
#include "cardsim.h"
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The letter's devices in equal numbers, on the workload's terms. */
static const char *const terms[] = {
    "simulation.schedule=parallel", "server.gpus=unlimited",      "simulation.seed=1",
    "simulation.replications=1",    "radio.path-loss-exponent=4", "output.record=totals",
};

typedef struct {
    CsSink sink;
    CsTotals totals;
} TotalsSink;

static void keep_totals(CsSink *sink, const CsTotals *totals)
{
    ((TotalsSink *)sink)->totals = *totals;
}

static G_NORETURN void fail(const char *what)
{
    fprintf(stderr, "cardsim-library: %s\n", what);
    exit(1);
}

static CsScenario *read_scenario(const char *const *overrides)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autofree char *path = cs_paths_find(paths, "scenarios", "letter.ini");
    if (path == NULL)
        fail("scenarios/letter.ini: not found; set CARDSIM_DATADIR");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, overrides, paths, diagnostics);
    if (scenario == NULL) {
        g_autofree char *text = cs_diagnostics_format(diagnostics, FALSE);
        fail(text);
    }
    return scenario;
}

static CsScenario *workload_scenario(guint devices, guint64 rounds, GPtrArray *further)
{
    g_autoptr(GPtrArray) overrides = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
        g_ptr_array_add(overrides, g_strdup(terms[i]));
    g_ptr_array_add(overrides, g_strdup_printf("simulation.rounds=%" G_GUINT64_FORMAT, rounds));
    g_autoptr(CsScenario) letter = read_scenario(NULL);
    const CsConfig *config = cs_scenario_config(letter);
    for (guint i = 0; i < config->n_groups; i++)
        g_ptr_array_add(overrides, g_strdup_printf("device.%s.count=%u", config->groups[i].name,
                                                   devices / config->n_groups));
    for (guint i = 0; i < further->len; i++)
        g_ptr_array_add(overrides, g_strdup(further->pdata[i]));
    g_ptr_array_add(overrides, NULL);
    return read_scenario((const char *const *)overrides->pdata);
}

static void run_workload(guint devices, guint64 rounds, GPtrArray *further)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    g_autoptr(CsScenario) scenario = workload_scenario(devices, rounds, further);
    TotalsSink sink = {.sink = {.totals = keep_totals}};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &sink.sink);
    double ready = workload_seconds();
    g_autoptr(GError) error = NULL;
    if (!cs_simulation_run(simulation, NULL, &error))
        fail(error->message);
    double end = workload_seconds();
    WorkloadTotals totals = {.delay_s = sink.totals.delay_total_s,
                             .energy_j = sink.totals.server_energy_total_j,
                             .makespan_s = sink.totals.makespan_s,
                             .events = sink.totals.events};
    workload_report("library", devices, rounds, end - ready, ready - begin, base_kb, totals);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) further = g_ptr_array_new();
    int i = 1;
    for (; i + 1 < argc && strcmp(argv[i], "-s") == 0; i += 2)
        g_ptr_array_add(further, argv[i + 1]);
    if (argc - i != 2)
        fail("usage: cardsim-library [-s KEY=VALUE]... DEVICES ROUNDS");
    run_workload((guint)strtoul(argv[i], NULL, 10), strtoull(argv[i + 1], NULL, 10), further);
    return 0;
}
