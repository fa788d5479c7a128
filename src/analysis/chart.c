/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/chart: a metric against keys or metrics, as a picture. See chart.h. */
#include "analysis/chart.h"

#include "analysis/figure.h"
#include "analysis/gnuplot.h"
#include "analysis/report-notes.h"
#include "base/fail.h"
#include "base/file.h"
#include "text/rows.h"

#include <math.h>
#include <string.h>

#define SERIES_MAX 8 /* more cannot be told apart */
#define UNDRAWN_NAMED 5

static const char *const kind_names[CS_CHART_N] = {"line", "bars", "heat", "pareto"};

/* --- data ------------------------------------------------------------------------------------- */

static gint compare_drawn(gconstpointer a, gconstpointer b)
{
    const CsChartPoint *left = a, *right = b;
    if (left->series != right->series)
        return left->series < right->series ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

/* "card, 20 MHz": values of all keys, or of all but the one that runs. Transfer full. */
static char *values_text(const CsChartData *chart, const CsReportRow *row, gboolean all)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < chart->report->n_keys; i++)
        if (all || chart->runs == NULL || i != chart->runs_at)
            g_string_append_printf(text, "%s%s", (all ? i : text->len) > 0 ? ", " : "",
                                   cs_chart_value(chart, row, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static guint series_of(CsChartData *chart, const CsReportRow *row)
{
    g_autofree char *text = values_text(chart, row, FALSE);
    for (guint i = 0; i < chart->series->len; i++)
        if (strcmp(g_ptr_array_index(chart->series, i), text) == 0)
            return i;
    g_ptr_array_add(chart->series, g_steal_pointer(&text));
    return chart->series->len - 1;
}

/* A baseline's reduction against itself is no point of a picture. */
static gboolean is_shown(const CsChartData *chart, const CsReportRow *row)
{
    for (guint m = 0; m < chart->report->n_measures; m++)
        if (isnan(cs_chart_shown(chart, row, m).value))
            return FALSE;
    return !(chart->report->versus && row->baseline);
}

static void collect_rows(CsChartData *chart)
{
    for (guint i = 0; i < chart->report->rows->len; i++) {
        const CsReportRow *row = g_ptr_array_index(chart->report->rows, i);
        if (!is_shown(chart, row)) {
            if (!row->baseline)
                g_ptr_array_add(chart->undrawn, values_text(chart, row, TRUE));
            continue;
        }
        guint position = chart->runs != NULL ? row->value[chart->runs_at] : 0;
        CsChartPoint drawn = {row, series_of(chart, row),
                              chart->number != NULL ? chart->number[position] : position + 1.0};
        g_array_append_val(chart->points, drawn);
    }
    g_array_sort(chart->points, compare_drawn);
}

/* As data and script have it. */
static void append_cell(GString *csv, const CsChartData *chart, const char *text)
{
    g_autofree char *plain = cs_gnuplot_cell(text, chart->raw);
    g_string_append(csv, plain);
}

/* series,place,value of the key, then value and half-width of each metric, and the series' number:
 * gnuplot never looks at texts, of which one may be 'NaN'. Where all are known exactly, behind it
 * what they are. */
static char *chart_csv(const CsChartData *chart)
{
    GString *csv = g_string_new(NULL);
    const CsReport *report = chart->report;
    const char *more = report->versus ? "_reduction" : "";
    g_string_append(csv, "series,place,");
    append_cell(csv, chart, chart->runs != NULL ? chart->runs->name : "point");
    for (guint m = 0; m < report->n_measures; m++)
        g_string_append_printf(csv, ",%s%s,%s%s_half_width", report->measure[m]->column, more,
                               report->measure[m]->column, more);
    g_string_append(csv, chart->exact ? ",series_number,exact\n" : ",series_number\n");
    for (guint i = 0; i < chart->points->len; i++) {
        const CsChartPoint *drawn = &g_array_index(chart->points, CsChartPoint, i);
        append_cell(csv, chart, g_ptr_array_index(chart->series, drawn->series));
        cs_csv_append_number(csv, drawn->place);
        g_string_append_c(csv, ',');
        if (chart->runs != NULL)
            append_cell(csv, chart, cs_chart_value(chart, drawn->row, chart->runs_at));
        for (guint m = 0; m < report->n_measures; m++) {
            cs_csv_append_number(csv, cs_chart_shown(chart, drawn->row, m).value);
            cs_csv_append_number(csv, cs_chart_shown(chart, drawn->row, m).half_width);
        }
        g_string_append_printf(csv, ",%u", drawn->series + 1);
        if (chart->exact)
            cs_csv_append_number(csv, drawn->row->cell[0].exact);
        g_string_append_c(csv, '\n');
    }
    return g_string_free(csv, FALSE);
}

/* --- curves that lie on each other ------------------------------------------------------------ */

#define SAME 1e-6 /* relative: far below a line's width */

static gboolean same_number(double a, double b)
{
    return fabs(a - b) <= SAME * fmax(fabs(a), fabs(b)) || (isnan(a) && isnan(b));
}

/* Whether the points from `a` and from `b` on have the same places and values. */
static gboolean same_curve(const CsChartData *chart, guint a, guint b)
{
    const CsChartPoint *point = (const CsChartPoint *)(gconstpointer)chart->points->data;
    guint n = chart->points->len, of_a = point[a].series, of_b = point[b].series;
    for (;; a++, b++) {
        gboolean more_a = a < n && point[a].series == of_a;
        gboolean more_b = b < n && point[b].series == of_b;
        if (!more_a || !more_b)
            return more_a == more_b;
        gboolean same = point[a].place == point[b].place;
        for (guint m = 0; same && m < chart->report->n_measures; m++) {
            CsEstimate of_one = cs_chart_shown(chart, point[a].row, m);
            CsEstimate of_other = cs_chart_shown(chart, point[b].row, m);
            same = same_number(of_one.value, of_other.value) &&
                   same_number(of_one.half_width, of_other.half_width);
        }
        if (!same)
            return FALSE;
    }
}

static void find_same(CsChartData *chart)
{
    const CsChartPoint *point = (const CsChartPoint *)(gconstpointer)chart->points->data;
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_set_size(chart->same, chart->series->len);
    for (guint i = 0; i < chart->points->len; i++) {
        if (i > 0 && point[i - 1].series == point[i].series)
            continue;
        guint same = 0;
        for (guint k = 0; k < starts->len && same == 0; k++)
            if (same_curve(chart, g_array_index(starts, guint, k), i))
                same = k + 1;
        g_array_index(chart->same, guint, point[i].series) = same;
        g_array_append_val(starts, i);
    }
}

/* --- what is asked ---------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *what)
{
    return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED, "%s", what);
}

static gboolean find_kind(const char *name, CsChartKind *kind, GError **error)
{
    *kind = CS_CHART_LINE;
    for (guint k = 0; name != NULL && k < CS_CHART_N; k++)
        if (strcmp(kind_names[k], name) == 0) {
            *kind = (CsChartKind)k;
            return TRUE;
        }
    return name == NULL || refuse(error, "the kinds of plot are line, bars, heat and pareto");
}

/* Whether `a` and `b` name one key, which may be written without its group. */
static gboolean same_key(const char *a, const char *b)
{
    const char *dot_a = strrchr(a, '.'), *dot_b = strrchr(b, '.');
    return strcmp(a, b) == 0 || (dot_a == NULL && dot_b != NULL && strcmp(a, dot_b + 1) == 0) ||
           (dot_b == NULL && dot_a != NULL && strcmp(b, dot_a + 1) == 0);
}

static gboolean check_request(const CsChartRequest *request, CsChartKind kind, GError **error)
{
    guint n_by = g_strv_length((char **)request->by);
    if (request->x == NULL || request->y == NULL)
        return refuse(error, kind == CS_CHART_PARETO
                                 ? "a Pareto plot needs two metrics: --x METRIC --y METRIC"
                                 : "a plot needs --x KEY and --y METRIC, or --figure NAME");
    if (kind == CS_CHART_HEAT && n_by != 1)
        return refuse(error, "a heat map needs one --by KEY, its vertical axis");
    if (kind != CS_CHART_PARETO && request->along != NULL)
        return refuse(error, "--along is for --kind pareto");
    const char *runs = kind == CS_CHART_PARETO ? request->along : request->x;
    for (guint i = 0; runs != NULL && i < n_by; i++)
        if (same_key(runs, request->by[i]))
            return refuse(error, kind == CS_CHART_PARETO ? "--along and --by name the same key"
                                                         : "--x and --by name the same key");
    return TRUE;
}

/* The report behind the chart: keys by..., then what runs. Transfer full. */
static CsReport *make_report(CsStudy *study, const CsChartRequest *request, CsChartKind kind,
                             GError **error)
{
    gboolean pareto = kind == CS_CHART_PARETO;
    const char *runs = pareto ? request->along : request->x;
    g_autoptr(GPtrArray) by = g_ptr_array_new();
    for (guint i = 0; request->by[i] != NULL; i++)
        g_ptr_array_add(by, (gpointer)request->by[i]);
    if (runs != NULL)
        g_ptr_array_add(by, (gpointer)runs);
    if (by->len == 0) {
        refuse(error, "a Pareto plot needs --along KEY, --by KEY or both");
        return NULL;
    }
    g_ptr_array_add(by, NULL);
    const char *const metrics[] = {pareto ? request->x : request->y, pareto ? request->y : NULL,
                                   NULL};
    CsReportRequest wanted = {
        (const char *const *)by->pdata, metrics, request->versus, request->all, request->level,
        kind == CS_CHART_LINE};
    return cs_report_new(study, &wanted, error);
}

/* Where `name` stands among the report's keys. */
static void find_runs(CsChartData *chart, CsStudy *study, const char *name)
{
    const char *unit;
    gint key = name != NULL ? cs_study_find_key(study, name, NULL) : -1;
    for (guint i = 0; i < chart->report->n_keys; i++)
        if ((gint)chart->report->key[i] == key) {
            chart->runs_at = i;
            chart->runs = cs_study_key(study, (guint)key);
            chart->number = cs_study_key_numbers(chart->runs, &unit);
        }
}

static gboolean check_chart(const CsChartData *chart, CsChartKind kind, GError **error)
{
    if (chart->points->len == 0)
        return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA,
                       "nothing to draw: the metric is not modelled in any run, or no run has "
                       "a partner");
    if (kind == CS_CHART_LINE && chart->number == NULL)
        return refuse(error, "a line needs numbers along its axis; --kind bars draws names");
    if (kind != CS_CHART_HEAT && chart->series->len > SERIES_MAX)
        return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                       "%u series cannot be told apart, %d can; name fewer keys with --by, or draw "
                       "--kind heat",
                       chart->series->len, SERIES_MAX);
    return TRUE;
}

static gboolean all_exact(const CsChartData *chart)
{
    for (guint i = 0; i < chart->points->len; i++)
        if (isnan(g_array_index(chart->points, CsChartPoint, i).row->cell[0].exact))
            return FALSE;
    return chart->points->len > 0;
}

static gboolean draw(CsChartData *chart, const CsChartRequest *request, CsChartKind kind,
                     const char *output, const CsPaths *paths, GError **error)
{
    g_autofree char *directory = NULL, *stem = NULL;
    const char *format;
    if (kind == CS_CHART_BARS || kind == CS_CHART_HEAT)
        g_clear_pointer(&chart->number, g_free); /* equally wide cells, in the sweep's order */
    collect_rows(chart);
    chart->exact = all_exact(chart);
    find_same(chart);
    if (!check_chart(chart, kind, error) ||
        !cs_figure_split(output, &directory, &stem, &format, error))
        return FALSE;
    g_autofree char *csv = chart_csv(chart);
    g_autofree char *settings = cs_chart_script(chart, request, kind);
    return cs_directory_create(directory, error) &&
           cs_figure_draw_template(stem, settings, kind_names[kind], directory, stem, csv, format,
                                   paths, error);
}

/* What the picture does not show, beside what its report says. */
static void take_notes(CsStudy *study, const CsChartData *chart, CsChartKind kind, GPtrArray *notes)
{
    g_autoptr(GPtrArray) of_report = cs_report_notes(study, chart->report);
    g_ptr_array_extend_and_steal(notes, g_steal_pointer(&of_report));
    for (guint k = 0; k < chart->series->len; k++) {
        guint as = g_array_index(chart->same, guint, k);
        if (as > 0 && kind != CS_CHART_HEAT)
            cs_report_note(notes, FALSE, "the values of '%s' are those of '%s'",
                           (const char *)g_ptr_array_index(chart->series, k),
                           (const char *)g_ptr_array_index(chart->series, as - 1));
    }
    if (chart->undrawn->len == 0)
        return;
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < MIN(chart->undrawn->len, UNDRAWN_NAMED); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? "; " : "",
                               (const char *)g_ptr_array_index(chart->undrawn, i));
    cs_report_note(notes, TRUE, "%u of %u points have no value and are not drawn: %s%s",
                   chart->undrawn->len, chart->report->rows->len, list->str,
                   chart->undrawn->len > UNDRAWN_NAMED ? "; ..." : "");
}

gboolean cs_chart_draw(CsStudy *study, const CsChartRequest *request, const char *output,
                       const CsPaths *paths, GPtrArray *notes, GError **error)
{
    CsChartKind kind;
    if (!find_kind(request->kind, &kind, error) || !check_request(request, kind, error))
        return FALSE;
    g_autoptr(CsReport) report = make_report(study, request, kind, error);
    if (report == NULL)
        return FALSE;
    CsChartData chart = {.study = study,
                         .report = report,
                         .raw = request->raw,
                         .series = g_ptr_array_new_with_free_func(g_free),
                         .same = g_array_new(FALSE, TRUE, sizeof(guint)),
                         .points = g_array_new(FALSE, FALSE, sizeof(CsChartPoint)),
                         .undrawn = g_ptr_array_new_with_free_func(g_free)};
    find_runs(&chart, study, kind == CS_CHART_PARETO ? request->along : request->x);
    if (request->kind == NULL && chart.number == NULL)
        kind = CS_CHART_BARS;
    gboolean good = draw(&chart, request, kind, output, paths, error);
    if (good && notes != NULL)
        take_notes(study, &chart, kind, notes);
    g_free(chart.number);
    g_ptr_array_unref(chart.undrawn);
    g_ptr_array_unref(chart.series);
    g_array_unref(chart.points);
    g_array_unref(chart.same);
    return good;
}
