/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/trace-time: how the rows of a measurement write their time.
 *
 * Layer: radio, for readers of traces. Calls base, text.
 */
#ifndef CS_RADIO_TRACE_TIME_H
#define CS_RADIO_TRACE_TIME_H

#include "radio/channel-trace.h"
#include "radio/rows.h"

#define CS_TRACE_TIME_MAX_S 3e9 /* fits the clock */

/* A row's time since *origin in s, NAN where it is none; the `first` row's sets *origin, in the
 * file's unit. */
double cs_trace_time_read(CsTraceTime unit, CsField field, gboolean first, double *origin);

/* Says of the field at `place` that it is no time; `unit_key` is the scenario's key of the unit. */
void cs_trace_time_complain(CsTraceTime unit, const char *unit_key, CsPlace place,
                            CsDiagnostics *diagnostics);

#endif
