/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crash replayer: every state in which a power failure may leave a directory, from a record of
 * crash.c.
 *
 *   replay LOG OLD NEW                judges every state; prints how many, and each bad one
 *   replay LOG OLD - STEP N DIR       writes the N-th of every STEP-th state into DIR; 3 at the end
 *
 * OLD is the directory before (or "-"), NEW the one of a program that was left alone. What an
 * operation has made is on the disk once the file (its bytes) or the directory (its names) has been
 * synced. A failure may come behind any operation; of those not yet on the disk any may be lost:
 *
 *     names    none of them, all of them, those of one name alone, all but those of one name
 *     bytes    none, all, the first half of the writes, every other write
 *
 * A state is good where each result is, byte for byte, that of OLD or of NEW or not there, and a
 * manifest stands beside all the results of its own directory only. Unfinished files (.tmp-) and
 * the database are for the program to judge that carries on.
 */
#include "crash.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    long long offset;
    gint64 length; /* of a truncation, else -1 */
    GBytes *bytes; /* of a write */
} Change;

typedef struct {
    GByteArray *disk;   /* what a failure leaves at least */
    GPtrArray *pending; /* Change */
} File;

typedef struct {
    char kind; /* CREATE, RENAME, UNLINK */
    char *name, *to;
    File *file;
} Naming;

typedef struct {
    GHashTable *now;    /* name -> File: as the program sees it */
    GHashTable *disk;   /* the same, as a failure leaves it at least */
    GPtrArray *pending; /* Naming */
    GHashTable *open;   /* descriptor -> File, or the directory itself */
} Disk;

enum { NAMES_NONE, NAMES_ALL, NAMES_OF_ONE };
enum { BYTES_NONE, BYTES_ALL, BYTES_HALF, BYTES_OTHER, BYTES_N };

static File the_directory;

static GHashTable *names_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static File *file_new(void)
{
    File *file = g_new0(File, 1);
    file->disk = g_byte_array_new();
    file->pending = g_ptr_array_new();
    return file;
}

static void apply(GByteArray *bytes, const Change *change)
{
    if (change->length >= 0) {
        guint before = bytes->len;
        g_byte_array_set_size(bytes, (guint)change->length);
        if (bytes->len > before)
            memset(bytes->data + before, 0, bytes->len - before);
        return;
    }
    gsize size;
    const guint8 *data = g_bytes_get_data(change->bytes, &size);
    guint end = (guint)(change->offset + (long long)size), before = bytes->len;
    if (end > before) {
        g_byte_array_set_size(bytes, end);
        memset(bytes->data + before, 0, end - before);
    }
    memcpy(bytes->data + change->offset, data, size);
}

/* --- the record ------------------------------------------------------------------------------- */

static void sync_names(Disk *disk)
{
    GHashTableIter iterator;
    gpointer name, file;
    g_hash_table_remove_all(disk->disk);
    g_hash_table_iter_init(&iterator, disk->now);
    while (g_hash_table_iter_next(&iterator, &name, &file))
        g_hash_table_insert(disk->disk, g_strdup(name), file);
    g_ptr_array_set_size(disk->pending, 0);
}

static void sync_file(File *file)
{
    for (guint i = 0; i < file->pending->len; i++)
        apply(file->disk, g_ptr_array_index(file->pending, i));
    g_ptr_array_set_size(file->pending, 0);
}

static void name_it(GHashTable *names, const Naming *naming)
{
    if (naming->kind == CS_CRASH_CREATE)
        g_hash_table_insert(names, g_strdup(naming->name), naming->file);
    else
        g_hash_table_remove(names, naming->name);
    if (naming->kind == CS_CRASH_RENAME)
        g_hash_table_insert(names, g_strdup(naming->to), naming->file);
}

static void add_naming(Disk *disk, char kind, const char *name, const char *to, File *file)
{
    Naming *naming = g_new(Naming, 1);
    *naming = (Naming){kind, g_strdup(name), g_strdup(to), file};
    name_it(disk->now, naming);
    g_ptr_array_add(disk->pending, naming);
}

static void change(File *file, long long offset, gint64 length, const void *data, gsize size)
{
    Change *made = g_new(Change, 1);
    *made = (Change){offset, length, length < 0 ? g_bytes_new(data, size) : NULL};
    g_ptr_array_add(file->pending, made);
}

/* One operation; TRUE where it can make a difference to what is left. */
static gboolean play(Disk *disk, const struct cs_crash_record *head, const char *bytes)
{
    gpointer key = GINT_TO_POINTER(head->descriptor);
    File *file = g_hash_table_lookup(disk->open, key);
    switch (head->kind) {
    case CS_CRASH_OPEN_DIRECTORY:
        g_hash_table_insert(disk->open, key, &the_directory);
        return FALSE;
    case CS_CRASH_CREATE:
        file = file_new();
        add_naming(disk, CS_CRASH_CREATE, bytes, NULL, file);
        g_hash_table_insert(disk->open, key, file);
        return TRUE;
    case CS_CRASH_OPEN:
        g_hash_table_insert(disk->open, key, g_hash_table_lookup(disk->now, bytes));
        return FALSE;
    case CS_CRASH_CLOSE:
        g_hash_table_remove(disk->open, key);
        return FALSE;
    case CS_CRASH_RENAME:
        add_naming(disk, CS_CRASH_RENAME, bytes, bytes + strlen(bytes) + 1,
                   g_hash_table_lookup(disk->now, bytes));
        return TRUE;
    case CS_CRASH_UNLINK:
        add_naming(disk, CS_CRASH_UNLINK, bytes, NULL, NULL);
        return TRUE;
    default:
        break;
    }
    if (file == NULL)
        g_error("an operation '%c' on descriptor %d, which is not open", head->kind,
                head->descriptor);
    if (head->kind == CS_CRASH_SYNC && file == &the_directory)
        sync_names(disk);
    else if (head->kind == CS_CRASH_SYNC)
        sync_file(file);
    else
        change(file, head->offset, head->kind == CS_CRASH_TRUNCATE ? head->offset : -1, bytes,
               head->size);
    return TRUE;
}

/* --- states ----------------------------------------------------------------------------------- */

/* The name that an operation is about: the one that results are read by. */
static const char *subject(const Naming *naming)
{
    return naming->to != NULL ? naming->to : naming->name;
}

/* The names on the disk: of the pending operations none, all, or those of one name, or all but. */
static GHashTable *names_of(const Disk *disk, guint choice, const char *one, gboolean but)
{
    GHashTable *names = names_new();
    GHashTableIter iterator;
    gpointer name, file;
    g_hash_table_iter_init(&iterator, disk->disk);
    while (g_hash_table_iter_next(&iterator, &name, &file))
        g_hash_table_insert(names, g_strdup(name), file);
    for (guint i = 0; i < disk->pending->len; i++) {
        const Naming *naming = g_ptr_array_index(disk->pending, i);
        gboolean same = one != NULL && strcmp(subject(naming), one) == 0;
        if (choice == NAMES_ALL || (choice == NAMES_OF_ONE && same != but))
            name_it(names, naming);
    }
    return names;
}

static GByteArray *bytes_of(const File *file, guint choice)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, file->disk->data, file->disk->len);
    guint n = file->pending->len;
    for (guint i = 0; i < n; i++)
        if (choice == BYTES_ALL || (choice == BYTES_HALF && i < n / 2) ||
            (choice == BYTES_OTHER && i % 2 == 1))
            apply(bytes, g_ptr_array_index(file->pending, i));
    return bytes;
}

typedef struct {
    GHashTable *old, *new; /* name -> GBytes */
    const char *target;    /* where the wanted state is written, or NULL */
    guint64 step, wanted, states, bad;
    guint64 operation;
} Judge;

static gboolean is_result(const char *name)
{
    return strstr(name, ".tmp-") == NULL && !g_str_has_prefix(name, "results.sqlite");
}

static gboolean is_same(GHashTable *reference, const char *name, const GByteArray *bytes)
{
    GBytes *wanted = reference != NULL ? g_hash_table_lookup(reference, name) : NULL;
    gsize size;
    const void *data = wanted != NULL ? g_bytes_get_data(wanted, &size) : NULL;
    return wanted != NULL && size == bytes->len && memcmp(data, bytes->data, size) == 0;
}

/* Where this directory's manifest stands, all of its results do. */
static gboolean is_whole(GHashTable *reference, GHashTable *names, guint bytes_choice)
{
    GHashTableIter iterator;
    gpointer name, wanted;
    g_hash_table_iter_init(&iterator, reference);
    while (g_hash_table_iter_next(&iterator, &name, &wanted)) {
        const File *file = g_hash_table_lookup(names, name);
        if (!is_result(name))
            continue;
        if (file == NULL)
            return FALSE;
        g_autoptr(GByteArray) bytes = bytes_of(file, bytes_choice);
        if (!is_same(reference, name, bytes))
            return FALSE;
    }
    return TRUE;
}

static void complain(Judge *judge, const char *name, const char *what)
{
    judge->bad++;
    if (judge->bad <= 10)
        printf("after operation %" G_GUINT64_FORMAT ": '%s' %s\n", judge->operation, name, what);
}

static void judge_state(Judge *judge, GHashTable *names, guint bytes_choice)
{
    GHashTableIter iterator;
    gpointer name, file;
    g_hash_table_iter_init(&iterator, names);
    while (g_hash_table_iter_next(&iterator, &name, &file)) {
        if (!is_result(name))
            continue;
        g_autoptr(GByteArray) bytes = bytes_of(file, bytes_choice);
        gboolean old = is_same(judge->old, name, bytes), new = is_same(judge->new, name, bytes);
        if (!old && !new)
            complain(judge, name, "is neither old nor new");
        if (strcmp(name, "manifest.json") != 0)
            continue;
        if ((new && !is_whole(judge->new, names, bytes_choice)) ||
            (!new &&old && !is_whole(judge->old, names, bytes_choice)))
            complain(judge, name, "stands beside other results than its own");
    }
}

static void write_state(const Judge *judge, GHashTable *names, guint bytes_choice)
{
    GHashTableIter iterator;
    gpointer name, file;
    g_hash_table_iter_init(&iterator, names);
    while (g_hash_table_iter_next(&iterator, &name, &file)) {
        g_autoptr(GByteArray) bytes = bytes_of(file, bytes_choice);
        g_autofree char *path = g_build_filename(judge->target, name, NULL);
        if (!g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL))
            g_error("cannot write '%s'", path);
    }
}

static void take_state(Judge *judge, const Disk *disk, guint choice, const char *one, gboolean but)
{
    g_autoptr(GHashTable) names = names_of(disk, choice, one, but);
    for (guint bytes = 0; bytes < BYTES_N; bytes++) {
        if (judge->target == NULL)
            judge_state(judge, names, bytes);
        else if (judge->states == judge->wanted * judge->step)
            write_state(judge, names, bytes);
        judge->states++;
    }
}

static void take_states(Judge *judge, const Disk *disk)
{
    g_autoptr(GHashTable) subjects = names_new();
    take_state(judge, disk, NAMES_NONE, NULL, FALSE);
    take_state(judge, disk, NAMES_ALL, NULL, FALSE);
    for (guint i = 0; i < disk->pending->len; i++) {
        const char *one = subject(g_ptr_array_index(disk->pending, i));
        if (!g_hash_table_add(subjects, g_strdup(one)))
            continue;
        take_state(judge, disk, NAMES_OF_ONE, one, FALSE);
        take_state(judge, disk, NAMES_OF_ONE, one, TRUE);
    }
}

/* --- all -------------------------------------------------------------------------------------- */

static GHashTable *read_directory(const char *path)
{
    GHashTable *files = g_hash_table_new(g_str_hash, g_str_equal);
    GDir *dir = strcmp(path, "-") != 0 ? g_dir_open(path, 0, NULL) : NULL;
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *full = g_build_filename(path, name, NULL);
        char *text;
        gsize length;
        if (g_file_get_contents(full, &text, &length, NULL))
            g_hash_table_insert(files, g_strdup(name), g_bytes_new_take(text, length));
    }
    if (dir != NULL)
        g_dir_close(dir);
    return files;
}

static Disk *disk_new(GHashTable *old)
{
    Disk *disk = g_new(Disk, 1);
    *disk = (Disk){names_new(), names_new(), g_ptr_array_new(), g_hash_table_new(NULL, NULL)};
    GHashTableIter iterator;
    gpointer name, bytes;
    g_hash_table_iter_init(&iterator, old);
    while (g_hash_table_iter_next(&iterator, &name, &bytes)) {
        File *file = file_new();
        gsize size;
        const guint8 *data = g_bytes_get_data(bytes, &size);
        g_byte_array_append(file->disk, data, (guint)size);
        g_hash_table_insert(disk->now, g_strdup(name), file);
    }
    sync_names(disk);
    return disk;
}

int main(int argc, char **argv)
{
    g_autofree char *log = NULL;
    gsize length;
    if ((argc != 4 && argc != 7) || !g_file_get_contents(argv[1], &log, &length, NULL))
        return 2;
    Judge judge = {.old = read_directory(argv[2]), .new = read_directory(argv[3]), .step = 1};
    if (argc == 7) {
        judge.step = g_ascii_strtoull(argv[4], NULL, 10);
        judge.wanted = g_ascii_strtoull(argv[5], NULL, 10);
        judge.target = argv[6];
    }
    Disk *disk = disk_new(judge.old);
    take_states(&judge, disk);
    for (const char *at = log; at < log + length;) {
        struct cs_crash_record head;
        memcpy(&head, at, sizeof head);
        judge.operation++;
        if (play(disk, &head, at + sizeof head))
            take_states(&judge, disk);
        at += sizeof head + head.size;
    }
    if (judge.target != NULL)
        return judge.wanted * judge.step < judge.states ? 0 : 3;
    printf("%" G_GUINT64_FORMAT " states, %" G_GUINT64_FORMAT " bad\n", judge.states, judge.bad);
    return judge.bad == 0 ? 0 : 1;
}
