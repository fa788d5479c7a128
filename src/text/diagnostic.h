/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text/diagnostic: errors with a place in a text, and how they are shown to a person.
 *
 *     fig3.ini:19:22: error: 'bandwidth' needs a unit of frequency
 *        19 | bandwidth = 20
 *           |             ^~
 *           = help: write '20 MHz'
 *
 * All errors of all files are gathered before any is printed; then a count.
 *
 * Layer: text. Calls base.
 */
#ifndef CS_TEXT_DIAGNOSTIC_H
#define CS_TEXT_DIAGNOSTIC_H

#include <glib.h>

/* A text with a name: a file as the user named it, or "-s" for the command line. Immutable,
 * counted by reference, since diagnostics outlive readers. */
typedef struct CsSource CsSource;

/* Takes `length` bytes of `text` over (transfer full, NUL behind them); copies `name`. */
CsSource *cs_source_new(const char *name, char *text, gsize length);
CsSource *cs_source_ref(CsSource *source);
void cs_source_unref(CsSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsSource, cs_source_unref)

const char *cs_source_name(const CsSource *source);
const char *cs_source_text(const CsSource *source, gsize *length);

/* A stretch of a source. line and column count from 1, column and length in bytes; line 0 means
 * the file as a whole. `source` is borrowed from whoever made the place. */
typedef struct {
    CsSource *source;
    guint line;
    guint column;
    guint length;
} CsPlace;

/* Why reading stopped; decides the exit code. */
typedef enum {
    CS_SEVERITY_INVALID,    /* the text is wrong: exit 3 */
    CS_SEVERITY_UNREADABLE, /* the scenario the user named cannot be read: exit 4 */
    CS_SEVERITY_WARNING     /* told, not counted as an error */
} CsSeverity;

typedef struct CsDiagnostics CsDiagnostics;

CsDiagnostics *cs_diagnostics_new(void);
void cs_diagnostics_free(CsDiagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsDiagnostics, cs_diagnostics_free)

/* Adds an error at `place` (its source is referenced; a place without a source is allowed).
 * `help` may be NULL. Copies both texts. The same message at the same place is kept once. */
void cs_diagnostics_add(CsDiagnostics *diagnostics, CsSeverity severity, CsPlace place,
                        const char *message, const char *help);

/* An error, and a warning, with a message from a format. The error returns FALSE, for those who
 * have failed by it. */
gboolean cs_diagnostics_error(CsDiagnostics *diagnostics, CsPlace place, const char *help,
                              const char *format, ...) G_GNUC_PRINTF(4, 5);
void cs_diagnostics_warn(CsDiagnostics *diagnostics, CsPlace place, const char *help,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Errors (not warnings) so far. */
guint cs_diagnostics_errors(const CsDiagnostics *diagnostics);

/* How often an error was told, those that had been kept before counted again: whether it has grown
 * says whether something went wrong in between, which the number of errors does not. */
guint cs_diagnostics_told(const CsDiagnostics *diagnostics);
/* TRUE once so many entries are held (1000) that further ones are only counted. */
gboolean cs_diagnostics_full(const CsDiagnostics *diagnostics);
gboolean cs_diagnostics_unreadable(const CsDiagnostics *diagnostics);

/* What entry i says: for tests and for programs. Borrowed. */
guint cs_diagnostics_count(const CsDiagnostics *diagnostics);
const char *cs_diagnostics_message(const CsDiagnostics *diagnostics, guint i);
const char *cs_diagnostics_help(const CsDiagnostics *diagnostics, guint i);
CsPlace cs_diagnostics_place(const CsDiagnostics *diagnostics, guint i);
CsSeverity cs_diagnostics_severity(const CsDiagnostics *diagnostics, guint i);

/*
 * The first 20 errors and the first 20 warnings in the form above, in the order of files, then
 * lines, then columns; "... and N more" where there are more; then "N errors".
 * Long lines are cut to a window around the caret, control characters and bytes that are not UTF-8
 * shown as '?'. `colour` adds ANSI colour. Transfer full.
 */
char *cs_diagnostics_format(const CsDiagnostics *diagnostics, gboolean colour);

#endif
