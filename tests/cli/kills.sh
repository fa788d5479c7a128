#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps that are killed at random instants and resumed: no run lost or doubled, the same exports.
#
#   CS_KILLS=N: SIGKILLs to be dealt (default 20)
#   CS_MATRIX=all: every number of threads and shards (default: a part)
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

kills=${CS_KILLS:-20}
letter=$srcdir/scenarios/letter.ini
sqlite=
command -v sqlite3 >/dev/null 2>&1 && sqlite=yes

# 44 short runs.
cat >short.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 6
replications = 2
[output]
record = rounds+devices+totals
[sweep]
radio.path-loss-exponent = 2 .. 6 step 0.4
policy.name = card, server-only, device-only, random
END

same_exports() {
    for file in rounds.csv devices.csv totals.csv manifest.json; do
        cmp -s "$1/$file" "$2/$file" || fail "$1/$file and $2/$file differ, or are not there"
    done
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }

begun=$(now_ms)
"$cardsim" sweep short.ini -q -j 2 -o straight </dev/null || exit 1
whole_ms=$(($(now_ms) - begun))

# Instants: thousandths of 1.2 times what the whole sweep took, from a fixed seed.
awk -v n=$((kills * 20 + 1000)) -v ms="$whole_ms" 'BEGIN { srand(1)
    for (i = 0; i < n; i++) printf "%.4f\n", 0.001 + rand() * 1.2 * ms / 1000 }' >"$top/instants"
exec 3<"$top/instants"

# look DIR: the database is sound; every run it names is whole; none is gone since the last look.
look() {
    [ -n "$sqlite" ] && [ -f "$1/results.sqlite" ] || return 0
    # A killed process may not have come as far as the tables.
    there=$(sqlite3 "$1/results.sqlite" "SELECT count(*) FROM sqlite_schema WHERE name = 'run'") || {
        fail "$1/results.sqlite does not open"
        return
    }
    [ "$there" = 1 ] || return 0
    found=$(sqlite3 "$1/results.sqlite" "PRAGMA integrity_check;
        SELECT count(*) FROM run;
        SELECT count(*) FROM (SELECT run FROM totals GROUP BY run HAVING count(*) != 2);
        SELECT count(*) FROM (SELECT run FROM rounds GROUP BY run HAVING count(*) != 60);
        SELECT (SELECT count(DISTINCT run) FROM totals) - (SELECT count(*) FROM run);")
    runs=$(printf '%s\n' "$found" | sed -n 2p)
    [ "$(printf '%s\n' "$found" | sed 2d | tr '\n' ' ')" = "ok 0 0 0 " ] ||
        fail "$1 after a kill: $(echo $found)"
    [ "$runs" -ge "$runs_before" ] || fail "$1 had $runs_before runs, and has $runs"
    runs_before=$runs
}

dealt=0
# until_done DIR ARGUMENT...: a sweep into DIR, killed again and again until one end comes first.
until_done() {
    directory=$1 runs_before=0 code=137
    shift
    while [ "$code" -eq 137 ] && read -r instant <&3; do
        {
            "$cardsim" "$@" -q --resume -o "$directory" >"$top/out" 2>"$top/err" </dev/null &
            pid=$!
            sleep "$instant"
            kill -KILL "$pid"
            wait "$pid"
            code=$?
        } 2>/dev/null
        if [ "$code" -eq 137 ]; then
            dealt=$((dealt + 1))
            [ $((dealt % 2)) -eq 0 ] || look "$directory"
        fi
    done
    command_line="cardsim $* --resume -o $directory"
    [ "$code" -eq 0 ] || fail "'$command_line' ended in $code: $(head -n 3 "$top/err")"
}

begin "$kills SIGKILLs at random instants of a sweep: no run lost or doubled, the same exports"
sweeps=0
while [ "$dealt" -lt "$kills" ] && [ -z "$bad" ]; do
    rm -rf killed
    until_done killed sweep short.ini -j 2
    same_exports straight killed
    sweeps=$((sweeps + 1))
done
echo "figure: SIGKILLs survived by sweeps = $dealt, in $sweeps sweeps of 44 runs"
end

begin "the same for merge"
for shard in 0 1 2; do
    try 0 sweep short.ini -q --shard $shard/3 -o "part$shard"
done
begun=$(now_ms)
try 0 merge part0 part1 part2 -o joined
awk -v n=$((kills * 20 + 1000)) -v ms=$(($(now_ms) - begun)) 'BEGIN { srand(2)
    for (i = 0; i < n; i++) printf "%.4f\n", 0.001 + rand() * 1.2 * ms / 1000 }' >"$top/merge-instants"
exec 4<&3 3<"$top/merge-instants"
dealt=0
while [ "$dealt" -lt $((kills / 4)) ] && [ -z "$bad" ]; do
    rm -rf killed
    until_done killed merge part0 part1 part2
    same_exports straight killed
done
echo "figure: SIGKILLs survived by merges = $dealt"
exec 3<&4 4<&-
end

if [ "${CS_MATRIX:-}" = all ]; then
    matrix="1/1 1/3 1/7 2/1 2/3 2/7 8/1 8/3 8/7"
else
    matrix="8/3"
fi
begin "threads x shards, straight and killed: $matrix"
combinations=0
for pair in $matrix; do
    threads=${pair%/*} shards=${pair#*/}
    for how in straight killed; do
        set --
        shard=0
        rm -rf part*
        while [ "$shard" -lt "$shards" ]; do
            if [ $how = straight ]; then
                try 0 sweep short.ini -q -j "$threads" --shard "$shard/$shards" -o "part$shard"
            else
                until_done "part$shard" sweep short.ini -j "$threads" --shard "$shard/$shards"
            fi
            set -- "$@" "part$shard"
            shard=$((shard + 1))
        done
        rm -rf joined
        try 0 merge -q "$@" -o joined
        same_exports straight joined
        combinations=$((combinations + 1))
    done
done
echo "figure: combinations of threads, shards and kills with the same exports = $combinations"
end

begin "the same for one long run, which is saved in batches, and for portions of it"
cat >single.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 6
replications = 600
[output]
record = rounds+devices+totals
END
rm -rf straight
begun=$(now_ms)
"$cardsim" sweep single.ini -q -j 1 -o straight </dev/null || fail "the sweep fails"
awk -v n=$((kills * 20 + 1000)) -v ms=$(($(now_ms) - begun)) 'BEGIN { srand(3)
    for (i = 0; i < n; i++) printf "%.4f\n", 0.001 + rand() * 1.2 * ms / 1000 }' >"$top/long-instants"
exec 3<"$top/long-instants"
# whole DIR: of what is unfinished there are the rows that are said to be there.
whole() {
    [ -n "$sqlite" ] && [ -f "$1/results.sqlite" ] || return 0
    there=$(sqlite3 "$1/results.sqlite" "SELECT count(*) FROM sqlite_schema WHERE name = 'partial'")
    [ "$there" = 1 ] || return 0
    found=$(sqlite3 "$1/results.sqlite" "PRAGMA integrity_check;
        SELECT (SELECT count(*) FROM partial_totals) - (SELECT coalesce(sum(saved), 0) FROM partial);
        SELECT (SELECT count(*) FROM partial_rounds) - 30 * (SELECT coalesce(sum(saved), 0) FROM partial);
        SELECT (SELECT count(*) FROM totals) - (SELECT coalesce(sum(replications), 0) FROM run);")
    [ "$(printf '%s\n' "$found" | tr '\n' ' ')" = "ok 0 0 0 " ] || fail "$1 after a kill: $(echo $found)"
}
look() { whole "$1"; }
dealt=0
while [ "$dealt" -lt $((kills / 2)) ] && [ -z "$bad" ]; do
    rm -rf killed part-0 part-1
    until_done killed sweep single.ini -j 1
    same_exports straight killed
    until_done part-0 sweep single.ini -j 2 --shard 0/2
    until_done part-1 sweep single.ini -j 1 --shard 1/2
    rm -rf killed
    until_done killed merge part-0 part-1
    same_exports straight killed
done
echo "figure: SIGKILLs survived by one run, its portions and their merge = $dealt"
end

finish
