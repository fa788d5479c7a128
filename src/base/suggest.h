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

/*
 * "did you mean 'bandwidth'?": cs_suggest()'s, else the known words, three at most, that have
 * `word` as one of their parts between hyphens ("radius": 'area-radius') or, where there is but
 * one, begin with it ("w": 'weight'). NULL where there are none, or more. Transfer full.
 */
char *cs_suggest_question(const char *word, const char *const *known, gsize n);

/* The distance itself, for tests. */
guint cs_edit_distance(const char *a, const char *b);

#endif
