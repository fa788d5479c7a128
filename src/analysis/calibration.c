/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/calibration: a calibration from files, and its errors. See calibration.h. Layer:
 * analysis. */
#include "analysis/calibration-parts.h"

#include "analysis/robust.h"

#include <math.h>
#include <string.h>

const CsName cs_measured_names[] = {{"step", CS_MEASURED_STEP},
                                    {"layer", CS_MEASURED_LAYER},
                                    {"power", CS_MEASURED_POWER},
                                    CS_NAMES_END};
CS_NAMES_COVER(cs_measured_names, CS_MEASURED_POWER);

static void measurement_free(gpointer data)
{
    CsMeasurement *row = data;
    g_free(row->file);
    g_free(row->source);
    g_free(row->processor);
    g_free(row->what);
    g_free(row->kind_of_work);
    if (row->passes != NULL)
        g_array_unref(row->passes);
    g_free(row);
}

static void processor_free(gpointer data)
{
    CsProcessor *processor = data;
    g_free(processor->name);
    g_free(processor->power_workload);
    g_free(processor);
}

void cs_calibration_free(CsCalibration *calibration)
{
    if (calibration == NULL)
        return;
    g_ptr_array_unref(calibration->rows);
    g_ptr_array_unref(calibration->processors);
    g_ptr_array_unref(calibration->power_fits);
    g_ptr_array_unref(calibration->platforms);
    g_ptr_array_unref(calibration->left_out);
    g_array_unref(calibration->kinds);
    g_free(calibration);
}

/* --- all of it -------------------------------------------------------------------------------- */

CsCalibration *cs_calibrate(const char *const *files, const CsPaths *paths,
                            CsDiagnostics *diagnostics)
{
    g_autoptr(CsCalibration) calibration = g_new0(CsCalibration, 1);
    calibration->rows = g_ptr_array_new_with_free_func(measurement_free);
    calibration->processors = g_ptr_array_new_with_free_func(processor_free);
    calibration->power_fits = g_ptr_array_new_with_free_func(processor_free);
    calibration->left_out = g_ptr_array_new_with_free_func(g_free);
    calibration->platforms = cs_platforms_read(paths, diagnostics);
    calibration->kinds = g_array_new(FALSE, FALSE, sizeof(CsKindRates));
    calibration->common.efficiency = NAN;
    for (guint i = 0; files[i] != NULL; i++)
        if (!cs_calibration_read(calibration, files[i], paths, diagnostics))
            return NULL;
    if (calibration->rows->len == 0) {
        const char *why = calibration->left_out->len > 0
                              ? g_ptr_array_index(calibration->left_out, 0)
                              : "there are no rows";
        cs_diagnostics_error(diagnostics, (CsPlace){0}, why, "no row can be used");
        return NULL;
    }
    cs_calibration_fit_steps(calibration);
    cs_calibration_fit_layers(calibration);
    cs_calibration_fit_power(calibration);
    return g_steal_pointer(&calibration);
}

/* --- errors ----------------------------------------------------------------------------------- */

guint cs_calibration_errors(const CsCalibration *calibration, CsMeasuredKind kind, double *median,
                            double *worst, const CsMeasurement **worst_row)
{
    g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, kind, NULL);
    g_autofree double *error = g_new(double, rows->len + 1);
    guint n = 0;
    *worst = -1;
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        if (!isfinite(row->foretold))
            continue;
        error[n] = fabs(row->foretold / row->measured - 1);
        if (error[n] > *worst) {
            *worst = error[n];
            *worst_row = row;
        }
        n++;
    }
    *median = n > 0 ? cs_robust_median(error, n) : (double)NAN;
    return n;
}

/* The median of foretold / measured tokens a second of a source's rows of one processor and kind of
 * work; FALSE where there are none. */
static gboolean speeds(const GPtrArray *rows, const CsMeasurement *like, const char *processor,
                       double *measured, double *foretold)
{
    g_autofree double *of_measured = g_new(double, rows->len + 1);
    g_autofree double *of_foretold = g_new(double, rows->len + 1);
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        if (strcmp(row->source, like->source) != 0 || strcmp(row->processor, processor) != 0 ||
            strcmp(row->kind_of_work, like->kind_of_work) != 0 || !isfinite(row->foretold))
            continue;
        of_measured[n] = row->tokens / row->measured;
        of_foretold[n++] = row->tokens / row->foretold;
    }
    if (n == 0)
        return FALSE;
    *measured = cs_robust_median(of_measured, n);
    *foretold = cs_robust_median(of_foretold, n);
    return TRUE;
}

/* The first row of its source, kind of work and, where asked, processor. */
static gboolean is_first(const GPtrArray *rows, guint i, gboolean of_processor)
{
    const CsMeasurement *row = g_ptr_array_index(rows, i);
    for (guint k = 0; k < i; k++) {
        const CsMeasurement *earlier = g_ptr_array_index(rows, k);
        if (strcmp(row->source, earlier->source) == 0 &&
            strcmp(row->kind_of_work, earlier->kind_of_work) == 0 &&
            (!of_processor || strcmp(row->processor, earlier->processor) == 0))
            return FALSE;
    }
    return TRUE;
}

/* Compares row i's processor with those that come after it for the same source and work. */
static guint count_pairs(const GPtrArray *rows, guint i, guint *right, GPtrArray *wrong)
{
    const CsMeasurement *row = g_ptr_array_index(rows, i);
    double a[2], b[2]; /* measured, foretold */
    guint n = 0;
    if (!speeds(rows, row, row->processor, &a[0], &a[1]))
        return 0;
    for (guint k = i + 1; k < rows->len; k++) {
        const CsMeasurement *other = g_ptr_array_index(rows, k);
        if (!is_first(rows, k, TRUE) || strcmp(other->source, row->source) != 0 ||
            strcmp(other->kind_of_work, row->kind_of_work) != 0 ||
            !speeds(rows, other, other->processor, &b[0], &b[1]))
            continue;
        n++;
        if ((a[0] > b[0]) == (a[1] > b[1]))
            ++*right;
        else
            g_ptr_array_add(wrong, g_strdup_printf("%s and %s at %s", row->processor,
                                                   other->processor, row->kind_of_work));
    }
    return n;
}

guint cs_calibration_order(const CsCalibration *calibration, guint *right, GPtrArray *wrong)
{
    static const CsMeasuredKind kinds[] = {CS_MEASURED_STEP, CS_MEASURED_LAYER};
    guint n = 0;
    *right = 0;
    for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, kinds[kind], NULL);
        for (guint i = 0; i < rows->len; i++)
            if (is_first(rows, i, TRUE))
                n += count_pairs(rows, i, right, wrong);
    }
    return n;
}
