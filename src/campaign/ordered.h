/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/ordered: units of work on several threads, their results taken in order on one.
 *
 * Units 0..n-1 are started in order by worker threads; `finish` is called for every started unit on
 * the CALLER's thread, in strict order, so that whatever it writes is the same for any number of
 * threads. At most `window` units are started and not yet finished, which bounds memory. This file
 * knows nothing of simulations; campaign/pool does.
 *
 * Layer: campaign. Calls GLib only.
 */
#ifndef CS_CAMPAIGN_ORDERED_H
#define CS_CAMPAIGN_ORDERED_H

#include <glib.h>

typedef struct {
    /* Does unit `unit` on a worker's thread. *cancel turns non-zero when the result is no longer
     * wanted. Returns a result, handed to finish() whatever happens (transfer full). */
    gpointer (*work)(gpointer context, guint64 unit, const gint *cancel);
    /* Takes the result. `wanted` is FALSE once the work was stopped: the result is only to be
     * freed. Returns FALSE to stop everything behind this unit. */
    gboolean (*finish)(gpointer context, guint64 unit, gpointer result, gboolean wanted);
    /* Called on the caller's thread about every 50 ms and after each finish; FALSE stops all.
     * May be NULL. */
    gboolean (*tick)(gpointer context, guint64 units_finished);
    gpointer context;
    const gint *interrupt; /* stops all once it is not 0; or NULL */
} CsOrderedWork;

/*
 * Runs `n_units` units on `threads` threads (0: one for each core). TRUE where every unit was
 * finished and none asked to stop; no thread of it lives on after the return.
 */
gboolean cs_ordered_run(guint64 n_units, guint threads, guint window, const CsOrderedWork *work);

#endif
