/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/des: the event core. See des.h.
 *
 * A cancellable event's queue entry carries, instead of handler and target, the number of a slot
 * that holds them with a generation. Cancelling empties the slot and leaves the entry behind, to be
 * passed over when its time comes; when more than half of all entries are such leavings, they are
 * swept out, so that they never cost more than the living.
 *
 * Layer: des.
 */
#include "des/core.h"

#include <math.h>

#define NO_SLOT G_MAXUINT32
#define SWEEP_MIN 64 /* leavings that are not worth a sweep */
#define INTERRUPT_EVERY 1024
#define DECISIONS 0 /* the handler that all of them come through */

typedef enum { SLOT_FREE, SLOT_WAITING, SLOT_CANCELLED } SlotState;

struct CsDesSlot {
    guint32 generation; /* counts the slot's users; in their ids */
    guint32 target;     /* of a free slot: the next free one */
    CsHandlerId handler;
    guint8 state; /* SlotState */
};

static void on_decision(CsDes *des, gpointer context, guint32 target);

CsDes *cs_des_new(void)
{
    CsDes *des = g_new0(CsDes, 1);
    cs_queue_init(&des->queue, des->hint);
    des->free_slot = NO_SLOT;
    CsHandlerId decisions = cs_des_add_handler(des, on_decision, NULL);
    g_assert(decisions == DECISIONS);
    return des;
}

void cs_des_free(CsDes *des)
{
    if (des == NULL)
        return;
    cs_queue_clear(&des->queue);
    g_free(des->slot);
    g_free(des);
}

CsHandlerId cs_des_add_handler(CsDes *des, CsHandler handler, gpointer context)
{
    g_assert(des->n_handlers < CS_DES_SLOTTED);
    des->handler[des->n_handlers] = (CsDesHandler){handler, context};
    return (CsHandlerId)des->n_handlers++;
}

CsHandlerId cs_des_add_decision(CsDes *des, guint order, CsHandler handler, gpointer context)
{
    g_assert(order <= 255);
    CsHandlerId id = cs_des_add_handler(des, handler, context);
    des->decision[id] = (CsDesDecision){.order = (guint8)order};
    return id;
}

static void on_decision(CsDes *des, gpointer context, guint32 target)
{
    (void)context;
    const CsDesHandler *handler = &des->handler[target];
    des->fired--;
    des->decision[target].asked = FALSE;
    handler->call(des, handler->context, 0);
}

void cs_des_decide(CsDes *des, CsHandlerId decision)
{
    if (des->decision[decision].asked)
        return;
    des->decision[decision].asked = TRUE;
    cs_des_post(des, des->now_ns, CS_PRIORITY_DECIDE(des->decision[decision].order), DECISIONS,
                decision);
}

void cs_des_set_target_state(CsDes *des, CsHandlerId handler, gconstpointer base, gsize stride)
{
    g_assert(handler < des->n_handlers);
    des->hint[handler] = (CsQueueHint){base, stride};
}

void cs_des_reserve(CsDes *des, gsize n)
{
    cs_queue_reserve(&des->queue, n);
}

gint64 cs_des_now(const CsDes *des)
{
    return des->now_ns;
}

void cs_des_post(CsDes *des, gint64 time_ns, guint32 priority, CsHandlerId handler, guint32 target)
{
    cs_des_post_inline(des, time_ns, priority, handler, target);
}

/* --- cancellable events ----------------------------------------------------------------------- */

static guint32 slot_new(CsDes *des)
{
    guint32 index = des->free_slot;
    if (index != NO_SLOT) {
        des->free_slot = des->slot[index].target;
        return index;
    }
    if (des->n_slots == des->slot_capacity) {
        g_assert(des->slot_capacity < NO_SLOT / 2);
        des->slot_capacity = MAX(64, 2 * des->slot_capacity);
        des->slot = g_renew(CsDesSlot, des->slot, des->slot_capacity);
    }
    des->slot[des->n_slots] = (CsDesSlot){.generation = 1};
    return des->n_slots++;
}

/* Gives a slot back, unless its generations are used up: an id must never come twice. */
static void slot_free(CsDes *des, guint32 index)
{
    CsDesSlot *slot = &des->slot[index];
    slot->state = SLOT_FREE;
    if (++slot->generation == 0)
        return;
    slot->target = des->free_slot;
    des->free_slot = index;
}

CsEventId cs_des_schedule(CsDes *des, gint64 time_ns, guint32 priority, CsHandlerId handler,
                          guint32 target)
{
    guint32 index = slot_new(des);
    CsDesSlot *slot = &des->slot[index];
    slot->target = target;
    slot->handler = handler;
    slot->state = SLOT_WAITING;
    cs_des_post(des, time_ns, priority, CS_DES_SLOTTED, index);
    return (CsEventId)slot->generation << 32 | index;
}

/* Keeps an entry unless it is a cancelled event's; its slot is free then. */
static gboolean keep_living(gpointer context, const CsQueueEntry *entry)
{
    CsDes *des = context;
    if (cs_queue_handler(entry->what) != CS_DES_SLOTTED)
        return TRUE;
    guint32 index = cs_queue_target(entry->what);
    if (des->slot[index].state == SLOT_WAITING)
        return TRUE;
    slot_free(des, index);
    return FALSE;
}

gboolean cs_des_cancel(CsDes *des, CsEventId id)
{
    guint32 index = (guint32)id;
    if (id == 0 || index >= des->n_slots)
        return FALSE;
    CsDesSlot *slot = &des->slot[index];
    if (slot->generation != (guint32)(id >> 32) || slot->state != SLOT_WAITING)
        return FALSE;
    slot->state = SLOT_CANCELLED;
    des->n_cancelled++;
    if (des->n_cancelled > SWEEP_MIN && des->n_cancelled > cs_queue_size(&des->queue) / 2) {
        cs_queue_filter(&des->queue, keep_living, des);
        des->n_cancelled = 0;
    }
    return TRUE;
}

gsize cs_des_pending(const CsDes *des)
{
    return cs_queue_size(&des->queue) - des->n_cancelled;
}

guint64 cs_des_fired(const CsDes *des)
{
    return des->fired;
}

/* --- running ---------------------------------------------------------------------------------- */

/* Turns a cancellable event's entry into what it stands for. FALSE: it was cancelled. */
static gboolean redeem(CsDes *des, CsQueueEntry *entry)
{
    guint32 index = cs_queue_target(entry->what);
    CsDesSlot slot = des->slot[index];
    slot_free(des, index);
    if (slot.state == SLOT_CANCELLED) {
        des->n_cancelled--;
        return FALSE;
    }
    entry->what = cs_queue_pack(0, slot.target, slot.handler);
    return TRUE;
}

static inline gboolean step(CsDes *des)
{
    CsQueueEntry entry;
    do {
        if (!cs_queue_pop(&des->queue, &entry))
            return FALSE;
    } while (cs_queue_handler(entry.what) == CS_DES_SLOTTED && !redeem(des, &entry));
    des->now_ns = entry.time_ns;
    des->fired++;
    const CsDesHandler *handler = &des->handler[cs_queue_handler(entry.what)];
    handler->call(des, handler->context, cs_queue_target(entry.what));
    return TRUE;
}

gboolean cs_des_step(CsDes *des)
{
    return step(des);
}

guint64 cs_des_run_some(CsDes *des, guint64 n)
{
    guint64 i = 0;
    des->stopped = FALSE;
    while (i < n && !des->stopped && step(des))
        i++;
    return i;
}

gboolean cs_des_run(CsDes *des, const gint *interrupt)
{
    while (interrupt == NULL || g_atomic_int_get(interrupt) == 0)
        if (cs_des_run_some(des, INTERRUPT_EVERY) < INTERRUPT_EVERY || des->stopped)
            return cs_des_pending(des) == 0;
    return FALSE;
}

void cs_des_stop(CsDes *des)
{
    des->stopped = TRUE;
}

gint64 cs_duration_ns(double duration_s)
{
    g_assert(!(duration_s < 0));
    double exact = duration_s * 1e9;
    if (!(exact < 0x1p63))
        return CS_TIME_MAX;
    gint64 whole = (gint64)exact;
    return whole + (exact - (double)whole >= 0.5);
}

gint64 cs_time_after(gint64 now_ns, double duration_s)
{
    return cs_time_sum(now_ns, cs_duration_ns(duration_s));
}
