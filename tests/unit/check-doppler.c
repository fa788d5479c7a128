/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/radio/doppler against closed forms: ρ^|n| of a first-order process, J0 and Rice's
 * level-crossing rate of Clarke's model. Fixed seeds.
 */
#include "cs-check.h"

#include "radio/doppler.h"

#define SAMPLES 400000

static CsRandomKey key(guint64 seed)
{
    return cs_random_key(seed, 1, cs_entity_hash("1"), CS_PURPOSE_FADING_UPLINK);
}

/* 3 km/h at 3.5 GHz: (3/3.6)·3.5e9/299792458 = 9.72895 Hz; J0(2.404825557695773) = 0. */
START_TEST(doppler_shift)
{
    ck_assert_close(cs_doppler_frequency(3 / 3.6, 3.5e9), 9.72895, 1e-6);
    ck_assert_close(cs_doppler_correlation(0, 1), 1, 1e-15);
    ck_assert_double_eq_tol(cs_doppler_correlation(2.404825557695773 / (2 * G_PI), 1), 0, 1e-12);
}
END_TEST

START_TEST(gauss_markov_autocorrelation)
{
    const double rho = 0.9;
    double *re = g_new(double, SAMPLES), *im = g_new(double, SAMPLES);
    CsGaussMarkov channel = {.key = key(1)};
    double power = 0;
    for (guint64 k = 0; k < SAMPLES; k++) {
        cs_gauss_markov_advance(&channel, rho, k);
        re[k] = channel.re;
        im[k] = channel.im;
        power += cs_doppler_power(0, channel.re, channel.im);
    }
    /* Standard error of the mean power: sqrt((1+ρ²)/(1-ρ²)/n) = 0.005. */
    ck_assert_close(power / SAMPLES, 1, 0.02);
    for (int lag = 1; lag <= 10; lag++) {
        double sum = 0;
        for (int k = 0; k + lag < SAMPLES; k++)
            sum += re[k] * re[k + lag] + im[k] * im[k + lag];
        ck_assert_double_eq_tol(sum / (SAMPLES - lag), pow(rho, lag), 0.02);
    }
    g_free(re);
    g_free(im);
}
END_TEST

/* Passing blocks over gives what visiting each of them gives. */
START_TEST(gauss_markov_does_not_depend_on_visits)
{
    CsGaussMarkov each = {.key = key(2)}, once = {.key = key(2)};
    for (guint64 k = 0; k <= 100; k++)
        cs_gauss_markov_advance(&each, 0.7, k);
    cs_gauss_markov_advance(&once, 0.7, 100);
    ck_assert(each.re == once.re && each.im == once.im);
}
END_TEST

START_TEST(rician_power_has_unit_mean)
{
    CsGaussMarkov channel = {.key = key(3)};
    double power = 0;
    for (guint64 k = 0; k < SAMPLES; k++) {
        cs_gauss_markov_advance(&channel, 0, k);
        power += cs_doppler_power(4, channel.re, channel.im);
    }
    ck_assert_close(power / SAMPLES, 1, 0.005);
}
END_TEST

/* Over an ensemble of channels, E[g(0) g*(τ)] = J0(2π f_d τ). */
START_TEST(jakes_autocorrelation)
{
    const int n = 20000;
    const double doppler_hz = 10;
    double sum[6] = {0};
    for (int i = 0; i < n; i++) {
        CsJakes channel;
        double re0, im0;
        cs_jakes_init(&channel, key(100 + (guint64)i));
        cs_jakes_gain(&channel, doppler_hz, 0, &re0, &im0);
        for (int lag = 0; lag < 6; lag++) {
            double re, im;
            cs_jakes_gain(&channel, doppler_hz, lag * 0.01, &re, &im);
            sum[lag] += re0 * re + im0 * im;
        }
    }
    for (int lag = 0; lag < 6; lag++)
        ck_assert_double_eq_tol(sum[lag] / n, cs_doppler_correlation(doppler_hz, lag * 0.01), 0.03);
}
END_TEST

/* A leap over a long time gives what a walk through every block gives; no correlation of 1 moves.
 */
START_TEST(gauss_markov_forgets)
{
    CsGaussMarkov walk = {.key = key(5)}, leap = {.key = key(5)}, still = {.key = key(5)};
    for (guint64 block = 0; block <= 100000; block++)
        cs_gauss_markov_advance(&walk, 0.9, block);
    cs_gauss_markov_advance(&leap, 0.9, 100000);
    ck_assert_double_eq_tol(leap.re, walk.re, 1e-15);
    ck_assert_double_eq_tol(leap.im, walk.im, 1e-15);
    cs_gauss_markov_advance(&leap, 0.9, 100000);
    ck_assert_double_eq_tol(leap.re, walk.re, 1e-15);
    cs_gauss_markov_advance(&still, 1, 0);
    double re = still.re;
    cs_gauss_markov_advance(&still, 1, G_GUINT64_CONSTANT(1) << 60);
    ck_assert(still.re == re);
}
END_TEST

/* Rice: upward crossings of ρ times the r.m.s. envelope a second: sqrt(2π) f_d ρ exp(-ρ²). */
START_TEST(jakes_level_crossing_rate)
{
    const double doppler_hz = 10, step_s = 1e-3;
    static const double level[] = {0.3, 0.7, 1.0};
    double crossings[3] = {0};
    const int channels = 60, steps = 10000;
    for (int i = 0; i < channels; i++) {
        CsJakes channel;
        double last = 0;
        cs_jakes_init(&channel, key(1000 + (guint64)i));
        for (int k = 0; k < steps; k++) {
            double re, im;
            cs_jakes_gain(&channel, doppler_hz, k * step_s, &re, &im);
            double envelope = hypot(re, im);
            for (int j = 0; j < 3; j++)
                crossings[j] += k > 0 && last < level[j] && envelope >= level[j];
            last = envelope;
        }
    }
    for (int j = 0; j < 3; j++)
        ck_assert_close(crossings[j] / (channels * steps * step_s),
                        sqrt(2 * G_PI) * doppler_hz * level[j] * exp(-level[j] * level[j]), 0.05);
}
END_TEST

/*
 * The mean of |g|² over T varies by Clarke's model with the variance 2/T ∫ (1 - τ/T) J0²(2π f_d τ)
 * dτ over 0..T (the autocovariance of |g|² is that of g squared), however the time is cut into
 * blocks. Of N sinusoids the autocovariance is smaller by 1/N.
 */
START_TEST(jakes_averages_vary_alike_at_every_block_length)
{
    static const double block_s[] = {0.5e-3, 1e-3, 2.5e-3};
    const double doppler_hz = 35, span_s = 0.1;
    double clarke = 0, sum[3] = {0}, square[3] = {0};
    enum { N = 20000, CHANNELS = 4000 };
    for (int i = 0; i < N; i++) {
        double lag_s = (i + 0.5) * span_s / N;
        double rho = cs_doppler_correlation(doppler_hz, lag_s);
        clarke += 2 * (1 - lag_s / span_s) * rho * rho / N;
    }
    for (int i = 0; i < CHANNELS; i++) {
        CsJakes channel;
        cs_jakes_init(&channel, key(50000 + (guint64)i));
        for (int b = 0; b < 3; b++) {
            int blocks = (int)lround(span_s / block_s[b]);
            double mean = 0;
            for (int k = 0; k < blocks; k++) {
                double re, im;
                cs_jakes_gain(&channel, doppler_hz, k * block_s[b], &re, &im);
                mean += cs_doppler_power(0, re, im) / blocks;
            }
            sum[b] += mean / CHANNELS;
            square[b] += mean * mean / CHANNELS;
        }
    }
    for (int b = 0; b < 3; b++) {
        double variance = square[b] - sum[b] * sum[b];
        ck_assert_close(sum[b], 1, 0.03);
        ck_assert_close(variance, clarke - 1.0 / CS_JAKES_SINUSOIDS, 0.08);
        ck_assert_close(variance, square[0] - sum[0] * sum[0], 0.005);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("doppler");
    TCase *tc = tcase_create("doppler");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, doppler_shift);
    tcase_add_test(tc, gauss_markov_autocorrelation);
    tcase_add_test(tc, gauss_markov_does_not_depend_on_visits);
    tcase_add_test(tc, rician_power_has_unit_mean);
    tcase_add_test(tc, gauss_markov_forgets);
    tcase_add_test(tc, jakes_autocorrelation);
    tcase_add_test(tc, jakes_level_crossing_rate);
    tcase_add_test(tc, jakes_averages_vary_alike_at_every_block_length);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
