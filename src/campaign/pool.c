/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/pool: a plan on several threads, results in the plan's order. See pool.h. */
#include "campaign/pool.h"

#include "base/units.h"
#include "campaign/ordered.h"

/* Units a thread may run ahead of the oldest unfinished one: the first number, or the second where
 * all that are under way would have more device rounds (some 600 bytes each if recorded) than the
 * third. */
#define RUN_AHEAD 8
#define RUN_AHEAD_LEAST 2
#define ROUNDS_AHEAD 1e6

typedef struct {
    CsRun run; /* with its scenario */
    guint64 replication;
    CsSink *sink;
    CsLesson *lesson; /* NULL where nothing is learned */
    GError *error;
    guint64 events;
    double simulated_s;
} Result;

typedef struct {
    const CsPlan *plan;
    const CsPoolTask *tasks;
    guint64 n_tasks;
    guint64 *first; /* n_tasks + 1: first unit of each task, then their number */
    double *work;   /* n_tasks + 1: work (in device rounds) before each task, then all of it */
    CsPoolScope *scope;
    const CsPoolClient *client;
    CsTrajectories *trajectories;
    guint lesson_threads; /* of each replication's learning */
    CsProgress *progress;
    const gint *interrupt;
    GError *error;
    guint64 events; /* of finished units */
    double simulated_s;
    GMutex mutex;
    GPtrArray *running; /* guarded: of Running, for progress within a unit */
    guint64 last_run;   /* guarded: whose scenario is kept, since replications come in a row */
    CsScenario *last_scenario;
} Campaign;

typedef struct {
    CsSimulation *simulation;
    const CsLesson *lesson;
    double work;
    double expected_events;
} Running;

static double unit_work(const Campaign *campaign, guint64 task)
{
    return cs_plan_run(campaign->plan, campaign->tasks[task].run)->device_rounds;
}

/* The task of `unit`. */
static guint64 locate(const Campaign *campaign, guint64 unit)
{
    guint64 low = 0, high = campaign->n_tasks; /* first[low] <= unit < first[high] */
    while (high - low > 1) {
        guint64 middle = low + (high - low) / 2;
        if (campaign->first[middle] <= unit)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Transfer full. */
static CsScenario *scenario_of(Campaign *campaign, guint64 run)
{
    g_mutex_lock(&campaign->mutex);
    gboolean kept = campaign->last_scenario != NULL && campaign->last_run == run;
    CsScenario *scenario = kept ? cs_scenario_ref(campaign->last_scenario) : NULL;
    g_mutex_unlock(&campaign->mutex);
    if (kept)
        return scenario;
    scenario = cs_plan_scenario(campaign->plan, run);
    g_mutex_lock(&campaign->mutex);
    CsScenario *old = campaign->last_scenario;
    campaign->last_scenario = cs_scenario_ref(scenario);
    campaign->last_run = run;
    g_mutex_unlock(&campaign->mutex);
    cs_scenario_unref(old);
    return scenario;
}

static gpointer simulate(gpointer context, guint64 unit, const gint *cancel)
{
    Campaign *campaign = context;
    guint64 at = locate(campaign, unit);
    const CsPoolTask *task = &campaign->tasks[at];
    const CsPoolClient *client = campaign->client;
    Result *result = g_new0(Result, 1);
    result->run = *cs_plan_run(campaign->plan, task->run);
    result->run.scenario = scenario_of(campaign, task->run);
    result->replication = task->first + (unit - campaign->first[at]);
    const CsConfig *config = cs_scenario_config(result->run.scenario);
    result->sink = client->begin(client->context, &result->run, result->replication);

    CsSink *sink = result->sink;
    if (config->learning.network != NULL) {
        result->lesson = cs_lesson_new(config, result->replication, sink, campaign->trajectories,
                                       campaign->lesson_threads, cancel);
        sink = cs_lesson_sink(result->lesson);
    }
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, result->replication, sink);
    double work = unit_work(campaign, at);
    Running running = {simulation, result->lesson, work, work * (6.0 * config->local_epochs + 2.0)};
    g_mutex_lock(&campaign->mutex);
    g_ptr_array_add(campaign->running, &running);
    g_mutex_unlock(&campaign->mutex);

    if (cs_simulation_run(simulation, cancel, &result->error) && result->lesson != NULL)
        cs_lesson_end(result->lesson, &result->error);

    g_mutex_lock(&campaign->mutex);
    g_ptr_array_remove_fast(campaign->running, &running);
    g_mutex_unlock(&campaign->mutex);
    result->events = cs_simulation_events(simulation);
    result->simulated_s = cs_ns_to_s(cs_simulation_clock_ns(simulation));
    return result;
}

static gboolean finish(gpointer context, G_GNUC_UNUSED guint64 unit, gpointer data, gboolean wanted)
{
    Campaign *campaign = context;
    const CsPoolClient *client = campaign->client;
    Result *result = data;
    campaign->events += result->events;
    campaign->simulated_s += result->simulated_s;

    if (!wanted && result->error == NULL)
        g_set_error(&result->error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                    "interrupted");
    GError *stop = NULL;
    if (result->lesson != NULL && result->error == NULL && client->learned != NULL) {
        guint n;
        const CsLearned *learned = cs_lesson_learned(result->lesson, &n);
        client->learned(client->context, learned, n);
    }
    gboolean good = client->finish(client->context, &result->run, result->replication, result->sink,
                                   result->error, &stop);
    g_assert(good == (stop == NULL));
    gboolean fatal = result->error != NULL &&
                     (!client->keep_going || g_error_matches(result->error, CS_SIMULATION_ERROR,
                                                             CS_SIMULATION_ERROR_INTERRUPTED));
    good = good && !fatal;
    /* Only the first failure counts; what follows it is its consequence. */
    if (!good && campaign->error == NULL)
        campaign->error = stop != NULL ? g_steal_pointer(&stop) : g_steal_pointer(&result->error);
    g_clear_error(&stop);
    g_clear_error(&result->error);
    cs_lesson_free(result->lesson);
    cs_scenario_unref(result->run.scenario);
    g_free(result);
    return good;
}

static void show_progress(Campaign *campaign, guint64 units_finished)
{
    const CsPoolScope *scope = campaign->scope;
    guint64 events = scope->events + campaign->events;
    double simulated_s = scope->simulated_s + campaign->simulated_s;
    double done = scope->work + campaign->work[campaign->n_tasks];
    if (units_finished < campaign->first[campaign->n_tasks]) {
        guint64 at = locate(campaign, units_finished);
        done = scope->work + campaign->work[at] +
               (double)(units_finished - campaign->first[at]) * unit_work(campaign, at);
    }
    g_mutex_lock(&campaign->mutex);
    for (guint i = 0; i < campaign->running->len; i++) {
        const Running *running = g_ptr_array_index(campaign->running, i);
        guint64 so_far = cs_simulation_events(running->simulation);
        events += so_far;
        simulated_s += cs_ns_to_s(cs_simulation_clock_ns(running->simulation));
        if (running->lesson != NULL)
            cs_progress_set_loss(campaign->progress, cs_lesson_loss(running->lesson));
        done += running->work * MIN((double)so_far / running->expected_events, 1.0);
    }
    g_mutex_unlock(&campaign->mutex);
    cs_progress_update(campaign->progress, scope->units + units_finished, scope->units_total,
                       done / scope->work_total, events, simulated_s);
}

static gboolean tick(gpointer context, guint64 units_finished)
{
    Campaign *campaign = context;
    if (campaign->progress != NULL)
        show_progress(campaign, units_finished);
    gboolean interrupted =
        campaign->interrupt != NULL && g_atomic_int_get(campaign->interrupt) != 0;
    if (interrupted && units_finished < campaign->first[campaign->n_tasks] &&
        campaign->error == NULL)
        g_set_error(&campaign->error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                    "interrupted");
    return !interrupted;
}

guint cs_pool_window(double device_rounds, guint threads)
{
    double units = MIN(ROUNDS_AHEAD / MAX(device_rounds, 1.0), (double)threads * RUN_AHEAD);
    return (guint)MAX(units, (double)threads * RUN_AHEAD_LEAST);
}

static guint window_of(const Campaign *campaign, guint threads)
{
    double largest = 1.0;
    for (guint64 i = 0; i < campaign->n_tasks; i++)
        largest = MAX(largest, unit_work(campaign, i));
    return cs_pool_window(largest, threads);
}

static void count_units(Campaign *campaign)
{
    guint64 n = campaign->n_tasks;
    campaign->first = g_new0(guint64, n + 1);
    campaign->work = g_new0(double, n + 1);
    for (guint64 i = 0; i < n; i++) {
        guint64 count = campaign->tasks[i].count;
        campaign->first[i + 1] = campaign->first[i] + count;
        campaign->work[i + 1] = campaign->work[i] + (double)count * unit_work(campaign, i);
    }
}

gboolean cs_pool_run_tasks(const CsPlan *plan, const CsPoolTask *tasks, guint64 n_tasks,
                           guint threads, const CsPoolClient *client, CsProgress *progress,
                           CsPoolScope *scope, const gint *interrupt, GError **error)
{
    Campaign campaign = {.plan = plan,
                         .tasks = tasks,
                         .n_tasks = n_tasks,
                         .scope = scope,
                         .client = client,
                         .progress = progress,
                         .interrupt = interrupt,
                         .running = g_ptr_array_new()};
    const CsOrderedWork work = {simulate, finish, tick, &campaign, NULL};
    g_mutex_init(&campaign.mutex);
    count_units(&campaign);
    if (threads == 0)
        threads = g_get_num_processors();
    g_autoptr(CsTrajectories) own = client->trajectories == NULL ? cs_trajectories_new() : NULL;
    campaign.trajectories = own != NULL ? own : client->trajectories;
    campaign.lesson_threads =
        (guint)MAX(threads / MIN((guint64)threads, MAX(campaign.first[n_tasks], 1)), 1);

    cs_ordered_run(campaign.first[n_tasks], threads, window_of(&campaign, threads), &work);

    scope->work += campaign.work[n_tasks];
    scope->units += campaign.first[n_tasks];
    scope->events += campaign.events;
    scope->simulated_s += campaign.simulated_s;
    g_mutex_clear(&campaign.mutex);
    cs_scenario_unref(campaign.last_scenario);
    g_ptr_array_unref(campaign.running);
    g_free(campaign.first);
    g_free(campaign.work);
    if (campaign.error == NULL)
        return TRUE;
    g_propagate_error(error, campaign.error);
    return FALSE;
}

gboolean cs_pool_run(const CsPlan *plan, guint threads, const CsPoolClient *client,
                     CsProgress *progress, const gint *interrupt, GError **error)
{
    guint64 n = cs_plan_n_runs(plan);
    g_autofree CsPoolTask *tasks = g_new(CsPoolTask, n);
    CsPoolScope scope = {0};
    for (guint64 i = 0; i < n; i++) {
        const CsRun *run = cs_plan_run(plan, i);
        tasks[i] = (CsPoolTask){i, 1, run->replications};
        scope.work_total += (double)run->replications * run->device_rounds;
        scope.units_total += run->replications;
    }
    gboolean good =
        cs_pool_run_tasks(plan, tasks, n, threads, client, progress, &scope, interrupt, error);
    if (progress != NULL)
        cs_progress_end(progress);
    return good;
}
