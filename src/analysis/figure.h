/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/figure: from result tables to pictures: a CSV file, a gnuplot script that can be run
 * again, and what gnuplot draws from them.
 *
 * Every figure stands in one table; its looks are a template in plots/ (found through CsPaths). The
 * script is a head of settings and the template's own text, so that a user can change it and run
 * `gnuplot NAME.gp` in the figure's directory.
 *
 * Layer: analysis. Calls base, output; runs gnuplot.
 */
#ifndef CS_ANALYSIS_FIGURE_H
#define CS_ANALYSIS_FIGURE_H

#include "analysis/gnuplot.h"
#include "analysis/sheet.h"
#include "base/paths.h"

typedef struct {
    const char *name;    /* "fig4a", as --figure says it */
    const char *summary; /* one line for `cardsim list figures` */
    const char *source;  /* the table of a `run` it can be made from ("rounds.csv"), or NULL: only
                            what `reproduce` wrote holds it */
    const char *plot;    /* its template: plots/PLOT.gp */
    const char *column;  /* the column it shows, by the same name in its source and in its data */
    const char *title;   /* of the picture */
    const char *label;   /* of the axis that shows it */
    double unit;         /* the axis shows column / unit */
    guint devices_max;   /* more cannot be told apart in a column's width; 0: not by device */
    const char *scale;   /* the column whose largest is the axis' top; NULL: its own */
    const char *x, *y;   /* it is a chart (analysis/chart) of these under a name, and nothing from
                            `plot` on counts; NULL: it is none */
    const char *along; /* x is a metric too, y drawn against it along this key; NULL: x is a key */
    /* Of what is no run's: its data from a directory, and what its template needs to know of
     * them. NULL elsewhere. */
    char *(*csv)(const char *directory, GError **error);
    gboolean (*settings)(const CsSheet *data, GString *script);
} CsFigure;

/* The table, in the order of `list figures`. */
const CsFigure *cs_figures(guint *n);
const CsFigure *cs_figure_find(const char *name); /* or NULL */

/*
 * Draws `figure` from a directory that `run` or `reproduce` wrote (`cardsim plot`). `output` ends
 * in .svg, .png, .pdf or .eps; NULL: NAME.svg in `directory`. The data (STEM.csv) and the script
 * (STEM.gp) are written beside the picture. On CS_FIGURE_ERROR_GNUPLOT these two are there
 * nevertheless. Texts of the results are made safe to show (base/clean) unless `raw`.
 */
gboolean cs_figure_plot(const char *directory, const char *figure, const char *output, gboolean raw,
                        const CsPaths *paths, GError **error);

/*
 * Writes STEM.csv (`csv`) and STEM.gp into `directory` and has gnuplot draw STEM.FORMAT for every
 * word of `formats` ("svg png"). `subtitle` is a line below the figure's title, "" for none.
 */
gboolean cs_figure_draw(const CsFigure *figure, const char *subtitle, const char *directory,
                        const char *stem, const char *csv, const char *formats,
                        const CsPaths *paths, GError **error);

/*
 * The same for a picture that is in no table: `settings` are gnuplot's lines on what the data hold,
 * `plot` is the template.
 */
gboolean cs_figure_draw_template(const char *name, const char *settings, const char *plot,
                                 const char *directory, const char *stem, const char *csv,
                                 const char *formats, const CsPaths *paths, GError **error);

/* The text of the template `file` of plots/, which in a source tree is tools/plots/. NULL with
 * CS_FIGURE_ERROR_TEMPLATE where it is not there. Transfer full. */
char *cs_figure_read_template(const CsPaths *paths, const char *file, GError **error);

/* Splits "a/b.svg" into "a", "b" and "svg" (borrowed). FALSE where the ending is none of
 * ours, or "b.csv" is the name of a result table, over which the data would be written. */
gboolean cs_figure_split(const char *output, char **directory, char **stem, const char **format,
                         GError **error);

#endif
