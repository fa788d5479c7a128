/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/availability: when a device is there. See availability.h. Layer: sim. */
#include "sim/availability.h"

#include "des/des.h"
#include "radio/trace-time.h"

#include <string.h>

const CsName cs_availability_kind_names[] = {{"states", CS_AVAILABILITY_STATE},
                                             {"up", CS_AVAILABILITY_UP},
                                             {"down", CS_AVAILABILITY_DOWN},
                                             CS_NAMES_END};
CS_NAMES_COVER(cs_availability_kind_names, CS_AVAILABILITY_DOWN);

struct CsAvailability {
    CsTraceEnd end;
    gboolean up; /* at time 0 */
    guint n;
    gint64 *change_ns; /* n, rising, > 0, <= end_ns */
    gint64 end_ns;
    guint64 digest;
};

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct {
    const CsAvailabilityFormat *format;
    CsRows *rows;
    CsDiagnostics *diagnostics;
    gint time_column, end_column, state_column;
    gboolean up; /* at time 0 */
    GArray *change_ns;
    gint64 end_ns; /* of the rows so far, with a state or not */
    guint n;       /* rows with a state, or intervals */
    guint n_rows;
    CsTraceClock clock;
} Reader;

static gboolean complain(Reader *reader, gint column, const char *help, const char *message)
{
    return cs_diagnostics_error(reader->diagnostics, cs_rows_place(reader->rows, column), help,
                                "%s", message);
}

/* A time that is not before `least_ns`. */
static gboolean read_time(Reader *reader, gint column, gint64 least_ns, const char *before,
                          gint64 *time_ns)
{
    if (!cs_trace_clock_read(&reader->clock, cs_rows_field(reader->rows, column), time_ns)) {
        cs_trace_time_complain(reader->clock.unit, cs_rows_place(reader->rows, column),
                               reader->diagnostics);
        return FALSE;
    }
    if (*time_ns >= least_ns)
        return TRUE;
    return complain(reader, column, NULL, before);
}

/* From `time_ns` on the device is in the state `up`. */
static void change_to(Reader *reader, gint64 time_ns, gboolean up)
{
    GArray *change_ns = reader->change_ns;
    if (change_ns->len > 0 && g_array_index(change_ns, gint64, change_ns->len - 1) == time_ns)
        g_array_set_size(change_ns, change_ns->len - 1); /* the later row counts */
    gboolean now_up = reader->up ^ (gboolean)(change_ns->len & 1);
    if (now_up == up)
        return;
    if (time_ns == 0)
        reader->up = up;
    else
        g_array_append_val(change_ns, time_ns);
}

static gboolean field_is(CsField field, const char *word)
{
    gsize length = (gsize)(field.end - field.start);
    return length == strlen(word) && g_ascii_strncasecmp(field.start, word, length) == 0;
}

static gboolean take_state(Reader *reader)
{
    CsField field = cs_rows_field(reader->rows, reader->state_column);
    gboolean missing = cs_field_missing(field);
    if (missing && cs_field_missing(cs_rows_field(reader->rows, reader->time_column)))
        return TRUE;
    gint64 time_ns;
    if (!read_time(reader, reader->time_column, reader->end_ns,
                   "the time is before 0 or earlier than the row before", &time_ns))
        return FALSE;
    reader->end_ns = time_ns;
    if (missing)
        return TRUE;
    gboolean up = field_is(field, "up") || field_is(field, "1");
    if (!up && !field_is(field, "down") && !field_is(field, "0"))
        return complain(reader, reader->state_column, "write 'up' or 'down' (or 1 or 0)",
                        "not a state");
    if (reader->n++ == 0)
        reader->up = up;
    change_to(reader, time_ns, up);
    return TRUE;
}

static gboolean take_interval(Reader *reader)
{
    gint64 start_ns, end_ns;
    gboolean inside = reader->format->kind == CS_AVAILABILITY_UP;
    if (!read_time(reader, reader->time_column, reader->end_ns,
                   "the interval begins before 0 or before the end of the one before", &start_ns) ||
        !read_time(reader, reader->end_column, start_ns, "the interval ends before it begins",
                   &end_ns))
        return FALSE;
    if (reader->n++ == 0)
        reader->up = !inside;
    reader->end_ns = end_ns;
    if (start_ns == end_ns)
        return TRUE;
    change_to(reader, start_ns, inside);
    change_to(reader, end_ns, !inside);
    return TRUE;
}

static gboolean take_row(Reader *reader)
{
    gboolean states = reader->format->kind == CS_AVAILABILITY_STATE;
    if (!(states ? take_state(reader) : take_interval(reader)))
        return FALSE;
    return ++reader->n_rows <= CS_TRACE_ROWS_MAX ||
           complain(reader, reader->time_column, "cut the file", "more than a million rows");
}

static gboolean check(Reader *reader)
{
    const char *wrong = NULL;
    if (reader->n == 0)
        wrong = reader->n_rows > 0 ? "the file has no row with a state" : "the file has no rows";
    else if (!reader->up && reader->change_ns->len == 0)
        wrong = "the device is never there";
    else if (reader->format->end == CS_TRACE_LOOP && reader->end_ns == 0)
        wrong = "a file that ends at time 0 cannot begin again";
    if (wrong != NULL)
        cs_diagnostics_error(reader->diagnostics, cs_rows_whole(reader->rows), NULL, "%s", wrong);
    return wrong == NULL;
}

CsAvailability *cs_availability_read(const char *path, const char *name,
                                     const CsAvailabilityFormat *format, CsPlace from,
                                     CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    g_autoptr(CsRows) rows = cs_rows_open(path, name, CS_TRACE_FILE_MAX, from, diagnostics);
    if (rows == NULL)
        return NULL;
    gboolean states = format->kind == CS_AVAILABILITY_STATE;
    g_autoptr(GArray) change_ns = g_array_new(FALSE, FALSE, sizeof(gint64));
    Reader reader = {.format = format,
                     .rows = rows,
                     .diagnostics = diagnostics,
                     .change_ns = change_ns,
                     .clock = {.unit = format->time_unit,
                               .from_first = format->time_unit == CS_TRACE_TIME_DATE}};
    reader.time_column = cs_rows_column(rows, format->time_column, from);
    if (states)
        reader.state_column = cs_rows_column(rows, format->state_column, from);
    else
        reader.end_column = cs_rows_column(rows, format->end_column, from);
    if (cs_diagnostics_told(diagnostics) != errors)
        return NULL;
    while (cs_rows_next(rows) && take_row(&reader))
        ;
    if (cs_diagnostics_told(diagnostics) != errors || !check(&reader))
        return NULL;
    return cs_availability_new(reader.up, (const gint64 *)(gpointer)change_ns->data, change_ns->len,
                               reader.end_ns, format->end);
}

/* --- in use ----------------------------------------------------------------------------------- */

static guint64 digest_of(const CsAvailability *availability)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    guint64 first;
    gint64 head[] = {availability->up, availability->end_ns};
    g_checksum_update(sum, (const guchar *)head, sizeof head);
    g_checksum_update(sum, (const guchar *)availability->change_ns,
                      (gssize)(availability->n * sizeof *availability->change_ns));
    g_checksum_get_digest(sum, digest, &length);
    memcpy(&first, digest, sizeof first);
    return first;
}

CsAvailability *cs_availability_new(gboolean up, const gint64 *change_ns, guint n, gint64 end_ns,
                                    CsTraceEnd end)
{
    g_assert(end != CS_TRACE_LOOP || end_ns > 0);
    CsAvailability *availability = g_new0(CsAvailability, 1);
    availability->up = up;
    availability->n = n;
    availability->change_ns = g_memdup2(change_ns, n * sizeof *change_ns);
    availability->end_ns = end_ns;
    availability->end = end;
    availability->digest = digest_of(availability);
    return availability;
}

void cs_availability_free(CsAvailability *availability)
{
    if (availability == NULL)
        return;
    g_free(availability->change_ns);
    g_free(availability);
}

guint64 cs_availability_digest(const CsAvailability *availability)
{
    return availability->digest;
}

gint64 cs_availability_end_ns(const CsAvailability *availability)
{
    return availability->end_ns;
}

/* How many changes there have been by `time_ns`. */
static guint changes_by(const CsAvailability *availability, gint64 time_ns)
{
    guint low = 0, high = availability->n; /* the first one behind it is in [low, high] */
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (availability->change_ns[middle] <= time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last change may be at the end, where a lap ends and has no part in it. */
static guint changes_of_lap(const CsAvailability *availability)
{
    guint n = availability->n;
    return n > 0 && availability->change_ns[n - 1] == availability->end_ns ? n - 1 : n;
}

static gboolean at_in_laps(const CsAvailability *availability, gint64 time_ns, gint64 *until_ns)
{
    gint64 lap_ns = time_ns / availability->end_ns * availability->end_ns;
    guint of_lap = changes_of_lap(availability);
    guint past = MIN(changes_by(availability, time_ns - lap_ns), of_lap);
    *until_ns = CS_TIME_MAX;
    if (past < of_lap)
        *until_ns = cs_time_sum(lap_ns, availability->change_ns[past]);
    else if ((of_lap & 1) != 0) /* the next lap begins in the other state */
        *until_ns = cs_time_sum(lap_ns, availability->end_ns);
    else if (of_lap > 0)
        *until_ns =
            cs_time_sum(cs_time_sum(lap_ns, availability->end_ns), availability->change_ns[0]);
    return availability->up ^ (gboolean)(past & 1);
}

gboolean cs_availability_at(const CsAvailability *availability, gint64 time_ns, gint64 *until_ns)
{
    if (availability->end == CS_TRACE_LOOP)
        return at_in_laps(availability, time_ns, until_ns);
    gboolean stops = availability->end == CS_TRACE_STOP;
    *until_ns = CS_TIME_MAX;
    if (stops && time_ns >= availability->end_ns)
        return FALSE;
    guint n = stops ? changes_of_lap(availability) : availability->n;
    guint past = changes_by(availability, time_ns);
    gboolean up = availability->up ^ (gboolean)(past & 1);
    if (past < n)
        *until_ns = availability->change_ns[past];
    else if (stops && up)
        *until_ns = availability->end_ns;
    return up;
}
