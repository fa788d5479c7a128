/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/merge: the shards of a sweep, joined into one directory.
 *
 * The parts must be of one scenario, one list of runs and this very build, and together hold every
 * replication of every run exactly once, but for those that failed there; what does not fit is
 * named, before anything is written. The merged directory is what one machine would have written:
 * the exports are the same bytes.
 *
 * Layer: campaign. Calls base, output.
 */
#ifndef CS_CAMPAIGN_MERGE_H
#define CS_CAMPAIGN_MERGE_H

#include "campaign/progress.h"
#include "campaign/store.h"

#define CS_MERGE_ERROR (cs_merge_error_quark())
GQuark cs_merge_error_quark(void);
typedef enum {
    CS_MERGE_ERROR_MIXED,     /* parts of different sweeps or builds */
    CS_MERGE_ERROR_DUPLICATE, /* a run, or a replication, is in two parts */
    CS_MERGE_ERROR_GAP,       /* a run, or a replication, is in no part */
    CS_MERGE_ERROR_TARGET,    /* the target is one of the parts */
    CS_MERGE_ERROR_FAILED,    /* some runs failed in their shard; all others are merged */
    CS_MERGE_ERROR_INTERRUPTED
} CsMergeError;

/*
 * Merges `parts` (NULL-ended, at least one) into `directory`, with CSV files and manifest; *runs is
 * their number. `mode` is as for a sweep; RESUME carries on a merge that was interrupted and leaves
 * a finished one as it is, its exports written again; `progress` (may be NULL) is told of these.
 * FALSE with `error` of the above, of the store, the database or a file; interrupted while it
 * writes the exports, CS_DATABASE_ERROR_INTERRUPTED.
 */
gboolean cs_merge(const char *const *parts, const char *directory, guint mode, CsProgress *progress,
                  const gint *interrupt, guint64 *runs, GError **error);

#endif
