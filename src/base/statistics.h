/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/statistics: means with Student's t intervals and ratios of sums with jackknife intervals.
 *
 * Layer: base. Quantiles come from GSL.
 */
#ifndef CS_BASE_STATISTICS_H
#define CS_BASE_STATISTICS_H

#include <glib.h>

/* An estimate and the half-width of its two-sided interval; NAN half-width where n < 2. */
typedef struct {
    double value;
    double half_width;
    guint64 n;
} CsEstimate;

/* The two-sided quantile t_{n-1} for `confidence` (0.95); n >= 2. */
double cs_student_t(guint64 n, double confidence);

/* Mean of sample[0..n-1] with its interval. n = 0 gives value NAN. */
CsEstimate cs_mean_estimate(const double *sample, gsize n, double confidence);

/*
 * The ratio Σ numerator / Σ denominator over n replications, with the delete-one jackknife's
 * standard error (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, eq. 11.5).
 * The value is the plain ratio of sums. Denominators' sum must not be 0.
 */
CsEstimate cs_ratio_estimate(const double *numerator, const double *denominator, gsize n,
                             double confidence);

/*
 * The mean over `points` of their means, each over its own replications: sample[i][r] is point i's
 * value in replication r, r < n[i], NAN where it has none. Points see the same random numbers in a
 * replication, so deviations from their own means are added replication by replication:
 *     error² = Σ_r ( Σ_i w_i (x_ir - m_i) )²,   w_i = sqrt(k_i / (k_i - 1)) / (k_i · points)
 * with k_i values of point i; that is the usual error where all have as many. Degrees of freedom
 * are Welch's and Satterthwaite's (B. L. Welch, Biometrika 34, 1947), but no more than the fullest
 * point has; `n` is one more than they are. A point without a value gives NAN and n = 0, one with a
 * single value no interval.
 */
CsEstimate cs_pooled_estimate(const double *const *sample, const gsize *n, gsize points,
                              double confidence);

#endif
