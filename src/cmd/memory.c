/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/memory: `cardsim memory SCENARIO`: how much of each model fits into each platform. */
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "energy/platform.h"
#include "llm/memory.h"
#include "llm/read.h"

#include <math.h>

static const CsTableColumn columns[] = {
    {"model", "model", "", 0, CS_COLUMN_TEXT},
    {"layers", "layers", "", 0, CS_COLUMN_WHOLE},
    {"whole_memory_bytes", "all layers", "GB", 1e9, CS_COLUMN_REAL},
    {"platform", "platform", "", 0, CS_COLUMN_TEXT},
    {"memory_byte", "memory", "GB", 1e9, CS_COLUMN_REAL},
    {"largest_cut", "largest cut", "", 0, CS_COLUMN_WHOLE},
    {"device_memory_bytes", "which takes", "GB", 1e9, CS_COLUMN_REAL},
    {"smallest_server_cut", "as server from cut", "", 0, CS_COLUMN_WHOLE},
    {"server_memory_bytes", "which takes", "GB", 1e9, CS_COLUMN_REAL},
};

static void add_model(CsTablePrinter *table, const CsConfig *config,
                      const CsArchitecture *architecture, const GPtrArray *platforms)
{
    g_autoptr(CsMemory) memory =
        cs_memory_new(architecture, &config->training, &config->memory_settings);
    g_autoptr(CsMemory) server =
        cs_memory_server_new(architecture, &config->training, &config->memory_settings);
    for (guint i = 0; i < platforms->len; i++) {
        const CsPlatform *platform = g_ptr_array_index(platforms, i);
        gint cut = cs_memory_largest_cut(memory, platform->memory_byte);
        cs_table_add_text(table, architecture->name);
        CS_TABLE_ADD_NUMBERS(table, architecture->n_layers, memory->total_byte[memory->n_cuts - 1]);
        cs_table_add_text(table, platform->name);
        CS_TABLE_ADD_NUMBERS(table, platform->memory_byte, cut >= 0 ? (double)cut : (double)NAN,
                             cut >= 0 ? memory->total_byte[cut] : (double)NAN);
        gint from = cs_memory_smallest_cut(server, platform->memory_byte);
        CS_TABLE_ADD_NUMBERS(table, from >= 0 ? (double)from : (double)NAN,
                             from >= 0 ? server->total_byte[from] : (double)NAN);
    }
}

/* --- for people: a row a model, a column a board ---------------------------------------------- */

#define MODEL_COLUMNS 3

typedef struct {
    GArray *columns;  /* CsTableColumn */
    GPtrArray *texts; /* their titles and units, owned */
} Grid;

static void grid_init(Grid *grid, const GPtrArray *platforms)
{
    static const CsTableColumn first[MODEL_COLUMNS] = {
        {"model", "model", "", 0, CS_COLUMN_TEXT},
        {"layers", "layers", "", 0, CS_COLUMN_WHOLE},
        {"device_only_bytes", "all take", "GB", 1e9, CS_COLUMN_REAL}};
    grid->columns = g_array_new(FALSE, FALSE, sizeof(CsTableColumn));
    grid->texts = g_ptr_array_new_with_free_func(g_free);
    g_array_append_vals(grid->columns, first, MODEL_COLUMNS);
    for (guint i = 0; i < platforms->len; i++) {
        const CsPlatform *platform = g_ptr_array_index(platforms, i);
        /* Blanks, so that a title may take several lines. */
        char *title = g_strdelimit(g_strdup(platform->name), "-", ' ');
        char *unit = g_strdup_printf("%.3g GB", platform->memory_byte / 1e9);
        g_ptr_array_add(grid->texts, title);
        g_ptr_array_add(grid->texts, unit);
        CsTableColumn column = {platform->name, title, unit, 0, CS_COLUMN_WHOLE};
        g_array_append_val(grid->columns, column);
    }
}

typedef gint (*CutThatFits)(const CsMemory *memory, double limit_byte);

/* `whole` is the cut that asks for the most. */
static void add_grid_row(CsTablePrinter *table, const CsArchitecture *architecture,
                         const CsMemory *memory, guint whole, CutThatFits fits,
                         const GPtrArray *platforms)
{
    cs_table_add_text(table, architecture->name);
    CS_TABLE_ADD_NUMBERS(table, architecture->n_layers, memory->total_byte[whole]);
    for (guint i = 0; i < platforms->len; i++) {
        const CsPlatform *platform = g_ptr_array_index(platforms, i);
        gint cut = fits(memory, platform->memory_byte);
        cs_table_add_number(table, cut >= 0 ? (double)cut : (double)NAN);
    }
}

/* Two tables: what each board holds as a device, and as the server. Transfer full. */
static char *as_grids(const CsConfig *config, const GPtrArray *models, const GPtrArray *platforms,
                      CsFormatKind format)
{
    Grid grid;
    grid_init(&grid, platforms);
    const CsTableColumn *of_grid = (const CsTableColumn *)(gconstpointer)grid.columns->data;
    g_autoptr(CsTablePrinter) device = cs_table_printer_new(of_grid, grid.columns->len);
    g_autoptr(CsTablePrinter) server = cs_table_printer_new(of_grid, grid.columns->len);
    for (guint i = 0; i < models->len; i++) {
        const CsArchitecture *model = g_ptr_array_index(models, i);
        g_autoptr(CsMemory) below =
            cs_memory_new(model, &config->training, &config->memory_settings);
        g_autoptr(CsMemory) above =
            cs_memory_server_new(model, &config->training, &config->memory_settings);
        add_grid_row(device, model, below, below->n_cuts - 1, cs_memory_largest_cut, platforms);
        add_grid_row(server, model, above, 0, cs_memory_smallest_cut, platforms);
    }
    g_autofree char *first = cs_table_format(device, format);
    g_autofree char *second = cs_table_format(server, format);
    const char *mark = format == CS_FORMAT_LATEX ? "% " : "";
    char *text = g_strdup_printf("%sAs a device: the largest cut that fits\n%s\n"
                                 "%sAs the server: the smallest cut of which the rest fits\n%s",
                                 mark, first, mark, second);
    g_array_unref(grid.columns);
    g_ptr_array_unref(grid.texts);
    return text;
}

/* --- the command ------------------------------------------------------------------------------ */

static int run(const CsArguments *arguments)
{
    int code;
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    const CsConfig *config = cs_scenario_config(scenario);
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GPtrArray) platforms = cs_platforms_read(paths, diagnostics);
    g_autoptr(GPtrArray) models = cs_architectures_read(paths, diagnostics);
    code = cs_diagnostics_show(arguments, diagnostics);
    if (code != CS_EXIT_OK)
        return code;
    for (guint i = platforms->len; i-- > 0;) /* those whose memory is known are left */
        if (!isfinite(((const CsPlatform *)g_ptr_array_index(platforms, i))->memory_byte))
            g_ptr_array_remove_index(platforms, i);
    if (arguments->format == CS_FORMAT_TABLE || arguments->format == CS_FORMAT_LATEX) {
        g_autofree char *grids = as_grids(config, models, platforms, arguments->format);
        return cs_print_as(arguments, grids);
    }
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < models->len; i++)
        add_model(table, config, g_ptr_array_index(models, i), platforms);
    g_autofree char *text = cs_table_format(table, arguments->format);
    return cs_print_as(arguments, text);
}

const CsCommand cs_command_memory = {
    .name = "memory",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "print how many layers of each model a platform's memory can train",
    .description =
        "Prints, for every language model and every platform that 'cardsim list' shows, the "
        "largest cut layer whose device part fits into the platform's memory when it is trained "
        "as the scenario's [training] says: batch, sequence length, adapters, precisions, "
        "optimizer and activation checkpointing count: a row a model, a column a board. A cell is "
        "'-' where not even the embedding fits. Below stands what the platform can do as a server: "
        "the smallest cut whose server part fits (layers above it, head and logits). The "
        "scenario's own model and devices do not matter; 'cardsim profile' "
        "shows them.\n\n"
        "A platform's memory counts whole; what its operating system and framework keep is not "
        "subtracted. CSV and JSON have a row for each pair and give plain bytes.",
    .examples = "cardsim memory my.ini\tevery model on every platform\n"
                "cardsim memory my.ini -s training.activation-checkpointing=full\tor with less "
                "kept\n"
                "cardsim memory my.ini --format csv | grep jetson-nano\tone board\n",
    .run = run,
};
