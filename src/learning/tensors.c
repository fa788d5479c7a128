/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/tensors: safetensors in and out. See the header. */
#include "learning/tensors.h"

#include "base/file.h"
#include "learning/json.h"

#include <math.h>
#include <string.h>

#define HEADER_MAX 100000000U /* the format's own limit */

struct CsTensors {
    GArray *tensors;     /* of CsTensor */
    GHashTable *by_name; /* name -> 1 + position */
    GPtrArray *files;    /* of GBytes * */
    GPtrArray *sources;  /* of CsSource * */
    GStringChunk *names;
};

static const struct {
    const char *name;
    gsize size;
} dtypes[] = {
    [CS_DTYPE_F32] = {"F32", 4},
    [CS_DTYPE_F64] = {"F64", 8},
    [CS_DTYPE_F16] = {"F16", 2},
    [CS_DTYPE_BF16] = {"BF16", 2},
};

static CsTensors *tensors_new(void)
{
    CsTensors *tensors = g_new0(CsTensors, 1);
    tensors->tensors = g_array_new(FALSE, FALSE, sizeof(CsTensor));
    tensors->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    tensors->files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    tensors->sources = g_ptr_array_new_with_free_func((GDestroyNotify)cs_source_unref);
    tensors->names = g_string_chunk_new(4096);
    return tensors;
}

void cs_tensors_free(CsTensors *tensors)
{
    if (tensors == NULL)
        return;
    g_array_unref(tensors->tensors);
    g_hash_table_unref(tensors->by_name);
    g_ptr_array_unref(tensors->files);
    g_ptr_array_unref(tensors->sources);
    g_string_chunk_free(tensors->names);
    g_free(tensors);
}

/* One tensor's entry, whose fields are judged one after the other. */
typedef struct {
    CsTensors *tensors;
    const CsJson *json;
    const char *name;
    JsonObject *entry;
    const guint8 *data;
    gsize length;
} Entry;

static gboolean refuse(const Entry *entry, const char *why)
{
    return cs_diagnostics_error(entry->json->diagnostics, cs_json_place(entry->json, entry->name),
                                NULL, "tensor '%.200s': %s", entry->name, why);
}

/* A whole number >= 0 of an array. */
static gboolean element(JsonArray *array, guint i, guint64 *value)
{
    JsonNode *node = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64 ||
        json_node_get_int(node) < 0)
        return FALSE;
    *value = (guint64)json_node_get_int(node);
    return TRUE;
}

static JsonArray *member_array(const Entry *entry, const char *name)
{
    JsonNode *node = json_object_get_member(entry->entry, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static gboolean read_dtype(const Entry *entry, CsTensor *tensor)
{
    JsonNode *node = json_object_get_member(entry->entry, "dtype");
    const char *name = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                               json_node_get_value_type(node) == G_TYPE_STRING
                           ? json_node_get_string(node)
                           : "";
    for (guint i = 0; i < G_N_ELEMENTS(dtypes); i++)
        if (strcmp(dtypes[i].name, name) == 0) {
            tensor->dtype = i;
            return TRUE;
        }
    return refuse(entry, "its dtype is none of F32, F64, F16 and BF16");
}

static gboolean read_shape(const Entry *entry, CsTensor *tensor)
{
    JsonArray *shape = member_array(entry, "shape");
    if (shape == NULL || json_array_get_length(shape) > CS_TENSOR_RANK_MAX)
        return refuse(entry, "it has no shape, or one of more than 8 dimensions");
    tensor->rank = json_array_get_length(shape);
    guint64 count = 1;
    for (guint i = 0; i < tensor->rank; i++) {
        guint64 size;
        if (!element(shape, i, &size))
            return refuse(entry, "a dimension of its shape is no whole number");
        tensor->shape[i] = size;
        if (size != 0 && count > G_MAXINT64 / 8 / size)
            return refuse(entry, "its shape is larger than any file");
        count *= size;
    }
    tensor->count = count;
    return TRUE;
}

static gboolean read_offsets(const Entry *entry, CsTensor *tensor)
{
    JsonArray *offsets = member_array(entry, "data_offsets");
    guint64 begin, end;
    if (offsets == NULL || json_array_get_length(offsets) != 2 || !element(offsets, 0, &begin) ||
        !element(offsets, 1, &end) || begin > end)
        return refuse(entry, "its data_offsets are not two numbers, the first no larger");
    if (end > entry->length)
        return refuse(entry, "the file ends before its data do: it is truncated");
    if (end - begin != tensor->count * dtypes[tensor->dtype].size)
        return refuse(entry, "its data_offsets do not hold what its shape and dtype need");
    tensor->data = entry->data + begin;
    return TRUE;
}

static gboolean add_entry(Entry *entry, CsSource *source)
{
    JsonNode *node = json_object_get_member(entry->json->object, entry->name);
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return refuse(entry, "it is no object");
    entry->entry = json_node_get_object(node);
    CsTensors *tensors = entry->tensors;
    CsTensor tensor = {.source = source};
    if (!read_dtype(entry, &tensor) || !read_shape(entry, &tensor) || !read_offsets(entry, &tensor))
        return FALSE;
    if (g_hash_table_contains(tensors->by_name, entry->name))
        return refuse(entry, "another file has it too");
    tensor.name = g_string_chunk_insert(tensors->names, entry->name);
    g_array_append_val(tensors->tensors, tensor);
    g_hash_table_insert(tensors->by_name, (gpointer)tensor.name,
                        GUINT_TO_POINTER(tensors->tensors->len));
    return TRUE;
}

/* The text of the header as a source; NULL with an error added. */
static CsSource *header(const char *name, const guint8 *bytes, gsize length,
                        CsDiagnostics *diagnostics)
{
    guint64 size = 0;
    if (length >= 8) {
        memcpy(&size, bytes, 8);
        size = GUINT64_FROM_LE(size);
    }
    if (length >= 8 && size <= HEADER_MAX && size <= length - 8)
        return cs_source_new(name, g_strndup((const char *)bytes + 8, size), size);
    g_autoptr(CsSource) source = cs_source_new(name, g_strdup(""), 0);
    CsPlace whole = {source, 0, 0, 0};
    cs_diagnostics_error(diagnostics, whole, NULL,
                         length < 8           ? "not a safetensors file: shorter than 8 bytes"
                         : size <= HEADER_MAX ? "the file ends within its header: it is truncated"
                                              : "not a safetensors file: its header would be "
                                                "longer than the format allows");
    return NULL;
}

static gboolean add_file(CsTensors *tensors, const char *name, GBytes *bytes,
                         CsDiagnostics *diagnostics)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    g_ptr_array_add(tensors->files, g_bytes_ref(bytes));
    CsSource *source = header(name, data, length, diagnostics);
    if (source == NULL)
        return FALSE;
    g_ptr_array_add(tensors->sources, source);
    gsize text_length;
    cs_source_text(source, &text_length);
    g_auto(CsJson) json;
    if (!cs_json_open(&json, source, diagnostics))
        return FALSE;
    gboolean good = TRUE;
    for (guint i = 0; i < json.members->len; i++) {
        const CsJsonMember *member = g_ptr_array_index(json.members, i);
        Entry entry = {
            tensors, &json, member->name, NULL, data + 8 + text_length, length - 8 - text_length};
        if (strcmp(member->name, "__metadata__") == 0)
            continue;
        if (!json_object_has_member(json.object, member->name))
            good = refuse(&entry, "a name with escapes is not read here");
        else
            good &= add_entry(&entry, source);
    }
    return good;
}

CsTensors *cs_tensors_parse(const char *name, GBytes *bytes, CsDiagnostics *diagnostics)
{
    g_autoptr(CsTensors) tensors = tensors_new();
    return add_file(tensors, name, bytes, diagnostics) ? g_steal_pointer(&tensors) : NULL;
}

static gboolean read_file(CsTensors *tensors, const char *path, CsDiagnostics *diagnostics)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &error);
    if (file == NULL) {
        cs_diagnostics_add(diagnostics, CS_SEVERITY_UNREADABLE, (CsPlace){0}, error->message, NULL);
        return FALSE;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
    return add_file(tensors, path, bytes, diagnostics);
}

/* The shards that an index names, each once, in the order of the index. */
static gboolean read_shards(CsTensors *tensors, const char *folder, CsSource *index,
                            CsDiagnostics *diagnostics)
{
    g_auto(CsJson) json;
    if (!cs_json_open(&json, index, diagnostics))
        return FALSE;
    JsonNode *node = json_object_get_member(json.object, "weight_map");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return cs_diagnostics_error(diagnostics, cs_json_place(&json, "weight_map"), NULL,
                                    "the index has no object 'weight_map'");
    JsonObject *map = json_node_get_object(node);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GList) names = json_object_get_members(map);
    gboolean good = TRUE;
    for (GList *at = names; at != NULL && good; at = at->next) {
        JsonNode *value = json_object_get_member(map, at->data);
        const char *shard = JSON_NODE_HOLDS_VALUE(value) ? json_node_get_string(value) : NULL;
        if (shard == NULL || strchr(shard, '/') != NULL || *shard == '\0')
            return cs_diagnostics_error(diagnostics, cs_json_place(&json, "weight_map"), NULL,
                                        "tensor '%.200s': its shard is no file of this folder",
                                        (const char *)at->data);
        if (!g_hash_table_add(seen, (gpointer)shard))
            continue;
        g_autofree char *path = g_build_filename(folder, shard, NULL);
        good = read_file(tensors, path, diagnostics);
    }
    return good;
}

CsTensors *cs_tensors_read(const char *path, CsDiagnostics *diagnostics)
{
    g_autoptr(CsTensors) tensors = tensors_new();
    g_autofree char *single = g_file_test(path, G_FILE_TEST_IS_DIR)
                                  ? g_build_filename(path, "model.safetensors", NULL)
                                  : g_strdup(path);
    g_autofree char *index_path = g_build_filename(path, "model.safetensors.index.json", NULL);
    if (g_file_test(single, G_FILE_TEST_EXISTS) || !g_file_test(index_path, G_FILE_TEST_EXISTS))
        return read_file(tensors, single, diagnostics) ? g_steal_pointer(&tensors) : NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;
    if (!g_file_get_contents(index_path, &text, &length, &error)) {
        cs_diagnostics_add(diagnostics, CS_SEVERITY_UNREADABLE, (CsPlace){0}, error->message, NULL);
        return NULL;
    }
    g_autoptr(CsSource) index = cs_source_new(index_path, g_steal_pointer(&text), length);
    return read_shards(tensors, path, index, diagnostics) ? g_steal_pointer(&tensors) : NULL;
}

guint cs_tensors_count(const CsTensors *tensors)
{
    return tensors->tensors->len;
}

const CsTensor *cs_tensors_get(const CsTensors *tensors, guint i)
{
    return &g_array_index(tensors->tensors, CsTensor, i);
}

const CsTensor *cs_tensors_find(const CsTensors *tensors, const char *name)
{
    guint position = GPOINTER_TO_UINT(g_hash_table_lookup(tensors->by_name, name));
    return position > 0 ? cs_tensors_get(tensors, position - 1) : NULL;
}

const CsTensor *cs_tensors_need(const CsTensors *tensors, const char *name, guint64 rows,
                                guint64 columns, CsDiagnostics *diagnostics)
{
    const CsTensor *tensor = cs_tensors_find(tensors, name);
    CsSource *source = tensor != NULL ? tensor->source : g_ptr_array_index(tensors->sources, 0);
    CsPlace place = {source, 0, 0, 0};
    guint rank = columns > 0 ? 2 : 1;
    if (tensor == NULL) {
        cs_diagnostics_error(diagnostics, place, NULL, "there is no tensor '%s'", name);
        return NULL;
    }
    if (tensor->rank == rank && tensor->shape[0] == rows &&
        (rank == 1 || tensor->shape[1] == columns))
        return tensor;
    g_autoptr(GString) has = g_string_new(NULL);
    for (guint i = 0; i < tensor->rank; i++)
        g_string_append_printf(has, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "", tensor->shape[i]);
    g_autofree char *second = rank == 2 ? g_strdup_printf(", %" G_GUINT64_FORMAT, columns) : NULL;
    cs_diagnostics_error(diagnostics, place, NULL,
                         "tensor '%s' has the shape [%s], not [%" G_GUINT64_FORMAT "%s]", name,
                         has->str, rows, second != NULL ? second : "");
    return NULL;
}

/* binary16: a sign, 5 bits of exponent (bias 15), 10 of fraction. */
static double half(guint16 bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction == 0 ? (double)INFINITY : (double)NAN)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

double cs_tensor_value(const CsTensor *tensor, gsize i)
{
    const guint8 *at = tensor->data + i * dtypes[tensor->dtype].size;
    if (tensor->dtype == CS_DTYPE_F64) {
        guint64 bits;
        double value;
        memcpy(&bits, at, 8);
        bits = GUINT64_FROM_LE(bits);
        memcpy(&value, &bits, 8);
        return value;
    }
    if (tensor->dtype == CS_DTYPE_F16)
        return half((guint16)(at[0] | at[1] << 8));
    guint32 bits = 0;
    if (tensor->dtype == CS_DTYPE_BF16)
        bits = (guint32)(at[0] | at[1] << 8) << 16;
    else
        memcpy(&bits, at, 4), bits = GUINT32_FROM_LE(bits);
    float value;
    memcpy(&value, &bits, 4);
    return (double)value;
}

/* The upper half of a float, rounded to nearest, half to even. */
static guint16 upper_half(double number)
{
    float value = (float)number;
    guint32 bits;
    memcpy(&bits, &value, 4);
    if (isnan(value))
        return (guint16)(bits >> 16 | 64);
    return (guint16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void write_values(CsFile *file, const CsTensorOut *tensor, gsize count, CsDtype dtype)
{
    for (gsize i = 0; i < count; i++) {
        if (dtype == CS_DTYPE_F64) {
            guint64 bits;
            memcpy(&bits, &tensor->values[i], 8);
            bits = GUINT64_TO_LE(bits);
            cs_file_write(file, (const char *)&bits, 8);
        } else if (dtype == CS_DTYPE_BF16) {
            guint16 bits = GUINT16_TO_LE(upper_half(tensor->values[i]));
            cs_file_write(file, (const char *)&bits, 2);
        } else {
            float value = (float)tensor->values[i];
            guint32 bits;
            memcpy(&bits, &value, 4);
            bits = GUINT32_TO_LE(bits);
            cs_file_write(file, (const char *)&bits, 4);
        }
    }
}

gboolean cs_tensors_write(const char *path, const CsTensorOut *tensors, guint n, CsDtype dtype,
                          GError **error)
{
    g_assert(dtype != CS_DTYPE_F16);
    g_autoptr(GString) text = g_string_new("{\"__metadata__\":{\"format\":\"pt\"}");
    guint64 at = 0;
    for (guint i = 0; i < n; i++) {
        guint64 end = at + tensors[i].rows * MAX(tensors[i].columns, 1) * dtypes[dtype].size;
        g_string_append_printf(text, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%" G_GUINT64_FORMAT,
                               tensors[i].name, dtypes[dtype].name, tensors[i].rows);
        if (tensors[i].columns > 0)
            g_string_append_printf(text, ",%" G_GUINT64_FORMAT, tensors[i].columns);
        g_string_append_printf(
            text, "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}", at, end);
        at = end;
    }
    g_string_append_c(text, '}');
    while (text->len % 8 != 0)
        g_string_append_c(text, ' ');
    CsFile *file = cs_file_create(path, error);
    if (file == NULL)
        return FALSE;
    guint64 length = GUINT64_TO_LE((guint64)text->len);
    cs_file_write(file, (const char *)&length, 8);
    cs_file_write(file, text->str, text->len);
    for (guint i = 0; i < n; i++)
        write_values(file, &tensors[i], tensors[i].rows * MAX(tensors[i].columns, 1), dtype);
    return cs_file_commit(file, error);
}
