/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/number: numbers as text. See number.h. */
#include "base/number.h"

#include <math.h>
#include <string.h>

/* --- writing -------------------------------------------------------------------------------- */

typedef unsigned __int128 Wide;

#define FIVE_POWERS 28 /* 5^27 is the last below 2^63 */

static const guint64 power_of_5[FIVE_POWERS] = {1ull,
                                                5ull,
                                                25ull,
                                                125ull,
                                                625ull,
                                                3125ull,
                                                15625ull,
                                                78125ull,
                                                390625ull,
                                                1953125ull,
                                                9765625ull,
                                                48828125ull,
                                                244140625ull,
                                                1220703125ull,
                                                6103515625ull,
                                                30517578125ull,
                                                152587890625ull,
                                                762939453125ull,
                                                3814697265625ull,
                                                19073486328125ull,
                                                95367431640625ull,
                                                476837158203125ull,
                                                2384185791015625ull,
                                                11920928955078125ull,
                                                59604644775390625ull,
                                                298023223876953125ull,
                                                1490116119384765625ull,
                                                7450580596923828125ull};

static const guint64 power_of_10[20] = {1ull,
                                        10ull,
                                        100ull,
                                        1000ull,
                                        10000ull,
                                        100000ull,
                                        1000000ull,
                                        10000000ull,
                                        100000000ull,
                                        1000000000ull,
                                        10000000000ull,
                                        100000000000ull,
                                        1000000000000ull,
                                        10000000000000ull,
                                        100000000000000ull,
                                        1000000000000000ull,
                                        10000000000000000ull,
                                        100000000000000000ull,
                                        1000000000000000000ull,
                                        10000000000000000000ull};

static void put_2_digits(char *out, guint32 value)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
        "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";
    memcpy(out, pairs + 2 * value, 2);
}

static void put_8_digits(char *out, guint32 value)
{
    guint32 high = value / 10000, low = value % 10000;
    put_2_digits(out, high / 100);
    put_2_digits(out + 2, high % 100);
    put_2_digits(out + 4, low / 100);
    put_2_digits(out + 6, low % 100);
}

/* How many digits `value` has, at least 1: by 1233/4096 for lg 2. */
static gsize count_digits(guint64 value)
{
    guint bits = 64u - (guint)__builtin_clzll(value | 1), estimate = bits * 1233u >> 12;
    return estimate + (value >= power_of_10[estimate]) + (value == 0);
}

/* The digits of `value`, of which there are 1 to 20; their number. */
static gsize put_digits(char *out, guint64 value)
{
    gsize n = count_digits(value);
    char *end = out + n;
    for (; value >= 100000000; value /= 100000000) {
        end -= 8;
        put_8_digits(end, (guint32)(value % 100000000));
    }
    guint32 rest = (guint32)value;
    for (; rest >= 100; rest /= 100) {
        end -= 2;
        put_2_digits(end, rest % 100);
    }
    if (end - out == 2)
        put_2_digits(out, rest);
    else
        *out = (char)('0' + rest);
    return n;
}

gsize cs_number_format_whole(char buffer[static CS_NUMBER_MAX], gint64 value)
{
    gboolean negative = value < 0;
    buffer[0] = '-';
    gsize n = put_digits(buffer + negative, negative ? -(guint64)value : (guint64)value);
    buffer[n + negative] = '\0';
    return n + negative;
}

/*
 * The shortest digits·10^exponent within the interval of decimals that read back to `value`, of
 * several the nearest. Exact in integers: with value = m 2^e and its 17th digit at 10^-k, the
 * interval's ends are (4m ± 2) 5^k / 2^(2-e-k) in units of 10^-k (one end is nearer where m is a
 * power of two), which fit 128 bits for 0 <= k <= 27: 1e-10 < value < 1e16. FALSE beyond.
 * The ends themselves belong to it where m is even, since readers round to even.
 */
static gboolean shortest(double value, guint64 *digits, int *exponent)
{
    union {
        double value;
        guint64 bits;
    } image = {value};
    int field = (int)(image.bits >> 52);
    guint64 fraction = image.bits & ((G_GUINT64_CONSTANT(1) << 52) - 1);
    guint64 m = fraction | (G_GUINT64_CONSTANT(1) << 52);
    int e = field - 1075;
    int k = 16 - ((e + 52) * 78913 >> 18); /* 78913/2^18: lg 2, good to one in a million */
    if (field == 0 || k < 0 || k >= FIVE_POWERS)
        return FALSE;
    guint64 unit = power_of_5[k];
    int shift = 2 - e - k;
    Wide middle = (Wide)unit * (4 * m), low = middle - (Wide)unit * (fraction == 0 ? 1 : 2);
    Wide high = middle + (Wide)unit * 2;
    if (shift < 0) {
        middle <<= -shift;
        low <<= -shift;
        high <<= -shift;
        shift = 0;
    }
    Wide mask = ((Wide)1 << shift) - 1;
    guint64 least = (guint64)((low + mask) >> shift), most = (guint64)(high >> shift);
    if (m % 2 == 1) {
        least += (low & mask) == 0;
        most -= (high & mask) == 0;
    }
    int dropped = 0;
    while (most / 10 >= (least + 9) / 10) {
        most /= 10;
        least = (least + 9) / 10;
        dropped++;
    }
    /* The multiple of `ten` nearest to the value itself; half way, the even one, as printf does. */
    guint64 ten = power_of_10[dropped], whole = (guint64)(middle >> shift), nearest = whole / ten;
    Wide rest = ((Wide)(whole % ten) << shift) + (middle & mask), half = ((Wide)ten << shift) / 2;
    if (rest > half || (rest == half && half != 0 && nearest % 2 == 1))
        nearest++;
    *digits = CLAMP(nearest, least, most);
    *exponent = dropped - k;
    return TRUE;
}

/* digits·10^exponent as printf's %g lays out that many digits; its length. */
static gsize lay_out(char *out, guint64 digits, int exponent)
{
    char text[20];
    int n = (int)put_digits(text, digits), leading = n - 1 + exponent;
    char *p = out;
    if (leading < -4 || leading >= n) {
        *p++ = text[0];
        if (n > 1)
            *p++ = '.';
        memcpy(p, text + 1, (gsize)n - 1);
        p += n - 1;
        *p++ = 'e';
        *p++ = leading < 0 ? '-' : '+';
        if (ABS(leading) < 10)
            *p++ = '0';
        p += put_digits(p, (guint64)ABS(leading));
    } else if (leading < 0) {
        *p++ = '0';
        *p++ = '.';
        for (int i = -1; i > leading; i--)
            *p++ = '0';
        memcpy(p, text, (gsize)n);
        p += n;
    } else {
        memcpy(p, text, (gsize)leading + 1);
        p += leading + 1;
        if (n > leading + 1)
            *p++ = '.';
        memcpy(p, text + leading + 1, (gsize)(n - leading - 1));
        p += n - leading - 1;
    }
    *p = '\0';
    return (gsize)(p - out);
}

/* The same by trial: for numbers too large or too small for 128 bits. */
static gsize format_by_trial(char buffer[static CS_NUMBER_MAX], double value)
{
    /* Most values need 15 to 17 digits: one try at 15 tells whether fewer could do. */
    g_ascii_formatd(buffer, CS_NUMBER_MAX, "%.15g", value);
    int digits = g_ascii_strtod(buffer, NULL) == value ? 1 : 16;
    for (; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, CS_NUMBER_MAX, format, value);
        if (g_ascii_strtod(buffer, NULL) == value)
            break;
    }
    return strlen(buffer);
}

gsize cs_number_format(char buffer[static CS_NUMBER_MAX], double value)
{
    g_assert(isfinite(value));
    /* Whole numbers are common (cuts, seeds, bits) and exact at once. */
    if (fabs(value) < 1e15 && value == (double)(gint64)value && !(value == 0.0 && signbit(value)))
        return cs_number_format_whole(buffer, (gint64)value);
    guint64 digits;
    int exponent;
    if (!shortest(fabs(value), &digits, &exponent))
        return format_by_trial(buffer, value);
    buffer[0] = '-';
    return lay_out(buffer + signbit(value), digits, exponent) + (signbit(value) != 0);
}

gsize cs_number_format_ns(char buffer[static CS_NUMBER_MAX], gint64 time_ns)
{
    /* 15 digits or fewer are the shortest decimal of the double next to them, so that these need no
     * division; printf's layout turns to exponents below 1e-4. */
    if (time_ns < 100000 || time_ns >= G_GINT64_CONSTANT(1000000000000000) ||
        time_ns % 1000000000 == 0)
        return cs_number_format(buffer, (double)time_ns / 1e9);
    gsize n = put_digits(buffer, (guint64)time_ns / 1000000000);
    guint64 rest = (guint64)time_ns % 1000000000;
    buffer[n] = '.';
    buffer[n + 1] = (char)('0' + rest / 100000000);
    put_8_digits(buffer + n + 2, (guint32)(rest % 100000000));
    n += 10;
    while (buffer[n - 1] == '0')
        n--;
    buffer[n] = '\0';
    return n;
}

/* --- reading -------------------------------------------------------------------------------- */

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

/* --- for people ------------------------------------------------------------------------------- */

#define SHOWN_DIGITS 5
#define ESTIMATE_LEAST 1e-10 /* half-width / value: what is less is noise */

/* With a point where a person writes it so. */
static gboolean shows_point(double size)
{
    return size >= 1e-3 && size < 1e6;
}

static void format_as(char buffer[static CS_NUMBER_MAX], int decimals, char kind, double value)
{
    char form[8];
    g_snprintf(form, sizeof form, "%%.%d%c", decimals, kind);
    g_ascii_formatd(buffer, CS_NUMBER_MAX, form, value);
}

void cs_number_show(char buffer[static CS_NUMBER_MAX], double value)
{
    double size = fabs(value);
    if (!shows_point(size)) {
        format_as(buffer, SHOWN_DIGITS, 'g', value);
        return;
    }
    int before = size < 1.0 ? 1 : 1 + (int)floor(log10(size));
    format_as(buffer, size < 1.0 ? SHOWN_DIGITS : MAX(SHOWN_DIGITS - before, 0), 'f', value);
    if (strchr(buffer, '.') == NULL)
        return;
    gsize end = strlen(buffer);
    while (buffer[end - 1] == '0')
        end--;
    buffer[buffer[end - 1] == '.' ? end - 1 : end] = '\0';
}

static void show_or_dash(char buffer[static CS_NUMBER_MAX], double value)
{
    if (isfinite(value))
        cs_number_show(buffer, value);
    else
        g_strlcpy(buffer, "-", CS_NUMBER_MAX);
}

/* The power of ten of a half-width's last digit that is shown. */
static int last_place(double half_width)
{
    char first[CS_NUMBER_MAX];
    format_as(first, 1, 'e', half_width); /* rounded: 0.0999 begins with 1 */
    int place = (int)g_ascii_strtoll(strchr(first, 'e') + 1, NULL, 10);
    return first[0] == '1' ? place - 1 : place;
}

void cs_number_show_estimate(char value_text[static CS_NUMBER_MAX],
                             char half_text[static CS_NUMBER_MAX], double value, double half_width)
{
    double size = MAX(fabs(value), half_width);
    if (!isfinite(value) || !isfinite(half_width) || half_width <= 0.0 ||
        half_width < size * ESTIMATE_LEAST) {
        show_or_dash(value_text, value);
        show_or_dash(half_text, half_width);
        return;
    }
    int place = last_place(half_width);
    if (shows_point(size)) {
        int decimals = place < 0 ? -place : 0;
        format_as(value_text, decimals, 'f', value);
        format_as(half_text, decimals, 'f', half_width);
        return;
    }
    /* The exponent of each is its own, the place of the last digit is not. */
    int exponent = (int)floor(log10(fabs(value) > 0.0 ? fabs(value) : size));
    format_as(value_text, MAX(exponent - place, 0), 'e', value);
    format_as(half_text, MAX((int)floor(log10(half_width)) - place, 0), 'e', half_width);
}
