/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/shape: config.json, the seven projections, the layout of adapters. See the header. */
#include "learning/shape.h"

#include "learning/json.h"

#define LAYERS_MAX 512
#define WIDTH_MAX 65536
#define VOCABULARY_MAX 1048576

static const char *const paths[CS_MODULE_N] = {
    [CS_MODULE_Q] = "self_attn.q_proj", [CS_MODULE_K] = "self_attn.k_proj",
    [CS_MODULE_V] = "self_attn.v_proj", [CS_MODULE_O] = "self_attn.o_proj",
    [CS_MODULE_GATE] = "mlp.gate_proj", [CS_MODULE_UP] = "mlp.up_proj",
    [CS_MODULE_DOWN] = "mlp.down_proj",
};

const char *cs_module_path(CsModule module)
{
    return paths[module];
}

const char *cs_module_name(CsModule module)
{
    return paths[module] + (module < CS_MODULE_GATE ? sizeof "self_attn." : sizeof "mlp.") - 1;
}

guint cs_module_inputs(const CsNetworkShape *shape, CsModule module)
{
    if (module == CS_MODULE_O)
        return shape->heads * shape->head_size;
    return module == CS_MODULE_DOWN ? shape->ffn : shape->hidden;
}

guint cs_module_outputs(const CsNetworkShape *shape, CsModule module)
{
    switch (module) {
    case CS_MODULE_Q:
        return shape->heads * shape->head_size;
    case CS_MODULE_K:
    case CS_MODULE_V:
        return shape->kv_heads * shape->head_size;
    case CS_MODULE_GATE:
    case CS_MODULE_UP:
        return shape->ffn;
    default:
        return shape->hidden;
    }
}

guint cs_network_embedding(const CsNetworkShape *shape)
{
    return shape->layers * CS_LAYER_TENSORS;
}

guint cs_network_final_norm(const CsNetworkShape *shape)
{
    return cs_network_embedding(shape) + 1;
}

guint cs_network_head(const CsNetworkShape *shape)
{
    return cs_network_embedding(shape) + (shape->tied ? 0 : 2);
}

guint cs_network_tensors(const CsNetworkShape *shape)
{
    return cs_network_embedding(shape) + (shape->tied ? 2 : 3);
}

static char *layer_tensor(const CsNetworkShape *shape, guint layer, guint which, guint *rows,
                          guint *columns)
{
    static const char *const norms[] = {"input_layernorm", "post_attention_layernorm"};
    if (which < CS_LAYER_PROJECTION) {
        *rows = shape->hidden;
        *columns = 0;
        return g_strdup_printf("model.layers.%u.%s.weight", layer, norms[which]);
    }
    CsModule module = which - CS_LAYER_PROJECTION;
    *rows = cs_module_outputs(shape, module);
    *columns = cs_module_inputs(shape, module);
    return g_strdup_printf("model.layers.%u.%s.weight", layer, paths[module]);
}

char *cs_network_tensor(const CsNetworkShape *shape, guint i, guint *rows, guint *columns)
{
    static const char *const ends[] = {"model.embed_tokens.weight", "model.norm.weight",
                                       "lm_head.weight"};
    guint inner = cs_network_embedding(shape);
    if (i < inner)
        return layer_tensor(shape, i / CS_LAYER_TENSORS, i % CS_LAYER_TENSORS, rows, columns);
    *rows = i - inner == 1 ? shape->hidden : shape->vocabulary;
    *columns = i - inner == 1 ? 0 : shape->hidden;
    return g_strdup(ends[i - inner]);
}

gsize cs_network_tensor_size(const CsNetworkShape *shape, guint i)
{
    guint rows, columns;
    g_autofree char *name = cs_network_tensor(shape, i, &rows, &columns);
    return (gsize)rows * MAX(columns, 1);
}

gsize cs_network_size(const CsNetworkShape *shape)
{
    gsize size = 0;
    for (guint i = 0; i < cs_network_tensors(shape); i++)
        size += cs_network_tensor_size(shape, i);
    return size;
}

/* RoPE as it is: a base, which Transformers 5 keeps in `rope_parameters`, and no scaling. */
static gboolean read_rope(const CsJson *json, CsNetworkShape *shape)
{
    gboolean good = cs_json_number(json, "rope_theta", 1.0, 1e12, &shape->rope_theta);
    if (cs_json_has(json, "rope_scaling")) {
        cs_diagnostics_error(json->diagnostics, cs_json_place(json, "rope_scaling"), NULL,
                             "scaled rotary positions are not computed here");
        good = FALSE;
    }
    if (!cs_json_has(json, "rope_parameters"))
        return good;
    JsonNode *node = json_object_get_member(json->object, "rope_parameters");
    CsJson inner = *json;
    inner.object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    CsPlace place = cs_json_place(json, "rope_parameters");
    if (inner.object == NULL)
        return cs_diagnostics_error(json->diagnostics, place, NULL,
                                    "'rope_parameters' is no object");
    return cs_json_number(&inner, "rope_theta", 1.0, 1e12, &shape->rope_theta) &&
           cs_json_is(&inner, "rope_type", "default") && good;
}

static gboolean read_figures(const CsJson *json, CsNetworkShape *shape)
{
    gboolean good = cs_json_whole(json, "hidden_size", 1, WIDTH_MAX, TRUE, &shape->hidden) &
                    cs_json_whole(json, "num_hidden_layers", 1, LAYERS_MAX, TRUE, &shape->layers) &
                    cs_json_whole(json, "num_attention_heads", 1, WIDTH_MAX, TRUE, &shape->heads) &
                    cs_json_whole(json, "intermediate_size", 1, WIDTH_MAX, TRUE, &shape->ffn) &
                    cs_json_whole(json, "vocab_size", 1, VOCABULARY_MAX, TRUE, &shape->vocabulary) &
                    cs_json_number(json, "rms_norm_eps", 0.0, 1.0, &shape->norm_eps) &
                    cs_json_flag(json, "tie_word_embeddings", &shape->tied);
    if (!good)
        return FALSE;
    shape->kv_heads = shape->heads;
    shape->head_size = shape->hidden / shape->heads;
    return cs_json_whole(json, "num_key_value_heads", 1, shape->heads, FALSE, &shape->kv_heads) &
           cs_json_whole(json, "head_dim", 1, WIDTH_MAX, FALSE, &shape->head_size);
}

gboolean cs_network_shape_parse(CsSource *source, CsNetworkShape *shape, CsDiagnostics *diagnostics)
{
    *shape = (CsNetworkShape){.rope_theta = 10000.0, .norm_eps = 1e-6};
    g_auto(CsJson) json;
    if (!cs_json_open(&json, source, diagnostics))
        return FALSE;
    gboolean good = read_figures(&json, shape) & read_rope(&json, shape) &
                    cs_json_is(&json, "hidden_act", "silu") & cs_json_is(&json, "mlp_bias", NULL) &
                    cs_json_is(&json, "attention_bias", NULL) &
                    cs_json_is(&json, "model_type", "llama");
    if (!good)
        return FALSE;
    CsPlace heads = cs_json_place(&json, "num_attention_heads");
    if (shape->heads % shape->kv_heads != 0)
        cs_diagnostics_error(diagnostics, heads, NULL,
                             "%u heads cannot share %u key/value heads evenly", shape->heads,
                             shape->kv_heads);
    else if (shape->head_size == 0 || shape->head_size % 2 != 0)
        cs_diagnostics_error(diagnostics, heads, NULL, "a head of %u features cannot be rotated",
                             shape->head_size);
    else
        return TRUE;
    return FALSE;
}

CsAdapterLayout *cs_adapter_layout_new(const CsNetworkShape *shape, guint rank, double alpha,
                                       guint modules, const gboolean *present)
{
    CsAdapterLayout *layout = g_new0(CsAdapterLayout, 1);
    layout->layers = shape->layers;
    layout->rank = rank;
    layout->alpha = alpha;
    layout->slot = g_new0(CsAdapterSlot, shape->layers * CS_MODULE_N);
    for (guint i = 0; i < shape->layers * CS_MODULE_N; i++) {
        CsModule module = i % CS_MODULE_N;
        CsAdapterSlot *slot = &layout->slot[i];
        slot->present = present != NULL ? present[i] : (modules >> module & 1) != 0;
        slot->a = layout->size;
        if (slot->present)
            layout->size += (gsize)rank * cs_module_inputs(shape, module);
        slot->b = layout->size;
        if (slot->present)
            layout->size += (gsize)rank * cs_module_outputs(shape, module);
    }
    return layout;
}

void cs_adapter_layout_free(CsAdapterLayout *layout)
{
    if (layout == NULL)
        return;
    g_free(layout->slot);
    g_free(layout);
}

gsize cs_adapter_layout_start(const CsAdapterLayout *layout, guint layer)
{
    return layer < layout->layers ? layout->slot[layer * CS_MODULE_N].a : layout->size;
}
