/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/chart-script: a chart's settings for gnuplot. See chart-script.h. */
#include "analysis/chart-script.h"

#include "analysis/gnuplot.h"

#include <math.h>
#include <string.h>

const char *cs_chart_value(const CsChartData *chart, const CsReportRow *row, guint at)
{
    const CsStudyKey *key = cs_study_key(chart->study, chart->report->key[at]);
    return g_ptr_array_index(key->values, row->value[at]);
}

CsEstimate cs_chart_shown(const CsChartData *chart, const CsReportRow *row, guint measure)
{
    return chart->report->versus ? row->cell[measure].reduction : row->cell[measure].mean;
}

/* --- keys and metrics ------------------------------------------------------------------------- */

/* The values of a key without their unit, which its axis' title tells; names as they are. */
static void append_ticks(GString *script, const char *name, const CsStudyKey *key)
{
    const char *unit;
    g_autofree double *numbers = cs_study_key_numbers(key, &unit);
    if (numbers == NULL) {
        cs_gnuplot_append_array(script, name, key->values);
        return;
    }
    g_autoptr(GPtrArray) ticks = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < key->values->len; i++)
        g_ptr_array_add(ticks, g_strdup_printf("%.6g", numbers[i]));
    cs_gnuplot_append_array(script, name, ticks);
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
    cs_gnuplot_append(script, name, axis);
}

/* "Policy, Bandwidth": what the legend's entries are values of. Transfer full. */
static char *legend_title(const CsChartData *chart)
{
    g_autoptr(GString) title = g_string_new(NULL);
    for (guint i = 0; chart->series->len > 1 && i < chart->report->n_keys; i++)
        if (chart->runs == NULL || i != chart->runs_at) {
            g_autofree char *key =
                cs_study_key_title(cs_study_key(chart->study, chart->report->key[i]));
            g_string_append_printf(title, "%s%s", title->len > 0 ? ", " : "", key);
        }
    return g_string_free(g_steal_pointer(&title), FALSE);
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
                                const CsChartData *chart, guint measure, const char *versus)
{
    const CsMeasure *shown_measure = chart->report->measure[measure];
    g_autofree char *words = g_strdup(shown_measure->title);
    words[0] = g_ascii_toupper(words[0]);
    g_autofree char *title = versus != NULL ? g_strconcat(words, " saved", NULL) : g_strdup(words);
    g_autofree char *axis = titled(title, versus != NULL ? "%" : shown_measure->unit);
    cs_gnuplot_append(script, name, axis);
    g_string_append_printf(script, "%s = %.2f\n", unit_name,
                           versus != NULL ? 0.01 : shown_measure->scale);
}

/* The values' range; an axis begins at 0 where little of the picture is lost by that. */
static void append_range(GString *script, const char *prefix, const CsChartData *chart,
                         guint measure)
{
    double low = INFINITY, high = -INFINITY;
    for (guint i = 0; i < chart->points->len; i++) {
        CsEstimate value =
            cs_chart_shown(chart, g_array_index(chart->points, CsChartPoint, i).row, measure);
        low = fmin(low, value.value);
        high = fmax(high, value.value);
    }
    g_string_append_printf(script, "%sfrom_zero = %d\n%slow = %.9e\n%shigh = %.9e\n", prefix,
                           low >= 0.0 && low < 0.6 * high ? 1 : 0, prefix, low, prefix, high);
}

/* Whether what is drawn pools different points, which --all asks for. */
static gboolean is_mixed(const CsChartData *chart)
{
    gboolean mixed = FALSE;
    for (guint i = 0; i < chart->points->len; i++)
        mixed |= g_array_index(chart->points, CsChartPoint, i).row->uncommon;
    return mixed;
}

/* The title, and in a line below it what legend and axes do not say. */
static void append_heading(GString *script, const CsChartData *chart, const CsChartRequest *request,
                           CsChartKind kind)
{
    g_autofree char *legend = kind == CS_CHART_HEAT ? g_strdup("") : legend_title(chart);
    g_autofree char *against = request->versus != NULL
                                   ? g_strdup_printf("against %s", strchr(request->versus, '=') + 1)
                               : is_mixed(chart) ? g_strdup("pools different runs")
                                                 : g_strdup("");
    g_autofree char *subtitle =
        g_strconcat(legend, legend[0] != '\0' && against[0] != '\0' ? "; " : "", against, NULL);
    cs_gnuplot_append_heading(
        script, request->title != NULL ? request->title : cs_study_title(chart->study), subtitle);
}

static void append_series(GString *script, const CsChartData *chart, CsChartKind kind)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) same = g_string_new(NULL);
    for (guint k = 0; k < chart->series->len; k++) {
        const char *name = g_ptr_array_index(chart->series, k);
        guint as = g_array_index(chart->same, guint, k);
        gboolean told = as > 0 && (kind == CS_CHART_LINE || kind == CS_CHART_PARETO);
        g_ptr_array_add(
            names, told ? g_strdup_printf("%s (same as %s)", name,
                                          (const char *)g_ptr_array_index(chart->series, as - 1))
                        : g_strdup(name));
        g_string_append_printf(same, "same[%u] = %u\n", k + 1, as);
    }
    cs_gnuplot_append_array(script, "series", names);
    g_string_append_printf(script, "n_series = %u\narray same[%u]\n%s", names->len,
                           MAX(names->len, 1), same->str);
    /* The number of a point's series, behind its other columns. */
    g_string_append_printf(script, "series_at = %u\nexact = %d\n",
                           4 + 2 * chart->report->n_measures, chart->exact ? 1 : 0);
}

/* --- the ends of Pareto curves ---------------------------------------------------------------- */

#define NEAR_X 0.28 /* of the plot's width and height: labels this near lie on each other */
#define NEAR_Y 0.08
#define LABEL_ROOM 15 /* letters right of the plot's last point */

typedef struct {
    double x, y; /* within the plot, 0..1 */
    char *text;
} Label;

static void clear_label(gpointer label)
{
    g_free(((Label *)label)->text);
}

/* Where a value stands between the least and the most of its metric, as the template's axis has
 * it: logarithmic where they are far apart. */
static double within(const CsChartData *chart, guint measure, double value)
{
    double low = INFINITY, high = -INFINITY;
    for (guint i = 0; i < chart->points->len; i++) {
        const CsReportRow *row = g_array_index(chart->points, CsChartPoint, i).row;
        low = fmin(low, cs_chart_shown(chart, row, measure).value);
        high = fmax(high, cs_chart_shown(chart, row, measure).value);
    }
    if (high <= low)
        return 0.5;
    if (low > 0 && high / low > 20)
        return log(value / low) / log(high / low);
    return (value - low) / (high - low);
}

static const Label *label_near(const GArray *labels, double x, double y)
{
    for (guint i = 0; i < labels->len; i++) {
        const Label *label = &g_array_index(labels, Label, i);
        if (fabs(label->x - x) < NEAR_X && fabs(label->y - y) < NEAR_Y)
            return label;
    }
    return NULL;
}

/* A label beside a point; below it where another is there already, none where that says the same.
 */
static void append_end(GString *script, const CsChartData *chart, const CsChartPoint *end,
                       GArray *labels)
{
    CsEstimate x = cs_chart_shown(chart, end->row, 0), y = cs_chart_shown(chart, end->row, 1);
    const char *value = cs_chart_value(chart, end->row, chart->runs_at);
    Label label = {within(chart, 0, x.value), within(chart, 1, y.value), NULL};
    label.text = labels->len < 2
                     ? g_strdup_printf("%s = %s", cs_study_key_ending(chart->runs->name), value)
                     : g_strdup(value);
    const Label *near = label_near(labels, label.x, label.y);
    if (near != NULL && g_str_has_suffix(near->text, value)) {
        g_free(label.text);
        return;
    }
    g_autofree char *quoted = cs_gnuplot_quote(label.text);
    gboolean before = label.x > 0.6 && strlen(label.text) > LABEL_ROOM;
    g_string_append_printf(
        script,
        "set label %u %s at first %.9e / x_unit, first %.9e / y_unit %s offset character %s, %s "
        "noenhanced\n",
        labels->len + 201, quoted, x.value, y.value, before ? "right" : "left",
        before ? "-0.5" : "0.5", near != NULL ? "-0.6" : "0.5");
    g_array_append_val(labels, label);
}

/* The first and the last point of every curve that lies on no other. */
static void append_ends(GString *script, const CsChartData *chart)
{
    g_autoptr(GArray) labels = g_array_new(FALSE, FALSE, sizeof(Label));
    g_array_set_clear_func(labels, clear_label);
    const CsChartPoint *point = (const CsChartPoint *)(gconstpointer)chart->points->data;
    for (guint i = 0; chart->runs != NULL && i < chart->points->len; i++) {
        gboolean first = i == 0 || point[i - 1].series != point[i].series;
        gboolean last = i + 1 == chart->points->len || point[i + 1].series != point[i].series;
        if ((first || last) && g_array_index(chart->same, guint, point[i].series) == 0)
            append_end(script, chart, &point[i], labels);
    }
    g_string_append_printf(script, "n_ends = %u\n", labels->len);
}

char *cs_chart_script(const CsChartData *chart, const CsChartRequest *request, CsChartKind kind)
{
    GString *script = g_string_new(NULL);
    const CsStudyKey *first = cs_study_key(chart->study, chart->report->key[0]);
    guint y = chart->report->n_measures - 1;
    append_heading(script, chart, request, kind);
    append_series(script, chart, kind);
    if (kind == CS_CHART_PARETO) {
        append_measure_axis(script, "x_axis", "x_unit", chart, 0, request->versus);
        append_range(script, "x_", chart, 0);
    } else {
        append_key_axis(script, "x_axis", chart->runs);
        append_ticks(script, "names", chart->runs);
    }
    if (kind == CS_CHART_LINE)
        g_string_append_printf(script, "x_factor = %d\n",
                               is_geometric(chart->number, chart->runs->values->len) ? 1 : 0);
    if (kind == CS_CHART_HEAT) {
        append_key_axis(script, "rows_axis", first);
        append_ticks(script, "rows", first);
    }
    append_measure_axis(script, "y_axis", "y_unit", chart, y, request->versus);
    append_range(script, "", chart, y);
    if (kind == CS_CHART_PARETO)
        append_ends(script, chart);
    return g_string_free(script, FALSE);
}
