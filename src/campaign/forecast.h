/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/forecast: how much memory a plan will take, foretold while nothing has been run.
 *
 *     the process itself, and each network as it was read
 *     + replications under way, one a thread: the largest of the plan
 *     + the rows of those that wait for their turn
 *     + networks that are trained: one for each replication and way of learning (runs that learn
 * the same share one), of which trajectory.h keeps some more than are under way; each with what its
 * threads need
 *
 * Layer: campaign.
 */
#ifndef CS_CAMPAIGN_FORECAST_H
#define CS_CAMPAIGN_FORECAST_H

#include "campaign/plan.h"

/* What most of it is for. */
typedef enum { CS_FORECAST_DEVICES, CS_FORECAST_ROWS, CS_FORECAST_TRAINING } CsForecastPart;

typedef struct {
    double byte;
    guint64 run; /* position of the largest run in the plan */
    CsForecastPart part;
} CsForecast;

/* Of a plan with at least one run on `threads` (at least 1) threads. */
CsForecast cs_forecast(const CsPlan *plan, guint threads, CsRowsKind rows);

#endif
