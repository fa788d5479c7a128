/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-table: a user's threshold CSV, and the same bytes as a CQI and as an MCS table of a data
 * directory of the user's, as a table of power and as one of layers' times. Accepted thresholds
 * rise; every format's efficiency is that of its row; power is known, and times are, at any clock.
 */
#include "fuzz.h"
#include "energy/tables.h"
#include "radio/cqi.h"

#include <stdio.h>

static void read_thresholds(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("input.csv", data, size);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsPlace nowhere = {NULL, 0, 0, 0};
    CsThresholds thresholds;
    gboolean good = cs_thresholds_read(&thresholds, path, NULL, fuzz_paths(), nowhere, diagnostics);
    fuzz_check_diagnostics(diagnostics, good);
    for (int i = 1; good && i < CS_CQI_N; i++)
        g_assert(thresholds.uplink[i] > thresholds.uplink[i - 1] &&
                 thresholds.downlink[i] > thresholds.downlink[i - 1]);
}

static void read_table(const uint8_t *data, size_t size, const char *name)
{
    g_autofree char *path = fuzz_write(name, data, size);
    g_autofree char *directory = g_path_get_dirname(path);
    const char *const include[] = {directory, NULL};
    g_autoptr(CsPaths) paths = cs_paths_new(include);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsPlace nowhere = {NULL, 0, 0, 0};
    CsCqiTable table;
    gboolean good = cs_cqi_table_read(&table, 1, paths, nowhere, diagnostics);
    fuzz_check_diagnostics(diagnostics, good);
    for (int i = 1; good && i < CS_CQI_N; i++)
        g_assert(table.cqi[i].efficiency > table.cqi[i - 1].efficiency &&
                 table.mcs_of_cqi[i] >= 0 && table.mcs_of_cqi[i] < table.n_mcs);
    g_assert(remove(path) == 0);
}

static void read_measurements(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("input.csv", data, size);
    g_autoptr(CsDiagnostics) of_power = cs_diagnostics_new(), of_times = cs_diagnostics_new();
    CsPlace nowhere = {NULL, 0, 0, 0};
    g_autoptr(CsPowerTable) power = cs_power_table_read(path, path, nowhere, of_power);
    fuzz_check_diagnostics(of_power, power != NULL);
    if (power != NULL)
        g_assert(cs_power_points_w(power->point, power->n, 1e9) > 0);
    g_autoptr(CsLayerTimes) times = cs_layer_times_read(path, path, nowhere, of_times);
    fuzz_check_diagnostics(of_times, times != NULL);
    for (double tokens = 1; times != NULL && tokens < 1e6; tokens *= 10)
        g_assert(cs_time_law_s(cs_layer_times_at(times, tokens, FALSE, 1e9), 1e9) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_thresholds(data, size);
    read_measurements(data, size);
    read_table(data, size, "cqi-table-1.csv");
    read_table(data, size, "mcs-table-1.csv");
    return 0;
}
