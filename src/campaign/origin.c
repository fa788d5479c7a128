/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/origin: what results are of. See origin.h. Layer: campaign. */
#include "campaign/origin.h"

#include "campaign/extension.h"
#include "campaign/parameters.h"
#include "campaign/portion.h"
#include "campaign/record.h"

#include <string.h>

char *cs_plan_digest(const CsPlan *plan)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint64 i = 0; i < cs_plan_n_runs(plan); i++) {
        const CsRun *run = cs_plan_run(plan, i);
        guint64 digest = GUINT64_TO_BE(run->digest);
        for (char **p = run->parameters; *p != NULL; p++)
            g_checksum_update(sum, (const guchar *)*p, (gssize)strlen(*p) + 1);
        g_checksum_update(sum, (const guchar *)&digest, sizeof digest);
    }
    return g_strdup(g_checksum_get_string(sum));
}

char *cs_sweep_manifest(const CsSweep *sweep)
{
    g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < sweep->axes->len; i++) {
        const CsAxis *axis = g_ptr_array_index(sweep->axes, i);
        g_ptr_array_add(more, g_strdup("sweep"));
        g_ptr_array_add(more, g_strdup(axis->key));
        g_ptr_array_add(more, g_strjoinv(", ", axis->values));
    }
    g_ptr_array_add(more, NULL);
    return cs_scenario_manifest(sweep->scenario, (const char *const *)more->pdata, NULL, NULL);
}

/* Where the names of files in the scenario start from. Transfer full. */
static char *origin_of(const CsScenario *scenario)
{
    g_autofree char *directory = g_path_get_dirname(cs_scenario_path(scenario));
    return g_canonicalize_filename(directory, NULL);
}

static char *include_of(const CsOrigin *origin)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    for (const char *const *p = origin->include; p != NULL && *p != NULL; p++) {
        g_autofree char *path = g_canonicalize_filename(*p, NULL);
        g_string_append_printf(lines, "%s\n", path);
    }
    return g_string_free(g_steal_pointer(&lines), FALSE);
}

CsStore *cs_origin_open(const CsOrigin *origin, guint *tables, GError **error)
{
    const CsSweep *sweep = origin->sweep;
    g_autofree char *text = cs_scenario_format(sweep->scenario, FALSE);
    g_autofree char *plan = cs_plan_digest(sweep->plan);
    g_autofree char *shard =
        g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, origin->shard, origin->shards);
    g_autofree char *manifest = cs_sweep_manifest(sweep);
    g_autofree char *parameters = cs_parameters_keys(sweep);
    g_autofree char *source = cs_scenario_source(sweep->scenario);
    g_autofree char *place = origin_of(sweep->scenario);
    g_autofree char *include = include_of(origin);
    g_autofree char *names = cs_recorded_tables(sweep->scenario, tables);
    const CsIdentity identity = {.scenario = text,
                                 .plan = plan,
                                 .shard = shard,
                                 .manifest = manifest,
                                 .tables = names,
                                 .parameters = parameters,
                                 .source = source,
                                 .origin = place,
                                 .include = include,
                                 .split = cs_plan_is_split(sweep->plan, origin->shards),
                                 .runs = cs_plan_n_runs(sweep->plan)};
    g_autoptr(CsStore) store = cs_store_open(origin->directory, origin->mode, &identity, error);
    if (store == NULL ||
        ((origin->mode & CS_STORE_EXTEND) != 0 && !cs_extend(store, &identity, sweep, error)))
        return NULL;
    return g_steal_pointer(&store);
}
