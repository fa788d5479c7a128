/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/network-backward: the gradients of one sequence, by hand through frozen weights: only
 * what the adapters need. Part of network-body.h.
 *
 *     y = x Wᵀ + U Bᵀ,  U = s x Aᵀ        dU = s dy B      dBᵀ = Uᵀ dy
 *                                         dA = dUᵀ x       dx = dy W + dU A
 *
 * Layer: learning.
 */

/* Where the gradients by a tensor of the network go; NULL where only the adapters learn. */
static REAL *full_at(const Network *network, const Tape *tape, guint tensor)
{
    return tape->full != NULL ? tape->full + network->start[tensor] : NULL;
}

/* dW[o, i] = Σ_t dy[t, o] x[t, i], of a matrix that is itself trained. */
static void weight_gradient(const Network *network, REAL *to, const REAL *d_out, gsize outputs,
                            const REAL *in, gsize inputs, guint rows)
{
    Segment segment = with_rows(network, d_out, 1, outputs, in, inputs, rows);
    if (to != NULL)
        network->kernels->multiply(to, (ptrdiff_t)inputs, outputs, inputs, &segment, 1, FALSE);
}

/* dx += what the norm z = x factor weight lets through of dz, which it overwrites. d_weight, where
 * there is one, gets dL/dweight added. */
static void norm_backward(const Network *network, REAL *dx, REAL *dz, const REAL *x,
                          const REAL *factor, const REAL *weight, REAL *d_weight, guint rows)
{
    guint hidden = network->shape->hidden;
    for (guint t = 0; d_weight != NULL && t < rows; t++)
        for (guint j = 0; j < hidden; j++)
            d_weight[j] += dz[t * hidden + j] * (x[t * hidden + j] * factor[t]);
    for (guint t = 0; t < rows; t++, dx += hidden, dz += hidden, x += hidden) {
        network->kernels->weighted(dz, dz, 1, weight, hidden);
        REAL along = network->kernels->dot(dz, x, hidden) / (REAL)hidden;
        REAL cube = factor[t] * factor[t] * factor[t];
        network->kernels->add_two(dx, factor[t], dz, -(cube * along), x, hidden);
    }
}

/* dA and dB of one module, from its columns of dU and U. */
static void adapter_gradient(const Network *network, const Tape *tape, const CsAdapterSlot *slot,
                             const REAL *in, gsize inputs, const REAL *d_out, gsize outputs,
                             const REAL *u, gsize columns, const REAL *d_u, REAL *gradient)
{
    guint rank = network->layout->rank, rows = tape->length;
    Segment a = with_rows(network, d_u, 1, columns, in, inputs, rows);
    network->kernels->multiply(gradient + slot->a, (ptrdiff_t)inputs, rank, inputs, &a, 1, FALSE);
    Segment b = with_rows(network, u, 1, columns, d_out, outputs, rows);
    network->kernels->multiply(tape->d_b, (ptrdiff_t)outputs, rank, outputs, &b, 1, FALSE);
    REAL *to = gradient + slot->b;
    for (gsize o = 0; o < outputs; o++)
        for (guint j = 0; j < rank; j++)
            to[o * rank + j] = tape->d_b[j * outputs + o];
}

/* What a group's backward pass works on. */
typedef struct {
    guint index; /* layer */
    guint group;
    const REAL *in;
    REAL *const *d_out; /* by module of the group */
    REAL *d_in;         /* NULL: not needed */
} Back;

static void project_backward(const Network *network, const Tape *tape, const REAL *adapters,
                             const Back *back, REAL *gradient)
{
    const Kernels *kernels = network->kernels;
    const Layer *layer = &network->layer[back->index];
    guint columns = layer->columns[back->group], rank = network->layout->rank, n = 0;
    CsModule first = group_first[back->group], end = group_first[back->group + 1];
    gsize inputs = layer->forward[first].k;
    Segment segments[6];
    for (CsModule module = first; module < end; module++) {
        const CsAdapterSlot *slot = cs_adapter_slot(network->layout, back->index, module);
        const REAL *d_out = back->d_out[module - first];
        gsize outputs = layer->forward[module].n;
        segments[n++] = with_packed(network, d_out, outputs, &layer->backward[module]);
        weight_gradient(
            network,
            full_at(network, tape, back->index * CS_LAYER_TENSORS + CS_LAYER_PROJECTION + module),
            d_out, outputs, back->in, inputs, tape->length);
        if (!slot->present)
            continue;
        REAL *d_u = tape->d_u + layer->column[module];
        Segment b = with_packed(network, d_out, outputs, &layer->b_backward[module]);
        kernels->multiply(d_u, columns, tape->length, rank, &b, 1, FALSE);
        adapter_gradient(network, tape, slot, back->in, inputs, d_out, outputs,
                         tape->layer[back->index].u[back->group] + layer->column[module], columns,
                         d_u, gradient);
        segments[n++] = with_rows(network, d_u, columns, 1, adapters + slot->a, inputs, rank);
    }
    if (back->d_in != NULL)
        kernels->multiply(back->d_in, (ptrdiff_t)inputs, tape->length, inputs, segments, n, FALSE);
}

/* dp <- dL/dscores (before the softmax, the scale of 1 / sqrt(d) included): p (dp - Σ p dp). */
static void softmax_backward(const Network *network, const Tape *tape, const REAL *p, guint t,
                             guint n)
{
    REAL scale = 1 / REAL_SQRT((REAL)network->shape->head_size);
    for (guint i = t; i < t + n; i++) {
        const REAL *p_row = p + i * tape->p_row;
        REAL *d_row = tape->d_p + i * tape->p_row;
        REAL along = network->kernels->dot(p_row, d_row, i + 1);
        for (guint u = 0; u <= i; u++)
            d_row[u] = p_row[u] * (d_row[u] - along) * scale;
        memset(d_row + i + 1, 0, (t + n - i - 1) * sizeof(REAL));
    }
}

/* One head: from d_att (rows of q_row numbers) to d_q; d_k and d_v are added to where `add`. */
static void attend_head_backward(const Network *network, const Tape *tape, const LayerTape *layer,
                                 const REAL *d_att, guint head, gboolean add)
{
    const CsNetworkShape *shape = network->shape;
    const Kernels *kernels = network->kernels;
    guint d = shape->head_size, rows = tape->length, kv = head / (shape->heads / shape->kv_heads);
    gsize q_row = (gsize)shape->heads * d, k_row = (gsize)shape->kv_heads * d, row = tape->p_row;
    const REAL *p = layer->p + (gsize)head * rows * row;
    gsize q_at = (gsize)head * d, k_at = (gsize)kv * d;
    for (guint t = 0; t < rows; t += ATTENTION_ROWS) {
        guint n = MIN(ATTENTION_ROWS, rows - t), seen = t + n;
        REAL *d_p = tape->d_p + t * row;
        Segment values =
            with_rows(network, d_att + t * q_row + q_at, q_row, 1, tape->v_turned, row, d);
        kernels->multiply(d_p, (ptrdiff_t)row, n, seen, &values, 1, FALSE);
        softmax_backward(network, tape, p, t, n);
        Segment keys = with_rows(network, d_p, row, 1, layer->k + k_at, k_row, seen);
        kernels->multiply(tape->d_q + t * q_row + q_at, (ptrdiff_t)q_row, n, d, &keys, 1, FALSE);
    }
    for (guint u = 0; u < rows; u += ATTENTION_ROWS) {
        guint n = MIN(ATTENTION_ROWS, rows - u), later = rows - u;
        Segment queries = with_rows(network, tape->d_p + u * row + u, 1, row,
                                    layer->q + u * q_row + q_at, q_row, later);
        kernels->multiply(tape->d_k + u * k_row + k_at, (ptrdiff_t)k_row, n, d, &queries, 1, add);
        Segment out =
            with_rows(network, p + u * row + u, 1, row, d_att + u * q_row + q_at, q_row, later);
        kernels->multiply(tape->d_v + u * k_row + k_at, (ptrdiff_t)k_row, n, d, &out, 1, add);
    }
}

static void attend_backward(const Network *network, const Tape *tape, const LayerTape *layer,
                            const REAL *d_att)
{
    const CsNetworkShape *shape = network->shape;
    guint d = shape->head_size, shared = shape->heads / shape->kv_heads;
    for (guint head = 0; head < shape->heads; head++) {
        if (head % shared == 0)
            turn_over(tape->v_turned, tape->p_row, layer->v + (gsize)(head / shared) * d,
                      (gsize)shape->kv_heads * d, d, tape->length);
        attend_head_backward(network, tape, layer, d_att, head, head % shared != 0);
    }
    turn(network, tape->d_q, shape->heads, tape->length, -1);
    turn(network, tape->d_k, shape->kv_heads, tape->length, -1);
}

/* tape->d_row: from dL/dx[index + 1] to dL/dx[index], where `further` (else left half done). */
static void layer_backward(const Network *network, const Tape *tape, const REAL *adapters,
                           guint index, gboolean further, REAL *gradient)
{
    const CsNetworkShape *shape = network->shape;
    const Layer *layer = &network->layer[index];
    const LayerTape *at = &tape->layer[index];
    guint rows = tape->length;
    Back down = {index, GROUP_DOWN, at->act, (REAL *const[]){tape->d_row}, tape->d_act};
    project_backward(network, tape, adapters, &down, gradient);
    network->kernels->gated_back(tape->d_act, at->gate, at->up, (gsize)rows * shape->ffn);
    Back mlp = {index, GROUP_MLP, at->z2, (REAL *const[]){at->gate, at->up}, tape->d_z};
    project_backward(network, tape, adapters, &mlp, gradient);
    norm_backward(network, tape->d_row, tape->d_z, at->mid, at->factor2, layer->norm2,
                  full_at(network, tape, index * CS_LAYER_TENSORS + 1), rows);
    Back o = {index, GROUP_O, at->att, (REAL *const[]){tape->d_row}, tape->d_z};
    project_backward(network, tape, adapters, &o, gradient);
    attend_backward(network, tape, at, tape->d_z);
    Back qkv = {index, GROUP_QKV, at->z1, (REAL *const[]){tape->d_q, tape->d_k, tape->d_v},
                further ? tape->d_z : NULL};
    project_backward(network, tape, adapters, &qkv, gradient);
    if (further)
        norm_backward(network, tape->d_row, tape->d_z, tape->x[index], at->factor1, layer->norm1,
                      full_at(network, tape, index * CS_LAYER_TENSORS), rows);
}

static void backward(const Network *network, const Tape *tape, const REAL *adapters,
                     const CsSplit *split, REAL *gradient)
{
    const CsNetworkShape *shape = network->shape;
    guint rows = tape->length, lowest = tape->full != NULL ? 0 : network->lowest;
    Segment head = with_packed(network, tape->logits, shape->vocabulary, &network->head_backward);
    weight_gradient(network, full_at(network, tape, cs_network_head(shape)), tape->logits,
                    shape->vocabulary, tape->z, shape->hidden, rows);
    network->kernels->multiply(tape->d_z, shape->hidden, rows, shape->hidden, &head, 1, FALSE);
    memset(tape->d_row, 0, (gsize)rows * shape->hidden * sizeof(REAL));
    norm_backward(network, tape->d_row, tape->d_z, tape->x[shape->layers], tape->factor,
                  network->norm, full_at(network, tape, cs_network_final_norm(shape)), rows);
    for (guint i = shape->layers; i > lowest && !is_stopped(network); i--) {
        gboolean further = i - 1 > lowest || tape->full != NULL;
        if (split->cut == i)
            apply_codec(network, tape, &split->codec, tape->d_row);
        layer_backward(network, tape, adapters, i - 1, further, gradient);
    }
}

/* What is left in d_row at the bottom, by the tokens that were read. */
static void embedding_gradient(const Network *network, const Tape *tape, const guint16 *tokens)
{
    guint hidden = network->shape->hidden;
    REAL *to = full_at(network, tape, cs_network_embedding(network->shape));
    for (guint t = 0; t < tape->length; t++)
        for (guint j = 0; j < hidden; j++)
            to[(gsize)tokens[t] * hidden + j] += tape->d_row[(gsize)t * hidden + j];
}
