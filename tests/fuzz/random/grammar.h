/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz/random/grammar: random scenarios over all keys, with the CSV files that they name.
 *
 * The grammar is the table of keys itself: a new key is drawn from the day it stands there. Kinds,
 * ranges, choices, units and examples say what fits; what the table does not say (which names
 * exist, which keys make a run long) stands in two small tables of grammar.c. Most values are
 * ordinary, some lie at or a step beyond the ends of their ranges, some are no values at all, so
 * that scenarios are valid or nearly so.
 */
#ifndef CS_TESTS_FUZZ_GRAMMAR_H
#define CS_TESTS_FUZZ_GRAMMAR_H

#include <glib.h>

#define GRAMMAR_SCENARIO "input.ini"

/* Writes scenario number `seed` and its files into the existing directory `directory`; the same
 * bytes for the same seed and table of keys. */
void grammar_write(guint32 seed, const char *directory);

#endif
