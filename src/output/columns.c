/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/columns: the columns of the result tables. See columns.h.
 *
 * A row is name, kind, where the value comes from (how, and which fields of the record), meaning.
 */
#include "output/columns.h"

#include <stddef.h>

#define ROUND(field) offsetof(CsRoundRecord, field)
#define DEVICE(field) offsetof(CsDeviceTotals, field)
#define TOTAL(field) offsetof(CsTotals, field)
#define LOSS(field) offsetof(CsLossRecord, field)
#define STAGE(name) offsetof(CsRoundRecord, stage_ns[CS_STAGE_##name])

#define WHOLE CS_CELL_WHOLE
#define REAL CS_CELL_REAL
#define TEXT CS_CELL_TEXT

#define RUN CS_FROM_RUN
#define NAME CS_FROM_DEVICE
#define POLICY CS_FROM_POLICY
#define LAYERS CS_FROM_LAYERS
#define COUNT CS_FROM_COUNT
#define GUINT CS_FROM_GUINT
#define INDEX CS_FROM_INDEX
#define FLAG CS_FROM_FLAG
#define NS CS_FROM_NS
#define NS_SUM CS_FROM_NS_SUM
#define NS_SPAN CS_FROM_NS_SPAN
#define PLAIN CS_FROM_REAL
#define DB CS_FROM_DB
#define MEAN CS_FROM_MEAN
#define SHARE CS_FROM_SHARE
#define RATIO CS_FROM_RATIO

/* clang-format off */

/* What sums of devices and of runs have alike. */
#define IF_LOST "; empty where nobody leaves and no round ends early"
#define LOST_COLUMNS(IN) \
    {"rounds_lost", REAL, PLAIN, {IN(sum.lost.rounds)}, \
     "rounds of devices that were begun and do not count" IF_LOST}, \
    {"lost_time_s", REAL, PLAIN, {IN(sum.lost.time_s)}, "time spent in them, s" IF_LOST}, \
    {"lost_server_energy_j", REAL, PLAIN, {IN(sum.lost.server_energy_j)}, \
     "the server's computing energy in them, in no other column, J" IF_LOST}, \
    {"lost_device_energy_j", REAL, PLAIN, {IN(sum.lost.device_energy_j)}, \
     "computing energy of devices in them, in no other column, J" IF_LOST \
     ", or where it is not modelled"}, \
    {"lost_radio_energy_j", REAL, PLAIN, {IN(sum.lost.radio_energy_j)}, \
     "the radio's energy in them, in no other column, J" IF_LOST}, \
    {"device_idle_energy_j", REAL, PLAIN, {IN(sum.idle_energy_j)}, \
     "energy of devices that are up and neither compute nor send nor receive, J" IF_LOST \
     ", or without an idle-power"}
#define BLOCK_COLUMNS(IN) \
    {"blocks_given_up", REAL, PLAIN, {IN(sum.blocks_given_up)}, \
     "expected number of blocks that all their transmissions lost and a higher layer sent anew, " \
     "both ways, which the rates allow for; empty where no block is lost"}, \
    {"blocks_given_up_share", REAL, RATIO, {IN(sum.blocks_given_up), IN(sum.blocks)}, \
     "share of the blocks sent that these are, 0..1"}

#define IF_PLACES "; only under 'places = yes'"
#define PLACE_COLUMNS 4

static const CsColumn round_columns[] = {
    {"run", WHOLE, RUN, {0}, "run, from 1; a plain run is run 1"},
    {"replication", WHOLE, COUNT, {ROUND(replication)}, "replication, from 1"},
    {"round", WHOLE, COUNT, {ROUND(round)}, "training round, from 1"},
    {"device", TEXT, NAME, {ROUND(device)}, "the device's name"},
    {"policy", TEXT, POLICY, {0}, "the policy's name"},
    {"cut", WHOLE, GUINT, {ROUND(decision.cut)}, "cut layer: decoder layers on the device, 0..I"},
    {"frequency_hz", REAL, PLAIN, {ROUND(decision.frequency_hz)},
     "frequency of the server's GPU, Hz"},
    {"snr_ul_db", REAL, DB, {ROUND(uplink.snr)},
     "SNR of the uplink at the round's start, dB; empty where it is 0"},
    {"snr_dl_db", REAL, DB, {ROUND(downlink.snr)},
     "SNR of the downlink at the round's start, dB; empty where it is 0"},
    {"cqi_ul", WHOLE, INDEX, {ROUND(uplink.cqi)},
     "channel quality indicator of the uplink, 0..15; 0 is below CQI 1"},
    {"cqi_dl", WHOLE, INDEX, {ROUND(downlink.cqi)},
     "channel quality indicator of the downlink, 0..15; 0 is below CQI 1"},
    {"mcs_ul", WHOLE, INDEX, {ROUND(uplink.mcs)},
     "modulation and coding scheme of the uplink's CQI; empty below CQI 1"},
    {"mcs_dl", WHOLE, INDEX, {ROUND(downlink.mcs)},
     "modulation and coding scheme of the downlink's CQI; empty below CQI 1"},
    {"rate_ul_bps", REAL, PLAIN, {ROUND(uplink.rate_bps)},
     "rate of the uplink at the round's start, bit/s"},
    {"rate_dl_bps", REAL, PLAIN, {ROUND(downlink.rate_bps)},
     "rate of the downlink at the round's start, bit/s"},
    {"outage_ul", WHOLE, FLAG, {ROUND(uplink.outage)},
     "1 where the uplink is below CQI 1 under the rate rules cqi and mcs, else 0"},
    {"outage_dl", WHOLE, FLAG, {ROUND(downlink.outage)},
     "1 where the downlink is below CQI 1 under the rate rules cqi and mcs, else 0"},
    {"adapter_dl_s", REAL, NS, {STAGE(ADAPTER_DOWN)}, "sending the adapters to the device, s"},
    {"device_compute_s", REAL, NS_SUM, {STAGE(DEVICE_FORWARD), STAGE(DEVICE_BACKWARD)},
     "the device's forward and backward passes, summed over the local epochs, s"},
    {"smashed_ul_s", REAL, NS, {STAGE(SMASHED_UP)},
     "sending smashed data up, summed over the local epochs, s"},
    {"server_compute_s", REAL, NS_SUM, {STAGE(SERVER_FORWARD), STAGE(SERVER_BACKWARD)},
     "the server's forward and backward passes, summed over the local epochs, without waiting, "
     "s"},
    {"gradient_dl_s", REAL, NS, {STAGE(GRADIENT_DOWN)},
     "sending the smashed data's gradients down, summed over the local epochs, s"},
    {"adapter_ul_s", REAL, NS, {STAGE(ADAPTER_UP)}, "sending the adapters to the server, s"},
    {"wait_s", REAL, NS, {ROUND(wait_ns)}, "queueing for the server's GPUs, s"},
    {"delay_s", REAL, NS_SPAN, {ROUND(end_ns), ROUND(start_ns)},
     "the round's delay with waiting, end_s - start_s, s"},
    {"server_energy_j", REAL, PLAIN, {ROUND(server_energy_j)},
     "the server's computing energy (letter Eq. 11), J"},
    {"device_energy_j", REAL, PLAIN, {ROUND(device_energy_j)},
     "the device's computing energy, J; empty where not modelled"},
    {"radio_energy_j", REAL, PLAIN, {ROUND(radio_energy_j)},
     "energy of sending both ways, and of the device's receiving where it has a figure, J; "
     "empty where not modelled"},
    {"cost", REAL, PLAIN, {ROUND(cost)},
     "weighted cost U (letter Eq. 12) with the scenario's weight and the predicted delay, "
     "whatever the policy"},
    {"delay_min_s", REAL, PLAIN, {ROUND(corners.delay_min_s)},
     "the cost's corner D_min: cut 0 at F_max, s"},
    {"delay_max_s", REAL, PLAIN, {ROUND(corners.delay_max_s)},
     "the cost's corner D_max: cut I at F_min, s"},
    {"energy_min_j", REAL, PLAIN, {ROUND(corners.energy_min_j)},
     "the cost's corner E_min: cut I at F_min, J"},
    {"energy_max_j", REAL, PLAIN, {ROUND(corners.energy_max_j)},
     "the cost's corner E_max: cut 0 at F_max, J"},
    {"start_s", REAL, NS, {ROUND(start_ns)}, "the round's start on the simulation's clock, s"},
    {"end_s", REAL, NS, {ROUND(end_ns)}, "the round's end on the simulation's clock, s"},
    {"layers", WHOLE, LAYERS, {0},
     "decoder layers I of the model: cut = layers leaves all of them to the device"},
    {"distance_m", REAL, PLAIN, {ROUND(at.distance_m)},
     "the device's distance from the access point on the ground at the round's start, m" IF_PLACES},
    {"path_loss_db", REAL, DB, {ROUND(at.loss)},
     "path loss there, without shadowing and fading, dB; empty where both directions follow "
     "measured channels" IF_PLACES},
    {"shadowing_db", REAL, DB, {ROUND(at.shadowing)},
     "gain of the shadowing there, of median 0, dB: without fading, the SNR is that of the path "
     "loss plus this; empty like it" IF_PLACES},
    {"line_of_sight", WHOLE, INDEX, {ROUND(at.line_of_sight)},
     "1 where there is a line of sight, else 0; empty like it, and where the path loss knows none "
     "(log-distance)" IF_PLACES},
};

static const CsColumn device_columns[] = {
    {"run", WHOLE, RUN, {0}, "run, from 1; a plain run is run 1"},
    {"replication", WHOLE, COUNT, {DEVICE(replication)}, "replication, from 1"},
    {"device", TEXT, NAME, {DEVICE(device)}, "the device's name"},
    {"policy", TEXT, POLICY, {0}, "the policy's name"},
    {"rounds", WHOLE, COUNT, {DEVICE(sum.rounds)},
     "rounds of this device that count; its means are over them"},
    {"delay_mean_s", REAL, MEAN, {DEVICE(sum.delay_s), DEVICE(sum.rounds)},
     "mean delay of a round, s"},
    {"delay_total_s", REAL, PLAIN, {DEVICE(sum.delay_s)}, "sum of its rounds' delays, s"},
    {"wait_total_s", REAL, PLAIN, {DEVICE(sum.wait_s)},
     "sum of its waiting for the server's GPUs, s"},
    {"server_energy_mean_j", REAL, MEAN, {DEVICE(sum.server_energy_j), DEVICE(sum.rounds)},
     "mean of the server's computing energy in a round, J"},
    {"server_energy_total_j", REAL, PLAIN, {DEVICE(sum.server_energy_j)},
     "sum of the server's computing energy for this device, J"},
    {"device_energy_total_j", REAL, PLAIN, {DEVICE(sum.device_energy_j)},
     "sum of the device's computing energy, J; empty where not modelled"},
    {"radio_energy_total_j", REAL, PLAIN, {DEVICE(sum.radio_energy_j)},
     "sum of the radio's energy, J; empty where not modelled"},
    {"cost_mean", REAL, MEAN, {DEVICE(sum.cost), DEVICE(sum.rounds)},
     "mean weighted cost U of a round"},
    {"cut_mean", REAL, MEAN, {DEVICE(sum.cut), DEVICE(sum.rounds)}, "mean cut layer"},
    {"frequency_mean_hz", REAL, MEAN, {DEVICE(sum.frequency_hz), DEVICE(sum.rounds)},
     "mean frequency of the server's GPU, Hz"},
    {"outage_ul_share", REAL, SHARE, {DEVICE(sum.outage_uplink), DEVICE(sum.rounds)},
     "share of rounds with the uplink below CQI 1, 0..1"},
    {"outage_dl_share", REAL, SHARE, {DEVICE(sum.outage_downlink), DEVICE(sum.rounds)},
     "share of rounds with the downlink below CQI 1, 0..1"},
    {"regret_total", REAL, PLAIN, {DEVICE(sum.regret)},
     "sum over rounds of the cost U above that of the same decision rule with perfect "
     "knowledge of the channel; empty under csi = perfect"},
    {"regret_mean", REAL, MEAN, {DEVICE(sum.regret), DEVICE(sum.rounds)},
     "mean of that over the rounds"},
    LOST_COLUMNS(DEVICE),
    {"battery_left_j", REAL, PLAIN, {DEVICE(battery_left_j)},
     "what is left in the battery at the end, J; empty without one"},
    BLOCK_COLUMNS(DEVICE),
};

static const CsColumn total_columns[] = {
    {"run", WHOLE, RUN, {0}, "run, from 1; a plain run is run 1"},
    {"replication", WHOLE, COUNT, {TOTAL(replication)}, "replication, from 1"},
    {"policy", TEXT, POLICY, {0}, "the policy's name"},
    {"devices", WHOLE, GUINT, {TOTAL(devices)}, "number of devices"},
    {"rounds", WHOLE, COUNT, {TOTAL(rounds)},
     "rounds of the scenario, which each device has unless it leaves or is late"},
    {"delay_mean_s", REAL, MEAN, {TOTAL(sum.delay_s), TOTAL(sum.rounds)},
     "mean delay of a device's round, s"},
    {"delay_total_s", REAL, PLAIN, {TOTAL(sum.delay_s)},
     "sum of the delays of all devices' rounds, s"},
    {"wait_total_s", REAL, PLAIN, {TOTAL(sum.wait_s)},
     "sum of all waiting for the server's GPUs, s"},
    {"server_energy_mean_j", REAL, MEAN, {TOTAL(sum.server_energy_j), TOTAL(sum.rounds)},
     "mean of the server's computing energy in a device's round, J"},
    {"server_energy_total_j", REAL, PLAIN, {TOTAL(sum.server_energy_j)},
     "sum of the server's computing energy, J"},
    {"device_energy_total_j", REAL, PLAIN, {TOTAL(sum.device_energy_j)},
     "sum of the devices' computing energy, J; empty where not modelled for some device"},
    {"radio_energy_total_j", REAL, PLAIN, {TOTAL(sum.radio_energy_j)},
     "sum of the radio's energy, J; empty where not modelled for some device"},
    {"cost_mean", REAL, MEAN, {TOTAL(sum.cost), TOTAL(sum.rounds)},
     "mean weighted cost U of a device's round"},
    {"makespan_s", REAL, PLAIN, {TOTAL(makespan_s)}, "the simulation's clock at the end, s"},
    {"events", WHOLE, COUNT, {TOTAL(events)}, "events simulated"},
    {"regret_total", REAL, PLAIN, {TOTAL(sum.regret)},
     "sum over devices and rounds of the cost U above that of the same decision rule with "
     "perfect knowledge of the channel; empty under csi = perfect"},
    {"regret_mean", REAL, MEAN, {TOTAL(sum.regret), TOTAL(sum.rounds)},
     "mean of that over the rounds of all devices"},
    {"server_idle_energy_j", REAL, PLAIN, {TOTAL(server_idle_energy_j)},
     "energy of the GPUs while they have no work, in no other column; empty without a figure"},
    LOST_COLUMNS(TOTAL),
    {"rounds_failed", REAL, PLAIN, {TOTAL(rounds_failed)},
     "rounds in which fewer devices than the quorum finished; empty where nobody leaves and no "
     "round ends early"},
    {"devices_empty", REAL, PLAIN, {TOTAL(devices_empty)},
     "devices whose battery ran empty; empty where nobody leaves and no round ends early"},
    BLOCK_COLUMNS(TOTAL),
    {"rounds_completed", REAL, PLAIN, {TOTAL(rounds_completed)},
     "rounds of devices that were finished and count, out of devices times rounds; empty where "
     "nobody leaves and no round ends early"},
};

static const CsColumn loss_columns[] = {
    {"run", WHOLE, RUN, {0}, "run, from 1; a plain run is run 1"},
    {"replication", WHOLE, COUNT, {LOSS(replication)}, "replication, from 1"},
    {"round", WHOLE, COUNT, {LOSS(round)}, "training round, from 1; 0: before the first"},
    {"participants", WHOLE, COUNT, {LOSS(participants)},
     "devices whose rounds count: those it has learned from"},
    {"lost", WHOLE, COUNT, {LOSS(lost)}, "rounds of devices that were begun in it and do not count"},
    {"end_s", REAL, NS, {LOSS(end_ns)}, "the round's end on the simulation's clock, s"},
    {"server_energy_j", REAL, PLAIN, {LOSS(server_energy_j)},
     "the server's computing energy so far, that of lost rounds included, J"},
    {"device_energy_j", REAL, PLAIN, {LOSS(device_energy_j)},
     "the devices' computing energy so far, likewise, J; empty where not modelled"},
    {"radio_energy_j", REAL, PLAIN, {LOSS(radio_energy_j)},
     "the radio's energy so far, likewise, J; empty where not modelled"},
    {"air_bit", REAL, PLAIN, {LOSS(air_bit)},
     "adapters, smashed data and gradients sent so far, both ways, in the rounds that count, bit"},
    {"train_loss", REAL, PLAIN, {LOSS(train_loss)},
     "mean over the round's steps of the loss before each, nats a token; empty where nobody took "
     "part"},
    {"test_loss", REAL, PLAIN, {LOSS(test_loss)},
     "loss of the whole model on the test data behind the round, nats a token; empty where it was "
     "not looked at (learning.test-every)"},
};

/* clang-format on */

static const struct {
    const CsColumn *columns;
    guint n, n_places; /* all of them; of these, the last ones */
} tables[CS_TABLE_N] = {
    [CS_TABLE_ROUNDS] = {round_columns, G_N_ELEMENTS(round_columns), PLACE_COLUMNS},
    [CS_TABLE_DEVICES] = {device_columns, G_N_ELEMENTS(device_columns), 0},
    [CS_TABLE_TOTALS] = {total_columns, G_N_ELEMENTS(total_columns), 0},
    [CS_TABLE_LOSSES] = {loss_columns, G_N_ELEMENTS(loss_columns), 0},
};

const CsColumn *cs_table_columns(CsTable table, guint *n)
{
    *n = tables[table].n;
    return tables[table].columns;
}

guint cs_table_width(CsTable table, gboolean places)
{
    return tables[table].n - (places ? 0 : tables[table].n_places);
}

static GString *header_of(CsTable table, gboolean places)
{
    GString *header = g_string_new(NULL);
    for (guint i = 0; i < cs_table_width(table, places); i++)
        g_string_append_printf(header, "%s%s", i == 0 ? "" : ",", tables[table].columns[i].name);
    return header;
}

char *cs_table_header(CsTable table, gboolean places, const char *more)
{
    GString *header = header_of(table, places);
    g_string_append_printf(header, "%s\n", more != NULL ? more : "");
    return g_string_free(header, FALSE);
}

char *cs_table_header_start(CsTable table)
{
    return g_string_free(header_of(table, FALSE), FALSE);
}
