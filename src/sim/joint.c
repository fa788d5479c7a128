/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/joint: local search over a crowd's decisions. See joint.h. Layer: sim. */
#include "sim/joint.h"

#include <math.h>
#include <string.h>

/* Steps of the frequency, each tried until nothing helps any more. */
static const double steps[] = {1.5, 1.15, 1.05, 1.015};

typedef struct {
    const CsJoint *joint;
    CsDecision *best;
    double least;
    guint asked;
} Search;

static double ask(Search *search, const CsDecision *decisions)
{
    search->asked++;
    double sum = search->joint->sum(search->joint->context, decisions);
    return isnan(sum) ? (double)INFINITY : sum;
}

/* Takes `decision` for the device if that helps. */
static gboolean take(Search *search, guint device, CsDecision decision)
{
    const CsCostTable *cost = search->joint->cost[device];
    CsDecision before = search->best[device];
    decision.frequency_hz =
        CLAMP(decision.frequency_hz, cost->frequency_min_hz, cost->frequency_max_hz);
    if (search->asked >= search->joint->effort || decision.cut > cost->cut_max ||
        decision.cut < cost->cut_min ||
        (decision.cut == before.cut && decision.frequency_hz == before.frequency_hz))
        return FALSE;
    search->best[device] = decision;
    double sum = ask(search, search->best);
    if (sum < search->least) {
        search->least = sum;
        return TRUE;
    }
    search->best[device] = before;
    return FALSE;
}

/* All moves of one device; the wide ones only at first. */
static gboolean improve(Search *search, guint device, double step, gboolean wide)
{
    static const int by[] = {-1, 1};
    const CsDecision *own = &search->best[device];
    gboolean helped = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(by); i++)
        while (take(search, device,
                    (CsDecision){own->cut,
                                 by[i] > 0 ? own->frequency_hz * step : own->frequency_hz / step}))
            helped = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(by); i++)
        while (own->cut + (guint)by[i] <= search->joint->cost[device]->cut_max &&
               take(search, device, (CsDecision){own->cut + (guint)by[i], own->frequency_hz}))
            helped = TRUE;
    if (!wide)
        return helped;
    guint ends[] = {search->joint->cost[device]->cut_min, search->joint->cost[device]->cut_max};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
        helped |= take(search, device, (CsDecision){ends[i], own->frequency_hz});
    return helped;
}

/* From where the search stands, as far as it goes. */
static void descend(Search *search)
{
    const CsJoint *joint = search->joint;
    for (guint s = 0; s < G_N_ELEMENTS(steps); s++) {
        gboolean helped = TRUE;
        while (helped && search->asked < joint->effort) {
            helped = FALSE;
            for (guint device = 0; device < joint->n; device++)
                helped |= improve(search, device, steps[s], s == 0);
        }
    }
}

double cs_joint_search(const CsJoint *joint, const CsDecision *given, guint n_given,
                       CsDecision *best)
{
    gsize size = joint->n * sizeof *best;
    g_autofree CsDecision *at = g_new(CsDecision, joint->n);
    g_autofree double *sum = g_new(double, n_given);
    Search search = {.joint = joint, .best = at};
    double least = INFINITY;
    memcpy(best, given, size);
    for (guint i = 0; i < n_given; i++)
        sum[i] = ask(&search, given + (gsize)i * joint->n);
    for (guint k = 0; k < n_given; k++) { /* the best start first, as long as there is effort */
        guint next = 0;
        for (guint i = 1; i < n_given; i++)
            if (sum[i] < sum[next])
                next = i;
        memcpy(at, given + (gsize)next * joint->n, size);
        search.least = sum[next];
        sum[next] = INFINITY;
        descend(&search);
        if (search.least < least) {
            least = search.least;
            memcpy(best, at, size);
        }
    }
    return least;
}
