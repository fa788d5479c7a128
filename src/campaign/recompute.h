/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/recompute: rows of results that were not kept, computed anew.
 *
 * A run is a pure function of its scenario, seed and build. The manifest tells all three; so a
 * table that a sweep did not record is had from the simulation again, the same bytes:
 *
 *     manifest: build, resolved scenario --> base scenario --+
 *     results.sqlite: param, digest -------> runs -----------+--> simulations --> rows, in order
 *
 * Refused is another build, and a scenario whose files (models, tables, traces) are no longer what
 * they were: the digest of each run is compared before anything is computed.
 *
 * Layer: campaign. Calls scenario, output.
 */
#ifndef CS_CAMPAIGN_RECOMPUTE_H
#define CS_CAMPAIGN_RECOMPUTE_H

#include "campaign/pool.h"
#include "output/database.h"

#define CS_RECOMPUTE_ERROR (cs_recompute_error_quark())
GQuark cs_recompute_error_quark(void);
typedef enum {
    CS_RECOMPUTE_ERROR_ABSENT, /* the results do not tell what they are of, or lack a run */
    CS_RECOMPUTE_ERROR_BUILD,  /* another build wrote them */
    CS_RECOMPUTE_ERROR_CHANGED /* the scenario, or a file that it names, is another by now */
} CsRecomputeError;

typedef struct CsRecompute CsRecompute;

/* What is needed beside the results; all may be NULL or 0. */
typedef struct {
    const CsPaths *paths;  /* NULL: those that the sweep had */
    CsPolicySet *policies; /* NULL: the built-in ones */
    const guint64 *runs;   /* these alone, in this order, ended by 0; NULL: all */
    guint64 replications;  /* no more than these of each; 0: all */
    gboolean places;       /* rounds tell where devices are, whether the scenario says so or not */
    guint threads;         /* 0: all cores */
    CsProgress *progress;
    const gint *interrupt;
} CsRecomputeRequest;

/* Of the results in `directory`, opened as `database` (both borrowed). NULL with `error`: one of
 * the above. Transfer full. */
CsRecompute *cs_recompute_new(CsDatabase *database, const char *directory,
                              const CsRecomputeRequest *request, GError **error);
void cs_recompute_free(CsRecompute *recompute);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsRecompute, cs_recompute_free)

/* Its runs, i from 0; what the results call one, and how many replications it has. Borrowed. */
const CsPlan *cs_recompute_plan(const CsRecompute *recompute);
guint64 cs_recompute_number(const CsRecompute *recompute, guint64 i);
guint64 cs_recompute_replications(const CsRecompute *recompute, guint64 i);

/* Whether its rounds tell where devices are. */
gboolean cs_recompute_places(const CsRecompute *recompute);

/*
 * Appends the rows of `table` to `file` as its CSV file has them, without the header. `directory`
 * takes what has to wait. FALSE with `error` of the simulation (INTERRUPTED among them) or of the
 * directory; whether it could be written `file` tells.
 */
gboolean cs_recompute_csv(CsRecompute *recompute, CsTable table, CsFile *file,
                          const char *directory, GError **error);

/* The rows of a table that was not recorded in the database itself, where only this connection sees
 * them: for who reads results and needs them. */
gboolean cs_results_need(CsDatabase *database, const char *directory, CsTable table,
                         GError **error);

/* The rounds of the first run's first replication, for who only shows an example: FALSE where they
 * cannot be had, or are more rounds of devices than `most`. */
gboolean cs_results_need_few(CsDatabase *database, const char *directory, double most);

#endif
