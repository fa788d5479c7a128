/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/library: files read once. See library.h. */
#include "scenario/library.h"

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
    CsCqiTable *tables[CQI_TABLES];
    CsTyped defaults[CS_KEY_N];
};

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
    library->curves = shelf((GDestroyNotify)cs_error_curves_unref);
    library->traces = shelf((GDestroyNotify)cs_channel_trace_unref);
    library->availabilities = shelf((GDestroyNotify)cs_availability_unref);
    library->power_tables = shelf((GDestroyNotify)cs_power_table_free);
    library->layer_times = shelf((GDestroyNotify)cs_layer_times_free);
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

const CsArchitecture *cs_library_architecture(CsLibrary *library, const char *name,
                                              const char *directory, CsPlace from,
                                              CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory);
    CsArchitecture *found = g_hash_table_lookup(library->architectures, mark);
    if (found == NULL) {
        found = cs_architecture_read(name, directory, library->paths, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->architectures, g_steal_pointer(&mark), found);
    }
    return found;
}

const CsPlatform *cs_library_platform(CsLibrary *library, const char *name, const char *directory,
                                      CsPlace from, CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory);
    CsPlatform *found = g_hash_table_lookup(library->platforms, mark);
    if (found == NULL) {
        found = cs_platform_read(name, directory, library->paths, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->platforms, g_steal_pointer(&mark), found);
    }
    return found;
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
    if (found == NULL) {
        found = cs_error_curves_read(path, name, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->curves, g_steal_pointer(&mark), found);
    }
    return found;
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
    if (found == NULL) {
        found = cs_channel_trace_read(path, name, format, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->traces, g_steal_pointer(&mark), found);
    }
    return found;
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
    if (found == NULL) {
        found = cs_availability_read(path, name, format, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->availabilities, g_steal_pointer(&mark), found);
    }
    return found;
}

const CsPowerTable *cs_library_power_table(CsLibrary *library, const char *name,
                                           const char *directory, CsPlace from,
                                           CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory), *path = path_from(name, directory);
    CsPowerTable *found = g_hash_table_lookup(library->power_tables, mark);
    if (found == NULL) {
        found = cs_power_table_read(path, name, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->power_tables, g_steal_pointer(&mark), found);
    }
    return found;
}

const CsLayerTimes *cs_library_layer_times(CsLibrary *library, const char *name,
                                           const char *directory, CsPlace from,
                                           CsDiagnostics *diagnostics)
{
    g_autofree char *mark = shelf_mark(name, directory), *path = path_from(name, directory);
    CsLayerTimes *found = g_hash_table_lookup(library->layer_times, mark);
    if (found == NULL) {
        found = cs_layer_times_read(path, name, from, diagnostics);
        if (found != NULL)
            g_hash_table_insert(library->layer_times, g_steal_pointer(&mark), found);
    }
    return found;
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
