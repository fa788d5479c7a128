/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/plan: `cardsim plan`: the runs of a scenario's sweep, and scripts that run them. Layer:
 * cmd. */
#include "campaign/sweep.h"

#include "base/number.h"
#include "campaign/emit.h"
#include "campaign/portion.h"
#include "campaign/trial.h"
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/target.h"
#include "cmd/terminal.h"

#include <string.h>

/* run, replications, and a column for each axis, named by its key. */
static char *format_plan(const CsSweep *sweep, CsFormatKind format)
{
    guint n_axes = sweep->axes->len;
    g_autofree CsTableColumn *columns = g_new0(CsTableColumn, n_axes + 2);
    columns[0] = (CsTableColumn){"run", "run", "", 0, CS_COLUMN_WHOLE};
    columns[1] = (CsTableColumn){"replications", "replications", "", 0, CS_COLUMN_WHOLE};
    for (guint i = 0; i < n_axes; i++) {
        const CsAxis *axis = g_ptr_array_index(sweep->axes, i);
        columns[i + 2] = (CsTableColumn){axis->key, axis->key, "", 0, CS_COLUMN_TEXT};
    }
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, n_axes + 2);
    for (guint64 k = 0; k < cs_plan_n_runs(sweep->plan); k++) {
        const CsRun *run = cs_plan_run(sweep->plan, k);
        CS_TABLE_ADD_NUMBERS(table, (double)run->index, (double)run->replications);
        for (char **p = run->parameters; *p != NULL; p++)
            cs_table_add_text(table, strchr(*p, '=') + 1);
    }
    return cs_table_format(table, format);
}

/* --- scripts ---------------------------------------------------------------------------------- */

#define TRIAL_S 2.0

#define SCRIPT_OPTIONS                                                                             \
    (CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) | CS_OPTION_BIT(CS_OPTION_JOBS) |                   \
     CS_OPTION_BIT(CS_OPTION_SHARDS))

static gboolean read_engine(const CsArguments *arguments, CsEmitEngine *engine)
{
    const char *given = arguments->value[CS_OPTION_EMIT];
    gboolean slurm = strcmp(given, "slurm") == 0;
    *engine = slurm ? CS_EMIT_SLURM : CS_EMIT_PARALLEL;
    if (slurm || strcmp(given, "parallel") == 0)
        return TRUE;
    cs_complain("'--emit %s': the engines are slurm and parallel", given);
    return FALSE;
}

/* 0: not given. */
static gboolean read_shards(const CsArguments *arguments, guint64 *shards)
{
    const char *given = arguments->value[CS_OPTION_SHARDS];
    *shards = 0;
    if (given == NULL || (cs_number_read_whole(given, strlen(given), shards) && *shards >= 1))
        return TRUE;
    cs_complain("'--shards %s': the number of shards is a whole number from 1", given);
    return FALSE;
}

/* The program's own path, which the script's jobs call. Transfer full. */
static char *own_path(void)
{
    char *path = g_file_read_link("/proc/self/exe", NULL);
    return path != NULL ? path : g_strdup("cardsim");
}

static void tell_split(const CsArguments *arguments, const CsPlan *plan, guint64 shards,
                       gboolean stopped)
{
    if (arguments->quiet)
        return;
    if (stopped)
        cs_note(
            "a stopping rule ends the runs, whose replications cannot be split: %" G_GUINT64_FORMAT
            " shard%s, as many as runs",
            shards, shards == 1 ? "" : "s");
    else if (cs_plan_is_split(plan, shards))
        cs_note("%" G_GUINT64_FORMAT " shards share the %" G_GUINT64_FORMAT
                " replications of %" G_GUINT64_FORMAT " run%s",
                shards, cs_plan_shards_most(plan), cs_plan_n_runs(plan),
                cs_plan_n_runs(plan) == 1 ? "" : "s");
}

static int emit_script(const CsArguments *arguments, const CsSweep *sweep, CsEmitEngine engine,
                       guint64 shards)
{
    CsTrialCost cost;
    g_autoptr(GError) error = NULL;
    if (!cs_trial(sweep, TRIAL_S, &cost, &error)) {
        cs_complain("the trial that sizes the shards has failed: %s", error->message);
        return CS_EXIT_FAILED;
    }
    guint64 runs = cs_plan_n_runs(sweep->plan), most = cs_plan_shards_most(sweep->plan);
    guint threads = MAX(arguments->jobs, 1);
    double work = cs_largest_shard(sweep->plan, 1, &cost);
    gboolean stopped = cost.rule && shards > runs;
    shards = MIN(shards != 0 ? shards : cs_emit_shards(work * cost.round_s / threads, most), most);
    double largest = cs_largest_shard(sweep->plan, shards, &cost);
    tell_split(arguments, sweep->plan, shards, stopped);
    g_autofree char *program = own_path();
    g_autofree char *working = g_get_current_dir();
    g_autofree char *target = cs_target_directory(arguments);
    g_autofree char *directory = g_canonicalize_filename(target, working);
    const CsEmit emit = {.engine = engine,
                         .program = program,
                         .working = working,
                         .scenario = g_ptr_array_index(arguments->operands, 0),
                         .settings = (const char *const *)arguments->settings->pdata,
                         .include = (const char *const *)arguments->include->pdata,
                         .plugins = (const char *const *)arguments->plugins->pdata,
                         .directory = directory,
                         .runs = runs,
                         .shards = shards,
                         .replications = cs_plan_is_split(sweep->plan, shards) ? most : 0,
                         .stopped = stopped,
                         .threads = threads,
                         .shard_s = largest * (cost.round_s / threads + cost.export_s),
                         /* copied row by row, then exported */
                         .merge_s = 2.0 * work * cost.export_s};
    g_autofree char *text = cs_emit(&emit);
    return cs_print_as(arguments, text);
}

/* --- the command ------------------------------------------------------------------------------ */

static int run(const CsArguments *arguments)
{
    CsEmitEngine engine = CS_EMIT_SLURM;
    guint64 shards;
    gboolean script = arguments->value[CS_OPTION_EMIT] != NULL;
    if ((script && !read_engine(arguments, &engine)) || !read_shards(arguments, &shards))
        return CS_EXIT_USAGE;
    if (!script && (arguments->given & SCRIPT_OPTIONS) != 0) {
        cs_complain("-o, -j and --shards are for a script: add --emit slurm or --emit parallel");
        return CS_EXIT_USAGE;
    }
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    int code;
    g_autoptr(CsSweep) sweep = cs_load_sweep(arguments, diagnostics, &code);
    if (sweep == NULL)
        return code;
    cs_diagnostics_show(arguments, diagnostics);
    double byte;
    guint threads = script ? MAX(arguments->jobs, 1) : 1;
    if (!cs_load_fits(arguments, cs_scenario_path(sweep->scenario), sweep->plan, threads,
                      CS_ROWS_DATABASE, &byte))
        return CS_EXIT_INVALID;
    if (byte >= 1e8 && !arguments->quiet)
        cs_note("a run takes up to about %.2g GB of memory on %u thread%s", byte / 1e9, threads,
                threads == 1 ? "" : "s");
    if (script)
        return emit_script(arguments, sweep, engine, shards);
    g_autofree char *text = format_plan(sweep, arguments->format);
    return cs_print_as(arguments, text);
}

const CsCommand cs_command_plan = {
    .name = "plan",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_FORMAT) |
               CS_OPTION_BIT(CS_OPTION_MAX_MEMORY) | CS_OPTION_BIT(CS_OPTION_EMIT) | SCRIPT_OPTIONS,
    .summary = "list the runs of a scenario's [sweep], or write a script for a cluster",
    .description =
        "Checks the scenario and every combination of its [sweep] and lists the runs "
        "that 'cardsim sweep' would do, with their values. Nothing is run.\n\n"
        "With --emit it prints a shell script instead, which runs the sweep in shards and merges "
        "them into DIR (-o; by default results/SCENARIO); the shards are in DIR.shards-N. 'slurm' "
        "is an array job and a merge that depends on it; its time limit is three times what a "
        "trial of some runs, of two seconds, lets expect, and ten minutes more. 'parallel' is GNU "
        "parallel, with a joblog beside the shards. -j is the number of threads of one shard, by "
        "default 1. More shards than runs share the replications of the runs, unless a stopping "
        "rule ends these, which is told: there are as many shards as runs then.\n\n"
        "A shard that is requeued or started again carries on where it was, so that either script "
        "can be run again after a failure. Paths and settings are quoted; the script runs in the "
        "directory it was written in, wherever it is started.\n\n" CS_LOAD_MEMORY_TEXT,
    .examples = "cardsim plan my.ini\tthe runs of its [sweep]\n"
                "cardsim plan my.ini -s policy.weight=0..1:0.1 --format csv\tan axis tried on the "
                "command line\n"
                "cardsim plan my.ini --emit slurm -o out -j 4 > my.sh\ta script to be run by 'sh "
                "my.sh --partition=short'\n"
                "cardsim plan my.ini -s simulation.replications=500 --emit slurm --shards 50 > "
                "my.sh\tone run in fifty portions\n"
                "cardsim plan my.ini --emit parallel | sh\tthe same on this machine, by GNU "
                "parallel\n",
    .run = run,
};
