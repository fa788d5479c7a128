/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/figure-data: a figure's table, made from the tables that `run` wrote.
 *
 * Layer: analysis. Calls base.
 */
#ifndef CS_ANALYSIS_FIGURE_DATA_H
#define CS_ANALYSIS_FIGURE_DATA_H

#include "analysis/sheet.h"

/* What one figure takes from a row of rounds.csv: the first run's first replication, a row for a
 * device and round: "round,device,COLUMN", and the column `more` where there is one (NULL: none).
 * Transfer full. */
char *cs_figure_rounds_csv(const CsSheet *rounds, const char *column, const char *more,
                           GError **error);

/* The mean of `column` of devices.csv over replications, with its 95 % interval: a row for a
 * device, "device,replications,COLUMN,half_width"; half_width is empty for a single replication.
 * The first run's only. Transfer full. */
char *cs_figure_devices_csv(const CsSheet *devices, const char *column, GError **error);

#endif
