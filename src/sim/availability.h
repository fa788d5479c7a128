/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/availability: when a device is there, from a CSV file: a log of states or of intervals.
 *
 * Time 0 is the file's own, but of dates the first row's, with a state or not. Before the first
 * state of a log the device is in it; outside the intervals of a file it is in the other one.
 *
 * Layer: sim. Calls base, text, radio (for the file's syntax and time).
 */
#ifndef CS_SIM_AVAILABILITY_H
#define CS_SIM_AVAILABILITY_H

#include "radio/channel-trace.h"

/* What a row says: the state from its time on; or an interval in which the device is there, or
 * away. */
typedef enum { CS_AVAILABILITY_STATE, CS_AVAILABILITY_UP, CS_AVAILABILITY_DOWN } CsAvailabilityKind;
extern const CsName cs_availability_kind_names[];

/* How to read a file. Texts are borrowed. What follows the last row's time (its interval's end):
 * the state that holds there for ever; time 0 again; or the device is away for good. */
typedef struct {
    CsAvailabilityKind kind;
    CsTraceEnd end;
    CsTraceTime time_unit;
    const char *time_column;
    const char *end_column;   /* of intervals */
    const char *state_column; /* of states: up and down, or 1 and 0 */
} CsAvailabilityFormat;

/* Immutable. */
typedef struct CsAvailability CsAvailability;

/*
 * Reads `path`, shown to users as `name`. Times must not fall, nor intervals overlap; of states at
 * the same time the last counts; a row whose state is empty or `-` holds none, but its time. NULL
 * with an error at `from` (the file, a column) or at its line. Transfer full.
 */
CsAvailability *cs_availability_read(const char *path, const char *name,
                                     const CsAvailabilityFormat *format, CsPlace from,
                                     CsDiagnostics *diagnostics);

/* From an array: `up` at first, another state from each of the `n` rising times > 0 on, to the end
 * of the trace at `end_ns` >= all of them, > 0 under loop. Copies. Transfer full. */
CsAvailability *cs_availability_new(gboolean up, const gint64 *change_ns, guint n, gint64 end_ns,
                                    CsTraceEnd end);
void cs_availability_free(CsAvailability *availability);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsAvailability, cs_availability_free)

/* 64 bits of the SHA-256 of its states and times; how it ends is not in it. */
guint64 cs_availability_digest(const CsAvailability *availability);

/* The last row's time, with a state or not, or its interval's end. */
gint64 cs_availability_end_ns(const CsAvailability *availability);

/* TRUE where the device is there at `time_ns` >= 0; in *until_ns when that changes, CS_TIME_MAX: it
 * does not. */
gboolean cs_availability_at(const CsAvailability *availability, gint64 time_ns, gint64 *until_ns);

#endif
