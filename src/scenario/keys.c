/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/keys: the table of keys. See keys.h. */
#include "scenario/keys.h"

#include "base/number.h"
#include "energy/platform.h"
#include "llm/architecture.h"
#include "radio/retransmission.h"
#include "scenario/scenario.h"
#include "sim/config.h"

#include <stddef.h>
#include <string.h>

#define HZ_MAX CS_FREQUENCY_MAX_HZ
#define SEED_MAX 18446744073709551615.0

#define OPEN TRUE
#define CLOSED FALSE

/* Names of values that belong to keys alone. */
static const CsName reference_loss_names[] = {{"free-space", 0}, CS_NAMES_END};
static const CsName cqi_table_names[] = {{"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}, CS_NAMES_END};
static const CsName compression_names[] = {{"codec", 0}, CS_NAMES_END};
static const CsName combining_names[] = {{"none", FALSE}, {"chase", TRUE}, CS_NAMES_END};
static const CsName device_memory_names[] = {{"unlimited", CS_DEVICE_MEMORY_UNLIMITED},
                                             {"platform", CS_DEVICE_MEMORY_PLATFORM},
                                             CS_NAMES_END};
static const CsName trace_unit_names[] = {
    {"bit/s", 1}, {"kbit/s", 1000}, {"Mbit/s", 1000000}, {"Gbit/s", 1000000000}, CS_NAMES_END};

/* What a key takes: a kind with its range (SI, inclusive but where OPEN) or names. */
#define KIND(what) .kind = CS_VALUE_##what
#define BOUNDS(low, high) .minimum = (low), .maximum = (high)
#define MEASURED(what, low, high, open)                                                            \
    .dimension = CS_DIMENSION_##what, BOUNDS(low, high), .minimum_open = (open)
#define WHOLE(low, high) KIND(WHOLE), BOUNDS(low, high)
#define QUANTITY(...) KIND(QUANTITY), MEASURED(__VA_ARGS__, CLOSED)
#define ABOVE_0(what, high) KIND(QUANTITY), MEASURED(what, 0, high, OPEN)
#define RANGE(...) KIND(RANGE), MEASURED(__VA_ARGS__)
#define CHOICE(table) KIND(CHOICE), .names = (table)
#define SET(table) KIND(SET), .names = (table)
#define CHOICE_OR_WHOLE(table, ...) KIND(CHOICE_OR_WHOLE), .names = (table), BOUNDS(__VA_ARGS__)
#define CHOICE_OR_QUANTITY(table, ...)                                                             \
    KIND(CHOICE_OR_QUANTITY), .names = (table), MEASURED(__VA_ARGS__)
#define CHOICE_WITH_QUANTITY(table, ...)                                                           \
    KIND(CHOICE_WITH_QUANTITY), .names = (table), MEASURED(__VA_ARGS__)
#define CODEC KIND(CODEC), .names = cs_codec_names
#define CSI(table, ...) KIND(CSI), .names = (table), MEASURED(__VA_ARGS__)
#define FILE_ALWAYS .file = CS_FILE_ALWAYS
#define FILE_MAYBE .file = CS_FILE_MAYBE

/* What holds without it. */
#define DEFAULT(text) .fallback = (text)
#define ELSE(text) .derived = (text)
#define REQUIRED .required = TRUE
#define EXAMPLE(text) .example = (text)
#define ALONE .alone = TRUE
#define OF_PLATFORM(member) .platform = offsetof(CsPlatform, member)

/* Where it goes: INTO one field of a struct, its number ALSO into another. */
#define FIELD(type, member)                                                                             \
    {                                                                                                   \
        _Generic(((type *)NULL)->member, double                                                       \
              : CS_KEY_FIELD_DOUBLE, guint                                                             \
              : CS_KEY_FIELD_GUINT, guint64                                                            \
              : CS_KEY_FIELD_GUINT64, gboolean                                                         \
              : CS_KEY_FIELD_GBOOLEAN, const char *                                                    \
              : CS_KEY_FIELD_TEXT),                                                                    \
     offsetof(type, member) \
    }
#define INTO(type, member) .owner = CS_OWNER_##type, .into = FIELD(type, member)
#define ALSO(type, member) .owner = CS_OWNER_##type, .also = FIELD(type, member)
#define INTO2(type, member, other) INTO(type, member), .also = FIELD(type, other)
#define ABSENT(value) .absent = (value)

static const CsKey keys[CS_KEY_N] = {
#define KEY(name, in_group, called, means, ...)                                                    \
    [CS_KEY_##name] = {.group = (in_group), .key = (called), .meaning = (means), __VA_ARGS__},
#include "scenario/key-list.h"
#undef KEY
};

static const char *const groups[] = {"scenario", "simulation", "model",  "training", "learning",
                                     "server",   "radio",      "device", "policy",   "sweep",
                                     "vary",     "output",     NULL};

const CsKey *cs_keys(guint *n)
{
    *n = CS_KEY_N;
    return keys;
}

const CsKey *cs_key(CsKeyIndex index)
{
    g_assert(index < CS_KEY_N);
    return &keys[index];
}

const char *const *cs_key_groups(void)
{
    return groups;
}

const CsKey *cs_key_find(const char *group, const char *key)
{
    gboolean device = strcmp(group, "device") == 0;
    for (guint i = 0; i < CS_KEY_N; i++)
        if (strcmp(keys[i].key, key) == 0 &&
            (strcmp(keys[i].group, group) == 0 || (device && strcmp(keys[i].group, "radio") == 0)))
            return &keys[i];
    return NULL;
}

const CsKey *cs_key_of(const char *name)
{
    const char *dot = strchr(name, '.'), *last = strrchr(name, '.');
    if (dot == NULL)
        return NULL;
    g_autofree char *group = g_strndup(name, (gsize)(dot - name));
    return cs_key_find(group, last + 1);
}

static char *limit_text(const CsKey *key, double limit)
{
    if (key->kind == CS_VALUE_WHOLE && limit >= SEED_MAX) /* which no double holds exactly */
        return g_strdup_printf("%" G_GUINT64_FORMAT, G_MAXUINT64);
    if (key->dimension == CS_DIMENSION_TIME && limit >= 1e6) /* rather than "1e+15 us" */
        return g_strdup_printf("%g s", limit);
    if (key->dimension == CS_DIMENSION_ENERGY && limit >= 1e6)
        return g_strdup_printf("%g J", limit);
    return cs_quantity_format(limit, key->dimension);
}

static char *range_text(const CsKey *key)
{
    g_autofree char *high = limit_text(key, key->maximum);
    if (key->minimum_open)
        return g_strdup_printf("above 0%s, at most %s",
                               key->dimension == CS_DIMENSION_POWER ? " W" : "", high);
    g_autofree char *low = limit_text(key, key->minimum);
    return g_strdup_printf("%s .. %s", low, high);
}

static char *choices_text(const CsKey *key)
{
    return cs_names_join(key->names, key->kind == CS_VALUE_SET ? " + " : " | ");
}

char *cs_key_values(const CsKey *key)
{
    switch (key->kind) {
    case CS_VALUE_TEXT:
        return g_strdup("text");
    case CS_VALUE_NAME:
        return g_strdup("a name");
    case CS_VALUE_PATH:
        return g_strdup("a path");
    case CS_VALUE_BOOLEAN:
        return g_strdup("yes | no");
    case CS_VALUE_CHOICE:
    case CS_VALUE_SET:
        return choices_text(key);
    case CS_VALUE_CHOICE_OR_QUANTITY:
    case CS_VALUE_CHOICE_OR_WHOLE: {
        g_autofree char *choices = choices_text(key), *range = range_text(key);
        return g_strdup_printf("%s | %s", choices, range);
    }
    case CS_VALUE_CHOICE_WITH_QUANTITY: {
        g_autofree char *metrics = cs_names_join(key->names + 1, " X | "), *range = range_text(key);
        return g_strdup_printf("%s | %s X, with an X %s", key->names->name, metrics, range);
    }
    case CS_VALUE_CSI:
        return g_strdup("perfect | delayed N rounds | error X dB");
    case CS_VALUE_CODEC:
        return g_strdup("none | K bit (2 to 16) | top-k X %");
    case CS_VALUE_RANGE: {
        g_autofree char *range = range_text(key);
        return g_strdup_printf("%s, or a .. b", range);
    }
    case CS_VALUE_WHOLE:
    case CS_VALUE_QUANTITY:
        break;
    }
    return range_text(key);
}
