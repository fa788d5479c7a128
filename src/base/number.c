/* base/number: numbers as text. See number.h. */
#include "base/number.h"

#include <math.h>
#include <string.h>

gsize cs_number_format(char buffer[static CS_NUMBER_MAX], double value)
{
    g_assert(isfinite(value));
    /* Whole numbers below 2^53 are common (cuts, seeds, bits) and exact at once. */
    if (value == trunc(value) && fabs(value) < 1e15 && !(value == 0.0 && signbit(value)))
        return (gsize)g_snprintf(buffer, CS_NUMBER_MAX, "%" G_GINT64_FORMAT, (gint64)value);
    for (int digits = 1; digits <= 17; digits++) {
        /* Most values need 15 to 17 digits: one try at 15 tells whether fewer could do. */
        if (digits == 2) {
            g_ascii_formatd(buffer, CS_NUMBER_MAX, "%.15g", value);
            if (g_ascii_strtod(buffer, NULL) != value)
                digits = 16;
        }
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, CS_NUMBER_MAX, format, value);
        if (g_ascii_strtod(buffer, NULL) == value)
            break;
    }
    return strlen(buffer);
}

gboolean cs_number_read(const char *text, const char *end, double *value, const char **rest)
{
    /* The syntax is checked by hand, since strtod() also takes "inf", "nan" and hexadecimal. */
    const char *p = text;
    *rest = text;
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    const char *digits = p;
    while (p < end && g_ascii_isdigit(*p))
        p++;
    gsize n_digits = (gsize)(p - digits);
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        while (p < end && g_ascii_isdigit(*p))
            p++;
        n_digits += (gsize)(p - fraction);
    }
    if (n_digits == 0)
        return FALSE;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *q = p + 1;
        if (q < end && (*q == '+' || *q == '-'))
            q++;
        if (q < end && g_ascii_isdigit(*q)) {
            while (q < end && g_ascii_isdigit(*q))
                q++;
            p = q;
        }
    }
    g_autofree char *copy = g_strndup(text, (gsize)(p - text));
    double number = g_ascii_strtod(copy, NULL);
    if (!isfinite(number))
        return FALSE;
    *value = number;
    *rest = p;
    return TRUE;
}

gboolean cs_number_read_whole(const char *text, gsize length, guint64 *value)
{
    guint64 number = 0;
    if (length == 0)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
        guint64 digit = (guint64)(text[i] - '0');
        if (number > (G_MAXUINT64 - digit) / 10)
            return FALSE;
        number = number * 10 + digit;
    }
    *value = number;
    return TRUE;
}
