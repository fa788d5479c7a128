/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/sweep: expanding [sweep]. See sweep.h. */
#include "campaign/sweep.h"

#include "campaign/alike.h"
#include "campaign/condition.h"
#include "scenario/typed.h"

#include <string.h>

/* Axes that move in step; an axis of its own is a bundle of one. */
typedef struct {
    guint *axes; /* positions in sweep->axes */
    guint n_axes;
    guint n_values;
} Bundle;

/* Beside an axis, what its values are read as. */
typedef struct {
    const CsKey *key;
    CsTyped *typed; /* by value */
    gboolean alone; /* its values are checked one by one, not with all others' */
} AxisValues;

/* A warning of a run, at the place of its axis's key where it is about one. */
typedef struct {
    CsPlace place;
    char *message, *help;
} Idle;

typedef struct {
    CsSweep *sweep;
    CsDiagnostics *diagnostics;
    AxisValues *values;  /* by axis */
    GHashTable *checked; /* positions of the values that are not alone -> a run's index, or 0 */
    GArray *bundles;     /* of Bundle */
    GArray *idle;        /* of Idle: what all runs so far say is ignored; NULL before the first */
    CsCondition *where;
    CsPlace where_place;
    CsAlike *alike; /* runs that are others again */
} Builder;

static void bundle_clear(gpointer data)
{
    g_free(((Bundle *)data)->axes);
}

static const CsAxis *axis_at(const Builder *builder, guint i)
{
    return g_ptr_array_index(builder->sweep->axes, i);
}

static gint find_axis(const Builder *builder, const char *key)
{
    for (guint i = 0; i < builder->sweep->axes->len; i++)
        if (strcmp(axis_at(builder, i)->key, key) == 0)
            return (gint)i;
    return -1;
}

/* --- the command line ---------------------------------------------------------------------- */

/* Puts `axis` (transfer full) into the sweep: over the file's axis of its key, or behind all. */
static void take_command_line_axis(Builder *builder, CsAxis *axis, guint first_own)
{
    gint there = find_axis(builder, axis->key);
    if (there >= (gint)first_own) {
        cs_diagnostics_error(builder->diagnostics, axis->key_place,
                             "give all its values in one place", "the axis '%s' is here twice",
                             axis->key);
        cs_axis_free(axis);
    } else if (there >= 0) {
        cs_axis_free(g_ptr_array_index(builder->sweep->axes, (guint)there));
        builder->sweep->axes->pdata[there] = axis;
    } else {
        g_ptr_array_add(builder->sweep->axes, axis);
    }
}

static void read_command_line_axis(Builder *builder, const char *override, guint first_own)
{
    const char *sign = strchr(override, '=');
    g_autofree char *key = g_strstrip(g_strndup(override, (gsize)(sign - override)));
    CsSource *source = cs_source_new("-s", g_strdup(override), strlen(override));
    g_ptr_array_add(builder->sweep->sources, source);
    CsPlace key_place = {source, 1, 1, (guint)strlen(key)};
    CsPlace place = {source, 1, (guint)(sign - override) + 2, (guint)strlen(sign + 1)};
    if (cs_key_of(key) == NULL) { /* complained of as with one value */
        const char *const values[] = {override, NULL};
        cs_scenario_unref(cs_scenario_with(builder->sweep->scenario, values, builder->diagnostics));
        return;
    }
    CsAxis *axis = cs_axis_read(key, key_place, sign + 1, place, builder->diagnostics);
    if (axis != NULL)
        take_command_line_axis(builder, axis, first_own);
}

/* --- axes, zip, where ---------------------------------------------------------------------- */

static void read_axes(Builder *builder, const GPtrArray *plain, const GPtrArray *given)
{
    const CsScenario *scenario = builder->sweep->scenario;
    guint n = cs_scenario_n_sweep_axes(scenario);
    for (guint i = 0; i < n; i++) {
        CsSweepAxis text = cs_scenario_sweep_axis(scenario, i);
        if (cs_overrides_set((const char *const *)plain->pdata, text.key))
            continue;
        CsAxis *axis = cs_axis_read(text.key, text.key_place, text.values, text.values_place,
                                    builder->diagnostics);
        if (axis != NULL)
            g_ptr_array_add(builder->sweep->axes, axis);
    }
    guint first_own = builder->sweep->axes->len;
    for (guint i = 0; i < given->len; i++)
        read_command_line_axis(builder, g_ptr_array_index(given, i), first_own);
}

/* One set of `zip`, "a.x + b.y": its axes leave their own bundles for a common one. */
static void read_zip_set(Builder *builder, const char *text, CsPlace place, gboolean *taken)
{
    g_auto(GStrv) names = g_strsplit(text, "+", -1);
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint));
    for (char **name = names; *name != NULL; name++) {
        gint at = find_axis(builder, g_strstrip(*name));
        if (at < 0 || taken[at]) {
            cs_diagnostics_error(
                builder->diagnostics, place, "zip = axis + axis, each an axis of this sweep, once",
                at < 0 ? "'%s' is no axis of this sweep" : "'%s' is zipped twice", *name);
            return;
        }
        taken[at] = TRUE;
        guint member = (guint)at;
        g_array_append_val(members, member);
    }
    guint n_values = axis_at(builder, g_array_index(members, guint, 0))->n_values;
    for (guint i = 1; i < members->len; i++) {
        const CsAxis *axis = axis_at(builder, g_array_index(members, guint, i));
        if (axis->n_values != n_values) {
            cs_diagnostics_error(builder->diagnostics, axis->key_place,
                                 "zipped axes need equally many values",
                                 "'%s' has %u values, '%s' has %u", axis->key, axis->n_values,
                                 axis_at(builder, g_array_index(members, guint, 0))->key, n_values);
            return;
        }
    }
    Bundle bundle = {.n_axes = members->len, .n_values = n_values};
    bundle.axes = (guint *)(void *)g_array_free(g_steal_pointer(&members), FALSE);
    g_array_append_val(builder->bundles, bundle);
}

/* Reads the values of all axes; those that are checked alone complain here. */
static void read_values(Builder *builder)
{
    guint n = builder->sweep->axes->len;
    builder->values = g_new0(AxisValues, n + 1);
    for (guint i = 0; i < n; i++) {
        const CsAxis *axis = axis_at(builder, i);
        AxisValues *values = &builder->values[i];
        values->key = cs_key_of(axis->key);
        values->typed = g_new0(CsTyped, axis->n_values);
        values->alone = values->key->alone && !g_str_has_prefix(axis->key, "device.");
        g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
        for (guint k = 0; k < axis->n_values; k++)
            cs_typed_read(values->key, axis->values[k], axis->places[k], &values->typed[k],
                          values->alone ? builder->diagnostics : nobody);
    }
}

/* What the bundle's values at a position come to. Transfer full. */
static char *bundle_mark(const Builder *builder, const Bundle *bundle, guint position)
{
    g_autoptr(GString) mark = g_string_new(NULL);
    for (guint k = 0; k < bundle->n_axes; k++) {
        const AxisValues *values = &builder->values[bundle->axes[k]];
        const CsTyped *typed = &values->typed[position];
        g_autofree char *one = typed->valid
                                   ? cs_typed_mark(values->key, typed)
                                   : g_strdup(axis_at(builder, bundle->axes[k])->values[position]);
        g_string_append_printf(mark, "%s\n", one);
    }
    return g_string_free(g_steal_pointer(&mark), FALSE);
}

/* A value that stands twice on an axis, however it is written, would give the same run twice; so
 * would values that are zipped with one another. */
static void check_distinct(Builder *builder, const Bundle *bundle)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const CsAxis *axis = axis_at(builder, bundle->axes[0]);
    for (guint i = 0; i < bundle->n_values; i++) {
        char *mark = bundle_mark(builder, bundle, i);
        guint first = GPOINTER_TO_UINT(g_hash_table_lookup(seen, mark));
        g_hash_table_insert(seen, mark, GUINT_TO_POINTER(first > 0 ? first : i + 1));
        if (first == 0)
            continue;
        const char *before = axis->values[first - 1], *again = axis->values[i];
        if (bundle->n_axes > 1)
            cs_diagnostics_error(builder->diagnostics, axis->places[i], "name it once",
                                 "these zipped axes have the same values twice, with '%s' of '%s'",
                                 again, axis->key);
        else if (strcmp(before, again) == 0)
            cs_diagnostics_error(builder->diagnostics, axis->places[i], "name it once",
                                 "'%s' has the value '%s' twice", axis->key, again);
        else
            cs_diagnostics_error(builder->diagnostics, axis->places[i], "name it once",
                                 "'%s' has the value '%s' twice: as '%s' too", axis->key, again,
                                 before);
        return;
    }
}

static gint compare_bundles(gconstpointer a, gconstpointer b)
{
    guint x = ((const Bundle *)a)->axes[0], y = ((const Bundle *)b)->axes[0];
    return x < y ? -1 : x > y;
}

static void read_bundles(Builder *builder)
{
    guint n = builder->sweep->axes->len;
    g_autofree gboolean *taken = g_new0(gboolean, n);
    CsPlace place = {0};
    const char *zip = cs_scenario_sweep_zip(builder->sweep->scenario, &place);
    g_auto(GStrv) sets = g_strsplit(zip != NULL ? zip : "", ",", -1);
    for (char **set = sets; *set != NULL; set++)
        read_zip_set(builder, *set, place, taken);
    for (guint i = 0; i < n; i++) {
        if (taken[i])
            continue;
        Bundle bundle = {g_new(guint, 1), 1, axis_at(builder, i)->n_values};
        bundle.axes[0] = i;
        g_array_append_val(builder->bundles, bundle);
    }
    g_array_sort(builder->bundles, compare_bundles);
    for (guint b = 0; b < builder->bundles->len; b++)
        check_distinct(builder, &g_array_index(builder->bundles, Bundle, b));
}

static void read_where(Builder *builder)
{
    const char *text = cs_scenario_sweep_where(builder->sweep->scenario, &builder->where_place);
    if (text == NULL)
        return;
    guint n = builder->sweep->axes->len;
    g_autofree CsConditionAxis *axes = g_new0(CsConditionAxis, n + 1);
    for (guint i = 0; i < n; i++) {
        const CsAxis *axis = axis_at(builder, i);
        axes[i] = (CsConditionAxis){axis->key, (const char *const *)axis->values, axis->n_values};
    }
    builder->where = cs_condition_read(text, builder->where_place, axes, n, builder->diagnostics);
}

/* --- runs ---------------------------------------------------------------------------------- */

/* An error of one run's values: an override's is told where that value was written in the sweep,
 * any other at its own place, with the run's values named. */
static void tell_run_error(Builder *builder, const CsDiagnostics *run, guint i,
                           const char *const *parameters, const CsPlace *places)
{
    CsPlace place = cs_diagnostics_place(run, i);
    const char *help = cs_diagnostics_help(run, i);
    gsize length;
    const char *text = place.source != NULL ? cs_source_text(place.source, &length) : "";
    for (guint k = 0; parameters[k] != NULL; k++) {
        if (strcmp(text, parameters[k]) == 0) {
            const CsAxis *axis = axis_at(builder, k);
            gboolean of_key = place.column <= strlen(axis->key);
            cs_diagnostics_error(builder->diagnostics, of_key ? axis->key_place : places[k], help,
                                 "%s", cs_diagnostics_message(run, i));
            return;
        }
    }
    g_autofree char *values = g_strjoinv(", ", (char **)parameters);
    cs_diagnostics_error(builder->diagnostics, place, help, "%s (with %s)",
                         cs_diagnostics_message(run, i), values);
}

/* A bad value fails every run it is in: each complaint is made once. */
static gboolean already_told(const Builder *builder, CsPlace place)
{
    for (guint i = 0; i < cs_diagnostics_count(builder->diagnostics); i++) {
        CsPlace other = cs_diagnostics_place(builder->diagnostics, i);
        if (other.source == place.source && other.line == place.line &&
            other.column == place.column)
            return TRUE;
    }
    return FALSE;
}

/* Tells what is wrong with a run, as far as it is new. */
static void tell_errors(Builder *builder, const CsDiagnostics *run, const char *const *parameters,
                        const CsPlace *places)
{
    CsDiagnostics *all = builder->diagnostics;
    for (guint i = 0; i < cs_diagnostics_count(run); i++) {
        if (cs_diagnostics_severity(run, i) == CS_SEVERITY_WARNING)
            continue;
        g_autoptr(CsDiagnostics) one = cs_diagnostics_new();
        builder->diagnostics = one;
        tell_run_error(builder, run, i, parameters, places);
        builder->diagnostics = all;
        if (!already_told(builder, cs_diagnostics_place(one, 0)))
            cs_diagnostics_add(all, CS_SEVERITY_INVALID, cs_diagnostics_place(one, 0),
                               cs_diagnostics_message(one, 0), cs_diagnostics_help(one, 0));
    }
}

/* --- keys that change nothing in any run ------------------------------------------------------ */

static void idle_clear(gpointer data)
{
    g_free(((Idle *)data)->message);
    g_free(((Idle *)data)->help);
}

static CsPlace idle_place(const Builder *builder, CsPlace place, const char *const *parameters)
{
    gsize length;
    const char *text = place.source != NULL ? cs_source_text(place.source, &length) : "";
    for (guint k = 0; parameters[k] != NULL; k++)
        if (strcmp(text, parameters[k]) == 0)
            return axis_at(builder, k)->key_place;
    return place;
}

static gboolean is_said(const Builder *builder, const Idle *idle, const CsDiagnostics *run,
                        const char *const *parameters)
{
    for (guint i = 0; i < cs_diagnostics_count(run); i++) {
        CsPlace place = idle_place(builder, cs_diagnostics_place(run, i), parameters);
        if (place.source == idle->place.source && place.line == idle->place.line &&
            place.column == idle->place.column &&
            strcmp(cs_diagnostics_message(run, i), idle->message) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Keeps what this run says too; of the first all. */
static void gather_idle(Builder *builder, const CsDiagnostics *run, const char *const *parameters)
{
    if (builder->idle != NULL) {
        for (guint i = builder->idle->len; i-- > 0;)
            if (!is_said(builder, &g_array_index(builder->idle, Idle, i), run, parameters))
                g_array_remove_index(builder->idle, i);
        return;
    }
    builder->idle = g_array_new(FALSE, FALSE, sizeof(Idle));
    g_array_set_clear_func(builder->idle, idle_clear);
    for (guint i = 0; i < cs_diagnostics_count(run); i++) {
        Idle idle = {idle_place(builder, cs_diagnostics_place(run, i), parameters),
                     g_strdup(cs_diagnostics_message(run, i)),
                     g_strdup(cs_diagnostics_help(run, i))};
        g_array_append_val(builder->idle, idle);
    }
}

static void tell_idle(Builder *builder)
{
    for (guint i = 0; builder->idle != NULL && i < builder->idle->len; i++) {
        const Idle *idle = &g_array_index(builder->idle, Idle, i);
        cs_diagnostics_add(builder->diagnostics, CS_SEVERITY_WARNING, idle->place, idle->message,
                           idle->help);
    }
}

/* --- points that come out identical ----------------------------------------------------------- */

/* Axes whose values this run ignores, or whose file is in its digest by what it holds. */
static guint64 ignored_axes(const Builder *builder, const CsDiagnostics *idle,
                            const char *const *parameters)
{
    guint64 mask = 0;
    for (guint k = 0; k < MIN(builder->sweep->axes->len, 64); k++)
        if (builder->values[k].key == cs_key(CS_KEY_LLM))
            mask |= G_GUINT64_CONSTANT(1) << k;
    for (guint i = 0; i < cs_diagnostics_count(idle); i++) {
        gsize length;
        CsPlace place = cs_diagnostics_place(idle, i);
        const char *text = place.source != NULL ? cs_source_text(place.source, &length) : "";
        for (guint k = 0; k < 64 && parameters[k] != NULL; k++)
            if (strcmp(text, parameters[k]) == 0)
                mask |= G_GUINT64_CONSTANT(1) << k;
    }
    return mask;
}

/* An axis that nothing hangs on in any run has been told. */
static gboolean is_idle_everywhere(const Builder *builder, const CsAxis *axis)
{
    for (guint i = 0; builder->idle != NULL && i < builder->idle->len; i++) {
        CsPlace place = g_array_index(builder->idle, Idle, i).place;
        if (place.source == axis->key_place.source && place.line == axis->key_place.line &&
            place.column == axis->key_place.column)
            return TRUE;
    }
    return FALSE;
}

static void tell_same(Builder *builder)
{
    for (guint k = 0; k < builder->sweep->axes->len; k++) {
        const CsAxis *axis = axis_at(builder, k);
        g_autofree char *message = cs_alike_message(builder->alike, k, axis->key);
        if (message != NULL && !is_idle_everywhere(builder, axis))
            cs_diagnostics_add(builder->diagnostics, CS_SEVERITY_WARNING, axis->key_place, message,
                               "a condition leaves them out: [sweep] where");
    }
}

/* --- one run ---------------------------------------------------------------------------------- */

/* Adds a run whose values have been checked with others in place of those that stand alone, or
 * checks it. */
static void plan_run(Builder *builder, const char *mark, const char *const *parameters,
                     const CsPlace *places)
{
    gpointer like;
    CsPlan *plan = builder->sweep->plan;
    if (g_hash_table_lookup_extended(builder->checked, mark, NULL, &like)) {
        if (like == NULL)
            return;
        cs_plan_add_like(plan, GPOINTER_TO_SIZE(like) - 1, parameters);
        cs_alike_note_like(builder->alike, GPOINTER_TO_SIZE(like));
        return;
    }
    g_autoptr(CsDiagnostics) run = cs_diagnostics_new();
    g_autoptr(CsDiagnostics) idle = cs_diagnostics_new();
    gboolean good = cs_plan_add(plan, builder->sweep->scenario, parameters, run, idle);
    if (!good)
        tell_errors(builder, run, parameters, places);
    else if (builder->idle == NULL || builder->idle->len > 0)
        gather_idle(builder, idle, parameters);
    if (good)
        cs_alike_note(builder->alike, ignored_axes(builder, idle, parameters));
    g_hash_table_insert(builder->checked, g_strdup(mark),
                        GSIZE_TO_POINTER(good ? cs_plan_n_runs(plan) : 0));
}

static void add_run(Builder *builder, const guint *position)
{
    guint n = builder->sweep->axes->len;
    g_autofree const char **values = g_new0(const char *, n + 1);
    g_autofree CsPlace *places = g_new0(CsPlace, n);
    g_auto(GStrv) parameters = g_new0(char *, n + 1);
    g_autoptr(GString) mark = g_string_new(NULL);
    gboolean sound = TRUE;
    for (guint b = 0; b < builder->bundles->len; b++) {
        const Bundle *bundle = &g_array_index(builder->bundles, Bundle, b);
        for (guint k = 0; k < bundle->n_axes; k++) {
            guint at = bundle->axes[k];
            const CsAxis *axis = axis_at(builder, at);
            const AxisValues *typed = &builder->values[at];
            values[at] = axis->values[position[b]];
            places[at] = axis->places[position[b]];
            if (!typed->alone)
                g_string_append_printf(mark, "%u:%u ", at, position[b]);
            sound &= !typed->alone || typed->typed[position[b]].valid;
        }
    }
    if (!sound || (builder->where != NULL && !cs_condition_holds(builder->where, values)))
        return;
    for (guint i = 0; i < n; i++)
        parameters[i] = g_strconcat(axis_at(builder, i)->key, "=", values[i], NULL);
    plan_run(builder, mark->str, (const char *const *)parameters, places);
}

static CsPlace sweep_place(const Builder *builder)
{
    if (builder->where != NULL)
        return builder->where_place;
    return axis_at(builder, 0)->key_place;
}

static gboolean count_is_sane(Builder *builder)
{
    double n = 1;
    for (guint b = 0; b < builder->bundles->len; b++)
        n *= g_array_index(builder->bundles, Bundle, b).n_values;
    if (n <= CS_RUNS_MAX)
        return TRUE;
    cs_diagnostics_error(builder->diagnostics, axis_at(builder, 0)->key_place,
                         "take larger steps or fewer axes",
                         "this sweep has %.0f combinations, more than %d", n, CS_RUNS_MAX);
    return FALSE;
}

/* Counts through all combinations, the last bundle fastest. */
static void expand(Builder *builder)
{
    guint n = builder->bundles->len;
    g_autoptr(CsAlike) alike = builder->alike =
        cs_alike_new(builder->sweep->plan, builder->sweep->axes->len);
    g_autofree guint *position = g_new0(guint, n + 1);
    for (;;) {
        add_run(builder, position);
        if (cs_diagnostics_errors(builder->diagnostics) > 20)
            return;
        guint b = n;
        while (b > 0 &&
               ++position[b - 1] == g_array_index(builder->bundles, Bundle, b - 1).n_values)
            position[--b] = 0;
        if (b == 0)
            break;
    }
    tell_idle(builder);
    tell_same(builder);
    if (cs_plan_n_runs(builder->sweep->plan) == 0 &&
        cs_diagnostics_errors(builder->diagnostics) == 0)
        cs_diagnostics_error(builder->diagnostics, sweep_place(builder),
                             "loosen the condition: no combination is left",
                             "this sweep has no runs");
}

/* A trace is of one run: one in which many went would not be read. */
static void check_record(Builder *builder)
{
    const CsScenario *scenario = builder->sweep->scenario;
    if ((cs_scenario_record(scenario) & CS_RECORD_EVENTS) == 0 || builder->sweep->axes->len == 0)
        return;
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        if (strcmp(setting.group, "output") == 0 && strcmp(setting.key, "record") == 0)
            cs_diagnostics_error(builder->diagnostics, setting.origin,
                                 "take 'events' out; 'cardsim run --trace FILE.json' writes the "
                                 "trace of one point",
                                 "a sweep writes no traces");
    }
}

static void build(Builder *builder, const GPtrArray *plain, const GPtrArray *axes)
{
    read_axes(builder, plain, axes);
    check_record(builder);
    if (cs_diagnostics_errors(builder->diagnostics) > 0)
        return;
    read_values(builder);
    guint of_values = cs_diagnostics_errors(builder->diagnostics);
    read_bundles(builder);
    read_where(builder);
    if (cs_diagnostics_errors(builder->diagnostics) == of_values &&
        (builder->bundles->len == 0 || count_is_sane(builder)))
        expand(builder);
}

CsSweep *cs_sweep_read(const char *path, const char *const *overrides, const CsPaths *paths,
                       CsDiagnostics *diagnostics)
{
    return cs_sweep_read_with(path, overrides, paths, NULL, diagnostics);
}

CsSweep *cs_sweep_read_with(const char *path, const char *const *overrides, const CsPaths *paths,
                            CsPolicySet *policies, CsDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) plain = g_ptr_array_new();
    g_autoptr(GPtrArray) axes = g_ptr_array_new();
    cs_overrides_split(overrides, plain, axes);
    CsScenario *scenario = cs_scenario_read_for_sweep(path, (const char *const *)plain->pdata,
                                                      paths, policies, diagnostics);
    if (scenario == NULL)
        return NULL;
    CsSweep *sweep = g_new0(CsSweep, 1);
    sweep->scenario = scenario;
    sweep->plan = cs_plan_new();
    sweep->axes = g_ptr_array_new();
    sweep->sources = g_ptr_array_new_with_free_func((GDestroyNotify)cs_source_unref);
    Builder builder = {.sweep = sweep,
                       .diagnostics = diagnostics,
                       .bundles = g_array_new(FALSE, FALSE, sizeof(Bundle))};
    g_array_set_clear_func(builder.bundles, bundle_clear);
    builder.checked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    build(&builder, plain, axes);
    for (guint i = 0; builder.values != NULL && i < sweep->axes->len; i++)
        g_free(builder.values[i].typed);
    g_free(builder.values);
    g_hash_table_unref(builder.checked);
    g_clear_pointer(&builder.idle, g_array_unref);
    g_array_unref(builder.bundles);
    cs_condition_free(builder.where);
    if (cs_diagnostics_errors(diagnostics) > 0)
        g_clear_pointer(&sweep, cs_sweep_free);
    return sweep;
}

void cs_sweep_free(CsSweep *sweep)
{
    if (sweep == NULL)
        return;
    for (guint i = 0; i < sweep->axes->len; i++)
        cs_axis_free(g_ptr_array_index(sweep->axes, i));
    g_ptr_array_unref(sweep->axes);
    g_ptr_array_unref(sweep->sources);
    cs_plan_free(sweep->plan);
    cs_scenario_unref(sweep->scenario);
    g_free(sweep);
}
