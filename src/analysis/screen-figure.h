/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/screen-figure: the data of the two pictures of a screening of settings, from the files
 * of analysis/screen-files.
 *
 *     indices   a row a key and metric: series,key,place,first_order,...,total_high; places from 1,
 *               the key that matters most on top
 *     cloud     a row a setting of A and B: kind,METRIC,METRIC; before them, kind "near", the point
 *               that --near named
 *
 * Layer: analysis. Calls base.
 */
#ifndef CS_ANALYSIS_SCREEN_FIGURE_H
#define CS_ANALYSIS_SCREEN_FIGURE_H

#include "analysis/sheet.h"

/* The data from `directory`; NULL with CS_FIGURE_ERROR_DATA. Transfer full. */
char *cs_screen_indices_csv(const char *directory, GError **error);
char *cs_screen_cloud_csv(const char *directory, GError **error);

/* What the template needs to know of them, as gnuplot's lines. FALSE where they are not such. */
gboolean cs_screen_indices_settings(const CsSheet *data, GString *script);
gboolean cs_screen_cloud_settings(const CsSheet *data, GString *script);

#endif
