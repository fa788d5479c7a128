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

/* One device in one replication. */
typedef struct {
    guint64 rounds;
    guint64 cut_last; /* rounds with c = I: everything on the device */
    guint64 cut_zero; /* rounds with c = 0 */
    guint64 cut_other;
    guint64 off_eq16; /* rounds whose frequency is not f* of Eq. 16 */
    double delay_s;   /* sums over the rounds */
    double energy_j;  /* the server's, E of Eq. 11 */
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

/* One replication's own sink. */
typedef struct CsTallySink CsTallySink;

/* With `keep_rounds` the sink also keeps every round's cut and frequency. Transfer full. */
CsTallySink *cs_tally_sink_new(const CsConfig *config, gboolean keep_rounds);
void cs_tally_sink_free(CsTallySink *sink);
CsSink *cs_tally_sink(CsTallySink *sink); /* borrowed; what a simulation is given */
CsTallySink *cs_tally_sink_of(CsSink *sink);
void cs_tally_put(CsTally *tally, guint replication, const CsTallySink *sink);

/* "round,device,cut,layers" and "round,device,frequency_hz", of a sink that kept its rounds.
 * Transfer full. */
char *cs_tally_sink_cuts_csv(const CsTallySink *sink);
char *cs_tally_sink_frequencies_csv(const CsTallySink *sink);

/* --- estimates over replications, with 95 % intervals ----------------------------------------- */

/* What a cell adds up to, by a field's offset: G_STRUCT_OFFSET(CsTallyCell, delay_s). */
typedef gsize CsTallyField;

/* Mean of a device's round, over all devices and rounds. */
CsEstimate cs_tally_mean(const CsTally *tally, CsTallyField field);

/* Mean of one device's round. */
CsEstimate cs_tally_device_mean(const CsTally *tally, CsTallyField field, guint device);

/* Share of a device's rounds with c = I. */
CsEstimate cs_tally_last_share(const CsTally *tally, guint device);

/* The difference b - a of two devices' share of c = I, and of their mean of `field`, paired by
 * replication. */
CsEstimate cs_tally_last_share_step(const CsTally *tally, guint a, guint b);
CsEstimate cs_tally_device_step(const CsTally *tally, CsTallyField field, guint a, guint b);

/* The difference of two runs' means of a round (what - against), paired by replication. */
CsEstimate cs_tally_difference(const CsTally *what, const CsTally *against, CsTallyField field);

/*
 * Change in % of `field`'s sum over `n` runs against that of `n` others, by the jackknife over
 * replications: 100 (Σ what / Σ against - 1). All have as many replications.
 */
CsEstimate cs_tally_change(const CsTally *const *what, const CsTally *const *against, guint n,
                           CsTallyField field);

#endif
