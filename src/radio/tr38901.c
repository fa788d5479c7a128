/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/tr38901: path loss of TR 38.901. See tr38901.h. */
#include "radio/tr38901.h"

#include "radio/pathloss.h"

#include <math.h>

/* loss = intercept + slope lg d + carrier lg f - height (h_UT - 1.5); d in m, f in GHz. */
typedef struct {
    double intercept, slope, carrier, height;
} Formula;

typedef struct {
    Formula los, nlos;
    double far_factor;       /* of lg(d_BP² + (h_BS - h_UT)²) beyond the break point; 0: none */
    double shadowing_db[2];  /* NLOS, LOS */
    double correlation_m[2]; /* NLOS, LOS */
    double state_correlation_m;
    CsEnvironmentRange range;
} Environment;

#define FAR_SLOPE 40.0 /* lg d beyond the break point */

#define OUTDOOR_RANGE(environment, ap_height)                                                      \
    {                                                                                              \
        .name = environment, .distance_min_m = 10.0, .distance_max_m = 5000.0,                     \
        .height_min_m = 1.5, .height_max_m = 22.5, .carrier_min_hz = 0.5e9,                        \
        .carrier_max_hz = 100e9, .ap_height_m = ap_height, .height_meaning_m = 1.5,                \
        .ap_meaning_m = 1.0                                                                        \
    }

#define INDOOR(environment)                                                                        \
    {                                                                                              \
        .los = {32.4, 17.3, 20.0, 0.0}, .nlos = {17.3, 38.3, 24.9, 0.0},                           \
        .shadowing_db = {8.03, 3.0}, .correlation_m = {6.0, 10.0}, .state_correlation_m = 10.0,    \
        .range = {                                                                                 \
            .name = environment,                                                                   \
            .distance_min_m = 1.0,                                                                 \
            .distance_max_m = 150.0,                                                               \
            .height_min_m = 1.0,                                                                   \
            .height_max_m = 22.5,                                                                  \
            .carrier_min_hz = 0.5e9,                                                               \
            .carrier_max_hz = 100e9,                                                               \
            .ap_height_m = 3.0                                                                     \
        }                                                                                          \
    }

static const Environment environments[CS_ENVIRONMENT_N] = {
    [CS_ENVIRONMENT_UMI] = {.los = {32.4, 21.0, 20.0, 0.0},
                            .nlos = {22.4, 35.3, 21.3, 0.3},
                            .far_factor = 9.5,
                            .shadowing_db = {7.82, 4.0},
                            .correlation_m = {13.0, 10.0},
                            .state_correlation_m = 50.0,
                            .range = OUTDOOR_RANGE("umi", 10.0)},
    [CS_ENVIRONMENT_UMA] = {.los = {28.0, 22.0, 20.0, 0.0},
                            .nlos = {13.54, 39.08, 20.0, 0.6},
                            .far_factor = 9.0,
                            .shadowing_db = {6.0, 4.0},
                            .correlation_m = {50.0, 37.0},
                            .state_correlation_m = 50.0,
                            .range = OUTDOOR_RANGE("uma", 25.0)},
    [CS_ENVIRONMENT_INH_MIXED] = INDOOR("inh-mixed"),
    [CS_ENVIRONMENT_INH_OPEN] = INDOOR("inh-open"),
};

static double evaluate(const Formula *formula, double distance_m, const CsGeometry *geometry)
{
    return formula->intercept + formula->slope * log10(distance_m) +
           formula->carrier * log10(geometry->carrier_hz / 1e9) -
           formula->height * (geometry->device_height_m - 1.5);
}

static double break_point(const CsGeometry *geometry)
{
    double above_m = geometry->ap_height_m - geometry->environment_height_m;
    double below_m = geometry->device_height_m - geometry->environment_height_m;
    if (above_m <= 0.0 || below_m <= 0.0)
        return INFINITY;
    return 4.0 * above_m * below_m * geometry->carrier_hz / CS_SPEED_OF_LIGHT_M_PER_S;
}

double cs_environment_loss_db(CsEnvironment environment, gboolean line_of_sight,
                              const CsGeometry *geometry)
{
    const Environment *e = &environments[environment];
    double flat_m = MAX(geometry->distance_2d_m, e->range.distance_min_m);
    double height_m = geometry->ap_height_m - geometry->device_height_m;
    double distance_m = hypot(flat_m, height_m);

    double los_db = evaluate(&e->los, distance_m, geometry);
    double break_m = break_point(geometry);
    if (e->far_factor > 0.0 && flat_m > break_m) {
        Formula far = e->los;
        far.slope = FAR_SLOPE;
        los_db = evaluate(&far, distance_m, geometry) -
                 e->far_factor * log10(break_m * break_m + height_m * height_m);
    }
    if (line_of_sight)
        return los_db;
    return MAX(los_db, evaluate(&e->nlos, distance_m, geometry));
}

/* 1 up to 18 m, then 18/d + exp(-d/scale)(1 - 18/d). */
static double street_probability(double distance_m, double scale_m)
{
    if (distance_m <= 18.0)
        return 1.0;
    return 18.0 / distance_m + exp(-distance_m / scale_m) * (1.0 - 18.0 / distance_m);
}

/* C of Table 7.4.1-1 and C' of Table 7.4.2-1 without their laws of the distance; heights end at
 * 23 m: higher devices count as of that height. */
static double height_excess(double height_m)
{
    return height_m > 13.0 ? pow((MIN(height_m, 23.0) - 13.0) / 10.0, 1.5) : 0.0;
}

/* 1.25 (d/100)^3 exp(-d/150), 0 up to 18 m. */
static double far_view(double distance_m)
{
    double near = distance_m / 100.0;
    return distance_m > 18.0 ? 1.25 * near * near * near * exp(-distance_m / 150.0) : 0.0;
}

double cs_environment_height(CsEnvironment environment, double distance_2d_m,
                             double device_height_m, double ap_height_m, const double u[2])
{
    double excess = height_excess(device_height_m) * far_view(distance_2d_m);
    if (environment != CS_ENVIRONMENT_UMA || u[0] <= 1.0 / (1.0 + excess))
        return 1.0;
    double highest_m = MIN(device_height_m, ap_height_m) - 1.5;
    double n = floor((highest_m - 12.0) / 3.0) + 1.0;
    return n >= 1.0 ? 12.0 + 3.0 * (ceil(u[1] * n) - 1.0) : 1.0;
}

double cs_environment_los_probability(CsEnvironment environment, double distance_2d_m,
                                      double device_height_m)
{
    double d = distance_2d_m;
    switch (environment) {
    case CS_ENVIRONMENT_UMI:
        return street_probability(d, 36.0);
    case CS_ENVIRONMENT_UMA:
        return fmin(street_probability(d, 63.0) *
                        (1.0 + height_excess(device_height_m) * far_view(d)),
                    1.0);
    case CS_ENVIRONMENT_INH_MIXED:
        if (d <= 1.2)
            return 1.0;
        return d < 6.5 ? exp(-(d - 1.2) / 4.7) : 0.32 * exp(-(d - 6.5) / 32.6);
    case CS_ENVIRONMENT_INH_OPEN:
        if (d <= 5.0)
            return 1.0;
        return d <= 49.0 ? exp(-(d - 5.0) / 70.8) : 0.54 * exp(-(d - 49.0) / 211.7);
    default:
        g_assert_not_reached();
    }
}

double cs_environment_shadowing_db(CsEnvironment environment, gboolean line_of_sight)
{
    return environments[environment].shadowing_db[line_of_sight ? 1 : 0];
}

double cs_environment_correlation_m(CsEnvironment environment, gboolean line_of_sight)
{
    return environments[environment].correlation_m[line_of_sight ? 1 : 0];
}

double cs_environment_state_correlation_m(CsEnvironment environment)
{
    return environments[environment].state_correlation_m;
}

const CsEnvironmentRange *cs_environment_range(CsEnvironment environment)
{
    return &environments[environment].range;
}
