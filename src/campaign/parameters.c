/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/parameters: swept parameters as columns. See parameters.h. */
#include "campaign/parameters.h"

#include "base/number.h"
#include "campaign/record.h"
#include "scenario/typed.h"

#include <string.h>

struct CsParameters {
    char **keys; /* NULL-ended */
    char *columns;
    CsDatabase *database; /* or NULL */
    GString *cells;       /* of the run asked for last */
    gboolean raw, places;
};

/* --- names ------------------------------------------------------------------------------------ */

static const char *const units[CS_DIMENSION_N] = {
    [CS_DIMENSION_FREQUENCY] = "hz",
    [CS_DIMENSION_LENGTH] = "m",
    [CS_DIMENSION_TIME] = "s",
    [CS_DIMENSION_SPEED] = "m_per_s",
    [CS_DIMENSION_POWER] = "w",
    [CS_DIMENSION_POWER_DENSITY] = "w_per_hz",
    [CS_DIMENSION_POWER_COEFFICIENT] = "w_per_hz3",
    [CS_DIMENSION_ENERGY] = "j",
    [CS_DIMENSION_RATIO_DB] = "db",
    [CS_DIMENSION_SPREAD_DB] = "db",
    [CS_DIMENSION_SIZE] = "bit",
    [CS_DIMENSION_RATE] = "bps",
    [CS_DIMENSION_PERCENT] = "share",
    [CS_DIMENSION_ANGLE] = "deg",
};

/* "bandwidth_hz" of the key's part from `from` on. Transfer full. */
static char *name_from(const char *from, const CsKey *key)
{
    const char *unit = key->kind != CS_VALUE_CHOICE_WITH_QUANTITY && key->kind != CS_VALUE_CSI &&
                               (guint)key->dimension < CS_DIMENSION_N
                           ? units[key->dimension]
                           : NULL;
    char *name = g_strconcat(from, unit != NULL ? "_" : "", unit, NULL);
    for (char *p = name; *p != '\0'; p++)
        *p = g_ascii_isalnum(*p) ? *p : '_';
    return name;
}

static gboolean is_column(const char *name, gboolean places)
{
    for (guint t = 0; t < CS_TABLE_N; t++) {
        guint n;
        const CsColumn *columns = cs_table_columns((CsTable)t, &n);
        for (guint i = 0; i < cs_table_width((CsTable)t, places); i++)
            if (strcmp(columns[i].name, name) == 0)
                return TRUE;
    }
    return strcmp(name, "name") == 0; /* of what? */
}

static const char *ending_of(const char *key)
{
    return strrchr(key, '.') + 1;
}

/* Transfer full. */
static char *column_of(char **keys, guint i, gboolean places)
{
    const CsKey *key = cs_key_of(keys[i]);
    g_autofree char *brief = name_from(ending_of(keys[i]), key);
    gboolean whole = g_str_has_prefix(keys[i], "device.") || is_column(brief, places);
    for (guint k = 0; keys[k] != NULL; k++)
        whole |= k != i && strcmp(ending_of(keys[k]), ending_of(keys[i])) == 0;
    return whole ? name_from(keys[i], key) : g_steal_pointer(&brief);
}

/* --- life ------------------------------------------------------------------------------------- */

char *cs_parameters_keys(const CsSweep *sweep)
{
    g_autoptr(GString) keys = g_string_new(NULL);
    if (!cs_scenario_parameters(sweep->scenario) || sweep->axes->len == 0)
        return NULL;
    for (guint i = 0; i < sweep->axes->len; i++)
        g_string_append_printf(keys, "%s%s", i > 0 ? "\n" : "",
                               ((const CsAxis *)g_ptr_array_index(sweep->axes, i))->key);
    return g_string_free(g_steal_pointer(&keys), FALSE);
}

CsParameters *cs_parameters_new(const char *keys, gboolean places)
{
    CsParameters *parameters = g_new0(CsParameters, 1);
    g_autoptr(GString) columns = g_string_new(NULL);
    parameters->keys = g_strsplit(keys != NULL ? keys : "", "\n", -1);
    parameters->cells = g_string_new(NULL);
    parameters->places = places;
    for (guint i = 0; parameters->keys[i] != NULL; i++) {
        if (cs_key_of(parameters->keys[i]) == NULL) { /* a database that is not of this program */
            g_strfreev(parameters->keys);
            parameters->keys = g_new0(char *, 1);
            return parameters;
        }
        g_autofree char *column = column_of(parameters->keys, i, places);
        g_string_append_printf(columns, ",%s", column);
    }
    if (columns->len > 0)
        parameters->columns = g_string_free(g_steal_pointer(&columns), FALSE);
    return parameters;
}

CsParameters *cs_parameters_of(CsDatabase *database, gboolean places)
{
    g_autofree char *keys = cs_database_get_meta(database, "parameters");
    g_autofree char *tables = cs_database_get_meta(database, "tables");
    g_auto(GStrv) words = g_strsplit(tables != NULL ? tables : "", " ", -1);
    CsParameters *parameters = cs_parameters_new(
        keys, places || g_strv_contains((const char *const *)words, CS_RECORDED_PLACES));
    parameters->database = database;
    return parameters;
}

void cs_parameters_free(CsParameters *parameters)
{
    if (parameters == NULL)
        return;
    g_strfreev(parameters->keys);
    g_string_free(parameters->cells, TRUE);
    g_free(parameters->columns);
    g_free(parameters);
}

void cs_parameters_set_raw(CsParameters *parameters, gboolean raw)
{
    parameters->raw = raw;
}

const char *cs_parameters_columns(const CsParameters *parameters)
{
    return parameters->columns;
}

/* --- cells ------------------------------------------------------------------------------------ */

/* A ratio is linear within the program; its text has few digits, and the logarithm gives them
 * back. */
static double in_decibels(double ratio)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_ascii_strtod(g_ascii_formatd(text, sizeof text, "%.12g", cs_linear_to_db(ratio)),
                          NULL);
}

static void append_value(GString *cells, const char *name, const char *text, gboolean raw)
{
    const CsKey *key = cs_key_of(name);
    CsCell cell = {.kind = CS_CELL_TEXT, .text = text};
    CsTyped typed;
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    gboolean number = cs_typed_read(key, text, (CsPlace){NULL, 0, 0, 0}, &typed, nobody) &&
                      cs_typed_is_number(key, &typed) && key->kind != CS_VALUE_CHOICE;
    if (number && (key->kind == CS_VALUE_WHOLE || key->kind == CS_VALUE_CHOICE_OR_WHOLE))
        cell = (CsCell){.kind = CS_CELL_WHOLE, .whole = (gint64)typed.whole};
    else if (number)
        cell = (CsCell){.kind = CS_CELL_REAL,
                        .real = key->dimension == CS_DIMENSION_RATIO_DB ? in_decibels(typed.number)
                                                                        : typed.number};
    if (cell.kind == CS_CELL_WHOLE && typed.whole > G_MAXINT64) /* a seed */
        cell = (CsCell){.kind = CS_CELL_TEXT, .text = text};
    g_string_append_c(cells, ',');
    if (raw)
        cs_csv_append_cell(cells, &cell);
    else
        cs_csv_append_clean(cells, &cell);
}

char *cs_parameters_cells(const CsParameters *parameters, const char *const *values)
{
    g_autoptr(GString) cells = g_string_new(NULL);
    if (parameters->keys[0] == NULL)
        return NULL;
    for (guint i = 0; parameters->keys[i] != NULL; i++) {
        gsize n = strlen(parameters->keys[i]);
        const char *const *value = values;
        while (*value != NULL &&
               (strncmp(*value, parameters->keys[i], n) != 0 || (*value)[n] != '='))
            value++;
        if (*value != NULL)
            append_value(cells, parameters->keys[i], *value + n + 1, parameters->raw);
        else
            g_string_append_c(cells, ',');
    }
    return g_string_free(g_steal_pointer(&cells), FALSE);
}

static gboolean take_value(gpointer context, guint n, const CsCell *cells)
{
    if (n == 2 && cells[0].kind == CS_CELL_TEXT && cells[1].kind == CS_CELL_TEXT)
        g_ptr_array_add(context, g_strconcat(cells[0].text, "=", cells[1].text, NULL));
    return TRUE;
}

static const char *cells_of_run(gpointer context, guint64 run)
{
    CsParameters *parameters = context;
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, run);
    const char *const bound[] = {number, NULL};
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    cs_database_query(parameters->database,
                      "SELECT key, value FROM param WHERE run = CAST(? AS INT)", bound, take_value,
                      values, NULL);
    g_ptr_array_add(values, NULL);
    g_autofree char *cells = cs_parameters_cells(parameters, (const char *const *)values->pdata);
    g_string_assign(parameters->cells, cells != NULL ? cells : "");
    return parameters->cells->str;
}

CsRowEnds cs_parameters_ends(CsParameters *parameters)
{
    CsRowEnds ends = {parameters->columns, NULL, parameters, parameters->raw, parameters->places};
    if (parameters->columns != NULL && parameters->database != NULL)
        ends.cells = cells_of_run;
    return ends;
}
