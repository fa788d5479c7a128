/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast the learning is: products of the network's shapes beside OpenBLAS (one thread of both),
 * and whole training steps of a network of random weights.
 *
 *     cc -O2 -Isrc tools/bench/learning.c build/libcardsim.a -lopenblas $(pkg-config --cflags \
 *         --libs glib-2.0 gmodule-2.0 gsl json-glib-1.0 sqlite3) -o learning &&
 * OPENBLAS_NUM_THREADS=1 ./learning
 *
 * Prints the median of several repetitions. Without cblas.h OpenBLAS's column is left out.
 * `learning step HIDDEN FFN q+v|all THREADS` prints of one kind of step, for
 * tools/bench/learning-torch: the least seconds by the clock on the wall and of the processor,
 * those of the processor from the start to the first loss (weights read, one forward pass; making
 * the random weights up is not counted), and the bytes of memory at most.
 */
#include "learning/kernels.h"
#include "learning/learner.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#if __has_include(<cblas.h>)
#include <cblas.h>
#define HAVE_BLAS 1
#endif

enum { REPEATS = 9, TOKENS = 1024 };

/* Of this process's own threads together, so that a busy machine does no harm. */
static double seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static double wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    return *(const double *)a < *(const double *)b ? -1 : 1;
}

static float *filled(gsize n, double size)
{
    float *at = aligned_alloc(64, ((n + CS_KERNEL_SLACK) * sizeof(float) + 63) / 64 * 64);
    for (gsize i = 0; i < n + CS_KERNEL_SLACK; i++)
        at[i] = (float)(size * (drand48() - 0.5));
    return at;
}

/* GFLOP/s of y[TOKENS, out] = x[TOKENS, in] W, 64 rows at a time as the network does; weights
 * packed beforehand, which are frozen. */
static double product(guint in, guint out, gboolean blas)
{
    const CsKernels_f32 *kernels = cs_kernels_f32(cs_kernel_width());
    gsize panels = (out + kernels->panel - 1) / kernels->panel;
    float *x = filled((gsize)TOKENS * in, 1), *w = filled(panels * kernels->panel * in, 1);
    float *y = filled((gsize)TOKENS * out, 0);
    double time[REPEATS];
    guint loops = MAX(1, 200000000 / ((guint64)TOKENS * in * out));
    for (guint r = 0; r < REPEATS; r++) {
        double start = seconds();
        for (guint i = 0; i < loops; i++)
#ifdef HAVE_BLAS
            if (blas)
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, TOKENS, (int)out, (int)in, 1,
                            x, (int)in, w, (int)in, 0, y, (int)out);
            else
#endif
                for (guint t = 0; t < TOKENS; t += 64) {
                    CsSegment_f32 segment = {x + (gsize)t * in,
                                             in,
                                             1,
                                             w,
                                             (ptrdiff_t)kernels->panel,
                                             (ptrdiff_t)(kernels->panel * in),
                                             in};
                    kernels->multiply(y + (gsize)t * out, out, 64, out, &segment, 1, FALSE);
                }
        time[r] = (seconds() - start) / loops;
    }
    qsort(time, REPEATS, sizeof *time, by_size);
    free(x);
    free(w);
    free(y);
    (void)blas;
    return 2.0 * TOKENS * in * out / time[REPEATS / 2] / 1e9;
}

static void add(GArray *out, char *name, guint rows, guint columns)
{
    gsize n = (gsize)rows * MAX(columns, 1);
    double *values = g_new(double, n);
    for (gsize i = 0; i < n; i++)
        values[i] = columns == 0 ? 1.0 : 0.1 * (drand48() - 0.5);
    CsTensorOut tensor = {name, rows, columns, values};
    g_array_append_val(out, tensor);
}

/* Writes a file of them; its name, transfer full. */
static char *random_weights(const CsNetworkShape *of)
{
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(CsTensorOut));
    add(out, g_strdup("model.embed_tokens.weight"), of->vocabulary, of->hidden);
    add(out, g_strdup("model.norm.weight"), of->hidden, 0);
    for (guint i = 0; i < of->layers; i++) {
        add(out, g_strdup_printf("model.layers.%u.input_layernorm.weight", i), of->hidden, 0);
        add(out, g_strdup_printf("model.layers.%u.post_attention_layernorm.weight", i), of->hidden,
            0);
        for (CsModule m = 0; m < CS_MODULE_N; m++)
            add(out, g_strdup_printf("model.layers.%u.%s.weight", i, cs_module_path(m)),
                cs_module_outputs(of, m), cs_module_inputs(of, m));
    }
    char *path = NULL;
    int fd = g_file_open_tmp("cardsim-bench-XXXXXX", &path, NULL);
    g_close(fd, NULL);
    cs_tensors_write(path, (CsTensorOut *)(void *)out->data, out->len, CS_DTYPE_F32, NULL);
    for (guint i = 0; i < out->len; i++) {
        g_free(g_array_index(out, CsTensorOut, i).name);
        g_free((double *)g_array_index(out, CsTensorOut, i).values);
    }
    return path;
}

/* What a kind of step takes. */
typedef struct {
    double median_s, least_s; /* of the processor's time */
    double wall_s;            /* the least by the clock on the wall */
    double first_s;           /* of the process until the first loss, weights read and all */
} Cost;

/* 16 sequences of 64 tokens, 8 layers, 4 heads, 2 key/value heads. */
static Cost step(guint hidden, guint ffn, guint modules, guint threads)
{
    Cost cost = {.wall_s = 1e9};
    CsNetworkShape shape = {8, hidden, 4, 2, hidden / 4, ffn, 256, 1e4, 1e-6, TRUE};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    double begin = seconds();
    g_autofree char *path = random_weights(&shape);
    double made_s = seconds() - begin;
    g_autoptr(CsTensors) weights = cs_tensors_read(path, diagnostics);
    g_unlink(path);
    g_autoptr(CsAdapterLayout) layout = cs_adapter_layout_new(&shape, 8, 16, modules, NULL);
    g_autoptr(CsLearner) learner =
        cs_learner_new(CS_PRECISION_FLOAT32, &shape, layout, weights, threads, diagnostics);
    g_clear_pointer(&weights, cs_tensors_free);
    g_autofree double *values = g_new(double, layout->size);
    for (gsize i = 0; i < layout->size; i++)
        values[i] = 0.05 * (drand48() - 0.5);
    g_autoptr(CsLearnerState) state = cs_learner_state_new(learner, values);
    guint16 tokens[TOKENS + 1];
    gsize offsets[16];
    for (guint i = 0; i <= TOKENS; i++)
        tokens[i] = (guint16)(drand48() * 256);
    for (guint i = 0; i < 16; i++)
        offsets[i] = (gsize)i * 64;
    CsBatch batch = {tokens, offsets, 16, 64};
    CsSplit split = {4, {CS_CODEC_NONE, 0, 0}};
    CsUpdate update = {CS_DESCENT_SGD, 0.01, 0.01};
    double time[REPEATS];
    cs_learner_loss(learner, state, &batch);
    cost.first_s = seconds() - made_s;
    for (guint r = 0; r < REPEATS; r++) {
        double start = seconds(), start_wall = wall();
        cs_learner_gradient(learner, state, &batch, &split);
        cs_learner_update(learner, state, &update, split.cut);
        time[r] = seconds() - start;
        cost.wall_s = MIN(cost.wall_s, wall() - start_wall);
    }
    qsort(time, REPEATS, sizeof *time, by_size);
    cost.least_s = time[0];
    cost.median_s = time[REPEATS / 2];
    return cost;
}

static guint modules_of(gboolean all)
{
    return all ? (1 << CS_MODULE_N) - 1 : 1 << CS_MODULE_Q | 1 << CS_MODULE_V;
}

static int one_step(char **words)
{
    Cost cost = step((guint)atoi(words[0]), (guint)atoi(words[1]),
                     modules_of(strcmp(words[2], "all") == 0), (guint)atoi(words[3]));
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%.6f %.6f %.4f %ld\n", cost.wall_s, cost.least_s, cost.first_s, used.ru_maxrss * 1024);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "step") == 0)
        return one_step(argv + 2);
    static const guint shapes[][2] = {{64, 64},   {64, 176},  {176, 64},  {64, 256},
                                      {256, 256}, {256, 128}, {256, 704}, {704, 256}};
    printf("in,out,cardsim_gflops,openblas_gflops\n");
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        printf("%u,%u,%.1f,", shapes[i][0], shapes[i][1],
               product(shapes[i][0], shapes[i][1], FALSE));
#ifdef HAVE_BLAS
        printf("%.1f", product(shapes[i][0], shapes[i][1], TRUE));
#endif
        printf("\n");
    }
    printf("hidden,ffn,adapters,step_s,ns_per_token\n");
    for (guint wide = 0; wide < 2; wide++)
        for (guint all = 0; all < 2; all++) {
            double time = step(wide ? 256 : 64, wide ? 704 : 176, modules_of(all != 0), 1).median_s;
            printf("%u,%u,%s,%.4f,%.0f\n", wide ? 256 : 64, wide ? 704 : 176, all ? "all" : "q+v",
                   time, time / TOKENS * 1e9);
        }
    return 0;
}
