/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/run: `cardsim run SCENARIO`: every replication of one scenario, its results, its summary.
 *
 * Nothing is written before the scenario is known to be valid; every file appears when it is whole.
 */
#include "analysis/deciding.h"
#include "base/version.h"
#include "base/console.h"
#include "campaign/execution.h"
#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "output/csv.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const CsArguments *arguments;
    const CsScenario *scenario;
    const char *directory; /* NULL: no files */
    CsExecutionResult result;
} Run;

/* --- telling ---------------------------------------------------------------------------------- */

/* The summary's ± knows what its replications saw. */
static void warn_of_intervals(const Run *run)
{
    static const char *const metrics[] = {"delay", "server-energy"};
    if (run->result.finished < 2 || run->arguments->format != CS_FORMAT_TABLE)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++) {
        const CsMeasure *measure = cs_measure_find(metrics[i]);
        CsDeciding deciding = cs_deciding_of(run->scenario, measure);
        if (deciding.few) {
            g_autofree char *whose =
                g_strdup_printf("%s: the interval over all devices", measure->name);
            g_autofree char *text = cs_deciding_text(&deciding, whose);
            cs_warn("%s", text);
        }
        cs_deciding_clear(&deciding);
    }
}

static void warn(const Run *run)
{
    g_auto(GStrv) warnings = cs_summary_warnings(run->result.summary);
    for (char **warning = warnings; *warning != NULL; warning++)
        cs_warn("%s", *warning);
    warn_of_intervals(run);
}

/* devices.csv as JSON: an array of objects; a column's kind says what is quoted. */
static char *devices_json(const char *csv)
{
    guint n;
    const CsColumn *columns = cs_table_columns(CS_TABLE_DEVICES, &n);
    g_autoptr(GString) out = g_string_new("[");
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    for (char **line = lines + 1; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, ",", -1);
        g_string_append(out, line == lines + 1 ? "\n  {" : ",\n  {");
        for (guint c = 0; c < n && cells[c] != NULL; c++) {
            g_autofree char *quoted =
                columns[c].kind == CS_CELL_TEXT ? cs_json_quote(cells[c]) : NULL;
            const char *bare = cells[c][0] != '\0' ? cells[c] : "null";
            g_string_append_printf(out, "%s\"%s\": %s", c > 0 ? ", " : "", columns[c].name,
                                   quoted != NULL ? quoted : bare);
        }
        g_string_append_c(out, '}');
    }
    g_string_append(out, "\n]\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static int print_result(const Run *run)
{
    const CsArguments *arguments = run->arguments;
    gboolean saved = run->directory != NULL || run->result.trace_path != NULL;
    if (run->result.devices_csv != NULL && arguments->format == CS_FORMAT_JSON) {
        g_autofree char *json = devices_json(run->result.devices_csv);
        return cs_print(json);
    }
    if (run->result.devices_csv != NULL)
        return cs_print(run->result.devices_csv);
    if (arguments->quiet && saved)
        return CS_EXIT_OK;
    /* In ASCII each of a row's two plus-minus signs takes a letter more. */
    guint columns = cs_console_columns(STDOUT_FILENO, 0);
    if (columns > 0 && cs_console_is_ascii())
        columns -= 2;
    g_autofree char *text = cs_summary_format_within(run->result.summary, columns);
    return cs_print_filled(arguments, text);
}

static void tell_where(const Run *run, gint64 started_us)
{
    if (run->arguments->verbose)
        cs_note("%s; %" G_GUINT64_FORMAT " events in %.2f s", cs_build_identity(),
                run->result.events, (double)(g_get_monotonic_time() - started_us) / 1e6);
    if (run->arguments->quiet)
        return;
    if (run->directory != NULL)
        cs_note("results are in '%s'", run->directory);
    if (run->result.trace_path != NULL)
        cs_note("the trace of replication 1 is in '%s'; https://ui.perfetto.dev opens it",
                run->result.trace_path);
}

/* --- the command ------------------------------------------------------------------------------ */

static int interrupted(const Run *run, const GError *error)
{
    const CsExecutionResult *result = &run->result;
    if (result->finished == 0) {
        cs_complain("interrupted by %s before a replication was finished; nothing was written",
                    cs_interrupt_name());
    } else if (error->domain == CS_FILE_ERROR) {
        cs_complain("interrupted by %s; %s", cs_interrupt_name(), error->message);
    } else {
        cs_complain("interrupted by %s after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " replications; %s",
                    cs_interrupt_name(), result->finished,
                    cs_scenario_sampling(run->scenario)->replications,
                    run->directory != NULL ? "these are saved" : "nothing was written");
        tell_where(run, g_get_monotonic_time());
    }
    return cs_interrupt_exit_code();
}

/* TRUE where both names lead to one regular file. */
static gboolean is_same_file(const char *a, const char *b)
{
    GStatBuf of_a, of_b;
    return g_stat(a, &of_a) == 0 && g_stat(b, &of_b) == 0 && S_ISREG(of_a.st_mode) &&
           of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

static int simulate(Run *run)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsProgress) progress = cs_progress_new(stderr, run->arguments->quiet);
    g_autoptr(GError) error = NULL;
    gint64 started_us = g_get_monotonic_time();
    const CsExecution execution = {
        .scenario = run->scenario,
        .directory = run->directory,
        .trace = run->arguments->value[CS_OPTION_TRACE],
        .keep_devices = run->arguments->format != CS_FORMAT_TABLE,
        .threads = run->arguments->jobs,
        .progress = progress,
        .interrupt = cs_interrupt_catch(),
    };
    if (!cs_execute(&execution, &run->result, diagnostics, &error)) {
        if (run->result.interrupted)
            return interrupted(run, error);
        if (g_error_matches(error, CS_EXECUTION_ERROR, CS_EXECUTION_ERROR_SCENARIO))
            return cs_diagnostics_show(run->arguments, diagnostics);
        cs_complain("%s", error->message);
        return error->domain == CS_FILE_ERROR ? CS_EXIT_IO : CS_EXIT_FAILED;
    }
    if (!run->arguments->quiet)
        warn(run);
    int code = print_result(run);
    tell_where(run, started_us);
    return code;
}

static int run_command(const CsArguments *arguments)
{
    int code;
    if (arguments->format == CS_FORMAT_LATEX) {
        cs_complain("'run' prints no LaTeX; 'cardsim report DIR --format latex' does, of results");
        return CS_EXIT_USAGE;
    }
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    if (cs_scenario_n_sweep_axes(scenario) > 0 && !arguments->quiet)
        cs_note("'run' takes no notice of this scenario's [sweep]: 'cardsim sweep' runs it");
    guint threads = arguments->jobs > 0 ? arguments->jobs : g_get_num_processors();
    if (!cs_load_fits_alone(arguments, scenario, threads, NULL))
        return CS_EXIT_INVALID;
    const char *trace = arguments->value[CS_OPTION_TRACE];
    const char *path = g_ptr_array_index(arguments->operands, 0);
    if (trace != NULL && is_same_file(trace, path)) {
        cs_complain("will not write the trace over the scenario '%s'", path);
        return CS_EXIT_IO;
    }
    Run run = {.arguments = arguments,
               .scenario = scenario,
               .directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY]};
    code = simulate(&run);
    cs_execution_result_clear(&run.result);
    return code;
}

const CsCommand cs_command_run = {
    .name = "run",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) |
               CS_OPTION_BIT(CS_OPTION_JOBS) | CS_OPTION_BIT(CS_OPTION_MAX_MEMORY) |
               CS_OPTION_BIT(CS_OPTION_TRACE) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "run a scenario and print what came out",
    .description =
        "Runs every replication of the scenario and prints a summary: per device the cuts chosen, "
        "the mean frequency, delay, energies and outage.\n\n"
        "With -o DIR the results are written there: rounds.csv, devices.csv, totals.csv (as "
        "[output] record says) and manifest.json; see cardsim-results(5). DIR is created; an "
        "earlier run's results in it are replaced as long as nobody has changed them, and a "
        "directory that holds anything else but pictures drawn by 'cardsim plot' is refused. The "
        "same scenario, seed and program give "
        "the same bytes for any number of "
        "threads.\n\n"
        "With --format csv or json the table of devices is printed instead of the summary. "
        "SIGINT (Ctrl-C) and SIGTERM save the replications that are finished; a second signal "
        "ends the program at once.",
    .examples = "cardsim run my.ini\ta summary, no files\n"
                "cardsim run my.ini -o out\tthe same, and its results in out/\n"
                "cardsim run my.ini -s radio.bandwidth=100MHz -s policy.name=server-only\twith "
                "two keys overridden\n"
                "cardsim run my.ini --trace trace.json\twho works when, for Perfetto\n",
    .run = run_command,
};
