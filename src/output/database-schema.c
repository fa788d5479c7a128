/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/database: its schema, made and checked. See database.h.
 *
 * A database from elsewhere is read where its tables were made by the very statements that we use;
 * later versions append columns. So no view stands in a table's place, nothing is generated or
 * checked by an expression, nothing is done by a trigger, and every cell is of its column's type.
 */
#include "output/database-internal.h"

#include <string.h>

static const struct {
    const char *name, *sql;
} fixed[] = {
    {"meta", "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT"},
    {"run", "CREATE TABLE run(run INTEGER PRIMARY KEY, replications INTEGER NOT NULL) STRICT"},
    {"param", "CREATE TABLE param(run INTEGER NOT NULL REFERENCES run(run), key TEXT NOT NULL,"
              " value TEXT NOT NULL, PRIMARY KEY(run, key)) STRICT, WITHOUT ROWID"},
    {"trajectory",
     "CREATE TABLE trajectory(chain TEXT PRIMARY KEY, train_loss REAL, test_loss REAL,"
     " diverged INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    {"digest", "CREATE TABLE digest(run INTEGER PRIMARY KEY, digest TEXT NOT NULL) STRICT"},
    {"partial", "CREATE TABLE partial(run INTEGER PRIMARY KEY, first INTEGER NOT NULL,"
                " count INTEGER NOT NULL, saved INTEGER NOT NULL, whole INTEGER NOT NULL) STRICT"},
    {"observed", "CREATE TABLE observed(run INTEGER NOT NULL, replication INTEGER NOT NULL,"
                 " value REAL, PRIMARY KEY(run, replication)) STRICT, WITHOUT ROWID"},
};

void cs_schema_append_fixed(GString *sql)
{
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_string_append_printf(sql, "%s;", fixed[i].sql);
}

static const char *type_name(CsCellKind kind)
{
    return kind == CS_CELL_WHOLE ? "INTEGER" : kind == CS_CELL_REAL ? "REAL" : "TEXT";
}

static void append_columns(GString *sql, CsTable table, gboolean places)
{
    guint n;
    const CsColumn *columns = cs_table_columns(table, &n);
    for (guint i = 0; i < cs_table_width(table, places); i++)
        g_string_append_printf(sql, "%s%s %s", i == 0 ? "" : ", ", columns[i].name,
                               type_name(columns[i].kind));
}

/* Tables like the CSV files: the same names in the same order. Without an index rows can be copied
 * from one database to another as they are stored; see cs_database_index(). */
void cs_schema_append_tables(GString *sql, const char *place, guint tables, gboolean places)
{
    for (guint table = 0; table < CS_TABLE_N; table++) {
        if ((tables & 1u << table) == 0)
            continue;
        g_string_append_printf(sql, "CREATE TABLE %s%s(", place,
                               cs_table_info((CsTable)table)->name);
        append_columns(sql, (CsTable)table, places);
        g_string_append(sql, ") STRICT;");
    }
}

void cs_schema_append_places(GString *sql, const char *place, gboolean places)
{
    const char *name = cs_table_info(CS_TABLE_ROUNDS)->name;
    guint n;
    const CsColumn *columns = cs_table_columns(CS_TABLE_ROUNDS, &n);
    for (guint i = cs_table_width(CS_TABLE_ROUNDS, FALSE); i < n; i++)
        g_string_append_printf(sql, "ALTER TABLE %s%s %s COLUMN %s %s;", place, name,
                               places ? "ADD" : "DROP", columns[i].name,
                               places ? type_name(columns[i].kind) : "");
}

/* Whether two lists of columns are alike as far as the shorter one goes, and the longer one goes on
 * with plain columns. */
static gboolean are_alike(const char *found, gsize length, const char *ours)
{
    gsize n = strlen(ours), common = MIN(n, length);
    if (memcmp(found, ours, common) != 0)
        return FALSE;
    if (length < n)
        return ours[length] == ',';
    for (gsize i = n; i < length; i++)
        if (!g_ascii_isalnum(found[i]) && strchr("_, ", found[i]) == NULL)
            return FALSE;
    return length == n || found[n] == ',';
}

static gboolean is_table_of_rows(CsTable table, const char *prefix, const char *sql)
{
    g_autoptr(GString) columns = g_string_new(NULL);
    g_autofree char *start =
        g_strdup_printf("CREATE TABLE %s%s(", prefix, cs_table_info(table)->name);
    append_columns(columns, table, FALSE);
    if (!g_str_has_prefix(sql, start) || !g_str_has_suffix(sql, ") STRICT"))
        return FALSE;
    gsize length = strlen(sql) - strlen(start);
    return length > strlen(") STRICT") &&
           are_alike(sql + strlen(start), length - strlen(") STRICT"), columns->str);
}

/* An index of columns as they are: no expression, no condition. */
static gboolean is_plain_index(const char *sql)
{
    const char *open = strchr(sql, '(');
    return open != NULL && strchr(open + 1, '(') == NULL && g_str_has_suffix(sql, ")");
}

/* A row of sqlite_schema: type, name, what made it (NULL: SQLite by itself). */
static gboolean is_harmless(const char *type, const char *name, const char *sql)
{
    if (strcmp(type, "trigger") == 0)
        return FALSE;
    if (strcmp(type, "index") == 0)
        return sql == NULL || is_plain_index(sql);
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (g_ascii_strcasecmp(name, fixed[i].name) == 0)
            return g_strcmp0(sql, fixed[i].sql) == 0;
    const char *prefix = g_ascii_strncasecmp(name, CS_SAVED, strlen(CS_SAVED)) == 0 ? CS_SAVED : "";
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (g_ascii_strcasecmp(name + strlen(prefix), cs_table_info((CsTable)t)->name) == 0)
            return sql != NULL && is_table_of_rows((CsTable)t, prefix, sql);
    return TRUE; /* whatever it is, nobody reads it */
}

static const char *text_of(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

int cs_schema_find_harm(sqlite3 *handle, char **harm)
{
    sqlite3_stmt *statement = NULL;
    int step = sqlite3_prepare_v2(handle, "SELECT type, name, sql FROM sqlite_master", -1,
                                  &statement, NULL);
    *harm = NULL;
    if (step == SQLITE_OK)
        step = sqlite3_step(statement);
    for (; step == SQLITE_ROW; step = sqlite3_step(statement)) {
        const char *type = text_of(statement, 0), *name = text_of(statement, 1);
        if (type != NULL && name != NULL && is_harmless(type, name, text_of(statement, 2)))
            continue;
        *harm = g_strdup(name != NULL ? name : "");
        break;
    }
    sqlite3_finalize(statement);
    return step;
}
