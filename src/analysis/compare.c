/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/compare: two directories of results, row by row. See compare.h. */
#include "analysis/compare.h"

#include "base/number.h"
#include "output/import.h"

#include <math.h>
#include <string.h>

/* One kind of row: a table of results, or the parameters of runs. */
typedef struct {
    const char *file;
    const char *const *key; /* its rows' key columns, NULL-ended; a query's first ones */
    guint n_keys;
    const CsColumn *columns; /* of what stands behind the keys; NULL: "value" */
    guint n_columns;
} Rows;

typedef struct {
    CsComparisonResult *result;
    CsTolerance tolerance;
    const Rows *kind;
} Comparing;

static void free_difference(gpointer data)
{
    CsDifference *difference = data;
    g_free(difference->file);
    g_free(difference->row);
    g_free(difference->column);
    g_free(difference->left);
    g_free(difference->right);
    g_free(difference);
}

void cs_comparison_result_free(CsComparisonResult *result)
{
    if (result == NULL)
        return;
    g_ptr_array_unref(result->first);
    g_ptr_array_unref(result->only);
    g_free(result->largest_at);
    g_free(result);
}

gboolean cs_comparison_equal(const CsComparisonResult *result)
{
    return result->rows_missing == 0 && result->flipped == 0 && result->cells == 0 &&
           result->only->len == 0;
}

/* --- cells ------------------------------------------------------------------------------------ */

static char *cell_text(const CsCell *cell)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (cell->kind == CS_CELL_EMPTY)
        return g_strdup("empty");
    cs_csv_append_cell(text, cell);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static double cell_number(const CsCell *cell)
{
    return cell->kind == CS_CELL_WHOLE ? (double)cell->whole : cell->real;
}

static gint compare_keys(const Rows *kind, const CsCell *left, const CsCell *right)
{
    for (guint i = 0; i < kind->n_keys; i++) {
        gint order = (gint)left[i].kind - (gint)right[i].kind; /* one is empty */
        if (order == 0 && left[i].kind == CS_CELL_TEXT)
            order = strcmp(left[i].text, right[i].text);
        else if (order == 0)
            order = (left[i].whole > right[i].whole) - (left[i].whole < right[i].whole);
        if (order != 0)
            return order;
    }
    return 0;
}

static char *row_name(const Rows *kind, const CsCell *cells)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (guint i = 0; i < kind->n_keys; i++) {
        g_autofree char *text = cell_text(&cells[i]);
        g_string_append_printf(name, "%s%s %s", i > 0 ? ", " : "", kind->key[i], text);
    }
    return g_string_free(g_steal_pointer(&name), FALSE);
}

/* What a policy or a table look-up chose: a small difference makes it another. */
static gboolean is_choice(const char *column)
{
    static const char *const choices[] = {"cut",    "cqi_ul",    "cqi_dl",   "mcs_ul",
                                          "mcs_dl", "outage_ul", "outage_dl"};
    for (guint i = 0; i < G_N_ELEMENTS(choices); i++)
        if (strcmp(column, choices[i]) == 0)
            return TRUE;
    return FALSE;
}

/* ln(10)/10 per dB: the relative difference of the ratios behind two levels, to first order. */
static double relative_difference(const char *column, double a, double b)
{
    if (g_str_has_suffix(column, "_db"))
        return fabs(a - b) * M_LN10 / 10.0;
    double size = fmax(fabs(a), fabs(b));
    return size > 0.0 ? fabs(a - b) / size : 0.0;
}

static gboolean cells_agree(Comparing *comparing, const char *column, const CsCell *left,
                            const CsCell *right, double *difference)
{
    gboolean numbers = (left->kind == CS_CELL_REAL || left->kind == CS_CELL_WHOLE) &&
                       (right->kind == CS_CELL_REAL || right->kind == CS_CELL_WHOLE);
    *difference = 0.0;
    if (left->kind == CS_CELL_TEXT && right->kind == CS_CELL_TEXT)
        return strcmp(left->text, right->text) == 0;
    if (!numbers)
        return left->kind == right->kind;
    if (left->kind == CS_CELL_WHOLE && right->kind == CS_CELL_WHOLE)
        return left->whole == right->whole;
    double a = cell_number(left), b = cell_number(right);
    *difference = relative_difference(column, a, b);
    double slack = g_str_has_suffix(column, "_s") ? 1e-9 * (double)comparing->tolerance.ticks : 0.0;
    /* Half a tick more, because the difference of two times is itself rounded. */
    return *difference <= comparing->tolerance.rtol ||
           (slack > 0.0 && fabs(a - b) <= slack + 0.5e-9 + comparing->tolerance.rtol * fabs(a));
}

/* --- rows ------------------------------------------------------------------------------------- */

static void keep_difference(Comparing *comparing, const CsCell *keys, const char *column,
                            char *left, char *right, gboolean flipped)
{
    GPtrArray *first = comparing->result->first;
    if (first->len >= CS_COMPARE_SHOWN) {
        g_free(left);
        g_free(right);
        return;
    }
    CsDifference *difference = g_new(CsDifference, 1);
    *difference = (CsDifference){g_strdup(comparing->kind->file),
                                 row_name(comparing->kind, keys),
                                 g_strdup(column),
                                 left,
                                 right,
                                 flipped};
    g_ptr_array_add(first, difference);
}

static void miss_row(Comparing *comparing, const CsCell *keys, gboolean in_left)
{
    comparing->result->rows_missing++;
    keep_difference(comparing, keys, "", g_strdup(in_left ? "there" : "missing"),
                    g_strdup(in_left ? "missing" : "there"), FALSE);
}

static const char *column_name(const Comparing *comparing, guint i)
{
    return comparing->kind->columns != NULL ? comparing->kind->columns[i].name : "value";
}

static gboolean compare_choices(Comparing *comparing, const CsCell *left, const CsCell *right)
{
    guint keys = comparing->kind->n_keys;
    gboolean same = TRUE;
    for (guint i = 0; i < comparing->kind->n_columns; i++) {
        double difference;
        const char *column = column_name(comparing, i);
        const CsCell *a = &left[keys + i], *b = &right[keys + i];
        if (!is_choice(column) || cells_agree(comparing, column, a, b, &difference))
            continue;
        same = FALSE;
        keep_difference(comparing, left, column, cell_text(a), cell_text(b), TRUE);
    }
    comparing->result->flipped += same ? 0 : 1;
    return same;
}

static void note_largest(Comparing *comparing, const CsCell *keys, const char *column,
                         double difference)
{
    CsComparisonResult *result = comparing->result;
    if (difference <= result->largest)
        return;
    g_autofree char *row = row_name(comparing->kind, keys);
    g_free(result->largest_at);
    result->largest = difference;
    result->largest_at = g_strdup_printf("%s: %s of %s", comparing->kind->file, column, row);
}

static void compare_row(Comparing *comparing, const CsCell *left, const CsCell *right)
{
    guint keys = comparing->kind->n_keys;
    comparing->result->rows++;
    if (!compare_choices(comparing, left, right))
        return;
    for (guint i = 0; i < comparing->kind->n_columns; i++) {
        double difference;
        const char *column = column_name(comparing, i);
        const CsCell *a = &left[keys + i], *b = &right[keys + i];
        if (!cells_agree(comparing, column, a, b, &difference)) {
            comparing->result->cells++;
            keep_difference(comparing, left, column, cell_text(a), cell_text(b), FALSE);
        }
        note_largest(comparing, left, column, difference);
    }
}

/* A table that one directory has not recorded at all is told once. */
static gboolean is_one_sided(Comparing *comparing, const CsCell *left, const CsCell *right,
                             const char *const *names)
{
    if ((left == NULL) == (right == NULL))
        return FALSE;
    g_ptr_array_add(
        comparing->result->only,
        g_strdup_printf("only '%s' has %s", names[left != NULL ? 0 : 1], comparing->kind->file));
    return TRUE;
}

/* Both are in the keys' order: a merge. */
static gboolean compare_kind(Comparing *comparing, const Rows *asked, const char *sql,
                             CsDatabase *const *databases, const char *const *names, GError **error)
{
    CsCursor *cursors[2] = {cs_cursor_new(databases[0], sql, NULL),
                            cs_cursor_new(databases[1], sql, NULL)};
    /* An earlier version's table lacks the columns that were appended since. */
    Rows rows = *asked;
    guint own[2] = {cs_cursor_n_cells(cursors[0]), cs_cursor_n_cells(cursors[1])};
    guint cells = MIN(own[0], own[1]);
    if (own[0] != own[1] && cells > 0) /* 0: no such table, which the cursor tells */
        g_ptr_array_add(comparing->result->only,
                        g_strdup_printf("only '%s' has the last columns of %s",
                                        names[own[0] < own[1]], rows.file));
    rows.n_columns = MIN(rows.n_columns, cells - MIN(cells, rows.n_keys));
    comparing->kind = &rows;
    const CsCell *left = cs_cursor_next(cursors[0]), *right = cs_cursor_next(cursors[1]);
    gboolean one_sided = is_one_sided(comparing, left, right, names);
    while (!one_sided && (left != NULL || right != NULL)) {
        gint order = left == NULL    ? 1
                     : right == NULL ? -1
                                     : compare_keys(comparing->kind, left, right);
        if (order == 0)
            compare_row(comparing, left, right);
        else
            miss_row(comparing, order < 0 ? left : right, order < 0);
        if (order <= 0)
            left = cs_cursor_next(cursors[0]);
        if (order >= 0)
            right = cs_cursor_next(cursors[1]);
    }
    gboolean good = cs_cursor_end(cursors[0], error);
    return cs_cursor_end(cursors[1], good ? error : NULL) && good;
}

static gboolean compare_table(Comparing *comparing, CsTable table, CsDatabase *const *databases,
                              const char *const *names, GError **error)
{
    const CsTableInfo *info = cs_table_info(table);
    Rows rows = {.file = info->file_name, .key = info->key};
    rows.n_keys = g_strv_length((char **)info->key);
    rows.columns = cs_table_columns(table, &rows.n_columns);
    g_autofree char *keys = g_strjoinv(", ", (char **)info->key);
    g_autofree char *sql =
        g_strdup_printf("SELECT %s, * FROM %s ORDER BY %s", keys, info->name, keys);
    return compare_kind(comparing, &rows, sql, databases, names, error);
}

static gboolean compare_all(Comparing *comparing, CsDatabase *const *databases,
                            const char *const *names, GError **error)
{
    static const char *const parameter_key[] = {"run", "key", NULL};
    const Rows parameters = {"parameters", parameter_key, 2, NULL, 1};
    gboolean good =
        compare_kind(comparing, &parameters,
                     "SELECT run, key, value FROM param WHERE run IN (SELECT run FROM run) ORDER "
                     "BY run, key",
                     databases, names, error);
    for (guint t = 0; t < CS_TABLE_N && good; t++)
        good = compare_table(comparing, (CsTable)t, databases, names, error);
    return good;
}

CsComparisonResult *cs_compare_directories(const char *left, const char *right,
                                           CsTolerance tolerance, GError **error)
{
    g_autoptr(CsDatabase) first = cs_results_open(left, error);
    g_autoptr(CsDatabase) second = first != NULL ? cs_results_open(right, error) : NULL;
    if (second == NULL)
        return NULL;
    g_autoptr(CsComparisonResult) result = g_new0(CsComparisonResult, 1);
    result->first = g_ptr_array_new_with_free_func(free_difference);
    result->only = g_ptr_array_new_with_free_func(g_free);
    Comparing comparing = {.result = result, .tolerance = tolerance};
    CsDatabase *const databases[2] = {first, second};
    const char *const names[2] = {left, right};
    if (!compare_all(&comparing, databases, names, error))
        return NULL;
    return g_steal_pointer(&result);
}
