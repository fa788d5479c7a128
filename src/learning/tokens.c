/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/tokens: see the header. */
#include "learning/tokens.h"

#include "base/file.h"

/* A file that is read, and where its errors go. */
typedef struct {
    const char *name;
    guint vocabulary;
    CsPlace from;
    CsDiagnostics *diagnostics;
} Reading;

static gboolean refuse(const Reading *reading, const char *why)
{
    if (reading->from.source != NULL)
        return cs_diagnostics_error(reading->diagnostics, reading->from, NULL, "'%s': %s",
                                    reading->name, why);
    g_autoptr(CsSource) source = cs_source_new(reading->name, g_strdup(""), 0);
    return cs_diagnostics_error(reading->diagnostics, (CsPlace){source, 0, 0, 0}, NULL, "%s", why);
}

static gboolean take(const Reading *reading, GArray *tokens, const guchar *bytes, gsize length,
                     gsize size)
{
    if (length == 0)
        return refuse(reading, "no tokens: the file is empty");
    if (length % size != 0)
        return refuse(reading, "an odd number of bytes: the last token is cut off");
    guint before = tokens->len;
    for (gsize i = 0; i < length; i += size) {
        guint16 token = (guint16)(size == 1 ? bytes[i] : bytes[i] | bytes[i + 1] << 8);
        if (token >= reading->vocabulary) {
            g_autofree char *why = g_strdup_printf("token %u at position %" G_GSIZE_FORMAT
                                                   " is beyond the vocabulary of %u",
                                                   token, i / size, reading->vocabulary);
            g_array_set_size(tokens, before);
            return refuse(reading, why);
        }
        g_array_append_val(tokens, token);
    }
    return TRUE;
}

static gboolean read_file(const Reading *reading, const char *path, gsize size, GArray *tokens)
{
    g_autoptr(GError) error = NULL;
    gsize length;
    g_autofree char *bytes = cs_file_get_regular(path, &length, &error);
    if (bytes != NULL)
        return take(reading, tokens, (const guchar *)bytes, length, size);
    if (reading->from.source == NULL)
        cs_diagnostics_add(reading->diagnostics, CS_SEVERITY_UNREADABLE, (CsPlace){0},
                           error->message, NULL);
    else
        cs_diagnostics_error(reading->diagnostics, reading->from, NULL, "%s", error->message);
    return FALSE;
}

GArray *cs_tokens_read(const char *path, guint vocabulary, CsDiagnostics *diagnostics)
{
    Reading reading = {path, vocabulary, {0}, diagnostics};
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(guint16));
    return read_file(&reading, path, 2, tokens) ? g_steal_pointer(&tokens) : NULL;
}

gboolean cs_tokens_append(GArray *tokens, const char *path, const char *name, guint vocabulary,
                          CsPlace from, CsDiagnostics *diagnostics)
{
    Reading reading = {name, vocabulary, from, diagnostics};
    gboolean pairs = g_str_has_suffix(path, ".bin") || g_str_has_suffix(path, ".u16");
    return read_file(&reading, path, pairs ? 2 : 1, tokens);
}
