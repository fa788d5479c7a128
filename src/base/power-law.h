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

/*
 * P(f) = P0 + ξ f³ in W, or, with another exponent p, P0 + ξ F³ (f/F)^p: ξ F³ is what the clock
 * adds at the reference clock F.
 */
typedef struct {
    double static_w;     /* P0 */
    double coefficient;  /* ξ, W/Hz³ */
    double exponent;     /* p; 3, and 0 stands for it */
    double reference_hz; /* F */
} CsPowerLaw;

static inline gboolean cs_power_law_cubic(const CsPowerLaw *law)
{
    return law->exponent == 3 || law->exponent == 0;
}

static inline double cs_power_law_w(const CsPowerLaw *law, double frequency_hz)
{
    if (cs_power_law_cubic(law))
        return law->coefficient * frequency_hz * frequency_hz * frequency_hz + law->static_w;
    double cube = law->reference_hz * law->reference_hz * law->reference_hz;
    return law->coefficient * cube * pow(frequency_hz / law->reference_hz, law->exponent) +
           law->static_w;
}

/* dP/df in W/Hz. */
static inline double cs_power_law_slope(const CsPowerLaw *law, double frequency_hz)
{
    double exponent = cs_power_law_cubic(law) ? 3 : law->exponent;
    return exponent * (cs_power_law_w(law, frequency_hz) - law->static_w) / frequency_hz;
}

#endif
