/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/outcome: a round as a function of its rates. See outcome.h. Layer: expect. */
#include "expect/outcome.h"

#include <math.h>

#define LOOKS_PER_DECADE 16
#define LOOKS_LEAST 32
#define HALVINGS_MAX 80

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
    const CsDeviceGroup *group = outcome->group;
    double power_w = cs_group_power_w(group);
    return isnan(power_w) ? 0 : power_w * group->cost.device_s[cut];
}

/* (P_device + P_circuit) t_up + (P_AP + P_receive) t_down, as the simulator counts it. */
static double radio_energy_j(const CsOutcome *outcome, const CsRoundState *round, guint cut)
{
    const CsDeviceGroup *group = outcome->group;
    double air_bit = group->cost.air_bit[cut];
    double down_s = air_bit / round->downlink_bps, up_s = air_bit / round->uplink_bps;
    if (group->radio_power.sends || group->radio_power.receives)
        return cs_group_send_j(group, air_bit, up_s, up_s) +
               cs_group_receive_j(group, down_s > 0 ? air_bit : 0, down_s) +
               outcome->config->server.tx_power_w * down_s;
    double receive_w = isnan(group->rx_power_w) ? 0 : group->rx_power_w;
    return (group->tx_power_w + group->tx_circuit_power_w) * (air_bit / round->uplink_bps) +
           (outcome->config->server.tx_power_w + receive_w) * (air_bit / round->downlink_bps);
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
        [CS_MEAN_RADIO_ENERGY] = radio_energy_j(outcome, round, decided.cut),
        [CS_MEAN_COST] =
            cs_cost(cost, &round->corners, w, up, down, decided.frequency_hz, decided.cut),
        [CS_MEAN_CUT] = decided.cut,
        [CS_MEAN_CUT_LAST] = decided.cut + 1 == cost->n_cuts,
        [CS_MEAN_FREQUENCY] = decided.frequency_hz,
        [CS_MEAN_ONE] = 1,
    }};
    cs_means_add(value, weight, &own);
}

void cs_outcome_at(const CsOutcome *outcome, double uplink_bps, double downlink_bps, CsMeans *value)
{
    CsRoundState round;
    CsDecision decided = decide(outcome, uplink_bps, downlink_bps, &round);
    *value = (CsMeans){0};
    if (!outcome->config->policy->draws_cut) {
        add_decided(outcome, &round, 1, decided, value);
        return;
    }
    guint first = outcome->group->cost.cut_min, n = outcome->group->cost.cut_max - first + 1;
    for (guint cut = first; cut < first + n; cut++) {
        decided = (CsDecision){
            .cut = cut,
            .frequency_hz = cs_policy_frequency(&outcome->config->policy_settings, &round, cut)};
        add_decided(outcome, &round, 1.0 / n, decided, value);
    }
}

/* --- where it jumps --------------------------------------------------------------------------- */

/* What a decision is like: between two equal ones all is smooth. */
typedef struct {
    guint cut;
    int end; /* of the frequency's range: -1 the lower, 1 the upper, 0 neither */
} Kind;

static gboolean same(Kind a, Kind b)
{
    return a.cut == b.cut && a.end == b.end;
}

static Kind kind_at(const CsOutcome *outcome, double s_per_bit)
{
    CsRoundState round;
    const CsCostTable *cost = &outcome->group->cost;
    double directions = outcome->config->sends_down ? 2 : 1;
    CsDecision decided = decide(outcome, directions / s_per_bit, directions / s_per_bit, &round);
    return (Kind){.cut = outcome->config->policy->draws_cut ? 0 : decided.cut,
                  .end = decided.frequency_hz <= cost->frequency_min_hz   ? -1
                         : decided.frequency_hz >= cost->frequency_max_hz ? 1
                                                                          : 0};
}

/* All flips between two values of s whose decisions differ; in the order found. */
static void find_between(CsOutcome *outcome, double low, Kind at_low, double high, Kind at_high)
{
    while (!same(at_low, at_high) && outcome->n_flips < CS_FLIPS_MAX) {
        double end = high;
        Kind at_end = at_high;
        for (int i = 0; i < HALVINGS_MAX; i++) {
            double middle = 0.5 * (low + end);
            if (!(middle > low && middle < end))
                break;
            Kind at_middle = kind_at(outcome, middle);
            if (same(at_middle, at_low)) {
                low = middle;
            } else {
                end = middle;
                at_end = at_middle;
            }
        }
        outcome->flip_s_per_bit[outcome->n_flips++] = end;
        low = end;
        at_low = at_end;
    }
}

void cs_outcome_init(CsOutcome *outcome, const CsConfig *config, const CsDeviceGroup *group,
                     double least_s_per_bit, double most_s_per_bit)
{
    *outcome = (CsOutcome){.config = config, .group = group};
    double decades = log10(most_s_per_bit / least_s_per_bit);
    if (!(decades > 0))
        return;
    guint looks = (guint)fmax(LOOKS_PER_DECADE * decades, LOOKS_LEAST);
    double low = least_s_per_bit;
    Kind at_low = kind_at(outcome, low);
    for (guint i = 1; i <= looks; i++) {
        double high = least_s_per_bit * pow(10, decades * i / looks);
        Kind at_high = kind_at(outcome, high);
        find_between(outcome, low, at_low, high, at_high);
        low = high;
        at_low = at_high;
    }
}
