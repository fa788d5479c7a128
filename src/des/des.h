/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/des: the discrete-event core: one handle, an integer clock, a total order of events.
 *
 * Events fire in the order of time, then priority (smaller first), then the order in which they
 * were scheduled. Time is int64 nanoseconds and never runs backwards. The handle is the root of all
 * state: two simulations never share anything, so each may run on a thread of its own. Nothing is
 * allocated per event once the queue has grown to its working size.
 *
 * An instant has two phases. Phase 0 is what ends, arrives or changes at it; phase 1 what is
 * decided by the state that all of this leaves: whom a server takes, whether a round is over, who
 * starts one. Decisions are events whose priority lies above all others, in an order of their own;
 * what they cause at the same instant belongs to phase 0 again and comes before the next decision:
 *
 *     t:  ends, arrivals, changes by priority | decision 0 | (what it caused) | decision 1 | ...
 *
 * An event is a small value: a handler registered beforehand, and a target, a number that means
 * what the handler wants (a device's index, a job's). It knows no radio and no learning.
 *
 * Layer: des. Calls GLib only.
 */
#ifndef CS_DES_DES_H
#define CS_DES_DES_H

#include <glib.h>

typedef struct CsDes CsDes;

/* Latest time the clock can show, about 292 years. */
#define CS_TIME_MAX G_MAXINT64

/* Sums and multiples of times and durations from 0 on: CS_TIME_MAX where the clock does not hold
 * them, as cs_time_fits() tells before. All arithmetic of the clock goes through these; callers
 * take CS_TIME_MAX for "never", or stop with an error. */
static inline gboolean cs_time_fits(gint64 now_ns, gint64 duration_ns)
{
    return duration_ns < CS_TIME_MAX - now_ns;
}

static inline gint64 cs_time_sum(gint64 a_ns, gint64 b_ns)
{
    return cs_time_fits(a_ns, b_ns) ? a_ns + b_ns : CS_TIME_MAX;
}

static inline gint64 cs_time_multiple(gint64 n, gint64 duration_ns)
{
    gint64 product_ns;
    return __builtin_mul_overflow(n, duration_ns, &product_ns) ? CS_TIME_MAX : product_ns;
}

/* Largest priority: an event is 16 bytes, of which the priority has 24 bits. */
#define CS_PRIORITY_MAX ((1u << 24) - 1)

/* The priority of decision `order`, 0..255, the smaller ones first; those of phase 0 lie below. */
#define CS_PRIORITY_DECIDE(order) (CS_PRIORITY_MAX - 255u + (order))

/* A registered handler's number, 0..254. */
typedef guint8 CsHandlerId;

/* What happens when an event fires: the clock already shows its time. */
typedef void (*CsHandler)(CsDes *des, gpointer context, guint32 target);

/* Names a cancellable event; 0 is never one. Stays invalid once the event has fired or was
 * cancelled, however many events come after it. */
typedef guint64 CsEventId;

CsDes *cs_des_new(void);
void cs_des_free(CsDes *des);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDes, cs_des_free)

/* Registers `handler` with its `context` (borrowed, must outlive the run). At most 255. */
CsHandlerId cs_des_add_handler(CsDes *des, CsHandler handler, gpointer context);

/*
 * Tells where the targets of `handler` keep their state: `stride` bytes each from `base` on
 * (borrowed; NULL takes it back). It is then fetched into the cache shortly before the event fires,
 * which is a matter of speed only.
 */
void cs_des_set_target_state(CsDes *des, CsHandlerId handler, gconstpointer base, gsize stride);

/* Makes room for `n` pending events at once, so that none of them has to grow the queue. */
void cs_des_reserve(CsDes *des, gsize n);

/* Now, in nanoseconds since the start. */
gint64 cs_des_now(const CsDes *des);

/*
 * Schedules an event at `time_ns` (>= now; an earlier time is a bug and is asserted), `priority`
 * 0..CS_PRIORITY_MAX. The cheap form: it cannot be cancelled.
 */
void cs_des_post(CsDes *des, gint64 time_ns, guint32 priority, CsHandlerId handler, guint32 target);

/* The same, cancellable; never returns 0. */
CsEventId cs_des_schedule(CsDes *des, gint64 time_ns, guint32 priority, CsHandlerId handler,
                          guint32 target);

/* Takes a scheduled event back. FALSE where it has fired or was cancelled before. */
gboolean cs_des_cancel(CsDes *des, CsEventId id);

/* Takes the event that *id names back, if there is one still, and forgets it. */
static inline void cs_des_drop(CsDes *des, CsEventId *id)
{
    if (*id != 0)
        cs_des_cancel(des, *id);
    *id = 0;
}

/* A decision that is taken at most once an instant, after all that happens at it, whenever it has
 * been asked for. It is no event of the model and not counted as one. */
CsHandlerId cs_des_add_decision(CsDes *des, guint order, CsHandler handler, gpointer context);
void cs_des_decide(CsDes *des, CsHandlerId decision);

/* Pending events, cancelled ones not counted (for tests); events fired so far. */
gsize cs_des_pending(const CsDes *des);
guint64 cs_des_fired(const CsDes *des);

/* Fires the next event. FALSE where there is none. */
gboolean cs_des_step(CsDes *des);

/* Fires up to `n` events and gives their number: fewer where none is left or cs_des_stop() was
 * called. */
guint64 cs_des_run_some(CsDes *des, guint64 n);

/*
 * Fires events until none is left, cs_des_stop() is called, or *interrupt (may be NULL; looked at
 * every 1024 events) is not 0. TRUE where the queue ran empty.
 */
gboolean cs_des_run(CsDes *des, const gint *interrupt);
void cs_des_stop(CsDes *des);

/*
 * A duration in seconds rounded once to whole nanoseconds, half away from 0. CS_TIME_MAX where it
 * does not fit the clock or is not finite; it must not be negative.
 */
gint64 cs_duration_ns(double duration_s);

/*
 * now + duration, the duration in seconds rounded once to whole nanoseconds (half away from 0).
 * CS_TIME_MAX where it does not fit the clock or the duration is not finite; the duration must not
 * be negative. Callers take CS_TIME_MAX as an overflow and stop with an error.
 */
gint64 cs_time_after(gint64 now_ns, double duration_s);

#endif
