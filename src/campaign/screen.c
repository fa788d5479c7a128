/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/screen: many settings of a scenario. See screen.h. Layer: campaign. */
#include "campaign/screen.h"

#include "campaign/answer.h"
#include "campaign/ordered.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

#define WINDOW 64 /* settings that may run ahead of the oldest unfinished one, a thread */

typedef struct {
    double value[CS_SCREEN_METRICS_MAX];
    gboolean exact, good;
    CsDecisionsCache *cache; /* borrowed */
    CsDiagnostics *diagnostics;
    GError *error;
} Answer;

typedef struct {
    const CsScreenRequest *request;
    CsScreen *screen;
    CsDecisionsPool *pool;
    CsDiagnostics *diagnostics;
    GError **error;
} Work;

/* --- one setting ------------------------------------------------------------------------------ */

/* The metrics at a point of the sweep, with `versus` (or NULL) over the setting. */
static gboolean ask_point(const CsScreenRequest *request, const CsRun *run, char **overrides,
                          const char *versus, double *value, Answer *answer)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    const CsMeasure *measure[CS_SCREEN_METRICS_MAX];
    guint n = 0, at[CS_SCREEN_METRICS_MAX];
    double got[CS_SCREEN_METRICS_MAX];
    gboolean exact = TRUE;
    for (guint m = 0; m < request->n_metrics; m++) {
        if (versus != NULL && g_strcmp0(request->metric[m].versus, versus) != 0)
            continue;
        at[n] = m;
        measure[n++] = request->metric[m].measure;
    }
    for (char **p = run->parameters; *p != NULL; p++)
        g_ptr_array_add(all, *p);
    for (char **p = overrides; *p != NULL; p++)
        g_ptr_array_add(all, *p);
    g_ptr_array_add(all, (gpointer)versus);
    g_ptr_array_add(all, NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_with(
        request->sweep->scenario, (const char *const *)all->pdata, answer->diagnostics);
    if (scenario == NULL || !cs_answer(scenario, answer->cache, measure, n, request->interrupt, got,
                                       &exact, &answer->error))
        return FALSE;
    for (guint i = 0; i < n; i++)
        value[at[i]] = got[i];
    answer->exact = answer->exact && exact;
    return TRUE;
}

/* Each baseline is asked once, for all metrics that have it. */
static gboolean ask_baselines(const CsScreenRequest *request, const CsRun *run, char **overrides,
                              double *value, Answer *answer)
{
    for (guint m = 0; m < request->n_metrics; m++) {
        const char *versus = request->metric[m].versus;
        gboolean asked = versus == NULL;
        for (guint k = 0; k < m && !asked; k++)
            asked = g_strcmp0(request->metric[k].versus, versus) == 0;
        if (!asked && !ask_point(request, run, overrides, versus, value, answer))
            return FALSE;
    }
    return TRUE;
}

static gboolean ask_setting(const CsScreenRequest *request, const double *input, Answer *answer)
{
    const CsPlan *plan = request->sweep->plan;
    guint64 runs = cs_plan_n_runs(plan);
    g_autofree double *weight = g_new(double, runs);
    g_auto(GStrv) overrides = cs_vary_overrides(request->vary, input);
    double above[CS_SCREEN_METRICS_MAX] = {0}, below[CS_SCREEN_METRICS_MAX] = {0};
    cs_vary_weights(request->vary, input, weight);
    for (guint64 r = 0; r < runs; r++) {
        const CsRun *run = cs_plan_run(plan, r);
        double own[CS_SCREEN_METRICS_MAX], base[CS_SCREEN_METRICS_MAX] = {0};
        if (!ask_point(request, run, overrides, NULL, own, answer) ||
            !ask_baselines(request, run, overrides, base, answer))
            return FALSE;
        for (guint m = 0; m < request->n_metrics; m++) {
            above[m] += weight[r] * own[m];
            below[m] += weight[r] * base[m];
        }
    }
    for (guint m = 0; m < request->n_metrics; m++)
        answer->value[m] =
            request->metric[m].versus == NULL ? above[m] : 100 * (1 - above[m] / below[m]);
    return TRUE;
}

/* --- all of them ------------------------------------------------------------------------------ */

static gpointer answer_unit(gpointer context, guint64 unit, const gint *cancel)
{
    const Work *work = context;
    Answer *answer = g_new0(Answer, 1);
    answer->exact = TRUE;
    answer->diagnostics = cs_diagnostics_new();
    answer->cache = cs_decisions_pool_take(work->pool);
    if (g_atomic_int_get(cancel) == 0)
        answer->good =
            ask_setting(work->request, work->screen->input + unit * work->screen->n_keys, answer);
    cs_decisions_pool_give(work->pool, g_steal_pointer(&answer->cache));
    return answer;
}

/* Which setting it was that failed. */
static void tell_setting(const Work *work, guint64 unit, const Answer *answer)
{
    const double *input = work->screen->input + unit * work->screen->n_keys;
    g_auto(GStrv) overrides = cs_vary_overrides(work->request->vary, input);
    g_autofree char *setting = g_strjoinv(", ", overrides);
    for (guint i = 0; i < cs_diagnostics_count(answer->diagnostics); i++)
        if (cs_diagnostics_severity(answer->diagnostics, i) != CS_SEVERITY_WARNING)
            cs_diagnostics_error(work->diagnostics, cs_diagnostics_place(answer->diagnostics, i),
                                 cs_diagnostics_help(answer->diagnostics, i),
                                 "%s (in the setting %s)",
                                 cs_diagnostics_message(answer->diagnostics, i), setting);
}

static gboolean take_unit(gpointer context, guint64 unit, gpointer result, gboolean wanted)
{
    const Work *work = context;
    Answer *answer = result;
    gboolean good = answer->good;
    for (guint m = 0; good && m < work->screen->n_metrics; m++)
        work->screen->value[m][unit] = answer->value[m];
    work->screen->exact[unit] = (guint8)answer->exact;
    if (wanted && !good) {
        tell_setting(work, unit, answer);
        if (answer->error != NULL)
            g_propagate_error(work->error, g_steal_pointer(&answer->error));
    }
    g_clear_error(&answer->error);
    cs_diagnostics_free(answer->diagnostics);
    g_free(answer);
    return good;
}

CsScreen *cs_screen_run(const CsScreenRequest *request, CsDiagnostics *diagnostics, GError **error)
{
    g_autoptr(CsScreen) screen = g_new0(CsScreen, 1);
    guint k = cs_vary_n_keys(request->vary);
    gsize n = cs_sensitivity_points(k, request->rows);
    g_assert(request->n_metrics <= CS_SCREEN_METRICS_MAX);
    screen->n_keys = k;
    screen->n_metrics = request->n_metrics;
    screen->rows = request->rows;
    screen->input = g_new(double, n *k);
    screen->exact = g_new0(guint8, n);
    screen->value = g_new(double *, request->n_metrics);
    for (guint m = 0; m < request->n_metrics; m++)
        screen->value[m] = g_new0(double, n);
    cs_sensitivity_design(k, request->rows, screen->input);
    g_autoptr(CsDecisionsPool) pool = cs_decisions_pool_new();
    Work work = {request, screen, pool, diagnostics, error};
    const CsOrderedWork ordered = {answer_unit, take_unit, NULL, &work, request->interrupt};
    guint used = request->threads != 0 ? request->threads : g_get_num_processors();
    return cs_ordered_run(n, used, used * WINDOW, &ordered) ? g_steal_pointer(&screen) : NULL;
}

void cs_screen_free(CsScreen *screen)
{
    if (screen == NULL)
        return;
    for (guint m = 0; m < screen->n_metrics; m++)
        g_free(screen->value[m]);
    g_free(screen->value);
    g_free(screen->exact);
    g_free(screen->input);
    g_free(screen);
}

/* --- distributions ---------------------------------------------------------------------------- */

gsize cs_screen_n_settings(const CsScreen *screen)
{
    return 2 * screen->rows;
}

/* The i-th of them: A's and B's of row after row. */
static double value_at(const CsScreen *screen, guint metric, gsize i)
{
    return screen->value[metric][i / 2 * (screen->n_keys + 2) + i % 2];
}

double *cs_screen_sorted(const CsScreen *screen, guint metric)
{
    gsize n = cs_screen_n_settings(screen);
    double *sorted = g_new(double, n);
    for (gsize i = 0; i < n; i++)
        sorted[i] = value_at(screen, metric, i);
    gsl_sort(sorted, 1, n);
    return sorted;
}

double cs_screen_share_near(const CsScreen *screen, const CsScreenNear *near)
{
    gsize n = cs_screen_n_settings(screen), inside = 0;
    for (gsize i = 0; i < n; i++) {
        gboolean all = TRUE;
        for (guint m = 0; m < screen->n_metrics; m++) {
            double value = value_at(screen, m, i);
            all &= value >= near[m].at - near[m].below && value <= near[m].at + near[m].above;
        }
        inside += (gsize)all;
    }
    return (double)inside / (double)n;
}
