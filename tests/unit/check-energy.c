/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/energy: the letter's equations, the platform files and their reader. */
#include "cs-check.h"

#include "energy/energy.h"
#include "energy/platform.h"
#include "energy/radio-power.h"

#include <stdio.h>
#include <string.h>

static const CsPlace nowhere = {NULL, 0, 0, 0};

/* Letter Eq. 7, 8, 11 by hand, with the letter's Tables I and II. */
START_TEST(letter_equations)
{
    /* 1e12 FLOPs at 1 GHz, 2 FLOPs a core and cycle, 500 cores: 1 s. */
    ck_assert_close(cs_compute_time(1e12, 1e9, 2, 500), 1.0, 1e-15);
    /* 2.46^3 = 14.886936: 1e-25 W/Hz^3 gives 1488.6936 W, which the letter rounds to 1489. */
    double power_w = 1e-25 * 2.46e9 * 2.46e9 * 2.46e9;
    ck_assert_close(power_w, 1488.6936, 1e-12);
    /* One second of that power: f δ σ FLOPs at f. */
    ck_assert_close(cs_compute_energy(1e-25, 2.46e9, 2.46e9 * 2 * 3072, 2, 3072), 1488.6936, 1e-12);
    /* E grows with f², time with 1/f. */
    ck_assert_close(cs_compute_energy(1e-25, 2e9, 1e12, 2, 3072) /
                        cs_compute_energy(1e-25, 1e9, 1e12, 2, 3072),
                    4.0, 1e-15);
    ck_assert_double_eq(cs_compute_energy(1e-25, 1e9, 0, 2, 3072), 0.0);
    ck_assert_double_eq(cs_compute_time(0, 1e9, 2, 512), 0.0);
}
END_TEST

START_TEST(power_coefficient)
{
    ck_assert_close(cs_power_coefficient(1488.6936, 2.46e9), 1e-25, 1e-12);
    /* RTX 4060: 115 W / (2.46 GHz)³ = 115 / 14.886936 · 1e-27 */
    ck_assert_close(cs_power_coefficient(115, 2.46e9), 7.7249e-27, 1e-4);
    double coefficient = cs_power_coefficient(60, 1.3e9);
    ck_assert_close(coefficient * 1.3e9 * 1.3e9 * 1.3e9, 60.0, 1e-14);
}
END_TEST

/* The unit of the last digit of "0.236": 0.001. */
static double last_digit(const char *number)
{
    const char *point = strchr(number, '.');
    return point != NULL ? pow(10, -(double)strlen(point + 1)) : 1;
}

/* Every platform file against tests/data/platform/reference.csv, and every file has a row there. */
START_TEST(catalogue_agrees_with_published_figures)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autofree char *path = cs_test_path("tests/data/platform/reference.csv");
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    guint n = 0;
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) field = g_strsplit(*line, ",", -1);
        if (**line == '#' || strcmp(field[0], "name") == 0)
            continue;
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsPlatform) platform =
            cs_platform_read(field[0], NULL, paths, nowhere, diagnostics);
        ck_assert_msg(platform != NULL && cs_diagnostics_count(diagnostics) == 0, "%s", field[0]);
        double tflops =
            platform->flops_per_cycle * platform->cores * platform->frequency_max_hz / 1e12;
        double published = g_ascii_strtod(field[1], NULL);
        ck_assert_msg(fabs(tflops - published) < last_digit(field[1]), "%s: %g, published %s",
                      field[0], tflops, field[1]);
        if (*field[2] == '\0')
            ck_assert(isnan(platform->power_max_w));
        else
            ck_assert_close(platform->power_max_w, g_ascii_strtod(field[2], NULL), 1e-15);
        /* A fused multiply-add a core and cycle, but of processors that are no GPU. */
        if (!g_str_has_suffix(field[0], "-cpu"))
            ck_assert_double_eq(platform->flops_per_cycle, 2.0);
        ck_assert_str_eq(platform->name, field[0]);
        ck_assert(strlen(platform->title) > 0);
        n++;
    }
    g_auto(GStrv) names = cs_paths_list(paths, "models/platform", ".ini");
    ck_assert_uint_eq(n, g_strv_length(names));
    ck_assert_uint_eq(n, 40);
}
END_TEST

/* Cores and clocks of the letter's Table I, devices 1 and 3, and its server. */
START_TEST(catalogue_holds_the_letters_platforms)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPlatform) device =
        cs_platform_read("jetson-agx-orin-64gb", NULL, paths, nowhere, diagnostics);
    ck_assert_double_eq(device->cores, 2048);
    ck_assert_close(device->frequency_max_hz, 1.3e9, 1e-15);
    ck_assert_close(device->memory_byte, 64e9, 1e-15);
    g_autoptr(CsPlatform) server = cs_platform_read("rtx-4060", NULL, paths, nowhere, diagnostics);
    ck_assert_double_eq(server->cores, 3072);
    ck_assert_close(server->frequency_max_hz, 2.46e9, 1e-15);
    g_autoptr(CsPlatform) phone = cs_platform_read("adreno-722", NULL, paths, nowhere, diagnostics);
    ck_assert(isnan(phone->memory_byte));
}
END_TEST

/* Writes `text` to a file and reads it as a platform; what is said is in `diagnostics`. */
static CsPlatform *read_text(const char *text, CsDiagnostics *diagnostics)
{
    g_autofree char *folder = g_dir_make_tmp("cs-energy-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "p.ini", NULL);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    CsPlatform *platform = cs_platform_read("p.ini", folder, paths, nowhere, diagnostics);
    remove(file);
    remove(folder);
    return platform;
}

START_TEST(platform_defaults)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPlatform) platform =
        read_text("[platform]\ncores = 512\nfrequency-max = 0.5 GHz\n", diagnostics);
    ck_assert_ptr_nonnull(platform);
    ck_assert_double_eq(platform->flops_per_cycle, 2);
    ck_assert(isnan(platform->power_max_w) && isnan(platform->memory_byte));
    ck_assert(isnan(platform->tx_circuit_power_w) && isnan(platform->rx_power_w));
    ck_assert_str_eq(platform->title, "p.ini");
    ck_assert_double_eq(platform->frequency_max_hz, 5e8);
}
END_TEST

START_TEST(platform_radio)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPlatform) platform = read_text("[platform]\ncores = 512\nfrequency-max = 0.5 GHz\n"
                                               "tx-circuit-power = 30 dBm\nrx-power = 1288 mW\n",
                                               diagnostics);
    ck_assert_ptr_nonnull(platform);
    ck_assert_close(platform->tx_circuit_power_w, 1, 1e-12);
    ck_assert_close(platform->rx_power_w, 1.288, 1e-12);
    ck_assert_ptr_null(read_text("[platform]\ncores = 512\nfrequency-max = 0.5 GHz\n"
                                 "rx-power = 2\n",
                                 diagnostics));
}
END_TEST

START_TEST(platform_errors)
{
#define GOOD "cores = 512\nfrequency-max = 0.5 GHz\n"
    static const struct {
        const char *text, *part;
        guint line;
    } bad[] = {
        {"[platform]\nfrequency-max = 1 GHz\n", "needs the key 'cores'", 1},
        {"[platform]\ncores = 1\n", "needs the key 'frequency-max'", 1},
        {"[platform]\ncores = 1.5\nfrequency-max = 1 GHz\n", "whole number", 2},
        {"[platform]\ncores = 0\nfrequency-max = 1 GHz\n", "out of range", 2},
        {"[platform]\ncores = 1\nfrequency-max = 1\n", "unit of frequency", 3},
        {"[platform]\ncores = 1\nfrequency-max = -1 GHz\n", "is out of range", 3},
        {"[platform]\ncores = 1\nfrequency-max = 0\n", "is out of range", 3},
        {"[platform]\ncores = 1\nfrequency-max = 1e9 GHz\n", "is out of range", 3},
        {"[platform]\n" GOOD "power-max = 5 GHz\n", "unit of power", 4},
        {"[platform]\n" GOOD "memory = nan GB\n", "finite number", 4},
        {"[platform]\n" GOOD "flops-per-cycle = 1e9\n", "out of range", 4},
        {"[platform]\n" GOOD "power = 5 W\n", "no key 'power'", 4},
        {"[platform]\n" GOOD "[gpu]\n", "no group 'gpu'", 4},
        {"[gpu]\ncores = 1\n", "needs a group [platform]", 0},
        {"", "needs a group [platform]", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_msg(read_text(bad[i].text, diagnostics) == NULL, "accepted: %s", bad[i].text);
        ck_assert_uint_ge(cs_diagnostics_errors(diagnostics), 1);
        const char *message = cs_diagnostics_message(diagnostics, 0);
        ck_assert_msg(strstr(message, bad[i].part) != NULL, "%s: %s", bad[i].text, message);
        ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).line, bad[i].line);
    }
}
END_TEST

START_TEST(unknown_platform_is_suggested)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsSource) source =
        cs_source_new("s.ini", g_strdup("platform = RTX-4091\n"), strlen("platform = RTX-4091\n"));
    CsPlace place = {source, 1, 12, 8};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(cs_platform_read("RTX-4091", NULL, paths, place, diagnostics));
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), "no platform is called 'RTX-4091'");
    ck_assert_str_eq(cs_diagnostics_help(diagnostics, 0), "did you mean 'rtx-4090'?");
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, 12);

    ck_assert_ptr_null(cs_platform_read("./no.ini", NULL, paths, place, diagnostics));
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 1),
                     "cannot read './no.ini': No such file or directory");
}
END_TEST

/* What is given stays; a base or a slope alone has the other 0; the rest is the named set's. */
START_TEST(radio_power_is_completed)
{
    CsRadioPower power = {CS_RADIO_POWER_NONE, 3, NAN, NAN, 1e-8, FALSE, FALSE};
    cs_radio_power_complete(&power);
    ck_assert(power.sends && power.receives);
    ck_assert(power.send_base_w == 3 && power.send_slope_j_per_bit == 0);
    ck_assert(power.receive_base_w == 0 && power.receive_slope_j_per_bit == 1e-8);

    CsRadioPower none = {CS_RADIO_POWER_NONE, NAN, NAN, NAN, NAN, FALSE, FALSE};
    cs_radio_power_complete(&none);
    ck_assert(!none.sends && !none.receives);

    CsRadioPower lte = {CS_RADIO_POWER_LTE, 3, NAN, NAN, 1e-8, FALSE, FALSE};
    cs_radio_power_complete(&lte);
    ck_assert(lte.sends && lte.receives);
    ck_assert(lte.send_base_w == 3 && lte.send_slope_j_per_bit == 7.9527e-8);
    ck_assert(lte.receive_base_w == 2.719 && lte.receive_slope_j_per_bit == 1e-8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("energy");
    TCase *tc = tcase_create("energy");
    tcase_add_test(tc, letter_equations);
    tcase_add_test(tc, power_coefficient);
    tcase_add_test(tc, catalogue_agrees_with_published_figures);
    tcase_add_test(tc, catalogue_holds_the_letters_platforms);
    tcase_add_test(tc, platform_defaults);
    tcase_add_test(tc, platform_radio);
    tcase_add_test(tc, platform_errors);
    tcase_add_test(tc, unknown_platform_is_suggested);
    tcase_add_test(tc, radio_power_is_completed);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
