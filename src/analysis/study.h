/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/study: a directory of results as points of a parameter space, with a sample of every
 * metric for each point: one number a replication.
 *
 * Keys are those of the sweep, slowest first; values stand in the sweep's order. `run`, `device`
 * and `round` are keys too once a study is split by them.
 *
 * Layer: analysis. Calls output.
 */
#ifndef CS_ANALYSIS_STUDY_H
#define CS_ANALYSIS_STUDY_H

#include "analysis/study-key.h"
#include "analysis/study-measure.h"
#include "campaign/recompute.h"

typedef struct {
    guint64 run;
    const guint *value; /* of every key, a position in its `values` */
} CsStudyPoint;

typedef struct CsStudy CsStudy;

/* Transfer full; errors of output/import too. */
CsStudy *cs_study_open(const char *directory, GError **error);
void cs_study_free(CsStudy *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsStudy, cs_study_free)

/* The scenario's, "" where the results tell none. */
const char *cs_study_title(const CsStudy *study);
/* TRUE where the means are exact: one replication, and no interval. */
gboolean cs_study_exact(const CsStudy *study);
guint cs_study_n_keys(const CsStudy *study);
const CsStudyKey *cs_study_key(const CsStudy *study, guint key);
guint cs_study_n_points(const CsStudy *study);
CsStudyPoint cs_study_point(const CsStudy *study, guint point);

/*
 * The position of a key: its full name, or what stands behind its last dot where only one key ends
 * so. `run`, `device` and `round` split the study, which makes positions of points that were got
 * before meaningless. -1 with `error` set.
 */
gint cs_study_find_key(CsStudy *study, const char *name, GError **error);

/* Whether a recorded table has the metric, for what the study is split by. */
gboolean cs_study_has(CsStudy *study, const CsMeasure *measure);

/*
 * The samples of a metric: an array of GArray of double, one a point; element r is replication r +
 * 1, NAN where not modelled, INFINITY where a metric that may be censored is: the replication ended
 * before there was one. Transfer full (g_ptr_array_unref). A table that was not recorded is
 * computed anew; NULL with `error` set where that cannot be, or no table has it.
 */
GPtrArray *cs_study_samples(CsStudy *study, const CsMeasure *measure, GError **error);

/* Where rounds can be lost: how many rounds of devices were completed, and out of how many, over
 * all runs; FALSE where none can be, or the results do not say. */
gboolean cs_study_rounds(CsStudy *study, double *completed, double *planned);

/* The runs' scenarios; NULL where the results do not tell them, or they are no longer what they
 * were. Transfer full. */
CsRecompute *cs_study_recompute(CsStudy *study);

/* The database, to ask it more; borrowed. */
CsDatabase *cs_study_database(CsStudy *study);

#endif
