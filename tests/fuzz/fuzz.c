/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz: see fuzz.h. */
#define _GNU_SOURCE /* memmem() */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* A process reads inputs one after the other, so these two may be its own for ever. */
static CsPaths *paths;
static char *directory;

const CsPaths *fuzz_paths(void)
{
    if (paths == NULL)
        paths = cs_paths_new(NULL);
    return paths;
}

static void clean_up(void)
{
    GDir *dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_rmdir(directory);
    g_clear_pointer(&directory, g_free);
    g_clear_pointer(&paths, cs_paths_unref);
}

char *fuzz_path(const char *name)
{
    if (directory == NULL) {
        directory = g_dir_make_tmp("cardsim-fuzz-XXXXXX", NULL);
        g_assert(directory != NULL);
        atexit(clean_up);
    }
    return g_build_filename(directory, name, NULL);
}

char *fuzz_write(const char *name, const uint8_t *data, size_t size)
{
    char *path = fuzz_path(name);
    FILE *file = g_fopen(path, "wb");
    g_assert(file != NULL);
    g_assert(size == 0 || fwrite(data, 1, size, file) == size);
    g_assert(fclose(file) == 0);
    return path;
}

static gboolean is_name(const char *name, size_t length)
{
    return length > 0 && length < 32 && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") >= length;
}

char *fuzz_write_files(const char *first, const uint8_t *data, size_t size)
{
    static const char mark[] = "\n##file ";
    g_autofree char *name = g_strdup(first);
    for (;;) {
        const uint8_t *next = memmem(data, size, mark, strlen(mark));
        size_t length = next != NULL ? (size_t)(next - data) + 1 : size;
        g_free(fuzz_write(name, data, length));
        if (next == NULL)
            return fuzz_path(first);
        const uint8_t *head = next + strlen(mark);
        const uint8_t *end = memchr(head, '\n', size - (size_t)(head - data));
        g_autofree char *line =
            g_strndup((const char *)head, end != NULL ? (gsize)(end - head) : 0);
        if (!is_name(line, strlen(line)))
            return fuzz_path(first);
        g_free(name);
        name = g_steal_pointer(&line);
        size -= (size_t)(end + 1 - data);
        data = end + 1;
    }
}

void fuzz_check_diagnostics(const CsDiagnostics *diagnostics, gboolean something)
{
    g_assert(something || cs_diagnostics_errors(diagnostics) > 0);
    g_autofree char *text = cs_diagnostics_format(diagnostics, FALSE);
    g_assert(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c != '\0'; c++)
        g_assert((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t');
    for (guint i = 0; i < cs_diagnostics_count(diagnostics); i++)
        g_assert(cs_diagnostics_message(diagnostics, i)[0] != '\0');
}
