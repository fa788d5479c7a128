/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/forecast: see forecast.h. */
#include "campaign/forecast.h"

#include "campaign/pool.h"
#include "campaign/trajectory.h"

#include <stdlib.h>
#include <string.h>

#define PROCESS_BYTE 8e6  /* the program, its libraries, models and tables */
#define DATABASE_BYTE 3e6 /* SQLite and what it keeps of a small database */

/* So many replications that need as much. */
typedef struct {
    double byte;
    guint64 count;
} Share;

static int larger_first(const void *a, const void *b)
{
    double x = ((const Share *)a)->byte, y = ((const Share *)b)->byte;
    return x > y ? -1 : x < y;
}

/* What the `n` largest need together; orders the shares. */
static double sum_of_largest(Share *shares, guint64 n_shares, guint64 n)
{
    double sum = 0;
    qsort(shares, n_shares, sizeof *shares, larger_first);
    for (guint64 i = 0; i < n_shares && n > 0; i++) {
        guint64 taken = MIN(n, shares[i].count);
        sum += (double)taken * shares[i].byte;
        n -= taken;
    }
    return sum;
}

/* A run that a stopping rule ends may have any number. */
static guint64 replications_of(const CsRun *run)
{
    return run->adaptive ? G_MAXUINT32 : MAX(run->replications, 1);
}

typedef struct {
    guint64 threads;        /* replications under way */
    guint64 lesson_threads; /* of each one's training */
    guint64 waiting;        /* under way, or waiting for their turn */
} Crowd;

static Crowd crowd_of(const CsPlan *plan, guint threads)
{
    guint64 units = 0;
    double largest = 1;
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        units += replications_of(run);
        largest = MAX(largest, run->device_rounds);
    }
    guint64 busy = MIN(units, threads);
    return (Crowd){busy, MAX(threads / busy, 1),
                   threads == 1 ? 1 : MIN(units, cs_pool_window(largest, threads))};
}

/* Ways of learning, each a replication's: what is kept of all, and the networks in memory at once,
 * of the largest. */
static double training_byte(const CsPlan *plan, const Crowd *crowd)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    guint64 ways = 0;
    double largest = 0, network = 0, trails = 0;
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        const CsFootprint *footprint = run->footprint;
        if (footprint->trained_byte <= 0 ||
            !g_hash_table_add(seen, g_memdup2(&run->trail, sizeof run->trail)))
            continue;
        ways += replications_of(run);
        trails += (double)replications_of(run) * footprint->trail_byte;
        network = MAX(network, footprint->network_byte);
        largest = MAX(largest, footprint->trained_byte +
                                   (double)crowd->lesson_threads * footprint->tape_byte);
    }
    guint64 at_once = MIN(ways, crowd->threads + CS_TUTORS_IDLE);
    return network + trails + (double)at_once * largest;
}

CsForecast cs_forecast(const CsPlan *plan, guint threads, CsRowsKind rows)
{
    guint64 n = cs_plan_n_runs(plan);
    CsForecast forecast = {.run = 0};
    const Crowd crowd = crowd_of(plan, threads);
    g_autofree Share *under_way = g_new(Share, n), *waiting = g_new(Share, n);
    double most = -1;
    for (guint64 i = 0; i < n; i++) {
        const CsRun *run = cs_plan_run(plan, i);
        const CsFootprint *footprint = run->footprint;
        under_way[i] = (Share){footprint->under_way_byte, replications_of(run)};
        waiting[i] = (Share){footprint->waiting_byte[rows], replications_of(run)};
        double own = footprint->under_way_byte + footprint->waiting_byte[rows] +
                     footprint->trained_byte + (double)crowd.lesson_threads * footprint->tape_byte +
                     footprint->network_byte;
        if (own > most) {
            most = own;
            forecast.run = i;
        }
    }
    double part[] = {
        [CS_FORECAST_DEVICES] = sum_of_largest(under_way, n, crowd.threads),
        [CS_FORECAST_ROWS] = sum_of_largest(waiting, n, crowd.waiting),
        [CS_FORECAST_TRAINING] = training_byte(plan, &crowd),
    };
    forecast.byte = PROCESS_BYTE + (rows == CS_ROWS_DATABASE ? DATABASE_BYTE : 0);
    for (guint i = 0; i < G_N_ELEMENTS(part); i++) {
        forecast.byte += part[i];
        if (part[i] > part[forecast.part])
            forecast.part = i;
    }
    return forecast;
}
