/*
 * output/csv: rounds.csv, devices.csv, totals.csv: their columns and a sink that writes them.
 *
 * The columns stand in one table a file (name and accessor); whatever else writes rows of these
 * files (a database, a report) reads the same tables.
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

typedef enum { CS_TABLE_ROUNDS, CS_TABLE_DEVICES, CS_TABLE_TOTALS, CS_TABLE_N } CsTable;

typedef enum { CS_CELL_EMPTY, CS_CELL_WHOLE, CS_CELL_REAL, CS_CELL_TEXT } CsCellKind;

/* One value of a row. A real that is NAN ("not modelled") becomes CS_CELL_EMPTY. */
typedef struct {
    CsCellKind kind;
    gint64 whole;
    double real;
    const char *text; /* borrowed until the next call */
} CsCell;

typedef struct {
    const char *name;
    CsCellKind kind;
    const char *meaning; /* with its unit; for cardsim-results(5) */
} CsColumn;

const CsColumn *cs_table_columns(CsTable table, guint *n);
const char *cs_table_file_name(CsTable table); /* "rounds.csv" */

/* The header line, with its newline. Transfer full. */
char *cs_table_header(CsTable table);

/* A sink that appends CSV rows to strings, one a table; a table not wanted stays NULL. */
typedef struct {
    CsSink sink;
    CsRowContext row;
    GString *text[CS_TABLE_N];
    char *device_names; /* implementation's own */
    gpointer private_data;
} CsCsvSink;

/* `tables` is a set of 1 << CsTable. Transfer full. */
CsCsvSink *cs_csv_sink_new(guint tables, guint64 run, const CsConfig *config);
void cs_csv_sink_free(CsCsvSink *sink);

#endif
