/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/joint: cuts and frequencies of all devices that start together, by local search.
 *
 * What a set of decisions comes to is asked of the caller, who runs the round as events; here is
 * only the search. It starts from the best of the sets that it is given, so that its answer is
 * never worse than any by that measure, then from the others, and tries, device by device, other
 * cuts and frequencies:
 *
 *     a set given -> sweep: each device: cut up, down, none, all; f up, down
 *                                 | a move that helps is made again
 *                                 '-> nothing helps: a smaller step of f; after the last: done
 *
 * until nothing helps or `effort` sets have been asked for. No random numbers.
 *
 * Layer: sim, private to it. Calls policy.
 */
#ifndef CS_SIM_JOINT_H
#define CS_SIM_JOINT_H

#include "policy/policy.h"

/* The sum of costs where devices decide so; INFINITY where they cannot. */
typedef double (*CsJointCost)(gpointer context, const CsDecision *decisions);

typedef struct {
    guint n;
    const CsCostTable *const *cost; /* by device */
    guint effort;                   /* sets to be asked for at most; >= the sets given */
    CsJointCost sum;
    gpointer context;
} CsJoint;

/* Improves the best of `n_given` sets of `joint->n` decisions each, one behind the other, into
 * `best`; its sum. */
double cs_joint_search(const CsJoint *joint, const CsDecision *given, guint n_given,
                       CsDecision *best);

#endif
