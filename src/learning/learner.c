/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/learner: see the header. */
#include "learning/learner.h"

#include "learning/learner-class.h"

#include <string.h>

const CsName cs_descent_names[] = {
    {"sgd", CS_DESCENT_SGD}, {"adam", CS_DESCENT_ADAM}, CS_NAMES_END};
CS_NAMES_COVER(cs_descent_names, CS_DESCENT_ADAM);

struct CsLearner {
    const CsLearnerClass *class;
    CsNetworkShape shape;
    const CsAdapterLayout *layout;
    gpointer network;
    gpointer gradient;     /* of the last step */
    const gint *interrupt; /* or NULL */
};

struct CsLearnerState {
    const CsLearnerClass *class;
    gsize n;
    gpointer values, first_moment, second_moment;
    CsAdamPowers powers;
};

CsLearner *cs_learner_new(CsPrecision precision, const CsNetworkShape *shape,
                          const CsAdapterLayout *layout, const CsTensors *weights, guint threads,
                          CsDiagnostics *diagnostics)
{
    g_autoptr(CsLearner) learner = g_new0(CsLearner, 1);
    learner->class =
        precision == CS_PRECISION_FLOAT32 ? &cs_learner_class_f32 : &cs_learner_class_f64;
    learner->shape = *shape;
    learner->layout = layout;
    learner->gradient = learner->class->array_new(layout->size);
    learner->network =
        learner->class->network_new(&learner->shape, layout, weights, threads, diagnostics);
    return learner->network != NULL ? g_steal_pointer(&learner) : NULL;
}

void cs_learner_free(CsLearner *learner)
{
    if (learner == NULL)
        return;
    learner->class->network_free(learner->network);
    g_free(learner->gradient);
    g_free(learner);
}

void cs_learner_watch(CsLearner *learner, const gint *interrupt)
{
    learner->interrupt = interrupt;
    learner->class->network_watch(learner->network, interrupt);
}

gboolean cs_learner_interrupted(const CsLearner *learner)
{
    return learner->interrupt != NULL && g_atomic_int_get(learner->interrupt) != 0;
}

const CsAdapterLayout *cs_learner_layout(const CsLearner *learner)
{
    return learner->layout;
}

CsLearnerState *cs_learner_state_new(const CsLearner *learner, const double *values)
{
    CsLearnerState *state = g_new0(CsLearnerState, 1);
    state->class = learner->class;
    state->n = learner->layout->size;
    state->values = state->class->array_new(state->n);
    state->first_moment = state->class->array_new(state->n);
    state->second_moment = state->class->array_new(state->n);
    cs_learner_state_reset(state);
    cs_learner_state_set(state, values);
    return state;
}

void cs_learner_state_free(CsLearnerState *state)
{
    if (state == NULL)
        return;
    g_free(state->values);
    g_free(state->first_moment);
    g_free(state->second_moment);
    g_free(state);
}

void cs_learner_state_set(CsLearnerState *state, const double *values)
{
    state->class->set(state->values, values, state->n);
}

void cs_learner_state_get(const CsLearnerState *state, double *values)
{
    state->class->get(state->values, values, state->n);
}

void cs_learner_state_reset(CsLearnerState *state)
{
    memset(state->first_moment, 0, state->n * state->class->size);
    memset(state->second_moment, 0, state->n * state->class->size);
    state->powers = (CsAdamPowers){1.0, 1.0};
}

double cs_learner_loss(CsLearner *learner, const CsLearnerState *state, const CsBatch *batch)
{
    return learner->class->loss(learner->network, state->values, batch);
}

double cs_learner_gradient(CsLearner *learner, const CsLearnerState *state, const CsBatch *batch,
                           const CsSplit *split)
{
    return learner->class->gradient(learner->network, state->values, batch, split,
                                    learner->gradient);
}

void cs_learner_get_gradient(const CsLearner *learner, double *values)
{
    learner->class->get(learner->gradient, values, learner->layout->size);
}

void cs_learner_update(const CsLearner *learner, CsLearnerState *state, const CsUpdate *update,
                       guint cut)
{
    const CsLearnerClass *class = learner->class;
    const gsize bound[3] = {0, cs_adapter_layout_start(learner->layout, cut), state->n};
    const double rate[2] = {update->device_rate, update->server_rate};
    state->powers.first *= CS_ADAM_FIRST;
    state->powers.second *= CS_ADAM_SECOND;
    for (guint side = 0; side < 2; side++)
        if (update->optimizer == CS_DESCENT_SGD)
            class->descend(state->values, learner->gradient, bound[side], bound[side + 1],
                           rate[side]);
        else
            class->adapt(state->values, state->first_moment, state->second_moment,
                         learner->gradient, bound[side], bound[side + 1], rate[side],
                         &state->powers);
}
