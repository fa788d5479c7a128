/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/architecture: model files, and what is common to all ways of getting a model.
 *
 * Layer: llm. Calls base, text. config.json is read in config-json.c.
 */
#include "llm/architecture.h"

#include "base/number.h"
#include "text/catalogue.h"
#include "text/keyfile.h"

#include <string.h>

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

/* --- model files ---------------------------------------------------------------------------- */

static const char *const model_keys[] = {"hidden",    "layers",       "heads",      "kv-heads",
                                         "head-dim",  "intermediate", "vocabulary", "gated",
                                         "embedding", "max-context",  "parameters", NULL};
static const char *const layer_keys[] = {"heads",        "kv-heads", "head-dim",
                                         "intermediate", "gated",    NULL};

/* A whole number in 1..maximum into *value, which keeps what it holds where the key is missing. */
static gboolean read_count(const CsGroup *group, const char *key, guint maximum, gboolean required,
                           guint *value, CsDiagnostics *diagnostics)
{
    double number;
    if (!required && cs_group_find(group, key) == NULL)
        return TRUE;
    gboolean sound =
        cs_group_get_number(group, key, 1, maximum, TRUE, required, &number, diagnostics);
    if (sound)
        *value = (guint)number;
    return sound;
}

static gboolean read_gated(const CsGroup *group, gboolean required, gboolean *gated,
                           CsDiagnostics *diagnostics)
{
    const CsEntry *entry = cs_group_find(group, "gated");
    if (entry == NULL) {
        if (required)
            cs_diagnostics_error(diagnostics, group->place,
                                 "write 'gated = yes' (three MLP matrices) or 'gated = no' (two)",
                                 "[%s] needs the key 'gated'", group->name);
        return !required;
    }
    gboolean yes = strcmp(entry->value, "yes") == 0, no = strcmp(entry->value, "no") == 0;
    if (!yes && !no)
        cs_diagnostics_error(diagnostics, entry->value_place, "write 'yes' or 'no'",
                             "'gated' is neither yes nor no");
    *gated = yes;
    return yes || no;
}

/* The figures a layer group may override; all optional here but where `required`. */
static gboolean read_shape(const CsGroup *group, gboolean required, CsLayerShape *shape,
                           CsDiagnostics *diagnostics)
{
    gboolean sound = TRUE;
    sound &= read_count(group, "heads", CS_HEADS_MAX, required, &shape->heads, diagnostics);
    sound &= read_count(group, "kv-heads", CS_HEADS_MAX, FALSE, &shape->kv_heads, diagnostics);
    sound &= read_count(group, "head-dim", CS_HEAD_DIM_MAX, FALSE, &shape->head_dim, diagnostics);
    sound &= read_count(group, "intermediate", CS_INTERMEDIATE_MAX, required, &shape->intermediate,
                        diagnostics);
    sound &= read_gated(group, required, &shape->gated, diagnostics);
    return sound;
}

/* Where an error about `key` belongs: its value, or the head where a default is at fault. */
static CsPlace place_of(const CsGroup *group, const char *key)
{
    const CsEntry *entry = cs_group_find(group, key);
    return entry != NULL ? entry->value_place : group->place;
}

static gboolean check_shape(const CsGroup *group, const CsLayerShape *shape,
                            CsDiagnostics *diagnostics)
{
    if (shape->heads % shape->kv_heads == 0)
        return TRUE;
    const char *key = cs_group_find(group, "kv-heads") != NULL ? "kv-heads" : "heads";
    cs_diagnostics_error(diagnostics, place_of(group, key),
                         "each key/value head serves the same number of query heads",
                         "%u key/value heads do not divide %u heads", shape->kv_heads,
                         shape->heads);
    return FALSE;
}

static CsArchitecture *read_model_group(const CsGroup *group, const char *name,
                                        CsDiagnostics *diagnostics)
{
    guint hidden = 0, layers = 0, vocabulary = 0, embedding = 0, context = 0;
    double parameters = 0;
    CsLayerShape shape = {0};
    gboolean sound = TRUE;
    cs_group_check_known(group, model_keys, diagnostics);
    sound &= read_count(group, "hidden", CS_HIDDEN_MAX, TRUE, &hidden, diagnostics);
    sound &= read_count(group, "layers", CS_LAYERS_MAX, TRUE, &layers, diagnostics);
    sound &= read_count(group, "vocabulary", CS_VOCABULARY_MAX, TRUE, &vocabulary, diagnostics);
    sound &= read_count(group, "embedding", CS_HIDDEN_MAX, FALSE, &embedding, diagnostics);
    sound &= read_count(group, "max-context", CS_CONTEXT_MAX, FALSE, &context, diagnostics);
    if (cs_group_find(group, "parameters") != NULL)
        sound &= cs_group_get_number(group, "parameters", 1, CS_PARAMETERS_MAX, TRUE, FALSE,
                                     &parameters, diagnostics);
    sound &= read_shape(group, TRUE, &shape, diagnostics);
    if (!sound)
        return NULL;

    if (shape.kv_heads == 0)
        shape.kv_heads = shape.heads;
    if (shape.head_dim == 0 && hidden % shape.heads != 0) {
        cs_diagnostics_error(diagnostics, place_of(group, "heads"), "give 'head-dim'",
                             "%u heads do not divide a hidden size of %u", shape.heads, hidden);
        return NULL;
    }
    if (shape.head_dim == 0)
        shape.head_dim = hidden / shape.heads;
    if (!check_shape(group, &shape, diagnostics))
        return NULL;

    CsArchitecture *architecture = cs_architecture_new(name, layers, hidden, vocabulary, shape);
    if (embedding != 0)
        architecture->embedding = embedding;
    architecture->max_context = context;
    architecture->parameters = (guint64)parameters;
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
    cs_group_check_known(group, layer_keys, diagnostics);
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

static CsArchitecture *read_model_file(const char *path, const char *name, CsPlace from,
                                       CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_errors(diagnostics);
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
    if (cs_diagnostics_errors(diagnostics) > errors)
        return NULL;
    return g_steal_pointer(&architecture);
}

/* --- by name ---------------------------------------------------------------------------------- */

CsArchitecture *cs_architecture_read(const char *model, const char *base_directory,
                                     const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics)
{
    g_autofree char *path =
        cs_catalogue_find("model", "models/llm", model, base_directory, paths, from, diagnostics);
    if (path == NULL)
        return NULL;
    if (!g_str_has_suffix(path, ".json"))
        return read_model_file(path, model, from, diagnostics);
    g_autoptr(CsSource) source = cs_source_read(path, path, from, diagnostics);
    CsArchitecture *architecture =
        source != NULL ? cs_architecture_from_config(source, diagnostics) : NULL;
    if (architecture != NULL) {
        /* As the scenario has it: results hold no directory of the machine they were made on. */
        g_free(architecture->name);
        architecture->name = g_strdup(model);
    }
    return architecture;
}
