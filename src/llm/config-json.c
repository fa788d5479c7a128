/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/config-json: a configuration's text, its family, its figures. See the header.
 *
 * families.c says which key holds what, config-layers.c what each layer is made of.
 * Layer: llm. Calls base, text, json-glib.
 */
#include "llm/config-json.h"

#include "llm/config-layers.h"
#include "llm/config-object.h"
#include "llm/families.h"

#include <string.h>

#define SHARED_EXPERTS_MAX 128

static const guint maximum[CS_N_FIGURES] = {
    [CS_FIGURE_HIDDEN] = CS_HIDDEN_MAX,
    [CS_FIGURE_LAYERS] = CS_LAYERS_MAX,
    [CS_FIGURE_HEADS] = CS_HEADS_MAX,
    [CS_FIGURE_KV_HEADS] = CS_HEADS_MAX,
    [CS_FIGURE_HEAD_DIM] = CS_HEAD_DIM_MAX,
    [CS_FIGURE_INTERMEDIATE] = CS_INTERMEDIATE_MAX,
    [CS_FIGURE_VOCABULARY] = CS_VOCABULARY_MAX,
    [CS_FIGURE_EMBEDDING] = CS_HIDDEN_MAX,
    [CS_FIGURE_CONTEXT] = CS_CONTEXT_MAX,
    [CS_FIGURE_EXPERTS] = CS_EXPERTS_MAX,
    [CS_FIGURE_ACTIVE_EXPERTS] = CS_EXPERTS_MAX,
    [CS_FIGURE_EXPERT_WIDTH] = CS_INTERMEDIATE_MAX,
    [CS_FIGURE_SHARED_EXPERTS] = SHARED_EXPERTS_MAX,
    [CS_FIGURE_SHARED_WIDTH] = CS_INTERMEDIATE_MAX,
    [CS_FIGURE_Q_RANK] = CS_HIDDEN_MAX,
    [CS_FIGURE_KV_RANK] = CS_HIDDEN_MAX,
    [CS_FIGURE_NOPE_DIM] = CS_HEAD_DIM_MAX / 2,
    [CS_FIGURE_ROPE_DIM] = CS_HEAD_DIM_MAX / 2,
    [CS_FIGURE_VALUE_DIM] = CS_HEAD_DIM_MAX,
    [CS_FIGURE_LINEAR_HEADS] = CS_HEADS_MAX,
    [CS_FIGURE_LINEAR_KEYS] = CS_HEADS_MAX,
    [CS_FIGURE_LINEAR_HEAD_DIM] = CS_HEAD_DIM_MAX,
    [CS_FIGURE_LINEAR_VALUE_DIM] = CS_HEAD_DIM_MAX,
    [CS_FIGURE_LINEAR_KERNEL] = CS_HEAD_DIM_MAX,
};

/* --- figures ---------------------------------------------------------------------------------- */

/* 0 where the figure follows from others; FALSE with an error where it is missing or unsound. */
static gboolean read_figure(const CsConfigObject *config, const CsFamily *family, int which,
                            guint *value)
{
    const CsFigure *figure = &family->figure[which];
    const char *key = figure->key;
    gboolean null = FALSE, other_null;
    *value = 0;
    if (key == NULL)
        return TRUE;
    JsonNode *node = cs_config_find(config, key, &null);
    if (figure->other_key != NULL) {
        JsonNode *other = cs_config_find(config, figure->other_key, &other_null);
        if (node == NULL && other != NULL) {
            node = other;
            key = figure->other_key;
        }
    }
    if (node != NULL)
        return cs_config_whole(config, key, node, figure->follows == CS_FOLLOWS_OR_ZERO ? 0 : 1,
                               maximum[which], value);
    *value = figure->preset;
    if (figure->preset != 0 || figure->follows >= CS_FOLLOWS_WHERE_ABSENT ||
        (null && figure->follows == CS_FOLLOWS_WHERE_NULL))
        return TRUE;
    return cs_diagnostics_error(config->diagnostics, cs_config_place(config, null ? key : NULL),
                                NULL, "a configuration of family '%s' needs '%s'",
                                family->model_type, key);
}

/* Key/value heads where one key or two words tell them: 1 for multi-query attention. */
static gboolean tell_kv_heads(const CsConfigObject *config, const CsFamily *family,
                              guint figure[CS_N_FIGURES])
{
    guint *kv_heads = &figure[CS_FIGURE_KV_HEADS];
    const char *type;
    switch (family->kv_heads) {
    case CS_KV_HEAD_TYPE:
        type = cs_config_string(config, "attention_head_type");
        if (type == NULL || strcmp(type, "multihead") == 0)
            return TRUE;
        *kv_heads = 1;
        if (strcmp(type, "multiquery") == 0)
            return TRUE;
        return cs_diagnostics_error(config->diagnostics,
                                    cs_config_place(config, "attention_head_type"), NULL,
                                    "'attention_head_type' is neither multihead nor multiquery");
    case CS_KV_MULTI_QUERY: {
        gboolean one = cs_config_flag(config, "multi_query", TRUE);
        if (!cs_config_flag(config, "new_decoder_architecture", FALSE))
            *kv_heads = one ? 1 : 0;
        return TRUE;
    }
    case CS_KV_GROUPS:
        if (!cs_config_flag(config, "multi_query_attention", FALSE))
            *kv_heads = 0;
        return TRUE;
    default:
        return TRUE;
    }
}

/* MPT keeps its attention in an object of its own. */
static gboolean read_attn_config(const CsConfigObject *config, const CsFamily *family,
                                 guint figure[CS_N_FIGURES])
{
    if (family->kv_heads != CS_KV_ATTN_CONFIG)
        return TRUE;
    guint ratio = 4;
    if (!cs_config_optional(config, "expansion_ratio", 1024, 4, &ratio))
        return FALSE;
    if (figure[CS_FIGURE_INTERMEDIATE] == 0)
        figure[CS_FIGURE_INTERMEDIATE] = MIN(ratio * figure[CS_FIGURE_HIDDEN], CS_INTERMEDIATE_MAX);
    JsonNode *node = cs_config_find(config, "attn_config", NULL);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return TRUE;
    CsConfigObject inner = *config;
    inner.object = json_node_get_object(node);
    inner.within = config->within != NULL ? config->within : "attn_config";
    const char *type = cs_config_string(&inner, "attn_type");
    if (type == NULL || strcmp(type, "multihead_attention") == 0)
        return TRUE;
    if (strcmp(type, "multiquery_attention") == 0) {
        figure[CS_FIGURE_KV_HEADS] = 1;
        return TRUE;
    }
    return cs_config_optional(&inner, "kv_n_heads", CS_HEADS_MAX, 0, &figure[CS_FIGURE_KV_HEADS]);
}

static gboolean check_experts(const CsConfigObject *config, const CsFamily *family,
                              const guint figure[CS_N_FIGURES])
{
    guint experts = figure[CS_FIGURE_EXPERTS], active = figure[CS_FIGURE_ACTIVE_EXPERTS];
    if (experts == 0 || (active >= 1 && active <= experts && figure[CS_FIGURE_EXPERT_WIDTH] > 0))
        return TRUE;
    return cs_diagnostics_error(config->diagnostics,
                                cs_config_place(config, family->figure[CS_FIGURE_EXPERTS].key),
                                "give how many experts a token meets, and their width",
                                "%u experts, of which a token meets %u", experts, active);
}

/* Fills in the figures that follow from others. FALSE with an error where they do not fit. */
static gboolean complete(const CsConfigObject *config, const CsFamily *family,
                         guint figure[CS_N_FIGURES])
{
    guint heads = figure[CS_FIGURE_HEADS], hidden = figure[CS_FIGURE_HIDDEN];
    if (figure[CS_FIGURE_KV_HEADS] == 0)
        figure[CS_FIGURE_KV_HEADS] = heads;
    if (figure[CS_FIGURE_EMBEDDING] == 0)
        figure[CS_FIGURE_EMBEDDING] = hidden;
    if (figure[CS_FIGURE_INTERMEDIATE] == 0)
        figure[CS_FIGURE_INTERMEDIATE] = 4 * hidden;
    if (family->halved)
        figure[CS_FIGURE_INTERMEDIATE] /= 2;
    if (figure[CS_FIGURE_KV_RANK] > 0 && figure[CS_FIGURE_VALUE_DIM] == 0)
        figure[CS_FIGURE_VALUE_DIM] = hidden / heads;
    if (figure[CS_FIGURE_KV_RANK] > 0)
        figure[CS_FIGURE_HEAD_DIM] = figure[CS_FIGURE_NOPE_DIM] + figure[CS_FIGURE_ROPE_DIM];
    if (family->halved && !cs_config_flag(config, "no_bias", TRUE))
        return cs_diagnostics_error(config->diagnostics, cs_config_place(config, "no_bias"), NULL,
                                    "family '%s' is read without biases only", family->model_type);
    if (figure[CS_FIGURE_HEAD_DIM] == 0 && hidden % heads != 0)
        return cs_diagnostics_error(
            config->diagnostics, cs_config_place(config, family->figure[CS_FIGURE_HEADS].key), NULL,
            "%u heads do not divide a hidden size of %u", heads, hidden);
    if (figure[CS_FIGURE_HEAD_DIM] == 0)
        figure[CS_FIGURE_HEAD_DIM] = hidden / heads;
    if (heads % figure[CS_FIGURE_KV_HEADS] != 0)
        return cs_diagnostics_error(
            config->diagnostics, cs_config_place(config, family->figure[CS_FIGURE_KV_HEADS].key),
            "each key/value head serves the same number of query heads",
            "%u key/value heads do not divide %u heads", figure[CS_FIGURE_KV_HEADS], heads);
    return check_experts(config, family, figure);
}

static CsArchitecture *read_family(const CsConfigObject *config, const CsFamily *family)
{
    guint figure[CS_N_FIGURES];
    gboolean sound = TRUE;
    for (int i = 0; i < CS_N_FIGURES; i++)
        sound &= read_figure(config, family, i, &figure[i]);
    sound = sound && tell_kv_heads(config, family, figure) &&
            read_attn_config(config, family, figure) && complete(config, family, figure);
    if (!sound)
        return NULL;
    CsLayerShape shape = {.heads = figure[CS_FIGURE_HEADS],
                          .kv_heads = figure[CS_FIGURE_KV_HEADS],
                          .head_dim = figure[CS_FIGURE_HEAD_DIM],
                          .intermediate = figure[CS_FIGURE_INTERMEDIATE],
                          .gated = family->gated,
                          .query_gate = family->query_gate,
                          .fused = family->fused};
    if (figure[CS_FIGURE_KV_RANK] > 0) {
        shape.attention = CS_ATTENTION_LATENT;
        shape.kv_heads = shape.heads;
        shape.value_dim = figure[CS_FIGURE_VALUE_DIM];
        shape.q_rank = figure[CS_FIGURE_Q_RANK];
        shape.kv_rank = figure[CS_FIGURE_KV_RANK];
        shape.rope_dim = figure[CS_FIGURE_ROPE_DIM];
    }
    g_autoptr(CsArchitecture) architecture =
        cs_architecture_new(cs_source_name(config->source), figure[CS_FIGURE_LAYERS],
                            figure[CS_FIGURE_HIDDEN], figure[CS_FIGURE_VOCABULARY], shape);
    architecture->embedding = figure[CS_FIGURE_EMBEDDING];
    architecture->max_context = figure[CS_FIGURE_CONTEXT];
    architecture->tied = cs_config_flag(config, family->tied.key, family->tied.preset);
    if (!cs_config_fill_layers(config, family, figure, architecture) ||
        !cs_config_check_asked(config, family->model_type))
        return NULL;
    architecture->other = cs_config_other_parameters(config, family, architecture);
    architecture->parameters = (guint64)cs_architecture_parameters(architecture, FALSE);
    return g_steal_pointer(&architecture);
}

/* --- the whole file --------------------------------------------------------------------------- */

static const CsFamily *find_family(const CsConfigObject *outer, const CsConfigObject *config)
{
    const char *type = cs_config_string(config, "model_type");
    const CsConfigObject *at = config;
    if (type == NULL && config->within != NULL) {
        at = outer;
        type = cs_config_string(outer, "model_type");
    }
    g_autofree char *list = cs_family_list();
    g_autofree char *help = g_strdup_printf("known families: %s", list);
    CsPlace place = cs_config_place(at, "model_type");
    if (type == NULL) {
        cs_diagnostics_error(config->diagnostics, place, help,
                             "a config.json needs 'model_type', the model's family");
        return NULL;
    }
    const CsFamily *family = cs_family_find(type);
    if (family == NULL)
        cs_diagnostics_error(config->diagnostics, place, help,
                             "the model family '%.64s' is not known", type);
    return family;
}

/* A head that is not the language model's: another count, another loss. */
static gboolean check_head(const CsConfigObject *outer)
{
    static const char *const heads[] = {"Classification", "QuestionAnswering", "MultipleChoice",
                                        "RewardModel", "ForRegression"};
    JsonArray *array = cs_config_array(outer, "architectures");
    for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
            continue;
        for (gsize k = 0; k < G_N_ELEMENTS(heads); k++) {
            if (strstr(json_node_get_string(node), heads[k]) == NULL)
                continue;
            return cs_diagnostics_error(
                outer->diagnostics, cs_config_place(outer, "architectures"),
                "name the language model's own config.json",
                "'%.64s' has a head of its own in the language model head's place",
                json_node_get_string(node));
        }
    }
    return TRUE;
}

/* Bits of a weight by the method's name, where the object gives no number: mxfp4 keeps 8 bits of
 * scale for 32 weights of 4. */
static double method_bits(const CsConfigObject *inner)
{
    const char *method = cs_config_string(inner, "quant_method");
    guint bits = 0;
    JsonNode *node = cs_config_find(inner, "bits", NULL);
    if (cs_config_flag(inner, "load_in_4bit", FALSE) ||
        cs_config_flag(inner, "_load_in_4bit", FALSE))
        return 4;
    if (cs_config_flag(inner, "load_in_8bit", FALSE) ||
        cs_config_flag(inner, "_load_in_8bit", FALSE))
        return 8;
    if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
        json_node_get_value_type(node) == G_TYPE_INT64 && json_node_get_int(node) >= 1 &&
        json_node_get_int(node) <= 32)
        bits = (guint)json_node_get_int(node);
    if (bits > 0 || method == NULL)
        return bits;
    if (strcmp(method, "mxfp4") == 0)
        return 4.25;
    return strcmp(method, "fp8") == 0 || strcmp(method, "fbgemm_fp8") == 0 ? 8 : 0;
}

/* quantization_config tells how wide a stored weight is; said once, as it changes the memory. */
static gboolean read_quantization(const CsConfigObject *outer, CsArchitecture *architecture)
{
    const char *key = "quantization_config";
    JsonNode *node = cs_config_find(outer, key, NULL);
    if (node == NULL) /* as MLX writes it */
        node = cs_config_find(outer, key = "quantization", NULL);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return TRUE;
    CsConfigObject inner = *outer;
    inner.object = json_node_get_object(node);
    inner.within = key;
    CsPlace place = cs_config_place(outer, key);
    architecture->weight_bit = method_bits(&inner);
    if (architecture->weight_bit == 0)
        return cs_diagnostics_error(outer->diagnostics, place, "it may say 'bits'",
                                    "'%s' does not tell the bits of a weight", key);
    cs_diagnostics_warn(outer->diagnostics, place, "'weight-precision' in [training] overrules it",
                        "weights are stored in %g bit, as '%s' says", architecture->weight_bit,
                        key);
    return TRUE;
}

/*
 * json-glib stands at the last token that it could use and names it as the unexpected one: the
 * place is of use, its words ("unexpected number `1', expected character `,'") would mislead.
 */
static void note_parse_error(JsonParser *parser, const GError *error, CsConfigObject *config)
{
    CsPlace place = {config->source, json_parser_get_current_line(parser),
                     json_parser_get_current_pos(parser), 1};
    if (place.line == 0)
        place.column = place.length = 0;
    if (error->domain == JSON_PARSER_ERROR && error->code == JSON_PARSER_ERROR_INVALID_DATA)
        cs_diagnostics_error(config->diagnostics, (CsPlace){config->source, 0, 0, 0}, NULL,
                             "a config.json is text in UTF-8");
    else
        cs_diagnostics_error(config->diagnostics, place,
                             "a comma, colon, quotation mark or bracket is missing or too many",
                             "what follows this is not valid JSON");
}

static gboolean parse(JsonParser *parser, CsConfigObject *config)
{
    gsize length;
    g_autofree char *text = cs_json_finite_text(config->source, &length);
    CsPlace whole = {config->source, 0, 0, 0};
    g_autoptr(GError) error = NULL;
    g_signal_connect(parser, "error", G_CALLBACK(note_parse_error), config);
    guint errors = cs_diagnostics_told(config->diagnostics);
    if (!json_parser_load_from_data(parser, text, (gssize)length, &error)) {
        if (cs_diagnostics_told(config->diagnostics) == errors)
            cs_diagnostics_error(config->diagnostics, whole, NULL, "not valid JSON: %s",
                                 error->message);
        return FALSE;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return cs_diagnostics_error(config->diagnostics, whole, NULL,
                                    "a config.json holds one object");
    config->object = json_node_get_object(root);
    /* Names may be written in two ways ("\u0061" for "a"): the same one twice would go unseen. */
    if (json_object_get_size(config->object) != config->members->len)
        return cs_diagnostics_error(config->diagnostics, whole, NULL, "a member stands twice");
    return TRUE;
}

/* Where the figures stand: in the object itself, or in the part of it that is about text. */
static CsConfigObject text_part(const CsConfigObject *outer)
{
    static const char *const names[] = {"text_config", "llm_config", "language_config"};
    CsConfigObject part = *outer;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        JsonNode *node = cs_config_find(outer, names[i], NULL);
        if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
            continue;
        part.object = json_node_get_object(node);
        part.within = names[i];
        break;
    }
    return part;
}

CsArchitecture *cs_architecture_from_config(CsSource *source, CsDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) members = cs_json_members(source, diagnostics);
    if (members == NULL)
        return NULL;
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GHashTable) asked = g_hash_table_new(g_str_hash, g_str_equal);
    CsConfigObject outer = {
        .source = source, .members = members, .asked = asked, .diagnostics = diagnostics};
    if (!parse(parser, &outer))
        return NULL;
    CsConfigObject config = text_part(&outer);
    const CsFamily *family = find_family(&outer, &config);
    if (family == NULL || !check_head(&outer))
        return NULL;
    g_autoptr(CsArchitecture) architecture = read_family(&config, family);
    if (architecture == NULL || !read_quantization(&outer, architecture))
        return NULL;
    return g_steal_pointer(&architecture);
}
