/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/sensitivity: how much of a model's variance comes from which of its inputs: first-order and
 * total Sobol' indices of y = f(u_1, ..., u_k), u uniform on the unit cube.
 *
 *     S_i = Var(E(y | u_i)) / Var(y)          what knowing u_i alone would take away
 *     T_i = E(Var(y | all but u_i)) / Var(y)  what is left when all but u_i are known
 *
 * Saltelli's scheme (Saltelli, Annoni, Azzini, Campolongo, Ratto, Tarantola, Computer Physics
 * Communications 181, 2010, Table 2): two matrices A and B of n points each, the halves of one
 * Sobol' sequence of 2k dimensions, and A_B^i, which is A with column i of B: n (k + 2) values of
 * f. The estimators are Jansen's (Computer Physics Communications 117, 1999):
 *     S_i = 1 - Σ_j (f(B)_j - f(A_B^i)_j)² / (2 n V),  T_i = Σ_j (f(A)_j - f(A_B^i)_j)² / (2 n V)
 * V the variance of f over A and B. The sequence begins at its point number 2^m >= n: from there
 * its points are as even as from the start, without those in which A equals B. Intervals: points
 * are drawn anew with replacement (the bootstrap), rows j of all matrices together.
 *
 * Layer: base. Calls GSL's Sobol' sequence.
 */
#ifndef CS_BASE_SENSITIVITY_H
#define CS_BASE_SENSITIVITY_H

#include <glib.h>

#define CS_SENSITIVITY_INPUTS_MAX 20 /* GSL's sequence has 40 dimensions */
#define CS_SENSITIVITY_ROWS_MAX (1u << 24)

/* Indices with the ends of their 95 % intervals; all NAN where the model does not vary, or some
 * value is NAN. */
typedef struct {
    double first_order, first_order_low, first_order_high;
    double total, total_low, total_high;
} CsSobolIndex;

/* Row j of a design has k + 2 points: of A, of B, of A_B^1 ... A_B^k. */
static inline gsize cs_sensitivity_points(guint k, gsize n)
{
    return n * (k + 2);
}

/* Fills points[n][k + 2][k], row by row, in (0, 1). 1 <= k <= CS_SENSITIVITY_INPUTS_MAX. */
void cs_sensitivity_design(guint k, gsize n, double *points);

/* The indices of the k inputs from the values[n][k + 2] of the design's points. */
void cs_sensitivity_indices(const double *values, guint k, gsize n, CsSobolIndex *index);

/* A model of k inputs in (0, 1). */
typedef double (*CsSensitivityModel)(gpointer context, const double *input);

/* Both: asks the model for all points of a design of n rows. */
void cs_sensitivity_of(CsSensitivityModel model, gpointer context, guint k, gsize n,
                       CsSobolIndex *index);

#endif
