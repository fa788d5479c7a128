/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of computing as measured: the roofline and its operations by hand, the law of power, and
 * the best frequency of each cut against brute force, the oracle and Eq. 16 where that holds.
 */
#include "cs-check.h"

#include "base/random.h"
#include "energy/roofline.h"
#include "llm/operations.h"
#include "policy/policy.h"
#include "scenario/scenario.h"
#include "sim/compute-times.h"

#include <string.h>

static const CsMemorySettings settings16 = {.weight_bit = 16, .optimizer_bit = 32};

/* One layer: h = 64, two heads of 32, F = 256, gated; W = 4 · 64² + 3 · 64 · 256 = 65,536. */
static CsArchitecture *small_model(guint layers)
{
    return cs_architecture_new(
        "small", layers, 64, 1000,
        (CsLayerShape){
            .heads = 2, .kv_heads = 2, .head_dim = 32, .intermediate = 256, .gated = TRUE});
}

START_TEST(operations_by_hand)
{
    g_autoptr(CsArchitecture) it = small_model(1);
    CsTraining training = {.batch = 2,
                           .sequence_length = 8,
                           .lora_rank = 4,
                           .lora_targets = CS_LORA_Q,
                           .activation_bit = 16,
                           .adapter_bit = 32};
    CsOperations forward, backward, again;
    cs_layer_operations(it, &training, &settings16, 0, FALSE, &forward);
    cs_layer_operations(it, &training, &settings16, 0, TRUE, &backward);
    double w = 65536, lora = 4 * 128, tokens = 16, attention = 4.0 * 2 * 64 * 64;
    ck_assert_double_eq(forward.flop[CS_WORK_LINEAR], 2 * (w + lora) * tokens);
    ck_assert_double_eq(backward.flop[CS_WORK_LINEAR], 2 * (w + 2 * lora) * tokens);
    ck_assert_double_eq(forward.flop[CS_WORK_ATTENTION], attention);
    ck_assert_double_eq(backward.flop[CS_WORK_ATTENTION], 2 * attention);
    /* In and out: q, k, v share 64 and give 3 · 64, o 64 and 64, gate and up 64 and 512, down 256
     * and 64. */
    double elements = 64 + 3 * 64 + 2 * 64 + 64 + 3 * 256 + 64;
    ck_assert_double_eq(forward.byte[CS_WORK_LINEAR], 2 * (w + elements * tokens));
    ck_assert_double_eq(forward.byte[CS_WORK_ATTENTION], 2 * (2 * 8 * 4 * 64.0 + 4.0 * 2 * 2 * 64));
    ck_assert_double_eq(forward.byte[CS_WORK_ELEMENTWISE],
                        2 * tokens * (10 * 64 + 2 * 4 * 32 + 3 * 256));
    /* Adam over the adapters: 3 x 4 and 4 x 4 bytes a parameter. */
    ck_assert_double_eq(backward.byte[CS_WORK_ELEMENTWISE],
                        2 * forward.byte[CS_WORK_ELEMENTWISE] + 28 * lora);
    /* FLOPs are those of the profile. */
    g_autoptr(CsProfile) p = cs_profile_new(it, &training);
    ck_assert_double_eq(p->device_forward_flop[1],
                        forward.flop[CS_WORK_LINEAR] + forward.flop[CS_WORK_ATTENTION]);
    ck_assert_double_eq(p->device_backward_flop[1],
                        backward.flop[CS_WORK_LINEAR] + backward.flop[CS_WORK_ATTENTION]);
    /* All again: one more forward pass of everything. */
    training.checkpointing = CS_CHECKPOINTING_FULL;
    cs_layer_operations(it, &training, &settings16, 0, TRUE, &again);
    for (guint i = 0; i < CS_WORK_N; i++) {
        ck_assert_double_eq(again.flop[i], backward.flop[i] + forward.flop[i]);
        ck_assert_double_eq(again.byte[i], backward.byte[i] + forward.byte[i]);
    }
    /* A flash kernel skips what the mask hides, and holds no matrix. */
    training.kernel = CS_KERNEL_FLASH;
    cs_layer_operations(it, &training, &settings16, 0, FALSE, &forward);
    ck_assert_double_eq(forward.flop[CS_WORK_ATTENTION], 4.0 * 2 * 36 * 64);
    ck_assert_double_eq(forward.byte[CS_WORK_ATTENTION], 2 * 2 * 8 * 4 * 64.0);
}
END_TEST

/* Arithmetic binds 1e9 FLOPs at half of 1e12: 2 ms; memory 8e6 bytes at 1 GB/s: 8 ms. */
START_TEST(the_longer_of_two_binds)
{
    CsRates rates = {.peak_flops = 1e12,
                     .peak_frequency_hz = 1e9,
                     .efficiency = 0.5,
                     .efficiency_attention = 0.25,
                     .bandwidth_bps = 8e9};
    CsOperations work = {.flop = {1e9, 1e9, 0}, .byte = {1e6, 8e6, 5e5}};
    CsTimeLaw law = {0, 0};
    cs_roofline_add(&rates, rates.peak_flops, &work, &law);
    ck_assert_close(law.cycle, 2e-3 * 1e9, 1e-14);
    ck_assert_close(law.fixed_s, 8e-3 + 5e-4, 1e-14);
    /* Half the clock: arithmetic takes twice as long, memory as before. */
    ck_assert_close(cs_time_law_s(law, 5e8), 4e-3 + 8.5e-3, 1e-14);
}
END_TEST

/* Both sides of every cut, and the head on the server, with a word per overhead. */
START_TEST(times_by_the_cut)
{
    g_autoptr(CsArchitecture) it = small_model(3);
    CsTraining training = {
        .batch = 2, .sequence_length = 8, .activation_bit = 16, .adapter_bit = 32, .head = TRUE};
    CsRates rates = {.peak_flops = 1e6,
                     .peak_frequency_hz = 1e9,
                     .efficiency = 1,
                     .efficiency_attention = 1,
                     .bandwidth_bps = 1e15,
                     .layer_overhead_s = 0.5,
                     .step_overhead_s = 0.25};
    CsComputeWork work = {
        .architecture = it, .training = &training, .memory = &settings16, .rates = &rates};
    g_autoptr(CsComputeTimes) device = cs_compute_times_device(&work);
    g_autoptr(CsComputeTimes) server = cs_compute_times_server(&work);
    g_autoptr(CsProfile) p = cs_profile_new(it, &training);
    double elementwise_s = 8.0 * 2 * 16 * (10 * 64 + 2 * 4 * 32 + 3 * 256) / 1e15;
    for (guint c = 0; c <= 3; c++) {
        /* Cycles at 1e9 Hz for 1e6 FLOP/s: 1000 a FLOP. */
        ck_assert_close(device->forward[c].cycle, 1000 * p->device_forward_flop[c], 1e-12);
        ck_assert_close(device->backward[c].cycle, 1000 * p->device_backward_flop[c], 1e-12);
        ck_assert_close(server->forward[c].cycle, 1000 * p->server_forward_flop[c], 1e-12);
        ck_assert_close(device->forward[c].fixed_s, c * (0.5 + elementwise_s), 1e-12);
        ck_assert_close(device->backward[c].fixed_s,
                        c * (0.5 + 2 * elementwise_s) + (c > 0 ? 0.25 : 0), 1e-12);
    }
}
END_TEST

START_TEST(law_of_power)
{
    CsPowerLaw cube = {.static_w = 0, .coefficient = 1e-25, .exponent = 3, .reference_hz = 2e9};
    ck_assert_double_eq(cs_power_law_w(&cube, 1e9), 1e-25 * 1e9 * 1e9 * 1e9);
    CsPowerLaw law = {.static_w = 40, .coefficient = 1e-26, .exponent = 2, .reference_hz = 2e9};
    /* 40 W + 80 W (f/F)^2 */
    ck_assert_close(cs_power_law_w(&law, 2e9), 120, 1e-14);
    ck_assert_close(cs_power_law_w(&law, 1e9), 60, 1e-14);
    ck_assert_close(cs_power_law_slope(&law, 1e9), 2 * 20 / 1e9, 1e-14);
}
END_TEST

/* V = max(V_min, k f) under c f V²: 80 W at 2 GHz, so 10 W at 1 GHz with the cube, and from there
 * in proportion. */
START_TEST(voltage_stops_falling_at_the_knee)
{
    CsPowerLaw law = {
        .static_w = 40, .coefficient = 1e-26, .exponent = 3, .reference_hz = 2e9, .knee_hz = 1e9};
    ck_assert(!cs_power_law_plain(&law));
    for (double f = 1e8; f < 2.6e9; f += 1e8) {
        double volt = MAX(1, f / 1e9);
        ck_assert_close(cs_power_law_w(&law, f), 40 + 10 * (f / 1e9) * volt * volt, 1e-14);
    }
    ck_assert_close(cs_power_law_slope(&law, 0.5e9), 10 / 1e9, 1e-14);
    ck_assert_close(cs_power_law_slope(&law, 1e9), 30 / 1e9, 1e-14); /* from above */
    ck_assert_close(cs_power_law_slope(&law, 2e9), 3 * 80 / 2e9, 1e-14);
    /* A knee above F leaves what it draws at F. */
    law.knee_hz = 4e9;
    ck_assert_close(cs_power_law_w(&law, 2e9), 120, 1e-14);
    ck_assert_close(cs_power_law_w(&law, 1e9), 80, 1e-14);
    ck_assert_close(cs_power_law_w(&law, 8e9), 40 + 160 * 8, 1e-14);
}
END_TEST

/* A random device and server; the exponent of power from 1 to 3; two of three with a knee, below,
 * within or above the clocks, one of them with little that memory binds. */
static void random_table(CsCostTable *table, CsRandomKey key, guint64 n)
{
    guint cuts = 5;
    cs_cost_table_init(table, cuts);
    table->measured = TRUE;
    table->server_fixed_s = g_new0(double, cuts);
    table->frequency_min_hz = 1e8 + 4e8 * cs_random_uniform(key, n, 0);
    table->frequency_max_hz = table->frequency_min_hz + 2e9 * cs_random_uniform(key, n, 1);
    double cycle = 1e9 * cs_random_uniform(key, n, 2),
           fixed = (n % 3 == 2 ? 0.1 : 3) * cs_random_uniform(key, n, 3);
    for (guint c = 0; c < cuts; c++) {
        table->device_s[c] = c * 2 * cs_random_uniform(key, n, 4);
        table->server_cycle[c] = cycle * (cuts - c);
        table->server_fixed_s[c] = fixed * (cuts - 1 - c);
        table->air_bit[c] = 1e6 * (1 + c);
    }
    table->power = (CsPowerLaw){.static_w = 100 * cs_random_uniform(key, n, 5),
                                .coefficient = 1e-26,
                                .exponent = 1 + 2 * cs_random_uniform(key, n, 6),
                                .reference_hz = table->frequency_max_hz};
    if (n % 3 > 0)
        table->power.knee_hz = table->frequency_max_hz * 1.2 * cs_random_uniform(key, n, 7);
}

START_TEST(best_pair_is_the_oracles_and_brute_forces)
{
    CsRandomKey key = cs_random_key(1, 1, 1, 1);
    guint inside = 0, at_knee = 0;
    for (guint64 n = 0; n < 90; n++) {
        CsCostTable table;
        random_table(&table, key, n);
        CsPolicySettings settings = {.weight = (double)(n % 7) / 6};
        CsRoundState round = {.cost = &table, .uplink_bps = 1e6, .downlink_bps = 2e6};
        round.corners = cs_cost_corners(&table, 1e6, 2e6);
        CsDecision card = cs_policy_find("card")->decide(&settings, &round, NULL);
        CsDecision oracle = cs_policy_find("exhaustive")->decide(&settings, &round, NULL);
        double u =
            cs_cost(&table, &round.corners, settings.weight, 1e6, 2e6, card.frequency_hz, card.cut);
        ck_assert_uint_eq(card.cut, oracle.cut);
        ck_assert(fabs(u - cs_cost(&table, &round.corners, settings.weight, 1e6, 2e6,
                                   oracle.frequency_hz, oracle.cut)) <= 1e-9);
        for (guint c = 0; c < table.n_cuts; c++) {
            double best_hz = cs_best_frequency(&table, &round.corners, settings.weight, c);
            double least = cs_cost(&table, &round.corners, settings.weight, 1e6, 2e6, best_hz, c);
            at_knee += best_hz == table.power.knee_hz;
            for (guint k = 0; k <= 2000; k++) {
                double f = table.frequency_min_hz +
                           k / 2000.0 * (table.frequency_max_hz - table.frequency_min_hz);
                double cost = cs_cost(&table, &round.corners, settings.weight, 1e6, 2e6, f, c);
                ck_assert(u <= cost + 1e-12 && least <= cost + 1e-12);
                /* The corners bound every cost's terms. */
                ck_assert(cs_cost_energy(&table, f, 0) <= round.corners.energy_max_j * (1 + 1e-12));
                ck_assert(cs_cost_energy(&table, f, 4) >= round.corners.energy_min_j * (1 - 1e-12));
            }
        }
        inside += card.frequency_hz > table.frequency_min_hz &&
                  card.frequency_hz < table.frequency_max_hz;
        at_knee += card.frequency_hz == table.power.knee_hz;
        cs_cost_table_clear(&table);
    }
    ck_assert_uint_ge(inside, 5); /* not only ends were tried */
    ck_assert_uint_ge(at_knee, 5);
}
END_TEST

/* Without static power, fixed times and another exponent, the root is Eq. 16's f*. */
START_TEST(the_letters_law_is_a_special_case)
{
    CsCostTable letter;
    cs_cost_table_init(&letter, 3);
    for (guint c = 0; c < 3; c++) {
        letter.device_s[c] = 5.0 * c;
        letter.server_cycle[c] = 1e9 * (3 - c);
        letter.air_bit[c] = 1e6;
    }
    letter.power_coefficient = 1e-25;
    letter.frequency_min_hz = 2e8;
    letter.frequency_max_hz = 2.5e9;
    CsCorners corners = cs_cost_corners(&letter, 1e6, 1e6);
    for (double w = 0.05; w < 1; w += 0.1) {
        double f = cs_optimal_frequency(&letter, &corners, w);
        letter.measured = TRUE;
        letter.server_fixed_s = g_new0(double, 3);
        letter.power = (CsPowerLaw){.coefficient = 1e-25, .exponent = 3};
        for (guint c = 0; c < 3; c++) {
            ck_assert_close(cs_best_frequency(&letter, &corners, w, c), f, 1e-12);
            ck_assert_close(cs_cost_energy(&letter, f, c), 1e-25 * f * f * 1e9 * (3 - c), 1e-12);
        }
        letter.measured = FALSE;
        g_clear_pointer(&letter.server_fixed_s, g_free);
    }
    cs_cost_table_clear(&letter);
}
END_TEST

/* P0 + c f^p: the least energy of work bound by arithmetic lies at f = F (P0 / (C (p-1)))^(1/p). */
START_TEST(least_energy_lies_inside_the_range)
{
    CsCostTable table;
    cs_cost_table_init(&table, 2);
    table.measured = TRUE;
    table.server_fixed_s = g_new0(double, 2);
    table.server_cycle[0] = 2e9;
    table.server_cycle[1] = 1e9;
    table.frequency_min_hz = 1e8;
    table.frequency_max_hz = 1.53e9;
    table.power = (CsPowerLaw){.static_w = 60,
                               .coefficient = 240 / 1.53e9 / 1.53e9 / 1.53e9,
                               .exponent = 3,
                               .reference_hz = 1.53e9};
    CsCorners corners = cs_cost_corners(&table, 1e6, 1e6);
    double hand = 1.53e9 * cbrt(60.0 / (240 * 2));
    ck_assert_close(cs_best_frequency(&table, &corners, 0, 0), hand, 1e-9);
    ck_assert_close(corners.energy_min_j, cs_cost_energy(&table, hand, 1), 1e-12);
    /* Where the voltage holds still up to a higher clock, that is the best: below it P0 counts ever
     * longer at the same energy a cycle. With nothing that stands still, any clock below is as
     * good, and the slowest is taken. */
    table.power.knee_hz = 1.2e9;
    ck_assert_double_eq(cs_best_frequency(&table, &corners, 0, 0), 1.2e9);
    corners = cs_cost_corners(&table, 1e6, 1e6);
    ck_assert_close(corners.energy_min_j, cs_cost_energy(&table, 1.2e9, 1), 1e-12);
    ck_assert_close(corners.energy_max_j, cs_cost_energy(&table, 1e8, 0), 1e-12);
    table.power.static_w = 0;
    ck_assert_double_eq(cs_best_frequency(&table, &corners, 0, 0), 1e8);
    cs_cost_table_clear(&table);
}
END_TEST

/* --- in a scenario -----------------------------------------------------------------------------
 */

#define SCENARIO                                                                                   \
    "[simulation]\nrounds = 2\n[model]\nllm = tinyllama-1.1b\ncompute = measured\n"                \
    "[training]\nbatch = 1\nsequence-length = 64\nlocal-epochs = 2\n[radio]\nfading = none\n"      \
    "[device D]\nplatform = jetson-orin-nano-8gb\ndistance = 5 m\n"

static CsScenario *scenario_of(const char *more, char **message)
{
    g_autofree char *folder = g_dir_make_tmp("cs-measured-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "s.ini", NULL);
    g_autofree char *text = g_strconcat(SCENARIO, more, NULL);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(file, NULL, paths, diagnostics);
    *message = g_strdup(
        cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0) : "");
    remove(file);
    remove(folder);
    return scenario;
}

START_TEST(what_is_not_known_is_asked_for)
{
    static const struct {
        const char *more, *part;
    } bad[] = {
        {"[server]\ncores = 100\n", "needs the peak rate"},
        {"[server]\nplatform = a100-80gb-sxm\n[policy]\nname = card-deadline\ndelay-limit = 9 s\n",
         "knows times of a/f"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *message = NULL;
        ck_assert_ptr_null(scenario_of(bad[i].more, &message));
        ck_assert_msg(strstr(message, bad[i].part) != NULL, "%s: %s", bad[i].more, message);
    }
}
END_TEST

/* A platform's knee, and one's own; the rated power is drawn at the platform's highest clock, and a
 * lower 'frequency-max' changes no power below it. */
START_TEST(the_knee_is_a_key)
{
    g_autofree char *message = NULL;
    g_autoptr(CsScenario) own = scenario_of("[server]\nplatform = v100-sxm2-32gb\npower-knee = 900 "
                                            "MHz\nfrequency-max = 1.2 GHz\n",
                                            &message);
    ck_assert_msg(own != NULL, "%s", message);
    CsPowerLaw law = cs_server_power(&cs_scenario_config(own)->server);
    ck_assert_close(cs_power_law_w(&law, 1.53e9), 300, 1e-12);
    double at_900 = 25 + 275 * pow(0.9 / 1.53, 1.6);
    ck_assert_close(cs_power_law_w(&law, 0.9e9), at_900, 1e-12);
    ck_assert_close(cs_power_law_w(&law, 0.45e9), 25 + (at_900 - 25) / 2, 1e-12);
    g_autofree char *other = NULL;
    g_autoptr(CsScenario) theirs =
        scenario_of("[server]\nplatform = jetson-tx2-8gb\nefficiency = 0.9\npeak-flops = "
                    "1e14\npower-coefficient = 1e-26 W/Hz^3\n",
                    &other);
    ck_assert_msg(theirs != NULL, "%s", other);
    ck_assert_double_eq(cs_scenario_config(theirs)->server.power_knee_hz, 958e6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("measured");
    TCase *tc = tcase_create("measured");
    tcase_add_test(tc, operations_by_hand);
    tcase_add_test(tc, the_longer_of_two_binds);
    tcase_add_test(tc, times_by_the_cut);
    tcase_add_test(tc, law_of_power);
    tcase_add_test(tc, voltage_stops_falling_at_the_knee);
    tcase_add_test(tc, the_knee_is_a_key);
    tcase_add_test(tc, best_pair_is_the_oracles_and_brute_forces);
    tcase_add_test(tc, the_letters_law_is_a_special_case);
    tcase_add_test(tc, least_energy_lies_inside_the_range);
    tcase_add_test(tc, what_is_not_known_is_asked_for);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
