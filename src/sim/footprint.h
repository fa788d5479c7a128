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

/* Where rows wait until it is their replication's turn. */
typedef enum {
    CS_ROWS_FILES,    /* as text; of rounds a few MiB, the rest on disk */
    CS_ROWS_DATABASE, /* as text and as rows of a database, all of them */
    CS_ROWS_N
} CsRowsKind;

/* What one replication takes, each to within a factor of 2 where it is much. */
typedef struct {
    double under_way_byte;          /* while it is simulated */
    double waiting_byte[CS_ROWS_N]; /* of its rows, and of what it has learned, while they wait */
    double trained_byte;            /* of a network that is trained along, with its data; or 0 */
    double tape_byte;               /* of each thread of that training */
    double network_byte;            /* of the network as it was read, once for all replications */
    double trail_byte;              /* of what is kept of the training once it is over */
} CsFootprint;

/*
 * Of a prepared configuration that tells the tables of the set `tables` (1 << CsTable). Per device:
 *     what it is and what it is doing, and its next event
 *     + a path, fading that moves in time, and a transfer that looks at them, where it has them
 *     + its life, where devices can leave or rounds be lost
 *     + what decisions remember: rates of earlier rounds, a policy's state
 *     + a row of each table
 * and for each group and cut what a round costs; of training see learning/course-footprint.h.
 */
CsFootprint cs_config_footprint(const CsConfig *config, guint tables);

#endif
