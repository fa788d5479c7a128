/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tools/bench/core: the workload on cardsim's event core alone (src/des), without src/sim: what of
 * cardsim's time is the queue's. Also the hold model.
 *
 * usage: core [--hold] core DEVICES ROUNDS|EVENTS
 */
#include "des/des.h"
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A device's round, one cache line; the first duration's place then counts the steps. */
typedef union {
    int64_t stage_ns[WORKLOAD_STAGES];
    uint32_t step;
} Round;

typedef struct {
    CsDes *des;
    const Workload *workload;
    Round *device;
    guint devices, busy;
    guint64 round, rounds;
    CsHandlerId stage_ended;
    gint64 start_ns, delay_ns;
    double energy_j;
} Run;

static void begin_round(Run *run)
{
    run->round++;
    run->busy = run->devices;
    run->start_ns = cs_des_now(run->des);
    for (guint i = 0; i < run->devices; i++) {
        Round *device = &run->device[i];
        run->energy_j += workload_decide(run->workload, i, run->round, device->stage_ns);
        gint64 first_ns = device->stage_ns[0];
        device->step = 0;
        cs_des_post(run->des, run->start_ns + first_ns, i, run->stage_ended, i);
    }
}

static void stage_ended(CsDes *des, gpointer context, guint32 target)
{
    Run *run = context;
    Round *device = &run->device[target];
    gint64 now_ns = cs_des_now(des);
    if (++device->step < WORKLOAD_STEPS) {
        cs_des_post(des, now_ns + device->stage_ns[workload_stage[device->step]], target,
                    run->stage_ended, target);
        return;
    }
    run->delay_ns += now_ns - run->start_ns;
    if (--run->busy == 0 && run->round < run->rounds)
        begin_round(run);
}

static void run_workload(const char *name, guint devices, guint64 rounds)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    g_autoptr(CsDes) des = cs_des_new();
    Workload *workload = workload_new(devices);
    Run run = {.des = des, .workload = workload, .devices = devices, .rounds = rounds};
    run.device = aligned_alloc(64, devices * sizeof *run.device);
    run.stage_ended = cs_des_add_handler(des, stage_ended, &run);
    cs_des_set_target_state(des, run.stage_ended, run.device, sizeof *run.device);
    cs_des_reserve(des, devices);
    double ready = workload_seconds();
    begin_round(&run);
    cs_des_run(des, NULL);
    double end = workload_seconds();
    WorkloadTotals totals = {.delay_s = (double)run.delay_ns * 1e-9,
                             .energy_j = run.energy_j,
                             .makespan_s = (double)cs_des_now(des) * 1e-9,
                             .events = cs_des_fired(des)};
    workload_report(name, devices, rounds, end - ready, ready - begin, base_kb, totals);
    free(run.device);
    workload_free(workload);
}

/* --- the hold model --------------------------------------------------------------------------- */

typedef struct {
    const int64_t *table;
    guint64 left, drawn;
    CsHandlerId again;
} Hold;

static void hold_again(CsDes *des, gpointer context, guint32 target)
{
    Hold *hold = context;
    cs_des_post(des, cs_des_now(des) + hold->table[hold->drawn++ % WORKLOAD_HOLD_TABLE], target,
                hold->again, target);
    if (--hold->left == 0)
        cs_des_stop(des);
}

static void run_hold(const char *name, guint entities, guint64 events)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    g_autoptr(CsDes) des = cs_des_new();
    Hold hold = {.table = workload_hold_table(), .left = entities};
    hold.again = cs_des_add_handler(des, hold_again, &hold);
    cs_des_reserve(des, entities);
    for (guint i = 0; i < entities; i++)
        cs_des_post(des, hold.table[(i * 7919u) % WORKLOAD_HOLD_TABLE], i, hold.again, i);
    cs_des_run(des, NULL); /* to the steady state */
    hold.left = events;
    double ready = workload_seconds();
    cs_des_run(des, NULL);
    double end = workload_seconds();
    WorkloadTotals totals = {.makespan_s = (double)cs_des_now(des) * 1e-9, .events = events};
    workload_report(name, entities, 0, end - ready, ready - begin, base_kb, totals);
}

int main(int argc, char **argv)
{
    gboolean hold = argc > 1 && strcmp(argv[1], "--hold") == 0;
    if (argc != 4 + hold) {
        fprintf(stderr, "usage: core [--hold] core DEVICES ROUNDS|EVENTS\n");
        return 2;
    }
    argv += hold;
    guint n = (guint)strtoul(argv[2], NULL, 10);
    guint64 amount = strtoull(argv[3], NULL, 10);
    if (hold)
        run_hold(argv[1], n, amount);
    else
        run_workload(argv[1], n, amount);
    return 0;
}
