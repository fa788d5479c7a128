/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/model-file: [model] and [layer 3..8] of a model's file. See the header. Layer: llm. */
#include "llm/model-file.h"

#include "base/number.h"
#include "text/keyfile.h"

#include <string.h>

/* The keys that a layer may have of its own: counts, choices and sets. */
static const struct {
    const char *key;
    gsize offset;
    guint minimum, maximum;
    gboolean required;
} layer_counts[] = {
    {"heads", G_STRUCT_OFFSET(CsLayerShape, heads), 1, CS_HEADS_MAX, TRUE},
    {"kv-heads", G_STRUCT_OFFSET(CsLayerShape, kv_heads), 1, CS_HEADS_MAX, FALSE},
    {"head-dim", G_STRUCT_OFFSET(CsLayerShape, head_dim), 1, CS_HEAD_DIM_MAX, FALSE},
    {"value-dim", G_STRUCT_OFFSET(CsLayerShape, value_dim), 1, CS_HEAD_DIM_MAX, FALSE},
    {"intermediate", G_STRUCT_OFFSET(CsLayerShape, intermediate), 1, CS_INTERMEDIATE_MAX, TRUE},
    {"q-rank", G_STRUCT_OFFSET(CsLayerShape, q_rank), 1, CS_HIDDEN_MAX, FALSE},
    {"kv-rank", G_STRUCT_OFFSET(CsLayerShape, kv_rank), 1, CS_HIDDEN_MAX, FALSE},
    {"rope-dim", G_STRUCT_OFFSET(CsLayerShape, rope_dim), 1, CS_HEAD_DIM_MAX, FALSE},
    {"window", G_STRUCT_OFFSET(CsLayerShape, window), 0, CS_CONTEXT_MAX, FALSE},
    {"experts", G_STRUCT_OFFSET(CsLayerShape, experts), 0, CS_EXPERTS_MAX, FALSE},
    {"active-experts", G_STRUCT_OFFSET(CsLayerShape, active_experts), 1, CS_EXPERTS_MAX, FALSE},
    {"shared-intermediate", G_STRUCT_OFFSET(CsLayerShape, shared_intermediate), 0,
     CS_INTERMEDIATE_MAX, FALSE},
};

static const struct {
    const char *name;
    CsAttentionKind kind;
} attention_names[] = {
    {"softmax", CS_ATTENTION_SOFTMAX},
    {"latent", CS_ATTENTION_LATENT},
    {"linear", CS_ATTENTION_LINEAR},
};

static const struct {
    const char *name;
    guint bit;
} fused_names[] = {
    {"none", 0},
    {"qkv", CS_FUSED_QKV},
    {"gate-up", CS_FUSED_GATE_UP},
    {"experts", CS_FUSED_EXPERTS},
};

static const char *const model_keys[] = {
    "hidden",     "layers", "vocabulary", "embedding",        "max-context",
    "parameters", "tied",   "full-every", "other-parameters", NULL};
static const char *const layer_keys[] = {"gated", "chunked",          "query-gate", "attention",
                                         "fused", "biases-and-norms", NULL};

/* Every key of a group: its own, and those of a layer. */
static void check_known(const CsGroup *group, const char *const *own, CsDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (; own != NULL && *own != NULL; own++)
        g_ptr_array_add(known, (gpointer)*own);
    for (gsize i = 0; i < G_N_ELEMENTS(layer_counts); i++)
        g_ptr_array_add(known, (gpointer)layer_counts[i].key);
    for (const char *const *key = layer_keys; *key != NULL; key++)
        g_ptr_array_add(known, (gpointer)*key);
    g_ptr_array_add(known, NULL);
    cs_group_check_known(group, (const char *const *)known->pdata, diagnostics);
}

/* A whole number into *value, which keeps what it holds where the key is missing. */
static gboolean read_count(const CsGroup *group, const char *key, guint minimum, guint maximum,
                           gboolean required, guint *value, CsDiagnostics *diagnostics)
{
    double number;
    if (!required && cs_group_find(group, key) == NULL)
        return TRUE;
    gboolean sound =
        cs_group_get_number(group, key, minimum, maximum, TRUE, required, &number, diagnostics);
    if (sound)
        *value = (guint)number;
    return sound;
}

static gboolean read_parameters(const CsGroup *group, const char *key, guint64 *value,
                                CsDiagnostics *diagnostics)
{
    double number;
    if (cs_group_find(group, key) == NULL)
        return TRUE;
    gboolean sound = cs_group_get_number(group, key, strcmp(key, "parameters") == 0,
                                         CS_PARAMETERS_MAX, TRUE, FALSE, &number, diagnostics);
    if (sound)
        *value = (guint64)number;
    return sound;
}

static gboolean read_yes_no(const CsGroup *group, const char *key, gboolean *value,
                            CsDiagnostics *diagnostics)
{
    const CsEntry *entry = cs_group_find(group, key);
    if (entry == NULL)
        return TRUE;
    gboolean yes = strcmp(entry->value, "yes") == 0, no = strcmp(entry->value, "no") == 0;
    if (!yes && !no)
        cs_diagnostics_error(diagnostics, entry->value_place, "write 'yes' or 'no'",
                             "'%s' is neither yes nor no", key);
    *value = yes;
    return yes || no;
}

static gboolean need_gated(const CsGroup *group, CsDiagnostics *diagnostics)
{
    if (cs_group_find(group, "gated") != NULL)
        return TRUE;
    return cs_diagnostics_error(diagnostics, group->place,
                                "write 'gated = yes' (three MLP matrices) or 'gated = no' (two)",
                                "[%s] needs the key 'gated'", group->name);
}

static gboolean read_attention(const CsGroup *group, CsAttentionKind *kind,
                               CsDiagnostics *diagnostics)
{
    const CsEntry *entry = cs_group_find(group, "attention");
    if (entry == NULL)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(attention_names); i++) {
        if (strcmp(entry->value, attention_names[i].name) == 0) {
            *kind = attention_names[i].kind;
            return TRUE;
        }
    }
    return cs_diagnostics_error(diagnostics, entry->value_place,
                                "write 'softmax', 'latent' or 'linear'",
                                "no kind of attention is called '%s'", entry->value);
}

static gboolean read_fused(const CsGroup *group, guint *fused, CsDiagnostics *diagnostics)
{
    const CsEntry *entry = cs_group_find(group, "fused");
    if (entry == NULL)
        return TRUE;
    guint set = 0;
    g_auto(GStrv) words = g_strsplit(entry->value, "+", -1);
    for (char **word = words; *word != NULL; word++) {
        gboolean known = FALSE;
        g_strstrip(*word);
        for (gsize i = 0; i < G_N_ELEMENTS(fused_names); i++) {
            if (strcmp(*word, fused_names[i].name) != 0)
                continue;
            set |= fused_names[i].bit;
            known = TRUE;
        }
        if (!known)
            return cs_diagnostics_error(
                diagnostics, entry->value_place,
                "write 'none', or 'qkv', 'gate-up' and 'experts' joined with '+'",
                "'%s' is not what may be fused", *word);
    }
    *fused = set;
    return TRUE;
}

/* The figures a layer group may override; all optional there but what is `required` of [model]. */
static gboolean read_shape(const CsGroup *group, gboolean required, CsLayerShape *shape,
                           CsDiagnostics *diagnostics)
{
    gboolean sound = !required || need_gated(group, diagnostics);
    for (gsize i = 0; i < G_N_ELEMENTS(layer_counts); i++)
        sound &= read_count(group, layer_counts[i].key, layer_counts[i].minimum,
                            layer_counts[i].maximum, required && layer_counts[i].required,
                            &G_STRUCT_MEMBER(guint, shape, layer_counts[i].offset), diagnostics);
    sound &= read_yes_no(group, "gated", &shape->gated, diagnostics);
    sound &= read_yes_no(group, "chunked", &shape->chunked, diagnostics);
    sound &= read_yes_no(group, "query-gate", &shape->query_gate, diagnostics);
    sound &= read_attention(group, &shape->attention, diagnostics);
    sound &= read_fused(group, &shape->fused, diagnostics);
    sound &= read_parameters(group, "biases-and-norms", &shape->other, diagnostics);
    return sound;
}

/* Where an error about `key` belongs: its value, or the head where a default is at fault. */
static CsPlace place_of(const CsGroup *group, const char *key)
{
    const CsEntry *entry = cs_group_find(group, key);
    return entry != NULL ? entry->value_place : group->place;
}

static gboolean check_latent(const CsGroup *group, const CsLayerShape *shape,
                             CsDiagnostics *diagnostics)
{
    if (shape->attention != CS_ATTENTION_LATENT) {
        if (shape->q_rank == 0 && shape->kv_rank == 0 && shape->rope_dim == 0)
            return TRUE;
        const char *key = shape->kv_rank > 0  ? "kv-rank"
                          : shape->q_rank > 0 ? "q-rank"
                                              : "rope-dim";
        return cs_diagnostics_error(diagnostics, place_of(group, key), "write 'attention = latent'",
                                    "'%s' is of latent attention", key);
    }
    if (shape->kv_rank > 0 && shape->rope_dim < shape->head_dim)
        return TRUE;
    const char *key = shape->kv_rank == 0 ? "attention" : "rope-dim";
    return cs_diagnostics_error(diagnostics, place_of(group, key), NULL,
                                shape->kv_rank == 0 ? "latent attention needs 'kv-rank'"
                                                    : "'rope-dim' must be less than 'head-dim'");
}

static gboolean check_experts(const CsGroup *group, const CsLayerShape *shape,
                              CsDiagnostics *diagnostics)
{
    if (shape->experts == 0 ||
        (shape->active_experts >= 1 && shape->active_experts <= shape->experts))
        return TRUE;
    return cs_diagnostics_error(
        diagnostics, place_of(group, shape->active_experts == 0 ? "experts" : "active-experts"),
        "write how many experts a token meets", "'active-experts' must be 1 .. %u, the experts",
        shape->experts);
}

static gboolean check_shape(const CsGroup *group, const CsLayerShape *shape,
                            CsDiagnostics *diagnostics)
{
    if (cs_shape_heads_fit(shape))
        return check_latent(group, shape, diagnostics) && check_experts(group, shape, diagnostics);
    const char *key = cs_group_find(group, "kv-heads") != NULL ? "kv-heads" : "heads";
    return cs_diagnostics_error(diagnostics, place_of(group, key),
                                "each key/value head serves the same number of query heads",
                                "%u key/value heads do not divide %u heads", shape->kv_heads,
                                shape->heads);
}

/* Default key/value heads and head size; FALSE with the error where they do not fit. */
static gboolean complete_shape(const CsGroup *group, guint hidden, CsLayerShape *shape,
                               CsDiagnostics *diagnostics)
{
    if (shape->kv_heads == 0)
        shape->kv_heads = shape->heads;
    if (shape->head_dim == 0 && hidden % shape->heads != 0)
        return cs_diagnostics_error(diagnostics, place_of(group, "heads"), "give 'head-dim'",
                                    "%u heads do not divide a hidden size of %u", shape->heads,
                                    hidden);
    if (shape->head_dim == 0)
        shape->head_dim = hidden / shape->heads;
    return check_shape(group, shape, diagnostics);
}

static CsArchitecture *read_model_group(const CsGroup *group, const char *name,
                                        CsDiagnostics *diagnostics)
{
    guint hidden = 0, layers = 0, vocabulary = 0, embedding = 0, context = 0, full_every = 0;
    guint64 parameters = 0, other = 0;
    gboolean tied = FALSE, sound = TRUE;
    CsLayerShape shape = {0};
    check_known(group, model_keys, diagnostics);
    sound &= read_count(group, "hidden", 1, CS_HIDDEN_MAX, TRUE, &hidden, diagnostics);
    sound &= read_count(group, "layers", 1, CS_LAYERS_MAX, TRUE, &layers, diagnostics);
    sound &= read_count(group, "vocabulary", 1, CS_VOCABULARY_MAX, TRUE, &vocabulary, diagnostics);
    sound &= read_count(group, "embedding", 1, CS_HIDDEN_MAX, FALSE, &embedding, diagnostics);
    sound &= read_count(group, "max-context", 1, CS_CONTEXT_MAX, FALSE, &context, diagnostics);
    sound &= read_count(group, "full-every", 1, CS_LAYERS_MAX, FALSE, &full_every, diagnostics);
    sound &= read_parameters(group, "parameters", &parameters, diagnostics);
    sound &= read_parameters(group, "other-parameters", &other, diagnostics);
    sound &= read_yes_no(group, "tied", &tied, diagnostics);
    sound &= read_shape(group, TRUE, &shape, diagnostics);
    if (!sound || !complete_shape(group, hidden, &shape, diagnostics))
        return NULL;

    CsArchitecture *architecture = cs_architecture_new(name, layers, hidden, vocabulary, shape);
    if (embedding != 0)
        architecture->embedding = embedding;
    for (guint i = full_every; full_every > 0 && i <= layers; i += full_every)
        architecture->layers[i - 1].window = 0;
    architecture->max_context = context;
    architecture->parameters = parameters;
    architecture->other = other;
    architecture->tied = tied;
    return architecture;
}

/* "layer 3" or "layer 3..8", counted from 1; FALSE where the name is not of this form. */
static gboolean read_layer_range(const char *name, guint64 *first, guint64 *last)
{
    if (!g_str_has_prefix(name, "layer "))
        return FALSE;
    const char *range = name + strlen("layer "), *dots = strstr(range, "..");
    gsize length = dots != NULL ? (gsize)(dots - range) : strlen(range);
    while (length > 0 && range[length - 1] == ' ')
        length--;
    if (!cs_number_read_whole(range, length, first))
        return FALSE;
    *last = *first;
    if (dots == NULL)
        return TRUE;
    dots += strspn(dots + 2, " ") + 2;
    return cs_number_read_whole(dots, strlen(dots), last);
}

static void read_layer_group(const CsGroup *group, CsArchitecture *architecture,
                             CsDiagnostics *diagnostics)
{
    guint64 first, last;
    if (!read_layer_range(group->name, &first, &last)) {
        cs_diagnostics_error(diagnostics, group->place, "write '[layer 3]' or '[layer 3..8]'",
                             "a model file has no group '%s'", group->name);
        return;
    }
    check_known(group, NULL, diagnostics);
    if (first < 1 || last < first || last > architecture->n_layers) {
        cs_diagnostics_error(diagnostics, group->place, NULL,
                             "layers are counted from 1 to %u, first to last",
                             architecture->n_layers);
        return;
    }
    for (guint64 i = first; i <= last; i++) {
        CsLayerShape shape = architecture->layers[i - 1];
        /* What is wrong in the group is wrong for all its layers: told once. */
        if (!read_shape(group, FALSE, &shape, diagnostics) ||
            !check_shape(group, &shape, diagnostics))
            return;
        architecture->layers[i - 1] = shape;
    }
}

CsArchitecture *cs_model_file_read(const char *path, const char *name, CsPlace from,
                                   CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    g_autoptr(CsKeyFile) file = cs_keyfile_read(path, path, from, diagnostics);
    if (file == NULL)
        return NULL;
    const CsGroup *model = cs_keyfile_find_group(file, "model");
    if (model == NULL) {
        CsPlace whole = {cs_keyfile_source(file), 0, 0, 0};
        cs_diagnostics_error(diagnostics, whole, "see cardsim-models(7)",
                             "a model file needs a group [model]");
        return NULL;
    }
    g_autoptr(CsArchitecture) architecture = read_model_group(model, name, diagnostics);
    for (guint i = 0; architecture != NULL && i < cs_keyfile_n_groups(file); i++) {
        const CsGroup *group = cs_keyfile_group(file, i);
        if (group != model)
            read_layer_group(group, architecture, diagnostics);
    }
    if (cs_diagnostics_told(diagnostics) > errors)
        return NULL;
    return g_steal_pointer(&architecture);
}
