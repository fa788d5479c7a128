/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/doppler: channels that move in time: first-order Gauss-Markov and Jakes' sum of sinusoids.
 *
 * A gain is drawn for each coherence block, k = 0, 1, ... of the clock, whether anybody transmits
 * in it or not, so that what a device decides never changes its channel.
 *
 * Layer: radio. Calls base, GSL (J0).
 */
#ifndef CS_RADIO_DOPPLER_H
#define CS_RADIO_DOPPLER_H

#include "base/random.h"

/* Maximum Doppler shift f_d = v f / c in Hz: v speed in m/s, f carrier in Hz. */
double cs_doppler_frequency(double speed_m_per_s, double carrier_hz);

/* Clarke's autocorrelation ρ(τ) = J0(2π f_d τ) of the complex gain (Clarke, BSTJ 47(6), 1968). */
double cs_doppler_correlation(double doppler_hz, double lag_s);

/*
 * |sqrt(K/(K+1)) + sqrt(1/(K+1)) g|² of a complex gain g of unit mean power; K = 0 is Rayleigh. The
 * line of sight is taken to have no Doppler shift of its own.
 */
double cs_doppler_power(double rician_k, double re, double im);

/*
 * Gauss-Markov: g_k = ρ g_{k-1} + sqrt(1-ρ²) w_k, w_k and g_0 complex normal of unit mean power, so
 * that E[g_k g*_{k+n}] = ρ^|n|. A value type; start it with {.key = ...}.
 */
typedef struct {
    CsRandomKey key;
    guint64 next; /* blocks drawn so far */
    double re, im;
} CsGaussMarkov;

/*
 * Moves to block `block`; O(blocks passed), at most as many as it takes for |ρ|^n to fall below
 * 2^-60: what came before no longer reaches a double's last digit. An earlier block starts over.
 * ρ in -1..1; |ρ| = 1 stays as it is.
 */
void cs_gauss_markov_advance(CsGaussMarkov *channel, double correlation, guint64 block);

/*
 * Sum of N sinusoids with random angles and phases:
 *     g(t) = N^(-1/2) Σ exp(j (2π f_d t cos((2πn + θ_n)/N) + φ_n)),  θ_n, φ_n uniform in (-π, π]
 * (Xiao, Zheng, Beaulieu, IEEE Trans. Wireless Commun. 5(12):3667-3679, 2006), autocorrelation
 * J0(2π f_d τ). Holds no state in time: t may go anywhere.
 */
#define CS_JAKES_SINUSOIDS 32

typedef struct {
    float cosine[CS_JAKES_SINUSOIDS]; /* of the angle of arrival */
    float phase[CS_JAKES_SINUSOIDS];
} CsJakes;

void cs_jakes_init(CsJakes *channel, CsRandomKey key);
void cs_jakes_gain(const CsJakes *channel, double doppler_hz, double time_s, double *re,
                   double *im);

#endif
