/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/kernels-body: the kernels of kernels.h for one type of number and one width of vector.
 * Included by kernels.c behind learning/vector.h, once for each pair: no guard.
 *
 * Layer: learning.
 */

/* A tile of C: ROWS rows of two vectors (or one), accumulators in registers. */
#define TILE_HEAD(name)                                                                            \
    TARGET static void NAME(name)(REAL * c, ptrdiff_t c_row, const SEGMENT *segments,              \
                                  guint n_segments, gsize row, gsize panel, gboolean add)
#define ROW_INIT_2(i)                                                                              \
    V x##i = add ? V_LOAD(c + i * c_row) : V_SET((REAL)0),                                         \
      y##i = add ? V_LOAD(c + i * c_row + LANES) : V_SET((REAL)0);
#define ROW_STEP_2(i)                                                                              \
    {                                                                                              \
        V t = V_SET(a[i * s->a_row]);                                                              \
        x##i = V_FMA(t, u, x##i);                                                                  \
        y##i = V_FMA(t, v, y##i);                                                                  \
    }
#define ROW_STORE_2(i)                                                                             \
    V_STORE(c + i * c_row, x##i);                                                                  \
    V_STORE(c + i * c_row + LANES, y##i);
#define ROW_INIT_1(i) V x##i = add ? V_LOAD(c + i * c_row) : V_SET((REAL)0);
#define ROW_STEP_1(i) x##i = V_FMA(V_SET(a[i * s->a_row]), u, x##i);
#define ROW_STORE_1(i) V_STORE(c + i * c_row, x##i);

#define TILE_BODY(ROWS, INIT, STEP, STORE, SECOND)                                                 \
    {                                                                                              \
        ROWS(INIT)                                                                                 \
        for (const SEGMENT *s = segments; s < segments + n_segments; s++) {                        \
            const REAL *a = s->a + (ptrdiff_t)row * s->a_row;                                      \
            const REAL *b = s->b + (ptrdiff_t)panel * s->b_panel;                                  \
            for (gsize k = 0; k < s->k; k++) {                                                     \
                V u = V_LOAD(b);                                                                   \
                SECOND                                                                             \
                ROWS(STEP)                                                                         \
                a += s->a_col;                                                                     \
                b += s->b_row;                                                                     \
            }                                                                                      \
        }                                                                                          \
        ROWS(STORE)                                                                                \
    }
#define WIDE(ROWS) TILE_BODY(ROWS, ROW_INIT_2, ROW_STEP_2, ROW_STORE_2, V v = V_LOAD(b + LANES);)
#define NARROW(ROWS) TILE_BODY(ROWS, ROW_INIT_1, ROW_STEP_1, ROW_STORE_1, )

#if TILE_ROWS == 8
TILE_HEAD(wide_8)
WIDE(ROWS_8)
TILE_HEAD(narrow_8)
NARROW(ROWS_8)
#endif
TILE_HEAD(wide_4)
WIDE(ROWS_4)
TILE_HEAD(narrow_4)
NARROW(ROWS_4)
TILE_HEAD(wide_1)
WIDE(ROWS_1)
TILE_HEAD(narrow_1)
NARROW(ROWS_1)

/* One tile of `rows` rows at c. */
static void NAME(tile)(REAL *c, ptrdiff_t c_row, const SEGMENT *segments, guint n_segments,
                       gsize row, gsize panel, gboolean add, gsize rows, gboolean narrow)
{
#if TILE_ROWS == 8
    if (rows == 8) {
        (narrow ? NAME(narrow_8) : NAME(wide_8))(c, c_row, segments, n_segments, row, panel, add);
        return;
    }
#endif
    if (rows == 4)
        (narrow ? NAME(narrow_4) : NAME(wide_4))(c, c_row, segments, n_segments, row, panel, add);
    else
        (narrow ? NAME(narrow_1) : NAME(wide_1))(c, c_row, segments, n_segments, row, panel, add);
}

/* A tile of which only `columns` columns are there: by way of a tile of its own. */
static void NAME(edge)(REAL *c, ptrdiff_t c_row, const SEGMENT *segments, guint n_segments,
                       gsize row, gsize panel, gboolean add, gsize rows, gsize columns)
{
    REAL whole[TILE_ROWS * 2 * LANES] = {0};
    gboolean narrow = columns <= LANES;
    ptrdiff_t whole_row = narrow ? LANES : 2 * LANES;
    for (gsize i = 0; add && i < rows; i++)
        memcpy(whole + (ptrdiff_t)i * whole_row, c + (ptrdiff_t)i * c_row, columns * sizeof(REAL));
    NAME(tile)(whole, whole_row, segments, n_segments, row, panel, add, rows, narrow);
    for (gsize i = 0; i < rows; i++)
        memcpy(c + (ptrdiff_t)i * c_row, whole + (ptrdiff_t)i * whole_row, columns * sizeof(REAL));
}

static void NAME(multiply)(REAL *c, ptrdiff_t c_row, gsize m, gsize n, const SEGMENT *segments,
                           guint n_segments, gboolean add)
{
    for (gsize panel = 0; panel * 2 * LANES < n; panel++) {
        gsize columns = MIN(2 * LANES, n - panel * 2 * LANES);
        for (gsize row = 0, rows; row < m; row += rows) {
            gsize left = m - row;
            rows = left >= TILE_ROWS ? TILE_ROWS : left >= 4 ? 4 : 1;
            REAL *at = c + (ptrdiff_t)row * c_row + (ptrdiff_t)(panel * 2 * LANES);
            if (columns == 2 * LANES || columns == LANES)
                NAME(tile)
            (at, c_row, segments, n_segments, row, panel, add, rows, columns == LANES);
            else NAME(edge)(at, c_row, segments, n_segments, row, panel, add, rows, columns);
        }
    }
}

/* The sixteen partial sums of kernels.h, as a tree. */
static REAL NAME(tree)(REAL part[16])
{
    for (gsize width = 8; width > 0; width /= 2)
        for (gsize i = 0; i < width; i++)
            part[i] += part[i + width];
    return part[0];
}

TARGET static REAL NAME(dot)(const REAL *a, const REAL *b, gsize n)
{
    V sum[16 / LANES];
    REAL part[16];
    gsize i = 0;
    for (gsize p = 0; p < 16 / LANES; p++)
        sum[p] = V_SET((REAL)0);
    for (; i + 16 <= n; i += 16)
        for (gsize p = 0; p < 16 / LANES; p++)
            sum[p] = V_FMA(V_LOAD(a + i + p * LANES), V_LOAD(b + i + p * LANES), sum[p]);
    for (gsize p = 0; p < 16 / LANES; p++)
        V_STORE(part + p * LANES, sum[p]);
    for (; i < n; i++)
        part[i % 16] = FMA(a[i], b[i], part[i % 16]);
    return NAME(tree)(part);
}

TARGET static REAL NAME(sum)(const REAL *x, gsize n)
{
    V sum[16 / LANES];
    REAL part[16];
    gsize i = 0;
    for (gsize p = 0; p < 16 / LANES; p++)
        sum[p] = V_SET((REAL)0);
    for (; i + 16 <= n; i += 16)
        for (gsize p = 0; p < 16 / LANES; p++)
            sum[p] = V_ADD(V_LOAD(x + i + p * LANES), sum[p]);
    for (gsize p = 0; p < 16 / LANES; p++)
        V_STORE(part + p * LANES, sum[p]);
    for (; i < n; i++)
        part[i % 16] += x[i];
    return NAME(tree)(part);
}

/*
 * exp(x) of numbers held within [EXP_LOW, EXP_HIGH]: 2^k times the Taylor polynomial of what is
 * left, |r| <= ln(2)/2, whose next term is below the last bit. Within an ulp or two.
 */
TARGET static inline V NAME(exponential)(V x)
{
    x = V_MIN(V_SET((REAL)EXP_HIGH), V_MAX(V_SET((REAL)EXP_LOW), x));
    V shifted = V_FMA(x, V_SET((REAL)0x1.71547652b82fep+0), V_SET((REAL)V_MAGIC));
    V k = V_SUB(shifted, V_SET((REAL)V_MAGIC));
    V r = V_FMA(k, V_SET((REAL)-CS_LN2_HIGH), x);
    r = V_FMA(k, V_SET((REAL)-CS_LN2_LOW), r);
    V y = V_SET((REAL)cs_reciprocal_factorial[EXP_TERMS]);
    for (int i = EXP_TERMS - 1; i >= 0; i--)
        y = V_FMA(y, r, V_SET((REAL)cs_reciprocal_factorial[i]));
    return V_MUL(y, V_POWER(shifted));
}

/* Every row kernel does whole vectors in place and the rest by way of a vector of its own, so that
 * nothing behind a row is written. */
#define LOAD_TAIL(to, from, n) memcpy(to, (from) + i, ((n)-i) * sizeof(REAL))
#define STORE_TAIL(to, from, n) memcpy((to) + i, from, ((n)-i) * sizeof(REAL))

TARGET static REAL NAME(most)(const REAL *x, gsize n)
{
    REAL most = x[0];
    gsize i = 0;
    if (n >= LANES) {
        REAL lane[LANES];
        V top = V_LOAD(x);
        for (; i + LANES <= n; i += LANES)
            top = V_MAX(top, V_LOAD(x + i));
        V_STORE(lane, top);
        for (gsize j = 0; j < LANES; j++)
            most = most > lane[j] ? most : lane[j];
    }
    for (; i < n; i++)
        most = most > x[i] ? most : x[i];
    return most;
}

TARGET static REAL NAME(exponentials)(REAL *x, gsize n, REAL most, REAL scale)
{
    V top = V_SET(most), factor = V_SET(scale);
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        V_STORE(x + i, NAME(exponential)(V_MUL(V_SUB(V_LOAD(x + i), top), factor)));
    if (i < n) {
        REAL rest[LANES] = {0};
        LOAD_TAIL(rest, x, n);
        V_STORE(rest, NAME(exponential)(V_MUL(V_SUB(V_LOAD(rest), top), factor)));
        STORE_TAIL(x, rest, n);
    }
    return NAME(sum)(x, n);
}

TARGET static void NAME(scale)(REAL *y, const REAL *x, REAL factor, gsize n)
{
    gsize i = 0;
    for (V f = V_SET(factor); i + LANES <= n; i += LANES)
        V_STORE(y + i, V_MUL(V_LOAD(x + i), f));
    for (; i < n; i++)
        y[i] = x[i] * factor;
}

TARGET static inline V NAME(sigmoid)(V x)
{
    V one = V_SET((REAL)1);
    return V_DIV(one, V_ADD(one, NAME(exponential)(V_SUB(V_SET((REAL)0), x))));
}

TARGET static inline V NAME(gated_one)(V gate, V up)
{
    return V_MUL(V_MUL(gate, NAME(sigmoid)(gate)), up);
}

TARGET static void NAME(gated)(REAL *y, const REAL *gate, const REAL *up, gsize n)
{
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        V_STORE(y + i, NAME(gated_one)(V_LOAD(gate + i), V_LOAD(up + i)));
    if (i < n) {
        REAL g[LANES] = {0}, u[LANES] = {0};
        LOAD_TAIL(g, gate, n);
        LOAD_TAIL(u, up, n);
        V_STORE(g, NAME(gated_one)(V_LOAD(g), V_LOAD(u)));
        STORE_TAIL(y, g, n);
    }
}

/* d silu(g)/dg = σ(g) (1 + g (1 - σ(g))) */
TARGET static inline void NAME(gated_back_one)(const REAL *d, REAL *gate, REAL *up)
{
    V one = V_SET((REAL)1), g = V_LOAD(gate), dy = V_LOAD(d), s = NAME(sigmoid)(g);
    V slope = V_MUL(s, V_ADD(one, V_MUL(g, V_SUB(one, s))));
    V d_gate = V_MUL(V_MUL(dy, V_LOAD(up)), slope);
    V_STORE(up, V_MUL(dy, V_MUL(g, s)));
    V_STORE(gate, d_gate);
}

TARGET static void NAME(gated_back)(const REAL *d, REAL *gate, REAL *up, gsize n)
{
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        NAME(gated_back_one)(d + i, gate + i, up + i);
    if (i < n) {
        REAL e[LANES] = {0}, g[LANES] = {0}, u[LANES] = {0};
        LOAD_TAIL(e, d, n);
        LOAD_TAIL(g, gate, n);
        LOAD_TAIL(u, up, n);
        NAME(gated_back_one)(e, g, u);
        STORE_TAIL(gate, g, n);
        STORE_TAIL(up, u, n);
    }
}

TARGET static void NAME(weighted)(REAL *y, const REAL *x, REAL factor, const REAL *weight, gsize n)
{
    gsize i = 0;
    for (V f = V_SET(factor); i + LANES <= n; i += LANES)
        V_STORE(y + i, V_MUL(V_MUL(V_LOAD(x + i), f), V_LOAD(weight + i)));
    for (; i < n; i++)
        y[i] = x[i] * factor * weight[i];
}

TARGET static void NAME(add_two)(REAL *y, REAL a, const REAL *x, REAL b, const REAL *z, gsize n)
{
    V first = V_SET(a), second = V_SET(b);
    gsize i = 0;
    for (; i + LANES <= n; i += LANES)
        V_STORE(y + i, V_FMA(second, V_LOAD(z + i), V_FMA(first, V_LOAD(x + i), V_LOAD(y + i))));
    for (; i < n; i++)
        y[i] = FMA(b, z[i], FMA(a, x[i], y[i]));
}

TARGET static void NAME(rotate)(REAL *x, REAL *y, const REAL *cosine, const REAL *sine, REAL sign,
                                gsize n)
{
    gsize i = 0;
    for (V f = V_SET(sign); i + LANES <= n; i += LANES) {
        V a = V_LOAD(x + i), b = V_LOAD(y + i), c = V_LOAD(cosine + i);
        V s = V_MUL(f, V_LOAD(sine + i));
        V_STORE(x + i, V_SUB(V_MUL(a, c), V_MUL(b, s)));
        V_STORE(y + i, V_ADD(V_MUL(b, c), V_MUL(a, s)));
    }
    for (; i < n; i++) {
        REAL a = x[i], b = y[i], s = sign * sine[i];
        x[i] = a * cosine[i] - b * s;
        y[i] = b * cosine[i] + a * s;
    }
}

static const KERNELS NAME(kernels) = {
    .panel = 2 * LANES,
    .multiply = NAME(multiply),
    .dot = NAME(dot),
    .most = NAME(most),
    .exponentials = NAME(exponentials),
    .scale = NAME(scale),
    .gated = NAME(gated),
    .gated_back = NAME(gated_back),
    .weighted = NAME(weighted),
    .add_two = NAME(add_two),
    .rotate = NAME(rotate),
};
#undef TILE_HEAD
#undef ROW_INIT_2
#undef ROW_STEP_2
#undef ROW_STORE_2
#undef ROW_INIT_1
#undef ROW_STEP_1
#undef ROW_STORE_1
#undef TILE_BODY
#undef WIDE
#undef NARROW
#undef LOAD_TAIL
#undef STORE_TAIL
