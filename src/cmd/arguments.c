/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/arguments: the command line, read by the tables of command.h. See arguments.h. */
#include "cmd/arguments.h"

#include "base/number.h"
#include "base/suggest.h"
#include "base/units.h"
#include "cmd/terminal.h"

#include <string.h>
#include <unistd.h>

#define JOBS_MAX 1024

/* In CsOptionId's order. */
static const CsOption options[CS_OPTION_N] = {
    [CS_OPTION_SET] = {'s', "set", "KEY=VALUE", TRUE,
                       "override a key of the scenario: group.key or device.NAME.key; repeatable"},
    [CS_OPTION_INCLUDE] = {'I', "include", "DIR", FALSE,
                           "look for models and scenarios in DIR first; repeatable"},
    [CS_OPTION_PLUGIN] = {0, "plugin", "FILE", FALSE,
                          "load this shared object's policy, see cardsim-policy(3); repeatable"},
    [CS_OPTION_OUTPUT_DIRECTORY] = {'o', "output", "DIR", FALSE,
                                    "write the results into this directory"},
    [CS_OPTION_OUTPUT_FILE] = {'o', "output", "FILE", FALSE,
                               "write to this file; its ending says the format"},
    [CS_OPTION_JOBS] = {'j', "jobs", "N", TRUE, "use N threads (default: one a processor)"},
    [CS_OPTION_MAX_MEMORY] = {0, "max-memory", "SIZE", FALSE,
                              "refuse what needs more memory (default: half of this machine's)"},
    [CS_OPTION_SHARD] = {0, "shard", "I/N", FALSE,
                         "run shard I of N only, I from 0; 'auto' asks the batch system or MPI"},
    [CS_OPTION_EMIT] = {0, "emit", "slurm|parallel", FALSE,
                        "write a script that runs the sweep in shards by this engine"},
    [CS_OPTION_SHARDS] = {0, "shards", "N", FALSE,
                          "how many shards the script has (default: of about ten minutes each)"},
    [CS_OPTION_RESUME] = {0, "resume", NULL, FALSE, "carry on what the directory holds"},
    [CS_OPTION_EXTEND] = {0, "extend", NULL, FALSE,
                          "with --resume: the sweep may have more values, or another title"},
    [CS_OPTION_RESTART] = {0, "restart", NULL, FALSE, "remove the directory's results first"},
    [CS_OPTION_NO_LOCK] = {0, "no-lock", NULL, FALSE,
                           "lock nothing, for file systems without locks; one process at a time"},
    [CS_OPTION_PROGRESS] = {0, "progress", "auto|json|none", FALSE,
                            "a line on a terminal, or one every 10 %; or JSON lines; or nothing"},
    [CS_OPTION_TRACE] = {0, "trace", "FILE.json", FALSE,
                         "write a trace of replication 1 that Perfetto opens"},
    [CS_OPTION_FIGURE] = {0, "figure", "NAME", FALSE,
                          "the figure to draw; see 'cardsim list figures'"},
    [CS_OPTION_KIND] = {0, "kind", "line|bars|heat|pareto", FALSE,
                        "what to draw (default: line, or bars over an axis of names)"},
    [CS_OPTION_X] = {0, "x", "KEY", FALSE,
                     "the key along the horizontal axis; for a Pareto plot a metric"},
    [CS_OPTION_Y] = {0, "y", "METRIC", FALSE, "the metric to draw"},
    [CS_OPTION_BY] = {0, "by", "KEY", FALSE,
                      "tell the values of this swept key apart ('device' too); repeatable"},
    [CS_OPTION_ALONG] = {0, "along", "KEY", FALSE,
                         "the key whose values a Pareto plot's curves run along"},
    [CS_OPTION_TITLE] = {0, "title", "TEXT", FALSE,
                         "the picture's title, '' for none (default: the scenario's)"},
    [CS_OPTION_METRIC] = {0, "metric", "METRIC", FALSE, "report this metric; repeatable"},
    [CS_OPTION_ALL] = {0, "all", NULL, FALSE,
                       "pool all runs, also those that not every row or curve has"},
    [CS_OPTION_LEVEL] = {0, "level", "PERCENT", FALSE,
                         "the confidence level of intervals, such as 99 (default: 95)"},
    [CS_OPTION_VERSUS] = {0, "versus", "KEY=VALUE", FALSE,
                          "compare with the runs where KEY is VALUE and all else is the same"},
    [CS_OPTION_SAMPLES] = {0, "samples", "N", TRUE,
                           "rows of the Sobol' sequence (default: 512; powers of 2 are best)"},
    [CS_OPTION_NEAR] = {0, "near", "X", TRUE,
                        "tell the share of settings whose metric lies near X"},
    [CS_OPTION_WITHIN] = {0, "within", "A[,B]", FALSE,
                          "how near: A on both sides, or A below and B above"},
    [CS_OPTION_PLOT] = {0, "plot", NULL, FALSE, "draw bars on the terminal"},
    [CS_OPTION_HTML] = {0, "html", "FILE", FALSE,
                        "write one page with tables, charts and a timeline into this file"},
    [CS_OPTION_RAW] = {0, "raw", NULL, FALSE,
                       "show texts of the results as they are: control characters and what a "
                       "spreadsheet would compute, too"},
    [CS_OPTION_RTOL] = {0, "rtol", "X", FALSE,
                        "relative difference that numbers may have (default: 0)"},
    [CS_OPTION_TICKS] = {0, "ticks", "N", FALSE,
                         "nanoseconds that times may differ by on top of it (default: 0)"},
    [CS_OPTION_ORIGIN] = {0, "origin", NULL, FALSE, "say where each value comes from"},
    [CS_OPTION_SNR] = {0, "snr", "A..B:STEP", TRUE,
                       "tabulate these SNRs, in dB, instead of the devices' own"},
    [CS_OPTION_DEVICE] = {0, "device", "NAME", FALSE, "the device to look at"},
    [CS_OPTION_ROUND] = {0, "round", "N", FALSE, "the round to look at, from 1 (default: 1)"},
    [CS_OPTION_REPLICATION] = {0, "replication", "R", FALSE,
                               "the replication to look at, from 1 (default: 1)"},
    [CS_OPTION_TABLE] = {0, "table", "NAME", FALSE,
                         "the table: rounds, devices, totals (default: rounds)"},
    [CS_OPTION_RUNS] = {0, "run", "NAME,...", FALSE, "only these runs"},
    [CS_OPTION_PLACES] = {0, "places", NULL, FALSE,
                          "rounds with distance, path loss, shadowing and line of sight"},
    [CS_OPTION_PRECISION] = {0, "precision", "float32|float64", FALSE,
                             "numbers of 32 or 64 bits (default: float32)"},
    [CS_OPTION_STEPS] = {0, "steps", "N", FALSE, "steps of training (default: 2000)"},
    [CS_OPTION_SEED] = {0, "seed", "N", FALSE, "of the random numbers (default: 1)"},
    [CS_OPTION_UPLINK_RATE] = {0, "uplink-rate", "R", FALSE,
                               "the uplink's rate, such as '100 Mbit/s'"},
    [CS_OPTION_DOWNLINK_RATE] = {0, "downlink-rate", "R", FALSE,
                                 "the downlink's rate, such as '200 Mbit/s'"},
    [CS_OPTION_FORMAT] = {0, "format", "table|csv|json|latex", FALSE,
                          "how to print tables (default: table)"},
    [CS_OPTION_QUIET] = {'q', "quiet", NULL, FALSE, "no progress, no notes, no warnings"},
    [CS_OPTION_VERBOSE] = {'v', "verbose", NULL, FALSE, "say more about what is done"},
    [CS_OPTION_HELP] = {'h', "help", NULL, FALSE, "print this help"},
    [CS_OPTION_VERSION] = {0, "version", NULL, FALSE, "print version and build identity"},
};

const CsOption *cs_option(CsOptionId id)
{
    return &options[id];
}

/* Options of one name (--output DIR, --output FILE) differ only in their help: the first stands
 * for all until the command is known. */
static gint find_option(const char *name, gsize length, char letter)
{
    for (gint i = 0; i < CS_OPTION_N; i++)
        if (letter != 0
                ? options[i].letter == letter
                : strlen(options[i].name) == length && strncmp(options[i].name, name, length) == 0)
            return i;
    return -1;
}

static void refuse_option(const char *given, gsize length)
{
    g_autofree char *word = g_strndup(given, length);
    const char *names[CS_OPTION_N];
    for (gint i = 0; i < CS_OPTION_N; i++)
        names[i] = options[i].name;
    const char *near =
        length > 2 && word[1] == '-' ? cs_suggest(word + 2, names, CS_OPTION_N) : NULL;
    if (near != NULL)
        cs_complain("unknown option '%s'; did you mean '--%s'?", word, near);
    else
        cs_complain("unknown option '%s'", word);
}

/* Where the values of options gather that may be given several times; at last the operands. */
static const struct {
    gint id;
    gsize offset;
} lists[] = {
    {CS_OPTION_SET, G_STRUCT_OFFSET(CsArguments, settings)},
    {CS_OPTION_INCLUDE, G_STRUCT_OFFSET(CsArguments, include)},
    {CS_OPTION_PLUGIN, G_STRUCT_OFFSET(CsArguments, plugins)},
    {CS_OPTION_BY, G_STRUCT_OFFSET(CsArguments, by)},
    {CS_OPTION_METRIC, G_STRUCT_OFFSET(CsArguments, metrics)},
    {CS_OPTION_VERSUS, G_STRUCT_OFFSET(CsArguments, versus)},
    {CS_OPTION_N, G_STRUCT_OFFSET(CsArguments, operands)},
};

static GPtrArray **list_at(CsArguments *arguments, gsize i)
{
    return G_STRUCT_MEMBER_P(arguments, lists[i].offset);
}

/* NULL where the option may be given once. */
static GPtrArray *list_of(CsArguments *arguments, gint id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (lists[i].id == id)
            return *list_at(arguments, i);
    return NULL;
}

static gboolean set_option(CsArguments *arguments, gint id, const char *shown, const char *value)
{
    const CsOption *option = &options[id];
    gboolean may_be_empty = id == CS_OPTION_TITLE;
    if (option->argument != NULL && (value == NULL || (value[0] == '\0' && !may_be_empty))) {
        cs_complain("option '%s' needs its %s", shown, option->argument);
        return FALSE;
    }
    GPtrArray *list = list_of(arguments, id);
    if (list != NULL) {
        g_ptr_array_add(list, (gpointer)value);
    } else if (option->argument != NULL && (arguments->given & CS_OPTION_BIT(id)) != 0) {
        cs_complain("option '%s' is given twice", shown);
        return FALSE;
    }
    arguments->given |= CS_OPTION_BIT(id);
    arguments->value[id] = value;
    return TRUE;
}

/* The value of the option at argv[*i]: what stands behind it in the same word, or the next word. */
static gboolean take_value(CsArguments *arguments, gint id, const char *shown, const char *attached,
                           int argc, char **argv, int *i)
{
    if (attached != NULL)
        return set_option(arguments, id, shown, attached);
    if (*i + 1 >= argc)
        return set_option(arguments, id, shown, NULL);
    const char *next = argv[*i + 1];
    if (next[0] == '-' && next[1] != '\0' && !options[id].dash_value) {
        cs_complain("option '%s' needs its %s, but '%s' follows", shown, options[id].argument,
                    next);
        return FALSE;
    }
    *i += 1;
    return set_option(arguments, id, shown, next);
}

static gboolean read_long(CsArguments *arguments, int argc, char **argv, int *i)
{
    const char *word = argv[*i];
    const char *equals = strchr(word, '=');
    gsize length = equals != NULL ? (gsize)(equals - word) : strlen(word);
    gint id = find_option(word + 2, length - 2, 0);
    if (id < 0) {
        refuse_option(word, length);
        return FALSE;
    }
    g_autofree char *shown = g_strndup(word, length);
    if (options[id].argument != NULL)
        return take_value(arguments, id, shown, equals != NULL ? equals + 1 : NULL, argc, argv, i);
    if (equals != NULL) {
        cs_complain("option '%s' takes no value", shown);
        return FALSE;
    }
    return set_option(arguments, id, shown, NULL);
}

static gboolean read_letters(CsArguments *arguments, int argc, char **argv, int *i)
{
    for (const char *letter = argv[*i] + 1; *letter != '\0'; letter++) {
        char shown[] = {'-', *letter, '\0'};
        gint id = find_option(NULL, 0, *letter);
        if (id < 0) {
            cs_complain("unknown option '%s' in '%s'", shown, argv[*i]);
            return FALSE;
        }
        if (options[id].argument != NULL) {
            const char *attached = letter[1] != '\0' ? letter + 1 : NULL;
            return take_value(arguments, id, shown, attached, argc, argv, i);
        }
        if (!set_option(arguments, id, shown, NULL))
            return FALSE;
    }
    return TRUE;
}

static gboolean name_command(CsArguments *arguments, const char *word)
{
    arguments->command = cs_command_find(word);
    if (arguments->command != NULL)
        return TRUE;
    guint n;
    const CsCommand *const *commands = cs_commands(&n);
    const char **names = g_newa(const char *, n);
    for (guint i = 0; i < n; i++)
        names[i] = commands[i]->name;
    const char *near = cs_suggest(word, names, n);
    if (near != NULL)
        cs_complain("unknown command '%s'; did you mean '%s'?", word, near);
    else if (g_str_has_suffix(word, ".ini"))
        cs_complain("unknown command '%s'; to run that scenario write 'cardsim run %s'", word,
                    word);
    else
        cs_complain("unknown command '%s'", word);
    return FALSE;
}

/* `cardsim help`, `cardsim help run`: what people try first. */
static gboolean take_operand(CsArguments *arguments, const char *word)
{
    if (arguments->command != NULL) {
        g_ptr_array_add(arguments->operands, (gpointer)word);
        return TRUE;
    }
    if (strcmp(word, "help") == 0) {
        arguments->given |= CS_OPTION_BIT(CS_OPTION_HELP);
        return TRUE;
    }
    return name_command(arguments, word);
}

static gboolean read_words(CsArguments *arguments, int argc, char **argv)
{
    gboolean options_end = FALSE;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        gboolean good;
        if (options_end || word[0] != '-' || word[1] == '\0')
            good = take_operand(arguments, word);
        else if (strcmp(word, "--") == 0)
            good = options_end = TRUE;
        else if (word[1] == '-')
            good = read_long(arguments, argc, argv, &i);
        else
            good = read_letters(arguments, argc, argv, &i);
        if (!good)
            return FALSE;
    }
    return TRUE;
}

static gboolean check_format(CsArguments *arguments)
{
    static const char *const names[] = {"table", "csv", "json", "latex", "roff"};
    const char *given = arguments->value[CS_OPTION_FORMAT];
    if (given == NULL)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(given, names[i]) == 0) {
            arguments->format = (CsFormatKind)i;
            return TRUE;
        }
    cs_complain("'--format %s': the formats are table, csv, json and latex", given);
    return FALSE;
}

static gboolean check_jobs(CsArguments *arguments)
{
    const char *given = arguments->value[CS_OPTION_JOBS];
    guint64 jobs;
    if (given == NULL)
        return TRUE;
    if (!cs_number_read_whole(given, strlen(given), &jobs) || jobs < 1 || jobs > JOBS_MAX) {
        cs_complain("'-j %s': the number of threads is a whole number from 1 to %d", given,
                    JOBS_MAX);
        return FALSE;
    }
    arguments->jobs = (guint)jobs;
    return TRUE;
}

static gboolean check_level(CsArguments *arguments)
{
    const char *given = arguments->value[CS_OPTION_LEVEL], *rest;
    double percent;
    arguments->level = 0.95;
    if (given == NULL)
        return TRUE;
    const char *end = given + strlen(given);
    gboolean good = cs_number_read(given, end, &percent, &rest);
    g_autofree char *unit = g_strstrip(g_strdup(good ? rest : "?"));
    if (!good || (unit[0] != '\0' && strcmp(unit, "%") != 0) || percent < 50 || percent > 99.9999) {
        cs_complain("'--level %s': a level is a percentage from 50 to 99.9999, such as 99", given);
        return FALSE;
    }
    arguments->level = percent / 100;
    return TRUE;
}

/* Bytes. */
static gboolean check_max_memory(CsArguments *arguments)
{
    const char *given = arguments->value[CS_OPTION_MAX_MEMORY];
    double size_bit;
    gsize start, end;
    arguments->max_memory_byte =
        (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 2;
    if (given == NULL)
        return TRUE;
    if (cs_quantity_read(given, strlen(given), CS_DIMENSION_SIZE, &size_bit, &start, &end) !=
            CS_QUANTITY_OK ||
        !(size_bit > 0)) {
        cs_complain("'--max-memory %s': write a size, such as '8 GB'", given);
        return FALSE;
    }
    arguments->max_memory_byte = size_bit / 8;
    return TRUE;
}

/* A search directory that is not there is a slip: models would be looked for elsewhere in
 * silence. */
static gboolean check_include(const CsArguments *arguments)
{
    for (guint i = 0; i < arguments->include->len; i++) {
        const char *directory = g_ptr_array_index(arguments->include, i);
        if (g_file_test(directory, G_FILE_TEST_IS_DIR))
            continue;
        cs_complain("'-I %s': there is no such directory", directory);
        return FALSE;
    }
    return TRUE;
}

/* The takers of an option, for the message: "run, reproduce". */
static char *takers(guint64 bits)
{
    guint n;
    const CsCommand *const *commands = cs_commands(&n);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        if ((cs_command_options(commands[i]) & bits) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", commands[i]->name);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* -o is a directory to some commands and a file to others: gives it the command's own meaning. */
static void settle_output(CsArguments *arguments)
{
    guint64 directory = CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY);
    guint64 file = CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE);
    if ((arguments->given & directory) != 0 && (arguments->command->options & file) != 0) {
        arguments->given = (arguments->given & ~directory) | file;
        arguments->value[CS_OPTION_OUTPUT_FILE] = arguments->value[CS_OPTION_OUTPUT_DIRECTORY];
    }
}

static gboolean check_options(CsArguments *arguments)
{
    const CsCommand *command = arguments->command;
    settle_output(arguments);
    guint64 foreign = arguments->given & ~cs_command_options(command);
    for (gint i = 0; i < CS_OPTION_N; i++) {
        if ((foreign & CS_OPTION_BIT(i)) == 0)
            continue;
        guint64 bits = CS_OPTION_BIT(i);
        if (i == CS_OPTION_OUTPUT_DIRECTORY)
            bits |= CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE);
        g_autofree char *others = takers(bits);
        cs_complain("'%s' takes no option '--%s'; these do: %s", command->name, options[i].name,
                    others);
        return FALSE;
    }
    return TRUE;
}

/* Several baselines are for several metrics at a time. */
static gboolean check_versus(const CsArguments *arguments)
{
    if (arguments->versus->len <= 1 ||
        (cs_command_options(arguments->command) & CS_OPTION_BIT(CS_OPTION_SAMPLES)) != 0)
        return TRUE;
    cs_complain("option '--versus' is given twice");
    return FALSE;
}

static gboolean check_operands(CsArguments *arguments)
{
    const CsCommand *command = arguments->command;
    guint n = arguments->operands->len;
    if (n < command->least)
        cs_complain("'%s' needs %s", command->name, command->operands);
    else if (n > command->most)
        cs_complain("'%s' does not know what to do with '%s'", command->name,
                    (const char *)g_ptr_array_index(arguments->operands, command->most));
    else
        return TRUE;
    return FALSE;
}

static gboolean check_all(CsArguments *arguments)
{
    arguments->n_operands = arguments->operands->len;
    arguments->quiet = (arguments->given & CS_OPTION_BIT(CS_OPTION_QUIET)) != 0;
    arguments->verbose = (arguments->given & CS_OPTION_BIT(CS_OPTION_VERBOSE)) != 0;
    if ((arguments->given & (CS_OPTION_BIT(CS_OPTION_HELP) | CS_OPTION_BIT(CS_OPTION_VERSION))) !=
        0)
        return check_format(arguments);
    if (arguments->command == NULL) {
        cs_complain("no command given");
        return FALSE;
    }
    if (arguments->quiet && arguments->verbose) {
        cs_complain("'--quiet' and '--verbose' exclude each other");
        return FALSE;
    }
    return check_options(arguments) && check_versus(arguments) && check_operands(arguments) &&
           check_format(arguments) && check_level(arguments) && check_jobs(arguments) &&
           check_max_memory(arguments) && check_include(arguments);
}

CsArguments *cs_arguments_read(int argc, char **argv)
{
    g_autoptr(CsArguments) arguments = g_new0(CsArguments, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        *list_at(arguments, i) = g_ptr_array_new();
    if (!read_words(arguments, argc, argv) || !check_all(arguments)) {
        cs_complain_more("Try 'cardsim %s%s--help'.",
                         arguments->command != NULL ? arguments->command->name : "",
                         arguments->command != NULL ? " " : "");
        return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_add(*list_at(arguments, i), NULL);
    return g_steal_pointer(&arguments);
}

void cs_arguments_free(CsArguments *arguments)
{
    if (arguments == NULL)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_unref(*list_at(arguments, i));
    g_free(arguments);
}

CsPaths *cs_arguments_paths(const CsArguments *arguments)
{
    return cs_paths_new((const char *const *)arguments->include->pdata);
}
