/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/channel-trace: a measured channel: CQI, SNR or rate over time, from a CSV file.
 *
 * A value holds from its row's time until that of the next row with a value, the first one also
 * before its time. The file's first row, with a value or not, is the simulation's start, and its
 * last row, with a value or not, lasts as long as the one before it: so all columns of a file, and
 * all devices that use it, have one clock and one lap.
 *
 * Layer: radio. Calls base, text.
 */
#ifndef CS_RADIO_CHANNEL_TRACE_H
#define CS_RADIO_CHANNEL_TRACE_H

#include "base/names.h"
#include "text/diagnostic.h"

#define CS_TRACE_FILE_MAX (64 * 1048576) /* bytes */
#define CS_TRACE_ROWS_MAX 1000000

typedef enum { CS_TRACE_CQI, CS_TRACE_SNR, CS_TRACE_RATE } CsTraceKind;
extern const CsName cs_trace_kind_names[];

/* What follows the last row: its value for ever, the first row again, or nothing. */
typedef enum { CS_TRACE_HOLD, CS_TRACE_LOOP, CS_TRACE_STOP } CsTraceEnd;
extern const CsName cs_trace_end_names[];

/* How the time column is written: a number of s, ms or us, or a date and time of day, six numbers
 * from the year to the second with one character between two of them ("2020-02-14T13:21:26.5",
 * "2020.02.14_13.21.26"), a final Z allowed. */
typedef enum {
    CS_TRACE_TIME_S,
    CS_TRACE_TIME_MS,
    CS_TRACE_TIME_US,
    CS_TRACE_TIME_DATE
} CsTraceTime;
extern const CsName cs_trace_time_names[];

/* How to read a file. Texts are borrowed. */
typedef struct {
    CsTraceKind kind;
    CsTraceEnd end;
    CsTraceTime time_unit;
    const char *time_column;
    const char *value_column;
    double scale; /* of a rate: bit/s in the column's unit; SNR is in dB, CQI 0..15 */
} CsTraceFormat;

/* Immutable. */
typedef struct CsChannelTrace CsChannelTrace;

/*
 * Reads `path`, shown to users as `name`. Times must not fall and are exact to the nanosecond; of
 * rows at the same time the last counts; a row whose value is empty or `-` holds no measurement,
 * but its time; one without a time, too, is skipped. NULL with an error at `from` (the file, a
 * column) or at its line. Transfer full.
 */
CsChannelTrace *cs_channel_trace_read(const char *path, const char *name,
                                      const CsTraceFormat *format, CsPlace from,
                                      CsDiagnostics *diagnostics);

/* From arrays: `time_ns` rising from 0, n >= 1; SNR linear, rate in bit/s. Copies. Transfer full.
 */
CsChannelTrace *cs_channel_trace_new(CsTraceKind kind, CsTraceEnd end, const gint64 *time_ns,
                                     const double *value, guint n);
void cs_channel_trace_free(CsChannelTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsChannelTrace, cs_channel_trace_free)

CsTraceKind cs_channel_trace_kind(const CsChannelTrace *trace);
guint cs_channel_trace_rows(const CsChannelTrace *trace); /* for tests */

/* 64 bits of the SHA-256 of all rows: whether two traces are the same. */
guint64 cs_channel_trace_digest(const CsChannelTrace *trace);

/* How long the file's rows last together, the last one included; for tests. */
gint64 cs_channel_trace_duration_ns(const CsChannelTrace *trace);

/*
 * The value at `time_ns` >= 0 (CQI, linear SNR, or rate in bit/s), and in *until_ns the time of the
 * next row, CS_TIME_MAX where none follows. `cursor` (from 0) remembers where the last look-up was,
 * so that a walk through the trace takes one step a row; any time may be asked for. Under `stop`
 * the value past the end is NAN.
 */
double cs_channel_trace_value(const CsChannelTrace *trace, gint64 time_ns, guint *cursor,
                              gint64 *until_ns);

#endif
