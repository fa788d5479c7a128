/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/paths: the data search path. See paths.h. */
#include "base/paths.h"

#include <string.h>

struct CsPaths {
    gatomicrefcount references;
    char **include;  /* the user's own, first */
    char **packaged; /* ours, after them */
};

/* The source tree of the uninstalled program that lies in `folder`: configure leaves its name in a
 * file there. NULL for an installed program. Transfer full. */
static char *source_tree(const char *folder)
{
    g_autofree char *mark = g_build_filename(folder, "source-tree", NULL);
    char *text = NULL;
    return g_file_get_contents(mark, &text, NULL, NULL) ? g_strchomp(text) : NULL;
}

CsPaths *cs_paths_new(const char *const *include)
{
    CsPaths *paths = g_new(CsPaths, 1);
    g_atomic_ref_count_init(&paths->references);
    g_autoptr(GPtrArray) packaged = g_ptr_array_new();
    const char *environment = g_getenv("CARDSIM_DATADIR");
    if (environment != NULL && environment[0] != '\0')
        g_ptr_array_add(packaged, g_strdup(environment));

    /* An installed program has its data beside it, wherever the whole tree was moved to. */
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program != NULL) {
        g_autofree char *folder = g_path_get_dirname(program);
        char *data = source_tree(folder);
        if (data == NULL)
            data = g_build_filename(folder, "..", "share", "cardsim", NULL);
        g_ptr_array_add(packaged, data);
    }
    g_ptr_array_add(packaged, g_strdup(CS_PKGDATADIR));
    g_ptr_array_add(packaged, NULL);
    paths->include = g_strdupv((char **)include);
    paths->packaged = (char **)g_ptr_array_free(g_steal_pointer(&packaged), FALSE);
    return paths;
}

CsPaths *cs_paths_ref(const CsPaths *paths)
{
    CsPaths *counted = (CsPaths *)paths;
    g_atomic_ref_count_inc(&counted->references);
    return counted;
}

void cs_paths_unref(CsPaths *paths)
{
    if (paths == NULL || !g_atomic_ref_count_dec(&paths->references))
        return;
    g_strfreev(paths->include);
    g_strfreev(paths->packaged);
    g_free(paths);
}

static char *existing(char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return path;
    g_free(path);
    return NULL;
}

char *cs_paths_find(const CsPaths *paths, const char *folder, const char *name)
{
    char *found = NULL;
    for (char **d = paths->include; d != NULL && *d != NULL && found == NULL; d++) {
        found = existing(g_build_filename(*d, folder, name, NULL));
        if (found == NULL)
            found = existing(g_build_filename(*d, name, NULL));
    }
    for (char **d = paths->packaged; *d != NULL && found == NULL; d++)
        found = existing(g_build_filename(*d, folder, name, NULL));
    return found;
}

char *cs_paths_find_own(const CsPaths *paths, const char *folder, const char *name)
{
    char *found = NULL;
    for (char **d = paths->packaged; *d != NULL && found == NULL; d++)
        found = existing(g_build_filename(*d, folder, name, NULL));
    return found;
}

static void add_names(GHashTable *names, const char *directory, const char *suffix)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, suffix))
            g_hash_table_add(names, g_strndup(name, strlen(name) - strlen(suffix)));
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **cs_paths_list(const CsPaths *paths, const char *folder, const char *suffix)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (char **d = paths->include; d != NULL && *d != NULL; d++) {
        g_autofree char *directory = g_build_filename(*d, folder, NULL);
        add_names(names, directory, suffix);
    }
    for (char **d = paths->packaged; *d != NULL; d++) {
        g_autofree char *directory = g_build_filename(*d, folder, NULL);
        add_names(names, directory, suffix);
    }
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter iterator;
    gpointer key;
    g_hash_table_iter_init(&iterator, names);
    while (g_hash_table_iter_next(&iterator, &key, NULL))
        g_ptr_array_add(sorted, g_strdup(key));
    g_ptr_array_sort(sorted, compare_names);
    g_ptr_array_add(sorted, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&sorted), FALSE);
}
