/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of channels in time: traces, mobility, lost blocks. Expected values by hand or in closed
 * form.
 */
#include "cs-check.h"

#include "radio/mobility.h"
#include "radio/retransmission.h"
#include "radio/channel-trace.h"

#include <glib/gstdio.h>

/* --- files ---------------------------------------------------------------------------------------
 */

/* A file of the test's own, gone with it. */
static char *write_file(const char *text)
{
    char *path = NULL;
    int descriptor = g_file_open_tmp("check-channel-XXXXXX", &path, NULL);
    ck_assert_int_ge(descriptor, 0);
    g_close(descriptor, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static CsChannelTrace *read_trace(const char *text, const CsTraceFormat *format,
                                  CsDiagnostics *diagnostics)
{
    g_autofree char *path = write_file(text);
    CsChannelTrace *trace =
        cs_channel_trace_read(path, "walk.csv", format, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    g_unlink(path);
    return trace;
}

static const CsTraceFormat snr_format = {CS_TRACE_SNR, CS_TRACE_HOLD, CS_TRACE_TIME_S,
                                         "time",       "SNR",         1};

/* --- traces --------------------------------------------------------------------------------------
 */

START_TEST(trace_is_a_staircase)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsChannelTrace) trace =
        read_trace("# a walk\ntime,place,SNR\n100,\"a,b\",10\n101.5,x,20\n"
                   "101.5,x,0\n\n102,x,-\n103.5,x,-10\n",
                   &snr_format, diagnostics);
    ck_assert_ptr_nonnull(trace);
    ck_assert_uint_eq(cs_channel_trace_rows(trace), 3);
    /* the last row lasts as long as the one before it, which has no value but a time */
    ck_assert_int_eq(cs_channel_trace_duration_ns(trace), 5000000000);
    guint cursor = 0;
    gint64 until_ns;
    ck_assert_close(cs_channel_trace_value(trace, 0, &cursor, &until_ns), 10, 1e-15);
    ck_assert_int_eq(until_ns, 1500000000);
    ck_assert_close(cs_channel_trace_value(trace, 1499999999, &cursor, &until_ns), 10, 1e-15);
    ck_assert_close(cs_channel_trace_value(trace, 1500000000, &cursor, &until_ns), 1, 1e-15);
    ck_assert_int_eq(until_ns, 3500000000);
    ck_assert_close(cs_channel_trace_value(trace, 3500000000, &cursor, &until_ns), 0.1, 1e-15);
    ck_assert_int_eq(until_ns, G_MAXINT64);
    ck_assert_close(cs_channel_trace_value(trace, 900000000000, &cursor, &until_ns), 0.1, 1e-15);
    ck_assert_close(cs_channel_trace_value(trace, 20, &cursor, &until_ns), 10, 1e-15);
}
END_TEST

START_TEST(trace_loops_and_stops)
{
    const gint64 time_ns[] = {0, 1000, 3000};
    const double value[] = {5, 6, 7};
    g_autoptr(CsChannelTrace) loop =
        cs_channel_trace_new(CS_TRACE_CQI, CS_TRACE_LOOP, time_ns, value, 3);
    g_autoptr(CsChannelTrace) stop =
        cs_channel_trace_new(CS_TRACE_CQI, CS_TRACE_STOP, time_ns, value, 3);
    guint cursor = 0;
    gint64 until_ns;
    /* 5 to 1000 ns, 6 to 3000, 7 to 5000, and over again */
    for (gint64 lap = 0; lap < 4; lap++) {
        for (gint64 t = 0; t < 5000; t += 250) {
            double expected = t < 1000 ? 5 : t < 3000 ? 6 : 7;
            gint64 end = t < 1000 ? 1000 : t < 3000 ? 3000 : 5000;
            ck_assert(cs_channel_trace_value(loop, lap * 5000 + t, &cursor, &until_ns) == expected);
            ck_assert_int_eq(until_ns, lap * 5000 + end);
        }
    }
    cursor = 0;
    ck_assert(cs_channel_trace_value(stop, 4999, &cursor, &until_ns) == 7);
    ck_assert_int_eq(until_ns, 5000);
    ck_assert(isnan(cs_channel_trace_value(stop, 5000, &cursor, &until_ns)));
}
END_TEST

START_TEST(trace_times_are_dates_too)
{
    CsTraceFormat format = snr_format;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    format.time_unit = CS_TRACE_TIME_DATE;
    /* From 28 February 23:59:59.5 of a leap year to 1 March 00:00:00: a day and half a second. */
    g_autoptr(CsChannelTrace) trace = read_trace(
        "time,SNR\n2020.02.28_23.59.59.5,1\n2020-03-01T00:00:00Z,2\n", &format, diagnostics);
    ck_assert_ptr_nonnull(trace);
    ck_assert_int_eq(cs_channel_trace_duration_ns(trace) / 2, 86400500000000);
    /* 2000 was a leap year, 1900 none; 365 or 366 days of 86400 s. */
    g_autoptr(CsChannelTrace) years = read_trace(
        "time,SNR\n1999-12-31 00:00:00,1\n2000-12-31 00:00:00,2\n", &format, diagnostics);
    ck_assert_int_eq(cs_channel_trace_duration_ns(years) / 2,
                     366 * G_GINT64_CONSTANT(86400000000000));
    g_autoptr(CsChannelTrace) old = read_trace(
        "time,SNR\n1899-12-31 00:00:00,1\n1900-12-31 00:00:00,2\n", &format, diagnostics);
    ck_assert_int_eq(cs_channel_trace_duration_ns(old) / 2,
                     365 * G_GINT64_CONSTANT(86400000000000));
}
END_TEST

/* What the columns of a file hold at a time, read off the text by eye. */
START_TEST(all_columns_have_one_clock)
{
    static const char text[] = "time,ul,dl,sparse\n50,-,1,\n60,2,-,3\n80,4,5,\n84,-,,\n,,,\n";
    static const struct {
        const char *column;
        double at[5]; /* 0, 10, 30, 34 s and the second lap's 10 s; in dB */
    } expected[] = {{"ul", {2, 2, 4, 4, 2}}, {"dl", {1, 1, 5, 5, 1}}, {"sparse", {3, 3, 3, 3, 3}}};
    static const double at_s[] = {0, 10, 30, 34, 48};
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        CsTraceFormat format = {CS_TRACE_SNR, CS_TRACE_LOOP,      CS_TRACE_TIME_S,
                                "time",       expected[i].column, 1};
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsChannelTrace) trace = read_trace(text, &format, diagnostics);
        ck_assert_ptr_nonnull(trace);
        ck_assert_int_eq(cs_channel_trace_duration_ns(trace), 38000000000);
        for (guint j = 0; j < G_N_ELEMENTS(at_s); j++) {
            guint cursor = 0;
            gint64 until_ns;
            double value =
                cs_channel_trace_value(trace, (gint64)(at_s[j] * 1e9), &cursor, &until_ns);
            ck_assert_close(10 * log10(value), expected[i].at[j], 1e-12);
        }
    }
}
END_TEST

/* Two times and what lies between them, by subtraction of the decimals by hand. */
static const struct {
    CsTraceTime unit;
    const char *from, *to;
    gint64 between_ns;
} exact_times[] = {
    {CS_TRACE_TIME_DATE, "2031-07-09T23:59:59.999999999", "2031-07-10T00:00:00.000000001", 2},
    {CS_TRACE_TIME_DATE, "2031-07-09 11:00:00.123456789", "2031-07-09 11:00:01.123456788",
     999999999},
    {CS_TRACE_TIME_DATE, "0001-01-01T00:00:00.000000007", "0001-01-01T00:00:00.00000001Z", 3},
    {CS_TRACE_TIME_S, "1941235199.000000001", "1941235199.000000002", 1},
    {CS_TRACE_TIME_S, "1941235199.1", "1941235199.100000017", 17},
    {CS_TRACE_TIME_S, "1.941235199e9", "1941235199.000000011", 11},
    {CS_TRACE_TIME_S, "-0.000000001", "0.000000001", 2},
    {CS_TRACE_TIME_S, "-3", "-2.999999999", 1},
    {CS_TRACE_TIME_S, "0.00", "1e-9", 1},
    {CS_TRACE_TIME_MS, "1941235199000.000001", "1941235199000.000003", 2},
    {CS_TRACE_TIME_MS, "+12.5", "00013.25", 750000},
    {CS_TRACE_TIME_US, "1941235199000000.007", "1941235199000001.009", 1002},
    {CS_TRACE_TIME_US, "1", "1.0006", 1}, /* to the nearest */
    {CS_TRACE_TIME_S, "0", "2999999999.999999999", G_GINT64_CONSTANT(2999999999999999999)},
};

START_TEST(times_are_exact_to_the_nanosecond)
{
    CsTraceFormat format = snr_format;
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    format.time_unit = exact_times[_i].unit;
    g_autofree char *text =
        g_strdup_printf("time,SNR\n%s,1\n%s,2\n", exact_times[_i].from, exact_times[_i].to);
    g_autoptr(CsChannelTrace) trace = read_trace(text, &format, diagnostics);
    ck_assert_msg(trace != NULL, "%s to %s", exact_times[_i].from, exact_times[_i].to);
    guint cursor = 0;
    gint64 until_ns;
    cs_channel_trace_value(trace, 0, &cursor, &until_ns);
    ck_assert_int_eq(until_ns, exact_times[_i].between_ns);
    ck_assert_int_eq(cs_channel_trace_duration_ns(trace), 2 * exact_times[_i].between_ns);
}
END_TEST

START_TEST(trace_rates_have_their_unit)
{
    CsTraceFormat format = {CS_TRACE_RATE, CS_TRACE_LOOP, CS_TRACE_TIME_MS, "t", "DL", 1e3};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsChannelTrace) trace = read_trace("t,DL\n0,0\n500,250\n", &format, diagnostics);
    ck_assert_ptr_nonnull(trace);
    guint cursor = 0;
    gint64 until_ns;
    ck_assert(cs_channel_trace_value(trace, 499999999, &cursor, &until_ns) == 0);
    ck_assert_close(cs_channel_trace_value(trace, 500000000, &cursor, &until_ns), 250e3, 1e-15);
    ck_assert_int_eq(until_ns, 1000000000);
}
END_TEST

static const struct {
    const char *text, *message;
    guint line;
} bad_traces[] = {
    {"", "the file is empty", 0},
    {"time,CQI\n0,1\n", "'walk.csv' has no column 'SNR'", 0},
    {"time,SNR\n", "the trace has no rows with a value of 'SNR'", 0},
    {"time,SNR\n0,1\n1\n", "1 field where the first line names 2", 3},
    {"time,SNR\n0,1\n1,x\n", "not a number", 3},
    {"time,SNR\nnoon,1\n", "not a time", 2},
    {"time,SNR\n2,1\n1,1\n", "the time is earlier than the row before", 3},
    {"time,SNR\n0,1\n1e300,1\n", "not a time", 3},
    {"time,SNR\n0,1e300\n", "no SNR in dB is that far from 0", 2},
    {"time,SNR\n0,-1e300\n", "no SNR in dB is that far from 0", 2},
    {"# nothing\n\n", "the file is empty", 0},
    {"time,SNR\n0,1,2\n", "3 fields where the first line names 2", 2},
    {"time,SNR\n\xFF,1\n", "cannot read 'walk.csv': it is not a text file", 0},
};

START_TEST(a_bad_trace_is_told_at_its_line)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_trace(bad_traces[_i].text, &snr_format, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1);
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), bad_traces[_i].message);
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).line, bad_traces[_i].line);
}
END_TEST

START_TEST(a_trace_that_never_sends_is_refused)
{
    CsTraceFormat format = {CS_TRACE_RATE, CS_TRACE_HOLD, CS_TRACE_TIME_S, "t", "r", 1};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_trace("t,r\n0,5\n1,0\n", &format, diagnostics));
    format.end = CS_TRACE_LOOP;
    ck_assert_ptr_null(read_trace("t,r\n0,0\n1,0\n", &format, diagnostics));
    g_autoptr(CsChannelTrace) trace = read_trace("t,r\n0,5\n1,0\n", &format, diagnostics);
    ck_assert_ptr_nonnull(trace);
    format.kind = CS_TRACE_CQI;
    ck_assert_ptr_null(read_trace("t,r\n0,16\n", &format, diagnostics));
    ck_assert_ptr_null(read_trace("t,r\n0,2.5\n", &format, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 4);
}
END_TEST

static const char *const no_dates[] = {
    "2020",
    "2020-02",
    "2020-13-14T13:21:26",
    "2020-02-00T13:21:26",
    "2020-02-32T13:21:26",
    "2020-02-14T24:21:26",
    "2020-02-14T13:60:26",
    "2020-02-14T13:21:61",
    "2020-02-14T13:21:",
    "2020-02-14T13:21:26x",
    "2020-02-14T13:21:26ZZ",
    "2020-x-14T13:21:26",
    "x",
};

START_TEST(what_is_no_date_is_told)
{
    CsTraceFormat format = {CS_TRACE_SNR, CS_TRACE_HOLD, CS_TRACE_TIME_DATE, "time", "SNR", 1};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autofree char *text = g_strdup_printf("time,SNR\n%s,1\n", no_dates[_i]);
    ck_assert_ptr_null(read_trace(text, &format, diagnostics));
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), "not a time");
    ck_assert_str_eq(cs_diagnostics_help(diagnostics, 0), "write it like 2020-02-14T13:21:26.5");
}
END_TEST

/* --- mobility ------------------------------------------------------------------------------------
 */

START_TEST(a_line_by_the_cosine_law)
{
    const double angles[] = {0, G_PI / 3, G_PI / 2, G_PI};
    for (guint i = 0; i < G_N_ELEMENTS(angles); i++) {
        CsMobility mobility = {CS_MOBILITY_LINEAR, 3, angles[i], 0, 0, 0};
        CsWalker walker;
        cs_walker_init(&walker, &mobility, 40, cs_random_key(1, 1, 1, CS_PURPOSE_DISTANCE));
        for (double t = 0; t < 30; t += 2.5) {
            CsPosition at = cs_walker_at(&walker, &mobility, t);
            double s = 3 * t;
            ck_assert_close(at.distance_m, sqrt(1600 + s * s + 2 * 40 * s * cos(angles[i])), 1e-12);
            ck_assert_close(at.path_m, s, 1e-14);
        }
    }
}
END_TEST

START_TEST(waypoints_stay_in_the_area_at_the_given_speed)
{
    CsMobility mobility = {CS_MOBILITY_RANDOM_WAYPOINT, 2, 0, 50, 1, 0};
    CsWalker walker;
    cs_walker_init(&walker, &mobility, 20, cs_random_key(3, 1, 1, CS_PURPOSE_DISTANCE));
    CsPosition before = cs_walker_at(&walker, &mobility, 0);
    ck_assert_close(before.distance_m, 20, 1e-12);
    for (int i = 1; i < 200000; i++) {
        CsPosition at = cs_walker_at(&walker, &mobility, 0.1 * i);
        ck_assert_double_le(at.distance_m, 50 * (1 + 1e-12));
        ck_assert_double_le(hypot(at.x_m - before.x_m, at.y_m - before.y_m), 0.2 + 1e-9);
        ck_assert_double_ge(at.path_m, before.path_m);
        before = at;
    }
    /* Any time may be asked for again, and gives what it gave. */
    CsPosition late = cs_walker_at(&walker, &mobility, 19000);
    CsPosition early = cs_walker_at(&walker, &mobility, 33);
    CsPosition again = cs_walker_at(&walker, &mobility, 19000);
    ck_assert(late.x_m == again.x_m && late.path_m == again.path_m);
    ck_assert_double_lt(early.path_m, 66 + 1e-9);
}
END_TEST

/* 10^5 s at 1 m/s. The mean distance of two uniform points of a disc of radius r is 128 r / (45 π)
 * (Santaló, "Integral Geometry and Geometric Probability", 1976, I.4); its variance r² - (128 r /
 * 45 π)². */
START_TEST(waypoint_legs_have_the_mean_of_a_disc)
{
    const CsMobility mobility = {CS_MOBILITY_RANDOM_WAYPOINT, 1, 0, 1, 0, 0};
    const double expected = 128 / (45 * G_PI), deviation = sqrt(1 - expected * expected);
    CsWalker walker;
    cs_walker_init(&walker, &mobility, 0, cs_random_key(7, 1, 1, CS_PURPOSE_DISTANCE));
    cs_walker_at(&walker, &mobility, 1e5);
    ck_assert_close(walker.path_m / (double)walker.leg, expected,
                    4 * deviation / sqrt((double)walker.leg) / expected);
}
END_TEST

/* With pauses of 7 s the path's length falls behind speed times time by 7 s for every leg that is
 * done, and by up to 7 s more while the device rests. */
START_TEST(waypoints_with_pauses)
{
    const CsMobility mobility = {CS_MOBILITY_RANDOM_WAYPOINT, 2, 0, 50, 7, 0};
    CsWalker walker;
    double rested_s = 0;
    cs_walker_init(&walker, &mobility, 20, cs_random_key(3, 1, 1, CS_PURPOSE_DISTANCE));
    for (int i = 0; i < 20000; i++) {
        double time_s = 0.1 * i;
        CsPosition at = cs_walker_at(&walker, &mobility, time_s);
        double behind_s = time_s - at.path_m / 2, done_s = 7 * (double)walker.leg;
        ck_assert_double_ge(behind_s, done_s - 1e-9);
        ck_assert_double_le(behind_s, done_s + 7 + 1e-9);
        rested_s += behind_s > done_s + 1e-9 ? 0.1 : 0;
    }
    ck_assert_uint_gt(walker.leg, 20);
    ck_assert_double_ge(rested_s, 6.8 * (double)walker.leg);
}
END_TEST

/* --- lost blocks ---------------------------------------------------------------------------------
 */

START_TEST(goodput_of_a_constant_error_rate)
{
    for (guint r = 0; r <= CS_RETRANSMISSIONS_MAX; r++) {
        CsLinkErrors errors = {.block_error_rate = 0.1, .retransmissions = r};
        CsGoodput goodput = cs_link_errors_goodput(&errors, 3, 10, 1e8);
        ck_assert_close(goodput.residual, pow(0.1, r + 1), 1e-12);
        ck_assert_close(goodput.transmissions, (1 - pow(0.1, r + 1)) / 0.9, 1e-12);
        ck_assert_close(goodput.efficiency, 0.9, 1e-12);
    }
}
END_TEST

/* A million blocks thrown by hand against the expectation. */
START_TEST(goodput_of_thrown_blocks)
{
    const double p[] = {0.6, 0.3, 0.2};
    g_autofree char *path = write_file("mcs,snr_db,bler\n5,0,0.6\n5,3.0102999566398121,0.3\n"
                                       "5,4.771212547196624,0.2\n5,40,0\n");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsErrorCurves *curves =
        cs_error_curves_read(path, "curves.csv", (CsPlace){NULL, 0, 0, 0}, diagnostics);
    g_unlink(path);
    ck_assert_ptr_nonnull(curves);
    CsLinkErrors errors = {.curves = curves, .chase = TRUE, .retransmissions = 2};
    CsGoodput goodput = cs_link_errors_goodput(&errors, 5, 1, 1e6);
    double sent = 0, delivered = 0;
    const int blocks = 1000000;
    CsRandomKey key = cs_random_key(1, 1, 1, CS_PURPOSE_DISTANCE);
    for (int i = 0; i < blocks; i++) {
        gboolean lost = TRUE;
        for (guint k = 0; k < 3 && lost; k++) {
            sent++;
            lost = cs_random_uniform(key, (guint64)i, k) <= p[k];
        }
        delivered += !lost;
    }
    ck_assert_close(goodput.efficiency, delivered / sent, 3e-3);
    ck_assert_close(goodput.transmissions, 1 + 0.6 + 0.6 * 0.3, 1e-9);
    ck_assert_close(goodput.residual, 0.6 * 0.3 * 0.2, 1e-9);
    cs_error_curves_free(curves);
}
END_TEST

/* 8 blocks of 1000 bit at 1 Mbit/s are 8 ms of sending; the answer takes 1 + 15 ms: half the rate.
 */
START_TEST(few_processes_wait_for_the_answer)
{
    CsLinkErrors errors = {.round_trip_s = 15e-3, .block_bit = 1000, .processes = 8};
    ck_assert_close(cs_link_errors_goodput(&errors, 0, 1, 1e6).efficiency, 0.5, 1e-12);
    errors.processes = 16;
    ck_assert_close(cs_link_errors_goodput(&errors, 0, 1, 1e6).efficiency, 1, 1e-12);
    errors.processes = 1;
    errors.block_error_rate = 0.2;
    ck_assert_close(cs_link_errors_goodput(&errors, 0, 1, 1e6).efficiency, 0.8 / 16, 1e-12);
}
END_TEST

START_TEST(curves_are_straight_between_points)
{
    g_autofree char *path =
        write_file("snr_db,mcs,bler\n0,2,1\n10,2,0.5\n20,2,0\n5,4,0.8\n6,4,0.2\n");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsErrorCurves) curves =
        cs_error_curves_read(path, "curves.csv", (CsPlace){NULL, 0, 0, 0}, diagnostics);
    g_unlink(path);
    ck_assert_ptr_nonnull(curves);
    ck_assert_close(cs_error_curves_rate(curves, 2, pow(10, 0.4)), 0.8, 1e-12);
    ck_assert_close(cs_error_curves_rate(curves, 2, pow(10, 1.5)), 0.25, 1e-12);
    ck_assert(cs_error_curves_rate(curves, 2, 0) == 1);
    ck_assert(cs_error_curves_rate(curves, 2, 1e9) == 0);
    ck_assert_close(cs_error_curves_rate(curves, 3, pow(10, 0.4)), 0.8, 1e-12);   /* 2's */
    ck_assert_close(cs_error_curves_rate(curves, 0, pow(10, 0.4)), 0.8, 1e-12);   /* the lowest */
    ck_assert_close(cs_error_curves_rate(curves, 31, pow(10, 0.55)), 0.5, 1e-12); /* 4's */
}
END_TEST

static const struct {
    const char *text, *message;
} bad_curves[] = {
    {"mcs,snr_db\n0,1\n", "'curves.csv' has no column 'bler'"},
    {"mcs,snr_db,bler\n", "the file has no curve"},
    {"mcs,snr_db,bler\n0,1,0.5\n", "the curve of MCS 0 has a single point"},
    {"mcs,snr_db,bler\n32,1,0.5\n", "an MCS is a whole number in 0 .. 31"},
    {"mcs,snr_db,bler\n0,1,1.5\n", "a block error rate lies in 0 .. 1"},
    {"mcs,snr_db,bler\n0,1,-0.5\n", "a block error rate lies in 0 .. 1"},
    {"mcs,snr_db,bler\n0,1,half\n", "a block error rate lies in 0 .. 1"},
    {"mcs,snr_db,bler\n0,one,0.5\n", "not a number"},
    {"mcs,snr_db,bler\n-1,1,0.5\n", "an MCS is a whole number in 0 .. 31"},
    {"mcs,snr_db,bler\n1.5,1,0.5\n", "an MCS is a whole number in 0 .. 31"},
    {"mcs,snr_db,bler\nx,1,0.5\n", "an MCS is a whole number in 0 .. 31"},
    {"", "the file is empty"},
    {"mcs,snr_db,bler\n0,1,0.5\n0,1,0.4\n", "the SNR of an MCS must rise from row to row"},
};

START_TEST(bad_curves_are_told)
{
    g_autofree char *path = write_file(bad_curves[_i].text);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(
        cs_error_curves_read(path, "curves.csv", (CsPlace){NULL, 0, 0, 0}, diagnostics));
    g_unlink(path);
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), bad_curves[_i].message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("channel");
    TCase *trace = tcase_create("trace"), *mobility = tcase_create("mobility");
    TCase *errors = tcase_create("retransmission");
    tcase_add_test(trace, trace_is_a_staircase);
    tcase_add_test(trace, trace_loops_and_stops);
    tcase_add_test(trace, trace_times_are_dates_too);
    tcase_add_test(trace, all_columns_have_one_clock);
    tcase_add_loop_test(trace, times_are_exact_to_the_nanosecond, 0,
                        (int)G_N_ELEMENTS(exact_times));
    tcase_add_test(trace, trace_rates_have_their_unit);
    tcase_add_loop_test(trace, what_is_no_date_is_told, 0, (int)G_N_ELEMENTS(no_dates));
    tcase_add_loop_test(trace, a_bad_trace_is_told_at_its_line, 0, (int)G_N_ELEMENTS(bad_traces));
    tcase_add_test(trace, a_trace_that_never_sends_is_refused);
    tcase_add_test(mobility, a_line_by_the_cosine_law);
    tcase_add_test(mobility, waypoints_stay_in_the_area_at_the_given_speed);
    tcase_add_test(mobility, waypoint_legs_have_the_mean_of_a_disc);
    tcase_add_test(mobility, waypoints_with_pauses);
    tcase_add_test(errors, goodput_of_a_constant_error_rate);
    tcase_add_test(errors, goodput_of_thrown_blocks);
    tcase_add_test(errors, few_processes_wait_for_the_answer);
    tcase_add_test(errors, curves_are_straight_between_points);
    tcase_add_loop_test(errors, bad_curves_are_told, 0, (int)G_N_ELEMENTS(bad_curves));
    suite_add_tcase(suite, trace);
    suite_add_tcase(suite, mobility);
    suite_add_tcase(suite, errors);
    return cs_check_main(suite);
}
