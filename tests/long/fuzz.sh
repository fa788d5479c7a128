#!/bin/sh
# libFuzzer with ASan and UBSan on every parser, FUZZ_SECONDS (600) a target; findings and corpus are kept
# SPDX-License-Identifier: GPL-3.0-or-later
# FUZZ_JOBS targets at a time (as many as there are processors). A target that has had its time is
# not run again while its program is the same. An input that seems slow here, where sanitizers and
# other work on the machine cost time too, is a finding if the plain program needs more than a second
# of CPU time for it, which tests/fuzz/driver.c measures.
set -u
seconds=${FUZZ_SECONDS:-600}
at_a_time=${FUZZ_JOBS:-$jobs}
export CS_TEST_SRCDIR="$top" CARDSIM_DATADIR="$top" G_SLICE=always-malloc
command -v clang >/dev/null || { echo "clang is needed (Debian: clang libclang-rt-14-dev)"; exit 1; }

mkdir -p build plain findings corpus && cd build || exit 1
[ -f Makefile ] || CC=clang CFLAGS="-O1 -g" "$top/configure" -q --enable-libfuzzer \
    --enable-sanitizers=address,undefined || exit 1
make -s -j"$jobs" fuzzers || exit 1
cd .. || exit 1

# is_slow NAME INPUT: the program without sanitizers needs too long for it.
is_slow() {
    (cd plain && { [ -f Makefile ] || "$top/configure" -q; } &&
        make -s -j"$jobs" build-identity.h "tests/fuzz/fuzz-$1") >plain.log 2>&1 || return 0
    ! (cd plain && "tests/fuzz/fuzz-$1" -n 0 "$2") >>"$1.log" 2>&1 </dev/null
}

# fuzz NAME: leaves NAME.done with the number of executions, or a reason in NAME.failed.
fuzz() {
    program=build/tests/fuzz/fuzz-$1
    rm -f "$1.done" "$1.failed"
    mkdir -p "corpus/$1"
    folders="$top/tests/fuzz/regressions/$1 $top/tests/fuzz/seeds/$1"
    [ ! -f "$top/tests/fuzz/seeds/$1.list" ] ||
        for folder in $(cat "$top/tests/fuzz/seeds/$1.list"); do folders="$folders $top/$folder"; done
    for folder in $folders; do
        find "$folder" -maxdepth 1 -type f -exec cp {} "corpus/$1/" \; 2>/dev/null
    done
    # Interrupted, it goes on from its corpus.
    "$program" -max_total_time="$seconds" -timeout=10 -report_slow_units=1 -max_len=20000 \
        -rss_limit_mb=2048 -malloc_limit_mb=1024 -artifact_prefix="findings/$1-" \
        -print_final_stats=1 "corpus/$1" >"$1.log" 2>&1 </dev/null
    code=$?
    for input in findings/"$1"-slow-unit-* findings/"$1"-timeout-*; do
        [ -f "$input" ] || continue
        if is_slow "$1" "$(pwd -P)/$input"; then
            echo "more than a second of CPU time: $(pwd -P)/$input" >>"$1.failed"
        else
            rm -f "$input"
        fi
    done
    if [ "$code" -ne 0 ] && ! grep -q 'ERROR: libFuzzer: timeout' "$1.log"; then
        grep -E 'ERROR|SUMMARY|assertion|runtime error' "$1.log" | head -n 3 >>"$1.failed"
        echo "exit $code: see $(pwd -P)/$1.log and findings/$1-*" >>"$1.failed"
    fi
    n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1.log")
    # Without the closing figures the program did not come to its end.
    [ -n "$n" ] || echo "no figures: see $(pwd -P)/$1.log" >>"$1.failed"
    [ -f "$1.failed" ] || printf '%s %s\n' "$n" "$seconds" >"$1.done"
}

names=
for program in build/tests/fuzz/fuzz-*[a-z]; do
    case $program in *.o | *.log | *.trs) continue ;; esac
    names="$names ${program##*/fuzz-}"
done
running=
for name in $names; do
    if [ "$name.done" -nt "build/tests/fuzz/fuzz-$name" ]; then
        read -r n past <"$name.done"
        [ "$past" -ge "$seconds" ] && continue
    fi
    fuzz "$name" &
    running="$running $!"
    # shellcheck disable=SC2086
    set -- $running
    if [ $# -ge "$at_a_time" ]; then # the eldest's end makes room: all have the same time
        wait "$1"
        shift
        running="$*"
    fi
done
wait

failed=0 executions=0
for name in $names; do
    n=0
    [ ! -f "$name.done" ] || read -r n past <"$name.done"
    [ ! -f "$name.failed" ] || { failed=$((failed + 1)); sed "s/^/$name: /" "$name.failed"; }
    executions=$((executions + n))
    printf 'figure: executions of %s = %s\n' "$name" "$n"
done
printf 'figure: executions in all = %d in %d s a target, targets with a crash, a hang over 1 s, a leak or a report %d\n' \
    "$executions" "$seconds" "$failed"
[ "$failed" -eq 0 ]
