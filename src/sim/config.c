/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/config: a scenario as plain values. See config.h.
 *
 * Layer: sim. Calls base, des (the clock's range), radio, llm, policy.
 */
#include "sim/config.h"

#include "base/fail.h"
#include "des/des.h"

#include <math.h>
#include <string.h>

G_STATIC_ASSERT(CS_DEVICES_MAX <= CS_PRIORITY_MAX + 1);

const CsName cs_schedule_names[] = {{"sequential", CS_SCHEDULE_SEQUENTIAL},
                                    {"parallel", CS_SCHEDULE_PARALLEL},
                                    {"clusters", CS_SCHEDULE_CLUSTERS},
                                    CS_NAMES_END};
CS_NAMES_COVER(cs_schedule_names, CS_SCHEDULE_CLUSTERS);
const CsName cs_csi_names[] = {{"perfect", CS_CSI_PERFECT},
                               {"delayed", CS_CSI_DELAYED},
                               {"error", CS_CSI_ERROR},
                               CS_NAMES_END};
CS_NAMES_COVER(cs_csi_names, CS_CSI_ERROR);
const CsName cs_discipline_names[] = {
    {"fifo", CS_DISCIPLINE_FIFO},
    {"processor-sharing", CS_DISCIPLINE_SHARING},
    {"longest-remaining-device-first", CS_DISCIPLINE_LONGEST_REMAINING},
    CS_NAMES_END};
CS_NAMES_COVER(cs_discipline_names, CS_DISCIPLINE_LONGEST_REMAINING);
const CsName cs_gpus_names[] = {{"unlimited", CS_GPUS_UNLIMITED}, CS_NAMES_END};

const CsName cs_compute_names[] = {
    {"nominal", CS_COMPUTE_NOMINAL}, {"measured", CS_COMPUTE_MEASURED}, CS_NAMES_END};
CS_NAMES_COVER(cs_compute_names, CS_COMPUTE_MEASURED);

G_DEFINE_QUARK(cs - config - error - quark, cs_config_error)

static void group_clear_derived(CsDeviceGroup *group)
{
    cs_cost_table_clear(&group->cost);
    group->cost = (CsCostTable){0};
    g_clear_pointer(&group->times, cs_compute_times_free);
}

void cs_config_free(CsConfig *config)
{
    if (config == NULL)
        return;
    for (guint i = 0; i < config->n_groups; i++) {
        group_clear_derived(&config->groups[i]);
        g_free(config->groups[i].name);
        g_free(config->groups[i].data);
    }
    g_free(config->groups);
    g_free(config->learning.data);
    g_free(config->learning.test_data);
    g_free(config->title);
    cs_architecture_free(config->architecture);
    cs_profile_free(config->profile);
    cs_compute_times_free(config->server_times);
    cs_memory_free(config->memory);
    cs_policy_set_unref(config->policies);
    g_free(config);
}

CsDeviceGroup *cs_config_append_group(CsConfig *config, const char *name)
{
    if ((config->n_groups & (config->n_groups - 1)) == 0) /* full at 0 and powers of two: doubled */
        config->groups = g_renew(CsDeviceGroup, config->groups, MAX(2 * config->n_groups, 1));
    CsDeviceGroup *group = &config->groups[config->n_groups++];
    *group = (CsDeviceGroup){.name = g_strdup(name), .count = 1};
    return group;
}

/* --- preparing -------------------------------------------------------------------------------- */

CsPowerLaw cs_server_power(const CsServer *server)
{
    double reference_hz = server->rates.peak_frequency_hz;
    const CsPowerTable *table = server->power_table;
    return (CsPowerLaw){.static_w = server->static_power_w,
                        .coefficient = server->power_coefficient,
                        .exponent = server->power_exponent,
                        .reference_hz = reference_hz > 0 ? reference_hz : server->frequency_max_hz,
                        .knee_hz = server->power_knee_hz,
                        .point = table != NULL ? table->point : NULL,
                        .n_points = table != NULL ? table->n : 0};
}

CsPowerLaw cs_group_power(const CsDeviceGroup *group)
{
    double reference_hz = group->rates.peak_frequency_hz;
    const CsPowerTable *table = group->power_table;
    return (CsPowerLaw){.static_w = group->static_power_w,
                        .coefficient = group->power_coefficient,
                        .exponent = group->power_exponent,
                        .reference_hz = reference_hz > 0 ? reference_hz : group->frequency_hz,
                        .knee_hz = group->power_knee_hz,
                        .point = table != NULL ? table->point : NULL,
                        .n_points = table != NULL ? table->n : 0};
}

double cs_group_power_w(const CsDeviceGroup *group)
{
    CsPowerLaw power = cs_group_power(group);
    return cs_power_law_w(&power, group->frequency_hz);
}

double cs_group_send_j(const CsDeviceGroup *group, double bit, double radiated_s, double on_air_s)
{
    const CsRadioPower *law = &group->radio_power;
    if (law->sends)
        return law->send_base_w * on_air_s + law->send_slope_j_per_bit * bit;
    return group->tx_power_w * radiated_s + group->tx_circuit_power_w * on_air_s;
}

double cs_group_receive_j(const CsDeviceGroup *group, double bit, double on_air_s)
{
    const CsRadioPower *law = &group->radio_power;
    if (law->receives)
        return law->receive_base_w * on_air_s + law->receive_slope_j_per_bit * bit;
    return (isnan(group->rx_power_w) ? 0 : group->rx_power_w) * on_air_s;
}

static gboolean rates_known(const CsRates *rates)
{
    return rates->times != NULL || (isfinite(rates->peak_flops) && isfinite(rates->bandwidth_bps) &&
                                    isfinite(rates->efficiency) && rates->peak_frequency_hz > 0);
}

static gboolean measure(CsConfig *config, CsRates *rates, double frequency_hz, double flops,
                        const char *who, CsComputeWork *work, GError **error)
{
    if (!(rates->peak_frequency_hz > 0))
        rates->peak_frequency_hz = frequency_hz;
    if (isnan(rates->efficiency_attention))
        rates->efficiency_attention = rates->efficiency;
    *work = (CsComputeWork){.architecture = config->architecture,
                            .training = &config->training,
                            .memory = &config->memory_settings,
                            .rates = rates,
                            .peak32_flops = flops * rates->peak_frequency_hz};
    if (rates_known(rates))
        return TRUE;
    return cs_fail(
        error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_COMPUTE,
        "measured computing needs the peak rate, efficiency and memory bandwidth of %s, or "
        "times of a layer",
        who);
}

/* Times of both sides, as measured; nothing where they are nominal. */
static gboolean derive_times(CsConfig *config, gint *fault, GError **error)
{
    CsServer *server = &config->server;
    CsComputeWork work;
    g_clear_pointer(&config->server_times, cs_compute_times_free);
    if (config->compute == CS_COMPUTE_NOMINAL)
        return TRUE;
    if (!measure(config, &server->rates, server->frequency_max_hz,
                 server->flops_per_cycle * server->cores, "the server", &work, error))
        return FALSE;
    config->server_times = cs_compute_times_server(&work);
    for (guint i = 0; i < config->n_groups; i++) {
        CsDeviceGroup *group = &config->groups[i];
        g_autofree char *who = g_strdup_printf("device '%s'", group->name);
        if (!measure(config, &group->rates, group->frequency_hz,
                     group->flops_per_cycle * group->cores, who, &work, error)) {
            *fault = (gint)i;
            return FALSE;
        }
        group->times = cs_compute_times_device(&work);
    }
    return TRUE;
}

static CsTimeLaw both_ways(const CsComputeTimes *times, guint cut)
{
    return cs_time_law_sum(times->forward[cut], times->backward[cut]);
}

/*
 * The clock at which the server takes as long for all decoder layers as the device: T_D = a + b/f,
 * a and b without the head. Where a alone takes longer, INFINITY: the server is slower. Never below
 * a thousandth of its highest.
 */
static double measured_frequency_min(const CsConfig *config, const CsDeviceGroup *group)
{
    guint last = config->profile->n_cuts - 1;
    if (config->training.part.whole) /* nobody waits for the server, whatever its clock */
        return config->server.frequency_max_hz;
    CsTimeLaw all = both_ways(config->server_times, 0),
              head = both_ways(config->server_times, last);
    double device_s = cs_time_law_s(both_ways(group->times, last), group->frequency_hz);
    double left_s = device_s - (all.fixed_s - head.fixed_s);
    if (!(left_s > 0))
        return INFINITY;
    double hz = (all.cycle - head.cycle) / left_s, max_hz = config->server.frequency_max_hz;
    if (fabs(hz - max_hz) < 1e-9 * max_hz) /* two of a kind, but for rounding */
        return max_hz;
    return MAX(hz, max_hz / 1000);
}

/* The same as derive_cost() where the letter's laws do not hold. */
static void derive_measured(const CsConfig *config, CsDeviceGroup *group)
{
    CsCostTable *cost = &group->cost;
    double epochs = config->local_epochs;
    cost->measured = TRUE;
    cost->power = cs_server_power(&config->server);
    cost->server_fixed_s = g_new0(double, cost->n_cuts);
    if (group->times == NULL)
        return;
    CsTimeLaw head = cs_time_law_sum(group->times->head_forward, group->times->head_backward);
    for (guint c = 0; c < cost->n_cuts; c++) {
        CsTimeLaw server = both_ways(config->server_times, c);
        cost->device_s[c] =
            epochs * (cs_time_law_s(both_ways(group->times, c), group->frequency_hz) +
                      cs_time_law_s(head, group->frequency_hz));
        cost->server_cycle[c] = epochs * server.cycle;
        cost->server_fixed_s[c] = epochs * server.fixed_s;
    }
    cost->frequency_min_hz = measured_frequency_min(config, group);
}

/* What a round of the group's devices costs by the cut (cost.h gives the formulas). */
static void derive_cost(const CsConfig *config, CsDeviceGroup *group)
{
    const CsProfile *profile = config->profile;
    const CsServer *server = &config->server;
    CsCostTable *cost = &group->cost;
    double epochs = config->local_epochs;
    double device_flop_per_s = group->frequency_hz * group->flops_per_cycle * group->cores;
    double server_flop_per_cycle = server->flops_per_cycle * server->cores;
    double crossings = cs_chain_count(&config->chain, CS_BY_UPLINK, CS_OF_CUT);

    cs_cost_table_init(cost, profile->n_cuts);
    for (guint c = 0; c < profile->n_cuts; c++) {
        double device_flop = profile->device_forward_flop[c] + profile->device_backward_flop[c] +
                             2 * profile->device_head_flop;
        double server_flop = profile->server_forward_flop[c] + profile->server_backward_flop[c];
        cost->device_s[c] = epochs * device_flop / device_flop_per_s;
        cost->server_cycle[c] = epochs * server_flop / server_flop_per_cycle;
        cost->air_bit[c] = crossings * (epochs * config->compression * profile->smashed_bit[c]) +
                           profile->adapter_bit[c];
    }
    cost->cut_min = config->training.part.whole ? profile->n_cuts - 1 : 0;
    cost->power_coefficient = server->power_coefficient;
    cost->frequency_min_hz = device_flop_per_s / server_flop_per_cycle;
    cost->frequency_max_hz = server->frequency_max_hz;
    if (config->training.part.whole)
        cost->frequency_min_hz = MIN(cost->frequency_min_hz, cost->frequency_max_hz);
    CsPowerLaw power = cs_server_power(server);
    if (config->compute == CS_COMPUTE_MEASURED || !cs_power_law_plain(&power))
        derive_measured(config, group);
}

static gboolean shares(const CsDeviceGroup *group)
{
    return group->radio.sharing != CS_SHARING_DEDICATED;
}

/* Devices that share the air share one cell: its bandwidth and its rule. */
static gboolean check_sharing(const CsConfig *config, const CsDeviceGroup *group, GError **error)
{
    const CsDeviceGroup *first = config->groups;
    if (!shares(group))
        return TRUE;
    while (!shares(first))
        first++;
    gboolean windows = group->radio.sharing != CS_SHARING_PROPORTIONAL_FAIR ||
                       group->radio.pf_window_s == first->radio.pf_window_s;
    gboolean cells = group->radio.sharing == first->radio.sharing &&
                     group->radio.bandwidth_hz == first->radio.bandwidth_hz;
    if (cells && windows)
        return TRUE;
    return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_SHARING,
                   "devices '%s' and '%s' share the air, but differ in %s", first->name,
                   group->name, cells ? "the window of served throughput" : "sharing or bandwidth");
}

/* What cannot be as a channel in time. */
static gboolean check_motion(const CsDeviceGroup *group, GError **error)
{
    if (group->radio.coherence == CS_COHERENCE_TIME &&
        group->radio.fading.kind == CS_FADING_NAKAGAMI)
        return cs_fail(
            error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_FADING,
            "device '%s': Nakagami fading has no Doppler spectrum, so that its coherence "
            "cannot be a time",
            group->name);
    if (group->radio.coherence == CS_COHERENCE_TIME && group->radio.fading.kind != CS_FADING_NONE &&
        group->radio.doppler == CS_DOPPLER_GAUSS_MARKOV &&
        cs_mobility_draws_speeds(&group->mobility))
        return cs_fail(
            error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_DOPPLER,
            "device '%s': a Gauss-Markov channel has one Doppler shift, and 'speed' is a "
            "range",
            group->name);
    if (group->mobility.kind == CS_MOBILITY_RANDOM_WAYPOINT &&
        group->distance_max_m > group->mobility.radius_m)
        return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_AREA,
                       "device '%s' starts up to %g m away, outside the area of %g m around the "
                       "access point",
                       group->name, group->distance_max_m, group->mobility.radius_m);
    return TRUE;
}

/* Whether a policy that takes one cut only takes one that the protocol has. */
static gboolean check_cut(const CsConfig *config, const CsDeviceGroup *group, GError **error)
{
    const CsPolicy *policy = config->policy;
    if (policy->only_cut == NULL)
        return TRUE;
    guint cut = policy->only_cut(&config->policy_settings, &group->cost);
    if (cut >= group->cost.cut_min)
        return TRUE;
    return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_PROTOCOL,
                   "the policy '%s' takes cut %u, and under this protocol the device has all %u "
                   "layers",
                   policy->name, cut, group->cost.cut_min);
}

/* Which cuts fit into the group's memory, and whether the policy has one among them. */
static gboolean check_memory(const CsConfig *config, CsDeviceGroup *group, GError **error)
{
    if (isinf(group->memory_byte))
        return TRUE;
    const CsMemory *memory = config->memory;
    gint largest = cs_memory_largest_cut(memory, group->memory_byte);
    guint least = group->cost.cut_min;
    if (largest < (gint)least)
        return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_MEMORY,
                       "device '%s' has %.4g GB of memory, and even cut %u needs %.4g GB",
                       group->name, group->memory_byte / 1e9, least,
                       memory->total_byte[least] / 1e9);
    group->cost.cut_max = (guint)largest;
    const CsPolicy *policy = config->policy;
    if (policy->only_cut == NULL)
        return TRUE;
    guint cut = policy->only_cut(&config->policy_settings, &group->cost);
    if (cut <= (guint)largest)
        return TRUE;
    return cs_fail(
        error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_MEMORY,
        "device '%s' has %.4g GB of memory, and cut %u of the policy '%s' needs %.4g GB: "
        "cuts up to %d fit",
        group->name, group->memory_byte / 1e9, cut, policy->name, memory->total_byte[cut] / 1e9,
        largest);
}

/* Every time and energy that a decision compares must be a number, and so must the sums of a few.
 */
static gboolean check_cost(const CsDeviceGroup *group, GError **error)
{
    const double most = G_MAXDOUBLE / 0x1p64;
    const CsCostTable *cost = &group->cost;
    const char *what = NULL;
    for (guint c = 0; c < cost->n_cuts && what == NULL; c++) {
        if (!(cost->device_s[c] <= most))
            what = "the device's computing takes";
        else if (!(cost->server_cycle[c] / cost->frequency_min_hz <= most))
            what = "the server's computing takes";
        else if (!(cs_cost_energy(cost, cost->frequency_max_hz, c) <= most))
            what = "the server's energy is";
        else if (!(cost->air_bit[c] <= most))
            what = "what is sent is";
    }
    if (what == NULL)
        return TRUE;
    return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_COST,
                   "a round of device '%s' has costs beyond all numbers: %s too much", group->name,
                   what);
}

static gboolean check_group(const CsConfig *config, const CsDeviceGroup *group, GError **error)
{
    const CsCostTable *cost = &group->cost;
    if (cost->frequency_min_hz > cost->frequency_max_hz)
        return cs_fail(
            error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_SERVER_SLOWER,
            "device '%s' is faster than the server: the server would need %g GHz to keep "
            "up and has %g GHz",
            group->name, cost->frequency_min_hz / 1e9, cost->frequency_max_hz / 1e9);
    const CsPolicy *policy = config->policy;
    if (cost->measured && (policy->letters_law || policy->plugin != NULL))
        return cs_fail(
            error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_LAW,
            "the policy '%s' knows times of a/f and a power of xi f^3 only, not measured times, "
            "a static power, another exponent or a table of power",
            policy->name);
    const CsPolicySettings *settings = &config->policy_settings;
    if (settings->frequency_rule == CS_FREQUENCY_VALUE &&
        !(settings->frequency_hz >= cost->frequency_min_hz &&
          settings->frequency_hz <= cost->frequency_max_hz))
        return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_FREQUENCY,
                       "the policy's frequency of %g GHz lies outside device '%s's range of "
                       "%g GHz to %g GHz",
                       settings->frequency_hz / 1e9, group->name, cost->frequency_min_hz / 1e9,
                       cost->frequency_max_hz / 1e9);
    return TRUE;
}

/*
 * A lower bound of one round of the group's device in s: the fastest cut's computing at F_max,
 * nothing sent. Good enough to refuse at once what can never fit; what only might not is found out
 * when it happens.
 */
static double least_round_s(const CsCostTable *cost)
{
    double least = INFINITY;
    for (guint c = 0; c < cost->n_cuts; c++)
        least =
            MIN(least, cost->device_s[c] + cs_cost_server_time(cost, cost->frequency_max_hz, c));
    return least;
}

double cs_config_least_s(const CsConfig *config)
{
    double round_s = 0;
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        double least_s = least_round_s(&group->cost);
        if (config->schedule == CS_SCHEDULE_SEQUENTIAL)
            round_s += least_s * group->count;
        else if (group->count > 0)
            round_s = MAX(round_s, least_s);
    }
    return round_s * (double)config->rounds;
}

static gboolean check_clock(const CsConfig *config, GError **error)
{
    double total_s = cs_config_least_s(config);
    if (total_s < (double)CS_TIME_MAX / 1e9)
        return TRUE;
    return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_CLOCK,
                   "%" G_GUINT64_FORMAT " rounds take %g s or more, past the clock's end at %g s",
                   config->rounds, total_s, (double)CS_TIME_MAX / 1e9);
}

static gboolean number_devices(CsConfig *config, GError **error)
{
    guint64 n = 0;
    for (guint i = 0; i < config->n_groups; i++) {
        CsDeviceGroup *group = &config->groups[i];
        group->first = (guint)n;
        n += group->count;
        if (n > CS_DEVICES_MAX)
            return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_DEVICES,
                           "there are more than %u devices", CS_DEVICES_MAX);
    }
    config->n_devices = (guint)n;
    if (n > 0)
        return TRUE;
    return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_NO_DEVICES, "there are no devices");
}

/* The round's stages, and with them the device's part of the model. */
static gboolean choose_stages(CsConfig *config, GError **error)
{
    if (config->protocol == CS_PROTOCOL_ONE_WAY && config->training.head == CS_HEAD_DEVICE)
        return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_PROTOCOL,
                       "under 'protocol = one-way' nothing comes back from the server, and a "
                       "head on the device would have nothing to work on");
    CsChain *chain = &config->chain;
    cs_chain_init(chain, cs_protocol_with_head(config->protocol, config->training.head));
    config->training.part = cs_chain_part(chain);
    guint up = cs_chain_count(chain, CS_BY_UPLINK, CS_OF_CUT);
    guint down = cs_chain_count(chain, CS_BY_DOWNLINK, CS_OF_CUT);
    config->sends_down = down > 0 || !config->training.part.frozen;
    g_assert(up == down || !config->sends_down); /* what a cost table can say */
    return TRUE;
}

gboolean cs_config_prepare(CsConfig *config, gint *group, GError **error)
{
    gint nobody;
    gint *fault = group != NULL ? group : &nobody;
    *fault = -1;
    if (!number_devices(config, error))
        return FALSE;

    if (!choose_stages(config, error))
        return FALSE;
    config->policy_settings.plugin = config->policy->plugin;
    config->policy_settings.local_epochs = config->local_epochs;
    g_clear_pointer(&config->profile, cs_profile_free);
    config->profile = cs_profile_new(config->architecture, &config->training);
    g_clear_pointer(&config->memory, cs_memory_free);
    config->memory =
        cs_memory_new(config->architecture, &config->training, &config->memory_settings);
    if (config->policy_settings.cut >= config->profile->n_cuts)
        return cs_fail(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_CUT,
                       "the policy's cut %u is above the model's %u layers",
                       config->policy_settings.cut, config->profile->n_cuts - 1);
    for (guint i = 0; i < config->n_groups; i++)
        group_clear_derived(&config->groups[i]);
    if (!derive_times(config, fault, error))
        return FALSE;
    for (guint i = 0; i < config->n_groups; i++) {
        CsDeviceGroup *it = &config->groups[i];
        derive_cost(config, it);
        cs_rate_map_init(&it->uplink, &it->radio, CS_UPLINK);
        cs_rate_map_init(&it->downlink, &it->radio, CS_DOWNLINK);
        if (!check_cost(it, error) || !check_group(config, it, error) || !check_motion(it, error) ||
            !check_sharing(config, it, error) || !check_cut(config, it, error) ||
            !check_memory(config, it, error)) {
            *fault = (gint)i;
            return FALSE;
        }
    }
    return check_clock(config, error);
}

gboolean cs_config_loses_devices(const CsConfig *config)
{
    gboolean loses = FALSE;
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        loses |= isfinite(group->battery_j) || isfinite(group->failure_s) ||
                 group->availability != NULL || group->radio.transfer_limit_s > 0;
    }
    return loses;
}

gboolean cs_config_loses_rounds(const CsConfig *config)
{
    return isfinite(config->deadline_s) || config->quorum > 0 || cs_config_loses_devices(config);
}

const CsDeviceGroup *cs_config_group_of(const CsConfig *config, guint index)
{
    g_assert(index < config->n_devices);
    guint low = 0, high = config->n_groups; /* the group is in [low, high) */
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (config->groups[middle].first <= index)
            low = middle;
        else
            high = middle;
    }
    return &config->groups[low];
}

char *cs_config_device_name(const CsConfig *config, guint index)
{
    const CsDeviceGroup *group = cs_config_group_of(config, index);
    if (!group->counted)
        return g_strdup(group->name);
    return g_strdup_printf("%s.%u", group->name, index - group->first + 1);
}
