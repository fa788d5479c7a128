/* SPDX-License-Identifier: GPL-3.0-or-later */
/* energy/tables: measurements in place of laws. See tables.h. Layer: energy. */
#include "energy/tables.h"

#include "text/rows.h"

#include <math.h>

#define TABLE_MAX_BYTE (16 << 20)

/* Opens a file and finds its columns; the last may be missing where `optional`. */
static CsRows *open_table(const char *path, const char *name, const char *const *columns, guint n,
                          gboolean optional, gint *at, CsPlace from, CsDiagnostics *diagnostics)
{
    g_autoptr(CsRows) rows = cs_rows_open(path, name, TABLE_MAX_BYTE, from, diagnostics);
    if (rows == NULL)
        return NULL;
    for (guint i = 0; i < n; i++) {
        gboolean may_miss = optional && i + 1 == n;
        at[i] = may_miss ? cs_rows_find(rows, columns[i])
                         : cs_rows_column(rows, columns[i], cs_rows_whole(rows));
        if (at[i] < 0 && !may_miss)
            return NULL;
    }
    return g_steal_pointer(&rows);
}

/* The numbers of the present row, each in (0, 1e15); that of a column that is not there is 0. */
static gboolean read_row(CsRows *rows, const gint *at, guint n, double *number,
                         CsDiagnostics *diagnostics)
{
    for (guint i = 0; i < n; i++) {
        number[i] = 0;
        if (at[i] < 0)
            continue;
        if (cs_field_number(cs_rows_field(rows, at[i]), &number[i]) && number[i] > 0 &&
            number[i] < 1e15)
            continue;
        return cs_diagnostics_error(diagnostics, cs_rows_place(rows, at[i]), "write a plain number",
                                    "this is no number above 0");
    }
    return TRUE;
}

static gint compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* --- power ------------------------------------------------------------------------------------ */

CsPowerTable *cs_power_table_read(const char *path, const char *name, CsPlace from,
                                  CsDiagnostics *diagnostics)
{
    static const char *const columns[] = {"frequency_hz", "power_w"};
    gint at[2];
    double number[2];
    guint told = cs_diagnostics_told(diagnostics);
    g_autoptr(CsRows) rows = open_table(path, name, columns, 2, FALSE, at, from, diagnostics);
    if (rows == NULL)
        return NULL;
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(CsPowerPoint));
    while (cs_rows_next(rows)) {
        if (!read_row(rows, at, 2, number, diagnostics))
            return NULL;
        CsPowerPoint point = {number[0], number[1]};
        g_array_append_val(points, point);
    }
    if (cs_diagnostics_told(diagnostics) != told)
        return NULL;
    g_array_sort(points, compare_doubles); /* a point begins with its frequency */
    const CsPowerPoint *point = (const CsPowerPoint *)(gpointer)points->data;
    gboolean twice = FALSE;
    for (guint i = 1; i < points->len; i++)
        twice |= point[i].frequency_hz == point[i - 1].frequency_hz;
    if (points->len == 0 || twice) {
        cs_diagnostics_error(diagnostics, cs_rows_whole(rows), NULL,
                             twice ? "a frequency stands in two rows" : "there are no rows");
        return NULL;
    }
    CsPowerTable *table = g_new(CsPowerTable, 1);
    table->n = points->len;
    table->point = (CsPowerPoint *)(gpointer)g_array_free(g_steal_pointer(&points), FALSE);
    return table;
}

void cs_power_table_free(CsPowerTable *table)
{
    if (table == NULL)
        return;
    g_free(table->point);
    g_free(table);
}

/* --- times of a layer ------------------------------------------------------------------------- */

typedef struct {
    double tokens, forward_s, backward_s, frequency_hz;
} Row;

typedef struct {
    double tokens;
    CsTimeLaw law[2]; /* forward, backward */
} LayerTime;

struct CsLayerTimes {
    gboolean clocked; /* else a law's cycles are those of a clock of 1 Hz */
    guint n;
    LayerTime *at;
};

/* t = cycle/f + fixed through n rows of one number of tokens, neither term below 0. */
static CsTimeLaw fit_law(const Row *row, guint n, gboolean backward)
{
    double sx = 0, st = 0, sxx = 0, sxt = 0;
    for (guint i = 0; i < n; i++) {
        double x = row[i].frequency_hz > 0 ? 1 / row[i].frequency_hz : 1;
        double t = backward ? row[i].backward_s : row[i].forward_s;
        sx += x;
        st += t;
        sxx += x * x;
        sxt += x * t;
    }
    double spread = n * sxx - sx * sx;
    CsTimeLaw through_0 = {.cycle = sxt / sxx};
    if (!(spread > 1e-12 * n * sxx)) /* one clock */
        return through_0;
    double cycle = (n * sxt - sx * st) / spread, fixed_s = (st - cycle * sx) / n;
    if (cycle <= 0)
        return (CsTimeLaw){.fixed_s = st / n};
    return fixed_s < 0 ? through_0 : (CsTimeLaw){.cycle = cycle, .fixed_s = fixed_s};
}

static CsLayerTimes *fit_rows(GArray *rows, gboolean clocked)
{
    g_array_sort(rows, compare_doubles); /* a row begins with its tokens */
    const Row *row = (const Row *)(gpointer)rows->data;
    CsLayerTimes *times = g_new(CsLayerTimes, 1);
    *times = (CsLayerTimes){.clocked = clocked, .at = g_new(LayerTime, rows->len)};
    for (guint i = 0, n; i < rows->len; i += n) {
        for (n = 1; i + n < rows->len && row[i + n].tokens == row[i].tokens;)
            n++;
        times->at[times->n++] =
            (LayerTime){row[i].tokens, {fit_law(&row[i], n, FALSE), fit_law(&row[i], n, TRUE)}};
    }
    return times;
}

CsLayerTimes *cs_layer_times_read(const char *path, const char *name, CsPlace from,
                                  CsDiagnostics *diagnostics)
{
    static const char *const columns[] = {"tokens", "forward_s", "backward_s", "frequency_hz"};
    gint at[4];
    double number[4];
    guint told = cs_diagnostics_told(diagnostics);
    g_autoptr(CsRows) rows = open_table(path, name, columns, 4, TRUE, at, from, diagnostics);
    if (rows == NULL)
        return NULL;
    g_autoptr(GArray) measured = g_array_new(FALSE, FALSE, sizeof(Row));
    while (cs_rows_next(rows)) {
        if (!read_row(rows, at, 4, number, diagnostics))
            return NULL;
        Row row = {number[0], number[1], number[2], number[3]};
        g_array_append_val(measured, row);
    }
    if (measured->len == 0 && cs_diagnostics_told(diagnostics) == told)
        cs_diagnostics_error(diagnostics, cs_rows_whole(rows), NULL, "there are no rows");
    return cs_diagnostics_told(diagnostics) == told ? fit_rows(measured, at[3] >= 0) : NULL;
}

void cs_layer_times_free(CsLayerTimes *times)
{
    if (times == NULL)
        return;
    g_free(times->at);
    g_free(times);
}

/* Both terms of the line through two rows, neither below 0 beyond them. */
static CsTimeLaw between(const CsTimeLaw *a, const CsTimeLaw *b, double share)
{
    return (CsTimeLaw){.cycle = a->cycle + share * (b->cycle - a->cycle),
                       .fixed_s = a->fixed_s + share * (b->fixed_s - a->fixed_s)};
}

CsTimeLaw cs_layer_times_at(const CsLayerTimes *times, double tokens, gboolean backward,
                            double reference_hz)
{
    const LayerTime *at = times->at, *last = &at[times->n - 1];
    guint i = 0;
    CsTimeLaw law;
    while (i < times->n && at[i].tokens < tokens)
        i++;
    if (i == 0) {
        law = at->law[backward];
    } else if (i == times->n) {
        CsTimeLaw nothing = {0, 0};
        law = between(&nothing, &last->law[backward], tokens / last->tokens);
    } else {
        double share = (tokens - at[i - 1].tokens) / (at[i].tokens - at[i - 1].tokens);
        law = between(&at[i - 1].law[backward], &at[i].law[backward], share);
    }
    if (!times->clocked)
        law.cycle *= reference_hz;
    return law;
}
