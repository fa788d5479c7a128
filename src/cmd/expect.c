/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/expect: `cardsim expect`: exact means without a simulation. Layer: cmd. */
#include "campaign/exact-store.h"

#include "cmd/commands.h"
#include "cmd/interrupt.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/target.h"
#include "cmd/terminal.h"

#include <math.h>
#include <string.h>

static const CsTableColumn run_column = {"run", "run", "", 0, CS_COLUMN_WHOLE};

static const CsTableColumn name_columns[] = {
    {"device", "device", "", 0, CS_COLUMN_TEXT},
    {"policy", "policy", "", 0, CS_COLUMN_TEXT},
};

/* The means in the table's order. */
static const struct {
    CsMean mean;
    CsTableColumn column;
} mean_columns[] = {
    {CS_MEAN_DELAY, {"delay_mean_s", "delay", "s", 0, CS_COLUMN_REAL}},
    {CS_MEAN_SERVER_ENERGY, {"server_energy_mean_j", "server energy", "J", 0, CS_COLUMN_REAL}},
    {CS_MEAN_DEVICE_ENERGY, {"device_energy_mean_j", "device energy", "J", 0, CS_COLUMN_REAL}},
    {CS_MEAN_RADIO_ENERGY, {"radio_energy_mean_j", "radio energy", "J", 0, CS_COLUMN_REAL}},
    {CS_MEAN_COST, {"cost_mean", "cost U", "", 0, CS_COLUMN_REAL}},
    {CS_MEAN_CUT, {"cut_mean", "cut", "", 0, CS_COLUMN_REAL}},
    {CS_MEAN_CUT_LAST, {"cut_last_share", "last cut", "%", 0.01, CS_COLUMN_REAL}},
    {CS_MEAN_FREQUENCY, {"frequency_mean_hz", "frequency", "MHz", 1e6, CS_COLUMN_REAL}},
    {CS_MEAN_OUTAGE_UPLINK, {"outage_ul_share", "outage up", "%", 0.01, CS_COLUMN_REAL}},
    {CS_MEAN_OUTAGE_DOWNLINK, {"outage_dl_share", "outage down", "%", 0.01, CS_COLUMN_REAL}},
};

static const CsTableColumn error_column = {"error_relative", "relative error", "", 0,
                                           CS_COLUMN_REAL};

/* run, an axis a column, device, policy, the means, the error. Transfer full. */
static CsTableColumn *make_columns(const CsSweep *sweep, guint *n)
{
    guint n_axes = sweep->axes->len;
    CsTableColumn *columns =
        g_new0(CsTableColumn, 2 + n_axes + G_N_ELEMENTS(name_columns) + G_N_ELEMENTS(mean_columns));
    guint at = 0;
    columns[at++] = run_column;
    for (guint i = 0; i < n_axes; i++) {
        const CsAxis *axis = g_ptr_array_index(sweep->axes, i);
        columns[at++] = (CsTableColumn){axis->key, axis->key, "", 0, CS_COLUMN_TEXT};
    }
    for (guint i = 0; i < G_N_ELEMENTS(name_columns); i++)
        columns[at++] = name_columns[i];
    for (guint i = 0; i < G_N_ELEMENTS(mean_columns); i++)
        columns[at++] = mean_columns[i].column;
    columns[at++] = error_column;
    *n = at;
    return columns;
}

static void add_row(CsTablePrinter *table, const CsRun *run, const CsConfig *config,
                    const char *device, const CsExpectation *expectation)
{
    cs_table_add_number(table, (double)run->index);
    for (char **p = run->parameters; *p != NULL; p++)
        cs_table_add_text(table, strchr(*p, '=') + 1);
    CS_TABLE_ADD_TEXTS(table, device, config->policy->name);
    for (guint i = 0; i < G_N_ELEMENTS(mean_columns); i++)
        cs_table_add_number(table, expectation->mean.of[mean_columns[i].mean]);
    cs_table_add_number(table, expectation->error_relative);
}

/* Where the answers go. */
typedef struct {
    CsTablePrinter *table;
    CsExactStore *store; /* or NULL */
} Answers;

static gboolean take(gpointer context, const CsRun *run, const CsExact *exact)
{
    const Answers *answers = context;
    CsTablePrinter *table = answers->table;
    if (answers->store != NULL && !cs_exact_store_add(answers->store, run, exact))
        return FALSE;
    const CsConfig *config = cs_scenario_config(exact->scenario);
    for (guint i = 0; i < config->n_devices; i++) {
        guint group = (guint)(cs_config_group_of(config, i) - config->groups);
        g_autofree char *device = cs_config_device_name(config, i);
        add_row(table, run, config, device, &exact->groups[group]);
    }
    CsExpectation all = cs_expect_all(config, exact->groups);
    add_row(table, run, config, "all", &all);
    return TRUE;
}

static int answer(const CsArguments *arguments, const CsSweep *sweep, guint mode,
                  CsDiagnostics *diagnostics)
{
    guint n_columns;
    g_autoptr(GError) error = NULL;
    g_autofree CsTableColumn *columns = make_columns(sweep, &n_columns);
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, n_columns);
    const char *directory = arguments->value[CS_OPTION_OUTPUT_DIRECTORY];
    Answers answers = {table,
                       directory != NULL ? cs_exact_store_new(directory, mode, sweep) : NULL};
    gboolean good = cs_exact_run(sweep->plan, arguments->jobs, take, &answers, cs_interrupt_catch(),
                                 diagnostics);
    gboolean stored = answers.store == NULL || cs_exact_store_end(answers.store, good, &error);
    int code = cs_diagnostics_show(arguments, diagnostics);
    if (!stored) {
        cs_complain("%s", error->message);
        return CS_EXIT_IO;
    }
    if (!good)
        return code != CS_EXIT_OK ? code : cs_interrupt_exit_code();
    if (directory != NULL && arguments->quiet)
        return CS_EXIT_OK;
    g_autofree char *text = cs_table_format(table, arguments->format);
    return cs_print_as(arguments, text);
}

static int run(const CsArguments *arguments)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    int code;
    guint mode;
    if (!cs_target_mode(arguments, &mode))
        return CS_EXIT_USAGE;
    g_autoptr(CsSweep) sweep = cs_load_sweep(arguments, diagnostics, &code);
    return sweep != NULL ? answer(arguments, sweep, mode, diagnostics) : code;
}

const CsCommand cs_command_expect = {
    .name = "expect",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_OUTPUT_DIRECTORY) |
               CS_OPTION_BIT(CS_OPTION_JOBS) | CS_OPTION_BIT(CS_OPTION_RESTART) |
               CS_OPTION_BIT(CS_OPTION_NO_LOCK) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "exact means of a round, without a simulation",
    .description =
        "Where the outcome of a round depends on that round's channel alone, its mean is a sum "
        "over the CQIs of both directions and an integral over the SNRs in which a rate varies. "
        "This command computes it: a row for each device and a row 'all', the mean over the "
        "rounds of all devices, for every point of the scenario's [sweep]. There is no interval "
        "and no seed; error_relative is the integration's own estimate of the largest relative "
        "error in the row, at most 1e-9.\n\n"
        "It applies to devices that stand still, at fixed or drawn distances, under log-distance "
        "path loss with or without shadowing; to every law of fading and every rule of rate, "
        "outage and lost blocks; to memory limits; and to every policy that does not remember "
        "earlier rounds ('random' is averaged over its cuts). Devices take turns, or are at once "
        "where neither GPUs nor the air are shared. Anything else is an error at the key that "
        "prevents it (exit status 3): deadlines, failures, batteries, mobility, traces, late or "
        "wrong knowledge, and rates that have no mean (gap and shannon under a fading that "
        "reaches 0 too often).\n\n"
        "Drawn distances and shadowing are averaged over all that could be drawn, where one "
        "replication of a simulation has one draw a device.\n\n"
        "With -o DIR the means also go into a directory that 'cardsim report', 'cardsim plot' and "
        "'cardsim compare' read like a sweep's: devices.csv, totals.csv, results.sqlite and "
        "manifest.json, one replication a point; totals of n rounds are n times the mean. Reports "
        "of it have intervals of 0. --restart replaces what is there.",
    .examples = "cardsim expect letter.ini\tthe letter's experiment, exactly\n"
                "cardsim expect letter.ini -s radio.path-loss-exponent=2..6:0.1 --format csv\ta "
                "curve of 41 points in the time of a blink\n"
                "cardsim expect my.ini -s policy.name=card,device-only -o out\ttwo policies, for "
                "'cardsim report out --versus policy.name=device-only'\n",
    .run = run,
};
