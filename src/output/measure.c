/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/measure: the table of metrics. See measure.h. Layer: output. */
#include "output/measure.h"

#include <stddef.h>
#include <string.h>

/* SUM and AVG pass over NULL; a value that is not modelled for a part is not modelled. */
#define WHOLE(expression, column) "CASE WHEN count(" column ") = count(*) THEN " expression " END"
#define ROUND_MEAN(column) WHOLE("avg(" column ")", column)
#define TOTAL_MEAN(column) WHOLE("sum(" column ") / sum(rounds)", column)
/* A device without a round has no mean, and blanks nobody else's. */
#define MEAN_MEAN(column)                                                                          \
    "CASE WHEN count(" column ") = sum(rounds > 0) THEN sum(" column " * rounds) / sum(rounds) "   \
    "END"
/* Rounds that count are not devices times rounds where some were lost. */
#define EVERY_ROUND(column) column " / coalesce(rounds_completed, devices * rounds)"

/* Of losses, by replication: the first round whose test loss is no more than the target. A text
 * where there is none: the run has ended before. NULL where it is not modelled. */
#define TO_TARGET(column)                                                                          \
    "CASE WHEN min(CASE WHEN test_loss <= @ THEN round END) IS NULL THEN 'none' ELSE min(CASE "    \
    "WHEN test_loss <= @ THEN " column " END) END"
/* That of the latest round that was tested; a bare column is that of the row with the maximum. */
#define LAST_LOSS(condition)                                                                       \
    "CASE WHEN max(CASE WHEN test_loss IS NOT NULL" condition " THEN round END) >= 0 THEN "        \
    "test_loss END"
#define ALL_ENERGY "(server_energy_j + device_energy_j + radio_energy_j)"

#define SUM(field) (gint) offsetof(CsTotals, sum.field)
#define TOTALS(field) (gint) offsetof(CsTotals, field)
#define NOWHERE -1

/* clang-format off */
/* name, column, title, unit, scale, field; meaning; from rounds, devices, totals */
static const CsMeasure measures[] = {
    {"delay", "delay_s", "delay", "s", 1, SUM(delay_s),
     "mean delay of a device's round, waiting included",
     .sql = {ROUND_MEAN("delay_s"), TOTAL_MEAN("delay_total_s"), "delay_mean_s"}},
    {"server-energy", "server_energy_j", "server energy", "J", 1, SUM(server_energy_j),
     "mean of the server's computing energy in a device's round",
     .sql = {ROUND_MEAN("server_energy_j"), TOTAL_MEAN("server_energy_total_j"), "server_energy_mean_j"}},
    {"device-energy", "device_energy_j", "device energy", "J", 1, SUM(device_energy_j),
     "mean of a device's computing energy in its round",
     .sql = {ROUND_MEAN("device_energy_j"), TOTAL_MEAN("device_energy_total_j"),
      EVERY_ROUND("device_energy_total_j")}},
    {"radio-energy", "radio_energy_j", "radio energy", "J", 1, SUM(radio_energy_j),
     "mean of the radio's energy in a device's round",
     .sql = {ROUND_MEAN("radio_energy_j"), TOTAL_MEAN("radio_energy_total_j"),
      EVERY_ROUND("radio_energy_total_j")}},
    {"cost", "cost", "cost U", "", 1, SUM(cost),
     "mean weighted cost U of a device's round",
     .sql = {ROUND_MEAN("cost"), MEAN_MEAN("cost_mean"), "cost_mean"}},
    {"regret", "regret", "regret (cost U)", "", 1, SUM(regret),
     "mean of the cost U above that with perfect knowledge of the channel",
     .sql = {NULL, MEAN_MEAN("regret_mean"), "regret_mean"}},
    {"makespan", "makespan_s", "makespan", "s", 1, TOTALS(makespan_s),
     "the simulation's clock at the end",
     .sql = {NULL, NULL, "makespan_s"}},
    {"wait", "wait_s", "wait", "s", 1, SUM(wait_s),
     "mean queueing for the server in a device's round",
     .sql = {ROUND_MEAN("wait_s"), TOTAL_MEAN("wait_total_s"), EVERY_ROUND("wait_total_s")}},
    {"cut", "cut", "cut layer", "", 1, SUM(cut),
     "mean cut layer",
     .sql = {ROUND_MEAN("cut"), MEAN_MEAN("cut_mean"), NULL}},
    {"cut-first", "cut_first_share", "share of cut = 0", "%", 0.01, NOWHERE,
     "share of rounds with cut = 0: all layers on the server",
     .sql = {ROUND_MEAN("(cut = 0)"), NULL, NULL}},
    {"cut-last", "cut_last_share", "share of cut = I", "%", 0.01, NOWHERE,
     "share of rounds with cut = I: all layers on the device",
     .sql = {ROUND_MEAN("(cut = layers)"), NULL, NULL}},
    {"cut-share", "cut_share", "layers on the device", "%", 0.01, NOWHERE,
     "mean share of the decoder layers on the device, cut / I",
     .sql = {ROUND_MEAN("(1.0 * cut / layers)"), NULL, NULL}},
    {"rounds-completed", "rounds_completed_share", "device rounds completed", "%", 0.01, NOWHERE,
     "share of the scenario's rounds, over devices, that were finished and count",
     .sql = {NULL, NULL, "coalesce(rounds_completed, devices * rounds) / (1.0 * devices * rounds)"}},
    {"rounds-lost", "rounds_lost_share", "device rounds lost", "%", 0.01, NOWHERE,
     "share of the devices' rounds that were begun and do not count",
     .sql = {NULL, WHOLE("1.0 * sum(rounds_lost) / sum(rounds + rounds_lost)", "rounds_lost"), NULL}},
    {"server-energy-spent", "server_energy_spent_j", "server energy spent", "J", 1, NOWHERE,
     "the server's computing energy, lost rounds included, for a device's round that counts",
     .sql = {NULL, WHOLE("sum(server_energy_total_j + coalesce(lost_server_energy_j, 0)) / sum(rounds)",
      "server_energy_total_j"),
      EVERY_ROUND("(server_energy_total_j + coalesce(lost_server_energy_j, 0))")}},
    {"frequency", "frequency_hz", "server frequency", "GHz", 1e9, SUM(frequency_hz),
     "mean frequency of the server's GPU",
     .sql = {ROUND_MEAN("frequency_hz"), MEAN_MEAN("frequency_mean_hz"), NULL}},
    {"outage", "outage_share", "links in outage", "%", 0.01, NOWHERE,
     "share of links, both ways, below CQI 1",
     .sql = {"avg((outage_ul + outage_dl) / 2.0)",
      "sum((outage_ul_share + outage_dl_share) / 2.0 * rounds) / sum(rounds)", NULL}},
    {"outage-uplink", "outage_ul_share", "uplinks in outage", "%", 0.01, NOWHERE,
     "share of uplinks below CQI 1",
     .sql = {ROUND_MEAN("outage_ul"), MEAN_MEAN("outage_ul_share"), NULL}},
    {"outage-downlink", "outage_dl_share", "downlinks in outage", "%", 0.01, NOWHERE,
     "share of downlinks below CQI 1",
     .sql = {ROUND_MEAN("outage_dl"), MEAN_MEAN("outage_dl_share"), NULL}},
    {"rate-uplink", "rate_ul_bps", "uplink rate", "Mbit/s", 1e6, NOWHERE,
     "mean rate of the uplink at a round's start",
     .sql = {ROUND_MEAN("rate_ul_bps"), NULL, NULL}},
    {"rate-downlink", "rate_dl_bps", "downlink rate", "Mbit/s", 1e6, NOWHERE,
     "mean rate of the downlink at a round's start",
     .sql = {ROUND_MEAN("rate_dl_bps"), NULL, NULL}},
    {"test-loss", "test_loss", "test loss", "nats", 1, NOWHERE,
     "test loss of a round ('round' tells them apart), else of the latest, nats a token",
     .sql = {[CS_TABLE_LOSSES] = LAST_LOSS("")}},
    {"train-loss", "train_loss", "training loss", "nats", 1, NOWHERE,
     "mean training loss of a round, nats a token",
     .sql = {[CS_TABLE_LOSSES] = "avg(train_loss)"}},
    {"elapsed", "elapsed_s", "simulated time", "s", 1, NOWHERE,
     "simulated time by a round's end, where something is learned",
     .sql = {[CS_TABLE_LOSSES] = "max(end_s)"}},
    {"energy-so-far", "energy_so_far_j", "energy", "J", 1, NOWHERE,
     "computing energy of server and devices and the radio's by then, lost rounds included",
     .sql = {[CS_TABLE_LOSSES] = "max(" ALL_ENERGY ")"}},
    {"server-energy-so-far", "server_energy_so_far_j", "server energy", "J", 1, NOWHERE,
     "the server's part of it",
     .sql = {[CS_TABLE_LOSSES] = "max(server_energy_j)"}},
    {"bits-so-far", "bits_so_far", "sent", "Gbit", 1e9, NOWHERE,
     "sent over the air by then, both ways",
     .sql = {[CS_TABLE_LOSSES] = "max(air_bit)"}},
    {"final-loss", "final_loss", "final loss", "nats", 1, NOWHERE,
     "the latest test loss of a run, nats a token",
     .sql = {[CS_TABLE_LOSSES] = LAST_LOSS("")}},
    {"rounds-to-target", "rounds_to_target", "rounds to loss", "", 1, NOWHERE,
     "rounds until the test loss is no more than learning.target-loss, or than X in "
     "rounds-to-target=X",
     .sql = {[CS_TABLE_LOSSES] = TO_TARGET("round")}, .argument = CS_ARGUMENT_TARGET,
     .censors = TRUE},
    {"time-to-target", "time_to_target_s", "time to loss", "s", 1, NOWHERE,
     "simulated time until then",
     .sql = {[CS_TABLE_LOSSES] = TO_TARGET("end_s")}, .argument = CS_ARGUMENT_TARGET,
     .censors = TRUE},
    {"energy-to-target", "energy_to_target_j", "energy to loss", "J", 1, NOWHERE,
     "computing energy of server and devices and the radio's until then, lost rounds included",
     .sql = {[CS_TABLE_LOSSES] = TO_TARGET(ALL_ENERGY)}, .argument = CS_ARGUMENT_TARGET,
     .censors = TRUE},
    {"server-energy-to-target", "server_energy_to_target_j", "server energy to loss", "J", 1,
     NOWHERE, "the server's part of it",
     .sql = {[CS_TABLE_LOSSES] = TO_TARGET("server_energy_j")}, .argument = CS_ARGUMENT_TARGET,
     .censors = TRUE},
    {"device-energy-to-target", "device_energy_to_target_j", "device energy to loss", "J", 1,
     NOWHERE, "the devices' computing in it",
     .sql = {[CS_TABLE_LOSSES] = TO_TARGET("device_energy_j")}, .argument = CS_ARGUMENT_TARGET,
     .censors = TRUE},
    {"bits-to-target", "bits_to_target", "bits to loss", "Gbit", 1e9, NOWHERE,
     "sent over the air, both ways, until then",
     .sql = {[CS_TABLE_LOSSES] = TO_TARGET("air_bit")}, .argument = CS_ARGUMENT_TARGET,
     .censors = TRUE},
    {"loss-at-time", "loss_at_time", "loss at", "nats", 1, NOWHERE,
     "the latest test loss at a simulated time, loss-at-time=1h; a run that has ended before keeps "
     "its last",
     .sql = {[CS_TABLE_LOSSES] = LAST_LOSS(" AND end_s <= @")},
     .argument = CS_ARGUMENT_TIME},
    {"loss-at-energy", "loss_at_energy", "loss at", "nats", 1, NOWHERE,
     "the same at an energy of server, devices and radio together, loss-at-energy=100kJ",
     .sql = {[CS_TABLE_LOSSES] = LAST_LOSS(" AND " ALL_ENERGY " <= @")},
     .argument = CS_ARGUMENT_ENERGY},
    {"loss-at-server-energy", "loss_at_server_energy", "loss at server", "nats", 1, NOWHERE,
     "the same at an energy of the server alone",
     .sql = {[CS_TABLE_LOSSES] = LAST_LOSS(" AND server_energy_j <= @")},
     .argument = CS_ARGUMENT_ENERGY},
};
/* clang-format on */

const CsMeasure *cs_measures(guint *n)
{
    *n = G_N_ELEMENTS(measures);
    return measures;
}

const CsMeasure *cs_measure_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(measures); i++)
        if (strcmp(measures[i].name, name) == 0)
            return &measures[i];
    return NULL;
}

/* A sum is one over the rounds that count. */
static gboolean is_sum(const CsMeasure *measure)
{
    return measure->field >= (gint)offsetof(CsTotals, sum) &&
           measure->field < (gint)(offsetof(CsTotals, sum) + sizeof(CsSums));
}

double cs_measure_mean(const CsMeasure *measure, const CsSums *sums)
{
    g_assert(is_sum(measure));
    const char *field = (const char *)sums + (gsize)measure->field - offsetof(CsTotals, sum);
    return *(const double *)(const void *)field / (double)sums->rounds;
}

double cs_measure_of(const CsMeasure *measure, const CsTotals *totals)
{
    if (is_sum(measure))
        return cs_measure_mean(measure, &totals->sum);
    g_assert(measure->field >= 0);
    return *(const double *)(const void *)((const char *)totals + measure->field);
}
