/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/condition: the expressions of `where`. See condition.h. */
#include "campaign/condition.h"

#include "base/suggest.h"
#include "scenario/typed.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 64

typedef enum { NODE_OR, NODE_AND, NODE_NOT, NODE_COMPARE } NodeKind;
typedef enum { OP_EQUAL, OP_NOT_EQUAL, OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL } Op;

struct CsCondition {
    NodeKind kind;
    CsCondition *left, *right;
    /* a comparison's */
    guint axis;
    Op op;
    const CsKey *key;
    CsTyped literal;
    char *text; /* the literal's */
};

typedef struct {
    const char *text, *p;
    CsPlace place;
    const CsConditionAxis *axes;
    guint n_axes;
    guint depth;
    CsDiagnostics *diagnostics;
} Parser;

static CsCondition *parse_or(Parser *parser);

static void fail(Parser *parser, const char *start, const char *end, const char *help,
                 const char *message)
{
    CsPlace place = parser->place;
    place.column += (guint)(start - parser->text);
    place.length = (guint)MAX(end - start, 1);
    cs_diagnostics_error(parser->diagnostics, place, help, "%s", message);
}

static void skip_blanks(Parser *parser)
{
    while (g_ascii_isspace(*parser->p))
        parser->p++;
}

static gboolean at_word(const Parser *parser, const char *word)
{
    gsize n = strlen(word);
    return strncmp(parser->p, word, n) == 0 &&
           (parser->p[n] == '\0' || parser->p[n] == '(' || g_ascii_isspace(parser->p[n]));
}

static gboolean take_word(Parser *parser, const char *word)
{
    skip_blanks(parser);
    if (!at_word(parser, word))
        return FALSE;
    parser->p += strlen(word);
    return TRUE;
}

static gboolean take_op(Parser *parser, Op *op)
{
    static const struct {
        const char *text;
        Op op;
    } ops[] = {{"==", OP_EQUAL},         {"!=", OP_NOT_EQUAL}, {"<=", OP_LESS_EQUAL},
               {">=", OP_GREATER_EQUAL}, {"=", OP_EQUAL},      {"<", OP_LESS},
               {">", OP_GREATER}};
    skip_blanks(parser);
    for (gsize i = 0; i < G_N_ELEMENTS(ops); i++) {
        if (strncmp(parser->p, ops[i].text, strlen(ops[i].text)) == 0) {
            parser->p += strlen(ops[i].text);
            *op = ops[i].op;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean find_axis(Parser *parser, const char *start, guint *axis)
{
    g_autofree char *key = g_strndup(start, (gsize)(parser->p - start));
    for (*axis = 0; *axis < parser->n_axes; (*axis)++)
        if (strcmp(parser->axes[*axis].key, key) == 0)
            return TRUE;
    g_autofree const char **keys = g_new0(const char *, parser->n_axes + 1);
    for (guint i = 0; i < parser->n_axes; i++)
        keys[i] = parser->axes[i].key;
    const char *near = cs_suggest(key, keys, parser->n_axes);
    g_autofree char *help = near != NULL ? g_strdup_printf("did you mean '%s'?", near)
                                         : g_strdup("name one of this sweep's axes as group.key");
    g_autofree char *message = g_strdup_printf("'%s' is no axis of this sweep", key);
    fail(parser, start, parser->p, help, message);
    return FALSE;
}

/* A value runs to the next " and ", " or ", ')' or the end. */
static char *take_value(Parser *parser)
{
    skip_blanks(parser);
    const char *start = parser->p, *end = start;
    while (*parser->p != '\0' && *parser->p != ')') {
        if (g_ascii_isspace(*parser->p)) {
            const char *blank = parser->p;
            skip_blanks(parser);
            if (at_word(parser, "and") || at_word(parser, "or"))
                break;
            parser->p = blank;
        }
        parser->p++;
        if (!g_ascii_isspace(parser->p[-1]))
            end = parser->p;
    }
    return g_strndup(start, (gsize)(end - start));
}

/* A name that is none of the axis's is a slip: the comparison would never change. */
static gboolean check_name(Parser *parser, const char *start, const CsCondition *node)
{
    const CsConditionAxis *axis = &parser->axes[node->axis];
    for (guint i = 0; i < axis->n_values; i++)
        if (strcmp(axis->values[i], node->text) == 0)
            return TRUE;
    const char *near = cs_suggest(node->text, axis->values, axis->n_values);
    g_autofree char *help = near != NULL
                                ? g_strdup_printf("did you mean '%s'?", near)
                                : g_strdup_printf("it has values such as '%s'", axis->values[0]);
    g_autofree char *message =
        g_strdup_printf("'%s' is no value of the axis '%s'", node->text, axis->key);
    fail(parser, start, start + strlen(node->text), help, message);
    return FALSE;
}

/* Reads the node's literal, which starts at `start`, as a value of its key. What is compared by
 * less or greater may lie outside the key's range. */
static gboolean read_literal(Parser *parser, const char *start, CsCondition *node)
{
    gboolean equality = node->op == OP_EQUAL || node->op == OP_NOT_EQUAL;
    CsPlace place = parser->place;
    place.column += (guint)(start - parser->text);
    place.length = (guint)strlen(node->text);
    CsKey key = *node->key;
    if (!equality) {
        key.minimum = -INFINITY;
        key.maximum = INFINITY;
        key.minimum_open = FALSE;
    }
    if (!cs_typed_read(&key, node->text, place, &node->literal, parser->diagnostics))
        return FALSE;
    if (!equality && !cs_typed_is_number(&key, &node->literal)) {
        fail(parser, start, start + strlen(node->text), cs_dimension_example(key.dimension),
             "only numbers can be less or greater");
        return FALSE;
    }
    return key.kind != CS_VALUE_NAME || check_name(parser, start, node);
}

static CsCondition *parse_comparison(Parser *parser)
{
    skip_blanks(parser);
    const char *start = parser->p;
    while (*parser->p != '\0' && (g_ascii_isalnum(*parser->p) || strchr("._-", *parser->p)))
        parser->p++;
    if (parser->p == start) {
        fail(parser, start, start, "write 'group.key = value'", "a comparison is missing here");
        return NULL;
    }
    guint axis;
    Op op;
    if (!find_axis(parser, start, &axis))
        return NULL;
    if (!take_op(parser, &op)) {
        fail(parser, parser->p, parser->p + 1,
             "one of = != < <= > >=", "a comparison needs an operator");
        return NULL;
    }
    skip_blanks(parser);
    const char *literal = parser->p;
    g_autofree char *text = take_value(parser);
    if (text[0] == '\0') {
        fail(parser, literal, literal, "write 'group.key = value'", "a value is missing");
        return NULL;
    }
    CsCondition *node = g_new0(CsCondition, 1);
    *node = (CsCondition){.kind = NODE_COMPARE,
                          .axis = axis,
                          .op = op,
                          .key = cs_key_of(parser->axes[axis].key),
                          .text = g_steal_pointer(&text)};
    if (read_literal(parser, literal, node))
        return node;
    cs_condition_free(node);
    return NULL;
}

static CsCondition *node_new(NodeKind kind, CsCondition *left, CsCondition *right)
{
    CsCondition *node = g_new0(CsCondition, 1);
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static CsCondition *parse_not(Parser *parser)
{
    g_autoptr(CsCondition) inner = NULL;
    skip_blanks(parser);
    if (parser->depth >= DEPTH_MAX) {
        fail(parser, parser->p, parser->p, NULL, "this condition is nested too deeply");
        return NULL;
    }
    parser->depth++;
    if (take_word(parser, "not")) {
        inner = parse_not(parser);
        parser->depth--;
        return inner == NULL ? NULL : node_new(NODE_NOT, g_steal_pointer(&inner), NULL);
    }
    if (*parser->p == '(') {
        const char *open = parser->p++;
        inner = parse_or(parser);
        parser->depth--;
        skip_blanks(parser);
        if (inner != NULL && *parser->p != ')') {
            fail(parser, open, open + 1, "close it with ')'", "this parenthesis stays open");
            return NULL;
        }
        parser->p += inner != NULL;
        return g_steal_pointer(&inner);
    }
    parser->depth--;
    return parse_comparison(parser);
}

static CsCondition *parse_joined(Parser *parser, const char *word, NodeKind kind,
                                 CsCondition *(*parse)(Parser *))
{
    g_autoptr(CsCondition) left = parse(parser);
    while (left != NULL && take_word(parser, word)) {
        CsCondition *right = parse(parser);
        if (right == NULL)
            return NULL;
        left = node_new(kind, left, right);
    }
    return g_steal_pointer(&left);
}

static CsCondition *parse_and(Parser *parser)
{
    return parse_joined(parser, "and", NODE_AND, parse_not);
}

static CsCondition *parse_or(Parser *parser)
{
    return parse_joined(parser, "or", NODE_OR, parse_and);
}

CsCondition *cs_condition_read(const char *text, CsPlace place, const CsConditionAxis *axes,
                               guint n_axes, CsDiagnostics *diagnostics)
{
    Parser parser = {.text = text,
                     .p = text,
                     .place = place,
                     .axes = axes,
                     .n_axes = n_axes,
                     .diagnostics = diagnostics};
    g_autoptr(CsCondition) condition = parse_or(&parser);
    if (condition == NULL)
        return NULL;
    skip_blanks(&parser);
    if (*parser.p != '\0') {
        fail(&parser, parser.p, parser.p + strlen(parser.p), "join comparisons by 'and' or 'or'",
             "the condition should end here");
        return NULL;
    }
    return g_steal_pointer(&condition);
}

void cs_condition_free(CsCondition *condition)
{
    if (condition == NULL)
        return;
    cs_condition_free(condition->left);
    cs_condition_free(condition->right);
    g_free(condition->text);
    g_free(condition);
}

/* A value that cannot be read fails its run, which is told there: here it is another. */
static gboolean compare(const CsCondition *node, const char *value, CsDiagnostics *nobody)
{
    CsTyped typed;
    gint order = CS_TYPED_OTHER;
    if (cs_typed_read(node->key, value, (CsPlace){NULL, 0, 0, 0}, &typed, nobody))
        order = cs_typed_compare(node->key, &typed, &node->literal);
    switch (node->op) {
    case OP_EQUAL:
        return order == 0;
    case OP_NOT_EQUAL:
        return order != 0;
    case OP_LESS:
        return order == -1;
    case OP_LESS_EQUAL:
        return order == -1 || order == 0;
    case OP_GREATER:
        return order == 1;
    case OP_GREATER_EQUAL:
        return order == 1 || order == 0;
    }
    g_assert_not_reached();
}

static gboolean holds(const CsCondition *condition, const char *const *values,
                      CsDiagnostics *nobody)
{
    switch (condition->kind) {
    case NODE_OR:
        return holds(condition->left, values, nobody) || holds(condition->right, values, nobody);
    case NODE_AND:
        return holds(condition->left, values, nobody) && holds(condition->right, values, nobody);
    case NODE_NOT:
        return !holds(condition->left, values, nobody);
    case NODE_COMPARE:
        return compare(condition, values[condition->axis], nobody);
    }
    g_assert_not_reached();
}

gboolean cs_condition_holds(const CsCondition *condition, const char *const *values)
{
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    return holds(condition, values, nobody);
}
