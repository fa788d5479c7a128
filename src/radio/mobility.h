/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/mobility: where a device is: at rest, on a straight line, or at random waypoints.
 *
 * The access point is the origin of the plane. A position is a function of the time and of the
 * device's own random stream, and of nothing else.
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_MOBILITY_H
#define CS_RADIO_MOBILITY_H

#include "base/names.h"
#include "base/random.h"

typedef enum { CS_MOBILITY_STATIC, CS_MOBILITY_LINEAR, CS_MOBILITY_RANDOM_WAYPOINT } CsMobilityKind;
extern const CsName cs_mobility_names[];

typedef struct {
    CsMobilityKind kind;
    double speed_m_per_s; /* >= 0 */
    double direction_rad; /* linear: 0 away from the access point, π towards it, π/2 across */
    double radius_m;      /* random waypoint: of the disc around the access point, > 0 */
    double pause_s;       /* random waypoint: rest at a waypoint, >= 0 */
    /* Above the speed: speeds are drawn uniformly between the two, of each leg between waypoints,
     * else once a device; not above it: there is one speed. */
    double speed_max_m_per_s;
} CsMobility;

typedef struct {
    double x_m, y_m;
    double distance_m; /* from the access point, on the ground */
    double path_m;     /* walked so far */
} CsPosition;

/* A device on its way. A value type. */
typedef struct {
    CsRandomKey key;
    double start_m;            /* distance at time 0 */
    double from_x_m, from_y_m; /* the leg under way */
    double to_x_m, to_y_m;
    double leg_start_s, leg_m;
    double speed_m_per_s; /* of it */
    double path_m;        /* walked before it */
    double travel_m;      /* the same as if it had not paused */
    guint64 leg;
} CsWalker;

static inline gboolean cs_mobility_draws_speeds(const CsMobility *mobility)
{
    return mobility->speed_max_m_per_s > mobility->speed_m_per_s;
}

/* Puts a device `distance_m` away: on the x axis, or at an angle drawn from `key` for random
 * waypoints. */
void cs_walker_init(CsWalker *walker, const CsMobility *mobility, double distance_m,
                    CsRandomKey key);

/*
 * Where it is at `time_s` >= 0.
 *   linear: (d + v t cos φ, v t sin φ), d the distance at t = 0, v the speed, φ the direction.
 *   random waypoint (Johnson & Maltz, "Dynamic source routing in ad hoc wireless networks", 1996):
 *     straight to a point drawn uniformly from the disc, rest there, and on. O(legs since the last
 *     call); an earlier time starts over. The first leg starts at the given distance, so that the
 *     law of the position is not stationary at first. Of speeds drawn from v to V the mean over
 * time tends to (V - v)/ln(V/v), and to 0 where v is 0 (Yoon, Liu, Noble, "Random waypoint
 * considered harmful", INFOCOM 2003).
 */
CsPosition cs_walker_at(CsWalker *walker, const CsMobility *mobility, double time_s);

/* The integral of the speed up to then, in m: the speed of a device that pauses, or rests, is that
 * of what moves around it. For the same `time_s` as cs_walker_at(), and after it. */
double cs_walker_travel(const CsWalker *walker, double time_s);

#endif
