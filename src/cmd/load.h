/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/load: from the command line to a scenario, with every error shown in its place.
 *
 * Layer: cmd. Calls scenario, campaign.
 */
#ifndef CS_CMD_LOAD_H
#define CS_CMD_LOAD_H

#include "campaign/sweep.h"
#include "cmd/command.h"
#include "scenario/scenario.h"

/* Prints what `diagnostics` hold (warnings too, unless -q) and returns the exit code they call for:
 * CS_EXIT_OK, CS_EXIT_INVALID or CS_EXIT_IO. */
int cs_diagnostics_show(const CsArguments *arguments, const CsDiagnostics *diagnostics);

/* Reads the scenario `path` with the -s and -I of the command line; on failure NULL, errors
 * printed, *code the exit code. Transfer full. */
CsScenario *cs_load_file(const CsArguments *arguments, const char *path, int *code);

/* The same for the first operand. */
CsScenario *cs_load(const CsArguments *arguments, int *code);

/* The same as a sweep. On success warnings are left in `diagnostics`, for cs_diagnostics_show(). */
CsSweep *cs_load_sweep(const CsArguments *arguments, CsDiagnostics *diagnostics, int *code);

/* -s, -I, --plugin: what every command takes that reads a scenario. */
#define CS_SCENARIO_OPTIONS                                                                        \
    (CS_OPTION_BIT(CS_OPTION_SET) | CS_OPTION_BIT(CS_OPTION_INCLUDE) |                             \
     CS_OPTION_BIT(CS_OPTION_PLUGIN))

/* A paragraph of the manual: what --max-memory looks at. */
#define CS_LOAD_MEMORY_TEXT                                                                        \
    "Memory is foretold before anything is run, and what needs more than --max-memory, by "        \
    "default "                                                                                     \
    "half of the machine's, is refused. Every thread (-j) has a replication under way, so the "    \
    "largest runs count, as many as there are threads, each with its devices; then the rows that " \
    "wait for their turn to be written ('record'): a sweep keeps them in memory, 'run' past 8 "    \
    "MiB "                                                                                         \
    "on disk; then, with [learning], the networks that are trained or kept, with weights, "        \
    "adapters, activations and data. The message names the largest run, its values and the keys "  \
    "that most of it hangs on. This is an estimate: where memory runs out all the same, the "      \
    "command ends with exit code 4 and says what for."

/* The built-in policies and those of the command line's --plugin; NULL with the error printed and
 * *code the exit code. Transfer full. */
CsPolicySet *cs_load_policies(const CsArguments *arguments, int *code);

/*
 * Whether a plan of the scenario `path` on so many threads, with the rows that wait meanwhile, fits
 * into --max-memory; else FALSE with the error printed, which names the largest run and the keys
 * that most hangs on. *byte (may be NULL) is what it needs.
 */
gboolean cs_load_fits(const CsArguments *arguments, const char *path, const CsPlan *plan,
                      guint threads, CsRowsKind rows, double *byte);

/* The same for a run of the scenario alone. */
gboolean cs_load_fits_alone(const CsArguments *arguments, CsScenario *scenario, guint threads,
                            double *byte);

/* ", about 2.2 GB of memory" from 100 MB on, else "". Transfer full. */
char *cs_load_memory_words(double byte);

/* The device named `name` (its index), or -1 with an error printed. */
gint cs_load_device(const CsConfig *config, const char *name);

#endif
