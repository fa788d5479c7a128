/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/typed: one value's text as what its key says it is, or an error with a remedy.
 *
 * Layer: scenario. Calls base, text. For the scenario layer only.
 */
#ifndef CS_SCENARIO_TYPED_H
#define CS_SCENARIO_TYPED_H

#include "scenario/keys.h"
#include "text/keyfile.h"

/* What a text was read as. Which members count depends on the key's kind. */
typedef struct {
    gboolean valid;
    gboolean chosen; /* CHOICE_OR_*: a word of the choices, not a number */
    guint choice;    /* its position in the choices; BOOLEAN: 0 or 1 */
    guint set;       /* SET: bit i for choice i */
    guint64 whole;
    double number, upper; /* QUANTITY: SI; RANGE: both ends */
} CsTyped;

/* Reads `text` (the value of `key`, at `place`); FALSE and not valid with an error added. */
gboolean cs_typed_read(const CsKey *key, const char *text, CsPlace place, CsTyped *typed,
                       CsDiagnostics *diagnostics);

#endif
