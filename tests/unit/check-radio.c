/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/radio: expected values by hand, closed form or from the sources named beside them.
 */
#include "cs-check.h"

#include "base/units.h"
#include "radio/link.h"
#include "radio/pathloss.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_bessel.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- path loss and link budget --------------------------------------------------------------- */

/* ns-3's test of LogDistancePropagationLossModel: received power and the tolerance stated there. */
START_TEST(log_distance_as_ns3)
{
    static const struct {
        double distance_m, power_w, tolerance_w;
    } vector[] = {{10, 4.98265e-9, 5e-15},
                  {20, 6.22831e-10, 5e-16},
                  {40, 7.78539e-11, 5e-17},
                  {80, 9.73173e-12, 5e-17}};
    for (gsize i = 0; i < G_N_ELEMENTS(vector); i++) {
        double loss = cs_log_distance_loss(vector[i].distance_m, 1, cs_db_to_linear(40.045997), 3);
        ck_assert_double_eq_tol(cs_dbm_to_w(17.0206) / loss, vector[i].power_w,
                                vector[i].tolerance_w);
    }
}
END_TEST

/* ns-3's test of FriisPropagationLossModel (wavelength 0.125 m): power and tolerance from there. */
START_TEST(free_space_as_ns3)
{
    static const struct {
        double distance_m, power_w, tolerance_w;
    } vector[] = {{100, 4.98265e-10, 5e-16},
                  {500, 1.99306e-11, 5e-17},
                  {1000, 4.98265e-12, 5e-18},
                  {2000, 1.24566e-12, 5e-18}};
    for (gsize i = 0; i < G_N_ELEMENTS(vector); i++)
        ck_assert_double_eq_tol(cs_dbm_to_w(17.0206) /
                                    cs_free_space_loss(vector[i].distance_m, 2398339664.0),
                                vector[i].power_w, vector[i].tolerance_w);
}
END_TEST

START_TEST(losses_at_the_edges)
{
    /* λ/4π at 299.792458 MHz is 1/4π m: there free space loses nothing, nearer it gains nothing. */
    ck_assert_close(cs_free_space_loss(1 / (4 * G_PI), 299792458.0), 1, 1e-15);
    ck_assert(cs_free_space_loss(1e-3, 299792458.0) == 1);
    /* Exponent 2 from a free-space reference is free space itself. */
    ck_assert_close(cs_log_distance_loss(37, 1, cs_free_space_loss(1, 3.5e9), 2),
                    cs_free_space_loss(37, 3.5e9), 1e-14);
    ck_assert(cs_log_distance_loss(0, 2, 1000, 4) == 1000);
    ck_assert(cs_log_distance_loss(1.9, 2, 1000, 4) == 1000);
    ck_assert(cs_log_distance_loss(2, 2, 1000, 4) == 1000);
    ck_assert_close(cs_log_distance_loss(6, 2, 1000, 4), 81000, 1e-15);
    ck_assert(cs_log_distance_loss(50, 1, 1000, 0) == 1000);
}
END_TEST

/* -174 dBm/Hz over 50 MHz: -174 + 10 lg 5e7 = -97.0103 dBm; the lg of 5 is 0.69897000433601880. */
START_TEST(noise_power)
{
    double noise_w = 1 / cs_mean_snr(1, 1, cs_dbm_to_w(-174), 50e6, 1);
    ck_assert_close(10 * log10(noise_w / 1e-3), -97.010299956639812, 1e-13);
}
END_TEST

static CsRadio radio_of_letter(void)
{
    return (CsRadio){.carrier_hz = 3.5e9,
                     .bandwidth_hz = 50e6,
                     .path_loss_exponent = 2,
                     .reference_distance_m = 1,
                     .reference_loss = cs_free_space_loss(1, 3.5e9),
                     .noise_density_w_per_hz = cs_dbm_to_w(-174),
                     .rate = CS_RATE_CQI,
                     .outage = CS_OUTAGE_REPEAT,
                     .max_repetitions = 32};
}

/*
 * Device 1 of the letter's experiment, in dB by hand:
 *   free space at 1 m   20 lg(4π · 3.5e9 / 299792458) = 20 lg 146.7090 = 43.3291
 *   8 m, exponent 2     20 lg 8                                       = 18.0618
 *   uplink              23 - 61.3909 + 97.0103 - 5                     = 53.6194
 *   downlink            30 - 61.3909 + 97.0103 - 9                     = 56.6194
 * Exponents 4 and 6 lose another 18.0618 each.
 */
START_TEST(mean_snr_of_device_1)
{
    CsRadio radio = radio_of_letter();
    for (int state = 0; state < 3; state++) {
        radio.path_loss_exponent = 2 + 2 * state;
        double loss = cs_radio_loss(&radio, 8);
        double up = cs_mean_snr(cs_dbm_to_w(23), loss, radio.noise_density_w_per_hz,
                                radio.bandwidth_hz, cs_db_to_linear(5));
        double down = cs_mean_snr(cs_dbm_to_w(30), loss, radio.noise_density_w_per_hz,
                                  radio.bandwidth_hz, cs_db_to_linear(9));
        ck_assert_double_eq_tol(cs_linear_to_db(loss), 61.3909 + state * 18.0618, 2e-4);
        ck_assert_double_eq_tol(cs_linear_to_db(up), 53.6194 - state * 18.0618, 2e-4);
        ck_assert_double_eq_tol(cs_linear_to_db(down), 56.6194 - state * 18.0618, 2e-4);
    }
}
END_TEST

/* --- fading ---------------------------------------------------------------------------------- */

#define DRAWS 100000

static const CsFadingModel models[] = {
    {.kind = CS_FADING_RAYLEIGH},
    {.kind = CS_FADING_RICIAN, .rician_k = 0},
    {.kind = CS_FADING_RICIAN, .rician_k = 0.5},
    {.kind = CS_FADING_RICIAN, .rician_k = 3},
    {.kind = CS_FADING_RICIAN, .rician_k = 10},
    {.kind = CS_FADING_NAKAGAMI, .nakagami_m = 0.5},
    {.kind = CS_FADING_NAKAGAMI, .nakagami_m = 1},
    {.kind = CS_FADING_NAKAGAMI, .nakagami_m = 2},
    {.kind = CS_FADING_NAKAGAMI, .nakagami_m = 4},
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The Kolmogorov-Smirnov statistic √n D of a sample, which it sorts. */
static double kolmogorov(double *sample, gsize n, double (*cdf)(const void *, double),
                         const void *law)
{
    double largest = 0;
    qsort(sample, n, sizeof *sample, compare_doubles);
    for (gsize i = 0; i < n; i++) {
        double p = cdf(law, sample[i]);
        largest = fmax(largest, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    return sqrt((double)n) * largest;
}

/* P(√n D > 1.95) = 0.001 for large n: any table of Kolmogorov's distribution. */
#define KOLMOGOROV_LIMIT 1.95

static double fading_law(const void *model, double x)
{
    return cs_fading_cdf(model, x);
}

static double rayleigh_law(const void *unused, double x)
{
    (void)unused;
    return 1 - exp(-x);
}

static double normal_law(const void *sigma, double x)
{
    return gsl_cdf_gaussian_P(x, *(const double *)sigma);
}

static double *draw_gains(const CsFadingModel *model, CsPurpose purpose)
{
    CsRandomKey key = cs_random_key(20250117, 1, cs_entity_hash("device"), purpose);
    double *gain = g_new(double, DRAWS);
    for (guint i = 0; i < DRAWS; i++)
        gain[i] = cs_fading_gain(model, key, i / 4 + 1, i % 4);
    return gain;
}

/* Variance of |g|²: Rayleigh 1, Rician (1 + 2K)/(1 + K)², Nakagami 1/m. */
static double variance_of(const CsFadingModel *model)
{
    double k = model->rician_k;
    return model->kind == CS_FADING_NAKAGAMI ? 1 / model->nakagami_m
                                             : (1 + 2 * k) / ((1 + k) * (1 + k));
}

/* Mean within 5 standard errors; the variance's own relative error is below 0.012 (Nakagami 0.5, of
 * kurtosis 15), of which 5 are allowed too. */
START_TEST(fading_moments)
{
    const CsFadingModel *model = &models[_i];
    g_autofree double *gain = draw_gains(model, CS_PURPOSE_FADING_UPLINK);
    double sum = 0, squares = 0;
    for (gsize i = 0; i < DRAWS; i++) {
        ck_assert(isfinite(gain[i]) && gain[i] >= 0);
        sum += gain[i];
        squares += (gain[i] - 1) * (gain[i] - 1);
    }
    ck_assert_double_eq_tol(sum / DRAWS, 1, 5 * sqrt(variance_of(model) / DRAWS));
    ck_assert_close(squares / DRAWS, variance_of(model), 0.06);
}
END_TEST

START_TEST(fading_follows_its_law)
{
    g_autofree double *gain = draw_gains(&models[_i], CS_PURPOSE_FADING_UPLINK);
    ck_assert_double_lt(kolmogorov(gain, DRAWS, fading_law, &models[_i]), KOLMOGOROV_LIMIT);
}
END_TEST

START_TEST(rician_0_and_nakagami_1_are_rayleigh)
{
    const CsFadingModel *alike[] = {&models[1], &models[6]};
    for (gsize i = 0; i < G_N_ELEMENTS(alike); i++) {
        g_autofree double *gain = draw_gains(alike[i], CS_PURPOSE_FADING_DOWNLINK);
        ck_assert_double_lt(kolmogorov(gain, DRAWS, rayleigh_law, NULL), KOLMOGOROV_LIMIT);
    }
    /* And the test can tell: Rician with K = 0.5 is not Rayleigh. */
    g_autofree double *gain = draw_gains(&models[2], CS_PURPOSE_FADING_DOWNLINK);
    ck_assert_double_gt(kolmogorov(gain, DRAWS, rayleigh_law, NULL), 5);
}
END_TEST

/* Uplink and downlink, and one draw and the next: sample correlations within 5/√n of 0. */
START_TEST(draws_are_uncorrelated)
{
    g_autofree double *up = draw_gains(&models[_i], CS_PURPOSE_FADING_UPLINK);
    g_autofree double *down = draw_gains(&models[_i], CS_PURPOSE_FADING_DOWNLINK);
    double across = 0, along = 0, limit = 5 * variance_of(&models[_i]) / sqrt(DRAWS);
    for (gsize i = 0; i + 1 < DRAWS; i++) {
        across += (up[i] - 1) * (down[i] - 1) / DRAWS;
        along += (up[i] - 1) * (up[i + 1] - 1) / DRAWS;
    }
    ck_assert_double_lt(fabs(across), limit);
    ck_assert_double_lt(fabs(along), limit);
}
END_TEST

START_TEST(gain_is_a_pure_function)
{
    CsRandomKey key = cs_random_key(1, 1, cs_entity_hash("1"), CS_PURPOSE_FADING_UPLINK);
    double gain = cs_fading_gain(&models[_i], key, 7, 3);
    ck_assert(gain != cs_fading_gain(&models[_i], key, 8, 3));
    ck_assert(gain != cs_fading_gain(&models[_i], key, 7, 4));
    ck_assert(gain == cs_fading_gain(&models[_i], key, 7, 3));
    ck_assert(cs_fading_gain(&(CsFadingModel){.kind = CS_FADING_NONE}, key, 7, 3) == 1);
}
END_TEST

/* Distribution functions of unit-mean power gains, computed apart from this program to 9 places. */
START_TEST(fading_cdf_vectors)
{
    static const struct {
        double gain, rayleigh, nakagami_2, nakagami_4;
    } vector[] = {
        {0.001000000, 0.000999500, 0.000001997, 0.000000000},
        {0.003162278, 0.003157283, 0.000019916, 0.000000001},
        {0.010000000, 0.009950166, 0.000197353, 0.000000103},
        {0.031622777, 0.031128006, 0.001917639, 0.000009642},
        {0.100000000, 0.095162582, 0.017523096, 0.000776251},
        {0.316227766, 0.271106586, 0.132699868, 0.039674226},
        {1.000000000, 0.632120559, 0.593994150, 0.566529880},
        {3.162277660, 0.957670780, 0.986876134, 0.998616444},
        {10.00000000, 0.999954600, 0.999999957, 1.000000000},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(vector); i++) {
        ck_assert_double_eq_tol(cs_fading_cdf(&models[0], vector[i].gain), vector[i].rayleigh,
                                1e-9);
        ck_assert_double_eq_tol(cs_fading_cdf(&models[7], vector[i].gain), vector[i].nakagami_2,
                                1e-9);
        ck_assert_double_eq_tol(cs_fading_cdf(&models[8], vector[i].gain), vector[i].nakagami_4,
                                1e-9);
        /* Nakagami 0.5 is a squared normal. */
        ck_assert_close(cs_fading_cdf(&models[5], vector[i].gain), erf(sqrt(vector[i].gain / 2)),
                        1e-12);
    }
}
END_TEST

/* Q1(a, a) = (1 + e^{-a²} I0(a²)) / 2 (Simon & Alouini, "Digital Communication over Fading
 * Channels", eq. 4.42 with M = 1), so P(|g|² <= K/(K+1)) = (1 - e^{-2K} I0(2K)) / 2. */
START_TEST(rician_cdf_closed_form)
{
    static const double ks[] = {0.01, 0.5, 1, 3, 10, 100, 1000, 10000};
    for (gsize i = 0; i < G_N_ELEMENTS(ks); i++) {
        CsFadingModel model = {.kind = CS_FADING_RICIAN, .rician_k = ks[i]};
        ck_assert_close(cs_fading_cdf(&model, ks[i] / (ks[i] + 1)),
                        0.5 * (1 - gsl_sf_bessel_I0_scaled(2 * ks[i])), 1e-9);
        ck_assert_close(cs_fading_cdf(&model, 50), 1, 1e-9);
        ck_assert(cs_fading_cdf(&model, 0) == 0);
    }
    const CsFadingModel none = {.kind = CS_FADING_NONE};
    ck_assert(cs_fading_cdf(&none, 0.999) == 0 && cs_fading_cdf(&none, 1) == 1);
}
END_TEST

/* 10 lg X is normal with standard deviation σ: the median of X is 1, whatever σ. */
START_TEST(shadowing)
{
    const double sigma_db = 7.8;
    g_autofree double *x_db = g_new(double, DRAWS);
    double sum = 0, squares = 0;
    for (guint i = 0; i < DRAWS; i++) {
        CsRandomKey key = cs_random_key(3, i + 1, cs_entity_hash("1"), CS_PURPOSE_SHADOWING);
        x_db[i] = cs_linear_to_db(cs_shadowing_gain(sigma_db, key));
        sum += x_db[i];
        squares += x_db[i] * x_db[i];
        ck_assert(cs_shadowing_gain(0, key) == 1);
    }
    ck_assert_double_lt(fabs(sum / DRAWS), 5 * sigma_db / sqrt(DRAWS));
    ck_assert_close(sqrt(squares / DRAWS), sigma_db, 5 / sqrt(2.0 * DRAWS));
    ck_assert_double_lt(kolmogorov(x_db, DRAWS, normal_law, &sigma_db), KOLMOGOROV_LIMIT);
    /* Median, from the sample just sorted: its standard error is σ √(π/2n). */
    ck_assert_double_lt(fabs(x_db[DRAWS / 2]), 5 * sigma_db * sqrt(G_PI / 2 / DRAWS));
}
END_TEST

/* --- tables ---------------------------------------------------------------------------------- */

/* The efficiencies that 3GPP TS 38.214 V17 prints: Tables 5.2.2.1-2..5 and 5.1.3.1-1..4. */
static const double printed_cqi[4][CS_CQI_N] = {
    {0, 0.1523, 0.2344, 0.3770, 0.6016, 0.8770, 1.1758, 1.4766, 1.9141, 2.4063, 2.7305, 3.3223,
     3.9023, 4.5234, 5.1152, 5.5547},
    {0, 0.1523, 0.3770, 0.8770, 1.4766, 1.9141, 2.4063, 2.7305, 3.3223, 3.9023, 4.5234, 5.1152,
     5.5547, 6.2266, 6.9141, 7.4063},
    {0, 0.0586, 0.0977, 0.1523, 0.2344, 0.3770, 0.6016, 0.8770, 1.1758, 1.4766, 1.9141, 2.4063,
     2.7305, 3.3223, 3.9023, 4.5234},
    {0, 0.1523, 0.3770, 0.8770, 1.4766, 2.4063, 3.3223, 3.9023, 4.5234, 5.1152, 5.5547, 6.2266,
     6.9141, 7.4063, 8.3301, 9.2578},
};

static const double printed_mcs[4][CS_MCS_MAX] = {
    {0.2344, 0.3066, 0.3770, 0.4902, 0.6016, 0.7402, 0.8770, 1.0273, 1.1758, 1.3262,
     1.3281, 1.4766, 1.6953, 1.9141, 2.1602, 2.4063, 2.5703, 2.5664, 2.7305, 3.0293,
     3.3223, 3.6094, 3.9023, 4.2129, 4.5234, 4.8164, 5.1152, 5.3320, 5.5547},
    {0.2344, 0.3770, 0.6016, 0.8770, 1.1758, 1.4766, 1.6953, 1.9141, 2.1602, 2.4063,
     2.5703, 2.7305, 3.0293, 3.3223, 3.6094, 3.9023, 4.2129, 4.5234, 4.8164, 5.1152,
     5.3320, 5.5547, 5.8906, 6.2266, 6.5703, 6.9141, 7.1602, 7.4063},
    {0.0586, 0.0781, 0.0977, 0.1250, 0.1523, 0.1934, 0.2344, 0.3066, 0.3770, 0.4902,
     0.6016, 0.7402, 0.8770, 1.0273, 1.1758, 1.3281, 1.4766, 1.6953, 1.9141, 2.1602,
     2.4063, 2.5664, 2.7305, 3.0293, 3.3223, 3.6094, 3.9023, 4.2129, 4.5234},
    {0.2344, 0.3770, 0.8770, 1.4766, 1.9141, 2.4063, 2.7305, 3.0293, 3.3223,
     3.6094, 3.9023, 4.2129, 4.5234, 4.8164, 5.1152, 5.3320, 5.5547, 5.8906,
     6.2266, 6.5703, 6.9141, 7.1602, 7.4063, 7.8662, 8.3301, 8.7939, 9.2578},
};

static const int n_mcs[4] = {29, 28, 29, 27};

/* By hand: each CQI's (Qm, R) looked up in the MCS table; CQI 1 of tables 1, 2, 4 lies below MCS 0.
 */
static const int expected_mcs[4][CS_CQI_N] = {
    {-1, 0, 0, 2, 4, 6, 8, 11, 13, 15, 18, 20, 22, 24, 26, 28},
    {-1, 0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27},
    {-1, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28},
    {-1, 0, 1, 2, 3, 5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26},
};

static const CsPlace nowhere;

static CsCqiTable read_table(int number)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsCqiTable table;
    gboolean read = cs_cqi_table_read(&table, number, paths, nowhere, diagnostics);
    if (!read)
        ck_abort_msg("table %d: %s", number, cs_diagnostics_message(diagnostics, 0));
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 0);
    return table;
}

static double half_up_4(double x)
{
    return floor(x * 1e4 + 0.5) / 1e4;
}

START_TEST(tables_are_the_printed_ones)
{
    CsCqiTable table = read_table(_i + 1);
    ck_assert_int_eq(table.number, _i + 1);
    ck_assert_int_eq(table.n_mcs, n_mcs[_i]);
    for (int i = 0; i < CS_CQI_N; i++)
        ck_assert_close(half_up_4(table.cqi[i].efficiency), printed_cqi[_i][i], 1e-12);
    for (int i = 0; i < table.n_mcs; i++)
        ck_assert_close(half_up_4(table.mcs[i].efficiency), printed_mcs[_i][i], 1e-12);
}
END_TEST

/* 2 · 78 / 1024 = 0.15234375, not the printed 0.1523; 8 · 682.5 / 1024 = 5.33203125. */
START_TEST(efficiencies_are_exact)
{
    ck_assert(read_table(1).cqi[1].efficiency == 0.15234375);
    ck_assert(read_table(1).cqi[15].efficiency == 5.5546875);
    ck_assert(read_table(2).mcs[20].efficiency == 5.33203125);
}
END_TEST

START_TEST(mcs_of_each_cqi)
{
    CsCqiTable table = read_table(_i + 1);
    for (int i = 0; i < CS_CQI_N; i++)
        ck_assert_int_eq(table.mcs_of_cqi[i], expected_mcs[_i][i]);
}
END_TEST

/* --- thresholds ------------------------------------------------------------------------------ */

/* As published, in dB: MathWorks 5G Toolbox (nr-*), Vienna LTE simulators, the LTE literature's
 * usual figures, LTE-Sim's TU curves at 10 %. Uplink and downlink. */
static const struct {
    const char *name;
    int cqi_table;
    gboolean averages_fading;
    double uplink_db[15], downlink_offset_db;
} published[] = {
    {"nr-awgn",
     1,
     FALSE,
     {-5.84, -4.2, -2.08, -0.23, 1.66, 3.08, 5.03, 7.02, 9.01, 10.99, 12.99, 15.01, 16.51, 18.49,
      19.99},
     0},
    {"lte-awgn",
     1,
     FALSE,
     {-6.936, -5.147, -3.18, -1.253, 0.761, 2.699, 4.694, 6.525, 8.573, 10.366, 12.289, 14.173,
      15.888, 17.814, 19.829},
     0},
    {"lte-popular",
     1,
     TRUE,
     {-6.7, -4.7, -2.3, 0.2, 2.4, 4.3, 5.9, 8.1, 10.3, 11.7, 14.1, 16.3, 18.7, 21.0, 22.7},
     0},
    {"tu-fading",
     1,
     TRUE,
     {-4.68, -2.60, -0.12, 2.26, 4.73, 7.53, 8.67, 11.32, 14.24, 15.21, 18.63, 21.32, 23.47, 28.49,
      34.40},
     0},
    {"nr-example-256qam",
     2,
     FALSE,
     {-5.46, -0.46, 4.54, 9.05, 11.54, 14.04, 15.54, 18.04, 20.04, 22.43, 24.93, 25.43, 27.43,
      30.43, 33.43},
     2},
};

static CsThresholds read_set(const char *name)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsThresholds thresholds;
    gboolean read = cs_thresholds_read(&thresholds, name, NULL, paths, nowhere, diagnostics);
    if (!read)
        ck_abort_msg("%s: %s", name, cs_diagnostics_message(diagnostics, 0));
    return thresholds;
}

START_TEST(named_sets_are_the_published_ones)
{
    CsThresholds set = read_set(published[_i].name);
    ck_assert_str_eq(cs_threshold_set_names()[_i], published[_i].name);
    ck_assert_int_eq(set.cqi_table, published[_i].cqi_table);
    ck_assert_int_eq(set.averages_fading, published[_i].averages_fading);
    ck_assert(set.uplink[0] == 0 && set.downlink[0] == 0);
    for (int i = 1; i < CS_CQI_N; i++) {
        double up_db = published[_i].uplink_db[i - 1];
        ck_assert_double_eq_tol(cs_linear_to_db(set.uplink[i]), up_db, 1e-12);
        ck_assert_double_eq_tol(cs_linear_to_db(set.downlink[i]),
                                up_db + published[_i].downlink_offset_db, 1e-12);
    }
}
END_TEST

START_TEST(sets_and_tables_belong_together)
{
    const CsThresholds qam64 = {.cqi_table = 1}, users = {.cqi_table = 0};
    ck_assert_str_eq(cs_threshold_set_default(1), "nr-awgn");
    ck_assert_str_eq(cs_threshold_set_default(2), "nr-example-256qam");
    ck_assert_ptr_null(cs_threshold_set_default(3));
    ck_assert_ptr_null(cs_threshold_set_default(4));
    ck_assert_ptr_null(cs_threshold_set_names()[G_N_ELEMENTS(published)]);
    for (int table = 1; table <= 4; table++) {
        ck_assert_int_eq(cs_thresholds_fit(&qam64, table), table == 1);
        ck_assert(cs_thresholds_fit(&users, table));
    }
}
END_TEST

START_TEST(cqi_at_and_below_every_threshold)
{
    CsThresholds set = read_set(published[_i].name);
    for (int i = 1; i < CS_CQI_N; i++) {
        ck_assert_int_eq(cs_cqi_from_snr(set.uplink, set.uplink[i]), i);
        ck_assert_int_eq(cs_cqi_from_snr(set.uplink, nextafter(set.uplink[i], 0)), i - 1);
        ck_assert_int_eq(cs_cqi_from_snr(set.downlink, set.downlink[i]), i);
        ck_assert_int_eq(cs_cqi_from_snr(set.downlink, nextafter(set.downlink[i], 0)), i - 1);
    }
    ck_assert_int_eq(cs_cqi_from_snr(set.uplink, 0), 0);
    ck_assert_int_eq(cs_cqi_from_snr(set.uplink, 1e30), 15);
}
END_TEST

/* --- files of the user's --------------------------------------------------------------------- */

/* A folder of its own for one test's files. */
typedef struct {
    char *folder, *path;
    CsDiagnostics *diagnostics;
    CsPaths *paths;
} Fixture;

static void fixture_set(Fixture *f, const char *name, const char *text, gssize length)
{
    if (f->folder == NULL)
        f->folder = g_dir_make_tmp("cardsim-radio-XXXXXX", NULL);
    f->path = g_build_filename(f->folder, name, NULL);
    ck_assert(g_file_set_contents(f->path, text, length, NULL));
    const char *include[] = {f->folder, NULL};
    f->paths = cs_paths_new(include);
    f->diagnostics = cs_diagnostics_new();
}

static void fixture_clear(Fixture *f)
{
    remove(f->path);
    g_clear_pointer(&f->path, g_free);
    g_clear_pointer(&f->paths, cs_paths_unref);
    g_clear_pointer(&f->diagnostics, cs_diagnostics_free);
    if (f->folder != NULL)
        rmdir(f->folder);
    g_clear_pointer(&f->folder, g_free);
}

#define ROWS_2_TO_15                                                                               \
    "2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n8,8\n9,9\n10,10\n11,11\n12,12\n13,13\n14,14\n15,15\n"
#define ROWS_2_TO_15_CRLF                                                                          \
    "2,2\r\n3,3\r\n4,4\r\n5,5\r\n6,6\r\n7,7\r\n8,8\r\n9,9\r\n10,10\r\n11,11\r\n12,12\r\n"          \
    "13,13\r\n14,14\r\n15,15"

START_TEST(own_thresholds_are_read)
{
    static const char *const good[] = {
        "cqi,snr_db\n1,1\n" ROWS_2_TO_15,
        "# mine\n\n cqi , snr_db \n# more\n1, 1.0\n" ROWS_2_TO_15 "\n\n",
        "\xEF\xBB\xBF"
        "cqi,snr_db\r\n1,1\r\n" ROWS_2_TO_15_CRLF,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        Fixture f = {0};
        CsThresholds set;
        fixture_set(&f, "my.csv", good[i], -1);
        ck_assert_msg(cs_thresholds_read(&set, "my.csv", f.folder, f.paths, nowhere, f.diagnostics),
                      "%" G_GSIZE_FORMAT, i);
        ck_assert_int_eq(set.cqi_table, 0);
        ck_assert(!set.averages_fading);
        for (int c = 1; c < CS_CQI_N; c++) {
            ck_assert_close(set.uplink[c], pow(10, c / 10.0), 1e-15);
            ck_assert_close(set.downlink[c], pow(10, c / 10.0), 1e-15);
        }
        fixture_clear(&f);
    }
}
END_TEST

START_TEST(own_thresholds_may_differ_by_direction)
{
    g_autoptr(GString) text = g_string_new("cqi,uplink_snr_db,downlink_snr_db\n");
    Fixture f = {0};
    CsThresholds set;
    for (int i = 1; i < CS_CQI_N; i++)
        g_string_append_printf(text, "%d,%d,%d\n", i, 10 * i - 50, 10 * i - 70);
    fixture_set(&f, "my.csv", text->str, -1);
    ck_assert(cs_thresholds_read(&set, f.path, NULL, f.paths, nowhere, f.diagnostics));
    for (int i = 1; i < CS_CQI_N; i++) {
        ck_assert_close(set.uplink[i], pow(10, i - 5), 1e-14);
        ck_assert_close(set.downlink[i], pow(10, i - 7), 1e-14);
    }
    fixture_clear(&f);
}
END_TEST

/* The least and the greatest SNR that a threshold may be: 10^-20 and 10^20. */
START_TEST(own_thresholds_reach_the_limits)
{
    g_autoptr(GString) text = g_string_new("cqi,snr_db\n1,-200\n");
    Fixture f = {0};
    CsThresholds set;
    for (int i = 2; i < CS_CQI_N - 1; i++)
        g_string_append_printf(text, "%d,%d\n", i, i);
    g_string_append_printf(text, "%d,200\n", CS_CQI_N - 1);
    fixture_set(&f, "my.csv", text->str, -1);
    ck_assert(cs_thresholds_read(&set, f.path, NULL, f.paths, nowhere, f.diagnostics));
    ck_assert_close(set.uplink[1], 1e-20, 1e-14);
    ck_assert_close(set.downlink[CS_CQI_N - 1], 1e20, 1e-14);
    fixture_clear(&f);
}
END_TEST

/* What is wrong, where, and how many complaints. Line 0: the file cannot be read at all. */
static const struct {
    const char *text, *message;
    guint line, column, length, n;
} bad_thresholds[] = {
    {"", "the file is empty", 1, 1, 0, 1},
    {"# only a comment\n", "the file is empty", 1, 1, 0, 1},
    {"1,1\n" ROWS_2_TO_15, "the first line does not name the columns expected", 1, 1, 3, 1},
    {"cqi;snr_db\n1;1\n", "the first line does not name the columns expected", 1, 1, 10, 1},
    {"cqi,snr_db,x,y\n", "the first line does not name the columns expected", 1, 1, 14, 1},
    {"# x\ncqi,snr_db\n", "a threshold set has 15 rows, this one has 0", 2, 1, 10, 1},
    {"cqi,snr_db\n" ROWS_2_TO_15, "a threshold set has 15 rows, this one has 14", 1, 1, 10, 1},
    {"cqi,snr_db\n0,0\n1,1\n" ROWS_2_TO_15, "a threshold set has 15 rows, this one has 16", 17, 1,
     2, 1},
    {"cqi,snr_db\n1,x\n" ROWS_2_TO_15, "not a number", 2, 3, 1, 1},
    {"cqi,snr_db\n1, -1 dB \n" ROWS_2_TO_15, "not a number", 2, 4, 5, 1},
    {"cqi,snr_db\n1,nan\n" ROWS_2_TO_15, "not a number", 2, 3, 3, 1},
    {"cqi,snr_db\n1,-1e400\n" ROWS_2_TO_15, "not a number", 2, 3, 6, 1},
    {"cqi,snr_db\n1,\n" ROWS_2_TO_15, "not a number", 2, 3, 0, 1},
    {"cqi,snr_db\na,b\n" ROWS_2_TO_15, "not a number", 2, 1, 1, 2},
    {"cqi,snr_db\n1\n" ROWS_2_TO_15, "1 column where there should be 2", 2, 1, 1, 1},
    {"cqi,snr_db\n1,2,3\n" ROWS_2_TO_15, "3 columns where there should be 2", 2, 1, 5, 1},
    {"cqi,snr_db\n1,2\n" ROWS_2_TO_15, "the threshold is not above the one before it", 3, 3, 1, 1},
    {"cqi,snr_db\n1,3\n" ROWS_2_TO_15, "the threshold is not above the one before it", 3, 3, 1, 1},
    {"cqi,snr_db\n1,-201\n" ROWS_2_TO_15, "not an SNR in dB", 2, 3, 4, 1},
    {"cqi,snr_db\n3,1\n" ROWS_2_TO_15, "the CQI is out of order", 2, 1, 1, 1},
    {"cqi,snr_db\n1.5,1\n" ROWS_2_TO_15, "the CQI is out of order", 2, 1, 3, 1},
    {"\xEF\xBB\xBF"
     "snr_db\n",
     "the first line does not name the columns expected", 1, 4, 6, 1},
    {"cqi,snr_db\n\xff\n", NULL, 0, 0, 0, 1},
};

START_TEST(own_thresholds_are_checked)
{
    Fixture f = {0};
    CsThresholds set;
    fixture_set(&f, "my.csv", bad_thresholds[_i].text, -1);
    ck_assert(!cs_thresholds_read(&set, "my.csv", f.folder, f.paths, nowhere, f.diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(f.diagnostics), bad_thresholds[_i].n);
    if (bad_thresholds[_i].line == 0) {
        ck_assert_str_eq(cs_diagnostics_message(f.diagnostics, 0),
                         "cannot read 'my.csv': it is not a text file");
    } else {
        CsPlace place = cs_diagnostics_place(f.diagnostics, 0);
        ck_assert_str_eq(cs_diagnostics_message(f.diagnostics, 0), bad_thresholds[_i].message);
        ck_assert_str_eq(cs_source_name(place.source), "my.csv");
        ck_assert_uint_eq(place.line, bad_thresholds[_i].line);
        ck_assert_uint_eq(place.column, bad_thresholds[_i].column);
        ck_assert_uint_eq(place.length, bad_thresholds[_i].length);
    }
    ck_assert_ptr_nonnull(cs_diagnostics_help(f.diagnostics, 0));
    fixture_clear(&f);
}
END_TEST

static void expect_unreadable(const char *name, const char *directory, const char *message)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsThresholds set;
    ck_assert(!cs_thresholds_read(&set, name, directory, paths, nowhere, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), message);
}

/* A long file of nonsense is told about as often as a table has rows, not as often as it has lines.
 */
START_TEST(complaints_are_bounded)
{
    g_autoptr(GString) text = g_string_new("cqi,snr_db\n");
    Fixture f = {0};
    CsThresholds set;
    for (int i = 0; i < 10000; i++)
        g_string_append(text, "x\n");
    fixture_set(&f, "my.csv", text->str, -1);
    ck_assert(!cs_thresholds_read(&set, "my.csv", f.folder, f.paths, nowhere, f.diagnostics));
    ck_assert_uint_le(cs_diagnostics_count(f.diagnostics), 65);
    fixture_clear(&f);
}
END_TEST

START_TEST(thresholds_that_cannot_be_read)
{
    Fixture f = {0};
    g_autofree char *big = g_strnfill(70000, '#');
    fixture_set(&f, "big.csv", big, -1);
    expect_unreadable("big.csv", f.folder, "cannot read 'big.csv': it is larger than 65536 bytes");
    expect_unreadable("none.csv", f.folder, "cannot read 'none.csv': No such file or directory");
    expect_unreadable("./", f.folder, "cannot read './': Is a directory");
    expect_unreadable("nr-agwn", NULL, "unknown threshold set 'nr-agwn'");
    fixture_clear(&f);

    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsThresholds set;
    cs_thresholds_read(&set, "nr-agwn", NULL, paths, nowhere, diagnostics);
    cs_thresholds_read(&set, "quantum", NULL, paths, nowhere, diagnostics);
    ck_assert_str_eq(cs_diagnostics_help(diagnostics, 0), "did you mean 'nr-awgn'?");
    ck_assert_ptr_nonnull(strstr(cs_diagnostics_help(diagnostics, 1), "tu-fading"));
}
END_TEST

static CsDiagnostics *read_bad_table(int number, const char *name, const char *text)
{
    Fixture f = {0};
    CsCqiTable table;
    fixture_set(&f, name, text, -1);
    ck_assert(!cs_cqi_table_read(&table, number, f.paths, nowhere, f.diagnostics));
    CsDiagnostics *diagnostics = g_steal_pointer(&f.diagnostics);
    fixture_clear(&f);
    return diagnostics;
}

START_TEST(tables_are_checked)
{
    static const struct {
        int number;
        const char *name, *text, *message;
        guint line, column;
    } bad[] = {
        {5, "x", "", "there is no CQI table 5", 0, 0},
        {0, "x", "", "there is no CQI table 0", 0, 0},
        {1, "cqi-table-1.csv", "index,modulation_order,code_rate_x1024\n0,0,0\n",
         "a CQI table has 16 rows, this one has 1", 1, 1},
        {1, "mcs-table-1.csv", "index,modulation_order,code_rate_x1024\n0,2,1024\n",
         "not a code rate x 1024", 2, 5},
        {1, "mcs-table-1.csv", "index,modulation_order,code_rate_x1024\n0,2.5,100\n",
         "not a modulation order", 2, 3},
        {1, "mcs-table-1.csv", "index,modulation_order,code_rate_x1024\n1,2,100\n",
         "the index is out of order", 2, 1},
        {1, "mcs-table-1.csv", "index,modulation_order,code_rate_x1024\n",
         "an MCS table has 1 to 32 rows, this one has 0", 1, 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics =
            read_bad_table(bad[i].number, bad[i].name, bad[i].text);
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
        ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), bad[i].message);
        ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).line, bad[i].line);
        ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, bad[i].column);
    }
}
END_TEST

/* An MCS table of the user's (-I): MCS 1 and 2 are equal, MCS 3 lies beyond every CQI but 15. */
START_TEST(mcs_of_cqi_takes_the_later_of_equals)
{
    Fixture f = {0};
    CsCqiTable table;
    fixture_set(&f, "mcs-table-1.csv",
                "index,modulation_order,code_rate_x1024\n0,2,120\n1,2,200\n2,4,100\n3,6,900\n", -1);
    ck_assert(cs_cqi_table_read(&table, 1, f.paths, nowhere, f.diagnostics));
    ck_assert_int_eq(table.n_mcs, 4);
    ck_assert_int_eq(table.mcs_of_cqi[1], 0); /* below MCS 0 */
    ck_assert_int_eq(table.mcs_of_cqi[2], 0); /* equal to MCS 0 */
    ck_assert_int_eq(table.mcs_of_cqi[3], 0); /* 2 · 193 < 2 · 200 */
    ck_assert_int_eq(table.mcs_of_cqi[4], 2);
    ck_assert_int_eq(table.mcs_of_cqi[14], 2); /* 6 · 873 < 6 · 900 */
    ck_assert_int_eq(table.mcs_of_cqi[15], 3);

    CsRadio radio = radio_of_letter();
    radio.table = table;
    radio.thresholds = read_set("nr-awgn");
    radio.rate = CS_RATE_MCS;
    CsRateMap map;
    cs_rate_map_init(&map, &radio, CS_UPLINK);
    ck_assert_close(map.rate_bps[1], 50e6 * 2 * 78 / 1024, 1e-15); /* keeps its own */
    ck_assert_close(map.rate_bps[3], 50e6 * 2 * 120 / 1024, 1e-15);
    ck_assert_close(map.rate_bps[14], 50e6 * 4 * 100 / 1024, 1e-15);
    ck_assert_close(map.rate_bps[15], 50e6 * 6 * 900 / 1024, 1e-15);
    fixture_clear(&f);
}
END_TEST

/* --- rates ----------------------------------------------------------------------------------- */

static CsRateMap map_of(CsRateRule rule, CsOutageRule outage, guint max_repetitions)
{
    CsRadio radio = radio_of_letter();
    CsRateMap map;
    radio.rate = rule;
    radio.outage = outage;
    radio.max_repetitions = max_repetitions;
    radio.table = read_table(1);
    radio.thresholds = read_set("nr-awgn");
    cs_rate_map_init(&map, &radio, CS_UPLINK);
    return map;
}

START_TEST(rate_of_each_cqi)
{
    for (int rule = CS_RATE_CQI; rule <= CS_RATE_MCS; rule++) {
        CsRateMap map = map_of(rule, CS_OUTAGE_REPEAT, 32);
        for (int i = 1; i < CS_CQI_N; i++) {
            CsLinkState s = cs_link_state(&map, cs_db_to_linear(published[0].uplink_db[i - 1]));
            ck_assert_int_eq(s.cqi, i);
            ck_assert_int_eq(s.mcs, expected_mcs[0][i]);
            /* The printed efficiency carries four decimals. Here each CQI from 2 on is an MCS. */
            ck_assert_double_eq_tol(s.rate_bps, 50e6 * printed_cqi[0][i], 50e6 * 0.51e-4);
            ck_assert(!s.outage && !s.beyond_repetition);
        }
    }
    CsRateMap map = map_of(CS_RATE_CQI, CS_OUTAGE_REPEAT, 32);
    ck_assert(cs_link_state(&map, 1e9).rate_bps == 50e6 * 5.5546875);
}
END_TEST

/* Uplink and downlink thresholds of table 2 lie 2 dB apart: at 10 dB CQI 4 up, CQI 3 down. */
START_TEST(directions_have_their_own_thresholds)
{
    CsRadio radio = radio_of_letter();
    CsRateMap up, down;
    radio.table = read_table(2);
    radio.thresholds = read_set("nr-example-256qam");
    cs_rate_map_init(&up, &radio, CS_UPLINK);
    cs_rate_map_init(&down, &radio, CS_DOWNLINK);
    ck_assert_int_eq(cs_link_state(&up, 10).cqi, 4);
    ck_assert_int_eq(cs_link_state(&down, 10).cqi, 3);
    ck_assert_close(cs_link_state(&up, 10).rate_bps, 50e6 * 4 * 378 / 1024, 1e-15);
    ck_assert_close(cs_link_state(&down, 10).rate_bps, 50e6 * 2 * 449 / 1024, 1e-15);
}
END_TEST

/* Rate 50 MHz · 2 · 78/1024 = 7,617,187.5 bit/s at CQI 1; half the SNR, half of it. */
START_TEST(outage_repeat)
{
    CsRateMap map = map_of(CS_RATE_CQI, CS_OUTAGE_REPEAT, 32);
    const double snr_1 = map.threshold[1], rate_1 = 7617187.5;
    const struct {
        double snr, rate_bps;
        gboolean outage, beyond;
    } at[] = {
        {snr_1, rate_1, FALSE, FALSE},
        {snr_1 / 2, rate_1 / 2, TRUE, FALSE},
        {snr_1 / 32, rate_1 / 32, TRUE, FALSE},
        {nextafter(snr_1 / 32, 0), rate_1 / 32, TRUE, TRUE},
        {snr_1 / 1000, rate_1 / 32, TRUE, TRUE},
        {0, rate_1 / 32, TRUE, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(at); i++) {
        CsLinkState s = cs_link_state(&map, at[i].snr);
        ck_assert_close(s.rate_bps, at[i].rate_bps, 1e-15);
        ck_assert_int_eq(s.outage, at[i].outage);
        ck_assert_int_eq(s.beyond_repetition, at[i].beyond);
        ck_assert_int_eq(s.cqi, at[i].outage ? 0 : 1);
        ck_assert_int_eq(s.mcs, at[i].outage ? -1 : 0);
        ck_assert(s.snr == at[i].snr);
    }
    /* A single repetition is the floor, but the links that would need more are counted. */
    map = map_of(CS_RATE_MCS, CS_OUTAGE_REPEAT, 1);
    ck_assert_close(cs_link_state(&map, snr_1 / 2).rate_bps, rate_1, 1e-15);
    ck_assert(cs_link_state(&map, snr_1 / 2).beyond_repetition);
}
END_TEST

START_TEST(outage_floor)
{
    CsRateMap map = map_of(CS_RATE_CQI, CS_OUTAGE_FLOOR, 32);
    const double snrs[] = {nextafter(map.threshold[1], 0), map.threshold[1] / 100, 0};
    for (gsize i = 0; i < G_N_ELEMENTS(snrs); i++) {
        CsLinkState s = cs_link_state(&map, snrs[i]);
        ck_assert_close(s.rate_bps, 7617187.5, 1e-15);
        ck_assert(s.outage && !s.beyond_repetition);
    }
}
END_TEST

/* ns-3's PiroEW2010 at BER 5e-5, SNR -5..30 dB: spectral efficiency to 5 decimals. */
/* A measured CQI has the rate that an SNR at its threshold has; 0 that of an SNR of 0. */
START_TEST(rate_of_a_measured_cqi)
{
    for (int rule = CS_RATE_CQI; rule <= CS_RATE_MCS; rule++)
        for (int outage = CS_OUTAGE_REPEAT; outage <= CS_OUTAGE_FLOOR; outage++) {
            CsRateMap map = map_of(rule, outage, 32);
            for (int i = 0; i < CS_CQI_N; i++) {
                CsLinkState measured = cs_link_state_of_cqi(&map, i);
                CsLinkState drawn = cs_link_state(&map, i > 0 ? map.threshold[i] : 0);
                ck_assert_close(measured.rate_bps, drawn.rate_bps, 1e-15);
                ck_assert_int_eq(measured.cqi, i);
                ck_assert_int_eq(measured.mcs, drawn.mcs);
                ck_assert_int_eq(measured.outage, i == 0);
                ck_assert(isnan(measured.snr));
            }
        }
}
END_TEST

START_TEST(gap_as_ns3)
{
    static const double efficiency[] = {
        0.08024, 0.10030, 0.12518, 0.15589, 0.19365, 0.23983, 0.29593, 0.36360, 0.44451,
        0.54031, 0.65251, 0.78240, 0.93086, 1.09835, 1.28485, 1.48981, 1.71229, 1.95096,
        2.20429, 2.47062, 2.74826, 3.03560, 3.33115, 3.63355, 3.94163, 4.25439, 4.57095,
        4.89060, 5.21276, 5.53693, 5.86271, 6.18980, 6.51792, 6.84687, 7.17649, 7.50663,
    };
    CsRateMap map = map_of(CS_RATE_GAP, CS_OUTAGE_REPEAT, 32);
    for (gsize i = 0; i < G_N_ELEMENTS(efficiency); i++) {
        double snr = cs_db_to_linear((double)i - 5);
        ck_assert_double_eq_tol(cs_gap_efficiency(snr), efficiency[i], 0.51e-5);
        ck_assert_close(cs_link_state(&map, snr).rate_bps, 50e6 * cs_gap_efficiency(snr), 1e-15);
    }
}
END_TEST

/* log2(1 + 1) = 1, log2(1 + 1023) = 10; far below 1, SNR / ln 2. Neither rule has an outage. */
START_TEST(shannon)
{
    CsRateMap map = map_of(CS_RATE_SHANNON, CS_OUTAGE_REPEAT, 32);
    ck_assert_close(cs_link_state(&map, 1).rate_bps, 50e6, 1e-15);
    ck_assert_close(cs_link_state(&map, 1023).rate_bps, 500e6, 1e-15);
    ck_assert_close(cs_link_state(&map, 1e-12).rate_bps, 50e6 * 1e-12 / G_LN2, 1e-11);
    ck_assert(cs_link_state(&map, 0).rate_bps == 0);
    ck_assert(!cs_link_state(&map, 0).outage && !cs_link_state(&map, 0).beyond_repetition);
    map = map_of(CS_RATE_GAP, CS_OUTAGE_REPEAT, 32);
    ck_assert(cs_link_state(&map, 0).rate_bps == 0);
    ck_assert(!cs_link_state(&map, 0).outage && !cs_link_state(&map, 0).beyond_repetition);
}
END_TEST

/* Under every rule and either outage: more SNR never carries less. */
START_TEST(rates_never_fall_with_snr)
{
    for (int rule = CS_RATE_CQI; rule <= CS_RATE_SHANNON; rule++) {
        for (int outage = CS_OUTAGE_REPEAT; outage <= CS_OUTAGE_FLOOR; outage++) {
            CsRateMap map = map_of(rule, outage, 32);
            double last = 0;
            for (int i = -4000; i < 5000; i++) {
                double rate = cs_link_state(&map, cs_db_to_linear(i / 100.0)).rate_bps;
                ck_assert(rate >= last && rate > 0);
                last = rate;
            }
        }
    }
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("radio");
    const int n_models = G_N_ELEMENTS(models), n_sets = G_N_ELEMENTS(published);
    TCase *tc = add_case(suite, "budget");
    tcase_add_test(tc, log_distance_as_ns3);
    tcase_add_test(tc, free_space_as_ns3);
    tcase_add_test(tc, losses_at_the_edges);
    tcase_add_test(tc, noise_power);
    tcase_add_test(tc, mean_snr_of_device_1);

    tc = add_case(suite, "fading");
    tcase_add_loop_test(tc, fading_moments, 0, n_models);
    tcase_add_loop_test(tc, fading_follows_its_law, 0, n_models);
    tcase_add_test(tc, rician_0_and_nakagami_1_are_rayleigh);
    tcase_add_loop_test(tc, draws_are_uncorrelated, 0, n_models);
    tcase_add_loop_test(tc, gain_is_a_pure_function, 0, n_models);
    tcase_add_test(tc, fading_cdf_vectors);
    tcase_add_test(tc, rician_cdf_closed_form);
    tcase_add_test(tc, shadowing);

    tc = add_case(suite, "tables");
    tcase_add_loop_test(tc, tables_are_the_printed_ones, 0, 4);
    tcase_add_test(tc, efficiencies_are_exact);
    tcase_add_loop_test(tc, mcs_of_each_cqi, 0, 4);
    tcase_add_loop_test(tc, named_sets_are_the_published_ones, 0, n_sets);
    tcase_add_test(tc, sets_and_tables_belong_together);
    tcase_add_loop_test(tc, cqi_at_and_below_every_threshold, 0, n_sets);

    tc = add_case(suite, "files");
    tcase_add_test(tc, own_thresholds_are_read);
    tcase_add_test(tc, own_thresholds_may_differ_by_direction);
    tcase_add_test(tc, own_thresholds_reach_the_limits);
    tcase_add_loop_test(tc, own_thresholds_are_checked, 0, G_N_ELEMENTS(bad_thresholds));
    tcase_add_test(tc, complaints_are_bounded);
    tcase_add_test(tc, thresholds_that_cannot_be_read);
    tcase_add_test(tc, tables_are_checked);
    tcase_add_test(tc, mcs_of_cqi_takes_the_later_of_equals);

    tc = add_case(suite, "rates");
    tcase_add_test(tc, rate_of_each_cqi);
    tcase_add_test(tc, directions_have_their_own_thresholds);
    tcase_add_test(tc, outage_repeat);
    tcase_add_test(tc, outage_floor);
    tcase_add_test(tc, rate_of_a_measured_cqi);
    tcase_add_test(tc, gap_as_ns3);
    tcase_add_test(tc, shannon);
    tcase_add_test(tc, rates_never_fall_with_snr);
    return cs_check_main(suite);
}
