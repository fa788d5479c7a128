/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/report-notes: what is said beside a report. See report-notes.h. Layer: analysis. */
#include "analysis/report-notes.h"

#include "output/partial.h"

static void free_note(gpointer data)
{
    CsReportNote *note = data;
    g_free(note->text);
    g_free(note);
}

GPtrArray *cs_report_notes_new(void)
{
    return g_ptr_array_new_with_free_func(free_note);
}

void cs_report_note(GPtrArray *notes, gboolean warning, const char *format, ...)
{
    CsReportNote *note = g_new(CsReportNote, 1);
    va_list arguments;
    va_start(arguments, format);
    *note = (CsReportNote){warning, FALSE, g_strdup_vprintf(format, arguments)};
    va_end(arguments);
    g_ptr_array_add(notes, note);
}

/* Means are over what was completed, which can be little. */
static void note_missing(GPtrArray *notes, CsStudy *study)
{
    double completed, planned;
    g_autofree char *lacking = cs_partial_tell(cs_study_database(study));
    if (lacking != NULL)
        cs_report_note(notes, TRUE, "%s", lacking);
    if (cs_study_rounds(study, &completed, &planned) && completed < planned)
        cs_report_note(notes, FALSE,
                       "%.10g of %.10g rounds of devices were completed (%.3g %%): a mean of a "
                       "device's round is over those; 'rounds-completed' and 'rounds-lost' are "
                       "metrics",
                       completed, planned, 100 * completed / planned);
}

static void note_comparison(GPtrArray *notes, const CsReport *report, guint uncommon)
{
    if (report->left_out > 0)
        cs_report_note(notes, FALSE,
                       "rows are over the points that all of them have: %u point%s left out (--all "
                       "pools them too)",
                       report->left_out, report->left_out == 1 ? " is" : "s are");
    if (report->disjoint)
        cs_report_note(
            notes, TRUE,
            "rows have no combination of the other keys in common: each is over its own, "
            "and what differs between them need not come from the keys shown");
    else if (uncommon > 0)
        cs_report_note(notes, TRUE,
                       "%u of %u rows (marked) pool points that not every row has: rows that pool "
                       "other points cannot be compared",
                       uncommon, report->rows->len);
}

static void note_censored(GPtrArray *notes, const CsReport *report)
{
    for (guint m = 0; m < report->n_measures; m++) {
        guint rows = 0;
        for (guint i = 0; i < report->rows->len; i++) {
            const CsReportRow *row = g_ptr_array_index(report->rows, i);
            rows += row->cell[m].reached < row->cell[m].of ? 1 : 0;
        }
        if (rows > 0)
            cs_report_note(notes, TRUE,
                           "%s: %u of %u rows have replications that ended before they reached it "
                           "(censored): such a row has no mean, and 'reached' tells how many did",
                           report->measure[m]->name, rows, report->rows->len);
    }
}

/* Intervals of samples that can hardly have seen what decides: the worst of each metric is told. */
static void note_deciding(GPtrArray *notes, const CsReport *report)
{
    for (guint m = 0; m < report->n_measures; m++) {
        const CsDeciding *worst = NULL;
        guint few = 0;
        for (guint i = 0; i < report->rows->len; i++) {
            const CsReportRow *row = g_ptr_array_index(report->rows, i);
            const CsDeciding *deciding = &row->cell[m].deciding;
            few += deciding->few;
            if (deciding->few && (worst == NULL || deciding->expected < worst->expected))
                worst = deciding;
        }
        if (worst == NULL)
            continue;
        g_autofree char *intervals =
            g_strdup_printf("'%s': the interval of %u of %u rows (marked)",
                            report->measure[m]->name, few, report->rows->len);
        g_autofree char *text = cs_deciding_text(worst, intervals);
        cs_report_note(notes, TRUE, "%s", text);
        ((CsReportNote *)g_ptr_array_index(notes, notes->len - 1))->intervals = TRUE;
    }
}

GPtrArray *cs_report_notes(CsStudy *study, const CsReport *report)
{
    GPtrArray *notes = cs_report_notes_new();
    guint unpaired = 0, single = 0, pooled = 0, uncommon = 0;
    guint64 least = G_MAXUINT64, most = 0;
    for (guint i = 0; i < report->rows->len; i++) {
        const CsReportRow *row = g_ptr_array_index(report->rows, i);
        unpaired += row->unpaired;
        uncommon += row->uncommon;
        single += row->replications < 2;
        pooled = MAX(pooled, row->points);
        least = MIN(least, row->replications);
        most = MAX(most, row->replications);
    }
    note_missing(notes, study);
    note_censored(notes, report);
    if (report->level != 0.95)
        cs_report_note(notes, FALSE, "intervals are of %g %%", 100 * report->level);
    note_comparison(notes, report, uncommon);
    note_deciding(notes, report);
    if (pooled > 1)
        cs_report_note(notes, FALSE,
                       "a row pools up to %u runs: the mean over them in each replication, the "
                       "interval over replications",
                       pooled);
    if (report->uneven)
        cs_report_note(notes, FALSE,
                       "some runs or replications lack what others have: each run counts with the "
                       "replications that it has, and n is what the interval is worth");
    else if (least < most)
        cs_report_note(notes, FALSE,
                       "rows rest on %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " replications",
                       least, most);
    if (cs_study_exact(study))
        cs_report_note(
            notes, FALSE,
            "these means are exact ('cardsim expect'): there is nothing to estimate, and "
            "an interval is 0");
    else if (single > 0)
        cs_report_note(notes, FALSE, "%u of %u rows rest on one replication and have no interval",
                       single, report->rows->len);
    if (unpaired > 0)
        cs_report_note(notes, TRUE,
                       "%u of %u rows hold a run that has no partner among the baseline's",
                       unpaired, report->rows->len);
    return notes;
}
