/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/codec-body: the codecs of codec.h for one type of number.
 *
 * Layer: learning.
 */
#include "learning/codec.h"
#include "learning/real.h"

#include <math.h>
#include <string.h>

#if CS_REAL_BITS == 32
#define REAL_ROUND(x) rintf(x)
#define REAL_ABS(x) fabsf(x)
#else
#define REAL_ROUND(x) rint(x)
#define REAL_ABS(x) fabs(x)
#endif

static void quantise(guint bits, REAL *x, guint hidden)
{
    REAL most = 0;
    for (guint i = 0; i < hidden; i++)
        most = REAL_ABS(x[i]) > most ? REAL_ABS(x[i]) : most;
    REAL scale = most / (REAL)((1 << (bits - 1)) - 1);
    if (!(scale > 0))
        return;
    for (guint i = 0; i < hidden; i++)
        x[i] = REAL_ROUND(x[i] / scale) * scale;
}

/* The k-th largest (1 <= k <= n) of n numbers, which it reorders: selection in three parts, those
 * larger than, equal to and smaller than a pivot. */
static REAL kth_largest(REAL *x, guint n, guint k)
{
    for (;;) {
        REAL pivot = x[n / 2];
        guint larger = 0, i = 0, smaller = n;
        while (i < smaller) {
            REAL at = x[i];
            if (at > pivot) {
                x[i++] = x[larger];
                x[larger++] = at;
            } else if (at < pivot) {
                x[i] = x[--smaller];
                x[smaller] = at;
            } else {
                i++;
            }
        }
        if (k > larger && k <= smaller)
            return pivot;
        if (k > smaller) {
            x += smaller;
            n -= smaller;
            k -= smaller;
        } else {
            n = larger;
        }
    }
}

static void keep_top(guint kept, REAL *x, guint hidden, REAL *scratch)
{
    if (kept >= hidden)
        return;
    for (guint i = 0; i < hidden; i++) {
        scratch[i] = REAL_ABS(x[i]);
        if (!(scratch[i] >= 0)) /* not a number: there is no order to choose by */
            return;
    }
    REAL least = kth_largest(scratch, hidden, kept);
    guint equals = kept;
    for (guint i = 0; i < hidden; i++)
        equals -= REAL_ABS(x[i]) > least;
    for (guint i = 0; i < hidden; i++) {
        REAL size = REAL_ABS(x[i]);
        if (size > least)
            continue;
        if (size < least || equals == 0)
            x[i] = 0;
        else
            equals--;
    }
}

void R(cs_codec_apply)(const CsCodec *codec, REAL *x, guint hidden, REAL *scratch)
{
    if (codec->kind == CS_CODEC_QUANTISED)
        quantise(codec->bits, x, hidden);
    else if (codec->kind == CS_CODEC_TOP)
        keep_top(cs_codec_kept(codec, hidden), x, hidden, scratch);
}
