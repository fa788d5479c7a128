/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/fleet: batteries, failures and deadlines by hand; and over random scenarios that
 * a run always ends, that every round of a device is somewhere, and that energies conserve.
 */
#include "cs-check.h"

#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <gsl/gsl_rng.h>

typedef struct {
    CsSink sink;
    CsTotals totals;
    GArray *rounds, *devices;
} Heard;

static void hear_round(CsSink *sink, const CsRoundRecord *record)
{
    g_array_append_val(((Heard *)sink)->rounds, *record);
}

static void hear_device(CsSink *sink, const CsDeviceTotals *totals)
{
    g_array_append_val(((Heard *)sink)->devices, *totals);
}

static void hear_totals(CsSink *sink, const CsTotals *totals)
{
    ((Heard *)sink)->totals = *totals;
}

static CsScenario *read_example(const char *const *values)
{
    g_autofree char *path = cs_test_path("scenarios/examples/batteries.ini");
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, values, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    return scenario;
}

static Heard run_scenario(const CsScenario *scenario)
{
    g_autoptr(GError) error = NULL;
    Heard heard = {.sink = {.round = hear_round, .device = hear_device, .totals = hear_totals},
                   .rounds = g_array_new(FALSE, FALSE, sizeof(CsRoundRecord)),
                   .devices = g_array_new(FALSE, FALSE, sizeof(CsDeviceTotals))};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &heard.sink);
    ck_assert_msg(cs_simulation_run(simulation, NULL, &error), "%s", error ? error->message : "");
    return heard;
}

/* Totals do not depend on who listens. */
static void check_unheard(const CsScenario *scenario, const CsTotals *expected)
{
    Heard heard = {.sink = {.totals = hear_totals}};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &heard.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    ck_assert(heard.totals.events == expected->events);
    ck_assert(heard.totals.sum.lost.rounds == expected->sum.lost.rounds);
    ck_assert(heard.totals.sum.server_energy_j == expected->sum.server_energy_j);
    ck_assert(heard.totals.makespan_s == expected->makespan_s);
}

static Heard run_example(const char *const *values)
{
    g_autoptr(CsScenario) scenario = read_example(values);
    return run_scenario(scenario);
}

static void forget(Heard *heard)
{
    g_array_unref(heard->rounds);
    g_array_unref(heard->devices);
}

/* Rounds of devices that do not count. */
#define ABSENT(totals) ((totals).rounds * (totals).devices - (totals).sum.rounds)
#define RECORD(heard, i) (&g_array_index((heard)->rounds, CsRoundRecord, i))
#define DEVICE(heard, i) (&g_array_index((heard)->devices, CsDeviceTotals, i))

/* One device at the last cut, no fading, nothing else that could happen. */
#define ALONE                                                                                      \
    "device.nano.count=0", "device.nx.count=1", "device.nx.distance=10 m",                         \
        "device.nx.time-to-failure=1e9 s", "simulation.deadline=1e9 s", "simulation.quorum=0 %",   \
        "radio.fading=none", "policy.name=device-only", "device.nx.idle-power=0 W"

/* Energies without a battery tell how many rounds one holds: it is empty in the round after. */
START_TEST(a_battery_lasts_as_long_as_it_is_large)
{
    static const char *const large[] = {ALONE, "device.nx.battery=1e9 J", NULL};
    Heard all = run_example(large);
    ck_assert_uint_eq(all.rounds->len, 60);
    ck_assert(all.totals.sum.lost.rounds == 0 && all.totals.devices_empty == 0);
    const CsRoundRecord *one = RECORD(&all, 0);
    double send_s =
        (double)(one->stage_ns[CS_STAGE_SMASHED_UP] + one->stage_ns[CS_STAGE_ADAPTER_UP]) / 1e9;
    double round_j = one->device_energy_j + pow(10, 2.3) * 1e-3 * send_s;
    ck_assert_close(1e9 - DEVICE(&all, 0)->battery_left_j, 60 * round_j, 1e-6);

    g_autofree char *small = g_strdup_printf("device.nx.battery=%.17g J", 7.5 * round_j);
    const char *const values[] = {ALONE, small, NULL};
    Heard few = run_example(values);
    ck_assert_uint_eq(few.rounds->len, 7);
    ck_assert(few.totals.sum.lost.rounds == 1 && few.totals.devices_empty == 1);
    ck_assert_uint_eq(ABSENT(few.totals), 53);
    ck_assert_close(few.totals.sum.lost.device_energy_j + few.totals.sum.device_energy_j +
                        pow(10, 2.3) * 1e-3 * 7 * send_s,
                    7.5 * round_j, 2e-3); /* and sending in the lost round */
    ck_assert_close(DEVICE(&few, 0)->battery_left_j, 0, 1e-6);
    /* It left in its eighth round, at that instant. */
    double round_s = (double)(one->end_ns - one->start_ns) / 1e9;
    ck_assert(few.totals.makespan_s > 7 * round_s && few.totals.makespan_s < 8 * round_s);
    ck_assert_close(few.totals.sum.lost.time_s, few.totals.makespan_s - 7 * round_s, 1e-6);
    forget(&all);
    forget(&few);
}
END_TEST

/* A renewal process: availability in the long run = up / (up + down). One device alone is then at
 * work in that share of the time: the rounds that it finishes and loses and its repairs add up. */
START_TEST(failures_have_their_means)
{
    static const char *const values[] = {"device.nano.count=0",
                                         "device.nx.count=1",
                                         "device.nx.distance=10 m",
                                         "device.nx.battery=1e12 J",
                                         "simulation.deadline=1e9 s",
                                         "simulation.quorum=0 %",
                                         "policy.name=server-only",
                                         "device.nx.time-to-failure=100 s",
                                         "device.nx.repair-time=50 s",
                                         "simulation.rounds=20000",
                                         NULL};
    Heard heard = run_example(values);
    double at_work_s = heard.totals.sum.delay_s + heard.totals.sum.lost.time_s;
    ck_assert_close(at_work_s / heard.totals.makespan_s, 100.0 / 150, 0.05);
    ck_assert_close(heard.totals.sum.lost.rounds, at_work_s / 100, 0.1); /* one loss a failure */
    ck_assert_uint_eq(heard.rounds->len + (guint)heard.totals.sum.lost.rounds, 20000);
    forget(&heard);
}
END_TEST

/* Ten fast and ten slow devices, GPUs for all: the deadline lies between them. */
START_TEST(a_deadline_waits_for_the_quorum)
{
#define APART                                                                                      \
    "policy.name=device-only", "radio.fading=none", "server.gpus=unlimited",                       \
        "simulation.rounds=5", "device.nx.distance=10 m", "device.nano.distance=10 m",             \
        "device.nx.battery=1e9 J", "device.nano.battery=1e9 J", "device.nano.frequency=0.2 GHz",   \
        "device.nx.time-to-failure=1e9 s"
    static const char *const free_values[] = {APART, "simulation.deadline=1e9 s", NULL};
    Heard all = run_example(free_values);
    ck_assert_uint_eq(all.rounds->len, 100);
    gint64 fast_ns = RECORD(&all, 0)->end_ns, slow_ns = RECORD(&all, 19)->end_ns;
    ck_assert_int_gt(slow_ns, 2 * fast_ns);
    g_autofree char *limit =
        g_strdup_printf("simulation.deadline=%.17g s", 1.5e-9 * (double)fast_ns);
    static const char *const quorums[] = {"simulation.quorum=50 %", "simulation.quorum=51 %"};
    for (guint i = 0; i < 2; i++) {
        const char *const values[] = {APART, limit, quorums[i], NULL};
        Heard late = run_example(values);
        /* Half are there at the deadline. One more is not before all slow ones end, at one instant,
         * which is over before it is judged: none of them is late. */
        guint kept = i == 0 ? 10 : 20;
        ck_assert_uint_eq(late.rounds->len, 5 * kept);
        ck_assert(late.totals.sum.lost.rounds == 5 * (20 - kept) && late.totals.rounds_failed == 0);
        ck_assert_uint_eq(ABSENT(late.totals), 5 * (20 - kept));
        ck_assert_close(late.totals.makespan_s,
                        i == 0 ? 5 * 1.5e-9 * (double)fast_ns : 5e-9 * (double)slow_ns, 1e-6);
        forget(&late);
    }
    forget(&all);
}
END_TEST

/* A quorum of all with devices that fail for good: no round counts any more, and the run still
 * ends. */
START_TEST(a_quorum_out_of_reach_fails_rounds)
{
    static const char *const values[] = {"simulation.quorum=100 %", "device.nx.repair-time=1e9 s",
                                         "simulation.rounds=30", "device.nx.time-to-failure=100 s",
                                         NULL};
    Heard heard = run_example(values);
    ck_assert(heard.totals.rounds_failed > 20);
    /* Every device is in a round that counts, none in one that does not: so many have no rows. */
    g_autofree gboolean *counts = g_new0(gboolean, 31);
    guint failed = 30;
    for (guint i = 0; i < heard.rounds->len; i++) {
        failed -= counts[RECORD(&heard, i)->round] ? 0 : 1;
        counts[RECORD(&heard, i)->round] = TRUE;
    }
    ck_assert(heard.totals.rounds_failed == failed);
    ck_assert(heard.totals.sum.lost.server_energy_j > 0);
    ck_assert_uint_eq(heard.rounds->len, 600 - ABSENT(heard.totals));
    forget(&heard);
}
END_TEST

/* --- over random scenarios -----------------------------------------------------------------------
 */

static const char *pick(gsl_rng *rng, const char *const *words, guint n)
{
    return words[gsl_rng_uniform_int(rng, n)];
}

static double between(gsl_rng *rng, double low, double high)
{
    return exp(log(low) + (log(high) - log(low)) * gsl_rng_uniform(rng));
}

static CsScenario *random_scenario(gsl_rng *rng)
{
    static const char *const schedules[] = {"sequential", "parallel", "clusters"};
    static const char *const disciplines[] = {"fifo", "processor-sharing",
                                              "longest-remaining-device-first"};
    static const char *const gpus[] = {"1", "2", "unlimited"};
    static const char *const policies[] = {"card", "random", "server-only", "card-contention"};
    static const char *const sharing[] = {"dedicated", "equal"};
    static const char *const coherences[] = {"round", "transmission"};
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    const struct {
        const char *format;
        double low, high;
    } numbers[] = {{"simulation.deadline=%.6g s", 1, 1e4},
                   {"device.nx.battery=%.6g J", 1, 1e5},
                   {"device.nano.battery=%.6g J", 1, 1e5},
                   {"device.nx.idle-power=%.6g W", 1e-3, 10},
                   {"device.nx.time-to-failure=%.6g s", 1, 1e4},
                   {"device.nx.repair-time=%.6g s", 1, 1e4},
                   {"device.nano.time-to-failure=%.6g s", 1, 1e4},
                   {"device.nano.rx-power=%.6g W", 0.1, 2},
                   {"device.nano.tx-circuit-power=%.6g W", 0.1, 3},
                   {"device.nx.transfer-limit=%.6g s", 1e-2, 10}};
    gboolean logged = gsl_rng_uniform_int(rng, 3) == 0;
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (gsl_rng_uniform_int(rng, 3) == 0)
            continue;
        gboolean drawn = strstr(numbers[i].format, "nano.time-to-failure") != NULL;
        gboolean limit = strstr(numbers[i].format, "transfer-limit") != NULL;
        if ((logged && drawn) || (!logged && limit))
            continue; /* a log says when; limits lose much, and some runs are to be whole */
        g_autofree char *text =
            g_strdup_printf(numbers[i].format, between(rng, numbers[i].low, numbers[i].high));
        g_strv_builder_add(builder, text);
    }
#define PICK(key, words)                                                                           \
    do {                                                                                           \
        g_autofree char *text = g_strconcat(key, pick(rng, words, G_N_ELEMENTS(words)), NULL);     \
        g_strv_builder_add(builder, text);                                                         \
    } while (0)
    if (logged) {
        static const char *const ends[] = {"hold", "loop", "stop"};
        g_autofree char *file = cs_test_path("scenarios/examples/outages.csv");
        g_autofree char *path = g_canonicalize_filename(file, NULL);
        g_autofree char *log = g_strconcat("device.nano.availability=", path, NULL);
        g_strv_builder_add_many(builder, log, "device.nano.availability-time=time_s",
                                "device.nano.availability-state=gate",
                                "device.nano.availability-start=0 s .. 3000 s", NULL);
        PICK("device.nano.availability-end=", ends);
    }
    PICK("simulation.schedule=", schedules);
    PICK("server.discipline=", disciplines);
    gboolean at_most = gsl_rng_uniform_int(rng, 2) == 0; /* policies that choose no frequency */
    if (at_most)                                         /* and GPUs whose idle time is counted */
        g_strv_builder_add_many(builder, "server.gpus=2", "server.idle-power=25 W", NULL);
    else
        PICK("server.gpus=", gpus);
    if (at_most)
        g_strv_builder_add_many(builder, "policy.name=random", "policy.frequency=max", NULL);
    else
        PICK("policy.name=", policies);
    PICK("radio.sharing=", sharing);
    PICK("radio.coherence=", coherences);
    g_autofree char *quorum =
        g_strdup_printf("simulation.quorum=%u %%", 10 * (guint)gsl_rng_uniform_int(rng, 11));
    g_strv_builder_add_many(builder, quorum, "simulation.rounds=12", "simulation.cluster-size=6",
                            "device.nx.count=7", "device.nano.count=6", "server.tx-power=1e-9 W",
                            "radio.rate=shannon", "radio.noise-density=-250 dBm/Hz", NULL);
    g_auto(GStrv) values = g_strv_builder_end(builder);
    return read_example((const char *const *)values);
}

/* A GPU is busy or idle: with all work at one frequency its time is E / (ξ f³), that which is lost
 * included, and the rest of GPUs x makespan is idle. */
static void check_gpus(const CsConfig *config, const CsTotals *totals)
{
    const CsServer *server = &config->server;
    if (config->schedule == CS_SCHEDULE_SEQUENTIAL || server->gpus == CS_GPUS_UNLIMITED)
        return;
    double f = server->frequency_max_hz;
    double busy_s = (totals->sum.server_energy_j + totals->sum.lost.server_energy_j) /
                    (server->power_coefficient * f * f * f);
    double all_s = server->gpus * totals->makespan_s;
    ck_assert_double_ge(totals->server_idle_energy_j, -1e-6);
    ck_assert_double_le(
        fabs(totals->server_idle_energy_j - (all_s - busy_s) * server->idle_power_w),
        1e-6 * all_s * server->idle_power_w + 1e-6);
}

static void check_device(const CsConfig *config, const CsDeviceTotals *device)
{
    const CsDeviceGroup *group = cs_config_group_of(config, device->device);
    ck_assert(device->sum.lost.rounds >= 0 && device->sum.lost.time_s >= 0 &&
              device->sum.idle_energy_j >= 0);
    if (isinf(group->battery_j)) {
        ck_assert(isnan(device->battery_left_j));
        return;
    }
    /* What has left the battery is computing, sending, receiving and idling; the access point's
     * part of the radio's energy is 1e-9 W here and does not show. */
    double used_j = device->sum.device_energy_j + device->sum.lost.device_energy_j +
                    device->sum.radio_energy_j + device->sum.lost.radio_energy_j +
                    device->sum.idle_energy_j;
    ck_assert(device->battery_left_j >= 0 && device->battery_left_j <= group->battery_j);
    double drained_j = group->battery_j - device->battery_left_j;
    ck_assert_msg(fabs(drained_j - used_j) <= 1e-5 * used_j + 1e-6, "%g J, used %g J", drained_j,
                  used_j);
}

START_TEST(random_fleets_end_and_conserve)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    guint lost = 0, empty = 0, failed = 0, whole = 0;
    for (int k = 0; k < 400; k++) {
        g_autoptr(CsScenario) scenario = random_scenario(rng);
        const CsConfig *config = cs_scenario_config(scenario);
        Heard heard = run_scenario(scenario);
        guint64 counted = 0;
        double lost_rounds = 0, energy_j = 0;

        for (guint i = 0; i < heard.devices->len; i++) {
            const CsDeviceTotals *device = DEVICE(&heard, i);
            counted += device->sum.rounds;
            lost_rounds += device->sum.lost.rounds;
            check_device(config, device);
        }
        ck_assert_uint_eq(counted, heard.rounds->len);
        ck_assert_uint_eq(counted + ABSENT(heard.totals), 12 * config->n_devices);
        ck_assert(lost_rounds == heard.totals.sum.lost.rounds);
        for (guint i = 0; i < heard.rounds->len; i++) {
            const CsRoundRecord *record = RECORD(&heard, i);
            gint64 sum_ns = record->wait_ns;
            for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++)
                sum_ns += record->stage_ns[stage];
            ck_assert_int_eq(sum_ns, record->end_ns - record->start_ns);
            energy_j += record->server_energy_j;
        }
        ck_assert_close(heard.totals.sum.server_energy_j, energy_j, 1e-9);
        if (config->policy_settings.frequency_rule == CS_FREQUENCY_MAX)
            check_gpus(config, &heard.totals);
        check_unheard(scenario, &heard.totals);
        lost += heard.totals.sum.lost.rounds > 0;
        empty += heard.totals.devices_empty > 0;
        failed += heard.totals.rounds_failed > 0;
        whole += heard.rounds->len == 12 * config->n_devices;
        forget(&heard);
    }
    ck_assert_msg(lost > 50 && empty > 20 && failed > 20 && whole > 3, "%u %u %u %u", lost, empty,
                  failed, whole);
    gsl_rng_free(rng);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fleet");
    TCase *tc = tcase_create("fleet");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_battery_lasts_as_long_as_it_is_large);
    tcase_add_test(tc, failures_have_their_means);
    tcase_add_test(tc, a_deadline_waits_for_the_quorum);
    tcase_add_test(tc, a_quorum_out_of_reach_fails_rounds);
    tcase_add_test(tc, random_fleets_end_and_conserve);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
