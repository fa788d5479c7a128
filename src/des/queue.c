/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/queue: a ladder queue with one rung. See queue.h.
 *
 * Four places hold entries, and every entry of one is earlier than every entry of the next, the
 * first two excepted, which are merged:
 *
 *   run    sorted, consumed from its head
 *   heap   latecomers into the middle of a long run
 *   rung   buckets of 2^shift ns each, unsorted, in chunks: times in [window_end, rung_end)
 *   top    unsorted: times from rung_end on
 *
 * When the run is used up the next bucket becomes the run; when the rung is used up the top becomes
 * a new rung, whose width follows from the mean distance of its entries. With few entries there is
 * no rung: window_end is later than any time and the run holds everything.
 *
 * A latecomer, which is earlier than window_end, seldom needs the heap: it fits before the run's
 * head (a stage that takes no time), or near its end (a round begins: a crowd at one instant), or
 * behind it, and then the window is made to end there.
 *
 * Equal keys keep their order of insertion: in the run because an insertion goes behind its equals;
 * between run and heap because the heap's are newer (while the heap holds anything only what comes
 * before all else is inserted into the run); in the heap by a counter; in the others because they
 * are filled at the end and read from the front, and the sort is stable.
 *
 * Layer: des.
 */
#include "des/queue.h"

#include <string.h>

#define RUN_INSERT_MAX 48 /* entries at the end of a run that an insertion may shift */
#define RUN_START 1       /* leaves a place before the head: a latecomer may be the next */
#define FEW_MAX 40        /* up to so many entries no rung is built; below RUN_INSERT_MAX */
#define CHUNK CS_QUEUE_CHUNK
#define BUCKET_LOAD 4 /* entries a bucket is meant for when the rung is built */
#define RUNG_REACH 4  /* by the mean entry's distance */
#define INSERTION_SORT_MAX 24
#define NO_CHUNK G_MAXUINT32
#define FOR_EVER G_MAXUINT64 /* later than any time */
#define PEEK 64              /* buckets looked through for the next one that holds anything */
#define SPAN_MAX 0x1p61      /* ns: twice it still fits the clock's type */

struct CsQueueLatecomer {
    CsQueueEntry entry;
    guint64 sequence;
};

/* Doubles an array until it holds `needed`. */
static gpointer grown(gpointer array, gsize *capacity, gsize needed, gsize element_size)
{
    if (needed <= *capacity)
        return array;
    gsize n = MAX(*capacity, 64);
    while (n < needed)
        n *= 2;
    *capacity = n;
    return g_realloc_n(array, n, element_size);
}

void cs_queue_init(CsQueue *queue, const CsQueueHint *hints)
{
    *queue = (CsQueue){.hints = hints,
                       .top_min = G_MAXINT64,
                       .window_end = FOR_EVER,
                       .rung_end = FOR_EVER,
                       .free_chunk = NO_CHUNK};
    queue->run = grown(NULL, &queue->run_capacity, 2 * RUN_INSERT_MAX, sizeof *queue->run);
    queue->run_head = queue->run_end = queue->run_stop = RUN_START;
}

void cs_queue_clear(CsQueue *queue)
{
    g_free(queue->run);
    g_free(queue->scratch);
    g_free(queue->heap);
    g_free(queue->bucket);
    g_free(queue->chunk);
    g_free(queue->older);
    g_free(queue->top);
}

void cs_queue_reserve(CsQueue *queue, gsize n)
{
    if (n <= FEW_MAX)
        return;
    queue->top = grown(queue->top, &queue->top_capacity, n, sizeof *queue->top);
    queue->bucket =
        grown(queue->bucket, &queue->bucket_capacity, n / BUCKET_LOAD + 2, sizeof *queue->bucket);
}

gsize cs_queue_size(const CsQueue *queue)
{
    return queue->run_end - queue->run_head + queue->heap_size + queue->rung_size + queue->top_size;
}

/* --- the heap: 4-ary, implicit ---------------------------------------------------------------- */

static inline gboolean heap_before(const CsQueueLatecomer *a, const CsQueueLatecomer *b)
{
    if (cs_queue_before(&a->entry, &b->entry))
        return TRUE;
    if (cs_queue_before(&b->entry, &a->entry))
        return FALSE;
    return a->sequence < b->sequence;
}

static void heap_sift_up(CsQueueLatecomer *heap, gsize i, CsQueueLatecomer moved)
{
    while (i > 0) {
        gsize parent = (i - 1) / 4;
        if (!heap_before(&moved, &heap[parent]))
            break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = moved;
}

static void heap_push(CsQueue *queue, CsQueueEntry entry)
{
    queue->heap =
        grown(queue->heap, &queue->heap_capacity, queue->heap_size + 1, sizeof *queue->heap);
    heap_sift_up(queue->heap, queue->heap_size++,
                 (CsQueueLatecomer){entry, queue->heap_sequence++});
    queue->run_stop = 0;
}

static void heap_pop(CsQueue *queue, CsQueueEntry *entry)
{
    CsQueueLatecomer *heap = queue->heap;
    *entry = heap[0].entry;
    gsize n = --queue->heap_size;
    CsQueueLatecomer moved = heap[n];
    gsize i = 0;
    for (;;) {
        gsize child = 4 * i + 1;
        if (child >= n)
            break;
        gsize last = MIN(child + 4, n), least = child;
        for (gsize j = child + 1; j < last; j++)
            if (heap_before(&heap[j], &heap[least]))
                least = j;
        if (!heap_before(&heap[least], &moved))
            break;
        heap[i] = heap[least];
        i = least;
    }
    if (n > 0)
        heap[i] = moved;
}

/* --- the run ---------------------------------------------------------------------------------- */

static void run_begin(CsQueue *queue, gsize n)
{
    queue->run_head = queue->run_stop = RUN_START;
    queue->run_end = RUN_START + n;
}

/* Moves what is left of the run to another place in its array. */
static void run_move(CsQueue *queue, gsize to)
{
    gsize n = queue->run_end - queue->run_head;
    memmove(queue->run + to, queue->run + queue->run_head, n * sizeof *queue->run);
    queue->run_head = queue->run_stop = to;
    queue->run_end = to + n;
}

/* --- sorting a run ---------------------------------------------------------------------------- */

static void insertion_sort(CsQueueEntry *entry, gsize n)
{
    for (gsize i = 1; i < n; i++) {
        CsQueueEntry moved = entry[i];
        gsize j = i;
        for (; j > 0 && cs_queue_before(&moved, &entry[j - 1]); j--)
            entry[j] = entry[j - 1];
        entry[j] = moved;
    }
}

static void merge(const CsQueueEntry *a, gsize n_a, const CsQueueEntry *b, gsize n_b,
                  CsQueueEntry *to)
{
    while (n_a > 0 && n_b > 0) {
        if (cs_queue_before(b, a)) {
            *to++ = *b++;
            n_b--;
        } else {
            *to++ = *a++;
            n_a--;
        }
    }
    memcpy(to, n_a > 0 ? a : b, (n_a + n_b) * sizeof *to);
}

/* End of the ascending stretch that starts at `from`. */
static gsize stretch_end(const CsQueueEntry *entry, gsize from, gsize n)
{
    gsize i = from + 1;
    while (i < n && !cs_queue_before(&entry[i], &entry[i - 1]))
        i++;
    return MIN(i, n);
}

/*
 * Stable natural merge sort: neighbours that ascend already are merged two by two, so that the
 * usual crowd of simultaneous events in file order costs one pass.
 */
static void sort_run(CsQueue *queue)
{
    gsize n = queue->run_end - RUN_START;
    if (n <= INSERTION_SORT_MAX) {
        insertion_sort(queue->run + RUN_START, n);
        return;
    }
    while (stretch_end(queue->run + RUN_START, 0, n) < n) {
        queue->scratch = grown(queue->scratch, &queue->scratch_capacity, queue->run_capacity,
                               sizeof *queue->scratch);
        const CsQueueEntry *from = queue->run + RUN_START;
        for (gsize at = 0; at < n;) {
            gsize middle = stretch_end(from, at, n);
            gsize end = middle < n ? stretch_end(from, middle, n) : n;
            merge(from + at, middle - at, from + middle, end - middle,
                  queue->scratch + RUN_START + at);
            at = end;
        }
        CsQueueEntry *sorted = queue->scratch;
        queue->scratch = queue->run;
        queue->run = sorted;
        gsize capacity = queue->scratch_capacity;
        queue->scratch_capacity = queue->run_capacity;
        queue->run_capacity = capacity;
    }
}

/* --- the rung --------------------------------------------------------------------------------- */

static guint32 chunk_new(CsQueue *queue)
{
    guint32 index = queue->free_chunk;
    if (index != NO_CHUNK) {
        queue->free_chunk = queue->older[index];
        return index;
    }
    if (queue->n_chunks == queue->chunk_capacity) {
        gsize capacity = queue->chunk_capacity;
        queue->older = grown(queue->older, &capacity, queue->n_chunks + 1, sizeof *queue->older);
        queue->chunk =
            grown(queue->chunk, &queue->chunk_capacity, queue->n_chunks + 1, sizeof *queue->chunk);
        g_assert(queue->chunk_capacity < NO_CHUNK);
    }
    return (guint32)queue->n_chunks++;
}

static inline void rung_push(CsQueue *queue, CsQueueEntry entry)
{
    CsQueueBucket *bucket =
        &queue->bucket[((guint64)entry.time_ns - queue->rung_start) >> queue->shift];
    guint at = bucket->count % CHUNK;
    if (at == 0) {
        guint32 older = bucket->chunk;
        bucket->chunk = chunk_new(queue);
        queue->older[bucket->chunk] = older;
    }
    queue->chunk[bucket->chunk].entry[at] = entry;
    bucket->count++;
    queue->rung_size++;
}

static void top_push(CsQueue *queue, CsQueueEntry entry)
{
    queue->top = grown(queue->top, &queue->top_capacity, queue->top_size + 1, sizeof *queue->top);
    queue->top_min = MIN(queue->top_min, entry.time_ns);
    queue->top_sum += (double)((guint64)entry.time_ns - queue->rung_end);
    queue->top[queue->top_size++] = entry;
}

static void top_clear(CsQueue *queue)
{
    queue->top_size = 0;
    queue->top_min = G_MAXINT64;
    queue->top_sum = 0;
}

/* All of the top becomes the run: there are few. */
static void top_to_run(CsQueue *queue)
{
    run_begin(queue, queue->top_size);
    memcpy(queue->run + RUN_START, queue->top, queue->top_size * sizeof *queue->run);
    insertion_sort(queue->run + RUN_START, queue->top_size);
    queue->window_end = queue->rung_end = FOR_EVER;
    queue->n_buckets = queue->bucket_next = 0;
    top_clear(queue);
}

/*
 * A new rung from the top: it reaches RUNG_REACH times as far as the mean entry, so that at least
 * three of four entries find their place in it (Markov) and one very late entry does not widen the
 * buckets of all the others too much. (Twice as far: more entries went through the top, 10 % slower
 * at 10^5 devices and more; eight times: buckets too wide where few events share an instant, half
 * as slow again with 1000.)
 */
static void top_to_rung(CsQueue *queue)
{
    gsize n = queue->top_size;
    double mean = queue->top_sum / (double)n - (double)((guint64)queue->top_min - queue->rung_end);
    guint64 span = (guint64)CLAMP(RUNG_REACH * mean, 0, SPAN_MAX) + 1;
    gsize wanted = n / BUCKET_LOAD + 1;
    guint shift = 0;
    while (span >> shift >= wanted)
        shift++;
    guint64 start = (guint64)queue->top_min;
    gsize n_buckets = (gsize)(span >> shift) + 1;
    guint64 end = start + ((guint64)n_buckets << shift);
    queue->bucket = grown(queue->bucket, &queue->bucket_capacity, n_buckets, sizeof *queue->bucket);
    for (gsize i = 0; i < n_buckets; i++)
        queue->bucket[i] = (CsQueueBucket){NO_CHUNK, 0};
    queue->n_buckets = n_buckets;
    queue->bucket_next = 0;
    queue->rung_start = queue->window_end = start;
    queue->rung_end = end;
    queue->shift = shift;
    top_clear(queue);
    for (gsize i = 0; i < n; i++) {
        CsQueueEntry entry = queue->top[i];
        if ((guint64)entry.time_ns < end)
            rung_push(queue, entry);
        else
            top_push(queue, entry);
    }
}

/* Moves the entries of `bucket`, oldest first, to `to` and frees its chunks. */
static void bucket_empty(CsQueue *queue, CsQueueBucket *bucket, CsQueueEntry *to)
{
    guint32 chunk = bucket->chunk;
    queue->rung_size -= bucket->count;
    for (gsize end = bucket->count; end > 0;) {
        gsize k = (end - 1) % CHUNK + 1;
        end -= k;
        memcpy(to + end, queue->chunk[chunk].entry, k * sizeof *to);
        guint32 older = queue->older[chunk];
        queue->older[chunk] = queue->free_chunk;
        queue->free_chunk = chunk;
        chunk = older;
    }
    *bucket = (CsQueueBucket){NO_CHUNK, 0};
}

/* Makes the entries of `bucket` the run, which is empty. */
static void bucket_to_run(CsQueue *queue, CsQueueBucket *bucket)
{
    gsize n = bucket->count;
    queue->run = grown(queue->run, &queue->run_capacity, n + RUN_INSERT_MAX, sizeof *queue->run);
    run_begin(queue, n);
    bucket_empty(queue, bucket, queue->run + RUN_START);
    sort_run(queue);
    if (n > CHUNK)
        for (gsize i = 0; i < CS_QUEUE_AHEAD; i++)
            cs_queue_fetch(queue, &queue->run[RUN_START + i]);
}

/* The first bucket from `at` on, not far, that holds anything; NULL where there is none. */
static const CsQueueBucket *peek(const CsQueue *queue, gsize *at)
{
    for (gsize end = MIN(*at + PEEK, queue->n_buckets); *at < end;) {
        const CsQueueBucket *bucket = &queue->bucket[(*at)++];
        if (bucket->count > 0)
            return bucket;
    }
    return NULL;
}

static inline void prefetch_chunk(const CsQueue *queue, guint32 chunk)
{
    const char *line = (const char *)&queue->chunk[chunk];
    for (gsize i = 0; i < sizeof(CsQueueChunk); i += 64)
        __builtin_prefetch(line + i);
}

/* Fetches what the next buckets need: the targets' state of one, the entries of a later one. */
static void prefetch_ahead(const CsQueue *queue)
{
    gsize at = queue->bucket_next;
    const CsQueueBucket *bucket = peek(queue, &at);
    if (bucket == NULL)
        return;
    const CsQueueChunk *chunk = &queue->chunk[bucket->chunk];
    for (guint i = 0; i <= (bucket->count - 1) % CHUNK; i++)
        cs_queue_fetch(queue, &chunk->entry[i]);
    bucket = peek(queue, &at);
    if (bucket != NULL)
        prefetch_chunk(queue, bucket->chunk);
}

/* Makes the run hold something. FALSE where nothing is left. */
static gboolean refill(CsQueue *queue)
{
    for (;;) {
        while (queue->bucket_next < queue->n_buckets) {
            CsQueueBucket *bucket = &queue->bucket[queue->bucket_next++];
            if (bucket->count == 0)
                continue;
            queue->window_end = queue->rung_start + ((guint64)queue->bucket_next << queue->shift);
            bucket_to_run(queue, bucket);
            prefetch_ahead(queue);
            return TRUE;
        }
        queue->window_end = queue->rung_end;
        if (queue->top_size == 0)
            return FALSE;
        if (queue->top_size <= FEW_MAX) {
            top_to_run(queue);
            return TRUE;
        }
        top_to_rung(queue);
    }
}

/* --- the queue -------------------------------------------------------------------------------- */

/* The run has become too long to insert into and there is no rung: it goes to the top. */
static void run_to_top(CsQueue *queue)
{
    gsize n = queue->run_end - queue->run_head;
    queue->window_end = queue->rung_end = (guint64)queue->run[queue->run_head].time_ns;
    top_clear(queue);
    for (gsize i = 0; i < n; i++)
        top_push(queue, queue->run[queue->run_head + i]);
    run_begin(queue, 0);
}

/* Inserts into the run, behind its equals: at its end, shifting what is later. */
static void run_insert(CsQueue *queue, CsQueueEntry entry)
{
    if (G_UNLIKELY(queue->run_end == queue->run_capacity)) {
        if (queue->run_head > queue->run_end / 2)
            run_move(queue, RUN_START);
        else
            queue->run =
                grown(queue->run, &queue->run_capacity, queue->run_end + 1, sizeof *queue->run);
    }
    CsQueueEntry *run = queue->run;
    gsize i = queue->run_end++;
    for (; i > queue->run_head && cs_queue_before(&entry, &run[i - 1]); i--)
        run[i] = run[i - 1];
    run[i] = entry;
}

/*
 * Lets the window end behind the last of a long run, where `time_ns` is later than that: what is
 * left of the window's bucket is then filled once more and opened again behind the run. FALSE where
 * that cannot be.
 */
static gboolean window_shrink(CsQueue *queue, guint64 time_ns)
{
    guint64 last_ns = (guint64)queue->run[queue->run_end - 1].time_ns;
    if (time_ns <= last_ns)
        return FALSE;
    if (queue->bucket_next > 0 && time_ns >= queue->rung_start &&
        (time_ns - queue->rung_start) >> queue->shift == queue->bucket_next - 1) {
        queue->bucket_next--;
    } else if (queue->rung_size == 0) {
        queue->n_buckets = queue->bucket_next = 0;
        queue->top_sum += (double)queue->top_size * (double)(queue->rung_end - last_ns - 1);
        queue->rung_end = last_ns + 1;
    } else {
        return FALSE;
    }
    queue->window_end = last_ns + 1;
    return TRUE;
}

void cs_queue_insert(CsQueue *queue, CsQueueEntry entry)
{
    guint64 time_ns = (guint64)entry.time_ns;
    if (time_ns >= queue->window_end) {
        if (time_ns < queue->rung_end)
            rung_push(queue, entry);
        else
            top_push(queue, entry);
        return;
    }
    gsize n = queue->run_end - queue->run_head;
    if (queue->heap_size > 0) {
        if (queue->run_head > 0 && cs_queue_before(&entry, &queue->heap[0].entry) &&
            (n == 0 || cs_queue_before(&entry, &queue->run[queue->run_head])))
            queue->run[--queue->run_head] = entry;
        else
            heap_push(queue, entry);
    } else if (n < RUN_INSERT_MAX) {
        run_insert(queue, entry);
    } else if (queue->window_end == FOR_EVER) {
        run_to_top(queue);
        cs_queue_insert(queue, entry);
    } else if (window_shrink(queue, time_ns)) {
        cs_queue_insert(queue, entry);
    } else if (!cs_queue_before(&entry, &queue->run[queue->run_end - RUN_INSERT_MAX])) {
        run_insert(queue, entry);
    } else {
        heap_push(queue, entry);
    }
}

gboolean cs_queue_bring_next(CsQueue *queue)
{
    if (queue->heap_size > 0) {
        if (queue->run_head == queue->run_end ||
            cs_queue_before(&queue->heap[0].entry, &queue->run[queue->run_head])) {
            if (queue->run_head == 0)
                run_move(queue, RUN_START);
            heap_pop(queue, &queue->run[--queue->run_head]);
        }
        return TRUE;
    }
    if (queue->run_head == queue->run_end && !refill(queue))
        return FALSE;
    queue->run_stop = queue->run_end;
    return TRUE;
}

void cs_queue_filter(CsQueue *queue, gboolean (*keep)(gpointer context, const CsQueueEntry *entry),
                     gpointer context)
{
    gsize n = queue->run_head;
    for (gsize i = queue->run_head; i < queue->run_end; i++)
        if (keep(context, &queue->run[i]))
            queue->run[n++] = queue->run[i];
    queue->run_end = n;
    queue->run_stop = MIN(queue->run_stop, queue->run_head);

    n = queue->heap_size;
    queue->heap_size = 0;
    for (gsize i = 0; i < n; i++)
        if (keep(context, &queue->heap[i].entry))
            heap_sift_up(queue->heap, queue->heap_size++, queue->heap[i]);

    for (gsize b = queue->bucket_next; b < queue->n_buckets; b++) {
        n = queue->bucket[b].count;
        queue->scratch = grown(queue->scratch, &queue->scratch_capacity, n, sizeof *queue->scratch);
        bucket_empty(queue, &queue->bucket[b], queue->scratch);
        for (gsize i = 0; i < n; i++)
            if (keep(context, &queue->scratch[i]))
                rung_push(queue, queue->scratch[i]);
    }

    n = queue->top_size;
    top_clear(queue);
    for (gsize i = 0; i < n; i++)
        if (keep(context, &queue->top[i]))
            top_push(queue, queue->top[i]);
}
