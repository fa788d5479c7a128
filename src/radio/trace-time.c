/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/trace-time: the column of time of a measurement. See trace-time.h. Layer: radio. */
#include "radio/trace-time.h"

#include "base/number.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

#define ATTO_DIGITS 18
#define ATTO G_GINT64_CONSTANT(1000000000000000000)
#define ATTO_OF_NS G_GINT64_CONSTANT(1000000000)
#define WHOLE_MAX G_GINT64_CONSTANT(100000000000000000) /* s; differences of two fit */
#define DIGITS_MAX 64                                   /* significant ones of a number */

/* Days from 1970-01-01 to a date of the Gregorian calendar, by counting 400-year cycles of 146097
 * days from 1 March of year 0, so that the leap day is the last of its year. */
static gint64 days_from_civil(gint64 year, gint64 month, gint64 day)
{
    gint64 shifted = month <= 2 ? year - 1 : year, cycle = shifted / 400;
    gint64 year_of_cycle = shifted - cycle * 400;
    gint64 day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return cycle * 146097 + year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 +
           day_of_year - 719468;
}

static gboolean read_digits(const char **text, const char *end, guint most, gint64 *value)
{
    const char *start = *text;
    *value = 0;
    while (*text < end && g_ascii_isdigit(**text) && (guint)(*text - start) < most)
        *value = *value * 10 + (*(*text)++ - '0');
    return *text > start;
}

/* Year to second, as channel-trace.h says. */
static gboolean read_date(CsField field, CsTraceStamp *stamp)
{
    static const gint64 least[] = {0, 1, 1, 0, 0, 0}, most[] = {9999, 12, 31, 23, 59, 60};
    const char *p = field.start;
    gint64 part[6];
    for (int i = 0; i < 6; i++) {
        if (i > 0 && (p == field.end || g_ascii_isdigit(*p++)))
            return FALSE;
        if (!read_digits(&p, field.end, i == 0 ? 4 : 2, &part[i]) || part[i] < least[i] ||
            part[i] > most[i])
            return FALSE;
    }
    stamp->atto = 0;
    if (p < field.end && *p == '.') {
        gint64 digit = ATTO / 10; /* further ones than 18 come to nothing */
        for (p++; p < field.end && g_ascii_isdigit(*p); p++, digit /= 10)
            stamp->atto += digit * (*p - '0');
    }
    if (p < field.end && *p == 'Z')
        p++;
    stamp->whole_s = days_from_civil(part[0], part[1], part[2]) * 86400 + part[3] * 3600 +
                     part[4] * 60 + part[5];
    return p == field.end;
}

/* The digits of a number, 0.d1 d2 d3 ... x 10^point, without zeros in front. */
typedef struct {
    guint8 digit[DIGITS_MAX];
    int n;
    gint64 point;
    gboolean negative;
} Decimal;

/* Of a field that cs_field_number() accepts. Digits behind the 64th come to nothing. */
static void read_decimal(CsField field, Decimal *decimal)
{
    gboolean behind = FALSE;
    const char *p = field.start;
    *decimal = (Decimal){.negative = *p == '-'};
    for (; p < field.end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.')
            behind = TRUE;
        if (!g_ascii_isdigit(*p))
            continue;
        gboolean leading = decimal->n == 0 && *p == '0';
        if (!leading && decimal->n < DIGITS_MAX)
            decimal->digit[decimal->n++] = (guint8)(*p - '0');
        if (behind ? leading : !leading)
            decimal->point += behind ? -1 : 1;
    }
    if (p < field.end) /* bounded: the number is no larger than a double, and 0 below one */
        decimal->point += CLAMP(g_ascii_strtoll(p + 1, NULL, 10), -100000, 100000);
}

/* `shift` turns the file's unit into seconds: 10^shift of it are one. */
static gboolean read_number(CsField field, int shift, CsTraceStamp *stamp)
{
    double unused;
    Decimal decimal;
    if (!cs_field_number(field, &unused))
        return FALSE;
    read_decimal(field, &decimal);
    decimal.point -= shift;
    *stamp = (CsTraceStamp){0, 0};
    for (gint64 i = 0; decimal.n > 0 && i < decimal.point; i++) {
        if (stamp->whole_s >= WHOLE_MAX)
            return FALSE;
        stamp->whole_s = stamp->whole_s * 10 + (i < decimal.n ? decimal.digit[i] : 0);
    }
    for (int i = 0; i < ATTO_DIGITS; i++) {
        gint64 at = decimal.point + i;
        stamp->atto = stamp->atto * 10 + (at >= 0 && at < decimal.n ? decimal.digit[at] : 0);
    }
    if (decimal.negative) {
        stamp->whole_s = -stamp->whole_s - (stamp->atto > 0 ? 1 : 0);
        stamp->atto = stamp->atto > 0 ? ATTO - stamp->atto : 0;
    }
    return TRUE;
}

gboolean cs_trace_clock_read(CsTraceClock *clock, CsField field, gint64 *time_ns)
{
    static const int shift[] = {0, 3, 6};
    CsTraceStamp stamp;
    if (!(clock->unit == CS_TRACE_TIME_DATE ? read_date(field, &stamp)
                                            : read_number(field, shift[clock->unit], &stamp)))
        return FALSE;
    if (clock->from_first && !clock->started)
        clock->origin = stamp;
    clock->started = TRUE;
    gint64 whole_s = stamp.whole_s - clock->origin.whole_s;
    gint64 atto = stamp.atto - clock->origin.atto; /* in (-10^18, 10^18) */
    if (labs(whole_s) > CS_TRACE_TIME_MAX_S)
        return FALSE;
    /* Half a nanosecond is rounded up. */
    gint64 up_atto = atto + ATTO_OF_NS / 2;
    gint64 ns = up_atto >= 0 ? up_atto / ATTO_OF_NS : -((ATTO_OF_NS - 1 - up_atto) / ATTO_OF_NS);
    *time_ns = whole_s * G_GINT64_CONSTANT(1000000000) + ns;
    return TRUE;
}

gint64 cs_trace_time_of_quantity(const char *text, const char *end)
{
    double unused, scale = 1.0;
    const char *rest;
    CsTraceStamp stamp;
    while (text < end && g_ascii_isspace(*text))
        text++;
    cs_number_read(text, end, &unused, &rest);
    g_autofree char *unit = g_strstrip(g_strndup(rest, (gsize)(end - rest)));
    for (const CsUnit *u = cs_units(); u->symbol != NULL; u++)
        if (u->dimension == CS_DIMENSION_TIME && strcmp(u->symbol, unit) == 0)
            scale = u->scale;
    gint64 factor = scale > 1.0 ? llround(scale) : 1;
    int shift = scale < 1.0 ? (int)lround(-log10(scale)) : 0;
    if (!read_number((CsField){.start = text, .end = rest}, shift, &stamp))
        return 0;
    gint64 ns = stamp.atto / ATTO_OF_NS, atto = stamp.atto % ATTO_OF_NS;
    return stamp.whole_s * factor * ATTO_OF_NS + ns * factor +
           (atto * factor + ATTO_OF_NS / 2) / ATTO_OF_NS;
}

void cs_trace_time_complain(CsTraceTime unit, CsPlace place, CsDiagnostics *diagnostics)
{
    const char *help = unit == CS_TRACE_TIME_DATE
                           ? "write it like 2020-02-14T13:21:26.5"
                           : "write a plain decimal number, or say in what unit the file counts";
    cs_diagnostics_error(diagnostics, place, help, "not a time");
}
