/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/store: the directory of a campaign: whose it is, that nobody else works in it, and
 * whether what it holds belongs to this plan.
 *
 * The lock is the kernel's (flock on the directory), so that it dies with its process.
 *
 * Layer: campaign. Calls base, output.
 */
#ifndef CS_CAMPAIGN_STORE_H
#define CS_CAMPAIGN_STORE_H

#include "output/database.h"

#define CS_STORE_ERROR (cs_store_error_quark())
GQuark cs_store_error_quark(void);
typedef enum {
    CS_STORE_ERROR_OCCUPIED, /* holds results, or something else, and may not be used so */
    CS_STORE_ERROR_LOCKED,   /* another process works in it */
    CS_STORE_ERROR_CHANGED,  /* the results are of another scenario, plan, shard or build */
    CS_STORE_ERROR_ABSENT    /* no results of a sweep are there */
} CsStoreError;

typedef enum {
    CS_STORE_NEW,    /* only where there is nothing yet */
    CS_STORE_RESUME, /* what is there is carried on */
    CS_STORE_RESTART /* what is there is removed */
} CsStoreMode;

/* To be added to a mode: nothing is locked, and the database keeps a journal that needs no shared
 * memory, for file systems that have neither. One process at a time is then the user's to see to.
 */
#define CS_STORE_NO_LOCK 8u
/* To be added to RESUME: the scenario and the list of runs may be others; campaign/extension. */
#define CS_STORE_EXTEND 16u

/* What results are of; all must agree for them to be carried on. Texts are borrowed. */
typedef struct {
    const char *scenario;   /* resolved, as text */
    const char *plan;       /* a digest of the runs */
    const char *shard;      /* "0/1" */
    const char *manifest;   /* the whole campaign's manifest.json; kept, not compared */
    const char *tables;     /* the recorded ones, "rounds devices totals"; kept, not compared */
    const char *parameters; /* cs_parameters_keys(), or NULL; kept, not compared */
    const char *source;     /* what was given of the scenario; or NULL; kept, not compared */
    const char *origin;     /* the scenario's directory; NULL: not told; kept, not compared */
    const char *include;    /* -I, a line each, absolute; or NULL; kept, not compared */
    gboolean split;         /* shards share the replications of runs; kept, not compared */
    guint64 runs;           /* of the whole plan */
} CsIdentity;

typedef struct CsStore CsStore;

/*
 * Creates DIRECTORY with its parents if need be, locks it, opens its database. Error: one of the
 * above, of base/file or of output/database. Transfer full.
 */
CsStore *cs_store_open(const char *directory, guint mode, const CsIdentity *identity,
                       GError **error);
/*
 * Opens the results of a campaign, finished or not, to be read only; nobody may work in the
 * directory meanwhile. ABSENT where a sweep has not even begun there. Transfer full.
 */
CsStore *cs_store_open_reading(const char *directory, GError **error);
/* What the results are of from now on. */
gboolean cs_store_write_identity(CsStore *store, const CsIdentity *identity, GError **error);
/* Closes and unlocks. */
void cs_store_close(CsStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsStore, cs_store_close)

CsDatabase *cs_store_database(CsStore *store); /* borrowed */

const CsDir *cs_store_folder(const CsStore *store); /* borrowed */

/* FALSE where the directory's path leads elsewhere by now: what was written does not stand there.
 */
gboolean cs_store_check(const CsStore *store, GError **error);

/* Keeps why a run failed, for whoever merges the results; and all that was kept: an array of texts
 * by run - 1, NULL for those that did not fail, of the `runs` there are. Transfer full (free each
 * and the array: cs_store_failures_free()). */
gboolean cs_store_note_failure(CsStore *store, guint64 run, const char *why, GError **error);
char **cs_store_failures(CsStore *store, guint64 runs);
void cs_store_failures_free(char **failures, guint64 runs);

#endif
