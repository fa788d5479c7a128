/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/progress: how far a plan is, on a terminal. See progress.h. */
#include "campaign/progress.h"

#include "base/console.h"

#include <math.h>
#include <unistd.h>

#define FIRST_US (G_TIME_SPAN_SECOND / 2)
#define EVERY_US (G_TIME_SPAN_SECOND / 10)

#define JSON_EVERY_US G_TIME_SPAN_SECOND
#define WRITING_LINES_US (2 * G_TIME_SPAN_SECOND) /* what takes less long needs no lines */

/* What was told last. */
typedef struct {
    guint64 units_done, units, events;
    double share, simulated_s;
} State;

struct CsProgress {
    FILE *stream;
    gboolean quiet, terminal;
    CsProgressForm form;
    gint64 start_us;
    gint64 drawn_us;
    gboolean drawn;
    guint tenths;            /* CS_PROGRESS_LINES: told so far */
    guint64 runs_done, runs; /* `runs` is 0 where only replications count */
    double before;           /* share of all the work that was done by an earlier program */
    guint64 failures;
    double loss; /* NAN: none */
    State state;
    gboolean told;     /* CS_PROGRESS_JSON: `state` is on the stream */
    char *writing;     /* the file of cs_progress_write(), or NULL */
    gint64 writing_us; /* when it began */
};

CsProgress *cs_progress_new(FILE *stream, gboolean quiet)
{
    CsProgress *progress = g_new0(CsProgress, 1);
    progress->stream = stream;
    progress->quiet = quiet || stream == NULL;
    progress->terminal = !progress->quiet && isatty(fileno(stream));
    progress->start_us = g_get_monotonic_time();
    progress->told = TRUE;
    progress->loss = NAN;
    return progress;
}

void cs_progress_set_form(CsProgress *progress, CsProgressForm form)
{
    progress->form = form;
}

void cs_progress_set_runs(CsProgress *progress, guint64 done, guint64 runs)
{
    progress->runs_done = done;
    progress->runs = runs;
    progress->before = runs > 0 ? (double)done / (double)runs : 0.0;
}

void cs_progress_set_before(CsProgress *progress, double share)
{
    progress->before = CLAMP(share, 0.0, 1.0);
}

/* The share of all runs, of which state.share is that of what was missing. */
static double share_of_all(const CsProgress *progress)
{
    double share = CLAMP(progress->state.share, 0.0, 1.0);
    return progress->before + (1.0 - progress->before) * share;
}

void cs_progress_count_run(CsProgress *progress)
{
    progress->runs_done++;
}

void cs_progress_count_failure(CsProgress *progress)
{
    progress->failures++;
}

void cs_progress_set_loss(CsProgress *progress, double loss)
{
    progress->loss = loss;
}

void cs_progress_free(CsProgress *progress)
{
    if (progress == NULL)
        return;
    cs_progress_end(progress);
    g_free(progress->writing);
    g_free(progress);
}

/* "1.23 M", "45.6 k", "7.0": three or so digits of a rate. Transfer full. */
static char *format_rate(double rate)
{
    static const char prefix[] = {' ', 'k', 'M', 'G', 'T'};
    guint i = 0;
    while (rate >= 999.5 && i + 1 < G_N_ELEMENTS(prefix)) {
        rate /= 1000.0;
        i++;
    }
    if (i == 0)
        return g_strdup_printf("%.*f", rate < 9.95 ? 1 : 0, rate);
    return g_strdup_printf("%.*f %c", rate < 9.95 ? 2 : rate < 99.95 ? 1 : 0, rate, prefix[i]);
}

static char *format_eta(double share, double elapsed_s)
{
    if (share <= 0.0)
        return g_strdup("-");
    double left_s = elapsed_s * (1.0 - MIN(share, 1.0)) / share;
    if (left_s >= 100.0 * 3600.0)
        return g_strdup_printf("%.0f days", left_s / 86400.0);
    guint64 s = (guint64)(left_s + 0.5);
    if (s >= 3600)
        return g_strdup_printf("%u:%02u:%02u", (guint)(s / 3600), (guint)(s / 60 % 60),
                               (guint)(s % 60));
    return g_strdup_printf("%u:%02u", (guint)(s / 60), (guint)(s % 60));
}

char *cs_progress_format(guint64 done, guint64 all, const char *counted, double of_all,
                         double share, guint64 events, double simulated_s, double elapsed_s)
{
    double elapsed = MAX(elapsed_s, 1e-6);
    g_autofree char *event_rate = format_rate((double)events / elapsed);
    g_autofree char *time_rate = format_rate(simulated_s / elapsed);
    g_autofree char *eta = format_eta(share, elapsed_s);
    return g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
                           " %s  %3.0f %%  %s events/s  %s simulated s/s  ETA %s",
                           done, all, counted, 100.0 * CLAMP(of_all, 0.0, 1.0), event_rate,
                           time_rate, eta);
}

static char *line_of(const CsProgress *progress, double elapsed_s)
{
    const State *state = &progress->state;
    gboolean runs = progress->runs > 0;
    char *line = cs_progress_format(runs ? progress->runs_done : state->units_done,
                                    runs ? progress->runs : state->units,
                                    runs ? "runs" : "replications", share_of_all(progress),
                                    state->share, state->events, state->simulated_s, elapsed_s);
    if (!isnan(progress->loss)) {
        char *longer = g_strdup_printf("%s  loss %.3f", line, progress->loss);
        g_free(line);
        line = longer;
    }
    if (progress->failures == 0)
        return line;
    char *longer = g_strdup_printf("%s  %" G_GUINT64_FORMAT " failed", line, progress->failures);
    g_free(line);
    return longer;
}

static void write_json(CsProgress *progress, double elapsed_s)
{
    const State *state = &progress->state;
    double elapsed = MAX(elapsed_s, 1e-6);
    if (progress->runs > 0)
        fprintf(progress->stream,
                "{\"runs_done\":%" G_GUINT64_FORMAT ",\"runs\":%" G_GUINT64_FORMAT,
                progress->runs_done, progress->runs);
    fprintf(progress->stream,
            "%s\"replications_done\":%" G_GUINT64_FORMAT ",\"replications\":%" G_GUINT64_FORMAT
            ",\"share\":%.4f,\"events_per_s\":%.0f,\"simulated_s_per_s\":%.6g,\"failures\":"
            "%" G_GUINT64_FORMAT ",\"elapsed_s\":%.1f,\"eta_s\":",
            progress->runs > 0 ? "," : "{", state->units_done, state->units, share_of_all(progress),
            (double)state->events / elapsed, state->simulated_s / elapsed, progress->failures,
            elapsed_s);
    if (state->share > 0.0)
        fprintf(progress->stream, "%.0f",
                elapsed_s * (1.0 - MIN(state->share, 1.0)) / state->share);
    else
        fputs("null", progress->stream);
    if (!isnan(progress->loss))
        fprintf(progress->stream, ",\"loss\":%.6g", progress->loss);
    fputs("}\n", progress->stream);
    fflush(progress->stream);
    progress->told = TRUE;
}

static void update_lines(CsProgress *progress, double elapsed_s)
{
    guint tenths = (guint)(10.0 * share_of_all(progress) + 1e-9);
    if (tenths <= progress->tenths)
        return;
    progress->tenths = tenths;
    g_autofree char *line = line_of(progress, elapsed_s);
    fprintf(progress->stream, "%s\n", line);
    fflush(progress->stream);
}

static void update_terminal(CsProgress *progress, gint64 now_us, double elapsed_s)
{
    if (now_us - progress->start_us < FIRST_US || now_us - progress->drawn_us < EVERY_US)
        return;
    g_autofree char *line = line_of(progress, elapsed_s);
    /* The last column stays free: some terminals break the line behind it. */
    int width = (int)cs_console_columns(fileno(progress->stream), 80) - 1;
    fprintf(progress->stream, "\r%.*s\033[K", width, line);
    fflush(progress->stream);
    progress->drawn_us = now_us;
    progress->drawn = TRUE;
}

void cs_progress_update(CsProgress *progress, guint64 units_done, guint64 units, double share,
                        guint64 events, double simulated_s)
{
    if (progress->quiet)
        return;
    gint64 now_us = g_get_monotonic_time();
    double elapsed_s = (double)(now_us - progress->start_us) / 1e6;
    progress->state = (State){units_done, units, events, share, simulated_s};
    progress->told = FALSE;
    if (progress->form == CS_PROGRESS_JSON) {
        if (now_us - MAX(progress->drawn_us, progress->start_us) < JSON_EVERY_US)
            return;
        progress->drawn_us = now_us;
        write_json(progress, elapsed_s);
    } else if (progress->terminal) {
        update_terminal(progress, now_us, elapsed_s);
    } else if (progress->form == CS_PROGRESS_LINES) {
        update_lines(progress, elapsed_s);
    }
}

static void write_writing_json(CsProgress *progress, guint64 rows, guint64 all, double share,
                               gint64 now_us)
{
    if (now_us - progress->drawn_us < JSON_EVERY_US)
        return;
    progress->drawn_us = now_us;
    fprintf(progress->stream,
            "{\"writing\":\"%s\",\"rows_done\":%" G_GUINT64_FORMAT ",\"rows\":%" G_GUINT64_FORMAT
            ",\"share\":%.4f,\"elapsed_s\":%.1f}\n",
            progress->writing, rows, all, share, (double)(now_us - progress->start_us) / 1e6);
    fflush(progress->stream);
}

static void write_writing_line(CsProgress *progress, double share, gint64 now_us)
{
    const char *start = progress->terminal ? "\r" : "", *end = progress->terminal ? "\033[K" : "\n";
    guint tenths = (guint)(10.0 * share + 1e-9);
    if (progress->terminal
            ? now_us - progress->writing_us < FIRST_US || now_us - progress->drawn_us < EVERY_US
            : now_us - progress->writing_us < WRITING_LINES_US || tenths <= progress->tenths)
        return;
    fprintf(progress->stream, "%swriting %s  %3.0f %%%s", start, progress->writing, 100.0 * share,
            end);
    fflush(progress->stream);
    progress->tenths = tenths;
    progress->drawn_us = now_us;
    progress->drawn = progress->terminal;
}

void cs_progress_write(CsProgress *progress, const char *file, guint64 rows, guint64 all)
{
    if (progress->quiet)
        return;
    gint64 now_us = g_get_monotonic_time();
    double share = CLAMP((double)rows / (double)MAX(all, 1), 0.0, 1.0);
    if (g_strcmp0(progress->writing, file) != 0) {
        g_free(progress->writing);
        progress->writing = g_strdup(file);
        progress->writing_us = now_us;
        progress->tenths = 0;
    }
    if (progress->form == CS_PROGRESS_JSON)
        write_writing_json(progress, rows, all, share, now_us);
    else if (progress->terminal || progress->form == CS_PROGRESS_LINES)
        write_writing_line(progress, share, now_us);
}

void cs_progress_end(CsProgress *progress)
{
    if (progress->form == CS_PROGRESS_JSON && !progress->told)
        write_json(progress, (double)(g_get_monotonic_time() - progress->start_us) / 1e6);
    if (!progress->drawn)
        return;
    fputs("\r\033[K", progress->stream);
    fflush(progress->stream);
    progress->drawn = FALSE;
}
