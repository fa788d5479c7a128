/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/partial: replications of unfinished runs. See partial.h. Layer: output. */
#include "output/partial.h"

#include "output/database-internal.h"

#include <math.h>

#define U G_GUINT64_FORMAT

/* A statement made of numbers, within a transaction. */
static G_GNUC_PRINTF(2, 3) gboolean execute(CsDatabase *database, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return cs_database_execute(database, sql);
}

/* Ends a transaction, for better or worse. */
static gboolean end(CsDatabase *database, GError **error)
{
    cs_database_execute(database, "COMMIT");
    gboolean good = cs_database_settle(database, error);
    database->saved = CS_SAVED_UNKNOWN;
    if (!good)
        cs_database_abandon_run(database);
    return good;
}

static void begin(CsDatabase *database)
{
    cs_database_close_transaction(database);
    cs_database_execute(database, "BEGIN IMMEDIATE");
}

static void write_portion(CsDatabase *database, const CsPortion *portion)
{
    execute(database,
            "INSERT OR REPLACE INTO main.partial VALUES(%" U ", %" U ", %" U ", %" U ", %" U ")",
            portion->run, portion->first, portion->count, portion->saved, portion->whole);
}

gboolean cs_partial_save(CsDatabase *database, const CsPortion *portion,
                         const char *const *parameters, GError **error)
{
    begin(database);
    cs_database_copy_rows(database, "gathered.", "main." CS_SAVED);
    cs_database_execute(database, "INSERT INTO main.observed SELECT * FROM gathered.observed");
    cs_database_add_parameters(database, portion->run, parameters);
    write_portion(database, portion);
    if (!end(database, error))
        return FALSE;
    cs_database_forget_gathered(database);
    return cs_database_settle(database, error);
}

/* Of a run's replications those go that are before `first` or from `behind` on. */
static void trim(CsDatabase *database, guint64 run, guint64 first, guint64 behind)
{
    for (guint t = 0; t < CS_TABLE_N; t++)
        execute(database,
                "DELETE FROM main." CS_SAVED "%s WHERE run = %" U " AND (replication < %" U
                " OR replication >= %" U ")",
                cs_table_info((CsTable)t)->name, run, first, behind);
    execute(database,
            "DELETE FROM main.observed WHERE run = %" U " AND (replication < %" U
            " OR replication >= %" U ")",
            run, first, behind);
}

gboolean cs_partial_declare(CsDatabase *database, const CsPortion *portion,
                            const char *const *parameters, GError **error)
{
    begin(database);
    trim(database, portion->run, portion->first, portion->first + portion->saved);
    cs_database_add_parameters(database, portion->run, parameters);
    write_portion(database, portion);
    return end(database, error);
}

gboolean cs_partial_forget(CsDatabase *database, guint64 run, GError **error)
{
    if (!cs_database_has_saved(database, run))
        return TRUE;
    begin(database);
    trim(database, run, 1, 1);
    execute(database,
            "DELETE FROM main.param WHERE run = %" U ";DELETE FROM main.partial WHERE run = %" U,
            run, run);
    return end(database, error);
}

static gboolean take_whole(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    *(gint64 *)context = cells[0].kind == CS_CELL_WHOLE ? cells[0].whole : 0;
    return FALSE;
}

/* Bytes that are free; of how many in one they are more; and of how many the file, which is
 * rewritten, at most: that takes a second. */
#define SHRINK_LEAST ((gint64)1 << 20)
#define SHRINK_SHARE 4
#define SHRINK_MOST ((gint64)1 << 28)

void cs_partial_shrink(CsDatabase *database)
{
    static const char *const asked[] = {"PRAGMA main.page_size", "PRAGMA main.page_count",
                                        "PRAGMA main.freelist_count"};
    gint64 told[G_N_ELEMENTS(asked)] = {0};
    for (guint i = 0; i < G_N_ELEMENTS(asked); i++)
        cs_database_query(database, asked[i], NULL, take_whole, &told[i], NULL);
    gint64 all = told[0] * told[1], free = told[0] * told[2];
    if (free < SHRINK_LEAST || free < all / SHRINK_SHARE || all > SHRINK_MOST)
        return;
    cs_database_execute(database, "VACUUM main");
    cs_database_forget_failure(database);
}

void cs_partial_observe(CsDatabase *database, guint64 run, guint64 replication, double value)
{
    sqlite3_stmt *statement = NULL;
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO %s.observed VALUES(?, ?, ?)", database->schema);
    if (database->failure != SQLITE_OK)
        return;
    cs_database_open_transaction(database);
    cs_database_note(database, sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL));
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)run);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)replication);
    sqlite3_bind_double(statement, 3, value); /* NAN is bound as NULL */
    cs_database_note(database, sqlite3_step(statement));
    sqlite3_finalize(statement);
}

typedef struct {
    double *value;
    guint64 n, all;
} Observed;

static gboolean take_observed(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    Observed *observed = context;
    observed->value[observed->n++] = cells[0].kind == CS_CELL_REAL ? cells[0].real : (double)NAN;
    return observed->n < observed->all;
}

double *cs_partial_observed(CsDatabase *database, guint64 run, guint64 n)
{
    g_autofree double *value = g_new(double, n + 1);
    Observed observed = {value, 0, n};
    g_autofree char *sql = g_strdup_printf("SELECT value FROM observed WHERE run = %" U
                                           " AND replication <= %" U " ORDER BY replication",
                                           run, n);
    if (!cs_database_query(database, sql, NULL, take_observed, &observed, NULL) || observed.n < n)
        return NULL;
    return g_steal_pointer(&value);
}

/* What cannot be is nobody's portion, so that it is forgotten when the run is carried on. */
static gboolean take_portion(gpointer context, guint n, const CsCell *cells)
{
    gint64 value[5] = {0};
    for (guint i = 0; i < MIN(n, G_N_ELEMENTS(value)); i++)
        value[i] = cells[i].kind == CS_CELL_WHOLE ? CLAMP(cells[i].whole, 0, G_MAXINT64 / 4) : 0;
    const CsPortion told = {(guint64)value[0], (guint64)value[1], (guint64)value[2],
                            (guint64)value[3], (guint64)value[4]};
    const CsPortion nothing = {.run = told.run};
    gboolean sound =
        told.first > 0 &&
        (told.whole == 0 ? told.count == 0 : told.first - 1 + told.count <= told.whole);
    if (told.run > 0)
        g_array_append_vals((GArray *)context, sound ? &told : &nothing, 1);
    return TRUE;
}

GArray *cs_partial_read(CsDatabase *database)
{
    GArray *portions = g_array_new(FALSE, FALSE, sizeof(CsPortion));
    if (cs_database_n_saved(database) > 0)
        cs_database_query(database,
                          "SELECT run, first, count, saved, whole FROM partial ORDER BY run", NULL,
                          take_portion, portions, NULL);
    return portions;
}

char *cs_partial_tell_saved(CsDatabase *database)
{
    g_autoptr(GArray) portions = cs_partial_read(database);
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = 0;
    for (guint i = 0; i < portions->len; i++) {
        const CsPortion *portion = &g_array_index(portions, CsPortion, i);
        if (portion->saved == 0 || ++n > 1)
            continue;
        g_string_append_printf(text, "of run %" U " replications %" U " to %" U, portion->run,
                               portion->first, portion->first + portion->saved - 1);
        if (portion->whole > 0)
            g_string_append_printf(text, " of %" U, portion->whole);
        g_string_append(text, " are saved");
    }
    if (n > 1)
        g_string_append_printf(text, ", and some of %u more run%s", n - 1, n == 2 ? "" : "s");
    return n > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

char *cs_partial_tell(CsDatabase *database)
{
    g_autofree char *planned = cs_database_get_meta(database, "runs");
    guint64 runs = planned != NULL ? g_ascii_strtoull(planned, NULL, 10) : 0;
    guint64 finished = cs_database_n_runs(database);
    if (finished >= runs)
        return NULL;
    g_autofree char *saved = cs_partial_tell_saved(database);
    return g_strdup_printf("this sweep is incomplete: %" U " of %" U
                           " runs are here (one shard, interrupted, or runs that failed)%s%s",
                           finished, runs, saved != NULL ? "; " : "", saved != NULL ? saved : "");
}

/* --- joining ---------------------------------------------------------------------------------- */

static void join(CsDatabase *database, const CsPortion *portion)
{
    guint64 run = portion->run, so_far = portion->first - 1 + portion->count;
    const CsPortion now = {run, 1, portion->whole, so_far, portion->whole};
    begin(database);
    for (guint t = 0; t < CS_TABLE_N; t++) {
        const char *name = cs_table_info((CsTable)t)->name;
        execute(database,
                "INSERT INTO main." CS_SAVED "%s SELECT * FROM part." CS_SAVED "%s WHERE run = %" U
                " ORDER BY rowid",
                name, name, run);
    }
    execute(database, "INSERT OR REPLACE INTO main.param SELECT * FROM part.param WHERE run = %" U,
            run);
    write_portion(database, &now);
    if (so_far < portion->whole)
        return;
    database->saved = CS_SAVED_UNKNOWN;
    cs_database_take_saved(database, run);
    execute(database, "INSERT INTO main.run VALUES(%" U ", %" U ")", run, portion->whole);
}

gboolean cs_partial_join(CsDatabase *database, const char *directory, const CsPortion *portion,
                         GError **error)
{
    g_autoptr(CsDatabase) other = cs_database_open(directory, CS_DATABASE_READ, error);
    if (other == NULL)
        return FALSE;
    gboolean good = cs_database_run_statement(database, "ATTACH ? AS part", other->uri, NULL);
    if (good)
        join(database, portion);
    good = end(database, error);
    sqlite3_exec(database->handle, "DETACH part", NULL, NULL, NULL);
    return good;
}
