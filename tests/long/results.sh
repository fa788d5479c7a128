#!/bin/sh
# ten thousand corrupted directories of results and three hundred hostile ones, read by every command
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/fuzz/random/results.c makes and judges them. RESULTS_CORRUPTED and RESULTS_HOSTILE say how many.
set -u
export CARDSIM_DATADIR="$top"
mkdir -p build && cd build || exit 1
[ -f Makefile ] || CFLAGS="-O1 -g" "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim tests/fuzz/random/results || exit 1
cd .. || exit 1
rm -rf run swept
few="-q -s simulation.rounds=5 -s simulation.replications=2"
# shellcheck disable=SC2086
build/cardsim run "$top/scenarios/letter.ini" $few -o run || exit 1
# shellcheck disable=SC2086
build/cardsim sweep "$top/scenarios/letter.ini" $few -s policy.weight=0.1,0.5,0.9 -o swept || exit 1
build/tests/fuzz/random/results -n "${RESULTS_CORRUPTED:-10000}" -m "${RESULTS_HOSTILE:-300}" run swept \
    build/cardsim >log-results
status=$?
grep '^FAIL' log-results
sed -n 's/^\(.* hostile directories, .* commands\): \(.*\)/figure: \1 = \2/p' log-results
exit "$status"
