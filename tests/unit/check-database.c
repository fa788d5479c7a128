/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of results.sqlite where something goes wrong, and of how the numbers of a table are
 * written: what cannot be stored is told by the commit, and takes everything of its run back; what
 * is stopped says so.
 */
#include "cs-check.h"

#include "output/database.h"
#include "output/text-table.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const none[] = {NULL};

static CsCell whole(gint64 value)
{
    return (CsCell){.kind = CS_CELL_WHOLE, .whole = value};
}

/* A row of `losses`: of a run, a replication and a round, and nothing else. */
static void add_row(CsDatabase *database, gint64 run, CsCell replication, gint64 round)
{
    guint n;
    const CsColumn *columns = cs_table_columns(CS_TABLE_LOSSES, &n);
    g_autofree CsCell *row = g_new0(CsCell, n);
    for (guint i = 0; i < n; i++)
        row[i] = strcmp(columns[i].name, "run") == 0           ? whole(run)
                 : strcmp(columns[i].name, "replication") == 0 ? replication
                 : strcmp(columns[i].name, "round") == 0       ? whole(round)
                                                               : (CsCell){0};
    cs_database_add_cells(database, CS_TABLE_LOSSES, row);
}

static gboolean take_count(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    *(gint64 *)context = cells[0].whole;
    return FALSE;
}

static gint64 rows_of(CsDatabase *database)
{
    gint64 n = -1;
    ck_assert(
        cs_database_query(database, "SELECT count(*) FROM losses", NULL, take_count, &n, NULL));
    return n;
}

/* --- failures --------------------------------------------------------------------------------- */

/* A text is no replication (the tables are strict): a row of its own (0), or of a part that another
 * thread filled (1). */
START_TEST(a_row_that_fails_fails_its_run)
{
    const CsCell text = {.kind = CS_CELL_TEXT, .text = "two"};
    g_autoptr(GError) error = NULL;
    g_autoptr(CsDatabase) database = cs_database_new(&error);
    ck_assert_ptr_nonnull(database);
    add_row(database, 1, whole(1), 1);
    ck_assert(cs_database_commit_run(database, 1, 1, none, &error));
    g_autoptr(CsDatabase) part = _i == 1 ? cs_database_new_part(FALSE) : NULL;
    CsDatabase *filled = part != NULL ? part : database;
    add_row(filled, 2, whole(1), 1);
    add_row(filled, 2, text, 2);
    add_row(filled, 2, whole(3), 3);
    if (part != NULL) {
        cs_database_end_part(part);
        cs_database_absorb(database, part);
    }
    ck_assert(!cs_database_commit_run(database, 2, 3, none, &error));
    ck_assert(g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_WRITE));
    ck_assert_msg(strstr(error->message, "losses.replication") != NULL, "%s", error->message);
    ck_assert(cs_database_has_run(database, 1) && !cs_database_has_run(database, 2));
    ck_assert_int_eq(rows_of(database), 1);
    /* The next run is stored as if nothing had been. */
    g_clear_error(&error);
    g_autoptr(CsDatabase) sound = cs_database_new_part(FALSE);
    add_row(sound, 3, whole(1), 1);
    add_row(sound, 3, whole(1), 2);
    cs_database_end_part(sound);
    cs_database_absorb(database, sound);
    ck_assert_msg(cs_database_commit_run(database, 3, 1, none, &error), "%s",
                  error ? error->message : "");
    ck_assert_int_eq(rows_of(database), 3);
}
END_TEST

/* --- what is stopped -------------------------------------------------------------------------- */

typedef struct {
    guint calls, most;
} Ticks;

static gboolean count_tick(gpointer context, CsTable table, guint64 rows, guint64 all)
{
    Ticks *ticks = context;
    ck_assert_uint_eq(table, CS_TABLE_LOSSES);
    ck_assert(rows > 0 && rows <= all);
    return ++ticks->calls < ticks->most;
}

/* 40,000 rows have a tick now and then; where one says no, the end is an error and no file. */
START_TEST(an_export_that_is_stopped_says_so)
{
    enum { ROWS = 40000 };
    g_autofree char *path = g_dir_make_tmp("cardsim-database-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(CsDatabase) database = cs_database_new(&error);
    for (gint64 i = 1; i <= ROWS; i++)
        add_row(database, 1, whole(1), i);
    ck_assert(cs_database_commit_run(database, 1, 1, none, &error));
    g_autoptr(CsDir) folder = cs_dir_open(path, FALSE, &error);
    ck_assert_ptr_nonnull(folder);
    const CsRowEnds ends = {0};
    Ticks ticks = {0, G_MAXUINT};
    ck_assert(
        cs_database_export(database, CS_TABLE_LOSSES, folder, &ends, count_tick, &ticks, &error));
    ck_assert_ptr_null(error);
    ck_assert_uint_ge(ticks.calls, 2);
    g_autofree char *file = g_build_filename(path, "losses.csv", NULL), *text = NULL;
    ck_assert(g_file_get_contents(file, &text, NULL, NULL));
    guint lines = 0;
    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    ck_assert_uint_eq(lines, ROWS + 1);
    ck_assert_int_eq(g_unlink(file), 0);
    for (guint most = 1; most <= 2; most++) {
        ticks = (Ticks){0, most};
        ck_assert(!cs_database_export(database, CS_TABLE_LOSSES, folder, &ends, count_tick, &ticks,
                                      &error));
        ck_assert(g_error_matches(error, CS_DATABASE_ERROR, CS_DATABASE_ERROR_INTERRUPTED));
        ck_assert_uint_eq(ticks.calls, most);
        ck_assert(!g_file_test(file, G_FILE_TEST_EXISTS));
        g_clear_error(&error);
    }
    cs_dir_close(g_steal_pointer(&folder));
    ck_assert_int_eq(g_rmdir(path), 0);
}
END_TEST

/* --- numbers of a table ----------------------------------------------------------------------- */

/* Four digits of the largest and two of the smallest; no more than six decimals, and more than
 * three for the smallest's sake alone. */
static const struct {
    double values[3];
    CsPrefixes allowed;
    const char *prefix, *texts[3];
} columns[] = {
    {{1234, 20}, CS_PREFIX_NONE, "", {"1234", "20", "0"}},
    {{1234, 2}, CS_PREFIX_NONE, "", {"1234.0", "2.0", "0.0"}},
    {{123456, 99999, 500}, CS_PREFIX_SMALL, "", {"123456", "99999", "500"}},
    {{12.34, 5, -7}, CS_PREFIX_NONE, "", {"12.34", "5.00", "-7.00"}},
    {{1.5}, CS_PREFIX_ANY, "", {"1.500", "0.000", "0.000"}},
    {{0.012}, CS_PREFIX_NONE, "", {"0.012", "0.000", "0.000"}},
    {{5, 0.0012}, CS_PREFIX_NONE, "", {"5.0000", "0.0012", "0.0000"}},
    {{5, 1.2e-9}, CS_PREFIX_NONE, "", {"5.000000", "0.000000", "0.000000"}},
    {{0.01, 0.0123}, CS_PREFIX_SMALL, "m", {"10.00", "12.30", "0.00"}},
    {{20e9, 1.5e9}, CS_PREFIX_ANY, "G", {"20.00", "1.50", "0.00"}},
    {{999.6, 1000}, CS_PREFIX_ANY, "k", {"1.000", "1.000", "0.000"}},
    {{123456e12}, CS_PREFIX_ANY, "T", {"123456", "0", "0"}},
    {{0, NAN, INFINITY}, CS_PREFIX_ANY, "", {"0", "nan", "inf"}},
};

START_TEST(digits_of_a_column)
{
    CsScale scale = cs_scale_for(columns[_i].values, 3, columns[_i].allowed);
    ck_assert_str_eq(scale.prefix, columns[_i].prefix);
    for (guint k = 0; k < 3; k++) {
        g_autofree char *text = cs_scale_text(columns[_i].values[k], &scale);
        ck_assert_str_eq(text, columns[_i].texts[k]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("database");
    TCase *tc = tcase_create("database");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_row_that_fails_fails_its_run, 0, 2);
    tcase_add_test(tc, an_export_that_is_stopped_says_so);
    tcase_add_loop_test(tc, digits_of_a_column, 0, (int)G_N_ELEMENTS(columns));
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
