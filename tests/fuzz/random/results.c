/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random results: gives the program directories of results that were corrupted at random, or made
 * to do harm, and judges how it ends.
 *
 *   results [-n CORRUPTED] [-m HOSTILE] [-s FIRST-SEED] RUN-DIRECTORY SWEEP-DIRECTORY [PROGRAM]
 *
 * The directories are good results; they are copied. Each command that reads results must end
 * within a second of CPU time and ten of wall time, in exit 0 or 1 or in an error of its own words:
 * never by a signal, an internal error, silence, or with anything written outside. Ends with the
 * line that tools/check counts.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define WALL_S 10
#define CANARY "untouched\n"

typedef struct {
    const char *program, *good[2]; /* a run's directory and a sweep's */
    char *place;                   /* where all happens; the canary lies in it */
    char *results, *canary, *said;
    guint n_commands, n_errors, n_failed;
    double slowest_s;
} Trial;

/* --- files ------------------------------------------------------------------------------------ */

static void empty(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            empty(path);
            g_rmdir(path);
        } else {
            g_unlink(path);
        }
    }
}

static GPtrArray *names_in(const char *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, (GCompareFunc)(void (*)(void))g_strcmp0);
    return names;
}

static void copy(const char *from, const char *to)
{
    g_autoptr(GPtrArray) names = names_in(from);
    empty(to);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *source = g_build_filename(from, g_ptr_array_index(names, i), NULL);
        g_autofree char *target = g_build_filename(to, g_ptr_array_index(names, i), NULL);
        g_autofree char *text = NULL;
        gsize length;
        if (g_file_get_contents(source, &text, &length, NULL))
            g_file_set_contents(target, text, (gssize)length, NULL);
    }
}

/* --- corruption ------------------------------------------------------------------------------- */

static const char *const cells[] = {"",
                                    "-",
                                    "nan",
                                    "inf",
                                    "1e999",
                                    "-1",
                                    "0",
                                    "99999999999999999999",
                                    "9223372036854775807",
                                    "\"",
                                    "\"\"",
                                    "\033[31m",
                                    "=1+1",
                                    "\377",
                                    "a,b",
                                    "1 2",
                                    "0x10",
                                    "card"};

/* One cell of a text becomes another. */
static void change_cell(GString *text, GRand *rand)
{
    if (text->len == 0)
        return;
    gsize at = (gsize)g_rand_int_range(rand, 0, (gint)text->len), end = at;
    while (at > 0 && text->str[at - 1] != ',' && text->str[at - 1] != '\n')
        at--;
    while (end < text->len && text->str[end] != ',' && text->str[end] != '\n')
        end++;
    g_string_erase(text, (gssize)at, (gssize)(end - at));
    g_string_insert(text, (gssize)at, cells[g_rand_int_range(rand, 0, G_N_ELEMENTS(cells))]);
}

static void change_bytes(GString *text, GRand *rand)
{
    gint n = g_rand_int_range(rand, 1, 20);
    for (gint i = 0; i < n && text->len > 0; i++)
        text->str[g_rand_int_range(rand, 0, (gint)text->len)] =
            (char)g_rand_int_range(rand, 0, 256);
}

static void change(GString *text, GRand *rand)
{
    gint at = text->len > 0 ? g_rand_int_range(rand, 0, (gint)text->len) : 0;
    gint n = g_rand_int_range(rand, 1, 5000);
    switch (g_rand_int_range(rand, 0, 7)) {
    case 0: /* cut off */
        g_string_truncate(text, (gsize)at);
        break;
    case 1: /* a hole */
        memset(text->str + at, 0, MIN((gsize)n, text->len - (gsize)at));
        break;
    case 2: /* a piece twice */
        g_string_insert_len(text, at, text->str, (gssize)MIN((gsize)n, text->len));
        break;
    case 3: /* a piece lost */
        g_string_erase(text, at, (gssize)MIN((gsize)n, text->len - (gsize)at));
        break;
    case 4:
        change_bytes(text, rand);
        break;
    default:
        for (gint i = g_rand_int_range(rand, 1, 4); i > 0; i--)
            change_cell(text, rand);
    }
}

/* One to three files of the copy, or one goes. */
static char *corrupt(const Trial *trial, GRand *rand)
{
    g_autoptr(GPtrArray) names = names_in(trial->results);
    GString *story = g_string_new("corrupted");
    for (gint i = g_rand_int_range(rand, 1, 4); i > 0 && names->len > 0; i--) {
        const char *name =
            g_ptr_array_index(names, (guint)g_rand_int_range(rand, 0, (gint)names->len));
        g_autofree char *path = g_build_filename(trial->results, name, NULL);
        g_autofree char *text = NULL;
        gsize length;
        g_string_append_printf(story, " %s", name);
        if (g_rand_int_range(rand, 0, 12) == 0 ||
            !g_file_get_contents(path, &text, &length, NULL)) {
            g_unlink(path);
            continue;
        }
        g_autoptr(GString) changed = g_string_new_len(text, (gssize)length);
        change(changed, rand);
        g_file_set_contents(path, changed->str, (gssize)changed->len, NULL);
    }
    return g_string_free(story, FALSE);
}

/* --- harm ------------------------------------------------------------------------------------- */

/* Statements on a sweep's database; those that fail (a view that is gone) are passed over. */
static const char *const statements[] = {
    "DROP VIEW point; DROP VIEW run_means; DROP TABLE run; CREATE VIEW run AS WITH RECURSIVE r(n) "
    "AS "
    "(SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS run, 1 AS replications FROM r",
    "DROP VIEW run_means; DROP TABLE totals; CREATE VIEW totals AS WITH RECURSIVE r(n) AS (SELECT "
    "1 "
    "UNION ALL SELECT n + 1 FROM r) SELECT 1 AS run, n AS replication, 'card' AS policy FROM r",
    "DROP TABLE meta; CREATE VIEW meta AS SELECT 'plan' AS key, hex(zeroblob(500000000)) AS value",
    "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM rounds; END",
    "CREATE TRIGGER t BEFORE UPDATE ON run BEGIN SELECT load_extension('evil'); END",
    "DROP VIEW point; DROP VIEW run_means; DROP TABLE run; CREATE TABLE run(run INTEGER PRIMARY "
    "KEY, "
    "replications INTEGER AS (run + 1)) STRICT",
    "UPDATE param SET value = char(27) || '[2J' || char(7)",
    "UPDATE param SET key = char(27) || ']0;x' || char(7)",
    "UPDATE param SET value = '=cmd|'' /C calc''!A0'",
    "UPDATE param SET key = '=1+1'",
    "UPDATE totals SET policy = '=1+1' || char(27)",
    "UPDATE totals SET policy = NULL",
    "UPDATE devices SET device = char(8238) || 'abc' || char(0) || 'd'",
    "UPDATE rounds SET device = NULL",
    "UPDATE totals SET run = NULL",
    "UPDATE totals SET run = -9223372036854775808",
    "UPDATE totals SET run = 9223372036854775807, replication = -1",
    "UPDATE run SET replications = 9223372036854775807",
    "UPDATE run SET run = 9223372036854775807 WHERE run = 1",
    "UPDATE totals SET delay_mean_s = 9e999, cost_mean = -9e999",
    "UPDATE totals SET delay_mean_s = NULL",
    "UPDATE meta SET value = '9223372036854775807' WHERE key = 'runs'",
    "UPDATE meta SET value = '-1' WHERE key = 'runs'",
    "UPDATE meta SET value = '0/0' WHERE key = 'shard'",
    "UPDATE meta SET value = '99999999999/1' WHERE key = 'shard'",
    "UPDATE meta SET value = substr(hex(zeroblob(30000000)), 1) WHERE key = 'manifest'",
    "UPDATE meta SET value = replace(hex(zeroblob(1000000)), '00', '[') WHERE key = 'manifest'",
    "UPDATE meta SET value = replace(hex(zeroblob(300000)), '00', '{\"a\":') WHERE key = "
    "'manifest'",
    "UPDATE meta SET value = 'null' WHERE key = 'manifest'",
    "UPDATE meta SET value = '{\"title\": {}, \"scenario\": [], \"assumptions\": 7}' WHERE key = "
    "'manifest'",
    "UPDATE meta SET value = '../../up ../x totals' WHERE key = 'tables'",
    "DELETE FROM meta",
    "DELETE FROM run",
    "DELETE FROM param",
    "DELETE FROM totals; DELETE FROM rounds; DELETE FROM devices",
    "DROP TABLE totals",
    "DROP TABLE param; CREATE TABLE param(run ANY, key ANY, value ANY) STRICT; INSERT INTO param "
    "VALUES(1, 2, x'00')",
    "INSERT INTO param SELECT run, 'k' || r.n, 'v' FROM run, (WITH RECURSIVE r(n) AS (SELECT 1 "
    "UNION "
    "ALL SELECT n + 1 FROM r LIMIT 20000) SELECT n FROM r) r",
    "INSERT INTO run SELECT n + 1000, 2 FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n "
    "+ 1 "
    "FROM r LIMIT 50000) SELECT n FROM r)",
    "INSERT INTO meta SELECT 'failed/' || n, char(27) || '[7m' FROM (WITH RECURSIVE r(n) AS "
    "(SELECT 1 "
    "UNION ALL SELECT n + 1 FROM r LIMIT 50000) SELECT n FROM r)",
    "PRAGMA user_version = 2",
    "PRAGMA application_id = 0",
    "CREATE INDEX slow ON rounds(abs(cut))",
    "PRAGMA journal_mode = DELETE; PRAGMA encoding = 'UTF-16'; VACUUM",
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET rootpage = 2 WHERE name = 'totals'",
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql = 'CREATE TABLE totals(a)' WHERE "
    "name = "
    "'totals'",
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'run'",
};

static char *harm_database(const Trial *trial, guint which)
{
    const char *sql = statements[which % G_N_ELEMENTS(statements)];
    g_autofree char *path = g_build_filename(trial->results, "results.sqlite", NULL);
    sqlite3 *handle;
    if (sqlite3_open(path, &handle) == SQLITE_OK)
        sqlite3_exec(handle, sql, NULL, NULL, NULL);
    sqlite3_close(handle);
    return g_strdup_printf("database: %.80s", sql);
}

static void put_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (descriptor >= 0 && bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        g_file_set_contents(path, "", 0, NULL); /* the path is too long for a socket */
    close(descriptor);
}

/* In the place of a file something that is none, or a text that never ends. */
static char *harm_file(const Trial *trial, guint which)
{
    static const char *const kinds[] = {"link to the canary",
                                        "link to nothing",
                                        "link to itself",
                                        "link to /dev/zero",
                                        "FIFO",
                                        "directory",
                                        "socket",
                                        "unreadable",
                                        "nested",
                                        "one endless line",
                                        "NULs",
                                        "escapes"};
    g_autoptr(GPtrArray) names = names_in(trial->results);
    const char *name = g_ptr_array_index(names, which / G_N_ELEMENTS(kinds) % names->len);
    guint kind = which % G_N_ELEMENTS(kinds);
    g_autofree char *path = g_build_filename(trial->results, name, NULL);
    g_autofree char *text = NULL;
    g_unlink(path);
    static const char *const targets[] = {NULL, "nowhere", NULL, "/dev/zero"};
    if (kind < G_N_ELEMENTS(targets)) {
        if (symlink(kind == 0 ? trial->canary : kind == 2 ? name : targets[kind], path) != 0)
            g_error("cannot make a link");
    } else if (kind == 4) {
        mkfifo(path, 0666);
    } else if (kind == 5) {
        g_mkdir(path, 0777);
    } else if (kind == 6) {
        put_socket(path);
    } else {
        gsize n = kind == 9 ? 3000000 : 200000;
        text = g_malloc(n + 1);
        memset(text, kind == 8 ? '[' : kind == 9 ? 'x' : kind == 10 ? '\0' : '\033', n);
        g_file_set_contents(path, text, (gssize)n, NULL);
        if (kind == 7)
            g_chmod(path, 0);
    }
    return g_strdup_printf("%s: %s", name, kinds[kind]);
}

/* --- the program ------------------------------------------------------------------------------ */

static void become(const Trial *trial, char **arguments)
{
    struct rlimit cpu = {2, 3}; /* seconds: a loop without an end dies of it */
    setrlimit(RLIMIT_CPU, &cpu);
    if (chdir(trial->place) != 0 || freopen("/dev/null", "r", stdin) == NULL ||
        freopen("out", "w", stdout) == NULL || freopen("err", "w", stderr) == NULL)
        _exit(99);
    execv(trial->program, arguments);
    _exit(99);
}

/* The wait status; *cpu_s what it cost. -1 where it had to be killed. */
static int run(const Trial *trial, char **arguments, double *cpu_s)
{
    struct rusage usage;
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        become(trial, arguments);
    gint64 until_us = g_get_monotonic_time() + (gint64)WALL_S * 1000000;
    gboolean killed = FALSE;
    while (wait4(child, &status, WNOHANG, &usage) == 0) {
        if (!killed && g_get_monotonic_time() > until_us) {
            kill(child, SIGKILL);
            killed = TRUE;
        }
        g_usleep(1000);
    }
    *cpu_s = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
             (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
    return killed ? -1 : status;
}

/* What is wrong with how a command ended, or NULL. Transfer full. */
static char *outrage(Trial *trial, int status, double cpu_s)
{
    g_autofree char *path = g_build_filename(trial->place, "err", NULL);
    g_autofree char *canary = NULL;
    g_free(g_steal_pointer(&trial->said));
    g_file_get_contents(path, &trial->said, NULL, NULL);
    const char *said = trial->said != NULL ? trial->said : "";
    if (status == -1)
        return g_strdup_printf("does not end within %d s", WALL_S);
    if (WIFSIGNALED(status))
        return g_strdup_printf("dies of signal %d", WTERMSIG(status));
    int code = WEXITSTATUS(status);
    if (code > 4)
        return g_strdup_printf("ends in %d", code);
    if (code >= 2 && strstr(said, "cardsim: error: ") == NULL)
        return g_strdup_printf("ends in %d without a word", code);
    if (strstr(said, "anitizer") != NULL || strstr(said, "runtime error") != NULL)
        return g_strdup("a sanitizer reports");
    if (strpbrk(said, "\033\a") != NULL)
        return g_strdup("prints an escape");
    if (cpu_s > 1)
        return g_strdup_printf("takes %.1f s", cpu_s);
    if (!g_file_get_contents(trial->canary, &canary, NULL, NULL) || strcmp(canary, CANARY) != 0)
        return g_strdup("has written outside");
    trial->n_errors += code >= 2;
    return NULL;
}

/* Every command that reads results, on ./results. */
static void judge(Trial *trial, guint32 seed, const char *story)
{
    static const char *const commands[][9] = {
        {"report", "results"},
        {"report", "results", "--by", "device", "--format", "csv"},
        {"compare", "results", "good"},
        {"report", "results", "--html", "page.html", "-q"},
        {"merge", "results", "-o", "merged"},
    };
    for (guint c = 0; c < G_N_ELEMENTS(commands); c++) {
        const char *arguments[11] = {trial->program};
        double cpu_s;
        for (guint i = 0; i < 9; i++)
            arguments[i + 1] = commands[c][i];
        int status = run(trial, (char **)arguments, &cpu_s);
        trial->slowest_s = MAX(trial->slowest_s, cpu_s);
        trial->n_commands++;
        g_autofree char *wrong = outrage(trial, status, cpu_s);
        if (wrong == NULL)
            continue;
        trial->n_failed++;
        printf("FAIL seed %u (%s): %s %s: %.300s\n", seed, story, commands[c][0], wrong,
               trial->said != NULL ? trial->said : "");
    }
    g_autofree char *merged = g_build_filename(trial->place, "merged", NULL);
    empty(merged);
    g_rmdir(merged);
}

static void one(Trial *trial, guint32 seed, gboolean hostile, guint which)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    gboolean database = hostile ? which % 2 == 0 : g_rand_boolean(rand);
    g_autofree char *good = g_build_filename(trial->place, "good", NULL);
    copy(trial->good[database], trial->results);
    copy(trial->good[database], good);
    g_autofree char *story = !hostile         ? corrupt(trial, rand)
                             : which % 4 == 0 ? harm_database(trial, which / 4)
                                              : harm_file(trial, which);
    judge(trial, seed, story);
    g_autoptr(GPtrArray) names = names_in(trial->results);
    for (guint i = 0; i < names->len; i++) { /* what cannot be read cannot be removed by all */
        g_autofree char *path = g_build_filename(trial->results, g_ptr_array_index(names, i), NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            g_chmod(path, 0666);
    }
}

int main(int argc, char **argv)
{
    guint corrupted = 100, hostile = 96;
    guint32 seed = 1;
    int option;
    while ((option = getopt(argc, argv, "n:m:s:")) != -1) {
        guint64 value = g_ascii_strtoull(optarg != NULL ? optarg : "", NULL, 10);
        if (option == 'n')
            corrupted = (guint)value;
        else if (option == 'm')
            hostile = (guint)value;
        else if (option == 's')
            seed = (guint32)value;
        else
            return 2;
    }
    if (argc - optind < 2)
        return 2;
    g_autofree char *program =
        g_canonicalize_filename(argc - optind > 2 ? argv[optind + 2] : "cardsim", NULL);
    Trial trial = {.program = program, .place = g_dir_make_tmp("cardsim-results-XXXXXX", NULL)};
    for (guint i = 0; i < 2; i++)
        trial.good[i] = argv[(guint)optind + i];
    trial.results = g_build_filename(trial.place, "results", NULL);
    trial.canary = g_build_filename(trial.place, "canary", NULL);
    g_autofree char *good = g_build_filename(trial.place, "good", NULL);
    g_mkdir(trial.results, 0777);
    g_mkdir(good, 0777);
    g_file_set_contents(trial.canary, CANARY, -1, NULL);
    for (guint i = 0; i < corrupted; i++)
        one(&trial, seed + i, FALSE, i);
    for (guint i = 0; i < hostile; i++)
        one(&trial, seed + i, TRUE, i);
    empty(trial.place);
    g_rmdir(trial.place);
    g_free(trial.said);
    g_free(trial.canary);
    g_free(trial.results);
    g_free(trial.place);
    printf("%u corrupted and %u hostile directories, %u commands: %u errors told, the slowest %.2f "
           "s\n",
           corrupted, hostile, trial.n_commands, trial.n_errors, trial.slowest_s);
    printf("cases: %u passed, %u failed, 0 skipped\n", trial.n_commands - trial.n_failed,
           trial.n_failed);
    return trial.n_failed == 0 ? 0 : 1;
}
