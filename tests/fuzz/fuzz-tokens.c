/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-tokens: a file of uint16 tokens for a vocabulary of 300; and the same bytes as a text of
 * which devices learn, for one of 200. */
#include "fuzz.h"
#include "learning/data.h"
#include "learning/folder.h"

/* Samples of three positions, dealt to two devices: none is lost and none is given twice. */
static void deal(const char *path, size_t size)
{
    CsDataFile file = {"text", path, {0}};
    CsDataDevice devices[] = {{.name = "a"}, {.name = "b", .samples = 2}};
    CsDataSettings settings = {.vocabulary = 200,
                               .length = 3,
                               .skew = 1.0,
                               .files = &file,
                               .n_files = 1,
                               .devices = devices,
                               .n_devices = 2};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsData) data = cs_data_new(&settings, diagnostics);
    fuzz_check_diagnostics(diagnostics, data != NULL);
    if (data == NULL)
        return;
    guint n = cs_data_samples(data, 0) + cs_data_samples(data, 1) + cs_data_test(data).n;
    g_assert(n == (size - 1) / 3);
    gsize at[2];
    CsBatch batch = cs_data_batch(data, 1, 5, 1, 3, 2, at);
    for (guint i = 0; i < 2; i++)
        g_assert(at[i] + 3 < size && batch.tokens[at[i] + 3] < 200);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("tokens.u16", data, size);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GArray) tokens = cs_tokens_read(path, 300, diagnostics);
    fuzz_check_diagnostics(diagnostics, tokens != NULL);
    g_assert(tokens == NULL || tokens->len * 2 == size);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++)
        g_assert(g_array_index(tokens, guint16, i) < 300);
    g_autofree char *text = fuzz_write("text.txt", data, size);
    deal(text, size);
    return 0;
}
