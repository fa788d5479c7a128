/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/pretrain: `cardsim pretrain [CONFIG.json] -o DIR`: makes the network that learning begins
 * with. */
#include "base/number.h"
#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/terminal.h"
#include "learning/dialects.h"
#include "learning/pretrain.h"
#include "text/keyfile.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define TOLD_STEPS 100 /* a line for so many */
#define STEPS_MAX 10000000U
#define WEIGHTS_MAX 50000000U

/* A whole number of an option; FALSE with the reason told. */
static gboolean whole(const CsArguments *arguments, CsOptionId id, guint64 least, guint64 most,
                      guint64 *value)
{
    const char *text = arguments->value[id];
    if (text == NULL)
        return TRUE;
    if (cs_number_read_whole(text, strlen(text), value) && *value >= least && *value <= most)
        return TRUE;
    cs_complain("'--%s' takes a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                ", not '%s'",
                cs_option(id)->name, least, most, text);
    return FALSE;
}

static int read_shape(const CsArguments *arguments, CsNetworkShape *shape)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    const char *path = arguments->n_operands > 0 ? g_ptr_array_index(arguments->operands, 0) : NULL;
    if (path == NULL)
        return CS_EXIT_OK;
    g_autoptr(CsSource) source = cs_source_read(path, path, (CsPlace){0}, diagnostics);
    if (source != NULL && cs_network_shape_parse(source, shape, diagnostics) &&
        shape->vocabulary < CS_DIALECT_VOCABULARY)
        cs_diagnostics_error(diagnostics, (CsPlace){source, 0, 0, 0}, NULL,
                             "dialects are bytes: they need a vocabulary of %d, not %u",
                             CS_DIALECT_VOCABULARY, shape->vocabulary);
    else if (source != NULL && cs_diagnostics_errors(diagnostics) == 0 &&
             cs_network_size(shape) > WEIGHTS_MAX)
        cs_diagnostics_error(diagnostics, (CsPlace){source, 0, 0, 0}, NULL,
                             "%" G_GSIZE_FORMAT " weights are more than the %u that are trained "
                             "from nothing here",
                             cs_network_size(shape), WEIGHTS_MAX);
    return cs_diagnostics_show(arguments, diagnostics);
}

/* All steps, with a line on stderr for every hundred. FALSE where a signal came or training
 * diverged. */
static gboolean train(const CsArguments *arguments, CsPretrainer *pretrainer, guint steps,
                      const gint *interrupt)
{
    double sum = 0.0;
    for (guint step = 1; step <= steps; step++) {
        double loss = cs_pretrainer_step(pretrainer);
        if (g_atomic_int_get(interrupt) != 0)
            return FALSE;
        if (!isfinite(loss)) {
            cs_complain("training has diverged: the loss of step %u is no finite number", step);
            return FALSE;
        }
        sum += loss;
        if (step % TOLD_STEPS != 0 && step != steps)
            continue;
        guint told = step % TOLD_STEPS == 0 ? TOLD_STEPS : step % TOLD_STEPS;
        if (!arguments->quiet)
            cs_note("step %u of %u: loss %.4f nats a token (the least is %.4f)", step, steps,
                    sum / told, cs_pretrainer_floor(pretrainer));
        sum = 0.0;
    }
    return TRUE;
}

static int run(const CsArguments *arguments)
{
    const char *folder = arguments->value[CS_OPTION_OUTPUT_DIRECTORY];
    CsPretraining settings = cs_pretraining_tiny();
    guint64 steps = settings.steps;
    if (folder == NULL) {
        cs_complain("pretrain needs '-o DIR', where the network goes");
        return CS_EXIT_USAGE;
    }
    if (!whole(arguments, CS_OPTION_STEPS, 1, STEPS_MAX, &steps) ||
        !whole(arguments, CS_OPTION_SEED, 0, G_MAXINT64, &settings.seed))
        return CS_EXIT_USAGE;
    int code = read_shape(arguments, &settings.shape);
    if (code != CS_EXIT_OK)
        return code;
    settings.steps = (guint)steps;
    settings.threads = arguments->jobs > 0 ? arguments->jobs : g_get_num_processors();
    const gint *interrupt = cs_interrupt_catch();
    settings.interrupt = interrupt;
    g_autoptr(CsPretrainer) pretrainer = cs_pretrainer_new(&settings);
    g_autoptr(GError) error = NULL;
    if (!train(arguments, pretrainer, settings.steps, interrupt)) {
        if (cs_interrupt_exit_code() == 0)
            return CS_EXIT_FAILED;
        cs_complain("interrupted by %s; nothing was written", cs_interrupt_name());
        return cs_interrupt_exit_code();
    }
    if (cs_pretrainer_write(pretrainer, folder, &error))
        return CS_EXIT_OK;
    cs_complain("%s", error->message);
    return CS_EXIT_IO;
}

const CsCommand cs_command_pretrain = {
    .name = "pretrain",
    .operands = "[CONFIG.json]",
    .least = 0,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) | CS_OPTION_BIT(CS_OPTION_STEPS) |
               CS_OPTION_BIT(CS_OPTION_SEED) | CS_OPTION_BIT(CS_OPTION_JOBS) |
               CS_OPTION_BIT(CS_OPTION_QUIET),
    .summary = "make a small network, trained from nothing on made-up language",
    .description =
        "Trains all weights of a network of the Llama family, from random ones, and writes it as "
        "Hugging Face does: config.json, which also names data, seed and steps, and "
        "model.safetensors (BF16). Without CONFIG.json it is 'tiny', which ships with the program: "
        "8 layers, 386,112 weights, a token a byte; the bytes are the same on any x86-64 "
        "processor and for any number of threads. CONFIG.json gives another shape, with a "
        "vocabulary of at least 256.\n\n"
        "The text is the made-up language of learning.data = dialects: a Markov source of second "
        "order over the letters and the blank, whose entropy is known exactly. Four in five "
        "sequences are in the standard language, the others each in a dialect of its own, which "
        "exchanges three pairs of letters; none is a dialect that devices speak. A step takes 16 "
        "sequences of 64 positions; Adam's rate rises to 0.004 and falls to zero again.",
    .examples = "cardsim pretrain -o tiny\tthe network that ships, in a few minutes\n"
                "cardsim pretrain -o other --seed 2\tanother of its kind\n",
    .run = run,
};
