/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/card-variants: CARD under a limit of delay.
 *
 * Layer: policy. Calls base.
 */
#include "policy/policy.h"

#include <math.h>

/* --- card-deadline ---------------------------------------------------------------------------- */

/*
 * min E(f, c) over f in [F_min, F_max] and c with D(f, c) <= limit. E = ξ f² server_cycle grows
 * with f, so a cut's least energy is at the least frequency that still keeps the limit,
 *   f(c) = max(server_cycle / (limit - device_s - air_bit (1/R_D + 1/R_S)), F_min).
 * Where no cut keeps it even at F_max, the decision is the fastest one. A tie keeps the smaller
 * cut.
 */
static CsDecision decide_deadline(const CsPolicySettings *settings, const CsRoundState *round,
                                  G_GNUC_UNUSED gpointer state)
{
    const CsCostTable *table = round->cost;
    double air_s = 1.0 / round->uplink_bps + 1.0 / round->downlink_bps;
    CsDecision best = {.cut = table->cut_min, .frequency_hz = table->frequency_max_hz};
    CsDecision fastest = best;
    double least_j = INFINITY, least_s = INFINITY;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double rest_s = table->device_s[c] + table->air_bit[c] * air_s;
        double slack_s = settings->delay_limit_s - rest_s;
        double cycle = table->server_cycle[c];
        double delay_s = rest_s + cycle / table->frequency_max_hz;
        if (delay_s < least_s) {
            least_s = delay_s;
            fastest.cut = c;
        }
        if (delay_s > settings->delay_limit_s)
            continue;
        double frequency_hz =
            cycle > 0 ? CLAMP(cycle / slack_s, table->frequency_min_hz, table->frequency_max_hz)
                      : table->frequency_min_hz;
        double energy_j = cs_cost_energy(table, frequency_hz, c);
        if (energy_j < least_j) {
            least_j = energy_j;
            best = (CsDecision){.cut = c, .frequency_hz = frequency_hz};
        }
    }
    return isinf(least_j) ? fastest : best;
}

const CsPolicy cs_policy_card_deadline = {
    .name = "card-deadline",
    .letters_law = TRUE,
    .summary = "least server energy with a predicted delay of at most 'delay-limit'; the fastest "
               "decision where none keeps it",
    .needs = CS_NEEDS_DELAY_LIMIT,
    .decide = decide_deadline,
};
