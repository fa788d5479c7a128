/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/import: results of a directory as a database. See import.h. */
#include "output/import.h"

#include "base/number.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX 1000000 /* of a run, of a replication: no campaign has more */
#define CELLS_MAX 128      /* of a line: more than any table of ours has */

typedef struct {
    CsDatabase *database;
    CsTable table;
    const char *path;
    guint64 line;
    guint n_cells;            /* of the header */
    gint target[CELLS_MAX];   /* the table's column of each cell, or -1 */
    GHashTable *replications; /* run -> highest replication; only looked up, then sorted */
} Import;

static gboolean fail(const Import *import, GError **error, const char *what)
{
    g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ,
                "'%s' line %" G_GUINT64_FORMAT ": %s", import->path, import->line, what);
    return FALSE;
}

/* Cuts `line` at its commas; the number of cells, or 0 where there are too many. */
static guint cut_cells(char *line, char **cells)
{
    guint n = 0;
    for (char *cell = line; cell != NULL; n++) {
        if (n == CELLS_MAX)
            return 0;
        cells[n] = cell;
        cell = strchr(cell, ',');
        if (cell != NULL)
            *cell++ = '\0';
    }
    return n;
}

static gboolean read_header(Import *import, char *line, GError **error)
{
    char *cells[CELLS_MAX];
    guint n_columns, known = 0;
    const CsColumn *columns = cs_table_columns(import->table, &n_columns);
    import->n_cells = cut_cells(line, cells);
    for (guint i = 0; i < import->n_cells; i++) {
        import->target[i] = -1;
        for (guint c = 0; c < n_columns; c++)
            if (strcmp(columns[c].name, cells[i]) == 0) {
                import->target[i] = (gint)c;
                known++;
            }
    }
    if (known < 3 || strcmp(cells[0], "run") != 0 || strcmp(cells[1], "replication") != 0)
        return fail(import, error, "this is no header of cardsim's");
    return TRUE;
}

static gboolean read_cell(const CsColumn *column, const char *text, CsCell *cell)
{
    *cell = (CsCell){.kind = text[0] == '\0' ? CS_CELL_EMPTY : column->kind, .text = text};
    const char *end = text + strlen(text), *rest;
    if (cell->kind == CS_CELL_WHOLE) {
        guint64 whole;
        if (!cs_number_read_whole(text, (gsize)(end - text), &whole) || whole > G_MAXINT64)
            return FALSE;
        cell->whole = (gint64)whole;
    }
    if (cell->kind == CS_CELL_REAL)
        return cs_number_read(text, end, &cell->real, &rest) && rest == end;
    return TRUE;
}

static gboolean read_row(Import *import, char *line, GError **error)
{
    char *cells[CELLS_MAX];
    CsCell row[CELLS_MAX] = {{0}};
    guint n_columns;
    const CsColumn *columns = cs_table_columns(import->table, &n_columns);
    g_assert(n_columns <= CELLS_MAX);
    if (cut_cells(line, cells) != import->n_cells)
        return fail(import, error, "not as many cells as the header has");
    for (guint i = 0; i < import->n_cells; i++) {
        gint c = import->target[i];
        if (c >= 0 && !read_cell(&columns[c], cells[i], &row[c])) {
            g_autofree char *what =
                g_strdup_printf("'%s' is no value of '%s'", cells[i], columns[c].name);
            return fail(import, error, what);
        }
    }
    if (row[0].kind != CS_CELL_WHOLE || row[1].kind != CS_CELL_WHOLE)
        return fail(import, error, "run or replication is empty");
    if (row[0].whole < 1 || row[0].whole > NUMBER_MAX || row[1].whole < 1 ||
        row[1].whole > NUMBER_MAX)
        return fail(import, error, "run or replication is not in 1 .. 1000000");
    gpointer run = GSIZE_TO_POINTER((gsize)row[0].whole);
    gsize before = GPOINTER_TO_SIZE(g_hash_table_lookup(import->replications, run));
    if ((gsize)row[1].whole > before)
        g_hash_table_insert(import->replications, run, GSIZE_TO_POINTER((gsize)row[1].whole));
    cs_database_add_cells(import->database, import->table, row);
    return TRUE;
}

/* One CSV file; TRUE where it is not there. */
static gboolean read_table(Import *import, GError **error)
{
    FILE *file = fopen(import->path, "re");
    if (file == NULL)
        return TRUE;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    gboolean good = TRUE;
    import->line = 0;
    while (good && (length = getline(&line, &size, file)) >= 0) {
        import->line++;
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        good = import->line == 1 ? read_header(import, line, error) : read_row(import, line, error);
    }
    if (good && import->line == 0)
        good = fail(import, error, "the file is empty");
    free(line);
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
        any = any || g_file_test(path, G_FILE_TEST_EXISTS);
        if (!read_table(&import, error))
            return NULL;
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

char *cs_results_title(CsDatabase *database, const char *directory)
{
    g_autofree char *manifest = cs_database_get_meta(database, "manifest");
    if (manifest == NULL) {
        g_autofree char *path = g_build_filename(directory, "manifest.json", NULL);
        if (!g_file_get_contents(path, &manifest, NULL, NULL))
            return NULL;
    }
    g_autoptr(JsonNode) root = json_from_string(manifest, NULL);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return NULL;
    JsonNode *title = json_object_get_member(json_node_get_object(root), "title");
    return title != NULL ? json_node_dup_string(title) : NULL; /* NULL too where it is no text */
}
