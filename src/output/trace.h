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

typedef struct CsTrace CsTrace;

/* Writes the head and the tracks' names to `file` (borrowed). Transfer full. */
CsTrace *cs_trace_new(CsFile *file, const CsConfig *config);
CsSink *cs_trace_sink(CsTrace *trace); /* borrowed */
/* Writes the end and frees. */
void cs_trace_end(CsTrace *trace);

#endif
