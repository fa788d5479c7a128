/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/partial: replications of runs that are not whole: saved, carried on, joined.
 *
 *     rows of the run under way  --save-->  partial_rounds, partial_devices, ...   (nobody else
 *     (they wait for a commit)              and a row of `partial`                  reads these)
 *                                                       |
 *                                     commit of the run, or the join of its last portion
 *                                                       v
 *                                           rounds, devices, ... and a row of `run`
 *
 *     partial(run, first, count, saved, whole)   of `whole` replications of the run, those from
 *                                                `first` on are this database's, `count` of them;
 *                                                `saved` of these are here
 *     observed(run, replication, value)          what a stopping rule looks at; kept for good
 *
 * Rows stand in the order of the replications, so that a run that was saved in pieces is the one
 * that was not. Each step is one transaction: a process that is killed leaves what was saved last.
 *
 * Layer: output. Calls SQLite.
 */
#ifndef CS_OUTPUT_PARTIAL_H
#define CS_OUTPUT_PARTIAL_H

#include "output/database.h"

/* Replications first .. first + count - 1 of a run of `whole`; count and whole are 0 where a
 * stopping rule decides. */
typedef struct {
    guint64 run, first, count, saved, whole;
} CsPortion;

/* All of them, by run; of what cannot be only the run is told. None where the database has no such
 * table. Transfer full. */
GArray *cs_partial_read(CsDatabase *database);

/* What a sweep's results lack, as sentences: "this sweep is incomplete: 3 of 4 runs are here ...;
 * of run 4 replications 1 to 20 of 50 are saved". NULL where they are whole, or do not say what
 * they should have. Transfer full. */
char *cs_partial_tell(CsDatabase *database);
/* The second half alone; NULL where nothing is saved. Transfer full. */
char *cs_partial_tell_saved(CsDatabase *database);

/* Keeps what is to be there; of what is there, more than `portion->saved` replications go. */
gboolean cs_partial_declare(CsDatabase *database, const CsPortion *portion,
                            const char *const *parameters, GError **error);

/* Saves the rows that wait for the run's commit: with them it has `portion->saved` replications. */
gboolean cs_partial_save(CsDatabase *database, const CsPortion *portion,
                         const char *const *parameters, GError **error);

/* Nothing of the run stays. */
gboolean cs_partial_forget(CsDatabase *database, guint64 run, GError **error);

/* At the end: space that saved rows have left is given back where it is much, and done in a moment.
 * Nothing is lost where that fails. */
void cs_partial_shrink(CsDatabase *database);

/* What a stopping rule looks at in the run under way, committed or saved with its rows. */
void cs_partial_observe(CsDatabase *database, guint64 run, guint64 replication, double value);
/* Of replications 1 to n of a run (NAN: none); NULL where fewer were kept. Transfer full. */
double *cs_partial_observed(CsDatabase *database, guint64 run, guint64 n);

/*
 * Adds a portion of the database in DIRECTORY, behind those of the same run that were added before
 * (portion->first is the next replication); with the last the run is a finished one.
 */
gboolean cs_partial_join(CsDatabase *database, const char *directory, const CsPortion *portion,
                         GError **error);

#endif
