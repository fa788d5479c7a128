/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/export: a table as CSV. See export.h. */
#include "campaign/export.h"

#include "base/clean.h"
#include "base/dir.h"
#include "base/fail.h"
#include "base/number.h"
#include "campaign/parameters.h"
#include "output/import.h"
#include "output/manifest.h"
#include "output/partial.h"
#include "text/rows.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST_MAX ((gsize)64 << 20) /* bytes */

typedef struct {
    const CsExport *asked;
    CsFile *file;
    GHashTable *runs; /* of guint64, a set; NULL: all */
} Export;

static const CsTableInfo *info_of(const Export *export)
{
    return cs_table_info(export->asked->table);
}

/* --- the file that is there ------------------------------------------------------------------- */

/* Whether the line is one of a run that is asked for. */
static gboolean is_asked(const Export *export, const char *line)
{
    guint64 run = 0;
    const char *comma = strchr(line, ',');
    if (export->runs == NULL)
        return TRUE;
    return comma != NULL && cs_number_read_whole(line, (gsize)(comma - line), &run) &&
           g_hash_table_contains(export->runs, &run);
}

/* Whether a line is as cs_clean_cell() would have its cells: told without taking it apart where it
 * is of plain characters, as nearly all are. */
static gboolean is_clean(const char *line, const char *stop)
{
    gboolean begins = TRUE;
    for (const char *p = line; p < stop; p++) {
        if (*p < ' ' || *p == '\177' || (begins && strchr("=@'\"", *p) != NULL))
            return FALSE; /* above ASCII a char is negative */
        if (begins && (*p == '+' || *p == '-') && !g_ascii_isdigit(p[1]))
            return FALSE;
        begins = *p == ',';
    }
    return TRUE;
}

static void write_line(const Export *export, char *line, gsize length)
{
    char *stop = line + length - (length > 0 && line[length - 1] == '\n' ? 1 : 0);
    if (export->asked->raw || is_clean(line, stop)) {
        cs_file_write(export->file, line, length);
        return;
    }
    CsField fields[CS_ROWS_COLUMNS];
    guint n = MIN(cs_row_split(line, stop, fields), CS_ROWS_COLUMNS);
    g_autoptr(GString) clean = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_autofree char *given =
            g_strndup(fields[i].start, (gsize)(fields[i].end - fields[i].start));
        const char *text = given[0] == '\'' && cs_clean_is_formula(given + 1) ? given + 1 : given;
        g_autofree char *cell = cs_clean_cell(text);
        if (i > 0)
            g_string_append_c(clean, ',');
        cs_csv_append(clean, cell);
    }
    g_string_append_c(clean, '\n');
    cs_file_write(export->file, clean->str, clean->len);
}

static gboolean copy_lines(const Export *export, const char *path, GError **error)
{
    FILE *from = cs_file_open_regular(path, error);
    if (from == NULL)
        return FALSE;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    for (guint64 n = 0; (length = getline(&line, &size, from)) > 0; n++)
        if (n == 0 || is_asked(export, line))
            write_line(export, line, (gsize)length);
    gboolean good = feof(from) != 0;
    if (!good)
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN, "cannot read '%s'", path);
    free(line);
    fclose(from);
    return good;
}

/* The digest that the manifest tells of the file; NULL: none. Transfer full. */
static char *listed_digest(const CsDir *folder, const char *name)
{
    gsize length;
    g_autofree char *text = cs_dir_read(folder, CS_MANIFEST_FILE, MANIFEST_MAX, &length);
    g_auto(GStrv) files = text != NULL ? cs_manifest_files(text, length) : NULL;
    for (char **file = files; file != NULL && *file != NULL; file += 2)
        if (strcmp(file[0], name) == 0)
            return g_strdup(file[1]);
    return NULL;
}

/* *there: whether it is there; FALSE where it is not sound, with the error. */
static gboolean look_at_file(const char *directory, CsTable table, gboolean *there, GError **error)
{
    const char *name = cs_table_info(table)->file_name;
    g_autoptr(CsDir) folder = cs_dir_open(directory, FALSE, error);
    *there = folder == NULL || cs_dir_has(folder, name);
    if (folder == NULL || !*there)
        return folder != NULL;
    g_autofree char *listed = listed_digest(folder, name);
    g_autofree char *found = cs_dir_digest(folder, name);
    if (listed != NULL && g_strcmp0(listed, found) == 0)
        return TRUE;
    return cs_fail(error, CS_RECOMPUTE_ERROR, CS_RECOMPUTE_ERROR_CHANGED,
                   "'%s' in '%s' is not what the manifest there says: it has been changed", name,
                   directory);
}

gboolean cs_export_is_sound(const char *directory, CsTable table, GError **error)
{
    gboolean there;
    return look_at_file(directory, table, &there, error);
}

/* TRUE where the file is there and was copied; *there tells the first. */
static gboolean copy_file(const Export *export, gboolean *there, GError **error)
{
    const char *directory = export->asked->directory;
    if (!look_at_file(directory, export->asked->table, there, error) || !*there)
        return FALSE;
    g_autofree char *path = g_build_filename(directory, info_of(export)->file_name, NULL);
    return copy_lines(export, path, error);
}

/* --- the database, the simulation ------------------------------------------------------------- */

static gboolean watch(gpointer context, CsTable table, guint64 rows, guint64 all)
{
    const CsRecomputeRequest *request = context;
    if (request->progress != NULL)
        cs_progress_write(request->progress, cs_table_info(table)->file_name, rows, all);
    return request->interrupt == NULL || g_atomic_int_get(request->interrupt) == 0;
}

static gboolean is_recorded(const Export *export, CsDatabase *database)
{
    g_autofree char *tables = cs_database_get_meta(database, "tables");
    g_auto(GStrv) names = g_strsplit(tables != NULL ? tables : "", " ", -1);
    return g_strv_contains((const char *const *)names, info_of(export)->name);
}

static gboolean produce(const Export *export, GError **error)
{
    CsRecomputeRequest request = export->asked->request;
    g_autoptr(CsDatabase) database = cs_results_open(export->asked->directory, error);
    if (database == NULL)
        return FALSE;
    g_autoptr(CsParameters) parameters = cs_parameters_of(database, request.places);
    cs_parameters_set_raw(parameters, export->asked->raw);
    const CsRowEnds ends = cs_parameters_ends(parameters);
    gboolean kept = is_recorded(export, database) && !request.places;
    g_autoptr(CsRecompute) recompute =
        kept ? NULL : cs_recompute_new(database, export->asked->directory, &request, error);
    gboolean places = recompute != NULL ? cs_recompute_places(recompute) : ends.places;
    g_autofree char *header = cs_table_header(export->asked->table, places, ends.columns);
    cs_file_puts(export->file, header);
    if (kept)
        return cs_database_write_rows(database, export->asked->table, request.runs, &ends,
                                      export->file, watch, &request, error);
    g_autofree char *target = g_path_get_dirname(export->asked->output);
    const char *waiting = target;
    if (g_str_has_prefix(target, "/dev")) /* beside the results, if they are ours to write */
        waiting = g_access(export->asked->directory, W_OK) == 0 ? export->asked->directory
                                                                : g_get_tmp_dir();
    return recompute != NULL &&
           cs_recompute_csv(recompute, export->asked->table, export->file, waiting, error);
}

gboolean cs_export(const CsExport *asked, GError **error)
{
    g_autoptr(CsFile) file = cs_file_create(asked->output, error);
    g_autoptr(GHashTable) runs =
        asked->request.runs != NULL ? g_hash_table_new(g_int64_hash, g_int64_equal) : NULL;
    if (file == NULL)
        return FALSE;
    for (const guint64 *run = asked->request.runs; run != NULL && *run != 0; run++)
        g_hash_table_add(runs, (gpointer)run);
    const Export export = {asked, file, runs};
    gboolean there = FALSE;
    gboolean copied = !asked->request.places && copy_file(&export, &there, error);
    if (!copied && (there || !produce(&export, error)))
        return FALSE;
    return cs_file_commit(g_steal_pointer(&file), error);
}

char *cs_export_lacks(const char *directory)
{
    g_autoptr(CsDatabase) database = cs_database_open(directory, CS_DATABASE_READ, NULL);
    return database != NULL ? cs_partial_tell(database) : NULL;
}

char *cs_export_run(const char *directory, CsTable table, guint64 run, GError **error)
{
    const guint64 runs[] = {run, 0};
    g_autofree char *path = NULL;
    int descriptor = g_file_open_tmp("cardsim-XXXXXX.csv", &path, error);
    if (descriptor < 0)
        return NULL;
    g_close(descriptor, NULL);
    const CsExport export = {directory, table, path, TRUE, {.runs = runs}};
    char *text = cs_export(&export, error) ? cs_file_get_regular(path, NULL, error) : NULL;
    g_unlink(path);
    return text;
}
