/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/base-model: see the header. */
#include "learning/base-model.h"

#include "text/keyfile.h"

static gboolean has_weights(const char *folder)
{
    static const char *const names[] = {"model.safetensors", "model.safetensors.index.json"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

static gboolean check_weights(const CsBaseModel *model, CsDiagnostics *diagnostics)
{
    gboolean good = TRUE;
    for (guint i = 0; i < cs_network_tensors(&model->shape); i++) {
        guint rows, columns;
        g_autofree char *name = cs_network_tensor(&model->shape, i, &rows, &columns);
        good &= cs_tensors_need(model->weights, name, rows, columns, diagnostics) != NULL;
    }
    return good;
}

CsBaseModel *cs_base_model_read(const char *path, const char *name, CsPlace from,
                                CsDiagnostics *diagnostics)
{
    g_autoptr(CsBaseModel) model = g_new0(CsBaseModel, 1);
    gboolean is_file = g_str_has_suffix(path, ".json");
    model->folder = is_file ? g_path_get_dirname(path) : g_strdup(path);
    g_autofree char *config =
        is_file ? g_strdup(path) : g_build_filename(path, "config.json", NULL);
    g_autofree char *shown = is_file ? g_strdup(name) : g_build_filename(name, "config.json", NULL);
    g_autoptr(CsSource) source = cs_source_read(config, shown, from, diagnostics);
    if (source == NULL || !cs_network_shape_parse(source, &model->shape, diagnostics))
        return NULL;
    if (!has_weights(model->folder)) {
        cs_diagnostics_error(diagnostics, from, NULL,
                             "'%s' has no model.safetensors and no model.safetensors.index.json",
                             name);
        return NULL;
    }
    model->weights = cs_tensors_read(model->folder, diagnostics);
    return model->weights != NULL && check_weights(model, diagnostics) ? g_steal_pointer(&model)
                                                                       : NULL;
}

static gsize dtype_size(CsDtype dtype)
{
    return dtype == CS_DTYPE_F64 ? 8 : dtype == CS_DTYPE_F32 ? 4 : 2;
}

char *cs_base_model_digest(const CsBaseModel *model)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const CsNetworkShape *s = &model->shape;
    g_autofree char *shape = g_strdup_printf("%u %u %u %u %u %u %u %a %a %d", s->layers, s->hidden,
                                             s->heads, s->kv_heads, s->head_size, s->ffn,
                                             s->vocabulary, s->rope_theta, s->norm_eps, s->tied);
    g_checksum_update(sum, (const guchar *)shape, -1);
    for (guint i = 0; i < cs_tensors_count(model->weights); i++) {
        const CsTensor *tensor = cs_tensors_get(model->weights, i);
        g_autofree char *head = g_strdup_printf("\n%s %d\n", tensor->name, (int)tensor->dtype);
        g_checksum_update(sum, (const guchar *)head, -1);
        g_checksum_update(sum, tensor->data, (gssize)(tensor->count * dtype_size(tensor->dtype)));
    }
    return g_strdup(g_checksum_get_string(sum));
}

double cs_base_model_byte(const CsBaseModel *model)
{
    double sum = 0;
    for (guint i = 0; i < cs_tensors_count(model->weights); i++) {
        const CsTensor *tensor = cs_tensors_get(model->weights, i);
        sum += (double)(tensor->count * dtype_size(tensor->dtype));
    }
    return sum;
}

void cs_base_model_free(CsBaseModel *model)
{
    if (model == NULL)
        return;
    cs_tensors_free(model->weights);
    g_free(model->folder);
    g_free(model);
}
