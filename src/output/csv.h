/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/csv: rounds.csv, devices.csv, totals.csv: their columns and a sink that writes them.
 *
 * The columns stand in one table a file (name, meaning and where the value comes from); whatever
 * else writes rows of these files (a database, a report, the manual) reads the same tables.
 *
 * Layer: output. Calls base, sim.
 */
#ifndef CS_OUTPUT_CSV_H
#define CS_OUTPUT_CSV_H

#include "base/file.h"
#include "sim/config.h"
#include "sim/sink.h"

/* What every row needs to know beside its record. */
typedef struct {
    guint64 run;
    const CsConfig *config;
} CsRowContext;

/* Their records are CsRoundRecord, CsDeviceTotals and CsTotals. */
typedef enum { CS_TABLE_ROUNDS, CS_TABLE_DEVICES, CS_TABLE_TOTALS, CS_TABLE_N } CsTable;

typedef enum { CS_CELL_EMPTY, CS_CELL_WHOLE, CS_CELL_REAL, CS_CELL_TEXT } CsCellKind;

/* One value of a row. A real that is NAN ("not modelled") becomes CS_CELL_EMPTY. */
typedef struct {
    CsCellKind kind;
    gint64 whole;
    double real;
    const char *text; /* borrowed: valid until `scratch` changes */
} CsCell;

typedef struct {
    const char *name;
    CsCellKind kind;     /* of cells that are not empty */
    const char *meaning; /* with its unit; for cardsim-results(5) */
    guint source;        /* csv.c's own: how the value is got from the record, */
    gsize offset[2];     /* and from which of its fields */
} CsColumn;

const CsColumn *cs_table_columns(CsTable table, guint *n);
const char *cs_table_file_name(CsTable table); /* "rounds.csv" */

/* The value of a column in the row of `record`; `scratch` holds a text that had to be made. */
CsCell cs_table_cell(CsTable table, guint column, const CsRowContext *row, gconstpointer record,
                     GString *scratch);

/* The header line, with its newline. Transfer full. */
char *cs_table_header(CsTable table);

/* Appends a cell as the CSV files have it: for rows that come from elsewhere (a database). */
void cs_csv_append_cell(GString *line, const CsCell *cell);

typedef struct CsNumberCache CsNumberCache; /* csv.c's own */

/* A sink that appends CSV rows to strings, one a table; a table not wanted stays NULL. */
typedef struct {
    CsSink sink;
    CsRowContext row;
    GString *text[CS_TABLE_N];
    CsFile *file[CS_TABLE_N]; /* borrowed or NULL; see cs_csv_sink_stream() */
    gsize row_size;           /* more than any row takes */
    CsNumberCache *cache;
} CsCsvSink;

/* `tables` is a set of 1 << CsTable. No header is written. Transfer full. */
CsCsvSink *cs_csv_sink_new(guint tables, guint64 run, const CsConfig *config);
void cs_csv_sink_free(CsCsvSink *sink);

/*
 * From now on hands the rows of `table` to `file` (borrowed) as they come, so that a long run needs
 * no memory for them. Only for a sink whose rows are the next in the file: that of the first unit
 * not yet finished. What is left in `text` is to be written by cs_csv_sink_flush().
 */
void cs_csv_sink_stream(CsCsvSink *sink, CsTable table, CsFile *file);

/* Appends the rows of `table` that are still in memory to `file`. */
void cs_csv_sink_flush(CsCsvSink *sink, CsTable table, CsFile *file);

#endif
