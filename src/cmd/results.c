/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/results: errors of the commands that read results. See results.h. */
#include "cmd/results.h"

#include "analysis/figure.h"
#include "analysis/report-notes.h"
#include "analysis/study.h"
#include "cmd/command.h"
#include "cmd/terminal.h"

static int exit_code(const GError *error)
{
    if (g_error_matches(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED) ||
        g_error_matches(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_UNKNOWN) ||
        g_error_matches(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_FORMAT))
        return CS_EXIT_USAGE;
    if (g_error_matches(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT))
        return CS_EXIT_FAILED;
    return CS_EXIT_IO;
}

int cs_results_complain(const GError *error)
{
    cs_complain("%s", error->message);
    return exit_code(error);
}

void cs_results_tell(const GPtrArray *notes)
{
    for (guint i = 0; i < notes->len; i++) {
        const CsReportNote *note = g_ptr_array_index(notes, i);
        if (note->warning)
            cs_warn("%s", note->text);
        else
            cs_note("%s", note->text);
    }
}
