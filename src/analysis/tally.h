/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/tally: what the letter's figures and claims need of a run: sums over rounds, a cell for
 * each replication and device.
 *
 * Layer: analysis. Calls base, policy, sim.
 */
#ifndef CS_ANALYSIS_TALLY_H
#define CS_ANALYSIS_TALLY_H

#include "base/statistics.h"
#include "sim/config.h"
#include "sim/sink.h"

/* One device in one replication: its rounds, and sums over them. */
typedef struct {
    double rounds;
    double cut_last; /* rounds with c = I: everything on the device */
    double cut_zero; /* rounds with c = 0 */
    double cut_other;
    double off_eq16; /* rounds whose frequency is not f* of Eq. 16 */
    double delay_s;
    double energy_j; /* the server's, E of Eq. 11 */
    double frequency_hz;
} CsTallyCell;

typedef struct {
    guint n_devices;
    guint n_replications;
    CsTallyCell *cell; /* [replication * n_devices + device], both from 0 */
} CsTally;

CsTally *cs_tally_new(guint n_devices, guint n_replications);
void cs_tally_free(CsTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsTally, cs_tally_free)

/* One replication's own sink; with `keep_rounds` it also keeps every round's cut and frequency.
 * Transfer full. */
CsSink *cs_tally_sink_new(const CsConfig *config, gboolean keep_rounds);
void cs_tally_sink_free(CsSink *sink);
void cs_tally_put(CsTally *tally, guint replication, const CsSink *sink);

/* "round,device,cut,layers" and "round,device,frequency_hz", of a sink that kept its rounds.
 * Transfer full. */
void cs_tally_sink_csv(const CsSink *sink, char **cuts, char **frequencies);

/* --- estimates over replications, with 95 % intervals ----------------------------------------- */

/* What a cell adds up to, by a field's offset: G_STRUCT_OFFSET(CsTallyCell, delay_s). */
typedef gsize CsTallyField;

#define CS_TALLY_ALL G_MAXUINT /* as a device: all of them */

/* Mean of a device's round, over one device's rounds or those of all; of a count the share. */
CsEstimate cs_tally_mean(const CsTally *tally, CsTallyField field, guint device);

/* The difference of two such means (what - against), paired by replication. */
CsEstimate cs_tally_difference(const CsTally *what, guint device, const CsTally *against,
                               guint other, CsTallyField field);

/* The sum over all replications. */
double cs_tally_sum(const CsTally *tally, CsTallyField field, guint device);

/*
 * Change in % of `field`'s sum over `n` runs against that of `n` others, by the jackknife over
 * replications: 100 (Σ what / Σ against - 1). All have as many replications.
 */
CsEstimate cs_tally_change(const CsTally *const *what, const CsTally *const *against, guint n,
                           CsTallyField field);

#endif
