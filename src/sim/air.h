/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/air: links that change in time: devices that move, fade by the clock, or follow a trace.
 *
 * A link is a function of the time and of the device's own streams, whatever the device decides and
 * whenever it is asked for; it is constant until a time that comes with it.
 *
 * Layer: sim, private to it. Calls base, radio.
 */
#ifndef CS_SIM_AIR_H
#define CS_SIM_AIR_H

#include "sim/channel.h"

typedef struct CsAir CsAir;

/* NULL where no link changes but by the draws of rounds and transmissions. `channel`, one a device,
 * is borrowed. */
CsAir *cs_air_new(const CsConfig *config, guint64 replication, const CsChannel *channel);
void cs_air_free(CsAir *air);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsAir, cs_air_free)

/* TRUE where the group's devices do not stay where they start. */
gboolean cs_air_moves(const CsDeviceGroup *group);

/* TRUE where a link of the group may change while something is sent over it. */
gboolean cs_air_changes(const CsDeviceGroup *group);

/* When a link is asked for. */
typedef struct {
    guint64 round;
    guint32 transmission;
    gint64 round_start_ns;
    gint64 time_ns;
} CsInstant;

/*
 * The link at an instant, and in *until_ns how long it stays (CS_TIME_MAX: on its own for ever).
 * The position is that of the round's start (coherence = round), of the instant (transmission), or
 * of the coherence block's start (a time). A rate of 0 means that nothing can be sent before
 * *until_ns; with CS_TIME_MAX, that the trace has ended.
 */
CsLinkState cs_air_link(CsAir *air, guint device, guint group, CsDirection direction,
                        const CsInstant *at, gint64 *until_ns);

#endif
