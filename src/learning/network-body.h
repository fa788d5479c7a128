/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/network-body: network.h for one type of number: weights, what a thread needs, steps.
 * The passes are network-forward.h's and network-backward.h's.
 *
 * What lies where, per thread ("tape"), S positions in rows:
 *
 *     x[0] --norm--> z1 --qkv--> q k v --attention--> att --o--+--> mid --norm--> z2 --gate, up-->
 *       '------------------------------------------------------'     |
 *     gate, up --silu--> act --down--+--> x[1] --norm--> ...         |
 *                                    '-------------------------------'
 *
 * All of that is kept for every layer, beside s·U = s·(input Aᵀ) of every adapter; backward then
 * overwrites gate, up, q, k and v by their gradients.
 *
 * Layer: learning.
 */
#include "learning/elementary.h"
#include "learning/kernels.h"
#include "learning/network.h"
#include "learning/real.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef R(CsKernels) Kernels;
typedef R(CsSegment) Segment;
typedef R(CsNetwork) Network;

/* Projections that read the same input. */
enum { GROUP_QKV, GROUP_O, GROUP_MLP, GROUP_DOWN, N_GROUPS };
static const CsModule group_first[N_GROUPS + 1] = {CS_MODULE_Q, CS_MODULE_O, CS_MODULE_GATE,
                                                   CS_MODULE_DOWN, CS_MODULE_N};

/* A matrix as B of a product: k rows, n columns, in panels. */
typedef struct {
    REAL *at;
    gsize k, n;
} Packed;

typedef struct {
    REAL *norm1, *norm2;
    Packed forward[CS_MODULE_N];  /* W transposed: k inputs, n outputs */
    Packed backward[CS_MODULE_N]; /* W: k outputs, n inputs */
    /* The adapters of this step. */
    guint columns[N_GROUPS];        /* rank times modules that have adapters */
    guint column[CS_MODULE_N];      /* where a module's columns begin in its group */
    Packed a_forward[N_GROUPS];     /* A transposed, a group's side by side */
    REAL *b_forward[CS_MODULE_N];   /* B transposed [rank, outputs] */
    Packed b_backward[CS_MODULE_N]; /* (alpha / rank) B: k outputs, n = rank */
} Layer;

typedef struct {
    REAL *z1, *q, *k, *v, *p, *att, *mid, *z2, *gate, *up, *act;
    REAL *u[N_GROUPS];
    REAL *factor1, *factor2; /* 1 / rms of every row */
} LayerTape;

typedef struct {
    guint length; /* S it has room for */
    gsize p_row;  /* numbers of a row of attention probabilities */
    REAL **x;     /* [layers + 1] */
    LayerTape *layer;
    REAL *k_turned, *v_turned; /* [head size, p_row] */
    REAL *logits, *z, *row, *factor;
    REAL *d_row, *d_p, *d_act, *d_q, *d_k, *d_v, *d_z, *d_u, *d_b;
    REAL *full; /* where this sequence's gradients by all weights go; NULL: by adapters alone */
    GPtrArray *arrays; /* all of the above */
} Tape;

struct R(CsNetwork) {
    const CsNetworkShape *shape;
    const CsAdapterLayout *layout;
    const Kernels *kernels;
    guint threads;
    const gint *interrupt; /* or NULL */
    REAL scale;            /* alpha / rank */
    guint lowest;          /* the first layer with adapters */
    REAL *embedding, *norm;
    Packed head_forward, head_backward;
    Layer *layer;
    guint turned;        /* positions that cosine and sine hold */
    REAL *cosine, *sine; /* [turned, head_size / 2] */
    Tape *tape;          /* [threads] */
    REAL *gradients;     /* [sequences of a block, layout->size or the weights' number] */
    gsize gradients_room;
    gsize *start; /* of every tensor in one array of all, and the end of the last */
    GPtrArray *arrays;
};

void R(cs_network_watch)(Network *network, const gint *interrupt)
{
    network->interrupt = interrupt;
}

/* Looked at before every layer, which is the most that a caller who interrupts waits for. */
static gboolean is_stopped(const Network *network)
{
    return network->interrupt != NULL && g_atomic_int_get(network->interrupt) != 0;
}

/* Zeroed, aligned to a cache line, with room behind its end for a kernel to read. */
static REAL *array_new(GPtrArray *arrays, gsize n)
{
    void *at = NULL;
    gsize bytes = (n + CS_KERNEL_SLACK) * sizeof(REAL);
    if (posix_memalign(&at, 64, bytes) != 0)
        g_error("%s: failed to allocate %" G_GSIZE_FORMAT " bytes", G_STRLOC, bytes);
    memset(at, 0, bytes);
    g_ptr_array_add(arrays, at);
    return at;
}

static Packed packed_new(const Network *network, GPtrArray *arrays, gsize k, gsize n)
{
    gsize panel = network->kernels->panel, panels = (n + panel - 1) / panel;
    return (Packed){array_new(arrays, panels * panel * k), k, n};
}

/* Copies columns first..first+n-1: element (k, j) comes from from[k * k_step + j * n_step]. */
static void pack(const Network *network, const Packed *to, gsize first, gsize n, const REAL *from,
                 gsize k_step, gsize n_step, REAL factor)
{
    gsize panel = network->kernels->panel;
    for (gsize j = 0; j < n; j++) {
        gsize column = first + j;
        REAL *at = to->at + column / panel * panel * to->k + column % panel;
        for (gsize k = 0; k < to->k; k++)
            at[k * panel] = from[k * k_step + j * n_step] * factor;
    }
}

/* A segment of a product whose B is packed. */
static Segment with_packed(const Network *network, const REAL *a, gsize a_row, const Packed *b)
{
    gsize panel = network->kernels->panel;
    return (Segment){a,   (ptrdiff_t)a_row, 1, b->at, (ptrdiff_t)panel, (ptrdiff_t)(panel * b->k),
                     b->k};
}

/* One whose B is plain rows of `b_row` numbers. */
static Segment with_rows(const Network *network, const REAL *a, gsize a_row, gsize a_col,
                         const REAL *b, gsize b_row, gsize k)
{
    return (Segment){a, (ptrdiff_t)a_row, (ptrdiff_t)a_col,
                     b, (ptrdiff_t)b_row, (ptrdiff_t)network->kernels->panel,
                     k};
}

static gboolean take(REAL *to, const CsTensors *weights, const char *name, guint64 rows,
                     guint64 columns, CsDiagnostics *diagnostics)
{
    if (weights == NULL)
        return TRUE;
    const CsTensor *tensor = cs_tensors_need(weights, name, rows, columns, diagnostics);
    if (tensor != NULL && CS_REAL_BITS == 32 && tensor->dtype == CS_DTYPE_F32 &&
        G_BYTE_ORDER == G_LITTLE_ENDIAN)
        memcpy(to, tensor->data, tensor->count * sizeof(REAL));
    else
        for (gsize i = 0; tensor != NULL && i < tensor->count; i++)
            to[i] = (REAL)cs_tensor_value(tensor, i);
    return tensor != NULL;
}

/* A projection in both forms. */
static void pack_module(const Network *network, Layer *layer, CsModule module, const REAL *weight)
{
    guint inputs = cs_module_inputs(network->shape, module);
    guint outputs = cs_module_outputs(network->shape, module);
    pack(network, &layer->forward[module], 0, outputs, weight, 1, inputs, 1);
    pack(network, &layer->backward[module], 0, inputs, weight, inputs, 1, 1);
}

static gboolean take_layer(Network *network, guint index, const CsTensors *weights, REAL *buffer,
                           CsDiagnostics *diagnostics)
{
    const CsNetworkShape *shape = network->shape;
    Layer *layer = &network->layer[index];
    layer->norm1 = array_new(network->arrays, shape->hidden);
    layer->norm2 = array_new(network->arrays, shape->hidden);
    g_autofree char *name1 = g_strdup_printf("model.layers.%u.input_layernorm.weight", index);
    g_autofree char *name2 =
        g_strdup_printf("model.layers.%u.post_attention_layernorm.weight", index);
    gboolean good = take(layer->norm1, weights, name1, shape->hidden, 0, diagnostics) &
                    take(layer->norm2, weights, name2, shape->hidden, 0, diagnostics);
    for (CsModule module = 0; module < CS_MODULE_N; module++) {
        guint inputs = cs_module_inputs(shape, module), outputs = cs_module_outputs(shape, module);
        g_autofree char *name =
            g_strdup_printf("model.layers.%u.%s.weight", index, cs_module_path(module));
        if (!take(buffer, weights, name, outputs, inputs, diagnostics)) {
            good = FALSE;
            continue;
        }
        layer->forward[module] = packed_new(network, network->arrays, inputs, outputs);
        layer->backward[module] = packed_new(network, network->arrays, outputs, inputs);
        pack_module(network, layer, module, buffer);
    }
    return good;
}

static void pack_head(const Network *network, const REAL *head)
{
    guint hidden = network->shape->hidden, vocabulary = network->shape->vocabulary;
    pack(network, &network->head_forward, 0, vocabulary, head, 1, hidden, 1);
    pack(network, &network->head_backward, 0, hidden, head, hidden, 1, 1);
}

/* Embedding, final norm and head. */
static gboolean take_ends(Network *network, const CsTensors *weights, REAL *buffer,
                          CsDiagnostics *diagnostics)
{
    const CsNetworkShape *shape = network->shape;
    guint hidden = shape->hidden, vocabulary = shape->vocabulary;
    network->embedding = array_new(network->arrays, (gsize)vocabulary * hidden);
    network->norm = array_new(network->arrays, hidden);
    gboolean good = take(network->embedding, weights, "model.embed_tokens.weight", vocabulary,
                         hidden, diagnostics) &
                    take(network->norm, weights, "model.norm.weight", hidden, 0, diagnostics);
    if (!shape->tied)
        good &= take(buffer, weights, "lm_head.weight", vocabulary, hidden, diagnostics);
    const REAL *head = shape->tied ? network->embedding : buffer;
    network->head_forward = packed_new(network, network->arrays, hidden, vocabulary);
    network->head_backward = packed_new(network, network->arrays, vocabulary, hidden);
    pack_head(network, head);
    return good;
}

/* Room for a layer's adapters, and which columns of a group are whose. */
static void room_for_adapters(Network *network, guint index)
{
    const CsNetworkShape *shape = network->shape;
    Layer *layer = &network->layer[index];
    guint rank = network->layout->rank;
    for (guint group = 0; group < N_GROUPS; group++) {
        for (CsModule module = group_first[group]; module < group_first[group + 1]; module++) {
            guint outputs = cs_module_outputs(shape, module);
            if (!cs_adapter_slot(network->layout, index, module)->present)
                continue;
            layer->column[module] = layer->columns[group];
            layer->columns[group] += rank;
            layer->b_forward[module] = array_new(network->arrays, (gsize)rank * outputs);
            layer->b_backward[module] = packed_new(network, network->arrays, outputs, rank);
        }
        if (layer->columns[group] > 0)
            layer->a_forward[group] =
                packed_new(network, network->arrays, cs_module_inputs(shape, group_first[group]),
                           layer->columns[group]);
    }
}

Network *R(cs_network_new)(const CsNetworkShape *shape, const CsAdapterLayout *layout,
                           const CsTensors *weights, guint threads, CsDiagnostics *diagnostics)
{
    Network *network = g_new0(Network, 1);
    network->shape = shape;
    network->layout = layout;
    network->kernels = R(cs_kernels)(cs_kernel_width());
    network->threads = MAX(threads, 1);
    network->scale = (REAL)(layout->alpha / layout->rank);
    network->arrays = g_ptr_array_new_with_free_func(free);
    network->layer = g_new0(Layer, shape->layers);
    network->tape = g_new0(Tape, network->threads);
    gsize largest = (gsize)shape->vocabulary * shape->hidden;
    for (CsModule module = 0; module < CS_MODULE_N; module++)
        largest =
            MAX(largest, (gsize)cs_module_inputs(shape, module) * cs_module_outputs(shape, module));
    network->start = g_new0(gsize, cs_network_tensors(shape) + 1);
    for (guint i = 0; i < cs_network_tensors(shape); i++)
        network->start[i + 1] = network->start[i] + cs_network_tensor_size(shape, i);
    g_autofree REAL *buffer = g_new0(REAL, largest);
    gboolean good = take_ends(network, weights, buffer, diagnostics);
    for (guint i = 0; i < shape->layers; i++) {
        good &= take_layer(network, i, weights, buffer, diagnostics);
        room_for_adapters(network, i);
    }
    while (network->lowest < shape->layers &&
           cs_adapter_layout_start(layout, network->lowest + 1) == 0)
        network->lowest++;
    if (good)
        return network;
    R(cs_network_free)(network);
    return NULL;
}

static void tape_clear(Tape *tape)
{
    g_clear_pointer(&tape->arrays, g_ptr_array_unref);
    g_clear_pointer(&tape->x, g_free);
    g_clear_pointer(&tape->layer, g_free);
    tape->length = 0;
}

void R(cs_network_free)(Network *network)
{
    if (network == NULL)
        return;
    for (guint i = 0; i < network->threads; i++)
        tape_clear(&network->tape[i]);
    g_free(network->tape);
    g_free(network->layer);
    g_free(network->gradients);
    g_free(network->start);
    g_free(network->cosine);
    g_free(network->sine);
    g_ptr_array_unref(network->arrays);
    g_free(network);
}

/* This step's adapters in the forms that products want. */
static void pack_adapters(Network *network, const REAL *adapters)
{
    const CsNetworkShape *shape = network->shape;
    guint rank = network->layout->rank;
    for (guint i = 0; i < shape->layers; i++)
        for (guint group = 0; group < N_GROUPS; group++)
            for (CsModule module = group_first[group]; module < group_first[group + 1]; module++) {
                const CsAdapterSlot *slot = cs_adapter_slot(network->layout, i, module);
                Layer *layer = &network->layer[i];
                if (!slot->present)
                    continue;
                guint outputs = cs_module_outputs(shape, module);
                const REAL *b = adapters + slot->b;
                pack(network, &layer->a_forward[group], layer->column[module], rank,
                     adapters + slot->a, 1, cs_module_inputs(shape, module), 1);
                pack(network, &layer->b_backward[module], 0, rank, b, rank, 1, network->scale);
                for (guint o = 0; o < outputs; o++)
                    for (guint j = 0; j < rank; j++)
                        layer->b_forward[module][j * outputs + o] = b[o * rank + j];
            }
}

/* Cosines and sines of t theta^(-2 j / d). */
static void turn_room(Network *network, guint length)
{
    if (network->turned >= length)
        return;
    guint half = network->shape->head_size / 2;
    network->turned = length;
    network->cosine = g_renew(REAL, network->cosine, (gsize)length * half + CS_KERNEL_SLACK);
    network->sine = g_renew(REAL, network->sine, (gsize)length * half + CS_KERNEL_SLACK);
    double base = cs_exact_log(network->shape->rope_theta);
    for (guint j = 0; j < half; j++) {
        double frequency = cs_exact_exp(-2.0 * j / network->shape->head_size * base);
        for (guint t = 0; t < length; t++) {
            double sine, cosine;
            cs_exact_sin_cos(t * frequency, &sine, &cosine);
            network->sine[t * half + j] = (REAL)sine;
            network->cosine[t * half + j] = (REAL)cosine;
        }
    }
}

static void layer_tape_room(const Network *network, Tape *tape, guint index)
{
    const CsNetworkShape *shape = network->shape;
    LayerTape *layer = &tape->layer[index];
    gsize s = tape->length, h = s * shape->hidden, f = s * shape->ffn;
    gsize q = s * shape->heads * shape->head_size, k = s * shape->kv_heads * shape->head_size;
    GPtrArray *arrays = tape->arrays;
    layer->z1 = array_new(arrays, h);
    layer->q = array_new(arrays, q);
    layer->k = array_new(arrays, k);
    layer->v = array_new(arrays, k);
    layer->p = array_new(arrays, shape->heads * s * tape->p_row);
    layer->att = array_new(arrays, q);
    layer->mid = array_new(arrays, h);
    layer->z2 = array_new(arrays, h);
    layer->gate = array_new(arrays, f);
    layer->up = array_new(arrays, f);
    layer->act = array_new(arrays, f);
    layer->factor1 = array_new(arrays, s);
    layer->factor2 = array_new(arrays, s);
    for (guint group = 0; group < N_GROUPS; group++)
        layer->u[group] = array_new(arrays, s * network->layer[index].columns[group]);
}

static void tape_room(const Network *network, Tape *tape, guint length)
{
    const CsNetworkShape *shape = network->shape;
    if (tape->length == length)
        return;
    tape_clear(tape);
    tape->length = length;
    tape->p_row = ((gsize)length + 15) / 16 * 16;
    GPtrArray *arrays = tape->arrays = g_ptr_array_new_with_free_func(free);
    tape->x = g_new0(REAL *, shape->layers + 1);
    tape->layer = g_new0(LayerTape, shape->layers);
    gsize s = length, h = s * shape->hidden, f = s * shape->ffn;
    gsize q = s * shape->heads * shape->head_size, k = s * shape->kv_heads * shape->head_size;
    gsize widest = MAX(MAX(shape->hidden, shape->ffn), shape->heads * shape->head_size);
    for (guint i = 0; i <= shape->layers; i++)
        tape->x[i] = array_new(arrays, h);
    for (guint i = 0; i < shape->layers; i++)
        layer_tape_room(network, tape, i);
    tape->k_turned = array_new(arrays, shape->head_size * tape->p_row);
    tape->v_turned = array_new(arrays, shape->head_size * tape->p_row);
    tape->logits = array_new(arrays, s * shape->vocabulary);
    tape->z = array_new(arrays, h);
    tape->row = array_new(arrays, widest);
    tape->factor = array_new(arrays, s);
    tape->d_row = array_new(arrays, h);
    tape->d_p = array_new(arrays, s * tape->p_row);
    tape->d_act = array_new(arrays, f);
    tape->d_q = array_new(arrays, q);
    tape->d_k = array_new(arrays, k);
    tape->d_v = array_new(arrays, k);
    tape->d_z = array_new(arrays, MAX(h, q));
    tape->d_u = array_new(arrays, s * 3 * network->layout->rank);
    tape->d_b = array_new(arrays, network->layout->rank * widest);
}

#include "learning/network-forward.h"

#include "learning/network-backward.h"

/* What the threads of one step share. */
typedef struct {
    Network *network;
    const REAL *adapters;
    const CsBatch *batch;
    const CsSplit *split; /* NULL: only the loss */
    gsize size;           /* gradients of a sequence */
    gboolean full;        /* by all weights */
    double *losses;       /* [n] */
    guint first, end;     /* the block of sequences under way */
    gint next;            /* the next sequence to take */
} Step;

typedef struct {
    Step *step;
    Tape *tape;
} Worker;

static gpointer work(gpointer data)
{
    Worker *worker = data;
    Step *step = worker->step;
    Network *network = step->network;
    const CsBatch *batch = step->batch;
    tape_room(network, worker->tape, batch->length);
    for (guint i;
         !is_stopped(network) && (i = (guint)g_atomic_int_add(&step->next, 1)) < step->end;) {
        const guint16 *tokens = batch->tokens + batch->offsets[i];
        REAL *gradient = network->gradients + (i - step->first) * step->size;
        worker->tape->full = step->full ? gradient : NULL;
        if (step->full)
            memset(gradient, 0, step->size * sizeof(REAL));
        step->losses[i] = forward(network, worker->tape, tokens, step->split, batch->n);
        if (step->split != NULL)
            backward(network, worker->tape, step->adapters, step->split, gradient);
        if (step->full)
            embedding_gradient(network, worker->tape, tokens);
    }
    return NULL;
}

static void run_block(Step *step)
{
    Network *network = step->network;
    guint threads = MIN(network->threads, step->end - step->first);
    g_autofree Worker *workers = g_new(Worker, threads);
    g_autofree GThread **running = g_new0(GThread *, threads);
    step->next = (gint)step->first;
    for (guint i = 0; i < threads; i++) {
        workers[i] = (Worker){step, &network->tape[i]};
        running[i] = i > 0 ? g_thread_new("learning", work, &workers[i]) : NULL;
    }
    work(&workers[0]);
    for (guint i = 1; i < threads; i++)
        g_thread_join(running[i]);
}

/* Adds the block's gradients up, in the order of its sequences. */
static void add_block(const Step *step, REAL *gradient)
{
    const REAL *one = step->network->gradients;
    for (guint i = step->first; i < step->end; i++, one += step->size)
        if (i == 0)
            memcpy(gradient, one, step->size * sizeof(REAL));
        else
            for (gsize j = 0; j < step->size; j++)
                gradient[j] += one[j];
}

/* How many sequences are computed before their gradients are added up: memory for these only. */
static guint block_size(const Step *step)
{
    if (step->size == 0)
        return step->batch->n;
    guint most = MAX(cs_network_waiting(step->size), step->network->threads);
    return MIN(most, step->batch->n);
}

/* The mean loss; the sequences' own losses are added up in their order. */
static double run_step(Step *step, REAL *gradient)
{
    Network *network = step->network;
    const CsBatch *batch = step->batch;
    guint block = block_size(step);
    if (network->gradients_room < block * step->size) {
        network->gradients_room = block * step->size;
        network->gradients =
            g_renew(REAL, network->gradients, network->gradients_room + CS_KERNEL_SLACK);
    }
    step->losses = g_new0(double, batch->n);
    turn_room(network, batch->length);
    pack_adapters(network, step->adapters);
    for (; step->first < batch->n && !is_stopped(network); step->first = step->end) {
        step->end = MIN(step->first + block, batch->n);
        run_block(step);
        if (step->size > 0 && !is_stopped(network))
            add_block(step, gradient);
    }
    double sum = 0.0;
    for (guint i = 0; i < batch->n; i++)
        sum += step->losses[i];
    g_clear_pointer(&step->losses, g_free);
    return sum / ((double)batch->n * batch->length);
}

double R(cs_network_loss)(Network *network, const REAL *adapters, const CsBatch *batch)
{
    Step step = {.network = network, .adapters = adapters, .batch = batch};
    return run_step(&step, NULL);
}

double R(cs_network_gradient)(Network *network, const REAL *adapters, const CsBatch *batch,
                              const CsSplit *split, REAL *gradient)
{
    Step step = {.network = network,
                 .adapters = adapters,
                 .batch = batch,
                 .split = split,
                 .size = network->layout->size};
    return run_step(&step, gradient);
}

double R(cs_network_full_gradient)(Network *network, const CsBatch *batch, REAL *gradient)
{
    static const CsSplit whole = {0, {CS_CODEC_NONE, 0, 0.0}};
    Step step = {.network = network,
                 .batch = batch,
                 .split = &whole,
                 .size = network->start[cs_network_tensors(network->shape)],
                 .full = TRUE};
    return run_step(&step, gradient);
}

void R(cs_network_set)(Network *network, const REAL *weights)
{
    const CsNetworkShape *shape = network->shape;
    const gsize *start = network->start;
    gsize row = shape->hidden * sizeof(REAL);
    for (guint i = 0; i < shape->layers && !is_stopped(network); i++, start += CS_LAYER_TENSORS) {
        Layer *layer = &network->layer[i];
        memcpy(layer->norm1, weights + start[0], row);
        memcpy(layer->norm2, weights + start[1], row);
        for (CsModule module = 0; module < CS_MODULE_N; module++)
            pack_module(network, layer, module, weights + start[CS_LAYER_PROJECTION + module]);
    }
    start = network->start;
    memcpy(network->embedding, weights + start[cs_network_embedding(shape)],
           shape->vocabulary * row);
    memcpy(network->norm, weights + start[cs_network_final_norm(shape)], row);
    pack_head(network, weights + start[cs_network_head(shape)]);
}
