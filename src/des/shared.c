/* SPDX-License-Identifier: GPL-3.0-or-later */
/* des/shared: generalised processor sharing by virtual time. See shared.h. */
#include "des/shared.h"

#include <math.h>

#define IDLE G_MAXUINT32

/*
 * Virtual time has 113 bits. With weights as far apart as 10^20 (a link at -190 dB beside one at 60
 * dB) it grows by 10^20 of what an ordinary job needs: of differences in double nothing would be
 * left. So the error of an end is below 10^-34 x elapsed time x the weights' ratio: far less than
 * the clock's tick.
 */
#ifdef __SIZEOF_FLOAT128__ /* x86-64 and POWER, by gcc and clang */
__extension__ typedef __float128 Wide;
#else /* elsewhere, as on AArch64, this is a quadruple */
typedef long double Wide;
#endif

typedef struct {
    Wide finish;   /* virtual time at which the job ends */
    Wide began;    /* virtual time of its start or last change */
    double nearly; /* finish, rounded: for comparing most of them */
    double weight;
    guint32 place; /* in the heap; IDLE: not under way */
} Job;

struct CsShared {
    CsDes *des;
    CsSharedDone done;
    gpointer context;
    CsHandlerId handler;
    double capacity;
    double limit; /* most that a unit of weight is served with, work/s */

    Job *jobs;
    guint32 *heap; /* of job numbers: the earliest finish first, the smaller number of equals */
    guint32 n_jobs, n_active;

    Wide virtual_time;
    Wide weight_sum;
    gint64 since_ns; /* when virtual_time was right */
    CsEventId next;  /* the end of heap[0]; 0 for none */
    gint64 busy_ns;
    double served;
};

static gboolean before(const CsShared *shared, guint32 a, guint32 b)
{
    const Job *x = &shared->jobs[a], *y = &shared->jobs[b];
    if (x->nearly != y->nearly)
        return x->nearly < y->nearly;
    return x->finish < y->finish || (x->finish == y->finish && a < b);
}

static void put(CsShared *shared, guint32 place, guint32 job)
{
    shared->heap[place] = job;
    shared->jobs[job].place = place;
}

static void sift(CsShared *shared, guint32 place)
{
    guint32 job = shared->heap[place];
    while (place > 0 && before(shared, job, shared->heap[(place - 1) / 2])) {
        put(shared, place, shared->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (;;) {
        guint32 child = 2 * place + 1;
        if (child >= shared->n_active)
            break;
        if (child + 1 < shared->n_active &&
            before(shared, shared->heap[child + 1], shared->heap[child]))
            child++;
        if (!before(shared, shared->heap[child], job))
            break;
        put(shared, place, shared->heap[child]);
        place = child;
    }
    put(shared, place, job);
}

/* dV/dt: C / Σ φ, or the limit where that is less. */
static Wide pace(const CsShared *shared)
{
    return MIN(shared->capacity / shared->weight_sum, (Wide)shared->limit);
}

/* Virtual time now. */
static Wide virtual_now(const CsShared *shared)
{
    gint64 gone_ns = cs_des_now(shared->des) - shared->since_ns;
    if (gone_ns == 0 || shared->n_active == 0)
        return shared->virtual_time;
    return shared->virtual_time + pace(shared) * (Wide)gone_ns / 1000000000;
}

/* Brings virtual time and the meters up to now. */
static void advance(CsShared *shared)
{
    gint64 now_ns = cs_des_now(shared->des);
    gint64 gone_ns = now_ns - shared->since_ns;
    shared->since_ns = now_ns;
    if (shared->n_active == 0 || gone_ns == 0)
        return;
    Wide grown = pace(shared) * (Wide)gone_ns / 1000000000;
    shared->virtual_time += grown;
    shared->served += (double)(grown * shared->weight_sum);
    shared->busy_ns += gone_ns;
}

static void retime(CsShared *shared)
{
    cs_des_drop(shared->des, &shared->next);
    if (shared->n_active == 0) {
        /* An empty resource forgets: virtual time starts at 0 again and keeps its resolution. */
        shared->virtual_time = 0;
        shared->weight_sum = 0;
        return;
    }
    guint32 job = shared->heap[0];
    Wide left = shared->jobs[job].finish - shared->virtual_time;
    double duration_s = left > 0 ? (double)(left / pace(shared)) : 0.0;
    gint64 end_ns = cs_time_after(cs_des_now(shared->des), duration_s);
    if (end_ns != CS_TIME_MAX)
        shared->next = cs_des_schedule(shared->des, end_ns, job, shared->handler, job);
}

static void remove_job(CsShared *shared, guint32 job)
{
    guint32 place = shared->jobs[job].place;
    shared->jobs[job].place = IDLE;
    shared->weight_sum -= shared->jobs[job].weight;
    shared->n_active--;
    if (place != shared->n_active) {
        put(shared, place, shared->heap[shared->n_active]);
        sift(shared, place);
    }
}

static void on_end(CsDes *des, gpointer context, guint32 job)
{
    CsShared *shared = context;
    shared->next = 0;
    advance(shared);
    /* The end was rounded to whole nanoseconds: the job is done by definition, and virtual time
     * must not fall behind it. */
    shared->virtual_time = MAX(shared->virtual_time, shared->jobs[job].finish);
    remove_job(shared, job);
    retime(shared);
    shared->done(des, shared->context, job);
}

CsShared *cs_shared_new(CsDes *des, double capacity, guint32 jobs, CsSharedDone done,
                        gpointer context)
{
    g_assert(capacity > 0 && isfinite(capacity));
    CsShared *shared = g_new(CsShared, 1);
    *shared = (CsShared){.des = des,
                         .done = done,
                         .context = context,
                         .capacity = capacity,
                         .limit = INFINITY,
                         .jobs = g_new0(Job, jobs),
                         .heap = g_new(guint32, jobs),
                         .n_jobs = jobs,
                         .since_ns = cs_des_now(des)};
    for (guint32 i = 0; i < jobs; i++)
        shared->jobs[i].place = IDLE;
    shared->handler = cs_des_add_handler(des, on_end, shared);
    return shared;
}

void cs_shared_free(CsShared *shared)
{
    if (shared == NULL)
        return;
    g_free(shared->jobs);
    g_free(shared->heap);
    g_free(shared);
}

/* Such a job begins, or goes on, now. */
static void set(CsShared *shared, guint32 job, double work, double weight)
{
    Job *own = &shared->jobs[job];
    own->weight = weight;
    own->began = shared->virtual_time;
    own->finish = shared->virtual_time + (Wide)work / weight;
    own->nearly = (double)own->finish;
}

void cs_shared_start(CsShared *shared, guint32 job, double work, double weight)
{
    g_assert(job < shared->n_jobs && shared->jobs[job].place == IDLE);
    g_assert(work >= 0 && isfinite(work) && weight > 0 && isfinite(weight));
    advance(shared);
    set(shared, job, work, weight);
    shared->weight_sum += weight;
    put(shared, shared->n_active++, job);
    sift(shared, shared->n_active - 1);
    retime(shared);
}

void cs_shared_set_limit(CsShared *shared, double limit)
{
    g_assert(shared->n_active == 0 && limit > 0);
    shared->limit = limit;
}

double cs_shared_left(const CsShared *shared, guint32 job)
{
    g_assert(cs_shared_active(shared, job));
    Wide left = (shared->jobs[job].finish - virtual_now(shared)) * shared->jobs[job].weight;
    return left > 0 ? (double)left : 0.0;
}

double cs_shared_had(const CsShared *shared, guint32 job)
{
    g_assert(cs_shared_active(shared, job));
    const Job *own = &shared->jobs[job];
    Wide now = virtual_now(shared);
    return (double)((MIN(now, own->finish) - own->began) * own->weight);
}

void cs_shared_change(CsShared *shared, guint32 job, double work, double weight)
{
    g_assert(cs_shared_active(shared, job));
    g_assert(work >= 0 && isfinite(work) && weight > 0 && isfinite(weight));
    advance(shared);
    shared->weight_sum += (Wide)weight - shared->jobs[job].weight;
    set(shared, job, work, weight);
    sift(shared, shared->jobs[job].place);
    retime(shared);
}

double cs_shared_stop(CsShared *shared, guint32 job)
{
    double left = cs_shared_left(shared, job);
    advance(shared);
    remove_job(shared, job);
    retime(shared);
    return left;
}

gboolean cs_shared_active(const CsShared *shared, guint32 job)
{
    return job < shared->n_jobs && shared->jobs[job].place != IDLE;
}

gint64 cs_shared_endless(const CsShared *shared)
{
    return shared->n_active > 0 && shared->next == 0 ? (gint64)shared->heap[0] : -1;
}

gint64 cs_shared_busy_ns(const CsShared *shared)
{
    gint64 open_ns = cs_des_now(shared->des) - shared->since_ns;
    return shared->busy_ns + (shared->n_active > 0 ? open_ns : 0);
}

double cs_shared_served(const CsShared *shared)
{
    Wide open = virtual_now(shared) - shared->virtual_time;
    return shared->served + (double)(open * shared->weight_sum);
}
