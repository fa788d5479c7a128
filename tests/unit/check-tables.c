/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of what is measured row by row: power by the clock, times of a layer, and a phone's power
 * by throughput; each against numbers by hand, and the best clock against the oracle and brute
 * force.
 */
#include "cs-check.h"

#include "base/random.h"
#include "energy/tables.h"
#include "expect/expectation.h"
#include "llm/operations.h"
#include "policy/policy.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <string.h>

static const CsPlace nowhere;

static char *folder;

static char *file_of(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void make_folder(void)
{
    folder = g_dir_make_tmp("cs-tables-XXXXXX", NULL);
}

static void remove_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
}

/* --- power by the clock ----------------------------------------------------------------------- */

START_TEST(power_by_points)
{
    g_autofree char *path = file_of("p.csv", "frequency_hz,power_w\n2e9,100\n1e9,50\n1.5e9,60\n");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPowerTable) table = cs_power_table_read(path, "p.csv", nowhere, diagnostics);
    ck_assert_ptr_nonnull(table);
    CsPowerLaw law = {.static_w = 7, .coefficient = 1, .point = table->point, .n_points = table->n};
    static const double expected[][2] = {{5e8, 50},    {1e9, 50},  {1.25e9, 55}, {1.5e9, 60},
                                         {1.75e9, 80}, {2e9, 100}, {3e9, 100}};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        ck_assert_close(cs_power_law_w(&law, expected[i][0]), expected[i][1], 1e-14);
    ck_assert(!cs_power_law_plain(&law));
}
END_TEST

START_TEST(bad_tables_are_told)
{
    static const struct {
        const char *text, *part;
        gboolean layers;
    } bad[] = {
        {"frequency_hz\n1\n", "no column 'power_w'", FALSE},
        {"frequency_hz,power_w\n", "no rows", FALSE},
        {"frequency_hz,power_w\n1e9,5\n1e9,6\n", "two rows", FALSE},
        {"frequency_hz,power_w\n1e9,fast\n", "no number above 0", FALSE},
        {"frequency_hz,power_w\n1e9,-5\n", "no number above 0", FALSE},
        {"frequency_hz,power_w\n1e9,inf\n", "no number above 0", FALSE},
        {"tokens,forward_s\n1,1\n", "no column 'backward_s'", TRUE},
        {"tokens,forward_s,backward_s\n", "no rows", TRUE},
        {"tokens,forward_s,backward_s\n16,0,1\n", "no number above 0", TRUE},
        {"tokens,forward_s,backward_s\n16,1\n", "fields", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = file_of("bad.csv", bad[i].text);
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        gboolean read;
        if (bad[i].layers) {
            g_autoptr(CsLayerTimes) times =
                cs_layer_times_read(path, "bad.csv", nowhere, diagnostics);
            read = times != NULL;
        } else {
            g_autoptr(CsPowerTable) table =
                cs_power_table_read(path, "bad.csv", nowhere, diagnostics);
            read = table != NULL;
        }
        ck_assert(!read);
        ck_assert_msg(strstr(cs_diagnostics_message(diagnostics, 0), bad[i].part) != NULL, "%s: %s",
                      bad[i].text, cs_diagnostics_message(diagnostics, 0));
    }
}
END_TEST

#define POINTS 6

/* A random device and server, with a table that rises, falls and is flat. */
static void random_table(CsCostTable *table, CsPowerPoint *point, CsRandomKey key, guint64 n)
{
    guint cuts = 4;
    cs_cost_table_init(table, cuts);
    table->measured = TRUE;
    table->server_fixed_s = g_new0(double, cuts);
    table->frequency_min_hz = 2e8 + 3e8 * cs_random_uniform(key, n, 0);
    table->frequency_max_hz = 2e9;
    double cycle = 2e8 * cs_random_uniform(key, n, 1), fixed = 4 * cs_random_uniform(key, n, 2);
    for (guint c = 0; c < cuts; c++) {
        table->device_s[c] = c * 2 * cs_random_uniform(key, n, 3);
        table->server_cycle[c] = cycle * (cuts - c);
        table->server_fixed_s[c] = fixed * (cuts - 1 - c);
        table->air_bit[c] = 1e6 * (1 + c);
    }
    for (guint i = 0; i < POINTS; i++) {
        double noise = cs_random_uniform(key, n, 10 + i);
        double power_w = n % 2 == 0 ? 20 + 200 * noise : 50 + 8.0 * i * i + noise;
        point[i] = (CsPowerPoint){3e8 + 3e8 * i, power_w};
    }
    table->power = (CsPowerLaw){.point = point, .n_points = POINTS};
}

START_TEST(best_pair_with_a_table_is_the_oracles)
{
    CsRandomKey key = cs_random_key(1, 2, 3, 4);
    guint inside = 0;
    for (guint64 n = 0; n < 160; n++) {
        CsCostTable table;
        CsPowerPoint point[POINTS];
        random_table(&table, point, key, n);
        CsPolicySettings settings = {.weight = (double)(n % 7) / 6};
        double w = settings.weight;
        CsRoundState round = {.cost = &table, .uplink_bps = 1e6, .downlink_bps = 2e6};
        round.corners = cs_cost_corners(&table, 1e6, 2e6);
        CsDecision card = cs_policy_find("card")->decide(&settings, &round, NULL);
        CsDecision oracle = cs_policy_find("exhaustive")->decide(&settings, &round, NULL);
        double u = cs_cost(&table, &round.corners, w, 1e6, 2e6, card.frequency_hz, card.cut);
        double best = cs_cost(&table, &round.corners, w, 1e6, 2e6, oracle.frequency_hz, oracle.cut);
        ck_assert_uint_eq(card.cut, oracle.cut);
        ck_assert_msg(fabs(u - best) <= 1e-9, "%g and %g", u, best);
        gboolean is_point = FALSE;
        for (guint i = 0; i < POINTS; i++)
            is_point |= card.frequency_hz == point[i].frequency_hz;
        inside += !is_point && card.frequency_hz > table.frequency_min_hz &&
                  card.frequency_hz < table.frequency_max_hz;
        for (guint c = 0; c < table.n_cuts; c++)
            for (guint k = 0; k <= 1000; k++) {
                double f = table.frequency_min_hz +
                           k / 1000.0 * (table.frequency_max_hz - table.frequency_min_hz);
                ck_assert(u <= cs_cost(&table, &round.corners, w, 1e6, 2e6, f, c) + 1e-12);
                ck_assert(cs_cost_energy(&table, f, 0) <= round.corners.energy_max_j * (1 + 1e-12));
                ck_assert(cs_cost_energy(&table, f, 3) >= round.corners.energy_min_j * (1 - 1e-12));
            }
        cs_cost_table_clear(&table);
    }
    ck_assert_uint_ge(inside, 3); /* a root between two points, too */
}
END_TEST

/* --- times of a layer ------------------------------------------------------------------------- */

START_TEST(layer_times_by_hand)
{
    g_autofree char *path = file_of("t.csv", "tokens,forward_s,backward_s\n"
                                             "1024,0.004,0.010\n16,0.001,0.002\n");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsLayerTimes) times = cs_layer_times_read(path, "t.csv", nowhere, diagnostics);
    ck_assert_ptr_nonnull(times);
    static const double expected[][3] = {{1, 0.001, 0.002},
                                         {16, 0.001, 0.002},
                                         {520, 0.0025, 0.006},
                                         {1024, 0.004, 0.010},
                                         {4096, 0.016, 0.040}};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        for (int b = 0; b < 2; b++) {
            CsTimeLaw law = cs_layer_times_at(times, expected[i][0], b, 1e9);
            ck_assert_close(cs_time_law_s(law, 1e9), expected[i][1 + b], 1e-14);
            ck_assert_close(cs_time_law_s(law, 5e8), 2 * expected[i][1 + b], 1e-14);
        }
}
END_TEST

/* t = 2e6/f + 1 ms forward, 3e6/f backward, at three clocks: both are found again. */
START_TEST(layer_times_at_several_clocks)
{
    g_autoptr(GString) text = g_string_new("tokens,frequency_hz,forward_s,backward_s\n");
    static const double clock_hz[] = {5e8, 1e9, 2e9};
    for (guint i = 0; i < 3; i++)
        g_string_append_printf(text, "64,%.17g,%.17g,%.17g\n", clock_hz[i],
                               2e6 / clock_hz[i] + 1e-3, 3e6 / clock_hz[i]);
    g_autofree char *path = file_of("c.csv", text->str);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsLayerTimes) times = cs_layer_times_read(path, "c.csv", nowhere, diagnostics);
    CsTimeLaw forward = cs_layer_times_at(times, 64, FALSE, 7);
    CsTimeLaw backward = cs_layer_times_at(times, 64, TRUE, 7);
    ck_assert_close(forward.cycle, 2e6, 1e-9);
    ck_assert_close(forward.fixed_s, 1e-3, 1e-9);
    ck_assert_close(backward.cycle, 3e6, 1e-9);
    ck_assert(backward.fixed_s < 1e-9);
}
END_TEST

/* --- in a scenario ---------------------------------------------------------------------------- */

#define SCENARIO                                                                                   \
    "[simulation]\nrounds = 2\n[model]\nllm = tinyllama-1.1b\nhead = none\n"                       \
    "[training]\nbatch = 2\nsequence-length = 256\nlocal-epochs = 2\n"                             \
    "[policy]\nname = static\ncut = 3\nfrequency = max\n"                                          \
    "[device D]\nplatform = jetson-orin-nano-8gb\ndistance = 5 m\n"

/* `more` stands before the device's group, `of_device` in it. */
static CsScenario *scenario_with(const char *more, const char *of_device,
                                 const char *const *overrides)
{
    g_autofree char *text = g_strconcat(SCENARIO, of_device, more, NULL);
    g_autofree char *path = file_of("s.ini", text);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, overrides, paths, diagnostics);
    ck_assert_msg(scenario != NULL, "%s",
                  cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0)
                                                        : "");
    return scenario;
}

static CsScenario *scenario_of(const char *const *overrides)
{
    return scenario_with("", "", overrides);
}

/* Layers take their times from the files, both ways and with everything computed again. */
START_TEST(tables_in_a_scenario)
{
    g_autofree char *times = file_of("t.csv", "tokens,forward_s,backward_s\n512,0.01,0.03\n");
    g_autofree char *power = file_of("p.csv", "frequency_hz,power_w\n1e9,40\n2e9,90\n");
    static const char *const overrides[] = {"model.compute=measured",
                                            "training.activation-checkpointing=full", NULL};
    g_autoptr(CsScenario) scenario = scenario_with(
        "[server]\nlayer-times = t.csv\npower-table = p.csv\nfrequency-max = 1.5 GHz\n"
        "step-overhead = 4 ms\n",
        "layer-times = t.csv\npower-table = p.csv\nfrequency = 1 GHz\npeak-frequency = 2 GHz\n"
        "step-overhead = 5 ms\n",
        overrides);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsCostTable *cost = &config->groups[0].cost;
    /* The device at half the clock of its table, and its forward pass once more. */
    ck_assert_close(cost->device_s[3], 2 * (2 * 3 * (0.01 + 0.03 + 0.01) + 0.005), 1e-12);
    double layers = config->architecture->n_layers;
    ck_assert_close(cs_cost_server_time(cost, 1.5e9, 3), 2 * ((layers - 3) * 0.04 + 0.004), 1e-12);
    ck_assert_close(cs_cost_server_time(cost, 0.75e9, 3), 2 * (2 * (layers - 3) * 0.04 + 0.004),
                    1e-12);
    ck_assert_close(cs_cost_energy(cost, 1.5e9, 3), 65 * cs_cost_server_time(cost, 1.5e9, 3),
                    1e-12);
    ck_assert_close(cs_group_power_w(&config->groups[0]), 40, 1e-12);
}
END_TEST

/* A platform of one's own has both tables, relative to its file. */
START_TEST(tables_of_a_platform)
{
    g_autofree char *times = file_of("t.csv", "tokens,forward_s,backward_s\n512,0.01,0.03\n");
    g_autofree char *power = file_of("p.csv", "frequency_hz,power_w\n1e9,40\n2e9,90\n");
    g_autofree char *platform =
        file_of("own.ini", "[platform]\ncores = 4096\nfrequency-max = 2 GHz\n[measured]\n"
                           "layer-times = t.csv\npower-table = p.csv\nstep-overhead = 1 ms\n");
    static const char *const overrides[] = {"model.compute=measured", NULL};
    g_autoptr(CsScenario) scenario =
        scenario_with("[server]\nplatform = own.ini\n[device E]\nplatform = own.ini\n"
                      "frequency = 1 GHz\ndistance = 5 m\n",
                      "", overrides);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsCostTable *cost = &config->groups[1].cost;
    double layers = config->architecture->n_layers;
    ck_assert_close(cost->device_s[3], 2 * (2 * 3 * 0.04 + 0.001), 1e-12);
    ck_assert_close(cs_cost_energy(cost, 2e9, 0), 90 * 2 * (layers * 0.04 + 0.001), 1e-12);
    ck_assert_close(cs_group_power_w(&config->groups[1]), 40, 1e-12);
}
END_TEST

/* Activations of 32 bit take the peak of 32 bit where there is one, else cores x 2 x f. */
START_TEST(peak_by_precision)
{
    static const char *const plain[] = {"model.compute=measured", "server.platform=a100-80gb-sxm",
                                        "training.activation-precision=32 bit", NULL};
    g_autoptr(CsScenario) scenario = scenario_of(plain);
    static const char *const twice[] = {"model.compute=measured", "server.platform=a100-80gb-sxm",
                                        "server.peak-flops-32bit=38983680000000",
                                        "training.activation-precision=32 bit", NULL};
    g_autoptr(CsScenario) faster = scenario_of(twice);
    /* 6912 cores x 2 x 1.41 GHz = 19.49184 TFLOPS, and twice that: half of the cycles. */
    double slow = cs_scenario_config(scenario)->groups[0].cost.server_cycle[0];
    double fast = cs_scenario_config(faster)->groups[0].cost.server_cycle[0];
    ck_assert_close(fast, slow / 2, 1e-12);
}
END_TEST

/* A platform's file says that peak too: twice cores x 2 x f halves the cycles. */
START_TEST(peak_of_a_platform)
{
#define OF_ITS_OWN                                                                                 \
    "[platform]\ncores = 6912\nfrequency-max = 1.41 GHz\npower-max = 400 W\n"                      \
    "[measured]\npeak-flops = 312e12\nefficiency = 0.6\nmemory-bandwidth = 2000 GB/s\n"
    g_autofree char *without = file_of("without.ini", OF_ITS_OWN);
    g_autofree char *with = file_of("with.ini", OF_ITS_OWN "peak-flops-32bit = 38983680000000\n");
    static const char *const overrides[] = {"model.compute=measured",
                                            "training.activation-precision=32 bit", NULL};
    double cycles[2];
    for (guint i = 0; i < 2; i++) {
        g_autofree char *server =
            g_strdup_printf("[server]\nplatform = %s\n", i == 0 ? "without.ini" : "with.ini");
        g_autoptr(CsScenario) scenario = scenario_with(server, "", overrides);
        cycles[i] = cs_scenario_config(scenario)->groups[0].cost.server_cycle[0];
    }
    ck_assert_close(cycles[1], cycles[0] / 2, 1e-12);
}
END_TEST

/* --- a phone's radio -------------------------------------------------------------------------- */

typedef struct {
    CsSink sink;
    CsTotals totals;
    CsDeviceTotals device;
    double up_s, down_s;
} Told;

static void tell_totals(CsSink *sink, const CsTotals *totals)
{
    ((Told *)sink)->totals = *totals;
}

static void tell_device(CsSink *sink, const CsDeviceTotals *totals)
{
    ((Told *)sink)->device = *totals;
}

static void tell_round(CsSink *sink, const CsRoundRecord *record)
{
    Told *told = (Told *)sink;
    told->up_s +=
        (double)(record->stage_ns[CS_STAGE_SMASHED_UP] + record->stage_ns[CS_STAGE_ADAPTER_UP]) /
        1e9;
    told->down_s += (double)(record->stage_ns[CS_STAGE_GRADIENT_DOWN] +
                             record->stage_ns[CS_STAGE_ADAPTER_DOWN]) /
                    1e9;
}

static Told run_told(const CsConfig *config)
{
    Told told = {.sink = {.round = tell_round, .device = tell_device, .totals = tell_totals}};
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &told.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    return told;
}

/* a t + b bits in each direction, and what the access point radiates, on every kind of link. */
START_TEST(radio_power_by_throughput)
{
    static const char *const links[][2] = {
        {"radio.fading=rayleigh", "radio.coherence=round"},
        {"radio.fading=rayleigh", "radio.coherence=transmission"},
        {"radio.fading=rayleigh", "radio.coherence=20ms"},
        {"radio.sharing=equal", "radio.fading=none"},
        {"radio.sharing=proportional-fair", "radio.coherence=50ms"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        const char *const overrides[] = {links[i][0],
                                         links[i][1],
                                         "server.tx-power=20dBm",
                                         "device.D.radio-base-up=3W",
                                         "device.D.radio-slope-up=80nJ/bit",
                                         "device.D.radio-base-down=2W",
                                         "device.D.radio-slope-down=10nJ/bit",
                                         NULL};
        g_autoptr(CsScenario) scenario = scenario_of(overrides);
        const CsConfig *config = cs_scenario_config(scenario);
        double bit = 2 * config->groups[0].cost.air_bit[3];
        Told told = run_told(config);
        double expected = 3 * told.up_s + 80e-9 * bit + (2 + 0.1) * told.down_s + 10e-9 * bit;
        ck_assert_msg(fabs(told.totals.sum.radio_energy_j / expected - 1) < 1e-6, "%s: %g and %g",
                      links[i][1], told.totals.sum.radio_energy_j, expected);
    }
}
END_TEST

/* The exact mean of a round is that of the simulation where nothing is drawn. */
START_TEST(radio_power_is_expected)
{
    static const char *const overrides[] = {"radio.fading=none", "device.D.radio-power=lte",
                                            "device.D.radio-slope-up=100nJ/bit", NULL};
    g_autoptr(CsScenario) scenario = scenario_of(overrides);
    const CsConfig *config = cs_scenario_config(scenario);
    CsExpectation expectation;
    CsObstacle obstacle = {.reason = NULL};
    ck_assert(cs_expect_groups(config, NULL, &expectation, &obstacle));
    Told told = run_told(config);
    ck_assert_close(expectation.mean.of[CS_MEAN_RADIO_ENERGY], told.totals.sum.radio_energy_j / 2,
                    1e-6);
    ck_assert(told.totals.sum.radio_energy_j > 100e-9 * 2 * config->groups[0].cost.air_bit[3]);
}
END_TEST

/* The battery pays for it: what is left is what was not used. */
START_TEST(radio_power_drains_the_battery)
{
    static const char *const links[] = {"radio.coherence=round", "radio.coherence=transmission"};
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        const char *const overrides[] = {links[i], "device.D.radio-power=nr-low-band",
                                         "device.D.battery=1000kJ", "server.tx-power=1uW", NULL};
        g_auto(GStrv) given = g_strdupv((char **)overrides);
        g_free(given[3]);
        given[3] = g_strdup("server.tx-power=-30dBm");
        g_autoptr(CsScenario) scenario = scenario_of((const char *const *)given);
        Told told = run_told(cs_scenario_config(scenario));
        double used = told.totals.sum.radio_energy_j + told.totals.sum.device_energy_j;
        double expected =
            3.1972 * told.up_s + 2.8826 * told.down_s +
            (3.2245e-8 + 1.5361e-8) * 2 * cs_scenario_config(scenario)->groups[0].cost.air_bit[3];
        ck_assert_close(told.totals.sum.radio_energy_j, expected, 1e-5);
        ck_assert_close(1e6 - told.device.battery_left_j, used, 1e-3);
    }
}
END_TEST

/* The data behind the sets: mean power of a phone at an offered load, SIGCOMM21-5G/artifact, commit
 * 35aaf285: every second load, within twice the fit's residual. */
START_TEST(radio_sets_lie_on_their_data)
{
    static const struct {
        CsRadioPowerSet set;
        gboolean up;
        double bps, power_w, residual_w;
    } rows[] = {
#include "../data/platform/radio-power-rows.inc"
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        CsRadioPower law = {rows[i].set, NAN, NAN, NAN, NAN, FALSE, FALSE};
        cs_radio_power_complete(&law);
        CsDeviceGroup group = {.radio_power = law};
        double power_w = rows[i].up ? cs_group_send_j(&group, rows[i].bps, 1, 1)
                                    : cs_group_receive_j(&group, rows[i].bps, 1);
        ck_assert_msg(fabs(power_w - rows[i].power_w) <= 2.2 * rows[i].residual_w,
                      "row %u: %g W, measured %g W", (guint)i, power_w, rows[i].power_w);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tables");
    TCase *tc = tcase_create("tables");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, power_by_points);
    tcase_add_test(tc, bad_tables_are_told);
    tcase_add_test(tc, best_pair_with_a_table_is_the_oracles);
    tcase_add_test(tc, layer_times_by_hand);
    tcase_add_test(tc, layer_times_at_several_clocks);
    tcase_add_test(tc, tables_in_a_scenario);
    tcase_add_test(tc, tables_of_a_platform);
    tcase_add_test(tc, peak_by_precision);
    tcase_add_test(tc, peak_of_a_platform);
    tcase_add_test(tc, radio_power_by_throughput);
    tcase_add_test(tc, radio_power_is_expected);
    tcase_add_test(tc, radio_power_drains_the_battery);
    tcase_add_test(tc, radio_sets_lie_on_their_data);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
