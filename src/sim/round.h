/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/round: who starts a round, what is decided then, and when it ends.
 *
 * Sequential: a device starts when the one before it has ended. Parallel: all start together;
 * clusters: so do those of a cluster, one cluster after the other. What starts together is counted
 * in one place, open_start().
 *
 * Layer: sim, private to it. Calls des, radio, energy, policy, and stage and accounts below it.
 */
#ifndef CS_SIM_ROUND_H
#define CS_SIM_ROUND_H

#include "sim/state.h"

/* Makes the fleet where it is asked for, and takes the ends of devices' chains. */
void cs_round_init(CsSimulation *simulation, gboolean with_fleet);

/* Starts the next round: all devices, a cluster, or the first. */
void cs_round_start(CsSimulation *simulation);

/* Starts only those that start together from `first` on, in the round as it is set. */
void cs_round_try(CsSimulation *simulation, guint first);

#endif
