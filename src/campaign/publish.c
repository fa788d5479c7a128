/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/publish: results as files. See publish.h. Layer: campaign. */
#include "campaign/publish.h"

#include "campaign/parameters.h"
#include "output/manifest.h"

/* The manifest kept, with the digests of the tables that stand in their places. Transfer full. */
static char *with_digests(const char *manifest, const CsDir *folder)
{
    g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
    for (guint t = 0; t < CS_TABLE_N; t++) {
        const char *name = cs_table_info((CsTable)t)->file_name;
        g_autofree char *digest = cs_dir_digest(folder, name);
        if (digest == NULL)
            continue;
        g_strv_builder_add(pairs, name);
        g_strv_builder_add(pairs, digest);
    }
    g_auto(GStrv) files = g_strv_builder_end(pairs);
    return cs_manifest_with_files(manifest, (const char *const *)files);
}

gboolean cs_results_begin(const CsDir *folder, GError **error)
{
    return cs_dir_remove(folder, CS_MANIFEST_FILE, error) && cs_dir_sync(folder, error);
}

gboolean cs_results_end(CsDatabase *database, const CsDir *folder, GError **error)
{
    g_autofree char *kept = cs_database_get_meta(database, "manifest");
    g_autofree char *manifest = kept != NULL ? with_digests(kept, folder) : NULL;
    return cs_dir_sync(folder, error) &&
           (manifest == NULL || (cs_dir_write_file(folder, CS_MANIFEST_FILE, manifest, -1, error) &&
                                 cs_dir_sync(folder, error)));
}

typedef struct {
    CsProgress *progress;
    const gint *interrupt;
} Watch;

static gboolean watch_export(gpointer context, CsTable table, guint64 rows, guint64 all)
{
    const Watch *watch = context;
    if (watch->progress != NULL)
        cs_progress_write(watch->progress, cs_table_info(table)->file_name, rows, all);
    return watch->interrupt == NULL || g_atomic_int_get(watch->interrupt) == 0;
}

static gboolean export_tables(CsDatabase *database, const CsDir *folder, Watch *watch,
                              GError **error)
{
    g_autofree char *recorded = cs_database_get_meta(database, "tables");
    g_auto(GStrv) names = g_strsplit(recorded != NULL ? recorded : "", " ", -1);
    g_autoptr(CsParameters) parameters = cs_parameters_of(database, FALSE);
    const CsRowEnds ends = cs_parameters_ends(parameters);
    if (!cs_database_index(database, error))
        return FALSE;
    for (guint t = 0; t < CS_TABLE_N; t++)
        if (g_strv_contains((const char *const *)names, cs_table_info((CsTable)t)->name) &&
            !cs_database_export(database, (CsTable)t, folder, &ends, watch_export, watch, error))
            return FALSE;
    return TRUE;
}

gboolean cs_results_export(CsDatabase *database, const CsDir *folder, CsProgress *progress,
                           const gint *interrupt, GError **error)
{
    Watch watch = {progress, interrupt};
    cs_database_watch(database, interrupt);
    gboolean good =
        cs_results_begin(folder, error) && export_tables(database, folder, &watch, error);
    cs_database_watch(database, NULL);
    if (progress != NULL)
        cs_progress_end(progress);
    return good && cs_results_end(database, folder, error);
}
