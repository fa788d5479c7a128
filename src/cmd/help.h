/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/help: `--help`, `--version` and the man pages, all from the table of commands.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_HELP_H
#define CS_CMD_HELP_H

#include "cmd/command.h"

/* What `cardsim --help` or, with a command, `cardsim COMMAND --help` prints. Transfer full. */
char *cs_help_format(const CsCommand *command);

/* The same as the text of a man page in man(7) macros; without a command, the part of cardsim(1)
 * that lists the commands and their options. Transfer full. */
char *cs_help_roff(const CsCommand *command);

char *cs_version_format(void);

#endif
