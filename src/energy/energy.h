/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * energy/energy: delays of computing and the energy it takes.
 *
 * Layer: energy.
 */
#ifndef CS_ENERGY_ENERGY_H
#define CS_ENERGY_ENERGY_H

#include <glib.h>
#include <math.h>

/* Time of `flop` FLOPs at f·δ·σ FLOP/s, in s (letter Eq. 7, 8). */
static inline double cs_compute_time(double flop, double frequency_hz, double flops_per_cycle,
                                     double cores)
{
    return flop / (frequency_hz * flops_per_cycle * cores);
}

/*
 * E = ξ f² F / (δ σ) in J (letter Eq. 11): ξ power coefficient in W/Hz³, f frequency in Hz, F
 * FLOPs. From the FLOPs, never from a rounded time.
 */
static inline double cs_compute_energy(double power_coefficient, double frequency_hz, double flop,
                                       double flops_per_cycle, double cores)
{
    return power_coefficient * frequency_hz * frequency_hz * flop / (flops_per_cycle * cores);
}

#endif
