/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/robust: robust nonlinear least squares. See robust.h. Layer: analysis. */
#include "analysis/robust.h"

#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ITERATIONS 40
#define BY_HUBER 10 /* of these, the first so many */
#define HUBER 1.345
#define BISQUARE 4.685
#define STEPS 100
#define TOLERANCE 1e-9

static gint compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double cs_robust_median(const double *value, guint n)
{
    g_autofree double *sorted = g_memdup2(value, n * sizeof *value);
    qsort(sorted, n, sizeof *sorted, compare);
    return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

/* GSL's vectors may have a stride. */
static int evaluate(const gsl_vector *x, void *problem_pointer, gsl_vector *residual)
{
    const CsRobustProblem *problem = problem_pointer;
    g_autofree double *at = g_new(double, x->size), *value = g_new(double, residual->size);
    int status = GSL_SUCCESS;
    for (gsize i = 0; i < x->size; i++)
        at[i] = gsl_vector_get(x, i);
    problem->residuals(at, value, problem->data);
    for (gsize i = 0; i < residual->size; i++) {
        gsl_vector_set(residual, i, value[i]);
        if (!isfinite(value[i]))
            status = GSL_EDOM;
    }
    return status;
}

/* s: 1.4826 times the median of |r|. */
static double scale_of(const CsRobustProblem *problem, const double *residual)
{
    if (problem->n_rows == 0)
        return problem->least_scale;
    g_autofree double *size = g_new(double, problem->n_rows);
    for (guint i = 0; i < problem->n_rows; i++)
        size[i] = fabs(residual[i]);
    return fmax(1.4826 * cs_robust_median(size, problem->n_rows), problem->least_scale);
}

static double weight_of(double z, gboolean huber)
{
    if (huber)
        return fabs(z) <= HUBER ? 1 : HUBER / fabs(z);
    double u = z / BISQUARE;
    return fabs(u) < 1 ? (1 - u * u) * (1 - u * u) : 0;
}

/* One weighted fit from x on. */
static void fit_weighted(const CsRobustProblem *problem, gsl_multifit_nlinear_workspace *space,
                         const gsl_vector *weight, double *x)
{
    int info;
    gsl_multifit_nlinear_fdf function = {.f = evaluate,
                                         .n = problem->n_rows + problem->n_priors,
                                         .p = problem->n_parameters,
                                         .params = (void *)problem};
    gsl_vector_view start = gsl_vector_view_array(x, problem->n_parameters);
    if (gsl_multifit_nlinear_winit(&start.vector, weight, &function, space) != GSL_SUCCESS)
        return;
    gsl_multifit_nlinear_driver(STEPS, TOLERANCE, TOLERANCE, TOLERANCE, NULL, NULL, &info, space);
    const gsl_vector *end = gsl_multifit_nlinear_position(space);
    for (guint i = 0; i < problem->n_parameters; i++)
        if (!isfinite(gsl_vector_get(end, i)))
            return;
    memcpy(x, gsl_vector_const_ptr(end, 0), problem->n_parameters * sizeof *x);
}

gboolean cs_robust_fit(const CsRobustProblem *problem, double *x, double *weight)
{
    guint n = problem->n_rows + problem->n_priors;
    g_autofree double *residual = g_new(double, n), *last = g_new(double, problem->n_parameters);
    gsl_vector_view residuals = gsl_vector_view_array(residual, n);
    gsl_vector_view at = gsl_vector_view_array(x, problem->n_parameters);
    if (evaluate(&at.vector, (void *)problem, &residuals.vector) != GSL_SUCCESS)
        return FALSE;
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *space = gsl_multifit_nlinear_alloc(
        gsl_multifit_nlinear_trust, &parameters, n, problem->n_parameters);
    gsl_vector *weights = gsl_vector_alloc(n);
    gsl_vector_set_all(weights, 1);
    for (guint k = 0; k < ITERATIONS; k++) {
        double moved = 0;
        memcpy(last, x, problem->n_parameters * sizeof *x);
        problem->residuals(x, residual, problem->data);
        double scale = scale_of(problem, residual);
        for (guint i = 0; i < problem->n_rows; i++) {
            weight[i] = weight_of(residual[i] / scale, k < BY_HUBER);
            gsl_vector_set(weights, i, weight[i] / (scale * scale));
        }
        fit_weighted(problem, space, weights, x);
        for (guint i = 0; i < problem->n_parameters; i++)
            moved = fmax(moved, fabs(x[i] - last[i]));
        if (k > BY_HUBER && moved < TOLERANCE)
            break;
    }
    gsl_vector_free(weights);
    gsl_multifit_nlinear_free(space);
    return TRUE;
}
