/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/database: runs on their way into it. See database.h. */
#include "output/database-internal.h"

#include <math.h>
#include <string.h>

static void add_parameter(CsDatabase *database, guint64 run, const char *parameter)
{
    const char *sign = strchr(parameter, '=');
    g_assert(sign != NULL);
    g_autofree char *key = g_strndup(parameter, (gsize)(sign - parameter));
    g_autofree char *sql = g_strdup_printf(
        "INSERT OR REPLACE INTO main.param VALUES(%" G_GUINT64_FORMAT ", ?, ?)", run);
    cs_database_run_statement(database, sql, key, sign + 1);
}

void cs_database_add_parameters(CsDatabase *database, guint64 run, const char *const *parameters)
{
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
        return sqlite3_bind_text(statement, place, cell->text, -1, SQLITE_STATIC);
    }
    g_assert_not_reached();
}

void cs_database_add_cells(CsDatabase *database, CsTable table, const CsCell *cells)
{
    if (database->failure != SQLITE_OK)
        return;
    cs_database_open_transaction(database);
    guint n = cs_table_width(table, database->places);
    sqlite3_stmt *statement = database->insert[table];
    for (guint i = 0; i < n; i++)
        cs_database_note(database, bind(statement, (int)i + 1, &cells[i]));
    cs_database_note(database, sqlite3_step(statement));
    sqlite3_reset(statement);
}

/* At most one cell of a row is a text in `scratch`, so that all of them are valid together. */
void cs_database_add(CsDatabase *database, CsTable table, const CsRowContext *row,
                     gconstpointer record)
{
    guint n = cs_table_width(table, database->places);
    CsCell *cells = g_newa(CsCell, n);
    for (guint i = 0; i < n; i++)
        cells[i] = cs_table_cell(table, i, row, record, database->scratch);
    cs_database_add_cells(database, table, cells);
}

gboolean cs_database_copy_rows(CsDatabase *database, const char *from, const char *to)
{
    gboolean good = TRUE;
    for (int table = 0; table < CS_TABLE_N && good; table++) {
        if ((database->tables & 1u << table) == 0)
            continue;
        g_autofree char *sql = g_strdup_printf("INSERT INTO %s%s SELECT * FROM %s%s", to,
                                               cs_table_info((CsTable)table)->name, from,
                                               cs_table_info((CsTable)table)->name);
        good = cs_database_execute(database, sql);
    }
    return good;
}

void cs_database_absorb(CsDatabase *database, const CsDatabase *part)
{
    if (database->failure == SQLITE_OK && part->failure != SQLITE_OK) {
        database->failure = part->failure;
        database->failure_text = g_strdup(part->failure_text);
    }
    cs_database_close_transaction(database); /* nothing can be detached in its middle */
    if (database->failure != SQLITE_OK ||
        !cs_database_run_statement(database, "ATTACH ? AS part", part->path, NULL))
        return;
    g_autofree char *to = g_strconcat(database->schema, ".", NULL);
    cs_database_copy_rows(database, "part.", to);
    cs_database_note(database, sqlite3_exec(database->handle, "DETACH part", NULL, NULL, NULL));
}

static gboolean gathers(const CsDatabase *database)
{
    return strcmp(database->schema, "gathered") == 0;
}

/* A statement for each table of rows, whose name stands for every "@". */
static void execute_each(CsDatabase *database, const char *statement)
{
    g_auto(GStrv) parts = g_strsplit(statement, "@", -1);
    for (int table = 0; table < CS_TABLE_N; table++) {
        g_autofree char *sql = g_strjoinv(cs_table_info((CsTable)table)->name, parts);
        cs_database_execute(database, sql);
    }
}

/* Also where the last run failed. */
void cs_database_forget_gathered(CsDatabase *database)
{
    if (!gathers(database))
        return;
    cs_database_execute(database, "DELETE FROM gathered.observed");
    execute_each(database, "DELETE FROM gathered.@");
}

/* Databases of earlier versions have no such table, and nothing saved. */
guint64 cs_database_n_saved(CsDatabase *database)
{
    if (database->saved == CS_SAVED_UNKNOWN)
        database->saved =
            cs_database_whole(database,
                              "SELECT count(*) FROM sqlite_master WHERE name = 'partial'") > 0
                ? cs_database_whole(database, "SELECT count(*) FROM partial")
                : 0;
    return (guint64)database->saved;
}

gboolean cs_database_has_saved(CsDatabase *database, guint64 run)
{
    if (cs_database_n_saved(database) == 0)
        return FALSE;
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM partial WHERE run = %" G_GUINT64_FORMAT, run);
    return cs_database_whole(database, sql) > 0;
}

/* The only unfinished run's rows are copied unread; see cs_database_copy_rows(). */
void cs_database_take_saved(CsDatabase *database, guint64 run)
{
    if (!cs_database_has_saved(database, run))
        return;
    g_autofree char *where = database->saved > 1
                                 ? g_strdup_printf(" WHERE run = %" G_GUINT64_FORMAT, run)
                                 : g_strdup("");
    const char *order = database->saved > 1 ? " ORDER BY rowid" : "";
    for (guint t = 0; t < CS_TABLE_N; t++) {
        const char *name = cs_table_info((CsTable)t)->name;
        g_autofree char *sql =
            g_strdup_printf("INSERT INTO main.%s SELECT * FROM main." CS_SAVED "%s%s%s;"
                            "DELETE FROM main." CS_SAVED "%s%s",
                            name, name, where, order, name, where);
        cs_database_execute(database, sql);
    }
    g_autofree char *gone =
        g_strdup_printf("DELETE FROM main.partial WHERE run = %" G_GUINT64_FORMAT, run);
    cs_database_execute(database, gone);
    database->saved--;
}

gboolean cs_database_commit_run(CsDatabase *database, guint64 run, guint64 replications,
                                const char *const *parameters, GError **error)
{
    cs_database_close_transaction(database);
    cs_database_execute(database, "BEGIN IMMEDIATE");
    cs_database_take_saved(database, run);
    if (gathers(database)) {
        cs_database_copy_rows(database, "gathered.", "main.");
        cs_database_execute(database, "INSERT INTO main.observed SELECT * FROM gathered.observed");
    }
    cs_database_add_parameters(database, run, parameters);
    g_autofree char *sql = g_strdup_printf("INSERT INTO main.run VALUES(%" G_GUINT64_FORMAT
                                           ", %" G_GUINT64_FORMAT ");COMMIT",
                                           run, replications);
    if (cs_database_execute(database, sql)) {
        cs_database_forget_gathered(database);
        return TRUE;
    }
    cs_database_set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    cs_database_abandon_run(database);
    return FALSE;
}

void cs_database_abandon_run(CsDatabase *database)
{
    cs_database_forget_failure(database);
    /* SQLite may have rolled back by itself (a full disk). */
    if (sqlite3_get_autocommit(database->handle) == 0)
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    cs_database_forget_gathered(database);
    cs_database_forget_failure(database);
    database->saved = CS_SAVED_UNKNOWN;
}

gboolean cs_database_keep_rounds(CsDatabase *database, const CsKeptRound *rounds, guint n,
                                 GError **error)
{
    cs_database_open_transaction(database);
    sqlite3_stmt *statement = NULL;
    const char *sql = "INSERT OR IGNORE INTO main.trajectory VALUES(?, ?, ?, ?)";
    cs_database_note(database, sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL));
    for (guint i = 0; i < n && database->failure == SQLITE_OK; i++) {
        const double loss[] = {rounds[i].train_loss, rounds[i].test_loss};
        cs_database_note(database,
                         sqlite3_bind_text(statement, 1, rounds[i].chain, -1, SQLITE_STATIC));
        for (guint j = 0; j < G_N_ELEMENTS(loss); j++) /* NAN is bound as NULL */
            cs_database_note(database, sqlite3_bind_double(statement, (int)j + 2, loss[j]));
        cs_database_note(database, sqlite3_bind_int(statement, 4, rounds[i].diverged));
        cs_database_note(database, sqlite3_step(statement));
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    cs_database_close_transaction(database);
    return cs_database_settle(database, error);
}

typedef struct {
    CsKeptRoundTake take;
    gpointer context;
} Keeping;

static double real_or_nan(const CsCell *cell)
{
    return cell->kind == CS_CELL_REAL ? cell->real : (double)NAN;
}

static gboolean take_kept(gpointer context, guint n, const CsCell *cells)
{
    const Keeping *keeping = context;
    if (n != 4 || cells[0].kind != CS_CELL_TEXT || cells[3].kind != CS_CELL_WHOLE)
        return FALSE;
    const CsKeptRound round = {cells[0].text, real_or_nan(&cells[1]), real_or_nan(&cells[2]),
                               cells[3].whole != 0};
    keeping->take(keeping->context, &round);
    return TRUE;
}

gboolean cs_database_kept_rounds(CsDatabase *database, CsKeptRoundTake take, gpointer context,
                                 GError **error)
{
    Keeping keeping = {take, context};
    return cs_database_query(database,
                             "SELECT chain, train_loss, test_loss, diverged FROM trajectory "
                             "ORDER BY chain",
                             NULL, take_kept, &keeping, error);
}

gboolean cs_database_index(CsDatabase *database, GError **error)
{
    execute_each(database, "CREATE INDEX IF NOT EXISTS main.@_run ON @(run);"
                           "DROP INDEX IF EXISTS main." CS_SAVED "@_run");
    return cs_database_settle(database, error);
}

gboolean cs_database_drop_index(CsDatabase *database, GError **error)
{
    execute_each(database, "DROP INDEX IF EXISTS main.@_run");
    return cs_database_settle(database, error);
}

static void move_run(CsDatabase *database, const CsMovedRun *run)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO temp.moved VALUES(%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
        ", %d, %" G_GUINT64_FORMAT ");INSERT INTO main.digest VALUES(%" G_GUINT64_FORMAT
        ", '%016" G_GINT64_MODIFIER "x')",
        run->from, run->to, run->goes_on, run->wanted, run->to, run->digest);
    cs_database_execute(database, sql);
    cs_database_add_parameters(database, run->to, run->parameters);
}

/* By way of negative numbers, so that none is there twice meanwhile. */
static void renumber(CsDatabase *database, const char *prefix, const char *table, gboolean anew)
{
    g_autofree char *sql =
        anew ? g_strdup_printf("DELETE FROM main.%s%s", prefix, table)
             : g_strdup_printf("DELETE FROM main.%s%s WHERE run NOT IN (SELECT come FROM "
                               "temp.moved);UPDATE main.%s%s SET run = -(SELECT too FROM "
                               "temp.moved WHERE come = run);UPDATE main.%s%s SET run = -run",
                               prefix, table, prefix, table, prefix, table);
    cs_database_execute(database, sql);
}

/* Their rows become saved ones, with an index, since there may be many such runs. */
static void go_on(CsDatabase *database)
{
#define GOING "(SELECT too FROM temp.moved WHERE goes_on)"
    for (guint t = 0; t < CS_TABLE_N; t++) {
        const char *name = cs_table_info((CsTable)t)->name;
        g_autofree char *sql = g_strdup_printf(
            "CREATE INDEX IF NOT EXISTS main." CS_SAVED "%s_run ON " CS_SAVED "%s(run);"
            "INSERT INTO main." CS_SAVED "%s SELECT * FROM main.%s WHERE run IN " GOING
            " ORDER BY rowid;DELETE FROM main.%s WHERE run IN " GOING,
            name, name, name, name, name);
        cs_database_execute(database, sql);
    }
    cs_database_execute(database,
                        "INSERT INTO main.partial SELECT too, 1, wanted, replications, wanted FROM "
                        "temp.moved JOIN main.run ON run = too WHERE goes_on;"
                        "DELETE FROM main.run WHERE run IN " GOING);
#undef GOING
}

gboolean cs_database_begin_extension(CsDatabase *database, const CsMovedRun *runs, gsize n,
                                     gboolean anew, GError **error)
{
    cs_database_execute(database,
                        "CREATE TEMP TABLE IF NOT EXISTS moved(come INTEGER PRIMARY KEY, too INT,"
                        " goes_on INT, wanted INT);"
                        "BEGIN IMMEDIATE;DELETE FROM temp.moved;DELETE FROM main.param;"
                        "DELETE FROM main.digest;DELETE FROM main.meta WHERE key LIKE 'failed/%'");
    for (gsize i = 0; i < n && !anew && database->failure == SQLITE_OK; i++)
        move_run(database, &runs[i]);
    renumber(database, "", "run", anew);
    renumber(database, "", "partial", anew);
    renumber(database, "", "observed", anew);
    for (guint t = 0; t < CS_TABLE_N; t++) {
        renumber(database, "", cs_table_info((CsTable)t)->name, anew);
        renumber(database, CS_SAVED, cs_table_info((CsTable)t)->name, anew);
    }
    if (!anew)
        go_on(database);
    if (cs_database_settle(database, error))
        return TRUE;
    cs_database_abandon_run(database);
    return FALSE;
}

gboolean cs_database_end_extension(CsDatabase *database, GError **error)
{
    cs_database_execute(database, "COMMIT");
    if (!cs_database_settle(database, error)) {
        cs_database_abandon_run(database);
        return FALSE;
    }
    database->saved = CS_SAVED_UNKNOWN;
    return TRUE;
}

gboolean cs_database_set_digests(CsDatabase *database, const guint64 *runs, const guint64 *digests,
                                 gsize n, GError **error)
{
    cs_database_execute(database, "BEGIN IMMEDIATE");
    for (gsize i = 0; i < n && database->failure == SQLITE_OK; i++) {
        g_autofree char *sql =
            g_strdup_printf("INSERT OR REPLACE INTO main.digest VALUES(%" G_GUINT64_FORMAT
                            ", '%016" G_GINT64_MODIFIER "x')",
                            runs[i], digests[i]);
        cs_database_execute(database, sql);
    }
    cs_database_execute(database, "COMMIT");
    gboolean good = cs_database_settle(database, error);
    if (!good)
        cs_database_abandon_run(database);
    return good;
}

gboolean cs_database_begin_temporary(CsDatabase *database, CsTable table, gboolean places,
                                     GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    database->places = places;
    cs_schema_append_tables(sql, "temp.", 1u << table, places);
    database->schema = "temp";
    database->tables = 1u << table;
    if (cs_database_execute(database, sql->str))
        cs_database_prepare_insert(database, table);
    return cs_database_settle(database, error);
}

gboolean cs_database_end_temporary(CsDatabase *database, GError **error)
{
    cs_database_close_transaction(database);
    return cs_database_settle(database, error);
}

gboolean cs_database_has_run(CsDatabase *database, guint64 run)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM run WHERE run = %" G_GUINT64_FORMAT, run);
    return cs_database_whole(database, sql) > 0;
}

guint64 cs_database_n_runs(CsDatabase *database)
{
    return (guint64)cs_database_whole(database, "SELECT count(*) FROM run");
}

/* The runs that `database` does not have, of an attached database `part`; `run` itself last, since
 * it tells which these are. */
static gboolean copy_runs(CsDatabase *database)
{
    const char *copied[CS_TABLE_N + 4] = {[CS_TABLE_N] = "param",
                                          [CS_TABLE_N + 1] = "observed",
                                          [CS_TABLE_N + 2] = "digest",
                                          [CS_TABLE_N + 3] = "run"};
    gboolean good = cs_database_execute(database, "BEGIN IMMEDIATE");
    for (guint i = 0; i < G_N_ELEMENTS(copied) && good; i++) {
        if (i < CS_TABLE_N)
            copied[i] = cs_table_info((CsTable)i)->name;
        g_autofree char *sql =
            g_strdup_printf("INSERT OR REPLACE INTO main.%s SELECT * FROM part.%s"
                            " WHERE run NOT IN (SELECT run FROM main.run)%s",
                            copied[i], copied[i],
                            i == CS_TABLE_N + 2 ? "" : " AND run IN (SELECT run FROM part.run)");
        good = cs_database_execute(database, sql);
    }
    good = good &&
           cs_database_execute(
               database, "INSERT OR IGNORE INTO main.trajectory SELECT * FROM part.trajectory");
    return good && cs_database_execute(database, "COMMIT");
}

gboolean cs_database_merge(CsDatabase *database, const char *directory, GError **error)
{
    g_autoptr(CsDatabase) other = cs_database_open(directory, CS_DATABASE_READ, error);
    if (other == NULL)
        return FALSE;
    gboolean attached = cs_database_run_statement(database, "ATTACH ? AS part", other->uri, NULL);
    gboolean good = attached && copy_runs(database);
    if (!good && (database->failure & 0xFF) == SQLITE_INTERRUPT)
        cs_database_set_error(database, CS_DATABASE_ERROR_WRITE, "write", error);
    else if (!good)
        g_set_error(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_WRITE,
                    "cannot merge '%s' into '%s': %s", other->path, database->path,
                    database->failure_text);
    if (!good)
        cs_database_abandon_run(database);
    if (attached)
        sqlite3_exec(database->handle, "DETACH part", NULL, NULL, NULL);
    return good;
}
