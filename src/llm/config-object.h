/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/config-object: the members of a config.json, typed, each with its place, and which of them
 * have been asked for.
 *
 * Layer: llm. Calls base, text, json-glib.
 */
#ifndef CS_LLM_CONFIG_OBJECT_H
#define CS_LLM_CONFIG_OBJECT_H

#include "text/json-members.h"

#include <json-glib/json-glib.h>

typedef struct {
    CsSource *source;
    const GPtrArray *members; /* of the outermost object: CsJsonMember * */
    JsonObject *object;       /* what is read: the outermost, or one in it */
    const char *within;       /* the member that it is the value of, or NULL */
    GHashTable *asked;        /* keys of `object` that were looked up */
    CsDiagnostics *diagnostics;
} CsConfigObject;

/* Where an error about `key` belongs: at its value, else at the member that holds it, else at the
 * file as a whole. */
CsPlace cs_config_place(const CsConfigObject *config, const char *key);

/* The value of `key`, NULL where it is missing or null; `*null` (may be NULL) tells which. */
JsonNode *cs_config_find(const CsConfigObject *config, const char *key, gboolean *null);

/* A whole number, which 2048.0 is too, in minimum..maximum; FALSE with the error at it. */
gboolean cs_config_whole(const CsConfigObject *config, const char *key, JsonNode *node,
                         guint minimum, guint maximum, guint *value);

/* The same of an optional key, `preset` where it is missing or null. */
gboolean cs_config_optional(const CsConfigObject *config, const char *key, guint maximum,
                            guint preset, guint *value);

/* true or false, `preset` where it is anything else or missing. */
gboolean cs_config_flag(const CsConfigObject *config, const char *key, gboolean preset);

/* A string, or NULL. Borrowed. */
const char *cs_config_string(const CsConfigObject *config, const char *key);

/* A non-empty array, or NULL. Borrowed. */
JsonArray *cs_config_array(const CsConfigObject *config, const char *key);

/*
 * An error for each member that changes what a layer computes, says something (is not null, false,
 * 0, negative or empty) and was never asked for: experts, windows, kinds of layers, cross
 * attention, narrow matrices. Returns FALSE where there is one.
 */
gboolean cs_config_check_asked(const CsConfigObject *config, const char *family);

#endif
