/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/decisions: a policy's decisions over s. See decisions.h. Layer: expect. */
#include "expect/decisions.h"

#include <math.h>
#include <string.h>

#define LOWEST (-80) /* the least s is 2^LOWEST s/bit, the most 2^HIGHEST; beyond, all is asked */
#define HIGHEST 80
#define CELLS (2 * (HIGHEST - LOWEST))
#define LOOKS 3      /* for flips, in a cell */
#define FLIPS_MAX 12 /* in a cell */
#define TERMS 14     /* of a polynomial */
#define CHECKS 4
#define NEAR 2e-13 /* relative to the largest value: what a polynomial may be off */
#define HALVINGS_MAX 80
#define CACHED_MAX 2000

/* Between two flips. */
typedef struct {
    guint cut;
    gboolean direct; /* no polynomial: ask */
    double middle, per_half;
    double term[TERMS][CS_SMOOTH_N]; /* of ((s - middle) per_half)^k */
} Piece;

/* A half octave: from 2^e or 1.5 · 2^e to the next of them. */
typedef struct {
    double flip[FLIPS_MAX];
    guint n_flips;
    Piece *piece[FLIPS_MAX + 1]; /* NULL: not asked for yet */
} Cell;

struct CsDecisions {
    Cell *cell[CELLS];
    double point[TERMS]; /* Chebyshev's, in (-1, 1) */
};

typedef struct {
    CsDecide decide;
    gconstpointer context;
} Asked;

CsDecisions *cs_decisions_new(void)
{
    CsDecisions *decisions = g_new0(CsDecisions, 1);
    for (guint j = 0; j < TERMS; j++)
        decisions->point[j] = cos(G_PI * (j + 0.5) / TERMS);
    return decisions;
}

void cs_decisions_free(CsDecisions *decisions)
{
    if (decisions == NULL)
        return;
    for (guint i = 0; i < CELLS; i++) {
        for (guint k = 0; decisions->cell[i] != NULL && k <= FLIPS_MAX; k++)
            g_free(decisions->cell[i]->piece[k]);
        g_free(decisions->cell[i]);
    }
    g_free(decisions);
}

/* A double's exponent and the first bit behind its point, from s = 2^LOWEST; outside 0..CELLS-1
 * where there is no cell. */
static gint cell_of(double s)
{
    guint64 bits;
    memcpy(&bits, &s, sizeof bits);
    return (gint)(bits >> 51) - 2 * (1023 + LOWEST);
}

static double edge_of(gint cell)
{
    return ldexp(cell % 2 == 0 ? 1 : 1.5, cell / 2 + LOWEST);
}

/* --- flips ------------------------------------------------------------------------------------ */

static CsDecided decided_at(const Asked *asked, double s)
{
    CsDecided decided;
    asked->decide(asked->context, s, &decided);
    return decided;
}

static gboolean same(const CsDecided *a, const CsDecided *b)
{
    return a->cut == b->cut && a->end == b->end;
}

/* All flips between two values of s whose decisions differ. */
static void find_between(const Asked *asked, Cell *cell, double low, CsDecided at_low, double high,
                         CsDecided at_high)
{
    while (!same(&at_low, &at_high) && cell->n_flips < FLIPS_MAX) {
        double end = high;
        CsDecided at_end = at_high;
        for (int i = 0; i < HALVINGS_MAX; i++) {
            double middle = 0.5 * (low + end);
            if (!(middle > low && middle < end))
                break;
            CsDecided at_middle = decided_at(asked, middle);
            if (same(&at_middle, &at_low)) {
                low = middle;
            } else {
                end = middle;
                at_end = at_middle;
            }
        }
        cell->flip[cell->n_flips++] = end;
        low = end;
        at_low = at_end;
    }
}

static Cell *make_cell(const Asked *asked, gint index)
{
    Cell *cell = g_new0(Cell, 1);
    double from = edge_of(index), to = edge_of(index + 1), low = from;
    CsDecided at_low = decided_at(asked, low);
    for (guint i = 1; i <= LOOKS; i++) {
        double high = i < LOOKS ? from + (to - from) * i / LOOKS : to;
        CsDecided at_high = decided_at(asked, high);
        find_between(asked, cell, low, at_low, high, at_high);
        low = high;
        at_low = at_high;
    }
    return cell;
}

static Cell *cell_at(CsDecisions *decisions, const Asked *asked, gint index)
{
    if (G_UNLIKELY(decisions->cell[index] == NULL))
        decisions->cell[index] = make_cell(asked, index);
    return decisions->cell[index];
}

guint cs_decisions_flips(CsDecisions *decisions, CsDecide decide, gconstpointer context, double low,
                         double high, double *flip, guint most)
{
    const Asked asked = {decide, context};
    gint first = CLAMP(cell_of(low), 0, CELLS - 1), last = CLAMP(cell_of(high), 0, CELLS - 1);
    guint n = 0;
    for (gint index = first; index <= last; index++) {
        const Cell *cell = cell_at(decisions, &asked, index);
        for (guint i = 0; i < cell->n_flips; i++)
            if (cell->flip[i] > low && cell->flip[i] < high && n < most)
                flip[n++] = cell->flip[i];
    }
    return n;
}

/* --- polynomials ------------------------------------------------------------------------------ */

/* From values[j] at Chebyshev's points point[j] = cos(π (j + 1/2) / TERMS) the terms of a sum of
 * powers, by way of Chebyshev's polynomials T_(k+1)(t) = 2 t T_k(t) - T_(k-1)(t):
 *     f(t) = Σ_k c_k T_k(t),  c_k = (2 - δ_k0)/TERMS Σ_j f(t_j) T_k(t_j) */
static void fit(Piece *piece, guint which, const double point[TERMS], const double value[TERMS])
{
    double before[TERMS] = {0}, now[TERMS] = {1}; /* powers of T_(k-1), T_k */
    double at_before[TERMS], at[TERMS];           /* the same at the points */
    for (guint j = 0; j < TERMS; j++) {
        at_before[j] = point[j]; /* T_(-1) = T_1 */
        at[j] = 1;
    }
    before[1] = 1;
    for (guint k = 0; k < TERMS; k++) {
        double weight = 0, next[TERMS];
        for (guint j = 0; j < TERMS; j++) {
            double at_next = 2 * point[j] * at[j] - at_before[j];
            weight += value[j] * at[j];
            at_before[j] = at[j];
            at[j] = at_next;
        }
        weight *= (k == 0 ? 1.0 : 2.0) / TERMS;
        for (guint i = 0; i < TERMS; i++) {
            piece->term[i][which] += weight * now[i];
            next[i] = (i > 0 ? 2 * now[i - 1] : 0) - before[i];
        }
        memcpy(before, now, sizeof before);
        memcpy(now, next, sizeof now);
    }
}

static inline void evaluate(const Piece *piece, double s, double of[CS_SMOOTH_N])
{
    double t = (s - piece->middle) * piece->per_half;
    for (guint m = 0; m < CS_SMOOTH_N; m++)
        of[m] = piece->term[TERMS - 1][m];
    for (guint k = TERMS - 1; k-- > 0;)
        for (guint m = 0; m < CS_SMOOTH_N; m++)
            of[m] = of[m] * t + piece->term[k][m];
}

/* FALSE where the polynomials are not what the policy decides. */
static gboolean holds(const Piece *piece, const Asked *asked, const double scale[CS_SMOOTH_N])
{
    static const double checks[CHECKS] = {-0.97, -0.41, 0.33, 0.985};
    for (guint i = 0; i < CHECKS; i++) {
        double s = piece->middle + checks[i] / piece->per_half, of[CS_SMOOTH_N];
        CsDecided decided = decided_at(asked, s);
        evaluate(piece, s, of);
        if (decided.cut != piece->cut)
            return FALSE;
        for (guint m = 0; m < CS_SMOOTH_N; m++)
            if (!(fabs(of[m] - decided.of[m]) <= NEAR * scale[m]))
                return FALSE;
    }
    return TRUE;
}

static Piece *make_piece(const CsDecisions *decisions, const Asked *asked, double low, double high)
{
    Piece *piece = g_new0(Piece, 1);
    double value[CS_SMOOTH_N][TERMS], scale[CS_SMOOTH_N] = {0};
    double half = 0.5 * (high - low);
    piece->middle = low + half;
    piece->per_half = 1 / half;
    piece->direct = !(half > 1e-9 * low);
    piece->cut = decided_at(asked, piece->middle).cut;
    for (guint j = 0; j < TERMS && !piece->direct; j++) {
        CsDecided decided = decided_at(asked, piece->middle + half * cos(G_PI * (j + 0.5) / TERMS));
        piece->direct = decided.cut != piece->cut;
        for (guint m = 0; m < CS_SMOOTH_N; m++) {
            value[m][j] = decided.of[m];
            scale[m] = fmax(scale[m], fabs(decided.of[m]));
        }
    }
    for (guint m = 0; m < CS_SMOOTH_N && !piece->direct; m++)
        fit(piece, m, decisions->point, value[m]);
    piece->direct = piece->direct || !holds(piece, asked, scale);
    return piece;
}

void cs_decisions_at(CsDecisions *decisions, CsDecide decide, gconstpointer context,
                     double s_per_bit, CsDecided *decided)
{
    const Asked asked = {decide, context};
    gint index = cell_of(s_per_bit);
    if (G_UNLIKELY(index < 0 || index >= CELLS)) {
        decide(context, s_per_bit, decided);
        return;
    }
    Cell *cell = cell_at(decisions, &asked, index);
    guint i = 0;
    while (i < cell->n_flips && s_per_bit >= cell->flip[i])
        i++;
    if (G_UNLIKELY(cell->piece[i] == NULL))
        cell->piece[i] = make_piece(decisions, &asked, i > 0 ? cell->flip[i - 1] : edge_of(index),
                                    i < cell->n_flips ? cell->flip[i] : edge_of(index + 1));
    const Piece *piece = cell->piece[i];
    if (G_UNLIKELY(piece->direct)) {
        decide(context, s_per_bit, decided);
        return;
    }
    decided->cut = piece->cut;
    evaluate(piece, s_per_bit, decided->of);
}

/* --- kept ------------------------------------------------------------------------------------- */

struct CsDecisionsCache {
    GHashTable *known; /* GBytes -> CsDecisions; only looked up */
};

static void free_decisions(gpointer data)
{
    cs_decisions_free(data);
}

CsDecisionsCache *cs_decisions_cache_new(void)
{
    CsDecisionsCache *cache = g_new(CsDecisionsCache, 1);
    cache->known = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                         free_decisions);
    return cache;
}

void cs_decisions_cache_free(CsDecisionsCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->known);
    g_free(cache);
}

CsDecisions *cs_decisions_cache_get(CsDecisionsCache *cache, const double *key, gsize n)
{
    g_autoptr(GBytes) looked = g_bytes_new_static(key, n * sizeof *key);
    CsDecisions *decisions = g_hash_table_lookup(cache->known, looked);
    if (decisions != NULL)
        return decisions;
    if (g_hash_table_size(cache->known) >= CACHED_MAX)
        g_hash_table_remove_all(cache->known);
    decisions = cs_decisions_new();
    g_hash_table_insert(cache->known, g_bytes_new(key, n * sizeof *key), decisions);
    return decisions;
}

struct CsDecisionsPool {
    GMutex mutex;
    GPtrArray *free; /* of CsDecisionsCache */
};

static void free_cache(gpointer data)
{
    cs_decisions_cache_free(data);
}

CsDecisionsPool *cs_decisions_pool_new(void)
{
    CsDecisionsPool *pool = g_new0(CsDecisionsPool, 1);
    g_mutex_init(&pool->mutex);
    pool->free = g_ptr_array_new_with_free_func(free_cache);
    return pool;
}

void cs_decisions_pool_free(CsDecisionsPool *pool)
{
    if (pool == NULL)
        return;
    g_ptr_array_unref(pool->free);
    g_mutex_clear(&pool->mutex);
    g_free(pool);
}

CsDecisionsCache *cs_decisions_pool_take(CsDecisionsPool *pool)
{
    CsDecisionsCache *cache = NULL;
    g_mutex_lock(&pool->mutex);
    if (pool->free->len > 0)
        cache = g_ptr_array_steal_index(pool->free, pool->free->len - 1);
    g_mutex_unlock(&pool->mutex);
    return cache != NULL ? cache : cs_decisions_cache_new();
}

void cs_decisions_pool_give(CsDecisionsPool *pool, CsDecisionsCache *cache)
{
    g_mutex_lock(&pool->mutex);
    g_ptr_array_add(pool->free, cache);
    g_mutex_unlock(&pool->mutex);
}
