/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/experiment: the runs behind the letter's figures. See experiment.h. */
#include "analysis/experiment.h"

#include "base/number.h"

#include <string.h>

/* Replications of a variation: fewer than the figures', since it is only told to a tenth or so. */
#define VARIATION_REPLICATIONS 8

static const char *const half_batch[] = {"training.batch=8", NULL};
static const char *const long_sequence[] = {"training.sequence-length=512", NULL};
static const char *const high_rank[] = {"training.lora-rank=16", NULL};
static const char *const narrow_band[] = {"radio.bandwidth=20 MHz", NULL};
static const char *const floor_rate[] = {"radio.outage=floor", NULL};
static const char *const few_repetitions[] = {"radio.max-repetitions=16", NULL};
static const char *const no_head[] = {"model.head=none", NULL};

static const CsVariation variations[] = {
    {"b = 8", half_batch, 0, 0},
    {"s = 512", long_sequence, 0, 0},
    {"r = 16", high_rank, 0, 0},
    {"20 MHz", narrow_band, 0, 0},
    {"5-25 m", NULL, 5, 25},
    {"10-50 m", NULL, 10, 50},
    {"outage = floor", floor_rate, 0, 0},
    {"at most 16 repetitions", few_repetitions, 0, 0},
    {"no head", no_head, 0, 0},
};

const CsVariation *cs_variations(guint *n)
{
    *n = G_N_ELEMENTS(variations);
    return variations;
}

/* What a run of the plan is for. */
typedef struct {
    gboolean keep_rounds; /* Fig. 3's own run */
    guint state;
    CsSeries series;
    gint variation; /* -1: the scenario as it stands */
} Role;

static const char *const series_values[CS_SERIES_N][2] = {
    [CS_SERIES_CARD] = {"policy.name=card", "policy.frequency=card"},
    [CS_SERIES_SERVER] = {"policy.name=server-only", "policy.frequency=card"},
    [CS_SERIES_SERVER_MAX] = {"policy.name=server-only", "policy.frequency=max"},
    [CS_SERIES_DEVICE] = {"policy.name=device-only", "policy.frequency=card"},
};

/* --- the plan --------------------------------------------------------------------------------- */

/* "device.NAME.distance=D m" for every group, equally spaced. */
static void add_distances(GPtrArray *values, const CsConfig *config, const CsVariation *variation)
{
    for (guint i = 0; i < config->n_groups; i++) {
        double share = config->n_groups > 1 ? (double)i / (double)(config->n_groups - 1) : 0.0;
        char number[CS_NUMBER_MAX];
        cs_number_format(number, variation->nearest_m +
                                     share * (variation->farthest_m - variation->nearest_m));
        g_ptr_array_add(values,
                        g_strdup_printf("device.%s.distance=%s m", config->groups[i].name, number));
    }
}

static gboolean add_run(CsExperiment *experiment, Role role, CsDiagnostics *diagnostics)
{
    const CsConfig *config = cs_scenario_config(experiment->fig4);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(values,
                    g_strconcat("radio.path-loss-exponent=", cs_states[role.state].exponent, NULL));
    for (guint i = 0; i < 2; i++)
        g_ptr_array_add(values, g_strdup(series_values[role.series][i]));
    if (role.variation >= 0) {
        const CsVariation *variation = &variations[role.variation];
        guint64 replications =
            MIN(cs_scenario_sampling(experiment->fig4)->replications, VARIATION_REPLICATIONS);
        g_ptr_array_add(
            values, g_strdup_printf("simulation.replications=%" G_GUINT64_FORMAT, replications));
        if (variation->values == NULL)
            add_distances(values, config, variation);
        for (const char *const *v = variation->values; v != NULL && *v != NULL; v++)
            g_ptr_array_add(values, g_strdup(*v));
    }
    g_ptr_array_add(values, NULL);
    g_array_append_val(experiment->roles, role);
    return cs_plan_add(experiment->plan, experiment->fig4, (const char *const *)values->pdata,
                       diagnostics, NULL);
}

static gboolean add_all_runs(CsExperiment *experiment, CsExperimentParts parts,
                             CsDiagnostics *diagnostics)
{
    gboolean good = TRUE;
    if (experiment->fig3 != NULL) {
        Role role = {.keep_rounds = TRUE, .variation = -1};
        g_array_append_val(experiment->roles, role);
        good = cs_plan_add(experiment->plan, experiment->fig3, NULL, diagnostics, NULL);
    }
    for (guint state = 0; state < CS_STATES_N; state++)
        for (guint series = 0; series < CS_SERIES_N; series++) {
            gboolean wanted = series == CS_SERIES_CARD || (parts & CS_EXPERIMENT_POLICIES) != 0;
            if (wanted)
                good = good && add_run(experiment, (Role){FALSE, state, series, -1}, diagnostics);
        }
    for (guint v = 0; (parts & CS_EXPERIMENT_SENSITIVITY) != 0 && v < G_N_ELEMENTS(variations); v++)
        for (guint state = 0; state < CS_STATES_N; state++)
            for (guint series = 0; series < CS_SERIES_N; series++)
                if (series != CS_SERIES_SERVER_MAX)
                    good = good &&
                           add_run(experiment, (Role){FALSE, state, series, (gint)v}, diagnostics);
    return good;
}

static CsScenario *read_scenario(const char *name, const char *const *overrides,
                                 const CsPaths *paths, CsDiagnostics *diagnostics)
{
    g_autofree char *path = cs_paths_find(paths, "scenarios", name);
    /* A name that is nowhere is reported by the reader as any file that cannot be read. */
    return cs_scenario_read(path != NULL ? path : name, overrides, paths, diagnostics);
}

CsExperiment *cs_experiment_new(CsExperimentParts parts, const char *const *overrides,
                                const CsPaths *paths, CsDiagnostics *diagnostics)
{
    g_autoptr(CsExperiment) experiment = g_new0(CsExperiment, 1);
    experiment->plan = cs_plan_new();
    experiment->roles = g_array_new(FALSE, FALSE, sizeof(Role));
    experiment->variation = g_new0(CsTallies, G_N_ELEMENTS(variations));
    if ((parts & CS_EXPERIMENT_ROUNDS) != 0) {
        experiment->fig3 = read_scenario("fig3.ini", overrides, paths, diagnostics);
        if (experiment->fig3 == NULL)
            return NULL;
    }
    experiment->fig4 = read_scenario("fig4.ini", overrides, paths, diagnostics);
    if (experiment->fig4 == NULL || !add_all_runs(experiment, parts, diagnostics))
        return NULL;
    return g_steal_pointer(&experiment);
}

static void free_tallies(CsTallies *tallies)
{
    for (guint s = 0; s < CS_STATES_N; s++)
        for (guint k = 0; k < CS_SERIES_N; k++)
            cs_tally_free(tallies->of[s][k]);
}

void cs_experiment_free(CsExperiment *experiment)
{
    if (experiment == NULL)
        return;
    free_tallies(&experiment->tally);
    for (guint v = 0; v < G_N_ELEMENTS(variations); v++)
        free_tallies(&experiment->variation[v]);
    g_free(experiment->variation);
    g_clear_pointer(&experiment->fig3, cs_scenario_unref);
    g_clear_pointer(&experiment->fig4, cs_scenario_unref);
    cs_plan_free(experiment->plan);
    g_array_unref(experiment->roles);
    g_free(experiment->cuts_csv);
    g_free(experiment->frequencies_csv);
    g_free(experiment);
}

/* --- running it ------------------------------------------------------------------------------- */

static const Role *role_of(const CsExperiment *experiment, const CsRun *run)
{
    return &g_array_index(experiment->roles, Role, (guint)(run->index - 1));
}

static CsSink *begin(gpointer context, const CsRun *run, guint64 replication)
{
    const Role *role = role_of(context, run);
    gboolean keep = role->keep_rounds && replication == 1;
    return cs_tally_sink_new(cs_scenario_config(run->scenario), keep);
}

/* Where the tally of a run is kept. */
static CsTally **tally_of(CsExperiment *experiment, const Role *role)
{
    CsTallies *tallies =
        role->variation < 0 ? &experiment->tally : &experiment->variation[role->variation];
    return &tallies->of[role->state][role->series];
}

static gboolean finish(gpointer context, const CsRun *run, guint64 replication, CsSink *sink,
                       const GError *error, G_GNUC_UNUSED GError **stop)
{
    CsExperiment *experiment = context;
    const CsConfig *config = cs_scenario_config(run->scenario);
    const Role *role = role_of(experiment, run);
    if (error == NULL && role->keep_rounds && replication == 1) {
        cs_tally_sink_csv(sink, &experiment->cuts_csv, &experiment->frequencies_csv);
    } else if (error == NULL && !role->keep_rounds) {
        CsTally **tally = tally_of(experiment, role);
        if (*tally == NULL)
            *tally = cs_tally_new(config->n_devices,
                                  (guint)cs_scenario_sampling(run->scenario)->replications);
        cs_tally_put(*tally, (guint)(replication - 1), sink);
    }
    cs_tally_sink_free(sink);
    return TRUE;
}

gboolean cs_experiment_run(CsExperiment *experiment, guint threads, CsProgress *progress,
                           const gint *interrupt, GError **error)
{
    const CsPoolClient client = {.begin = begin, .finish = finish, .context = experiment};
    return cs_pool_run(experiment->plan, threads, &client, progress, interrupt, error);
}

CsComparison cs_experiment_comparison(const CsExperiment *experiment)
{
    const CsConfig *config = cs_scenario_config(experiment->fig4);
    CsComparison comparison = {.n_devices = config->n_devices,
                               .n_layers = config->profile->n_cuts - 1,
                               .tally = &experiment->tally};
    comparison.device = g_new0(char *, config->n_devices + 1);
    comparison.strength = g_new0(double, config->n_devices);
    for (guint i = 0; i < config->n_devices; i++) {
        const CsDeviceGroup *group = cs_config_group_of(config, i);
        comparison.device[i] = cs_config_device_name(config, i);
        comparison.strength[i] = group->frequency_hz * group->cores * group->flops_per_cycle;
    }
    return comparison;
}

void cs_comparison_clear(CsComparison *comparison)
{
    g_strfreev(comparison->device);
    g_free(comparison->strength);
}
