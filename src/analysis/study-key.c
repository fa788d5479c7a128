/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/study-key: a swept key and its values. See study-key.h. Layer: analysis. */
#include "analysis/study-key.h"

#include "base/suggest.h"
#include "scenario/keys.h"

#include <string.h>

G_DEFINE_QUARK(cs - study - error - quark, cs_study_error)

CsStudyKey *cs_study_key_new(const char *name)
{
    CsStudyKey *key = g_new(CsStudyKey, 1);
    *key = (CsStudyKey){g_strdup(name), g_ptr_array_new_with_free_func(g_free),
                        g_hash_table_new(g_str_hash, g_str_equal)};
    return key;
}

void cs_study_key_free(CsStudyKey *key)
{
    g_free(key->name);
    g_ptr_array_unref(key->values);
    g_hash_table_unref(key->position);
    g_free(key);
}

guint cs_study_key_position(CsStudyKey *key, const char *text)
{
    gpointer known;
    if (g_hash_table_lookup_extended(key->position, text, NULL, &known))
        return GPOINTER_TO_UINT(known);
    char *value = g_strdup(text);
    g_ptr_array_add(key->values, value);
    g_hash_table_insert(key->position, value, GUINT_TO_POINTER(key->values->len - 1));
    return key->values->len - 1;
}

const char *cs_study_key_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

/* "device.ue.distance" -> the table's entry of device.distance. */
static const CsKey *table_key(const CsStudyKey *key)
{
    const char *dot = strchr(key->name, '.');
    if (dot == NULL)
        return NULL;
    g_autofree char *group = g_strndup(key->name, (gsize)(dot - key->name));
    return cs_key_find(group, cs_study_key_ending(key->name));
}

static gboolean read_quantity(const CsKey *key, const char *text, double *value)
{
    gsize start, end;
    CsDimension dimension = key != NULL ? key->dimension : CS_DIMENSION_NONE;
    return cs_quantity_read(text, strlen(text), dimension, value, &start, &end) == CS_QUANTITY_OK;
}

/* Equal to within the rounding of a unit's scale. */
static gboolean same_quantity(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

gint cs_study_key_find(const CsStudyKey *key, const char *text, GError **error)
{
    const CsKey *entry = table_key(key);
    double wanted, known;
    for (guint i = 0; i < key->values->len; i++)
        if (strcmp(g_ptr_array_index(key->values, i), text) == 0)
            return (gint)i;
    for (guint i = 0; i < key->values->len; i++)
        if (read_quantity(entry, text, &wanted) &&
            read_quantity(entry, g_ptr_array_index(key->values, i), &known) &&
            same_quantity(wanted, known))
            return (gint)i;
    const char *near = cs_suggest(text, (const char *const *)key->values->pdata, key->values->len);
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < MIN(key->values->len, 12); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(key->values, i));
    g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED, "no run has %s = %s; %s%s%s",
                key->name, text,
                near != NULL ? "did you mean '" : "there is: ", near != NULL ? near : list->str,
                near != NULL ? "'?" : "");
    return -1;
}

char *cs_study_key_title(const CsStudyKey *key)
{
    static const struct {
        const char *key, *title;
    } special[] = {
        {"policy.name", "Policy"},
        {"radio.path-loss-exponent", "Path-loss exponent"},
        {"policy.weight", "Weight w"},
        {"model.llm", "Model"},
        {"simulation.seed", "Seed"},
        {"policy.frequency", "Frequency rule"},
        {"policy.csi", "What the decision knows"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(special); i++)
        if (strcmp(special[i].key, key->name) == 0)
            return g_strdup(special[i].title);
    g_autofree char *words = g_strdelimit(g_strdup(cs_study_key_ending(key->name)), "-", ' ');
    words[0] = g_ascii_toupper(words[0]);
    const char *first = strchr(key->name, '.'), *last = strrchr(key->name, '.');
    if (first == NULL)
        return g_steal_pointer(&words);
    if (first != last && strcmp(last, ".count") == 0)
        return g_strdup_printf("Number of devices '%.*s'", (int)(last - first - 1), first + 1);
    if (first != last)
        return g_strdup_printf("%s of device %.*s", words, (int)(last - first - 1), first + 1);
    if (g_str_has_prefix(key->name, "server.") || g_str_has_prefix(key->name, "device."))
        return g_strdup_printf("%s of %s %.*s", words, key->name[0] == 's' ? "the" : "every",
                               (int)(first - key->name), key->name);
    return g_steal_pointer(&words);
}

/* The unit that `text` ends in, or NULL. */
static const CsUnit *unit_of(const char *text, CsDimension dimension)
{
    const CsUnit *found = NULL;
    for (const CsUnit *unit = cs_units(); unit->symbol != NULL; unit++)
        if (unit->dimension == dimension && g_str_has_suffix(text, unit->symbol) &&
            (found == NULL || strlen(unit->symbol) > strlen(found->symbol)))
            found = unit;
    return found;
}

double *cs_study_key_numbers(const CsStudyKey *key, const char **unit)
{
    const CsKey *entry = table_key(key);
    const CsUnit *shown = entry != NULL && entry->dimension != CS_DIMENSION_NONE
                              ? unit_of(g_ptr_array_index(key->values, 0), entry->dimension)
                              : NULL;
    g_autofree double *numbers = g_new(double, key->values->len);
    for (guint i = 0; i < key->values->len; i++) {
        double value;
        if (!read_quantity(entry, g_ptr_array_index(key->values, i), &value))
            return NULL;
        if (shown != NULL)
            value = shown->decibel ? cs_linear_to_db(value / shown->scale) : value / shown->scale;
        numbers[i] = value;
    }
    *unit = shown != NULL ? shown->symbol : "";
    return g_steal_pointer(&numbers);
}
