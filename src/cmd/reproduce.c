/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/reproduce: `cardsim reproduce fig3|fig4|all`: the letter's figures beside our own. */
#include "analysis/reproduce.h"

#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/terminal.h"
#include "sim/simulation.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_DIRECTORY "results/reproduce"

static gboolean read_what(const char *word, CsReproduceWhat *what)
{
    if (strcmp(word, "fig3") == 0)
        *what = CS_REPRODUCE_FIG3;
    else if (strcmp(word, "fig4") == 0)
        *what = CS_REPRODUCE_FIG4;
    else if (strcmp(word, "all") == 0)
        *what = CS_REPRODUCE_ALL;
    else
        return FALSE;
    return TRUE;
}

static int exit_code(const GError *error)
{
    if (g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED))
        return cs_interrupt_exit_code();
    if (error->domain == CS_SIMULATION_ERROR ||
        g_error_matches(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT))
        return CS_EXIT_FAILED;
    return CS_EXIT_IO;
}

static int run(const CsArguments *arguments)
{
    CsReproduceOptions options = {
        .directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY],
        .threads = arguments->jobs,
        .overrides = (const char *const *)arguments->settings->pdata,
    };
    const char *word = g_ptr_array_index(arguments->operands, 0);
    if (!read_what(word, &options.what)) {
        cs_complain("'reproduce' knows fig3, fig4 and all, not '%s'", word);
        return CS_EXIT_USAGE;
    }
    if (options.directory == NULL)
        options.directory = DEFAULT_DIRECTORY;
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsProgress) progress = cs_progress_new(stderr, arguments->quiet);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GString) report = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    options.paths = paths;
    options.progress = progress;
    options.interrupt = cs_interrupt_catch();

    gboolean good = cs_reproduce(&options, report, diagnostics, &error);
    cs_progress_end(progress);
    int shown = cs_diagnostics_show(arguments, diagnostics);
    if (g_error_matches(error, CS_REPRODUCE_ERROR, CS_REPRODUCE_ERROR_SCENARIO))
        return shown; /* all is said */
    int code = good ? CS_EXIT_OK : exit_code(error);
    int printed = arguments->quiet ? CS_EXIT_OK : cs_print_as(arguments, report->str);
    if (g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED))
        cs_complain("interrupted by %s; nothing was written", cs_interrupt_name());
    else if (!good)
        cs_complain("%s", error->message);
    return code != CS_EXIT_OK ? code : printed;
}

const CsCommand cs_command_reproduce = {
    .name = "reproduce",
    .operands = "fig3|fig4|all",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) |
               CS_OPTION_BIT(CS_OPTION_JOBS),
    .summary = "simulate the letter's figures, compare with its figures, draw",
    .description =
        "Simulates the experiment of the letter (Li, Wu, Li, Zhang, IEEE Networking Letters 7(3), "
        "2025) and writes its Fig. 3 and Fig. 4, each as CSV, gnuplot script, SVG and PNG, and a "
        "table of the letter's claims beside ours with confidence intervals: into DIR, by "
        "default " DEFAULT_DIRECTORY
        ". Beside the simulated changes of Fig. 4 stand the exact ones "
        "of 'cardsim expect' (exact.csv), and what the devices' memory leaves of the first.\n\n"
        "The letter leaves many parameters open. Ours were chosen, within what is usual, so that "
        "the headline comes out: agreement shows that the model is consistent with the letter, it "
        "does not confirm it. The report says how far other choices move the result.",
    .examples = "cardsim reproduce all\tboth figures and the claims\n"
                "cardsim reproduce fig4 -o fig4 -j 4\tone figure, with four threads\n"
                "cardsim reproduce all -s training.batch=8\twith another batch size\n",
    .run = run,
};
