/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/queue: the pending events, smallest first, in a stable order.
 *
 *     time ->   now          window_end                rung_end
 *               |                |                        |
 *     run    [..|head ... end]   |                        |    sorted; popped at its head
 *     heap      |  latecomers    |                        |    4-ary; merged with the run
 *     rung      |                | b0 | b1 | b2 | ... | bn|    buckets, each unsorted
 *     top       |                |                        |... unsorted
 *
 *     the run used up: the next bucket is sorted and becomes the run;
 *     the rung used up: the top is spread over a new rung.
 *
 * The queue owns all entries; an entry belongs to the caller from the moment that it is popped, and
 * its place in the run is the first that the next push may take.
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

#define CS_QUEUE_CHUNK 16 /* entries: 256 bytes, four cache lines */

typedef struct {
    CsQueueEntry entry[CS_QUEUE_CHUNK];
} CsQueueChunk;

typedef struct {
    guint32 chunk; /* the newest; older ones by `older` */
    guint32 count; /* entries of all chunks; those of the newest are the last (count-1)%CHUNK+1 */
} CsQueueBucket;

typedef struct CsQueueLatecomer CsQueueLatecomer;

/* Open for the two inline functions below only; queue.c tells what lies where. */
typedef struct {
    CsQueueEntry *run;
    gsize run_head, run_end;
    gsize run_stop;     /* never behind run_end; popping up to there needs no further look */
    guint64 window_end; /* run and heap: times before it */
    gsize heap_size;

    guint64 rung_start, rung_end; /* top: times from rung_end on */
    guint shift;
    CsQueueBucket *bucket;
    CsQueueChunk *chunk;
    gsize rung_size;

    gsize run_capacity;
    CsQueueLatecomer *heap;
    gsize heap_capacity;
    guint64 heap_sequence;
    CsQueueEntry *scratch; /* of the merge sort, and while a run is put together */
    gsize scratch_capacity;

    gsize bucket_next; /* first bucket not yet opened */
    gsize n_buckets, bucket_capacity;
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

/* In one comparison of 128 bits: of two branches the processor could foresee neither. */
static inline gboolean cs_queue_before(const CsQueueEntry *a, const CsQueueEntry *b)
{
    typedef unsigned __int128 Key;
    Key key_a = (Key)(guint64)a->time_ns << 64 | a->what >> CS_QUEUE_PRIORITY_SHIFT;
    Key key_b = (Key)(guint64)b->time_ns << 64 | b->what >> CS_QUEUE_PRIORITY_SHIFT;
    return key_a < key_b;
}

#define CS_QUEUE_SHORT 8 /* longest rest of a run that is searched from its head */

/*
 * `entry.time_ns` must not be earlier than the last popped entry's.
 *
 * Most often the entry goes to the end of a bucket; or it comes before all others, as where a stage
 * takes no time, and then into the place of the entry just popped; or there are a few events, each
 * of which schedules its next: that takes the place just left too, and what is earlier moves up.
 * (To count where it belongs without a branch was slower: the next pop then waits for the
 * comparisons, which a branch lets it run ahead of.)
 */
static inline void cs_queue_push(CsQueue *queue, CsQueueEntry entry)
{
    guint64 time_ns = (guint64)entry.time_ns;
    if (time_ns >= queue->window_end) {
        if (G_LIKELY(time_ns < queue->rung_end)) {
            CsQueueBucket *bucket = &queue->bucket[(time_ns - queue->rung_start) >> queue->shift];
            guint at = bucket->count % CS_QUEUE_CHUNK;
            if (G_LIKELY(at != 0)) {
                bucket->count++;
                queue->rung_size++;
                queue->chunk[bucket->chunk].entry[at] = entry;
                return;
            }
        }
    } else if (queue->heap_size == 0 && queue->run_head > 0) {
        gsize n = queue->run_end - queue->run_head;
        CsQueueEntry *place = queue->run + queue->run_head - 1;
        if (n > CS_QUEUE_SHORT) {
            if (cs_queue_before(&entry, place + 1)) {
                queue->run_head--;
                *place = entry;
                return;
            }
        } else {
            queue->run_head--;
            for (; n > 0 && !cs_queue_before(&entry, place + 1); n--, place++)
                *place = place[1];
            *place = entry;
            return;
        }
    }
    cs_queue_insert(queue, entry);
}

#define CS_QUEUE_AHEAD 8 /* events before its own that a target's state is fetched */

static inline void cs_queue_fetch(const CsQueue *queue, const CsQueueEntry *entry)
{
    const CsQueueHint *hint = &queue->hints[cs_queue_handler(entry->what)];
    if (G_LIKELY(hint->base != NULL))
        __builtin_prefetch(hint->base + hint->stride * cs_queue_target(entry->what), 1);
}

/* FALSE where the queue is empty. */
static inline gboolean cs_queue_pop(CsQueue *queue, CsQueueEntry *entry)
{
    if (G_UNLIKELY(queue->run_head >= queue->run_stop))
        if (!cs_queue_bring_next(queue))
            return FALSE;
    const CsQueueEntry *next = queue->run + queue->run_head++;
    *entry = *next;
    if (queue->run_head + CS_QUEUE_AHEAD <= queue->run_end)
        cs_queue_fetch(queue, next + CS_QUEUE_AHEAD);
    return TRUE;
}

gsize cs_queue_size(const CsQueue *queue);

/* Keeps the entries for which `keep` says TRUE, in their order. O(size). */
void cs_queue_filter(CsQueue *queue, gboolean (*keep)(gpointer context, const CsQueueEntry *entry),
                     gpointer context);

#endif
