/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/digest: whether two scenarios give the same results. See digest.h. Layer: campaign. */
#include "campaign/digest.h"

#include "policy/plugin.h"

#include <string.h>

static void add(GChecksum *sum, gconstpointer data, gsize length)
{
    g_checksum_update(sum, data, (gssize)length);
}

static void add_reals(GChecksum *sum, const double *real, guint n)
{
    add(sum, real, n * sizeof *real);
}

static void add_rate_map(GChecksum *sum, const CsRateMap *map)
{
    add_reals(sum, map->threshold, CS_CQI_N);
    add_reals(sum, map->rate_bps, CS_CQI_N);
    add(sum, map->mcs, sizeof map->mcs);
}

static void add_group(GChecksum *sum, const CsDeviceGroup *group)
{
    add_reals(sum, group->cost.device_s, group->cost.n_cuts);
    add_reals(sum, group->cost.server_cycle, group->cost.n_cuts);
    add_reals(sum, group->cost.air_bit, group->cost.n_cuts);
    add_reals(sum, &group->cost.power_coefficient, 1);
    if (group->cost.measured) {
        const CsPowerLaw *power = &group->cost.power;
        double law[] = {power->static_w, power->exponent, power->reference_hz,
                        group->static_power_w, group->power_exponent};
        double knee[] = {power->knee_hz, group->power_knee_hz};
        add_reals(sum, law, G_N_ELEMENTS(law));
        if (knee[0] > 0 || knee[1] > 0)
            add_reals(sum, knee, G_N_ELEMENTS(knee));
        add_reals(sum, group->cost.server_fixed_s, group->cost.n_cuts);
        for (guint i = 0; power->point != NULL && i < power->n_points; i++) {
            add_reals(sum, &power->point[i].frequency_hz, 1);
            add_reals(sum, &power->point[i].power_w, 1);
        }
    }
    if (group->power_table != NULL) {
        double power_w = cs_group_power_w(group);
        add_reals(sum, &power_w, 1);
    }
    add(sum, &group->cost.cut_max, sizeof group->cost.cut_max);
    if (group->radio.errors.curves != NULL)
        cs_error_curves_sum(group->radio.errors.curves, sum);
    for (guint i = 0; i < CS_DIRECTION_N; i++) {
        guint64 trace = group->trace[i] != NULL ? cs_channel_trace_digest(group->trace[i]) : 0;
        add(sum, &trace, sizeof trace);
    }
    if (group->availability != NULL) {
        guint64 availability = cs_availability_digest(group->availability);
        add(sum, &availability, sizeof availability);
    }
    add_rate_map(sum, &group->uplink);
    add_rate_map(sum, &group->downlink);
}

/* FNV-1a (Fowler, Noll and Vo), with the NUL. */
static guint64 hash_text(guint64 hash, const char *text)
{
    const guchar *p = (const guchar *)text;
    do
        hash = (hash ^ *p) * G_GUINT64_CONSTANT(1099511628211);
    while (*p++ != '\0');
    return hash;
}

guint64 cs_setting_digest(const char *group, const char *key, const char *value)
{
    guint64 hash = hash_text(
        hash_text(hash_text(G_GUINT64_CONSTANT(14695981039346656037), group), key), value);
    /* Mixed as SplitMix64 does (Steele, Lea and Flood 2014), so that sums do not cancel. */
    hash = (hash ^ (hash >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    hash = (hash ^ (hash >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return hash ^ (hash >> 31);
}

guint64 cs_scenario_digest(const CsScenario *scenario)
{
    const CsConfig *config = cs_scenario_config(scenario);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    if (config->policy->plugin != NULL)
        add(sum, cs_plugin_hash(config->policy->plugin),
            strlen(cs_plugin_hash(config->policy->plugin)) + 1);
    const CsProfile *profile = config->profile;
    add_reals(sum, profile->device_forward_flop, profile->n_cuts);
    add_reals(sum, profile->server_forward_flop, profile->n_cuts);
    add_reals(sum, profile->smashed_bit, profile->n_cuts);
    add_reals(sum, profile->adapter_bit, profile->n_cuts);
    for (guint i = 0; i < config->n_groups; i++)
        add_group(sum, &config->groups[i]);
    if (config->learning.network != NULL)
        add(sum, config->learning.digest, sizeof config->learning.digest);
    guint8 digest[32];
    gsize length = sizeof digest;
    guint64 all;
    g_checksum_get_digest(sum, digest, &length);
    memcpy(&all, digest, sizeof all);
    all = GUINT64_FROM_BE(all);
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        all += cs_setting_digest(setting.group, setting.key, setting.value);
    }
    return all;
}

char *cs_digest_text(guint64 digest)
{
    return g_strdup_printf("%016" G_GINT64_MODIFIER "x", digest);
}
