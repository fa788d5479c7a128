/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/chart: any metric of a study against any of its keys, or against another metric, drawn.
 *
 * line: x is a key of numbers, y a metric, a curve for each combination of values of `by`.
 * bars: the same over a key of names (policies, models).
 * heat: x and the one key of `by` are the axes, y is the colour.
 * pareto: x and y are metrics, the values of `along` lie on curves, one for each value of `by`.
 * Keys that are not named are pooled as in analysis/report. Error bars are intervals.
 *
 * Layer: analysis. Calls base; runs gnuplot.
 */
#ifndef CS_ANALYSIS_CHART_H
#define CS_ANALYSIS_CHART_H

#include "analysis/chart-script.h"
#include "base/paths.h"

/*
 * Draws into `output` (.svg, .png, .pdf or .eps), with the data (.csv) and the script (.gp) beside
 * it. `notes` (of cs_report_notes_new(), or NULL) gets what is to be said beside the picture: what
 * it pools, and what it leaves out. Errors of CS_STUDY_ERROR and CS_FIGURE_ERROR.
 */
gboolean cs_chart_draw(CsStudy *study, const CsChartRequest *request, const char *output,
                       const CsPaths *paths, GPtrArray *notes, GError **error);

#endif
