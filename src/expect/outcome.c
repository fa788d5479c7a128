/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/outcome: a round as a function of its rates. See outcome.h. Layer: expect. */
#include "expect/outcome.h"

#include <math.h>

/* --- at given rates --------------------------------------------------------------------------- */

static CsDecision decide(const CsOutcome *outcome, double uplink_bps, double downlink_bps,
                         CsRoundState *round)
{
    const CsConfig *config = outcome->config;
    const CsCostTable *cost = &outcome->group->cost;
    downlink_bps = cs_config_downlink_bps(config, downlink_bps);
    *round = (CsRoundState){.cost = cost,
                            .corners = cs_cost_corners(cost, uplink_bps, downlink_bps),
                            .uplink_bps = uplink_bps,
                            .downlink_bps = downlink_bps,
                            .round = 1};
    return config->policy->decide(&config->policy_settings, round, NULL);
}

static double device_energy_j(const CsOutcome *outcome, guint cut)
{
    double power_w = outcome->device_power_w;
    return isnan(power_w) ? 0 : power_w * outcome->group->cost.device_s[cut];
}

/* (P_device + P_circuit) t_up + (P_AP + P_receive) t_down, as the simulator counts it. */
static double radio_energy_j(const CsOutcome *outcome, double uplink_bps, double downlink_bps,
                             guint cut)
{
    const CsDeviceGroup *group = outcome->group;
    double air_bit = group->cost.air_bit[cut];
    double down_s = air_bit / downlink_bps, up_s = air_bit / uplink_bps;
    if (group->radio_power.sends || group->radio_power.receives)
        return cs_group_send_j(group, air_bit, up_s, up_s) +
               cs_group_receive_j(group, down_s > 0 ? air_bit : 0, down_s) +
               outcome->config->server.tx_power_w * down_s;
    double receive_w = isnan(group->rx_power_w) ? 0 : group->rx_power_w;
    return (group->tx_power_w + group->tx_circuit_power_w) * (air_bit / uplink_bps) +
           (outcome->config->server.tx_power_w + receive_w) * (air_bit / downlink_bps);
}

static void add_decided(const CsOutcome *outcome, const CsRoundState *round, double weight,
                        CsDecision decided, CsMeans *value)
{
    const CsCostTable *cost = &outcome->group->cost;
    double up = round->uplink_bps, down = round->downlink_bps;
    double w = outcome->config->policy_settings.weight;
    const CsMeans own = {{
        [CS_MEAN_DELAY] = cs_cost_delay(cost, up, down, decided.frequency_hz, decided.cut),
        [CS_MEAN_SERVER_ENERGY] = cs_cost_energy(cost, decided.frequency_hz, decided.cut),
        [CS_MEAN_DEVICE_ENERGY] = device_energy_j(outcome, decided.cut),
        [CS_MEAN_RADIO_ENERGY] = radio_energy_j(outcome, up, down, decided.cut),
        [CS_MEAN_COST] =
            cs_cost(cost, &round->corners, w, up, down, decided.frequency_hz, decided.cut),
        [CS_MEAN_CUT] = decided.cut,
        [CS_MEAN_CUT_LAST] = decided.cut + 1 == cost->n_cuts,
        [CS_MEAN_FREQUENCY] = decided.frequency_hz,
        [CS_MEAN_ONE] = 1,
    }};
    cs_means_add(value, weight, &own);
}

/* The mean over the cuts that are drawn. */
static void average_drawn(const CsOutcome *outcome, double uplink_bps, double downlink_bps,
                          CsMeans *value)
{
    CsRoundState round;
    decide(outcome, uplink_bps, downlink_bps, &round);
    guint first = outcome->group->cost.cut_min, n = outcome->group->cost.cut_max - first + 1;
    for (guint cut = first; cut < first + n; cut++) {
        CsDecision decided = {
            .cut = cut,
            .frequency_hz = cs_policy_frequency(&outcome->config->policy_settings, &round, cut)};
        add_decided(outcome, &round, 1.0 / n, decided, value);
    }
}

/* --- as a function of s ----------------------------------------------------------------------- */

/* A CsDecide: at rates that are the same both ways. */
static void decide_at_s(gconstpointer context, double s_per_bit, CsDecided *decided)
{
    const CsOutcome *outcome = context;
    const CsCostTable *cost = &outcome->group->cost;
    double bps = (outcome->config->sends_down ? 2 : 1) / s_per_bit;
    CsRoundState round;
    CsDecision decision = decide(outcome, bps, bps, &round);
    double f = decision.frequency_hz, up = round.uplink_bps, down = round.downlink_bps;
    double w = outcome->config->policy_settings.weight;
    *decided = (CsDecided){
        .cut = outcome->config->policy->draws_cut ? 0 : decision.cut,
        .end = f <= cost->frequency_min_hz   ? -1
               : f >= cost->frequency_max_hz ? 1
                                             : 0,
        .of = {[CS_SMOOTH_DELAY] = cs_cost_delay(cost, up, down, f, decision.cut),
               [CS_SMOOTH_SERVER_ENERGY] = cs_cost_energy(cost, f, decision.cut),
               [CS_SMOOTH_COST] = cs_cost(cost, &round.corners, w, up, down, f, decision.cut),
               [CS_SMOOTH_FREQUENCY] = f}};
}

void cs_outcome_at(const CsOutcome *outcome, double uplink_bps, double downlink_bps, CsMeans *value)
{
    *value = (CsMeans){0};
    if (outcome->config->policy->draws_cut) {
        average_drawn(outcome, uplink_bps, downlink_bps, value);
        return;
    }
    CsDecided decided;
    double down = cs_config_downlink_bps(outcome->config, downlink_bps);
    cs_decisions_at(outcome->decisions, decide_at_s, outcome, 1 / uplink_bps + 1 / down, &decided);
    guint cut = decided.cut;
    value->of[CS_MEAN_DELAY] = decided.of[CS_SMOOTH_DELAY];
    value->of[CS_MEAN_SERVER_ENERGY] = decided.of[CS_SMOOTH_SERVER_ENERGY];
    value->of[CS_MEAN_DEVICE_ENERGY] = device_energy_j(outcome, cut);
    value->of[CS_MEAN_RADIO_ENERGY] = radio_energy_j(outcome, uplink_bps, down, cut);
    value->of[CS_MEAN_COST] = decided.of[CS_SMOOTH_COST];
    value->of[CS_MEAN_CUT] = cut;
    value->of[CS_MEAN_CUT_LAST] = cut + 1 == outcome->group->cost.n_cuts;
    value->of[CS_MEAN_FREQUENCY] = decided.of[CS_SMOOTH_FREQUENCY];
    value->of[CS_MEAN_ONE] = 1;
}

/* All that decides beside s, where it is numbers alone; NULL where it is more. */
static GArray *key_of(const CsConfig *config, const CsCostTable *cost)
{
    const CsPolicySettings *set = &config->policy_settings;
    if (cost->measured)
        return NULL;
    const double numbers[] = {(double)cs_entity_hash(config->policy->name),
                              set->weight,
                              set->frequency_rule,
                              set->frequency_hz,
                              set->cut,
                              set->delay_limit_s,
                              set->energy_budget_j,
                              set->search_effort,
                              set->tradeoff,
                              config->sends_down,
                              cost->n_cuts,
                              cost->cut_min,
                              cost->cut_max,
                              cost->power_coefficient,
                              cost->frequency_min_hz,
                              cost->frequency_max_hz};
    GArray *key = g_array_new(FALSE, FALSE, sizeof(double));
    g_array_append_vals(key, numbers, G_N_ELEMENTS(numbers));
    g_array_append_vals(key, cost->device_s, cost->n_cuts);
    g_array_append_vals(key, cost->server_cycle, cost->n_cuts);
    g_array_append_vals(key, cost->air_bit, cost->n_cuts);
    return key;
}

void cs_outcome_init(CsOutcome *outcome, const CsConfig *config, const CsDeviceGroup *group,
                     CsDecisionsCache *cache, double least_s_per_bit, double most_s_per_bit)
{
    *outcome =
        (CsOutcome){.config = config, .group = group, .device_power_w = cs_group_power_w(group)};
    g_autoptr(GArray) key = key_of(config, &group->cost);
    if (key == NULL)
        outcome->decisions = outcome->own = cs_decisions_new();
    else
        outcome->decisions =
            cs_decisions_cache_get(cache, (const double *)(gconstpointer)key->data, key->len);
    outcome->n_flips = cs_decisions_flips(outcome->decisions, decide_at_s, outcome, least_s_per_bit,
                                          most_s_per_bit, outcome->flip_s_per_bit, CS_FLIPS_MAX);
}

void cs_outcome_clear(CsOutcome *outcome)
{
    g_clear_pointer(&outcome->own, cs_decisions_free);
}
