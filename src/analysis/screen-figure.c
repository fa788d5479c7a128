/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/screen-figure: pictures of a screening. See screen-figure.h. Layer: analysis. */
#include "analysis/screen-figure.h"

#include "analysis/gnuplot.h"
#include "analysis/study-key.h"
#include "base/file.h"
#include "output/measure.h"

#include <math.h>
#include <string.h>

#define REDUCTION "_reduction_percent"
#define INDICES "first_order,first_order_low,first_order_high,total,total_low,total_high"
#define N_INDICES 6

static CsSheet *open_sheet(const char *directory, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    char *text = cs_file_get_regular(path, NULL, NULL);
    if (text != NULL)
        return cs_sheet_new(text, path, error);
    g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA,
                "'%s' has no '%s': 'cardsim sensitivity -o' writes it", directory, name);
    return NULL;
}

static void lacks(const char *what, GError **error)
{
    g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA, "these settings have no %s", what);
}

/* --- words ------------------------------------------------------------------------------------ */

/* "distance", "tx-power (server)" where two keys end so, "path-loss-exponent 6 (weight)". */
static char *key_words(const CsSheet *sheet, guint column, guint row)
{
    const char *key = cs_sheet_cell(sheet, row, column), *at = strchr(key, '@');
    if (at != NULL) {
        g_autofree char *swept = g_strndup(key, (gsize)(at - key));
        return g_strdup_printf("%s %s (weight)", cs_study_key_ending(swept), at + 1);
    }
    for (guint other = 0; other < cs_sheet_n_rows(sheet); other++) {
        const char *cell = cs_sheet_cell(sheet, other, column);
        if (strcmp(cell, key) == 0 ||
            strcmp(cs_study_key_ending(cell), cs_study_key_ending(key)) != 0)
            continue;
        g_autofree char *group = g_strndup(key, (gsize)(cs_study_key_ending(key) - key - 1));
        if (g_str_has_suffix(group, ".*"))
            group[strlen(group) - strlen(".*")] = '\0';
        return g_strdup_printf("%s (%s)", cs_study_key_ending(key), group);
    }
    return g_strdup(cs_study_key_ending(key));
}

/* The metric of a column, a reduction's ending aside; NULL where there is none. */
static const CsMeasure *measure_of(const char *column, gboolean *reduction)
{
    guint n;
    const CsMeasure *measures = cs_measures(&n);
    *reduction = g_str_has_suffix(column, REDUCTION);
    g_autofree char *own = g_strndup(column, strlen(column) - (*reduction ? strlen(REDUCTION) : 0));
    for (guint i = 0; i < n; i++)
        if (strcmp(measures[i].column, own) == 0)
            return &measures[i];
    return NULL;
}

/* "Delay reduction (%)", "Server energy (J)" of a metric's column. */
static char *metric_words(const char *column)
{
    gboolean reduction;
    const CsMeasure *measure = measure_of(column, &reduction);
    if (measure == NULL)
        return g_strdup(column);
    g_autofree char *title = g_strdup(measure->title);
    title[0] = g_ascii_toupper(title[0]);
    if (reduction)
        return g_strdup_printf("%s reduction (%%)", title);
    return measure->unit[0] != '\0' ? g_strdup_printf("%s (%s)", title, measure->unit)
                                    : g_steal_pointer(&title);
}

static double metric_scale(const char *column)
{
    gboolean reduction;
    const CsMeasure *measure = measure_of(column, &reduction);
    return measure != NULL && !reduction ? measure->scale : 1;
}

/* --- indices ---------------------------------------------------------------------------------- */

/* A key's largest total index over the metrics. */
typedef struct {
    const char *key;
    guint row; /* the first that has it */
    double most;
} Ranked;

static gint compare_ranked(gconstpointer a, gconstpointer b)
{
    double x = ((const Ranked *)a)->most, y = ((const Ranked *)b)->most;
    return (x > y) - (x < y);
}

/* Of every key, the least first. */
static GArray *rank_keys(const CsSheet *sheet, guint key, guint total)
{
    GArray *ranked = g_array_new(FALSE, FALSE, sizeof(Ranked));
    for (guint row = 0; row < cs_sheet_n_rows(sheet); row++) {
        const char *name = cs_sheet_cell(sheet, row, key);
        double value = cs_sheet_number(sheet, row, total);
        guint i = 0;
        while (i < ranked->len && strcmp(g_array_index(ranked, Ranked, i).key, name) != 0)
            i++;
        if (i == ranked->len) {
            Ranked new = {name, row, 0};
            g_array_append_val(ranked, new);
        }
        Ranked *of = &g_array_index(ranked, Ranked, i);
        of->most = fmax(of->most, isnan(value) ? 0 : value);
    }
    g_array_sort(ranked, compare_ranked);
    return ranked;
}

char *cs_screen_indices_csv(const char *directory, GError **error)
{
    g_autoptr(CsSheet) sheet = open_sheet(directory, "indices.csv", error);
    if (sheet == NULL)
        return NULL;
    gint key = cs_sheet_column(sheet, "key"), metric = cs_sheet_column(sheet, "metric");
    gint first = cs_sheet_column(sheet, "first_order"), total = cs_sheet_column(sheet, "total");
    if (key < 0 || first < 0 || total != first + 3 || cs_sheet_n_rows(sheet) == 0) {
        lacks("indices", error);
        return NULL;
    }
    g_autoptr(GArray) ranked = rank_keys(sheet, (guint)key, (guint)total);
    GString *csv = g_string_new("series,key,place," INDICES "\n");
    for (guint i = 0; i < ranked->len; i++) {
        const Ranked *of = &g_array_index(ranked, Ranked, i);
        g_autofree char *words = key_words(sheet, (guint)key, of->row);
        for (guint row = 0; row < cs_sheet_n_rows(sheet); row++) {
            if (strcmp(cs_sheet_cell(sheet, row, (guint)key), of->key) != 0)
                continue;
            g_string_append_printf(csv, "%s,%s,%u",
                                   metric >= 0 ? cs_sheet_cell(sheet, row, (guint)metric) : "",
                                   words, i + 1);
            for (guint c = 0; c < N_INDICES; c++)
                g_string_append_printf(csv, ",%s", cs_sheet_cell(sheet, row, (guint)first + c));
            g_string_append_c(csv, '\n');
        }
    }
    return g_string_free(csv, FALSE);
}

gboolean cs_screen_indices_settings(const CsSheet *data, GString *script)
{
    guint n = cs_sheet_n_rows(data);
    if (n == 0 || cs_sheet_column(data, "total_high") != 8)
        return FALSE;
    guint n_keys = (guint)cs_sheet_number(data, n - 1, 2), n_series = n / MAX(n_keys, 1);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) series = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n_keys; i++)
        g_ptr_array_add(names, g_strdup(cs_sheet_cell(data, i * n_series, 1)));
    for (guint i = 0; i < n_series; i++) {
        char *words = metric_words(cs_sheet_cell(data, i, 0)), *unit = strstr(words, " (");
        if (unit != NULL)
            *unit = '\0';
        g_ptr_array_add(series, g_strdup(cs_sheet_cell(data, i, 0)));
        g_ptr_array_add(shown, words);
    }
    g_string_append_printf(script, "n_keys = %u\nn_series = %u\n", n_keys, n_series);
    cs_gnuplot_append_array(script, "names", names);
    cs_gnuplot_append_array(script, "series", series);
    cs_gnuplot_append_array(script, "series_name", shown);
    return TRUE;
}

/* --- the cloud -------------------------------------------------------------------------------- */

/* The point that --near named, if it did. */
static void append_near(GString *csv, const char *directory)
{
    g_autoptr(CsSheet) sheet = open_sheet(directory, "distribution.csv", NULL);
    gint near = sheet != NULL ? cs_sheet_column(sheet, "near") : -1;
    if (near >= 0 && cs_sheet_n_rows(sheet) >= 2)
        g_string_append_printf(csv, "near,%s,%s\n", cs_sheet_cell(sheet, 0, (guint)near),
                               cs_sheet_cell(sheet, 1, (guint)near));
}

char *cs_screen_cloud_csv(const char *directory, GError **error)
{
    g_autoptr(CsSheet) sheet = open_sheet(directory, "settings.csv", error);
    g_autoptr(CsSheet) metrics =
        sheet != NULL ? open_sheet(directory, "distribution.csv", error) : NULL;
    if (metrics == NULL)
        return NULL;
    gint matrix = cs_sheet_column(sheet, "matrix"), column[2] = {-1, -1};
    for (guint i = 0; i < 2 && cs_sheet_n_rows(metrics) >= 2; i++)
        column[i] = cs_sheet_column(sheet, cs_sheet_cell(metrics, i, 0));
    if (matrix < 0 || column[0] < 0 || column[1] < 0) {
        lacks("two metrics to make a plane of: give --metric twice", error);
        return NULL;
    }
    GString *csv = g_string_new("kind");
    for (guint i = 0; i < 2; i++)
        g_string_append_printf(csv, ",%s", cs_sheet_name(sheet, (guint)column[i]));
    g_string_append_c(csv, '\n');
    append_near(csv, directory);
    for (guint row = 0; row < cs_sheet_n_rows(sheet); row++)
        if (strlen(cs_sheet_cell(sheet, row, (guint)matrix)) == 1) /* A or B */
            g_string_append_printf(csv, "setting,%s,%s\n",
                                   cs_sheet_cell(sheet, row, (guint)column[0]),
                                   cs_sheet_cell(sheet, row, (guint)column[1]));
    return g_string_free(csv, FALSE);
}

gboolean cs_screen_cloud_settings(const CsSheet *data, GString *script)
{
    static const char *const axes[] = {"x", "y"};
    if (cs_sheet_n_columns(data) != 3 || cs_sheet_n_rows(data) == 0)
        return FALSE;
    for (guint i = 0; i < 2; i++) {
        const char *column = cs_sheet_name(data, i + 1);
        g_autofree char *words = metric_words(column);
        g_autofree char *name = g_strdup_printf("%s_axis", axes[i]);
        cs_gnuplot_append(script, name, words);
        g_string_append_printf(script, "%s_unit = %.2f\n", axes[i], metric_scale(column));
    }
    g_string_append_printf(script, "has_near = %d\n",
                           strcmp(cs_sheet_cell(data, 0, 0), "near") == 0 ? 1 : 0);
    return TRUE;
}
