/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/results: what the commands that read results share: which exit code an error is.
 *
 * Layer: cmd. Calls analysis, output.
 */
#ifndef CS_CMD_RESULTS_H
#define CS_CMD_RESULTS_H

#include <glib.h>

/* Prints the error and returns its exit code. */
int cs_results_complain(const GError *error);

/* Tells the notes of analysis/report-notes on stderr. */
void cs_results_tell(const GPtrArray *notes);

#endif
