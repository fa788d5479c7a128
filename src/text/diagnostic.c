/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/diagnostic: gathered errors and how a person sees them. See diagnostic.h. */
#include "text/diagnostic.h"

#include "base/clean.h"

#include <string.h>

/* More than a person reads; a hostile file of a million errors must not fill the memory. */
#define ENTRIES_MAX 1000
#define SHOWN_MAX 20    /* of errors, and of warnings */
#define MESSAGE_MAX 600 /* bytes: messages quote what the user wrote, of whatever length */
#define WINDOW 90       /* columns of a line that are shown */

struct CsSource {
    gatomicrefcount references;
    char *name;
    char *text;
    gsize length;
};

typedef struct {
    CsSeverity severity;
    CsPlace place;
    guint order; /* of the source's first entry, then of the entry */
    guint source_order;
    char *message;
    char *help;
} Entry;

struct CsDiagnostics {
    GPtrArray *entries; /* of Entry */
    GPtrArray *sources; /* in the order of their first entries */
    guint errors;       /* those kept or left out, */
    guint told;         /* and those said before as well */
    guint left_out;
    gboolean unreadable;
};

CsSource *cs_source_new(const char *name, char *text, gsize length)
{
    CsSource *source = g_new(CsSource, 1);
    g_atomic_ref_count_init(&source->references);
    source->name = g_strdup(name);
    source->text = text;
    source->length = length;
    return source;
}

CsSource *cs_source_ref(CsSource *source)
{
    g_atomic_ref_count_inc(&source->references);
    return source;
}

void cs_source_unref(CsSource *source)
{
    if (source == NULL || !g_atomic_ref_count_dec(&source->references))
        return;
    g_free(source->name);
    g_free(source->text);
    g_free(source);
}

const char *cs_source_name(const CsSource *source)
{
    return source->name;
}

const char *cs_source_text(const CsSource *source, gsize *length)
{
    if (length != NULL)
        *length = source->length;
    return source->text;
}

static void entry_free(gpointer data)
{
    Entry *entry = data;
    cs_source_unref(entry->place.source);
    g_free(entry->message);
    g_free(entry->help);
    g_free(entry);
}

CsDiagnostics *cs_diagnostics_new(void)
{
    CsDiagnostics *diagnostics = g_new0(CsDiagnostics, 1);
    diagnostics->entries = g_ptr_array_new_with_free_func(entry_free);
    diagnostics->sources = g_ptr_array_new();
    return diagnostics;
}

void cs_diagnostics_free(CsDiagnostics *diagnostics)
{
    if (diagnostics == NULL)
        return;
    g_ptr_array_unref(diagnostics->entries);
    g_ptr_array_unref(diagnostics->sources);
    g_free(diagnostics);
}

static char *shown_text(const char *text)
{
    GString *shown = g_string_new(NULL);
    gsize length = strlen(text), bytes;
    for (gsize i = 0; i < length; i += bytes) {
        g_string_append_unichar(shown, cs_clean_character(text + i, length - i, &bytes));
        if (shown->len > MESSAGE_MAX) {
            g_string_append(shown, "...");
            break;
        }
    }
    return g_string_free(shown, FALSE);
}

static gboolean said_before(const CsDiagnostics *diagnostics, CsPlace place, const char *message)
{
    for (guint i = 0; i < diagnostics->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(diagnostics->entries, i);
        if (entry->place.source == place.source && entry->place.line == place.line &&
            entry->place.column == place.column && strcmp(entry->message, message) == 0)
            return TRUE;
    }
    return FALSE;
}

static guint source_order(CsDiagnostics *diagnostics, CsSource *source)
{
    guint i;
    if (!g_ptr_array_find(diagnostics->sources, source, &i)) {
        i = diagnostics->sources->len;
        g_ptr_array_add(diagnostics->sources, source);
    }
    return i;
}

void cs_diagnostics_add(CsDiagnostics *diagnostics, CsSeverity severity, CsPlace place,
                        const char *message, const char *help)
{
    if (severity == CS_SEVERITY_UNREADABLE)
        diagnostics->unreadable = TRUE;
    diagnostics->told += severity != CS_SEVERITY_WARNING;
    if (diagnostics->entries->len >= ENTRIES_MAX) {
        diagnostics->errors += severity != CS_SEVERITY_WARNING;
        diagnostics->left_out++;
        return;
    }
    g_autofree char *shown = shown_text(message);
    if (said_before(diagnostics, place, shown))
        return;
    Entry *entry = g_new(Entry, 1);
    entry->severity = severity;
    entry->place = place;
    entry->order = diagnostics->entries->len;
    entry->source_order = source_order(diagnostics, place.source);
    entry->message = g_steal_pointer(&shown);
    entry->help = help != NULL ? shown_text(help) : NULL;
    if (place.source != NULL)
        cs_source_ref(place.source);
    g_ptr_array_add(diagnostics->entries, entry);
    diagnostics->errors += severity != CS_SEVERITY_WARNING;
}

static G_GNUC_PRINTF(5, 0) void add_formatted(CsDiagnostics *diagnostics, CsSeverity severity,
                                              CsPlace place, const char *help, const char *format,
                                              va_list arguments)
{
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    cs_diagnostics_add(diagnostics, severity, place, message, help);
}

gboolean cs_diagnostics_error(CsDiagnostics *diagnostics, CsPlace place, const char *help,
                              const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(diagnostics, CS_SEVERITY_INVALID, place, help, format, arguments);
    va_end(arguments);
    return FALSE;
}

void cs_diagnostics_warn(CsDiagnostics *diagnostics, CsPlace place, const char *help,
                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(diagnostics, CS_SEVERITY_WARNING, place, help, format, arguments);
    va_end(arguments);
}

guint cs_diagnostics_errors(const CsDiagnostics *diagnostics)
{
    return diagnostics->errors;
}

guint cs_diagnostics_told(const CsDiagnostics *diagnostics)
{
    return diagnostics->told;
}

gboolean cs_diagnostics_unreadable(const CsDiagnostics *diagnostics)
{
    return diagnostics->unreadable;
}

gboolean cs_diagnostics_full(const CsDiagnostics *diagnostics)
{
    return diagnostics->entries->len >= ENTRIES_MAX;
}

guint cs_diagnostics_count(const CsDiagnostics *diagnostics)
{
    return diagnostics->entries->len;
}

static const Entry *entry_at(const CsDiagnostics *diagnostics, guint i)
{
    g_assert(i < diagnostics->entries->len);
    return g_ptr_array_index(diagnostics->entries, i);
}

const char *cs_diagnostics_message(const CsDiagnostics *diagnostics, guint i)
{
    return entry_at(diagnostics, i)->message;
}

const char *cs_diagnostics_help(const CsDiagnostics *diagnostics, guint i)
{
    return entry_at(diagnostics, i)->help;
}

CsPlace cs_diagnostics_place(const CsDiagnostics *diagnostics, guint i)
{
    return entry_at(diagnostics, i)->place;
}

CsSeverity cs_diagnostics_severity(const CsDiagnostics *diagnostics, guint i)
{
    return entry_at(diagnostics, i)->severity;
}

static gint compare_entries(gconstpointer a, gconstpointer b)
{
    const Entry *x = *(const Entry *const *)a, *y = *(const Entry *const *)b;
    const guint left[] = {x->source_order, x->place.line, x->place.column, x->order};
    const guint right[] = {y->source_order, y->place.line, y->place.column, y->order};
    for (gsize i = 0; i < G_N_ELEMENTS(left); i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

typedef struct {
    const char *bold, *error, *warning, *help, *plain;
} Colours;

static const Colours no_colours = {"", "", "", "", ""};
static const Colours ansi_colours = {"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m",
                                     "\033[0m"};

static guint character_width(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/*
 * Appends the part of the line [line, line + length) around the place, and the caret beneath it. A
 * line is shown whole where it fits, else from a little before the place.
 */
static void append_line(GString *out, const char *line, gsize length, const CsPlace *place,
                        const Colours *colour, const char *mark_colour)
{
    gsize caret = MIN((gsize)MAX(place->column, 1) - 1, length), from = 0, bytes;
    if (length > WINDOW && caret > WINDOW / 2) {
        from = caret - WINDOW / 3;
        while (from < caret && (line[from] & 0xC0) == 0x80)
            from++;
    }
    g_string_append_printf(out, "%5u | %s", place->line, from > 0 ? "..." : "");
    guint column = from > 0 ? 3 : 0, caret_column = column, marked = 0;
    gsize i;
    for (i = from; i < length && column < WINDOW; i += bytes) {
        gunichar c = cs_clean_character(line + i, length - i, &bytes);
        if (i < caret)
            caret_column += character_width(c);
        else if (i < caret + place->length)
            marked += character_width(c);
        column += character_width(c);
        g_string_append_unichar(out, c);
    }
    g_string_append_printf(out, "%s\n      | %*s%s^", i < length ? "..." : "", (int)caret_column,
                           "", mark_colour);
    for (guint k = 1; k < marked; k++)
        g_string_append_c(out, '~');
    g_string_append_printf(out, "%s\n", colour->plain);
}

/* Where a walk through a source's lines stands: entries come sorted, so one pass does. */
typedef struct {
    const CsSource *source;
    gsize offset;
    guint line;
} Walk;

static const char *find_line(Walk *walk, const CsPlace *place, gsize *length)
{
    if (walk->source != place->source)
        *walk = (Walk){place->source, 0, 1};
    const char *text = place->source->text, *end = text + place->source->length;
    const char *line = text + walk->offset;
    while (walk->line < place->line) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        if (newline == NULL)
            return NULL;
        line = newline + 1;
        walk->line++;
    }
    walk->offset = (gsize)(line - text);
    const char *newline = memchr(line, '\n', (gsize)(end - line));
    *length = (gsize)((newline != NULL ? newline : end) - line);
    if (*length > 0 && line[*length - 1] == '\r')
        --*length;
    return line;
}

static void append_entry(GString *out, const Entry *entry, Walk *walk, const Colours *colour)
{
    gboolean warning = entry->severity == CS_SEVERITY_WARNING;
    const char *mark_colour = warning ? colour->warning : colour->error;
    const CsPlace *place = &entry->place;
    g_string_append(out, colour->bold);
    if (place->source != NULL) {
        g_autofree char *name = shown_text(place->source->name);
        g_string_append_printf(out, "%s:", name);
        if (place->line > 0)
            g_string_append_printf(out, "%u:%u:", place->line, MAX(place->column, 1));
        g_string_append_c(out, ' ');
    }
    g_string_append_printf(out, "%s%s%s:%s %s%s%s\n", colour->plain, mark_colour,
                           warning ? "warning" : "error", colour->plain, colour->bold,
                           entry->message, colour->plain);
    gsize length;
    const char *line = NULL;
    if (place->source != NULL && place->line > 0)
        line = find_line(walk, place, &length);
    if (line != NULL)
        append_line(out, line, length, place, colour, mark_colour);
    if (entry->help != NULL)
        g_string_append_printf(out, "      = %shelp:%s %s\n", colour->help, colour->plain,
                               entry->help);
}

char *cs_diagnostics_format(const CsDiagnostics *diagnostics, gboolean colour)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (guint i = 0; i < diagnostics->entries->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(diagnostics->entries, i));
    g_ptr_array_sort(sorted, compare_entries);
    Walk walk = {NULL, 0, 1};
    guint errors = 0, warnings = 0, more = diagnostics->left_out;
    for (guint i = 0; i < sorted->len; i++) {
        const Entry *entry = g_ptr_array_index(sorted, i);
        guint *shown = entry->severity == CS_SEVERITY_WARNING ? &warnings : &errors;
        if (++*shown <= SHOWN_MAX)
            append_entry(out, entry, &walk, colour ? &ansi_colours : &no_colours);
        else
            more++;
    }
    if (more > 0)
        g_string_append_printf(out, "... and %u more\n", more);
    if (diagnostics->errors > 0)
        g_string_append_printf(out, "%u error%s\n", diagnostics->errors,
                               diagnostics->errors == 1 ? "" : "s");
    return g_string_free(out, FALSE);
}
