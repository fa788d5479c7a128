/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/profile: FLOPs, smashed-data bits and adapter bits of every cut layer.
 *
 * Source: letter Section II-A; FLOP counting as in Hoffmann et al. 2022, App. F, with LoRA.
 * Layer: llm.
 */
#ifndef CS_LLM_PROFILE_H
#define CS_LLM_PROFILE_H

#include "base/names.h"
#include "llm/architecture.h"

/* Projections that LoRA may adapt, as bits of a set. */
typedef enum {
    CS_LORA_Q = 1 << 0,
    CS_LORA_K = 1 << 1,
    CS_LORA_V = 1 << 2,
    CS_LORA_O = 1 << 3,
    CS_LORA_GATE = 1 << 4, /* adapts nothing in a model whose MLP is not gated */
    CS_LORA_UP = 1 << 5,
    CS_LORA_DOWN = 1 << 6,
    CS_LORA_ALL = (1 << 7) - 1
} CsLoraTargets;
extern const CsName cs_lora_target_names[];

/* What is trained: adapters of frozen weights, or the weights of all layers themselves. */
typedef enum { CS_METHOD_LORA, CS_METHOD_FULL } CsMethod;
extern const CsName cs_method_names[];

/* Attention with its s x s matrix in memory, or in tiles that never hold it. */
typedef enum { CS_KERNEL_EAGER, CS_KERNEL_FLASH } CsKernel;
extern const CsName cs_kernel_names[];

typedef enum {
    CS_CHECKPOINTING_NONE,      /* every activation that the backward pass needs is kept */
    CS_CHECKPOINTING_SELECTIVE, /* all but the attention's s x s matrix */
    CS_CHECKPOINTING_FULL       /* each layer's input only; a layer at a time is computed again */
} CsCheckpointing;
extern const CsName cs_checkpointing_names[];

/* Whether the LM head's work counts, and who does it. */
typedef enum { CS_HEAD_NONE, CS_HEAD_SERVER, CS_HEAD_DEVICE } CsHead;

/* What of the model the device has beside the first c layers, and does with them; zeros are the
 * letter's: the layers are trained, head and the other layers are the server's. */
typedef struct {
    gboolean head;   /* the LM head, where it counts */
    gboolean whole;  /* all layers: the server has none, and no data of the cut are sent */
    gboolean frozen; /* its layers are not trained: no backward pass, no adapters */
} CsDevicePart;

typedef struct {
    guint batch;           /* b */
    guint sequence_length; /* s */
    guint lora_rank;       /* r; 0: no adapters */
    guint lora_targets;    /* CsLoraTargets */
    double activation_bit; /* bits of one element of the smashed data */
    double adapter_bit;    /* bits of one adapter parameter */
    gboolean causal;       /* count what the mask lets through instead of all s² pairs */
    CsHead head;           /* as given; `part` may move it */
    CsDevicePart part;     /* set by cs_config_prepare() */
    CsMethod method;
    CsKernel kernel;
    CsCheckpointing checkpointing; /* of the device's part, which then computes again */
} CsTraining;

/* Names of `head` and `causal`. */
extern const CsName cs_head_names[], cs_attention_names[];

/* Arrays over the cut c = 0..n_layers (n_cuts = n_layers + 1 entries each). */
typedef struct {
    guint n_cuts;
    double *device_forward_flop;
    double *device_backward_flop;
    double *server_forward_flop;  /* the head included where it is the server's */
    double *server_backward_flop; /* the same */
    double device_head_flop;      /* of one pass of a head that is the device's, beside the above */
    double *smashed_bit;          /* S(c) = S̃(c), before compression; 0 where a head on the device
                                     leaves the server no work at all */
    double *adapter_bit;          /* A(c) */
    double *adapter_parameters;   /* of the device's part */
    double total_flop;            /* η */
} CsProfile;

/*
 * Per decoder layer, W matmul weights that a token meets (cs_layer_matrix_weights), P LoRA
 * parameters, P' those of them that a token meets (fewer than P only where experts are adapted):
 *   P = r Σ (d_in + d_out)       one pair for a fused matrix, none for experts in one tensor
 *   forward  = 2 W b s +   F_att + 2 P' b s
 *   backward = 2 W b s + 2 F_att + 4 P' b s         frozen W: input gradients only
 *   F_att    = 2 n H (d + v), v the value's size    n = b s², or causal b s (s+1)/2 and, within a
 *                                                   window w < s, b (w (w+1)/2 + (s-w) w); in
 *                                                   chunks of w, each chunk's own
 *              6 b s H d v for linear attention     decay, update and reading of its d x v state
 *              + forward where the device computes all again, + F_att where attention alone
 *   with method = full, P is the layer's weights, all of them sent, forward has no 2 P' b s, and
 *   backward 4 W b s
 *   head     = 2 h V b s, forward and backward; where the embedding is e != h wide,
 *              2 (e V + h e) b s
 * A part that is `frozen` has no backward pass and no adapters; one that is `whole` leaves the
 * server nothing. Deviation there: the server's backward pass is as it is, though layer c+1 owes a
 * frozen part no gradient. Deviation: embedding, norms, softmax, loss and optimizer cost nothing;
 * the input projection of a model whose embedding is narrower than h belongs to the embedding.
 * Transfer full.
 */
CsProfile *cs_profile_new(const CsArchitecture *architecture, const CsTraining *training);
void cs_profile_free(CsProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsProfile, cs_profile_free)

/* Whose head it is, if its work counts. */
static inline gboolean cs_training_head_on_device(const CsTraining *training)
{
    return training->head != CS_HEAD_NONE && training->part.head;
}

static inline gboolean cs_training_head_on_server(const CsTraining *training)
{
    return training->head != CS_HEAD_NONE && !training->part.head;
}

/* Matmul weights W that a token meets, and LoRA parameters P of one layer. */
double cs_layer_weights(const CsArchitecture *architecture, guint layer);
double cs_layer_lora_parameters(const CsArchitecture *architecture, guint layer, guint rank,
                                guint targets);

/* Parameters of a layer that are trained and sent: its adapters, or all its weights. */
double cs_layer_trained(const CsArchitecture *architecture, guint layer,
                        const CsTraining *training);

/* P' of one layer: LoRA parameters that work on a token. */
double cs_layer_lora_at_work(const CsArchitecture *architecture, guint layer,
                             const CsTraining *training);

/* F_att of one layer. */
double cs_layer_attention_flop(const CsArchitecture *architecture, guint layer,
                               const CsTraining *training);

#endif
