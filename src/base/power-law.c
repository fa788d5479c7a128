/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/power-law: power by points, and with a knee. See power-law.h. Layer: base. */
#include "base/power-law.h"

double cs_power_points_w(const CsPowerPoint *point, guint n, double frequency_hz)
{
    guint low = 0, high = n - 1; /* the frequency lies between them, or beyond all */
    if (frequency_hz <= point[low].frequency_hz)
        return point[low].power_w;
    if (frequency_hz >= point[high].frequency_hz)
        return point[high].power_w;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (point[middle].frequency_hz <= frequency_hz)
            low = middle;
        else
            high = middle;
    }
    double share = (frequency_hz - point[low].frequency_hz) /
                   (point[high].frequency_hz - point[low].frequency_hz);
    return point[low].power_w + share * (point[high].power_w - point[low].power_w);
}

static double exponent_above(const CsPowerLaw *law)
{
    return cs_power_law_cubic(law) ? 3 : law->exponent;
}

/* g(f/K) */
static double shape(const CsPowerLaw *law, double frequency_hz)
{
    double x = frequency_hz / law->knee_hz;
    return x < 1 ? x : pow(x, exponent_above(law));
}

double cs_power_knee_w(const CsPowerLaw *law, double frequency_hz)
{
    double cube = law->reference_hz * law->reference_hz * law->reference_hz;
    return law->coefficient * cube * (shape(law, frequency_hz) / shape(law, law->reference_hz)) +
           law->static_w;
}

double cs_power_knee_slope(const CsPowerLaw *law, double frequency_hz)
{
    double at_hz = MAX(frequency_hz, law->knee_hz); /* one slope all the way to the knee */
    double slope = (cs_power_knee_w(law, at_hz) - law->static_w) / at_hz;
    return frequency_hz < law->knee_hz ? slope : slope * exponent_above(law);
}
