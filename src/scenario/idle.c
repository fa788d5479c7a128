/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/idle: keys that are given and change nothing in this scenario: which key acts under
 * what. See resolve.h.
 *
 * A value that is the default is no complaint: a scenario may say everything. So is one of an
 * extended file, which may be there for others.
 */
#include "scenario/resolve.h"

#include <string.h>

typedef gboolean (*Acts)(const CsConfig *config, const CsDeviceGroup *group);

/* What a key asks for, under the name that the table below has for it. */
#define WHERE(name, condition)                                                                     \
    static gboolean name(G_GNUC_UNUSED const CsConfig *config,                                     \
                         G_GNUC_UNUSED const CsDeviceGroup *group)                                 \
    {                                                                                              \
        return condition;                                                                          \
    }

/* Of the whole scenario: `group` is NULL. A plugin may look at any setting, and devices whose parts
 * are aggregated after every mini-batch do not drift. */
WHERE(in_clusters, config->schedule == CS_SCHEDULE_CLUSTERS)
WHERE(rounds_may_be_lost, isfinite(config->deadline_s) || cs_config_loses_devices(config))
WHERE(at_once, config->schedule != CS_SCHEDULE_SEQUENTIAL)
WHERE(gpus_count, at_once(config, group) || isfinite(config->server.idle_power_w))
WHERE(has_adapters, config->training.lora_rank > 0)
WHERE(has_plugin, config->policy->plugin != NULL)
WHERE(takes_cut, has_plugin(config, group) || config->policy->uses_cut)
WHERE(takes_frequency, has_plugin(config, group) || config->policy->uses_frequency_rule)
WHERE(takes_delay_limit,
      has_plugin(config, group) || (config->policy->needs & CS_NEEDS_DELAY_LIMIT) != 0)
WHERE(takes_budget,
      has_plugin(config, group) || (config->policy->needs & CS_NEEDS_ENERGY_BUDGET) != 0)
WHERE(takes_drift, strcmp(config->policy->name, "adaptsfl") == 0 && config->local_epochs > 1)
WHERE(is_measured, config->compute == CS_COMPUTE_MEASURED)
WHERE(has_law, (group != NULL ? group->power_table : config->server.power_table) == NULL)
WHERE(learns, config->learning.network != NULL)

/* Of a device, its link and its motion. */
WHERE(sends_by_figures, !group->radio_power.sends)
WHERE(receives_by_figures, !group->radio_power.receives)
WHERE(in_environment, group->radio.path_loss != CS_PATH_LOSS_LOG_DISTANCE)
WHERE(by_exponent, !in_environment(config, group))
WHERE(fades, group->radio.fading.kind != CS_FADING_NONE)
WHERE(fades_by_rician, group->radio.fading.kind == CS_FADING_RICIAN)
WHERE(fades_by_nakagami, group->radio.fading.kind == CS_FADING_NAKAGAMI)
WHERE(fades_in_time, fades(config, group) && group->radio.coherence == CS_COHERENCE_TIME)
WHERE(has_formats, group->radio.rate == CS_RATE_CQI || group->radio.rate == CS_RATE_MCS)
WHERE(repeats, has_formats(config, group) && group->radio.outage == CS_OUTAGE_REPEAT)
WHERE(has_curves, group->radio.errors.curves != NULL)
WHERE(has_no_curves, !has_curves(config, group))
WHERE(loses_blocks, cs_link_errors_lose(&group->radio.errors))
WHERE(waits_for_blocks, group->radio.errors.round_trip_s > 0)
WHERE(has_blocks, cs_link_errors_any(&group->radio.errors))
WHERE(moves, group->mobility.kind != CS_MOBILITY_STATIC)
WHERE(walks_straight, group->mobility.kind == CS_MOBILITY_LINEAR)
WHERE(wanders, group->mobility.kind == CS_MOBILITY_RANDOM_WAYPOINT)
WHERE(has_speed, moves(config, group) || fades_in_time(config, group))

/* --- the table -------------------------------------------------------------------------------- */

#define OWN_LOSS "an environment of TR 38.901 has a path loss of its own"
#define NO_ENVIRONMENT "'path-loss = log-distance' does not know it"
#define TO_LOG_DISTANCE "leave it out, or write 'path-loss = log-distance'"
#define TO_ENVIRONMENT "leave it out, or name an environment, such as 'path-loss = umi'"
#define NOMINAL "computing takes its nominal time"
#define TO_MEASURED "write 'compute = measured'"
#define TABLED "the table of power holds"
#define TO_LAW "leave it or 'power-table' out"
#define BY_THROUGHPUT "the radio's power goes by throughput"
#define TO_FIGURES "leave it, or 'radio-power' and its figures out"
#define NO_NETWORK "nothing is learned"
#define TO_NETWORK "set 'network' in [learning]"
#define OTHER_POLICY "leave it out, or name a policy that takes it ('cardsim list policies')"

static const struct {
    CsKeyIndex index;
    Acts acts; /* NULL: in a stopping rule */
    const char *why, *help;
} rows[] = {
    {CS_KEY_CLUSTER_SIZE, in_clusters, "there are no clusters", "write 'schedule = clusters'"},
    {CS_KEY_QUORUM, rounds_may_be_lost, "every round waits for all", "set a 'deadline'"},
    {CS_KEY_MAX_REPLICATIONS, NULL, "no 'precision' asks for more replications",
     "set 'precision', such as 'delay 2 %'"},
    {CS_KEY_LORA_TARGETS, has_adapters, "there are no adapters", "raise 'lora-rank'"},
    {CS_KEY_SERVER_GPUS, gpus_count, "the server works with one device at a time",
     "write 'schedule = parallel'"},
    {CS_KEY_SERVER_DISCIPLINE, at_once, "the server works with one device at a time",
     "write 'schedule = parallel'"},
    {CS_KEY_SERVER_LAYER_TIMES, is_measured, NOMINAL, TO_MEASURED},
    {CS_KEY_DEVICE_LAYER_TIMES, is_measured, NOMINAL, TO_MEASURED},
    {CS_KEY_SERVER_POWER_COEFFICIENT, has_law, TABLED, TO_LAW},
    {CS_KEY_SERVER_STATIC_POWER, has_law, TABLED, TO_LAW},
    {CS_KEY_SERVER_POWER_EXPONENT, has_law, TABLED, TO_LAW},
    {CS_KEY_SERVER_POWER_KNEE, has_law, TABLED, TO_LAW},
    {CS_KEY_DEVICE_POWER_COEFFICIENT, has_law, TABLED, TO_LAW},
    {CS_KEY_DEVICE_STATIC_POWER, has_law, TABLED, TO_LAW},
    {CS_KEY_DEVICE_POWER_EXPONENT, has_law, TABLED, TO_LAW},
    {CS_KEY_DEVICE_POWER_KNEE, has_law, TABLED, TO_LAW},
    {CS_KEY_DEVICE_TX_CIRCUIT_POWER, sends_by_figures, BY_THROUGHPUT, TO_FIGURES},
    {CS_KEY_DEVICE_RX_POWER, receives_by_figures, BY_THROUGHPUT, TO_FIGURES},
    {CS_KEY_DATA, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_TEST_DATA, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_TEST_SAMPLES, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_SKEW, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_TEST_EVERY, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_SAMPLES, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_LEARNING_OPTIMIZER, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_SERVER_RATE, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_DEVICE_RATE, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_LEARNING_BATCH, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_LEARNING_LENGTH, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_LEARNING_RANK, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_LEARNING_ALPHA, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_TARGET_LOSS, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_DEVICE_DATA, learns, NO_NETWORK, TO_NETWORK},
    {CS_KEY_CUT, takes_cut, "the policy chooses its cut itself", OTHER_POLICY},
    {CS_KEY_FREQUENCY, takes_frequency, "the policy chooses its frequency itself", OTHER_POLICY},
    {CS_KEY_DELAY_LIMIT, takes_delay_limit, "the policy has no limit", OTHER_POLICY},
    {CS_KEY_ENERGY_BUDGET, takes_budget, "the policy has no budget", OTHER_POLICY},
    {CS_KEY_TRADEOFF, takes_budget, "the policy has no budget", OTHER_POLICY},
    {CS_KEY_CLIENT_DRIFT, takes_drift, "the policy does not ask for it",
     "leave it out, or write 'name = adaptsfl' and more than one local epoch"},
    {CS_KEY_PATH_LOSS_EXPONENT, by_exponent, OWN_LOSS, TO_LOG_DISTANCE},
    {CS_KEY_REFERENCE_DISTANCE, by_exponent, OWN_LOSS, TO_LOG_DISTANCE},
    {CS_KEY_REFERENCE_LOSS, by_exponent, OWN_LOSS, TO_LOG_DISTANCE},
    {CS_KEY_LINE_OF_SIGHT, in_environment, NO_ENVIRONMENT, TO_ENVIRONMENT},
    {CS_KEY_AP_HEIGHT, in_environment, NO_ENVIRONMENT, TO_ENVIRONMENT},
    {CS_KEY_DEVICE_HEIGHT, in_environment, NO_ENVIRONMENT, TO_ENVIRONMENT},
    {CS_KEY_SHADOWING_DISTANCE, moves, "nobody moves", "set 'mobility'"},
    {CS_KEY_RICIAN_K, fades_by_rician, "fading is not Rician", "write 'fading = rician'"},
    {CS_KEY_NAKAGAMI_M, fades_by_nakagami, "fading is not Nakagami's", "write 'fading = nakagami'"},
    {CS_KEY_RECIPROCAL, fades, "there is no fading", "write 'fading = rayleigh'"},
    {CS_KEY_DOPPLER, fades_in_time, "fading does not move in time",
     "write 'coherence = 10 ms', with fading"},
    {CS_KEY_OUTAGE, has_formats, "this rule of rates has no outage", "write 'rate = cqi'"},
    {CS_KEY_MAX_REPETITIONS, repeats, "nothing is repeated",
     "write 'outage = repeat' and 'rate = cqi'"},
    {CS_KEY_BLOCK_ERROR_RATE, has_no_curves, "the error curves have their own",
     "leave it or 'error-curves' out"},
    {CS_KEY_COMBINING, has_curves, "there are no error curves", "set 'error-curves'"},
    {CS_KEY_RETRANSMISSIONS, loses_blocks, "no block is lost", "set 'block-error-rate'"},
    {CS_KEY_BLOCK_SIZE, has_blocks, "no block is lost or waited for", "set 'block-error-rate'"},
    {CS_KEY_PROCESSES, waits_for_blocks, "no block is waited for", "set 'round-trip-time'"},
    {CS_KEY_DEVICE_SPEED, has_speed, "the device does not move", "set 'mobility'"},
    {CS_KEY_DEVICE_DIRECTION, walks_straight, "the device walks no straight line",
     "write 'mobility = linear'"},
    {CS_KEY_DEVICE_AREA_RADIUS, wanders, "the device goes to no waypoints",
     "write 'mobility = random-waypoint'"},
    {CS_KEY_DEVICE_PAUSE, wanders, "the device goes to no waypoints",
     "write 'mobility = random-waypoint'"},
};

/* --- telling ---------------------------------------------------------------------------------- */

typedef struct {
    const CsRawTable *table;
    const CsRawDevice *devices;
    const guint *device_of; /* a group's position among them */
    const CsConfig *config;
    const CsTyped *defaults;
    CsDiagnostics *diagnostics;
} Teller;

/* Where the key stands in the scenario itself with another value than the default, or on the
 * command line. */
static gboolean is_meant(const Teller *teller, CsKeyIndex index, const CsRaw *raw)
{
    if (raw->text == NULL)
        return FALSE;
    if (g_str_has_prefix(cs_source_name(raw->place.source), "-"))
        return TRUE;
    if (raw->place.source != teller->table->whole.source)
        return FALSE;
    const CsTyped *usual = &teller->defaults[index];
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    CsTyped typed;
    return !usual->valid || !cs_typed_read(cs_key(index), raw->text, raw->place, &typed, nobody) ||
           cs_typed_compare(cs_key(index), &typed, usual) != 0;
}

static void tell(const Teller *teller, guint row, const CsRaw *raw)
{
    if (!is_meant(teller, rows[row].index, raw))
        return;
    cs_diagnostics_warn(teller->diagnostics, raw->place, rows[row].help, "'%s' is ignored: %s",
                        cs_key(rows[row].index)->key, rows[row].why);
}

static const CsRaw *own_value(const Teller *teller, guint row, guint group)
{
    return &teller->devices[teller->device_of[group]].values[rows[row].index];
}

/* A link that is measured in both directions has no model to be ignored by. */
static gboolean is_modelled(const CsDeviceGroup *group)
{
    return group->trace[CS_UPLINK] == NULL || group->trace[CS_DOWNLINK] == NULL;
}

/* A text acts where it does so for any device that has it, by itself or by inheritance. */
static void tell_device_row(const Teller *teller, guint row)
{
    g_autoptr(GHashTable) acting = NULL;
    gboolean some = FALSE, common = FALSE, given = FALSE;
    for (guint i = 0; i < teller->config->n_groups; i++) {
        const CsDeviceGroup *group = &teller->config->groups[i];
        const CsRaw *own = own_value(teller, row, i);
        given |= own->text != NULL;
        some |= is_modelled(group);
        if (!is_modelled(group) || !rows[row].acts(teller->config, group))
            continue;
        common |= own->text == NULL;
        if (acting == NULL)
            acting = g_hash_table_new(NULL, NULL);
        g_hash_table_add(acting, (gpointer)own->text);
    }
    const CsRaw *fixed = &teller->table->fixed[rows[row].index];
    if (some && !common)
        tell(teller, row, fixed);
    for (guint i = 0; given && i < teller->config->n_groups; i++) {
        const CsRaw *own = own_value(teller, row, i);
        if (own->text != NULL && is_modelled(&teller->config->groups[i]) &&
            (acting == NULL || !g_hash_table_contains(acting, own->text)))
            tell(teller, row, own);
    }
}

void cs_idle_tell(const CsRawTable *table, const CsResolved *resolved, const CsTyped *defaults,
                  CsDiagnostics *diagnostics)
{
    const CsConfig *config = resolved->config;
    gboolean stops = resolved->sampling.precision_metric != CS_METRIC_NONE;
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    g_autofree CsRawDevice *devices = cs_raw_inherit(table, nobody);
    g_autofree guint *device_of = g_new(guint, config->n_groups + 1);
    for (guint i = 0, d = 0; i < config->n_groups; i++, d++) {
        while (strcmp(devices[d].name, config->groups[i].name) != 0)
            d++; /* a template */
        device_of[i] = d;
    }
    const Teller teller = {table, devices, device_of, config, defaults, diagnostics};
    for (guint row = 0; row < G_N_ELEMENTS(rows); row++) {
        const char *group = cs_key(rows[row].index)->group;
        if (strcmp(group, "radio") == 0 || strcmp(group, "device") == 0)
            tell_device_row(&teller, row);
        else if (!(rows[row].acts == NULL ? stops : rows[row].acts(config, NULL)))
            tell(&teller, row, &table->fixed[rows[row].index]);
    }
}
