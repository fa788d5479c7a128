/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/power-law: power by points. See power-law.h. Layer: base. */
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
