/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/vary: ranges of [vary]. See vary.h. Layer: campaign. */
#include "campaign/vary.h"

#include "base/number.h"
#include "base/sensitivity.h"
#include "scenario/typed.h"

#include <math.h>
#include <string.h>

#define ALL_DEVICES "device.*."
#define OF_SWEEP "sweep."

typedef enum { RANGE, FACTOR, LIST, SHARE } Kind;

typedef struct {
    CsSweepAxis text;
    Kind kind;
    const CsKey *key; /* NULL: SHARE */
    double low, high; /* in `unit`; a factor, a share */
    char *unit;       /* "MHz", or "" */
    gboolean log, whole;
    CsAxis *list;       /* LIST */
    GPtrArray *targets; /* "device.1.distance", ...: what it sets */
    GPtrArray *bases;   /* FACTOR: the scenario's own values, by target */
    gboolean *runs;     /* SHARE: which of them have the value */
    guint64 n_with;     /* of them */
} Varied;

struct CsVary {
    const CsSweep *sweep;
    GPtrArray *keys; /* of Varied */
};

static void varied_free(gpointer data)
{
    Varied *varied = data;
    g_free(varied->unit);
    if (varied->list != NULL)
        cs_axis_free(varied->list);
    g_ptr_array_unref(varied->targets);
    g_ptr_array_unref(varied->bases);
    g_free(varied->runs);
    g_free(varied);
}

void cs_vary_free(CsVary *vary)
{
    if (vary == NULL)
        return;
    g_ptr_array_unref(vary->keys);
    g_free(vary);
}

/* --- numbers with units ----------------------------------------------------------------------- */

/* "0.5 MHz" as 0.5 and "MHz" (transfer full); FALSE where it does not begin with a number. */
static gboolean split_number(const char *start, const char *end, double *number, char **unit)
{
    const char *rest;
    while (start < end && g_ascii_isspace(*start))
        start++;
    if (!cs_number_read(start, end, number, &rest))
        return FALSE;
    *unit = g_strstrip(g_strndup(rest, (gsize)(end - rest)));
    return TRUE;
}

static char *join_number(double number, const char *unit)
{
    char text[CS_NUMBER_MAX];
    cs_number_format(text, number);
    return unit[0] != '\0' ? g_strdup_printf("%s %s", text, unit) : g_strdup(text);
}

static gboolean is_decibel(const char *unit)
{
    return g_ascii_strncasecmp(unit, "dB", 2) == 0;
}

/* A value times a factor, of a range both ends; NULL where it is no number or one in dB. */
static char *scaled(const char *text, double factor)
{
    const char *dots = strstr(text, "..");
    double number;
    g_autofree char *unit = NULL;
    if (dots != NULL) {
        g_autofree char *first = g_strndup(text, (gsize)(dots - text));
        g_autofree char *low = scaled(first, factor), *high = scaled(dots + 2, factor);
        return low != NULL && high != NULL ? g_strdup_printf("%s .. %s", low, high) : NULL;
    }
    if (!split_number(text, text + strlen(text), &number, &unit) || is_decibel(unit))
        return NULL;
    return join_number(number * factor, unit);
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct {
    CsVary *vary;
    CsDiagnostics *diagnostics;
} Reader;

static void complain(const Reader *reader, const Varied *varied, const char *help, const char *what)
{
    cs_diagnostics_error(reader->diagnostics, varied->text.values_place, help, "'%s = %s': %s",
                         varied->text.key, varied->text.values, what);
}

/* Takes a word off the end of `text`: TRUE where it was there. */
static gboolean take_last(char *text, const char *word)
{
    gsize n = strlen(text), length = strlen(word);
    if (n <= length || strcmp(text + n - length, word) != 0 ||
        !g_ascii_isspace(text[n - length - 1]))
        return FALSE;
    text[n - length] = '\0';
    g_strchomp(text);
    return TRUE;
}

/* "a .. b", both of one unit. */
static gboolean read_ends(const Reader *reader, Varied *varied, const char *text)
{
    const char *dots = strstr(text, "..");
    g_autofree char *low_unit = NULL, *high_unit = NULL;
    if (dots == NULL || !split_number(text, dots, &varied->low, &low_unit) ||
        !split_number(dots + 2, text + strlen(text), &varied->high, &high_unit)) {
        complain(reader, varied, "write 'a .. b', 'a .. b log' or 'v1, v2, ...'",
                 "this is no range");
        return FALSE;
    }
    if (strcmp(low_unit, high_unit) != 0) {
        complain(reader, varied, "write both ends in one unit", "the ends have two units");
        return FALSE;
    }
    varied->unit = g_steal_pointer(&low_unit);
    if (!(varied->low < varied->high)) {
        complain(reader, varied, NULL, "the lower end stands first");
        return FALSE;
    }
    if (varied->log && (!(varied->low > 0) || is_decibel(varied->unit))) {
        complain(reader, varied, "dB are logarithms already", "no logarithm of these ends");
        return FALSE;
    }
    return TRUE;
}

/* One value of the key, at the place of all. */
static gboolean check_value(const Reader *reader, const Varied *varied, const char *value)
{
    CsTyped typed;
    return cs_typed_read(varied->key, value, varied->text.values_place, &typed,
                         reader->diagnostics);
}

static gboolean read_list(const Reader *reader, Varied *varied)
{
    varied->kind = LIST;
    varied->list = cs_axis_read(varied->text.key, varied->text.key_place, varied->text.values,
                                varied->text.values_place, reader->diagnostics);
    gboolean good = varied->list != NULL;
    for (guint i = 0; good && i < varied->list->n_values; i++)
        good = check_value(reader, varied, varied->list->values[i]);
    if (good && varied->list->n_values < 2) {
        complain(reader, varied, "give a range 'a .. b' or several values",
                 "one value does not vary");
        good = FALSE;
    }
    return good;
}

static gboolean read_range(const Reader *reader, Varied *varied, const char *text)
{
    varied->kind = RANGE;
    varied->whole =
        varied->key->kind == CS_VALUE_WHOLE || varied->key->kind == CS_VALUE_CHOICE_OR_WHOLE;
    if (!read_ends(reader, varied, text))
        return FALSE;
    g_autofree char *low = join_number(varied->low, varied->unit);
    g_autofree char *high = join_number(varied->high, varied->unit);
    return check_value(reader, varied, low) && check_value(reader, varied, high);
}

/* The scenario's own value of each target. */
static gboolean read_factor(const Reader *reader, Varied *varied, const char *text)
{
    varied->kind = FACTOR;
    if (!read_ends(reader, varied, text))
        return FALSE;
    if (varied->unit[0] != '\0' || !(varied->low > 0)) {
        complain(reader, varied, "write 'times 0.5 .. 2'", "a factor is a number above 0");
        return FALSE;
    }
    for (guint i = 0; i < varied->targets->len; i++) {
        g_autofree char *twice = scaled(g_ptr_array_index(varied->bases, i), 2);
        if (twice == NULL) {
            complain(reader, varied, "give a range of its values instead",
                     "what the scenario says there is no number that has a multiple");
            return FALSE;
        }
    }
    return TRUE;
}

/* "sweep.KEY@VALUE": the runs that have it. */
static gboolean read_share(const Reader *reader, Varied *varied, const char *text)
{
    const CsPlan *plan = reader->vary->sweep->plan;
    const char *name = varied->text.key + strlen(OF_SWEEP);
    g_autofree char *parameter = g_strdelimit(g_strdup(name), "@", '=');
    guint64 n = cs_plan_n_runs(plan);
    varied->kind = SHARE;
    varied->runs = g_new0(gboolean, n);
    for (guint64 i = 0; i < n; i++) {
        const CsRun *run = cs_plan_run(plan, i);
        varied->runs[i] = g_strv_contains((const char *const *)run->parameters, parameter);
        varied->n_with += varied->runs[i];
    }
    if (varied->n_with == 0 || varied->n_with == n) {
        cs_diagnostics_error(reader->diagnostics, varied->text.key_place,
                             "'sweep.KEY@VALUE' names a key of [sweep] and one of its values, as "
                             "written there",
                             "'%s' tells no runs of this sweep from others", varied->text.key);
        return FALSE;
    }
    if (!read_ends(reader, varied, text))
        return FALSE;
    if (varied->unit[0] == '\0' && varied->low >= 0 && varied->high <= 1)
        return TRUE;
    complain(reader, varied, NULL, "a share of the points lies from 0 to 1");
    return FALSE;
}

/* What it sets, each with what the scenario says of it; in the scenario's order. */
static void find_targets(const Reader *reader, Varied *varied)
{
    const CsScenario *scenario = reader->vary->sweep->scenario;
    gboolean all = g_str_has_prefix(varied->text.key, ALL_DEVICES);
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        gboolean device = g_str_has_prefix(setting.group, "device ");
        g_autofree char *name =
            device ? g_strdup_printf("device.%s.%s", setting.group + strlen("device "), setting.key)
                   : g_strdup_printf("%s.%s", setting.group, setting.key);
        if (all ? !device || strcmp(setting.key, varied->text.key + strlen(ALL_DEVICES)) != 0
                : strcmp(name, varied->text.key) != 0)
            continue;
        g_ptr_array_add(varied->targets, g_steal_pointer(&name));
        g_ptr_array_add(varied->bases, g_strdup(setting.value));
    }
    if (varied->targets->len == 0 && !all) { /* a key without a default */
        g_ptr_array_add(varied->targets, g_strdup(varied->text.key));
        g_ptr_array_add(varied->bases, g_strdup(""));
    }
}

static gboolean is_swept(const Reader *reader, const Varied *varied)
{
    const GPtrArray *axes = reader->vary->sweep->axes;
    for (guint i = 0; i < axes->len; i++)
        for (guint k = 0; k < varied->targets->len; k++)
            if (strcmp(((const CsAxis *)g_ptr_array_index(axes, i))->key,
                       g_ptr_array_index(varied->targets, k)) == 0)
                return TRUE;
    return FALSE;
}

static gboolean read_key(const Reader *reader, Varied *varied)
{
    g_autofree char *text = g_strdup(varied->text.values);
    if (g_str_has_prefix(varied->text.key, OF_SWEEP)) {
        varied->log = take_last(text, "log");
        return read_share(reader, varied, text);
    }
    varied->key = cs_key_of(varied->text.key);
    find_targets(reader, varied);
    if (varied->targets->len == 0 || is_swept(reader, varied)) {
        cs_diagnostics_error(reader->diagnostics, varied->text.key_place, NULL,
                             varied->targets->len == 0 ? "no device has '%s'"
                                                       : "'%s' is swept and varied",
                             varied->text.key);
        return FALSE;
    }
    gboolean range =
        strstr(text, "..") != NULL && strchr(text, ',') == NULL && strstr(text, " step ") == NULL;
    if (!range)
        return read_list(reader, varied);
    varied->log = take_last(text, "log");
    if (g_str_has_prefix(text, "times "))
        return read_factor(reader, varied, text + strlen("times "));
    return read_range(reader, varied, text);
}

CsVary *cs_vary_read(const CsSweep *sweep, const char *const *overrides, CsDiagnostics *diagnostics)
{
    g_autoptr(CsVary) vary = g_new(CsVary, 1);
    *vary = (CsVary){sweep, g_ptr_array_new_with_free_func(varied_free)};
    const Reader reader = {vary, diagnostics};
    gboolean good = TRUE;
    for (guint i = 0; i < cs_scenario_n_varied(sweep->scenario); i++) {
        CsSweepAxis text = cs_scenario_varied(sweep->scenario, i);
        if (cs_overrides_set(overrides, text.key))
            continue;
        Varied *varied = g_new0(Varied, 1);
        varied->text = text;
        varied->targets = g_ptr_array_new_with_free_func(g_free);
        varied->bases = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(vary->keys, varied);
        good = read_key(&reader, varied) && good;
    }
    if (good && (vary->keys->len == 0 || vary->keys->len > CS_SENSITIVITY_INPUTS_MAX)) {
        cs_diagnostics_error(diagnostics, cs_scenario_place(sweep->scenario),
                             "give the keys that vary, with their ranges: 'training.batch = 4 .. "
                             "32'",
                             "[vary] needs one to %d keys, and has %u", CS_SENSITIVITY_INPUTS_MAX,
                             vary->keys->len);
        good = FALSE;
    }
    return good ? g_steal_pointer(&vary) : NULL;
}

/* --- settings --------------------------------------------------------------------------------- */

static const Varied *key_at(const CsVary *vary, guint i)
{
    return g_ptr_array_index(vary->keys, i);
}

guint cs_vary_n_keys(const CsVary *vary)
{
    return vary->keys->len;
}

const char *cs_vary_key(const CsVary *vary, guint i)
{
    return key_at(vary, i)->text.key;
}

/* Whole numbers lie in the middle of their own part of the range. */
static double number_at(const Varied *varied, double u)
{
    double low = varied->low, high = varied->high;
    if (varied->whole && varied->log)
        return CLAMP(round((low - 0.5) * pow((high + 0.5) / (low - 0.5), u)), low, high);
    if (varied->whole)
        return fmin(low + floor(u * (high - low + 1)), high);
    return varied->log ? low * pow(high / low, u) : low + u * (high - low);
}

char *cs_vary_value(const CsVary *vary, guint i, double u)
{
    const Varied *varied = key_at(vary, i);
    if (varied->kind == LIST) {
        guint at = MIN((guint)(u * varied->list->n_values), varied->list->n_values - 1);
        return g_strdup(varied->list->values[at]);
    }
    return join_number(number_at(varied, u), varied->unit);
}

char **cs_vary_overrides(const CsVary *vary, const double *u)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < vary->keys->len; i++) {
        const Varied *varied = key_at(vary, i);
        g_autofree char *value = cs_vary_value(vary, i, u[i]);
        for (guint k = 0; varied->kind != SHARE && k < varied->targets->len; k++) {
            g_autofree char *own =
                varied->kind == FACTOR
                    ? scaled(g_ptr_array_index(varied->bases, k), number_at(varied, u[i]))
                    : g_strdup(value);
            g_autofree char *override =
                g_strdup_printf("%s=%s", (char *)g_ptr_array_index(varied->targets, k), own);
            g_strv_builder_add(builder, override);
        }
    }
    return g_strv_builder_end(builder);
}

void cs_vary_weights(const CsVary *vary, const double *u, double *weight)
{
    guint64 n = cs_plan_n_runs(vary->sweep->plan);
    double sum = 0;
    for (guint64 r = 0; r < n; r++)
        weight[r] = 1;
    for (guint i = 0; i < vary->keys->len; i++) {
        const Varied *varied = key_at(vary, i);
        double share = number_at(varied, u[i]);
        for (guint64 r = 0; varied->kind == SHARE && r < n; r++)
            weight[r] *= varied->runs[r] ? share / (double)varied->n_with
                                         : (1 - share) / (double)(n - varied->n_with);
    }
    for (guint64 r = 0; r < n; r++)
        sum += weight[r];
    for (guint64 r = 0; r < n; r++)
        weight[r] /= sum;
}
