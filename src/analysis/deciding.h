/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/deciding: how many of the events that decide a mean a sample may expect to have seen.
 *
 * A mean's interval knows what its sample saw. Where the variance of a round comes from states of
 * the channel that are rarer than the sample is long, most samples have none of them, and their
 * intervals are too narrow. So: of all states those furthest from their device's mean that carry
 * 95 % of the variance together are the deciding ones; a sample of n rounds of each device expects
 * n Σ p of them. Below 30 where they are rare, an interval may cover far less than it says.
 *
 *     known exactly   the states of expect/events, where a round depends on its own channel alone
 *     from the sample the recorded rounds that carry 95 % of the sample's variance, elsewhere
 *
 * Where neither can be had nothing is said.
 *
 * Layer: analysis. Calls campaign, expect.
 */
#ifndef CS_ANALYSIS_DECIDING_H
#define CS_ANALYSIS_DECIDING_H

#include "analysis/study.h"

#define CS_DECIDING_SHARE 0.95 /* of the variance */
#define CS_DECIDING_LEAST 30   /* events */
#define CS_DECIDING_RARE 0.05  /* of a device's rounds: more frequent ones need no counting */

typedef struct {
    double expected;  /* events in the sample; NAN: not known */
    gboolean few;     /* fewer than CS_DECIDING_LEAST, and rare */
    double per_round; /* of a device; 0 where counted in a sample */
    gboolean exact;   /* 'cardsim expect' has the mean itself */
    char *event;      /* "an outage of the uplink of device '5'"; NULL where not known */
} CsDeciding;

void cs_deciding_clear(CsDeciding *deciding);

/* Of the scenario's own replications and rounds, all devices together; not known (NAN) where
 * cs_round_events() has no answer, or where the devices are of very many groups. */
CsDeciding cs_deciding_of(const CsScenario *scenario, const CsMeasure *measure);

/* What there is to say where they are few; `intervals` says whose. Transfer full. */
char *cs_deciding_text(const CsDeciding *deciding, const char *intervals);

typedef struct CsDecider CsDecider;

/* Of a study, borrowed; never NULL. Transfer full. */
CsDecider *cs_decider_new(CsStudy *study);
void cs_decider_free(CsDecider *decider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDecider, cs_decider_free)

/* For the mean of `measure` over points of the study (guint). Points see the same fades in the same
 * rounds, so an event counts in that point where it is met most. */
CsDeciding cs_decider_ask(CsDecider *decider, const CsMeasure *measure, const GArray *points);

/* The mean itself where it is known exactly, over the same points; NAN where it is not for one of
 * them. */
double cs_decider_exact(CsDecider *decider, const CsMeasure *measure, const GArray *points);

#endif
