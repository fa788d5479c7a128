/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * write-results: an example of a program that uses libcardsim: runs a scenario and writes its
 * results into a directory, the same bytes as `cardsim run SCENARIO -o DIR`.
 *
 *     cc -o write-results write-results.c $(pkg-config --cflags --libs cardsim)
 *     ./write-results scenario.ini results
 */
#include <cardsim.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) errors = cs_diagnostics_new();
    g_autoptr(CsScenario) scenario =
        cs_scenario_read(argc > 1 ? argv[1] : "scenario.ini", NULL, paths, errors);
    gboolean good = scenario != NULL;
    if (good) {
        const CsExecution execution = {.scenario = scenario,
                                       .directory = argc > 2 ? argv[2] : "results"};
        CsExecutionResult result;
        g_autoptr(GError) error = NULL;
        good = cs_execute(&execution, &result, errors, &error);
        if (good) {
            g_autofree char *summary = cs_summary_format(result.summary);
            fputs(summary, stdout);
        } else {
            fprintf(stderr, "write-results: %s\n", error->message);
        }
        cs_execution_result_clear(&result);
    }
    g_autofree char *text = cs_diagnostics_format(errors, FALSE);
    fputs(text, stderr);
    return good ? 0 : 1;
}
