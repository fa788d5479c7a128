/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/profile: workload of one mini-batch over the cut layer. See profile.h.
 *
 * Every count is a whole number kept in a double: exact below 2^53 (9e15).
 * Layer: llm.
 */
#include "llm/profile.h"

#include <math.h>

const CsName cs_lora_target_names[] = {
    {"q", CS_LORA_Q},       {"k", CS_LORA_K},       {"v", CS_LORA_V},
    {"o", CS_LORA_O},       {"gate", CS_LORA_GATE}, {"up", CS_LORA_UP},
    {"down", CS_LORA_DOWN}, {"all", CS_LORA_ALL},   CS_NAMES_END};
const CsName cs_method_names[] = {{"lora", CS_METHOD_LORA}, {"full", CS_METHOD_FULL}, CS_NAMES_END};
CS_NAMES_COVER(cs_method_names, CS_METHOD_FULL);
const CsName cs_kernel_names[] = {
    {"eager", CS_KERNEL_EAGER}, {"flash", CS_KERNEL_FLASH}, CS_NAMES_END};
CS_NAMES_COVER(cs_kernel_names, CS_KERNEL_FLASH);
const CsName cs_checkpointing_names[] = {{"none", CS_CHECKPOINTING_NONE},
                                         {"selective", CS_CHECKPOINTING_SELECTIVE},
                                         {"full", CS_CHECKPOINTING_FULL},
                                         CS_NAMES_END};
CS_NAMES_COVER(cs_checkpointing_names, CS_CHECKPOINTING_FULL);
const CsName cs_head_names[] = {
    {"server", CS_HEAD_SERVER}, {"device", CS_HEAD_DEVICE}, {"none", CS_HEAD_NONE}, CS_NAMES_END};
CS_NAMES_COVER(cs_head_names, CS_HEAD_DEVICE);
const CsName cs_attention_names[] = {{"full", FALSE}, {"causal", TRUE}, CS_NAMES_END};

double cs_layer_weights(const CsArchitecture *architecture, guint layer)
{
    return cs_layer_matrix_weights(architecture, layer, TRUE);
}

/* Σ (d_in + d_out) over the adapted matrices of a layer's attention. PEFT goes by the names
 * q_proj, k_proj, v_proj: a fused matrix is adapted once for any of them, and what latent and
 * linear attention have in their place is not found. */
static double adapted_attention(const CsLayerShape *shape, double h, guint targets)
{
    double heads = shape->heads, d = shape->head_dim, v = cs_shape_value_dim(shape);
    double query = (shape->query_gate ? 2 : 1) * heads * d;
    double sum = 0;
    if (shape->attention == CS_ATTENTION_LINEAR)
        return 0;
    if (targets & CS_LORA_O)
        sum += h + heads * v;
    if (shape->attention == CS_ATTENTION_LATENT)
        return sum + ((targets & CS_LORA_Q) != 0 && shape->q_rank == 0 ? h + query : 0);
    if (shape->fused & CS_FUSED_QKV)
        return sum + ((targets & (CS_LORA_Q | CS_LORA_K | CS_LORA_V)) != 0
                          ? h + query + shape->kv_heads * (d + v)
                          : 0);
    if (targets & CS_LORA_Q)
        sum += h + query;
    if (targets & CS_LORA_K)
        sum += h + shape->kv_heads * d;
    if (targets & CS_LORA_V)
        sum += h + shape->kv_heads * v;
    return sum;
}

/* The same of one MLP of `width`. */
static double adapted_mlp(const CsLayerShape *shape, double h, double width, guint targets)
{
    double sum = 0;
    if ((shape->fused & CS_FUSED_GATE_UP) && shape->gated) {
        if (targets & (CS_LORA_GATE | CS_LORA_UP))
            sum += h + 2 * width;
    } else {
        if ((targets & CS_LORA_GATE) && shape->gated)
            sum += h + width;
        if (targets & CS_LORA_UP)
            sum += h + width;
    }
    if (targets & CS_LORA_DOWN)
        sum += h + width;
    return sum;
}

/* Parameters of `rank` in a layer; with `active`, of those that work on a token. */
static double lora_parameters(const CsArchitecture *architecture, guint layer, guint rank,
                              guint targets, gboolean active)
{
    g_assert(layer < architecture->n_layers);
    const CsLayerShape *shape = &architecture->layers[layer];
    double h = architecture->hidden;
    double sum = adapted_attention(shape, h, targets);
    if (shape->experts == 0)
        return rank * (sum + adapted_mlp(shape, h, shape->intermediate, targets));
    double met = active ? shape->active_experts : shape->experts;
    if ((shape->fused & CS_FUSED_EXPERTS) == 0)
        sum += met * adapted_mlp(shape, h, shape->intermediate, targets);
    if (shape->shared_intermediate > 0)
        sum += adapted_mlp(shape, h, shape->shared_intermediate, targets);
    return rank * sum;
}

double cs_layer_lora_parameters(const CsArchitecture *architecture, guint layer, guint rank,
                                guint targets)
{
    return lora_parameters(architecture, layer, rank, targets, FALSE);
}

/* b times the pairs of tokens that a mask lets through: 1 + 2 + ... + s, or within a window w. */
static double causal_pairs(const CsLayerShape *shape, double b, double s)
{
    double w = shape->window;
    if (w == 0 || w >= s)
        return b * s * (s + 1) / 2;
    if (!shape->chunked)
        return b * (w * (w + 1) / 2 + (s - w) * w);
    double chunks = floor(s / w), rest = s - chunks * w;
    return b * (chunks * w * (w + 1) / 2 + rest * (rest + 1) / 2);
}

/* F_att of one layer: the products QKᵀ and (softmax)V, or the state's of linear attention. */
static double attention_flop(const CsLayerShape *shape, const CsTraining *training)
{
    double b = training->batch, s = training->sequence_length, heads = shape->heads;
    double both = (double)shape->head_dim + cs_shape_value_dim(shape);
    if (shape->attention == CS_ATTENTION_LINEAR)
        return 6 * b * s * heads * shape->head_dim * cs_shape_value_dim(shape);
    return 2 * (training->causal ? causal_pairs(shape, b, s) : b * s * s) * heads * both;
}

double cs_layer_lora_at_work(const CsArchitecture *architecture, guint layer,
                             const CsTraining *training)
{
    guint rank = training->method == CS_METHOD_FULL ? 0 : training->lora_rank;
    return lora_parameters(architecture, layer, rank, training->lora_targets, TRUE);
}

double cs_layer_attention_flop(const CsArchitecture *architecture, guint layer,
                               const CsTraining *training)
{
    return attention_flop(&architecture->layers[layer], training);
}

double cs_layer_trained(const CsArchitecture *architecture, guint layer, const CsTraining *training)
{
    if (training->method == CS_METHOD_FULL)
        return cs_layer_matrix_weights(architecture, layer, FALSE);
    return cs_layer_lora_parameters(architecture, layer, training->lora_rank,
                                    training->lora_targets);
}

/* What the device computes again in its backward pass. */
static double again(const CsTraining *training, double forward, double attention)
{
    return training->checkpointing == CS_CHECKPOINTING_FULL        ? forward
           : training->checkpointing == CS_CHECKPOINTING_SELECTIVE ? attention
                                                                   : 0;
}

static void add_layer(CsProfile *profile, const CsArchitecture *architecture,
                      const CsTraining *training, guint layer, double *forward, double *backward)
{
    double tokens = (double)training->batch * training->sequence_length;
    double weights = cs_layer_weights(architecture, layer);
    gboolean frozen = training->part.frozen;
    double trained = frozen ? 0 : cs_layer_trained(architecture, layer, training);
    double at_work = cs_layer_lora_at_work(architecture, layer, training);
    double attention = attention_flop(&architecture->layers[layer], training);
    guint cut = layer + 1;

    *forward = 2 * weights * tokens + attention + 2 * at_work * tokens;
    *backward = 2 * weights * tokens + 2 * attention + 4 * at_work * tokens;
    if (training->method == CS_METHOD_FULL)
        *backward += 2 * weights * tokens;
    profile->device_forward_flop[cut] = profile->device_forward_flop[layer] + *forward;
    if (!frozen)
        profile->device_backward_flop[cut] =
            profile->device_backward_flop[layer] + *backward + again(training, *forward, attention);
    profile->adapter_parameters[cut] = profile->adapter_parameters[layer] + trained;
    profile->adapter_bit[cut] = profile->adapter_parameters[cut] * training->adapter_bit;
}

/* η: what the server does at cut 0 and the device does there, or all that a whole part does. */
static double total_flop(const CsProfile *profile)
{
    guint last = profile->n_cuts - 1;
    double head = 2 * profile->device_head_flop;
    if (profile->server_forward_flop[0] > 0)
        return profile->server_forward_flop[0] + profile->server_backward_flop[0] + head;
    return profile->device_forward_flop[last] + profile->device_backward_flop[last] + head;
}

CsProfile *cs_profile_new(const CsArchitecture *architecture, const CsTraining *training)
{
    guint n_layers = architecture->n_layers, n_cuts = n_layers + 1;
    double tokens = (double)training->batch * training->sequence_length;
    double flop = 2 * cs_head_weights(architecture) * tokens;
    double head = cs_training_head_on_server(training) ? flop : 0;
    const CsDevicePart *part = &training->part;
    g_autofree double *forward = g_new(double, n_cuts), *backward = g_new(double, n_cuts);

    CsProfile *profile = g_new0(CsProfile, 1);
    profile->n_cuts = n_cuts;
    profile->device_head_flop = cs_training_head_on_device(training) ? flop : 0;
    profile->device_forward_flop = g_new0(double, n_cuts);
    profile->device_backward_flop = g_new0(double, n_cuts);
    profile->server_forward_flop = g_new0(double, n_cuts);
    profile->server_backward_flop = g_new0(double, n_cuts);
    profile->smashed_bit = g_new0(double, n_cuts);
    profile->adapter_bit = g_new0(double, n_cuts);
    profile->adapter_parameters = g_new0(double, n_cuts);

    for (guint i = 0; i < n_layers; i++)
        add_layer(profile, architecture, training, i, &forward[i], &backward[i]);

    /* Summed from the last layer down, not by subtraction, so that what is left at c = I is the
     * head's work exactly, for sums beyond 2^53 too. */
    profile->server_forward_flop[n_layers] = head;
    profile->server_backward_flop[n_layers] = head;
    for (guint cut = n_layers; cut > 0 && !part->whole; cut--) {
        profile->server_forward_flop[cut - 1] =
            profile->server_forward_flop[cut] + forward[cut - 1];
        profile->server_backward_flop[cut - 1] =
            profile->server_backward_flop[cut] + backward[cut - 1];
    }
    for (guint cut = 0; cut < n_cuts && !part->whole; cut++)
        profile->smashed_bit[cut] = tokens * architecture->hidden * training->activation_bit;
    if (part->head)
        profile->smashed_bit[n_layers] = 0;
    profile->total_flop = total_flop(profile);
    return profile;
}

void cs_profile_free(CsProfile *profile)
{
    if (profile == NULL)
        return;
    g_free(profile->device_forward_flop);
    g_free(profile->device_backward_flop);
    g_free(profile->server_forward_flop);
    g_free(profile->server_backward_flop);
    g_free(profile->smashed_bit);
    g_free(profile->adapter_bit);
    g_free(profile->adapter_parameters);
    g_free(profile);
}
