/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/air: links that change in time. See air.h. Layer: sim. */
#include "sim/air.h"

#include "des/des.h"
#include "radio/surroundings.h"

#include <math.h>

/* A device of a group whose links change. */
typedef struct {
    CsWalker walker;
    CsSurroundings surroundings;
    CsGaussMarkov fading[CS_DIRECTION_N];
    guint cursor[CS_DIRECTION_N]; /* in the traces */
} Device;

typedef struct {
    Device *devices; /* NULL: they do not change */
    CsJakes *jakes;  /* two a device; NULL where not asked for */
    gint64 block_ns;
    double doppler_hz;
    double correlation;              /* of two blocks */
    double unit_snr[CS_DIRECTION_N]; /* mean SNR without any loss */
} Group;

struct CsAir {
    const CsConfig *config;
    const CsChannel *channel;
    Group *groups;
};

gboolean cs_air_moves(const CsDeviceGroup *group)
{
    return group->mobility.kind != CS_MOBILITY_STATIC &&
           MAX(group->mobility.speed_m_per_s, group->mobility.speed_max_m_per_s) > 0;
}

gboolean cs_air_changes(const CsDeviceGroup *group)
{
    return group->radio.coherence == CS_COHERENCE_TIME || group->trace[CS_UPLINK] != NULL ||
           group->trace[CS_DOWNLINK] != NULL;
}

/* --- making ----------------------------------------------------------------------------------- */

static void init_device(CsAir *air, guint group_index, guint i, guint64 replication)
{
    const CsConfig *config = air->config;
    const CsDeviceGroup *group = &config->groups[group_index];
    Group *own = &air->groups[group_index];
    Device *device = &own->devices[i];
    g_autofree char *name = cs_config_device_name(config, group->first + i);
    guint64 entity = cs_entity_hash(name);
    cs_walker_init(&device->walker, &group->mobility,
                   cs_channel_distance(config, group, entity, replication),
                   cs_random_key(config->seed, replication, entity, CS_PURPOSE_WAYPOINT));
    cs_surroundings_init(&device->surroundings, config->seed, replication, entity);
    const CsChannel *channel = &air->channel[group->first + i];
    for (int d = 0; d < CS_DIRECTION_N; d++) {
        device->fading[d] = (CsGaussMarkov){.key = channel->fading[d]};
        if (own->jakes != NULL)
            cs_jakes_init(&own->jakes[CS_DIRECTION_N * i + (guint)d], channel->fading[d]);
    }
}

static void init_group(CsAir *air, guint index, guint64 replication)
{
    const CsServer *server = &air->config->server;
    const CsDeviceGroup *group = &air->config->groups[index];
    const CsRadio *radio = &group->radio;
    Group *own = &air->groups[index];
    if (!cs_air_moves(group) && !cs_air_changes(group))
        return;
    own->devices = g_new0(Device, group->count);
    own->unit_snr[CS_UPLINK] = cs_mean_snr(group->tx_power_w, 1, radio->noise_density_w_per_hz,
                                           radio->bandwidth_hz, server->noise_factor);
    own->unit_snr[CS_DOWNLINK] = cs_mean_snr(server->tx_power_w, 1, radio->noise_density_w_per_hz,
                                             radio->bandwidth_hz, group->noise_factor);
    if (radio->coherence == CS_COHERENCE_TIME) {
        own->block_ns = MAX(llround(radio->coherence_s * 1e9), 1);
        own->doppler_hz = cs_doppler_frequency(group->mobility.speed_m_per_s, radio->carrier_hz);
        own->correlation = cs_doppler_correlation(own->doppler_hz, radio->coherence_s);
        if (radio->doppler == CS_DOPPLER_JAKES)
            own->jakes = g_new(CsJakes, CS_DIRECTION_N * group->count);
    }
    for (guint i = 0; i < group->count; i++)
        init_device(air, index, i, replication);
}

CsAir *cs_air_new(const CsConfig *config, guint64 replication, const CsChannel *channel)
{
    gboolean needed = FALSE;
    for (guint i = 0; i < config->n_groups; i++)
        needed |= cs_air_moves(&config->groups[i]) || cs_air_changes(&config->groups[i]);
    if (!needed)
        return NULL;
    CsAir *air = g_new(CsAir, 1);
    *air = (CsAir){config, channel, g_new0(Group, config->n_groups)};
    for (guint i = 0; i < config->n_groups; i++)
        init_group(air, i, replication);
    return air;
}

void cs_air_free(CsAir *air)
{
    if (air == NULL)
        return;
    for (guint i = 0; i < air->config->n_groups; i++) {
        g_free(air->groups[i].devices);
        g_free(air->groups[i].jakes);
    }
    g_free(air->groups);
    g_free(air);
}

/* --- in use ----------------------------------------------------------------------------------- */

static CsLinkState traced_link(const CsDeviceGroup *group, CsDirection direction,
                               const CsRateMap *map, guint *cursor, gint64 time_ns,
                               gint64 *until_ns)
{
    const CsChannelTrace *trace = group->trace[direction];
    double value = cs_channel_trace_value(trace, time_ns, cursor, until_ns);
    if (isnan(value))
        return cs_link_state_of_rate(0);
    switch (cs_channel_trace_kind(trace)) {
    case CS_TRACE_CQI:
        return cs_link_state_of_cqi(map, (int)value);
    case CS_TRACE_SNR:
        return cs_link_state(map, value);
    case CS_TRACE_RATE:
        break;
    }
    return cs_link_state_of_rate(value);
}

/* |g|² of the coherence block that begins at `time_ns`. */
static double block_gain(Group *own, guint i, const CsDeviceGroup *group, CsDirection direction,
                         gint64 time_ns)
{
    const CsFadingModel *fading = &group->radio.fading;
    if (fading->kind == CS_FADING_NONE)
        return 1;
    double k = fading->kind == CS_FADING_RICIAN ? fading->rician_k : 0, re, im;
    if (own->jakes != NULL) {
        double time_s = (double)time_ns / 1e9, doppler_hz = own->doppler_hz;
        if (cs_mobility_draws_speeds(&group->mobility)) {
            /* The phase turns with the way travelled: a wavelength is a turn, at 1 m/s. */
            CsWalker *walker = &own->devices[i].walker;
            cs_walker_at(walker, &group->mobility, time_s);
            time_s = cs_walker_travel(walker, time_s);
            doppler_hz = cs_doppler_frequency(1.0, group->radio.carrier_hz);
        }
        cs_jakes_gain(&own->jakes[CS_DIRECTION_N * i + (guint)direction], doppler_hz, time_s, &re,
                      &im);
        return cs_doppler_power(k, re, im);
    }
    CsGaussMarkov *channel = &own->devices[i].fading[direction];
    cs_gauss_markov_advance(channel, own->correlation, (guint64)(time_ns / own->block_ns));
    return cs_doppler_power(k, channel->re, channel->im);
}

/* Mean SNR where the device is at `time_ns`. */
static double snr_at(const CsAir *air, const CsDeviceGroup *group, Group *own, guint i,
                     CsDirection direction, gint64 time_ns)
{
    if (!cs_air_moves(group))
        return air->channel[group->first + i].snr[direction];
    Device *device = &own->devices[i];
    CsPosition at = cs_walker_at(&device->walker, &group->mobility, (double)time_ns / 1e9);
    CsLargeScale scale = cs_surroundings_at(&device->surroundings, &group->radio, group->height_m,
                                            at.distance_m, at.path_m);
    return own->unit_snr[direction] * scale.shadowing / scale.loss;
}

CsLinkState cs_air_link(CsAir *air, guint device, guint group_index, CsDirection direction,
                        const CsInstant *at, gint64 *until_ns)
{
    const CsDeviceGroup *group = &air->config->groups[group_index];
    const CsRateMap *map = direction == CS_UPLINK ? &group->uplink : &group->downlink;
    Group *own = &air->groups[group_index];
    guint i = device - group->first;
    *until_ns = CS_TIME_MAX;
    if (own->devices == NULL)
        return cs_channel_state(&air->channel[device], group, direction, at->round,
                                at->transmission);
    if (group->trace[direction] != NULL)
        return traced_link(group, direction, map, &own->devices[i].cursor[direction], at->time_ns,
                           until_ns);
    if (group->radio.coherence == CS_COHERENCE_TIME) {
        gint64 block = at->time_ns / own->block_ns, start_ns = block * own->block_ns;
        *until_ns = cs_time_sum(start_ns, own->block_ns);
        return cs_link_state(map, snr_at(air, group, own, i, direction, start_ns) *
                                      block_gain(own, i, group, direction, start_ns));
    }
    gboolean by_round = group->radio.coherence == CS_COHERENCE_ROUND;
    double gain =
        cs_fading_gain(&group->radio.fading, air->channel[device].fading[direction], at->round,
                       by_round ? CS_TRANSMISSION_ROUND_START : at->transmission);
    return cs_link_state(map, gain * snr_at(air, group, own, i, direction,
                                            by_round ? at->round_start_ns : at->time_ns));
}
