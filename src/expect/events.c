/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/events: states of a round's channel. See events.h. Layer: expect. */
#include "expect/events.h"

#include "expect/gain-law.h"
#include "expect/outcome.h"

#include <math.h>

#define CELL 0.1 /* of ln gain */
#define UNLIKELY 1e-15
#define NO_RATE 1e-300

typedef struct {
    double probability;
    CsLinkState link;
} State;

/* Of one direction, the worst first: of neighbours with the same rate one. Transfer full. */
static GArray *make_states(const CsRateMap *map, double snr, const CsFadingModel *fading,
                           const CsGainLaw *law)
{
    GArray *states = g_array_new(FALSE, FALSE, sizeof(State));
    double low = 0;
    guint cells = (guint)ceil((law->high - law->low) / CELL);
    for (guint i = 0; i <= cells; i++) {
        double u = law->low + (law->high - law->low) * i / cells;
        double high = i < cells ? cs_fading_cdf(fading, exp(u)) : 1;
        State state = {high - low, cs_link_state(map, snr * exp(u - 0.5 * CELL))};
        State *before = states->len > 0 ? &g_array_index(states, State, states->len - 1) : NULL;
        low = high;
        if (before != NULL && before->link.rate_bps == state.link.rate_bps)
            before->probability += state.probability;
        else if (state.probability > UNLIKELY)
            g_array_append_val(states, state);
    }
    return states;
}

static void add_event(GArray *events, const CsOutcome *outcome, guint group, const State *up,
                      const State *down, double probability)
{
    CsRoundEvent event = {.group = group, .probability = probability};
    if (!(probability > UNLIKELY) || !(up->link.rate_bps > NO_RATE) ||
        !(down->link.rate_bps > NO_RATE))
        return;
    const CsRateMap *map = &outcome->group->uplink;
    cs_outcome_at(outcome, up->link.rate_bps, down->link.rate_bps, &event.mean);
    event.worse = outcome->config->sends_down && down->link.rate_bps < up->link.rate_bps
                      ? CS_DOWNLINK
                      : CS_UPLINK;
    event.cqi = map->rule == CS_RATE_CQI || map->rule == CS_RATE_MCS
                    ? (event.worse == CS_UPLINK ? up : down)->link.cqi
                    : -1;
    g_array_append_val(events, event);
}

static void add_group(GArray *events, const CsConfig *config, guint index, double gain,
                      const CsGainLaw *law, CsDecisionsCache *cache)
{
    const CsDeviceGroup *group = &config->groups[index];
    const CsRadio *radio = &group->radio;
    const double loss = radio->reference_loss / gain;
    const double snr[CS_DIRECTION_N] = {
        cs_mean_snr(group->tx_power_w, loss, radio->noise_density_w_per_hz, radio->bandwidth_hz,
                    config->server.noise_factor),
        cs_mean_snr(config->server.tx_power_w, loss, radio->noise_density_w_per_hz,
                    radio->bandwidth_hz, group->noise_factor)};
    CsOutcome outcome;
    cs_outcome_init(&outcome, config, group, cache, 1, 1); /* flips are not asked for */
    g_autoptr(GArray) up = make_states(&group->uplink, snr[0], &radio->fading, law);
    g_autoptr(GArray) down = make_states(&group->downlink, snr[1], &radio->fading, law);
    double low = law->low, high = law->high;
    guint cells = (guint)ceil((high - low) / CELL);
    double before = 0;
    for (guint i = 0; radio->reciprocal && i <= cells; i++) {
        double u = low + (high - low) * i / cells;
        double now = i < cells ? cs_fading_cdf(&radio->fading, exp(u)) : 1;
        double g = exp(u - 0.5 * CELL);
        const State both[] = {{1, cs_link_state(&group->uplink, snr[0] * g)},
                              {1, cs_link_state(&group->downlink, snr[1] * g)}};
        add_event(events, &outcome, index, &both[0], &both[1], now - before);
        before = now;
    }
    for (guint i = 0; !radio->reciprocal && i < up->len; i++)
        for (guint k = 0; k < down->len; k++) {
            const State *a = &g_array_index(up, State, i), *b = &g_array_index(down, State, k);
            add_event(events, &outcome, index, a, b, a->probability * b->probability);
        }
    cs_outcome_clear(&outcome);
}

GArray *cs_round_events(const CsConfig *config, CsDecisionsCache *cache)
{
    CsObstacle obstacle = {0};
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(CsRoundEvent));
    if (!cs_expect_applies(config, &obstacle)) {
        g_free(obstacle.reason);
        return NULL;
    }
    for (guint i = 0; i < config->n_groups; i++) {
        CsGainLaw fading, place;
        double gain;
        if (config->groups[i].count == 0)
            continue;
        if (cs_gain_law_of_place(&place, &config->groups[i], &gain))
            return NULL;
        if (cs_gain_law_of_fading(&fading, &config->groups[i].radio.fading))
            add_group(events, config, i, gain, &fading, cache);
    }
    return g_steal_pointer(&events);
}
