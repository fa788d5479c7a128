/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/study: results as points with samples. See study.h. */
#include "analysis/study.h"

#include "base/fail.h"
#include "base/number.h"
#include "base/suggest.h"
#include "campaign/recompute.h"
#include "output/import.h"
#include "output/partial.h"

#include <math.h>
#include <string.h>

enum { SPLIT_RUN, SPLIT_DEVICE, SPLIT_ROUND, SPLITS_N };
static const char *const split_names[SPLITS_N] = {"run", "device", "round"};

typedef struct {
    guint64 run;
    GArray *value; /* guint, one a key */
} Point;

struct CsStudy {
    CsDatabase *database;
    GPtrArray *keys;      /* CsStudyKey */
    GPtrArray *points;    /* Point, by run, then by what splits them */
    gint split[SPLITS_N]; /* the key's position, or -1 */
    char *title;          /* or NULL */
    char *directory;
    char *target; /* loss, as the scenario has it; or NULL */
    gboolean exact;
};

/* --- keys and points -------------------------------------------------------------------------- */

static void free_point(gpointer data)
{
    Point *point = data;
    g_array_unref(point->value);
    g_free(point);
}

static Point *point_new(guint64 run, const GArray *value)
{
    Point *point = g_new(Point, 1);
    *point = (Point){run, g_array_new(FALSE, TRUE, sizeof(guint))};
    if (value != NULL)
        g_array_append_vals(point->value, value->data, value->len);
    return point;
}

static void add_value(GArray *value, guint position)
{
    g_array_append_val(value, position);
}

static guint value_of(const Point *point, guint key)
{
    return g_array_index(point->value, guint, key);
}

static gboolean take_run(gpointer context, guint n, const CsCell *cells)
{
    CsStudy *study = context;
    (void)n;
    g_ptr_array_add(study->points, point_new((guint64)cells[0].whole, NULL));
    return TRUE;
}

static gboolean take_key(gpointer context, guint n, const CsCell *cells)
{
    CsStudy *study = context;
    (void)n;
    g_ptr_array_add(study->keys, cs_study_key_new(cells[0].text));
    return TRUE;
}

typedef struct {
    CsStudy *study;
    guint point;
    guint key;
    guint changes;
} Taking;

/* Rows come by run; a run that lacks the key has the value "". */
static gboolean take_parameter(gpointer context, guint n, const CsCell *cells)
{
    Taking *taking = context;
    CsStudyKey *key = g_ptr_array_index(taking->study->keys, taking->key);
    Point *point = g_ptr_array_index(taking->study->points, taking->point++);
    (void)n;
    add_value(point->value,
              cs_study_key_position(key, cells[0].kind == CS_CELL_TEXT ? cells[0].text : ""));
    return TRUE;
}

static gboolean read_values(CsStudy *study, GError **error)
{
    for (guint k = 0; k < study->keys->len; k++) {
        const CsStudyKey *key = g_ptr_array_index(study->keys, k);
        const char *const names[] = {key->name, NULL};
        Taking taking = {study, 0, k, 0};
        if (!cs_database_query(study->database,
                               "SELECT value FROM run LEFT JOIN param ON param.run = run.run AND "
                               "key = ? ORDER BY run.run",
                               names, take_parameter, &taking, error))
            return FALSE;
        if (taking.point != study->points->len)
            return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA,
                           "the results grow while they are read; try again");
    }
    return TRUE;
}

/* How often a key's value changes from run to run: the slowest axis changes least. */
static guint changes_of(const CsStudy *study, guint key)
{
    guint changes = 0;
    for (guint i = 1; i < study->points->len; i++)
        changes += value_of(g_ptr_array_index(study->points, i), key) !=
                   value_of(g_ptr_array_index(study->points, i - 1), key);
    return changes;
}

static void exchange_keys(CsStudy *study, guint a, guint b)
{
    gpointer key = study->keys->pdata[a];
    study->keys->pdata[a] = study->keys->pdata[b];
    study->keys->pdata[b] = key;
    for (guint i = 0; i < study->points->len; i++) {
        const Point *point = g_ptr_array_index(study->points, i);
        guint value = value_of(point, a);
        g_array_index(point->value, guint, a) = value_of(point, b);
        g_array_index(point->value, guint, b) = value;
    }
}

/* The database holds keys by name; a sweep's order, slowest first, shows in the runs. */
static void order_keys(CsStudy *study)
{
    for (guint i = 1; i < study->keys->len; i++)
        for (guint j = i; j > 0 && changes_of(study, j) < changes_of(study, j - 1); j--)
            exchange_keys(study, j, j - 1);
}

CsStudy *cs_study_open(const char *directory, GError **error)
{
    g_autoptr(CsStudy) study = g_new0(CsStudy, 1);
    study->keys = g_ptr_array_new_with_free_func((GDestroyNotify)cs_study_key_free);
    study->points = g_ptr_array_new_with_free_func(free_point);
    for (guint i = 0; i < SPLITS_N; i++)
        study->split[i] = -1;
    study->database = cs_results_open(directory, error);
    if (study->database == NULL ||
        !cs_database_query(study->database, "SELECT run FROM run ORDER BY run", NULL, take_run,
                           study, error) ||
        !cs_database_query(study->database, "SELECT DISTINCT key FROM param ORDER BY key", NULL,
                           take_key, study, error) ||
        !read_values(study, error))
        return NULL;
    if (study->points->len == 0) {
        g_autofree char *saved = cs_partial_tell_saved(study->database);
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA, "'%s' has no finished run%s%s",
                    directory, saved != NULL ? ": " : "", saved != NULL ? saved : "");
        return NULL;
    }
    order_keys(study);
    study->title = cs_results_title(study->database, directory);
    study->directory = g_strdup(directory);
    study->target = cs_results_setting(study->database, directory, "learning", "target-loss");
    study->exact = cs_results_exact(study->database, directory);
    return g_steal_pointer(&study);
}

void cs_study_free(CsStudy *study)
{
    if (study == NULL)
        return;
    cs_database_close(study->database);
    g_ptr_array_unref(study->keys);
    g_ptr_array_unref(study->points);
    g_free(study->title);
    g_free(study->directory);
    g_free(study->target);
    g_free(study);
}

const char *cs_study_title(const CsStudy *study)
{
    return study->title != NULL ? study->title : "";
}

gboolean cs_study_exact(const CsStudy *study)
{
    return study->exact;
}

guint cs_study_n_keys(const CsStudy *study)
{
    return study->keys->len;
}

const CsStudyKey *cs_study_key(const CsStudy *study, guint key)
{
    return g_ptr_array_index(study->keys, key);
}

guint cs_study_n_points(const CsStudy *study)
{
    return study->points->len;
}

CsStudyPoint cs_study_point(const CsStudy *study, guint i)
{
    const Point *point = g_ptr_array_index(study->points, i);
    return (CsStudyPoint){point->run, (const guint *)(gconstpointer)point->value->data};
}

typedef struct {
    gboolean any;
    double completed, planned;
} Rounds;

static gboolean take_rounds(gpointer context, guint n, const CsCell *cells)
{
    Rounds *rounds = context;
    (void)n;
    rounds->any = cells[0].kind == CS_CELL_REAL && cells[1].kind == CS_CELL_WHOLE;
    if (rounds->any) {
        rounds->completed = cells[0].real;
        rounds->planned = (double)cells[1].whole;
    }
    return TRUE;
}

gboolean cs_study_rounds(CsStudy *study, double *completed, double *planned)
{
    Rounds rounds = {FALSE, 0, 0};
    if (!cs_database_query(study->database,
                           "SELECT sum(rounds_completed), sum(devices * rounds) FROM totals "
                           "WHERE rounds_completed IS NOT NULL",
                           NULL, take_rounds, &rounds, NULL))
        return FALSE;
    *completed = rounds.completed;
    *planned = rounds.planned;
    return rounds.any;
}

CsRecompute *cs_study_recompute(CsStudy *study)
{
    const CsRecomputeRequest all = {0};
    return cs_recompute_new(study->database, study->directory, &all, NULL);
}

CsDatabase *cs_study_database(CsStudy *study)
{
    return study->database;
}

/* --- tables -------------------------------------------------------------------------------- */

static gboolean take_any(gpointer context, guint n, const CsCell *cells)
{
    (void)n;
    (void)cells;
    *(gboolean *)context = TRUE;
    return FALSE;
}

/* A table that is there and cannot be read is recorded, too: whoever reads it is told why. */
static gboolean is_recorded(CsStudy *study, CsTable table)
{
    const char *name = cs_table_info(table)->name;
    const char *const values[] = {name, NULL};
    gboolean there = FALSE, any = FALSE;
    g_autofree char *sql = g_strdup_printf("SELECT 1 FROM %s LIMIT 1", name);
    return cs_database_query(study->database, "SELECT 1 FROM sqlite_master WHERE name = ?", values,
                             take_any, &there, NULL) &&
           there && (!cs_database_query(study->database, sql, NULL, take_any, &any, NULL) || any);
}

/* Whether any run may have learned: a key of a sweep, or of all. */
static gboolean learns(CsStudy *study)
{
    for (guint i = 0; i < study->keys->len; i++)
        if (strcmp(cs_study_key(study, i)->name, "learning.network") == 0)
            return TRUE;
    g_autofree char *network =
        cs_results_setting(study->database, study->directory, "learning", "network");
    return network != NULL && strcmp(network, "none") != 0;
}

/* Computes a table that was not recorded, and that `what` needs. */
static gboolean need_table(CsStudy *study, CsTable table, const char *what, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (table == CS_TABLE_LOSSES && !learns(study))
        return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA,
                       "%s needs losses, and nothing was learned in these results: '[learning] "
                       "network' was none",
                       what);
    if (cs_results_need(study->database, study->directory, table, &why))
        return TRUE;
    return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA, "%s needs the table '%s': %s", what,
                   cs_table_info(table)->name, why->message);
}

/* --- splitting -------------------------------------------------------------------------------- */

typedef struct {
    CsStudyKey *key;
    GPtrArray *old;
    GPtrArray *points; /* the new ones */
    guint at;          /* in `old` */
} Splitting;

/* A row says that a run has a device or round; every point of that run gets one with it. */
static gboolean take_split(gpointer context, guint n, const CsCell *cells)
{
    Splitting *splitting = context;
    char number[CS_NUMBER_MAX];
    const char *text = cells[1].text;
    (void)n;
    if (cells[1].kind == CS_CELL_WHOLE) {
        cs_number_format_whole(number, cells[1].whole);
        text = number;
    }
    guint64 run = (guint64)cells[0].whole;
    guint position = cs_study_key_position(splitting->key, text);
    while (splitting->at < splitting->old->len &&
           ((Point *)g_ptr_array_index(splitting->old, splitting->at))->run < run)
        splitting->at++;
    for (guint i = splitting->at; i < splitting->old->len; i++) {
        const Point *point = g_ptr_array_index(splitting->old, i);
        if (point->run != run)
            break;
        Point *part = point_new(run, point->value);
        add_value(part->value, position);
        g_ptr_array_add(splitting->points, part);
    }
    return TRUE;
}

static gint split_study(CsStudy *study, guint split, GError **error)
{
    static const char *const queries[SPLITS_N] = {
        "SELECT run, run FROM run ORDER BY run",
        "SELECT run, device FROM devices WHERE replication = 1 ORDER BY run, rowid",
        "SELECT run, round FROM rounds UNION SELECT run, round FROM losses ORDER BY run, round",
    };
    CsTable table = split == SPLIT_DEVICE ? CS_TABLE_DEVICES : CS_TABLE_ROUNDS;
    /* Learning begins with a round 0, and tells its rounds by itself. */
    gboolean learned = split == SPLIT_ROUND && is_recorded(study, CS_TABLE_LOSSES);
    if (split != SPLIT_RUN && !learned && !is_recorded(study, table) &&
        !need_table(study, table, split_names[split], error))
        return -1;
    g_autoptr(GPtrArray) points = g_ptr_array_new_with_free_func(free_point);
    CsStudyKey *key = cs_study_key_new(split_names[split]);
    Splitting splitting = {key, study->points, points, 0};
    gboolean good =
        cs_database_query(study->database, queries[split], NULL, take_split, &splitting, error);
    if (good && points->len == 0) {
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA,
                    "'%s' needs the table '%s', which was not recorded; [output] record says which "
                    "are",
                    split_names[split], split == SPLIT_DEVICE ? "devices" : "rounds");
        good = FALSE;
    }
    if (!good) {
        cs_study_key_free(key);
        return -1;
    }
    GPtrArray *old = study->points;
    study->points = g_steal_pointer(&points);
    g_ptr_array_unref(old);
    g_ptr_array_add(study->keys, key);
    study->split[split] = (gint)study->keys->len - 1;
    return study->split[split];
}

/* --- finding ---------------------------------------------------------------------------------- */

static void refuse_key(const CsStudy *study, const char *name, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint k = 0; k < study->keys->len; k++) {
        const CsStudyKey *key = cs_study_key(study, k);
        g_ptr_array_add(known, key->name);
        g_string_append_printf(list, "%s%s", k > 0 ? ", " : "", key->name);
    }
    for (guint k = 0; k < study->keys->len; k++)
        g_ptr_array_add(known, (gpointer)cs_study_key_ending(cs_study_key(study, k)->name));
    const char *near = cs_suggest(name, (const char *const *)known->pdata, known->len);
    if (near != NULL)
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "'%s' is no key of this sweep; did you mean '%s'?", name, near);
    else
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "'%s' is no key of this sweep, whose keys are: %s%s", name,
                    list->len > 0 ? list->str : "none", "; 'device', 'round' and 'run' do too");
}

gint cs_study_find_key(CsStudy *study, const char *name, GError **error)
{
    gint found = -1;
    guint endings = 0;
    for (guint k = 0; k < study->keys->len; k++) {
        const char *known = cs_study_key(study, k)->name;
        if (strcmp(known, name) == 0)
            return (gint)k;
        if (strcmp(cs_study_key_ending(known), name) == 0) {
            found = (gint)k;
            endings++;
        }
    }
    if (endings == 1)
        return found;
    for (guint split = 0; split < SPLITS_N && endings == 0; split++)
        if (strcmp(name, split_names[split]) == 0)
            return split_study(study, split, error);
    if (endings > 1)
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "several keys of this sweep end in '%s': write the whole key", name);
    else
        refuse_key(study, name, error);
    return -1;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* The smallest table that has the metric and tells apart what the study is split by. */
static gint find_table(CsStudy *study, const CsMeasure *measure, gint *lacking)
{
    gboolean by_device = study->split[SPLIT_DEVICE] >= 0, by_round = study->split[SPLIT_ROUND] >= 0;
    *lacking = -1;
    for (gint t = CS_TABLE_N; t-- > 0;) {
        gboolean whole = t == CS_TABLE_TOTALS || t == CS_TABLE_LOSSES;  /* all devices' */
        gboolean parted = t == CS_TABLE_ROUNDS || t == CS_TABLE_LOSSES; /* by round */
        if (measure->sql[t] == NULL || (by_device && whole) || (by_round && !parted))
            continue;
        if (is_recorded(study, (CsTable)t))
            return t;
        if (*lacking < 0)
            *lacking = t;
    }
    return -1;
}

gboolean cs_study_has(CsStudy *study, const CsMeasure *measure)
{
    gint lacking;
    return find_table(study, measure, &lacking) >= 0;
}

/* The same, computed anew where it was not recorded. */
static gint choose_table(CsStudy *study, const CsMeasure *measure, GError **error)
{
    g_autofree char *what = g_strdup_printf("metric '%s'", measure->name);
    gint lacking, found = find_table(study, measure, &lacking);
    if (found >= 0)
        return found;
    if (lacking >= 0 && study->exact)
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_DATA,
                    "metric '%s' needs the table '%s', which exact means do not have",
                    measure->name, cs_table_info((CsTable)lacking)->name);
    else if (lacking >= 0 && need_table(study, (CsTable)lacking, what, error))
        return lacking;
    else if (lacking < 0)
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "metric '%s' is one of a whole run: it cannot be told by %s", measure->name,
                    study->split[SPLIT_ROUND] >= 0 ? "round" : "device");
    return -1;
}

#define TARGET_KEY "learning.target-loss"
#define REPLICATIONS_MAX 1000000 /* of simulation.replications */

typedef struct {
    CsStudy *study;
    GPtrArray *samples;
    GHashTable *points; /* "run/device/round" -> position; only looked up */
} Sampling;

static char *point_name(gint64 run, const char *device, const char *round)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%s/%s", run, device, round);
}

static const char *split_text(const CsStudy *study, const Point *point, guint split)
{
    if (study->split[split] < 0)
        return "";
    guint key = (guint)study->split[split];
    return g_ptr_array_index(cs_study_key(study, key)->values, value_of(point, key));
}

/* Cells: run, replication, device or "", round or "", value. */
static gboolean take_sample(gpointer context, guint n, const CsCell *cells)
{
    Sampling *sampling = context;
    (void)n;
    g_autofree char *name = point_name(cells[0].whole, cells[2].text, cells[3].text);
    gpointer position;
    if (!g_hash_table_lookup_extended(sampling->points, name, NULL, &position) ||
        cells[1].whole < 1 || cells[1].whole > REPLICATIONS_MAX) /* a database not of ours */
        return TRUE;
    GArray *sample = g_ptr_array_index(sampling->samples, GPOINTER_TO_UINT(position));
    static const double nothing = NAN;
    while ((gint64)sample->len < cells[1].whole)
        g_array_append_val(sample, nothing);
    double value = cells[4].kind == CS_CELL_REAL    ? cells[4].real
                   : cells[4].kind == CS_CELL_WHOLE ? (double)cells[4].whole
                   : cells[4].kind == CS_CELL_TEXT  ? INFINITY /* censored */
                                                    : NAN;
    g_array_index(sample, double, cells[1].whole - 1) = value;
    return TRUE;
}

/* SQL for the target loss of a row's run: an axis's, or the scenario's; NULL where there is none.
 */
static char *target_of(const CsStudy *study)
{
    for (guint k = 0; k < study->keys->len; k++)
        if (strcmp(cs_study_key(study, k)->name, TARGET_KEY) == 0)
            return g_strdup("(SELECT CAST(value AS REAL) FROM param WHERE param.run = losses.run "
                            "AND key = '" TARGET_KEY "')");
    double target;
    const char *rest = NULL, *text = study->target;
    if (text == NULL || !cs_number_read(text, text + strlen(text), &target, &rest) || *rest != '\0')
        return NULL;
    return g_strdup(text);
}

/* NULL with `error` set where the metric's argument is not known. */
static char *sample_query(const CsStudy *study, const CsMeasure *measure, gint table,
                          GError **error)
{
    gboolean open = measure->argument == CS_ARGUMENT_TARGET && measure->given == NULL;
    g_autofree char *target = open ? target_of(study) : NULL;
    if (open && target == NULL) {
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "metric '%s' needs a target, since the scenario has no '" TARGET_KEY
                    "': write '%s=2.5'",
                    measure->name, measure->name);
        return NULL;
    }
    g_autofree char *expression = cs_study_measure_sql(measure, (CsTable)table, target);
    gboolean device = study->split[SPLIT_DEVICE] >= 0, round = study->split[SPLIT_ROUND] >= 0;
    g_autoptr(GString) sql = g_string_new("SELECT run, replication, ");
    g_string_append_printf(sql, "%s, %s, %s FROM %s", device ? "device" : "''",
                           round ? "CAST(round AS TEXT)" : "''", expression,
                           cs_table_info(table)->name);
    if (table != CS_TABLE_TOTALS)
        g_string_append_printf(sql, " GROUP BY run, replication%s%s", device ? ", device" : "",
                               round ? ", round" : "");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

GPtrArray *cs_study_samples(CsStudy *study, const CsMeasure *measure, GError **error)
{
    gint table = choose_table(study, measure, error);
    if (table < 0)
        return NULL;
    g_autoptr(GHashTable) points = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < study->points->len; i++) {
        const Point *point = g_ptr_array_index(study->points, i);
        g_hash_table_insert(points,
                            point_name((gint64)point->run, split_text(study, point, SPLIT_DEVICE),
                                       split_text(study, point, SPLIT_ROUND)),
                            GUINT_TO_POINTER(i));
        g_ptr_array_add(samples, g_array_new(FALSE, FALSE, sizeof(double)));
    }
    Sampling sampling = {study, samples, points};
    g_autofree char *sql = sample_query(study, measure, table, error);
    if (sql == NULL ||
        !cs_database_query(study->database, sql, NULL, take_sample, &sampling, error))
        return NULL;
    return g_steal_pointer(&samples);
}
