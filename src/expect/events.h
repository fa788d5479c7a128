/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/events: the states that a round's channel can be in, with their probabilities: what a
 * sample of rounds is drawn from.
 *
 * Both links' fades are cut into cells of a tenth of a neper, those of one rate are one state.
 * Coarser than an integral, but it tells how often a sample may expect to see what decides a mean.
 *
 * Layer: expect. Calls radio, sim (the configuration).
 */
#ifndef CS_EXPECT_EVENTS_H
#define CS_EXPECT_EVENTS_H

#include "expect/expectation.h"

typedef struct {
    guint group;        /* of devices */
    double probability; /* in a round of one of them */
    CsMeans mean;       /* the round */
    CsDirection worse;  /* the link whose bits take longer */
    gint cqi;           /* of that link; -1 where the rate is not by CQI */
} CsRoundEvent;

/* Transfer full: of CsRoundEvent. NULL where a device's place is drawn, or cs_expect_applies() is
 * not. `cache` as of cs_expect_groups(). */
GArray *cs_round_events(const CsConfig *config, CsDecisionsCache *cache);

#endif
