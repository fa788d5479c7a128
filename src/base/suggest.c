/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/suggest: "did you mean". See suggest.h. */
#include "base/suggest.h"

#include <string.h>

#define LENGTH_MAX 256

/* The distance between words in small letters of n and m bytes, where it is below `limit`; else
 * some number that is not. */
static guint distance_below(const char *a, gsize n, const char *b, gsize m, guint limit)
{
    /* Three rows of the dynamic programme: insertions and deletions need one row back, swaps
     * two. */
    g_autofree guint *rows = g_new0(guint, 3 * (m + 1));
    guint *before = rows, *last = rows + m + 1, *now = rows + 2 * (m + 1);
    for (gsize j = 0; j <= m; j++)
        last[j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        guint least = now[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            guint best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN(best, MIN(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, before[j - 2] + 1);
            now[j] = best;
            least = MIN(least, best);
        }
        /* A row is at most 1 above that before it, and a swap costs 1: no later one is below. */
        if (least >= limit)
            return limit;
        guint *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[m];
}

guint cs_edit_distance(const char *a, const char *b)
{
    g_autofree char *x = g_ascii_strdown(a, -1), *y = g_ascii_strdown(b, -1);
    return distance_below(x, strlen(x), y, strlen(y), G_MAXUINT);
}

const char *cs_suggest(const char *word, const char *const *known, gsize n)
{
    const char *best = NULL;
    gsize length = strlen(word);
    if (length == 0 || length > LENGTH_MAX)
        return NULL;
    g_autofree char *small = g_ascii_strdown(word, -1);
    char other[2 * LENGTH_MAX];
    /* One letter that is another letter is no slip but another word. */
    guint best_distance = (guint)(length == 1 ? 0 : MAX(length / 3, 1)) + 1;
    for (gsize i = 0; i < n; i++) {
        gsize size = strlen(known[i]);
        if ((size > length ? size - length : length - size) >= best_distance)
            continue;
        for (gsize k = 0; k <= size; k++)
            other[k] = g_ascii_tolower(known[i][k]);
        guint distance = distance_below(small, length, other, size, best_distance);
        if (distance < best_distance) {
            best_distance = distance;
            best = known[i];
        }
    }
    return best;
}

#define PARTS_MAX 3

static gboolean has_part(const char *name, const char *part)
{
    gsize length = strlen(part);
    for (const char *p = name; (p = strstr(p, part)) != NULL; p++)
        if ((p == name || p[-1] == '-') && (p[length] == '\0' || p[length] == '-'))
            return TRUE;
    return FALSE;
}

char *cs_suggest_question(const char *word, const char *const *known, gsize n)
{
    const char *near = cs_suggest(word, known, n);
    if (near != NULL)
        return g_strdup_printf("did you mean '%s'?", near);
    if (word[0] == '\0')
        return NULL;
    g_autofree char *small = g_ascii_strdown(word, -1);
    const char *found[2][PARTS_MAX] = {{NULL}}; /* with it as a part; beginning with it */
    guint count[2] = {0, 0};
    for (gsize i = 0; i < n; i++) {
        const gboolean fits[] = {has_part(known[i], small), g_str_has_prefix(known[i], small)};
        for (guint k = 0; k < 2; k++)
            if (fits[k] && count[k]++ < PARTS_MAX)
                found[k][count[k] - 1] = known[i];
    }
    guint of = count[0] > 0 ? 0 : 1;
    switch (count[of]) {
    case 1:
        return g_strdup_printf("did you mean '%s'?", found[of][0]);
    case 2:
        return g_strdup_printf("did you mean '%s' or '%s'?", found[of][0], found[of][1]);
    case PARTS_MAX:
        return g_strdup_printf("did you mean '%s', '%s' or '%s'?", found[of][0], found[of][1],
                               found[of][2]);
    default:
        return NULL;
    }
}
