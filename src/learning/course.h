/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/course: a network, data and a way of training them together: what a simulation drives,
 * round by round, with whoever took part.
 *
 *     cs_base_model_read()  once, shared          cs_data_new()   per seed and replication
 *              '---------------- cs_course_new() ------'
 *                                     |
 *     cs_course_test()  round 0       |
 *     cs_course_round(1, participants) -> train loss;  cs_course_test()
 *     cs_course_round(2, ...)                          ...
 *
 * It knows no simulation: a participant is a device whose round counted, in the order in which
 * rounds follow one another. A round without participants changes nothing. The same calls give the
 * same bytes on any processor and for any number of threads.
 *
 *     protocol of the simulation     participants
 *     split                          at their cut
 *     federated                      cut = all layers, both rates the device's, at once
 *     one-way                        at their cut, device_rate 0: the device's side is frozen
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_COURSE_H
#define CS_LEARNING_COURSE_H

#include "learning/base-model.h"
#include "learning/data.h"
#include "learning/trainer.h"

typedef struct {
    guint64 seed, replication; /* of the adapters before training */
    guint rank;                /* >= 1 */
    double alpha;
    guint modules; /* bits 1 << CsModule */
    CsLessons lessons;
    guint batch; /* sequences of a mini-batch */
    guint threads;
    CsPrecision precision;
    const gint
        *interrupt; /* ends what is under way once it is not 0, for good; borrowed, or NULL */
} CsCourseSettings;

/* A device's round that counted. */
typedef struct {
    guint device; /* of the data */
    guint cut;    /* layers of the network on the device: see cs_course_cut() */
    guint steps;  /* mini-batches: T */
    guint group;  /* at once: devices of the same group start together; groups follow one another */
} CsParticipant;

typedef struct CsCourse CsCourse;

/* Borrows model and data. Adapters begin as PEFT begins them: A uniform within 1 / sqrt(inputs)
 * around 0, B zero. Transfer full. */
CsCourse *cs_course_new(const CsBaseModel *model, const CsData *data,
                        const CsCourseSettings *settings);
void cs_course_free(CsCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsCourse, cs_course_free)

/* round(c I' / I): a cut of a model of `layers` as one of a network of `network_layers`; the ends
 * stay ends. A half goes up. */
static inline guint cs_course_cut(guint cut, guint layers, guint network_layers)
{
    return (2 * cut * network_layers + layers) / (2 * layers);
}

/*
 * Trains round `round` (1, 2, ...). *train_loss is the mean over the participants, weighted by
 * |D_m|, of the mean loss of their steps, each before its update and with the codec in force; NAN
 * without participants. CS_LEARNING_ERROR_DIVERGED; _INTERRUPTED, after which the course is good
 * for nothing.
 */
gboolean cs_course_round(CsCourse *course, guint64 round, const CsParticipant *participants,
                         guint n, double *train_loss, GError **error);

/* The mean test loss of the whole network, in nats a token, without a codec; NAN where it was
 * interrupted. */
double cs_course_test(CsCourse *course);

const CsAdapterLayout *cs_course_layout(const CsCourse *course);
/* The adapters in force [layout->size]. */
void cs_course_get(const CsCourse *course, double *adapters);
/* Writes them as a folder that PEFT reads. */
gboolean cs_course_write(const CsCourse *course, const char *folder, GError **error);

#endif
