/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/sheet: a CSV file of ours in memory. See sheet.h. */
#include "analysis/sheet.h"

#include "base/number.h"
#include "text/rows.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK(cs - sheet - error - quark, cs_sheet_error)

struct CsSheet {
    char *text;       /* what stands behind each cell replaced by NUL */
    GPtrArray *cells; /* the header's, then the rows' */
    guint n_columns;
};

/* Cuts one line into cells, which end in NUL then. Returns their number. */
static guint cut_line(GPtrArray *cells, char *line, char *stop)
{
    CsField fields[CS_ROWS_COLUMNS];
    guint n = cs_row_split(line, stop, fields);
    for (guint i = 0; i < MIN(n, CS_ROWS_COLUMNS); i++) {
        line[fields[i].end - line] = '\0';
        g_ptr_array_add(cells, line + (fields[i].start - line));
    }
    return n;
}

CsSheet *cs_sheet_new(char *text, const char *name, GError **error)
{
    g_autoptr(CsSheet) sheet = g_new0(CsSheet, 1);
    sheet->text = text;
    sheet->cells = g_ptr_array_new();
    guint line_number = 0;
    for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
        char *stop = line + strcspn(line, "\n");
        next = *stop != '\0' ? stop + 1 : NULL;
        line_number++;
        guint n = cut_line(sheet->cells, line, stop);
        if (line_number == 1)
            sheet->n_columns = n;
        if (n != sheet->n_columns || n > CS_ROWS_COLUMNS) {
            g_set_error(error, CS_SHEET_ERROR, CS_SHEET_ERROR_SHAPE,
                        "'%s' line %u has %u cells, its header has %u", name, line_number, n,
                        sheet->n_columns);
            return NULL;
        }
    }
    if (line_number == 0) {
        g_set_error(error, CS_SHEET_ERROR, CS_SHEET_ERROR_SHAPE, "'%s' is empty", name);
        return NULL;
    }
    return g_steal_pointer(&sheet);
}

void cs_sheet_free(CsSheet *sheet)
{
    if (sheet == NULL)
        return;
    g_ptr_array_unref(sheet->cells);
    g_free(sheet->text);
    g_free(sheet);
}

guint cs_sheet_n_rows(const CsSheet *sheet)
{
    return sheet->cells->len / sheet->n_columns - 1;
}

guint cs_sheet_n_columns(const CsSheet *sheet)
{
    return sheet->n_columns;
}

const char *cs_sheet_name(const CsSheet *sheet, guint column)
{
    g_assert(column < sheet->n_columns);
    return g_ptr_array_index(sheet->cells, column);
}

gint cs_sheet_column(const CsSheet *sheet, const char *name)
{
    for (guint i = 0; i < sheet->n_columns; i++)
        if (strcmp(g_ptr_array_index(sheet->cells, i), name) == 0)
            return (gint)i;
    return -1;
}

const char *cs_sheet_cell(const CsSheet *sheet, guint row, guint column)
{
    g_assert(row < cs_sheet_n_rows(sheet) && column < sheet->n_columns);
    return g_ptr_array_index(sheet->cells, (row + 1) * sheet->n_columns + column);
}

double cs_sheet_number(const CsSheet *sheet, guint row, guint column)
{
    const char *cell = cs_sheet_cell(sheet, row, column);
    const char *end = cell + strlen(cell), *rest;
    double value;
    return cs_number_read(cell, end, &value, &rest) && rest == end ? value : NAN;
}
