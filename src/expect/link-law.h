/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/link-law: how a direction's rate is distributed: CQIs that have a probability, and
 * stretches of SNR in which the rate varies.
 *
 * Layer: expect. Calls radio.
 */
#ifndef CS_EXPECT_LINK_LAW_H
#define CS_EXPECT_LINK_LAW_H

#include "expect/gain-law.h"

#include <math.h>

#define CS_ATOMS_MAX (CS_CQI_N + 1)

/* A rate that has a probability. */
typedef struct {
    double probability, rate_bps;
    gboolean outage;
} CsLinkAtom;

/* ln gains between which the rate varies with the SNR, without a jump or a bend. */
typedef struct {
    double low, high;
} CsLinkStretch;

typedef struct {
    const CsRateMap *map;
    double snr; /* at gain 1 */
    CsLinkAtom atom[CS_ATOMS_MAX];
    guint n_atoms;
    GArray *stretches; /* of CsLinkStretch, rising */
} CsLinkLaw;

/* The SNRs at which a map's rate jumps or bends, rising. Transfer full: of double. */
GArray *cs_link_breaks(const CsRateMap *map);

/* Under `fading`, whose law is `gain`. `breaks` are those of the map. */
void cs_link_law_init(CsLinkLaw *law, const CsRateMap *map, const GArray *breaks, double snr,
                      const CsFadingModel *fading, const CsGainLaw *gain);
void cs_link_law_clear(CsLinkLaw *law);

/* The link at a gain. */
static inline CsLinkState cs_link_at(const CsRateMap *map, double snr, double log_gain)
{
    return cs_link_state(map, snr * exp(log_gain));
}

/* The ln gain in a stretch at which 1/rate is `s_per_bit`: it falls as the gain rises. An end where
 * it lies outside. */
double cs_link_law_find(const CsLinkLaw *law, const CsLinkStretch *stretch, double s_per_bit);

#endif
