/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/resolve-surroundings: what the standard does not cover, told at the keys that
 * say it. See resolver.h.
 */
#include "scenario/resolver.h"

#include "radio/tr38901.h"
#include "sim/reach.h"

#include <string.h>

/* Where a device's key is given: by the device, or in [radio]; else the device's head. */
static CsPlace place_of(const CsResolver *r, const CsRawDevice *device, CsKeyIndex index)
{
    return cs_raw_place(&device->values[index],
                        cs_raw_place(&r->table->fixed[index], device->head));
}

/* --- an environment's range ------------------------------------------------------------------- */

/* Heights at which there is no formula. */
static gboolean check_meaning(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group,
                              const CsEnvironmentRange *range)
{
    if (group->height_m < range->height_meaning_m) {
        g_autofree char *help = g_strdup_printf(
            "write 'height = %g m' or more, or another 'path-loss'", range->height_meaning_m);
        return cs_diagnostics_error(r->diagnostics, place_of(r, device, CS_KEY_DEVICE_HEIGHT), help,
                                    "TR 38.901 has no path loss of %s for a device below %g m",
                                    range->name, range->height_meaning_m);
    }
    if (!(group->radio.ap_height_m > range->ap_meaning_m) && range->ap_meaning_m > 0)
        return cs_diagnostics_error(
            r->diagnostics, place_of(r, device, CS_KEY_AP_HEIGHT), NULL,
            "TR 38.901 has no path loss of %s for an access point that is not "
            "above %g m",
            range->name, range->ap_meaning_m);
    return TRUE;
}

static gboolean outside(double value, double low, double high)
{
    return value < low || value > high;
}

#define BEYOND                                                                                     \
    "nearer, the loss stays that of the least distance; farther, the formula is carried on"

static void check_distance(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group,
                           const CsEnvironmentRange *range)
{
    const CsMobility *mobility = &group->mobility;
    gboolean wanders = mobility->kind == CS_MOBILITY_RANDOM_WAYPOINT;
    if (outside(group->distance_min_m, range->distance_min_m, range->distance_max_m) ||
        outside(group->distance_max_m, range->distance_min_m, range->distance_max_m))
        cs_diagnostics_warn(r->diagnostics, place_of(r, device, CS_KEY_DEVICE_DISTANCE), BEYOND,
                            "TR 38.901 covers %s from %g m to %g m", range->name,
                            range->distance_min_m, range->distance_max_m);
    if (wanders && mobility->radius_m > range->distance_max_m)
        cs_diagnostics_warn(r->diagnostics, place_of(r, device, CS_KEY_DEVICE_AREA_RADIUS),
                            "the formula is carried on", "TR 38.901 covers %s up to %g m",
                            range->name, range->distance_max_m);
}

/* What the formulas can compute but the standard does not cover. */
static void check_range(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group,
                        const CsEnvironmentRange *range)
{
    const CsRadio *radio = &group->radio;
    const char *carried_on = "the formula is carried on";
    check_distance(r, device, group, range);
    if (outside(radio->carrier_hz, range->carrier_min_hz, range->carrier_max_hz))
        cs_diagnostics_warn(r->diagnostics, place_of(r, device, CS_KEY_CARRIER), carried_on,
                            "TR 38.901 covers %s for carriers from %g GHz to %g GHz", range->name,
                            range->carrier_min_hz / 1e9, range->carrier_max_hz / 1e9);
    if (outside(group->height_m, range->height_min_m, range->height_max_m))
        cs_diagnostics_warn(r->diagnostics, place_of(r, device, CS_KEY_DEVICE_HEIGHT), carried_on,
                            "TR 38.901 covers %s for devices from %g m to %g m high", range->name,
                            range->height_min_m, range->height_max_m);
    if (radio->ap_height_m != range->ap_height_m)
        cs_diagnostics_warn(r->diagnostics, place_of(r, device, CS_KEY_AP_HEIGHT), carried_on,
                            "TR 38.901 states %s for an access point %g m high", range->name,
                            range->ap_height_m);
}

static gboolean in_environment(const CsDeviceGroup *group)
{
    return group->radio.path_loss != CS_PATH_LOSS_LOG_DISTANCE;
}

/* A link that is measured in both directions has no path loss. */
static gboolean modelled(const CsDeviceGroup *group)
{
    return group->trace[CS_UPLINK] == NULL || group->trace[CS_DOWNLINK] == NULL;
}

/* --- all of it -------------------------------------------------------------------------------- */

static void check_doppler(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group)
{
    const CsRadio *radio = &group->radio;
    if (radio->coherence != CS_COHERENCE_TIME || radio->doppler != CS_DOPPLER_GAUSS_MARKOV ||
        radio->fading.kind == CS_FADING_NONE)
        return;
    cs_diagnostics_warn(
        r->diagnostics, place_of(r, device, CS_KEY_DOPPLER), "write 'doppler = jakes'",
        "gauss-markov has the correlation of fading from one coherence time to the next only: over "
        "more of them fading moves the slower the shorter they are");
}

void cs_resolve_check_surroundings(CsResolver *r)
{
    for (guint i = 0; i < r->config->n_groups; i++) {
        const CsDeviceGroup *group = &r->config->groups[i];
        const CsRawDevice *device = &r->devices[g_array_index(r->group_devices, guint, i)];
        if (!modelled(group))
            continue;
        check_doppler(r, device, group);
        if (!in_environment(group))
            continue;
        const CsEnvironmentRange *range =
            cs_environment_range((CsEnvironment)(group->radio.path_loss - CS_PATH_LOSS_UMI));
        if (check_meaning(r, device, group, range))
            check_range(r, device, group, range);
    }
}

void cs_resolve_check_motion(CsResolver *r)
{
    double least_s = cs_config_loses_rounds(r->config) ? 0 : cs_config_least_s(r->config);
    for (guint i = 0; i < r->config->n_groups; i++) {
        const CsDeviceGroup *group = &r->config->groups[i];
        const CsEnvironmentRange *range = cs_reach_leaves(group, least_s);
        if (range != NULL)
            cs_diagnostics_warn(
                r->diagnostics,
                place_of(r, &r->devices[g_array_index(r->group_devices, guint, i)],
                         CS_KEY_DEVICE_MOBILITY),
                BEYOND, "TR 38.901 covers %s from %g m to %g m, and '%s' walks out of that",
                range->name, range->distance_min_m, range->distance_max_m, group->name);
    }
}
