/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/table: a table for people, for programs, or as JSON. See table.h. */
#include "cmd/table.h"

#include "base/clean.h"
#include "base/number.h"
#include "base/console.h"
#include "cmd/roff.h"
#include "text/rows.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define READABLE_WIDTH 118 /* columns of a readable table, where its texts can be broken */
#define COLUMN_LEAST 16

typedef struct {
    char *text;    /* NULL where the cell is a number or empty */
    double number; /* NAN where it is a text or empty */
} Cell;

struct CsTablePrinter {
    const CsTableColumn *columns;
    guint n_columns;
    GArray *cells; /* Cell, row by row */
    gboolean raw;
};

static void clear_cell(gpointer cell)
{
    g_free(((Cell *)cell)->text);
}

CsTablePrinter *cs_table_printer_new(const CsTableColumn *columns, guint n_columns)
{
    CsTablePrinter *table = g_new(CsTablePrinter, 1);
    *table = (CsTablePrinter){.columns = columns,
                              .n_columns = n_columns,
                              .cells = g_array_new(FALSE, FALSE, sizeof(Cell))};
    g_array_set_clear_func(table->cells, clear_cell);
    return table;
}

void cs_table_printer_set_raw(CsTablePrinter *table, gboolean raw)
{
    table->raw = raw;
}

void cs_table_printer_free(CsTablePrinter *table)
{
    if (table == NULL)
        return;
    g_array_unref(table->cells);
    g_free(table);
}

static const CsTableColumn *next_column(const CsTablePrinter *table)
{
    return &table->columns[table->cells->len % table->n_columns];
}

void cs_table_add_text(CsTablePrinter *table, const char *text)
{
    g_assert(text == NULL || next_column(table)->kind == CS_COLUMN_TEXT);
    Cell cell = {.text = g_strdup(text), .number = NAN};
    g_array_append_val(table->cells, cell);
}

void cs_table_add_number(CsTablePrinter *table, double value)
{
    g_assert(next_column(table)->kind != CS_COLUMN_TEXT);
    Cell cell = {.number = value};
    g_array_append_val(table->cells, cell);
}

void cs_table_add_text_list(CsTablePrinter *table, const char *const *text, gsize n)
{
    for (gsize i = 0; i < n; i++)
        cs_table_add_text(table, text[i]);
}

void cs_table_add_number_list(CsTablePrinter *table, const double *value, gsize n)
{
    for (gsize i = 0; i < n; i++)
        cs_table_add_number(table, value[i]);
}

static const Cell *cell_at(const CsTablePrinter *table, guint row, guint column)
{
    return &g_array_index(table->cells, Cell, row * table->n_columns + column);
}

static guint n_rows(const CsTablePrinter *table)
{
    g_assert(table->cells->len % table->n_columns == 0);
    return table->cells->len / table->n_columns;
}

/* Whether the column behind it is its half-width. */
static gboolean has_interval(const CsTablePrinter *table, guint column)
{
    return column + 1 < table->n_columns && table->columns[column + 1].kind == CS_COLUMN_HALF_WIDTH;
}

static void append_exact(GString *out, double value)
{
    char buffer[CS_NUMBER_MAX];
    cs_number_format(buffer, value);
    g_string_append(out, buffer);
}

/* --- CSV (RFC 4180, with plain newlines) ------------------------------------------------------ */

static void append_csv_text(GString *out, const char *given, gboolean raw)
{
    g_autofree char *text = raw ? g_strdup(given) : cs_clean_cell(given);
    cs_csv_append(out, text);
}

static void append_csv(GString *out, const CsTablePrinter *table)
{
    for (guint c = 0; c < table->n_columns; c++) {
        if (c > 0)
            g_string_append_c(out, ',');
        append_csv_text(out, table->columns[c].name, table->raw);
    }
    g_string_append_c(out, '\n');
    for (guint r = 0; r < n_rows(table); r++) {
        for (guint c = 0; c < table->n_columns; c++) {
            const Cell *cell = cell_at(table, r, c);
            if (c > 0)
                g_string_append_c(out, ',');
            if (cell->text != NULL)
                append_csv_text(out, cell->text, table->raw);
            else if (!isnan(cell->number))
                append_exact(out, cell->number);
        }
        g_string_append_c(out, '\n');
    }
}

/* --- JSON: an array of objects ---------------------------------------------------------------- */

char *cs_json_quote(const char *text)
{
    g_autoptr(JsonNode) node = json_node_alloc();
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_node_init_string(node, valid);
    return json_to_string(node, FALSE);
}

/* A JSON text in which nothing is left that a terminal obeys or hides: \\u and four digits say the
 * same to whoever reads it. */
static void append_json_text(GString *out, const char *text, gboolean raw)
{
    g_autofree char *quoted = cs_json_quote(text);
    for (const char *p = quoted; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (raw || g_unichar_isprint(c))
            g_string_append_unichar(out, c);
        else if (c < 0x10000)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_printf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                                   0xDC00 + ((c - 0x10000) & 0x3FF));
    }
}

static void append_json(GString *out, const CsTablePrinter *table)
{
    g_string_append(out, "[");
    for (guint r = 0; r < n_rows(table); r++) {
        g_string_append(out, r > 0 ? ",\n  {" : "\n  {");
        for (guint c = 0; c < table->n_columns; c++) {
            const Cell *cell = cell_at(table, r, c);
            g_string_append(out, c > 0 ? ", " : "");
            append_json_text(out, table->columns[c].name, table->raw);
            g_string_append(out, ": ");
            if (cell->text != NULL) {
                append_json_text(out, cell->text, table->raw);
            } else if (!isnan(cell->number)) {
                append_exact(out, cell->number);
            } else {
                g_string_append(out, "null");
            }
        }
        g_string_append_c(out, '}');
    }
    g_string_append(out, n_rows(table) > 0 ? "\n]\n" : "]\n");
}

/* --- for people ------------------------------------------------------------------------------- */

static char *shown_text(const CsTablePrinter *table, const char *text)
{
    return table->raw ? g_strdup(text) : cs_clean_text(text);
}

/* The cell at (row, column); one with an interval has its digits, as the interval itself. */
static char *shown_cell(const CsTablePrinter *table, guint row, guint c)
{
    const CsTableColumn *column = &table->columns[c];
    const Cell *cell = cell_at(table, row, c);
    if (cell->text != NULL)
        return shown_text(table, cell->text);
    double scale = column->scale == 0.0 ? 1.0 : column->scale;
    char value[CS_NUMBER_MAX], half[CS_NUMBER_MAX];
    if (column->kind == CS_COLUMN_HALF_WIDTH) {
        cs_number_show_estimate(value, half, cell_at(table, row, c - 1)->number / scale,
                                cell->number / scale);
        return g_strdup(half);
    }
    if (has_interval(table, c)) {
        cs_number_show_estimate(value, half, cell->number / scale,
                                cell_at(table, row, c + 1)->number / scale);
        return g_strdup(value);
    }
    if (isnan(cell->number))
        return g_strdup(column->kind == CS_COLUMN_TEXT ? "" : "-");
    if (column->kind == CS_COLUMN_WHOLE && fabs(cell->number) < 1e15)
        return g_strdup_printf("%.0f", cell->number / scale);
    cs_number_show(value, cell->number / scale);
    return g_strdup(value);
}

static guint columns_of(const char *text)
{
    return (guint)g_utf8_strlen(text, -1);
}

/* Takes the words that fit into `width` columns off *rest, or part of one. Transfer full. */
static char *take_words(const char **rest, guint width)
{
    const char *end = *rest, *fits = NULL;
    while (*end != '\0') {
        const char *next = strchr(end + 1, ' ');
        end = next != NULL ? next : end + strlen(end);
        if (fits != NULL && g_utf8_strlen(*rest, end - *rest) > width)
            break;
        fits = end;
    }
    if (fits != NULL && g_utf8_strlen(*rest, fits - *rest) > width) { /* a word is too long */
        fits = g_utf8_offset_to_pointer(*rest, width);
        char *part = g_strndup(*rest, (gsize)(fits - *rest));
        *rest = fits;
        return part;
    }
    char *taken = g_strndup(*rest, fits != NULL ? (gsize)(fits - *rest) : 0);
    *rest = fits != NULL && *fits == ' ' ? fits + 1 : fits != NULL ? fits : end;
    return taken;
}

static void append_padded(GString *line, const char *text, guint width, gboolean right)
{
    guint length = columns_of(text);
    guint gap = width > length ? width - length : 0;
    g_string_append_printf(line, "%*s%s%*s", right ? (int)gap : 0, "", text, right ? 0 : (int)gap,
                           "");
}

/* A readable table: its cells as texts, titles and units first, and how it is laid out. */
typedef struct {
    const CsTablePrinter *table;
    GPtrArray *texts; /* of every row and column */
    guint rows;
    guint *width; /* of every column, */
    guint *least; /* and no word of it is broken */
} Readable;

static const char *const *row_texts(const Readable *readable, guint row)
{
    return (const char *const *)readable->texts->pdata + row * readable->table->n_columns;
}

/* One row's columns `shown`, on as many lines as its longest cell takes. */
static void append_row(GString *out, const Readable *readable, guint row, const GArray *shown)
{
    guint n = readable->table->n_columns;
    g_autofree const char **rest = g_memdup2(row_texts(readable, row), n * sizeof *rest);
    gboolean more;
    do {
        g_autoptr(GString) line = g_string_new(NULL);
        more = FALSE;
        for (guint i = 0; i < shown->len; i++) {
            guint c = g_array_index(shown, guint, i);
            g_autofree char *part = take_words(&rest[c], readable->width[c]);
            if (i > 0)
                g_string_append(line, "  ");
            append_padded(line, part, readable->width[c],
                          readable->table->columns[c].kind != CS_COLUMN_TEXT);
            more = more || *rest[c] != '\0';
        }
        g_string_append(out, g_strchomp(line->str));
        g_string_append_c(out, '\n');
    } while (more);
}

/* Narrows the widest columns until a row fits into `limit` columns: those of texts, then those of
 * numbers as far as their titles allow, at last texts by breaking words. */
static void fit_widths(Readable *readable, guint limit)
{
    const CsTablePrinter *table = readable->table;
    guint *width = readable->width, total = 0;
    for (guint c = 0; c < table->n_columns; c++)
        total += width[c] + (c > 0 ? 2 : 0);
    for (guint turn = 0; turn < 3; turn++)
        while (total > limit) {
            gint widest = -1;
            for (guint c = 0; c < table->n_columns; c++)
                if (width[c] > (turn < 2 ? readable->least[c] : COLUMN_LEAST) &&
                    (table->columns[c].kind == CS_COLUMN_TEXT) == (turn != 1) &&
                    (widest < 0 || width[c] > width[widest]))
                    widest = (gint)c;
            if (widest < 0)
                break;
            width[widest]--;
            total--;
        }
}

static guint longest_word(const char *text)
{
    guint longest = 0;
    for (const char *rest = text; *rest != '\0';) {
        gsize length = strcspn(rest, " ");
        longest = MAX(longest, (guint)g_utf8_strlen(rest, (gssize)length));
        rest += length + (rest[length] == ' ');
    }
    return longest;
}

static void append_block(GString *out, const Readable *readable, const GArray *shown)
{
    gboolean units = FALSE;
    for (guint i = 0; i < shown->len; i++)
        units |= row_texts(readable, 1)[g_array_index(shown, guint, i)][0] != '\0';
    if (out->len > 0)
        g_string_append_c(out, '\n');
    for (guint r = 0; r < readable->rows; r++)
        if (r != 1 || units)
            append_row(out, readable, r, shown);
}

/* Columns that do not fit stand below the others, the first ones, of texts, before them again. */
static void append_blocks(GString *out, const Readable *readable, guint limit)
{
    const CsTablePrinter *table = readable->table;
    guint keys = 0, keys_width = 0;
    while (keys < table->n_columns && table->columns[keys].kind == CS_COLUMN_TEXT)
        keys_width += readable->width[keys++] + 2;
    if (keys == 0 && table->columns[0].kind == CS_COLUMN_WHOLE) /* a cut, a run */
        keys_width += readable->width[keys++] + 2;
    g_autoptr(GArray) shown = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint c = 0; c < keys; c++)
        g_array_append_val(shown, c);
    guint total = keys_width, step;
    for (guint c = keys; c < table->n_columns; c += step) {
        guint width = readable->width[c] + 2;
        step = has_interval(table, c) ? 2 : 1; /* a number and its interval stay together */
        width += step == 2 ? readable->width[c + 1] + 2 : 0;
        if (shown->len > keys && total + width > limit + 2) {
            append_block(out, readable, shown);
            g_array_set_size(shown, keys);
            total = keys_width;
        }
        total += width;
        for (guint k = c; k < c + step; k++)
            g_array_append_val(shown, k);
    }
    append_block(out, readable, shown);
}

static void append_readable(GString *out, const CsTablePrinter *table)
{
    guint n = table->n_columns, limit = cs_console_columns(STDOUT_FILENO, READABLE_WIDTH);
    g_autofree guint *width = g_new0(guint, n), *least = g_new0(guint, n);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Readable readable = {table, texts, n_rows(table) + 2, width, least};
    for (guint r = 0; r < readable.rows; r++)
        for (guint c = 0; c < n; c++) {
            const CsTableColumn *column = &table->columns[c];
            char *text = r == 0   ? shown_text(table, column->title)
                         : r == 1 ? g_strdup(column->unit != NULL ? column->unit : "")
                                  : shown_cell(table, r - 2, c);
            width[c] = MAX(width[c], columns_of(text));
            least[c] = MAX(least[c], r == 0 || column->kind == CS_COLUMN_TEXT ? longest_word(text)
                                                                              : columns_of(text));
            g_ptr_array_add(texts, text);
        }
    fit_widths(&readable, limit);
    append_blocks(out, &readable, limit);
}

/* --- for man pages: a definition list of the text columns ------------------------------------- */

/* Whether rows share their first cell: then it is a heading of several rows. */
static gboolean has_headings(const CsTablePrinter *table)
{
    for (guint r = 1; r < n_rows(table); r++)
        if (g_strcmp0(cell_at(table, r - 1, 0)->text, cell_at(table, r, 0)->text) == 0)
            return TRUE;
    return FALSE;
}

static void append_roff(GString *out, const CsTablePrinter *table)
{
    guint term = has_headings(table) ? 1 : 0;
    const char *heading = NULL;
    for (guint r = 0; r < n_rows(table); r++) {
        const char *first = cell_at(table, r, 0)->text;
        if (term == 1 && g_strcmp0(first, heading) != 0) {
            g_string_append(out, ".SS ");
            cs_roff_append(out, first);
            g_string_append_c(out, '\n');
            heading = first;
        }
        g_string_append(out, ".TP\n.B ");
        for (guint c = term; c < table->n_columns; c++) {
            g_autofree char *text = shown_cell(table, r, c);
            cs_roff_append(out, text);
            g_string_append_c(out, '\n');
        }
    }
}

/* --- LaTeX ------------------------------------------------------------------------------------ */

/* A character that LaTeX prints by name only. */
static const char *latex_of(gunichar c)
{
    static const struct {
        gunichar c;
        const char *text;
    } special[] = {
        {'\\', "\\textbackslash{}"}, {'~', "\\textasciitilde{}"}, {'^', "\\textasciicircum{}"},
        {'<', "\\textless{}"},       {'>', "\\textgreater{}"},    {'"', "\\textquotedbl{}"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(special); i++)
        if (special[i].c == c)
            return special[i].text;
    return NULL;
}

static void append_latex_text(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        const char *escaped = latex_of(c);
        if (c < 0x80 && strchr("#$%&_{}", (int)c) != NULL)
            g_string_append_printf(out, "\\%c", (char)c);
        else if (escaped != NULL)
            g_string_append(out, escaped);
        else
            g_string_append_unichar(out, g_unichar_isprint(c) ? c : ' ');
    }
}

/* "1.5e-07" as 1.5 \times 10^{-7}; within $...$. */
static void append_latex_number(GString *out, const char *text)
{
    const char *e = strchr(text, 'e');
    if (e == NULL)
        g_string_append(out, text);
    else
        g_string_append_printf(out, "%.*s \\times 10^{%d}", (int)(e - text), text,
                               (int)g_ascii_strtoll(e + 1, NULL, 10));
}

/* A number and, in the same cell, its interval. */
static void append_latex_cell(GString *out, const CsTablePrinter *table, guint row, guint c)
{
    const Cell *cell = cell_at(table, row, c);
    g_autofree char *shown = shown_cell(table, row, c);
    if (isnan(cell->number)) {
        if (strcmp(shown, "-") == 0)
            g_string_append(out, "--");
        else
            append_latex_text(out, shown);
        return;
    }
    g_string_append_c(out, '$');
    append_latex_number(out, shown);
    if (has_interval(table, c) && !isnan(cell_at(table, row, c + 1)->number)) {
        g_autofree char *half = shown_cell(table, row, c + 1);
        g_string_append(out, " \\pm ");
        append_latex_number(out, half);
    }
    g_string_append_c(out, '$');
}

static void append_latex_title(GString *out, const CsTableColumn *column)
{
    append_latex_text(out, column->title);
    if (column->unit == NULL || column->unit[0] == '\0')
        return;
    g_string_append(out, " (");
    append_latex_text(out, column->unit);
    g_string_append_c(out, ')');
}

/* A tabular of booktabs' rules. */
static void append_latex(GString *out, const CsTablePrinter *table)
{
    g_string_append(out, "% \\usepackage{booktabs}\n\\begin{tabular}{");
    for (guint c = 0; c < table->n_columns; c++)
        if (table->columns[c].kind != CS_COLUMN_HALF_WIDTH)
            g_string_append_c(out, table->columns[c].kind == CS_COLUMN_TEXT ? 'l' : 'r');
    g_string_append(out, "}\n\\toprule\n");
    for (guint r = 0; r < n_rows(table) + 1; r++) {
        for (guint c = 0; c < table->n_columns; c++) {
            if (table->columns[c].kind == CS_COLUMN_HALF_WIDTH)
                continue;
            g_string_append(out, c > 0 ? " & " : "");
            if (r == 0)
                append_latex_title(out, &table->columns[c]);
            else
                append_latex_cell(out, table, r - 1, c);
        }
        g_string_append(out, r == 0 ? " \\\\\n\\midrule\n" : " \\\\\n");
    }
    g_string_append(out, "\\bottomrule\n\\end{tabular}\n");
}

char *cs_table_format(const CsTablePrinter *table, CsFormatKind format)
{
    g_autoptr(GString) out = g_string_new(NULL);
    if (format == CS_FORMAT_CSV)
        append_csv(out, table);
    else if (format == CS_FORMAT_JSON)
        append_json(out, table);
    else if (format == CS_FORMAT_LATEX)
        append_latex(out, table);
    else if (format == CS_FORMAT_ROFF)
        append_roff(out, table);
    else
        append_readable(out, table);
    return g_string_free(g_steal_pointer(&out), FALSE);
}
