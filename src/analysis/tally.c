/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/tally: sums of a run by replication and device. See tally.h. */
#include "analysis/tally.h"

#include "text/rows.h"

#include <math.h>

#define CONFIDENCE 0.95

typedef struct {
    CsSink sink; /* first, so that the two pointers are one */
    const CsConfig *config;
    const CsDeviceGroup **group; /* of every device */
    CsTallyCell *cell;           /* of every device */
    GArray *rounds;              /* of Round; NULL where they are not kept */
} TallySink;

typedef struct {
    guint64 round;
    guint device;
    CsDecision decision;
} Round;

/* --- gathering -------------------------------------------------------------------------------- */

CsTally *cs_tally_new(guint n_devices, guint n_replications)
{
    CsTally *tally = g_new(CsTally, 1);
    *tally = (CsTally){n_devices, n_replications,
                       g_new0(CsTallyCell, (gsize)n_devices * n_replications)};
    return tally;
}

void cs_tally_free(CsTally *tally)
{
    if (tally == NULL)
        return;
    g_free(tally->cell);
    g_free(tally);
}

static void take_round(CsSink *base, const CsRoundRecord *record)
{
    TallySink *sink = (TallySink *)base;
    CsTallyCell *cell = &sink->cell[record->device];
    const CsCostTable *cost = &sink->group[record->device]->cost;
    double weight = sink->config->policy_settings.weight;
    double frequency_hz = record->decision.frequency_hz;
    double best_hz = cs_optimal_frequency(cost, &record->corners, weight);

    cell->rounds++;
    if (record->decision.cut == 0)
        cell->cut_zero++;
    else if (record->decision.cut == cost->n_cuts - 1)
        cell->cut_last++;
    else
        cell->cut_other++;
    if (fabs(frequency_hz - best_hz) > 1e-9 * best_hz)
        cell->off_eq16++;
    cell->delay_s += (double)(record->end_ns - record->start_ns) / 1e9;
    cell->energy_j += record->server_energy_j;
    cell->frequency_hz += frequency_hz;
    if (sink->rounds != NULL) {
        Round round = {record->round, record->device, record->decision};
        g_array_append_val(sink->rounds, round);
    }
}

CsSink *cs_tally_sink_new(const CsConfig *config, gboolean keep_rounds)
{
    TallySink *sink = g_new0(TallySink, 1);
    sink->sink.round = take_round;
    sink->config = config;
    sink->group = g_new(const CsDeviceGroup *, config->n_devices);
    for (guint i = 0; i < config->n_devices; i++)
        sink->group[i] = cs_config_group_of(config, i);
    sink->cell = g_new0(CsTallyCell, config->n_devices);
    if (keep_rounds)
        sink->rounds = g_array_new(FALSE, FALSE, sizeof(Round));
    return &sink->sink;
}

void cs_tally_sink_free(CsSink *base)
{
    TallySink *sink = (TallySink *)base;
    if (sink == NULL)
        return;
    g_free(sink->group);
    g_free(sink->cell);
    g_clear_pointer(&sink->rounds, g_array_unref);
    g_free(sink);
}

void cs_tally_put(CsTally *tally, guint replication, const CsSink *sink)
{
    g_assert(replication < tally->n_replications);
    for (guint d = 0; d < tally->n_devices; d++)
        tally->cell[(gsize)replication * tally->n_devices + d] = ((const TallySink *)sink)->cell[d];
}

void cs_tally_sink_csv(const CsSink *base, char **cuts, char **frequencies)
{
    const TallySink *sink = (const TallySink *)base;
    GString *cut = g_string_new("round,device,cut,layers\n");
    GString *frequency = g_string_new("round,device,frequency_hz\n");
    for (guint i = 0; i < sink->rounds->len; i++) {
        const Round *round = &g_array_index(sink->rounds, Round, i);
        g_autofree char *name = cs_config_device_name(sink->config, round->device);
        g_string_append_printf(cut, "%" G_GUINT64_FORMAT ",%s,%u,%u\n", round->round, name,
                               round->decision.cut, sink->config->profile->n_cuts - 1);
        g_string_append_printf(frequency, "%" G_GUINT64_FORMAT ",%s", round->round, name);
        cs_csv_append_number(frequency, round->decision.frequency_hz);
        g_string_append_c(frequency, '\n');
    }
    *cuts = g_string_free(cut, FALSE);
    *frequencies = g_string_free(frequency, FALSE);
}

/* --- estimates -------------------------------------------------------------------------------- */

/* Σ over one device or all of a replication. */
static double sum(const CsTally *tally, guint replication, CsTallyField field, guint device)
{
    const CsTallyCell *cell = &tally->cell[(gsize)replication * tally->n_devices];
    double total = 0.0;
    for (guint d = 0; d < tally->n_devices; d++)
        if (device == CS_TALLY_ALL || device == d)
            total += *(const double *)(const void *)((const char *)&cell[d] + field);
    return total;
}

static double mean(const CsTally *tally, guint replication, CsTallyField field, guint device)
{
    return sum(tally, replication, field, device) /
           sum(tally, replication, G_STRUCT_OFFSET(CsTallyCell, rounds), device);
}

double cs_tally_sum(const CsTally *tally, CsTallyField field, guint device)
{
    double total = 0.0;
    for (guint r = 0; r < tally->n_replications; r++)
        total += sum(tally, r, field, device);
    return total;
}

CsEstimate cs_tally_mean(const CsTally *tally, CsTallyField field, guint device)
{
    g_autofree double *sample = g_new(double, tally->n_replications);
    for (guint r = 0; r < tally->n_replications; r++)
        sample[r] = mean(tally, r, field, device);
    return cs_mean_estimate(sample, tally->n_replications, CONFIDENCE);
}

CsEstimate cs_tally_difference(const CsTally *what, guint device, const CsTally *against,
                               guint other, CsTallyField field)
{
    g_assert(what->n_replications == against->n_replications);
    g_autofree double *sample = g_new(double, what->n_replications);
    for (guint r = 0; r < what->n_replications; r++)
        sample[r] = mean(what, r, field, device) - mean(against, r, field, other);
    return cs_mean_estimate(sample, what->n_replications, CONFIDENCE);
}

CsEstimate cs_tally_change(const CsTally *const *what, const CsTally *const *against, guint n,
                           CsTallyField field)
{
    guint replications = what[0]->n_replications;
    g_autofree double *above = g_new0(double, replications);
    g_autofree double *below = g_new0(double, replications);
    for (guint i = 0; i < n; i++) {
        g_assert(what[i]->n_replications == replications);
        g_assert(against[i]->n_replications == replications);
        for (guint r = 0; r < replications; r++) {
            above[r] += sum(what[i], r, field, CS_TALLY_ALL);
            below[r] += sum(against[i], r, field, CS_TALLY_ALL);
        }
    }
    CsEstimate ratio = cs_ratio_estimate(above, below, replications, CONFIDENCE);
    return (CsEstimate){100.0 * (ratio.value - 1.0), 100.0 * ratio.half_width, ratio.n};
}
