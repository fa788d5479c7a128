/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/chart-script: what a chart's template is told: titles, ticks, ranges, curves that lie on
 * each other, the ends of Pareto curves.
 *
 * Layer: analysis. Calls base.
 */
#ifndef CS_ANALYSIS_CHART_SCRIPT_H
#define CS_ANALYSIS_CHART_SCRIPT_H

#include "analysis/report.h"

typedef enum {
    CS_CHART_LINE,
    CS_CHART_BARS,
    CS_CHART_HEAT,
    CS_CHART_PARETO,
    CS_CHART_N
} CsChartKind;

typedef struct {
    const char *kind; /* its name, or NULL: line, or bars over a key of names */
    const char *x;
    const char *y;
    const char *const *by; /* keys, NULL-ended; may be empty */
    const char *along;     /* of a Pareto plot */
    const char *versus;    /* "KEY=VALUE": y is the reduction against that baseline; or NULL */
    const char *title;     /* of the picture; NULL: the scenario's */
    gboolean all;          /* as of a report */
    double level;          /* as of a report */
    gboolean raw;          /* texts of the results stay as they are */
} CsChartRequest;

typedef struct {
    const CsReportRow *row;
    guint series;
    double place; /* along the key that runs */
} CsChartPoint;

/* What a chart is made of. A report's row has the values of: by..., then the key that runs. */
typedef struct {
    const CsStudy *study;
    const CsReport *report;
    const CsStudyKey *runs; /* x, or what a Pareto plot goes along; NULL for none */
    guint runs_at;          /* its place among the report's keys */
    double *number;         /* of its values; NULL where they are names */
    GPtrArray *series;      /* texts of the values of `by`, in order */
    GArray *same;           /* guint, of every series: 1 + the first that it equals, or 0 */
    GArray *points;         /* CsChartPoint, by series, then as the key runs */
    GPtrArray *undrawn;     /* texts of rows that have nothing to draw */
    gboolean exact;         /* every point is known exactly, too */
    gboolean raw;           /* texts in the data stay as they are */
} CsChartData;

/* The text of a point's key, the `at`-th of the report. Borrowed. */
const char *cs_chart_value(const CsChartData *chart, const CsReportRow *row, guint at);

/* What is drawn of a cell: the mean or, against a baseline, the reduction. */
CsEstimate cs_chart_shown(const CsChartData *chart, const CsReportRow *row, guint measure);

/* The lines of settings before the template. Transfer full. */
char *cs_chart_script(const CsChartData *chart, const CsChartRequest *request, CsChartKind kind);

#endif
