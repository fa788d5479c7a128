/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/trace: Chrome's trace event format: complete events ("ph": "X") with ts and dur in µs,
 * and metadata events ("ph": "M") that name processes (the server, each device) and threads.
 */
#include "output/trace.h"

#include "base/number.h"

#include <stddef.h>
#include <string.h>

/* A process each: the server is 1, device i is i + 2 (0 is special to viewers). */
#define SERVER 1
#define FIRST_DEVICE 2

/* A device's threads. The server's are its GPUs, from 1. */
enum { TRACK_COMPUTING = 1, TRACK_UPLINK, TRACK_DOWNLINK };

static const struct {
    const char *category;
    guint track; /* 0: the server's */
} tracks[] = {
    [CS_BY_DEVICE] = {"computing", TRACK_COMPUTING},
    [CS_BY_SERVER] = {"computing", 0},
    [CS_BY_UPLINK] = {"uplink", TRACK_UPLINK},
    [CS_BY_DOWNLINK] = {"downlink", TRACK_DOWNLINK},
};

struct CsTrace {
    CsSink sink;
    CsFile *file;
    const CsConfig *config;
    gboolean any; /* an event stands before the next one */
};

static CsTrace *trace_of(CsSink *sink)
{
    return (CsTrace *)((char *)sink - offsetof(CsTrace, sink));
}

static void begin_event(CsTrace *trace)
{
    cs_file_puts(trace->file, trace->any ? ",\n" : "\n");
    trace->any = TRUE;
}

/* Names are safe within JSON by the syntax of device names. */
static void name_process(CsTrace *trace, guint process, const char *kind, const char *name)
{
    begin_event(trace);
    cs_file_printf(trace->file,
                   "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%u,"
                   "\"args\":{\"name\":\"%s%s\"}}",
                   process, kind, name);
    begin_event(trace);
    cs_file_printf(
        trace->file,
        "{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":%u,\"args\":{\"sort_index\":%u}}",
        process, process);
}

static void name_track(CsTrace *trace, guint process, guint track, const char *kind,
                       const char *name)
{
    begin_event(trace);
    cs_file_printf(trace->file,
                   "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":%u,"
                   "\"args\":{\"name\":\"%s%s\"}}",
                   process, track, kind, name);
}

static gboolean gpu_per_device(const CsConfig *config)
{
    return config->schedule != CS_SCHEDULE_SEQUENTIAL &&
           (config->server.gpus == CS_GPUS_UNLIMITED ||
            config->server.discipline == CS_DISCIPLINE_SHARING);
}

static void name_gpus(CsTrace *trace)
{
    const CsConfig *config = trace->config;
    gboolean own = gpu_per_device(config);
    guint n = own ? config->n_devices : config->server.gpus;
    if (config->schedule == CS_SCHEDULE_SEQUENTIAL)
        n = 1;
    name_process(trace, SERVER, "server", "");
    for (guint i = 0; i < n; i++) {
        g_autofree char *name =
            own ? cs_config_device_name(config, i) : g_strdup_printf("%u", i + 1);
        name_track(trace, SERVER, i + 1, own ? "GPU for device " : "GPU ", name);
    }
}

/* Microseconds with all three decimals that nanoseconds have. */
static char *put_us(char *p, gint64 time_ns)
{
    p += cs_number_format_whole(p, time_ns / 1000);
    guint rest = (guint)(time_ns % 1000);
    *p++ = '.';
    *p++ = (char)('0' + rest / 100);
    *p++ = (char)('0' + rest / 10 % 10);
    *p++ = (char)('0' + rest % 10);
    return p;
}

static void take_span(CsSink *sink, const CsSpan *span)
{
    CsTrace *trace = trace_of(sink);
    if (span->replication != 1 || span->end_ns == span->start_ns)
        return;
    CsStageBy by = cs_stage_kind(span->stage)->by;
    guint track = tracks[by].track, process = FIRST_DEVICE + span->device;
    gboolean server = track == 0;
    if (server) {
        process = SERVER;
        track = 1 + (gpu_per_device(trace->config) ? span->device : span->gpu);
    }
    char line[512], *p = line;
    p = g_stpcpy(p, "{\"ph\":\"X\",\"pid\":");
    p += cs_number_format_whole(p, process);
    p = g_stpcpy(p, ",\"tid\":");
    p += cs_number_format_whole(p, track);
    p = g_stpcpy(p, ",\"ts\":");
    p = put_us(p, span->start_ns);
    p = g_stpcpy(p, ",\"dur\":");
    p = put_us(p, span->end_ns - span->start_ns);
    p = g_stpcpy(p, ",\"cat\":\"");
    p = g_stpcpy(p, tracks[by].category);
    p = g_stpcpy(p, "\",\"name\":\"");
    p = g_stpcpy(p, cs_stage_name(span->stage));
    p = g_stpcpy(p, "\",\"args\":{\"round\":");
    p += cs_number_format_whole(p, (gint64)span->round);
    if (span->epoch > 0) {
        p = g_stpcpy(p, ",\"epoch\":");
        p += cs_number_format_whole(p, span->epoch);
    }
    begin_event(trace);
    cs_file_write(trace->file, line, (gsize)(p - line));
    if (server) {
        /* A name has no length that a line on the stack could hold. */
        g_autofree char *name = cs_config_device_name(trace->config, span->device);
        cs_file_puts(trace->file, ",\"device\":\"");
        cs_file_puts(trace->file, name);
        cs_file_puts(trace->file, "\"");
    }
    cs_file_puts(trace->file, "}}");
}

CsTrace *cs_trace_new(CsFile *file, const CsConfig *config)
{
    CsTrace *trace = g_new0(CsTrace, 1);
    trace->sink.span = take_span;
    trace->file = file;
    trace->config = config;
    cs_file_puts(file, CS_TRACE_START);
    name_gpus(trace);
    for (guint i = 0; i < config->n_devices; i++) {
        g_autofree char *name = cs_config_device_name(config, i);
        name_process(trace, FIRST_DEVICE + i, "device ", name);
        name_track(trace, FIRST_DEVICE + i, TRACK_COMPUTING, "computing", "");
        name_track(trace, FIRST_DEVICE + i, TRACK_UPLINK, "uplink", "");
        name_track(trace, FIRST_DEVICE + i, TRACK_DOWNLINK, "downlink", "");
    }
    return trace;
}

CsSink *cs_trace_sink(CsTrace *trace)
{
    return &trace->sink;
}

void cs_trace_end(CsTrace *trace)
{
    cs_file_puts(trace->file, "\n]}\n");
    g_free(trace);
}
