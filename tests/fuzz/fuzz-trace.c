/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-trace: the same bytes as a measured channel, as curves of lost blocks and as a log of when a
 * device is there, in every way that these may be read. What was accepted can be asked at any time:
 * its values are those of its kind, and what holds until a time changes then.
 */
#include "fuzz.h"
#include "radio/channel-trace.h"
#include "radio/retransmission.h"
#include "sim/availability.h"

#include <math.h>

#define LOOKS 16 /* from change to change */

static void read_channel(const char *path, const CsTraceFormat *format)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsChannelTrace) trace =
        cs_channel_trace_read(path, "input.csv", format, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    fuzz_check_diagnostics(diagnostics, trace != NULL);
    gint64 time_ns = 0;
    guint cursor = 0;
    for (int i = 0; trace != NULL && i < LOOKS && time_ns != G_MAXINT64; i++) {
        gint64 until_ns;
        double value = cs_channel_trace_value(trace, time_ns, &cursor, &until_ns);
        g_assert(isnan(value) ? format->end == CS_TRACE_STOP : value >= 0 && isfinite(value));
        g_assert(until_ns > time_ns);
        time_ns = until_ns;
    }
}

static void read_curves(const char *path)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsErrorCurves) curves =
        cs_error_curves_read(path, "input.csv", (CsPlace){NULL, 0, 0, 0}, diagnostics);
    fuzz_check_diagnostics(diagnostics, curves != NULL);
    for (int mcs = -1; curves != NULL && mcs < 33; mcs++)
        for (double snr = 1e-6; snr < 1e6; snr *= 100) {
            double rate = cs_error_curves_rate(curves, mcs, snr);
            g_assert(rate >= 0 && rate <= 1);
        }
}

static void read_availability(const char *path, const CsAvailabilityFormat *format)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsAvailability) log =
        cs_availability_read(path, "input.csv", format, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    fuzz_check_diagnostics(diagnostics, log != NULL);
    gint64 time_ns = 0, until_ns;
    if (log == NULL)
        return;
    gboolean up = cs_availability_at(log, 0, &until_ns);
    for (int i = 0; i < LOOKS && until_ns != G_MAXINT64; i++) {
        gint64 ignored_ns;
        g_assert(until_ns > time_ns);
        g_assert(cs_availability_at(log, until_ns - 1, &ignored_ns) == up);
        g_assert(ignored_ns == until_ns);
        time_ns = until_ns;
        up = !up;
        g_assert(cs_availability_at(log, time_ns, &until_ns) == up);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = fuzz_write("input.csv", data, size);
    for (guint kind = 0; kind < 3; kind++) /* of each enumeration below */
        for (guint end = 0; end < 3; end++)
            for (guint date = 0; date < 2; date++) {
                CsTraceTime unit = date ? CS_TRACE_TIME_DATE : CS_TRACE_TIME_MS;
                CsTraceFormat channel = {
                    (CsTraceKind)kind, (CsTraceEnd)end, unit, "time", "value", 1e6};
                CsAvailabilityFormat log = {
                    (CsAvailabilityKind)kind, (CsTraceEnd)end, unit, "time", "end", "state"};
                read_channel(path, &channel);
                read_availability(path, &log);
            }
    read_curves(path);
    return 0;
}
