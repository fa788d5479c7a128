/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep-weight: an example of a program that uses libcardsim: delay and server energy of a scenario
 * (its first replication) for weights of 0, 0.1, ... 1.
 *
 *     cc -o sweep-weight sweep-weight.c $(pkg-config --cflags --libs cardsim)
 *     ./sweep-weight scenario.ini
 */
#include <cardsim.h>

#include <stdio.h>

typedef struct {
    CsSink sink; /* first, so that a pointer to it is one to the whole */
    CsTotals totals;
} Results;

static void keep_totals(CsSink *sink, const CsTotals *totals)
{
    ((Results *)sink)->totals = *totals;
}

int main(int argc, char **argv)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) errors = cs_diagnostics_new();
    g_autoptr(CsScenario) base =
        cs_scenario_read(argc > 1 ? argv[1] : "scenario.ini", NULL, paths, errors);

    printf("policy.weight,delay_total_s,server_energy_total_j\n");
    for (int i = 0; base != NULL && i <= 10; i++) {
        g_autofree char *weight = g_strdup_printf("policy.weight=%d.%d", i / 10, i % 10);
        g_autoptr(CsScenario) point =
            cs_scenario_with(base, (const char *[]){weight, NULL}, errors);
        if (point == NULL)
            break;
        Results results = {.sink.totals = keep_totals};
        g_autoptr(CsSimulation) simulation =
            cs_simulation_new(cs_scenario_config(point), 1, &results.sink);
        g_autoptr(GError) error = NULL;
        if (!cs_simulation_run(simulation, NULL, &error))
            cs_diagnostics_error(errors, (CsPlace){0}, NULL, "%s", error->message);
        else
            printf("%g,%.17g,%.17g\n", i / 10.0, results.totals.sum.delay_s,
                   results.totals.sum.server_energy_j);
    }
    g_autofree char *text = cs_diagnostics_format(errors, FALSE);
    fputs(text, stderr);
    return cs_diagnostics_errors(errors) > 0;
}
