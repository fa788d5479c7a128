/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/dialects: see the header. */
#include "learning/dialects.h"

#include "learning/draws.h"
#include "learning/elementary.h"

#include <math.h>
#include <string.h>

#define N CS_DIALECT_SYMBOLS
#define LETTERS 26
#define SPREAD_NEAR 2.0 /* standard deviations of u and v */
#define SPREAD_FAR 1.5
#define EXCHANGES 3 /* pairs of letters that a dialect exchanges */
#define STATIONARY_STEPS 400

typedef double Table[N][N][N];

struct CsDialects {
    Table chance;      /* P(c | a, b) */
    Table up_to;       /* of c and all before it; the last one is 2 */
    double pair[N][N]; /* π */
    double pair_up_to[N * N];
    double entropy, first_entropy; /* H(X3 | X1, X2), H(X2 | X1) */
};

static const char symbols[] = "abcdefghijklmnopqrstuvwxyz ";

static guint symbol_of(guint16 token)
{
    return token == ' ' ? LETTERS : (guint)(token - 'a');
}

static CsRandomKey language_key(const char *part)
{
    return cs_random_key(0, 0, cs_entity_hash(part), CS_PURPOSE_LANGUAGE);
}

static void draw_chances(CsDialects *dialects)
{
    CsRandomKey near = language_key("near"), far = language_key("far");
    double u[N][N], v[N][N], normal[2];
    for (guint i = 0; i < N * N; i++) {
        cs_draw_normals(near, i, 0, normal);
        u[i / N][i % N] = SPREAD_NEAR * normal[0];
        cs_draw_normals(far, i, 0, normal);
        v[i / N][i % N] = SPREAD_FAR * normal[0];
    }
    for (guint a = 0; a < N; a++)
        for (guint b = 0; b < N; b++) {
            double *chance = dialects->chance[a][b], *up_to = dialects->up_to[a][b], sum = 0.0;
            for (guint c = 0; c < N; c++)
                sum += chance[c] = cs_exact_exp(u[b][c] + v[a][c]);
            for (guint c = 0; c < N; c++) {
                chance[c] /= sum;
                up_to[c] = chance[c] + (c > 0 ? up_to[c - 1] : 0.0);
            }
            up_to[N - 1] = 2.0;
        }
}

/* Every chance is positive, so that the chain forgets where it began. */
static void find_stationary(CsDialects *dialects)
{
    double next[N][N];
    for (guint i = 0; i < N * N; i++)
        dialects->pair[i / N][i % N] = 1.0 / (N * N);
    for (guint step = 0; step < STATIONARY_STEPS; step++) {
        memset(next, 0, sizeof next);
        for (guint a = 0; a < N; a++)
            for (guint b = 0; b < N; b++)
                for (guint c = 0; c < N; c++)
                    next[b][c] += dialects->pair[a][b] * dialects->chance[a][b][c];
        memcpy(dialects->pair, next, sizeof next);
    }
    double sum = 0.0;
    for (guint i = 0; i < N * N; i++)
        dialects->pair_up_to[i] = sum += dialects->pair[i / N][i % N];
    dialects->pair_up_to[N * N - 1] = 2.0;
}

static void find_entropies(CsDialects *dialects)
{
    for (guint a = 0; a < N; a++) {
        double single = 0.0;
        for (guint b = 0; b < N; b++)
            single += dialects->pair[a][b];
        for (guint b = 0; b < N; b++) {
            double pair = dialects->pair[a][b];
            dialects->first_entropy -= pair * cs_exact_log(pair / single);
            for (guint c = 0; c < N; c++) {
                double chance = dialects->chance[a][b][c];
                dialects->entropy -= pair * chance * cs_exact_log(chance);
            }
        }
    }
}

CsDialects *cs_dialects_new(void)
{
    CsDialects *dialects = g_new0(CsDialects, 1);
    draw_chances(dialects);
    find_stationary(dialects);
    find_entropies(dialects);
    return dialects;
}

void cs_dialects_free(CsDialects *dialects)
{
    g_free(dialects);
}

double cs_dialects_entropy(const CsDialects *dialects)
{
    return dialects->entropy;
}

double cs_dialects_floor(const CsDialects *dialects, guint length)
{
    return (dialects->first_entropy + (length - 1) * dialects->entropy) / length;
}

/* Which symbol stands where the standard has symbol i; its own inverse. */
static void exchanges(gint dialect, guint8 exchanged[N])
{
    CsRandomKey key = language_key("exchanges");
    guint8 order[LETTERS];
    for (guint i = 0; i < N; i++)
        exchanged[i] = (guint8)i;
    if (dialect == CS_DIALECT_STANDARD)
        return;
    for (guint i = 0; i < LETTERS; i++)
        order[i] = (guint8)i;
    for (guint i = 0; i < 2 * EXCHANGES; i++) {
        double uniform = cs_random_uniform(key, (guint64)dialect, i);
        guint j = i + (guint)((1.0 - uniform) * (LETTERS - i));
        guint8 taken = order[j];
        order[j] = order[i];
        order[i] = taken;
    }
    for (guint i = 0; i < 2 * EXCHANGES; i++)
        exchanged[order[i]] = order[i ^ 1];
}

/* The first of n cumulative chances that reaches `uniform`. */
static guint reached(const double *up_to, double uniform)
{
    guint i = 0;
    while (up_to[i] < uniform)
        i++;
    return i;
}

void cs_dialects_write(const CsDialects *dialects, gint dialect, CsRandomKey key, guint64 sequence,
                       guint16 *tokens, gsize n)
{
    guint8 exchanged[N];
    exchanges(dialect, exchanged);
    double uniform[2];
    cs_random_pair(key, sequence, 0, 0, uniform);
    guint first = reached(dialects->pair_up_to, uniform[0]), a = first / N, b = first % N;
    for (gsize i = 0; i < n; i++) {
        tokens[i] = (guint16)symbols[exchanged[a]];
        if (i % 2 == 0)
            cs_random_pair(key, sequence, 0, (guint32)(i / 2 + 1), uniform);
        guint c = reached(dialects->up_to[a][b], uniform[i % 2]);
        a = b;
        b = c;
    }
}

double cs_dialects_log_probability(const CsDialects *dialects, gint dialect, const guint16 *tokens)
{
    guint8 exchanged[N];
    exchanges(dialect, exchanged);
    return cs_exact_log(
        dialects->chance[exchanged[symbol_of(tokens[0])]][exchanged[symbol_of(tokens[1])]]
                        [exchanged[symbol_of(tokens[2])]]);
}
