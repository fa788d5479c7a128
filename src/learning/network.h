/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/network: a decoder-only transformer with frozen weights and LoRA adapters: the loss of
 * a mini-batch, and its gradients by the adapters, split at a cut.
 *
 *     tokens > embedding > layer 0 .. c-1 > codec > layer c .. I-1 > norm > head > cross-entropy
 *              |------- device ---------|   up    |------------------ server ----------------|
 *                                          down
 *              <------- backward -------- codec <------------------- backward ---------------'
 *
 * Every sequence is computed by itself, by whichever thread comes first, into gradients of its
 * own; those are then added up in the order of the sequences. So threads change no byte.
 *
 * Source: LlamaForCausalLM and PEFT's LoRA; the letter's Eq. 4 and 5 for the two sides.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_NETWORK_H
#define CS_LEARNING_NETWORK_H

#include "learning/codec.h"
#include "learning/shape.h"
#include "learning/tensors.h"

/* Sequences of `length` positions; each reads length + 1 tokens from its offset on. */
typedef struct {
    const guint16 *tokens;
    const gsize *offsets;
    guint n;
    guint length;
} CsBatch;

/* Where to cut, and what the cut does to what passes. */
typedef struct {
    guint cut;
    CsCodec codec;
} CsSplit;

/* How many sequences' gradients, of `size` > 0 numbers each, wait at a time to be added up; as many
 * as there are threads where these are more. */
static inline guint cs_network_waiting(gsize size)
{
    const gsize numbers = (gsize)1 << 22;
    return (guint)CLAMP(numbers / size, 1, 64);
}

#define CS_NETWORK_DECLARE(Network, Real, suffix)                                                  \
    typedef struct Network Network;                                                                \
    /* Borrows shape and layout; NULL with errors added where a weight is missing or wrong.        \
     * Without `weights` all are zero. */                                                          \
    Network *cs_network_new##suffix(const CsNetworkShape *shape, const CsAdapterLayout *layout,    \
                                    const CsTensors *weights, guint threads,                       \
                                    CsDiagnostics *diagnostics);                                   \
    void cs_network_free##suffix(Network *network);                                                \
    /* From now on a step ends within a layer of *interrupt (borrowed) being set; what it gives    \
     * back is then worth nothing. */                                                              \
    void cs_network_watch##suffix(Network *network, const gint *interrupt);                        \
    /* The mean loss over all positions, in nats, without a codec. */                              \
    double cs_network_loss##suffix(Network *network, const Real *adapters, const CsBatch *batch);  \
    /* The same with the split in force, and the gradients [layout->size]. `adapters` has          \
     * CS_KERNEL_SLACK readable numbers behind its end. */                                         \
    double cs_network_gradient##suffix(Network *network, const Real *adapters,                     \
                                       const CsBatch *batch, const CsSplit *split,                 \
                                       Real *gradient);                                            \
    /* Replaces the weights by those of one array [cs_network_size()], tensor by tensor. */        \
    void cs_network_set##suffix(Network *network, const Real *weights);                            \
    /* The mean loss and its gradients by all weights, in that order: for training a network from  \
     * nothing. */                                                                                 \
    double cs_network_full_gradient##suffix(Network *network, const CsBatch *batch, Real *gradient);

CS_NETWORK_DECLARE(CsNetwork_f32, float, _f32)
CS_NETWORK_DECLARE(CsNetwork_f64, double, _f64)

#endif
