/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/network-forward: from the tokens of one sequence to its loss. Part of network-body.h.
 *
 * Layer: learning.
 */

/* z = x / sqrt(mean x^2 + eps) weight, row by row. */
static void norm_forward(const Network *network, REAL *z, const REAL *x, const REAL *weight,
                         REAL *factor, guint rows)
{
    guint hidden = network->shape->hidden;
    REAL eps = (REAL)network->shape->norm_eps;
    for (guint t = 0; t < rows; t++, x += hidden, z += hidden) {
        REAL mean = network->kernels->dot(x, x, hidden) / (REAL)hidden;
        factor[t] = 1 / REAL_SQRT(mean + eps);
        network->kernels->weighted(z, x, factor[t], weight, hidden);
    }
}

/* The projections of a group: out = in Wᵀ + (s in Aᵀ) Bᵀ. */
static void project(const Network *network, const Layer *layer, guint group, const REAL *in,
                    REAL *u, guint rows, REAL *const out[])
{
    const Kernels *kernels = network->kernels;
    guint columns = layer->columns[group], rank = network->layout->rank;
    gsize inputs = layer->forward[group_first[group]].k;
    if (columns > 0) {
        Segment segment = with_packed(network, in, inputs, &layer->a_forward[group]);
        kernels->multiply(u, columns, rows, columns, &segment, 1, FALSE);
        kernels->scale(u, u, network->scale, (gsize)rows * columns);
    }
    for (CsModule module = group_first[group]; module < group_first[group + 1]; module++) {
        gsize outputs = layer->forward[module].n;
        Segment segments[2] = {with_packed(network, in, inputs, &layer->forward[module])};
        guint n = 1;
        if (layer->b_forward[module] != NULL)
            segments[n++] = with_rows(network, u + layer->column[module], columns, 1,
                                      layer->b_forward[module], outputs, rank);
        kernels->multiply(out[module - group_first[group]], (ptrdiff_t)outputs, rows, outputs,
                          segments, n, FALSE);
    }
}

/* Turns every head of `heads` heads by its position; sign -1 turns back. */
static void turn(const Network *network, REAL *x, guint heads, guint rows, REAL sign)
{
    guint size = network->shape->head_size, half = size / 2;
    for (guint t = 0; t < rows; t++)
        for (guint a = 0; a < heads; a++, x += size)
            network->kernels->rotate(x, x + half, network->cosine + t * half,
                                     network->sine + t * half, sign, half);
}

/* to[j, t] = from[t, j] of one head: rows of p_row numbers. */
static void turn_over(REAL *to, gsize to_row, const REAL *from, gsize from_row, guint size,
                      guint rows)
{
    for (guint t = 0; t < rows; t++)
        for (guint j = 0; j < size; j++)
            to[j * to_row + t] = from[t * from_row + j];
}

#define ATTENTION_ROWS 8 /* rows that share how far they look back */

/* p = softmax over u <= t of q_t k_u / sqrt(d), 0 behind t; out = p v. One head. */
static void attend_head(const Network *network, const Tape *tape, const LayerTape *layer,
                        guint head)
{
    const CsNetworkShape *shape = network->shape;
    const Kernels *kernels = network->kernels;
    guint d = shape->head_size, rows = tape->length, kv = head / (shape->heads / shape->kv_heads);
    gsize q_row = (gsize)shape->heads * d, k_row = (gsize)shape->kv_heads * d;
    REAL scale = 1 / REAL_SQRT((REAL)d);
    REAL *p = layer->p + (gsize)head * rows * tape->p_row;
    for (guint t = 0; t < rows; t += ATTENTION_ROWS) {
        guint n = MIN(ATTENTION_ROWS, rows - t), seen = t + n;
        REAL *at = p + t * tape->p_row;
        Segment scores = with_rows(network, layer->q + t * q_row + (gsize)head * d, q_row, 1,
                                   tape->k_turned, tape->p_row, d);
        kernels->multiply(at, (ptrdiff_t)tape->p_row, n, seen, &scores, 1, FALSE);
        for (guint i = 0; i < n; i++) {
            REAL *row = at + i * tape->p_row;
            gsize width = t + i + 1;
            REAL sum = kernels->exponentials(row, width, kernels->most(row, width), scale);
            kernels->scale(row, row, 1 / sum, width);
            memset(row + width, 0, (seen - width) * sizeof(REAL));
        }
        Segment values =
            with_rows(network, at, tape->p_row, 1, layer->v + (gsize)kv * d, k_row, seen);
        kernels->multiply(layer->att + t * q_row + (gsize)head * d, (ptrdiff_t)q_row, n, d, &values,
                          1, FALSE);
    }
}

static void attend(const Network *network, const Tape *tape, const LayerTape *layer)
{
    const CsNetworkShape *shape = network->shape;
    guint d = shape->head_size, shared = shape->heads / shape->kv_heads;
    for (guint head = 0; head < shape->heads; head++) {
        if (head % shared == 0)
            turn_over(tape->k_turned, tape->p_row, layer->k + (gsize)(head / shared) * d,
                      (gsize)shape->kv_heads * d, d, tape->length);
        attend_head(network, tape, layer, head);
    }
}

static void layer_forward(const Network *network, const Tape *tape, guint index)
{
    const CsNetworkShape *shape = network->shape;
    const Kernels *kernels = network->kernels;
    const Layer *layer = &network->layer[index];
    const LayerTape *at = &tape->layer[index];
    const REAL *x = tape->x[index];
    REAL *out = tape->x[index + 1];
    guint rows = tape->length;
    gsize whole = (gsize)rows * shape->hidden;
    norm_forward(network, at->z1, x, layer->norm1, at->factor1, rows);
    project(network, layer, GROUP_QKV, at->z1, at->u[GROUP_QKV], rows,
            (REAL *const[]){at->q, at->k, at->v});
    turn(network, at->q, shape->heads, rows, 1);
    turn(network, at->k, shape->kv_heads, rows, 1);
    attend(network, tape, at);
    project(network, layer, GROUP_O, at->att, at->u[GROUP_O], rows, (REAL *const[]){at->mid});
    kernels->add_two(at->mid, 1, x, 0, x, whole);
    norm_forward(network, at->z2, at->mid, layer->norm2, at->factor2, rows);
    project(network, layer, GROUP_MLP, at->z2, at->u[GROUP_MLP], rows,
            (REAL *const[]){at->gate, at->up});
    kernels->gated(at->act, at->gate, at->up, (gsize)rows * shape->ffn);
    project(network, layer, GROUP_DOWN, at->act, at->u[GROUP_DOWN], rows, (REAL *const[]){out});
    kernels->add_two(out, 1, at->mid, 0, at->mid, whole);
}

/* The sum of the positions' losses; logits <- dloss/dlogits where the step has n sequences. */
static double cross_entropy(const Network *network, const Tape *tape, const guint16 *targets,
                            guint n)
{
    const Kernels *kernels = network->kernels;
    guint vocabulary = network->shape->vocabulary;
    REAL share = (REAL)(1.0 / ((double)n * tape->length));
    double loss = 0.0;
    for (guint t = 0; t < tape->length; t++) {
        REAL *row = tape->logits + (gsize)t * vocabulary;
        REAL most = kernels->most(row, vocabulary), target = row[targets[t]];
        REAL sum = kernels->exponentials(row, vocabulary, most, 1);
        loss += cs_exact_log((double)sum) + ((double)most - (double)target);
        kernels->scale(row, row, share / sum, vocabulary);
        row[targets[t]] -= share;
    }
    return loss;
}

static void apply_codec(const Network *network, const Tape *tape, const CsCodec *codec, REAL *x)
{
    guint hidden = network->shape->hidden;
    for (guint t = 0; t < tape->length && codec->kind != CS_CODEC_NONE; t++)
        R(cs_codec_apply)(codec, x + (gsize)t * hidden, hidden, tape->row);
}

static double forward(const Network *network, const Tape *tape, const guint16 *tokens,
                      const CsSplit *split, guint n)
{
    const CsNetworkShape *shape = network->shape;
    guint hidden = shape->hidden, rows = tape->length;
    for (guint t = 0; t < rows; t++)
        memcpy(tape->x[0] + (gsize)t * hidden, network->embedding + (gsize)tokens[t] * hidden,
               hidden * sizeof(REAL));
    for (guint i = 0; i <= shape->layers && !is_stopped(network); i++) {
        if (split != NULL && split->cut == i)
            apply_codec(network, tape, &split->codec, tape->x[i]);
        if (i < shape->layers)
            layer_forward(network, tape, i);
    }
    norm_forward(network, tape->z, tape->x[shape->layers], network->norm, tape->factor, rows);
    Segment head = with_packed(network, tape->z, hidden, &network->head_forward);
    network->kernels->multiply(tape->logits, shape->vocabulary, rows, shape->vocabulary, &head, 1,
                               FALSE);
    return cross_entropy(network, tape, tokens + 1, n);
}
