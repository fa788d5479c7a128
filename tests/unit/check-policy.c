/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/policy: closed forms, hand calculations, and two oracles that share no code with
 * CARD: the policy `exhaustive` and a plain grid over the frequency. */
#include "cs-check.h"

#include "policy/policy.h"

#include <gsl/gsl_cdf.h>
#include <string.h>

/* --- instances -------------------------------------------------------------------------------- */

static double between(gsl_rng *rng, double low, double high)
{
    return low + (high - low) * gsl_rng_uniform(rng);
}

static double log_between(gsl_rng *rng, double low, double high)
{
    return exp(between(rng, log(low), log(high)));
}

/* Equal layers (affine arrays, as in the letter) or layers of any size and any smashed data. */
static void random_table(CsCostTable *table, gsl_rng *rng, gboolean affine)
{
    guint layers = (guint)gsl_rng_uniform_int(rng, 40) + 1;
    double server = log_between(rng, 512, 16384) * 2;
    double head = gsl_rng_uniform_int(rng, 2) == 0 ? 0 : log_between(rng, 1e9, 1e12);
    double layer = log_between(rng, 1e10, 1e13), smashed = log_between(rng, 1e4, 1e9);
    double adapter = log_between(rng, 1e4, 1e9) * (double)gsl_rng_uniform_int(rng, 2);
    double *flop = g_new0(double, layers + 1);
    cs_cost_table_init(table, layers + 1);
    table->frequency_max_hz = log_between(rng, 1e9, 3e9);
    table->frequency_min_hz = table->frequency_max_hz * log_between(rng, 0.01, 1.0);
    table->power_coefficient = log_between(rng, 1e-27, 1e-24);
    for (guint c = 1; c <= layers; c++)
        flop[c] = flop[c - 1] + layer * (affine ? 1 : log_between(rng, 0.1, 10));
    for (guint c = 0; c <= layers; c++) {
        table->device_s[c] = 5 * flop[c] / (table->frequency_min_hz * server);
        table->server_cycle[c] = 5 * (flop[layers] + head - flop[c]) / server;
        table->air_bit[c] =
            smashed * (affine ? 1 : log_between(rng, 0.1, 10)) + adapter * (double)c;
    }
    g_free(flop);
}

static CsRoundState round_of(const CsCostTable *table, double uplink_bps, double downlink_bps)
{
    return (CsRoundState){
        .cost = table,
        .corners = cs_cost_corners(table, uplink_bps, downlink_bps),
        .uplink_bps = uplink_bps,
        .downlink_bps = downlink_bps,
        .round = 1,
    };
}

static double cost_of(const CsRoundState *round, double weight, CsDecision decision)
{
    return cs_cost(round->cost, &round->corners, weight, round->uplink_bps, round->downlink_bps,
                   decision.frequency_hz, decision.cut);
}

static CsDecision decide(const char *name, const CsPolicySettings *settings,
                         const CsRoundState *round)
{
    return cs_policy_find(name)->decide(settings, round, NULL);
}

/* --- CARD against its oracles ----------------------------------------------------------------- */

START_TEST(card_equals_exhaustive)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    guint working = 0, first = 0, last = 0, inner = 0;
    for (guint i = 0; i < 100000; i++) {
        CsCostTable table;
        random_table(&table, rng, _i == 0);
        double up = log_between(rng, 1e5, 1e9), down = log_between(rng, 1e5, 1e9);
        CsRoundState round = round_of(&table, up, down);
        CsPolicySettings settings = {.weight = gsl_rng_uniform(rng)};
        CsDecision card = decide("card", &settings, &round);
        CsDecision oracle = decide("exhaustive", &settings, &round);
        double u = cost_of(&round, settings.weight, card);
        double v = cost_of(&round, settings.weight, oracle);
        ck_assert_msg(card.cut == oracle.cut || fabs(u - v) <= 1e-9 * MAX(1, fabs(v)),
                      "instance %u: CARD's cut %u costs %.17g, the best cut %u %.17g", i, card.cut,
                      u, oracle.cut, v);
        if (table.server_cycle[card.cut] > 0) {
            working++;
            ck_assert_close(card.frequency_hz, oracle.frequency_hz, 1e-6);
        }
        first += card.cut == 0;
        last += card.cut > 0 && card.cut == table.n_cuts - 1;
        inner += card.cut > 0 && card.cut < table.n_cuts - 1;
        cs_cost_table_clear(&table);
    }
    /* The instances are worth something only if every kind of answer occurs. */
    ck_assert_uint_gt(working, 10000);
    ck_assert_uint_gt(first, 1000);
    ck_assert_uint_gt(last, 1000);
    ck_assert(_i == 0 || inner > 1000);
    gsl_rng_free(rng);
}
END_TEST

/* U written out as Eq. 12 has it, over a grid that contains both end points. */
START_TEST(no_grid_point_beats_card)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    const guint points = 500;
    for (guint i = 0; i < 300; i++) {
        CsCostTable table;
        random_table(&table, rng, i % 2 == 0);
        double up = log_between(rng, 1e5, 1e9), down = log_between(rng, 1e5, 1e9);
        CsRoundState round = round_of(&table, up, down);
        CsPolicySettings settings = {.weight = (double)gsl_rng_uniform_int(rng, 11) / 10};
        double w = settings.weight, least = INFINITY;
        CsCorners k = round.corners;
        double card = cost_of(&round, w, decide("card", &settings, &round));
        for (guint c = 0; c < table.n_cuts; c++) {
            for (guint p = 0; p <= points; p++) {
                double f = table.frequency_min_hz +
                           (table.frequency_max_hz - table.frequency_min_hz) * p / points;
                double d = table.device_s[c] + table.server_cycle[c] / f + table.air_bit[c] / up +
                           table.air_bit[c] / down;
                double e = table.power_coefficient * f * f * table.server_cycle[c];
                double u = 0;
                if (k.delay_max_s > k.delay_min_s)
                    u += w * (d - k.delay_min_s) / (k.delay_max_s - k.delay_min_s);
                if (k.energy_max_j > k.energy_min_j)
                    u += (1 - w) * (e - k.energy_min_j) / (k.energy_max_j - k.energy_min_j);
                least = MIN(least, u);
            }
        }
        double slack = 1e-9 * MAX(1, fabs(least));
        ck_assert_msg(card <= least + slack, "instance %u: CARD %.17g, the grid %.17g", i, card,
                      least);
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

/* --- the letter's devices without communication and head -------------------------------------- */

#define LETTER_LAYERS 32
#define LETTER_WEIGHT 0.2

/* Letter Tables I and II; F_min, f*, U(0), cut and least weight from DESIGN's closed form:
 * x = F_min/F_max, cut 0 iff w/(1-w) >= 6.75 x² (1-x). */
static const struct {
    double frequency_hz, cores;
    double frequency_min_ghz, optimal_ghz, cost_0;
    guint cut;
    double least_weight;
} letter[] = {
    {1.3e9, 2048, 0.867, 1.004, 0.2910, 32, 0.352}, {1.0e9, 2048, 0.667, 0.884, 0.2359, 32, 0.265},
    {0.7e9, 1792, 0.408, 0.718, 0.1647, 0, 0.134},  {0.7e9, 1024, 0.233, 0.580, 0.1124, 0, 0.052},
    {0.5e9, 512, 0.083, 0.403, 0.0573, 0, 0.0074},
};

static void letter_table(CsCostTable *table, guint device)
{
    const double layer_flop = 1e12, flops_per_cycle = 2, server_cores = 3072, epochs = 5;
    cs_cost_table_init(table, LETTER_LAYERS + 1);
    table->frequency_min_hz = letter[device].frequency_hz * letter[device].cores / server_cores;
    table->frequency_max_hz = 2.46e9;
    table->power_coefficient = 1e-25;
    for (guint c = 0; c <= LETTER_LAYERS; c++) {
        table->device_s[c] = epochs * layer_flop * c /
                             (letter[device].frequency_hz * flops_per_cycle * letter[device].cores);
        table->server_cycle[c] =
            epochs * layer_flop * (LETTER_LAYERS - c) / (flops_per_cycle * server_cores);
    }
}

START_TEST(letter_devices)
{
    CsCostTable table;
    letter_table(&table, (guint)_i);
    CsRoundState round = round_of(&table, 1e6, 2e6);
    CsPolicySettings settings = {.weight = LETTER_WEIGHT};
    CsDecision card = decide("card", &settings, &round);
    ck_assert_double_eq_tol(table.frequency_min_hz / 1e9, letter[_i].frequency_min_ghz, 5.1e-4);
    ck_assert_double_eq_tol(card.frequency_hz / 1e9, letter[_i].optimal_ghz, 5.1e-4);
    ck_assert_uint_eq(card.cut, letter[_i].cut);
    CsDecision all_on_server = {0, card.frequency_hz},
               all_on_device = {LETTER_LAYERS, card.frequency_hz};
    ck_assert_double_eq_tol(cost_of(&round, LETTER_WEIGHT, all_on_server), letter[_i].cost_0,
                            5.1e-5);
    ck_assert_close(cost_of(&round, LETTER_WEIGHT, all_on_device), LETTER_WEIGHT, 1e-12);

    double x = table.frequency_min_hz / table.frequency_max_hz;
    double odds = 6.75 * x * x * (1 - x), least = odds / (1 + odds);
    ck_assert_double_eq_tol(least, letter[_i].least_weight, 5.1e-4);
    settings.weight = least * (1 + 1e-9);
    ck_assert_uint_eq(decide("card", &settings, &round).cut, 0);
    settings.weight = least * (1 - 1e-9);
    ck_assert_uint_eq(decide("card", &settings, &round).cut, LETTER_LAYERS);
    cs_cost_table_clear(&table);
}
END_TEST

/* --- definitions ------------------------------------------------------------------------------ */

/* Three cuts with figures that are easy by hand: ξ = 1e-20, F in 1..2 GHz, R_D 4, R_S 8 bit/s. */
static void small_table(CsCostTable *table)
{
    static const double device_s[] = {0, 3, 6}, cycle[] = {4e9, 2e9, 1e9}, bit[] = {8, 16, 24};
    cs_cost_table_init(table, 3);
    table->power_coefficient = 1e-20;
    table->frequency_min_hz = 1e9;
    table->frequency_max_hz = 2e9;
    memcpy(table->device_s, device_s, sizeof device_s);
    memcpy(table->server_cycle, cycle, sizeof cycle);
    memcpy(table->air_bit, bit, sizeof bit);
}

START_TEST(delay_energy_and_corners_by_hand)
{
    CsCostTable table;
    small_table(&table);
    ck_assert_close(cs_cost_delay(&table, 4, 8, 1e9, 1), 3 + 2 + 4 + 2, 1e-15);
    ck_assert_close(cs_cost_energy(&table, 1e9, 1), 1e-20 * 1e18 * 2e9, 1e-15);
    CsCorners k = cs_cost_corners(&table, 4, 8);
    ck_assert_close(k.delay_min_s, 0 + 2 + 2 + 1, 1e-15);
    ck_assert_close(k.delay_max_s, 6 + 1 + 6 + 3, 1e-15);
    ck_assert_close(k.energy_min_j, 1e7, 1e-15);
    ck_assert_close(k.energy_max_j, 1.6e8, 1e-15);
    /* (11-5)/11 and (2e7-1e7)/1.5e8, weighed 0.25 and 0.75 */
    ck_assert_close(cs_cost(&table, &k, 0.25, 4, 8, 1e9, 1), 0.25 * 6 / 11 + 0.75 / 15, 1e-14);
    /* Q³ = 0.5 · 1.5e8 / (2e-20 · 0.5 · 11): 6.818e26, so 0.880 GHz, clamped to 1 */
    ck_assert_double_eq(cs_optimal_frequency(&table, &k, 0.5), 1e9);
    /* w = 0.8: Q³ = 2.727e27, Q = 1.3972 GHz */
    ck_assert_close(cs_optimal_frequency(&table, &k, 0.8), cbrt(3e28 / 11), 1e-14);
    ck_assert_double_eq(cs_optimal_frequency(&table, &k, 0.99), 2e9);
    ck_assert_double_eq(cs_optimal_frequency(&table, &k, 1), 2e9);
    ck_assert_double_eq(cs_optimal_frequency(&table, &k, 0), 1e9);
    cs_cost_table_clear(&table);
}
END_TEST

START_TEST(uplink_and_downlink_are_not_each_other)
{
    /* 1/R_D + 1/R_S is symmetric, so the sum cannot tell; a mix-up with one rate for both can. */
    CsCostTable table;
    small_table(&table);
    ck_assert_close(cs_cost_delay(&table, 2, 16, 2e9, 0), 2 + 4 + 0.5, 1e-15);
    cs_cost_table_clear(&table);
}
END_TEST

START_TEST(degenerate_spans)
{
    CsCostTable table;
    CsPolicySettings settings = {.weight = 0.5};

    /* Smashed data that shrink so fast that (I, F_min) is the quicker corner. */
    small_table(&table);
    table.air_bit[0] = 800;
    table.air_bit[1] = 80;
    CsRoundState round = round_of(&table, 4, 8);
    ck_assert(cs_corners_delay_degenerate(&round.corners));
    ck_assert(!cs_corners_energy_degenerate(&round.corners));
    CsDecision card = decide("card", &settings, &round),
               oracle = decide("exhaustive", &settings, &round);
    ck_assert_double_eq(card.frequency_hz, 1e9);
    ck_assert_uint_eq(card.cut, 2); /* the delay term is 0: least energy */
    ck_assert(card.cut == oracle.cut && card.frequency_hz == oracle.frequency_hz);
    ck_assert_double_eq(cost_of(&round, 0.5, card), 0);
    ck_assert_close(cost_of(&round, 0.5, (CsDecision){0, 2e9}), 0.5, 1e-15);
    cs_cost_table_clear(&table);

    /* A server that costs nothing: only delay is left. */
    small_table(&table);
    table.power_coefficient = 0;
    round = round_of(&table, 4, 8);
    ck_assert(cs_corners_energy_degenerate(&round.corners));
    card = decide("card", &settings, &round);
    oracle = decide("exhaustive", &settings, &round);
    ck_assert_double_eq(card.frequency_hz, 2e9);
    ck_assert_uint_eq(card.cut, 0);
    ck_assert(card.cut == oracle.cut && card.frequency_hz == oracle.frequency_hz);
    ck_assert_close(cost_of(&round, 0.5, (CsDecision){2, 1e9}), 0.5, 1e-15);

    /* Both: F_min and cut 0, at every weight. */
    table.air_bit[0] = 800;
    round = round_of(&table, 4, 8);
    for (int i = 0; i <= 4; i++) {
        settings.weight = i / 4.0;
        card = decide("card", &settings, &round);
        oracle = decide("exhaustive", &settings, &round);
        ck_assert_double_eq(card.frequency_hz, 1e9);
        ck_assert_uint_eq(card.cut, 0);
        ck_assert(card.cut == oracle.cut && card.frequency_hz == oracle.frequency_hz);
    }
    cs_cost_table_clear(&table);
}
END_TEST

START_TEST(ties_keep_the_smaller_cut)
{
    /* 100 cuts, so that ties lie within and across the blocks of the sweep. */
    for (guint least = 0; least < 100; least++) {
        CsCostTable table;
        cs_cost_table_init(&table, 100);
        table.power_coefficient = 1e-25;
        table.frequency_min_hz = table.frequency_max_hz = 1e9;
        for (guint c = 0; c < 100; c++)
            table.device_s[c] = c < least ? 2 : c % 7 == least % 7 ? 1 : 3;
        CsCorners k = {.delay_min_s = 0, .delay_max_s = 4, .energy_min_j = 0, .energy_max_j = 1};
        ck_assert_uint_eq(cs_optimal_cut(&table, &k, 1, 1e6, 1e6, 1e9), least);
        cs_cost_table_clear(&table);
    }
}
END_TEST

/* The cut is the first of least cs_cost(), bit for bit. */
START_TEST(sweep_and_cost_agree_exactly)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    for (guint i = 0; i < 2000; i++) {
        CsCostTable table;
        random_table(&table, rng, FALSE);
        CsRoundState round = round_of(&table, log_between(rng, 1e5, 1e9), 1e7);
        double f = between(rng, table.frequency_min_hz, table.frequency_max_hz);
        guint best = 0;
        for (guint c = 1; c < table.n_cuts; c++)
            if (cost_of(&round, 0.3, (CsDecision){c, f}) <
                cost_of(&round, 0.3, (CsDecision){best, f}))
                best = c;
        ck_assert_uint_eq(cs_optimal_cut(&table, &round.corners, 0.3, round.uplink_bps, 1e7, f),
                          best);
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

/* More weight on delay never gives a slower round, a thriftier one or a slower server. */
START_TEST(weight_trades_delay_for_energy)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    for (guint i = 0; i < 200; i++) {
        CsCostTable table;
        random_table(&table, rng, i % 2 == 0);
        CsRoundState round = round_of(&table, log_between(rng, 1e5, 1e9), 1e7);
        double delay_s = INFINITY, energy_j = 0, frequency_hz = 0;
        for (int k = 0; k <= 50; k++) {
            CsPolicySettings settings = {.weight = k / 50.0};
            CsDecision d = decide("card", &settings, &round);
            double new_delay_s =
                cs_cost_delay(&table, round.uplink_bps, 1e7, d.frequency_hz, d.cut);
            double new_energy_j = cs_cost_energy(&table, d.frequency_hz, d.cut);
            if (!cs_corners_delay_degenerate(&round.corners)) {
                ck_assert_double_le(new_delay_s, delay_s * (1 + 1e-9));
                ck_assert_double_ge(new_energy_j, energy_j * (1 - 1e-9));
            }
            ck_assert_double_ge(d.frequency_hz, frequency_hz);
            delay_s = new_delay_s;
            energy_j = new_energy_j;
            frequency_hz = d.frequency_hz;
        }
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

/* --- the table and the benchmarks ------------------------------------------------------------- */

START_TEST(policies_of_the_table)
{
    static const char *const names[] = {
        "card",       "server-only", "device-only", "static",        "random",
        "delay-only", "energy-only", "exhaustive",  "card-deadline", "card-contention",
        "joint",      "open",        "adaptsfl"};
    guint n;
    const CsPolicy *const *policies = cs_policies(&n);
    ck_assert_uint_eq(n, G_N_ELEMENTS(names));
    for (guint i = 0; i < n; i++) {
        ck_assert_str_eq(policies[i]->name, names[i]);
        ck_assert_ptr_eq(cs_policy_find(names[i]), policies[i]);
        ck_assert_int_eq(policies[i]->uses_cut, strcmp(names[i], "static") == 0);
    }
    ck_assert_ptr_null(cs_policy_find("Card"));
}
END_TEST

START_TEST(benchmarks_by_definition)
{
    CsCostTable table;
    small_table(&table);
    CsRoundState round = round_of(&table, 4, 8);
    CsPolicySettings settings = {.weight = 0.8, .cut = 1, .frequency_hz = 1.5e9};
    static const CsFrequencyRule rules[] = {CS_FREQUENCY_CARD, CS_FREQUENCY_MAX, CS_FREQUENCY_MIN,
                                            CS_FREQUENCY_VALUE};
    const double expected_hz[] = {cbrt(3e28 / 11), 2e9, 1e9, 1.5e9};
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        settings.frequency_rule = rules[i];
        CsDecision server = decide("server-only", &settings, &round);
        CsDecision device = decide("device-only", &settings, &round);
        CsDecision fixed = decide("static", &settings, &round);
        ck_assert(server.cut == 0 && device.cut == 2 && fixed.cut == 1);
        ck_assert_close(server.frequency_hz, expected_hz[i], 1e-14);
        ck_assert_close(device.frequency_hz, expected_hz[i], 1e-14);
        ck_assert_close(fixed.frequency_hz, expected_hz[i], 1e-14);
    }
    /* At F_max the delays are 5, 3+1+6 and 6+.5+9; at F_min the energies fall with the cut. */
    CsDecision quick = decide("delay-only", &settings, &round);
    CsDecision thrifty = decide("energy-only", &settings, &round);
    ck_assert(quick.cut == 0 && quick.frequency_hz == 2e9);
    ck_assert(thrifty.cut == 2 && thrifty.frequency_hz == 1e9);
    cs_cost_table_clear(&table);
}
END_TEST

/* Least delay of all: at F_max, at a cut by brute force. Least energy of all: at F_min, and with
 * the last cut, since a further layer on the device always spares the server some. Where the
 * corners have one delay, no decision is for its sake. */
START_TEST(one_end_of_the_weight_alone)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    const CsPolicySettings settings = {.weight = 0.5};
    guint checked = 0;
    for (guint i = 0; i < 200; i++) {
        CsCostTable table;
        random_table(&table, rng, i % 2 == 0);
        double up_bps = log_between(rng, 1e5, 1e9), down_bps = log_between(rng, 1e5, 1e9);
        CsRoundState round = round_of(&table, up_bps, down_bps);
        CsDecision quick = decide("delay-only", &settings, &round);
        CsDecision thrifty = decide("energy-only", &settings, &round);
        double delay_s[64], least_s = INFINITY;
        for (guint c = 0; c < table.n_cuts; c++) {
            delay_s[c] = table.device_s[c] + table.server_cycle[c] / table.frequency_max_hz +
                         table.air_bit[c] * (1 / up_bps + 1 / down_bps);
            least_s = fmin(least_s, delay_s[c]);
        }
        if (!cs_corners_delay_degenerate(&round.corners)) {
            ck_assert_double_eq(quick.frequency_hz, table.frequency_max_hz);
            ck_assert_double_le(delay_s[quick.cut], least_s * (1 + 1e-12));
            checked++;
        }
        ck_assert_double_eq(thrifty.frequency_hz, table.frequency_min_hz);
        ck_assert_uint_eq(thrifty.cut, table.n_cuts - 1);
        cs_cost_table_clear(&table);
    }
    ck_assert_uint_ge(checked, 100);
    gsl_rng_free(rng);
}
END_TEST

/* The prices of the round before are approached by three tenths of the way, from 1: with a GPU's
 * at κ the others at 1, it is Eq. 16 with κ in the numerator (small_table's 3e28/11). */
START_TEST(contention_remembers_its_prices)
{
    CsCostTable table;
    small_table(&table);
    CsRoundState round = round_of(&table, 4, 8);
    const CsPolicySettings settings = {.weight = 0.8};
    const CsPolicy *policy = cs_policy_find("card-contention");
    g_autofree gpointer state = g_malloc0(policy->state_size);
    round.load.devices = 2;
    round.load.price = (CsPrices){1, 2.5, 1, 1};
    for (round.round = 1; round.round <= 20; round.round++) {
        double price = 1 + 1.5 * (1 - pow(0.7, (double)round.round - 1));
        ck_assert_close(policy->decide(&settings, &round, state).frequency_hz,
                        cbrt(price * 3e28 / 11), 1e-12);
    }
    /* Of a round in which nothing was shared, nothing is learnt. */
    round.load = (CsLoad){0};
    ck_assert_close(policy->decide(&settings, &round, state).frequency_hz,
                    cbrt((1 + 1.5 * (1 - pow(0.7, 19))) * 3e28 / 11), 1e-12);
    cs_cost_table_clear(&table);
}
END_TEST

START_TEST(random_cuts_are_uniform_and_repeat)
{
    enum { CUTS = 33, DRAWS = 33000 };
    CsCostTable table;
    cs_cost_table_init(&table, CUTS);
    table.frequency_min_hz = table.frequency_max_hz = 1e9;
    CsRoundState round = {.cost = &table};
    CsPolicySettings settings = {.frequency_rule = CS_FREQUENCY_MAX};
    guint count[CUTS] = {0};
    round.key = cs_random_key(1, 1, cs_entity_hash("1"), CS_PURPOSE_POLICY);
    for (round.round = 1; round.round <= DRAWS; round.round++) {
        guint cut = decide("random", &settings, &round).cut;
        ck_assert_uint_lt(cut, CUTS);
        ck_assert_uint_eq(cut, decide("random", &settings, &round).cut);
        count[cut]++;
    }
    double statistic = 0, expected = (double)DRAWS / CUTS;
    for (guint c = 0; c < CUTS; c++)
        statistic += (count[c] - expected) * (count[c] - expected) / expected;
    double p = gsl_cdf_chisq_Q(statistic, CUTS - 1);
    ck_assert_msg(p > 1e-3 && p < 1 - 1e-3, "chi-square %g, p = %g", statistic, p);
    cs_cost_table_clear(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *tc = tcase_create("policy");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, card_equals_exhaustive, 0, 2);
    tcase_add_test(tc, no_grid_point_beats_card);
    tcase_add_loop_test(tc, letter_devices, 0, (int)G_N_ELEMENTS(letter));
    tcase_add_test(tc, delay_energy_and_corners_by_hand);
    tcase_add_test(tc, uplink_and_downlink_are_not_each_other);
    tcase_add_test(tc, degenerate_spans);
    tcase_add_test(tc, ties_keep_the_smaller_cut);
    tcase_add_test(tc, sweep_and_cost_agree_exactly);
    tcase_add_test(tc, weight_trades_delay_for_energy);
    tcase_add_test(tc, policies_of_the_table);
    tcase_add_test(tc, benchmarks_by_definition);
    tcase_add_test(tc, one_end_of_the_weight_alone);
    tcase_add_test(tc, contention_remembers_its_prices);
    tcase_add_test(tc, random_cuts_are_uniform_and_repeat);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
