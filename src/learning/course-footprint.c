/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/course-footprint: see the header. */
#include "learning/course-footprint.h"

#include "learning/network.h"

#define REAL_BYTE 4.0 /* float32 */
#define PANEL 16.0    /* columns of a packed matrix come in so many */

/* Of an adapter's number: trainer.c's three arrays of doubles; the state's three, the gradient. */
#define TRAINED_BYTE (3 * 8.0 + 4 * REAL_BYTE)

static double padded(double n)
{
    return PANEL * (double)(guint64)((n + PANEL - 1) / PANEL);
}

/* Numbers of the weights: every matrix as B of the product forward and of that backward, the
 * embedding as it is too. */
static double weights_of(const CsNetworkShape *shape)
{
    double inner = 2.0 * shape->hidden, v = shape->vocabulary, h = shape->hidden;
    for (CsModule m = 0; m < CS_MODULE_N; m++) {
        double inputs = cs_module_inputs(shape, m), outputs = cs_module_outputs(shape, m);
        inner += inputs * padded(outputs) + outputs * padded(inputs);
    }
    return shape->layers * inner + h + v * h + h * padded(v) + v * padded(h);
}

/* Numbers of the adapters, and (*packed) of the forms in which products take them. */
static double adapters_of(const CsNetworkShape *shape, guint rank, guint modules, double *packed)
{
    double n = 0;
    *packed = 0;
    for (CsModule m = 0; m < CS_MODULE_N; m++) {
        if ((modules >> m & 1) == 0)
            continue;
        double inputs = cs_module_inputs(shape, m), outputs = cs_module_outputs(shape, m);
        n += shape->layers * (inputs + outputs) * rank;
        *packed += shape->layers * (inputs * rank + outputs * (rank + padded(rank)));
    }
    return n;
}

/* Numbers of a tape: see network-body.h. */
static double tape_of(const CsNetworkShape *shape, guint rank, guint modules, double s)
{
    double h = shape->hidden, f = shape->ffn, p = s * padded(s);
    double q = (double)shape->heads * shape->head_size,
           k = (double)shape->kv_heads * shape->head_size;
    guint with_adapters = 0;
    for (CsModule m = 0; m < CS_MODULE_N; m++)
        with_adapters += modules >> m & 1;
    double layer =
        s * (3 * h + 2 * q + 2 * k + 3 * f + 2 + with_adapters * rank) + shape->heads * p;
    double common = s * (3 * h + f + q + 2 * k + MAX(h, q) + 1 + 3 * rank + shape->vocabulary) + p +
                    2 * shape->head_size * padded(s) + (rank + 1) * MAX(MAX(h, f), q);
    return shape->layers * (layer + s * h) + common;
}

CsCourseFootprint cs_course_footprint(const CsNetworkShape *shape, guint rank, guint modules,
                                      guint batch, guint length)
{
    double packed, adapters = adapters_of(shape, rank, modules, &packed);
    guint waiting = adapters > 0 ? MIN(batch, cs_network_waiting((gsize)adapters)) : 0;
    return (CsCourseFootprint){.course_byte =
                                   REAL_BYTE * (weights_of(shape) + packed + waiting * adapters) +
                                   TRAINED_BYTE * adapters,
                               .tape_byte = REAL_BYTE * tape_of(shape, rank, modules, length)};
}
