/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/figure-data: a figure's table from the tables of a run. See figure-data.h. */
#include "analysis/figure-data.h"

#include "analysis/figure.h"
#include "base/statistics.h"
#include "text/rows.h"

#include <math.h>
#include <string.h>

/* Sets *index; FALSE where the sheet has no such column. */
static gboolean find_column(const CsSheet *sheet, const char *name, guint *index, GError **error)
{
    gint column = cs_sheet_column(sheet, name);
    if (column < 0) {
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA, "the results have no column '%s'",
                    name);
        return FALSE;
    }
    *index = (guint)column;
    return TRUE;
}

/* TRUE where the row's cell equals that of the first row. */
static gboolean same_as_first(const CsSheet *sheet, guint row, guint column)
{
    return strcmp(cs_sheet_cell(sheet, row, column), cs_sheet_cell(sheet, 0, column)) == 0;
}

static gboolean has_rows(const CsSheet *sheet, GError **error)
{
    if (cs_sheet_n_rows(sheet) > 0)
        return TRUE;
    g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA, "the results have no rows");
    return FALSE;
}

char *cs_figure_rounds_csv(const CsSheet *rounds, const char *column, const char *more,
                           GError **error)
{
    guint run, replication, round, device, value;
    if (!has_rows(rounds, error) || !find_column(rounds, "run", &run, error) ||
        !find_column(rounds, "replication", &replication, error) ||
        !find_column(rounds, "round", &round, error) ||
        !find_column(rounds, "device", &device, error) ||
        !find_column(rounds, column, &value, error))
        return NULL;
    GString *csv = g_string_new(NULL);
    gint last = more != NULL ? cs_sheet_column(rounds, more) : -1;
    g_string_printf(csv, "round,device,%s%s%s\n", column, last >= 0 ? "," : "",
                    last >= 0 ? more : "");
    for (guint row = 0; row < cs_sheet_n_rows(rounds); row++)
        if (same_as_first(rounds, row, run) && same_as_first(rounds, row, replication))
            g_string_append_printf(csv, "%s,%s,%s%s%s\n", cs_sheet_cell(rounds, row, round),
                                   cs_sheet_cell(rounds, row, device),
                                   cs_sheet_cell(rounds, row, value), last >= 0 ? "," : "",
                                   last >= 0 ? cs_sheet_cell(rounds, row, (guint)last) : "");
    return g_string_free(csv, FALSE);
}

static void append_estimate(GString *csv, const char *device, const GArray *sample)
{
    CsEstimate estimate =
        cs_mean_estimate((const double *)(gconstpointer)sample->data, sample->len, 0.95);
    g_string_append_printf(csv, "%s,%u", device, sample->len);
    cs_csv_append_number(csv, estimate.value);
    cs_csv_append_number(csv, estimate.half_width);
    g_string_append_c(csv, '\n');
}

char *cs_figure_devices_csv(const CsSheet *devices, const char *column, GError **error)
{
    guint run, device, value;
    if (!has_rows(devices, error) || !find_column(devices, "run", &run, error) ||
        !find_column(devices, "device", &device, error) ||
        !find_column(devices, column, &value, error))
        return NULL;
    /* Devices in their order of appearance; the table only looks up. */
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GHashTable) samples =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
    for (guint row = 0; row < cs_sheet_n_rows(devices); row++) {
        const char *name = cs_sheet_cell(devices, row, device);
        double number = cs_sheet_number(devices, row, value);
        if (!same_as_first(devices, row, run) || isnan(number))
            continue;
        GArray *sample = g_hash_table_lookup(samples, name);
        if (sample == NULL) {
            sample = g_array_new(FALSE, FALSE, sizeof(double));
            g_hash_table_insert(samples, (gpointer)name, sample);
            g_ptr_array_add(names, (gpointer)name);
        }
        g_array_append_val(sample, number);
    }
    if (names->len == 0) {
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA,
                    "the results hold no value of '%s'", column);
        return NULL;
    }
    GString *csv = g_string_new(NULL);
    g_string_printf(csv, "device,replications,%s,half_width\n", column);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        append_estimate(csv, name, g_hash_table_lookup(samples, name));
    }
    return g_string_free(csv, FALSE);
}
