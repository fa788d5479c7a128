/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/campaign: a sweep run into a directory. See campaign.h. */
#include "campaign/campaign.h"

#include "base/dir.h"
#include "base/file.h"
#include "campaign/origin.h"
#include "campaign/parameters.h"
#include "campaign/pool.h"
#include "campaign/portion.h"
#include "campaign/publish.h"
#include "campaign/stopping.h"
#include "output/measure.h"
#include "output/row-sink.h"

#include <math.h>

/* The run that is being handed over. */
typedef struct {
    guint64 index; /* 0: none */
    const char *const *parameters;
    CsPortion portion; /* what of it is to be there, and what is saved */
    guint64 found;     /* saved when it began */
    guint64 waiting;   /* replications handed over and not saved yet */
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
    gboolean adaptive;     /* runs end by the stopping rule, not by their number of replications */
    const GArray *missing; /* of CsPortion: what is to be run, in order */
    guint at;              /* the first of them that has not come yet */
    gint64 saved_us;       /* when the run under way began or was saved last */
    gint64 cost_us;        /* that saving took then */
    CsParameters *parameters;
    CsTrajectories *trajectories; /* what has been learned, here and before */
    GArray *learned;              /* of CsLearned: by the current run, not kept yet */
    Current current;
    GError *failure; /* of the first run that failed */
    guint64 failures;
} State;

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

static void begin_run(State *state, const CsPortion *portion)
{
    const CsRun *run = cs_plan_run(state->campaign->sweep->plan, portion->run - 1);
    state->current = (Current){.index = portion->run,
                               .parameters = (const char *const *)run->parameters,
                               .portion = *portion,
                               .found = portion->saved,
                               .metric = state->current.metric};
    g_array_set_size(state->current.metric, 0);
    state->saved_us = g_get_monotonic_time();
    state->cost_us = 0;
}

/* A portion of a run that other shards share. */
static gboolean is_shared(const CsPortion *portion)
{
    return portion->count < portion->whole;
}

/* Saves what is finished of the current run. */
static gboolean save_run(State *state, GError **error)
{
    Current *current = &state->current;
    CsPortion portion = current->portion;
    portion.saved += current->waiting;
    gint64 start_us = g_get_monotonic_time();
    if (!cs_store_check(state->store, error) || !keep_learned(state, error) ||
        !cs_partial_save(cs_store_database(state->store), &portion, current->parameters, error)) {
        current->index = 0;
        return FALSE;
    }
    current->portion = portion;
    current->waiting = 0;
    state->saved_us = g_get_monotonic_time();
    state->cost_us = state->saved_us - start_us;
    return TRUE;
}

/* Saving takes little of the time that passes between. */
#define SAVE_FACTOR 50

static gboolean is_time_to_save(const State *state)
{
    double save_s = state->campaign->save_s > 0 ? state->campaign->save_s : CS_SAVE_S;
    gint64 every_us = MAX((gint64)(save_s * G_TIME_SPAN_SECOND), SAVE_FACTOR * state->cost_us);
    return g_get_monotonic_time() - state->saved_us >= every_us;
}

/* Nothing of the current run stays but why it failed; a portion stays declared. */
static gboolean give_up_run(State *state, GError **error)
{
    Current *current = &state->current;
    CsDatabase *database = cs_store_database(state->store);
    CsPortion portion = current->portion;
    g_autofree char *why = g_steal_pointer(&current->why);
    cs_database_abandon_run(database);
    g_array_set_size(state->learned, 0);
    current->index = portion.saved = 0;
    return cs_store_note_failure(state->store, portion.run, why, error) &&
           (is_shared(&portion) ? cs_partial_declare(database, &portion, current->parameters, error)
                                : cs_partial_forget(database, portion.run, error));
}

/* Ends the current run: commits it, or takes it back where it failed. */
static gboolean end_run(State *state, GError **error)
{
    Current *current = &state->current;
    guint64 index = current->index, replications = current->portion.saved + current->waiting;
    if (current->failed)
        return give_up_run(state, error);
    if (is_shared(&current->portion)) {
        if (!save_run(state, error))
            return FALSE;
        current->index = 0;
    } else {
        current->index = 0;
        if (!cs_store_check(state->store, error) || !keep_learned(state, error) ||
            !cs_database_commit_run(cs_store_database(state->store), index, replications,
                                    current->parameters, error))
            return FALSE;
    }
    state->result->done++;
    if (state->campaign->progress != NULL)
        cs_progress_count_run(state->campaign->progress);
    state->result->replications += replications;
    state->result->found += current->found;
    return TRUE;
}

/* On to the run of that index, or behind all (0). Those that are saved and want nothing but their
 * commit get it at their place. */
static gboolean go_to(State *state, guint64 index, GError **error)
{
    for (; state->at < state->missing->len; state->at++) {
        const CsPortion *portion = &g_array_index(state->missing, CsPortion, state->at);
        gboolean wanted = portion->run == index;
        if (wanted || (portion->count > 0 && portion->saved == portion->count))
            begin_run(state, portion);
        if (wanted)
            return TRUE;
        if (state->current.index == portion->run && !end_run(state, error))
            return FALSE;
    }
    return TRUE;
}

/* --- the CSV files, where they can be written along the way --------------------------------- */

/* From the first run on and without a break: then they are what the database would give. What goes
 * wrong with them is left to the export at the end, which tries once more and tells. */
static void open_files(State *state)
{
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

static void take_rows(State *state, const CsRun *run, guint64 replication, CsRowSink *rows)
{
    CsDatabase *database = cs_store_database(state->store);
    cs_row_sink_store(rows, database);
    write_lines(state, rows);
    if (state->metric == NULL)
        return;
    double value = cs_measure_of(state->metric, cs_row_sink_totals(rows));
    if (!isfinite(value)) /* there is none where no round was completed */
        value = NAN;
    else
        g_array_append_val(state->current.metric, value);
    cs_partial_observe(database, run->index, replication, value);
}

static gboolean finish(gpointer context, const CsRun *run, guint64 replication, CsSink *sink,
                       const GError *error, GError **stop)
{
    State *state = context;
    Current *current = &state->current;
    CsRowSink *rows = (CsRowSink *)sink;
    if (g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED)) {
        cs_row_sink_free(rows);
        return TRUE;
    }
    if (current->index != run->index && !go_to(state, run->index, stop)) {
        cs_row_sink_free(rows);
        return FALSE;
    }
    if (error != NULL)
        note_failure(state, run, error);
    else
        take_rows(state, run, replication, rows);
    current->waiting++;
    cs_row_sink_free(rows);
    if (!state->adaptive && current->portion.saved + current->waiting == current->portion.count)
        return end_run(state, stop);
    return current->failed || !is_time_to_save(state) || save_run(state, stop);
}

/* --- which runs ---------------------------------------------------------------------------- */

static CsPoolScope scope_of(const CsPlan *plan, const GArray *missing)
{
    CsPoolScope scope = {0};
    for (guint i = 0; i < missing->len; i++) {
        const CsPortion *portion = &g_array_index(missing, CsPortion, i);
        const CsRun *run = cs_plan_run(plan, portion->run - 1);
        guint64 all = portion->count > 0 ? portion->count : run->replications;
        guint64 units = all - MIN(portion->saved, all);
        scope.work_total += (double)units * run->device_rounds;
        scope.units_total += units;
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
    g_autofree CsPoolTask *tasks = g_new(CsPoolTask, missing->len);
    for (guint i = 0; i < missing->len; i++) {
        const CsPortion *portion = &g_array_index(missing, CsPortion, i);
        tasks[i] = (CsPoolTask){portion->run - 1, portion->first + portion->saved,
                                portion->count - portion->saved};
    }
    return run_tasks(state, tasks, missing->len, scope, error) && go_to(state, 0, error);
}

/* --- the stopping rule --------------------------------------------------------------------- */

/* The current run's replications behind `done` up to `end`: those that are saved are looked up in
 * `seen`, the others run. */
static gboolean run_batch(State *state, const double *seen, guint64 done, guint64 end,
                          CsPoolScope *scope, GError **error)
{
    const CsPlan *plan = state->campaign->sweep->plan;
    guint64 position = state->current.index - 1;
    guint64 there = state->current.portion.saved + state->current.waiting;
    for (guint64 k = done; seen != NULL && k < MIN(end, there); k++)
        if (isfinite(seen[k]))
            g_array_append_val(state->current.metric, seen[k]);
    if (end <= there)
        return TRUE;
    const CsPoolTask batch = {position, MAX(done, there) + 1, end - MAX(done, there)};
    if (done > 0) { /* more than was known of */
        scope->units_total += batch.count;
        scope->work_total += (double)batch.count * cs_plan_run(plan, position)->device_rounds;
    }
    return run_tasks(state, &batch, 1, scope, error);
}

/* So many replications of the current run stay saved. */
static gboolean trim_run(State *state, guint64 replications, GError **error)
{
    Current *current = &state->current;
    if (current->portion.saved <= replications)
        return TRUE;
    current->portion.saved = replications;
    return cs_partial_declare(cs_store_database(state->store), &current->portion,
                              current->parameters, error);
}

/* One run, batch after batch. Looking only at the ends of batches keeps the number of replications
 * the same for any number of threads, and however often it is interrupted. */
static gboolean run_adaptive(State *state, const CsPortion *portion, CsPoolScope *scope,
                             GError **error)
{
    g_autoptr(CsScenario) scenario =
        cs_plan_scenario(state->campaign->sweep->plan, portion->run - 1);
    const CsSampling *sampling = cs_scenario_sampling(scenario);
    guint64 done = 0, most = sampling->max_replications;
    gboolean rule = sampling->precision_metric != CS_METRIC_NONE, enough = FALSE;
    state->metric = cs_measure_find(cs_names_of(cs_metric_names, sampling->precision_metric));
    CsStopping stopping = {.precision = sampling->precision};
    begin_run(state, portion);
    const GArray *metric = state->current.metric;
    g_autofree double *seen =
        rule ? cs_partial_observed(cs_store_database(state->store), portion->run, portion->saved)
             : NULL;
    if (rule && seen == NULL && !trim_run(state, 0, error))
        return FALSE;
    do {
        guint64 end = MIN(done + sampling->replications, most);
        if (!run_batch(state, seen, done, end, scope, error))
            return FALSE;
        done = end;
        enough = cs_stopping_look(&stopping, (const double *)(gconstpointer)metric->data,
                                  metric->len, done);
    } while (rule && !state->current.failed && done < most && !enough);
    if (rule && !state->current.failed && stopping.narrow_at == 0)
        state->result->imprecise++;
    return trim_run(state, done, error) && end_run(state, error);
}

static gboolean has_rule(const CsPlan *plan, const GArray *missing)
{
    for (guint i = 0; i < missing->len; i++)
        if (cs_plan_run(plan, g_array_index(missing, CsPortion, i).run - 1)->adaptive)
            return TRUE;
    return FALSE;
}

/* What is finished of a run that was stopped in its middle is saved, unless it failed. */
static gboolean leave_run(State *state, const GError *why, GError **error)
{
    Current *current = &state->current;
    gboolean good = TRUE;
    if (current->index != 0 && !current->failed && current->waiting > 0 &&
        g_error_matches(why, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED))
        good = save_run(state, error);
    if (good && current->index != 0)
        state->result->saved = current->portion.saved;
    else if (good && state->result->done + state->failures == 0 && state->missing->len > 0)
        state->result->saved = g_array_index(state->missing, CsPortion, 0).saved;
    cs_database_abandon_run(cs_store_database(state->store));
    g_clear_pointer(&current->why, g_free);
    return good;
}

static gboolean run_all(State *state, const GArray *missing, GError **error)
{
    const CsPlan *plan = state->campaign->sweep->plan;
    CsPoolScope scope = scope_of(plan, missing);
    GError *why = NULL;
    gboolean good = TRUE;
    state->missing = missing;
    state->adaptive = has_rule(plan, missing);
    if (!state->adaptive)
        good = run_fixed(state, missing, &scope, &why);
    for (guint i = 0; state->adaptive && good && i < missing->len; i++)
        good = run_adaptive(state, &g_array_index(missing, CsPortion, i), &scope, &why);
    if (!leave_run(state, why, error))
        g_clear_error(&why);
    else if (why != NULL)
        g_propagate_error(error, why);
    return good;
}

static gboolean run_missing(State *state, const GArray *missing, GError **error)
{
    gboolean good = run_all(state, missing, error);
    if (state->campaign->progress != NULL)
        cs_progress_end(state->campaign->progress);
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

/* Of the runs to be run: what they are computed from. */
static gboolean keep_digests(State *state, const GArray *missing, GError **error)
{
    g_autofree guint64 *runs = g_new(guint64, missing->len + 1);
    g_autofree guint64 *digests = g_new(guint64, missing->len + 1);
    for (guint i = 0; i < missing->len; i++) {
        guint64 position = g_array_index(missing, CsPortion, i).run - 1;
        const CsRun *run = cs_plan_run(state->campaign->sweep->plan, position);
        runs[i] = run->index;
        digests[i] = run->digest;
    }
    return cs_database_set_digests(cs_store_database(state->store), runs, digests, missing->len,
                                   error);
}

/* What is to be done, which the result and the progress are told of. */
static gboolean find_portions(const CsCampaign *campaign, CsStore *store, CsPortions *portions,
                              CsCampaignResult *result, GError **error)
{
    const CsPlan *plan = campaign->sweep->plan;
    gboolean good = cs_portions_find(plan, cs_store_database(store), campaign->shard,
                                     campaign->shards, portions, error);
    result->runs = portions->all;
    result->before = portions->before;
    result->split = cs_plan_is_split(plan, campaign->shards);
    if (campaign->progress != NULL) {
        cs_progress_set_runs(campaign->progress, portions->before, portions->all);
        cs_progress_set_before(campaign->progress, portions->share);
    }
    return good;
}

/* Runs what is missing, and exports what is there then. */
static gboolean run_and_export(State *state, const GArray *missing, GError **error)
{
    CsStore *store = state->store;
    if (missing->len > 0 && (!cs_database_drop_index(cs_store_database(store), error) ||
                             !keep_digests(state, missing, error)))
        return FALSE;
    open_files(state);
    GError *failure = NULL;
    gboolean good = missing->len == 0 || run_learning(state, missing, &failure);
    /* A run that fails would fail again: what the others gave is all there will be. */
    gboolean all_tried = good || (failure->domain == CS_SIMULATION_ERROR &&
                                  failure->code != CS_SIMULATION_ERROR_INTERRUPTED);
    gboolean exported = !all_tried || (export(state, error) && cs_store_check(store, error));
    if (all_tried && exported)
        cs_partial_shrink(cs_store_database(store));
    give_up_files(state);
    if (!exported) {
        g_clear_error(&failure);
        return FALSE;
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return good;
}

gboolean cs_campaign_run(const CsCampaign *campaign, CsCampaignResult *result, GError **error)
{
    *result = (CsCampaignResult){0};
    guint tables;
    CsPortions portions = {0};
    const CsOrigin origin = {campaign->sweep,   campaign->directory, campaign->mode,
                             campaign->include, campaign->shard,     campaign->shards};
    g_autoptr(CsStore) store = cs_origin_open(&origin, &tables, error);
    if (store == NULL)
        return FALSE;
    g_autofree char *keys = cs_parameters_keys(campaign->sweep);
    g_autoptr(CsParameters) parameters =
        cs_parameters_new(keys, cs_scenario_config(campaign->sweep->scenario)->places);
    g_autoptr(GArray) metric = g_array_new(FALSE, FALSE, sizeof(double));
    gboolean good = find_portions(campaign, store, &portions, result, error);
    State state = {.campaign = campaign,
                   .parameters = parameters,
                   .store = store,
                   .result = result,
                   .tables = tables,
                   .live = portions.fresh,
                   .current = {.metric = metric}};
    good = good && run_and_export(&state, portions.missing, error);
    cs_portions_clear(&portions);
    return good;
}
