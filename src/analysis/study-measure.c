/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/study-measure: see the header. Layer: analysis. */
#include "analysis/study-measure.h"

#include "analysis/study-key.h"
#include "base/fail.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/units.h"

#include <string.h>

static const struct {
    CsDimension dimension;
    const char *example;
} arguments[] = {
    [CS_ARGUMENT_TARGET] = {CS_DIMENSION_NONE, "2.5"},
    [CS_ARGUMENT_TIME] = {CS_DIMENSION_TIME, "1 h"},
    [CS_ARGUMENT_ENERGY] = {CS_DIMENSION_ENERGY, "100 kJ"},
};

static void refuse(const char *name, GError **error)
{
    guint n;
    const CsMeasure *all = cs_measures(&n);
    const char **names = g_newa(const char *, n);
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        names[i] = all[i].name;
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    const char *near = cs_suggest(name, names, n);
    if (near != NULL)
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "there is no metric '%s'; did you mean '%s'?", name, near);
    else
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "there is no metric '%s'; the metrics are: %s", name, list->str);
}

const CsMeasure *cs_study_find_measure(const char *name, GError **error)
{
    const CsMeasure *found = cs_measure_find(name);
    if (found == NULL)
        refuse(name, error);
    return found;
}

/* Puts what stands behind '=' into the measure. */
static gboolean take_argument(CsMeasure *measure, const char *text, GError **error)
{
    double value;
    gsize start, end;
    const char *example = arguments[measure->argument].example;
    if (measure->argument == CS_ARGUMENT_NONE)
        return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                       "metric '%s' takes nothing behind it", measure->name);
    if (cs_quantity_read(text, strlen(text), arguments[measure->argument].dimension, &value, &start,
                         &end) != CS_QUANTITY_OK ||
        !(value > 0))
        return cs_fail(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                       "'%s=%s' needs a value, such as '%s=%s'", measure->name, text, measure->name,
                       example);
    char number[CS_NUMBER_MAX];
    cs_number_format(number, value);
    measure->given = g_strdup(number);
    measure->column = g_strdup_printf("%s_%s", measure->column, number);
    measure->title = g_strdup_printf("%s %s", measure->title, text);
    return TRUE;
}

CsMeasure *cs_study_measure_read(const char *name, GError **error)
{
    const char *sign = strchr(name, '=');
    g_autofree char *word =
        g_strstrip(sign != NULL ? g_strndup(name, (gsize)(sign - name)) : g_strdup(name));
    const CsMeasure *found = cs_study_find_measure(word, error);
    if (found == NULL)
        return NULL;
    CsMeasure *measure = g_memdup2(found, sizeof *found);
    gboolean good = TRUE;
    if (sign != NULL) {
        g_autofree char *text = g_strstrip(g_strdup(sign + 1));
        good = take_argument(measure, text, error);
    } else if (measure->argument > CS_ARGUMENT_TARGET) {
        g_set_error(error, CS_STUDY_ERROR, CS_STUDY_ERROR_ASKED,
                    "metric '%s' needs a value: write '%s=%s'", word, word,
                    arguments[measure->argument].example);
        good = FALSE;
    }
    if (good)
        return measure;
    cs_study_measure_free(measure);
    return NULL;
}

void cs_study_measure_free(CsMeasure *measure)
{
    if (measure == NULL)
        return;
    if (measure->given != NULL) { /* else these are the table's */
        g_free((gpointer)measure->column);
        g_free((gpointer)measure->title);
        g_free((gpointer)measure->given);
    }
    g_free(measure);
}

char *cs_study_measure_sql(const CsMeasure *measure, CsTable table, const char *otherwise)
{
    const char *argument = measure->given != NULL ? measure->given : otherwise;
    if (argument == NULL)
        argument = "NULL"; /* of which nothing is known */
    g_auto(GStrv) parts = g_strsplit(measure->sql[table], "@", -1);
    return g_strjoinv(argument, parts);
}
