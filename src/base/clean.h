/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/clean: texts that others wrote, made safe to print and to open in a spreadsheet.
 *
 * A terminal obeys control characters, a reader is led astray by invisible ones, a spreadsheet
 * computes what begins like a formula. So what cannot be shown becomes '?', a tab a blank, and a
 * cell that would be computed begins with an apostrophe, as a spreadsheet marks a text.
 *
 * Layer: base.
 */
#ifndef CS_BASE_CLEAN_H
#define CS_BASE_CLEAN_H

#include <glib.h>

/* The character at `text`, of `length` bytes, as it may be shown, and the bytes it takes: '?' for
 * control characters, invisible ones and what is no UTF-8 (one byte of it). */
gunichar cs_clean_character(const char *text, gsize length, gsize *bytes);

/* All of `text` as it may be shown, on one line. Transfer full. */
char *cs_clean_text(const char *text);
/* The same, but line feeds stay: for messages of several lines. Transfer full. */
char *cs_clean_lines(const char *text);

/*
 * TRUE where a spreadsheet would compute a cell of this text: it begins with '=', '@', a tab or a
 * carriage return; or with '+' or '-', unless it is a lone sign or a quantity such as
 * "-174 dBm/Hz": a number, with letters, blanks, '/', '%' and '^' behind it.
 */
gboolean cs_clean_is_formula(const char *text);

/* As it may be shown in a cell of a CSV file, not yet quoted. Transfer full. */
char *cs_clean_cell(const char *text);

#endif
