/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/robust: nonlinear least squares that few wrong rows do not lead astray.
 *
 * Minimises  Σ_i rho(r_i / s) + Σ_j p_j²  over the parameters x: r_i the residuals of the rows, rho
 * Tukey's bisquare with c = 4.685 (95 % of the efficiency of least squares at normal errors), s the
 * scale of the residuals, 1.4826 times their median absolute value, and p_j prior residuals, in
 * standard deviations of what is known beforehand. By iterated reweighting (Holland and Welsch,
 * "Robust regression using iteratively reweighted least-squares", Communications in Statistics A6,
 * 1977), from Huber's weights, over GSL's trust-region Levenberg-Marquardt.
 *
 * Layer: analysis. Calls GSL.
 */
#ifndef CS_ANALYSIS_ROBUST_H
#define CS_ANALYSIS_ROBUST_H

#include <glib.h>

typedef struct {
    guint n_parameters, n_rows, n_priors; /* n_rows + n_priors >= n_parameters >= 1 */
    /* Fills in the residuals at x: the rows', then the priors'. */
    void (*residuals)(const double *x, double *residual, gpointer data);
    gpointer data;
    double least_scale; /* residuals below it are never outliers */
} CsRobustProblem;

/* From the start in `x` to the minimum in it; weight[n_rows] in 0..1, 0 for what counts nothing.
 * FALSE where the residuals are no numbers at the start. */
gboolean cs_robust_fit(const CsRobustProblem *problem, double *x, double *weight);

/* The median of n >= 1 values; sorts a copy. */
double cs_robust_median(const double *value, guint n);

#endif
