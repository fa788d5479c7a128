/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/import: results of a directory as a database. See import.h. */
#include "output/import.h"

#include "base/fail.h"
#include "base/file.h"
#include "output/manifest.h"

#include "base/clean.h"
#include "base/number.h"
#include "text/rows.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX 1000000 /* of a run, of a replication: no campaign has more */

typedef struct {
    CsDatabase *database;
    CsTable table;
    const char *path;
    guint64 line;
    guint n_cells;                /* of the header */
    gint target[CS_ROWS_COLUMNS]; /* the table's column of each cell, or -1 */
    GHashTable *replications;     /* run -> highest replication; only looked up, then sorted */
} Import;

static gboolean fail(const Import *import, guint column, GError **error, const char *what)
{
    g_autofree char *place = column > 0 ? g_strdup_printf(", column %u", column) : g_strdup("");
    return cs_fail(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ,
                   "'%s' line %" G_GUINT64_FORMAT "%s: %s", import->path, import->line, place,
                   what);
}

static gboolean field_is(CsField field, const char *name)
{
    gsize length = (gsize)(field.end - field.start);
    return length == strlen(name) && memcmp(field.start, name, length) == 0;
}

/* Whether rows that lack `column` cannot be told apart. */
static gboolean is_key(CsTable table, const char *column)
{
    return g_strv_contains(cs_table_info(table)->key, column);
}

static gboolean read_header(Import *import, const char *line, const char *stop, GError **error)
{
    CsField fields[CS_ROWS_COLUMNS];
    guint n_columns, keys = 0, known = 0;
    gboolean places = FALSE;
    const CsColumn *columns = cs_table_columns(import->table, &n_columns);
    import->n_cells = cs_row_split(line, stop, fields);
    for (guint i = 0; i < MIN(import->n_cells, CS_ROWS_COLUMNS); i++) {
        import->target[i] = -1;
        for (guint c = 0; c < n_columns; c++)
            if (field_is(fields[i], columns[c].name)) {
                import->target[i] = (gint)c;
                keys += is_key(import->table, columns[c].name);
                known++;
                places |= c >= cs_table_width(import->table, FALSE);
            }
    }
    if (import->n_cells > CS_ROWS_COLUMNS || known <= keys ||
        keys != g_strv_length((char **)cs_table_info(import->table)->key) ||
        !field_is(fields[0], "run") || !field_is(fields[1], "replication"))
        return fail(import, 0, error, "this is no header of cardsim's");
    return !places || cs_database_set_places(import->database, TRUE, error);
}

/* FALSE where the field is no value of the column; an empty one is, but of a key. */
static gboolean read_cell(const Import *import, const CsColumn *column, CsField field, CsCell *cell)
{
    *cell = (CsCell){.kind = field.start == field.end ? CS_CELL_EMPTY : column->kind};
    if (cell->kind == CS_CELL_EMPTY)
        return !is_key(import->table, column->name);
    if (cell->kind == CS_CELL_REAL)
        return cs_field_number(field, &cell->real);
    if (cell->kind == CS_CELL_TEXT) {
        /* What a spreadsheet would compute was marked as a text. */
        gboolean marked = *field.start == '\'' && cs_clean_is_formula(field.start + 1);
        cell->text = field.start + (marked ? 1 : 0);
        return TRUE;
    }
    guint64 whole;
    if (!cs_number_read_whole(field.start, (gsize)(field.end - field.start), &whole) ||
        whole > G_MAXINT64)
        return FALSE;
    cell->whole = (gint64)whole;
    /* Learning begins before the first round. */
    guint64 least = import->table == CS_TABLE_LOSSES && strcmp(column->name, "round") == 0 ? 0 : 1;
    return !is_key(import->table, column->name) || (whole >= least && whole <= NUMBER_MAX);
}

/* The highest replication of each run. */
static void note_replication(Import *import, const CsCell *row)
{
    gpointer run = GSIZE_TO_POINTER((gsize)row[0].whole);
    gsize before = GPOINTER_TO_SIZE(g_hash_table_lookup(import->replications, run));
    if ((gsize)row[1].whole > before)
        g_hash_table_insert(import->replications, run, GSIZE_TO_POINTER((gsize)row[1].whole));
}

/* The fields lose what stands behind them. */
static gboolean read_row(Import *import, char *line, char *stop, GError **error)
{
    CsField fields[CS_ROWS_COLUMNS];
    CsCell row[CS_ROWS_COLUMNS] = {{0}};
    guint n_columns;
    const CsColumn *columns = cs_table_columns(import->table, &n_columns);
    g_assert(n_columns <= CS_ROWS_COLUMNS);
    if (cs_row_split(line, stop, fields) != import->n_cells)
        return fail(import, 0, error, "not as many cells as the header has");
    for (guint i = 0; i < import->n_cells; i++) {
        gint c = import->target[i];
        line[fields[i].end - line] = '\0';
        if (c < 0 || read_cell(import, &columns[c], fields[i], &row[c]))
            continue;
        g_autofree char *what =
            g_strdup_printf("'%s' is no value of '%s'", fields[i].start, columns[c].name);
        return fail(import, (guint)(fields[i].start - line) + 1, error, what);
    }
    note_replication(import, row);
    cs_database_add_cells(import->database, import->table, row);
    return TRUE;
}

static gboolean read_lines(Import *import, FILE *file, GError **error)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    gboolean good = TRUE;
    import->line = 0;
    errno = 0;
    while (good && (length = getline(&line, &size, file)) >= 0) {
        char *stop = line + length;
        import->line++;
        if (stop[-1] != '\n') {
            good = fail(import, 0, error, "the file is cut off within this line");
            break;
        }
        *--stop = '\0';
        good = import->line == 1 ? read_header(import, line, stop, error)
                                 : read_row(import, line, stop, error);
    }
    if (good && !feof(file)) { /* a failed read, or no memory for the line */
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ, "cannot read '%s': %s",
                    import->path, g_strerror(errno));
        good = FALSE;
    } else if (good && import->line == 0) {
        good = fail(import, 0, error, "the file is empty");
    }
    free(line);
    return good;
}

/* One CSV file; TRUE where it is not there, which is not to be mistaken for a file that is there
 * and cannot be read. *there tells which. */
static gboolean read_table(Import *import, gboolean *there, GError **error)
{
    g_autoptr(GError) why = NULL;
    FILE *file = cs_file_open_regular(import->path, &why);
    *there = !g_error_matches(why, CS_FILE_ERROR, CS_FILE_ERROR_ABSENT);
    if (file == NULL && *there)
        g_set_error_literal(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ, why->message);
    if (file == NULL)
        return !*there;
    gboolean good = read_lines(import, file, error);
    fclose(file);
    return good;
}

/* The rows of `run`, once all tables are read. */
static gboolean add_runs(Import *import, GError **error)
{
    static const char *const none[] = {NULL};
    GHashTableIter iterator;
    gpointer run, replications;
    g_hash_table_iter_init(&iterator, import->replications); /* the table itself has an order */
    while (g_hash_table_iter_next(&iterator, &run, &replications)) {
        if (!cs_database_commit_run(import->database, GPOINTER_TO_SIZE(run),
                                    GPOINTER_TO_SIZE(replications), none, error))
            return FALSE;
    }
    return TRUE;
}

static CsDatabase *import_directory(const char *directory, GError **error)
{
    g_autoptr(CsDatabase) database = cs_database_new(error);
    g_autoptr(GHashTable) replications = g_hash_table_new(NULL, NULL);
    Import import = {.database = database, .replications = replications};
    gboolean any = FALSE;
    for (guint t = 0; database != NULL && t < CS_TABLE_N; t++) {
        g_autofree char *path =
            g_build_filename(directory, cs_table_info((CsTable)t)->file_name, NULL);
        import.table = (CsTable)t;
        import.path = path;
        gboolean there;
        if (!read_table(&import, &there, error))
            return NULL;
        any |= there;
    }
    if (database == NULL || !add_runs(&import, error))
        return NULL;
    if (any)
        return g_steal_pointer(&database);
    g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                "'%s' holds no results: neither " CS_DATABASE_FILE
                " of a sweep nor the CSV files of a run",
                directory);
    return NULL;
}

CsDatabase *cs_results_open(const char *directory, GError **error)
{
    g_autofree char *path = g_build_filename(directory, CS_DATABASE_FILE, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return cs_database_open(directory, CS_DATABASE_READ, error);
    return import_directory(directory, error);
}

char *cs_results_manifest(CsDatabase *database, const char *directory)
{
    char *manifest = database != NULL ? cs_database_get_meta(database, "manifest") : NULL;
    if (manifest != NULL)
        return manifest;
    g_autofree char *path = g_build_filename(directory, CS_MANIFEST_FILE, NULL);
    return cs_file_get_regular(path, NULL, NULL);
}

JsonNode *cs_results_manifest_json(CsDatabase *database, const char *directory)
{
    g_autofree char *manifest = cs_results_manifest(database, directory);
    return manifest != NULL ? cs_manifest_parse(manifest, strlen(manifest)) : NULL;
}

/* What the manifest has at the end of a path of names, NULL-ended. Transfer full. */
static JsonNode *find_member(CsDatabase *database, const char *directory, const char *const *path)
{
    g_autoptr(JsonNode) root = cs_results_manifest_json(database, directory);
    JsonNode *node = root;
    for (; node != NULL && *path != NULL; path++)
        node = JSON_NODE_HOLDS_OBJECT(node)
                   ? json_object_get_member(json_node_get_object(node), *path)
                   : NULL;
    return node != NULL ? json_node_copy(node) : NULL;
}

/* NULL too where it is no text. */
static char *find_text(CsDatabase *database, const char *directory, const char *const *path)
{
    g_autoptr(JsonNode) node = find_member(database, directory, path);
    return node != NULL ? json_node_dup_string(node) : NULL;
}

char *cs_results_title(CsDatabase *database, const char *directory)
{
    return find_text(database, directory, (const char *const[]){"title", NULL});
}

char *cs_results_setting(CsDatabase *database, const char *directory, const char *group,
                         const char *key)
{
    return find_text(database, directory, (const char *const[]){"settings", group, key, NULL});
}

gboolean cs_results_exact(CsDatabase *database, const char *directory)
{
    g_autoptr(JsonNode) exact =
        find_member(database, directory, (const char *const[]){"exact", NULL});
    return exact != NULL && JSON_NODE_HOLDS_VALUE(exact) && json_node_get_boolean(exact);
}
