/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/new: `cardsim new [FILE]`: a commented scenario to start from. */
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/terminal.h"
#include "scenario/scenario.h"

#include <errno.h>

static int write_new(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        cs_complain("cannot create '%s': it exists already; name another file or remove it", path);
        return CS_EXIT_IO;
    }
    if (!cs_file_set_contents(path, text, -1, &error)) {
        cs_complain("%s", error->message);
        return CS_EXIT_IO;
    }
    return CS_EXIT_OK;
}

static int run(const CsArguments *arguments)
{
    g_autofree char *text = cs_scenario_template();
    if (arguments->n_operands == 0)
        return cs_print(text);
    const char *path = g_ptr_array_index(arguments->operands, 0);
    int code = write_new(path, text);
    if (code == CS_EXIT_OK && !arguments->quiet)
        cs_note("wrote '%s'; run it with: cardsim run %s", path, path);
    return code;
}

const CsCommand cs_command_new = {
    .name = "new",
    .operands = "[FILE]",
    .most = 1,
    .summary = "write a commented scenario to start from",
    .description = "Writes a scenario that runs as it stands and names every key with its unit, "
                   "its default and its meaning: to FILE, or to the standard output. An existing "
                   "file is never overwritten.",
    .examples = "cardsim new my.ini\ta scenario to edit\n"
                "cardsim new | less\ta look at all keys\n",
    .run = run,
};
