/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/database: what it holds, row by row and as CSV files. See database.h. */
#include "output/database-internal.h"

#include <math.h>

/* A cell without a text has an empty one, so that a stranger's NULL is nobody's null pointer. */
static CsCell read_cell(sqlite3_stmt *statement, int column)
{
    const char *text;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return (CsCell){.kind = CS_CELL_EMPTY, .text = ""};
    case SQLITE_INTEGER:
        return (CsCell){
            .kind = CS_CELL_WHOLE, .whole = sqlite3_column_int64(statement, column), .text = ""};
    case SQLITE_FLOAT:
        return (CsCell){
            .kind = CS_CELL_REAL, .real = sqlite3_column_double(statement, column), .text = ""};
    default:
        text = (const char *)sqlite3_column_text(statement, column);
        return (CsCell){.kind = CS_CELL_TEXT, .text = text != NULL ? text : ""};
    }
}

struct CsCursor {
    CsDatabase *database;
    sqlite3_stmt *statement;
    guint n;
    CsCell *cells;
    int code;   /* SQLITE_OK or SQLITE_ROW while there may be more */
    int unreal; /* the column, from 1, in which a number is none; 0 for none such */
};

CsCursor *cs_cursor_new(CsDatabase *database, const char *sql, const char *const *values)
{
    CsCursor *cursor = g_new0(CsCursor, 1);
    cursor->database = database;
    cs_database_start(database);
    cursor->code = sqlite3_prepare_v2(database->handle, sql, -1, &cursor->statement, NULL);
    for (int i = 0; cursor->code == SQLITE_OK && values != NULL && values[i] != NULL; i++)
        cursor->code = sqlite3_bind_text(cursor->statement, i + 1, values[i], -1, SQLITE_TRANSIENT);
    cursor->n = (guint)sqlite3_column_count(cursor->statement);
    cursor->cells = g_new(CsCell, MAX(cursor->n, 1));
    return cursor;
}

guint cs_cursor_n_cells(const CsCursor *cursor)
{
    return cursor->n;
}

const CsCell *cs_cursor_next(CsCursor *cursor)
{
    if ((cursor->code != SQLITE_OK && cursor->code != SQLITE_ROW) || cursor->unreal != 0)
        return NULL;
    cursor->code = sqlite3_step(cursor->statement);
    if (cursor->code != SQLITE_ROW)
        return NULL;
    for (guint i = 0; i < cursor->n && cursor->unreal == 0; i++) {
        cursor->cells[i] = read_cell(cursor->statement, (int)i);
        if (cursor->cells[i].kind == CS_CELL_REAL && !isfinite(cursor->cells[i].real))
            cursor->unreal = (int)i + 1;
    }
    return cursor->unreal == 0 ? cursor->cells : NULL;
}

gboolean cs_cursor_end(CsCursor *cursor, GError **error)
{
    gboolean good =
        cursor->code == SQLITE_OK || cursor->code == SQLITE_ROW || cursor->code == SQLITE_DONE;
    if (!good)
        cs_database_set_error(cursor->database, CS_DATABASE_ERROR_READ, "read", error);
    if (good && cursor->unreal != 0) {
        good = FALSE;
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ,
                    "cannot read '%s': an infinite number in '%s'", cursor->database->path,
                    sqlite3_column_name(cursor->statement, cursor->unreal - 1));
    }
    sqlite3_finalize(cursor->statement);
    g_free(cursor->cells);
    g_free(cursor);
    return good;
}

gboolean cs_database_query(CsDatabase *database, const char *sql, const char *const *values,
                           CsDatabaseRow row, gpointer context, GError **error)
{
    CsCursor *cursor = cs_cursor_new(database, sql, values);
    const CsCell *cells;
    while ((cells = cs_cursor_next(cursor)) != NULL && row(context, cursor->n, cells))
        ;
    return cs_cursor_end(cursor, error);
}

static gboolean keep_text(gpointer context, guint n, const CsCell *cells)
{
    if (n == 1 && cells[0].kind == CS_CELL_TEXT)
        *(char **)context = g_strdup(cells[0].text);
    return FALSE;
}

char *cs_database_get_meta(CsDatabase *database, const char *key)
{
    const char *const values[] = {key, NULL};
    char *text = NULL;
    cs_database_query(database, "SELECT value FROM meta WHERE key = ?", values, keep_text, &text,
                      NULL);
    return text;
}

static gboolean keep_whole(gpointer context, guint n, const CsCell *cells)
{
    if (n == 1 && cells[0].kind == CS_CELL_WHOLE)
        *(gint64 *)context = cells[0].whole;
    return FALSE;
}

gint64 cs_database_whole(CsDatabase *database, const char *sql)
{
    gint64 value = 0;
    cs_database_query(database, sql, NULL, keep_whole, &value, NULL);
    return value;
}

#define ROWS_A_TICK 16384

typedef struct {
    CsFile *file;
    const CsRowEnds *ends;
    guint64 run; /* of the row before; 0: none */
    const char *more;
    GString *line;
    CsTable table;
    CsExportTick tick;
    gpointer context;
    guint64 rows, all;
    gboolean stopped;
} Export;

/* About how many rows a table has: its last row's number, since counting would read them all. */
static guint64 row_count(CsDatabase *database, CsTable table)
{
    g_autofree char *sql = g_strdup_printf("SELECT max(rowid) FROM %s", cs_table_info(table)->name);
    return (guint64)cs_database_whole(database, sql);
}

static gboolean export_row(gpointer context, guint n, const CsCell *cells)
{
    Export *export = context;
    g_string_truncate(export->line, 0);
    guint width = cs_table_width(export->table, export->ends->places);
    for (guint i = 0; i < MIN(n, width); i++) {
        if (i > 0)
            g_string_append_c(export->line, ',');
        if (export->ends->raw)
            cs_csv_append_cell(export->line, &cells[i]);
        else
            cs_csv_append_clean(export->line, &cells[i]);
    }
    if (export->ends->cells != NULL && export->run != (guint64)cells[0].whole) {
        export->run = (guint64)cells[0].whole;
        export->more = export->ends->cells(export->ends->context, export->run);
    }
    g_string_append(export->line, export->more != NULL ? export->more : "");
    g_string_append_c(export->line, '\n');
    cs_file_write(export->file, export->line->str, export->line->len);
    if (++export->rows % ROWS_A_TICK == 0 && export->tick != NULL)
        export->stopped = !export->tick(export->context, export->table, export->rows, export->all);
    return !export->stopped && !cs_file_failed(export->file);
}

/* Transfer full. */
static char *rows_query(CsTable table, const guint64 *runs)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "SELECT * FROM %s", cs_table_info(table)->name);
    for (const guint64 *run = runs; run != NULL && *run != 0; run++)
        g_string_append_printf(sql, "%s%" G_GUINT64_FORMAT, run == runs ? " WHERE run IN (" : ",",
                               *run);
    g_string_append_printf(sql, "%s ORDER BY run, rowid", runs != NULL ? ")" : "");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

gboolean cs_database_write_rows(CsDatabase *database, CsTable table, const guint64 *runs,
                                const CsRowEnds *ends, CsFile *file, CsExportTick tick,
                                gpointer context, GError **error)
{
    g_autofree char *sql = rows_query(table, runs);
    g_autoptr(GString) line = g_string_new(NULL);
    Export export = {.file = file,
                     .ends = ends,
                     .line = line,
                     .table = table,
                     .tick = tick,
                     .context = context,
                     .all = tick != NULL ? row_count(database, table) : 0};
    if (!cs_database_query(database, sql, NULL, export_row, &export, error))
        return FALSE;
    if (export.stopped)
        g_set_error_literal(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_INTERRUPTED, "interrupted");
    return !export.stopped;
}

gboolean cs_database_export(CsDatabase *database, CsTable table, const CsDir *folder,
                            const CsRowEnds *ends, CsExportTick tick, gpointer context,
                            GError **error)
{
    g_autofree char *header = cs_table_header(table, ends->places, ends->columns);
    g_autoptr(CsFile) file = cs_dir_create_file(folder, cs_table_info(table)->file_name, error);
    if (file == NULL)
        return FALSE;
    cs_file_puts(file, header);
    return cs_database_write_rows(database, table, NULL, ends, file, tick, context, error) &&
           cs_file_commit(g_steal_pointer(&file), error);
}
