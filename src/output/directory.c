/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/directory: see directory.h. */
#include "output/directory.h"

#include "base/fail.h"
#include "base/file.h"
#include "output/columns.h"
#include "output/database.h"
#include "output/manifest.h"
#include "output/trace.h"

#include <string.h>

#define MANIFEST CS_MANIFEST_FILE
#define TRACE "trace.json"
#define MANIFEST_MAX ((gsize)64 << 20) /* bytes */

struct CsRunFolder {
    CsDir *folder;
    GHashTable *digests; /* "NAME sha256:HEX" of every manifest there: a set */
    GPtrArray *ours;     /* names of files proven to be ours */
    char *aside;         /* the earlier manifest's name between begin and end, or NULL */
};

/* --- what is ours ------------------------------------------------------------------------------
 */

/* TRUE where `name` is a picture that `plot` drew, its data or its script: told by how the script
 * of that name begins. */
static gboolean is_picture(const CsDir *folder, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL)
        return FALSE;
    g_autofree char *script = g_strdup_printf("%.*s.gp", (int)(dot - name), name);
    return cs_dir_begins(folder, script, CS_PICTURE_START, FALSE);
}

/* How the result of that name begins, or NULL where no result is called so. Transfer full. */
static char *start_of(const char *name)
{
    CsTable table = cs_table_of_file(name);
    if (table < CS_TABLE_N)
        return cs_table_header_start(table);
    if (strcmp(name, TRACE) == 0)
        return g_strdup(CS_TRACE_START);
    return strcmp(name, MANIFEST) == 0 ? g_strdup("{") : NULL;
}

/* TRUE where it is an unfinished result of a process that is dead. */
static gboolean is_abandoned(const CsDir *folder, const char *name)
{
    const char *end = strstr(name, ".tmp-");
    g_autofree char *of = end != NULL ? g_strndup(name, (gsize)(end - name)) : NULL;
    g_autofree char *start = of != NULL ? start_of(of) : NULL;
    return start != NULL && cs_dir_is_abandoned(folder, name, of) &&
           cs_dir_begins(folder, name, start, TRUE);
}

/* The files that the manifest `name` lists; FALSE where it is no manifest of ours. */
static gboolean read_manifest(CsRunFolder *results, const char *name)
{
    gsize length;
    g_autofree char *text = cs_dir_read(results->folder, name, MANIFEST_MAX, &length);
    g_auto(GStrv) files = text != NULL ? cs_manifest_files(text, length) : NULL;
    for (char **file = files; file != NULL && *file != NULL; file += 2)
        g_hash_table_add(results->digests, g_strjoin(" ", file[0], file[1], NULL));
    return files != NULL;
}

static gboolean is_proven(const CsRunFolder *results, const char *name)
{
    g_autofree char *digest = cs_dir_digest(results->folder, name);
    g_autofree char *entry = digest != NULL ? g_strjoin(" ", name, digest, NULL) : NULL;
    return entry != NULL && g_hash_table_contains(results->digests, entry);
}

static gboolean refuse(const CsRunFolder *results, const char *name, const char *why,
                       GError **error)
{
    return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                   "will not write results into '%s': it holds '%s', %s: move it away, or name "
                   "another directory",
                   cs_dir_path(results->folder), name, why);
}

static gboolean check(CsRunFolder *results, const char *name, GError **error)
{
    g_autofree char *start = start_of(name);
    if (strcmp(name, MANIFEST) == 0) {
        if (!read_manifest(results, name))
            return refuse(results, name, "which is no manifest of this cardsim's", error);
    } else if (start != NULL) {
        if (!is_proven(results, name))
            return refuse(results, name, "which no " MANIFEST " there lists as it is", error);
    } else if (is_picture(results->folder, name)) {
        return TRUE;
    } else if (!is_abandoned(results->folder, name)) {
        return refuse(results, name, "which is no result of cardsim", error);
    }
    g_ptr_array_add(results->ours, g_strdup(name));
    return TRUE;
}

/* --- life --------------------------------------------------------------------------------------
 */

static guint turn_of(const char *name)
{
    g_autofree char *start = start_of(name);
    return start == NULL ? 0 : strcmp(name, MANIFEST) == 0 ? 1 : 2;
}

/* Manifests first, wherever they stand in the alphabet: they prove the others. What is not called
 * as any result is named before what only differs from one. */
static gboolean check_all(CsRunFolder *results, GError **error)
{
    g_auto(GStrv) names = cs_dir_list(results->folder, error);
    if (names == NULL)
        return FALSE;
    if (cs_dir_has(results->folder, CS_DATABASE_FILE))
        return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                       "will not write a run's results into '%s': it holds those of a sweep; name "
                       "another directory",
                       cs_dir_path(results->folder));
    for (char **name = names; *name != NULL; name++)
        if (strcmp(*name, MANIFEST) == 0 || cs_dir_is_abandoned(results->folder, *name, MANIFEST))
            read_manifest(results, *name);
    for (guint turn = 0; turn < 3; turn++)
        for (char **name = names; *name != NULL; name++)
            if (turn_of(*name) == turn && !check(results, *name, error))
                return FALSE;
    return TRUE;
}

CsRunFolder *cs_run_folder_open(const char *path, GError **error)
{
    g_autoptr(CsRunFolder) results = g_new0(CsRunFolder, 1);
    results->digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    results->ours = g_ptr_array_new_with_free_func(g_free);
    results->folder = cs_dir_open(path, TRUE, error);
    if (results->folder == NULL || !cs_dir_lock(results->folder, TRUE, error) ||
        !check_all(results, error) || !cs_dir_check_writable(results->folder, error))
        return NULL;
    return g_steal_pointer(&results);
}

void cs_run_folder_close(CsRunFolder *results)
{
    if (results == NULL)
        return;
    cs_dir_close(results->folder);
    g_hash_table_unref(results->digests);
    g_ptr_array_unref(results->ours);
    g_free(results->aside);
    g_free(results);
}

CsFile *cs_run_folder_create(const CsRunFolder *results, const char *name, GError **error)
{
    CsFile *file = cs_dir_create_file(results->folder, name, error);
    if (file != NULL)
        cs_file_digest_from_here(file);
    return file;
}

gboolean cs_run_folder_begin(CsRunFolder *results, GError **error)
{
    if (!cs_dir_check(results->folder, error))
        return FALSE;
    if (!g_ptr_array_find_with_equal_func(results->ours, MANIFEST, g_str_equal, NULL))
        return cs_dir_sync(results->folder, error);
    results->aside = cs_file_temporary_name(MANIFEST, "before");
    return cs_dir_rename(results->folder, MANIFEST, results->aside, error) &&
           cs_dir_sync(results->folder, error);
}

gboolean cs_run_folder_settle(const CsRunFolder *results, GError **error)
{
    return cs_dir_sync(results->folder, error);
}

gboolean cs_run_folder_end(CsRunFolder *results, const char *const *kept, GError **error)
{
    if (!cs_dir_sync(results->folder, error))
        return FALSE;
    for (guint i = 0; i < results->ours->len; i++) {
        const char *name = g_ptr_array_index(results->ours, i);
        if (!g_strv_contains(kept, name) && strcmp(name, MANIFEST) != 0 &&
            !cs_dir_remove(results->folder, name, error))
            return FALSE;
    }
    return (results->aside == NULL || cs_dir_remove(results->folder, results->aside, error)) &&
           cs_dir_check(results->folder, error);
}
