/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/tr38901: path loss, line of sight and shadowing of 3GPP TR 38.901 V17 (Tables 7.4.1-1,
 * 7.4.2-1, 7.5-6 and 7.6.3.1-2): urban micro street canyon (UMi), urban macro (UMa), indoor office
 * (InH).
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
    double environment_height_m; /* h_E, cs_environment_height(); 1 but in UMa */
} CsGeometry;

/*
 * What Table 7.4.1-1 covers; the carrier's range and UMi's and UMa's heights h_UT are those of its
 * column of applicability and of 7.4.1, the height of the access point its default there, InH's
 * heights those of Table 7.2-2 and up. Nearer than the minimum the loss stays the minimum's;
 * farther, and for other carriers and heights, the formula is carried on. Below `height_meaning_m`,
 * or of an access point not above `ap_meaning_m`, there is no formula: no break point is there.
 */
typedef struct {
    const char *name; /* as scenarios call it */
    double distance_min_m, distance_max_m;
    double height_min_m, height_max_m;
    double carrier_min_hz, carrier_max_hz;
    double ap_height_m;
    double height_meaning_m, ap_meaning_m; /* 0: any */
} CsEnvironmentRange;

/* Static storage. */
const CsEnvironmentRange *cs_environment_range(CsEnvironment environment);

/*
 * The height of the environment h_E in m of a link (note 1 of Table 7.4.1-1): 1 m, but in UMa, of a
 * device above 13 m, only with the probability 1/(1 + C), where
 *     C = ((h_UT - 13)/10)^1.5 g(d),  g = 0 up to 18 m, else 1.25 (d/100)^3 exp(-d/150)
 * (h_UT up to 23 m), and else one of 12, 15, ... h_UT - 1.5, all alike. `u`, two numbers uniform in
 * (0, 1], decide both. Deviation: of those heights only such that the access point, too, is 1.5 m
 * above them, which 25 m always is, and 1 m where there is none.
 */
double cs_environment_height(CsEnvironment environment, double distance_2d_m,
                             double device_height_m, double ap_height_m, const double u[2]);

/*
 * Path loss in dB. LOS: of Table 7.4.1-1, with the break point at
 *     d_BP = 4 (h_BS - h_E)(h_UT - h_E) f / c
 * compared with the 2-D distance; where an antenna is not above h_E there is none. NLOS: the larger
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

/* The same distance of whether there is a line of sight (Table 7.6.3.1-2): 50 m, indoors 10 m. */
double cs_environment_state_correlation_m(CsEnvironment environment);

#endif
