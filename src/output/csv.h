/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/csv: the values of the result tables, and a sink that writes them as rows of CSV files.
 *
 * Layer: output. Calls base, sim.
 */
#ifndef CS_OUTPUT_CSV_H
#define CS_OUTPUT_CSV_H

#include "base/file.h"
#include "output/columns.h"
#include "sim/config.h"

/* What every row needs to know beside its record. */
typedef struct {
    guint64 run;
    const CsConfig *config;
} CsRowContext;

/* One value of a row. A real that is NAN ("not modelled") becomes CS_CELL_EMPTY. */
typedef struct {
    CsCellKind kind;
    gint64 whole;
    double real;
    const char *text; /* borrowed: valid until `scratch` changes */
} CsCell;

/* The value of a column in the row of `record`; `scratch` holds a text that had to be made. */
CsCell cs_table_cell(CsTable table, guint column, const CsRowContext *row, gconstpointer record,
                     GString *scratch);

/* Appends a cell as the CSV files have it: for rows that come from elsewhere (a database). */
void cs_csv_append_cell(GString *line, const CsCell *cell);
/* The same for rows that others may have written: texts are made safe to show (base/clean). */
void cs_csv_append_clean(GString *line, const CsCell *cell);

typedef struct CsNumberCache CsNumberCache; /* csv.c's own */

/* A sink that appends CSV rows to strings, one a table; a table not wanted stays NULL. */
typedef struct {
    CsSink sink;
    CsRowContext row;
    GString *text[CS_TABLE_N];
    CsFile *file[CS_TABLE_N]; /* borrowed or NULL; see cs_csv_sink_stream() */
    guint width[CS_TABLE_N];  /* columns */
    gsize row_size;           /* more than any row takes */
    char *more;               /* further cells of every row, each behind a comma; or NULL */
    CsNumberCache *cache;
} CsCsvSink;

/* `tables` is a set of 1 << CsTable. No header is written. Transfer full. */
CsCsvSink *cs_csv_sink_new(guint tables, guint64 run, const CsConfig *config);
void cs_csv_sink_free(CsCsvSink *sink);

/* Every row ends in `more` (transfer full, or NULL): cells, each behind a comma. Before the first
 * row. */
void cs_csv_sink_end_rows(CsCsvSink *sink, char *more);

/*
 * From now on hands the rows of `table` to `file` (borrowed) as they come, so that a long run needs
 * no memory for them. Only for a sink whose rows are the next in the file: that of the first unit
 * not yet finished. What is left in `text` is to be written by cs_csv_sink_flush().
 */
void cs_csv_sink_stream(CsCsvSink *sink, CsTable table, CsFile *file);

/* Appends the rows of `table` that are still in memory to `file`. */
void cs_csv_sink_flush(CsCsvSink *sink, CsTable table, CsFile *file);

#endif
