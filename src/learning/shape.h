/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/shape: the dimensions of a network of the Llama family, and where its adapters lie.
 *
 * Source: Hugging Face's LlamaForCausalLM (names, config.json) and PEFT (adapters).
 *
 * Layer: learning. Calls base, text, json-glib.
 */
#ifndef CS_LEARNING_SHAPE_H
#define CS_LEARNING_SHAPE_H

#include "text/diagnostic.h"

/* The projections of a layer that may have adapters, in the order in which adapters are kept. */
typedef enum {
    CS_MODULE_Q,
    CS_MODULE_K,
    CS_MODULE_V,
    CS_MODULE_O,
    CS_MODULE_GATE,
    CS_MODULE_UP,
    CS_MODULE_DOWN,
    CS_MODULE_N
} CsModule;

/* "q_proj" and "self_attn.q_proj". */
const char *cs_module_name(CsModule module);
const char *cs_module_path(CsModule module);

typedef struct {
    guint layers;
    guint hidden;
    guint heads, kv_heads, head_size;
    guint ffn;
    guint vocabulary;
    double rope_theta;
    double norm_eps;
    gboolean tied; /* the head is the embedding */
} CsNetworkShape;

/* y[outputs] = W[outputs, inputs] x[inputs] */
guint cs_module_inputs(const CsNetworkShape *shape, CsModule module);
guint cs_module_outputs(const CsNetworkShape *shape, CsModule module);

/* Every tensor of the network by its name as Hugging Face gives it, 0 .. cs_network_tensors()-1: a
 * matrix [rows, columns], or a vector [rows] where columns is 0. Transfer full. */
guint cs_network_tensors(const CsNetworkShape *shape);
char *cs_network_tensor(const CsNetworkShape *shape, guint i, guint *rows, guint *columns);
/* The numbers of that tensor, and of all together. */
gsize cs_network_tensor_size(const CsNetworkShape *shape, guint i);
gsize cs_network_size(const CsNetworkShape *shape);
/* Positions among the tensors: of a layer's first and second norm and its projections, and of the
 * embedding, the final norm and the head (of the embedding where they are tied). */
#define CS_LAYER_TENSORS (2 + CS_MODULE_N)
#define CS_LAYER_PROJECTION 2 /* the first of them */
guint cs_network_embedding(const CsNetworkShape *shape);
guint cs_network_final_norm(const CsNetworkShape *shape);
guint cs_network_head(const CsNetworkShape *shape);

/*
 * Reads a config.json. FALSE with errors added where a figure is missing or out of range, or the
 * network is one that is not computed here (another activation, biases, RoPE scaling).
 */
gboolean cs_network_shape_parse(CsSource *source, CsNetworkShape *shape,
                                CsDiagnostics *diagnostics);

/*
 * Where adapters lie in one array of numbers: layer by layer, module by module, A [rank, inputs]
 * and then B [outputs, rank], row-major.
 */
typedef struct {
    gboolean present;
    gsize a, b; /* positions of A and B */
} CsAdapterSlot;

typedef struct {
    guint layers;
    guint rank;
    double alpha;        /* y += (alpha / rank) B A x */
    gsize size;          /* numbers in all */
    CsAdapterSlot *slot; /* [layers * CS_MODULE_N] */
} CsAdapterLayout;

/* A layout in which every layer has the modules of `modules` (bits 1 << CsModule); or, with
 * `present` [layers * CS_MODULE_N], just those. Transfer full. */
CsAdapterLayout *cs_adapter_layout_new(const CsNetworkShape *shape, guint rank, double alpha,
                                       guint modules, const gboolean *present);
void cs_adapter_layout_free(CsAdapterLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsAdapterLayout, cs_adapter_layout_free)

static inline const CsAdapterSlot *cs_adapter_slot(const CsAdapterLayout *layout, guint layer,
                                                   CsModule module)
{
    return &layout->slot[layer * CS_MODULE_N + module];
}

/* Where layer `layer` begins; layout->size for layer = layers. */
gsize cs_adapter_layout_start(const CsAdapterLayout *layout, guint layer);

#endif
