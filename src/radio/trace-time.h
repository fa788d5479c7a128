/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/trace-time: the clock of a file of measurements: how its rows write their time.
 *
 * A file has one clock, whichever of its columns is read and whatever values are missing there.
 * Times are read as decimals, digit by digit, and never through a double: of a date or a time stamp
 * since 1970 a double holds 0.1 us at best.
 *
 * Layer: radio, for readers of traces. Calls base, text.
 */
#ifndef CS_RADIO_TRACE_TIME_H
#define CS_RADIO_TRACE_TIME_H

#include "radio/channel-trace.h"
#include "text/rows.h"

#define CS_TRACE_TIME_MAX_S G_GINT64_CONSTANT(3000000000) /* fits the clock in ns */

/* A time as written, exact to 18 decimals of a second: whole_s + atto / 10^18. */
typedef struct {
    gint64 whole_s;
    gint64 atto; /* 0 .. 10^18 - 1 */
} CsTraceStamp;

/* Start it with {.unit = ..., .from_first = ...}. */
typedef struct {
    CsTraceTime unit;
    gboolean from_first; /* counts from the first row's time; else from the file's own 0 */
    gboolean started;
    CsTraceStamp origin;
} CsTraceClock;

/* A row's time in ns, to the nearest one; the first call's is the origin where the clock counts
 * from there. FALSE where it is no time, or is more than CS_TRACE_TIME_MAX_S from the origin. */
gboolean cs_trace_clock_read(CsTraceClock *clock, CsField field, gint64 *time_ns);

/* A time of 0 .. CS_TRACE_TIME_MAX_S in ns, to the nearest one: `text` up to `end` is a quantity of
 * time ("1581686486.123456789 s") that cs_quantity_read() accepts. */
gint64 cs_trace_time_of_quantity(const char *text, const char *end);

/* Says of the field at `place` that it is no time in `unit`. */
void cs_trace_time_complain(CsTraceTime unit, CsPlace place, CsDiagnostics *diagnostics);

#endif
