/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crash recorder: writes down every operation on the files below a directory, in order, for
 * replay.c to build from it what a power failure may leave. To be preloaded:
 *
 *   LD_PRELOAD=crash.so CS_CRASH_DIR=/abs/dir CS_CRASH_LOG=/abs/file cardsim run ...
 *
 * A record is a struct cs_crash_record and `size` bytes: data, or paths below the directory, each
 * with its NUL (the directory itself is ""). Operations are made and recorded under one lock.
 * Calls within the C library itself (stdio's) are not seen: result files are written by write(2).
 */
#define _GNU_SOURCE
#include "crash.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTORS 4096
#define PATH 4096

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static unsigned char tracked[DESCRIPTORS];

/* The next definition of the function that bears its caller's name. */
#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))
typedef int (*Open)(const char *, int, ...);
typedef int (*OpenAt)(int, const char *, int, ...);
typedef ssize_t (*Write)(int, const void *, size_t);

/* The path below the directory, or NULL where it is not there. `full` has room for PATH bytes. */
static const char *below(int directory, const char *path, char *full)
{
    const char *root = getenv("CS_CRASH_DIR");
    char base[PATH / 2] = "";
    if (root == NULL || path == NULL)
        return NULL;
    if (path[0] != '/' && directory == AT_FDCWD) {
        if (getcwd(base, sizeof base) == NULL)
            return NULL;
    } else if (path[0] != '/') {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        ssize_t n = readlink(link, base, sizeof base - 1);
        base[n > 0 ? n : 0] = '\0';
    }
    snprintf(full, PATH, path[0] == '/' ? "%s%s" : "%s/%s", base, path);
    size_t length = strlen(root);
    if (strncmp(full, root, length) != 0 || (full[length] != '/' && full[length] != '\0'))
        return NULL;
    const char *rest = full + length;
    while (*rest == '/' || (rest[0] == '.' && (rest[1] == '\0' || rest[1] == '/')))
        rest++;
    return rest;
}

static void put(int log, const void *bytes, size_t size)
{
    if (REAL(Write, "write")(log, bytes, size) != (ssize_t)size)
        abort();
}

static void record(char kind, int descriptor, long long offset, const void *bytes, size_t size)
{
    struct cs_crash_record head = {kind, descriptor, offset, size};
    const char *path = getenv("CS_CRASH_LOG");
    int log = path != NULL
                  ? REAL(Open, "open")(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
                  : -1;
    int before = errno;
    if (log < 0)
        return;
    put(log, &head, sizeof head);
    put(log, bytes, size);
    REAL(int (*)(int), "close")(log);
    errno = before;
}

static void record_paths(char kind, const char *from, const char *to)
{
    char both[2 * PATH];
    size_t n = strlen(from) + 1, m = to != NULL ? strlen(to) + 1 : 0;
    memcpy(both, from, n);
    memcpy(both + n, to != NULL ? to : "", m);
    record(kind, -1, 0, both, n + m);
}

static int is_tracked(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS && tracked[descriptor];
}

/* Whether opening by `flags` may change something, or is of the directory, which may be synced. */
static int matters(const char *rest, int flags)
{
    return rest != NULL && ((flags & (O_WRONLY | O_RDWR)) != 0 || *rest == '\0');
}

static int opened(int descriptor, const char *rest, int flags, int existed)
{
    if (descriptor < 0 || descriptor >= DESCRIPTORS)
        return descriptor;
    tracked[descriptor] = 1;
    if (*rest == '\0')
        record(CS_CRASH_OPEN_DIRECTORY, descriptor, 0, rest, 1);
    else
        record(existed ? CS_CRASH_OPEN : CS_CRASH_CREATE, descriptor, 0, rest, strlen(rest) + 1);
    if (existed && (flags & O_TRUNC) != 0)
        record(CS_CRASH_TRUNCATE, descriptor, 0, NULL, 0);
    return descriptor;
}

#define OPEN(directory, call)                                                                      \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;        \
        va_end(arguments);                                                                         \
        char full[PATH];                                                                           \
        const char *rest = below(directory, path, full);                                           \
        if (!matters(rest, flags))                                                                 \
            return call;                                                                           \
        pthread_mutex_lock(&lock);                                                                 \
        int existed = access(full, F_OK) == 0;                                                     \
        int descriptor = opened(call, rest, flags, existed);                                       \
        pthread_mutex_unlock(&lock);                                                               \
        return descriptor;                                                                         \
    } while (0)

int open(const char *path, int flags, ...)
{
    OPEN(AT_FDCWD, REAL(Open, "open")(path, flags, mode));
}

int open64(const char *path, int flags, ...)
{
    OPEN(AT_FDCWD, REAL(Open, "open64")(path, flags, mode));
}

int openat(int directory, const char *path, int flags, ...)
{
    OPEN(directory, REAL(OpenAt, "openat")(directory, path, flags, mode));
}

int openat64(int directory, const char *path, int flags, ...)
{
    OPEN(directory, REAL(OpenAt, "openat64")(directory, path, flags, mode));
}

/* Makes the call and records it where it succeeded and its descriptor is tracked. */
#define DONE(type, call, kind, offset, data, size)                                                 \
    do {                                                                                           \
        if (!is_tracked(descriptor))                                                               \
            return call;                                                                           \
        pthread_mutex_lock(&lock);                                                                 \
        type result = call;                                                                        \
        if (result >= 0)                                                                           \
            record(kind, descriptor, offset, data, size);                                          \
        pthread_mutex_unlock(&lock);                                                               \
        return result;                                                                             \
    } while (0)

ssize_t write(int descriptor, const void *data, size_t size)
{
    DONE(ssize_t, REAL(Write, "write")(descriptor, data, size), CS_CRASH_WRITE,
         lseek(descriptor, 0, SEEK_CUR) - result, data, (size_t)result);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset)
{
    typedef ssize_t (*Call)(int, const void *, size_t, off_t);
    DONE(ssize_t, REAL(Call, "pwrite")(descriptor, data, size, offset), CS_CRASH_WRITE, offset,
         data, (size_t)result);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset)
{
    typedef ssize_t (*Call)(int, const void *, size_t, off64_t);
    DONE(ssize_t, REAL(Call, "pwrite64")(descriptor, data, size, offset), CS_CRASH_WRITE, offset,
         data, (size_t)result);
}

/* What the record says is on the disk is the replayer's affair: nothing is really synced. */
int fsync(int descriptor)
{
    DONE(int, 0, CS_CRASH_SYNC, 0, NULL, 0);
}

int fdatasync(int descriptor)
{
    DONE(int, 0, CS_CRASH_SYNC, 0, NULL, 0);
}

int ftruncate(int descriptor, off_t length)
{
    DONE(int, REAL(int (*)(int, off_t), "ftruncate")(descriptor, length), CS_CRASH_TRUNCATE, length,
         NULL, 0);
}

int ftruncate64(int descriptor, off64_t length)
{
    DONE(int, REAL(int (*)(int, off64_t), "ftruncate64")(descriptor, length), CS_CRASH_TRUNCATE,
         length, NULL, 0);
}

int close(int descriptor)
{
    if (is_tracked(descriptor)) {
        pthread_mutex_lock(&lock);
        record(CS_CRASH_CLOSE, descriptor, 0, NULL, 0);
        tracked[descriptor] = 0;
        pthread_mutex_unlock(&lock);
    }
    return REAL(int (*)(int), "close")(descriptor);
}

static int note_rename(int result, int from_directory, const char *from, int directory,
                       const char *to)
{
    char full_from[PATH], full_to[PATH];
    const char *a = below(from_directory, from, full_from), *b = below(directory, to, full_to);
    if (result == 0 && a != NULL && b != NULL)
        record_paths(CS_CRASH_RENAME, a, b);
    else if (result == 0 && b != NULL)
        abort(); /* what comes from elsewhere cannot be replayed */
    return result;
}

int rename(const char *from, const char *to)
{
    pthread_mutex_lock(&lock);
    int result = note_rename(REAL(int (*)(const char *, const char *), "rename")(from, to),
                             AT_FDCWD, from, AT_FDCWD, to);
    pthread_mutex_unlock(&lock);
    return result;
}

int renameat(int from_directory, const char *from, int directory, const char *to)
{
    typedef int (*Call)(int, const char *, int, const char *);
    pthread_mutex_lock(&lock);
    int result = note_rename(REAL(Call, "renameat")(from_directory, from, directory, to),
                             from_directory, from, directory, to);
    pthread_mutex_unlock(&lock);
    return result;
}

static int note_unlink(int result, int directory, const char *path)
{
    char full[PATH];
    const char *rest = below(directory, path, full);
    if (result == 0 && rest != NULL)
        record_paths(CS_CRASH_UNLINK, rest, NULL);
    return result;
}

int unlinkat(int directory, const char *path, int flags)
{
    typedef int (*Call)(int, const char *, int);
    pthread_mutex_lock(&lock);
    int result = note_unlink(REAL(Call, "unlinkat")(directory, path, flags), directory, path);
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path)
{
    pthread_mutex_lock(&lock);
    int result = note_unlink(REAL(int (*)(const char *), "unlink")(path), AT_FDCWD, path);
    pthread_mutex_unlock(&lock);
    return result;
}
