/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/dialects: a family of made-up languages whose entropy is known exactly.
 *
 * The standard language is a Markov source of second order over the 26 letters and the blank, as
 * bytes: after a and b the next symbol is c with probability
 *
 *     P(c | a, b) = exp(u[b, c] + v[a, c]) / Σ_c' exp(u[b, c'] + v[a, c'])
 *
 * u and v drawn once for all from normal distributions. A dialect is the standard language with a
 * few pairs of letters exchanged, as sounds are between real ones: a one-to-one rewriting, so that
 * all have the same entropy,
 *
 *     H = Σ π(a, b) Σ_c -P(c | a, b) ln P(c | a, b)        nats a token,
 *
 * π the stationary distribution of (a, b). No predictor has a smaller expected loss.
 *
 * Layer: learning. Calls base.
 */
#ifndef CS_LEARNING_DIALECTS_H
#define CS_LEARNING_DIALECTS_H

#include "base/random.h"

#define CS_DIALECTS_N 8 /* dialects of which devices have texts */
#define CS_DIALECT_STANDARD (-1)
#define CS_DIALECT_SYMBOLS 27
#define CS_DIALECT_VOCABULARY 256 /* a network needs so many tokens at least */

typedef struct CsDialects CsDialects;

CsDialects *cs_dialects_new(void);
void cs_dialects_free(CsDialects *dialects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDialects, cs_dialects_free)

/* H, the entropy rate. */
double cs_dialects_entropy(const CsDialects *dialects);

/*
 * The least expected mean loss over sequences of `length` >= 1 positions for a predictor that knows
 * the dialect: ((H(X2 | X1) + (length - 1) H) / length, since the first prediction of a sequence
 * has but one symbol to go by.
 */
double cs_dialects_floor(const CsDialects *dialects, guint length);

/* Writes n symbols of a dialect (or of the standard), of stream `sequence` of the key; the first
 * two come from π. Any other number than 0..CS_DIALECTS_N-1 and the standard names a further
 * dialect of the family. */
void cs_dialects_write(const CsDialects *dialects, gint dialect, CsRandomKey key, guint64 sequence,
                       guint16 *tokens, gsize n);

/* ln P(tokens[2] | tokens[0], tokens[1]) in a dialect. */
double cs_dialects_log_probability(const CsDialects *dialects, gint dialect, const guint16 *tokens);

#endif
