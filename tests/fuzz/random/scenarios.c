/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random scenarios: runs the program on scenarios that grammar.c draws, and judges what it says.
 *
 *   scenarios [-t SECONDS] [-n NUMBER] [-s FIRST-SEED] [-k DIRECTORY] [-a] [PROGRAM]
 *
 * Without SECONDS and NUMBER 100 scenarios, without PROGRAM the one of the build tree.
 * Each scenario must end in exit 0 with tables that add up (accounts.c) and that the program's own
 * reader takes, or in an error with its place or its words: never in a signal, an internal error, a
 * sanitizer's report, or silence. A run that takes long may be interrupted, and then must end. A
 * scenario that fails is kept, with its files and what the program said, as DIRECTORY/SEED; with -a
 * every one is. Ends with the line that tools/check counts.
 */
#include "accounts.h"
#include "grammar.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 5 /* of wall time until a run is interrupted, */
#define GRACE_S 10   /* and until it must have ended then */
#define CPU_MAX_S 60 /* of which a loop deaf to signals dies */

typedef struct {
    const char *program;
    char *directory;  /* where a scenario is written and run */
    GString *said;    /* what the program wrote, of the latest scenario */
    gboolean overdue; /* the latest run was interrupted */
    guint n_run, n_refused, n_failed, n_long;
} Trial;

/* --- running the program ----------------------------------------------------------------------
 */

/* In the child: `log` takes both outputs. */
static void become(const Trial *trial, char **arguments, const char *log)
{
    struct rlimit cpu = {CPU_MAX_S, CPU_MAX_S};
    setrlimit(RLIMIT_CPU, &cpu);
    if (chdir(trial->directory) != 0 || freopen(log, "w", stdout) == NULL ||
        dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        _exit(99);
    execv(trial->program, arguments);
    _exit(99);
}

/* Waits for `child`, in steps of 2 ms; FALSE where `seconds` did not do. */
static gboolean ends_within(pid_t child, double seconds, int *status)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)(seconds * 1e6);
    while (waitpid(child, status, WNOHANG) == 0) {
        if (g_get_monotonic_time() > until_us)
            return FALSE;
        g_usleep(2000);
    }
    return TRUE;
}

/* The exit code, or -signal; -1000 where an interrupt did not end it. */
static int run(Trial *trial, char **arguments)
{
    g_autofree char *log = g_build_filename(trial->directory, "said", NULL);
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        become(trial, arguments, log);
    trial->overdue = !ends_within(child, PATIENCE_S, &status);
    if (trial->overdue) {
        kill(child, SIGTERM); /* a shell lets its background jobs ignore SIGINT */
        if (!ends_within(child, GRACE_S, &status)) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            status = -1;
        }
    }
    g_autofree char *text = NULL;
    g_autofree char *line = g_strjoinv(" ", arguments);
    if (!g_file_get_contents(log, &text, NULL, NULL))
        g_error("no log of '%s'", line);
    g_string_append_printf(trial->said, "$ %s\n%s", line, text);
    if (status == -1)
        return -1000;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#define RUN(trial, ...) run((trial), (char *[]){(char *)(trial)->program, __VA_ARGS__, NULL})

/* --- judging ----------------------------------------------------------------------------------
 */

/* TRUE where a line "FILE:LINE:COLUMN: error: ..." stands in it, or "FILE: error: ..." of what is
 * not there. */
static gboolean names_a_place(const char *said)
{
    return g_regex_match_simple("^[^\\s:]+(:[0-9]+)*: error: ", said, G_REGEX_MULTILINE, 0);
}

/* What no scenario may bring about. Transfer full, or NULL. */
static char *outrage(const Trial *trial, int code)
{
    static const char *const never[] = {"internal error", "runtime error:", "Sanitizer",
                                        "-CRITICAL **",   "-WARNING **",    "ssertion"};
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        if (strstr(trial->said->str, never[i]) != NULL)
            return g_strdup_printf("it said '%s'", never[i]);
    if (code == -1000)
        return g_strdup("it did not heed an interrupt");
    return code < 0 ? g_strdup_printf("signal %d", -code) : NULL;
}

/* Tables that add up and that the program reads again, as it does the scenario resolved. */
static char *judge_results(Trial *trial)
{
    g_autofree char *out = g_build_filename(trial->directory, "out", NULL);
    char *wrong = accounts_fault(out);
    if (wrong != NULL)
        return wrong;
    g_autofree char *totals = g_build_filename(out, "totals.csv", NULL);
    if (!g_file_test(totals, G_FILE_TEST_EXISTS)) /* which [output] record may leave out */
        return NULL;
    int code = RUN(trial, "compare", "out", "out", "-q");
    if (code != 0)
        return g_strdup_printf("its own tables compared with themselves: exit %d", code);
    code = RUN(trial, "report", "out", "-q");
    if (code != 0 && code != 1)
        return g_strdup_printf("a report on its own tables: exit %d", code);
    return outrage(trial, code);
}

/* What is wrong with how the program takes the scenario. Transfer full; NULL: nothing. */
static char *judge(Trial *trial)
{
    g_string_truncate(trial->said, 0);
    int code = RUN(trial, "run", GRAMMAR_SCENARIO, "-q", "-o", "out", "-j", "1");
    char *wrong = outrage(trial, code);
    if (wrong != NULL)
        return wrong;
    if (trial->overdue && code == 143) {
        trial->n_long++;
        return NULL;
    }
    switch (code) {
    case 0:
        trial->n_run++;
        return judge_results(trial);
    case 1:
    case 4:
        trial->n_failed++;
        return strstr(trial->said->str, "cardsim: ") != NULL
                   ? NULL
                   : g_strdup_printf("exit %d without a word", code);
    case 3:
        trial->n_refused++;
        return names_a_place(trial->said->str) ? NULL : g_strdup("an error without its place");
    default:
        return g_strdup_printf("exit %d", code);
    }
}

/* --- keeping and clearing ---------------------------------------------------------------------
 */

static void empty(const char *directory)
{
    GDir *dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            empty(path);
        g_remove(path);
    }
    g_clear_pointer(&dir, g_dir_close);
}

/* Draws the scenario once more, where it can be looked at. */
static void keep(const Trial *trial, const char *findings, guint32 seed, const char *wrong)
{
    g_autofree char *name = g_strdup_printf("%u", seed);
    g_autofree char *place = g_build_filename(findings, name, NULL);
    g_autofree char *said = g_build_filename(place, "said", NULL);
    if (wrong != NULL)
        printf("FAIL scenario %u: %s\n", seed, wrong);
    fflush(stdout);
    if (g_mkdir_with_parents(place, 0777) != 0)
        g_error("cannot keep it in '%s'", place);
    grammar_write(seed, place);
    g_file_set_contents(said, trial->said->str, -1, NULL);
}

/* --- the trial -------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
    guint64 seconds = 0, number = 0, seed = 1;
    const char *findings = "findings";
    gboolean all = FALSE;
    for (int option; (option = getopt(argc, argv, "t:n:s:k:a")) != -1;)
        switch (option) {
        case 't':
            seconds = g_ascii_strtoull(optarg, NULL, 10);
            break;
        case 'n':
            number = g_ascii_strtoull(optarg, NULL, 10);
            break;
        case 's':
            seed = g_ascii_strtoull(optarg, NULL, 10);
            break;
        case 'k':
            findings = optarg;
            break;
        case 'a':
            all = TRUE;
            break;
        default:
            return 2;
        }
    if (optind + 1 < argc)
        return 2;
    const char *build = g_getenv("CS_TEST_BUILDDIR");
    g_autofree char *built = g_build_filename(build != NULL ? build : ".", "cardsim", NULL);
    g_autofree char *program = g_canonicalize_filename(optind < argc ? argv[optind] : built, NULL);
    Trial trial = {.program = program,
                   .directory = g_dir_make_tmp("cardsim-random-XXXXXX", NULL),
                   .said = g_string_new(NULL)};
    gint64 until_us = g_get_monotonic_time() + (gint64)seconds * 1000000;
    if (number == 0)
        number = seconds > 0 ? G_MAXUINT32 : 100;
    guint bad = 0, done = 0;
    for (; done < number && (seconds == 0 || g_get_monotonic_time() < until_us); done++) {
        grammar_write((guint32)(seed + done), trial.directory);
        g_autofree char *wrong = judge(&trial);
        if (wrong == NULL && all)
            keep(&trial, findings, (guint32)(seed + done), NULL);
        if (wrong != NULL) {
            bad++;
            keep(&trial, findings, (guint32)(seed + done), wrong);
        }
        empty(trial.directory);
    }
    g_rmdir(trial.directory);
    g_free(trial.directory);
    g_string_free(trial.said, TRUE);
    printf("%u scenarios: %u run, %u refused, %u failed with a word, %u interrupted after %d s\n",
           done, trial.n_run, trial.n_refused, trial.n_failed, trial.n_long, PATIENCE_S);
    /* Dice that always fall on errors would test nothing but the reader. */
    gboolean fair = trial.n_run * 10 >= done;
    printf("cases: %u passed, %u failed, 0 skipped\n", done - bad, bad + !fair);
    return bad == 0 && fair ? 0 : 1;
}
