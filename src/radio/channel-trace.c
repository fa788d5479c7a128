/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/channel-trace: measured channels. See channel-trace.h. Layer: radio; calls base, text. */
#include "radio/channel-trace.h"

#include "base/units.h"
#include "des/des.h"
#include "radio/trace-time.h"

#include <math.h>
#include <string.h>

#define ONLY_ROW_NS G_GINT64_CONSTANT(1000000000) /* how long a file's only row lasts */

const CsName cs_trace_kind_names[] = {
    {"cqi", CS_TRACE_CQI}, {"snr", CS_TRACE_SNR}, {"rate", CS_TRACE_RATE}, CS_NAMES_END};
CS_NAMES_COVER(cs_trace_kind_names, CS_TRACE_RATE);
const CsName cs_trace_end_names[] = {
    {"hold", CS_TRACE_HOLD}, {"loop", CS_TRACE_LOOP}, {"stop", CS_TRACE_STOP}, CS_NAMES_END};
CS_NAMES_COVER(cs_trace_end_names, CS_TRACE_STOP);
const CsName cs_trace_time_names[] = {{"s", CS_TRACE_TIME_S},
                                      {"ms", CS_TRACE_TIME_MS},
                                      {"us", CS_TRACE_TIME_US},
                                      {"date", CS_TRACE_TIME_DATE},
                                      CS_NAMES_END};
CS_NAMES_COVER(cs_trace_time_names, CS_TRACE_TIME_DATE);

struct CsChannelTrace {
    CsTraceKind kind;
    CsTraceEnd end;
    guint n;
    gint64 *time_ns; /* n, then the end of the file's last row */
    double *value;
    guint64 digest;
};

/* --- making --------------------------------------------------------------------------------------
 */

static guint64 digest_of(const CsChannelTrace *trace)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    guint64 first;
    g_checksum_update(sum, (const guchar *)trace->time_ns,
                      (gssize)((trace->n + 1) * sizeof *trace->time_ns));
    g_checksum_update(sum, (const guchar *)trace->value, (gssize)(trace->n * sizeof *trace->value));
    g_checksum_get_digest(sum, digest, &length);
    memcpy(&first, digest, sizeof first);
    return first;
}

/* Lasts until `duration_ns`, behind the last of its times. */
static CsChannelTrace *trace_new(CsTraceKind kind, CsTraceEnd end, const gint64 *time_ns,
                                 const double *value, guint n, gint64 duration_ns)
{
    g_assert(n > 0 && time_ns[0] == 0 && duration_ns > time_ns[n - 1]);
    CsChannelTrace *trace = g_new0(CsChannelTrace, 1);
    trace->kind = kind;
    trace->end = end;
    trace->n = n;
    trace->time_ns = g_new(gint64, n + 1);
    memcpy(trace->time_ns, time_ns, n * sizeof *time_ns);
    trace->time_ns[n] = duration_ns;
    trace->value = g_new(double, n);
    memcpy(trace->value, value, n * sizeof *value);
    trace->digest = digest_of(trace);
    return trace;
}

/* --- reading -------------------------------------------------------------------------------------
 */

typedef struct {
    const CsTraceFormat *format;
    CsRows *rows;
    CsDiagnostics *diagnostics;
    gint time_column, value_column;
    GArray *time_ns, *value; /* of the rows with a value */
    CsTraceClock clock;
    guint n_rows;
    gint64 row_ns, step_ns; /* the last row's time, with a value or not; that since the one before
                               it of another time */
} Reader;

/* The value in the units of cs_channel_trace_value(); FALSE with an error. */
static gboolean read_value(Reader *reader, double *value)
{
    CsField field = cs_rows_field(reader->rows, reader->value_column);
    CsPlace place = cs_rows_place(reader->rows, reader->value_column);
    if (!cs_field_number(field, value))
        return cs_diagnostics_error(reader->diagnostics, place,
                                    "write a plain decimal number such as 12.5, or nothing",
                                    "not a number");
    switch (reader->format->kind) {
    case CS_TRACE_CQI:
        if (*value >= 0 && *value <= 15 && floor(*value) == *value)
            return TRUE;
        return cs_diagnostics_error(reader->diagnostics, place, NULL,
                                    "a CQI is a whole number in 0 .. 15");
    case CS_TRACE_SNR:
        *value = cs_db_to_linear(*value);
        if (isfinite(*value) && *value > 0)
            return TRUE;
        return cs_diagnostics_error(reader->diagnostics, place, NULL,
                                    "no SNR in dB is that far from 0");
    case CS_TRACE_RATE:
        *value *= reader->format->scale;
        if (*value >= 0 && isfinite(*value))
            return TRUE;
        return cs_diagnostics_error(reader->diagnostics, place, NULL, "a rate is not negative");
    }
    g_assert_not_reached();
}

/* The row's time, and with it the file's clock: a row without a value has one, too. */
static gboolean take_time(Reader *reader)
{
    CsField field = cs_rows_field(reader->rows, reader->time_column);
    CsPlace place = cs_rows_place(reader->rows, reader->time_column);
    gint64 time_ns;
    if (!cs_trace_clock_read(&reader->clock, field, &time_ns)) {
        cs_trace_time_complain(reader->format->time_unit, place, reader->diagnostics);
        return FALSE;
    }
    if (time_ns < reader->row_ns)
        return cs_diagnostics_error(reader->diagnostics, place, "sort the rows by time",
                                    "the time is earlier than the row before");
    if (reader->n_rows++ == CS_TRACE_ROWS_MAX)
        return cs_diagnostics_error(reader->diagnostics, place,
                                    "cut the file, or take every tenth row", "more than %d rows",
                                    CS_TRACE_ROWS_MAX);
    if (time_ns > reader->row_ns)
        reader->step_ns = time_ns - reader->row_ns;
    reader->row_ns = time_ns;
    return TRUE;
}

static gboolean take_row(Reader *reader)
{
    gboolean missing = cs_field_missing(cs_rows_field(reader->rows, reader->value_column));
    if (missing && cs_field_missing(cs_rows_field(reader->rows, reader->time_column)))
        return TRUE;
    double value;
    if (!take_time(reader))
        return FALSE;
    if (missing)
        return TRUE;
    if (!read_value(reader, &value))
        return FALSE;
    guint n = reader->time_ns->len;
    if (n > 0 && g_array_index(reader->time_ns, gint64, n - 1) == reader->row_ns) {
        g_array_index(reader->value, double, n - 1) = value;
        return TRUE;
    }
    gint64 time_ns = n > 0 ? reader->row_ns : 0; /* the first value holds before its time, too */
    g_array_append_val(reader->time_ns, time_ns);
    g_array_append_val(reader->value, value);
    return TRUE;
}

/* A trace that never carries a bit would keep a device waiting for ever. */
static gboolean check(Reader *reader)
{
    guint n = reader->time_ns->len;
    if (n == 0)
        return cs_diagnostics_error(reader->diagnostics, cs_rows_whole(reader->rows), NULL,
                                    "the trace has no rows with a value of '%s'",
                                    reader->format->value_column);
    const double *value = (const double *)(gpointer)reader->value->data;
    gboolean hold = reader->format->end == CS_TRACE_HOLD;
    for (guint i = hold ? n - 1 : 0; i < n; i++)
        if (reader->format->kind == CS_TRACE_CQI || value[i] > 0)
            return TRUE;
    return cs_diagnostics_error(reader->diagnostics, cs_rows_whole(reader->rows),
                                hold ? "let it loop, or end it with a positive rate" : NULL,
                                hold ? "the trace ends at a rate of 0, which would hold for ever"
                                     : "the trace has no rate above 0");
}

CsChannelTrace *cs_channel_trace_read(const char *path, const char *name,
                                      const CsTraceFormat *format, CsPlace from,
                                      CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    g_autoptr(CsRows) rows = cs_rows_open(path, name, CS_TRACE_FILE_MAX, from, diagnostics);
    if (rows == NULL)
        return NULL;
    Reader reader = {.format = format,
                     .rows = rows,
                     .diagnostics = diagnostics,
                     .clock = {.unit = format->time_unit, .from_first = TRUE},
                     .step_ns = ONLY_ROW_NS};
    reader.time_column = cs_rows_column(rows, format->time_column, from);
    reader.value_column = cs_rows_column(rows, format->value_column, from);
    if (reader.time_column < 0 || reader.value_column < 0)
        return NULL;
    g_autoptr(GArray) time_ns = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) value = g_array_new(FALSE, FALSE, sizeof(double));
    reader.time_ns = time_ns;
    reader.value = value;
    while (cs_rows_next(rows) && take_row(&reader))
        ;
    if (cs_diagnostics_told(diagnostics) != errors || !check(&reader))
        return NULL;
    return trace_new(format->kind, format->end, (const gint64 *)(gpointer)time_ns->data,
                     (const double *)(gpointer)value->data, time_ns->len,
                     reader.row_ns + reader.step_ns);
}

/* --- in use --------------------------------------------------------------------------------------
 */

CsChannelTrace *cs_channel_trace_new(CsTraceKind kind, CsTraceEnd end, const gint64 *time_ns,
                                     const double *value, guint n)
{
    gint64 step_ns = n > 1 ? time_ns[n - 1] - time_ns[n - 2] : ONLY_ROW_NS;
    return trace_new(kind, end, time_ns, value, n, time_ns[n - 1] + step_ns);
}

guint64 cs_channel_trace_digest(const CsChannelTrace *trace)
{
    return trace->digest;
}

void cs_channel_trace_free(CsChannelTrace *trace)
{
    if (trace == NULL)
        return;
    g_free(trace->time_ns);
    g_free(trace->value);
    g_free(trace);
}

CsTraceKind cs_channel_trace_kind(const CsChannelTrace *trace)
{
    return trace->kind;
}

guint cs_channel_trace_rows(const CsChannelTrace *trace)
{
    return trace->n;
}

gint64 cs_channel_trace_duration_ns(const CsChannelTrace *trace)
{
    return trace->time_ns[trace->n];
}

/* The last row whose time is not after `time_ns`. */
static guint row_at(const CsChannelTrace *trace, gint64 time_ns, guint from)
{
    if (from >= trace->n || trace->time_ns[from] > time_ns)
        from = 0;
    /* Mostly the same row or the next one. */
    for (int i = 0; i < 2 && from + 1 < trace->n && trace->time_ns[from + 1] <= time_ns; i++)
        from++;
    guint low = from, high = trace->n; /* in [low, high) */
    if (from + 1 < trace->n && trace->time_ns[from + 1] > time_ns)
        return from;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (trace->time_ns[middle] <= time_ns)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double cs_channel_trace_value(const CsChannelTrace *trace, gint64 time_ns, guint *cursor,
                              gint64 *until_ns)
{
    gint64 duration_ns = trace->time_ns[trace->n], lap_ns = 0;
    if (time_ns >= duration_ns && trace->end == CS_TRACE_STOP) {
        *until_ns = CS_TIME_MAX;
        return NAN;
    }
    if (trace->end == CS_TRACE_LOOP)
        lap_ns = time_ns / duration_ns * duration_ns;
    guint row = row_at(trace, time_ns - lap_ns, *cursor);
    *cursor = row;
    if (trace->end == CS_TRACE_HOLD && row == trace->n - 1)
        *until_ns = CS_TIME_MAX;
    else
        *until_ns = cs_time_sum(lap_ns, trace->time_ns[row + 1]);
    return trace->value[row];
}
