/* SPDX-License-Identifier: GPL-3.0-or-later */
/* des/fair: the capacity goes to the least level. See fair.h. */
#include "des/fair.h"

#include <math.h>

#define IDLE G_MAXUINT32
#define TICK_S 1e-9       /* levels that meet within a tick of the clock are one */
#define EXPONENT_MAX 200. /* of the waiting levels' common factor */

typedef enum { SERVED, WAITING, SETS } Set;

typedef struct {
    double key;    /* served: virtual time at which it ends; waiting: level exp(t/W) */
    double left;   /* work; served: when it joined */
    double joined; /* served: virtual time at which it did */
    double had;    /* work, since it started or last changed, but for what comes after `joined` */
    guint32 place; /* in its heap; IDLE: not under way */
    guint8 set;
} Job;

typedef struct {
    guint32 *job; /* the least key first, the smaller number of equals */
    guint32 n;
} Heap;

struct CsFair {
    CsDes *des;
    CsFairDone done;
    gpointer context;
    CsHandlerId handler;
    double capacity, window_s;
    Job *jobs;
    guint32 n_jobs;
    Heap heap[SETS];
    double virtual_time;
    double least;       /* level of the served */
    gint64 since_ns;    /* when these two were right */
    gint64 factor_ns;   /* when the waiting levels' factor was 1 */
    CsEventId next;     /* 0: none */
    gboolean next_ends; /* it is the first served job's end; else a waiting one joins */
};

/* --- heaps ------------------------------------------------------------------------------------ */

static gboolean before(const CsFair *fair, guint32 a, guint32 b)
{
    double x = fair->jobs[a].key, y = fair->jobs[b].key;
    return x < y || (x <= y && a < b);
}

static void put(CsFair *fair, Heap *heap, guint32 place, guint32 job)
{
    heap->job[place] = job;
    fair->jobs[job].place = place;
}

static void sift(CsFair *fair, Heap *heap, guint32 place)
{
    guint32 job = heap->job[place];
    for (; place > 0 && before(fair, job, heap->job[(place - 1) / 2]); place = (place - 1) / 2)
        put(fair, heap, place, heap->job[(place - 1) / 2]);
    for (guint32 child; (child = 2 * place + 1) < heap->n; place = child) {
        if (child + 1 < heap->n && before(fair, heap->job[child + 1], heap->job[child]))
            child++;
        if (!before(fair, heap->job[child], job))
            break;
        put(fair, heap, place, heap->job[child]);
    }
    put(fair, heap, place, job);
}

static void add(CsFair *fair, Set set, guint32 job, double key)
{
    Heap *heap = &fair->heap[set];
    fair->jobs[job].key = key;
    fair->jobs[job].set = (guint8)set;
    heap->job[heap->n++] = job;
    sift(fair, heap, heap->n - 1);
}

static void take_out(CsFair *fair, guint32 job)
{
    Heap *heap = &fair->heap[fair->jobs[job].set];
    guint32 place = fair->jobs[job].place, last = heap->job[--heap->n];
    fair->jobs[job].place = IDLE;
    if (place == heap->n)
        return;
    put(fair, heap, place, last);
    sift(fair, heap, place);
}

/* --- levels ----------------------------------------------------------------------------------- */

/* Windows since the waiting levels' factor was 1. */
static double windows(const CsFair *fair)
{
    return (double)(fair->since_ns - fair->factor_ns) / 1e9 / fair->window_s;
}

/* Brings virtual time and levels up to now. */
static void advance(CsFair *fair)
{
    gint64 now_ns = cs_des_now(fair->des);
    double gone_s = (double)(now_ns - fair->since_ns) / 1e9;
    Heap *waiting = &fair->heap[WAITING];
    guint32 k = fair->heap[SERVED].n;
    fair->since_ns = now_ns;
    if (k > 0 && gone_s > 0) {
        double share = 1.0 / k;
        fair->virtual_time += fair->capacity * share * gone_s;
        fair->least = share + (fair->least - share) * exp(-gone_s / fair->window_s);
    }
    if (waiting->n > 0 && windows(fair) < EXPONENT_MAX)
        return;
    /* All keys fall alike, so that the heap stays one. */
    double fallen = exp(-windows(fair));
    for (guint32 i = 0; i < waiting->n; i++)
        fair->jobs[waiting->job[i]].key *= fallen;
    fair->factor_ns = now_ns;
}

static double level_of(const CsFair *fair, guint32 job)
{
    const Job *it = &fair->jobs[job];
    return it->set == SERVED ? fair->least : it->key * exp(-windows(fair));
}

static void wait(CsFair *fair, guint32 job, double level)
{
    add(fair, WAITING, job, level * exp(windows(fair)));
}

static void serve(CsFair *fair, guint32 job)
{
    Job *it = &fair->jobs[job];
    it->joined = fair->virtual_time;
    add(fair, SERVED, job, fair->virtual_time + it->left);
}

/* Books what a served job has had so far. */
static void book(const CsFair *fair, Job *it)
{
    double had = fmin(fair->virtual_time - it->joined, it->left);
    it->had += had;
    it->left -= had;
    it->joined = fair->virtual_time;
}

static void make_all_wait(CsFair *fair)
{
    Heap *served = &fair->heap[SERVED];
    while (served->n > 0) {
        guint32 job = served->job[served->n - 1];
        book(fair, &fair->jobs[job]);
        take_out(fair, job);
        wait(fair, job, fair->least);
    }
}

/* How long until the least waiting level is the served ones'; INFINITY where nobody waits. */
static double meeting_s(const CsFair *fair)
{
    const Heap *waiting = &fair->heap[WAITING];
    if (waiting->n == 0)
        return INFINITY;
    double above = level_of(fair, waiting->job[0]) - fair->least;
    return above > 0 ? fair->window_s * log1p(fair->heap[SERVED].n * above) : 0;
}

/* The served are those of the least level, and the next event is theirs. */
static void settle(CsFair *fair)
{
    Heap *served = &fair->heap[SERVED], *waiting = &fair->heap[WAITING];
    cs_des_drop(fair->des, &fair->next);
    if (served->n == 0) {
        fair->virtual_time = 0; /* keeps its resolution */
        fair->least = waiting->n > 0 ? level_of(fair, waiting->job[0]) : 1;
    }
    while (waiting->n > 0 && meeting_s(fair) < TICK_S) {
        guint32 job = waiting->job[0];
        take_out(fair, job);
        serve(fair, job);
    }
    if (served->n == 0)
        return;
    double to_end = fair->jobs[served->job[0]].key - fair->virtual_time;
    double end_s = fmax(to_end, 0) * served->n / fair->capacity, meet_s = meeting_s(fair);
    fair->next_ends = end_s <= meet_s;
    guint32 job = fair->next_ends ? served->job[0] : waiting->job[0];
    gint64 at_ns = cs_time_after(cs_des_now(fair->des), fmin(end_s, meet_s));
    if (at_ns != CS_TIME_MAX)
        fair->next = cs_des_schedule(fair->des, at_ns, job, fair->handler, job);
}

static void on_next(CsDes *des, gpointer context, guint32 job)
{
    CsFair *fair = context;
    fair->next = 0;
    advance(fair);
    if (!fair->next_ends) {
        settle(fair);
        return;
    }
    /* The end was rounded to whole nanoseconds: the job is done by definition, and virtual time
     * must not fall behind it. */
    fair->virtual_time = fmax(fair->virtual_time, fair->jobs[job].key);
    take_out(fair, job);
    settle(fair);
    fair->done(des, fair->context, job);
}

/* --- in public -------------------------------------------------------------------------------- */

CsFair *cs_fair_new(CsDes *des, double capacity, double window_s, guint32 jobs, CsFairDone done,
                    gpointer context)
{
    g_assert(capacity > 0 && isfinite(capacity) && window_s > 0 && isfinite(window_s));
    CsFair *fair = g_new(CsFair, 1);
    *fair = (CsFair){.des = des,
                     .done = done,
                     .context = context,
                     .capacity = capacity,
                     .window_s = window_s,
                     .jobs = g_new0(Job, jobs),
                     .n_jobs = jobs,
                     .least = 1,
                     .since_ns = cs_des_now(des),
                     .factor_ns = cs_des_now(des)};
    for (int set = 0; set < SETS; set++)
        fair->heap[set].job = g_new(guint32, jobs);
    for (guint32 i = 0; i < jobs; i++)
        fair->jobs[i].place = IDLE;
    fair->handler = cs_des_add_handler(des, on_next, fair);
    return fair;
}

void cs_fair_free(CsFair *fair)
{
    if (fair == NULL)
        return;
    for (int set = 0; set < SETS; set++)
        g_free(fair->heap[set].job);
    g_free(fair->jobs);
    g_free(fair);
}

double cs_fair_least(const CsFair *fair)
{
    guint32 k = fair->heap[SERVED].n;
    if (k == 0)
        return 1;
    double gone_s = (double)(cs_des_now(fair->des) - fair->since_ns) / 1e9;
    return 1.0 / k + (fair->least - 1.0 / k) * exp(-gone_s / fair->window_s);
}

/* `job` comes in, or back, at `level`: where that is the least it has all to itself. */
static void enter(CsFair *fair, guint32 job, double level)
{
    if (level < fair->least)
        make_all_wait(fair);
    wait(fair, job, level);
    settle(fair);
}

void cs_fair_start(CsFair *fair, guint32 job, double work, double level)
{
    g_assert(job < fair->n_jobs && fair->jobs[job].place == IDLE);
    g_assert(work >= 0 && isfinite(work) && level >= 0 && isfinite(level));
    advance(fair);
    fair->jobs[job].left = work;
    fair->jobs[job].had = 0;
    enter(fair, job, level);
}

double cs_fair_had(const CsFair *fair, guint32 job)
{
    g_assert(cs_fair_active(fair, job));
    const Job *it = &fair->jobs[job];
    if (it->set != SERVED)
        return it->had;
    double gone_s = (double)(cs_des_now(fair->des) - fair->since_ns) / 1e9;
    double open = fair->capacity / fair->heap[SERVED].n * gone_s;
    return it->had + fmin(fair->virtual_time - it->joined + open, it->left);
}

void cs_fair_change(CsFair *fair, guint32 job, double work, double factor)
{
    g_assert(cs_fair_active(fair, job));
    g_assert(work >= 0 && isfinite(work) && factor > 0 && isfinite(factor));
    Job *it = &fair->jobs[job];
    advance(fair);
    double level = level_of(fair, job) * factor;
    take_out(fair, job);
    it->left = work;
    it->had = 0;
    enter(fair, job, level);
}

void cs_fair_stop(CsFair *fair, guint32 job, double *level)
{
    g_assert(cs_fair_active(fair, job));
    advance(fair);
    *level = level_of(fair, job);
    take_out(fair, job);
    settle(fair);
}

gint64 cs_fair_endless(const CsFair *fair)
{
    const Heap *served = &fair->heap[SERVED];
    return served->n > 0 && fair->next == 0 ? (gint64)served->job[0] : -1;
}

gboolean cs_fair_active(const CsFair *fair, guint32 job)
{
    return job < fair->n_jobs && fair->jobs[job].place != IDLE;
}
