/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/codec: what smashed data and their gradients go through on the air. Each acts on every
 * token by itself, that is on the H numbers of the last dimension.
 *
 *     quantised to K bits   top = 2^(K-1) - 1, scale = max|x| / top, x' = round(x / scale) scale,
 *                           round half to even; a token of zeros stays one
 *     top share F           the k = min(H, max(1, floor(F H + 1/2))) numbers of largest magnitude
 *                           stay as they are, the others become 0; of equals the lower index stays
 *
 * Layer: learning. Calls base.
 */
#ifndef CS_LEARNING_CODEC_H
#define CS_LEARNING_CODEC_H

#include "base/names.h"

typedef enum { CS_CODEC_NONE, CS_CODEC_QUANTISED, CS_CODEC_TOP } CsCodecKind;

/* The kinds that a word begins: "none", "top-k". */
extern const CsName cs_codec_names[];

typedef struct {
    CsCodecKind kind;
    guint bits;   /* 2..16 */
    double share; /* 0 < share <= 1 */
} CsCodec;

/* "none", "quant:K" or "topk:F". FALSE where it is none of them. */
gboolean cs_codec_parse(const char *text, CsCodec *codec);

/* How many of `hidden` numbers a top-share codec keeps. */
guint cs_codec_kept(const CsCodec *codec, guint hidden);

/*
 * Bits on the air for one token of `hidden` numbers of `number_bit` bits each. Quantised: the
 * numbers and one scale of 32 bits. Top share: the kept numbers, and for each its index of
 * ceil(log2 hidden) bits.
 */
double cs_codec_token_bit(const CsCodec *codec, guint hidden, double number_bit);

/* Encodes and decodes one token in place. `scratch` holds `hidden` numbers. */
void cs_codec_apply_f32(const CsCodec *codec, float *x, guint hidden, float *scratch);
void cs_codec_apply_f64(const CsCodec *codec, double *x, guint hidden, double *scratch);

#endif
