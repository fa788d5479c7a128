/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/compute-times: how long a processor takes for its part of a mini-batch, by the cut, as
 * measured (compute = measured; energy/roofline.h).
 *
 * Layer: sim. Calls llm, energy.
 */
#ifndef CS_SIM_COMPUTE_TIMES_H
#define CS_SIM_COMPUTE_TIMES_H

#include "energy/roofline.h"
#include "llm/operations.h"

/* Arrays over the cut c = 0..n_cuts-1. */
typedef struct {
    guint n_cuts;
    CsTimeLaw *forward;
    CsTimeLaw *backward;
    CsTimeLaw head_forward,
        head_backward; /* of a head that is the device's, beside these; else 0 */
} CsComputeTimes;

typedef struct {
    const CsArchitecture *architecture;
    const CsTraining *training;
    const CsMemorySettings *memory;
    const CsRates *rates;
    double peak32_flops; /* the processor's rate in 32 bit, for activations above 16 bit */
} CsComputeWork;

/* Of layers 1..c on a device, which computes again what it does not keep; the last entry is its
 * time for all layers. Transfer full. */
CsComputeTimes *cs_compute_times_device(const CsComputeWork *work);

/* Of layers c+1..I and the head on the server, which keeps everything. Transfer full. */
CsComputeTimes *cs_compute_times_server(const CsComputeWork *work);

void cs_compute_times_free(CsComputeTimes *times);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsComputeTimes, cs_compute_times_free)

#endif
