/* output/database: results in SQLite. See database.h. */
#include "output/database.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* "cards" in ASCII, as SQLite's application_id. */
#define APPLICATION_ID 0x63617264

G_DEFINE_QUARK(cs-database-error-quark, cs_database_error)

struct CsDatabase {
    sqlite3 *handle;
    char *path;
    sqlite3_stmt *insert[CS_TABLE_N];
    GString *scratch;
    int failure; /* SQLite's code of the first failure within a run, SQLITE_OK for none */
    char *failure_text;
};

static const char *const table_names[CS_TABLE_N] = {"rounds", "devices", "totals"};

static const char fixed_schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE run(run INTEGER PRIMARY KEY, replications INTEGER NOT NULL) STRICT;"
    "CREATE TABLE param(run INTEGER NOT NULL REFERENCES run(run), key TEXT NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY(run, key)) STRICT, WITHOUT ROWID;";

static const char views[] =
    "CREATE VIEW point AS SELECT run, replications,"
    " (SELECT json_group_object(key, value) FROM param WHERE param.run = run.run) AS parameters"
    " FROM run;"
    "CREATE VIEW run_means AS SELECT run, policy, count(*) AS replications,"
    " avg(delay_mean_s) AS delay_mean_s, avg(wait_total_s) AS wait_total_s,"
    " avg(server_energy_mean_j) AS server_energy_mean_j,"
    " avg(device_energy_total_j) AS device_energy_total_j,"
    " avg(radio_energy_total_j) AS radio_energy_total_j, avg(cost_mean) AS cost_mean,"
    " avg(makespan_s) AS makespan_s FROM totals GROUP BY run, policy;";

static void set_error(const CsDatabase *database, CsDatabaseError code, const char *what,
                      GError **error)
{
    g_set_error(error, CS_DATABASE_ERROR, (int)code, "cannot %s '%s': %s", what, database->path,
                database->failure_text != NULL ? database->failure_text
                                               : sqlite3_errmsg(database->handle));
}

/* Keeps the first failure of a run; the rest of it is passed over. */
static gboolean note(CsDatabase *database, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return TRUE;
    if (database->failure == SQLITE_OK) {
        database->failure = code;
        database->failure_text = g_strdup(sqlite3_errmsg(database->handle));
    }
    return FALSE;
}

static void forget_failure(CsDatabase *database)
{
    database->failure = SQLITE_OK;
    g_clear_pointer(&database->failure_text, g_free);
}

static gboolean execute(CsDatabase *database, const char *sql)
{
    return database->failure == SQLITE_OK &&
           note(database, sqlite3_exec(database->handle, sql, NULL, NULL, NULL));
}

static gint64 pragma(CsDatabase *database, const char *name)
{
    g_autofree char *sql = g_strdup_printf("PRAGMA %s", name);
    sqlite3_stmt *statement = NULL;
    gint64 value = -1;
    if (sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static const char *type_name(CsCellKind kind)
{
    return kind == CS_CELL_WHOLE ? "INTEGER" : kind == CS_CELL_REAL ? "REAL" : "TEXT";
}

/* Tables like the CSV files: the same names in the same order, an index on the run. */
static void append_table(GString *sql, CsTable table)
{
    guint n;
    const CsColumn *columns = cs_table_columns(table, &n);
    g_string_append_printf(sql, "CREATE TABLE %s(", table_names[table]);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(sql, "%s%s %s", i == 0 ? "" : ", ", columns[i].name,
                               type_name(columns[i].kind));
    g_string_append_printf(sql, ") STRICT;CREATE INDEX %s_run ON %s(run);", table_names[table],
                           table_names[table]);
}

static gboolean create_schema(CsDatabase *database)
{
    g_autoptr(GString) sql = g_string_new("BEGIN IMMEDIATE;");
    g_string_append(sql, fixed_schema);
    for (int table = 0; table < CS_TABLE_N; table++)
        append_table(sql, (CsTable)table);
    g_string_append(sql, views);
    g_string_append_printf(sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT;",
                           APPLICATION_ID, CS_DATABASE_VERSION);
    return execute(database, sql->str);
}

static gboolean prepare_insert(CsDatabase *database, CsTable table)
{
    guint n;
    cs_table_columns(table, &n);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "INSERT INTO %s VALUES(", table_names[table]);
    for (guint i = 0; i < n; i++)
        g_string_append(sql, i == 0 ? "?" : ",?");
    g_string_append_c(sql, ')');
    return note(database, sqlite3_prepare_v3(database->handle, sql->str, -1,
                                             SQLITE_PREPARE_PERSISTENT, &database->insert[table],
                                             NULL));
}

static gboolean check_version(CsDatabase *database, GError **error)
{
    gint64 version = pragma(database, "user_version");
    if (version < 0) { /* cannot be read */
        set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
        return FALSE;
    }
    if (pragma(database, "application_id") == APPLICATION_ID && version == CS_DATABASE_VERSION)
        return TRUE;
    if (pragma(database, "application_id") == APPLICATION_ID)
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                    "'%s' has results of format %" G_GINT64_FORMAT ", this program writes %d",
                    database->path, version, CS_DATABASE_VERSION);
    else
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                    "'%s' is no database of cardsim", database->path);
    return FALSE;
}

static gboolean open_for_writing(CsDatabase *database, GError **error)
{
    /* A write-ahead log survives a killed process; its sync at checkpoints suffices for that. */
    gboolean good = execute(database, "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                                      "PRAGMA foreign_keys=OFF;PRAGMA temp_store=MEMORY;");
    if (good && pragma(database, "schema_version") == 0)
        good = create_schema(database);
    if (!good) {
        set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
        return FALSE;
    }
    if (!check_version(database, error))
        return FALSE;
    for (int table = 0; table < CS_TABLE_N; table++)
        good = good && prepare_insert(database, (CsTable)table);
    if (!good)
        set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
    return good;
}

/* The name by which SQLite opens `path`. Where nothing can be written beside it, as in somebody
 * else's results, and nothing is there to be read with it, it is promised not to change. Transfer
 * full. */
static char *uri_of(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
    gboolean fixed = g_access(path, R_OK) == 0 && g_access(directory, W_OK) != 0 &&
                     !g_file_test(log, G_FILE_TEST_EXISTS);
    return g_strconcat("file:", escaped, fixed ? "?immutable=1" : "", NULL);
}

static CsDatabase *open_path(char *path, int flags, gboolean writing, GError **error)
{
    g_autoptr(CsDatabase) database = g_new0(CsDatabase, 1);
    database->path = path;
    database->scratch = g_string_new(NULL);
    g_autofree char *uri = strcmp(path, ":memory:") == 0 ? g_strdup(path) : uri_of(path);
    if (!note(database, sqlite3_open_v2(uri, &database->handle, flags | SQLITE_OPEN_URI, NULL))) {
        set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
        return NULL;
    }
    sqlite3_busy_timeout(database->handle, 10000);
    /* What lies in the file is data: it may not run anything of its own. */
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    gboolean good = writing ? open_for_writing(database, error) : check_version(database, error);
    return good ? g_steal_pointer(&database) : NULL;
}

/* SQLite reads a write-ahead log with the help of files beside it, which a connection that may not
 * write leaves behind. So reading, too, is done by one that could write where that is allowed. */
static int reading_flags(const char *path)
{
    return g_access(path, W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
}

CsDatabase *cs_database_open(const char *directory, CsDatabaseMode mode, GError **error)
{
    gboolean writing = mode == CS_DATABASE_CREATE;
    char *path = g_build_filename(directory, CS_DATABASE_FILE, NULL);
    return open_path(path,
                     writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : reading_flags(path),
                     writing, error);
}

CsDatabase *cs_database_new(GError **error)
{
    return open_path(g_strdup(":memory:"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, TRUE, error);
}

void cs_database_close(CsDatabase *database)
{
    if (database == NULL)
        return;
    for (int table = 0; table < CS_TABLE_N; table++)
        sqlite3_finalize(database->insert[table]);
    sqlite3_close(database->handle);
    g_string_free(database->scratch, TRUE);
    g_free(database->failure_text);
    g_free(database->path);
    g_free(database);
}

/* Runs one statement with up to two values; the row of a query is left to be read by `read`. */
static gboolean run_statement(CsDatabase *database, const char *sql, const char *first,
                              const char *second)
{
    sqlite3_stmt *statement = NULL;
    if (!note(database, sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL)))
        return FALSE;
    sqlite3_bind_text(statement, 1, first, -1, SQLITE_TRANSIENT);
    if (second != NULL)
        sqlite3_bind_text(statement, 2, second, -1, SQLITE_TRANSIENT);
    gboolean good = note(database, sqlite3_step(statement));
    sqlite3_finalize(statement);
    return good;
}

gboolean cs_database_set_meta(CsDatabase *database, const char *key, const char *value,
                              GError **error)
{
    if (run_statement(database, "INSERT OR REPLACE INTO meta VALUES(?, ?)", key, value))
        return TRUE;
    set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    forget_failure(database);
    return FALSE;
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

/* --- runs ---------------------------------------------------------------------------------- */

static void add_parameter(CsDatabase *database, guint64 run, const char *parameter)
{
    const char *sign = strchr(parameter, '=');
    g_assert(sign != NULL);
    g_autofree char *key = g_strndup(parameter, (gsize)(sign - parameter));
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO param VALUES(%" G_GUINT64_FORMAT ", ?, ?)", run);
    run_statement(database, sql, key, sign + 1);
}

void cs_database_begin_run(CsDatabase *database, guint64 run, const char *const *parameters)
{
    execute(database, "BEGIN IMMEDIATE");
    for (; *parameters != NULL && database->failure == SQLITE_OK; parameters++)
        add_parameter(database, run, *parameters);
}

static int bind(sqlite3_stmt *statement, int place, const CsCell *cell)
{
    switch (cell->kind) {
    case CS_CELL_EMPTY:
        return sqlite3_bind_null(statement, place);
    case CS_CELL_WHOLE:
        return sqlite3_bind_int64(statement, place, cell->whole);
    case CS_CELL_REAL:
        return sqlite3_bind_double(statement, place, cell->real);
    case CS_CELL_TEXT:
        return sqlite3_bind_text(statement, place, cell->text, -1, SQLITE_TRANSIENT);
    }
    g_assert_not_reached();
}

void cs_database_add_cells(CsDatabase *database, CsTable table, const CsCell *cells)
{
    if (database->failure != SQLITE_OK)
        return;
    guint n;
    cs_table_columns(table, &n);
    sqlite3_stmt *statement = database->insert[table];
    for (guint i = 0; i < n; i++)
        note(database, bind(statement, (int)i + 1, &cells[i]));
    note(database, sqlite3_step(statement));
    sqlite3_reset(statement);
}

void cs_database_add(CsDatabase *database, CsTable table, const CsRowContext *row,
                     gconstpointer record)
{
    if (database->failure != SQLITE_OK)
        return;
    guint n;
    cs_table_columns(table, &n);
    sqlite3_stmt *statement = database->insert[table];
    for (guint i = 0; i < n; i++) {
        CsCell cell = cs_table_cell(table, i, row, record, database->scratch);
        note(database, bind(statement, (int)i + 1, &cell));
    }
    note(database, sqlite3_step(statement));
    sqlite3_reset(statement);
}

gboolean cs_database_commit_run(CsDatabase *database, guint64 run, guint64 replications,
                                GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO run VALUES(%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ");COMMIT", run,
        replications);
    if (execute(database, sql))
        return TRUE;
    set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    cs_database_abandon_run(database);
    return FALSE;
}

void cs_database_abandon_run(CsDatabase *database)
{
    forget_failure(database);
    /* SQLite may have rolled back by itself (a full disk). */
    if (sqlite3_get_autocommit(database->handle) == 0)
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
}

static gboolean keep_whole(gpointer context, guint n, const CsCell *cells)
{
    if (n == 1 && cells[0].kind == CS_CELL_WHOLE)
        *(gint64 *)context = cells[0].whole;
    return FALSE;
}

static gint64 query_whole(CsDatabase *database, const char *sql)
{
    gint64 value = 0;
    cs_database_query(database, sql, NULL, keep_whole, &value, NULL);
    return value;
}

gboolean cs_database_has_run(CsDatabase *database, guint64 run)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM run WHERE run = %" G_GUINT64_FORMAT, run);
    return query_whole(database, sql) > 0;
}

guint64 cs_database_n_runs(CsDatabase *database)
{
    return (guint64)query_whole(database, "SELECT count(*) FROM run");
}

/* The runs that `database` does not have, of an attached database `part`; `run` itself last, since
 * it tells which these are. */
static gboolean copy_runs(CsDatabase *database)
{
    static const char *const copied[] = {"rounds", "devices", "totals", "param", "run"};
    gboolean good = execute(database, "BEGIN IMMEDIATE");
    for (guint i = 0; i < G_N_ELEMENTS(copied) && good; i++) {
        g_autofree char *sql = g_strdup_printf("INSERT INTO main.%s SELECT * FROM part.%s"
                                               " WHERE run NOT IN (SELECT run FROM main.run)",
                                               copied[i], copied[i]);
        good = execute(database, sql);
    }
    return good && execute(database, "COMMIT");
}

gboolean cs_database_merge(CsDatabase *database, const char *directory, GError **error)
{
    g_autoptr(CsDatabase) other = cs_database_open(directory, CS_DATABASE_READ, error);
    if (other == NULL)
        return FALSE;
    g_autofree char *uri = uri_of(other->path);
    gboolean attached = run_statement(database, "ATTACH ? AS part", uri, NULL);
    gboolean good = attached && copy_runs(database);
    if (!good) {
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_WRITE,
                    "cannot merge '%s' into '%s': %s", other->path, database->path,
                    database->failure_text);
        cs_database_abandon_run(database);
    }
    if (attached)
        sqlite3_exec(database->handle, "DETACH part", NULL, NULL, NULL);
    return good;
}

/* --- reading ------------------------------------------------------------------------------- */

static CsCell read_cell(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return (CsCell){.kind = CS_CELL_EMPTY};
    case SQLITE_INTEGER:
        return (CsCell){.kind = CS_CELL_WHOLE, .whole = sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
        return (CsCell){.kind = CS_CELL_REAL, .real = sqlite3_column_double(statement, column)};
    default:
        return (CsCell){.kind = CS_CELL_TEXT,
                        .text = (const char *)sqlite3_column_text(statement, column)};
    }
}

struct CsCursor {
    CsDatabase *database;
    sqlite3_stmt *statement;
    guint n;
    CsCell *cells;
    int code; /* SQLITE_OK or SQLITE_ROW while there may be more */
};

CsCursor *cs_cursor_new(CsDatabase *database, const char *sql, const char *const *values)
{
    CsCursor *cursor = g_new0(CsCursor, 1);
    cursor->database = database;
    cursor->code = sqlite3_prepare_v2(database->handle, sql, -1, &cursor->statement, NULL);
    for (int i = 0; cursor->code == SQLITE_OK && values != NULL && values[i] != NULL; i++)
        cursor->code =
            sqlite3_bind_text(cursor->statement, i + 1, values[i], -1, SQLITE_TRANSIENT);
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
    if (cursor->code != SQLITE_OK && cursor->code != SQLITE_ROW)
        return NULL;
    cursor->code = sqlite3_step(cursor->statement);
    if (cursor->code != SQLITE_ROW)
        return NULL;
    for (guint i = 0; i < cursor->n; i++)
        cursor->cells[i] = read_cell(cursor->statement, (int)i);
    return cursor->cells;
}

gboolean cs_cursor_end(CsCursor *cursor, GError **error)
{
    gboolean good = cursor->code == SQLITE_OK || cursor->code == SQLITE_ROW ||
                    cursor->code == SQLITE_DONE;
    if (!good)
        set_error(cursor->database, CS_DATABASE_ERROR_READ, "read", error);
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

typedef struct {
    CsFile *file;
    GString *line;
} Export;

static gboolean export_row(gpointer context, guint n, const CsCell *cells)
{
    Export *export = context;
    g_string_truncate(export->line, 0);
    for (guint i = 0; i < n; i++) {
        cs_csv_append_cell(export->line, &cells[i]);
        g_string_append_c(export->line, i + 1 < n ? ',' : '\n');
    }
    cs_file_write(export->file, export->line->str, export->line->len);
    return !cs_file_failed(export->file);
}

gboolean cs_database_export(CsDatabase *database, CsTable table, const char *directory,
                            GError **error)
{
    g_autofree char *path = g_build_filename(directory, cs_table_file_name(table), NULL);
    g_autofree char *header = cs_table_header(table);
    g_autofree char *sql =
        g_strdup_printf("SELECT * FROM %s ORDER BY run, rowid", table_names[table]);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(CsFile) file = cs_file_create(path, error);
    if (file == NULL)
        return FALSE;
    Export export = {file, line};
    cs_file_puts(file, header);
    if (!cs_database_query(database, sql, NULL, export_row, &export, error))
        return FALSE;
    return cs_file_commit(g_steal_pointer(&file), error);
}
