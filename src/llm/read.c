/* SPDX-License-Identifier: GPL-3.0-or-later */
/* llm/read: which reader a model's name leads to. See read.h. Layer: llm. */
#include "llm/read.h"

#include "llm/config-json.h"
#include "llm/model-file.h"
#include "text/catalogue.h"
#include "text/keyfile.h"

CsArchitecture *cs_architecture_read(const char *model, const char *base_directory,
                                     const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics)
{
    g_autofree char *path =
        cs_catalogue_find("model", "models/llm", model, base_directory, paths, from, diagnostics);
    if (path == NULL)
        return NULL;
    gboolean folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    if (!folder && !g_str_has_suffix(path, ".json"))
        return cs_model_file_read(path, model, from, diagnostics);
    g_autofree char *file = folder ? g_build_filename(path, "config.json", NULL) : g_strdup(path);
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
