/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/gain-law: distributions of gains. See gain-law.h. Layer: expect. */
#include "expect/gain-law.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>

#define TAIL_LOG 42.0     /* -ln of the probability that is left out */
#define TAIL_DEVIATIONS 9 /* the same of a normal variable */
#define MAX_GAIN_TAIL 1e-18

static void add_guide(CsGainLaw *law, double u)
{
    if (u > law->low && u < law->high && law->n_guides < CS_GUIDES_MAX)
        law->guide[law->n_guides++] = u;
}

/* --- fading ----------------------------------------------------------------------------------- */

/* Gamma(m, 1/m): m^m g^m e^(-m g) / Γ(m), over ln g. Rayleigh is m = 1. */
static double nakagami_density(const CsGainLaw *law, double u)
{
    return exp(law->log_scale + law->shape * (u - exp(u)));
}

/* (K+1) g e^(-K - (K+1) g) I0(2 sqrt(K (K+1) g)), over ln g; the Bessel function scaled by its
 * exponential. */
static double rician_density(const CsGainLaw *law, double u)
{
    double k = law->shape, g = exp(u);
    double apart = sqrt(k) - sqrt((k + 1) * g);
    return (k + 1) * g * exp(-apart * apart) * gsl_sf_bessel_I0_scaled(2 * sqrt(k * (k + 1) * g));
}

/* Around the mean by deviations, and below by the tail's own decay. */
static void guide_fading(CsGainLaw *law, double deviation, double decay)
{
    static const double steps[] = {-6, -3, -1, 1, 3};
    if (deviation < 0.5) {
        for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
            add_guide(law, steps[i] * deviation);
        return;
    }
    law->panel = 4 / fmax(decay, 1);
    for (double fall = 16; fall >= 1; fall /= 2)
        add_guide(law, -fall / decay);
    add_guide(law, 0.5);
    add_guide(law, 1.5);
}

gboolean cs_gain_law_of_fading(CsGainLaw *law, const CsFadingModel *fading)
{
    *law = (CsGainLaw){0};
    if (fading->kind == CS_FADING_NONE)
        return FALSE;
    if (fading->kind == CS_FADING_RICIAN && fading->rician_k > 0) {
        double k = fading->rician_k, root = sqrt(k), tail = sqrt(TAIL_LOG);
        law->density = rician_density;
        law->shape = k;
        law->low =
            root > tail + 0.5 ? 2 * log((root - tail) / sqrt(k + 1)) : -TAIL_LOG - log(k + 1);
        law->high = 2 * log((root + tail) / sqrt(k + 1));
        guide_fading(law, sqrt(1 + 2 * k) / (1 + k), 1);
        return TRUE;
    }
    double m = fading->kind == CS_FADING_NAKAGAMI ? fading->nakagami_m : 1;
    law->density = nakagami_density;
    law->shape = m;
    law->log_scale = m * log(m) - lgamma(m);
    law->low = -1 - TAIL_LOG / m;
    law->high = log(gsl_cdf_gamma_Qinv(MAX_GAIN_TAIL, m, 1 / m));
    guide_fading(law, 1 / sqrt(m), m);
    return TRUE;
}

/* --- place ------------------------------------------------------------------------------------ */

/* e^shift (Φ(b) - Φ(a)), a <= b, by the tails that are small. */
static double scaled_normal(double shift, double a, double b)
{
    if (a + b > 0) { /* the same of the other side */
        double c = a;
        a = -b;
        b = -c;
    }
    double at_b = gsl_sf_log_erfc(-b / G_SQRT2), at_a = gsl_sf_log_erfc(-a / G_SQRT2);
    return 0.5 * (exp(shift + at_b) - exp(shift + at_a));
}

static double place_density(const CsGainLaw *law, double u)
{
    double sigma = law->sigma, density = 0;
    if (law->far > law->near) {
        double alpha = law->exponent, mean = sigma * sigma / alpha;
        double shift = law->log_scale - u / alpha + 0.5 * mean / alpha;
        density = sigma > 0 ? scaled_normal(shift, (law->near + u - mean) / sigma,
                                            (law->far + u - mean) / sigma)
                            : exp(shift);
    }
    if (sigma > 0 && law->share < 1)
        density += (1 - law->share) * gsl_ran_gaussian_pdf(u + law->near, sigma);
    return density;
}

static void guide_place(CsGainLaw *law)
{
    double step = law->sigma > 0 ? law->sigma : (law->far - law->near) / 2;
    add_guide(law, -law->far - 3 * law->sigma);
    add_guide(law, -law->far);
    for (double u = -law->far + 3 * step; u < -law->near && law->n_guides < 6; u += 3 * step)
        add_guide(law, u);
    add_guide(law, -law->near);
    add_guide(law, -law->near + 3 * law->sigma);
}

gboolean cs_gain_law_of_place(CsGainLaw *law, const CsDeviceGroup *group, double *gain)
{
    const CsRadio *radio = &group->radio;
    double d0 = radio->reference_distance_m, alpha = radio->path_loss_exponent;
    double d1 = group->distance_min_m, d2 = group->distance_max_m;
    *law = (CsGainLaw){.density = place_density,
                       .exponent = alpha,
                       .sigma = radio->shadowing_db > 0 ? radio->shadowing_db * G_LN10 / 10 : 0,
                       .near = alpha * log(fmax(d1 / d0, 1)),
                       .far = alpha * log(fmax(d2 / d0, 1))};
    *gain = exp(-law->near);
    if (law->far > law->near) {
        law->share = (d2 - fmax(d1, d0)) / (d2 - d1);
        law->log_scale = log(d0 / ((d2 - d1) * alpha));
    }
    if (!(law->sigma > 0)) {
        if (!(law->far > law->near))
            return FALSE;
        law->atom = 1 - law->share;
    }
    law->low = -law->far - TAIL_DEVIATIONS * law->sigma;
    law->high = -law->near + TAIL_DEVIATIONS * law->sigma;
    guide_place(law);
    return TRUE;
}
