/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/config-object: typed members of a config.json. See the header. Layer: llm. */
#include "llm/config-object.h"

#include <math.h>
#include <string.h>

CsPlace cs_config_place(const CsConfigObject *config, const char *key)
{
    const char *outer = config->within != NULL ? config->within : key;
    const CsJsonMember *member = outer != NULL ? cs_json_member_find(config->members, outer) : NULL;
    return member != NULL ? member->value_place : (CsPlace){config->source, 0, 0, 0};
}

JsonNode *cs_config_find(const CsConfigObject *config, const char *key, gboolean *null)
{
    g_hash_table_add(config->asked, (gpointer)key);
    JsonNode *node = json_object_get_member(config->object, key);
    gboolean is_null = node != NULL && JSON_NODE_HOLDS_NULL(node);
    if (null != NULL)
        *null = is_null;
    return is_null ? NULL : node;
}

gboolean cs_config_whole(const CsConfigObject *config, const char *key, JsonNode *node,
                         guint minimum, guint maximum, guint *value)
{
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    double number = type == G_TYPE_INT64    ? (double)json_node_get_int(node)
                    : type == G_TYPE_DOUBLE ? json_node_get_double(node)
                                            : -1;
    if (number >= minimum && number <= maximum && number == trunc(number)) {
        *value = (guint)number;
        return TRUE;
    }
    return cs_diagnostics_error(config->diagnostics, cs_config_place(config, key), NULL,
                                "'%s' must be a whole number from %u to %u", key, minimum, maximum);
}

gboolean cs_config_optional(const CsConfigObject *config, const char *key, guint maximum,
                            guint preset, guint *value)
{
    JsonNode *node = cs_config_find(config, key, NULL);
    *value = preset;
    return node == NULL || cs_config_whole(config, key, node, 0, maximum, value);
}

gboolean cs_config_flag(const CsConfigObject *config, const char *key, gboolean preset)
{
    JsonNode *node = key != NULL ? cs_config_find(config, key, NULL) : NULL;
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return preset;
    return json_node_get_boolean(node);
}

const char *cs_config_string(const CsConfigObject *config, const char *key)
{
    JsonNode *node = cs_config_find(config, key, NULL);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_get_string(node);
}

JsonArray *cs_config_array(const CsConfigObject *config, const char *key)
{
    JsonNode *node = cs_config_find(config, key, NULL);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return NULL;
    JsonArray *array = json_node_get_array(node);
    return json_array_get_length(array) > 0 ? array : NULL;
}

/* Whether a value says anything: not null, false, 0, negative, "" or empty. */
static gboolean says_something(JsonNode *node)
{
    if (JSON_NODE_HOLDS_OBJECT(node))
        return json_object_get_size(json_node_get_object(node)) > 0;
    if (JSON_NODE_HOLDS_ARRAY(node))
        return json_array_get_length(json_node_get_array(node)) > 0;
    if (!JSON_NODE_HOLDS_VALUE(node))
        return FALSE;
    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING)
        return json_node_get_string(node)[0] != '\0';
    return type == G_TYPE_BOOLEAN ? json_node_get_boolean(node) : json_node_get_double(node) > 0;
}

/* Parts of the names of keys that change what a layer computes. */
static const char *const telling[] = {
    "expert",
    "moe",
    "router_layers",
    "cross_attention",
    "lora_rank",
    "mlp_only",
    "sparse_step",
    "dense_replace",
    "attention_head_type",
    "layer_types",
    "block_type",
    "layers_block",
    "sliding_window",
    "attention_chunk_size",
    "mamba",
    "ssm_",
    "linear_num_",
    "linear_key_",
    "linear_value_",
    "linear_conv_",
    "num_kv_shared",
    "altup",
    "laurel",
    "per_layer_input",
    "pruned_heads",
    "new_decoder_architecture",
    "multi_query",
    "attn_config",
    "is_encoder_decoder",
    "attention_types",
    "kv_channels",
    "num_heads_per_layer",
    "parallel_attention_heads",
    "full_attention_interval",
    "block_configs",
};

/* Parts of the names of keys that contain one of these and change nothing: losses, routing. */
static const char *const harmless[] = {
    "loss", "jitter", "logits", "dropout", "aux", "bias_update", "scaling_factor", "eps", "dtype",
};

static gboolean contains_one(const char *name, const char *const *parts, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (strstr(name, parts[i]) != NULL)
            return TRUE;
    return FALSE;
}

gboolean cs_config_check_asked(const CsConfigObject *config, const char *family)
{
    gboolean sound = TRUE;
    g_autoptr(GList) names = json_object_get_members(config->object);
    for (const GList *item = names; item != NULL; item = item->next) {
        const char *name = item->data;
        if (!contains_one(name, telling, G_N_ELEMENTS(telling)) ||
            contains_one(name, harmless, G_N_ELEMENTS(harmless)) ||
            g_hash_table_contains(config->asked, name) ||
            !says_something(json_object_get_member(config->object, name)))
            continue;
        cs_diagnostics_error(config->diagnostics, cs_config_place(config, name),
                             "a model file can say what its layers are made of, see "
                             "cardsim-models(7)",
                             "'%.64s' changes what a layer computes, and family '%s' has no such "
                             "key",
                             name, family);
        sound = FALSE;
    }
    return sound;
}
