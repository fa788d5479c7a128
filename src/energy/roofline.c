/* SPDX-License-Identifier: GPL-3.0-or-later */
/* energy/roofline: time of work on a processor. See roofline.h. Layer: energy. */
#include "energy/roofline.h"

void cs_roofline_add(const CsRates *rates, double peak_flops, const CsOperations *work,
                     CsTimeLaw *law)
{
    const double efficiency[CS_WORK_N] = {[CS_WORK_LINEAR] = rates->efficiency,
                                          [CS_WORK_ATTENTION] = rates->efficiency_attention,
                                          [CS_WORK_ELEMENTWISE] = 1};
    for (guint i = 0; i < CS_WORK_N; i++) {
        double arithmetic_s = work->flop[i] / (efficiency[i] * peak_flops);
        double memory_s = 8 * work->byte[i] / rates->bandwidth_bps;
        if (arithmetic_s >= memory_s)
            law->cycle += arithmetic_s * rates->peak_frequency_hz;
        else
            law->fixed_s += memory_s;
    }
}
