/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/calibration-file: a processor's fitted figures as a platform file. See calibration.h.
 * Layer: analysis. */
#include "analysis/calibration-parts.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

/* A comment a kind of rows: how many, from where, and how far off what they foretell is. */
static void write_origin(GString *text, const CsCalibration *calibration, CsMeasuredKind kind,
                         const CsProcessor *processor)
{
    g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, kind, processor);
    g_autoptr(GHashTable) sources = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = rows->len; i > 0; i--) /* too few of a kind tell nothing */
        if (isnan(((const CsMeasurement *)g_ptr_array_index(rows, i - 1))->fitted))
            g_ptr_array_remove_index(rows, i - 1);
    if (rows->len == 0)
        return;
    guint outliers = 0;
    for (guint i = 0; i < rows->len; i++)
        outliers += ((const CsMeasurement *)g_ptr_array_index(rows, i))->outlier;
    g_string_append_printf(text, "# Fitted to %u rows of %s (%u outliers), of:\n", rows->len,
                           cs_names_of(cs_measured_names, kind), outliers);
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        if (g_hash_table_add(sources, row->source))
            g_string_append_printf(text, "#   %s (%s)\n", row->source, row->file);
    }
}

static void write_quantity(GString *text, const char *key, double value, CsDimension dimension,
                           int digits)
{
    if (!isfinite(value))
        return;
    char rounded[64];
    g_snprintf(rounded, sizeof rounded, "%.*g", digits, value);
    g_autofree char *written = cs_quantity_format(g_ascii_strtod(rounded, NULL), dimension);
    g_string_append_printf(text, "%s = %s\n", key, written);
}

static double or_else(double value, double fallback)
{
    return isfinite(value) ? value : fallback;
}

/* What it draws at its highest clock: the fitted law's, which was fitted up to the highest clock
 * measured; else the catalogue's. */
static double power_max_w(const CsProcessor *processor)
{
    const CsPlatform *known = processor->platform;
    if (known == NULL || !isfinite(processor->power_max_w))
        return or_else(processor->power_max_w, known != NULL ? known->power_max_w : (double)NAN);
    double hz = processor->frequency_max_hz;
    CsPowerLaw law = {
        .static_w = processor->static_power_w,
        .coefficient = cs_power_coefficient(processor->power_max_w - processor->static_power_w, hz),
        .exponent = processor->power_exponent,
        .reference_hz = hz,
        .knee_hz = or_else(processor->power_knee_hz, 0)};
    return cs_power_law_w(&law, known->frequency_max_hz);
}

/* What the catalogue knows of it: cores, clock, power, memory. */
static void write_platform(GString *text, const CsProcessor *processor)
{
    const CsPlatform *known = processor->platform;
    double frequency_hz = known != NULL ? known->frequency_max_hz : processor->frequency_max_hz;
    g_string_append_printf(text, "\n[platform]\ntitle = %s\n",
                           known != NULL ? known->title : processor->name);
    g_string_append_printf(text, "cores = %.0f\n", known != NULL ? known->cores : 1);
    if (known == NULL)
        g_string_append(text, "# unknown: set the cores above\n");
    write_quantity(text, "frequency-max", or_else(frequency_hz, 1e9), CS_DIMENSION_FREQUENCY, 9);
    write_quantity(text, "power-max", power_max_w(processor), CS_DIMENSION_POWER, 4);
    if (known == NULL)
        return;
    write_quantity(text, "memory", known->memory_byte * 8, CS_DIMENSION_SIZE, 9);
    write_quantity(text, "flops-per-cycle", known->flops_per_cycle, CS_DIMENSION_NONE, 6);
}

static void write_measured(GString *text, const CsProcessor *processor)
{
    const CsPlatform *known = processor->platform;
    if (known == NULL || isnan(known->rates.peak_flops)) {
        g_string_append(text, "# [measured] needs peak-flops and memory-bandwidth, from the data "
                              "sheet\n");
        if (isfinite(processor->static_power_w))
            g_string_append_printf(
                text, "# the law of power is static-power = %.4g W, power-exponent = %.4g\n",
                processor->static_power_w, processor->power_exponent);
        if (isfinite(processor->power_knee_hz))
            g_string_append_printf(text, "# power-knee = %.4g MHz\n",
                                   processor->power_knee_hz / 1e6);
        return;
    }
    double efficiency = or_else(processor->efficiency,
                                or_else(processor->matrix_efficiency, known->rates.efficiency));
    g_string_append(text, "\n[measured]\n");
    write_quantity(text, "peak-flops", known->rates.peak_flops, CS_DIMENSION_NONE, 6);
    write_quantity(text, "peak-flops-32bit", known->rates.peak32_flops, CS_DIMENSION_NONE, 6);
    if (known->rates.peak_frequency_hz != known->frequency_max_hz)
        write_quantity(text, "peak-frequency", known->rates.peak_frequency_hz,
                       CS_DIMENSION_FREQUENCY, 9);
    write_quantity(text, "efficiency", efficiency, CS_DIMENSION_NONE, 3);
    write_quantity(text, "efficiency-attention",
                   or_else(processor->efficiency_attention, known->rates.efficiency_attention),
                   CS_DIMENSION_NONE, 3);
    write_quantity(text, "memory-bandwidth",
                   or_else(processor->bandwidth_bps, known->rates.bandwidth_bps), CS_DIMENSION_RATE,
                   4);
    write_quantity(text, "layer-overhead",
                   or_else(processor->layer_overhead_s, known->rates.layer_overhead_s),
                   CS_DIMENSION_TIME, 3);
    write_quantity(text, "step-overhead",
                   or_else(processor->step_overhead_s, known->rates.step_overhead_s),
                   CS_DIMENSION_TIME, 3);
    write_quantity(text, "static-power", or_else(processor->static_power_w, known->static_power_w),
                   CS_DIMENSION_POWER, 4);
    write_quantity(text, "power-exponent",
                   or_else(processor->power_exponent, known->power_exponent), CS_DIMENSION_NONE, 4);
    if (known->group != NULL)
        g_string_append_printf(text, "group = %s\n", known->group);
    write_quantity(text, "power-knee",
                   isfinite(processor->power_exponent) ? processor->power_knee_hz
                                                       : known->power_knee_hz,
                   CS_DIMENSION_FREQUENCY, 4);
}

char *cs_calibration_file(const CsCalibration *calibration, const CsProcessor *processor)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "# %s: figures as measured, by 'cardsim calibrate'.\n",
                           processor->name);
    for (guint kind = CS_MEASURED_STEP; kind <= CS_MEASURED_POWER; kind++)
        write_origin(text, calibration, (CsMeasuredKind)kind, processor);
    if (processor->power_workload != NULL)
        g_string_append_printf(text, "# Power is that of: %s.\n", processor->power_workload);
    if (processor->platform != NULL)
        g_string_append(text, "# Cores, clock, memory and peak are the catalogue's.\n");
    write_platform(text, processor);
    write_measured(text, processor);
    return g_string_free(text, FALSE);
}
