/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/value: typed values of key files and what is said of wrong ones. See keyfile.h. */
#include "base/number.h"
#include "base/suggest.h"
#include "text/keyfile.h"

#include <math.h>
#include <string.h>

/* The unit of `dimension` that resembles what was written, or NULL. */
static const char *similar_unit(const char *written, CsDimension dimension)
{
    const char *symbols[64];
    gsize n = 0;
    for (const CsUnit *u = cs_units(); u->symbol != NULL; u++)
        if (u->dimension == dimension && n < G_N_ELEMENTS(symbols))
            symbols[n++] = u->symbol;
    return cs_suggest(written, symbols, n);
}

static gboolean is_unit(const char *word, gsize length, CsDimension dimension)
{
    for (const CsUnit *u = cs_units(); u->symbol != NULL; u++)
        if (u->dimension == dimension && strlen(u->symbol) == length &&
            memcmp(u->symbol, word, length) == 0)
            return TRUE;
    return FALSE;
}

/* "20,5 MHz" as "20.5 MHz"; NULL where `text` is no number with a decimal comma. Transfer full. */
static char *with_point(const char *text, CsDimension dimension)
{
    gsize digits = strspn(text + (*text == '-'), "0123456789") + (*text == '-');
    if (text[digits] != ',' || !g_ascii_isdigit(text[digits + 1]) ||
        strchr(text + digits + 1, ',') != NULL)
        return NULL;
    char *other = g_strdup(text);
    other[digits] = '.';
    double value;
    gsize start, end;
    CsQuantityStatus status =
        cs_quantity_read(other, strlen(other), dimension, &value, &start, &end);
    if (status == CS_QUANTITY_OK)
        return other;
    const char *unit = strchr(cs_dimension_example(dimension), ' ');
    char *with_unit =
        status == CS_QUANTITY_NO_UNIT && unit != NULL ? g_strconcat(other, unit, NULL) : NULL;
    g_free(other);
    return with_unit;
}

#define ONE_VALUE "one value stands here; several go into [sweep], or behind -s of 'cardsim sweep'"

/* The remedy where more stands behind a number than a unit, or something else: NULL where the
 * text is no such thing. Transfer full. */
static char *behind_help(const char *text, const char *behind, CsDimension dimension)
{
    char *point = with_point(text, dimension);
    if (point != NULL) {
        char *help = g_strdup_printf("write '%s': decimals follow a point", point);
        g_free(point);
        return help;
    }
    if (strstr(text, "..") != NULL)
        return g_strdup("in [sweep] a range needs its step, like '0 .. 1 step 0.1'; behind -s "
                        "'0..1:0.1'");
    gsize unit = strcspn(behind, " \t,;#");
    if (dimension == CS_DIMENSION_NONE && strchr(text, ',') != NULL)
        return g_strdup(ONE_VALUE);
    if (behind[unit] == '\0' || !is_unit(behind, unit, dimension))
        return NULL;
    if (behind[unit] == ',')
        return g_strdup(ONE_VALUE);
    return g_strdup_printf("end it behind '%.*s'; a comment begins with ' # '", (int)unit, behind);
}

/* "50 %" as "0.5", for a plain number; else NULL. Transfer full. */
static char *percent_help(const char *text, const char *unit)
{
    double number;
    const char *rest;
    char buffer[CS_NUMBER_MAX];
    if (strcmp(unit, "%") != 0 || !cs_number_read(text, text + strlen(text), &number, &rest))
        return NULL;
    cs_number_format(buffer, number / 100.0);
    return g_strdup_printf("write '%s'", buffer);
}

#define USUAL 100.0 /* times more or less than is usual is no reason for another unit */

/* The unit to which a value as it is usual, "3.5 GHz" or NULL, points: its own, or that with which
 * `number` comes nearest to it where its own makes it much more or less. NULL where it tells none.
 */
static const char *likely_unit(double number, CsDimension dimension, const char *like)
{
    double usual;
    const char *unit;
    if (like == NULL || !cs_number_read(like, like + strlen(like), &usual, &unit))
        return NULL;
    unit += strspn(unit, " ");
    const CsUnit *likely = cs_units();
    while (likely->symbol != NULL &&
           (likely->dimension != dimension || strcmp(likely->symbol, unit) != 0))
        likely++;
    double usual_si = usual * likely->scale, nearest = log(USUAL);
    if (likely->symbol == NULL || likely->decibel || !(usual > 0) || !(number > 0) ||
        fabs(log(number / usual)) <= nearest)
        return likely->symbol;
    nearest = fabs(log(number / usual));
    for (const CsUnit *u = cs_units(); u->symbol != NULL; u++) {
        double away = fabs(log(number * u->scale / usual_si));
        if (u->dimension != dimension || u->decibel || away >= nearest)
            continue;
        nearest = away;
        likely = u;
    }
    return likely->symbol;
}

/* The remedy for a wrong or missing unit: the user's own number with a fitting one. */
static char *unit_help(const char *text, const char *unit, CsDimension dimension, const char *like)
{
    double number;
    const char *rest, *similar = unit != NULL ? similar_unit(unit, dimension) : NULL;
    if (similar == NULL && dimension == CS_DIMENSION_SPEED)
        similar = "m/s"; /* as papers have it */
    if (similar == NULL)
        similar = likely_unit(g_ascii_strtod(text, NULL), dimension, like);
    if (similar == NULL && dimension == CS_DIMENSION_FREQUENCY && g_ascii_strtod(text, NULL) >= 1e5)
        similar = "Hz";
    if (similar == NULL)
        similar = strchr(cs_dimension_example(dimension), ' ');
    while (similar != NULL && *similar == ' ')
        similar++;
    if (similar == NULL || !cs_number_read(text, text + strlen(text), &number, &rest))
        return g_strdup_printf("write it like '%s'", cs_dimension_example(dimension));
    if (unit == NULL && number == 0.0 && dimension == CS_DIMENSION_POWER)
        return g_strdup("write '0 W' for none, or '0 dBm' for a milliwatt");
    return g_strdup_printf("write '%.*s %s'", (int)(rest - text), text, similar);
}

static void report(const char *key, const char *text, CsDimension dimension, const char *like,
                   CsQuantityStatus status, CsPlace bad, const char *bad_text,
                   CsDiagnostics *diagnostics)
{
    const char *name = cs_dimension_name(dimension);
    g_autofree char *help = NULL;
    switch (status) {
    case CS_QUANTITY_OK:
        break;
    case CS_QUANTITY_EMPTY:
        help = g_strdup_printf("write it like '%s'", cs_dimension_example(dimension));
        cs_diagnostics_error(diagnostics, bad, help, "'%s' has no value", key);
        break;
    case CS_QUANTITY_NOT_A_NUMBER:
        help = behind_help(text, "", dimension);
        if (help == NULL)
            help = g_strdup_printf("write it like '%s'", cs_dimension_example(dimension));
        cs_diagnostics_error(diagnostics, bad, help, "'%s' needs a finite number, not '%s'", key,
                             bad_text);
        break;
    case CS_QUANTITY_NO_UNIT:
        help = unit_help(text, NULL, dimension, like);
        cs_diagnostics_error(diagnostics, bad, help, "'%s' needs a unit of %s", key, name);
        break;
    case CS_QUANTITY_UNIT_UNKNOWN:
        help = behind_help(text, bad_text, dimension);
        if (help == NULL)
            help = unit_help(text, bad_text, dimension, like);
        cs_diagnostics_error(diagnostics, bad, help, "'%s' is no unit", bad_text);
        break;
    case CS_QUANTITY_UNIT_WRONG:
        help = unit_help(text, bad_text, dimension, like);
        cs_diagnostics_error(diagnostics, bad, help, "'%s' needs a unit of %s, and '%s' is none",
                             key, name, bad_text);
        break;
    case CS_QUANTITY_UNIT_UNWANTED:
        help = percent_help(text, bad_text);
        if (help == NULL)
            help = behind_help(text, "", dimension);
        cs_diagnostics_error(diagnostics, bad, help != NULL ? help : "leave it out",
                             "'%s' takes no unit", key);
        break;
    case CS_QUANTITY_OVERFLOW:
        cs_diagnostics_error(diagnostics, bad, NULL, "'%s' is too large to be a number", bad_text);
        break;
    }
}

gboolean cs_value_read_quantity(const char *key, const char *text, CsPlace place,
                                CsDimension dimension, double *value, CsDiagnostics *diagnostics)
{
    return cs_value_read_like(key, text, place, dimension, NULL, value, diagnostics);
}

gboolean cs_value_read_like(const char *key, const char *text, CsPlace place, CsDimension dimension,
                            const char *like, double *value, CsDiagnostics *diagnostics)
{
    gsize start, end;
    CsQuantityStatus status = cs_quantity_read(text, strlen(text), dimension, value, &start, &end);
    if (status == CS_QUANTITY_OK)
        return TRUE;
    g_autofree char *bad_text = g_strndup(text + start, end - start);
    CsPlace bad = place;
    bad.column += (guint)start;
    bad.length = (guint)(end - start);
    report(key, text, dimension, like, status, bad, bad_text, diagnostics);
    return FALSE;
}

void cs_value_out_of_range(const char *key, const char *text, CsPlace place, const char *takes,
                           CsDiagnostics *diagnostics)
{
    g_autofree char *help = takes != NULL ? g_strdup_printf("it takes %s", takes) : NULL;
    cs_diagnostics_error(diagnostics, place, help, "'%s' is out of range: %s", key, text);
}

gboolean cs_group_get_number(const CsGroup *group, const char *key, double minimum, double maximum,
                             gboolean whole, gboolean required, double *value,
                             CsDiagnostics *diagnostics)
{
    const CsEntry *entry = cs_group_find(group, key);
    if (entry == NULL) {
        if (required)
            cs_diagnostics_error(diagnostics, group->place, NULL, "[%s] needs the key '%s'",
                                 group->name, key);
        return FALSE;
    }
    double number;
    if (!cs_value_read_quantity(key, entry->value, entry->value_place, CS_DIMENSION_NONE, &number,
                                diagnostics))
        return FALSE;
    char low[CS_NUMBER_MAX], high[CS_NUMBER_MAX];
    if (whole && number != trunc(number))
        return cs_diagnostics_error(diagnostics, entry->value_place, NULL,
                                    "'%s' needs a whole number, not '%s'", key, entry->value);
    if (number >= minimum && number <= maximum) {
        *value = number;
        return TRUE;
    }
    g_autofree char *takes = NULL;
    if (isfinite(minimum) && isfinite(maximum)) {
        cs_number_format(low, minimum);
        cs_number_format(high, maximum);
        takes = g_strdup_printf("%s .. %s", low, high);
    } else if (isfinite(minimum)) {
        cs_number_format(low, minimum);
        takes = g_strdup_printf("%s or more", low);
    }
    cs_value_out_of_range(key, entry->value, entry->value_place, takes, diagnostics);
    return FALSE;
}

void cs_group_check_known(const CsGroup *group, const char *const *known,
                          CsDiagnostics *diagnostics)
{
    guint n = g_strv_length((char **)known);
    for (guint i = 0; i < group->n_entries; i++) {
        const CsEntry *entry = &group->entries[i];
        if (g_strv_contains(known, entry->key))
            continue;
        g_autofree char *help =
            cs_diagnostics_full(diagnostics) ? NULL : cs_suggest_question(entry->key, known, n);
        cs_diagnostics_error(diagnostics, entry->key_place, help, "[%s] has no key '%s'",
                             group->name, entry->key);
    }
}
