/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/page: results as one HTML file to hand to a co-author: tables that sort, a chart of any
 * metric over any key, a timeline of rounds that zooms, the scenario and what it assumes.
 *
 * The page is the template plots/report.html with the results in it as JSON; its own script draws
 * it. It asks no network. Whatever stands in the results is text to it, never markup.
 *
 * Layer: analysis. Calls base, output, json-glib.
 */
#ifndef CS_ANALYSIS_PAGE_H
#define CS_ANALYSIS_PAGE_H

#include "analysis/report.h"
#include "base/paths.h"

/*
 * The page of the results in `directory`, with the rows that `request` asks for (its lists may be
 * empty: all metrics that were recorded, by every swept key or else by device); texts of the
 * results are made safe to show unless `raw`. Errors of CS_STUDY_ERROR, CS_DATABASE_ERROR, and
 * CS_FIGURE_ERROR_TEMPLATE. Transfer full.
 */
char *cs_page_new(const char *directory, const CsReportRequest *request, gboolean raw,
                  const CsPaths *paths, GError **error);

#endif
