/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/pathloss: log-distance path loss.
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_PATHLOSS_H
#define CS_RADIO_PATHLOSS_H

#define CS_SPEED_OF_LIGHT_M_PER_S 299792458.0 /* exact, SI */

/*
 * Free-space loss L = (4 π d f / c)^2 (Friis, Proc. IRE 34(5), 1946), a ratio >= 0;
 * d distance in m > 0, f carrier in Hz > 0, c speed of light in m/s. Nearer than λ/4π, where the
 * far-field formula would turn loss into gain, the ratio stays 1.
 */
double cs_free_space_loss(double distance_m, double carrier_hz);

/*
 * L = L0 · max(d / d0, 1)^α; d distance in m >= 0, d0 reference distance in m > 0, L0 the loss
 * there (a ratio), α path-loss exponent. Nearer than d0 the loss stays L0.
 */
double cs_log_distance_loss(double distance_m, double reference_distance_m, double reference_loss,
                            double exponent);

#endif
