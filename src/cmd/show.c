/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/show: `cardsim show SCENARIO`: the scenario as it is understood. */
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

static char *settings_table(const CsScenario *scenario, CsFormatKind format)
{
    static const CsTableColumn columns[] = {
        {"group", "group", "", 0, CS_COLUMN_TEXT},
        {"key", "key", "", 0, CS_COLUMN_TEXT},
        {"value", "value", "", 0, CS_COLUMN_TEXT},
        {"source", "source", "", 0, CS_COLUMN_TEXT},
    };
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        CS_TABLE_ADD_TEXTS(table, setting.group, setting.key, setting.value, setting.source);
    }
    return cs_table_format(table, format);
}

static int run(const CsArguments *arguments)
{
    int code;
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    gboolean origin = (arguments->given & CS_OPTION_BIT(CS_OPTION_ORIGIN)) != 0;
    g_autofree char *text = arguments->format == CS_FORMAT_TABLE
                                ? cs_scenario_format(scenario, origin)
                                : settings_table(scenario, arguments->format);
    return cs_print(text);
}

const CsCommand cs_command_show = {
    .name = "show",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options =
        CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_ORIGIN) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "print the scenario as it is understood, defaults and all",
    .description =
        "Prints the resolved scenario: everything it extends, inherits and overrides put "
        "together, and every default filled in. The text is itself a scenario that gives the same "
        "results.\n\n"
        "With --origin each value is followed by where it comes from: a file and its line, -s, a "
        "platform's file, or the default. With --format csv or json the settings come as a table "
        "that always has this column.",
    .examples = "cardsim show my.ini\twhat will be run?\n"
                "cardsim show my.ini --origin\tand who says so?\n"
                "cardsim show my.ini > whole.ini\ta scenario that stands alone\n",
    .run = run,
};
