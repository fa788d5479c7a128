/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of training a network from nothing: what is written is read, in the precision it is
 * written in; seeds and threads; a loss that falls to where it may.
 */
#include "learning/base-model.h"
#include "learning/pretrain.h"

#include "cs-check.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static void open_folder(void)
{
    folder = g_dir_make_tmp("cardsim-pretrain-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
}

static void close_folder(void)
{
    static const char *const names[] = {"config.json", "model.safetensors"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

/* Halves of floats by hand: 8 bits of precision, ties to even. */
START_TEST(bf16_rounds_to_nearest_even)
{
    static const struct {
        double value;
        guint16 bits;
    } known[] = {
        {0.0, 0x0000},
        {-0.0, 0x8000},
        {1.0, 0x3f80},
        {-2.0, 0xc000},
        {1.0 + 0x1p-7, 0x3f81},
        {1.0 + 0x1p-8, 0x3f80},           /* a tie: even is below */
        {1.0 + 0x3p-8, 0x3f82},           /* a tie: even is above */
        {1.0 + 0x1p-8 + 0x1p-20, 0x3f81}, /* more than a tie */
        {2.0 - 0x1p-9, 0x4000},           /* up into the next power */
        {0x1p-133, 0x0001},               /* the least one, subnormal */
        {3.5e38, 0x7f80},                 /* beyond float */
        {(double)INFINITY, 0x7f80},
    };
    enum { N = G_N_ELEMENTS(known) };
    double values[N];
    for (guint i = 0; i < N; i++)
        values[i] = known[i].value;
    CsTensorOut tensor = {(char *)"x", N, 0, values};
    g_autofree char *path = g_build_filename(folder, "model.safetensors", NULL);
    ck_assert(cs_tensors_write(path, &tensor, 1, CS_DTYPE_BF16, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsTensors) tensors = cs_tensors_read(path, diagnostics);
    ck_assert_ptr_nonnull(tensors);
    const CsTensor *read = cs_tensors_find(tensors, "x");
    ck_assert_uint_eq(read->dtype, CS_DTYPE_BF16);
    for (guint i = 0; i < N; i++) {
        guint16 bits = (guint16)(read->data[2 * i] | read->data[2 * i + 1] << 8);
        ck_assert_msg(bits == known[i].bits, "%a is written as %04x, not %04x", known[i].value,
                      bits, known[i].bits);
    }
}
END_TEST

static const CsNetworkShape shape = {.layers = 1,
                                     .hidden = 16,
                                     .heads = 2,
                                     .kv_heads = 1,
                                     .head_size = 8,
                                     .ffn = 24,
                                     .vocabulary = 300,
                                     .rope_theta = 500.0,
                                     .norm_eps = 1e-4};

static CsPretraining settings_of(guint steps)
{
    CsPretraining settings = cs_pretraining_tiny();
    settings.shape = shape;
    settings.steps = steps;
    settings.batch = 8;
    settings.length = 24;
    settings.rate = 0.02;
    return settings;
}

START_TEST(what_is_written_is_read)
{
    CsPretraining settings = settings_of(3);
    g_autoptr(CsPretrainer) pretrainer = cs_pretrainer_new(&settings);
    /* Scarcely more than a guess at first: ln 300, and what random logits add. */
    ck_assert_close(cs_pretrainer_step(pretrainer), log(300.0), 0.1);
    ck_assert(cs_pretrainer_write(pretrainer, folder, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsBaseModel) model = cs_base_model_read(folder, folder, (CsPlace){0}, diagnostics);
    ck_assert_ptr_nonnull(model);
    ck_assert_uint_eq(model->shape.layers, shape.layers);
    ck_assert_uint_eq(model->shape.hidden, shape.hidden);
    ck_assert_uint_eq(model->shape.heads, shape.heads);
    ck_assert_uint_eq(model->shape.kv_heads, shape.kv_heads);
    ck_assert_uint_eq(model->shape.head_size, shape.head_size);
    ck_assert_uint_eq(model->shape.ffn, shape.ffn);
    ck_assert_uint_eq(model->shape.vocabulary, shape.vocabulary);
    ck_assert_double_eq(model->shape.rope_theta, shape.rope_theta);
    ck_assert_double_eq(model->shape.norm_eps, shape.norm_eps);
    ck_assert(!model->shape.tied);
    ck_assert_uint_eq(cs_tensors_count(model->weights), cs_network_tensors(&shape));
    /* 2 embeddings, 3 norms, q o 16 x 16, k v 8 x 16, gate up down 24 x 16. */
    ck_assert_uint_eq(cs_network_size(&shape), 2 * 300 * 16 + 3 * 16 + 16 * (32 + 16 + 72));
}
END_TEST

START_TEST(the_loss_falls_and_stays_above_the_least)
{
    enum { STEPS = 300 };
    CsPretraining settings = settings_of(STEPS);
    g_autoptr(CsPretrainer) pretrainer = cs_pretrainer_new(&settings);
    double last = 0.0;
    for (guint i = 0; i < STEPS; i++) {
        double loss = cs_pretrainer_step(pretrainer);
        last += i >= STEPS - 50 ? loss / 50 : 0.0;
    }
    ck_assert_msg(last < log(27.0) - 0.5, "%g: only the alphabet is known", last);
    ck_assert(last > cs_pretrainer_floor(pretrainer));
}
END_TEST

START_TEST(seeds_differ_and_threads_do_not)
{
    double loss[3];
    for (guint i = 0; i < 3; i++) {
        CsPretraining settings = settings_of(4);
        settings.seed += i == 2;
        settings.threads = i == 1 ? 3 : 1;
        g_autoptr(CsPretrainer) pretrainer = cs_pretrainer_new(&settings);
        for (guint step = 0; step < 4; step++)
            loss[i] = cs_pretrainer_step(pretrainer);
    }
    ck_assert_double_eq(loss[0], loss[1]);
    ck_assert_double_ne(loss[0], loss[2]);
}
END_TEST

START_TEST(tiny_has_so_many_weights)
{
    CsPretraining tiny = cs_pretraining_tiny();
    /* 256 x 64, 17 norms of 64, 8 layers of q o 64 x 64, k v 32 x 64, gate up down 176 x 64. */
    ck_assert_uint_eq(cs_network_size(&tiny.shape), 256 * 64 + 17 * 64 + 8 * 64 * (128 + 64 + 528));
    ck_assert_uint_eq(cs_network_size(&tiny.shape), 386112);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("pretrain");
    TCase *tests = tcase_create("pretrain");
    tcase_add_checked_fixture(tests, open_folder, close_folder);
    tcase_add_test(tests, bf16_rounds_to_nearest_even);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, the_loss_falls_and_stays_above_the_least);
    tcase_add_test(tests, seeds_differ_and_threads_do_not);
    tcase_add_test(tests, tiny_has_so_many_weights);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return cs_check_main(suite());
}
