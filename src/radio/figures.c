/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/figures: reader of small CSV files with places. See figures.h. Layer: radio; calls base,
 * text. */
#include "radio/figures.h"

#include <string.h>

#define FILE_LIMIT 65536

/* The first line: which of the accepted ones it is. */
static gboolean read_header(CsFigures *figures, gint n, const char *const *headers,
                            CsDiagnostics *diagnostics)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gint i = 0; i < MIN(n, CS_FIGURES_COLUMNS); i++) {
        CsField field = cs_rows_field(figures->rows, i);
        g_string_append_printf(text, "%s%.*s", i > 0 ? "," : "", (int)(field.end - field.start),
                               field.start);
    }
    figures->head = cs_rows_line(figures->rows);
    figures->n_columns = (guint)n;
    for (guint form = 0; n <= CS_FIGURES_COLUMNS && headers[form] != NULL; form++)
        if (strcmp(text->str, headers[form]) == 0) {
            figures->form = form;
            return TRUE;
        }
    g_autofree char *accepted = g_strjoinv("' or '", (char **)headers);
    g_autofree char *help = g_strdup_printf("name the columns '%s'", accepted);
    return cs_diagnostics_error(diagnostics, figures->head, help,
                                "the first line does not name the columns expected");
}

static gboolean read_row(CsFigures *figures, gint n, const char *header, CsDiagnostics *diagnostics)
{
    CsFigure *cell = figures->cell[figures->n_rows++];
    gboolean sound = TRUE;
    if (n != (gint)figures->n_columns) {
        g_autofree char *help = g_strdup_printf("write one number for each of '%s'", header);
        return cs_diagnostics_error(diagnostics, cs_rows_line(figures->rows), help,
                                    "%d column%s where there should be %u", n, n == 1 ? "" : "s",
                                    figures->n_columns);
    }
    for (gint i = 0; i < n; i++) {
        cell[i].place = cs_rows_place(figures->rows, i);
        sound &= cs_field_number(cs_rows_field(figures->rows, i), &cell[i].value) ||
                 cs_diagnostics_error(diagnostics, cell[i].place,
                                      "write a plain decimal number such as -5.84", "not a number");
    }
    return sound;
}

gboolean cs_figures_read(CsFigures *figures, const char *path, const char *name,
                         const char *const *headers, CsPlace from, CsDiagnostics *diagnostics)
{
    memset(figures, 0, sizeof *figures);
    figures->rows = cs_rows_begin(path, name, FILE_LIMIT, from, diagnostics);
    if (figures->rows == NULL)
        return FALSE;
    gint n = cs_rows_next_line(figures->rows);
    if (n < 0) {
        CsPlace start = {cs_rows_whole(figures->rows).source, 1, 1, 0};
        g_autofree char *help = g_strdup_printf("begin it with the line '%s'", headers[0]);
        return cs_diagnostics_error(diagnostics, start, help, "the file is empty");
    }
    if (!read_header(figures, n, headers, diagnostics))
        return FALSE;
    gboolean sound = TRUE;
    while ((n = cs_rows_next_line(figures->rows)) >= 0) {
        if (figures->n_rows == CS_FIGURES_ROWS)
            return cs_diagnostics_error(diagnostics, cs_rows_line(figures->rows),
                                        "remove the rows from here on", "more than %d rows",
                                        CS_FIGURES_ROWS);
        sound &= read_row(figures, n, headers[figures->form], diagnostics);
    }
    return sound;
}

void cs_figures_clear(CsFigures *figures)
{
    g_clear_pointer(&figures->rows, cs_rows_free);
}
