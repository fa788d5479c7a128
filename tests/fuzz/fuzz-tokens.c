/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-tokens: a file of uint16 tokens for a vocabulary of 300. */
#include "fuzz.h"
#include "learning/folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("tokens.u16", data, size);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GArray) tokens = cs_tokens_read(path, 300, diagnostics);
    fuzz_check_diagnostics(diagnostics, tokens != NULL);
    g_assert(tokens == NULL || tokens->len * 2 == size);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++)
        g_assert(g_array_index(tokens, guint16, i) < 300);
    return 0;
}
