/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/channel: a device's link to the access point: what stays over a replication, and its draws.
 *
 * Layer: sim, private to it. Calls base, radio.
 */
#ifndef CS_SIM_CHANNEL_H
#define CS_SIM_CHANNEL_H

#include "radio/surroundings.h"
#include "sim/config.h"

/* One for each device, so kept small. */
typedef struct {
    double snr[CS_DIRECTION_N];         /* mean SNR with shadowing, without fading */
    CsRandomKey fading[CS_DIRECTION_N]; /* the same twice where the channel is reciprocal */
    CsRandomKey policy;
} CsChannel;

/* Which draw of a round: the one at its start (the only one under coherence = round), then each
 * transfer's own. */
#define CS_TRANSMISSION_ROUND_START 0u

static inline guint32 cs_transmission_adapter_down(void)
{
    return 1;
}

/* epoch 0..T-1 */
static inline guint32 cs_transmission_smashed_up(guint32 epoch)
{
    return 2 + 2 * epoch;
}

static inline guint32 cs_transmission_gradient_down(guint32 epoch)
{
    return 3 + 2 * epoch;
}

static inline guint32 cs_transmission_adapter_up(guint32 local_epochs)
{
    return 2 + 2 * local_epochs;
}

/* Of a protocol that has these, behind all others. */
static inline guint32 cs_transmission_features_down(guint32 local_epochs, guint32 epoch)
{
    return 3 + 2 * local_epochs + 2 * epoch;
}

static inline guint32 cs_transmission_gradient_up(guint32 local_epochs, guint32 epoch)
{
    return 4 + 2 * local_epochs + 2 * epoch;
}

/* The distance of a device at the start, whose name has the hash `entity`: given, or uniform in
 * (minimum, maximum]. */
double cs_channel_distance(const CsConfig *config, const CsDeviceGroup *group, guint64 entity,
                           guint64 replication);

/* What its place at the start does to a device's link. */
CsLargeScale cs_channel_large_scale(const CsConfig *config, const CsDeviceGroup *group,
                                    guint64 entity, guint64 replication);

/*
 * Draws position and shadowing of the device called `name` in `replication`:
 *   SNR = P_tx / (L N0 B NF) · X, X the shadowing, one for both directions.
 */
void cs_channel_init(CsChannel *channel, const CsConfig *config, const CsDeviceGroup *group,
                     const char *name, guint64 replication);

/* The link in `direction` at draw (round, transmission). */
static inline CsLinkState cs_channel_state(const CsChannel *channel, const CsDeviceGroup *group,
                                           CsDirection direction, guint64 round,
                                           guint32 transmission)
{
    const CsRateMap *map = direction == CS_UPLINK ? &group->uplink : &group->downlink;
    double gain =
        cs_fading_gain(&group->radio.fading, channel->fading[direction], round, transmission);
    return cs_link_state(map, channel->snr[direction] * gain);
}

#endif
