/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/file: result files that are whole or absent.
 *
 * A regular file is written beside its final name ("NAME.tmp-PID-XXXXXX") and renamed when whole; a
 * symbolic link stays one, what it points to is replaced. While its process lives, an unfinished
 * file is locked (flock): without a lock its owner is dead, and it may be removed. Any other target
 * (/dev/stdout wherever it leads, a pipe) is written directly. The first failed write is kept and
 * told at the end, so that writers need not check every call.
 *
 * Layer: base.
 */
#ifndef CS_BASE_FILE_H
#define CS_BASE_FILE_H

#include <glib.h>
#include <stdio.h>

#define CS_FILE_ERROR (cs_file_error_quark())
GQuark cs_file_error_quark(void);

typedef enum {
    CS_FILE_ERROR_OPEN,  /* cannot be created or read */
    CS_FILE_ERROR_WRITE, /* a write, sync, close or rename failed */
    CS_FILE_ERROR_PIPE,  /* a write to a pipe whose reader is gone */
    CS_FILE_ERROR_DIRECTORY,
    CS_FILE_ERROR_ABSENT,  /* there is no such file */
    CS_FILE_ERROR_LOCKED,  /* another process is at work there */
    CS_FILE_ERROR_NO_LOCKS /* the file system has none */
} CsFileError;

typedef struct CsFile CsFile;

/* "TARGET.tmp-PID-MARK", which base/dir knows for what a process has left behind. Transfer full. */
char *cs_file_temporary_name(const char *target, const char *mark);

/* Opens `path` for writing, in a buffer of its own. Transfer full; NULL with `error` set. */
CsFile *cs_file_create(const char *path, GError **error);

/* The same for `name` in an open directory, shown to users as `folder_path`, where no link is
 * followed: one of that name is replaced. See base/dir. */
CsFile *cs_file_create_in(int folder, const char *folder_path, const char *name, GError **error);

/* Before anything is written: all of it goes into a SHA-256 as well. */
void cs_file_digest_from_here(CsFile *file);
/* "sha256:HEX", once cs_file_finish() is done. Transfer full. */
char *cs_file_digest(const CsFile *file);

/* Appends bytes. A failure is remembered and told by cs_file_commit(). */
void cs_file_write(CsFile *file, const char *bytes, gsize length);
void cs_file_puts(CsFile *file, const char *text);
void cs_file_printf(CsFile *file, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* TRUE once a write has failed, so that a long run can stop early. */
gboolean cs_file_failed(const CsFile *file);
/* The same with the error that cs_file_commit() would tell; TRUE where all is well so far. */
gboolean cs_file_is_sound(const CsFile *file, GError **error);

/*
 * Flushes, syncs and closes: nothing can be written any more, and all that is left to fail is the
 * rename of cs_file_commit(). So that several files can take their places together. FALSE where a
 * write has failed, which cs_file_commit() tells.
 */
gboolean cs_file_finish(CsFile *file);

/*
 * Flushes, syncs and renames into place; frees `file` (transfer full) whatever happens. On failure
 * the temporary file is removed, the final name is left as it was, `error` names path and reason.
 */
gboolean cs_file_commit(CsFile *file, GError **error);

/* Drops everything written, removes the temporary file, frees `file`. NULL is fine. */
void cs_file_discard(CsFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsFile, cs_file_discard)

/* Frees `file` and leaves what is unfinished lie under its temporary name. */
void cs_file_leave(CsFile *file);

/* Writes a whole file at once. */
gboolean cs_file_set_contents(const char *path, const char *text, gssize length, GError **error);

/* All that a stream holds, which it closes; more than `limit` bytes are not read to the end, since
 * a pipe may have none. NUL behind them; *problem is 0, or errno where reading failed. Transfer
 * full. */
char *cs_stream_read(FILE *stream, gsize limit, gsize *length, int *problem);

/* Reads a whole file of results: a regular one, NUL behind it; a pipe or a device, at which a
 * reader would wait for ever, is an error, as is a link, which may lead anywhere.
 * CS_FILE_ERROR_OPEN. Transfer full. */
char *cs_file_get_regular(const char *path, gsize *length, GError **error);
/* The same as a stream, not NULL unless `error` is set; CS_FILE_ERROR_ABSENT where there is none.
 */
FILE *cs_file_open_regular(const char *path, GError **error);

/* Creates a directory and its parents. An existing directory is fine. */
gboolean cs_directory_create(const char *path, GError **error);

#endif
