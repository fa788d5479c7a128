/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/companions: see companions.h. */
#include "analysis/companions.h"

#include "base/dir.h"
#include "base/fail.h"
#include "output/directory.h"

#include <string.h>

#define SCRIPT_MAX ((gsize)16 << 20) /* bytes */
#define DATA_LINE "# data "
#define SCRIPT_LINE "# script "

static char *digest_of(const char *text)
{
    g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    return g_strconcat("sha256:", hex, NULL);
}

/* The data's digest, of a script that is as we wrote it; else NULL. Transfer full. */
static char *proof_in(const CsDir *folder, const char *script_name)
{
    g_autofree char *text = cs_dir_read(folder, script_name, SCRIPT_MAX, NULL);
    g_auto(GStrv) lines = text != NULL ? g_strsplit(text, "\n", 4) : NULL;
    if (lines == NULL || g_strv_length(lines) < 4 ||
        !g_str_has_prefix(lines[0], CS_PICTURE_START) || !g_str_has_prefix(lines[1], DATA_LINE) ||
        !g_str_has_prefix(lines[2], SCRIPT_LINE))
        return NULL;
    g_autofree char *digest = digest_of(lines[3]);
    if (strcmp(lines[2] + strlen(SCRIPT_LINE), digest) != 0)
        return NULL;
    return g_strdup(lines[1] + strlen(DATA_LINE));
}

static gboolean is_free(const CsDir *folder, const char *name, gboolean ours, GError **error)
{
    if (ours || !cs_dir_has(folder, name))
        return TRUE;
    return cs_fail(
        error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN,
        "will not replace '%s' in '%s', which is not what 'cardsim plot' wrote there: give "
        "the picture another name, or move that file away",
        name, cs_dir_path(folder));
}

gboolean cs_companions_write(const char *directory, const char *stem, const char *csv,
                             const char *first, const char *body, GError **error)
{
    g_autoptr(CsDir) folder = cs_dir_open(directory, FALSE, error);
    if (folder == NULL)
        return FALSE;
    g_autofree char *csv_name = g_strconcat(stem, ".csv", NULL);
    g_autofree char *script_name = g_strconcat(stem, ".gp", NULL);
    g_autofree char *proof = proof_in(folder, script_name);
    g_autofree char *found = proof != NULL ? cs_dir_digest(folder, csv_name) : NULL;
    if (!is_free(folder, script_name, proof != NULL, error) ||
        !is_free(folder, csv_name, g_strcmp0(found, proof) == 0 && proof != NULL, error))
        return FALSE;
    g_autofree char *data_digest = digest_of(csv);
    g_autofree char *script_digest = digest_of(body);
    g_autofree char *script = g_strdup_printf("%s\n" DATA_LINE "%s\n" SCRIPT_LINE "%s\n%s", first,
                                              data_digest, script_digest, body);
    return cs_dir_write_file(folder, csv_name, csv, -1, error) &&
           cs_dir_write_file(folder, script_name, script, -1, error) && cs_dir_check(folder, error);
}
