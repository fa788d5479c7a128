/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/calibration-rows: CSV files of measurements as rows of work. See calibration.h.
 *
 * Columns that a file lacks have a default; a row that lacks what it cannot do without (a time, a
 * length, a model or a processor that is known) is left out and told.
 *
 * Layer: analysis. Calls text, llm, energy.
 */
#include "analysis/calibration-parts.h"

#include "llm/read.h"
#include "text/rows.h"

#include <math.h>
#include <string.h>

#define FILE_MAX_BYTE (64 << 20)

typedef struct {
    CsCalibration *calibration;
    const CsPaths *paths;
    CsDiagnostics *diagnostics;
    const char *file;
    CsRows *rows;
    GHashTable *models; /* name -> CsArchitecture * */
    GHashTable *layers; /* mark -> Layer * */
    GPtrArray *layer_list;
} Reader;

/* --- fields ----------------------------------------------------------------------------------- */

/* The field of the first of the columns that there is; "" without one. Transfer full. */
static char *text_of(const Reader *reader, const char *column, const char *otherwise)
{
    gint at = cs_rows_find(reader->rows, column);
    if (at < 0 && otherwise != NULL)
        at = cs_rows_find(reader->rows, otherwise);
    if (at < 0)
        return g_strdup("");
    CsField field = cs_rows_field(reader->rows, at);
    return g_strndup(field.start, (gsize)(field.end - field.start));
}

/* A number above 0, or `fallback` where there is none. */
static double number_of(const Reader *reader, const char *column, double fallback)
{
    gint at = cs_rows_find(reader->rows, column);
    double number;
    if (at < 0 || !cs_field_number(cs_rows_field(reader->rows, at), &number) || !(number > 0) ||
        number > 1e18)
        return fallback;
    return number;
}

/* FALSE where a column has a number above 0 that is not whole, or above `most`. */
static gboolean is_whole(const Reader *reader, const char *column, double most)
{
    double number = number_of(reader, column, 1);
    return number <= most && number == floor(number);
}

static guint line_of(const Reader *reader)
{
    return cs_rows_place(reader->rows, 0).line;
}

static gboolean leave_out(Reader *reader, const char *why, const char *what)
{
    g_ptr_array_add(reader->calibration->left_out,
                    g_strdup_printf("%s:%u: %s%s%s", reader->file, line_of(reader), why,
                                    what != NULL ? ": " : "", what != NULL ? what : ""));
    return FALSE;
}

/* A source's name: all but commit and path, so that what one project measured stays together. */
static char *source_of(const Reader *reader)
{
    char *source = text_of(reader, "source", NULL);
    char *commit = strchr(source, '@');
    if (commit != NULL)
        *commit = '\0';
    if (*source != '\0')
        return source;
    g_free(source);
    return g_strdup(reader->file);
}

/* --- processors and models -------------------------------------------------------------------- */

/* Lower case, letters and digits only, without makers' words. Transfer full. */
static char *plain(const char *name)
{
    GString *text = g_string_new(NULL);
    for (; *name != '\0'; name++)
        if (g_ascii_isalnum(*name))
            g_string_append_c(text, g_ascii_tolower(*name));
    static const char *const words[] = {"nvidia", "tesla", "geforce"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(text->str, words[i]))
            g_string_erase(text, 0, (gssize)strlen(words[i]));
    return g_string_free(text, FALSE);
}

static gint compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words of a processor's name by their order in the alphabet, without what stands in brackets:
 * "CPU of Snapdragon 778G (a phone)" and "snapdragon-778g-cpu" are one, and so are
 * "A100-SXM4-40GB" and "a100-40gb-sxm". Transfer full. */
static char *words_of(const char *name)
{
    static const char *const idle[] = {"", "of", "nvidia", "tesla", "geforce"};
    g_autofree char *lower = g_ascii_strdown(name, -1);
    char *bracket = strchr(lower, '(');
    if (bracket != NULL)
        *bracket = '\0';
    g_auto(GStrv) words = g_strsplit_set(lower, " -_,", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (char **word = words; *word != NULL; word++) {
        gboolean says_nothing = FALSE;
        for (guint i = 0; i < G_N_ELEMENTS(idle); i++)
            says_nothing |= strcmp(*word, idle[i]) == 0;
        if (g_str_has_prefix(*word, "sxm"))
            (*word)[3] = '\0'; /* whichever socket */
        else if (strcmp(*word, "hbm3") == 0)
            strcpy(*word, "sxm"); /* as the driver calls the H100 in it */
        if (!says_nothing)
            g_ptr_array_add(kept, *word);
    }
    g_ptr_array_sort(kept, compare_words);
    g_ptr_array_add(kept, NULL);
    return g_strjoinv(" ", (char **)kept->pdata);
}

/* The catalogue's platform that is meant: its name or title, a part of it that no other has, or the
 * same words. NULL where none or more than one might be. */
static const CsPlatform *platform_of(const Reader *reader, const char *name)
{
    g_autofree char *wanted = plain(name);
    const CsPlatform *found = NULL;
    guint n = 0;
    for (guint i = 0; i < reader->calibration->platforms->len && *wanted != '\0'; i++) {
        const CsPlatform *platform = g_ptr_array_index(reader->calibration->platforms, i);
        g_autofree char *known = plain(platform->name);
        g_autofree char *title = plain(platform->title);
        if (strcmp(known, wanted) == 0 || strcmp(title, wanted) == 0)
            return platform;
        if (strstr(known, wanted) != NULL) {
            found = platform;
            n++;
        }
    }
    if (n > 0)
        return n == 1 ? found : NULL;
    g_autofree char *words = words_of(name);
    for (guint i = 0; i < reader->calibration->platforms->len && *words != '\0'; i++) {
        const CsPlatform *platform = g_ptr_array_index(reader->calibration->platforms, i);
        g_autofree char *known = words_of(platform->name);
        if (strcmp(known, words) == 0)
            return platform;
    }
    return NULL;
}

/* By its name in cardsim, or what the file calls it. */
static const CsPlatform *row_platform(const Reader *reader, char **name)
{
    *name = text_of(reader, "platform_name_in_cardsim", "platform");
    if (**name == '\0') {
        g_free(*name);
        *name = text_of(reader, "gpu", "device");
    }
    const CsPlatform *platform = platform_of(reader, *name);
    if (platform != NULL) {
        g_free(*name);
        *name = g_strdup(platform->name);
    }
    return platform;
}

static const CsArchitecture *model_of(Reader *reader, const char *name)
{
    CsArchitecture *model = g_hash_table_lookup(reader->models, name);
    if (model != NULL || *name == '\0' || strchr(name, '/') != NULL)
        return model;
    g_autofree char *file = g_strconcat(name, ".ini", NULL);
    g_autofree char *path = cs_paths_find(reader->paths, "models/llm", file);
    if (path == NULL)
        return NULL;
    model = cs_architecture_read(name, ".", reader->paths, (CsPlace){0}, reader->diagnostics);
    if (model != NULL)
        g_hash_table_insert(reader->models, g_strdup(name), model);
    return model;
}

static CsMeasurement *add_row(Reader *reader, CsMeasuredKind kind, const char *processor)
{
    CsMeasurement *row = g_new0(CsMeasurement, 1);
    row->kind = kind;
    row->line = line_of(reader);
    row->file = g_strdup(reader->file);
    row->source = source_of(reader);
    row->processor = g_strdup(processor);
    row->fitted = row->foretold = row->time_s = row->frequency_hz = NAN;
    cs_calibration_processor(reader->calibration, processor, &row->processor_index);
    g_ptr_array_add(reader->calibration->rows, row);
    return row;
}

static void add_passes(CsMeasurement *row, const CsOperations *work)
{
    if (row->passes == NULL)
        row->passes = g_array_new(FALSE, FALSE, sizeof(CsPasses));
    for (guint i = 0; i < row->passes->len; i++) {
        CsPasses *known = &g_array_index(row->passes, CsPasses, i);
        if (memcmp(&known->work, work, sizeof *work) == 0) {
            known->times++;
            return;
        }
    }
    CsPasses passes = {*work, 1};
    g_array_append_val(row->passes, passes);
}

/* --- steps ------------------------------------------------------------------------------------ */

static guint targets_of(const char *text)
{
    static const struct {
        const char *word;
        guint targets;
    } words[] = {{"q", CS_LORA_Q},
                 {"k", CS_LORA_K},
                 {"v", CS_LORA_V},
                 {"o", CS_LORA_O},
                 {"gate", CS_LORA_GATE},
                 {"up", CS_LORA_UP},
                 {"down", CS_LORA_DOWN},
                 {"c_attn", CS_LORA_Q | CS_LORA_K | CS_LORA_V},
                 {"c_proj", CS_LORA_O | CS_LORA_DOWN},
                 {"w1", CS_LORA_GATE},
                 {"w2", CS_LORA_UP},
                 {"all", CS_LORA_ALL}};
    guint targets = 0;
    g_auto(GStrv) list = g_strsplit_set(text, " +()", -1);
    for (char **word = list; *word != NULL; word++)
        for (guint i = 0; i < G_N_ELEMENTS(words); i++)
            if (strcmp(*word, words[i].word) == 0)
                targets |= words[i].targets;
    return targets != 0 ? targets : CS_LORA_Q | CS_LORA_V; /* PEFT's default, and most recipes' */
}

/* What the row says of the training; FALSE where its method is none of ours. */
static gboolean read_training(const Reader *reader, const char *method, CsTraining *training,
                              CsMemorySettings *memory)
{
    g_autofree char *precision = text_of(reader, "precision", NULL);
    g_autofree char *kernel = text_of(reader, "attention", NULL);
    g_autofree char *checkpointing = text_of(reader, "checkpointing", NULL);
    g_autofree char *targets = text_of(reader, "lora_targets", NULL);
    gboolean full = strcmp(method, "full") == 0, packed = strcmp(method, "qlora") == 0;
    gboolean again = g_str_has_prefix(checkpointing, "yes") || strcmp(checkpointing, "full") == 0;
    if (!full && !packed && strcmp(method, "lora") != 0)
        return FALSE;
    *training = (CsTraining){
        .batch = (guint)number_of(reader, "batch", 1),
        .sequence_length = (guint)number_of(reader, "sequence_length", 0),
        .lora_rank = full ? 0 : (guint)number_of(reader, "lora_rank", 8),
        .lora_targets = targets_of(targets),
        .activation_bit = strcmp(precision, "float32") == 0 ? 32 : 16,
        .adapter_bit = full ? 16 : 32,
        .causal = TRUE,
        .head = TRUE,
        .method = full ? CS_METHOD_FULL : CS_METHOD_LORA,
        .kernel = strcmp(kernel, "eager") == 0 ? CS_KERNEL_EAGER : CS_KERNEL_FLASH,
        .checkpointing = again ? CS_CHECKPOINTING_FULL : CS_CHECKPOINTING_NONE,
    };
    *memory = (CsMemorySettings){.weight_bit = packed ? 4 : training->activation_bit,
                                 .optimizer_bit = 32};
    return TRUE;
}

/* All passes of one mini-batch over the whole model. */
static void add_work(CsMeasurement *row, const CsArchitecture *model, const CsTraining *training,
                     const CsMemorySettings *memory)
{
    gboolean again = training->checkpointing == CS_CHECKPOINTING_FULL;
    for (guint i = 0; i < model->n_layers; i++)
        for (int backward = 0; backward < 2; backward++) {
            CsOperations work = {{0}, {0}};
            cs_layer_operations(model, training, memory, i, backward, &work);
            add_passes(row, &work);
        }
    for (int backward = 0; backward < 2; backward++) {
        CsOperations work = {{0}, {0}};
        cs_head_operations(model, training, memory, backward, &work);
        add_passes(row, &work);
    }
    row->layer_passes = (again ? 3 : 2) * (double)model->n_layers;
}

static gboolean add_step(Reader *reader)
{
    CsTraining training;
    CsMemorySettings memory;
    g_autofree char *method = text_of(reader, "method", NULL), *name = NULL;
    g_autofree char *model_name = text_of(reader, "model", NULL);
    double accumulation = number_of(reader, "gradient_accumulation", 1);
    double step_s = number_of(reader, "step_s", NAN) / accumulation;
    double rate = number_of(reader, "tokens_per_s", NAN);
    if (!read_training(reader, method, &training, &memory))
        return leave_out(reader, "the method is none of lora, qlora, full", method);
    gboolean counted = cs_rows_find(reader->rows, "tokens_per_step") < 0 ||
                       number_of(reader, "tokens_per_step", 0) > 0;
    if (!counted)
        return leave_out(reader, "how many tokens a step has is not known", NULL);
    if (!is_whole(reader, "batch", 1e6) || !is_whole(reader, "sequence_length", 1e7) ||
        !is_whole(reader, "lora_rank", 1e6))
        return leave_out(reader, "a batch, sequence length or rank is no whole number in range",
                         NULL);
    if (training.sequence_length == 0 || training.batch == 0)
        return leave_out(reader, "batch or sequence length is not known", NULL);
    double tokens = (double)training.batch * training.sequence_length;
    if (isnan(step_s))
        step_s = tokens / rate;
    if (isnan(step_s))
        return leave_out(reader, "no time of a step", NULL);
    const CsArchitecture *model = model_of(reader, model_name);
    if (model == NULL)
        return leave_out(reader, "the catalogue has no such model", model_name);
    const CsPlatform *platform = row_platform(reader, &name);
    if (platform == NULL)
        return leave_out(reader, "the catalogue has no such processor", name);
    double peak = platform->rates.peak_flops;
    if (training.activation_bit > 16)
        peak = isfinite(platform->rates.peak32_flops)
                   ? platform->rates.peak32_flops
                   : platform->cores * platform->flops_per_cycle * platform->frequency_max_hz;
    if (isnan(peak) || isnan(platform->rates.bandwidth_bps))
        return leave_out(reader, "its peak and bandwidth are not known", name);
    CsMeasurement *row = add_row(reader, CS_MEASURED_STEP, platform->name);
    row->measured = step_s;
    row->tokens = tokens;
    row->peak_flops = peak;
    row->bandwidth_bps = platform->rates.bandwidth_bps;
    row->what = g_strdup_printf("%s %s %u x %u", model_name, method, training.batch,
                                training.sequence_length);
    row->kind_of_work = g_strdup_printf("%s %s", model_name, method);
    add_work(row, model, &training, &memory);
    return TRUE;
}

/* --- layers ----------------------------------------------------------------------------------- */

/* The matrix products of one layer at so many tokens, gathered operation by operation. */
typedef struct {
    CsMeasurement *row;
    guint seen; /* CsLoraTargets */
} Layer;

static guint products_of(const char *operation)
{
    static const struct {
        const char *name;
        guint products;
    } products[] = {{"q", CS_LORA_Q},      {"k", CS_LORA_K},
                    {"v", CS_LORA_V},      {"qkv", CS_LORA_Q | CS_LORA_K | CS_LORA_V},
                    {"o", CS_LORA_O},      {"gate", CS_LORA_GATE},
                    {"up", CS_LORA_UP},    {"gate_up", CS_LORA_GATE | CS_LORA_UP},
                    {"down", CS_LORA_DOWN}};
    for (guint i = 0; i < G_N_ELEMENTS(products); i++)
        if (strcmp(operation, products[i].name) == 0)
            return products[i].products;
    return 0;
}

static void make_layer(Reader *reader, const CsPlatform *platform, const CsArchitecture *model,
                       double tokens, Layer *layer)
{
    CsTraining training = {.batch = 1,
                           .sequence_length = (guint)tokens,
                           .activation_bit = 16,
                           .adapter_bit = 16,
                           .causal = TRUE,
                           .kernel = CS_KERNEL_FLASH};
    CsMemorySettings memory = {.weight_bit = 16, .optimizer_bit = 32};
    CsOperations work = {{0}, {0}};
    cs_layer_operations(model, &training, &memory, 0, FALSE, &work);
    for (guint i = 0; i < CS_WORK_N; i++)
        if (i != CS_WORK_LINEAR)
            work.flop[i] = work.byte[i] = 0;
    layer->row = add_row(reader, CS_MEASURED_LAYER, platform->name);
    layer->row->tokens = tokens;
    layer->row->peak_flops = platform->rates.peak_flops;
    layer->row->bandwidth_bps = platform->rates.bandwidth_bps;
    layer->row->what = g_strdup_printf("%s matrices of a layer, %.0f tokens", model->name, tokens);
    layer->row->kind_of_work = g_strdup_printf("%s layer %.0f", model->name, tokens);
    add_passes(layer->row, &work);
}

static gboolean add_operation(Reader *reader)
{
    g_autofree char *operation = text_of(reader, "operation", NULL), *name = NULL;
    g_autofree char *model_name = text_of(reader, "model", NULL);
    double tokens = number_of(reader, "tokens", 0), time_s = number_of(reader, "time_s", NAN);
    guint products = products_of(operation);
    if (products == 0) /* attention, norms: not fitted */
        return TRUE;
    if (isnan(time_s) || tokens < 1 || tokens > 1e7)
        return leave_out(reader, "no time, or no tokens", NULL);
    const CsArchitecture *model = model_of(reader, model_name);
    const CsPlatform *platform = row_platform(reader, &name);
    if (model == NULL || platform == NULL || isnan(platform->rates.peak_flops) ||
        isnan(platform->rates.bandwidth_bps))
        return leave_out(reader, "model or processor is not in the catalogue, or its peak is not",
                         model == NULL ? model_name : name);
    g_autofree char *source = source_of(reader);
    char *mark = g_strdup_printf("%s\n%s\n%s\n%g", source, platform->name, model_name, tokens);
    Layer *layer = g_hash_table_lookup(reader->layers, mark);
    if (layer == NULL) {
        layer = g_new0(Layer, 1);
        make_layer(reader, platform, model, tokens, layer);
        g_hash_table_insert(reader->layers, g_strdup(mark), layer);
        g_ptr_array_add(reader->layer_list, layer);
    }
    g_free(mark);
    if ((layer->seen & products) == 0)
        layer->row->measured += time_s;
    layer->seen |= products;
    return TRUE;
}

/* Layers of which an operation is missing have no time. */
static void drop_parts(Reader *reader)
{
    for (guint i = 0; i < reader->layer_list->len; i++) {
        Layer *layer = g_ptr_array_index(reader->layer_list, i);
        if ((layer->seen | CS_LORA_GATE) == CS_LORA_ALL)
            continue;
        g_ptr_array_add(reader->calibration->left_out,
                        g_strdup_printf("%s:%u: not all matrices of the layer were measured",
                                        reader->file, layer->row->line));
        g_ptr_array_remove(reader->calibration->rows, layer->row);
    }
}

/* --- power ------------------------------------------------------------------------------------ */

static gboolean add_power(Reader *reader)
{
    g_autofree char *name = NULL, *workload = text_of(reader, "workload", NULL);
    double frequency_hz = number_of(reader, "gpu_frequency_hz", NAN);
    double power_w = number_of(reader, "power_w", NAN), time_s = number_of(reader, "time_s", NAN);
    if (isnan(frequency_hz))
        frequency_hz = number_of(reader, "frequency_hz", NAN);
    if (isnan(frequency_hz) || isnan(power_w))
        return leave_out(reader, "no clock, or no power", NULL);
    row_platform(reader, &name);
    CsMeasurement *row = add_row(reader, CS_MEASURED_POWER, *name != '\0' ? name : "processor");
    row->measured = power_w;
    row->frequency_hz = frequency_hz;
    row->time_s = isnan(time_s) ? 1 / number_of(reader, "rate_per_s", NAN) : time_s;
    row->kind_of_work = g_strdup(*workload != '\0' ? workload : "load");
    row->what = g_strdup_printf("%s at %.4g MHz", row->kind_of_work, frequency_hz / 1e6);
    return TRUE;
}

/* --- a file ----------------------------------------------------------------------------------- */

static gboolean has(const Reader *reader, const char *column)
{
    return cs_rows_find(reader->rows, column) >= 0;
}

static gboolean (*kind_of(const Reader *reader))(Reader *reader)
{
    if (has(reader, "model") && has(reader, "method") &&
        (has(reader, "step_s") || has(reader, "tokens_per_s")))
        return add_step;
    if (has(reader, "operation") && has(reader, "tokens") && has(reader, "time_s"))
        return add_operation;
    if (has(reader, "power_w") && (has(reader, "gpu_frequency_hz") || has(reader, "frequency_hz")))
        return add_power;
    return NULL;
}

gboolean cs_calibration_read(CsCalibration *calibration, const char *file, const CsPaths *paths,
                             CsDiagnostics *diagnostics)
{
    guint told = cs_diagnostics_told(diagnostics);
    g_autoptr(CsRows) rows = cs_rows_open(file, file, FILE_MAX_BYTE, (CsPlace){0}, diagnostics);
    if (rows == NULL)
        return FALSE;
    Reader reader = {.calibration = calibration,
                     .paths = paths,
                     .diagnostics = diagnostics,
                     .file = file,
                     .rows = rows};
    gboolean (*add)(Reader *) = kind_of(&reader);
    if (add == NULL) {
        cs_diagnostics_error(diagnostics, cs_rows_whole(rows),
                             "it needs model, method, batch, sequence_length, step_s; or model, "
                             "operation, tokens, time_s; or frequency_hz, power_w",
                             "'%s' has columns of no kind of measurement", file);
        return FALSE;
    }
    reader.models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)cs_architecture_free);
    reader.layers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    reader.layer_list = g_ptr_array_new();
    while (cs_rows_next(rows))
        add(&reader);
    drop_parts(&reader);
    g_ptr_array_unref(reader.layer_list);
    g_hash_table_unref(reader.layers);
    g_hash_table_unref(reader.models);
    return cs_diagnostics_told(diagnostics) == told;
}
