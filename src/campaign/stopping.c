/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/stopping: when there are enough replications. See stopping.h. Layer: campaign. */
#include "campaign/stopping.h"

#include "base/statistics.h"

#define CONFIDENCE 0.95

static gboolean is_narrow(const CsStopping *stopping, const double *sample, gsize n)
{
    CsEstimate estimate = cs_mean_estimate(sample, n, CONFIDENCE);
    return estimate.half_width <= stopping->precision * ABS(estimate.value);
}

gboolean cs_stopping_look(CsStopping *stopping, const double *sample, gsize n, guint64 replications)
{
    if (stopping->narrow_at == 0 && n >= CS_STOPPING_LEAST && is_narrow(stopping, sample, n)) {
        stopping->narrow_at = n;
        stopping->replications = replications;
    }
    return stopping->narrow_at > 0 && replications >= stopping->replications + CS_STOPPING_EXTRA;
}
