#!/bin/sh
# libFuzzer with ASan and UBSan on every parser, FUZZ_SECONDS (300) a target; findings and corpus are kept
set -u
seconds=${FUZZ_SECONDS:-300}
export CS_TEST_SRCDIR="$top" CARDSIM_DATADIR="$top" G_SLICE=always-malloc
command -v clang >/dev/null || { echo "clang is needed (Debian: clang libclang-rt-14-dev)"; exit 1; }

mkdir -p build && cd build || exit 1
[ -f Makefile ] || CC=clang CFLAGS="-O1 -g" "$top/configure" -q --enable-libfuzzer \
    --enable-sanitizers=address,undefined || exit 1
make -s -j"$jobs" fuzzers || exit 1

failed=0 executions=0
for program in tests/fuzz/fuzz-*[a-z]; do
    case $program in *.o | *.log | *.trs) continue ;; esac
    name=${program##*/fuzz-}
    mkdir -p "../corpus/$name" ../findings
    folders="$top/tests/fuzz/regressions/$name $top/tests/fuzz/seeds/$name"
    [ ! -f "$top/tests/fuzz/seeds/$name.list" ] ||
        for folder in $(cat "$top/tests/fuzz/seeds/$name.list"); do folders="$folders $top/$folder"; done
    for folder in $folders; do
        find "$folder" -maxdepth 1 -type f -exec cp {} "../corpus/$name/" \; 2>/dev/null
    done
    "$program" -max_total_time="$seconds" -timeout=2 -max_len=20000 -rss_limit_mb=2048 \
        -malloc_limit_mb=1024 -artifact_prefix="../findings/$name-" -print_final_stats=1 \
        "../corpus/$name" >"../$name.log" 2>&1 </dev/null || {
        failed=$((failed + 1))
        grep -E 'ERROR|SUMMARY|assertion|runtime error' "../$name.log" | head -n 3
    }
    n=$(sed -n 's/^stat::number_of_executed_units: *//p' "../$name.log")
    executions=$((executions + ${n:-0}))
    printf 'figure: executions of %s = %s\n' "$name" "${n:-0}"
done
printf 'figure: executions in all = %d, crashes, hangs over 2 s (instrumented), leaks and reports %d\n' \
    "$executions" "$failed"
[ "$failed" -eq 0 ]
