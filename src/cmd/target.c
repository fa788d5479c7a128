/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/target: where results of a sweep go. See target.h. Layer: cmd. */
#include "cmd/target.h"

#include "cmd/terminal.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

gboolean cs_target_mode(const CsArguments *arguments, guint *mode)
{
    gboolean resume = (arguments->given & CS_OPTION_BIT(CS_OPTION_RESUME)) != 0;
    gboolean restart = (arguments->given & CS_OPTION_BIT(CS_OPTION_RESTART)) != 0;
    *mode = resume ? CS_STORE_RESUME : restart ? CS_STORE_RESTART : CS_STORE_NEW;
    if ((arguments->given & CS_OPTION_BIT(CS_OPTION_NO_LOCK)) != 0)
        *mode |= CS_STORE_NO_LOCK;
    gboolean extend = (arguments->given & CS_OPTION_BIT(CS_OPTION_EXTEND)) != 0;
    if (extend && !resume) {
        cs_complain("--extend goes with --resume");
        return FALSE;
    }
    if (extend)
        *mode |= CS_STORE_EXTEND;
    if (resume && restart)
        cs_complain("--resume and --restart exclude each other");
    return !(resume && restart);
}

char *cs_target_directory(const CsArguments *arguments)
{
    const char *given = arguments->value[CS_OPTION_OUTPUT_DIRECTORY];
    if (given != NULL)
        return g_strdup(given);
    g_autofree char *name = g_path_get_basename(g_ptr_array_index(arguments->operands, 0));
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name)
        *dot = '\0';
    return g_build_filename("results", name, NULL);
}

void cs_target_keep_temporaries(const char *directory)
{
    g_autofree char *path = g_canonicalize_filename(directory, NULL);
    g_setenv("SQLITE_TMPDIR", path, FALSE);
}

void cs_target_keep_temporaries_of(const char *output, const char *directory)
{
    g_autofree char *beside = output != NULL ? g_path_get_dirname(output) : g_strdup(directory);
    if (!g_str_has_prefix(beside, "/dev") && g_file_test(beside, G_FILE_TEST_IS_DIR) &&
        g_access(beside, W_OK) == 0)
        cs_target_keep_temporaries(beside);
}
