/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the axes and conditions of a sweep: expectations written by hand. */
#include "cs-check.h"

#include "campaign/axis.h"
#include "campaign/condition.h"
#include "campaign/digest.h"
#include "campaign/sweep.h"

#include <glib/gstdio.h>
#include <string.h>

static CsPlace place_of(CsSource *source, guint column)
{
    return (CsPlace){source, 1, column, 1};
}

static void check_values(const char *text, const char *expected)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) source = cs_source_new("x", g_strdup(text), strlen(text));
    g_autoptr(CsAxis) axis =
        cs_axis_read("a.b", place_of(source, 1), text, place_of(source, 1), diagnostics);
    ck_assert_msg(axis != NULL, "'%s': %s", text,
                  cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0)
                                                        : "no message");
    g_autofree char *joined = g_strjoinv("|", axis->values);
    ck_assert_str_eq(joined, expected);
    ck_assert_uint_eq(axis->n_values, g_strv_length(axis->values));
}

START_TEST(values)
{
    check_values("card", "card");
    check_values("card, server-only ,device-only", "card|server-only|device-only");
    check_values("2 .. 4 step 0.5", "2|2.5|3|3.5|4");
    check_values("2..4:0.5", "2|2.5|3|3.5|4");
    check_values("0.1 .. 0.5 step 0.1", "0.1|0.2|0.3|0.4|0.5");
    check_values("0 .. 1 step 0.3", "0|0.3|0.6|0.9");
    check_values("5 m .. 15 m step 5 m", "5 m|10 m|15 m");
    check_values("5..15 m:5", "5 m|10 m|15 m");
    check_values("3 .. 1 step -1", "3|2|1");
    check_values("1 MHz, 10 MHz .. 30 MHz step 10 MHz", "1 MHz|10 MHz|20 MHz|30 MHz");
    check_values("5 m .. 30 m", "5 m .. 30 m");
    check_values("5 m .. 30 m, 8 m", "5 m .. 30 m|8 m");
    check_values("../models/a.ini, b/../c.ini", "../models/a.ini|b/../c.ini");
    check_values("1e-26 W/Hz^3 .. 3e-26 W/Hz^3 step 1e-26 W/Hz^3",
                 "1e-26 W/Hz^3|2e-26 W/Hz^3|3e-26 W/Hz^3");
    check_values("18446744073709551613 .. 18446744073709551615 step 1",
                 "18446744073709551613|18446744073709551614|18446744073709551615");
    check_values("9007199254740992 .. 9007199254740996 step 2",
                 "9007199254740992|9007199254740994|9007199254740996");
    check_values("\"a,b.csv\", c.csv,\"d\"", "a,b.csv|c.csv|d");
    check_values("1e-3 .. 3e-3 step 1e-3", "0.001|0.002|0.003");
    check_values("-174 dBm/Hz .. -172 dBm/Hz step 1 dBm/Hz", "-174 dBm/Hz|-173 dBm/Hz|-172 dBm/Hz");
}
END_TEST

static void check_refused(const char *text, guint column)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) source = cs_source_new("x", g_strdup(text), strlen(text));
    g_autoptr(CsAxis) axis =
        cs_axis_read("a.b", place_of(source, 1), text, place_of(source, 1), diagnostics);
    ck_assert_msg(axis == NULL, "'%s'", text);
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, column);
}

START_TEST(refused)
{
    check_refused("", 1);
    check_refused("a,,b", 3);
    check_refused("a, ", 4);
    check_refused("1 .. 2 step 0", 1);
    check_refused("1 .. 2 step -1", 1);
    check_refused("x, 1 m .. 2 km step 1 m", 4);
    check_refused("1 .. 2 step 1e-9", 1);
    check_refused("1 .. 2 step fast", 1);
    check_refused("0 .. 1e300 step 1e-300", 1);
    check_refused("[0, 1]", 1);
    check_refused("x, 0:0.1:1", 4);
}
END_TEST

static const char *const policies[] = {"card", "random", "x"};
static const CsConditionAxis axes[] = {{"radio.path-loss-exponent", NULL, 0},
                                       {"policy.name", policies, 3},
                                       {"device.1.distance", NULL, 0},
                                       {"server.frequency-max", NULL, 0},
                                       {"radio.fading", NULL, 0},
                                       {"simulation.seed", NULL, 0}};

static int holds(const char *text, const char *alpha, const char *policy, const char *distance)
{
    const char *const point[] = {alpha,   policy,     distance,
                                 "2 GHz", "rayleigh", "18446744073709551615"};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) source = cs_source_new("x", g_strdup(text), strlen(text));
    g_autoptr(CsCondition) condition =
        cs_condition_read(text, place_of(source, 1), axes, G_N_ELEMENTS(axes), diagnostics);
    if (condition == NULL) {
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
        return -1;
    }
    return cs_condition_holds(condition, point);
}

START_TEST(conditions)
{
    ck_assert_int_eq(holds("policy.name = card", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("policy.name != card", "2", "card", "8 m"), 0);
    ck_assert_int_eq(holds("radio.path-loss-exponent >= 4", "4.0", "card", "8 m"), 1);
    ck_assert_int_eq(holds("radio.path-loss-exponent < 4", "4.0", "card", "8 m"), 0);
    ck_assert_int_eq(holds("device.1.distance = 800 cm", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("device.1.distance > 5 m", "2", "card", "1 m .. 9 m"), 0);
    ck_assert_int_eq(
        holds("policy.name=card and radio.path-loss-exponent>3 or device.1.distance<9 m", "2",
              "card", "8 m"),
        1);
    ck_assert_int_eq(
        holds("policy.name=card and (radio.path-loss-exponent>3 or device.1.distance>9 m)", "2",
              "card", "8 m"),
        0);
    ck_assert_int_eq(holds("server.frequency-max = 2000 MHz", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("server.frequency-max != 2e9 Hz", "2", "card", "8 m"), 0);
    ck_assert_int_eq(holds("server.frequency-max > 0 Hz", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("radio.path-loss-exponent = 0.3", "0.30000000000000004", "x", "8 m"), 1);
    ck_assert_int_eq(holds("radio.path-loss-exponent >= 0.30000000000000004", "0.3", "x", "8 m"),
                     1);
    ck_assert_int_eq(holds("radio.path-loss-exponent = 0.3", "0.30000000001", "x", "8 m"), 0);
    ck_assert_int_eq(holds("radio.fading != none", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("device.1.distance = 100 cm .. 9 m", "2", "card", "1 m .. 9 m"), 1);
    ck_assert_int_eq(holds("simulation.seed = 18446744073709551615", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("simulation.seed = 18446744073709551614", "2", "card", "8 m"), 0);
    ck_assert_int_eq(holds("simulation.seed > 18446744073709551614", "2", "card", "8 m"), 1);
    ck_assert_int_eq(holds("not policy.name = card", "2", "card", "8 m"), 0);
    ck_assert_int_eq(holds("not (policy.name = random or policy.name = card)", "2", "x", "8 m"), 1);
}
END_TEST

START_TEST(conditions_refused)
{
    static const char *const bad[] = {
        "",
        "policy.name",
        "policy.name =",
        "policy.nam = card",
        "policy.name < card",
        "(policy.name = card",
        "policy.name = card)",
        "policy.name = card and",
        "policy.name ~ card",
        "policy.name = crad",
        "server.frequency-max != 2",
        "server.frequency-max > 2",
        "server.frequency-max = 2 m",
        "radio.fading = raleigh",
        "radio.fading > none",
        "device.1.distance < 1 m .. 2 m",
        "radio.path-loss-exponent = 4 dB",
        "simulation.seed = 1.5",
        "not",
        "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(holds(bad[i], "2", "card", "8 m") == -1, "'%s'", bad[i]);
}
END_TEST

static CsPaths *paths;
static char *folder;

/* Of a scenario with `sweep` as its [sweep]: the number of runs, or the first error's message. */
static guint64 runs_of(const char *sweep, const char *const *overrides, char **message)
{
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    g_autofree char *text = g_strconcat("[device a]\nfrequency = 1 GHz\ncores = 1000\n"
                                        "distance = 10 m\n[sweep]\n",
                                        sweep, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSweep) read = cs_sweep_read(path, overrides, paths, diagnostics);
    g_free(*message);
    *message = read != NULL ? NULL : g_strdup(cs_diagnostics_message(diagnostics, 0));
    return read != NULL ? cs_plan_n_runs(read->plan) : 0;
}

START_TEST(the_same_point_twice)
{
    static const char *const same[] = {
        "policy.weight = 0.1, 0.10",
        "policy.weight = 1e-1, 0.2, 0.1",
        "radio.bandwidth = 100 MHz, 0.1 GHz",
        "server.tx-power = 1 W, 30 dBm",
        "device.a.distance = 1 m .. 2 m, 100 cm .. 200 cm",
        "training.lora-targets = q+v, v+q",
        "policy.weight = 0.1, 0.2, 0.10\nradio.rician-k = 1 dB, 1 dB, 1 dB\n"
        "zip = policy.weight + radio.rician-k",
    };
    static const char *const other[] = {
        "simulation.seed = 18446744073709551615, 18446744073709551614",
        "policy.weight = 0.1, 0.1000001",
        "policy.weight = 0.1, 0.1\nradio.rician-k = 1 dB, 2 dB\n"
        "zip = policy.weight + radio.rician-k",
    };
    g_autofree char *message = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        ck_assert_uint_eq(runs_of(same[i], NULL, &message), 0);
        ck_assert_msg(strstr(message, " twice") != NULL, "%s: %s", same[i], message);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
        ck_assert_msg(runs_of(other[i], NULL, &message) == 2, "%s: %s", other[i], message);
}
END_TEST

START_TEST(an_axis_zipped_twice)
{
    static const char *const zips[] = {"policy.weight + policy.weight",
                                       "radio.rician-k + radio.rician-k",
                                       "policy.weight + radio.rician-k + policy.weight"};
    g_autofree char *message = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(zips); i++) {
        g_autofree char *sweep = g_strconcat(
            "policy.weight = 0.1, 0.2\nradio.rician-k = 1 dB, 2 dB\nzip = ", zips[i], NULL);
        ck_assert_uint_eq(runs_of(sweep, NULL, &message), 0);
        ck_assert_str_eq(message, i == 1 ? "'radio.rician-k' is zipped twice"
                                         : "'policy.weight' is zipped twice");
    }
    ck_assert_uint_eq(
        runs_of("policy.weight = 0.1, 0.2\nzip = policy.weight + policy.cut\n", NULL, &message), 0);
    ck_assert_str_eq(message, "'policy.cut' is no axis of this sweep");
}
END_TEST

/* What is not tried with all others is the same run: as if each had been read for itself. */
START_TEST(runs_are_what_their_values_say)
{
    g_autofree char *message = NULL;
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    ck_assert_uint_eq(runs_of("simulation.seed = 1 .. 30 step 1\npolicy.weight = 0.1, 0.2\n"
                              "training.batch = 4, 8\nradio.path-loss-exponent = 2, 4\n",
                              NULL, &message),
                      240);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSweep) sweep = cs_sweep_read(path, NULL, paths, diagnostics);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint64 i = 0; i < 240; i++) {
        const CsRun *run = cs_plan_run(sweep->plan, i);
        g_autoptr(CsScenario) itself =
            cs_scenario_with(sweep->scenario, (const char *const *)run->parameters, diagnostics);
        ck_assert_uint_eq(run->index, i + 1);
        ck_assert_uint_eq(run->digest, cs_scenario_digest(itself));
        ck_assert(g_hash_table_add(seen, (gpointer)&run->digest));
        ck_assert_uint_eq(run->replications, 1);
        ck_assert_double_eq(run->device_rounds, 100);
    }
    /* A bad value is told, whether it is tried with all others or not. */
    ck_assert_uint_eq(runs_of("policy.weight = 0.1, 1.1\n", NULL, &message), 0);
    ck_assert_str_eq(message, "'weight' is out of range: 1.1");
    ck_assert_uint_eq(runs_of("training.batch = 1, 0\n", NULL, &message), 0);
    ck_assert_str_eq(message, "'batch' is out of range: 0");
}
END_TEST

/* Combinations of keys that nothing is checked by take no check each: Check ends a test after 4 s,
 * and these took 12 s. */
START_TEST(many_combinations_are_planned_at_once)
{
    g_autofree char *message = NULL;
    ck_assert_uint_eq(runs_of("simulation.seed = 1 .. 1000 step 1\n"
                              "policy.weight = 0 .. 0.99 step 0.01\n"
                              "where = policy.weight >= 0.5\n",
                              NULL, &message),
                      50000);
}
END_TEST

/* A sweep that nobody could run is refused by its count, 1000^4, without going through it. */
START_TEST(too_many_combinations_are_refused_at_once)
{
    g_autofree char *message = NULL;
    ck_assert_uint_eq(runs_of("simulation.seed = 1 .. 1000 step 1\n"
                              "policy.weight = 0 .. 0.999 step 0.001\n"
                              "simulation.rounds = 1 .. 1000 step 1\n"
                              "simulation.replications = 1 .. 1000 step 1\n",
                              NULL, &message),
                      0);
    ck_assert_str_eq(message, "this sweep has 1000000000000 combinations, more than 1000000");
}
END_TEST

/* What no run of the sweep takes notice of is told, at its axis; of what some do the runs that come
 * out twice. */
START_TEST(idle_axes_are_told)
{
    static const struct {
        const char *sweep, *told;
    } cases[] = {
        {"radio.rician-k = 0 dB, 6 dB\nradio.fading = none, rayleigh\n", "'rician-k' is ignored"},
        {"radio.rician-k = 0 dB, 6 dB\nradio.fading = none, rician\n",
         "1 of 4 runs are the same as others along 'radio.rician-k', such as run 3 as run 1"},
        {"radio.rician-k = 0 dB, 6 dB\nradio.fading = rician, rayleigh\n"
         "where = radio.fading = rician or radio.rician-k = 0 dB\n",
         NULL},
        {"radio.rician-k = 0 dB, 6 dB\nradio.fading = none, rician\nwhere = radio.fading = none\n",
         "'rician-k' is ignored"},
        {"policy.cut = 1, 2\npolicy.name = card, server-only\n", "'cut' is ignored"},
        {"policy.cut = 1, 2\npolicy.name = card, static\n",
         "1 of 4 runs are the same as others along 'policy.cut', such as run 3 as run 1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *message = NULL;
        g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
        ck_assert_uint_ge(runs_of(cases[i].sweep, NULL, &message), 1);
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsSweep) sweep = cs_sweep_read(path, NULL, paths, diagnostics);
        ck_assert_uint_eq(cs_diagnostics_count(diagnostics), cases[i].told != NULL ? 1 : 0);
        if (cases[i].told == NULL)
            continue;
        ck_assert(g_str_has_prefix(cs_diagnostics_message(diagnostics, 0), cases[i].told));
        CsPlace place = cs_diagnostics_place(diagnostics, 0);
        ck_assert(place.line == 6 && place.column == 1);
    }
}
END_TEST

int main(void)
{
    paths = cs_paths_new(NULL);
    folder = g_dir_make_tmp("cardsim-sweep-XXXXXX", NULL);
    Suite *suite = suite_create("sweep");
    TCase *tc = tcase_create("sweep");
    tcase_add_test(tc, values);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, conditions);
    tcase_add_test(tc, conditions_refused);
    tcase_add_test(tc, the_same_point_twice);
    tcase_add_test(tc, an_axis_zipped_twice);
    tcase_add_test(tc, runs_are_what_their_values_say);
    tcase_add_test(tc, idle_axes_are_told);
    tcase_add_test(tc, many_combinations_are_planned_at_once);
    suite_add_tcase(suite, tc);
    TCase *at_once = tcase_create("at once");
    tcase_set_timeout(at_once, 20);
    tcase_add_test(at_once, too_many_combinations_are_refused_at_once);
    suite_add_tcase(suite, at_once);
    int status = cs_check_main(suite);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    g_unlink(path);
    g_rmdir(folder);
    g_free(folder);
    cs_paths_unref(paths);
    return status;
}
