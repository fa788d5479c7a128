/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/page: the results as JSON in the page's template. See page.h. */
#include "analysis/page.h"

#include "analysis/figure.h"
#include "analysis/report-notes.h"
#include "base/file.h"
#include "campaign/recompute.h"
#include "output/manifest.h"
#include "output/import.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define TEMPLATE "report.html"
#define MARK "@DATA@"
#define ROUNDS_ANEW 100000.0 /* of devices, computed for a timeline where none were recorded */
#define TIMELINE_ROWS 12500  /* rounds of devices, of eight stages each */
#define LOSS_ROWS 5000       /* rounds of settings, told of what is learned */

static const char *const device_key[] = {"device", NULL};

/* --- JSON ------------------------------------------------------------------------------------- */

static void add_text(JsonBuilder *json, const char *name, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, valid);
}

static void begin_list(JsonBuilder *json, const char *name)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
}

static void add_texts(JsonBuilder *json, const char *name, const GPtrArray *texts)
{
    begin_list(json, name);
    for (guint i = 0; i < texts->len; i++) {
        g_autofree char *valid = g_utf8_make_valid(g_ptr_array_index(texts, i), -1);
        json_builder_add_string_value(json, valid);
    }
    json_builder_end_array(json);
}

static void add_number(JsonBuilder *json, double value)
{
    if (isfinite(value))
        json_builder_add_double_value(json, value);
    else
        json_builder_add_null_value(json);
}

/* --- a report --------------------------------------------------------------------------------- */

static void add_key(JsonBuilder *json, const CsStudyKey *key)
{
    const char *unit = "";
    g_autofree char *title = cs_study_key_title(key);
    g_autofree double *numbers = cs_study_key_numbers(key, &unit);
    json_builder_begin_object(json);
    add_text(json, "name", key->name);
    add_text(json, "title", title);
    add_texts(json, "values", key->values);
    if (numbers != NULL) {
        add_text(json, "unit", unit);
        begin_list(json, "numbers");
        for (guint i = 0; i < key->values->len; i++)
            add_number(json, numbers[i]);
        json_builder_end_array(json);
    }
    json_builder_end_object(json);
}

static void add_measure(JsonBuilder *json, const CsMeasure *measure, gboolean versus)
{
    g_autofree char *title =
        versus ? g_strconcat("less ", measure->title, NULL) : g_strdup(measure->title);
    json_builder_begin_object(json);
    add_text(json, "name", measure->name);
    add_text(json, "title", title);
    add_text(json, "unit", versus ? "%" : measure->unit);
    json_builder_end_object(json);
}

static void add_row(JsonBuilder *json, const CsReport *report, const CsReportRow *row)
{
    json_builder_begin_object(json);
    begin_list(json, "values");
    for (guint i = 0; i < report->n_keys; i++)
        json_builder_add_int_value(json, row->value[i]);
    json_builder_end_array(json);
    json_builder_set_member_name(json, "n");
    json_builder_add_int_value(json, (gint64)row->replications);
    json_builder_set_member_name(json, "apart");
    json_builder_add_boolean_value(json, row->uncommon);
    begin_list(json, "cells");
    for (guint m = 0; m < report->n_measures; m++) {
        CsEstimate shown = report->versus ? row->cell[m].reduction : row->cell[m].mean;
        double unit = report->versus                   ? 0.01
                      : report->measure[m]->scale != 0 ? report->measure[m]->scale
                                                       : 1.0;
        json_builder_begin_array(json);
        add_number(json, shown.value / unit);
        add_number(json, shown.half_width / unit);
        if (row->cell[m].deciding.few)
            add_number(json, row->cell[m].deciding.expected);
        json_builder_end_array(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

/* What is said beside it: "notes", and "narrow" of the intervals of a metric each. */
static void add_notes(JsonBuilder *json, const GPtrArray *notes)
{
    for (gboolean narrow = FALSE; narrow <= TRUE; narrow++) {
        begin_list(json, narrow ? "narrow" : "notes");
        for (guint i = 0; i < notes->len; i++) {
            const CsReportNote *note = g_ptr_array_index(notes, i);
            if (note->intervals == narrow)
                json_builder_add_string_value(json, note->text);
        }
        json_builder_end_array(json);
    }
}

static void add_report(JsonBuilder *json, const char *name, CsStudy *study, const CsReport *report)
{
    g_autoptr(GPtrArray) notes = cs_report_notes(study, report);
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
    add_notes(json, notes);
    json_builder_set_member_name(json, "level");
    json_builder_add_double_value(json, 100 * report->level);
    begin_list(json, "keys");
    for (guint i = 0; i < report->n_keys; i++)
        add_key(json, cs_study_key(study, report->key[i]));
    json_builder_end_array(json);
    begin_list(json, "metrics");
    for (guint m = 0; m < report->n_measures; m++)
        add_measure(json, report->measure[m], report->versus);
    json_builder_end_array(json);
    begin_list(json, "rows");
    for (guint i = 0; i < report->rows->len; i++)
        add_row(json, report, g_ptr_array_index(report->rows, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
}

/* The metrics that the results hold something of, where none is asked for. NULL-ended; transfer
 * container. */
static GPtrArray *recorded_metrics(CsStudy *study)
{
    GPtrArray *names = g_ptr_array_new();
    guint n;
    const CsMeasure *measures = cs_measures(&n);
    for (guint i = 0; i < n; i++) {
        g_autoptr(GPtrArray) samples =
            cs_study_has(study, &measures[i]) ? cs_study_samples(study, &measures[i], NULL) : NULL;
        gboolean some = FALSE;
        for (guint p = 0; samples != NULL && p < samples->len && !some; p++) {
            const GArray *sample = g_ptr_array_index(samples, p);
            some = sample->len > 0 && isfinite(g_array_index(sample, double, 0));
        }
        if (some)
            g_ptr_array_add(names, (gpointer)measures[i].name);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

/* Opens the results anew, since a report by device splits its study. */
static gboolean add_report_of(JsonBuilder *json, const char *name, const char *directory,
                              const CsReportRequest *asked, const char *const *by, GError **error)
{
    g_autoptr(CsStudy) study = cs_study_open(directory, error);
    if (study == NULL)
        return FALSE;
    CsReportRequest request = *asked;
    g_autoptr(GPtrArray) metrics = NULL;
    if (by != NULL)
        request.by = by;
    if (request.metrics == NULL || request.metrics[0] == NULL) {
        gint device = by == device_key ? cs_study_find_key(study, "device", NULL) : 0;
        metrics = device >= 0 ? recorded_metrics(study) : g_ptr_array_new();
        request.metrics = (const char *const *)metrics->pdata;
    }
    g_autoptr(CsReport) report = cs_report_new(study, &request, error);
    if (report == NULL)
        return FALSE;
    add_report(json, name, study, report);
    return TRUE;
}

/* --- what is learned -------------------------------------------------------------------------- */

/* "round" and all keys that take several values, or those that are asked for. NULL-ended; transfer
 * container. */
static GPtrArray *loss_keys(const CsStudy *study, const CsReportRequest *asked)
{
    GPtrArray *by = g_ptr_array_new();
    g_ptr_array_add(by, (gpointer) "round");
    if (asked->by != NULL && asked->by[0] != NULL)
        for (const char *const *key = asked->by; *key != NULL; key++)
            g_ptr_array_add(by, (gpointer)*key);
    else
        for (guint i = 0; i < cs_study_n_keys(study); i++)
            if (cs_study_key(study, i)->values->len > 1)
                g_ptr_array_add(by, (gpointer)cs_study_key(study, i)->name);
    g_ptr_array_add(by, NULL);
    return by;
}

/* Loss by round, beside time, energy and bits, where something was learned and fits a page. */
static gboolean add_losses(JsonBuilder *json, const char *directory, const CsReportRequest *asked,
                           GError **error)
{
    static const char *const metrics[] = {"test-loss",     "train-loss",  "elapsed",
                                          "energy-so-far", "bits-so-far", NULL};
    g_autoptr(CsStudy) study = cs_study_open(directory, error);
    if (study == NULL)
        return FALSE;
    if ((asked->metrics != NULL && asked->metrics[0] != NULL) || asked->versus != NULL ||
        !cs_study_has(study, cs_measure_find(metrics[0])))
        return TRUE;
    g_autoptr(GPtrArray) by = loss_keys(study, asked);
    CsReportRequest request = *asked;
    request.metrics = metrics;
    request.by = (const char *const *)by->pdata;
    g_autoptr(CsReport) report = cs_report_new(study, &request, error);
    if (report != NULL && report->rows->len <= LOSS_ROWS)
        add_report(json, "losses", study, report);
    return report != NULL;
}

/* --- the timeline ----------------------------------------------------------------------------- */

/* Devices in the order of their first row. */
typedef struct {
    JsonBuilder *json;
    GPtrArray *names;
    GHashTable *position; /* name -> position + 1 */
    guint rows;
} Timeline;

static gboolean take_round(gpointer context, guint n, const CsCell *cells)
{
    Timeline *timeline = context;
    const char *name = cells[0].text != NULL ? cells[0].text : "";
    gpointer at = g_hash_table_lookup(timeline->position, name);
    if (at == NULL) {
        g_ptr_array_add(timeline->names, g_strdup(name));
        at = GUINT_TO_POINTER(timeline->names->len);
        g_hash_table_insert(timeline->position,
                            g_ptr_array_index(timeline->names, timeline->names->len - 1), at);
    }
    json_builder_begin_array(timeline->json);
    json_builder_add_int_value(timeline->json, GPOINTER_TO_UINT(at) - 1);
    for (guint i = 1; i < n; i++)
        add_number(timeline->json, cells[i].real);
    json_builder_end_array(timeline->json);
    timeline->rows++;
    return TRUE;
}

static gboolean has_rounds(CsDatabase *database)
{
    return cs_database_whole(database, "SELECT EXISTS (SELECT device FROM rounds)") > 0;
}

/* Stages are a round's sums over its epochs, in their order in an epoch. Every cell is cast, for a
 * column may hold anything in results of strangers. */
static gboolean add_timeline(JsonBuilder *json, CsDatabase *database, const char *directory,
                             GError **error)
{
    if (!has_rounds(database) && !cs_results_need_few(database, directory, ROUNDS_ANEW))
        return TRUE;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) position = g_hash_table_new(g_str_hash, g_str_equal);
    Timeline timeline = {json, names, position, 0};
    json_builder_set_member_name(json, "timeline");
    json_builder_begin_object(json);
    begin_list(json, "rows");
    g_autofree char *sql = g_strdup_printf(
        "SELECT CAST(device AS TEXT), CAST(start_s AS REAL), CAST(end_s AS REAL), "
        "CAST(adapter_dl_s AS REAL), CAST(device_compute_s AS REAL), CAST(smashed_ul_s AS REAL), "
        "CAST(server_compute_s AS REAL), CAST(gradient_dl_s AS REAL), CAST(adapter_ul_s AS REAL), "
        "CAST(wait_s AS REAL) FROM rounds WHERE replication = 1 AND run = "
        "(SELECT min(run) FROM rounds) ORDER BY start_s LIMIT %d",
        TIMELINE_ROWS);
    if (!cs_database_query(database, sql, NULL, take_round, &timeline, error))
        return FALSE;
    json_builder_end_array(json);
    add_texts(json, "devices", names);
    g_autofree char *note = g_strdup_printf(
        "The first run, replication 1%s. A round's stages are summed over its local epochs and "
        "drawn in their order in an epoch.",
        timeline.rows == TIMELINE_ROWS ? ", as far as the page holds it" : "");
    add_text(json, "note", note);
    json_builder_end_object(json);
    return TRUE;
}

/* --- the manifest ----------------------------------------------------------------------------- */

static const char *member_text(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : "";
}

static JsonObject *member_object(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* Title, scenario, assumptions and build; of results without a manifest the directory's name. */
static void add_manifest(JsonBuilder *json, CsDatabase *database, const char *directory)
{
    g_autoptr(JsonNode) root = cs_results_manifest_json(database, directory);
    JsonObject *manifest = root != NULL ? json_node_get_object(root) : NULL;
    JsonObject *build = member_object(manifest, "build");
    const char *title = member_text(manifest, "title");
    g_autofree char *name = g_path_get_basename(directory);
    guint64 runs = cs_database_n_runs(database);
    g_autofree char *what =
        g_strdup_printf("Split learning simulated by cardsim: %" G_GUINT64_FORMAT " run%s",
                        MAX(runs, 1), runs > 1 ? "s" : "");
    g_autofree char *program =
        g_strdup_printf("cardsim %s, sources %.12s, %s", member_text(build, "version"),
                        member_text(build, "sources"), member_text(build, "compiler"));
    add_text(json, "title", title[0] != '\0' ? title : name);
    add_text(json, "what", what);
    add_text(json, "program", program);
    add_text(json, "scenario", member_text(manifest, "scenario"));
    begin_list(json, "assumptions");
    JsonNode *node = manifest != NULL ? json_object_get_member(manifest, "assumptions") : NULL;
    JsonArray *list =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
        JsonNode *element = json_array_get_element(list, i);
        if (json_node_get_value_type(element) == G_TYPE_STRING)
            json_builder_add_string_value(json, json_node_get_string(element));
    }
    json_builder_end_array(json);
}

/* --- the page --------------------------------------------------------------------------------- */

/* Whether the four digits of a \\u escape are a control character's. */
static gboolean is_control(const char *digits)
{
    g_autofree char *four = g_strndup(digits, 4);
    guint64 c = g_ascii_strtoull(four, NULL, 16);
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* As JSON within a script element: no '<', so that nothing can end it; what cannot be shown becomes
 * '?' unless `raw`. Transfer full. */
static char *to_text(JsonBuilder *json, gboolean raw)
{
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = json_to_string(root, FALSE);
    GString *safe = g_string_sized_new(strlen(text));
    for (const char *p = text, *next; *p != '\0'; p = next) {
        gboolean escape = *p == '\\', digits = escape && p[1] == 'u';
        next = digits ? p + 6 : escape ? p + 2 : g_utf8_next_char(p);
        if (*p == '<')
            g_string_append(safe, "\\u003c");
        else if (!raw &&
                 (digits ? is_control(p + 2) : !escape && !g_unichar_isprint(g_utf8_get_char(p))))
            g_string_append_c(safe, '?');
        else
            g_string_append_len(safe, p, next - p);
    }
    return g_string_free(safe, FALSE);
}

static gboolean has_keys(const char *directory, GError **error)
{
    g_autoptr(CsStudy) study = cs_study_open(directory, error);
    gboolean some = FALSE;
    for (guint i = 0; study != NULL && i < cs_study_n_keys(study); i++)
        some |= cs_study_key(study, i)->values->len > 1;
    return some;
}

static gboolean add_results(JsonBuilder *json, const char *directory,
                            const CsReportRequest *request, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gboolean asked = request->by != NULL && request->by[0] != NULL;
    gboolean swept = asked || has_keys(directory, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    if (swept)
        return add_report_of(json, "results", directory, request, NULL, error);
    return add_report_of(json, "devices", directory, request, device_key, error);
}

char *cs_page_new(const char *directory, const CsReportRequest *request, gboolean raw,
                  const CsPaths *paths, GError **error)
{
    g_autofree char *template = cs_figure_read_template(paths, TEMPLATE, error);
    g_autoptr(CsDatabase) database = template != NULL ? cs_results_open(directory, error) : NULL;
    if (database == NULL)
        return NULL;
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    add_manifest(json, database, directory);
    if (!add_results(json, directory, request, error) ||
        !add_losses(json, directory, request, error) ||
        !add_timeline(json, database, directory, error))
        return NULL;
    json_builder_end_object(json);
    g_autofree char *text = to_text(json, raw);
    const char *mark = strstr(template, MARK);
    if (mark == NULL) {
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_TEMPLATE,
                    "the page's template 'plots/%s' has no place for the results", TEMPLATE);
        return NULL;
    }
    g_autofree char *head = g_strndup(template, (gsize)(mark - template));
    return g_strconcat(head, text, mark + strlen(MARK), NULL);
}
