/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/calibration-layers: peak and bandwidth reached by the matrix products of a layer, one
 * processor after the other. See calibration.h. Layer: analysis. */
#include "analysis/calibration-parts.h"

#include <math.h>

enum { EFFICIENCY, BANDWIDTH, N_PARAMETERS };

/* Beforehand: 0.8 of either rating. */
#define EXPECTED 0.8
#define SPREAD 0.5

static double predict(const double *x, const CsMeasurement *row, G_GNUC_UNUSED gpointer data)
{
    double time_s = 0;
    for (guint i = 0; i < row->passes->len; i++) {
        const CsPasses *passes = &g_array_index(row->passes, CsPasses, i);
        CsRates rates = {.peak_frequency_hz = 1,
                         .efficiency = exp(x[EFFICIENCY]),
                         .efficiency_attention = 1,
                         .bandwidth_bps = exp(x[BANDWIDTH]) * row->bandwidth_bps};
        CsTimeLaw law = {0, 0};
        cs_roofline_add(&rates, row->peak_flops, &passes->work, &law);
        time_s += passes->times * cs_time_law_s(law, 1);
    }
    return time_s;
}

static void priors(const double *x, double *residual, G_GNUC_UNUSED gpointer data)
{
    for (guint i = 0; i < N_PARAMETERS; i++)
        residual[i] = (x[i] - log(EXPECTED)) / SPREAD;
}

void cs_calibration_fit_layers(CsCalibration *calibration)
{
    const double start[N_PARAMETERS] = {log(EXPECTED), log(EXPECTED)};
    CsCalibrationModel model = {.n_parameters = N_PARAMETERS,
                                .n_priors = N_PARAMETERS,
                                .start = start,
                                .priors = priors,
                                .predict = predict};
    for (guint p = 0; p < calibration->processors->len; p++) {
        CsProcessor *processor = g_ptr_array_index(calibration->processors, p);
        g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, CS_MEASURED_LAYER, processor);
        double x[CS_CALIBRATION_PARAMETERS];
        if (rows->len == 0 || !cs_calibration_fit(&model, rows, x))
            continue;
        const CsMeasurement *row = g_ptr_array_index(rows, 0);
        processor->n_layers = rows->len;
        processor->matrix_efficiency = exp(x[EFFICIENCY]);
        processor->bandwidth_bps = exp(x[BANDWIDTH]) * row->bandwidth_bps;
    }
}
