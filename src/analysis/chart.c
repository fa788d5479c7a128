/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/chart: a metric against keys or metrics, as a picture. See chart.h. */
#include "analysis/chart.h"

#include "analysis/figure.h"
#include "analysis/gnuplot.h"
#include "analysis/report-notes.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

#define SERIES_MAX 8 /* more cannot be told apart */
#define UNDRAWN_NAMED 5

static const char *const kind_names[CS_CHART_N] = {"line", "bars", "heat", "pareto"};

/* What a chart is made of. A report's row has the values of: by..., then the key that runs. */
typedef struct {
    const CsStudy *study;
    const CsReport *report;
    const CsStudyKey *runs; /* x, or what a Pareto plot goes along; NULL for none */
    guint runs_at;          /* its place among the report's keys */
    double *number;         /* of its values; NULL where they are names */
    GPtrArray *series;      /* texts of the values of `by`, in order */
    GArray *rows;           /* Drawn, by series, then as the key runs */
    GPtrArray *undrawn;     /* texts of rows that have nothing to draw */
    gboolean raw;
} Chart;

typedef struct {
    const CsReportRow *row;
    guint series;
    double place; /* along the key that runs */
} Drawn;

/* --- data ------------------------------------------------------------------------------------- */

static gint compare_drawn(gconstpointer a, gconstpointer b)
{
    const Drawn *left = a, *right = b;
    if (left->series != right->series)
        return left->series < right->series ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

static const char *value_text(const Chart *chart, const CsReportRow *row, guint at)
{
    const CsStudyKey *key = cs_study_key(chart->study, chart->report->key[at]);
    return g_ptr_array_index(key->values, row->value[at]);
}

/* "card, 20 MHz": values of all keys but the one that runs. Transfer full. */
static char *series_text(const Chart *chart, const CsReportRow *row)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < chart->report->n_keys; i++)
        if (chart->runs == NULL || i != chart->runs_at)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
                                   value_text(chart, row, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static guint series_of(Chart *chart, const CsReportRow *row)
{
    g_autofree char *text = series_text(chart, row);
    for (guint i = 0; i < chart->series->len; i++)
        if (strcmp(g_ptr_array_index(chart->series, i), text) == 0)
            return i;
    g_ptr_array_add(chart->series, g_steal_pointer(&text));
    return chart->series->len - 1;
}

static CsEstimate shown(const Chart *chart, const CsReportRow *row, guint measure)
{
    return chart->report->versus ? row->cell[measure].reduction : row->cell[measure].mean;
}

/* A baseline's reduction against itself is no point of a picture. */
static gboolean is_shown(const Chart *chart, const CsReportRow *row)
{
    for (guint m = 0; m < chart->report->n_measures; m++)
        if (isnan(shown(chart, row, m).value))
            return FALSE;
    return !(chart->report->versus && row->baseline);
}

/* "card, 20 MHz": values of all keys. Transfer full. */
static char *row_text(const Chart *chart, const CsReportRow *row)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < chart->report->n_keys; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", value_text(chart, row, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void collect_rows(Chart *chart)
{
    for (guint i = 0; i < chart->report->rows->len; i++) {
        const CsReportRow *row = g_ptr_array_index(chart->report->rows, i);
        if (!is_shown(chart, row)) {
            if (!row->baseline)
                g_ptr_array_add(chart->undrawn, row_text(chart, row));
            continue;
        }
        guint position = chart->runs != NULL ? row->value[chart->runs_at] : 0;
        Drawn drawn = {row, series_of(chart, row),
                       chart->number != NULL ? chart->number[position] : position + 1.0};
        g_array_append_val(chart->rows, drawn);
    }
    g_array_sort(chart->rows, compare_drawn);
}

static void append_number(GString *csv, double value)
{
    char text[CS_NUMBER_MAX];
    g_string_append_c(csv, ',');
    if (isnan(value))
        return;
    cs_number_format(text, value);
    g_string_append(csv, text);
}

/* As data and script have it. */
static void append_cell(GString *csv, const Chart *chart, const char *text)
{
    g_autofree char *plain = cs_gnuplot_cell(text, chart->raw);
    g_string_append(csv, plain);
}

/* series,place,value of the key,x,x_half_width,y,y_half_width: of a picture over a key x is
 * empty. */
static char *chart_csv(const Chart *chart)
{
    GString *csv = g_string_new(NULL);
    const CsReport *report = chart->report;
    const char *more = report->versus ? "_reduction" : "";
    g_string_append(csv, "series,place,");
    append_cell(csv, chart, chart->runs != NULL ? chart->runs->name : "point");
    for (guint m = 0; m < report->n_measures; m++)
        g_string_append_printf(csv, ",%s%s,%s%s_half_width", report->measure[m]->column, more,
                               report->measure[m]->column, more);
    g_string_append_c(csv, '\n');
    for (guint i = 0; i < chart->rows->len; i++) {
        const Drawn *drawn = &g_array_index(chart->rows, Drawn, i);
        append_cell(csv, chart, g_ptr_array_index(chart->series, drawn->series));
        append_number(csv, drawn->place);
        g_string_append_c(csv, ',');
        if (chart->runs != NULL)
            append_cell(csv, chart, value_text(chart, drawn->row, chart->runs_at));
        for (guint m = 0; m < report->n_measures; m++) {
            append_number(csv, shown(chart, drawn->row, m).value);
            append_number(csv, shown(chart, drawn->row, m).half_width);
        }
        g_string_append_c(csv, '\n');
    }
    return g_string_free(csv, FALSE);
}

/* --- settings --------------------------------------------------------------------------------- */

static void append_text(GString *script, const char *name, const char *text)
{
    g_autofree char *quoted = cs_gnuplot_quote(text);
    g_string_append_printf(script, "%s = %s\n", name, quoted);
}

static void append_enhanced(GString *script, const char *name, const char *text)
{
    g_autofree char *quoted = cs_gnuplot_quote_enhanced(text);
    g_string_append_printf(script, "%s = %s\n", name, quoted);
}

static void append_element(GString *script, const Chart *chart, const char *name, guint i,
                           const char *text)
{
    g_autofree char *element = g_strdup_printf("%s[%u]", name, i + 1);
    g_autofree char *plain = cs_gnuplot_cell(text, chart->raw);
    append_text(script, element, plain);
}

static void append_texts(GString *script, const Chart *chart, const char *name,
                         const GPtrArray *texts)
{
    g_string_append_printf(script, "array %s[%u]\n", name, MAX(texts->len, 1));
    for (guint i = 0; i < texts->len; i++)
        append_element(script, chart, name, i, g_ptr_array_index(texts, i));
}

/* The values of a key without their unit, which its axis' title tells; names as they are. */
static void append_ticks(GString *script, const Chart *chart, const char *name,
                         const CsStudyKey *key)
{
    const char *unit;
    g_autofree double *numbers = cs_study_key_numbers(key, &unit);
    if (numbers == NULL) {
        append_texts(script, chart, name, key->values);
        return;
    }
    g_string_append_printf(script, "array %s[%u]\n", name, key->values->len);
    for (guint i = 0; i < key->values->len; i++) {
        g_autofree char *tick = g_strdup_printf("%.6g", numbers[i]);
        append_element(script, chart, name, i, tick);
    }
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

static char *titled(const char *title, const char *unit)
{
    return unit[0] != '\0' ? g_strdup_printf("%s (%s)", title, unit) : g_strdup(title);
}

/* With its unit where its values are numbers of one. */
static void append_key_axis(GString *script, const char *name, const CsStudyKey *key)
{
    const char *unit = "";
    g_autofree double *numbers = cs_study_key_numbers(key, &unit);
    g_autofree char *title = cs_study_key_title(key);
    g_autofree char *axis = titled(title, numbers != NULL ? unit : "");
    append_text(script, name, axis);
}

/* "Policy, Bandwidth": what the legend's entries are values of. */
static void append_key_title(GString *script, const Chart *chart)
{
    g_autoptr(GString) title = g_string_new(NULL);
    for (guint i = 0; i < chart->report->n_keys; i++)
        if (chart->runs == NULL || i != chart->runs_at) {
            g_autofree char *key =
                cs_study_key_title(cs_study_key(chart->study, chart->report->key[i]));
            g_string_append_printf(title, "%s%s", title->len > 0 ? ", " : "", key);
        }
    append_enhanced(script, "key_title", title->str);
}

/* Whether each value is the one before times the same factor, as 1, 2, 4, 8 are. */
static gboolean is_geometric(const double *number, guint n)
{
    if (n < 4 || number[0] <= 0.0 || number[1] <= number[0])
        return FALSE;
    for (guint i = 2; i < n; i++)
        if (fabs(number[i] / number[i - 1] - number[1] / number[0]) > 0.05 * number[1] / number[0])
            return FALSE;
    return TRUE;
}

static void append_measure_axis(GString *script, const char *name, const char *unit_name,
                                const Chart *chart, guint measure, const char *versus)
{
    const CsMeasure *shown_measure = chart->report->measure[measure];
    g_autofree char *words = g_strdup(shown_measure->title);
    words[0] = g_ascii_toupper(words[0]);
    g_autofree char *title = versus != NULL ? g_strconcat(words, " saved", NULL) : g_strdup(words);
    g_autofree char *axis = titled(title, versus != NULL ? "%" : shown_measure->unit);
    append_text(script, name, axis);
    g_string_append_printf(script, "%s = %.2f\n", unit_name,
                           versus != NULL ? 0.01 : shown_measure->scale);
}

/* The values' range; an axis begins at 0 where little of the picture is lost by that. */
static void append_range(GString *script, const char *prefix, const Chart *chart, guint measure)
{
    double low = INFINITY, high = -INFINITY;
    for (guint i = 0; i < chart->rows->len; i++) {
        CsEstimate value = shown(chart, g_array_index(chart->rows, Drawn, i).row, measure);
        low = fmin(low, value.value);
        high = fmax(high, value.value);
    }
    g_string_append_printf(script, "%sfrom_zero = %d\n%slow = %.9e\n%shigh = %.9e\n", prefix,
                           low >= 0.0 && low < 0.6 * high ? 1 : 0, prefix, low, prefix, high);
}

/* Whether what is drawn pools different points, which --all asks for. */
static gboolean is_mixed(const Chart *chart)
{
    gboolean mixed = FALSE;
    for (guint i = 0; i < chart->rows->len; i++)
        mixed |= g_array_index(chart->rows, Drawn, i).row->uncommon;
    return mixed;
}

static char *chart_settings(const Chart *chart, const CsChartRequest *request, CsChartKind kind)
{
    GString *script = g_string_new(NULL);
    const CsStudyKey *first = cs_study_key(chart->study, chart->report->key[0]);
    guint y = chart->report->n_measures - 1;
    g_autofree char *note = request->versus != NULL
                                ? g_strdup_printf("against %s", strchr(request->versus, '=') + 1)
                            : is_mixed(chart) ? g_strdup("pools different runs")
                                              : g_strdup("");
    g_autofree char *title =
        cs_gnuplot_title(request->title != NULL ? request->title : cs_study_title(chart->study));
    g_string_append_printf(script, "heading = %s\n", title);
    append_texts(script, chart, "series", chart->series);
    g_string_append_printf(script, "n_series = %u\n", chart->series->len);
    append_key_title(script, chart);
    if (kind == CS_CHART_PARETO) {
        append_measure_axis(script, "x_axis", "x_unit", chart, 0, request->versus);
        append_range(script, "x_", chart, 0);
        append_text(script, "along", chart->runs != NULL ? last_part(chart->runs->name) : "");
        g_autoptr(GPtrArray) nothing =
            g_ptr_array_new(); /* the script wants an array all the same */
        append_texts(script, chart, "names", chart->runs != NULL ? chart->runs->values : nothing);
    } else {
        append_key_axis(script, "x_axis", chart->runs);
    }
    if (kind == CS_CHART_LINE)
        g_string_append_printf(script, "x_factor = %d\n",
                               is_geometric(chart->number, chart->runs->values->len) ? 1 : 0);
    if (kind != CS_CHART_PARETO)
        append_ticks(script, chart, "names", chart->runs);
    if (kind == CS_CHART_HEAT) {
        append_key_axis(script, "rows_axis", first);
        append_ticks(script, chart, "rows", first);
    }
    append_measure_axis(script, "y_axis", "y_unit", chart, y, request->versus);
    append_text(script, "y_note", note);
    append_range(script, "", chart, y);
    return g_string_free(script, FALSE);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *what)
{
    g_set_error_literal(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED, what);
    return FALSE;
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
    CsReportRequest wanted = {(const char *const *)by->pdata, metrics, request->versus,
                              request->all, request->level};
    return cs_report_new(study, &wanted, error);
}

/* Where `name` stands among the report's keys. */
static void find_runs(Chart *chart, CsStudy *study, const char *name)
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

static gboolean check_chart(const Chart *chart, CsChartKind kind, GError **error)
{
    if (chart->rows->len == 0) {
        g_set_error_literal(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA,
                            "nothing to draw: the metric is not modelled in any run, or no run has "
                            "a partner");
        return FALSE;
    }
    if (kind == CS_CHART_LINE && chart->number == NULL)
        return refuse(error, "a line needs numbers along its axis; --kind bars draws names");
    if (kind != CS_CHART_HEAT && chart->series->len > SERIES_MAX) {
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "%u series cannot be told apart, %d can; name fewer keys with --by, or draw "
                    "--kind heat",
                    chart->series->len, SERIES_MAX);
        return FALSE;
    }
    return TRUE;
}

static gboolean draw(Chart *chart, const CsChartRequest *request, CsChartKind kind,
                     const char *output, const CsPaths *paths, GError **error)
{
    g_autofree char *directory = NULL, *stem = NULL;
    const char *format;
    if (kind == CS_CHART_BARS || kind == CS_CHART_HEAT)
        g_clear_pointer(&chart->number, g_free); /* equally wide cells, in the sweep's order */
    collect_rows(chart);
    if (!check_chart(chart, kind, error) ||
        !cs_figure_split(output, &directory, &stem, &format, error))
        return FALSE;
    g_autofree char *csv = chart_csv(chart);
    g_autofree char *settings = chart_settings(chart, request, kind);
    return cs_directory_create(directory, error) &&
           cs_figure_draw_template(stem, settings, kind_names[kind], directory, stem, csv, format,
                                   paths, error);
}

/* What the picture does not show, beside what its report says. */
static void take_notes(CsStudy *study, const Chart *chart, GPtrArray *notes)
{
    g_autoptr(GPtrArray) of_report = cs_report_notes(study, chart->report);
    g_ptr_array_extend_and_steal(notes, g_steal_pointer(&of_report));
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
    Chart chart = {.study = study,
                   .report = report,
                   .raw = request->raw,
                   .series = g_ptr_array_new_with_free_func(g_free),
                   .rows = g_array_new(FALSE, FALSE, sizeof(Drawn)),
                   .undrawn = g_ptr_array_new_with_free_func(g_free)};
    find_runs(&chart, study, kind == CS_CHART_PARETO ? request->along : request->x);
    if (request->kind == NULL && chart.number == NULL)
        kind = CS_CHART_BARS;
    gboolean good = draw(&chart, request, kind, output, paths, error);
    if (good && notes != NULL)
        take_notes(study, &chart, notes);
    g_free(chart.number);
    g_ptr_array_unref(chart.undrawn);
    g_ptr_array_unref(chart.series);
    g_array_unref(chart.rows);
    return good;
}
