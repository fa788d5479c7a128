/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/architecture: layers and what they weigh. See the header. Layer: llm. */
#include "llm/architecture.h"

CsArchitecture *cs_architecture_new(const char *name, guint n_layers, guint hidden,
                                    guint vocabulary, CsLayerShape shape)
{
    g_assert(n_layers >= 1 && n_layers <= CS_LAYERS_MAX);
    CsArchitecture *architecture = g_new0(CsArchitecture, 1);
    architecture->name = g_strdup(name);
    architecture->hidden = architecture->embedding = hidden;
    architecture->vocabulary = vocabulary;
    architecture->n_layers = n_layers;
    architecture->layers = g_new(CsLayerShape, n_layers);
    for (guint i = 0; i < n_layers; i++)
        architecture->layers[i] = shape;
    return architecture;
}

void cs_architecture_set_layers(CsArchitecture *architecture, guint n_layers)
{
    g_assert(n_layers >= 1 && n_layers <= CS_LAYERS_MAX);
    guint period = architecture->n_layers;
    architecture->layers = g_renew(CsLayerShape, architecture->layers, n_layers);
    for (guint i = period; i < n_layers; i++)
        architecture->layers[i] = architecture->layers[i % period];
    architecture->n_layers = n_layers;
}

CsArchitecture *cs_architecture_copy(const CsArchitecture *architecture)
{
    CsArchitecture *copy = g_memdup2(architecture, sizeof *architecture);
    copy->name = g_strdup(architecture->name);
    copy->layers =
        g_memdup2(architecture->layers, architecture->n_layers * sizeof *architecture->layers);
    return copy;
}

void cs_architecture_free(CsArchitecture *architecture)
{
    if (architecture == NULL)
        return;
    g_free(architecture->name);
    g_free(architecture->layers);
    g_free(architecture);
}

static double attention_weights(const CsLayerShape *shape, double h)
{
    double heads = shape->heads, keys = shape->kv_heads, d = shape->head_dim;
    double v = cs_shape_value_dim(shape), q_rank = shape->q_rank, rank = shape->kv_rank;
    double out = heads * v * h;
    switch (shape->attention) {
    case CS_ATTENTION_LATENT:
        return (q_rank > 0 ? h * q_rank + q_rank * heads * d : h * heads * d) +
               h * (rank + shape->rope_dim) + rank * heads * (d - shape->rope_dim + v) + out;
    case CS_ATTENTION_LINEAR:
        return h * (2 * keys * d + 2 * heads * v) + 2 * h * heads + out;
    default:
        return (shape->query_gate ? 2 : 1) * h * heads * d + h * keys * (d + v) + out;
    }
}

double cs_layer_matrix_weights(const CsArchitecture *architecture, guint layer, gboolean active)
{
    g_assert(layer < architecture->n_layers);
    const CsLayerShape *shape = &architecture->layers[layer];
    double h = architecture->hidden, matrices = shape->gated ? 3 : 2;
    double weights = attention_weights(shape, h);
    if (shape->experts == 0)
        return weights + matrices * h * shape->intermediate;
    double met = active ? shape->active_experts : shape->experts;
    return weights + h * shape->experts +
           matrices * h * (met * shape->intermediate + shape->shared_intermediate);
}

double cs_head_weights(const CsArchitecture *architecture)
{
    double h = architecture->hidden, e = architecture->embedding, v = architecture->vocabulary;
    return e * v + (architecture->embedding != architecture->hidden ? h * e : 0);
}

double cs_architecture_parameters(const CsArchitecture *architecture, gboolean active)
{
    double head = cs_head_weights(architecture);
    double e = architecture->embedding, v = architecture->vocabulary;
    /* A tied head shares the table, not the projection to its width. */
    double sum = head + (architecture->tied ? head - e * v : head) + (double)architecture->other;
    for (guint i = 0; i < architecture->n_layers; i++)
        sum += cs_layer_matrix_weights(architecture, i, active) +
               (double)architecture->layers[i].other;
    return sum;
}
