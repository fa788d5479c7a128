/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/outcome: what a round comes to as a function of its two rates, and where that jumps.
 *
 * The built-in policies look at the rates through one number, s = 1/R_D + 1/R_S (Eq. 9-12): a bit's
 * seconds up and down. So all but the radio's energy is a function of s, smooth but for the points
 * at which the decision flips to another cut or the frequency meets an end of its range.
 *
 * Layer: expect. Calls policy, sim (the configuration), energy.
 */
#ifndef CS_EXPECT_OUTCOME_H
#define CS_EXPECT_OUTCOME_H

#include "expect/decisions.h"
#include "expect/quadrature.h"
#include "sim/config.h"

#define CS_FLIPS_MAX 96

typedef struct {
    const CsConfig *config;
    const CsDeviceGroup *group;
    double device_power_w;               /* NAN: not modelled */
    CsDecisions *decisions;              /* borrowed */
    CsDecisions *own;                    /* the same, where they cannot be shared; else NULL */
    double flip_s_per_bit[CS_FLIPS_MAX]; /* rising */
    guint n_flips;
} CsOutcome;

/* `config` is prepared and borrowed, as is `cache`: decisions are kept there for who asks the same
 * next. Finds the flips for s in [least, most] s/bit, both > 0. */
void cs_outcome_init(CsOutcome *outcome, const CsConfig *config, const CsDeviceGroup *group,
                     CsDecisionsCache *cache, double least_s_per_bit, double most_s_per_bit);
void cs_outcome_clear(CsOutcome *outcome);

/* A round at these rates > 0, as the policy itself decides it; outages are left 0. A policy that
 * draws its cut is averaged over the cuts. */
void cs_outcome_at(const CsOutcome *outcome, double uplink_bps, double downlink_bps,
                   CsMeans *value);

#endif
