/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/measure: the metrics that reports, plots, stopping rules and summaries know: one table of
 * names, units and of how each is got, from the result tables or from the sums of a simulation.
 *
 * A metric is one number a replication: a mean over the rounds of its devices, but for makespan. It
 * may be had from several tables; the smallest that was recorded and that tells apart what is asked
 * for (devices, rounds) serves.
 *
 * Layer: output. Calls sim.
 */
#ifndef CS_OUTPUT_MEASURE_H
#define CS_OUTPUT_MEASURE_H

#include "sim/sink.h"

/* What a metric needs to be told: "time-to-target=2.1". Without it the target is the scenario's. */
typedef enum {
    CS_ARGUMENT_NONE,
    CS_ARGUMENT_TARGET,
    CS_ARGUMENT_TIME,
    CS_ARGUMENT_ENERGY
} CsMeasureArgument;

typedef struct {
    const char *name;   /* "delay", as --metric says it */
    const char *column; /* in CSV and JSON, SI: "delay_s" */
    const char *title;  /* of a column or an axis: "delay of a round" */
    const char *unit;   /* shown: "s", "GHz", "" */
    double scale;       /* shown number = SI number / scale */
    gint field;         /* of CsTotals, where it is the sum of or is; -1: none */
    const char *meaning;
    const char *sql[CS_TABLE_N]; /* of rounds and devices an aggregate; NULL: not to be had there */
    CsMeasureArgument argument;  /* stands for '@' in the SQL */
    gboolean censors;  /* a replication may end before there is one: the SQL gives a text then */
    const char *given; /* the argument as SQL; NULL: none */
} CsMeasure;

/* The table, in the order of the manual. */
const CsMeasure *cs_measures(guint *n);
const CsMeasure *cs_measure_find(const char *name); /* or NULL */

/* Its value in a replication, as reports have it; the metric has a field. NAN where not modelled or
 * where no round counts. */
double cs_measure_of(const CsMeasure *measure, const CsTotals *totals);
/* The mean over the rounds of `sums`, for a metric that is one. */
double cs_measure_mean(const CsMeasure *measure, const CsSums *sums);

#endif
