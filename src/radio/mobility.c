/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/mobility: positions in time. See mobility.h. Layer: radio; calls base. */
#include "radio/mobility.h"

#include <math.h>

const CsName cs_mobility_names[] = {{"static", CS_MOBILITY_STATIC},
                                    {"linear", CS_MOBILITY_LINEAR},
                                    {"random-waypoint", CS_MOBILITY_RANDOM_WAYPOINT},
                                    CS_NAMES_END};
CS_NAMES_COVER(cs_mobility_names, CS_MOBILITY_RANDOM_WAYPOINT);

#define OF_SPEED 1 /* counter word of the draws of speeds; 0 is that of places */

/* The speed of leg `walker->leg`, or of the device. */
static void draw_speed(CsWalker *walker, const CsMobility *mobility)
{
    gboolean legs = mobility->kind == CS_MOBILITY_RANDOM_WAYPOINT;
    walker->speed_m_per_s = mobility->speed_m_per_s;
    if (cs_mobility_draws_speeds(mobility))
        walker->speed_m_per_s +=
            (mobility->speed_max_m_per_s - mobility->speed_m_per_s) *
            cs_random_uniform(walker->key, legs ? walker->leg + 1 : 0, OF_SPEED);
}

/* The waypoint that ends leg `leg`: uniform in the disc, whose area grows with r². */
static void draw_waypoint(CsWalker *walker, double radius_m)
{
    double u[2];
    cs_random_pair(walker->key, walker->leg + 1, 0, 0, u);
    double r_m = radius_m * sqrt(u[0]), angle = 2.0 * G_PI * u[1];
    walker->to_x_m = r_m * cos(angle);
    walker->to_y_m = r_m * sin(angle);
    walker->leg_m = hypot(walker->to_x_m - walker->from_x_m, walker->to_y_m - walker->from_y_m);
}

static void go_to_start(CsWalker *walker, const CsMobility *mobility)
{
    double angle = 0.0;
    walker->leg = 0;
    walker->leg_start_s = walker->path_m = walker->travel_m = 0.0;
    draw_speed(walker, mobility);
    if (mobility->kind == CS_MOBILITY_RANDOM_WAYPOINT)
        angle = 2.0 * G_PI * cs_random_uniform(walker->key, 0, 0);
    walker->from_x_m = walker->start_m * cos(angle);
    walker->from_y_m = walker->start_m * sin(angle);
    if (mobility->kind == CS_MOBILITY_RANDOM_WAYPOINT)
        draw_waypoint(walker, mobility->radius_m);
}

void cs_walker_init(CsWalker *walker, const CsMobility *mobility, double distance_m,
                    CsRandomKey key)
{
    *walker = (CsWalker){.key = key, .start_m = distance_m};
    go_to_start(walker, mobility);
}

static CsPosition position(double x_m, double y_m, double path_m)
{
    return (CsPosition){x_m, y_m, hypot(x_m, y_m), path_m};
}

static CsPosition waypoint_position(CsWalker *walker, const CsMobility *mobility, double time_s)
{
    if (walker->speed_m_per_s <= 0.0)
        return position(walker->from_x_m, walker->from_y_m, 0.0);
    if (time_s < walker->leg_start_s)
        go_to_start(walker, mobility);
    for (;;) {
        double walk_s = walker->leg_m / walker->speed_m_per_s;
        double end_s = walker->leg_start_s + walk_s + mobility->pause_s;
        if (time_s < end_s) {
            double gone = walk_s > 0.0 ? fmin((time_s - walker->leg_start_s) / walk_s, 1.0) : 1.0;
            return position(walker->from_x_m + gone * (walker->to_x_m - walker->from_x_m),
                            walker->from_y_m + gone * (walker->to_y_m - walker->from_y_m),
                            walker->path_m + gone * walker->leg_m);
        }
        walker->path_m += walker->leg_m;
        walker->travel_m += walker->speed_m_per_s * (end_s - walker->leg_start_s);
        walker->leg_start_s = end_s;
        walker->from_x_m = walker->to_x_m;
        walker->from_y_m = walker->to_y_m;
        walker->leg++;
        draw_speed(walker, mobility);
        draw_waypoint(walker, mobility->radius_m);
    }
}

CsPosition cs_walker_at(CsWalker *walker, const CsMobility *mobility, double time_s)
{
    double path_m = walker->speed_m_per_s * time_s;
    switch (mobility->kind) {
    case CS_MOBILITY_STATIC:
        return position(walker->start_m, 0.0, 0.0);
    case CS_MOBILITY_LINEAR:
        return position(walker->start_m + path_m * cos(mobility->direction_rad),
                        path_m * sin(mobility->direction_rad), path_m);
    case CS_MOBILITY_RANDOM_WAYPOINT:
        return waypoint_position(walker, mobility, time_s);
    }
    g_assert_not_reached();
}

double cs_walker_travel(const CsWalker *walker, double time_s)
{
    return walker->travel_m + walker->speed_m_per_s * (time_s - walker->leg_start_s);
}
