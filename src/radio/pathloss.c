/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/pathloss: free-space and log-distance loss. See pathloss.h. Layer: radio; calls libm. */
#include "radio/pathloss.h"

#include <glib.h>
#include <math.h>

double cs_free_space_loss(double distance_m, double carrier_hz)
{
    g_assert(distance_m > 0 && carrier_hz > 0);
    double field = 4 * G_PI * distance_m * carrier_hz / CS_SPEED_OF_LIGHT_M_PER_S;
    return fmax(field * field, 1.0);
}

double cs_log_distance_loss(double distance_m, double reference_distance_m, double reference_loss,
                            double exponent)
{
    g_assert(distance_m >= 0 && reference_distance_m > 0);
    return reference_loss * pow(fmax(distance_m / reference_distance_m, 1.0), exponent);
}
