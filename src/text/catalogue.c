/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/catalogue: names and paths of model files. See catalogue.h. */
#include "text/catalogue.h"

#include "base/suggest.h"

#include <string.h>

static gboolean is_path(const char *name)
{
    return strchr(name, '/') != NULL || g_str_has_suffix(name, ".ini") ||
           g_str_has_suffix(name, ".json");
}

static char *unknown_name_help(const char *kind, const char *folder, const char *name,
                               const char *base_directory, const CsPaths *paths)
{
    g_autofree char *place =
        g_build_filename(base_directory != NULL ? base_directory : ".", name, NULL);
    if (name[0] != '\0' && g_file_test(place, G_FILE_TEST_IS_DIR))
        return g_strdup_printf("to name the folder of that name write './%s'", name);
    g_auto(GStrv) known = cs_paths_list(paths, folder, ".ini");
    const char *nearest = cs_suggest(name, (const char *const *)known, g_strv_length(known));
    if (nearest != NULL)
        return g_strdup_printf("did you mean '%s'?", nearest);
    return g_strdup_printf("'cardsim list %ss' shows them; a file's path needs a '/' or ends in "
                           ".ini",
                           kind);
}

char *cs_catalogue_find(const char *kind, const char *folder, const char *name,
                        const char *base_directory, const CsPaths *paths, CsPlace from,
                        CsDiagnostics *diagnostics)
{
    if (is_path(name)) {
        if (g_path_is_absolute(name) || base_directory == NULL || base_directory[0] == '\0' ||
            strcmp(base_directory, ".") == 0)
            return g_strdup(name);
        return g_build_filename(base_directory, name, NULL);
    }
    g_autofree char *file = g_strconcat(name, ".ini", NULL);
    char *path = name[0] != '\0' ? cs_paths_find(paths, folder, file) : NULL;
    if (path == NULL) {
        g_autofree char *help = unknown_name_help(kind, folder, name, base_directory, paths);
        cs_diagnostics_error(diagnostics, from, help, "no %s is called '%s'", kind, name);
    }
    return path;
}
