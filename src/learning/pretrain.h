/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/pretrain: a network trained from nothing, all weights of it, on made-up language: the
 * frozen network that adapters are then trained for.
 *
 * What it reads is a mixture: every sequence is in the standard language with a chance of 4/5, and
 * otherwise in a dialect of its own, none of those that devices speak: so it knows that letters may
 * be exchanged, and not which. Weights begin normal, with a deviation of 1 / sqrt(inputs), those
 * that add to the residual stream divided by sqrt(2 layers), embeddings with 1 / (2 sqrt(hidden)),
 * norms at 1. Adam's rate rises over the first twentieth of the steps and then falls to zero, both
 * in a straight line.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_PRETRAIN_H
#define CS_LEARNING_PRETRAIN_H

#include "learning/shape.h"

typedef struct {
    CsNetworkShape shape; /* a vocabulary of CS_DIALECT_VOCABULARY tokens at least */
    guint64 seed;         /* of weights and text */
    guint steps;          /* >= 1 */
    guint batch, length;  /* sequences of a step, and positions of each */
    double rate;          /* the highest */
    guint threads;
    const gint *interrupt; /* ends a step once it is not 0; borrowed, or NULL */
} CsPretraining;

/* `tiny`: 8 layers, 386,112 weights, and how it was trained. */
CsPretraining cs_pretraining_tiny(void);

typedef struct CsPretrainer CsPretrainer;

/* Copies the settings. Transfer full. */
CsPretrainer *cs_pretrainer_new(const CsPretraining *settings);
void cs_pretrainer_free(CsPretrainer *pretrainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPretrainer, cs_pretrainer_free)

/* One step, of settings->steps in all; its loss before the update, in nats a token: worth nothing
 * once it was interrupted. */
double cs_pretrainer_step(CsPretrainer *pretrainer);

/* The least expected loss of a predictor that knows every sequence's dialect. */
double cs_pretrainer_floor(const CsPretrainer *pretrainer);

/* Writes config.json, which also says how the network was made, and model.safetensors (BF16) into a
 * folder, which it creates. */
gboolean cs_pretrainer_write(const CsPretrainer *pretrainer, const char *folder, GError **error);

#endif
