/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/trainer: rounds of several devices (letter, Eq. 1 to 6).
 *
 *     one after the other   the adapters go from device to device and from round to round
 *     at once               every device starts from the round's adapters; then the mean over the
 *                           devices, weighted by |D_m| (Eq. 1), of every adapter by itself,
 *                           the devices' side and the server's
 *     groups                (clusters) one after the other, the devices of a group at once
 *
 * It knows no simulation: whoever calls says which devices' rounds counted, and in which order.
 * A device whose round was lost is left out, and teaches nothing.
 *
 * Layer: learning. Calls base.
 */
#ifndef CS_LEARNING_TRAINER_H
#define CS_LEARNING_TRAINER_H

#include "learning/learner.h"

#define CS_LEARNING_ERROR (cs_learning_error_quark())
GQuark cs_learning_error_quark(void);
typedef enum { CS_LEARNING_ERROR_DIVERGED, CS_LEARNING_ERROR_INTERRUPTED } CsLearningError;

typedef struct {
    CsUpdate update;
    CsCodec codec;
    gboolean at_once; /* those of a group; otherwise all one after the other */
    gboolean keep;    /* the optimizer's state lives on: with the adapters, or at once by device */
} CsLessons;

/* A device's round. */
typedef struct {
    guint device; /* 0 .. n_devices - 1 */
    guint cut;    /* layers of the network on the device */
    double weight;
    const CsBatch *steps;
    guint n_steps;
    guint group; /* at once: consecutive turns of the same group start together */
} CsTurn;

typedef struct CsTrainer CsTrainer;

/* Borrows the learner; starts from these adapters. Transfer full. */
CsTrainer *cs_trainer_new(CsLearner *learner, const CsLessons *training, guint n_devices,
                          const double *adapters);
void cs_trainer_free(CsTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsTrainer, cs_trainer_free)

/* Called when a step's gradients are known (cs_learner_get_gradient()), before its update. */
typedef void (*CsStepTaker)(gpointer context, double loss);
void cs_trainer_tell(CsTrainer *trainer, CsStepTaker taker, gpointer context);

/*
 * One round of n turns. `losses` takes the loss of every step, turn by turn. FALSE where a loss is
 * no finite number: training has diverged; and where the learner was interrupted, after which the
 * trainer is good for nothing. A round of no turns changes nothing.
 */
gboolean cs_trainer_round(CsTrainer *trainer, const CsTurn *turns, guint n, double *losses,
                          GError **error);

/* The loss of the whole model with the adapters in force; NAN where the learner was interrupted. */
double cs_trainer_loss(CsTrainer *trainer, const CsBatch *batch);
void cs_trainer_get(const CsTrainer *trainer, double *adapters);

/* The sequences of a text of `n_tokens`: from 0, S, 2 S, ... while S + 1 tokens are left. Returns
 * their number and sets *offsets (transfer full). */
guint cs_test_offsets(gsize n_tokens, guint length, gsize **offsets);

#endif
