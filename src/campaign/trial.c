/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/trial: a short trial of a sweep. See trial.h. */
#include "campaign/trial.h"

#include "base/file.h"
#include "campaign/portion.h"
#include "campaign/publish.h"
#include "campaign/record.h"
#include "output/row-sink.h"
#include "sim/simulation.h"

#define SAMPLES_MAX 8

/* Keeps the rows of one replication until its time is over. */
typedef struct {
    CsSink sink;
    CsRowSink *rows;
    guint64 rounds;
    gint64 deadline_us;
    gint over;
} Probe;

typedef struct {
    const CsSweep *sweep;
    CsDatabase *database;
    guint tables;
    gint64 slice_us;
    gint64 spent_us;
    guint64 rounds;
    GError *failure; /* of the last sample that failed */
} Trial;

static void on_round(CsSink *sink, const CsRoundRecord *record)
{
    Probe *probe = (Probe *)sink;
    if (probe->rows->sink.round != NULL)
        probe->rows->sink.round(&probe->rows->sink, record);
    probe->rounds++;
    if (g_get_monotonic_time() >= probe->deadline_us)
        g_atomic_int_set(&probe->over, 1);
}

static void on_device(CsSink *sink, const CsDeviceTotals *totals)
{
    Probe *probe = (Probe *)sink;
    if (probe->rows->sink.device != NULL)
        probe->rows->sink.device(&probe->rows->sink, totals);
}

static void on_totals(CsSink *sink, const CsTotals *totals)
{
    Probe *probe = (Probe *)sink;
    probe->rows->sink.totals(&probe->rows->sink, totals);
}

static gboolean try_run(Trial *trial, guint64 position, GError **error)
{
    const CsPlan *plan = trial->sweep->plan;
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(CsScenario) scenario = cs_plan_scenario(plan, position);
    const CsConfig *config = cs_scenario_config(scenario);
    Probe probe = {.sink = {.round = on_round, .device = on_device, .totals = on_totals},
                   .rows = cs_row_sink_new(trial->tables, FALSE, position + 1, config),
                   .deadline_us = start_us + trial->slice_us};
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &probe.sink);
    GError *failure = NULL;
    if (!cs_simulation_run(simulation, &probe.over, &failure) &&
        !g_error_matches(failure, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED)) {
        g_clear_error(&trial->failure);
        trial->failure = failure;
        cs_row_sink_free(probe.rows);
        return TRUE;
    }
    g_clear_error(&failure);
    cs_row_sink_store(probe.rows, trial->database);
    gboolean good =
        cs_database_commit_run(trial->database, position + 1, 1,
                               (const char *const *)cs_plan_run(plan, position)->parameters, error);
    cs_row_sink_free(probe.rows);
    trial->spent_us += g_get_monotonic_time() - start_us;
    trial->rounds += probe.rounds;
    return good;
}

static gboolean try_runs(Trial *trial, GError **error)
{
    guint64 n = cs_plan_n_runs(trial->sweep->plan), samples = MIN(n, SAMPLES_MAX);
    trial->slice_us /= (gint64)samples;
    for (guint64 i = 0; i < samples; i++)
        if (!try_run(trial, samples == 1 ? 0 : i * (n - 1) / (samples - 1), error))
            return FALSE;
    if (trial->rounds > 0)
        return TRUE;
    if (trial->failure != NULL)
        g_propagate_error(error, g_steal_pointer(&trial->failure));
    else
        g_set_error(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                    "no round ended in the time of the trial");
    return FALSE;
}

static gboolean measure_in(const char *directory, const CsSweep *sweep, double budget_s,
                           CsTrialCost *cost, GError **error)
{
    g_autoptr(CsDir) folder = cs_dir_open(directory, FALSE, error);
    g_autoptr(CsDatabase) database =
        folder != NULL ? cs_database_open(directory, CS_DATABASE_CREATE, error) : NULL;
    if (database == NULL)
        return FALSE;
    Trial trial = {
        .sweep = sweep, .database = database, .slice_us = (gint64)(budget_s * G_TIME_SPAN_SECOND)};
    g_autofree char *names = cs_recorded_tables(sweep->scenario, &trial.tables);
    gboolean good =
        try_runs(&trial, error) && cs_database_set_meta(database, "tables", names, error);
    g_clear_error(&trial.failure);
    gint64 start_us = g_get_monotonic_time();
    if (!good || !cs_results_export(database, folder, NULL, NULL, error))
        return FALSE;
    gint64 export_us = g_get_monotonic_time() - start_us;
    cost->round_s = (double)trial.spent_us / 1e6 / (double)trial.rounds;
    cost->export_s = (double)export_us / 1e6 / (double)trial.rounds;
    return TRUE;
}

gboolean cs_trial(const CsSweep *sweep, double budget_s, CsTrialCost *cost, GError **error)
{
    const CsSampling *sampling = cs_scenario_sampling(sweep->scenario);
    *cost = (CsTrialCost){.rule = sampling->precision_metric != CS_METRIC_NONE,
                          .most = sampling->max_replications};
    g_autofree char *directory = g_dir_make_tmp("cardsim-trial-XXXXXX", error);
    if (directory == NULL)
        return FALSE;
    gboolean good = measure_in(directory, sweep, budget_s, cost, error);
    cs_directory_remove(directory);
    return good;
}

/* The replications of the runs are cut into equal parts, but for one replication that crosses the
 * cut. */
static double largest_part(const CsPlan *plan, guint64 shards)
{
    double all = 0.0, largest = 0.0;
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        all += (double)run->replications * run->device_rounds;
        largest = MAX(largest, run->device_rounds);
    }
    return MIN(all, all / (double)shards + largest);
}

double cs_largest_shard(const CsPlan *plan, guint64 shards, const CsTrialCost *cost)
{
    if (cs_plan_is_split(plan, shards))
        return largest_part(plan, shards);
    g_autofree double *work = g_new0(double, shards);
    double most = 0.0;
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        guint64 replications = cost->rule ? MAX(cost->most, run->replications) : run->replications;
        work[i % shards] += (double)replications * run->device_rounds;
        most = MAX(most, work[i % shards]);
    }
    return most;
}
