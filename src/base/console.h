/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/console: what the place that a person reads text in can show: its width and its letters.
 *
 * Layer: base. Asks the environment and the terminal.
 */
#ifndef CS_BASE_CONSOLE_H
#define CS_BASE_CONSOLE_H

#include <glib.h>

/* The columns of COLUMNS, else of the terminal that `descriptor` is, else `otherwise`. */
guint cs_console_columns(int descriptor, guint otherwise);

/*
 * The text with lines of at most `columns` (0: as they are): longer ones are broken at blanks and
 * go on where they were indented, or under what stands behind their last gap of two blanks or more
 * in the left half. A word that is longer stays whole. Transfer full.
 */
char *cs_console_fill(const char *text, guint columns);

/* TRUE where the locale (LC_ALL, else LC_CTYPE, else LANG) is named and has no UTF-8: "C",
 * "POSIX", "de_DE.ISO-8859-1". One that is not named is no reason to spoil a text. */
gboolean cs_console_is_ascii(void);

/* The text in ASCII: "+-" for a plus-minus sign, "u" for micro, ..., '?' for what has no likeness.
 * Transfer full. */
char *cs_console_ascii(const char *text);

/* Appends `text` in lines of `width` columns, each but the first, which stands at `indent` already,
 * behind so many blanks. */
void cs_console_append_filled(GString *out, const char *text, guint indent, guint width);

#endif
