/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/names: the names of an enum's values, as scenarios write them.
 *
 * A table stands beside the enum that it names, a row a value, and ends with a row without a name:
 *
 *     const CsName cs_rate_names[] = {{"cqi", CS_RATE_CQI}, {"mcs", CS_RATE_MCS}, CS_NAMES_END};
 *     CS_NAMES_COVER(cs_rate_names, CS_RATE_MCS);
 *
 * The last row's value is what holds where a number stands in place of a name.
 *
 * Layer: base.
 */
#ifndef CS_BASE_NAMES_H
#define CS_BASE_NAMES_H

#include <glib.h>

typedef struct {
    const char *name;
    guint value;
} CsName;

#define CS_NAMES_END                                                                               \
    {                                                                                              \
        NULL, 0                                                                                    \
    }
#define CS_NAMES_END_NUMBER(value)                                                                 \
    {                                                                                              \
        NULL, (value)                                                                              \
    }

/* Every value from 0 to `last` has a row. */
#define CS_NAMES_COVER(names, last) G_STATIC_ASSERT(G_N_ELEMENTS(names) == (gsize)(last) + 2)

/* The row of a name, or NULL. */
const CsName *cs_names_find(const CsName *names, const char *name);

/* The name of a value; NULL where it has none. Static storage. */
const char *cs_names_of(const CsName *names, guint value);

/* What holds where a number stands in place of a name. */
guint cs_names_of_number(const CsName *names);

/* All names with `between` between them. Transfer full. */
char *cs_names_join(const CsName *names, const char *between);

/* The name most like `word` (suggest.h), or NULL. */
const char *cs_names_suggest(const CsName *names, const char *word);

#endif
