/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tools/bench/workload: the work that every engine of the comparison is given.
 *
 * The letter's five kinds of device in equal numbers, T = 5, schedule = parallel, unlimited GPUs,
 * log-distance exponent 4, Rayleigh fading of both directions per round, one CARD decision over 33
 * cuts per device-round, then 32 timed events: adapters down, five times six stages, adapters up.
 * A round begins when the last device has ended the one before. Results are totals only.
 *
 * The physics is written down a second time here, from the formulas, and shares nothing with
 * cardsim but the random streams: an engine's totals therefore check cardsim's, and with equal
 * draws all engines run the very same durations.
 *
 * Callable from C, C++ and (as a shared object) Python.
 */
#ifndef CS_BENCH_WORKLOAD_H
#define CS_BENCH_WORKLOAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WORKLOAD_KINDS 5
#define WORKLOAD_LAYERS 32
#define WORKLOAD_CUTS (WORKLOAD_LAYERS + 1)
#define WORKLOAD_EPOCHS 5
#define WORKLOAD_STAGES 8
#define WORKLOAD_STEPS (6 * WORKLOAD_EPOCHS + 2)
#define WORKLOAD_SEED 1

/* Which of the 8 stages a round's step 0..31 is. */
extern const uint8_t workload_stage[WORKLOAD_STEPS];

typedef struct Workload Workload;

/* `devices` is a multiple of 5: the first fifth is of the letter's kind 1, and so on. */
Workload *workload_new(uint32_t devices);
void workload_free(Workload *workload);

/*
 * What device `device` does in round `round` (from 1): the duration of each stage in ns and the
 * server's energy in J.
 */
double workload_decide(const Workload *workload, uint32_t device, uint64_t round,
                       int64_t stage_ns[WORKLOAD_STAGES]);

/* The same in seconds, for engines whose clock is a double. */
double workload_decide_s(const Workload *workload, uint32_t device, uint64_t round,
                         double stage_s[WORKLOAD_STAGES]);

/* What every engine must arrive at: computed without any queue. */
typedef struct {
    double delay_s;  /* Σ over devices and rounds of end - start */
    double energy_j; /* Σ of the server's energy */
    double makespan_s;
    uint64_t events;
} WorkloadTotals;

WorkloadTotals workload_expect(const Workload *workload, uint64_t rounds);

/* The time from one event of an entity to its next in the hold model, in ns: Exp(1 s), from a table
 * of 65,536 values so that drawing costs next to nothing. */
#define WORKLOAD_HOLD_TABLE 65536
const int64_t *workload_hold_table(void);

/* The process's own time so far in s, so that a busy neighbour does not count: all engines run on
 * one thread and wait for nothing. */
double workload_seconds(void);

/* One result line on stdout that `run` reads:
 * engine devices rounds events seconds setup_s peak_kb base_kb delay_s energy_j makespan_s */
void workload_report(const char *engine, uint32_t devices, uint64_t rounds, double seconds,
                     double setup_s, long base_kb, WorkloadTotals totals);

/* Peak resident memory so far in KiB (ru_maxrss). */
long workload_peak_kb(void);

#ifdef __cplusplus
}
#endif
#endif
