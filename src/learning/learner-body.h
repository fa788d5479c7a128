/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/learner-body: states and updates for one type of number, as a table of functions that
 * learner.c calls.
 *
 * Layer: learning.
 */
#include "learning/kernels.h"
#include "learning/learner-class.h"
#include "learning/real.h"

#include <math.h>
#include <string.h>

static gpointer network_new(const CsNetworkShape *shape, const CsAdapterLayout *layout,
                            const CsTensors *weights, guint threads, CsDiagnostics *diagnostics)
{
    return R(cs_network_new)(shape, layout, weights, threads, diagnostics);
}

static void network_free(gpointer network)
{
    R(cs_network_free)(network);
}

static void network_watch(gpointer network, const gint *interrupt)
{
    R(cs_network_watch)(network, interrupt);
}

static gpointer array_new(gsize n)
{
    return g_new0(REAL, n + CS_KERNEL_SLACK);
}

static double loss(gpointer network, gconstpointer adapters, const CsBatch *batch)
{
    return R(cs_network_loss)(network, adapters, batch);
}

static double gradient(gpointer network, gconstpointer adapters, const CsBatch *batch,
                       const CsSplit *split, gpointer to)
{
    return R(cs_network_gradient)(network, adapters, batch, split, to);
}

static void network_set(gpointer network, gconstpointer weights)
{
    R(cs_network_set)(network, weights);
}

static double full_gradient(gpointer network, const CsBatch *batch, gpointer to)
{
    return R(cs_network_full_gradient)(network, batch, to);
}

static void set(gpointer to, const double *from, gsize n)
{
    REAL *values = to;
    for (gsize i = 0; i < n; i++)
        values[i] = (REAL)from[i];
}

static void get(gconstpointer from, double *to, gsize n)
{
    const REAL *values = from;
    for (gsize i = 0; i < n; i++)
        to[i] = (double)values[i];
}

static void descend(gpointer values, gconstpointer gradients, gsize first, gsize end, double rate)
{
    REAL *p = values, step = (REAL)rate;
    const REAL *g = gradients;
    for (gsize i = first; i < end; i++)
        p[i] = p[i] - step * g[i];
}

/* m <- β1 m + (1-β1) g, v <- β2 v + (1-β2) g²; p <- p - γ (m / (1-β1^t)) / (sqrt(v / (1-β2^t)) + ε)
 */
static void adapt(gpointer values, gpointer first_moment, gpointer second_moment,
                  gconstpointer gradients, gsize first, gsize end, double rate,
                  const CsAdamPowers *powers)
{
    REAL *p = values, *m = first_moment, *v = second_moment, step = (REAL)rate;
    const REAL *g = gradients;
    REAL unbias1 = (REAL)(1.0 - powers->first), unbias2 = (REAL)(1.0 - powers->second);
    REAL keep1 = (REAL)CS_ADAM_FIRST, take1 = (REAL)(1.0 - CS_ADAM_FIRST);
    REAL keep2 = (REAL)CS_ADAM_SECOND, take2 = (REAL)(1.0 - CS_ADAM_SECOND);
    for (gsize i = first; i < end; i++) {
        m[i] = keep1 * m[i] + take1 * g[i];
        v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
        p[i] = p[i] - step * (m[i] / unbias1) / (REAL_SQRT(v[i] / unbias2) + (REAL)CS_ADAM_EPSILON);
    }
}

const CsLearnerClass R(cs_learner_class) = {
    .size = sizeof(REAL),
    .network_new = network_new,
    .network_free = network_free,
    .network_watch = network_watch,
    .array_new = array_new,
    .loss = loss,
    .gradient = gradient,
    .network_set = network_set,
    .full_gradient = full_gradient,
    .set = set,
    .get = get,
    .descend = descend,
    .adapt = adapt,
};
