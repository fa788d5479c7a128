/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/folder: see the header. */
#include "learning/folder.h"

#include "base/number.h"
#include "text/keyfile.h"
#include "text/rows.h"

#include <string.h>

#define TABLE_MAX (64U << 20)
#define COUNT_MAX 1000000U

/* One table of the folder, its columns found. */
typedef struct {
    CsRows *rows;
    gint column[9];
    CsDiagnostics *diagnostics;
    guint errors; /* before it */
} Table;

static gboolean table_open(Table *table, const char *folder, const char *name,
                           const char *const *columns, CsDiagnostics *diagnostics)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    *table = (Table){.diagnostics = diagnostics, .errors = cs_diagnostics_errors(diagnostics)};
    table->rows = cs_rows_open(path, path, TABLE_MAX, (CsPlace){0}, diagnostics);
    for (guint i = 0; table->rows != NULL && columns[i] != NULL; i++)
        table->column[i] = cs_rows_column(table->rows, columns[i], cs_rows_whole(table->rows));
    return cs_diagnostics_errors(diagnostics) == table->errors;
}

/* TRUE where nothing was wrong since it was opened. */
static gboolean table_close(Table *table)
{
    g_clear_pointer(&table->rows, cs_rows_free);
    return cs_diagnostics_errors(table->diagnostics) == table->errors;
}

static gboolean bad(const Table *table, guint column, const char *why)
{
    return cs_diagnostics_error(table->diagnostics,
                                cs_rows_place(table->rows, table->column[column]), NULL, "%s", why);
}

static gboolean number(const Table *table, guint column, double least, double *value)
{
    CsField field = cs_rows_field(table->rows, table->column[column]);
    return (cs_field_number(field, value) && *value >= least) ||
           bad(table, column, "not a number, or smaller than it may be");
}

static gboolean whole(const Table *table, guint column, guint least, guint most, guint *value)
{
    CsField field = cs_rows_field(table->rows, table->column[column]);
    guint64 read;
    if (!cs_number_read_whole(field.start, (gsize)(field.end - field.start), &read) ||
        read < least || read > most)
        return bad(table, column, "not a whole number within its range");
    *value = (guint)read;
    return TRUE;
}

static char *text(const Table *table, guint column)
{
    CsField field = cs_rows_field(table->rows, table->column[column]);
    return g_strndup(field.start, (gsize)(field.end - field.start));
}

/* The position of a field among `names`, or -1 with an error. */
static gint choice(const Table *table, guint column, const char *first, const char *second)
{
    g_autofree char *name = text(table, column);
    if (strcmp(name, first) == 0)
        return 0;
    if (strcmp(name, second) == 0)
        return 1;
    g_autofree char *why = g_strdup_printf("neither '%s' nor '%s'", first, second);
    bad(table, column, why);
    return -1;
}

static gboolean read_devices(CsFolder *folder, const char *path, CsDiagnostics *diagnostics)
{
    static const char *const columns[] = {"device", "data_size", NULL};
    Table table;
    g_autoptr(GArray) weights = g_array_new(FALSE, FALSE, sizeof(double));
    if (table_open(&table, path, "devices.csv", columns, diagnostics))
        while (cs_rows_next(table.rows)) {
            guint device;
            double size;
            if (!whole(&table, 0, 1, COUNT_MAX, &device) || !number(&table, 1, 0.0, &size))
                continue;
            if (device != weights->len + 1)
                bad(&table, 0, "devices must be numbered 1, 2, ... in their order");
            else if (!(size > 0.0))
                bad(&table, 1, "a device without data");
            g_array_append_val(weights, size);
        }
    if (!table_close(&table))
        return FALSE;
    folder->n_devices = weights->len;
    folder->weight = (double *)(void *)g_array_free(g_steal_pointer(&weights), FALSE);
    if (folder->n_devices == 0)
        cs_diagnostics_error(diagnostics, (CsPlace){0}, NULL, "devices.csv names no device");
    return folder->n_devices > 0;
}

static gboolean read_offsets(const Table *table, GArray *offsets)
{
    g_autofree char *all = text(table, 3);
    g_auto(GStrv) words = g_strsplit(all, " ", -1);
    for (char **word = words; *word != NULL; word++) {
        guint64 offset;
        if (**word == '\0')
            continue;
        if (!cs_number_read_whole(*word, strlen(*word), &offset) || offset > G_MAXUINT32)
            return bad(table, 3, "an offset is no whole number");
        gsize value = offset;
        g_array_append_val(offsets, value);
    }
    return offsets->len > 0 || bad(table, 3, "a mini-batch without sequences");
}

/* A row of batches.csv. */
typedef struct {
    guint round, device, step;
    GArray *offsets;
} BatchRow;

/* Every round, device and step must be there once. */
static gboolean place_batches(CsFolder *folder, const GArray *rows, CsDiagnostics *diagnostics)
{
    for (guint i = 0; i < rows->len; i++) {
        const BatchRow *row = &g_array_index(rows, BatchRow, i);
        folder->n_rounds = MAX(folder->n_rounds, row->round);
        folder->n_steps = MAX(folder->n_steps, row->step);
    }
    guint64 n = (guint64)folder->n_rounds * folder->n_devices * folder->n_steps;
    gboolean good = n == rows->len && n > 0;
    folder->batch = good ? g_new0(GArray *, n) : NULL;
    for (guint i = 0; i < rows->len; i++) {
        const BatchRow *row = &g_array_index(rows, BatchRow, i);
        guint64 at =
            ((guint64)(row->round - 1) * folder->n_devices + row->device - 1) * folder->n_steps +
            row->step - 1;
        if (good && folder->batch[at] == NULL)
            folder->batch[at] = row->offsets;
        else
            g_array_unref(row->offsets), good = FALSE;
    }
    if (!good)
        cs_diagnostics_error(diagnostics, (CsPlace){0}, NULL,
                             "batches.csv must have every round, device and step once");
    return good;
}

static gboolean read_batches(CsFolder *folder, const char *path, CsDiagnostics *diagnostics)
{
    static const char *const columns[] = {"round", "device", "step", "offsets", NULL};
    Table table;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(BatchRow));
    if (table_open(&table, path, "batches.csv", columns, diagnostics))
        while (cs_rows_next(table.rows)) {
            BatchRow row = {.offsets = g_array_new(FALSE, FALSE, sizeof(gsize))};
            if (whole(&table, 0, 1, COUNT_MAX, &row.round) &&
                whole(&table, 1, 1, folder->n_devices, &row.device) &&
                whole(&table, 2, 1, COUNT_MAX, &row.step) && read_offsets(&table, row.offsets))
                g_array_append_val(rows, row);
            else
                g_array_unref(row.offsets);
        }
    gboolean good = table_close(&table);
    return place_batches(folder, rows, diagnostics) && good;
}

static gboolean read_cuts(CsFolder *folder, const char *path, CsDiagnostics *diagnostics)
{
    static const char *const columns[] = {"round", "device", "cut", NULL};
    guint n = folder->n_rounds * folder->n_devices;
    folder->cut = g_new(gint, n);
    for (guint i = 0; i < n; i++)
        folder->cut[i] = -1;
    g_autofree char *file = g_build_filename(path, "cuts.csv", NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        return TRUE;
    Table table;
    if (table_open(&table, path, "cuts.csv", columns, diagnostics))
        while (cs_rows_next(table.rows)) {
            guint round, device, cut;
            if (whole(&table, 0, 1, folder->n_rounds, &round) &&
                whole(&table, 1, 1, folder->n_devices, &device) &&
                whole(&table, 2, 0, folder->shape.layers, &cut))
                folder->cut[(round - 1) * folder->n_devices + device - 1] = (gint)cut;
        }
    return table_close(&table);
}

/* Every sequence must lie within the tokens, and the test within its own. */
static gboolean check_length(const CsFolder *folder, const Table *table, guint length)
{
    guint n = folder->n_rounds * folder->n_devices * folder->n_steps;
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < folder->batch[i]->len; j++)
            if (g_array_index(folder->batch[i], gsize, j) + length + 1 > folder->tokens->len)
                return bad(table, 8, "a sequence of batches.csv would end behind tokens.u16");
    return folder->test->len > length || bad(table, 8, "test.u16 holds no sequence so long");
}

static gboolean read_cut(const CsFolder *folder, const Table *table, CsFolderRun *run)
{
    g_autofree char *name = text(table, 1);
    guint cut = 0;
    run->cut = -1;
    if (strcmp(name, "cuts.csv") != 0) {
        gboolean good = whole(table, 1, 0, folder->shape.layers, &cut);
        run->cut = (gint)cut;
        return good;
    }
    for (guint i = 0; i < folder->n_rounds * folder->n_devices; i++)
        if (folder->cut[i] < 0)
            return bad(table, 1, "cuts.csv does not have a cut for every round and device");
    return TRUE;
}

static gboolean read_run(const CsFolder *folder, const Table *table, CsFolderRun *run)
{
    g_autofree char *codec = text(table, 2);
    CsLessons *training = &run->training;
    run->name = text(table, 0);
    if (!cs_codec_parse(codec, &training->codec))
        return bad(table, 2, "neither 'none', 'quant:K' (2 to 16) nor 'topk:F' (above 0 to 1)");
    gint optimizer = choice(table, 3, "sgd", "adam"), state = choice(table, 4, "reset", "keep");
    gint schedule = choice(table, 5, "sequential", "parallel");
    training->update.optimizer = optimizer == 1 ? CS_DESCENT_ADAM : CS_DESCENT_SGD;
    training->keep = state == 1;
    training->at_once = schedule == 1;
    gboolean plain = *run->name != '\0' && *run->name != '.' && strchr(run->name, '/') == NULL;
    return (plain || bad(table, 0, "a run's name must do as a file's")) && optimizer >= 0 &&
           state >= 0 && schedule >= 0 && read_cut(folder, table, run) &&
           number(table, 6, 0.0, &training->update.server_rate) &&
           number(table, 7, 0.0, &training->update.device_rate) &&
           whole(table, 8, 1, COUNT_MAX, &run->length) && check_length(folder, table, run->length);
}

static gboolean read_runs(CsFolder *folder, const char *path, CsDiagnostics *diagnostics)
{
    static const char *const columns[] = {
        "run",      "cut",     "codec",   "optimizer", "optimizer_state",
        "schedule", "gamma_s", "gamma_m", "seq_len",   NULL};
    Table table;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    if (table_open(&table, path, "runs.csv", columns, diagnostics))
        while (cs_rows_next(table.rows)) {
            CsFolderRun run = {0};
            if (read_run(folder, &table, &run) && !g_hash_table_add(names, run.name))
                bad(&table, 0, "another run has this name");
            g_array_append_val(folder->runs, run);
        }
    return table_close(&table);
}

static void run_clear(gpointer data)
{
    g_free(((CsFolderRun *)data)->name);
}

static gboolean read_network(CsFolder *folder, const char *path, CsDiagnostics *diagnostics)
{
    g_autofree char *model = g_build_filename(path, "model", NULL);
    g_autofree char *config = g_build_filename(model, "config.json", NULL);
    g_autofree char *adapter = g_build_filename(path, "adapter", NULL);
    g_autofree char *tokens = g_build_filename(path, "tokens.u16", NULL);
    g_autofree char *test = g_build_filename(path, "test.u16", NULL);
    g_autoptr(CsSource) source = cs_source_read(config, config, (CsPlace){0}, diagnostics);
    if (source == NULL || !cs_network_shape_parse(source, &folder->shape, diagnostics))
        return FALSE;
    folder->weights = cs_tensors_read(model, diagnostics);
    folder->adapters = cs_adapters_read(adapter, &folder->shape, diagnostics);
    folder->tokens = cs_tokens_read(tokens, folder->shape.vocabulary, diagnostics);
    folder->test = cs_tokens_read(test, folder->shape.vocabulary, diagnostics);
    return folder->weights != NULL && folder->adapters != NULL && folder->tokens != NULL &&
           folder->test != NULL;
}

CsFolder *cs_folder_read(const char *path, CsDiagnostics *diagnostics)
{
    g_autoptr(CsFolder) folder = g_new0(CsFolder, 1);
    folder->runs = g_array_new(FALSE, FALSE, sizeof(CsFolderRun));
    g_array_set_clear_func(folder->runs, run_clear);
    if (!read_network(folder, path, diagnostics) || !read_devices(folder, path, diagnostics) ||
        !read_batches(folder, path, diagnostics) || !read_cuts(folder, path, diagnostics) ||
        !read_runs(folder, path, diagnostics))
        return NULL;
    return g_steal_pointer(&folder);
}

void cs_folder_free(CsFolder *folder)
{
    if (folder == NULL)
        return;
    guint64 n = (guint64)folder->n_rounds * folder->n_devices * folder->n_steps;
    for (guint64 i = 0; folder->batch != NULL && i < n; i++)
        g_clear_pointer(&folder->batch[i], g_array_unref);
    cs_tensors_free(folder->weights);
    cs_adapters_free(folder->adapters);
    g_clear_pointer(&folder->tokens, g_array_unref);
    g_clear_pointer(&folder->test, g_array_unref);
    g_array_unref(folder->runs);
    g_free(folder->weight);
    g_free(folder->batch);
    g_free(folder->cut);
    g_free(folder);
}
