#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Power failures: of every operation that a command makes on its directory a record is kept, and
# every state is built in which a failure may leave it: writes and renames that are not yet synced
# are lost, or come in another order. Each result is the old one or the new one, never half, a
# manifest stands beside its own results only; and from a sample of the states the command goes on
# and ends as if nothing had been.
#
#   CS_CRASH_SAMPLE=N: goes on from so many states of each command (default 6; tools/check-long 200)
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

here=$(pwd -P)
shim=$builddir/tests/faults/crash.so
replay=$builddir/tests/faults/replay
letter=$srcdir/scenarios/letter.ini
sample=${CS_CRASH_SAMPLE:-6}
states=0 went_on=0
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS

[ -r "$shim" ] && [ -x "$replay" ] || { begin "crashes" && skip "no shim in this build" && end && finish; }

# The replayer leaves its memory to the system.
replay() { ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 "$replay" "$@"; }

# crashes OLD NEW COMMAND...: the command works in ./results, which begins as OLD ("-": not there).
crashes() {
    old=$1 new=$2
    shift 2
    command_line="cardsim $*"
    rm -rf results log
    if [ "$old" = - ]; then mkdir results; else cp -r "$old" results; fi
    LD_PRELOAD=$shim CS_CRASH_DIR=$here/results CS_CRASH_LOG=$here/log "$cardsim" "$@" \
        >"$top/out" 2>"$top/err" </dev/null || fail "$command_line: $(cat "$top/err")"
    [ -s log ] || fail "$command_line: nothing was recorded"
    replay log "$old" "$new" >"$top/states" || fail "$command_line: $(cat "$top/states")"
    n=$(sed -n 's/ states, .*//p' "$top/states")
    [ "${n:-0}" -ge 50 ] || fail "$command_line: only ${n:-no} states"
    states=$((states + ${n:-0}))
}

# goes_on NEW FILES COMMAND...: from a sample of the states the command gives NEW's FILES.
goes_on() {
    new=$1 files=$2
    shift 2
    step=$((n / sample + 1)) i=0
    while rm -rf results && mkdir results && replay log "$old" - "$step" "$i" results; do
        "$cardsim" "$@" >"$top/out" 2>"$top/err" </dev/null ||
            fail "cardsim $* does not go on from state $((i * step)): $(cat "$top/err")"
        for file in $files; do
            cmp -s "results/$file" "$new/$file" || fail "cardsim $*: another $file after state $((i * step))"
        done
        i=$((i + 1)) went_on=$((went_on + 1))
    done
}

tables="rounds.csv devices.csv totals.csv manifest.json"
set -- run "$letter" -q -j 2 -s simulation.rounds=40 -s simulation.replications=2 \
    -s output.record=rounds+devices+totals+events
"$cardsim" "$@" -o new && "$cardsim" "$@" -s simulation.seed=7 -o old || exit 1

begin "a run into a new directory"
crashes - new "$@" -o results
goes_on new "$tables trace.json" "$@" -o results
end

begin "a run over earlier results"
crashes old new "$@" -o results
goes_on new "$tables trace.json" "$@" -o results
end

set -- sweep "$letter" -q -j 2 -s simulation.rounds=3 -s simulation.replications=2 \
    -s output.record=rounds+devices+totals -s policy.weight=0.1,0.5,0.9
"$cardsim" "$@" -o swept || exit 1

begin "a sweep into a new directory"
crashes - swept "$@" -o results
goes_on swept "$tables" "$@" --resume -o results
end

begin "a sweep that is carried on after it was interrupted, and one that exports anew"
cp -r swept part
rm part/*.csv part/manifest.json
if command -v sqlite3 >/dev/null 2>&1; then
    sqlite3 part/results.sqlite "DELETE FROM run WHERE run > 1; DELETE FROM param WHERE run > 1;
        DELETE FROM rounds WHERE run > 1; DELETE FROM devices WHERE run > 1; DELETE FROM totals WHERE run > 1"
fi
crashes part swept "$@" --resume -o results
goes_on swept "$tables" "$@" --resume -o results
crashes swept swept "$@" --resume -o results
end

begin "a merge"
for i in 0 1; do "$cardsim" "$@" --shard $i/2 -o part-$i || fail "shard $i fails"; done
set -- merge part-0 part-1 -q
crashes - swept "$@" -o results
goes_on swept "$tables" "$@" --resume -o results
end

begin "a shard that has a portion of a run, and a merge of portions"
set -- sweep "$letter" -q -j 2 -s simulation.rounds=3 -s simulation.replications=5 \
    -s output.record=rounds+devices+totals
"$cardsim" "$@" -o whole && "$cardsim" "$@" --shard 0/2 -o portion-0 &&
    "$cardsim" "$@" --shard 1/2 -o portion-1 || fail "a shard fails"
crashes - portion-1 "$@" --shard 1/2 -o results
goes_on portion-1 "$tables" "$@" --shard 1/2 --resume -o results
set -- merge portion-0 portion-1 -q
crashes - whole "$@" -o results
goes_on whole "$tables" "$@" --resume -o results
end

begin "more replications for a sweep that is there"
set -- sweep "$letter" -q -j 2 -s simulation.rounds=3 -s output.record=rounds+devices+totals \
    -s policy.weight=0.1,0.5 --resume --extend -o results
rm -rf results
"$cardsim" "$@" -s simulation.replications=2 && mv results few &&
    "$cardsim" "$@" -s simulation.replications=4 && mv results many || fail "it fails"
crashes few many "$@" -s simulation.replications=4
goes_on many "$tables" "$@" -s simulation.replications=4
end

begin "a picture, its data and its script, over earlier ones"
if command -v gnuplot >/dev/null 2>&1; then
    mkdir drawn redrawn
    set -- plot swept -q --x weight
    "$cardsim" "$@" --y delay -o drawn/p.svg && "$cardsim" "$@" --y cost -o redrawn/p.svg || fail "plot"
    crashes drawn redrawn "$@" --y cost -o results/p.svg
else
    skip "no gnuplot here"
fi
end

printf 'figure: states after a power failure = %d, each old or new; gone on from %d\n' "$states" "$went_on"
finish
