/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/text-table: a table for a person to read. See text-table.h. Layer: output. */
#include "output/text-table.h"

#include <math.h>
#include <string.h>

#define GAP 2 /* blanks between columns */

void cs_text_table_init(CsTextTable *table, guint n_lines, const CsTextLine *states)
{
    table->n_lines = n_lines;
    table->states = states;
    table->columns = g_array_new(FALSE, TRUE, sizeof(CsTextColumn));
}

void cs_text_table_clear(CsTextTable *table)
{
    for (guint i = 0; i < table->columns->len; i++) {
        CsTextColumn *column = &g_array_index(table->columns, CsTextColumn, i);
        for (guint j = 0; j < table->n_lines; j++)
            g_free(column->cells[j]);
        g_free(column->cells);
        g_free(column->unit);
    }
    g_array_unref(table->columns);
}

gboolean cs_text_table_told(const CsTextTable *table, guint line)
{
    return table->states[line] != CS_TEXT_LINE_NONE;
}

gboolean cs_text_table_empty(const CsTextTable *table, guint line)
{
    return table->states[line] != CS_TEXT_LINE_FULL;
}

CsTextColumn *cs_text_table_add(CsTextTable *table, const char *head, const char *second,
                                gboolean left)
{
    CsTextColumn column = {
        .head = {head, second},
        .left = left,
        .cells = g_new0(char *, table->n_lines),
    };
    g_array_append_val(table->columns, column);
    return &g_array_index(table->columns, CsTextColumn, table->columns->len - 1);
}

static guint width_of(const char *text)
{
    return text == NULL ? 0 : (guint)g_utf8_strlen(text, -1);
}

static const char *second_head(const CsTextColumn *column)
{
    return column->unit != NULL ? column->unit : column->head[1];
}

static guint column_width(const CsTextTable *table, const CsTextColumn *column)
{
    guint width = MAX(width_of(column->head[0]), width_of(second_head(column)));
    for (guint j = 0; j < table->n_lines; j++)
        width = MAX(width, width_of(column->cells[j]));
    return width;
}

static void pad(GString *out, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c(out, ' ');
}

static const CsTextColumn *column_at(const CsTextTable *table, guint i)
{
    return &g_array_index(table->columns, CsTextColumn, i);
}

/* The columns of a table that are shown together: the first, and those from `from` to before `to`.
 */
typedef struct {
    const CsTextTable *table;
    guint from, to;
} Part;

static guint next_of(const Part *part, guint i)
{
    return i == 0 ? part->from : i + 1;
}

/* One text line of the table: line -2 and -1 are the heads. */
static void append_line(GString *out, const Part *part, int line)
{
    gsize start = out->len;
    for (guint i = 0; i < part->to; i = next_of(part, i)) {
        const CsTextColumn *column = column_at(part->table, i);
        const char *text = line >= 0    ? column->cells[line]
                           : line == -2 ? column->head[0]
                                        : second_head(column);
        guint width = column_width(part->table, column), used = width_of(text);
        pad(out, (i == 0 ? 0 : GAP) + (column->left ? 0 : width - used));
        g_string_append(out, text != NULL ? text : "");
        if (column->left)
            pad(out, width - used);
    }
    while (out->len > start && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

static guint part_width(const Part *part)
{
    guint width = 0;
    for (guint i = 0; i < part->to; i = next_of(part, i))
        width += (i == 0 ? 0 : GAP) + column_width(part->table, column_at(part->table, i));
    return width;
}

static void append_rule(GString *out, const Part *part)
{
    guint width = part_width(part);
    for (guint i = 0; i < width; i++)
        g_string_append(out, "─");
    g_string_append_c(out, '\n');
}

static void append_part(GString *out, const Part *part)
{
    const CsTextTable *table = part->table;
    guint n_told = 0;
    append_line(out, part, -2);
    append_line(out, part, -1);
    append_rule(out, part);
    for (guint j = 0; j + 1 < table->n_lines; j++) {
        if (!cs_text_table_told(table, j))
            continue;
        append_line(out, part, (int)j);
        n_told++;
    }
    if (n_told > 1) {
        append_rule(out, part);
        append_line(out, part, (int)table->n_lines - 1);
    }
}

void cs_text_table_append(GString *out, const CsTextTable *table, guint limit)
{
    guint n = table->columns->len;
    Part part = {table, 1, 1};
    while (part.to < n || part.to == 1) {
        guint last = MIN(part.to + 1, n); /* at least one, and what goes with it */
        while (last < n && *column_at(table, last)->head[0] == '\0')
            last++;
        Part wider = {table, part.from, last};
        if (part.to > part.from && limit > 0 && part_width(&wider) > limit) {
            append_part(out, &part);
            g_string_append_c(out, '\n');
            part = (Part){table, part.to, part.to};
            continue;
        }
        part.to = last;
        if (last == n)
            break;
    }
    append_part(out, &part);
}

/* --- numbers of a column ---------------------------------------------------------------------- */

typedef struct {
    double factor;
    const char *prefix;
} Prefix;

static const Prefix prefixes[] = {{1e12, "T"}, {1e9, "G"},  {1e6, "M"},  {1e3, "k"},  {1, ""},
                                  {1e-3, "m"}, {1e-6, "µ"}, {1e-9, "n"}, {1e-12, "p"}};

CsScale cs_scale_for(const double *values, guint n, CsPrefixes allowed)
{
    double largest = 0, smallest = INFINITY;
    for (guint i = 0; i < n; i++) {
        double size = fabs(values[i]);
        if (!(size > 0) || !isfinite(size))
            continue;
        largest = MAX(largest, size);
        smallest = MIN(smallest, size);
    }
    CsScale scale = {1, "", 0};
    if (!(largest > 0))
        return scale;
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if ((prefixes[i].factor > 1 && allowed != CS_PREFIX_ANY) ||
            (prefixes[i].factor < 1 && allowed == CS_PREFIX_NONE))
            continue;
        scale.factor = prefixes[i].factor;
        scale.prefix = prefixes[i].prefix;
        if (largest >= 0.9995 * scale.factor)
            break;
    }
    int top = 3 - (int)floor(log10(largest / scale.factor));
    int bottom = 1 - (int)floor(log10(smallest / scale.factor));
    scale.decimals = CLAMP(MAX(CLAMP(top, 0, 3), bottom), 0, 6);
    return scale;
}

char *cs_scale_text(double value, const CsScale *scale)
{
    return g_strdup_printf("%.*f", scale->decimals, value / scale->factor);
}

void cs_text_table_add_values(CsTextTable *table, const char *head, const char *unit,
                              const double *values, const double *half_widths, CsPrefixes allowed)
{
    CsScale scale = cs_scale_for(values, table->n_lines, allowed);
    g_auto(GStrv) halves = g_new0(char *, table->n_lines + 1);
    gboolean any = FALSE;
    int half_size = 0;
    for (guint j = 0; j < table->n_lines; j++) {
        any |= cs_text_table_told(table, j) && !isnan(values[j]);
        gboolean has =
            half_widths != NULL && cs_text_table_told(table, j) && isfinite(half_widths[j]);
        halves[j] = has ? cs_scale_text(half_widths[j], &scale) : g_strdup("");
        half_size = MAX(half_size, (int)strlen(halves[j]));
    }
    if (!any)
        return;
    CsTextColumn *column = cs_text_table_add(table, head, NULL, FALSE);
    column->unit = g_strconcat(scale.prefix, unit, NULL);
    for (guint j = 0; j < table->n_lines; j++) {
        if (!cs_text_table_told(table, j))
            continue;
        g_autofree char *number = cs_scale_text(values[j], &scale);
        if (cs_text_table_empty(table, j))
            column->cells[j] = g_strdup("-");
        else if (isnan(values[j]))
            column->cells[j] = g_strdup("not modelled");
        else if (half_size > 0)
            column->cells[j] = g_strdup_printf("%s ± %*s", number, half_size, halves[j]);
        else
            column->cells[j] = g_steal_pointer(&number);
    }
}
