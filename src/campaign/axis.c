/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/axis: lists and ranges of values. See axis.h. */
#include "campaign/axis.h"

#include "base/number.h"

#include <string.h>

__extension__ typedef __int128 Wide;

/* A decimal number as whole · 10^-decimals, so that multiples of it are exact. */
typedef struct {
    Wide whole;
    int decimals;
} Decimal;

typedef struct {
    Decimal number;
    const char *unit; /* into the text */
    gsize unit_length;
} Bound;

typedef struct {
    GPtrArray *values;
    GArray *places;
    CsPlace place;
    const char *text;
    CsDiagnostics *diagnostics;
} Reader;

#define DECIMALS_MAX 330
#define WHOLE_MAX ((Wide)1 << 64) /* seeds */
#define EXACT_MAX ((Wide)1 << 53) /* of a double */

static CsPlace part(const Reader *reader, const char *start, gsize length)
{
    CsPlace place = reader->place;
    place.column += (guint)(start - reader->text);
    place.length = (guint)MAX(length, 1);
    return place;
}

static void trim(const char **start, const char **end)
{
    while (*start < *end && g_ascii_isspace(**start))
        (*start)++;
    while (*end > *start && g_ascii_isspace((*end)[-1]))
        (*end)--;
}

/* Digits, a point and an exponent, as a decimal. FALSE where it needs more digits than fit. */
static gboolean decimal_read(const char *text, const char *end, Decimal *decimal)
{
    gboolean negative = *text == '-', point = FALSE;
    Wide whole = 0;
    gint64 decimals = 0;
    const char *p = text + (*text == '-' || *text == '+');
    for (; p < end && (g_ascii_isdigit(*p) || *p == '.'); p++) {
        if (*p == '.') {
            point = TRUE;
            continue;
        }
        whole = whole * 10 + (*p - '0');
        decimals += point;
        if (whole > WHOLE_MAX)
            return FALSE;
    }
    if (p < end) /* 'e' */
        decimals -= CLAMP(g_ascii_strtoll(p + 1, NULL, 10), -1000, 1000);
    for (; decimals < 0 && whole != 0; decimals++) {
        whole *= 10;
        if (whole > WHOLE_MAX)
            return FALSE;
    }
    decimals = MAX(decimals, 0);
    if (decimals > DECIMALS_MAX)
        return FALSE;
    *decimal = (Decimal){negative ? -whole : whole, (int)decimals};
    return TRUE;
}

static gboolean bound_read(const char *start, const char *end, Bound *bound)
{
    double number;
    const char *rest;
    trim(&start, &end);
    if (!cs_number_read(start, end, &number, &rest) || !decimal_read(start, rest, &bound->number))
        return FALSE;
    trim(&rest, &end);
    bound->unit = rest;
    bound->unit_length = (gsize)(end - rest);
    return TRUE;
}

static gboolean decimal_scale(Decimal *decimal, int decimals)
{
    for (; decimal->decimals < decimals; decimal->decimals++) {
        decimal->whole *= 10;
        if (decimal->whole > WHOLE_MAX || decimal->whole < -WHOLE_MAX)
            return FALSE;
    }
    return TRUE;
}

/* Through a double, correctly rounded; whole numbers beyond its digits as they are. */
static void decimal_format(char text[static CS_NUMBER_MAX], Decimal decimal)
{
    gboolean negative = decimal.whole < 0;
    Wide size = negative ? -decimal.whole : decimal.whole;
    if (size > EXACT_MAX && decimal.decimals == 0) {
        /* At most 2^64, which needs a digit more than 64 bits. */
        g_snprintf(text, CS_NUMBER_MAX, "%s%" G_GUINT64_FORMAT "%u", negative ? "-" : "",
                   (guint64)(size / 10), (guint)(size % 10));
        return;
    }
    g_autofree char *digits =
        g_strdup_printf("%s%" G_GUINT64_FORMAT "%ue-%d", negative ? "-" : "", (guint64)(size / 10),
                        (guint)(size % 10), decimal.decimals);
    cs_number_format(text, g_ascii_strtod(digits, NULL));
}

static void add_value(Reader *reader, char *value, CsPlace place)
{
    g_ptr_array_add(reader->values, value);
    g_array_append_val(reader->places, place);
}

/* start, start + step, ... as far as end, which is included where a step meets it. */
static void add_range(Reader *reader, const Bound bound[3], CsPlace place)
{
    Decimal a = bound[0].number, b = bound[1].number, step = bound[2].number;
    int decimals = MAX(a.decimals, MAX(b.decimals, step.decimals));
    const Bound *unit = &bound[0];
    for (int i = 1; i < 3; i++) {
        if (bound[i].unit_length == 0)
            continue;
        if (unit->unit_length == 0)
            unit = &bound[i];
        if (unit->unit_length != bound[i].unit_length ||
            memcmp(unit->unit, bound[i].unit, unit->unit_length) != 0) {
            cs_diagnostics_error(reader->diagnostics, place,
                                 "write start, end and step in the same unit",
                                 "this range mixes units");
            return;
        }
    }
    if (!decimal_scale(&a, decimals) || !decimal_scale(&b, decimals) ||
        !decimal_scale(&step, decimals)) {
        cs_diagnostics_error(reader->diagnostics, place, "use fewer digits, or a list",
                             "this range needs more than 19 digits");
        return;
    }
    Wide span = b.whole - a.whole;
    if (step.whole == 0 || (step.whole > 0 ? span < 0 : span > 0)) {
        cs_diagnostics_error(reader->diagnostics, place,
                             "the step leads from the start to the end: 2 .. 6 step 0.5",
                             step.whole == 0 ? "a step of 0 never ends"
                                             : "this step leads away from the range's end");
        return;
    }
    Wide n = span / step.whole + 1;
    if (n > CS_AXIS_VALUES_MAX - (gint64)reader->values->len) {
        cs_diagnostics_error(reader->diagnostics, place, "take a larger step",
                             "this axis has more than %d values", CS_AXIS_VALUES_MAX);
        return;
    }
    for (Wide i = 0; i < n; i++) {
        char number[CS_NUMBER_MAX];
        decimal_format(number, (Decimal){a.whole + i * step.whole, decimals});
        add_value(reader,
                  unit->unit_length == 0
                      ? g_strdup(number)
                      : g_strdup_printf("%s %.*s", number, (int)unit->unit_length, unit->unit),
                  place);
    }
}

/* The step's own text in [dots, end): behind " step " or behind ':'. NULL where there is none. */
static const char *find_step(const char *dots, const char *end, const char **before)
{
    for (const char *p = dots; p < end; p++) {
        *before = p;
        if (*p == ':')
            return p + 1;
        if (end - p > 5 && g_ascii_isspace(p[0]) && memcmp(p + 1, "step", 4) == 0 &&
            g_ascii_isspace(p[5]))
            return p + 5;
    }
    return NULL;
}

/* "0:0.1:1", as other programs write ranges. */
static gboolean is_colon_range(const char *start, const char *end)
{
    double number;
    const char *rest;
    for (int i = 0; i < 3; i++) {
        if (!cs_number_read(start, end, &number, &rest))
            return FALSE;
        if (i < 2 && (rest == end || *rest != ':'))
            return FALSE;
        start = rest + 1;
    }
    return TRUE;
}

static void read_item(Reader *reader, const char *start, const char *end)
{
    trim(&start, &end);
    CsPlace place = part(reader, start, (gsize)(end - start));
    if (end - start >= 2 && *start == '"' && end[-1] == '"') {
        start++;
        end--;
        if (start < end && reader->values->len < CS_AXIS_VALUES_MAX) {
            add_value(reader, g_strndup(start, (gsize)(end - start)), place);
            return;
        }
    }
    if (start == end) {
        cs_diagnostics_error(reader->diagnostics, place, "put a value between the commas",
                             "a value is missing");
        return;
    }
    if (*start == '[' || *start == '(' || *start == '{') {
        cs_diagnostics_error(reader->diagnostics, place, "write it like '0, 0.5, 1'",
                             "a list of values takes no brackets");
        return;
    }
    if (is_colon_range(start, end)) {
        cs_diagnostics_error(reader->diagnostics, place,
                             "write start, end and step like '0 .. 1 step 0.1', behind -s "
                             "'0..1:0.1'",
                             "this range has no '..'");
        return;
    }
    const char *dots = g_strstr_len(start, end - start, "..");
    const char *before, *step = dots == NULL ? NULL : find_step(dots, end, &before);
    Bound bound[3];
    if (step != NULL && bound_read(start, dots, &bound[0])) {
        if (bound_read(dots + 2, before, &bound[1]) && bound_read(step, end, &bound[2]))
            add_range(reader, bound, place);
        else
            cs_diagnostics_error(reader->diagnostics, place, "write it as '2 .. 6 step 0.5'",
                                 "this range cannot be read");
        return;
    }
    if (reader->values->len >= CS_AXIS_VALUES_MAX) {
        cs_diagnostics_error(reader->diagnostics, place, NULL, "this axis has more than %d values",
                             CS_AXIS_VALUES_MAX);
        return;
    }
    add_value(reader, g_strndup(start, (gsize)(end - start)), place);
}

/* What is of the whole sweep has one value. */
static gboolean is_of_all_runs(const char *key)
{
    return g_str_has_prefix(key, "scenario.") || g_str_has_prefix(key, "output.") ||
           g_str_has_prefix(key, "sweep.");
}

CsAxis *cs_axis_read(const char *key, CsPlace key_place, const char *text, CsPlace place,
                     CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    Reader reader = {.values = g_ptr_array_new_with_free_func(g_free),
                     .places = g_array_new(FALSE, FALSE, sizeof(CsPlace)),
                     .place = place,
                     .text = text,
                     .diagnostics = diagnostics};
    const char *item = text;
    gboolean quoted = FALSE;
    if (is_of_all_runs(key))
        cs_diagnostics_error(diagnostics, key_place, "it is of the whole sweep: give it one value",
                             "'%s' cannot be swept", key);
    for (const char *p = text;; p++) {
        quoted ^= *p == '"';
        if ((*p != ',' || quoted) && *p != '\0')
            continue;
        read_item(&reader, item, p);
        item = p + 1;
        if (*p == '\0' || cs_diagnostics_told(diagnostics) > errors + 20)
            break;
    }
    if (cs_diagnostics_told(diagnostics) != errors) {
        g_ptr_array_unref(reader.values);
        g_array_unref(reader.places);
        return NULL;
    }
    CsAxis *axis = g_new(CsAxis, 1);
    axis->key = g_strdup(key);
    axis->key_place = key_place;
    axis->n_values = reader.values->len;
    g_ptr_array_add(reader.values, NULL);
    axis->values = (char **)g_ptr_array_free(reader.values, FALSE);
    axis->places = (CsPlace *)(void *)g_array_free(reader.places, FALSE);
    return axis;
}

void cs_axis_free(CsAxis *axis)
{
    if (axis == NULL)
        return;
    g_free(axis->key);
    g_strfreev(axis->values);
    g_free(axis->places);
    g_free(axis);
}

/* --- the command line ---------------------------------------------------------------------- */

/* Whether "key=values" says several values. A title may hold commas, and so may a condition. */
static gboolean is_axis(const char *override)
{
    const char *sign = strchr(override, '=');
    if (sign == NULL || g_str_has_prefix(override, "sweep.") ||
        g_str_has_prefix(override, "vary.") || g_str_has_prefix(override, "scenario."))
        return FALSE;
    const char *dots = strstr(sign, "..");
    gboolean quoted = FALSE, comma = FALSE;
    for (const char *p = sign; *p != '\0' && !comma; p++) {
        quoted ^= *p == '"';
        comma = *p == ',' && !quoted;
    }
    return comma || (dots != NULL && (strchr(dots, ':') != NULL || strstr(dots, " step ") != NULL));
}

void cs_overrides_split(const char *const *overrides, GPtrArray *plain, GPtrArray *axes)
{
    for (; overrides != NULL && *overrides != NULL; overrides++)
        g_ptr_array_add(is_axis(*overrides) ? axes : plain, (gpointer)*overrides);
    g_ptr_array_add(plain, NULL);
}

gboolean cs_overrides_set(const char *const *overrides, const char *key)
{
    gsize n = strlen(key);
    for (; overrides != NULL && *overrides != NULL; overrides++)
        if (strncmp(*overrides, key, n) == 0 && ((*overrides)[n] == '=' || (*overrides)[n] == ' '))
            return TRUE;
    return FALSE;
}
