/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/draws: see the header. */
#include "learning/draws.h"

#include "learning/elementary.h"

#include <math.h>

#define TWO_PI 6.28318530717958647693
#define EXP_LEAST (-700.0)

void cs_draw_normals(CsRandomKey key, guint64 round, guint32 block, double normal[2])
{
    double uniform[2], sine, cosine;
    cs_random_pair(key, round, 0, block, uniform);
    double radius = sqrt(-2.0 * cs_exact_log(uniform[0]));
    cs_exact_sin_cos(TWO_PI * uniform[1], &sine, &cosine);
    normal[0] = radius * cosine;
    normal[1] = radius * sine;
}

/*
 * The logarithm of a gamma variate of shape > 0 and scale 1, of (round, 0) of the key: Marsaglia
 * and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000), with the power
 * of a uniform for shapes below 1. In logarithms, since a small shape gives numbers below any
 * double.
 */
static double draw_log_gamma(CsRandomKey key, guint64 round, double shape)
{
    double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (guint32 block = 0;; block += 2) {
        double normal[2], uniform[2];
        cs_draw_normals(key, round, block, normal);
        cs_random_pair(key, round, 0, block + 1, uniform);
        double x = normal[0], root = 1.0 + c * x;
        if (root <= 0.0)
            continue;
        double log_v = 3.0 * cs_exact_log(root), v = root * root * root;
        if (cs_exact_log(uniform[0]) >= 0.5 * x * x + d - d * v + d * log_v)
            continue;
        double value = cs_exact_log(d) + log_v;
        return shape < 1.0 ? value + cs_exact_log(uniform[1]) / shape : value;
    }
}

void cs_draw_dirichlet(CsRandomKey key, double alpha, double *share, guint n)
{
    double most = -INFINITY, sum = 0.0;
    for (guint i = 0; i < n; i++) {
        share[i] = isinf(alpha) ? 0.0 : draw_log_gamma(key, i, alpha);
        most = MAX(most, share[i]);
    }
    for (guint i = 0; i < n; i++) {
        share[i] = cs_exact_exp(MAX(share[i] - most, EXP_LEAST));
        sum += share[i];
    }
    for (guint i = 0; i < n; i++)
        share[i] /= sum;
}
