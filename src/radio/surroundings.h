/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/surroundings: what a device's whereabouts do to its link: path loss, line of sight and
 * shadowing, spatially consistent along its path.
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_SURROUNDINGS_H
#define CS_RADIO_SURROUNDINGS_H

#include "radio/doppler.h"
#include "radio/link.h"
#include "radio/tr38901.h"

/* A number that is uniform in (0, 1) at any place and correlated along the path. */
typedef struct {
    CsRandomKey key;
    guint64 next;  /* steps drawn so far */
    double normal; /* of the last one */
} CsSightField;

/* A device's own. A value type. */
typedef struct {
    CsSightField line_of_sight;
    CsRandomKey environment_height;
    CsGaussMarkov shadowing[2]; /* without and with a line of sight */
} CsSurroundings;

/* What they do at one place. */
typedef struct {
    double loss;            /* a ratio */
    double shadowing;       /* a gain, of median 1 */
    double los_probability; /* NAN under log-distance */
    gboolean line_of_sight;
} CsLargeScale;

/* `entity` is a hash of the device's name. */
void cs_surroundings_init(CsSurroundings *surroundings, guint64 seed, guint64 replication,
                          guint64 entity);

/*
 * `distance_m` from the access point on the ground, after a path of `path_m`.
 *
 * Line of sight (TR 38.901, 7.6.3.3): there is one where u <= its probability at the present
 * distance. u = Φ(z) is uniform, z a normal process with the correlation exp(-D/d_corr) over a path
 * of D, d_corr the LOS state's own (Table 7.6.3.1-2), in steps of d_corr/16. A device that rests
 * has one u a replication.
 *
 * The height of UMa's environment is that of cs_environment_height(), from two numbers drawn once a
 * replication.
 *
 * Shadowing along a path: S' = R S + sqrt(1 - R²) σ N(0,1), R = exp(-Δ/d_corr) (TR 38.901, 7.4.4;
 * Gudmundson, Electronics Letters 27(23), 1991), in steps of Δ = d_corr/16 of the path's length; S
 * with and without a line of sight are independent. It depends on how far the device has come and
 * on nothing else.
 */
CsLargeScale cs_surroundings_at(CsSurroundings *surroundings, const CsRadio *radio,
                                double device_height_m, double distance_m, double path_m);

#endif
