/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/families: which key of a config.json holds which figure, family by family.
 *
 * A row says what the family's class in Transformers builds: names of keys, what is stored as one
 * matrix, which maps have biases, how many norms a layer has. Only defaults that follow from other
 * figures are taken over (key/value heads from heads). A class's fixed numbers are one model's and
 * not the family's: there a missing key is an error, but for families whose files stand inside
 * another configuration and leave out what their class presets (Gemma 3).
 *
 * Layer: llm.
 */
#ifndef CS_LLM_FAMILIES_H
#define CS_LLM_FAMILIES_H

#include <glib.h>

typedef enum {
    CS_FIGURE_HIDDEN,
    CS_FIGURE_LAYERS,
    CS_FIGURE_HEADS,
    CS_FIGURE_KV_HEADS,
    CS_FIGURE_HEAD_DIM,
    CS_FIGURE_INTERMEDIATE, /* of a dense layer */
    CS_FIGURE_VOCABULARY,
    CS_FIGURE_EMBEDDING,
    CS_FIGURE_CONTEXT,
    CS_FIGURE_EXPERTS,
    CS_FIGURE_ACTIVE_EXPERTS,
    CS_FIGURE_EXPERT_WIDTH,
    CS_FIGURE_SHARED_EXPERTS, /* each as wide as an expert */
    CS_FIGURE_SHARED_WIDTH,   /* of all shared experts     */
    CS_FIGURE_Q_RANK,
    CS_FIGURE_KV_RANK,
    CS_FIGURE_NOPE_DIM, /* latent attention: d = nope + rope */
    CS_FIGURE_ROPE_DIM,
    CS_FIGURE_VALUE_DIM,
    CS_FIGURE_LINEAR_HEADS, /* linear attention: value heads */
    CS_FIGURE_LINEAR_KEYS,
    CS_FIGURE_LINEAR_HEAD_DIM,
    CS_FIGURE_LINEAR_VALUE_DIM,
    CS_FIGURE_LINEAR_KERNEL,
    CS_N_FIGURES
} CsFigureIndex;

/* When a figure follows from others: head size = hidden / heads, key/value heads = heads, width of
 * the MLP = 4 hidden, embedding = hidden, context not known, the rest 0: not there. */
typedef enum {
    CS_FOLLOWS_NEVER,        /* missing or null: an error              */
    CS_FOLLOWS_WHERE_NULL,   /* null: it follows; missing: an error    */
    CS_FOLLOWS_WHERE_ABSENT, /* missing or null: it follows            */
    CS_FOLLOWS_OR_ZERO       /* the same, and 0 says so too            */
} CsFollows;

typedef struct {
    const char *key; /* NULL: the family has no such key */
    CsFollows follows;
    const char *other_key; /* an older name of it, or NULL */
    guint preset;          /* what a missing key stands for, 0: nothing */
} CsFigure;

/* A property that a key decides; without a key, or where it is missing, `preset`. */
typedef struct {
    const char *key;
    gboolean preset;
} CsFlag;

typedef enum { CS_QK_NORM_NONE, CS_QK_NORM_HEAD, CS_QK_NORM_WIDTH } CsQkNorm;

/* Which layers hold experts. */
typedef enum {
    CS_EXPERTS_ALL,
    CS_EXPERTS_AFTER_DENSE, /* first_k_dense_replace, moe_layer_freq */
    CS_EXPERTS_STEP,        /* decoder_sparse_step, mlp_only_layers */
    CS_EXPERTS_FROM,        /* moe_layer_start_index, moe_layer_interval */
    CS_EXPERTS_INTERLEAVED  /* interleave_moe_layer_step, moe_layers */
} CsExpertLayers;

/* How the number of key/value heads is told, where no figure's key tells it. */
typedef enum {
    CS_KV_FIGURE,
    CS_KV_HEAD_TYPE,   /* gpt2: attention_head_type = multihead | multiquery */
    CS_KV_MULTI_QUERY, /* multi_query, overruled by new_decoder_architecture */
    CS_KV_GROUPS,      /* multi_query_attention: then the figure's key */
    CS_KV_ATTN_CONFIG  /* MPT: attn_config.attn_type */
} CsKvHeads;

typedef struct {
    const char *model_type;
    gboolean gated;
    gboolean halved; /* intermediate_size counts gate and up together; no_bias must hold */
    CsFigure figure[CS_N_FIGURES];
    guint fused;     /* of CsFused */
    guint norms;     /* vectors of h a layer */
    gboolean biased; /* norms have a bias too: two vectors each */
    CsFlag tied;     /* head and embedding are one */
    CsFlag qkv_bias, out_bias, mlp_bias, head_bias;
    CsFlag qk_normed;
    CsQkNorm qk_norm;     /* where qk_normed */
    CsFlag position_rows; /* learned positions: context + position_offset rows of h */
    guint position_offset;
    gboolean embedding_norm;
    gboolean no_last_norm_unless_before; /* OPT: do_layer_norm_before = false has none */
    CsKvHeads kv_heads;
    CsExpertLayers expert_layers;
    gboolean router_bias, expert_bias, sinks, shared_gate, query_gate;
    guint full_every;  /* with a window: each N-th layer is without; 0: none is */
    CsFlag use_window; /* the window is in use */
} CsFamily;

/* The family of `model_type`, or NULL. */
const CsFamily *cs_family_find(const char *model_type);

/* "llama, mistral, ...". Transfer full. */
char *cs_family_list(void);

#endif
