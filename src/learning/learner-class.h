/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/learner-class: what learner.c needs of one type of number.
 *
 * Layer: learning. For learner.c, pretrain.c and learner-body.h only.
 */
#ifndef CS_LEARNING_LEARNER_CLASS_H
#define CS_LEARNING_LEARNER_CLASS_H

#include "learning/network.h"

#define CS_ADAM_FIRST 0.9
#define CS_ADAM_SECOND 0.999
#define CS_ADAM_EPSILON 1e-8

/* β1^t and β2^t */
typedef struct {
    double first, second;
} CsAdamPowers;

typedef struct {
    gsize size; /* of a number */
    gpointer (*network_new)(const CsNetworkShape *shape, const CsAdapterLayout *layout,
                            const CsTensors *weights, guint threads, CsDiagnostics *diagnostics);
    void (*network_free)(gpointer network);
    void (*network_watch)(gpointer network, const gint *interrupt);
    gpointer (*array_new)(gsize n); /* zeroed; g_free() */
    double (*loss)(gpointer network, gconstpointer adapters, const CsBatch *batch);
    double (*gradient)(gpointer network, gconstpointer adapters, const CsBatch *batch,
                       const CsSplit *split, gpointer to);
    void (*network_set)(gpointer network, gconstpointer weights);
    double (*full_gradient)(gpointer network, const CsBatch *batch, gpointer to);
    void (*set)(gpointer to, const double *from, gsize n);
    void (*get)(gconstpointer from, double *to, gsize n);
    /* Of the numbers first..end-1. */
    void (*descend)(gpointer values, gconstpointer gradients, gsize first, gsize end, double rate);
    void (*adapt)(gpointer values, gpointer first_moment, gpointer second_moment,
                  gconstpointer gradients, gsize first, gsize end, double rate,
                  const CsAdamPowers *powers);
} CsLearnerClass;

extern const CsLearnerClass cs_learner_class_f32, cs_learner_class_f64;

#endif
