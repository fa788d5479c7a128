/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/sensitivity: Sobol' indices. See sensitivity.h. Layer: base. */
#include "base/sensitivity.h"

#include "base/random.h"

#include <gsl/gsl_qrng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define RESAMPLES 1000
#define TAIL 0.025 /* of the interval, on either side */

/* --- where the model is asked ----------------------------------------------------------------- */

void cs_sensitivity_design(guint k, gsize n, double *points)
{
    g_assert(k >= 1 && k <= CS_SENSITIVITY_INPUTS_MAX);
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, 2 * k);
    double both[2 * CS_SENSITIVITY_INPUTS_MAX];
    gsize first = 1;
    while (first < n)
        first *= 2;
    for (gsize i = 1; i < first; i++) /* GSL leaves out point 0 itself */
        gsl_qrng_get(sequence, both);
    for (gsize j = 0; j < n; j++) {
        double *row = points + j * (k + 2) * k;
        gsl_qrng_get(sequence, both);
        for (guint point = 0; point < k + 2; point++)
            for (guint i = 0; i < k; i++)
                row[point * k + i] = both[point == 1 || point == i + 2 ? k + i : i];
    }
    gsl_qrng_free(sequence);
}

/* --- estimators ------------------------------------------------------------------------------- */

/* Values [row][k + 2]; rows may come more than once. */
typedef struct {
    const double *values;
    guint k;
    gsize n;
    const guint32 *row; /* NULL: each once */
} Sample;

static const double *row_of(const Sample *sample, gsize j)
{
    return sample->values + (sample->row != NULL ? sample->row[j] : j) * (sample->k + 2);
}

/* Of A and B together. */
static double variance_of(const Sample *sample)
{
    double mean = 0, sum = 0;
    for (gsize j = 0; j < sample->n; j++)
        mean += row_of(sample, j)[0] + row_of(sample, j)[1];
    mean /= 2.0 * (double)sample->n;
    for (gsize j = 0; j < sample->n; j++) {
        double a = row_of(sample, j)[0] - mean, b = row_of(sample, j)[1] - mean;
        sum += a * a + b * b;
    }
    return sum / (2.0 * (double)sample->n - 1);
}

/* S_1 .. S_k, then T_1 .. T_k. */
static void estimate(const Sample *sample, double *result)
{
    guint k = sample->k;
    double variance = variance_of(sample);
    for (guint i = 0; i < 2 * k; i++)
        result[i] = 0;
    for (gsize j = 0; j < sample->n; j++) {
        const double *value = row_of(sample, j);
        for (guint i = 0; i < k; i++) {
            double first = value[1] - value[i + 2], total = value[0] - value[i + 2];
            result[i] += first * first;
            result[k + i] += total * total;
        }
    }
    for (guint i = 0; i < k; i++) {
        result[i] = 1 - result[i] / (2 * (double)sample->n * variance);
        result[k + i] /= 2 * (double)sample->n * variance;
    }
}

/* resampled[2 k][RESAMPLES] */
static void resample(const double *values, guint k, gsize n, double *resampled)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    g_autofree guint32 *row = g_new(guint32, n);
    double result[2 * CS_SENSITIVITY_INPUTS_MAX];
    cs_rng_seek(rng, cs_random_key(0, 1, cs_entity_hash("bootstrap"), CS_PURPOSE_BOOTSTRAP), 0, 0,
                0);
    for (guint r = 0; r < RESAMPLES; r++) {
        for (gsize j = 0; j < n; j++)
            row[j] = (guint32)gsl_rng_uniform_int(rng, n);
        const Sample sample = {values, k, n, row};
        estimate(&sample, result);
        for (guint i = 0; i < 2 * k; i++)
            resampled[i * RESAMPLES + r] = result[i];
    }
    gsl_rng_free(rng);
}

/* The quantile of sorted numbers; NAN where one is. */
static double quantile(const double *sorted, double share)
{
    return gsl_stats_quantile_from_sorted_data(sorted, 1, RESAMPLES, share);
}

static gboolean all_finite(const double *values, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return FALSE;
    return TRUE;
}

void cs_sensitivity_indices(const double *values, guint k, gsize n, CsSobolIndex *index)
{
    static const CsSobolIndex unknown = {NAN, NAN, NAN, NAN, NAN, NAN};
    const Sample sample = {values, k, n, NULL};
    g_assert(k >= 1 && k <= CS_SENSITIVITY_INPUTS_MAX && n <= CS_SENSITIVITY_ROWS_MAX);
    for (guint i = 0; i < k; i++)
        index[i] = unknown;
    if (n < 2 || !all_finite(values, cs_sensitivity_points(k, n)) || !(variance_of(&sample) > 0))
        return;
    double result[2 * CS_SENSITIVITY_INPUTS_MAX];
    g_autofree double *resampled = g_new(double, (gsize)2 * k * RESAMPLES);
    estimate(&sample, result);
    resample(values, k, n, resampled);
    for (guint i = 0; i < 2 * k; i++)
        gsl_sort(resampled + (gsize)i * RESAMPLES, 1, RESAMPLES);
    for (guint i = 0; i < k; i++) {
        const double *first = resampled + (gsize)i * RESAMPLES;
        const double *total = resampled + (gsize)(k + i) * RESAMPLES;
        index[i] = (CsSobolIndex){result[i],     quantile(first, TAIL), quantile(first, 1 - TAIL),
                                  result[k + i], quantile(total, TAIL), quantile(total, 1 - TAIL)};
    }
}

void cs_sensitivity_of(CsSensitivityModel model, gpointer context, guint k, gsize n,
                       CsSobolIndex *index)
{
    gsize all = cs_sensitivity_points(k, n);
    g_autofree double *points = g_new(double, all *k);
    g_autofree double *values = g_new(double, all);
    cs_sensitivity_design(k, n, points);
    for (gsize i = 0; i < all; i++)
        values[i] = model(context, points + i * k);
    cs_sensitivity_indices(values, k, n, index);
}
