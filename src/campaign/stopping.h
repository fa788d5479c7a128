/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/stopping: when a run whose replications come in batches has enough of them.
 *
 * After each batch Student's 95 % interval of the metric's mean over all replications is looked at;
 * it is narrow enough where its half-width is at most precision · |mean|. Looking again and again
 * (Y. S. Chow and H. Robbins, "On the asymptotic theory of fixed-width sequential confidence
 * intervals for the mean", Ann. Math. Stat. 36, 1965) favours the moments at which the spread
 * happens to look small, so that 95 % intervals hold the mean in 87 % of runs that end early. So:
 *
 *     least   there is no look before CS_STOPPING_LEAST replications;
 *     extra   once narrow enough, CS_STOPPING_EXTRA more replications come, and count, that no look
 *             has chosen: a bounded number of observations after the stop makes up for not knowing
 *             the variance (G. Simons, "On the cost of not knowing the variance when making a
 *             fixed-width confidence interval for the mean", Ann. Math. Stat. 39, 1968).
 *
 * Both numbers were found by simulation, of which a part is tests/unit/check-campaign.c and the
 * whole tests/long/stopping.sh: at least 93 % at 1, 2 and 5 %, for normal values and moderately
 * skewed ones. What no look can know are values so rare that the replications hold none of them.
 *
 * Layer: campaign. Calls base.
 */
#ifndef CS_CAMPAIGN_STOPPING_H
#define CS_CAMPAIGN_STOPPING_H

#include <glib.h>

#define CS_STOPPING_LEAST 20
#define CS_STOPPING_EXTRA 10

typedef struct {
    double precision;     /* half-width over mean */
    gsize narrow_at;      /* values at the first look that found it narrow enough; 0: none yet */
    guint64 replications; /* and how many replications there were */
} CsStopping;

/*
 * To be called after each batch with all values so far (`n` of them; replications without a value
 * give none) and the number of replications. TRUE once it is enough.
 */
gboolean cs_stopping_look(CsStopping *stopping, const double *sample, gsize n,
                          guint64 replications);

#endif
