/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/read: which reader a model's name leads to. See read.h. Layer: llm. */
#include "llm/read.h"

#include "base/suggest.h"
#include "llm/config-json.h"
#include "llm/model-file.h"
#include "text/catalogue.h"
#include "text/keyfile.h"

#include <string.h>

/* "OWNER/NAME", as models are called in repositories of the web. */
static gboolean is_repository(const char *model)
{
    const char *slash = strchr(model, '/');
    return slash != NULL && slash > model && model[0] != '.' && slash[1] != '\0' &&
           strchr(slash + 1, '/') == NULL;
}

/* Says why `path` is no model, where it is neither a file nor a folder with a config.json. */
static gboolean is_there(const char *path, const char *file, const char *model,
                         const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics)
{
    gboolean folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    if (folder && !g_file_test(file, G_FILE_TEST_EXISTS))
        return cs_diagnostics_error(
            diagnostics, from, "a model's folder holds the config.json that its publisher wrote",
            "the folder '%s' has no config.json", path);
    if (g_file_test(path, G_FILE_TEST_EXISTS) || g_str_has_suffix(path, ".ini") ||
        g_str_has_suffix(path, ".json") || !is_repository(model))
        return TRUE;
    g_autofree char *name = g_ascii_strdown(strchr(model, '/') + 1, -1);
    g_auto(GStrv) known = cs_paths_list(paths, "models/llm", ".ini");
    const char *near = cs_suggest(name, (const char *const *)known, g_strv_length(known));
    g_autofree char *help = g_strdup_printf(
        "download its config.json and write the path, such as 'llm = %s/config.json'%s%s%s",
        strchr(model, '/') + 1, near != NULL ? "; or take 'llm = " : "", near != NULL ? near : "",
        near != NULL ? "'" : "");
    return cs_diagnostics_error(diagnostics, from, help,
                                "'%s' is no file here, and no repository is asked for it", model);
}

CsArchitecture *cs_architecture_read(const char *model, const char *base_directory,
                                     const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics)
{
    g_autofree char *path =
        cs_catalogue_find("model", "models/llm", model, base_directory, paths, from, diagnostics);
    if (path == NULL)
        return NULL;
    gboolean folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    g_autofree char *file = folder ? g_build_filename(path, "config.json", NULL) : g_strdup(path);
    if (!is_there(path, file, model, paths, from, diagnostics))
        return NULL;
    if (!folder && !g_str_has_suffix(path, ".json"))
        return cs_model_file_read(path, model, from, diagnostics);
    g_autoptr(CsSource) source = cs_source_read(file, file, from, diagnostics);
    CsArchitecture *architecture =
        source != NULL ? cs_architecture_from_config(source, diagnostics) : NULL;
    if (architecture != NULL) {
        /* As the scenario has it: results hold no directory of the machine they were made on. */
        g_free(architecture->name);
        architecture->name = g_strdup(model);
    }
    return architecture;
}

GPtrArray *cs_architectures_read(const CsPaths *paths, CsDiagnostics *diagnostics)
{
    GPtrArray *models = g_ptr_array_new_with_free_func((GDestroyNotify)cs_architecture_free);
    g_auto(GStrv) names = cs_paths_list(paths, "models/llm", ".ini");
    for (char **name = names; *name != NULL; name++) {
        CsArchitecture *model = cs_architecture_read(*name, ".", paths, (CsPlace){0}, diagnostics);
        if (model != NULL)
            g_ptr_array_add(models, model);
    }
    return models;
}
