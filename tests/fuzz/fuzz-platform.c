/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-platform: platform files. An accepted one has figures above 0. */
#include "energy/platform.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("input.ini", data, size);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsPlace nowhere = {NULL, 0, 0, 0};
    g_autoptr(CsPlatform) platform =
        cs_platform_read(path, NULL, fuzz_paths(), nowhere, diagnostics);
    fuzz_check_diagnostics(diagnostics, platform != NULL);
    if (platform != NULL)
        g_assert(platform->cores >= 1 && platform->frequency_max_hz > 0 &&
                 platform->flops_per_cycle > 0 && !(platform->power_max_w <= 0));
    return 0;
}
