/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/tr38901: path loss, line of sight and shadowing of 3GPP TR 38.901 V17 (Tables 7.4.1-1,
 * 7.4.2-1 and 7.5-6): urban micro street canyon (UMi), urban macro (UMa), indoor office (InH).
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_TR38901_H
#define CS_RADIO_TR38901_H

#include <glib.h>

typedef enum {
    CS_ENVIRONMENT_UMI,
    CS_ENVIRONMENT_UMA,
    CS_ENVIRONMENT_INH_MIXED,
    CS_ENVIRONMENT_INH_OPEN,
    CS_ENVIRONMENT_N
} CsEnvironment;

/* Where the antennas are. */
typedef struct {
    double distance_2d_m;   /* on the ground, >= 0 */
    double ap_height_m;     /* h_BS */
    double device_height_m; /* h_UT */
    double carrier_hz;
} CsGeometry;

/* The 2-D distances that the formulas are valid for: 10 m (UMi, UMa) or 1 m (InH) to 5 km or 150 m.
 * Nearer than the minimum, the loss stays the minimum's; farther, the formula is carried on. */
double cs_environment_distance_min(CsEnvironment environment);
double cs_environment_distance_max(CsEnvironment environment);

/*
 * Path loss in dB. LOS: of Table 7.4.1-1, with the break point at
 *     d_BP = 4 (h_BS - 1)(h_UT - 1) f / c    (effective environment height 1 m)
 * compared with the 2-D distance; where an antenna is not above 1 m there is none. NLOS: the larger
 * of LOS and the NLOS formula.
 */
double cs_environment_loss_db(CsEnvironment environment, gboolean line_of_sight,
                              const CsGeometry *geometry);

/* Probability of a line of sight at a 2-D distance in m, 0..1. The device's height counts in
 * UMa. */
double cs_environment_los_probability(CsEnvironment environment, double distance_2d_m,
                                      double device_height_m);

/* Standard deviation of the shadowing in dB, and the distance in m over which its correlation falls
 * to 1/e. */
double cs_environment_shadowing_db(CsEnvironment environment, gboolean line_of_sight);
double cs_environment_correlation_m(CsEnvironment environment, gboolean line_of_sight);

#endif
