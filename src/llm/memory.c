/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/memory: memory of the device's part by the cut layer. See memory.h. Layer: llm. */
#include "llm/memory.h"

const CsName cs_optimizer_names[] = {{"adam", CS_OPTIMIZER_ADAM},
                                     {"sgd", CS_OPTIMIZER_SGD},
                                     {"none", CS_OPTIMIZER_NONE},
                                     CS_NAMES_END};
CS_NAMES_COVER(cs_optimizer_names, CS_OPTIMIZER_NONE);
const CsName cs_logits_names[] = {
    {"whole", CS_LOGITS_WHOLE}, {"chunked", CS_LOGITS_CHUNKED}, CS_NAMES_END};
CS_NAMES_COVER(cs_logits_names, CS_LOGITS_CHUNKED);

#define QKV (CS_LORA_Q | CS_LORA_K | CS_LORA_V)

static guint count_bits(guint set)
{
    guint n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

/* Elements that a layer's forward pass keeps for its backward pass: X of memory.h. */
static double layer_activations(const CsArchitecture *architecture, const CsTraining *training,
                                guint layer, gboolean attention_matrix)
{
    const CsLayerShape *shape = &architecture->layers[layer];
    double h = architecture->hidden, f = shape->intermediate;
    if (shape->experts > 0)
        f = f * shape->active_experts + shape->shared_intermediate;
    double query = (double)shape->heads * shape->head_dim;
    double key = (double)shape->kv_heads * shape->head_dim;
    double s = training->sequence_length, b = training->batch;
    guint targets = training->lora_rank > 0 ? training->lora_targets : 0;
    if (!shape->gated)
        targets &= ~(guint)CS_LORA_GATE;

    double of_token = 2 * h + query + 2 * key + (shape->gated ? 2 : 1) * f;
    of_token += (targets & QKV) != 0 ? h : 0;
    of_token += (targets & CS_LORA_O) != 0 ? query : 0;
    of_token += (targets & (CS_LORA_GATE | CS_LORA_UP)) != 0 ? h : 0;
    of_token += (targets & CS_LORA_DOWN) != 0 ? f : 0;
    of_token += (double)training->lora_rank * count_bits(targets);
    if (shape->attention == CS_ATTENTION_LINEAR)
        return b * s * of_token + b * shape->heads * shape->head_dim * cs_shape_value_dim(shape);
    if (training->kernel == CS_KERNEL_FLASH) /* a row's sum, in 32 bit */
        return b * s * of_token + b * shape->heads * s * 32 / training->activation_bit;
    return b * s * of_token + (attention_matrix ? b * shape->heads * s * s : 0);
}

/* Logits and their gradient in 32 bit, of all tokens or of a chunk. */
static double logits_byte(const CsArchitecture *architecture, const CsTraining *training,
                          const CsMemorySettings *settings)
{
    double chunks = settings->logits == CS_LOGITS_CHUNKED ? CS_LOGITS_CHUNKS : 1;
    return 8.0 * training->batch * training->sequence_length * architecture->vocabulary / chunks;
}

static void fill_activations(CsMemory *memory, const CsArchitecture *architecture,
                             const CsTraining *training, const CsMemorySettings *settings)
{
    CsCheckpointing checkpointing = training->checkpointing;
    double byte = training->activation_bit / 8;
    double boundary = (double)training->batch * training->sequence_length * architecture->hidden;
    double kept = boundary, again = 0;
    if (cs_training_head_on_device(training))
        kept += logits_byte(architecture, training, settings) / byte;
    memory->activation_byte[0] = byte * kept;
    for (guint cut = 1; cut < memory->n_cuts; cut++) {
        if (training->part.frozen) {
            memory->activation_byte[cut] = byte * kept;
            continue;
        }
        double own = layer_activations(architecture, training, cut - 1,
                                       checkpointing != CS_CHECKPOINTING_SELECTIVE);
        if (checkpointing == CS_CHECKPOINTING_FULL) {
            kept += boundary;
            again = MAX(again, own);
        } else {
            kept += own;
        }
        memory->activation_byte[cut] = byte * (kept + again);
    }
}

static CsMemory *memory_new(guint n)
{
    CsMemory *memory = g_new0(CsMemory, 1);
    memory->n_cuts = n;
    memory->weight_byte = g_new(double, n);
    memory->adapter_byte = g_new(double, n);
    memory->optimizer_byte = g_new(double, n);
    memory->activation_byte = g_new(double, n);
    memory->total_byte = g_new(double, n);
    return memory;
}

/* Bytes of the table V e (and h e): the embedding's, or the head's. */
static double table_byte(const CsArchitecture *architecture, const CsMemorySettings *settings)
{
    double bit =
        settings->embedding_bit > 0 ? settings->embedding_bit : MAX(settings->weight_bit, 16);
    return cs_head_weights(architecture) * bit / 8;
}

/* Fills in what `weights` frozen and `trained` parameters take at one cut, and the sum. */
static void fill_parameters(CsMemory *memory, guint cut, double table, double weights,
                            double trained, const CsTraining *training,
                            const CsMemorySettings *settings)
{
    static const double states[] = {
        [CS_OPTIMIZER_ADAM] = 2, [CS_OPTIMIZER_SGD] = 1, [CS_OPTIMIZER_NONE] = 0};
    memory->weight_byte[cut] = table + weights * settings->weight_bit / 8;
    memory->adapter_byte[cut] = 2 * trained * training->adapter_bit / 8;
    memory->optimizer_byte[cut] =
        states[settings->optimizer] * trained * settings->optimizer_bit / 8 +
        (settings->master ? 4 * trained : 0);
    memory->total_byte[cut] = memory->weight_byte[cut] + memory->adapter_byte[cut] +
                              memory->optimizer_byte[cut] + memory->activation_byte[cut];
    if (settings->overhead > 1)
        memory->total_byte[cut] *= settings->overhead;
}

CsMemory *cs_memory_new(const CsArchitecture *architecture, const CsTraining *training,
                        const CsMemorySettings *settings)
{
    guint n = architecture->n_layers + 1;
    CsMemory *memory = memory_new(n);
    fill_activations(memory, architecture, training, settings);
    double table = table_byte(architecture, settings), weights = 0, trained = 0;
    gboolean frozen = training->part.frozen;
    if (cs_training_head_on_device(training) && !architecture->tied)
        table += table;
    for (guint cut = 0; cut < n; cut++) {
        if (cut > 0) {
            if (training->method == CS_METHOD_LORA || frozen)
                weights += cs_layer_matrix_weights(architecture, cut - 1, FALSE);
            trained += frozen ? 0 : cs_layer_trained(architecture, cut - 1, training);
        }
        fill_parameters(memory, cut, table, weights, trained, training, settings);
    }
    return memory;
}

CsMemory *cs_memory_server_new(const CsArchitecture *architecture, const CsTraining *training,
                               const CsMemorySettings *settings)
{
    guint n = architecture->n_layers + 1;
    CsMemory *memory = memory_new(n);
    double tokens = (double)training->batch * training->sequence_length;
    double byte = training->activation_bit / 8, weights = 0, trained = 0;
    gboolean head = cs_training_head_on_server(training);
    double table = head ? table_byte(architecture, settings) : 0;
    double kept = byte * tokens * architecture->hidden;
    kept += head ? logits_byte(architecture, training, settings) : 0;
    if (training->part.whole) { /* the server has nothing of the model */
        for (guint cut = 0; cut < n; cut++)
            memory->activation_byte[cut] = 0;
        for (guint cut = 0; cut < n; cut++)
            fill_parameters(memory, cut, 0, 0, 0, training, settings);
        return memory;
    }
    for (guint cut = n - 1;; cut--) {
        memory->activation_byte[cut] = kept;
        fill_parameters(memory, cut, table, weights, trained, training, settings);
        if (cut == 0)
            return memory;
        kept += byte * layer_activations(architecture, training, cut - 1, TRUE);
        if (training->method == CS_METHOD_LORA)
            weights += cs_layer_matrix_weights(architecture, cut - 1, FALSE);
        trained += cs_layer_trained(architecture, cut - 1, training);
    }
}

void cs_memory_free(CsMemory *memory)
{
    if (memory == NULL)
        return;
    g_free(memory->weight_byte);
    g_free(memory->adapter_byte);
    g_free(memory->optimizer_byte);
    g_free(memory->activation_byte);
    g_free(memory->total_byte);
    g_free(memory);
}

gint cs_memory_smallest_cut(const CsMemory *server, double limit_byte)
{
    gint smallest = (gint)server->n_cuts;
    while (smallest > 0 && server->total_byte[smallest - 1] <= limit_byte)
        smallest--;
    return smallest < (gint)server->n_cuts ? smallest : -1;
}

gint cs_memory_largest_cut(const CsMemory *memory, double limit_byte)
{
    gint largest = -1;
    while (largest + 1 < (gint)memory->n_cuts && memory->total_byte[largest + 1] <= limit_byte)
        largest++;
    return largest;
}
