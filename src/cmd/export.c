/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/export: `cardsim export DIR`: any table of results, recorded or not. Layer: cmd. */
#include "campaign/export.h"

#include "base/number.h"
#include "campaign/campaign.h"
#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/target.h"
#include "cmd/terminal.h"

#include <stdio.h>
#include <string.h>

/* --table; FALSE with the reason told. */
static gboolean read_table(const CsArguments *arguments, CsTable *table)
{
    const char *given = arguments->value[CS_OPTION_TABLE];
    *table = given != NULL ? cs_table_find(given) : CS_TABLE_ROUNDS;
    if (*table < CS_TABLE_N)
        return TRUE;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint t = 0; t < CS_TABLE_N; t++)
        g_string_append_printf(names, "%s%s", t > 0 ? ", " : "", cs_table_info((CsTable)t)->name);
    cs_complain("'--table %s': the tables are %s", given, names->str);
    return FALSE;
}

/* --run K,...: numbers ended by 0, or NULL for all. FALSE with the reason told. */
static gboolean read_runs(const CsArguments *arguments, guint64 **runs)
{
    const char *given = arguments->value[CS_OPTION_RUNS];
    *runs = NULL;
    if (given == NULL)
        return TRUE;
    g_auto(GStrv) words = g_strsplit(given, ",", -1);
    guint n = g_strv_length(words);
    *runs = g_new0(guint64, n + 1);
    for (guint i = 0; i < n; i++) {
        const char *word = g_strstrip(words[i]);
        if (cs_number_read_whole(word, strlen(word), &(*runs)[i]) && (*runs)[i] > 0)
            continue;
        cs_complain("'--run %s': runs are whole numbers from 1, with commas between", given);
        return FALSE;
    }
    return TRUE;
}

static int complain(const GError *error)
{
    if (cs_campaign_interrupted(error)) {
        cs_complain("interrupted by %s; nothing was written", cs_interrupt_name());
        return cs_interrupt_exit_code();
    }
    if (g_error_matches(error, CS_FILE_ERROR, CS_FILE_ERROR_PIPE))
        cs_end_by_broken_pipe();
    cs_complain("%s", error->message);
    gboolean refused = error->domain == CS_RECOMPUTE_ERROR || error->domain == CS_SIMULATION_ERROR;
    return refused ? CS_EXIT_FAILED : CS_EXIT_IO;
}

static int run(const CsArguments *arguments)
{
    CsTable table;
    g_autofree guint64 *runs = NULL;
    if (!read_table(arguments, &table) || !read_runs(arguments, &runs))
        return CS_EXIT_USAGE;
    gboolean places = (arguments->given & CS_OPTION_BIT(CS_OPTION_PLACES)) != 0;
    if (places && table != CS_TABLE_ROUNDS) {
        cs_complain("--places: only the table of rounds tells places");
        return CS_EXIT_USAGE;
    }
    int code;
    g_autoptr(CsPolicySet) policies = cs_load_policies(arguments, &code);
    if (policies == NULL)
        return code;
    gboolean included = (arguments->given & CS_OPTION_BIT(CS_OPTION_INCLUDE)) != 0;
    g_autoptr(CsPaths) paths = included ? cs_arguments_paths(arguments) : NULL;
    g_autoptr(CsProgress) progress = cs_progress_new(stderr, arguments->quiet);
    const char *output = arguments->value[CS_OPTION_OUTPUT_FILE];
    const CsExport export = {.directory = g_ptr_array_index(arguments->operands, 0),
                             .table = table,
                             .output = output != NULL ? output : "/dev/stdout",
                             .raw = (arguments->given & CS_OPTION_BIT(CS_OPTION_RAW)) != 0,
                             .request = {.paths = paths,
                                         .policies = policies,
                                         .runs = runs,
                                         .places = places,
                                         .threads = arguments->jobs,
                                         .progress = progress,
                                         .interrupt = cs_interrupt_catch()}};
    cs_target_keep_temporaries_of(output, export.directory);
    g_autoptr(GError) error = NULL;
    gboolean good = cs_export(&export, &error);
    cs_progress_end(progress);
    if (!good)
        return complain(error);
    g_autofree char *lacking = arguments->quiet ? NULL : cs_export_lacks(export.directory);
    if (lacking != NULL)
        cs_warn("%s", lacking);
    return CS_EXIT_OK;
}

const CsCommand cs_command_export = {
    .name = "export",
    .operands = "DIR",
    .least = 1,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_RAW) | CS_OPTION_BIT(CS_OPTION_TABLE) |
               CS_OPTION_BIT(CS_OPTION_RUNS) | CS_OPTION_BIT(CS_OPTION_PLACES) |
               CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE) | CS_OPTION_BIT(CS_OPTION_JOBS) |
               CS_OPTION_BIT(CS_OPTION_INCLUDE) | CS_OPTION_BIT(CS_OPTION_PLUGIN),
    .summary = "print a table of results, computed anew where it was not recorded",
    .description =
        "Prints a table of the results that 'cardsim sweep', 'cardsim merge' or 'cardsim run -o "
        "DIR' wrote, as CSV; see cardsim-results(5). --table says which, by default rounds; --run "
        "takes the numbers of the runs that are wanted, with commas between, by default all.\n\n"
        "A table that was recorded is copied. One that was not, as the rounds of a sweep that "
        "nobody told to record them, is computed anew: a run is a function of its scenario, seed "
        "and program, and computing a round costs less than storing it. The bytes are those that "
        "would have been recorded, for any number of threads.\n\n"
        "--places computes the rounds anew with four columns behind the model's layers: distance, "
        "path loss, shadowing and line of sight, as '[output] places = yes' records them.\n\n"
        "The manifest tells what the results are of. Where another build of the program wrote "
        "them, where the scenario's own files (models, channel traces, curves) have changed since, "
        "or where a CSV file in DIR is not the one that the manifest lists, nothing is printed and "
        "the exit code is 1. Names of files within the scenario start from where the sweep's "
        "scenario was; for a directory of 'run' from the working directory. Policies of plugins "
        "need their --plugin, models found by -I are looked for there again.",
    .examples = "cardsim export results/my > rounds.csv\tevery round of every run\n"
                "cardsim export results/my --run 3,7 -o some.csv\tof two runs\n"
                "cardsim export results/my --places\tand where each device was\n"
                "cardsim export results/my --table totals\ta line a replication\n",
    .run = run,
};
