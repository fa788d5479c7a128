/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/merge: `cardsim merge`: the shards of a sweep joined into one directory. Layer: cmd. */
#include "campaign/campaign.h"
#include "campaign/merge.h"

#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "sim/simulation.h"

#include <stdio.h>

static int run(const CsArguments *arguments)
{
    const char *directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY];
    guint mode;
    if (!cs_target_mode(arguments, &mode))
        return CS_EXIT_USAGE;
    if (directory == NULL) {
        cs_complain("'merge' needs a directory for what is merged: -o DIR");
        return CS_EXIT_USAGE;
    }
    cs_target_keep_temporaries(directory);
    guint64 runs;
    g_autoptr(GError) error = NULL;
    const gint *interrupt = cs_interrupt_catch();
    g_autoptr(CsProgress) progress = cs_progress_new(stderr, arguments->quiet);
    gboolean good = cs_merge((const char *const *)arguments->operands->pdata, directory, mode,
                             progress, interrupt, &runs, &error);
    cs_progress_end(progress);
    if (good) {
        if (!arguments->quiet)
            cs_note("%" G_GUINT64_FORMAT " run%s from %u director%s in '%s'", runs,
                    runs == 1 ? "" : "s", arguments->n_operands,
                    arguments->n_operands == 1 ? "y" : "ies", directory);
        return CS_EXIT_OK;
    }
    if (g_error_matches(error, CS_MERGE_ERROR, CS_MERGE_ERROR_INTERRUPTED) ||
        cs_campaign_interrupted(error)) {
        cs_complain("interrupted by %s", cs_interrupt_name());
        cs_note("the same command with --resume merges the rest");
        return cs_interrupt_exit_code();
    }
    cs_complain("%s", error->message);
    return error->domain == CS_MERGE_ERROR ? CS_EXIT_FAILED : CS_EXIT_IO;
}

const CsCommand cs_command_merge = {
    .name = "merge",
    .operands = "DIR...",
    .least = 1,
    .most = G_MAXUINT,
    .options = CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) | CS_OPTION_BIT(CS_OPTION_RESUME) |
               CS_OPTION_BIT(CS_OPTION_RESTART) | CS_OPTION_BIT(CS_OPTION_NO_LOCK),
    .summary = "join the shards of a sweep",
    .description =
        "Joins directories that 'cardsim sweep --shard' has filled into one, given by -o, which "
        "then holds what a single machine would have written: results.sqlite, the CSV files and "
        "the manifest, the files byte for byte.\n\n"
        "The directories must be of the same scenario, the same list of runs and this very build "
        "of the program, and together hold every replication of every run exactly once. What does "
        "not fit is named, nothing is written then, and the exit code is 1: a run, or "
        "replications of one, in two directories, a shard that was interrupted (--resume its "
        "sweep), a shard that is not there. Shards may be of different sizes, such as 0/2, 1/4 and "
        "3/4; where they share replications of runs, such as 0/2, 2/4 and 3/4. Runs that failed in "
        "their shard would fail "
        "again: "
        "the others are merged, every failed one is named, and the exit code is 1, as on one "
        "machine.\n\n"
        "The directory that is written to follows the rules of 'cardsim sweep': an empty or new "
        "one is taken, one with results only with --resume, which carries on a merge that was "
        "interrupted, or --restart.",
    .examples = "cardsim merge part-0 part-1 part-2 -o results/my\tthree shards into one\n",
    .run = run,
};
