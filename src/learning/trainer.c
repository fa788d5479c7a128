/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/trainer: see the header. */
#include "learning/trainer.h"

#include "base/fail.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK(cs - learning - error - quark, cs_learning_error)

struct CsTrainer {
    CsLearner *learner;
    CsLessons training;
    guint n_devices;
    CsLearnerState *state;   /* one after the other: the one; at once: nobody's moments */
    CsLearnerState **device; /* at once with kept moments, [n_devices]; made when needed */
    double *adapters;        /* at once: those in force */
    double *sum, *one;
    CsStepTaker taker; /* or NULL */
    gpointer context;
};

CsTrainer *cs_trainer_new(CsLearner *learner, const CsLessons *training, guint n_devices,
                          const double *adapters)
{
    CsTrainer *trainer = g_new0(CsTrainer, 1);
    gsize n = cs_learner_layout(learner)->size;
    trainer->learner = learner;
    trainer->training = *training;
    trainer->n_devices = n_devices;
    trainer->state = cs_learner_state_new(learner, adapters);
    trainer->device = g_new0(CsLearnerState *, n_devices);
    trainer->adapters = g_new(double, n);
    trainer->sum = g_new(double, n);
    trainer->one = g_new(double, n);
    cs_learner_state_get(trainer->state, trainer->adapters);
    return trainer;
}

void cs_trainer_free(CsTrainer *trainer)
{
    if (trainer == NULL)
        return;
    for (guint i = 0; i < trainer->n_devices; i++)
        cs_learner_state_free(trainer->device[i]);
    cs_learner_state_free(trainer->state);
    g_free(trainer->device);
    g_free(trainer->adapters);
    g_free(trainer->sum);
    g_free(trainer->one);
    g_free(trainer);
}

void cs_trainer_tell(CsTrainer *trainer, CsStepTaker taker, gpointer context)
{
    trainer->taker = taker;
    trainer->context = context;
}

static gboolean take_turn(CsTrainer *trainer, CsLearnerState *state, const CsTurn *turn,
                          double *losses, GError **error)
{
    const CsLessons *training = &trainer->training;
    CsSplit split = {turn->cut, training->codec};
    if (!training->keep)
        cs_learner_state_reset(state);
    for (guint i = 0; i < turn->n_steps; i++) {
        losses[i] = cs_learner_gradient(trainer->learner, state, &turn->steps[i], &split);
        if (cs_learner_interrupted(trainer->learner))
            return cs_fail(error, CS_LEARNING_ERROR, CS_LEARNING_ERROR_INTERRUPTED, "interrupted");
        if (!isfinite(losses[i]))
            return cs_fail(error, CS_LEARNING_ERROR, CS_LEARNING_ERROR_DIVERGED,
                           "training has diverged: the loss of step %u is no finite number", i + 1);
        if (trainer->taker != NULL)
            trainer->taker(trainer->context, losses[i]);
        cs_learner_update(trainer->learner, state, &training->update, turn->cut);
    }
    return TRUE;
}

/* The state that a device trains at once with others: the round's adapters, its own moments. */
static CsLearnerState *own_state(CsTrainer *trainer, guint device)
{
    if (!trainer->training.keep) {
        cs_learner_state_set(trainer->state, trainer->adapters);
        return trainer->state;
    }
    if (trainer->device[device] == NULL)
        trainer->device[device] = cs_learner_state_new(trainer->learner, trainer->adapters);
    cs_learner_state_set(trainer->device[device], trainer->adapters);
    return trainer->device[device];
}

static gboolean group_at_once(CsTrainer *trainer, const CsTurn *turns, guint n, double *losses,
                              GError **error)
{
    gsize size = cs_learner_layout(trainer->learner)->size;
    double whole = 0.0;
    for (guint i = 0; i < n; i++)
        whole += turns[i].weight;
    memset(trainer->sum, 0, size * sizeof(double));
    for (guint i = 0; i < n; losses += turns[i].n_steps, i++) {
        CsLearnerState *state = own_state(trainer, turns[i].device);
        if (!take_turn(trainer, state, &turns[i], losses, error))
            return FALSE;
        cs_learner_state_get(state, trainer->one);
        double share = turns[i].weight / whole;
        for (gsize j = 0; j < size; j++)
            trainer->sum[j] += share * trainer->one[j];
    }
    cs_learner_state_set(trainer->state, trainer->sum);
    cs_learner_state_get(trainer->state, trainer->adapters);
    return TRUE;
}

/* How many of n turns start with the first. */
static guint group_size(const CsTrainer *trainer, const CsTurn *turns, guint n)
{
    guint size = 1;
    while (trainer->training.at_once && size < n && turns[size].group == turns[0].group)
        size++;
    return size;
}

gboolean cs_trainer_round(CsTrainer *trainer, const CsTurn *turns, guint n, double *losses,
                          GError **error)
{
    for (guint i = 0, size; i < n; i += size) {
        size = group_size(trainer, turns + i, n - i);
        gboolean good = trainer->training.at_once
                            ? group_at_once(trainer, turns + i, size, losses, error)
                            : take_turn(trainer, trainer->state, &turns[i], losses, error);
        if (!good)
            return FALSE;
        for (guint j = i; j < i + size; j++)
            losses += turns[j].n_steps;
    }
    return TRUE;
}

double cs_trainer_loss(CsTrainer *trainer, const CsBatch *batch)
{
    double loss = cs_learner_loss(trainer->learner, trainer->state, batch);
    return cs_learner_interrupted(trainer->learner) ? (double)NAN : loss;
}

void cs_trainer_get(const CsTrainer *trainer, double *adapters)
{
    cs_learner_state_get(trainer->state, adapters);
}

guint cs_test_offsets(gsize n_tokens, guint length, gsize **offsets)
{
    guint n = n_tokens > length ? (guint)((n_tokens - 1) / length) : 0;
    *offsets = g_new(gsize, n + 1);
    for (guint i = 0; i < n; i++)
        (*offsets)[i] = (gsize)i * length;
    return n;
}
