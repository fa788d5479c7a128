/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz/random/accounts: see accounts.h. */
#include "accounts.h"

#include <math.h>
#include <string.h>

/* Of the sums, whose terms were rounded in another order. */
#define TOLERANCE 1e-9
#define TICK_S 1e-9

typedef struct {
    char **names;    /* NULL: no such table */
    GPtrArray *rows; /* char ** */
} Table;

static Table read_table(const char *directory, const char *name)
{
    Table table = {.rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev)};
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return table;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    table.names = g_strsplit(lines[0], ",", -1);
    for (char **line = lines + 1; *line != NULL && **line != '\0'; line++)
        g_ptr_array_add(table.rows, g_strsplit(*line, ",", -1));
    return table;
}

static void clear(Table *table)
{
    g_strfreev(table->names);
    g_ptr_array_unref(table->rows);
}

static const char *cell(const Table *table, guint row, const char *column)
{
    for (guint c = 0; table->names[c] != NULL; c++)
        if (strcmp(table->names[c], column) == 0)
            return ((char **)table->rows->pdata[row])[c];
    return "";
}

/* NAN where the cell is empty: what is not modelled. */
static double value(const Table *table, guint row, const char *column)
{
    const char *text = cell(table, row, column);
    return text[0] != '\0' ? g_ascii_strtod(text, NULL) : NAN;
}

static gboolean is_near(double a, double b, double slack)
{
    return fabs(a - b) <= TOLERANCE * MAX(fabs(a), fabs(b)) + slack;
}

/* --- every cell -------------------------------------------------------------------------------
 */

/* Levels, costs and the regret may be below 0; times and energies may not. */
static gboolean may_be_negative(const char *column)
{
    static const char *const signs[] = {"snr_ul_db",    "snr_dl_db",    "path_loss_db",
                                        "shadowing_db", "cost",         "cost_mean",
                                        "regret",       "regret_total", "regret_mean"};
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (strcmp(column, signs[i]) == 0)
            return TRUE;
    return FALSE;
}

static char *cells_fault(const char *name, const Table *table)
{
    for (guint r = 0; r < table->rows->len; r++) {
        char **row = table->rows->pdata[r];
        if (g_strv_length(row) != g_strv_length(table->names))
            return g_strdup_printf("%s: row %u has another number of fields", name, r + 1);
        for (guint c = 0; row[c] != NULL; c++) {
            char *end;
            double number = g_ascii_strtod(row[c], &end);
            if (end == row[c] || (*end != '\0' && isfinite(number)))
                continue; /* empty, or a name */
            if (!isfinite(number) || (number < 0 && !may_be_negative(table->names[c])))
                return g_strdup_printf("%s: row %u: %s is %s", name, r + 1, table->names[c],
                                       row[c]);
        }
    }
    return NULL;
}

/* --- rounds ------------------------------------------------------------------------------------
 */

static char *round_fault(const Table *rounds, guint r)
{
    static const char *const parts[] = {
        "adapter_dl_s",  "device_compute_s", "smashed_ul_s", "server_compute_s",
        "gradient_dl_s", "adapter_ul_s",     "wait_s"};
    double sum = 0, delay_s = value(rounds, r, "delay_s");
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        sum += value(rounds, r, parts[i]);
    double start_s = value(rounds, r, "start_s"), end_s = value(rounds, r, "end_s");
    if (!is_near(sum, delay_s, TICK_S))
        return g_strdup_printf("rounds.csv: row %u: stages and waiting are %.12g s, the delay "
                               "%.12g s",
                               r + 1, sum, delay_s);
    /* Of two instants far from 0, doubles know the difference less well. */
    if (!is_near(end_s - start_s, delay_s, TICK_S + 1e-15 * end_s))
        return g_strdup_printf("rounds.csv: row %u: from start to end %.12g s, the delay %.12g s",
                               r + 1, end_s - start_s, delay_s);
    return NULL;
}

/* --- totals ------------------------------------------------------------------------------------
 */

static char *group_of(const Table *table, guint row, gboolean device)
{
    return g_strjoin("/", cell(table, row, "replication"),
                     device ? cell(table, row, "device") : "all", NULL);
}

/* The sum of `part` over the rows of `parts` in each group is `whole` of its row in `wholes`, both
 * where they are modelled. */
static char *sum_fault(const Table *parts, const char *part, const Table *wholes, const char *whole,
                       gboolean device)
{
    g_autoptr(GHashTable) sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint r = 0; r < parts->rows->len; r++) {
        g_autofree char *group = group_of(parts, r, device);
        double *sum = g_hash_table_lookup(sums, group);
        if (sum == NULL)
            g_hash_table_insert(sums, g_steal_pointer(&group), sum = g_new0(double, 1));
        double term = value(parts, r, part);
        *sum += isnan(term) ? 0 : term;
    }
    for (guint r = 0; r < wholes->rows->len; r++) {
        g_autofree char *group = group_of(wholes, r, device);
        const double *sum = g_hash_table_lookup(sums, group);
        double told = value(wholes, r, whole);
        if (!isnan(told) && !is_near(told, sum != NULL ? *sum : 0, TICK_S))
            return g_strdup_printf("%s of %s is %.12g, the sum of its parts %.12g", whole, group,
                                   told, sum != NULL ? *sum : 0);
    }
    return NULL;
}

static char *sums_fault(const Table *rounds, const Table *devices, const Table *totals)
{
    static const char *const columns[][2] = {{"delay_s", "delay_total_s"},
                                             {"wait_s", "wait_total_s"},
                                             {"server_energy_j", "server_energy_total_j"},
                                             {"device_energy_j", "device_energy_total_j"},
                                             {"radio_energy_j", "radio_energy_total_j"}};
    char *wrong = NULL;
    for (gsize i = 0; wrong == NULL && i < G_N_ELEMENTS(columns); i++) {
        if (rounds->names != NULL && devices->names != NULL)
            wrong = sum_fault(rounds, columns[i][0], devices, columns[i][1], TRUE);
        if (wrong == NULL && devices->names != NULL && totals->names != NULL)
            wrong = sum_fault(devices, columns[i][1], totals, columns[i][1], FALSE);
    }
    return wrong;
}

char *accounts_fault(const char *directory)
{
    static const char *const names[] = {"rounds.csv", "devices.csv", "totals.csv"};
    Table tables[G_N_ELEMENTS(names)];
    char *wrong = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        tables[i] = read_table(directory, names[i]);
        if (wrong == NULL && tables[i].names != NULL)
            wrong = cells_fault(names[i], &tables[i]);
    }
    for (guint r = 0; wrong == NULL && r < tables[0].rows->len; r++)
        wrong = round_fault(&tables[0], r);
    if (wrong == NULL)
        wrong = sums_fault(&tables[0], &tables[1], &tables[2]);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        clear(&tables[i]);
    return wrong;
}
