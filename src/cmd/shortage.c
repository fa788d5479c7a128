/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/shortage: the end of a program without memory. See shortage.h. Layer: cmd. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "cmd/shortage.h"

#include "base/clean.h"
#include "cmd/command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PROBE_BYTE ((size_t)1 << 20) /* as much as the heap asks the system for at a time */

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

/* A failed assertion aborts: GLib has printed which. So does an allocation that fails while GLib
 * makes its message of one that failed: then the system has no more either. */
static void end_by_bug(G_GNUC_UNUSED int signal_number)
{
    void *probe =
        mmap(NULL, PROBE_BYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED) {
        say("cardsim: error: out of memory\n");
        _exit(CS_EXIT_IO);
    }
    say("cardsim: internal error: this is a bug of cardsim's, not of your scenario; please report "
        "it "
        "with the scenario and the line above\n");
    _exit(CS_EXIT_INTERNAL);
}

/* "gmem.c:106: failed to allocate 80000000 bytes", "creating thread 'x': no resources": GLib's only
 * errors that are the machine's. Nothing here allocates. */
static void on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    const CsShortage *shortage = data;
    const char *bytes = strstr(message, "failed to allocate ");
    char text[512];
    if ((level & G_LOG_LEVEL_ERROR) == 0 ||
        (bytes == NULL && strstr(message, "creating thread") == NULL)) {
        g_log_default_handler(domain, level, message, NULL);
        return;
    }
    if (bytes != NULL)
        snprintf(text, sizeof text,
                 "cardsim: error: out of memory: %.40s more are not to be had for %s\n",
                 bytes + strlen("failed to allocate "), shortage->purpose);
    else
        snprintf(text, sizeof text, "cardsim: error: no thread more is to be had for %s\n",
                 shortage->purpose);
    say(text);
    _exit(CS_EXIT_IO);
}

void cs_shortage_watch(CsShortage *shortage)
{
    g_log_set_default_handler(on_log, shortage);
    signal(SIGABRT, end_by_bug);
    signal(SIGTRAP, end_by_bug);
}

void cs_shortage_tell(CsShortage *shortage, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *given = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *text = cs_clean_text(given);
    g_strlcpy(shortage->purpose, text, sizeof shortage->purpose);
}
