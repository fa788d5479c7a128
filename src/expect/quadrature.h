/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/quadrature: integrals of all of a round's means at once, to a relative error.
 *
 * Gauss-Legendre rules (GSL's tables) of rising order on panels; while the last two differ too
 * much, the panel that is worst is halved. What jumps is to be split by the caller: a panel is
 * taken to be smooth inside.
 *
 * Layer: expect. Calls GSL's integration tables.
 */
#ifndef CS_EXPECT_QUADRATURE_H
#define CS_EXPECT_QUADRATURE_H

#include <glib.h>

/* What a round's means are of. All values are >= 0. */
typedef enum {
    CS_MEAN_DELAY,         /* s */
    CS_MEAN_SERVER_ENERGY, /* J */
    CS_MEAN_DEVICE_ENERGY, /* J; 0 where not modelled */
    CS_MEAN_RADIO_ENERGY,  /* J */
    CS_MEAN_COST,          /* U */
    CS_MEAN_CUT,
    CS_MEAN_CUT_LAST,  /* share of rounds at the last cut */
    CS_MEAN_FREQUENCY, /* Hz */
    CS_MEAN_OUTAGE_UPLINK,
    CS_MEAN_OUTAGE_DOWNLINK,
    CS_MEAN_ONE, /* of 1: what the probabilities sum to */
    CS_MEAN_N
} CsMean;

typedef struct {
    double of[CS_MEAN_N];
} CsMeans;

static inline void cs_means_add(CsMeans *sum, double weight, const CsMeans *value)
{
    for (guint k = 0; k < CS_MEAN_N; k++)
        sum->of[k] += weight * value->of[k];
}

static inline void cs_means_scale(CsMeans *value, double factor)
{
    for (guint k = 0; k < CS_MEAN_N; k++)
        value->of[k] *= factor;
}

/* The integrand at x, weighted by its density. */
typedef void (*CsIntegrand)(gpointer context, double x, CsMeans *value);

/* The two rules. One for a thread. Transfer full. */
typedef struct CsQuadrature CsQuadrature;
CsQuadrature *cs_quadrature_new(void);
void cs_quadrature_free(CsQuadrature *quadrature);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsQuadrature, cs_quadrature_free)

/*
 * Adds the integral over [point[0], point[n-1]] to *sum and the estimate of its error to *error.
 * `point` rises and splits; equal neighbours are passed over. Halving ends when the error of each
 * mean is at most `tolerance` times |*sum|, what was there before included: what is small beside
 * the rest need not be known as well. It also ends when there are too many panels: *error tells.
 */
void cs_quadrature_add(const CsQuadrature *quadrature, CsIntegrand integrand, gpointer context,
                       const double *point, guint n, double tolerance, CsMeans *sum,
                       CsMeans *error);

/*
 * The bare rules, for who sums over points of its own: CS_QUADRATURE_RULES of rising order, the
 * last two of which cs_quadrature_add() begins a panel with.
 */
#define CS_QUADRATURE_RULES 3
#define CS_QUADRATURE_POINTS_MAX 11
guint cs_quadrature_points(const CsQuadrature *quadrature, guint rule, double low, double high,
                           double point[CS_QUADRATURE_POINTS_MAX],
                           double weight[CS_QUADRATURE_POINTS_MAX]);

/* The estimate of the finer one's error, from the results of two neighbouring rules. */
CsMeans cs_quadrature_error(const CsMeans *fine, const CsMeans *coarse);

#endif
