/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/elementary: see the header. */
#include "learning/elementary.h"

#include <math.h>

/* ln 2 and pi / 2 in parts, of which k times the first is exact for |k| < 2^20 (fdlibm). */
static const double ln2_high = 6.93147180369123816490e-01;
static const double ln2_low = 1.90821492927058770002e-10;
static const double half_pi_1 = 1.57079632673412561417e+00;
static const double half_pi_2 = 6.07710050630396597660e-11;
static const double half_pi_3 = 2.02226624871116645580e-21;

double cs_exact_exp(double x)
{
    double k = floor(x / 0.693147180559945309417 + 0.5);
    double r = (x - k * ln2_high) - k * ln2_low, sum = 1.0;
    for (int n = 16; n > 0; n--)
        sum = 1.0 + sum * r / n;
    return ldexp(sum, (int)k);
}

/* 2 artanh((m - 1) / (m + 1)) for x = m 2^k, sqrt(1/2) <= m < sqrt(2). */
double cs_exact_log(double x)
{
    if (!(x > 0.0) || !isfinite(x))
        return NAN;
    int k;
    double m = frexp(x, &k);
    if (m < 0.70710678118654752440) {
        m *= 2.0;
        k--;
    }
    double f = (m - 1.0) / (m + 1.0), square = f * f, sum = 0.0;
    for (int n = 25; n > 1; n -= 2)
        sum = (sum + 1.0 / n) * square;
    return k * ln2_high + (2.0 * f + (2.0 * f * sum + k * ln2_low));
}

void cs_exact_sin_cos(double x, double *sine, double *cosine)
{
    double k = floor(x / 1.57079632679489661923 + 0.5);
    double r = ((x - k * half_pi_1) - k * half_pi_2) - k * half_pi_3, square = r * r;
    double s = 1.0, c = 1.0;
    for (int n = 20; n > 0; n -= 2) {
        s = 1.0 - s * square / (n * (n + 1));
        c = 1.0 - c * square / (n * (n - 1));
    }
    s *= r;
    switch ((int)(k - 4.0 * floor(k / 4.0))) {
    case 0:
        *sine = s, *cosine = c;
        break;
    case 1:
        *sine = c, *cosine = -s;
        break;
    case 2:
        *sine = -s, *cosine = -c;
        break;
    default:
        *sine = -c, *cosine = s;
        break;
    }
}
