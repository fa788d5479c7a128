/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/exact-store: exact means as results. See exact-store.h. Layer: campaign. */
#include "campaign/exact-store.h"

#include "campaign/origin.h"
#include "campaign/publish.h"
#include "campaign/parameters.h"
#include "output/columns.h"
#include "output/manifest.h"

#include <math.h>
#include <string.h>

#define COLUMNS_MAX 64

struct CsExactStore {
    const char *directory;
    guint mode;
    const CsSweep *sweep;
    CsStore *store; /* NULL before the first answer */
    GError *error;
};

CsExactStore *cs_exact_store_new(const char *directory, guint mode, const CsSweep *sweep)
{
    CsExactStore *exact = g_new(CsExactStore, 1);
    *exact = (CsExactStore){.directory = directory, .mode = mode, .sweep = sweep};
    return exact;
}

static gboolean open_store(CsExactStore *exact)
{
    const CsSweep *sweep = exact->sweep;
    g_autofree char *text = cs_scenario_format(sweep->scenario, FALSE);
    g_autofree char *runs = cs_plan_digest(sweep->plan);
    g_autofree char *plan = g_strconcat("exact ", runs, NULL); /* no sweep carries this on */
    g_autofree char *plain = cs_sweep_manifest(sweep);
    g_autofree char *manifest = cs_manifest_with_exact(plain);
    g_autofree char *parameters = cs_parameters_keys(sweep);
    const CsIdentity identity = {.scenario = text,
                                 .plan = plan,
                                 .shard = "0/1",
                                 .manifest = manifest,
                                 .tables = "devices totals",
                                 .parameters = parameters,
                                 .runs = cs_plan_n_runs(sweep->plan)};
    exact->store = cs_store_open(exact->directory, exact->mode, &identity, &exact->error);
    return exact->store != NULL;
}

/* What a row's columns hold; those that are not named stay empty. */
typedef struct {
    const char *column;
    double real;
    const char *text; /* of a column of texts */
} Value;

static void add_row(CsDatabase *database, CsTable table, const Value *values, guint n)
{
    CsCell cells[COLUMNS_MAX] = {{.kind = CS_CELL_EMPTY}};
    guint n_columns;
    const CsColumn *columns = cs_table_columns(table, &n_columns);
    g_assert(n_columns <= COLUMNS_MAX);
    for (guint i = 0; i < n; i++)
        for (guint c = 0; c < n_columns; c++)
            if (strcmp(columns[c].name, values[i].column) == 0 && !isnan(values[i].real))
                cells[c] = (CsCell){.kind = columns[c].kind,
                                    .whole = (gint64)values[i].real,
                                    .real = values[i].real,
                                    .text = values[i].text};
    cs_database_add_cells(database, table, cells);
}

/* A row of a device, or of all (NULL) in the table of totals; a column that only the other table
 * has is passed over. Rounds one after the other take the sum of their delays; what those at once
 * take is not known. */
static void add_means(CsDatabase *database, const CsRun *run, const CsConfig *config,
                      const char *device, const CsMeans *mean)
{
    const double *of = mean->of;
    double n = (double)config->rounds * (device != NULL ? 1 : config->n_devices);
    gboolean turns = config->schedule == CS_SCHEDULE_SEQUENTIAL;
    const Value values[] = {
        {"run", (double)run->index, NULL},
        {"replication", 1, NULL},
        {"device", 0, device},
        {"policy", 0, config->policy->name},
        {"devices", config->n_devices, NULL},
        {"rounds", (double)config->rounds, NULL},
        {"delay_mean_s", of[CS_MEAN_DELAY], NULL},
        {"delay_total_s", n * of[CS_MEAN_DELAY], NULL},
        {"wait_total_s", 0, NULL},
        {"server_energy_mean_j", of[CS_MEAN_SERVER_ENERGY], NULL},
        {"server_energy_total_j", n * of[CS_MEAN_SERVER_ENERGY], NULL},
        {"device_energy_total_j", n * of[CS_MEAN_DEVICE_ENERGY], NULL},
        {"radio_energy_total_j", n * of[CS_MEAN_RADIO_ENERGY], NULL},
        {"cost_mean", of[CS_MEAN_COST], NULL},
        {"cut_mean", of[CS_MEAN_CUT], NULL},
        {"frequency_mean_hz", of[CS_MEAN_FREQUENCY], NULL},
        {"outage_ul_share", of[CS_MEAN_OUTAGE_UPLINK], NULL},
        {"outage_dl_share", of[CS_MEAN_OUTAGE_DOWNLINK], NULL},
        {"makespan_s", turns ? n * of[CS_MEAN_DELAY] : (double)NAN, NULL},
    };
    add_row(database, device != NULL ? CS_TABLE_DEVICES : CS_TABLE_TOTALS, values,
            G_N_ELEMENTS(values));
}

gboolean cs_exact_store_add(CsExactStore *exact, const CsRun *run, const CsExact *answer)
{
    if (exact->store == NULL && !open_store(exact))
        return FALSE;
    const CsConfig *config = cs_scenario_config(answer->scenario);
    CsDatabase *database = cs_store_database(exact->store);
    for (guint i = 0; i < config->n_devices; i++) {
        guint group = (guint)(cs_config_group_of(config, i) - config->groups);
        g_autofree char *device = cs_config_device_name(config, i);
        add_means(database, run, config, device, &answer->groups[group].mean);
    }
    CsExpectation all = cs_expect_all(config, answer->groups);
    add_means(database, run, config, NULL, &all.mean);
    return cs_database_commit_run(database, run->index, 1, (const char *const *)run->parameters,
                                  &exact->error);
}

gboolean cs_exact_store_end(CsExactStore *exact, gboolean whole, GError **error)
{
    gboolean good = exact->error == NULL;
    if (!good)
        g_propagate_error(error, exact->error);
    else if (whole && exact->store != NULL)
        good = cs_results_export(cs_store_database(exact->store), cs_store_folder(exact->store),
                                 NULL, NULL, error) &&
               cs_store_check(exact->store, error);
    cs_store_close(exact->store);
    g_free(exact);
    return good;
}
