/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/link: link budget and rate look-up. See link.h. Layer: radio; calls base. */
#include "radio/link.h"

#include "radio/pathloss.h"

#include <math.h>
#include <string.h>

const CsName cs_rate_names[] = {{"cqi", CS_RATE_CQI},
                                {"mcs", CS_RATE_MCS},
                                {"gap", CS_RATE_GAP},
                                {"shannon", CS_RATE_SHANNON},
                                CS_NAMES_END};
CS_NAMES_COVER(cs_rate_names, CS_RATE_SHANNON);
const CsName cs_outage_names[] = {
    {"repeat", CS_OUTAGE_REPEAT}, {"floor", CS_OUTAGE_FLOOR}, CS_NAMES_END};
CS_NAMES_COVER(cs_outage_names, CS_OUTAGE_FLOOR);
const CsName cs_coherence_names[] = {{"round", CS_COHERENCE_ROUND},
                                     {"transmission", CS_COHERENCE_TRANSMISSION},
                                     CS_NAMES_END_NUMBER(CS_COHERENCE_TIME)};
CS_NAMES_COVER(cs_coherence_names, CS_COHERENCE_TRANSMISSION);
const CsName cs_doppler_names[] = {
    {"gauss-markov", CS_DOPPLER_GAUSS_MARKOV}, {"jakes", CS_DOPPLER_JAKES}, CS_NAMES_END};
CS_NAMES_COVER(cs_doppler_names, CS_DOPPLER_JAKES);
const CsName cs_path_loss_names[] = {{"log-distance", CS_PATH_LOSS_LOG_DISTANCE},
                                     {"umi", CS_PATH_LOSS_UMI},
                                     {"uma", CS_PATH_LOSS_UMA},
                                     {"inh-mixed", CS_PATH_LOSS_INH_MIXED},
                                     {"inh-open", CS_PATH_LOSS_INH_OPEN},
                                     CS_NAMES_END};
CS_NAMES_COVER(cs_path_loss_names, CS_PATH_LOSS_INH_OPEN);
const CsName cs_line_of_sight_names[] = {{"probability", CS_LINE_OF_SIGHT_PROBABILITY},
                                         {"always", CS_LINE_OF_SIGHT_ALWAYS},
                                         {"never", CS_LINE_OF_SIGHT_NEVER},
                                         CS_NAMES_END};
CS_NAMES_COVER(cs_line_of_sight_names, CS_LINE_OF_SIGHT_NEVER);
const CsName cs_sharing_names[] = {{"dedicated", CS_SHARING_DEDICATED},
                                   {"equal", CS_SHARING_EQUAL},
                                   {"proportional-fair", CS_SHARING_PROPORTIONAL_FAIR},
                                   CS_NAMES_END};
CS_NAMES_COVER(cs_sharing_names, CS_SHARING_PROPORTIONAL_FAIR);

void cs_radio_complete(CsRadio *radio)
{
    static const double ap_height_m[] = {[CS_PATH_LOSS_LOG_DISTANCE] = 10,
                                         [CS_PATH_LOSS_UMI] = 10,
                                         [CS_PATH_LOSS_UMA] = 25,
                                         [CS_PATH_LOSS_INH_MIXED] = 3,
                                         [CS_PATH_LOSS_INH_OPEN] = 3};
    gboolean environment = radio->path_loss != CS_PATH_LOSS_LOG_DISTANCE;
    if (radio->reference_loss == 0 && radio->reference_distance_m > 0 && radio->carrier_hz > 0)
        radio->reference_loss = cs_free_space_loss(radio->reference_distance_m, radio->carrier_hz);
    if (isnan(radio->ap_height_m))
        radio->ap_height_m = ap_height_m[radio->path_loss];
    if (isnan(radio->shadowing_db) && !environment)
        radio->shadowing_db = 0;
    if (isnan(radio->shadowing_distance_m) && !environment)
        radio->shadowing_distance_m = 10;
}

double cs_mean_snr(double tx_power_w, double loss, double noise_density_w_per_hz,
                   double bandwidth_hz, double noise_factor)
{
    return tx_power_w / (loss * noise_density_w_per_hz * bandwidth_hz * noise_factor);
}

double cs_radio_loss(const CsRadio *radio, double distance_m)
{
    return cs_log_distance_loss(distance_m, radio->reference_distance_m, radio->reference_loss,
                                radio->path_loss_exponent);
}

/* Rule mcs: the MCS's efficiency, but CQI 1, which may have no MCS below it, keeps its own. */
static double efficiency_of(const CsRadio *radio, int cqi)
{
    const CsCqiTable *table = &radio->table;
    return radio->rate == CS_RATE_MCS && cqi > 1 ? table->mcs[table->mcs_of_cqi[cqi]].efficiency
                                                 : table->cqi[cqi].efficiency;
}

void cs_rate_map_init(CsRateMap *map, const CsRadio *radio, CsDirection direction)
{
    g_assert(radio->max_repetitions >= 1);
    const double *threshold =
        direction == CS_UPLINK ? radio->thresholds.uplink : radio->thresholds.downlink;
    *map = (CsRateMap){
        .bandwidth_hz = radio->bandwidth_hz,
        .floor_ratio = radio->outage == CS_OUTAGE_FLOOR ? 1 : 1.0 / radio->max_repetitions,
        .rule = radio->rate,
        .outage = radio->outage,
        .errors = cs_link_errors_any(&radio->errors) ? &radio->errors : NULL,
    };
    memcpy(map->threshold, threshold, sizeof map->threshold);
    map->mcs[0] = -1;
    for (int i = 1; i < CS_CQI_N; i++) {
        map->mcs[i] = (gint8)radio->table.mcs_of_cqi[i];
        map->rate_bps[i] = radio->bandwidth_hz * efficiency_of(radio, i);
    }
}

/* Copies combined in outage count as one block at their common SNR. */
static CsGoodput goodput_of(const CsRateMap *map, double snr, const CsLinkState *state)
{
    double copies = 1;
    if (state->outage && map->outage == CS_OUTAGE_REPEAT)
        copies = fmin(map->threshold[1] / snr, 1 / map->floor_ratio);
    return cs_link_errors_goodput(map->errors, state->mcs, copies * snr, state->rate_bps);
}

/* What is left of the rate. */
static void lose_blocks(const CsRateMap *map, double snr, CsLinkState *state)
{
    state->rate_bps *= goodput_of(map, snr, state).efficiency;
}

/* The SNR that stands for a measured CQI. */
static double snr_of_cqi(const CsRateMap *map, int cqi)
{
    return map->threshold[MAX(cqi, 1)] * (cqi > 0 ? 1 : map->floor_ratio);
}

CsLinkState cs_link_state(const CsRateMap *map, double snr)
{
    const int cqi = cs_cqi_from_snr(map->threshold, snr);
    CsLinkState state = {.snr = snr, .cqi = (gint8)cqi, .mcs = map->mcs[cqi]};
    if (G_LIKELY(map->rule == CS_RATE_CQI || map->rule == CS_RATE_MCS)) {
        const double ratio = snr / map->threshold[1];
        state.outage = cqi == 0;
        state.beyond_repetition =
            state.outage & (map->outage == CS_OUTAGE_REPEAT) & (ratio < map->floor_ratio);
        state.rate_bps =
            cqi > 0 ? map->rate_bps[cqi]
                    : map->rate_bps[1] * (ratio > map->floor_ratio ? ratio : map->floor_ratio);
    } else if (map->rule == CS_RATE_GAP) {
        state.rate_bps = map->bandwidth_hz * cs_gap_efficiency(snr);
    } else {
        state.rate_bps = map->bandwidth_hz * (log1p(snr) / G_LN2);
    }
    if (G_UNLIKELY(map->errors != NULL))
        lose_blocks(map, snr, &state);
    return state;
}

CsLinkState cs_link_state_of_cqi(const CsRateMap *map, int cqi)
{
    g_assert(cqi >= 0 && cqi < CS_CQI_N);
    CsLinkState state = {.snr = NAN, .cqi = (gint8)cqi, .mcs = map->mcs[cqi], .outage = cqi == 0};
    state.rate_bps = cqi > 0 ? map->rate_bps[cqi] : map->rate_bps[1] * map->floor_ratio;
    if (map->errors != NULL)
        lose_blocks(map, snr_of_cqi(map, cqi), &state);
    return state;
}

double cs_link_blocks(const CsRateMap *map, const CsLinkState *state, double size_bit,
                      double *given_up)
{
    *given_up = 0;
    if (map->errors == NULL || state->cqi < 0)
        return 0;
    double snr = isnan(state->snr) ? snr_of_cqi(map, state->cqi) : state->snr;
    double residual = goodput_of(map, snr, state).residual;
    double blocks = size_bit / map->errors->block_bit / (1 - residual);
    *given_up = residual * blocks;
    return blocks;
}

CsLinkState cs_link_state_of_rate(double rate_bps)
{
    return (CsLinkState){.snr = NAN, .rate_bps = rate_bps, .cqi = -1, .mcs = -1};
}

double cs_gap_efficiency(double snr)
{
    const double bit_error_rate = 5e-5;
    const double gap = -log(5 * bit_error_rate) / 1.5;
    return log1p(snr / gap) / G_LN2;
}
