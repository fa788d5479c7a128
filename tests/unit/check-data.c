/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of what is learned from: the dialects against their definition, draws against their
 * moments, the dealing of samples by hand.
 */
#include "learning/data.h"
#include "learning/dialects.h"
#include "learning/draws.h"

#include "cs-check.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- draws ---------------------------------------------------------------------------------- */

START_TEST(normals_have_their_moments)
{
    CsRandomKey key = cs_random_key(1, 1, 2, CS_PURPOSE_TEXT);
    enum { N = 20000 };
    double sum = 0.0, square = 0.0, product = 0.0, fourth = 0.0;
    for (guint i = 0; i < N; i++) {
        double z[2];
        cs_draw_normals(key, i, 0, z);
        sum += z[0] + z[1];
        square += z[0] * z[0] + z[1] * z[1];
        fourth += z[0] * z[0] * z[0] * z[0];
        product += z[0] * z[1];
    }
    /* Five standard errors. */
    ck_assert(fabs(sum / (2 * N)) < 5 / sqrt(2 * N));
    ck_assert(fabs(square / (2 * N) - 1) < 5 * sqrt(2.0 / (2 * N)));
    ck_assert(fabs(fourth / N - 3) < 5 * sqrt(96.0 / N));
    ck_assert(fabs(product / N) < 5 / sqrt(N));
}
END_TEST

/* Dirichlet(α, ..., α) over n: mean 1/n, variance (n - 1) / (n² (n α + 1)). */
START_TEST(shares_have_their_moments)
{
    enum { N = 4000 };
    static const double alphas[] = {0.05, 0.5, 1.0, 7.0};
    for (guint a = 0; a < G_N_ELEMENTS(alphas); a++) {
        double sum = 0.0, square = 0.0;
        for (guint i = 0; i < N; i++) {
            double share[4], whole = 0.0;
            cs_draw_dirichlet(cs_random_key(1, i, 3, CS_PURPOSE_SHARES), alphas[a], share, 4);
            for (guint k = 0; k < 4; k++) {
                ck_assert(share[k] >= 0.0);
                whole += share[k];
            }
            ck_assert_close(whole, 1.0, 1e-14);
            sum += share[1];
            square += share[1] * share[1];
        }
        double mean = sum / N, variance = square / N - mean * mean;
        double expected = 3.0 / (16.0 * (4.0 * alphas[a] + 1.0));
        ck_assert(fabs(mean - 0.25) < 5 * sqrt(expected / N));
        ck_assert_close(variance, expected, 0.12);
    }
    double share[4];
    cs_draw_dirichlet(cs_random_key(1, 1, 3, CS_PURPOSE_SHARES), INFINITY, share, 4);
    ck_assert_double_eq(share[0], 0.25);
    ck_assert_double_eq(share[3], 0.25);
}
END_TEST

/* --- dialects ------------------------------------------------------------------------------- */

enum { N = CS_DIALECT_SYMBOLS };
static const char symbols[] = "abcdefghijklmnopqrstuvwxyz ";

/* The whole table of chances, from what the dialects say of three tokens. */
static void table_of(const CsDialects *dialects, gint dialect, double table[N][N][N])
{
    for (guint a = 0; a < N; a++)
        for (guint b = 0; b < N; b++) {
            double sum = 0.0;
            for (guint c = 0; c < N; c++) {
                guint16 tokens[3] = {symbols[a], symbols[b], symbols[c]};
                table[a][b][c] = exp(cs_dialects_log_probability(dialects, dialect, tokens));
                sum += table[a][b][c];
            }
            ck_assert_close(sum, 1.0, 1e-12);
        }
}

/* The entropy rate by its definition, from a chain that starts at one symbol. */
static double entropy_of(double table[N][N][N], double *first)
{
    double pair[N][N] = {{1.0}}, next[N][N], entropy = 0.0;
    for (guint step = 0; step < 1000; step++) {
        memset(next, 0, sizeof next);
        for (guint a = 0; a < N; a++)
            for (guint b = 0; b < N; b++)
                for (guint c = 0; c < N; c++)
                    next[b][c] += pair[a][b] * table[a][b][c];
        memcpy(pair, next, sizeof next);
    }
    *first = 0.0;
    for (guint a = 0; a < N; a++) {
        double single = 0.0;
        for (guint b = 0; b < N; b++)
            single += pair[a][b];
        *first += single * log(single);
        for (guint b = 0; b < N; b++) {
            *first -= pair[a][b] * log(pair[a][b]);
            for (guint c = 0; c < N; c++)
                entropy -= pair[a][b] * table[a][b][c] * log(table[a][b][c]);
        }
    }
    return entropy;
}

START_TEST(the_entropy_is_exact)
{
    static double table[N][N][N];
    g_autoptr(CsDialects) dialects = cs_dialects_new();
    double entropy = cs_dialects_entropy(dialects);
    for (gint dialect = -1; dialect < 3; dialect++) {
        double first;
        table_of(dialects, dialect, table);
        ck_assert_close(entropy_of(table, &first), entropy, 1e-12);
        ck_assert_close(cs_dialects_floor(dialects, 1), first, 1e-12);
        ck_assert_close(cs_dialects_floor(dialects, 64), (first + 63 * entropy) / 64, 1e-12);
    }
    ck_assert(entropy > 1.0 && entropy < 2.0); /* neither certain nor ln 27 = 3.3 */
}
END_TEST

/* What is written has the chances that it is said to have: the mean surprise of a long text is the
 * entropy, with the standard error that its own spread gives. */
START_TEST(texts_are_of_their_source)
{
    enum { LENGTH = 200, TEXTS = 500 };
    g_autoptr(CsDialects) dialects = cs_dialects_new();
    CsRandomKey key = cs_random_key(5, 1, 1, CS_PURPOSE_TEXT);
    double sum = 0.0, square = 0.0;
    for (guint i = 0; i < TEXTS; i++) {
        guint16 tokens[LENGTH];
        double mean = 0.0;
        cs_dialects_write(dialects, 4, key, i, tokens, LENGTH);
        for (guint t = 0; t + 2 < LENGTH; t++)
            mean -= cs_dialects_log_probability(dialects, 4, tokens + t) / (LENGTH - 2);
        sum += mean;
        square += mean * mean;
    }
    double mean = sum / TEXTS, error = sqrt((square / TEXTS - mean * mean) / TEXTS);
    ck_assert_msg(fabs(mean - cs_dialects_entropy(dialects)) < 5 * error, "%g +- %g, not %g", mean,
                  error, cs_dialects_entropy(dialects));
}
END_TEST

START_TEST(a_dialect_exchanges_letters)
{
    enum { LENGTH = 4000 };
    g_autoptr(CsDialects) dialects = cs_dialects_new();
    CsRandomKey key = cs_random_key(5, 1, 1, CS_PURPOSE_TEXT);
    guint16 standard[LENGTH], text[LENGTH];
    cs_dialects_write(dialects, CS_DIALECT_STANDARD, key, 9, standard, LENGTH);
    gchar *seen[CS_DIALECTS_N];
    for (gint dialect = 0; dialect < CS_DIALECTS_N; dialect++) {
        guint16 to[128] = {0};
        guint changed = 0;
        cs_dialects_write(dialects, dialect, key, 9, text, LENGTH);
        for (guint i = 0; i < LENGTH; i++) {
            ck_assert(strchr(symbols, text[i]) != NULL && text[i] != 0);
            ck_assert(to[standard[i]] == 0 || to[standard[i]] == text[i]);
            changed += to[standard[i]] == 0 && standard[i] != text[i];
            to[standard[i]] = text[i];
        }
        for (guint i = 0; i < N; i++) /* exchanged back */
            ck_assert(to[(guint)symbols[i]] == 0 || to[to[(guint)symbols[i]]] == symbols[i] ||
                      to[to[(guint)symbols[i]]] == 0);
        ck_assert_uint_eq(to[' '], ' ');
        ck_assert_uint_eq(changed, 6);
        seen[dialect] = g_memdup2(text, sizeof text);
        for (gint other = 0; other < dialect; other++)
            ck_assert(memcmp(seen[other], text, sizeof text) != 0);
    }
    for (gint dialect = 0; dialect < CS_DIALECTS_N; dialect++)
        g_free(seen[dialect]);
}
END_TEST

/* --- dealing -------------------------------------------------------------------------------- */

static CsData *make(const CsDataSettings *settings, const char *says)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsData *data = cs_data_new(settings, diagnostics);
    if (says == NULL)
        ck_assert_msg(data != NULL, "%s",
                      cs_diagnostics_errors(diagnostics) > 0
                          ? cs_diagnostics_message(diagnostics, 0)
                          : "no message");
    else
        ck_assert_msg(data == NULL && cs_diagnostics_errors(diagnostics) > 0 &&
                          strstr(cs_diagnostics_message(diagnostics, 0), says) != NULL,
                      "%s: %s", says,
                      cs_diagnostics_errors(diagnostics) > 0
                          ? cs_diagnostics_message(diagnostics, 0)
                          : "no error");
    return data;
}

static const CsDataDevice three[] = {
    {.name = "a", .samples = 10}, {.name = "b", .samples = 7}, {.name = "c", .samples = 33}};
static const CsDataSettings dialects_of_three = {.seed = 3,
                                                 .replication = 1,
                                                 .vocabulary = 256,
                                                 .length = 16,
                                                 .skew = 0.3,
                                                 .test_samples = 24,
                                                 .devices = three,
                                                 .n_devices = 3};

/* n batches of m samples go through all of a device's samples evenly. */
START_TEST(a_pass_takes_every_sample_once)
{
    g_autoptr(CsData) data = make(&dialects_of_three, NULL);
    for (guint device = 0; device < 3; device++) {
        guint all = cs_data_samples(data, device), orders = 0;
        ck_assert_uint_eq(all, three[device].samples);
        g_autofree guint *taken = g_new0(guint, 1000);
        gsize before[40] = {0}, offsets[3], now[40];
        for (guint at = 0; at < 30 * all; at += 3) { /* rounds of two steps of three samples */
            CsBatch batch = cs_data_batch(data, device, at / 6 + 1, at / 3 % 2, 2, 3, offsets);
            ck_assert_ptr_eq(batch.offsets, offsets);
            ck_assert_uint_eq(batch.n, 3);
            ck_assert_uint_eq(batch.length, 16);
            for (guint i = 0; i < 3; i++) {
                guint position = (at + i) % all;
                taken[offsets[i] / 17]++;
                now[position] = offsets[i];
                if (position < all - 1)
                    continue;
                orders += memcmp(now, before, all * sizeof(gsize)) != 0;
                memcpy(before, now, sizeof now);
                guint least = G_MAXUINT, most = 0, n = 0;
                for (guint k = 0; k < 1000; k++)
                    if (taken[k] > 0) {
                        n++;
                        least = MIN(least, taken[k]);
                        most = MAX(most, taken[k]);
                    }
                ck_assert_uint_eq(n, all);
                ck_assert_uint_eq(least, (at + i + 1) / all);
                ck_assert_uint_eq(most, least);
            }
        }
        ck_assert_uint_eq(orders, 30);
    }
}
END_TEST

/* Another device, another order of devices: the same text and the same batches. */
START_TEST(a_device_does_not_see_the_others)
{
    CsDataSettings settings = dialects_of_three;
    const CsDataDevice turned[] = {{.name = "c", .samples = 33}, {.name = "b", .samples = 7}};
    settings.devices = turned;
    settings.n_devices = 2;
    g_autoptr(CsData) first = make(&dialects_of_three, NULL), second = make(&settings, NULL);
    gsize at[2][4];
    for (guint64 round = 1; round < 9; round++) {
        CsBatch one = cs_data_batch(first, 1, round, 1, 3, 4, at[0]);
        CsBatch two = cs_data_batch(second, 1, round, 1, 3, 4, at[1]);
        for (guint i = 0; i < 4; i++)
            ck_assert_mem_eq(one.tokens + at[0][i], two.tokens + at[1][i], 17 * sizeof(guint16));
    }
    ck_assert_mem_eq(cs_data_shares(first, 1), cs_data_shares(second, 1),
                     CS_DIALECTS_N * sizeof(double));
    settings.replication = 2;
    g_autoptr(CsData) third = make(&settings, NULL);
    ck_assert_double_ne(cs_data_shares(third, 1)[0], cs_data_shares(second, 1)[0]);
}
END_TEST

/* The least loss is the entropy of what is written, and the test is not what is trained on. */
START_TEST(the_test_is_of_all_shares)
{
    CsDataSettings settings = dialects_of_three;
    g_autoptr(CsDialects) dialects = cs_dialects_new();
    settings.test_samples = 2000;
    g_autoptr(CsData) data = make(&settings, NULL);
    ck_assert_double_eq(cs_data_floor(data), cs_dialects_floor(dialects, 16));
    CsBatch test = cs_data_test(data);
    ck_assert_uint_eq(test.n, 2000);
    /* How many samples each dialect explains best, beside the mean share. */
    guint best[CS_DIALECTS_N] = {0};
    for (guint i = 0; i < test.n; i++) {
        double most = -INFINITY;
        guint which = 0;
        for (guint k = 0; k < CS_DIALECTS_N; k++) {
            double sum = 0.0;
            for (guint t = 0; t < 15; t++)
                sum += cs_dialects_log_probability(dialects, (gint)k,
                                                   test.tokens + test.offsets[i] + t);
            if (sum > most)
                most = sum, which = k;
        }
        best[which]++;
    }
    for (guint k = 0; k < CS_DIALECTS_N; k++) {
        double share = 0.0;
        for (guint m = 0; m < 3; m++)
            share += cs_data_shares(data, m)[k] * three[m].samples / 50.0;
        ck_assert_msg(fabs(best[k] / 2000.0 - share) < 0.04, "dialect %u: %g, not %g", k,
                      best[k] / 2000.0, share);
    }
}
END_TEST

static char *write_file(const char *suffix, const char *bytes, gsize length)
{
    g_autofree char *folder = g_dir_make_tmp("cardsim-data-XXXXXX", NULL);
    char *path = g_strconcat(folder, "/text", suffix, NULL);
    ck_assert(g_file_set_contents(path, bytes, (gssize)length, NULL));
    return path;
}

static void remove_file(char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
}

START_TEST(files_are_dealt_in_pieces)
{
    char bytes[101]; /* 25 samples of 4 positions; the last 3 are held out */
    for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    char *path = write_file(".txt", bytes, sizeof bytes);
    CsDataFile file = {"text", path, {0}};
    CsDataDevice devices[] = {
        {.name = "a"}, {.name = "b", .samples = 5}, {.name = "c"}, {.name = "d"}};
    CsDataSettings settings = {.vocabulary = 128,
                               .length = 4,
                               .files = &file,
                               .n_files = 1,
                               .devices = devices,
                               .n_devices = 4};
    g_autoptr(CsData) data = make(&settings, NULL);
    /* 17 of 22 are left to three devices: 5, 6 and 6. */
    const guint expected[] = {5, 5, 6, 6};
    guint begin = 0;
    for (guint m = 0; m < 4; m++) {
        ck_assert_uint_eq(cs_data_samples(data, m), expected[m]);
        ck_assert_ptr_null(cs_data_shares(data, m));
        gsize at[6];
        CsBatch batch = cs_data_batch(data, m, 1, 0, 1, expected[m], at);
        guint sum = 0;
        for (guint i = 0; i < expected[m]; i++) {
            ck_assert_uint_eq(batch.tokens[at[i]], at[i]);
            sum += (guint)at[i] / 4;
        }
        ck_assert_uint_eq(sum, expected[m] * begin + expected[m] * (expected[m] - 1) / 2);
        begin += expected[m];
    }
    CsBatch test = cs_data_test(data);
    ck_assert_uint_eq(test.n, 3);
    ck_assert_uint_eq(test.offsets[0], 88);
    ck_assert(isnan(cs_data_floor(data)));
    devices[3].samples = 99;
    make(&settings, "device 'd' asks for 99 samples of 4 positions");
    remove_file(path);
}
END_TEST

START_TEST(own_files_and_a_test_of_its_own)
{
    static const char words[] = "\1\0\2\0\3\0\4\0\5\0\6\0\7\0"; /* 7 tokens of two bytes */
    char *own = write_file(".bin", words, 14), *test = write_file("", "abcdefghijk", 11);
    CsDataFile own_file = {"own", own, {0}}, test_file = {"test", test, {0}};
    CsDataDevice devices[] = {{.name = "a", .files = &own_file, .n_files = 1},
                              {.name = "b", .samples = 4}};
    CsDataSettings settings = {.vocabulary = 256,
                               .length = 2,
                               .skew = INFINITY,
                               .test_files = &test_file,
                               .n_test_files = 1,
                               .devices = devices,
                               .n_devices = 2};
    g_autoptr(CsData) data = make(&settings, NULL);
    ck_assert_uint_eq(cs_data_samples(data, 0), 3); /* 0, 2 and 4, which reads up to 6 */
    ck_assert_uint_eq(cs_data_samples(data, 1), 4);
    ck_assert_ptr_null(cs_data_shares(data, 0));
    ck_assert_double_eq(cs_data_shares(data, 1)[5], 0.125);
    CsBatch batch = cs_data_test(data);
    ck_assert_uint_eq(batch.n, 5);
    ck_assert_uint_eq(batch.tokens[batch.offsets[4] + 2], 'k');
    ck_assert(isnan(cs_data_floor(data)));
    remove_file(own);
    remove_file(test);
}
END_TEST

START_TEST(data_that_are_wrong)
{
    CsDataDevice device = {.name = "a"};
    CsDataFile file = {"mine", "", {0}};
    CsDataSettings settings = {.vocabulary = 256,
                               .length = 4,
                               .skew = 1.0,
                               .test_samples = 1,
                               .devices = &device,
                               .n_devices = 1};
    make(&settings, "device 'a' has no data: it has 0 samples");
    device.samples = 1000000000;
    make(&settings, "more than 33554432");
    device.samples = 3;
    settings.vocabulary = 255;
    make(&settings, "beyond the network's vocabulary");
    static const struct {
        const char *suffix, *bytes;
        gsize length;
        guint vocabulary;
        const char *says;
    } wrong[] = {
        {"", "", 0, 256, "the file is empty"},
        {".bin", "abc", 3, 65536, "an odd number of bytes"},
        {"", "abcd", 4, 256, "holds 4 tokens; a sequence reads 5"},
        {"", "aaaaaaaaa\x80", 10, 128, "token 128 at position 9 is beyond the vocabulary of 128"},
        {".bin", "\1\0\1\0\1\0\1\0\0\1", 10, 256, "token 256 at position 4 is beyond"},
        {"", "abcde", 5, 256, "no sample to train on"},
    };
    for (guint own = 0; own < 2; own++)
        for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
            char *path = write_file(wrong[i].suffix, wrong[i].bytes, wrong[i].length);
            file.path = path;
            device = own ? (CsDataDevice){.name = "a", .files = &file, .n_files = 1}
                         : (CsDataDevice){.name = "a"};
            settings.files = &file;
            settings.n_files = own ? 0 : 1;
            settings.vocabulary = wrong[i].vocabulary;
            make(&settings, wrong[i].says);
            remove_file(path);
        }
    file.path = "/nonexistent/text";
    make(&settings, "/nonexistent/text");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("data");
    TCase *tests = tcase_create("data");
    tcase_add_test(tests, normals_have_their_moments);
    tcase_add_test(tests, shares_have_their_moments);
    tcase_add_test(tests, the_entropy_is_exact);
    tcase_add_test(tests, texts_are_of_their_source);
    tcase_add_test(tests, a_dialect_exchanges_letters);
    tcase_add_test(tests, a_pass_takes_every_sample_once);
    tcase_add_test(tests, a_device_does_not_see_the_others);
    tcase_add_test(tests, the_test_is_of_all_shares);
    tcase_add_test(tests, files_are_dealt_in_pieces);
    tcase_add_test(tests, own_files_and_a_test_of_its_own);
    tcase_add_test(tests, data_that_are_wrong);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return cs_check_main(suite());
}
