/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of the server's queues: the resources alone under Poisson arrivals against the closed forms
 * of queueing theory (Kleinrock, "Queueing Systems", volume 1, 1975: M/D/1, M/M/1, M/M/c by
 * Erlang's C), and what the disciplines do to a round by hand.
 */
#include "cs-check.h"

#include "base/random.h"
#include "des/resource.h"
#include "des/shared.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <string.h>

/* --- the resources alone ------------------------------------------------------------------------
 */

enum { JOBS = 1 << 14, TARGET = 400000 };

typedef enum { WAY_FIFO, WAY_RANKED, WAY_SHARING } Way;

typedef struct {
    CsDes *des;
    CsResource *resource;
    CsShared *shared;
    Way way;
    CsHandlerId arrive, leave;
    CsRandomKey key;
    gboolean deterministic;
    double rate;
    guint64 arrivals, finished;
    guint32 free_job[JOBS], n_free;
    gint64 since_ns[JOBS], service_ns[JOBS];
    guint server[JOBS];
    double wait_s, response_s, service_s;
} Queue;

static double exponential(Queue *queue, guint32 purpose)
{
    return -log(cs_random_uniform(queue->key, queue->arrivals, purpose));
}

static void on_start(CsDes *des, gpointer context, guint32 job, guint server, gint64 waited_ns)
{
    Queue *queue = context;
    queue->server[job] = server;
    queue->wait_s += (double)waited_ns / 1e9;
    cs_des_post(des, cs_des_now(des) + queue->service_ns[job], 0, queue->leave, job);
}

static void finish(CsDes *des, gpointer context, guint32 job)
{
    Queue *queue = context;
    queue->finished++;
    queue->response_s += (double)(cs_des_now(des) - queue->since_ns[job]) / 1e9;
    queue->free_job[queue->n_free++] = job;
}

static void on_leave(CsDes *des, gpointer context, guint32 job)
{
    Queue *queue = context;
    guint server = queue->server[job];
    finish(des, queue, job);
    cs_resource_release(queue->resource, server);
}

/* Mean service 1 s; a rank that knows nothing of it. */
static void on_arrive(CsDes *des, gpointer context, guint32 target)
{
    (void)target;
    Queue *queue = context;
    ck_assert_uint_gt(queue->n_free, 0);
    guint32 job = queue->free_job[--queue->n_free];
    double service_s = queue->deterministic ? 1 : exponential(queue, 1);
    queue->since_ns[job] = cs_des_now(des);
    queue->service_ns[job] = cs_duration_ns(service_s);
    queue->service_s += service_s;
    if (queue->way == WAY_SHARING)
        cs_shared_start(queue->shared, job, service_s, 1);
    else if (queue->way == WAY_RANKED)
        cs_resource_request_ranked(
            queue->resource, job,
            (gint64)(1e6 * cs_random_uniform(queue->key, queue->arrivals, 2)));
    else
        cs_resource_request(queue->resource, job);
    if (++queue->arrivals < TARGET)
        cs_des_post(des, cs_time_after(cs_des_now(des), exponential(queue, 0) / queue->rate), 0,
                    queue->arrive, 0);
}

/* Erlang's C: the probability of waiting with `a` erlangs on `c` servers. */
static double erlang_c(double a, guint c)
{
    double term = 1, sum = 1;
    for (guint k = 1; k < c; k++)
        sum += term *= a / k;
    double last = term * a / c * (c / (c - a));
    return last / (sum + last);
}

static void check_queue(Way way, guint servers, double load, gboolean deterministic, double wait_s)
{
    Queue *queue = g_new0(Queue, 1);
    g_autoptr(CsDes) des = cs_des_new();
    *queue = (Queue){.des = des,
                     .way = way,
                     .deterministic = deterministic,
                     .rate = load * servers,
                     .key = cs_random_key(11, 1, 1, CS_PURPOSE_POLICY)};
    for (guint32 i = 0; i < JOBS; i++)
        queue->free_job[queue->n_free++] = i;
    queue->arrive = cs_des_add_handler(des, on_arrive, queue);
    queue->leave = cs_des_add_handler(des, on_leave, queue);
    g_autoptr(CsResource) resource = cs_resource_new(des, servers, on_start, queue);
    g_autoptr(CsShared) shared = cs_shared_new(des, servers, JOBS, finish, queue);
    cs_shared_set_limit(shared, 1);
    queue->resource = resource;
    queue->shared = shared;
    cs_des_post(des, 0, 0, queue->arrive, 0);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(queue->finished, TARGET);
    double n = TARGET, span_s = (double)cs_des_now(des) / 1e9;
    if (way != WAY_SHARING)
        ck_assert_close(queue->wait_s / n, wait_s, 0.04);
    ck_assert_close(queue->response_s / n, 1 + wait_s, 0.03);
    /* Utilisation law: busy servers in the mean = arrival rate times mean service. */
    ck_assert_close(queue->service_s / span_s / servers, load, 0.01);
    if (way == WAY_SHARING)
        ck_assert_close(cs_shared_served(shared), queue->service_s, 1e-9);
    g_free(queue);
}

START_TEST(waiting_in_md1)
{
    check_queue(WAY_FIFO, 1, 0.5, TRUE, 0.5 / (2 * 0.5));
    check_queue(WAY_FIFO, 1, 0.8, TRUE, 0.8 / (2 * 0.2));
}
END_TEST

START_TEST(waiting_in_mm1)
{
    check_queue(WAY_FIFO, 1, 0.5, FALSE, 1);
    check_queue(WAY_FIFO, 1, 0.7, FALSE, 0.7 / 0.3);
}
END_TEST

START_TEST(waiting_in_mmc)
{
    for (guint c = 2; c <= 4; c++)
        check_queue(WAY_FIFO, c, 0.75, FALSE, erlang_c(0.75 * c, c) / (c * 0.25));
}
END_TEST

/* An order that knows nothing of service times leaves the mean wait as it is. */
START_TEST(ranks_leave_the_mean_wait)
{
    check_queue(WAY_RANKED, 1, 0.7, FALSE, 0.7 / 0.3);
    check_queue(WAY_RANKED, 3, 0.75, FALSE, erlang_c(2.25, 3) / 0.75);
}
END_TEST

/* Sharing among c servers, a job on one at most, has M/M/c's number in the system. */
START_TEST(sharing_has_the_response_of_mmc)
{
    check_queue(WAY_SHARING, 1, 0.7, FALSE, 0.7 / 0.3);
    check_queue(WAY_SHARING, 3, 0.75, FALSE, erlang_c(2.25, 3) / 0.75);
}
END_TEST

static void log_start(CsDes *des, gpointer context, guint32 job, guint server, gint64 waited_ns)
{
    (void)des;
    (void)waited_ns;
    g_string_append_printf(context, "%u/%u ", job, server);
}

START_TEST(the_largest_rank_goes_first)
{
    g_autoptr(CsDes) des = cs_des_new();
    GString *log = g_string_new(NULL);
    g_autoptr(CsResource) resource = cs_resource_new(des, 1, log_start, log);
    static const gint64 rank[] = {0, 5, 9, 5, 7, 1};
    for (guint32 job = 0; job < 6; job++)
        cs_resource_request_ranked(resource, job, rank[job]);
    ck_assert(cs_resource_withdraw(resource, 4));
    ck_assert(!cs_resource_withdraw(resource, 4));
    for (int i = 0; i < 5; i++) {
        ck_assert(cs_des_step(des));
        cs_resource_release(resource, 0);
    }
    ck_assert_str_eq(log->str, "2/0 1/0 3/0 5/0 0/0 ");
    ck_assert_uint_eq(cs_resource_busy(resource), 0);
    g_string_free(log, TRUE);
}
END_TEST

/* --- in a round ---------------------------------------------------------------------------------
 */

typedef struct {
    CsSink sink;
    CsTotals totals;
    GArray *rounds;
} Heard;

static void hear_round(CsSink *sink, const CsRoundRecord *record)
{
    g_array_append_val(((Heard *)sink)->rounds, *record);
}

static void hear_totals(CsSink *sink, const CsTotals *totals)
{
    ((Heard *)sink)->totals = *totals;
}

static Heard run_example(const char *const *values)
{
    g_autofree char *path = cs_test_path("scenarios/examples/server.ini");
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, values, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    Heard heard = {.sink = {.round = hear_round, .totals = hear_totals},
                   .rounds = g_array_new(FALSE, FALSE, sizeof(CsRoundRecord))};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &heard.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    for (guint i = 0; i < heard.rounds->len; i++) { /* every nanosecond is somewhere */
        const CsRoundRecord *record = &g_array_index(heard.rounds, CsRoundRecord, i);
        gint64 sum_ns = record->wait_ns;
        for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++)
            sum_ns += record->stage_ns[stage];
        ck_assert_int_eq(sum_ns, record->end_ns - record->start_ns);
    }
    return heard;
}

#define ALIKE                                                                                      \
    "simulation.rounds=1", "training.local-epochs=1", "policy.cut=0", "radio.fading=none",         \
        "device.fast.distance=10 m", "device.slow.distance=10 m", "device.fast.count=4",           \
        "device.slow.count=0"

/* Four like devices ask two GPUs at once for S seconds each: first come, two wait S; shared, each
 * gets half a GPU and is S late. */
START_TEST(four_devices_by_hand)
{
    static const char *const fifo[] = {ALIKE, "server.discipline=fifo", NULL};
    static const char *const sharing[] = {ALIKE, "server.discipline=processor-sharing", NULL};
    Heard a = run_example(fifo), b = run_example(sharing);
    for (guint i = 0; i < 4; i++) {
        const CsRoundRecord *first = &g_array_index(a.rounds, CsRoundRecord, i);
        const CsRoundRecord *shared = &g_array_index(b.rounds, CsRoundRecord, i);
        double service_ns = (double)(first->stage_ns[CS_STAGE_SERVER_FORWARD] +
                                     first->stage_ns[CS_STAGE_SERVER_BACKWARD]);
        ck_assert_close((double)first->wait_ns, i < 2 ? 0 : service_ns, 1e-9);
        ck_assert_close((double)shared->wait_ns, service_ns, 1e-8);
        ck_assert(shared->server_energy_j == first->server_energy_j);
    }
    ck_assert_close(b.totals.makespan_s, a.totals.makespan_s, 1e-8);
    g_array_unref(a.rounds);
    g_array_unref(b.rounds);
}
END_TEST

/* Three on two GPUs, the third of which comes when the others have gone: a GPU each, and none has
 * more than that, so that it is as if each had one of its own. */
START_TEST(nobody_has_two_gpus)
{
    static const char *const ways[] = {"server.discipline=fifo",
                                       "server.discipline=processor-sharing",
                                       "server.discipline=longest-remaining-device-first"};
    gint64 end_ns[3][3];
    for (guint k = 0; k < 3; k++) {
        const char *const values[] = {ALIKE,
                                      "device.fast.count=2",
                                      "device.slow.count=1",
                                      "device.slow.distance=500 m",
                                      ways[k],
                                      NULL};
        Heard heard = run_example(values);
        for (guint i = 0; i < 3; i++) {
            const CsRoundRecord *record = &g_array_index(heard.rounds, CsRoundRecord, i);
            end_ns[k][i] = record->end_ns;
            ck_assert_int_eq(record->wait_ns, 0);
            ck_assert_int_le(ABS(end_ns[k][i] - end_ns[0][i]), 4); /* of rounding */
        }
        ck_assert_int_gt(end_ns[k][2], end_ns[k][0]);
        g_array_unref(heard.rounds);
    }
}
END_TEST

/* The same work whoever goes first; a round ends earlier where the slow devices do. */
START_TEST(slow_devices_first_shortens_rounds)
{
    static const char *const fifo[] = {"server.discipline=fifo", NULL};
    Heard a = run_example(fifo), b = run_example(NULL);
    ck_assert_msg(b.totals.makespan_s < a.totals.makespan_s, "%g against %g s", b.totals.makespan_s,
                  a.totals.makespan_s);
    ck_assert(a.totals.sum.server_energy_j == b.totals.sum.server_energy_j);
    g_array_unref(a.rounds);
    g_array_unref(b.rounds);
}
END_TEST

/* P (G · makespan - busy), busy summed from the rounds; nothing of it in the server's energy. */
START_TEST(idle_energy_is_of_its_own)
{
    static const char *const ways[] = {"server.discipline=fifo",
                                       "server.discipline=processor-sharing",
                                       "simulation.schedule=sequential"};
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        const char *const values[] = {ways[i], NULL};
        const char *const none[] = {ways[i], "server.idle-power=0 W", NULL};
        Heard with = run_example(values), without = run_example(none);
        double busy_s = 0;
        for (guint k = 0; k < with.rounds->len; k++) {
            const CsRoundRecord *record = &g_array_index(with.rounds, CsRoundRecord, k);
            busy_s += (double)(record->stage_ns[CS_STAGE_SERVER_FORWARD] +
                               record->stage_ns[CS_STAGE_SERVER_BACKWARD]) /
                      1e9;
        }
        ck_assert_close(with.totals.server_idle_energy_j,
                        30 * (2 * with.totals.makespan_s - busy_s), 1e-9);
        ck_assert(without.totals.server_idle_energy_j == 0);
        ck_assert(with.totals.sum.server_energy_j == without.totals.sum.server_energy_j);
        g_array_unref(with.rounds);
        g_array_unref(without.rounds);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server");
    TCase *tc = tcase_create("server");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, waiting_in_md1);
    tcase_add_test(tc, waiting_in_mm1);
    tcase_add_test(tc, waiting_in_mmc);
    tcase_add_test(tc, ranks_leave_the_mean_wait);
    tcase_add_test(tc, sharing_has_the_response_of_mmc);
    tcase_add_test(tc, the_largest_rank_goes_first);
    tcase_add_test(tc, four_devices_by_hand);
    tcase_add_test(tc, nobody_has_two_gpus);
    tcase_add_test(tc, slow_devices_first_shortens_rounds);
    tcase_add_test(tc, idle_energy_is_of_its_own);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
