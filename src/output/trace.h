/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/trace: Chrome trace events, to be opened in Perfetto: one track each for a device's
 * computing, uplink, downlink, and every GPU of the server.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_TRACE_H
#define CS_OUTPUT_TRACE_H

#include "base/file.h"
#include "sim/config.h"
#include "sim/sink.h"

/* How the file begins. */
#define CS_TRACE_START "{\"displayTimeUnit\":\"ms\",\"traceEvents\":["

typedef struct CsTrace CsTrace;

/*
 * Writes the head and the tracks' names to `file` (borrowed). With unlimited GPUs every device has
 * one of its own. Transfer full.
 */
CsTrace *cs_trace_new(CsFile *file, const CsConfig *config);

/* Takes the spans of replication 1; those of others, whose clocks start anew, are left out, as are
 * transfers of nothing. Borrowed. */
CsSink *cs_trace_sink(CsTrace *trace);

/* Writes the end and frees. */
void cs_trace_end(CsTrace *trace);

#endif
