/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/unit: everything that listens to one replication. See unit.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "output/unit.h"

#include "base/fail.h"
#include "base/file.h"
#include "base/room.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Rows of rounds.csv that wait in memory. */
#define MEMORY_MAX ((gsize)8 << 20)

/* --- rows that wait on disk ------------------------------------------------------------------- */

/* Where the file system has none without a name, one that is known for ours if we die before it is
 * without. */
static int open_nameless(const char *directory)
{
    int descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        return descriptor;
    g_autofree char *name = cs_file_temporary_name("rounds.csv", "XXXXXX");
    g_autofree char *path = g_build_filename(directory, name, NULL);
    descriptor = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        g_unlink(path);
    return descriptor;
}

static int write_all(int descriptor, const char *bytes, gsize length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        bytes += written;
        length -= (gsize)written;
    }
    return 0;
}

/* After a failure rows are dropped: the run ends with that failure, and memory stays bounded. */
static void move_to_disk(CsUnit *unit, GString *rows)
{
    if (unit->waiting < 0 && unit->waiting_error == 0) {
        unit->waiting = open_nameless(unit->directory);
        unit->waiting_error = unit->waiting < 0 ? errno : 0;
    }
    if (unit->waiting_error == 0)
        unit->waiting_error = write_all(unit->waiting, rows->str, rows->len);
    g_string_truncate(rows, 0);
}

static gboolean copy_from_disk(const CsUnit *unit, CsFile *file)
{
    char buffer[1 << 16];
    off_t offset = 0;
    ssize_t length;
    while ((length = pread(unit->waiting, buffer, sizeof buffer, offset)) != 0) {
        if (length < 0 && errno != EINTR)
            return FALSE;
        if (length > 0)
            cs_file_write(file, buffer, (gsize)length);
        offset += MAX(length, 0);
    }
    return TRUE;
}

gboolean cs_unit_append(const CsUnit *unit, CsTable table, CsFile *file, GError **error)
{
    int reason = unit->waiting_error;
    if (table == CS_TABLE_ROUNDS && reason == 0 && unit->waiting >= 0 &&
        !copy_from_disk(unit, file))
        reason = errno;
    if (reason != 0) {
        g_autofree char *why = cs_room_reason(unit->directory, reason);
        return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_WRITE,
                       "cannot keep rounds that wait for their turn in the directory '%s': %s",
                       unit->directory, why);
    }
    cs_csv_sink_flush(unit->csv, table, file);
    return TRUE;
}

/* --- listening -------------------------------------------------------------------------------- */

/* The listeners of a unit; NULL where one is missing. */
#define LISTENERS(unit)                                                                            \
    {                                                                                              \
        (unit)->csv != NULL ? &(unit)->csv->sink : NULL, (unit)->summary, (unit)->trace            \
    }

static void on_round(CsSink *sink, const CsRoundRecord *record)
{
    CsUnit *unit = (CsUnit *)sink;
    CsSink *listeners[] = LISTENERS(unit);
    for (guint i = 0; i < G_N_ELEMENTS(listeners); i++)
        if (listeners[i] != NULL && listeners[i]->round != NULL)
            listeners[i]->round(listeners[i], record);
    GString *rows = unit->csv != NULL ? unit->csv->text[CS_TABLE_ROUNDS] : NULL;
    if (rows != NULL && rows->len > MEMORY_MAX && unit->directory != NULL)
        move_to_disk(unit, rows);
}

static void on_span(CsSink *sink, const CsSpan *span)
{
    CsUnit *unit = (CsUnit *)sink;
    CsSink *listeners[] = LISTENERS(unit);
    for (guint i = 0; i < G_N_ELEMENTS(listeners); i++)
        if (listeners[i] != NULL && listeners[i]->span != NULL)
            listeners[i]->span(listeners[i], span);
}

static void on_device(CsSink *sink, const CsDeviceTotals *totals)
{
    CsUnit *unit = (CsUnit *)sink;
    CsSink *listeners[] = LISTENERS(unit);
    for (guint i = 0; i < G_N_ELEMENTS(listeners); i++)
        if (listeners[i] != NULL && listeners[i]->device != NULL)
            listeners[i]->device(listeners[i], totals);
}

static void on_totals(CsSink *sink, const CsTotals *totals)
{
    CsUnit *unit = (CsUnit *)sink;
    CsSink *listeners[] = LISTENERS(unit);
    unit->events = totals->events;
    for (guint i = 0; i < G_N_ELEMENTS(listeners); i++)
        if (listeners[i] != NULL && listeners[i]->totals != NULL)
            listeners[i]->totals(listeners[i], totals);
}

static void on_loss(CsSink *sink, const CsLossRecord *record)
{
    CsUnit *unit = (CsUnit *)sink;
    CsSink *listeners[] = LISTENERS(unit);
    for (guint i = 0; i < G_N_ELEMENTS(listeners); i++)
        if (listeners[i] != NULL && listeners[i]->loss != NULL)
            listeners[i]->loss(listeners[i], record);
}

static void on_decided(CsSink *sink, guint device, guint cut)
{
    CsSink *summary = ((CsUnit *)sink)->summary;
    summary->decided(summary, device, cut);
}

CsUnit *cs_unit_new(const CsConfig *config, guint64 run, guint tables, CsSink *trace,
                    const char *directory)
{
    CsUnit *unit = g_new(CsUnit, 1);
    *unit = (CsUnit){
        .sink = {.device = on_device, .totals = on_totals, .decided = on_decided, .loss = on_loss},
        .csv = tables != 0 ? cs_csv_sink_new(tables, run, config) : NULL,
        .summary = cs_summary_sink_new(config),
        .trace = trace,
        .directory = directory,
        .waiting = -1,
    };
    /* These cost: rounds and devices memory, spans an event's worth of work each. */
    if ((tables & (1u << CS_TABLE_ROUNDS)) != 0)
        unit->sink.round = on_round;
    if (trace != NULL)
        unit->sink.span = on_span;
    unit->sink.by_group = unit->summary->by_group && (tables & (1u << CS_TABLE_DEVICES)) == 0;
    return unit;
}

void cs_unit_free(CsUnit *unit)
{
    if (unit == NULL)
        return;
    if (unit->csv != NULL)
        cs_csv_sink_free(unit->csv);
    if (unit->summary != NULL)
        cs_summary_sink_free(unit->summary);
    if (unit->waiting >= 0)
        close(unit->waiting);
    g_free(unit);
}
