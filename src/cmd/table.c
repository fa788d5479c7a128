/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/table: a table for people, for programs, or as JSON. See table.h. */
#include "cmd/table.h"

#include "base/clean.h"
#include "base/number.h"
#include "cmd/roff.h"
#include "text/rows.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

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

void cs_table_add_empty(CsTablePrinter *table)
{
    cs_table_add_text(table, NULL);
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

/* Takes the words that fit into `width` columns off *rest, at least one. Transfer full. */
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

/* One row of the readable table, on as many lines as its longest cell takes. */
static void append_row(GString *out, const CsTablePrinter *table, const guint *width,
                       const char *const *texts)
{
    guint n = table->n_columns;
    g_autofree const char **rest = g_memdup2(texts, n * sizeof *texts);
    gboolean more;
    do {
        g_autoptr(GString) line = g_string_new(NULL);
        more = FALSE;
        for (guint c = 0; c < n; c++) {
            g_autofree char *part = take_words(&rest[c], width[c]);
            if (c > 0)
                g_string_append(line, "  ");
            append_padded(line, part, width[c], table->columns[c].kind != CS_COLUMN_TEXT);
            more = more || *rest[c] != '\0';
        }
        g_string_append(out, g_strchomp(line->str));
        g_string_append_c(out, '\n');
    } while (more);
}

/* Narrows the widest text columns until a row fits into READABLE_WIDTH columns. */
static void fit_widths(const CsTablePrinter *table, guint *width)
{
    for (;;) {
        guint total = 0, widest = 0;
        gboolean any = FALSE;
        for (guint c = 0; c < table->n_columns; c++) {
            total += width[c] + 2;
            if (table->columns[c].kind == CS_COLUMN_TEXT && width[c] > COLUMN_LEAST &&
                (!any || width[c] > width[widest])) {
                widest = c;
                any = TRUE;
            }
        }
        if (total <= READABLE_WIDTH || !any)
            return;
        width[widest]--;
    }
}

static void append_readable(GString *out, const CsTablePrinter *table)
{
    guint n = table->n_columns;
    guint rows = n_rows(table) + 2; /* titles and units first */
    g_autofree guint *width = g_new0(guint, n);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    gboolean units = FALSE;
    for (guint r = 0; r < rows; r++)
        for (guint c = 0; c < n; c++) {
            const CsTableColumn *column = &table->columns[c];
            char *text = r == 0   ? shown_text(table, column->title)
                         : r == 1 ? g_strdup(column->unit != NULL ? column->unit : "")
                                  : shown_cell(table, r - 2, c);
            units = units || (r == 1 && text[0] != '\0');
            width[c] = MAX(width[c], columns_of(text));
            g_ptr_array_add(texts, text);
        }
    fit_widths(table, width);
    for (guint r = 0; r < rows; r++)
        if (r != 1 || units)
            append_row(out, table, width, (const char *const *)texts->pdata + r * n);
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
        cs_roff_append(out, cell_at(table, r, term)->text);
        for (guint c = term + 1; c < table->n_columns; c++) {
            g_string_append_c(out, '\n');
            cs_roff_append(out, cell_at(table, r, c)->text);
        }
        g_string_append_c(out, '\n');
    }
}

/* --- LaTeX ------------------------------------------------------------------------------------ */

/* A character that means something to LaTeX, as the text that prints it. */
static const char *latex_of(gunichar c)
{
    static const struct {
        gunichar c;
        const char *text;
    } special[] = {
        {'\\', "\\textbackslash{}"},
        {'~', "\\textasciitilde{}"},
        {'^', "\\textasciicircum{}"},
        {'<', "\\textless{}"},
        {'>', "\\textgreater{}"},
        {'"', "\\textquotedbl{}"},
        {'#', "\\#"},
        {'$', "\\$"},
        {'%', "\\%"},
        {'&', "\\&"},
        {'_', "\\_"},
        {'{', "\\{"},
        {'}', "\\}"},
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
        if (escaped != NULL)
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
