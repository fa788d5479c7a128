/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/kernels: every width and type of the kernels, and which this processor takes.
 *
 * Layer: learning. Calls GLib only.
 */
#include "learning/kernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ln 2 in two parts; the first has so few bits that k times it is exact in float too. */
#define CS_LN2_HIGH 0x1.62ep-1
#define CS_LN2_LOW 0x1.0bfbe8e7bcd5ep-15

static const double cs_reciprocal_factorial[] = {
    1.0,
    1.0,
    1.0 / 2,
    1.0 / 6,
    1.0 / 24,
    1.0 / 120,
    1.0 / 720,
    1.0 / 5040,
    1.0 / 40320,
    1.0 / 362880,
    1.0 / 3628800,
    1.0 / 39916800,
    1.0 / 479001600,
    1.0 / 6227020800,
};

static inline float cs_power_f32(float shifted)
{
    guint32 bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + (127U << 23);
    memcpy(&shifted, &bits, sizeof bits);
    return shifted;
}

static inline double cs_power_f64(double shifted)
{
    guint64 bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 52) + (G_GUINT64_CONSTANT(1023) << 52);
    memcpy(&shifted, &bits, sizeof bits);
    return shifted;
}

#define ROWS_1(X) X(0)
#define ROWS_4(X) X(0) X(1) X(2) X(3)
#define ROWS_8(X) ROWS_4(X) X(4) X(5) X(6) X(7)

#define CS_REAL_BITS 32
#define CS_WIDTH 0
#include "learning/vector.h"
#include "learning/kernels-body.h"
#include "learning/vector-end.h"

#define CS_REAL_BITS 64
#define CS_WIDTH 0
#include "learning/vector.h"
#include "learning/kernels-body.h"
#include "learning/vector-end.h"

#if defined(__x86_64__)
#define CS_REAL_BITS 32
#define CS_WIDTH 256
#include "learning/vector.h"
#include "learning/kernels-body.h"
#include "learning/vector-end.h"

#define CS_REAL_BITS 64
#define CS_WIDTH 256
#include "learning/vector.h"
#include "learning/kernels-body.h"
#include "learning/vector-end.h"

#define CS_REAL_BITS 32
#define CS_WIDTH 512
#include "learning/vector.h"
#include "learning/kernels-body.h"
#include "learning/vector-end.h"

#define CS_REAL_BITS 64
#define CS_WIDTH 512
#include "learning/vector.h"
#include "learning/kernels-body.h"
#include "learning/vector-end.h"
#endif

CsKernelWidth cs_kernel_width(void)
{
    CsKernelWidth width = CS_WIDTH_NONE;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        width = __builtin_cpu_supports("avx512f") ? CS_WIDTH_AVX512 : CS_WIDTH_AVX2;
#endif
    const char *most = g_getenv("CARDSIM_WIDTH");
    if (g_strcmp0(most, "none") == 0)
        return CS_WIDTH_NONE;
    return g_strcmp0(most, "avx2") == 0 ? MIN(width, CS_WIDTH_AVX2) : width;
}

const CsKernels_f32 *cs_kernels_f32(CsKernelWidth width)
{
#if defined(__x86_64__)
    if (width == CS_WIDTH_AVX512)
        return &kernels_f32_512;
    if (width == CS_WIDTH_AVX2)
        return &kernels_f32_256;
#endif
    (void)width;
    return &kernels_f32_0;
}

const CsKernels_f64 *cs_kernels_f64(CsKernelWidth width)
{
#if defined(__x86_64__)
    if (width == CS_WIDTH_AVX512)
        return &kernels_f64_512;
    if (width == CS_WIDTH_AVX2)
        return &kernels_f64_256;
#endif
    (void)width;
    return &kernels_f64_0;
}
