#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workload on SimPy (Debian's python3-simpy3), one process a device.

usage: bench_simpy.py WORKLOAD_LIBRARY DEVICES ROUNDS

The decisions are taken by the same C code as everywhere (workload.c as a shared object, one call a
device-round), so that what is measured is SimPy and not arithmetic in Python.
"""
import ctypes
import resource
import sys
import time

import simpy

STAGES = 8


class Totals:
    def __init__(self):
        self.delay_s = 0.0
        self.energy_j = 0.0
        self.events = 0
        self.busy = 0


def device(env, decide, stage_s, steps, totals, ended):
    """One device-round: 32 timeouts."""
    totals.energy_j += decide(stage_s)
    start = env.now
    timeout = env.timeout
    duration = stage_s[:]
    for stage in steps:
        yield timeout(duration[stage])
    totals.events += len(steps)
    totals.delay_s += env.now - start
    totals.busy -= 1
    if totals.busy == 0:
        ended.succeed()


def rounds_of(env, library, workload, devices, rounds, steps, totals):
    """Starts all devices together, round after round."""
    stage_s = (ctypes.c_double * STAGES)()
    call = library.workload_decide_s
    for n in range(1, rounds + 1):
        ended = env.event()
        totals.busy = devices
        for i in range(devices):
            env.process(device(env, lambda out, i=i: call(workload, i, n, out), stage_s, steps,
                               totals, ended))
        yield ended


def peak_kb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: bench_simpy.py WORKLOAD_LIBRARY DEVICES ROUNDS")
    library = ctypes.CDLL(sys.argv[1])
    devices, rounds = int(sys.argv[2]), int(sys.argv[3])
    library.workload_new.restype = ctypes.c_void_p
    library.workload_decide_s.restype = ctypes.c_double
    library.workload_decide_s.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64,
                                          ctypes.POINTER(ctypes.c_double)]
    steps = [0] + [1, 2, 3, 4, 5, 6] * 5 + [7]

    begin, base_kb = time.process_time(), peak_kb()
    workload = library.workload_new(devices)
    env = simpy.Environment()
    totals = Totals()
    env.process(rounds_of(env, library, workload, devices, rounds, steps, totals))
    ready = time.process_time()
    env.run()
    end = time.process_time()
    print(f"simpy,{devices},{rounds},{totals.events},{end - ready:.6f},{ready - begin:.6f},"
          f"{peak_kb()},{base_kb},{totals.delay_s:.9g},{totals.energy_j:.9g},{env.now:.9g}")


if __name__ == "__main__":
    main()
