/*
 * Tests of src/sim: the protocol of a training round against Eq. 7-11 of the letter, written out
 * here once more from the formulas and not through the library's profile, link or cost.
 */
#include "cs-check.h"

#include "base/units.h"
#include "sim/config.h"
#include "sim/simulation.h"

#include <string.h>

/* --- the letter's experiment, by hand ------------------------------------------------------------ */

enum { DEVICES = 5, LAYERS = 32, EPOCHS = 5 };

static const double device_hz[DEVICES] = {1.3e9, 1.0e9, 0.7e9, 0.7e9, 0.5e9};
static const double device_cores[DEVICES] = {2048, 2048, 1792, 1024, 512};
static const double distance_m[DEVICES] = {8, 13, 18, 23, 28};
static const double server_hz = 2.46e9, server_cores = 3072, power_w_per_hz3 = 1e-25;

/* TS 38.214 Table 5.2.2.1-2 and the thresholds nr-awgn (dB): see models/radio. */
static const double qm[15] = {2, 2, 2, 2, 2, 2, 4, 4, 4, 6, 6, 6, 6, 6, 6};
static const double rate_x1024[15] = {78,  120, 193, 308, 449, 602, 378, 490,
                                      616, 466, 567, 666, 772, 873, 948};
static const double threshold_db[15] = {-5.84, -4.2, -2.08, -0.23, 1.66,  3.08,  5.03, 7.02,
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
        radio.table.cqi[i] = (CsFormat){qm[i - 1], rate_x1024[i - 1],
                                        qm[i - 1] * rate_x1024[i - 1] / 1024};
        radio.thresholds.uplink[i] = radio.thresholds.downlink[i] =
            pow(10, threshold_db[i - 1] / 10);
    }
    return radio;
}

/* Not yet prepared, so that a test may change it. */
static CsConfig *letter_config(double exponent, const char *policy)
{
    CsConfig *config = cs_config_new();
    config->local_epochs = EPOCHS;
    config->compression = 0.1;
    config->architecture =
        cs_architecture_new("llama-3.2-1b", LAYERS, 2048, 128256,
                            (CsLayerShape){.heads = 32,
                                           .kv_heads = 8,
                                           .head_dim = 64,
                                           .intermediate = 8192,
                                           .gated = TRUE});
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

/* --- what a simulation told ---------------------------------------------------------------------- */

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
    told->sink = (CsSink){take_round, take_span, take_device, take_totals};
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

/* --- the hand calculation ------------------------------------------------------------------------ */

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
    double stage_s[CS_STAGE_N]; /* over the epochs */
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
    Hand hand = {.stage_s = {
                     [CS_STAGE_ADAPTER_DOWN] = cut * w.adapter_bit / down,
                     [CS_STAGE_DEVICE_FORWARD] = EPOCHS * cut * w.forward / device_flops,
                     [CS_STAGE_SMASHED_UP] = EPOCHS * w.smashed_bit / up,
                     [CS_STAGE_SERVER_FORWARD] =
                         EPOCHS * (left * w.forward + w.head) / server_flops,
                     [CS_STAGE_SERVER_BACKWARD] =
                         EPOCHS * (left * w.backward + w.head) / server_flops,
                     [CS_STAGE_GRADIENT_DOWN] = EPOCHS * w.smashed_bit / down,
                     [CS_STAGE_DEVICE_BACKWARD] = EPOCHS * cut * w.backward / device_flops,
                     [CS_STAGE_ADAPTER_UP] = cut * w.adapter_bit / up,
                 }};
    for (int stage = 0; stage < CS_STAGE_N; stage++)
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
    for (int stage = 0; stage < CS_STAGE_N; stage++) {
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
                guint cut = p == 0   ? hand_cut((int)i, exponent, f)
                            : p == 1 ? LAYERS
                                     : 0;
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
            ck_assert_close(told->totals.delay_total_s, delay_s, 1e-12);
            ck_assert_close(told->totals.makespan_s, delay_s, 1e-12);
            ck_assert_close(told->totals.server_energy_total_j, energy_j, 1e-12);
            ck_assert(isnan(told->totals.device_energy_total_j));
        }
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
    return cs_check_main(suite);
}
