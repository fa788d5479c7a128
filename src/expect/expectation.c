/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/expectation: exact means of a device's round. See expectation.h. Layer: expect. */
#include "expect/expectation.h"

#include "expect/two-gains.h"

#include <math.h>

#define UNLIKELY_RATE 1e-300

/* The largest relative error, and how far the probabilities are from 1. */
static double relative_error(const CsMeans *sum, const CsMeans *error)
{
    double most = fabs(sum->of[CS_MEAN_ONE] - 1);
    for (guint k = 0; k < CS_MEAN_N; k++)
        if (error->of[k] > 0)
            most = fmax(most, error->of[k] / fabs(sum->of[k]));
    return most;
}

static gint compare_reals(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* --- one gain for both directions ------------------------------------------------------------- */

typedef struct {
    const CsGroupMeans *means;
    const CsGainLaw *law;
    double snr[CS_DIRECTION_N];
} Common;

static void at_common_gain(const Common *common, double u, CsMeans *value)
{
    const CsGroupMeans *means = common->means;
    CsLinkState uplink =
        cs_link_at(cs_group_means_map(means, CS_UPLINK), common->snr[CS_UPLINK], u);
    CsLinkState downlink =
        cs_link_at(cs_group_means_map(means, CS_DOWNLINK), common->snr[CS_DOWNLINK], u);
    cs_group_means_at(means, &uplink, &downlink, value);
}

static void common_integrand(gpointer context, double u, CsMeans *value)
{
    const Common *common = context;
    at_common_gain(common, u, value);
    cs_means_scale(value, common->law->density(common->law, u));
}

static double common_s_per_bit(const Common *common, double u)
{
    const CsGroupMeans *means = common->means;
    double sum = 0;
    for (CsDirection d = CS_UPLINK; d < CS_DIRECTION_N; d++)
        sum += cs_group_means_bit_s(
            means, d, cs_link_at(cs_group_means_map(means, d), common->snr[d], u).rate_bps);
    return sum;
}

/* The gain in (low, high), where s falls smoothly, at which it is `s`. */
static double find_common(const Common *common, double low, double high, double s)
{
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (common_s_per_bit(common, middle) > s)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Ends, guides, breaks of both maps, sorted. Transfer full. */
static GArray *common_points(const Common *common)
{
    const CsGainLaw *law = common->law;
    GArray *points = g_array_new(FALSE, FALSE, sizeof(double));
    g_array_append_val(points, law->low);
    g_array_append_val(points, law->high);
    g_array_append_vals(points, law->guide, law->n_guides);
    for (guint d = 0; d < CS_DIRECTION_N; d++)
        for (guint i = 0; i < common->means->breaks[d]->len; i++) {
            double u = log(g_array_index(common->means->breaks[d], double, i) / common->snr[d]);
            if (u > law->low && u < law->high)
                g_array_append_val(points, u);
        }
    g_array_sort(points, compare_reals);
    return points;
}

/* Adds the points at which the decision flips. */
static void add_common_flips(const Common *common, GArray *points)
{
    const CsOutcome *outcome = &common->means->outcome;
    guint n = points->len;
    for (guint i = 0; i + 1 < n; i++) {
        double low = g_array_index(points, double, i), high = g_array_index(points, double, i + 1);
        if (!(high - low > 3 * CS_EXPECT_INWARD))
            continue;
        double most = common_s_per_bit(common, low + CS_EXPECT_INWARD);
        double least = common_s_per_bit(common, high - CS_EXPECT_INWARD);
        for (guint k = 0; k < outcome->n_flips; k++) {
            double flip = outcome->flip_s_per_bit[k];
            if (flip > least && flip < most) {
                double u = find_common(common, low, high, flip);
                g_array_append_val(points, u);
            }
        }
    }
    g_array_sort(points, compare_reals);
}

static void integrate_common(const CsGroupMeans *means, const CsGainLaw *law,
                             const double snr[CS_DIRECTION_N], CsMeans *sum, CsMeans *error)
{
    Common common = {means, law, {snr[0], snr[1]}};
    CsMeans value;
    if (law->atom > 0) {
        at_common_gain(&common, 0, &value);
        cs_means_add(sum, law->atom, &value);
    }
    g_autoptr(GArray) points = common_points(&common);
    add_common_flips(&common, points);
    cs_quadrature_add(means->quadrature, common_integrand, &common,
                      (const double *)(gpointer)points->data, points->len, CS_EXPECT_TOLERANCE, sum,
                      error);
}

/* --- a device --------------------------------------------------------------------------------- */

/* A round without fading tells what is small, before there is a sum to tell it. */
static void average_independent(CsGroupMeans *means, const double snr[CS_DIRECTION_N], CsMeans *sum,
                                CsMeans *error)
{
    const Common plain = {means, NULL, {snr[0], snr[1]}};
    CsMeans typical;
    at_common_gain(&plain, 0, &typical);
    cs_means_add(sum, 1, &typical);
    cs_two_gains_add(means, snr, sum, error);
    cs_means_add(sum, -1, &typical);
}

/* At mean SNRs `snr`: over the fading. */
static void average_fading(CsGroupMeans *means, const double snr[CS_DIRECTION_N], CsMeans *sum)
{
    CsMeans error = {0};
    *sum = (CsMeans){0};
    if (!means->fades) {
        Common common = {means, NULL, {snr[0], snr[1]}};
        at_common_gain(&common, 0, sum);
        return;
    }
    if (means->group->radio.reciprocal)
        integrate_common(means, &means->fading, snr, sum, &error);
    else
        average_independent(means, snr, sum, &error);
    means->error = fmax(means->error, relative_error(sum, &error));
}

typedef struct {
    CsGroupMeans *means;
    const CsGainLaw *law;
} Place;

static void average_at(CsGroupMeans *means, double log_gain, CsMeans *value)
{
    const double gain = exp(log_gain);
    const double snr[CS_DIRECTION_N] = {means->snr[0] * gain, means->snr[1] * gain};
    average_fading(means, snr, value);
}

static void place_integrand(gpointer context, double u, CsMeans *value)
{
    const Place *place = context;
    average_at(place->means, u, value);
    cs_means_scale(value, place->law->density(place->law, u));
}

static void integrate_place(CsGroupMeans *means, const CsGainLaw *law, CsMeans *sum, CsMeans *error)
{
    Place place = {means, law};
    CsMeans value;
    double point[CS_GUIDES_MAX + 2] = {law->low};
    if (law->atom > 0) {
        average_at(means, 0, &value);
        cs_means_add(sum, law->atom, &value);
    }
    for (guint i = 0; i < law->n_guides; i++)
        point[i + 1] = law->guide[i];
    point[law->n_guides + 1] = law->high;
    cs_quadrature_add(means->quadrature, place_integrand, &place, point, law->n_guides + 2,
                      CS_EXPECT_TOLERANCE, sum, error);
}

/* The range of s, from the best place and fade to the worst. */
static void init_outcome(CsGroupMeans *means, CsDecisionsCache *cache, double gain_low,
                         double gain_high)
{
    double s[2] = {0, 0};
    const double low = (means->fades ? means->fading.low : 0) + gain_low;
    const double high = (means->fades ? means->fading.high : 0) + gain_high;
    for (guint d = 0; d < CS_DIRECTION_N; d++) {
        const CsRateMap *map = cs_group_means_map(means, (CsDirection)d);
        double fast = fmax(cs_link_at(map, means->snr[d], high).rate_bps, UNLIKELY_RATE);
        double slow = fmax(cs_link_at(map, means->snr[d], low).rate_bps, UNLIKELY_RATE);
        s[0] += cs_group_means_bit_s(means, (CsDirection)d, fast);
        s[1] += cs_group_means_bit_s(means, (CsDirection)d, slow);
    }
    /* Where blocks are lost a better SNR can have a lower rate, by a step: some room. */
    cs_outcome_init(&means->outcome, means->config, means->group, cache, s[0] / 4, s[1] * 4);
}

static void init_means(CsGroupMeans *means, const CsConfig *config, const CsDeviceGroup *group,
                       const CsQuadrature *quadrature)
{
    const CsRadio *radio = &group->radio;
    *means = (CsGroupMeans){.config = config, .group = group, .quadrature = quadrature};
    means->fades = cs_gain_law_of_fading(&means->fading, &radio->fading);
    means->snr[CS_UPLINK] =
        cs_mean_snr(group->tx_power_w, radio->reference_loss, radio->noise_density_w_per_hz,
                    radio->bandwidth_hz, config->server.noise_factor);
    means->snr[CS_DOWNLINK] =
        cs_mean_snr(config->server.tx_power_w, radio->reference_loss, radio->noise_density_w_per_hz,
                    radio->bandwidth_hz, group->noise_factor);
    for (guint d = 0; d < CS_DIRECTION_N; d++)
        means->breaks[d] = cs_link_breaks(cs_group_means_map(means, (CsDirection)d));
}

static CsExpectation expect_group(const CsConfig *config, const CsDeviceGroup *group,
                                  const CsQuadrature *quadrature, CsDecisionsCache *cache)
{
    CsGroupMeans means;
    CsGainLaw place;
    CsMeans error = {0};
    CsExpectation result = {0};
    double gain;
    init_means(&means, config, group, quadrature);
    gboolean placed = !cs_gain_law_of_place(&place, group, &gain);
    init_outcome(&means, cache, placed ? log(gain) : place.low, placed ? log(gain) : place.high);
    if (placed) {
        double snr[CS_DIRECTION_N] = {means.snr[0] * gain, means.snr[1] * gain};
        average_fading(&means, snr, &result.mean);
    } else if (!means.fades) {
        integrate_common(&means, &place, means.snr, &result.mean, &error);
    } else {
        integrate_place(&means, &place, &result.mean, &error);
    }
    result.error_relative = means.error + relative_error(&result.mean, &error);
    if (isnan(cs_group_power_w(group)))
        result.mean.of[CS_MEAN_DEVICE_ENERGY] = NAN;
    cs_outcome_clear(&means.outcome);
    g_array_unref(means.breaks[CS_UPLINK]);
    g_array_unref(means.breaks[CS_DOWNLINK]);
    return result;
}

gboolean cs_expect_groups(const CsConfig *config, CsDecisionsCache *cache,
                          CsExpectation *expectation, CsObstacle *obstacle)
{
    g_autoptr(CsDecisionsCache) own = cache == NULL ? cs_decisions_cache_new() : NULL;
    g_autoptr(CsQuadrature) quadrature = cs_quadrature_new();
    for (guint i = 0; i < config->n_groups; i++) {
        if (config->groups[i].count == 0)
            continue;
        expectation[i] =
            expect_group(config, &config->groups[i], quadrature, cache != NULL ? cache : own);
        if (expectation[i].error_relative <= CS_EXPECT_ERROR_MAX)
            continue;
        *obstacle = (CsObstacle){
            .group = "radio",
            .key = "fading",
            .device_group = (gint)i,
            .reason = g_strdup_printf("the integral over the channel of device '%s' comes no "
                                      "nearer than a relative error of %.1g",
                                      config->groups[i].name, expectation[i].error_relative)};
        return FALSE;
    }
    return TRUE;
}

CsExpectation cs_expect_all(const CsConfig *config, const CsExpectation *groups)
{
    CsExpectation all = {0};
    for (guint i = 0; i < config->n_groups; i++) {
        if (config->groups[i].count == 0)
            continue;
        cs_means_add(&all.mean, (double)config->groups[i].count / config->n_devices,
                     &groups[i].mean);
        all.error_relative = fmax(all.error_relative, groups[i].error_relative);
    }
    return all;
}
