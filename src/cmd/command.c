/* cmd/command: the table of commands. See command.h. */
#include "cmd/command.h"

#include "cmd/commands.h"

#include <string.h>

static const CsCommand *const commands[] = {
    &cs_command_list,
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

guint cs_command_options(const CsCommand *command)
{
    return command->options | CS_OPTION_BIT(CS_OPTION_QUIET) | CS_OPTION_BIT(CS_OPTION_VERBOSE) |
           CS_OPTION_BIT(CS_OPTION_HELP);
}
