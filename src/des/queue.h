/*
 * des/queue: the pending events, smallest first, in a stable order.
 *
 * Order: time, then priority, then the order of insertion. What was measured on two cores decides
 * the structure: a few events lie in one short sorted array; more of them lie in buckets of time,
 * of which only the one at hand is sorted (a ladder queue with a single rung: Tang, Goh, Thng,
 * "Ladder queue", ACM TOMACS 15(3), 2005). Everything but the insertion into a bucket streams
 * through memory, and since the events to come lie side by side the caller's state of their targets
 * can be fetched ahead of them. Stability needs no sequence number: an insertion always goes behind
 * what is already there.
 *
 * Layer: des, private to it. Calls GLib only.
 */
#ifndef CS_DES_QUEUE_H
#define CS_DES_QUEUE_H

#include <glib.h>

/* priority 24 bits | target 32 bits | handler 8 bits */
typedef struct {
    gint64 time_ns;
    guint64 what;
} CsQueueEntry;

#define CS_QUEUE_PRIORITY_BITS 24

static inline guint64 cs_queue_pack(guint32 priority, guint32 target, guint8 handler)
{
    return (guint64)priority << 40 | (guint64)target << 8 | handler;
}

static inline guint32 cs_queue_target(guint64 what)
{
    return (guint32)(what >> 8);
}

static inline guint8 cs_queue_handler(guint64 what)
{
    return (guint8)what;
}

/* Where a handler's targets keep their state: an array of `stride` bytes an element. */
typedef struct {
    const char *base; /* NULL: nothing to fetch */
    gsize stride;
} CsQueueHint;

typedef struct CsQueue CsQueue;

/* `hints`: 256 of them, by handler, borrowed and read whenever events come near. */
CsQueue *cs_queue_new(const CsQueueHint *hints);
void cs_queue_free(CsQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsQueue, cs_queue_free)

void cs_queue_reserve(CsQueue *queue, gsize n);

/* `entry.time_ns` must not be earlier than the last popped entry's. */
void cs_queue_push(CsQueue *queue, CsQueueEntry entry);

/* FALSE where the queue is empty. */
gboolean cs_queue_pop(CsQueue *queue, CsQueueEntry *entry);

gsize cs_queue_size(const CsQueue *queue);

/* Keeps the entries for which `keep` says TRUE, in their order. O(size). */
void cs_queue_filter(CsQueue *queue, gboolean (*keep)(gpointer context, const CsQueueEntry *entry),
                     gpointer context);

#endif
