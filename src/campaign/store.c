/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/store: the directory of a campaign. See store.h. */
#include "campaign/store.h"

#include "base/dir.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/number.h"
#include "base/version.h"
#include "campaign/record.h"
#include "output/manifest.h"

#include <string.h>

#define MANIFEST_MAX ((gsize)64 << 20) /* bytes */

G_DEFINE_QUARK(cs - store - error - quark, cs_store_error)

struct CsStore {
    char *directory;
    CsDir *folder; /* the same, open and locked */
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

/* Alone, to work in it, or along with others, to read; then it does without a lock where there can
 * be none. */
static gboolean open_directory(CsStore *store, gboolean alone, gboolean locks, GError **error)
{
    g_autoptr(GError) why = NULL;
    store->folder = cs_dir_open(store->directory, alone, error);
    if (store->folder == NULL)
        return FALSE;
    if (!locks || cs_dir_lock(store->folder, alone, &why) ||
        (!alone && g_error_matches(why, CS_FILE_ERROR, CS_FILE_ERROR_NO_LOCKS)))
        return TRUE;
    if (g_error_matches(why, CS_FILE_ERROR, CS_FILE_ERROR_LOCKED))
        g_set_error_literal(error, CS_STORE_ERROR, CS_STORE_ERROR_LOCKED, why->message);
    else
        g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

/* FALSE where a manifest lists a file of that name with another digest: somebody has changed it. */
static gboolean is_as_listed(const CsStore *store, const char *name)
{
    gsize length;
    g_autofree char *text = cs_dir_read(store->folder, CS_MANIFEST_FILE, MANIFEST_MAX, &length);
    g_auto(GStrv) files = text != NULL ? cs_manifest_files(text, length) : NULL;
    for (char **file = files; file != NULL && *file != NULL; file += 2) {
        g_autofree char *digest =
            strcmp(file[0], name) == 0 ? cs_dir_digest(store->folder, name) : NULL;
        if (digest != NULL && strcmp(digest, file[1]) != 0)
            return FALSE;
    }
    return TRUE;
}

/* How the table of that name begins, or NULL where no table is called so: a sweep's parameters may
 * follow. Transfer full. */
static char *start_of_table(const char *name)
{
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (strcmp(name, cs_table_info((CsTable)t)->file_name) == 0)
            return cs_table_header_start((CsTable)t);
    return NULL;
}

/* TRUE where a file of that name, which is there, is what a sweep writes: a table with our header
 * that no manifest lists otherwise, a manifest of ours, a database that opens or has not been
 * begun. */
static gboolean is_ours(const CsStore *store, const char *name, gboolean restart)
{
    gsize length;
    if (strcmp(name, "manifest.json") == 0) {
        g_autofree char *text = cs_dir_read(store->folder, name, MANIFEST_MAX, &length);
        return text != NULL && cs_manifest_is_ours(text, length);
    }
    g_autofree char *header = start_of_table(name);
    if (header != NULL)
        return cs_dir_begins(store->folder, name, header, FALSE) && is_as_listed(store, name);
    /* SQLite's companions go with it; whether it can be carried on is told when it is opened. */
    if (!restart || strcmp(name, CS_DATABASE_FILE) != 0)
        return TRUE;
    g_autofree char *nothing = cs_dir_read(store->folder, name, 0, NULL);
    if (nothing != NULL)
        return TRUE;
    g_autoptr(CsDatabase) database = cs_database_open(store->directory, CS_DATABASE_READ, NULL);
    return database != NULL;
}

/* What only bears the name of a result is somebody's, and in the way. */
static gboolean check_ours(const CsStore *store, gboolean restart, GError **error)
{
    g_auto(GStrv) names = cs_dir_list(store->folder, error);
    for (char **name = names; name != NULL && *name != NULL; name++) {
        if (!is_own(*name) || strstr(*name, ".tmp-") != NULL || is_ours(store, *name, restart))
            continue;
        return cs_fail(
            error, CS_STORE_ERROR, CS_STORE_ERROR_OCCUPIED,
            "'%s' holds '%s', which is not what a sweep wrote there: move it away, or name "
            "another directory",
            store->directory, *name);
    }
    return names != NULL;
}

/* TRUE where it is the journal of a database whose own name a power failure has taken: SQLite's
 * magic number, as far as it was written. SQLite removes it along with the new database. */
static gboolean is_lost_journal(const CsStore *store, const char *name)
{
    return strcmp(name, CS_DATABASE_FILE "-journal") == 0 &&
           cs_dir_begins(store->folder, name, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", TRUE);
}

/* Nothing foreign where there are no results of ours; no results where new ones are to begin. */
static gboolean check_contents(const CsStore *store, guint mode, GError **error)
{
    g_auto(GStrv) names = cs_dir_list(store->folder, error);
    if (names == NULL)
        return FALSE;
    gboolean ours = cs_dir_has(store->folder, CS_DATABASE_FILE);
    if (ours && mode != CS_STORE_NEW)
        return check_ours(store, mode == CS_STORE_RESTART, error);
    if (ours)
        return cs_fail(error, CS_STORE_ERROR, CS_STORE_ERROR_OCCUPIED,
                       "'%s' holds results: --resume carries them on, --restart starts over",
                       store->directory);
    if (names[0] == NULL || (names[1] == NULL && is_lost_journal(store, names[0])))
        return TRUE;
    if (cs_dir_has(store->folder, CS_MANIFEST_FILE))
        g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_OCCUPIED,
                    "'%s' holds the results of a run: name another directory for a sweep's",
                    store->directory);
    else
        g_set_error(error, CS_STORE_ERROR, CS_STORE_ERROR_OCCUPIED,
                    "'%s' holds '%s', which is no result of a sweep: name another directory",
                    store->directory, names[0]);
    return FALSE;
}

/* TRUE where it is an unfinished table or manifest of ours whose process is dead. */
static gboolean is_abandoned(const CsStore *store, const char *name)
{
    const char *end = strstr(name, ".tmp-");
    g_autofree char *of = end != NULL ? g_strndup(name, (gsize)(end - name)) : NULL;
    g_autofree char *table = of != NULL ? start_of_table(of) : NULL;
    gboolean ours = table != NULL || g_strcmp0(of, CS_MANIFEST_FILE) == 0;
    return ours && cs_dir_is_abandoned(store->folder, name, of) &&
           cs_dir_begins(store->folder, name, table != NULL ? table : "{", TRUE);
}

/* With `all` FALSE only what a killed process left unfinished. */
static gboolean remove_own(const CsStore *store, gboolean all, GError **error)
{
    g_auto(GStrv) names = cs_dir_list(store->folder, error);
    for (char **name = names; name != NULL && *name != NULL; name++) {
        gboolean unfinished = strstr(*name, ".tmp-") != NULL;
        gboolean wanted = unfinished ? is_abandoned(store, *name) : all && is_own(*name);
        if (wanted && !cs_dir_remove(store->folder, *name, error))
            return FALSE;
    }
    return names != NULL;
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
    return cs_fail(error, CS_STORE_ERROR, CS_STORE_ERROR_CHANGED,
                   "the results in '%s' are of another %s (%s): --restart starts over",
                   store->directory, what, detail);
}

static gboolean check_identity(CsStore *store, const CsIdentity *identity, gboolean extends,
                               gboolean *begun, GError **error)
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
    if (!extends && g_strcmp0(scenario, identity->scenario) != 0) {
        g_autofree char *difference = first_difference(scenario, identity->scenario);
        return changed(store, "scenario", difference, error);
    }
    if (g_strcmp0(shard, identity->shard) != 0)
        return changed(store, "shard", shard, error);
    if (!extends && strcmp(plan, identity->plan) != 0)
        return changed(store, "list of runs",
                       "its axes, those of -s included, or a file that it names have changed",
                       error);
    return TRUE;
}

static gboolean keep_meta(CsStore *store, const char *key, const char *value, GError **error)
{
    return value == NULL || cs_database_set_meta(store->database, key, value, error);
}

static gboolean keep_places(CsStore *store, const char *tables, GError **error)
{
    g_auto(GStrv) words = g_strsplit(tables, " ", -1);
    gboolean places = g_strv_contains((const char *const *)words, CS_RECORDED_PLACES);
    return cs_database_set_places(store->database, places, error);
}

gboolean cs_store_write_identity(CsStore *store, const CsIdentity *identity, GError **error)
{
    char runs[32];
    g_snprintf(runs, sizeof runs, "%" G_GUINT64_FORMAT, identity->runs);
    return cs_database_set_meta(store->database, "build", cs_build_identity(), error) &&
           cs_database_set_meta(store->database, "scenario", identity->scenario, error) &&
           cs_database_set_meta(store->database, "shard", identity->shard, error) &&
           cs_database_set_meta(store->database, "manifest", identity->manifest, error) &&
           cs_database_set_meta(store->database, "tables", identity->tables, error) &&
           keep_places(store, identity->tables, error) &&
           keep_meta(store, "parameters", identity->parameters, error) &&
           keep_meta(store, "source", identity->source, error) &&
           keep_meta(store, "origin", identity->origin, error) &&
           keep_meta(store, "include", identity->include, error) &&
           cs_database_set_meta(store->database, "split", identity->split ? "yes" : "no", error) &&
           cs_database_set_meta(store->database, "runs", runs, error) &&
           cs_database_set_meta(store->database, "plan", identity->plan, error);
}

static CsStore *store_new(const char *directory)
{
    CsStore *store = g_new0(CsStore, 1);
    store->directory = g_strdup(directory);
    return store;
}

CsStore *cs_store_open(const char *directory, guint mode, const CsIdentity *identity,
                       GError **error)
{
    g_autoptr(CsStore) store = store_new(directory);
    gboolean locks = (mode & CS_STORE_NO_LOCK) == 0;
    gboolean extends = (mode & CS_STORE_EXTEND) != 0;
    mode &= ~(CS_STORE_NO_LOCK | CS_STORE_EXTEND);
    if (!open_directory(store, TRUE, locks, error) || !check_contents(store, mode, error) ||
        !remove_own(store, mode == CS_STORE_RESTART, error))
        return NULL;
    store->database = cs_database_open(
        directory, locks ? CS_DATABASE_CREATE : CS_DATABASE_CREATE_UNLOCKED, error);
    gboolean begun;
    if (store->database == NULL || !cs_store_check(store, error) ||
        !check_identity(store, identity, extends, &begun, error) ||
        (!begun && !cs_store_write_identity(store, identity, error)))
        return NULL;
    return g_steal_pointer(&store);
}

CsStore *cs_store_open_reading(const char *directory, GError **error)
{
    g_autoptr(CsStore) store = store_new(directory);
    g_autofree char *results = g_build_filename(directory, CS_DATABASE_FILE, NULL);
    if (!open_directory(store, FALSE, TRUE, error))
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
    cs_dir_close(store->folder);
    g_free(store->directory);
    g_free(store);
}

const CsDir *cs_store_folder(const CsStore *store)
{
    return store->folder;
}

gboolean cs_store_check(const CsStore *store, GError **error)
{
    return cs_dir_check(store->folder, error);
}

CsDatabase *cs_store_database(CsStore *store)
{
    return store->database;
}

/* --- runs that failed --------------------------------------------------------------------------
 */

/* How the keys of their lines of `meta` begin. */
#define FAILED "failed/"

gboolean cs_store_note_failure(CsStore *store, guint64 run, const char *why, GError **error)
{
    g_autofree char *key = g_strdup_printf(FAILED "%" G_GUINT64_FORMAT, run);
    return cs_database_set_meta(store->database, key, why, error);
}

typedef struct {
    char **failures;
    guint64 runs;
} Failures;

static gboolean take_failure(gpointer context, guint n, const CsCell *cells)
{
    const Failures *all = context;
    guint64 run;
    const char *number = n == 2 && cells[0].kind == CS_CELL_TEXT ? cells[0].text : "";
    if (cells[1].kind == CS_CELL_TEXT && cs_number_read_whole(number, strlen(number), &run) &&
        run >= 1 && run <= all->runs && all->failures[run - 1] == NULL)
        all->failures[run - 1] = g_strdup(cells[1].text);
    return TRUE;
}

char **cs_store_failures(CsStore *store, guint64 runs)
{
    Failures all = {g_new0(char *, runs + 1), runs};
    cs_database_query(store->database,
                      "SELECT substr(key, length('" FAILED "') + 1), value FROM meta"
                      " WHERE key LIKE '" FAILED "%'",
                      NULL, take_failure, &all, NULL);
    return all.failures;
}

void cs_store_failures_free(char **failures, guint64 runs)
{
    for (guint64 i = 0; failures != NULL && i < runs; i++)
        g_free(failures[i]);
    g_free(failures);
}
