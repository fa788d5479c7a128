/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/condition: the expressions of `where`. See condition.h. */
#include "campaign/condition.h"

#include "base/suggest.h"
#include "base/units.h"
#include "scenario/keys.h"

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
    CsDimension dimension;
    gboolean numeric; /* the literal is a quantity of `dimension` */
    double number;
    char *text;
};

typedef struct {
    const char *text, *p;
    CsPlace place;
    const char *const *axes;
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

/* "device.1.distance" has the dimension of device.distance. */
static const CsKey *key_of_axis(const char *axis)
{
    const char *dot = strchr(axis, '.'), *last = strrchr(axis, '.');
    if (dot == NULL)
        return NULL;
    g_autofree char *group = g_strndup(axis, (gsize)(dot - axis));
    return cs_key_find(group, last + 1);
}

static gboolean read_number(const char *text, CsDimension dimension, double *number)
{
    gsize start, end;
    return cs_quantity_read(text, strlen(text), dimension, number, &start, &end) == CS_QUANTITY_OK;
}

static gboolean find_axis(Parser *parser, const char *start, guint *axis)
{
    g_autofree char *key = g_strndup(start, (gsize)(parser->p - start));
    for (*axis = 0; *axis < parser->n_axes; (*axis)++)
        if (strcmp(parser->axes[*axis], key) == 0)
            return TRUE;
    const char *near = cs_suggest(key, parser->axes, parser->n_axes);
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
    const CsKey *key = key_of_axis(parser->axes[axis]);
    CsDimension dimension = key != NULL ? key->dimension : CS_DIMENSION_NONE;
    double number = 0;
    gboolean numeric = read_number(text, dimension, &number);
    if (!numeric && op != OP_EQUAL && op != OP_NOT_EQUAL) {
        fail(parser, literal, literal + strlen(text), cs_dimension_example(dimension),
             "only numbers can be less or greater");
        return NULL;
    }
    CsCondition *node = g_new0(CsCondition, 1);
    *node = (CsCondition){.kind = NODE_COMPARE,
                          .axis = axis,
                          .op = op,
                          .dimension = dimension,
                          .numeric = numeric,
                          .number = number,
                          .text = g_steal_pointer(&text)};
    return node;
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

CsCondition *cs_condition_read(const char *text, CsPlace place, const char *const *axes,
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

static gboolean compare(const CsCondition *node, const char *value)
{
    double number;
    gboolean equality = node->op == OP_EQUAL || node->op == OP_NOT_EQUAL;
    if (!node->numeric || !read_number(value, node->dimension, &number))
        return equality && (strcmp(value, node->text) == 0) == (node->op == OP_EQUAL);
    switch (node->op) {
    case OP_EQUAL:
        return number == node->number;
    case OP_NOT_EQUAL:
        return number != node->number;
    case OP_LESS:
        return number < node->number;
    case OP_LESS_EQUAL:
        return number <= node->number;
    case OP_GREATER:
        return number > node->number;
    case OP_GREATER_EQUAL:
        return number >= node->number;
    }
    g_assert_not_reached();
}

gboolean cs_condition_holds(const CsCondition *condition, const char *const *values)
{
    switch (condition->kind) {
    case NODE_OR:
        return cs_condition_holds(condition->left, values) ||
               cs_condition_holds(condition->right, values);
    case NODE_AND:
        return cs_condition_holds(condition->left, values) &&
               cs_condition_holds(condition->right, values);
    case NODE_NOT:
        return !cs_condition_holds(condition->left, values);
    case NODE_COMPARE:
        return compare(condition, values[condition->axis]);
    }
    g_assert_not_reached();
}
