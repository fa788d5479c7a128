/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others wrote: texts made safe to show, databases that would run something or never end,
 * files that cannot be read to their end. */
#include "cs-check.h"

#include "analysis/compare.h"
#include "base/clean.h"
#include "base/file.h"
#include "output/database.h"
#include "text/keyfile.h"
#include "text/rows.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static char *folder, *database_path;

static void make_folder(void)
{
    folder = g_dir_make_tmp("check-strangers-XXXXXX", NULL);
    database_path = g_build_filename(folder, CS_DATABASE_FILE, NULL);
}

static void remove_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(folder);
    g_free(folder);
    g_free(database_path);
}

/* --- texts ------------------------------------------------------------------------------------ */

START_TEST(what_a_terminal_obeys_is_not_shown)
{
    static const char *const text[][2] = {
        {"20 MHz, \302\261 3 \302\265s", "20 MHz, \302\261 3 \302\265s"},
        {"a\033[31mred\033[0m", "a?[31mred?[0m"},
        {"bell\a, back\b, DEL\177", "bell?, back?, DEL?"},
        {"one\ntwo\rthree\tfour", "one?two?three four"},
        {"C1: \302\233m", "C1: ?m"},
        {"turned \342\200\256gpj.exe, zero \342\200\213width", "turned ?gpj.exe, zero ?width"},
        {"no UTF-8: \377\300\200.", "no UTF-8: ???."},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(text); i++) {
        g_autofree char *shown = cs_clean_text(text[i][0]);
        ck_assert_str_eq(shown, text[i][1]);
    }
    g_autofree char *lines = cs_clean_lines("one\n\033two\r\n");
    ck_assert_str_eq(lines, "one\n?two?\n");
}
END_TEST

/* The beginnings of OWASP's page on CSV injection, and quantities, which are none. */
START_TEST(what_a_spreadsheet_computes_is_marked)
{
    static const char *const formula[] = {"=1+1",
                                          "=cmd|' /C calc'!A0",
                                          "@SUM(A1)",
                                          "\t=1+1",
                                          "\r=1+1",
                                          "+1+1",
                                          "-2+3+cmd|' /C calc'!A0",
                                          "-a",
                                          "-(1)",
                                          "+A1",
                                          "-1;=2",
                                          "--1"};
    static const char *const text[] = {
        "-174 dBm/Hz", "+5 dB", "-3", "-1.5e-3", "-3e+5 Hz", "card",  "1=1",
        "a-b",         "-",     "+",  "",        "'=1",      "-20 %", "-2 W/Hz^3"};
    for (gsize i = 0; i < G_N_ELEMENTS(formula); i++) {
        g_autofree char *cell = cs_clean_cell(formula[i]);
        g_autofree char *shown = cs_clean_text(formula[i]);
        ck_assert_msg(cs_clean_is_formula(formula[i]), "'%s' is no formula", formula[i]);
        ck_assert_msg(cell[0] == '\'' && strcmp(cell + 1, shown) == 0, "'%s'", cell);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(text); i++) {
        g_autofree char *cell = cs_clean_cell(text[i]);
        ck_assert_msg(!cs_clean_is_formula(text[i]), "'%s' is a formula", text[i]);
        ck_assert_str_eq(cell, text[i]);
    }
}
END_TEST

/* --- databases -------------------------------------------------------------------------------- */

/* A database of ours, then changed by `sql` behind our back. */
static void make_database(const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_remove(database_path);
    CsDatabase *made = cs_database_open(folder, CS_DATABASE_CREATE, &error);
    ck_assert_msg(made != NULL, "%s", error != NULL ? error->message : "");
    cs_database_close(made);
    sqlite3 *handle;
    char *why = NULL;
    ck_assert_int_eq(sqlite3_open(database_path, &handle), SQLITE_OK);
    sqlite3_exec(handle, sql, NULL, NULL, &why);
    ck_assert_msg(why == NULL, "%s: %s", sql, why);
    sqlite3_close(handle);
}

START_TEST(tables_are_tables_of_ours)
{
    static const char *const hostile[] = {
        "DROP VIEW point; DROP VIEW run_means; DROP TABLE run; CREATE VIEW run AS WITH RECURSIVE "
        "r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS run, 1 AS replications FROM "
        "r",
        "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM rounds; END",
        "CREATE TRIGGER t INSTEAD OF INSERT ON point BEGIN DELETE FROM rounds; END",
        "DROP VIEW point; DROP VIEW run_means; DROP TABLE run; CREATE TABLE run(run INTEGER "
        "PRIMARY "
        "KEY, replications INTEGER AS (run + 1)) STRICT",
        "DROP TABLE param; CREATE TABLE param(run ANY, key ANY, value ANY) STRICT",
        "DROP TABLE param; CREATE TABLE param(run INTEGER NOT NULL, key TEXT, value TEXT) STRICT",
        "DROP TABLE meta; CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL)",
        "ALTER TABLE totals ADD COLUMN more INTEGER CHECK (more > abs(-9223372036854775808))",
        "ALTER TABLE rounds ADD COLUMN more INTEGER DEFAULT (random())",
        "DROP TABLE devices; CREATE TABLE Devices(run INTEGER, device BLOB)",
        "DROP TABLE devices; CREATE TABLE devices(run INTEGER, replication INTEGER, device BLOB) "
        "STRICT",
        "DROP TABLE devices; CREATE VIRTUAL TABLE devices USING fts5(run)",
        "CREATE INDEX slow ON rounds(abs(cut))",
        "CREATE INDEX part ON rounds(cut) WHERE abs(cut) > 1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GError) error = NULL;
        make_database(hostile[i]);
        g_autoptr(CsDatabase) read = cs_database_open(folder, CS_DATABASE_READ, &error);
        ck_assert_msg(read == NULL, "accepted: %s", hostile[i]);
        ck_assert(g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_OPEN));
        g_clear_error(&error);
        g_autoptr(CsDatabase) resumed = cs_database_open(folder, CS_DATABASE_CREATE, &error);
        ck_assert_msg(resumed == NULL, "accepted to be carried on: %s", hostile[i]);
    }
    /* What users add for themselves, and what later versions append, is let be. */
    static const char *const fine[] = {
        "CREATE TABLE mine(a); CREATE VIEW own AS SELECT * FROM rounds; CREATE INDEX i ON "
        "rounds(cut)",
        "ALTER TABLE rounds ADD COLUMN more_s REAL",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(fine); i++) {
        g_autoptr(GError) error = NULL;
        make_database(fine[i]);
        g_autoptr(CsDatabase) read = cs_database_open(folder, CS_DATABASE_READ, &error);
        ck_assert_msg(read != NULL, "%s: %s", fine[i], error != NULL ? error->message : "");
    }
}
END_TEST

/* What an earlier version wrote: without the last column, which the other has. */
START_TEST(older_tables_are_compared_as_far_as_they_go)
{
    guint n;
    const CsColumn *columns = cs_table_columns(CS_TABLE_TOTALS, &n);
    g_autofree char *sql = g_strdup_printf(
        "DROP VIEW run_means; ALTER TABLE totals DROP COLUMN %s; INSERT INTO totals(run, "
        "replication, policy) VALUES(1, 1, 'card'); INSERT INTO run VALUES(1, 1)",
        columns[n - 1].name);
    g_autofree char *older = g_build_filename(folder, "older", NULL);
    g_autofree char *older_path = g_build_filename(older, CS_DATABASE_FILE, NULL);
    g_mkdir(older, 0777);
    make_database(sql);
    ck_assert_int_eq(g_rename(database_path, older_path), 0);
    make_database("INSERT INTO totals(run, replication, policy) VALUES(1, 1, 'card'); INSERT INTO "
                  "run VALUES(1, 1)");
    g_autoptr(GError) error = NULL;
    g_autoptr(CsComparisonResult) result =
        cs_compare_directories(older, folder, (CsTolerance){0}, &error);
    ck_assert_msg(result != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(result->cells, 0);
    ck_assert_uint_eq(result->rows, 1);
    ck_assert_uint_eq(result->only->len, 1);
    const char *told = g_ptr_array_index(result->only, 0);
    ck_assert_msg(strstr(told, "last columns of totals.csv") != NULL && strstr(told, folder) &&
                      strstr(told, "older") == NULL,
                  "%s", told);
    g_remove(older_path);
    g_rmdir(older);
}
END_TEST

static gboolean take_whole(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    *(gint64 *)context = cells[0].whole;
    return TRUE;
}

START_TEST(nothing_in_a_database_is_trusted)
{
    g_autoptr(GError) error = NULL;
    gint64 trusted = -1;
    make_database("CREATE VIEW v AS SELECT 1");
    g_autoptr(CsDatabase) database = cs_database_open(folder, CS_DATABASE_READ, &error);
    ck_assert_ptr_nonnull(database);
    ck_assert(
        cs_database_query(database, "PRAGMA trusted_schema", NULL, take_whole, &trusted, NULL));
    ck_assert_int_eq(trusted, 0);
    /* Defensive: the schema's own table cannot be written, nor a journal be switched off. */
    cs_database_query(database, "PRAGMA writable_schema = ON", NULL, take_whole, &trusted, NULL);
    ck_assert(!cs_database_query(database, "UPDATE sqlite_master SET sql = ''", NULL, take_whole,
                                 &trusted, &error));
    ck_assert_msg(strstr(error->message, "may not be modified") != NULL, "%s", error->message);
}
END_TEST

static gboolean take_texts(gpointer context, guint n, const CsCell *cells)
{
    for (guint i = 0; i < n; i++)
        ck_assert_msg(cells[i].text != NULL && cells[i].text[0] == '\0', "cell %u", i);
    *(guint *)context = n;
    return TRUE;
}

/* A broken page can have a NULL where none may be, a number where a text belongs. */
START_TEST(cells_without_a_text_have_an_empty_one)
{
    g_autoptr(GError) error = NULL;
    guint n = 0;
    g_autoptr(CsDatabase) database = cs_database_new(NULL);
    ck_assert(
        cs_database_query(database, "SELECT NULL, 1, 1.5, x'', ''", NULL, take_texts, &n, NULL));
    ck_assert_uint_eq(n, 5);
    /* Nor is a number one that is infinite. */
    ck_assert(
        !cs_database_query(database, "SELECT 1, 9e999 AS wide", NULL, take_texts, &n, &error));
    ck_assert(g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ));
    ck_assert_msg(strstr(error->message, "'wide'") != NULL, "%s", error->message);
}
END_TEST

static const char endless[] =
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r";

START_TEST(statements_end)
{
    g_autoptr(GError) error = NULL;
    gint64 value;
    make_database("CREATE VIEW v AS SELECT 1");
    g_autoptr(CsDatabase) database = cs_database_open(folder, CS_DATABASE_READ, &error);
    ck_assert(!cs_database_query(database, endless, NULL, take_whole, &value, &error));
    ck_assert(g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_READ));
    ck_assert_msg(strstr(error->message, "longer than") != NULL, "%s", error->message);
    /* The next one is counted from 0. */
    ck_assert(cs_database_query(database, "SELECT 7", NULL, take_whole, &value, NULL));
    ck_assert_int_eq(value, 7);
}
END_TEST

static gint stop;

static gpointer set_soon(G_GNUC_UNUSED gpointer data)
{
    g_usleep(20000);
    g_atomic_int_set(&stop, 1);
    return NULL;
}

START_TEST(statements_hear_an_interruption)
{
    g_autoptr(GError) error = NULL;
    gint64 value;
    g_autoptr(CsDatabase) database = cs_database_new(NULL);
    stop = 0;
    cs_database_watch(database, &stop);
    GThread *setter = g_thread_new("stop", set_soon, NULL);
    gint64 start_us = g_get_monotonic_time();
    ck_assert(!cs_database_query(database, endless, NULL, take_whole, &value, &error));
    gint64 spent_us = g_get_monotonic_time() - start_us;
    g_thread_join(setter);
    ck_assert(g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_INTERRUPTED));
    ck_assert_msg(spent_us < 1000000, "after %g s", (double)spent_us / 1e6);
    cs_database_watch(database, NULL);
    ck_assert(cs_database_query(database, "SELECT 7", NULL, take_whole, &value, NULL));
}
END_TEST

/* --- files ------------------------------------------------------------------------------------ */

/* This process's memory opens like any file, and its first page, which is none, reads as EIO. */
START_TEST(read_errors_are_no_end)
{
    static const char memory[] = "/proc/self/mem";
    if (!g_file_test(memory, G_FILE_TEST_EXISTS))
        return;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(cs_rows_open(memory, "rows", 1 << 20, (CsPlace){0}, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1);
    ck_assert_msg(
        strstr(cs_diagnostics_message(diagnostics, 0), "cannot read 'rows': Input/output") != NULL,
        "%s", cs_diagnostics_message(diagnostics, 0));
    ck_assert_ptr_null(cs_keyfile_read(memory, "keys", (CsPlace){0}, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 2);
    ck_assert_msg(strstr(cs_diagnostics_message(diagnostics, 1), "Input/output") != NULL, "%s",
                  cs_diagnostics_message(diagnostics, 1));
}
END_TEST

START_TEST(results_are_no_links_and_no_pipes)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    g_autofree char *file = g_build_filename(folder, "file", NULL);
    ck_assert(g_file_set_contents(file, "text", -1, NULL));
    ck_assert_int_eq(symlink(file, link), 0);
    ck_assert_ptr_null(cs_file_get_regular(link, NULL, &error));
    ck_assert(g_error_matches(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN));
    g_clear_error(&error);
    g_autofree char *text = cs_file_get_regular(file, NULL, &error);
    ck_assert_str_eq(text, "text");
    ck_assert_ptr_null(cs_file_get_regular("/dev/zero", NULL, &error));
    ck_assert(g_error_matches(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strangers");
    TCase *tc = tcase_create("strangers");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_a_terminal_obeys_is_not_shown);
    tcase_add_test(tc, what_a_spreadsheet_computes_is_marked);
    tcase_add_test(tc, tables_are_tables_of_ours);
    tcase_add_test(tc, older_tables_are_compared_as_far_as_they_go);
    tcase_add_test(tc, nothing_in_a_database_is_trusted);
    tcase_add_test(tc, cells_without_a_text_have_an_empty_one);
    tcase_add_test(tc, statements_end);
    tcase_add_test(tc, statements_hear_an_interruption);
    tcase_add_test(tc, read_errors_are_no_end);
    tcase_add_test(tc, results_are_no_links_and_no_pipes);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
