/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/portion: what a shard takes. See portion.h. Layer: campaign. */
#include "campaign/portion.h"

#include <math.h>
#include <string.h>

gboolean cs_plan_is_split(const CsPlan *plan, guint64 shards)
{
    guint64 n = cs_plan_n_runs(plan);
    if (n >= shards)
        return FALSE;
    for (guint64 i = 0; i < n; i++)
        if (cs_plan_run(plan, i)->adaptive)
            return FALSE;
    return TRUE;
}

guint64 cs_plan_shards_most(const CsPlan *plan)
{
    guint64 n = cs_plan_n_runs(plan), replications = 0;
    if (!cs_plan_is_split(plan, G_MAXUINT64))
        return n;
    for (guint64 i = 0; i < n; i++)
        replications += cs_plan_run(plan, i)->replications;
    return replications;
}

static CsPortion whole_of(const CsRun *run)
{
    guint64 n = run->adaptive ? 0 : run->replications;
    return (CsPortion){.run = run->index, .first = 1, .count = n, .whole = n};
}

static double work_of(const CsRun *run)
{
    return MAX(run->device_rounds, 1.0);
}

/* The first replication, from 0, of a run that begins with `before` of the work that is behind the
 * cut at `target`; what is beyond the run is its end. */
static guint64 cut_in(const CsRun *run, double before, double target)
{
    double replications = ceil((target - before) / work_of(run));
    return (guint64)CLAMP(replications, 0.0, (double)run->replications);
}

static void split(const CsPlan *plan, guint64 shard, guint64 shards, GArray *portions)
{
    double all = 0, before = 0;
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        all += (double)run->replications * work_of(run);
    }
    double begin = all * ((double)shard / (double)shards);
    double end = shard + 1 == shards ? INFINITY : all * ((double)(shard + 1) / (double)shards);
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        guint64 from = cut_in(run, before, begin), to = cut_in(run, before, end);
        const CsPortion portion = {run->index, from + 1, to - from, 0, run->replications};
        if (to > from)
            g_array_append_val(portions, portion);
        before += (double)run->replications * work_of(run);
    }
}

GArray *cs_portions(const CsPlan *plan, guint64 shard, guint64 shards)
{
    GArray *portions = g_array_new(FALSE, FALSE, sizeof(CsPortion));
    if (cs_plan_is_split(plan, shards)) {
        split(plan, shard, shards, portions);
        return portions;
    }
    for (guint64 i = shard; i < cs_plan_n_runs(plan); i += shards) {
        const CsPortion portion = whole_of(cs_plan_run(plan, i));
        g_array_append_val(portions, portion);
    }
    return portions;
}

/* --- what is there ---------------------------------------------------------------------------- */

typedef struct {
    const CsPlan *plan;
    CsDatabase *database;
    GArray *saved; /* of CsPortion, by run */
    guint at;      /* the first of them that nobody has asked for yet */
    gboolean split;
} Search;

static gboolean forget_until(Search *search, guint64 run, GError **error)
{
    for (; search->at < search->saved->len; search->at++) {
        guint64 other = g_array_index(search->saved, CsPortion, search->at).run;
        if (other >= run)
            return TRUE;
        if (!cs_partial_forget(search->database, other, error))
            return FALSE;
    }
    return TRUE;
}

/* Finds what is saved of a portion that is not finished. */
static gboolean find_saved(Search *search, CsPortion *portion, GError **error)
{
    const CsPortion none = {0};
    if (!forget_until(search, portion->run, error))
        return FALSE;
    const CsPortion *saved = search->at < search->saved->len
                                 ? &g_array_index(search->saved, CsPortion, search->at)
                                 : &none;
    gboolean there = saved->run == portion->run;
    if (there)
        search->at++;
    if (there && saved->first == portion->first && (saved->whole == 0) == (portion->whole == 0))
        portion->saved = portion->count > 0 ? MIN(saved->saved, portion->count) : saved->saved;
    if (there ? memcmp(saved, portion, sizeof *saved) == 0 : !search->split)
        return TRUE;
    const CsRun *run = cs_plan_run(search->plan, portion->run - 1);
    if (portion->saved > 0 || search->split)
        return cs_partial_declare(search->database, portion, (const char *const *)run->parameters,
                                  error);
    return cs_partial_forget(search->database, portion->run, error);
}

static gboolean find_all(Search *search, GArray *wanted, CsPortions *found, GError **error)
{
    double all = 0, done = 0;
    for (guint i = 0; i < wanted->len; i++) {
        CsPortion *portion = &g_array_index(wanted, CsPortion, i);
        const CsRun *run = cs_plan_run(search->plan, portion->run - 1);
        double count = (double)(portion->count > 0 ? portion->count : run->replications);
        all += count * work_of(run);
        gboolean finished = cs_database_has_run(search->database, portion->run);
        if (!finished && !find_saved(search, portion, error))
            return FALSE;
        gboolean shared = portion->count < portion->whole;
        if (finished || (shared && portion->saved == portion->count)) {
            found->before++;
            done += count * work_of(run);
        } else {
            done += MIN((double)portion->saved, count) * work_of(run);
            found->fresh &= portion->saved == 0;
            g_array_append_vals(found->missing, portion, 1);
        }
    }
    found->all = wanted->len;
    found->fresh &= found->before == 0;
    found->share = all > 0 ? done / all : 0.0;
    return forget_until(search, G_MAXUINT64, error);
}

gboolean cs_portions_find(const CsPlan *plan, CsDatabase *database, guint64 shard, guint64 shards,
                          CsPortions *found, GError **error)
{
    gboolean is_split = cs_plan_is_split(plan, shards);
    *found =
        (CsPortions){.missing = g_array_new(FALSE, FALSE, sizeof(CsPortion)), .fresh = !is_split};
    g_autoptr(GArray) wanted = cs_portions(plan, shard, shards);
    g_autoptr(GArray) saved = cs_partial_read(database);
    Search search = {plan, database, saved, 0, is_split};
    return find_all(&search, wanted, found, error);
}

void cs_portions_clear(CsPortions *portions)
{
    g_clear_pointer(&portions->missing, g_array_unref);
}
