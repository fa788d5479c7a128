/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text/keyfile: `[group]` and `key = value` lines, each with its place.
 *
 * Syntax: UTF-8; `[group]` alone on a line; one unindented `key = value` a line; `#` opens a
 * comment at a line's start or after a blank; blank lines are free. A group's or key's second
 * occurrence in one file is an error that names the first. GLib's GKeyFile gives no positions,
 * merges duplicates silently and keeps comments inside values, hence this reader.
 *
 * Limits: a file 16 MiB, a line 65,536 bytes; beyond them, control characters or invalid UTF-8: an
 * error.
 *
 * Layer: text. Calls base.
 */
#ifndef CS_TEXT_KEYFILE_H
#define CS_TEXT_KEYFILE_H

#include "base/units.h"
#include "text/diagnostic.h"

/* The whole of a file of at most 16 MiB as a source; errors as cs_keyfile_read(). Transfer full. */
CsSource *cs_source_read(const char *path, const char *name, CsPlace from,
                         CsDiagnostics *diagnostics);

typedef struct {
    const char *key;   /* owned by the key file */
    const char *value; /* without surrounding blanks and comment; may be empty */
    CsPlace key_place;
    CsPlace value_place; /* length 0, behind the '=', where the value is empty */
} CsEntry;

typedef struct {
    const char *name; /* "device NAME" comes whole, inner blanks folded to one */
    CsPlace place;    /* the name between the brackets */
    const CsEntry *entries;
    guint n_entries;
} CsGroup;

typedef struct CsKeyFile CsKeyFile;

/*
 * Reads `path`, shown to users as `name`. Syntax errors are added to `diagnostics` and what is
 * sound is returned. NULL where it cannot be read at all (no such file, a directory, over the
 * limit): if `from` has a source, the error (INVALID) stands there ("cannot read 'x.ini': No such
 * file or directory"), else it is UNREADABLE at `name`. NULL also where it is not text, which is
 * INVALID at the line of the first byte that is not. Transfer full.
 */
CsKeyFile *cs_keyfile_read(const char *path, const char *name, CsPlace from,
                           CsDiagnostics *diagnostics);

/* The same from a text in memory (transfer none), for tests. NULL where it is not text. */
CsKeyFile *cs_keyfile_parse(CsSource *source, CsDiagnostics *diagnostics);

void cs_keyfile_free(CsKeyFile *keyfile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsKeyFile, cs_keyfile_free)

CsSource *cs_keyfile_source(const CsKeyFile *keyfile); /* borrowed */
guint cs_keyfile_n_groups(const CsKeyFile *keyfile);
const CsGroup *cs_keyfile_group(const CsKeyFile *keyfile, guint i);
const CsGroup *cs_keyfile_find_group(const CsKeyFile *keyfile, const char *name); /* or NULL */
const CsEntry *cs_group_find(const CsGroup *group, const char *key);              /* or NULL */

/*
 * `text` (at `place`, the value of `key`) as a quantity of `dimension`; FALSE with the error and a
 * remedy added at the offending part.
 */
gboolean cs_value_read_quantity(const char *key, const char *text, CsPlace place,
                                CsDimension dimension, double *value, CsDiagnostics *diagnostics);

/* The same of a key with a usual value, "3.5 GHz" (or NULL), by which a missing unit is guessed. */
gboolean cs_value_read_like(const char *key, const char *text, CsPlace place, CsDimension dimension,
                            const char *like, double *value, CsDiagnostics *diagnostics);

/* Says that a value is out of range, and what it takes: "above 0, at most 1 THz". */
void cs_value_out_of_range(const char *key, const char *text, CsPlace place, const char *takes,
                           CsDiagnostics *diagnostics);

/*
 * For readers of small files of a known shape (models): the value of a required or optional number
 * in [minimum, maximum]; a missing required one is reported at the group's head, an unreadable one
 * at its value. Marks nothing; call cs_group_check_known() for unknown keys.
 */
gboolean cs_group_get_number(const CsGroup *group, const char *key, double minimum, double maximum,
                             gboolean whole, gboolean required, double *value,
                             CsDiagnostics *diagnostics);

/* Reports every key of `group` that is not in `known` (NULL-ended), with a suggestion. */
void cs_group_check_known(const CsGroup *group, const char *const *known,
                          CsDiagnostics *diagnostics);

#endif
