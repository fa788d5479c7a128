/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/terminal: what goes to the user: tables and texts to stdout, everything else to stderr.
 *
 * stdout is written in one go and checked, so that a full disk is told; a reader that went away
 * (`cardsim list keys | head`) ends the program quietly.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_TERMINAL_H
#define CS_CMD_TERMINAL_H

#include "cmd/command.h"

#include <glib.h>

/* Ends the program as SIGPIPE would have, had it not been ignored: quietly. */
void cs_end_by_broken_pipe(void);

/* Writes `text` to stdout. Returns an exit code: CS_EXIT_OK, or CS_EXIT_IO with the reason told. */
int cs_print(const char *text);

/* The same for what --format says: as a table or in words, for people, in letters that the locale
 * has. */
int cs_print_as(const CsArguments *arguments, const char *text);
/* The same, and lines that are wider than the terminal, or COLUMNS, are filled. */
int cs_print_filled(const CsArguments *arguments, const char *text);

/* "cardsim: error: ...", "cardsim: warning: ...", "cardsim: ..." on stderr. */
void cs_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
void cs_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
void cs_note(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* A line without the "cardsim: " in front, behind one of the above. */
void cs_complain_more(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* TRUE where stderr is a terminal that takes colour and NO_COLOR is not set (no-color.org). */
gboolean cs_colour_wanted(void);

#endif
