/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text/json-members: a strict look over JSON text before json-glib parses it.
 *
 * json-glib 1.6 descends by recursion without a limit, keeps the last of duplicate members,
 * accepts comments, octal numbers, assignments and text behind the end, and tells no value's place.
 * This pass over the bytes refuses what it is not meant to see and notes where the outermost
 * object's members stand. It judges tokens, not grammar: that is json-glib's.
 *
 * Layer: text. Calls base.
 */
#ifndef CS_TEXT_JSON_MEMBERS_H
#define CS_TEXT_JSON_MEMBERS_H

#include "text/diagnostic.h"

#define CS_JSON_DEPTH_MAX 64

/* A member of the outermost object. */
typedef struct {
    char *name; /* between the quotation marks, as written */
    CsPlace name_place;
    CsPlace value_place;
} CsJsonMember;

/*
 * The members of the outermost object, in order. NULL with one error added where a token is not
 * JSON's, arrays and objects are nested deeper than CS_JSON_DEPTH_MAX, a member stands twice, or
 * something follows the outermost value.
 * Free with g_ptr_array_unref().
 */
GPtrArray *cs_json_members(CsSource *source, CsDiagnostics *diagnostics);

/*
 * The text without a byte-order mark and with "" for NaN, Infinity and -Infinity, which Python's
 * json writes and json-glib refuses: a figure that needs a number refuses the string. Lengths stay,
 * and so do places. Transfer full, ended by a NUL that is not counted.
 */
char *cs_json_finite_text(CsSource *source, gsize *length);

/* The member called `name`, or NULL. */
const CsJsonMember *cs_json_member_find(const GPtrArray *members, const char *name);

#endif
