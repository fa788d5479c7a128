/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/calibration-parts: what the files of the calibration share.
 *
 * Layer: analysis, private to calibration*.c.
 */
#ifndef CS_ANALYSIS_CALIBRATION_PARTS_H
#define CS_ANALYSIS_CALIBRATION_PARTS_H

#include "analysis/calibration.h"

/* Appends the measurements of one file; FALSE with an error. */
gboolean cs_calibration_read(CsCalibration *calibration, const char *file, const CsPaths *paths,
                             CsDiagnostics *diagnostics);

/* The processor called so, which is made where it is not known yet; its place among them in *index
 * (may be NULL). Borrowed. */
CsProcessor *cs_calibration_processor(CsCalibration *calibration, const char *name, guint *index);

/* The rows of a kind, and of one processor where it is not NULL. Rows borrowed, array full. */
GPtrArray *cs_calibration_rows(const CsCalibration *calibration, CsMeasuredKind kind,
                               const CsProcessor *processor);

void cs_calibration_fit_steps(CsCalibration *calibration);
void cs_calibration_fit_layers(CsCalibration *calibration);
void cs_calibration_fit_power(CsCalibration *calibration);

#define CS_CALIBRATION_PARAMETERS 1024

/* A model of rows: log(predicted) as a function of parameters. */
typedef struct {
    guint n_parameters, n_priors;
    const double *start;
    void (*priors)(const double *x, double *residual, gpointer data);
    double (*predict)(const double *x, const CsMeasurement *row, gpointer data);
    /* Whether the fit of the others tells something of a row; NULL: always. */
    gboolean (*foretells)(const CsMeasurement *row, const GPtrArray *others, gpointer data);
    gpointer data;
} CsCalibrationModel;

/* Fits all rows, into x[n_parameters], and without each source; fills in the rows' `fitted`,
 * `foretold` and `outlier`. FALSE where it cannot be fitted. */
gboolean cs_calibration_fit(const CsCalibrationModel *model, const GPtrArray *rows, double *x);

#endif
