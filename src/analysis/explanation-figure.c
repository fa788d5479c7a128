/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/explanation-figure: U over cuts, drawn. See explanation-figure.h. */
#include "analysis/explanation-figure.h"

#include "analysis/figure.h"
#include "analysis/gnuplot.h"
#include "base/dir.h"
#include "text/rows.h"

static char *cuts_csv(const CsExplanation *explanation)
{
    GString *csv = g_string_new("cut,delay_term,energy_term,cost,fits,chosen\n");
    for (guint c = 0; c < explanation->n_cuts; c++) {
        const CsCutCost *cut = &explanation->cut[c];
        g_string_append_printf(csv, "%u", c);
        cs_csv_append_number(csv, cut->delay_term);
        cs_csv_append_number(csv, cut->energy_term);
        cs_csv_append_number(csv, cut->cost);
        g_string_append_printf(csv, ",%d,%d\n", cut->fits, c == explanation->decision.cut);
    }
    return g_string_free(csv, FALSE);
}

gboolean cs_explanation_draw(const CsExplanation *explanation, const char *title,
                             const char *output, const CsPaths *paths, GError **error)
{
    g_autofree char *directory = NULL, *stem = NULL;
    const char *format;
    if (!cs_figure_split(output, &directory, &stem, &format, error) ||
        !cs_directory_create(directory, error))
        return FALSE;
    guint unfit = 0;
    for (guint c = 0; c < explanation->n_cuts; c++)
        unfit += !explanation->cut[c].fits;
    g_autofree char *csv = cuts_csv(explanation);
    g_autoptr(GString) settings = g_string_new(NULL);
    cs_gnuplot_append_heading(settings, title, "");
    g_string_append_printf(settings, "chosen = %u\ncuts = %u\nunfit = %u\n",
                           explanation->decision.cut, explanation->n_cuts, unfit);
    return cs_figure_draw_template(stem, settings->str, "explain", directory, stem, csv, format,
                                   paths, error);
}
