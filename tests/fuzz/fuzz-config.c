/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-config: a Hugging Face config.json. */
#include "fuzz.h"
#include "llm/profile.h"
#include "llm/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("config.json", data, size);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsPlace nowhere = {NULL, 0, 0, 0};
    g_autoptr(CsArchitecture) architecture =
        cs_architecture_read(path, NULL, fuzz_paths(), nowhere, diagnostics);
    fuzz_check_diagnostics(diagnostics, architecture != NULL);
    if (architecture == NULL)
        return 0;
    g_assert(architecture->n_layers >= 1 && architecture->n_layers <= CS_LAYERS_MAX);
    for (guint i = 0; i < architecture->n_layers; i++)
        g_assert(cs_layer_weights(architecture, i) > 0);
    return 0;
}
