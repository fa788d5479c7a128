/* cmd/plot: `cardsim plot DIR --figure NAME`: a picture of results. */
#include "analysis/figure.h"
#include "cmd/commands.h"
#include "cmd/terminal.h"

static int exit_code(const GError *error)
{
    if (error->domain != CS_FIGURE_ERROR)
        return CS_EXIT_IO;
    switch ((CsFigureError)error->code) {
    case CS_FIGURE_ERROR_UNKNOWN:
    case CS_FIGURE_ERROR_FORMAT:
        return CS_EXIT_USAGE;
    case CS_FIGURE_ERROR_GNUPLOT:
        return CS_EXIT_FAILED;
    default:
        return CS_EXIT_IO;
    }
}

static int run(const CsArguments *arguments)
{
    const char *figure = arguments->value[CS_OPTION_FIGURE];
    const char *given = arguments->value[CS_OPTION_OUTPUT_FILE];
    const char *directory = g_ptr_array_index(arguments->operands, 0);
    if (figure == NULL) {
        cs_complain("'plot' needs --figure NAME; 'cardsim list figures' lists them");
        return CS_EXIT_USAGE;
    }
    /* Not into DIR, which `run` would then refuse as holding more than results. */
    g_autofree char *output = given != NULL ? g_strdup(given) : g_strdup_printf("%s.svg", figure);
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(GError) error = NULL;
    if (!cs_figure_plot(directory, figure, output, paths, &error)) {
        cs_complain("%s", error->message);
        return exit_code(error);
    }
    if (!arguments->quiet)
        cs_note("drew '%s'; data and gnuplot script stand beside it", output);
    return CS_EXIT_OK;
}

const CsCommand cs_command_plot = {
    .name = "plot",
    .operands = "DIR",
    .least = 1,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_FIGURE) | CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE) |
               CS_OPTION_BIT(CS_OPTION_INCLUDE),
    .summary = "draw a figure from results",
    .description =
        "Draws a figure from the results that 'cardsim run -o DIR' or 'cardsim reproduce' wrote, "
        "with gnuplot. The ending of the output's name says the format: .svg, .png or .pdf; "
        "without -o it is NAME.svg in the working directory. The data (.csv) and the gnuplot script (.gp) are written "
        "beside the picture, so that it can be changed and drawn again by hand.\n\n"
        "'cardsim list figures' lists the figures and what each is made from.",
    .examples = "cardsim run my.ini -o out; cardsim plot out --figure fig3a\tdraws fig3a.svg\n"
                "cardsim plot results/reproduce --figure fig4a -o fig4a.pdf\tfor a paper\n",
    .run = run,
};
