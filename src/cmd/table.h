/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/table: a table for people (aligned, with units), for programs (CSV), as JSON or for LaTeX.
 *
 * The same cells serve all four. CSV and JSON give SI numbers in their shortest exact form under
 * the column's name; the readable form and LaTeX
 * scale them to the column's shown unit and round; a number with an interval has its digits.
 *
 * Layer: cmd. Calls base.
 */
#ifndef CS_CMD_TABLE_H
#define CS_CMD_TABLE_H

#include "cmd/command.h"

typedef enum {
    CS_COLUMN_TEXT,
    CS_COLUMN_WHOLE,
    CS_COLUMN_REAL,
    CS_COLUMN_HALF_WIDTH /* of the interval of the column before, in its unit */
} CsColumnKind;

typedef struct {
    const char *name;  /* in CSV and JSON: "rate_bps" */
    const char *title; /* for people: "rate" */
    const char *unit;  /* for people: "Mbit/s", or "" */
    double scale;      /* shown number = value / scale; 0 stands for 1 */
    CsColumnKind kind;
} CsTableColumn;

typedef struct CsTablePrinter CsTablePrinter;

/* `columns` is borrowed. Transfer full. */
CsTablePrinter *cs_table_printer_new(const CsTableColumn *columns, guint n_columns);
void cs_table_printer_free(CsTablePrinter *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsTablePrinter, cs_table_printer_free)

/* Texts of others are made safe to show (base/clean) unless they are to stay as they are. */
void cs_table_printer_set_raw(CsTablePrinter *table, gboolean raw);

/* The next cell, row by row. A text may be NULL and a number NAN: an empty cell (null in JSON). */
void cs_table_add_text(CsTablePrinter *table, const char *text);
void cs_table_add_number(CsTablePrinter *table, double value);

/* Several cells that follow each other. */
void cs_table_add_text_list(CsTablePrinter *table, const char *const *text, gsize n);
void cs_table_add_number_list(CsTablePrinter *table, const double *value, gsize n);
#define CS_TABLE_ADD_TEXTS(table, ...)                                                             \
    cs_table_add_text_list(table, (const char *const[]){__VA_ARGS__},                              \
                           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define CS_TABLE_ADD_NUMBERS(table, ...)                                                           \
    cs_table_add_number_list(table, (const double[]){__VA_ARGS__},                                 \
                             sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* All rows so far; as roff only a table of texts. Transfer full. */
char *cs_table_format(const CsTablePrinter *table, CsFormatKind format);

/* A text as a JSON string with its quotes. Transfer full. */
char *cs_json_quote(const char *text);

#endif
