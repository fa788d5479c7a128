/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/obstacle: what there is no exact answer to. See expectation.h. Layer: expect. */
#include "expect/expectation.h"

#include <math.h>

static gboolean refuse(CsObstacle *obstacle, const char *group, const char *key, gint device_group,
                       char *reason)
{
    *obstacle = (CsObstacle){group, key, device_group, reason};
    return FALSE;
}

static gboolean check_policy(const CsConfig *config, CsObstacle *obstacle)
{
    const CsPolicy *policy = config->policy;
    if (policy->plugin != NULL)
        return refuse(obstacle, "policy", "name", -1,
                      g_strdup_printf("what the plugin policy '%s' decides may depend on anything",
                                      policy->name));
    if (policy->state_size > 0 || policy->uses_load || policy->joint)
        return refuse(obstacle, "policy", "name", -1,
                      g_strdup_printf("the policy '%s' looks at more than the round's own channel",
                                      policy->name));
    if (config->csi != CS_CSI_PERFECT)
        return refuse(obstacle, "policy", "csi", -1,
                      g_strdup("decisions on late or wrong knowledge depend on more than the "
                               "round's own channel"));
    return TRUE;
}

/* Most devices that are in a round at the same time. */
static guint together(const CsConfig *config)
{
    switch (config->schedule) {
    case CS_SCHEDULE_SEQUENTIAL:
        return 1;
    case CS_SCHEDULE_CLUSTERS:
        return MIN(config->cluster_size, config->n_devices);
    default:
        return config->n_devices;
    }
}

static gboolean check_rounds(const CsConfig *config, CsObstacle *obstacle)
{
    guint devices = together(config);
    if (isfinite(config->deadline_s))
        return refuse(obstacle, "simulation", "deadline", -1,
                      g_strdup("which rounds a deadline ends is a question of events"));
    if (config->quorum > 0)
        return refuse(obstacle, "simulation", "quorum", -1,
                      g_strdup("which rounds meet a quorum is a question of events"));
    if (config->server.gpus != CS_GPUS_UNLIMITED && config->server.gpus < devices)
        return refuse(obstacle, "simulation", "schedule", -1,
                      g_strdup_printf("up to %u devices wait for %u GPU%s", devices,
                                      config->server.gpus, config->server.gpus == 1 ? "" : "s"));
    return TRUE;
}

static gboolean check_device(const CsConfig *config, gint i, CsObstacle *obstacle)
{
    const CsDeviceGroup *group = &config->groups[i];
    if (isfinite(group->battery_j))
        return refuse(obstacle, "device", "battery", i,
                      g_strdup_printf("device '%s' may run empty", group->name));
    if (isfinite(group->failure_s))
        return refuse(obstacle, "device", "time-to-failure", i,
                      g_strdup_printf("device '%s' may fail in a round", group->name));
    if (group->availability != NULL)
        return refuse(obstacle, "device", "availability", i,
                      g_strdup_printf("device '%s' comes and goes by a trace", group->name));
    if (group->trace[CS_UPLINK] != NULL || group->trace[CS_DOWNLINK] != NULL)
        return refuse(obstacle, "device", "trace", i,
                      g_strdup_printf("the channel of device '%s' is a trace", group->name));
    if (group->mobility.kind != CS_MOBILITY_STATIC &&
        fmax(group->mobility.speed_m_per_s, group->mobility.speed_max_m_per_s) > 0)
        return refuse(obstacle, "device", "mobility", i,
                      g_strdup_printf("device '%s' moves", group->name));
    return TRUE;
}

/* P(|g|² < ε) ~ ε^m, and 1/log2(1 + SNR) ~ 1/SNR: the mean of the delay exists for m > 1 only. */
static gboolean diverges(const CsRadio *radio)
{
    if (radio->rate != CS_RATE_GAP && radio->rate != CS_RATE_SHANNON)
        return FALSE;
    return radio->fading.kind == CS_FADING_RAYLEIGH || radio->fading.kind == CS_FADING_RICIAN ||
           (radio->fading.kind == CS_FADING_NAKAGAMI && !(radio->fading.nakagami_m > 1));
}

static gboolean check_radio(const CsConfig *config, gint i, CsObstacle *obstacle)
{
    const CsDeviceGroup *group = &config->groups[i];
    const CsRadio *radio = &group->radio;
    if (radio->coherence != CS_COHERENCE_ROUND)
        return refuse(obstacle, "radio", "coherence", i,
                      g_strdup("a channel that changes within a round is a question of events"));
    if (radio->path_loss != CS_PATH_LOSS_LOG_DISTANCE)
        return refuse(obstacle, "radio", "path-loss", i,
                      g_strdup("lines of sight are drawn: only log-distance has exact means"));
    if (radio->sharing != CS_SHARING_DEDICATED && together(config) > 1)
        return refuse(obstacle, "radio", "sharing", i, g_strdup("devices share the air"));
    if (radio->transfer_limit_s > 0)
        return refuse(obstacle, "radio", "transfer-limit", i,
                      g_strdup("which transfers are given up is a question of events"));
    if (diverges(radio))
        return refuse(obstacle, "radio", "rate", i,
                      g_strdup("the mean delay is infinite: without repetition or a floor a rate "
                               "falls to 0 in a deep fade, and under this fading deep fades are "
                               "too frequent for 1/rate to have a mean"));
    return TRUE;
}

gboolean cs_expect_applies(const CsConfig *config, CsObstacle *obstacle)
{
    if (!check_policy(config, obstacle) || !check_rounds(config, obstacle))
        return FALSE;
    for (guint i = 0; i < config->n_groups; i++)
        if (config->groups[i].count > 0 &&
            (!check_device(config, (gint)i, obstacle) || !check_radio(config, (gint)i, obstacle)))
            return FALSE;
    return TRUE;
}
