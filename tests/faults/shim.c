/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faults shim: fails the n-th call of a kind on files below a directory. To be preloaded:
 *
 *   LD_PRELOAD=shim.so CS_FAULT_DIR=/abs/dir CS_FAULT_CALL=write CS_FAULT_NTH=3
 * CS_FAULT_KIND=ENOSPC \ CS_FAULT_LOG=/abs/file cardsim run ...
 *
 * CALL: write fsync rename open close unlink mkdir truncate, or any. Only files opened for writing
 * count. KIND: ENOSPC, EIO, EACCES, EINTR (once); full (ENOSPC from the n-th on); short (half of a
 * write is written); kill (SIGKILL before the call). The log receives a line when a fault is
 * dealt, so that the caller knows when n exceeds the calls there are.
 *
 * With CS_FAULT_NAMED the file system has no files without a name (O_TMPFILE), as NFS.
 *
 * Syncs that do not fail are left out: a test's files need not survive the machine.
 * Calls within the C library itself (stdio's) are not seen: result files are written by write(2).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 4096

static atomic_long calls;
static atomic_uchar tracked[DESCRIPTORS];

/* The next definition of the function that bears its caller's name. */
#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

static int below(const char *path)
{
    const char *root = getenv("CS_FAULT_DIR");
    char full[4096];
    if (root == NULL || path == NULL)
        return 0;
    if (path[0] != '/') {
        char cwd[2048];
        if (getcwd(cwd, sizeof cwd) == NULL)
            return 0;
        snprintf(full, sizeof full, "%s/%s", cwd, path);
        path = full;
    }
    size_t length = strlen(root);
    return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* The same for a name in an open directory. */
static int below_at(int directory, const char *path)
{
    char link[64], full[4096];
    if (directory == AT_FDCWD || path == NULL || path[0] == '/')
        return below(path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, full, 2048);
    if (length < 0)
        return 0;
    snprintf(full + length, sizeof full - (size_t)length, "/%s", path);
    return below(full);
}

static int is_tracked(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS && tracked[descriptor];
}

/* A line "CALL KIND PATH" for the caller. */
static void told(const char *call, const char *kind, int closed)
{
    const char *log = getenv("CS_FAULT_LOG");
    int (*real_open)(const char *, int, ...) = REAL(int (*)(const char *, int, ...), "open");
    ssize_t (*real_write)(int, const void *, size_t) =
        REAL(ssize_t(*)(int, const void *, size_t), "write");
    int (*real_close)(int) = REAL(int (*)(int), "close");
    int descriptor = log != NULL ? real_open(log, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
    char line[4096], link[64], path[2048] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", closed);
    if (closed >= 0 && readlink(link, path, sizeof path - 1) < 0)
        path[0] = '\0';
    int length = snprintf(line, sizeof line, "%s %s %s\n", call, kind, path);
    if (descriptor < 0)
        return;
    if (real_write(descriptor, line, (size_t)length) != length)
        abort();
    real_close(descriptor);
}

/* What is to go wrong with this call: NULL for nothing. `closed` is what it closes, or -1. */
static const char *fault_of(const char *call, int closed)
{
    const char *wanted = getenv("CS_FAULT_CALL"), *nth = getenv("CS_FAULT_NTH");
    const char *kind = getenv("CS_FAULT_KIND");
    if (wanted == NULL || nth == NULL || kind == NULL ||
        (strcmp(wanted, call) != 0 && strcmp(wanted, "any") != 0))
        return NULL;
    long at = atomic_fetch_add(&calls, 1) + 1, n = atol(nth);
    if (at != n && !(strcmp(kind, "full") == 0 && at > n))
        return NULL;
    if (at == n)
        told(call, kind, closed);
    if (strcmp(kind, "kill") == 0)
        raise(SIGKILL);
    return kind;
}

static const char *fault(const char *call)
{
    return fault_of(call, -1);
}

static int reason(const char *kind)
{
    if (strcmp(kind, "EIO") == 0)
        return EIO;
    if (strcmp(kind, "EINTR") == 0)
        return EINTR;
    if (strcmp(kind, "EACCES") == 0)
        return EACCES;
    return ENOSPC;
}

/* TRUE where the call is to fail; errno is set. A short write is the writer's own affair. */
static int fails_of(const char *call, int closed)
{
    const char *kind = fault_of(call, closed);
    if (kind == NULL || strcmp(kind, "short") == 0)
        return 0;
    errno = reason(kind);
    return 1;
}

static int fails(const char *call)
{
    return fails_of(call, -1);
}

static int opened(int descriptor, int flags)
{
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        tracked[descriptor] = (flags & (O_WRONLY | O_RDWR)) != 0;
    return descriptor;
}

#define OPEN(name, call, inside)                                                                   \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;        \
        va_end(arguments);                                                                         \
        if (!(inside))                                                                             \
            return call;                                                                           \
        if ((flags & O_TMPFILE) == O_TMPFILE && getenv("CS_FAULT_NAMED") != NULL) {                \
            errno = EOPNOTSUPP;                                                                    \
            return -1;                                                                             \
        }                                                                                          \
        if ((flags & (O_WRONLY | O_RDWR)) != 0 && fails("open"))                                   \
            return -1;                                                                             \
        return opened(call, flags);                                                                \
    } while (0)

typedef int (*Open)(const char *, int, ...);
typedef int (*OpenAt)(int, const char *, int, ...);

int open(const char *path, int flags, ...)
{
    OPEN("open", REAL(Open, "open")(path, flags, mode), below(path));
}

int open64(const char *path, int flags, ...)
{
    OPEN("open64", REAL(Open, "open64")(path, flags, mode), below(path));
}

int openat(int directory, const char *path, int flags, ...)
{
    OPEN("openat", REAL(OpenAt, "openat")(directory, path, flags, mode), below_at(directory, path));
}

int openat64(int directory, const char *path, int flags, ...)
{
    OPEN("openat64", REAL(OpenAt, "openat64")(directory, path, flags, mode),
         below_at(directory, path));
}

/* How many bytes of a write are to be written; -1 for failure. */
static ssize_t allowed(int descriptor, size_t size)
{
    const char *kind = is_tracked(descriptor) ? fault("write") : NULL;
    if (kind == NULL)
        return (ssize_t)size;
    if (strcmp(kind, "short") == 0)
        return size > 1 ? (ssize_t)(size / 2) : (ssize_t)size;
    errno = reason(kind);
    return -1;
}

ssize_t write(int descriptor, const void *data, size_t size)
{
    ssize_t n = allowed(descriptor, size);
    return n < 0
               ? -1
               : REAL(ssize_t(*)(int, const void *, size_t), "write")(descriptor, data, (size_t)n);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset)
{
    ssize_t n = allowed(descriptor, size);
    return n < 0 ? -1
                 : REAL(ssize_t(*)(int, const void *, size_t, off_t), "pwrite")(descriptor, data,
                                                                                (size_t)n, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset)
{
    ssize_t n = allowed(descriptor, size);
    return n < 0 ? -1
                 : REAL(ssize_t(*)(int, const void *, size_t, off64_t),
                        "pwrite64")(descriptor, data, (size_t)n, offset);
}

int fsync(int descriptor)
{
    if (is_tracked(descriptor) && fails("fsync"))
        return -1;
    return is_tracked(descriptor) ? 0 : REAL(int (*)(int), "fsync")(descriptor);
}

int fdatasync(int descriptor)
{
    if (is_tracked(descriptor) && fails("fsync"))
        return -1;
    return is_tracked(descriptor) ? 0 : REAL(int (*)(int), "fdatasync")(descriptor);
}

int ftruncate(int descriptor, off_t length)
{
    if (is_tracked(descriptor) && fails("truncate"))
        return -1;
    return REAL(int (*)(int, off_t), "ftruncate")(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length)
{
    if (is_tracked(descriptor) && fails("truncate"))
        return -1;
    return REAL(int (*)(int, off64_t), "ftruncate64")(descriptor, length);
}

/* The descriptor is closed in any case, as Linux does it. */
int close(int descriptor)
{
    int failed = is_tracked(descriptor) && fails_of("close", descriptor);
    int why = errno;
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        tracked[descriptor] = 0;
    int result = REAL(int (*)(int), "close")(descriptor);
    if (!failed)
        return result;
    errno = why;
    return -1;
}

int rename(const char *from, const char *to)
{
    if (below(to) && fails("rename"))
        return -1;
    return REAL(int (*)(const char *, const char *), "rename")(from, to);
}

int renameat(int from_directory, const char *from, int directory, const char *to)
{
    if (below_at(directory, to) && fails("rename"))
        return -1;
    return REAL(int (*)(int, const char *, int, const char *), "renameat")(from_directory, from,
                                                                           directory, to);
}

int unlinkat(int directory, const char *path, int flags)
{
    if (below_at(directory, path) && fails("unlink"))
        return -1;
    return REAL(int (*)(int, const char *, int), "unlinkat")(directory, path, flags);
}

int unlink(const char *path)
{
    if (below(path) && fails("unlink"))
        return -1;
    return REAL(int (*)(const char *), "unlink")(path);
}

int mkdir(const char *path, mode_t mode)
{
    if (below(path) && fails("mkdir"))
        return -1;
    return REAL(int (*)(const char *, mode_t), "mkdir")(path, mode);
}
