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
    GHashTable *architectures; /* "directory\nname" -> what was read */
    GHashTable *platforms;
    GHashTable *thresholds;
    GHashTable *curves;
    GHashTable *traces;
    GHashTable *availabilities;
    GHashTable *power_tables;
    GHashTable *layer_times;
    GHashTable *networks;
    GHashTable *file_digests; /* path -> text */
    GHashTable *sound;        /* a set of texts */
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

static GHashTable *shelf(GDestroyNotify destroy)
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
    library->architectures = shelf((GDestroyNotify)cs_architecture_free);
    library->platforms = shelf((GDestroyNotify)cs_platform_free);
    library->thresholds = shelf(g_free);
    library->curves = shelf((GDestroyNotify)cs_error_curves_free);
    library->traces = shelf((GDestroyNotify)cs_channel_trace_free);
    library->availabilities = shelf((GDestroyNotify)cs_availability_free);
    library->power_tables = shelf((GDestroyNotify)cs_power_table_free);
    library->layer_times = shelf((GDestroyNotify)cs_layer_times_free);
    library->networks = shelf(network_free);
    library->file_digests = shelf(g_free);
    library->sound = shelf(NULL);
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
    g_hash_table_unref(library->architectures);
    g_hash_table_unref(library->platforms);
    g_hash_table_unref(library->thresholds);
    g_hash_table_unref(library->curves);
    g_hash_table_unref(library->traces);
    g_hash_table_unref(library->availabilities);
    g_hash_table_unref(library->power_tables);
    g_hash_table_unref(library->layer_times);
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

static char *shelf_mark(const char *name, const char *directory)
{
    return g_strconcat(directory != NULL ? directory : "", "\n", name, NULL);
}

/* Puts on the shelf what was read (transfer full), under `mark`, which is taken; nothing where it
 * is NULL. Returns it, borrowed. */
static gpointer kept(GHashTable *shelf, char **mark, gpointer read)
{
    if (read != NULL)
        g_hash_table_insert(shelf, g_steal_pointer(mark), read);
    return read;
}

const CsArchitecture *cs_library_architecture(CsLibrary *library, const char *name,
                                              const char *directory, CsPlace from,
                                              CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory);
    CsArchitecture *found = g_hash_table_lookup(library->architectures, mark);
    return found != NULL
               ? found
               : kept(library->architectures, &mark,
                      cs_architecture_read(name, directory, library->paths, from, diagnostics));
}

const CsPlatform *cs_library_platform(CsLibrary *library, const char *name, const char *directory,
                                      CsPlace from, CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory);
    CsPlatform *found = g_hash_table_lookup(library->platforms, mark);
    return found != NULL
               ? found
               : kept(library->platforms, &mark,
                      cs_platform_read(name, directory, library->paths, from, diagnostics));
}

const CsThresholds *cs_library_thresholds(CsLibrary *library, const char *name,
                                          const char *directory, CsPlace from,
                                          CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory);
    CsThresholds *found = g_hash_table_lookup(library->thresholds, mark);
    if (found != NULL)
        return found;
    g_autofree CsThresholds *read = g_new0(CsThresholds, 1);
    if (!cs_thresholds_read(read, name, directory, library->paths, from, diagnostics))
        return NULL;
    found = g_steal_pointer(&read);
    g_hash_table_insert(library->thresholds, g_steal_pointer(&mark), found);
    return found;
}

/* A path as written in a file of `directory`. Transfer full. */
static char *path_from(const char *name, const char *directory)
{
    return g_path_is_absolute(name) || directory == NULL ? g_strdup(name)
                                                         : g_build_filename(directory, name, NULL);
}

const CsErrorCurves *cs_library_error_curves(CsLibrary *library, const char *name,
                                             const char *directory, CsPlace from,
                                             CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory), *path = path_from(name, directory);
    CsErrorCurves *found = g_hash_table_lookup(library->curves, mark);
    return found != NULL
               ? found
               : kept(library->curves, &mark, cs_error_curves_read(path, name, from, diagnostics));
}

const CsChannelTrace *cs_library_trace(CsLibrary *library, const char *name, const char *directory,
                                       const CsTraceFormat *format, CsPlace from,
                                       CsDiagnostics *diagnostics)
{
    g_autofree char *path = path_from(name, directory), *file = shelf_mark(name, directory);
    g_autofree char *mark =
        g_strdup_printf("%s\n%s\n%s\n%d %d %d %a", file, format->time_column, format->value_column,
                        format->kind, format->end, format->time_unit, format->scale);
    CsChannelTrace *found = g_hash_table_lookup(library->traces, mark);
    return found != NULL ? found
                         : kept(library->traces, &mark,
                                cs_channel_trace_read(path, name, format, from, diagnostics));
}

const CsAvailability *cs_library_availability(CsLibrary *library, const char *name,
                                              const char *directory,
                                              const CsAvailabilityFormat *format, CsPlace from,
                                              CsDiagnostics *diagnostics)
{
    g_autofree char *path = path_from(name, directory), *file = shelf_mark(name, directory);
    g_autofree char *mark =
        g_strdup_printf("%s\n%s\n%s\n%s\n%d %d %d", file, format->time_column, format->end_column,
                        format->state_column, format->kind, format->end, format->time_unit);
    CsAvailability *found = g_hash_table_lookup(library->availabilities, mark);
    return found != NULL ? found
                         : kept(library->availabilities, &mark,
                                cs_availability_read(path, name, format, from, diagnostics));
}

const CsPowerTable *cs_library_power_table(CsLibrary *library, const char *name,
                                           const char *directory, CsPlace from,
                                           CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory), *path = path_from(name, directory);
    CsPowerTable *found = g_hash_table_lookup(library->power_tables, mark);
    return found != NULL ? found
                         : kept(library->power_tables, &mark,
                                cs_power_table_read(path, name, from, diagnostics));
}

const CsLayerTimes *cs_library_layer_times(CsLibrary *library, const char *name,
                                           const char *directory, CsPlace from,
                                           CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory), *path = path_from(name, directory);
    CsLayerTimes *found = g_hash_table_lookup(library->layer_times, mark);
    return found != NULL ? found
                         : kept(library->layer_times, &mark,
                                cs_layer_times_read(path, name, from, diagnostics));
}

/* Where a network is: a bare name is one that ships, or lies in a user's own directory. NULL with
 * an error added where there is none of that name. Transfer full. */
static char *network_path(const CsLibrary *library, const char *name, const char *directory,
                          CsPlace from, CsDiagnostics *diagnostics)
{
    if (strchr(name, '/') != NULL || g_str_has_suffix(name, ".json"))
        return path_from(name, directory);
    g_autofree char *config = g_build_filename(name, "config.json", NULL);
    char *path = cs_paths_find(library->paths, "models/network", config);
    if (path == NULL) {
        g_autofree char *help =
            g_strdup_printf("'tiny' ships; write './%s' if it is a folder", name);
        cs_diagnostics_error(diagnostics, from, help, "no network is called '%s'", name);
    }
    return path;
}

const CsBaseModel *cs_library_network(CsLibrary *library, const char *name, const char *directory,
                                      CsPlace from, const char **digest, CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory);
    Network *found = g_hash_table_lookup(library->networks, mark);
    if (found == NULL) {
        g_autofree char *path = network_path(library, name, directory, from, diagnostics);
        CsBaseModel *model =
            path != NULL ? cs_base_model_read(path, name, from, diagnostics) : NULL;
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
