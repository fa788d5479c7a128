/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/calibration-power: P = P0 + C (f/F)^p of a device at one workload, and, where times were
 * measured too, the clock of least energy by that law. See calibration.h.
 *
 * F is the highest clock measured, p within 1 .. 3.5, P0 and C above 0. Of enough rows the law with
 * a knee (base/power-law.h) is fitted too, from several places, for a fit may end on either side of
 * the true one; it is taken where it foretells rows that it has not seen clearly better.
 *
 * Layer: analysis.
 */
#include "analysis/calibration-parts.h"

#include <math.h>
#include <string.h>

enum { STATIC, DYNAMIC, EXPONENT, KNEE, N_PARAMETERS };

#define EXPONENT_LEAST 1.0
#define EXPONENT_MOST 3.5
#define LEAST_CLOCKS 3  /* as many as the law has parameters */
#define KNEE_ROWS 9     /* fewer tell nothing of a fourth parameter */
#define KNEE_BETTER 0.5 /* of the error without a knee, at most */

static double exponent_of(double x)
{
    return EXPONENT_LEAST + (EXPONENT_MOST - EXPONENT_LEAST) / (1 + exp(-x));
}

typedef struct {
    gboolean knee;
    double frequency_min_hz, frequency_max_hz, power_max_w;
} Set;

/* Between the clocks measured; 0 without. */
static double knee_of(const double *x, const Set *set)
{
    double span_hz = set->frequency_max_hz - set->frequency_min_hz;
    return set->knee ? set->frequency_min_hz + span_hz / (1 + exp(-x[KNEE])) : 0;
}

static double power_at(const double *x, double frequency_hz, const Set *set)
{
    double cube = set->frequency_max_hz * set->frequency_max_hz * set->frequency_max_hz;
    CsPowerLaw law = {.static_w = exp(x[STATIC]),
                      .coefficient = exp(x[DYNAMIC]) / cube,
                      .exponent = exponent_of(x[EXPONENT]),
                      .reference_hz = set->frequency_max_hz,
                      .knee_hz = knee_of(x, set)};
    return cs_power_law_w(&law, frequency_hz);
}

static double predict(const double *x, const CsMeasurement *row, gpointer data)
{
    return power_at(x, row->frequency_hz, data);
}

/* Weak: a third of the power stands still, give or take a factor of four; p and the knee in their
 * ranges. */
static void priors(const double *x, double *residual, gpointer data)
{
    const Set *set = data;
    residual[STATIC] = (x[STATIC] - log(set->power_max_w / 3)) / 3;
    residual[DYNAMIC] = (x[DYNAMIC] - log(2 * set->power_max_w / 3)) / 3;
    residual[EXPONENT] = x[EXPONENT] / 3;
    if (set->knee)
        residual[KNEE] = x[KNEE] / 2;
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

/* How far off rows are foretold without themselves, none of them forgiven: the root of the mean
 * square of the logarithms. */
static double error_of(const GPtrArray *rows)
{
    double sum = 0;
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        double error = isnan(row->foretold) ? 0 : log(row->foretold / row->measured);
        sum += error * error;
    }
    return sqrt(sum / rows->len);
}

/* Fewer others than the law has parameters foretell nothing: its priors know the highest power. */
static gboolean foretells(const CsMeasurement *row, const GPtrArray *others, gpointer data)
{
    (void)row;
    (void)data;
    return others->len >= LEAST_CLOCKS;
}

/* The law, from one place; FALSE where it cannot be fitted. */
static gboolean fit_law(Set *set, double knee_start, const GPtrArray *rows, double *x)
{
    const double start[N_PARAMETERS] = {log(set->power_max_w / 3), log(2 * set->power_max_w / 3), 0,
                                        knee_start};
    guint n = set->knee ? N_PARAMETERS : N_PARAMETERS - 1;
    CsCalibrationModel model = {.n_parameters = n,
                                .n_priors = n,
                                .start = start,
                                .priors = priors,
                                .predict = predict,
                                .foretells = foretells,
                                .data = set};
    return cs_calibration_fit(&model, rows, x);
}

/* The law that foretells best, without a knee or from one of three places; x of it, and the rows'
 * figures by it. FALSE where none can be fitted. */
static gboolean choose_law(Set *set, const GPtrArray *rows, double *x)
{
    static const double starts[] = {0, -1.5, 0, 1.5}; /* the first without a knee */
    double least = INFINITY;
    guint best = G_N_ELEMENTS(starts);
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        set->knee = i > 0;
        if ((i > 0 && rows->len < KNEE_ROWS) || !fit_law(set, starts[i], rows, x))
            continue;
        double error = error_of(rows) / (i > 0 ? KNEE_BETTER : 1);
        if (error < least) {
            least = error;
            best = i;
        }
    }
    if (best == G_N_ELEMENTS(starts))
        return FALSE;
    set->knee = best > 0;
    return fit_law(set, starts[best], rows, x);
}

/* Different clocks of rows that are sorted by them. */
static guint count_clocks(const GPtrArray *rows)
{
    guint n = 0;
    double last_hz = 0;
    for (guint i = 0; i < rows->len; i++) {
        double hz = ((const CsMeasurement *)g_ptr_array_index(rows, i))->frequency_hz;
        n += hz != last_hz;
        last_hz = hz;
    }
    return n;
}

/* One device at one workload. */
static void fit_set(CsCalibration *calibration, CsProcessor *processor, GPtrArray *rows)
{
    double x[CS_CALIBRATION_PARAMETERS];
    g_ptr_array_sort(rows, by_frequency);
    const CsMeasurement *first = g_ptr_array_index(rows, 0);
    const CsMeasurement *last = g_ptr_array_index(rows, rows->len - 1);
    if (count_clocks(rows) < LEAST_CLOCKS) {
        g_ptr_array_add(calibration->left_out,
                        g_strdup_printf("%s:%u: %s, %s: fewer than %u clocks tell no law of power",
                                        first->file, first->line, processor->name,
                                        first->kind_of_work, LEAST_CLOCKS));
        return;
    }
    Set set = {.frequency_min_hz = first->frequency_hz,
               .frequency_max_hz = last->frequency_hz,
               .power_max_w = last->measured};
    if (!choose_law(&set, rows, x))
        return;
    CsProcessor *fit = g_new0(CsProcessor, 1);
    fit->name = g_strdup(processor->name);
    fit->n_power = rows->len;
    fit->power_workload = g_strdup(last->kind_of_work);
    fit->static_power_w = exp(x[STATIC]);
    fit->power_exponent = exponent_of(x[EXPONENT]);
    fit->power_knee_hz = set.knee ? knee_of(x, &set) : (double)NAN;
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
    processor->power_knee_hz = fit->power_knee_hz;
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
