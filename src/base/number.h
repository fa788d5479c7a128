/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/number: numbers as text. Locale-free, exact, and the same on every machine.
 *
 * Layer: base. Calls GLib only.
 */
#ifndef CS_BASE_NUMBER_H
#define CS_BASE_NUMBER_H

#include <glib.h>

/* Enough for every double in cs_number_format()'s form, the closing NUL included. */
#define CS_NUMBER_MAX 32

/*
 * Writes `value` in the shortest decimal form that reads back to the same double ("0.1", "1e-25",
 * "-0"). `value` must be finite. Returns the length written, without the NUL.
 */
gsize cs_number_format(char buffer[static CS_NUMBER_MAX], double value);

/* The same for a whole number, and for a time in ns as seconds: the text of time_ns / 1e9. */
gsize cs_number_format_whole(char buffer[static CS_NUMBER_MAX], gint64 value);
gsize cs_number_format_ns(char buffer[static CS_NUMBER_MAX], gint64 time_ns);

/*
 * What a person reads of a number: five significant digits, all of a whole number up to a million,
 * no trailing zeros. `value` must be finite.
 */
void cs_number_show(char buffer[static CS_NUMBER_MAX], double value);

/*
 * What a person reads of an estimate and its interval's half-width: of the half-width one digit,
 * two where the first is 1, but no digit left of the point is rounded away; of the value as many
 * decimals ("191.58", "0.02"; J. R. Taylor, "An Introduction to Error Analysis", 2nd ed., 1997,
 * section 2.2). Without a half-width (NAN or 0), or where one shows only behind the tenth digit of
 * the value, each as cs_number_show() has it; a NAN as "-".
 */
void cs_number_show_estimate(char value_text[static CS_NUMBER_MAX],
                             char half_text[static CS_NUMBER_MAX], double value, double half_width);

/*
 * Reads a decimal number that starts at `text` and ends before `end`, in the C locale's syntax
 * (no hexadecimal, no "inf", no "nan", no leading blanks). *rest is set to the first character
 * after it. Returns FALSE, and *rest = text, where there is no number or it overflows to infinity.
 */
gboolean cs_number_read(const char *text, const char *end, double *value, const char **rest);

/*
 * Reads all of `text` as a decimal whole number in 0..G_MAXUINT64 (underscores not allowed, a sign
 * not allowed). Returns FALSE where it is not one or does not fit.
 */
gboolean cs_number_read_whole(const char *text, gsize length, guint64 *value);

#endif
