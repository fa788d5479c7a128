/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/resource: equal servers with one first-come-first-served queue. See resource.h.
 *
 * Layer: des.
 */
#include "des/resource.h"

#define DISPATCH_ORDER 255 /* behind all who may still ask for a server */

typedef struct {
    gint64 since_ns;
    gint64 rank;
    guint32 job;
} Waiting;

struct CsResource {
    CsDes *des;
    CsResourceStart start;
    gpointer context;
    guint servers;
    guint busy;
    GArray *idle;     /* guint: servers that were released, the last one on top */
    GByteArray *used; /* by server: 1 while busy; as many as were ever used */
    gboolean ranked;  /* the queue is a heap that begins at 0, not a ring */
    gsize newcomers;  /* at most so many at the queue's end have come at this instant */
    CsHandlerId dispatch;
    Waiting *queue; /* a ring of `capacity`, a power of two */
    gsize capacity, head, length;
};

static void on_dispatch(CsDes *des, gpointer context, guint32 target);

CsResource *cs_resource_new(CsDes *des, guint servers, CsResourceStart start, gpointer context)
{
    g_assert(servers >= 1);
    CsResource *resource = g_new0(CsResource, 1);
    resource->des = des;
    resource->start = start;
    resource->context = context;
    resource->servers = servers;
    resource->idle = g_array_new(FALSE, FALSE, sizeof(guint));
    resource->used = g_byte_array_new();
    resource->dispatch = cs_des_add_decision(des, DISPATCH_ORDER, on_dispatch, resource);
    return resource;
}

void cs_resource_free(CsResource *resource)
{
    if (resource == NULL)
        return;
    g_array_unref(resource->idle);
    g_byte_array_unref(resource->used);
    g_free(resource->queue);
    g_free(resource);
}

static guint take_idle_server(CsResource *resource)
{
    guint server;
    if (resource->idle->len > 0) {
        server = g_array_index(resource->idle, guint, resource->idle->len - 1);
        g_array_set_size(resource->idle, resource->idle->len - 1);
        resource->used->data[server] = 1;
    } else {
        server = resource->used->len;
        g_byte_array_append(resource->used, (const guint8[]){1}, 1);
    }
    return server;
}

static void enqueue(CsResource *resource, Waiting waiting)
{
    if (resource->length == resource->capacity) {
        gsize capacity = MAX(64, 2 * resource->capacity);
        Waiting *queue = g_new(Waiting, capacity);
        for (gsize i = 0; i < resource->length; i++)
            queue[i] = resource->queue[(resource->head + i) & (resource->capacity - 1)];
        g_free(resource->queue);
        resource->queue = queue;
        resource->capacity = capacity;
        resource->head = 0;
    }
    resource->queue[(resource->head + resource->length++) & (resource->capacity - 1)] = waiting;
}

/* --- ranked requests: a heap ------------------------------------------------------------------ */

static gboolean goes_before(const Waiting *a, const Waiting *b)
{
    if (a->rank != b->rank)
        return a->rank > b->rank;
    return a->since_ns < b->since_ns || (a->since_ns == b->since_ns && a->job < b->job);
}

static void sift(CsResource *resource, gsize place)
{
    Waiting *heap = resource->queue, moved = heap[place];
    for (; place > 0 && goes_before(&moved, &heap[(place - 1) / 2]); place = (place - 1) / 2)
        heap[place] = heap[(place - 1) / 2];
    for (gsize child = 2 * place + 1; child < resource->length; child = 2 * place + 1) {
        if (child + 1 < resource->length && goes_before(&heap[child + 1], &heap[child]))
            child++;
        if (!goes_before(&heap[child], &moved))
            break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = moved;
}

static void remove_ranked(CsResource *resource, gsize place)
{
    resource->length--;
    if (place == resource->length)
        return;
    resource->queue[place] = resource->queue[resource->length];
    sift(resource, place);
}

void cs_resource_request_ranked(CsResource *resource, guint32 job, gint64 rank)
{
    g_assert(resource->ranked || resource->length == 0);
    resource->ranked = TRUE;
    resource->head = 0;
    enqueue(resource, (Waiting){cs_des_now(resource->des), rank, job});
    sift(resource, resource->length - 1);
    cs_des_decide(resource->des, resource->dispatch);
}

/* --- jobs ------------------------------------------------------------------------------------- */

static Waiting *waiting_at(const CsResource *resource, gsize i)
{
    return &resource->queue[(resource->head + i) & (resource->capacity - 1)];
}

/* Those that have come at this instant, at the queue's end, by their number. */
static void order_newcomers(CsResource *resource)
{
    gsize newcomers = MIN(resource->newcomers, resource->length);
    resource->newcomers = 0;
    for (gsize i = resource->length - newcomers; i < resource->length; i++) {
        Waiting moved = *waiting_at(resource, i);
        gsize place = i;
        for (; place > 0; place--) {
            const Waiting *before = waiting_at(resource, place - 1);
            if (before->since_ns < moved.since_ns || before->job <= moved.job)
                break;
            *waiting_at(resource, place) = *before;
        }
        *waiting_at(resource, place) = moved;
    }
}

static void on_dispatch(CsDes *des, gpointer context, guint32 target)
{
    (void)target;
    CsResource *resource = context;
    if (!resource->ranked)
        order_newcomers(resource);
    while (resource->length > 0 && resource->busy < resource->servers) {
        Waiting next = *waiting_at(resource, 0);
        if (resource->ranked) {
            remove_ranked(resource, 0);
        } else {
            resource->head = (resource->head + 1) & (resource->capacity - 1);
            resource->length--;
        }
        resource->busy++;
        resource->start(des, resource->context, next.job, take_idle_server(resource),
                        cs_des_now(des) - next.since_ns);
    }
}

void cs_resource_request(CsResource *resource, guint32 job)
{
    if (resource->servers == CS_RESOURCE_UNLIMITED) {
        resource->busy++;
        resource->start(resource->des, resource->context, job, 0, 0);
        return;
    }
    enqueue(resource, (Waiting){.since_ns = cs_des_now(resource->des), .job = job});
    resource->newcomers++;
    cs_des_decide(resource->des, resource->dispatch);
}

void cs_resource_release(CsResource *resource, guint server)
{
    g_assert(resource->busy > 0);
    resource->busy--;
    if (resource->servers == CS_RESOURCE_UNLIMITED)
        return;
    g_assert(server < resource->used->len && resource->used->data[server] == 1);
    resource->used->data[server] = 0;
    g_array_append_val(resource->idle, server);
    if (resource->length > 0)
        cs_des_decide(resource->des, resource->dispatch);
}

gboolean cs_resource_withdraw(CsResource *resource, guint32 job)
{
    gsize mask = resource->capacity - 1;
    for (gsize i = 0; i < resource->length; i++) {
        if (resource->queue[(resource->head + i) & mask].job != job)
            continue;
        if (resource->ranked) {
            remove_ranked(resource, i);
            return TRUE;
        }
        for (gsize j = i + 1; j < resource->length; j++)
            resource->queue[(resource->head + j - 1) & mask] =
                resource->queue[(resource->head + j) & mask];
        resource->length--;
        return TRUE;
    }
    return FALSE;
}

guint cs_resource_busy(const CsResource *resource)
{
    return resource->busy;
}

gsize cs_resource_queue_length(const CsResource *resource)
{
    return resource->length;
}
