/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/json: see the header. */
#include "learning/json.h"

#include <math.h>
#include <string.h>

gboolean cs_json_open(CsJson *json, CsSource *source, CsDiagnostics *diagnostics)
{
    *json = (CsJson){.source = source, .diagnostics = diagnostics};
    gsize length;
    const char *text = cs_source_text(source, &length);
    CsPlace whole = {source, 0, 0, 0};
    if (!g_utf8_validate_len(text, length, NULL))
        return cs_diagnostics_error(diagnostics, whole, NULL, "the JSON text is not UTF-8");
    json->members = cs_json_members(source, diagnostics);
    if (json->members == NULL)
        return FALSE;
    json->parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    if (!json_parser_load_from_data(json->parser, text, (gssize)length, &error))
        return cs_diagnostics_error(diagnostics, whole, NULL, "not JSON: %s", error->message);
    JsonNode *root = json_parser_get_root(json->parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return cs_diagnostics_error(diagnostics, whole, NULL, "not a JSON object");
    json->object = json_node_get_object(root);
    return TRUE;
}

void cs_json_close(CsJson *json)
{
    g_clear_pointer(&json->members, g_ptr_array_unref);
    g_clear_object(&json->parser);
    json->object = NULL;
}

CsPlace cs_json_place(const CsJson *json, const char *name)
{
    const CsJsonMember *member = cs_json_member_find(json->members, name);
    return member != NULL ? member->value_place : (CsPlace){json->source, 0, 0, 0};
}

gboolean cs_json_has(const CsJson *json, const char *name)
{
    JsonNode *node = json_object_get_member(json->object, name);
    return node != NULL && !JSON_NODE_HOLDS_NULL(node);
}

gboolean cs_json_number(const CsJson *json, const char *name, double least, double most,
                        double *value)
{
    if (!cs_json_has(json, name))
        return TRUE;
    JsonNode *node = json_object_get_member(json->object, name);
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    double number = type == G_TYPE_INT64    ? (double)json_node_get_int(node)
                    : type == G_TYPE_DOUBLE ? json_node_get_double(node)
                                            : (double)NAN;
    if (number >= least && number <= most) {
        *value = number;
        return TRUE;
    }
    return cs_diagnostics_error(json->diagnostics, cs_json_place(json, name), NULL,
                                "'%s' must be a number within %g .. %g", name, least, most);
}

gboolean cs_json_whole(const CsJson *json, const char *name, guint least, guint most,
                       gboolean needed, guint *value)
{
    if (needed && !cs_json_has(json, name))
        return cs_diagnostics_error(json->diagnostics, cs_json_place(json, name), NULL,
                                    "'%s' is missing", name);
    double number = *value;
    if (!cs_json_number(json, name, least, most, &number))
        return FALSE;
    *value = (guint)number;
    if (floor(number) >= number)
        return TRUE;
    return cs_diagnostics_error(json->diagnostics, cs_json_place(json, name), NULL,
                                "'%s' must be a whole number", name);
}

gboolean cs_json_flag(const CsJson *json, const char *name, gboolean *value)
{
    if (!cs_json_has(json, name))
        return TRUE;
    JsonNode *node = json_object_get_member(json->object, name);
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN) {
        *value = json_node_get_boolean(node);
        return TRUE;
    }
    return cs_diagnostics_error(json->diagnostics, cs_json_place(json, name), NULL,
                                "'%s' must be true or false", name);
}

gboolean cs_json_is(const CsJson *json, const char *name, const char *expected)
{
    if (!cs_json_has(json, name))
        return TRUE;
    JsonNode *node = json_object_get_member(json->object, name);
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    if (expected == NULL
            ? type == G_TYPE_BOOLEAN && !json_node_get_boolean(node)
            : type == G_TYPE_STRING && strcmp(json_node_get_string(node), expected) == 0)
        return TRUE;
    return cs_diagnostics_error(json->diagnostics, cs_json_place(json, name), NULL,
                                "only '%s': %s is computed here", name,
                                expected != NULL ? expected : "false");
}
