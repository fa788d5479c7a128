/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/load: how busy the server's GPUs and the shared air were in a round, for policies that ask.
 *
 * Layer: sim, private to it.
 */
#ifndef CS_SIM_LOAD_H
#define CS_SIM_LOAD_H

#include "sim/config.h"
#include "sim/sink.h"

typedef struct {
    CsLoad load; /* of the round before */
    gint64 since_ns;
    double server_ns, uplink_ns, downlink_ns; /* asked of them in the present round */
} CsLoadMeter;

/* NULL unless the policy uses it and devices work at the same time. Transfer full; g_free(). */
CsLoadMeter *cs_load_meter_new(const CsConfig *config);

/* So many devices start together now: what the policy may take for granted. */
void cs_load_together(CsLoadMeter *meter, guint devices);

/* A round ends and the next begins at `now_ns`. */
void cs_load_next_round(CsLoadMeter *meter, gint64 now_ns);

/* Adds a device's round: `duration_ns` by stage - 1, and `first_ns` that of the first stage. A
 * transfer counts as long as it would take with the whole cell. */
void cs_load_add(CsLoadMeter *meter, const CsConfig *config, guint group_index,
                 const gint64 duration_ns[CS_STAGE_TOLD_N - 1], gint64 first_ns);

#endif
