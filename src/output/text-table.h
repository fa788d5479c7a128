/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/text-table: a table for a person to read: columns with two lines of head, numbers of a
 * column in one unit with one prefix, a last line for all the others.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_TEXT_TABLE_H
#define CS_OUTPUT_TEXT_TABLE_H

#include <glib.h>

typedef enum {
    CS_TEXT_LINE_NONE,  /* nothing is known of it: it is not there */
    CS_TEXT_LINE_EMPTY, /* it has a line, with "-" for its numbers */
    CS_TEXT_LINE_FULL
} CsTextLine;

typedef struct {
    const char *head[2]; /* two lines, static */
    char *unit;          /* stands for head[1] where not NULL */
    gboolean left;
    char **cells; /* one a line; NULL for an empty one */
} CsTextColumn;

typedef struct {
    guint n_lines;            /* the last, for all, included */
    const CsTextLine *states; /* of each line; borrowed */
    GArray *columns;          /* CsTextColumn */
} CsTextTable;

void cs_text_table_init(CsTextTable *table, guint n_lines, const CsTextLine *states);
void cs_text_table_clear(CsTextTable *table);
gboolean cs_text_table_told(const CsTextTable *table, guint line);
gboolean cs_text_table_empty(const CsTextTable *table, guint line);

/* A new last column; its cells are the caller's to fill. Borrowed until the next one. */
CsTextColumn *cs_text_table_add(CsTextTable *table, const char *head, const char *second,
                                gboolean left);

/*
 * UTF-8; the line for all only where there are two or more. Where it is wider than `limit` columns
 * (0: any width), it becomes several tables with an empty line between, the first column in each; a
 * column without a head of its own stays with the one before it.
 */
void cs_text_table_append(GString *out, const CsTextTable *table, guint limit);

/* Which of them a unit takes: kJ and GHz, but no ks; a plain number none. */
typedef enum { CS_PREFIX_NONE, CS_PREFIX_SMALL, CS_PREFIX_ANY } CsPrefixes;

/* How all numbers of a column are written: in one unit, with as many decimals as show four digits
 * of the largest and two of the smallest. */
typedef struct {
    double factor;
    const char *prefix;
    int decimals;
} CsScale;

CsScale cs_scale_for(const double *values, guint n, CsPrefixes allowed);
char *cs_scale_text(double value, const CsScale *scale); /* transfer full */

/*
 * A column of physical values, NAN for "not modelled"; none is added where nothing is modelled.
 * `half_widths` (NULL for none) are their intervals', NAN for one that has none.
 */
void cs_text_table_add_values(CsTextTable *table, const char *head, const char *unit,
                              const double *values, const double *half_widths, CsPrefixes allowed);

#endif
