/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact means, held beside brute force (a fine grid of fades with Gauss's rule, jumps found by
 * halving a cell), an independent calculation of the letter's headline, and the simulator.
 *
 * CS_EXPECT_CASES says how many random scenarios the simulator is asked for (24); CS_EXPECT_ANY of
 * how many drawn over all that could prevent an answer (12), CS_EXPECT_ROUNDS of how many rounds a
 * replication each of them has (8; 600 replications).
 */
#include "cs-check.h"

#include "base/units.h"
#include "expect/expectation.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <string.h>

static CsScenario *read_letter(const char *const *values)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autofree char *path = cs_test_path("scenarios/letter.ini");
    CsScenario *scenario = cs_scenario_read(path, values, paths, diagnostics);
    g_autofree char *said = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", said);
    return scenario;
}

static void expect(const CsConfig *config, CsExpectation *groups)
{
    CsObstacle obstacle = {0};
    gboolean good =
        cs_expect_applies(config, &obstacle) && cs_expect_groups(config, NULL, groups, &obstacle);
    ck_assert_msg(good, "%s.%s: %s", obstacle.group, obstacle.key, obstacle.reason);
    for (guint i = 0; i < config->n_groups; i++)
        ck_assert_double_le(groups[i].error_relative, CS_EXPECT_ERROR_MAX);
}

/* --- the letter's headline -------------------------------------------------------------------- */

/* Sums over the devices; [policy][state]: delay, server energy. */
static void letter_sums(const char *policy, const char *exponent, double *delay_s, double *energy_j)
{
    g_autofree char *name = g_strconcat("policy.name=", policy, NULL);
    g_autofree char *alpha = g_strconcat("radio.path-loss-exponent=", exponent, NULL);
    const char *const values[] = {name, alpha, NULL};
    g_autoptr(CsScenario) scenario = read_letter(values);
    const CsConfig *config = cs_scenario_config(scenario);
    g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
    expect(config, groups);
    CsExpectation all = cs_expect_all(config, groups);
    *delay_s = all.mean.of[CS_MEAN_DELAY] * config->n_devices;
    *energy_j = all.mean.of[CS_MEAN_SERVER_ENERGY] * config->n_devices;
}

/* An independent calculation over 16 x 16 CQI states with the region of repetition integrated,
 * exact to the digits shown. */
START_TEST(letter_headline)
{
    static const struct {
        const char *exponent;
        double delay, energy;
    } known[] = {{"2", 58.2291, 55.4507}, {"4", 58.6683, 55.5108}, {"6", 76.0395, 46.8806}};
    double sums[2][2] = {{0}};
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        double d_card, e_card, d_device, e_server, unused;
        letter_sums("card", known[i].exponent, &d_card, &e_card);
        letter_sums("device-only", known[i].exponent, &d_device, &unused);
        letter_sums("server-only", known[i].exponent, &unused, &e_server);
        ck_assert_double_eq_tol(100 * (1 - d_card / d_device), known[i].delay, 0.5e-4);
        ck_assert_double_eq_tol(100 * (1 - e_card / e_server), known[i].energy, 0.5e-4);
        sums[0][0] += d_card;
        sums[0][1] += d_device;
        sums[1][0] += e_card;
        sums[1][1] += e_server;
    }
    ck_assert_double_eq_tol(100 * (1 - sums[0][0] / sums[0][1]), 71.0076, 0.6e-4);
    ck_assert_double_eq_tol(100 * (1 - sums[1][0] / sums[1][1]), 53.1714, 0.5e-4);
}
END_TEST

/* Decisions that are kept for other points of a sweep are the same numbers, whoever asked first. */
START_TEST(a_cache_changes_no_number)
{
    static const char *const exponents[] = {"6", "2", "4", "3", "5", "6"};
    g_autoptr(CsDecisionsCache) cache = cs_decisions_cache_new();
    for (guint i = 0; i < 2 * G_N_ELEMENTS(exponents); i++) {
        g_autofree char *alpha = g_strconcat("radio.path-loss-exponent=", exponents[i / 2], NULL);
        const char *const values[] = {alpha, i % 2 == 0 ? "policy.name=card" : "policy.weight=0.3",
                                      NULL};
        g_autoptr(CsScenario) scenario = read_letter(values);
        const CsConfig *config = cs_scenario_config(scenario);
        g_autofree CsExpectation *kept = g_new0(CsExpectation, config->n_groups);
        g_autofree CsExpectation *fresh = g_new0(CsExpectation, config->n_groups);
        CsObstacle obstacle = {0};
        ck_assert(cs_expect_groups(config, cache, kept, &obstacle));
        ck_assert(cs_expect_groups(config, NULL, fresh, &obstacle));
        for (guint k = 0; k < config->n_groups; k++)
            for (guint m = 0; m < CS_MEAN_N; m++)
                ck_assert(memcmp(&kept[k].mean.of[m], &fresh[k].mean.of[m], sizeof(double)) == 0);
    }
}
END_TEST

/* --- brute force ------------------------------------------------------------------------------ */

enum { DELAY, ENERGY, COST, CUT, FREQUENCY, RADIO, OUTAGE, VALUES };

typedef struct {
    const CsConfig *config;
    const CsDeviceGroup *group;
    double snr[2]; /* at gain 1 */
    guint cells;   /* of the grid, each direction */
    double held;   /* the uplink's gain, in a nested sum */
} Brute;

/* Of the test of error curves: 0.05 and 0.5 in turns, every 0.05 dB from -7.2 dB to -4.2 dB. */
static double brute_lost(double snr, int *state)
{
    double at = fmin(fmax((10 * log10(snr) + 7.2) / 0.05, 0), 60);
    int cell = (int)at;
    *state += 200 * (1 + (int)(16 * at)); /* short pieces, for a rule of four points */
    double part = cell % 2 == 0 ? at - cell : 1 - (at - cell);
    return 0.05 + 0.45 * part;
}

/* The rate of B·y(SNR), from the tables: written anew. `state` is what it jumps with. */
static double brute_rate(const Brute *brute, int direction, double snr, int *state)
{
    const CsRadio *radio = &brute->group->radio;
    const double *t = direction == 0 ? radio->thresholds.uplink : radio->thresholds.downlink;
    double b = radio->bandwidth_hz, rate;
    int cqi = 15;
    while (cqi > 0 && snr < t[cqi])
        cqi--;
    *state = 2 * cqi;
    if (radio->rate == CS_RATE_SHANNON)
        rate = b * log1p(snr) / log(2);
    else if (radio->rate == CS_RATE_GAP)
        rate = b * log1p(snr * 1.5 / -log(5 * 5e-5)) / log(2);
    else if (cqi >= 2 && radio->rate == CS_RATE_MCS)
        rate = b * radio->table.mcs[radio->table.mcs_of_cqi[cqi]].efficiency;
    else if (cqi >= 1)
        rate = b * radio->table.cqi[cqi].efficiency;
    else if (radio->outage == CS_OUTAGE_FLOOR)
        rate = b * radio->table.cqi[1].efficiency;
    else {
        double ratio = fmax(snr / t[1], 1.0 / radio->max_repetitions);
        *state += snr / t[1] < 1.0 / radio->max_repetitions;
        rate = b * radio->table.cqi[1].efficiency * ratio;
    }
    if (radio->rate == CS_RATE_SHANNON || radio->rate == CS_RATE_GAP)
        *state = 2;
    const CsLinkErrors *errors = &radio->errors;
    double pipe = errors->processes / (1 + errors->round_trip_s * rate / errors->block_bit);
    if (errors->round_trip_s > 0 && pipe < 1) {
        rate *= pipe;
        *state += 100;
    }
    if (errors->curves != NULL)
        return rate * (1 - brute_lost(snr, state));
    return rate * (1 - errors->block_error_rate);
}

/* The letter's Eq. 9-16 over all cuts, or the policy's own choice. */
static void brute_decide(const Brute *brute, double up, double down, guint *cut, double *f)
{
    const CsCostTable *c = &brute->group->cost;
    const CsPolicySettings *settings = &brute->config->policy_settings;
    double w = settings->weight, s = 1 / up + 1 / down, xi = c->power_coefficient;
    guint last = c->n_cuts - 1;
    double d_max =
        c->device_s[last] + c->server_cycle[last] / c->frequency_min_hz + c->air_bit[last] * s;
    double d_min = c->device_s[0] + c->server_cycle[0] / c->frequency_max_hz + c->air_bit[0] * s;
    double e_max = xi * pow(c->frequency_max_hz, 2) * c->server_cycle[0];
    double e_min = xi * pow(c->frequency_min_hz, 2) * c->server_cycle[last];
    if (strcmp(brute->config->policy->name, "card") != 0) {
        CsRoundState round = {.cost = c,
                              .corners = cs_cost_corners(c, up, down),
                              .uplink_bps = up,
                              .downlink_bps = down,
                              .round = 1};
        CsDecision decision = brute->config->policy->decide(settings, &round, NULL);
        *cut = decision.cut;
        *f = decision.frequency_hz;
        return;
    }
    *f = cbrt(w * (e_max - e_min) / (2 * xi * (1 - w) * (d_max - d_min)));
    *f = fmin(fmax(*f, c->frequency_min_hz), c->frequency_max_hz);
    double least = INFINITY;
    for (guint i = 0; i <= c->cut_max; i++) {
        double d = c->device_s[i] + c->server_cycle[i] / *f + c->air_bit[i] * s;
        double e = xi * *f * *f * c->server_cycle[i];
        double u = w * (d - d_min) / (d_max - d_min) + (1 - w) * (e - e_min) / (e_max - e_min);
        if (u < least - 1e-13) {
            least = u;
            *cut = i;
        }
    }
}

/* All values at two gains (ln); returns what they jump with. */
static guint64 brute_at(const Brute *brute, double ln_up, double ln_down, double value[VALUES])
{
    const CsCostTable *c = &brute->group->cost;
    int state[2];
    double up = brute_rate(brute, 0, brute->snr[0] * exp(ln_up), &state[0]);
    double down = brute_rate(brute, 1, brute->snr[1] * exp(ln_down), &state[1]);
    guint cut = 0;
    double f;
    brute_decide(brute, up, down, &cut, &f);
    gboolean random = strcmp(brute->config->policy->name, "random") == 0;
    guint first = random ? 0 : cut, n = random ? c->cut_max + 1 : 1;
    memset(value, 0, VALUES * sizeof *value);
    for (guint i = first; i < first + n; i++) {
        CsCorners corners = cs_cost_corners(c, up, down);
        CsRoundState round = {
            .cost = c, .corners = corners, .uplink_bps = up, .downlink_bps = down, .round = 1};
        if (random)
            f = cs_policy_frequency(&brute->config->policy_settings, &round, i);
        double air = c->air_bit[i];
        value[DELAY] += (c->device_s[i] + c->server_cycle[i] / f + air / up + air / down) / n;
        double power_w =
            c->measured ? cs_power_law_w(&c->power, f) : c->power_coefficient * pow(f, 3);
        value[ENERGY] += power_w * c->server_cycle[i] / f / n;
        value[FREQUENCY] += f / n;
        value[COST] +=
            cs_cost(c, &corners, brute->config->policy_settings.weight, up, down, f, i) / n;
        value[CUT] += (double)i / n;
        value[RADIO] +=
            (brute->group->tx_power_w * air / up + brute->config->server.tx_power_w * air / down) /
            n;
    }
    value[OUTAGE] = brute->group->radio.rate <= CS_RATE_MCS && state[0] % 200 < 2;
    guint64 end = f <= c->frequency_min_hz ? 1 : f >= c->frequency_max_hz ? 2 : 0;
    return (((guint64)(random ? 0 : cut) * 3 + end) * 1000 + state[0]) * 1000 + state[1];
}

/* Density of the fading over u = ln g. */
static double brute_density(const CsFadingModel *fading, double u)
{
    double g = exp(u), k = fading->rician_k, m = fading->nakagami_m;
    if (fading->kind == CS_FADING_RAYLEIGH)
        return g * exp(-g);
    if (fading->kind == CS_FADING_NAKAGAMI)
        return exp(m * log(m) - lgamma(m) + m * u - m * g);
    double sum = 0, term = exp(-k - (k + 1) * g) * (k + 1) * g; /* I0's power series */
    for (int j = 1; j < 2000 && (j < 8 || term > 1e-18 * sum); j++) {
        sum += term;
        term *= k * (k + 1) * g / ((double)j * j);
    }
    return sum;
}

typedef guint64 (*At)(const Brute *brute, double u, double value[VALUES]);

/* Gauss's four points on cells; a cell in which something differs is halved until it is nothing. */
static void brute_cell(const Brute *brute, At at, double a, double b, int depth, double *sum)
{
    static const double x[] = {-0.8611363115940526, -0.3399810435848563, 0.3399810435848563,
                               0.8611363115940526};
    static const double weight[] = {0.3478548451374538, 0.6521451548625461, 0.6521451548625461,
                                    0.3478548451374538};
    double value[VALUES], mid = 0.5 * (a + b), inward = fmin(1e-13, 1e-3 * (b - a));
    guint64 at_a = at(brute, a + inward, value), at_b = at(brute, b - inward, value);
    if ((at_a != at_b || at_a != at(brute, mid, value)) && depth < 42) {
        brute_cell(brute, at, a, mid, depth + 1, sum);
        brute_cell(brute, at, mid, b, depth + 1, sum);
        return;
    }
    for (int i = 0; i < 4; i++) {
        at(brute, mid + 0.5 * (b - a) * x[i], value);
        for (int k = 0; k < VALUES; k++)
            sum[k] += 0.5 * (b - a) * weight[i] * value[k];
    }
}

/* Below, what is left out is under 1e-11: of the probability, or of the mean of 1/rate. */
static double brute_low(const CsRadio *radio)
{
    double m = radio->fading.kind == CS_FADING_NAKAGAMI ? radio->fading.nakagami_m : 1;
    return -1 - 26 / (radio->rate >= CS_RATE_GAP ? m - 1 : m);
}

static void brute_sum(const Brute *brute, At at, double *sum)
{
    double low = brute_low(&brute->group->radio), high = 4;
    for (guint i = 0; i < brute->cells; i++)
        brute_cell(brute, at, low + (high - low) * i / brute->cells,
                   low + (high - low) * (i + 1) / brute->cells, 0, sum);
}

static void weigh(const Brute *brute, double u, double value[VALUES])
{
    double density = brute_density(&brute->group->radio.fading, u);
    for (int k = 0; k < VALUES; k++)
        value[k] *= density;
}

static guint64 at_reciprocal(const Brute *brute, double u, double value[VALUES])
{
    guint64 state = brute_at(brute, u, u, value);
    weigh(brute, u, value);
    return state;
}

static guint64 at_downlink(const Brute *brute, double u, double value[VALUES])
{
    guint64 state = brute_at(brute, brute->held, u, value);
    weigh(brute, u, value);
    return state;
}

static guint64 at_uplink(const Brute *brute, double u, double value[VALUES])
{
    Brute inner = *brute;
    int state;
    inner.held = u;
    memset(value, 0, VALUES * sizeof *value);
    brute_sum(&inner, at_downlink, value);
    weigh(brute, u, value);
    brute_rate(brute, 0, brute->snr[0] * exp(u), &state);
    return (guint64)state;
}

static void compare(const CsExpectation *exact, const double *brute, const char *what)
{
    static const struct {
        CsMean mean;
        int value;
    } pairs[] = {{CS_MEAN_DELAY, DELAY},         {CS_MEAN_SERVER_ENERGY, ENERGY},
                 {CS_MEAN_COST, COST},           {CS_MEAN_CUT, CUT},
                 {CS_MEAN_RADIO_ENERGY, RADIO},  {CS_MEAN_FREQUENCY, FREQUENCY},
                 {CS_MEAN_OUTAGE_UPLINK, OUTAGE}};
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        double ours = exact->mean.of[pairs[i].mean], other = brute[pairs[i].value];
        ck_assert_msg(fabs(ours - other) <= 1e-8 * fabs(other), "%s, mean %d: %.12g, brute %.12g",
                      what, (int)pairs[i].mean, ours, other);
    }
}

/* Of device 2 of the letter with further settings, separated by spaces. */
static void check_brute(const char *settings, guint cells)
{
    g_auto(GStrv) values = g_strsplit(settings, " ", -1);
    g_autoptr(CsScenario) scenario = read_letter((const char *const *)values);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsDeviceGroup *group = &config->groups[1];
    g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
    expect(config, groups);
    double loss =
        group->radio.reference_loss * pow(group->distance_min_m, group->radio.path_loss_exponent);
    double noise = group->radio.noise_density_w_per_hz * group->radio.bandwidth_hz * loss;
    Brute brute = {.config = config,
                   .group = group,
                   .cells = cells,
                   .snr = {group->tx_power_w / noise / config->server.noise_factor,
                           config->server.tx_power_w / noise / group->noise_factor}};
    double sum[VALUES] = {0};
    brute_sum(&brute, group->radio.reciprocal ? at_reciprocal : at_uplink, sum);
    compare(&groups[1], sum, settings);
}

/* Device 2 meets all CQIs and repetition at these exponents; one gain, so that the grid is fine. */
static const char *const of_one_gain[] = {
    "radio.path-loss-exponent=6 radio.reciprocal=yes",
    "radio.path-loss-exponent=5.5 radio.reciprocal=yes radio.rate=mcs radio.outage=floor",
    "radio.path-loss-exponent=6 radio.reciprocal=yes radio.fading=rician radio.rician-k=4dB",
    "radio.path-loss-exponent=6 radio.reciprocal=yes radio.fading=nakagami radio.nakagami-m=0.6",
    "radio.path-loss-exponent=6 radio.reciprocal=yes radio.fading=nakagami radio.nakagami-m=3 "
    "radio.rate=shannon",
    "radio.path-loss-exponent=6 radio.reciprocal=yes radio.fading=nakagami radio.nakagami-m=2 "
    "radio.rate=gap",
    "radio.path-loss-exponent=5 radio.reciprocal=yes radio.block-error-rate=10% "
    "radio.round-trip-time=8ms",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=random",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=random server.static-power=20W",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=server-only "
    "server.static-power=15W",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=server-only",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=card-deadline "
    "policy.delay-limit=100s",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=adaptsfl policy.frequency=max",
    "radio.path-loss-exponent=6 radio.reciprocal=yes policy.name=delay-only",
    "radio.path-loss-exponent=6 radio.reciprocal=yes device.2.memory=5GB",
    /* A rate without steps and two dozen cuts, one after the other: each flip is known, since
     * halving can only find so many. */
    "radio.path-loss-exponent=5 radio.reciprocal=yes radio.fading=nakagami radio.nakagami-m=3 "
    "radio.rate=shannon policy.name=card-deadline policy.delay-limit=150s",
};

START_TEST(one_gain)
{
    check_brute(of_one_gain[_i], 400);
}
END_TEST

/* A curve with many bends within the lowest CQI's SNRs: all are known to what integrates, else it
 * comes to no answer. */
START_TEST(error_curves)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("cardsim-curves-XXXXXX", &path, NULL);
    ck_assert_int_ge(file, 0);
    g_autoptr(GString) text = g_string_new("mcs,snr_db,bler\n");
    for (int i = 0; i <= 60; i++)
        g_string_append_printf(text, "0,%.2f,%s\n", -7.2 + 0.05 * i, i % 2 == 0 ? "0.05" : "0.5");
    ck_assert(g_file_set_contents(path, text->str, -1, NULL));
    g_autofree char *settings = g_strconcat(
        "radio.path-loss-exponent=6 radio.reciprocal=yes radio.outage=floor policy.name=static "
        "policy.cut=4 radio.error-curves=",
        path, NULL);
    check_brute(settings, 400);
    g_close(file, NULL);
    g_unlink(path);
}
END_TEST

static const char *const of_two_gains[] = {
    "radio.path-loss-exponent=6",
    "radio.path-loss-exponent=6 radio.rate=mcs radio.outage=floor radio.fading=rician "
    "radio.rician-k=3dB",
    "radio.path-loss-exponent=6 radio.fading=nakagami radio.nakagami-m=6 radio.rate=gap "
    "policy.name=static policy.cut=10",
    /* The uplink passes many flips, and the downlink, with all its power, moves each but little. */
    "radio.path-loss-exponent=5 radio.fading=nakagami radio.nakagami-m=3 radio.rate=shannon "
    "server.tx-power=60dBm policy.name=card-deadline policy.delay-limit=150s",
};

START_TEST(two_gains)
{
    static const guint cells[] = {60, 60, 120, 40};
    check_brute(of_two_gains[_i], cells[_i]);
}
END_TEST

/* --- place ------------------------------------------------------------------------------------ */

/* A fixed place's means averaged by hand over a fine grid of distances or of shadowing. */
#define PLACED 4

static const CsMean placed_means[PLACED] = {CS_MEAN_DELAY, CS_MEAN_SERVER_ENERGY, CS_MEAN_FREQUENCY,
                                            CS_MEAN_OUTAGE_UPLINK};

/* Adds the means of device 2, alone, times `weight`. */
static void add_means(const char *settings, double weight, double sum[PLACED])
{
    g_autofree char *all = g_strconcat(settings,
                                       " device.1.count=0 device.3.count=0 device.4.count=0 "
                                       "device.5.count=0",
                                       NULL);
    g_auto(GStrv) values = g_strsplit(all, " ", -1);
    g_autoptr(CsScenario) scenario = read_letter((const char *const *)values);
    const CsConfig *config = cs_scenario_config(scenario);
    g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
    expect(config, groups);
    for (guint k = 0; k < PLACED; k++)
        sum[k] += weight * groups[config->n_groups - 1].mean.of[placed_means[k]];
}

static void compare_placed(const char *drawn, const double sum[PLACED], double tolerance)
{
    double ours[PLACED] = {0};
    add_means(drawn, 1, ours);
    for (guint k = 0; k < PLACED; k++)
        ck_assert_close(ours[k], sum[k], tolerance);
}

/* Rayleigh smooths a place's means, so that Simpson's rule over `n` cells beyond the reference
 * distance of 1 m is good; before it, from 0.5 m on, all is alike. */
static void check_drawn(const char *base, double far_m, int n)
{
    const double all_m = far_m - 0.5, step_m = (far_m - 1) / n;
    double sum[PLACED] = {0};
    for (int i = 0; i <= n; i++) {
        double weight = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
        g_autofree char *at = g_strdup_printf("%s device.2.distance=%.17gm", base, 1 + i * step_m);
        add_means(at, weight * step_m / 3 / all_m, sum);
    }
    g_autofree char *near = g_strconcat(base, " device.2.distance=1m", NULL);
    g_autofree char *drawn = g_strdup_printf("%s device.2.distance=0.5m..%gm", base, far_m);
    add_means(near, 0.5 / all_m, sum);
    compare_placed(drawn, sum, 1e-7);
}

START_TEST(drawn_distance)
{
    check_drawn("radio.reciprocal=yes radio.path-loss-exponent=4.5", 60, 400);
}
END_TEST

/* With so little power that CQIs are missed at the reference distance already, where a quarter of
 * the places are. */
START_TEST(drawn_distance_of_little_power)
{
    check_drawn("radio.reciprocal=yes radio.path-loss-exponent=4.5 device.2.tx-power=-45dBm "
                "server.tx-power=-35dBm",
                2.5, 160);
}
END_TEST

/* Gain in dB is a transmit power in dB, both ways alike; the trapezoid rule is exact for what a
 * normal distribution smooths. */
START_TEST(shadowing)
{
    const char *base = "radio.reciprocal=yes radio.path-loss-exponent=5";
    const int n = 240;
    double sum[PLACED] = {0};
    for (int i = 0; i <= n; i++) {
        double z = -7.5 + 15.0 * i / n, gain_db = 4 * z;
        g_autofree char *at =
            g_strdup_printf("%s device.2.tx-power=%.17gdBm server.tx-power=%.17gdBm", base,
                            23 + gain_db, 30 + gain_db);
        add_means(at, exp(-z * z / 2) / sqrt(2 * G_PI) * 15.0 / n, sum);
    }
    g_autofree char *drawn = g_strconcat(base, " radio.shadowing=4dB", NULL);
    compare_placed(drawn, sum, 1e-8);
}
END_TEST

/* Without fading a place decides alone: P(CQI) in closed form from the normal distribution. */
START_TEST(shadowing_alone)
{
    const char *const values[] = {"radio.fading=none", "radio.shadowing=9dB",
                                  "radio.path-loss-exponent=6", NULL};
    g_autoptr(CsScenario) scenario = read_letter(values);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsDeviceGroup *group = &config->groups[1];
    g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
    expect(config, groups);
    double loss = group->radio.reference_loss * pow(13, 6);
    double snr = group->tx_power_w / (group->radio.noise_density_w_per_hz * 50e6 * loss) /
                 config->server.noise_factor;
    double z = 10 * log10(group->radio.thresholds.uplink[1] / snr) / 9;
    ck_assert_close(groups[1].mean.of[CS_MEAN_OUTAGE_UPLINK], 0.5 * erfc(-z / sqrt(2)), 1e-9);
    ck_assert_close(groups[1].mean.of[CS_MEAN_ONE], 1, 1e-10);
}
END_TEST

/* --- what it cannot answer -------------------------------------------------------------------- */

START_TEST(obstacles)
{
    static const struct {
        const char *setting, *group, *key;
    } known[] = {
        {"radio.coherence=transmission", "radio", "coherence"},
        {"policy.csi=delayed 1 round", "policy", "csi"},
        {"policy.csi=error 2 dB", "policy", "csi"},
        {"policy.name=card-contention", "policy", "name"},
        {"simulation.deadline=100 s", "simulation", "deadline"},
        {"simulation.quorum=50 %", "simulation", "quorum"},
        {"simulation.schedule=parallel", "simulation", "schedule"},
        {"device.3.time-to-failure=1 h", "device", "time-to-failure"},
        {"radio.rate=shannon", "radio", "rate"},
        {"radio.rate=gap", "radio", "rate"},
        {"radio.transfer-limit=10 s", "radio", "transfer-limit"},
        {"radio.path-loss=umi", "radio", "path-loss"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        const char *const values[] = {known[i].setting, NULL};
        g_autoptr(CsScenario) scenario = read_letter(values);
        CsObstacle obstacle = {0};
        ck_assert_msg(!cs_expect_applies(cs_scenario_config(scenario), &obstacle), "%s",
                      known[i].setting);
        ck_assert_str_eq(obstacle.group, known[i].group);
        ck_assert_str_eq(obstacle.key, known[i].key);
        g_free(obstacle.reason);
    }
    const char *const free_gpus[] = {"simulation.schedule=parallel", "server.gpus=5", NULL};
    g_autoptr(CsScenario) scenario = read_letter(free_gpus);
    CsObstacle obstacle = {0};
    ck_assert(cs_expect_applies(cs_scenario_config(scenario), &obstacle));
}
END_TEST

/* --- the simulator ---------------------------------------------------------------------------- */

#define REPLICATIONS 600
enum { Z_DELAY, Z_ENERGY, Z_COST, Z_FREQUENCY, Z_OUTAGE, Z_CUT, Z_N };

/* Sums over replications, a device. */
typedef struct {
    CsSink sink;
    double first[5][Z_N], sum[5][Z_N], square[5][Z_N];
    guint differs[5][Z_N]; /* replications unlike the first */
} Sample;

static void take_device(CsSink *sink, const CsDeviceTotals *totals)
{
    Sample *sample = (Sample *)sink;
    const CsSums *sum = &totals->sum;
    double n = (double)sum->rounds;
    const double value[Z_N] = {sum->delay_s / n,      sum->server_energy_j / n,       sum->cost / n,
                               sum->frequency_hz / n, (double)sum->outage_uplink / n, sum->cut / n};
    for (guint k = 0; k < Z_N; k++) {
        double *first = &sample->first[totals->device][k];
        if (totals->replication == 1)
            *first = value[k];
        sample->differs[totals->device][k] += fabs(value[k] - *first) > 1e-9 * fabs(*first);
        sample->sum[totals->device][k] += value[k];
        sample->square[totals->device][k] += value[k] * value[k];
    }
}

static char **random_settings(GRand *rand)
{
    static const char *const fadings[] = {"rayleigh", "rician", "nakagami", "none"};
    static const char *const policies[] = {"card",   "server-only", "device-only",
                                           "random", "adaptsfl",    "delay-only"};
    static const char *const frequencies[] = {"card", "max", "min"};
    GPtrArray *values = g_ptr_array_new();
    gint fading = g_rand_int_range(rand, 0, 4);
    g_ptr_array_add(values, g_strdup("simulation.rounds=8"));
    g_ptr_array_add(values, g_strdup_printf("simulation.seed=%u", g_rand_int(rand) >> 2));
    g_ptr_array_add(values, g_strdup_printf("radio.fading=%s", fadings[fading]));
    g_ptr_array_add(values, g_strdup_printf("radio.rician-k=%gdB", g_rand_double(rand) * 9));
    g_ptr_array_add(values, g_strdup_printf("radio.nakagami-m=%g", 0.5 + 4 * g_rand_double(rand)));
    g_ptr_array_add(
        values, g_strdup_printf("radio.path-loss-exponent=%g", 4.5 + 2.5 * g_rand_double(rand)));
    g_ptr_array_add(values,
                    g_strdup_printf("radio.reciprocal=%s", g_rand_boolean(rand) ? "yes" : "no"));
    g_ptr_array_add(values, g_strdup_printf("radio.rate=%s", g_rand_boolean(rand) ? "cqi" : "mcs"));
    g_ptr_array_add(values,
                    g_strdup_printf("radio.outage=%s", g_rand_boolean(rand) ? "repeat" : "floor"));
    if (fading == 3 || g_rand_double(rand) < 0.3)
        g_ptr_array_add(values,
                        g_strdup_printf("radio.shadowing=%gdB", 3 + 5 * g_rand_double(rand)));
    if (g_rand_double(rand) < 0.3)
        g_ptr_array_add(values, g_strdup("device.2.distance=4m..22m"));
    if (g_rand_double(rand) < 0.3)
        g_ptr_array_add(values, g_strdup("radio.block-error-rate=8%"));
    if (g_rand_double(rand) < 0.2)
        g_ptr_array_add(values, g_strdup("radio.round-trip-time=6ms"));
    g_ptr_array_add(values,
                    g_strdup_printf("policy.name=%s", policies[g_rand_int_range(rand, 0, 6)]));
    g_ptr_array_add(
        values, g_strdup_printf("policy.frequency=%s", frequencies[g_rand_int_range(rand, 0, 3)]));
    g_ptr_array_add(values, g_strdup_printf("policy.weight=%g", 0.02 + 0.6 * g_rand_double(rand)));
    g_ptr_array_add(values, NULL);
    return (char **)g_ptr_array_free(values, FALSE);
}

/* Adds the z-scores of a scenario: of samples in which enough happens for a normal law. */
static void score(const CsConfig *config, const CsExpectation *groups, const Sample *sample,
                  double *squares, double *largest, guint *n)
{
    static const CsMean means[Z_N] = {CS_MEAN_DELAY,     CS_MEAN_SERVER_ENERGY, CS_MEAN_COST,
                                      CS_MEAN_FREQUENCY, CS_MEAN_OUTAGE_UPLINK, CS_MEAN_CUT};
    for (guint d = 0; d < config->n_devices; d++)
        for (guint k = 0; k < Z_N; k++) {
            double exact = groups[d].mean.of[means[k]], mean = sample->sum[d][k] / REPLICATIONS;
            double variance = (sample->square[d][k] - REPLICATIONS * mean * mean) /
                              (REPLICATIONS - 1.0) / REPLICATIONS;
            guint differs = MIN(sample->differs[d][k], REPLICATIONS - sample->differs[d][k]);
            double out = groups[d].mean.of[CS_MEAN_OUTAGE_UPLINK];
            double range = k == Z_CUT ? config->profile->n_cuts - 1 : 1;
            if (sample->differs[d][k] == 0) /* what is rarer than 12 in 600 is not seen */
                ck_assert_msg(fabs(mean - exact) <= 2e-2 * (fabs(exact) + range),
                              "device %u, mean %u: always %g, exact %g", d, k, mean, exact);
            /* Few events, or few repetitions of up to 32 times the time, are not normal. */
            if (sample->differs[d][k] < 100 || (differs > 0 && differs < 20) ||
                (out > 1e-12 && out * REPLICATIONS * (double)config->rounds < 200))
                continue;
            double z = (mean - exact) / sqrt(variance);
            *squares += z * z;
            *largest = fmax(*largest, fabs(z));
            (*n)++;
        }
}

/* Sums of squares of n standard normal numbers have mean n and variance 2n; those of a device hang
 * together, six of them at most. */
START_TEST(simulated_means)
{
    const char *cases = g_getenv("CS_EXPECT_CASES");
    guint scenarios = cases != NULL ? (guint)atoi(cases) : 24, n = 0, refused = 0;
    double squares = 0, largest = 0;
    GRand *rand = g_rand_new_with_seed(20250711);
    for (guint i = 0; i < scenarios; i++) {
        g_auto(GStrv) settings = random_settings(rand);
        g_autoptr(CsScenario) scenario = read_letter((const char *const *)settings);
        const CsConfig *config = cs_scenario_config(scenario);
        g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
        CsObstacle obstacle = {0};
        ck_assert(cs_expect_applies(config, &obstacle));
        if (!cs_expect_groups(config, NULL, groups, &obstacle)) { /* not to 1e-9: it says so */
            g_free(obstacle.reason);
            refused++;
            continue;
        }
        Sample sample = {.sink = {.device = take_device}};
        for (guint64 r = 1; r <= REPLICATIONS; r++) {
            g_autoptr(CsSimulation) simulation = cs_simulation_new(config, r, &sample.sink);
            ck_assert(cs_simulation_run(simulation, NULL, NULL));
        }
        score(config, groups, &sample, &squares, &largest, &n);
    }
    g_rand_free(rand);
    double spread = 5 * sqrt(2.0 * n * 6);
    g_print("figure: z-scores of %u simulated means against exact ones = mean square %.2f, largest "
            "%.1f\n",
            n, squares / n, largest);
    ck_assert_uint_le(refused * 50, scenarios);
    ck_assert_uint_ge(n, scenarios * 3);
    ck_assert_double_le(largest, 5.2);
    ck_assert_double_le(fabs(squares - n), spread);
}
END_TEST

/* --- whatever it answers ---------------------------------------------------------------------- */

/* What changes what a round is, most of which prevents an answer. */
static const char *const changes[] = {
    "radio.coherence=transmission",
    "policy.csi=delayed 1 round",
    "policy.csi=error 2 dB",
    "simulation.deadline=400 s",
    "simulation.schedule=parallel",
    "simulation.schedule=clusters",
    "simulation.cluster-size=2",
    "server.gpus=unlimited",
    "server.gpus=3",
    "simulation.protocol=federated",
    "simulation.protocol=u-shaped",
    "simulation.protocol=one-way",
    "radio.sharing=equal",
    "radio.transfer-limit=30 s",
    "radio.rate=shannon",
    "radio.rate=gap",
    "radio.path-loss=umi",
    "device.1.battery=20 kJ",
    "device.3.time-to-failure=1 h",
    "device.4.mobility=linear",
    "device.4.speed=1 m/s",
    "device.5.count=1",
    "device.5.memory=4 GB",
    "device.2.power-coefficient=1e-27 W/Hz^3",
    "device.2.rx-power=1 W",
    "policy.name=card-contention",
    "policy.name=exhaustive",
    "policy.name=energy-only",
    "policy.name=joint",
    "training.compression=0.5",
    "training.lora-rank=64",
    "training.local-epochs=1",
    "training.activation-checkpointing=yes",
    "model.head=none",
};

static char **any_settings(GRand *rand, guint rounds)
{
    g_auto(GStrv) usual = random_settings(rand);
    GStrvBuilder *builder = g_strv_builder_new();
    for (char **setting = usual; *setting != NULL; setting++)
        if (!g_str_has_prefix(*setting, "simulation.rounds"))
            g_strv_builder_add(builder, *setting);
    g_autofree char *length = g_strdup_printf("simulation.rounds=%u", rounds);
    g_strv_builder_add(builder, length);
    for (gint n = g_rand_int_range(rand, 1, 4); n > 0; n--)
        g_strv_builder_add(builder, changes[g_rand_int_range(rand, 0, G_N_ELEMENTS(changes))]);
    char **settings = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return settings;
}

/* NULL where what was drawn does not go together. */
static CsScenario *read_any(char **settings)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autofree char *path = cs_test_path("scenarios/letter.ini");
    return cs_scenario_read(path, (const char *const *)settings, paths, diagnostics);
}

static gboolean simulate(const CsConfig *config, Sample *sample)
{
    for (guint64 r = 1; r <= REPLICATIONS; r++) {
        g_autoptr(CsSimulation) simulation = cs_simulation_new(config, r, &sample->sink);
        if (!cs_simulation_run(simulation, NULL, NULL))
            return FALSE;
    }
    return TRUE;
}

static guint number_of(const char *variable, guint otherwise)
{
    const char *text = g_getenv(variable);
    return text != NULL ? (guint)atoi(text) : otherwise;
}

START_TEST(whatever_is_answered)
{
    guint scenarios = number_of("CS_EXPECT_ANY", 12), rounds = number_of("CS_EXPECT_ROUNDS", 8);
    guint answered = 0, refused = 0, n = 0;
    double squares = 0, largest = 0;
    GRand *rand = g_rand_new_with_seed(20260131);
    while (answered < scenarios) {
        g_auto(GStrv) settings = any_settings(rand, rounds);
        g_autoptr(CsScenario) scenario = read_any(settings);
        if (scenario == NULL)
            continue;
        const CsConfig *config = cs_scenario_config(scenario);
        g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
        CsObstacle obstacle = {0};
        if (!cs_expect_applies(config, &obstacle) ||
            !cs_expect_groups(config, NULL, groups, &obstacle)) {
            ck_assert(obstacle.key != NULL && obstacle.reason != NULL);
            g_free(obstacle.reason);
            refused++;
            continue;
        }
        answered++;
        Sample sample = {.sink = {.device = take_device}};
        double before = largest;
        ck_assert(simulate(config, &sample));
        score(config, groups, &sample, &squares, &largest, &n);
        if (largest > 5.5 && largest > before) {
            g_autofree char *all = g_strjoinv("  ", settings);
            ck_abort_msg("z = %.1f in: %s", largest, all);
        }
    }
    g_rand_free(rand);
    g_print("figure: of random scenarios over %u more keys and values %u were refused; z-scores of "
            "%u means of the %u that were answered = mean square %.2f, largest %.1f\n",
            (guint)G_N_ELEMENTS(changes), refused, n, answered, squares / n, largest);
    ck_assert_uint_ge(refused, answered / 2);
    ck_assert_double_le(fabs(squares - n), 5 * sqrt(2.0 * n * 6));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("expect");
    TCase *exact = tcase_create("exact");
    tcase_set_timeout(exact, 3600);
    tcase_add_test(exact, letter_headline);
    tcase_add_test(exact, a_cache_changes_no_number);
    tcase_add_loop_test(exact, one_gain, 0, G_N_ELEMENTS(of_one_gain));
    tcase_add_test(exact, error_curves);
    tcase_add_loop_test(exact, two_gains, 0, G_N_ELEMENTS(of_two_gains));
    tcase_add_test(exact, drawn_distance);
    tcase_add_test(exact, drawn_distance_of_little_power);
    tcase_add_test(exact, shadowing);
    tcase_add_test(exact, shadowing_alone);
    tcase_add_test(exact, obstacles);
    tcase_add_test(exact, simulated_means);
    tcase_add_test(exact, whatever_is_answered);
    suite_add_tcase(suite, exact);
    return cs_check_main(suite);
}
