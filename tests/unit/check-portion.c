/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of runs that are saved in batches and shared by shards: how they are cut, by counting every
 * replication; and what a process that is killed at any commit leaves, by killing it there.
 */
#include "cs-check.h"

#include "base/file.h"
#include "campaign/campaign.h"
#include "campaign/merge.h"
#include "campaign/portion.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CsSweep *read_sweep(const char *const *settings)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autofree char *path = cs_test_path("scenarios/letter.ini");
    CsSweep *sweep = cs_sweep_read(path, settings, paths, diagnostics);
    ck_assert_msg(sweep != NULL, "%s",
                  cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0)
                                                        : "no message");
    return sweep;
}

/* --- cuts ------------------------------------------------------------------------------------- */

/* Every replication of every run is in one shard, and in one only; the work of no shard differs
 * from an equal share by more than one replication at either cut. */
static void check_cuts(const CsPlan *plan, guint64 shards)
{
    double all = 0, largest = 0;
    guint64 n = cs_plan_n_runs(plan);
    g_autofree guint64 *next = g_new0(guint64, n);
    for (guint64 i = 0; i < n; i++) {
        const CsRun *run = cs_plan_run(plan, i);
        all += (double)run->replications * run->device_rounds;
        largest = MAX(largest, run->device_rounds);
    }
    for (guint64 shard = 0; shard < shards; shard++) {
        g_autoptr(GArray) portions = cs_portions(plan, shard, shards);
        double work = 0;
        for (guint k = 0; k < portions->len; k++) {
            const CsPortion *portion = &g_array_index(portions, CsPortion, k);
            const CsRun *run = cs_plan_run(plan, portion->run - 1);
            ck_assert_uint_eq(portion->first, next[portion->run - 1] + 1);
            ck_assert_uint_gt(portion->count, 0);
            ck_assert_uint_eq(portion->whole, run->replications);
            ck_assert_uint_eq(portion->saved, 0);
            next[portion->run - 1] += portion->count;
            work += (double)portion->count * run->device_rounds;
        }
        ck_assert_double_lt(fabs(work - all / (double)shards), 2 * largest);
    }
    for (guint64 i = 0; i < n; i++)
        ck_assert_uint_eq(next[i], cs_plan_run(plan, i)->replications);
}

START_TEST(every_replication_is_in_one_shard)
{
    static const char *const one[] = {"simulation.replications=100000", NULL};
    static const char *const several[] = {"simulation.rounds=1,7,300,20",
                                          "simulation.replications=37", NULL};
    static const guint64 numbers[] = {5, 7, 8, 50, 147, 148, 149, 1000};
    g_autoptr(CsSweep) single = read_sweep(one);
    g_autoptr(CsSweep) sweep = read_sweep(several);
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        check_cuts(single->plan, numbers[i]);
        check_cuts(sweep->plan, numbers[i]);
    }
    ck_assert_uint_eq(cs_plan_shards_most(single->plan), 100000);
    ck_assert_uint_eq(cs_plan_shards_most(sweep->plan), 148);
}
END_TEST

/* Where the cut is, by hand: 3 runs of 10 equal replications in 4 shards, 7.5 each. */
START_TEST(cuts_by_hand)
{
    static const char *const settings[] = {"policy.weight=0.1,0.2,0.3",
                                           "simulation.replications=10", NULL};
    static const guint64 expected[][3] = {{1, 1, 8}, {1, 9, 2}, {2, 1, 5},
                                          {2, 6, 5}, {3, 1, 3}, {3, 4, 7}};
    g_autoptr(CsSweep) sweep = read_sweep(settings);
    guint at = 0;
    for (guint64 shard = 0; shard < 4; shard++) {
        g_autoptr(GArray) portions = cs_portions(sweep->plan, shard, 4);
        for (guint k = 0; k < portions->len; k++, at++) {
            const CsPortion *portion = &g_array_index(portions, CsPortion, k);
            ck_assert_uint_lt(at, G_N_ELEMENTS(expected));
            ck_assert_uint_eq(portion->run, expected[at][0]);
            ck_assert_uint_eq(portion->first, expected[at][1]);
            ck_assert_uint_eq(portion->count, expected[at][2]);
        }
    }
    ck_assert_uint_eq(at, G_N_ELEMENTS(expected));
}
END_TEST

/* Whole runs as before: as many runs as shards, or a stopping rule. */
START_TEST(whole_runs)
{
    static const char *const many[] = {"policy.weight=0.1,0.2,0.3", NULL};
    static const char *const rule[] = {"policy.weight=0.1,0.2,0.3",
                                       "simulation.precision=delay 1 %", NULL};
    g_autoptr(CsSweep) sweep = read_sweep(many);
    g_autoptr(CsSweep) stopped = read_sweep(rule);
    ck_assert(!cs_plan_is_split(sweep->plan, 3));
    ck_assert(cs_plan_is_split(sweep->plan, 4));
    ck_assert(!cs_plan_is_split(stopped->plan, 4));
    ck_assert_uint_eq(cs_plan_shards_most(stopped->plan), 3);
    g_autoptr(GArray) second = cs_portions(sweep->plan, 0, 2);
    ck_assert_uint_eq(second->len, 2);
    ck_assert_uint_eq(g_array_index(second, CsPortion, 1).run, 3);
    g_autoptr(GArray) none = cs_portions(stopped->plan, 3, 5);
    ck_assert_uint_eq(none->len, 0);
}
END_TEST

/* --- kills ------------------------------------------------------------------------------------ */

static const char *const studied[] = {"simulation.rounds=2", "simulation.replications=4",
                                      "policy.weight=0.2,0.7",
                                      "output.record=rounds+devices+totals", NULL};

static char *scratch; /* where this file's directories are */

static char *place(const char *name)
{
    return g_build_filename(scratch, name, NULL);
}

/* Every replication is saved as it ends. */
static gboolean run_sweep(const char *const *settings, const char *directory, guint mode,
                          guint64 shard, guint64 shards, CsCampaignResult *result)
{
    g_autoptr(CsSweep) sweep = read_sweep(settings);
    g_autoptr(GError) error = NULL;
    const CsCampaign campaign = {.sweep = sweep,
                                 .directory = directory,
                                 .mode = mode,
                                 .threads = 1,
                                 .shard = shard,
                                 .shards = shards,
                                 .save_s = 1e-9};
    gboolean good = cs_campaign_run(&campaign, result, &error);
    ck_assert_msg(good, "%s: %s", directory, error != NULL ? error->message : "");
    return good;
}

static void check_same(const char *one, const char *other)
{
    static const char *const names[] = {"rounds.csv", "devices.csv", "totals.csv", "manifest.json"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *a = g_build_filename(one, names[i], NULL);
        g_autofree char *b = g_build_filename(other, names[i], NULL);
        g_autofree char *x = NULL, *y = NULL;
        ck_assert(g_file_get_contents(a, &x, NULL, NULL));
        ck_assert(g_file_get_contents(b, &y, NULL, NULL));
        ck_assert_msg(strcmp(x, y) == 0, "%s and %s differ", a, b);
    }
}

static gboolean take_count(gpointer context, guint n, const CsCell *cells)
{
    ck_assert_uint_eq(n, 1);
    *(guint64 *)context = (guint64)cells[0].whole;
    return FALSE;
}

static guint64 count_in(CsDatabase *database, const char *sql)
{
    guint64 count = G_MAXUINT64;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(cs_database_query(database, sql, NULL, take_count, &count, &error), "%s",
                  error != NULL ? error->message : "");
    return count;
}

/* What is there after a kill: whole runs among the results, and of others what is said to be. The
 * number of replications that are safe. */
static guint64 check_state(const char *directory)
{
    g_autoptr(CsDatabase) database = cs_database_open(directory, CS_DATABASE_READ, NULL);
    if (database == NULL)
        return 0; /* killed before there was one */
    guint64 finished = cs_database_n_runs(database);
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM totals"), 4 * finished);
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM rounds"), 4 * 2 * 5 * finished);
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM partial JOIN run USING (run)"), 0);
    guint64 saved = count_in(database, "SELECT coalesce(sum(saved), 0) FROM partial");
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM partial_totals"), saved);
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM partial_rounds"), 2 * 5 * saved);
    return 4 * finished + saved;
}

/* The commit, counted over the whole process, at which it dies, before it; 0: never. */
static guint kill_at, commits;

static int on_commit(void *nothing)
{
    (void)nothing;
    if (++commits == kill_at)
        kill(getpid(), SIGKILL);
    return 0;
}

static int on_open(sqlite3 *handle, char **message, const void *api)
{
    (void)message;
    (void)api;
    sqlite3_commit_hook(handle, on_commit, NULL);
    return SQLITE_OK;
}

typedef void (*Work)(const char *directory);

/* Works in a child that dies at the commit; TRUE where it came to its end. */
static gboolean dies(Work work, const char *directory, guint at)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        kill_at = at;
        sqlite3_auto_extension((void (*)(void))on_open);
        work(directory);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    gboolean ended = WIFEXITED(status);
    ck_assert_msg(ended ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL,
                  "killed at %u: %d", at, status);
    return ended;
}

static void sweep_all(const char *directory)
{
    CsCampaignResult result;
    run_sweep(studied, directory, CS_STORE_RESUME, 0, 1, &result);
}

static void sweep_first(const char *directory)
{
    CsCampaignResult result;
    run_sweep(studied, directory, CS_STORE_RESUME, 0, 3, &result);
}

static void merge_all(const char *directory)
{
    g_autofree char *one = place("a"), *other = place("b"), *third = place("c");
    const char *const parts[] = {third, one, other, NULL};
    guint64 runs;
    if (!cs_merge(parts, directory, CS_STORE_RESUME, NULL, NULL, &runs, NULL))
        _exit(1);
}

/* Kills at every commit, each time in a new directory, and at one after the other in one. */
static guint kill_everywhere(Work work, const char *expected)
{
    g_autofree char *again = place("again");
    guint64 safe = 0;
    guint at = 1;
    for (gboolean ended = FALSE; !ended; at++) {
        g_autofree char *name = g_strdup_printf("killed-%u", at);
        g_autofree char *directory = place(name);
        ended = dies(work, directory, at);
        check_state(directory);
        ck_assert(dies(work, directory, 0));
        check_same(expected, directory);
    }
    for (guint k = 0; k < at && !dies(work, again, at / 2); k++) {
        guint64 now = check_state(again);
        ck_assert_uint_ge(now, safe); /* what was saved stays */
        safe = now;
    }
    ck_assert(dies(work, again, 0));
    check_same(expected, again);
    return at - 2;
}

static void begin(void)
{
    scratch = g_dir_make_tmp("cardsim-portion-XXXXXX", NULL);
    ck_assert_ptr_nonnull(scratch);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_all(inner);
    }
    g_remove(path);
}

static void end(void)
{
    remove_all(scratch);
    g_clear_pointer(&scratch, g_free);
}

START_TEST(killed_at_every_commit)
{
    g_autofree char *straight = place("straight");
    sweep_all(straight);
    ck_assert_uint_eq(check_state(straight), 8);
    /* Each of 8 replications is saved or, the last of its run, committed with it. */
    ck_assert_uint_ge(kill_everywhere(sweep_all, straight), 8);
}
END_TEST

START_TEST(shards_killed_at_every_commit)
{
    g_autofree char *straight = place("straight");
    CsCampaignResult result;
    run_sweep(studied, straight, CS_STORE_NEW, 0, 3, &result);
    ck_assert(result.split);
    ck_assert_uint_eq(result.replications, 3);
    ck_assert_uint_ge(kill_everywhere(sweep_first, straight), 4);
}
END_TEST

START_TEST(merge_killed_at_every_commit)
{
    g_autofree char *straight = place("straight");
    g_autofree char *part[] = {place("a"), place("b"), place("c")};
    CsCampaignResult result;
    sweep_all(straight);
    for (guint i = 0; i < 3; i++)
        run_sweep(studied, part[i], CS_STORE_NEW, i, 3, &result);
    ck_assert_uint_ge(kill_everywhere(merge_all, straight), 4);
    for (guint i = 0; i < 3; i++)
        g_free(g_steal_pointer(&part[i]));
}
END_TEST

/* Halves of quarters fit: a cut depends on I / N alone. */
START_TEST(shards_of_different_sizes)
{
    g_autofree char *straight = place("straight"), *joined = place("joined");
    g_autofree char *half = place("half"), *quarter = place("quarter"), *last = place("last");
    static const char *const settings[] = {"simulation.rounds=2", "simulation.replications=11",
                                           "output.record=rounds+devices+totals", NULL};
    CsCampaignResult result;
    run_sweep(settings, straight, CS_STORE_NEW, 0, 1, &result);
    run_sweep(settings, half, CS_STORE_NEW, 0, 2, &result);
    run_sweep(settings, quarter, CS_STORE_NEW, 2, 4, &result);
    run_sweep(settings, last, CS_STORE_NEW, 3, 4, &result);
    const char *const parts[] = {last, half, quarter, NULL};
    guint64 runs;
    ck_assert(cs_merge(parts, joined, CS_STORE_NEW, NULL, NULL, &runs, NULL));
    check_same(straight, joined);
}
END_TEST

/* --- more of them ----------------------------------------------------------------------------- */

/* Only what is new is run, and the bytes are those of a sweep that had it from the start. */
static void check_extension(const char *const *before, const char *const *after, guint64 found,
                            guint64 replications)
{
    g_autofree char *straight = place("straight"), *extended = place("extended");
    CsCampaignResult result;
    run_sweep(after, straight, CS_STORE_RESTART, 0, 1, &result);
    run_sweep(before, extended, CS_STORE_RESTART, 0, 1, &result);
    run_sweep(after, extended, CS_STORE_RESUME | CS_STORE_EXTEND, 0, 1, &result);
    ck_assert_uint_eq(result.found, found);
    if (replications > 0)
        ck_assert_uint_eq(result.replications, replications);
    check_same(straight, extended);
    g_autoptr(CsDatabase) database = cs_database_open(extended, CS_DATABASE_READ, NULL);
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM partial"), 0);
    ck_assert_uint_eq(count_in(database, "SELECT count(*) FROM partial_rounds"), 0);
}

#define STUDY(...)                                                                                 \
    {                                                                                              \
        "simulation.rounds=2", "output.record=rounds+devices+totals", __VA_ARGS__, NULL            \
    }

START_TEST(more_replications)
{
    static const char *const few[] = STUDY("simulation.replications=3", "policy.weight=0.2,0.7");
    static const char *const many[] = STUDY("simulation.replications=8", "policy.weight=0.2,0.7");
    static const char *const more[] =
        STUDY("simulation.replications=8", "policy.weight=0.1,0.7,0.2");
    check_extension(few, many, 6, 16);
    check_extension(few, more, 6, 24);
    check_extension(many, few, 6, 6); /* the surplus goes */
}
END_TEST

/* Where looks at the spread come at other moments, or ask for more, what was seen is looked at
 * again, and only what is new is run. */
START_TEST(another_precision)
{
#define RULE(precision, batch)                                                                     \
    STUDY("simulation.precision=delay " precision, "simulation.replications=" batch,               \
          "simulation.max-replications=400", "policy.weight=0.2,0.7")
    static const char *const loose[] = RULE("0.5 %", "7");
    static const char *const tight[] = RULE("0.3 %", "7");
    static const char *const others[] = RULE("0.5 %", "16");
    g_autofree char *directory = place("loose");
    CsCampaignResult result;
    run_sweep(loose, directory, CS_STORE_NEW, 0, 1, &result);
    guint64 had = result.replications;
    check_extension(loose, tight, had, 0);
    check_extension(loose, others, had, 0);
    g_autofree char *straight = place("straight"), *extended = place("extended");
    run_sweep(tight, extended, CS_STORE_RESTART, 0, 1, &result);
    ck_assert_uint_gt(result.replications, had);
    run_sweep(loose, straight, CS_STORE_RESTART, 0, 1, &result);
    run_sweep(loose, extended, CS_STORE_RESUME | CS_STORE_EXTEND, 0, 1, &result);
    check_same(straight, extended);
}
END_TEST

static void sweep_by_rule(const char *directory)
{
    static const char *const settings[] = RULE("0.5 %", "9");
    CsCampaignResult result;
    run_sweep(settings, directory, CS_STORE_RESUME, 0, 1, &result);
}

/* A stopping rule goes on as if nothing had been, wherever it was: killed at every twentieth
 * commit.
 */
START_TEST(rule_killed)
{
    g_autofree char *straight = place("straight"), *killed = place("killed");
    guint kills = 0;
    sweep_by_rule(straight);
    while (!dies(sweep_by_rule, killed, 20) && kills < 1000)
        kills++;
    ck_assert_uint_ge(kills, 3);
    ck_assert_uint_lt(kills, 1000);
    check_same(straight, killed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("portion");
    TCase *cuts = tcase_create("cuts");
    tcase_add_test(cuts, every_replication_is_in_one_shard);
    tcase_add_test(cuts, cuts_by_hand);
    tcase_add_test(cuts, whole_runs);
    suite_add_tcase(suite, cuts);
    TCase *kills = tcase_create("kills");
    tcase_add_checked_fixture(kills, begin, end);
    tcase_set_timeout(kills, 300);
    tcase_add_test(kills, killed_at_every_commit);
    tcase_add_test(kills, shards_killed_at_every_commit);
    tcase_add_test(kills, merge_killed_at_every_commit);
    tcase_add_test(kills, shards_of_different_sizes);
    tcase_add_test(kills, more_replications);
    tcase_add_test(kills, another_precision);
    tcase_add_test(kills, rule_killed);
    suite_add_tcase(suite, kills);
    return cs_check_main(suite);
}
