/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/study-measure: a metric as a user names it: "delay", "time-to-target",
 * "time-to-target=2.1", "loss-at-time=1h".
 *
 * Layer: analysis. Calls base, output.
 */
#ifndef CS_ANALYSIS_STUDY_MEASURE_H
#define CS_ANALYSIS_STUDY_MEASURE_H

#include "output/measure.h"

/* A metric by its name alone; NULL with `error` set. */
const CsMeasure *cs_study_find_measure(const char *name, GError **error);

/* NULL with `error` set (CS_STUDY_ERROR_ASKED): there is no such metric, it takes no '=', or needs
 * one. A metric whose value behind '=' is left to the results (the target loss) has none. Transfer
 * full. */
CsMeasure *cs_study_measure_read(const char *name, GError **error);
void cs_study_measure_free(CsMeasure *measure);

/* The metric's expression over a table, with its argument in place; `otherwise` is SQL that stands
 * for it where the user gave none. Transfer full. */
char *cs_study_measure_sql(const CsMeasure *measure, CsTable table, const char *otherwise);

#endif
