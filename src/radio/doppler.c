/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/doppler: channels that move in time. See doppler.h. */
#include "radio/doppler.h"

#include "radio/pathloss.h"

#include <gsl/gsl_sf_bessel.h>
#include <math.h>

/* Counter words apart from those of one draw a round or transmission. */
#define TRANSMISSION_BLOCK 0xFFFFFFFFu
#define TRANSMISSION_SINUSOID 0xFFFFFFFEu

double cs_doppler_frequency(double speed_m_per_s, double carrier_hz)
{
    return speed_m_per_s * carrier_hz / CS_SPEED_OF_LIGHT_M_PER_S;
}

double cs_doppler_correlation(double doppler_hz, double lag_s)
{
    return gsl_sf_bessel_J0(2.0 * G_PI * doppler_hz * lag_s);
}

double cs_doppler_power(double rician_k, double re, double im)
{
    double scattered = sqrt(1.0 / (rician_k + 1.0));
    double x = sqrt(rician_k / (rician_k + 1.0)) + scattered * re;
    double y = scattered * im;
    return x * x + y * y;
}

/* A complex normal of unit mean power by Box and Muller. */
static void draw(CsRandomKey key, guint64 block, double *re, double *im)
{
    double u[2];
    cs_random_pair(key, block, TRANSMISSION_BLOCK, 0, u);
    double r = sqrt(-log(u[0])), angle = 2.0 * G_PI * u[1];
    *re = r * cos(angle);
    *im = r * sin(angle);
}

/* Blocks after which a draw is forgotten: |ρ|^n = 2^-60. */
static double memory_blocks(double correlation)
{
    double magnitude = fabs(correlation);
    if (magnitude >= 1.0)
        return INFINITY;
    return magnitude > 0.0 ? ceil(-60.0 / log2(magnitude)) : 1.0;
}

void cs_gauss_markov_advance(CsGaussMarkov *channel, double correlation, guint64 block)
{
    if (block + 1 == channel->next)
        return;
    if (block < channel->next)
        channel->next = 0;
    gboolean first = channel->next == 0;
    double memory = memory_blocks(correlation), fresh = sqrt(1.0 - correlation * correlation);
    if (memory < (double)(block - channel->next)) {
        channel->next = block - (guint64)memory;
        first = TRUE;
    }
    while (channel->next <= block) {
        double re, im;
        draw(channel->key, channel->next, &re, &im);
        channel->re = first ? re : correlation * channel->re + fresh * re;
        channel->im = first ? im : correlation * channel->im + fresh * im;
        first = FALSE;
        channel->next = correlation < 1.0 ? channel->next + 1 : block + 1;
    }
}

void cs_jakes_init(CsJakes *channel, CsRandomKey key)
{
    for (int n = 0; n < CS_JAKES_SINUSOIDS; n++) {
        double u[2];
        cs_random_pair(key, (guint64)n, TRANSMISSION_SINUSOID, 0, u);
        double theta = 2.0 * G_PI * (u[0] - 0.5);
        channel->cosine[n] = (float)cos((2.0 * G_PI * n + theta) / CS_JAKES_SINUSOIDS);
        channel->phase[n] = (float)(2.0 * G_PI * (u[1] - 0.5));
    }
}

void cs_jakes_gain(const CsJakes *channel, double doppler_hz, double time_s, double *re, double *im)
{
    double sum_re = 0.0, sum_im = 0.0, turn = 2.0 * G_PI * doppler_hz * time_s;
    for (int n = 0; n < CS_JAKES_SINUSOIDS; n++) {
        double angle = turn * (double)channel->cosine[n] + (double)channel->phase[n];
        sum_re += cos(angle);
        sum_im += sin(angle);
    }
    *re = sum_re / sqrt(CS_JAKES_SINUSOIDS);
    *im = sum_im / sqrt(CS_JAKES_SINUSOIDS);
}
