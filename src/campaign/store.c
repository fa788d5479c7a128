/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/store: the directory of a campaign. See store.h. */
#include "campaign/store.h"

#include "base/file.h"
#include "base/version.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

G_DEFINE_QUARK(cs - store - error - quark, cs_store_error)

struct CsStore {
    char *directory;
    int lock;
    CsDatabase *database;
};

/* All that a campaign writes; SQLite's companions and unfinished files begin with these names. */
static gboolean is_called(const char *name, const char *own)
{
    if (!g_str_has_prefix(name, own))
        return FALSE;
    const char *rest = name + strlen(own);
    return *rest == '\0' || g_str_has_prefix(rest, ".tmp-") || strcmp(rest, "-wal") == 0 ||
           strcmp(rest, "-shm") == 0 || strcmp(rest, "-journal") == 0;
}

static gboolean is_own(const char *name)
{
    gboolean own = is_called(name, CS_DATABASE_FILE) || is_called(name, "manifest.json");
    for (guint t = 0; t < CS_TABLE_N; t++)
        own = own || is_called(name, cs_table_info((CsTable)t)->file_name);
    return own;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in the directory, sorted. Transfer full. */
static GPtrArray *list(const char *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* `operation`: LOCK_EX to work in it, LOCK_SH to read. */
static gboolean lock_directory(CsStore *store, int operation, GError **error)
{
    store->lock = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->lock < 0) {
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY, "cannot open '%s': %s",
                    store->directory, g_strerror(errno));
        return FALSE;
    }
    if (flock(store->lock, operation | LOCK_NB) == 0)
        return TRUE;
    if (errno == EWOULDBLOCK)
        g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_LOCKED,
                    "another cardsim is at work in '%s'", store->directory);
    else
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY, "cannot lock '%s': %s",
                    store->directory, g_strerror(errno));
    return FALSE;
}

/* Nothing foreign where there are no results of ours; no results where new ones are to begin. */
static gboolean check_contents(const CsStore *store, CsStoreMode mode, GError **error)
{
    g_autoptr(GPtrArray) names = list(store->directory);
    g_autofree char *results = g_build_filename(store->directory, CS_DATABASE_FILE, NULL);
    gboolean ours = g_file_test(results, G_FILE_TEST_EXISTS);
    if (ours && mode != CS_STORE_NEW)
        return TRUE;
    if (ours) {
        g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_OCCUPIED,
                    "'%s' holds results: --resume carries them on, --restart starts over",
                    store->directory);
        return FALSE;
    }
    if (names->len == 0)
        return TRUE;
    g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_OCCUPIED,
                "'%s' holds '%s', which is no result of a sweep: name another directory",
                store->directory, (const char *)g_ptr_array_index(names, 0));
    return FALSE;
}

/* With `all` FALSE only what a killed process left unfinished. */
static gboolean remove_own(const CsStore *store, gboolean all, GError **error)
{
    g_autoptr(GPtrArray) names = list(store->directory);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(store->directory, name, NULL);
        gboolean wanted = is_own(name) && (all || strstr(name, ".tmp-") != NULL);
        if (!wanted || g_unlink(path) == 0 || errno == ENOENT)
            continue;
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_WRITE, "cannot remove '%s': %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* The first line in which two texts differ, for the message. */
static char *first_difference(const char *before, const char *now)
{
    g_auto(GStrv) a = g_strsplit(before, "\n", -1), b = g_strsplit(now, "\n", -1);
    guint i = 0;
    while (a[i] != NULL && b[i] != NULL && strcmp(a[i], b[i]) == 0)
        i++;
    return g_strdup_printf("was '%s', is '%s'", a[i] != NULL ? a[i] : "", b[i] != NULL ? b[i] : "");
}

static gboolean changed(const CsStore *store, const char *what, const char *detail, GError **error)
{
    g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_CHANGED,
                "the results in '%s' are of another %s (%s): --restart starts over",
                store->directory, what, detail);
    return FALSE;
}

static gboolean check_identity(CsStore *store, const CsIdentity *identity, gboolean *begun,
                               GError **error)
{
    g_autofree char *build = cs_database_get_meta(store->database, "build");
    g_autofree char *scenario = cs_database_get_meta(store->database, "scenario");
    g_autofree char *shard = cs_database_get_meta(store->database, "shard");
    g_autofree char *plan = cs_database_get_meta(store->database, "plan");
    *begun = plan != NULL; /* it is written last */
    if (!*begun)
        return TRUE;
    if (g_strcmp0(build, cs_build_identity()) != 0)
        return changed(store, "build of cardsim", build, error);
    if (g_strcmp0(scenario, identity->scenario) != 0) {
        g_autofree char *difference = first_difference(scenario, identity->scenario);
        return changed(store, "scenario", difference, error);
    }
    if (g_strcmp0(shard, identity->shard) != 0)
        return changed(store, "shard", shard, error);
    if (strcmp(plan, identity->plan) != 0)
        return changed(store, "list of runs",
                       "its axes, those of -s included, or a file that it names have changed",
                       error);
    return TRUE;
}

static gboolean write_identity(CsStore *store, const CsIdentity *identity, GError **error)
{
    char runs[32];
    g_snprintf(runs, sizeof runs, "%" G_GUINT64_FORMAT, identity->runs);
    return cs_database_set_meta(store->database, "build", cs_build_identity(), error) &&
           cs_database_set_meta(store->database, "scenario", identity->scenario, error) &&
           cs_database_set_meta(store->database, "shard", identity->shard, error) &&
           cs_database_set_meta(store->database, "manifest", identity->manifest, error) &&
           cs_database_set_meta(store->database, "tables", identity->tables, error) &&
           cs_database_set_meta(store->database, "runs", runs, error) &&
           cs_database_set_meta(store->database, "plan", identity->plan, error);
}

static CsStore *store_new(const char *directory)
{
    CsStore *store = g_new0(CsStore, 1);
    store->directory = g_strdup(directory);
    store->lock = -1;
    return store;
}

CsStore *cs_store_open(const char *directory, CsStoreMode mode, const CsIdentity *identity,
                       GError **error)
{
    g_autoptr(CsStore) store = store_new(directory);
    if (!cs_directory_create(directory, error) || !lock_directory(store, LOCK_EX, error) ||
        !check_contents(store, mode, error) || !remove_own(store, mode == CS_STORE_RESTART, error))
        return NULL;
    store->database = cs_database_open(directory, CS_DATABASE_CREATE, error);
    gboolean begun;
    if (store->database == NULL || !check_identity(store, identity, &begun, error) ||
        (!begun && !write_identity(store, identity, error)))
        return NULL;
    return g_steal_pointer(&store);
}

CsStore *cs_store_open_reading(const char *directory, GError **error)
{
    g_autoptr(CsStore) store = store_new(directory);
    g_autofree char *results = g_build_filename(directory, CS_DATABASE_FILE, NULL);
    if (!lock_directory(store, LOCK_SH, error))
        return NULL;
    if (g_file_test(results, G_FILE_TEST_EXISTS)) {
        store->database = cs_database_open(directory, CS_DATABASE_READ, error);
        if (store->database == NULL)
            return NULL;
        g_autofree char *plan = cs_database_get_meta(store->database, "plan");
        if (plan != NULL)
            return g_steal_pointer(&store);
    }
    g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_ABSENT, "'%s' holds no results of a sweep",
                directory);
    return NULL;
}

void cs_store_close(CsStore *store)
{
    if (store == NULL)
        return;
    cs_database_close(store->database);
    if (store->lock >= 0)
        close(store->lock);
    g_free(store->directory);
    g_free(store);
}

CsDatabase *cs_store_database(CsStore *store)
{
    return store->database;
}
