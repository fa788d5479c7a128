/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/key-list-gpu: the rows of key-list.h that the server's GPU and a device's share.
 * key-list.h defines GPU_KEY(), a key of the one or the other; OF_GPU(), where its value goes and
 * what member of a platform gives it; and GPU_FREQUENCY, the key of the clock.
 *
 * Layer: scenario. For key-list.h only.
 */

GPU_KEY(POWER_EXPONENT, "power-exponent",
        "p of the power P0 + xi F^3 (f/F)^p, F being 'peak-frequency'", QUANTITY(NONE, 1, 10),
        DEFAULT("3"), ELSE("the platform's, where 'compute = measured'"), OF_GPU(power_exponent))
GPU_KEY(POWER_KNEE, "power-knee",
        "clock below which the voltage falls no further, so that what it adds to P0 falls in "
        "proportion to it",
        QUANTITY(FREQUENCY, 0, HZ_MAX), DEFAULT("0 Hz"),
        ELSE("the platform's, where 'compute = measured'; 0 Hz: none"), EXAMPLE("727 MHz"),
        OF_GPU(power_knee_hz))
GPU_KEY(PEAK_FLOPS, "peak-flops",
        "FLOP/s of 16-bit matrices, dense, tensor cores included; for 'compute = measured'",
        ABOVE_0(NONE, 1e18), ELSE("the platform's"), EXAMPLE("312e12"), ABSENT(NAN),
        OF_GPU(rates.peak_flops))
GPU_KEY(PEAK_FLOPS_32BIT, "peak-flops-32bit",
        "the same in 32 bit, where 'activation-precision' is above 16 bit", ABOVE_0(NONE, 1e18),
        ELSE("the platform's; else cores x FLOPs per cycle x 'peak-frequency'"), EXAMPLE("19.5e12"),
        ABSENT(NAN), OF_GPU(rates.peak32_flops))
GPU_KEY(PEAK_FREQUENCY, "peak-frequency", "GPU frequency at which that peak is reached",
        ABOVE_0(FREQUENCY, HZ_MAX), ELSE("the platform's maximum; else '" GPU_FREQUENCY "'"),
        EXAMPLE("1.41 GHz"), OF_GPU(rates.peak_frequency_hz))
GPU_KEY(EFFICIENCY, "efficiency", "share of the peak that matrix products reach",
        QUANTITY(NONE, 1e-6, 10), ELSE("the platform's"), EXAMPLE("0.6"), ABSENT(NAN),
        OF_GPU(rates.efficiency))
GPU_KEY(EFFICIENCY_ATTENTION, "efficiency-attention", "share of the peak that attention reaches",
        QUANTITY(NONE, 1e-6, 10), ELSE("the platform's; else 'efficiency'"), EXAMPLE("0.4"),
        ABSENT(NAN), OF_GPU(rates.efficiency_attention))
GPU_KEY(MEMORY_BANDWIDTH, "memory-bandwidth", "of the GPU's memory, as reached",
        ABOVE_0(RATE, 1e16), ELSE("the platform's"), EXAMPLE("2000 GB/s"), ABSENT(NAN),
        OF_GPU(rates.bandwidth_bps))
GPU_KEY(LAYER_OVERHEAD, "layer-overhead", "time of a layer and pass beside its work",
        QUANTITY(TIME, 0, 1e3), DEFAULT("0 s"), ELSE("the platform's"),
        OF_GPU(rates.layer_overhead_s))
GPU_KEY(STEP_OVERHEAD, "step-overhead", "time of a mini-batch beside its layers",
        QUANTITY(TIME, 0, 1e3), DEFAULT("0 s"), ELSE("the platform's"),
        OF_GPU(rates.step_overhead_s))
GPU_KEY(LAYER_TIMES, "layer-times",
        "a CSV file of a layer's times, in place of all these but 'step-overhead' (tokens, "
        "forward_s, backward_s at 'peak-frequency', or at a column frequency_hz); for "
        "'compute = measured'",
        KIND(NAME), FILE_ALWAYS, ELSE("the platform's; else the keys above"), EXAMPLE("layers.csv"))
GPU_KEY(POWER_TABLE, "power-table",
        "a CSV file of the power at work by frequency (frequency_hz, power_w), in place of P0 + xi "
        "f^3; linear between its rows, constant beyond them",
        KIND(NAME), FILE_ALWAYS, ELSE("the platform's, where 'compute = measured'; else the law"),
        EXAMPLE("power.csv"))
