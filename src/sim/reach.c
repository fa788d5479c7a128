/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/reach: how near and how far walkers come. See reach.h. Layer: sim; calls radio. */
#include "sim/reach.h"

#include <math.h>

/* After a walk of `walk_m` from a distance d: sqrt(d² + w² + 2 d w cos φ). */
static double distance_after(double distance_m, double walk_m, double direction_rad)
{
    return hypot(distance_m + walk_m * cos(direction_rad), walk_m * sin(direction_rad));
}

/* The distance is a norm of a linear function of start and walk, so that it is largest at a corner
 * of their ranges; it is least at the foot of the perpendicular, or where the walk ends before.
 * Both are nearer for the nearest start. */
static CsReach straight(const CsDeviceGroup *group, double walk_m)
{
    double direction_rad = group->mobility.direction_rad, start_m = group->distance_min_m;
    double to_foot_m = -start_m * cos(direction_rad);
    CsReach reach = {start_m,
                     fmax(group->distance_max_m,
                          fmax(distance_after(start_m, walk_m, direction_rad),
                               distance_after(group->distance_max_m, walk_m, direction_rad)))};
    if (to_foot_m > 0)
        reach.nearest_m = distance_after(start_m, fmin(walk_m, to_foot_m), direction_rad);
    return reach;
}

CsReach cs_reach(const CsDeviceGroup *group, double time_s)
{
    const CsMobility *mobility = &group->mobility;
    double speed_m_per_s = fmax(mobility->speed_m_per_s, mobility->speed_max_m_per_s);
    if (mobility->kind == CS_MOBILITY_LINEAR)
        return straight(group, speed_m_per_s * time_s);
    return (CsReach){group->distance_min_m, group->distance_max_m};
}

const CsEnvironmentRange *cs_reach_leaves(const CsDeviceGroup *group, double time_s)
{
    if (group->mobility.kind != CS_MOBILITY_LINEAR ||
        group->radio.path_loss == CS_PATH_LOSS_LOG_DISTANCE ||
        (group->trace[CS_UPLINK] != NULL && group->trace[CS_DOWNLINK] != NULL))
        return NULL;
    const CsEnvironmentRange *range =
        cs_environment_range((CsEnvironment)(group->radio.path_loss - CS_PATH_LOSS_UMI));
    if (group->distance_min_m < range->distance_min_m ||
        group->distance_max_m > range->distance_max_m)
        return NULL;
    CsReach reach = cs_reach(group, time_s);
    return reach.nearest_m < range->distance_min_m || reach.farthest_m > range->distance_max_m
               ? range
               : NULL;
}
