/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/related: decision rules of related papers, reduced to what a policy here decides: a cut
 * and a server frequency for one device and round.
 *
 * Layer: policy. Calls base.
 */
#include "policy/policy.h"

#include <math.h>

/* 1/R_D + 1/R_S: seconds that a bit takes up and a bit takes down. */
static double air_s_per_bit(const CsRoundState *round)
{
    return 1.0 / round->uplink_bps + 1.0 / round->downlink_bps;
}

/* --- OPEN ------------------------------------------------------------------------------------- */

/*
 * OPEN of adaptive split learning (Li et al., "Adaptive Split Learning over Energy-Constrained
 * Wireless Edge Networks", arXiv 2403.05158): the least mean delay at a long-term mean energy, by
 * Lyapunov's drift plus penalty. A virtual queue collects what was used beyond the budget,
 *   Q(n+1) = max(Q(n) + E(n) - budget, 0), in J
 * and each round minimises V D(f, c) + Q(n) E(f, c), V in J²/s. At any cut the frequency part is
 * V server_cycle/f + Q ξ f² server_cycle, so that f = cbrt(V / (2 ξ Q)), clamped, for all of them.
 * Deviation: there the queue is empty at first, and the first rounds are the dearest; here it
 * begins where the first round costs the budget, the least Q of that kind, so that the budget holds
 * from the first rounds on. Where no Q does that it begins empty.
 * Deviation: there the budget is of devices and server together and the server's capacity is
 * divided among devices; here a device's round has the letter's server energy and a frequency of
 * its own.
 */
typedef struct {
    double queue_j;
    double energy_j; /* of the round before */
    gboolean begun;
} Open;

static CsDecision least_drift(const CsPolicySettings *settings, const CsRoundState *round,
                              double queue_j)
{
    const CsCostTable *table = round->cost;
    double v = settings->tradeoff, air_s = air_s_per_bit(round);
    double frequency_hz = table->frequency_max_hz;
    if (queue_j > 0)
        frequency_hz = CLAMP(cbrt(v / (2.0 * table->power_coefficient * queue_j)),
                             table->frequency_min_hz, table->frequency_max_hz);
    CsDecision best = {.cut = table->cut_min, .frequency_hz = frequency_hz};
    double least = INFINITY;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double delay_s =
            table->device_s[c] + table->server_cycle[c] / frequency_hz + table->air_bit[c] * air_s;
        double total = v * delay_s + queue_j * cs_cost_energy(table, frequency_hz, c);
        if (total < least) {
            least = total;
            best.cut = c;
        }
    }
    return best;
}

#define DOUBLINGS 200 /* from V of 1 s a joule on, far beyond any budget */
#define HALVINGS 60

/* The least queue at which a round keeps the budget: its energy never rises with the queue. */
static double first_queue_j(const CsPolicySettings *settings, const CsRoundState *round)
{
    double low = 0, high = 1e-9 * settings->tradeoff;
    int doublings = 0;
    for (;; high *= 2, doublings++) {
        CsDecision decision = least_drift(settings, round, high);
        if (cs_cost_energy(round->cost, decision.frequency_hz, decision.cut) <=
            settings->energy_budget_j)
            break;
        if (doublings == DOUBLINGS)
            return 0;
        low = high;
    }
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        CsDecision decision = least_drift(settings, round, middle);
        if (cs_cost_energy(round->cost, decision.frequency_hz, decision.cut) <=
            settings->energy_budget_j)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static CsDecision decide_open(const CsPolicySettings *settings, const CsRoundState *round,
                              gpointer state)
{
    Open *open = state;
    if (open->begun)
        open->queue_j = fmax(open->queue_j + open->energy_j - settings->energy_budget_j, 0.0);
    else
        open->queue_j = first_queue_j(settings, round);
    open->begun = TRUE;
    CsDecision best = least_drift(settings, round, open->queue_j);
    open->energy_j = cs_cost_energy(round->cost, best.frequency_hz, best.cut);
    return best;
}

const CsPolicy cs_policy_open = {
    .name = "open",
    .letters_law = TRUE,
    .summary = "OPEN: least mean delay at a mean server energy of 'energy-budget' a round, by a "
               "virtual queue (arXiv 2403.05158)",
    .needs = CS_NEEDS_ENERGY_BUDGET,
    .state_size = sizeof(Open),
    .decide = decide_open,
};

/* --- AdaptSFL --------------------------------------------------------------------------------- */

/*
 * AdaptSFL (Lin et al., "AdaptSFL: Adaptive Split Federated Learning in Resource-Constrained Edge
 * Networks", arXiv 2403.13101) chooses cuts for the least time to a given accuracy: a round's time
 * over the progress that it brings. The devices' parts are aggregated every I mini-batches, here
 * every local-epochs = T; between two aggregations they drift apart, the more so the more layers
 * they have, and its convergence bound (Theorem 1) asks for
 *   R >= 2 θ / (γ (ε - β γ Σ σ²/N - 1{I > 1} 4 β² γ² I² Σ_{j <= c} G_j²))
 * mini-batches. With equal G_j and g = 4 β² γ² G² / (ε - β γ Σ σ²/N), 'client-drift', the rule is
 *   argmin over c of D(c) / (1 - 1{T > 1} g T² c)
 * among the cuts that fit the memory and leave that positive; where none does, the smallest. With
 * g = 0, or T = 1, it is the least delay. The server's frequency is given, not chosen.
 */
static CsDecision decide_adaptsfl(const CsPolicySettings *settings, const CsRoundState *round,
                                  G_GNUC_UNUSED gpointer state)
{
    const CsCostTable *table = round->cost;
    CsDecision best = {.cut = table->cut_min,
                       .frequency_hz = cs_policy_frequency(settings, round, table->cut_min)};
    double least_s = INFINITY, epochs = settings->local_epochs;
    double drift = epochs > 1 ? settings->client_drift * epochs * epochs : 0;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double progress = 1 - drift * c;
        if (!(progress > 0))
            break;
        double delay_s =
            cs_cost_delay(table, round->uplink_bps, round->downlink_bps, best.frequency_hz, c) /
            progress;
        if (delay_s < least_s) {
            least_s = delay_s;
            best.cut = c;
        }
    }
    return best;
}

const CsPolicy cs_policy_adaptsfl = {
    .name = "adaptsfl",
    .letters_law = TRUE,
    .summary = "AdaptSFL's cut: least delay over progress at a frequency that is given, within the "
               "memory (arXiv 2403.13101)",
    .uses_frequency_rule = TRUE,
    .decide = decide_adaptsfl,
};
