/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/footprint: what is foretold against what the process grows by.
 */
#include "cs-check.h"

#include "output/row-sink.h"
#include "scenario/scenario.h"
#include "sim/footprint.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#define DEVICES 200000

static void nothing_of_round(CsSink *sink, const CsRoundRecord *record)
{
    (void)sink;
    (void)record;
}

static void nothing_of_device(CsSink *sink, const CsDeviceTotals *totals)
{
    (void)sink;
    (void)totals;
}

static const struct {
    const char *setting;
    gboolean rounds, devices;
} cases[] = {
    {"policy.weight=0.2", FALSE, FALSE},
    {"policy.weight=0.2", TRUE, FALSE},
    {"policy.weight=0.2", FALSE, TRUE},
    {"device.d.mobility=linear", FALSE, FALSE},
    {"radio.coherence=1 h", FALSE, FALSE},
    {"device.d.time-to-failure=1000000 s", FALSE, FALSE},
    {"policy.csi=delayed 20 rounds", FALSE, FALSE},
};

static double peak_byte(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

START_TEST(growth_is_foretold)
{
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    g_autofree char *text = g_strdup_printf(
        "[simulation]\nrounds = 1\nschedule = parallel\n[server]\ngpus = unlimited\n"
        "[device d]\ncount = %u\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n",
        DEVICES);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    const char *const settings[] = {cases[_i].setting, NULL};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, settings, paths, diagnostics);
    g_unlink(path);
    g_rmdir(folder);
    ck_assert_ptr_nonnull(scenario);
    const CsConfig *config = cs_scenario_config(scenario);
    guint tables = (cases[_i].rounds ? 1u << CS_TABLE_ROUNDS : 0) |
                   (cases[_i].devices ? 1u << CS_TABLE_DEVICES : 0);
    double foretold_byte = cs_config_footprint_byte(config, tables);
    CsSink sink = {.round = cases[_i].rounds ? nothing_of_round : NULL,
                   .device = cases[_i].devices ? nothing_of_device : NULL};
    double before_byte = peak_byte();
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    double grown_byte = peak_byte() - before_byte;
    ck_assert_msg(grown_byte < 2 * foretold_byte && grown_byte > foretold_byte / 2,
                  "%s: %g MB grown, %g MB foretold", cases[_i].setting, grown_byte / 1e6,
                  foretold_byte / 1e6);
}
END_TEST

/* The rows of a replication that waits for its turn in a sweep, and in a run without a place on
 * disk: made by the sinks that keep them. */
START_TEST(waiting_rows_are_foretold)
{
    static const char text[] =
        "[simulation]\nrounds = 40000\n[device d]\ncount = 5\nfrequency = 1 GHz\ncores = 512\n"
        "distance = 9 m .. 30 m\n[radio]\nfading = rayleigh\n";
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_unlink(path);
    g_rmdir(folder);
    ck_assert_ptr_nonnull(scenario);
    const CsConfig *config = cs_scenario_config(scenario);
    guint tables = 1u << CS_TABLE_ROUNDS | 1u << CS_TABLE_DEVICES;
    double foretold_byte = cs_config_waiting_byte(config, tables, CS_ROWS_DATABASE);
    double before_byte = peak_byte();
    CsRowSink *rows = cs_row_sink_new(tables, TRUE, 1, config);
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &rows->sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    double grown_byte = peak_byte() - before_byte;
    cs_row_sink_free(rows);
    ck_assert_msg(grown_byte < 2 * foretold_byte && grown_byte > foretold_byte / 2,
                  "%g MB grown, %g MB foretold", grown_byte / 1e6, foretold_byte / 1e6);
    /* As text they wait on disk beyond a few MiB. */
    ck_assert(cs_config_waiting_byte(config, tables, CS_ROWS_FILES) < 17e6);
    ck_assert(cs_config_waiting_byte(config, 0, CS_ROWS_DATABASE) == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("footprint");
    TCase *tc = tcase_create("footprint");
    tcase_set_timeout(tc, 60);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    tcase_add_test(tc, waiting_rows_are_foretold);
    tcase_add_loop_test(tc, growth_is_foretold, 0, (int)G_N_ELEMENTS(cases));
#else
    (void)growth_is_foretold_ttest;
    (void)waiting_rows_are_foretold_ttest;
#endif
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
