/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/campaign: order, bounds, stopping, and what the progress line says. */
#define _XOPEN_SOURCE 700 /* posix_openpt() and its like */

#include "cs-check.h"

#include "base/statistics.h"
#include "campaign/stopping.h"
#include "campaign/emit.h"
#include "campaign/ordered.h"
#include "campaign/progress.h"

#include <fcntl.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNITS 500

typedef struct {
    gint next;         /* unit finish() expects; read by workers too */
    guint64 wanted;    /* results that were wanted */
    guint64 stop_at;   /* unit whose finish() says stop */
    guint64 tick_stop; /* finished units at which tick() says stop */
    gint started;
    gint running_ahead; /* the most units started and not finished */
    GThread *thread;
    GString *text;
} Fake;

/* Work that takes longer for some units than for others, so that threads overtake one another. */
static gpointer fake_work(gpointer context, guint64 unit, const gint *cancel)
{
    Fake *fake = context;
    gint started = g_atomic_int_add(&fake->started, 1) + 1;
    gint ahead = started - g_atomic_int_get(&fake->next);
    if (ahead > g_atomic_int_get(&fake->running_ahead))
        g_atomic_int_set(&fake->running_ahead, ahead);
    guint64 hash = unit;
    for (guint64 i = 0; i < (unit * 7919) % 20000 && !g_atomic_int_get(cancel); i++)
        hash = hash * 6364136223846793005u + 1442695040888963407u;
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "\n", unit, hash);
}

static gboolean fake_finish(gpointer context, guint64 unit, gpointer result, gboolean wanted)
{
    Fake *fake = context;
    ck_assert((gint)unit == g_atomic_int_add(&fake->next, 1));
    ck_assert_ptr_eq(g_thread_self(), fake->thread);
    if (wanted) {
        fake->wanted++;
        g_string_append(fake->text, result);
    }
    g_free(result);
    return unit != fake->stop_at;
}

static gboolean fake_tick(gpointer context, guint64 finished)
{
    return finished < ((Fake *)context)->tick_stop;
}

static gboolean run_fake(Fake *fake, guint threads, guint window)
{
    const CsOrderedWork work = {fake_work, fake_finish, fake_tick, fake, NULL};
    fake->thread = g_thread_self();
    fake->text = g_string_new(NULL);
    return cs_ordered_run(UNITS, threads, window, &work);
}

START_TEST(same_bytes_for_any_threads)
{
    static const guint threads[] = {1, 2, 8, 0};
    g_autofree char *first = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
        Fake fake = {.stop_at = G_MAXUINT64, .tick_stop = G_MAXUINT64};
        ck_assert(run_fake(&fake, threads[i], 4));
        ck_assert_uint_eq(fake.wanted, UNITS);
        if (first == NULL)
            first = g_strdup(fake.text->str);
        ck_assert_str_eq(fake.text->str, first);
        g_string_free(fake.text, TRUE);
    }
}
END_TEST

/* A worker's look at `next` may be one unit old. */
START_TEST(run_ahead_is_bounded)
{
    Fake fake = {.stop_at = G_MAXUINT64, .tick_stop = G_MAXUINT64};
    ck_assert(run_fake(&fake, 2, 6));
    ck_assert_int_le(fake.running_ahead, 7);
    g_string_free(fake.text, TRUE);
}
END_TEST

START_TEST(first_failure_stops)
{
    for (guint threads = 1; threads <= 8; threads *= 2) {
        Fake fake = {.stop_at = 100, .tick_stop = G_MAXUINT64};
        ck_assert(!run_fake(&fake, threads, 16));
        ck_assert_uint_eq(fake.wanted, 101);
        ck_assert_uint_le(fake.next, 101 + 16);
        ck_assert_uint_eq(fake.next, fake.started); /* every result came back to be freed */
        g_string_free(fake.text, TRUE);
    }
}
END_TEST

START_TEST(interruption_stops)
{
    Fake fake = {.stop_at = G_MAXUINT64, .tick_stop = 50};
    ck_assert(!run_fake(&fake, 2, 16));
    ck_assert_uint_eq(fake.wanted, 50);
    ck_assert_uint_eq(fake.next, fake.started);
    g_string_free(fake.text, TRUE);
}
END_TEST

START_TEST(no_units_is_done)
{
    Fake fake = {.stop_at = G_MAXUINT64, .tick_stop = G_MAXUINT64};
    const CsOrderedWork work = {fake_work, fake_finish, fake_tick, &fake, NULL};
    ck_assert(cs_ordered_run(0, 4, 4, &work));
    ck_assert_int_eq(fake.started, 0);
}
END_TEST

START_TEST(progress_line)
{
    static const struct {
        guint64 done, units;
        double share;
        guint64 events;
        double simulated_s, elapsed_s;
        const char *line;
    } known[] = {
        /* 6.4e6 events in 2 s; (1 - 0.06)/0.06 of 2 s are left: 31.3 s */
        {12, 200, 0.06, 6400000, 82000, 2.0,
         "12/200 replications    6 %  3.20 M events/s  41.0 k simulated s/s  ETA 0:31"},
        {0, 1, 0.0, 0, 0, 1.0, "0/1 replications    0 %  0.0 events/s  0.0 simulated s/s  ETA -"},
        /* 1 % in an hour: 99 h left */
        {1, 100, 0.01, 36000, 3600, 3600.0,
         "1/100 replications    1 %  10 events/s  1.0 simulated s/s  ETA 99:00:00"},
        {5, 5, 1.0, 999600, 999600, 1.0,
         "5/5 replications  100 %  1.00 M events/s  1.00 M simulated s/s  ETA 0:00"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *line = cs_progress_format(known[i].done, known[i].units, "replications",
                                                   known[i].share, known[i].share, known[i].events,
                                                   known[i].simulated_s, known[i].elapsed_s);
        ck_assert_str_eq(line, known[i].line);
    }
}
END_TEST

/* A file is no terminal: nothing may be written to it. */
START_TEST(progress_is_for_terminals)
{
    FILE *stream = tmpfile();
    CsProgress *progress = cs_progress_new(stream, FALSE);
    g_usleep(600000);
    cs_progress_update(progress, 1, 2, 0.5, 1, 1.0);
    cs_progress_free(progress);
    ck_assert_int_eq(ftell(stream), 0);
    fclose(stream);
}
END_TEST

/* The line on a terminal is drawn over itself, and gone when the work ends: the message that comes
 * then begins in an empty line. */
START_TEST(progress_leaves_an_empty_line)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        return; /* a machine without pseudo-terminals */
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(slave, 0);
    FILE *stream = fdopen(slave, "w");
    CsProgress *progress = cs_progress_new(stream, FALSE);
    g_usleep(600000);
    cs_progress_update(progress, 1, 2, 0.5, 1, 1.0);
    cs_progress_end(progress);
    fputs("done", stream);
    fflush(stream);
    char text[1000] = "";
    gssize n = 0, more;
    while (strstr(text, "done") == NULL &&
           (more = read(master, text + n, sizeof text - 1 - (gsize)n)) > 0)
        n += more;
    ck_assert_msg(g_str_has_prefix(text, "\r1/2 replications   50 %"), "%s", text);
    ck_assert_msg(g_str_has_suffix(text, "\033[K\r\033[Kdone"), "%s", text);
    cs_progress_free(progress);
    fclose(stream);
    close(master);
}
END_TEST

/* What `update` writes to a stream that is no terminal. Transfer full. */
static char *told(CsProgressForm form, guint64 runs, guint64 runs_done, guint64 failures)
{
    FILE *stream = tmpfile();
    CsProgress *progress = cs_progress_new(stream, FALSE);
    cs_progress_set_form(progress, form);
    cs_progress_set_runs(progress, 0, runs);
    for (guint64 i = 0; i < runs_done; i++)
        cs_progress_count_run(progress);
    for (guint64 i = 0; i < failures; i++)
        cs_progress_count_failure(progress);
    cs_progress_update(progress, 5, 20, 0.25, 100, 1.0);
    cs_progress_update(progress, 5, 20, 0.29, 100, 1.0); /* the same tenth */
    cs_progress_free(progress);
    char *text = g_malloc0(1000);
    rewind(stream);
    ck_assert_uint_gt(fread(text, 1, 999, stream), 0);
    fclose(stream);
    return text;
}

START_TEST(progress_counts_runs)
{
    g_autofree char *lines = told(CS_PROGRESS_LINES, 10, 2, 1);
    ck_assert_ptr_nonnull(strstr(lines, "2/10 runs   25 %"));
    ck_assert_ptr_nonnull(strstr(lines, "1 failed"));
    ck_assert_ptr_eq(strchr(lines, '\n'), lines + strlen(lines) - 1); /* one line */
    g_autofree char *plain = told(CS_PROGRESS_LINES, 0, 0, 0);
    ck_assert_ptr_nonnull(strstr(plain, "5/20 replications   25 %"));
    g_autofree char *json = told(CS_PROGRESS_JSON, 10, 2, 1);
    ck_assert(g_str_has_prefix(json, "{\"runs_done\":2,\"runs\":10,\"replications_done\":5,"
                                     "\"replications\":20,\"share\":0.2900,"));
    ck_assert_ptr_nonnull(strstr(json, "\"failures\":1"));
}
END_TEST

/* A long export is told too: as JSON from its first rows on. */
START_TEST(progress_tells_of_writing)
{
    FILE *stream = tmpfile();
    CsProgress *progress = cs_progress_new(stream, FALSE);
    cs_progress_set_form(progress, CS_PROGRESS_JSON);
    cs_progress_write(progress, "rounds.csv", 250, 1000);
    cs_progress_write(progress, "rounds.csv", 500, 1000); /* within the same second */
    cs_progress_free(progress);
    char text[1000] = "";
    rewind(stream);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, stream), 0);
    fclose(stream);
    ck_assert(g_str_has_prefix(text, "{\"writing\":\"rounds.csv\",\"rows_done\":250,\"rows\":1000,"
                                     "\"share\":0.2500,\"elapsed_s\":"));
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
}
END_TEST

/* Ten minutes a shard; at least four; at most a thousand; never more than `most`. */
START_TEST(number_of_shards)
{
    ck_assert_uint_eq(cs_emit_shards(0.0, 100), 4);
    ck_assert_uint_eq(cs_emit_shards(6000.0, 100), 10);
    ck_assert_uint_eq(cs_emit_shards(6001.0, 100), 11);
    ck_assert_uint_eq(cs_emit_shards(1e9, 1000000), 1000);
    ck_assert_uint_eq(cs_emit_shards(1e9, 7), 7);
    ck_assert_uint_eq(cs_emit_shards(0.0, 1), 1);
}
END_TEST

/* One run by the rule: whether the 95 % interval that a report makes of it holds the mean, which is
 * 1. Values are normal, or log-normal (`skewed`), with the coefficient of variation `cv`. */
static gboolean covers(gsl_rng *random, double cv, gboolean skewed, double precision, guint batch)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    double sigma = sqrt(log1p(cv * cv));
    CsStopping stopping = {.precision = precision};
    do {
        for (guint i = 0; i < batch; i++) {
            double normal = gsl_ran_gaussian_ziggurat(random, 1.0);
            double value = skewed ? exp(sigma * normal - sigma * sigma / 2) : 1 + cv * normal;
            g_array_append_val(values, value);
        }
    } while (!cs_stopping_look(&stopping, (const double *)(gconstpointer)values->data, values->len,
                               values->len));
    ck_assert_uint_ge(values->len, CS_STOPPING_LEAST + CS_STOPPING_EXTRA);
    CsEstimate mean =
        cs_mean_estimate((const double *)(gconstpointer)values->data, values->len, 0.95);
    return fabs(mean.value - 1) <= mean.half_width;
}

/* The promise: at least 93 % of a thousand intervals hold the mean. */
START_TEST(stopped_runs_cover_the_mean)
{
    static const double spreads[] = {0.02, 0.05, 0.1}, precisions[] = {0.01, 0.02, 0.05};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    for (guint s = 0; s < G_N_ELEMENTS(spreads); s++)
        for (guint p = 0; p < G_N_ELEMENTS(precisions); p++)
            for (guint k = 0; k < 4; k++) {
                guint held = 0;
                gsl_rng_set(random, 1 + k);
                for (guint i = 0; i < 1000; i++)
                    held += covers(random, spreads[s], k % 2 == 1, precisions[p], k < 2 ? 2 : 10);
                ck_assert_msg(held >= 930, "spread %g, precision %g, %s, by %u: %u of 1000",
                              spreads[s], precisions[p], k % 2 == 1 ? "log-normal" : "normal",
                              k < 2 ? 2 : 10, held);
            }
    gsl_rng_free(random);
}
END_TEST

/* Values of 9 and 11 in turns: mean 10, variance n/(n-1), half-width t(n-1)/sqrt(n-1). From printed
 * tables t(0.975, 19) = 2.0930: 0.4802, and t(24) = 2.0639: 0.4213 (25 values: one 9 more, mean
 * 9.96), t(29) = 2.0452: 0.3798. */
START_TEST(looks_begin_late_and_end_later)
{
    double values[40];
    for (guint i = 0; i < 40; i++)
        values[i] = i % 2 == 0 ? 9 : 11;
    CsStopping wide = {.precision = 0.0481}, narrow = {.precision = 0.0381};
    for (guint n = 2; n < 20; n += 2)
        ck_assert(!cs_stopping_look(&wide, values, n, n));
    ck_assert_uint_eq(wide.narrow_at, 0);
    ck_assert(!cs_stopping_look(&wide, values, 20, 20));
    ck_assert_uint_eq(wide.narrow_at, 20);
    ck_assert(!cs_stopping_look(&wide, values, 28, 28));
    ck_assert(cs_stopping_look(&wide, values, 30, 30));
    ck_assert(!cs_stopping_look(&narrow, values, 20, 20));
    ck_assert(!cs_stopping_look(&narrow, values, 28, 28));
    ck_assert_uint_eq(narrow.narrow_at, 0);
    ck_assert(!cs_stopping_look(&narrow, values, 30, 30));
    ck_assert_uint_eq(narrow.narrow_at, 30);
    ck_assert(cs_stopping_look(&narrow, values, 40, 40));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("campaign");
    TCase *tc = tcase_create("campaign");
    tcase_add_test(tc, same_bytes_for_any_threads);
    tcase_add_test(tc, run_ahead_is_bounded);
    tcase_add_test(tc, first_failure_stops);
    tcase_add_test(tc, interruption_stops);
    tcase_add_test(tc, no_units_is_done);
    tcase_add_test(tc, progress_line);
    tcase_add_test(tc, progress_is_for_terminals);
    tcase_add_test(tc, progress_leaves_an_empty_line);
    tcase_add_test(tc, progress_counts_runs);
    tcase_add_test(tc, progress_tells_of_writing);
    tcase_add_test(tc, number_of_shards);
    tcase_add_test(tc, stopped_runs_cover_the_mean);
    tcase_add_test(tc, looks_begin_late_and_end_later);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
