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

/* The platforms whose memory is known, of CsPlatform *. Transfer full. */
static GPtrArray *read_platforms(const CsPaths *paths, CsDiagnostics *diagnostics)
{
    GPtrArray *platforms = g_ptr_array_new_with_free_func((GDestroyNotify)cs_platform_free);
    g_auto(GStrv) names = cs_paths_list(paths, "models/platform", ".ini");
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(CsPlatform) platform =
            cs_platform_read(*name, ".", paths, (CsPlace){0}, diagnostics);
        if (platform != NULL && isfinite(platform->memory_byte))
            g_ptr_array_add(platforms, g_steal_pointer(&platform));
    }
    return platforms;
}

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
        cs_table_add_number(table, architecture->n_layers);
        cs_table_add_number(table, memory->total_byte[memory->n_cuts - 1]);
        cs_table_add_text(table, platform->name);
        cs_table_add_number(table, platform->memory_byte);
        cs_table_add_number(table, cut >= 0 ? (double)cut : (double)NAN);
        cs_table_add_number(table, cut >= 0 ? memory->total_byte[cut] : (double)NAN);
        gint from = cs_memory_smallest_cut(server, platform->memory_byte);
        cs_table_add_number(table, from >= 0 ? (double)from : (double)NAN);
        cs_table_add_number(table, from >= 0 ? server->total_byte[from] : (double)NAN);
    }
}

static int run(const CsArguments *arguments)
{
    int code;
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    const CsConfig *config = cs_scenario_config(scenario);
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GPtrArray) platforms = read_platforms(paths, diagnostics);
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    g_auto(GStrv) names = cs_paths_list(paths, "models/llm", ".ini");
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(CsArchitecture) model =
            cs_architecture_read(*name, ".", paths, (CsPlace){0}, diagnostics);
        if (model != NULL)
            add_model(table, config, model, platforms);
    }
    code = cs_diagnostics_show(arguments, diagnostics);
    if (code != CS_EXIT_OK)
        return code;
    g_autofree char *text = cs_table_format(table, arguments->format);
    return cs_print(text);
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
        "optimizer and activation checkpointing count. The cell is empty where not even the "
        "embedding fits. Beside it stands what the platform can do as a server: the smallest cut "
        "whose server part fits (layers above it, head and logits), and what that takes. The "
        "scenario's own model and devices do not matter; 'cardsim profile' "
        "shows them.\n\n"
        "A platform's memory counts whole; what its operating system and framework keep is not "
        "subtracted. CSV and JSON give plain bytes.",
    .examples = "cardsim memory my.ini\tevery model on every platform\n"
                "cardsim memory my.ini -s training.activation-checkpointing=full\tor with less "
                "kept\n"
                "cardsim memory my.ini --format csv | grep jetson-nano\tone board\n",
    .run = run,
};
