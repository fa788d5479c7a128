/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of sim/protocol: stage times, delays and energies of each protocol against sums written out
 * here, by counting what a mini-batch of the protocol does; bytes against a testbed's.
 */
#include "cs-check.h"

#include "base/units.h"
#include "scenario/defaults.h"
#include "sim/simulation.h"

enum { LAYERS = 6, EPOCHS = 3 };

static const double b = 2, s = 64, h = 256, heads = 4, kv = 2, d = 64, f = 512, v = 1000, r = 8;
static const double device_hz = 0.5e9, device_cores = 512, server_hz = 2e9, server_cores = 3072;
static const double xi = 1e-25, xi_device = 2e-25, phi = 0.5, tx_w = 0.2, rx_w = 0.3, ap_w = 1;

/* --- a scenario ------------------------------------------------------------------------------- */

static CsRadio radio_of(void)
{
    return (CsRadio){.carrier_hz = 3.5e9,
                     .bandwidth_hz = 50e6,
                     .path_loss_exponent = 3,
                     .reference_distance_m = 1,
                     .reference_loss = pow(4 * G_PI * 3.5e9 / 299792458.0, 2),
                     .noise_density_w_per_hz = 1e-3 * pow(10, -17.4),
                     .rate = CS_RATE_SHANNON,
                     .max_repetitions = 1,
                     .fading = {.kind = CS_FADING_NONE}};
}

static void add_device(CsConfig *config, const char *name)
{
    CsDeviceGroup *group = cs_config_add_group(config, name);
    group->frequency_hz = device_hz;
    group->cores = device_cores;
    group->power_coefficient = xi_device;
    group->distance_min_m = group->distance_max_m = 20;
    group->tx_power_w = tx_w;
    group->rx_power_w = rx_w;
    group->noise_factor = 4;
    group->radio = radio_of();
}

static CsConfig *config_of(CsProtocol protocol, guint cut)
{
    CsConfig *config = cs_config_new();
    config->protocol = protocol;
    config->rounds = 1;
    config->local_epochs = EPOCHS;
    config->compression = phi;
    config->architecture = cs_architecture_new(
        "six", LAYERS, (guint)h, (guint)v,
        (CsLayerShape){
            .heads = 4, .kv_heads = 2, .head_dim = 64, .intermediate = 512, .gated = TRUE});
    config->training = (CsTraining){.batch = 2,
                                    .sequence_length = 64,
                                    .lora_rank = 8,
                                    .lora_targets = CS_LORA_ALL,
                                    .activation_bit = 16,
                                    .adapter_bit = 32,
                                    .head = CS_HEAD_SERVER};
    config->server.frequency_max_hz = server_hz;
    config->server.cores = server_cores;
    config->server.flops_per_cycle = 2;
    config->server.power_coefficient = xi;
    config->server.gpus = 1;
    config->server.tx_power_w = ap_w;
    config->server.noise_factor = 3;
    add_device(config, "a");
    config->policy = cs_policy_find("static");
    config->policy_settings.weight = 0.2;
    config->policy_settings.cut = cut;
    config->policy_settings.frequency_rule = CS_FREQUENCY_MAX;
    return config;
}

static gboolean prepare(CsConfig *config)
{
    g_autoptr(GError) error = NULL;
    return cs_config_prepare(config, NULL, &error);
}

typedef struct {
    CsSink sink;
    CsRoundRecord record[2];
    CsTotals totals;
    guint spans[CS_STAGE_N];
} Told;

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    ((Told *)sink)->record[record->device] = *record;
}

static void take_span(CsSink *sink, const CsSpan *span)
{
    ((Told *)sink)->spans[span->stage]++;
}

static void take_totals(CsSink *sink, const CsTotals *totals)
{
    ((Told *)sink)->totals = *totals;
}

static Told run(CsConfig *config)
{
    Told told = {.sink = {.round = take_round, .span = take_span, .totals = take_totals}};
    GError *error = NULL;
    ck_assert(prepare(config));
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &told.sink);
    ck_assert_msg(cs_simulation_run(simulation, NULL, &error), "%s", error ? error->message : "");
    return told;
}

/* --- by hand ---------------------------------------------------------------------------------- */

typedef struct {
    double forward, backward, head, adapter_bit, smashed_bit; /* of a layer; of a mini-batch */
} Workload;

static Workload work(void)
{
    double weights = 2 * h * heads * d + 2 * h * kv * d + 3 * h * f;
    double lora = r * (2 * (h + heads * d) + 2 * (h + kv * d) + 3 * (h + f));
    double attention = 4 * b * s * s * heads * d;
    return (Workload){.forward = 2 * weights * b * s + attention + 2 * lora * b * s,
                      .backward = 2 * weights * b * s + 2 * attention + 4 * lora * b * s,
                      .head = 2 * h * v * b * s,
                      .adapter_bit = lora * 32,
                      .smashed_bit = phi * b * s * h * 16};
}

/* What an epoch does, in units: FLOPs of both sides and passes, transfers of the smashed data's
 * size each way; and the adapters' layers. */
typedef struct {
    double device_forward, device_backward, server_forward, server_backward, up, down, adapters;
} Epoch;

static Epoch hand(CsProtocol protocol, guint cut)
{
    Workload w = work();
    double own = cut, rest = LAYERS - (double)cut;
    switch (protocol) {
    case CS_PROTOCOL_SPLIT:
        return (Epoch){own * w.forward,
                       own * w.backward,
                       rest * w.forward + w.head,
                       rest * w.backward + w.head,
                       1,
                       1,
                       own};
    case CS_PROTOCOL_FEDERATED:
        return (Epoch){own * w.forward + w.head, own * w.backward + w.head, 0, 0, 0, 0, own};
    case CS_PROTOCOL_U_SHAPED: /* up: smashed data, the head's gradient; down: both ways back */
        return (Epoch){own * w.forward + w.head,
                       own * w.backward + w.head,
                       rest * w.forward,
                       rest * w.backward,
                       rest > 0 ? 2 : 0,
                       rest > 0 ? 2 : 0,
                       own};
    default: /* one-way */
        return (Epoch){
            own * w.forward, 0, rest * w.forward + w.head, rest * w.backward + w.head, 1, 0, 0};
    }
}

static void check_s(gint64 time_ns, double expected_s)
{
    ck_assert_double_le(fabs((double)time_ns / 1e9 - expected_s), 20e-9);
}

static void check_round(CsProtocol protocol, guint cut)
{
    g_autoptr(CsConfig) config = config_of(protocol, cut);
    Told told = run(config);
    const CsRoundRecord *record = &told.record[0];
    Epoch e = hand(protocol, cut);
    Workload w = work();
    double up = record->uplink.rate_bps, down = record->downlink.rate_bps;
    double device = device_hz * 2 * device_cores, server = server_hz * 2 * server_cores;
    const gint64 *at = record->stage_ns;
    check_s(at[CS_STAGE_ADAPTER_DOWN], e.adapters * w.adapter_bit / down);
    check_s(at[CS_STAGE_DEVICE_FORWARD], EPOCHS * e.device_forward / device);
    check_s(at[CS_STAGE_SMASHED_UP], EPOCHS * e.up * w.smashed_bit / up);
    check_s(at[CS_STAGE_SERVER_FORWARD], EPOCHS * e.server_forward / server);
    check_s(at[CS_STAGE_SERVER_BACKWARD], EPOCHS * e.server_backward / server);
    check_s(at[CS_STAGE_GRADIENT_DOWN], EPOCHS * e.down * w.smashed_bit / down);
    check_s(at[CS_STAGE_DEVICE_BACKWARD], EPOCHS * e.device_backward / device);
    check_s(at[CS_STAGE_ADAPTER_UP], e.adapters * w.adapter_bit / up);
    double up_s = (EPOCHS * e.up * w.smashed_bit + e.adapters * w.adapter_bit) / up;
    double down_s = (EPOCHS * e.down * w.smashed_bit + e.adapters * w.adapter_bit) / down;
    double device_flop = EPOCHS * (e.device_forward + e.device_backward);
    double server_flop = EPOCHS * (e.server_forward + e.server_backward);
    double delay_s = up_s + down_s + device_flop / device + server_flop / server;
    check_s(record->end_ns - record->start_ns, delay_s);
    ck_assert_close(cs_cost_delay(&config->groups[0].cost, up, cs_config_downlink_bps(config, down),
                                  record->decision.frequency_hz, cut),
                    delay_s, 1e-12);
    ck_assert_close(record->server_energy_j,
                    xi * server_hz * server_hz * server_flop / (2 * server_cores), 1e-12);
    ck_assert_close(record->device_energy_j,
                    xi_device * device_hz * device_hz * device_flop / (2 * device_cores), 1e-12);
    ck_assert_close(record->radio_energy_j, tx_w * up_s + (ap_w + rx_w) * down_s, 1e-12);
}

START_TEST(stage_times_and_energies_by_hand)
{
    for (CsProtocol p = CS_PROTOCOL_SPLIT; p <= CS_PROTOCOL_ONE_WAY; p++)
        for (guint cut = p == CS_PROTOCOL_FEDERATED ? LAYERS : 0; cut <= LAYERS; cut++)
            check_round(p, cut);
}
END_TEST

/* Every stage of the lists, as often as there are epochs; the head's only where it is the
 * device's. */
START_TEST(the_spans_of_a_round)
{
    static const guint8 each[][CS_STAGE_N] = {
        /* the letter's eight; features down, head forward and backward, gradient up */
        [CS_PROTOCOL_SPLIT] = {1, EPOCHS, EPOCHS, EPOCHS, EPOCHS, EPOCHS, EPOCHS, 1, 0, 0, 0, 0},
        [CS_PROTOCOL_FEDERATED] = {1, EPOCHS, 0, 0, 0, 0, EPOCHS, 1, 0, EPOCHS, EPOCHS, 0},
        [CS_PROTOCOL_U_SHAPED] = {1, EPOCHS, EPOCHS, EPOCHS, EPOCHS, EPOCHS, EPOCHS, 1, EPOCHS,
                                  EPOCHS, EPOCHS, EPOCHS},
        [CS_PROTOCOL_ONE_WAY] = {1, EPOCHS, EPOCHS, EPOCHS, EPOCHS, 0, 0, 1, 0, 0, 0, 0},
    };
    for (CsProtocol p = CS_PROTOCOL_SPLIT; p <= CS_PROTOCOL_ONE_WAY; p++) {
        g_autoptr(CsConfig) config = config_of(p, LAYERS);
        Told told = run(config);
        guint events = 0;
        for (guint stage = 0; stage < CS_STAGE_N; stage++) {
            ck_assert_uint_eq(told.spans[stage], each[p][stage]);
            events += each[p][stage];
        }
        ck_assert_uint_eq(told.totals.events, events);
    }
}
END_TEST

/* A head on the device makes split u-shaped; nothing comes back to it under one-way; a cut that the
 * protocol has not is refused. */
START_TEST(what_goes_together)
{
    g_autoptr(CsConfig) split = config_of(CS_PROTOCOL_SPLIT, 3);
    split->training.head = CS_HEAD_DEVICE;
    g_autoptr(CsConfig) u = config_of(CS_PROTOCOL_U_SHAPED, 3);
    ck_assert_int_eq(run(split).record[0].end_ns, run(u).record[0].end_ns);
    g_autoptr(CsConfig) one_way = config_of(CS_PROTOCOL_ONE_WAY, 3);
    one_way->training.head = CS_HEAD_DEVICE;
    ck_assert(!prepare(one_way));
    g_autoptr(CsConfig) federated = config_of(CS_PROTOCOL_FEDERATED, 3);
    ck_assert(!prepare(federated));
    federated->policy = cs_policy_find("server-only");
    ck_assert(!prepare(federated));
    federated->policy = cs_policy_find("card");
    ck_assert(prepare(federated));
    ck_assert_uint_eq(run(federated).record[0].decision.cut, LAYERS);
    /* A device that outdoes the server has nothing to fear from it there. */
    federated->groups[0].cores = 100 * server_cores;
    ck_assert(prepare(federated));
}
END_TEST

/* Under every protocol CARD's pair is the best, and the other policies find a cut. */
START_TEST(card_is_the_best_under_each)
{
    static const char *const name[] = {"card", "exhaustive", "random", "adaptsfl", "delay-only"};
    for (CsProtocol p = CS_PROTOCOL_SPLIT; p <= CS_PROTOCOL_ONE_WAY; p++)
        for (double weight = 0.05; weight < 1; weight += 0.1) {
            double cost[2] = {0};
            for (guint i = 0; i < G_N_ELEMENTS(name); i++) {
                g_autoptr(CsConfig) config = config_of(p, 0);
                config->policy = cs_policy_find(name[i]);
                config->policy_settings.weight = weight;
                Told told = run(config);
                if (i < 2)
                    cost[i] = told.record[0].cost;
                ck_assert(p != CS_PROTOCOL_FEDERATED || told.record[0].decision.cut == LAYERS);
            }
            ck_assert_double_le(fabs(cost[0] - cost[1]), 1e-7);
        }
}
END_TEST

/* --- on one GPU ------------------------------------------------------------------------------- */

/* Two equal devices at once: the server's two passes are jobs of their own. The second waits for
 * the first one's forward pass F; at the backward pass B it is F behind and waits B - F more; from
 * then on it is B behind, which is longer than both, and never waits again. */
START_TEST(the_u_shape_gives_the_gpu_back_between_passes)
{
    g_autoptr(CsConfig) config = config_of(CS_PROTOCOL_U_SHAPED, 1);
    config->schedule = CS_SCHEDULE_PARALLEL;
    add_device(config, "b");
    Workload w = work();
    double server = server_hz * 2 * server_cores, device = device_hz * 2 * device_cores;
    double forward_s = (LAYERS - 1) * w.forward / server;
    double backward_s = (LAYERS - 1) * w.backward / server;
    ck_assert_double_gt(2 * w.head / device, backward_s); /* the head's work lies between */
    Told told = run(config);
    ck_assert_int_eq(told.record[0].wait_ns, 0);
    check_s(told.record[1].wait_ns, forward_s + (backward_s - forward_s));
    /* And where energies are followed in time, or GPUs shared, all the same. */
    for (int i = 0; i < 2; i++)
        config->groups[i].idle_power_w = 1;
    Told followed = run(config);
    ck_assert_int_eq(followed.record[1].end_ns, told.record[1].end_ns);
    ck_assert_close(followed.totals.sum.server_energy_j, told.totals.sum.server_energy_j, 1e-12);
    config->server.discipline = CS_DISCIPLINE_LONGEST_REMAINING;
    ck_assert_int_eq(run(config).record[1].end_ns, told.record[1].end_ns);
}
END_TEST

/* The same transfers, each looked at by itself. */
START_TEST(transfers_of_their_own)
{
    for (CsProtocol p = CS_PROTOCOL_SPLIT; p <= CS_PROTOCOL_ONE_WAY; p++) {
        guint cut = p == CS_PROTOCOL_FEDERATED ? LAYERS : 2;
        g_autoptr(CsConfig) plain = config_of(p, cut);
        Told told = run(plain);
        g_autoptr(CsConfig) managed = config_of(p, cut);
        managed->groups[0].radio.sharing = CS_SHARING_EQUAL;
        Told alone = run(managed);
        ck_assert_double_le(fabs((double)(told.record[0].end_ns - alone.record[0].end_ns)), 30);
        ck_assert_close(alone.record[0].radio_energy_j, told.record[0].radio_energy_j, 1e-6);
        for (guint stage = 0; stage < CS_STAGE_TOLD_N; stage++)
            ck_assert_double_le(
                fabs((double)(alone.record[0].stage_ns[stage] - told.record[0].stage_ns[stage])),
                30);
    }
}
END_TEST

/* --- memory and bytes ------------------------------------------------------------------------- */

/* Beside what split has: the head's weights where they are not the embedding's, logits and their
 * gradient of 32 bit; a frozen part keeps the embedding's output alone. */
START_TEST(memory_by_hand)
{
    static const CsProtocol with_head[] = {CS_PROTOCOL_FEDERATED, CS_PROTOCOL_U_SHAPED};
    g_autoptr(CsConfig) split = config_of(CS_PROTOCOL_SPLIT, LAYERS);
    ck_assert(prepare(split));
    for (guint i = 0; i < G_N_ELEMENTS(with_head); i++)
        for (int tied = 0; tied < 2; tied++) {
            g_autoptr(CsConfig) config = config_of(with_head[i], LAYERS);
            config->architecture->tied = tied;
            ck_assert(prepare(config));
            ck_assert_close(config->memory->total_byte[LAYERS] - split->memory->total_byte[LAYERS],
                            8 * b * s * v + (tied ? 0 : 2 * h * v), 1e-12);
        }
    g_autoptr(CsConfig) one_way = config_of(CS_PROTOCOL_ONE_WAY, LAYERS);
    ck_assert(prepare(one_way));
    double weights = 2 * h * heads * d + 2 * h * kv * d + 3 * h * f;
    ck_assert_close(one_way->memory->total_byte[LAYERS],
                    2 * (h * v + LAYERS * weights) + 2 * b * s * h, 1e-12);
    g_autoptr(CsConfig) federated = config_of(CS_PROTOCOL_FEDERATED, LAYERS);
    ck_assert(prepare(federated));
    g_autoptr(CsMemory) server = cs_memory_server_new(federated->architecture, &federated->training,
                                                      &federated->memory_settings);
    ck_assert_double_eq(server->total_byte[LAYERS], 0);
}
END_TEST

/*
 * gemma-3-270m fine-tuned on Jetsons (github.com/Edge-Intelligence-Lab/EdgeFlowerTune, current
 * system and device profile of 2026-04-21): federated, LoRA of rank 8 on q, k, v, o in 32 bit, a
 * client sends 2,949,120 bytes a round; split after layer 0 (there), 8 sequences of 64 tokens in
 * 32 bit, 10 steps, 13.353 MB go up, of which 13,107,200 bytes are the smashed data and the rest
 * labels, masks and envelopes, which take no air time here.
 */
START_TEST(bytes_of_a_testbed)
{
    g_autoptr(CsConfig) config = config_of(CS_PROTOCOL_FEDERATED, 18);
    cs_architecture_free(config->architecture);
    config->architecture = cs_architecture_new(
        "gemma-3-270m", 18, 640, 262144,
        (CsLayerShape){
            .heads = 4, .kv_heads = 1, .head_dim = 256, .intermediate = 2048, .gated = TRUE});
    config->local_epochs = 10;
    config->compression = 1;
    config->training.batch = 8;
    config->training.activation_bit = 32;
    config->training.lora_targets = CS_LORA_Q | CS_LORA_K | CS_LORA_V | CS_LORA_O;
    Told told = run(config);
    const CsRoundRecord *record = &told.record[0];
    double sent_s = (double)(record->stage_ns[CS_STAGE_ADAPTER_UP]) / 1e9;
    ck_assert_close(sent_s * record->uplink.rate_bps / 8, 2949120, 1e-6);
    ck_assert_int_eq(record->stage_ns[CS_STAGE_SMASHED_UP], 0);

    config->protocol = CS_PROTOCOL_ONE_WAY;
    config->policy_settings.cut = 1;
    told = run(config);
    sent_s = (double)(record->stage_ns[CS_STAGE_SMASHED_UP]) / 1e9;
    ck_assert_close(sent_s * record->uplink.rate_bps / 8, 13107200, 1e-6);
    ck_assert_close(sent_s * record->uplink.rate_bps / 8, 13.353e6, 0.02);
    ck_assert_int_eq(record->stage_ns[CS_STAGE_ADAPTER_UP], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *all = tcase_create("all");
    tcase_add_test(all, stage_times_and_energies_by_hand);
    tcase_add_test(all, the_spans_of_a_round);
    tcase_add_test(all, what_goes_together);
    tcase_add_test(all, card_is_the_best_under_each);
    tcase_add_test(all, the_u_shape_gives_the_gpu_back_between_passes);
    tcase_add_test(all, transfers_of_their_own);
    tcase_add_test(all, memory_by_hand);
    tcase_add_test(all, bytes_of_a_testbed);
    suite_add_tcase(suite, all);
    return cs_check_main(suite);
}
