/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/footprint, src/learning/course-footprint and src/campaign/forecast: what is
 * foretold against what the process grows by.
 */
#include "cs-check.h"

#include "campaign/execution.h"
#include "campaign/forecast.h"
#include "campaign/sweep.h"
#include "campaign/trajectory.h"
#include "learning/shape.h"
#include "output/row-sink.h"
#include "scenario/scenario.h"
#include "sim/footprint.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DEVICES 200000

static void nothing_of_round(CsSink *sink, const CsRoundRecord *record)
{
    (void)sink;
    (void)record;
}

static void nothing_of_device(CsSink *sink, const CsDeviceTotals *totals)
{
    (void)sink;
    (void)totals;
}

static const struct {
    const char *setting;
    gboolean rounds, devices;
} cases[] = {
    {"policy.weight=0.2", FALSE, FALSE},
    {"policy.weight=0.2", TRUE, FALSE},
    {"policy.weight=0.2", FALSE, TRUE},
    {"device.d.mobility=linear", FALSE, FALSE},
    {"radio.coherence=1 h", FALSE, FALSE},
    {"device.d.time-to-failure=1000000 s", FALSE, FALSE},
    {"policy.csi=delayed 20 rounds", FALSE, FALSE},
};

static double peak_byte(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

START_TEST(growth_is_foretold)
{
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    g_autofree char *text = g_strdup_printf(
        "[simulation]\nrounds = 1\nschedule = parallel\n[server]\ngpus = unlimited\n"
        "[device d]\ncount = %u\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n",
        DEVICES);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    const char *const settings[] = {cases[_i].setting, NULL};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, settings, paths, diagnostics);
    g_unlink(path);
    g_rmdir(folder);
    ck_assert_ptr_nonnull(scenario);
    const CsConfig *config = cs_scenario_config(scenario);
    guint tables = (cases[_i].rounds ? 1u << CS_TABLE_ROUNDS : 0) |
                   (cases[_i].devices ? 1u << CS_TABLE_DEVICES : 0);
    double foretold_byte = cs_config_footprint(config, tables).under_way_byte;
    CsSink sink = {.round = cases[_i].rounds ? nothing_of_round : NULL,
                   .device = cases[_i].devices ? nothing_of_device : NULL};
    double before_byte = peak_byte();
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    double grown_byte = peak_byte() - before_byte;
    ck_assert_msg(grown_byte < 2 * foretold_byte && grown_byte > foretold_byte / 2,
                  "%s: %g MB grown, %g MB foretold", cases[_i].setting, grown_byte / 1e6,
                  foretold_byte / 1e6);
}
END_TEST

/* The rows of a replication that waits for its turn in a sweep, and in a run without a place on
 * disk: made by the sinks that keep them. */
START_TEST(waiting_rows_are_foretold)
{
    static const char text[] =
        "[simulation]\nrounds = 40000\n[device d]\ncount = 5\nfrequency = 1 GHz\ncores = 512\n"
        "distance = 9 m .. 30 m\n[radio]\nfading = rayleigh\n";
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_unlink(path);
    g_rmdir(folder);
    ck_assert_ptr_nonnull(scenario);
    const CsConfig *config = cs_scenario_config(scenario);
    guint tables = 1u << CS_TABLE_ROUNDS | 1u << CS_TABLE_DEVICES;
    double foretold_byte = cs_config_footprint(config, tables).waiting_byte[CS_ROWS_DATABASE];
    double before_byte = peak_byte();
    CsRowSink *rows = cs_row_sink_new(tables, TRUE, 1, config);
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &rows->sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    double grown_byte = peak_byte() - before_byte;
    cs_row_sink_free(rows);
    ck_assert_msg(grown_byte < 2 * foretold_byte && grown_byte > foretold_byte / 2,
                  "%g MB grown, %g MB foretold", grown_byte / 1e6, foretold_byte / 1e6);
    /* As text they wait on disk beyond a few MiB. */
    ck_assert(cs_config_footprint(config, tables).waiting_byte[CS_ROWS_FILES] < 17e6);
    ck_assert(cs_config_footprint(config, 0).waiting_byte[CS_ROWS_DATABASE] == 0);
}
END_TEST

/* --- training ---------------------------------------------------------------------------------
 */

static char *wide; /* a folder with a network of hidden size 256, whose weights are zero */

/* The file is a hole behind its header: nothing of it is in this process. */
static void make_wide(void)
{
    static const char config[] =
        "{\"model_type\": \"llama\", \"hidden_size\": 256, \"num_hidden_layers\": 8, "
        "\"num_attention_heads\": 4, \"num_key_value_heads\": 2, \"head_dim\": 64, "
        "\"intermediate_size\": 704, \"vocab_size\": 256, \"tie_word_embeddings\": true, "
        "\"rope_theta\": 100, \"rms_norm_eps\": 1e-05, \"hidden_act\": \"silu\"}";
    const CsNetworkShape shape = {.layers = 8,
                                  .hidden = 256,
                                  .heads = 4,
                                  .kv_heads = 2,
                                  .head_size = 64,
                                  .ffn = 704,
                                  .vocabulary = 256,
                                  .tied = TRUE};
    wide = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(wide, "config.json", NULL);
    ck_assert(g_file_set_contents(path, config, -1, NULL));
    g_autoptr(GString) header = g_string_new("{");
    gsize at = 0;
    for (guint i = 0; i < cs_network_tensors(&shape); i++) {
        guint rows, columns;
        g_autofree char *name = cs_network_tensor(&shape, i, &rows, &columns);
        gsize size = 2 * (gsize)rows * MAX(columns, 1);
        g_autofree char *dimensions =
            columns > 0 ? g_strdup_printf("%u,%u", rows, columns) : g_strdup_printf("%u", rows);
        g_string_append_printf(header,
                               "%s\"%s\":{\"dtype\":\"BF16\",\"shape\":[%s],"
                               "\"data_offsets\":[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]}",
                               i > 0 ? "," : "", name, dimensions, at, at + size);
        at += size;
    }
    g_string_append_c(header, '}');
    guint64 length = GUINT64_TO_LE((guint64)header->len);
    g_string_prepend_len(header, (const char *)&length, sizeof length);
    g_autofree char *file = g_build_filename(wide, "model.safetensors", NULL);
    ck_assert(g_file_set_contents(file, header->str, (gssize)header->len, NULL));
    ck_assert_int_eq(truncate(file, (off_t)(header->len + at)), 0);
}

static void remove_wide(void)
{
    static const char *const names[] = {"config.json", "model.safetensors"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(wide, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(wide);
    g_clear_pointer(&wide, g_free);
}

static const struct {
    gboolean wide;
    guint threads;
    const char *settings[4];
} trainings[] = {
    {FALSE, 1, {"simulation.replications=1", NULL}},
    {FALSE, 2, {"simulation.replications=2", "learning.sequence-length=128", NULL}},
    {TRUE, 1, {"simulation.replications=1", NULL}},
    {TRUE, 2, {"simulation.replications=1", "learning.batch=16", NULL}},
    {TRUE, 1, {"simulation.replications=3", NULL}}, /* trainers stay for whoever goes on */
};

/* letter.ini with the network that ships, and with a wider one: never less than four fifths of the
 * truth, nor more than twice it. */
START_TEST(training_is_foretold)
{
    g_autofree char *letter = cs_test_path("scenarios/letter.ini");
    g_autofree char *network =
        g_strdup_printf("learning.network=%s", trainings[_i].wide ? wide : "tiny");
    g_autoptr(GPtrArray) settings = g_ptr_array_new();
    static const char *const small[] = {"simulation.rounds=1", "training.local-epochs=1",
                                        "learning.test-samples=2", "learning.batch=2"};
    for (guint i = 0; i < G_N_ELEMENTS(small); i++)
        g_ptr_array_add(settings, (gpointer)small[i]);
    for (guint i = 0; trainings[_i].settings[i] != NULL; i++)
        g_ptr_array_add(settings, (gpointer)trainings[_i].settings[i]);
    g_ptr_array_add(settings, network);
    g_ptr_array_add(settings, NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario =
        cs_scenario_read(letter, (const char *const *)settings->pdata, paths, diagnostics);
    ck_assert_msg(scenario != NULL, "%s", cs_diagnostics_message(diagnostics, 0));
    g_autoptr(CsPlan) plan = cs_plan_new();
    ck_assert(cs_plan_add(plan, scenario, NULL, diagnostics, NULL));
    CsForecast forecast = cs_forecast(plan, trainings[_i].threads, CS_ROWS_FILES);
    ck_assert_int_eq(forecast.part, CS_FORECAST_TRAINING);
    const CsExecution execution = {.scenario = scenario, .threads = trainings[_i].threads};
    CsExecutionResult result;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(cs_execute(&execution, &result, diagnostics, &error), "%s",
                  error != NULL ? error->message : "");
    cs_execution_result_clear(&result);
    double truth_byte = peak_byte();
    ck_assert_msg(forecast.byte < 2 * truth_byte && forecast.byte > 0.8 * truth_byte,
                  "%g MB at most, %g MB foretold", truth_byte / 1e6, forecast.byte / 1e6);
}
END_TEST

/* --- sweeps -----------------------------------------------------------------------------------
 */

static CsSweep *read_sweep(const char *sweep, const char *setting)
{
    g_autofree char *folder = g_dir_make_tmp("cs-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    g_autofree char *text = g_strdup_printf(
        "[simulation]\nrounds = 2\nschedule = parallel\n[server]\ngpus = unlimited\n"
        "[output]\nrecord = rounds+totals\n"
        "[device d]\ncount = 10\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n%s",
        sweep);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    const char *const settings[] = {setting, NULL};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    CsSweep *read = cs_sweep_read(path, settings, paths, diagnostics);
    g_unlink(path);
    g_rmdir(folder);
    ck_assert_msg(read != NULL, "%s", cs_diagnostics_message(diagnostics, 0));
    return read;
}

/* One thread: as much as the largest run alone. Each thread more: the next largest replication, and
 * never more than there are. */
START_TEST(sweeps_are_foretold_by_their_largest_runs)
{
    static const double counts[] = {10, 100000, 2000, 50000};
    static const char axis[] = "[sweep]\ndevice.d.count = 10, 100000, 2000, 50000\n"
                               "policy.weight = 0.2, 0.3\n";
    g_autoptr(CsSweep) all = read_sweep(axis, "simulation.seed=1");
    g_autoptr(CsSweep) none = read_sweep("", "simulation.seed=1");
    double byte[4];
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autofree char *count = g_strdup_printf("device.d.count=%g", counts[i]);
        g_autoptr(CsSweep) one = read_sweep("", count);
        ck_assert_uint_eq(cs_plan_n_runs(one->plan), 1);
        byte[i] = cs_forecast(one->plan, 1, CS_ROWS_DATABASE).byte;
        const CsFootprint *own = cs_plan_run(one->plan, 0)->footprint;
        const CsFootprint *there = cs_plan_run(all->plan, 2 * i + 1)->footprint;
        ck_assert_mem_eq(own, there, sizeof *own);
    }
    CsForecast one = cs_forecast(all->plan, 1, CS_ROWS_DATABASE);
    ck_assert_uint_eq(one.run, 2);
    ck_assert_int_eq(one.part, CS_FORECAST_ROWS);
    ck_assert(byte[1] > byte[3] && byte[3] > byte[2] && byte[2] > byte[0]);
    ck_assert(fabs(one.byte - byte[1]) < 1e-9 * byte[1]);
    /* Two weights of the largest; rows wait of two a thread at least (campaign/pool). */
    const CsFootprint *large = cs_plan_run(all->plan, 2)->footprint;
    const CsFootprint *next = cs_plan_run(all->plan, 6)->footprint;
    CsForecast two = cs_forecast(all->plan, 2, CS_ROWS_DATABASE);
    ck_assert_double_ge(two.byte - one.byte,
                        large->under_way_byte + large->waiting_byte[CS_ROWS_DATABASE]);
    CsForecast three = cs_forecast(all->plan, 3, CS_ROWS_FILES),
               again = cs_forecast(all->plan, 2, CS_ROWS_FILES);
    ck_assert_double_ge(three.byte - again.byte, next->under_way_byte);
    ck_assert(cs_forecast(none->plan, 64, CS_ROWS_FILES).byte <=
              cs_forecast(none->plan, 1, CS_ROWS_FILES).byte);
}
END_TEST

/* Runs that learn the same share a network; others have each their own, of which so many stay as
 * campaign/trajectory keeps beside those at work. */
START_TEST(networks_are_counted_by_what_is_learned)
{
    static const struct {
        const char *axis;
        guint networks;
    } cases_of[] = {
        {"", 1},
        {"policy.weight = 0.1, 0.2, 0.3", 1},
        {"policy.name = card, server-only\nradio.bandwidth = 20 MHz, 50 MHz", 1},
        {"simulation.seed = 1, 2, 3", 3},
        {"learning.server-rate = 0.1, 0.2\npolicy.name = card, server-only", 4}, /* by the cut */
        {"learning.lora-alpha = 8, 16\npolicy.weight = 0.1, 0.2", 2},
        {"training.local-epochs = 1, 2", 2},
        {"simulation.seed = 1..20:1", 1 + CS_TUTORS_IDLE},
        {"simulation.replications = 2", 2},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases_of); i++) {
        g_autofree char *sweep =
            g_strdup_printf("[learning]\nnetwork = tiny\n[sweep]\n%s\n", cases_of[i].axis);
        g_autoptr(CsSweep) read = read_sweep(sweep, "radio.carrier=3 GHz");
        const CsFootprint *footprint = cs_plan_run(read->plan, 0)->footprint;
        double network = footprint->trained_byte + footprint->tape_byte;
        double byte = cs_forecast(read->plan, 1, CS_ROWS_FILES).byte - footprint->under_way_byte -
                      footprint->waiting_byte[CS_ROWS_FILES] - footprint->network_byte;
        double least = byte - 8.1e6, most = byte - 7.9e6; /* what the process takes */
        ck_assert_msg(least < cases_of[i].networks * network &&
                          cases_of[i].networks * network < most,
                      "%s: %g networks", cases_of[i].axis, (byte - 8e6) / network);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("footprint");
    TCase *tc = tcase_create("footprint");
    tcase_set_timeout(tc, 60);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    tcase_add_test(tc, waiting_rows_are_foretold);
    tcase_add_loop_test(tc, growth_is_foretold, 0, (int)G_N_ELEMENTS(cases));
#else
    (void)growth_is_foretold_ttest;
    (void)waiting_rows_are_foretold_ttest;
#endif
    tcase_add_test(tc, sweeps_are_foretold_by_their_largest_runs);
    tcase_add_test(tc, networks_are_counted_by_what_is_learned);
    suite_add_tcase(suite, tc);
    TCase *training = tcase_create("training");
    tcase_set_timeout(training, 120);
    tcase_add_unchecked_fixture(training, make_wide, remove_wide);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    tcase_add_loop_test(training, training_is_foretold, 0, (int)G_N_ELEMENTS(trainings));
#else
    (void)training_is_foretold_ttest;
#endif
    suite_add_tcase(suite, training);
    return cs_check_main(suite);
}
