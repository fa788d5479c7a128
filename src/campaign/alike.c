/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/alike: runs that are others again. See alike.h. */
#include "campaign/alike.h"

#include <string.h>

struct CsAlike {
    const CsPlan *plan;
    GArray *ignored;    /* guint64, of every run: a bit for each axis that changes nothing in it */
    GHashTable *seen;   /* digests of runs without what they ignore -> the first's index */
    guint *same;        /* of every axis: runs that are another again along it, */
    guint64 (*pair)[2]; /* and two of them */
};

CsAlike *cs_alike_new(const CsPlan *plan, guint n_axes)
{
    CsAlike *alike = g_new(CsAlike, 1);
    *alike = (CsAlike){plan, g_array_new(FALSE, FALSE, sizeof(guint64)),
                       g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                       g_new0(guint, n_axes + 1), g_malloc0_n(n_axes + 1, sizeof *alike->pair)};
    return alike;
}

void cs_alike_free(CsAlike *alike)
{
    if (alike == NULL)
        return;
    g_array_unref(alike->ignored);
    g_hash_table_unref(alike->seen);
    g_free(alike->same);
    g_free(alike->pair);
    g_free(alike);
}

void cs_alike_note(CsAlike *alike, guint64 mask)
{
    guint64 index = cs_plan_n_runs(alike->plan);
    guint64 digest = cs_plan_digest_without(alike->plan, index - 1, mask);
    g_array_append_val(alike->ignored, mask);
    guint64 first = GPOINTER_TO_SIZE(g_hash_table_lookup(alike->seen, &digest));
    if (first == 0) {
        g_hash_table_insert(alike->seen, g_memdup2(&digest, sizeof digest),
                            GSIZE_TO_POINTER(index));
        return;
    }
    char **a = cs_plan_run(alike->plan, first - 1)->parameters;
    char **b = cs_plan_run(alike->plan, index - 1)->parameters;
    for (guint k = 0; a[k] != NULL; k++)
        if (strcmp(a[k], b[k]) != 0 && alike->same[k]++ == 0) {
            alike->pair[k][0] = first;
            alike->pair[k][1] = index;
        }
}

void cs_alike_note_like(CsAlike *alike, guint64 like)
{
    cs_alike_note(alike, g_array_index(alike->ignored, guint64, (guint)like - 1));
}

char *cs_alike_message(const CsAlike *alike, guint k, const char *key)
{
    if (alike->same[k] == 0)
        return NULL;
    return g_strdup_printf("%u of %" G_GUINT64_FORMAT
                           " runs are the same as others along '%s', such as run %" G_GUINT64_FORMAT
                           " as run %" G_GUINT64_FORMAT,
                           alike->same[k], cs_plan_n_runs(alike->plan), key, alike->pair[k][1],
                           alike->pair[k][0]);
}
