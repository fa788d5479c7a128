/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/reach: how near and how far walkers come, and whether the standard still covers that.
 *
 * Layer: sim. Calls radio.
 */
#ifndef CS_SIM_REACH_H
#define CS_SIM_REACH_H

#include "radio/tr38901.h"
#include "sim/config.h"

typedef struct {
    double nearest_m, farthest_m; /* from the access point, on the ground */
} CsReach;

/* Between which distances a group's devices are in the first `time_s`, for all distances and speeds
 * that may be drawn. Of devices on straight lines and at rest only. */
CsReach cs_reach(const CsDeviceGroup *group, double time_s);

/*
 * The range that TR 38.901 covers where a group's devices set out within it and leave it on a
 * straight line in `time_s`; else NULL, as of links that have no such path loss. Static storage.
 */
const CsEnvironmentRange *cs_reach_leaves(const CsDeviceGroup *group, double time_s);

#endif
