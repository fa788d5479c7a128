/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/profile: workload of one mini-batch over the cut layer. See profile.h.
 *
 * Every count is a whole number kept in a double: exact below 2^53 (9e15).
 * Layer: llm.
 */
#include "llm/profile.h"

const CsName cs_lora_target_names[] = {
    {"q", CS_LORA_Q},       {"k", CS_LORA_K},       {"v", CS_LORA_V},
    {"o", CS_LORA_O},       {"gate", CS_LORA_GATE}, {"up", CS_LORA_UP},
    {"down", CS_LORA_DOWN}, {"all", CS_LORA_ALL},   CS_NAMES_END};
const CsName cs_head_names[] = {{"server", TRUE}, {"none", FALSE}, CS_NAMES_END};
const CsName cs_attention_names[] = {{"full", FALSE}, {"causal", TRUE}, CS_NAMES_END};

double cs_layer_weights(const CsArchitecture *architecture, guint layer)
{
    g_assert(layer < architecture->n_layers);
    const CsLayerShape *shape = &architecture->layers[layer];
    double h = architecture->hidden, d = shape->head_dim;
    double matrices = shape->gated ? 3 : 2;
    return 2 * h * shape->heads * d + 2 * h * shape->kv_heads * d +
           matrices * h * shape->intermediate;
}

double cs_layer_lora_parameters(const CsArchitecture *architecture, guint layer, guint rank,
                                guint targets)
{
    g_assert(layer < architecture->n_layers);
    const CsLayerShape *shape = &architecture->layers[layer];
    double h = architecture->hidden, d = shape->head_dim;
    double query = h + shape->heads * d, key = h + shape->kv_heads * d;
    double mlp = h + shape->intermediate;
    double sum = 0; /* Σ (d_in + d_out) */
    if (targets & CS_LORA_Q)
        sum += query;
    if (targets & CS_LORA_K)
        sum += key;
    if (targets & CS_LORA_V)
        sum += key;
    if (targets & CS_LORA_O)
        sum += query;
    if ((targets & CS_LORA_GATE) && shape->gated)
        sum += mlp;
    if (targets & CS_LORA_UP)
        sum += mlp;
    if (targets & CS_LORA_DOWN)
        sum += mlp;
    return rank * sum;
}

double cs_head_weights(const CsArchitecture *architecture)
{
    double h = architecture->hidden, e = architecture->embedding, v = architecture->vocabulary;
    return e * v + (architecture->embedding != architecture->hidden ? h * e : 0);
}

/* F_att of one layer: the products QKᵀ and (softmax)V. */
static double attention_flop(const CsLayerShape *shape, const CsTraining *training)
{
    double b = training->batch, s = training->sequence_length;
    double width = (double)shape->heads * shape->head_dim;
    return training->causal ? 2 * b * s * (s + 1) * width : 4 * b * s * s * width;
}

static void add_layer(CsProfile *profile, const CsArchitecture *architecture,
                      const CsTraining *training, guint layer, double *forward, double *backward)
{
    double tokens = (double)training->batch * training->sequence_length;
    double weights = cs_layer_weights(architecture, layer);
    double lora =
        cs_layer_lora_parameters(architecture, layer, training->lora_rank, training->lora_targets);
    double attention = attention_flop(&architecture->layers[layer], training);
    guint cut = layer + 1;

    *forward = 2 * weights * tokens + attention + 2 * lora * tokens;
    *backward = 2 * weights * tokens + 2 * attention + 4 * lora * tokens;
    profile->device_forward_flop[cut] = profile->device_forward_flop[layer] + *forward;
    profile->device_backward_flop[cut] = profile->device_backward_flop[layer] + *backward;
    profile->adapter_parameters[cut] = profile->adapter_parameters[layer] + lora;
    profile->adapter_bit[cut] = profile->adapter_parameters[cut] * training->adapter_bit;
}

CsProfile *cs_profile_new(const CsArchitecture *architecture, const CsTraining *training)
{
    guint n_layers = architecture->n_layers, n_cuts = n_layers + 1;
    double tokens = (double)training->batch * training->sequence_length;
    double head = training->head ? 2 * cs_head_weights(architecture) * tokens : 0;
    g_autofree double *forward = g_new(double, n_cuts), *backward = g_new(double, n_cuts);

    CsProfile *profile = g_new0(CsProfile, 1);
    profile->n_cuts = n_cuts;
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
    for (guint cut = n_layers; cut > 0; cut--) {
        profile->server_forward_flop[cut - 1] =
            profile->server_forward_flop[cut] + forward[cut - 1];
        profile->server_backward_flop[cut - 1] =
            profile->server_backward_flop[cut] + backward[cut - 1];
    }
    for (guint cut = 0; cut < n_cuts; cut++)
        profile->smashed_bit[cut] = tokens * architecture->hidden * training->activation_bit;
    profile->total_flop =
        profile->device_forward_flop[n_layers] + profile->device_backward_flop[n_layers] + 2 * head;
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
