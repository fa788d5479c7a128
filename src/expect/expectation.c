/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/expectation: exact means of a device's round. See expectation.h. Layer: expect. */
#include "expect/expectation.h"

#include "expect/link-law.h"
#include "expect/outcome.h"

#include <math.h>

#define TOLERANCE 3e-11     /* relative, of an integral */
#define TOLERANCE_ALL 8e-10 /* of all integrals of a sum together */
#define INWARD 1e-12        /* from a stretch's end, in ln gain */
#define UNLIKELY_RATE 1e-300

/* Everything about a group that does not depend on where a device stands. */
typedef struct {
    const CsConfig *config;
    const CsDeviceGroup *group;
    const CsQuadrature *quadrature;
    CsOutcome outcome;
    CsGainLaw fading;
    gboolean fades;
    GArray *breaks[CS_DIRECTION_N]; /* of SNR */
    double snr[CS_DIRECTION_N];     /* at the reference distance, without shadowing */
    double tolerance;               /* of each of the integrals over two gains */
    double error;                   /* relative, the largest of the inner integrals so far */
} Means;

static const CsRateMap *map_of(const Means *means, CsDirection direction)
{
    return direction == CS_UPLINK ? &means->group->uplink : &means->group->downlink;
}

/* Seconds of a bit in a direction; none where the protocol sends nothing down. */
static double bit_s(const Means *means, CsDirection direction, double rate_bps)
{
    return 1 /
           (direction == CS_UPLINK ? rate_bps : cs_config_downlink_bps(means->config, rate_bps));
}

/* The largest relative error, and how far the probabilities are from 1. */
static double relative_error(const CsMeans *sum, const CsMeans *error)
{
    double most = fabs(sum->of[CS_MEAN_ONE] - 1);
    for (guint k = 0; k < CS_MEAN_N; k++)
        if (error->of[k] > 0)
            most = fmax(most, error->of[k] / fabs(sum->of[k]));
    return most;
}

/* The round at two links. */
static void at_links(const Means *means, const CsLinkState *uplink, const CsLinkState *downlink,
                     CsMeans *value)
{
    cs_outcome_at(&means->outcome, uplink->rate_bps, downlink->rate_bps, value);
    value->of[CS_MEAN_OUTAGE_UPLINK] = uplink->outage;
    value->of[CS_MEAN_OUTAGE_DOWNLINK] = downlink->outage;
}

static void scale(CsMeans *value, double factor)
{
    for (guint k = 0; k < CS_MEAN_N; k++)
        value->of[k] *= factor;
}

static gint compare_reals(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* --- one gain for both directions ------------------------------------------------------------- */

typedef struct {
    const Means *means;
    const CsGainLaw *law;
    double snr[CS_DIRECTION_N];
} Common;

static void at_common_gain(const Common *common, double u, CsMeans *value)
{
    const Means *means = common->means;
    CsLinkState uplink = cs_link_at(map_of(means, CS_UPLINK), common->snr[CS_UPLINK], u);
    CsLinkState downlink = cs_link_at(map_of(means, CS_DOWNLINK), common->snr[CS_DOWNLINK], u);
    at_links(means, &uplink, &downlink, value);
}

static void common_integrand(gpointer context, double u, CsMeans *value)
{
    const Common *common = context;
    at_common_gain(common, u, value);
    scale(value, common->law->density(common->law, u));
}

static double common_s_per_bit(const Common *common, double u)
{
    const Means *means = common->means;
    double sum = 0;
    for (CsDirection d = CS_UPLINK; d < CS_DIRECTION_N; d++)
        sum += bit_s(means, d, cs_link_at(map_of(means, d), common->snr[d], u).rate_bps);
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
        if (!(high - low > 3 * INWARD))
            continue;
        double most = common_s_per_bit(common, low + INWARD);
        double least = common_s_per_bit(common, high - INWARD);
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

static void integrate_common(const Means *means, const CsGainLaw *law,
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
                      (const double *)(gpointer)points->data, points->len, TOLERANCE, sum, error);
}

/* --- two gains -------------------------------------------------------------------------------- */

/* An integral over a stretch of one direction, with the other one held or integrated inside. */
typedef struct {
    Means *means;
    const CsLinkLaw *law[CS_DIRECTION_N];
    CsDirection direction;              /* the outer one */
    const CsLinkStretch *outer, *inner; /* inner: NULL where the other one is held */
    CsLinkState held;
    double probability; /* of what is held */
    CsLinkState outer_link;
    const CsMeans *scale; /* what inner errors are small beside */
    CsMeans inner_error;  /* the largest of them, times the density */
} Split;

static void at_split(const Split *split, const CsLinkState *outer, const CsLinkState *other,
                     CsMeans *value)
{
    gboolean up = split->direction == CS_UPLINK;
    at_links(split->means, up ? outer : other, up ? other : outer, value);
}

static CsLinkState split_link(const Split *split, CsDirection direction, double u)
{
    return cs_link_at(split->law[direction]->map, split->law[direction]->snr, u);
}

static double density(const Split *split, double u)
{
    return split->means->fading.density(&split->means->fading, u);
}

static void held_integrand(gpointer context, double u, CsMeans *value)
{
    const Split *split = context;
    CsLinkState outer = split_link(split, split->direction, u);
    at_split(split, &outer, &split->held, value);
    scale(value, split->probability * density(split, u));
}

static void inner_integrand(gpointer context, double v, CsMeans *value)
{
    const Split *split = context;
    CsLinkState other = split_link(split, (CsDirection)!split->direction, v);
    at_split(split, &split->outer_link, &other, value);
    scale(value, density(split, v));
}

/* 1/rate at the ends of a stretch: it falls. */
static double most_of(const Split *split, CsDirection direction, const CsLinkStretch *stretch)
{
    return bit_s(split->means, direction,
                 split_link(split, direction, stretch->low + INWARD).rate_bps);
}

static double least_of(const Split *split, CsDirection direction, const CsLinkStretch *stretch)
{
    return bit_s(split->means, direction,
                 split_link(split, direction, stretch->high - INWARD).rate_bps);
}

#define SPLITS_MAX (2 * CS_FLIPS_MAX + 2)

/* The points that split a direction's stretch where 1/rate plus `rest` is a flip. Adds to
 * point[]. */
static guint add_flips(const Split *split, CsDirection direction, const CsLinkStretch *stretch,
                       double rest, double *point, guint n)
{
    const CsOutcome *outcome = &split->means->outcome;
    const CsLinkLaw *law = split->law[direction];
    double least = least_of(split, direction, stretch), most = most_of(split, direction, stretch);
    for (guint k = 0; k < outcome->n_flips; k++) {
        double s = outcome->flip_s_per_bit[k] - rest;
        if (s > least && s < most && n < SPLITS_MAX)
            point[n++] = cs_link_law_find(law, stretch, s);
    }
    return n;
}

static void sort_points(double *point, guint n)
{
    for (guint i = 1; i < n; i++)
        for (guint j = i; j > 0 && point[j] < point[j - 1]; j--) {
            double other = point[j];
            point[j] = point[j - 1];
            point[j - 1] = other;
        }
}

/* The integral over the other direction's stretch, at one gain of the outer one. */
static void outer_integrand(gpointer context, double u, CsMeans *value)
{
    Split *split = context;
    CsDirection other = (CsDirection)!split->direction;
    const CsLinkStretch *inner = split->inner;
    double point[SPLITS_MAX] = {inner->low, inner->high};
    CsMeans error = {0};
    split->outer_link = split_link(split, split->direction, u);
    double outer_s = bit_s(split->means, split->direction, split->outer_link.rate_bps);
    guint n = add_flips(split, other, inner, outer_s, point, 2);
    sort_points(point, n);
    *value = *split->scale;
    cs_quadrature_add(split->means->quadrature, inner_integrand, split, point, n,
                      split->means->tolerance, value, &error);
    double weight = density(split, u);
    for (guint k = 0; k < CS_MEAN_N; k++)
        split->inner_error.of[k] = fmax(split->inner_error.of[k], weight * error.of[k]);
    cs_means_add(value, -1, split->scale);
    scale(value, weight);
}

static void integrate_held(Means *means, const CsLinkLaw *law[CS_DIRECTION_N],
                           CsDirection direction, CsMeans *sum, CsMeans *error)
{
    const CsLinkLaw *own = law[direction], *other = law[!direction];
    for (guint i = 0; i < own->stretches->len; i++)
        for (guint j = 0; j < other->n_atoms; j++) {
            const CsLinkAtom *atom = &other->atom[j];
            Split split = {.means = means,
                           .law = {law[0], law[1]},
                           .direction = direction,
                           .outer = &g_array_index(own->stretches, CsLinkStretch, i),
                           .held = {.rate_bps = atom->rate_bps, .outage = atom->outage},
                           .probability = atom->probability};
            double point[SPLITS_MAX] = {split.outer->low, split.outer->high};
            double held_s = bit_s(means, (CsDirection)!direction, atom->rate_bps);
            guint n = add_flips(&split, direction, split.outer, held_s, point, 2);
            sort_points(point, n);
            cs_quadrature_add(means->quadrature, held_integrand, &split, point, n, means->tolerance,
                              sum, error);
        }
}

static void integrate_pairs(Means *means, const CsLinkLaw *law[CS_DIRECTION_N], CsMeans *sum,
                            CsMeans *error)
{
    const CsLinkLaw *up = law[CS_UPLINK], *down = law[CS_DOWNLINK];
    const CsMeans scale_of = *sum;
    for (guint i = 0; i < up->stretches->len; i++)
        for (guint j = 0; j < down->stretches->len; j++) {
            Split split = {.means = means,
                           .law = {up, down},
                           .direction = CS_UPLINK,
                           .outer = &g_array_index(up->stretches, CsLinkStretch, i),
                           .inner = &g_array_index(down->stretches, CsLinkStretch, j),
                           .scale = &scale_of};
            double point[SPLITS_MAX] = {split.outer->low, split.outer->high};
            double most = most_of(&split, CS_DOWNLINK, split.inner);
            double least = least_of(&split, CS_DOWNLINK, split.inner);
            guint n = add_flips(&split, CS_UPLINK, split.outer, most, point, 2);
            n = add_flips(&split, CS_UPLINK, split.outer, least, point, n);
            sort_points(point, n);
            cs_quadrature_add(means->quadrature, outer_integrand, &split, point, n,
                              means->tolerance, sum, error);
            cs_means_add(error, split.outer->high - split.outer->low, &split.inner_error);
        }
}

static void sum_atoms(const Means *means, const CsLinkLaw *up, const CsLinkLaw *down, CsMeans *sum)
{
    for (guint i = 0; i < up->n_atoms; i++)
        for (guint j = 0; j < down->n_atoms; j++) {
            CsLinkState uplink = {.rate_bps = up->atom[i].rate_bps, .outage = up->atom[i].outage};
            CsLinkState downlink = {.rate_bps = down->atom[j].rate_bps,
                                    .outage = down->atom[j].outage};
            CsMeans value;
            at_links(means, &uplink, &downlink, &value);
            cs_means_add(sum, up->atom[i].probability * down->atom[j].probability, &value);
        }
}

static void integrate_independent(Means *means, const double snr[CS_DIRECTION_N], CsMeans *sum,
                                  CsMeans *error)
{
    CsLinkLaw law[CS_DIRECTION_N];
    const CsLinkLaw *both[CS_DIRECTION_N] = {&law[CS_UPLINK], &law[CS_DOWNLINK]};
    const CsFadingModel *fading = &means->group->radio.fading;
    for (guint d = 0; d < CS_DIRECTION_N; d++)
        cs_link_law_init(&law[d], map_of(means, (CsDirection)d), means->breaks[d], snr[d], fading,
                         &means->fading);
    /* A round without fading tells what is small, before there is a sum to tell it. */
    double stretches = (double)law[0].stretches->len + law[1].stretches->len;
    means->tolerance =
        fmin(TOLERANCE, TOLERANCE_ALL / (1 + stretches * CS_ATOMS_MAX * 0.5 +
                                         (double)law[0].stretches->len * law[1].stretches->len));
    const Common plain = {means, NULL, {snr[0], snr[1]}};
    CsMeans typical;
    at_common_gain(&plain, 0, &typical);
    cs_means_add(sum, 1, &typical);
    sum_atoms(means, both[CS_UPLINK], both[CS_DOWNLINK], sum);
    integrate_held(means, both, CS_UPLINK, sum, error);
    integrate_held(means, both, CS_DOWNLINK, sum, error);
    integrate_pairs(means, both, sum, error);
    cs_means_add(sum, -1, &typical);
    cs_link_law_clear(&law[CS_UPLINK]);
    cs_link_law_clear(&law[CS_DOWNLINK]);
}

/* --- a device --------------------------------------------------------------------------------- */

/* At mean SNRs `snr`: over the fading. */
static void average_fading(Means *means, const double snr[CS_DIRECTION_N], CsMeans *sum)
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
        integrate_independent(means, snr, sum, &error);
    means->error = fmax(means->error, relative_error(sum, &error));
}

typedef struct {
    Means *means;
    const CsGainLaw *law;
} Place;

static void average_at(Means *means, double log_gain, CsMeans *value)
{
    const double gain = exp(log_gain);
    const double snr[CS_DIRECTION_N] = {means->snr[0] * gain, means->snr[1] * gain};
    average_fading(means, snr, value);
}

static void place_integrand(gpointer context, double u, CsMeans *value)
{
    const Place *place = context;
    average_at(place->means, u, value);
    scale(value, place->law->density(place->law, u));
}

static void integrate_place(Means *means, const CsGainLaw *law, CsMeans *sum, CsMeans *error)
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
                      TOLERANCE, sum, error);
}

/* The range of s, from the best place and fade to the worst. */
static void init_outcome(Means *means, double gain_low, double gain_high)
{
    double s[2] = {0, 0};
    const double low = (means->fades ? means->fading.low : 0) + gain_low;
    const double high = (means->fades ? means->fading.high : 0) + gain_high;
    for (guint d = 0; d < CS_DIRECTION_N; d++) {
        const CsRateMap *map = map_of(means, (CsDirection)d);
        double fast = fmax(cs_link_at(map, means->snr[d], high).rate_bps, UNLIKELY_RATE);
        double slow = fmax(cs_link_at(map, means->snr[d], low).rate_bps, UNLIKELY_RATE);
        s[0] += bit_s(means, (CsDirection)d, fast);
        s[1] += bit_s(means, (CsDirection)d, slow);
    }
    /* Where blocks are lost a better SNR can have a lower rate, by a step: some room. */
    cs_outcome_init(&means->outcome, means->config, means->group, s[0] / 4, s[1] * 4);
}

static void init_means(Means *means, const CsConfig *config, const CsDeviceGroup *group,
                       const CsQuadrature *quadrature)
{
    const CsRadio *radio = &group->radio;
    *means = (Means){.config = config, .group = group, .quadrature = quadrature};
    means->fades = cs_gain_law_of_fading(&means->fading, &radio->fading);
    means->snr[CS_UPLINK] =
        cs_mean_snr(group->tx_power_w, radio->reference_loss, radio->noise_density_w_per_hz,
                    radio->bandwidth_hz, config->server.noise_factor);
    means->snr[CS_DOWNLINK] =
        cs_mean_snr(config->server.tx_power_w, radio->reference_loss, radio->noise_density_w_per_hz,
                    radio->bandwidth_hz, group->noise_factor);
    for (guint d = 0; d < CS_DIRECTION_N; d++)
        means->breaks[d] = cs_link_breaks(map_of(means, (CsDirection)d));
}

static CsExpectation expect_group(const CsConfig *config, const CsDeviceGroup *group,
                                  const CsQuadrature *quadrature)
{
    Means means;
    CsGainLaw place;
    CsMeans error = {0};
    CsExpectation result = {0};
    double gain;
    init_means(&means, config, group, quadrature);
    gboolean placed = !cs_gain_law_of_place(&place, group, &gain);
    init_outcome(&means, placed ? log(gain) : place.low, placed ? log(gain) : place.high);
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
    g_array_unref(means.breaks[CS_UPLINK]);
    g_array_unref(means.breaks[CS_DOWNLINK]);
    return result;
}

gboolean cs_expect_groups(const CsConfig *config, CsExpectation *expectation, CsObstacle *obstacle)
{
    g_autoptr(CsQuadrature) quadrature = cs_quadrature_new();
    for (guint i = 0; i < config->n_groups; i++) {
        if (config->groups[i].count == 0)
            continue;
        expectation[i] = expect_group(config, &config->groups[i], quadrature);
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
