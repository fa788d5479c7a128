#!/bin/sh
# `sweep`, `plan`, `merge`: directories, resumption, shards, and that exports are always the same.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
exports="rounds.csv devices.csv totals.csv manifest.json"

cat >small.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 4
replications = 2
[sweep]
radio.path-loss-exponent = 2 .. 6 step 1
policy.name = card, server-only, device-only
END

# same_exports A B: the exports of both directories are there and are the same bytes.
same_exports() {
    for file in $exports; do
        cmp -s "$1/$file" "$2/$file" || fail "$1/$file and $2/$file differ, or are not there"
    done
}

begin "a sweep of 15 runs, and its plan"
try 0 plan small.ini --format csv
[ "$(wc -l <"$top/out")" -eq 16 ] || fail "the plan has $(wc -l <"$top/out") lines"
prints "run,replications,radio.path-loss-exponent,policy.name" "15,2,6,device-only"
try 0 sweep small.ini -o one
says "15 runs" "cardsim report one"
[ "$(cd one && echo *)" = "devices.csv manifest.json results.sqlite rounds.csv totals.csv" ] ||
    fail "one holds: $(ls one)"
[ "$(wc -l <one/totals.csv)" -eq 31 ] || fail "totals.csv has $(wc -l <one/totals.csv) lines"
end

begin "the same bytes for any number of threads"
for jobs in 1 2 8; do
    try 0 sweep small.ini -q -j $jobs -o "threads$jobs"
    same_exports one "threads$jobs"
done
end

begin "the same bytes from 1, 3 and 7 shards"
for shards in 1 3 7; do
    set --
    i=0
    while [ $i -lt $shards ]; do
        try 0 sweep small.ini -q --shard $i/$shards -o "part$shards-$i"
        set -- "part$shards-$i" "$@"
        i=$((i + 1))
    done
    try 0 merge "$@" -o "merged$shards"
    says "15 runs"
    same_exports one "merged$shards"
done
end

# refused CODE WHAT... -- ARGUMENT...: merge ends in CODE, says WHAT, writes nothing.
refused() {
    expected_code=$1 whats=
    shift
    while [ "$1" != -- ]; do
        whats="$whats$1
"
        shift
    done
    shift
    try "$expected_code" merge "$@" -o nowhere
    printf '%s' "$whats" >"$top/whats"
    while read -r what; do says "$what"; done <"$top/whats"
    [ ! -e nowhere ] || fail "nowhere was made"
}

begin "merge refuses gaps, duplicates and mixtures by name"
refused 1 "runs 2, 5, 8, 11 and 14 of 15 belong to a shard that is not named" -- part3-0 part3-2
refused 1 "'part3-1' is named twice" -- part3-0 part3-1 part3-2 part3-1
refused 1 "run 1 is in both 'part7-0' and 'part3-0'" -- part7-0 part3-0 part3-1 part3-2
try 0 sweep small.ini -q -s policy.weight=0.7 --shard 1/3 -o other
refused 1 "'part3-0' and 'other' are of different scenarios" -- part3-0 other part3-2
try 0 sweep small.ini -q -s radio.path-loss-exponent=2 --shard 1/3 -o fewer
refused 1 "'part3-0' and 'fewer' are of different" -- part3-0 fewer part3-2
refused 4 "cannot open 'absent'" -- part3-0 absent
mkdir hollow
refused 4 "'hollow' holds no results of a sweep" -- part3-0 hollow
end

begin "merge refuses another build's results"
if command -v sqlite3 >/dev/null 2>&1; then
    cp -r part3-1 older
    sqlite3 older/results.sqlite "UPDATE meta SET value = 'cardsim 0.0' WHERE key = 'build'"
    refused 1 "'older'" "another build" "cardsim 0.0" -- part3-0 older part3-2
    cp -r part3-1 lost
    sqlite3 lost/results.sqlite "DELETE FROM run WHERE run = 5"
    refused 1 "'lost' (shard 1/3) lacks run 5: --resume" -- part3-0 lost part3-2
else
    skip "the sqlite3 shell is not installed"
fi
end

begin "where merge writes: a directory with results, one of its own, one of somebody else"
try 4 merge part3-0 part3-1 part3-2 -o merged3
says "--resume" "--restart"
try 0 merge part3-0 part3-1 part3-2 -o merged3 --resume
same_exports one merged3
try 0 merge part3-0 part3-1 part3-2 -o merged3 --restart
same_exports one merged3
try 1 merge part3-0 part3-1 part3-2 -o part3-1 --restart
says "name another directory"
[ -f part3-1/results.sqlite ] || fail "part3-1 has lost its results"
mkdir mine && echo thesis >mine/thesis.txt
try 4 merge part3-0 part3-1 part3-2 -o mine
says "thesis.txt"
try 4 merge part3-0 part3-1 part3-2 -o other --resume
says "of another scenario"
try 2 merge part3-0 part3-1
says "-o DIR"
try 2 merge part3-0 -o x --resume --restart
end

finish
