/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/whereabouts: where devices are. See whereabouts.h. Layer: sim; calls radio. */
#include "sim/whereabouts.h"

#include "sim/air.h"

#include <math.h>

/* A device that rests has its place made ready, the others walk. */
typedef struct {
    CsWhereabouts rest;
    CsWalker walker;
    CsSurroundings surroundings;
} Walk;

struct CsWalks {
    const CsConfig *config;
    Walk *walk; /* by device */
};

CsWhereabouts cs_whereabouts_unknown(void)
{
    return (CsWhereabouts){NAN, NAN, NAN, -1};
}

/* A link that follows measurements both ways has no loss that would be its own. */
static CsWhereabouts place_of(const CsDeviceGroup *group, double distance_m, CsLargeScale at)
{
    CsWhereabouts place = cs_whereabouts_unknown();
    place.distance_m = distance_m;
    if (group->trace[CS_UPLINK] != NULL && group->trace[CS_DOWNLINK] != NULL)
        return place;
    place.loss = at.loss;
    place.shadowing = at.shadowing;
    if (!isnan(at.los_probability))
        place.line_of_sight = at.line_of_sight ? 1 : 0;
    return place;
}

static void init(Walk *walk, const CsConfig *config, guint device, guint64 replication)
{
    const CsDeviceGroup *group = cs_config_group_of(config, device);
    g_autofree char *name = cs_config_device_name(config, device);
    guint64 entity = cs_entity_hash(name);
    double distance_m = cs_channel_distance(config, group, entity, replication);
    if (!cs_air_moves(group)) {
        walk->rest =
            place_of(group, distance_m, cs_channel_large_scale(config, group, entity, replication));
        return;
    }
    cs_walker_init(&walk->walker, &group->mobility, distance_m,
                   cs_random_key(config->seed, replication, entity, CS_PURPOSE_WAYPOINT));
    cs_surroundings_init(&walk->surroundings, config->seed, replication, entity);
}

CsWalks *cs_walks_new(const CsConfig *config, guint64 replication)
{
    CsWalks *walks = g_new(CsWalks, 1);
    *walks = (CsWalks){config, g_new0(Walk, config->n_devices)};
    for (guint i = 0; i < config->n_devices; i++)
        init(&walks->walk[i], config, i, replication);
    return walks;
}

void cs_walks_free(CsWalks *walks)
{
    if (walks == NULL)
        return;
    g_free(walks->walk);
    g_free(walks);
}

CsWhereabouts cs_walks_at(CsWalks *walks, guint device, gint64 time_ns)
{
    const CsDeviceGroup *group = cs_config_group_of(walks->config, device);
    Walk *walk = &walks->walk[device];
    if (!cs_air_moves(group))
        return walk->rest;
    CsPosition at = cs_walker_at(&walk->walker, &group->mobility, (double)time_ns / 1e9);
    return place_of(group, at.distance_m,
                    cs_surroundings_at(&walk->surroundings, &group->radio, group->height_m,
                                       at.distance_m, at.path_m));
}
