/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/memory: what the device's part of a model takes of the device's memory, by the cut layer.
 *
 * Sources: activations by Korthikanti et al., "Reducing Activation Recomputation in Large
 * Transformer Models", MLSys 2023 (arXiv 2205.05198), Section 4; gradients and optimizer states by
 * Rajbhandari et al., "ZeRO", SC 2020 (arXiv 1910.02054), Section 3; that only the adapters have
 * any by Hu et al., "LoRA", ICLR 2022 (arXiv 2106.09685), Section 4.2.
 *
 * Layer: llm.
 */
#ifndef CS_LLM_MEMORY_H
#define CS_LLM_MEMORY_H

#include "llm/profile.h"

typedef enum {
    CS_OPTIMIZER_ADAM, /* two states a parameter: the moments m and v */
    CS_OPTIMIZER_SGD,  /* one: the momentum */
    CS_OPTIMIZER_NONE  /* none: a plain gradient step */
} CsOptimizer;
extern const CsName cs_optimizer_names[];

/* The loss over all tokens at once, or over an eighth of them after the other, as torchtune's
 * chunked cross-entropy does by default (num_output_chunks = 8). */
typedef enum { CS_LOGITS_WHOLE, CS_LOGITS_CHUNKED } CsLogits;
extern const CsName cs_logits_names[];
#define CS_LOGITS_CHUNKS 8

typedef struct {
    double weight_bit;    /* of a frozen weight */
    double embedding_bit; /* of the embedding; 0: weight_bit, but 16 where that is less */
    double optimizer_bit; /* of an element of an optimizer's state */
    CsOptimizer optimizer;
    CsLogits logits;
    gboolean master; /* beside each trained parameter its value in 32 bit */
    double overhead; /* of the allocator, a factor of the sum; 0: 1 */
} CsMemorySettings;

/* Arrays over the cut c = 0..n_cuts-1, in bytes; none of them ever falls with c. */
typedef struct {
    guint n_cuts;
    double *weight_byte;     /* embedding and the frozen weights of layers 1..c */
    double *adapter_byte;    /* adapters with their gradients */
    double *optimizer_byte;  /* its states of the adapters */
    double *activation_byte; /* of one mini-batch */
    double *total_byte;
} CsMemory;

/*
 * With b batch, s sequence length, h hidden size, e embedding's width, V vocabulary, H query heads
 * and k key/value heads of size d, F width of the MLP, r rank, W and P as in profile.h; β the bytes
 * of a weight, an adapter parameter, a state and an activation:
 *   weights     β_e (V e + (h e where e != h)) + β_w Σ W    layers 1..c; every expert's; with
 *                                                           method = full W counts as adapters
 *   adapters    2 β_a Σ P                                   values and gradients
 *   optimizer   (β_o n + 4 where master) Σ P                n = 2 Adam, 1 SGD, 0 none
 *   activations β_x (b s h + Σ X)                           the embedding's output, and of a layer
 *     X = b s (2 h                                          inputs of the two norms
 *              + H d + 2 k d                                Q, K, V
 *              + 2 F where gated, else F                    input of the activation function, and
 *                                                           the other factor of a gated MLP
 *              + h where q, k or v has an adapter           the input of a linear map is needed
 *              + H d where o has                            for its adapter's gradient only:
 *              + h where gate or up has                     the map itself is frozen
 *              + F where down has
 *              + r for each adapter)                        A x
 *         + b H s²                                          softmax; not where selective; with a
 *                                                           flash kernel b H s in 32 bit instead
 * F is of all experts that a token meets. Full checkpointing keeps b s h a layer, and the largest X
 * of a layer as it is computed again.
 *
 * At 16 bit, two-matrix MLP with F = 4h, H d = k d = h and adapters everywhere, X without the
 * adapters' r is 32 s b h + 2 H s² b bytes: the paper's s b h (34 + 5 H s/h) less its dropout,
 * that is two masks of s b h, and one of H s² b and its output of 2 H s² b. Deviation: no dropout.
 * Not counted: norms and biases (below 0.1 %), position embeddings, gradients of activations under
 * way, the framework's own memory. The LM head is the server's, unless `part` has it: then the
 * weights have its β_e V e beside the embedding's, but where they are tied, and the activations
 * 2 · 4 b s V of logits and their gradient. A frozen part keeps no activations but b s h, nothing
 * of adapters and optimizer, and its weights are all frozen. The sum is multiplied by the
 * allocator's overhead. Transfer full.
 */
CsMemory *cs_memory_new(const CsArchitecture *architecture, const CsTraining *training,
                        const CsMemorySettings *settings);

/*
 * The same of the server's part: layers c+1..I, the head, and for one mini-batch what they keep for
 * their backward pass, nothing computed again:
 *   weights     β_e (V e + (h e where e != h)) where the head is the server's, + β_w Σ W
 *   adapters, optimizer as above
 *   activations β_x (b s h + Σ X) + 2 · 4 b s V           logits and their gradient in 32 bit;
 *                                                         an eighth of them where chunked
 * It never rises with c; it is 0 where the device has the whole model. Transfer full.
 */
CsMemory *cs_memory_server_new(const CsArchitecture *architecture, const CsTraining *training,
                               const CsMemorySettings *settings);
void cs_memory_free(CsMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsMemory, cs_memory_free)

/* The smallest cut whose server's part fits into `limit_byte`; -1 where not even the last one's
 * does. */
gint cs_memory_smallest_cut(const CsMemory *server, double limit_byte);

/* The largest cut that fits into `limit_byte`; -1 where not even cut 0 does. */
gint cs_memory_largest_cut(const CsMemory *memory, double limit_byte);

#endif
