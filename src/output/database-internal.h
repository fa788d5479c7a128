/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/database-internal: what the files of output/database share; nobody else includes it.
 *
 * A failure between the first row of a run and its commit is kept in the database and told by the
 * commit; see cs_database_note().
 */
#ifndef CS_OUTPUT_DATABASE_INTERNAL_H
#define CS_OUTPUT_DATABASE_INTERNAL_H

#include "output/database.h"

#include <sqlite3.h>

struct CsDatabase {
    sqlite3 *handle;
    char *path;
    char *uri;          /* by which SQLite opened it */
    const char *schema; /* that rows are added to: "main"; "gathered", where they wait for the
                         * commit; "temp", which only this connection sees */
    guint tables;       /* that there are in it, as a set of 1 << CsTable */
    gboolean places;    /* its rounds have their columns */
    sqlite3_stmt *insert[CS_TABLE_N];
    GString *scratch;
    int failure; /* SQLite's code of the first failure within a run, SQLITE_OK for none */
    char *failure_text;
    const gint *interrupt; /* ends a statement where it is not 0; borrowed, NULL for none */
    gint64 saved;          /* unfinished runs in `partial`, or CS_SAVED_UNKNOWN */
    guint64 steps;         /* of SQLite's machine within the present statement, about */
    gboolean overdue;      /* a statement took more of them than its data can need */
};

/* Keeps the first failure of a run; the rest of it is passed over. TRUE where `code` is none. */
gboolean cs_database_note(CsDatabase *database, int code);
void cs_database_forget_failure(CsDatabase *database);
/* `error` from what was kept, or else from what SQLite said last. */
void cs_database_set_error(const CsDatabase *database, CsDatabaseError code, const char *what,
                           GError **error);

/* To be called before a statement: its steps are counted from here. */
static inline void cs_database_start(CsDatabase *database)
{
    database->steps = 0;
    database->overdue = FALSE;
}

/* TRUE where no failure is kept; else tells it and forgets it. */
gboolean cs_database_settle(CsDatabase *database, GError **error);

/* Statements without a result; FALSE where they fail or an earlier failure is kept. */
gboolean cs_database_execute(CsDatabase *database, const char *sql);
/* One statement with up to two texts, the second of which may be NULL. */
gboolean cs_database_run_statement(CsDatabase *database, const char *sql, const char *first,
                                   const char *second);

/* Makes ready for rows of `table`. */
gboolean cs_database_prepare_insert(CsDatabase *database, CsTable table);

/* Copies the rows of all tables; places as in cs_schema_append_tables(). Without conditions,
 * between tables alike and without an index, SQLite copies rows unread. */
gboolean cs_database_copy_rows(CsDatabase *database, const char *from, const char *to);
/* After a commit: rows that waited for it are forgotten. */
void cs_database_forget_gathered(CsDatabase *database);
/* What was set in a run, within a transaction. */
void cs_database_add_parameters(CsDatabase *database, guint64 run, const char *const *parameters);

/* Unfinished runs of which replications are saved, see output/partial; and whether `run` is one. */
guint64 cs_database_n_saved(CsDatabase *database);
gboolean cs_database_has_saved(CsDatabase *database, guint64 run);
/* Makes those of `run`, where there are any, rows of a finished run, within a transaction. */
void cs_database_take_saved(CsDatabase *database, guint64 run);

/* A row at a time would be a transaction at a time. Both may be called at any time. */
void cs_database_open_transaction(CsDatabase *database);
void cs_database_close_transaction(CsDatabase *database);

/* How the names of the tables begin in which rows of unfinished runs are. */
#define CS_SAVED "partial_"
#define CS_SAVED_UNKNOWN -1

/* What makes the tables of the schema: meta, run, param and so on; those of rows that are in the
 * set `tables`, with names that begin with `place`: a schema and its dot, and CS_SAVED or not. */
void cs_schema_append_fixed(GString *sql);
void cs_schema_append_tables(GString *sql, const char *place, guint tables, gboolean places);
/* What gives its rounds the columns of places, or takes them away. */
void cs_schema_append_places(GString *sql, const char *place, gboolean places);

/* Looks for a table of ours that is not one that this program, or one with fewer or more columns,
 * makes, and for what would run on its own: its name in *harm (transfer full), or NULL. SQLITE_DONE
 * or SQLITE_ROW unless reading failed. */
int cs_schema_find_harm(sqlite3 *handle, char **harm);

#endif
