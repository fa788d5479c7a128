/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/terminal: what goes to the user. See terminal.h. */
#include "cmd/terminal.h"

#include "base/clean.h"
#include "base/console.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

gboolean cs_colour_wanted(void)
{
    const char *no_color = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");
    return isatty(STDERR_FILENO) && (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

/* As the locale's letters. Transfer full. */
static char *shown(const char *given)
{
    g_autofree char *text = cs_clean_lines(given);
    return cs_console_is_ascii() ? cs_console_ascii(text) : g_steal_pointer(&text);
}

static void say(const char *label, const char *colour, const char *format, va_list arguments)
{
    g_autofree char *given = g_strdup_vprintf(format, arguments);
    g_autofree char *text = shown(given);
    gboolean coloured = colour != NULL && cs_colour_wanted();
    fprintf(stderr, "cardsim: %s%s%s%s\n", coloured ? colour : "", label, coloured ? "\033[0m" : "",
            text);
}

void cs_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("error: ", "\033[1;31m", format, arguments);
    va_end(arguments);
}

void cs_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("warning: ", "\033[1;35m", format, arguments);
    va_end(arguments);
}

void cs_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("", NULL, format, arguments);
    va_end(arguments);
}

void cs_complain_more(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *given = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *text = shown(given);
    fprintf(stderr, "%s\n", text);
}

void cs_end_by_broken_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

int cs_print(const char *text)
{
    gsize left = strlen(text);
    while (left > 0) {
        ssize_t written = write(STDOUT_FILENO, text, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            int reason = errno;
            if (reason == EPIPE)
                cs_end_by_broken_pipe();
            cs_complain("cannot write to the standard output: %s", g_strerror(reason));
            return CS_EXIT_IO;
        }
        text += written;
        left -= (gsize)written;
    }
    return CS_EXIT_OK;
}

int cs_print_filled(const CsArguments *arguments, const char *text)
{
    guint columns = arguments->format == CS_FORMAT_TABLE ? cs_console_columns(STDOUT_FILENO, 0) : 0;
    g_autofree char *filled = cs_console_fill(text, columns);
    return cs_print_as(arguments, filled);
}

int cs_print_as(const CsArguments *arguments, const char *text)
{
    if (arguments->format != CS_FORMAT_TABLE || !cs_console_is_ascii())
        return cs_print(text);
    g_autofree char *ascii = cs_console_ascii(text);
    return cs_print(ascii);
}
