/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/lesson: learns along with a simulation: what its rounds stand for (letter, Eq. 1-6).
 *
 *     simulation --> lesson --> the replication's sink
 *          |           |             ^
 *          decided     |             loss: a row of losses, round 0 first
 *          round_end --'
 *                      |
 *              trajectories: has anybody learned just this before?
 *                      |
 *                   course (learning/)
 *
 * A lesson stands between a simulation and the sink of its replication, and passes everything on. A
 * round's participants are those whose rounds count, in the order of the file: one after the other
 * under schedule = sequential; at once, and then averaged with the weights |D_m|, under parallel;
 * under clusters at once within a cluster and cluster after cluster. A round that is lost teaches
 * nothing. Each participant takes T mini-batches (local-epochs) of its own data. Under the protocol
 * federated devices are averaged whatever the schedule, all by their own rate and without a codec;
 * under one-way their side is frozen.
 *
 * The cut c of the I layers simulated is one of c I'/I, rounded, of the I' layers of the network.
 * Without a codec, and with one learning rate, it makes no difference to what is learned.
 *
 * Layer: campaign. Calls learning, sim.
 */
#ifndef CS_CAMPAIGN_LESSON_H
#define CS_CAMPAIGN_LESSON_H

#include "campaign/trajectory.h"
#include "sim/config.h"
#include "sim/sink.h"

/*
 * Two configurations of the same mark learn the same, as far as both go, in each replication;
 * where *by_decisions is set, only if the same devices take part in each round, with the same cuts.
 */
guint64 cs_lesson_mark(const CsConfig *config, gboolean *by_decisions);

typedef struct CsLesson CsLesson;

/*
 * For one replication of a configuration with a network; what is learned goes on to `inner`. All
 * are borrowed. `threads` compute a mini-batch, and change no byte. Once *interrupt (may be NULL)
 * is not 0, which it then stays, training ends within a layer's work. Transfer full.
 */
CsLesson *cs_lesson_new(const CsConfig *config, guint64 replication, CsSink *inner,
                        CsTrajectories *trajectories, guint threads, const gint *interrupt);
void cs_lesson_free(CsLesson *lesson);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsLesson, cs_lesson_free)

/* What the simulation is given. Borrowed. */
CsSink *cs_lesson_sink(CsLesson *lesson);

/* FALSE with `error` where training has diverged, or is not what was kept of it
 * (CS_SIMULATION_ERROR_LEARNING), or was interrupted (_INTERRUPTED). After the simulation has run.
 */
gboolean cs_lesson_end(CsLesson *lesson, GError **error);

/* What every round has come to, from round 0 on. Borrowed. */
const CsLearned *cs_lesson_learned(const CsLesson *lesson, guint *n);

/* The latest test loss, from any thread; NAN before there is one. */
double cs_lesson_loss(const CsLesson *lesson);

#endif
