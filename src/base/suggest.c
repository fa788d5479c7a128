/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/suggest: "did you mean". See suggest.h. */
#include "base/suggest.h"

#include <string.h>

guint cs_edit_distance(const char *a, const char *b)
{
    gsize n = strlen(a), m = strlen(b);
    /* Three rows of the dynamic programme: insertions and deletions need one row back, swaps
     * two. */
    g_autofree guint *rows = g_new0(guint, 3 * (m + 1));
    guint *before = rows, *last = rows + m + 1, *now = rows + 2 * (m + 1);
    for (gsize j = 0; j <= m; j++)
        last[j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        now[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            guint best = last[j - 1] + (x != y);
            best = MIN(best, MIN(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && g_ascii_tolower(a[i - 2]) == y)
                best = MIN(best, before[j - 2] + 1);
            now[j] = best;
        }
        guint *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[m];
}

const char *cs_suggest(const char *word, const char *const *known, gsize n)
{
    const char *best = NULL;
    gsize length = strlen(word);
    if (length == 0 || length > 256)
        return NULL;
    /* One letter that is another letter is no slip but another word. */
    guint best_distance = (guint)(length == 1 ? 0 : MAX(length / 3, 1)) + 1;
    for (gsize i = 0; i < n; i++) {
        guint distance = cs_edit_distance(word, known[i]);
        if (distance < best_distance) {
            best_distance = distance;
            best = known[i];
        }
    }
    return best;
}
