/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the axes and conditions of a sweep: expectations written by hand. */
#include "cs-check.h"

#include "campaign/axis.h"
#include "campaign/condition.h"

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

static const char *const axes[] = {"radio.path-loss-exponent", "policy.name", "device.1.distance"};

static int holds(const char *text, const char *alpha, const char *policy, const char *distance)
{
    const char *const point[] = {alpha, policy, distance};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) source = cs_source_new("x", g_strdup(text), strlen(text));
    g_autoptr(CsCondition) condition =
        cs_condition_read(text, place_of(source, 1), axes, 3, diagnostics);
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
        "not",
        "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(holds(bad[i], "2", "card", "8 m") == -1, "'%s'", bad[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep");
    TCase *tc = tcase_create("sweep");
    tcase_add_test(tc, values);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, conditions);
    tcase_add_test(tc, conditions_refused);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
