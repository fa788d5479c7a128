/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/stage: a device's chain of stages within its round (letter, Section II-B).
 *
 *   adapters down -> T x { device forward -> smashed data up -> server forward ->
 *   server backward -> gradient down -> device backward } -> adapters up
 *
 * Each stage is one event at its end, 6T + 2 a round; its duration is rounded once to nanoseconds.
 * The server's GPUs, where they are limited, are a resource that a mini-batch holds for both its
 * server stages. A device's index is its events' priority, so that what happens at one instant
 * happens in file order. Behind the last stage `device_done` is called.
 *
 * Layer: sim, private to it. Calls des, and accounts, fleet and transfer below it.
 */
#ifndef CS_SIM_STAGE_H
#define CS_SIM_STAGE_H

#include "sim/state.h"

/* Makes GPUs and transfers where they are asked for; with these and the fleet known, the events. */
void cs_stage_init(CsSimulation *simulation);
void cs_stage_ready(CsSimulation *simulation);

/* Starts a transfer whose time is its own; with a fleet, the end of a stage that begins now, where
 * the device may leave before. */
void cs_stage_start_transfer(CsSimulation *simulation, guint device, CsStage stage);
void cs_stage_schedule(CsSimulation *simulation, guint32 device, gint64 duration_ns);

/* Whether its transfers share the air with others' and somebody measures that. */
gboolean cs_stage_shares_air(const CsSimulation *simulation, guint device);

/* With a load to be measured: a device at work is about to be taken from wherever it is. */
void cs_stage_leave_load(CsSimulation *simulation, guint device);

/* When a stage of that duration that begins now ends; -1 where the clock does not hold it. */
static inline gint64 cs_stage_end_ns(CsSimulation *simulation, guint32 device, gint64 duration_ns)
{
    gint64 now_ns = cs_des_now(simulation->des);
    if (G_LIKELY(cs_time_fits(now_ns, duration_ns)))
        return now_ns + duration_ns;
    cs_state_fail_clock(simulation, device);
    return -1;
}

/* Posts the end of a stage that begins now. */
static inline void cs_stage_post(CsSimulation *simulation, guint32 device, gint64 duration_ns)
{
    gint64 end_ns = cs_stage_end_ns(simulation, device, duration_ns);
    if (G_LIKELY(end_ns >= 0))
        cs_des_post(simulation->des, end_ns, device, simulation->stage_end, device);
}

#endif
