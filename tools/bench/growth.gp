# SPDX-License-Identifier: GPL-3.0-or-later
# tools/bench/growth: how the time of one device-round grows. Called by `run --growth` with `folder`.
set datafile separator ","
set terminal svg size 900,320 font "sans,12" background "white"
set output folder . "/performance-growth.svg"
set key off
set grid
set logscale x
set format x "10^{%T}"
set yrange [0:*]
set multiplot layout 1,3
data = folder . "/performance-growth.csv"
of(axis) = sprintf("< awk -F, '$1 == \"%s\"' '%s'", axis, data)
set ylabel "ns per device-round"
set xlabel "devices (parallel)"
plot of("devices") using 2:3 with linespoints pointtype 7 linecolor rgb "#0072B2"
unset ylabel
set xlabel "rounds (5 devices)"
plot of("rounds") using 2:3 with linespoints pointtype 7 linecolor rgb "#0072B2"
set xlabel "decoder layers (1,000 devices)"
plot of("layers") using 2:3 with linespoints pointtype 7 linecolor rgb "#0072B2"
unset multiplot
