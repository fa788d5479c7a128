/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/database: results in SQLite. See database.h. */
#include "output/database-internal.h"

#include "base/fail.h"
#include "base/room.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "cards" in ASCII, as SQLite's application_id. */
#define APPLICATION_ID 0x63617264

/* clang-format off: not a subtraction */
G_DEFINE_QUARK(cs - database - error - quark, cs_database_error)
/* clang-format on */

/* Half the time of many small pages, for rows of some 250 bytes. */
static const char page_size[] = "16384";

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

/* errno of the last failure on the log or journal of the database, or 0. A journal in memory has no
 * such question. */
static int journal_errno(const CsDatabase *database)
{
    sqlite3_file *file = NULL;
    int reason = 0;
    sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (file != NULL && file->pMethods != NULL && file->pMethods->xFileControl != NULL)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &reason);
    return reason;
}

/* errno of SQLite's call that has just failed for want of room, or 0: SQLite itself keeps it of
 * some calls only. */
static int lack_of_room(const CsDatabase *database, int code)
{
    const int told[] = {errno, sqlite3_system_errno(database->handle), journal_errno(database)};
    int kind = code & 0xFF;
    if (g_str_has_prefix(database->path, "file:")) /* in memory */
        return 0;
    if (kind == SQLITE_FULL)
        return ENOSPC;
    for (gsize i = 0; (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN) && i < G_N_ELEMENTS(told);
         i++)
        if (cs_room_lacks(told[i]))
            return told[i];
    return 0;
}

/* Why a call has failed. Where room was lacking: which place is full, that of the database or that
 * of SQLite's temporary files, if it is another. Transfer full. */
static char *reason_words(const CsDatabase *database, int code)
{
    int reason = lack_of_room(database, code);
    if (reason == 0)
        return g_strdup(sqlite3_errmsg(database->handle));
    char *words = cs_room_reason(database->path, reason);
    const char *temporaries = g_getenv("SQLITE_TMPDIR");
    g_autofree char *folder = g_path_get_dirname(database->path);
    g_autofree char *place = g_canonicalize_filename(folder, NULL);
    if (reason == EFBIG || temporaries == NULL || strcmp(temporaries, place) == 0)
        return words;
    g_autofree char *own = words;
    g_autofree char *other = cs_room_reason(temporaries, reason);
    return g_strdup_printf("%s; or for temporary files in '%s': %s", own, temporaries, other);
}

void cs_database_set_error(const CsDatabase *database, CsDatabaseError code, const char *what,
                           GError **error)
{
    int failure =
        database->failure != SQLITE_OK ? database->failure : sqlite3_errcode(database->handle);
    if (database->overdue)
        g_set_error(error, CS_DATABASE_ERROR, (int)code,
                    "cannot %s '%s': a query takes longer than results of its size can", what,
                    database->path);
    else if ((failure & 0xFF) == SQLITE_INTERRUPT)
        g_set_error_literal(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_INTERRUPTED, "interrupted");
    else {
        g_autofree char *why = database->failure_text != NULL ? g_strdup(database->failure_text)
                                                              : reason_words(database, failure);
        g_set_error(error, CS_DATABASE_ERROR, (int)code, "cannot %s '%s': %s", what, database->path,
                    why);
    }
}

gboolean cs_database_note(CsDatabase *database, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return TRUE;
    if (database->failure == SQLITE_OK) {
        database->failure = code;
        database->failure_text = reason_words(database, code);
    }
    return FALSE;
}

void cs_database_forget_failure(CsDatabase *database)
{
    database->failure = SQLITE_OK;
    g_clear_pointer(&database->failure_text, g_free);
}

gboolean cs_database_settle(CsDatabase *database, GError **error)
{
    if (database->failure == SQLITE_OK)
        return TRUE;
    cs_database_set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    cs_database_forget_failure(database);
    return FALSE;
}

gboolean cs_database_execute(CsDatabase *database, const char *sql)
{
    cs_database_start(database);
    return database->failure == SQLITE_OK &&
           cs_database_note(database, sqlite3_exec(database->handle, sql, NULL, NULL, NULL));
}

void cs_database_open_transaction(CsDatabase *database)
{
    if (sqlite3_get_autocommit(database->handle) != 0)
        cs_database_execute(database, "BEGIN");
}

void cs_database_close_transaction(CsDatabase *database)
{
    if (sqlite3_get_autocommit(database->handle) == 0)
        cs_database_execute(database, "COMMIT");
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

static gboolean create_schema(CsDatabase *database)
{
    g_autoptr(GString) sql = g_string_new("BEGIN IMMEDIATE;");
    cs_schema_append_fixed(sql);
    cs_schema_append_tables(sql, "main.", CS_TABLES_ALL, FALSE);
    cs_schema_append_tables(sql, "main." CS_SAVED, CS_TABLES_ALL, FALSE);
    g_string_append(sql, views);
    g_string_append_printf(sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT;",
                           APPLICATION_ID, CS_DATABASE_VERSION);
    return cs_database_execute(database, sql->str);
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
    cs_schema_append_tables(sql, "gathered.", CS_TABLES_ALL, database->places);
    g_string_append(sql, "CREATE TABLE gathered.observed(run INTEGER NOT NULL, replication INTEGER "
                         "NOT NULL, value REAL);");
    database->schema = "gathered";
    return cs_database_execute(database, sql->str);
}

gboolean cs_database_prepare_insert(CsDatabase *database, CsTable table)
{
    guint n = cs_table_width(table, database->places);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "INSERT INTO %s.%s VALUES(", database->schema,
                    cs_table_info((CsTable)table)->name);
    for (guint i = 0; i < n; i++)
        g_string_append(sql, i == 0 ? "?" : ",?");
    g_string_append_c(sql, ')');
    sqlite3_finalize(g_steal_pointer(&database->insert[table]));
    return cs_database_note(database, sqlite3_prepare_v3(database->handle, sql->str, -1,
                                                         SQLITE_PREPARE_PERSISTENT,
                                                         &database->insert[table], NULL));
}

static gboolean check_schema(CsDatabase *database, GError **error)
{
    g_autofree char *harm = NULL;
    cs_database_start(database);
    int code = cs_schema_find_harm(database->handle, &harm);
    if (harm == NULL && code == SQLITE_DONE)
        return TRUE;
    if (harm == NULL)
        cs_database_set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
    else
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                    "'%s' is no database of cardsim: its '%s' is nothing that cardsim makes",
                    database->path, harm);
    return FALSE;
}

static gboolean check_version(CsDatabase *database, GError **error)
{
    gint64 version = pragma(database, "user_version");
    if (version < 0) { /* cannot be read */
        cs_database_set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
        return FALSE;
    }
    if (pragma(database, "application_id") == APPLICATION_ID && version == CS_DATABASE_VERSION)
        return check_schema(database, error);
    if (pragma(database, "application_id") == APPLICATION_ID)
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                    "'%s' has results of format %" G_GINT64_FORMAT ", this program writes %d",
                    database->path, version, CS_DATABASE_VERSION);
    else
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                    "'%s' is no database of cardsim", database->path);
    return FALSE;
}

static gboolean has_places(CsDatabase *database)
{
    guint n;
    const CsColumn *columns = cs_table_columns(CS_TABLE_ROUNDS, &n);
    return sqlite3_table_column_metadata(database->handle, "main",
                                         cs_table_info(CS_TABLE_ROUNDS)->name, columns[n - 1].name,
                                         NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

gboolean cs_database_set_places(CsDatabase *database, gboolean places, GError **error)
{
    if (places == database->places)
        return TRUE;
    g_autoptr(GString) sql = g_string_new(NULL);
    cs_schema_append_places(sql, "main.", places);
    cs_schema_append_places(sql, "main." CS_SAVED, places);
    if (strcmp(database->schema, "gathered") == 0)
        cs_schema_append_places(sql, "gathered.", places);
    database->places = places;
    if (cs_database_execute(database, sql->str))
        cs_database_prepare_insert(database, CS_TABLE_ROUNDS);
    return cs_database_settle(database, error);
}

static gboolean open_for_writing(CsDatabase *database, gboolean gathering, gboolean locks,
                                 GError **error)
{
    /* A write-ahead log survives a killed process; its sync at checkpoints suffices for that. It
     * needs memory that processes share; a journal does not, and an exclusive lock is none. */
    g_autofree char *sql =
        g_strdup_printf("PRAGMA page_size=%s;%s;PRAGMA foreign_keys=OFF;", page_size,
                        locks ? "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL"
                              : "PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=DELETE;"
                                "PRAGMA synchronous=FULL");
    gboolean good = cs_database_execute(database, sql);
    if (good && pragma(database, "schema_version") == 0)
        good = create_schema(database);
    if (!good) {
        cs_database_set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
        return FALSE;
    }
    if (!check_version(database, error))
        return FALSE;
    database->places = has_places(database);
    if (gathering)
        good = create_gathered(database);
    for (int table = 0; table < CS_TABLE_N; table++)
        good = good && cs_database_prepare_insert(database, (CsTable)table);
    if (!good)
        cs_database_set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
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
    /* An authority of nothing: what begins with two slashes would name one. */
    return g_strconcat(path[0] == '/' ? "file://" : "file:", escaped, fixed ? "?immutable=1" : "",
                       NULL);
}

/* How many steps of SQLite's machine a statement may take, whatever it reads, and how many more for
 * each byte there is to read: a row of 250 bytes takes some 200. */
#define STEPS_A_LOOK 4096
#define STEPS_FREE ((guint64)100000000)
#define STEPS_A_BYTE 64
#define LENGTH_MAX (40 << 20) /* bytes of a row, such as a manifest's */

/* Bytes that a statement can have to read: of the file, or of what is in memory. */
static guint64 size_of(const CsDatabase *database)
{
    const char *name = sqlite3_db_filename(database->handle, "main");
    GStatBuf status;
    guint64 memory = (guint64)sqlite3_memory_used();
    return name != NULL && g_stat(name, &status) == 0 ? memory + (guint64)status.st_size : memory;
}

/* Now and then within every statement: ends it where it is not wanted any more, or has no end. */
static int look(void *data)
{
    CsDatabase *database = data;
    if (database->interrupt != NULL && g_atomic_int_get(database->interrupt) != 0)
        return 1;
    database->steps += STEPS_A_LOOK;
    if (database->steps > STEPS_FREE &&
        database->steps > STEPS_FREE + STEPS_A_BYTE * size_of(database))
        database->overdue = TRUE;
    return database->overdue;
}

void cs_database_watch(CsDatabase *database, const gint *interrupt)
{
    database->interrupt = interrupt;
}

/* A connection that only one thread uses at a time, so that SQLite needs no locks. Transfer of
 * `path` full; what fails is noted. */
static CsDatabase *connect_to(char *path, const char *uri, int flags)
{
    CsDatabase *database = g_new0(CsDatabase, 1);
    database->path = path;
    database->schema = "main";
    database->tables = CS_TABLES_ALL;
    database->saved = CS_SAVED_UNKNOWN;
    database->scratch = g_string_new(NULL);
    flags |= SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    if (cs_database_note(database, sqlite3_open_v2(uri, &database->handle, flags, NULL))) {
        sqlite3_busy_timeout(database->handle, 10000);
        /* What lies in the file is data: it may not run anything of its own. */
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_limit(database->handle, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
        sqlite3_progress_handler(database->handle, STEPS_A_LOOK, look, database);
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

/* A link would lead SQLite, which writes even where it only reads, out of the directory; a pipe
 * would make it wait. */
static gboolean is_file_or_absent(const char *path, GError **error)
{
    GStatBuf status;
    if (g_lstat(path, &status) != 0 || S_ISREG(status.st_mode))
        return TRUE;
    return cs_fail(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN,
                   "'%s' is no regular file of its own: it is a link, a pipe or a device", path);
}

/* TRUE where the file system of `path`, a file, knows no locks: SQLite takes it for one that is
 * held and waits. Asked before it is opened, since closing a descriptor gives a process's locks
 * back. */
static gboolean lacks_locks(const char *path)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return FALSE;
    gboolean lacking = fcntl(descriptor, F_GETLK, &lock) != 0 &&
                       (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP);
    close(descriptor);
    return lacking;
}

/* `how` is of the URI, such as "?nolock=1". */
static CsDatabase *open_as(const char *path, const char *how, CsDatabaseMode mode, GError **error)
{
    gboolean writing = mode != CS_DATABASE_READ;
    g_autofree char *plain = uri_of(path);
    g_autofree char *uri = *how != '\0' && strchr(plain, '?') == NULL
                               ? g_strconcat(plain, how, NULL)
                               : g_strdup(plain);
    g_autoptr(CsDatabase) database =
        connect_to(g_strdup(path), uri, writing ? OPEN_NEW : reading_flags(path));
    if (database->failure != SQLITE_OK) {
        cs_database_set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
        return NULL;
    }
    database->uri = g_steal_pointer(&uri);
    if (writing ? open_for_writing(database, TRUE, mode == CS_DATABASE_CREATE, error)
                : check_version(database, error))
        return g_steal_pointer(&database);
    return NULL;
}

CsDatabase *cs_database_open(const char *directory, CsDatabaseMode mode, GError **error)
{
    g_autofree char *path = g_build_filename(directory, CS_DATABASE_FILE, NULL);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    if (!is_file_or_absent(path, error))
        return NULL;
    const char *how = mode == CS_DATABASE_CREATE_UNLOCKED ? "?nolock=1" : "";
    /* What nobody writes can be read without a lock. */
    if (mode == CS_DATABASE_READ && lacks_locks(path))
        how = g_file_test(log, G_FILE_TEST_EXISTS) ? "?nolock=1" : "?immutable=1";
    return open_as(path, how, mode, error);
}

CsDatabase *cs_database_new(GError **error)
{
    g_autoptr(CsDatabase) database = connect_to(g_strdup("memory"), ":memory:", OPEN_NEW);
    if (database->failure == SQLITE_OK && open_for_writing(database, FALSE, TRUE, error))
        return g_steal_pointer(&database);
    if (database->failure != SQLITE_OK)
        cs_database_set_error(database, CS_DATABASE_ERROR_OPEN, "open", error);
    return NULL;
}

/* SQLite keeps such a file in memory, under a name that the whole process can attach. */
CsDatabase *cs_database_new_part(gboolean places)
{
    static gint number;
    char *uri = g_strdup_printf("file:/part-%u?vfs=memdb", (guint)g_atomic_int_add(&number, 1));
    CsDatabase *part = connect_to(uri, uri, OPEN_NEW);
    sqlite3_int64 most = G_MAXINT64 / 2; /* SQLite's own limit is 1 GiB */
    sqlite3_file_control(part->handle, "main", SQLITE_FCNTL_SIZE_LIMIT, &most);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "PRAGMA page_size=%s;PRAGMA journal_mode=OFF;", page_size);
    part->places = places;
    cs_schema_append_tables(sql, "main.", CS_TABLES_ALL, places);
    cs_database_execute(part, sql->str);
    for (int table = 0; table < CS_TABLE_N; table++)
        cs_database_prepare_insert(part, (CsTable)table);
    return part;
}

void cs_database_end_part(CsDatabase *part)
{
    cs_database_close_transaction(part);
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
    g_free(database->uri);
    g_free(database);
}

/* Runs one statement with up to two values; the row of a query is left to be read by `read`. */
gboolean cs_database_run_statement(CsDatabase *database, const char *sql, const char *first,
                                   const char *second)
{
    sqlite3_stmt *statement = NULL;
    cs_database_start(database);
    if (!cs_database_note(database,
                          sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL)))
        return FALSE;
    sqlite3_bind_text(statement, 1, first, -1, SQLITE_TRANSIENT);
    if (second != NULL)
        sqlite3_bind_text(statement, 2, second, -1, SQLITE_TRANSIENT);
    gboolean good = cs_database_note(database, sqlite3_step(statement));
    sqlite3_finalize(statement);
    return good;
}

gboolean cs_database_set_meta(CsDatabase *database, const char *key, const char *value,
                              GError **error)
{
    cs_database_run_statement(database, "INSERT OR REPLACE INTO meta VALUES(?, ?)", key, value);
    return cs_database_settle(database, error);
}
