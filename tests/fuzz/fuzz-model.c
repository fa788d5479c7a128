/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-model: model files. An accepted one has a profile of finite, never negative figures. */
#include "fuzz.h"
#include "llm/profile.h"
#include "llm/read.h"

#include <math.h>

static void check_profile(const CsArchitecture *architecture)
{
    const CsTraining training = {.batch = 1,
                                 .sequence_length = 16,
                                 .lora_rank = 4,
                                 .lora_targets = CS_LORA_ALL,
                                 .activation_bit = 16,
                                 .adapter_bit = 32,
                                 .head = TRUE};
    g_autoptr(CsProfile) profile = cs_profile_new(architecture, &training);
    g_assert_cmpuint(profile->n_cuts, ==, architecture->n_layers + 1);
    for (guint c = 0; c < profile->n_cuts; c++) {
        g_assert(isfinite(profile->device_forward_flop[c]) && profile->device_forward_flop[c] >= 0);
        g_assert(isfinite(profile->server_backward_flop[c]) &&
                 profile->server_backward_flop[c] >= 0);
        g_assert(isfinite(profile->adapter_bit[c]) && profile->adapter_bit[c] >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("input.ini", data, size);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsPlace nowhere = {NULL, 0, 0, 0};
    g_autoptr(CsArchitecture) architecture =
        cs_architecture_read(path, NULL, fuzz_paths(), nowhere, diagnostics);
    fuzz_check_diagnostics(diagnostics, architecture != NULL);
    if (architecture != NULL)
        check_profile(architecture);
    return 0;
}
