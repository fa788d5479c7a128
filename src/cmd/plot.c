/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/plot: `cardsim plot DIR`: a picture of results: a named figure, or any metric over any
 * key. */
#include "analysis/chart.h"
#include "analysis/figure.h"
#include "analysis/report-notes.h"
#include "cmd/commands.h"
#include "cmd/results.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "output/database.h"

static const CsOptionId chart_options[] = {CS_OPTION_KIND,  CS_OPTION_X,     CS_OPTION_Y,
                                           CS_OPTION_BY,    CS_OPTION_ALONG, CS_OPTION_VERSUS,
                                           CS_OPTION_TITLE, CS_OPTION_ALL,   CS_OPTION_LEVEL};

/* What a chart that has a name leaves open. */
#define NAMED_CHART_OPTIONS                                                                        \
    (CS_OPTION_BIT(CS_OPTION_BY) | CS_OPTION_BIT(CS_OPTION_VERSUS) |                               \
     CS_OPTION_BIT(CS_OPTION_TITLE) | CS_OPTION_BIT(CS_OPTION_ALL) |                               \
     CS_OPTION_BIT(CS_OPTION_LEVEL))

/* The first option given, beside those `allowed`, that says what a chart is, or NULL. */
static const char *chart_option(const CsArguments *arguments, guint64 allowed)
{
    for (guint i = 0; i < G_N_ELEMENTS(chart_options); i++)
        if ((arguments->given & ~allowed & CS_OPTION_BIT(chart_options[i])) != 0)
            return cs_option(chart_options[i])->name;
    return NULL;
}

/* `figure` is a chart's, or NULL: all of it is given. */
static gboolean draw_chart(const CsArguments *arguments, const CsFigure *figure, const char *output,
                           const CsPaths *paths, GError **error)
{
    const char *const *value = arguments->value;
    CsChartRequest request = {
        .kind = value[CS_OPTION_KIND],
        .x = value[CS_OPTION_X],
        .y = value[CS_OPTION_Y],
        .by = (const char *const *)arguments->by->pdata,
        .along = value[CS_OPTION_ALONG],
        .versus = value[CS_OPTION_VERSUS],
        .title = value[CS_OPTION_TITLE],
        .all = (arguments->given & CS_OPTION_BIT(CS_OPTION_ALL)) != 0,
        .level = arguments->level,
        .raw = (arguments->given & CS_OPTION_BIT(CS_OPTION_RAW)) != 0,
    };
    if (figure != NULL) {
        request.x = figure->x;
        request.y = figure->y;
        request.along = figure->along;
        request.kind = figure->along != NULL ? "pareto" : NULL;
    }
    g_autoptr(GPtrArray) notes = cs_report_notes_new();
    g_autoptr(CsStudy) study = cs_study_open(g_ptr_array_index(arguments->operands, 0), error);
    gboolean good = study != NULL && cs_chart_draw(study, &request, output, paths, notes, error);
    if (good && !arguments->quiet)
        cs_results_tell(notes);
    return good;
}

/* The letter's kinds of figure are of one run: says which, where a sweep's directory has more. */
static void tell_run(const char *directory)
{
    g_autoptr(CsDatabase) database = cs_database_open(directory, CS_DATABASE_READ, NULL);
    guint64 n = database != NULL ? cs_database_n_runs(database) : 0;
    if (n > 1)
        cs_note("this is run 1 of %" G_GUINT64_FORMAT "; --x KEY --y METRIC draws over the runs",
                n);
}

/* Not into DIR, which `run` would then refuse as holding more than results. Transfer full. */
static char *default_output(const CsArguments *arguments, const char *figure)
{
    const char *x = arguments->value[CS_OPTION_X], *y = arguments->value[CS_OPTION_Y];
    if (figure != NULL)
        return g_strdup_printf("%s.svg", figure);
    char *output = g_strdup_printf("%s-%s.svg", y != NULL ? y : "", x != NULL ? x : "");
    return g_strdelimit(output, "/", '-');
}

static int run(const CsArguments *arguments)
{
    const char *figure = arguments->value[CS_OPTION_FIGURE];
    const char *given = arguments->value[CS_OPTION_OUTPUT_FILE];
    const CsFigure *chart = figure != NULL ? cs_figure_find(figure) : NULL;
    if (chart != NULL && chart->x == NULL)
        chart = NULL;
    const char *option = chart_option(arguments, chart != NULL ? NAMED_CHART_OPTIONS : 0);
    if (figure == NULL && option == NULL) {
        cs_complain(
            "'plot' needs --figure NAME ('cardsim list figures' lists them), or --x KEY and "
            "--y METRIC");
        return CS_EXIT_USAGE;
    }
    if (figure != NULL && option != NULL) {
        cs_complain("--figure says all of the picture: it takes no --%s", option);
        return CS_EXIT_USAGE;
    }
    g_autofree char *output = given != NULL ? g_strdup(given) : default_output(arguments, figure);
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(GError) error = NULL;
    const char *directory = g_ptr_array_index(arguments->operands, 0);
    cs_target_keep_temporaries_of(output, directory);
    gboolean raw = (arguments->given & CS_OPTION_BIT(CS_OPTION_RAW)) != 0;
    if (!(figure != NULL && chart == NULL
              ? cs_figure_plot(directory, figure, output, raw, paths, &error)
              : draw_chart(arguments, chart, output, paths, &error)))
        return cs_results_complain(error);
    if (!arguments->quiet && figure != NULL && chart == NULL)
        tell_run(directory);
    if (!arguments->quiet)
        cs_note("drew '%s'; data and gnuplot script stand beside it", output);
    return CS_EXIT_OK;
}

const CsCommand cs_command_plot = {
    .name = "plot",
    .operands = "DIR",
    .least = 1,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_FIGURE) | CS_OPTION_BIT(CS_OPTION_KIND) |
               CS_OPTION_BIT(CS_OPTION_X) | CS_OPTION_BIT(CS_OPTION_Y) |
               CS_OPTION_BIT(CS_OPTION_BY) | CS_OPTION_BIT(CS_OPTION_ALONG) |
               CS_OPTION_BIT(CS_OPTION_VERSUS) | CS_OPTION_BIT(CS_OPTION_TITLE) |
               CS_OPTION_BIT(CS_OPTION_ALL) | CS_OPTION_BIT(CS_OPTION_LEVEL) |
               CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE) | CS_OPTION_BIT(CS_OPTION_RAW) |
               CS_OPTION_BIT(CS_OPTION_INCLUDE),
    .summary = "draw a figure from results",
    .description =
        "Draws results with gnuplot, of 'cardsim run -o DIR', 'cardsim sweep' or 'cardsim "
        "reproduce'. The ending of the output's name says the format: .svg, .png, .pdf or .eps; "
        "without "
        "-o the picture goes into the working directory. The data (.csv) and the gnuplot script "
        "(.gp) are written beside it, so that it can be changed and drawn again by hand.\n\n"
        "--figure draws one of the letter's figures, or one that has a name; 'cardsim list "
        "figures' "
        "lists them and what each is made from. Those of what is learned ('loss', 'loss-time', "
        "'loss-energy', 'loss-bits') take --by KEY for a curve a setting, as charts do.\n\n"
        "--x KEY --y METRIC draws any metric ('cardsim list metrics') over any swept key, or over "
        "'device' or 'round', with 95 % intervals over replications (--level says another); --by "
        "KEY gives a curve for "
        "each of its values. Keys that are not named are pooled, as 'cardsim report' does it: over "
        "the points that all of the picture has, with --all over all of them; what is pooled, left "
        "out or not drawn is told; "
        "--versus KEY=VALUE draws by how much the metric is less than that baseline's.\n\n"
        "--kind bars is for keys whose values are names. --kind heat is a map: --x and --by are "
        "its "
        "axes, --y the colour. --kind pareto draws one metric against another: --x METRIC --y "
        "METRIC --along KEY, a curve for each value of --by.",
    .examples = "cardsim run my.ini -o out; cardsim plot out --figure fig3a\tdraws fig3a.svg\n"
                "cardsim plot results/fig4 --x path-loss-exponent --y delay --by name\t"
                "delay over the exponent, a curve a policy\n"
                "cardsim plot out --kind heat --x bandwidth --by distance --y cut-last\t"
                "a map\n"
                "cardsim plot out --kind pareto --x delay --y server-energy --along weight\t"
                "what delay costs in energy\n"
                "cardsim plot out --figure loss-time --by name\tloss over simulated time\n",
    .run = run,
};
