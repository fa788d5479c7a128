/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/explanation: the round, its costs by cut, and the flips. See explanation.h. */
#include "analysis/explanation.h"

#include "base/fail.h"
#include "base/number.h"
#include "sim/channel.h"
#include "sim/simulation.h"

#include <math.h>

#define RATE_STEP 1.05        /* factor of the search in rates, which costs nothing, */
#define RATE_REACH 1e6        /* and how far it goes */
#define SCENARIO_STEP 1.15    /* the same where each value is a scenario of its own */
#define SCENARIO_REACH 1e3    /* */
#define WEIGHT_STEPS 1000     /* of 0..1 */
#define BISECTION_WIDTH 1e-10 /* relative (of a weight: absolute) */
#define UNDECIDED G_MAXUINT   /* the scenario does not hold at that value */

G_DEFINE_QUARK(cs - explanation - error - quark, cs_explanation_error)

static const char *const flip_names[] = {
    [CS_FLIP_UPLINK] = "uplink rate",     [CS_FLIP_DOWNLINK] = "downlink rate",
    [CS_FLIP_WEIGHT] = "weight",          [CS_FLIP_DISTANCE] = "distance",
    [CS_FLIP_FREQUENCY] = "device clock",
};
G_STATIC_ASSERT(G_N_ELEMENTS(flip_names) == CS_FLIP_N);

const char *cs_flip_name(CsFlipKind kind)
{
    return flip_names[kind];
}

/* --- the round -------------------------------------------------------------------------------- */

typedef struct {
    CsSink sink;
    guint device;
    guint64 round;
    CsRoundRecord record; /* round 0: not met */
    gint done;
} Listener;

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    Listener *listener = (Listener *)sink;
    if (record->round == listener->round && record->device == listener->device)
        listener->record = *record;
    if (record->round >= listener->round && listener->record.round != 0)
        listener->done = 1;
}

gboolean cs_explanation_round(const CsConfig *config, guint device, guint64 round,
                              guint64 replication, CsRoundRecord *record, GError **error)
{
    Listener listener = {.sink = {.round = take_round}, .device = device, .round = round};
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, replication, &listener.sink);
    g_autoptr(GError) reason = NULL;
    gboolean good = cs_simulation_run(simulation, &listener.done, &reason);
    if (listener.record.round != 0) {
        *record = listener.record;
        return TRUE;
    }
    if (!good) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    return cs_fail(error, CS_EXPLANATION_ERROR, CS_EXPLANATION_ERROR_ROUND,
                   "the device completes no round %" G_GUINT64_FORMAT
                   " in replication %" G_GUINT64_FORMAT ": the scenario has %" G_GUINT64_FORMAT
                   " rounds, and some may be lost",
                   round, replication, config->rounds);
}

/* --- deciding --------------------------------------------------------------------------------- */

/* What a decision hangs on. */
typedef struct {
    const CsScenario *scenario;
    const CsConfig *config;
    guint device;
    guint64 round, replication; /* for the policy's random stream */
    double uplink_bps, downlink_bps;
    double uplink_gain, downlink_gain; /* SNR of the round / SNR of the place: fading */
} Case;

static CsDecision decide_with(const Case *at, const CsConfig *config, double weight,
                              double uplink_bps, double downlink_bps)
{
    const CsCostTable *cost = &cs_config_group_of(config, at->device)->cost;
    downlink_bps = cs_config_downlink_bps(config, downlink_bps);
    g_autofree char *name = cs_config_device_name(config, at->device);
    CsPolicySettings settings = config->policy_settings;
    settings.weight = weight;
    CsRoundState round = {
        .cost = cost,
        .corners = cs_cost_corners(cost, uplink_bps, downlink_bps),
        .uplink_bps = uplink_bps,
        .downlink_bps = downlink_bps,
        .round = MAX(at->round, 1),
        .key =
            cs_random_key(config->seed, at->replication, cs_entity_hash(name), CS_PURPOSE_POLICY),
    };
    g_autofree gpointer memory = g_malloc0(MAX(config->policy->state_size, 1));
    return config->policy->decide(&settings, &round, memory);
}

static void place_snr(const CsConfig *config, guint device, guint64 replication,
                      double snr[CS_DIRECTION_N])
{
    CsChannel channel;
    g_autofree char *name = cs_config_device_name(config, device);
    cs_channel_init(&channel, config, cs_config_group_of(config, device), name, replication);
    for (CsDirection d = CS_UPLINK; d < CS_DIRECTION_N; d++)
        snr[d] = channel.snr[d];
}

/* The scenario with the device's `key` at `value`. NULL where it does not hold. Transfer full. */
static CsScenario *with(const Case *at, const char *key, double value, const char *unit)
{
    char number[CS_NUMBER_MAX];
    number[cs_number_format(number, value)] = '\0';
    const CsDeviceGroup *group = cs_config_group_of(at->config, at->device);
    g_autofree char *text = g_strdup_printf("device.%s.%s=%s%s", group->name, key, number, unit);
    const char *values[] = {text, NULL};
    g_autoptr(CsDiagnostics) unheard = cs_diagnostics_new();
    return cs_scenario_with(at->scenario, values, unheard);
}

static guint cut_at_distance(const Case *at, double distance_m)
{
    g_autoptr(CsScenario) moved = with(at, "distance", distance_m, "m");
    if (moved == NULL)
        return UNDECIDED;
    const CsConfig *config = cs_scenario_config(moved);
    const CsDeviceGroup *group = cs_config_group_of(config, at->device);
    double snr[CS_DIRECTION_N];
    place_snr(config, at->device, at->replication, snr);
    double up = cs_link_state(&group->uplink, snr[CS_UPLINK] * at->uplink_gain).rate_bps;
    double down = cs_link_state(&group->downlink, snr[CS_DOWNLINK] * at->downlink_gain).rate_bps;
    if (!(up > 0 && down > 0))
        return UNDECIDED;
    return decide_with(at, config, config->policy_settings.weight, up, down).cut;
}

static guint cut_at_frequency(const Case *at, double frequency_hz)
{
    g_autoptr(CsScenario) clocked = with(at, "frequency", frequency_hz, "Hz");
    if (clocked == NULL)
        return UNDECIDED;
    const CsConfig *config = cs_scenario_config(clocked);
    return decide_with(at, config, config->policy_settings.weight, at->uplink_bps, at->downlink_bps)
        .cut;
}

static guint cut_at(const Case *at, CsFlipKind kind, double value)
{
    double weight = at->config->policy_settings.weight;
    switch (kind) {
    case CS_FLIP_UPLINK:
        return decide_with(at, at->config, weight, value, at->downlink_bps).cut;
    case CS_FLIP_DOWNLINK:
        return decide_with(at, at->config, weight, at->uplink_bps, value).cut;
    case CS_FLIP_WEIGHT:
        return decide_with(at, at->config, value, at->uplink_bps, at->downlink_bps).cut;
    case CS_FLIP_DISTANCE:
        return cut_at_distance(at, value);
    case CS_FLIP_FREQUENCY:
        return cut_at_frequency(at, value);
    case CS_FLIP_N:
        break;
    }
    g_assert_not_reached();
}

/* --- flips ------------------------------------------------------------------------------------ */

/* The step after `value` outwards, `up` or down. */
static double next_value(CsFlipKind kind, double value, gboolean up)
{
    if (kind == CS_FLIP_WEIGHT)
        return CLAMP(value + (up ? 1.0 : -1.0) / WEIGHT_STEPS, 0.0, 1.0);
    double step = kind == CS_FLIP_UPLINK || kind == CS_FLIP_DOWNLINK ? RATE_STEP : SCENARIO_STEP;
    return up ? value * step : value / step;
}

static gboolean within_reach(CsFlipKind kind, double now, double value)
{
    if (kind == CS_FLIP_WEIGHT)
        return TRUE;
    double reach = kind == CS_FLIP_UPLINK || kind == CS_FLIP_DOWNLINK ? RATE_REACH : SCENARIO_REACH;
    return value <= now * reach && value >= now / reach;
}

/* Between `same`, where the cut is `cut`, and `other`, where it is not. */
static CsFlip bisect(const Case *at, CsFlipKind kind, guint cut, double same, double other)
{
    guint other_cut = cut_at(at, kind, other);
    while (fabs(other - same) > BISECTION_WIDTH * (kind == CS_FLIP_WEIGHT ? 1.0 : fabs(other))) {
        double middle = kind == CS_FLIP_WEIGHT ? 0.5 * (same + other) : sqrt(same * other);
        if (middle == same || middle == other)
            break;
        guint here = cut_at(at, kind, middle);
        if (here == cut) {
            same = middle;
        } else if (here == UNDECIDED) {
            break;
        } else {
            other = middle;
            other_cut = here;
        }
    }
    return (CsFlip){.state = CS_FLIP_FOUND, .value = other, .cut = other_cut};
}

static CsFlip find_flip(const Case *at, CsFlipKind kind, double now, guint cut, gboolean up)
{
    double same = now;
    for (;;) {
        double value = next_value(kind, same, up);
        if (value == same || !within_reach(kind, now, value))
            return (CsFlip){.state = CS_FLIP_NONE, .value = same};
        guint here = cut_at(at, kind, value);
        if (here == UNDECIDED)
            return (CsFlip){.state = CS_FLIP_NONE, .value = same};
        if (here != cut)
            return bisect(at, kind, cut, same, value);
        same = value;
    }
}

/* Why a quantity is not asked of, or NULL. */
static const char *reason_to_keep(const Case *at, CsFlipKind kind)
{
    const CsDeviceGroup *group = cs_config_group_of(at->config, at->device);
    if (kind == CS_FLIP_DOWNLINK && !at->config->sends_down)
        return "nothing is sent down";
    if (kind != CS_FLIP_DISTANCE)
        return NULL;
    if (at->round == 0)
        return "the rates were given";
    if (group->trace[CS_UPLINK] != NULL || group->trace[CS_DOWNLINK] != NULL)
        return "the channel is a measured one";
    if (group->mobility.kind != CS_MOBILITY_STATIC)
        return "the device moves";
    if (group->distance_max_m > group->distance_min_m)
        return "the distance is drawn";
    if (!(at->uplink_gain > 0 && at->downlink_gain > 0))
        return "the rates are not those of an SNR";
    return NULL;
}

static void find_flips(CsExplanation *explanation, const Case *at)
{
    for (CsFlipKind kind = 0; kind < CS_FLIP_N; kind++) {
        explanation->kept[kind] = reason_to_keep(at, kind);
        if (!explanation->repeatable || explanation->kept[kind] != NULL) {
            explanation->below[kind].state = explanation->above[kind].state = CS_FLIP_UNASKED;
            continue;
        }
        double now = explanation->now[kind];
        guint cut = explanation->decision.cut;
        explanation->below[kind] = find_flip(at, kind, now, cut, FALSE);
        explanation->above[kind] = find_flip(at, kind, now, cut, TRUE);
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static void fill_cuts(CsExplanation *explanation, const Case *at)
{
    const CsCostTable *cost = &cs_config_group_of(at->config, at->device)->cost;
    double weight = at->config->policy_settings.weight;
    double frequency_hz = explanation->decision.frequency_hz;
    const CsCorners *corners = &explanation->corners;
    double delay_span_s = corners->delay_max_s - corners->delay_min_s;
    double energy_span_j = corners->energy_max_j - corners->energy_min_j;
    explanation->n_cuts = cost->n_cuts;
    explanation->cut = g_new0(CsCutCost, cost->n_cuts);
    double downlink_bps = cs_config_downlink_bps(at->config, at->downlink_bps);
    for (guint c = 0; c < cost->n_cuts; c++) {
        CsCutCost *cut = &explanation->cut[c];
        cut->delay_s = cs_cost_delay(cost, at->uplink_bps, downlink_bps, frequency_hz, c);
        cut->server_energy_j = cs_cost_energy(cost, frequency_hz, c);
        cut->delay_term =
            delay_span_s > 0 ? weight * (cut->delay_s - corners->delay_min_s) / delay_span_s : 0;
        cut->energy_term =
            energy_span_j > 0
                ? (1 - weight) * (cut->server_energy_j - corners->energy_min_j) / energy_span_j
                : 0;
        cut->cost = cs_cost(cost, corners, weight, at->uplink_bps, downlink_bps, frequency_hz, c);
        cut->fits = c >= cost->cut_min && c <= cost->cut_max;
    }
}

/* The fading of the round, from its SNR and that of the place. */
static void find_gains(Case *at, const CsRoundRecord *record)
{
    double snr[CS_DIRECTION_N];
    place_snr(at->config, at->device, at->replication, snr);
    at->uplink_gain = record->uplink.snr / snr[CS_UPLINK];
    at->downlink_gain = record->downlink.snr / snr[CS_DOWNLINK];
}

CsExplanation *cs_explanation_new(const CsScenario *scenario, guint device, guint64 round,
                                  guint64 replication, double uplink_bps, double downlink_bps,
                                  GError **error)
{
    g_autoptr(CsExplanation) explanation = g_new0(CsExplanation, 1);
    Case at = {.scenario = scenario,
               .config = cs_scenario_config(scenario),
               .device = device,
               .replication = replication};
    const CsDeviceGroup *group = cs_config_group_of(at.config, device);
    if (uplink_bps > 0 && downlink_bps > 0) {
        explanation->uplink = cs_link_state_of_rate(uplink_bps);
        explanation->downlink = cs_link_state_of_rate(downlink_bps);
    } else {
        CsRoundRecord record;
        if (!cs_explanation_round(at.config, device, round, replication, &record, error))
            return NULL;
        at.round = explanation->round = record.round;
        explanation->replication = replication;
        explanation->uplink = record.uplink;
        explanation->downlink = record.downlink;
        explanation->decision = record.decision;
        find_gains(&at, &record);
    }
    at.uplink_bps = explanation->uplink.rate_bps;
    at.downlink_bps = explanation->downlink.rate_bps;
    CsDecision decision = decide_with(&at, at.config, at.config->policy_settings.weight,
                                      at.uplink_bps, at.downlink_bps);
    if (at.round == 0)
        explanation->decision = decision;
    if (!cs_decision_check(at.config->policy, &group->cost, explanation->decision, error))
        return NULL;
    explanation->corners = cs_cost_corners(&group->cost, at.uplink_bps,
                                           cs_config_downlink_bps(at.config, at.downlink_bps));
    explanation->repeatable = decision.cut == explanation->decision.cut &&
                              decision.frequency_hz == explanation->decision.frequency_hz;
    explanation->now[CS_FLIP_UPLINK] = at.uplink_bps;
    explanation->now[CS_FLIP_DOWNLINK] = at.downlink_bps;
    explanation->now[CS_FLIP_WEIGHT] = at.config->policy_settings.weight;
    explanation->now[CS_FLIP_DISTANCE] = group->distance_min_m;
    explanation->now[CS_FLIP_FREQUENCY] = group->frequency_hz;
    fill_cuts(explanation, &at);
    find_flips(explanation, &at);
    return g_steal_pointer(&explanation);
}

void cs_explanation_free(CsExplanation *explanation)
{
    if (explanation == NULL)
        return;
    g_free(explanation->cut);
    g_free(explanation);
}
