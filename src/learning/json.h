/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/json: members of a JSON object, each with its place, for config.json,
 * adapter_config.json and the headers of safetensors.
 *
 * Layer: learning. Calls base, text, json-glib.
 */
#ifndef CS_LEARNING_JSON_H
#define CS_LEARNING_JSON_H

#include "text/json-members.h"

#include <json-glib/json-glib.h>

typedef struct {
    CsSource *source; /* borrowed */
    CsDiagnostics *diagnostics;
    GPtrArray *members; /* of CsJsonMember * */
    JsonParser *parser;
    JsonObject *object; /* owned by the parser */
} CsJson;

/* Parses a source that holds one object. FALSE with an error added. Close in either case. */
gboolean cs_json_open(CsJson *json, CsSource *source, CsDiagnostics *diagnostics);
void cs_json_close(CsJson *json);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CsJson, cs_json_close)

/* Where a member's value stands; the whole text where there is no such member. */
CsPlace cs_json_place(const CsJson *json, const char *name);

/* Absent and null are the same. */
gboolean cs_json_has(const CsJson *json, const char *name);

/* *value is left alone where the member is absent; FALSE with an error where it is no number (or
 * no whole number) within [least, most]. */
gboolean cs_json_number(const CsJson *json, const char *name, double least, double most,
                        double *value);
gboolean cs_json_whole(const CsJson *json, const char *name, guint least, guint most,
                       gboolean needed, guint *value);
gboolean cs_json_flag(const CsJson *json, const char *name, gboolean *value);

/* An error where the member is present and is not `expected` (a text, or NULL for false). */
gboolean cs_json_is(const CsJson *json, const char *name, const char *expected);

#endif
