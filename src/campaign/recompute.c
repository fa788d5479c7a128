/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/recompute: rows computed anew. See recompute.h. */
#include "campaign/recompute.h"

#include "base/fail.h"
#include "base/version.h"
#include "campaign/digest.h"
#include "campaign/parameters.h"
#include "output/import.h"
#include "output/manifest.h"
#include "output/row-sink.h"
#include "output/unit.h"

#include <string.h>

/* clang-format off: not a subtraction */
G_DEFINE_QUARK(cs - recompute - error - quark, cs_recompute_error)
/* clang-format on */

/* A run of the results: its number there, how many replications it has, what was set in it. */
typedef struct {
    guint64 number;
    guint64 replications;
    GPtrArray *parameters; /* "group.key=value" */
    char *digest;          /* NULL: not kept */
} Point;

struct CsRecompute {
    CsDatabase *database;
    const char *directory;
    CsRecomputeRequest asked;
    GArray *points; /* of Point: those in the results, then those asked for */
    CsScenario *base;
    CsParameters *parameters;
    CsPlan *plan; /* run k of it is points[k - 1] */
    char *inputs; /* digest of the base, or NULL */

    CsTable table; /* that is being computed */
    CsFile *file;  /* NULL: into the database */
    const char *waiting;
};

static void point_clear(gpointer data)
{
    Point *point = data;
    g_ptr_array_unref(point->parameters);
    g_free(point->digest);
}

static Point *point_at(const CsRecompute *recompute, guint i)
{
    return &g_array_index(recompute->points, Point, i);
}

void cs_recompute_free(CsRecompute *recompute)
{
    if (recompute == NULL)
        return;
    g_array_unref(recompute->points);
    cs_parameters_free(recompute->parameters);
    cs_plan_free(recompute->plan);
    cs_scenario_unref(recompute->base);
    g_free(recompute->inputs);
    g_free(recompute);
}

/* --- what the results are of ------------------------------------------------------------------ */

static gboolean is_asked(const CsRecompute *recompute, guint64 run)
{
    const guint64 *asked = recompute->asked.runs;
    while (asked != NULL && *asked != 0 && *asked != run)
        asked++;
    return asked == NULL || *asked != 0;
}

static gboolean take_point(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    CsRecompute *recompute = context;
    if (cells[0].kind != CS_CELL_WHOLE || cells[1].kind != CS_CELL_WHOLE || cells[1].whole < 1 ||
        !is_asked(recompute, (guint64)cells[0].whole))
        return TRUE;
    Point point = {.number = (guint64)cells[0].whole,
                   .replications = (guint64)cells[1].whole,
                   .parameters = g_ptr_array_new_with_free_func(g_free),
                   .digest = cells[2].kind == CS_CELL_TEXT ? g_strdup(cells[2].text) : NULL};
    g_array_append_val(recompute->points, point);
    return TRUE;
}

/* Rows come by run, as the points do. */
typedef struct {
    CsRecompute *recompute;
    guint at;
} Taking;

static gboolean take_parameter(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    Taking *taking = context;
    const CsRecompute *recompute = taking->recompute;
    if (cells[0].kind != CS_CELL_WHOLE || cells[1].kind != CS_CELL_TEXT ||
        cells[2].kind != CS_CELL_TEXT)
        return TRUE;
    guint64 run = (guint64)cells[0].whole;
    while (taking->at < recompute->points->len && point_at(recompute, taking->at)->number < run)
        taking->at++;
    if (taking->at < recompute->points->len && point_at(recompute, taking->at)->number == run)
        g_ptr_array_add(point_at(recompute, taking->at)->parameters,
                        g_strconcat(cells[1].text, "=", cells[2].text, NULL));
    return TRUE;
}

static gboolean read_points(CsRecompute *recompute, GError **error)
{
    Taking taking = {recompute, 0};
    if (!cs_database_query(recompute->database,
                           "SELECT run.run, replications, digest FROM run LEFT JOIN digest ON "
                           "digest.run = run.run ORDER BY run.run",
                           NULL, take_point, recompute, error) ||
        !cs_database_query(recompute->database,
                           "SELECT run, key, value FROM param ORDER BY run, key", NULL,
                           take_parameter, &taking, error))
        return FALSE;
    for (const guint64 *run = recompute->asked.runs; run != NULL && *run != 0; run++) {
        gboolean there = FALSE;
        for (guint i = 0; i < recompute->points->len && !there; i++)
            there = point_at(recompute, i)->number == *run;
        if (there)
            continue;
        return cs_fail(error, CS_RECOMPUTE_ERROR, CS_RECOMPUTE_ERROR_ABSENT,
                       "'%s' has no finished run %" G_GUINT64_FORMAT, recompute->directory, *run);
    }
    return TRUE;
}

/* Says which table it was that cannot be had. */
static gboolean refuse(const CsRecompute *recompute, CsRecomputeError code, GError **error,
                       const char *format, ...) G_GNUC_PRINTF(4, 5);

static gboolean refuse(const CsRecompute *recompute, CsRecomputeError code, GError **error,
                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return cs_fail(error, CS_RECOMPUTE_ERROR, (int)code,
                   "what '%s' did not record cannot be computed anew: %s", recompute->directory,
                   why);
}

static CsPaths *paths_of(const CsRecompute *recompute)
{
    if (recompute->asked.paths != NULL)
        return cs_paths_ref(recompute->asked.paths);
    g_autofree char *include = cs_database_get_meta(recompute->database, "include");
    g_auto(GStrv) lines = g_strsplit(include != NULL ? include : "", "\n", -1);
    guint n = g_strv_length(lines);
    if (n > 0) /* behind the last newline there is nothing */
        g_clear_pointer(&lines[n - 1], g_free);
    return cs_paths_new((const char *const *)lines);
}

static gboolean read_base(CsRecompute *recompute, GError **error)
{
    if (cs_results_exact(recompute->database, recompute->directory))
        return refuse(recompute, CS_RECOMPUTE_ERROR_ABSENT, error,
                      "these are exact means, of no simulation");
    g_autofree char *manifest = cs_results_manifest(recompute->database, recompute->directory);
    g_auto(CsManifestOrigin) origin = {NULL, NULL, NULL, FALSE};
    if (manifest == NULL || !cs_manifest_read_origin(manifest, &origin))
        return refuse(recompute, CS_RECOMPUTE_ERROR_ABSENT, error,
                      "it has no manifest that tells its scenario");
    if (!origin.this_build)
        return refuse(recompute, CS_RECOMPUTE_ERROR_BUILD, error,
                      "another build of cardsim wrote it (%s; this one is %s)", origin.build,
                      cs_build_identity());
    /* A sweep's can be varied as the scenario could; the resolved one holds what was derived. */
    g_autofree char *source = cs_database_get_meta(recompute->database, "source");
    g_autofree char *directory = cs_database_get_meta(recompute->database, "origin");
    g_autofree char *path =
        g_build_filename(directory != NULL ? directory : ".", CS_MANIFEST_FILE, NULL);
    g_autoptr(CsPaths) paths = paths_of(recompute);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    recompute->base =
        cs_scenario_parse(source != NULL ? source : origin.scenario, path, source != NULL, paths,
                          recompute->asked.policies, diagnostics);
    recompute->inputs = g_steal_pointer(&origin.inputs);
    if (recompute->base != NULL)
        return TRUE;
    return refuse(
        recompute, CS_RECOMPUTE_ERROR_CHANGED, error, "its scenario is not valid here: %s",
        cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0) : "unknown");
}

gboolean cs_recompute_places(const CsRecompute *recompute)
{
    return recompute->asked.places || cs_scenario_config(recompute->base)->places;
}

/* The plan, each run of which must be what it was. */
static gboolean make_plan(CsRecompute *recompute, GError **error)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    /* Places told where the scenario does not: the digests differ by this, though no number does.
     */
    gboolean more = recompute->asked.places && !cs_scenario_config(recompute->base)->places;
    guint64 shift = more ? cs_setting_digest("output", "places", "yes") -
                               cs_setting_digest("output", "places", "no")
                         : 0;
    for (guint i = 0; i < recompute->points->len; i++) {
        Point *point = point_at(recompute, i);
        gboolean plain = point->parameters->len == 0;
        if (more)
            g_ptr_array_add(point->parameters, g_strdup("output.places=yes"));
        g_ptr_array_add(point->parameters, NULL);
        if (!cs_plan_add(recompute->plan, recompute->base,
                         (const char *const *)point->parameters->pdata, diagnostics, NULL))
            return refuse(recompute, CS_RECOMPUTE_ERROR_CHANGED, error,
                          "run %" G_GUINT64_FORMAT " is not valid here: %s", point->number,
                          cs_diagnostics_message(diagnostics, 0));
        g_autofree char *now = cs_digest_text(cs_plan_run(recompute->plan, i)->digest - shift);
        const char *then = point->digest == NULL && plain ? recompute->inputs : point->digest;
        if (then == NULL)
            return refuse(recompute, CS_RECOMPUTE_ERROR_ABSENT, error,
                          "it does not tell what its runs were computed from");
        if (strcmp(then, now) != 0)
            return refuse(recompute, CS_RECOMPUTE_ERROR_CHANGED, error,
                          "the scenario of run %" G_GUINT64_FORMAT
                          ", or a file or a plugin that it names, has changed",
                          point->number);
    }
    return TRUE;
}

CsRecompute *cs_recompute_new(CsDatabase *database, const char *directory,
                              const CsRecomputeRequest *request, GError **error)
{
    g_autoptr(CsRecompute) recompute = g_new0(CsRecompute, 1);
    recompute->database = database;
    recompute->directory = directory;
    recompute->asked = *request;
    recompute->points = g_array_new(FALSE, FALSE, sizeof(Point));
    g_array_set_clear_func(recompute->points, point_clear);
    recompute->plan = cs_plan_new();
    recompute->parameters = cs_parameters_of(database, request->places);
    if (!read_points(recompute, error) || !read_base(recompute, error) ||
        !make_plan(recompute, error))
        return NULL;
    return g_steal_pointer(&recompute);
}

const CsPlan *cs_recompute_plan(const CsRecompute *recompute)
{
    return recompute->plan;
}

guint64 cs_recompute_number(const CsRecompute *recompute, guint64 i)
{
    return point_at(recompute, (guint)i)->number;
}

guint64 cs_recompute_replications(const CsRecompute *recompute, guint64 i)
{
    return point_at(recompute, (guint)i)->replications;
}

/* --- computing -------------------------------------------------------------------------------- */

static guint64 number_of(const CsRecompute *recompute, const CsRun *run)
{
    return point_at(recompute, (guint)run->index - 1)->number;
}

static CsSink *begin_lines(gpointer context, const CsRun *run, guint64 replication)
{
    CsRecompute *recompute = context;
    CsUnit *unit = cs_unit_new(cs_scenario_config(run->scenario), number_of(recompute, run),
                               1u << recompute->table, NULL, recompute->waiting);
    cs_csv_sink_end_rows(unit->csv, cs_parameters_cells(recompute->parameters,
                                                        (const char *const *)run->parameters));
    /* The first rows of all are the next in the file anyway. */
    if (run->index == 1 && replication == 1)
        cs_csv_sink_stream(unit->csv, recompute->table, recompute->file);
    return &unit->sink;
}

static gboolean finish_lines(gpointer context, G_GNUC_UNUSED const CsRun *run,
                             G_GNUC_UNUSED guint64 replication, CsSink *sink, const GError *error,
                             GError **stop)
{
    CsRecompute *recompute = context;
    g_autoptr(CsUnit) unit = (CsUnit *)sink;
    if (error != NULL)
        return TRUE;
    return cs_unit_append(unit, recompute->table, recompute->file, stop) &&
           cs_file_is_sound(recompute->file, stop);
}

static CsSink *begin_rows(gpointer context, const CsRun *run, G_GNUC_UNUSED guint64 replication)
{
    const CsRecompute *recompute = context;
    return &cs_row_sink_new(1u << recompute->table, FALSE, number_of(recompute, run),
                            cs_scenario_config(run->scenario))
                ->sink;
}

static gboolean finish_rows(gpointer context, G_GNUC_UNUSED const CsRun *run,
                            G_GNUC_UNUSED guint64 replication, CsSink *sink, const GError *error,
                            G_GNUC_UNUSED GError **stop)
{
    CsRecompute *recompute = context;
    CsRowSink *rows = (CsRowSink *)sink;
    if (error == NULL)
        cs_row_sink_store(rows, recompute->database);
    cs_row_sink_free(rows);
    return TRUE;
}

static gboolean compute(CsRecompute *recompute, const CsPoolClient *client, GError **error)
{
    guint n = recompute->points->len;
    g_autofree CsPoolTask *tasks = g_new(CsPoolTask, n + 1);
    CsPoolScope scope = {0};
    for (guint i = 0; i < n; i++) {
        guint64 most = recompute->asked.replications, all = point_at(recompute, i)->replications;
        tasks[i] = (CsPoolTask){i, 1, most > 0 ? MIN(most, all) : all};
        scope.work_total += (double)tasks[i].count * cs_plan_run(recompute->plan, i)->device_rounds;
        scope.units_total += tasks[i].count;
    }
    gboolean good =
        cs_pool_run_tasks(recompute->plan, tasks, n, recompute->asked.threads, client,
                          recompute->asked.progress, &scope, recompute->asked.interrupt, error);
    if (recompute->asked.progress != NULL)
        cs_progress_end(recompute->asked.progress);
    return good;
}

gboolean cs_recompute_csv(CsRecompute *recompute, CsTable table, CsFile *file,
                          const char *directory, GError **error)
{
    const CsPoolClient client = {
        .begin = begin_lines, .finish = finish_lines, .context = recompute};
    recompute->table = table;
    recompute->file = file;
    recompute->waiting = directory;
    return compute(recompute, &client, error);
}

static gboolean recompute_table(CsRecompute *recompute, CsTable table, GError **error)
{
    const CsPoolClient client = {.begin = begin_rows, .finish = finish_rows, .context = recompute};
    recompute->table = table;
    return cs_database_begin_temporary(recompute->database, table, cs_recompute_places(recompute),
                                       error) &&
           compute(recompute, &client, error) &&
           cs_database_end_temporary(recompute->database, error);
}

gboolean cs_results_need(CsDatabase *database, const char *directory, CsTable table, GError **error)
{
    const CsRecomputeRequest request = {.threads = 0};
    g_autoptr(CsRecompute) recompute = cs_recompute_new(database, directory, &request, error);
    return recompute != NULL && recompute_table(recompute, table, error);
}

gboolean cs_results_need_few(CsDatabase *database, const char *directory, double most)
{
    const guint64 runs[] = {(guint64)cs_database_whole(database, "SELECT min(run) FROM run"), 0};
    const CsRecomputeRequest request = {.runs = runs, .replications = 1};
    g_autoptr(CsRecompute) recompute =
        runs[0] > 0 ? cs_recompute_new(database, directory, &request, NULL) : NULL;
    return recompute != NULL && cs_plan_run(recompute->plan, 0)->device_rounds <= most &&
           recompute_table(recompute, CS_TABLE_ROUNDS, NULL);
}
