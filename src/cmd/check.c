/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/check: `cardsim check SCENARIO...`: is it valid? Runs nothing, writes nothing. */
#include "campaign/sweep.h"
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/terminal.h"

static void say_good(const char *path, const CsScenario *scenario, guint64 runs, double byte)
{
    const CsConfig *config = cs_scenario_config(scenario);
    guint64 replications = cs_scenario_sampling(scenario)->replications;
    g_autofree char *memory = cs_load_memory_words(byte);
    g_autofree char *sweep = runs > 0 ? g_strdup_printf("; a sweep of %" G_GUINT64_FORMAT " run%s",
                                                        runs, runs == 1 ? "" : "s")
                                      : g_strdup("");
    cs_note("%s: valid: %u device%s, %" G_GUINT64_FORMAT " round%s, %" G_GUINT64_FORMAT
            " replication%s, policy %s, %s with %u layers%s%s%s",
            path, config->n_devices, config->n_devices == 1 ? "" : "s", config->rounds,
            config->rounds == 1 ? "" : "s", replications, replications == 1 ? "" : "s",
            config->policy->name, config->architecture->name, config->architecture->n_layers, sweep,
            cs_config_loses_rounds(config) ? "; devices may lose rounds" : "", memory);
}

/* The runs of the scenario's [sweep], 0 where it has none; *code tells whether all are valid and
 * the largest fits into memory, of which *byte are needed. */
static guint64 check_sweep(const CsArguments *arguments, const char *path, double *byte, int *code)
{
    g_autoptr(CsPolicySet) policies = cs_load_policies(arguments, code);
    if (policies == NULL)
        return 0;
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSweep) sweep = cs_sweep_read_with(
        path, (const char *const *)arguments->settings->pdata, paths, policies, diagnostics);
    *code = cs_diagnostics_show(arguments, diagnostics);
    if (sweep == NULL)
        return 0;
    if (!cs_load_fits(arguments, path, sweep->plan, 1, CS_ROWS_DATABASE, byte))
        *code = CS_EXIT_INVALID;
    return cs_plan_n_runs(sweep->plan);
}

/* The worst of all files decides: unreadable (4) before invalid (3). */
static int run(const CsArguments *arguments)
{
    int worst = CS_EXIT_OK;
    for (guint i = 0; i < arguments->n_operands; i++) {
        const char *path = g_ptr_array_index(arguments->operands, i);
        int code;
        g_autoptr(CsScenario) scenario = cs_load_file(arguments, path, &code);
        guint64 runs = 0;
        double byte = 0;
        if (scenario != NULL && cs_scenario_n_sweep_axes(scenario) > 0)
            runs = check_sweep(arguments, path, &byte, &code);
        else if (scenario != NULL && !cs_load_fits_alone(arguments, scenario, 1, &byte))
            code = CS_EXIT_INVALID;
        if (code == CS_EXIT_OK && !arguments->quiet)
            say_good(path, scenario, runs, byte);
        worst = MAX(worst, code);
    }
    return worst;
}

const CsCommand cs_command_check = {
    .name = "check",
    .operands = "SCENARIO...",
    .least = 1,
    .most = G_MAXUINT,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_MAX_MEMORY),
    .summary = "check scenarios and report every error in its place",
    .description =
        "Reads each scenario with everything it extends and names, checks every key and every "
        "combination of its [sweep], and reports all errors, each with file, line, column and a "
        "remedy (of more than 20 the first 20, and how many more). Runs nothing and writes "
        "nothing.\n\n" CS_LOAD_MEMORY_TEXT,
    .examples = "cardsim check my.ini\tis it valid?\n"
                "cardsim check *.ini -q\tonly the exit code and the errors\n"
                "cardsim check my.ini -s radio.bandwidth=100MHz\twould it be, with this value?\n",
    .run = run,
};
