/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/columns: the columns of rounds.csv, devices.csv and totals.csv, and of the tables of the
 * same names in a database: one table of names, meanings and of where each value comes from, which
 * all read that write or read such rows.
 *
 * Layer: output. Calls sim.
 */
#ifndef CS_OUTPUT_COLUMNS_H
#define CS_OUTPUT_COLUMNS_H

#include "sim/sink.h"

typedef enum { CS_CELL_EMPTY, CS_CELL_WHOLE, CS_CELL_REAL, CS_CELL_TEXT } CsCellKind;

/* How a column's value is got; `offset` names the record's fields it is made of. */
typedef enum {
    CS_FROM_RUN,    /* the run's number */
    CS_FROM_DEVICE, /* the name of the device numbered there */
    CS_FROM_POLICY, /* the policy's name */
    CS_FROM_LAYERS, /* the model's decoder layers */
    CS_FROM_COUNT,  /* a guint64 */
    CS_FROM_GUINT,
    CS_FROM_INDEX,   /* a gint8, empty below 0 */
    CS_FROM_FLAG,    /* a gboolean as 0 or 1 */
    CS_FROM_NS,      /* a gint64 in ns, as s */
    CS_FROM_NS_SUM,  /* the sum of two of them */
    CS_FROM_NS_SPAN, /* the first minus the second */
    CS_FROM_REAL,    /* a double */
    CS_FROM_DB,      /* a linear ratio, as dB */
    CS_FROM_MEAN,    /* a double over a guint64 */
    CS_FROM_SHARE,   /* a guint64 over another */
    CS_FROM_RATIO    /* a double over another */
} CsColumnSource;

typedef struct {
    const char *name;
    CsCellKind kind; /* of cells that are not empty */
    CsColumnSource source;
    gsize offset[2];
    const char *meaning; /* with its unit; for cardsim-results(5) */
} CsColumn;

/* All of them, as a database has them. */
const CsColumn *cs_table_columns(CsTable table, guint *n);

/* How many of them its CSV file has: those of places stand last, and only where asked for. */
guint cs_table_width(CsTable table, gboolean places);

/* The header line of its CSV file, with its newline, and with what else may follow in it: the
 * columns of places, and further ones, each behind a comma (NULL: none). Transfer full. */
char *cs_table_header(CsTable table, gboolean places, const char *more);
/* What the header begins with, whatever follows. Transfer full. */
char *cs_table_header_start(CsTable table);

#endif
