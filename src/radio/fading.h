/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/fading: power gains |g|^2 of unit mean, drawn from counter-based streams.
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_FADING_H
#define CS_RADIO_FADING_H

#include "base/names.h"
#include "base/random.h"

typedef enum {
    CS_FADING_NONE,
    CS_FADING_RAYLEIGH, /* |g|^2 exponential                                                  */
    CS_FADING_RICIAN,   /* a line-of-sight part K times as strong as the scattered one        */
    CS_FADING_NAKAGAMI  /* |g|^2 gamma with shape m >= 0.5                                    */
} CsFading;
extern const CsName cs_fading_names[];

typedef struct {
    CsFading kind;
    double rician_k;   /* linear ratio >= 0; Rician only */
    double nakagami_m; /* >= 0.5; Nakagami only */
} CsFadingModel;

/*
 * The gain at (round, transmission) of the stream `key`; always finite, >= 0, mean 1. A pure
 * function: the same arguments give the same gain.
 *   Rayleigh: -ln u.   Rician: |sqrt(K/(K+1)) + sqrt(1/(K+1)) CN(0,1)|^2, by Box-Muller.
 *   Nakagami: Gamma(m, 1/m) by GSL's sampler (Marsaglia & Tsang 2000).
 */
double cs_fading_gain(const CsFadingModel *model, CsRandomKey key, guint64 round,
                      guint32 transmission);

/* P(|g|^2 <= x): for tests and for planning. None: a step at 1. Rician: by Marcum's Q, as a series
 * of incomplete gamma functions. */
double cs_fading_cdf(const CsFadingModel *model, double x);

/* Log-normal shadowing X = 10^(σ z / 10), z standard normal: a linear ratio of median 1. */
double cs_shadowing_gain(double sigma_db, CsRandomKey key);

#endif
