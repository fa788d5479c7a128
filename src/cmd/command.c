/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/command: the table of commands. See command.h. */
#include "cmd/command.h"

#include "cmd/commands.h"

#include <string.h>

static const CsCommand *const commands[] = {
    &cs_command_new,        &cs_command_check,       &cs_command_run,     &cs_command_sweep,
    &cs_command_expect,     &cs_command_sensitivity, &cs_command_plan,    &cs_command_merge,
    &cs_command_export,     &cs_command_report,      &cs_command_compare, &cs_command_plot,
    &cs_command_reproduce,  &cs_command_show,        &cs_command_link,    &cs_command_profile,
    &cs_command_memory,     &cs_command_decide,      &cs_command_explain, &cs_command_calibrate,
    &cs_command_validate,   &cs_command_list,        &cs_command_learn,   &cs_command_pretrain,
    &cs_command_completion,
};

const CsCommand *const *cs_commands(guint *n)
{
    *n = G_N_ELEMENTS(commands);
    return commands;
}

const CsCommand *cs_command_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

guint64 cs_command_options(const CsCommand *command)
{
    return command->options | CS_OPTION_BIT(CS_OPTION_QUIET) | CS_OPTION_BIT(CS_OPTION_VERBOSE) |
           CS_OPTION_BIT(CS_OPTION_HELP);
}
