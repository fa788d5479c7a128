/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/typed: one value's text as what its key says it is, or an error with a remedy; and what
 * it was read as into the field that the key binds.
 *
 * Layer: scenario. Calls base, text, radio.
 */
#ifndef CS_SCENARIO_TYPED_H
#define CS_SCENARIO_TYPED_H

#include "scenario/keys.h"
#include "text/keyfile.h"

/* What a text was read as. Which members count depends on the key's kind. */
typedef struct {
    gboolean valid;
    gboolean chosen; /* CHOICE_OR_*: one of the names, not a number */
    guint choice;    /* its value, or what the names say of a number; BOOLEAN: 0 or 1 */
    guint set;       /* SET: the values of all names given */
    guint64 whole;
    double number, upper;  /* QUANTITY: SI; RANGE: both ends */
    gint64 from_ns, to_ns; /* RANGE of times: both ends, exact; else 0 */
    const char *text;      /* what was read, borrowed; NULL where it was none */
} CsTyped;

/* Reads `text` (the value of `key`, at `place`); FALSE and not valid with an error added. */
gboolean cs_typed_read(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                       CsDiagnostics *diagnostics);

/* Puts what was read into the fields of `object` that `owner`'s keys bind, and without a value and
 * a default what the key says of that. `typed` by CsKeyIndex. Text is borrowed. */
void cs_typed_store_all(const CsTyped typed[CS_KEY_N], CsOwner owner, gpointer object);

/* Whether it has an order: no name, no range. */
gboolean cs_typed_is_number(const CsKey *key, const CsTyped *typed);

/* Values of one key: -1, 0 or 1 as `a` is below, the same as or above `b`, where both are numbers;
 * CS_TYPED_OTHER where they differ and have no order (names; a range and a number). Reals that are
 * nearer than a part in 10^12 are the same; ranges of times are to the nanosecond. */
#define CS_TYPED_OTHER 2
gint cs_typed_compare(const CsKey *key, const CsTyped *a, const CsTyped *b);

/* A text that is the same for the same values, but for reals at the edge of 12 digits. Transfer
 * full. */
char *cs_typed_mark(const CsKey *key, const CsTyped *typed);

/* Every key's default; not valid where it has none. */
void cs_typed_defaults(CsTyped typed[CS_KEY_N]);

#endif
