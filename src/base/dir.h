/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/dir: a directory that results go into: held open, locked, and known by what it is rather
 * than by how its path reads now.
 *
 *   path ---open---> descriptor ---openat, renameat, unlinkat---> names in it, links not followed
 *                        |
 *                        +--- flock: one process at work at a time; dies with its process
 *
 * Whoever puts a link in the place of a name, or of the directory itself, meanwhile, makes nothing
 * be written elsewhere: names are the open directory's, and cs_dir_check() tells at the end
 * whether the path still leads there.
 *
 * Layer: base.
 */
#ifndef CS_BASE_DIR_H
#define CS_BASE_DIR_H

#include "base/file.h"

typedef struct CsDir CsDir;

/* Opens `path`, a directory; with `create`, makes it and its parents first. Links in `path` itself
 * are the user's way to it, and followed. CS_FILE_ERROR_DIRECTORY. Transfer full. */
CsDir *cs_dir_open(const char *path, gboolean create, GError **error);
void cs_dir_close(CsDir *folder); /* and unlocks; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDir, cs_dir_close)

const char *cs_dir_path(const CsDir *folder); /* as the user gave it; borrowed */

/* Alone, to work in it, or along with other readers. CS_FILE_ERROR_LOCKED where another process
 * holds it otherwise: nobody waits. CS_FILE_ERROR_NO_LOCKS where the file system has none. */
gboolean cs_dir_lock(CsDir *folder, gboolean alone, GError **error);

/* FALSE where the path leads to another directory by now, or to none. */
gboolean cs_dir_check(const CsDir *folder, GError **error);

/* FALSE where nothing may be created in it. */
gboolean cs_dir_check_writable(const CsDir *folder, GError **error);

/* Removes a directory of our own with the files in it, and follows no link. */
void cs_directory_remove(const char *path);

/* All names in it but `.` and `..`, sorted. NULL-ended. Transfer full. */
char **cs_dir_list(const CsDir *folder, GError **error);

/* As cs_file_create(), for a name in the folder: a link of that name is replaced, not followed. */
CsFile *cs_dir_create_file(const CsDir *folder, const char *name, GError **error);

/* The same, written whole at once. */
gboolean cs_dir_write_file(const CsDir *folder, const char *name, const char *text, gssize length,
                           GError **error);

/* Whether there is anything of that name, a dangling link included. */
gboolean cs_dir_has(const CsDir *folder, const char *name);

/* A regular file of that name, not a link, not longer than `most` bytes, whole and with a NUL
 * behind it; NULL where there is none, or it cannot be read. Transfer full. */
char *cs_dir_read(const CsDir *folder, const char *name, gsize most, gsize *length);

/* "sha256:" and the hexadecimal digest of a regular file, not a link; NULL as above. */
char *cs_dir_digest(const CsDir *folder, const char *name);

/* TRUE where a regular file of that name, not a link, begins with `start`; or, where it may be
 * `unfinished`, with what a power failure leaves of it: bytes that were not written are NUL, or
 * missing at the end. */
gboolean cs_dir_begins(const CsDir *folder, const char *name, const char *start,
                       gboolean unfinished);

/* TRUE where `name` is `of` with the ending of an unfinished file whose process is dead. */
gboolean cs_dir_is_abandoned(const CsDir *folder, const char *name, const char *of);

/* All that was renamed or removed is on the disk before anything that comes after it.
 * CS_FILE_ERROR_WRITE. */
gboolean cs_dir_sync(const CsDir *folder, GError **error);

/* Removes or renames; what is not there is no error to remove. CS_FILE_ERROR_WRITE. */
gboolean cs_dir_remove(const CsDir *folder, const char *name, GError **error);
gboolean cs_dir_rename(const CsDir *folder, const char *from, const char *to, GError **error);

#endif
