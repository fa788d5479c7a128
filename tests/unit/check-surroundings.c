/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of radio/surroundings and of what scenarios are told of them: the correlation of the line
 * of sight along a path, the height of UMa's environment, where TR 38.901 ends, speeds that are
 * drawn.
 */
#include "cs-check.h"

#include "radio/mobility.h"
#include "radio/surroundings.h"
#include "scenario/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- line of sight ---------------------------------------------------------------------------- */

static CsRadio environment_radio(CsPathLossModel model, double ap_height_m)
{
    CsRadio radio = {.carrier_hz = 3.5e9,
                     .path_loss = model,
                     .line_of_sight = CS_LINE_OF_SIGHT_PROBABILITY,
                     .ap_height_m = ap_height_m,
                     .shadowing_db = 0,
                     .shadowing_distance_m = NAN};
    return radio;
}

/* The distance at which a line of sight is there half of the time. */
static double half_way(CsEnvironment environment)
{
    double low = 1, high = 500;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        *(cs_environment_los_probability(environment, middle, 1.5) > 0.5 ? &low : &high) = middle;
    }
    return low;
}

/*
 * Of two normal numbers with the correlation r both are below their median with the probability
 * 1/4 + asin(r)/2π (Sheppard 1899): so where P(LOS) is 1/2, a line of sight stays over a path of D
 * with the probability 1/2 + asin(exp(-D/d_corr))/π, d_corr that of Table 7.6.3.1-2 of TR 38.901:
 * 50 m in UMi and UMa, 10 m indoors.
 */
static const struct {
    CsPathLossModel model;
    double ap_height_m, correlation_m;
} states[] = {{CS_PATH_LOSS_UMI, 10, 50},
              {CS_PATH_LOSS_UMA, 25, 50},
              {CS_PATH_LOSS_INH_MIXED, 3, 10},
              {CS_PATH_LOSS_INH_OPEN, 3, 10}};

START_TEST(line_of_sight_along_a_path)
{
    enum { DEVICES = 20000 };
    CsRadio radio = environment_radio(states[_i].model, states[_i].ap_height_m);
    double distance_m = half_way((CsEnvironment)(states[_i].model - CS_PATH_LOSS_UMI));
    static const double ways[] = {0.25, 0.5, 1, 3}; /* in correlation distances */
    double seen = 0, kept[G_N_ELEMENTS(ways)] = {0};
    for (guint i = 0; i < DEVICES; i++) {
        CsSurroundings surroundings;
        cs_surroundings_init(&surroundings, 7, 1, i);
        if (!cs_surroundings_at(&surroundings, &radio, 1.5, distance_m, 0).line_of_sight)
            continue;
        seen++;
        for (guint j = 0; j < G_N_ELEMENTS(ways); j++)
            kept[j] += cs_surroundings_at(&surroundings, &radio, 1.5, distance_m,
                                          (ways[j] + 1e-6) * states[_i].correlation_m)
                           .line_of_sight;
    }
    ck_assert_close(seen / DEVICES, 0.5, 0.03);
    for (guint j = 0; j < G_N_ELEMENTS(ways); j++)
        ck_assert_double_eq_tol(kept[j] / seen, 0.5 + asin(exp(-ways[j])) / G_PI,
                                4 * 0.5 / sqrt(seen));
}
END_TEST

/* A walk through every step, a leap, and a look back see the same. */
START_TEST(line_of_sight_does_not_depend_on_looks)
{
    CsRadio radio = environment_radio(CS_PATH_LOSS_UMI, 10);
    CsSurroundings walk, leap;
    cs_surroundings_init(&walk, 3, 2, 1);
    leap = walk;
    gboolean seen[400];
    int changes = 0;
    for (int i = 0; i < 400; i++) {
        seen[i] = cs_surroundings_at(&walk, &radio, 1.5, 60, 5.0 * i).line_of_sight;
        changes += i > 0 && seen[i] != seen[i - 1];
    }
    ck_assert_int_gt(changes, 5);
    for (int i = 399; i >= 0; i -= 7)
        ck_assert(cs_surroundings_at(&leap, &radio, 1.5, 60, 5.0 * i).line_of_sight == seen[i]);
    /* Far beyond what it remembers. */
    gboolean far = cs_surroundings_at(&leap, &radio, 1.5, 60, 1e7).line_of_sight;
    ck_assert(cs_surroundings_at(&walk, &radio, 1.5, 60, 1e7).line_of_sight == far);
}
END_TEST

/* --- the height of UMa's environment ---------------------------------------------------------- */

/* 22.5 m high, 500 m away: C = 0.95^1.5 1.25 5^3 exp(-10/3) = 5.161, so that h_E is 1 m with the
 * probability 0.1623, else 12, 15, 18 or 21 m. At 700 MHz the break point is behind 500 m but for
 * 18 m (4·7·4.5·0.7e9/c = 294.2 m) and 21 m (56.04 m). */
START_TEST(uma_height_by_hand)
{
    static const double height_m[] = {12, 15, 18, 21};
    double one = 1 / (1 + pow(0.95, 1.5) * 1.25 * 125 * exp(-10 / 3.0)), mean_db = 0;
    double d_db = log10(hypot(500, 2.5)), near_db = 28 + 22 * d_db + 20 * log10(0.7);
    ck_assert_close(one, 0.1623, 1e-3);
    for (int i = 0; i < 4; i++) {
        const double inside[] = {one * 0.999, 0.25 * i + 0.1},
                     beyond[] = {one * 1.001, 0.25 * i + 0.1};
        ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMA, 500, 22.5, 25, inside), 1);
        ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMA, 500, 22.5, 25, beyond),
                            height_m[i]);
        CsGeometry geometry = {500, 25, 22.5, 0.7e9, height_m[i]};
        double break_m = 4 * (25 - height_m[i]) * (22.5 - height_m[i]) * 0.7e9 / 299792458;
        double expected_db = near_db;
        if (i >= 2)
            expected_db = 28 + 40 * d_db + 20 * log10(0.7) - 9 * log10(break_m * break_m + 6.25);
        ck_assert_close(cs_environment_loss_db(CS_ENVIRONMENT_UMA, TRUE, &geometry), expected_db,
                        1e-9);
        mean_db += (1 - one) / 4 * (expected_db - near_db);
    }
    ck_assert_double_eq_tol(near_db, 84.28, 0.005);
    ck_assert_double_eq_tol(mean_db, 4.45, 0.005);
    /* Heights of which there is nothing to draw, and other environments. */
    const double last[] = {1, 1};
    ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMA, 500, 13, 25, last), 1);
    ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMA, 500, 13.4, 25, last), 1);
    ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMA, 500, 13.5, 25, last), 12);
    ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMA, 18, 22.5, 25, last), 1);
    ck_assert_double_eq(cs_environment_height(CS_ENVIRONMENT_UMI, 500, 22.5, 10, last), 1);
}
END_TEST

/* The same law over devices, each with a height of its own that the replication changes. */
START_TEST(uma_height_is_drawn_by_device)
{
    enum { DEVICES = 20000 };
    CsRadio radio = environment_radio(CS_PATH_LOSS_UMA, 25);
    radio.carrier_hz = 0.7e9;
    radio.line_of_sight = CS_LINE_OF_SIGHT_ALWAYS;
    double far[2] = {0};
    guint changed = 0;
    for (guint i = 0; i < DEVICES; i++) {
        double loss_db[2];
        for (guint64 replication = 1; replication <= 2; replication++) {
            CsSurroundings surroundings;
            cs_surroundings_init(&surroundings, 1, replication, i);
            loss_db[replication - 1] =
                10 * log10(cs_surroundings_at(&surroundings, &radio, 22.5, 500, 0).loss);
        }
        far[0] += loss_db[0] > 88 && loss_db[0] < 89;
        far[1] += loss_db[0] > 101;
        changed += loss_db[0] != loss_db[1];
    }
    for (int i = 0; i < 2; i++)
        ck_assert_double_eq_tol(far[i] / DEVICES, (1 - 0.1623) / 4, 4 * 0.41 / sqrt(DEVICES));
    ck_assert_uint_gt(changed, DEVICES / 4);
}
END_TEST

/* --- speeds that are drawn -------------------------------------------------------------------- */

/* Legs at speeds uniform from v to V: the mean over time is (V - v)/ln(V/v) (Yoon et al. 2003). */
START_TEST(mean_speed_of_legs)
{
    const CsMobility mobility = {CS_MOBILITY_RANDOM_WAYPOINT, 1, 0, 50, 0, 4};
    CsWalker walker;
    cs_walker_init(&walker, &mobility, 20, cs_random_key(1, 1, 5, CS_PURPOSE_WAYPOINT));
    double last_m = 0;
    for (double t = 0.5; t <= 4000; t += 0.5) {
        CsPosition at = cs_walker_at(&walker, &mobility, t);
        ck_assert(at.path_m - last_m >= 0.5 - 1e-9 && at.path_m - last_m <= 2 + 1e-9);
        ck_assert_close(cs_walker_travel(&walker, t), at.path_m, 1e-9);
        last_m = at.path_m;
    }
    const double end_s = 6e5;
    ck_assert_close(cs_walker_at(&walker, &mobility, end_s).path_m / end_s, 3 / log(4), 0.02);
    /* An earlier time gives what it gave. */
    ck_assert_close(cs_walker_at(&walker, &mobility, 4000).path_m, last_m, 1e-12);
}
END_TEST

/* At rest at a waypoint the way does not grow, but that of what moves around does. */
START_TEST(travel_goes_on_in_pauses)
{
    const CsMobility mobility = {CS_MOBILITY_RANDOM_WAYPOINT, 1, 0, 10, 60, 3};
    CsWalker walker;
    cs_walker_init(&walker, &mobility, 5, cs_random_key(1, 1, 6, CS_PURPOSE_WAYPOINT));
    double path_m = 0, travel_m = 0;
    guint pauses = 0;
    for (double t = 1; t <= 3000; t += 1) {
        CsPosition at = cs_walker_at(&walker, &mobility, t);
        double gone_m = cs_walker_travel(&walker, t) - travel_m;
        ck_assert(gone_m >= 1 - 1e-9 && gone_m <= 3 + 1e-9);
        pauses += at.path_m == path_m;
        travel_m += gone_m;
        path_m = at.path_m;
    }
    ck_assert_uint_gt(pauses, 2000);
}
END_TEST

/* On a line, one speed a device, uniform: its mean is (v + V)/2, its variance (V - v)²/12. */
START_TEST(speeds_of_devices)
{
    enum { DEVICES = 20000 };
    const CsMobility mobility = {CS_MOBILITY_LINEAR, 2, 0, 0, 0, 8};
    double sum = 0, square = 0;
    for (guint i = 0; i < DEVICES; i++) {
        CsWalker walker;
        cs_walker_init(&walker, &mobility, 5, cs_random_key(1, 1, i, CS_PURPOSE_WAYPOINT));
        double speed = cs_walker_at(&walker, &mobility, 10).path_m / 10;
        ck_assert_close(cs_walker_at(&walker, &mobility, 1000).path_m, 1000 * speed, 1e-12);
        sum += speed;
        square += speed * speed;
    }
    ck_assert_close(sum / DEVICES, 5, 0.01);
    ck_assert_close(square / DEVICES - 25, 3, 0.03);
}
END_TEST

/* --- what scenarios are told ------------------------------------------------------------------ */

static char *told_of(const char *text, gboolean *read)
{
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    g_autofree char *base = g_build_filename(folder, "base.ini", NULL);
    ck_assert(g_file_set_contents(base, "[radio]\npath-loss-exponent = 3\n", -1, NULL));
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    *read = scenario != NULL;
    if (scenario != NULL)
        cs_scenario_tell_idle(scenario, diagnostics);
    g_unlink(path);
    g_unlink(base);
    g_rmdir(folder);
    return cs_diagnostics_format(diagnostics, FALSE);
}

#define DEVICE "\n[device a]\nfrequency = 1 GHz\ncores = 1024\n"

static const struct {
    const char *text;
    gboolean read;
    const char *told; /* what is told, and all of it; NULL: nothing */
} scenarios[] = {
    {"[radio]\npath-loss = umi" DEVICE "distance = 10 m .. 5 km\nheight = 22.5 m\n", TRUE, NULL},
    {"[radio]\npath-loss = inh-open\ncarrier = 100 GHz" DEVICE "distance = 1 m\nheight = 1 m\n",
     TRUE, NULL},
    {"[radio]\npath-loss = umi" DEVICE "distance = 50 m\nheight = 1.499 m\n", FALSE,
     "a.ini:7:10: error: TR 38.901 has no path loss of umi for a device below 1.5 m"},
    {"[radio]\npath-loss = uma" DEVICE "distance = 50 m\nheight = 0.5 m\n", FALSE,
     "a.ini:7:10: error: TR 38.901 has no path loss of uma for a device below 1.5 m"},
    {"[radio]\npath-loss = uma\nap-height = 1 m" DEVICE "distance = 50 m\n", FALSE,
     "a.ini:3:13: error: TR 38.901 has no path loss of uma for an access point that is not above"},
    {"[radio]\npath-loss = umi\nap-height = 12 m" DEVICE "distance = 50 m\n", TRUE,
     "a.ini:3:13: warning: TR 38.901 states umi for an access point 10 m high"},
    {"[radio]\npath-loss = uma\ncarrier = 100 MHz" DEVICE "distance = 50 m\n", TRUE,
     "a.ini:3:11: warning: TR 38.901 covers uma for carriers from 0.5 GHz to 100 GHz"},
    {"[radio]\npath-loss = uma" DEVICE "distance = 50 m\nheight = 22.6 m\n", TRUE,
     "a.ini:7:10: warning: TR 38.901 covers uma for devices from 1.5 m to 22.5 m high"},
    {"[radio]\npath-loss = inh-mixed" DEVICE "distance = 100 m .. 151 m\n", TRUE,
     "a.ini:6:12: warning: TR 38.901 covers inh-mixed from 1 m to 150 m"},
    {"[radio]\npath-loss = umi" DEVICE "distance = 9.9 m\n", TRUE,
     "a.ini:6:12: warning: TR 38.901 covers umi from 10 m to 5000 m"},
    {"[radio]\npath-loss = umi" DEVICE "distance = 90 m\nmobility = random-waypoint\n"
     "area-radius = 6 km\n",
     TRUE, "a.ini:8:15: warning: TR 38.901 covers umi up to 5000 m"},
    /* By default a round computes for seconds at the least: 1000 of them are a walk of 5 km. */
    {"[simulation]\nrounds = 1000\n[radio]\npath-loss = umi" DEVICE
     "distance = 90 m\nspeed = 20 m/s\nmobility = linear\n",
     TRUE, "a.ini:10:12: warning: TR 38.901 covers umi from 10 m to 5000 m, and 'a' walks out"},
    {"[simulation]\nrounds = 1\n[radio]\npath-loss = umi" DEVICE
     "distance = 90 m\nspeed = 0.001 m/s\nmobility = linear\n",
     TRUE, NULL},
    {"[radio]\npath-loss = umi\npath-loss-exponent = 3" DEVICE "distance = 50 m\n", TRUE,
     "a.ini:3:22: warning: 'path-loss-exponent' is ignored: an environment"},
    {"[radio]\npath-loss = umi\nreference-loss = 40 dB" DEVICE "distance = 50 m\n", TRUE,
     "a.ini:3:18: warning: 'reference-loss' is ignored: an environment"},
    {"[radio]\npath-loss = umi" DEVICE "distance = 50 m\nreference-distance = 2 m\n", TRUE,
     "a.ini:7:22: warning: 'reference-distance' is ignored: an environment"},
    {"[radio]\nline-of-sight = always" DEVICE "distance = 50 m\n", TRUE,
     "a.ini:2:17: warning: 'line-of-sight' is ignored: 'path-loss = log-distance' does not"},
    {DEVICE "distance = 50 m\nheight = 3 m\n", TRUE,
     "a.ini:6:10: warning: 'height' is ignored: 'path-loss = log-distance' does not"},
    /* Another device's key, and what an extended file says, are no mistake. */
    {"[radio]\npath-loss = umi\npath-loss-exponent = 3" DEVICE
     "distance = 50 m\n[device b]\ninherits = a\npath-loss = log-distance\n",
     TRUE, NULL},
    {"[scenario]\nextends = base.ini\n[radio]\npath-loss = umi" DEVICE "distance = 50 m\n", TRUE,
     NULL},
    {"[radio]\ncoherence = 5 ms\ndoppler = gauss-markov" DEVICE "distance = 50 m\n", TRUE,
     "a.ini:3:11: warning: gauss-markov has the correlation of fading from one coherence time"},
    {"[radio]\ncoherence = 5 ms" DEVICE "distance = 50 m\nspeed = 1 m/s .. 2 m/s\n", TRUE, NULL},
    {"[radio]\ncoherence = 5 ms\ndoppler = gauss-markov\nfading = none" DEVICE "distance = 50 m\n",
     TRUE, "a.ini:3:11: warning: 'doppler' is ignored: fading does not move in time"},
};

START_TEST(scenarios_are_told)
{
    gboolean read;
    g_autofree char *told = told_of(scenarios[_i].text, &read);
    ck_assert_msg(read == scenarios[_i].read, "%s", told);
    const char *expected = scenarios[_i].told;
    ck_assert_msg(expected != NULL ? strstr(told, expected) != NULL : *told == '\0', "%s", told);
    const char *first = strstr(told, "38.901");
    ck_assert_msg(first == NULL || strstr(first + 1, "38.901") == NULL, "more than one:\n%s", told);
}
END_TEST

START_TEST(gauss_markov_has_one_speed)
{
    gboolean read;
    g_autofree char *told = told_of("[radio]\ncoherence = 5 ms\ndoppler = gauss-markov" DEVICE
                                    "distance = 50 m\nspeed = 1 m/s .. 2 m/s\n",
                                    &read);
    ck_assert(!read);
    ck_assert_msg(strstr(told, "a.ini:3:11: error: device 'a': a Gauss-Markov channel has one") !=
                      NULL,
                  "%s", told);
}
END_TEST

/* --- what is left out ------------------------------------------------------------------------- */

/* Without an environment nothing is shadowed, and 10 m decorrelate where something is; TR 38.901's
 * own laws stay in place of NANs. Its heights: 10 m (UMi), 25 m (UMa), 3 m (indoors). What is given
 * stays. */
START_TEST(what_is_left_out_of_a_radio)
{
    static const double height_m[] = {[CS_PATH_LOSS_LOG_DISTANCE] = 10,
                                      [CS_PATH_LOSS_UMI] = 10,
                                      [CS_PATH_LOSS_UMA] = 25,
                                      [CS_PATH_LOSS_INH_MIXED] = 3,
                                      [CS_PATH_LOSS_INH_OPEN] = 3};
    for (guint k = 0; k < G_N_ELEMENTS(height_m); k++) {
        CsRadio left_out = environment_radio((CsPathLossModel)k, NAN), given;
        left_out.shadowing_db = NAN;
        left_out.reference_distance_m = 2;
        cs_radio_complete(&left_out);
        ck_assert_close(left_out.reference_loss, pow(8 * G_PI * 3.5e9 / 299792458, 2), 1e-12);
        ck_assert(left_out.ap_height_m == height_m[k]);
        if (k == CS_PATH_LOSS_LOG_DISTANCE)
            ck_assert(left_out.shadowing_db == 0 && left_out.shadowing_distance_m == 10);
        else
            ck_assert(isnan(left_out.shadowing_db) && isnan(left_out.shadowing_distance_m));
        given = environment_radio((CsPathLossModel)k, 7);
        given.shadowing_db = 8;
        given.shadowing_distance_m = 33;
        given.reference_loss = 5;
        cs_radio_complete(&given);
        ck_assert(given.ap_height_m == 7 && given.shadowing_db == 8 && given.reference_loss == 5);
        ck_assert(given.shadowing_distance_m == 33);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("surroundings");
    TCase *places = tcase_create("places"), *speeds = tcase_create("speeds");
    TCase *told = tcase_create("told");
    tcase_add_loop_test(places, line_of_sight_along_a_path, 0, (int)G_N_ELEMENTS(states));
    tcase_add_test(places, line_of_sight_does_not_depend_on_looks);
    tcase_add_test(places, uma_height_by_hand);
    tcase_add_test(places, uma_height_is_drawn_by_device);
    tcase_add_test(speeds, mean_speed_of_legs);
    tcase_add_test(speeds, travel_goes_on_in_pauses);
    tcase_add_test(speeds, speeds_of_devices);
    tcase_add_loop_test(told, scenarios_are_told, 0, (int)G_N_ELEMENTS(scenarios));
    tcase_add_test(told, what_is_left_out_of_a_radio);
    tcase_add_test(told, gauss_markov_has_one_speed);
    suite_add_tcase(suite, places);
    suite_add_tcase(suite, speeds);
    suite_add_tcase(suite, told);
    return cs_check_main(suite);
}
