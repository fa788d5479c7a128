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

#define CS_QUEUE_PRIORITY_SHIFT 40

static inline guint64 cs_queue_pack(guint32 priority, guint32 target, guint8 handler)
{
    return (guint64)priority << CS_QUEUE_PRIORITY_SHIFT | (guint64)target << 8 | handler;
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

typedef struct CsQueueChunk CsQueueChunk;
typedef struct CsQueueBucket CsQueueBucket;
typedef struct CsQueueLatecomer CsQueueLatecomer;

/* Open for the two inline functions below only; queue.c tells what lies where. */
typedef struct {
    CsQueueEntry *run;
    gsize run_head, run_end, run_capacity;
    gint64 window_end; /* run and heap: times before it */
    gsize heap_size;

    CsQueueLatecomer *heap;
    gsize heap_capacity;
    guint64 heap_sequence;
    CsQueueEntry *scratch; /* of the merge sort, and while a run is put together */
    gsize scratch_capacity;

    gint64 rung_start, rung_end;
    guint shift;
    gsize rung_size;
    gsize bucket_next; /* first bucket not yet opened */
    gsize n_buckets, bucket_capacity;
    CsQueueBucket *bucket;

    CsQueueChunk *chunk;
    guint32 *older; /* by chunk: the next older of its bucket, or the next free one */
    guint32 free_chunk;
    gsize n_chunks, chunk_capacity;

    CsQueueEntry *top;
    gsize top_size, top_capacity;
    gint64 top_min;
    double top_sum; /* of time - rung_end, for the mean */

    const CsQueueHint *hints;
} CsQueue;

/* `hints`: 256 of them, by handler, borrowed and read whenever events come near. */
void cs_queue_init(CsQueue *queue, const CsQueueHint *hints);
void cs_queue_clear(CsQueue *queue);

void cs_queue_reserve(CsQueue *queue, gsize n);

/* The general cases of the two below. */
void cs_queue_insert(CsQueue *queue, CsQueueEntry entry);
gboolean cs_queue_bring_next(CsQueue *queue);

static inline gboolean cs_queue_before(const CsQueueEntry *a, const CsQueueEntry *b)
{
    if (G_LIKELY(a->time_ns != b->time_ns))
        return a->time_ns < b->time_ns;
    return a->what >> CS_QUEUE_PRIORITY_SHIFT < b->what >> CS_QUEUE_PRIORITY_SHIFT;
}

#define CS_QUEUE_SHORT 8 /* longest rest of a run that is searched from its head */

/*
 * `entry.time_ns` must not be earlier than the last popped entry's.
 *
 * A few events, each of which schedules its next: the new entry takes the place that the one just
 * popped has left, and what is earlier moves up. (To count where it belongs without a branch was
 * slower: the next pop then waits for the comparisons, which a branch lets it run ahead of.)
 */
static inline void cs_queue_push(CsQueue *queue, CsQueueEntry entry)
{
    gsize n = queue->run_end - queue->run_head;
    if (n > CS_QUEUE_SHORT || queue->run_head == 0 || queue->heap_size > 0 ||
        (entry.time_ns >= queue->window_end && queue->window_end != G_MAXINT64)) {
        cs_queue_insert(queue, entry);
        return;
    }
    CsQueueEntry *place = queue->run + --queue->run_head;
    for (; n > 0 && !cs_queue_before(&entry, place + 1); n--, place++)
        *place = place[1];
    *place = entry;
}

/* FALSE where the queue is empty. */
static inline gboolean cs_queue_pop(CsQueue *queue, CsQueueEntry *entry)
{
    if (G_UNLIKELY(queue->heap_size > 0 || queue->run_head == queue->run_end))
        if (!cs_queue_bring_next(queue))
            return FALSE;
    *entry = queue->run[queue->run_head++];
    return TRUE;
}

gsize cs_queue_size(const CsQueue *queue);

/* Keeps the entries for which `keep` says TRUE, in their order. O(size). */
void cs_queue_filter(CsQueue *queue, gboolean (*keep)(gpointer context, const CsQueueEntry *entry),
                     gpointer context);

#endif
