/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/trace-time: the column of time of a measurement. See trace-time.h. Layer: radio. */
#include "radio/trace-time.h"

#include <math.h>

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

/* Year to second, as channel-trace.h says; seconds since 1970 and the fraction apart, so that
 * neither loses digits. */
static gboolean read_date(CsField field, gint64 *whole_s, double *fraction_s)
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
    *fraction_s = 0;
    if (p < field.end && *p == '.') {
        double digit = 0.1;
        for (p++; p < field.end && g_ascii_isdigit(*p); p++, digit /= 10)
            *fraction_s += digit * (*p - '0');
    }
    if (p < field.end && *p == 'Z')
        p++;
    *whole_s = days_from_civil(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 +
               part[5];
    return p == field.end;
}

double cs_trace_time_read(CsTraceTime unit, CsField field, gboolean first, double *origin)
{
    static const double scale[] = {1, 1e-3, 1e-6};
    double time_s;
    if (unit == CS_TRACE_TIME_DATE) {
        gint64 whole_s;
        double fraction_s;
        if (!read_date(field, &whole_s, &fraction_s))
            return NAN;
        time_s = (double)whole_s + fraction_s;
        if (first)
            *origin = time_s;
        return time_s - *origin;
    }
    /* The difference is taken in the file's own unit: time stamps since 1970 in us keep theirs. */
    if (!cs_field_number(field, &time_s))
        return NAN;
    if (first)
        *origin = time_s;
    return (time_s - *origin) * scale[unit];
}

void cs_trace_time_complain(CsTraceTime unit, const char *unit_key, CsPlace place,
                            CsDiagnostics *diagnostics)
{
    g_autofree char *help =
        unit == CS_TRACE_TIME_DATE
            ? g_strdup("write it like 2020-02-14T13:21:26.5")
            : g_strdup_printf("write a plain decimal number, or set '%s'", unit_key);
    cs_diagnostics_error(diagnostics, place, help, "not a time");
}
