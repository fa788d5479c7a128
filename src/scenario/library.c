/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/library: files read once. See library.h. */
#include "scenario/library.h"

#include "base/file.h"

#include <string.h>

#define CQI_TABLES 4

struct CsLibrary {
    gatomicrefcount references;
    GMutex mutex;
    CsPaths *paths;
    CsPolicySet *policies;
    GHashTable *shelf[CS_SHELF_N]; /* "directory\nname", and the format -> what was read */
    GHashTable *networks;          /* the same */
    GHashTable *file_digests;      /* path -> text */
    GHashTable *sound;             /* a set of texts */
    CsCqiTable *tables[CQI_TABLES];
    CsTyped defaults[CS_KEY_N];
};

typedef struct {
    CsBaseModel *model;
    char *digest;
} Network;

static void network_free(gpointer data)
{
    Network *network = data;
    cs_base_model_free(network->model);
    g_free(network->digest);
    g_free(network);
}

static const GDestroyNotify frees[CS_SHELF_N] = {
    [CS_SHELF_ARCHITECTURES] = (GDestroyNotify)cs_architecture_free,
    [CS_SHELF_PLATFORMS] = (GDestroyNotify)cs_platform_free,
    [CS_SHELF_THRESHOLDS] = g_free,
    [CS_SHELF_ERROR_CURVES] = (GDestroyNotify)cs_error_curves_free,
    [CS_SHELF_POWER_TABLES] = (GDestroyNotify)cs_power_table_free,
    [CS_SHELF_LAYER_TIMES] = (GDestroyNotify)cs_layer_times_free,
    [CS_SHELF_TRACES] = (GDestroyNotify)cs_channel_trace_free,
    [CS_SHELF_AVAILABILITIES] = (GDestroyNotify)cs_availability_free,
};

static GHashTable *shelf_new(GDestroyNotify destroy)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, destroy);
}

CsLibrary *cs_library_new(const CsPaths *paths, CsPolicySet *policies)
{
    CsLibrary *library = g_new0(CsLibrary, 1);
    g_atomic_ref_count_init(&library->references);
    g_mutex_init(&library->mutex);
    cs_typed_defaults(library->defaults);
    library->paths = cs_paths_ref(paths);
    library->policies = policies != NULL ? cs_policy_set_ref(policies) : cs_policy_set_new();
    for (CsShelf shelf = 0; shelf < CS_SHELF_N; shelf++)
        library->shelf[shelf] = shelf_new(frees[shelf]);
    library->networks = shelf_new(network_free);
    library->file_digests = shelf_new(g_free);
    library->sound = shelf_new(NULL);
    return library;
}

CsLibrary *cs_library_ref(CsLibrary *library)
{
    g_atomic_ref_count_inc(&library->references);
    return library;
}

void cs_library_unref(CsLibrary *library)
{
    if (library == NULL || !g_atomic_ref_count_dec(&library->references))
        return;
    for (CsShelf shelf = 0; shelf < CS_SHELF_N; shelf++)
        g_hash_table_unref(library->shelf[shelf]);
    g_hash_table_unref(library->networks);
    g_hash_table_unref(library->file_digests);
    g_hash_table_unref(library->sound);
    for (int i = 0; i < CQI_TABLES; i++)
        g_free(library->tables[i]);
    cs_policy_set_unref(library->policies);
    cs_paths_unref(library->paths);
    g_mutex_clear(&library->mutex);
    g_free(library);
}

const CsTyped *cs_library_defaults(const CsLibrary *library)
{
    return library->defaults;
}

CsPolicySet *cs_library_policies(const CsLibrary *library)
{
    return library->policies;
}

void cs_library_lock(CsLibrary *library)
{
    g_mutex_lock(&library->mutex);
}

void cs_library_unlock(CsLibrary *library)
{
    g_mutex_unlock(&library->mutex);
}

/* A path as written in a file of `directory`. Transfer full. */
static char *path_from(const char *name, const char *directory)
{
    return g_path_is_absolute(name) || directory == NULL ? g_strdup(name)
                                                         : g_build_filename(directory, name, NULL);
}

static CsThresholds *read_thresholds(const CsLibrary *library, const CsRaw *file,
                                     CsDiagnostics *diagnostics)
{
    g_autofree CsThresholds *read = g_new0(CsThresholds, 1);
    gboolean good = cs_thresholds_read(read, file->text, file->directory, library->paths,
                                       file->place, diagnostics);
    return good ? g_steal_pointer(&read) : NULL;
}

static gpointer read_file(const CsLibrary *library, CsShelf shelf, const CsRaw *file,
                          gconstpointer format, CsDiagnostics *diagnostics)
{
    const char *name = file->text;
    CsPlace from = file->place;
    g_autofree char *path = path_from(name, file->directory);
    switch (shelf) {
    case CS_SHELF_ARCHITECTURES:
        return cs_architecture_read(name, file->directory, library->paths, from, diagnostics);
    case CS_SHELF_PLATFORMS:
        return cs_platform_read(name, file->directory, library->paths, from, diagnostics);
    case CS_SHELF_THRESHOLDS:
        return read_thresholds(library, file, diagnostics);
    case CS_SHELF_ERROR_CURVES:
        return cs_error_curves_read(path, name, from, diagnostics);
    case CS_SHELF_POWER_TABLES:
        return cs_power_table_read(path, name, from, diagnostics);
    case CS_SHELF_LAYER_TIMES:
        return cs_layer_times_read(path, name, from, diagnostics);
    case CS_SHELF_TRACES:
        return cs_channel_trace_read(path, name, format, from, diagnostics);
    case CS_SHELF_AVAILABILITIES:
        return cs_availability_read(path, name, format, from, diagnostics);
    case CS_SHELF_N:
        break;
    }
    g_assert_not_reached();
}

static char *file_mark(const CsRaw *file)
{
    return g_strconcat(file->directory != NULL ? file->directory : "", "\n", file->text, NULL);
}

/* A file's, and what of it is read. Transfer full. */
static char *mark_of(CsShelf shelf, const CsRaw *file, gconstpointer format)
{
    const CsTraceFormat *trace = format;
    const CsAvailabilityFormat *availability = format;
    g_autofree char *mark = file_mark(file);
    if (shelf == CS_SHELF_TRACES)
        return g_strdup_printf("%s\n%s\n%s\n%d %d %d %a", mark, trace->time_column,
                               trace->value_column, trace->kind, trace->end, trace->time_unit,
                               trace->scale);
    if (shelf == CS_SHELF_AVAILABILITIES)
        return g_strdup_printf("%s\n%s\n%s\n%s\n%d %d %d", mark, availability->time_column,
                               availability->end_column, availability->state_column,
                               availability->kind, availability->end, availability->time_unit);
    return g_steal_pointer(&mark);
}

gconstpointer cs_library_get(CsLibrary *library, CsShelf shelf, const CsRaw *file,
                             gconstpointer format, CsDiagnostics *diagnostics)
{
    g_autofree char *mark = mark_of(shelf, file, format);
    gpointer found = g_hash_table_lookup(library->shelf[shelf], mark);
    if (found == NULL) {
        found = read_file(library, shelf, file, format, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->shelf[shelf], g_steal_pointer(&mark), found);
    }
    return found;
}

/* Where a network is: a bare name is one that ships, or lies in a user's own directory. NULL with
 * an error added where there is none of that name. Transfer full. */
static char *network_path(const CsLibrary *library, const CsRaw *file, CsDiagnostics *diagnostics)
{
    const char *name = file->text;
    if (strchr(name, '/') != NULL || g_str_has_suffix(name, ".json"))
        return path_from(name, file->directory);
    g_autofree char *config = g_build_filename(name, "config.json", NULL);
    char *path = cs_paths_find(library->paths, "models/network", config);
    if (path == NULL) {
        g_autofree char *help =
            g_strdup_printf("'tiny' ships; write './%s' if it is a folder", name);
        cs_diagnostics_error(diagnostics, file->place, help, "no network is called '%s'", name);
    }
    return path;
}

const CsBaseModel *cs_library_network(CsLibrary *library, const CsRaw *file, const char **digest,
                                      CsDiagnostics *diagnostics)
{
    g_autofree char *mark = file_mark(file);
    Network *found = g_hash_table_lookup(library->networks, mark);
    if (found == NULL) {
        g_autofree char *path = network_path(library, file, diagnostics);
        CsBaseModel *model =
            path != NULL ? cs_base_model_read(path, file->text, file->place, diagnostics) : NULL;
        if (model == NULL)
            return NULL;
        found = g_new(Network, 1);
        *found = (Network){model, cs_base_model_digest(model)};
        g_hash_table_insert(library->networks, g_steal_pointer(&mark), found);
    }
    *digest = found->digest;
    return found->model;
}

const char *cs_library_file_digest(CsLibrary *library, const char *path, CsPlace from,
                                   CsDiagnostics *diagnostics)
{
    char *found = g_hash_table_lookup(library->file_digests, path);
    if (found != NULL)
        return found;
    g_autoptr(GError) error = NULL;
    gsize length;
    g_autofree char *bytes = cs_file_get_regular(path, &length, &error);
    if (bytes == NULL) {
        cs_diagnostics_error(diagnostics, from, NULL, "%s", error->message);
        return NULL;
    }
    found = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    g_hash_table_insert(library->file_digests, g_strdup(path), found);
    return found;
}

gboolean cs_library_is_sound(const CsLibrary *library, const char *mark)
{
    return g_hash_table_contains(library->sound, mark);
}

void cs_library_note_sound(CsLibrary *library, const char *mark)
{
    g_hash_table_add(library->sound, g_strdup(mark));
}

const CsCqiTable *cs_library_cqi_table(CsLibrary *library, int number, CsPlace from,
                                       CsDiagnostics *diagnostics)
{
    g_assert(number >= 1 && number <= CQI_TABLES);
    CsCqiTable **table = &library->tables[number - 1];
    if (*table != NULL)
        return *table;
    g_autofree CsCqiTable *read = g_new0(CsCqiTable, 1);
    if (cs_cqi_table_read(read, number, library->paths, from, diagnostics))
        *table = g_steal_pointer(&read);
    return *table;
}
