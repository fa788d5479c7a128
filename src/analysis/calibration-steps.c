/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/calibration-steps: efficiencies and overheads from steps of training. See calibration.h.
 * Layer: analysis. */
#include "analysis/calibration-parts.h"

#include <math.h>

/* Parameters, all logarithms: the common ones, then two deviations of each processor, then a factor
 * of each source. */
enum { EFFICIENCY, ATTENTION, LAYER, STEP, N_COMMON };
enum { OF_EFFICIENCY, OF_OVERHEAD, N_OWN };

/* What is known before any row: value and, of its logarithm, standard deviation. Half of a tensor
 * core's peak, give or take a factor of two; launching a layer's kernels, a millisecond; optimizer
 * and loader, twenty. */
static const struct {
    double value, spread;
} common[N_COMMON] = {{0.6, 0.3}, {0.4, 0.3}, {0.8e-3, 1}, {20e-3, 1}};
static const double own_spread[N_OWN] = {0.25, 0.5}, source_spread = 0.15;

typedef struct {
    guint n_processors, n_sources;
} Counts;

static const double *own(const double *x, guint processor)
{
    return x + N_COMMON + N_OWN * processor;
}

static CsRates rates_of(const double *x, guint processor)
{
    double overhead = exp(own(x, processor)[OF_OVERHEAD]);
    double efficiency = exp(own(x, processor)[OF_EFFICIENCY]);
    return (CsRates){.peak_frequency_hz = 1,
                     .efficiency = exp(x[EFFICIENCY]) * efficiency,
                     .efficiency_attention = exp(x[ATTENTION]) * efficiency,
                     .layer_overhead_s = exp(x[LAYER]) * overhead,
                     .step_overhead_s = exp(x[STEP]) * overhead};
}

static double predict(const double *x, const CsMeasurement *row, gpointer data)
{
    const Counts *counts = data;
    CsRates rates = rates_of(x, row->processor_index);
    rates.bandwidth_bps = row->bandwidth_bps;
    double time_s = row->layer_passes * rates.layer_overhead_s + rates.step_overhead_s;
    for (guint i = 0; i < row->passes->len; i++) {
        const CsPasses *passes = &g_array_index(row->passes, CsPasses, i);
        CsTimeLaw law = {0, 0};
        cs_roofline_add(&rates, row->peak_flops, &passes->work, &law);
        time_s += passes->times * cs_time_law_s(law, 1);
    }
    return time_s * exp(own(x, counts->n_processors)[row->source_index]);
}

static void priors(const double *x, double *residual, gpointer data)
{
    const Counts *counts = data;
    const double *source = own(x, counts->n_processors);
    guint n = N_COMMON + N_OWN * counts->n_processors;
    for (guint i = 0; i < N_COMMON; i++)
        residual[i] = (x[i] - log(common[i].value)) / common[i].spread;
    for (guint p = 0; p < counts->n_processors; p++)
        for (guint i = 0; i < N_OWN; i++)
            residual[N_COMMON + N_OWN * p + i] = own(x, p)[i] / own_spread[i];
    for (guint i = 0; i < counts->n_sources; i++)
        residual[n + i] = copysign(sqrt(log1p(pow(source[i] / source_spread, 2))), source[i]);
}

/* Numbers the sources; how many there are. */
static guint number_sources(const GPtrArray *rows)
{
    g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        CsMeasurement *row = g_ptr_array_index(rows, i);
        gpointer known;
        if (g_hash_table_lookup_extended(index, row->source, NULL, &known)) {
            row->source_index = GPOINTER_TO_UINT(known);
            continue;
        }
        row->source_index = n;
        g_hash_table_insert(index, row->source, GUINT_TO_POINTER(n++));
    }
    return n;
}

void cs_calibration_fit_steps(CsCalibration *calibration)
{
    double start[CS_CALIBRATION_PARAMETERS] = {0}, x[CS_CALIBRATION_PARAMETERS];
    g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, CS_MEASURED_STEP, NULL);
    Counts counts = {calibration->processors->len, number_sources(rows)};
    guint n = N_COMMON + N_OWN * counts.n_processors + counts.n_sources;
    for (guint i = 0; i < N_COMMON; i++)
        start[i] = log(common[i].value);
    CsCalibrationModel model = {.n_parameters = n,
                                .n_priors = n,
                                .start = start,
                                .priors = priors,
                                .predict = predict,
                                .data = &counts};
    if (rows->len == 0 || n > CS_CALIBRATION_PARAMETERS || !cs_calibration_fit(&model, rows, x))
        return;
    calibration->common = (CsRates){.efficiency = exp(x[EFFICIENCY]),
                                    .efficiency_attention = exp(x[ATTENTION]),
                                    .layer_overhead_s = exp(x[LAYER]),
                                    .step_overhead_s = exp(x[STEP])};
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        CsProcessor *processor = g_ptr_array_index(calibration->processors, row->processor_index);
        CsRates rates = rates_of(x, row->processor_index);
        processor->n_steps++;
        processor->efficiency = rates.efficiency;
        processor->efficiency_attention = rates.efficiency_attention;
        processor->layer_overhead_s = rates.layer_overhead_s;
        processor->step_overhead_s = rates.step_overhead_s;
    }
}
