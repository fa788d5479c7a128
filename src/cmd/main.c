/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/main: the program: settles the process (signals, GSL, locale), reads the command line and
 * hands over to the command.
 */
#include "cmd/arguments.h"
#include "cmd/help.h"
#include "cmd/terminal.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A failed assertion or an allocation that failed aborts: GLib has printed which. */
static void end_by_bug(int signal_number)
{
    (void)signal_number;
    static const char text[] = "cardsim: internal error: this is a bug of cardsim's, not of your "
                               "scenario; please report it with the scenario and the line above\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(CS_EXIT_INTERNAL);
}

static void settle_process(void)
{
    /* No setlocale(): numbers have a point and messages are English wherever the program runs. */
    gsl_set_error_handler_off();
    signal(SIGPIPE, SIG_IGN); /* a failed write tells; cs_print() ends quietly */
    signal(SIGXFSZ, SIG_IGN); /* beyond the limit of a file's size a write fails, and tells */
    signal(SIGABRT, end_by_bug);
    signal(SIGTRAP, end_by_bug);
}

static char *help_for(const CsArguments *arguments)
{
    return arguments->format == CS_FORMAT_ROFF ? cs_help_roff(arguments->command)
                                               : cs_help_format(arguments->command);
}

int main(int argc, char **argv)
{
    settle_process();
    g_autoptr(CsArguments) arguments = cs_arguments_read(argc, argv);
    if (arguments == NULL)
        return CS_EXIT_USAGE;
    g_autofree char *text = NULL;
    if ((arguments->given & CS_OPTION_BIT(CS_OPTION_HELP)) != 0)
        text = help_for(arguments);
    else if ((arguments->given & CS_OPTION_BIT(CS_OPTION_VERSION)) != 0)
        text = cs_version_format();
    return text != NULL ? cs_print(text) : arguments->command->run(arguments);
}
