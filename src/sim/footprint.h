/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/footprint: how much memory a replication will take, foretold from its configuration.
 *
 * Layer: sim.
 */
#ifndef CS_SIM_FOOTPRINT_H
#define CS_SIM_FOOTPRINT_H

#include "sim/config.h"
#include "sim/sink.h"

/*
 * Bytes of one replication of a prepared configuration that tells the tables of the set `tables` (1
 * << CsTable), to within a factor of 2 where they are many. Per device:
 *     what it is and what it is doing, and its next event
 *     + a path, fading that moves in time, and a transfer that looks at them, where it has them
 *     + its life, where devices can leave or rounds be lost
 *     + what decisions remember: rates of earlier rounds, a policy's state
 *     + a row of each table
 * and for each group and cut what a round costs. Rows that wait to be written come on top.
 */
double cs_config_footprint_byte(const CsConfig *config, guint tables);

/* Where rows wait until it is their replication's turn. */
typedef enum {
    CS_ROWS_FILES,   /* as text; of rounds a few MiB, the rest on disk */
    CS_ROWS_DATABASE /* as text and as rows of a database, all of them */
} CsRowsKind;

/* Bytes of the rows of one replication of a prepared configuration that wait, as above. */
double cs_config_waiting_byte(const CsConfig *config, guint tables, CsRowsKind kind);

#endif
