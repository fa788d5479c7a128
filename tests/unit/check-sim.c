/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim: the protocol of a training round against Eq. 7-11 of the letter, written out
 * here once more from the formulas and not through the library's profile, link or cost.
 */
#include "cs-check.h"

#include "base/units.h"
#include "scenario/defaults.h"
#include "sim/config.h"
#include "sim/simulation.h"

#include <string.h>

/* --- the letter's experiment, by hand --------------------------------------------------------- */

enum { DEVICES = 5, LAYERS = 32, EPOCHS = 5 };

static const double device_hz[DEVICES] = {1.3e9, 1.0e9, 0.7e9, 0.7e9, 0.5e9};
static const double device_cores[DEVICES] = {2048, 2048, 1792, 1024, 512};
static const double distance_m[DEVICES] = {8, 13, 18, 23, 28};
static const double server_hz = 2.46e9, server_cores = 3072, power_w_per_hz3 = 1e-25;

/* TS 38.214 Table 5.2.2.1-2 and the thresholds nr-awgn (dB): see models/radio. */
static const double qm[15] = {2, 2, 2, 2, 2, 2, 4, 4, 4, 6, 6, 6, 6, 6, 6};
static const double rate_x1024[15] = {78,  120, 193, 308, 449, 602, 378, 490,
                                      616, 466, 567, 666, 772, 873, 948};
static const double threshold_db[15] = {-5.84, -4.2,  -2.08, -0.23, 1.66,  3.08,  5.03, 7.02,
                                        9.01,  10.99, 12.99, 15.01, 16.51, 18.49, 19.99};

static CsRadio letter_radio(double exponent)
{
    CsRadio radio = {.carrier_hz = 3.5e9,
                     .bandwidth_hz = 50e6,
                     .path_loss_exponent = exponent,
                     .reference_distance_m = 1,
                     .reference_loss = pow(4 * G_PI * 3.5e9 / 299792458.0, 2),
                     .noise_density_w_per_hz = 1e-3 * pow(10, -17.4),
                     .fading = {.kind = CS_FADING_NONE},
                     .max_repetitions = 32,
                     .table = {.number = 1, .n_mcs = 1}};
    for (int i = 1; i < CS_CQI_N; i++) {
        radio.table.cqi[i] =
            (CsFormat){qm[i - 1], rate_x1024[i - 1], qm[i - 1] * rate_x1024[i - 1] / 1024};
        radio.thresholds.uplink[i] = radio.thresholds.downlink[i] =
            pow(10, threshold_db[i - 1] / 10);
    }
    return radio;
}

/* Not yet prepared, so that a test may change it. */
static CsConfig *letter_config(double exponent, const char *policy)
{
    CsConfig *config = cs_config_new();
    config->rounds = 1;
    config->local_epochs = EPOCHS;
    config->compression = 0.1;
    config->architecture = cs_architecture_new(
        "llama-3.2-1b", LAYERS, 2048, 128256,
        (CsLayerShape){
            .heads = 32, .kv_heads = 8, .head_dim = 64, .intermediate = 8192, .gated = TRUE});
    config->training = (CsTraining){.batch = 16,
                                    .sequence_length = 256,
                                    .lora_rank = 8,
                                    .lora_targets = CS_LORA_ALL,
                                    .activation_bit = 16,
                                    .adapter_bit = 32,
                                    .head = TRUE};
    config->server = (CsServer){.frequency_max_hz = server_hz,
                                .cores = server_cores,
                                .flops_per_cycle = 2,
                                .power_coefficient = power_w_per_hz3,
                                .gpus = 1,
                                .tx_power_w = 1,
                                .noise_factor = pow(10, 0.5)};
    for (int i = 0; i < DEVICES; i++) {
        char name[] = {(char)('1' + i), '\0'};
        CsDeviceGroup *group = cs_config_add_group(config, name);
        group->frequency_hz = device_hz[i];
        group->cores = device_cores[i];
        group->distance_min_m = group->distance_max_m = distance_m[i];
        group->tx_power_w = 1e-3 * pow(10, 2.3);
        group->noise_factor = pow(10, 0.9);
        group->radio = letter_radio(exponent);
    }
    config->policy = cs_policy_find(policy);
    ck_assert_ptr_nonnull(config->policy);
    config->policy_settings.weight = 0.2;
    return config;
}

static void prepare(CsConfig *config)
{
    GError *error = NULL;
    gint group;
    ck_assert_msg(cs_config_prepare(config, &group, &error), "%s", error ? error->message : "");
}

/* --- what a simulation told ------------------------------------------------------------------- */

typedef struct {
    CsSink sink;
    GArray *round, *span, *device;
    CsTotals totals;
    guint n_totals;
} Told;

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    g_array_append_val(((Told *)sink)->round, *record);
}

static void take_span(CsSink *sink, const CsSpan *span)
{
    g_array_append_val(((Told *)sink)->span, *span);
}

static void take_device(CsSink *sink, const CsDeviceTotals *totals)
{
    g_array_append_val(((Told *)sink)->device, *totals);
}

static void take_totals(CsSink *sink, const CsTotals *totals)
{
    ((Told *)sink)->totals = *totals;
    ((Told *)sink)->n_totals++;
}

static Told *told_new(void)
{
    Told *told = g_new0(Told, 1);
    told->sink = (CsSink){
        .round = take_round, .span = take_span, .device = take_device, .totals = take_totals};
    told->round = g_array_new(FALSE, FALSE, sizeof(CsRoundRecord));
    told->span = g_array_new(FALSE, FALSE, sizeof(CsSpan));
    told->device = g_array_new(FALSE, FALSE, sizeof(CsDeviceTotals));
    return told;
}

static void told_free(Told *told)
{
    g_array_unref(told->round);
    g_array_unref(told->span);
    g_array_unref(told->device);
    g_free(told);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

static const CsRoundRecord *record_at(const Told *told, guint i)
{
    ck_assert_uint_lt(i, told->round->len);
    return &g_array_index(told->round, CsRoundRecord, i);
}

/* Runs replication `replication` of a prepared configuration. Transfer full. */
static Told *run(const CsConfig *config, guint64 replication)
{
    GError *error = NULL;
    Told *told = told_new();
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, replication, &told->sink);
    ck_assert_msg(cs_simulation_run(simulation, NULL, &error), "%s", error ? error->message : "");
    ck_assert_uint_eq(told->n_totals, 1);
    ck_assert_uint_eq(told->round->len, config->rounds * config->n_devices);
    ck_assert_uint_eq(told->totals.events,
                      config->rounds * config->n_devices * (6 * config->local_epochs + 2));
    return told;
}

/* --- the hand calculation --------------------------------------------------------------------- */

typedef struct {
    double forward, backward, head, adapter_bit, smashed_bit; /* of a layer; φ S of a mini-batch */
} Workload;

static Workload hand_workload(void)
{
    const double b = 16, s = 256, h = 2048, heads = 32, kv = 8, d = 64, f = 8192, v = 128256;
    const double r = 8;
    double weights = 2 * h * heads * d + 2 * h * kv * d + 3 * h * f;
    double lora = r * (2 * (h + heads * d) + 2 * (h + kv * d) + 3 * (h + f));
    double attention = 4 * b * s * s * heads * d;
    return (Workload){.forward = 2 * weights * b * s + attention + 2 * lora * b * s,
                      .backward = 2 * weights * b * s + 2 * attention + 4 * lora * b * s,
                      .head = 2 * h * v * b * s,
                      .adapter_bit = lora * 32,
                      .smashed_bit = 0.1 * b * s * h * 16};
}

/* Rate of the link budget at `tx_w` and receiver noise figure `noise_db`, rule cqi, repeat. */
static double hand_rate(double tx_w, double noise_db, double distance, double exponent)
{
    double wavelength = 299792458.0 / 3.5e9;
    double loss = pow(4 * G_PI / wavelength, 2) * pow(distance, exponent);
    double noise_w = 1e-3 * pow(10, -174 / 10.0) * 50e6 * pow(10, noise_db / 10);
    double snr = tx_w / loss / noise_w, snr_db = 10 * log10(snr);
    int cqi = 0;
    while (cqi < 15 && snr_db >= threshold_db[cqi])
        cqi++;
    double format = fmax(cqi, 1) - 1;
    double efficiency = qm[(int)format] * rate_x1024[(int)format] / 1024;
    double repeated = cqi > 0 ? 1 : fmax(pow(10, (snr_db - threshold_db[0]) / 10), 1.0 / 32);
    return 50e6 * efficiency * repeated;
}

typedef struct {
    double stage_s[CS_STAGE_TOLD_N]; /* over the epochs */
    double delay_s, energy_j;
} Hand;

/* Eq. 7-11 for device `i` at one decision. */
static Hand hand_round(int i, double exponent, guint cut, double frequency_hz)
{
    Workload w = hand_workload();
    double up = hand_rate(1e-3 * pow(10, 2.3), 5, distance_m[i], exponent);
    double down = hand_rate(1, 9, distance_m[i], exponent);
    double device_flops = device_hz[i] * 2 * device_cores[i];
    double server_flops = frequency_hz * 2 * server_cores;
    double left = LAYERS - (double)cut;
    Hand hand = {
        .stage_s = {
            [CS_STAGE_ADAPTER_DOWN] = cut * w.adapter_bit / down,
            [CS_STAGE_DEVICE_FORWARD] = EPOCHS * cut * w.forward / device_flops,
            [CS_STAGE_SMASHED_UP] = EPOCHS * w.smashed_bit / up,
            [CS_STAGE_SERVER_FORWARD] = EPOCHS * (left * w.forward + w.head) / server_flops,
            [CS_STAGE_SERVER_BACKWARD] = EPOCHS * (left * w.backward + w.head) / server_flops,
            [CS_STAGE_GRADIENT_DOWN] = EPOCHS * w.smashed_bit / down,
            [CS_STAGE_DEVICE_BACKWARD] = EPOCHS * cut * w.backward / device_flops,
            [CS_STAGE_ADAPTER_UP] = cut * w.adapter_bit / up,
        }};
    for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++)
        hand.delay_s += hand.stage_s[stage];
    hand.energy_j = EPOCHS * power_w_per_hz3 * frequency_hz * frequency_hz *
                    (left * (w.forward + w.backward) + 2 * w.head) / (2 * server_cores);
    return hand;
}

/* f* of Eq. 16 from the corners of Eq. 13-15, device `i`. */
static double hand_frequency(int i, double exponent)
{
    double weight = 0.2, f_min = device_hz[i] * device_cores[i] / server_cores;
    Hand slow = hand_round(i, exponent, LAYERS, f_min);
    Hand fast = hand_round(i, exponent, 0, server_hz);
    double q = cbrt(weight * (fast.energy_j - slow.energy_j) /
                    (2 * power_w_per_hz3 * (1 - weight) * (slow.delay_s - fast.delay_s)));
    return fmin(fmax(q, f_min), server_hz);
}

/* The cheapest cut at f* (Algorithm 1). */
static guint hand_cut(int i, double exponent, double frequency_hz)
{
    double f_min = device_hz[i] * device_cores[i] / server_cores;
    Hand slow = hand_round(i, exponent, LAYERS, f_min);
    Hand fast = hand_round(i, exponent, 0, server_hz);
    guint best = 0;
    double least = INFINITY;
    for (guint cut = 0; cut <= LAYERS; cut++) {
        Hand at = hand_round(i, exponent, cut, frequency_hz);
        double cost = 0.2 * (at.delay_s - fast.delay_s) / (slow.delay_s - fast.delay_s) +
                      0.8 * (at.energy_j - slow.energy_j) / (fast.energy_j - slow.energy_j);
        if (cost < least - 1e-12) {
            least = cost;
            best = cut;
        }
    }
    return best;
}

START_TEST(the_workload_of_the_letter)
{
    g_autoptr(CsConfig) config = letter_config(2, "card");
    prepare(config);
    ck_assert(config->profile->total_flop == 37291053547520.0);
    ck_assert(config->profile->adapter_bit[LAYERS] == 360710144.0);
    Workload w = hand_workload();
    ck_assert_close(LAYERS * (w.forward + w.backward) + 2 * w.head, 37291053547520.0, 1e-15);
    ck_assert_close(LAYERS * w.adapter_bit, 360710144.0, 1e-15);
}
END_TEST

/* DESIGN's independent figures without fading: sums over the five devices, one round. */
static const struct {
    double exponent;
    double card_s, device_only_s, card_j, server_only_j;
    guint cut[DEVICES];
} state_table[] = {
    {2, 257.7513, 617.0479, 3598.417, 8077.492, {32, 32, 0, 0, 0}},
    {4, 258.1500, 618.7999, 3595.699, 8074.773, {32, 32, 0, 0, 0}},
    {6, 462.7599, 1622.8134, 4153.317, 6627.502, {32, 0, 0, 0, 0}},
};

static void check_stages(const CsRoundRecord *record, double exponent)
{
    int i = (int)record->device;
    Hand hand = hand_round(i, exponent, record->decision.cut, record->decision.frequency_hz);
    for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++) {
        if (hand.stage_s[stage] == 0)
            ck_assert_int_eq(record->stage_ns[stage], 0);
        else
            ck_assert_close((double)record->stage_ns[stage] / 1e9, hand.stage_s[stage], 1e-6);
    }
    ck_assert_close((double)(record->end_ns - record->start_ns) / 1e9, hand.delay_s, 1e-9);
    ck_assert_close(record->server_energy_j, hand.energy_j, 1e-12);
    ck_assert_int_eq(record->wait_ns, 0);
    ck_assert(isnan(record->device_energy_j));
    double up_s = hand.stage_s[CS_STAGE_SMASHED_UP] + hand.stage_s[CS_STAGE_ADAPTER_UP];
    double down_s = hand.stage_s[CS_STAGE_GRADIENT_DOWN] + hand.stage_s[CS_STAGE_ADAPTER_DOWN];
    ck_assert_close(record->radio_energy_j, 1e-3 * pow(10, 2.3) * up_s + down_s, 1e-9);
}

START_TEST(the_letter_without_fading)
{
    static const char *const policy[] = {"card", "device-only", "server-only", "server-only"};
    for (gsize s = 0; s < G_N_ELEMENTS(state_table); s++) {
        for (int p = 0; p < 4; p++) {
            double exponent = state_table[s].exponent, delay_s = 0, energy_j = 0;
            g_autoptr(CsConfig) config = letter_config(exponent, policy[p]);
            if (p == 3)
                config->policy_settings.frequency_rule = CS_FREQUENCY_MAX;
            prepare(config);
            g_autoptr(Told) told = run(config, 1);
            for (guint i = 0; i < DEVICES; i++) {
                const CsRoundRecord *record = record_at(told, i);
                ck_assert_uint_eq(record->device, i);
                ck_assert_uint_eq(record->round, 1);
                double f = p == 3 ? server_hz : hand_frequency((int)i, exponent);
                guint cut = p == 0 ? hand_cut((int)i, exponent, f) : p == 1 ? LAYERS : 0;
                ck_assert_close(record->decision.frequency_hz, f, 1e-12);
                ck_assert_uint_eq(record->decision.cut, cut);
                if (p == 0)
                    ck_assert_uint_eq(cut, state_table[s].cut[i]);
                check_stages(record, exponent);
                delay_s += (double)(record->end_ns - record->start_ns) / 1e9;
                energy_j += record->server_energy_j;
            }
            /* The table's figures have seven to eight digits. */
            if (p == 0) {
                ck_assert_close(delay_s, state_table[s].card_s, 1e-6);
                ck_assert_close(energy_j, state_table[s].card_j, 1e-6);
            } else if (p == 1) {
                ck_assert_close(delay_s, state_table[s].device_only_s, 1e-6);
            } else if (p == 2) {
                ck_assert_close(energy_j, state_table[s].server_only_j, 1e-6);
            } else {
                ck_assert_close(energy_j, 91825.578, 1e-6);
            }
            ck_assert_close(told->totals.sum.delay_s, delay_s, 1e-12);
            ck_assert_close(told->totals.makespan_s, delay_s, 1e-12);
            ck_assert_close(told->totals.sum.server_energy_j, energy_j, 1e-12);
            ck_assert(isnan(told->totals.sum.device_energy_j));
        }
    }
}
END_TEST

/* --- Eq. 9-11 over random configurations ------------------------------------------------------ */

static double between(gsl_rng *rng, double low, double high)
{
    return low + (high - low) * gsl_rng_uniform(rng);
}

static void random_device(gsl_rng *rng, CsConfig *config, guint i)
{
    g_autofree char *name = g_strdup_printf("d%u", i);
    CsDeviceGroup *group = cs_config_add_group(config, name);
    group->frequency_hz = between(rng, 0.2e9, 1.2e9);
    group->cores = floor(between(rng, 64, 1500));
    group->power_coefficient = i % 2 == 0 ? NAN : between(rng, 1e-28, 1e-26);
    group->rx_power_w = i % 3 == 0 ? NAN : between(rng, 0.1, 2);
    group->tx_circuit_power_w = i % 4 < 2 ? 0 : between(rng, 0.1, 3);
    group->distance_min_m = between(rng, 2, 40);
    group->distance_max_m = group->distance_min_m + (i % 2 == 0 ? 0 : 20);
    group->tx_power_w = between(rng, 0.01, 1);
    group->noise_factor = between(rng, 1, 10);
    group->radio = letter_radio(between(rng, 2, 6));
    group->radio.bandwidth_hz = between(rng, 1e6, 100e6);
    group->radio.fading.kind = CS_FADING_RAYLEIGH;
    group->radio.shadowing_db = i % 2 == 0 ? 0 : 6;
    group->radio.rate = i % 4 == 3 ? CS_RATE_SHANNON : CS_RATE_CQI;
}

static CsConfig *random_config(gsl_rng *rng, guint devices)
{
    static const char *const policy[] = {"card", "random", "server-only", "device-only",
                                         "delay-only"};
    CsConfig *config = letter_config(2, policy[gsl_rng_uniform_int(rng, 5)]);
    for (guint i = 0; i < config->n_groups; i++)
        g_free(config->groups[i].name);
    config->n_groups = 0;
    for (guint i = 0; i < devices; i++)
        random_device(rng, config, i);
    cs_architecture_set_layers(config->architecture, 1 + (guint)gsl_rng_uniform_int(rng, 40));
    config->local_epochs = 1 + (guint)gsl_rng_uniform_int(rng, 12);
    config->compression = between(rng, 0.01, 1);
    config->training.lora_rank = (guint)gsl_rng_uniform_int(rng, 17); /* 0: nothing to send */
    config->training.head = gsl_rng_uniform_int(rng, 2) == 0;
    config->policy_settings.weight = gsl_rng_uniform(rng);
    config->server.gpus = 1 + (guint)gsl_rng_uniform_int(rng, 3);
    config->rounds = 4;
    config->seed = gsl_rng_get(rng);
    return config;
}

/* Eq. 9-11 at the record's decision and rates. */
static void check_equations(const CsConfig *config, const CsRoundRecord *record)
{
    const CsDeviceGroup *group = &config->groups[record->device];
    const CsProfile *p = config->profile;
    guint c = record->decision.cut;
    double f = record->decision.frequency_hz, epochs = config->local_epochs;
    double device_flop = p->device_forward_flop[c] + p->device_backward_flop[c];
    double left_flop = p->total_flop - device_flop;
    double smashed_bit = config->compression * p->smashed_bit[c];
    double up = record->uplink.rate_bps, down = record->downlink.rate_bps;
    double up_s = epochs * smashed_bit / up + p->adapter_bit[c] / up;
    double down_s = epochs * smashed_bit / down + p->adapter_bit[c] / down;
    double delay_s = epochs * device_flop / (group->frequency_hz * 2 * group->cores) +
                     epochs * left_flop / (f * 2 * server_cores) + up_s + down_s;
    double delay_ns = (double)(record->end_ns - record->start_ns);
    /* Half a tick an event, and what a double of that size cannot tell apart. */
    ck_assert(fabs(delay_ns - delay_s * 1e9) <= (6 * epochs + 2) / 2 + 1e-14 * delay_s * 1e9);
    if (left_flop > 0)
        ck_assert_close(record->server_energy_j,
                        epochs * power_w_per_hz3 * f * f * left_flop / (2 * server_cores), 1e-12);
    double receive_w = isnan(group->rx_power_w) ? 0 : group->rx_power_w;
    ck_assert_close(
        record->radio_energy_j,
        (group->tx_power_w + group->tx_circuit_power_w) * up_s + (1 + receive_w) * down_s, 1e-12);
    if (isnan(group->power_coefficient))
        ck_assert(isnan(record->device_energy_j));
    else
        ck_assert_close(record->device_energy_j,
                        epochs * group->power_coefficient * pow(group->frequency_hz, 2) *
                            device_flop / (2 * group->cores),
                        1e-12);
}

static gint64 sum_of_stages(const CsRoundRecord *record)
{
    gint64 sum_ns = 0;
    for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++) {
        ck_assert_int_ge(record->stage_ns[stage], 0);
        sum_ns += record->stage_ns[stage];
    }
    return sum_ns;
}

START_TEST(a_round_follows_the_equations)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    gsl_rng_set(rng, 176);
    for (int i = 0; i < 300; i++) {
        gboolean parallel = i % 2 == 1;
        g_autoptr(CsConfig) config = random_config(rng, parallel ? 1 : 4);
        config->schedule = parallel ? CS_SCHEDULE_PARALLEL : CS_SCHEDULE_SEQUENTIAL;
        prepare(config);
        g_autoptr(Told) told = run(config, 1);
        gint64 end_ns = 0;
        for (guint k = 0; k < told->round->len; k++) {
            const CsRoundRecord *record = record_at(told, k);
            check_equations(config, record);
            /* One after the other, without a gap and without waiting. */
            ck_assert_int_eq(record->start_ns, end_ns);
            end_ns = record->end_ns;
            ck_assert_int_eq(record->wait_ns, 0);
            ck_assert_int_eq(sum_of_stages(record), record->end_ns - record->start_ns);
        }
    }
    gsl_rng_free(rng);
}
END_TEST

/* By GPU, then by time. */
static gint by_gpu_and_start(gconstpointer a, gconstpointer b)
{
    const CsSpan *x = a, *y = b;
    if (x->gpu != y->gpu)
        return x->gpu < y->gpu ? -1 : 1;
    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

/* Forward and backward follow each other at once, and no GPU serves two at a time. */
static void check_gpus(const CsConfig *config, const Told *told)
{
    g_autoptr(GArray) jobs = g_array_new(FALSE, FALSE, sizeof(CsSpan));
    guint open[8] = {0};
    CsSpan forward[8];
    for (guint i = 0; i < told->span->len; i++) {
        CsSpan span = g_array_index(told->span, CsSpan, i);
        if (span.stage == CS_STAGE_SERVER_FORWARD) {
            forward[span.device] = span;
            open[span.device]++;
        } else if (span.stage == CS_STAGE_SERVER_BACKWARD) {
            CsSpan job = forward[span.device];
            ck_assert_uint_eq(open[span.device]--, 1);
            ck_assert_int_eq(job.end_ns, span.start_ns);
            ck_assert_uint_eq(job.gpu, span.gpu);
            ck_assert_uint_eq(job.epoch, span.epoch);
            job.end_ns = span.end_ns;
            g_array_append_val(jobs, job);
        }
    }
    ck_assert_uint_eq(jobs->len, config->rounds * config->n_devices * config->local_epochs);
    g_array_sort(jobs, by_gpu_and_start);
    for (guint i = 0; i < jobs->len; i++) {
        const CsSpan *job = &g_array_index(jobs, CsSpan, i);
        ck_assert_uint_lt(job->gpu, config->server.gpus);
        if (i > 0 && job[-1].gpu == job->gpu)
            ck_assert_int_ge(job->start_ns, job[-1].end_ns);
    }
}

START_TEST(parallel_devices_share_the_gpus)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    gsl_rng_set(rng, 180);
    gint64 waited_ns = 0;
    for (int i = 0; i < 100; i++) {
        g_autoptr(CsConfig) config = random_config(rng, 6);
        config->schedule = CS_SCHEDULE_PARALLEL;
        prepare(config);
        g_autoptr(Told) told = run(config, 1);
        gint64 start_ns = 0, last_ns = 0;
        for (guint k = 0; k < told->round->len; k++) {
            const CsRoundRecord *record = record_at(told, k);
            if (record->device == 0) {
                start_ns = last_ns;
                ck_assert_uint_eq(record->round, k / 6 + 1);
            }
            ck_assert_uint_eq(record->device, k % 6);
            ck_assert_int_eq(record->start_ns, start_ns);
            ck_assert_int_eq(sum_of_stages(record) + record->wait_ns,
                             record->end_ns - record->start_ns);
            ck_assert_int_ge(record->wait_ns, 0);
            waited_ns += record->wait_ns;
            last_ns = MAX(last_ns, record->end_ns);
        }
        check_gpus(config, told);
    }
    ck_assert_int_gt(waited_ns, 0); /* it did come to queueing */
    gsl_rng_free(rng);
}
END_TEST

START_TEST(enough_gpus_make_nobody_wait)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    gsl_rng_set(rng, 181);
    g_autoptr(CsConfig) config = random_config(rng, 6);
    config->schedule = CS_SCHEDULE_PARALLEL;
    config->server.gpus = 6;
    prepare(config);
    g_autoptr(Told) six = run(config, 1);
    config->server.gpus = CS_GPUS_UNLIMITED;
    g_autoptr(Told) unlimited = run(config, 1);
    for (guint k = 0; k < six->round->len; k++) {
        ck_assert_mem_eq(record_at(six, k)->stage_ns, record_at(unlimited, k)->stage_ns,
                         sizeof(gint64) * CS_STAGE_TOLD_N);
        ck_assert_int_eq(record_at(six, k)->end_ns, record_at(unlimited, k)->end_ns);
        ck_assert_int_eq(record_at(six, k)->wait_ns, 0);
        check_equations(config, record_at(unlimited, k));
    }
    gsl_rng_free(rng);
}
END_TEST

START_TEST(simultaneous_arrivals_go_in_file_order)
{
    /* Three equal devices on one GPU: each waits for those before it in the file, in each epoch
     * but the first only for what its turn has not staggered already. */
    g_autoptr(CsConfig) config = letter_config(2, "server-only");
    config->schedule = CS_SCHEDULE_PARALLEL;
    config->local_epochs = 1;
    for (guint i = 0; i < 3; i++) {
        config->groups[i].frequency_hz = 1e9;
        config->groups[i].cores = 512;
        config->groups[i].distance_min_m = config->groups[i].distance_max_m = 8;
    }
    config->groups[3].count = config->groups[4].count = 0;
    prepare(config);
    g_autoptr(Told) told = run(config, 1);
    gint64 job_ns = record_at(told, 0)->stage_ns[CS_STAGE_SERVER_FORWARD] +
                    record_at(told, 0)->stage_ns[CS_STAGE_SERVER_BACKWARD];
    ck_assert_int_gt(job_ns, 0);
    for (guint i = 0; i < 3; i++)
        ck_assert_int_eq(record_at(told, i)->wait_ns, i * job_ns);
    ck_assert_close(told->totals.sum.wait_s, 3 * (double)job_ns / 1e9, 1e-12);
}
END_TEST

static void note_effort(const CsPolicySettings *settings, const CsCrowd *crowd,
                        CsDecision *decisions)
{
    ck_assert_uint_eq(crowd->n, DEVICES);
    ck_assert_uint_eq(crowd->effort, MAX(settings->search_effort / DEVICES, 1));
    for (guint i = 0; i < crowd->n; i++)
        decisions[i] = (CsDecision){i, crowd->round[i].cost->frequency_max_hz};
    ck_assert(isfinite(crowd->rollout(crowd->context, decisions, NULL)));
}

/* A policy's own decide_crowd() is told its share of the effort, 1 at least, and gets its way. */
START_TEST(a_crowd_of_a_policy)
{
    static const guint efforts[] = {0, 1, DEVICES, 4 * DEVICES + 3};
    for (guint k = 0; k < G_N_ELEMENTS(efforts); k++) {
        CsPolicy policy = *cs_policy_find("server-only");
        g_autoptr(CsConfig) config = letter_config(2, "server-only");
        policy.decide_crowd = note_effort;
        config->policy = &policy;
        config->policy_settings.search_effort = efforts[k];
        config->schedule = CS_SCHEDULE_PARALLEL;
        prepare(config);
        g_autoptr(Told) told = run(config, 1);
        for (guint i = 0; i < DEVICES; i++) {
            ck_assert_uint_eq(record_at(told, i)->decision.cut, i);
            ck_assert(record_at(told, i)->decision.frequency_hz ==
                      config->groups[i].cost.frequency_max_hz);
        }
    }
}
END_TEST

START_TEST(up_and_down_are_not_swapped)
{
    /* A whisper up, a shout down: 0.1 mW against 100 W, Shannon rates worked out here. */
    g_autoptr(CsConfig) config = letter_config(2, "static");
    config->policy_settings.cut = 7;
    config->server.tx_power_w = 100;
    CsDeviceGroup *group = &config->groups[0];
    for (guint i = 1; i < DEVICES; i++)
        config->groups[i].count = 0;
    group->tx_power_w = 1e-4;
    group->radio.rate = CS_RATE_SHANNON;
    prepare(config);
    g_autoptr(Told) told = run(config, 1);
    const CsRoundRecord *record = record_at(told, 0);
    Workload w = hand_workload();
    double gain = pow(299792458.0 / 3.5e9 / (4 * G_PI * 8), 2);
    double noise_w = 1e-3 * pow(10, -17.4) * 50e6;
    double up = 50e6 * log2(1 + 1e-4 * gain / (noise_w * pow(10, 0.5)));
    double down = 50e6 * log2(1 + 100 * gain / (noise_w * pow(10, 0.9)));
    ck_assert_double_gt(down / up, 2);
    const double expected_s[] = {7 * w.adapter_bit / down, 5 * w.smashed_bit / up,
                                 5 * w.smashed_bit / down, 7 * w.adapter_bit / up};
    const CsStage stage[] = {CS_STAGE_ADAPTER_DOWN, CS_STAGE_SMASHED_UP, CS_STAGE_GRADIENT_DOWN,
                             CS_STAGE_ADAPTER_UP};
    for (int i = 0; i < 4; i++)
        ck_assert_close((double)record->stage_ns[stage[i]] / 1e9, expected_s[i], 1e-7);
    ck_assert_close(record->radio_energy_j,
                    1e-4 * (expected_s[1] + expected_s[3]) + 100 * (expected_s[0] + expected_s[2]),
                    1e-9);
}
END_TEST

/* --- draws ------------------------------------------------------------------------------------ */

static void make_fading(CsConfig *config)
{
    for (guint i = 0; i < config->n_groups; i++) {
        config->groups[i].radio.fading.kind = CS_FADING_RAYLEIGH;
        config->groups[i].radio.shadowing_db = 4;
        config->groups[i].distance_min_m = 5;
        config->groups[i].distance_max_m = 30;
    }
    config->rounds = 20;
}

/* The SNRs of the device called `name`, round after round, both directions. Transfer full. */
static GArray *snr_of(const CsConfig *config, const Told *told, const char *name)
{
    GArray *snr = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint k = 0; k < told->round->len; k++) {
        const CsRoundRecord *record = record_at(told, k);
        g_autofree char *its_name = cs_config_device_name(config, record->device);
        if (strcmp(its_name, name) != 0)
            continue;
        g_array_append_val(snr, record->uplink.snr);
        g_array_append_val(snr, record->downlink.snr);
    }
    return snr;
}

static gboolean same_snr(const CsConfig *a, const Told *told_a, const CsConfig *b,
                         const Told *told_b, const char *name)
{
    g_autoptr(GArray) x = snr_of(a, told_a, name), y = snr_of(b, told_b, name);
    ck_assert_uint_eq(x->len, 2 * a->rounds);
    ck_assert_uint_eq(y->len, 2 * b->rounds);
    return memcmp(x->data, y->data, x->len * sizeof(double)) == 0;
}

/* Bit for bit; padding apart. */
static gboolean same_record(const CsRoundRecord *a, const CsRoundRecord *b)
{
    return a->device == b->device && a->round == b->round && a->decision.cut == b->decision.cut &&
           a->decision.frequency_hz == b->decision.frequency_hz && a->uplink.snr == b->uplink.snr &&
           a->uplink.rate_bps == b->uplink.rate_bps && a->uplink.cqi == b->uplink.cqi &&
           a->downlink.snr == b->downlink.snr && a->downlink.rate_bps == b->downlink.rate_bps &&
           a->downlink.cqi == b->downlink.cqi &&
           memcmp(a->stage_ns, b->stage_ns, sizeof a->stage_ns) == 0 && a->wait_ns == b->wait_ns &&
           a->start_ns == b->start_ns && a->end_ns == b->end_ns &&
           a->server_energy_j == b->server_energy_j && a->radio_energy_j == b->radio_energy_j &&
           a->cost == b->cost;
}

START_TEST(draws_depend_on_name_seed_and_replication_alone)
{
    g_autoptr(CsConfig) base = letter_config(4, "card");
    make_fading(base);
    prepare(base);
    g_autoptr(Told) told = run(base, 1), again = run(base, 1), second = run(base, 2);
    for (guint k = 0; k < told->round->len; k++)
        ck_assert(same_record(record_at(told, k), record_at(again, k)));
    ck_assert(!same_snr(base, told, base, second, "1"));

    g_autoptr(CsConfig) reseeded = letter_config(4, "card");
    make_fading(reseeded);
    reseeded->seed = 2;
    prepare(reseeded);
    g_autoptr(Told) told_reseeded = run(reseeded, 1);
    ck_assert(!same_snr(base, told, reseeded, told_reseeded, "1"));

    /* Another policy and schedule, an added device, the rest in reverse order. */
    g_autoptr(CsConfig) other = letter_config(4, "random");
    CsDeviceGroup *added = cs_config_add_group(other, "added");
    char *name = added->name;
    *added = other->groups[0];
    added->name = name;
    added->counted = TRUE;
    added->count = 3;
    for (guint i = 0; i < other->n_groups / 2; i++) {
        CsDeviceGroup swapped = other->groups[i];
        other->groups[i] = other->groups[other->n_groups - 1 - i];
        other->groups[other->n_groups - 1 - i] = swapped;
    }
    make_fading(other);
    other->schedule = CS_SCHEDULE_PARALLEL;
    prepare(other);
    g_autoptr(Told) told_other = run(other, 1);
    for (char device[] = "1"; device[0] <= '5'; device[0]++)
        ck_assert(same_snr(base, told, other, told_other, device));
    g_autoptr(GArray) a = snr_of(other, told_other, "added.1");
    g_autoptr(GArray) b = snr_of(other, told_other, "added.2");
    ck_assert(memcmp(a->data, b->data, a->len * sizeof(double)) != 0);
}
END_TEST

START_TEST(reciprocal_channels_share_one_draw)
{
    g_autoptr(CsConfig) config = letter_config(4, "card");
    make_fading(config);
    config->groups[0].radio.reciprocal = TRUE;
    prepare(config);
    g_autoptr(Told) told = run(config, 1);
    double ratio = 0, other_ratio = 0;
    for (guint k = 0; k < told->round->len; k++) {
        const CsRoundRecord *record = record_at(told, k);
        double now = record->uplink.snr / record->downlink.snr;
        /* 23 dBm against 30 dBm, noise figures 5 dB against 9 dB: -3 dB between the ways. */
        if (record->device == 0)
            ck_assert_close(now, pow(10, -0.3), 1e-12);
        if (record->device == 1 && record->round > 1)
            other_ratio = fmax(other_ratio, fabs(now / ratio - 1));
        if (record->device == 1)
            ratio = now;
    }
    ck_assert_double_gt(other_ratio, 0.1);
}
END_TEST

START_TEST(every_transfer_draws_anew)
{
    /* Rayleigh: |g|² = -ln u at (round, transmission); transmissions count from 1: adapters down,
     * then up and down of each epoch, adapters up; 0 is the round's start. Shannon rates. */
    enum { T = 3, CUT = 4 };
    g_autoptr(CsConfig) config = letter_config(4, "static");
    config->policy_settings.cut = CUT;
    config->local_epochs = T;
    config->rounds = 3;
    for (guint i = 1; i < DEVICES; i++)
        config->groups[i].count = 0;
    CsDeviceGroup *group = &config->groups[0];
    group->radio.fading.kind = CS_FADING_RAYLEIGH;
    group->radio.coherence = CS_COHERENCE_TRANSMISSION;
    group->radio.rate = CS_RATE_SHANNON;
    prepare(config);
    g_autoptr(Told) told = run(config, 1);

    Workload w = hand_workload();
    guint64 entity = cs_entity_hash("1");
    CsRandomKey up = cs_random_key(1, 1, entity, CS_PURPOSE_FADING_UPLINK);
    CsRandomKey down = cs_random_key(1, 1, entity, CS_PURPOSE_FADING_DOWNLINK);
    double loss = pow(4 * G_PI * 3.5e9 / 299792458.0, 2) * pow(8, 4);
    double noise_w = 1e-3 * pow(10, -17.4) * 50e6;
    double mean_up = 1e-3 * pow(10, 2.3) / (loss * noise_w * pow(10, 0.5));
    double mean_down = 1 / (loss * noise_w * pow(10, 0.9));
    guint at = 0;
    for (guint round = 1; round <= 3; round++) {
        const CsRoundRecord *record = record_at(told, round - 1);
        ck_assert_close(record->uplink.snr, -mean_up * log(cs_random_uniform(up, round, 0)), 1e-12);
        ck_assert_close(record->downlink.snr, -mean_down * log(cs_random_uniform(down, round, 0)),
                        1e-12);
        double up_s = 0, down_s = 0;
        guint32 transmission = 1;
        for (; at < told->span->len; at++) {
            CsSpan span = g_array_index(told->span, CsSpan, at);
            if (span.round != round)
                break;
            gboolean is_up = span.stage == CS_STAGE_SMASHED_UP || span.stage == CS_STAGE_ADAPTER_UP;
            gboolean is_down =
                span.stage == CS_STAGE_GRADIENT_DOWN || span.stage == CS_STAGE_ADAPTER_DOWN;
            if (!is_up && !is_down)
                continue;
            gboolean adapter =
                span.stage == CS_STAGE_ADAPTER_UP || span.stage == CS_STAGE_ADAPTER_DOWN;
            double u = cs_random_uniform(is_up ? up : down, round, transmission++);
            double rate = 50e6 * log2(1 - (is_up ? mean_up : mean_down) * log(u));
            double expected_s = (adapter ? CUT * w.adapter_bit : w.smashed_bit) / rate;
            double seconds = (double)(span.end_ns - span.start_ns) / 1e9;
            ck_assert_close(seconds, expected_s, 1e-6);
            *(is_up ? &up_s : &down_s) += expected_s;
        }
        ck_assert_uint_eq(transmission, 2 * T + 3);
        ck_assert_close(record->radio_energy_j, group->tx_power_w * up_s + down_s, 1e-9);
        ck_assert_int_eq(sum_of_stages(record), record->end_ns - record->start_ns);
    }
}
END_TEST

START_TEST(a_transfer_of_nothing_keeps_its_draw)
{
    /* Without adapters the same draws go to the same epochs, and nothing takes no time. */
    g_autoptr(CsConfig) with = letter_config(4, "static"), without = letter_config(4, "static");
    without->training.lora_rank = 0;
    CsConfig *both[] = {with, without};
    for (int i = 0; i < 2; i++) {
        both[i]->policy_settings.cut = 4;
        make_fading(both[i]);
        for (guint k = 0; k < DEVICES; k++)
            both[i]->groups[k].radio.coherence = CS_COHERENCE_TRANSMISSION;
        prepare(both[i]);
    }
    g_autoptr(Told) a = run(with, 1), b = run(without, 1);
    for (guint k = 0; k < a->round->len; k++) {
        ck_assert_int_eq(record_at(a, k)->stage_ns[CS_STAGE_SMASHED_UP],
                         record_at(b, k)->stage_ns[CS_STAGE_SMASHED_UP]);
        ck_assert_int_eq(record_at(a, k)->stage_ns[CS_STAGE_GRADIENT_DOWN],
                         record_at(b, k)->stage_ns[CS_STAGE_GRADIENT_DOWN]);
        ck_assert_int_gt(record_at(a, k)->stage_ns[CS_STAGE_ADAPTER_UP], 0);
        ck_assert_int_eq(record_at(b, k)->stage_ns[CS_STAGE_ADAPTER_UP], 0);
        ck_assert_int_eq(record_at(b, k)->stage_ns[CS_STAGE_ADAPTER_DOWN], 0);
    }
}
END_TEST

/* --- totals, errors --------------------------------------------------------------------------- */

START_TEST(totals_are_sums_and_do_not_depend_on_the_sink)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    gsl_rng_set(rng, 182);
    g_autoptr(CsConfig) config = random_config(rng, 5);
    for (guint i = 0; i < config->n_groups; i++) {
        config->groups[i].power_coefficient = 1e-27;
        config->groups[i].radio.rate = CS_RATE_CQI;
        config->groups[i].radio.path_loss_exponent = 6;
    }
    config->schedule = CS_SCHEDULE_PARALLEL;
    config->server.gpus = 1;
    config->rounds = 50;
    prepare(config);
    g_autoptr(Told) told = run(config, 3);
    ck_assert_uint_eq(told->device->len, 5);
    CsSums sum = {0}, added = {0};
    for (guint i = 0; i < 5; i++) {
        const CsDeviceTotals *device = &g_array_index(told->device, CsDeviceTotals, i);
        ck_assert_uint_eq(device->device, i);
        ck_assert_uint_eq(device->sum.rounds, 50);
        ck_assert_uint_eq(device->replication, 3);
        double delay_s = 0, wait_s = 0, cut = 0, frequency_hz = 0, cost = 0;
        guint64 outage = 0, beyond = 0;
        for (guint k = i; k < told->round->len; k += 5) {
            const CsRoundRecord *record = record_at(told, k);
            delay_s += (double)(record->end_ns - record->start_ns) / 1e9;
            wait_s += (double)record->wait_ns / 1e9;
            cut += record->decision.cut;
            frequency_hz += record->decision.frequency_hz;
            cost += record->cost;
            outage += record->uplink.outage;
            beyond += record->uplink.beyond_repetition;
        }
        ck_assert_close(device->sum.delay_s, delay_s, 1e-12);
        ck_assert_close(device->sum.wait_s, wait_s, 1e-12);
        ck_assert_close(device->sum.cut, cut, 1e-12);
        ck_assert_close(device->sum.frequency_hz, frequency_hz, 1e-12);
        ck_assert_close(device->sum.cost, cost, 1e-12);
        ck_assert_uint_eq(device->sum.outage_uplink, outage);
        ck_assert_uint_eq(device->sum.beyond_uplink, beyond);
        sum.delay_s += device->sum.delay_s;
        sum.wait_s += device->sum.wait_s;
        sum.server_energy_j += device->sum.server_energy_j;
        sum.device_energy_j += device->sum.device_energy_j;
        sum.radio_energy_j += device->sum.radio_energy_j;
        sum.cost += device->sum.cost;
        sum.cut += device->sum.cut;
        sum.frequency_hz += device->sum.frequency_hz;
        sum.outage_uplink += device->sum.outage_uplink;
        sum.beyond_uplink += device->sum.beyond_uplink;
        sum.beyond_downlink += device->sum.beyond_downlink;
        cs_sums_add(&added, &device->sum);
    }
    const CsSums *const both[] = {&told->totals.sum, &added};
    for (guint i = 0; i < 2; i++) {
        ck_assert_uint_eq(both[i]->rounds, 250);
        ck_assert_close(both[i]->delay_s, sum.delay_s, 1e-12);
        ck_assert_close(both[i]->wait_s, sum.wait_s, 1e-12);
        ck_assert_close(both[i]->server_energy_j, sum.server_energy_j, 1e-12);
        ck_assert_close(both[i]->device_energy_j, sum.device_energy_j, 1e-12);
        ck_assert_close(both[i]->radio_energy_j, sum.radio_energy_j, 1e-12);
        ck_assert_close(both[i]->cost, sum.cost, 1e-12);
        ck_assert_close(both[i]->cut, sum.cut, 1e-12);
        ck_assert_close(both[i]->frequency_hz, sum.frequency_hz, 1e-12);
        ck_assert_uint_eq(both[i]->outage_uplink, sum.outage_uplink);
        ck_assert_uint_eq(both[i]->beyond_uplink, sum.beyond_uplink);
        ck_assert_uint_eq(both[i]->beyond_downlink, sum.beyond_downlink);
        ck_assert(isnan(both[i]->lost.rounds) && isnan(both[i]->idle_energy_j));
    }

    g_autoptr(Told) bare = told_new();
    bare->sink = (CsSink){.totals = take_totals};
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 3, &bare->sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    ck_assert(bare->totals.sum.delay_s == told->totals.sum.delay_s);
    ck_assert(bare->totals.sum.wait_s == told->totals.sum.wait_s);
    ck_assert(bare->totals.sum.server_energy_j == told->totals.sum.server_energy_j);
    ck_assert(bare->totals.sum.radio_energy_j == told->totals.sum.radio_energy_j);
    ck_assert(bare->totals.sum.cost == told->totals.sum.cost);
    ck_assert(bare->totals.makespan_s == told->totals.makespan_s);
    ck_assert_uint_eq(bare->totals.events, told->totals.events);
    ck_assert_uint_eq(cs_simulation_events(simulation), told->totals.events);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(degenerate_corners_are_counted)
{
    /* A device exactly as fast as the server (in powers of two, so that nothing rounds) and no
     * adapters: D_max = D_min, f* = F_min = F_max. */
    g_autoptr(CsConfig) delay = letter_config(2, "card");
    /* A server that draws no power: E_max = E_min = 0, f* = F_max. */
    g_autoptr(CsConfig) energy = letter_config(2, "card");
    CsConfig *both[] = {delay, energy};
    for (int i = 0; i < 2; i++) {
        for (guint k = 1; k < DEVICES; k++)
            both[i]->groups[k].count = 0;
        both[i]->rounds = 3;
    }
    delay->training.lora_rank = 0;
    delay->groups[0].frequency_hz = delay->server.frequency_max_hz = 0x1p31;
    delay->groups[0].cores = delay->server.cores = 2048;
    energy->server.power_coefficient = 0;
    prepare(delay);
    prepare(energy);
    g_autoptr(Told) of_delay = run(delay, 1), of_energy = run(energy, 1);
    ck_assert_uint_eq(of_delay->totals.sum.delay_degenerate, 3);
    ck_assert_uint_eq(of_delay->totals.sum.energy_degenerate, 0);
    ck_assert(record_at(of_delay, 0)->decision.frequency_hz == 0x1p31);
    ck_assert_uint_eq(of_energy->totals.sum.delay_degenerate, 0);
    ck_assert_uint_eq(of_energy->totals.sum.energy_degenerate, 3);
    ck_assert(record_at(of_energy, 0)->decision.frequency_hz == server_hz);
    ck_assert_uint_eq(g_array_index(of_energy->device, CsDeviceTotals, 0).sum.energy_degenerate, 3);
}
END_TEST

static void expect_error(CsConfig *config, gint code, gint group)
{
    GError *error = NULL;
    gint at = -2;
    ck_assert(!cs_config_prepare(config, &at, &error));
    ck_assert(g_error_matches(error, CS_CONFIG_ERROR, code));
    ck_assert_int_eq(at, group);
    g_error_free(error);
}

START_TEST(invalid_configurations_are_refused)
{
    g_autoptr(CsConfig) faster = letter_config(2, "card");
    faster->groups[3].frequency_hz = 9e9;
    expect_error(faster, CS_CONFIG_ERROR_SERVER_SLOWER, 3);

    g_autoptr(CsConfig) frequency = letter_config(2, "server-only");
    frequency->policy_settings.frequency_rule = CS_FREQUENCY_VALUE;
    frequency->policy_settings.frequency_hz = 0.8e9; /* device 1 needs 0.867 GHz */
    expect_error(frequency, CS_CONFIG_ERROR_FREQUENCY, 0);
    frequency->policy_settings.frequency_hz = 2.5e9;
    expect_error(frequency, CS_CONFIG_ERROR_FREQUENCY, 0);
    frequency->policy_settings.frequency_hz = 2e9;
    prepare(frequency);

    g_autoptr(CsConfig) cut = letter_config(2, "static");
    cut->policy_settings.cut = LAYERS + 1;
    expect_error(cut, CS_CONFIG_ERROR_CUT, -1);
    cut->policy_settings.cut = LAYERS;
    prepare(cut);

    g_autoptr(CsConfig) nobody = letter_config(2, "card");
    for (guint i = 0; i < DEVICES; i++)
        nobody->groups[i].count = 0;
    expect_error(nobody, CS_CONFIG_ERROR_NO_DEVICES, -1);

    g_autoptr(CsConfig) many = letter_config(2, "card");
    many->groups[1].count = CS_DEVICES_MAX;
    expect_error(many, CS_CONFIG_ERROR_DEVICES, -1);

    g_autoptr(CsConfig) eternal = letter_config(2, "card");
    eternal->rounds = G_GUINT64_CONSTANT(1000000000);
    expect_error(eternal, CS_CONFIG_ERROR_CLOCK, -1);
}
END_TEST

START_TEST(a_round_beyond_the_clock_is_an_error)
{
    /* 1e-8 Hz of bandwidth: prepared without complaint, since computing alone would fit. */
    g_autoptr(CsConfig) config = letter_config(2, "card");
    config->groups[2].radio.bandwidth_hz = 1e-8;
    prepare(config);
    GError *error = NULL;
    g_autoptr(Told) told = told_new();
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &told->sink);
    ck_assert(!cs_simulation_run(simulation, NULL, &error));
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_CLOCK));
    ck_assert(strstr(error->message, "'3'") != NULL);
    ck_assert_uint_eq(told->n_totals, 0);
    g_error_free(error);
}
END_TEST

START_TEST(an_interrupt_ends_the_run)
{
    g_autoptr(CsConfig) config = letter_config(2, "card");
    prepare(config);
    GError *error = NULL;
    gint interrupt = 1;
    g_autoptr(Told) told = told_new();
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &told->sink);
    ck_assert(!cs_simulation_run(simulation, &interrupt, &error));
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED));
    ck_assert_uint_eq(told->n_totals, 0);
    g_error_free(error);
}
END_TEST

START_TEST(devices_have_names)
{
    g_autoptr(CsConfig) config = letter_config(2, "card");
    config->groups[1].counted = TRUE;
    config->groups[1].count = 3;
    config->groups[2].count = 0; /* a template */
    config->groups[3].counted = TRUE;
    prepare(config);
    static const char *const name[] = {"1", "2.1", "2.2", "2.3", "4.1", "5"};
    ck_assert_uint_eq(config->n_devices, G_N_ELEMENTS(name));
    for (guint i = 0; i < G_N_ELEMENTS(name); i++) {
        g_autofree char *its_name = cs_config_device_name(config, i);
        ck_assert_str_eq(its_name, name[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim");
    TCase *letter = tcase_create("letter");
    tcase_add_test(letter, the_workload_of_the_letter);
    tcase_add_test(letter, the_letter_without_fading);
    suite_add_tcase(suite, letter);
    TCase *protocol = tcase_create("protocol");
    tcase_add_test(protocol, a_round_follows_the_equations);
    tcase_add_test(protocol, parallel_devices_share_the_gpus);
    tcase_add_test(protocol, enough_gpus_make_nobody_wait);
    tcase_add_test(protocol, simultaneous_arrivals_go_in_file_order);
    tcase_add_test(protocol, a_crowd_of_a_policy);
    tcase_add_test(protocol, up_and_down_are_not_swapped);
    suite_add_tcase(suite, protocol);
    TCase *draws = tcase_create("draws");
    tcase_add_test(draws, draws_depend_on_name_seed_and_replication_alone);
    tcase_add_test(draws, reciprocal_channels_share_one_draw);
    tcase_add_test(draws, every_transfer_draws_anew);
    tcase_add_test(draws, a_transfer_of_nothing_keeps_its_draw);
    suite_add_tcase(suite, draws);
    TCase *life = tcase_create("life");
    tcase_add_test(life, totals_are_sums_and_do_not_depend_on_the_sink);
    tcase_add_test(life, degenerate_corners_are_counted);
    tcase_add_test(life, invalid_configurations_are_refused);
    tcase_add_test(life, a_round_beyond_the_clock_is_an_error);
    tcase_add_test(life, an_interrupt_ends_the_run);
    tcase_add_test(life, devices_have_names);
    suite_add_tcase(suite, life);
    return cs_check_main(suite);
}
