/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/surroundings: path loss, line of sight, shadowing. See surroundings.h. Layer: radio; calls
 * base. */
#include "radio/surroundings.h"

#include "base/units.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define STEPS 16 /* of the shadowing, and of the line of sight, in their correlation distance */
#define FORGOTTEN 666 /* steps: exp(-n/16) < 2^-60, so that no digit is left of what was */

void cs_surroundings_init(CsSurroundings *surroundings, guint64 seed, guint64 replication,
                          guint64 entity)
{
    static const CsPurpose purposes[] = {CS_PURPOSE_SHADOWING_OBSTRUCTED, CS_PURPOSE_SHADOWING};
    surroundings->line_of_sight =
        (CsSightField){.key = cs_random_key(seed, replication, entity, CS_PURPOSE_LINE_OF_SIGHT)};
    surroundings->environment_height =
        cs_random_key(seed, replication, entity, CS_PURPOSE_ENVIRONMENT_HEIGHT);
    for (int i = 0; i < 2; i++)
        surroundings->shadowing[i] =
            (CsGaussMarkov){.key = cs_random_key(seed, replication, entity, purposes[i])};
}

/* The gain of the shadowing: the real part of a complex normal of unit power has half of it. */
static double shadowing_gain(CsGaussMarkov *field, double sigma_db, double correlation_m,
                             double path_m)
{
    if (!(sigma_db > 0))
        return 1;
    cs_gauss_markov_advance(field, exp(-1.0 / STEPS), (guint64)(path_m * STEPS / correlation_m));
    return cs_db_to_linear(sigma_db * G_SQRT2 * field->re);
}

static double normal_of(double uniform)
{
    return gsl_cdf_ugaussian_Pinv(fmin(uniform, 1.0 - 0x1p-53));
}

/* u at a step of the path: z_k = a z_(k-1) + sqrt(1 - a²) w_k, a = exp(-1/STEPS). */
static double uniform_at(CsSightField *field, guint64 step)
{
    const double keep = exp(-1.0 / STEPS), fresh = sqrt(1.0 - keep * keep);
    if (step == 0)
        return cs_random_uniform(field->key, 0, 0);
    if (step + 1 < field->next)
        field->next = 0;
    gboolean first = field->next == 0;
    if (step - field->next > FORGOTTEN && step + 1 != field->next) {
        field->next = step - FORGOTTEN;
        first = TRUE;
    }
    for (; field->next <= step; field->next++, first = FALSE) {
        double w = normal_of(cs_random_uniform(field->key, field->next, 0));
        field->normal = first ? w : keep * field->normal + fresh * w;
    }
    return gsl_cdf_ugaussian_P(field->normal);
}

static gboolean sees(CsSurroundings *surroundings, const CsRadio *radio, CsEnvironment environment,
                     double probability, double path_m)
{
    if (radio->line_of_sight != CS_LINE_OF_SIGHT_PROBABILITY)
        return radio->line_of_sight == CS_LINE_OF_SIGHT_ALWAYS;
    double correlation_m = cs_environment_state_correlation_m(environment);
    return uniform_at(&surroundings->line_of_sight, (guint64)(path_m * STEPS / correlation_m)) <=
           probability;
}

static double environment_height(const CsSurroundings *surroundings, CsEnvironment environment,
                                 double distance_m, double device_height_m, double ap_height_m)
{
    double u[2];
    if (environment != CS_ENVIRONMENT_UMA)
        return 1.0;
    cs_random_pair(surroundings->environment_height, 0, 0, 0, u);
    return cs_environment_height(environment, distance_m, device_height_m, ap_height_m, u);
}

CsLargeScale cs_surroundings_at(CsSurroundings *surroundings, const CsRadio *radio,
                                double device_height_m, double distance_m, double path_m)
{
    double sigma_db = radio->shadowing_db, correlation_m = radio->shadowing_distance_m;
    CsLargeScale at = {.los_probability = NAN, .line_of_sight = TRUE};
    if (radio->path_loss == CS_PATH_LOSS_LOG_DISTANCE) {
        at.loss = cs_radio_loss(radio, distance_m);
    } else {
        CsEnvironment environment = (CsEnvironment)(radio->path_loss - CS_PATH_LOSS_UMI);
        CsGeometry geometry = {distance_m, radio->ap_height_m, device_height_m, radio->carrier_hz,
                               environment_height(surroundings, environment, distance_m,
                                                  device_height_m, radio->ap_height_m)};
        at.los_probability =
            cs_environment_los_probability(environment, distance_m, device_height_m);
        at.line_of_sight = sees(surroundings, radio, environment, at.los_probability, path_m);
        at.loss = cs_db_to_linear(cs_environment_loss_db(environment, at.line_of_sight, &geometry));
        if (isnan(sigma_db))
            sigma_db = cs_environment_shadowing_db(environment, at.line_of_sight);
        if (isnan(correlation_m))
            correlation_m = cs_environment_correlation_m(environment, at.line_of_sight);
    }
    at.shadowing =
        shadowing_gain(&surroundings->shadowing[at.line_of_sight], sigma_db, correlation_m, path_m);
    return at;
}
