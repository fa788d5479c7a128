/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/list: `cardsim list WHAT`: what may stand in a scenario, and what models there are. */
#include "analysis/figure.h"
#include "output/measure.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/units.h"
#include "cmd/commands.h"
#include "cmd/keys.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "energy/platform.h"
#include "llm/architecture.h"
#include "llm/read.h"
#include "output/csv.h"

#include <math.h>
#include <string.h>

/* The SI unit of a dimension: the linear one of scale 1; a ratio has none. */
static const char *si_symbol(CsDimension dimension)
{
    for (const CsUnit *unit = cs_units(); unit->symbol != NULL; unit++)
        if (unit->dimension == dimension && unit->scale == 1 && !unit->decibel)
            return unit->symbol;
    return "";
}

static char *unit_meaning(const CsUnit *unit)
{
    char scale[CS_NUMBER_MAX];
    cs_number_format(scale, unit->scale);
    const char *si = si_symbol(unit->dimension);
    const char *gap = si[0] != '\0' ? " " : "";
    if (!unit->decibel)
        return g_strdup_printf("%s%s%s", scale, gap, si);
    if (unit->scale == 1)
        return g_strdup_printf("10^(x/10)%s%s", gap, si);
    return g_strdup_printf("%s * 10^(x/10)%s%s", scale, gap, si);
}

static CsTablePrinter *list_units(G_GNUC_UNUSED const CsArguments *arguments)
{
    static const CsTableColumn columns[] = {
        {"dimension", "dimension", "", 0, CS_COLUMN_TEXT},
        {"unit", "unit", "", 0, CS_COLUMN_TEXT},
        {"value", "value of x", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    for (const CsUnit *unit = cs_units(); unit->symbol != NULL; unit++) {
        g_autofree char *meaning = unit_meaning(unit);
        CS_TABLE_ADD_TEXTS(table, cs_dimension_name(unit->dimension), unit->symbol, meaning);
    }
    return table;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* Whether a key, its values or its meaning have `word` (small letters) in them. */
static gboolean speaks_of(const char *const *texts, const char *word)
{
    for (; *texts != NULL; texts++) {
        g_autofree char *text = g_ascii_strdown(*texts, -1);
        if (strstr(text, word) != NULL)
            return TRUE;
    }
    return FALSE;
}

static CsTablePrinter *list_keys(const CsArguments *arguments)
{
    g_autofree char *word = arguments->n_operands > 1
                                ? g_ascii_strdown(g_ptr_array_index(arguments->operands, 1), -1)
                                : g_strdup("");
    static const CsTableColumn columns[] = {
        {"key", "key", "", 0, CS_COLUMN_TEXT},
        {"values", "values", "", 0, CS_COLUMN_TEXT},
        {"default", "default", "", 0, CS_COLUMN_TEXT},
        {"meaning", "meaning", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    guint n;
    const CsKey *keys = cs_keys(&n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s.%s", keys[i].group, keys[i].key);
        g_autofree char *values = cs_key_values(&keys[i]);
        g_autofree char *fallback = cs_key_default(&keys[i]);
        const char *const texts[] = {name, values, keys[i].meaning, NULL};
        if (!speaks_of(texts, word))
            continue;
        CS_TABLE_ADD_TEXTS(table, name, values, fallback, keys[i].meaning);
    }
    return table;
}

/* --- policies, models, platforms, figures ----------------------------------------------------- */

static void add_key(GString *keys, gboolean used, const char *key)
{
    if (used)
        g_string_append_printf(keys, "%s%s", keys->len > 0 ? ", " : "", key);
}

/* NULL, the error printed, where a plugin is none. */
static CsTablePrinter *list_policies(const CsArguments *arguments)
{
    int code;
    g_autoptr(CsPolicySet) set = cs_load_policies(arguments, &code);
    if (set == NULL)
        return NULL;
    static const CsTableColumn columns[] = {
        {"policy", "policy", "", 0, CS_COLUMN_TEXT},
        {"summary", "what it does", "", 0, CS_COLUMN_TEXT},
        {"keys", "keys it uses", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    guint n;
    const CsPolicy *const *policies = cs_policy_set_list(set, &n);
    for (guint i = 0; i < n; i++) {
        const CsPolicy *policy = policies[i];
        CS_TABLE_ADD_TEXTS(table, policy->name, policy->summary);
        g_autoptr(GString) keys = g_string_new(NULL);
        add_key(keys, policy->uses_frequency_rule, "frequency");
        add_key(keys, policy->uses_cut, "cut");
        add_key(keys, (policy->needs & CS_NEEDS_DELAY_LIMIT) != 0, "delay-limit");
        add_key(keys, (policy->needs & CS_NEEDS_ENERGY_BUDGET) != 0, "energy-budget, tradeoff");
        cs_table_add_text(table, keys->str);
    }
    return table;
}

static void add_model(CsTablePrinter *table, const CsArchitecture *model)
{
    const CsLayerShape *layer = &model->layers[0];
    cs_table_add_text(table, model->name);
    CS_TABLE_ADD_NUMBERS(table, model->parameters > 0 ? (double)model->parameters : NAN,
                         model->n_layers, model->hidden, layer->heads, layer->kv_heads,
                         layer->head_dim, layer->intermediate);
    cs_table_add_text(table, layer->gated ? "yes" : "no");
    CS_TABLE_ADD_NUMBERS(table, model->vocabulary,
                         model->max_context > 0 ? (double)model->max_context : NAN);
}

static CsTablePrinter *list_models(const CsArguments *arguments)
{
    static const CsTableColumn columns[] = {
        {"model", "model", "", 0, CS_COLUMN_TEXT},
        {"parameters", "parameters", "millions", 1e6, CS_COLUMN_REAL},
        {"layers", "layers", "", 0, CS_COLUMN_WHOLE},
        {"hidden", "hidden", "", 0, CS_COLUMN_WHOLE},
        {"heads", "heads", "", 0, CS_COLUMN_WHOLE},
        {"kv_heads", "KV heads", "", 0, CS_COLUMN_WHOLE},
        {"head_size", "head size", "", 0, CS_COLUMN_WHOLE},
        {"feed_forward", "feed-forward", "", 0, CS_COLUMN_WHOLE},
        {"gated", "gated", "", 0, CS_COLUMN_TEXT},
        {"vocabulary", "vocabulary", "", 0, CS_COLUMN_WHOLE},
        {"context", "context", "tokens", 0, CS_COLUMN_WHOLE},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GPtrArray) models = cs_architectures_read(paths, diagnostics);
    for (guint i = 0; i < models->len; i++)
        add_model(table, g_ptr_array_index(models, i));
    cs_diagnostics_show(arguments, diagnostics);
    return table;
}

static CsTablePrinter *list_platforms(const CsArguments *arguments)
{
    static const CsTableColumn columns[] = {
        {"platform", "platform", "", 0, CS_COLUMN_TEXT},
        {"title", "product", "", 0, CS_COLUMN_TEXT},
        {"cores", "cores", "", 0, CS_COLUMN_WHOLE},
        {"frequency_max_hz", "frequency", "MHz", 1e6, CS_COLUMN_REAL},
        {"flops_per_cycle", "FLOPs/cycle", "a core", 0, CS_COLUMN_REAL},
        {"flops", "peak", "TFLOP/s", 1e12, CS_COLUMN_REAL},
        {"power_max_w", "power", "W", 0, CS_COLUMN_REAL},
        {"memory_byte", "memory", "GB", 1e9, CS_COLUMN_REAL},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GPtrArray) platforms = cs_platforms_read(paths, diagnostics);
    for (guint i = 0; i < platforms->len; i++) {
        const CsPlatform *platform = g_ptr_array_index(platforms, i);
        CS_TABLE_ADD_TEXTS(table, platform->name, platform->title);
        CS_TABLE_ADD_NUMBERS(
            table, platform->cores, platform->frequency_max_hz, platform->flops_per_cycle,
            platform->cores * platform->frequency_max_hz * platform->flops_per_cycle,
            platform->power_max_w, platform->memory_byte);
    }
    cs_diagnostics_show(arguments, diagnostics);
    return table;
}

static CsTablePrinter *list_figures(G_GNUC_UNUSED const CsArguments *arguments)
{
    static const CsTableColumn columns[] = {
        {"figure", "figure", "", 0, CS_COLUMN_TEXT},
        {"source", "made from", "", 0, CS_COLUMN_TEXT},
        {"summary", "what it shows", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    guint n;
    const CsFigure *figures = cs_figures(&n);
    for (guint i = 0; i < n; i++) {
        CS_TABLE_ADD_TEXTS(table, figures[i].name,
                           figures[i].source != NULL ? figures[i].source : "reproduce",
                           figures[i].summary);
    }
    return table;
}

/* "totals, devices or rounds". Transfer full. */
static char *metric_tables(const CsMeasure *measure)
{
    g_autoptr(GString) tables = g_string_new(NULL);
    for (guint t = CS_TABLE_N; t-- > 0;) {
        if (measure->sql[t] != NULL)
            g_string_append_printf(tables, "%s%s", tables->len > 0 ? " or " : "",
                                   cs_table_info((CsTable)t)->name);
    }
    return g_string_free(g_steal_pointer(&tables), FALSE);
}

static CsTablePrinter *list_metrics(G_GNUC_UNUSED const CsArguments *arguments)
{
    static const CsTableColumn columns[] = {
        {"metric", "metric", "", 0, CS_COLUMN_TEXT},
        {"unit", "unit", "", 0, CS_COLUMN_TEXT},
        {"meaning", "meaning", "", 0, CS_COLUMN_TEXT},
        {"tables", "needs the table", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    guint n;
    const CsMeasure *measures = cs_measures(&n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *tables = metric_tables(&measures[i]);
        CS_TABLE_ADD_TEXTS(table, measures[i].name, measures[i].unit, measures[i].meaning, tables);
    }
    return table;
}

static CsTablePrinter *list_columns(G_GNUC_UNUSED const CsArguments *arguments)
{
    static const CsTableColumn columns[] = {
        {"file", "file", "", 0, CS_COLUMN_TEXT},
        {"column", "column", "", 0, CS_COLUMN_TEXT},
        {"meaning", "meaning", "", 0, CS_COLUMN_TEXT},
    };
    CsTablePrinter *table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    for (guint t = 0; t < CS_TABLE_N; t++) {
        guint n;
        const CsColumn *column = cs_table_columns((CsTable)t, &n);
        for (guint i = 0; i < n; i++) {
            CS_TABLE_ADD_TEXTS(table, cs_table_info((CsTable)t)->file_name, column[i].name,
                               column[i].meaning);
        }
    }
    return table;
}

typedef struct {
    const char *name;
    CsTablePrinter *(*list)(const CsArguments *arguments);
} Subject;

static const Subject subjects[] = {
    {"keys", list_keys},       {"units", list_units},         {"policies", list_policies},
    {"models", list_models},   {"platforms", list_platforms}, {"figures", list_figures},
    {"columns", list_columns}, {"metrics", list_metrics},
};

/* For the man pages keys are a text of their own. */
static int print_subject(const CsArguments *arguments, const Subject *subject)
{
    gboolean keys = arguments->format == CS_FORMAT_ROFF && subject->list == list_keys;
    g_autoptr(CsTablePrinter) table = keys ? NULL : subject->list(arguments);
    if (table == NULL && !keys)
        return CS_EXIT_INVALID;
    g_autofree char *text = keys ? cs_keys_roff() : cs_table_format(table, arguments->format);
    return cs_print_as(arguments, text);
}

static int run(const CsArguments *arguments)
{
    const char *what = g_ptr_array_index(arguments->operands, 0);
    if (arguments->n_operands > 1 && strcmp(what, "keys") != 0) {
        cs_complain("'list %s' takes no word: 'list keys WORD' does", what);
        return CS_EXIT_USAGE;
    }
    const char *names[G_N_ELEMENTS(subjects)];
    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
        names[i] = subjects[i].name;
        if (strcmp(what, names[i]) == 0)
            return print_subject(arguments, &subjects[i]);
    }
    const char *near = cs_suggest(what, names, G_N_ELEMENTS(names));
    cs_complain("'list' knows keys, units, policies, models, platforms, figures, columns and "
                "metrics, not '%s'%s%s%s",
                what, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                near != NULL ? "'?" : "");
    return CS_EXIT_USAGE;
}

const CsCommand cs_command_list = {
    .name = "list",
    .operands = "keys|units|policies|models|platforms|figures|columns|metrics [WORD]",
    .least = 1,
    .most = 2,
    .options = CS_OPTION_BIT(CS_OPTION_FORMAT) | CS_OPTION_BIT(CS_OPTION_INCLUDE) |
               CS_OPTION_BIT(CS_OPTION_PLUGIN),
    .summary = "list keys, units, policies, models, platforms, figures, result columns or metrics",
    .description =
        "Lists what there is: the keys of a scenario with their ranges and defaults, the units a "
        "value may be written in, the policies that choose cut layer and server frequency, the "
        "language models and the platforms (GPUs) whose figures come with the program, the "
        "figures that 'cardsim plot' draws, the columns of the result files, and the "
        "metrics that 'cardsim report' and 'cardsim plot' make of them. 'list keys WORD' lists the "
        "keys that have the word in their name, values or meaning.",
    .examples = "cardsim list keys\tevery key, its default and its meaning\n"
                "cardsim list keys doppler\tthe keys that have to do with it\n"
                "cardsim list models --format csv\tthe models for another program\n"
                "cardsim list platforms -I mine\tyour own platforms too\n"
                "cardsim list policies --plugin ./mine.so\twhat a plugin says of its policy\n",
    .run = run,
};
