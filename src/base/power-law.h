/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/power-law: what a processor draws at work, by its clock.
 *
 * Layer: base.
 */
#ifndef CS_BASE_POWER_LAW_H
#define CS_BASE_POWER_LAW_H

#include <glib.h>
#include <math.h>

typedef struct {
    double frequency_hz, power_w;
} CsPowerPoint;

/*
 * P(f) = P0 + ξ f³ in W, or, with another exponent p, P0 + ξ F³ (f/F)^p: ξ F³ is what the clock
 * adds at the reference clock F. With points it is what they say: linear between two of them, the
 * first's and the last's power beyond.
 *
 * The clock adds c f V², and V falls with the clock to the least voltage that the chip is given,
 * and no further. With that clock, the knee K, P(f) = P0 + ξ F³ g(f/K) / g(F/K), g(x) = x below 1
 * and x^p from there: in proportion to the clock up to K, as above from K. It is continuous, convex
 * for p >= 1, and P0 + ξ F³ at F whatever K.
 *
 * Source: Guerreiro, Ilic, Roma, Tomás, "GPGPU Power Modeling for Multi-Domain Voltage-Frequency
 * Scaling", HPCA 2018: the core's voltage is constant below a clock and rises above it.
 */
typedef struct {
    double static_w;           /* P0 */
    double coefficient;        /* ξ, W/Hz³ */
    double exponent;           /* p; 3, and 0 stands for it */
    double reference_hz;       /* F */
    double knee_hz;            /* K; 0: none */
    const CsPowerPoint *point; /* by rising frequency, borrowed; NULL: the law */
    guint n_points;
} CsPowerLaw;

/* P(f) of n >= 1 points. */
double cs_power_points_w(const CsPowerPoint *point, guint n, double frequency_hz);

static inline gboolean cs_power_law_cubic(const CsPowerLaw *law)
{
    return law->exponent == 3 || law->exponent == 0;
}

/* P(f) and dP/df of a law with a knee; at the knee the slope above it. */
double cs_power_knee_w(const CsPowerLaw *law, double frequency_hz);
double cs_power_knee_slope(const CsPowerLaw *law, double frequency_hz);

/* Whether it is the letter's ξ f³. */
static inline gboolean cs_power_law_plain(const CsPowerLaw *law)
{
    return law->point == NULL && law->static_w == 0 && law->knee_hz == 0 && cs_power_law_cubic(law);
}

static inline double cs_power_law_w(const CsPowerLaw *law, double frequency_hz)
{
    if (law->point != NULL)
        return cs_power_points_w(law->point, law->n_points, frequency_hz);
    if (law->knee_hz > 0)
        return cs_power_knee_w(law, frequency_hz);
    if (cs_power_law_cubic(law))
        return law->coefficient * frequency_hz * frequency_hz * frequency_hz + law->static_w;
    double cube = law->reference_hz * law->reference_hz * law->reference_hz;
    return law->coefficient * cube * pow(frequency_hz / law->reference_hz, law->exponent) +
           law->static_w;
}

/* dP/df in W/Hz, of a law without points. */
static inline double cs_power_law_slope(const CsPowerLaw *law, double frequency_hz)
{
    double exponent = cs_power_law_cubic(law) ? 3 : law->exponent;
    if (law->knee_hz > 0)
        return cs_power_knee_slope(law, frequency_hz);
    return exponent * (cs_power_law_w(law, frequency_hz) - law->static_w) / frequency_hz;
}

#endif
