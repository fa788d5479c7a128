/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/card: CARD (letter Algorithm 1), and the same with all the weight on one side.
 *
 * f* of Eq. 16 does not depend on the cut, so f* first and then the best cut at f* is the joint
 * optimum over both.
 *
 * Layer: policy. Calls base.
 */
#include "policy/policy.h"

/* Where the best frequency depends on the cut: the best pair of all cuts. */
static CsDecision decide_measured(double weight, const CsRoundState *round)
{
    const CsCostTable *table = round->cost;
    CsDecision best = {.cut = table->cut_min, .frequency_hz = table->frequency_min_hz};
    double least = G_MAXDOUBLE;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double frequency_hz = cs_best_frequency(table, &round->corners, weight, c);
        double cost = cs_cost(table, &round->corners, weight, round->uplink_bps,
                              round->downlink_bps, frequency_hz, c);
        if (cost < least) {
            least = cost;
            best = (CsDecision){.cut = c, .frequency_hz = frequency_hz};
        }
    }
    return best;
}

CsDecision cs_card_decide(double weight, const CsRoundState *round)
{
    if (G_UNLIKELY(round->cost->measured))
        return decide_measured(weight, round);
    double frequency_hz = cs_optimal_frequency(round->cost, &round->corners, weight);
    guint cut = cs_optimal_cut(round->cost, &round->corners, weight, round->uplink_bps,
                               round->downlink_bps, frequency_hz);
    return (CsDecision){.cut = cut, .frequency_hz = frequency_hz};
}

static CsDecision decide_card(const CsPolicySettings *settings, const CsRoundState *round,
                              G_GNUC_UNUSED gpointer state)
{
    return cs_card_decide(settings->weight, round);
}

static CsDecision decide_delay_only(G_GNUC_UNUSED const CsPolicySettings *settings,
                                    const CsRoundState *round, G_GNUC_UNUSED gpointer state)
{
    return cs_card_decide(1.0, round);
}

static CsDecision decide_energy_only(G_GNUC_UNUSED const CsPolicySettings *settings,
                                     const CsRoundState *round, G_GNUC_UNUSED gpointer state)
{
    return cs_card_decide(0.0, round);
}

const CsPolicy cs_policy_card = {
    .name = "card",
    .summary = "least weighted cost of delay and server energy (the letter's Algorithm 1)",
    .decide = decide_card,
};

const CsPolicy cs_policy_delay_only = {
    .name = "delay-only",
    .summary = "CARD with weight 1: least delay, the server at its maximum frequency",
    .decide = decide_delay_only,
};

const CsPolicy cs_policy_energy_only = {
    .name = "energy-only",
    .summary = "CARD with weight 0: least server energy, the server as slow as the device",
    .decide = decide_energy_only,
};
