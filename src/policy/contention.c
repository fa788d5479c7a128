/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy/contention: CARD where devices share server and air. See contention.h. Layer: policy. */
#include "policy/contention.h"

#include <math.h>

/*
 * CARD with prices. A device that holds a GPU, or the shared air, for a second makes the others
 * wait, which plain CARD does not see; and a second that it saves before it has to wait is worth
 * nothing. A price on the delay that one causes to others leads users of a shared resource to the
 * best for all (Pigou; in queues: Naor, Econometrica 37(1), 1969). So, with prices κ of a device's
 * own seconds, of a GPU's and of the air's each way,
 *   U = w (κ_O device_s + κ_S server_s + κ_U air_bit/R_D + κ_D air_bit/R_S) / (D_max - D_min)
 *       + (1-w) E / (E_max - E_min)
 * which Eq. 16 with w κ_S in the numerator still minimises over f for every cut alike. κ is what a
 * second more costs all in a round (sim/load.h measures it), over what it costs oneself: in one run
 * ahead where that can be (sim/crowd.h), else in the round before, whose prices are approached by a
 * part of the way, because what the devices choose moves them. Where nobody waits for anybody this
 * is CARD.
 */
typedef struct {
    CsPrices less_1; /* zeros at first */
} Remembered;

#define REMEMBERED_STEP 0.3

void cs_prices_move(CsPrices *price, const CsPrices *to, double part)
{
    price->own += part * (to->own - price->own);
    price->server += part * (to->server - price->server);
    price->uplink += part * (to->uplink - price->uplink);
    price->downlink += part * (to->downlink - price->downlink);
}

CsDecision cs_contention_decide(const CsPolicySettings *settings, const CsRoundState *round,
                                const CsPrices *price)
{
    const CsCostTable *table = round->cost;
    if (price->own == 1 && price->server == 1 && price->uplink == 1 && price->downlink == 1)
        return cs_card_decide(settings->weight, round);
    /* f* with w κ_S is Eq. 16 at a delay span that is κ_S times smaller. */
    const CsCorners *corners = &round->corners;
    CsCorners priced = *corners;
    CsWorth worth = cs_corners_worth(corners, settings->weight);
    priced.delay_max_s =
        priced.delay_min_s + (corners->delay_max_s - corners->delay_min_s) / price->server;
    double air_s = price->uplink / round->uplink_bps + price->downlink / round->downlink_bps;
    CsDecision best = {.cut = table->cut_min, .frequency_hz = table->frequency_max_hz};
    double least = INFINITY;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double f = cs_best_frequency(table, &priced, settings->weight, c);
        double delay_s = price->own * table->device_s[c] +
                         price->server * cs_cost_server_time(table, f, c) +
                         table->air_bit[c] * air_s;
        double total = worth.per_s * delay_s + worth.per_j * cs_cost_energy(table, f, c);
        if (total < least) {
            least = total;
            best = (CsDecision){c, f};
        }
    }
    return best;
}

static CsDecision decide_contention(const CsPolicySettings *settings, const CsRoundState *round,
                                    gpointer state)
{
    CsPrices *less = &((Remembered *)state)->less_1;
    CsPrices price = {1 + less->own, 1 + less->server, 1 + less->uplink, 1 + less->downlink};
    if (round->round > 1 && round->load.devices > 0)
        cs_prices_move(&price, &round->load.price, REMEMBERED_STEP);
    *less = (CsPrices){price.own - 1, price.server - 1, price.uplink - 1, price.downlink - 1};
    return cs_contention_decide(settings, round, &price);
}

const CsPolicy cs_policy_card_contention = {
    .name = "card-contention",
    .summary = "CARD that counts the waiting it causes to others, for the parallel schedule",
    .uses_load = TRUE,
    .priced = TRUE,
    .state_size = sizeof(Remembered),
    .decide = decide_contention,
};

/*
 * The decisions of all devices of a crowd together: a local search with the round itself, run as
 * events, as the model (sim/joint.h). Here is what one that is alone does.
 */
const CsPolicy cs_policy_joint = {
    .name = "joint",
    .summary = "cuts and frequencies of a crowd together: local search on rounds simulated ahead",
    .joint = TRUE,
    .uses_load = TRUE,
    .state_size = sizeof(Remembered),
    .decide = decide_contention,
};
