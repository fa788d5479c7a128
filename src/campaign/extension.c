/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/extension: a sweep that gets more. See extension.h. Layer: campaign. */
#include "campaign/extension.h"

#include "base/fail.h"
#include "campaign/digest.h"

#include <string.h>

/* What it means for the runs that are there that a setting is another. */
typedef enum { FREE, MORE, ANEW } Effect;

/* Settings that decide no result of a replication. */
static const struct {
    const char *group, *key;
    Effect effect;
} free_settings[] = {{"scenario", "title", FREE},
                     {"output", "parameters", FREE},
                     {"output", "record", ANEW},
                     {"output", "places", ANEW},
                     {"simulation", "replications", MORE},
                     {"simulation", "precision", MORE},
                     {"simulation", "max-replications", MORE}};

/* The value of a key in a resolved scenario's text, or NULL. Transfer full. */
static char *value_in(const char *text, const char *group, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *head = g_strdup_printf("[%s]", group);
    g_autofree char *start = g_strdup_printf("%s = ", key);
    gboolean inside = FALSE;
    for (char **line = lines; *line != NULL; line++) {
        if ((*line)[0] == '[')
            inside = strcmp(*line, head) == 0;
        else if (inside && g_str_has_prefix(*line, start))
            return g_strdup(*line + strlen(start));
    }
    return NULL;
}

/* A stopping rule goes on with what it has seen of its metric, the first word of its value. */
static Effect effect_of(guint i, const char *old, const char *new)
{
    if (g_strcmp0(old, new) == 0)
        return FREE;
    if (strcmp(free_settings[i].key, "precision") != 0)
        return free_settings[i].effect;
    gsize length = old != NULL ? strcspn(old, " ") : 0;
    gboolean same =
        old != NULL && new != NULL &&strcspn(new, " ") == length &&strncmp(old, new, length) == 0;
    return same ? MORE : ANEW;
}

/* By how much the digests of the new runs differ for what decides nothing; *effect: for them. */
static guint64 difference(const char *before, const char *now, Effect *effect)
{
    guint64 sum = 0;
    for (guint i = 0; i < G_N_ELEMENTS(free_settings); i++) {
        const char *group = free_settings[i].group, *key = free_settings[i].key;
        g_autofree char *old = value_in(before, group, key), *new = value_in(now, group, key);
        if (old != NULL)
            sum -= cs_setting_digest(group, key, old);
        if (new != NULL)
            sum += cs_setting_digest(group, key, new);
        *effect = MAX(*effect, effect_of(i, old, new));
    }
    return sum;
}

typedef struct {
    GHashTable *places; /* digest -> position in the plan + 1; only looked up */
    const CsPlan *plan;
    guint64 difference;
    Effect effect;
    GArray *moved;   /* of CsMovedRun */
    guint64 foreign; /* a run that the plan has not; 0: none */
} Extension;

static gboolean take_run(gpointer context, guint n, const CsCell *cells)
{
    Extension *extension = context;
    gboolean finished = n == 3 && cells[2].kind == CS_CELL_WHOLE;
    guint64 digest = n == 3 && cells[1].kind == CS_CELL_TEXT
                         ? g_ascii_strtoull(cells[1].text, NULL, 16) + extension->difference
                         : 0;
    gpointer place = g_hash_table_lookup(extension->places, &digest);
    if (place == NULL && finished)
        extension->foreign = (guint64)cells[0].whole;
    if (place == NULL) /* what is only begun may go */
        return !finished;
    const CsRun *run = cs_plan_run(extension->plan, GPOINTER_TO_SIZE(place) - 1);
    CsMovedRun moved = {.from = (guint64)cells[0].whole,
                        .to = run->index,
                        .digest = run->digest,
                        .parameters = (const char *const *)run->parameters};
    moved.goes_on = finished && extension->effect == MORE &&
                    (run->adaptive || run->replications != (guint64)cells[2].whole);
    moved.wanted = run->adaptive ? 0 : run->replications;
    g_array_append_val(extension->moved, moved);
    return TRUE;
}

static gboolean find_runs(Extension *extension, CsDatabase *database, const char *directory,
                          GError **error)
{
    for (guint64 i = 0; i < cs_plan_n_runs(extension->plan); i++)
        g_hash_table_insert(extension->places, (gpointer)&cs_plan_run(extension->plan, i)->digest,
                            GSIZE_TO_POINTER(i + 1));
    if (!cs_database_query(database,
                           "SELECT begun.run, digest, replications FROM (SELECT run FROM run UNION "
                           "SELECT run FROM partial) AS begun LEFT JOIN digest ON digest.run = "
                           "begun.run LEFT JOIN run ON run.run = begun.run ORDER BY begun.run",
                           NULL, take_run, extension, error))
        return FALSE;
    if (extension->foreign == 0)
        return TRUE;
    return cs_fail(error, CS_STORE_ERROR, CS_STORE_ERROR_CHANGED,
                   "the sweep does not extend the results in '%s': their run %" G_GUINT64_FORMAT
                   " is not among its runs: --restart starts over",
                   directory, extension->foreign);
}

gboolean cs_extend(CsStore *store, const CsIdentity *identity, const CsSweep *sweep, GError **error)
{
    CsDatabase *database = cs_store_database(store);
    g_autofree char *before = cs_database_get_meta(database, "scenario");
    g_autofree char *plan = cs_database_get_meta(database, "plan");
    if (before == NULL ||
        (g_strcmp0(plan, identity->plan) == 0 && strcmp(before, identity->scenario) == 0))
        return TRUE;
    g_autoptr(GHashTable) places = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(CsMovedRun));
    Extension extension = {.places = places, .plan = sweep->plan, .moved = moved};
    extension.difference = difference(before, identity->scenario, &extension.effect);
    return find_runs(&extension, database, cs_dir_path(cs_store_folder(store)), error) &&
           cs_database_begin_extension(database, (const CsMovedRun *)(gconstpointer)moved->data,
                                       moved->len, extension.effect == ANEW, error) &&
           cs_store_write_identity(store, identity, error) &&
           cs_database_end_extension(database, error);
}
