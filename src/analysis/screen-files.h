/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/screen-files: what a screening of settings leaves in a directory.
 *
 *     indices.csv        the indices of every key (and metric, where there are several)
 *     settings.csv       every setting that was asked: setting, matrix (A, B, or A with one column
 *                        of B), a column for each key and metric, and how it was answered
 *     distribution.csv   of each metric over the settings of A and B, which are independent
 *
 * Layer: analysis. Calls campaign.
 */
#ifndef CS_ANALYSIS_SCREEN_FILES_H
#define CS_ANALYSIS_SCREEN_FILES_H

#include "campaign/screen.h"

/* A metric's column: "delay_s", or "delay_s_reduction_percent" against a baseline. Transfer full.
 */
char *cs_screen_column(const CsScreenMetric *metric);

/* A metric's sorted values at a share of them, between two neighbours. */
double cs_screen_quantile(const double *sorted, gsize n, double share);

/*
 * Writes the files into `directory`, which is made. `index` is [n_metrics][n_keys]; `near` (or
 * NULL) is [n_metrics], and its share a column of distribution.csv. A file of such a name that does
 * not begin as ours does is not replaced: CS_FILE_ERROR_DIRECTORY.
 */
gboolean cs_screen_write(const CsScreen *screen, const CsScreenRequest *request,
                         const CsSobolIndex *index, const CsScreenNear *near, const char *directory,
                         GError **error);

#endif
