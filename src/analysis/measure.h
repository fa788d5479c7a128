/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/measure: the metrics that reports and plots know: one table of names, units and of how
 * each is got from the result tables.
 *
 * A metric is one number a replication: a mean over the rounds of its devices, but for makespan. It
 * may be had from several tables; the smallest that was recorded and that tells apart what is asked
 * for (devices, rounds) serves.
 *
 * Layer: analysis. Calls output.
 */
#ifndef CS_ANALYSIS_MEASURE_H
#define CS_ANALYSIS_MEASURE_H

#include "output/csv.h"

typedef struct {
    const char *name;   /* "delay", as --metric says it */
    const char *column; /* in CSV and JSON, SI: "delay_s" */
    const char *title;  /* of a column or an axis: "delay of a round" */
    const char *unit;   /* shown: "s", "GHz", "" */
    double scale;       /* shown number = SI number / scale */
    const char *meaning;
    const char *sql[CS_TABLE_N]; /* of rounds and devices an aggregate; NULL: not to be had there */
} CsMeasure;

/* The table, in the order of the manual. */
const CsMeasure *cs_measures(guint *n);
const CsMeasure *cs_measure_find(const char *name); /* or NULL */

#endif
