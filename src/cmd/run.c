/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/run: `cardsim run SCENARIO`: every replication of one scenario, its results, its summary.
 *
 * Nothing is written before the scenario is known to be valid; every file appears when it is whole.
 */
#include "base/version.h"
#include "campaign/pool.h"
#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "cmd/unit.h"
#include "output/directory.h"
#include "output/manifest.h"
#include "output/trace.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    const CsArguments *arguments;
    const CsScenario *scenario;
    const CsConfig *config;
    const char *directory; /* NULL: no files */
    guint wanted;          /* tables to write, 1 << CsTable */
    CsFile *file[CS_TABLE_N];
    GString *printed; /* devices.csv for --format csv and json, or NULL */
    CsSummary *summary;
    CsFile *trace_file;
    CsFile *manifest_file;
    char *trace_path;
    CsTrace *trace;
    guint64 finished; /* replications */
    guint64 events;
} Run;

static gboolean close_trace(Run *run, GError **error)
{
    if (run->trace != NULL)
        cs_trace_end(g_steal_pointer(&run->trace));
    return run->trace_file == NULL || cs_file_commit(g_steal_pointer(&run->trace_file), error);
}

/* The system's reason comes with the commit, which fails and leaves nothing behind. */
static void find_failed_write(Run *run, GError **error)
{
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (run->file[t] != NULL && cs_file_failed(run->file[t])) {
            cs_file_commit(g_steal_pointer(&run->file[t]), error);
            return;
        }
    close_trace(run, error);
}

/* --- gathering -------------------------------------------------------------------------------- */

static CsSink *begin(gpointer context, const CsRun *planned, guint64 replication)
{
    Run *run = context;
    guint tables = run->wanted | (run->printed != NULL ? 1u << CS_TABLE_DEVICES : 0);
    CsSink *trace = run->trace != NULL && replication == 1 ? cs_trace_sink(run->trace) : NULL;
    CsUnit *unit = cs_unit_new(run->config, planned->index, tables, trace, run->directory);
    /* The first replication's rows are the next in the file anyway. */
    if (replication == 1 && run->file[CS_TABLE_ROUNDS] != NULL)
        cs_csv_sink_stream(unit->csv, CS_TABLE_ROUNDS, run->file[CS_TABLE_ROUNDS]);
    return &unit->sink;
}

/* FALSE once something can no longer be written. */
static gboolean append_tables(Run *run, const CsUnit *unit, GError **error)
{
    gboolean good = run->trace_file == NULL || !cs_file_failed(run->trace_file);
    /* First: what goes into a file leaves the unit. */
    if (run->printed != NULL) {
        const GString *rows = unit->csv->text[CS_TABLE_DEVICES];
        g_string_append_len(run->printed, rows->str, (gssize)rows->len);
    }
    for (guint t = 0; t < CS_TABLE_N; t++) {
        if (run->file[t] == NULL)
            continue;
        if (!cs_unit_append(unit, (CsTable)t, run->file[t], error))
            return FALSE;
        good = good && !cs_file_failed(run->file[t]);
    }
    if (!good)
        find_failed_write(run, error);
    return good;
}

static gboolean finish(gpointer context, const CsRun *planned, guint64 replication, CsSink *sink,
                       const GError *error, GError **stop)
{
    (void)planned;
    (void)replication;
    Run *run = context;
    g_autoptr(CsUnit) unit = (CsUnit *)sink;
    if (error != NULL)
        return TRUE;
    cs_summary_add(run->summary, g_steal_pointer(&unit->summary));
    run->finished++;
    run->events += unit->events;
    return append_tables(run, unit, stop);
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean open_tables(Run *run, GError **error)
{
    if (run->directory == NULL)
        return TRUE;
    if (!cs_results_directory_prepare(run->directory, error))
        return FALSE;
    for (guint t = 0; t < CS_TABLE_N; t++) {
        if ((cs_scenario_record(run->scenario) & 1u << t) == 0)
            continue;
        g_autofree char *path =
            g_build_filename(run->directory, cs_table_info((CsTable)t)->file_name, NULL);
        g_autofree char *header = cs_table_header((CsTable)t);
        run->file[t] = cs_file_create(path, error);
        if (run->file[t] == NULL)
            return FALSE;
        cs_file_puts(run->file[t], header);
        run->wanted |= 1u << t;
    }
    return TRUE;
}

/* TRUE where both names lead to one regular file. */
static gboolean is_same_file(const char *a, const char *b)
{
    GStatBuf of_a, of_b;
    return g_stat(a, &of_a) == 0 && g_stat(b, &of_b) == 0 && S_ISREG(of_a.st_mode) &&
           of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

static gboolean open_trace(Run *run, GError **error)
{
    const char *given = run->arguments->value[CS_OPTION_TRACE];
    const char *scenario = g_ptr_array_index(run->arguments->operands, 0);
    if (given != NULL && is_same_file(given, scenario)) {
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN,
                    "will not write the trace over the scenario '%s'", scenario);
        return FALSE;
    }
    if (given != NULL)
        run->trace_path = g_strdup(given);
    else if (run->directory != NULL && (cs_scenario_record(run->scenario) & CS_RECORD_EVENTS) != 0)
        run->trace_path = g_build_filename(run->directory, "trace.json", NULL);
    else
        return TRUE;
    run->trace_file = cs_file_create(run->trace_path, error);
    if (run->trace_file == NULL)
        return FALSE;
    run->trace = cs_trace_new(run->trace_file, run->config);
    return TRUE;
}

/* group, key, value, group, key, value, ... for the manifest. Texts are the scenario's. */
static GPtrArray *settings_of(const CsScenario *scenario)
{
    GPtrArray *settings = g_ptr_array_new();
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        g_ptr_array_add(settings, (gpointer)setting.group);
        g_ptr_array_add(settings, (gpointer)setting.key);
        g_ptr_array_add(settings, (gpointer)setting.value);
    }
    g_ptr_array_add(settings, NULL);
    return settings;
}

static CsFile *write_manifest(const Run *run, GError **error)
{
    g_autofree char *scenario = cs_scenario_format(run->scenario, FALSE);
    g_autoptr(GPtrArray) settings = settings_of(run->scenario);
    g_auto(GStrv) standing = cs_assumptions(run->config);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_addv(builder, (const char **)standing);
    if (run->finished < run->config->replications) {
        g_autofree char *partial =
            g_strdup_printf("The run was interrupted: only the first %" G_GUINT64_FORMAT
                            " of %" G_GUINT64_FORMAT " replications are here.",
                            run->finished, run->config->replications);
        g_strv_builder_add(builder, partial);
    }
    g_auto(GStrv) assumptions = g_strv_builder_end(builder);
    g_autofree char *text =
        cs_manifest_format(run->config, scenario, (const char *const *)settings->pdata,
                           (const char *const *)assumptions);
    g_autofree char *path = g_build_filename(run->directory, "manifest.json", NULL);
    CsFile *file = cs_file_create(path, error);
    if (file != NULL)
        cs_file_puts(file, text);
    return file;
}

/* Writes all files out beside their final names, where most failures show; then takes the earlier
 * manifest away. FALSE: nothing has changed. */
static gboolean finish_files(Run *run, GError **error)
{
    gboolean good = TRUE;
    for (guint t = 0; t < CS_TABLE_N; t++)
        good = good && (run->file[t] == NULL || cs_file_finish(run->file[t]));
    if (good && run->trace != NULL) {
        cs_trace_end(g_steal_pointer(&run->trace));
        good = cs_file_finish(run->trace_file);
    }
    if (!good) {
        find_failed_write(run, error);
        return FALSE;
    }
    if (run->directory == NULL)
        return TRUE;
    run->manifest_file = write_manifest(run, error);
    if (run->manifest_file == NULL)
        return FALSE;
    if (!cs_file_finish(run->manifest_file))
        return cs_file_commit(g_steal_pointer(&run->manifest_file), error);
    return cs_results_directory_begin(run->directory, error);
}

/* Whether this run's trace is the one among the results, by --trace or by the scenario. */
static gboolean traces_into_directory(const Run *run)
{
    if (run->directory == NULL || run->trace_path == NULL)
        return FALSE;
    g_autofree char *place = g_build_filename(run->directory, "trace.json", NULL);
    g_autofree char *own = g_canonicalize_filename(place, NULL);
    g_autofree char *given = g_canonicalize_filename(run->trace_path, NULL);
    return strcmp(own, given) == 0;
}

/* Puts everything into its place, the manifest last: where it stands, the results are whole. */
static gboolean save(Run *run, GError **error)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    if (!finish_files(run, error))
        return FALSE;
    for (guint t = 0; t < CS_TABLE_N; t++) {
        if (run->file[t] == NULL)
            continue;
        if (!cs_file_commit(g_steal_pointer(&run->file[t]), error))
            return FALSE;
        g_ptr_array_add(kept, (gpointer)cs_table_info((CsTable)t)->file_name);
    }
    if (traces_into_directory(run))
        g_ptr_array_add(kept, (gpointer) "trace.json");
    if (!close_trace(run, error))
        return FALSE;
    if (run->directory == NULL)
        return TRUE;
    if (!cs_file_commit(g_steal_pointer(&run->manifest_file), error))
        return FALSE;
    g_ptr_array_add(kept, (gpointer) "manifest.json");
    g_ptr_array_add(kept, NULL);
    return cs_results_directory_tidy(run->directory, (const char *const *)kept->pdata, error);
}

static void discard(Run *run)
{
    for (guint t = 0; t < CS_TABLE_N; t++)
        g_clear_pointer(&run->file[t], cs_file_discard);
    if (run->trace != NULL)
        cs_trace_end(g_steal_pointer(&run->trace));
    g_clear_pointer(&run->trace_file, cs_file_discard);
    g_clear_pointer(&run->manifest_file, cs_file_discard);
}

/* --- telling ---------------------------------------------------------------------------------- */

static void warn(const Run *run)
{
    g_auto(GStrv) warnings = cs_summary_warnings(run->summary);
    for (char **warning = warnings; *warning != NULL; warning++)
        cs_warn("%s", *warning);
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
    gboolean saved = run->directory != NULL || run->trace_path != NULL;
    if (run->printed != NULL && arguments->format == CS_FORMAT_JSON) {
        g_autofree char *json = devices_json(run->printed->str);
        return cs_print(json);
    }
    if (run->printed != NULL)
        return cs_print(run->printed->str);
    if (arguments->quiet && saved)
        return CS_EXIT_OK;
    g_autofree char *text = cs_summary_format(run->summary);
    return cs_print(text);
}

static void tell_where(const Run *run, gint64 started_us)
{
    if (run->arguments->verbose)
        cs_note("%s; %" G_GUINT64_FORMAT " events in %.2f s", cs_build_identity(), run->events,
                (double)(g_get_monotonic_time() - started_us) / 1e6);
    if (run->arguments->quiet)
        return;
    if (run->directory != NULL)
        cs_note("results are in '%s'", run->directory);
    if (run->trace_path != NULL)
        cs_note("the trace of replication 1 is in '%s'; https://ui.perfetto.dev opens it",
                run->trace_path);
}

/* --- the command ------------------------------------------------------------------------------ */

static int interrupted(Run *run)
{
    g_autoptr(GError) error = NULL;
    if (run->finished == 0) {
        discard(run);
        cs_complain("interrupted by %s before a replication was finished; nothing was written",
                    cs_interrupt_name());
    } else if (!save(run, &error)) {
        discard(run);
        cs_complain("interrupted by %s; %s", cs_interrupt_name(), error->message);
    } else {
        cs_complain("interrupted by %s after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " replications; %s",
                    cs_interrupt_name(), run->finished, run->config->replications,
                    run->directory != NULL ? "these are saved" : "nothing was written");
        tell_where(run, g_get_monotonic_time());
    }
    return cs_interrupt_exit_code();
}

static int failed(Run *run, const GError *error)
{
    if (g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED))
        return interrupted(run);
    discard(run);
    cs_complain("%s", error->message);
    return error->domain == CS_FILE_ERROR ? CS_EXIT_IO : CS_EXIT_FAILED;
}

static int simulate(Run *run)
{
    g_autoptr(CsPlan) plan = cs_plan_new();
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsProgress) progress = cs_progress_new(stderr, run->arguments->quiet);
    g_autoptr(GError) error = NULL;
    gint64 started_us = g_get_monotonic_time();
    if (!cs_plan_add(plan, run->scenario, NULL, diagnostics))
        return cs_diagnostics_show(run->arguments, diagnostics);
    if (!open_tables(run, &error) || !open_trace(run, &error)) {
        discard(run);
        cs_complain("%s", error->message);
        return CS_EXIT_IO;
    }
    CsPoolClient client = {.begin = begin, .finish = finish, .context = run};
    const gint *interrupt = cs_interrupt_catch();
    if (!cs_pool_run(plan, run->arguments->jobs, &client, progress, interrupt, &error))
        return failed(run, error);
    if (!save(run, &error)) {
        discard(run);
        cs_complain("%s", error->message);
        return CS_EXIT_IO;
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
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    if (cs_scenario_n_sweep_axes(scenario) > 0 && !arguments->quiet)
        cs_note("'run' takes no notice of this scenario's [sweep]: 'cardsim sweep' runs it");
    Run run = {
        .arguments = arguments,
        .scenario = scenario,
        .config = cs_scenario_config(scenario),
        .directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY],
        .summary = cs_summary_new(cs_scenario_config(scenario)),
    };
    if (arguments->format != CS_FORMAT_TABLE) {
        g_autofree char *header = cs_table_header(CS_TABLE_DEVICES);
        run.printed = g_string_new(header);
    }
    code = simulate(&run);
    cs_summary_free(run.summary);
    g_free(run.trace_path);
    if (run.printed != NULL)
        g_string_free(run.printed, TRUE);
    return code;
}

const CsCommand cs_command_run = {
    .name = "run",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) |
               CS_OPTION_BIT(CS_OPTION_JOBS) | CS_OPTION_BIT(CS_OPTION_TRACE) |
               CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "run a scenario and print what came out",
    .description =
        "Runs every replication of the scenario and prints a summary: per device the cuts chosen, "
        "the mean frequency, delay, energies and outage.\n\n"
        "With -o DIR the results are written there: rounds.csv, devices.csv, totals.csv (as "
        "[output] record says) and manifest.json; see cardsim-results(5). DIR is created; an "
        "earlier run's results in it are replaced, and a directory that holds anything else "
        "but pictures drawn by 'cardsim plot' is refused. The same scenario, seed and program give "
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
