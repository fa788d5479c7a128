/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/keys: the scenario's keys in words. See keys.h. */
#include "cmd/keys.h"

#include "cmd/roff.h"

#include <string.h>

char *cs_key_default(const CsKey *key)
{
    if (key->fallback != NULL && key->derived != NULL)
        return g_strdup_printf("%s, else %s", key->derived, key->fallback);
    if (key->fallback != NULL)
        return g_strdup(key->fallback[0] != '\0' ? key->fallback : "(empty)");
    if (key->derived != NULL)
        return g_strdup(key->derived);
    return g_strdup(key->required ? "required" : "none");
}

static void append_key(GString *out, const CsKey *key)
{
    g_autofree char *values = cs_key_values(key), *fallback = cs_key_default(key);
    g_string_append(out, ".TP\n\\fB");
    cs_roff_append(out, key->key);
    g_string_append(out, "\\fR\n");
    cs_roff_append(out, key->meaning);
    g_string_append(out, ".\n.br\nValues: ");
    cs_roff_append(out, values);
    g_string_append(out, ". Default: ");
    cs_roff_append(out, fallback);
    g_string_append(out, ".\n");
}

char *cs_keys_roff(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint n;
    const CsKey *keys = cs_keys(&n);
    for (const char *const *group = cs_key_groups(); *group != NULL; group++) {
        g_string_append_printf(out, ".SS [%s%s]\n", *group,
                               strcmp(*group, "device") == 0 ? " NAME" : "");
        for (guint i = 0; i < n; i++)
            if (strcmp(keys[i].group, *group) == 0)
                append_key(out, &keys[i]);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
