/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/shared: a capacity that the jobs under way share in proportion to their weights.
 *
 * Generalised processor sharing (Kleinrock, "Time-shared systems: a theoretical treatment", JACM
 * 14(2), 1967; weights: Parekh & Gallager, IEEE/ACM ToN 1(3), 1993): with capacity C in work/s, job
 * i of weight φ_i is served at C φ_i / Σ φ. Every start, end or change re-times the others: what is
 * left of a job is carried, nothing is restarted. Kept by virtual time, dV/dt = C / Σ φ: a job of
 * work w ends when V has grown by w/φ, so that a change of the crowd moves one event, not all.
 *
 *     start ---> under way, in a heap by virtual finish ---> done()
 *                  |   ^   |                  |
 *                  left|   stop: what is left goes back to the caller
 *                      change: what is left and the weight are set anew; an event moves
 *
 * Owned here: virtual time, the heap, one event, that of the earliest finish. The caller's: what a
 * job's work means.
 *
 * A job is a number below the `jobs` of cs_shared_new(), under way at most once at a time.
 *
 * Layer: des. Calls GLib only.
 */
#ifndef CS_DES_SHARED_H
#define CS_DES_SHARED_H

#include "des/des.h"

typedef struct CsShared CsShared;

/* Called when `job` has been served in full, at that instant; the job is no longer under way. */
typedef void (*CsSharedDone)(CsDes *des, gpointer context, guint32 job);

/* `capacity` > 0 in work/s; `des` and `context` are borrowed. Transfer full. */
CsShared *cs_shared_new(CsDes *des, double capacity, guint32 jobs, CsSharedDone done,
                        gpointer context);
void cs_shared_free(CsShared *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsShared, cs_shared_free)

/* No unit of weight is served with more than `limit` work/s, however few there are: servers of
 * which a job can use only one. While nothing is under way; INFINITY at first. */
void cs_shared_set_limit(CsShared *shared, double limit);

/* Starts `job` with `work` >= 0 and `weight` > 0, both finite. It is done after work 0 at once, as
 * an event of this instant. */
void cs_shared_start(CsShared *shared, guint32 job, double work, double weight);

/* What is left of a job under way, in work. */
double cs_shared_left(const CsShared *shared, guint32 job);

/* What it has been served since it was started or last changed: not a difference of large numbers,
 * however much is left. */
double cs_shared_had(const CsShared *shared, guint32 job);

/* Replaces what is left and the weight of a job under way: its channel has changed. */
void cs_shared_change(CsShared *shared, guint32 job, double work, double weight);

/* Takes a job away; returns what was left of it. */
double cs_shared_stop(CsShared *shared, guint32 job);

/* The job that ends first, where that is beyond the clock, so that no event tells of it; else -1.
 * Whoever finds no event left must ask, and tell of it. */
gint64 cs_shared_endless(const CsShared *shared);

gboolean cs_shared_active(const CsShared *shared, guint32 job);

/* Time integral of "some job is under way", in ns, up to now; and the work served so far: for
 * tests. */
gint64 cs_shared_busy_ns(const CsShared *shared);
double cs_shared_served(const CsShared *shared);

#endif
