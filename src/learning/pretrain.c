/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/pretrain: see the header. */
#include "learning/pretrain.h"

#include "base/file.h"
#include "base/number.h"
#include "learning/dialects.h"
#include "learning/draws.h"
#include "learning/learner-class.h"
#include "learning/tensors.h"

#include <math.h>

#define RISING_SHARE 20            /* one step of so many */
#define STANDARD_SHARE 0.8         /* of the sequences */
#define FOREIGN_FIRST 1000         /* the dialects that only pretraining knows begin here */
#define FOREIGN_DIALECTS 1000000.0 /* so many of them */

struct CsPretrainer {
    CsPretraining settings;
    const CsLearnerClass *class;
    CsAdapterLayout *layout; /* of no adapters */
    CsDialects *dialects;
    gsize size;
    gpointer network, weights, gradient, first_moment, second_moment;
    CsAdamPowers powers;
    guint step;
    guint16 *tokens;
    gsize *offsets;
    CsRandomKey text, which;
};

CsPretraining cs_pretraining_tiny(void)
{
    return (CsPretraining){
        .shape = {.layers = 8,
                  .hidden = 64,
                  .heads = 4,
                  .kv_heads = 2,
                  .head_size = 16,
                  .ffn = 176,
                  .vocabulary = 256,
                  .rope_theta = 100.0,
                  .norm_eps = 1e-5,
                  .tied = TRUE},
        .seed = 1,
        .steps = 2000,
        .batch = 16,
        .length = 64,
        .rate = 4e-3,
        .threads = 1,
    };
}

/* The deviation of a tensor's numbers before training; 0 for a norm. */
static double first_deviation(const CsNetworkShape *shape, guint tensor, guint inputs)
{
    if (inputs == 0)
        return 0.0;
    if (tensor >= cs_network_embedding(shape))
        return 0.5 / sqrt(shape->hidden);
    guint module = tensor % CS_LAYER_TENSORS - CS_LAYER_PROJECTION;
    gboolean adds = module == CS_MODULE_O || module == CS_MODULE_DOWN;
    return 1.0 / sqrt(inputs) / (adds ? sqrt(2.0 * shape->layers) : 1.0);
}

static gboolean is_stopped(const CsPretrainer *pretrainer)
{
    const gint *interrupt = pretrainer->settings.interrupt;
    return interrupt != NULL && g_atomic_int_get(interrupt) != 0;
}

static void draw_weights(CsPretrainer *pretrainer)
{
    const CsNetworkShape *shape = &pretrainer->settings.shape;
    g_autofree double *values = g_new0(double, pretrainer->size);
    double *at = values;
    for (guint i = 0; i < cs_network_tensors(shape) && !is_stopped(pretrainer); i++) {
        guint rows, columns;
        g_autofree char *name = cs_network_tensor(shape, i, &rows, &columns);
        CsRandomKey key =
            cs_random_key(pretrainer->settings.seed, 0, cs_entity_hash(name), CS_PURPOSE_WEIGHTS);
        double deviation = first_deviation(shape, i, columns), normal[2];
        gsize n = (gsize)rows * MAX(columns, 1);
        for (gsize j = 0; j < n; j++) {
            cs_draw_normals(key, j / 2, 0, normal);
            *at++ = columns == 0 ? 1.0 : deviation * normal[j % 2];
        }
    }
    pretrainer->class->set(pretrainer->weights, values, pretrainer->size);
}

CsPretrainer *cs_pretrainer_new(const CsPretraining *settings)
{
    CsPretrainer *pretrainer = g_new0(CsPretrainer, 1);
    const CsLearnerClass *class = pretrainer->class = &cs_learner_class_f32;
    const CsNetworkShape *shape = &pretrainer->settings.shape;
    pretrainer->settings = *settings;
    pretrainer->layout = cs_adapter_layout_new(shape, 1, 1.0, 0, NULL);
    pretrainer->dialects = cs_dialects_new();
    pretrainer->size = cs_network_size(shape);
    pretrainer->network =
        class->network_new(shape, pretrainer->layout, NULL, settings->threads, NULL);
    class->network_watch(pretrainer->network, settings->interrupt);
    gpointer *arrays[] = {&pretrainer->weights, &pretrainer->gradient, &pretrainer->first_moment,
                          &pretrainer->second_moment};
    for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
        *arrays[i] = class->array_new(pretrainer->size);
    pretrainer->powers = (CsAdamPowers){1.0, 1.0};
    pretrainer->tokens = g_new(guint16, settings->batch * (settings->length + (gsize)1));
    pretrainer->offsets = g_new(gsize, settings->batch);
    guint64 entity = cs_entity_hash("pretraining");
    pretrainer->text = cs_random_key(settings->seed, 0, entity, CS_PURPOSE_TEXT);
    pretrainer->which = cs_random_key(settings->seed, 0, entity, CS_PURPOSE_DIALECT);
    draw_weights(pretrainer);
    return pretrainer;
}

void cs_pretrainer_free(CsPretrainer *pretrainer)
{
    if (pretrainer == NULL)
        return;
    pretrainer->class->network_free(pretrainer->network);
    cs_adapter_layout_free(pretrainer->layout);
    cs_dialects_free(pretrainer->dialects);
    g_free(pretrainer->weights);
    g_free(pretrainer->gradient);
    g_free(pretrainer->first_moment);
    g_free(pretrainer->second_moment);
    g_free(pretrainer->tokens);
    g_free(pretrainer->offsets);
    g_free(pretrainer);
}

static gint dialect_of(const CsPretrainer *pretrainer, guint64 sequence)
{
    double uniform[2];
    cs_random_pair(pretrainer->which, sequence, 0, 0, uniform);
    return uniform[0] <= STANDARD_SHARE ? CS_DIALECT_STANDARD
                                        : FOREIGN_FIRST + (gint)(uniform[1] * FOREIGN_DIALECTS);
}

static double rate_at(const CsPretraining *settings, guint step)
{
    double done = (step + 0.5) / settings->steps, rising = 1.0 / RISING_SHARE;
    return settings->rate * (done < rising ? done / rising : (1.0 - done) / (1.0 - rising));
}

double cs_pretrainer_step(CsPretrainer *pretrainer)
{
    const CsPretraining *settings = &pretrainer->settings;
    const CsLearnerClass *class = pretrainer->class;
    for (guint i = 0; i < settings->batch; i++) {
        guint64 sequence = (guint64)pretrainer->step * settings->batch + i;
        pretrainer->offsets[i] = i * (settings->length + (gsize)1);
        cs_dialects_write(pretrainer->dialects, dialect_of(pretrainer, sequence), pretrainer->text,
                          sequence, pretrainer->tokens + pretrainer->offsets[i],
                          settings->length + (gsize)1);
    }
    CsBatch batch = {pretrainer->tokens, pretrainer->offsets, settings->batch, settings->length};
    class->network_set(pretrainer->network, pretrainer->weights);
    double loss = class->full_gradient(pretrainer->network, &batch, pretrainer->gradient);
    if (is_stopped(pretrainer))
        return loss;
    pretrainer->powers.first *= CS_ADAM_FIRST;
    pretrainer->powers.second *= CS_ADAM_SECOND;
    class->adapt(pretrainer->weights, pretrainer->first_moment, pretrainer->second_moment,
                 pretrainer->gradient, 0, pretrainer->size, rate_at(settings, pretrainer->step),
                 &pretrainer->powers);
    pretrainer->step++;
    return loss;
}

double cs_pretrainer_floor(const CsPretrainer *pretrainer)
{
    return cs_dialects_floor(pretrainer->dialects, pretrainer->settings.length);
}

static char *config_text(const CsPretraining *settings)
{
    const CsNetworkShape *shape = &settings->shape;
    char theta[CS_NUMBER_MAX], eps[CS_NUMBER_MAX], rate[CS_NUMBER_MAX];
    cs_number_format(theta, shape->rope_theta);
    cs_number_format(eps, shape->norm_eps);
    cs_number_format(rate, settings->rate);
    return g_strdup_printf(
        "{\n  \"architectures\": [\"LlamaForCausalLM\"],\n  \"model_type\": \"llama\",\n"
        "  \"hidden_size\": %u,\n  \"num_hidden_layers\": %u,\n  \"num_attention_heads\": %u,\n"
        "  \"num_key_value_heads\": %u,\n  \"head_dim\": %u,\n  \"intermediate_size\": %u,\n"
        "  \"vocab_size\": %u,\n  \"tie_word_embeddings\": %s,\n  \"rope_theta\": %s,\n"
        "  \"rms_norm_eps\": %s,\n  \"hidden_act\": \"silu\",\n  \"attention_bias\": false,\n"
        "  \"mlp_bias\": false,\n  \"max_position_embeddings\": %u,\n"
        "  \"torch_dtype\": \"bfloat16\",\n  \"cardsim_pretraining\": {\n"
        "    \"data\": \"dialects: 4/5 standard, 1/5 foreign\",\n"
        "    \"seed\": %" G_GUINT64_FORMAT ",\n    \"steps\": %u,\n    \"batch\": %u,\n"
        "    \"length\": %u,\n    \"optimizer\": \"adam\",\n    \"rate\": %s\n  }\n}\n",
        shape->hidden, shape->layers, shape->heads, shape->kv_heads, shape->head_size, shape->ffn,
        shape->vocabulary, shape->tied ? "true" : "false", theta, eps, settings->length,
        settings->seed, settings->steps, settings->batch, settings->length, rate);
}

gboolean cs_pretrainer_write(const CsPretrainer *pretrainer, const char *folder, GError **error)
{
    const CsNetworkShape *shape = &pretrainer->settings.shape;
    g_autofree char *config = g_build_filename(folder, "config.json", NULL);
    g_autofree char *path = g_build_filename(folder, "model.safetensors", NULL);
    g_autofree char *text = config_text(&pretrainer->settings);
    g_autofree double *values = g_new(double, pretrainer->size);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    guint n = cs_network_tensors(shape);
    g_autofree CsTensorOut *tensors = g_new0(CsTensorOut, n);
    const double *at = values;
    pretrainer->class->get(pretrainer->weights, values, pretrainer->size);
    for (guint i = 0; i < n; i++) {
        guint rows, columns;
        char *name = cs_network_tensor(shape, i, &rows, &columns);
        tensors[i] = (CsTensorOut){name, rows, columns, at};
        g_ptr_array_add(names, name);
        at += cs_network_tensor_size(shape, i);
    }
    return cs_directory_create(folder, error) && cs_file_set_contents(config, text, -1, error) &&
           cs_tensors_write(path, tensors, n, CS_DTYPE_BF16, error);
}
