#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The threaded parts under ThreadSanitizer: the pool's tests and runs on several threads. Builds in
# the current directory; ends with the line that tools/check counts.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
[ -f Makefile ] || "$top/configure" -q CFLAGS="-O1 -g" --enable-sanitizers=thread || exit 1
programs=
for name in campaign; do
    [ -f "$top/tests/unit/check-$name.c" ] && programs="$programs tests/unit/check-$name"
done
# shellcheck disable=SC2086
{ make -s all && make -s -j"$jobs" $programs; } >make.log 2>&1 || { tail make.log; exit 1; }
# shellcheck disable=SC2046
${CC:-cc} -shared -fPIC -O1 -g -fsanitize=thread -o glib-locks.so "$top/tests/sanitizers/glib-locks.c" \
    $(pkg-config --cflags glib-2.0) -lpthread || exit 1
CS_TEST_SRCDIR=$top CARDSIM_DATADIR=$top CS_TEST_BUILDDIR=$(pwd -P) CK_DEFAULT_TIMEOUT=300
G_SLICE=always-malloc # slices change threads by locks that are not seen
TSAN_OPTIONS="halt_on_error=1 exitcode=66 second_deadlock_stack=1"
export CS_TEST_SRCDIR CARDSIM_DATADIR CS_TEST_BUILDDIR CK_DEFAULT_TIMEOUT TSAN_OPTIONS G_SLICE
passed=0 failed=0
judge() {
    if LD_PRELOAD=$(pwd -P)/glib-locks.so "$@" >said 2>&1 </dev/null; then
        passed=$((passed + 1)) && echo "ok   $*"
    else
        failed=$((failed + 1)) && echo "FAIL $*" && grep -v '^$' said | head -n 60
    fi
}
for program in $programs; do judge "./$program"; done
few="-s simulation.rounds=20 -s simulation.replications=12"
# shellcheck disable=SC2086
judge ./cardsim run "$top/scenarios/letter.ini" -q -j 4 $few -o results
# Rounds are encoded by the threads that simulate, and wait for their turn: small runs and large ones.
# shellcheck disable=SC2086
judge ./cardsim sweep "$top/scenarios/letter.ini" -q -j 4 $few \
    -s radio.path-loss-exponent=2,4,6 -s output.record=rounds+devices+totals -o sweep --restart
judge ./cardsim sweep "$top/scenarios/letter.ini" -q -j 4 -s simulation.seed=1..40:1 \
    -s simulation.rounds=1,2,3,300 -s output.record=rounds+devices+totals -o many --restart
judge ./cardsim sweep "$top/scenarios/letter.ini" -q -j 3 -s simulation.replications=8 \
    -s "simulation.precision=delay 5 %" -s simulation.rounds=5,10 -o precise --restart
printf 'cases: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
