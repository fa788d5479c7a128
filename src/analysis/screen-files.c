/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/screen-files: files of a screening. See screen-files.h. Layer: analysis. */
#include "analysis/screen-files.h"

#include "base/dir.h"
#include "base/fail.h"
#include "campaign/record.h"
#include "text/rows.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#define SETTINGS_START "setting,matrix,"
#define DISTRIBUTION_START                                                                         \
    "metric,settings,mean,quantile_5,quantile_25,median,quantile_75,quantile_95"

char *cs_screen_column(const CsScreenMetric *metric)
{
    return g_strconcat(metric->measure->column, metric->versus != NULL ? "_reduction_percent" : "",
                       NULL);
}

double cs_screen_quantile(const double *sorted, gsize n, double share)
{
    return gsl_stats_quantile_from_sorted_data(sorted, 1, n, share);
}

/* --- texts ------------------------------------------------------------------------------------ */

static char *indices_csv(const CsScreenRequest *request, const CsSobolIndex *index)
{
    GString *csv = g_string_new(request->n_metrics > 1 ? "metric,key" : "key");
    guint k = cs_vary_n_keys(request->vary);
    g_string_append(csv,
                    ",first_order,first_order_low,first_order_high,total,total_low,total_high\n");
    for (guint m = 0; m < request->n_metrics; m++)
        for (guint i = 0; i < k; i++) {
            const CsSobolIndex *of = &index[m * k + i];
            g_autofree char *column = cs_screen_column(&request->metric[m]);
            if (request->n_metrics > 1)
                g_string_append_printf(csv, "%s,", column);
            cs_csv_append(csv, cs_vary_key(request->vary, i));
            cs_csv_append_number(csv, of->first_order);
            cs_csv_append_number(csv, of->first_order_low);
            cs_csv_append_number(csv, of->first_order_high);
            cs_csv_append_number(csv, of->total);
            cs_csv_append_number(csv, of->total_low);
            cs_csv_append_number(csv, of->total_high);
            g_string_append_c(csv, '\n');
        }
    return g_string_free(csv, FALSE);
}

static void append_setting(GString *csv, const CsScreen *screen, const CsScreenRequest *request,
                           gsize at)
{
    guint k = screen->n_keys;
    guint point = (guint)(at % (k + 2));
    g_string_append_printf(csv, "%" G_GSIZE_FORMAT ",", at + 1);
    g_autofree char *matrix =
        point == 0   ? g_strdup("A")
        : point == 1 ? g_strdup("B")
                     : g_strdup_printf("A with B's %s", cs_vary_key(request->vary, point - 2));
    cs_csv_append(csv, matrix);
    for (guint i = 0; i < k; i++) {
        g_autofree char *value = cs_vary_value(request->vary, i, screen->input[at * k + i]);
        g_string_append_c(csv, ',');
        cs_csv_append(csv, value);
    }
    for (guint m = 0; m < screen->n_metrics; m++)
        cs_csv_append_number(csv, screen->value[m][at]);
    g_string_append(csv, screen->exact[at] ? ",exact\n" : ",simulated\n");
}

static char *settings_csv(const CsScreen *screen, const CsScreenRequest *request)
{
    GString *csv = g_string_new(SETTINGS_START);
    for (guint i = 0; i < screen->n_keys; i++) {
        cs_csv_append(csv, cs_vary_key(request->vary, i));
        g_string_append_c(csv, ',');
    }
    for (guint m = 0; m < screen->n_metrics; m++) {
        g_autofree char *column = cs_screen_column(&request->metric[m]);
        g_string_append_printf(csv, "%s,", column);
    }
    g_string_append(csv, "answered\n");
    for (gsize at = 0; at < cs_sensitivity_points(screen->n_keys, screen->rows); at++)
        append_setting(csv, screen, request, at);
    return g_string_free(csv, FALSE);
}

static char *distribution_csv(const CsScreen *screen, const CsScreenRequest *request,
                              const CsScreenNear *near)
{
    static const double shares[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    GString *csv = g_string_new(DISTRIBUTION_START);
    gsize n = cs_screen_n_settings(screen);
    g_string_append(csv, near != NULL ? ",near,below,above,near_share\n" : "\n");
    for (guint m = 0; m < screen->n_metrics; m++) {
        g_autofree double *sorted = cs_screen_sorted(screen, m);
        g_autofree char *column = cs_screen_column(&request->metric[m]);
        g_string_append_printf(csv, "%s,%" G_GSIZE_FORMAT, column, n);
        cs_csv_append_number(csv, gsl_stats_mean(sorted, 1, n));
        for (guint i = 0; i < G_N_ELEMENTS(shares); i++)
            cs_csv_append_number(csv, cs_screen_quantile(sorted, n, shares[i]));
        if (near != NULL) {
            cs_csv_append_number(csv, near[m].at);
            cs_csv_append_number(csv, near[m].below);
            cs_csv_append_number(csv, near[m].above);
            cs_csv_append_number(csv, cs_screen_share_near(screen, near));
        }
        g_string_append_c(csv, '\n');
    }
    return g_string_free(csv, FALSE);
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean is_free(const CsDir *folder, const char *name, const char *start, GError **error)
{
    if (!cs_dir_has(folder, name) || cs_dir_begins(folder, name, start, FALSE))
        return TRUE;
    return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                   "will not replace '%s' in '%s', which is not what 'cardsim sensitivity' wrote "
                   "there: move it away, or name another directory",
                   name, cs_dir_path(folder));
}

gboolean cs_screen_write(const CsScreen *screen, const CsScreenRequest *request,
                         const CsSobolIndex *index, const CsScreenNear *near, const char *directory,
                         GError **error)
{
    g_autofree char *indices = indices_csv(request, index);
    g_autofree char *settings = settings_csv(screen, request);
    g_autofree char *distribution = distribution_csv(screen, request, near);
    g_autofree char *manifest = cs_scenario_manifest(request->sweep->scenario, NULL, NULL, NULL);
    const struct {
        const char *name, *start, *text;
    } files[] = {
        {"indices.csv", request->n_metrics > 1 ? "metric,key," : "key,", indices},
        {"settings.csv", SETTINGS_START, settings},
        {"distribution.csv", DISTRIBUTION_START, distribution},
        {"manifest.json", "{", manifest},
    };
    g_autoptr(CsDir) folder = cs_dir_open(directory, TRUE, error);
    gboolean good = folder != NULL && cs_dir_lock(folder, TRUE, error);
    for (guint i = 0; good && i < G_N_ELEMENTS(files); i++)
        good = is_free(folder, files[i].name, files[i].start, error);
    for (guint i = 0; good && i < G_N_ELEMENTS(files); i++)
        good = cs_dir_write_file(folder, files[i].name, files[i].text, -1, error);
    return good && cs_dir_check(folder, error);
}
