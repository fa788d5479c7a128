/* campaign/pool: a plan on several threads, results in the plan's order. See pool.h. */
#include "campaign/pool.h"

#include "base/units.h"
#include "campaign/ordered.h"

/* Units a thread may run ahead of the oldest unfinished one. */
#define RUN_AHEAD 8

typedef struct {
    CsSink *sink;
    GError *error;
    guint64 events;
    double simulated_s;
} Result;

typedef struct {
    const CsPlan *plan;
    guint64 n_runs;
    guint64 *first; /* n_runs + 1: first unit of each run, then their number */
    double *work;   /* n_runs + 1: work (in device rounds) before each run, then all of it */
    const CsPoolClient *client;
    CsProgress *progress;
    const gint *interrupt;
    GError *error;
    guint64 events; /* of finished units */
    double simulated_s;
    GMutex mutex;
    GPtrArray *running; /* guarded: of Running, for progress within a unit */
} Campaign;

typedef struct {
    CsSimulation *simulation;
    double work;
    double expected_events;
} Running;

static double unit_work(const CsConfig *config)
{
    return (double)config->rounds * (double)config->n_devices;
}

/* The run of `unit`, and its replication from 1. */
static guint64 locate(const Campaign *campaign, guint64 unit, guint64 *replication)
{
    guint64 low = 0, high = campaign->n_runs; /* first[low] <= unit < first[high] */
    while (high - low > 1) {
        guint64 middle = low + (high - low) / 2;
        if (campaign->first[middle] <= unit)
            low = middle;
        else
            high = middle;
    }
    *replication = unit - campaign->first[low] + 1;
    return low;
}

static gpointer simulate(gpointer context, guint64 unit, const gint *cancel)
{
    Campaign *campaign = context;
    guint64 replication;
    const CsRun *run = cs_plan_run(campaign->plan, locate(campaign, unit, &replication));
    const CsConfig *config = cs_scenario_config(run->scenario);
    const CsPoolClient *client = campaign->client;
    Result *result = g_new0(Result, 1);
    result->sink = client->begin(client->context, run, replication);

    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, replication, result->sink);
    double work = unit_work(config);
    Running running = {simulation, work, work * (6.0 * config->local_epochs + 2.0)};
    g_mutex_lock(&campaign->mutex);
    g_ptr_array_add(campaign->running, &running);
    g_mutex_unlock(&campaign->mutex);

    cs_simulation_run(simulation, cancel, &result->error);

    g_mutex_lock(&campaign->mutex);
    g_ptr_array_remove_fast(campaign->running, &running);
    g_mutex_unlock(&campaign->mutex);
    result->events = cs_simulation_events(simulation);
    result->simulated_s = cs_ns_to_s(cs_simulation_clock_ns(simulation));
    return result;
}

static gboolean finish(gpointer context, guint64 unit, gpointer data, gboolean wanted)
{
    Campaign *campaign = context;
    const CsPoolClient *client = campaign->client;
    Result *result = data;
    guint64 replication;
    const CsRun *run = cs_plan_run(campaign->plan, locate(campaign, unit, &replication));
    campaign->events += result->events;
    campaign->simulated_s += result->simulated_s;

    if (!wanted && result->error == NULL)
        g_set_error(&result->error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                    "interrupted");
    GError *stop = NULL;
    gboolean good =
        client->finish(client->context, run, replication, result->sink, result->error, &stop);
    g_assert(good == (stop == NULL));
    good = good && result->error == NULL;
    /* Only the first failure counts; what follows it is its consequence. */
    if (!good && campaign->error == NULL)
        campaign->error = stop != NULL ? g_steal_pointer(&stop) : g_steal_pointer(&result->error);
    g_clear_error(&stop);
    g_clear_error(&result->error);
    g_free(result);
    return good;
}

static void show_progress(Campaign *campaign, guint64 units_finished)
{
    guint64 units = campaign->first[campaign->n_runs];
    guint64 events = campaign->events;
    double simulated_s = campaign->simulated_s;
    double done = campaign->work[campaign->n_runs];
    if (units_finished < units) {
        guint64 replication;
        guint64 i = locate(campaign, units_finished, &replication);
        done = campaign->work[i] + (double)(replication - 1) *
                   unit_work(cs_scenario_config(cs_plan_run(campaign->plan, i)->scenario));
    }
    g_mutex_lock(&campaign->mutex);
    for (guint i = 0; i < campaign->running->len; i++) {
        const Running *running = g_ptr_array_index(campaign->running, i);
        guint64 so_far = cs_simulation_events(running->simulation);
        events += so_far;
        simulated_s += cs_ns_to_s(cs_simulation_clock_ns(running->simulation));
        done += running->work * MIN((double)so_far / running->expected_events, 1.0);
    }
    g_mutex_unlock(&campaign->mutex);
    cs_progress_update(campaign->progress, units_finished, units,
                       done / campaign->work[campaign->n_runs], events, simulated_s);
}

static gboolean tick(gpointer context, guint64 units_finished)
{
    Campaign *campaign = context;
    if (campaign->progress != NULL)
        show_progress(campaign, units_finished);
    gboolean interrupted =
        campaign->interrupt != NULL && g_atomic_int_get(campaign->interrupt) != 0;
    if (interrupted && units_finished < campaign->first[campaign->n_runs] &&
        campaign->error == NULL)
        g_set_error(&campaign->error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                    "interrupted");
    return !interrupted;
}

static void count_units(Campaign *campaign)
{
    guint64 n = campaign->n_runs;
    campaign->first = g_new0(guint64, n + 1);
    campaign->work = g_new0(double, n + 1);
    for (guint64 i = 0; i < n; i++) {
        const CsConfig *config = cs_scenario_config(cs_plan_run(campaign->plan, i)->scenario);
        campaign->first[i + 1] = campaign->first[i] + config->replications;
        campaign->work[i + 1] =
            campaign->work[i] + (double)config->replications * unit_work(config);
    }
}

gboolean cs_pool_run(const CsPlan *plan, guint threads, const CsPoolClient *client,
                     CsProgress *progress, const gint *interrupt, GError **error)
{
    Campaign campaign = {.plan = plan,
                         .n_runs = cs_plan_n_runs(plan),
                         .client = client,
                         .progress = progress,
                         .interrupt = interrupt,
                         .running = g_ptr_array_new()};
    const CsOrderedWork work = {simulate, finish, tick, &campaign};
    g_mutex_init(&campaign.mutex);
    count_units(&campaign);
    if (threads == 0)
        threads = g_get_num_processors();

    cs_ordered_run(campaign.first[campaign.n_runs], threads, threads * RUN_AHEAD, &work);

    if (progress != NULL)
        cs_progress_end(progress);
    g_mutex_clear(&campaign.mutex);
    g_ptr_array_unref(campaign.running);
    g_free(campaign.first);
    g_free(campaign.work);
    if (campaign.error == NULL)
        return TRUE;
    g_propagate_error(error, campaign.error);
    return FALSE;
}
