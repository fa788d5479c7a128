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
    gboolean gathers; /* rows are added to the schema `gathered` and wait there for the commit */
    sqlite3_stmt *insert[CS_TABLE_N];
    GString *scratch;
    int failure; /* SQLite's code of the first failure within a run, SQLITE_OK for none */
    char *failure_text;
};

static const char *const table_names[CS_TABLE_N] = {"rounds", "devices", "totals"};

/* Half the time of many small pages, for rows of some 250 bytes. */
static const char page_size[] = "16384";

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

/* A row at a time would be a transaction at a time. */
static void open_transaction(CsDatabase *database)
{
    if (sqlite3_get_autocommit(database->handle) != 0)
        execute(database, "BEGIN");
}

static void close_transaction(CsDatabase *database)
{
    if (sqlite3_get_autocommit(database->handle) == 0)
        execute(database, "COMMIT");
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

/* Tables like the CSV files: the same names in the same order. Without an index rows can be copied
 * from one database to another as they are stored; see cs_database_index(). */
static void append_tables(GString *sql, const char *schema)
{
    for (int table = 0; table < CS_TABLE_N; table++) {
        guint n;
        const CsColumn *columns = cs_table_columns((CsTable)table, &n);
        g_string_append_printf(sql, "CREATE TABLE %s.%s(", schema, table_names[table]);
        for (guint i = 0; i < n; i++)
            g_string_append_printf(sql, "%s%s %s", i == 0 ? "" : ", ", columns[i].name,
                                   type_name(columns[i].kind));
        g_string_append(sql, ") STRICT;");
    }
}

static gboolean create_schema(CsDatabase *database)
{
    g_autoptr(GString) sql = g_string_new("BEGIN IMMEDIATE;");
    g_string_append(sql, fixed_schema);
    append_tables(sql, "main");
    g_string_append(sql, views);
    g_string_append_printf(sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT;",
                           APPLICATION_ID, CS_DATABASE_VERSION);
    return execute(database, sql->str);
}

/*
 * Where the rows of the run under way wait for its commit: a database of this connection alone, in
 * memory up to its cache's size and in SQLite's temporary file beyond.
 */
static gboolean create_gathered(CsDatabase *database)
{
    g_autoptr(GString) sql = g_string_new("ATTACH '' AS gathered;");
    g_string_append_printf(sql,
                           "PRAGMA gathered.page_size=%s;PRAGMA gathered.journal_mode=MEMORY;"
                           "PRAGMA gathered.cache_size=-262144;",
                           page_size);
    append_tables(sql, "gathered");
    database->gathers = TRUE;
    return execute(database, sql->str);
}

/* The schema that rows are added to. */
static const char *rows_of(const CsDatabase *database)
{
    return database->gathers ? "gathered" : "main";
}

static gboolean prepare_insert(CsDatabase *database, CsTable table)
{
    guint n;
    cs_table_columns(table, &n);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "INSERT INTO %s.%s VALUES(", rows_of(database), table_names[table]);
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

static gboolean open_for_writing(CsDatabase *database, gboolean gathering, GError **error)
{
    /* A write-ahead log survives a killed process; its sync at checkpoints suffices for that. */
    g_autofree char *sql = g_strdup_printf(
        "PRAGMA page_size=%s;PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=OFF;",
        page_size);
    gboolean good = execute(database, sql);
    if (good && pragma(database, "schema_version") == 0)
        good = create_schema(database);
    if (!good) {
        set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
        return FALSE;
    }
    if (!check_version(database, error))
        return FALSE;
    if (gathering)
        good = create_gathered(database);
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

/* A connection that only one thread uses at a time, so that SQLite needs no locks. Transfer of `path`
 * full; what fails is noted. */
static CsDatabase *connect_to(char *path, const char *uri, int flags)
{
    CsDatabase *database = g_new0(CsDatabase, 1);
    database->path = path;
    database->scratch = g_string_new(NULL);
    flags |= SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    if (note(database, sqlite3_open_v2(uri, &database->handle, flags, NULL))) {
        sqlite3_busy_timeout(database->handle, 10000);
        /* What lies in the file is data: it may not run anything of its own. */
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    }
    return database;
}

#define OPEN_NEW (SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)

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
    g_autofree char *uri = uri_of(path);
    g_autoptr(CsDatabase) database =
        connect_to(path, uri, writing ? OPEN_NEW : reading_flags(path));
    if (database->failure != SQLITE_OK) {
        set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
        return NULL;
    }
    gboolean good =
        writing ? open_for_writing(database, TRUE, error) : check_version(database, error);
    return good ? g_steal_pointer(&database) : NULL;
}

CsDatabase *cs_database_new(GError **error)
{
    g_autoptr(CsDatabase) database = connect_to(g_strdup("memory"), ":memory:", OPEN_NEW);
    if (database->failure == SQLITE_OK && open_for_writing(database, FALSE, error))
        return g_steal_pointer(&database);
    if (database->failure != SQLITE_OK)
        set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
    return NULL;
}

/* SQLite keeps such a file in memory, under a name that the whole process can attach. */
CsDatabase *cs_database_new_part(void)
{
    static gint number;
    char *uri = g_strdup_printf("file:/part-%u?vfs=memdb", (guint)g_atomic_int_add(&number, 1));
    CsDatabase *part = connect_to(uri, uri, OPEN_NEW);
    sqlite3_int64 most = G_MAXINT64 / 2; /* SQLite's own limit is 1 GiB */
    sqlite3_file_control(part->handle, "main", SQLITE_FCNTL_SIZE_LIMIT, &most);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "PRAGMA page_size=%s;PRAGMA journal_mode=OFF;", page_size);
    append_tables(sql, "main");
    execute(part, sql->str);
    for (int table = 0; table < CS_TABLE_N; table++)
        prepare_insert(part, (CsTable)table);
    return part;
}

void cs_database_end_part(CsDatabase *part)
{
    close_transaction(part);
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
        g_strdup_printf("INSERT INTO main.param VALUES(%" G_GUINT64_FORMAT ", ?, ?)", run);
    run_statement(database, sql, key, sign + 1);
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
        return sqlite3_bind_text(statement, place, cell->text, -1, SQLITE_STATIC);
    }
    g_assert_not_reached();
}

void cs_database_add_cells(CsDatabase *database, CsTable table, const CsCell *cells)
{
    if (database->failure != SQLITE_OK)
        return;
    open_transaction(database);
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
    open_transaction(database);
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

/* Without conditions, between tables alike and without an index, SQLite copies rows unread. */
static gboolean copy_rows(CsDatabase *database, const char *from, const char *to)
{
    gboolean good = TRUE;
    for (int table = 0; table < CS_TABLE_N && good; table++) {
        g_autofree char *sql =
            g_strdup_printf("INSERT INTO %s.%s SELECT * FROM %s.%s", to, table_names[table], from,
                            table_names[table]);
        good = execute(database, sql);
    }
    return good;
}

void cs_database_absorb(CsDatabase *database, const CsDatabase *part)
{
    if (database->failure == SQLITE_OK && part->failure != SQLITE_OK) {
        database->failure = part->failure;
        database->failure_text = g_strdup(part->failure_text);
    }
    close_transaction(database); /* nothing can be detached in its middle */
    if (database->failure != SQLITE_OK ||
        !run_statement(database, "ATTACH ? AS part", part->path, NULL))
        return;
    copy_rows(database, "part", rows_of(database));
    note(database, sqlite3_exec(database->handle, "DETACH part", NULL, NULL, NULL));
}

/* Also where the last run failed. */
static void forget_gathered(CsDatabase *database)
{
    for (int table = 0; table < CS_TABLE_N && database->gathers; table++) {
        g_autofree char *sql = g_strdup_printf("DELETE FROM gathered.%s", table_names[table]);
        execute(database, sql);
    }
}

gboolean cs_database_commit_run(CsDatabase *database, guint64 run, guint64 replications,
                                const char *const *parameters, GError **error)
{
    close_transaction(database);
    execute(database, "BEGIN IMMEDIATE");
    if (database->gathers)
        copy_rows(database, "gathered", "main");
    for (; *parameters != NULL && database->failure == SQLITE_OK; parameters++)
        add_parameter(database, run, *parameters);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO main.run VALUES(%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ");COMMIT", run,
        replications);
    if (execute(database, sql)) {
        forget_gathered(database);
        return TRUE;
    }
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
    forget_gathered(database);
    forget_failure(database);
}

gboolean cs_database_index(CsDatabase *database, GError **error)
{
    for (int table = 0; table < CS_TABLE_N; table++) {
        g_autofree char *sql = g_strdup_printf("CREATE INDEX IF NOT EXISTS main.%s_run ON %s(run)",
                                               table_names[table], table_names[table]);
        execute(database, sql);
    }
    if (database->failure == SQLITE_OK)
        return TRUE;
    set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    forget_failure(database);
    return FALSE;
}

gboolean cs_database_drop_index(CsDatabase *database, GError **error)
{
    for (int table = 0; table < CS_TABLE_N; table++) {
        g_autofree char *sql = g_strdup_printf("DROP INDEX IF EXISTS main.%s_run",
                                               table_names[table]);
        execute(database, sql);
    }
    if (database->failure == SQLITE_OK)
        return TRUE;
    set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    forget_failure(database);
    return FALSE;
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
