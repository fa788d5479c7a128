/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/architecture: the shape of a decoder-only LLM, layer by layer, and its parameters.
 *
 * A model is a row of layers, each of its own kind:
 *
 *   tokens -> embedding (V e) -> layer 1 -> ... -> layer I -> norm -> head (V e)
 *                                 |
 *                  attention: softmax (q, k, v, o), within a window or not;
 *                             latent (DeepSeek: q and k, v through narrow matrices);
 *                             linear (gated delta rule: a state instead of the s x s matrix)
 *                  MLP:       dense, or a router, E experts of which a token meets some, and an
 *                             expert that it always meets
 *
 * Model files are read in model-file.c, a Hugging Face config.json in config-json.c; read.h finds
 * either by the name that a scenario gives.
 *
 * Layer: llm. Calls base.
 */
#ifndef CS_LLM_ARCHITECTURE_H
#define CS_LLM_ARCHITECTURE_H

#include <glib.h>

/* Bounds of every figure, from whatever file it comes. */
#define CS_LAYERS_MAX 4096
#define CS_HIDDEN_MAX 1048576 /* the embedding's width too */
#define CS_HEADS_MAX 65536
#define CS_HEAD_DIM_MAX 65536
#define CS_INTERMEDIATE_MAX 16777216
#define CS_VOCABULARY_MAX 16777216
#define CS_CONTEXT_MAX 1073741824
#define CS_EXPERTS_MAX 65536
#define CS_PARAMETERS_MAX 1e15

typedef enum { CS_ATTENTION_SOFTMAX, CS_ATTENTION_LATENT, CS_ATTENTION_LINEAR } CsAttentionKind;

/* Matrices that are stored as one, as bits of a set: LoRA adapts the whole or nothing. */
typedef enum {
    CS_FUSED_QKV = 1 << 0,     /* q, k and v: one pair of adapters            */
    CS_FUSED_GATE_UP = 1 << 1, /* gate and up: one pair                       */
    CS_FUSED_EXPERTS = 1 << 2  /* all experts in one tensor: not adapted      */
} CsFused;

/* What one decoder layer is made of. What is 0 is not there. */
typedef struct {
    guint heads;        /* H  query heads; linear attention: value heads                */
    guint kv_heads;     /* k  key and value heads; linear attention: key heads          */
    guint head_dim;     /* d  size of a head's query and key                            */
    guint intermediate; /* F  width of the MLP; of one expert where there are experts   */
    gboolean gated;     /* three MLP matrices, not two */

    CsAttentionKind attention;
    guint value_dim;     /* size of a head's value; 0: head_dim                           */
    guint q_rank;        /* latent: width of the queries' narrow matrix; 0: one matrix    */
    guint kv_rank;       /* latent: width of the keys' and values' narrow matrix          */
    guint rope_dim;      /* latent: the part of d that carries the position               */
    guint window;        /* tokens that a token sees, itself included; 0: all before it   */
    gboolean chunked;    /* the window does not slide: a token sees its chunk's           */
    gboolean query_gate; /* q has a second output of its size, which gates the head's     */

    guint experts;             /* E  0: a dense MLP */
    guint active_experts;      /* met by a token    */
    guint shared_intermediate; /* width of what every token meets beside them */

    guint fused;   /* of CsFused */
    guint64 other; /* parameters of norms, biases, sinks, convolutions: no work is counted */
} CsLayerShape;

typedef struct {
    char *name;           /* "llama-3.2-1b", or the path as the scenario has it */
    guint hidden;         /* h */
    guint embedding;      /* e  width of the token embedding; h but in OPT-350m */
    guint vocabulary;     /* V */
    guint n_layers;       /* I */
    CsLayerShape *layers; /* n_layers of them; a model file may give each its own */
    guint64 parameters;   /* published or counted total, 0 where not known; for checks and lists */
    guint max_context;    /* 0 where not given */
    gboolean tied;        /* the head is the embedding: counted once */
    guint64 other;        /* parameters outside the layers: last norm, positions, biases */
    double weight_bit;    /* of a stored weight where the file says that it is quantized, else 0 */
} CsArchitecture;

/* A model of `n_layers` (1..CS_LAYERS_MAX) equal layers; the fields behind them are 0 but
 * embedding, which is `hidden`. Copies `name`. Transfer full. */
CsArchitecture *cs_architecture_new(const char *name, guint n_layers, guint hidden,
                                    guint vocabulary, CsLayerShape shape);

/* Makes the model `n_layers` deep: cuts it, or repeats its layers in turn. 1..CS_LAYERS_MAX. */
void cs_architecture_set_layers(CsArchitecture *architecture, guint n_layers);

CsArchitecture *cs_architecture_copy(const CsArchitecture *architecture);
void cs_architecture_free(CsArchitecture *architecture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsArchitecture, cs_architecture_free)

/* The size of a head's value. */
static inline guint cs_shape_value_dim(const CsLayerShape *shape)
{
    return shape->value_dim != 0 ? shape->value_dim : shape->head_dim;
}

/*
 * Matmul weights of a layer, W, with m = 3 gated | 2 matrices of an MLP:
 *   softmax  h H d (twice with a gate) + 2 h k d + H d h
 *   latent   h H d, or h q + q H d through a rank q; h (r + p) + r H (d - p + v) + H v h
 *            with r kv_rank, p rope_dim, v the value's size
 *   linear   h (2 k d + 2 H v) + 2 h H + H v h
 *   MLP      m h F;  with experts: h E (router) + m h (n F + F_shared), n = `active` ? those that
 *            a token meets : all E
 */
double cs_layer_matrix_weights(const CsArchitecture *architecture, guint layer, gboolean active);

/* Weights of the LM head: e·V, and the projection h·e before it where e != h. */
double cs_head_weights(const CsArchitecture *architecture);

/* All parameters: embedding, head unless tied, layers with norms and biases; or those that a token
 * meets. Exact below 2^53. Meaningful where the file gives `other`. */
double cs_architecture_parameters(const CsArchitecture *architecture, gboolean active);

/* TRUE where the layer's heads fit together; FALSE: k does not divide H. */
static inline gboolean cs_shape_heads_fit(const CsLayerShape *shape)
{
    return shape->kv_heads > 0 && shape->heads % shape->kv_heads == 0;
}

#endif
