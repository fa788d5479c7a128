/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * energy/radio-power: what a phone draws while it sends and receives, as measured: a base, whatever
 * the throughput, and a slope in it: P = base + slope R, in W at R bit/s.
 *
 * Sources of the named sets: Narayanan et al., "A Variegated Look at 5G in the Wild: Performance,
 * Power, and QoE Implications", SIGCOMM 2021: its data (github.com/SIGCOMM21-5G/artifact, commit
 * 35aaf285, Data-Transfer-Power/MN-Transfer), least squares over the mean power at every offered
 * load; root of the mean squared residual in W:
 *     lte          down 0.16 (1 .. 96 Mbit/s)     up 0.18 (1 .. 28 Mbit/s)
 *     nr-low-band  down 0.19 (1 .. 120 Mbit/s)    up 0.26 (1 .. 46 Mbit/s)
 *     nr-mmwave    up 0.11 (1 .. 220 Mbit/s); down there are no data: slope as published, base from
 *                  the published throughput of 187 Mbit/s at which it draws what LTE does; its
 *                  8.4 W at 1.8 Gbit/s are about what Figure 11 there shows.
 * It is the power of the whole phone with its radio at work, not of the radio alone.
 *
 * Layer: energy. Calls base.
 */
#ifndef CS_ENERGY_RADIO_POWER_H
#define CS_ENERGY_RADIO_POWER_H

#include "base/names.h"

/* Where a scenario names a set. */
typedef enum {
    CS_RADIO_POWER_NONE, /* radiated and circuit power instead */
    CS_RADIO_POWER_LTE,
    CS_RADIO_POWER_NR_LOW_BAND,
    CS_RADIO_POWER_NR_MMWAVE
} CsRadioPowerSet;
extern const CsName cs_radio_power_names[];

/* base in W, slope in J/bit, which is W at 1 bit/s. */
typedef struct {
    guint set; /* CsRadioPowerSet */
    double send_base_w, send_slope_j_per_bit;
    double receive_base_w, receive_slope_j_per_bit;
    gboolean sends, receives; /* whether it holds in that direction */
} CsRadioPower;

/* Fills in what is NAN: from the set, if one is named; a base or a slope alone has the other 0. It
 * holds in a direction where either is known. */
void cs_radio_power_complete(CsRadioPower *power);

#endif
