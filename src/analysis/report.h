/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/report: means over replications with intervals, and paired comparisons against a
 * baseline.
 *
 * A row stands for a combination of values of some keys and pools the points that share it. Under
 * common random numbers the points of one replication see the same channels and are not
 * independent: so a row's sample is, for each replication, the mean over its points, and the
 * interval is Student's over replications. Where points have unequally many replications (a
 * stopping rule), or some replication lacks the metric (a round that was lost), each point counts
 * with those that it has: cs_pooled_estimate(). A metric that one of the points has in no
 * replication is not in the row.
 *
 * Rows stand side by side to be compared, so they pool alike: of the combinations of the other keys
 * those that every row has, unless `all` asks for the rest too. Where rows have none in common each
 * pools its own, and `disjoint` says so.
 *
 * A baseline is the value of one key; each point is paired, replication by replication, with the
 * point where that key has that value and all others are the same. With a_r, b_r the sums over a
 * row's points and over their partners in replication r:
 *     difference = mean of (a_r - b_r) / points, Student's interval
 *     reduction  = 1 - Σ a_r / Σ b_r, interval by the delete-one jackknife over replications
 *
 * Layer: analysis. Calls base.
 */
#ifndef CS_ANALYSIS_REPORT_H
#define CS_ANALYSIS_REPORT_H

#include "analysis/deciding.h"
#include "analysis/study.h"
#include "base/statistics.h"

typedef struct {
    CsEstimate mean; /* value NAN: not modelled */
    /* against the baseline; NAN without one */
    CsEstimate difference;
    CsEstimate reduction; /* 0.7 is 70 % less than the baseline */
    /* Of a metric that may be censored: how many of so many replications, over all points, have
     * come to it. Where some have not there is no mean, difference or reduction. */
    guint reached, of;
    double exact;        /* what is shown of it where it is known exactly and was asked for; NAN */
    CsDeciding deciding; /* whether the intervals are to be trusted; of the baseline where that has
                            fewer events */
} CsReportCell;

typedef struct {
    guint *value;         /* of every key of the report */
    guint points;         /* pooled */
    guint64 replications; /* that the cells rest on */
    gboolean baseline;    /* is the baseline itself */
    gboolean unpaired;    /* a point of it has no partner */
    gboolean uncommon;    /* pools points that not every row has */
    guint n_cells;        /* that are filled in */
    CsReportCell *cell;   /* of every metric */
} CsReportRow;

typedef struct {
    guint n_keys;
    guint *key; /* positions in the study */
    guint n_measures;
    CsMeasure **measure; /* owned */
    gboolean versus;
    double level;      /* of the intervals */
    GPtrArray *rows;   /* CsReportRow, by value in the keys' order */
    gboolean uneven;   /* some point lacks replications that others of its row have */
    guint left_out;    /* points that not every row has, and which are in no row therefore */
    gboolean disjoint; /* rows have no combination of the other keys in common */
} CsReport;

/* What is asked; the lists are NULL-ended. */
typedef struct {
    const char *const *by;      /* keys; empty or NULL: every swept key with more than one value */
    const char *const *metrics; /* empty or NULL: delay, server-energy, cost */
    const char *versus;         /* "KEY=VALUE", or NULL */
    gboolean all;               /* rows pool all their points, alike or not */
    double level;               /* of the intervals; 0: 0.95 */
    gboolean exact;             /* also what is known exactly of a cell */
} CsReportRequest;

/* Transfer full; NULL with `error` set. */
CsReport *cs_report_new(CsStudy *study, const CsReportRequest *request, GError **error);
void cs_report_free(CsReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsReport, cs_report_free)

#endif
