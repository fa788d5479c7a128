/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/screen: a scenario asked at many settings of what its [vary] leaves open.
 *
 * A setting's metric is the mean over the points of the scenario's [sweep] (or the scenario alone),
 * weighted where [vary] weighs them; or, against a baseline KEY=VALUE, by how many percent of it
 * the sum over the points is less: 100 (1 - Σ w a / Σ w b). Settings are the rows of a design for
 * Sobol' indices (base/sensitivity.h).
 *
 * Layer: campaign. Calls base, scenario, expect, sim.
 */
#ifndef CS_CAMPAIGN_SCREEN_H
#define CS_CAMPAIGN_SCREEN_H

#include "base/sensitivity.h"
#include "campaign/vary.h"
#include "output/measure.h"

#define CS_SCREEN_METRICS_MAX 8

/* What is asked of every setting. */
typedef struct {
    const CsMeasure *measure;
    const char *versus; /* "KEY=VALUE", or NULL */
} CsScreenMetric;

typedef struct {
    const CsSweep *sweep;
    const CsVary *vary;
    const CsScreenMetric *metric;
    guint n_metrics;       /* at most CS_SCREEN_METRICS_MAX */
    gsize rows;            /* of the design */
    guint threads;         /* 0: all cores */
    const gint *interrupt; /* or NULL */
} CsScreenRequest;

typedef struct {
    guint n_keys, n_metrics;
    gsize rows;
    double *input;  /* [rows][n_keys + 2][n_keys], in (0, 1) */
    double **value; /* of every metric: [rows][n_keys + 2]; SI, or percent against a baseline */
    guint8 *exact;  /* [rows][n_keys + 2]: no point of it was simulated */
} CsScreen;

/*
 * Asks all settings. NULL where one is no valid scenario (errors added), a simulation failed
 * (`error` set), or *interrupt was set (neither). Transfer full.
 */
CsScreen *cs_screen_run(const CsScreenRequest *request, CsDiagnostics *diagnostics, GError **error);
void cs_screen_free(CsScreen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsScreen, cs_screen_free)

/* Of the settings that are independent of each other (matrices A and B): their number, and a
 * metric's values in them, sorted (transfer full). */
gsize cs_screen_n_settings(const CsScreen *screen);
double *cs_screen_sorted(const CsScreen *screen, guint metric);

/* A metric's neighbourhood: [at - below, at + above]. */
typedef struct {
    double at, below, above;
} CsScreenNear;

/* The share of those settings all of whose metrics lie near: near[n_metrics]. */
double cs_screen_share_near(const CsScreen *screen, const CsScreenNear *near);

#endif
