/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/execution: from a scenario to its files. See execution.h.
 *
 *     units, one a replication          files, unfinished            their places
 *     (on the workers' threads)         beside them
 *     rows -----------------------> rounds.csv.tmp-...  --+
 *     rows -----------------------> devices.csv.tmp-... --+--> when all are whole: the earlier
 *     spans of replication 1 -----> trace.json.tmp-...  --+    manifest steps aside, the files take
 * their sums -----> summary           manifest.json.tmp-..--+    places, the manifest last
 */
#include "campaign/execution.h"

#include "base/fail.h"
#include "campaign/pool.h"
#include "campaign/record.h"
#include "output/directory.h"
#include "output/manifest.h"
#include "output/trace.h"
#include "output/unit.h"

#include <string.h>

G_DEFINE_QUARK(cs - execution - error - quark, cs_execution_error)

typedef struct {
    const CsExecution *asked;
    CsExecutionResult *result;
    const CsConfig *config;
    const char *directory; /* NULL: no files */
    CsRunFolder *folder;   /* the same, opened and locked */
    guint wanted;          /* tables to write, 1 << CsTable */
    CsFile *file[CS_TABLE_N];
    GString *devices; /* devices.csv in memory, or NULL */
    CsFile *trace_file;
    CsFile *manifest_file;
    CsTrace *trace;
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
    guint tables = run->wanted | (run->devices != NULL ? 1u << CS_TABLE_DEVICES : 0);
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
    if (run->devices != NULL) {
        const GString *rows = unit->csv->text[CS_TABLE_DEVICES];
        g_string_append_len(run->devices, rows->str, (gssize)rows->len);
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
    cs_summary_add(run->result->summary, g_steal_pointer(&unit->summary));
    run->result->finished++;
    run->result->events += unit->events;
    return append_tables(run, unit, stop);
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean open_tables(Run *run, GError **error)
{
    if (run->directory == NULL)
        return TRUE;
    run->folder = cs_run_folder_open(run->directory, error);
    if (run->folder == NULL)
        return FALSE;
    for (guint t = 0; t < CS_TABLE_N; t++) {
        if ((cs_scenario_record(run->asked->scenario) & 1u << t) == 0)
            continue;
        g_autofree char *header = cs_table_header((CsTable)t, run->config->places, NULL);
        run->file[t] =
            cs_run_folder_create(run->folder, cs_table_info((CsTable)t)->file_name, error);
        if (run->file[t] == NULL)
            return FALSE;
        cs_file_puts(run->file[t], header);
        run->wanted |= 1u << t;
    }
    return TRUE;
}

/* Whether this run's trace is the one among the results, by --trace or by the scenario. */
static gboolean traces_into_directory(const Run *run)
{
    if (run->folder == NULL || run->result->trace_path == NULL)
        return FALSE;
    g_autofree char *place = g_build_filename(run->directory, "trace.json", NULL);
    g_autofree char *own = g_canonicalize_filename(place, NULL);
    g_autofree char *given = g_canonicalize_filename(run->result->trace_path, NULL);
    return strcmp(own, given) == 0;
}

static gboolean open_trace(Run *run, GError **error)
{
    guint record = cs_scenario_record(run->asked->scenario);
    if (run->asked->trace != NULL)
        run->result->trace_path = g_strdup(run->asked->trace);
    else if (run->directory != NULL && (record & CS_RECORD_EVENTS) != 0)
        run->result->trace_path = g_build_filename(run->directory, "trace.json", NULL);
    else
        return TRUE;
    run->trace_file = traces_into_directory(run)
                          ? cs_run_folder_create(run->folder, "trace.json", error)
                          : cs_file_create(run->result->trace_path, error);
    if (run->trace_file == NULL)
        return FALSE;
    run->trace = cs_trace_new(run->trace_file, run->config);
    return TRUE;
}

/* name, digest, name, digest, ... of the finished results. */
static char **digests_of(const Run *run)
{
    g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
    for (guint t = 0; t < CS_TABLE_N; t++) {
        g_autofree char *digest = run->file[t] != NULL ? cs_file_digest(run->file[t]) : NULL;
        if (digest == NULL)
            continue;
        g_strv_builder_add(pairs, cs_table_info((CsTable)t)->file_name);
        g_strv_builder_add(pairs, digest);
    }
    if (traces_into_directory(run)) {
        g_autofree char *digest = cs_file_digest(run->trace_file);
        g_strv_builder_add(pairs, "trace.json");
        g_strv_builder_add(pairs, digest);
    }
    return g_strv_builder_end(pairs);
}

static CsFile *write_manifest(const Run *run, GError **error)
{
    g_autofree char *partial = g_strdup_printf(
        "The run was interrupted: only the first %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
        " replications are here.",
        run->result->finished, cs_scenario_sampling(run->asked->scenario)->replications);
    gboolean whole =
        run->result->finished == cs_scenario_sampling(run->asked->scenario)->replications;
    g_auto(GStrv) files = digests_of(run);
    g_autofree char *text = cs_scenario_manifest(run->asked->scenario, NULL, whole ? NULL : partial,
                                                 (const char *const *)files);
    CsFile *file = cs_run_folder_create(run->folder, CS_MANIFEST_FILE, error);
    if (file != NULL)
        cs_file_puts(file, text);
    return file;
}

/* Writes all files out beside their final names, where most failures show. FALSE: nothing has
 * changed. */
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
    return TRUE;
}

/* Puts everything into its place, the manifest last: where it stands, the results are whole. */
static gboolean place(Run *run, GError **error)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
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
    if (!cs_run_folder_settle(run->folder, error) ||
        !cs_file_commit(g_steal_pointer(&run->manifest_file), error))
        return FALSE;
    g_ptr_array_add(kept, (gpointer)CS_MANIFEST_FILE);
    g_ptr_array_add(kept, NULL);
    return cs_run_folder_end(run->folder, (const char *const *)kept->pdata, error);
}

static gboolean save(Run *run, GError **error)
{
    if (!finish_files(run, error) ||
        (run->folder != NULL && !cs_run_folder_begin(run->folder, error)))
        return FALSE;
    if (place(run, error))
        return TRUE;
    /* It proves whose the results are that stand in their places by now. */
    if (run->manifest_file != NULL)
        cs_file_leave(g_steal_pointer(&run->manifest_file));
    return FALSE;
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

/* --- in public -------------------------------------------------------------------------------- */

/* What has come of the replications; INTERRUPTED saves what is finished. */
static gboolean conclude(Run *run, GError *failure, GError **error)
{
    run->result->interrupted =
        g_error_matches(failure, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED);
    gboolean saved = failure == NULL || (run->result->interrupted && run->result->finished > 0);
    if (saved && !save(run, error)) {
        g_clear_error(&failure);
        saved = FALSE;
    }
    if (!saved)
        discard(run);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return saved && !run->result->interrupted;
}

gboolean cs_execute(const CsExecution *execution, CsExecutionResult *result,
                    CsDiagnostics *diagnostics, GError **error)
{
    const CsConfig *config = cs_scenario_config(execution->scenario);
    *result = (CsExecutionResult){.summary = cs_summary_new(config)};
    Run run = {
        .asked = execution, .result = result, .config = config, .directory = execution->directory};
    g_autoptr(CsPlan) plan = cs_plan_new();
    if (!cs_plan_add(plan, execution->scenario, NULL, diagnostics, NULL))
        return cs_fail(error, CS_EXECUTION_ERROR, CS_EXECUTION_ERROR_SCENARIO,
                       "the scenario is invalid");
    if (execution->keep_devices) {
        g_autofree char *header = cs_table_header(CS_TABLE_DEVICES, FALSE, NULL);
        run.devices = g_string_new(header);
    }
    gboolean good = open_tables(&run, error) && open_trace(&run, error);
    if (good) {
        const CsPoolClient client = {.begin = begin, .finish = finish, .context = &run};
        GError *failure = NULL;
        cs_pool_run(plan, execution->threads, &client, execution->progress, execution->interrupt,
                    &failure);
        good = conclude(&run, failure, error);
    } else {
        discard(&run);
    }
    cs_run_folder_close(run.folder);
    if (run.devices != NULL)
        result->devices_csv = g_string_free(run.devices, FALSE);
    return good;
}

void cs_execution_result_clear(CsExecutionResult *result)
{
    g_clear_pointer(&result->summary, cs_summary_free);
    g_clear_pointer(&result->trace_path, g_free);
    g_clear_pointer(&result->devices_csv, g_free);
}
