/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check-property: what must hold whatever the scenario says, on random valid scenarios.
 *
 * Each scenario is written as text, read as a user's would be, and simulated. Draws come from a
 * generator with a fixed seed; CS_PROPERTY_CASES says how many scenarios a property sees (100).
 */
#include "../unit/cs-check.h"
#include "base/random.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEVICES_MAX 4

/* What a random scenario is made of. */
typedef struct {
    guint n_devices, rounds, epochs, batch, length, layers, rank, cut, table;
    double compression, activation_bit, flops_per_cycle, exponent, bandwidth_mhz, weight;
    double power_gain; /* on every transmit power */
    double frequency_ghz[DEVICES_MAX], distance_m[DEVICES_MAX], tx_dbm[DEVICES_MAX];
    guint cores[DEVICES_MAX];
    const char *fading, *rate, *schedule, *policy, *frequency, *model;
    gboolean reversed;
    guint gpus;
    const char *simulation_keys, *server_keys, *radio_keys, *device_keys; /* lines more, or NULL */
} Spec;

typedef struct {
    CsSink sink;
    GArray *rounds, *devices;
    CsTotals totals;
} Kept;

typedef struct {
    CsScenario *scenario;
    const CsConfig *config;
    Kept kept;
} Result;

/* --- random scenarios --------------------------------------------------------------------------
 */

static const char *one_of(GRand *rand, const char *const *words, gint n)
{
    return words[g_rand_int_range(rand, 0, n)];
}

static Spec random_spec(GRand *rand)
{
    static const char *const fadings[] = {"none", "rayleigh", "rician", "nakagami"};
    static const char *const rates[] = {"cqi", "mcs", "gap", "shannon"};
    static const char *const models[] = {"gpt2", "llama-3.2-1b", "qwen2.5-0.5b", "opt-350m"};
    static const char *const rules[] = {"card", "max", "min"};
    Spec spec = {
        .n_devices = (guint)g_rand_int_range(rand, 1, DEVICES_MAX + 1),
        .rounds = (guint)g_rand_int_range(rand, 1, 6),
        .epochs = (guint)g_rand_int_range(rand, 1, 5),
        .batch = (guint)g_rand_int_range(rand, 1, 33),
        .length = (guint)g_rand_int_range(rand, 16, 513),
        .layers = (guint)g_rand_int_range(rand, 1, 40),
        .rank = (guint)g_rand_int_range(rand, 0, 17),
        .table = (guint)g_rand_int_range(rand, 1, 3),
        .compression = g_rand_double_range(rand, 0.01, 1),
        .activation_bit = 16,
        .flops_per_cycle = 2,
        .exponent = g_rand_double_range(rand, 2, 6),
        .bandwidth_mhz = g_rand_double_range(rand, 1, 100),
        .weight = g_rand_double_range(rand, 0, 1),
        .power_gain = 1,
        .fading = one_of(rand, fadings, 4),
        .rate = one_of(rand, rates, 4),
        .schedule = g_rand_boolean(rand) ? "parallel" : "sequential",
        .policy = "card",
        .frequency = one_of(rand, rules, 3),
        .model = one_of(rand, models, 4),
        .gpus = (guint)g_rand_int_range(rand, 1, 4),
    };
    spec.cut = (guint)g_rand_int_range(rand, 0, (gint)spec.layers + 1);
    for (guint i = 0; i < DEVICES_MAX; i++) {
        spec.frequency_ghz[i] = g_rand_double_range(rand, 0.2, 1.4);
        spec.distance_m[i] = g_rand_double_range(rand, 1, 60);
        spec.tx_dbm[i] = g_rand_double_range(rand, 10, 26);
        spec.cores[i] = (guint)g_rand_int_range(rand, 128, 2049);
    }
    return spec;
}

static const char *lines(const char *keys)
{
    return keys != NULL ? keys : "";
}

static void append_device(GString *text, const Spec *spec, guint i)
{
    g_string_append_printf(
        text,
        "[device d%u]\nfrequency = %.17g GHz\ncores = %u\nflops-per-cycle = %g\n"
        "distance = %.17g m\ntx-power = %.17g W\npower-coefficient = 1e-26 W/Hz^3\n"
        "%s",
        i, spec->frequency_ghz[i], spec->cores[i], spec->flops_per_cycle, spec->distance_m[i],
        1e-3 * pow(10, spec->tx_dbm[i] / 10) * spec->power_gain, lines(spec->device_keys));
}

static char *text_of(const Spec *spec)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(
        text,
        "[simulation]\nrounds = %u\nseed = 5\nschedule = %s\n%s[model]\nllm = %s\nlayers = %u\n"
        "[training]\nlocal-epochs = %u\nbatch = %u\nsequence-length = %u\ncompression = %.17g\n"
        "activation-precision = %g bit\nlora-rank = %u\n"
        "[server]\ngpus = %u\nflops-per-cycle = %g\ntx-power = %.17g W\n%s"
        "[radio]\nbandwidth = %.17g MHz\npath-loss-exponent = %.17g\nfading = %s\nrate = %s\n"
        "cqi-table = %u\n%s[policy]\nname = %s\nweight = %.17g\nfrequency = %s\n",
        spec->rounds, spec->schedule, lines(spec->simulation_keys), spec->model, spec->layers,
        spec->epochs, spec->batch, spec->length, spec->compression, spec->activation_bit,
        spec->rank, spec->gpus, spec->flops_per_cycle, spec->power_gain, lines(spec->server_keys),
        spec->bandwidth_mhz, spec->exponent, spec->fading, spec->rate, spec->table,
        lines(spec->radio_keys), spec->policy, spec->weight, spec->frequency);
    if (strcmp(spec->policy, "static") == 0)
        g_string_append_printf(text, "cut = %u\n", spec->cut);
    g_string_append(text, "delay-limit = 20 s\nenergy-budget = 500 J\n"); /* of some policies */
    for (guint i = 0; i < spec->n_devices; i++)
        append_device(text, spec, spec->reversed ? spec->n_devices - 1 - i : i);
    return g_string_free(text, FALSE);
}

/* --- simulating --------------------------------------------------------------------------------
 */

static void keep_round(CsSink *sink, const CsRoundRecord *record)
{
    g_array_append_val(((Kept *)sink)->rounds, *record);
}

static void keep_device(CsSink *sink, const CsDeviceTotals *totals)
{
    g_array_append_val(((Kept *)sink)->devices, *totals);
}

static void keep_totals(CsSink *sink, const CsTotals *totals)
{
    ((Kept *)sink)->totals = *totals;
}

static Result *simulate(const Spec *spec)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autofree char *text = text_of(spec), *path = NULL;
    int descriptor = g_file_open_tmp("property-XXXXXX.ini", &path, NULL);
    ck_assert(descriptor >= 0 && g_close(descriptor, NULL));
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    Result *result = g_new0(Result, 1);
    result->scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert(g_unlink(path) == 0);
    ck_assert_msg(result->scenario != NULL, "%s\n%s", text, told);
    result->config = cs_scenario_config(result->scenario);
    result->kept =
        (Kept){.sink = {.round = keep_round, .device = keep_device, .totals = keep_totals},
               .rounds = g_array_new(FALSE, FALSE, sizeof(CsRoundRecord)),
               .devices = g_array_new(FALSE, FALSE, sizeof(CsDeviceTotals))};
    g_autoptr(GError) error = NULL;
    g_autoptr(CsSimulation) simulation = cs_simulation_new(result->config, 1, &result->kept.sink);
    ck_assert_msg(cs_simulation_run(simulation, NULL, &error), "%s",
                  error != NULL ? error->message : "");
    return result;
}

static void result_free(Result *result)
{
    g_array_unref(result->kept.rounds);
    g_array_unref(result->kept.devices);
    cs_scenario_unref(result->scenario);
    g_free(result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

static guint n_records(const Result *result)
{
    return result->kept.rounds->len;
}

static const CsRoundRecord *record(const Result *result, guint i)
{
    return &g_array_index(result->kept.rounds, CsRoundRecord, i);
}

static double delay_s(const CsRoundRecord *r)
{
    return (double)(r->end_ns - r->start_ns) / 1e9;
}

static double predicted_s(const Result *result, const CsRoundRecord *r)
{
    return cs_cost_delay(&cs_config_group_of(result->config, r->device)->cost, r->uplink.rate_bps,
                         r->downlink.rate_bps, r->decision.frequency_hz, r->decision.cut);
}

static guint n_cases(void)
{
    const char *given = g_getenv("CS_PROPERTY_CASES");
    return given != NULL ? (guint)g_ascii_strtoull(given, NULL, 10) : 100;
}

#define FOR_SPECS(spec, seed)                                                                      \
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);                                            \
    for (guint case_ = 0, cases_ = n_cases(); case_ < cases_; case_++)                             \
        for (Spec spec = random_spec(rand), *once_ = &spec; once_ != NULL; once_ = NULL)

/* --- the properties ----------------------------------------------------------------------------
 */

/* Stage times and waiting fill a round; rounds follow one another. */
START_TEST(times_add_up)
{
    FOR_SPECS(spec, 1)
    {
        g_autoptr(Result) result = simulate(&spec);
        ck_assert_uint_eq(n_records(result), spec.rounds * spec.n_devices);
        gint64 total_ns = 0;
        for (guint i = 0; i < n_records(result); i++) {
            const CsRoundRecord *r = record(result, i);
            gint64 sum = r->wait_ns;
            for (guint s = 0; s < CS_STAGE_TOLD_N; s++)
                sum += r->stage_ns[s];
            ck_assert_int_eq(sum, r->end_ns - r->start_ns);
            if (strcmp(spec.schedule, "sequential") == 0) {
                ck_assert_int_eq(r->wait_ns, 0);
                ck_assert_int_eq(r->start_ns, i > 0 ? record(result, i - 1)->end_ns : 0);
            }
            total_ns += sum;
        }
        ck_assert_close(result->kept.totals.sum.delay_s, (double)total_ns / 1e9, 1e-12);
    }
}
END_TEST

/* Whatever is shared, moves or is lost on the way: stages and waiting fill a round all the same,
 * and the sums over rounds, devices and the run are the same. */
START_TEST(nothing_is_lost_in_richer_worlds)
{
    static const char *const radios[] = {NULL, "sharing = equal\n", "sharing = proportional-fair\n",
                                         "block-error-rate = 10 %\nretransmissions = 2\n",
                                         "coherence = transmission\n"};
    static const char *const servers[] = {NULL, "discipline = processor-sharing\n",
                                          "discipline = longest-remaining-device-first\n"};
    static const char *const devices[] = {
        NULL, "mobility = linear\nspeed = 0.0001 m/s\n",
        "mobility = random-waypoint\nspeed = 1 m/s\narea-radius = 60 m\n"};
    FOR_SPECS(spec, 11)
    {
        gboolean clusters = case_ % 4 == 3;
        spec.schedule = clusters ? "clusters" : "parallel";
        spec.simulation_keys = clusters ? "cluster-size = 2\n" : NULL;
        spec.radio_keys = radios[case_ % G_N_ELEMENTS(radios)];
        spec.server_keys = servers[case_ / 5 % G_N_ELEMENTS(servers)];
        spec.device_keys = devices[case_ / 15 % G_N_ELEMENTS(devices)];
        g_autoptr(Result) result = simulate(&spec);
        gint64 total_ns = 0;
        double server_j = 0, radio_j = 0, devices_s = 0;
        ck_assert_uint_eq(n_records(result), spec.rounds * spec.n_devices);
        for (guint i = 0; i < n_records(result); i++) {
            const CsRoundRecord *r = record(result, i);
            gint64 sum = r->wait_ns;
            for (guint s = 0; s < CS_STAGE_TOLD_N; s++)
                sum += r->stage_ns[s];
            ck_assert_int_ge(r->wait_ns, 0);
            ck_assert_int_eq(sum, r->end_ns - r->start_ns);
            total_ns += sum;
            server_j += r->server_energy_j;
            radio_j += r->radio_energy_j;
        }
        for (guint i = 0; i < result->kept.devices->len; i++)
            devices_s += g_array_index(result->kept.devices, CsDeviceTotals, i).sum.delay_s;
        ck_assert_close(result->kept.totals.sum.delay_s, (double)total_ns / 1e9, 1e-12);
        ck_assert_close(result->kept.totals.sum.delay_s, devices_s, 1e-12);
        ck_assert_close(result->kept.totals.sum.server_energy_j, server_j, 1e-12);
        ck_assert_close(result->kept.totals.sum.radio_energy_j, radio_j, 1e-12);
    }
}
END_TEST

/* Without waiting the events' sum is Eq. 9-10, within a rounding an event. */
START_TEST(events_sum_to_the_prediction)
{
    FOR_SPECS(spec, 2)
    {
        g_autoptr(Result) result = simulate(&spec);
        for (guint i = 0; i < n_records(result); i++) {
            const CsRoundRecord *r = record(result, i);
            double served_s = delay_s(r) - (double)r->wait_ns / 1e9;
            double expected_s = predicted_s(result, r);
            ck_assert_msg(fabs(served_s - expected_s) <=
                              (6 * spec.epochs + 2) / 2.0 * 1e-9 + 1e-12 * expected_s,
                          "%.17g s, predicted %.17g s", served_s, expected_s);
        }
    }
}
END_TEST

/* Sums over rounds, devices and the run agree; energy is that of Eq. 11. */
START_TEST(energy_is_conserved)
{
    FOR_SPECS(spec, 3)
    {
        g_autoptr(Result) result = simulate(&spec);
        double rounds_j = 0, devices_j = 0, radio_j = 0, computing_j = 0;
        for (guint i = 0; i < n_records(result); i++) {
            const CsRoundRecord *r = record(result, i);
            const CsDeviceGroup *group = cs_config_group_of(result->config, r->device);
            const CsServer *server = &result->config->server;
            const CsProfile *profile = result->config->profile;
            guint c = r->decision.cut;
            double f = r->decision.frequency_hz;
            double flop = profile->server_forward_flop[c] + profile->server_backward_flop[c];
            double air_bit =
                spec.epochs * spec.compression * profile->smashed_bit[c] + profile->adapter_bit[c];
            ck_assert_close(r->server_energy_j,
                            spec.epochs * server->power_coefficient * f * f * flop /
                                (server->flops_per_cycle * server->cores),
                            1e-12);
            ck_assert_close(r->radio_energy_j,
                            group->tx_power_w * air_bit / r->uplink.rate_bps +
                                server->tx_power_w * air_bit / r->downlink.rate_bps,
                            1e-12);
            rounds_j += r->server_energy_j;
            radio_j += r->radio_energy_j;
            computing_j += r->device_energy_j;
        }
        for (guint i = 0; i < result->kept.devices->len; i++)
            devices_j += g_array_index(result->kept.devices, CsDeviceTotals, i).sum.server_energy_j;
        ck_assert_close(result->kept.totals.sum.server_energy_j, rounds_j, 1e-12);
        ck_assert_close(result->kept.totals.sum.server_energy_j, devices_j, 1e-12);
        ck_assert_close(result->kept.totals.sum.radio_energy_j, radio_j, 1e-12);
        ck_assert_close(result->kept.totals.sum.device_energy_j, computing_j, 1e-12);
    }
}
END_TEST

static void assert_not_slower(const Spec *less, const Spec *more)
{
    g_autoptr(Result) slow = simulate(less);
    g_autoptr(Result) fast = simulate(more);
    for (guint i = 0; i < n_records(slow); i++)
        ck_assert_msg(delay_s(record(fast, i)) <= delay_s(record(slow, i)) + 1e-9,
                      "rule %s: %.17g s became %.17g s", less->rate, delay_s(record(slow, i)),
                      delay_s(record(fast, i)));
}

START_TEST(power_never_slows)
{
    FOR_SPECS(spec, 4)
    {
        spec.policy = "static";
        spec.frequency = "max";
        spec.schedule = "sequential";
        Spec more = spec;
        more.power_gain = g_rand_double_range(rand, 1, 100);
        assert_not_slower(&spec, &more);
    }
}
END_TEST

START_TEST(bandwidth_never_slows)
{
    FOR_SPECS(spec, 5)
    {
        spec.policy = "static";
        spec.frequency = "max";
        spec.schedule = "sequential";
        spec.rate = case_ % 2 == 0 ? "gap" : "shannon";
        Spec more = spec;
        more.bandwidth_mhz *= g_rand_double_range(rand, 1, 10);
        assert_not_slower(&spec, &more);
    }
}
END_TEST

/* In a fixed channel a larger weight of delay never raises the delay that CARD predicts. */
START_TEST(weight_never_raises_delay)
{
    FOR_SPECS(spec, 6)
    {
        spec.fading = "none";
        spec.rounds = 1;
        Spec more = spec;
        more.weight = g_rand_double_range(rand, spec.weight, 1);
        g_autoptr(Result) a = simulate(&spec);
        g_autoptr(Result) b = simulate(&more);
        for (guint i = 0; i < n_records(a); i++) {
            double before_s = predicted_s(a, record(a, i)), after_s = predicted_s(b, record(b, i));
            ck_assert_msg(after_s <= before_s * (1 + 1e-12), "w %g -> %g: %.17g s -> %.17g s",
                          spec.weight, more.weight, before_s, after_s);
        }
    }
}
END_TEST

/* Twice the FLOPs at twice the speeds: a batch twice as large of elements half as wide. Powers of
 * two, so nothing may change in the last bit. */
START_TEST(work_and_speed_scale)
{
    FOR_SPECS(spec, 7)
    {
        Spec twice = spec;
        twice.batch *= 2;
        twice.activation_bit /= 2;
        twice.flops_per_cycle *= 2;
        g_autoptr(Result) a = simulate(&spec);
        g_autoptr(Result) b = simulate(&twice);
        for (guint i = 0; i < n_records(a); i++) {
            const CsRoundRecord *x = record(a, i), *y = record(b, i);
            ck_assert_uint_eq(x->decision.cut, y->decision.cut);
            ck_assert(memcmp(x->stage_ns, y->stage_ns, sizeof x->stage_ns) == 0);
            ck_assert_int_eq(x->end_ns, y->end_ns);
            ck_assert_double_eq(x->server_energy_j, y->server_energy_j);
            ck_assert_double_eq(x->cost, y->cost);
        }
    }
}
END_TEST

/* The order of devices changes when a device's turn comes, and nothing of its own round. */
START_TEST(order_changes_no_device)
{
    FOR_SPECS(spec, 8)
    {
        spec.schedule = "sequential";
        spec.n_devices = DEVICES_MAX;
        Spec other = spec;
        other.reversed = TRUE;
        g_autoptr(Result) a = simulate(&spec);
        g_autoptr(Result) b = simulate(&other);
        for (guint i = 0; i < n_records(a); i++) {
            const CsRoundRecord *x = record(a, i);
            guint round = i / DEVICES_MAX, device = i % DEVICES_MAX;
            const CsRoundRecord *y = record(b, round * DEVICES_MAX + DEVICES_MAX - 1 - device);
            ck_assert_double_eq(x->uplink.snr, y->uplink.snr);
            ck_assert_double_eq(x->downlink.rate_bps, y->downlink.rate_bps);
            ck_assert_uint_eq(x->decision.cut, y->decision.cut);
            ck_assert_double_eq(x->decision.frequency_hz, y->decision.frequency_hz);
            ck_assert(memcmp(x->stage_ns, y->stage_ns, sizeof x->stage_ns) == 0);
            ck_assert_double_eq(x->cost, y->cost);
        }
    }
}
END_TEST

/* Under block fading nobody's predicted cost is below CARD's in the same round. */
START_TEST(card_is_never_beaten)
{
    guint n;
    const CsPolicy *const *policies = cs_policies(&n);
    FOR_SPECS(spec, 9)
    {
        spec.rounds = 2;
        g_autoptr(Result) card = simulate(&spec);
        for (guint p = 0; p < n; p++) {
            Spec other = spec;
            other.policy = policies[p]->name;
            g_autoptr(Result) result = simulate(&other);
            for (guint i = 0; i < n_records(card); i++) {
                ck_assert_double_eq(record(card, i)->uplink.snr, record(result, i)->uplink.snr);
                ck_assert_msg(record(card, i)->cost <= record(result, i)->cost + 1e-12,
                              "%s: %.17g, card %.17g", policies[p]->name, record(result, i)->cost,
                              record(card, i)->cost);
            }
        }
    }
}
END_TEST

/* The weight's two ends: F_max and the least delay, F_min and the least energy. */
START_TEST(ends_of_the_weight)
{
    FOR_SPECS(spec, 10)
    {
        Spec least = spec;
        spec.policy = "delay-only";
        least.policy = "energy-only";
        g_autoptr(Result) fast = simulate(&spec);
        g_autoptr(Result) thrifty = simulate(&least);
        for (guint i = 0; i < n_records(fast); i++) {
            const CsRoundRecord *a = record(fast, i), *b = record(thrifty, i);
            const CsCostTable *cost = &cs_config_group_of(fast->config, a->device)->cost;
            if (cs_corners_delay_degenerate(&a->corners))
                continue;
            ck_assert_double_eq(a->decision.frequency_hz, cost->frequency_max_hz);
            ck_assert_double_eq(b->decision.frequency_hz, cost->frequency_min_hz);
            for (guint c = 0; c < cost->n_cuts; c++) {
                ck_assert(predicted_s(fast, a) <= cs_cost_delay(cost, a->uplink.rate_bps,
                                                                a->downlink.rate_bps,
                                                                cost->frequency_max_hz, c) *
                                                      (1 + 1e-12));
                ck_assert(b->server_energy_j <=
                          cs_cost_energy(cost, cost->frequency_min_hz, c) * (1 + 1e-12));
            }
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        times_add_up,
        events_sum_to_the_prediction,
        energy_is_conserved,
        power_never_slows,
        bandwidth_never_slows,
        weight_never_raises_delay,
        work_and_speed_scale,
        order_changes_no_device,
        card_is_never_beaten,
        ends_of_the_weight,
        nothing_is_lost_in_richer_worlds,
    };
    Suite *suite = suite_create("property");
    TCase *all = tcase_create("all");
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);
    return cs_check_main(suite);
}
