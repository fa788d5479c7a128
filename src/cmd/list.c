/* cmd/list: `cardsim list WHAT`: what may stand in a scenario, and what models there are. */
#include "base/number.h"
#include "base/suggest.h"
#include "base/units.h"
#include "cmd/commands.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <string.h>

/* The SI unit of a dimension: the linear one of scale 1; a ratio has none. */
static const char *si_symbol(CsDimension dimension)
{
    for (const CsUnit *unit = cs_units(); unit->symbol != NULL; unit++)
        if (unit->dimension == dimension && unit->scale == 1 && !unit->decibel)
            return unit->symbol;
    return "";
}

static char *unit_meaning(const CsUnit *unit)
{
    char scale[CS_NUMBER_MAX];
    cs_number_format(scale, unit->scale);
    const char *si = si_symbol(unit->dimension);
    const char *gap = si[0] != '\0' ? " " : "";
    if (!unit->decibel)
        return g_strdup_printf("%s%s%s", scale, gap, si);
    if (unit->scale == 1)
        return g_strdup_printf("10^(x/10)%s%s", gap, si);
    return g_strdup_printf("%s * 10^(x/10)%s%s", scale, gap, si);
}

static CsTablePrinter *list_units(const CsArguments *arguments)
{
    (void)arguments;
    static const CsTableColumn columns[] = {
        {"dimension", "dimension", "", 0, CS_COLUMN_TEXT},
        {"unit", "unit", "", 0, CS_COLUMN_TEXT},
        {"value", "value of x", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    for (const CsUnit *unit = cs_units(); unit->symbol != NULL; unit++) {
        g_autofree char *meaning = unit_meaning(unit);
        cs_table_add_text(table, cs_dimension_name(unit->dimension));
        cs_table_add_text(table, unit->symbol);
        cs_table_add_text(table, meaning);
    }
    return table;
}

typedef struct {
    const char *name;
    CsTablePrinter *(*list)(const CsArguments *arguments);
} Subject;

static const Subject subjects[] = {
    {"units", list_units},
};

static int run(const CsArguments *arguments)
{
    const char *what = g_ptr_array_index(arguments->operands, 0);
    const char *names[G_N_ELEMENTS(subjects)];
    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
        names[i] = subjects[i].name;
        if (strcmp(what, names[i]) == 0) {
            g_autoptr(CsTablePrinter) table = subjects[i].list(arguments);
            g_autofree char *text = cs_table_format(table, arguments->format);
            return cs_print(text);
        }
    }
    const char *near = cs_suggest(what, names, G_N_ELEMENTS(names));
    cs_complain("'list' knows keys, units, policies, models, platforms and figures, not '%s'%s%s%s",
                what, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                near != NULL ? "'?" : "");
    return CS_EXIT_USAGE;
}

const CsCommand cs_command_list = {
    .name = "list",
    .operands = "keys|units|policies|models|platforms|figures",
    .least = 1,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_FORMAT) | CS_OPTION_BIT(CS_OPTION_INCLUDE),
    .summary = "list the scenario's keys, units, policies, models, platforms or figures",
    .description =
        "Lists what there is: the keys of a scenario with their ranges and defaults, the units a "
        "value may be written in, the policies that choose cut layer and server frequency, the "
        "language models and the platforms (GPUs) whose figures come with the program, and the "
        "figures that 'cardsim plot' draws.",
    .examples = "cardsim list keys\tevery key, its default and its meaning\n"
                "cardsim list models --format csv\tthe models for another program\n"
                "cardsim list platforms -I mine\tyour own platforms too\n",
    .run = run,
};
