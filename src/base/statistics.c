/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/statistics: intervals. See statistics.h. */
#include "base/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double cs_student_t(guint64 n, double confidence)
{
    g_assert(n >= 2 && confidence > 0.0 && confidence < 1.0);
    return gsl_cdf_tdist_Pinv(0.5 + confidence / 2.0, (double)(n - 1));
}

CsEstimate cs_mean_estimate(const double *sample, gsize n, double confidence)
{
    CsEstimate estimate = {NAN, NAN, n};
    if (n == 0)
        return estimate;
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += sample[i];
    estimate.value = sum / (double)n;
    if (n < 2)
        return estimate;
    double squares = 0.0;
    for (gsize i = 0; i < n; i++) {
        double deviation = sample[i] - estimate.value;
        squares += deviation * deviation;
    }
    double error = sqrt(squares / (double)(n - 1) / (double)n);
    estimate.half_width = cs_student_t(n, confidence) * error;
    return estimate;
}

CsEstimate cs_ratio_estimate(const double *numerator, const double *denominator, gsize n,
                             double confidence)
{
    CsEstimate estimate = {NAN, NAN, n};
    double above = 0.0, below = 0.0;
    for (gsize i = 0; i < n; i++) {
        above += numerator[i];
        below += denominator[i];
    }
    if (n == 0 || below == 0.0)
        return estimate;
    estimate.value = above / below;
    if (n < 2)
        return estimate;

    /* Var = (n-1)/n Σ (θ_(i) - θ_(.))², θ_(i) the ratio without replication i. */
    double mean = 0.0;
    for (gsize i = 0; i < n; i++)
        mean += (above - numerator[i]) / (below - denominator[i]);
    mean /= (double)n;
    double squares = 0.0;
    for (gsize i = 0; i < n; i++) {
        double left_out = (above - numerator[i]) / (below - denominator[i]);
        squares += (left_out - mean) * (left_out - mean);
    }
    double error = sqrt((double)(n - 1) / (double)n * squares);
    estimate.half_width = cs_student_t(n, confidence) * error;
    return estimate;
}
