/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/calibration-steps: efficiencies and overheads from steps of training. See calibration.h.
 * Layer: analysis. */
#include "analysis/calibration-parts.h"

#include <math.h>
#include <string.h>

/* Parameters, all logarithms: the common ones, then two deviations of each processor, then a factor
 * of each source, then two deviations of each group of processors. */
enum { EFFICIENCY, ATTENTION, LAYER, STEP, N_COMMON };
enum { OF_EFFICIENCY, OF_OVERHEAD, N_OWN };

/* What is known before any row: value and, of its logarithm, standard deviation. Half of a tensor
 * core's peak, give or take a factor of two; launching a layer's kernels, a millisecond; optimizer
 * and loader, twenty. */
static const struct {
    double value, spread;
} common[N_COMMON] = {{0.6, 0.3}, {0.4, 0.3}, {0.8e-3, 1}, {20e-3, 1}};
static const double own_spread[N_OWN] = {0.25, 0.5}, source_spread = 0.15;

/* What a platform's file names as its group shares two deviations more. The processor of a board
 * launches kernels some three times slower than a server's, give or take a factor of two: 1.4 to
 * 2.2 GHz and half the instructions a cycle against 3.5 GHz. Of other groups nothing is known. */
static const struct {
    const char *name; /* NULL: any other */
    double mean[N_OWN], spread[N_OWN];
} kinds[] = {{"board", {0, 1.1}, {0.5, 0.7}}, {NULL, {0, 0}, {30, 30}}};

typedef struct {
    guint n_processors, n_sources, n_groups;
    GPtrArray *groups; /* of char *, borrowed */
    guint *group_of;   /* of each processor; n_groups: none */
} Counts;

static const double *own(const double *x, guint processor)
{
    return x + N_COMMON + N_OWN * processor;
}

static guint kind_of(const Counts *counts, guint group)
{
    guint kind = 0;
    while (kinds[kind].name != NULL &&
           strcmp(kinds[kind].name, g_ptr_array_index(counts->groups, group)) != 0)
        kind++;
    return kind;
}

static const double *of_group(const double *x, const Counts *counts, guint group)
{
    return own(x, counts->n_processors) + counts->n_sources + N_OWN * group;
}

/* A processor of these deviations (NULL: none known) and group (from n_groups on: none). */
static CsRates rates_with(const double *x, const double *deviation, guint group,
                          const Counts *counts)
{
    static const double none[N_OWN] = {0, 0};
    const double *kin = group < counts->n_groups ? of_group(x, counts, group) : none;
    const double *mine = deviation != NULL ? deviation : none;
    double overhead = exp(mine[OF_OVERHEAD] + kin[OF_OVERHEAD]);
    double efficiency = exp(mine[OF_EFFICIENCY] + kin[OF_EFFICIENCY]);
    return (CsRates){.peak_frequency_hz = 1,
                     .efficiency = exp(x[EFFICIENCY]) * efficiency,
                     .efficiency_attention = exp(x[ATTENTION]) * efficiency,
                     .layer_overhead_s = exp(x[LAYER]) * overhead,
                     .step_overhead_s = exp(x[STEP]) * overhead};
}

static CsRates rates_of(const double *x, guint processor, const Counts *counts)
{
    return rates_with(x, own(x, processor), counts->group_of[processor], counts);
}

static double predict(const double *x, const CsMeasurement *row, gpointer data)
{
    const Counts *counts = data;
    CsRates rates = rates_of(x, row->processor_index, counts);
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
    for (guint g = 0; g < counts->n_groups; g++)
        for (guint i = 0; i < N_OWN; i++)
            residual[n + counts->n_sources + N_OWN * g + i] =
                (of_group(x, counts, g)[i] - kinds[kind_of(counts, g)].mean[i]) /
                kinds[kind_of(counts, g)].spread[i];
    for (guint i = 0; i < counts->n_sources; i++)
        residual[n + i] = copysign(sqrt(log1p(pow(source[i] / source_spread, 2))), source[i]);
}

/* Numbers the sources, of which each has software of its own for a group of processors; how many
 * there are. */
static guint number_sources(const GPtrArray *rows, const Counts *counts)
{
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        CsMeasurement *row = g_ptr_array_index(rows, i);
        g_autofree char *name =
            g_strdup_printf("%u %s", counts->group_of[row->processor_index], row->source);
        gpointer known;
        if (g_hash_table_lookup_extended(index, name, NULL, &known)) {
            row->source_index = GPOINTER_TO_UINT(known);
            continue;
        }
        row->source_index = n;
        g_hash_table_insert(index, g_steal_pointer(&name), GUINT_TO_POINTER(n++));
    }
    return n;
}

/* Of a group that nothing is known of beforehand, a row is foretold by others of the group only. */
static gboolean foretells(const CsMeasurement *row, const GPtrArray *others, gpointer data)
{
    const Counts *counts = data;
    guint group = counts->group_of[row->processor_index];
    if (group >= counts->n_groups || kinds[kind_of(counts, group)].name != NULL)
        return TRUE;
    for (guint i = 0; i < others->len; i++) {
        const CsMeasurement *other = g_ptr_array_index(others, i);
        if (counts->group_of[other->processor_index] == group)
            return TRUE;
    }
    return FALSE;
}

/* The group of each processor, by its platform's file. */
static void number_groups(const CsCalibration *calibration, Counts *counts)
{
    for (guint p = 0; p < counts->n_processors; p++) {
        const CsProcessor *processor = g_ptr_array_index(calibration->processors, p);
        char *name = processor->platform != NULL ? processor->platform->group : NULL;
        counts->group_of[p] = G_MAXUINT;
        for (guint g = 0; name != NULL && g < counts->groups->len; g++)
            if (strcmp(g_ptr_array_index(counts->groups, g), name) == 0)
                counts->group_of[p] = g;
        if (name == NULL || counts->group_of[p] < counts->groups->len)
            continue;
        counts->group_of[p] = counts->groups->len;
        g_ptr_array_add(counts->groups, name);
    }
    counts->n_groups = counts->groups->len;
}

void cs_calibration_fit_steps(CsCalibration *calibration)
{
    double start[CS_CALIBRATION_PARAMETERS] = {0}, x[CS_CALIBRATION_PARAMETERS];
    g_autoptr(GPtrArray) rows = cs_calibration_rows(calibration, CS_MEASURED_STEP, NULL);
    g_autoptr(GPtrArray) groups = g_ptr_array_new();
    g_autofree guint *group_of = g_new(guint, calibration->processors->len + 1);
    Counts counts = {
        .n_processors = calibration->processors->len, .groups = groups, .group_of = group_of};
    number_groups(calibration, &counts);
    counts.n_sources = number_sources(rows, &counts);
    guint n = N_COMMON + N_OWN * (counts.n_processors + counts.n_groups) + counts.n_sources;
    for (guint i = 0; i < N_COMMON; i++)
        start[i] = log(common[i].value);
    for (guint i = 0; i < N_OWN * counts.n_groups; i++)
        start[n - N_OWN * counts.n_groups + i] = kinds[kind_of(&counts, i / N_OWN)].mean[i % N_OWN];
    CsCalibrationModel model = {.n_parameters = n,
                                .n_priors = n,
                                .start = start,
                                .priors = priors,
                                .predict = predict,
                                .foretells = foretells,
                                .data = &counts};
    if (rows->len == 0 || n > CS_CALIBRATION_PARAMETERS || !cs_calibration_fit(&model, rows, x))
        return;
    calibration->common = rates_with(x, NULL, G_MAXUINT, &counts);
    for (guint g = 0; g < counts.n_groups; g++) {
        CsKindRates kin = {g_ptr_array_index(groups, g), rates_with(x, NULL, g, &counts)};
        g_array_append_val(calibration->kinds, kin);
    }
    for (guint i = 0; i < rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(rows, i);
        CsProcessor *processor = g_ptr_array_index(calibration->processors, row->processor_index);
        CsRates rates = rates_of(x, row->processor_index, &counts);
        processor->n_steps++;
        processor->efficiency = rates.efficiency;
        processor->efficiency_attention = rates.efficiency_attention;
        processor->layer_overhead_s = rates.layer_overhead_s;
        processor->step_overhead_s = rates.step_overhead_s;
    }
}
