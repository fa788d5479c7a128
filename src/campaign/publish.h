/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/publish: the CSV files and the manifest of a directory, from its database.
 *
 *     begin    the manifest goes, so that none stands beside tables that it does not tell of
 *     tables   each whole or as it was
 *     end      the tables are on the disk before the manifest, with their digests, is
 *
 * Layer: campaign. Calls output.
 */
#ifndef CS_CAMPAIGN_PUBLISH_H
#define CS_CAMPAIGN_PUBLISH_H

#include "campaign/progress.h"
#include "output/database.h"

/* Rewrites the CSV files and the manifest of a directory from its database. `progress` is told and
 * `interrupt` looked at on the way; both may be NULL. */
gboolean cs_results_export(CsDatabase *database, const CsDir *folder, CsProgress *progress,
                           const gint *interrupt, GError **error);

/* Its first and its last step, for who puts the tables into place by himself. */
gboolean cs_results_begin(const CsDir *folder, GError **error);
gboolean cs_results_end(CsDatabase *database, const CsDir *folder, GError **error);

#endif
