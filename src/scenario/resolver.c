/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/resolver: how one value is taken. See resolver.h. */
#include "scenario/resolver.h"

#include "base/number.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* --- settings --------------------------------------------------------------------------------- */

void cs_resolver_add_setting(CsResolver *r, const char *group, CsKeyIndex index, const char *value,
                             CsPlace origin, const char *source)
{
    CsSetting setting = {.group = g_string_chunk_insert_const(r->strings, group),
                         .key = cs_key(index)->key,
                         .value = g_string_chunk_insert_const(r->strings, value),
                         .origin = origin,
                         .source = g_string_chunk_insert_const(r->strings, source)};
    g_array_append_val(r->settings, setting);
}

/* `name`, a path relative to `from`, made relative to `directory`. Transfer full. */
static char *rebased(const char *directory, const char *name, const char *from)
{
    if (g_path_is_absolute(name) || strcmp(from != NULL ? from : ".", directory) == 0)
        return g_strdup(name);
    g_autofree char *base = g_canonicalize_filename(directory, NULL);
    g_autofree char *start = g_canonicalize_filename(from != NULL ? from : ".", NULL);
    g_autofree char *target = g_canonicalize_filename(name, start);
    g_auto(GStrv) a = g_strsplit(base, "/", -1), b = g_strsplit(target, "/", -1);
    guint common = 0;
    while (a[common] != NULL && b[common] != NULL && strcmp(a[common], b[common]) == 0)
        common++;
    GString *path = g_string_new(NULL);
    for (guint i = common; a[i] != NULL; i++)
        if (*a[i] != '\0')
            g_string_append(path, "../");
    for (guint i = common; b[i] != NULL; i++)
        g_string_append_printf(path, "%s%s", i > common ? "/" : "", b[i]);
    return g_string_free(path, FALSE);
}

static gboolean names_a_file(const CsKey *key, const char *text)
{
    if (key->fallback != NULL && strcmp(text, key->fallback) == 0)
        return FALSE;
    return key->file == CS_FILE_ALWAYS ||
           (key->file == CS_FILE_MAYBE &&
            (strchr(text, '/') != NULL || g_str_has_suffix(text, ".ini") ||
             g_str_has_suffix(text, ".json") || g_str_has_suffix(text, ".csv")));
}

char *cs_raw_text_in(const CsKey *key, const CsRaw *raw, const char *directory)
{
    g_autofree char *path =
        names_a_file(key, raw->text) ? rebased(directory, raw->text, raw->directory) : NULL;
    if (path == NULL)
        return g_strdup(raw->text);
    return names_a_file(key, path) ? g_steal_pointer(&path) : g_strconcat("./", path, NULL);
}

static void add_given(CsResolver *r, const char *group, CsKeyIndex index, const CsRaw *raw)
{
    char source[512];
    const char *name = cs_source_name(raw->place.source);
    if (strcmp(name, "-s") == 0)
        g_strlcpy(source, name, sizeof source);
    else
        g_snprintf(source, sizeof source, "%s:%u", name, raw->place.line);
    g_autofree char *text = cs_raw_text_in(cs_key(index), raw, r->directory);
    cs_resolver_add_setting(r, group, index, text, raw->place, source);
}

static void add_default(CsResolver *r, const char *group, CsKeyIndex index)
{
    cs_resolver_add_setting(r, group, index, cs_key(index)->fallback, (CsPlace){NULL, 0, 0, 0},
                            "default");
}

void cs_resolver_add_derived(CsResolver *r, const char *group, CsKeyIndex index, double value,
                             const char *what, const char *name)
{
    g_autofree char *text = cs_quantity_format(value, cs_key(index)->dimension);
    g_autofree char *source = g_strdup_printf("%s %s", what, name);
    cs_resolver_add_setting(r, group, index, text, (CsPlace){NULL, 0, 0, 0}, source);
}

/* --- values ----------------------------------------------------------------------------------- */

void cs_resolver_take(CsResolver *r, const char *group, CsKeyIndex index, const CsRaw *raw,
                      CsTyped *typed)
{
    const CsKey *key = cs_key(index);
    *typed = (CsTyped){.valid = FALSE};
    if (cs_raw_given(raw)) {
        cs_typed_read(key, raw->text, raw->place, typed, r->diagnostics);
        add_given(r, group, index, raw);
    } else if (key->fallback != NULL) {
        *typed = r->defaults[index];
        add_default(r, group, index);
    }
}

void cs_resolver_take_derived(CsResolver *r, const char *group, CsKeyIndex index, const CsRaw *raw,
                              double derived, const char *what, const char *name, CsTyped *typed)
{
    if (cs_raw_given(raw) || isnan(derived)) {
        cs_resolver_take(r, group, index, raw, typed);
        return;
    }
    *typed = (CsTyped){.valid = TRUE, .number = derived, .whole = (guint64)MAX(derived, 0)};
    cs_resolver_add_derived(r, group, index, derived, what, name);
}

/* xi at which a platform draws its rated power at its highest clock, by its own law. */
static double measured_coefficient(const CsPlatform *platform)
{
    CsPowerLaw unit = {
        .coefficient = 1,
        .exponent = isfinite(platform->power_exponent) ? platform->power_exponent : 3,
        .reference_hz = platform->rates.peak_frequency_hz,
        .knee_hz = isfinite(platform->power_knee_hz) ? platform->power_knee_hz : 0,
    };
    return (platform->power_max_w - platform->static_power_w) /
           cs_power_law_w(&unit, platform->frequency_max_hz);
}

/* A platform's figure. What is measured holds with compute = measured only, where the clock adds to
 * the static power what is left of the rated one. */
static double of_platform(const CsResolver *r, const CsPlatform *platform, gsize offset)
{
    gboolean measured = r->fixed[CS_KEY_COMPUTE].choice == CS_COMPUTE_MEASURED;
    if (offset >= offsetof(CsPlatform, rates) && !measured)
        return NAN;
    if (measured && offset == offsetof(CsPlatform, power_coefficient) &&
        isfinite(platform->static_power_w))
        return measured_coefficient(platform);
    return *(const double *)((const char *)platform + offset);
}

void cs_resolver_take_range(CsResolver *r, const char *group, CsKeyIndex first, CsKeyIndex last,
                            const CsRaw *values, const CsPlatform *platform, const char *name,
                            CsTyped *typed)
{
    for (CsKeyIndex i = first; i <= last; i++) {
        gsize offset = cs_key(i)->platform;
        double derived = platform != NULL && offset != 0 ? of_platform(r, platform, offset) : NAN;
        cs_resolver_take_derived(r, group, i, &values[i], derived, "platform", name, &typed[i]);
    }
}

/* What the given value names; NULL with an error where it is wrong or cannot be had. */
static gconstpointer file_of(CsResolver *r, const char *group, CsKeyIndex index, const CsRaw *raw,
                             CsShelf shelf)
{
    CsTyped typed;
    cs_resolver_take(r, group, index, raw, &typed);
    return typed.valid ? cs_library_get(r->library, shelf, raw, NULL, r->diagnostics) : NULL;
}

const CsPowerTable *cs_resolver_power_table(CsResolver *r, const char *group, CsKeyIndex index,
                                            const CsRaw *raw, const CsPlatform *platform)
{
    gboolean measured = r->fixed[CS_KEY_COMPUTE].choice == CS_COMPUTE_MEASURED;
    if (cs_raw_given(raw))
        return file_of(r, group, index, raw, CS_SHELF_POWER_TABLES);
    return platform != NULL && measured ? platform->power_table : NULL;
}

const CsLayerTimes *cs_resolver_layer_times(CsResolver *r, const char *group, CsKeyIndex index,
                                            const CsRaw *raw, const CsPlatform *platform)
{
    if (cs_raw_given(raw))
        return file_of(r, group, index, raw, CS_SHELF_LAYER_TIMES);
    return platform != NULL ? platform->layer_times : NULL;
}

void cs_resolver_take_fixed(CsResolver *r, CsKeyIndex first, CsKeyIndex last)
{
    cs_resolver_take_range(r, cs_key(first)->group, first, last, r->table->fixed, NULL, NULL,
                           r->fixed);
}

CsPlace cs_raw_place(const CsRaw *raw, CsPlace head)
{
    return cs_raw_given(raw) ? raw->place : head;
}

CsPlace cs_resolver_head(const CsResolver *r, CsKeyIndex index)
{
    const char *const *groups = cs_key_groups();
    for (guint i = 0; groups[i] != NULL; i++)
        if (strcmp(groups[i], cs_key(index)->group) == 0)
            return cs_raw_place(&r->table->fixed[index], r->table->heads[i]);
    g_assert_not_reached();
}

const CsPlatform *cs_resolver_platform(CsResolver *r, const char *group, CsKeyIndex index,
                                       const CsRaw *raw, gboolean *failed)
{
    if (!cs_raw_given(raw))
        return NULL;
    const CsPlatform *platform = file_of(r, group, index, raw, CS_SHELF_PLATFORMS);
    *failed = platform == NULL;
    return platform;
}
