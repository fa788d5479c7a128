/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/gnuplot: texts that gnuplot may read safely, and running it.
 *
 * Layer: analysis. Runs the program gnuplot.
 */
#ifndef CS_ANALYSIS_GNUPLOT_H
#define CS_ANALYSIS_GNUPLOT_H

#include <glib.h>

/* What can go wrong between result tables and a picture. */
#define CS_FIGURE_ERROR (cs_figure_error_quark())
GQuark cs_figure_error_quark(void);
typedef enum {
    CS_FIGURE_ERROR_UNKNOWN,  /* no such figure: a usage error */
    CS_FIGURE_ERROR_FORMAT,   /* the output's name does not end in .svg, .png, .pdf or .eps, or its
                                 data would have the name of a result table: usage */
    CS_FIGURE_ERROR_DATA,     /* the directory lacks the table, or the table is not as expected */
    CS_FIGURE_ERROR_TEMPLATE, /* plots/NAME.gp is not installed */
    CS_FIGURE_ERROR_GNUPLOT   /* gnuplot is missing or failed; CSV and script are written */
} CsFigureError;

/* `text` as a gnuplot string constant that means that text and nothing else, whatever it holds; a
 * control character becomes a blank, what is not UTF-8 U+FFFD. Transfer full. */
char *cs_gnuplot_quote(const char *text);
/* `text` as a cell of a data file that gnuplot reads: without its separator and its quotes; safe to
 * show and in a spreadsheet (base/clean), marked by '_', unless `raw`. Transfer full. */
char *cs_gnuplot_cell(const char *text, gboolean raw);
/* Appends "NAME = 'text'" to a script. */
void cs_gnuplot_append(GString *script, const char *name, const char *text);
/* Appends an array of texts, and of one element where there are none. */
void cs_gnuplot_append_array(GString *script, const char *name, const GPtrArray *texts);
/*
 * Appends what templates draw above a picture, in lines of its width (title_lines[],
 * n_title_lines): `title`, n_bold_lines of them, and `subtitle`; to be drawn in enhanced mode.
 */
void cs_gnuplot_append_heading(GString *script, const char *title, const char *subtitle);

/*
 * Has gnuplot run `script` in the directory `place`, without the user's own start-up files;
 * `directory` is where the user finds the same script. FALSE (CS_FIGURE_ERROR_GNUPLOT) where it is
 * not installed, says so and names the package, or fails, with its first complaint.
 */
gboolean cs_gnuplot_run(const char *place, const char *directory, const char *script,
                        GError **error);

#endif
