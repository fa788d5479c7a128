/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/sensitivity: `cardsim sensitivity`: which of the open choices a metric hangs on. Layer: cmd.
 */
#include "analysis/screen-files.h"
#include "analysis/study.h"
#include "base/number.h"

#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <math.h>
#include <string.h>

#define ROWS_USUAL 512

/* What was asked for, beside the scenario. */
typedef struct {
    CsScreenMetric metric[CS_SCREEN_METRICS_MAX];
    guint n_metrics;
    gsize rows;
    CsScreenNear near[CS_SCREEN_METRICS_MAX];
    gboolean has_near;
} Asked;

/* --- the command line ------------------------------------------------------------------------- */

/* "X", or "X,Y,..."; a complaint where there are not from `least` to `most` numbers. */
static gboolean read_numbers(const char *option, const char *text, guint least, guint most,
                             double *number, guint *n)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    *n = g_strv_length(words);
    gboolean good = *n >= least && *n <= most;
    for (guint i = 0; good && i < *n; i++) {
        const char *word = g_strstrip(words[i]), *rest;
        good = cs_number_read(word, word + strlen(word), &number[i], &rest) && *rest == '\0';
    }
    if (!good)
        cs_complain("'--%s %s': %u to %u numbers, joined by ',', please", option, text, least,
                    most);
    return good;
}

static gboolean read_metrics(const CsArguments *arguments, Asked *asked)
{
    guint n = arguments->metrics->len - 1, n_versus = arguments->versus->len - 1;
    g_autoptr(GError) error = NULL;
    if (n == 0 || n > CS_SCREEN_METRICS_MAX) {
        cs_complain("'sensitivity' needs --metric, at most %d times", CS_SCREEN_METRICS_MAX);
        return FALSE;
    }
    if (n_versus > 1 && n_versus != n) {
        cs_complain("give --versus once, or once for each --metric");
        return FALSE;
    }
    asked->n_metrics = n;
    for (guint m = 0; m < n; m++) {
        asked->metric[m].measure =
            cs_study_find_measure(g_ptr_array_index(arguments->metrics, m), &error);
        if (asked->metric[m].measure == NULL) {
            cs_complain("%s", error->message);
            return FALSE;
        }
        if (n_versus > 0)
            asked->metric[m].versus = g_ptr_array_index(arguments->versus, n_versus > 1 ? m : 0);
        if (asked->metric[m].versus != NULL && strchr(asked->metric[m].versus, '=') == NULL) {
            cs_complain("a baseline is written KEY=VALUE, such as policy.name=device-only, not "
                        "'%s'",
                        asked->metric[m].versus);
            return FALSE;
        }
    }
    return TRUE;
}

/* One metric: --within A, or A below and B above. Several: a number each, or one for all. */
static gboolean read_near(const CsArguments *arguments, Asked *asked)
{
    const char *near = arguments->value[CS_OPTION_NEAR];
    const char *within = arguments->value[CS_OPTION_WITHIN];
    double at[CS_SCREEN_METRICS_MAX], wide[CS_SCREEN_METRICS_MAX + 1];
    guint n = asked->n_metrics, n_at, n_wide;
    asked->has_near = near != NULL;
    if ((near == NULL) != (within == NULL)) {
        cs_complain("--near and --within belong together: --near 70.8 --within 3,3");
        return FALSE;
    }
    if (near == NULL)
        return TRUE;
    if (!read_numbers("near", near, n, n, at, &n_at) ||
        !read_numbers("within", within, 1, MAX(n, 2), wide, &n_wide))
        return FALSE;
    if (n > 2 && n_wide != 1 && n_wide != n) {
        cs_complain("'--within %s': one number, or one for each --metric", within);
        return FALSE;
    }
    for (guint m = 0; m < n; m++) {
        gboolean sides = n == 1 && n_wide == 2;
        double below = wide[n_wide == n ? m : 0], above = sides ? wide[1] : below;
        asked->near[m] = (CsScreenNear){at[m], below, above};
        if (!(below >= 0 && above >= 0)) {
            cs_complain("'--within %s': a distance is not negative", within);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_rows(const CsArguments *arguments, Asked *asked)
{
    const char *text = arguments->value[CS_OPTION_SAMPLES];
    guint64 rows = ROWS_USUAL;
    if (text != NULL && (!cs_number_read_whole(text, strlen(text), &rows) || rows < 2 ||
                         rows > CS_SENSITIVITY_ROWS_MAX)) {
        cs_complain("'--samples %s': a whole number from 2 to %u", text, CS_SENSITIVITY_ROWS_MAX);
        return FALSE;
    }
    asked->rows = (gsize)rows;
    return TRUE;
}

/* --- what is told ----------------------------------------------------------------------------- */

static const CsTableColumn columns[] = {
    {"metric", "metric", "", 0, CS_COLUMN_TEXT},
    {"key", "key", "", 0, CS_COLUMN_TEXT},
    {"first_order", "first order", "", 0, CS_COLUMN_REAL},
    {"first_order_low", "from", "", 0, CS_COLUMN_REAL},
    {"first_order_high", "to", "", 0, CS_COLUMN_REAL},
    {"total", "total", "", 0, CS_COLUMN_REAL},
    {"total_low", "from", "", 0, CS_COLUMN_REAL},
    {"total_high", "to", "", 0, CS_COLUMN_REAL},
};

/* The metric stands in front where there are several. */
static char *format_indices(const CsScreenRequest *request, const CsSobolIndex *index,
                            CsFormatKind format)
{
    guint k = cs_vary_n_keys(request->vary), first = request->n_metrics > 1 ? 0 : 1;
    g_autoptr(CsTablePrinter) table =
        cs_table_printer_new(columns + first, G_N_ELEMENTS(columns) - first);
    for (guint m = 0; m < request->n_metrics; m++)
        for (guint i = 0; i < k; i++) {
            const CsSobolIndex *of = &index[m * k + i];
            g_autofree char *column = cs_screen_column(&request->metric[m]);
            if (first == 0)
                cs_table_add_text(table, column);
            cs_table_add_text(table, cs_vary_key(request->vary, i));
            CS_TABLE_ADD_NUMBERS(table, of->first_order, of->first_order_low, of->first_order_high,
                                 of->total, of->total_low, of->total_high);
        }
    return cs_table_format(table, format);
}

static void tell_distribution(const CsArguments *arguments, const CsScreen *screen,
                              const CsScreenRequest *request, const Asked *asked)
{
    gsize n = cs_screen_n_settings(screen), all = 0, exact = 0;
    for (; all < cs_sensitivity_points(screen->n_keys, screen->rows); all++)
        exact += screen->exact[all];
    cs_note("%" G_GSIZE_FORMAT " settings: %" G_GSIZE_FORMAT " answered exactly, %" G_GSIZE_FORMAT
            " by simulation",
            all, exact, all - exact);
    for (guint m = 0; m < screen->n_metrics; m++) {
        const CsScreenMetric *metric = &request->metric[m];
        g_autofree double *sorted = cs_screen_sorted(screen, m);
        gboolean versus = metric->versus != NULL;
        double scale = versus ? 1 : metric->measure->scale;
        cs_note("%s%s%s: %.4g .. %.4g %s in 90 %% of %" G_GSIZE_FORMAT
                " independent settings, median %.4g",
                metric->measure->title, versus ? " less than with " : "",
                versus ? metric->versus : "", cs_screen_quantile(sorted, n, 0.05) / scale,
                cs_screen_quantile(sorted, n, 0.95) / scale, versus ? "%" : metric->measure->unit,
                n, cs_screen_quantile(sorted, n, 0.5) / scale);
    }
    if (asked->has_near)
        cs_note("%.4g %% of %" G_GSIZE_FORMAT " independent settings lie near %s, within %s",
                100 * cs_screen_share_near(screen, asked->near), n,
                arguments->value[CS_OPTION_NEAR], arguments->value[CS_OPTION_WITHIN]);
}

static gboolean is_constant(const CsSobolIndex *index, guint k)
{
    for (guint i = 0; i < k; i++)
        if (!isnan(index[i].total))
            return FALSE;
    return TRUE;
}

static int tell(const CsArguments *arguments, const CsScreen *screen,
                const CsScreenRequest *request, const Asked *asked)
{
    guint k = screen->n_keys;
    g_autofree CsSobolIndex *index = g_new(CsSobolIndex, k * screen->n_metrics);
    for (guint m = 0; m < screen->n_metrics; m++) {
        cs_sensitivity_indices(screen->value[m], k, screen->rows, index + m * k);
        if (is_constant(index + m * k, k))
            cs_warn("'%s' has no indices: it does not vary, or is not modelled somewhere",
                    request->metric[m].measure->name);
    }
    const char *directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY];
    g_autoptr(GError) error = NULL;
    if (directory != NULL &&
        !cs_screen_write(screen, request, index, asked->has_near ? asked->near : NULL, directory,
                         &error)) {
        cs_complain("%s", error->message);
        return CS_EXIT_IO;
    }
    if (!arguments->quiet)
        tell_distribution(arguments, screen, request, asked);
    g_autofree char *text = format_indices(request, index, arguments->format);
    return cs_print_as(arguments, text);
}

/* A baseline that a sweep or a range sets anew would be none. */
static gboolean check_baselines(const CsSweep *sweep, const CsVary *vary, const Asked *asked)
{
    for (guint m = 0; m < asked->n_metrics; m++) {
        const char *versus = asked->metric[m].versus;
        if (versus == NULL)
            continue;
        g_autofree char *key = g_strstrip(g_strndup(versus, strcspn(versus, "=")));
        gboolean taken = FALSE;
        for (guint i = 0; i < sweep->axes->len; i++)
            taken |= strcmp(((const CsAxis *)g_ptr_array_index(sweep->axes, i))->key, key) == 0;
        for (guint i = 0; i < cs_vary_n_keys(vary); i++)
            taken |= strcmp(cs_vary_key(vary, i), key) == 0;
        if (!taken)
            continue;
        cs_complain("'--versus %s': that key is swept or varied, so that there is no baseline",
                    versus);
        return FALSE;
    }
    return TRUE;
}

static int ask(const CsArguments *arguments, const CsSweep *sweep, const Asked *asked,
               CsDiagnostics *diagnostics)
{
    g_autoptr(CsVary) vary =
        cs_vary_read(sweep, (const char *const *)arguments->settings->pdata, diagnostics);
    if (vary == NULL)
        return cs_diagnostics_show(arguments, diagnostics);
    if (!check_baselines(sweep, vary, asked))
        return CS_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    const CsScreenRequest request = {.sweep = sweep,
                                     .vary = vary,
                                     .metric = asked->metric,
                                     .n_metrics = asked->n_metrics,
                                     .rows = asked->rows,
                                     .threads = arguments->jobs,
                                     .interrupt = cs_interrupt_catch()};
    g_autoptr(CsScreen) screen = cs_screen_run(&request, diagnostics, &error);
    int code = cs_diagnostics_show(arguments, diagnostics);
    if (screen != NULL)
        return tell(arguments, screen, &request, asked);
    if (code != CS_EXIT_OK)
        return code;
    if (g_atomic_int_get(request.interrupt) != 0 || error == NULL)
        return cs_interrupt_exit_code();
    cs_complain("%s", error->message);
    return CS_EXIT_FAILED;
}

static int run(const CsArguments *arguments)
{
    Asked asked = {0};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    int code;
    if (!read_metrics(arguments, &asked) || !read_near(arguments, &asked) ||
        !read_rows(arguments, &asked))
        return CS_EXIT_USAGE;
    g_autoptr(CsSweep) sweep = cs_load_sweep(arguments, diagnostics, &code);
    return sweep != NULL ? ask(arguments, sweep, &asked, diagnostics) : code;
}

const CsCommand cs_command_sensitivity = {
    .name = "sensitivity",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) |
               CS_OPTION_BIT(CS_OPTION_JOBS) | CS_OPTION_BIT(CS_OPTION_METRIC) |
               CS_OPTION_BIT(CS_OPTION_VERSUS) | CS_OPTION_BIT(CS_OPTION_SAMPLES) |
               CS_OPTION_BIT(CS_OPTION_NEAR) | CS_OPTION_BIT(CS_OPTION_WITHIN) |
               CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "which of the choices left open a metric hangs on",
    .description =
        "A scenario's group [vary], or -s vary.KEY='A .. B', says within which ranges its keys "
        "could as well lie. This "
        "command draws settings from them and tells for each key which share of the metric's "
        "variance is its own (first order: what would be gone if it were known) and which it has "
        "a part in (total: what would be left if all others were known), with 95 % intervals.\n\n"
        "A range is 'a .. b' (uniform), 'a .. b log' (uniform in the logarithm), 'v1, v2, ...' (a "
        "list) or 'times a .. b' (a factor on what the scenario says). A key may be "
        "'device.*.KEY', for all devices, or 'sweep.KEY@VALUE': no key, but what the points of "
        "[sweep] where KEY is VALUE weigh among all.\n\n"
        "The metric is the mean over the points of the scenario's [sweep], if it has one. With "
        "--versus it is by how many percent it is less than where KEY is VALUE, as in 'cardsim "
        "report'. A setting is answered exactly where 'cardsim expect' has an answer, and "
        "otherwise simulated, with the scenario's rounds and replications.\n\n"
        "--samples N takes N rows of a Sobol' sequence (512; powers of 2 are best): N (keys + 2) "
        "settings, by Saltelli's scheme with Jansen's estimators; intervals are the "
        "bootstrap's.\n\n"
        "--near X --within A tells the share of settings whose metric lies in X - A .. X + A; "
        "--within A,B is A below and B above. With several metrics --near and --within take a "
        "number for each, and settings count that are near in all of them.\n\n"
        "With -o DIR: indices.csv, settings.csv (every setting with its answer), distribution.csv "
        "and manifest.json. 'cardsim plot DIR --figure sensitivity' and '--figure cloud' draw "
        "them.",
    .examples = "cardsim sensitivity scenarios/studies/headline.ini --metric delay --versus "
                "policy.name=device-only\twhat the letter's delay reduction hangs on\n"
                "cardsim sensitivity my.ini -s vary.training.batch=4..32 --metric delay "
                "--samples 1024 -o out\twith the settings and their distribution\n"
                "cardsim sensitivity my.ini -s vary.training.batch=4..32 --metric delay "
                "--near 250 --within 20,50\thow many settings give 230 s to 300 s\n",
    .run = run,
};
