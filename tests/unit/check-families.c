/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of the families of config.json: every kind of layer, against published totals of parameters
 * (tests/data/llm/parameters.csv), against what PEFT prints as trainable (lora.csv), and by hand.
 */
#include "cs-check.h"

#include "llm/config-json.h"
#include "llm/profile.h"
#include "llm/read.h"

#include <stdio.h>
#include <string.h>

static const CsPlace nowhere = {NULL, 0, 0, 0};

/* Rows of a CSV file under tests/data/llm, without comments and header; each a GStrv. */
static GPtrArray *read_rows(const char *name)
{
    g_autofree char *relative = g_strconcat("tests/data/llm/", name, NULL);
    g_autofree char *path = cs_test_path(relative);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '#' && !g_str_has_prefix(*line, "model,"))
            g_ptr_array_add(rows, g_strsplit(*line, ",", -1));
    return rows;
}

static CsArchitecture *published(const char *name)
{
    g_autofree char *relative = g_strdup_printf("tests/data/llm/published/%s.json", name);
    g_autofree char *path = cs_test_path(relative);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsArchitecture *model = cs_architecture_read(path, NULL, paths, nowhere, diagnostics);
    ck_assert_msg(model != NULL && cs_diagnostics_count(diagnostics) == 0, "%s: %s", name,
                  cs_diagnostics_count(diagnostics) ? cs_diagnostics_message(diagnostics, 0) : "");
    return model;
}

static CsArchitecture *read_text(const char *text, CsDiagnostics *diagnostics)
{
    g_autoptr(CsSource) source = cs_source_new("config.json", g_strdup(text), strlen(text));
    return cs_architecture_from_config(source, diagnostics);
}

/* A sound text's model. */
static CsArchitecture *model_of(const char *text)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsArchitecture *model = read_text(text, diagnostics);
    ck_assert_msg(model != NULL, "%s",
                  cs_diagnostics_count(diagnostics) ? cs_diagnostics_message(diagnostics, 0) : "");
    return model;
}

START_TEST(totals_are_the_published_ones)
{
    g_autoptr(GPtrArray) rows = read_rows("parameters.csv");
    ck_assert_uint_eq(rows->len, 79);
    guint exact = 0;
    for (guint i = 0; i < rows->len; i++) {
        char **field = g_ptr_array_index(rows, i);
        g_autoptr(CsArchitecture) model = published(field[0]);
        double total = g_ascii_strtod(field[1], NULL), active = g_ascii_strtod(field[3], NULL);
        double counted = cs_architecture_parameters(model, FALSE);
        if (strcmp(field[2], "exact") == 0)
            ck_assert_msg(counted == total, "%s: %.0f, not %.0f", field[0], counted, total);
        else
            ck_assert_close(counted, total, 0.02);
        ck_assert_double_eq((double)model->parameters, counted);
        exact += strcmp(field[2], "exact") == 0;
        /* Vendors round to two digits and count the embeddings in, or not. */
        double met = cs_architecture_parameters(model, TRUE);
        double embeddings = (model->tied ? 1 : 2) * cs_head_weights(model);
        if (active > 0)
            ck_assert_msg(met > 0.95 * active && met - embeddings < 1.05 * active,
                          "%s: %.3g of %.3g", field[0], met, active);
    }
    ck_assert_uint_eq(exact, 74);
}
END_TEST

START_TEST(adapters_are_what_peft_prints)
{
    g_autoptr(GPtrArray) rows = read_rows("lora.csv");
    ck_assert_uint_eq(rows->len, 36);
    for (guint i = 0; i < rows->len; i++) {
        char **field = g_ptr_array_index(rows, i);
        g_autoptr(CsArchitecture) model = published(field[0]);
        guint targets = 0;
        g_auto(GStrv) words = g_strsplit(field[2], "+", -1);
        for (char **word = words; *word != NULL; word++)
            targets |= cs_names_find(cs_lora_target_names, *word)->value;
        double sum = 0, trainable = g_ascii_strtod(field[3], NULL);
        for (guint layer = 0; layer < model->n_layers; layer++)
            sum += cs_layer_lora_parameters(model, layer,
                                            (guint)g_ascii_strtoull(field[1], NULL, 10), targets);
        ck_assert_msg(sum == trainable, "%s: %.0f, not %s", field[0], sum, field[3]);
        double total = g_ascii_strtod(field[4], NULL);
        if (total > 0)
            ck_assert_msg(cs_architecture_parameters(model, FALSE) + trainable == total,
                          "%s: total %.0f, not %s", field[0],
                          cs_architecture_parameters(model, FALSE) + trainable, field[4]);
    }
}
END_TEST

/* A token's keys under a mask, counted one by one. */
static double pairs_by_hand(guint s, guint window, gboolean chunked)
{
    double sum = 0;
    for (guint t = 0; t < s; t++)
        sum += window == 0 ? t + 1 : chunked ? t % window + 1 : MIN(t + 1, window);
    return sum;
}

START_TEST(windows_bound_causal_attention)
{
    static const struct {
        guint s, window;
        gboolean chunked;
    } cases[] = {{10, 0, FALSE}, {10, 4, FALSE}, {10, 4, TRUE},  {10, 10, FALSE},
                 {10, 16, TRUE}, {12, 4, TRUE},  {10, 1, FALSE}, {1, 4, FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        CsLayerShape shape = {.heads = 2,
                              .kv_heads = 1,
                              .head_dim = 8,
                              .intermediate = 4,
                              .window = cases[i].window,
                              .chunked = cases[i].chunked};
        g_autoptr(CsArchitecture) model = cs_architecture_new("m", 1, 16, 9, shape);
        CsTraining training = {
            .batch = 3, .sequence_length = cases[i].s, .activation_bit = 16, .causal = TRUE};
        g_autoptr(CsProfile) p = cs_profile_new(model, &training);
        double linear = 2 * cs_layer_weights(model, 0) * 3 * cases[i].s;
        double pairs = 3 * pairs_by_hand(cases[i].s, cases[i].window, cases[i].chunked);
        ck_assert_double_eq(p->device_forward_flop[1], linear + 4 * pairs * 16);
        /* All pairs are counted where the mask is not. */
        training.causal = FALSE;
        g_autoptr(CsProfile) full = cs_profile_new(model, &training);
        ck_assert_double_eq(full->device_forward_flop[1],
                            linear + 4.0 * 3 * cases[i].s * cases[i].s * 16);
    }
}
END_TEST

#define SIZES                                                                                      \
    "\"hidden_size\": 64, \"num_hidden_layers\": 6, \"num_attention_heads\": 4,"                   \
    "\"num_key_value_heads\": 2, \"intermediate_size\": 128, \"vocab_size\": 9"

/* Which layers see a window, as each family orders them. */
START_TEST(windows_lie_as_the_family_orders)
{
    static const struct {
        const char *text, *pattern; /* S: within a window, F: all */
    } cases[] = {
        {"{\"model_type\": \"mistral\", \"sliding_window\": 8, " SIZES "}", "SSSSSS"},
        {"{\"model_type\": \"mistral\", \"sliding_window_size\": 8, " SIZES "}", "SSSSSS"},
        {"{\"model_type\": \"mistral\", \"sliding_window\": null, " SIZES "}", "FFFFFF"},
        {"{\"model_type\": \"gemma2\", \"head_dim\": 16, \"sliding_window\": 8, " SIZES "}",
         "SFSFSF"},
        {"{\"model_type\": \"gemma3_text\", \"head_dim\": 16, \"sliding_window\": 8, " SIZES "}",
         "SSSSSF"},
        {"{\"model_type\": \"gemma3_text\", \"sliding_window_pattern\": 3, \"sliding_window\": 8, "
         "\"head_dim\": 16, " SIZES "}",
         "SSFSSF"},
        {"{\"model_type\": \"gemma3_text\", \"_sliding_window_pattern\": 3, \"sliding_window\": 8, "
         "\"head_dim\": 16, " SIZES "}",
         "SSFSSF"},
        {"{\"model_type\": \"exaone4\", \"sliding_window_pattern\": \"LLLG\","
         " \"sliding_window\": 8, " SIZES "}",
         "SSSFSS"},
        {"{\"model_type\": \"exaone4\", \"sliding_window_pattern\": \"G\","
         " \"sliding_window\": 8, " SIZES "}",
         "FFFFFF"},
        {"{\"model_type\": \"qwen2\", \"use_sliding_window\": false, \"sliding_window\": 8, " SIZES
         "}",
         "FFFFFF"},
        {"{\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 8,"
         " \"max_window_layers\": 4, " SIZES "}",
         "FFFFSS"},
        {"{\"model_type\": \"olmo3\", \"sliding_window\": 8, \"layer_types\": [\"full_attention\","
         "\"sliding_attention\", \"full_attention\", \"full_attention\", \"full_attention\","
         "\"sliding_attention\"], " SIZES "}",
         "FSFFFS"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(CsArchitecture) model = model_of(cases[i].text);
        for (guint k = 0; k < 6; k++)
            ck_assert_msg(model->layers[k].window == (cases[i].pattern[k] == 'S' ? 8 : 0),
                          "%s: layer %u", cases[i].text, k + 1);
    }
    static const char *const wrong[] = {"", "L", "GL", "LGLG", "LLLg", "LxG"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autofree char *text =
            g_strdup_printf("{\"model_type\": \"exaone4\", \"sliding_window_pattern\": \"%s\","
                            " \"sliding_window\": 8, " SIZES "}",
                            wrong[i]);
        ck_assert_msg(read_text(text, diagnostics) == NULL, "%s", text);
        ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1);
    }
    /* A published case: Mistral-7B, s = 32768 and a window of 4096, causal: 5.23e14. */
    g_autoptr(CsArchitecture) mistral = published("mistral-7b");
    for (guint i = 0; i < mistral->n_layers; i++)
        mistral->layers[i].window = 4096;
    CsTraining training = {
        .batch = 1, .sequence_length = 32768, .activation_bit = 16, .causal = TRUE};
    g_autoptr(CsProfile) p = cs_profile_new(mistral, &training);
    ck_assert_close(p->device_forward_flop[32], 5.23e14, 1e-3);
}
END_TEST

/* Experts: stored are all, a token meets some; PEFT adapts them where they are modules. */
START_TEST(experts_are_counted_twice)
{
    g_autoptr(CsArchitecture) model =
        model_of("{\"model_type\": \"qwen2_moe\", \"num_experts\": 5, \"num_experts_per_tok\": 2,"
                 "\"moe_intermediate_size\": 10, \"shared_expert_intermediate_size\": 30,"
                 "\"decoder_sparse_step\": 2, \"mlp_only_layers\": [3], " SIZES "}");
    double attention = 2 * 64 * 64 + 2 * 64 * 32;
    static const gboolean sparse[] = {FALSE, TRUE, FALSE, FALSE, FALSE, TRUE};
    for (guint i = 0; i < 6; i++) {
        double all = sparse[i] ? 64 * 5 + 3 * 64 * (5 * 10 + 30) : 3 * 64 * 128;
        double met = sparse[i] ? 64 * 5 + 3 * 64 * (2 * 10 + 30) : 3 * 64 * 128;
        ck_assert_double_eq(cs_layer_matrix_weights(model, i, FALSE), attention + all);
        ck_assert_double_eq(cs_layer_weights(model, i), attention + met);
        ck_assert_double_eq(cs_layer_lora_parameters(model, i, 1, CS_LORA_UP | CS_LORA_DOWN),
                            sparse[i] ? 2 * (5 * 74 + 94) : 2 * (64 + 128));
    }
    /* The work of adapters is that of the experts met. */
    CsTraining training = {.batch = 1,
                           .sequence_length = 1,
                           .lora_rank = 1,
                           .lora_targets = CS_LORA_UP,
                           .activation_bit = 16};
    g_autoptr(CsProfile) p = cs_profile_new(model, &training);
    double forward = p->device_forward_flop[2] - p->device_forward_flop[1];
    ck_assert_double_eq(forward, 2 * cs_layer_weights(model, 1) + 4 * 64 + 2 * (2 * 74 + 94));
    ck_assert_double_eq(p->adapter_parameters[2] - p->adapter_parameters[1], 5 * 74 + 94);
}
END_TEST

/* Every s-th layer has experts, counted as the family counts; a step of 0 is one of 1, and an
 * interval of 0 between full layers leaves none that is linear. */
START_TEST(steps_between_layers)
{
    static const struct {
        const char *type, *key, *more;
        guint from; /* the first layer counted, from 1 */
    } families[] = {
        {"deepseek", "moe_layer_freq",
         "\"n_routed_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 10,", 1},
        {"qwen2_moe", "decoder_sparse_step",
         "\"num_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 10,"
         "\"shared_expert_intermediate_size\": 30,",
         0},
        {"llama4_text", "interleave_moe_layer_step",
         "\"num_local_experts\": 4, \"num_experts_per_tok\": 1, \"intermediate_size_mlp\": 96,", 0},
    };
    for (gsize k = 0; k < G_N_ELEMENTS(families); k++)
        for (guint step = 0; step <= 3; step++) {
            g_autofree char *text =
                g_strdup_printf("{\"model_type\": \"%s\", \"%s\": %u, %s " SIZES "}",
                                families[k].type, families[k].key, step, families[k].more);
            g_autoptr(CsArchitecture) model = model_of(text);
            for (guint i = 1; i <= 6; i++)
                ck_assert_msg((model->layers[i - 1].experts > 0) ==
                                  (step <= 1 || (i - families[k].from) % step == 0),
                              "%s: layer %u", text, i);
        }
    g_autoptr(CsArchitecture) full = model_of(
        "{\"model_type\": \"qwen3_5_text\", \"head_dim\": 16, \"linear_num_value_heads\": 4,"
        "\"linear_num_key_heads\": 2, \"linear_key_head_dim\": 8, \"linear_value_head_dim\": 6,"
        "\"linear_conv_kernel_dim\": 4, \"full_attention_interval\": 0, " SIZES "}");
    for (guint i = 0; i < 6; i++)
        ck_assert_double_eq(cs_layer_weights(full, i),
                            3 * 64 * 128 + 2 * 64 * 64 + 2 * 64 * 32 + 64 * 64);
}
END_TEST

/* Linear attention, from the figures of the class: qkvz and ba, a state of d x v a head. */
START_TEST(linear_attention_by_hand)
{
    g_autoptr(CsArchitecture) model = model_of(
        "{\"model_type\": \"qwen3_5\", \"text_config\": {\"model_type\": \"qwen3_5_text\","
        "\"head_dim\": 16, \"linear_num_value_heads\": 4, \"linear_num_key_heads\": 2,"
        "\"linear_key_head_dim\": 8, \"linear_value_head_dim\": 6, \"linear_conv_kernel_dim\": 4,"
        "\"full_attention_interval\": 3, " SIZES "}}");
    double mlp = 3 * 64 * 128;
    double linear = 64 * (2 * 16 + 2 * 24) + 2 * 64 * 4 + 24 * 64;
    double full = 2 * 64 * 64 + 2 * 64 * 32 + 64 * 64;
    for (guint i = 0; i < 6; i++)
        ck_assert_double_eq(cs_layer_weights(model, i), mlp + ((i + 1) % 3 != 0 ? linear : full));
    ck_assert_uint_eq(model->layers[0].other, 2 * 64 + (2 * 16 + 24) * 4 + 2 * 4 + 6);
    ck_assert_uint_eq(model->layers[2].other, 2 * 64 + 2 * 16);
    CsTraining training = {.batch = 2, .sequence_length = 5, .activation_bit = 16};
    g_autoptr(CsProfile) p = cs_profile_new(model, &training);
    ck_assert_double_eq(p->device_forward_flop[1], 2 * (mlp + linear) * 10 + 6.0 * 10 * 4 * 8 * 6);
    ck_assert_double_eq(cs_layer_lora_parameters(model, 0, 1, CS_LORA_Q | CS_LORA_O), 0);
    ck_assert_double_eq(cs_layer_lora_parameters(model, 2, 1, CS_LORA_Q), 64 + 128);
}
END_TEST

/* A key that changes the count is read or refused, wherever the configuration stands. */
START_TEST(what_changes_the_count_is_never_ignored)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"{\"model_type\": \"mistral\", \"num_experts\": 3, " SIZES "}", "'num_experts'"},
        {"{\"model_type\": \"llama\", \"n_routed_experts\": 3, " SIZES "}", "'n_routed_experts'"},
        {"{\"model_type\": \"llama\", \"sliding_window\": 8, " SIZES "}", "'sliding_window'"},
        {"{\"model_type\": \"llama\", \"kv_lora_rank\": 8, " SIZES "}", "'kv_lora_rank'"},
        {"{\"model_type\": \"llama\", \"layers_block_type\": [\"mamba\"], " SIZES "}",
         "'layers_block_type'"},
        {"{\"model_type\": \"llama\", \"is_encoder_decoder\": true, " SIZES "}",
         "'is_encoder_decoder'"},
        {"{\"model_type\": \"llama\", \"pruned_heads\": {\"1\": [0]}, " SIZES "}",
         "'pruned_heads'"},
        {"{\"model_type\": \"gpt2\", \"n_embd\": 64, \"n_layer\": 2, \"n_head\": 4,"
         " \"vocab_size\": 9, \"add_cross_attention\": true}",
         "'add_cross_attention'"},
        {"{\"model_type\": \"gpt2\", \"n_embd\": 64, \"n_layer\": 2, \"n_head\": 4,"
         " \"vocab_size\": 9, \"attention_head_type\": \"other\"}",
         "neither multihead nor multiquery"},
        {"{\"architectures\": [\"LlamaForSequenceClassification\"], \"model_type\": "
         "\"llama\", " SIZES "}",
         "a head of its own"},
        {"{\"model_type\": \"qwen3\", \"layer_types\": [\"full_attention\"], " SIZES "}",
         "a word for each layer"},
        {"{\"model_type\": \"qwen3\", \"layer_types\": [\"mamba\",\"mamba\",\"mamba\",\"mamba\","
         "\"mamba\",\"mamba\"], " SIZES "}",
         "not known"},
        {"{\"model_type\": \"qwen\", \"no_bias\": false, \"hidden_size\": 64,"
         "\"num_hidden_layers\": 6, \"num_attention_heads\": 4, \"intermediate_size\": 128,"
         "\"vocab_size\": 9}",
         "without biases only"},
        {"{\"model_type\": \"olmoe\", \"num_experts\": 3, \"num_experts_per_tok\": 4, " SIZES "}",
         "3 experts"},
        {"{\"model_type\": \"llava\", \"text_config\": {\"model_type\": \"mistral\","
         "\"num_experts\": 3, " SIZES "}}",
         "'num_experts'"},
        {"{\"model_type\": \"llama\", \"quantization_config\": {\"quant_method\": \"new\"}, " SIZES
         "}",
         "the bits of a weight"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_msg(read_text(bad[i].text, diagnostics) == NULL, "accepted: %s", bad[i].text);
        const char *message = cs_diagnostics_message(diagnostics, 0);
        ck_assert_msg(strstr(message, bad[i].part) != NULL, "%s: %s", bad[i].text, message);
    }
    /* What says nothing is no reason. */
    g_autoptr(CsArchitecture) model = model_of(
        "{\"model_type\": \"llama\", \"num_experts\": 0, \"sliding_window\": null,"
        "\"add_cross_attention\": false, \"sliding_window_size\": -1, \"pruned_heads\": {},"
        "\"router_aux_loss_coef\": 0.1, \"mamba_ssm_dtype\": \"float32\", " SIZES "}");
    ck_assert_uint_eq(model->layers[0].experts, 0);
}
END_TEST

/* What families name and count in ways of their own: h = 64, 4 heads of 16, 2 of keys, F = 128. */
START_TEST(families_with_words_of_their_own)
{
    static const double grouped = 2 * 64 * 64 + 2 * 64 * 32, plain = 4 * 64 * 64;
    static const struct {
        const char *text;
        double first, last; /* weights met by a token of the first and the last layer */
        guint other;        /* norms and biases of the first */
    } cases[] = {
        /* The width holds gate and up: 64 each; the product of q, k and v alone has a bias. */
        {"{\"model_type\": \"qwen\", \"no_bias\": true, \"kv_channels\": 16, \"hidden_size\": 64,"
         "\"num_hidden_layers\": 6, \"num_attention_heads\": 4, \"intermediate_size\": 128,"
         "\"vocab_size\": 9}",
         plain + 3 * 64 * 64, plain + 3 * 64 * 64, 2 * 64 + 3 * 64},
        {"{\"model_type\": \"internlm\", \"bias\": true, \"hidden_size\": 64,"
         "\"num_hidden_layers\": 6, \"num_attention_heads\": 4, \"intermediate_size\": 128,"
         "\"vocab_size\": 9}",
         plain + 3 * 64 * 128, plain + 3 * 64 * 128, 2 * 64 + 4 * 64},
        {"{\"model_type\": \"codegen\", \"n_embd\": 64, \"n_layer\": 6, \"n_head\": 4,"
         "\"vocab_size\": 9, \"n_inner\": null}",
         plain + 8 * 64 * 64, plain + 8 * 64 * 64, 2 * 64 + 5 * 64},
        /* Layers 2 to 5 have experts: four of 10, two met, one shared. */
        {"{\"model_type\": \"ernie4_5_moe\", \"moe_num_experts\": 4, \"moe_k\": 2,"
         "\"moe_intermediate_size\": 10, \"moe_num_shared_experts\": 1,"
         "\"moe_layer_start_index\": 1, \"moe_layer_end_index\": 4, " SIZES "}",
         grouped + 3 * 64 * 128, grouped + 3 * 64 * 128, 2 * 64},
        {"{\"model_type\": \"ernie4_5_moe\", \"moe_num_experts\": 4, \"moe_k\": 2,"
         "\"moe_intermediate_size\": 10, \"moe_num_shared_experts\": 1,"
         "\"moe_layer_start_index\": 1, \"moe_layer_end_index\": -1, " SIZES "}",
         grouped + 3 * 64 * 128, grouped + 64 * 4 + 3 * 64 * 30, 2 * 64},
        {"{\"model_type\": \"dots1\", \"n_routed_experts\": 4, \"num_experts_per_tok\": 2,"
         "\"moe_intermediate_size\": 10, \"n_shared_experts\": 1, \"first_k_dense_replace\": 1,"
         "\"head_dim\": 16, " SIZES "}",
         grouped + 3 * 64 * 128, grouped + 64 * 4 + 3 * 64 * 30, 2 * 64 + 2 * 16},
        {"{\"model_type\": \"minimax_m2\", \"num_local_experts\": 4, \"num_experts_per_tok\": 2,"
         "\"head_dim\": 16, " SIZES "}",
         grouped + 64 * 4 + 3 * 64 * 256, grouped + 64 * 4 + 3 * 64 * 256, 2 * 64 + 6 * 16 + 4},
        {"{\"model_type\": \"seed_oss\", \"head_dim\": 16, \"attention_bias\": true, "
         "\"attention_out_bias\": false, " SIZES "}",
         grouped + 3 * 64 * 128, grouped + 3 * 64 * 128, 2 * 64 + 64 + 2 * 32},
        {"{\"model_type\": \"arcee\", " SIZES "}", grouped + 2 * 64 * 128, grouped + 2 * 64 * 128,
         2 * 64},
        {"{\"model_type\": \"nemotron\", " SIZES "}", grouped + 2 * 64 * 128,
         grouped + 2 * 64 * 128, 4 * 64},
        {"{\"model_type\": \"hunyuan_v1_dense\", \"head_dim\": 16, " SIZES "}",
         grouped + 3 * 64 * 128, grouped + 3 * 64 * 128, 2 * 64 + 2 * 16},
        /* Values as wide as a head of the others: 16, which no key tells; q 20 of 8 + 4 a head. */
        {"{\"model_type\": \"minicpm3\", \"q_lora_rank\": 20, \"kv_lora_rank\": 10,"
         "\"qk_nope_head_dim\": 8, \"qk_rope_head_dim\": 4, " SIZES "}",
         64 * 20 + 20 * 4 * 12 + 64 * 14 + 10 * 4 * 24 + 64 * 64 + 3 * 64 * 128,
         64 * 20 + 20 * 4 * 12 + 64 * 14 + 10 * 4 * 24 + 64 * 64 + 3 * 64 * 128, 2 * 64 + 30},
        {"{\"model_type\": \"glm4_moe_lite\", \"q_lora_rank\": 20, \"kv_lora_rank\": 10,"
         "\"qk_nope_head_dim\": 8, \"qk_rope_head_dim\": 4, \"v_head_dim\": 8,"
         "\"n_routed_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 10,"
         "\"n_shared_experts\": 1, \"first_k_dense_replace\": 1, " SIZES "}",
         64 * 20 + 20 * 4 * 12 + 64 * 14 + 10 * 4 * 16 + 64 * 32 + 3 * 64 * 128,
         64 * 20 + 20 * 4 * 12 + 64 * 14 + 10 * 4 * 16 + 64 * 32 + 64 * 4 + 3 * 64 * 30,
         2 * 64 + 30},
        /* The text part of what sees pictures, flat and nested. */
        {"{\"model_type\": \"qwen2_5_vl\", \"vision_config\": {\"depth\": 3}, " SIZES "}",
         grouped + 3 * 64 * 128, grouped + 3 * 64 * 128, 2 * 64 + 64 + 2 * 32},
        {"{\"model_type\": \"qwen3_vl\", \"text_config\": {\"model_type\": \"qwen3_vl_text\","
         "\"head_dim\": 16, " SIZES "}}",
         grouped + 3 * 64 * 128, grouped + 3 * 64 * 128, 2 * 64 + 2 * 16},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(CsArchitecture) model = model_of(cases[i].text);
        ck_assert_msg(cs_layer_weights(model, 0) == cases[i].first &&
                          cs_layer_weights(model, 5) == cases[i].last,
                      "%s: %.0f and %.0f", cases[i].text, cs_layer_weights(model, 0),
                      cs_layer_weights(model, 5));
        ck_assert_msg(model->layers[0].other == cases[i].other, "%s: %u", cases[i].text,
                      (guint)model->layers[0].other);
    }
}
END_TEST

START_TEST(one_key_value_head)
{
    g_autoptr(CsArchitecture) coder =
        model_of("{\"model_type\": \"gpt2\", \"attention_head_type\": \"multiquery\","
                 "\"n_embd\": 64, \"n_layer\": 2, \"n_head\": 4, \"vocab_size\": 9}");
    ck_assert_uint_eq(coder->layers[0].kv_heads, 1);
    g_autoptr(CsArchitecture) mpt =
        model_of("{\"model_type\": \"mpt\", \"d_model\": 64, \"n_layers\": 2, \"n_heads\": 4,"
                 "\"vocab_size\": 9, \"expansion_ratio\": 3, \"attn_config\": {\"attn_type\":"
                 " \"multiquery_attention\"}}");
    ck_assert_uint_eq(mpt->layers[0].kv_heads, 1);
    ck_assert_uint_eq(mpt->layers[0].intermediate, 192);
    g_autoptr(CsArchitecture) falcon = model_of(
        "{\"model_type\": \"falcon\", \"hidden_size\": 64, \"num_hidden_layers\": 2,"
        "\"num_attention_heads\": 4, \"num_kv_heads\": 2, \"new_decoder_architecture\": true,"
        "\"multi_query\": true," /* overruled, as Falcon-40B has it */
        "\"vocab_size\": 9}");
    ck_assert_uint_eq(falcon->layers[0].kv_heads, 2);
    ck_assert_uint_eq(falcon->layers[0].other, 4 * 64);
}
END_TEST

/* As Python writes JSON, and editors save it. */
START_TEST(tolerant_where_nothing_is_lost)
{
    g_autoptr(CsArchitecture) model =
        model_of("\xef\xbb\xbf{\"model_type\": \"llama\", \"a\": NaN, \"b\": [Infinity, -Infinity],"
                 "\"c\": \"NaN \\\" Infinity\", \"hidden_size\": 64.0, \"num_hidden_layers\": 2e0,"
                 "\"num_attention_heads\": 4, \"intermediate_size\": 128, \"vocab_size\": 9}");
    ck_assert_uint_eq(model->hidden, 64);
    ck_assert_uint_eq(model->n_layers, 2);
    static const char *const bad[] = {
        "{\"model_type\": \"llama\", \"hidden_size\": NaN, \"num_hidden_layers\": 2,"
        "\"num_attention_heads\": 4, \"intermediate_size\": 128, \"vocab_size\": 9}",
        "{\"model_type\": \"llama\", \"hidden_size\": Infinity, \"num_hidden_layers\": 2,"
        "\"num_attention_heads\": 4, \"intermediate_size\": 128, \"vocab_size\": 9}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_ptr_null(read_text(bad[i], diagnostics));
        ck_assert_ptr_nonnull(strstr(cs_diagnostics_message(diagnostics, 0), "'hidden_size'"));
    }
}
END_TEST

/* Weights as stored: bits by the method, and a word about it. */
START_TEST(quantized_weights)
{
    static const struct {
        const char *object;
        double bit;
    } cases[] = {
        {"{\"quant_method\": \"gptq\", \"bits\": 4}", 4},
        {"{\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true}", 4},
        {"{\"quant_method\": \"bitsandbytes\", \"load_in_8bit\": true}", 8},
        {"{\"quant_method\": \"mxfp4\"}", 4.25},
        {"{\"quant_method\": \"fp8\"}", 8},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"model_type\": \"llama\", \"quantization_config\": %s, " SIZES "}", cases[i].object);
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsArchitecture) model = read_text(text, diagnostics);
        ck_assert_ptr_nonnull(model);
        ck_assert_double_eq(model->weight_bit, cases[i].bit);
        ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1);
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 0);
    }
}
END_TEST

/* MLX writes another name. */
START_TEST(quantized_by_another_name)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsArchitecture) model = read_text(
        "{\"model_type\": \"llama\", \"quantization\": {\"group_size\": 64, \"bits\": 4}, " SIZES
        "}",
        diagnostics);
    ck_assert_ptr_nonnull(model);
    ck_assert_double_eq(model->weight_bit, 4);
    ck_assert_ptr_nonnull(strstr(cs_diagnostics_message(diagnostics, 0), "'quantization'"));
}
END_TEST

START_TEST(a_folder_leads_to_its_configuration)
{
    g_autofree char *folder = g_dir_make_tmp("cs-families-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "config.json", NULL);
    ck_assert(g_file_set_contents(file, "{\"model_type\": \"llama\", " SIZES "}", -1, NULL));
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsArchitecture) model =
        cs_architecture_read(folder, NULL, paths, nowhere, diagnostics);
    ck_assert_ptr_nonnull(model);
    ck_assert_str_eq(model->name, folder);
    ck_assert_uint_eq(model->vocabulary, 9);
    remove(file);
    remove(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("families");
    TCase *counts = tcase_create("counts");
    tcase_add_test(counts, quantized_by_another_name);
    tcase_add_test(counts, families_with_words_of_their_own);
    tcase_add_test(counts, totals_are_the_published_ones);
    tcase_add_test(counts, adapters_are_what_peft_prints);
    tcase_add_test(counts, windows_bound_causal_attention);
    tcase_add_test(counts, windows_lie_as_the_family_orders);
    tcase_add_test(counts, experts_are_counted_twice);
    tcase_add_test(counts, steps_between_layers);
    tcase_add_test(counts, linear_attention_by_hand);
    tcase_add_test(counts, one_key_value_head);
    suite_add_tcase(suite, counts);
    TCase *reading = tcase_create("reading");
    tcase_add_test(reading, what_changes_the_count_is_never_ignored);
    tcase_add_test(reading, tolerant_where_nothing_is_lost);
    tcase_add_test(reading, quantized_weights);
    tcase_add_test(reading, a_folder_leads_to_its_configuration);
    suite_add_tcase(suite, reading);
    return cs_check_main(suite);
}
