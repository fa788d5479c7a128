/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/config-layers: kinds of layers of a config.json. See the header. Layer: llm. */
#include "llm/config-layers.h"

#include <string.h>

/* What decides a layer's kind. Arrays are borrowed from the configuration. */
typedef struct {
    const CsConfigObject *config;
    const CsFamily *family;
    const guint *figure;
    JsonArray *types;        /* layer_types, a word a layer */
    guint window;            /* 0: none is in use */
    gboolean chunked;        /* of attention_chunk_size */
    guint full_every;        /* each N-th layer sees all; 0: none does */
    guint window_from;       /* layers below it see all (max_window_layers) */
    guint linear_every;      /* each N-th layer is not linear */
    guint dense_first;       /* layers without experts at the start */
    guint experts_end;       /* layers from here on are without; 0: none is */
    guint experts_every;     /* 1: all behind these */
    JsonArray *dense_only;   /* mlp_only_layers */
    JsonArray *with_experts; /* moe_layers */
} Kinds;

static gboolean fail(const Kinds *kinds, const char *key, const char *message)
{
    return cs_diagnostics_error(kinds->config->diagnostics, cs_config_place(kinds->config, key),
                                NULL, "'%s' %s", key, message);
}

static gboolean holds(JsonArray *array, guint number)
{
    for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64 &&
            json_node_get_int(node) == number)
            return TRUE;
    }
    return FALSE;
}

/* sliding_window_pattern, with an underscore where layer_types repeats it, is a number, or a word
 * such as LLLG with its G last. */
static gboolean read_pattern(Kinds *kinds)
{
    const char *key = "_sliding_window_pattern";
    if (cs_config_find(kinds->config, key, NULL) == NULL)
        key = "sliding_window_pattern";
    const char *word = cs_config_string(kinds->config, key);
    if (word == NULL)
        return cs_config_optional(kinds->config, key, CS_LAYERS_MAX, kinds->family->full_every,
                                  &kinds->full_every);
    gsize length = strlen(word);
    kinds->full_every = (guint)MIN(length, CS_LAYERS_MAX);
    if (length > 0 && strspn(word, "L") == length - 1 && word[length - 1] == 'G')
        return TRUE;
    return fail(kinds, key, "is neither a number nor of the form LLLG");
}

static gboolean read_window(Kinds *kinds)
{
    static const char *const keys[] = {"sliding_window", "sliding_window_size",
                                       "attention_chunk_size"};
    const CsFlag *use = &kinds->family->use_window;
    gboolean sound = TRUE;
    if (use->key == NULL && !use->preset)
        return TRUE;
    guint from = 0;
    gboolean used = cs_config_flag(kinds->config, use->key, use->preset);
    if (use->key != NULL)
        sound &= cs_config_optional(kinds->config, "max_window_layers", CS_LAYERS_MAX, 0, &from);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        JsonNode *node = cs_config_find(kinds->config, keys[i], NULL);
        if (node == NULL || !used || kinds->window != 0)
            continue;
        sound &= cs_config_whole(kinds->config, keys[i], node, 1, CS_CONTEXT_MAX, &kinds->window);
        kinds->chunked = i == 2;
    }
    kinds->window_from = from;
    return sound && read_pattern(kinds);
}

/* The last layer with experts, -1 where all up to the end have them. */
static gboolean read_last_expert(Kinds *kinds)
{
    const char *key = "moe_layer_end_index";
    JsonNode *node = cs_config_find(kinds->config, key, NULL);
    guint last;
    if (node == NULL || (JSON_NODE_HOLDS_VALUE(node) && json_node_get_int(node) == -1))
        return TRUE;
    if (!cs_config_whole(kinds->config, key, node, 0, CS_LAYERS_MAX, &last))
        return FALSE;
    kinds->experts_end = last + 1;
    return TRUE;
}

static gboolean read_expert_layers(Kinds *kinds)
{
    const CsConfigObject *config = kinds->config;
    gboolean sound = TRUE;
    kinds->experts_every = 1;
    switch (kinds->family->expert_layers) {
    case CS_EXPERTS_ALL:
        return TRUE;
    case CS_EXPERTS_AFTER_DENSE:
        sound &= cs_config_optional(config, "first_k_dense_replace", CS_LAYERS_MAX, 0,
                                    &kinds->dense_first);
        sound &=
            cs_config_optional(config, "moe_layer_freq", CS_LAYERS_MAX, 1, &kinds->experts_every);
        break;
    case CS_EXPERTS_FROM:
        sound &= cs_config_optional(config, "moe_layer_start_index", CS_LAYERS_MAX, 0,
                                    &kinds->dense_first);
        sound &= cs_config_optional(config, "moe_layer_interval", CS_LAYERS_MAX, 1,
                                    &kinds->experts_every);
        sound &= read_last_expert(kinds);
        break;
    case CS_EXPERTS_STEP:
        kinds->dense_only = cs_config_array(config, "mlp_only_layers");
        sound &= cs_config_optional(config, "decoder_sparse_step", CS_LAYERS_MAX, 1,
                                    &kinds->experts_every);
        break;
    case CS_EXPERTS_INTERLEAVED:
        kinds->with_experts = cs_config_array(config, "moe_layers");
        sound &= cs_config_optional(config, "interleave_moe_layer_step", CS_LAYERS_MAX, 1,
                                    &kinds->experts_every);
        break;
    }
    kinds->experts_every = MAX(kinds->experts_every, 1);
    return sound;
}

static gboolean read_kinds(Kinds *kinds, guint n_layers)
{
    gboolean sound = read_window(kinds) & read_expert_layers(kinds);
    if (kinds->family->figure[CS_FIGURE_LINEAR_HEADS].key != NULL)
        sound &= cs_config_optional(kinds->config, "full_attention_interval", CS_LAYERS_MAX, 4,
                                    &kinds->linear_every);
    kinds->types = cs_config_array(kinds->config, "layer_types");
    if (kinds->types != NULL && json_array_get_length(kinds->types) != n_layers)
        return fail(kinds, "layer_types", "must have a word for each layer");
    return sound;
}

static gboolean has_experts(const Kinds *kinds, guint layer)
{
    if (kinds->figure[CS_FIGURE_EXPERTS] == 0 || layer < kinds->dense_first ||
        (kinds->experts_end > 0 && layer >= kinds->experts_end) || holds(kinds->dense_only, layer))
        return FALSE;
    if (kinds->with_experts != NULL)
        return holds(kinds->with_experts, layer);
    if (kinds->family->expert_layers == CS_EXPERTS_AFTER_DENSE)
        return layer % kinds->experts_every == 0;
    return (layer + 1) % kinds->experts_every == 0;
}

static void make_linear(const Kinds *kinds, CsLayerShape *shape)
{
    shape->attention = CS_ATTENTION_LINEAR;
    shape->heads = kinds->figure[CS_FIGURE_LINEAR_HEADS];
    shape->kv_heads = kinds->figure[CS_FIGURE_LINEAR_KEYS];
    shape->head_dim = kinds->figure[CS_FIGURE_LINEAR_HEAD_DIM];
    shape->value_dim = kinds->figure[CS_FIGURE_LINEAR_VALUE_DIM];
    shape->query_gate = FALSE;
}

/* Attention of `layer`: by its word, or by the family's order. */
static gboolean choose_attention(const Kinds *kinds, guint layer, CsLayerShape *shape)
{
    gboolean windowed = kinds->window > 0 && layer >= kinds->window_from &&
                        (kinds->full_every == 0 || (layer + 1) % kinds->full_every != 0);
    gboolean linear = kinds->linear_every > 0 && (layer + 1) % kinds->linear_every != 0;
    if (kinds->types != NULL) {
        JsonNode *node = json_array_get_element(kinds->types, layer);
        gboolean text =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
        const char *word = text ? json_node_get_string(node) : "";
        windowed = strcmp(word, "sliding_attention") == 0 || strcmp(word, "chunked_attention") == 0;
        linear = strcmp(word, "linear_attention") == 0;
        if (!windowed && !linear && strcmp(word, "full_attention") != 0)
            return fail(kinds, "layer_types", "names a kind of layer that is not known");
    }
    if (windowed && kinds->window == 0)
        return fail(kinds, "layer_types", "has layers with a window, whose size is not told");
    if (linear &&
        (kinds->figure[CS_FIGURE_LINEAR_HEADS] == 0 || kinds->figure[CS_FIGURE_LINEAR_KEYS] == 0 ||
         kinds->figure[CS_FIGURE_LINEAR_HEAD_DIM] == 0 ||
         kinds->figure[CS_FIGURE_LINEAR_VALUE_DIM] == 0))
        return fail(kinds, "layer_types",
                    "has layers of linear attention, whose sizes are not told");
    if (linear)
        make_linear(kinds, shape);
    shape->window = windowed ? kinds->window : 0;
    shape->chunked = windowed && kinds->chunked;
    return TRUE;
}

/* Falcon has a second norm unless attention and MLP share one; StableLM likewise. */
static guint norm_vectors(const CsConfigObject *config, const CsFamily *family)
{
    guint norms = family->norms, n = 2;
    if (strcmp(family->model_type, "falcon") == 0) {
        gboolean renewed = cs_config_flag(config, "new_decoder_architecture", FALSE);
        cs_config_optional(config, "num_ln_in_parallel_attn", 2, 2, &n);
        norms = renewed ? n : cs_config_flag(config, "parallel_attn", TRUE) ? 1 : 2;
    } else if (strcmp(family->model_type, "stablelm") == 0 &&
               cs_config_flag(config, "use_parallel_residual", FALSE)) {
        norms = 1;
    }
    return norms * (family->biased ? 2 : 1);
}

static guint64 attention_other(const Kinds *kinds, const CsLayerShape *shape, guint hidden)
{
    const CsConfigObject *config = kinds->config;
    const CsFamily *family = kinds->family;
    guint64 heads = shape->heads, keys = shape->kv_heads, d = shape->head_dim;
    guint64 v = cs_shape_value_dim(shape), sum = 0;
    if (shape->attention == CS_ATTENTION_LINEAR)
        return (2 * keys * d + heads * v) * kinds->figure[CS_FIGURE_LINEAR_KERNEL] + 2 * heads + v;
    if (shape->attention == CS_ATTENTION_LATENT)
        return (guint64)shape->q_rank + shape->kv_rank;
    if (cs_config_flag(config, family->qkv_bias.key, family->qkv_bias.preset))
        sum += (shape->query_gate ? 2 : 1) * heads * d + keys * (d + v);
    if (cs_config_flag(config, family->out_bias.key, family->out_bias.preset))
        sum += hidden;
    if (cs_config_flag(config, family->qk_normed.key, family->qk_normed.preset))
        sum += family->qk_norm == CS_QK_NORM_HEAD ? 2 * d : (heads + keys) * d;
    return sum + (family->sinks ? heads : 0);
}

static guint64 other_parameters(const Kinds *kinds, const CsLayerShape *shape, guint hidden)
{
    const CsFamily *family = kinds->family;
    guint64 h = hidden, f = shape->intermediate, e = shape->experts;
    guint64 of_mlp = (shape->gated ? 2 : 1) * f + h;
    guint64 sum = norm_vectors(kinds->config, family) * h + attention_other(kinds, shape, hidden);
    if (e == 0 && cs_config_flag(kinds->config, family->mlp_bias.key, family->mlp_bias.preset))
        sum += of_mlp;
    if (e > 0)
        sum += (family->router_bias ? e : 0) + (family->expert_bias ? e * of_mlp : 0);
    return sum + (family->shared_gate && shape->shared_intermediate > 0 ? h : 0);
}

gboolean cs_config_fill_layers(const CsConfigObject *config, const CsFamily *family,
                               const guint figure[CS_N_FIGURES], CsArchitecture *architecture)
{
    Kinds kinds = {.config = config, .family = family, .figure = figure};
    if (!read_kinds(&kinds, architecture->n_layers))
        return FALSE;
    for (guint i = 0; i < architecture->n_layers; i++) {
        CsLayerShape *shape = &architecture->layers[i];
        if (!choose_attention(&kinds, i, shape))
            return FALSE;
        if (has_experts(&kinds, i)) {
            shape->experts = figure[CS_FIGURE_EXPERTS];
            shape->active_experts = figure[CS_FIGURE_ACTIVE_EXPERTS];
            shape->intermediate = figure[CS_FIGURE_EXPERT_WIDTH];
            shape->shared_intermediate =
                figure[CS_FIGURE_SHARED_EXPERTS] * figure[CS_FIGURE_EXPERT_WIDTH] +
                figure[CS_FIGURE_SHARED_WIDTH];
        }
        shape->other = other_parameters(&kinds, shape, architecture->hidden);
    }
    return TRUE;
}

guint64 cs_config_other_parameters(const CsConfigObject *config, const CsFamily *family,
                                   const CsArchitecture *architecture)
{
    guint64 h = architecture->hidden, vector = (family->biased ? 2 : 1) * h, sum = 0;
    gboolean last = family->norms > 0;
    if (family->no_last_norm_unless_before)
        last = cs_config_flag(config, "do_layer_norm_before", TRUE);
    sum += last ? vector : 0;
    sum += family->embedding_norm ? vector : 0;
    if (family->position_rows.preset && architecture->max_context > 0)
        sum += ((guint64)architecture->max_context + family->position_offset) * h;
    if (cs_config_flag(config, family->head_bias.key, family->head_bias.preset))
        sum += architecture->vocabulary;
    return sum;
}
