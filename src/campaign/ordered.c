/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/ordered: units of work on several threads, results in order on one. See ordered.h. */
#include "campaign/ordered.h"

#define TICK_US ((gint64)50 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    gpointer result;
    gboolean done;
} Slot;

/* Everything below the mutex is guarded by it; `cancel` is also read without it, atomically. */
typedef struct {
    const CsOrderedWork *work;
    guint64 n_units;
    guint window;
    gint cancel;
    GMutex mutex;
    GCond unit_done; /* wakes the caller */
    GCond room;      /* wakes workers */
    guint64 started;
    guint64 finished;
    Slot *ring; /* unit u lies in ring[u % window] */
} Pool;

static gpointer worker(gpointer data)
{
    Pool *pool = data;
    g_mutex_lock(&pool->mutex);
    for (;;) {
        while (!g_atomic_int_get(&pool->cancel) && pool->started < pool->n_units &&
               pool->started - pool->finished >= pool->window)
            g_cond_wait(&pool->room, &pool->mutex);
        if (g_atomic_int_get(&pool->cancel) || pool->started == pool->n_units)
            break;
        guint64 unit = pool->started++;
        g_mutex_unlock(&pool->mutex);
        gpointer result = pool->work->work(pool->work->context, unit, &pool->cancel);
        g_mutex_lock(&pool->mutex);
        pool->ring[unit % pool->window] = (Slot){result, TRUE};
        g_cond_signal(&pool->unit_done);
    }
    g_mutex_unlock(&pool->mutex);
    return NULL;
}

static void stop(Pool *pool)
{
    g_atomic_int_set(&pool->cancel, 1);
    g_cond_broadcast(&pool->room);
}

/* Lets the client look round; called with the mutex held, which is released meanwhile. */
static void tick(Pool *pool)
{
    const CsOrderedWork *work = pool->work;
    if (work->interrupt != NULL && g_atomic_int_get(work->interrupt) != 0)
        stop(pool);
    if (work->tick == NULL)
        return;
    guint64 finished = pool->finished;
    g_mutex_unlock(&pool->mutex);
    gboolean go_on = work->tick(work->context, finished);
    g_mutex_lock(&pool->mutex);
    if (!go_on)
        stop(pool);
}

/* Waits for the oldest unit; called with the mutex held. FALSE where no started unit is left and
 * none will be. */
static gboolean wait_for_oldest(Pool *pool)
{
    while (!pool->ring[pool->finished % pool->window].done) {
        gboolean cancelled = g_atomic_int_get(&pool->cancel) != 0;
        if (pool->finished == (cancelled ? pool->started : pool->n_units))
            return FALSE;
        gint64 until = g_get_monotonic_time() + TICK_US;
        if (!g_cond_wait_until(&pool->unit_done, &pool->mutex, until))
            tick(pool);
    }
    return TRUE;
}

static void finish_all(Pool *pool)
{
    const CsOrderedWork *work = pool->work;
    g_mutex_lock(&pool->mutex);
    while (wait_for_oldest(pool)) {
        guint64 unit = pool->finished;
        Slot *slot = &pool->ring[unit % pool->window];
        gpointer result = slot->result;
        gboolean wanted = !g_atomic_int_get(&pool->cancel);
        g_mutex_unlock(&pool->mutex);
        gboolean go_on = work->finish(work->context, unit, result, wanted);
        g_mutex_lock(&pool->mutex);
        *slot = (Slot){NULL, FALSE};
        pool->finished++;
        if (!go_on)
            stop(pool);
        g_cond_signal(&pool->room);
        tick(pool);
    }
    g_mutex_unlock(&pool->mutex);
}

gboolean cs_ordered_run(guint64 n_units, guint threads, guint window, const CsOrderedWork *work)
{
    if (threads == 0)
        threads = g_get_num_processors();
    threads = (guint)MIN((guint64)threads, MAX(n_units, 1));
    /* One thread is one core's work: the worker rests while its results are taken. */
    window = threads == 1 ? 1 : MAX(window, threads);
    Pool pool = {.work = work, .n_units = n_units, .window = window};
    g_mutex_init(&pool.mutex);
    g_cond_init(&pool.unit_done);
    g_cond_init(&pool.room);
    pool.ring = g_new0(Slot, window);

    GThread **thread = g_new(GThread *, threads);
    thread[0] = g_thread_new("cardsim-worker", worker, &pool);
    for (guint i = 1; i < threads; i++) {
        thread[i] = g_thread_try_new("cardsim-worker", worker, &pool, NULL);
        if (thread[i] == NULL) /* the system's limit is reached: fewer will do */
            threads = i;
    }
    finish_all(&pool);
    for (guint i = 0; i < threads; i++)
        g_thread_join(thread[i]);

    gboolean whole = pool.finished == n_units && !pool.cancel;
    g_free(thread);
    g_free(pool.ring);
    g_cond_clear(&pool.room);
    g_cond_clear(&pool.unit_done);
    g_mutex_clear(&pool.mutex);
    return whole;
}
