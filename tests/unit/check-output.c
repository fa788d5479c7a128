/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/output: formats against the page that fixes them, on records made by hand. */
#include "cs-check.h"

#include "base/number.h"
#include "scenario/defaults.h"
#include "scenario/sampling.h"
#include "output/database.h"
#include "output/csv.h"
#include "output/directory.h"
#include "output/manifest.h"
#include "output/measure.h"
#include "output/summary.h"
#include "output/unit.h"
#include "output/trace.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/* The columns, as the users' page lists them. */
static const char *const headers[CS_TABLE_N] = {
    "run,replication,round,device,policy,cut,frequency_hz,snr_ul_db,snr_dl_db,cqi_ul,cqi_dl,mcs_ul,"
    "mcs_dl,rate_ul_bps,rate_dl_bps,outage_ul,outage_dl,adapter_dl_s,device_compute_s,smashed_ul_s,"
    "server_compute_s,gradient_dl_s,adapter_ul_s,wait_s,delay_s,server_energy_j,device_energy_j,"
    "radio_energy_j,cost,delay_min_s,delay_max_s,energy_min_j,energy_max_j,start_s,end_s,layers\n",
    "run,replication,device,policy,rounds,delay_mean_s,delay_total_s,wait_total_s,"
    "server_energy_mean_j,server_energy_total_j,device_energy_total_j,radio_energy_total_j,"
    "cost_mean,cut_mean,frequency_mean_hz,outage_ul_share,outage_dl_share"
    ",regret_total"
    ",regret_mean"
    ",rounds_lost"
    ",lost_time_s"
    ",lost_server_energy_j"
    ",lost_device_energy_j"
    ",lost_radio_energy_j"
    ",device_idle_energy_j"
    ",battery_left_j"
    ",blocks_given_up"
    ",blocks_given_up_share\n",
    "run,replication,policy,devices,rounds,delay_mean_s,delay_total_s,wait_total_s,"
    "server_energy_mean_j,server_energy_total_j,device_energy_total_j,radio_energy_total_j,"
    "cost_mean,makespan_s,events"
    ",regret_total"
    ",regret_mean"
    ",server_idle_energy_j"
    ",rounds_lost"
    ",lost_time_s"
    ",lost_server_energy_j"
    ",lost_device_energy_j"
    ",lost_radio_energy_j"
    ",device_idle_energy_j"
    ",rounds_failed"
    ",devices_empty"
    ",blocks_given_up"
    ",blocks_given_up_share"
    ",rounds_completed\n",
    "run,replication,round,participants,lost,end_s,server_energy_j,device_energy_j,radio_energy_j,"
    "air_bit,train_loss,test_loss\n",
};

#define ALL_TABLES (1u << CS_TABLE_ROUNDS | 1u << CS_TABLE_DEVICES | 1u << CS_TABLE_TOTALS)
#define CUTS 33

/* As cs_config_prepare() would leave it, as far as outputs look: NAMES with COUNTS, 0 for a device
 * that stands for itself. */
static CsConfig *fake_config(const char *const *names, const guint *counts, guint n)
{
    CsConfig *config = cs_config_new();
    config->rounds = 2;
    for (guint i = 0; i < n; i++) {
        CsDeviceGroup *group = cs_config_add_group(config, names[i]);
        group->counted = counts[i] > 0;
        group->count = MAX(counts[i], 1);
        group->first = config->n_devices;
        cs_cost_table_init(&group->cost, CUTS);
        config->n_devices += group->count;
    }
    return config;
}

static CsConfig *two_devices(void)
{
    static const char *const names[] = {"a", "b"};
    static const guint counts[] = {0, 2};
    return fake_config(names, counts, 2);
}

static CsRoundRecord a_round(void)
{
    CsRoundRecord r = {
        .replication = 3,
        .round = 12,
        .device = 2,
        .decision = {.cut = 32, .frequency_hz = 1.25e9},
        .uplink = {.snr = 100, .rate_bps = 76171875, .cqi = 9, .mcs = 16},
        .downlink = {.snr = 0, .rate_bps = 0.5, .cqi = 0, .mcs = -1, .outage = TRUE},
        .stage_ns = {1, 2000000000, 3000000000, 400000000, 50000000, 1500000, 250000000, 123456},
        .wait_ns = 7,
        .start_ns = 1000000000000,
        .end_ns = 1005701623464,
        .server_energy_j = 0.1,
        .device_energy_j = NAN,
        .radio_energy_j = 1e-7,
        .cost = 1.0 / 3,
        .corners = {1, 2.5, 0, 1e20},
    };
    return r;
}

/* --- CSV ---------------------------------------------------------------------------------------
 */

START_TEST(columns_are_those_of_the_page)
{
    for (guint t = 0; t < CS_TABLE_N; t++) {
        g_autofree char *header = cs_table_header((CsTable)t, FALSE, NULL);
        ck_assert_str_eq(header, headers[t]);
        guint n;
        const CsColumn *columns = cs_table_columns((CsTable)t, &n);
        for (guint i = 0; i < n; i++)
            ck_assert(columns[i].meaning != NULL && columns[i].meaning[0] != '\0');
    }
    g_autofree char *start = cs_table_header_start(CS_TABLE_ROUNDS);
    g_autofree char *whole = cs_table_header(CS_TABLE_ROUNDS, TRUE, ",weight");
    g_autofree char *wanted =
        g_strconcat(start, ",distance_m,path_loss_db,shadowing_db,line_of_sight,weight\n", NULL);
    ck_assert_str_eq(whole, wanted);
    ck_assert_str_eq(cs_table_info(CS_TABLE_ROUNDS)->file_name, "rounds.csv");
    ck_assert_str_eq(cs_table_info(CS_TABLE_DEVICES)->file_name, "devices.csv");
    ck_assert_str_eq(cs_table_info(CS_TABLE_TOTALS)->file_name, "totals.csv");
    ck_assert_str_eq(cs_table_info(CS_TABLE_LOSSES)->file_name, "losses.csv");
}
END_TEST

/* The manual's column tables: what this makes of the program's tables must stand there as it is. */
START_TEST(manual_describes_these_columns)
{
    g_autofree char *path = cs_test_path("man/cardsim-results.5"), *page = NULL;
    ck_assert(g_file_get_contents(path, &page, NULL, NULL));
    for (guint t = 0; t < CS_TABLE_N; t++) {
        g_autoptr(GString) roff = g_string_new(NULL);
        g_autofree char *title = g_ascii_strup(cs_table_info((CsTable)t)->file_name, -1);
        guint n;
        const CsColumn *columns = cs_table_columns((CsTable)t, &n);
        g_string_append_printf(roff, ".SH COLUMNS OF %s\n", title);
        for (guint i = 0; i < n; i++) {
            g_auto(GStrv) parts = g_strsplit(columns[i].meaning, "-", -1);
            g_autofree char *meaning = g_strjoinv("\\-", parts);
            g_string_append_printf(roff, ".TP\n.B %s\n%s\n", columns[i].name, meaning);
        }
        ck_assert_msg(strstr(page, roff->str) != NULL, "man/cardsim-results.5 lacks:\n%s",
                      roff->str);
    }
}
END_TEST

START_TEST(rows_by_hand)
{
    g_autoptr(CsConfig) config = two_devices();
    CsCsvSink *sink = cs_csv_sink_new(ALL_TABLES, 7, config);
    CsRoundRecord round = a_round();
    sink->sink.round(&sink->sink, &round);
    ck_assert_str_eq(sink->text[CS_TABLE_ROUNDS]->str,
                     "7,3,12,b.2,card,32,1250000000,20,,9,0,16,,76171875,0.5,0,1,1e-09,2.25,3,0.45,"
                     "0.0015,0.000123456,7e-09,5.701623464,0.1,,1e-07,0.3333333333333333,1,2.5,0,"
                     "1e+20,1000,1005.701623464,32\n");
    CsDeviceTotals device = {
        .replication = 1,
        .device = 0,
        .sum.rounds = 8,
        .sum.delay_s = 20,
        .sum.wait_s = 1.5,
        .sum.server_energy_j = 4,
        .sum.device_energy_j = 3,
        .sum.radio_energy_j = NAN,
        .sum.cost = 2,
        .sum.cut = 64,
        .sum.frequency_hz = 16e9,
        .sum.outage_uplink = 1,
        .sum.outage_downlink = 8,
        .sum.blocks = 16,
        .sum.blocks_given_up = 2,
    };
    sink->sink.device(&sink->sink, &device);
    ck_assert_str_eq(
        sink->text[CS_TABLE_DEVICES]->str,
        "7,1,a,card,8,2.5,20,1.5,0.5,4,3,,0.25,8,2000000000,0.125,1,0,0,0,0,0,0,0,0,0,2,0.125\n");
    CsTotals totals = {
        .replication = 1,
        .devices = 2,
        .rounds = 8,
        .sum.rounds = 16,
        .sum.delay_s = 40,
        .sum.wait_s = 0,
        .sum.server_energy_j = 8,
        .sum.device_energy_j = NAN,
        .sum.radio_energy_j = 0.25,
        .sum.cost = 4,
        .makespan_s = 41.5,
        .events = 512,
    };
    sink->sink.totals(&sink->sink, &totals);
    ck_assert_str_eq(
        sink->text[CS_TABLE_TOTALS]->str,
        "7,1,card,2,8,2.5,40,0,0.5,8,,0.25,0.25,41.5,512,0,0,0,0,0,0,0,0,0,0,0,0,,0\n");
    cs_csv_sink_free(sink);
}
END_TEST

static gboolean take_value(gpointer context, guint n, const CsCell *cells)
{
    ck_assert_uint_eq(n, 1);
    *(double *)context = cells[0].kind == CS_CELL_REAL ? cells[0].real : (double)NAN;
    return FALSE;
}

/* What a stopping rule and a summary see of a replication is what a report has from its row. */
START_TEST(metrics_mean_the_same_everywhere)
{
    g_autoptr(CsConfig) config = two_devices();
    g_autoptr(GError) error = NULL;
    g_autoptr(CsDatabase) database = cs_database_new(&error);
    const CsTotals totals = {.replication = 1,
                             .devices = 3,
                             .rounds = 8,
                             .sum = {.rounds = 20, /* 4 were lost */
                                     .delay_s = 40,
                                     .wait_s = 5,
                                     .server_energy_j = 800,
                                     .device_energy_j = 90,
                                     .radio_energy_j = 10,
                                     .cost = 4,
                                     .regret = 0.5},
                             .rounds_completed = 20,
                             .makespan_s = 41.5};
    const CsRowContext row = {1, config};
    cs_database_add(database, CS_TABLE_TOTALS, &row, &totals);
    static const char *const none[] = {NULL};
    ck_assert(cs_database_commit_run(database, 1, 1, none, &error));
    guint n, seen = 0;
    const CsMeasure *measures = cs_measures(&n);
    for (guint i = 0; i < n; i++) {
        if (measures[i].field < 0 || measures[i].sql[CS_TABLE_TOTALS] == NULL)
            continue;
        double value = NAN;
        g_autofree char *sql =
            g_strdup_printf("SELECT %s FROM totals", measures[i].sql[CS_TABLE_TOTALS]);
        ck_assert(cs_database_query(database, sql, NULL, take_value, &value, &error));
        ck_assert_double_eq(cs_measure_of(&measures[i], &totals), value);
        seen++;
    }
    ck_assert_uint_eq(seen, 8);
    ck_assert_double_eq(cs_measure_of(cs_measure_find("device-energy"), &totals), 4.5);
    for (guint metric = CS_METRIC_NONE + 1; metric <= CS_METRIC_MAKESPAN; metric++) {
        const CsMeasure *measure = cs_measure_find(cs_names_of(cs_metric_names, (gint)metric));
        ck_assert(measure != NULL && measure->field >= 0);
    }
}
END_TEST

/* What a database would get is what the file says. */
START_TEST(cells_say_what_rows_say)
{
    g_autoptr(CsConfig) config = two_devices();
    config->places = TRUE;
    CsCsvSink *sink = cs_csv_sink_new(1u << CS_TABLE_ROUNDS, 7, config);
    CsRoundRecord round = a_round();
    round.at = (CsWhereabouts){12.5, 1e10, 0.1, 1};
    sink->sink.round(&sink->sink, &round);
    ck_assert_ptr_null(sink->sink.device);
    ck_assert_ptr_null(sink->text[CS_TABLE_TOTALS]);
    GString *scratch = g_string_new(NULL), *row = g_string_new(NULL);
    char number[CS_NUMBER_MAX];
    guint n;
    const CsColumn *columns = cs_table_columns(CS_TABLE_ROUNDS, &n);
    for (guint i = 0; i < n; i++) {
        CsCell cell = cs_table_cell(CS_TABLE_ROUNDS, i, &sink->row, &round, scratch);
        ck_assert(cell.kind == columns[i].kind || cell.kind == CS_CELL_EMPTY);
        g_string_append(row, i == 0 ? "" : ",");
        if (cell.kind == CS_CELL_WHOLE)
            g_string_append_printf(row, "%" G_GINT64_FORMAT, cell.whole);
        if (cell.kind == CS_CELL_REAL && cs_number_format(number, cell.real) > 0)
            g_string_append(row, number);
        if (cell.kind == CS_CELL_TEXT)
            g_string_append(row, cell.text);
    }
    g_string_append_c(row, '\n');
    ck_assert(g_str_has_suffix(row->str, ",32,12.5,100,-10,1\n"));
    ck_assert_str_eq(row->str, sink->text[CS_TABLE_ROUNDS]->str);
    g_string_free(row, TRUE);
    g_string_free(scratch, TRUE);
    cs_csv_sink_free(sink);
}
END_TEST

START_TEST(streamed_rows_are_the_same_bytes)
{
    enum { ROUNDS = 3000 };
    g_autoptr(CsConfig) config = two_devices();
    g_autofree char *folder = g_dir_make_tmp("cardsim-csv-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "rounds.csv", NULL), *text = NULL;
    CsCsvSink *kept = cs_csv_sink_new(1u << CS_TABLE_ROUNDS, 1, config);
    CsCsvSink *streamed = cs_csv_sink_new(1u << CS_TABLE_ROUNDS, 1, config);
    CsFile *file = cs_file_create(path, NULL);
    cs_csv_sink_stream(streamed, CS_TABLE_ROUNDS, file);
    CsRoundRecord round = a_round();
    for (round.round = 1; round.round <= ROUNDS; round.round++) {
        round.start_ns = (gint64)round.round * 987654321;
        kept->sink.round(&kept->sink, &round);
        streamed->sink.round(&streamed->sink, &round);
        ck_assert_uint_lt(streamed->text[CS_TABLE_ROUNDS]->len, 1 << 16);
    }
    cs_csv_sink_flush(streamed, CS_TABLE_ROUNDS, file);
    ck_assert(cs_file_commit(file, NULL));
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, kept->text[CS_TABLE_ROUNDS]->str);
    cs_csv_sink_free(kept);
    cs_csv_sink_free(streamed);
    g_remove(path);
    g_rmdir(folder);
}
END_TEST

/* Whatever a row is to end in, however long, stands behind its cells. */
START_TEST(rows_end_in_what_is_given)
{
    static const gsize lengths[] = {0, 1, 30, 1000, 100000};
    g_autoptr(CsConfig) config = two_devices();
    CsRoundRecord round = a_round();
    CsCsvSink *plain = cs_csv_sink_new(1u << CS_TABLE_ROUNDS, 1, config);
    plain->sink.round(&plain->sink, &round);
    g_autofree char *row =
        g_strndup(plain->text[CS_TABLE_ROUNDS]->str, plain->text[CS_TABLE_ROUNDS]->len - 1);
    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        CsCsvSink *sink = cs_csv_sink_new(1u << CS_TABLE_ROUNDS, 1, config);
        g_autofree char *more = g_strnfill(lengths[i], ','), *expected = NULL;
        cs_csv_sink_end_rows(sink, g_strdup(more));
        for (guint k = 0; k < 3; k++)
            sink->sink.round(&sink->sink, &round);
        expected = g_strdup_printf("%s%s\n%s%s\n%s%s\n", row, more, row, more, row, more);
        ck_assert_str_eq(sink->text[CS_TABLE_ROUNDS]->str, expected);
        cs_csv_sink_free(sink);
    }
    cs_csv_sink_free(plain);
}
END_TEST

/* Rows past a few MiB wait in a nameless file of the directory, where there is one: memory stays
 * bounded, the bytes are the same, and nothing is left behind. */
START_TEST(many_rows_wait_on_disk)
{
    enum { ROUNDS = 60000, MEMORY = 9 << 20 };
    g_autoptr(CsConfig) config = two_devices();
    g_autofree char *folder = g_dir_make_tmp("cardsim-unit-XXXXXX", NULL);
    g_autoptr(CsUnit) kept = cs_unit_new(config, 1, 1u << CS_TABLE_ROUNDS, NULL, NULL);
    g_autoptr(CsUnit) moved = cs_unit_new(config, 1, 1u << CS_TABLE_ROUNDS, NULL, folder);
    CsRoundRecord round = a_round();
    for (round.round = 1; round.round <= ROUNDS; round.round++) {
        kept->sink.round(&kept->sink, &round);
        moved->sink.round(&moved->sink, &round);
        ck_assert_uint_lt(moved->csv->text[CS_TABLE_ROUNDS]->len, MEMORY);
    }
    ck_assert_uint_gt(kept->csv->text[CS_TABLE_ROUNDS]->len, MEMORY);
    ck_assert(kept->waiting < 0 && moved->waiting >= 0);
    g_autofree char *expected = g_strdup(kept->csv->text[CS_TABLE_ROUNDS]->str);
    CsUnit *units[] = {kept, moved};
    for (guint i = 0; i < 2; i++) {
        g_autofree char *path = g_build_filename(folder, "rounds.csv", NULL), *text = NULL;
        CsFile *file = cs_file_create(path, NULL);
        ck_assert(cs_unit_append(units[i], CS_TABLE_ROUNDS, file, NULL));
        ck_assert(cs_file_commit(file, NULL));
        ck_assert(g_file_get_contents(path, &text, NULL, NULL));
        ck_assert(strcmp(text, expected) == 0);
        g_remove(path);
    }
    ck_assert_int_eq(g_rmdir(folder), 0);
}
END_TEST

/* --- manifest ----------------------------------------------------------------------------------
 */

static JsonObject *parse(JsonParser *parser, const char *text)
{
    GError *error = NULL;
    ck_assert_msg(json_parser_load_from_data(parser, text, -1, &error), "%s",
                  error != NULL ? error->message : "");
    return json_node_get_object(json_parser_get_root(parser));
}

START_TEST(manifest_reads_back)
{
    static const char *const settings[] = {"simulation", "rounds", "2",        "simulation",
                                           "seed",       "1",      "device a", "distance",
                                           "8 m",        NULL};
    g_autoptr(CsConfig) config = two_devices();
    config->seed = 42;
    g_auto(GStrv) assumptions = cs_assumptions(config);
    g_autofree char *text =
        cs_manifest_format(config, 1, "[simulation]\nseed = 42 # \"ä\"\n", settings,
                           (const char *const *)assumptions, NULL, NULL);
    g_autofree char *again =
        cs_manifest_format(config, 1, "[simulation]\nseed = 42 # \"ä\"\n", settings,
                           (const char *const *)assumptions, NULL, NULL);
    ck_assert_str_eq(text, again);
    ck_assert(g_str_has_suffix(text, "}\n"));
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = parse(parser, text);
    ck_assert_str_eq(json_object_get_string_member(root, "program"), "cardsim");
    ck_assert_int_eq(json_object_get_int_member(root, "seed"), 42);
    ck_assert_str_eq(json_object_get_string_member(root, "scenario"),
                     "[simulation]\nseed = 42 # \"ä\"\n");
    JsonObject *groups = json_object_get_object_member(root, "settings");
    ck_assert_uint_eq(json_object_get_size(groups), 2);
    ck_assert_str_eq(json_object_get_string_member(
                         json_object_get_object_member(groups, "device a"), "distance"),
                     "8 m");
    ck_assert_uint_eq(json_array_get_length(json_object_get_array_member(root, "assumptions")),
                      g_strv_length(assumptions));
}
END_TEST

START_TEST(assumptions_depend_on_the_scenario)
{
    g_autoptr(CsConfig) config = two_devices();
    static const char *const unmodelled =
        "Device computing energy is not modelled where a device has no power figure.";
    g_auto(GStrv) without = cs_assumptions(config);
    ck_assert(g_strv_contains((const char *const *)without, unmodelled));
    ck_assert(g_strv_contains((const char *const *)without,
                              "Labels and the cut index take no air time."));
    config->groups[0].power_coefficient = config->groups[1].power_coefficient = 1e-26;
    g_auto(GStrv) with = cs_assumptions(config);
    ck_assert(!g_strv_contains((const char *const *)with, unmodelled));
}
END_TEST

/* --- directory ---------------------------------------------------------------------------------
 */

static char *folder;

static void make_folder(void)
{
    folder = g_dir_make_tmp("cardsim-results-XXXXXX", NULL);
}

static void put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static gboolean has(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void remove_folder(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
}

static void assert_refused(const char *named)
{
    GError *error = NULL;
    ck_assert(cs_run_folder_open(folder, &error) == NULL);
    ck_assert_msg(strstr(error->message, named) != NULL, "%s", error->message);
    g_clear_error(&error);
}

static void assert_taken(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsRunFolder) results = cs_run_folder_open(path, &error);
    ck_assert_msg(results != NULL, "%s", error != NULL ? error->message : "");
}

/* SHA-256 of "abc", of FIPS 180-4's examples; and of nothing. */
#define ABC "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NOTHING "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void put_manifest(const char *name, const char *files)
{
    g_autofree char *text = g_strdup_printf("{\"program\": \"cardsim\", \"files\": {%s}}", files);
    put(name, text);
}

START_TEST(directory_is_made_with_its_parents)
{
    g_autofree char *parent = g_build_filename(folder, "x", NULL);
    g_autofree char *path = g_build_filename(parent, "y", NULL);
    assert_taken(path);
    ck_assert(g_file_test(path, G_FILE_TEST_IS_DIR));
    assert_taken(path);
    g_rmdir(path);
    g_rmdir(parent);
}
END_TEST

START_TEST(directory_of_an_earlier_run_is_taken)
{
    put_manifest("manifest.json", "\"rounds.csv\": \"" ABC "\", \"devices.csv\": \"" NOTHING "\"");
    put("rounds.csv", "abc");
    put("devices.csv", "");
    put("totals.csv.tmp-123-AbCdEf", "");
    g_autoptr(CsRunFolder) results = cs_run_folder_open(folder, NULL);
    ck_assert(results != NULL && has("rounds.csv"));
    ck_assert(cs_run_folder_begin(results, NULL));
    ck_assert(!has("manifest.json"));
    put_manifest("manifest.json", "");
    static const char *const kept[] = {"manifest.json", "devices.csv", NULL};
    ck_assert(cs_run_folder_end(results, kept, NULL));
    ck_assert(has("manifest.json") && has("devices.csv"));
    ck_assert(!has("rounds.csv") && !has("totals.csv.tmp-123-AbCdEf"));
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint n = 0;
    while (g_dir_read_name(dir) != NULL)
        n++;
    ck_assert_uint_eq(n, 2); /* nor the earlier manifest */
}
END_TEST

/* What a power failure leaves of an unfinished file: of its pages any may be lost, which are then
 * NULs or, at its end, missing. Anything else is somebody's, whatever it is called. */
START_TEST(unfinished_results_are_known_by_what_is_left_of_them)
{
    static const char *const names[] = {"rounds.csv.tmp-123-AbCdEf", "trace.json.tmp-123-AbCdEf"};
    g_autofree char *header = cs_table_header_start(CS_TABLE_ROUNDS);
    const char *const starts[] = {header, CS_TRACE_START};
    for (guint i = 0; i < 2; i++) {
        gsize n = strlen(starts[i]);
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autofree char *text = g_strconcat(starts[i], "more of it", NULL);
        for (guint lost = 0; lost < 4; lost++) {
            g_autofree char *left = g_memdup2(text, strlen(text) + 1);
            gsize first = lost == 2 ? n / 2 : 0, end = lost == 1 ? n / 2 : lost == 0 ? 0 : n;
            memset(left + first, '\0', MAX(end, first) - first);
            gsize length = lost == 3 ? n / 2 : strlen(text);
            ck_assert(g_file_set_contents(path, left, (gssize)length, NULL));
            assert_taken(folder);
            left[MIN(n, length) - 1] = 'X';
            ck_assert(g_file_set_contents(path, left, (gssize)length, NULL));
            assert_refused(names[i]);
        }
        g_unlink(path);
    }
}
END_TEST

/* Killed with new results and old ones in place: each manifest, aside, proves its own. */
START_TEST(manifests_that_stand_aside_prove_what_is_ours)
{
    put_manifest("manifest.json.tmp-77-before", "\"devices.csv\": \"" NOTHING "\"");
    put_manifest("manifest.json.tmp-77-aB3dEf", "\"rounds.csv\": \"" ABC "\"");
    put("rounds.csv", "abc");
    put("devices.csv", "");
    assert_taken(folder);
    put("devices.csv", "abc");
    assert_refused("devices.csv");
}
END_TEST

START_TEST(directory_with_anything_else_is_refused)
{
    put("rounds.csv", "abc");
    assert_refused("rounds.csv"); /* somebody's, without a manifest */
    put("manifest.json", "{\"program\": \"other\"}");
    assert_refused("manifest.json");
    put("manifest.json", "not even JSON");
    assert_refused("manifest.json");
    g_autofree char *deep = g_strnfill(100000, '[');
    put("manifest.json", deep);
    assert_refused("manifest.json");
    put_manifest("manifest.json", "\"rounds.csv\": \"" ABC "\"");
    assert_taken(folder);
    put("rounds.csv", "abd"); /* one byte of somebody's */
    assert_refused("rounds.csv");
    put("rounds.csv", "abc");
    put("energy.csv", "mine"); /* no name makes a file ours */
    assert_refused("energy.csv");
    put("energy.csv.tmp-1-aaaaaa", "");
    g_autofree char *path = g_build_filename(folder, "energy.csv", NULL);
    g_unlink(path);
    assert_refused("energy.csv.tmp-1-aaaaaa");
}
END_TEST

/* One process at a time; and a file under way is nobody else's to remove. */
START_TEST(directory_and_files_are_locked)
{
    g_autoptr(CsRunFolder) results = cs_run_folder_open(folder, NULL);
    ck_assert(results != NULL);
    g_autoptr(GError) error = NULL;
    ck_assert(cs_run_folder_open(folder, &error) == NULL);
    ck_assert(g_error_matches(error, CS_FILE_ERROR, CS_FILE_ERROR_LOCKED));
    g_clear_pointer(&results, cs_run_folder_close);
    assert_taken(folder);

    g_autofree char *path = g_build_filename(folder, "totals.csv", NULL);
    CsFile *file = cs_file_create(path, NULL);
    assert_refused("totals.csv.tmp-"); /* its owner lives */
    cs_file_leave(file);
    assert_taken(folder); /* it is dead */
}
END_TEST

/* Links lead nobody out of the directory. */
START_TEST(links_are_not_followed)
{
    g_autofree char *outside = g_strconcat(folder, "-outside", NULL);
    ck_assert(g_file_set_contents(outside, "abc", -1, NULL));
    g_autofree char *link = g_build_filename(folder, "rounds.csv", NULL);
    ck_assert(symlink(outside, link) == 0);
    put_manifest("manifest.json", "\"rounds.csv\": \"" ABC "\"");
    assert_refused("rounds.csv");
    g_unlink(link);

    g_autoptr(CsRunFolder) results = cs_run_folder_open(folder, NULL);
    ck_assert(results != NULL && symlink(outside, link) == 0); /* meanwhile */
    CsFile *file = cs_run_folder_create(results, "rounds.csv", NULL);
    cs_file_puts(file, "new");
    ck_assert(cs_file_commit(file, NULL));
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(outside, &text, NULL, NULL));
    ck_assert_str_eq(text, "abc");
    ck_assert(!g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_unlink(outside);
}
END_TEST

/* The directory itself is put away while a run is at work: it tells. */
START_TEST(directory_that_is_exchanged_is_noticed)
{
    g_autofree char *path = g_build_filename(folder, "here", NULL);
    g_autofree char *away = g_build_filename(folder, "away", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(CsRunFolder) results = cs_run_folder_open(path, NULL);
    ck_assert(results != NULL && g_rename(path, away) == 0 && g_mkdir(path, 0777) == 0);
    ck_assert(!cs_run_folder_begin(results, &error));
    ck_assert_msg(strstr(error->message, "no longer the directory") != NULL, "%s", error->message);
}
END_TEST

START_TEST(directory_that_is_a_file_is_refused)
{
    put("file", "");
    GError *error = NULL;
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    ck_assert(cs_run_folder_open(path, &error) == NULL);
    ck_assert_msg(strstr(error->message, path) != NULL, "%s", error->message);
    g_clear_error(&error);
}
END_TEST

/* --- trace -------------------------------------------------------------------------------------
 */

START_TEST(trace_is_json_with_named_tracks)
{
    g_autoptr(CsConfig) config = two_devices();
    g_autofree char *path = g_build_filename(folder, "trace.json", NULL), *text = NULL;
    config->schedule = CS_SCHEDULE_PARALLEL;
    config->server.gpus = 2;
    CsFile *file = cs_file_create(path, NULL);
    CsTrace *trace = cs_trace_new(file, config);
    CsSink *sink = cs_trace_sink(trace);
    CsSpan span = {.replication = 1,
                   .round = 1,
                   .device = 1,
                   .start_ns = 1234567,
                   .gpu = 1,
                   .end_ns = 2000000};
    for (guint stage = 0; stage < CS_STAGE_TOLD_N; stage++) {
        span.stage = (CsStage)stage;
        span.epoch = stage > 0 && stage + 1 < CS_STAGE_TOLD_N;
        sink->span(sink, &span);
    }
    span.replication = 2;
    sink->span(sink, &span);
    cs_trace_end(trace);
    ck_assert(cs_file_commit(file, NULL));
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));

    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *events = json_object_get_array_member(parse(parser, text), "traceEvents");
    guint n_spans = 0;
    g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GString) tracks = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(events); i++) {
        JsonObject *event = json_array_get_object_element(events, i);
        gint64 pid = json_object_get_int_member(event, "pid");
        const char *phase = json_object_get_string_member(event, "ph");
        const char *name = json_object_get_string_member(event, "name");
        JsonObject *arguments = json_object_get_object_member(event, "args");
        if (strcmp(name, "process_name") == 0 || strcmp(name, "thread_name") == 0) {
            gint64 tid = name[0] == 't' ? json_object_get_int_member(event, "tid") : 0;
            g_hash_table_insert(named, g_strdup_printf("%d.%d", (int)pid, (int)tid),
                                g_strdup(json_object_get_string_member(arguments, "name")));
        }
        if (strcmp(phase, "X") != 0)
            continue;
        ck_assert_str_eq(name, cs_stage_name((CsStage)n_spans++));
        ck_assert_close(json_object_get_double_member(event, "ts"), 1234.567, 1e-15);
        ck_assert_close(json_object_get_double_member(event, "dur"), 765.433, 1e-15);
        ck_assert_int_eq(json_object_get_int_member(arguments, "round"), 1);
        g_autofree char *track =
            g_strdup_printf("%d.%d", (int)pid, (int)json_object_get_int_member(event, "tid"));
        g_autofree char *process = g_strdup_printf("%d.0", (int)pid);
        g_string_append_printf(tracks, "%s/%s ", (char *)g_hash_table_lookup(named, process),
                               (char *)g_hash_table_lookup(named, track));
    }
    ck_assert_uint_eq(n_spans, CS_STAGE_TOLD_N);
    /* server, its GPUs, and three devices with three tracks each, all with names of their own */
    ck_assert_uint_eq(g_hash_table_size(named), 1 + 2 + 3 * 4);
    ck_assert_str_eq(tracks->str,
                     "device b.1/downlink device b.1/computing device b.1/uplink server/GPU 2 "
                     "server/GPU 2 device b.1/downlink device b.1/computing device b.1/uplink ");
}
END_TEST

/* --- summary -----------------------------------------------------------------------------------
 */

/* Every device: 4 rounds a replication, the first at cut 32, the others at 0. */
static CsSummary *fake_summary(const CsConfig *config, guint64 replications)
{
    CsSummary *summary = cs_summary_new(config);
    for (guint64 r = 1; r <= replications; r++) {
        CsSink *sink = cs_summary_sink_new(config);
        for (guint64 n = 1; n <= 4; n++)
            for (guint d = 0; d < config->n_devices; d++)
                sink->decided(sink, d, n == 1 ? CUTS - 1 : 0);
        for (guint d = 0; d < config->n_devices; d++) {
            CsDeviceTotals totals = {
                .replication = r,
                .device = d,
                .sum.rounds = 4,
                .sum.delay_s = 400 + 8.0 * r,
                .sum.server_energy_j = 16000,
                .sum.device_energy_j = NAN,
                .sum.radio_energy_j = 2,
                .sum.cost = 1,
                .sum.frequency_hz = 4e9,
                .sum.outage_uplink = 1,
                .sum.beyond_uplink = d == 0,
                .sum.lost = {NAN, NAN, NAN, NAN, NAN},
            };
            sink->device(sink, &totals);
        }
        CsTotals totals = {.replication = r,
                           .devices = config->n_devices,
                           .rounds = 4,
                           .makespan_s = 3600 * 10,
                           .events = 500,
                           .sum.lost = {NAN, NAN, NAN, NAN, NAN}};
        sink->totals(sink, &totals);
        cs_summary_add(summary, sink);
    }
    return summary;
}

static void assert_lines(const char *text, const char *const *wanted)
{
    for (; *wanted != NULL; wanted++)
        ck_assert_msg(strstr(text, *wanted) != NULL, "no '%s' in\n%s", *wanted, text);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        ck_assert_msg(g_utf8_strlen(*line, -1) <= 100, "more than 100 columns: %s", *line);
}

START_TEST(summary_tells_each_device)
{
    g_autoptr(CsConfig) config = two_devices();
    g_autoptr(CsSummary) summary = fake_summary(config, 2);
    g_autofree char *text = cs_summary_format(summary);
    /* Means 102 and 104 s: 103 ± t(0.975, 1) = 12.7062 times 2/√2/√2 = 1. */
    static const char *const wanted[] = {
        "3 devices, 2 rounds, 2 replications",
        "\nb.2     0 (75 %), 32 (25 %)      1.000  103.0 ± 12.7  4.000 ± 0.000\n",
        "\na              500.0    0.250    25 %   0 %    25 %   0 %\n",
        "Simulated time a replication: 36,000 s (10.0 h); 1,000 events\n",
        "devices not modelled, radio 6.000 J",
        NULL,
    };
    assert_lines(text, wanted);
    ck_assert_ptr_null(strstr(text, "Device energy"));
    ck_assert_ptr_null(strstr(text, "completed"));
    g_auto(GStrv) warnings = cs_summary_warnings(summary);
    ck_assert_uint_eq(g_strv_length(warnings), 0);
}
END_TEST

START_TEST(summary_tells_crowds_by_group)
{
    static const char *const names[] = {"phone", "board-with-a-name-beyond-all-measure"};
    static const guint counts[] = {100, 1000};
    g_autoptr(CsConfig) config = fake_config(names, counts, 2);
    config->schedule = CS_SCHEDULE_PARALLEL;
    g_autoptr(CsSummary) summary = fake_summary(config, 1);
    g_autofree char *text = cs_summary_format(summary);
    static const char *const wanted[] = {"\nphone (100)", "\nboard-with-a… (1000)", "Waiting",
                                         NULL};
    assert_lines(text, wanted);
    ck_assert_ptr_null(strstr(text, "±"));
}
END_TEST

/* Two replications of 2 rounds; device a has both, 10 s each, b.1 one of the second replication, of
 * 30 s, and b.2 none: 5 of 12, of which 4 have been begun. */
START_TEST(summary_says_what_was_completed)
{
    static const guint rounds[2][3] = {{2, 0, 0}, {2, 1, 0}};
    g_autoptr(CsConfig) config = two_devices();
    g_autoptr(CsSummary) summary = cs_summary_new(config);
    for (guint r = 0; r < 2; r++) {
        CsSink *sink = cs_summary_sink_new(config);
        for (guint d = 0; d < 3; d++) {
            CsDeviceTotals totals = {.device = d,
                                     .sum.rounds = rounds[r][d],
                                     .sum.delay_s = rounds[r][d] * (d == 0 ? 10 : 30),
                                     .sum.device_energy_j = NAN};
            for (guint i = 0; i < rounds[r][d]; i++)
                sink->decided(sink, d, 0);
            sink->device(sink, &totals);
        }
        CsTotals totals = {.devices = 3,
                           .rounds = 2,
                           .sum.device_energy_j = NAN,
                           .sum.lost = {2, 60, 1000, NAN, 0.5},
                           .rounds_failed = r,
                           .devices_empty = 1};
        sink->totals(sink, &totals);
        cs_summary_add(summary, sink);
    }
    g_autofree char *text = cs_summary_format(summary);
    static const char *const wanted[] = {
        "\na          4 of 4  0",
        "\nb.1        1 of 4  0",
        " 30.0", /* of b.1: of the one replication that it has */
        "\nb.2        0 of 4  -  ",
        "\nall       5 of 12  0",
        "\nOf 12 rounds of devices 5 were completed; in no figure above are 4 lost and 3 never "
        "begun\n",
        "\nLost with them: 120 s (2.0 min); energy: server 2.000 kJ, devices not modelled, radio "
        "1.000 J\n",
        "\n1 round without a quorum\nBatteries that ran empty: 2\n",
        NULL,
    };
    assert_lines(text, wanted);
}
END_TEST

/* Two replications of two rounds, 0.06 and 0.02 too much together: 0.08 over 4 rounds. */
START_TEST(summary_tells_the_regret)
{
    g_autoptr(CsConfig) config = two_devices();
    config->csi = CS_CSI_ERROR;
    config->csi_error_db = 4;
    g_autoptr(CsSummary) summary = cs_summary_new(config);
    for (guint r = 0; r < 2; r++) {
        CsSink *sink = cs_summary_sink_new(config);
        CsDeviceTotals device = {.sum.rounds = 2, .sum.lost = {NAN, NAN, NAN, NAN, NAN}};
        sink->decided(sink, 0, 0);
        sink->device(sink, &device);
        CsTotals totals = {.devices = 3,
                           .rounds = 2,
                           .sum.regret = r == 0 ? 0.06 : 0.02,
                           .sum.lost = {NAN, NAN, NAN, NAN, NAN}};
        sink->totals(sink, &totals);
        cs_summary_add(summary, sink);
    }
    g_autofree char *text = cs_summary_format(summary);
    static const char *const wanted[] = {"\nRegret under csi = error 4 dB: the mean cost is 0.02 "
                                         "above that with perfect knowledge\n",
                                         NULL};
    assert_lines(text, wanted);
}
END_TEST

/* Walks of 100 s: towards the access point and beyond, across its direction (60² + 80² = 100²), and
 * away. */
static const struct {
    double distance_m, direction_rad, speed_m_per_s;
    CsPathLossModel path_loss;
    CsMobilityKind kind;
    const char *told; /* NULL: nothing */
} walks[] = {
    {200, G_PI, 3, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, "walked between 0 m and 200 m away"},
    {290, G_PI, 2.8, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, NULL}, /* 10 m is covered */
    {290, G_PI, 2.85, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, "walked between 5 m and 290 m away"},
    {60, G_PI / 2, 0.8, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, NULL},
    {60, G_PI / 2, 0.8, CS_PATH_LOSS_INH_OPEN, CS_MOBILITY_LINEAR, NULL},
    {120, G_PI / 2, 1.6, CS_PATH_LOSS_INH_OPEN, CS_MOBILITY_LINEAR,
     "walked between 120 m and 200 m away"},
    {4800, 0, 2, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, NULL},
    {4800, 0, 2.01, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, "walked between 4800 m and 5001 m away"},
    {4800, 0, 9, CS_PATH_LOSS_LOG_DISTANCE, CS_MOBILITY_LINEAR, NULL},
    {4800, 0, 9, CS_PATH_LOSS_UMI, CS_MOBILITY_STATIC, NULL},
    {5001, 0, 9, CS_PATH_LOSS_UMI, CS_MOBILITY_LINEAR, NULL}, /* told of its distance */
};

START_TEST(walkers_that_leave_are_told)
{
    g_autoptr(CsConfig) config = two_devices();
    CsDeviceGroup *group = &config->groups[0];
    group->distance_min_m = group->distance_max_m = walks[_i].distance_m;
    group->mobility = (CsMobility){.kind = walks[_i].kind,
                                   .speed_m_per_s = walks[_i].speed_m_per_s,
                                   .direction_rad = walks[_i].direction_rad};
    group->radio.path_loss = walks[_i].path_loss;
    group->failure_s = 1e9; /* rounds may be lost: nothing is sure before the run */
    CsSummary *summary = cs_summary_new(config);
    for (int replication = 0; replication < 3; replication++) {
        CsSink *sink = cs_summary_sink_new(config);
        CsTotals totals = {.devices = 3, .makespan_s = replication == 1 ? 100 : 10};
        sink->totals(sink, &totals);
        cs_summary_add(summary, sink);
    }
    g_auto(GStrv) warnings = cs_summary_warnings(summary);
    ck_assert_uint_eq(g_strv_length(warnings), walks[_i].told != NULL ? 1 : 0);
    ck_assert_msg(walks[_i].told == NULL || strstr(warnings[0], walks[_i].told) != NULL, "%s",
                  warnings[0]);
    cs_summary_free(summary);
}
END_TEST

START_TEST(degenerate_rounds_are_counted)
{
    g_autoptr(CsConfig) config = two_devices();
    CsSummary *summary = cs_summary_new(config);
    CsSink *sink = cs_summary_sink_new(config);
    CsTotals totals = {.devices = 3, .sum.delay_degenerate = 2, .sum.energy_degenerate = 2};
    sink->totals(sink, &totals);
    cs_summary_add(summary, sink);
    g_auto(GStrv) warnings = cs_summary_warnings(summary);
    ck_assert_uint_eq(g_strv_length(warnings), 2);
    ck_assert_msg(g_str_has_prefix(warnings[0], "in 2 device rounds D_max <= D_min"), "%s",
                  warnings[0]);
    ck_assert_msg(g_str_has_prefix(warnings[1], "in 2 device rounds E_max <= E_min"), "%s",
                  warnings[1]);
    cs_summary_free(summary);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output");
    TCase *tc = tcase_create("output");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, columns_are_those_of_the_page);
    tcase_add_test(tc, manual_describes_these_columns);
    tcase_add_test(tc, rows_by_hand);
    tcase_add_test(tc, cells_say_what_rows_say);
    tcase_add_test(tc, metrics_mean_the_same_everywhere);
    tcase_add_test(tc, streamed_rows_are_the_same_bytes);
    tcase_add_test(tc, rows_end_in_what_is_given);
    tcase_add_test(tc, many_rows_wait_on_disk);
    tcase_add_test(tc, manifest_reads_back);
    tcase_add_test(tc, assumptions_depend_on_the_scenario);
    tcase_add_test(tc, directory_is_made_with_its_parents);
    tcase_add_test(tc, directory_of_an_earlier_run_is_taken);
    tcase_add_test(tc, unfinished_results_are_known_by_what_is_left_of_them);
    tcase_add_test(tc, manifests_that_stand_aside_prove_what_is_ours);
    tcase_add_test(tc, directory_with_anything_else_is_refused);
    tcase_add_test(tc, directory_and_files_are_locked);
    tcase_add_test(tc, links_are_not_followed);
    tcase_add_test(tc, directory_that_is_exchanged_is_noticed);
    tcase_add_test(tc, directory_that_is_a_file_is_refused);
    tcase_add_test(tc, trace_is_json_with_named_tracks);
    tcase_add_test(tc, summary_tells_each_device);
    tcase_add_test(tc, summary_says_what_was_completed);
    tcase_add_test(tc, summary_tells_the_regret);
    tcase_add_test(tc, summary_tells_crowds_by_group);
    tcase_add_test(tc, degenerate_rounds_are_counted);
    tcase_add_loop_test(tc, walkers_that_leave_are_told, 0, (int)G_N_ELEMENTS(walks));
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
