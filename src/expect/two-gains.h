/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/two-gains: the mean round over two fades that are independent: a sum over the CQIs that
 * have a probability in both directions, integrals over one direction's stretch beside each CQI of
 * the other, and over pairs of stretches.
 *
 * Where no decision flips inside, sums over Gauss' points serve, whose links are computed once for
 * all partners; where one does, or they are not near enough, the integral is split and adaptive.
 *
 * Layer: expect. For expectation.c only.
 */
#ifndef CS_EXPECT_TWO_GAINS_H
#define CS_EXPECT_TWO_GAINS_H

#include "expect/link-law.h"
#include "expect/outcome.h"

#define CS_EXPECT_TOLERANCE 3e-11     /* relative, of an integral */
#define CS_EXPECT_TOLERANCE_ALL 8e-10 /* of all integrals of a sum together */
#define CS_EXPECT_INWARD 1e-12        /* from a stretch's end, in ln gain */

/* Everything about a group that does not depend on where a device stands. */
typedef struct {
    const CsConfig *config;
    const CsDeviceGroup *group;
    const CsQuadrature *quadrature;
    CsOutcome outcome;
    CsGainLaw fading;
    gboolean fades;
    GArray *breaks[CS_DIRECTION_N]; /* of SNR */
    double snr[CS_DIRECTION_N];     /* at the reference distance, without shadowing */
    double tolerance;               /* of each of the integrals over two gains */
    double error;                   /* relative, the largest of the inner integrals so far */
} CsGroupMeans;

static inline const CsRateMap *cs_group_means_map(const CsGroupMeans *means, CsDirection direction)
{
    return direction == CS_UPLINK ? &means->group->uplink : &means->group->downlink;
}

/* Seconds of a bit in a direction; none where the protocol sends nothing down. */
static inline double cs_group_means_bit_s(const CsGroupMeans *means, CsDirection direction,
                                          double rate_bps)
{
    return 1 /
           (direction == CS_UPLINK ? rate_bps : cs_config_downlink_bps(means->config, rate_bps));
}

/* The round at two links. */
static inline void cs_group_means_at(const CsGroupMeans *means, const CsLinkState *uplink,
                                     const CsLinkState *downlink, CsMeans *value)
{
    cs_outcome_at(&means->outcome, uplink->rate_bps, downlink->rate_bps, value);
    value->of[CS_MEAN_OUTAGE_UPLINK] = uplink->outage;
    value->of[CS_MEAN_OUTAGE_DOWNLINK] = downlink->outage;
}

/* Adds to *sum the mean at mean SNRs `snr`, and its estimated error to *error. *sum holds something
 * typical, beside which errors are small. Sets means->tolerance. */
void cs_two_gains_add(CsGroupMeans *means, const double snr[CS_DIRECTION_N], CsMeans *sum,
                      CsMeans *error);

#endif
