/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/availability: files as they may come, when a device is there, and runs whose
 * lost rounds, times and energies are computed by hand.
 */
#include "cs-check.h"

#include "scenario/defaults.h"
#include "scenario/scenario.h"
#include "scenario/typed.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>

#define S G_GINT64_CONSTANT(1000000000)

static const CsAvailabilityFormat states = {
    CS_AVAILABILITY_STATE, CS_TRACE_HOLD, CS_TRACE_TIME_S, "time", "end", "state"};

/* Reads `text`; *told (transfer full) is what was said of it. */
static CsAvailability *read_text(const char *text, const CsAvailabilityFormat *format, char **told)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    gint file = g_file_open_tmp("cs-XXXXXX.csv", &path, &error);
    ck_assert_msg(file >= 0, "%s", error ? error->message : "");
    g_close(file, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsAvailability *read =
        cs_availability_read(path, "file.csv", format, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    g_unlink(path);
    g_autofree char *message = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg((read != NULL) == (cs_diagnostics_errors(diagnostics) == 0), "%s", message);
    if (told != NULL)
        *told = g_steal_pointer(&message);
    else
        ck_assert_msg(read != NULL, "%s", message);
    return read;
}

static void expect_at(const CsAvailability *availability, double time_s, gboolean up,
                      double until_s)
{
    gint64 until_ns;
    gboolean is_up = cs_availability_at(availability, llround(time_s * 1e9), &until_ns);
    ck_assert_msg(is_up == up, "at %g s", time_s);
    if (isinf(until_s))
        ck_assert_msg(until_ns == G_MAXINT64, "at %g s", time_s);
    else
        ck_assert_msg(until_ns == llround(until_s * 1e9), "at %g s until %g s, not %g", time_s,
                      (double)until_ns / 1e9, until_s);
}

START_TEST(a_log_of_states)
{
    /* A state that does not change; one that is not known; two at a time, of which the last counts;
     * the first before its own time. */
    static const char text[] = "# a comment\ntime, state, rssi\n2,UP,-70\n4,up,-71\n5,-,-72\n"
                               "6,down,\n7,up,\n7,0,\n8,1,\n9,down,\n9,up,\n";
    g_autoptr(CsAvailability) read = read_text(text, &states, NULL);
    expect_at(read, 0, TRUE, 6);
    expect_at(read, 5.999999999, TRUE, 6);
    expect_at(read, 6, FALSE, 8);
    expect_at(read, 7.5, FALSE, 8);
    expect_at(read, 8, TRUE, INFINITY);
    expect_at(read, 1e9, TRUE, INFINITY);
    ck_assert_int_eq(cs_availability_end_ns(read), 9 * S);
}
END_TEST

/* A second device that names the same file is told nothing new, and gets nothing either. */
START_TEST(a_column_that_is_missed_twice)
{
    g_autofree char *path = NULL;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_close(g_file_open_tmp("cs-XXXXXX.csv", &path, NULL), NULL);
    ck_assert(g_file_set_contents(path, "a,b\n1,2\n", -1, NULL));
    const CsTraceFormat trace = {.time_column = "time", .value_column = "cqi", .scale = 1};
    const CsPlace from = {NULL, 0, 0, 0};
    for (guint i = 0; i < 3; i++) {
        ck_assert(cs_availability_read(path, "file.csv", &states, from, diagnostics) == NULL);
        ck_assert(cs_channel_trace_read(path, "file.csv", &trace, from, diagnostics) == NULL);
        ck_assert(cs_error_curves_read(path, "file.csv", from, diagnostics) == NULL);
        /* time, state; cqi (time was told); mcs, snr_db, bler */
        ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 6);
        ck_assert_uint_eq(cs_diagnostics_told(diagnostics), 7 * (i + 1));
    }
    g_unlink(path);
}
END_TEST

START_TEST(intervals_and_their_complement)
{
    CsAvailabilityFormat format = {
        CS_AVAILABILITY_UP, CS_TRACE_HOLD, CS_TRACE_TIME_MS, "from", "to", "state"};
    /* Two that touch, and one that is empty. */
    g_autoptr(CsAvailability) up =
        read_text("to,from\n2000,1000\n3000,2000\n4000,4000\n6500,5000\n", &format, NULL);
    format.kind = CS_AVAILABILITY_DOWN;
    g_autoptr(CsAvailability) down =
        read_text("to,from\n1000,0\n5000,3000\n6500,6500\n", &format, NULL);
    static const struct {
        double time_s, until_s;
        gboolean up;
    } expected[] = {{0, 1, FALSE}, {1, 3, TRUE},   {2, 3, TRUE},          {3, 5, FALSE},
                    {4, 5, FALSE}, {5, 6.5, TRUE}, {6.5, INFINITY, FALSE}};
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        expect_at(up, expected[i].time_s, expected[i].up, expected[i].until_s);
    for (guint i = 0; i < 5; i++)
        expect_at(down, expected[i].time_s, expected[i].up, expected[i].until_s);
    expect_at(down, 5, TRUE, INFINITY); /* outside of all of them */
}
END_TEST

START_TEST(dates_count_from_the_first)
{
    CsAvailabilityFormat format = states;
    format.time_unit = CS_TRACE_TIME_DATE;
    g_autoptr(CsAvailability) read = read_text(
        "time,state\n2024-02-28T23:59:50,up\n2024-02-29T00:00:10.5,down\n", &format, NULL);
    expect_at(read, 0, TRUE, 20.5);
    expect_at(read, 20.5, FALSE, INFINITY);
}
END_TEST

/* The clock is the file's: it begins and ends with rows, whether they say a state or not. */
START_TEST(rows_without_a_state_have_a_time)
{
    CsAvailabilityFormat format = states;
    format.time_unit = CS_TRACE_TIME_DATE;
    format.end = CS_TRACE_LOOP;
    g_autoptr(CsAvailability) read =
        read_text("time,state\n2031-07-09T08:00:00.25,\n2031-07-09T08:00:05.250000003,up\n"
                  "2031-07-09T08:00:09.25,down\n2031-07-09T08:00:10.25,up\n"
                  "2031-07-09T08:00:12.25,-\n,\n",
                  &format, NULL);
    ck_assert_int_eq(cs_availability_end_ns(read), 12 * S);
    expect_at(read, 0, TRUE, 9);
    expect_at(read, 9, FALSE, 10);
    expect_at(read, 10, TRUE, 21); /* through the lap's end at 12 s */
    expect_at(read, 21.5, FALSE, 22);
    format.end = CS_TRACE_HOLD;
    g_autoptr(CsAvailability) late =
        read_text("time,state\n2031-07-09T08:00:00,-\n2031-07-09T08:00:00.000000001,up\n"
                  "2031-07-09T08:00:00.000000004,down\n",
                  &format, NULL);
    expect_at(late, 3e-9, TRUE, 4e-9);
    expect_at(late, 4e-9, FALSE, INFINITY);
}
END_TEST

/* Time stamps since 1970 count from the file's own 0. */
START_TEST(epochs_are_exact)
{
    g_autoptr(CsAvailability) read = read_text(
        "time,state\n1941235199.000000001,up\n1941235199.000000006,down\n", &states, NULL);
    gint64 until_ns;
    ck_assert(cs_availability_at(read, 1941235199 * S, &until_ns));
    ck_assert_int_eq(until_ns, 1941235199 * S + 6);
}
END_TEST

START_TEST(laps)
{
    CsAvailabilityFormat format = states;
    format.end = CS_TRACE_LOOP;
    /* 3 s up, 1 s down, and the lap's end, whatever stands there. */
    for (int i = 0; i < 2; i++) {
        g_autoptr(CsAvailability) read = read_text(i == 0 ? "time,state\n0,up\n3,down\n4,up\n"
                                                          : "time,state\n0,up\n3,down\n4,down\n",
                                                   &format, NULL);
        for (int lap = 0; lap < 3; lap++) {
            expect_at(read, 4 * lap, TRUE, 4 * lap + 3);
            expect_at(read, 4 * lap + 3, FALSE, 4 * lap + 4);
        }
    }
    /* Down at both ends: one stretch over the end of a lap. */
    format.kind = CS_AVAILABILITY_UP;
    format.time_column = "start";
    g_autoptr(CsAvailability) middle = read_text("start,end\n1,2\n5,5\n", &format, NULL);
    expect_at(middle, 0, FALSE, 1);
    expect_at(middle, 2, FALSE, 6);
    expect_at(middle, 5, FALSE, 6);
    expect_at(middle, 6.5, TRUE, 7);
    /* Up throughout. */
    g_autoptr(CsAvailability) always = read_text("start,end\n0,2\n", &format, NULL);
    expect_at(always, 1, TRUE, INFINITY);
    expect_at(always, 2, TRUE, INFINITY);
}
END_TEST

START_TEST(a_trace_that_stops)
{
    CsAvailabilityFormat format = states;
    format.end = CS_TRACE_STOP;
    g_autoptr(CsAvailability) up =
        read_text("time,state\n0,up\n3,down\n4,up\n9,up\n", &format, NULL);
    expect_at(up, 4, TRUE, 9);
    expect_at(up, 9, FALSE, INFINITY);
    g_autoptr(CsAvailability) down = read_text("time,state\n0,up\n3,down\n9,up\n", &format, NULL);
    expect_at(down, 3, FALSE, INFINITY);
    expect_at(down, 9, FALSE, INFINITY);
}
END_TEST

/* By it stored runs are told apart: it is of the states and times; how a trace ends is a setting.
 */
START_TEST(a_digest_tells_traces_apart)
{
    static const gint64 changes[] = {2 * S, 5 * S}, later[] = {2 * S, 6 * S};
    g_autoptr(CsAvailability) trace = cs_availability_new(TRUE, changes, 2, 9 * S, CS_TRACE_HOLD);
    g_autoptr(CsAvailability) same = cs_availability_new(TRUE, changes, 2, 9 * S, CS_TRACE_HOLD);
    CsAvailability *others[] = {
        cs_availability_new(FALSE, changes, 2, 9 * S, CS_TRACE_HOLD),
        cs_availability_new(TRUE, later, 2, 9 * S, CS_TRACE_HOLD),
        cs_availability_new(TRUE, changes, 1, 9 * S, CS_TRACE_HOLD),
        cs_availability_new(TRUE, changes, 2, 8 * S, CS_TRACE_HOLD),
    };
    ck_assert(cs_availability_digest(trace) == cs_availability_digest(same));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        ck_assert_msg(cs_availability_digest(others[i]) != cs_availability_digest(trace), "%zu", i);
        cs_availability_free(others[i]);
    }
}
END_TEST

START_TEST(wrong_files)
{
    static const struct {
        CsAvailabilityKind kind;
        const char *text, *place, *message;
    } wrong[] = {
        {CS_AVAILABILITY_STATE, "time,state\n", "file.csv", "has no rows"},
        {CS_AVAILABILITY_STATE, "time,state\n5,-\n", "file.csv", "no row with a state"},
        {CS_AVAILABILITY_STATE, "time,state\n5,up\n4,-\n", "file.csv:3:1:", "earlier"},
        {CS_AVAILABILITY_STATE, "time,state\n0,down\n5,down\n", "file.csv", "never there"},
        {CS_AVAILABILITY_STATE, "t,state\n0,up\n", "", "time"},
        {CS_AVAILABILITY_STATE, "time,s\n0,up\n", "", "state"},
        {CS_AVAILABILITY_STATE, "time,state\n0,up\n5,away\n", "file.csv:3:3:", "not a state"},
        {CS_AVAILABILITY_STATE, "time,state\n0,up\nx,down\n", "file.csv:3:1:", "not a time"},
        {CS_AVAILABILITY_STATE, "time,state\n0,up\n4e9,down\n", "file.csv:3:1:", "not a time"},
        {CS_AVAILABILITY_STATE, "time,state\n3,up\n2,down\n", "file.csv:3:1:", "earlier"},
        {CS_AVAILABILITY_STATE, "time,state\n-1,up\n2,down\n", "file.csv:2:1:", "before 0"},
        {CS_AVAILABILITY_UP, "time,end\n1,2\n1.5,3\n", "file.csv:3:1:", "before the end of"},
        {CS_AVAILABILITY_DOWN, "time,end\n1,0.5\n", "file.csv:2:3:", "ends before it begins"},
        {CS_AVAILABILITY_DOWN, "time\n1\n", "", "end"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        CsAvailabilityFormat format = states;
        format.kind = wrong[i].kind;
        g_autofree char *told = NULL;
        g_autoptr(CsAvailability) read = read_text(wrong[i].text, &format, &told);
        ck_assert_msg(read == NULL, "%u", i);
        ck_assert_msg(strstr(told, wrong[i].place) != NULL &&
                          strstr(told, wrong[i].message) != NULL,
                      "%u: %s", i, told);
    }
    CsAvailabilityFormat format = states;
    format.end = CS_TRACE_LOOP;
    g_autofree char *told = NULL;
    ck_assert(read_text("time,state\n0,up\n", &format, &told) == NULL);
    ck_assert(strstr(told, "cannot begin again") != NULL);
}
END_TEST

/* --- runs by hand --------------------------------------------------------------------------------
 */

typedef struct {
    CsSink sink;
    CsTotals totals;
    CsDeviceTotals device;
} Heard;

static void hear_device(CsSink *sink, const CsDeviceTotals *totals)
{
    ((Heard *)sink)->device = *totals;
}

static void hear_totals(CsSink *sink, const CsTotals *totals)
{
    ((Heard *)sink)->totals = *totals;
}

/* One device whose round is 1 s of sending at 1 W, 1 s of the server's at 5 W and 1 s of receiving
 * from an access point of 1 W: 16384 bit of smashed data at B log2(1 + SNR) with SNR 1 and B =
 * 16384 Hz, nothing left to the device, no adapters, and F_max such that the server takes 1 s. */
static CsConfig *three_seconds(CsAvailability *availability, guint64 rounds)
{
    CsConfig *config = cs_config_new();
    config->rounds = rounds;
    config->local_epochs = 1;
    config->compression = 1;
    config->architecture = cs_architecture_new(
        "small", 2, 64, 16,
        (CsLayerShape){.heads = 1, .kv_heads = 1, .head_dim = 64, .intermediate = 64});
    config->training = (CsTraining){.batch = 1,
                                    .sequence_length = 16,
                                    .lora_targets = CS_LORA_ALL,
                                    .activation_bit = 16,
                                    .adapter_bit = 32};
    /* A layer's forward pass: 2 · 6 · 64² weights · 16 tokens, and 4 · 16² · 64 of attention;
     * backward the same with twice the attention; no LoRA; two layers. */
    double attention = 4.0 * 256 * 64, flop = 2 * (2 * 2.0 * 6 * 4096 * 16 + 3 * attention);
    double frequency_hz = flop / 2;
    config->server =
        (CsServer){.frequency_max_hz = frequency_hz,
                   .cores = 1,
                   .flops_per_cycle = 2,
                   .power_coefficient = 5 / (frequency_hz * frequency_hz * frequency_hz),
                   .gpus = 1,
                   .tx_power_w = 1,
                   .noise_factor = 1,
                   .idle_power_w = NAN};
    CsDeviceGroup *group = cs_config_add_group(config, "d");
    group->frequency_hz = 1000;
    group->cores = 1;
    group->distance_min_m = group->distance_max_m = 1;
    group->tx_power_w = 1;
    group->noise_factor = 1;
    group->idle_power_w = 0.5;
    group->availability = availability;
    group->radio = (CsRadio){.carrier_hz = 3e9,
                             .bandwidth_hz = 16384,
                             .path_loss_exponent = 2,
                             .reference_distance_m = 1,
                             .reference_loss = 1,
                             .noise_density_w_per_hz = 1.0 / 16384,
                             .rate = CS_RATE_SHANNON,
                             .shadowing_distance_m = 10,
                             .max_repetitions = 32,
                             .pf_window_s = 1};
    config->policy = cs_policy_find("static");
    config->policy_settings.cut = 0;
    config->policy_settings.frequency_rule = CS_FREQUENCY_MAX;
    return config;
}

/* What a run is to come to; energies in J. */
typedef struct {
    double counted, lost, absent, lost_s, lost_server, lost_radio, idle, makespan_s;
} Expected;

static void run_and_expect(CsAvailability *availability, double start_s, guint64 rounds,
                           CsSchedule schedule, Expected expected)
{
    Heard heard = {.sink = {.device = hear_device, .totals = hear_totals}};
    g_autoptr(CsConfig) config = three_seconds(availability, rounds);
    g_autoptr(GError) error = NULL;
    config->schedule = schedule;
    config->groups[0].availability_min_ns = config->groups[0].availability_max_ns =
        llround(start_s * 1e9);
    ck_assert_msg(cs_config_prepare(config, NULL, &error), "%s", error ? error->message : "");
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &heard.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    ck_assert_double_eq((double)heard.device.sum.rounds, expected.counted);
    ck_assert_double_eq((double)(rounds - heard.totals.sum.rounds), expected.absent);
    const CsLost *const lost[] = {&heard.totals.sum.lost, &heard.device.sum.lost};
    for (guint i = 0; i < 2; i++) {
        ck_assert_double_eq(lost[i]->rounds, expected.lost);
        ck_assert_close(lost[i]->time_s, expected.lost_s, 1e-8);
        ck_assert_close(lost[i]->server_energy_j, expected.lost_server, 1e-8);
        ck_assert_close(lost[i]->radio_energy_j, expected.lost_radio, 1e-8);
    }
    ck_assert_close(heard.totals.sum.delay_s, 3 * expected.counted, 1e-8);
    ck_assert_close(heard.totals.sum.server_energy_j, 5 * expected.counted, 1e-8);
    ck_assert_close(heard.totals.sum.radio_energy_j, 2 * expected.counted, 1e-8);
    ck_assert_close(heard.totals.sum.idle_energy_j, expected.idle, 1e-8);
    ck_assert_close(heard.totals.makespan_s, expected.makespan_s, 1e-8);
}

/*
 * There until 4.5 s, from 6 to 8.25 s and from 10 s on. Round 1 ends at 3; 2 sends until 4 and is
 * lost after 0.5 s of the server's; 3 begins at 6, sends until 7, is served until 8 and lost after
 * 0.25 s of receiving; 4 begins at 10 and 5 at 13. The device idles while it is served: 4.5 s.
 */
START_TEST(rounds_lost_by_hand)
{
    g_autoptr(CsAvailability) read =
        read_text("time,state\n0,up\n4.5,down\n6,up\n8.25,down\n9,down\n10,up\n", &states, NULL);
    static const Expected expected = {3, 2, 2, 1.5 + 2.25, 2.5 + 5, 1 + 1.25, 2.25, 16};
    run_and_expect(read, 0, 5, CS_SCHEDULE_SEQUENTIAL, expected);
    run_and_expect(read, 0, 5, CS_SCHEDULE_PARALLEL, expected);
    /* From its 5th second on: away for 1 s; 1 begins then and is lost as 3 above; 2 begins at 5. */
    static const Expected later = {2, 1, 1, 2.25, 5, 1.25, 1.5, 11};
    run_and_expect(read, 5, 3, CS_SCHEDULE_SEQUENTIAL, later);
}
END_TEST

/* Laps of 5 s, 3.5 s of them up: every second round has 0.5 s of sending and is lost, the sixth at
 * 13.5 s, where the run ends. */
START_TEST(laps_by_hand)
{
    CsAvailabilityFormat format = states;
    format.end = CS_TRACE_LOOP;
    g_autoptr(CsAvailability) read = read_text("time,state\n0,up\n3.5,down\n5,up\n", &format, NULL);
    static const Expected expected = {3, 3, 3, 1.5, 0, 1.5, 1.5, 13.5};
    run_and_expect(read, 0, 6, CS_SCHEDULE_SEQUENTIAL, expected);
    /* A lap later is the same, however many laps. */
    run_and_expect(read, 5e6, 6, CS_SCHEDULE_PARALLEL, expected);
}
END_TEST

/* Two stretches and then gone: rounds 1 and 3 are whole, 2 and 4 lost after 0.5 s and 1 s of
 * sending, and the six others never begin. */
START_TEST(cut_off_by_hand)
{
    CsAvailabilityFormat format = {
        CS_AVAILABILITY_UP, CS_TRACE_STOP, CS_TRACE_TIME_S, "start", "end", "state"};
    g_autoptr(CsAvailability) read = read_text("start,end\n0,3.5\n5,9\n", &format, NULL);
    static const Expected expected = {2, 2, 8, 1.5, 0, 1.5, 1, 9};
    run_and_expect(read, 0, 10, CS_SCHEDULE_SEQUENTIAL, expected);
}
END_TEST

/* The times as written; the draw's ends, too. A double has 1581686486.123456789 0.1 us off. */
static const struct {
    const char *text;
    gint64 from_ns, to_ns;
} starts[] = {
    {"1581686486.123456789 s", 1581686486 * S + 123456789, 1581686486 * S + 123456789},
    {"1581686486123456.789 us", 1581686486 * S + 123456789, 1581686486 * S + 123456789},
    {"1581686486123456789 ns", 1581686486 * S + 123456789, 1581686486 * S + 123456789},
    {"1.581686486123456789e12 ms", 1581686486 * S + 123456789, 1581686486 * S + 123456789},
    {"1581686486.12345679 s", 1581686486 * S + 123456790, 1581686486 * S + 123456790},
    {"1581686486.1234567885 s", 1581686486 * S + 123456789, 1581686486 * S + 123456789},
    {"26361441.0333333335 min", 1581686462 * S + 10, 1581686462 * S + 10},
    {"439357.3666666666669 h", 1581686520 * S + 1, 1581686520 * S + 1},
    {"1581686486.123456787 s .. 1581686486.123456789s", 1581686486 * S + 123456787,
     1581686486 * S + 123456789},
    {"1581686486.123456789 s .. 1581686486.123456791 s", 1581686486 * S + 123456789,
     1581686486 * S + 123456791},
    {"0 .. 1581686486.000000001 s", 0, 1581686486 * S + 1},
    {"0", 0, 0},
};

START_TEST(starts_are_exact)
{
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *log = g_build_filename(folder, "log.csv", NULL);
    g_autofree char *file = g_build_filename(folder, "a.ini", NULL);
    ck_assert(g_file_set_contents(log,
                                  "time,state\n1581686486.123456789,up\n"
                                  "1581686486.123456790,down\n1581690000,up\n",
                                  -1, NULL));
    g_autofree char *text =
        g_strdup_printf("[device a]\nfrequency = 1 GHz\ncores = 1024\ndistance = 9 m\n"
                        "availability = log.csv\navailability-start = %s\n",
                        starts[_i].text);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(file, NULL, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    const CsDeviceGroup *group = &cs_scenario_config(scenario)->groups[0];
    ck_assert_int_eq(group->availability_min_ns, starts[_i].from_ns);
    ck_assert_int_eq(group->availability_max_ns, starts[_i].to_ns);
    gint64 until_ns;
    if (group->availability_min_ns == 1581686486 * S + 123456789) {
        ck_assert(cs_availability_at(group->availability, group->availability_min_ns, &until_ns));
        ck_assert_int_eq(until_ns, group->availability_min_ns + 1);
    }
    g_unlink(log);
    g_unlink(file);
    g_rmdir(folder);
}
END_TEST

/* As a sweep's values: the same time in another unit is the same, a nanosecond more is another. */
START_TEST(starts_a_nanosecond_apart_differ)
{
    const CsKey *key = cs_key(CS_KEY_DEVICE_AVAILABILITY_START);
    CsTyped first, other;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert(cs_typed_read(key, starts[0].text, (CsPlace){NULL, 0, 0, 0}, &first, diagnostics));
    g_autofree char *mark = cs_typed_mark(key, &first);
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        ck_assert(
            cs_typed_read(key, starts[i].text, (CsPlace){NULL, 0, 0, 0}, &other, diagnostics));
        gboolean same =
            starts[i].from_ns == starts[0].from_ns && starts[i].to_ns == starts[0].to_ns;
        g_autofree char *as = cs_typed_mark(key, &other);
        ck_assert_msg((cs_typed_compare(key, &first, &other) == 0) == same, "%s", starts[i].text);
        ck_assert_msg((strcmp(mark, as) == 0) == same, "%s", starts[i].text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("availability");
    TCase *tc = tcase_create("availability");
    tcase_add_test(tc, a_log_of_states);
    tcase_add_test(tc, a_column_that_is_missed_twice);
    tcase_add_test(tc, intervals_and_their_complement);
    tcase_add_test(tc, dates_count_from_the_first);
    tcase_add_test(tc, rows_without_a_state_have_a_time);
    tcase_add_test(tc, epochs_are_exact);
    tcase_add_test(tc, laps);
    tcase_add_test(tc, a_trace_that_stops);
    tcase_add_test(tc, a_digest_tells_traces_apart);
    tcase_add_test(tc, wrong_files);
    tcase_add_test(tc, rounds_lost_by_hand);
    tcase_add_test(tc, laps_by_hand);
    tcase_add_test(tc, cut_off_by_hand);
    tcase_add_loop_test(tc, starts_are_exact, 0, (int)G_N_ELEMENTS(starts));
    tcase_add_test(tc, starts_a_nanosecond_apart_differ);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
