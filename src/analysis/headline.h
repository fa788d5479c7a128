/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/headline: the letter's two reductions as exact means (campaign/exact), and what memory
 * leaves of the first: device-only needs the whole model on every device, and the letter's devices
 * 4 and 5 are boards of 8 and 4 GB.
 *
 * Layer: analysis. Calls campaign.
 */
#ifndef CS_ANALYSIS_HEADLINE_H
#define CS_ANALYSIS_HEADLINE_H

#include "analysis/claims.h"
#include "campaign/exact.h"

/* Changes in % of sums over devices, by state; the last is over all states. */
typedef struct {
    double delay[CS_STATES_N + 1];  /* of CARD against device-only */
    double energy[CS_STATES_N + 1]; /* of CARD against server-only at f* */
    double fitting_delay; /* over all states, where each device takes its largest cut that fits its
                             board; NAN where there are not the letter's five devices */
    double whole_byte;    /* that the last cut takes on a device */
    guint fitting_cut[2]; /* of devices 4 and 5 */
} CsHeadline;

/* Computes it for a scenario of the letter's Fig. 4. FALSE where that has no exact answer. */
gboolean cs_headline_compute(CsHeadline *headline, const CsScenario *scenario);

/* exact.csv: state,delay_change_percent,energy_change_percent. Transfer full. */
char *cs_headline_csv(const CsHeadline *headline);

/* Sentences for the report, with the simulated changes beside. Transfer full. */
char *cs_headline_text(const CsHeadline *headline, CsEstimate delay, CsEstimate energy);

#endif
