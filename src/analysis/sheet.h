/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/sheet: a CSV file as this program writes them, in memory: a header line, then rows of as
 * many cells, no quoting (no cell holds a comma or a line break).
 *
 * Layer: analysis. Calls base.
 */
#ifndef CS_ANALYSIS_SHEET_H
#define CS_ANALYSIS_SHEET_H

#include <glib.h>

#define CS_SHEET_ERROR (cs_sheet_error_quark())
GQuark cs_sheet_error_quark(void);
typedef enum { CS_SHEET_ERROR_SHAPE } CsSheetError;

typedef struct CsSheet CsSheet;

/* Takes `text` over (transfer full); `name` is for messages. NULL where a row's cells are not as
 * many as the header's. Transfer full. */
CsSheet *cs_sheet_new(char *text, const char *name, GError **error);
void cs_sheet_free(CsSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsSheet, cs_sheet_free)

guint cs_sheet_n_rows(const CsSheet *sheet);
guint cs_sheet_n_columns(const CsSheet *sheet);
/* A column's name; borrowed. */
const char *cs_sheet_name(const CsSheet *sheet, guint column);
/* The column of that name, or -1. */
gint cs_sheet_column(const CsSheet *sheet, const char *name);
/* Borrowed; row and column count from 0. */
const char *cs_sheet_cell(const CsSheet *sheet, guint row, guint column);
/* The cell as a number; NAN where it is empty or none. */
double cs_sheet_number(const CsSheet *sheet, guint row, guint column);

#endif
