/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/report: means, intervals, paired comparisons. See report.h. */
#include "analysis/report.h"

#include "analysis/share.h"
#include "base/fail.h"

#include <math.h>
#include <string.h>

/* What is known while a report is made. */
typedef struct {
    CsStudy *study;
    CsReport *report;
    gint versus_key;    /* or -1 */
    guint baseline;     /* its value's position */
    GPtrArray *members; /* of each row: GArray of points (guint) */
    CsDecider *decider; /* NULL: the means are exact */
    gboolean exact;     /* asked for */
} Making;

static CsReportCell empty_cell(void)
{
    CsEstimate nothing = {NAN, NAN, 0};
    return (CsReportCell){.mean = nothing,
                          .difference = nothing,
                          .reduction = nothing,
                          .exact = NAN,
                          .deciding = {.expected = NAN}};
}

static void free_row(gpointer data)
{
    CsReportRow *row = data;
    for (guint m = 0; m < row->n_cells; m++)
        cs_deciding_clear(&row->cell[m].deciding);
    g_free(row->value);
    g_free(row->cell);
    g_free(row);
}

void cs_report_free(CsReport *report)
{
    if (report == NULL)
        return;
    g_free(report->key);
    for (guint m = 0; m < report->n_measures; m++)
        cs_study_measure_free(report->measure[m]);
    g_free(report->measure);
    g_ptr_array_unref(report->rows);
    g_free(report);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static gboolean is_empty(const char *const *list)
{
    return list == NULL || list[0] == NULL;
}

/* Splits "KEY=VALUE" at its first '='. */
static gboolean find_baseline(Making *making, const char *versus, GError **error)
{
    const char *sign = strchr(versus, '=');
    if (sign == NULL || sign == versus || sign[1] == '\0')
        return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                       "a baseline is written KEY=VALUE, such as policy.name=device-only, not '%s'",
                       versus);
    g_autofree char *name = g_strndup(versus, (gsize)(sign - versus));
    g_autofree char *value = g_strdup(sign + 1);
    making->versus_key = cs_study_find_key(making->study, g_strstrip(name), error);
    if (making->versus_key < 0)
        return FALSE;
    gint position = cs_study_key_find(cs_study_key(making->study, (guint)making->versus_key),
                                      g_strstrip(value), error);
    making->baseline = (guint)MAX(position, 0);
    return position >= 0;
}

static void add_key(CsReport *report, guint key)
{
    for (guint i = 0; i < report->n_keys; i++)
        if (report->key[i] == key)
            return;
    report->key = g_renew(guint, report->key, report->n_keys + 1);
    report->key[report->n_keys++] = key;
}

/* Splits come first, because they change what the points are. */
static gboolean find_keys(Making *making, const char *const *by, GError **error)
{
    CsReport *report = making->report;
    for (guint i = 0; !is_empty(by) && by[i] != NULL; i++) {
        gint key = cs_study_find_key(making->study, by[i], error);
        if (key < 0)
            return FALSE;
        add_key(report, (guint)key);
    }
    for (guint k = 0; is_empty(by) && k < cs_study_n_keys(making->study); k++)
        if (cs_study_key(making->study, k)->values->len > 1)
            add_key(report, k);
    if (making->versus_key >= 0)
        add_key(report, (guint)making->versus_key);
    return TRUE;
}

static gboolean find_measures(CsReport *report, const char *const *metrics, GError **error)
{
    static const char *const usual[] = {"delay", "server-energy", "cost", NULL};
    const char *const *names = is_empty(metrics) ? usual : metrics;
    report->n_measures = g_strv_length((char **)names);
    report->measure = g_new0(CsMeasure *, report->n_measures);
    for (guint i = 0; i < report->n_measures; i++) {
        report->measure[i] = cs_study_measure_read(names[i], error);
        if (report->measure[i] == NULL)
            return FALSE;
    }
    return TRUE;
}

/* --- rows ------------------------------------------------------------------------------------- */

static gint compare_values(const CsReport *report, const guint *a, const guint *b)
{
    for (guint i = 0; i < report->n_keys; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static gint compare_rows(gconstpointer a, gconstpointer b, gpointer report)
{
    const CsReportRow *const *left = a, *const *right = b;
    return compare_values(report, (*left)->value, (*right)->value);
}

static char *values_name(const guint *value, guint n, gint but)
{
    GString *name = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        if ((gint)i != but)
            g_string_append_printf(name, "%u,", value[i]);
        else
            g_string_append_c(name, ',');
    return g_string_free(name, FALSE);
}

/* Rows from the points; `members` is in the rows' order of finding, a row's `points` its position
 * there until gather() sets it. */
static void make_rows(Making *making)
{
    CsReport *report = making->report;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint p = 0; p < cs_study_n_points(making->study); p++) {
        CsStudyPoint point = cs_study_point(making->study, p);
        g_autofree guint *value = g_new0(guint, report->n_keys + 1);
        for (guint i = 0; i < report->n_keys; i++)
            value[i] = point.value[report->key[i]];
        char *name = values_name(value, report->n_keys, -1);
        CsReportRow *row = g_hash_table_lookup(known, name);
        if (row == NULL) {
            row = g_new0(CsReportRow, 1);
            row->value = g_steal_pointer(&value);
            row->cell = g_new(CsReportCell, report->n_measures);
            row->points = making->members->len;
            g_ptr_array_add(report->rows, row);
            g_ptr_array_add(making->members, g_array_new(FALSE, FALSE, sizeof(guint)));
            g_hash_table_insert(known, name, row);
        } else {
            g_free(name);
        }
        g_array_append_val((GArray *)g_ptr_array_index(making->members, row->points), p);
    }
    g_ptr_array_sort_with_data(report->rows, compare_rows, report);
}

/* --- estimates -------------------------------------------------------------------------------- */

static const GArray *sample_of(const GPtrArray *samples, const GArray *points, guint i)
{
    return g_ptr_array_index(samples, g_array_index(points, guint, i));
}

/* Replications, from the first, that all `points` have a value of. */
static guint common_replications(const GPtrArray *samples, const GArray *points)
{
    guint least = G_MAXUINT;
    for (guint i = 0; i < points->len; i++) {
        const GArray *sample = sample_of(samples, points, i);
        guint n = 0;
        while (n < sample->len && n < least && isfinite(g_array_index(sample, double, n)))
            n++;
        least = MIN(least, n);
    }
    return points->len > 0 ? least : 0;
}

/* The most that one of them has, or lacks in its middle. */
static guint longest_sample(const GPtrArray *samples, const GArray *points)
{
    guint most = 0;
    for (guint i = 0; i < points->len; i++)
        most = MAX(most, sample_of(samples, points, i)->len);
    return most;
}

/* Σ over points, one a replication. Transfer full. */
static double *sums(const GPtrArray *samples, const GArray *points, guint n)
{
    double *sum = g_new0(double, MAX(n, 1));
    for (guint i = 0; i < points->len; i++) {
        const GArray *sample = sample_of(samples, points, i);
        for (guint r = 0; r < n; r++)
            sum[r] += g_array_index(sample, double, r);
    }
    return sum;
}

static CsEstimate finite_estimate(CsEstimate estimate)
{
    if (!isfinite(estimate.value))
        return (CsEstimate){NAN, NAN, estimate.n};
    if (!isfinite(estimate.half_width))
        estimate.half_width = NAN;
    return estimate;
}

static CsEstimate mean_of(const double *sum, guint n, guint points, double level)
{
    g_autofree double *sample = g_new(double, MAX(n, 1));
    for (guint r = 0; r < n; r++)
        sample[r] = sum[r] / points;
    return finite_estimate(cs_mean_estimate(sample, n, level));
}

static void compare_sums(CsReportCell *cell, const double *above, const double *below, guint n,
                         guint points, double level)
{
    g_autofree double *step = g_new(double, MAX(n, 1));
    for (guint r = 0; r < n; r++)
        step[r] = above[r] - below[r];
    cell->difference = mean_of(step, n, points, level);
    CsEstimate ratio = cs_ratio_estimate(above, below, n, level);
    ratio.value = 1.0 - ratio.value;
    cell->reduction = finite_estimate(ratio);
}

static CsEstimate pooled_mean(const GPtrArray *samples, const GArray *points, double level)
{
    g_autofree const double **sample = g_new(const double *, MAX(points->len, 1));
    g_autofree gsize *n = g_new(gsize, MAX(points->len, 1));
    for (guint i = 0; i < points->len; i++) {
        const GArray *values = sample_of(samples, points, i);
        sample[i] = (const double *)(gconstpointer)values->data;
        n[i] = values->len;
    }
    return finite_estimate(cs_pooled_estimate(sample, n, points->len, level));
}

/* What is exact has an interval of 0. */
static void make_exact(CsReportCell *cell)
{
    CsEstimate *const estimates[] = {&cell->mean, &cell->difference, &cell->reduction};
    for (guint i = 0; i < G_N_ELEMENTS(estimates); i++)
        if (!isnan(estimates[i]->value))
            estimates[i]->half_width = 0;
}

static CsReportCell estimate(Making *making, CsReportRow *row, const GPtrArray *samples,
                             const GArray *points, const GArray *partners)
{
    CsReportCell cell = empty_cell();
    double level = making->report->level;
    guint n = common_replications(samples, points);
    g_autofree double *sum = sums(samples, points, n);
    if (n == longest_sample(samples, points)) {
        cell.mean = mean_of(sum, n, points->len, level);
    } else {
        cell.mean = pooled_mean(samples, points, level);
        making->report->uneven = making->report->uneven || cell.mean.n > 0;
    }
    row->replications = MAX(row->replications, cell.mean.n);
    if (partners != NULL && !row->baseline) {
        guint pairs = MIN(n, common_replications(samples, partners));
        g_autofree double *below = sums(samples, partners, pairs);
        compare_sums(&cell, sum, below, pairs, points->len, level);
    }
    if (cs_study_exact(making->study))
        make_exact(&cell);
    return cell;
}

/* Replications that have come to the metric, and all of them. */
static guint count_reached(const GPtrArray *samples, const GArray *points, guint *of)
{
    guint reached = 0;
    for (guint i = 0; i < points->len; i++) {
        const GArray *sample = sample_of(samples, points, i);
        for (guint r = 0; r < sample->len; r++) {
            double value = g_array_index(sample, double, r);
            reached += isfinite(value) ? 1 : 0;
            *of += isnan(value) ? 0 : 1;
        }
    }
    return reached;
}

/* What has not been reached is not averaged as if it had been. */
static void censor(CsReportCell *cell, const GPtrArray *samples, const GArray *points,
                   const GArray *partners)
{
    const CsReportCell empty = empty_cell();
    guint of = 0;
    cell->reached = count_reached(samples, points, &cell->of);
    if (cell->reached < cell->of)
        cell->mean = empty.mean;
    gboolean all = cell->reached == cell->of &&
                   (partners == NULL || count_reached(samples, partners, &of) == of);
    if (!all) {
        cell->difference = empty.difference;
        cell->reduction = empty.reduction;
    }
}

/* Whether the sample can have seen what decides: the mean, or what it is compared with. */
static CsDeciding deciding_of(const Making *making, const CsMeasure *measure,
                              const CsReportCell *cell, const GArray *points,
                              const GArray *partners)
{
    CsDeciding own = {.expected = NAN}, other = own;
    if (making->decider == NULL || !(cell->mean.half_width > 0))
        return own;
    own = cs_decider_ask(making->decider, measure, points);
    if (partners == NULL)
        return own;
    other = cs_decider_ask(making->decider, measure, partners);
    gboolean worse = other.few && (!own.few || other.expected < own.expected);
    cs_deciding_clear(worse ? &own : &other);
    return worse ? other : own;
}

/* The mean, or the reduction, without a sample. */
static double exact_of(const Making *making, const CsMeasure *measure, const GArray *points,
                       const GArray *partners)
{
    if (!making->exact || making->decider == NULL)
        return NAN;
    double own = cs_decider_exact(making->decider, measure, points);
    return partners == NULL ? own : 1 - own / cs_decider_exact(making->decider, measure, partners);
}

/* Each point's partner, in the points' order; NULL where one has none. Transfer full. */
static GArray *partners_of(const Making *making, GHashTable *baseline, const GArray *points)
{
    guint n = cs_study_n_keys(making->study);
    GArray *partners = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < points->len; i++) {
        CsStudyPoint point = cs_study_point(making->study, g_array_index(points, guint, i));
        g_autofree char *name = values_name(point.value, n, making->versus_key);
        gpointer position;
        if (!g_hash_table_lookup_extended(baseline, name, NULL, &position)) {
            g_array_unref(partners);
            return NULL;
        }
        guint partner = GPOINTER_TO_UINT(position);
        g_array_append_val(partners, partner);
    }
    return partners;
}

/* The baseline's points by the values of all other keys. Transfer full. */
static GHashTable *baseline_points(const Making *making)
{
    GHashTable *points = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint p = 0; making->versus_key >= 0 && p < cs_study_n_points(making->study); p++) {
        CsStudyPoint point = cs_study_point(making->study, p);
        if (point.value[making->versus_key] == making->baseline)
            g_hash_table_insert(
                points,
                values_name(point.value, cs_study_n_keys(making->study), making->versus_key),
                GUINT_TO_POINTER(p));
    }
    return points;
}

static gboolean is_baseline(const Making *making, const GArray *points)
{
    if (making->versus_key < 0)
        return FALSE;
    CsStudyPoint first = cs_study_point(making->study, g_array_index(points, guint, 0));
    return first.value[making->versus_key] == making->baseline;
}

/* Fills every row's cells of one metric. */
static gboolean fill_measure(Making *making, guint measure, GHashTable *baseline, GError **error)
{
    CsReport *report = making->report;
    g_autoptr(GPtrArray) samples = cs_study_samples(making->study, report->measure[measure], error);
    if (samples == NULL)
        return FALSE;
    for (guint i = 0; i < report->rows->len; i++) {
        CsReportRow *row = g_ptr_array_index(report->rows, i);
        GArray *points = g_ptr_array_index(making->members, row->points);
        row->baseline = is_baseline(making, points);
        GArray *partners = report->versus ? partners_of(making, baseline, points) : NULL;
        row->unpaired = report->versus && partners == NULL;
        gboolean uneven = report->uneven;
        row->cell[measure] = estimate(making, row, samples, points, partners);
        if (report->measure[measure]->censors) {
            censor(&row->cell[measure], samples, points, partners);
            report->uneven = uneven; /* 'reached' says it */
            row->replications = MAX(row->replications, longest_sample(samples, points));
        }
        row->cell[measure].deciding =
            deciding_of(making, report->measure[measure], &row->cell[measure], points, partners);
        row->cell[measure].exact = exact_of(making, report->measure[measure], points, partners);
        row->n_cells = measure + 1;
        if (measure + 1 == report->n_measures && row->replications == 0) /* nothing is modelled */
            row->replications = longest_sample(samples, points);
        g_clear_pointer(&partners, g_array_unref);
    }
    return TRUE;
}

CsReport *cs_report_new(CsStudy *study, const CsReportRequest *request, GError **error)
{
    g_autoptr(CsReport) report = g_new0(CsReport, 1);
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    report->rows = g_ptr_array_new_with_free_func(free_row);
    report->versus = request->versus != NULL;
    report->level = request->level > 0 ? request->level : 0.95;
    g_autoptr(CsDecider) decider = NULL;
    Making making = {study, report, -1, 0, members, NULL, request->exact};
    if ((report->versus && !find_baseline(&making, request->versus, error)) ||
        !find_keys(&making, request->by, error) || !find_measures(report, request->metrics, error))
        return NULL;
    make_rows(&making);
    cs_report_share(study, report, members, request->all);
    if (!cs_study_exact(study)) /* splits are made by now */
        making.decider = decider = cs_decider_new(study);
    g_autoptr(GHashTable) baseline = baseline_points(&making);
    for (guint m = 0; m < report->n_measures; m++)
        if (!fill_measure(&making, m, baseline, error))
            return NULL;
    for (guint i = 0; i < report->rows->len; i++) {
        CsReportRow *row = g_ptr_array_index(report->rows, i);
        row->points = ((GArray *)g_ptr_array_index(members, row->points))->len;
    }
    return g_steal_pointer(&report);
}
