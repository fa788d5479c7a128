/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/calibration-power: P = P0 + C (f/F)^p of a device at one workload, and, where times were
 * measured too, the clock of least energy by that law. See calibration.h.
 *
 * F is the highest clock measured, p within 1 .. 3.5, P0 and C above 0.
 *
 * Layer: analysis.
 */
#include "analysis/calibration-parts.h"

#include <math.h>
#include <string.h>

enum { STATIC, DYNAMIC, EXPONENT, N_PARAMETERS };

#define EXPONENT_LEAST 1.0
#define EXPONENT_MOST 3.5

static double exponent_of(double x)
{
    return EXPONENT_LEAST + (EXPONENT_MOST - EXPONENT_LEAST) / (1 + exp(-x));
}

typedef struct {
    double frequency_max_hz, power_max_w;
} Set;

static double power_at(const double *x, double frequency_hz, const Set *set)
{
    return exp(x[STATIC]) +
           exp(x[DYNAMIC]) * pow(frequency_hz / set->frequency_max_hz, exponent_of(x[EXPONENT]));
}

static double predict(const double *x, const CsMeasurement *row, gpointer data)
{
    return power_at(x, row->frequency_hz, data);
}

/* Weak: a third of the power stands still, give or take a factor of four; p in its range. */
static void priors(const double *x, double *residual, gpointer data)
{
    const Set *set = data;
    residual[STATIC] = (x[STATIC] - log(set->power_max_w / 3)) / 3;
    residual[DYNAMIC] = (x[DYNAMIC] - log(2 * set->power_max_w / 3)) / 3;
    residual[EXPONENT] = x[EXPONENT] / 3;
}

static gint by_frequency(gconstpointer a, gconstpointer b)
{
    const CsMeasurement *x = *(const CsMeasurement *const *)a;
    const CsMeasurement *y = *(const CsMeasurement *const *)b;
    return x->frequency_hz < y->frequency_hz ? -1 : x->frequency_hz > y->frequency_hz;
}

/* The clock of least energy among those measured, by the measured times: as measured, and by the
 * law of power. `rows` are by rising frequency. */
static void find_best_clock(const GPtrArray *rows, const double *x, const Set *set,
                            CsProcessor *fit)
{
    double least[2] = {INFINITY, INFINITY};
    guint best[2] = {0, 0};
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        const double energy_j[2] = {row->measured * row->time_s,
                                    power_at(x, row->frequency_hz, set) * row->time_s};
        for (guint k = 0; k < 2; k++)
            if (energy_j[k] < least[k]) {
                least[k] = energy_j[k];
                best[k] = i;
            }
    }
    if (isinf(least[0])) /* no times */
        return;
    fit->measured_best_clock_hz =
        ((const CsMeasurement *)g_ptr_array_index(rows, best[0]))->frequency_hz;
    fit->best_clock_hz = ((const CsMeasurement *)g_ptr_array_index(rows, best[1]))->frequency_hz;
    fit->best_clock_off = best[0] > best[1] ? best[0] - best[1] : best[1] - best[0];
}

/* One device at one workload. */
static void fit_set(CsCalibration *calibration, CsProcessor *processor, GPtrArray *rows)
{
    double x[CS_CALIBRATION_PARAMETERS];
    g_ptr_array_sort(rows, by_frequency);
    const CsMeasurement *last = g_ptr_array_index(rows, rows->len - 1);
    Set set = {last->frequency_hz, last->measured};
    const double start[N_PARAMETERS] = {log(set.power_max_w / 3), log(2 * set.power_max_w / 3), 0};
    CsCalibrationModel model = {.n_parameters = N_PARAMETERS,
                                .n_priors = N_PARAMETERS,
                                .start = start,
                                .priors = priors,
                                .predict = predict,
                                .data = &set};
    if (!cs_calibration_fit(&model, rows, x))
        return;
    CsProcessor *fit = g_new0(CsProcessor, 1);
    fit->name = g_strdup(processor->name);
    fit->n_power = rows->len;
    fit->power_workload = g_strdup(last->kind_of_work);
    fit->static_power_w = exp(x[STATIC]);
    fit->power_exponent = exponent_of(x[EXPONENT]);
    fit->frequency_max_hz = set.frequency_max_hz;
    fit->power_max_w = power_at(x, set.frequency_max_hz, &set);
    fit->best_clock_hz = fit->measured_best_clock_hz = NAN;
    find_best_clock(rows, x, &set, fit);
    g_ptr_array_add(calibration->power_fits, fit);
    if (processor->power_max_w >= fit->power_max_w)
        return; /* the processor's own is the workload that draws most */
    g_free(processor->power_workload);
    processor->power_workload = g_strdup(fit->power_workload);
    processor->n_power = fit->n_power;
    processor->static_power_w = fit->static_power_w;
    processor->power_exponent = fit->power_exponent;
    processor->power_max_w = fit->power_max_w;
    processor->frequency_max_hz = fit->frequency_max_hz;
}

void cs_calibration_fit_power(CsCalibration *calibration)
{
    for (guint p = 0; p < calibration->processors->len; p++) {
        CsProcessor *processor = g_ptr_array_index(calibration->processors, p);
        g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, CS_MEASURED_POWER, processor);
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < rows->len; i++) {
            const CsMeasurement *first = g_ptr_array_index(rows, i);
            if (!g_hash_table_add(seen, first->kind_of_work))
                continue;
            g_autoptr(GPtrArray) set = g_ptr_array_new();
            for (guint k = i; k < rows->len; k++) {
                CsMeasurement *row = g_ptr_array_index(rows, k);
                if (strcmp(row->kind_of_work, first->kind_of_work) == 0)
                    g_ptr_array_add(set, row);
            }
            fit_set(calibration, processor, set);
        }
    }
}
