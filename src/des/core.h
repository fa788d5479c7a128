/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/core: the inside of the event core, and what of it is worth no call: posting an event. For
 * des.c, and for a handler that fires for nearly every event there is; all others take des.h.
 *
 * Layer: des. Calls des/queue.
 */
#ifndef CS_DES_CORE_H
#define CS_DES_CORE_H

#include "des/des.h"
#include "des/queue.h"

#define CS_DES_SLOTTED 255 /* the handler number of a cancellable event's entry */

typedef struct {
    CsHandler call;
    gpointer context;
} CsDesHandler;

typedef struct {
    guint8 order;
    gboolean asked; /* at this instant */
} CsDesDecision;

typedef struct CsDesSlot CsDesSlot;

struct CsDes {
    gint64 now_ns;
    guint64 fired;
    gboolean stopped;
    guint n_handlers;
    CsQueue queue;
    CsDesSlot *slot;
    guint32 n_slots, slot_capacity, free_slot;
    gsize n_cancelled; /* entries of cancelled events still in the queue */
    CsDesHandler handler[CS_DES_SLOTTED];
    CsDesDecision decision[CS_DES_SLOTTED]; /* by handler; of those that are one */
    CsQueueHint hint[CS_DES_SLOTTED + 1];
};

/* cs_des_post() */
static inline void cs_des_post_inline(CsDes *des, gint64 time_ns, guint32 priority,
                                      CsHandlerId handler, guint32 target)
{
    g_assert(time_ns >= des->now_ns && priority <= CS_PRIORITY_MAX);
    cs_queue_push(&des->queue, (CsQueueEntry){time_ns, cs_queue_pack(priority, target, handler)});
}

#endif
