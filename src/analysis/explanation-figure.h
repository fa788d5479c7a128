/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/explanation-figure: an explanation as a picture: the cost U and its two terms over the
 * cuts, the chosen one ringed, those that do not fit crossed out.
 *
 * Layer: analysis. Calls base; runs gnuplot.
 */
#ifndef CS_ANALYSIS_EXPLANATION_FIGURE_H
#define CS_ANALYSIS_EXPLANATION_FIGURE_H

#include "analysis/explanation.h"

/* Draws into `output` (.svg, .png, .pdf or .eps), with the data (.csv) and the script (.gp) beside
 * it. Errors of CS_FIGURE_ERROR. */
gboolean cs_explanation_draw(const CsExplanation *explanation, const char *title,
                             const char *output, const CsPaths *paths, GError **error);

#endif
