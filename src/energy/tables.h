/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * energy/tables: what was measured of a processor, row by row, in place of a law: the time of a
 * decoder layer by the tokens of a mini-batch, and the power by the clock. CSV files (text/rows.h).
 *
 * Layer: energy. Calls base, text.
 */
#ifndef CS_ENERGY_TABLES_H
#define CS_ENERGY_TABLES_H

#include "base/power-law.h"
#include "energy/roofline.h"
#include "text/diagnostic.h"

/* --- power by the clock: columns frequency_hz, power_w ---------------------------------------- */

typedef struct {
    guint n;
    CsPowerPoint *point; /* by rising frequency, no frequency twice */
} CsPowerTable;

/* Reads `path`, shown as `name`; rows in any order. NULL with an error at `from` or at its line.
 * Transfer full. */
CsPowerTable *cs_power_table_read(const char *path, const char *name, CsPlace from,
                                  CsDiagnostics *diagnostics);
void cs_power_table_free(CsPowerTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPowerTable, cs_power_table_free)

/* --- times of a layer: columns tokens, forward_s, backward_s, and frequency_hz where several ---
 */

/*
 * Reads `path`, shown as `name`; rows in any order. Without a column frequency_hz, or with one
 * clock for a number of tokens, a time is taken to go as 1/f, as the letter's does; with several
 * clocks it is b/f + a, by least squares, neither below 0. Errors as above. Transfer full.
 */
CsLayerTimes *cs_layer_times_read(const char *path, const char *name, CsPlace from,
                                  CsDiagnostics *diagnostics);
void cs_layer_times_free(CsLayerTimes *times);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsLayerTimes, cs_layer_times_free)

/*
 * One layer's pass over `tokens`: linear between the rows; below the first its time (few tokens
 * cost the reading of the weights), above the last in proportion to the tokens. `reference_hz` is
 * the clock of rows that name none.
 */
CsTimeLaw cs_layer_times_at(const CsLayerTimes *times, double tokens, gboolean backward,
                            double reference_hz);

#endif
