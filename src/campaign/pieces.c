/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/pieces: portions of runs, joined. See pieces.h. Layer: campaign. */
#include "campaign/pieces.h"

/* Gaps of a run that are named before the others are only counted. */
#define NAMED_MAX 5

typedef struct {
    CsPortion portion;
    const char *directory;
    char *why; /* it failed, or NULL */
} Piece;

struct CsPieces {
    GArray *all; /* of Piece; sorted by run, then replication */
};

static void piece_clear(gpointer data)
{
    g_free(((Piece *)data)->why);
}

CsPieces *cs_pieces_new(void)
{
    CsPieces *pieces = g_new(CsPieces, 1);
    pieces->all = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_set_clear_func(pieces->all, piece_clear);
    return pieces;
}

void cs_pieces_free(CsPieces *pieces)
{
    if (pieces == NULL)
        return;
    g_array_unref(pieces->all);
    g_free(pieces);
}

void cs_pieces_add(CsPieces *pieces, CsDatabase *database, const char *directory, char **failed,
                   guint64 runs)
{
    g_autoptr(GArray) portions = cs_partial_read(database);
    for (guint i = 0; i < portions->len; i++) {
        Piece piece = {g_array_index(portions, CsPortion, i), directory, NULL};
        guint64 run = piece.portion.run;
        if (run > runs || piece.portion.count == 0)
            continue;
        piece.why = g_steal_pointer(&failed[run - 1]);
        g_array_append_val(pieces->all, piece);
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const CsPortion *x = &((const Piece *)a)->portion, *y = &((const Piece *)b)->portion;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

void cs_pieces_sort(CsPieces *pieces)
{
    g_array_sort(pieces->all, compare);
}

static const Piece *piece_at(const CsPieces *pieces, guint i)
{
    return &g_array_index(pieces->all, Piece, i);
}

/* The pieces of a run: from *first on, so many. */
static guint find(const CsPieces *pieces, guint64 run, guint *first)
{
    guint low = 0, high = pieces->all->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (piece_at(pieces, middle)->portion.run < run)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (high < pieces->all->len && piece_at(pieces, high)->portion.run == run)
        high++;
    return high - low;
}

gboolean cs_pieces_have(const CsPieces *pieces, guint64 run)
{
    guint first;
    return find(pieces, run, &first) > 0;
}

gboolean cs_pieces_filled(const CsPieces *pieces, guint64 run, const char **directory)
{
    guint first, n = find(pieces, run, &first);
    for (guint i = first; i < first + n; i++) {
        *directory = piece_at(pieces, i)->directory;
        if (piece_at(pieces, i)->portion.saved > 0)
            return TRUE;
    }
    return FALSE;
}

const char *cs_pieces_failure(const CsPieces *pieces, guint64 run)
{
    guint first, n = find(pieces, run, &first);
    for (guint i = first; i < first + n; i++)
        if (piece_at(pieces, i)->why != NULL)
            return piece_at(pieces, i)->why;
    return NULL;
}

/* "replication 7 of run 1", "replications 7 to 9 of run 1". Transfer full. */
static char *name_range(guint64 run, guint64 first, guint64 last)
{
    if (first == last)
        return g_strdup_printf("replication %" G_GUINT64_FORMAT " of run %" G_GUINT64_FORMAT, first,
                               run);
    return g_strdup_printf("replications %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                           " of run %" G_GUINT64_FORMAT,
                           first, last, run);
}

static guint64 last_of(const CsPortion *portion)
{
    return portion->first - 1 + portion->count;
}

char *cs_pieces_overlap(const CsPieces *pieces, const char **one, const char **other)
{
    for (guint i = 1; i < pieces->all->len; i++) {
        const Piece *a = piece_at(pieces, i - 1), *b = piece_at(pieces, i);
        if (a->portion.run != b->portion.run || b->portion.first > last_of(&a->portion))
            continue;
        *one = a->directory;
        *other = b->directory;
        g_autofree char *range = name_range(b->portion.run, b->portion.first,
                                            MIN(last_of(&a->portion), last_of(&b->portion)));
        return g_strdup_printf("%s: both '%s' and '%s' take them", range, *one, *other);
    }
    return NULL;
}

/* Those that nobody takes, up to and without `next`. */
static void tell_homeless(GPtrArray *gaps, guint64 run, guint64 first, guint64 next, guint *n)
{
    if (first >= next || ++*n > NAMED_MAX)
        return;
    g_autofree char *range = name_range(run, first, next - 1);
    g_ptr_array_add(gaps, g_strdup_printf("%s belong%s to a shard that is not named here", range,
                                          first + 1 == next ? "s" : ""));
}

void cs_pieces_tell_gaps(const CsPieces *pieces, guint64 run, GPtrArray *gaps)
{
    guint first, n = find(pieces, run, &first), told = 0;
    guint64 next = 1, whole = 0;
    for (guint i = first; i < first + n; i++) {
        const Piece *piece = piece_at(pieces, i);
        const CsPortion *portion = &piece->portion;
        tell_homeless(gaps, run, next, portion->first, &told);
        next = last_of(portion) + 1;
        whole = portion->whole;
        if (portion->saved == portion->count || piece->why != NULL || ++told > NAMED_MAX)
            continue;
        g_autofree char *range = name_range(run, portion->first + portion->saved, last_of(portion));
        g_ptr_array_add(
            gaps, g_strdup_printf("'%s' lacks %s: --resume its sweep", piece->directory, range));
    }
    tell_homeless(gaps, run, next, whole + 1, &told);
    if (told > NAMED_MAX)
        g_ptr_array_add(gaps, g_strdup_printf("and %u more gaps in run %" G_GUINT64_FORMAT,
                                              told - NAMED_MAX, run));
}

/* --- joining ---------------------------------------------------------------------------------- */

/* Of how many replications of a run there is something in `database`. */
static guint64 joined_of(CsDatabase *database, guint64 run)
{
    g_autoptr(GArray) portions = cs_partial_read(database);
    for (guint i = 0; i < portions->len; i++)
        if (g_array_index(portions, CsPortion, i).run == run)
            return g_array_index(portions, CsPortion, i).saved;
    return 0;
}

gboolean cs_pieces_join(const CsPieces *pieces, guint64 run, CsDatabase *database,
                        CsPieceBefore before, gpointer context, GError **error)
{
    guint first, n = find(pieces, run, &first);
    guint64 joined = joined_of(database, run);
    for (guint i = first; i < first + n; i++) {
        const Piece *piece = piece_at(pieces, i);
        if (last_of(&piece->portion) <= joined)
            continue;
        if (!before(context, piece->directory, &piece->portion, error) ||
            !cs_partial_join(database, piece->directory, &piece->portion, error))
            return FALSE;
    }
    return TRUE;
}
