/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/help: `--help`, `--version` and the man pages. See help.h. */
#include "cmd/help.h"

#include "base/console.h"
#include "base/version.h"
#include "cmd/roff.h"

#include <string.h>
#include <unistd.h>

#define WIDTH 88  /* of a line that is pleasant to read, where the terminal has it */
#define NARROW 70 /* below it an option's help stands under its name */
#define OPTION_COLUMN 32

static guint line_width(void)
{
    return MIN(cs_console_columns(STDOUT_FILENO, WIDTH), WIDTH);
}

static void append_filled(GString *out, const char *text, guint indent)
{
    cs_console_append_filled(out, text, indent, line_width());
}

static void append_option(GString *out, const CsOption *option)
{
    g_autofree char *letter =
        option->letter != 0 ? g_strdup_printf("-%c, ", option->letter) : g_strdup("    ");
    g_autofree char *shown =
        g_strdup_printf("  %s--%s%s%s", letter, option->name, option->argument != NULL ? " " : "",
                        option->argument != NULL ? option->argument : "");
    guint column = line_width() < NARROW ? 8 : OPTION_COLUMN;
    g_string_append(out, shown);
    if (strlen(shown) + 2 > column)
        g_string_append_printf(out, "\n%*s", (int)column, "");
    else
        g_string_append_printf(out, "%*s", (int)(column - strlen(shown)), "");
    append_filled(out, option->help, column);
}

static void append_options(GString *out, guint64 bits)
{
    for (guint i = 0; i < CS_OPTION_N; i++)
        if ((bits & CS_OPTION_BIT(i)) != 0)
            append_option(out, cs_option((CsOptionId)i));
}

static void append_examples(GString *out, const char *examples)
{
    g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);
    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, "\t", 2);
        g_string_append_printf(out, "  %s\n      ", parts[0]);
        append_filled(out, parts[1], 6);
    }
}

static char *format_command(const CsCommand *command)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "Usage: cardsim %s %s%s[OPTION...]\n\n", command->name,
                           command->operands, command->operands[0] != '\0' ? " " : "");
    g_auto(GStrv) paragraphs = g_strsplit(command->description, "\n\n", -1);
    for (char **paragraph = paragraphs; *paragraph != NULL; paragraph++) {
        append_filled(out, *paragraph, 0);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "Options:\n");
    append_options(out, cs_command_options(command));
    g_string_append(out, "\nExamples:\n");
    append_examples(out, command->examples);
    g_string_append_printf(out, "\nSee also: man cardsim-%s\n", command->name);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *format_program(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    append_filled(out, "cardsim: a discrete-event simulator of energy-efficient split learning", 0);
    g_string_append(out, "\nUsage: cardsim COMMAND [ARGUMENT...] [OPTION...]\n\nCommands:\n");
    guint n;
    const CsCommand *const *commands = cs_commands(&n);
    for (guint i = 0; i < n; i++) {
        g_string_append_printf(out, "  %-11s ", commands[i]->name);
        append_filled(out, commands[i]->summary, 14);
    }
    g_string_append_c(out, '\n');
    append_filled(
        out, "'cardsim COMMAND --help' tells a command's options, with examples. A first run:", 0);
    g_string_append(out, "  cardsim new my.ini         write a commented scenario\n"
                         "  cardsim run my.ini         run it and print what came out\n\n");
    append_filled(out, "The scenario's keys: cardsim list keys, or man cardsim-scenario", 0);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *cs_help_format(const CsCommand *command)
{
    return command != NULL ? format_command(command) : format_program();
}

char *cs_version_format(void)
{
    return g_strdup_printf("cardsim %s\nsources: %s\ncompiler: %s\n"
                           "License: GPL-3.0-or-later. There is no warranty, as far as the law "
                           "permits.\n",
                           cs_version(), cs_source_hash(), cs_compiler());
}

/* --- man pages -------------------------------------------------------------------------------- */

static void append_roff(GString *out, const char *text)
{
    cs_roff_append(out, text);
    g_string_append_c(out, '\n');
}

static void append_roff_options(GString *out, guint64 bits)
{
    for (guint i = 0; i < CS_OPTION_N; i++) {
        if ((bits & CS_OPTION_BIT(i)) == 0)
            continue;
        const CsOption *option = cs_option((CsOptionId)i);
        g_string_append(out, ".TP\n");
        if (option->letter != 0)
            g_string_append_printf(out, "\\fB\\-%c\\fR, ", option->letter);
        g_string_append(out, "\\fB\\-\\-");
        cs_roff_append(out, option->name);
        g_string_append(out, "\\fR");
        if (option->argument != NULL)
            g_string_append_printf(out, " \\fI%s\\fR", option->argument);
        g_string_append_c(out, '\n');
        append_roff(out, option->help);
    }
}

static void append_roff_examples(GString *out, const char *examples)
{
    g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);
    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, "\t", 2);
        g_string_append(out, ".TP\n.EX\n");
        append_roff(out, parts[0]);
        g_string_append(out, ".EE\n");
        append_roff(out, parts[1]);
    }
}

static void append_roff_exit(GString *out)
{
    g_string_append(
        out, ".SH EXIT STATUS\n"
             "0 success; 1 a run failed or a comparison differs; 2 wrong usage; 3 the "
             "scenario, or a file it names, is not valid; 4 the scenario cannot be read or "
             "a result cannot be written; 70 an internal error; 129, 130 or 143 "
             "interrupted by SIGHUP, SIGINT, SIGTERM, SIGUSR1 or SIGXCPU, finished runs saved.\n");
}

static char *roff_command(const CsCommand *command)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *upper = g_ascii_strup(command->name, -1);
    g_string_append_printf(out,
                           ".TH CARDSIM\\-%s 1 \"\" \"cardsim %s\" \"cardsim manual\"\n"
                           ".SH NAME\ncardsim\\-%s \\- %s\n"
                           ".SH SYNOPSIS\n.B cardsim %s\n",
                           upper, cs_version(), command->name, command->summary, command->name);
    if (command->operands[0] != '\0')
        g_string_append_printf(out, ".I %s\n", command->operands);
    g_string_append(out, "[\\fIOPTION\\fR...]\n.SH DESCRIPTION\n");
    g_auto(GStrv) paragraphs = g_strsplit(command->description, "\n\n", -1);
    for (char **paragraph = paragraphs; *paragraph != NULL; paragraph++) {
        if (paragraph != paragraphs)
            g_string_append(out, ".PP\n");
        append_roff(out, *paragraph);
    }
    g_string_append(out, ".SH OPTIONS\nOptions may stand anywhere on the command line; "
                         "\\fB\\-\\-\\fR ends them.\n");
    append_roff_options(out, cs_command_options(command));
    g_string_append(out, ".SH EXAMPLES\n");
    append_roff_examples(out, command->examples);
    append_roff_exit(out);
    g_string_append(out, ".SH SEE ALSO\n.BR cardsim (1),\n.BR cardsim\\-scenario (5),\n"
                         ".BR cardsim\\-results (5)\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *roff_program(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint n;
    const CsCommand *const *commands = cs_commands(&n);
    for (guint i = 0; i < n; i++) {
        g_string_append_printf(out, ".TP\n.BR cardsim\\-%s (1)\n", commands[i]->name);
        append_roff(out, commands[i]->summary);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *cs_help_roff(const CsCommand *command)
{
    return command != NULL ? roff_command(command) : roff_program();
}
