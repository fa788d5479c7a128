/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/source: what was given of a scenario, as text. See resolver.h. */
#include "scenario/resolver.h"

#include <string.h>

/* Those of a group's keys that were given, but for [scenario], whose title a name stands for. */
static void append_values(GString *text, const char *group, const CsRaw *values,
                          const char *directory)
{
    for (guint i = 0; i < CS_KEY_N; i++) {
        const CsKey *key = cs_key((CsKeyIndex)i);
        gboolean own = strcmp(key->group, group) == 0 ||
                       (strcmp(group, "device") == 0 && strcmp(key->group, "radio") == 0);
        if (!own || values[i].text == NULL)
            continue;
        g_autofree char *value = cs_raw_text_in(key, &values[i], directory);
        g_string_append_printf(text, "%s = %s\n", key->key, value);
    }
}

static void append_axes(GString *text, const GArray *axes)
{
    for (guint i = 0; i < axes->len; i++) {
        const CsRawAxis *axis = &g_array_index(axes, CsRawAxis, i);
        g_string_append_printf(text, "%s = %s\n", axis->key, axis->values);
    }
}

char *cs_raw_table_format(const CsRawTable *table, const char *directory)
{
    GString *text = g_string_new(NULL);
    const char *const *groups = cs_key_groups();
    for (guint g = 0; groups[g] != NULL; g++) {
        if (strcmp(groups[g], "scenario") == 0 || strcmp(groups[g], "device") == 0)
            continue;
        g_string_append_printf(text, "[%s]\n", groups[g]);
        if (strcmp(groups[g], "sweep") == 0)
            append_axes(text, table->axes);
        if (strcmp(groups[g], "vary") == 0)
            append_axes(text, table->varied);
        append_values(text, groups[g], table->fixed, directory);
    }
    for (guint i = 0; i < table->devices->len; i++) {
        const CsRawDevice *device = &g_array_index(table->devices, CsRawDevice, i);
        g_string_append_printf(text, "[device %s]\n", device->name);
        append_values(text, "device", device->values, directory);
    }
    return g_string_free(text, FALSE);
}
