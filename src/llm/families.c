/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/families: the table. See the header.
 *
 * Sources: the classes of huggingface/transformers (configuration_*.py and modeling_*.py of each
 * family; of InternLM2, ChatGLM, Baichuan, XVERSE, MiniCPM and EXAONE those beside their weights);
 * the counts are tested against published totals (tests/data/llm/parameters.csv).
 * Layer: llm.
 */
#include "llm/families.h"

#include "llm/architecture.h"

#include <string.h>

/* A figure whose key must be there, one that follows where it is null, or where it is absent. */
#define FIGURE(key, follows, other, preset)                                                        \
    {                                                                                              \
        key, CS_FOLLOWS_##follows, other, preset                                                   \
    }
#define MUST(key) FIGURE(key, NEVER, NULL, 0)
#define NULLED(key) FIGURE(key, WHERE_NULL, NULL, 0)
#define MAY(key) FIGURE(key, WHERE_ABSENT, NULL, 0)
#define ZERO(key) FIGURE(key, OR_ZERO, NULL, 0)
#define EITHER(key, other) FIGURE(key, NEVER, other, 0)
#define MAY_EITHER(key, other) FIGURE(key, WHERE_ABSENT, other, 0)
#define PRESET(key, number) FIGURE(key, NEVER, NULL, number)

#define SIZES                                                                                      \
    [CS_FIGURE_HIDDEN] = MUST("hidden_size"), [CS_FIGURE_LAYERS] = MUST("num_hidden_layers"),      \
    [CS_FIGURE_HEADS] = MUST("num_attention_heads"), [CS_FIGURE_VOCABULARY] = MUST("vocab_size"),  \
    [CS_FIGURE_CONTEXT] = MAY("max_position_embeddings")
#define DENSE [CS_FIGURE_INTERMEDIATE] = MUST("intermediate_size")
#define GROUPED                                                                                    \
    [CS_FIGURE_KV_HEADS] = MAY("num_key_value_heads"), [CS_FIGURE_HEAD_DIM] = MAY("head_dim")
#define GROUPED_OR_NULL                                                                            \
    [CS_FIGURE_KV_HEADS] = NULLED("num_key_value_heads"), [CS_FIGURE_HEAD_DIM] = MAY("head_dim")
#define LATENT_RANKS                                                                               \
    [CS_FIGURE_Q_RANK] = ZERO("q_lora_rank"), [CS_FIGURE_KV_RANK] = MUST("kv_lora_rank"),          \
    [CS_FIGURE_NOPE_DIM] = MUST("qk_nope_head_dim"),                                               \
    [CS_FIGURE_ROPE_DIM] = MUST("qk_rope_head_dim")
#define LATENT LATENT_RANKS, [CS_FIGURE_VALUE_DIM] = MUST("v_head_dim")
#define ROUTED                                                                                     \
    [CS_FIGURE_EXPERTS] = ZERO("n_routed_experts"),                                                \
    [CS_FIGURE_ACTIVE_EXPERTS] = MAY("num_experts_per_tok"),                                       \
    [CS_FIGURE_EXPERT_WIDTH] = MAY("moe_intermediate_size"),                                       \
    [CS_FIGURE_SHARED_EXPERTS] = ZERO("n_shared_experts")
#define SOME_EXPERTS                                                                               \
    [CS_FIGURE_EXPERTS] = ZERO("num_experts"),                                                     \
    [CS_FIGURE_ACTIVE_EXPERTS] = MAY("num_experts_per_tok"),                                       \
    [CS_FIGURE_EXPERT_WIDTH] = MAY("moe_intermediate_size")
#define EXPERTS(number, width)                                                                     \
    [CS_FIGURE_EXPERTS] = MUST(number), [CS_FIGURE_ACTIVE_EXPERTS] = MUST("num_experts_per_tok"),  \
    [CS_FIGURE_EXPERT_WIDTH] = MUST(width)
#define LINEAR                                                                                     \
    [CS_FIGURE_LINEAR_HEADS] = MAY("linear_num_value_heads"),                                      \
    [CS_FIGURE_LINEAR_KEYS] = MAY("linear_num_key_heads"),                                         \
    [CS_FIGURE_LINEAR_HEAD_DIM] = MAY("linear_key_head_dim"),                                      \
    [CS_FIGURE_LINEAR_VALUE_DIM] = MAY("linear_value_head_dim"),                                   \
    [CS_FIGURE_LINEAR_KERNEL] = MAY("linear_conv_kernel_dim")
#define OLD_SIZES                                                                                  \
    [CS_FIGURE_HIDDEN] = EITHER("n_embd", "hidden_size"),                                          \
    [CS_FIGURE_LAYERS] = EITHER("n_layer", "num_hidden_layers"),                                   \
    [CS_FIGURE_HEADS] = EITHER("n_head", "num_attention_heads"),                                   \
    [CS_FIGURE_VOCABULARY] = MUST("vocab_size"),                                                   \
    [CS_FIGURE_CONTEXT] = MAY_EITHER("n_positions", "max_position_embeddings")

#define ALWAYS                                                                                     \
    {                                                                                              \
        NULL, TRUE                                                                                 \
    }
#define ATTENTION_BIASES(key, preset) .qkv_bias = {key, preset}, .out_bias = {key, preset}
#define BIASES(key, preset) ATTENTION_BIASES(key, preset), .mlp_bias = {key, preset}
#define ATTENTION_BIAS ATTENTION_BIASES("attention_bias", FALSE)
#define ALL_BIASES .qkv_bias = ALWAYS, .out_bias = ALWAYS, .mlp_bias = ALWAYS
#define HEAD_NORM .qk_normed = ALWAYS, .qk_norm = CS_QK_NORM_HEAD
#define WIDTH_NORM .qk_normed = ALWAYS, .qk_norm = CS_QK_NORM_WIDTH
#define WINDOW .use_window = ALWAYS
#define WINDOW_IF_USED .use_window = {"use_sliding_window", FALSE}

/* A family: its type, norms of a layer, whether head and embedding are one unless the file says
 * so, where its figures stand; then what else it has. Its MLP is gated, or plain. */
#define FIGURES(...) .figure = {__VA_ARGS__}
#define TIED TRUE
#define APART FALSE
#define PLAIN(type, n_norms, tie, ...)                                                             \
    {                                                                                              \
        .model_type = type, .norms = n_norms, .tied = {"tie_word_embeddings", tie}, __VA_ARGS__    \
    }
#define GATED(...) PLAIN(__VA_ARGS__, .gated = TRUE)

static const CsFamily families[] = {
    GATED("llama", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .mlp_bias = {"mlp_bias", FALSE},
          ATTENTION_BIAS),
    GATED("mistral", 2, APART, FIGURES(SIZES, DENSE, GROUPED_OR_NULL), WINDOW),
    GATED("ministral", 2, APART, FIGURES(SIZES, DENSE, GROUPED_OR_NULL), WINDOW),
    GATED("ministral3", 2, APART, FIGURES(SIZES, DENSE, GROUPED_OR_NULL), WINDOW),
    GATED("mixtral", 2, APART,
          FIGURES(SIZES, GROUPED_OR_NULL, EXPERTS("num_local_experts", "intermediate_size")),
          WINDOW),
    GATED("qwen2", 2, APART, FIGURES(SIZES, DENSE, GROUPED_OR_NULL), .qkv_bias = {"qkv_bias", TRUE},
          WINDOW_IF_USED),
    GATED("qwen2_moe", 2, APART,
          FIGURES(SIZES, DENSE, GROUPED,
                  SOME_EXPERTS, [CS_FIGURE_SHARED_WIDTH] = ZERO("shared_expert_intermediate_size")),
          .qkv_bias = {"qkv_bias", TRUE}, .expert_layers = CS_EXPERTS_STEP, .shared_gate = TRUE,
          WINDOW_IF_USED),
    GATED("qwen3", 2, APART, FIGURES(SIZES, DENSE, GROUPED), ATTENTION_BIAS, HEAD_NORM,
          WINDOW_IF_USED),
    GATED("qwen3_moe", 2, APART, FIGURES(SIZES, DENSE, GROUPED, SOME_EXPERTS),
          .expert_layers = CS_EXPERTS_STEP, ATTENTION_BIAS, HEAD_NORM, WINDOW_IF_USED),
    GATED("qwen3_next", 2, APART,
          FIGURES(SIZES, DENSE, GROUPED,
                  SOME_EXPERTS, [CS_FIGURE_SHARED_WIDTH] = ZERO("shared_expert_intermediate_size"),
                  LINEAR),
          .expert_layers = CS_EXPERTS_STEP, .shared_gate = TRUE, .query_gate = TRUE, ATTENTION_BIAS,
          HEAD_NORM),
    GATED("qwen3_5_text", 2, APART, FIGURES(SIZES, DENSE, GROUPED, LINEAR), .query_gate = TRUE,
          ATTENTION_BIAS, HEAD_NORM),
    GATED("qwen3_5_moe_text", 2, APART,
          FIGURES(SIZES, GROUPED, EXPERTS("num_experts", "moe_intermediate_size"),
                  [CS_FIGURE_SHARED_WIDTH] = ZERO("shared_expert_intermediate_size"), LINEAR),
          .fused = CS_FUSED_EXPERTS, .shared_gate = TRUE, .query_gate = TRUE, ATTENTION_BIAS,
          HEAD_NORM),
    GATED("gemma", 2, TIED,
          FIGURES(SIZES, DENSE, [CS_FIGURE_KV_HEADS] = MUST("num_key_value_heads"),
                  [CS_FIGURE_HEAD_DIM] = MUST("head_dim")),
          ATTENTION_BIAS),
    GATED("gemma2", 4, TIED,
          FIGURES(SIZES, DENSE, [CS_FIGURE_KV_HEADS] = MUST("num_key_value_heads"),
                  [CS_FIGURE_HEAD_DIM] = MUST("head_dim")),
          .full_every = 2, ATTENTION_BIAS, WINDOW),
    GATED("gemma3_text", 4, TIED,
          FIGURES([CS_FIGURE_HIDDEN] = MUST("hidden_size"),
                  [CS_FIGURE_LAYERS] = MUST("num_hidden_layers"),
                  DENSE, [CS_FIGURE_HEADS] = PRESET("num_attention_heads", 8),
                  [CS_FIGURE_KV_HEADS] = PRESET("num_key_value_heads", 4),
                  [CS_FIGURE_HEAD_DIM] = PRESET("head_dim", 256),
                  [CS_FIGURE_VOCABULARY] = PRESET("vocab_size", 262208),
                  [CS_FIGURE_CONTEXT] = PRESET("max_position_embeddings", 131072)),
          .full_every = 6, ATTENTION_BIAS, HEAD_NORM, WINDOW),
    GATED("gpt_oss", 2, APART,
          FIGURES(SIZES, GROUPED, [CS_FIGURE_EXPERTS] = MUST("num_local_experts"),
                  [CS_FIGURE_ACTIVE_EXPERTS] = EITHER("num_experts_per_tok", "experts_per_token"),
                  [CS_FIGURE_EXPERT_WIDTH] = MUST("intermediate_size")),
          .fused = CS_FUSED_EXPERTS, ATTENTION_BIASES("attention_bias", TRUE), .router_bias = TRUE,
          .expert_bias = TRUE, .sinks = TRUE, .full_every = 2, WINDOW),
    GATED("deepseek", 2, APART, FIGURES(SIZES, DENSE, GROUPED, ROUTED),
          .expert_layers = CS_EXPERTS_AFTER_DENSE, ATTENTION_BIAS),
    GATED("deepseek_v2", 2, APART, FIGURES(SIZES, DENSE, LATENT, ROUTED),
          .expert_layers = CS_EXPERTS_AFTER_DENSE),
    GATED("deepseek_v3", 2, APART, FIGURES(SIZES, DENSE, LATENT, ROUTED),
          .expert_layers = CS_EXPERTS_AFTER_DENSE, .router_bias = TRUE),
    GATED("kimi_k2", 2, APART, FIGURES(SIZES, DENSE, LATENT, ROUTED),
          .expert_layers = CS_EXPERTS_AFTER_DENSE, .router_bias = TRUE),
    GATED("llama4_text", 2, APART,
          FIGURES(SIZES, GROUPED, [CS_FIGURE_INTERMEDIATE] = MUST("intermediate_size_mlp"),
                  EXPERTS("num_local_experts", "intermediate_size"),
                  [CS_FIGURE_SHARED_WIDTH] = MUST("intermediate_size")),
          .fused = CS_FUSED_EXPERTS, .expert_layers = CS_EXPERTS_INTERLEAVED, .full_every = 4,
          ATTENTION_BIAS, WINDOW),
    PLAIN("gpt2", 2, TIED, FIGURES(OLD_SIZES, [CS_FIGURE_INTERMEDIATE] = MAY("n_inner")),
          .fused = CS_FUSED_QKV, .biased = TRUE, .position_rows = ALWAYS,
          .kv_heads = CS_KV_HEAD_TYPE, ALL_BIASES),
    PLAIN("gpt_bigcode", 2, TIED, FIGURES(OLD_SIZES, [CS_FIGURE_INTERMEDIATE] = MAY("n_inner")),
          .fused = CS_FUSED_QKV, .biased = TRUE, .position_rows = ALWAYS,
          .kv_heads = CS_KV_MULTI_QUERY, ALL_BIASES),
    PLAIN("gptj", 1, APART, FIGURES(OLD_SIZES, [CS_FIGURE_INTERMEDIATE] = MAY("n_inner")),
          .biased = TRUE, .mlp_bias = ALWAYS, .head_bias = ALWAYS),
    PLAIN("gpt_neox", 2, APART, FIGURES(SIZES, DENSE), .fused = CS_FUSED_QKV, .biased = TRUE,
          ATTENTION_BIASES("attention_bias", TRUE), .mlp_bias = ALWAYS),
    PLAIN("opt", 2, TIED,
          FIGURES(SIZES, [CS_FIGURE_INTERMEDIATE] = MUST("ffn_dim"),
                  [CS_FIGURE_EMBEDDING] = MAY("word_embed_proj_dim")),
          .biased = TRUE, BIASES("enable_bias", TRUE), .position_rows = ALWAYS,
          .position_offset = 2, .no_last_norm_unless_before = TRUE),
    PLAIN("bloom", 2, TIED,
          FIGURES([CS_FIGURE_HIDDEN] = EITHER("hidden_size", "n_embed"),
                  [CS_FIGURE_LAYERS] = EITHER("n_layer", "num_hidden_layers"),
                  [CS_FIGURE_HEADS] = EITHER("n_head", "num_attention_heads"),
                  [CS_FIGURE_VOCABULARY] = MUST("vocab_size"),
                  [CS_FIGURE_CONTEXT] = MAY("seq_length")),
          .fused = CS_FUSED_QKV, .biased = TRUE, .embedding_norm = TRUE, ALL_BIASES),
    PLAIN("falcon", 1, APART,
          FIGURES([CS_FIGURE_HIDDEN] = MUST("hidden_size"),
                  [CS_FIGURE_LAYERS] = EITHER("num_hidden_layers", "n_layer"),
                  [CS_FIGURE_HEADS] = EITHER("num_attention_heads", "n_head"),
                  [CS_FIGURE_KV_HEADS] = MAY_EITHER("num_kv_heads", "n_head_kv"),
                  [CS_FIGURE_INTERMEDIATE] = MAY("ffn_hidden_size"),
                  [CS_FIGURE_VOCABULARY] = MUST("vocab_size"),
                  [CS_FIGURE_CONTEXT] = MAY("max_position_embeddings")),
          .fused = CS_FUSED_QKV, .biased = TRUE, BIASES("bias", FALSE),
          .kv_heads = CS_KV_MULTI_QUERY),
    PLAIN(
        "mpt", 2, TIED,
        FIGURES(
            [CS_FIGURE_HIDDEN] = MUST("d_model"), [CS_FIGURE_LAYERS] = MUST("n_layers"),
            [CS_FIGURE_HEADS] = MUST("n_heads"), [CS_FIGURE_INTERMEDIATE] = MAY("ffn_hidden_size"),
            [CS_FIGURE_VOCABULARY] = MUST("vocab_size"), [CS_FIGURE_CONTEXT] = MAY("max_seq_len")),
        .fused = CS_FUSED_QKV, .kv_heads = CS_KV_ATTN_CONFIG),
    PLAIN("phi", 1, APART, FIGURES(SIZES, DENSE, GROUPED), .biased = TRUE, .head_bias = ALWAYS,
          .qk_normed = {"qk_layernorm", FALSE}, .qk_norm = CS_QK_NORM_HEAD, ALL_BIASES),
    GATED("phi3", 2, APART, FIGURES(SIZES, DENSE, GROUPED),
          .fused = CS_FUSED_QKV | CS_FUSED_GATE_UP, ATTENTION_BIAS, WINDOW),
    GATED("phimoe", 2, APART,
          FIGURES(SIZES, GROUPED, EXPERTS("num_local_experts", "intermediate_size")),
          .biased = TRUE, .head_bias = {"lm_head_bias", FALSE}, ATTENTION_BIAS, WINDOW),
    GATED("stablelm", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .biased = TRUE,
          .qkv_bias = {"use_qkv_bias", FALSE}, .qk_normed = {"qk_layernorm", FALSE},
          .qk_norm = CS_QK_NORM_WIDTH),
    PLAIN("starcoder2", 2, TIED, FIGURES(SIZES, DENSE, GROUPED), .biased = TRUE,
          BIASES("use_bias", TRUE), WINDOW),
    GATED("internlm2", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .fused = CS_FUSED_QKV,
          ATTENTION_BIASES("bias", FALSE)),
    GATED("internlm3", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .qkv_bias = {"qkv_bias", FALSE},
          .out_bias = {"bias", FALSE}, .mlp_bias = {"bias", FALSE}),
    GATED("cohere", 1, TIED, FIGURES(SIZES, DENSE, GROUPED), .qk_normed = {"use_qk_norm", FALSE},
          .qk_norm = CS_QK_NORM_WIDTH, ATTENTION_BIAS),
    GATED("cohere2", 1, TIED, FIGURES(SIZES, DENSE, GROUPED), .full_every = 4, ATTENTION_BIAS,
          WINDOW),
    GATED("granite", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .mlp_bias = {"mlp_bias", FALSE},
          ATTENTION_BIAS),
    GATED("granitemoe", 2, APART,
          FIGURES(SIZES, GROUPED, EXPERTS("num_local_experts", "intermediate_size")),
          .fused = CS_FUSED_EXPERTS, ATTENTION_BIAS),
    GATED("granitemoeshared", 2, APART,
          FIGURES(SIZES, GROUPED, EXPERTS("num_local_experts", "intermediate_size"),
                  [CS_FIGURE_SHARED_WIDTH] = ZERO("shared_intermediate_size")),
          .fused = CS_FUSED_EXPERTS | CS_FUSED_GATE_UP, ATTENTION_BIAS),
    GATED("olmo", 0, APART, FIGURES(SIZES, DENSE, GROUPED), ATTENTION_BIAS),
    GATED("olmo2", 2, APART, FIGURES(SIZES, DENSE, GROUPED), ATTENTION_BIAS, WIDTH_NORM),
    GATED("olmo3", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .full_every = 4, ATTENTION_BIAS,
          WIDTH_NORM, WINDOW),
    GATED("olmoe", 2, APART, FIGURES(SIZES, GROUPED, EXPERTS("num_experts", "intermediate_size")),
          ATTENTION_BIAS, WIDTH_NORM),
    GATED("smollm3", 2, TIED, FIGURES(SIZES, DENSE, GROUPED), .mlp_bias = {"mlp_bias", FALSE},
          ATTENTION_BIAS, WINDOW_IF_USED),
    GATED("exaone", 2, APART,
          FIGURES([CS_FIGURE_HIDDEN] = MUST("hidden_size"),
                  [CS_FIGURE_LAYERS] = EITHER("num_layers", "num_hidden_layers"),
                  [CS_FIGURE_HEADS] = MUST("num_attention_heads"),
                  [CS_FIGURE_VOCABULARY] = MUST("vocab_size"),
                  [CS_FIGURE_CONTEXT] = MAY("max_position_embeddings"), DENSE, GROUPED)),
    GATED("exaone4", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .full_every = 4, HEAD_NORM, WINDOW),
    GATED("minicpm", 2, TIED, FIGURES(SIZES, DENSE, GROUPED), ATTENTION_BIAS),
    GATED("minicpm3", 2, TIED,
          FIGURES(SIZES, DENSE, LATENT_RANKS, [CS_FIGURE_VALUE_DIM] = MAY("v_head_dim")),
          ATTENTION_BIAS),
    GATED("minimax_m2", 2, APART,
          FIGURES(SIZES, GROUPED, EXPERTS("num_local_experts", "intermediate_size")),
          .router_bias = TRUE, WIDTH_NORM),
    GATED("glm", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .fused = CS_FUSED_GATE_UP,
          .qkv_bias = {"attention_bias", FALSE}),
    GATED("glm4", 4, APART, FIGURES(SIZES, DENSE, GROUPED), .fused = CS_FUSED_GATE_UP,
          .qkv_bias = {"attention_bias", FALSE}),
    GATED("glm4_moe_lite", 2, APART, FIGURES(SIZES, DENSE, LATENT, ROUTED),
          .expert_layers = CS_EXPERTS_AFTER_DENSE, .router_bias = TRUE),
    GATED("dots1", 2, APART, FIGURES(SIZES, DENSE, GROUPED, ROUTED),
          .expert_layers = CS_EXPERTS_AFTER_DENSE, .router_bias = TRUE, ATTENTION_BIAS, HEAD_NORM),
    GATED("glm4_moe", 2, APART, FIGURES(SIZES, DENSE, GROUPED, ROUTED),
          .qkv_bias = {"attention_bias", FALSE}, .expert_layers = CS_EXPERTS_AFTER_DENSE,
          .router_bias = TRUE, .qk_normed = {"use_qk_norm", FALSE}, .qk_norm = CS_QK_NORM_HEAD),
    GATED("chatglm", 2, APART,
          FIGURES([CS_FIGURE_HIDDEN] = MUST("hidden_size"),
                  [CS_FIGURE_LAYERS] = EITHER("num_layers", "num_hidden_layers"),
                  [CS_FIGURE_HEADS] = MUST("num_attention_heads"),
                  [CS_FIGURE_KV_HEADS] = MAY("multi_query_group_num"),
                  [CS_FIGURE_HEAD_DIM] = MAY("kv_channels"),
                  [CS_FIGURE_INTERMEDIATE] = MUST("ffn_hidden_size"),
                  [CS_FIGURE_VOCABULARY] = EITHER("padded_vocab_size", "vocab_size"),
                  [CS_FIGURE_CONTEXT] = MAY("seq_length")),
          .fused = CS_FUSED_QKV | CS_FUSED_GATE_UP, .qkv_bias = {"add_qkv_bias", FALSE},
          .out_bias = {"add_bias_linear", FALSE}, .mlp_bias = {"add_bias_linear", FALSE},
          .kv_heads = CS_KV_GROUPS),
    GATED("baichuan", 2, APART, FIGURES(SIZES, DENSE), .fused = CS_FUSED_QKV),
    GATED("xverse", 2, APART, FIGURES(SIZES, DENSE, GROUPED)),
    GATED("ernie4_5", 2, TIED, FIGURES(SIZES, DENSE, GROUPED), BIASES("use_bias", FALSE)),
    GATED("ernie4_5_moe", 2, TIED,
          FIGURES(SIZES, DENSE, GROUPED, [CS_FIGURE_EXPERTS] = ZERO("moe_num_experts"),
                  [CS_FIGURE_ACTIVE_EXPERTS] = MAY("moe_k"),
                  [CS_FIGURE_EXPERT_WIDTH] = MAY("moe_intermediate_size"),
                  [CS_FIGURE_SHARED_EXPERTS] = ZERO("moe_num_shared_experts")),
          BIASES("use_bias", FALSE), .expert_layers = CS_EXPERTS_FROM, .router_bias = TRUE),
    GATED("qwen", 2, APART, FIGURES(SIZES, DENSE, [CS_FIGURE_HEAD_DIM] = MAY("kv_channels")),
          .halved = TRUE, .fused = CS_FUSED_QKV, .qkv_bias = ALWAYS),
    GATED("internlm", 2, APART, FIGURES(SIZES, DENSE), ATTENTION_BIASES("bias", TRUE)),
    GATED("seed_oss", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .mlp_bias = {"mlp_bias", FALSE},
          .qkv_bias = {"attention_bias", TRUE}, .out_bias = {"attention_out_bias", FALSE}),
    GATED("hunyuan_v1_dense", 2, APART, FIGURES(SIZES, DENSE, GROUPED), ATTENTION_BIAS, HEAD_NORM),
    PLAIN("arcee", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .mlp_bias = {"mlp_bias", FALSE},
          ATTENTION_BIAS),
    PLAIN("nemotron", 2, APART, FIGURES(SIZES, DENSE, GROUPED), .biased = TRUE,
          .mlp_bias = {"mlp_bias", FALSE}, ATTENTION_BIAS),
    PLAIN("codegen", 1, APART, FIGURES(OLD_SIZES, [CS_FIGURE_INTERMEDIATE] = MAY("n_inner")),
          .fused = CS_FUSED_QKV, .biased = TRUE, .mlp_bias = ALWAYS, .head_bias = ALWAYS),
};

/* Other names of the same: whole configurations whose text part stands within. */
static const char *const other_names[][2] = {
    {"gemma3", "gemma3_text"},     {"llama4", "llama4_text"},
    {"qwen3_5", "qwen3_5_text"},   {"qwen3_5_moe", "qwen3_5_moe_text"},
    {"qwen2_vl", "qwen2"},         {"qwen2_vl_text", "qwen2"},
    {"qwen2_5_vl", "qwen2"},       {"qwen2_5_vl_text", "qwen2"},
    {"qwen3_vl", "qwen3"},         {"qwen3_vl_text", "qwen3"},
    {"qwen3_vl_moe", "qwen3_moe"}, {"qwen3_vl_moe_text", "qwen3_moe"},
    {"aquila", "llama"},           {"mistral3", "mistral"},
    {"RefinedWebModel", "falcon"}, {"RefinedWeb", "falcon"},
};

const CsFamily *cs_family_find(const char *model_type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(other_names); i++)
        if (strcmp(model_type, other_names[i][0]) == 0)
            model_type = other_names[i][1];
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        if (strcmp(model_type, families[i].model_type) == 0)
            return &families[i];
    return NULL;
}

char *cs_family_list(void)
{
    const char *known[G_N_ELEMENTS(families) + 1] = {NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        known[i] = families[i].model_type;
    return g_strjoinv(", ", (char **)known);
}
