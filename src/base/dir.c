/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/dir: see dir.h. */
#define _GNU_SOURCE /* fdopendir(), flock() */
#include "base/dir.h"

#include "base/fail.h"

#include <dirent.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct CsDir {
    char *path;
    int descriptor;
    struct stat identity;
};

static gboolean fail(GError **error, CsFileError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* "cannot ...", and what errno says. */
static gboolean fail(GError **error, CsFileError code, const char *format, ...)
{
    int reason = errno;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *action = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return cs_fail(error, CS_FILE_ERROR, (int)code, "cannot %s: %s", action, g_strerror(reason));
}

CsDir *cs_dir_open(const char *path, gboolean create, GError **error)
{
    if (create && !cs_directory_create(path, error))
        return NULL;
    g_autoptr(CsDir) folder = g_new0(CsDir, 1);
    folder->path = g_strdup(path);
    do
        folder->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (folder->descriptor < 0 && errno == EINTR);
    if (folder->descriptor >= 0 && fstat(folder->descriptor, &folder->identity) == 0)
        return g_steal_pointer(&folder);
    fail(error, CS_FILE_ERROR_DIRECTORY, "open '%s'", path);
    return NULL;
}

void cs_dir_close(CsDir *folder)
{
    if (folder == NULL)
        return;
    if (folder->descriptor >= 0)
        close(folder->descriptor);
    g_free(folder->path);
    g_free(folder);
}

const char *cs_dir_path(const CsDir *folder)
{
    return folder->path;
}

gboolean cs_dir_lock(CsDir *folder, gboolean alone, GError **error)
{
    if (flock(folder->descriptor, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
        return TRUE;
    if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL)
        return cs_fail(
            error, CS_FILE_ERROR, CS_FILE_ERROR_NO_LOCKS,
            "cannot lock '%s': %s: its file system has no locks; --no-lock works in it all "
            "the same, one process at a time",
            folder->path, g_strerror(errno));
    if (errno != EWOULDBLOCK)
        return fail(error, CS_FILE_ERROR_DIRECTORY, "lock '%s'", folder->path);
    return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_LOCKED,
                   "another cardsim is at work in '%s': wait for it, or name another directory",
                   folder->path);
}

gboolean cs_dir_check(const CsDir *folder, GError **error)
{
    struct stat now;
    if (stat(folder->path, &now) == 0 && now.st_dev == folder->identity.st_dev &&
        now.st_ino == folder->identity.st_ino)
        return TRUE;
    return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                   "'%s' is no longer the directory that it was when the work began", folder->path);
}

gboolean cs_dir_check_writable(const CsDir *folder, GError **error)
{
    if (faccessat(folder->descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0)
        return TRUE;
    return fail(error, CS_FILE_ERROR_DIRECTORY, "write into the directory '%s'", folder->path);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **cs_dir_list(const CsDir *folder, GError **error)
{
    int descriptor = openat(folder->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (dir == NULL) {
        fail(error, CS_FILE_ERROR_DIRECTORY, "list '%s'", folder->path);
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL; errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    gboolean good = errno == 0 || fail(error, CS_FILE_ERROR_DIRECTORY, "list '%s'", folder->path);
    closedir(dir);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return good ? (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE) : NULL;
}

CsFile *cs_dir_create_file(const CsDir *folder, const char *name, GError **error)
{
    return cs_file_create_in(folder->descriptor, folder->path, name, error);
}

gboolean cs_dir_write_file(const CsDir *folder, const char *name, const char *text, gssize length,
                           GError **error)
{
    CsFile *file = cs_dir_create_file(folder, name, error);
    if (file == NULL)
        return FALSE;
    cs_file_write(file, text, length < 0 ? strlen(text) : (gsize)length);
    return cs_file_commit(file, error);
}

gboolean cs_dir_has(const CsDir *folder, const char *name)
{
    struct stat status;
    return fstatat(folder->descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* A FIFO or a device must not make anybody wait, nor be read. */
static int open_regular(const CsDir *folder, const char *name, struct stat *status)
{
    int descriptor =
        openat(folder->descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    if (fstat(descriptor, status) == 0 && S_ISREG(status->st_mode))
        return descriptor;
    close(descriptor);
    return -1;
}

/* As many bytes as there are, up to `size`; -1 where reading fails. */
static gssize read_all(int descriptor, char *bytes, gsize size)
{
    gsize done = 0;
    while (done < size) {
        ssize_t n = read(descriptor, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (gsize)n;
    }
    return (gssize)done;
}

char *cs_dir_read(const CsDir *folder, const char *name, gsize most, gsize *length)
{
    struct stat status;
    int descriptor = open_regular(folder, name, &status);
    if (descriptor < 0)
        return NULL;
    char *text = NULL;
    gssize n = -1;
    if (status.st_size >= 0 && (guint64)status.st_size <= most) {
        text = g_malloc((gsize)status.st_size + 1);
        n = read_all(descriptor, text, (gsize)status.st_size);
    }
    close(descriptor);
    if (n < 0) {
        g_free(text);
        return NULL;
    }
    text[n] = '\0';
    if (length != NULL)
        *length = (gsize)n;
    return text;
}

char *cs_dir_digest(const CsDir *folder, const char *name)
{
    struct stat status;
    int descriptor = open_regular(folder, name, &status);
    if (descriptor < 0)
        return NULL;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    enum { SIZE = 1 << 16 };
    g_autofree char *bytes = g_malloc(SIZE);
    gssize n;
    while ((n = read_all(descriptor, bytes, SIZE)) > 0)
        g_checksum_update(sum, (const guchar *)bytes, n);
    close(descriptor);
    return n == 0 ? g_strconcat("sha256:", g_checksum_get_string(sum), NULL) : NULL;
}

gboolean cs_dir_begins(const CsDir *folder, const char *name, const char *start,
                       gboolean unfinished)
{
    struct stat status;
    int descriptor = open_regular(folder, name, &status);
    if (descriptor < 0)
        return FALSE;
    gssize length = (gssize)strlen(start);
    g_autofree char *found = g_malloc0((gsize)length + 1);
    gssize n = read_all(descriptor, found, (gsize)length);
    close(descriptor);
    gboolean same = n == length || (n >= 0 && unfinished);
    for (gssize i = 0; i < n; i++)
        same = same && (found[i] == start[i] || (unfinished && found[i] == '\0'));
    return same;
}

/* "OF.tmp-PID-XXXXXX", as base/file writes it. */
static gboolean is_temporary(const char *name, const char *of)
{
    if (!g_str_has_prefix(name, of) || !g_str_has_prefix(name + strlen(of), ".tmp-"))
        return FALSE;
    const char *pid = name + strlen(of) + strlen(".tmp-"), *drawn = pid;
    while (g_ascii_isdigit(*drawn))
        drawn++;
    if (drawn == pid || *drawn++ != '-' || strlen(drawn) != 6)
        return FALSE;
    for (; *drawn != '\0'; drawn++)
        if (!g_ascii_isalnum(*drawn))
            return FALSE;
    return TRUE;
}

gboolean cs_dir_is_abandoned(const CsDir *folder, const char *name, const char *of)
{
    struct stat status;
    int descriptor = is_temporary(name, of) ? open_regular(folder, name, &status) : -1;
    if (descriptor < 0)
        return FALSE;
    gboolean free = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    close(descriptor);
    return free;
}

gboolean cs_dir_sync(const CsDir *folder, GError **error)
{
    /* EINVAL: a file system that keeps no order of its own to be told of. */
    if (fsync(folder->descriptor) == 0 || errno == EINVAL || errno == EINTR)
        return TRUE;
    return fail(error, CS_FILE_ERROR_WRITE, "write the directory '%s'", folder->path);
}

gboolean cs_dir_remove(const CsDir *folder, const char *name, GError **error)
{
    if (unlinkat(folder->descriptor, name, 0) == 0 || errno == ENOENT)
        return TRUE;
    return fail(error, CS_FILE_ERROR_WRITE, "remove '%s/%s'", folder->path, name);
}

gboolean cs_dir_rename(const CsDir *folder, const char *from, const char *to, GError **error)
{
    int result;
    do
        result = renameat(folder->descriptor, from, folder->descriptor, to);
    while (result != 0 && errno == EINTR);
    if (result == 0)
        return TRUE;
    return fail(error, CS_FILE_ERROR_WRITE, "replace '%s/%s'", folder->path, from);
}

void cs_directory_remove(const char *path)
{
    g_autoptr(CsDir) folder = cs_dir_open(path, FALSE, NULL);
    g_auto(GStrv) names = folder != NULL ? cs_dir_list(folder, NULL) : NULL;
    for (char **name = names; name != NULL && *name != NULL; name++)
        cs_dir_remove(folder, *name, NULL);
    g_rmdir(path);
}
