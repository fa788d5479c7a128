/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/directory: which directory may take results. See directory.h. */
#include "output/directory.h"

#include "base/file.h"
#include "output/columns.h"
#include "output/trace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST "manifest.json"
#define TRACE "trace.json"

/* All that `run` writes into its directory, beside the tables. */
static const char *const own_names[] = {MANIFEST, TRACE};
/* What `plot` adds under its figures' own names: pictures of results that are replaced go with
 * them. */
static const char *const figure_names[] = {"fig3a", "fig3b", "delay", "energy"};
static const char *const figure_endings[] = {".csv", ".gp", ".svg", ".png", ".pdf"};

/* TRUE where `name` is `own`, or an unfinished file of it that a killed run left behind
 * (base/file's temporary names). */
static gboolean is_called(const char *name, const char *own, gboolean *unfinished)
{
    gsize length = strlen(own);
    if (strncmp(name, own, length) != 0)
        return FALSE;
    *unfinished = g_str_has_prefix(name + length, ".tmp-");
    return *unfinished || name[length] == '\0';
}

static gboolean is_own(const char *name, gboolean *unfinished)
{
    for (guint i = 0; i < G_N_ELEMENTS(own_names); i++)
        if (is_called(name, own_names[i], unfinished))
            return TRUE;
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (is_called(name, cs_table_info((CsTable)t)->file_name, unfinished))
            return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(figure_names); i++)
        for (guint k = 0; k < G_N_ELEMENTS(figure_endings); k++) {
            g_autofree char *own = g_strconcat(figure_names[i], figure_endings[k], NULL);
            if (is_called(name, own, unfinished))
                return TRUE;
        }
    return FALSE;
}

/* TRUE where `name` is a picture that `plot -o` drew into `directory` under a name of the user's,
 * its data or its script: told by how the script begins. These are let be. */
static gboolean is_picture(const char *directory, const char *name)
{
    const char *dot = strrchr(name, '.');
    gboolean known = FALSE;
    for (guint k = 0; dot != NULL && k < G_N_ELEMENTS(figure_endings); k++)
        known |= strcmp(dot, figure_endings[k]) == 0;
    if (!known)
        return FALSE;
    g_autofree char *script = g_strdup_printf("%.*s.gp", (int)(dot - name), name);
    g_autofree char *path = g_build_filename(directory, script, NULL);
    char line[sizeof CS_PICTURE_START] = "";
    FILE *file = g_fopen(path, "rb");
    gboolean ours = file != NULL && fgets(line, (int)sizeof line, file) != NULL &&
                    strcmp(line, CS_PICTURE_START) == 0;
    g_clear_pointer(&file, fclose);
    return ours;
}

static gboolean is_manifest(const char *path)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, path, NULL))
        return FALSE;
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return FALSE;
    JsonNode *program = json_object_get_member(json_node_get_object(root), "program");
    return program != NULL && JSON_NODE_HOLDS_VALUE(program) &&
           g_strcmp0(json_node_get_string(program), "cardsim") == 0;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in `path`, sorted, so that the same file is named every time. Transfer full. */
static char **list(const char *path, GError **error)
{
    GError *reason = NULL;
    GDir *dir = g_dir_open(path, 0, &reason);
    if (dir == NULL) {
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY, "%s", reason->message);
        g_error_free(reason);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new();
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

static gboolean refuse(const char *path, const char *name, const char *why, GError **error)
{
    g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                "will not write results into '%s': it holds '%s', %s", path, name, why);
    return FALSE;
}

/* TRUE where `name`, a table or a trace, begins as this program writes it. */
static gboolean begins_as_ours(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *start = g_strdup(CS_TRACE_START);
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (strcmp(name, cs_table_info((CsTable)t)->file_name) == 0) {
            g_free(start);
            start = cs_table_header((CsTable)t);
        }
    gsize length = strlen(start);
    g_autofree char *found = g_malloc0(length + 1);
    FILE *file = g_fopen(path, "rb");
    gboolean same = file != NULL && fread(found, 1, length, file) == length &&
                    memcmp(found, start, length) == 0;
    g_clear_pointer(&file, fclose);
    return same;
}

static gboolean is_kind(const char *name)
{
    gboolean table = FALSE;
    for (guint t = 0; t < CS_TABLE_N; t++)
        table |= strcmp(name, cs_table_info((CsTable)t)->file_name) == 0;
    return table || strcmp(name, TRACE) == 0;
}

/* TRUE where a run was killed between its first result and its manifest. */
static gboolean is_interrupted(const char *path, char *const *names)
{
    guint ours = 0;
    for (char *const *name = names; *name != NULL; name++) {
        if (strcmp(*name, MANIFEST) == 0 || (is_kind(*name) && !begins_as_ours(path, *name)))
            return FALSE;
        ours += is_kind(*name);
    }
    return ours > 0;
}

gboolean cs_results_directory_prepare(const char *path, GError **error)
{
    if (!cs_directory_create(path, error))
        return FALSE;
    g_auto(GStrv) names = list(path, error);
    if (names == NULL)
        return FALSE;
    const char *result = NULL;
    for (char **name = names; *name != NULL; name++) {
        gboolean unfinished;
        if (is_picture(path, *name) && !is_own(*name, &unfinished))
            continue;
        if (!is_own(*name, &unfinished))
            return refuse(path, *name, "which is no result of cardsim", error);
        if (!unfinished)
            result = *name;
    }
    g_autofree char *manifest = g_build_filename(path, MANIFEST, NULL);
    if (result != NULL && !is_manifest(manifest) && !is_interrupted(path, names))
        return refuse(path, result, "but no " MANIFEST " of an earlier run", error);
    if (g_access(path, W_OK | X_OK) != 0) {
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                    "cannot write into the directory '%s': %s", path, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

gboolean cs_results_directory_begin(const char *path, GError **error)
{
    g_autofree char *manifest = g_build_filename(path, MANIFEST, NULL);
    if (g_unlink(manifest) == 0 || errno == ENOENT)
        return TRUE;
    g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_WRITE, "cannot replace '%s': %s", manifest,
                g_strerror(errno));
    return FALSE;
}

gboolean cs_results_directory_tidy(const char *path, const char *const *kept, GError **error)
{
    g_auto(GStrv) names = list(path, error);
    if (names == NULL)
        return FALSE;
    for (char **name = names; *name != NULL; name++) {
        gboolean unfinished;
        if (!is_own(*name, &unfinished) || g_strv_contains(kept, *name))
            continue;
        g_autofree char *file = g_build_filename(path, *name, NULL);
        if (g_unlink(file) != 0 && errno != ENOENT) {
            g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_WRITE, "cannot remove '%s': %s", file,
                        g_strerror(errno));
            return FALSE;
        }
    }
    return TRUE;
}
