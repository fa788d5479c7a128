/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/channel: what stays of a device's channel over a replication. See channel.h. Layer: sim. */
#include "sim/channel.h"

#include <math.h>

double cs_channel_distance(const CsConfig *config, const CsDeviceGroup *group, guint64 entity,
                           guint64 replication)
{
    if (!(group->distance_max_m > group->distance_min_m))
        return group->distance_min_m;
    CsRandomKey key = cs_random_key(config->seed, replication, entity, CS_PURPOSE_DISTANCE);
    return group->distance_min_m +
           (group->distance_max_m - group->distance_min_m) * cs_random_uniform(key, 0, 0);
}

CsLargeScale cs_channel_large_scale(const CsConfig *config, const CsDeviceGroup *group,
                                    guint64 entity, guint64 replication)
{
    const CsRadio *radio = &group->radio;
    double distance_m = cs_channel_distance(config, group, entity, replication);
    if (radio->path_loss != CS_PATH_LOSS_LOG_DISTANCE) {
        CsSurroundings surroundings;
        cs_surroundings_init(&surroundings, config->seed, replication, entity);
        return cs_surroundings_at(&surroundings, radio, group->height_m, distance_m, 0);
    }
    CsLargeScale at = {.loss = cs_radio_loss(radio, distance_m),
                       .shadowing = 1,
                       .los_probability = NAN,
                       .line_of_sight = TRUE};
    if (radio->shadowing_db > 0)
        at.shadowing =
            cs_shadowing_gain(radio->shadowing_db, cs_random_key(config->seed, replication, entity,
                                                                 CS_PURPOSE_SHADOWING));
    return at;
}

void cs_channel_init(CsChannel *channel, const CsConfig *config, const CsDeviceGroup *group,
                     const char *name, guint64 replication)
{
    const CsRadio *radio = &group->radio;
    guint64 entity = cs_entity_hash(name);
    CsLargeScale at = cs_channel_large_scale(config, group, entity, replication);

    channel->snr[CS_UPLINK] =
        at.shadowing * cs_mean_snr(group->tx_power_w, at.loss, radio->noise_density_w_per_hz,
                                   radio->bandwidth_hz, config->server.noise_factor);
    channel->snr[CS_DOWNLINK] =
        at.shadowing * cs_mean_snr(config->server.tx_power_w, at.loss,
                                   radio->noise_density_w_per_hz, radio->bandwidth_hz,
                                   group->noise_factor);
    channel->fading[CS_UPLINK] =
        cs_random_key(config->seed, replication, entity, CS_PURPOSE_FADING_UPLINK);
    channel->fading[CS_DOWNLINK] =
        radio->reciprocal
            ? channel->fading[CS_UPLINK]
            : cs_random_key(config->seed, replication, entity, CS_PURPOSE_FADING_DOWNLINK);
    channel->policy = cs_random_key(config->seed, replication, entity, CS_PURPOSE_POLICY);
}
