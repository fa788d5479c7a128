/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/main: the program: settles the process (signals, GSL, locale), reads the command line and
 * hands over to the command.
 */
#include "cmd/arguments.h"
#include "cmd/help.h"
#include "cmd/shortage.h"
#include "cmd/terminal.h"

#include <gsl/gsl_errno.h>
#include <signal.h>

static void settle_process(CsShortage *shortage)
{
    /* No setlocale(): numbers have a point and messages are English wherever the program runs. */
    gsl_set_error_handler_off();
    signal(SIGPIPE, SIG_IGN); /* a failed write tells; cs_print() ends quietly */
    signal(SIGXFSZ, SIG_IGN); /* beyond the limit of a file's size a write fails, and tells */
    cs_shortage_watch(shortage);
}

static char *help_for(const CsArguments *arguments)
{
    return arguments->format == CS_FORMAT_ROFF ? cs_help_roff(arguments->command)
                                               : cs_help_format(arguments->command);
}

static void tell_command(const CsArguments *arguments)
{
    const char *operand =
        arguments->n_operands > 0 ? g_ptr_array_index(arguments->operands, 0) : NULL;
    if (arguments->command != NULL)
        cs_shortage_tell(arguments->shortage, "'cardsim %s%s%s'", arguments->command->name,
                         operand != NULL ? " " : "", operand != NULL ? operand : "");
}

int main(int argc, char **argv)
{
    CsShortage shortage = {"the command line"};
    settle_process(&shortage);
    g_autoptr(CsArguments) arguments = cs_arguments_read(argc, argv);
    if (arguments == NULL)
        return CS_EXIT_USAGE;
    arguments->shortage = &shortage;
    tell_command(arguments);
    g_autofree char *text = NULL;
    if ((arguments->given & CS_OPTION_BIT(CS_OPTION_HELP)) != 0)
        text = help_for(arguments);
    else if ((arguments->given & CS_OPTION_BIT(CS_OPTION_VERSION)) != 0)
        text = cs_version_format();
    return text != NULL ? cs_print_as(arguments, text) : arguments->command->run(arguments);
}
