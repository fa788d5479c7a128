/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/database: results.sqlite: every finished run of a campaign, committed whole or not at all.
 *
 * Schema (user_version CS_DATABASE_VERSION; all tables STRICT):
 *     meta(key, value)                      what the results are of: scenario, build, plan
 *     run(run, replications)                a row for each finished run
 *     param(run, key, value)                what was set in it, "radio.bandwidth" -> "20 MHz"
 *     digest(run, digest)                   of all that decides a run's results, in hexadecimal
 *     rounds, devices, totals, losses       the columns of the CSV files of the same name
 *     partial, partial_rounds, ..., observed  replications of runs that are not whole, which nobody
 *                                           else reads: output/partial
 *     trajectory(chain, train_loss, test_loss, diverged)  what has been learned, by a digest of all
 *                                           that it depends on: kept so that it is learned once
 * and the views
 *     point(run, replications, parameters)  parameters as a JSON object
 *     run_means(run, policy, replications, delay_mean_s, server_energy_mean_j, cost_mean, ...)
 *
 * Write-ahead log; a reader may look while a campaign runs. A process that is killed leaves the
 * runs it had committed and nothing of the one under way.
 *
 * Layer: output. Calls base, sim, SQLite.
 */
#ifndef CS_OUTPUT_DATABASE_H
#define CS_OUTPUT_DATABASE_H

#include "base/dir.h"
#include "output/csv.h"

#define CS_DATABASE_VERSION 1
#define CS_DATABASE_FILE "results.sqlite"

typedef struct CsDatabase CsDatabase;

#define CS_DATABASE_ERROR (cs_database_error_quark())
GQuark cs_database_error_quark(void);
typedef enum {
    CS_DATABASE_ERROR_OPEN,  /* cannot be opened, is no database, or of another version */
    CS_DATABASE_ERROR_WRITE, /* the disk is full, or SQLite failed */
    CS_DATABASE_ERROR_READ,
    CS_DATABASE_ERROR_INTERRUPTED /* an export or a statement was stopped */
} CsDatabaseError;

typedef enum {
    CS_DATABASE_CREATE,          /* a new one, or one that this program began */
    CS_DATABASE_CREATE_UNLOCKED, /* the same, without locks and shared memory: a journal in place of
                                  * the write-ahead log, one process at a time */
    CS_DATABASE_READ             /* must exist; is not changed */
} CsDatabaseMode;

/* Opens DIRECTORY/results.sqlite. Transfer full; NULL with `error` set. */
CsDatabase *cs_database_open(const char *directory, CsDatabaseMode mode, GError **error);
/* An empty one in memory. Transfer full. */
CsDatabase *cs_database_new(GError **error);
void cs_database_close(CsDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDatabase, cs_database_close)

/*
 * From now on a statement ends within a tenth of a second of *interrupt (borrowed; NULL for none)
 * being set, with CS_DATABASE_ERROR_INTERRUPTED. A statement that takes many times the steps that
 * reading the whole database would is ended in any case: READ or WRITE.
 */
void cs_database_watch(CsDatabase *database, const gint *interrupt);

/* Whether rounds have the columns of places from now on; a database that is new or only read has
 * none. Rows that are there lose theirs, or get empty ones. */
gboolean cs_database_set_places(CsDatabase *database, gboolean places, GError **error);

/* A line of `meta`. Getting gives NULL where there is none or on failure. Transfer full. */
gboolean cs_database_set_meta(CsDatabase *database, const char *key, const char *value,
                              GError **error);
char *cs_database_get_meta(CsDatabase *database, const char *key);

/*
 * A run: its rows in the order of the CSV files, then commit. `parameters` are "group.key=value",
 * NULL-ended. In a database that was opened with CS_DATABASE_CREATE rows wait in memory (a large
 * run's in a temporary file) until they are committed or abandoned; a failure until then is kept
 * and told by commit, which then takes everything back.
 */
void cs_database_add(CsDatabase *database, CsTable table, const CsRowContext *row,
                     gconstpointer record);
/* The same for a row that comes from elsewhere: a cell for each column of the table. */
void cs_database_add_cells(CsDatabase *database, CsTable table, const CsCell *cells);
gboolean cs_database_commit_run(CsDatabase *database, guint64 run, guint64 replications,
                                const char *const *parameters, GError **error);
void cs_database_abandon_run(CsDatabase *database);

/* A round of training that has come to these losses (NAN: none). Kept once, whatever the run; told
 * back in the order of the chains' digests, which are texts. */
typedef struct {
    const char *chain;
    double train_loss, test_loss;
    gboolean diverged;
} CsKeptRound;

gboolean cs_database_keep_rounds(CsDatabase *database, const CsKeptRound *rounds, guint n,
                                 GError **error);
typedef void (*CsKeptRoundTake)(gpointer context, const CsKeptRound *round);
gboolean cs_database_kept_rounds(CsDatabase *database, CsKeptRoundTake take, gpointer context,
                                 GError **error);

/*
 * Rows of a run that another thread encodes, which is most of the work of storing them: a database
 * in memory with the tables of rows alone, for cs_database_add(). What fails in it is told by the
 * commit of the run that absorbs it. Transfer full.
 */
CsDatabase *cs_database_new_part(gboolean places);
/* To be called after the last row, where the rows were added. Twice is fine. */
void cs_database_end_part(CsDatabase *part);
/* Adds the rows of `part`, which has ended, to the run under way. */
void cs_database_absorb(CsDatabase *database, const CsDatabase *part);

/* A run, finished or begun, and the number that it gets; `parameters` as in
 * cs_database_commit_run(). */
typedef struct {
    guint64 from, to, digest;
    const char *const *parameters;
    gboolean goes_on; /* it is finished, and is to have another number of replications: `wanted`, */
    guint64 wanted;   /* or 0 where a stopping rule decides */
} CsMovedRun;

/*
 * Gives the runs new numbers, values and digests, in a transaction that stays open, for meta to be
 * written in it too, until the end is told; all finished runs must be named, begun ones that are
 * not go. What goes on is begun and no more finished; see output/partial. With `anew` all runs go
 * instead, to be run again. FALSE: nothing has changed.
 */
gboolean cs_database_begin_extension(CsDatabase *database, const CsMovedRun *runs, gsize n,
                                     gboolean anew, GError **error);
gboolean cs_database_end_extension(CsDatabase *database, GError **error);

/* The digests of `n` runs, finished or to be run, of which each number is given. */
gboolean cs_database_set_digests(CsDatabase *database, const guint64 *runs, const guint64 *digests,
                                 gsize n, GError **error);

/*
 * Rows of a table that was not recorded, which only this connection sees, in place of the table:
 * from here on cs_database_add() and cs_database_absorb() take rows of `table` alone, and without a
 * commit, until the end is told. The database may be one that is only read.
 */
gboolean cs_database_begin_temporary(CsDatabase *database, CsTable table, gboolean places,
                                     GError **error);
gboolean cs_database_end_temporary(CsDatabase *database, GError **error);

/*
 * An index of the tables of rows by run, for an export. Rows are added several times faster where
 * there is none, so a campaign drops it where it goes on.
 */
gboolean cs_database_index(CsDatabase *database, GError **error);
gboolean cs_database_drop_index(CsDatabase *database, GError **error);

gboolean cs_database_has_run(CsDatabase *database, guint64 run);
guint64 cs_database_n_runs(CsDatabase *database);

/*
 * Copies every finished run of DIRECTORY's database into `database`, in one transaction. Runs that
 * are there already are passed over, so that a merge can be carried on.
 */
gboolean cs_database_merge(CsDatabase *database, const char *directory, GError **error);

/* Told now and then while rows of `table` are written: `rows` of about `all`. FALSE stops it. */
typedef gboolean (*CsExportTick)(gpointer context, CsTable table, guint64 rows, guint64 all);

/* What ends the rows of a run in its CSV files: `columns` in the header, `cells` in each row, each
 * behind a comma; borrowed until the next call. All NULL: nothing. */
typedef struct {
    const char *columns;
    const char *(*cells)(gpointer context, guint64 run);
    gpointer context;
    gboolean raw;    /* texts of the rows stay as they are */
    gboolean places; /* the rows have the columns of places */
} CsRowEnds;

/* Appends the rows of a table to `file` as its CSV file has them, without the header: of the runs
 * in `runs` (ended by 0), in the order of the file, or of all (NULL). `tick` as below. */
gboolean cs_database_write_rows(CsDatabase *database, CsTable table, const guint64 *runs,
                                const CsRowEnds *ends, CsFile *file, CsExportTick tick,
                                gpointer context, GError **error);

/*
 * Writes a table as its CSV file into `folder`, rows by run, then in the order of the run.
 * `tick` may be NULL; where it stops the export, the error is CS_DATABASE_ERROR_INTERRUPTED.
 */
gboolean cs_database_export(CsDatabase *database, CsTable table, const CsDir *folder,
                            const CsRowEnds *ends, CsExportTick tick, gpointer context,
                            GError **error);

/*
 * Reads with SQL, for reports: calls `row` for every row with its cells; `row` returns FALSE to
 * stop. `values` (may be NULL) are bound as text to ?1, ?2, ...
 */
typedef gboolean (*CsDatabaseRow)(gpointer context, guint n, const CsCell *cells);
gboolean cs_database_query(CsDatabase *database, const char *sql, const char *const *values,
                           CsDatabaseRow row, gpointer context, GError **error);
/* The only cell of the only row; 0 where that is no whole number, or reading fails. */
gint64 cs_database_whole(CsDatabase *database, const char *sql);

/*
 * The same, row by row, for who reads two databases side by side. The cells are valid until the
 * next row is asked for. cs_cursor_next() gives NULL at the end and on failure; cs_cursor_end()
 * frees the cursor (transfer full) and tells which it was.
 */
typedef struct CsCursor CsCursor;
CsCursor *cs_cursor_new(CsDatabase *database, const char *sql, const char *const *values);
guint cs_cursor_n_cells(const CsCursor *cursor);
const CsCell *cs_cursor_next(CsCursor *cursor);
gboolean cs_cursor_end(CsCursor *cursor, GError **error);

#endif
