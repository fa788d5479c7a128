/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/sampling: how many replications of a simulation are asked for, and the rule that ends
 * them. The simulation itself knows none of this.
 *
 * Layer: scenario. Calls base.
 */
#ifndef CS_SCENARIO_SAMPLING_H
#define CS_SCENARIO_SAMPLING_H

#include "base/names.h"

#include <glib.h>

/* What a stopping rule may look at: means of a replication. */
typedef enum {
    CS_METRIC_NONE,
    CS_METRIC_DELAY,         /* of a device's round */
    CS_METRIC_SERVER_ENERGY, /* of a device's round */
    CS_METRIC_DEVICE_ENERGY, /* of a device's round */
    CS_METRIC_RADIO_ENERGY,  /* of a device's round */
    CS_METRIC_COST,          /* of a device's round */
    CS_METRIC_MAKESPAN
} CsMetric;
extern const CsName cs_metric_names[];

typedef struct {
    guint64 replications;
    CsMetric precision_metric; /* CS_METRIC_NONE: `replications` and no more; else batches of so */
    double precision;          /* many until half-width <= precision · mean, or until there are */
    guint64 max_replications;  /* so many; >= `replications` */
} CsSampling;

#endif
