/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/campaign: a sweep run into a directory. See campaign.h. */
#include "campaign/campaign.h"

#include "base/dir.h"
#include "base/file.h"
#include "campaign/extension.h"
#include "campaign/parameters.h"
#include "campaign/pool.h"
#include "campaign/publish.h"
#include "campaign/record.h"
#include "campaign/stopping.h"
#include "output/measure.h"
#include "output/row-sink.h"

#include <math.h>
#include <string.h>

/* The run that is being handed over. */
typedef struct {
    guint64 index; /* 0: none */
    const char *const *parameters;
    guint64 replications; /* handed over so far */
    gboolean failed;
    char *why;      /* it failed */
    GArray *metric; /* of double, by replication; for the stopping rule */
} Current;

typedef struct {
    const CsCampaign *campaign;
    CsStore *store;
    CsCampaignResult *result;
    guint tables;              /* that the scenario records */
    gboolean live;             /* the CSV files are written while runs end; constant */
    CsFile *files[CS_TABLE_N]; /* these, unfinished; NULL: none, or they were given up */
    const CsMeasure *metric;   /* that a stopping rule looks at, or NULL */
    gboolean adaptive; /* runs end by the stopping rule, not by their number of replications */
    CsParameters *parameters;
    CsTrajectories *trajectories; /* what has been learned, here and before */
    GArray *learned;              /* of CsLearned: by the current run, not kept yet */
    Current current;
    GError *failure; /* of the first run that failed */
    guint64 failures;
} State;

char *cs_plan_digest(const CsPlan *plan)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        guint64 digest = GUINT64_TO_BE(run->digest);
        for (char **p = run->parameters; *p != NULL; p++)
            g_checksum_update(sum, (const guchar *)*p, (gssize)strlen(*p) + 1);
        g_checksum_update(sum, (const guchar *)&digest, sizeof digest);
    }
    return g_strdup(g_checksum_get_string(sum));
}

/* --- replications as they come in ---------------------------------------------------------- */

static CsSink *begin(gpointer context, const CsRun *run, G_GNUC_UNUSED guint64 replication)
{
    const State *state = context;
    CsRowSink *sink =
        cs_row_sink_new(state->tables, state->live, run->index, cs_scenario_config(run->scenario));
    cs_row_sink_end_rows(
        sink, cs_parameters_cells(state->parameters, (const char *const *)run->parameters));
    return &sink->sink;
}

static void note_learned(gpointer context, const CsLearned *learned, guint n)
{
    State *state = context;
    g_array_append_vals(state->learned, learned, n);
}

/* What the current run has learned is kept beside its results. */
static gboolean keep_learned(State *state, GError **error)
{
    guint n = state->learned->len;
    if (n == 0)
        return TRUE;
    g_autofree CsKeptRound *rounds = g_new(CsKeptRound, n);
    g_autoptr(GPtrArray) chains = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n; i++) {
        const CsLearned *learned = &g_array_index(state->learned, CsLearned, i);
        g_ptr_array_add(chains, cs_trail_format(&learned->chain));
        rounds[i] = (CsKeptRound){g_ptr_array_index(chains, i), learned->train_loss,
                                  learned->test_loss, learned->diverged};
    }
    g_array_set_size(state->learned, 0);
    return cs_database_keep_rounds(cs_store_database(state->store), rounds, n, error);
}

static void take_kept(gpointer context, const CsKeptRound *round)
{
    CsLearned learned = {.train_loss = round->train_loss,
                         .test_loss = round->test_loss,
                         .diverged = round->diverged};
    if (cs_trail_read(round->chain, &learned.chain))
        cs_trajectories_add(context, &learned);
}

/* Ends the current run: commits it, or takes it back where it failed. */
static gboolean end_run(State *state, GError **error)
{
    Current *current = &state->current;
    CsDatabase *database = cs_store_database(state->store);
    guint64 index = current->index;
    current->index = 0;
    if (current->failed) {
        g_autofree char *why = g_steal_pointer(&current->why);
        cs_database_abandon_run(database);
        g_array_set_size(state->learned, 0);
        return cs_store_note_failure(state->store, index, why, error);
    }
    if (!cs_store_check(state->store, error) ||
        !cs_database_commit_run(database, index, current->replications, current->parameters, error))
        return FALSE;
    if (!keep_learned(state, error))
        return FALSE;
    state->result->done++;
    if (state->campaign->progress != NULL)
        cs_progress_count_run(state->campaign->progress);
    state->result->replications += current->replications;
    return TRUE;
}

/* --- the CSV files, where they can be written along the way --------------------------------- */

/* From the first run on and without a break: then they are what the database would give. What goes
 * wrong with them is left to the export at the end, which tries once more and tells. */
static void open_files(State *state)
{
    state->live = state->result->before == 0;
    for (guint t = 0; t < CS_TABLE_N && state->live; t++) {
        if ((state->tables & (1u << t)) == 0)
            continue;
        g_autofree char *header = cs_table_header(
            (CsTable)t, cs_scenario_config(state->campaign->sweep->scenario)->places,
            cs_parameters_columns(state->parameters));
        state->files[t] = cs_dir_create_file(cs_store_folder(state->store),
                                             cs_table_info((CsTable)t)->file_name, NULL);
        if (state->files[t] != NULL)
            cs_file_puts(state->files[t], header);
    }
}

static void give_up_files(State *state)
{
    for (guint t = 0; t < CS_TABLE_N; t++)
        g_clear_pointer(&state->files[t], cs_file_discard);
}

static void write_lines(State *state, CsRowSink *rows)
{
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (state->files[t] != NULL)
            cs_row_sink_write(rows, (CsTable)t, state->files[t]);
}

static void note_failure(State *state, const CsRun *run, const GError *error)
{
    Current *current = &state->current;
    if (!current->failed) {
        state->failures++;
        current->why = g_strdup(error->message);
        if (state->campaign->progress != NULL)
            cs_progress_count_failure(state->campaign->progress);
        if (state->failure == NULL)
            g_set_error(&state->failure, error->domain, error->code,
                        "run %" G_GUINT64_FORMAT ": %s", run->index, error->message);
    }
    current->failed = TRUE;
    give_up_files(state); /* they may hold lines of this run */
}

static gboolean finish(gpointer context, const CsRun *run, G_GNUC_UNUSED guint64 replication,
                       CsSink *sink, const GError *error, GError **stop)
{
    State *state = context;
    Current *current = &state->current;
    CsRowSink *rows = (CsRowSink *)sink;
    if (g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED)) {
        cs_row_sink_free(rows);
        return TRUE;
    }
    if (current->index != run->index) {
        *current = (Current){.index = run->index,
                             .parameters = (const char *const *)run->parameters,
                             .metric = current->metric};
        g_array_set_size(current->metric, 0);
    }
    if (error != NULL) {
        note_failure(state, run, error);
    } else {
        double value = state->metric != NULL
                           ? cs_measure_of(state->metric, cs_row_sink_totals(rows))
                           : (double)NAN;
        if (isfinite(value)) /* there is none where no round was completed */
            g_array_append_val(current->metric, value);
        cs_row_sink_store(rows, cs_store_database(state->store));
        write_lines(state, rows);
    }
    current->replications++;
    cs_row_sink_free(rows);
    if (!state->adaptive && current->replications == run->replications)
        return end_run(state, stop);
    return TRUE;
}

/* --- which runs ---------------------------------------------------------------------------- */

static gboolean is_ours(const CsCampaign *campaign, guint64 index)
{
    return (index - 1) % campaign->shards == campaign->shard;
}

/* Positions of the runs that are to be run, in order. */
static GArray *missing_runs(State *state)
{
    const CsPlan *plan = state->campaign->sweep->plan;
    CsDatabase *database = cs_store_database(state->store);
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        if (!is_ours(state->campaign, i + 1))
            continue;
        state->result->runs++;
        if (cs_database_has_run(database, i + 1))
            state->result->before++;
        else
            g_array_append_val(missing, i);
    }
    return missing;
}

static CsPoolScope scope_of(const CsPlan *plan, const GArray *missing)
{
    CsPoolScope scope = {0};
    for (guint i = 0; i < missing->len; i++) {
        const CsRun *run = cs_plan_run(plan, g_array_index(missing, guint64, i));
        scope.work_total += (double)run->replications * run->device_rounds;
        scope.units_total += run->replications;
    }
    return scope;
}

static gboolean run_tasks(State *state, const CsPoolTask *tasks, guint64 n, CsPoolScope *scope,
                          GError **error)
{
    const CsCampaign *campaign = state->campaign;
    const CsPoolClient client = {.begin = begin,
                                 .finish = finish,
                                 .context = state,
                                 .keep_going = TRUE,
                                 .trajectories = state->trajectories,
                                 .learned = note_learned};
    return cs_pool_run_tasks(campaign->sweep->plan, tasks, n, campaign->threads, &client,
                             campaign->progress, scope, campaign->interrupt, error);
}

static gboolean run_fixed(State *state, const GArray *missing, CsPoolScope *scope, GError **error)
{
    const CsPlan *plan = state->campaign->sweep->plan;
    g_autofree CsPoolTask *tasks = g_new(CsPoolTask, missing->len);
    for (guint i = 0; i < missing->len; i++) {
        guint64 run = g_array_index(missing, guint64, i);
        tasks[i] = (CsPoolTask){run, 1, cs_plan_run(plan, run)->replications};
    }
    return run_tasks(state, tasks, missing->len, scope, error);
}

/* --- the stopping rule --------------------------------------------------------------------- */

/* One run, batch after batch. Looking only at the ends of batches keeps the number of replications
 * the same for any number of threads. */
static gboolean run_adaptive(State *state, guint64 position, CsPoolScope *scope, GError **error)
{
    g_autoptr(CsScenario) scenario = cs_plan_scenario(state->campaign->sweep->plan, position);
    const CsSampling *sampling = cs_scenario_sampling(scenario);
    guint64 done = 0, most = sampling->max_replications;
    gboolean rule = sampling->precision_metric != CS_METRIC_NONE;
    state->metric = cs_measure_find(cs_names_of(cs_metric_names, sampling->precision_metric));
    CsStopping stopping = {.precision = sampling->precision};
    const GArray *metric = state->current.metric;
    gboolean enough = FALSE;
    do {
        CsPoolTask batch = {position, done + 1, MIN(sampling->replications, most - done)};
        if (done > 0) { /* more than was known of */
            scope->units_total += batch.count;
            scope->work_total += (double)batch.count *
                                 cs_plan_run(state->campaign->sweep->plan, position)->device_rounds;
        }
        if (!run_tasks(state, &batch, 1, scope, error))
            return FALSE;
        done += batch.count;
        enough = cs_stopping_look(&stopping, (const double *)(gconstpointer)metric->data,
                                  metric->len, done);
    } while (rule && !state->current.failed && done < most && !enough);
    if (rule && !state->current.failed && stopping.narrow_at == 0)
        state->result->imprecise++;
    return end_run(state, error);
}

static gboolean has_rule(const CsPlan *plan, const GArray *missing)
{
    for (guint i = 0; i < missing->len; i++)
        if (cs_plan_run(plan, g_array_index(missing, guint64, i))->adaptive)
            return TRUE;
    return FALSE;
}

static gboolean run_missing(State *state, const GArray *missing, GError **error)
{
    const CsPlan *plan = state->campaign->sweep->plan;
    CsPoolScope scope = scope_of(plan, missing);
    state->adaptive = has_rule(plan, missing);
    if (state->campaign->progress != NULL)
        cs_progress_set_runs(state->campaign->progress, state->result->before, state->result->runs);
    gboolean good = TRUE;
    if (!state->adaptive)
        good = run_fixed(state, missing, &scope, error);
    for (guint i = 0; state->adaptive && good && i < missing->len; i++)
        good = run_adaptive(state, g_array_index(missing, guint64, i), &scope, error);
    if (state->campaign->progress != NULL)
        cs_progress_end(state->campaign->progress);
    g_clear_pointer(&state->current.why, g_free);
    if (state->current.index != 0) /* stopped in its middle */
        cs_database_abandon_run(cs_store_database(state->store));
    if (good && state->failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&state->failure));
        if (state->failures > 1)
            g_prefix_error(error,
                           "%" G_GUINT64_FORMAT " runs failed, the first: ", state->failures);
        good = FALSE;
    }
    g_clear_error(&state->failure);
    return good;
}

/* Along with what is learned from them, here and before. */
static gboolean run_learning(State *state, const GArray *missing, GError **error)
{
    g_autoptr(CsTrajectories) trajectories = cs_trajectories_new();
    g_autoptr(GArray) learned = g_array_new(FALSE, FALSE, sizeof(CsLearned));
    state->trajectories = trajectories;
    state->learned = learned;
    return cs_database_kept_rounds(cs_store_database(state->store), take_kept, trajectories,
                                   error) &&
           run_missing(state, missing, error);
}

/* --- what is left behind ------------------------------------------------------------------- */

char *cs_sweep_manifest(const CsSweep *sweep)
{
    g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < sweep->axes->len; i++) {
        const CsAxis *axis = g_ptr_array_index(sweep->axes, i);
        g_ptr_array_add(more, g_strdup("sweep"));
        g_ptr_array_add(more, g_strdup(axis->key));
        g_ptr_array_add(more, g_strjoinv(", ", axis->values));
    }
    g_ptr_array_add(more, NULL);
    return cs_scenario_manifest(sweep->scenario, (const char *const *)more->pdata, NULL, NULL);
}

/* Puts the files that were written along the way into place, or exports them all. */
static gboolean export(State *state, GError **error)
{
    CsDatabase *database = cs_store_database(state->store);
    const CsDir *folder = cs_store_folder(state->store);
    gboolean whole = state->live;
    for (guint t = 0; t < CS_TABLE_N && whole; t++)
        if ((state->tables & (1u << t)) != 0)
            whole = state->files[t] != NULL && cs_file_finish(state->files[t]);
    if (!whole) {
        give_up_files(state);
        return cs_results_export(database, folder, state->campaign->progress,
                                 state->campaign->interrupt, error);
    }
    gboolean good = cs_results_begin(folder, error);
    for (guint t = 0; t < CS_TABLE_N && good; t++)
        if (state->files[t] != NULL)
            good = cs_file_commit(g_steal_pointer(&state->files[t]), error);
    return good && cs_results_end(database, folder, error);
}

gboolean cs_campaign_interrupted(const GError *error)
{
    return g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED) ||
           g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_INTERRUPTED);
}

/* Where the names of files in the scenario start from. Transfer full. */
static char *origin_of(const CsScenario *scenario)
{
    g_autofree char *directory = g_path_get_dirname(cs_scenario_path(scenario));
    return g_canonicalize_filename(directory, NULL);
}

static char *include_of(const CsCampaign *campaign)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    for (const char *const *p = campaign->include; p != NULL && *p != NULL; p++) {
        g_autofree char *path = g_canonicalize_filename(*p, NULL);
        g_string_append_printf(lines, "%s\n", path);
    }
    return g_string_free(g_steal_pointer(&lines), FALSE);
}

/* Of the runs to be run: what they are computed from. */
static gboolean keep_digests(State *state, const GArray *missing, GError **error)
{
    g_autofree guint64 *runs = g_new(guint64, missing->len + 1);
    g_autofree guint64 *digests = g_new(guint64, missing->len + 1);
    for (guint i = 0; i < missing->len; i++) {
        const CsRun *run =
            cs_plan_run(state->campaign->sweep->plan, g_array_index(missing, guint64, i));
        runs[i] = run->index;
        digests[i] = run->digest;
    }
    return cs_database_set_digests(cs_store_database(state->store), runs, digests, missing->len,
                                   error);
}

/* *tables: what the scenario records. */
static CsStore *open_store(const CsCampaign *campaign, guint *tables, GError **error)
{
    const CsSweep *sweep = campaign->sweep;
    g_autofree char *text = cs_scenario_format(sweep->scenario, FALSE);
    g_autofree char *plan = cs_plan_digest(sweep->plan);
    g_autofree char *shard = g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                             campaign->shard, campaign->shards);
    g_autofree char *manifest = cs_sweep_manifest(sweep);
    g_autofree char *parameters = cs_parameters_keys(sweep);
    g_autofree char *source = cs_scenario_source(sweep->scenario);
    g_autofree char *origin = origin_of(sweep->scenario);
    g_autofree char *include = include_of(campaign);
    g_autofree char *names = cs_recorded_tables(sweep->scenario, tables);
    const CsIdentity identity = {.scenario = text,
                                 .plan = plan,
                                 .shard = shard,
                                 .manifest = manifest,
                                 .tables = names,
                                 .parameters = parameters,
                                 .source = source,
                                 .origin = origin,
                                 .include = include,
                                 .runs = cs_plan_n_runs(sweep->plan)};
    g_autoptr(CsStore) store = cs_store_open(campaign->directory, campaign->mode, &identity, error);
    if (store == NULL ||
        ((campaign->mode & CS_STORE_EXTEND) != 0 && !cs_extend(store, &identity, sweep, error)))
        return NULL;
    return g_steal_pointer(&store);
}

gboolean cs_campaign_run(const CsCampaign *campaign, CsCampaignResult *result, GError **error)
{
    *result = (CsCampaignResult){0};
    guint tables;
    g_autoptr(CsStore) store = open_store(campaign, &tables, error);
    if (store == NULL)
        return FALSE;
    g_autofree char *keys = cs_parameters_keys(campaign->sweep);
    g_autoptr(CsParameters) parameters =
        cs_parameters_new(keys, cs_scenario_config(campaign->sweep->scenario)->places);
    State state = {.campaign = campaign,
                   .parameters = parameters,
                   .store = store,
                   .result = result,
                   .tables = tables,
                   .current = {.metric = g_array_new(FALSE, FALSE, sizeof(double))}};
    g_autoptr(GArray) missing = missing_runs(&state);
    if (missing->len > 0 && (!cs_database_drop_index(cs_store_database(store), error) ||
                             !keep_digests(&state, missing, error))) {
        g_array_unref(state.current.metric);
        return FALSE;
    }
    open_files(&state);
    GError *failure = NULL;
    gboolean good = missing->len == 0 || run_learning(&state, missing, &failure);
    g_array_unref(state.current.metric);
    /* A run that fails would fail again: what the others gave is all there will be. */
    gboolean all_tried = good || (failure->domain == CS_SIMULATION_ERROR &&
                                  failure->code != CS_SIMULATION_ERROR_INTERRUPTED);
    gboolean exported = !all_tried || (export(&state, error) && cs_store_check(store, error));
    give_up_files(&state);
    if (!exported) {
        g_clear_error(&failure);
        return FALSE;
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return good;
}
