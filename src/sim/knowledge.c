/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/knowledge: decisions on what is known of the channel. See knowledge.h. Layer: sim. */
#include "sim/knowledge.h"

#include <math.h>

typedef struct {
    double bps[CS_DIRECTION_N];
} Rates;

struct CsKnowledge {
    const CsConfig *config;
    CsRandomKey *key; /* by device; under CS_CSI_ERROR */
    Rates *seen;      /* csi_rounds a device, a ring by round; under CS_CSI_DELAYED */
    gchar *memory;    /* the state of a policy that knows all; NULL unless the policy has any */
};

CsKnowledge *cs_knowledge_new(const CsConfig *config, guint64 replication)
{
    if (config->csi == CS_CSI_PERFECT)
        return NULL;
    CsKnowledge *knowledge = g_new0(CsKnowledge, 1);
    knowledge->config = config;
    if (config->csi == CS_CSI_DELAYED)
        knowledge->seen = g_new0(Rates, (gsize)config->n_devices * config->csi_rounds);
    else
        knowledge->key = g_new(CsRandomKey, config->n_devices);
    for (guint i = 0; knowledge->key != NULL && i < config->n_devices; i++) {
        g_autofree char *name = cs_config_device_name(config, i);
        knowledge->key[i] =
            cs_random_key(config->seed, replication, cs_entity_hash(name), CS_PURPOSE_CSI);
    }
    if (config->policy->state_size > 0)
        knowledge->memory = g_malloc0_n(config->n_devices, config->policy->state_size);
    return knowledge;
}

void cs_knowledge_free(CsKnowledge *knowledge)
{
    if (knowledge == NULL)
        return;
    g_free(knowledge->key);
    g_free(knowledge->seen);
    g_free(knowledge->memory);
    g_free(knowledge);
}

/* The rates of k rounds ago; the present ones take their place. A device that was away for some
 * rounds knows what it had when it was last there. */
static Rates delayed(CsKnowledge *knowledge, guint device, guint64 round, Rates now)
{
    guint k = knowledge->config->csi_rounds;
    Rates *ring = &knowledge->seen[(gsize)device * k], *place = &ring[round % k];
    if (ring[0].bps[CS_UPLINK] == 0) /* its first round */
        for (guint i = 0; i < k; i++)
            ring[i] = now;
    Rates then = *place;
    *place = now;
    return then;
}

/* A rate known with an error of `error_db` in its SNR. */
static double mistaken(const CsRateMap *map, const CsLinkState *link, double error_db)
{
    double gain = pow(10.0, error_db / 10.0);
    if (!(link->snr > 0) || !isfinite(link->snr))
        return link->rate_bps * gain;
    double truth_bps = cs_link_state(map, link->snr).rate_bps;
    double known_bps = cs_link_state(map, link->snr * gain).rate_bps;
    return link->rate_bps * (known_bps / truth_bps);
}

/* Two independent standard normal numbers (Box & Muller 1958). */
static void normals(CsRandomKey key, guint64 round, double z[2])
{
    double u[2];
    cs_random_pair(key, round, 0, 0, u);
    double radius = sqrt(-2.0 * log(u[0]));
    z[0] = radius * cos(2.0 * G_PI * u[1]);
    z[1] = radius * sin(2.0 * G_PI * u[1]);
}

CsDecision cs_knowledge_decide(CsKnowledge *knowledge, guint device, const CsDeviceGroup *group,
                               const CsRoundState *state, const CsLinkState *uplink,
                               const CsLinkState *downlink, gpointer memory, double *regret)
{
    const CsConfig *config = knowledge->config;
    const CsPolicySettings *settings = &config->policy_settings;
    Rates known = {{[CS_UPLINK] = uplink->rate_bps, [CS_DOWNLINK] = downlink->rate_bps}};
    if (config->csi == CS_CSI_DELAYED) {
        known = delayed(knowledge, device, state->round, known);
    } else {
        double z[2];
        normals(knowledge->key[device], state->round, z);
        known.bps[CS_UPLINK] = mistaken(&group->uplink, uplink, config->csi_error_db * z[0]);
        known.bps[CS_DOWNLINK] = mistaken(&group->downlink, downlink, config->csi_error_db * z[1]);
    }
    CsRoundState seen = *state;
    seen.uplink_bps = known.bps[CS_UPLINK];
    seen.downlink_bps = cs_config_downlink_bps(config, known.bps[CS_DOWNLINK]);
    seen.corners = cs_cost_corners(state->cost, seen.uplink_bps, seen.downlink_bps);
    CsDecision decision = config->policy->decide(settings, &seen, memory);

    gpointer ideal = knowledge->memory != NULL
                         ? knowledge->memory + (gsize)device * config->policy->state_size
                         : NULL;
    CsDecision best = config->policy->decide(settings, state, ideal);
    *regret = 0; /* of a decision that is none there is no cost */
    if (!cs_decision_check(config->policy, state->cost, decision, NULL))
        return decision;
    if (!cs_decision_check(config->policy, state->cost, best, NULL))
        return best;
    *regret = cs_cost(state->cost, &state->corners, settings->weight, state->uplink_bps,
                      state->downlink_bps, decision.frequency_hz, decision.cut) -
              cs_cost(state->cost, &state->corners, settings->weight, state->uplink_bps,
                      state->downlink_bps, best.frequency_hz, best.cut);
    return decision;
}
