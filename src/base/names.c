/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/names: the names of an enum's values. See names.h. */
#include "base/names.h"

#include "base/suggest.h"

#include <string.h>

static guint count(const CsName *names)
{
    guint n = 0;
    while (names[n].name != NULL)
        n++;
    return n;
}

const CsName *cs_names_find(const CsName *names, const char *name)
{
    for (; names->name != NULL; names++)
        if (strcmp(names->name, name) == 0)
            return names;
    return NULL;
}

const char *cs_names_of(const CsName *names, guint value)
{
    while (names->name != NULL && names->value != value)
        names++;
    return names->name;
}

guint cs_names_of_number(const CsName *names)
{
    return names[count(names)].value;
}

/* The names alone, NULL-ended. Transfer container. */
static const char **words_of(const CsName *names)
{
    guint n = count(names);
    const char **words = g_new0(const char *, n + 1);
    for (guint i = 0; i < n; i++)
        words[i] = names[i].name;
    return words;
}

char *cs_names_join(const CsName *names, const char *between)
{
    g_autofree const char **words = words_of(names);
    return g_strjoinv(between, (char **)words);
}

const char *cs_names_suggest(const CsName *names, const char *word)
{
    g_autofree const char **words = words_of(names);
    return cs_suggest(word, words, count(names));
}
