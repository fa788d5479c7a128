/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/merge: joining shards. See merge.h. */
#include "campaign/merge.h"

#include "base/fail.h"
#include "base/number.h"
#include "base/version.h"
#include "campaign/campaign.h"
#include "campaign/pieces.h"
#include "campaign/publish.h"

#include <glib/gstdio.h>
#include <string.h>

G_DEFINE_QUARK(cs - merge - error - quark, cs_merge_error)

/* Runs that a message names before it only counts. */
#define NAMED_MAX 5

/* What is kept of a part, which is closed again once it is read: there may be a thousand. */
enum {
    BUILD,
    SCENARIO,
    PLAN,
    MANIFEST,
    TABLES,
    SHARD,
    SPLIT,
    RUNS,
    PARAMETERS,
    SOURCE,
    ORIGIN,
    INCLUDE,
    META_N
};
static const char *const meta_keys[META_N] = {"build",      "scenario", "plan",   "manifest",
                                              "tables",     "shard",    "split",  "runs",
                                              "parameters", "source",   "origin", "include"};

typedef struct {
    const char *directory;
    char *meta[META_N]; /* or NULL */
    guint64 shard, shards;
    gboolean split; /* it has portions of runs, which say by themselves what they are */
    guint64 held;   /* runs that it had when it was read */
} Part;

typedef struct {
    GArray *parts;  /* of Part */
    guint64 runs;   /* of the whole plan */
    guint32 *owner; /* by run - 1: position of its part + 1, 0 for none */
    guint64 twice;  /* the first run that is in two parts */
    char **failed;  /* by run - 1: why it failed in its part, or NULL */
    CsPieces *pieces;
} Merge;

static void part_clear(gpointer data)
{
    for (guint i = 0; i < META_N; i++)
        g_free(((Part *)data)->meta[i]);
}

static void merge_free(Merge *merge)
{
    g_array_unref(merge->parts);
    cs_pieces_free(merge->pieces);
    cs_store_failures_free(merge->failed, merge->runs);
    g_free(merge->owner);
    g_free(merge);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Merge, merge_free)

static Part *part_at(const Merge *merge, guint i)
{
    return &g_array_index(merge->parts, Part, i);
}

/* --- the parts belong together ---------------------------------------------------------------- */

static gboolean is_same_directory(const char *one, const char *other)
{
    GStatBuf a, b;
    return g_stat(one, &a) == 0 && g_stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static gboolean read_meta(Part *part, CsStore *store, GError **error)
{
    for (guint i = 0; i < META_N; i++)
        part->meta[i] = cs_database_get_meta(cs_store_database(store), meta_keys[i]);
    part->split = g_strcmp0(part->meta[SPLIT], "yes") == 0;
    const char *shard = part->meta[SHARD];
    const char *slash = shard != NULL ? strchr(shard, '/') : NULL;
    if (slash != NULL && cs_number_read_whole(shard, (gsize)(slash - shard), &part->shard) &&
        cs_number_read_whole(slash + 1, strlen(slash + 1), &part->shards) && part->shards > 0)
        return TRUE;
    return cs_fail(error, CS_STORE_ERROR, CS_STORE_ERROR_ABSENT,
                   "'%s' does not say which shard it holds", part->directory);
}

static gboolean check_build(const Part *part, GError **error)
{
    const char *build = part->meta[BUILD];
    if (g_strcmp0(build, cs_build_identity()) == 0)
        return TRUE;
    return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_MIXED,
                   "'%s' was written by another build of cardsim (%s; this one is %s)",
                   part->directory, build, cs_build_identity());
}

static gboolean check_same(const Merge *merge, const Part *part, guint key, const char *what,
                           GError **error)
{
    const Part *first = part_at(merge, 0);
    if (g_strcmp0(first->meta[key], part->meta[key]) == 0)
        return TRUE;
    return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_MIXED, "'%s' and '%s' are of different %s",
                   first->directory, part->directory, what);
}

static gboolean check_identity(const Merge *merge, const Part *part, GError **error)
{
    return check_build(part, error) && check_same(merge, part, SCENARIO, "scenarios", error) &&
           check_same(merge, part, PLAN, "lists of runs", error) &&
           check_same(merge, part, TABLES, "tables", error);
}

/* --- every run, once -------------------------------------------------------------------------- */

typedef struct {
    Merge *merge;
    guint32 part;
    gboolean foreign; /* a run that the plan does not have */
} Claim;

static gboolean claim_run(gpointer context, guint n, const CsCell *cells)
{
    Claim *claim = context;
    Merge *merge = claim->merge;
    gint64 run = cells[0].whole;
    claim->foreign = n != 1 || run < 1 || (guint64)run > merge->runs;
    if (claim->foreign)
        return FALSE;
    guint32 *owner = &merge->owner[run - 1];
    if (*owner != 0) {
        merge->twice = (guint64)run;
        return FALSE;
    }
    *owner = claim->part + 1;
    return TRUE;
}

static gboolean tell_twice(const Merge *merge, guint second, GError **error)
{
    guint first = merge->owner[merge->twice - 1] - 1;
    const char *one = part_at(merge, first)->directory, *other = part_at(merge, second)->directory;
    if (is_same_directory(one, other))
        g_set_error(error, CS_MERGE_ERROR, CS_MERGE_ERROR_DUPLICATE, "'%s' is named twice", other);
    else
        g_set_error(error, CS_MERGE_ERROR, CS_MERGE_ERROR_DUPLICATE,
                    "run %" G_GUINT64_FORMAT " is in both '%s' and '%s'", merge->twice, one, other);
    return FALSE;
}

static gboolean claim_runs(Merge *merge, guint i, CsStore *store, GError **error)
{
    Part *part = part_at(merge, i);
    Claim claim = {merge, i, FALSE};
    part->held = cs_database_n_runs(cs_store_database(store));
    if (!cs_database_query(cs_store_database(store), "SELECT run FROM run ORDER BY run", NULL,
                           claim_run, &claim, error))
        return FALSE;
    if (claim.foreign)
        return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_MIXED,
                       "'%s' holds a run that is not in its own list of runs", part->directory);
    return merge->twice == 0 || tell_twice(merge, i, error);
}

/* A run that failed in its shard would fail again: it is no gap. */
static void read_unfinished(Merge *merge, const Part *part, CsStore *store)
{
    char **failed = cs_store_failures(store, merge->runs);
    if (part->split)
        cs_pieces_add(merge->pieces, cs_store_database(store), part->directory, failed,
                      merge->runs);
    for (guint64 k = 0; k < merge->runs; k++)
        if (merge->failed[k] == NULL)
            merge->failed[k] = g_steal_pointer(&failed[k]);
    cs_store_failures_free(failed, merge->runs);
}

/* Of the first part: how many runs there are. */
static gboolean begin_runs(Merge *merge, GError **error)
{
    const char *runs = part_at(merge, 0)->meta[RUNS];
    if (runs == NULL || !cs_number_read_whole(runs, strlen(runs), &merge->runs) ||
        merge->runs > CS_RUNS_MAX)
        return cs_fail(error, CS_STORE_ERROR, CS_STORE_ERROR_ABSENT,
                       "'%s' does not say how many runs there are", part_at(merge, 0)->directory);
    merge->owner = g_new0(guint32, merge->runs + 1);
    merge->failed = g_new0(char *, merge->runs + 1);
    return TRUE;
}

static gboolean read_part(Merge *merge, const char *directory, GError **error)
{
    g_autoptr(CsStore) store = cs_store_open_reading(directory, error);
    if (store == NULL)
        return FALSE;
    Part added = {.directory = directory};
    g_array_append_val(merge->parts, added);
    guint i = merge->parts->len - 1;
    Part *part = part_at(merge, i);
    if (!read_meta(part, store, error) || !check_identity(merge, part, error) ||
        (i == 0 && !begin_runs(merge, error)) || !claim_runs(merge, i, store, error))
        return FALSE;
    read_unfinished(merge, part, store);
    return TRUE;
}

/* Names every run that failed, in the merged results and in `error`. FALSE where one did. */
static gboolean tell_failures(const Merge *merge, CsStore *store, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint64 n = 0;
    for (guint64 i = 0; i < merge->runs; i++) {
        if (merge->failed[i] == NULL)
            continue;
        if (!cs_store_note_failure(store, i + 1, merge->failed[i], error))
            return FALSE;
        g_string_append_printf(text, "%srun %" G_GUINT64_FORMAT ": %s", n > 0 ? "; " : "", i + 1,
                               merge->failed[i]);
        n++;
    }
    if (n > 0)
        g_set_error(error, CS_MERGE_ERROR, CS_MERGE_ERROR_FAILED,
                    "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " runs failed, the others are merged: %s",
                    n, merge->runs, text->str);
    return n == 0;
}

/* Whether run index + 1 is one of the part's. */
static gboolean belongs(const Part *part, guint64 index)
{
    return !part->split && index % part->shards == part->shard;
}

static gboolean has_home(const Merge *merge, guint64 index)
{
    for (guint i = 0; i < merge->parts->len; i++)
        if (belongs(part_at(merge, i), index))
            return TRUE;
    return FALSE;
}

/* "run 3", "runs 3, 7 and 11", "runs 1, 2, 3, 4, 5 and 95 more": those that are in no part, and
 * that belong to `part`, or where it is NULL to none. NULL where there are none. Transfer full. */
static char *name_missing(const Merge *merge, const Part *part)
{
    guint64 named[NAMED_MAX], n = 0;
    for (guint64 i = 0; i < merge->runs; i++) {
        if (merge->owner[i] != 0 || merge->failed[i] != NULL ||
            cs_pieces_have(merge->pieces, i + 1) ||
            (part != NULL ? !belongs(part, i) : has_home(merge, i)))
            continue;
        if (n < NAMED_MAX)
            named[n] = i + 1;
        n++;
    }
    if (n == 0)
        return NULL;
    GString *text = g_string_new(n == 1 ? "run " : "runs ");
    for (guint64 k = 0; k < MIN(n, NAMED_MAX); k++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT,
                               k == 0       ? ""
                               : k + 1 == n ? " and "
                                            : ", ",
                               named[k]);
    if (n > NAMED_MAX)
        g_string_append_printf(text, " and %" G_GUINT64_FORMAT " more", n - NAMED_MAX);
    return g_string_free(text, FALSE);
}

static gboolean check_gaps(const Merge *merge, GError **error)
{
    g_autoptr(GPtrArray) gaps = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < merge->parts->len; i++) {
        const Part *part = part_at(merge, i);
        g_autofree char *missing = name_missing(merge, part);
        if (missing != NULL)
            g_ptr_array_add(gaps,
                            g_strdup_printf("'%s' (shard %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
                                            ") lacks %s: --resume its sweep",
                                            part->directory, part->shard, part->shards, missing));
    }
    g_autofree char *homeless = name_missing(merge, NULL);
    if (homeless != NULL)
        g_ptr_array_add(gaps, g_strdup_printf("%s of %" G_GUINT64_FORMAT
                                              " belong to a shard that is not named here",
                                              homeless, merge->runs));
    for (guint64 i = 0; i < merge->runs; i++)
        if (merge->owner[i] == 0 && cs_pieces_have(merge->pieces, i + 1))
            cs_pieces_tell_gaps(merge->pieces, i + 1, gaps);
    if (gaps->len == 0)
        return TRUE;
    g_ptr_array_add(gaps, NULL);
    g_autofree char *text = g_strjoinv("; ", (char **)gaps->pdata);
    return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_GAP, "%s", text);
}

/* No replication is in two parts; a whole run's are none of anybody else. */
static gboolean check_overlaps(const Merge *merge, GError **error)
{
    const char *one, *other;
    g_autofree char *overlap = cs_pieces_overlap(merge->pieces, &one, &other);
    if (overlap != NULL && is_same_directory(one, other))
        return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_DUPLICATE, "'%s' is named twice",
                       other);
    if (overlap != NULL)
        return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_DUPLICATE, "%s", overlap);
    for (guint64 i = 0; i < merge->runs; i++) {
        if (merge->owner[i] == 0 || !cs_pieces_filled(merge->pieces, i + 1, &other))
            continue;
        return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_DUPLICATE,
                       "run %" G_GUINT64_FORMAT " is in '%s', and a portion of it in '%s'", i + 1,
                       part_at(merge, merge->owner[i] - 1)->directory, other);
    }
    return TRUE;
}

/* --- joining ---------------------------------------------------------------------------------- */

static gboolean read_parts(Merge *merge, const char *const *parts, const char *directory,
                           GError **error)
{
    for (guint i = 0; parts[i] != NULL; i++) {
        if (is_same_directory(parts[i], directory))
            return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_TARGET,
                           "'%s' is to be merged and to take the result: name another directory",
                           parts[i]);
        if (!read_part(merge, parts[i], error))
            return FALSE;
    }
    cs_pieces_sort(merge->pieces);
    for (guint64 k = 0; k < merge->runs; k++) {
        if (merge->failed[k] == NULL)
            merge->failed[k] = g_strdup(cs_pieces_failure(merge->pieces, k + 1));
        if (merge->owner[k] != 0) /* it failed elsewhere, or before */
            g_clear_pointer(&merge->failed[k], g_free);
    }
    return check_overlaps(merge, error) && check_gaps(merge, error);
}

static gboolean changed(const char *directory, GError **error)
{
    return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_MIXED,
                   "'%s' has changed while it was merged: merge again", directory);
}

/* Opens it again, alone: few files are open at a time, however many parts there are. */
static gboolean copy_part(const Merge *merge, guint i, CsStore *store, GError **error)
{
    const Part *part = part_at(merge, i);
    g_autoptr(CsStore) from = cs_store_open_reading(part->directory, error);
    if (from == NULL)
        return FALSE;
    if (cs_database_n_runs(cs_store_database(from)) != part->held)
        return changed(part->directory, error);
    return cs_database_merge(cs_store_database(store), part->directory, error);
}

static gboolean goes_on(const gint *interrupt, GError **error)
{
    if (interrupt == NULL || g_atomic_int_get(interrupt) == 0)
        return TRUE;
    return cs_fail(error, CS_MERGE_ERROR, CS_MERGE_ERROR_INTERRUPTED, "interrupted");
}

static gboolean copy_parts(const Merge *merge, CsStore *store, const gint *interrupt,
                           GError **error)
{
    for (guint i = 0; i < merge->parts->len; i++)
        if (!goes_on(interrupt, error) || !cs_store_check(store, error) ||
            !copy_part(merge, i, store, error))
            return FALSE;
    return TRUE;
}

typedef struct {
    CsStore *store;
    const gint *interrupt;
} Joining;

/* A piece is what it was when it was read. */
static gboolean before_piece(gpointer context, const char *directory, const CsPortion *portion,
                             GError **error)
{
    const Joining *joining = context;
    if (!goes_on(joining->interrupt, error) || !cs_store_check(joining->store, error))
        return FALSE;
    g_autoptr(CsStore) from = cs_store_open_reading(directory, error);
    if (from == NULL)
        return FALSE;
    g_autoptr(GArray) portions = cs_partial_read(cs_store_database(from));
    for (guint i = 0; i < portions->len; i++)
        if (memcmp(&g_array_index(portions, CsPortion, i), portion, sizeof *portion) == 0)
            return TRUE;
    return changed(directory, error);
}

static gboolean join_pieces(const Merge *merge, CsStore *store, const gint *interrupt,
                            GError **error)
{
    Joining joining = {store, interrupt};
    CsDatabase *database = cs_store_database(store);
    for (guint64 i = 0; i < merge->runs; i++)
        if (merge->owner[i] == 0 && merge->failed[i] == NULL &&
            !cs_database_has_run(database, i + 1) &&
            !cs_pieces_join(merge->pieces, i + 1, database, before_piece, &joining, error))
            return FALSE;
    return TRUE;
}

/* Everything, in the parts' order, then the runs' that they share. */
static gboolean join(const Merge *merge, CsStore *store, const gint *interrupt, GError **error)
{
    cs_database_watch(cs_store_database(store), interrupt);
    gboolean good =
        copy_parts(merge, store, interrupt, error) && join_pieces(merge, store, interrupt, error);
    cs_database_watch(cs_store_database(store), NULL);
    return good;
}

gboolean cs_merge(const char *const *parts, const char *directory, guint mode, CsProgress *progress,
                  const gint *interrupt, guint64 *runs, GError **error)
{
    g_autoptr(Merge) merge = g_new0(Merge, 1);
    merge->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    g_array_set_clear_func(merge->parts, part_clear);
    merge->pieces = cs_pieces_new();
    if (!read_parts(merge, parts, directory, error))
        return FALSE;
    const Part *first = part_at(merge, 0);
    const CsIdentity identity = {.scenario = first->meta[SCENARIO],
                                 .plan = first->meta[PLAN],
                                 .shard = "0/1",
                                 .manifest = first->meta[MANIFEST],
                                 .tables = first->meta[TABLES],
                                 .parameters = first->meta[PARAMETERS],
                                 .source = first->meta[SOURCE],
                                 .origin = first->meta[ORIGIN],
                                 .include = first->meta[INCLUDE],
                                 .runs = merge->runs};
    g_autoptr(CsStore) store = cs_store_open(directory, mode, &identity, error);
    if (store == NULL)
        return FALSE;
    *runs = merge->runs;
    CsDatabase *database = cs_store_database(store);
    if (!join(merge, store, interrupt, error) ||
        !cs_results_export(database, cs_store_folder(store), progress, interrupt, error) ||
        !cs_store_check(store, error))
        return FALSE;
    cs_partial_shrink(database);
    return tell_failures(merge, store, error);
}
