/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/report-notes: what has to be said beside a report's rows, so that nobody reads out of
 * them what is not in them: what is missing, what is pooled, what cannot be compared.
 *
 * Layer: analysis.
 */
#ifndef CS_ANALYSIS_REPORT_NOTES_H
#define CS_ANALYSIS_REPORT_NOTES_H

#include "analysis/report.h"

typedef struct {
    gboolean warning; /* what is shown may mislead */
    gboolean
        intervals; /* those of a metric, one of the many that may have to be said the same of */
    char *text;    /* a sentence without its full stop */
} CsReportNote;

/* An empty list of notes, and one more on it. Transfer full (g_ptr_array_unref). */
GPtrArray *cs_report_notes_new(void);
void cs_report_note(GPtrArray *notes, gboolean warning, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* All that is to be said of `report`. Transfer full. */
GPtrArray *cs_report_notes(CsStudy *study, const CsReport *report);

#endif
