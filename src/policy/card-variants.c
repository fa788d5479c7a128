/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/card-variants: CARD under a limit of delay, and CARD where devices share server and air.
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

/* --- card-contention -------------------------------------------------------------------------- */

/*
 * CARD with prices. A device that holds a GPU, or the shared air, for a second makes the others
 * wait, which plain CARD does not see. Among N devices on G GPUs that are busy for a share ρ of the
 * time, a second of service delays the others by ρ (N/G - 1) s together: not at all on an idle
 * server, and where the server never rests the round lasts Σ service/G for each of the N
 * (operational bounds: Denning & Buzen, ACM Computing Surveys 10(3), 1978). A price on the delay
 * that one causes to others leads users of a shared resource to the best for all (Pigou; in queues:
 * Naor, Econometrica 37(1), 1969). So, with prices κ of server and of air each way,
 *   U = w (device_s + κ_S server_cycle/f + κ_D air_bit/R_D + κ_U air_bit/R_S) / (D_max - D_min)
 *       + (1-w) E / (E_max - E_min),      κ = 1 + ρ max(N/G - 1, 0), G = 1 for the air
 * which Eq. 16 with w κ_S in the numerator still minimises over f for every cut alike. ρ is
 * measured over the round before; a price moves half way to its new value in each round, because
 * what the devices choose moves ρ. Without others, or with GPUs for all and an air not shared, this
 * is CARD.
 */
typedef struct {
    double server, uplink, downlink; /* prices less 1 */
} Prices;

static void move(double *price, double share, double others)
{
    *price += 0.5 * (share * fmax(others, 0.0) - *price);
}

static CsDecision decide_contention(const CsPolicySettings *settings, const CsRoundState *round,
                                    gpointer state)
{
    const CsCostTable *table = round->cost;
    const CsLoad *load = &round->load;
    Prices *prices = state;
    if (round->round > 1) {
        double gpus = load->gpus > 0 ? load->gpus : load->devices;
        move(&prices->server, load->server_share, load->devices / gpus - 1);
        move(&prices->uplink, load->uplink_share, load->devices - 1.0);
        move(&prices->downlink, load->downlink_share, load->devices - 1.0);
    }
    /* f* with w κ_S is Eq. 16 at a delay span that is κ_S times smaller. */
    CsCorners priced = round->corners;
    priced.delay_max_s =
        priced.delay_min_s + (priced.delay_max_s - priced.delay_min_s) / (1 + prices->server);
    double frequency_hz = cs_optimal_frequency(table, &priced, settings->weight);
    double air_s =
        (1 + prices->uplink) / round->uplink_bps + (1 + prices->downlink) / round->downlink_bps;
    double delay_span_s = round->corners.delay_max_s - round->corners.delay_min_s;
    double energy_span_j = round->corners.energy_max_j - round->corners.energy_min_j;
    double per_s = delay_span_s > 0 ? settings->weight / delay_span_s : 0;
    double per_j = energy_span_j > 0 ? (1 - settings->weight) / energy_span_j : 0;
    CsDecision best = {.cut = table->cut_min, .frequency_hz = frequency_hz};
    double least = INFINITY;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double delay_s = table->device_s[c] +
                         (1 + prices->server) * table->server_cycle[c] / frequency_hz +
                         table->air_bit[c] * air_s;
        double total = per_s * delay_s + per_j * cs_cost_energy(table, frequency_hz, c);
        if (total < least) {
            least = total;
            best.cut = c;
        }
    }
    return best;
}

const CsPolicy cs_policy_card_contention = {
    .name = "card-contention",
    .letters_law = TRUE,
    .summary = "CARD that counts the waiting it causes to others, for the parallel schedule",
    .uses_load = TRUE,
    .state_size = sizeof(Prices),
    .decide = decide_contention,
};

/* --- joint ------------------------------------------------------------------------------------ */

/*
 * The decisions of all devices of a crowd together: a local search with the round itself, run as
 * events, as the model (sim/joint.h). Here is where it starts beside CARD; alone it is CARD.
 */
const CsPolicy cs_policy_joint = {
    .name = "joint",
    .summary = "cuts and frequencies of a crowd together: local search on rounds simulated ahead",
    .joint = TRUE,
    .uses_load = TRUE,
    .letters_law = TRUE,
    .state_size = sizeof(Prices),
    .decide = decide_contention,
};
