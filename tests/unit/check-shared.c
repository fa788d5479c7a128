/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/des/shared: hand-made schedules and the M/G/1 processor-sharing queue, whose mean
 * response time is E[S]/(1-ρ) whatever the law of S (Kleinrock, Queueing Systems II, 4.4).
 */
#include "cs-check.h"

#include "base/random.h"
#include "des/shared.h"

#include <string.h>

typedef struct {
    CsShared *shared;
    gint64 end_ns[8];
} Trial;

static void note_end(CsDes *des, gpointer context, guint32 job)
{
    Trial *trial = context;
    trial->end_ns[job] = cs_des_now(des);
}

typedef struct {
    CsShared *shared;
    double work, weight;
} Start;

static void start_job(G_GNUC_UNUSED CsDes *des, gpointer context, guint32 job)
{
    Start *start = context;
    cs_shared_start(start->shared, job, start->work, start->weight);
}

/*
 * Capacity 1: job 0 of work 2 at 0 s; job 1 of work 1 at 1 s. Alone for 1 s, then halves: job 0 and
 * job 1 each have 1 left, both end at 3 s.
 */
START_TEST(two_jobs_share_equally)
{
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {0};
    g_autoptr(CsShared) shared = cs_shared_new(des, 1.0, 8, note_end, &trial);
    Start later = {shared, 1, 1};
    CsHandlerId handler = cs_des_add_handler(des, start_job, &later);
    cs_shared_start(shared, 0, 2, 1);
    cs_des_post(des, 1000000000, 0, handler, 1);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_int_eq(trial.end_ns[0], 3000000000);
    ck_assert_int_eq(trial.end_ns[1], 3000000000);
    ck_assert_int_eq(cs_shared_busy_ns(shared), 3000000000);
    ck_assert_close(cs_shared_served(shared), 3, 1e-12);
}
END_TEST

/* Weights 3 and 1, work 3 and 3, capacity 4: job 0 at 3/s ends at 1 s; job 1 has 2 left, at 4/s
 * ends at 1.5 s. */
START_TEST(weights)
{
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {0};
    g_autoptr(CsShared) shared = cs_shared_new(des, 4.0, 8, note_end, &trial);
    cs_shared_start(shared, 0, 3, 3);
    cs_shared_start(shared, 1, 3, 1);
    ck_assert_close(cs_shared_left(shared, 1), 3, 1e-15);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_int_eq(trial.end_ns[0], 1000000000);
    ck_assert_int_eq(trial.end_ns[1], 1500000000);
}
END_TEST

typedef struct {
    CsShared *shared;
    double left;
} Change;

static void change_job(G_GNUC_UNUSED CsDes *des, gpointer context, guint32 job)
{
    Change *change = context;
    change->left = cs_shared_left(change->shared, job);
    cs_shared_change(change->shared, job, 2 * change->left, 1);
}

static void stop_job(G_GNUC_UNUSED CsDes *des, gpointer context, guint32 job)
{
    Change *change = context;
    change->left = cs_shared_stop(change->shared, job);
}

/* A channel that halves at 1 s doubles what is left of 2: 1 left becomes 2, the end 3 s. */
START_TEST(what_is_left_is_carried)
{
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {0};
    g_autoptr(CsShared) shared = cs_shared_new(des, 1.0, 8, note_end, &trial);
    Change change = {shared, 0}, stop = {shared, 0};
    CsHandlerId changes = cs_des_add_handler(des, change_job, &change);
    CsHandlerId stops = cs_des_add_handler(des, stop_job, &stop);
    cs_shared_start(shared, 0, 2, 1);
    cs_des_post(des, 1000000000, 0, changes, 0);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_close(change.left, 1, 1e-12);
    ck_assert_int_eq(trial.end_ns[0], 3000000000);

    /* Two jobs of 5 from 3 s on; one is taken away at 5 s with 4 left: the other ends at 9 s. */
    cs_shared_start(shared, 0, 5, 1);
    cs_shared_start(shared, 1, 5, 1);
    cs_des_post(des, 5000000000, 0, stops, 1);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_close(stop.left, 4, 1e-12);
    ck_assert_int_eq(trial.end_ns[0], 9000000000);
    ck_assert(!cs_shared_active(shared, 1));
}
END_TEST

/* --- far apart -------------------------------------------------------------------------------- */

#define FAR 8

typedef struct {
    CsShared *shared;
    double work[FAR], weight[FAR];
    gint64 start_ns[FAR];
} Far;

static void start_far(G_GNUC_UNUSED CsDes *des, gpointer context, guint32 job)
{
    Far *far = context;
    cs_shared_start(far->shared, job, far->work[job], far->weight[job]);
}

/* The same as a fluid, each job's rest carried from one start or end to the next: no sum is ever
 * taken from another. */
static void flow(const Far *far, long double capacity, long double end_s[FAR])
{
    long double left[FAR], now = 0;
    gboolean started[FAR] = {FALSE}, ended[FAR] = {FALSE};
    for (int done = 0; done < FAR;) {
        long double sum = 0, next = HUGE_VALL;
        int which = -1, begins = -1;
        for (int i = 0; i < FAR; i++)
            if (started[i] && !ended[i])
                sum += far->weight[i];
        for (int i = 0; i < FAR; i++) {
            long double at = HUGE_VALL;
            if (!started[i])
                at = (long double)far->start_ns[i] / 1e9L;
            else if (!ended[i])
                at = now + left[i] * sum / far->weight[i] / capacity;
            if (at < next) {
                next = at;
                which = started[i] ? i : -1;
                begins = started[i] ? -1 : i;
            }
        }
        for (int i = 0; i < FAR; i++)
            if (started[i] && !ended[i])
                left[i] -= (next - now) * capacity * far->weight[i] / sum;
        now = next;
        if (begins >= 0) {
            started[begins] = TRUE;
            left[begins] = far->work[begins];
        } else {
            ended[which] = TRUE;
            end_s[which] = now;
            done++;
        }
    }
}

/* Links of -190 to 60 dB in one cell, weighed by their efficiency or all alike. */
START_TEST(links_far_apart)
{
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {0};
    CsRandomKey key = cs_random_key(7, (guint64)_i + 1, 1, CS_PURPOSE_POLICY);
    const double capacity = 20e6;
    g_autoptr(CsShared) shared = cs_shared_new(des, capacity, FAR, note_end, &trial);
    Far far = {.shared = shared};
    CsHandlerId starts = cs_des_add_handler(des, start_far, &far);
    for (guint i = 0; i < FAR; i++) {
        double u[2], snr_db;
        cs_random_pair(key, i, 0, 0, u);
        snr_db = i == 0 ? -190 : i == 1 ? 60 : -190 + 250 * u[0];
        double efficiency = log1p(pow(10, snr_db / 10)) / G_LN2;
        far.weight[i] = _i % 2 == 0 ? efficiency : 1;
        /* what takes 0.01 to 10 s with the whole cell */
        far.work[i] = capacity * pow(10, 3 * u[1] - 2);
        far.start_ns[i] = (gint64)(u[0] * u[1] * 5e9);
        cs_des_post(des, far.start_ns[i], i, starts, i);
    }
    ck_assert(cs_des_run(des, NULL));
    long double end_s[FAR];
    flow(&far, capacity, end_s);
    for (guint i = 0; i < FAR; i++) {
        ck_assert(!cs_shared_active(shared, i));
        /* each end before is rounded to a tick; nobody is slowed more by that than by all */
        ck_assert_double_le(fabs((double)trial.end_ns[i] / 1e9 - (double)end_s[i]),
                            1e-9 * FAR + 1e-12 * (double)end_s[i]);
    }
}
END_TEST

/* A job that is hardly served does not lose what it has had in what it still wants. */
START_TEST(what_a_job_has_had)
{
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {0};
    g_autoptr(CsShared) shared = cs_shared_new(des, 1.0, 8, note_end, &trial);
    cs_shared_start(shared, 0, 1e25, 1);
    cs_shared_start(shared, 1, 1, 1e-3);
    cs_shared_start(shared, 2, 2, 1);
    /* job 2 has ended when job 0 has had 2 as well, job 1 0.002 */
    ck_assert(cs_des_step(des));
    ck_assert_int_eq(trial.end_ns[2], 4002000000);
    ck_assert_close(cs_shared_had(shared, 0), 2, 1e-9);
    ck_assert_close(cs_shared_had(shared, 1), 0.002, 1e-9);
    ck_assert_close(cs_shared_left(shared, 1), 0.998, 1e-9);
    /* and the one of 10^25 s never ends by this clock */
    ck_assert(cs_des_step(des) && !cs_des_step(des));
    ck_assert_int_eq(cs_shared_endless(shared), 0);
}
END_TEST

#define JOBS 4096

typedef struct {
    CsShared *shared;
    CsDes *des;
    CsRandomKey key;
    CsHandlerId arrival;
    guint64 arrivals, target, finished;
    double rate, offered;
    gboolean deterministic;
    gint64 start_ns[JOBS];
    double response_s;
    guint32 free_job[JOBS];
    guint32 n_free;
} Queue;

static void on_arrival(CsDes *des, gpointer context, G_GNUC_UNUSED guint32 target)
{
    Queue *queue = context;
    double u[2];
    cs_random_pair(queue->key, queue->arrivals++, 0, 0, u);
    ck_assert(queue->n_free > 0);
    guint32 job = queue->free_job[--queue->n_free];
    double work = queue->deterministic ? 1.0 : -log(u[1]) * (u[0] < 0.5 ? 1.8 : 0.2);
    queue->start_ns[job] = cs_des_now(des);
    queue->offered += work;
    cs_shared_start(queue->shared, job, work, 1);
    if (queue->arrivals < queue->target) {
        cs_random_pair(queue->key, queue->arrivals, 1, 0, u);
        cs_des_post(des, cs_time_after(cs_des_now(des), -log(u[0]) / queue->rate), 0,
                    queue->arrival, 0);
    }
}

static void on_finish(CsDes *des, gpointer context, guint32 job)
{
    Queue *queue = context;
    queue->response_s += (double)(cs_des_now(des) - queue->start_ns[job]) / 1e9;
    queue->finished++;
    queue->free_job[queue->n_free++] = job;
}

/* Mean service 1 at capacity 1: E[T] = 1/(1-ρ); the work served is the work offered. */
static void check_queue(double load, gboolean deterministic)
{
    Queue *queue = g_new0(Queue, 1);
    g_autoptr(CsDes) des = cs_des_new();
    queue->des = des;
    queue->key = cs_random_key(1, 1, 1, CS_PURPOSE_POLICY);
    queue->rate = load;
    queue->target = 200000;
    queue->deterministic = deterministic;
    for (guint32 i = 0; i < JOBS; i++)
        queue->free_job[queue->n_free++] = i;
    g_autoptr(CsShared) shared = cs_shared_new(des, 1.0, JOBS, on_finish, queue);
    queue->shared = shared;
    queue->arrival = cs_des_add_handler(des, on_arrival, queue);
    cs_des_post(des, 0, 0, queue->arrival, 0);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(queue->finished, queue->target);
    ck_assert_close(queue->response_s / (double)queue->finished, 1 / (1 - load), 0.04);
    ck_assert_close(cs_shared_served(shared), queue->offered, 1e-9);
    g_free(queue);
}

START_TEST(mean_response_of_mg1_processor_sharing)
{
    check_queue(0.5, TRUE);
    check_queue(0.5, FALSE);
    check_queue(0.8, TRUE);
    check_queue(0.8, FALSE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shared");
    TCase *tc = tcase_create("shared");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, links_far_apart, 0, 40);
    tcase_add_test(tc, what_a_job_has_had);
    tcase_add_test(tc, two_jobs_share_equally);
    tcase_add_test(tc, weights);
    tcase_add_test(tc, what_is_left_is_carried);
    tcase_add_test(tc, mean_response_of_mg1_processor_sharing);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
