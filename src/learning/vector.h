/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/vector: the few vector operations of kernels-body.h, by CS_REAL_BITS (32, 64) and
 * CS_WIDTH (0, 256, 512). Included once for each pair: no guard. Whoever includes it undefines
 * what it defines by including learning/vector-end.h.
 *
 * V_MAX(a, b) is a > b ? a : b, so that a NaN in b stays. V_POWER(k) takes k + V_MAGIC, whose low
 * bits hold the whole number k, to 2^k.
 *
 * Layer: learning.
 */
#if CS_REAL_BITS == 32
#define REAL float
#define SEGMENT CsSegment_f32
#define KERNELS CsKernels_f32
#define V_MAGIC 0x1.8p23f
#define FMA fmaf
#define EXP_LOW (-87.0f)
#define EXP_HIGH 88.0f
#define EXP_TERMS 7
#else
#define REAL double
#define SEGMENT CsSegment_f64
#define KERNELS CsKernels_f64
#define V_MAGIC 0x1.8p52
#define FMA fma
#define EXP_LOW (-700.0)
#define EXP_HIGH 700.0
#define EXP_TERMS 13
#endif

#if CS_WIDTH == 512
#define TARGET __attribute__((target("avx512f,avx2,fma")))
#define TILE_ROWS 8
#if CS_REAL_BITS == 32
#define V __m512
#define LANES 16
#define V_OP(name) _mm512_##name##_ps
#define V_POWER(k)                                                                                 \
    _mm512_castsi512_ps(_mm512_add_epi32(_mm512_slli_epi32(_mm512_castps_si512(k), 23),            \
                                         _mm512_set1_epi32(127 << 23)))
#else
#define V __m512d
#define LANES 8
#define V_OP(name) _mm512_##name##_pd
#define V_POWER(k)                                                                                 \
    _mm512_castsi512_pd(_mm512_add_epi64(_mm512_slli_epi64(_mm512_castpd_si512(k), 52),            \
                                         _mm512_set1_epi64(1023LL << 52)))
#endif
#elif CS_WIDTH == 256
#define TARGET __attribute__((target("avx2,fma")))
#define TILE_ROWS 4
#if CS_REAL_BITS == 32
#define V __m256
#define LANES 8
#define V_OP(name) _mm256_##name##_ps
#define V_POWER(k)                                                                                 \
    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(k), 23),            \
                                         _mm256_set1_epi32(127 << 23)))
#else
#define V __m256d
#define LANES 4
#define V_OP(name) _mm256_##name##_pd
#define V_POWER(k)                                                                                 \
    _mm256_castsi256_pd(_mm256_add_epi64(_mm256_slli_epi64(_mm256_castpd_si256(k), 52),            \
                                         _mm256_set1_epi64x(1023LL << 52)))
#endif
#else
#define TARGET
#define TILE_ROWS 4
#define V REAL
#define LANES 1
#if CS_REAL_BITS == 32
#define V_POWER(k) cs_power_f32(k)
#else
#define V_POWER(k) cs_power_f64(k)
#endif
#endif

#if CS_WIDTH == 0
#define V_LOAD(p) (*(p))
#define V_STORE(p, v) (*(p) = (v))
#define V_SET(x) (x)
#define V_FMA(a, b, c) FMA(a, b, c)
#define V_ADD(a, b) ((a) + (b))
#define V_SUB(a, b) ((a) - (b))
#define V_MUL(a, b) ((a) * (b))
#define V_DIV(a, b) ((a) / (b))
#define V_MAX(a, b) ((a) > (b) ? (a) : (b))
#define V_MIN(a, b) ((a) < (b) ? (a) : (b))
#else
#define V_LOAD(p) V_OP(loadu)(p)
#define V_STORE(p, v) V_OP(storeu)(p, v)
#define V_SET(x) V_OP(set1)(x)
#define V_FMA(a, b, c) V_OP(fmadd)(a, b, c)
#define V_ADD(a, b) V_OP(add)(a, b)
#define V_SUB(a, b) V_OP(sub)(a, b)
#define V_MUL(a, b) V_OP(mul)(a, b)
#define V_DIV(a, b) V_OP(div)(a, b)
#define V_MAX(a, b) V_OP(max)(a, b)
#define V_MIN(a, b) V_OP(min)(a, b)
#endif

#define NAME_3(name, bits, width) name##_f##bits##_##width
#define NAME_2(name, bits, width) NAME_3(name, bits, width)
#define NAME(name) NAME_2(name, CS_REAL_BITS, CS_WIDTH)
