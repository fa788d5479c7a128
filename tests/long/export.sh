#!/bin/sh
# 90 runs of 5000 rounds of devices: what recording rounds costs, and computing them anew
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim >build.log 2>&1 || { tail build.log; exit 1; }
CARDSIM_DATADIR=$top
export CARDSIM_DATADIR
rm -rf lean full
settings="-s simulation.rounds=1000 -s simulation.replications=1 -s radio.path-loss-exponent=2..6:0.5 -s policy.weight=0.1..1:0.1"

# timed COMMAND...: CPU time in ms, of the command and its children.
timed() {
    { command time -f '%U %S' "$@" 2>&1 >/dev/null; } | tail -n 1 |
        awk '{ printf "%d\n", 1000 * ($1 + $2) }'
}
# shellcheck disable=SC2086
{
    lean=$(timed ./cardsim sweep "$top/scenarios/letter.ini" -q -j 1 -o lean $settings)
    full=$(timed ./cardsim sweep "$top/scenarios/letter.ini" -q -j 1 -o full $settings -s output.record=rounds+devices+totals)
}
kept=$(du -sk lean | cut -f1)
anew=$(timed ./cardsim export lean -q -j 1 -o anew.csv)
cmp anew.csv full/rounds.csv || exit 1
rm full/rounds.csv
stored=$(timed ./cardsim export full -q -j 1 -o stored.csv)
cmp anew.csv stored.csv || exit 1
echo "figure: CPU time of 90 runs x 5000 rounds of devices, recording them over not = $((full / lean))"
echo "figure: the directory without rounds = $kept KiB"
echo "figure: rounds computed anew, in ms of CPU = $anew"
echo "figure: rounds read from the database, in ms of CPU = $stored"
[ "$full" -ge $((8 * lean)) ] && [ "$kept" -lt 1024 ] && [ "$anew" -lt "$stored" ]
