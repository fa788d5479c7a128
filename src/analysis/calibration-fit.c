/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/calibration-fit: a model of rows, fitted with and without each source. See
 * calibration-parts.h. Layer: analysis. */
#include "analysis/calibration-parts.h"

#include "analysis/robust.h"

#include <math.h>
#include <string.h>

#define LEAST_SCALE 0.02 /* of a logarithm: 2 % is no outlier in any set */
#define OUTLIER 0.05     /* a row of less weight counts nothing */

CsProcessor *cs_calibration_processor(CsCalibration *calibration, const char *name, guint *index)
{
    GPtrArray *all = calibration->processors;
    guint i = 0;
    while (i < all->len && strcmp(((CsProcessor *)g_ptr_array_index(all, i))->name, name) != 0)
        i++;
    if (index != NULL)
        *index = i;
    if (i < all->len)
        return g_ptr_array_index(all, i);
    CsProcessor *processor = g_new(CsProcessor, 1);
    *processor = (CsProcessor){.name = g_strdup(name),
                               .efficiency = NAN,
                               .efficiency_attention = NAN,
                               .layer_overhead_s = NAN,
                               .step_overhead_s = NAN,
                               .matrix_efficiency = NAN,
                               .bandwidth_bps = NAN,
                               .static_power_w = NAN,
                               .power_exponent = NAN,
                               .power_knee_hz = NAN,
                               .power_max_w = NAN,
                               .frequency_max_hz = NAN,
                               .best_clock_hz = NAN,
                               .measured_best_clock_hz = NAN};
    for (guint p = 0; p < calibration->platforms->len; p++) {
        const CsPlatform *platform = g_ptr_array_index(calibration->platforms, p);
        if (strcmp(platform->name, name) == 0)
            processor->platform = platform;
    }
    g_ptr_array_add(all, processor);
    return processor;
}

GPtrArray *cs_calibration_rows(const CsCalibration *calibration, CsMeasuredKind kind,
                               const CsProcessor *processor)
{
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < calibration->rows->len; i++) {
        CsMeasurement *row = g_ptr_array_index(calibration->rows, i);
        if (row->kind == kind &&
            (processor == NULL || strcmp(row->processor, processor->name) == 0))
            g_ptr_array_add(rows, row);
    }
    return rows;
}

/* --- fitting ---------------------------------------------------------------------------------- */

typedef struct {
    const CsCalibrationModel *model;
    const GPtrArray *rows;
} Problem;

static void residuals(const double *x, double *residual, gpointer data)
{
    const Problem *problem = data;
    const CsCalibrationModel *model = problem->model;
    for (guint i = 0; i < problem->rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(problem->rows, i);
        residual[i] = log(model->predict(x, row, model->data) / row->measured);
    }
    if (model->n_priors > 0)
        model->priors(x, residual + problem->rows->len, model->data);
}

static gboolean fit_some(const CsCalibrationModel *model, const GPtrArray *rows, double *x,
                         double *weight)
{
    Problem data = {model, rows};
    CsRobustProblem problem = {.n_parameters = model->n_parameters,
                               .n_rows = rows->len,
                               .n_priors = model->n_priors,
                               .residuals = residuals,
                               .data = &data,
                               .least_scale = LEAST_SCALE};
    memcpy(x, model->start, model->n_parameters * sizeof *x);
    return rows->len + model->n_priors >= model->n_parameters && cs_robust_fit(&problem, x, weight);
}

/* Without the rows that go with row i: `alone`: itself; else its source. */
static gboolean goes_with(const GPtrArray *rows, guint i, guint k, gboolean alone)
{
    const CsMeasurement *a = g_ptr_array_index(rows, i), *b = g_ptr_array_index(rows, k);
    return alone ? i == k : strcmp(a->source, b->source) == 0;
}

static gboolean one_source(const GPtrArray *rows)
{
    for (guint i = 1; i < rows->len; i++)
        if (!goes_with(rows, 0, i, FALSE))
            return FALSE;
    return TRUE;
}

/* Foretells row i, and those that are left out with it, by the others. */
static void foretell(const CsCalibrationModel *model, const GPtrArray *rows, guint i,
                     gboolean alone, gboolean *done)
{
    double x[CS_CALIBRATION_PARAMETERS];
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    g_autofree double *weight = g_new(double, rows->len + 1);
    for (guint k = 0; k < rows->len; k++)
        if (!goes_with(rows, i, k, alone))
            g_ptr_array_add(others, g_ptr_array_index(rows, k));
    gboolean fitted = fit_some(model, others, x, weight);
    for (guint k = i; k < rows->len; k++) {
        CsMeasurement *row = g_ptr_array_index(rows, k);
        if (done[k] || !goes_with(rows, i, k, alone))
            continue;
        done[k] = TRUE;
        gboolean told =
            fitted && (model->foretells == NULL || model->foretells(row, others, model->data));
        row->foretold = told ? model->predict(x, row, model->data) : (double)NAN;
    }
}

gboolean cs_calibration_fit(const CsCalibrationModel *model, const GPtrArray *rows, double *x)
{
    g_assert(model->n_parameters <= CS_CALIBRATION_PARAMETERS);
    g_autofree double *weight = g_new(double, rows->len + 1);
    g_autofree gboolean *done = g_new0(gboolean, rows->len + 1);
    if (rows->len == 0 || !fit_some(model, rows, x, weight))
        return FALSE;
    gboolean alone = one_source(rows);
    for (guint i = 0; i < rows->len; i++) {
        CsMeasurement *row = g_ptr_array_index(rows, i);
        row->fitted = model->predict(x, row, model->data);
        row->outlier = weight[i] < OUTLIER;
        if (!done[i])
            foretell(model, rows, i, alone, done);
    }
    return TRUE;
}
