/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/adapters: PEFT's folder in and out. See the header. */
#include "learning/adapters.h"

#include "base/file.h"
#include "base/number.h"
#include "learning/json.h"
#include "text/keyfile.h"

#include <string.h>

#define RANK_MAX 4096

CsAdapters *cs_adapters_new(CsAdapterLayout *layout)
{
    CsAdapters *adapters = g_new0(CsAdapters, 1);
    adapters->layout = layout;
    adapters->values = g_new0(double, layout->size);
    return adapters;
}

void cs_adapters_free(CsAdapters *adapters)
{
    if (adapters == NULL)
        return;
    cs_adapter_layout_free(adapters->layout);
    g_free(adapters->values);
    g_free(adapters);
}

static char *tensor_name(guint layer, CsModule module, char which)
{
    return g_strdup_printf("base_model.model.model.layers.%u.%s.lora_%c.weight", layer,
                           cs_module_path(module), which);
}

/* Rank and alpha; everything that would make another formula is refused. */
static gboolean read_config(const char *folder, guint *rank, double *alpha,
                            CsDiagnostics *diagnostics)
{
    g_autofree char *path = g_build_filename(folder, "adapter_config.json", NULL);
    g_autoptr(CsSource) source = cs_source_read(path, path, (CsPlace){0}, diagnostics);
    if (source == NULL)
        return FALSE;
    g_auto(CsJson) json;
    if (!cs_json_open(&json, source, diagnostics))
        return FALSE;
    double dropout = 0.0;
    *alpha = 8.0;
    gboolean good = cs_json_is(&json, "peft_type", "LORA") &
                    cs_json_whole(&json, "r", 1, RANK_MAX, TRUE, rank) &
                    cs_json_number(&json, "lora_alpha", 0.0, 1e9, alpha) &
                    cs_json_number(&json, "lora_dropout", 0.0, 0.0, &dropout) &
                    cs_json_is(&json, "bias", "none") & cs_json_is(&json, "use_rslora", NULL) &
                    cs_json_is(&json, "use_dora", NULL) & cs_json_is(&json, "fan_in_fan_out", NULL);
    static const char *const none[] = {"modules_to_save", "rank_pattern", "alpha_pattern"};
    for (guint i = 0; i < G_N_ELEMENTS(none); i++) {
        JsonNode *node = json_object_get_member(json.object, none[i]);
        if (!cs_json_has(&json, none[i]) ||
            (JSON_NODE_HOLDS_OBJECT(node) && json_object_get_size(json_node_get_object(node)) == 0))
            continue;
        cs_diagnostics_error(diagnostics, cs_json_place(&json, none[i]), NULL,
                             "adapters with '%s' are not computed here", none[i]);
        good = FALSE;
    }
    return good;
}

/* Which projections have adapters; an error for every tensor that is none of them. */
static gboolean find_present(const CsTensors *tensors, const CsNetworkShape *shape,
                             gboolean *present, CsDiagnostics *diagnostics)
{
    guint found = 0, n = cs_tensors_count(tensors);
    for (guint i = 0; i < shape->layers * CS_MODULE_N; i++) {
        g_autofree char *a = tensor_name(i / CS_MODULE_N, i % CS_MODULE_N, 'A');
        g_autofree char *b = tensor_name(i / CS_MODULE_N, i % CS_MODULE_N, 'B');
        guint both = (cs_tensors_find(tensors, a) != NULL) + (cs_tensors_find(tensors, b) != NULL);
        present[i] = both > 0;
        found += both;
    }
    if (found == n && n > 0)
        return TRUE;
    for (guint i = 0; i < n; i++) {
        const CsTensor *tensor = cs_tensors_get(tensors, i);
        CsPlace place = {tensor->source, 0, 0, 0};
        gboolean known = FALSE;
        for (guint j = 0; j < shape->layers * CS_MODULE_N && !known; j++) {
            g_autofree char *a = tensor_name(j / CS_MODULE_N, j % CS_MODULE_N, 'A');
            g_autofree char *b = tensor_name(j / CS_MODULE_N, j % CS_MODULE_N, 'B');
            known = strcmp(a, tensor->name) == 0 || strcmp(b, tensor->name) == 0;
        }
        if (!known)
            cs_diagnostics_error(diagnostics, place, NULL,
                                 "'%.200s' is no adapter of a projection of this network",
                                 tensor->name);
    }
    if (n == 0)
        cs_diagnostics_error(diagnostics, (CsPlace){0}, NULL, "the adapter file holds no adapters");
    return FALSE;
}

static gboolean take(const CsTensors *tensors, guint layer, CsModule module, char which, guint rows,
                     guint columns, double *values, CsDiagnostics *diagnostics)
{
    g_autofree char *name = tensor_name(layer, module, which);
    const CsTensor *tensor = cs_tensors_need(tensors, name, rows, columns, diagnostics);
    for (gsize i = 0; tensor != NULL && i < tensor->count; i++)
        values[i] = cs_tensor_value(tensor, i);
    return tensor != NULL;
}

CsAdapters *cs_adapters_read(const char *folder, const CsNetworkShape *shape,
                             CsDiagnostics *diagnostics)
{
    guint rank = 0;
    double alpha;
    if (!read_config(folder, &rank, &alpha, diagnostics))
        return NULL;
    g_autofree char *path = g_build_filename(folder, "adapter_model.safetensors", NULL);
    g_autoptr(CsTensors) tensors = cs_tensors_read(path, diagnostics);
    g_autofree gboolean *present = g_new0(gboolean, shape->layers * CS_MODULE_N);
    if (tensors == NULL || !find_present(tensors, shape, present, diagnostics))
        return NULL;
    g_autoptr(CsAdapters) adapters =
        cs_adapters_new(cs_adapter_layout_new(shape, rank, alpha, 0, present));
    gboolean good = TRUE;
    for (guint i = 0; i < shape->layers * CS_MODULE_N; i++) {
        CsModule module = i % CS_MODULE_N;
        const CsAdapterSlot *slot = &adapters->layout->slot[i];
        if (!slot->present)
            continue;
        good &= take(tensors, i / CS_MODULE_N, module, 'A', rank, cs_module_inputs(shape, module),
                     adapters->values + slot->a, diagnostics);
        good &= take(tensors, i / CS_MODULE_N, module, 'B', cs_module_outputs(shape, module), rank,
                     adapters->values + slot->b, diagnostics);
    }
    return good ? g_steal_pointer(&adapters) : NULL;
}

gboolean cs_adapters_write_values(const char *path, const CsNetworkShape *shape,
                                  const CsAdapterLayout *layout, const double *values,
                                  CsDtype dtype, GError **error)
{
    g_autoptr(GArray) tensors = g_array_new(FALSE, FALSE, sizeof(CsTensorOut));
    for (guint i = 0; i < layout->layers * CS_MODULE_N; i++) {
        CsModule module = i % CS_MODULE_N;
        const CsAdapterSlot *slot = &layout->slot[i];
        if (!slot->present)
            continue;
        CsTensorOut a = {tensor_name(i / CS_MODULE_N, module, 'A'), layout->rank,
                         cs_module_inputs(shape, module), values + slot->a};
        CsTensorOut b = {tensor_name(i / CS_MODULE_N, module, 'B'),
                         cs_module_outputs(shape, module), layout->rank, values + slot->b};
        g_array_append_val(tensors, a);
        g_array_append_val(tensors, b);
    }
    gboolean good =
        cs_tensors_write(path, (CsTensorOut *)(void *)tensors->data, tensors->len, dtype, error);
    for (guint i = 0; i < tensors->len; i++)
        g_free(g_array_index(tensors, CsTensorOut, i).name);
    return good;
}

gboolean cs_adapters_write(const char *folder, const char *base, const CsNetworkShape *shape,
                           const CsAdapterLayout *layout, const double *values, GError **error)
{
    g_autoptr(GString) modules = g_string_new(NULL);
    for (CsModule module = 0; module < CS_MODULE_N; module++) {
        gboolean present = FALSE;
        for (guint layer = 0; layer < layout->layers; layer++)
            present |= cs_adapter_slot(layout, layer, module)->present;
        if (present)
            g_string_append_printf(modules, "%s\"%s\"", modules->len > 0 ? ", " : "",
                                   cs_module_name(module));
    }
    g_autofree char *quoted = g_strescape(base, NULL);
    char alpha[CS_NUMBER_MAX];
    cs_number_format(alpha, layout->alpha);
    g_autofree char *config = g_strdup_printf(
        "{\n  \"peft_type\": \"LORA\",\n  \"task_type\": \"CAUSAL_LM\",\n"
        "  \"base_model_name_or_path\": \"%s\",\n  \"bias\": \"none\",\n"
        "  \"fan_in_fan_out\": false,\n  \"inference_mode\": true,\n"
        "  \"init_lora_weights\": true,\n  \"lora_alpha\": %s,\n  \"lora_dropout\": 0.0,\n"
        "  \"modules_to_save\": null,\n  \"r\": %u,\n  \"target_modules\": [%s]\n}\n",
        quoted, alpha, layout->rank, modules->str);
    g_autofree char *config_path = g_build_filename(folder, "adapter_config.json", NULL);
    g_autofree char *path = g_build_filename(folder, "adapter_model.safetensors", NULL);
    return cs_directory_create(folder, error) &&
           cs_file_set_contents(config_path, config, -1, error) &&
           cs_adapters_write_values(path, shape, layout, values, CS_DTYPE_F32, error);
}
