/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/config-json: a Hugging Face config.json as an architecture.
 *
 * One table says, family by family, which key holds which figure and what the family's class in
 * Transformers makes of a missing one. Only defaults that follow from other figures are taken over
 * (key/value heads from heads); the classes' fixed numbers, such as Mistral's 8 key/value heads,
 * are one model's and not the family's: there a missing key is an error.
 *
 * Layer: llm. Calls base, text, json-glib.
 */
#include "llm/architecture.h"
#include "llm/json-members.h"

#include <json-glib/json-glib.h>
#include <string.h>

enum {
    HIDDEN,
    LAYERS,
    HEADS,
    KV_HEADS,
    HEAD_DIM,
    INTERMEDIATE,
    VOCABULARY,
    EMBEDDING,
    CONTEXT,
    N_FIGURES
};

static const guint maximum[N_FIGURES] = {
    [HIDDEN] = CS_HIDDEN_MAX,         [LAYERS] = CS_LAYERS_MAX,
    [HEADS] = CS_HEADS_MAX,           [KV_HEADS] = CS_HEADS_MAX,
    [HEAD_DIM] = CS_HEAD_DIM_MAX,     [INTERMEDIATE] = CS_INTERMEDIATE_MAX,
    [VOCABULARY] = CS_VOCABULARY_MAX, [EMBEDDING] = CS_HIDDEN_MAX,
    [CONTEXT] = CS_CONTEXT_MAX,
};

/* When a figure follows from others: head size = hidden / heads, key/value heads = heads, width of
 * the MLP = 4 hidden, embedding = hidden, context not known. */
typedef enum {
    NEVER,       /* missing or null: an error              */
    WHERE_NULL,  /* null: it follows; missing: an error    */
    WHERE_ABSENT /* missing or null: it follows            */
} Follows;

typedef struct {
    const char *key; /* NULL: the family has no such key */
    Follows follows;
} Figure;

typedef struct {
    const char *model_type;
    gboolean gated;
    Figure figure[N_FIGURES];
} Family;

#define COMMON_KEYS                                                                                \
    [HIDDEN] = {"hidden_size", NEVER}, [LAYERS] = {"num_hidden_layers", NEVER},                    \
    [HEADS] = {"num_attention_heads", NEVER}, [INTERMEDIATE] = {"intermediate_size", NEVER},       \
    [VOCABULARY] = {"vocab_size", NEVER}, [CONTEXT] = {"max_position_embeddings", WHERE_ABSENT}

static const Family families[] = {
    {"llama",
     TRUE,
     {COMMON_KEYS, [KV_HEADS] = {"num_key_value_heads", WHERE_ABSENT},
      [HEAD_DIM] = {"head_dim", WHERE_ABSENT}}},
    {"mistral",
     TRUE,
     {COMMON_KEYS, [KV_HEADS] = {"num_key_value_heads", WHERE_NULL},
      [HEAD_DIM] = {"head_dim", WHERE_ABSENT}}},
    {"qwen2",
     TRUE,
     {COMMON_KEYS, [KV_HEADS] = {"num_key_value_heads", WHERE_NULL},
      [HEAD_DIM] = {"head_dim", WHERE_ABSENT}}},
    {"gemma2",
     TRUE,
     {COMMON_KEYS, [KV_HEADS] = {"num_key_value_heads", NEVER}, [HEAD_DIM] = {"head_dim", NEVER}}},
    {"gpt2",
     FALSE,
     {[HIDDEN] = {"n_embd", NEVER},
      [LAYERS] = {"n_layer", NEVER},
      [HEADS] = {"n_head", NEVER},
      [INTERMEDIATE] = {"n_inner", WHERE_ABSENT},
      [VOCABULARY] = {"vocab_size", NEVER},
      [CONTEXT] = {"n_positions", WHERE_ABSENT}}},
    {"opt",
     FALSE,
     {[HIDDEN] = {"hidden_size", NEVER},
      [LAYERS] = {"num_hidden_layers", NEVER},
      [HEADS] = {"num_attention_heads", NEVER},
      [INTERMEDIATE] = {"ffn_dim", NEVER},
      [VOCABULARY] = {"vocab_size", NEVER},
      [EMBEDDING] = {"word_embed_proj_dim", WHERE_ABSENT},
      [CONTEXT] = {"max_position_embeddings", WHERE_ABSENT}}},
    {"phi",
     FALSE,
     {COMMON_KEYS, [KV_HEADS] = {"num_key_value_heads", WHERE_ABSENT},
      [HEAD_DIM] = {"head_dim", WHERE_ABSENT}}},
    {"phi3",
     TRUE,
     {COMMON_KEYS, [KV_HEADS] = {"num_key_value_heads", WHERE_ABSENT},
      [HEAD_DIM] = {"head_dim", WHERE_ABSENT}}},
};

typedef struct {
    CsSource *source;
    const GPtrArray *members;
    JsonObject *object;
    CsDiagnostics *diagnostics;
} Config;

/* Where an error about `key` belongs: at its value, or at the file as a whole. */
static CsPlace place_of(const Config *config, const char *key)
{
    const CsJsonMember *member = key != NULL ? cs_json_member_find(config->members, key) : NULL;
    return member != NULL ? member->value_place : (CsPlace){config->source, 0, 0, 0};
}

/* 0 where the figure follows from others; FALSE with an error where it is missing or unsound. */
static gboolean read_figure(const Config *config, const Family *family, int which, guint *value)
{
    const Figure *figure = &family->figure[which];
    *value = 0;
    if (figure->key == NULL)
        return TRUE;
    JsonNode *node = json_object_get_member(config->object, figure->key);
    gboolean null = node != NULL && JSON_NODE_HOLDS_NULL(node);
    if (node == NULL || null) {
        if (figure->follows == WHERE_ABSENT || (null && figure->follows == WHERE_NULL))
            return TRUE;
        cs_diagnostics_error(config->diagnostics, place_of(config, null ? figure->key : NULL), NULL,
                             "a configuration of family '%s' needs '%s'", family->model_type,
                             figure->key);
        return FALSE;
    }
    gboolean whole = JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
    gint64 number = whole ? json_node_get_int(node) : 0;
    if (!whole || number < 1 || number > maximum[which]) {
        cs_diagnostics_error(config->diagnostics, place_of(config, figure->key), NULL,
                             "'%s' must be a whole number from 1 to %u", figure->key,
                             maximum[which]);
        return FALSE;
    }
    *value = (guint)number;
    return TRUE;
}

/* Fills in the figures that follow from others. FALSE with an error where they do not fit. */
static gboolean complete(const Config *config, const Family *family, guint figure[N_FIGURES])
{
    if (figure[KV_HEADS] == 0)
        figure[KV_HEADS] = figure[HEADS];
    if (figure[EMBEDDING] == 0)
        figure[EMBEDDING] = figure[HIDDEN];
    if (figure[INTERMEDIATE] == 0)
        figure[INTERMEDIATE] = 4 * figure[HIDDEN];
    if (figure[HEAD_DIM] == 0 && figure[HIDDEN] % figure[HEADS] != 0) {
        cs_diagnostics_error(config->diagnostics, place_of(config, family->figure[HEADS].key), NULL,
                             "%u heads do not divide a hidden size of %u", figure[HEADS],
                             figure[HIDDEN]);
        return FALSE;
    }
    if (figure[HEAD_DIM] == 0)
        figure[HEAD_DIM] = figure[HIDDEN] / figure[HEADS];
    if (figure[HEADS] % figure[KV_HEADS] != 0) {
        cs_diagnostics_error(config->diagnostics, place_of(config, family->figure[KV_HEADS].key),
                             "each key/value head serves the same number of query heads",
                             "%u key/value heads do not divide %u heads", figure[KV_HEADS],
                             figure[HEADS]);
        return FALSE;
    }
    return TRUE;
}

static CsArchitecture *read_family(const Config *config, const Family *family)
{
    guint figure[N_FIGURES];
    gboolean sound = TRUE;
    for (int i = 0; i < N_FIGURES; i++)
        sound &= read_figure(config, family, i, &figure[i]);
    if (!sound || !complete(config, family, figure))
        return NULL;
    CsLayerShape shape = {.heads = figure[HEADS],
                          .kv_heads = figure[KV_HEADS],
                          .head_dim = figure[HEAD_DIM],
                          .intermediate = figure[INTERMEDIATE],
                          .gated = family->gated};
    CsArchitecture *architecture = cs_architecture_new(
        cs_source_name(config->source), figure[LAYERS], figure[HIDDEN], figure[VOCABULARY], shape);
    architecture->embedding = figure[EMBEDDING];
    architecture->max_context = figure[CONTEXT];
    return architecture;
}

static const Family *find_family(const Config *config)
{
    JsonNode *node = json_object_get_member(config->object, "model_type");
    const char *known[G_N_ELEMENTS(families) + 1] = {NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        known[i] = families[i].model_type;
    g_autofree char *list = g_strjoinv(", ", (char **)known);
    g_autofree char *help = g_strdup_printf("known families: %s", list);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING) {
        cs_diagnostics_error(config->diagnostics, place_of(config, "model_type"), help,
                             "a config.json needs 'model_type', the model's family");
        return NULL;
    }
    const char *type = json_node_get_string(node);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        if (strcmp(type, families[i].model_type) == 0)
            return &families[i];
    cs_diagnostics_error(config->diagnostics, place_of(config, "model_type"), help,
                         "the model family '%.64s' is not known", type);
    return NULL;
}

/*
 * json-glib stands at the last token that it could use and names it as the unexpected one: the
 * place is of use, its words ("unexpected number `1', expected character `,'") would mislead.
 */
static void note_parse_error(JsonParser *parser, const GError *error, Config *config)
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

static gboolean parse(JsonParser *parser, Config *config)
{
    gsize length;
    const char *text = cs_source_text(config->source, &length);
    CsPlace whole = {config->source, 0, 0, 0};
    g_autoptr(GError) error = NULL;
    g_signal_connect(parser, "error", G_CALLBACK(note_parse_error), config);
    guint errors = cs_diagnostics_errors(config->diagnostics);
    if (!json_parser_load_from_data(parser, text, (gssize)length, &error)) {
        if (cs_diagnostics_errors(config->diagnostics) == errors)
            cs_diagnostics_error(config->diagnostics, whole, NULL, "not valid JSON: %s",
                                 error->message);
        return FALSE;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        cs_diagnostics_error(config->diagnostics, whole, NULL, "a config.json holds one object");
        return FALSE;
    }
    config->object = json_node_get_object(root);
    /* Names may be written in two ways ("\u0061" for "a"): the same one twice would go unseen. */
    if (json_object_get_size(config->object) != config->members->len) {
        cs_diagnostics_error(config->diagnostics, whole, NULL, "a member stands twice");
        return FALSE;
    }
    return TRUE;
}

CsArchitecture *cs_architecture_from_config(CsSource *source, CsDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) members = cs_json_members(source, diagnostics);
    if (members == NULL)
        return NULL;
    g_autoptr(JsonParser) parser = json_parser_new();
    Config config = {.source = source, .members = members, .diagnostics = diagnostics};
    if (!parse(parser, &config))
        return NULL;
    const Family *family = find_family(&config);
    return family != NULL ? read_family(&config, family) : NULL;
}
