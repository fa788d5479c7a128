/* campaign/progress: how far a plan is, on a terminal. See progress.h. */
#include "campaign/progress.h"

#include <unistd.h>

#define FIRST_US (G_TIME_SPAN_SECOND / 2)
#define EVERY_US (G_TIME_SPAN_SECOND / 10)

struct CsProgress {
    FILE *stream; /* NULL: shows nothing */
    gint64 start_us;
    gint64 drawn_us;
    gboolean drawn;
};

CsProgress *cs_progress_new(FILE *stream, gboolean quiet)
{
    CsProgress *progress = g_new0(CsProgress, 1);
    if (stream != NULL && !quiet && isatty(fileno(stream)))
        progress->stream = stream;
    progress->start_us = g_get_monotonic_time();
    return progress;
}

void cs_progress_free(CsProgress *progress)
{
    if (progress == NULL)
        return;
    cs_progress_end(progress);
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

char *cs_progress_format(guint64 units_done, guint64 units, double share, guint64 events,
                         double simulated_s, double elapsed_s)
{
    double elapsed = MAX(elapsed_s, 1e-6);
    g_autofree char *event_rate = format_rate((double)events / elapsed);
    g_autofree char *time_rate = format_rate(simulated_s / elapsed);
    g_autofree char *eta = format_eta(share, elapsed_s);
    return g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
                           " runs  %3.0f %%  %s events/s  %s simulated s/s  ETA %s",
                           units_done, units, 100.0 * CLAMP(share, 0.0, 1.0), event_rate, time_rate,
                           eta);
}

void cs_progress_update(CsProgress *progress, guint64 units_done, guint64 units, double share,
                        guint64 events, double simulated_s)
{
    if (progress->stream == NULL)
        return;
    gint64 now = g_get_monotonic_time();
    if (now - progress->start_us < FIRST_US || now - progress->drawn_us < EVERY_US)
        return;
    g_autofree char *line = cs_progress_format(units_done, units, share, events, simulated_s,
                                               (double)(now - progress->start_us) / 1e6);
    fprintf(progress->stream, "\r%s\033[K", line);
    fflush(progress->stream);
    progress->drawn_us = now;
    progress->drawn = TRUE;
}

void cs_progress_end(CsProgress *progress)
{
    if (!progress->drawn)
        return;
    fputs("\r\033[K", progress->stream);
    fflush(progress->stream);
    progress->drawn = FALSE;
}
