/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of src/learning: kernels against plain sums, codecs and file formats by hand,
 * gradients against central differences, what splitting and averaging must leave alone.
 */
#include "learning/adapters.h"
#include "learning/elementary.h"
#include "learning/folder.h"
#include "learning/kernels.h"
#include "learning/trainer.h"

#include "cs-check.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- elementary functions, kernels ---------------------------------------------------------------
 */

START_TEST(elementary_functions)
{
    for (double x = -30.0; x < 30.0; x += 0.37) {
        ck_assert_close(cs_exact_exp(x), exp(x), 2e-15);
        ck_assert_close(cs_exact_log(exp(x)), log(exp(x)), 2e-15);
    }
    for (double x = 0.0; x < 5000.0; x += 1.7) {
        double sine, cosine;
        cs_exact_sin_cos(x, &sine, &cosine);
        ck_assert(fabs(sine - sin(x)) < 4e-16 && fabs(cosine - cos(x)) < 4e-16);
    }
    ck_assert(isnan(cs_exact_log(0.0)) && isnan(cs_exact_log(-1.0)) && isnan(cs_exact_log(NAN)));
}
END_TEST

/* Numbers in (-1, 1) that are all different: a linear congruential generator (Knuth's MMIX). */
static double next_number(guint64 *state)
{
    *state =
        *state * G_GUINT64_CONSTANT(6364136223846793005) + G_GUINT64_CONSTANT(1442695040888963407);
    return (double)(gint64)*state / 9223372036854775808.0;
}

enum { ROWS = 21, COLUMNS = 77, DEPTH = 19 };

START_TEST(a_product_is_the_sum_it_says)
{
    guint64 state = 1;
    double a[ROWS * DEPTH + CS_KERNEL_SLACK], b[DEPTH * COLUMNS + CS_KERNEL_SLACK];
    for (guint i = 0; i < G_N_ELEMENTS(a); i++)
        a[i] = next_number(&state);
    for (guint i = 0; i < G_N_ELEMENTS(b); i++)
        b[i] = next_number(&state);
    for (CsKernelWidth width = 0; width <= cs_kernel_width(); width++) {
        const CsKernels_f64 *kernels = cs_kernels_f64(width);
        double c[ROWS * COLUMNS];
        for (guint i = 0; i < ROWS * COLUMNS; i++)
            c[i] = 0.25;
        CsSegment_f64 segment = {a, DEPTH, 1, b, COLUMNS, (ptrdiff_t)kernels->panel, DEPTH};
        kernels->multiply(c, COLUMNS, ROWS, COLUMNS, &segment, 1, TRUE);
        for (guint i = 0; i < ROWS; i++)
            for (guint j = 0; j < COLUMNS; j++) {
                double sum = 0.25; /* one chain, k upwards */
                for (guint k = 0; k < DEPTH; k++)
                    sum = fma(a[i * DEPTH + k], b[k * COLUMNS + j], sum);
                ck_assert_double_eq(c[i * COLUMNS + j], sum);
            }
    }
}
END_TEST

START_TEST(rows_are_the_same_for_every_width)
{
    guint64 state = 2;
    float x[COLUMNS + CS_KERNEL_SLACK], y[COLUMNS + CS_KERNEL_SLACK];
    for (guint i = 0; i < G_N_ELEMENTS(x); i++) {
        x[i] = (float)(8.0 * next_number(&state));
        y[i] = (float)(8.0 * next_number(&state));
    }
    float expected[4][COLUMNS];
    for (CsKernelWidth width = 0; width <= cs_kernel_width(); width++) {
        const CsKernels_f32 *kernels = cs_kernels_f32(width);
        float gate[COLUMNS], up[COLUMNS], e[COLUMNS], out[COLUMNS];
        memcpy(gate, x, sizeof gate);
        memcpy(up, y, sizeof up);
        memcpy(e, x, sizeof e);
        float most = kernels->most(x, COLUMNS), sum = kernels->exponentials(e, COLUMNS, most, 0.5f);
        double exact = 0.0;
        kernels->gated(out, x, y, COLUMNS);
        kernels->gated_back(y, gate, up, COLUMNS);
        for (guint i = 0; i < COLUMNS; i++) {
            double s = 1.0 / (1.0 + exp(-(double)x[i]));
            exact += exp(0.5 * ((double)x[i] - (double)most));
            ck_assert_close(out[i], (double)x[i] * s * (double)y[i], 1e-6);
            ck_assert(fabs(gate[i] - y[i] * y[i] * s * (1.0 + x[i] * (1.0 - s))) < 2e-5);
            ck_assert_close(up[i], (double)y[i] * x[i] * s, 1e-6);
        }
        ck_assert_close(sum, exact, 1e-6);
        const float *now[] = {e, out, gate, up};
        for (guint i = 0; i < 4; i++)
            if (width == 0)
                memcpy(expected[i], now[i], sizeof expected[i]);
            else
                ck_assert_mem_eq(expected[i], now[i], sizeof expected[i]);
        ck_assert_float_eq(kernels->dot(x, y, COLUMNS), cs_kernels_f32(0)->dot(x, y, COLUMNS));
    }
}
END_TEST

/* --- codecs --------------------------------------------------------------------------------------
 */

static void apply(const char *name, double *x, guint n)
{
    CsCodec codec;
    double scratch[8];
    float narrow[8], narrow_scratch[8];
    ck_assert(cs_codec_parse(name, &codec));
    for (guint i = 0; i < n; i++)
        narrow[i] = (float)x[i];
    cs_codec_apply_f64(&codec, x, n, scratch);
    cs_codec_apply_f32(&codec, narrow, n, narrow_scratch);
    for (guint i = 0; i < n; i++)
        ck_assert_double_eq(narrow[i], x[i]);
}

START_TEST(codecs_by_hand)
{
    /* 3 bits: top = 3; scale = 6 / 3 = 2; 1 / 2 and 5 / 2 are ties, which go to even. */
    double q[] = {6, 1, 5, -3, 0, -5.5};
    apply("quant:3", q, 6);
    const double q_out[] = {6, 0, 4, -4, 0, -6};
    for (guint i = 0; i < 6; i++)
        ck_assert_double_eq(q[i], q_out[i]);
    double zeros[] = {0, 0, 0};
    apply("quant:8", zeros, 3);
    ck_assert_double_eq(zeros[0], 0);
    /* 0.3 of 5: floor(1.5 + .5) = 2 kept; of the three of magnitude 4 the first two. */
    double t[] = {1, -4, 4, 4, 2};
    apply("topk:0.3", t, 5);
    const double t_out[] = {0, -4, 4, 0, 0};
    for (guint i = 0; i < 5; i++)
        ck_assert_double_eq(t[i], t_out[i]);
    double all[] = {3, 3, 3};
    apply("topk:0.01", all, 3); /* at least one */
    ck_assert(all[0] == 3 && all[1] == 0 && all[2] == 0);
    double one[] = {1, 2};
    apply("topk:1", one, 2);
    ck_assert(one[0] == 1 && one[1] == 2);
}
END_TEST

START_TEST(codecs_names_and_bits)
{
    CsCodec codec;
    const char *const wrong[] = {"",         "quant",     "quant:", "quant:1",
                                 "quant:17", "quant:4.5", "topk:0", "topk:1.1",
                                 "quant:4 ", "zip:4",     "none:1"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_msg(!cs_codec_parse(wrong[i], &codec), "'%s' is taken", wrong[i]);
    ck_assert(cs_codec_parse("quant:4", &codec));
    ck_assert_double_eq(cs_codec_token_bit(&codec, 64, 16), 4 * 64 + 32);
    ck_assert(cs_codec_parse("topk:0.1", &codec)); /* 6 of 64, 6 bits of index each */
    ck_assert_double_eq(cs_codec_token_bit(&codec, 64, 16), 6 * (16 + 6));
    ck_assert(cs_codec_parse("none", &codec));
    ck_assert_double_eq(cs_codec_token_bit(&codec, 64, 16), 64 * 16);
}
END_TEST

/* --- safetensors ---------------------------------------------------------------------------------
 */

static CsTensors *parse(const char *head, gsize data_length, const char *data,
                        CsDiagnostics *diagnostics)
{
    GByteArray *bytes = g_byte_array_new();
    guint64 length = GUINT64_TO_LE((guint64)strlen(head));
    g_byte_array_append(bytes, (const guint8 *)&length, 8);
    g_byte_array_append(bytes, (const guint8 *)head, (guint)strlen(head));
    g_byte_array_append(bytes, (const guint8 *)data, (guint)data_length);
    g_autoptr(GBytes) whole = g_byte_array_free_to_bytes(bytes);
    return cs_tensors_parse("test", whole, diagnostics);
}

START_TEST(tensors_by_hand)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    /* 1, 2^-24 (the least of binary16), -2, 65504 (its largest); bfloat16 1 and -3. */
    const char data[] = "\x00\x3c\x01\x00\x00\xc0\xff\x7b\x80\x3f\x40\xc0";
    g_autoptr(CsTensors) tensors =
        parse("{\"h\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[0,8]},"
              "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[8,12]}}  ",
              12, data, diagnostics);
    ck_assert_ptr_nonnull(tensors);
    const CsTensor *h = cs_tensors_need(tensors, "h", 2, 2, diagnostics);
    const CsTensor *b = cs_tensors_need(tensors, "b", 2, 0, diagnostics);
    ck_assert(h != NULL && b != NULL && cs_tensors_find(tensors, "c") == NULL);
    ck_assert_double_eq(cs_tensor_value(h, 0), 1.0);
    ck_assert_double_eq(cs_tensor_value(h, 1), ldexp(1, -24));
    ck_assert_double_eq(cs_tensor_value(h, 2), -2.0);
    ck_assert_double_eq(cs_tensor_value(h, 3), 65504.0);
    ck_assert_double_eq(cs_tensor_value(b, 0), 1.0);
    ck_assert_double_eq(cs_tensor_value(b, 1), -3.0);
    ck_assert_ptr_null(cs_tensors_need(tensors, "b", 1, 2, diagnostics));
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0),
                     "tensor 'b' has the shape [2], not [1, 2]");
}
END_TEST

START_TEST(tensors_that_are_wrong)
{
    static const struct {
        const char *head, *says;
    } wrong[] = {
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "truncated"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "do not hold"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "no larger"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "no whole number"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
         "larger than any file"},
        {"{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,4]}}", "dtype"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "no shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "data_offsets"},
        {"{\"a\":3}", "no object"},
        {"[]", "not a JSON object"},
        {"{\"a\":", "not JSON"},
        {"{\"a\":1,\"a\":2}", "stands twice"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsTensors) tensors = parse(wrong[i].head, 4, "\0\0\0\0", diagnostics);
        ck_assert_msg(tensors == NULL, "%s is taken", wrong[i].head);
        ck_assert_msg(strstr(cs_diagnostics_message(diagnostics, 0), wrong[i].says) != NULL,
                      "%s: %s", wrong[i].head, cs_diagnostics_message(diagnostics, 0));
    }
    const char *const stubs[] = {"", "\1\0\0", "\xff\xff\xff\xff\xff\xff\xff\xff{}",
                                 "\5\0\0\0\0\0\0\0{}"};
    const gsize length[] = {0, 3, 10, 10};
    for (guint i = 0; i < 4; i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(GBytes) bytes = g_bytes_new(stubs[i], length[i]);
        ck_assert_ptr_null(cs_tensors_parse("test", bytes, diagnostics));
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
    }
}
END_TEST

/* --- a network of random weights -----------------------------------------------------------------
 */

static const CsNetworkShape shape = {.layers = 2,
                                     .hidden = 8,
                                     .heads = 4,
                                     .kv_heads = 2,
                                     .head_size = 4,
                                     .ffn = 10,
                                     .vocabulary = 11,
                                     .rope_theta = 30.0,
                                     .norm_eps = 1e-3};
enum { LENGTH = 6, ALL = (1 << CS_MODULE_N) - 1 };

typedef struct {
    CsNetworkShape shape;
    CsAdapters *adapters;
    CsTensors *weights;
    CsLearner *learner;
    CsLearnerState *state;
    guint16 tokens[64];
} Fixture;

static void add(GArray *out, GPtrArray *keep, char *name, guint rows, guint columns, double mean,
                double size, guint64 *state)
{
    double *values = g_new(double, rows *MAX(columns, 1));
    for (guint i = 0; i < rows * MAX(columns, 1); i++)
        values[i] = mean + size * next_number(state);
    CsTensorOut tensor = {name, rows, columns, values};
    g_array_append_val(out, tensor);
    g_ptr_array_add(keep, name);
    g_ptr_array_add(keep, values);
}

/* Weights by way of a file that the program writes and reads, all but the one called `without`.
 * `head` scales the head. */
static CsTensors *weights_without(const char *without, const CsNetworkShape *of, double head,
                                  guint64 seed)
{
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(CsTensorOut));
    g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    add(out, keep, g_strdup("model.embed_tokens.weight"), of->vocabulary, of->hidden, 0, 1, &seed);
    add(out, keep, g_strdup("model.norm.weight"), of->hidden, 0, 1, .3, &seed);
    add(out, keep, g_strdup("lm_head.weight"), of->vocabulary, of->hidden, 0, head, &seed);
    for (guint i = 0; i < of->layers; i++) {
        add(out, keep, g_strdup_printf("model.layers.%u.input_layernorm.weight", i), of->hidden, 0,
            1, .3, &seed);
        add(out, keep, g_strdup_printf("model.layers.%u.post_attention_layernorm.weight", i),
            of->hidden, 0, 1, .3, &seed);
        for (CsModule m = 0; m < CS_MODULE_N; m++)
            add(out, keep, g_strdup_printf("model.layers.%u.%s.weight", i, cs_module_path(m)),
                cs_module_outputs(of, m), cs_module_inputs(of, m), 0, .8, &seed);
    }
    for (guint i = out->len; i-- > 0;)
        if (g_strcmp0(g_array_index(out, CsTensorOut, i).name, without) == 0)
            g_array_remove_index(out, i);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("cardsim-weights-XXXXXX", &path, NULL);
    ck_assert(fd >= 0 && g_close(fd, NULL));
    ck_assert(
        cs_tensors_write(path, (CsTensorOut *)(void *)out->data, out->len, CS_DTYPE_F64, NULL));
    CsTensors *weights = cs_tensors_read(path, diagnostics);
    ck_assert_ptr_nonnull(weights);
    g_unlink(path);
    return weights;
}

static CsTensors *random_weights(const CsNetworkShape *of, double head, guint64 seed)
{
    return weights_without(NULL, of, head, seed);
}

static void set_up(Fixture *fixture, const CsNetworkShape *of, double head, guint threads,
                   CsPrecision precision)
{
    guint64 seed = 7;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    fixture->shape = *of;
    fixture->weights = random_weights(of, head, 11);
    fixture->adapters = cs_adapters_new(cs_adapter_layout_new(of, 2, 3.0, ALL, NULL));
    for (gsize i = 0; i < fixture->adapters->layout->size; i++)
        fixture->adapters->values[i] = 0.4 * next_number(&seed);
    for (guint i = 0; i < G_N_ELEMENTS(fixture->tokens); i++)
        fixture->tokens[i] = (guint16)((guint)(1e6 * (1.0 + next_number(&seed))) % of->vocabulary);
    fixture->learner = cs_learner_new(precision, of, fixture->adapters->layout, fixture->weights,
                                      threads, diagnostics);
    ck_assert_ptr_nonnull(fixture->learner);
    fixture->state = cs_learner_state_new(fixture->learner, fixture->adapters->values);
}

static void tear_down(Fixture *fixture)
{
    cs_learner_state_free(fixture->state);
    cs_learner_free(fixture->learner);
    cs_tensors_free(fixture->weights);
    cs_adapters_free(fixture->adapters);
}

static const gsize offsets[] = {0, 9, 21, 40};

START_TEST(gradients_are_central_differences)
{
    Fixture fixture;
    set_up(&fixture, &shape, 0.7, 1, CS_PRECISION_FLOAT64);
    gsize n = fixture.adapters->layout->size;
    g_autofree double *gradient = g_new(double, n), *values = g_new(double, n);
    CsBatch batch = {fixture.tokens, offsets, 3, LENGTH};
    CsSplit split = {1, {CS_CODEC_NONE, 0, 0}};
    double loss = cs_learner_gradient(fixture.learner, fixture.state, &batch, &split);
    ck_assert_double_eq(loss, cs_learner_loss(fixture.learner, fixture.state, &batch));
    cs_learner_get_gradient(fixture.learner, gradient);
    double most = 0.0;
    for (gsize i = 0; i < n; i++)
        most = MAX(most, fabs(gradient[i]));
    memcpy(values, fixture.adapters->values, n * sizeof(double));
    for (gsize i = 0; i < n; i++) {
        double central[2];
        for (guint wide = 0; wide < 2; wide++) {
            double h = wide ? 2e-4 : 1e-4, side[2];
            for (guint s = 0; s < 2; s++) {
                values[i] = fixture.adapters->values[i] + (s ? h : -h);
                cs_learner_state_set(fixture.state, values);
                side[s] = cs_learner_loss(fixture.learner, fixture.state, &batch);
            }
            central[wide] = (side[1] - side[0]) / (2 * h);
            values[i] = fixture.adapters->values[i];
        }
        double expected = (4 * central[0] - central[1]) / 3;
        ck_assert_msg(fabs(gradient[i] - expected) < 1e-6 * most,
                      "adapter number %zu: %.12g, by differences %.12g", i, gradient[i], expected);
        ck_assert_msg(fabs(gradient[i]) > 1e-9 * most, "adapter number %zu has no gradient", i);
    }
    tear_down(&fixture);
}
END_TEST

/* Whichever weight is missing, there is no learner, and it is told which. */
START_TEST(a_learner_needs_every_weight)
{
    g_autoptr(CsAdapters) adapters =
        cs_adapters_new(cs_adapter_layout_new(&shape, 2, 3.0, ALL, NULL));
    for (guint i = 0; i < cs_network_tensors(&shape); i++) {
        guint rows, columns;
        g_autofree char *name = cs_network_tensor(&shape, i, &rows, &columns);
        g_autoptr(CsTensors) weights = weights_without(name, &shape, 1, 11);
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        for (CsPrecision p = CS_PRECISION_FLOAT32; p <= CS_PRECISION_FLOAT64; p++) {
            CsLearner *learner =
                cs_learner_new(p, &shape, adapters->layout, weights, 1, diagnostics);
            ck_assert_msg(learner == NULL, "without %s", name);
        }
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1); /* told once */
        ck_assert_ptr_nonnull(strstr(cs_diagnostics_message(diagnostics, 0), name));
    }
}
END_TEST

/* By every weight of the network, tied and untied: what training from nothing needs. */
START_TEST(full_gradients_are_central_differences)
{
    for (guint tied = 0; tied < 2; tied++) {
        CsNetworkShape of = shape;
        of.tied = tied != 0;
        guint64 seed = 5;
        g_autoptr(CsAdapterLayout) none = cs_adapter_layout_new(&of, 1, 1.0, 0, NULL);
        CsNetwork_f64 *network = cs_network_new_f64(&of, none, NULL, 2, NULL);
        gsize n = cs_network_size(&of);
        g_autofree double *weights = g_new0(double, n + CS_KERNEL_SLACK);
        g_autofree double *gradient = g_new0(double, n), *ignored = g_new0(double, n);
        guint16 tokens[64];
        double nothing[1 + CS_KERNEL_SLACK] = {0};
        for (gsize i = 0; i < n; i++)
            weights[i] = 0.8 * next_number(&seed);
        for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) /* token 10 is never read */
            tokens[i] = (guint16)((guint)(1e6 * (1.0 + next_number(&seed))) % 10);
        CsBatch batch = {tokens, offsets, 3, LENGTH};
        cs_network_set_f64(network, weights);
        double loss = cs_network_full_gradient_f64(network, &batch, gradient), most = 0.0;
        ck_assert_double_eq(loss, cs_network_loss_f64(network, nothing, &batch));
        for (gsize i = 0; i < n; i++)
            most = MAX(most, fabs(gradient[i]));
        guint zeros = 0;
        for (gsize i = 0; i < n; i++) {
            double central[2];
            for (guint wide = 0; wide < 2; wide++) {
                double h = wide ? 2e-4 : 1e-4, kept = weights[i], side[2];
                for (guint s = 0; s < 2; s++) {
                    weights[i] = kept + (s ? h : -h);
                    cs_network_set_f64(network, weights);
                    side[s] = cs_network_loss_f64(network, nothing, &batch);
                }
                weights[i] = kept;
                central[wide] = (side[1] - side[0]) / (2 * h);
            }
            double expected = (4 * central[0] - central[1]) / 3;
            ck_assert_msg(fabs(gradient[i] - expected) < 1e-6 * most,
                          "weight number %zu: %.12g, by differences %.12g", i, gradient[i],
                          expected);
            zeros += fabs(gradient[i]) < 1e-9 * most;
        }
        /* Only the embedding of the token that is not read does nothing, where it is no head. */
        ck_assert_uint_ge(zeros, tied ? 0 : shape.hidden);
        ck_assert_uint_le(zeros, tied ? 0 : shape.hidden * 4);
        cs_network_set_f64(network, weights);
        cs_network_full_gradient_f64(network, &batch, ignored);
        ck_assert_mem_eq(gradient, ignored, n * sizeof(double));
        cs_network_free_f64(network);
    }
}
END_TEST

/* Without a codec, a cut decides nothing but rates: the same bytes at every cut. */
START_TEST(split_is_unsplit)
{
    for (CsPrecision precision = 0; precision < 2; precision++) {
        Fixture fixture;
        set_up(&fixture, &shape, 0.7, 2, precision);
        gsize n = fixture.adapters->layout->size;
        g_autofree double *whole = g_new(double, n), *gradient = g_new(double, n);
        CsBatch batch = {fixture.tokens, offsets, 4, LENGTH};
        double expected = 0.0;
        for (guint cut = 0; cut <= shape.layers; cut++) {
            CsSplit split = {cut, {CS_CODEC_NONE, 0, 0}};
            double loss = cs_learner_gradient(fixture.learner, fixture.state, &batch, &split);
            cs_learner_get_gradient(fixture.learner, cut == 0 ? whole : gradient);
            if (cut == 0)
                expected = loss;
            ck_assert(cut == 0 || memcmp(whole, gradient, n * sizeof(double)) == 0);
            ck_assert_double_eq(loss, expected);
        }
        tear_down(&fixture);
    }
}
END_TEST

/* More sequences than wait at a time to be added up: the mean of the parts, whoever adds. */
START_TEST(a_large_batch_is_the_mean_of_its_parts)
{
    enum { MANY = 150 };
    gsize many[MANY];
    g_autofree double *first = NULL;
    for (guint i = 0; i < MANY; i++)
        many[i] = offsets[i * i % 4];
    for (guint threads = 1; threads <= 3; threads += 2) {
        Fixture fixture;
        set_up(&fixture, &shape, 0.7, threads, CS_PRECISION_FLOAT64);
        gsize n = fixture.adapters->layout->size;
        g_autofree double *whole = g_new(double, n), *mean = g_new0(double, n);
        g_autofree double *one = g_new(double, n);
        CsSplit split = {1, {CS_CODEC_NONE, 0, 0}};
        CsBatch batch = {fixture.tokens, many, MANY, LENGTH};
        double loss = cs_learner_gradient(fixture.learner, fixture.state, &batch, &split);
        cs_learner_get_gradient(fixture.learner, whole);
        for (batch.n = 1; batch.offsets < many + MANY; batch.offsets++) {
            loss -= cs_learner_gradient(fixture.learner, fixture.state, &batch, &split) / MANY;
            cs_learner_get_gradient(fixture.learner, one);
            for (gsize i = 0; i < n; i++)
                mean[i] += one[i] / MANY;
        }
        ck_assert(fabs(loss) < 1e-13);
        for (gsize i = 0; i < n; i++)
            ck_assert(fabs(mean[i] - whole[i]) < 1e-13);
        ck_assert(first == NULL || memcmp(first, whole, n * sizeof(double)) == 0);
        g_free(first);
        first = g_steal_pointer(&whole);
        tear_down(&fixture);
    }
}
END_TEST

/* With one step of SGD each, the mean over devices of one batch each is one step over all. */
START_TEST(averaging_is_the_large_batch)
{
    Fixture fixture;
    set_up(&fixture, &shape, 0.7, 1, CS_PRECISION_FLOAT64);
    gsize n = fixture.adapters->layout->size;
    g_autofree double *together = g_new(double, n), *mean = g_new(double, n);
    CsLessons lessons = {{CS_DESCENT_SGD, 0.3, 0.1}, {CS_CODEC_NONE, 0, 0}, TRUE, FALSE};
    /* Three sequences on one device and one on the other: weights 3 and 1. */
    CsBatch batch[] = {{fixture.tokens, offsets, 3, LENGTH},
                       {fixture.tokens, offsets + 3, 1, LENGTH},
                       {fixture.tokens, offsets, 4, LENGTH}};
    CsTurn apart[] = {{0, 1, 3.0, &batch[0], 1, 0}, {1, 1, 1.0, &batch[1], 1, 0}};
    CsTurn all = {0, 1, 4.0, &batch[2], 1, 0};
    double losses[2], loss;
    g_autoptr(CsTrainer) first =
        cs_trainer_new(fixture.learner, &lessons, 2, fixture.adapters->values);
    g_autoptr(CsTrainer) second =
        cs_trainer_new(fixture.learner, &lessons, 2, fixture.adapters->values);
    ck_assert(cs_trainer_round(first, apart, 2, losses, NULL));
    ck_assert(cs_trainer_round(second, &all, 1, &loss, NULL));
    ck_assert_close(0.75 * losses[0] + 0.25 * losses[1], loss, 1e-14);
    cs_trainer_get(first, mean);
    cs_trainer_get(second, together);
    for (gsize i = 0; i < n; i++)
        ck_assert(fabs(mean[i] - together[i]) < 1e-14);
    ck_assert(cs_trainer_round(first, NULL, 0, NULL, NULL)); /* all lost: nothing learnt */
    cs_trainer_get(first, together);
    ck_assert_mem_eq(mean, together, n * sizeof(double));
    tear_down(&fixture);
}
END_TEST

/* A head of zeros: every token is as likely, and the loss is ln V; its gradients are zero. */
START_TEST(uniform_predictions_cost_ln_vocabulary)
{
    for (CsPrecision precision = 0; precision < 2; precision++) {
        Fixture fixture;
        set_up(&fixture, &shape, 0.0, 1, precision);
        CsBatch batch = {fixture.tokens, offsets, 4, LENGTH};
        ck_assert_close(cs_learner_loss(fixture.learner, fixture.state, &batch), log(11.0),
                        precision == CS_PRECISION_FLOAT64 ? 1e-15 : 1e-7);
        tear_down(&fixture);
    }
}
END_TEST

/* Adam's first step is γ g / (|g| + ε), near γ sign(g), with each side's own rate. */
START_TEST(the_first_step_of_adam)
{
    Fixture fixture;
    set_up(&fixture, &shape, 0.7, 1, CS_PRECISION_FLOAT64);
    gsize n = fixture.adapters->layout->size;
    g_autofree double *gradient = g_new(double, n), *after = g_new(double, n);
    CsBatch batch = {fixture.tokens, offsets, 2, LENGTH};
    CsSplit split = {1, {CS_CODEC_NONE, 0, 0}};
    CsUpdate update = {CS_DESCENT_ADAM, 0.01, 0.002};
    cs_learner_gradient(fixture.learner, fixture.state, &batch, &split);
    cs_learner_get_gradient(fixture.learner, gradient);
    cs_learner_update(fixture.learner, fixture.state, &update, 1);
    cs_learner_state_get(fixture.state, after);
    for (gsize i = 0; i < n; i++) {
        double rate = i < n / 2 ? 0.002 : 0.01; /* both layers have as many adapters */
        double step = rate * gradient[i] / (fabs(gradient[i]) + 1e-8);
        ck_assert(fabs(fixture.adapters->values[i] - step - after[i]) < 1e-13);
    }
    tear_down(&fixture);
}
END_TEST

/* The last field of the row of `name` that begins with `start`, both written by
 * tests/data/learning/generate.py. */
static double expected_value(const char *name, const char *start)
{
    g_autofree char *path = cs_test_path(name), *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    const char *row = strstr(text, start);
    ck_assert_ptr_nonnull(row);
    return g_ascii_strtod(row + strlen(start), NULL);
}

/* What differences of our own loss cannot notice: that the loss itself is another one. */
START_TEST(the_losses_of_another_program)
{
    g_autofree char *path = cs_test_path("tests/data/learning/small");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsFolder) folder = cs_folder_read(path, diagnostics);
    ck_assert_ptr_nonnull(folder);
    g_autoptr(CsLearner) learner =
        cs_learner_new(CS_PRECISION_FLOAT64, &folder->shape, folder->adapters->layout,
                       folder->weights, 1, diagnostics);
    g_autoptr(CsLearnerState) state = cs_learner_state_new(learner, folder->adapters->values);
    const GArray *first = cs_folder_batch(folder, 0, 0, 0);
    const CsFolderRun *run = &g_array_index(folder->runs, CsFolderRun, 0);
    CsBatch batch = {(const guint16 *)(void *)folder->tokens->data,
                     (const gsize *)(void *)first->data, first->len, run->length};
    ck_assert_close(
        cs_learner_loss(learner, state, &batch),
        expected_value("tests/data/learning/small/losses.csv", "cut0_none_sgd_seq,1,1,1,"), 1e-13);
    g_autofree gsize *all = NULL;
    CsBatch test = {(const guint16 *)(void *)folder->test->data, NULL,
                    cs_test_offsets(folder->test->len, run->length, &all), run->length};
    test.offsets = all;
    ck_assert_close(cs_learner_loss(learner, state, &test),
                    expected_value("tests/data/learning/small/tests.csv", "cut0_none_sgd_seq,0,"),
                    1e-13);
}
END_TEST

START_TEST(test_sequences)
{
    g_autofree gsize *at = NULL;
    ck_assert_uint_eq(cs_test_offsets(21, 5, &at), 4); /* 0, 5, 10 and 15, which reads up to 20 */
    ck_assert_uint_eq(at[3], 15);
    g_clear_pointer(&at, g_free);
    ck_assert_uint_eq(cs_test_offsets(20, 5, &at), 3);
    g_clear_pointer(&at, g_free);
    ck_assert_uint_eq(cs_test_offsets(5, 5, &at), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("learning");
    TCase *tests = tcase_create("learning");
    tcase_add_test(tests, elementary_functions);
    tcase_add_test(tests, a_product_is_the_sum_it_says);
    tcase_add_test(tests, rows_are_the_same_for_every_width);
    tcase_add_test(tests, codecs_by_hand);
    tcase_add_test(tests, codecs_names_and_bits);
    tcase_add_test(tests, tensors_by_hand);
    tcase_add_test(tests, tensors_that_are_wrong);
    tcase_add_test(tests, gradients_are_central_differences);
    tcase_add_test(tests, a_learner_needs_every_weight);
    tcase_add_test(tests, full_gradients_are_central_differences);
    tcase_add_test(tests, split_is_unsplit);
    tcase_add_test(tests, a_large_batch_is_the_mean_of_its_parts);
    tcase_add_test(tests, averaging_is_the_large_batch);
    tcase_add_test(tests, uniform_predictions_cost_ln_vocabulary);
    tcase_add_test(tests, the_first_step_of_adam);
    tcase_add_test(tests, the_losses_of_another_program);
    tcase_add_test(tests, test_sequences);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return cs_check_main(suite());
}
