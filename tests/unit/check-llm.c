/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/llm: the workload's arithmetic, the catalogue, model files and config.json.
 *
 * Expected values: DESIGN of the workload by hand, nanoGPT and PEFT as named, and
 * tests/data/llm/reference.csv, counted from the published tensors.
 */
#include "cs-check.h"

#include "llm/config-json.h"
#include "text/json-members.h"
#include "llm/profile.h"
#include "llm/read.h"

#include <stdio.h>
#include <string.h>

static const CsPlace nowhere = {NULL, 0, 0, 0};

static CsArchitecture *catalogue(const char *name)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsArchitecture *architecture = cs_architecture_read(name, NULL, paths, nowhere, diagnostics);
    ck_assert_msg(architecture != NULL && cs_diagnostics_count(diagnostics) == 0, "%s: %s", name,
                  cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0)
                                                        : "");
    return architecture;
}

static double lora_total(const char *name, guint rank, guint targets)
{
    g_autoptr(CsArchitecture) architecture = catalogue(name);
    CsTraining training = {.batch = 1,
                           .sequence_length = 1,
                           .lora_rank = rank,
                           .lora_targets = targets,
                           .activation_bit = 16,
                           .adapter_bit = 32};
    g_autoptr(CsProfile) profile = cs_profile_new(architecture, &training);
    return profile->adapter_parameters[architecture->n_layers];
}

/* nanoGPT, transformer_sizing notebook: forward FLOPs of GPT-2 124M at s = 1024. */
START_TEST(gpt2_forward_is_nanogpts)
{
    g_autoptr(CsArchitecture) gpt2 = catalogue("gpt2");
    CsTraining training = {
        .batch = 1, .sequence_length = 1024, .head = TRUE, .activation_bit = 16, .adapter_bit = 32};
    g_autoptr(CsProfile) profile = cs_profile_new(gpt2, &training);
    ck_assert_double_eq(profile->server_forward_flop[0], 291648307200.0);
    ck_assert_uint_eq(profile->n_cuts, 13);
}
END_TEST

/* What PEFT's print_trainable_parameters() prints for these. */
START_TEST(lora_parameters_are_pefts)
{
    ck_assert_double_eq(lora_total("llama-3.2-1b", 8, CS_LORA_Q | CS_LORA_V), 851968);
    ck_assert_double_eq(lora_total("llama-3.2-1b", 8, CS_LORA_Q), 524288);
    ck_assert_double_eq(lora_total("qwen2.5-3b", 16, CS_LORA_Q | CS_LORA_V), 3686400);
    ck_assert_double_eq(lora_total("opt-350m", 16, CS_LORA_Q | CS_LORA_V), 1572864);
    /* PEFT LoRA-torchao-8bit notebook, Gemma-2-2B: 3,199,488 with a score layer of 2 · 2304. */
    ck_assert_double_eq(lora_total("gemma-2-2b", 16, CS_LORA_Q | CS_LORA_V), 3194880);
    ck_assert_double_eq(lora_total("llama-3.2-1b", 0, CS_LORA_ALL), 0);
    ck_assert_double_eq(lora_total("llama-3.2-1b", 8, 0), 0);
    /* A gate adapts nothing where there is none. */
    ck_assert_double_eq(lora_total("gpt2", 8, CS_LORA_GATE), 0);
}
END_TEST

static CsTraining letter_training(void)
{
    return (CsTraining){.batch = 16,
                        .sequence_length = 256,
                        .lora_rank = 8,
                        .lora_targets = CS_LORA_ALL,
                        .activation_bit = 16,
                        .adapter_bit = 32,
                        .head = TRUE};
}

/* The letter's model: Llama-3.2-1B with 32 layers. */
START_TEST(letter_workload)
{
    g_autoptr(CsArchitecture) llama = catalogue("llama-3.2-1b");
    cs_architecture_set_layers(llama, 32);
    CsTraining training = letter_training();
    g_autoptr(CsProfile) p = cs_profile_new(llama, &training);
    ck_assert_double_eq(p->total_flop, 37291053547520.0);
    ck_assert_double_eq(p->adapter_bit[32], 360710144.0);
    /* b s h · 16 bit = 16 · 256 · 2048 · 16, whatever the cut. */
    for (guint cut = 0; cut <= 32; cut++)
        ck_assert_double_eq(p->smashed_bit[cut], 134217728.0);

    /* One layer by hand: W = 60,817,408; P = 8 · 44,032; b s = 4096; F_att = 4·16·256²·2048. */
    double w = 60817408, lora = 352256, tokens = 4096, attention = 8589934592.0;
    ck_assert_double_eq(p->device_forward_flop[1], 2 * w * tokens + attention + 2 * lora * tokens);
    ck_assert_double_eq(p->device_backward_flop[1],
                        2 * w * tokens + 2 * attention + 4 * lora * tokens);
    double head = 2 * 2048.0 * 128256 * tokens;
    ck_assert_double_eq(p->server_forward_flop[32], head);
    ck_assert_double_eq(p->server_backward_flop[32], head);

    training.head = FALSE;
    g_autoptr(CsProfile) bare = cs_profile_new(llama, &training);
    ck_assert_double_eq(bare->server_forward_flop[32], 0);
    ck_assert_double_eq(bare->server_backward_flop[32], 0);
    ck_assert_double_eq(bare->total_flop, 37291053547520.0 - 2 * head);
}
END_TEST

/* With the head, or with all of the model, on the device the work is the same, done elsewhere. */
START_TEST(the_whole_is_the_same_wherever_the_head_is)
{
    g_autoptr(CsArchitecture) llama = catalogue("llama-3.2-1b");
    cs_architecture_set_layers(llama, 32);
    CsTraining training = letter_training();
    double head = 2 * 2048.0 * 128256 * 4096;
    training.part = (CsDevicePart){.head = TRUE};
    g_autoptr(CsProfile) ends = cs_profile_new(llama, &training);
    ck_assert_double_eq(ends->total_flop, 37291053547520.0);
    ck_assert_double_eq(ends->device_head_flop, head);
    ck_assert_double_eq(ends->server_forward_flop[0] + ends->server_backward_flop[0],
                        37291053547520.0 - 2 * head);
    training.part.whole = TRUE;
    g_autoptr(CsProfile) whole = cs_profile_new(llama, &training);
    ck_assert_double_eq(whole->total_flop, 37291053547520.0);
    ck_assert_double_eq(whole->server_forward_flop[0] + whole->server_backward_flop[0], 0);
}
END_TEST

/* Both sides make up η at every cut, exactly: all counts are whole and below 2^53. */
START_TEST(parts_make_up_the_whole)
{
    static const char *const names[] = {"llama-3.2-1b", "llama-3.1-8b", "gpt2-xl", "opt-350m"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(CsArchitecture) model = catalogue(names[i]);
        CsTraining training = letter_training();
        g_autoptr(CsProfile) p = cs_profile_new(model, &training);
        ck_assert(p->total_flop < 9007199254740992.0);
        ck_assert_double_eq(p->device_forward_flop[0] + p->device_backward_flop[0], 0);
        ck_assert_double_eq(p->adapter_parameters[0], 0);
        for (guint c = 0; c < p->n_cuts; c++) {
            double parts[] = {p->device_forward_flop[c], p->device_backward_flop[c],
                              p->server_forward_flop[c], p->server_backward_flop[c]};
            double sum = 0;
            for (gsize k = 0; k < G_N_ELEMENTS(parts); k++) {
                ck_assert_double_eq(parts[k], trunc(parts[k]));
                sum += parts[k];
            }
            ck_assert_double_eq(sum, p->total_flop);
            ck_assert_double_eq(p->adapter_bit[c], 32 * p->adapter_parameters[c]);
            if (c > 0)
                ck_assert(p->device_forward_flop[c] > p->device_forward_flop[c - 1]);
        }
    }
}
END_TEST

/* Causal counting: 2·b·s·(s+1)·H·d, the 1 + 2 + ... + s keys that each token sees. */
START_TEST(causal_attention)
{
    g_autoptr(CsArchitecture) gpt2 = catalogue("gpt2");
    CsTraining training = {.batch = 3, .sequence_length = 5, .activation_bit = 16};
    g_autoptr(CsProfile) full = cs_profile_new(gpt2, &training);
    training.causal = TRUE;
    g_autoptr(CsProfile) causal = cs_profile_new(gpt2, &training);
    double linear = 2 * 7077888.0 * 15;
    ck_assert_double_eq(full->device_forward_flop[1], linear + 4.0 * 3 * 25 * 768);
    ck_assert_double_eq(causal->device_forward_flop[1], linear + 4.0 * 3 * 15 * 768);
    ck_assert_double_eq(causal->device_backward_flop[1], linear + 8.0 * 3 * 15 * 768);
    /* One token attends to itself either way. */
    training.sequence_length = 1;
    g_autoptr(CsProfile) one = cs_profile_new(gpt2, &training);
    training.causal = FALSE;
    g_autoptr(CsProfile) one_full = cs_profile_new(gpt2, &training);
    ck_assert_double_eq(one->total_flop, one_full->total_flop);
}
END_TEST

/* Sums beyond 2^53 lose digits, not sense: nothing is left for the server at c = I. */
START_TEST(profile_of_the_largest_model)
{
    CsLayerShape shape = {.heads = CS_HEADS_MAX,
                          .kv_heads = CS_HEADS_MAX,
                          .head_dim = CS_HEAD_DIM_MAX,
                          .intermediate = CS_INTERMEDIATE_MAX,
                          .gated = TRUE};
    g_autoptr(CsArchitecture) model =
        cs_architecture_new("huge", CS_LAYERS_MAX, CS_HIDDEN_MAX, CS_VOCABULARY_MAX, shape);
    CsTraining training = {.batch = 1000000,
                           .sequence_length = CS_CONTEXT_MAX,
                           .lora_rank = 65536,
                           .lora_targets = CS_LORA_ALL,
                           .activation_bit = 64,
                           .adapter_bit = 64};
    g_autoptr(CsProfile) p = cs_profile_new(model, &training);
    ck_assert(isfinite(p->total_flop) && isfinite(p->adapter_bit[CS_LAYERS_MAX]));
    ck_assert_double_eq(p->server_forward_flop[CS_LAYERS_MAX], 0);
    ck_assert_double_eq(p->server_backward_flop[CS_LAYERS_MAX], 0);
    ck_assert_close(p->server_forward_flop[0], p->device_forward_flop[CS_LAYERS_MAX], 1e-12);
}
END_TEST

START_TEST(layers_are_cut_and_repeated)
{
    CsLayerShape shape = {
        .heads = 4, .kv_heads = 2, .head_dim = 8, .intermediate = 64, .gated = TRUE};
    g_autoptr(CsArchitecture) model = cs_architecture_new("m", 3, 32, 100, shape);
    for (guint i = 0; i < 3; i++)
        model->layers[i].intermediate = 10 * (i + 1);
    g_autoptr(CsArchitecture) copy = cs_architecture_copy(model);
    cs_architecture_set_layers(model, 8);
    static const guint repeated[] = {10, 20, 30, 10, 20, 30, 10, 20};
    for (guint i = 0; i < 8; i++)
        ck_assert_uint_eq(model->layers[i].intermediate, repeated[i]);
    cs_architecture_set_layers(model, 2);
    ck_assert_uint_eq(model->n_layers, 2);
    ck_assert_uint_eq(model->layers[1].intermediate, 20);
    /* The copy is its own. */
    ck_assert_uint_eq(copy->n_layers, 3);
    ck_assert_uint_eq(copy->layers[2].intermediate, 30);
    ck_assert_str_eq(copy->name, "m");
}
END_TEST

/* --- the catalogue ------------------------------------------------------------------------ */

enum {
    NAME,
    LAYERS,
    WEIGHTS,
    BIAS_AND_NORM,
    EMBEDDINGS,
    UNTIED_HEAD,
    FINAL_NORM,
    TOTAL,
    LINEAR_FLOP,
    ATTENTION_FLOP,
    HEAD_FLOP,
    LORA_QV,
    LORA_QKVO,
    LORA_ALL,
    N_COLUMNS
};

static void check_reference(const CsArchitecture *m, const double v[N_COLUMNS])
{
    double weights = cs_layer_weights(m, 0);
    ck_assert_uint_eq(m->n_layers, (guint)v[LAYERS]);
    ck_assert_double_eq(weights, v[WEIGHTS]);
    ck_assert_double_eq(2 * weights, v[LINEAR_FLOP]);
    ck_assert_double_eq(2 * cs_head_weights(m), v[HEAD_FLOP]);
    ck_assert_double_eq(4.0 * m->layers[0].heads * m->layers[0].head_dim, v[ATTENTION_FLOP]);
    ck_assert_double_eq(cs_layer_lora_parameters(m, 0, 1, CS_LORA_Q | CS_LORA_V), v[LORA_QV]);
    ck_assert_double_eq(
        cs_layer_lora_parameters(m, 0, 1, CS_LORA_Q | CS_LORA_K | CS_LORA_V | CS_LORA_O),
        v[LORA_QKVO]);
    ck_assert_double_eq(cs_layer_lora_parameters(m, 0, 1, CS_LORA_ALL), v[LORA_ALL]);

    double total = v[EMBEDDINGS] + v[UNTIED_HEAD] + v[FINAL_NORM] * m->hidden;
    for (guint i = 0; i < m->n_layers; i++)
        total += cs_layer_weights(m, i) + v[BIAS_AND_NORM];
    ck_assert_double_eq(total, v[TOTAL]);
    ck_assert_double_eq((double)m->parameters, v[TOTAL]);
    ck_assert_uint_gt(m->max_context, 0);
}

START_TEST(catalogue_agrees_with_published_figures)
{
    g_autofree char *path = cs_test_path("tests/data/llm/reference.csv");
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    guint n = 0;
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) field = g_strsplit(*line, ",", -1);
        if (**line == '#' || strcmp(field[NAME], "name") == 0)
            continue;
        ck_assert_uint_eq(g_strv_length(field), N_COLUMNS);
        double value[N_COLUMNS] = {0};
        for (int i = 1; i < N_COLUMNS; i++)
            value[i] = g_ascii_strtod(field[i], NULL);
        g_autoptr(CsArchitecture) model = catalogue(field[NAME]);
        ck_assert_str_eq(model->name, field[NAME]);
        check_reference(model, value);
        n++;
    }
    ck_assert_uint_eq(n, 19);
}
END_TEST

/* Of every model: layers, norms, biases and tables make up the total, which it has a source for. */
START_TEST(catalogue_adds_up)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_auto(GStrv) names = cs_paths_list(paths, "models/llm", ".ini");
    ck_assert_uint_ge(g_strv_length(names), 40);
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(CsArchitecture) m = catalogue(*name);
        double counted = cs_architecture_parameters(m, FALSE);
        ck_assert_msg(counted == (double)m->parameters,
                      "%s: counted %.0f, published %" G_GUINT64_FORMAT, *name, counted,
                      m->parameters);
        ck_assert_uint_gt(m->max_context, 0);
    }
}
END_TEST

/* The manual names every model and platform. */
START_TEST(manual_lists_the_catalogue)
{
    g_autofree char *path = cs_test_path("man/cardsim-models.7");
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    static const char *const folders[] = {"models/llm", "models/platform"};
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_auto(GStrv) names = cs_paths_list(paths, folders[i], ".ini");
        for (char **name = names; *name != NULL; name++) {
            g_auto(GStrv) words = g_strsplit(*name, "-", -1);
            g_autofree char *written = g_strjoinv("\\-", words);
            g_autofree char *row = g_strdup_printf("\n%s\t", written);
            ck_assert_msg(strstr(text, row) != NULL, "%s is not in the manual", *name);
        }
    }
}
END_TEST

/* 32 layers of 218,103,808 weights and two norms of 4096; two embeddings of 32000 and a norm. */
START_TEST(mistral_by_hand)
{
    g_autoptr(CsArchitecture) m = catalogue("mistral-7b");
    ck_assert_double_eq(cs_layer_weights(m, 0), 218103808);
    ck_assert_uint_eq(m->parameters, 32ull * (218103808 + 8192) + 2ull * 32000 * 4096 + 4096);
}
END_TEST

/* --- model files ---------------------------------------------------------------------------- */

/* Writes `text` to a file `name` and reads it as a model; what is said is in `diagnostics`. */
static CsArchitecture *read_text(const char *name, const char *text, CsDiagnostics *diagnostics)
{
    g_autofree char *folder = g_dir_make_tmp("cs-llm-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, name, NULL);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    CsArchitecture *model = cs_architecture_read(name, folder, paths, nowhere, diagnostics);
    remove(file);
    remove(folder);
    return model;
}

#define SMALL                                                                                      \
    "[model]\nhidden = 32\nlayers = 4\nheads = 4\nintermediate = 64\nvocabulary = 100\ngated = "   \
    "no\n"

START_TEST(model_file_defaults)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsArchitecture) m = read_text("m.ini", SMALL, diagnostics);
    ck_assert_ptr_nonnull(m);
    ck_assert_uint_eq(m->layers[3].kv_heads, 4);
    ck_assert_uint_eq(m->layers[3].head_dim, 8);
    ck_assert_uint_eq(m->embedding, 32);
    ck_assert_uint_eq(m->max_context, 0);
    ck_assert_uint_eq(m->parameters, 0);
    ck_assert(!m->layers[3].gated);
}
END_TEST

/* Each layer its own cost; later groups go over earlier ones. */
START_TEST(layer_groups)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsArchitecture) m = read_text("m.ini",
                                            SMALL "[layer 2..3]\nintermediate = 10\ngated = yes\n"
                                                  "[layer 3]\nheads = 8\nkv-heads = 2\n"
                                                  "head-dim = 5\n",
                                            diagnostics);
    ck_assert_ptr_nonnull(m);
    /* 2 h H d + 2 h k d + matrices · h F with h = 32 */
    static const double weights[] = {
        2 * 32 * 32 + 2 * 32 * 32 + 2 * 32 * 64,
        2 * 32 * 32 + 2 * 32 * 32 + 3 * 32 * 10,
        2 * 32 * 40 + 2 * 32 * 10 + 3 * 32 * 10,
        2 * 32 * 32 + 2 * 32 * 32 + 2 * 32 * 64,
    };
    for (guint i = 0; i < 4; i++)
        ck_assert_double_eq(cs_layer_weights(m, i), weights[i]);

    CsTraining training = {.batch = 1,
                           .sequence_length = 1,
                           .lora_rank = 1,
                           .lora_targets = CS_LORA_GATE | CS_LORA_K,
                           .activation_bit = 8,
                           .adapter_bit = 10};
    g_autoptr(CsProfile) p = cs_profile_new(m, &training);
    /* P: k 32+32, then k 64 and gate 42, then k 32+10 and gate 42, then k 64. */
    static const double adapters[] = {0, 64, 170, 254, 318};
    double forward = 0;
    for (guint c = 0; c < 5; c++) {
        ck_assert_double_eq(p->adapter_parameters[c], adapters[c]);
        ck_assert_double_eq(p->adapter_bit[c], 10 * adapters[c]);
        ck_assert_double_eq(p->smashed_bit[c], 256);
        ck_assert_double_eq(p->device_forward_flop[c], forward);
        if (c < 4)
            forward +=
                2 * weights[c] + 4 * (c == 2 ? 40 : 32) + 2 * (adapters[c + 1] - adapters[c]);
    }
    ck_assert_double_eq(p->server_forward_flop[0], forward);
}
END_TEST

START_TEST(model_file_errors)
{
    static const struct {
        const char *text, *part;
        guint line;
    } bad[] = {
        {"[model]\nlayers = 4\nheads = 4\nintermediate = 64\nvocabulary = 9\ngated = no\n",
         "needs the key 'hidden'", 1},
        {"[model]\nhidden = 8\nheads = 4\nintermediate = 64\nvocabulary = 9\ngated = no\n",
         "needs the key 'layers'", 1},
        {"[model]\nhidden = 8\nlayers = 4\nheads = 4\nintermediate = 64\nvocabulary = 9\n",
         "needs the key 'gated'", 1},
        {SMALL "kv-heads = 3\n", "do not divide", 8},
        {SMALL "kv-heads = 8\n", "do not divide", 8},
        {SMALL "head-dim = 0\n", "out of range", 8},
        {SMALL "embedding = 2e6\n", "out of range", 8},
        {SMALL "parameters = 0.5\n", "whole number", 8},
        {SMALL "max-context = -1\n", "out of range", 8},
        {SMALL "kvheads = 2\n", "no key 'kvheads'", 8},
        {SMALL "[layer 5]\nheads = 2\n", "counted from 1 to 4", 8},
        {SMALL "[layer 0]\nheads = 2\n", "counted from 1 to 4", 8},
        {SMALL "[layer 3..2]\nheads = 2\n", "counted from 1 to 4", 8},
        {SMALL "[layer x]\nheads = 2\n", "no group 'layer x'", 8},
        {SMALL "[layer 1..]\nheads = 2\n", "no group 'layer 1..'", 8},
        {SMALL "[layer 99999999999999999999]\n", "no group", 8},
        {SMALL "[layer 1]\nhidden = 2\n", "no key 'hidden'", 9},
        {SMALL "[layer 1..4]\nkv-heads = 3\n", "do not divide", 9},
        {SMALL "[layer 1]\ngated = maybe\n", "neither yes nor no", 9},
        {SMALL "[other]\n", "no group 'other'", 8},
        {"[model]\nhidden = 33\nlayers = 4\nheads = 4\nintermediate = 64\nvocabulary = 9\n"
         "gated = no\n",
         "do not divide a hidden size", 4},
        {"[model]\nhidden = 1e400\nlayers = 4\nheads = 4\nintermediate = 64\nvocabulary = 9\n"
         "gated = no\n",
         "", 2},
        {"[model]\nhidden = 32\nlayers = 4097\nheads = 4\nintermediate = 64\nvocabulary = 9\n"
         "gated = no\n",
         "out of range", 3},
        {"", "needs a group [model]", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_msg(read_text("m.ini", bad[i].text, diagnostics) == NULL, "accepted: %s",
                      bad[i].text);
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
        const char *message = cs_diagnostics_message(diagnostics, 0);
        ck_assert_msg(strstr(message, bad[i].part) != NULL, "%s: %s", bad[i].text, message);
        CsPlace place = cs_diagnostics_place(diagnostics, 0);
        ck_assert_msg(place.line == bad[i].line, "%s: line %u", bad[i].text, place.line);
        ck_assert(g_str_has_suffix(cs_source_name(place.source), "m.ini"));
    }
    /* All of a file's errors, not the first. */
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_text("m.ini", "[model]\nhiden = 8\n", diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 7);
    ck_assert_str_eq(cs_diagnostics_help(diagnostics, 0), "did you mean 'hidden'?");
}
END_TEST

START_TEST(unknown_model_is_suggested)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsSource) source = cs_source_new("s.ini", g_strdup("llm = Llama-3.2-2b\n"), 19);
    CsPlace place = {source, 1, 7, 12};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(cs_architecture_read("Llama-3.2-2b", NULL, paths, place, diagnostics));
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), "no model is called 'Llama-3.2-2b'");
    ck_assert_str_eq(cs_diagnostics_help(diagnostics, 0), "did you mean 'llama-3.2-1b'?");
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, 7);
    ck_assert_ptr_null(cs_architecture_read("", NULL, paths, place, diagnostics));
    ck_assert_ptr_null(cs_architecture_read("x.json", "/nonexistent", paths, place, diagnostics));
    ck_assert_ptr_null(cs_architecture_read("/tmp/", NULL, paths, place, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 4);
    for (guint i = 1; i < 4; i++)
        ck_assert_ptr_eq(cs_diagnostics_place(diagnostics, i).source, source);
}
END_TEST

/* --- config.json ---------------------------------------------------------------------------- */

static CsArchitecture *read_config(const char *text, gssize length, CsDiagnostics *diagnostics)
{
    gsize n = length < 0 ? strlen(text) : (gsize)length;
    char *own = g_malloc(n + 1);
    memcpy(own, text, n);
    own[n] = '\0';
    g_autoptr(CsSource) source = cs_source_new("config.json", own, n);
    return cs_architecture_from_config(source, diagnostics);
}

/* Each family's configuration gives the architecture of the catalogue's model file. */
START_TEST(config_families)
{
    static const char *const names[] = {"llama-3.2-1b", "llama-2-7b", "mistral-7b",
                                        "qwen2.5-3b",   "gemma-2-2b", "gpt2",
                                        "opt-350m",     "phi-2",      "phi-3-mini"};
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autofree char *folder = cs_test_path("tests/data/llm/config");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autofree char *file = g_strconcat(names[i], ".json", NULL);
        g_autoptr(CsArchitecture) config =
            cs_architecture_read(file, folder, paths, nowhere, diagnostics);
        ck_assert_msg(config != NULL, "%s: %s", file,
                      cs_diagnostics_count(diagnostics) ? cs_diagnostics_message(diagnostics, 0)
                                                        : "");
        g_autoptr(CsArchitecture) model = catalogue(names[i]);
        ck_assert_str_eq(config->name, file);
        ck_assert_uint_eq(config->hidden, model->hidden);
        ck_assert_uint_eq(config->embedding, model->embedding);
        ck_assert_uint_eq(config->vocabulary, model->vocabulary);
        ck_assert_uint_eq(config->n_layers, model->n_layers);
        ck_assert_uint_eq(config->max_context, model->max_context);
        ck_assert_mem_eq(config->layers, model->layers, model->n_layers * sizeof model->layers[0]);
    }
}
END_TEST

#define LLAMA_BUT(member)                                                                          \
    "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2,\n"                 \
    "\"num_attention_heads\": 4, \"intermediate_size\": 128,\n" member "\n}"

/* Defaults that follow from other figures, where the family's class has them. */
START_TEST(config_defaults)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsArchitecture) llama = read_config(LLAMA_BUT("\"vocab_size\": 9"), -1, diagnostics);
    ck_assert_ptr_nonnull(llama);
    ck_assert_uint_eq(llama->layers[1].kv_heads, 4);
    ck_assert_uint_eq(llama->layers[1].head_dim, 16);
    ck_assert_uint_eq(llama->max_context, 0);
    ck_assert(llama->layers[1].gated);

    g_autoptr(CsArchitecture) gpt2 =
        read_config("{\"model_type\": \"gpt2\", \"n_embd\": 64, \"n_layer\": 2, \"n_head\": 4,"
                    " \"vocab_size\": 9}",
                    -1, diagnostics);
    ck_assert_ptr_nonnull(gpt2);
    ck_assert_uint_eq(gpt2->layers[0].intermediate, 256);
    ck_assert(!gpt2->layers[0].gated);

    /* Mistral's class puts 8 for a missing key and the heads for null. */
    g_autoptr(CsArchitecture) mistral =
        read_config("{\"model_type\": \"mistral\", \"hidden_size\": 64, \"num_hidden_layers\": 2,"
                    " \"num_attention_heads\": 4, \"intermediate_size\": 128, \"vocab_size\": 9,"
                    " \"num_key_value_heads\": null}",
                    -1, diagnostics);
    ck_assert_ptr_nonnull(mistral);
    ck_assert_uint_eq(mistral->layers[0].kv_heads, 4);
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 0);
}
END_TEST

START_TEST(config_errors)
{
    static const struct {
        const char *text, *part;
        guint line;
    } bad[] = {
        {LLAMA_BUT("\"head_dim\": 8"), "needs 'vocab_size'", 0},
        {LLAMA_BUT("\"vocab_size\": null"), "needs 'vocab_size'", 3},
        {LLAMA_BUT("\"vocab_size\": \"9\""), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 9.5"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 1e308"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": -1"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 0"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": true"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": [9]"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": {}"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 99999999999999999999999999"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 18446744073709551625"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 4294967305"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 1e400"), "neither a finite number", 3},
        {LLAMA_BUT("\"vocab_size\": NaN"), "whole number", 3},
        {LLAMA_BUT("\"vocab_size\": 0x10"), "neither a finite number", 3},
        {LLAMA_BUT("\"vocab_size\": 010"), "neither a finite number", 3},
        {LLAMA_BUT("\"vocab_size\": 9., \"a\": 1"), "neither a finite number", 3},
        {LLAMA_BUT("\"vocab_size\": 9, \"num_key_value_heads\": 3"), "do not divide", 3},
        {LLAMA_BUT("\"vocab_size\": 9, \"hidden_size\": 64"), "'hidden_size' stands twice", 3},
        {LLAMA_BUT("\"vocab_size\": 9, \"hidden\\u005fsize\": 64"), "stands twice", 0},
        {LLAMA_BUT("\"vocab_size\": 9,"), "not valid JSON", 3},
        {LLAMA_BUT("\"vocab_size\" 9"), "not valid JSON", 3},
        {LLAMA_BUT("\"vocab_size\": 9 // nine"), "character", 3},
        {LLAMA_BUT("\"vocab_size\": 9, \"x"), "does not end", 3},
        {"{\"model_type\": \"mamba\"}", "'mamba' is not known", 1},
        {"{\"model_type\": 3}", "needs 'model_type'", 1},
        {"{}", "needs 'model_type'", 0},
        {"[]", "holds one object", 0},
        {"\"llama\"", "", 0},
        {"", "holds one object", 0},
        {"}", "never opened", 1},
        {"{\"model_type\": \"llama\"", "", 1},
        {"7 {\"model_type\": \"llama\"}", "has ended before this", 1},
        {"{\"model_type\": \"llama\"} {}", "has ended before this", 1},
        {LLAMA_BUT("\"vocab_size\": 9, \"a\": \"\xff\""), "UTF-8", 0},
        {"\xff\xfe", "", 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_msg(read_config(bad[i].text, -1, diagnostics) == NULL, "accepted: %s",
                      bad[i].text);
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
        const char *message = cs_diagnostics_message(diagnostics, 0);
        ck_assert_msg(strstr(message, bad[i].part) != NULL, "%s: %s", bad[i].text, message);
        CsPlace place = cs_diagnostics_place(diagnostics, 0);
        ck_assert_msg(place.line == bad[i].line, "%s: %s at line %u", bad[i].text, message,
                      place.line);
    }
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_config("{\"model_type\": \"mamba\"}", -1, diagnostics));
    ck_assert(
        g_str_has_prefix(cs_diagnostics_help(diagnostics, 0), "known families: llama, mistral, "));
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, 16);
    /* Mistral's 8 and Gemma's 256 are not taken over for a missing key. */
    ck_assert_ptr_null(
        read_config("{\"model_type\": \"gemma2\", \"hidden_size\": 64, \"num_hidden_layers\": 2,"
                    " \"num_attention_heads\": 4, \"intermediate_size\": 128, \"vocab_size\": 9}",
                    -1, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 3);
}
END_TEST

/* Deep nesting, a NUL, and members beyond counting: an error or an answer, never a crash. */
START_TEST(config_hostile)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    gsize n = 1 << 20;
    g_autofree char *deep = g_malloc(n);
    memset(deep, '[', n);
    ck_assert_ptr_null(read_config(deep, (gssize)n, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, CS_JSON_DEPTH_MAX + 1);

    /* Brackets that a string or a comment might hide. */
    g_autofree char *hidden = g_strconcat("/* \" */", NULL);
    ck_assert_ptr_null(read_config(hidden, -1, diagnostics));
    ck_assert_ptr_null(read_config("{\"a\0b\": 1}", 10, diagnostics));
    ck_assert_ptr_null(read_config("{\"a\": 1}\0{", 10, diagnostics));

    GString *many = g_string_new("{\"model_type\": \"gpt2\"");
    for (guint i = 0; i < 200000; i++)
        g_string_append_printf(many, ",\"k%u\":%u", i, i);
    g_string_append(many, "}");
    ck_assert_ptr_null(read_config(many->str, -1, diagnostics));
    g_string_free(many, TRUE);
    ck_assert_uint_ge(cs_diagnostics_errors(diagnostics), 5);
}
END_TEST

/* Every prefix and every single-byte change of a sound file: an error or a model, never a crash. */
START_TEST(config_mutations)
{
    g_autofree char *path = cs_test_path("tests/data/llm/config/opt-350m.json");
    g_autofree char *text = NULL;
    gsize length;
    ck_assert(g_file_get_contents(path, &text, &length, NULL));
    static const char bytes[] = {'"', '{', '[', '}', '\\', '9', '-', '\0', '\xff', ',', 'e'};
    for (gsize i = 0; i < length; i++) {
        g_autoptr(CsDiagnostics) cut = cs_diagnostics_new();
        g_autoptr(CsArchitecture) prefix = read_config(text, (gssize)i, cut);
        /* What is cut off must be missed, but for the blank behind the last bracket. */
        ck_assert_msg((prefix == NULL) == (i < length - 1), "prefix of %zu bytes", i);
        for (gsize k = 0; k < sizeof bytes; k++) {
            g_autofree char *changed = g_memdup2(text, length);
            changed[i] = bytes[k];
            g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
            g_autoptr(CsArchitecture) model = read_config(changed, (gssize)length, diagnostics);
            ck_assert((model == NULL) == (cs_diagnostics_errors(diagnostics) > 0));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("llm");
    TCase *workload = tcase_create("workload");
    tcase_add_test(workload, gpt2_forward_is_nanogpts);
    tcase_add_test(workload, lora_parameters_are_pefts);
    tcase_add_test(workload, letter_workload);
    tcase_add_test(workload, the_whole_is_the_same_wherever_the_head_is);
    tcase_add_test(workload, parts_make_up_the_whole);
    tcase_add_test(workload, causal_attention);
    tcase_add_test(workload, profile_of_the_largest_model);
    tcase_add_test(workload, layers_are_cut_and_repeated);
    suite_add_tcase(suite, workload);
    TCase *files = tcase_create("model files");
    tcase_add_test(files, catalogue_agrees_with_published_figures);
    tcase_add_test(files, catalogue_adds_up);
    tcase_add_test(files, manual_lists_the_catalogue);
    tcase_add_test(files, mistral_by_hand);
    tcase_add_test(files, model_file_defaults);
    tcase_add_test(files, layer_groups);
    tcase_add_test(files, model_file_errors);
    tcase_add_test(files, unknown_model_is_suggested);
    suite_add_tcase(suite, files);
    TCase *config = tcase_create("config.json");
    tcase_add_test(config, config_families);
    tcase_add_test(config, config_defaults);
    tcase_add_test(config, config_errors);
    tcase_add_test(config, config_hostile);
    tcase_add_test(config, config_mutations);
    suite_add_tcase(suite, config);
    return cs_check_main(suite);
}
