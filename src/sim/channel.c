/* sim/channel: what stays of a device's channel over a replication. See channel.h. Layer: sim. */
#include "sim/channel.h"

void cs_channel_init(CsChannel *channel, const CsConfig *config, const CsDeviceGroup *group,
                     const char *name, guint64 replication)
{
    const CsRadio *radio = &group->radio;
    guint64 entity = cs_entity_hash(name);
    CsRandomKey key[CS_PURPOSE_POLICY + 1];
    for (int purpose = CS_PURPOSE_FADING_UPLINK; purpose <= CS_PURPOSE_POLICY; purpose++)
        key[purpose] = cs_random_key(config->seed, replication, entity, (CsPurpose)purpose);

    double distance_m = group->distance_min_m;
    if (group->distance_max_m > group->distance_min_m)
        distance_m += (group->distance_max_m - group->distance_min_m) *
                      cs_random_uniform(key[CS_PURPOSE_DISTANCE], 0, 0);
    double shadowing = radio->shadowing_db > 0
                           ? cs_shadowing_gain(radio->shadowing_db, key[CS_PURPOSE_SHADOWING])
                           : 1;
    double loss = cs_radio_loss(radio, distance_m);

    channel->snr[CS_UPLINK] =
        shadowing * cs_mean_snr(group->tx_power_w, loss, radio->noise_density_w_per_hz,
                                radio->bandwidth_hz, config->server.noise_factor);
    channel->snr[CS_DOWNLINK] =
        shadowing * cs_mean_snr(config->server.tx_power_w, loss, radio->noise_density_w_per_hz,
                                radio->bandwidth_hz, group->noise_factor);
    channel->fading[CS_UPLINK] = key[CS_PURPOSE_FADING_UPLINK];
    channel->fading[CS_DOWNLINK] =
        key[radio->reciprocal ? CS_PURPOSE_FADING_UPLINK : CS_PURPOSE_FADING_DOWNLINK];
    channel->policy = key[CS_PURPOSE_POLICY];
}
