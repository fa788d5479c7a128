/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/base: expected values by hand or from the sources named beside them. */
#include "cs-check.h"

#include "base/file.h"
#include "base/number.h"
#include "base/random.h"
#include "base/console.h"
#include "base/statistics.h"
#include "base/suggest.h"
#include "base/units.h"

#include <math.h>
#include <string.h>

/* Random123 1.14, examples/kat_vectors: philox4x32 with 10 rounds. */
START_TEST(philox_known_answers)
{
    static const struct {
        guint32 counter[4], key[2], out[4];
    } vector[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(vector); i++) {
        guint32 out[4];
        cs_philox(vector[i].counter, vector[i].key, out);
        ck_assert_mem_eq(out, vector[i].out, sizeof out);
    }
}
END_TEST

START_TEST(streams_are_apart)
{
    guint64 entity = cs_entity_hash("1");
    CsRandomKey key = cs_random_key(1, 1, entity, CS_PURPOSE_FADING_UPLINK);
    double u = cs_random_uniform(key, 1, 0);
    ck_assert(u > 0 && u <= 1);
    ck_assert(u == cs_random_uniform(key, 1, 0));
    ck_assert(u != cs_random_uniform(key, 2, 0));
    ck_assert(u != cs_random_uniform(key, 1, 1));
    CsRandomKey other[] = {
        cs_random_key(2, 1, entity, CS_PURPOSE_FADING_UPLINK),
        cs_random_key(1, 2, entity, CS_PURPOSE_FADING_UPLINK),
        cs_random_key(1, 1, cs_entity_hash("2"), CS_PURPOSE_FADING_UPLINK),
        cs_random_key(1, 1, entity, CS_PURPOSE_FADING_DOWNLINK),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
        ck_assert(u != cs_random_uniform(other[i], 1, 0));
}
END_TEST

START_TEST(gsl_interface_reads_the_same_words)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    CsRandomKey key = cs_random_key(7, 1, 5, CS_PURPOSE_POLICY);
    const guint32 counter[4] = {0, 3, 9, 0};
    guint32 word[4];
    cs_rng_seek(rng, key, 9, 3, 0);
    cs_philox(counter, key.word, word);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(gsl_rng_get(rng), word[i]);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(numbers_round_trip)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.1, "0.1"},
                 {1e-25, "1e-25"},
                 {2.46e9, "2460000000"},
                 {-0.5, "-0.5"},
                 {0, "0"},
                 {-0.0, "-0"},
                 {1.0 / 3, "0.3333333333333333"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"}};
    char buffer[CS_NUMBER_MAX];
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        ck_assert_uint_eq(cs_number_format(buffer, known[i].value), strlen(known[i].text));
        ck_assert_str_eq(buffer, known[i].text);
    }
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    for (int i = 0; i < 100000; i++) {
        union {
            guint64 bits;
            double value;
        } x = {((guint64)gsl_rng_get(rng) << 32) | gsl_rng_get(rng)};
        double back;
        const char *rest;
        if (!isfinite(x.value))
            continue;
        gsize n = cs_number_format(buffer, x.value);
        ck_assert(cs_number_read(buffer, buffer + n, &back, &rest) && back == x.value);
        ck_assert_ptr_eq(rest, buffer + n);
    }
    gsl_rng_free(rng);
}
END_TEST

/* Shortest forms from CPython's repr(), which is David Gay's algorithm; powers of two have a nearer
 * lower neighbour; the rest are the edges of the layout. */
START_TEST(numbers_are_shortest)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {{0x1p-24, "5.960464477539063e-08"},
                 {0x1p-34, "5.820766091346741e-11"},
                 {0x1p53, "9007199254740992"},
                 {9007199254740993.0 * 2, "18014398509481984"},
                 {123456.789, "123456.789"},
                 {0.0001, "0.0001"},
                 {0.00009999, "9.999e-05"},
                 {1e15, "1e+15"},
                 {1.5e-10, "1.5e-10"},
                 {5.7, "5.7"},
                 {2.675, "2.675"},
                 {4.35e-5, "4.35e-05"},
                 {1e23, "1e+23"},
                 {-0.1, "-0.1"},
                 {99999999.99999999, "99999999.99999999"}};
    char buffer[CS_NUMBER_MAX];
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        ck_assert_uint_eq(cs_number_format(buffer, known[i].value), strlen(known[i].text));
        ck_assert_str_eq(buffer, known[i].text);
    }
    /* No shorter form may read back: printf's own at one digit less does not. */
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    for (int i = 0; i < 50000; i++) {
        char shorter[CS_NUMBER_MAX], format[8];
        double x = exp(-23 + 60 * gsl_rng_uniform(rng));
        gsize n = cs_number_format(buffer, x);
        ck_assert(g_ascii_strtod(buffer, NULL) == x);
        int digits = 0, significant = 0;
        for (gsize j = 0; j < n && buffer[j] != 'e'; j++) {
            significant |= buffer[j] >= '1' && buffer[j] <= '9';
            digits += significant && g_ascii_isdigit(buffer[j]);
        }
        g_snprintf(format, sizeof format, "%%.%dg", digits - 1);
        g_ascii_formatd(shorter, sizeof shorter, format, x);
        if (digits >= 2 && x != trunc(x)) /* whole numbers are written out, zeros and all */
            ck_assert_msg(g_ascii_strtod(shorter, NULL) != x, "%s, but %s", buffer, shorter);
    }
    gsl_rng_free(rng);
}
END_TEST

START_TEST(whole_numbers_and_times)
{
    static const gint64 wholes[] = {
        0, 9, 10, 99999999, 100000000, -1, -1234567890123, G_MAXINT64, G_MININT64};
    char buffer[CS_NUMBER_MAX], other[CS_NUMBER_MAX];
    for (gsize i = 0; i < G_N_ELEMENTS(wholes); i++) {
        g_snprintf(other, sizeof other, "%" G_GINT64_FORMAT, wholes[i]);
        ck_assert_uint_eq(cs_number_format_whole(buffer, wholes[i]), strlen(other));
        ck_assert_str_eq(buffer, other);
    }
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    for (int i = 0; i < 50000; i++) {
        gint64 time_ns = (gint64)exp(36 * gsl_rng_uniform(rng)) * (i % 3 == 0 ? 1000 : 1) - 1;
        cs_number_format(other, (double)time_ns / 1e9);
        ck_assert_uint_eq(cs_number_format_ns(buffer, time_ns), strlen(other));
        ck_assert_str_eq(buffer, other);
    }
    gsl_rng_free(rng);
}
END_TEST

START_TEST(numbers_refused)
{
    static const char *const bad[] = {"", "x", "nan", "inf", "-inf", "1e400", ".", "-", "e5"};
    double value;
    const char *rest;
    guint64 whole;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(!cs_number_read(bad[i], bad[i] + strlen(bad[i]), &value, &rest), "%s",
                      bad[i]);
    ck_assert(cs_number_read_whole("18446744073709551615", 20, &whole) && whole == G_MAXUINT64);
    ck_assert(!cs_number_read_whole("18446744073709551616", 20, &whole));
    ck_assert(!cs_number_read_whole("99999999999999999999", 20, &whole));
    ck_assert(!cs_number_read_whole("2.5", 3, &whole));
    ck_assert(!cs_number_read_whole("-1", 2, &whole));
}
END_TEST

START_TEST(quantities)
{
    static const struct {
        const char *text;
        CsDimension dimension;
        double value;
    } good[] = {
        {"20 MHz", CS_DIMENSION_FREQUENCY, 20e6},
        {"20MHz", CS_DIMENSION_FREQUENCY, 20e6},
        {" 2.46 GHz ", CS_DIMENSION_FREQUENCY, 2.46e9},
        {"30 dBm", CS_DIMENSION_POWER, 1},
        {"0 dBm", CS_DIMENSION_POWER, 1e-3},
        {"1e-25 W/Hz^3", CS_DIMENSION_POWER_COEFFICIENT, 1e-25},
        {"2 B", CS_DIMENSION_SIZE, 16},
        {"0", CS_DIMENSION_LENGTH, 0},
        {"0", CS_DIMENSION_SPREAD_DB, 0},
        {"0", CS_DIMENSION_ANGLE, 0},
        {"0 dB", CS_DIMENSION_RATIO_DB, 1},
        {"0 W", CS_DIMENSION_POWER, 0},
        {"0.2", CS_DIMENSION_NONE, 0.2},
        {"36 km/h", CS_DIMENSION_SPEED, 10},
        {"10 dB", CS_DIMENSION_RATIO_DB, 10},
        {"10 dB", CS_DIMENSION_SPREAD_DB, 10},
        {"2 %", CS_DIMENSION_PERCENT, 0.02},
    };
    static const struct {
        const char *text;
        CsDimension dimension;
        CsQuantityStatus status;
    } bad[] = {
        {"", CS_DIMENSION_NONE, CS_QUANTITY_EMPTY},
        {"20", CS_DIMENSION_FREQUENCY, CS_QUANTITY_NO_UNIT},
        {"20 dBm", CS_DIMENSION_FREQUENCY, CS_QUANTITY_UNIT_WRONG},
        /* 0 dB is a ratio of 1, 0 dBm a milliwatt */
        {"0", CS_DIMENSION_RATIO_DB, CS_QUANTITY_NO_UNIT},
        {"0", CS_DIMENSION_POWER, CS_QUANTITY_NO_UNIT},
        {" -0.0 ", CS_DIMENSION_POWER, CS_QUANTITY_NO_UNIT},
        {"0", CS_DIMENSION_POWER_DENSITY, CS_QUANTITY_NO_UNIT},
        {"20 mhz", CS_DIMENSION_FREQUENCY, CS_QUANTITY_UNIT_UNKNOWN},
        {"5 m", CS_DIMENSION_NONE, CS_QUANTITY_UNIT_UNWANTED},
        {"1e400", CS_DIMENSION_NONE, CS_QUANTITY_NOT_A_NUMBER},
        {"nan", CS_DIMENSION_NONE, CS_QUANTITY_NOT_A_NUMBER},
        {"0x10", CS_DIMENSION_NONE, CS_QUANTITY_NOT_A_NUMBER},
        {"1e305 GHz", CS_DIMENSION_FREQUENCY, CS_QUANTITY_OVERFLOW},
        {"5000 dBm", CS_DIMENSION_POWER, CS_QUANTITY_OVERFLOW},
    };
    double value;
    gsize start, end;
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        ck_assert_int_eq(cs_quantity_read(good[i].text, strlen(good[i].text), good[i].dimension,
                                          &value, &start, &end),
                         CS_QUANTITY_OK);
        ck_assert_close(value, good[i].value, 1e-15);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(cs_quantity_read(bad[i].text, strlen(bad[i].text), bad[i].dimension, &value,
                                       &start, &end) == bad[i].status,
                      "'%s'", bad[i].text);
}
END_TEST

START_TEST(quantities_format_back)
{
    static const struct {
        double value;
        CsDimension dimension;
        const char *text;
    } known[] = {
        {50e6, CS_DIMENSION_FREQUENCY, "50 MHz"},
        {2.46e9, CS_DIMENSION_FREQUENCY, "2.46 GHz"},
        {1, CS_DIMENSION_RATIO_DB, "0 dB"},
        {8, CS_DIMENSION_LENGTH, "8 m"},
        {1e-25, CS_DIMENSION_POWER_COEFFICIENT, "1e-25 W/Hz^3"},
        {16, CS_DIMENSION_SIZE, "16 bit"},
        {0, CS_DIMENSION_SPREAD_DB, "0"},
        {0, CS_DIMENSION_POWER, "0 W"},
        {0, CS_DIMENSION_POWER_DENSITY, "0 W/Hz"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *text = cs_quantity_format(known[i].value, known[i].dimension);
        ck_assert_str_eq(text, known[i].text);
    }
    g_autofree char *power = cs_quantity_format(cs_dbm_to_w(23), CS_DIMENSION_POWER);
    ck_assert_str_eq(power, "23 dBm");
}
END_TEST

/* Any finite value of any dimension is told by a text that reads back as that value. */
START_TEST(every_quantity_reads_back)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    for (CsDimension d = CS_DIMENSION_NONE; d < CS_DIMENSION_N; d++)
        for (gint i = 0; i < 20000; i++) {
            double value = exp(g_rand_double_range(rand, -740, 700)), again;
            if (i % 2 == 0)
                value = g_rand_double_range(rand, 0, 1);
            if (value == 0.0)
                continue;
            gsize start, end;
            g_autofree char *text = cs_quantity_format(value, d);
            ck_assert_int_eq(cs_quantity_read(text, strlen(text), d, &again, &start, &end),
                             CS_QUANTITY_OK);
            /* Below 1e-300 a double has fewer digits than its logarithm. */
            if (value > 1e-300)
                ck_assert_close(again, value, 1e-12);
        }
}
END_TEST

/* What underflows to nothing is no more read than what overflows. */
START_TEST(quantities_out_of_range)
{
    static const struct {
        const char *text;
        CsDimension dimension;
    } bad[] = {{"-5000 dB", CS_DIMENSION_RATIO_DB},
               {"-5000 dBm", CS_DIMENSION_POWER},
               {"5000 dB", CS_DIMENSION_RATIO_DB},
               {"1e-320 ns", CS_DIMENSION_TIME},
               {"1e308 GHz", CS_DIMENSION_FREQUENCY}};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        double value;
        gsize start, end;
        ck_assert_int_eq(cs_quantity_read(bad[i].text, strlen(bad[i].text), bad[i].dimension,
                                          &value, &start, &end),
                         CS_QUANTITY_OVERFLOW);
    }
}
END_TEST

/* t(0.975, 9) = 2.2622 and the interval of {1..5}: 3 +- 2.7764 * sqrt(2.5/5), by any table. */
START_TEST(student_intervals)
{
    const double sample[] = {1, 2, 3, 4, 5};
    ck_assert_close(cs_student_t(10, 0.95), 2.262157163, 1e-9);
    CsEstimate e = cs_mean_estimate(sample, 5, 0.95);
    ck_assert_close(e.value, 3, 1e-15);
    ck_assert_close(e.half_width, 2.776445105 * sqrt(0.5), 1e-9);
    ck_assert(isnan(cs_mean_estimate(sample, 1, 0.95).half_width));
}
END_TEST

/* With a constant denominator the jackknife of the ratio is Student's interval of the mean. */
START_TEST(jackknife_reduces_to_student)
{
    const double above[] = {1, 2, 3, 4, 5}, below[] = {2, 2, 2, 2, 2};
    CsEstimate e = cs_ratio_estimate(above, below, 5, 0.95);
    ck_assert_close(e.value, 1.5, 1e-15);
    ck_assert_close(e.half_width, 2.776445105 * sqrt(0.5) / 2, 1e-9);
}
END_TEST

/* The nearest of all that are near enough, the first of equals: by all distances, of words that
 * differ from one another by letters more, less, other and swapped. */
START_TEST(suggestions_are_the_nearest)
{
    enum { KNOWN = 12, LENGTH = 12 };
    guint near = 0;
    for (guint k = 0; k < 4000; k++) {
        char word[KNOWN + 1][LENGTH + 1];
        const char *known[KNOWN], *best = NULL;
        CsRandomKey key = cs_random_key(3, k, 1, CS_PURPOSE_POLICY);
        for (guint i = 0; i <= KNOWN; i++) {
            double u[2];
            cs_random_pair(key, i, 0, 0, u);
            guint length = 1 + (guint)(u[0] * LENGTH);
            for (guint j = 0; j < length; j++, u[1] = u[1] * 3 - floor(u[1] * 3))
                word[i][j] = (char)('a' + (int)(u[1] * 3));
            word[i][length] = '\0';
            if (i > 0 && i % 3 == 0 && strlen(word[0]) > 2) { /* two swaps of the word asked for */
                g_strlcpy(word[i], word[0], sizeof word[i]);
                for (guint swap = 0; swap < 2; swap++) {
                    gsize at = (gsize)(u[swap] * (double)(strlen(word[0]) - 1));
                    char moved = word[i][at];
                    word[i][at] = word[i][at + 1];
                    word[i][at + 1] = moved;
                }
            }
        }
        gsize length = strlen(word[0]);
        guint least = (guint)(length == 1 ? 0 : MAX(length / 3, 1)) + 1;
        for (guint i = 0; i < KNOWN; i++) {
            known[i] = word[i + 1];
            guint distance = cs_edit_distance(word[0], known[i]);
            if (distance < least) {
                least = distance;
                best = known[i];
            }
        }
        ck_assert_ptr_eq(cs_suggest(word[0], known, KNOWN), best);
        near += best != NULL && least > 0;
    }
    ck_assert_uint_gt(near, 1000);
}
END_TEST

START_TEST(suggestions)
{
    static const char *const known[] = {"bandwidth", "batch", "carrier", "fading"};
    ck_assert_str_eq(cs_suggest("bandwith", known, 4), "bandwidth");
    ck_assert_str_eq(cs_suggest("fadnig", known, 4), "fading");
    ck_assert_ptr_null(cs_suggest("zzz", known, 4));
    static const char *const letters[] = {"a", "b"};
    ck_assert_ptr_null(cs_suggest("c", letters, 2));
    static const char *const keys[] = {"weight", "area-radius", "rx-power", "tx-power", "tx-range"};
    static const char *const questions[][2] = {{"w", "did you mean 'weight'?"},
                                               {"radius", "did you mean 'area-radius'?"},
                                               {"power", "did you mean 'rx-power' or 'tx-power'?"},
                                               {"wieght", "did you mean 'weight'?"},
                                               {"ower", NULL},
                                               {"zzz", NULL},
                                               {"", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_autofree char *question = cs_suggest_question(questions[i][0], keys, 5);
        ck_assert_msg(g_strcmp0(question, questions[i][1]) == 0, "%s: %s", questions[i][0],
                      question != NULL ? question : "nothing");
    }
    ck_assert_uint_eq(cs_edit_distance("kitten", "sitting"), 3);
    ck_assert_uint_eq(cs_edit_distance("ab", "ba"), 1);
}
END_TEST

START_TEST(consoles)
{
    g_setenv("COLUMNS", "61", TRUE);
    ck_assert_uint_eq(cs_console_columns(-1, 80), 61);
    g_setenv("COLUMNS", "0", TRUE);
    ck_assert_uint_eq(cs_console_columns(-1, 80), 80);
    g_unsetenv("COLUMNS");
    ck_assert_uint_eq(cs_console_columns(-1, 80), 80);
    static const struct {
        const char *all, *ctype, *lang;
        gboolean ascii;
    } locales[] = {{NULL, NULL, NULL, FALSE},
                   {"C", NULL, "C.UTF-8", TRUE},
                   {NULL, NULL, "POSIX", TRUE},
                   {NULL, "de_DE.utf8", "C", FALSE},
                   {"", "", "de_DE.ISO-8859-1", TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(locales); i++) {
        const char *const values[] = {locales[i].all, locales[i].ctype, locales[i].lang};
        static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
        for (guint k = 0; k < 3; k++)
            if (values[k] != NULL)
                g_setenv(names[k], values[k], TRUE);
            else
                g_unsetenv(names[k]);
        ck_assert_int_eq(cs_console_is_ascii(), locales[i].ascii);
    }
    g_autofree char *ascii = cs_console_ascii("2 ± 1 µs … 東");
    ck_assert_str_eq(ascii, "2 +- 1 us ... ?");
}
END_TEST

START_TEST(files_are_whole_or_absent)
{
    g_autofree char *folder = g_dir_make_tmp("cardsim-file-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a", NULL);
    g_autofree char *text = NULL;
    GError *error = NULL;
    ck_assert(cs_file_set_contents(path, "one\n", -1, &error));
    CsFile *file = cs_file_create(path, &error);
    cs_file_puts(file, "two\n");
    cs_file_discard(file);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, "one\n");
    GDir *dir = g_dir_open(folder, 0, NULL);
    ck_assert_str_eq(g_dir_read_name(dir), "a");
    ck_assert_ptr_null(g_dir_read_name(dir));
    g_dir_close(dir);

    ck_assert(!cs_file_set_contents("/dev/full", "x", -1, &error));
    ck_assert_str_eq(error->message, "cannot write '/dev/full': No space left on device");
    g_clear_error(&error);
    ck_assert(!cs_file_set_contents("/nonexistent/x", "x", -1, &error));
    g_clear_error(&error);
    remove(path);
    remove(folder);
}
END_TEST

/* By hand from the rule: one digit of the half-width, two where the first is 1. */
START_TEST(estimates_have_the_digits_of_their_interval)
{
    static const struct {
        double value, half_width;
        const char *text, *half;
    } known[] = {
        {191.5803, 0.0213, "191.58", "0.02"},
        {191.5803, 0.0149, "191.580", "0.015"},
        {0.5, 0.0996, "0.50", "0.10"}, /* rounds to a first digit of 1 */
        {12.345, 0.0951, "12.35", "0.10"},
        {85.08, 46.50, "85", "46"}, /* 46.50 to even */
        {8077.49, 123.4, "8077", "123"},
        {-3.14159, 0.002, "-3.142", "0.002"},
        {0.0, 0.25, "0.0", "0.2"},
        {2, 0, "2", "0"},
        {2.5, NAN, "2.5", "-"},
        {NAN, NAN, "-", "-"},
        {0.8, 9.9e-17, "0.8", "9.9e-17"}, /* noise */
        {1.23456e-6, 2.1e-9, "1.235e-06", "2e-09"},
        {1.23456e-6, 1.2e-9, "1.2346e-06", "1.2e-09"},
        {1234567890, 30000, "1.23457e+09", "3e+04"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        char text[CS_NUMBER_MAX], half[CS_NUMBER_MAX];
        cs_number_show_estimate(text, half, known[i].value, known[i].half_width);
        ck_assert_str_eq(text, known[i].text);
        ck_assert_str_eq(half, known[i].half);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tc = tcase_create("base");
    tcase_add_test(tc, philox_known_answers);
    tcase_add_test(tc, streams_are_apart);
    tcase_add_test(tc, gsl_interface_reads_the_same_words);
    tcase_add_test(tc, numbers_round_trip);
    tcase_add_test(tc, numbers_are_shortest);
    tcase_add_test(tc, whole_numbers_and_times);
    tcase_add_test(tc, numbers_refused);
    tcase_add_test(tc, estimates_have_the_digits_of_their_interval);
    tcase_add_test(tc, quantities);
    tcase_add_test(tc, quantities_format_back);
    tcase_add_test(tc, every_quantity_reads_back);
    tcase_add_test(tc, quantities_out_of_range);
    tcase_add_test(tc, student_intervals);
    tcase_add_test(tc, jackknife_reduces_to_student);
    tcase_add_test(tc, suggestions);
    tcase_add_test(tc, suggestions_are_the_nearest);
    tcase_add_test(tc, consoles);
    tcase_add_test(tc, files_are_whole_or_absent);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
