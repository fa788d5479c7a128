#!/bin/sh
# threads x compilers (gcc, clang) x libm paths (FMA on, off): bytes within a path, tolerances across
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
# The GNU C library's switch (2.36 and later names; those a version does not know are ignored).
no_fma="glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-AVX512F"
scenarios="$top/scenarios/letter.ini $top/scenarios/fig3.ini $top/scenarios/examples/crowd.ini
    $top/scenarios/examples/256qam.ini"
CARDSIM_DATADIR=$top
export CARDSIM_DATADIR
failed=0 compared=0 identical=0 across=0 flips=0
complain() { echo "$*"; failed=$((failed + 1)); }

compilers=gcc
command -v clang >/dev/null && compilers="gcc clang" || complain "clang is needed (Debian: clang)"
for compiler in $compilers; do
    mkdir -p "$compiler"
    (cd "$compiler" && { [ -f Makefile ] || CC=$compiler "$top/configure" -q; } &&
        make -s -j"$jobs" cardsim) >"$compiler.log" 2>&1 || { tail "$compiler.log"; exit 1; }
done
gcc -O1 -o compare "$top/tests/long/determinism.c" -lm || exit 1

# results COMPILER PATH THREADS SCENARIO: runs into out/...
results() {
    out=out/$1-$2-$3-$(basename "$4" .ini)
    rm -rf "$out"
    tunables=
    [ "$2" = plain ] && tunables=$no_fma
    GLIBC_TUNABLES=$tunables "$1/cardsim" run "$4" -q -j "$3" -s simulation.rounds=200 \
        -s simulation.replications=4 -o "$out" </dev/null || complain "$out fails"
}

for scenario in $scenarios; do
    [ -f "$scenario" ] || continue
    name=$(basename "$scenario" .ini)
    epochs=$(gcc/cardsim show "$scenario" | sed -n 's/^local-epochs = //p')
    for compiler in $compilers; do
        for path in fma plain; do
            for threads in 1 2 5; do
                results "$compiler" "$path" "$threads" "$scenario"
                compared=$((compared + 1))
                if diff -r "out/$compiler-$path-1-$name" "$out" >/dev/null; then
                    identical=$((identical + 1))
                else
                    complain "$out differs from that of one thread"
                fi
            done
            # Against gcc with FMA: another build or another path.
            [ "$compiler-$path" = gcc-fma ] && continue
            across=$((across + 1))
            ./compare "$epochs" "out/gcc-fma-1-$name/rounds.csv" \
                "out/$compiler-$path-1-$name/rounds.csv" >said || complain "$compiler $path $name"
            grep '^flip' said | head -n 5
            flips=$((flips + $(grep -c '^flip' said)))
            printf '%s, %s, %s: %s\n' "$name" "$compiler" "$path" "$(tail -n 1 said)"
        done
    done
done

# What is learned has the same bytes for every compiler, path and number of threads.
learnt() { # COMPILER PATH THREADS: a digest
    tunables=
    [ "$2" = plain ] && tunables=$no_fma
    out=out/learn-$1-$2-$3
    rm -rf "$out"
    GLIBC_TUNABLES=$tunables "$1/cardsim" learn "$top/tests/data/learning/small" -j "$3" -o "$out" &&
        GLIBC_TUNABLES=$tunables "$1/cardsim" pretrain -q --steps 20 -j "$3" -o "$out/made" &&
        (cd "$out" && find . -type f ! -path './adapters/*/adapter_config.json' | LC_ALL=C sort |
            xargs cat | sha256sum)
}
learned=0 expected=$(learnt gcc fma 1)
for compiler in $compilers; do
    for path in fma plain; do
        for threads in 1 2 8; do
            if [ -n "$expected" ] && [ "$(learnt "$compiler" "$path" "$threads")" = "$expected" ]; then
                learned=$((learned + 1))
            else
                complain "learning: $compiler $path $threads threads"
            fi
        done
    done
done
printf 'figure: trainings with the bytes of gcc, FMA, one thread = %d\n' "$learned"
printf 'figure: runs with the bytes of the single-threaded one = %d of %d\n' "$identical" "$compared"
printf 'figure: comparisons across compilers and libm paths = %d, beyond tolerance or failed %d, flipped choices %d\n' \
    "$across" "$failed" "$flips"
[ "$failed" -eq 0 ]
