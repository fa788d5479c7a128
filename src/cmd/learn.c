/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/learn: `cardsim learn FOLDER -o DIR`: trains what a folder describes, outside a simulation.
 *
 *     read_all --> for each run: train --> keep: its rows, adapters and first gradient, once it is
 *                                          whole --> losses.csv and tests.csv get their names
 *
 * An interrupt ends the run that is under way within a layer's work; the runs before it are kept.
 */
#include "base/file.h"
#include "base/fail.h"
#include "text/rows.h"
#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/terminal.h"
#include "learning/folder.h"

#include <string.h>

/* Everything that one call of the command holds. */
typedef struct {
    const CsArguments *arguments;
    CsFolder *folder;
    CsLearner *learner;
    CsPrecision precision;
    char **wanted; /* --run, or NULL: all */
    const char *directory;
    char *model; /* the base model's folder, for who reads the adapters */
    CsFile *losses, *tests;
    GString *loss_rows, *test_rows; /* of the run that is under way */
    double *values;                 /* adapters */
    double *gradient;               /* of the first step of the run */
    gboolean has_gradient;
    GHashTable *gradients; /* names of the files that are written */
    guint finished;        /* runs */
} Learn;

static gboolean is_wanted(const Learn *learn, const char *name)
{
    return learn->wanted == NULL || g_strv_contains((const char *const *)learn->wanted, name);
}

static guint count_wanted(const Learn *learn)
{
    guint n = 0;
    for (guint i = 0; i < learn->folder->runs->len; i++)
        n += is_wanted(learn, g_array_index(learn->folder->runs, CsFolderRun, i).name) ? 1 : 0;
    return n;
}

static gboolean check_wanted(const Learn *learn)
{
    for (char **name = learn->wanted; name != NULL && *name != NULL; name++) {
        gboolean known = FALSE;
        for (guint i = 0; i < learn->folder->runs->len; i++)
            known |= strcmp(g_array_index(learn->folder->runs, CsFolderRun, i).name, *name) == 0;
        if (!known) {
            cs_complain("runs.csv has no run '%s'", *name);
            return FALSE;
        }
    }
    return TRUE;
}

static void add_row(GString *rows, const char *run, const guint *where, guint n, double loss)
{
    g_string_append(rows, run);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(rows, ",%u", where[i]);
    cs_csv_append_number(rows, loss);
    g_string_append_c(rows, '\n');
}

static void add_test(Learn *learn, const CsFolderRun *run, guint round, CsTrainer *trainer)
{
    const CsFolder *folder = learn->folder;
    g_autofree gsize *offsets = NULL;
    guint n = cs_test_offsets(folder->test->len, run->length, &offsets);
    CsBatch batch = {(const guint16 *)(void *)folder->test->data, offsets, n, run->length};
    add_row(learn->test_rows, run->name, &round, 1, cs_trainer_loss(trainer, &batch));
}

static CsBatch batch_of(const CsFolder *folder, const CsFolderRun *run, guint round, guint device,
                        guint step)
{
    const GArray *offsets = cs_folder_batch(folder, round, device, step);
    return (CsBatch){(const guint16 *)(void *)folder->tokens->data,
                     (const gsize *)(void *)offsets->data, offsets->len, run->length};
}

static guint cut_of(const CsFolder *folder, const CsFolderRun *run, guint round, guint device)
{
    return (guint)(run->cut >= 0 ? run->cut : folder->cut[round * folder->n_devices + device]);
}

static void take_gradient(gpointer context, G_GNUC_UNUSED double loss)
{
    Learn *learn = context;
    if (!learn->has_gradient)
        cs_learner_get_gradient(learn->learner, learn->gradient);
    learn->has_gradient = TRUE;
}

/* gradients/cutC_CODEC.safetensors: those of the very first step, once for each cut and codec. */
static gboolean write_gradient(Learn *learn, const CsFolderRun *run, GError **error)
{
    const CsFolder *folder = learn->folder;
    const CsCodec *codec = &run->training.codec;
    g_autofree char *coded = codec->kind == CS_CODEC_QUANTISED ? g_strdup_printf("q%u", codec->bits)
                             : codec->kind == CS_CODEC_TOP
                                 ? g_strdup_printf("top%g", 100.0 * codec->share)
                                 : g_strdup("none");
    g_autofree char *name =
        g_strdup_printf("cut%u_%s.safetensors", cut_of(folder, run, 0, 0), coded);
    g_autofree char *path = g_build_filename(learn->directory, "gradients", name, NULL);
    if (!g_hash_table_add(learn->gradients, g_steal_pointer(&name)))
        return TRUE;
    return cs_adapters_write_values(path, &folder->shape, folder->adapters->layout, learn->gradient,
                                    CS_DTYPE_F64, error);
}

static gboolean run_round(Learn *learn, const CsFolderRun *run, guint round, CsTrainer *trainer,
                          GError **error)
{
    const CsFolder *folder = learn->folder;
    guint n = folder->n_devices, n_steps = folder->n_steps;
    g_autofree CsBatch *batches = g_new(CsBatch, n * n_steps);
    g_autofree CsTurn *turns = g_new(CsTurn, n);
    g_autofree double *losses = g_new(double, n *n_steps);
    for (guint device = 0; device < n; device++) {
        for (guint step = 0; step < n_steps; step++)
            batches[device * n_steps + step] = batch_of(folder, run, round, device, step);
        turns[device] = (CsTurn){device,
                                 cut_of(folder, run, round, device),
                                 folder->weight[device],
                                 batches + device * n_steps,
                                 n_steps,
                                 0};
    }
    if (!cs_trainer_round(trainer, turns, n, losses, error))
        return FALSE;
    for (guint i = 0; i < n * n_steps; i++)
        add_row(learn->loss_rows, run->name, (guint[]){round + 1, i / n_steps + 1, i % n_steps + 1},
                3, losses[i]);
    return TRUE;
}

/* The adapters after a run: in full precision, and as a folder that PEFT reads. */
static gboolean write_adapters(Learn *learn, const CsFolderRun *run, const CsTrainer *trainer,
                               GError **error)
{
    const CsFolder *folder = learn->folder;
    const CsAdapterLayout *layout = folder->adapters->layout;
    g_autofree char *file = g_strconcat(run->name, ".safetensors", NULL);
    g_autofree char *path = g_build_filename(learn->directory, "after", file, NULL);
    g_autofree char *peft = g_build_filename(learn->directory, "adapters", run->name, NULL);
    cs_trainer_get(trainer, learn->values);
    return cs_adapters_write_values(path, &folder->shape, layout, learn->values, CS_DTYPE_F64,
                                    error) &&
           cs_adapters_write(peft, learn->model, &folder->shape, layout, learn->values, error);
}

/* What a run has come to. */
static gboolean keep(Learn *learn, const CsFolderRun *run, const CsTrainer *trainer, GError **error)
{
    if (!write_gradient(learn, run, error) || !write_adapters(learn, run, trainer, error))
        return FALSE;
    cs_file_puts(learn->losses, learn->loss_rows->str);
    cs_file_puts(learn->tests, learn->test_rows->str);
    learn->finished++;
    return TRUE;
}

static gboolean train(Learn *learn, const CsFolderRun *run, GError **error)
{
    const CsFolder *folder = learn->folder;
    g_autoptr(CsTrainer) trainer =
        cs_trainer_new(learn->learner, &run->training, folder->n_devices, folder->adapters->values);
    g_string_truncate(learn->loss_rows, 0);
    g_string_truncate(learn->test_rows, 0);
    learn->has_gradient = FALSE;
    cs_trainer_tell(trainer, take_gradient, learn);
    add_test(learn, run, 0, trainer);
    for (guint round = 0; round < folder->n_rounds; round++) {
        if (!run_round(learn, run, round, trainer, error)) {
            if (!cs_learner_interrupted(learn->learner))
                g_prefix_error(error, "run '%s', round %u: ", run->name, round + 1);
            return FALSE;
        }
        add_test(learn, run, round + 1, trainer);
    }
    if (cs_learner_interrupted(learn->learner))
        return cs_fail(error, CS_LEARNING_ERROR, CS_LEARNING_ERROR_INTERRUPTED, "interrupted");
    return keep(learn, run, trainer, error);
}

static gboolean open_results(Learn *learn, GError **error)
{
    g_autofree char *after = g_build_filename(learn->directory, "after", NULL);
    g_autofree char *gradients = g_build_filename(learn->directory, "gradients", NULL);
    g_autofree char *losses = g_build_filename(learn->directory, "losses.csv", NULL);
    g_autofree char *tests = g_build_filename(learn->directory, "tests.csv", NULL);
    if (!cs_directory_create(after, error) || !cs_directory_create(gradients, error) ||
        (learn->losses = cs_file_create(losses, error)) == NULL ||
        (learn->tests = cs_file_create(tests, error)) == NULL)
        return FALSE;
    cs_file_puts(learn->losses, "run,round,device,step,loss\n");
    cs_file_puts(learn->tests, "run,round,test_loss\n");
    return TRUE;
}

static gboolean commit(Learn *learn, GError **error)
{
    return cs_file_commit(g_steal_pointer(&learn->losses), error) &&
           cs_file_commit(g_steal_pointer(&learn->tests), error);
}

/* An interrupt is an error here, which end_early() tells. */
static gboolean train_all(Learn *learn, GError **error)
{
    if (!open_results(learn, error))
        return FALSE;
    for (guint i = 0; i < learn->folder->runs->len; i++) {
        const CsFolderRun *run = &g_array_index(learn->folder->runs, CsFolderRun, i);
        if (is_wanted(learn, run->name) && !train(learn, run, error))
            return FALSE;
    }
    return commit(learn, error);
}

/* Tells why it ended early; what was finished before an interrupt is kept. */
static int end_early(Learn *learn, const GError *why)
{
    g_autoptr(GError) error = NULL;
    if (!g_error_matches(why, CS_LEARNING_ERROR, CS_LEARNING_ERROR_INTERRUPTED)) {
        cs_complain("%s", why->message);
        return why->domain == CS_LEARNING_ERROR ? CS_EXIT_FAILED : CS_EXIT_IO;
    }
    if (learn->finished > 0 && !commit(learn, &error))
        cs_complain("interrupted by %s; %s", cs_interrupt_name(), error->message);
    else
        cs_complain("interrupted by %s after %u of %u runs; %s", cs_interrupt_name(),
                    learn->finished, count_wanted(learn),
                    learn->finished > 0 ? "these are saved" : "no losses were written");
    return cs_interrupt_exit_code();
}

static int read_all(Learn *learn, const char *path)
{
    const CsArguments *arguments = learn->arguments;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    guint threads = arguments->jobs > 0 ? arguments->jobs : g_get_num_processors();
    learn->model = g_build_filename(path, "model", NULL);
    learn->folder = cs_folder_read(path, diagnostics);
    if (learn->folder != NULL)
        learn->learner =
            cs_learner_new(learn->precision, &learn->folder->shape, learn->folder->adapters->layout,
                           learn->folder->weights, threads, diagnostics);
    int code = cs_diagnostics_show(arguments, diagnostics);
    if (code == CS_EXIT_OK && !check_wanted(learn))
        code = CS_EXIT_USAGE;
    return code;
}

static void learn_clear(Learn *learn)
{
    cs_learner_free(learn->learner);
    cs_folder_free(learn->folder);
    cs_file_discard(learn->losses);
    cs_file_discard(learn->tests);
    g_strfreev(learn->wanted);
    g_string_free(learn->loss_rows, TRUE);
    g_string_free(learn->test_rows, TRUE);
    g_free(learn->values);
    g_free(learn->gradient);
    g_free(learn->model);
    g_clear_pointer(&learn->gradients, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Learn, learn_clear)

static int run(const CsArguments *arguments)
{
    const char *precision = arguments->value[CS_OPTION_PRECISION];
    const char *runs = arguments->value[CS_OPTION_RUNS];
    g_auto(Learn) learn = {
        .arguments = arguments,
        .directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY],
        .wanted = runs != NULL ? g_strsplit(runs, ",", -1) : NULL,
        .precision =
            g_strcmp0(precision, "float64") == 0 ? CS_PRECISION_FLOAT64 : CS_PRECISION_FLOAT32,
        .loss_rows = g_string_new(NULL),
        .test_rows = g_string_new(NULL),
        .gradients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    if (precision != NULL && strcmp(precision, "float32") != 0 &&
        strcmp(precision, "float64") != 0) {
        cs_complain("'%s' is no precision; give 'float32' or 'float64'", precision);
        return CS_EXIT_USAGE;
    }
    if (learn.directory == NULL) {
        cs_complain("learn needs '-o DIR', where its results go");
        return CS_EXIT_USAGE;
    }
    int code = read_all(&learn, g_ptr_array_index(arguments->operands, 0));
    if (code != CS_EXIT_OK)
        return code;
    g_autoptr(GError) error = NULL;
    learn.values = g_new(double, learn.folder->adapters->layout->size);
    learn.gradient = g_new(double, learn.folder->adapters->layout->size);
    cs_learner_watch(learn.learner, cs_interrupt_catch());
    return train_all(&learn, &error) ? CS_EXIT_OK : end_early(&learn, error);
}

const CsCommand cs_command_learn = {
    .name = "learn",
    .operands = "FOLDER",
    .least = 1,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) | CS_OPTION_BIT(CS_OPTION_JOBS) |
               CS_OPTION_BIT(CS_OPTION_RUNS) | CS_OPTION_BIT(CS_OPTION_PRECISION),
    .summary = "train the split LoRA adapters that a folder describes",
    .description =
        "Trains LoRA adapters of a network of the Llama family, split between devices and a "
        "server, for real and outside a simulation. FOLDER holds model/ (config.json and "
        "model.safetensors, or its shards, as Hugging Face names them), adapter/ (as PEFT writes "
        "it: the adapters to start from), tokens.u16 and test.u16 (little-endian tokens), "
        "devices.csv (device, data_size), batches.csv (round, device, step, offsets), runs.csv "
        "(run, cut, codec, optimizer, optimizer_state, schedule, gamma_s, gamma_m, seq_len) and, "
        "where a "
        "run's cut is 'cuts.csv', that file (round, device, cut).\n\n"
        "A sequence reads seq_len + 1 tokens from its offset on; the loss is the mean "
        "cross-entropy in nats. The codec ('none', 'quant:BITS' or 'topk:SHARE') acts on the "
        "output of the device's layers and on its gradient, token by token. The schedule is "
        "'sequential' or 'parallel' (devices start together, adapters are averaged by "
        "data_size); gamma_s and gamma_m are the rates of the server's and the devices' layers.\n\n"
        "Written into the directory: losses.csv (run, round, device, step, loss: before the step's "
        "update), tests.csv (run, round, test_loss: round 0 is before training), "
        "after/RUN.safetensors (64 bit), adapters/RUN/ (as PEFT reads it) and "
        "gradients/cutC_CODEC.safetensors (of the first step). The "
        "bytes are the same for any number of threads and on any x86-64 processor. Ctrl-C leaves "
        "the "
        "runs that were finished.",
    .examples = "cardsim learn vectors/config1 -o out\tevery run, in float32\n"
                "cardsim learn vectors/config1 -o out --precision float64\tto check gradients\n"
                "cardsim learn mine -o out --run cut0_none_sgd_seq -j 1\tone run on one thread\n",
    .run = run,
};
