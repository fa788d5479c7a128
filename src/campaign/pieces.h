/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/pieces: portions of runs that several shards share, as a merge finds and joins them.
 *
 *     shard 0: run 1 |------|                    A run of which there are pieces is whole where
 *     shard 1: run 1        |----|  run 2 |--|   each of them is, and they follow one another from
 *     shard 2:              run 2            |--------|     its first replication to its last.
 *
 * What fails in a piece fails in the run: with the reason of the first piece that failed, which is
 * the one that a single machine would have met first.
 *
 * Layer: campaign. Calls output.
 */
#ifndef CS_CAMPAIGN_PIECES_H
#define CS_CAMPAIGN_PIECES_H

#include "output/partial.h"

typedef struct CsPieces CsPieces;

CsPieces *cs_pieces_new(void);
void cs_pieces_free(CsPieces *pieces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPieces, cs_pieces_free)

/* What a shard that has portions of runs holds. `directory` is borrowed. `failed` are the reasons
 * why runs failed there, by run - 1 of `runs`: those of pieces are taken out of it. */
void cs_pieces_add(CsPieces *pieces, CsDatabase *database, const char *directory, char **failed,
                   guint64 runs);

/* All shards have been added: the pieces are in order from here on. */
void cs_pieces_sort(CsPieces *pieces);

/* Whether there are pieces of a run, and results in one of them. */
gboolean cs_pieces_have(const CsPieces *pieces, guint64 run);
gboolean cs_pieces_filled(const CsPieces *pieces, guint64 run, const char **directory);

/* Why a run failed, or NULL. Borrowed. */
const char *cs_pieces_failure(const CsPieces *pieces, guint64 run);

/* Two shards that hold the same replications: a sentence that says so (transfer full), and the two
 * directories; NULL where there are none. */
char *cs_pieces_overlap(const CsPieces *pieces, const char **one, const char **other);

/* What a run lacks, a sentence each, behind those that are in `gaps`. */
void cs_pieces_tell_gaps(const CsPieces *pieces, guint64 run, GPtrArray *gaps);

/* Called before a piece is joined; FALSE stops. */
typedef gboolean (*CsPieceBefore)(gpointer context, const char *directory, const CsPortion *portion,
                                  GError **error);

/* Joins a run in `database`, from where it is there. FALSE with `error` of the database or of
 * `before`; what was joined before stays, to be carried on. */
gboolean cs_pieces_join(const CsPieces *pieces, guint64 run, CsDatabase *database,
                        CsPieceBefore before, gpointer context, GError **error);

#endif
