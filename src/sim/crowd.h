/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/crowd: decisions for devices that start together, on rounds run ahead (simulation.c's
 * rollout).
 *
 *     card-contention   CARD -> round ahead, prices of it (load.h) -> decisions at these prices ->
 *                       round ahead ... ; a third of the devices hears its price each time, so that
 *                       not all move at once; the round of least Σ U is taken
 *     joint             the same, then a local search from it and from three others (joint.h)
 *
 * CARD's round is the first of both, so that none is ever worse than it where the round goes as it
 * was run ahead.
 *
 * Layer: sim, private to it.
 */
#ifndef CS_SIM_CROWD_H
#define CS_SIM_CROWD_H

#include "sim/state.h"

/* What is known of a device that starts now, and, if that is asked for, what the policy decides for
 * it alone. */
typedef void (*CsCrowdLook)(CsSimulation *simulation, guint device, gboolean decides,
                            CsBegun *begun);

/* Decides for those of devices first .. end-1 that are there, into simulation->forced; leaves it
 * where the effort is too small for it. */
void cs_crowd_decide(CsSimulation *simulation, guint first, guint end, CsCrowdLook look);

#endif
