/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/sweep: `cardsim sweep`: every run of a scenario's sweep into a directory. Layer: cmd. */
#include "campaign/campaign.h"

#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/shard.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "sim/simulation.h"

#include <stdio.h>
#include <string.h>

static CsProgress *make_progress(const CsArguments *arguments)
{
    const char *form = arguments->value[CS_OPTION_PROGRESS];
    gboolean none = form != NULL && strcmp(form, "none") == 0;
    gboolean json = form != NULL && strcmp(form, "json") == 0;
    if (form != NULL && !none && !json && strcmp(form, "auto") != 0) {
        cs_complain("'--progress %s': it takes auto, json or none", form);
        return NULL;
    }
    CsProgress *progress = cs_progress_new(stderr, none || (arguments->quiet && !json));
    cs_progress_set_form(progress, json ? CS_PROGRESS_JSON : CS_PROGRESS_LINES);
    return progress;
}

/* Behind what is saved of whole runs. Transfer full. */
static char *saved_of_next(const CsCampaignResult *result)
{
    if (result->saved == 0)
        return g_strdup("");
    return g_strdup_printf(", and %" G_GUINT64_FORMAT " replication%s of the next", result->saved,
                           result->saved == 1 ? "" : "s");
}

static void tell_portions(const CsCampaign *campaign, const CsCampaignResult *result)
{
    if (result->before > 0)
        cs_note("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " portions of runs were there already, %" G_GUINT64_FORMAT " done now",
                result->before, result->runs, result->done);
    else
        cs_note("%" G_GUINT64_FORMAT " replication%s of %" G_GUINT64_FORMAT
                " run%s, which other shards share",
                result->replications, result->replications == 1 ? "" : "s", result->done,
                result->done == 1 ? "" : "s");
    cs_note("they are in '%s'; 'cardsim merge' joins the shards", campaign->directory);
}

/* Of the replications. Transfer full. */
static char *found_before(const CsCampaignResult *result)
{
    return result->found == 0
               ? g_strdup("")
               : g_strdup_printf(", %" G_GUINT64_FORMAT " of them saved before", result->found);
}

static void tell_result(const CsCampaign *campaign, const CsCampaignResult *result)
{
    if (result->runs == 0) {
        cs_note("this shard has nothing to do: there are fewer %s than shards",
                result->split ? "replications" : "runs");
        return;
    }
    if (result->split) {
        tell_portions(campaign, result);
        return;
    }
    g_autofree char *found = found_before(result);
    if (result->before > 0)
        cs_note("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " run%s %s there already, %" G_GUINT64_FORMAT " done now",
                result->before, result->runs, result->runs == 1 ? "" : "s",
                result->before == 1 ? "was" : "were", result->done);
    else
        cs_note("%" G_GUINT64_FORMAT " run%s, %" G_GUINT64_FORMAT " replication%s%s", result->done,
                result->done == 1 ? "" : "s", result->replications,
                result->replications == 1 ? "" : "s", found);
    if (result->imprecise > 0)
        cs_warn("%" G_GUINT64_FORMAT " run%s reached 'max-replications' before the precision",
                result->imprecise, result->imprecise == 1 ? "" : "s");
    cs_note("results in '%s'; 'cardsim report %s' tabulates them", campaign->directory,
            campaign->directory);
}

static int tell_failure(const CsCampaign *campaign, const CsCampaignResult *result,
                        const GError *error)
{
    guint64 saved = result->before + result->done;
    if (cs_campaign_interrupted(error)) {
        g_autofree char *next = saved_of_next(result);
        cs_complain("interrupted by %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " run%s%s saved in '%s'",
                    cs_interrupt_name(), saved, result->runs, result->runs == 1 ? "" : "s", next,
                    campaign->directory);
        cs_note("the same command with --resume %s",
                saved < result->runs ? "runs the rest" : "writes the CSV files");
        return cs_interrupt_exit_code();
    }
    cs_complain("%s", error->message);
    if (error->domain == CS_SIMULATION_ERROR) {
        cs_note("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " run%s saved in '%s'", saved,
                result->runs, result->runs == 1 ? "" : "s", campaign->directory);
        return CS_EXIT_FAILED;
    }
    if (error->domain != CS_STORE_ERROR && result->runs > 0)
        cs_note("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " run%s saved; once there is room, --resume runs the rest",
                saved, result->runs, result->runs == 1 ? "" : "s");
    return CS_EXIT_IO;
}

static int run_campaign(const CsArguments *arguments, CsCampaign *campaign)
{
    CsCampaignResult result;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsProgress) progress = make_progress(arguments);
    if (progress == NULL)
        return CS_EXIT_USAGE;
    campaign->progress = progress;
    campaign->interrupt = cs_interrupt_catch();
    gboolean good = cs_campaign_run(campaign, &result, &error);
    cs_progress_end(progress);
    if (!good)
        return tell_failure(campaign, &result, error);
    if (!arguments->quiet)
        tell_result(campaign, &result);
    return CS_EXIT_OK;
}

/* Shards that share a command line, or name no directory, get one each. Transfer full. */
static char *directory_of(const CsArguments *arguments, const CsCampaign *campaign)
{
    const char *shard = arguments->value[CS_OPTION_SHARD];
    char *directory = cs_target_directory(arguments);
    gboolean named = arguments->value[CS_OPTION_OUTPUT_DIRECTORY] != NULL;
    if (shard == NULL || (named && !g_str_has_prefix(shard, "auto")))
        return directory;
    char *own = g_strdup_printf("%s.shards-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, directory,
                                campaign->shards, campaign->shard);
    g_free(directory);
    return own;
}

static int run(const CsArguments *arguments)
{
    CsCampaign campaign = {.threads = arguments->jobs,
                           .include = (const char *const *)arguments->include->pdata};
    if (!cs_target_mode(arguments, &campaign.mode) ||
        !cs_shard_read(arguments->value[CS_OPTION_SHARD], &campaign.shard, &campaign.shards))
        return CS_EXIT_USAGE;
    g_autofree char *directory = directory_of(arguments, &campaign);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    int code;
    g_autoptr(CsSweep) sweep = cs_load_sweep(arguments, diagnostics, &code);
    if (sweep == NULL)
        return code;
    cs_diagnostics_show(arguments, diagnostics);
    guint threads = campaign.threads > 0 ? campaign.threads : g_get_num_processors();
    if (!cs_load_fits(arguments, cs_scenario_path(sweep->scenario), sweep->plan, threads,
                      CS_ROWS_DATABASE, NULL))
        return CS_EXIT_INVALID;
    campaign.sweep = sweep;
    campaign.directory = directory;
    cs_target_keep_temporaries(directory);
    return run_campaign(arguments, &campaign);
}

const CsCommand cs_command_sweep = {
    .name = "sweep",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) |
               CS_OPTION_BIT(CS_OPTION_JOBS) | CS_OPTION_BIT(CS_OPTION_MAX_MEMORY) |
               CS_OPTION_BIT(CS_OPTION_SHARD) | CS_OPTION_BIT(CS_OPTION_RESUME) |
               CS_OPTION_BIT(CS_OPTION_RESTART) | CS_OPTION_BIT(CS_OPTION_EXTEND) |
               CS_OPTION_BIT(CS_OPTION_NO_LOCK) | CS_OPTION_BIT(CS_OPTION_PROGRESS),
    .summary = "run every combination of a scenario's [sweep]",
    .description =
        "Runs all points of the scenario's [sweep], every one with all its replications, into DIR "
        "(by default results/SCENARIO): results.sqlite while it goes on, and at the end the same "
        "as CSV files and a manifest; see cardsim-results(5). All points see the same channels "
        "(common random numbers), so that differences between them are differences of the "
        "points.\n\n"
        "An axis may also stand on the command line: -s KEY=V1,V2 or -s KEY=A..B:STEP. It takes "
        "the place of the file's axis of the same key. 'cardsim plan' lists the runs.\n\n"
        "A finished run is saved at once and whole; of one that takes long its finished "
        "replications are, about twice a second and when it is interrupted, so that jobs that are "
        "shorter than a run make progress. SIGINT (Ctrl-C) and SIGTERM end the sweep in good "
        "order; --resume runs exactly what is missing, and refuses where the scenario or the "
        "program has changed; --restart starts over. A directory with results and neither option "
        "is refused. With --resume --extend the sweep may have got more values, wherever they "
        "stand, another title, another number of replications or another precision: what is there "
        "takes its place, and only what is new is run. Where other tables are recorded, or the "
        "precision is of another metric, all runs are run again. A run of the results that the "
        "sweep does not have is an error.\n\n"
        "With --shard I/N only every N-th run is done, from run I + 1 on. Where there are fewer "
        "runs than N their replications, in a row, are cut into N portions of equal work, of which "
        "it does one; but not where a stopping rule ends runs. 'cardsim merge' joins the shards. "
        "With --shard auto, or where -o is not given, a shard has a directory of its own, "
        "DIR.shards-N/I.\n\n"
        "With [simulation] precision, such as 'delay 2 %', a run gets as many replications as its "
        "interval needs, in batches of 'replications', up to 'max-replications'. The interval is "
        "looked at after each batch from 20 replications on, and ten more follow once it is narrow "
        "enough, so that looking repeatedly does not make it promise too much (Chow and Robbins "
        "1965, Simons 1968).\n\n"
        "--progress json writes an object a line to stderr, each second and at the end of the "
        "runs: "
        "runs_done and runs, replications_done and replications, share (0 to 1), events_per_s, "
        "simulated_s_per_s, failures, elapsed_s, eta_s (null while it is not known). Where results "
        "are exported again, after --resume, the objects are: writing (the file), rows_done, rows, "
        "share, elapsed_s. Where a network is trained, 'loss' is the latest test "
        "loss.\n\n" CS_LOAD_MEMORY_TEXT,
    .examples = "cardsim sweep my.ini -s radio.path-loss-exponent=2..6:0.5\tnine runs, one for "
                "each exponent\n"
                "cardsim sweep my.ini -s policy.name=card,server-only -o out -j 4\ttwo policies, "
                "four threads\n"
                "cardsim sweep my.ini -s policy.name=card,server-only -o out --resume\twhat an "
                "interruption left to do\n"
                "cardsim sweep my.ini -o part-0 --shard 0/4\tthe first of four parts; "
                "'cardsim merge' joins them\n"
                "mpirun -n 4 cardsim sweep my.ini -o out -j 1 --shard auto\tall four, in "
                "out.shards-4/0 to out.shards-4/3\n",
    .run = run,
};
