/* cmd/plan: `cardsim plan`: the runs of a scenario's sweep. Layer: cmd. */
#include "campaign/sweep.h"

#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <string.h>

/* run, replications, and a column for each axis, named by its key. */
static char *format_plan(const CsSweep *sweep, CsFormatKind format)
{
    guint n_axes = sweep->axes->len;
    g_autofree CsTableColumn *columns = g_new0(CsTableColumn, n_axes + 2);
    columns[0] = (CsTableColumn){"run", "run", "", 0, CS_COLUMN_WHOLE};
    columns[1] = (CsTableColumn){"replications", "replications", "", 0, CS_COLUMN_WHOLE};
    for (guint i = 0; i < n_axes; i++) {
        const CsAxis *axis = g_ptr_array_index(sweep->axes, i);
        columns[i + 2] = (CsTableColumn){axis->key, axis->key, "", 0, CS_COLUMN_TEXT};
    }
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, n_axes + 2);
    for (guint64 k = 0; k < cs_plan_n_runs(sweep->plan); k++) {
        const CsRun *run = cs_plan_run(sweep->plan, k);
        cs_table_add_number(table, (double)run->index);
        cs_table_add_number(table, (double)run->replications);
        for (char **p = run->parameters; *p != NULL; p++)
            cs_table_add_text(table, strchr(*p, '=') + 1);
    }
    return cs_table_format(table, format);
}

static int run(const CsArguments *arguments)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsSweep) sweep =
        cs_sweep_read(g_ptr_array_index(arguments->operands, 0),
                      (const char *const *)arguments->settings->pdata, paths, diagnostics);
    int code = cs_diagnostics_show(arguments, diagnostics);
    if (sweep == NULL)
        return code;
    g_autofree char *text = format_plan(sweep, arguments->format);
    return cs_print(text);
}

const CsCommand cs_command_plan = {
    .name = "plan",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "list the runs of a scenario's [sweep]",
    .description = "Checks the scenario and every combination of its [sweep] and lists the runs "
                   "that 'cardsim sweep' would do, with their values. Nothing is run.",
    .examples = "cardsim plan my.ini\tthe runs of its [sweep]\n"
                "cardsim plan my.ini -s policy.weight=0..1:0.1 --format csv\tan axis tried on the "
                "command line\n",
    .run = run,
};
