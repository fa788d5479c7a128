/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of the policies beyond the letter's: each against the problem it says it solves, searched
 * on a grid of frequencies and every cut; and of what contention and clusters do to a simulation.
 */
#include "cs-check.h"

#include "policy/policy.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <gsl/gsl_rng.h>

static double between(gsl_rng *rng, double low, double high)
{
    return low + (high - low) * gsl_rng_uniform(rng);
}

/* A random device: work moves from server to device with the cut. */
static void random_table(gsl_rng *rng, CsCostTable *table)
{
    guint n = 2 + (guint)gsl_rng_uniform_int(rng, 60);
    cs_cost_table_init(table, n);
    double layer_s = between(rng, 0.2, 3), layer_cycle = between(rng, 1e8, 3e9);
    double adapter_bit = between(rng, 0, 1e7), smashed_bit = between(rng, 1e6, 1e9);
    double head_cycle = gsl_rng_uniform_int(rng, 3) == 0 ? 0 : between(rng, 0, 5e9);
    for (guint c = 0; c < n; c++) {
        table->device_s[c] = layer_s * c;
        table->server_cycle[c] = head_cycle + layer_cycle * (n - 1 - c);
        table->air_bit[c] = smashed_bit + adapter_bit * c;
    }
    table->power_coefficient = 1e-25;
    table->frequency_max_hz = 2.46e9;
    table->frequency_min_hz = between(rng, 5e7, 1e9);
    table->cut_max = n - 1 - (guint)gsl_rng_uniform_int(rng, MIN(n, 4));
}

static CsRoundState random_round(gsl_rng *rng, const CsCostTable *table)
{
    double up_bps = between(rng, 1e6, 3e8), down_bps = between(rng, 1e6, 3e8);
    return (CsRoundState){.cost = table,
                          .corners = cs_cost_corners(table, up_bps, down_bps),
                          .uplink_bps = up_bps,
                          .downlink_bps = down_bps,
                          .round = 1};
}

static double delay_at(const CsRoundState *round, double frequency_hz, guint cut)
{
    const CsCostTable *t = round->cost;
    return t->device_s[cut] + t->server_cycle[cut] / frequency_hz +
           t->air_bit[cut] / round->uplink_bps + t->air_bit[cut] / round->downlink_bps;
}

static double energy_at(const CsRoundState *round, double frequency_hz, guint cut)
{
    const CsCostTable *t = round->cost;
    return t->power_coefficient * frequency_hz * frequency_hz * t->server_cycle[cut];
}

enum { GRID = 400 };

static double grid_frequency(const CsCostTable *table, int i)
{
    return table->frequency_min_hz +
           (table->frequency_max_hz - table->frequency_min_hz) * i / (GRID - 1);
}

START_TEST(deadline_is_the_constrained_optimum)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const CsPolicy *policy = cs_policy_find("card-deadline");
    guint kept = 0, missed = 0;
    for (int k = 0; k < 300; k++) {
        CsCostTable table;
        random_table(rng, &table);
        CsRoundState round = random_round(rng, &table);
        double span = round.corners.delay_max_s - round.corners.delay_min_s;
        CsPolicySettings settings = {.delay_limit_s = round.corners.delay_min_s +
                                                      span * between(rng, -0.1, 1.2)};
        CsDecision d = policy->decide(&settings, &round, NULL);
        double limit_s = settings.delay_limit_s;
        ck_assert(d.frequency_hz >= table.frequency_min_hz);
        ck_assert(d.frequency_hz <= table.frequency_max_hz && d.cut <= table.cut_max);
        gboolean keeps = delay_at(&round, d.frequency_hz, d.cut) <= limit_s * (1 + 1e-12);
        kept += keeps;
        missed += !keeps;
        for (guint c = 0; c <= table.cut_max; c++)
            for (int i = 0; i < GRID; i++) {
                double f = grid_frequency(&table, i), delay_s = delay_at(&round, f, c);
                if (keeps && delay_s <= limit_s)
                    ck_assert(energy_at(&round, f, c) >=
                              energy_at(&round, d.frequency_hz, d.cut) * (1 - 1e-12));
                if (!keeps) { /* nothing does, and nothing is faster */
                    ck_assert(delay_s > limit_s);
                    ck_assert(delay_s >= delay_at(&round, d.frequency_hz, d.cut) * (1 - 1e-12));
                }
            }
        cs_cost_table_clear(&table);
    }
    ck_assert_uint_gt(kept, 100);
    ck_assert_uint_gt(missed, 5);
    gsl_rng_free(rng);
}
END_TEST

/* The energy of a round that minimises V D + Q E: at f of the derivative's zero, the best cut. */
static double energy_of_queue(const CsRoundState *round, double v, double queue_j)
{
    const CsCostTable *table = round->cost;
    double f = cbrt(v / (2 * table->power_coefficient * queue_j)), least = INFINITY, energy_j = 0;
    f = fmin(fmax(f, table->frequency_min_hz), table->frequency_max_hz);
    for (guint c = 0; c <= table->cut_max; c++) {
        double own_j = energy_at(round, f, c), total = v * delay_at(round, f, c) + queue_j * own_j;
        if (total < least) {
            least = total;
            energy_j = own_j;
        }
    }
    return energy_j;
}

/* The least queue at which that is within the budget. */
static double first_queue(const CsRoundState *round, double v, double budget_j)
{
    double low = 1e-12, high = 1e30;
    for (int i = 0; i < 2000 && high > low * (1 + 1e-15); i++) {
        double middle = sqrt(low * high);
        if (energy_of_queue(round, v, middle) <= budget_j)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* Each round minimises V D + Q E, Q written out here once more, from one at which the first round
 * keeps the budget; and Σ (E - budget) <= Q(N+1) - Q(1), so that all rounds together keep it from
 * the first on. */
START_TEST(open_minimises_drift_plus_penalty)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const CsPolicy *policy = cs_policy_find("open");
    CsCostTable table;
    random_table(rng, &table);
    double dearest_j = cs_cost_corners(&table, 1e8, 1e8).energy_max_j;
    CsPolicySettings settings = {.energy_budget_j = dearest_j / 50, .tradeoff = 1e5};
    g_autofree gpointer state = g_malloc0(policy->state_size);
    double queue_j = 0, first_j = 0, sum_j = 0;
    enum { ROUNDS = 4000 };
    for (int n = 1; n <= ROUNDS; n++) {
        CsRoundState round = random_round(rng, &table);
        round.round = (guint64)n;
        CsDecision d = policy->decide(&settings, &round, state);
        double energy_j = energy_at(&round, d.frequency_hz, d.cut);
        if (n == 1)
            first_j = queue_j = first_queue(&round, settings.tradeoff, settings.energy_budget_j);
        ck_assert(n > 1 || energy_j <= settings.energy_budget_j);
        double own =
            settings.tradeoff * delay_at(&round, d.frequency_hz, d.cut) + queue_j * energy_j;
        for (guint c = 0; n % 100 == 1 && c <= table.cut_max; c++)
            for (int i = 0; i < GRID; i++) {
                double f = grid_frequency(&table, i);
                ck_assert(settings.tradeoff * delay_at(&round, f, c) +
                              queue_j * energy_at(&round, f, c) >=
                          own * (1 - 1e-9));
            }
        sum_j += energy_j;
        queue_j = fmax(queue_j + energy_j - settings.energy_budget_j, 0);
    }
    ck_assert(sum_j <= (ROUNDS * settings.energy_budget_j + queue_j - first_j) * (1 + 1e-9));
    ck_assert_close(sum_j / ROUNDS, settings.energy_budget_j, 0.1); /* spent, and not more */
    cs_cost_table_clear(&table);
    gsl_rng_free(rng);
}
END_TEST

/* On a channel that stands still all rounds so far keep the budget, but for what the dearest of
 * them is above it: where the best cut jumps, no queue lies between. The first always does. */
START_TEST(open_keeps_the_budget_from_the_first_round_on)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const CsPolicy *policy = cs_policy_find("open");
    for (int k = 0; k < 50; k++) {
        CsCostTable table;
        random_table(rng, &table);
        CsRoundState round = random_round(rng, &table);
        double budget_j = round.corners.energy_max_j * between(rng, 0.05, 0.5);
        double sum_j = 0, most_j = 0;
        CsPolicySettings settings = {.energy_budget_j = budget_j, .tradeoff = 1e5};
        g_autofree gpointer state = g_malloc0(policy->state_size);
        for (int n = 1; n <= 50; n++) {
            round.round = (guint64)n;
            CsDecision d = policy->decide(&settings, &round, state);
            double energy_j = energy_at(&round, d.frequency_hz, d.cut);
            sum_j += energy_j;
            most_j = fmax(most_j, energy_j - budget_j);
            if (energy_at(&round, table.frequency_min_hz, table.cut_max) <= budget_j)
                ck_assert_double_le(sum_j, n * budget_j * (1 + 1e-9) + (n > 1 ? most_j : 0));
        }
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

/* Delay over progress, as Theorem 1 of the paper has it; by default the least delay. */
START_TEST(adaptsfl_is_the_fastest_cut)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int k = 0; k < 300; k++) {
        CsCostTable table;
        random_table(rng, &table);
        CsRoundState round = random_round(rng, &table);
        CsPolicySettings settings = {.frequency_rule = CS_FREQUENCY_VALUE,
                                     .frequency_hz = between(rng, 1e9, 2.4e9),
                                     .client_drift = k % 3 == 0 ? 0 : between(rng, 0, 0.003),
                                     .local_epochs = k % 3 == 1 ? 1 : 5};
        double drift = k % 3 == 2 ? settings.client_drift * 25 : 0; /* g T², none where T = 1 */
        CsDecision d = cs_policy_find("adaptsfl")->decide(&settings, &round, NULL);
        ck_assert(d.frequency_hz == settings.frequency_hz);
        for (guint c = 0; c <= table.cut_max; c++)
            ck_assert(1 - drift * c <= 0 || delay_at(&round, d.frequency_hz, c) / (1 - drift * c) >=
                                                delay_at(&round, d.frequency_hz, d.cut) /
                                                    (1 - drift * d.cut) * (1 - 1e-12));
        ck_assert(1 - drift * d.cut > 0);
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

/* --- card-contention ---------------------------------------------------------------------------
 */

/* Nothing shared: CARD. Else the priced cost's minimum over every cut and a grid of frequencies. */
START_TEST(contention_is_card_with_prices)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const CsPolicy *policy = cs_policy_find("card-contention"), *card = cs_policy_find("card");
    for (int k = 0; k < 200; k++) {
        CsCostTable table;
        random_table(rng, &table);
        CsRoundState round = random_round(rng, &table);
        CsPolicySettings settings = {.weight = between(rng, 0.01, 0.99)};
        double state[4] = {0};
        ck_assert_uint_eq(policy->state_size, sizeof state);
        CsDecision plain = card->decide(&settings, &round, NULL);
        CsDecision first = policy->decide(&settings, &round, state);
        ck_assert_uint_eq(first.cut, plain.cut);
        ck_assert_close(first.frequency_hz, plain.frequency_hz, 1e-12);

        round.round = 2;
        CsPrices paid = {between(rng, 0, 1), between(rng, 1, 10), 4, 3};
        round.load = (CsLoad){.devices = 30, .gpus = 3, .price = paid};
        CsDecision d = policy->decide(&settings, &round, state);
        /* three tenths of the way from 1 */
        double mine = 1 + 0.3 * (paid.own - 1), server = 1 + 0.3 * (paid.server - 1);
        double up = 1 + 0.3 * 3, down = 1 + 0.3 * 2;
        double least = INFINITY, own = 0;
        const CsCorners *span = &round.corners;
        for (guint c = 0; c <= table.cut_max; c++)
            for (int i = -1; i < GRID; i++) {
                double f = i < 0 ? d.frequency_hz : grid_frequency(&table, i);
                double delay_s =
                    mine * table.device_s[c] + server * table.server_cycle[c] / f +
                    table.air_bit[c] * (up / round.uplink_bps + down / round.downlink_bps);
                double u = settings.weight * delay_s / (span->delay_max_s - span->delay_min_s) +
                           (1 - settings.weight) * energy_at(&round, f, c) /
                               (span->energy_max_j - span->energy_min_j);
                least = fmin(least, u);
                if (i < 0 && c == d.cut)
                    own = u;
            }
        if (span->delay_max_s > span->delay_min_s && span->energy_max_j > span->energy_min_j)
            ck_assert_close(own, least, 1e-12);
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

typedef struct {
    CsSink sink;
    CsTotals totals;
} Kept;

static void keep_totals(CsSink *sink, const CsTotals *totals)
{
    ((Kept *)sink)->totals = *totals;
}

/* Totals of an example with some values changed. */
static CsTotals run_example(const char *name, const char *const *values)
{
    g_autofree char *path = cs_test_path(name);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, values, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    Kept kept = {.sink = {.totals = keep_totals}};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &kept.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    return kept.totals;
}

/* The figures that the manual gives: less than half the delay, at less energy; so on shared air. */
START_TEST(contention_beats_card_where_devices_share)
{
    static const char example[] = "scenarios/examples/contention.ini";
    static const char *const card[] = {"policy.name=card", NULL};
    CsTotals plain = run_example(example, card), priced = run_example(example, NULL);
    ck_assert_msg(priced.sum.delay_s < 0.5 * plain.sum.delay_s, "%g against %g s",
                  priced.sum.delay_s, plain.sum.delay_s);
    ck_assert_msg(priced.sum.server_energy_j < plain.sum.server_energy_j, "%g against %g J",
                  priced.sum.server_energy_j, plain.sum.server_energy_j);

    /* Air shared, a GPU for everyone, adapters large enough to matter on it. */
    static const char *const air[] = {"server.gpus=unlimited", "radio.sharing=equal",
                                      "training.lora-rank=64", "policy.weight=0.1", NULL};
    static const char *const air_card[] = {"server.gpus=unlimited", "radio.sharing=equal",
                                           "training.lora-rank=64", "policy.weight=0.1",
                                           "policy.name=card",      NULL};
    plain = run_example(example, air_card);
    priced = run_example(example, air);
    ck_assert_msg(priced.sum.delay_s < 0.7 * plain.sum.delay_s, "%g against %g s",
                  priced.sum.delay_s, plain.sum.delay_s);
}
END_TEST

/* --- clusters -----------------------------------------------------------------------------------
 */

START_TEST(clusters_lie_between_sequence_and_crowd)
{
    static const char example[] = "scenarios/examples/contention.ini";
    static const char *const sequence[] = {"policy.name=card", "simulation.schedule=sequential",
                                           "simulation.rounds=3", NULL};
    static const char *const ones[] = {"policy.name=card", "simulation.schedule=clusters",
                                       "simulation.cluster-size=1", "simulation.rounds=3", NULL};
    static const char *const crowd[] = {"policy.name=card", "simulation.rounds=3", NULL};
    static const char *const whole[] = {"policy.name=card", "simulation.schedule=clusters",
                                        "simulation.cluster-size=40", "simulation.rounds=3", NULL};
    CsTotals a = run_example(example, sequence), b = run_example(example, ones);
    ck_assert(a.sum.delay_s == b.sum.delay_s && a.makespan_s == b.makespan_s);
    ck_assert(b.sum.wait_s == 0 && a.events == b.events);
    CsTotals c = run_example(example, crowd), d = run_example(example, whole);
    ck_assert(c.sum.delay_s == d.sum.delay_s && c.makespan_s == d.makespan_s);
    ck_assert(c.sum.wait_s == d.sum.wait_s);

    /* As many GPUs as a cluster has devices: nobody waits, and the clusters' rounds add up. */
    static const char *const fours[] = {"policy.name=card", "simulation.schedule=clusters",
                                        "simulation.cluster-size=4", "simulation.rounds=3", NULL};
    CsTotals e = run_example(example, fours);
    ck_assert(e.sum.wait_s == 0);
    ck_assert_close(e.sum.delay_s, a.sum.delay_s, 1e-9);
    ck_assert(e.makespan_s < a.makespan_s && e.makespan_s >= a.makespan_s / 4);
}
END_TEST

/* --- what a decision knows ----------------------------------------------------------------------
 */

typedef struct {
    CsSink sink;
    CsTotals totals;
    GArray *rounds;
} Heard;

static void hear_round(CsSink *sink, const CsRoundRecord *record)
{
    g_array_append_val(((Heard *)sink)->rounds, *record);
}

static void hear_totals(CsSink *sink, const CsTotals *totals)
{
    ((Heard *)sink)->totals = *totals;
}

static CsScenario *read_values(const char *name, const char *const *values)
{
    g_autofree char *path = cs_test_path(name);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, values, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    return scenario;
}

static void hear(const CsScenario *scenario, Heard *heard)
{
    *heard = (Heard){.sink = {.round = hear_round, .totals = hear_totals},
                     .rounds = g_array_new(FALSE, FALSE, sizeof(CsRoundRecord))};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &heard->sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
}

/* What CARD decides for the record's device at the rates of another record. */
static CsDecision card_at(const CsConfig *config, guint device, const CsRoundRecord *rates)
{
    const CsCostTable *cost = &cs_config_group_of(config, device)->cost;
    double up_bps = rates->uplink.rate_bps, down_bps = rates->downlink.rate_bps;
    CsRoundState state = {.cost = cost,
                          .corners = cs_cost_corners(cost, up_bps, down_bps),
                          .uplink_bps = up_bps,
                          .downlink_bps = down_bps};
    return cs_policy_find("card")->decide(&config->policy_settings, &state, NULL);
}

/* Decisions are CARD's at the rates of k rounds ago; the regret is summed here once more. */
START_TEST(delayed_knowledge_is_the_past)
{
    static const char *const values[] = {"policy.csi=delayed 3 rounds", "simulation.rounds=40",
                                         NULL};
    g_autoptr(CsScenario) scenario = read_values("scenarios/examples/knowledge.ini", values);
    const CsConfig *config = cs_scenario_config(scenario);
    Heard heard;
    hear(scenario, &heard);
    guint n = config->n_devices;
    double regret = 0;
    for (guint i = 0; i < heard.rounds->len; i++) {
        const CsRoundRecord *now = &g_array_index(heard.rounds, CsRoundRecord, i);
        guint then = i < 3 * n ? i % n : i - 3 * n;
        CsDecision d = card_at(config, i % n, &g_array_index(heard.rounds, CsRoundRecord, then));
        ck_assert_uint_eq(d.cut, now->decision.cut);
        ck_assert(d.frequency_hz == now->decision.frequency_hz);
        const CsCostTable *cost = &cs_config_group_of(config, i % n)->cost;
        CsDecision best = card_at(config, i % n, now);
        double up_bps = now->uplink.rate_bps, down_bps = now->downlink.rate_bps;
        double loss = now->cost - cs_cost(cost, &now->corners, config->policy_settings.weight,
                                          up_bps, down_bps, best.frequency_hz, best.cut);
        ck_assert(loss >= -1e-15); /* CARD's is the least U there is */
        regret += loss;
    }
    ck_assert_close(heard.totals.sum.regret, regret, 1e-9);
    ck_assert(regret > 0);
    g_array_unref(heard.rounds);
}
END_TEST

/* No error is no regret, more error is more; the true channel and its draws stay as they are. */
START_TEST(errors_cost_and_change_nothing_else)
{
    static const char *const values[][2] = {{"policy.csi=perfect"},
                                            {"policy.csi=error 0 dB"},
                                            {"policy.csi=error 2 dB"},
                                            {"policy.csi=error 6 dB"}};
    double regret[G_N_ELEMENTS(values)];
    Heard first = {.rounds = NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(CsScenario) scenario = read_values("scenarios/examples/knowledge.ini", values[i]);
        Heard heard;
        hear(scenario, &heard);
        regret[i] = heard.totals.sum.regret;
        if (i == 0) {
            first = heard;
            continue;
        }
        for (guint k = 0; k < heard.rounds->len; k++) {
            const CsRoundRecord *a = &g_array_index(first.rounds, CsRoundRecord, k);
            const CsRoundRecord *b = &g_array_index(heard.rounds, CsRoundRecord, k);
            ck_assert(a->uplink.snr == b->uplink.snr && a->downlink.snr == b->downlink.snr);
            if (i == 1)
                ck_assert(a->end_ns == b->end_ns && a->cost == b->cost);
        }
        g_array_unref(heard.rounds);
    }
    g_array_unref(first.rounds);
    ck_assert(isnan(regret[0]) && regret[1] == 0);
    ck_assert(regret[2] > 0 && regret[3] > regret[2]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("variants");
    TCase *tc = tcase_create("variants");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, deadline_is_the_constrained_optimum);
    tcase_add_test(tc, open_minimises_drift_plus_penalty);
    tcase_add_test(tc, open_keeps_the_budget_from_the_first_round_on);
    tcase_add_test(tc, adaptsfl_is_the_fastest_cut);
    tcase_add_test(tc, contention_is_card_with_prices);
    tcase_add_test(tc, contention_beats_card_where_devices_share);
    tcase_add_test(tc, clusters_lie_between_sequence_and_crowd);
    tcase_add_test(tc, delayed_knowledge_is_the_past);
    tcase_add_test(tc, errors_cost_and_change_nothing_else);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
