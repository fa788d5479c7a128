/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/summary: what `run` tells a person: per device the cuts chosen, mean frequency, delay,
 * energies, outage and links beyond repetition.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_SUMMARY_H
#define CS_OUTPUT_SUMMARY_H

#include "sim/config.h"
#include "sim/sink.h"

/* Gathers over all replications of one run. */
typedef struct CsSummary CsSummary;

CsSummary *cs_summary_new(const CsConfig *config);
void cs_summary_free(CsSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsSummary, cs_summary_free)

/* A sink of one replication's own, and its merging into the summary (frees it). Adding in the order
 * of replications makes the result independent of threads. */
CsSink *cs_summary_sink_new(const CsConfig *config);
void cs_summary_add(CsSummary *summary, CsSink *sink);
void cs_summary_sink_free(CsSink *sink);

/* A readable table of at most 100 columns (UTF-8); crowds of more than 20 devices are told a line a
 * group. Intervals are 95 % over replications, where there are two or more. Transfer full. */
char *cs_summary_format(const CsSummary *summary);
/* The same with tables of at most so many columns of a terminal; 0: as wide as they are. */
char *cs_summary_format_within(const CsSummary *summary, guint columns);

/* What is worth a warning and was seen in some rounds: degenerate spans of the cost, walkers
 * outside of what TR 38.901 covers; a sentence each. NULL-ended, transfer full (g_strfreev). */
char **cs_summary_warnings(const CsSummary *summary);

#endif
