/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/calibration: what processors reach, from measurements: CSV files of steps of training,
 * of times of a layer's operations, or of power by the clock, told apart by their columns.
 *
 *     rows -> measurements (calibration-rows.c)
 *          -> steps:  t = Σ roofline(η, η_att) + passes · t_layer + t_step   (calibration-steps.c)
 *          -> layers: t = Σ roofline(η, bandwidth)                           (calibration-layers.c)
 *          -> power:  P = P0 + C (f/F)^p, in proportion to f below a knee where there is one
 *                                     (calibration-power.c)
 *          -> a platform file                                                (calibration-file.c)
 *
 * Every fit is robust (robust.h), over logarithms. Each row is also foretold by a fit without all
 * rows of its source, or, where a fit has one source only, without itself.
 *
 * Platforms whose files name one `group` (board, phone) share a deviation of their own besides.
 *
 * Steps of all platforms are fitted together: log η of a platform is a common one plus its own
 * deviation, which is 0 give or take 0.25 beforehand, so that a platform of one source can be
 * foretold without it; and each source's times are longer or shorter by a factor of its own, 1 give
 * or take 30 %: its software. What is foretold of a source has the factor 1.
 *
 * Layer: analysis. Calls base, text, llm, energy.
 */
#ifndef CS_ANALYSIS_CALIBRATION_H
#define CS_ANALYSIS_CALIBRATION_H

#include "energy/platform.h"
#include "llm/operations.h"

typedef enum { CS_MEASURED_STEP, CS_MEASURED_LAYER, CS_MEASURED_POWER } CsMeasuredKind;
extern const CsName cs_measured_names[];

/* Work of one kind of pass, so many times. */
typedef struct {
    CsOperations work;
    double times;
} CsPasses;

/* A row that is used, and what the fits say of it. */
typedef struct {
    CsMeasuredKind kind;
    guint line;
    char *file;
    char *source;    /* whose rows are left out together */
    char *processor; /* a platform's name, or what the file calls it */
    char *what;      /* "mistral-7b lora 4 x 4096" */
    guint processor_index, source_index;
    double measured;  /* s, or W */
    double fitted;    /* by all rows */
    double foretold;  /* by those of other sources */
    gboolean outlier; /* it counts nothing in the fit */
    double tokens;
    /* steps and layers: */
    GArray *passes; /* of CsPasses */
    double layer_passes;
    double peak_flops, bandwidth_bps;
    char *kind_of_work; /* model and method: what two GPUs are compared by */
    /* power: */
    double frequency_hz, time_s; /* NAN where not measured */
} CsMeasurement;

/* A processor's figures; NAN where nothing was fitted. */
typedef struct {
    char *name;
    const CsPlatform *platform; /* borrowed from the calibration; NULL: not of the catalogue */
    guint n_steps, n_layers, n_power;
    double efficiency, efficiency_attention, layer_overhead_s, step_overhead_s;
    double matrix_efficiency, bandwidth_bps; /* of layers: matrices in inference */
    double static_power_w, power_exponent, power_max_w, frequency_max_hz;
    double power_knee_hz; /* NAN: none */
    char *power_workload;
    double best_clock_hz, measured_best_clock_hz; /* of least energy, among the clocks measured */
    guint best_clock_off;                         /* so many clocks apart */
} CsProcessor;

/* What the platforms of a group, such as boards, are taken to reach. */
typedef struct {
    const char *name; /* borrowed from a platform */
    CsRates rates;
} CsKindRates;

typedef struct {
    GPtrArray *rows;       /* of CsMeasurement * */
    GPtrArray *processors; /* of CsProcessor * */
    GPtrArray *platforms;  /* of CsPlatform * */
    GPtrArray *left_out;   /* of char *: rows that could not be used, and why */
    GPtrArray *power_fits; /* of CsProcessor *: a device and workload each */
    CsRates common;        /* what a processor without rows is taken to reach; NAN without steps */
    GArray *kinds;         /* of CsKindRates: the same of each group that has steps */
} CsCalibration;

/* Reads and fits; errors where a file is none of these or a value is no number. Transfer full or
 * NULL. */
CsCalibration *cs_calibrate(const char *const *files, const CsPaths *paths,
                            CsDiagnostics *diagnostics);
void cs_calibration_free(CsCalibration *calibration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsCalibration, cs_calibration_free)

/* Errors |foretold / measured - 1| of a kind: median, worst and the row of the worst; the number of
 * rows, 0 where there are none. */
guint cs_calibration_errors(const CsCalibration *calibration, CsMeasuredKind kind, double *median,
                            double *worst, const CsMeasurement **worst_row);

/* Pairs of processors that one source measures at one kind of work: how many there are, and in how
 * many the faster one is foretold to be. Appends those that are not to `wrong` (char *). */
guint cs_calibration_order(const CsCalibration *calibration, guint *right, GPtrArray *wrong);

/* A platform file of one processor with where its figures come from. Transfer full. */
char *cs_calibration_file(const CsCalibration *calibration, const CsProcessor *processor);

#endif
