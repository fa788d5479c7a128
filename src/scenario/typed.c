/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/typed: the values of the key table. See typed.h. */
#include "scenario/typed.h"

#include "base/number.h"
#include "radio/trace-time.h"
#include "sim/config.h"

#include <string.h>

static const CsName boolean_names[] = {
    {"no", FALSE}, {"yes", TRUE}, {"false", FALSE}, {"true", TRUE}, CS_NAMES_END};

static CsPlace part(CsPlace place, gsize start, gsize end)
{
    place.column += (guint)start;
    place.length = (guint)(end - start);
    return place;
}

static gboolean in_range(const CsKey *key, double value)
{
    return value <= key->maximum &&
           (key->minimum_open ? value > key->minimum : value >= key->minimum);
}

static gboolean out_of_range(const CsKey *key, const char *text, CsPlace place,
                             CsDiagnostics *diagnostics)
{
    g_autofree char *values = cs_key_values(key);
    cs_value_out_of_range(key->key, text, place, values, diagnostics);
    return FALSE;
}

static gboolean no_value(const CsKey *key, CsPlace place, const char *help,
                         CsDiagnostics *diagnostics)
{
    return cs_diagnostics_error(diagnostics, place, help, "'%s' has no value", key->key);
}

/* "1,000" and "1_000" as "1000"; any other text as it is. Transfer full. */
static char *without_marks(const char *text)
{
    GString *plain = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        gboolean mark = p > text && (*p == ',' || *p == '_');
        if (!mark || strspn(p + 1, "0123456789") != 3)
            g_string_append_c(plain, *p);
    }
    return g_string_free(plain, FALSE);
}

static gboolean read_whole(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                           CsDiagnostics *diagnostics)
{
    gsize length = strlen(text);
    if (cs_number_read_whole(text, length, &typed->whole))
        return in_range(key, (double)typed->whole) || out_of_range(key, text, place, diagnostics);
    gsize digits = strspn(text + (*text == '-'), "0123456789") + (*text == '-');
    /* Negative, or beyond 64 bits. */
    if (length > 0 && digits == length && g_ascii_isdigit(text[length - 1]))
        return out_of_range(key, text, place, diagnostics);
    g_autofree char *values = cs_key_values(key);
    g_autofree char *help = NULL;
    double number;
    const char *rest;
    g_autofree char *plain = without_marks(text);
    if (cs_number_read(plain, plain + strlen(plain), &number, &rest) && *rest == '\0' &&
        number == trunc(number) && number < 1e15 && in_range(key, number))
        help = g_strdup_printf("write '%.0f'", number);
    else if (strstr(text, "..") != NULL)
        help = g_strdup(
            "in [sweep] a range needs its step, like '1 .. 50 step 1'; behind -s '1..50:1'");
    else
        help = g_strdup_printf("it takes %s", values);
    if (length == 0)
        return no_value(key, place, help, diagnostics);
    return cs_diagnostics_error(diagnostics, place, help, "'%s' needs a whole number, not '%s'",
                                key->key, text);
}

static gboolean read_quantity(const CsKey *key, const char *text, CsPlace place, double *number,
                              CsDiagnostics *diagnostics)
{
    const char *like = key->example != NULL ? key->example : key->fallback;
    return cs_value_read_like(key->key, text, place, key->dimension, like, number, diagnostics) &&
           (in_range(key, *number) || out_of_range(key, text, place, diagnostics));
}

/* One end of a range: [start, end) of `text` without the blanks around it. */
static gboolean read_end(const CsKey *key, const char *text, gsize start, gsize end, CsPlace place,
                         double *number, CsDiagnostics *diagnostics)
{
    while (start < end && g_ascii_isspace(text[start]))
        start++;
    while (end > start && g_ascii_isspace(text[end - 1]))
        end--;
    g_autofree char *one = g_strndup(text + start, end - start);
    return read_quantity(key, one, part(place, start, end), number, diagnostics);
}

/* "10 - 20 m", "10 to 20 m", "10-20 m", or with a dash: as it is to be written, else NULL. Transfer
 * full. */
static char *other_range(const char *text)
{
    static const char *const between[] = {" - ", " to ", "\xE2\x80\x93", "\xE2\x80\x94", "-"};
    for (gsize i = 0; i < G_N_ELEMENTS(between); i++) {
        const char *found = text[0] != '\0' ? strstr(text + 1, between[i]) : NULL, *unit = "";
        double low, high;
        if (found == NULL || g_ascii_tolower(found[-1]) == 'e')
            continue;
        const char *to = found + strlen(between[i]);
        to += strspn(to, " ");
        if (!cs_number_read(text, found, &low, &unit) ||
            !cs_number_read(to, to + strlen(to), &high, &unit))
            continue;
        unit += strspn(unit, " ");
        g_autofree char *from = g_strchomp(g_strndup(text, (gsize)(found - text)));
        gboolean bare = from[0] != '\0' && g_ascii_isdigit(from[strlen(from) - 1]);
        return g_strdup_printf("write '%s%s%s .. %s'", from, bare && *unit != '\0' ? " " : "",
                               bare ? unit : "", to);
    }
    return NULL;
}

/* "10 .. 20 m": the remedy is the user's own range with the unit at both ends. */
static gboolean ends_have_units(const CsKey *key, const char *text, const char *dots, CsPlace place,
                                CsDiagnostics *diagnostics)
{
    double number;
    const char *unit;
    gsize from = strspn(text, " ");
    const char *to = dots + 2 + strspn(dots + 2, " ");
    if (!cs_number_read(text + from, dots, &number, &unit) || number == 0.0 ||
        unit + strspn(unit, " ") != dots || !cs_number_read(to, to + strlen(to), &number, &unit))
        return TRUE;
    unit += strspn(unit, " ");
    if (*unit == '\0')
        return TRUE;
    g_autofree char *low = g_strstrip(g_strndup(text + from, (gsize)(dots - text) - from));
    g_autofree char *help = g_strdup_printf("write '%s %s .. %s'", low, unit, to);
    return cs_diagnostics_error(diagnostics, part(place, from, from + strlen(low)), help,
                                "'%s' needs a unit of %s at both ends", key->key,
                                cs_dimension_name(key->dimension));
}

static gboolean read_range(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                           CsDiagnostics *diagnostics)
{
    const char *dots = strstr(text, "..");
    g_autofree char *range = dots == NULL ? other_range(text) : NULL;
    if (range != NULL)
        return cs_diagnostics_error(diagnostics, place, range,
                                    "'%s' needs a value or a range, not '%s'", key->key, text);
    if (dots == NULL) {
        gboolean good = read_quantity(key, text, place, &typed->number, diagnostics);
        typed->upper = typed->number;
        return good;
    }
    gsize middle = (gsize)(dots - text), length = strlen(text);
    if (!ends_have_units(key, text, dots, place, diagnostics))
        return FALSE;
    gboolean low = read_end(key, text, 0, middle, place, &typed->number, diagnostics);
    gboolean high = read_end(key, text, middle + 2, length, place, &typed->upper, diagnostics);
    if (!low || !high)
        return FALSE;
    if (typed->number <= typed->upper)
        return TRUE;
    g_autofree char *from = cs_quantity_format(typed->upper, key->dimension);
    g_autofree char *to = cs_quantity_format(typed->number, key->dimension);
    g_autofree char *help = g_strdup_printf("write '%s .. %s'", from, to);
    return cs_diagnostics_error(diagnostics, place, help, "the range of '%s' ends before it begins",
                                key->key);
}

static gboolean no_choice(const CsKey *key, const CsName *names, const char *word, CsPlace place,
                          CsDiagnostics *diagnostics)
{
    g_autofree char *help = NULL;
    const char *similar = cs_names_suggest(names, word);
    g_autofree char *values = cs_key_values(key);
    if (similar != NULL)
        help = g_strdup_printf("did you mean '%s'?", similar);
    else if (key->kind == CS_VALUE_SET && strchr(word, ',') != NULL)
        help = g_strdup("join them by '+', not by commas");
    else
        help = g_strdup_printf("it takes %s", values);
    if (*word == '\0')
        return no_value(key, place, help, diagnostics);
    return cs_diagnostics_error(diagnostics, place, help, "'%s' is no value of '%s'", word,
                                key->key);
}

/* `text` as one of `names`, or an error. */
static gboolean read_name_of(const CsKey *key, const CsName *names, const char *text, CsPlace place,
                             CsTyped *typed, CsDiagnostics *diagnostics)
{
    const CsName *found = cs_names_find(names, text);
    if (found == NULL)
        return no_choice(key, names, text, place, diagnostics);
    typed->choice = found->value;
    typed->chosen = TRUE;
    return TRUE;
}

static gboolean read_choice(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                            CsDiagnostics *diagnostics)
{
    /* What looks like a number where one may stand is judged as a number. */
    gboolean digit =
        text[strspn(text, "+-. ")] != '\0' && g_ascii_isdigit(text[strspn(text, "+-. ")]);
    if (!digit || key->kind == CS_VALUE_CHOICE || cs_names_find(key->names, text) != NULL)
        return read_name_of(key, key->names, text, place, typed, diagnostics);
    typed->choice = cs_names_of_number(key->names);
    return key->kind == CS_VALUE_CHOICE_OR_QUANTITY
               ? read_quantity(key, text, place, &typed->number, diagnostics)
               : read_whole(key, text, place, typed, diagnostics);
}

/* The choice that begins `text`; what stands behind it begins at `rest`. */
static gboolean read_first_choice(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                                  gsize *rest, CsDiagnostics *diagnostics)
{
    gsize end = strcspn(text, " \t");
    g_autofree char *word = g_strndup(text, end);
    *rest = end + strspn(text + end, " \t");
    return read_name_of(key, key->names, word, part(place, 0, end), typed, diagnostics);
}

/* `none`, the first of the choices, alone; or another with a quantity behind it. */
static gboolean read_choice_with_quantity(const CsKey *key, const char *text, CsPlace place,
                                          CsTyped *typed, CsDiagnostics *diagnostics)
{
    gsize length = strlen(text), rest;
    if (!read_first_choice(key, text, place, typed, &rest, diagnostics))
        return FALSE;
    guint choice = typed->choice;
    if (choice == 0 && rest == length)
        return TRUE;
    if (choice == 0)
        return cs_diagnostics_error(diagnostics, part(place, rest, length), key->example,
                                    "'%.*s' takes nothing behind it", (int)strcspn(text, " \t"),
                                    text);
    return read_quantity(key, text + rest, part(place, rest, length), &typed->number, diagnostics);
}

/* `perfect`, `delayed N round(s)`, `error X dB`: whole is N, number X. */
static gboolean read_csi(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                         CsDiagnostics *diagnostics)
{
    gsize length = strlen(text), rest;
    if (!read_first_choice(key, text, place, typed, &rest, diagnostics))
        return FALSE;
    guint choice = typed->choice;
    if (choice == CS_CSI_ERROR)
        return read_quantity(key, text + rest, part(place, rest, length), &typed->number,
                             diagnostics);
    if (choice == CS_CSI_PERFECT && rest == length)
        return TRUE;
    char *behind = NULL;
    if (choice == CS_CSI_DELAYED && g_ascii_isdigit(text[rest]))
        typed->whole = g_ascii_strtoull(text + rest, &behind, 10);
    while (behind != NULL && g_ascii_isspace(*behind))
        behind++;
    if (behind != NULL && typed->whole >= 1 && typed->whole <= CS_CSI_ROUNDS_MAX &&
        (strcmp(behind, "round") == 0 || strcmp(behind, "rounds") == 0))
        return TRUE;
    return cs_diagnostics_error(
        diagnostics, part(place, rest, MAX(length, rest)),
        choice == CS_CSI_PERFECT ? "write 'perfect' alone" : "write 'delayed 1 round'",
        "'%.*s' of '%s' takes %s", (int)strcspn(text, " \t"), text, key->key,
        choice == CS_CSI_PERFECT ? "nothing behind it" : "1 to 1000 rounds");
}

/* `none`, `K bit`, `top-k X %`: whole is K, number X. */
static gboolean read_codec(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                           CsDiagnostics *diagnostics)
{
    gsize rest = strspn(text, "0123456789");
    if (rest > 0 && strcmp(text + rest + strspn(text + rest, " "), "bit") == 0) {
        typed->choice = CS_CODEC_QUANTISED;
        typed->whole = g_ascii_strtoull(text, NULL, 10);
        return (typed->whole >= 2 && typed->whole <= 16) ||
               out_of_range(key, text, place, diagnostics);
    }
    gsize length = strlen(text);
    if (!read_first_choice(key, text, place, typed, &rest, diagnostics))
        return FALSE;
    if (typed->choice == CS_CODEC_NONE && rest < length)
        return out_of_range(key, text, place, diagnostics);
    if (typed->choice == CS_CODEC_NONE)
        return TRUE;
    return cs_value_read_quantity(key->key, text + rest, part(place, rest, length),
                                  CS_DIMENSION_PERCENT, &typed->number, diagnostics) &&
           ((typed->number > 0 && typed->number <= 1) ||
            out_of_range(key, text, place, diagnostics));
}

static gboolean read_set(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                         CsDiagnostics *diagnostics)
{
    gboolean good = TRUE;
    guint named = 0; /* bit i: row i of the names */
    for (gsize start = 0, length = strlen(text); start <= length;) {
        gsize end = start + strcspn(text + start, "+"), next = end + 1;
        while (start < end && g_ascii_isspace(text[start]))
            start++;
        while (end > start && g_ascii_isspace(text[end - 1]))
            end--;
        g_autofree char *word = g_strndup(text + start, end - start);
        CsPlace at = part(place, start, end);
        const CsName *found = cs_names_find(key->names, word);
        guint bit = found != NULL ? 1u << (found - key->names) : 0;
        if (found == NULL)
            no_choice(key, key->names, word, at, diagnostics);
        else if ((named & bit) != 0)
            cs_diagnostics_error(diagnostics, at, "name it once", "'%s' names '%s' twice", key->key,
                                 word);
        else
            typed->set |= found->value;
        good &= found != NULL && (named & bit) == 0;
        named |= bit;
        start = next;
    }
    return good;
}

static gboolean read_name(const CsKey *key, const char *text, CsPlace place,
                          CsDiagnostics *diagnostics)
{
    /* What begins like a formula is one to a spreadsheet that opens a table with this name. */
    if (*text != '\0' && strchr("=+-@", *text) != NULL) {
        g_autofree char *path = g_strdup_printf("write './%s' if it is a file", text);
        return cs_diagnostics_error(diagnostics, place, path, "'%s' cannot begin with '%c'",
                                    key->key, *text);
    }
    if (*text != '\0')
        return TRUE;
    const char *example = key->example != NULL ? key->example : key->fallback;
    g_autofree char *help = g_strdup_printf("write it like '%s', or leave the key out", example);
    return no_value(key, place, help, diagnostics);
}

/* Both ends, or one and the same, exact to the nanosecond. */
static void read_times(const char *text, CsTyped *typed)
{
    const char *end = text + strlen(text), *dots = strstr(text, "..");
    typed->from_ns = cs_trace_time_of_quantity(text, dots != NULL ? dots : end);
    typed->to_ns = cs_trace_time_of_quantity(dots != NULL ? dots + 2 : text, end);
}

/* By the key's kind. */
static gboolean read_kind(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                          CsDiagnostics *diagnostics)
{
    switch (key->kind) {
    case CS_VALUE_TEXT:
        break;
    case CS_VALUE_NAME:
    case CS_VALUE_PATH:
        return read_name(key, text, place, diagnostics);
    case CS_VALUE_WHOLE:
        return read_whole(key, text, place, typed, diagnostics);
    case CS_VALUE_QUANTITY:
        return read_quantity(key, text, place, &typed->number, diagnostics);
    case CS_VALUE_RANGE:
        return read_range(key, text, place, typed, diagnostics);
    case CS_VALUE_BOOLEAN:
        return read_name_of(key, boolean_names, text, place, typed, diagnostics);
    case CS_VALUE_CHOICE:
    case CS_VALUE_CHOICE_OR_QUANTITY:
    case CS_VALUE_CHOICE_OR_WHOLE:
        return read_choice(key, text, place, typed, diagnostics);
    case CS_VALUE_CHOICE_WITH_QUANTITY:
        return read_choice_with_quantity(key, text, place, typed, diagnostics);
    case CS_VALUE_CSI:
        return read_csi(key, text, place, typed, diagnostics);
    case CS_VALUE_CODEC:
        return read_codec(key, text, place, typed, diagnostics);
    case CS_VALUE_SET:
        return read_set(key, text, place, typed, diagnostics);
    }
    return TRUE;
}

gboolean cs_typed_read(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                       CsDiagnostics *diagnostics)
{
    *typed = (CsTyped){.text = text};
    typed->valid = read_kind(key, text, place, typed, diagnostics);
    if (!typed->valid)
        *typed = (CsTyped){.valid = FALSE};
    else if (key->kind == CS_VALUE_RANGE && key->dimension == CS_DIMENSION_TIME)
        read_times(text, typed);
    return typed->valid;
}

/* --- into the fields -------------------------------------------------------------------------- */

static void put(CsKeyField field, gpointer object, guint64 whole, double number, const char *text)
{
    gpointer at = (char *)object + field.offset;
    switch (field.type) {
    case CS_KEY_FIELD_NONE:
        break;
    case CS_KEY_FIELD_DOUBLE:
        *(double *)at = number;
        break;
    case CS_KEY_FIELD_GUINT:
        *(guint *)at = (guint)whole;
        break;
    case CS_KEY_FIELD_GUINT64:
        *(guint64 *)at = whole;
        break;
    case CS_KEY_FIELD_GBOOLEAN:
        *(gboolean *)at = whole != 0;
        break;
    case CS_KEY_FIELD_TEXT:
        *(const char **)at = text;
        break;
    }
}

static void store(const CsKey *key, const CsTyped *typed, gpointer object)
{
    gboolean absent = !typed->valid && key->fallback == NULL;
    if (!typed->valid && !absent)
        return; /* wrong, which has been told */
    guint64 whole = typed->whole;
    double number = absent ? key->absent : typed->number, second = typed->upper;
    switch (key->kind) {
    case CS_VALUE_WHOLE:
        number = (double)whole;
        break;
    case CS_VALUE_CHOICE_OR_WHOLE:
        whole = typed->chosen ? typed->choice : whole;
        break;
    case CS_VALUE_SET:
        whole = typed->set;
        break;
    case CS_VALUE_BOOLEAN:
    case CS_VALUE_CHOICE:
    case CS_VALUE_CHOICE_OR_QUANTITY:
    case CS_VALUE_CHOICE_WITH_QUANTITY:
    case CS_VALUE_CSI:
    case CS_VALUE_CODEC:
        second = number;
        whole = typed->choice;
        number = typed->choice;
        break;
    case CS_VALUE_TEXT:
    case CS_VALUE_NAME:
    case CS_VALUE_PATH:
    case CS_VALUE_QUANTITY:
    case CS_VALUE_RANGE:
        break;
    }
    put(key->into, object, whole, number, typed->text);
    put(key->also, object, whole, second, NULL);
}

void cs_typed_store_all(const CsTyped typed[CS_KEY_N], CsOwner owner, gpointer object)
{
    for (guint i = 0; i < CS_KEY_N; i++)
        if (cs_key((CsKeyIndex)i)->owner == owner)
            store(cs_key((CsKeyIndex)i), &typed[i], object);
}

void cs_typed_defaults(CsTyped typed[CS_KEY_N])
{
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    for (guint i = 0; i < CS_KEY_N; i++) {
        const CsKey *key = cs_key((CsKeyIndex)i);
        typed[i] = (CsTyped){.valid = FALSE};
        if (key->fallback != NULL)
            cs_typed_read(key, key->fallback, (CsPlace){NULL, 0, 0, 0}, &typed[i], nobody);
        g_assert(typed[i].valid == (key->fallback != NULL));
    }
}

/* --- comparing -------------------------------------------------------------------------------- */

#define SAME 1e-12 /* relative */

static gint compare_reals(double a, double b)
{
    if (fabs(a - b) <= SAME * MAX(fabs(a), fabs(b)))
        return 0;
    return a < b ? -1 : 1;
}

static gboolean is_word(const CsKey *key)
{
    return key->kind == CS_VALUE_TEXT || key->kind == CS_VALUE_NAME || key->kind == CS_VALUE_PATH;
}

gboolean cs_typed_is_number(const CsKey *key, const CsTyped *typed)
{
    switch (key->kind) {
    case CS_VALUE_WHOLE:
    case CS_VALUE_QUANTITY:
        return TRUE;
    case CS_VALUE_RANGE:
        return typed->upper == typed->number && typed->from_ns == typed->to_ns;
    case CS_VALUE_CHOICE_OR_QUANTITY:
    case CS_VALUE_CHOICE_OR_WHOLE:
        return !typed->chosen;
    case CS_VALUE_CHOICE:
        return g_ascii_isdigit(key->names->name[0]); /* CQI tables */
    default:
        return FALSE;
    }
}

gint cs_typed_compare(const CsKey *key, const CsTyped *a, const CsTyped *b)
{
    if (is_word(key))
        return strcmp(a->text, b->text) == 0 ? 0 : CS_TYPED_OTHER;
    if (cs_typed_is_number(key, a) && cs_typed_is_number(key, b)) {
        guint64 x = key->kind == CS_VALUE_CHOICE ? a->choice : a->whole;
        guint64 y = key->kind == CS_VALUE_CHOICE ? b->choice : b->whole;
        if (a->from_ns != b->from_ns)
            return a->from_ns < b->from_ns ? -1 : 1;
        return x != y ? (x < y ? -1 : 1) : compare_reals(a->number, b->number);
    }
    gboolean same = a->chosen == b->chosen && a->choice == b->choice && a->set == b->set &&
                    a->whole == b->whole && a->from_ns == b->from_ns && a->to_ns == b->to_ns &&
                    compare_reals(a->number, b->number) == 0 &&
                    (key->kind != CS_VALUE_RANGE || compare_reals(a->upper, b->upper) == 0);
    return same ? 0 : CS_TYPED_OTHER;
}

char *cs_typed_mark(const CsKey *key, const CsTyped *typed)
{
    double upper = key->kind == CS_VALUE_RANGE ? typed->upper : 0;
    return g_strdup_printf("%d %u %u %" G_GUINT64_FORMAT " %.12g %.12g %" G_GINT64_FORMAT
                           " %" G_GINT64_FORMAT " %s",
                           typed->chosen, typed->choice, typed->set, typed->whole, typed->number,
                           upper, typed->from_ns, typed->to_ns, is_word(key) ? typed->text : "");
}
