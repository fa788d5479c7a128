/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/arguments: the command line, read by the tables of command.h.
 *
 * Options may stand anywhere, also before the command; `--` ends them; `--name=value`,
 * `--name value`, `-nvalue` and `-n value` are all the same.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_ARGUMENTS_H
#define CS_CMD_ARGUMENTS_H

#include "cmd/command.h"

/* Reads argv[1..]. Where it is wrong, prints why and a remedy on stderr and returns NULL.
 * Transfer full. */
CsArguments *cs_arguments_read(int argc, char **argv);
void cs_arguments_free(CsArguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsArguments, cs_arguments_free)

#endif
