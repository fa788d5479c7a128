/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports, comparisons and the studies they read: made-up databases whose answers are worked out by
 * hand in the comments. */
#include "cs-check.h"

#include "analysis/chart.h"
#include "analysis/compare.h"
#include "analysis/figure.h"
#include "analysis/report-notes.h"
#include "analysis/report.h"
#include "output/import.h"

#include <glib/gstdio.h>
#include <string.h>

#define T2 4.302652729911275 /* Student's t, 2 degrees of freedom, 0.975: tables */

static char *directory;

static void make_directory(void)
{
    directory = g_dir_make_tmp("cardsim-report-XXXXXX", NULL);
    ck_assert_ptr_nonnull(directory);
}

static void remove_directory(void)
{
    GDir *dir = g_dir_open(directory, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(directory);
    g_free(directory);
}

static void set_cell(CsTable table, CsCell *row, const char *name, CsCell cell)
{
    guint n;
    const CsColumn *columns = cs_table_columns(table, &n);
    for (guint i = 0; i < n; i++)
        if (strcmp(columns[i].name, name) == 0) {
            row[i] = cell;
            return;
        }
    ck_abort_msg("no column %s", name);
}

static CsCell whole(gint64 value)
{
    return (CsCell){.kind = CS_CELL_WHOLE, .whole = value};
}

static CsCell real(double value)
{
    return (CsCell){.kind = CS_CELL_REAL, .real = value};
}

static void add_total(CsDatabase *database, gint64 run, gint64 replication, double delay_s,
                      double device_energy_j)
{
    CsCell row[64] = {{0}};
    set_cell(CS_TABLE_TOTALS, row, "run", whole(run));
    set_cell(CS_TABLE_TOTALS, row, "replication", whole(replication));
    set_cell(CS_TABLE_TOTALS, row, "devices", whole(2));
    set_cell(CS_TABLE_TOTALS, row, "rounds", whole(5));
    set_cell(CS_TABLE_TOTALS, row, "delay_mean_s", real(delay_s));
    if (!isnan(device_energy_j))
        set_cell(CS_TABLE_TOTALS, row, "device_energy_total_j", real(device_energy_j));
    cs_database_add_cells(database, CS_TABLE_TOTALS, row);
}

static void add_round(CsDatabase *database, gint64 round, const char *device, gint64 cut)
{
    CsCell row[64] = {{0}};
    set_cell(CS_TABLE_ROUNDS, row, "run", whole(1));
    set_cell(CS_TABLE_ROUNDS, row, "replication", whole(1));
    set_cell(CS_TABLE_ROUNDS, row, "round", whole(round));
    set_cell(CS_TABLE_ROUNDS, row, "device", (CsCell){.kind = CS_CELL_TEXT, .text = device});
    set_cell(CS_TABLE_ROUNDS, row, "cut", whole(cut));
    set_cell(CS_TABLE_ROUNDS, row, "layers", whole(32));
    cs_database_add_cells(database, CS_TABLE_ROUNDS, row);
}

/* bandwidth 20 MHz, 40 MHz crossed with policy a, b; three replications, but two of run 3 where
 * `uneven`. Device energy is modelled in all runs but the last. */
static void make_sweep(gboolean uneven)
{
    static const double delay[4][3] = {{1, 2, 3}, {2, 3, 7}, {3, 4, 5}, {4, 5, 6}};
    g_autoptr(CsDatabase) database = cs_database_open(directory, CS_DATABASE_CREATE, NULL);
    ck_assert_ptr_nonnull(database);
    for (guint run = 1; run <= 4; run++) {
        const char *parameters[] = {run <= 2 ? "radio.bandwidth=20 MHz" : "radio.bandwidth=40 MHz",
                                    run % 2 == 1 ? "policy.name=a" : "policy.name=b", NULL};
        guint n = uneven && run == 3 ? 2 : 3;
        for (guint r = 0; r < n; r++)
            add_total(database, run, r + 1, delay[run - 1][r], run < 4 ? 10.0 : NAN);
        if (run == 1) {
            add_round(database, 1, "x", 0);
            add_round(database, 1, "y", 32);
            add_round(database, 2, "x", 5);
            add_round(database, 2, "y", 32);
        }
        ck_assert(cs_database_commit_run(database, run, n, parameters, NULL));
    }
}

static CsReport *ask(CsStudy *study, const char *by, const char *metric, const char *versus)
{
    const char *const keys[] = {by, NULL};
    const char *const metrics[] = {metric, NULL};
    CsReportRequest request = {keys, metrics, versus, FALSE, 0, FALSE};
    g_autoptr(GError) error = NULL;
    CsReport *report = cs_report_new(study, &request, &error);
    ck_assert_msg(report != NULL, "%s", error != NULL ? error->message : "");
    return report;
}

static const CsReportRow *row_at(const CsReport *report, guint i)
{
    ck_assert_uint_lt(i, report->rows->len);
    return g_ptr_array_index(report->rows, i);
}

/* --- studies ------------------------------------------------------------------------------------
 */

/* What a chart calls an axis: a word of its own, or whose the key is. */
START_TEST(keys_have_titles)
{
    static const char *const titles[][2] = {
        {"policy.weight", "Weight w"},
        {"radio.noise-figure", "Noise figure"},
        {"server.tx-power", "Tx power of the server"},
        {"device.distance", "Distance of every device"},
        {"device.phone.tx-power", "Tx power of device phone"},
        {"device.phone.count", "Number of devices 'phone'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_autofree char *name = g_strdup(titles[i][0]);
        const CsStudyKey key = {.name = name};
        g_autofree char *title = cs_study_key_title(&key);
        ck_assert_str_eq(title, titles[i][1]);
    }
}
END_TEST

START_TEST(keys_stand_as_the_sweep_varies_them)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    ck_assert_ptr_nonnull(study);
    ck_assert_uint_eq(cs_study_n_points(study), 4);
    ck_assert_uint_eq(cs_study_n_keys(study), 2);
    ck_assert_str_eq(cs_study_key(study, 0)->name, "radio.bandwidth"); /* the slower one */
    ck_assert_str_eq(cs_study_key(study, 1)->name, "policy.name");
    ck_assert_int_eq(cs_study_find_key(study, "bandwidth", NULL), 0);
    ck_assert_int_eq(cs_study_key_find(cs_study_key(study, 0), "0.04GHz", NULL), 1);
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(cs_study_find_key(study, "bandwith", &error), -1);
    ck_assert(g_error_matches(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED));
    ck_assert_ptr_nonnull(strstr(error->message, "'bandwidth'"));
    const char *unit;
    g_autofree double *numbers = cs_study_key_numbers(cs_study_key(study, 0), &unit);
    ck_assert_close(numbers[1], 40.0, 1e-12);
    ck_assert_str_eq(unit, "MHz");
    ck_assert_ptr_null(cs_study_key_numbers(cs_study_key(study, 1), &unit));
}
END_TEST

static void add_device(CsDatabase *database, const char *device, gint64 rounds, gint64 lost,
                       double server_j, double lost_server_j)
{
    CsCell row[64] = {{0}};
    set_cell(CS_TABLE_DEVICES, row, "run", whole(1));
    set_cell(CS_TABLE_DEVICES, row, "replication", whole(1));
    set_cell(CS_TABLE_DEVICES, row, "device", (CsCell){.kind = CS_CELL_TEXT, .text = device});
    set_cell(CS_TABLE_DEVICES, row, "rounds", whole(rounds));
    set_cell(CS_TABLE_DEVICES, row, "server_energy_total_j", real(server_j));
    if (lost >= 0) {
        set_cell(CS_TABLE_DEVICES, row, "rounds_lost", whole(lost));
        set_cell(CS_TABLE_DEVICES, row, "lost_server_energy_j", real(lost_server_j));
    }
    cs_database_add_cells(database, CS_TABLE_DEVICES, row);
}

/* Two devices that begin five rounds each and lose one and two of them: seven count. */
static void make_losses(gboolean modelled)
{
    static const char *const none[] = {NULL};
    CsCell row[64] = {{0}};
    g_autoptr(CsDatabase) database = cs_database_open(directory, CS_DATABASE_CREATE, NULL);
    set_cell(CS_TABLE_TOTALS, row, "run", whole(1));
    set_cell(CS_TABLE_TOTALS, row, "replication", whole(1));
    set_cell(CS_TABLE_TOTALS, row, "devices", whole(2));
    set_cell(CS_TABLE_TOTALS, row, "rounds", whole(5));
    set_cell(CS_TABLE_TOTALS, row, "delay_mean_s", real(10));
    set_cell(CS_TABLE_TOTALS, row, "delay_total_s", real(modelled ? 70 : 100));
    set_cell(CS_TABLE_TOTALS, row, "device_energy_total_j", real(14));
    set_cell(CS_TABLE_TOTALS, row, "server_energy_total_j", real(42));
    set_cell(CS_TABLE_TOTALS, row, "regret_mean", real(0.25));
    if (modelled) {
        set_cell(CS_TABLE_TOTALS, row, "rounds_lost", whole(3));
        set_cell(CS_TABLE_TOTALS, row, "rounds_completed", real(7));
        set_cell(CS_TABLE_TOTALS, row, "lost_server_energy_j", real(14));
    }
    cs_database_add_cells(database, CS_TABLE_TOTALS, row);
    add_device(database, "x", modelled ? 4 : 5, modelled ? 1 : -1, 30, 4);
    add_device(database, "y", modelled ? 3 : 5, modelled ? 2 : -1, 12, 10);
    ck_assert(cs_database_commit_run(database, 1, 1, none, NULL));
}

static double mean_of(CsStudy *study, const char *by, const char *metric, guint row)
{
    g_autoptr(CsReport) report = ask(study, by, metric, NULL);
    return row_at(report, row)->cell[0].mean.value;
}

START_TEST(lost_rounds_count_apart)
{
    make_losses(TRUE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    ck_assert_close(mean_of(study, NULL, "rounds-lost", 0), 0.3, 1e-15);
    ck_assert_close(mean_of(study, NULL, "rounds-completed", 0), 0.7, 1e-15);
    ck_assert_close(mean_of(study, NULL, "device-energy", 0), 14.0 / 7.0, 1e-15);
    ck_assert_close(mean_of(study, NULL, "server-energy-spent", 0), 56.0 / 7.0, 1e-15);
    ck_assert_close(mean_of(study, NULL, "regret", 0), 0.25, 1e-15);
    ck_assert_close(mean_of(study, "device", "rounds-lost", 1), 0.4, 1e-15);
    ck_assert_close(mean_of(study, "device", "server-energy-spent", 0), 34.0 / 4.0, 1e-15);
}
END_TEST

START_TEST(nothing_lost_is_not_modelled)
{
    make_losses(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    ck_assert(isnan(mean_of(study, NULL, "rounds-lost", 0)));
    ck_assert_close(mean_of(study, NULL, "device-energy", 0), 1.4, 1e-15);
    ck_assert_close(mean_of(study, NULL, "server-energy-spent", 0), 4.2, 1e-15);
    ck_assert_close(mean_of(study, "device", "server-energy-spent", 0), 6.0, 1e-15);
}
END_TEST

START_TEST(shares_come_from_rounds)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) last = ask(study, NULL, "cut-last", NULL);
    ck_assert_close(row_at(last, 0)->cell[0].mean.value, 0.5, 1e-15);
    g_autoptr(CsReport) first = ask(study, NULL, "cut-first", NULL);
    ck_assert_close(row_at(first, 0)->cell[0].mean.value, 0.25, 1e-15);
    /* layers on the device: (0 + 32 + 5 + 32) of 4 times 32 */
    g_autoptr(CsReport) share = ask(study, NULL, "cut-share", NULL);
    ck_assert_close(row_at(share, 0)->cell[0].mean.value, 69.0 / 128.0, 1e-15);
    /* by round: 1 of 2, then 1 of 2; the cut's mean 16 and 18.5 */
    g_autoptr(CsReport) rounds = ask(study, "round", "cut", NULL);
    ck_assert_uint_eq(rounds->rows->len, 2);
    ck_assert_close(row_at(rounds, 0)->cell[0].mean.value, 16.0, 1e-15);
    ck_assert_close(row_at(rounds, 1)->cell[0].mean.value, 18.5, 1e-15);
}
END_TEST

START_TEST(what_was_not_recorded_is_said)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(cs_study_find_key(study, "device", &error), -1);
    ck_assert(g_error_matches(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA));
    ck_assert_ptr_nonnull(strstr(error->message, "'devices'"));
    g_clear_error(&error);
    ck_assert_ptr_null(cs_study_find_measure("dela", &error));
    ck_assert_ptr_nonnull(strstr(error->message, "'delay'"));
}
END_TEST

/* --- reports ------------------------------------------------------------------------------------
 */

START_TEST(means_with_students_interval)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask(study, NULL, "delay", NULL);
    ck_assert_uint_eq(report->rows->len, 4);
    const CsReportRow *row = row_at(report, 0); /* 1, 2, 3: s = 1 */
    ck_assert_uint_eq(row->replications, 3);
    ck_assert_close(row->cell[0].mean.value, 2.0, 1e-15);
    ck_assert_close(row->cell[0].mean.half_width, T2 / sqrt(3.0), 1e-9);
    ck_assert(isnan(row->cell[0].reduction.value));
}
END_TEST

/* a: (1+3)/2, (2+4)/2, (3+5)/2 = 2, 3, 4. Six independent values would give a narrower interval. */
START_TEST(pooled_runs_are_not_independent)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask(study, "name", "delay", NULL);
    ck_assert_uint_eq(report->rows->len, 2);
    ck_assert_uint_eq(row_at(report, 0)->points, 2);
    ck_assert_uint_eq(row_at(report, 0)->replications, 3);
    ck_assert_close(row_at(report, 0)->cell[0].mean.value, 3.0, 1e-15);
    ck_assert_close(row_at(report, 0)->cell[0].mean.half_width, T2 / sqrt(3.0), 1e-9);
    ck_assert_close(row_at(report, 1)->cell[0].mean.value, 4.5, 1e-15);
    ck_assert(!report->uneven);
}
END_TEST

/*
 * 20 MHz, a against b: Σa = 6, Σb = 12. Left out: 5/10, 4/9, 3/5 = 135, 120, 162 of 270, mean 139;
 * deviations -4, -19, 23: Σ = 906/270²; error² = 2/3 · 906/270² = 604/270².
 * Differences -1, -1, -4: mean -2, s² = 3, error 1.
 */
START_TEST(reduction_by_the_jackknife)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask(study, "bandwidth", "delay", "policy.name = b");
    ck_assert_uint_eq(report->rows->len, 4);
    const CsReportRow *row = row_at(report, 0);
    ck_assert(!row->baseline && row_at(report, 1)->baseline);
    ck_assert_close(row->cell[0].reduction.value, 0.5, 1e-15);
    ck_assert_close(row->cell[0].reduction.half_width, T2 * sqrt(604.0) / 270.0, 1e-9);
    ck_assert_close(row->cell[0].difference.value, -2.0, 1e-15);
    ck_assert_close(row->cell[0].difference.half_width, T2, 1e-9);
    /* pooled over bandwidth: 18 of 27 */
    g_autoptr(CsReport) pooled = ask(study, "policy.name", "delay", "policy.name=b");
    ck_assert_close(row_at(pooled, 0)->cell[0].reduction.value, 1.0 / 3.0, 1e-14);
    ck_assert(isnan(row_at(pooled, 1)->cell[0].reduction.value));
}
END_TEST

START_TEST(unequal_replications_take_the_common_ones)
{
    make_sweep(TRUE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask(study, "name", "delay", NULL);
    ck_assert(report->uneven);
    /* 1, 2, 3 and 3, 4: the mean of 2 and 3.5. Deviations -1, 0, 1 and -1/2, 1/2, weighted by
     * sqrt(3/2)/6 and sqrt(2)/4: their sums are -a-b, b, a with a = sqrt(3/2)/6, b = sqrt(2)/8.
     * Variances 1/3/4 and 1/4/4: (7/48)² / ((1/12)²/2 + (1/16)²/1) = 49/17 freedom, but 2 at most.
     */
    double a = sqrt(1.5) / 6, b = sqrt(2) / 8;
    ck_assert_uint_eq(row_at(report, 0)->replications, 3);
    ck_assert_close(row_at(report, 0)->cell[0].mean.value, 2.75, 1e-15);
    ck_assert_close(row_at(report, 0)->cell[0].mean.half_width,
                    T2 * sqrt((a + b) * (a + b) + b * b + a * a), 1e-9);
}
END_TEST

static CsReport *ask_all(CsStudy *study, const char *by, gboolean all)
{
    const char *const keys[] = {by, NULL};
    const char *const metrics[] = {"delay", NULL};
    CsReportRequest request = {keys, metrics, NULL, all, 0, FALSE};
    CsReport *report = cs_report_new(study, &request, NULL);
    ck_assert_ptr_nonnull(report);
    return report;
}

/* Policy a at 20 and 40 MHz, b at 20 MHz alone: a 2 and 4 s, b 3 s. a is the faster one where both
 * are; pooled over all there is they would be equal. */
START_TEST(rows_pool_alike)
{
    static const char *const parameters[][3] = {{"policy.name=a", "radio.bandwidth=20 MHz", NULL},
                                                {"policy.name=a", "radio.bandwidth=40 MHz", NULL},
                                                {"policy.name=b", "radio.bandwidth=20 MHz", NULL}};
    static const double delay[] = {2, 4, 3};
    CsDatabase *database = cs_database_open(directory, CS_DATABASE_CREATE, NULL);
    for (guint run = 1; run <= 3; run++) {
        for (guint r = 1; r <= 2; r++)
            add_total(database, run, r, delay[run - 1], NAN);
        ck_assert(cs_database_commit_run(database, run, 2, parameters[run - 1], NULL));
    }
    ck_assert(cs_database_set_meta(database, "runs", "4", NULL));
    cs_database_close(database);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) shared = ask_all(study, "name", FALSE);
    ck_assert_uint_eq(shared->left_out, 1);
    ck_assert_double_eq(row_at(shared, 0)->cell[0].mean.value, 2);
    ck_assert_double_eq(row_at(shared, 1)->cell[0].mean.value, 3);
    ck_assert(!row_at(shared, 0)->uncommon && row_at(shared, 0)->points == 1);
    g_autoptr(CsReport) all = ask_all(study, "name", TRUE);
    ck_assert_uint_eq(all->left_out, 0);
    ck_assert_double_eq(row_at(all, 0)->cell[0].mean.value, 3);
    ck_assert(row_at(all, 0)->uncommon && !row_at(all, 1)->uncommon);
    g_autoptr(GPtrArray) notes = cs_report_notes(study, all);
    const CsReportNote *first = g_ptr_array_index(notes, 0), *second = g_ptr_array_index(notes, 1);
    ck_assert(first->warning && strstr(first->text, "3 of 4 runs") != NULL);
    ck_assert(second->warning && strstr(second->text, "1 of 2 rows") != NULL);
    g_autoptr(CsReport) by_run = ask_all(study, "run", FALSE); /* a run is itself */
    ck_assert(by_run->rows->len == 3 && by_run->left_out == 0 && !by_run->disjoint);
}
END_TEST

/* Axes that advance together: a row a policy has another bandwidth. */
START_TEST(rows_with_nothing_in_common_say_so)
{
    static const char *const parameters[][3] = {{"policy.name=a", "radio.bandwidth=20 MHz", NULL},
                                                {"policy.name=b", "radio.bandwidth=40 MHz", NULL}};
    CsDatabase *database = cs_database_open(directory, CS_DATABASE_CREATE, NULL);
    for (guint run = 1; run <= 2; run++) {
        add_total(database, run, 1, run, NAN);
        ck_assert(cs_database_commit_run(database, run, 1, parameters[run - 1], NULL));
    }
    cs_database_close(database);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask_all(study, "name", FALSE);
    ck_assert(report->disjoint && report->rows->len == 2 && report->left_out == 0);
    g_autoptr(GPtrArray) notes = cs_report_notes(study, report);
    ck_assert(((const CsReportNote *)g_ptr_array_index(notes, 0))->warning);
}
END_TEST

/* A replication that lacks the metric is left out, and n says so; a point that has it in none
 * empties its row. */
START_TEST(missing_values_are_left_out)
{
    static const double delay[2][3] = {{1, NAN, 3}, {5, 6, 7}};
    CsDatabase *database = cs_database_open(directory, CS_DATABASE_CREATE, NULL);
    for (guint run = 1; run <= 2; run++) {
        const char *parameters[] = {run == 1 ? "policy.name=a" : "policy.name=b", NULL};
        for (guint r = 1; r <= 3; r++)
            add_total(database, run, r, delay[run - 1][r - 1], run == 1 ? NAN : 10);
        ck_assert(cs_database_commit_run(database, run, 3, parameters, NULL));
    }
    cs_database_close(database);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask(study, "name", "delay", NULL);
    ck_assert_uint_eq(row_at(report, 0)->replications, 2);
    ck_assert_double_eq(row_at(report, 0)->cell[0].mean.value, 2);
    ck_assert_close(row_at(report, 0)->cell[0].mean.half_width, 12.706204736174698, 1e-9);
    ck_assert_uint_eq(row_at(report, 1)->replications, 3);
    g_autoptr(CsReport) energy = ask(study, "name", "device-energy", NULL);
    ck_assert(isnan(row_at(energy, 0)->cell[0].mean.value));
    ck_assert_double_eq(row_at(energy, 1)->cell[0].mean.value, 1);
}
END_TEST

START_TEST(not_modelled_is_empty)
{
    make_sweep(FALSE);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    g_autoptr(CsReport) report = ask(study, "name", "device-energy", NULL);
    /* 10 J over 2 devices · 5 rounds; b has a run without */
    ck_assert_close(row_at(report, 0)->cell[0].mean.value, 1.0, 1e-15);
    ck_assert(isnan(row_at(report, 1)->cell[0].mean.value));
}
END_TEST

/* --- CSV files and their comparison
 * --------------------------------------------------------------- */

static char *write_csv(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(directory, folder, NULL);
    g_mkdir_with_parents(path, 0700);
    g_autofree char *file = g_build_filename(path, name, NULL);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    return g_steal_pointer(&path);
}

#define ROUNDS "run,replication,round,device,cut,snr_ul_db,delay_s\n"
#define FIRST ROUNDS "1,1,1,a,0,20,1.5\n1,1,1,b,32,10,2\n1,1,2,a,0,20,4\n"

static CsComparisonResult *compare(const char *second, CsTolerance tolerance)
{
    g_autofree char *left = write_csv("left", "rounds.csv", FIRST);
    g_autofree char *right = write_csv("right", "rounds.csv", second);
    CsComparisonResult *result = cs_compare_directories(left, right, tolerance, NULL);
    ck_assert_ptr_nonnull(result);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *file = g_build_filename(i == 0 ? left : right, "rounds.csv", NULL);
        g_unlink(file);
        g_rmdir(i == 0 ? left : right);
    }
    return result;
}

START_TEST(equal_results_are_equal)
{
    g_autoptr(CsComparisonResult) result = compare(FIRST, (CsTolerance){0});
    ck_assert(cs_comparison_equal(result));
    ck_assert_uint_eq(result->rows, 3);
    /* another order of the same rows is the same */
    g_autoptr(CsComparisonResult) order =
        compare(ROUNDS "1,1,2,a,0,20,4\n1,1,1,b,32,10,2\n1,1,1,a,0,20,1.5\n", (CsTolerance){0});
    ck_assert(cs_comparison_equal(order));
}
END_TEST

START_TEST(a_flip_is_named_and_a_missing_row_counted)
{
    g_autoptr(CsComparisonResult) result =
        compare(ROUNDS "1,1,1,a,0,20,1.5\n1,1,1,b,0,10,9\n", (CsTolerance){0});
    ck_assert_uint_eq(result->flipped, 1);
    ck_assert_uint_eq(result->cells, 0); /* the flipped row's delay follows from its cut */
    ck_assert_uint_eq(result->rows_missing, 1);
    const CsDifference *flip = g_ptr_array_index(result->first, 0);
    ck_assert(flip->flipped);
    ck_assert_str_eq(flip->column, "cut");
    ck_assert_str_eq(flip->left, "32");
    ck_assert_str_eq(flip->right, "0");
    ck_assert_str_eq(flip->row, "run 1, replication 1, round 1, device b");
}
END_TEST

/* 4 against 4.0004: 1e-4 of the larger. 1e-9 dB is a ratio of 10^1e-10: 2.3e-10. */
START_TEST(tolerances)
{
    const char *second = ROUNDS "1,1,1,a,0,20,1.500000001\n1,1,1,b,32,10.000000001,2\n"
                                "1,1,2,a,0,20,4.0004\n";
    g_autoptr(CsComparisonResult) strict = compare(second, (CsTolerance){0});
    ck_assert_uint_eq(strict->cells, 3);
    ck_assert_close(strict->largest, 0.0004 / 4.0004, 1e-9);
    g_autoptr(CsComparisonResult) loose = compare(second, (CsTolerance){1.1e-4, 0});
    ck_assert(cs_comparison_equal(loose));
    g_autoptr(CsComparisonResult) tick = compare(second, (CsTolerance){2.4e-10, 1});
    ck_assert_uint_eq(tick->cells, 1);
    g_autoptr(CsComparisonResult) level = compare(second, (CsTolerance){2.2e-10, 1});
    ck_assert_uint_eq(level->cells, 2);
}
END_TEST

START_TEST(bad_files_are_refused_at_their_line)
{
    g_autofree char *path = write_csv(".", "rounds.csv", ROUNDS "1,1,1,a,x,20,1\n");
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(cs_results_open(path, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "line 2"));
    ck_assert_ptr_nonnull(strstr(error->message, "'cut'"));
    g_clear_error(&error);
    g_autofree char *empty = write_csv(".", "rounds.csv", "");
    ck_assert_ptr_null(cs_results_open(empty, &error));
    ck_assert_ptr_nonnull(error);
}
END_TEST

START_TEST(no_results_are_said)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(cs_results_open(directory, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "holds no results"));
}
END_TEST

/* --- charts
 * ---------------------------------------------------------------------------------------- */

START_TEST(charts_refuse_what_they_cannot_draw)
{
    static const char *const nothing[] = {NULL};
    static const char *const by[] = {"bandwidth", NULL};
    const CsChartRequest bad[] = {
        {.x = "bandwidth", .by = nothing},
        {.kind = "pie", .x = "bandwidth", .y = "delay", .by = nothing},
        {.kind = "line", .x = "policy.name", .y = "delay", .by = by},
        {.kind = "heat", .x = "policy.name", .y = "delay", .by = nothing},
        {.kind = "pareto", .x = "delay", .y = "cost", .by = nothing},
        {.x = "bandwidth", .y = "speed", .by = nothing},
        {.x = "bandwidth", .y = "delay", .by = nothing, .along = "name"},
        {.x = "weight", .y = "delay", .by = nothing},
    };
    make_sweep(FALSE);
    g_autofree char *output = g_build_filename(directory, "x.svg", NULL);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
        g_autoptr(GError) error = NULL;
        ck_assert(!cs_chart_draw(study, &bad[i], output, paths, NULL, &error));
        ck_assert_msg(g_error_matches(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED), "%u: %s", i,
                      error->message);
        ck_assert(!g_file_test(output, G_FILE_TEST_EXISTS));
    }
}
END_TEST

/* The data are written whether or not gnuplot is there. */
START_TEST(chart_data_by_hand)
{
    static const char *const by[] = {"policy.name", NULL};
    CsChartRequest request = {.x = "bandwidth", .y = "delay", .by = by, .title = "a_b"};
    make_sweep(FALSE);
    g_autofree char *output = g_build_filename(directory, "x.svg", NULL);
    g_autofree char *data = g_build_filename(directory, "x.csv", NULL), *text = NULL;
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsStudy) study = cs_study_open(directory, NULL);
    cs_chart_draw(study, &request, output, paths, NULL, NULL);
    ck_assert(g_file_get_contents(data, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    ck_assert_str_eq(lines[0],
                     "series,place,radio.bandwidth,delay_s,delay_s_half_width,series_number");
    ck_assert(g_str_has_prefix(lines[1], "a,20,20 MHz,2,2.484"));
    ck_assert(g_str_has_prefix(lines[2], "a,40,40 MHz,4,2.484"));
    ck_assert(g_str_has_prefix(lines[3], "b,20,20 MHz,4,"));
    ck_assert(g_str_has_prefix(lines[4], "b,40,40 MHz,5,2.484"));
    ck_assert(g_str_has_suffix(lines[1], ",1") && g_str_has_suffix(lines[4], ",2"));
    g_autofree char *gp = g_build_filename(directory, "x.gp", NULL), *script = NULL;
    ck_assert(g_file_get_contents(gp, &script, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(script, "title_lines[1] = 'a\\_b'\n"));
    ck_assert_ptr_nonnull(strstr(script, "title_lines[2] = 'Policy'\n"));
    ck_assert_ptr_nonnull(strstr(script, "x_factor = 0\n"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, make_directory, remove_directory);
    tcase_add_test(tests, keys_have_titles);
    tcase_add_test(tests, keys_stand_as_the_sweep_varies_them);
    tcase_add_test(tests, shares_come_from_rounds);
    tcase_add_test(tests, lost_rounds_count_apart);
    tcase_add_test(tests, nothing_lost_is_not_modelled);
    tcase_add_test(tests, what_was_not_recorded_is_said);
    tcase_add_test(tests, means_with_students_interval);
    tcase_add_test(tests, pooled_runs_are_not_independent);
    tcase_add_test(tests, reduction_by_the_jackknife);
    tcase_add_test(tests, unequal_replications_take_the_common_ones);
    tcase_add_test(tests, not_modelled_is_empty);
    tcase_add_test(tests, rows_pool_alike);
    tcase_add_test(tests, rows_with_nothing_in_common_say_so);
    tcase_add_test(tests, missing_values_are_left_out);
    tcase_add_test(tests, equal_results_are_equal);
    tcase_add_test(tests, a_flip_is_named_and_a_missing_row_counted);
    tcase_add_test(tests, tolerances);
    tcase_add_test(tests, bad_files_are_refused_at_their_line);
    tcase_add_test(tests, no_results_are_said);
    tcase_add_test(tests, charts_refuse_what_they_cannot_draw);
    tcase_add_test(tests, chart_data_by_hand);
    suite_add_tcase(suite, tests);
    return cs_check_main(suite);
}
