/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/validate: `cardsim validate`: published testbeds beside what cardsim foretells of them.
 *
 * scenarios/validation/cases.csv has a row a published figure: the settings that make
 * scenarios/validation/testbed.ini that testbed, the figure, and the range of ratios within which
 * the row holds. Layer: cmd.
 */
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "text/rows.h"

#include <string.h>

#define FOLDER "scenarios/validation"
#define CASES_MAX_BYTE (1 << 20)

static const CsTableColumn columns[] = {
    {"case", "case", "", 0, CS_COLUMN_TEXT},
    {"quantity", "quantity", "", 0, CS_COLUMN_TEXT},
    {"measured", "measured", "", 0, CS_COLUMN_REAL},
    {"predicted", "predicted", "", 0, CS_COLUMN_REAL},
    {"ratio", "ratio", "", 0, CS_COLUMN_REAL},
    {"source", "source", "", 0, CS_COLUMN_TEXT},
    {"basis", "basis", "", 0, CS_COLUMN_TEXT},
};

enum { CASE, SETTINGS, QUANTITY, MEASURED, LOW, HIGH, SOURCE, BASIS, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"case", "settings", "quantity", "measured",
                                                    "low",  "high",     "source",   "basis"};

/* --- quantities ------------------------------------------------------------------------------- */

/* One mini-batch of the whole model on the device's processor, the head included: its own, or the
 * server's at the last cut, which is of the same platform in a testbed. */
static double step_time_s(const CsConfig *config)
{
    const CsDeviceGroup *group = &config->groups[0];
    guint last = config->profile->n_cuts - 1;
    double device_hz = group->frequency_hz, server_hz = config->server.frequency_max_hz;
    if (group->times == NULL)
        return cs_cost_delay(&group->cost, INFINITY, INFINITY, server_hz, last) /
               config->local_epochs;
    return cs_time_law_s(group->times->forward[last], device_hz) +
           cs_time_law_s(group->times->backward[last], device_hz) +
           cs_time_law_s(group->times->head_forward, device_hz) +
           cs_time_law_s(group->times->head_backward, device_hz) +
           cs_time_law_s(config->server_times->forward[last], server_hz) +
           cs_time_law_s(config->server_times->backward[last], server_hz);
}

static double adapter_byte(const CsConfig *config)
{
    return config->profile->adapter_bit[config->profile->n_cuts - 1] / 8;
}

static double smashed_byte(const CsConfig *config)
{
    return config->compression * config->profile->smashed_bit[0] / 8;
}

static double memory_byte(const CsConfig *config)
{
    return config->memory->total_byte[config->memory->n_cuts - 1];
}

/* Of a processor that trains the whole model: both parts at the last cut, where the server has the
 * head; one table where that is the embedding. */
static double peak_memory_byte(const CsConfig *config)
{
    const CsMemory *device = config->memory;
    guint last = device->n_cuts - 1;
    g_autoptr(CsMemory) server =
        cs_memory_server_new(config->architecture, &config->training, &config->memory_settings);
    double shared = config->architecture->tied ? server->weight_byte[last] : 0;
    return device->total_byte[last] + server->total_byte[last] - shared;
}

static double parameters(const CsConfig *config)
{
    return cs_architecture_parameters(config->architecture, FALSE);
}

static const struct {
    const char *name;
    double (*predict)(const CsConfig *config);
} quantities[] = {
    {"step-time", step_time_s},        {"adapter-bytes", adapter_byte},
    {"smashed-bytes", smashed_byte},   {"device-memory", memory_byte},
    {"peak-memory", peak_memory_byte}, {"parameters", parameters},
};

/* --- cases ------------------------------------------------------------------------------------ */

typedef struct {
    const CsArguments *arguments;
    const CsPaths *paths;
    char *testbed; /* path */
    CsRows *rows;
    gint at[N_COLUMNS];
    CsTablePrinter *table;
    guint outside; /* cases whose ratio leaves its range */
    guint taken;
} Validation;

static char *text_of(const Validation *it, int column)
{
    CsField field = cs_rows_field(it->rows, it->at[column]);
    return g_strndup(field.start, (gsize)(field.end - field.start));
}

static gboolean chosen(const Validation *it, const char *name)
{
    for (guint i = 0; i < it->arguments->n_operands; i++)
        if (strcmp(g_ptr_array_index(it->arguments->operands, i), name) == 0)
            return TRUE;
    return it->arguments->n_operands == 0;
}

static gboolean predict(const Validation *it, const char *quantity, double *value,
                        CsDiagnostics *diagnostics)
{
    g_autofree char *settings = text_of(it, SETTINGS);
    g_auto(GStrv) overrides = g_strsplit(settings, ";", -1);
    for (char **word = overrides; *word != NULL; word++)
        g_strstrip(*word);
    g_autoptr(CsScenario) scenario =
        cs_scenario_read(it->testbed, (const char *const *)overrides, it->paths, diagnostics);
    if (scenario == NULL)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(quantities); i++) {
        if (strcmp(quantities[i].name, quantity) != 0)
            continue;
        *value = quantities[i].predict(cs_scenario_config(scenario));
        return TRUE;
    }
    cs_diagnostics_error(diagnostics, cs_rows_place(it->rows, it->at[QUANTITY]), NULL,
                         "no quantity is called '%s'", quantity);
    return FALSE;
}

static gboolean take_case(Validation *it, CsDiagnostics *diagnostics)
{
    g_autofree char *name = text_of(it, CASE), *quantity = text_of(it, QUANTITY);
    g_autofree char *source = text_of(it, SOURCE), *basis = text_of(it, BASIS);
    double predicted, number[3];
    if (!chosen(it, name))
        return TRUE;
    for (int i = 0; i < 3; i++)
        if (!cs_field_number(cs_rows_field(it->rows, it->at[MEASURED + i]), &number[i])) {
            cs_diagnostics_error(diagnostics, cs_rows_place(it->rows, it->at[MEASURED + i]), NULL,
                                 "not a number");
            return FALSE;
        }
    if (!predict(it, quantity, &predicted, diagnostics))
        return FALSE;
    double ratio = predicted / number[0];
    it->outside += !(ratio >= number[1] && ratio <= number[2]);
    it->taken++;
    CS_TABLE_ADD_TEXTS(it->table, name, quantity);
    CS_TABLE_ADD_NUMBERS(it->table, number[0], predicted, ratio);
    CS_TABLE_ADD_TEXTS(it->table, source, basis);
    return TRUE;
}

static void read_cases(Validation *it, CsDiagnostics *diagnostics)
{
    g_autofree char *path = cs_paths_find(it->paths, FOLDER, "cases.csv");
    it->testbed = cs_paths_find(it->paths, FOLDER, "testbed.ini");
    if (path == NULL || it->testbed == NULL) {
        cs_diagnostics_error(diagnostics, (CsPlace){NULL, 0, 0, 0}, "-I names a directory",
                             FOLDER " is not found");
        return;
    }
    it->rows = cs_rows_open(path, path, CASES_MAX_BYTE, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    if (it->rows == NULL)
        return;
    for (int i = 0; i < N_COLUMNS; i++) {
        it->at[i] = cs_rows_column(it->rows, column_names[i], cs_rows_whole(it->rows));
        if (it->at[i] < 0)
            return;
    }
    while (cs_rows_next(it->rows))
        if (!take_case(it, diagnostics))
            return;
}

static int run(const CsArguments *arguments)
{
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    Validation it = {.arguments = arguments, .paths = paths, .table = table};
    read_cases(&it, diagnostics);
    if (it.taken == 0 && cs_diagnostics_errors(diagnostics) == 0)
        cs_diagnostics_error(diagnostics, (CsPlace){NULL, 0, 0, 0},
                             "'cardsim validate' alone names them", "no such case");
    cs_rows_free(it.rows);
    g_free(it.testbed);
    int code = cs_diagnostics_show(arguments, diagnostics);
    if (code != CS_EXIT_OK)
        return code;
    g_autofree char *text = cs_table_format(table, arguments->format);
    code = cs_print_as(arguments, text);
    return code == CS_EXIT_OK && it.outside > 0 ? CS_EXIT_FAILED : code;
}

const CsCommand cs_command_validate = {
    .name = "validate",
    .operands = "[CASE...]",
    .least = 0,
    .most = G_MAXINT,
    .options = CS_OPTION_BIT(CS_OPTION_INCLUDE) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "compare with published testbeds: steps, memory, bytes",
    .description =
        "Prints, for every published figure of scenarios/validation/cases.csv or the cases named, "
        "what was measured, what cardsim foretells for that testbed, and their ratio: times of a "
        "training step (compute = measured), memory, and bytes that are sent.\n\n"
        "Each row states the range in which its ratio holds; where one leaves it, the exit status "
        "is 1. Rows that are far off say so by their ratio: they stay in. The basis says what "
        "stands behind a "
        "prediction: fit (figures that were fitted to this source among others), foresight "
        "(figures fitted to all other sources), count (nothing is fitted).",
    .examples = "cardsim validate\tall of them\n"
                "cardsim validate --format csv\tfor a table of one's own\n",
    .run = run,
};
