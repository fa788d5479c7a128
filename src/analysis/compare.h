/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/compare: whether two directories of results say the same, row by row.
 *
 * Rows are found by their keys (run, replication, round, device), so that a missing row is one
 * difference and not the beginning of many. Texts and whole numbers must be equal; a difference of
 * cut, CQI, MCS or outage is a flipped choice: the row's other columns follow from it and are
 * passed over. Real numbers a, b agree where
 *     |a - b| <= rtol · max(|a|, |b|)  (+ ticks · 1 ns where they are times)
 * and levels in dB where the ratios they stand for do. An empty cell agrees with an empty one only.
 *
 * Layer: analysis. Calls output.
 */
#ifndef CS_ANALYSIS_COMPARE_H
#define CS_ANALYSIS_COMPARE_H

#include "output/csv.h"

#define CS_COMPARE_SHOWN 20 /* differences that are kept in words */

typedef struct {
    double rtol;
    guint64 ticks; /* ns that times may differ by on top */
} CsTolerance;

typedef struct {
    char *file;   /* "rounds.csv" */
    char *row;    /* "run 1, replication 2, round 3, device a" */
    char *column; /* "" where the whole row is in one directory only */
    char *left, *right;
    gboolean flipped; /* a discrete choice */
} CsDifference;

typedef struct {
    guint64 rows;         /* compared */
    guint64 rows_missing; /* in one directory only */
    guint64 flipped;      /* rows with a flipped choice */
    guint64 cells;        /* other cells that differ by more than is tolerated */
    double largest;       /* relative difference of reals, tolerated or not, but flipped rows */
    char *largest_at;     /* "rounds.csv: delay_s of run 1, ...", or NULL */
    GPtrArray *first;     /* CsDifference, the first CS_COMPARE_SHOWN */
    GPtrArray *only;      /* texts: tables that only one directory has */
} CsComparisonResult;

/* Transfer full; NULL with `error` set where a directory cannot be read. */
CsComparisonResult *cs_compare_directories(const char *left, const char *right,
                                           CsTolerance tolerance, GError **error);
void cs_comparison_result_free(CsComparisonResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsComparisonResult, cs_comparison_result_free)

gboolean cs_comparison_equal(const CsComparisonResult *result);

#endif
