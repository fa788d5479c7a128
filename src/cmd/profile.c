/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/profile: `cardsim profile SCENARIO`: what every cut costs, for one mini-batch. */
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

static const CsTableColumn columns[] = {
    {"cut", "cut", "", 0, CS_COLUMN_WHOLE},
    {"device_forward_flops", "device forward", "GFLOP", 1e9, CS_COLUMN_REAL},
    {"device_backward_flops", "device backward", "GFLOP", 1e9, CS_COLUMN_REAL},
    {"server_forward_flops", "server forward", "GFLOP", 1e9, CS_COLUMN_REAL},
    {"server_backward_flops", "server backward", "GFLOP", 1e9, CS_COLUMN_REAL},
    {"smashed_bits", "smashed data", "Mbit", 1e6, CS_COLUMN_REAL},
    {"adapter_bits", "adapters", "Mbit", 1e6, CS_COLUMN_REAL},
    {"adapter_parameters", "adapter parameters", "", 0, CS_COLUMN_WHOLE},
    {"device_memory_bytes", "device memory", "MB", 1e6, CS_COLUMN_REAL},
    {"server_memory_bytes", "server memory", "MB", 1e6, CS_COLUMN_REAL},
};

static int run(const CsArguments *arguments)
{
    int code;
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    const CsProfile *profile = cs_scenario_config(scenario)->profile;
    const CsConfig *config = cs_scenario_config(scenario);
    const CsMemory *memory = config->memory;
    g_autoptr(CsMemory) server =
        cs_memory_server_new(config->architecture, &config->training, &config->memory_settings);
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    double head = profile->device_head_flop;
    for (guint c = config->groups[0].cost.cut_min; c < profile->n_cuts; c++) {
        CS_TABLE_ADD_NUMBERS(
            table, c, profile->device_forward_flop[c] + head,
            profile->device_backward_flop[c] + head, profile->server_forward_flop[c],
            profile->server_backward_flop[c], profile->smashed_bit[c], profile->adapter_bit[c],
            profile->adapter_parameters[c], memory->total_byte[c], server->total_byte[c]);
    }
    g_autofree char *text = cs_table_format(table, arguments->format);
    return cs_print_as(arguments, text);
}

const CsCommand cs_command_profile = {
    .name = "profile",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "print the work, the data and the adapters of every cut layer",
    .description =
        "Prints, for every cut c = 0..I, the floating-point operations of one mini-batch on the "
        "device and on the server (the LM head's within those of the one that has it), the size of "
        "the smashed "
        "data before compression, the LoRA adapters of the device's part, and what that part takes "
        "of the device's memory to train, the rest of the server's (cardsim-models(7) has the "
        "formulas).\n\n"
        "CSV and JSON give plain FLOPs, bits and bytes.",
    .examples = "cardsim profile my.ini\tthe scenario's model\n"
                "cardsim profile my.ini -s model.llm=gpt2 --format csv\tanother model's\n",
    .run = run,
};
