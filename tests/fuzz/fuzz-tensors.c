/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-tensors: a safetensors file, every number of which is then read. */
#include "fuzz.h"
#include "learning/tensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(CsTensors) tensors = cs_tensors_parse("fuzz", bytes, diagnostics);
    fuzz_check_diagnostics(diagnostics, tensors != NULL);
    for (guint i = 0; tensors != NULL && i < cs_tensors_count(tensors); i++) {
        const CsTensor *tensor = cs_tensors_get(tensors, i);
        g_assert(tensor->count <= size && cs_tensors_find(tensors, tensor->name) == tensor);
        double sum = 0.0;
        for (gsize j = 0; j < tensor->count; j++)
            sum += cs_tensor_value(tensor, j);
        g_assert(tensor->count > 0 || !(sum > 0.0));
    }
    return 0;
}
