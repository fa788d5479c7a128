/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/csv: the values of the result tables and their rows as text. See csv.h.
 *
 * A row is written straight into its string: a recorded round should cost little more than a
 * simulated one, so nothing here allocates or calls printf.
 */
#include "output/csv.h"

#include "base/clean.h"
#include "base/number.h"
#include "base/units.h"

#include <math.h>
#include <string.h>

#define CACHE_BITS 9
#define CACHE_SIZE (1u << CACHE_BITS)

/* --- values ----------------------------------------------------------------------------------- */

#define FIELD(type, record, byte) (*(const type *)((const char *)(record) + (byte)))

/* Of CS_FROM_NS and its kin. */
static gint64 time_of(const CsColumn *column, gconstpointer record)
{
    gint64 time_ns = FIELD(gint64, record, column->offset[0]);
    if (column->source == CS_FROM_NS_SUM)
        time_ns += FIELD(gint64, record, column->offset[1]);
    else if (column->source == CS_FROM_NS_SPAN)
        time_ns -= FIELD(gint64, record, column->offset[1]);
    return time_ns;
}

/* NAN or infinite where there is nothing to say. */
static double signed_real_of(const CsColumn *column, gconstpointer record)
{
    switch (column->source) {
    case CS_FROM_DB:
        return cs_linear_to_db(FIELD(double, record, column->offset[0]));
    case CS_FROM_MEAN:
        return FIELD(double, record, column->offset[0]) /
               (double)FIELD(guint64, record, column->offset[1]);
    case CS_FROM_SHARE:
        return (double)FIELD(guint64, record, column->offset[0]) /
               (double)FIELD(guint64, record, column->offset[1]);
    case CS_FROM_RATIO:
        return FIELD(double, record, column->offset[0]) / FIELD(double, record, column->offset[1]);
    case CS_FROM_NS:
    case CS_FROM_NS_SUM:
    case CS_FROM_NS_SPAN:
        return cs_ns_to_s(time_of(column, record));
    default:
        return FIELD(double, record, column->offset[0]);
    }
}

/* A zero has no sign, since SQLite keeps none. */
static double real_of(const CsColumn *column, gconstpointer record)
{
    return signed_real_of(column, record) + 0.0;
}

/* FALSE where the cell is empty. */
static gboolean whole_of(const CsColumn *column, const CsRowContext *row, gconstpointer record,
                         gint64 *whole)
{
    switch (column->source) {
    case CS_FROM_RUN:
        *whole = (gint64)row->run;
        return TRUE;
    case CS_FROM_LAYERS:
        *whole = row->config->groups[0].cost.n_cuts - 1;
        return TRUE;
    case CS_FROM_COUNT:
        *whole = (gint64)FIELD(guint64, record, column->offset[0]);
        return TRUE;
    case CS_FROM_GUINT:
        *whole = FIELD(guint, record, column->offset[0]);
        return TRUE;
    case CS_FROM_INDEX:
        *whole = FIELD(gint8, record, column->offset[0]);
        return *whole >= 0;
    case CS_FROM_FLAG:
        *whole = FIELD(gboolean, record, column->offset[0]) != FALSE;
        return TRUE;
    default:
        g_assert_not_reached();
    }
}

CsCell cs_table_cell(CsTable table, guint column_index, const CsRowContext *row,
                     gconstpointer record, GString *scratch)
{
    guint n;
    const CsColumn *column = &cs_table_columns(table, &n)[column_index];
    g_assert(column_index < n);
    CsCell cell = {.kind = column->kind};
    switch (column->kind) {
    case CS_CELL_WHOLE:
        if (!whole_of(column, row, record, &cell.whole))
            cell.kind = CS_CELL_EMPTY;
        break;
    case CS_CELL_REAL:
        cell.real = real_of(column, record);
        if (!isfinite(cell.real))
            cell.kind = CS_CELL_EMPTY;
        break;
    case CS_CELL_TEXT:
        cell.text = row->config->policy->name;
        if (column->source == CS_FROM_DEVICE) {
            g_autofree char *name =
                cs_config_device_name(row->config, FIELD(guint, record, column->offset[0]));
            cell.text = g_string_assign(scratch, name)->str;
        }
        break;
    case CS_CELL_EMPTY:
        g_assert_not_reached();
    }
    return cell;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Quoted as RFC 4180 has it where the text needs it. */
static char *put_text(char *p, const char *text)
{
    gsize plain = strcspn(text, ",\"\r\n");
    if (text[plain] == '\0') {
        memcpy(p, text, plain);
        return p + plain;
    }
    *p++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"')
            *p++ = '"';
        *p++ = *text;
    }
    *p++ = '"';
    return p;
}

void cs_csv_append_clean(GString *line, const CsCell *cell)
{
    g_autofree char *shown = cell->kind == CS_CELL_TEXT ? cs_clean_cell(cell->text) : NULL;
    CsCell clean = *cell;
    if (shown != NULL)
        clean.text = shown;
    cs_csv_append_cell(line, &clean);
}

void cs_csv_append_cell(GString *line, const CsCell *cell)
{
    gsize used = line->len;
    gsize room = cell->kind == CS_CELL_TEXT ? 2 * strlen(cell->text) + 2 : CS_NUMBER_MAX;
    g_string_set_size(line, used + room);
    char *start = line->str + used, *p = start;
    if (cell->kind == CS_CELL_TEXT)
        p = put_text(p, cell->text);
    else if (cell->kind == CS_CELL_WHOLE)
        p += cs_number_format_whole(p, cell->whole);
    else if (cell->kind == CS_CELL_REAL)
        p += cs_number_format(p, cell->real);
    g_string_set_size(line, used + (gsize)(p - start));
}

static char *put_device(char *p, const CsConfig *config, guint device)
{
    const CsDeviceGroup *group = cs_config_group_of(config, device);
    if (*group->name == '-' && cs_clean_is_formula(group->name))
        *p++ = '\''; /* as cs_clean_cell() has it: a name may begin with a dash */
    p = put_text(p, group->name);
    if (group->counted) {
        *p++ = '.';
        p += cs_number_format_whole(p, (gint64)(device - group->first) + 1);
    }
    return p;
}

/* Numbers recur from row to row (a rate, a stage's time under the same rate), and finding a
 * number's text takes a fraction of the time of making it. */
struct CsNumberCache {
    struct {
        double value;
        guint64 length; /* 0: nothing here yet */
        char text[CS_NUMBER_MAX];
    } entry[CACHE_SIZE];
};

static char *put_real(char *p, CsNumberCache *cache, double value)
{
    union {
        double value;
        guint64 bits;
    } image = {value};
    guint at = (guint)((image.bits * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15)) >> (64 - CACHE_BITS));
    if (cache->entry[at].length == 0 || cache->entry[at].value != value) {
        cache->entry[at].value = value;
        cache->entry[at].length = cs_number_format(cache->entry[at].text, value);
    }
    memcpy(p, cache->entry[at].text, CS_NUMBER_MAX);
    return p + cache->entry[at].length;
}

static char *put_cell(char *p, const CsColumn *column, const CsRowContext *row,
                      CsNumberCache *cache, gconstpointer record)
{
    gint64 whole;
    double real;
    switch (column->kind) {
    case CS_CELL_WHOLE:
        return whole_of(column, row, record, &whole) ? p + cs_number_format_whole(p, whole) : p;
    case CS_CELL_REAL:
        if (column->source == CS_FROM_NS || column->source == CS_FROM_NS_SUM ||
            column->source == CS_FROM_NS_SPAN)
            return p + cs_number_format_ns(p, time_of(column, record));
        real = real_of(column, record);
        return isfinite(real) ? put_real(p, cache, real) : p;
    case CS_CELL_TEXT:
        return column->source == CS_FROM_DEVICE
                   ? put_device(p, row->config, FIELD(guint, record, column->offset[0]))
                   : put_text(p, row->config->policy->name);
    case CS_CELL_EMPTY:
        break;
    }
    g_assert_not_reached();
}

#define STREAM_SIZE ((gsize)1 << 16) /* bytes gathered before they go to a file */

static void append_row(CsCsvSink *sink, CsTable table, gconstpointer record)
{
    GString *text = sink->text[table];
    gsize used = text->len;
    g_string_set_size(text, used + sink->row_size);
    char *p = text->str + used;
    guint n;
    const CsColumn *columns = cs_table_columns(table, &n);
    for (guint i = 0; i < sink->width[table]; i++) {
        p = put_cell(p, &columns[i], &sink->row, sink->cache, record);
        *p++ = ',';
    }
    if (sink->more != NULL)
        p = g_stpcpy(p - 1, sink->more) + 1;
    p[-1] = '\n';
    g_string_set_size(text, (gsize)(p - text->str));
    if (sink->file[table] != NULL && text->len >= STREAM_SIZE)
        cs_csv_sink_flush(sink, table, sink->file[table]);
}

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    append_row((CsCsvSink *)sink, CS_TABLE_ROUNDS, record);
}

static void take_device(CsSink *sink, const CsDeviceTotals *totals)
{
    append_row((CsCsvSink *)sink, CS_TABLE_DEVICES, totals);
}

static void take_totals(CsSink *sink, const CsTotals *totals)
{
    append_row((CsCsvSink *)sink, CS_TABLE_TOTALS, totals);
}

static void take_loss(CsSink *sink, const CsLossRecord *record)
{
    append_row((CsCsvSink *)sink, CS_TABLE_LOSSES, record);
}

CsCsvSink *cs_csv_sink_new(guint wanted, guint64 run, const CsConfig *config)
{
    CsCsvSink *sink = g_new0(CsCsvSink, 1);
    sink->row = (CsRowContext){.run = run, .config = config};
    sink->cache = g_new0(CsNumberCache, 1);
    gsize name_size = 0;
    for (guint i = 0; i < config->n_groups; i++)
        name_size = MAX(name_size, strlen(config->groups[i].name));
    guint n_columns = 0;
    for (guint i = 0; i < CS_TABLE_N; i++) {
        sink->width[i] = cs_table_width((CsTable)i, config->places);
        n_columns = MAX(n_columns, sink->width[i]);
        if (wanted & (1u << i))
            sink->text[i] = g_string_new(NULL);
    }
    /* Quoting at most doubles a text. */
    sink->row_size = n_columns * CS_NUMBER_MAX + 2 * (name_size + strlen(config->policy->name));
    sink->sink.round = sink->text[CS_TABLE_ROUNDS] != NULL ? take_round : NULL;
    sink->sink.device = sink->text[CS_TABLE_DEVICES] != NULL ? take_device : NULL;
    sink->sink.totals = sink->text[CS_TABLE_TOTALS] != NULL ? take_totals : NULL;
    sink->sink.loss = sink->text[CS_TABLE_LOSSES] != NULL ? take_loss : NULL;
    return sink;
}

void cs_csv_sink_free(CsCsvSink *sink)
{
    if (sink == NULL)
        return;
    for (guint i = 0; i < CS_TABLE_N; i++)
        if (sink->text[i] != NULL)
            g_string_free(sink->text[i], TRUE);
    g_free(sink->cache);
    g_free(sink->more);
    g_free(sink);
}

void cs_csv_sink_end_rows(CsCsvSink *sink, char *more)
{
    sink->more = more;
    sink->row_size += more != NULL ? strlen(more) : 0;
}

void cs_csv_sink_stream(CsCsvSink *sink, CsTable table, CsFile *file)
{
    sink->file[table] = file;
}

void cs_csv_sink_flush(CsCsvSink *sink, CsTable table, CsFile *file)
{
    if (sink->text[table] == NULL)
        return;
    cs_file_write(file, sink->text[table]->str, sink->text[table]->len);
    g_string_set_size(sink->text[table], 0);
}
