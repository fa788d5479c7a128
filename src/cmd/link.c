/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/link: `cardsim link SCENARIO`: the links' mean budget, or the map from SNR to rate. */
#include "base/number.h"
#include "base/units.h"
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "sim/channel.h"

#include <math.h>
#include <string.h>

#define SNR_POINTS_MAX 1000000
#define SNR_LIMIT_DB 1000.0

static const char *const direction_name[CS_DIRECTION_N] = {"uplink", "downlink"};

static const CsRateMap *map_of(const CsDeviceGroup *group, CsDirection direction)
{
    return direction == CS_UPLINK ? &group->uplink : &group->downlink;
}

/* CQI, MCS, efficiency and rate: four columns of both tables. */
static void add_state(CsTablePrinter *table, const CsRateMap *map, double snr)
{
    CsLinkState state = cs_link_state(map, snr);
    CS_TABLE_ADD_NUMBERS(table, state.cqi, state.mcs < 0 ? NAN : state.mcs,
                         state.rate_bps / map->bandwidth_hz, state.rate_bps);
}

/* --- the devices' own links ------------------------------------------------------------------- */

static const CsTableColumn budget_columns[] = {
    {"device", "device", "", 0, CS_COLUMN_TEXT},
    {"direction", "direction", "", 0, CS_COLUMN_TEXT},
    {"distance_m", "distance", "m", 0, CS_COLUMN_REAL},
    {"path_loss_db", "path loss", "dB", 0, CS_COLUMN_REAL},
    {"mean_snr_db", "mean SNR", "dB", 0, CS_COLUMN_REAL},
    {"cqi", "CQI", "", 0, CS_COLUMN_WHOLE},
    {"mcs", "MCS", "", 0, CS_COLUMN_WHOLE},
    {"efficiency", "efficiency", "bit/s/Hz", 0, CS_COLUMN_REAL},
    {"rate_bps", "rate", "Mbit/s", 1e6, CS_COLUMN_REAL},
    {"los_probability", "P(LOS)", "", 0, CS_COLUMN_REAL},
    {"line_of_sight", "LOS", "", 0, CS_COLUMN_WHOLE},
};

static double mean_snr(const CsConfig *config, const CsDeviceGroup *group, CsDirection direction,
                       double loss)
{
    const CsRadio *radio = &group->radio;
    gboolean up = direction == CS_UPLINK;
    return cs_mean_snr(up ? group->tx_power_w : config->server.tx_power_w, loss,
                       radio->noise_density_w_per_hz, radio->bandwidth_hz,
                       up ? config->server.noise_factor : group->noise_factor);
}

static CsTablePrinter *budget_table(const CsConfig *config, gint only)
{
    CsTablePrinter *table = cs_table_printer_new(budget_columns, G_N_ELEMENTS(budget_columns));
    for (guint i = 0; i < config->n_devices; i++) {
        if (only >= 0 && i != (guint)only)
            continue;
        const CsDeviceGroup *group = cs_config_group_of(config, i);
        g_autofree char *name = cs_config_device_name(config, i);
        /* At the start, as the simulation draws it in replication 1. */
        guint64 entity = cs_entity_hash(name);
        double distance_m = cs_channel_distance(config, group, entity, 1);
        CsLargeScale at = cs_channel_large_scale(config, group, entity, 1);
        for (CsDirection d = CS_UPLINK; d < CS_DIRECTION_N; d++) {
            double snr = mean_snr(config, group, d, at.loss);
            CS_TABLE_ADD_TEXTS(table, name, direction_name[d]);
            CS_TABLE_ADD_NUMBERS(table, distance_m, cs_linear_to_db(at.loss), cs_linear_to_db(snr));
            add_state(table, map_of(group, d), snr);
            CS_TABLE_ADD_NUMBERS(table, at.los_probability,
                                 isnan(at.los_probability) ? (double)NAN : at.line_of_sight);
        }
    }
    return table;
}

/* --- SNR to rate ------------------------------------------------------------------------------ */

static const CsTableColumn snr_columns[] = {
    {"device", "device", "", 0, CS_COLUMN_TEXT},
    {"direction", "direction", "", 0, CS_COLUMN_TEXT},
    {"snr_db", "SNR", "dB", 0, CS_COLUMN_REAL},
    {"cqi", "CQI", "", 0, CS_COLUMN_WHOLE},
    {"mcs", "MCS", "", 0, CS_COLUMN_WHOLE},
    {"efficiency", "efficiency", "bit/s/Hz", 0, CS_COLUMN_REAL},
    {"rate_bps", "rate", "Mbit/s", 1e6, CS_COLUMN_REAL},
};

typedef struct {
    double first_db, last_db, step_db;
    guint n;
} SnrRange;

/* A..B:STEP, A..B (in steps of 1) or A. */
static gboolean parse_range(const char *text, SnrRange *range)
{
    const char *end = text + strlen(text), *rest;
    /* "1..5" must not be read as "1." and ".5". */
    const char *dots = strstr(text, "..");
    const char *first_end = dots != NULL ? dots : end;
    range->step_db = 1;
    if (!cs_number_read(text, first_end, &range->first_db, &rest) || rest != first_end)
        return FALSE;
    range->last_db = range->first_db;
    if (dots != NULL) {
        if (!cs_number_read(dots + 2, end, &range->last_db, &rest))
            return FALSE;
        if (rest < end && (*rest != ':' || !cs_number_read(rest + 1, end, &range->step_db, &rest)))
            return FALSE;
    }
    if (rest != end || range->step_db <= 0 || range->last_db < range->first_db ||
        fabs(range->first_db) > SNR_LIMIT_DB || fabs(range->last_db) > SNR_LIMIT_DB)
        return FALSE;
    /* The end belongs to the range also where step·n misses it by a rounding. */
    double n = floor((range->last_db - range->first_db) / range->step_db + 1e-9) + 1;
    range->n = n <= SNR_POINTS_MAX ? (guint)n : 0;
    return range->n > 0;
}

static gboolean same_errors(const CsLinkErrors *a, const CsLinkErrors *b)
{
    return a == b || (a != NULL && b != NULL && memcmp(a, b, sizeof *a) == 0);
}

static gboolean same_map(const CsRateMap *a, const CsRateMap *b)
{
    return a->rule == b->rule && a->outage == b->outage && a->bandwidth_hz == b->bandwidth_hz &&
           a->floor_ratio == b->floor_ratio && same_errors(a->errors, b->errors) &&
           memcmp(a->threshold, b->threshold, sizeof a->threshold) == 0 &&
           memcmp(a->rate_bps, b->rate_bps, sizeof a->rate_bps) == 0 &&
           memcmp(a->mcs, b->mcs, sizeof a->mcs) == 0;
}

static void add_snr_rows(CsTablePrinter *table, const char *device, const char *direction,
                         const CsRateMap *map, const SnrRange *range)
{
    for (guint i = 0; i < range->n; i++) {
        double snr_db = range->first_db + i * range->step_db;
        CS_TABLE_ADD_TEXTS(table, device, direction);
        cs_table_add_number(table, snr_db);
        add_state(table, map, cs_db_to_linear(snr_db));
    }
}

static void add_group_rows(CsTablePrinter *table, const char *device, const CsDeviceGroup *group,
                           const SnrRange *range)
{
    if (same_map(&group->uplink, &group->downlink)) {
        add_snr_rows(table, device, "both", &group->uplink, range);
        return;
    }
    for (CsDirection d = CS_UPLINK; d < CS_DIRECTION_N; d++)
        add_snr_rows(table, device, direction_name[d], map_of(group, d), range);
}

static CsTablePrinter *snr_table(const CsConfig *config, gint only, const SnrRange *range)
{
    CsTablePrinter *table = cs_table_printer_new(snr_columns, G_N_ELEMENTS(snr_columns));
    gboolean alike = only < 0;
    for (guint g = 1; g < config->n_groups; g++)
        alike = alike && same_map(&config->groups[0].uplink, &config->groups[g].uplink) &&
                same_map(&config->groups[0].downlink, &config->groups[g].downlink);
    if (alike) {
        add_group_rows(table, "all", &config->groups[0], range);
        return table;
    }
    for (guint g = 0; g < config->n_groups; g++)
        if (only < 0 || cs_config_group_of(config, (guint)only) == &config->groups[g])
            add_group_rows(table, config->groups[g].name, &config->groups[g], range);
    return table;
}

static int run(const CsArguments *arguments)
{
    const char *snr = arguments->value[CS_OPTION_SNR];
    SnrRange range;
    if (snr != NULL && !parse_range(snr, &range)) {
        cs_complain("'--snr %s': SNRs in dB from A to B in steps above 0, A..B:STEP, such as "
                    "-10..30:0.5",
                    snr);
        return CS_EXIT_USAGE;
    }
    int code;
    g_autoptr(CsScenario) scenario = cs_load(arguments, &code);
    if (scenario == NULL)
        return code;
    const CsConfig *config = cs_scenario_config(scenario);
    gint only = -1;
    if (arguments->value[CS_OPTION_DEVICE] != NULL) {
        only = cs_load_device(config, arguments->value[CS_OPTION_DEVICE]);
        if (only < 0)
            return CS_EXIT_USAGE;
    }
    g_autoptr(CsTablePrinter) table =
        snr != NULL ? snr_table(config, only, &range) : budget_table(config, only);
    g_autofree char *text = cs_table_format(table, arguments->format);
    return cs_print_as(arguments, text);
}

const CsCommand cs_command_link = {
    .name = "link",
    .operands = "SCENARIO",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_OPTION_BIT(CS_OPTION_SNR) |
               CS_OPTION_BIT(CS_OPTION_DEVICE) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "print the devices' link budgets, or the map from SNR to rate",
    .description =
        "Prints for every device and direction the path loss, the mean SNR, and the CQI, MCS, "
        "spectral efficiency and rate it carries, with fading and shadowing off. A distance given "
        "as a range is that of replication 1. MCS is empty below CQI 1.\n\n"
        "With --snr it prints the map from SNR to CQI, MCS, efficiency and rate instead: for "
        "'all' devices where they share one, else for each group of devices; for 'both' "
        "directions or each.",
    .examples = "cardsim link my.ini\tis every device well connected?\n"
                "cardsim link my.ini -s radio.path-loss-exponent=6\tin a poor channel\n"
                "cardsim link my.ini --snr -10..30:0.5 --format csv\tthe steps of the CQI table\n",
    .run = run,
};
