/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/file: result files that are whole or absent. See file.h. */
#define _GNU_SOURCE /* flock() */
#include "base/file.h"

#include "base/room.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((gsize)1 << 16)

G_DEFINE_QUARK(cs - file - error - quark, cs_file_error)

struct CsFile {
    char *path;      /* as the caller named it, for messages */
    int folder;      /* what the next two are relative to: a directory, owned, or AT_FDCWD */
    char *target;    /* what is renamed onto: path, or what it links to */
    char *temporary; /* NULL where the target is written directly */
    int descriptor;
    int owner;         /* the temporary file's second descriptor, whose lock says that it has one */
    GChecksum *digest; /* of what is written, or NULL */
    int first_error;   /* errno of the first failed write, 0 for none */
    gsize used;
    char buffer[BUFFER_SIZE];
};

static void set_error(GError **error, CsFileError code, const char *action, const char *path,
                      int reason)
{
    g_autofree char *why = cs_room_reason(path, reason);
    g_set_error(error, CS_FILE_ERROR, (int)code, "cannot %s '%s': %s", action, path, why);
}

/*
 * The descriptor that a name such as /dev/stdout or /dev/fd/3 stands for, or -1. Behind it may be a
 * regular file, but such a name must never be renamed onto, and opening it anew would write over
 * what the descriptor has written already.
 */
static int named_descriptor(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    guint64 number;
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        if (g_str_has_prefix(path, folders[i]) &&
            g_ascii_string_to_unsigned(path + strlen(folders[i]), 10, 0, G_MAXINT, &number, NULL))
            return (int)number;
    return -1;
}

/* A symbolic link stays one: what it points to is replaced. */
static char *resolve(const char *path)
{
    char *real = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL) : NULL;
    char *target = g_strdup(real != NULL ? real : path);
    free(real);
    return target;
}

/* Both retry where a signal came in between, as opening a pipe or a file far away may tell. */
static int open_directly(const char *path)
{
    int descriptor;
    do
        descriptor = open(path, O_WRONLY | O_CLOEXEC);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

char *cs_file_temporary_name(const char *target, const char *mark)
{
    return g_strdup_printf("%s.tmp-%ld-%s", target, (long)getpid(), mark);
}

/* A name that nobody has yet, in all likelihood. Transfer full. */
static char *draw_temporary_name(const char *target)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char drawn[7] = "";
    for (guint i = 0; i < 6; i++)
        drawn[i] = letters[g_random_int_range(0, (gint)strlen(letters))];
    return cs_file_temporary_name(target, drawn);
}

/* Opens a new file beside the target, and locks it for as long as this process is about it. */
static void open_beside(CsFile *file)
{
    guint tries = 0;
    do {
        g_free(file->temporary);
        file->temporary = draw_temporary_name(file->target);
        file->descriptor = openat(file->folder, file->temporary,
                                  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    } while (file->descriptor < 0 && (errno == EINTR || (errno == EEXIST && tries++ < 100)));
    if (file->descriptor < 0)
        return;
    /* Where a file system knows no locks, no file there is ever taken for one without an owner. */
    flock(file->descriptor, LOCK_EX | LOCK_NB);
    file->owner = fcntl(file->descriptor, F_DUPFD_CLOEXEC, 0);
}

/* A pipe or a device named by -o: the user's own way out. */
static void open_for(CsFile *file, const char *path)
{
    struct stat status;
    gboolean exists = stat(path, &status) == 0;
    int named = named_descriptor(path);
    if (named >= 0)
        file->descriptor = fcntl(named, F_DUPFD_CLOEXEC, 0);
    else if (exists && S_ISDIR(status.st_mode))
        errno = EISDIR;
    else if (exists && !S_ISREG(status.st_mode))
        file->descriptor = open_directly(path);
    else
        open_beside(file);
}

/* The file, once it is open; else NULL, with the error that errno says. */
static CsFile *opened(CsFile *file, GError **error)
{
    if (file->descriptor >= 0)
        return file;
    int reason = errno;
    g_clear_pointer(&file->temporary, g_free);
    set_error(error, CS_FILE_ERROR_OPEN, "create", file->path, reason);
    cs_file_discard(file);
    return NULL;
}

/* Transfer of `path` and `target` full. */
static CsFile *new_file(char *path, int folder, char *target)
{
    CsFile *file = g_new(CsFile, 1);
    *file =
        (CsFile){.path = path, .folder = folder, .target = target, .descriptor = -1, .owner = -1};
    return file;
}

CsFile *cs_file_create(const char *path, GError **error)
{
    CsFile *file = new_file(g_strdup(path), AT_FDCWD, resolve(path));
    open_for(file, path);
    return opened(file, error);
}

CsFile *cs_file_create_in(int folder, const char *folder_path, const char *name, GError **error)
{
    CsFile *file = new_file(g_build_filename(folder_path, name, NULL),
                            fcntl(folder, F_DUPFD_CLOEXEC, 0), g_strdup(name));
    if (file->folder >= 0)
        open_beside(file);
    return opened(file, error);
}

void cs_file_digest_from_here(CsFile *file)
{
    file->digest = g_checksum_new(G_CHECKSUM_SHA256);
}

char *cs_file_digest(const CsFile *file)
{
    return g_strconcat("sha256:", g_checksum_get_string(file->digest), NULL);
}

static void write_out(CsFile *file, const char *bytes, gsize length)
{
    if (file->digest != NULL)
        g_checksum_update(file->digest, (const guchar *)bytes, (gssize)length);
    while (length > 0 && file->first_error == 0) {
        ssize_t written = write(file->descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            file->first_error = errno;
        } else if (written == 0) {
            file->first_error = ENOSPC;
        } else {
            bytes += written;
            length -= (gsize)written;
        }
    }
}

static void flush(CsFile *file)
{
    write_out(file, file->buffer, file->used);
    file->used = 0;
}

void cs_file_write(CsFile *file, const char *bytes, gsize length)
{
    if (length > BUFFER_SIZE - file->used)
        flush(file);
    if (length > BUFFER_SIZE) {
        write_out(file, bytes, length);
    } else {
        memcpy(file->buffer + file->used, bytes, length);
        file->used += length;
    }
}

void cs_file_puts(CsFile *file, const char *text)
{
    cs_file_write(file, text, strlen(text));
}

void cs_file_printf(CsFile *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cs_file_puts(file, text);
}

gboolean cs_file_failed(const CsFile *file)
{
    return file->first_error != 0;
}

gboolean cs_file_is_sound(const CsFile *file, GError **error)
{
    int reason = file->first_error;
    if (reason != 0)
        set_error(error, reason == EPIPE ? CS_FILE_ERROR_PIPE : CS_FILE_ERROR_WRITE, "write",
                  file->path, reason);
    return reason == 0;
}

static int sync_retry(int descriptor)
{
    int result;
    do
        result = fsync(descriptor);
    while (result != 0 && errno == EINTR);
    return result;
}

gboolean cs_file_finish(CsFile *file)
{
    if (file->descriptor < 0)
        return file->first_error == 0;
    flush(file);
    if (file->temporary != NULL && file->first_error == 0 && sync_retry(file->descriptor) != 0)
        file->first_error = errno;
    int closed = close(file->descriptor);
    file->descriptor = -1;
    /* EINTR: on Linux the descriptor is closed and the data are with the kernel. */
    if (closed != 0 && errno != EINTR && file->first_error == 0)
        file->first_error = errno;
    return file->first_error == 0;
}

gboolean cs_file_commit(CsFile *file, GError **error)
{
    if (cs_file_finish(file) && file->temporary != NULL) {
        int renamed;
        do
            renamed = renameat(file->folder, file->temporary, file->folder, file->target);
        while (renamed != 0 && errno == EINTR);
        if (renamed != 0)
            file->first_error = errno;
        else
            g_clear_pointer(&file->temporary, g_free);
    }
    gboolean good = cs_file_is_sound(file, error);
    cs_file_discard(file);
    return good;
}

void cs_file_discard(CsFile *file)
{
    if (file == NULL)
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    if (file->temporary != NULL)
        unlinkat(file->folder, file->temporary, 0);
    if (file->owner >= 0)
        close(file->owner);
    if (file->folder >= 0)
        close(file->folder);
    g_clear_pointer(&file->digest, g_checksum_free);
    g_free(file->temporary);
    g_free(file->target);
    g_free(file->path);
    g_free(file);
}

void cs_file_leave(CsFile *file)
{
    g_clear_pointer(&file->temporary, g_free);
    cs_file_discard(file);
}

gboolean cs_file_set_contents(const char *path, const char *text, gssize length, GError **error)
{
    CsFile *file = cs_file_create(path, error);
    if (file == NULL)
        return FALSE;
    cs_file_write(file, text, length < 0 ? strlen(text) : (gsize)length);
    return cs_file_commit(file, error);
}

FILE *cs_file_open_regular(const char *path, GError **error)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0 && errno == ELOOP) {
        g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN,
                    "cannot read '%s': it is a link, no regular file of its own", path);
        return NULL;
    }
    if (descriptor < 0) {
        set_error(error, errno == ENOENT ? CS_FILE_ERROR_ABSENT : CS_FILE_ERROR_OPEN, "read", path,
                  errno);
        return NULL;
    }
    gboolean regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    FILE *file = regular ? fdopen(descriptor, "r") : NULL;
    if (file != NULL)
        return file;
    close(descriptor);
    g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN, "cannot read '%s': it is no regular file",
                path);
    return NULL;
}

char *cs_stream_read(FILE *stream, gsize limit, gsize *length, int *problem)
{
    GString *text = g_string_new(NULL);
    char piece[16384];
    gsize n;
    errno = 0;
    while (text->len <= limit && (n = fread(piece, 1, sizeof piece, stream)) > 0)
        g_string_append_len(text, piece, (gssize)n);
    *problem = ferror(stream) ? errno : 0;
    fclose(stream);
    if (length != NULL)
        *length = text->len;
    return g_string_free(text, FALSE);
}

char *cs_file_get_regular(const char *path, gsize *length, GError **error)
{
    FILE *file = cs_file_open_regular(path, error);
    if (file == NULL)
        return NULL;
    int problem;
    g_autofree char *text = cs_stream_read(file, G_MAXSIZE, length, &problem);
    if (problem == 0)
        return g_steal_pointer(&text);
    set_error(error, CS_FILE_ERROR_OPEN, "read", path, problem);
    return NULL;
}

gboolean cs_directory_create(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0777) == 0)
        return TRUE;
    set_error(error, CS_FILE_ERROR_DIRECTORY, "create the directory", path, errno);
    return FALSE;
}
