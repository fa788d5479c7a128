/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/figures: small CSV files of figures (tables of formats, SNR thresholds), each figure with
 * its place, so that whatever is wrong with one can be shown where it stands.
 *
 * Syntax: UTF-8; lines that start with `#` and blank lines are skipped; the first other line names
 * the columns; every further one holds one decimal number a column, separated by commas. Limits: a
 * file of 64 KiB, CS_FIGURES_ROWS rows, CS_FIGURES_COLUMNS columns.
 *
 * Layer: radio, for its own use. Calls base, text.
 */
#ifndef CS_RADIO_FIGURES_H
#define CS_RADIO_FIGURES_H

#include "text/rows.h"

#define CS_FIGURES_ROWS 64
#define CS_FIGURES_COLUMNS 3

typedef struct {
    double value;
    CsPlace place;
} CsFigure;

typedef struct {
    CsRows *rows; /* owned; the places borrow its source */
    CsPlace head; /* the line that names the columns */
    guint form;   /* which of the accepted headers it is */
    guint n_columns;
    guint n_rows;
    CsFigure cell[CS_FIGURES_ROWS][CS_FIGURES_COLUMNS];
} CsFigures;

/*
 * Reads `path`, shown to users as `name`. `headers` is the NULL-ended list of accepted first lines,
 * without blanks ("cqi,snr_db"). Where the file cannot be read the error stands at `from`, else at
 * the line; all malformed lines are reported. FALSE where anything was reported; then only
 * cs_figures_clear() may use `figures`, and must whatever is returned.
 */
gboolean cs_figures_read(CsFigures *figures, const char *path, const char *name,
                         const char *const *headers, CsPlace from, CsDiagnostics *diagnostics);

void cs_figures_clear(CsFigures *figures);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CsFigures, cs_figures_clear)

#endif
