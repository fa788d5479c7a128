/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/suggest: "did you mean": the nearest of a set of known words.
 *
 * Layer: base.
 */
#ifndef CS_BASE_SUGGEST_H
#define CS_BASE_SUGGEST_H

#include <glib.h>

/*
 * The element of `known` (n words) nearest to `word` by the Damerau-Levenshtein distance (optimal
 * string alignment), if near enough to be a likely slip (at most a third of its letters, 1 at
 * least); the earliest of equals. Case is ignored for the distance. Returns a pointer into
 * `known`, or NULL.
 */
const char *cs_suggest(const char *word, const char *const *known, gsize n);

/* The distance itself, for tests. */
guint cs_edit_distance(const char *a, const char *b);

#endif
