/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GLib's locks on top of POSIX threads', to be preloaded under ThreadSanitizer: GLib itself is not
 * instrumented and locks by bare futexes, which the sanitizer cannot see.
 */
#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static void *own(gpointer *place, size_t size, int (*init)(void *))
{
    void *made = __atomic_load_n(place, __ATOMIC_ACQUIRE), *none = NULL;
    if (made != NULL)
        return made;
    made = calloc(1, size);
    if (made == NULL || init(made) != 0)
        abort();
    if (__atomic_compare_exchange_n(place, &none, made, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return none;
}

static int mutex_init(void *mutex)
{
    return pthread_mutex_init(mutex, NULL);
}

static int cond_init(void *cond)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    return pthread_cond_init(cond, &monotonic);
}

static pthread_mutex_t *mutex_of(GMutex *mutex)
{
    return own(&mutex->p, sizeof(pthread_mutex_t), mutex_init);
}

static pthread_cond_t *cond_of(GCond *cond)
{
    return own(&cond->p, sizeof(pthread_cond_t), cond_init);
}

void g_mutex_init(GMutex *mutex)
{
    mutex->p = NULL;
}

void g_mutex_clear(GMutex *mutex)
{
    pthread_mutex_destroy(mutex_of(mutex));
    free(mutex->p);
}

void g_mutex_lock(GMutex *mutex)
{
    pthread_mutex_lock(mutex_of(mutex));
}

void g_mutex_unlock(GMutex *mutex)
{
    pthread_mutex_unlock(mutex_of(mutex));
}

void g_cond_init(GCond *cond)
{
    cond->p = NULL;
}

void g_cond_clear(GCond *cond)
{
    pthread_cond_destroy(cond_of(cond));
    free(cond->p);
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
    pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_us)
{
    struct timespec end = {.tv_sec = end_us / 1000000, .tv_nsec = end_us % 1000000 * 1000};
    return pthread_cond_timedwait(cond_of(cond), mutex_of(mutex), &end) != ETIMEDOUT;
}

void g_cond_signal(GCond *cond)
{
    pthread_cond_signal(cond_of(cond));
}

void g_cond_broadcast(GCond *cond)
{
    pthread_cond_broadcast(cond_of(cond));
}
