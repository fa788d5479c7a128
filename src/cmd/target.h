/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/target: the directory that sweep, plan --emit and merge fill, and what to do with what it
 * holds.
 *
 * Layer: cmd. Calls campaign.
 */
#ifndef CS_CMD_TARGET_H
#define CS_CMD_TARGET_H

#include "campaign/store.h"
#include "cmd/command.h"

/* --resume and --restart. FALSE, the reason told, where both are given. */
gboolean cs_target_mode(const CsArguments *arguments, guint *mode);

/* -o, or results/NAME of the first operand's file name without its ending. Transfer full. */
char *cs_target_directory(const CsArguments *arguments);

/* SQLite's temporary files lie beside the results, in `directory`, unless the user says where: so
 * what fills up is the place that a message names. Before any thread. */
void cs_target_keep_temporaries(const char *directory);

/* The same of a command that reads `directory`: beside `output`, or, where that is NULL, in
 * `directory`; where these may not be written into, wherever SQLite finds a place. */
void cs_target_keep_temporaries_of(const char *output, const char *directory);

#endif
