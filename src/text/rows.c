/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/rows: CSV files, row by row. See rows.h. Layer: text; calls base. */
#include "text/rows.h"

#include "base/file.h"
#include "base/number.h"

#include <errno.h>
#include <stdio.h>
#include <math.h>
#include <string.h>

struct CsRows {
    CsSource *source;
    CsDiagnostics *diagnostics;
    const char *line;       /* the present one */
    CsField content;        /* of it, without the blanks around it */
    const char *next, *end; /* what is still to come */
    guint number;           /* of the present line, from 1 */
    guint n_columns;        /* that the first line names */
    guint n_fields;         /* of the present line */
    CsField header[CS_ROWS_COLUMNS];
    CsField field[CS_ROWS_COLUMNS];
};

/* --- the file ------------------------------------------------------------------------------------
 */

/* The file as a source; NULL, and an error at `from`, where it is no text within the limit. */
static CsSource *read_source(const char *path, const char *name, gsize limit, CsPlace from,
                             CsDiagnostics *diagnostics)
{
    const gsize mega = 1048576;
    gsize length = 0;
    int problem = 0;
    FILE *stream = fopen(path, "rb");
    g_autofree char *text =
        stream != NULL ? cs_stream_read(stream, limit, &length, &problem) : NULL;
    if (stream == NULL || problem != 0)
        cs_diagnostics_error(diagnostics, from, NULL, "cannot read '%s': %s", name,
                             g_strerror(stream == NULL ? errno : problem));
    else if (length > limit)
        cs_diagnostics_error(diagnostics, from,
                             limit < mega ? NULL : "cut it, or take every tenth row",
                             "cannot read '%s': it is larger than %" G_GSIZE_FORMAT " %s", name,
                             limit < mega ? limit : limit / mega, limit < mega ? "bytes" : "MiB");
    else if (!g_utf8_validate_len(text, length, NULL))
        cs_diagnostics_error(diagnostics, from, "save it as UTF-8 text",
                             "cannot read '%s': it is not a text file", name);
    else
        return cs_source_new(name, g_steal_pointer(&text), length);
    return NULL;
}

/* --- lines and fields ----------------------------------------------------------------------------
 */

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static CsField without_blanks(const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (CsField){start, end};
}

static CsField trimmed(const char *start, const char *end)
{
    CsField field = without_blanks(start, end);
    if (field.end - field.start >= 2 && *field.start == '"' && field.end[-1] == '"')
        return (CsField){field.start + 1, field.end - 1};
    return field;
}

guint cs_row_split(const char *line, const char *stop, CsField *field)
{
    guint n = 0;
    gboolean quoted = FALSE;
    const char *start = line;
    for (const char *p = line; p <= stop; p++) {
        if (p < stop && *p == '"')
            quoted = !quoted;
        if (p < stop && (*p != ',' || quoted))
            continue;
        if (n < CS_ROWS_COLUMNS)
            field[n] = trimmed(start, p);
        n++;
        start = p + 1;
    }
    return n;
}

/* The next line that says something. */
static gboolean next_line(CsRows *rows)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    while (rows->next < rows->end) {
        rows->line = rows->next;
        const char *stop = memchr(rows->line, '\n', (gsize)(rows->end - rows->line));
        rows->next = stop != NULL ? stop + 1 : rows->end;
        gboolean marked = rows->number++ == 0 && g_str_has_prefix(rows->line, byte_order_mark);
        rows->content = without_blanks(rows->line + (marked ? strlen(byte_order_mark) : 0),
                                       stop != NULL ? stop : rows->end);
        if (rows->content.start < rows->content.end && *rows->content.start != '#')
            return TRUE;
    }
    return FALSE;
}

static CsPlace place_of(const CsRows *rows, CsField field)
{
    return (CsPlace){rows->source, rows->number, (guint)(field.start - rows->line) + 1,
                     (guint)(field.end - field.start)};
}

CsPlace cs_rows_line(const CsRows *rows)
{
    return place_of(rows, rows->content);
}

/* --- in public -----------------------------------------------------------------------------------
 */

CsRows *cs_rows_begin(const char *path, const char *name, gsize limit_byte, CsPlace from,
                      CsDiagnostics *diagnostics)
{
    CsSource *source = read_source(path, name, limit_byte, from, diagnostics);
    if (source == NULL)
        return NULL;
    gsize length;
    CsRows *rows = g_new0(CsRows, 1);
    rows->source = source;
    rows->diagnostics = diagnostics;
    rows->next = cs_source_text(source, &length);
    rows->end = rows->next + length;
    return rows;
}

gint cs_rows_next_line(CsRows *rows)
{
    if (!next_line(rows))
        return -1;
    rows->n_fields = cs_row_split(rows->content.start, rows->content.end, rows->field);
    return (gint)rows->n_fields;
}

CsRows *cs_rows_open(const char *path, const char *name, gsize limit_byte, CsPlace from,
                     CsDiagnostics *diagnostics)
{
    g_autoptr(CsRows) rows = cs_rows_begin(path, name, limit_byte, from, diagnostics);
    gint n = rows != NULL ? cs_rows_next_line(rows) : 0;
    if (n < 0)
        cs_diagnostics_error(diagnostics, cs_rows_whole(rows),
                             "begin it with a line that names the columns", "the file is empty");
    if (n > CS_ROWS_COLUMNS)
        cs_diagnostics_error(diagnostics, cs_rows_line(rows), NULL, "more than %d columns",
                             CS_ROWS_COLUMNS);
    if (n <= 0 || n > CS_ROWS_COLUMNS)
        return NULL;
    rows->n_columns = (guint)n;
    memcpy(rows->header, rows->field, sizeof rows->header);
    return g_steal_pointer(&rows);
}

void cs_rows_free(CsRows *rows)
{
    if (rows == NULL)
        return;
    cs_source_unref(rows->source);
    g_free(rows);
}

gint cs_rows_find(const CsRows *rows, const char *column)
{
    for (guint i = 0; i < rows->n_columns; i++) {
        gsize length = (gsize)(rows->header[i].end - rows->header[i].start);
        if (strlen(column) == length && memcmp(rows->header[i].start, column, length) == 0)
            return (gint)i;
    }
    return -1;
}

gint cs_rows_column(CsRows *rows, const char *column, CsPlace from)
{
    gint found = cs_rows_find(rows, column);
    if (found >= 0)
        return found;
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < rows->n_columns && all->len < 200; i++) {
        gsize length = (gsize)(rows->header[i].end - rows->header[i].start);
        g_string_append_printf(all, "%s%.*s", i > 0 ? ", " : "", (int)MIN(length, 60),
                               rows->header[i].start);
    }
    g_autofree char *help = g_strdup_printf("its columns are %s", all->str);
    cs_diagnostics_error(rows->diagnostics, from, help, "'%s' has no column '%s'",
                         cs_source_name(rows->source), column);
    return -1;
}

gboolean cs_rows_next(CsRows *rows)
{
    gint n = cs_rows_next_line(rows);
    return n == (gint)rows->n_columns ||
           (n >= 0 && cs_diagnostics_error(rows->diagnostics, cs_rows_line(rows), NULL,
                                           "%d field%s where the first line names %u", n,
                                           n == 1 ? "" : "s", rows->n_columns));
}

CsField cs_rows_field(const CsRows *rows, gint column)
{
    g_assert(column >= 0 && (guint)column < MIN(rows->n_fields, CS_ROWS_COLUMNS));
    return rows->field[column];
}

CsPlace cs_rows_place(const CsRows *rows, gint column)
{
    return place_of(rows, cs_rows_field(rows, column));
}

gboolean cs_field_missing(CsField field)
{
    return field.start == field.end || (field.end - field.start == 1 && *field.start == '-');
}

gboolean cs_field_number(CsField field, double *value)
{
    const char *rest;
    return cs_number_read(field.start, field.end, value, &rest) && rest == field.end;
}

CsPlace cs_rows_whole(const CsRows *rows)
{
    return (CsPlace){rows->source, 0, 0, 0};
}

void cs_csv_append(GString *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++)
        g_string_append_printf(out, *c == '"' ? "\"\"" : "%c", *c);
    g_string_append_c(out, '"');
}

void cs_csv_append_number(GString *out, double value)
{
    char text[CS_NUMBER_MAX];
    g_string_append_c(out, ',');
    if (isnan(value))
        return;
    cs_number_format(text, value);
    g_string_append(out, text);
}
