/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/csv: the columns of the result tables and their rows as text. See csv.h.
 *
 * A row is written straight into its string: a recorded round should cost little more than a
 * simulated one, so nothing here allocates or calls printf.
 */
#include "output/csv.h"

#include "base/number.h"
#include "base/units.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* --- the tables ------------------------------------------------------------------------------- */

/* How a column's value is got; `offset` names the record's fields it is made of. */
typedef enum {
    SOURCE_RUN,    /* the run's number */
    SOURCE_DEVICE, /* the name of the device numbered there */
    SOURCE_POLICY, /* the policy's name */
    SOURCE_LAYERS, /* the model's decoder layers */
    SOURCE_COUNT,  /* a guint64 */
    SOURCE_GUINT,
    SOURCE_INDEX,      /* a gint8, empty below 0 */
    SOURCE_FLAG,       /* a gboolean as 0 or 1 */
    SOURCE_NS,         /* a gint64 in ns, as s */
    SOURCE_NS_SUM,     /* the sum of two of them */
    SOURCE_NS_SPAN,    /* the first minus the second */
    SOURCE_REAL,       /* a double */
    SOURCE_DB,         /* a linear ratio, as dB */
    SOURCE_MEAN,       /* a double over the guint64 rounds of a device */
    SOURCE_SHARE,      /* a guint64 over them */
    SOURCE_RATIO,      /* a double over another */
    SOURCE_GRAND_MEAN, /* a double over devices times rounds */
} Source;

#define ROUND(field) offsetof(CsRoundRecord, field)
#define DEVICE(field) offsetof(CsDeviceTotals, field)
#define TOTAL(field) offsetof(CsTotals, field)
#define STAGE(name) offsetof(CsRoundRecord, stage_ns[CS_STAGE_##name])

#define WHOLE CS_CELL_WHOLE
#define REAL CS_CELL_REAL
#define TEXT CS_CELL_TEXT

/* clang-format off: a column reads best as name, kind, meaning, then where it comes from. */
static const CsColumn round_columns[] = {
    {"run", WHOLE, "run, from 1; a plain run is run 1", SOURCE_RUN, {0}},
    {"replication", WHOLE, "replication, from 1", SOURCE_COUNT, {ROUND(replication)}},
    {"round", WHOLE, "training round, from 1", SOURCE_COUNT, {ROUND(round)}},
    {"device", TEXT, "the device's name", SOURCE_DEVICE, {ROUND(device)}},
    {"policy", TEXT, "the policy's name", SOURCE_POLICY, {0}},
    {"cut",
     WHOLE,
     "cut layer: decoder layers on the device, 0..I",
     SOURCE_GUINT,
     {ROUND(decision.cut)}},
    {"frequency_hz",
     REAL,
     "frequency of the server's GPU, Hz",
     SOURCE_REAL,
     {ROUND(decision.frequency_hz)}},
    {"snr_ul_db",
     REAL,
     "SNR of the uplink at the round's start, dB; empty where it is 0",
     SOURCE_DB,
     {ROUND(uplink.snr)}},
    {"snr_dl_db",
     REAL,
     "SNR of the downlink at the round's start, dB; empty where it is 0",
     SOURCE_DB,
     {ROUND(downlink.snr)}},
    {"cqi_ul",
     WHOLE,
     "channel quality indicator of the uplink, 0..15; 0 is below CQI 1",
     SOURCE_INDEX,
     {ROUND(uplink.cqi)}},
    {"cqi_dl",
     WHOLE,
     "channel quality indicator of the downlink, 0..15; 0 is below CQI 1",
     SOURCE_INDEX,
     {ROUND(downlink.cqi)}},
    {"mcs_ul",
     WHOLE,
     "modulation and coding scheme of the uplink's CQI; empty below CQI 1",
     SOURCE_INDEX,
     {ROUND(uplink.mcs)}},
    {"mcs_dl",
     WHOLE,
     "modulation and coding scheme of the downlink's CQI; empty below CQI 1",
     SOURCE_INDEX,
     {ROUND(downlink.mcs)}},
    {"rate_ul_bps",
     REAL,
     "rate of the uplink at the round's start, bit/s",
     SOURCE_REAL,
     {ROUND(uplink.rate_bps)}},
    {"rate_dl_bps",
     REAL,
     "rate of the downlink at the round's start, bit/s",
     SOURCE_REAL,
     {ROUND(downlink.rate_bps)}},
    {"outage_ul",
     WHOLE,
     "1 where the uplink is below CQI 1 under the rate rules cqi and mcs, else 0",
     SOURCE_FLAG,
     {ROUND(uplink.outage)}},
    {"outage_dl",
     WHOLE,
     "1 where the downlink is below CQI 1 under the rate rules cqi and mcs, else 0",
     SOURCE_FLAG,
     {ROUND(downlink.outage)}},
    {"adapter_dl_s",
     REAL,
     "sending the adapters to the device, s",
     SOURCE_NS,
     {STAGE(ADAPTER_DOWN)}},
    {"device_compute_s",
     REAL,
     "the device's forward and backward passes, summed over the local epochs, s",
     SOURCE_NS_SUM,
     {STAGE(DEVICE_FORWARD), STAGE(DEVICE_BACKWARD)}},
    {"smashed_ul_s",
     REAL,
     "sending smashed data up, summed over the local epochs, s",
     SOURCE_NS,
     {STAGE(SMASHED_UP)}},
    {"server_compute_s",
     REAL,
     "the server's forward and backward passes, summed over the local epochs, without waiting, s",
     SOURCE_NS_SUM,
     {STAGE(SERVER_FORWARD), STAGE(SERVER_BACKWARD)}},
    {"gradient_dl_s",
     REAL,
     "sending the smashed data's gradients down, summed over the local epochs, s",
     SOURCE_NS,
     {STAGE(GRADIENT_DOWN)}},
    {"adapter_ul_s", REAL, "sending the adapters to the server, s", SOURCE_NS, {STAGE(ADAPTER_UP)}},
    {"wait_s", REAL, "queueing for the server's GPUs, s", SOURCE_NS, {ROUND(wait_ns)}},
    {"delay_s",
     REAL,
     "the round's delay with waiting, end_s - start_s, s",
     SOURCE_NS_SPAN,
     {ROUND(end_ns), ROUND(start_ns)}},
    {"server_energy_j",
     REAL,
     "the server's computing energy (letter Eq. 11), J",
     SOURCE_REAL,
     {ROUND(server_energy_j)}},
    {"device_energy_j",
     REAL,
     "the device's computing energy, J; empty where not modelled",
     SOURCE_REAL,
     {ROUND(device_energy_j)}},
    {"radio_energy_j",
     REAL,
     "energy of sending both ways, and of the device's receiving where it has a figure, J; empty "
     "where not modelled",
     SOURCE_REAL,
     {ROUND(radio_energy_j)}},
    {"cost",
     REAL,
     "weighted cost U (letter Eq. 12) with the scenario's weight and the predicted delay, "
     "whatever the policy",
     SOURCE_REAL,
     {ROUND(cost)}},
    {"delay_min_s",
     REAL,
     "the cost's corner D_min: cut 0 at F_max, s",
     SOURCE_REAL,
     {ROUND(corners.delay_min_s)}},
    {"delay_max_s",
     REAL,
     "the cost's corner D_max: cut I at F_min, s",
     SOURCE_REAL,
     {ROUND(corners.delay_max_s)}},
    {"energy_min_j",
     REAL,
     "the cost's corner E_min: cut I at F_min, J",
     SOURCE_REAL,
     {ROUND(corners.energy_min_j)}},
    {"energy_max_j",
     REAL,
     "the cost's corner E_max: cut 0 at F_max, J",
     SOURCE_REAL,
     {ROUND(corners.energy_max_j)}},
    {"start_s",
     REAL,
     "the round's start on the simulation's clock, s",
     SOURCE_NS,
     {ROUND(start_ns)}},
    {"end_s", REAL, "the round's end on the simulation's clock, s", SOURCE_NS, {ROUND(end_ns)}},
    {"layers",
     WHOLE,
     "decoder layers I of the model: cut = layers leaves all of them to the device",
     SOURCE_LAYERS,
     {0}},
};

static const CsColumn device_columns[] = {
    {"run", WHOLE, "run, from 1; a plain run is run 1", SOURCE_RUN, {0}},
    {"replication", WHOLE, "replication, from 1", SOURCE_COUNT, {DEVICE(replication)}},
    {"device", TEXT, "the device's name", SOURCE_DEVICE, {DEVICE(device)}},
    {"policy", TEXT, "the policy's name", SOURCE_POLICY, {0}},
    {"rounds",
     WHOLE,
     "rounds of this device that count; its means are over them",
     SOURCE_COUNT,
     {DEVICE(rounds)}},
    {"delay_mean_s", REAL, "mean delay of a round, s", SOURCE_MEAN, {DEVICE(delay_total_s)}},
    {"delay_total_s", REAL, "sum of its rounds' delays, s", SOURCE_REAL, {DEVICE(delay_total_s)}},
    {"wait_total_s",
     REAL,
     "sum of its waiting for the server's GPUs, s",
     SOURCE_REAL,
     {DEVICE(wait_total_s)}},
    {"server_energy_mean_j",
     REAL,
     "mean of the server's computing energy in a round, J",
     SOURCE_MEAN,
     {DEVICE(server_energy_total_j)}},
    {"server_energy_total_j",
     REAL,
     "sum of the server's computing energy for this device, J",
     SOURCE_REAL,
     {DEVICE(server_energy_total_j)}},
    {"device_energy_total_j",
     REAL,
     "sum of the device's computing energy, J; empty where not modelled",
     SOURCE_REAL,
     {DEVICE(device_energy_total_j)}},
    {"radio_energy_total_j",
     REAL,
     "sum of the radio's energy, J; empty where not modelled",
     SOURCE_REAL,
     {DEVICE(radio_energy_total_j)}},
    {"cost_mean", REAL, "mean weighted cost U of a round", SOURCE_MEAN, {DEVICE(cost_total)}},
    {"cut_mean", REAL, "mean cut layer", SOURCE_MEAN, {DEVICE(cut_total)}},
    {"frequency_mean_hz",
     REAL,
     "mean frequency of the server's GPU, Hz",
     SOURCE_MEAN,
     {DEVICE(frequency_total_hz)}},
    {"outage_ul_share",
     REAL,
     "share of rounds with the uplink below CQI 1, 0..1",
     SOURCE_SHARE,
     {DEVICE(outage_uplink)}},
    {"outage_dl_share",
     REAL,
     "share of rounds with the downlink below CQI 1, 0..1",
     SOURCE_SHARE,
     {DEVICE(outage_downlink)}},
    {"regret_total",
     REAL,
     "sum over rounds of the cost U above that of the same decision rule with perfect knowledge of "
     "the channel; empty under csi = perfect",
     SOURCE_REAL,
     {DEVICE(regret_total)}},
    {"regret_mean", REAL, "mean of that over the rounds", SOURCE_MEAN, {DEVICE(regret_total)}},
    {"rounds_lost",
     REAL,
     "rounds of this device that were begun and do not count; empty where nobody leaves and no "
     "round ends early",
     SOURCE_REAL,
     {DEVICE(lost.rounds)}},
    {"lost_time_s",
     REAL,
     "time spent in them, s; empty where nobody leaves and no round ends early",
     SOURCE_REAL,
     {DEVICE(lost.time_s)}},
    {"lost_server_energy_j",
     REAL,
     "the server's computing energy in them, in no other column, J; empty where nobody leaves and "
     "no round ends early",
     SOURCE_REAL,
     {DEVICE(lost.server_energy_j)}},
    {"lost_device_energy_j",
     REAL,
     "computing energy of devices in them, in no other column, J; empty where nobody leaves and no "
     "round ends early, or where it is not modelled",
     SOURCE_REAL,
     {DEVICE(lost.device_energy_j)}},
    {"lost_radio_energy_j",
     REAL,
     "the radio's energy in them, in no other column, J; empty where nobody leaves and no round "
     "ends early",
     SOURCE_REAL,
     {DEVICE(lost.radio_energy_j)}},
    {"device_idle_energy_j",
     REAL,
     "energy of devices that are up and neither compute nor send nor receive, J; empty where "
     "nobody leaves and no round ends early, or without an idle-power",
     SOURCE_REAL,
     {DEVICE(idle_energy_j)}},
    {"battery_left_j",
     REAL,
     "what is left in the battery at the end, J; empty without one",
     SOURCE_REAL,
     {DEVICE(battery_left_j)}},
    {"blocks_given_up",
     REAL,
     "expected number of blocks that all their transmissions lost and a higher layer sent anew, "
     "both ways, which the rates allow for; empty where no block is lost",
     SOURCE_REAL,
     {DEVICE(blocks_given_up)}},
    {"blocks_given_up_share",
     REAL,
     "share of the blocks sent that these are, 0..1",
     SOURCE_RATIO,
     {DEVICE(blocks_given_up), DEVICE(blocks)}},
};

static const CsColumn total_columns[] = {
    {"run", WHOLE, "run, from 1; a plain run is run 1", SOURCE_RUN, {0}},
    {"replication", WHOLE, "replication, from 1", SOURCE_COUNT, {TOTAL(replication)}},
    {"policy", TEXT, "the policy's name", SOURCE_POLICY, {0}},
    {"devices", WHOLE, "number of devices", SOURCE_GUINT, {TOTAL(devices)}},
    {"rounds",
     WHOLE,
     "rounds of the scenario, which each device has unless it leaves or is late",
     SOURCE_COUNT,
     {TOTAL(rounds)}},
    {"delay_mean_s",
     REAL,
     "mean delay of a device's round, s",
     SOURCE_GRAND_MEAN,
     {TOTAL(delay_total_s)}},
    {"delay_total_s",
     REAL,
     "sum of the delays of all devices' rounds, s",
     SOURCE_REAL,
     {TOTAL(delay_total_s)}},
    {"wait_total_s",
     REAL,
     "sum of all waiting for the server's GPUs, s",
     SOURCE_REAL,
     {TOTAL(wait_total_s)}},
    {"server_energy_mean_j",
     REAL,
     "mean of the server's computing energy in a device's round, J",
     SOURCE_GRAND_MEAN,
     {TOTAL(server_energy_total_j)}},
    {"server_energy_total_j",
     REAL,
     "sum of the server's computing energy, J",
     SOURCE_REAL,
     {TOTAL(server_energy_total_j)}},
    {"device_energy_total_j",
     REAL,
     "sum of the devices' computing energy, J; empty where not modelled for some device",
     SOURCE_REAL,
     {TOTAL(device_energy_total_j)}},
    {"radio_energy_total_j",
     REAL,
     "sum of the radio's energy, J; empty where not modelled for some device",
     SOURCE_REAL,
     {TOTAL(radio_energy_total_j)}},
    {"cost_mean",
     REAL,
     "mean weighted cost U of a device's round",
     SOURCE_GRAND_MEAN,
     {TOTAL(cost_total)}},
    {"makespan_s", REAL, "the simulation's clock at the end, s", SOURCE_REAL, {TOTAL(makespan_s)}},
    {"events", WHOLE, "events simulated", SOURCE_COUNT, {TOTAL(events)}},
    {"regret_total",
     REAL,
     "sum over devices and rounds of the cost U above that of the same decision rule with perfect "
     "knowledge of the channel; empty under csi = perfect",
     SOURCE_REAL,
     {TOTAL(regret_total)}},
    {"regret_mean",
     REAL,
     "mean of that over the rounds of all devices",
     SOURCE_GRAND_MEAN,
     {TOTAL(regret_total)}},
    {"server_idle_energy_j",
     REAL,
     "energy of the GPUs while they have no work, in no other column; empty without a figure",
     SOURCE_REAL,
     {TOTAL(server_idle_energy_j)}},
    {"rounds_lost",
     REAL,
     "rounds of devices that were begun and do not count; empty where nobody leaves and no round "
     "ends early",
     SOURCE_REAL,
     {TOTAL(lost.rounds)}},
    {"lost_time_s",
     REAL,
     "time spent in them, s; empty where nobody leaves and no round ends early",
     SOURCE_REAL,
     {TOTAL(lost.time_s)}},
    {"lost_server_energy_j",
     REAL,
     "the server's computing energy in them, in no other column, J; empty where nobody leaves and "
     "no round ends early",
     SOURCE_REAL,
     {TOTAL(lost.server_energy_j)}},
    {"lost_device_energy_j",
     REAL,
     "computing energy of devices in them, in no other column, J; empty where nobody leaves and no "
     "round ends early, or where it is not modelled",
     SOURCE_REAL,
     {TOTAL(lost.device_energy_j)}},
    {"lost_radio_energy_j",
     REAL,
     "the radio's energy in them, in no other column, J; empty where nobody leaves and no round "
     "ends early",
     SOURCE_REAL,
     {TOTAL(lost.radio_energy_j)}},
    {"device_idle_energy_j",
     REAL,
     "energy of devices that are up and neither compute nor send nor receive, J; empty where "
     "nobody leaves and no round ends early, or without an idle-power",
     SOURCE_REAL,
     {TOTAL(idle_energy_j)}},
    {"rounds_failed",
     REAL,
     "rounds in which fewer devices than the quorum finished; empty where nobody leaves and no "
     "round ends early",
     SOURCE_REAL,
     {TOTAL(rounds_failed)}},
    {"devices_empty",
     REAL,
     "devices whose battery ran empty; empty where nobody leaves and no round ends early",
     SOURCE_REAL,
     {TOTAL(devices_empty)}},
    {"blocks_given_up",
     REAL,
     "expected number of blocks that all their transmissions lost and a higher layer sent anew, "
     "both ways, which the rates allow for; empty where no block is lost",
     SOURCE_REAL,
     {TOTAL(blocks_given_up)}},
    {"blocks_given_up_share",
     REAL,
     "share of the blocks sent that these are, 0..1",
     SOURCE_RATIO,
     {TOTAL(blocks_given_up), TOTAL(blocks)}},
    {"rounds_completed",
     REAL,
     "rounds of devices that were finished and count, out of devices times rounds; empty where "
     "nobody leaves and no round ends early",
     SOURCE_REAL,
     {TOTAL(rounds_completed)}},
};

/* clang-format on */

#define CACHE_BITS 9
#define CACHE_SIZE (1u << CACHE_BITS)

static const struct {
    const char *file_name;
    const CsColumn *columns;
    guint n;
} tables[CS_TABLE_N] = {
    [CS_TABLE_ROUNDS] = {"rounds.csv", round_columns, G_N_ELEMENTS(round_columns)},
    [CS_TABLE_DEVICES] = {"devices.csv", device_columns, G_N_ELEMENTS(device_columns)},
    [CS_TABLE_TOTALS] = {"totals.csv", total_columns, G_N_ELEMENTS(total_columns)},
};

const CsColumn *cs_table_columns(CsTable table, guint *n)
{
    *n = tables[table].n;
    return tables[table].columns;
}

const char *cs_table_file_name(CsTable table)
{
    return tables[table].file_name;
}

char *cs_table_header(CsTable table)
{
    GString *header = g_string_new(NULL);
    for (guint i = 0; i < tables[table].n; i++)
        g_string_append_printf(header, "%s%s", i == 0 ? "" : ",", tables[table].columns[i].name);
    g_string_append_c(header, '\n');
    return g_string_free(header, FALSE);
}

/* --- values ----------------------------------------------------------------------------------- */

#define FIELD(type, record, byte) (*(const type *)((const char *)(record) + (byte)))

/* Of SOURCE_NS and its kin. */
static gint64 time_of(const CsColumn *column, gconstpointer record)
{
    gint64 time_ns = FIELD(gint64, record, column->offset[0]);
    if (column->source == SOURCE_NS_SUM)
        time_ns += FIELD(gint64, record, column->offset[1]);
    else if (column->source == SOURCE_NS_SPAN)
        time_ns -= FIELD(gint64, record, column->offset[1]);
    return time_ns;
}

/* NAN or infinite where there is nothing to say. */
static double signed_real_of(const CsColumn *column, gconstpointer record)
{
    const CsTotals *totals = record;
    const CsDeviceTotals *device = record;
    switch ((Source)column->source) {
    case SOURCE_DB:
        return cs_linear_to_db(FIELD(double, record, column->offset[0]));
    case SOURCE_MEAN:
        return FIELD(double, record, column->offset[0]) / (double)device->rounds;
    case SOURCE_SHARE:
        return (double)FIELD(guint64, record, column->offset[0]) / (double)device->rounds;
    case SOURCE_RATIO:
        return FIELD(double, record, column->offset[0]) / FIELD(double, record, column->offset[1]);
    case SOURCE_GRAND_MEAN:
        return FIELD(double, record, column->offset[0]) /
               ((double)totals->rounds * (double)totals->devices - (double)totals->absent);
    case SOURCE_NS:
    case SOURCE_NS_SUM:
    case SOURCE_NS_SPAN:
        return cs_ns_to_s(time_of(column, record));
    default:
        return FIELD(double, record, column->offset[0]);
    }
}

/* A zero has no sign, since SQLite keeps none. */
static double real_of(const CsColumn *column, gconstpointer record)
{
    return signed_real_of(column, record) + 0.0;
}

/* FALSE where the cell is empty. */
static gboolean whole_of(const CsColumn *column, const CsRowContext *row, gconstpointer record,
                         gint64 *whole)
{
    switch ((Source)column->source) {
    case SOURCE_RUN:
        *whole = (gint64)row->run;
        return TRUE;
    case SOURCE_LAYERS:
        *whole = row->config->groups[0].cost.n_cuts - 1;
        return TRUE;
    case SOURCE_COUNT:
        *whole = (gint64)FIELD(guint64, record, column->offset[0]);
        return TRUE;
    case SOURCE_GUINT:
        *whole = FIELD(guint, record, column->offset[0]);
        return TRUE;
    case SOURCE_INDEX:
        *whole = FIELD(gint8, record, column->offset[0]);
        return *whole >= 0;
    case SOURCE_FLAG:
        *whole = FIELD(gboolean, record, column->offset[0]) != FALSE;
        return TRUE;
    default:
        g_assert_not_reached();
    }
}

CsCell cs_table_cell(CsTable table, guint column_index, const CsRowContext *row,
                     gconstpointer record, GString *scratch)
{
    g_assert(column_index < tables[table].n);
    const CsColumn *column = &tables[table].columns[column_index];
    CsCell cell = {.kind = column->kind};
    switch (column->kind) {
    case CS_CELL_WHOLE:
        if (!whole_of(column, row, record, &cell.whole))
            cell.kind = CS_CELL_EMPTY;
        break;
    case CS_CELL_REAL:
        cell.real = real_of(column, record);
        if (!isfinite(cell.real))
            cell.kind = CS_CELL_EMPTY;
        break;
    case CS_CELL_TEXT:
        cell.text = row->config->policy->name;
        if (column->source == SOURCE_DEVICE) {
            g_autofree char *name =
                cs_config_device_name(row->config, FIELD(guint, record, column->offset[0]));
            cell.text = g_string_assign(scratch, name)->str;
        }
        break;
    case CS_CELL_EMPTY:
        g_assert_not_reached();
    }
    return cell;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Quoted as RFC 4180 has it where the text needs it. */
static char *put_text(char *p, const char *text)
{
    gsize plain = strcspn(text, ",\"\r\n");
    if (text[plain] == '\0') {
        memcpy(p, text, plain);
        return p + plain;
    }
    *p++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"')
            *p++ = '"';
        *p++ = *text;
    }
    *p++ = '"';
    return p;
}

void cs_csv_append_cell(GString *line, const CsCell *cell)
{
    gsize used = line->len;
    gsize room = cell->kind == CS_CELL_TEXT ? 2 * strlen(cell->text) + 2 : CS_NUMBER_MAX;
    g_string_set_size(line, used + room);
    char *start = line->str + used, *p = start;
    if (cell->kind == CS_CELL_TEXT)
        p = put_text(p, cell->text);
    else if (cell->kind == CS_CELL_WHOLE)
        p += cs_number_format_whole(p, cell->whole);
    else if (cell->kind == CS_CELL_REAL)
        p += cs_number_format(p, cell->real);
    g_string_set_size(line, used + (gsize)(p - start));
}

static char *put_device(char *p, const CsConfig *config, guint device)
{
    const CsDeviceGroup *group = cs_config_group_of(config, device);
    p = put_text(p, group->name);
    if (group->counted) {
        *p++ = '.';
        p += cs_number_format_whole(p, (gint64)(device - group->first) + 1);
    }
    return p;
}

/* Numbers recur from row to row (a rate, a stage's time under the same rate), and finding a
 * number's text takes a fraction of the time of making it. */
struct CsNumberCache {
    struct {
        double value;
        guint64 length; /* 0: nothing here yet */
        char text[CS_NUMBER_MAX];
    } entry[CACHE_SIZE];
};

static char *put_real(char *p, CsNumberCache *cache, double value)
{
    union {
        double value;
        guint64 bits;
    } image = {value};
    guint at = (guint)((image.bits * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15)) >> (64 - CACHE_BITS));
    if (cache->entry[at].length == 0 || cache->entry[at].value != value) {
        cache->entry[at].value = value;
        cache->entry[at].length = cs_number_format(cache->entry[at].text, value);
    }
    memcpy(p, cache->entry[at].text, CS_NUMBER_MAX);
    return p + cache->entry[at].length;
}

static char *put_cell(char *p, const CsColumn *column, const CsRowContext *row,
                      CsNumberCache *cache, gconstpointer record)
{
    gint64 whole;
    double real;
    switch (column->kind) {
    case CS_CELL_WHOLE:
        return whole_of(column, row, record, &whole) ? p + cs_number_format_whole(p, whole) : p;
    case CS_CELL_REAL:
        if (column->source == SOURCE_NS || column->source == SOURCE_NS_SUM ||
            column->source == SOURCE_NS_SPAN)
            return p + cs_number_format_ns(p, time_of(column, record));
        real = real_of(column, record);
        return isfinite(real) ? put_real(p, cache, real) : p;
    case CS_CELL_TEXT:
        return column->source == SOURCE_DEVICE
                   ? put_device(p, row->config, FIELD(guint, record, column->offset[0]))
                   : put_text(p, row->config->policy->name);
    case CS_CELL_EMPTY:
        break;
    }
    g_assert_not_reached();
}

#define STREAM_SIZE ((gsize)1 << 16) /* bytes gathered before they go to a file */

static void append_row(CsCsvSink *sink, CsTable table, gconstpointer record)
{
    GString *text = sink->text[table];
    gsize used = text->len;
    g_string_set_size(text, used + sink->row_size);
    char *p = text->str + used;
    for (guint i = 0; i < tables[table].n; i++) {
        p = put_cell(p, &tables[table].columns[i], &sink->row, sink->cache, record);
        *p++ = ',';
    }
    p[-1] = '\n';
    g_string_set_size(text, (gsize)(p - text->str));
    if (sink->file[table] != NULL && text->len >= STREAM_SIZE)
        cs_csv_sink_flush(sink, table, sink->file[table]);
}

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    append_row((CsCsvSink *)sink, CS_TABLE_ROUNDS, record);
}

static void take_device(CsSink *sink, const CsDeviceTotals *totals)
{
    append_row((CsCsvSink *)sink, CS_TABLE_DEVICES, totals);
}

static void take_totals(CsSink *sink, const CsTotals *totals)
{
    append_row((CsCsvSink *)sink, CS_TABLE_TOTALS, totals);
}

CsCsvSink *cs_csv_sink_new(guint wanted, guint64 run, const CsConfig *config)
{
    CsCsvSink *sink = g_new0(CsCsvSink, 1);
    sink->row = (CsRowContext){.run = run, .config = config};
    sink->cache = g_new0(CsNumberCache, 1);
    gsize name_size = 0;
    for (guint i = 0; i < config->n_groups; i++)
        name_size = MAX(name_size, strlen(config->groups[i].name));
    guint n_columns = 0;
    for (guint i = 0; i < CS_TABLE_N; i++) {
        n_columns = MAX(n_columns, tables[i].n);
        if (wanted & (1u << i))
            sink->text[i] = g_string_new(NULL);
    }
    /* Quoting at most doubles a text. */
    sink->row_size = n_columns * CS_NUMBER_MAX + 2 * (name_size + strlen(config->policy->name));
    sink->sink.round = sink->text[CS_TABLE_ROUNDS] != NULL ? take_round : NULL;
    sink->sink.device = sink->text[CS_TABLE_DEVICES] != NULL ? take_device : NULL;
    sink->sink.totals = sink->text[CS_TABLE_TOTALS] != NULL ? take_totals : NULL;
    return sink;
}

void cs_csv_sink_free(CsCsvSink *sink)
{
    if (sink == NULL)
        return;
    for (guint i = 0; i < CS_TABLE_N; i++)
        if (sink->text[i] != NULL)
            g_string_free(sink->text[i], TRUE);
    g_free(sink->cache);
    g_free(sink);
}

void cs_csv_sink_stream(CsCsvSink *sink, CsTable table, CsFile *file)
{
    sink->file[table] = file;
}

void cs_csv_sink_flush(CsCsvSink *sink, CsTable table, CsFile *file)
{
    if (sink->text[table] == NULL)
        return;
    cs_file_write(file, sink->text[table]->str, sink->text[table]->len);
    g_string_set_size(sink->text[table], 0);
}
