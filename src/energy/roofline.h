/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * energy/roofline: how long a processor takes for work, and how that changes with its clock.
 *
 * Source: Williams, Waterman, Patterson, "Roofline: An Insightful Visual Performance Model for
 * Multicore Architectures", CACM 52(4), 2009. A kind of work takes the longer of
 *     FLOPs / (efficiency · peak)          bound by arithmetic: as 1/f with the clock
 *     bytes / memory bandwidth             bound by memory: whatever the GPU's clock
 * so that a sum of works takes b/f + a seconds.
 * Deviation: what binds is decided at the clock for which the peak is given. Work that memory binds
 * there keeps its time at any lower clock, where arithmetic might come to bind it.
 *
 * Layer: energy. Calls base.
 */
#ifndef CS_ENERGY_ROOFLINE_H
#define CS_ENERGY_ROOFLINE_H

#include "base/work.h"

/* Times of a layer as measured (energy/tables.h). */
typedef struct CsLayerTimes CsLayerTimes;

/* What a processor reaches, as measured. NAN where not known. */
typedef struct {
    double peak_flops;           /* FLOP/s of 16-bit matrices at peak_frequency_hz, dense */
    double peak32_flops;         /* the same in 32 bit; NAN: cores x FLOPs per cycle x clock */
    double peak_frequency_hz;    /* the clock of the peaks */
    double efficiency;           /* share of the peak that matrix products reach */
    double efficiency_attention; /* the same of attention */
    double bandwidth_bps;        /* memory bandwidth in bit/s */
    double layer_overhead_s;     /* of a layer and pass: launching kernels */
    double step_overhead_s;      /* of a mini-batch: optimizer, loader, synchronising */
    const CsLayerTimes *times;   /* borrowed: a layer's in place of all above but the clock and the
                                    overhead of a step; NULL: none */
} CsRates;

/* Seconds at a clock of f Hz: cycle / f + fixed_s. */
typedef struct {
    double cycle;
    double fixed_s;
} CsTimeLaw;

static inline double cs_time_law_s(CsTimeLaw law, double frequency_hz)
{
    return law.cycle / frequency_hz + law.fixed_s;
}

static inline CsTimeLaw cs_time_law_sum(CsTimeLaw a, CsTimeLaw b)
{
    return (CsTimeLaw){.cycle = a.cycle + b.cycle, .fixed_s = a.fixed_s + b.fixed_s};
}

/* Adds the time of `work` at `peak_flops` to `law`. */
void cs_roofline_add(const CsRates *rates, double peak_flops, const CsOperations *work,
                     CsTimeLaw *law);

#endif
