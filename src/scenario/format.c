/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/format: scenarios as text: the resolved one, and a template made from the key table.
 *
 * Layer: scenario. Calls base and its own layer.
 */
#include "scenario/keys.h"
#include "scenario/scenario.h"

#include <string.h>

#define ORIGIN_COLUMN 40

char *cs_scenario_format(const CsScenario *scenario, gboolean origin)
{
    GString *text = g_string_new(NULL);
    const char *group = "";
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        if (strcmp(group, setting.group) != 0) {
            group = setting.group;
            g_string_append_printf(text, "%s[%s]\n", i > 0 ? "\n" : "", group);
        }
        gsize start = text->len;
        g_string_append_printf(text, "%s = %s", setting.key, setting.value);
        if (origin) {
            glong width = g_utf8_strlen(text->str + start, -1);
            g_string_append_printf(text, "%*s # %s", (int)MAX(ORIGIN_COLUMN - width, 0), "",
                                   setting.source);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* "# meaning; what it takes" in lines of a readable length. */
static void append_comment(GString *text, const CsKey *key)
{
    g_autofree char *values = cs_key_values(key);
    gboolean name =
        key->kind == CS_VALUE_NAME || key->kind == CS_VALUE_PATH || key->kind == CS_VALUE_TEXT;
    g_autofree char *sentence =
        name ? g_strdup(key->meaning) : g_strdup_printf("%s: %s", key->meaning, values);
    g_auto(GStrv) words = g_strsplit(sentence, " ", -1);
    gsize column = 0;
    for (char **word = words; *word != NULL; word++) {
        gsize length = strlen(*word);
        if (column == 0 || column + 1 + length > 98) {
            g_string_append_printf(text, "%s# %s", column == 0 ? "" : "\n", *word);
            column = 2 + length;
        } else {
            g_string_append_printf(text, " %s", *word);
            column += 1 + length;
        }
    }
    g_string_append_c(text, '\n');
}

/* The key within a comment, and what holds without it. */
static void append_optional(GString *text, const CsKey *key)
{
    g_string_append_printf(text, "# %s = %s", key->key,
                           key->fallback != NULL ? key->fallback : key->example);
    if (key->derived != NULL)
        g_string_append_printf(text, "        (without it: %s%s%s)", key->derived,
                               key->fallback != NULL ? ", else " : "",
                               key->fallback != NULL ? key->fallback : "");
    g_string_append_c(text, '\n');
}

/* The key as a line: set to its default or, where it must be given, to its example; else shown
 * within a comment. */
static void append_key(GString *text, const CsKey *key)
{
    append_comment(text, key);
    if (key->fallback != NULL && key->derived == NULL)
        g_string_append_printf(text, "%s = %s\n", key->key, key->fallback);
    else if (key->required)
        g_string_append_printf(text, "%s = %s\n", key->key, key->example);
    else
        append_optional(text, key);
}

static void append_keys(GString *text, const char *group)
{
    for (CsKeyIndex i = 0; i < CS_KEY_N; i++)
        if (strcmp(cs_key(i)->group, group) == 0)
            append_key(text, cs_key(i));
}

static void append_devices(GString *text)
{
    g_string_append(text, "\n# One group a device, or a kind of devices with 'count'. Any key of "
                          "[radio] may stand here too,\n# for this device alone.\n[device near]\n");
    append_keys(text, "device");
    g_string_append(text, "\n[device far]\ninherits = near\ndistance = 25 m\n");
}

static void append_sweep(GString *text)
{
    g_string_append(text,
                    "\n# 'cardsim sweep' runs every combination of these values; 'cardsim run' "
                    "takes no notice of them.\n"
                    "# [sweep]\n"
                    "# radio.path-loss-exponent = 2 .. 6 step 0.5\n"
                    "# policy.name = card, server-only, device-only\n");
}

static void append_vary(GString *text)
{
    g_string_append(text,
                    "\n# 'cardsim sensitivity' tells which of these matter; others take no notice "
                    "of them.\n"
                    "# [vary]\n"
                    "# training.batch = 4 .. 32\n"
                    "# radio.bandwidth = 10 MHz .. 100 MHz log\n"
                    "# model.head = server, none\n");
}

char *cs_scenario_template(void)
{
    GString *text = g_string_new(
        "# A cardsim scenario. Every key is shown with its default; delete what need not be "
        "said.\n"
        "# 'cardsim check FILE' looks for mistakes, 'cardsim run FILE -o DIR' simulates,\n"
        "# cardsim-scenario(5) explains. Values with a dimension need their unit.\n");
    for (const char *const *group = cs_key_groups(); *group != NULL; group++) {
        if (strcmp(*group, "device") == 0) {
            append_devices(text);
        } else if (strcmp(*group, "sweep") == 0) {
            append_sweep(text);
        } else if (strcmp(*group, "vary") == 0) {
            append_vary(text);
        } else {
            g_string_append_printf(text, "\n[%s]\n", *group);
            append_keys(text, *group);
        }
    }
    return g_string_free(text, FALSE);
}
