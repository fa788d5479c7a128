/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/learner: a network with what trains it, in float32 or float64 behind one face.
 *
 * A state is a set of adapters with its optimizer's moments. Updates are plain SGD,
 * p <- p - γ g, or Adam (β1 .9, β2 .999, ε 1e-8, no weight decay); adapters of layers below the
 * cut move with the device's rate γ_m, the others with the server's γ_S (letter, Eq. 4 and 5).
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_LEARNER_H
#define CS_LEARNING_LEARNER_H

#include "learning/network.h"

typedef enum { CS_PRECISION_FLOAT32, CS_PRECISION_FLOAT64 } CsPrecision;
typedef enum { CS_DESCENT_SGD, CS_DESCENT_ADAM } CsDescent;
extern const CsName cs_descent_names[]; /* "sgd", "adam" */

typedef struct {
    CsDescent optimizer;
    double server_rate, device_rate;
} CsUpdate;

typedef struct CsLearner CsLearner;
typedef struct CsLearnerState CsLearnerState;

/* Copies shape; takes nothing over; `layout` must outlive the learner. NULL with errors added. */
CsLearner *cs_learner_new(CsPrecision precision, const CsNetworkShape *shape,
                          const CsAdapterLayout *layout, const CsTensors *weights, guint threads,
                          CsDiagnostics *diagnostics);
void cs_learner_free(CsLearner *learner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsLearner, cs_learner_free)

/* From now on steps and losses end within a layer's work of *interrupt (borrowed; set once, for
 * good) being not 0; what they give back is then worth nothing. */
void cs_learner_watch(CsLearner *learner, const gint *interrupt);
gboolean cs_learner_interrupted(const CsLearner *learner);

const CsAdapterLayout *cs_learner_layout(const CsLearner *learner);

/* A state with these adapters [layout->size] and moments of zero. Transfer full. */
CsLearnerState *cs_learner_state_new(const CsLearner *learner, const double *values);
void cs_learner_state_free(CsLearnerState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsLearnerState, cs_learner_state_free)

/* Puts the adapters in; the moments stay. */
void cs_learner_state_set(CsLearnerState *state, const double *values);
void cs_learner_state_get(const CsLearnerState *state, double *values);
/* Moments and their count begin at zero again. */
void cs_learner_state_reset(CsLearnerState *state);

/* The mean loss, in nats a token, of the whole model without a codec. */
double cs_learner_loss(CsLearner *learner, const CsLearnerState *state, const CsBatch *batch);

/* One step: forward and backward with the split in force. The loss before the update; the learner
 * keeps the gradients, which cs_learner_update() takes. */
double cs_learner_gradient(CsLearner *learner, const CsLearnerState *state, const CsBatch *batch,
                           const CsSplit *split);
void cs_learner_get_gradient(const CsLearner *learner, double *values);
void cs_learner_update(const CsLearner *learner, CsLearnerState *state, const CsUpdate *update,
                       guint cut);

#endif
