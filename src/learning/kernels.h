/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/kernels: the arithmetic of the network, with one order of summation.
 *
 * A processor with AVX-512, one with AVX2 and one with neither compute the same bytes: matrix
 * products are vectorised over their outputs, each of which is one chain of fused multiply-adds
 * over k = 0, 1, 2, ...; sums along a row have sixteen partial sums (element i goes to sum i mod
 * 16), added up as a tree, whatever the width of a vector. exp() is a polynomial of our own, since
 * libm takes other paths on other processors. A written fma() rounds once, in hardware or not.
 *
 *     C[m, n] (+)= Σ_segments A_s[m, k] · B_s[k, n]
 *
 *            B: panels of `panel` columns          A: any strides        C: rows
 *            +--------+--------+---               a[m·a_row + k·a_col]   c[m·c_row + n]
 *     k = 0  | b b b  |        |
 *     k = 1  | b b b  |        |   panel p, row k begins at b + p·b_panel + k·b_row
 *
 * The same source serves float (suffix f32) and double (f64).
 *
 * Layer: learning. Calls GLib only.
 */
#ifndef CS_LEARNING_KERNELS_H
#define CS_LEARNING_KERNELS_H

#include <glib.h>
#include <stddef.h>

/* Elements that may be read, never written, behind the end of every array given to a kernel. */
#define CS_KERNEL_SLACK 64

/* Kinds of processor, narrowest first. */
typedef enum { CS_WIDTH_NONE, CS_WIDTH_AVX2, CS_WIDTH_AVX512 } CsKernelWidth;

/* The widest that this processor has and that $CARDSIM_WIDTH (none, avx2, avx512) allows. */
CsKernelWidth cs_kernel_width(void);

#define CS_KERNELS_DECLARE(Kernels, Segment, Real)                                                 \
    typedef struct {                                                                               \
        const Real *a;                                                                             \
        ptrdiff_t a_row, a_col;                                                                    \
        const Real *b;                                                                             \
        ptrdiff_t b_row, b_panel;                                                                  \
        gsize k;                                                                                   \
    } Segment;                                                                                     \
    typedef struct {                                                                               \
        gsize panel; /* columns of a panel of B */                                                 \
        /* The product above; `add` keeps what C holds. */                                         \
        void (*multiply)(Real * c, ptrdiff_t c_row, gsize m, gsize n, const Segment *segments,     \
                         guint n_segments, gboolean add);                                          \
        Real (*dot)(const Real *a, const Real *b, gsize n);                                        \
        Real (*most)(const Real *x, gsize n); /* the largest; n > 0 */                             \
        /* x <- exp(scale (x - most)); their sum. */                                               \
        Real (*exponentials)(Real * x, gsize n, Real most, Real scale);                            \
        void (*scale)(Real * y, const Real *x, Real factor, gsize n); /* y = factor x */           \
        /* y = silu(gate) up */                                                                    \
        void (*gated)(Real * y, const Real *gate, const Real *up, gsize n);                        \
        /* From d = dL/dy: gate <- dL/dgate, up <- dL/dup. */                                      \
        void (*gated_back)(const Real *d, Real *gate, Real *up, gsize n);                          \
        /* y = (x factor) weight */                                                                \
        void (*weighted)(Real * y, const Real *x, Real factor, const Real *weight, gsize n);       \
        /* y += a x + b z */                                                                       \
        void (*add_two)(Real * y, Real a, const Real *x, Real b, const Real *z, gsize n);          \
        /* (x, y) turned by the angles whose cosines and sines are given; sign -1 turns back. */   \
        void (*rotate)(Real * x, Real *y, const Real *cosine, const Real *sine, Real sign,         \
                       gsize n);                                                                   \
    } Kernels

CS_KERNELS_DECLARE(CsKernels_f32, CsSegment_f32, float);
CS_KERNELS_DECLARE(CsKernels_f64, CsSegment_f64, double);

/* The kernels of a width that cs_kernel_width() reaches. Static. */
const CsKernels_f32 *cs_kernels_f32(CsKernelWidth width);
const CsKernels_f64 *cs_kernels_f64(CsKernelWidth width);

#endif
