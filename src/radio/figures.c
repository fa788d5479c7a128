/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/figures: reader of small CSV files with places. See figures.h. Layer: radio; calls base,
 * text. */
#include "radio/figures.h"

#include "base/number.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_LIMIT 65536

typedef struct {
    CsFigures *figures;
    const char *const *headers;
    gboolean header_seen;
    guint line;
    CsDiagnostics *diagnostics;
    gboolean sound;
} Reader;

/* A stretch of the current line, without the blanks around it. */
typedef struct {
    const char *start, *end;
} Span;

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static Span trimmed(const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (Span){start, end};
}

static CsPlace place_of(const Reader *reader, const char *line, Span span)
{
    return (CsPlace){reader->figures->source, reader->line, (guint)(span.start - line) + 1,
                     (guint)(span.end - span.start)};
}

/* The fields of a line; returns their number, of which at most `limit` are stored. */
static guint split(Span line, Span *field, guint limit)
{
    guint n = 0;
    const char *start = line.start;
    for (const char *p = line.start; p <= line.end; p++) {
        if (p < line.end && *p != ',')
            continue;
        if (n < limit)
            field[n] = trimmed(start, p);
        n++;
        start = p + 1;
    }
    return n;
}

static void read_header(Reader *reader, const char *line, Span content)
{
    CsFigures *figures = reader->figures;
    Span field[CS_FIGURES_COLUMNS];
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = split(content, field, CS_FIGURES_COLUMNS);
    for (guint i = 0; i < MIN(n, CS_FIGURES_COLUMNS); i++)
        g_string_append_printf(text, "%s%.*s", i > 0 ? "," : "",
                               (int)(field[i].end - field[i].start), field[i].start);
    figures->head = place_of(reader, line, content);
    figures->n_columns = n;
    reader->header_seen = TRUE;
    for (guint form = 0; n <= CS_FIGURES_COLUMNS && reader->headers[form] != NULL; form++) {
        if (strcmp(text->str, reader->headers[form]) == 0) {
            figures->form = form;
            return;
        }
    }
    g_autofree char *accepted = g_strjoinv("' or '", (char **)reader->headers);
    g_autofree char *help = g_strdup_printf("name the columns '%s'", accepted);
    cs_diagnostics_error(reader->diagnostics, figures->head, help,
                         "the first line does not name the columns expected");
    reader->sound = FALSE;
}

static void read_row(Reader *reader, const char *line, Span content)
{
    CsFigures *figures = reader->figures;
    Span field[CS_FIGURES_COLUMNS];
    const guint row = figures->n_rows++, n = split(content, field, CS_FIGURES_COLUMNS);
    if (n != figures->n_columns) {
        g_autofree char *help =
            g_strdup_printf("write one number for each of '%s'", reader->headers[figures->form]);
        cs_diagnostics_error(reader->diagnostics, place_of(reader, line, content), help,
                             "%u column%s where there should be %u", n, n == 1 ? "" : "s",
                             figures->n_columns);
        reader->sound = FALSE;
        return;
    }
    for (guint i = 0; i < n; i++) {
        CsFigure *cell = &figures->cell[row][i];
        const char *rest;
        cell->place = place_of(reader, line, field[i]);
        if (!cs_number_read(field[i].start, field[i].end, &cell->value, &rest) ||
            rest != field[i].end) {
            cs_diagnostics_error(reader->diagnostics, cell->place,
                                 "write a plain decimal number such as -5.84", "not a number");
            reader->sound = FALSE;
        }
    }
}

/* One line, without its end. FALSE where reading on would only repeat the complaint. */
static gboolean read_line(Reader *reader, const char *line, const char *end)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    const gboolean marked = ++reader->line == 1 && g_str_has_prefix(line, byte_order_mark);
    Span content = trimmed(marked ? line + strlen(byte_order_mark) : line, end);
    if (content.start == content.end || *content.start == '#')
        return TRUE;
    if (!reader->header_seen) {
        read_header(reader, line, content);
        return reader->sound;
    }
    if (reader->figures->n_rows == CS_FIGURES_ROWS) {
        cs_diagnostics_error(reader->diagnostics, place_of(reader, line, content),
                             "remove the rows from here on", "more than %d rows", CS_FIGURES_ROWS);
        reader->sound = FALSE;
        return FALSE;
    }
    read_row(reader, line, content);
    return TRUE;
}

/* The bytes of a file, NUL behind them; NULL, and errno, where it cannot be read. */
static char *read_bytes(const char *path, gsize *length)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return NULL;
    g_autofree char *bytes = g_malloc(FILE_LIMIT + 2);
    *length = fread(bytes, 1, FILE_LIMIT + 1, stream);
    int problem = ferror(stream) ? errno : 0;
    fclose(stream);
    errno = problem;
    if (problem != 0)
        return NULL;
    bytes[*length] = '\0';
    return g_steal_pointer(&bytes);
}

/* The whole file as a source; NULL, and an error at `from`, where it is no small text. */
static CsSource *read_source(const char *path, const char *name, CsPlace from,
                             CsDiagnostics *diagnostics)
{
    gsize length = 0;
    g_autofree char *bytes = read_bytes(path, &length);
    if (bytes == NULL)
        cs_diagnostics_error(diagnostics, from, NULL, "cannot read '%s': %s", name,
                             g_strerror(errno));
    else if (length > FILE_LIMIT)
        cs_diagnostics_error(diagnostics, from, NULL,
                             "cannot read '%s': it is larger than %d bytes", name, FILE_LIMIT);
    else if (!g_utf8_validate_len(bytes, length, NULL))
        cs_diagnostics_error(diagnostics, from, "save it as UTF-8 text",
                             "cannot read '%s': it is not a text file", name);
    else
        return cs_source_new(name, g_steal_pointer(&bytes), length);
    return NULL;
}

gboolean cs_figures_read(CsFigures *figures, const char *path, const char *name,
                         const char *const *headers, CsPlace from, CsDiagnostics *diagnostics)
{
    Reader reader = {figures, headers, FALSE, 0, diagnostics, TRUE};
    memset(figures, 0, sizeof *figures);
    figures->source = read_source(path, name, from, diagnostics);
    if (figures->source == NULL)
        return FALSE;
    gsize length;
    const char *text = cs_source_text(figures->source, &length), *end = text + length;
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (gsize)(end - line));
        if (stop == NULL)
            stop = end;
        if (!read_line(&reader, line, stop))
            break;
        line = stop + 1;
    }
    if (!reader.header_seen) {
        g_autofree char *help = g_strdup_printf("begin it with the line '%s'", headers[0]);
        return cs_diagnostics_error(diagnostics, (CsPlace){figures->source, 1, 1, 0}, help,
                                    "the file is empty");
    }
    return reader.sound;
}

void cs_figures_clear(CsFigures *figures)
{
    g_clear_pointer(&figures->source, cs_source_unref);
}
