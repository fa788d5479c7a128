/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/share: which points the rows of a report have in common, so that they can be compared.
 *
 * A point's combination are its values of the keys that no row is named by. Rows that pool the same
 * combinations differ in nothing but their own keys.
 *
 * Layer: analysis.
 */
#ifndef CS_ANALYSIS_SHARE_H
#define CS_ANALYSIS_SHARE_H

#include "analysis/report.h"

/* `members` holds a GArray of points (guint) at each row's `points`. Takes out of it what not every
 * row has, unless `all`, and writes what it did into the report and its rows. */
void cs_report_share(const CsStudy *study, CsReport *report, GPtrArray *members, gboolean all);

#endif
