/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/transfer and src/sim/air: channels that change during a transfer and transfers
 * that share the air, against schedules by hand and closed forms.
 */
#include "cs-check.h"

#include "scenario/defaults.h"
#include "sim/channel.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <gsl/gsl_sf_expint.h>
#include <unistd.h>

#define BANDWIDTH_HZ 1e6

/* --- a small scenario ---------------------------------------------------------------------------
 */

/* No noise figures, a loss of 1 at 1 m and an exponent of 2: SNR = P / (N0 B d²). */
static CsRadio plain_radio(void)
{
    CsRadio radio = {.carrier_hz = 3e9,
                     .bandwidth_hz = BANDWIDTH_HZ,
                     .path_loss_exponent = 2,
                     .reference_distance_m = 1,
                     .reference_loss = 1,
                     .noise_density_w_per_hz = 1e-6,
                     .rate = CS_RATE_SHANNON,
                     .shadowing_distance_m = 10,
                     .max_repetitions = 32,
                     .pf_window_s = 1};
    return radio;
}

/* One epoch at cut 0: 16384 bit of smashed data up, as many of gradients down, no adapters, and
 * next to no computing on the server. Devices send 1 W and the access point 1 W. */
static CsConfig *small_config(guint devices)
{
    CsConfig *config = cs_config_new();
    config->schedule = CS_SCHEDULE_PARALLEL;
    config->rounds = config->local_epochs = 1;
    config->compression = 1;
    config->architecture = cs_architecture_new(
        "small", 2, 64, 16,
        (CsLayerShape){.heads = 1, .kv_heads = 1, .head_dim = 64, .intermediate = 64});
    config->training = (CsTraining){.batch = 1,
                                    .sequence_length = 16,
                                    .lora_targets = CS_LORA_ALL,
                                    .activation_bit = 16,
                                    .adapter_bit = 32};
    config->server = (CsServer){.frequency_max_hz = 1e12,
                                .cores = 1e6,
                                .flops_per_cycle = 2,
                                .power_coefficient = 1e-40,
                                .gpus = CS_GPUS_UNLIMITED,
                                .tx_power_w = 1,
                                .noise_factor = 1};
    for (guint i = 0; i < devices; i++) {
        g_autofree char *name = g_strdup_printf("d%u", i);
        CsDeviceGroup *group = cs_config_add_group(config, name);
        group->frequency_hz = 1e9;
        group->cores = 1000;
        group->distance_min_m = group->distance_max_m = 1;
        group->tx_power_w = 1;
        group->noise_factor = 1;
        group->radio = plain_radio();
    }
    config->policy = cs_policy_find("static");
    config->policy_settings.cut = 0;
    config->policy_settings.frequency_rule = CS_FREQUENCY_MAX;
    return config;
}

static const double smashed_bit = 16 * 64 * 16;

static void prepare(CsConfig *config)
{
    GError *error = NULL;
    ck_assert_msg(cs_config_prepare(config, NULL, &error), "%s", error ? error->message : "");
}

/* --- what a simulation told ---------------------------------------------------------------------
 */

typedef struct {
    CsSink sink;
    GArray *round, *span;
    CsTotals totals;
} Told;

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    g_array_append_val(((Told *)sink)->round, *record);
}

static void take_span(CsSink *sink, const CsSpan *span)
{
    g_array_append_val(((Told *)sink)->span, *span);
}

static void take_totals(CsSink *sink, const CsTotals *totals)
{
    ((Told *)sink)->totals = *totals;
}

static void told_free(Told *told)
{
    g_array_unref(told->round);
    g_array_unref(told->span);
    g_free(told);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

static Told *run(CsConfig *config, GError **error)
{
    Told *told = g_new0(Told, 1);
    told->sink = (CsSink){.round = take_round, .span = take_span, .totals = take_totals};
    told->round = g_array_new(FALSE, FALSE, sizeof(CsRoundRecord));
    told->span = g_array_new(FALSE, FALSE, sizeof(CsSpan));
    prepare(config);
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &told->sink);
    gboolean good = cs_simulation_run(simulation, NULL, error);
    if (error == NULL)
        ck_assert(good);
    return told;
}

static const CsRoundRecord *record_of(const Told *told, guint i)
{
    ck_assert_uint_lt(i, told->round->len);
    return &g_array_index(told->round, CsRoundRecord, i);
}

/* The span of a stage of a device in round 1. */
static CsSpan span_of(const Told *told, guint device, CsStage stage)
{
    for (guint i = 0; i < told->span->len; i++) {
        CsSpan span = g_array_index(told->span, CsSpan, i);
        if (span.device == device && span.stage == stage && span.round == 1)
            return span;
    }
    ck_abort_msg("no such span");
    return (CsSpan){0};
}

static double seconds(gint64 time_ns)
{
    return (double)time_ns / 1e9;
}

static CsChannelTrace *rates(CsTraceEnd end, guint n, const double *time_s, const double *rate_bps)
{
    gint64 time_ns[8];
    for (guint i = 0; i < n; i++)
        time_ns[i] = llround(time_s[i] * 1e9);
    return cs_channel_trace_new(CS_TRACE_RATE, end, time_ns, rate_bps, n);
}

/* --- one transfer, many rates -------------------------------------------------------------------
 */

/* 16384 bit at 4000 bit/s for 1 s, nothing for 2 s, 10000 bit/s for 3 s, over and over: 12384 bit
 * are left after 1 s, and take 1.2384 s from the third on: an end at 4.2384 s. The gradients then
 * find 1.7616 s at 10000 (17616 bit): 1.6384 s. */
START_TEST(what_is_left_is_carried)
{
    static const double time_s[] = {0, 1, 3, 4, 5}, rate_bps[] = {4e3, 0, 1e4, 1e4, 1e4};
    g_autoptr(CsConfig) config = small_config(1);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_LOOP, 5, time_s, rate_bps);
    config->groups[0].trace[CS_UPLINK] = config->groups[0].trace[CS_DOWNLINK] = trace;
    config->rounds = 2;
    g_autoptr(Told) told = run(config, NULL);
    CsSpan up = span_of(told, 0, CS_STAGE_SMASHED_UP),
           down = span_of(told, 0, CS_STAGE_GRADIENT_DOWN);
    ck_assert_int_eq(up.start_ns, 0);
    ck_assert_close(seconds(up.end_ns), 4.2384, 1e-9);
    ck_assert_close(seconds(down.end_ns), 5.8768, 1e-6);
    /* P (1 s + 1.2384 s) up and P 1.6384 s down: while nothing can be sent nothing is radiated */
    ck_assert_close(record_of(told, 0)->radio_energy_j, 2.2384 + 1.6384, 1e-6);
    ck_assert(isnan(record_of(told, 0)->uplink.snr));
    ck_assert_int_eq(record_of(told, 0)->uplink.cqi, -1);

    /* The circuit stays on while it waits. */
    config->groups[0].tx_circuit_power_w = 3;
    g_autoptr(Told) drawn = run(config, NULL);
    ck_assert_close(record_of(drawn, 0)->radio_energy_j, 2.2384 + 1.6384 + 3 * 4.2384, 1e-6);
}
END_TEST

/* A hundred thousand changes within one transfer of 10^5 s: as many rates as legs allow and more.
 */
START_TEST(a_transfer_may_take_many_legs)
{
    static const double time_s[] = {0, 0.5}, rate_bps[] = {0.1, 0.2};
    g_autoptr(CsConfig) config = small_config(1);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_LOOP, 2, time_s, rate_bps);
    config->groups[0].trace[CS_UPLINK] = trace;
    g_autoptr(Told) told = run(config, NULL);
    CsSpan up = span_of(told, 0, CS_STAGE_SMASHED_UP);
    /* 0.15 bit a second: 109226.67 laps of 0.15 bit; the last 0.1 bit of them takes 1/2 + 1/4 s */
    ck_assert_close(seconds(up.end_ns), 109226 + 0.5 + 0.25, 1e-9);
}
END_TEST

START_TEST(a_trace_that_stops_stops_the_run)
{
    static const double time_s[] = {0, 1}, rate_bps[] = {1e3, 1e3};
    g_autoptr(CsConfig) config = small_config(1);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_STOP, 2, time_s, rate_bps);
    config->groups[0].trace[CS_UPLINK] = trace;
    g_autoptr(GError) error = NULL;
    g_autoptr(Told) told = run(config, &error);
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_TRACE));
    ck_assert_str_eq(error->message,
                     "round 1 of device 'd0' has something to send when its trace has ended");
}
END_TEST

/* d0, which has sent its 16384 bit after 0.1 s, fails then: a downlink that ends at 1 s carries
 * 1000 of them. d1, whose bits take 1.6384 s, is not simulated on. */
START_TEST(nothing_is_told_after_a_failure)
{
    static const double time_s[] = {0, 1}, down_bps[] = {1e3, 1e3};
    static const double fast_bps[] = {163840, 163840}, slow_bps[] = {1e4, 1e4};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) down = rates(CS_TRACE_STOP, 2, time_s, down_bps);
    g_autoptr(CsChannelTrace) fast = rates(CS_TRACE_HOLD, 2, time_s, fast_bps);
    g_autoptr(CsChannelTrace) slow = rates(CS_TRACE_HOLD, 2, time_s, slow_bps);
    config->groups[0].trace[CS_UPLINK] = fast;
    config->groups[0].trace[CS_DOWNLINK] = down;
    config->groups[1].trace[CS_UPLINK] = slow;
    g_autoptr(GError) error = NULL;
    g_autoptr(Told) told = run(config, &error);
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_TRACE));
    ck_assert_uint_eq(told->round->len, 0);
    for (guint i = 0; i < told->span->len; i++)
        ck_assert_int_le(g_array_index(told->span, CsSpan, i).end_ns, 1000000000);
}
END_TEST

/* Compressed to 1/2 bit, which takes 5 s at 0.1 bit/s. */
START_TEST(less_than_a_bit_takes_its_time)
{
    static const double time_s[] = {0, 1}, rate_bps[] = {0.1, 0.1};
    g_autoptr(CsConfig) config = small_config(1);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_HOLD, 2, time_s, rate_bps);
    config->compression = 0.5 / smashed_bit;
    config->groups[0].trace[CS_UPLINK] = trace;
    g_autoptr(Told) told = run(config, NULL);
    CsSpan up = span_of(told, 0, CS_STAGE_SMASHED_UP);
    ck_assert_close(seconds(up.end_ns - up.start_ns), 5, 1e-9);
}
END_TEST

/* p = 0.1 and one retransmission: 1 % of the blocks of 1000 bit are given up, so that the 2
 * · 16.384 that arrive took 2 · 16.384 / 0.99, whichever way transfers are timed. */
START_TEST(blocks_given_up_by_hand)
{
    g_autoptr(CsConfig) config = small_config(2);
    for (guint i = 0; i < 2; i++) {
        CsRadio *radio = &config->groups[i].radio;
        radio->errors = (CsLinkErrors){
            .block_error_rate = 0.1, .retransmissions = 1, .block_bit = 1000, .processes = 16};
        radio->sharing = _i == 1 ? CS_SHARING_EQUAL : CS_SHARING_DEDICATED;
        radio->coherence = _i == 2   ? CS_COHERENCE_TRANSMISSION
                           : _i == 3 ? CS_COHERENCE_TIME
                                     : CS_COHERENCE_ROUND;
        radio->coherence_s = 1e-3;
    }
    config->rounds = 3;
    config->quorum = _i == 4 ? 1 : 0; /* with a fleet */
    g_autoptr(Told) told = run(config, NULL);
    double blocks = 2 * 3 * 2 * smashed_bit / 1000 / 0.99;
    ck_assert_close(told->totals.sum.blocks, blocks, 1e-9);
    ck_assert_close(told->totals.sum.blocks_given_up, 0.01 * blocks, 1e-9);
}
END_TEST

START_TEST(no_blocks_where_none_is_lost)
{
    g_autoptr(CsConfig) config = small_config(1);
    g_autoptr(Told) told = run(config, NULL);
    ck_assert(isnan(told->totals.sum.blocks) && isnan(told->totals.sum.blocks_given_up));
}
END_TEST

/* Curves: half of the blocks are lost at 0 dB, a tenth at 10 dB, none sent twice. One second at 0
 * dB carries 10^4 log2(2) / 2 = 5000 bit, the rest of the 16384, and the gradients, go at 10 dB. */
START_TEST(blocks_of_a_changing_link)
{
    static const gint64 time_ns[] = {0, G_GINT64_CONSTANT(1000000000)};
    static const double snr[] = {1, 10};
    g_autofree char *path = g_strdup_printf("%s/cs-curves-%d.csv", g_get_tmp_dir(), (int)getpid());
    ck_assert(g_file_set_contents(path, "mcs,snr_db,bler\n0,0,0.5\n0,10,0.1\n", -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsErrorCurves) curves =
        cs_error_curves_read(path, path, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    ck_assert(curves != NULL && g_unlink(path) == 0);
    g_autoptr(CsChannelTrace) trace =
        cs_channel_trace_new(CS_TRACE_SNR, CS_TRACE_HOLD, time_ns, snr, 2);
    g_autoptr(CsConfig) config = small_config(1);
    CsDeviceGroup *group = &config->groups[0];
    group->trace[CS_UPLINK] = group->trace[CS_DOWNLINK] = trace;
    group->radio.bandwidth_hz = 1e4;
    group->radio.errors = (CsLinkErrors){.curves = curves, .block_bit = 1000, .processes = 16};
    group->radio.sharing = _i == 0 ? CS_SHARING_DEDICATED : CS_SHARING_EQUAL;
    g_autoptr(Told) told = run(config, NULL);
    double late = (2 * smashed_bit - 5000) / 1000 / 0.9;
    ck_assert_close(told->totals.sum.blocks, 10 + late, 1e-6);
    ck_assert_close(told->totals.sum.blocks_given_up, 5 + late / 10, 1e-6);
}
END_TEST

/* A device that walks away at 5 cm/s, in blocks of 10 ms: B log2(1 + 1/d²) block by block. */
START_TEST(a_walk_by_hand)
{
    g_autoptr(CsConfig) config = small_config(1);
    CsDeviceGroup *group = &config->groups[0];
    group->radio.coherence = CS_COHERENCE_TIME;
    group->radio.coherence_s = 10e-3;
    group->radio.bandwidth_hz = 1e4;
    group->radio.noise_density_w_per_hz = 1e-4;
    group->distance_min_m = group->distance_max_m = 3;
    group->mobility = (CsMobility){CS_MOBILITY_LINEAR, 0.05, 0, 0, 0, 0};
    g_autoptr(Told) told = run(config, NULL);
    double left = smashed_bit, end_s = 0;
    for (int k = 0; end_s == 0; k++) {
        double rate = 1e4 * log2(1 + 1 / pow(3 + 0.05 * 0.01 * k, 2));
        if (left <= rate * 0.01)
            end_s = 0.01 * k + left / rate;
        left -= rate * 0.01;
    }
    ck_assert_double_gt(end_s, 10);
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), end_s, 1e-9);
}
END_TEST

/* Many independent blocks: the mean rate is the ergodic capacity of Rayleigh fading,
 * B e^{1/γ} E1(1/γ) / ln 2 (Alouini & Goldsmith, IEEE Trans. Veh. Technol. 48(4), 1999). */
START_TEST(mean_rate_of_a_moving_channel)
{
    g_autoptr(CsConfig) config = small_config(1);
    CsDeviceGroup *group = &config->groups[0];
    CsDoppler doppler = _i == 0 ? CS_DOPPLER_GAUSS_MARKOV : CS_DOPPLER_JAKES;
    group->radio.fading.kind = CS_FADING_RAYLEIGH;
    group->radio.coherence = CS_COHERENCE_TIME;
    group->radio.coherence_s = 10e-3;
    group->radio.doppler = doppler;
    group->radio.bandwidth_hz = 40;
    group->radio.noise_density_w_per_hz = 1.0 / 40 / 5; /* γ = 5 */
    group->mobility.speed_m_per_s = 4;                  /* 40 Hz: J0(0.8π) = 0.013 */
    g_autoptr(Told) told = run(config, NULL);
    double expected = 40 * exp(0.2) * gsl_sf_expint_E1(0.2) / M_LN2;
    CsSpan up = span_of(told, 0, CS_STAGE_SMASHED_UP),
           down = span_of(told, 0, CS_STAGE_GRADIENT_DOWN);
    /* 17000 blocks each, whose rates deviate by half their mean: 0.4 % */
    double seconds_both = seconds(up.end_ns - up.start_ns) + seconds(down.end_ns - down.start_ns);
    ck_assert_close(2 * smashed_bit / seconds_both, expected, 0.015);
}
END_TEST

START_TEST(position_at_the_round_start)
{
    g_autoptr(CsConfig) config = small_config(1);
    CsDeviceGroup *group = &config->groups[0];
    config->rounds = 20;
    group->distance_min_m = group->distance_max_m = 5;
    group->mobility = (CsMobility){CS_MOBILITY_LINEAR, 0.5, G_PI / 2, 0, 0, 0};
    g_autoptr(Told) told = run(config, NULL);
    for (guint i = 0; i < 20; i++) {
        const CsRoundRecord *record = record_of(told, i);
        double s = 0.5 * seconds(record->start_ns);
        ck_assert_close(record->uplink.snr, 1 / (25 + s * s), 1e-9);
        ck_assert_close(record->uplink.rate_bps, 1e6 * log2(1 + 1 / (25 + s * s)), 1e-9);
    }
    ck_assert_int_gt(record_of(told, 19)->start_ns, 1000000000);
}
END_TEST

/* --- transfers that do not end ------------------------------------------------------------------
 */

/* Walks away at 100 m/s for ever: at 10^4 log2(1 + d^-2) bit/s the 16384 bit take 0.4 s at 1 m;
 * what a walk from 1 km on can carry at all, 10^4 / ln 2 ∫ (1000 + 100 t)^-2 dt = 0.14 bit, is too
 * little. */
START_TEST(a_walk_that_leads_too_far)
{
    g_autoptr(CsConfig) config = small_config(2);
    CsDeviceGroup *group = &config->groups[1];
    for (guint i = 0; i < 2; i++) {
        config->groups[i].radio.bandwidth_hz = 1e4;
        config->groups[i].radio.noise_density_w_per_hz = 1e-4;
        if (_i == 1)
            config->groups[i].radio.sharing = CS_SHARING_EQUAL;
    }
    group->radio.coherence = CS_COHERENCE_TIME;
    group->radio.coherence_s = 100;
    group->distance_min_m = group->distance_max_m = 1000;
    group->mobility = (CsMobility){CS_MOBILITY_LINEAR, 100, 0, 0, 0, 0};
    g_autoptr(GError) error = NULL;
    g_autoptr(Told) told = run(config, &error);
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_TRANSFER));
    ck_assert_msg(g_str_has_prefix(error->message, "round 1 of device 'd1' has a transfer that is "
                                                   "not done after 10 days"),
                  "%s", error->message);
}
END_TEST

/* The same with a limit of 2 s: it loses its rounds after 2 s each, the other device none; and so
 * it does where its links stay as they are, or are too weak for the clock. */
START_TEST(a_transfer_is_given_up)
{
    g_autoptr(CsConfig) config = small_config(2);
    CsDeviceGroup *group = &config->groups[1];
    config->rounds = 3;
    group->radio.transfer_limit_s = 2;
    group->distance_min_m = group->distance_max_m = _i == 2 ? 1e100 : 1e4;
    if (_i == 0) {
        group->radio.coherence = CS_COHERENCE_TIME;
        group->radio.coherence_s = 0.01;
        group->mobility = (CsMobility){CS_MOBILITY_LINEAR, 100, 0, 0, 0, 0};
    }
    g_autoptr(Told) told = run(config, NULL);
    ck_assert_uint_eq(told->round->len, 3);
    ck_assert_double_eq(told->totals.sum.lost.rounds, 3);
    ck_assert_close(told->totals.sum.lost.time_s, 6, 1e-9);
    ck_assert_close(told->totals.sum.lost.radio_energy_j, 6, 1e-9);
    ck_assert_close(told->totals.makespan_s, 6, 1e-9);
}
END_TEST

/* A transfer that is as long as the limit is in time. */
START_TEST(a_limit_in_time)
{
    g_autoptr(CsConfig) config = small_config(1);
    config->groups[0].radio.bandwidth_hz = smashed_bit; /* 1 s each way */
    config->groups[0].radio.noise_density_w_per_hz = 1 / smashed_bit;
    config->groups[0].radio.transfer_limit_s = _i == 0 ? 1 : 0.999;
    config->rounds = 2;
    g_autoptr(Told) told = run(config, NULL);
    ck_assert_uint_eq(told->round->len, _i == 0 ? 2 : 0);
    ck_assert_close(told->totals.makespan_s, _i == 0 ? 4 : 2 * 0.999, 1e-6);
}
END_TEST

/* --- a shared cell ------------------------------------------------------------------------------
 */

/* Two devices start together; near has three times the efficiency of far: w and 3w of the cell's
 * time. Equal: near ends at 2w, far at 4w. The gradients come down in the same way, one 2w after
 * the other: near has the air to itself for w and is done before far begins. */
START_TEST(two_devices_by_hand)
{
    g_autoptr(CsConfig) config = small_config(2), alone = small_config(2);
    /* log2(1 + 7) = 3, log2(1 + 1) = 1: distances 1/√7 and 1 under a reference distance of 0.1 */
    CsConfig *both[] = {config, alone};
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < 2; i++) {
            CsDeviceGroup *group = &both[c]->groups[i];
            group->radio.reference_distance_m = 0.1;
            group->radio.reference_loss = 0.01;
            group->distance_min_m = group->distance_max_m = i == 0 ? 1 / sqrt(7) : 1;
            group->radio.sharing = c == 1    ? CS_SHARING_DEDICATED
                                   : _i == 0 ? CS_SHARING_EQUAL
                                             : CS_SHARING_PROPORTIONAL_FAIR;
        }
    g_autoptr(Told) told = run(config, NULL);
    g_autoptr(Told) told_alone = run(alone, NULL);
    double w = smashed_bit / 3e6;
    CsSpan near = span_of(told, 0, CS_STAGE_SMASHED_UP),
           far = span_of(told, 1, CS_STAGE_SMASHED_UP);
    ck_assert_close(seconds(near.end_ns), 2 * w, 1e-6);
    ck_assert_close(seconds(far.end_ns), 4 * w, 1e-6);
    near = span_of(told, 0, CS_STAGE_GRADIENT_DOWN);
    far = span_of(told, 1, CS_STAGE_GRADIENT_DOWN);
    ck_assert_close(seconds(near.end_ns), 3 * w, 1e-6);
    ck_assert_close(seconds(far.end_ns), 7 * w, 1e-6);
    /* A share of the band is as large a share of the power: the energy is that of being alone. */
    for (guint i = 0; i < 2; i++)
        ck_assert_close(record_of(told, i)->radio_energy_j,
                        record_of(told_alone, i)->radio_energy_j, 1e-6);
    ck_assert_close(record_of(told, 1)->radio_energy_j, 2 * 3 * w, 1e-6);
}
END_TEST

static CsAvailability *there_until(double time_s)
{
    gint64 change_ns = llround(time_s * 1e9);
    return cs_availability_new(TRUE, &change_ns, 1, change_ns, CS_TRACE_HOLD);
}

/*
 * Three devices and a cell of 16384 bit/s. From 0 on each has a third. At 1.5 s device 0 leaves,
 * with half of its 16384 bit sent; the others, with half left each, then have a half: they end
 * at 2.5 s, device 1 first. Its 16384 bit and the half of device 0's: nothing is lost on the way
 * and nothing comes twice. Then both receive at once, for 2 s.
 */
START_TEST(who_leaves_re_times_the_others)
{
    g_autoptr(CsConfig) config = small_config(3);
    g_autoptr(CsAvailability) away = there_until(1.5);
    for (guint i = 0; i < 3; i++) {
        config->groups[i].radio.bandwidth_hz = smashed_bit;
        config->groups[i].radio.noise_density_w_per_hz = 1 / smashed_bit;
        config->groups[i].radio.sharing = _i == 0 ? CS_SHARING_EQUAL : CS_SHARING_PROPORTIONAL_FAIR;
    }
    config->groups[0].availability = away;
    config->rounds = 2;
    g_autoptr(Told) told = run(config, NULL);
    for (guint i = 1; i < 3; i++) {
        CsSpan up = span_of(told, i, CS_STAGE_SMASHED_UP),
               down = span_of(told, i, CS_STAGE_GRADIENT_DOWN);
        ck_assert_close(seconds(up.end_ns), 2.5, 1e-6);
        ck_assert_close(seconds(down.end_ns), 4.5, 1e-6);
        /* Whoever has a share of the band radiates that share of 1 W. */
        ck_assert_close(record_of(told, i - 1)->radio_energy_j, 2, 1e-6);
    }
    ck_assert_double_eq(told->totals.sum.lost.rounds, 1);
    ck_assert_close(told->totals.sum.lost.time_s, 1.5, 1e-9);
    /* The second round is that of two devices: 2 s up and 2 s down. */
    ck_assert_uint_eq(told->round->len, 4);
    ck_assert_close(told->totals.makespan_s, 8.5, 1e-6);
}
END_TEST

/* The one that leaves has nothing to send at that time: its rate is 0 until 10 s. */
START_TEST(who_waits_for_a_channel_may_leave)
{
    static const double time_s[] = {0, 10}, rate_bps[] = {0, 16384};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsAvailability) away = there_until(1.5);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_HOLD, 2, time_s, rate_bps);
    for (guint i = 0; i < 2; i++) {
        config->groups[i].radio.bandwidth_hz = smashed_bit;
        config->groups[i].radio.noise_density_w_per_hz = 1 / smashed_bit;
        config->groups[i].radio.sharing = _i == 0 ? CS_SHARING_EQUAL : CS_SHARING_DEDICATED;
    }
    config->groups[0].availability = away;
    config->groups[0].trace[CS_UPLINK] = trace;
    g_autoptr(Told) told = run(config, NULL);
    ck_assert_close(seconds(span_of(told, 1, CS_STAGE_SMASHED_UP).end_ns), 1, 1e-6);
    ck_assert_close(told->totals.makespan_s, 2, 1e-6);
    ck_assert_double_eq(told->totals.sum.lost.rounds, 1);
}
END_TEST

/* Two of three share an air that carries next to nothing of what the third has, each in turn: the
 * clock's end is that one's, whose name is told. */
START_TEST(the_clock_ends_for_the_right_device)
{
    g_autoptr(CsConfig) config = small_config(3);
    for (guint i = 0; i < 3; i++)
        config->groups[i].radio.sharing =
            _i / 3 == 0 ? CS_SHARING_EQUAL : CS_SHARING_PROPORTIONAL_FAIR;
    config->groups[_i % 3].distance_min_m = config->groups[_i % 3].distance_max_m = 1e8;
    g_autofree char *whose = g_strdup_printf("of device 'd%d'", _i % 3);
    g_autoptr(GError) error = NULL;
    g_autoptr(Told) told = run(config, &error);
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_CLOCK));
    ck_assert_msg(strstr(error->message, whose) != NULL, "%s", error->message);
}
END_TEST

/*
 * Device 0 has 8192 bit/s, and 24576 from 1 s on; device 1 16384 throughout; in seconds of the
 * whole cell that is 2 and 2/3 against 1 a transfer; the window is 1 s. Until 1 s each has half of
 * the air, and both levels fall from 1 to m = 1/2 + e^-1/2. Then device 0, three times as good, is
 * at m/3 and has the air to itself until m e^-t = 1 - (1 - m/3) e^-t, t = ln(1 + 2m/3); of its 1/2
 * s it has 1/2 - t left, which takes twice as long. Device 1 has what is left of the 2 s that are
 * to be served.
 */
START_TEST(proportional_fair_by_hand)
{
    static const double time_s[] = {0, 1}, varying[] = {8192, 24576}, constant[] = {16384, 16384};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) first = rates(CS_TRACE_HOLD, 2, time_s, varying);
    g_autoptr(CsChannelTrace) second = rates(CS_TRACE_HOLD, 1, time_s, constant);
    config->groups[0].trace[CS_UPLINK] = first;
    config->groups[1].trace[CS_UPLINK] = second;
    config->groups[0].radio.sharing = config->groups[1].radio.sharing =
        CS_SHARING_PROPORTIONAL_FAIR;
    g_autoptr(Told) told = run(config, NULL);
    double m = 0.5 + 0.5 * exp(-1), t = log1p(2 * m / 3);
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), 1 + t + 2 * (0.5 - t),
                    1e-8);
    ck_assert_close(seconds(span_of(told, 1, CS_STAGE_SMASHED_UP).end_ns), 2, 1e-8);
}
END_TEST

/*
 * Both have 16384 bit/s and half of the air until 0.5 s, when device 1 fades by 10^-20 until 100 s.
 * Its level is then so high that device 0 has the air to itself and ends at 1.25 s. From there
 * device 1 has it, and radiates, though nothing comes of it; its 3/4 s are left at 100 s.
 */
START_TEST(a_deep_fade_by_hand)
{
    static const double time_s[] = {0, 0.5, 100}, fades[] = {16384, 16384e-20, 16384};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) first = rates(CS_TRACE_HOLD, 1, time_s, fades);
    g_autoptr(CsChannelTrace) second = rates(CS_TRACE_HOLD, 3, time_s, fades);
    config->groups[0].trace[CS_UPLINK] = first;
    config->groups[1].trace[CS_UPLINK] = second;
    config->groups[0].radio.sharing = config->groups[1].radio.sharing =
        CS_SHARING_PROPORTIONAL_FAIR;
    g_autoptr(Told) told = run(config, NULL);
    double down_j = 16384 / 1e6; /* alone, at 1 bit/s/Hz */
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), 1.25, 1e-8);
    ck_assert_close(seconds(span_of(told, 1, CS_STAGE_SMASHED_UP).end_ns), 100.75, 1e-8);
    ck_assert_close(record_of(told, 0)->radio_energy_j, 1 + down_j, 1e-7);
    ck_assert_close(record_of(told, 1)->radio_energy_j, 0.25 + 98.75 + 0.75 + down_j, 1e-7);
}
END_TEST

/*
 * Device 1 is behind a wall, at a hundredth of 16384 bit/s, until 100 s; device 0, at 16384 bit/s,
 * has the other half of the air meanwhile. Back at full rate device 1 catches up what it had little
 * of only as far as the window of 1 s reaches: from the levels 1/2 and 1/200 for ln(1 + 0.495) s,
 * and not for as long as it was away.
 */
START_TEST(nobody_starves_after_a_bad_spell)
{
    static const double time_s[] = {0, 100}, wall[] = {163.84, 16384}, free[] = {16384};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) first = rates(CS_TRACE_HOLD, 1, time_s, free);
    g_autoptr(CsChannelTrace) second = rates(CS_TRACE_HOLD, 2, time_s, wall);
    config->training.batch = 60; /* 60 s of the whole cell */
    config->groups[0].trace[CS_UPLINK] = first;
    config->groups[1].trace[CS_UPLINK] = second;
    config->groups[0].radio.sharing = config->groups[1].radio.sharing =
        CS_SHARING_PROPORTIONAL_FAIR;
    g_autoptr(Told) told = run(config, NULL);
    double alone_s = log1p(0.5 - 0.5 * 163.84 / 16384);
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns),
                    100 + alone_s + 2 * (60 - 50), 1e-8);
}
END_TEST

/* Without a rate from 1 s to 2 s device 1 is served nothing; of what it had been served before,
 * e^-1 is left when it comes back: it has the air to itself until both levels are one again. */
START_TEST(who_waited_for_a_rate_is_served)
{
    static const double time_s[] = {0, 1, 2}, gap[] = {16384, 0, 16384}, free[] = {16384};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) first = rates(CS_TRACE_HOLD, 1, time_s, free);
    g_autoptr(CsChannelTrace) second = rates(CS_TRACE_HOLD, 3, time_s, gap);
    config->training.batch = 4; /* 4 s of the whole cell */
    config->groups[0].trace[CS_UPLINK] = first;
    config->groups[1].trace[CS_UPLINK] = second;
    config->groups[0].radio.sharing = config->groups[1].radio.sharing =
        CS_SHARING_PROPORTIONAL_FAIR;
    g_autoptr(Told) told = run(config, NULL);
    /* Until 1 s both at m; until 2 s device 0 rises to 1 - (1 - m)/e, device 1 falls to m/e. */
    double m = 0.5 + 0.5 * exp(-1), high = 1 - (1 - m) * exp(-1), low = m * exp(-1);
    double alone_s = log1p(high - low);
    /* Device 0 has had 1/2 + 1 s by 2 s, and nothing for alone_s; then half. */
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), 2 + alone_s + 2 * 2.5,
                    1e-8);
    ck_assert_close(seconds(span_of(told, 1, CS_STAGE_SMASHED_UP).end_ns), 8, 1e-8);
}
END_TEST

static gint by_start(gconstpointer a, gconstpointer b)
{
    const CsSpan *x = a, *y = b;
    return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

/* ∫ of a two-rate loop (1 s at a, 1 s at b) up to t. */
static double loop_integral(double t, double a, double b)
{
    double laps = floor(t / 2), rest = t - 2 * laps;
    return laps * (a + b) + (rest < 1 ? a * rest : a + b * (rest - 1));
}

/* Whoever shares how, the cell serves its rate whenever anybody sends: bits sent are bits
 * delivered. Thirty devices with one trace; the union of the uplink's spans, through the trace's
 * integral. */
START_TEST(bits_sent_are_bits_delivered)
{
    static const double time_s[] = {0, 1}, rate_bps[] = {1e5, 3e5};
    enum { DEVICES = 30, ROUNDS = 20 };
    const CsSharing sharing = _i == 0 ? CS_SHARING_EQUAL : CS_SHARING_PROPORTIONAL_FAIR;
    g_autoptr(CsConfig) config = small_config(DEVICES);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_LOOP, 2, time_s, rate_bps);
    config->rounds = ROUNDS;
    config->local_epochs = 3;
    config->policy = cs_policy_find("random"); /* cuts 0..2: adapters and computing in between */
    config->training.lora_rank = 8;
    config->server.gpus = 1;
    for (int i = 0; i < DEVICES; i++) {
        config->groups[i].frequency_hz = 1e4 * (1 + i);
        config->groups[i].cores = 1;
        config->groups[i].trace[CS_UPLINK] = trace;
        config->groups[i].radio.sharing = sharing;
    }
    g_autoptr(Told) told = run(config, NULL);
    g_autoptr(GArray) up = g_array_new(FALSE, FALSE, sizeof(CsSpan));
    double sent_bit = 0, adapter_bit = 32 * 8 * (4 * (64 + 64) + 2 * (64 + 64));
    for (guint i = 0; i < told->span->len; i++) {
        CsSpan span = g_array_index(told->span, CsSpan, i);
        if (span.stage == CS_STAGE_SMASHED_UP || span.stage == CS_STAGE_ADAPTER_UP)
            g_array_append_val(up, span);
        if (span.stage == CS_STAGE_SMASHED_UP)
            sent_bit += smashed_bit;
    }
    for (guint i = 0; i < told->round->len; i++)
        sent_bit += record_of(told, i)->decision.cut * adapter_bit;
    g_array_sort(up, by_start);
    double delivered_bit = 0;
    gint64 reached_ns = 0;
    for (guint i = 0; i < up->len; i++) {
        CsSpan span = g_array_index(up, CsSpan, i);
        if (span.end_ns <= reached_ns)
            continue;
        double from_s = seconds(MAX(span.start_ns, reached_ns)), to_s = seconds(span.end_ns);
        delivered_bit += loop_integral(to_s, rate_bps[0], rate_bps[1]) -
                         loop_integral(from_s, rate_bps[0], rate_bps[1]);
        reached_ns = span.end_ns;
    }
    ck_assert_uint_eq(up->len, DEVICES * ROUNDS * 4);
    ck_assert_close(delivered_bit, sent_bit, 1e-7);
}
END_TEST

/* --- environments -------------------------------------------------------------------------------
 */

/* 4000 devices 60 m from a UMi access point: 18/60 + e^{-60/36}(1 - 18/60) = 0.43221 of them see
 * it; the shadowing of those has 4 dB, of the others 7.82 dB, and mean 0. */
START_TEST(line_of_sight_and_shadowing_by_device)
{
    enum { DEVICES = 4000 };
    g_autoptr(CsConfig) config = small_config(1);
    CsDeviceGroup *group = &config->groups[0];
    group->radio.path_loss = CS_PATH_LOSS_UMI;
    group->radio.ap_height_m = 10;
    group->radio.shadowing_db = group->radio.shadowing_distance_m = NAN;
    group->height_m = 1.5;
    group->distance_min_m = group->distance_max_m = 60;
    double n[2] = {0}, sum[2] = {0}, square[2] = {0};
    for (guint i = 0; i < DEVICES; i++) {
        g_autofree char *name = g_strdup_printf("d.%u", i);
        CsLargeScale at = cs_channel_large_scale(config, group, cs_entity_hash(name), 1);
        double shadowing_db = 10 * log10(at.shadowing);
        n[at.line_of_sight]++;
        sum[at.line_of_sight] += shadowing_db;
        square[at.line_of_sight] += shadowing_db * shadowing_db;
        ck_assert_close(at.los_probability, 0.3 + exp(-60 / 36.0) * 0.7, 1e-12);
    }
    double p = 0.3 + exp(-60 / 36.0) * 0.7;
    static const double sigma_db[] = {7.82, 4};
    ck_assert_close(n[1] / DEVICES, p, 4 * sqrt((1 - p) / p / DEVICES));
    for (int i = 0; i < 2; i++) {
        ck_assert_double_eq_tol(sum[i] / n[i], 0, 4 * sigma_db[i] / sqrt(n[i]));
        ck_assert_close(square[i] / n[i], sigma_db[i] * sigma_db[i], 4 * sqrt(2 / n[i]));
    }
}
END_TEST

/* Along a path the shadowing's correlation is e^{-Δ/d}: d = 10 m, sampled every 2.5 m. */
START_TEST(shadowing_along_a_path)
{
    CsRadio radio = plain_radio();
    radio.shadowing_db = 6;
    CsSurroundings surroundings;
    cs_surroundings_init(&surroundings, 1, 1, 99);
    enum { N = 40000 };
    g_autofree double *s = g_new(double, N);
    for (int i = 0; i < N; i++)
        s[i] = 10 * log10(cs_surroundings_at(&surroundings, &radio, 1.5, 50, 2.5 * i).shadowing);
    for (int lag = 0; lag <= 8; lag += 4) {
        double sum = 0;
        for (int i = 0; i + lag < N; i++)
            sum += s[i] * s[i + lag];
        /* 10^5 m hold 10^4 correlation distances: 1.4 % of the variance */
        ck_assert_double_eq_tol(sum / (N - lag) / 36, exp(-2.5 * lag / 10), 0.05);
    }
}
END_TEST

/* --- lost blocks and what cannot be -------------------------------------------------------------
 */

START_TEST(lost_blocks_take_their_share_of_the_rate)
{
    g_autoptr(CsConfig) config = small_config(1);
    config->groups[0].radio.errors =
        (CsLinkErrors){.block_error_rate = 0.2, .retransmissions = 3, .processes = 16};
    g_autoptr(Told) told = run(config, NULL);
    ck_assert_close(record_of(told, 0)->uplink.rate_bps, 0.8e6, 1e-12);
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), smashed_bit / 0.8e6,
                    1e-6);
    ck_assert_close(record_of(told, 0)->radio_energy_j, 2 * smashed_bit / 0.8e6, 1e-6);
}
END_TEST

static void spoil_bandwidth(CsConfig *config)
{
    config->groups[1].radio.bandwidth_hz *= 2;
    config->groups[0].radio.sharing = config->groups[1].radio.sharing = CS_SHARING_EQUAL;
}

static void spoil_rule(CsConfig *config)
{
    config->groups[0].radio.sharing = CS_SHARING_EQUAL;
    config->groups[1].radio.sharing = CS_SHARING_PROPORTIONAL_FAIR;
}

static void spoil_window(CsConfig *config)
{
    config->groups[0].radio.sharing = config->groups[1].radio.sharing =
        CS_SHARING_PROPORTIONAL_FAIR;
    config->groups[1].radio.pf_window_s *= 2;
}

static void spoil_fading(CsConfig *config)
{
    config->groups[1].radio.coherence = CS_COHERENCE_TIME;
    config->groups[1].radio.coherence_s = 1;
    config->groups[1].radio.fading = (CsFadingModel){.kind = CS_FADING_NAKAGAMI, .nakagami_m = 2};
}

static void spoil_area(CsConfig *config)
{
    config->groups[1].mobility = (CsMobility){CS_MOBILITY_RANDOM_WAYPOINT, 1, 0, 0.5, 0, 0};
}

/* Device 0 sends nothing from 1 s to 2 s. Each has 16384 bit and 8192 bit/s alone, 4096 together:
 * both have 12288 left after 1 s; device 1 has 4096 left after its second alone and ends after a
 * third together; device 0 then has 8192 left and ends after a fourth. */
START_TEST(a_pause_gives_the_air_to_the_others)
{
    static const double time_s[] = {0, 1, 2}, paused[] = {8192, 0, 8192}, constant[] = {8192};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) first = rates(CS_TRACE_HOLD, 3, time_s, paused);
    g_autoptr(CsChannelTrace) second = rates(CS_TRACE_HOLD, 1, time_s, constant);
    config->groups[0].trace[CS_UPLINK] = first;
    config->groups[1].trace[CS_UPLINK] = second;
    for (guint i = 0; i < 2; i++)
        config->groups[i].radio.sharing = CS_SHARING_EQUAL;
    g_autoptr(Told) told = run(config, NULL);
    ck_assert_close(seconds(span_of(told, 1, CS_STAGE_SMASHED_UP).end_ns), 3, 1e-6);
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), 4, 1e-6);
}
END_TEST

START_TEST(a_trace_that_stops_stops_a_shared_cell)
{
    static const double time_s[] = {0, 1}, rate_bps[] = {1e3, 1e3};
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_STOP, 2, time_s, rate_bps);
    config->groups[1].trace[CS_UPLINK] = trace;
    for (guint i = 0; i < 2; i++)
        config->groups[i].radio.sharing = CS_SHARING_EQUAL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Told) told = run(config, &error);
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_TRACE));
    ck_assert_str_eq(error->message,
                     "round 1 of device 'd1' has something to send when its trace has ended");
}
END_TEST

/* A round decides at the trace's first rate above 0, however long that takes to come. */
START_TEST(a_round_that_begins_in_a_pause)
{
    static const double time_s[] = {0, 3}, rate_bps[] = {0, 16384};
    g_autoptr(CsConfig) config = small_config(1);
    g_autoptr(CsChannelTrace) trace = rates(CS_TRACE_HOLD, 2, time_s, rate_bps);
    config->groups[0].trace[CS_UPLINK] = trace;
    g_autoptr(Told) told = run(config, NULL);
    ck_assert_close(record_of(told, 0)->uplink.rate_bps, 16384, 1e-15);
    ck_assert_close(seconds(span_of(told, 0, CS_STAGE_SMASHED_UP).end_ns), 4, 1e-6);
}
END_TEST

static const struct {
    void (*spoil)(CsConfig *config);
    CsConfigError error;
} refused[] = {
    {spoil_bandwidth, CS_CONFIG_ERROR_SHARING}, {spoil_rule, CS_CONFIG_ERROR_SHARING},
    {spoil_window, CS_CONFIG_ERROR_SHARING},    {spoil_fading, CS_CONFIG_ERROR_FADING},
    {spoil_area, CS_CONFIG_ERROR_AREA},
};

START_TEST(what_cannot_be_is_refused)
{
    g_autoptr(CsConfig) config = small_config(2);
    g_autoptr(GError) error = NULL;
    gint group;
    refused[_i].spoil(config);
    ck_assert(!cs_config_prepare(config, &group, &error));
    ck_assert(g_error_matches(error, CS_CONFIG_ERROR, (gint)refused[_i].error));
    ck_assert_int_eq(group, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transfer");
    TCase *changes = tcase_create("changes"), *sharing = tcase_create("sharing");
    TCase *places = tcase_create("places");
    tcase_add_test(changes, what_is_left_is_carried);
    tcase_add_test(changes, a_transfer_may_take_many_legs);
    tcase_add_test(changes, a_trace_that_stops_stops_the_run);
    tcase_add_test(changes, nothing_is_told_after_a_failure);
    tcase_add_test(changes, less_than_a_bit_takes_its_time);
    tcase_add_loop_test(changes, blocks_given_up_by_hand, 0, 5);
    tcase_add_test(changes, no_blocks_where_none_is_lost);
    tcase_add_loop_test(changes, blocks_of_a_changing_link, 0, 2);
    tcase_add_loop_test(changes, a_walk_that_leads_too_far, 0, 2);
    tcase_add_loop_test(changes, a_transfer_is_given_up, 0, 3);
    tcase_add_loop_test(changes, a_limit_in_time, 0, 2);
    tcase_add_test(changes, a_walk_by_hand);
    tcase_add_loop_test(changes, mean_rate_of_a_moving_channel, 0, 2);
    tcase_add_test(changes, position_at_the_round_start);
    tcase_add_test(changes, lost_blocks_take_their_share_of_the_rate);
    tcase_add_loop_test(sharing, two_devices_by_hand, 0, 2);
    tcase_add_loop_test(sharing, who_leaves_re_times_the_others, 0, 2);
    tcase_add_loop_test(sharing, who_waits_for_a_channel_may_leave, 0, 2);
    tcase_add_loop_test(sharing, the_clock_ends_for_the_right_device, 0, 6);
    tcase_add_test(sharing, proportional_fair_by_hand);
    tcase_add_test(sharing, a_deep_fade_by_hand);
    tcase_add_test(sharing, nobody_starves_after_a_bad_spell);
    tcase_add_test(sharing, who_waited_for_a_rate_is_served);
    tcase_add_loop_test(sharing, bits_sent_are_bits_delivered, 0, 2);
    tcase_add_test(sharing, a_pause_gives_the_air_to_the_others);
    tcase_add_test(sharing, a_trace_that_stops_stops_a_shared_cell);
    tcase_add_test(changes, a_round_that_begins_in_a_pause);
    tcase_add_loop_test(sharing, what_cannot_be_is_refused, 0, (int)G_N_ELEMENTS(refused));
    tcase_add_test(places, line_of_sight_and_shadowing_by_device);
    tcase_add_test(places, shadowing_along_a_path);
    suite_add_tcase(suite, changes);
    suite_add_tcase(suite, sharing);
    suite_add_tcase(suite, places);
    return cs_check_main(suite);
}
