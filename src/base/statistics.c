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

/* What a point adds to a pooled estimate. */
typedef struct {
    double value, variance, welch; /* sums over points */
    double *deviation;             /* by replication */
    gsize least, most;             /* values of a point */
} Pool;

static void pool_point(Pool *pool, const double *sample, gsize n, gsize points)
{
    gsize k = 0;
    double sum = 0.0, squares = 0.0;
    for (gsize r = 0; r < n; r++) {
        k += isfinite(sample[r]) != 0;
        sum += isfinite(sample[r]) ? sample[r] : 0.0;
    }
    pool->least = MIN(pool->least, k);
    pool->most = MAX(pool->most, k);
    double count = (double)k, mean = sum / count;
    pool->value += mean / (double)points;
    if (k < 2)
        return;
    double weight = sqrt(count / (count - 1.0)) / (count * (double)points);
    for (gsize r = 0; r < n; r++) {
        double deviation = isfinite(sample[r]) ? sample[r] - mean : 0.0;
        pool->deviation[r] += weight * deviation;
        squares += deviation * deviation;
    }
    double variance = squares / (count - 1.0) / count / ((double)points * (double)points);
    pool->variance += variance;
    pool->welch += variance * variance / (count - 1.0);
}

CsEstimate cs_pooled_estimate(const double *const *sample, const gsize *n, gsize points,
                              double confidence)
{
    gsize longest = 1;
    for (gsize i = 0; i < points; i++)
        longest = MAX(longest, n[i]);
    g_autofree double *deviation = g_new0(double, longest);
    Pool pool = {.deviation = deviation, .least = G_MAXSIZE};
    for (gsize i = 0; i < points; i++)
        pool_point(&pool, sample[i], n[i], points);
    if (points == 0 || pool.least == 0)
        return (CsEstimate){NAN, NAN, 0};
    CsEstimate estimate = {pool.value, NAN, 1};
    if (pool.least < 2)
        return estimate;
    double squares = 0.0, freedom = (double)(pool.most - 1);
    for (gsize r = 0; r < longest; r++)
        squares += deviation[r] * deviation[r];
    if (pool.welch > 0.0)
        freedom = MIN(freedom, pool.variance * pool.variance / pool.welch);
    estimate.n = (guint64)(freedom * (1.0 + 1e-12)) + 1;
    estimate.half_width = gsl_cdf_tdist_Pinv(0.5 + confidence / 2.0, freedom) * sqrt(squares);
    return estimate;
}
