/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text/json-members: tokens of JSON text and the places of its outermost members. See the header.
 *
 * Layer: text. Calls base.
 */
#include "text/json-members.h"

#include "base/number.h"

#include <string.h>

typedef struct {
    CsSource *source;
    const char *at, *end;
    const char *line_start;
    guint line;
    guint depth;
    gboolean closed;    /* the outermost value has ended */
    CsJsonMember *last; /* the member whose value comes next, or NULL */
    char *string;       /* the last string of depth 1, a member's name if a ':' follows */
    CsPlace string_place;
    GPtrArray *members;
    GHashTable *names; /* name -> member */
    CsDiagnostics *diagnostics;
} Scan;

static void member_free(gpointer data)
{
    CsJsonMember *member = data;
    g_free(member->name);
    g_free(member);
}

static CsPlace place_at(const Scan *scan, const char *start, gsize length)
{
    return (CsPlace){scan->source, scan->line, (guint)(start - scan->line_start) + 1,
                     (guint)length};
}

static gboolean fail(const Scan *scan, CsPlace place, const char *message)
{
    return cs_diagnostics_error(scan->diagnostics, place, NULL, "%s", message);
}

static void note_value(Scan *scan, CsPlace place)
{
    if (scan->depth != 1 || scan->last == NULL)
        return;
    scan->last->value_place = place;
    scan->last = NULL;
}

static gboolean scan_string(Scan *scan)
{
    const char *start = scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        if ((guchar)*scan->at < 0x20)
            return fail(scan, place_at(scan, start, 1), "a string does not end on its line");
        scan->at +=
            *scan->at == '\\' && scan->at + 1 < scan->end && (guchar)scan->at[1] >= 0x20 ? 2 : 1;
    }
    if (scan->at >= scan->end)
        return fail(scan, place_at(scan, start, 1), "a string does not end");
    scan->at++;
    CsPlace place = place_at(scan, start, (gsize)(scan->at - start));
    if (scan->depth == 1) {
        g_free(scan->string);
        scan->string = g_strndup(start + 1, (gsize)(scan->at - start) - 2);
        scan->string_place = place;
    }
    note_value(scan, place);
    return TRUE;
}

static gboolean is_word_byte(char byte)
{
    return g_ascii_isalnum(byte) || byte == '+' || byte == '-' || byte == '.' || byte == '_';
}

/* A number as JSON writes it: no leading zero or plus, digits on both sides of the point. */
static gboolean is_number(const char *word, gsize length)
{
    const char *end = word + length, *digits = word + (*word == '-'), *rest;
    double value;
    if (digits == end || !g_ascii_isdigit(*digits) || end[-1] == '.')
        return FALSE;
    if (*digits == '0' && digits + 1 < end && g_ascii_isdigit(digits[1]))
        return FALSE;
    return cs_number_read(word, end, &value, &rest) && rest == end;
}

/* What Python's json writes for numbers that are none. */
static gboolean is_not_finite(const char *word, gsize length)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
            return TRUE;
    return FALSE;
}

static gsize mark_length(const char *text, gsize length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

char *cs_json_finite_text(CsSource *source, gsize *length)
{
    const char *text = cs_source_text(source, length);
    char *copy = g_malloc(*length + 1);
    memcpy(copy, text, *length);
    copy[*length] = '\0';
    memset(copy, ' ', mark_length(text, *length));
    gboolean quoted = FALSE;
    for (gsize i = 0; i < *length; i++) {
        if (quoted && copy[i] == '\\')
            i++;
        else if (copy[i] == '"')
            quoted = !quoted;
        if (quoted || i >= *length || !is_word_byte(copy[i]))
            continue;
        gsize n = 1;
        while (i + n < *length && is_word_byte(copy[i + n]))
            n++;
        if (is_not_finite(&copy[i], n)) {
            memset(&copy[i], ' ', n);
            copy[i] = copy[i + 1] = '"';
        }
        i += n - 1;
    }
    return copy;
}

static gboolean scan_word(Scan *scan)
{
    const char *start = scan->at;
    while (scan->at < scan->end && is_word_byte(*scan->at))
        scan->at++;
    gsize length = (gsize)(scan->at - start);
    CsPlace place = place_at(scan, start, length);
    static const char *const words[] = {"true", "false", "null"};
    gboolean known = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        known |= strlen(words[i]) == length && memcmp(words[i], start, length) == 0;
    known |= is_not_finite(start, length);
    if (!known && !is_number(start, length))
        return fail(scan, place, "neither a finite number nor true, false or null");
    note_value(scan, place);
    return TRUE;
}

static gboolean scan_colon(Scan *scan)
{
    if (scan->depth != 1 || scan->string == NULL)
        return TRUE;
    if (g_hash_table_contains(scan->names, scan->string))
        return cs_diagnostics_error(scan->diagnostics, scan->string_place, NULL,
                                    "'%.64s' stands twice", scan->string);
    CsJsonMember *member = g_new0(CsJsonMember, 1);
    member->name = g_steal_pointer(&scan->string);
    member->name_place = member->value_place = scan->string_place;
    g_ptr_array_add(scan->members, member);
    g_hash_table_insert(scan->names, member->name, member);
    scan->last = member;
    return TRUE;
}

static gboolean scan_token(Scan *scan)
{
    char byte = *scan->at;
    if (scan->closed && !g_ascii_isspace(byte) && byte != '}' && byte != ']')
        return fail(scan, place_at(scan, scan->at, 1), "the outermost value has ended before this");
    if (byte == '"' || is_word_byte(byte)) {
        scan->closed = scan->depth == 0;
        return byte == '"' ? scan_string(scan) : scan_word(scan);
    }
    CsPlace place = place_at(scan, scan->at, 1);
    switch (byte) {
    case '{':
    case '[':
        note_value(scan, place);
        if (++scan->depth > CS_JSON_DEPTH_MAX)
            return fail(scan, place, "nested deeper than any model's configuration");
        break;
    case '}':
    case ']':
        if (scan->depth == 0)
            return fail(scan, place, "closes what was never opened");
        scan->closed = --scan->depth == 0;
        break;
    case ':':
        if (!scan_colon(scan))
            return FALSE;
        break;
    case '\n':
        scan->line++;
        scan->line_start = scan->at + 1;
        break;
    case ',':
    case ' ':
    case '\t':
    case '\r':
        break;
    default:
        return fail(scan, place, "a character that JSON does not have here");
    }
    scan->at++;
    return TRUE;
}

GPtrArray *cs_json_members(CsSource *source, CsDiagnostics *diagnostics)
{
    gsize length;
    const char *text = cs_source_text(source, &length);
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(member_free);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    Scan scan = {.source = source,
                 .at = text,
                 .end = text + length,
                 .line_start = text,
                 .line = 1,
                 .members = members,
                 .names = names,
                 .diagnostics = diagnostics};
    scan.at += mark_length(text, length);
    scan.line_start = scan.at;
    gboolean sound = TRUE;
    while (sound && scan.at < scan.end)
        sound = scan_token(&scan);
    g_free(scan.string);
    return sound ? g_steal_pointer(&members) : NULL;
}

const CsJsonMember *cs_json_member_find(const GPtrArray *members, const char *name)
{
    for (guint i = 0; i < members->len; i++) {
        const CsJsonMember *member = g_ptr_array_index(members, i);
        if (strcmp(member->name, name) == 0)
            return member;
    }
    return NULL;
}
