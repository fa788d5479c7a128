/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text/rows: CSV files, read row by row, each field with its place: measurements, curves, results.
 *
 * Syntax: UTF-8; fields between commas, blanks around them ignored, double quotes around a field
 * taken off (a quoted field may hold commas); blank lines and lines that start with `#` are
 * skipped; the first other line names the columns, of which only those asked for need be known.
 *
 * Layer: text. Calls base.
 */
#ifndef CS_TEXT_ROWS_H
#define CS_TEXT_ROWS_H

#include "text/diagnostic.h"

#define CS_ROWS_COLUMNS 256

typedef struct {
    const char *start, *end; /* borrowed from the rows */
} CsField;

/* The fields of one line, which ends before `stop`; their number, of which CS_ROWS_COLUMNS at most
 * are stored. For a file that is too long to be held whole. */
guint cs_row_split(const char *line, const char *stop, CsField *field);

typedef struct CsRows CsRows;

/*
 * Opens `path`, shown to users as `name`, and reads the line that names the columns. NULL with an
 * error: at `from` where the file cannot be read or is larger than `limit_byte`, else at its line.
 */
CsRows *cs_rows_open(const char *path, const char *name, gsize limit_byte, CsPlace from,
                     CsDiagnostics *diagnostics);
void cs_rows_free(CsRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsRows, cs_rows_free)

/* The same, but every line is left to the caller, the one that names the columns included. */
CsRows *cs_rows_begin(const char *path, const char *name, gsize limit_byte, CsPlace from,
                      CsDiagnostics *diagnostics);
/* Moves on to the next line, and tells how many fields it has: -1 at the end. */
gint cs_rows_next_line(CsRows *rows);
/* The present line, without the blanks around it. */
CsPlace cs_rows_line(const CsRows *rows);

/* The position of the column called `column`, or -1 with an error at `from` that names the columns
 * there are. */
gint cs_rows_column(CsRows *rows, const char *column, CsPlace from);

/* The same where the column need not be there: -1 without a word. */
gint cs_rows_find(const CsRows *rows, const char *column);

/* Moves on to the next row. FALSE at the end, and with an error at a row of another number of
 * fields. */
gboolean cs_rows_next(CsRows *rows);

/* A field of the present row, and where it stands. */
CsField cs_rows_field(const CsRows *rows, gint column);
CsPlace cs_rows_place(const CsRows *rows, gint column);

/* TRUE where the field is empty or `-`: no measurement. */
gboolean cs_field_missing(CsField field);

/* The field as a plain decimal number. FALSE where it is none. */
gboolean cs_field_number(CsField field, double *value);

/* Appends a cell, between quotation marks where it needs them (RFC 4180). */
void cs_csv_append(GString *out, const char *text);
/* Appends a comma and the number in its shortest form; no more than the comma where it is NAN. */
void cs_csv_append_number(GString *out, double value);

/* The file as a whole. */
CsPlace cs_rows_whole(const CsRows *rows);

#endif
