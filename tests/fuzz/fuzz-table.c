/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-table: a user's threshold CSV, and the same bytes as a CQI and as an MCS table of a data
 * directory of the user's. Accepted thresholds rise; every format's efficiency is that of its row.
 */
#include "fuzz.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_thresholds(data, size);
    read_table(data, size, "cqi-table-1.csv");
    read_table(data, size, "mcs-table-1.csv");
    return 0;
}
