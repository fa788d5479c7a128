/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/operations: work of a layer by kind. See the header. Layer: llm. */
#include "llm/operations.h"

#include <math.h>

/* Elements in and out of all matrices of a layer, a token. */
static double matrix_elements(const CsArchitecture *architecture, const CsLayerShape *shape)
{
    double h = architecture->hidden, query = (double)shape->heads * shape->head_dim;
    double value = (double)shape->heads * cs_shape_value_dim(shape);
    double keys = (double)shape->kv_heads * (shape->head_dim + cs_shape_value_dim(shape));
    double f = shape->intermediate;
    if (shape->experts > 0)
        f = f * shape->active_experts + shape->shared_intermediate;
    return h + query + keys + value + h + h + (shape->gated ? 3 : 2) * f + h;
}

/* Weights that a pass over `tokens` reads: of experts, those that so many tokens meet. */
static double weights_read(const CsArchitecture *architecture, guint layer, double tokens)
{
    const CsLayerShape *shape = &architecture->layers[layer];
    double active = cs_layer_matrix_weights(architecture, layer, TRUE);
    if (shape->experts == 0)
        return active;
    double all = cs_layer_matrix_weights(architecture, layer, FALSE);
    double one = (all - active) / MAX((double)shape->experts - shape->active_experts, 1);
    /* Each token meets n of E experts at random: E (1 - (1 - n/E)^tokens) are met by one. */
    double missed = pow(1 - (double)shape->active_experts / shape->experts, tokens);
    return all - one * shape->experts * missed;
}

/* Bytes that a weight of β bytes costs to read, unpacked where it is packed. */
static double weight_bytes(const CsMemorySettings *settings)
{
    double byte = settings->weight_bit / 8;
    return byte < 2 ? byte + 4 : byte;
}

static void linear_work(const CsArchitecture *architecture, const CsTraining *training,
                        const CsMemorySettings *settings, guint layer, gboolean backward,
                        CsOperations *work)
{
    double tokens = (double)training->batch * training->sequence_length;
    double weights = cs_layer_weights(architecture, layer);
    double lora = cs_layer_lora_at_work(architecture, layer, training);
    double flop = 2 * (weights + lora) * tokens;
    double elements = matrix_elements(architecture, &architecture->layers[layer]) * tokens;
    double byte = weights_read(architecture, layer, tokens) * weight_bytes(settings) +
                  elements * training->activation_bit / 8;
    gboolean all = training->method == CS_METHOD_FULL;
    work->flop[CS_WORK_LINEAR] = backward ? flop + 2 * (all ? weights : lora) * tokens : flop;
    work->byte[CS_WORK_LINEAR] = backward && all ? 2 * byte : byte;
}

static void attention_work(const CsArchitecture *architecture, const CsTraining *training,
                           guint layer, gboolean backward, CsOperations *work)
{
    const CsLayerShape *shape = &architecture->layers[layer];
    double b = training->batch, s = training->sequence_length;
    gboolean flash = training->kernel == CS_KERNEL_FLASH;
    CsTraining causal = *training;
    causal.causal = training->causal || flash; /* tiles behind the mask are left out */
    double flop = cs_layer_attention_flop(architecture, layer, &causal);
    double d = shape->head_dim, v = cs_shape_value_dim(shape);
    double elements = b * s * (shape->heads * (d + v) + shape->kv_heads * (d + v));
    if (!flash && shape->attention != CS_ATTENTION_LINEAR)
        elements += 4 * b * shape->heads * s * s;
    double passes = !backward ? 1 : flash ? 2.5 : 2;
    work->flop[CS_WORK_ATTENTION] = passes * flop;
    work->byte[CS_WORK_ATTENTION] = (backward ? 2 : 1) * elements * training->activation_bit / 8;
}

static void elementwise_work(const CsArchitecture *architecture, const CsTraining *training,
                             const CsMemorySettings *settings, guint layer, gboolean backward,
                             CsOperations *work)
{
    const CsLayerShape *shape = &architecture->layers[layer];
    double tokens = (double)training->batch * training->sequence_length;
    double f = shape->intermediate, rotated = (double)shape->heads + shape->kv_heads;
    if (shape->experts > 0)
        f = f * shape->active_experts + shape->shared_intermediate;
    double elements =
        10.0 * architecture->hidden + 2 * rotated * shape->head_dim + (shape->gated ? 3 : 2) * f;
    /* The optimizer reads weight and gradient, writes the weight, reads and writes two moments. */
    double updated = backward ? cs_layer_trained(architecture, layer, training) : 0;
    work->flop[CS_WORK_ELEMENTWISE] = 0;
    work->byte[CS_WORK_ELEMENTWISE] =
        (backward ? 2 : 1) * elements * tokens * training->activation_bit / 8 +
        updated * (3 * training->adapter_bit + 4 * settings->optimizer_bit) / 8;
}

static void layer_pass(const CsArchitecture *architecture, const CsTraining *training,
                       const CsMemorySettings *settings, guint layer, gboolean backward,
                       CsOperations *work)
{
    linear_work(architecture, training, settings, layer, backward, work);
    attention_work(architecture, training, layer, backward, work);
    elementwise_work(architecture, training, settings, layer, backward, work);
}

void cs_layer_operations(const CsArchitecture *architecture, const CsTraining *training,
                         const CsMemorySettings *settings, guint layer, gboolean backward,
                         CsOperations *operations)
{
    CsOperations again;
    layer_pass(architecture, training, settings, layer, backward, operations);
    if (!backward || training->checkpointing == CS_CHECKPOINTING_NONE)
        return;
    layer_pass(architecture, training, settings, layer, FALSE, &again);
    gboolean full = training->checkpointing == CS_CHECKPOINTING_FULL;
    for (guint i = 0; i < CS_WORK_N; i++) {
        if (!full && i != CS_WORK_ATTENTION)
            continue;
        operations->flop[i] += again.flop[i];
        operations->byte[i] += again.byte[i];
    }
}

void cs_head_operations(const CsArchitecture *architecture, const CsTraining *training,
                        const CsMemorySettings *settings, gboolean backward,
                        CsOperations *operations)
{
    double tokens = (double)training->batch * training->sequence_length;
    double weights = cs_head_weights(architecture);
    gboolean all = backward && training->method == CS_METHOD_FULL;
    *operations = (CsOperations){0};
    operations->flop[CS_WORK_LINEAR] = (all ? 4 : 2) * weights * tokens;
    operations->byte[CS_WORK_LINEAR] =
        (all ? 2 : 1) * weights * MAX(settings->weight_bit / 8, 2) +
        tokens * (architecture->hidden + architecture->vocabulary) * training->activation_bit / 8;
    operations->byte[CS_WORK_ELEMENTWISE] = 16.0 * tokens * architecture->vocabulary;
}
