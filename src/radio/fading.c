/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/fading: fading and shadowing draws and their distributions. See fading.h. Layer: radio;
 * calls base and GSL's gamma sampler and distributions. */
#include "radio/fading.h"

#include "base/units.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

const CsName cs_fading_names[] = {{"none", CS_FADING_NONE},
                                  {"rayleigh", CS_FADING_RAYLEIGH},
                                  {"rician", CS_FADING_RICIAN},
                                  {"nakagami", CS_FADING_NAKAGAMI},
                                  CS_NAMES_END};
CS_NAMES_COVER(cs_fading_names, CS_FADING_NAKAGAMI);

/*
 * Rician: g = sqrt(K/(K+1)) + sqrt(1/(K+1)) ρ e^{iθ} with ρ² = -ln u1 and θ = 2π u2 (Box-Muller),
 * so |g|² = ((√K - ρ)² + 4 √K ρ cos²(θ/2)) / (K + 1), a sum of squares: a deep fade loses no digits
 * and can never come out negative.
 */
static double rician_gain(double k, const double u[2])
{
    double line_of_sight = sqrt(k), scattered = sqrt(-log(u[0]));
    double apart = line_of_sight - scattered, half = cos(G_PI * u[1]);
    return (apart * apart + 4 * line_of_sight * scattered * half * half) / (k + 1);
}

/* Gamma(m, 1/m) from a generator that lives on the stack: no allocation per draw. */
static double nakagami_gain(double m, CsRandomKey key, guint64 round, guint32 transmission)
{
    union {
        guint64 align;
        guchar bytes[64];
    } state;
    gsl_rng rng = {.type = cs_rng_philox, .state = &state};
    g_assert(cs_rng_philox->size <= sizeof state);
    cs_rng_seek(&rng, key, round, transmission, 0);
    return gsl_ran_gamma(&rng, m, 1 / m);
}

double cs_fading_gain(const CsFadingModel *model, CsRandomKey key, guint64 round,
                      guint32 transmission)
{
    double u[2];
    switch (model->kind) {
    case CS_FADING_NONE:
        return 1;
    case CS_FADING_RAYLEIGH:
        return -log(cs_random_uniform(key, round, transmission));
    case CS_FADING_RICIAN:
        cs_random_pair(key, round, transmission, 0, u);
        return rician_gain(model->rician_k, u);
    case CS_FADING_NAKAGAMI:
        return nakagami_gain(model->nakagami_m, key, round, transmission);
    }
    g_assert_not_reached();
}

/*
 * Rician: P(|g|² <= x) = 1 - Q1(√(2K), √(2(K+1)x)) = Σ_j e^-K K^j/j! · P(j+1, (K+1) x),
 * P the regularised lower incomplete gamma function (the noncentral chi-square distribution with 2
 * degrees of freedom: Johnson, Kotz, Balakrishnan, "Continuous Univariate Distributions" 2, 1995,
 * eq. 29.3). Summed from the heaviest weight j = floor(K) outwards, so that no e^-K underflows.
 */
static double rician_cdf(double k, double x)
{
    if (k <= 0)
        return -expm1(-x);
    const double negligible = 1e-18;
    const double y = (k + 1) * x, middle = floor(k);
    const double heaviest = exp(middle * log(k) - k - lgamma(middle + 1));
    double sum = 0, weight = heaviest;
    for (double j = middle; weight > negligible * heaviest; j++) {
        sum += weight * gsl_cdf_gamma_P(y, j + 1, 1);
        weight *= k / (j + 1);
    }
    weight = heaviest;
    for (double j = middle; j >= 1 && weight > negligible * heaviest; j--) {
        weight *= j / k;
        sum += weight * gsl_cdf_gamma_P(y, j, 1);
    }
    return fmin(sum, 1);
}

double cs_fading_cdf(const CsFadingModel *model, double x)
{
    if (model->kind == CS_FADING_NONE)
        return x >= 1 ? 1 : 0;
    if (x <= 0)
        return 0;
    switch (model->kind) {
    case CS_FADING_RAYLEIGH:
        return -expm1(-x);
    case CS_FADING_RICIAN:
        return rician_cdf(model->rician_k, x);
    case CS_FADING_NAKAGAMI:
        return gsl_cdf_gamma_P(x, model->nakagami_m, 1 / model->nakagami_m);
    case CS_FADING_NONE:
        break;
    }
    g_assert_not_reached();
}

double cs_shadowing_gain(double sigma_db, CsRandomKey key)
{
    double u[2];
    cs_random_pair(key, 0, 0, 0, u);
    return cs_db_to_linear(sigma_db * sqrt(-2 * log(u[0])) * cos(2 * G_PI * u[1]));
}
