/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/keyfile: the reader of groups and keys with places. See keyfile.h. */
#include "text/keyfile.h"

#include "base/file.h"
#include "base/number.h"
#include "base/suggest.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((gsize)16 << 20)
#define LINE_MAX_BYTES 65536

struct CsKeyFile {
    CsSource *source;
    GStringChunk *strings;
    GPtrArray *groups;   /* of CsGroup */
    GHashTable *by_name; /* name -> CsGroup */
};

/* What is being read: the group that takes the entries, and its keys so far. */
typedef struct {
    CsKeyFile *file;
    CsDiagnostics *diagnostics;
    GArray *entries;  /* of the open group */
    GHashTable *keys; /* key -> index + 1 in `entries` */
    CsGroup *group;   /* NULL before the first, or where the group's head is wrong */
    gboolean before_first;
    guint line;
    const char *line_start;
} Reader;

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static CsPlace place_at(const Reader *reader, const char *start, const char *end)
{
    return (CsPlace){reader->file->source, reader->line, (guint)(start - reader->line_start) + 1,
                     (guint)(end - start)};
}

static void close_group(Reader *reader)
{
    if (reader->group != NULL) {
        reader->group->n_entries = reader->entries->len;
        reader->group->entries =
            g_memdup2(reader->entries->data, reader->entries->len * sizeof(CsEntry));
    }
    g_array_set_size(reader->entries, 0);
    g_hash_table_remove_all(reader->keys);
    reader->group = NULL;
}

/* The name between brackets with inner blanks folded to one. Transfer full. */
static char *folded(const char *start, const char *end)
{
    GString *name = g_string_new(NULL);
    for (const char *p = start; p < end; p++)
        if (!is_blank(*p))
            g_string_append_c(name, *p);
        else if (!is_blank(p[-1]))
            g_string_append_c(name, ' ');
    return g_string_free(name, FALSE);
}

static void read_group(Reader *reader, const char *start, const char *end)
{
    close_group(reader);
    reader->before_first = FALSE;
    if (end[-1] != ']') {
        cs_diagnostics_error(reader->diagnostics, place_at(reader, start, end),
                             "write '[group]' alone on its line",
                             memchr(start, ']', (gsize)(end - start)) == NULL
                                 ? "this group's name is not closed by ']'"
                                 : "something stands behind the group's ']'");
        return;
    }
    const char *first = start + 1, *last = end - 1;
    while (first < last && is_blank(*first))
        first++;
    while (last > first && is_blank(last[-1]))
        last--;
    if (first == last) {
        cs_diagnostics_error(reader->diagnostics, place_at(reader, start, end), NULL,
                             "a group needs a name");
        return;
    }
    g_autofree char *name = folded(first, last);
    const CsGroup *earlier = g_hash_table_lookup(reader->file->by_name, name);
    if (earlier != NULL) {
        g_autofree char *help = g_strdup_printf("the first [%s] stands at line %u: move the keys "
                                                "there",
                                                name, earlier->place.line);
        cs_diagnostics_error(reader->diagnostics, place_at(reader, first, last), help,
                             "group [%s] occurs twice", name);
        return;
    }
    CsGroup *group = g_new0(CsGroup, 1);
    group->name = g_string_chunk_insert(reader->file->strings, name);
    group->place = place_at(reader, first, last);
    g_ptr_array_add(reader->file->groups, group);
    g_hash_table_insert(reader->file->by_name, (gpointer)group->name, group);
    reader->group = group;
}

static void no_assignment(Reader *reader, const char *start, const char *end)
{
    const char *word = start;
    while (word < end && !is_blank(*word) && *word != ':')
        word++;
    const char *rest = word;
    while (rest < end && (is_blank(*rest) || *rest == ':'))
        rest++;
    g_autofree char *help = NULL;
    gsize name = strspn(start, "abcdefghijklmnopqrstuvwxyz-");
    if (word == end && name == (gsize)(end - start))
        help = g_strdup_printf("write '%.*s = ' and its value", (int)name, start);
    else if (rest < end && *start != '=' && end - start < 80)
        help = g_strdup_printf("write '%.*s = %.*s'", (int)(word - start), start, (int)(end - rest),
                               rest);
    cs_diagnostics_error(reader->diagnostics, place_at(reader, start, end), help,
                         "neither '[group]' nor 'key = value'");
}

/* The end of a value: where a '#' behind a blank opens a comment; without blanks before it. */
static const char *value_end(const char *start, const char *end)
{
    for (const char *p = start; p < end; p++)
        if (*p == '#' && is_blank(p[-1])) {
            end = p;
            break;
        }
    while (end > start && is_blank(end[-1]))
        end--;
    return end;
}

static void read_entry(Reader *reader, const char *start, const char *end)
{
    const char *equals = memchr(start, '=', (gsize)(end - start));
    if (equals == NULL) {
        no_assignment(reader, start, value_end(start, end));
        return;
    }
    const char *key_end = equals;
    while (key_end > start && is_blank(key_end[-1]))
        key_end--;
    if (key_end == start) {
        cs_diagnostics_error(reader->diagnostics, place_at(reader, start, start + 1), NULL,
                             "a key is missing before '='");
        return;
    }
    CsPlace place = place_at(reader, start, key_end);
    if (reader->before_first) {
        cs_diagnostics_error(reader->diagnostics, place, "open one above it: '[simulation]'",
                             "this key stands before any group");
        reader->before_first = FALSE;
    }
    if (reader->group == NULL)
        return; /* the group's head was wrong, and has been told */

    g_autofree char *key = g_strndup(start, (gsize)(key_end - start));
    guint earlier = GPOINTER_TO_UINT(g_hash_table_lookup(reader->keys, key));
    if (earlier != 0) {
        const CsEntry *first = &g_array_index(reader->entries, CsEntry, earlier - 1);
        g_autofree char *help = g_strdup_printf("it is already set at line %u: keep one of them",
                                                first->key_place.line);
        cs_diagnostics_error(reader->diagnostics, place, help, "key '%s' occurs twice in [%s]", key,
                             reader->group->name);
        return;
    }
    const char *value = equals + 1;
    const char *last = value_end(value, end);
    while (value < last && is_blank(*value))
        value++;
    if (value == last)
        value = last = equals + 1;
    CsEntry entry = {
        .key = g_string_chunk_insert(reader->file->strings, key),
        .value = g_string_chunk_insert_len(reader->file->strings, value, last - value),
        .key_place = place,
        .value_place = place_at(reader, value, last),
    };
    g_array_append_val(reader->entries, entry);
    g_hash_table_insert(reader->keys, (gpointer)entry.key, GUINT_TO_POINTER(reader->entries->len));
}

static void read_line(Reader *reader, const char *start, const char *end)
{
    const char *first = start;
    while (first < end && is_blank(*first))
        first++;
    while (end > first && is_blank(end[-1]))
        end--;
    if (first == end || *first == '#')
        return;
    if (end - start > LINE_MAX_BYTES) {
        cs_diagnostics_error(reader->diagnostics, place_at(reader, start, start), NULL,
                             "this line has %" G_GSIZE_FORMAT " bytes; at most %d are read",
                             (gsize)(end - start), LINE_MAX_BYTES);
        return;
    }
    if (first > start)
        cs_diagnostics_error(reader->diagnostics, place_at(reader, first, end),
                             "start it at the line's first column; a value ends with its line",
                             "this line is indented");
    else if (*first == '[')
        read_group(reader, first, value_end(first, end));
    else
        read_entry(reader, first, end);
}

/* Reports the first byte that is no text; TRUE where all is. */
static gboolean check_text(CsSource *source, CsDiagnostics *diagnostics)
{
    gsize length;
    const char *text = cs_source_text(source, &length), *end = text + length, *bad = NULL;
    gboolean utf8 = g_utf8_validate_len(text, length, &bad);
    if (utf8)
        bad = end;
    for (const char *p = text; p < bad; p++)
        if ((guchar)*p < ' ' && *p != '\t' && *p != '\n' && *p != '\r') {
            bad = p;
            break;
        }
    if (bad == end)
        return TRUE;
    CsPlace place = {source, 1, 1, 1};
    const char *line = text;
    for (const char *p = text; p < bad; p++)
        if (*p == '\n') {
            place.line++;
            line = p + 1;
        }
    place.column = (guint)(bad - line) + 1;
    return cs_diagnostics_error(diagnostics, place,
                                "a scenario or model file is plain text in UTF-8",
                                "this is not text: byte 0x%02x", (guchar)*bad);
}

CsKeyFile *cs_keyfile_parse(CsSource *source, CsDiagnostics *diagnostics)
{
    if (!check_text(source, diagnostics))
        return NULL;
    CsKeyFile *file = g_new(CsKeyFile, 1);
    file->source = cs_source_ref(source);
    file->strings = g_string_chunk_new(4096);
    file->groups = g_ptr_array_new();
    file->by_name = g_hash_table_new(g_str_hash, g_str_equal);

    gsize length;
    const char *text = cs_source_text(source, &length), *end = text + length;
    Reader reader = {.file = file, .diagnostics = diagnostics, .before_first = TRUE, .line = 1};
    reader.entries = g_array_new(FALSE, FALSE, sizeof(CsEntry));
    reader.keys = g_hash_table_new(g_str_hash, g_str_equal);
    if (g_str_has_prefix(text, "\xEF\xBB\xBF"))
        text += 3; /* a byte order mark, as some editors write */
    for (const char *line = text; line < end; reader.line++) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        const char *line_end = newline != NULL ? newline : end;
        reader.line_start = line;
        read_line(&reader, line, line_end);
        line = newline != NULL ? newline + 1 : end;
    }
    close_group(&reader);
    g_array_unref(reader.entries);
    g_hash_table_unref(reader.keys);
    return file;
}

static void cannot_read(const char *name, const char *reason, CsPlace from,
                        CsDiagnostics *diagnostics)
{
    if (from.source != NULL) {
        const char *help =
            g_path_is_absolute(name) ? NULL : "a path is relative to the file in which it stands";
        cs_diagnostics_error(diagnostics, from, help, "cannot read '%s': %s", name, reason);
        return;
    }
    g_autofree char *longer = g_strconcat(name, ".ini", NULL);
    g_autofree char *help = g_file_test(longer, G_FILE_TEST_IS_REGULAR)
                                ? g_strdup_printf("did you mean '%s'?", longer)
                                : NULL;
    g_autoptr(CsSource) source = cs_source_new(*name != '\0' ? name : "''", g_strdup(""), 0);
    g_autofree char *message = g_strdup_printf("cannot be read: %s", reason);
    cs_diagnostics_add(diagnostics, CS_SEVERITY_UNREADABLE, (CsPlace){source, 0, 0, 0}, message,
                       help);
}

CsSource *cs_source_read(const char *path, const char *name, CsPlace from,
                         CsDiagnostics *diagnostics)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        cannot_read(name, g_strerror(errno), from, diagnostics);
        return NULL;
    }
    gsize length;
    int failure;
    g_autofree char *text = cs_stream_read(file, FILE_MAX, &length, &failure);
    if (failure == 0 && length <= FILE_MAX)
        return cs_source_new(name, g_steal_pointer(&text), length);
    cannot_read(name, failure != 0 ? g_strerror(failure) : "it is larger than 16 MiB", from,
                diagnostics);
    return NULL;
}

CsKeyFile *cs_keyfile_read(const char *path, const char *name, CsPlace from,
                           CsDiagnostics *diagnostics)
{
    g_autoptr(CsSource) source = cs_source_read(path, name, from, diagnostics);
    return source != NULL ? cs_keyfile_parse(source, diagnostics) : NULL;
}

void cs_keyfile_free(CsKeyFile *keyfile)
{
    if (keyfile == NULL)
        return;
    for (guint i = 0; i < keyfile->groups->len; i++) {
        CsGroup *group = g_ptr_array_index(keyfile->groups, i);
        g_free((gpointer)group->entries);
        g_free(group);
    }
    g_ptr_array_unref(keyfile->groups);
    g_hash_table_unref(keyfile->by_name);
    g_string_chunk_free(keyfile->strings);
    cs_source_unref(keyfile->source);
    g_free(keyfile);
}

CsSource *cs_keyfile_source(const CsKeyFile *keyfile)
{
    return keyfile->source;
}

guint cs_keyfile_n_groups(const CsKeyFile *keyfile)
{
    return keyfile->groups->len;
}

const CsGroup *cs_keyfile_group(const CsKeyFile *keyfile, guint i)
{
    g_assert(i < keyfile->groups->len);
    return g_ptr_array_index(keyfile->groups, i);
}

const CsGroup *cs_keyfile_find_group(const CsKeyFile *keyfile, const char *name)
{
    return g_hash_table_lookup(keyfile->by_name, name);
}

const CsEntry *cs_group_find(const CsGroup *group, const char *key)
{
    for (guint i = 0; i < group->n_entries; i++)
        if (strcmp(group->entries[i].key, key) == 0)
            return &group->entries[i];
    return NULL;
}
