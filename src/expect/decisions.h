/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/decisions: what a policy's decision comes to as a function of s, the seconds of a bit up
 * and down, tabulated as it is asked for.
 *
 * Between two points at which the decision flips (to another cut, or to or from an end of the
 * frequency's range) all is smooth in s. So each half octave of s is looked at for flips once, and
 * each part of it between flips becomes polynomials through the policy's own decisions at
 * Chebyshev's points. They are checked beside them; where they differ by more than 2e-13, as with a
 * power that is a table, the policy is asked every time.
 *
 * The half octaves do not depend on who asks first: the numbers are the same whatever was asked
 * before, and may be kept for all points of a sweep whose policy and costs are the same.
 *
 * Layer: expect. Calls GLib only.
 */
#ifndef CS_EXPECT_DECISIONS_H
#define CS_EXPECT_DECISIONS_H

#include <glib.h>

/* What varies smoothly between flips. */
typedef enum {
    CS_SMOOTH_DELAY,
    CS_SMOOTH_SERVER_ENERGY,
    CS_SMOOTH_COST,
    CS_SMOOTH_FREQUENCY,
    CS_SMOOTH_N
} CsSmooth;

/* A decision at some s. */
typedef struct {
    guint cut;
    gint end; /* of the frequency's range: -1 the lower, 1 the upper, 0 neither */
    double of[CS_SMOOTH_N];
} CsDecided;

/* Asks the policy. */
typedef void (*CsDecide)(gconstpointer context, double s_per_bit, CsDecided *decided);

typedef struct CsDecisions CsDecisions;

CsDecisions *cs_decisions_new(void);
void cs_decisions_free(CsDecisions *decisions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDecisions, cs_decisions_free)

/* The decision at s > 0; `end` is not filled in. */
void cs_decisions_at(CsDecisions *decisions, CsDecide decide, gconstpointer context,
                     double s_per_bit, CsDecided *decided);

/* The flips in (low, high), rising; at most `most` of them. */
guint cs_decisions_flips(CsDecisions *decisions, CsDecide decide, gconstpointer context, double low,
                         double high, double *flip, guint most);

/* Decisions by what decides them: one for a thread. Transfer full. */
typedef struct CsDecisionsCache CsDecisionsCache;
CsDecisionsCache *cs_decisions_cache_new(void);
void cs_decisions_cache_free(CsDecisionsCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDecisionsCache, cs_decisions_cache_free)

/* Caches for threads that come and go: one that nobody has, or a new one; and back. */
typedef struct CsDecisionsPool CsDecisionsPool;
CsDecisionsPool *cs_decisions_pool_new(void);
void cs_decisions_pool_free(CsDecisionsPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDecisionsPool, cs_decisions_pool_free)
CsDecisionsCache *cs_decisions_pool_take(CsDecisionsPool *pool);
void cs_decisions_pool_give(CsDecisionsPool *pool, CsDecisionsCache *cache);

/* Those for `key` (n numbers), made if new; borrowed until the next call. */
CsDecisions *cs_decisions_cache_get(CsDecisionsCache *cache, const double *key, gsize n);

#endif
