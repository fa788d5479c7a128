#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
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
[output]
record = rounds+devices+totals
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

all="-s output.record=rounds+devices+totals"
begin "a sweep of one point is what run gives"
for options in "" "-s simulation.schedule=parallel -s radio.coherence=transmission"; do
    rm -rf by-run by-sweep
    # shellcheck disable=SC2086
    try 0 run "$letter" -q -o by-run -s simulation.rounds=5 -s simulation.replications=3 $options
    # shellcheck disable=SC2086
    try 0 sweep "$letter" -q -o by-sweep $all -s simulation.rounds=5 -s simulation.replications=3 $options
    same_exports by-run by-sweep
done
end

begin "many rows: the files written along the way, the database's, and those of run are the same"
cat >crowd.ini <<END
[scenario]
extends = $letter
[simulation]
replications = 3
[output]
record = rounds+devices+totals
[device 1]
count = 1500
END
for options in "-s simulation.rounds=300" "-s simulation.rounds=410 -s radio.coherence=transmission"; do
    rm -rf by-run by-sweep
    # shellcheck disable=SC2086
    try 0 run "$letter" -q -o by-run -s simulation.replications=3 $options
    # shellcheck disable=SC2086
    try 0 sweep "$letter" -q -j 2 -o by-sweep $all -s simulation.replications=3 $options
    same_exports by-run by-sweep
    cp -r by-sweep again && rm again/*.csv
    # shellcheck disable=SC2086
    try 0 sweep "$letter" -q -o again --resume $all -s simulation.replications=3 $options
    same_exports by-run again
    rm -r again
done
try 0 run crowd.ini -q -o crowd-run -s simulation.rounds=2
try 0 sweep crowd.ini -q -j 2 -o crowd -s simulation.rounds=2
same_exports crowd-run crowd
rm crowd/*.csv
try 0 sweep crowd.ini -q -o crowd --resume -s simulation.rounds=2
same_exports crowd-run crowd
end

# planned EXPECTED LINE...: the values of the runs that a [sweep] of these lines has, by hand.
planned() {
    by_hand=$1
    shift
    { printf '[scenario]\nextends = %s\n[sweep]\n' "$letter"; printf '%s\n' "$@"; } >planned.ini
    try 0 plan planned.ini --format csv
    found=$(sed 1d "$top/out" | cut -d, -f3- | tr '\n' ' ')
    [ "$found" = "$by_hand " ] || fail "$* gives '$found', not '$by_hand'"
}

begin "what axes expand to: crossed, the last one fastest; zip; where; ranges"
planned "0.1,card 0.1,random 0.2,card 0.2,random" "policy.weight = 0.1, 0.2" \
    "policy.name = card, random"
planned "0.1,card 0.2,random" "policy.weight = 0.1, 0.2" "policy.name = card, random" \
    "zip = policy.weight + policy.name"
planned "0.1,card,2 0.1,card,4 0.2,random,2 0.2,random,4" "policy.weight = 0.1, 0.2" \
    "policy.name = card, random" "radio.path-loss-exponent = 2, 4" \
    "zip = policy.weight + policy.name"
planned "0.1,card 0.2,card 0.2,random" "policy.weight = 0.1, 0.2" "policy.name = card, random" \
    "where = policy.weight > 0.1 or policy.name = card"
planned "0.1 0.2 0.3 0.4 0.5 0.6 0.7" "policy.weight = 0.1 .. 0.7 step 0.1"
planned "5 m,1 5 m .. 30 m,1" "device.2.distance = 5 m, 5 m .. 30 m" "server.gpus = 1"
try 0 plan planned.ini --format csv -s device.2.distance=1..3m:1 -s server.gpus=2
[ "$(sed 1d "$top/out" | cut -d, -f3- | tr '\n' ' ')" = "1 m 2 m 3 m " ] || fail "$(cat "$top/out")"
end

# Student's t, two-sided 95 %, for 4, 9, 14, ... 59 degrees of freedom: from the printed tables.
begin "the stopping rule ends where a calculation by hand does"
rule="-s simulation.rounds=20 -s output.record=totals -s simulation.replications=5"
by_hand() { # COLUMN PRECISION
    awk -F, -v column="$1" -v precision="$2" 'BEGIN { split("2.7764 2.2622 2.1448 2.0930 2.0639 " \
            "2.0452 2.0322 2.0227 2.0154 2.0096 2.0049 2.0010", t, " ") }
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) c = i }
        NR > 1 { n++; sum += $c; square += $c * $c
            if (n % 5 == 0 && n >= 20) { mean = sum / n; s = sqrt((square - n * mean * mean) / (n - 1))
                if (t[n / 5] * s / sqrt(n) <= precision * mean) { print n + 10; exit } } }' fixed/totals.csv
}
failures="-s device.3.time-to-failure=1h -s device.3.repair-time=1h"
for case in "delay:delay_mean_s:0.04" "server-energy:server_energy_mean_j:0.015" "delay:delay_mean_s:0.02" \
    "lost:" "delay:delay_mean_s:0.04"; do
    [ "$case" != lost: ] || { rule="$rule $failures"; rm -r fixed; continue; }
    # shellcheck disable=SC2086
    [ -d fixed ] || try 0 sweep "$letter" -q -o fixed $rule -s simulation.replications=60
    metric=${case%%:*} column=${case#*:} precision=${case##*:}
    column=${column%%:*}
    n=$(by_hand "$column" "$precision")
    [ -n "$n" ] || fail "no number of replications by hand for $case"
    for jobs in 1 2; do
        # shellcheck disable=SC2086
        try 0 sweep "$letter" -q -j $jobs --restart -o ruled $rule -s "simulation.max-replications=60" \
            -s "simulation.precision=$metric $(awk "BEGIN { print 100 * $precision }") %"
        [ "$(($(wc -l <ruled/totals.csv) - 1))" -eq "$n" ] ||
            fail "$case: $(($(wc -l <ruled/totals.csv) - 1)) replications, by hand $n"
        head -n $((n + 1)) fixed/totals.csv | cmp -s - ruled/totals.csv || fail "other replications"
    done
done
# shellcheck disable=SC2086
try 0 sweep "$letter" --restart -o ruled $rule -s "simulation.max-replications=7" \
    -s "simulation.precision=delay 0.01 %"
says "reached 'max-replications'"
[ "$(wc -l <ruled/totals.csv)" -eq 8 ] || fail "not 7 replications"
end

# --- directories ---------------------------------------------------------------------------------

begin "a directory with results, or with anything else, is refused"
try 4 sweep small.ini -o one
says "--resume" "--restart"
mkdir notes && echo thesis >notes/thesis.txt
try 4 sweep small.ini -o notes
says "thesis.txt"
try 4 sweep small.ini -o notes --restart
try 4 sweep small.ini -o notes --resume
[ "$(cat notes/*)" = thesis ] || fail "notes holds: $(ls notes)"
echo text >file
try 4 sweep small.ini -o file/out
grep -q saved "$top/err" && fail "nothing ran, and yet: $(cat "$top/err")"
try 2 sweep small.ini -o x --resume --restart
end

begin "--resume: nothing there, an empty directory, a just-begun one, a finished one"
try 0 sweep small.ini -q --resume -o new/deep
same_exports one new/deep
mkdir empty
try 0 sweep small.ini -q --resume -o empty
same_exports one empty
mkdir touched && : >touched/results.sqlite
try 0 sweep small.ini -q --resume -o touched
same_exports one touched
if command -v sqlite3 >/dev/null 2>&1; then # killed when the tables were there and nothing else
    cp -r one begun && rm begun/*.csv begun/manifest.json
    sqlite3 begun/results.sqlite "DELETE FROM meta WHERE key = 'plan'; DELETE FROM run;
        DELETE FROM param; DELETE FROM rounds; DELETE FROM devices; DELETE FROM totals"
    try 0 sweep small.ini -q --resume -o begun
    same_exports one begun
fi
rm touched/rounds.csv touched/manifest.json
try 0 sweep small.ini --resume -o touched
says "15 of 15 runs were there already"
same_exports one touched
: >touched/rounds.csv.tmp-1-kIlLeD # of a process that was killed
try 0 sweep small.ini -q --resume -o touched
[ ! -e touched/rounds.csv.tmp-1-kIlLeD ] || fail "an unfinished file was left"
head -c 20 one/rounds.csv >touched/rounds.csv.tmp-1-kIlLeD # its last pages were never written
dd if=/dev/zero of=touched/devices.csv.tmp-1-kIlLeD bs=4096 count=2 2>"$top/err" # nor its first
try 0 sweep small.ini -q --resume -o touched
[ "$(ls touched/*.tmp-* 2>/dev/null)" = "" ] || fail "$(ls touched/*.tmp-*) was left"
# A power failure may take a new database's name and leave that of its journal.
rm -rf torn && mkdir torn
printf '\331\325\005\371\040\241\143\327\0\0\0\0' >torn/results.sqlite-journal
try 0 sweep small.ini -q --resume -o torn
same_exports one torn
rm -rf torn && mkdir torn && dd if=/dev/zero of=torn/results.sqlite-journal bs=512 count=1 2>"$top/err"
try 0 sweep small.ini -q -o torn
same_exports one torn
end

begin "what only bears the name of a result is never replaced, nor a link followed"
for mode in --resume --restart; do
    for file in rounds.csv manifest.json results.sqlite; do
        rm -rf theirs && cp -r one theirs
        echo mine >theirs/$file
        try 4 sweep small.ini -q $mode -o theirs
        says "$file'"
        [ "$(cat theirs/$file)" = mine ] || fail "$file was replaced"
    done
    rm -rf theirs && cp -r one theirs
    mv theirs/rounds.csv outside && ln -s ../outside theirs/rounds.csv
    try 4 sweep small.ini -q $mode -o theirs
    says "'rounds.csv'"
    cmp -s outside one/rounds.csv || fail "the link was followed"
done
rm -rf theirs && cp -r one theirs
for file in rounds.csv.tmp-backup rounds.csv.tmp-1-aBcDeF manifest.json.tmp-1-aBcDeF; do
    echo mine >theirs/$file
done
try 0 sweep small.ini -q --restart -o theirs
for file in rounds.csv.tmp-backup rounds.csv.tmp-1-aBcDeF manifest.json.tmp-1-aBcDeF; do
    [ "$(cat theirs/$file)" = mine ] || fail "$file was removed for its name"
done
rm -rf theirs && mkdir theirs
echo mine >theirs/results.sqlite-journal
for mode in -q --resume --restart; do
    try 4 sweep small.ini $mode -o theirs
    says "results.sqlite-journal'"
    [ "$(cat theirs/results.sqlite-journal)" = mine ] || fail "a file was removed for its name"
done
end

begin "--restart starts over, whatever was there"
try 0 sweep small.ini -q --restart -o touched -s radio.path-loss-exponent=2,3
[ "$(wc -l <touched/totals.csv)" -eq 13 ] || fail "totals.csv has $(wc -l <touched/totals.csv) lines"
try 0 sweep small.ini -q --restart -o touched
same_exports one touched
end

begin "--resume refuses a changed scenario, list of runs, shard, build and file"
cp -r one changed
try 4 sweep small.ini --resume -o changed -s simulation.rounds=5
says "another scenario" "rounds = 4" "rounds = 5"
try 4 sweep small.ini --resume -o changed -s radio.path-loss-exponent=2,3
says "list of runs"
try 4 sweep small.ini --resume -o changed --shard 0/2
says "another shard"
cp "$srcdir/scenarios/examples/1024qam.ini" "$srcdir/scenarios/examples/1024qam.csv" .
sed -i "s,^extends = .*,extends = $letter," 1024qam.ini
try 0 sweep 1024qam.ini -q -o qam -s simulation.rounds=2 -s simulation.replications=1
try 0 sweep 1024qam.ini -q -o qam -s simulation.rounds=2 -s simulation.replications=1 --resume
sed -i 's/^1,-*[0-9.]*/1,-1.25/' 1024qam.csv
try 4 sweep 1024qam.ini -q -o qam -s simulation.rounds=2 -s simulation.replications=1 --resume
says "list of runs"
# Files that a scenario names: a trace, curves of lost blocks, outages.
for example in measured:walk lost-blocks:error-curves outages:outages; do
    file=${example#*:}.csv example=${example%:*}
    cp "$srcdir/scenarios/examples/$example.ini" "$srcdir/scenarios/examples/"*.csv .
    sed -i "s,^extends = .*letter.ini,extends = $letter," "$example.ini"
    try 0 sweep $example.ini -q -o $example -s simulation.rounds=2 -s simulation.replications=1
    try 0 sweep $example.ini -q -o $example -s simulation.rounds=2 -s simulation.replications=1 --resume
    sed -i '$s/[1-8]$/9/; s/^52,3120/52,3121/' $file
    cmp -s $file "$srcdir/scenarios/examples/$file" && fail "$file was not changed"
    try 4 sweep $example.ini -q -o $example -s simulation.rounds=2 -s simulation.replications=1 --resume
    says "list of runs"
done
if command -v sqlite3 >/dev/null 2>&1; then
    sqlite3 changed/results.sqlite "UPDATE meta SET value = 'cardsim 0.0' WHERE key = 'build'"
    try 4 sweep small.ini --resume -o changed
    says "another build" "cardsim 0.0"
fi
end

# --- interruption --------------------------------------------------------------------------------

cat >long.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 10000
replications = 1
[output]
record = totals
[sweep]
simulation.seed = 1 .. 150 step 1
END

# saved DIR: a run is saved in it. Without sqlite3, a log with more than the empty tables must do.
saved() {
    if command -v sqlite3 >/dev/null 2>&1; then
        # Read only: asked too early, it would make the file itself.
        [ "$(sqlite3 -readonly "$1/results.sqlite" 'SELECT count(*) FROM totals' 2>/dev/null || echo 0)" -gt 0 ]
    else
        [ "$(wc -c <"$1/results.sqlite-wal" 2>/dev/null || echo 0)" -gt 200000 ]
    fi
}

# until_saved DIR: waits until the sweep in the background has saved a run.
until_saved() {
    tries=0
    until saved "$1" || [ $tries -gt 400 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

begin "SIGINT, SIGTERM and the warnings of batch systems end a sweep in good order, and --resume runs the rest"
for signal in INT TERM USR1 XCPU; do
    rm -rf ended
    env --default-signal=INT "$cardsim" sweep long.ini -j 2 -o ended >"$top/out" 2>"$top/err" &
    pid=$!
    until_saved ended
    kill -"$signal" "$pid"
    wait "$pid"
    code=$?
    command_line="sweep, ended by SIG$signal"
    [ "$code" -eq "$((128 + $(kill -l $signal)))" ] ||
        fail "ended in $code: $(head -n 3 "$top/err")"
    says "interrupted by SIG$signal" "of 150 runs saved in 'ended'" "--resume"
    [ ! -e ended/manifest.json ] || fail "a manifest of what is not whole"
done
try 0 sweep long.ini -j 2 -o ended --resume
says "of 150 runs were there already"
try 0 sweep long.ini -q -j 2 -o undisturbed
for file in totals.csv manifest.json; do
    cmp -s "ended/$file" "undisturbed/$file" || fail "$file differs"
done
end

begin "a second signal ends it at once; what was saved stays"
rm -rf ended
"$cardsim" sweep long.ini -j 2 -o ended >"$top/out" 2>"$top/err" &
pid=$!
until_saved ended
kill -TERM "$pid" && kill -TERM "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
code=$?
[ "$code" -eq 143 ] || fail "ended in $code"
try 0 sweep long.ini -q -j 2 -o ended --resume
cmp -s ended/totals.csv undisturbed/totals.csv || fail "totals.csv differs"
end

begin "two at work in one directory: the second is refused, the first undisturbed"
rm -rf ended
"$cardsim" sweep long.ini -q -j 1 -o ended >"$top/first" 2>&1 &
pid=$!
until_saved ended
for how in --resume --restart; do
    try 4 sweep long.ini -o ended $how
    says "another cardsim is at work in 'ended'"
done
try 4 merge ended -o elsewhere
says "another cardsim is at work in 'ended'"
kill -TERM "$pid"
wait "$pid"
[ $? -eq 143 ] || fail "the first: $(cat "$top/first")"
end

begin "merge tells which shard was interrupted"
mv ended whole0
try 1 merge whole0 -o elsewhere
says "'whole0' (shard 0/1) lacks runs" "--resume its sweep"
[ ! -e elsewhere ] || fail "elsewhere was made"
end

# --- failures ------------------------------------------------------------------------------------

begin "a run that fails is counted, the others go on, exit 1"
try 1 sweep "$letter" -o failing -s simulation.rounds=20000 -s simulation.replications=1 \
    -s output.record=totals -s radio.path-loss-exponent=10 -s "radio.bandwidth=50MHz,0.1Hz,20MHz"
says "run 2: " "does not fit the clock" "2 of 3 runs saved" "1 failed"
[ "$(cut -d, -f1 failing/totals.csv | tr '\n' ' ')" = "run 1 3 " ] ||
    fail "totals.csv: $(cut -d, -f1 failing/totals.csv)"
try 1 sweep "$letter" -q -o failing -s simulation.rounds=20000 -s simulation.replications=1 \
    -s output.record=totals -s radio.path-loss-exponent=10 -s "radio.bandwidth=50MHz,0.1Hz,20MHz" \
    --resume
end

begin "runs that failed in their shards do not block merge, which ends as one machine does"
for i in 0 1; do
    code=$i # run 2 is shard 1's
    try "$code" sweep "$letter" -q -o "failing-$i" --shard "$i/2" -s simulation.rounds=20000 \
        -s simulation.replications=1 -s output.record=totals -s radio.path-loss-exponent=10 \
        -s "radio.bandwidth=50MHz,0.1Hz,20MHz"
done
try 1 merge failing-0 failing-1 -o failing-merged
says "1 of 3 runs failed" "run 2: " "does not fit the clock"
for file in totals.csv manifest.json; do
    cmp -s "failing/$file" "failing-merged/$file" || fail "$file differs from one machine's"
done
try 1 merge failing-0 failing-1 -o failing-merged --resume
says "run 2: "
try 1 merge failing-0 -o failing-half
says "run 2 of 3" "not named here"
end

begin "the rows of a run that fails are in no file"
broken="-s output.record=rounds+devices+totals -s simulation.rounds=400 -s simulation.replications=2 -s radio.bandwidth=50MHz,20MHz,2500Hz,10MHz
    -s radio.path-loss-exponent=10"
# shellcheck disable=SC2086
try 1 sweep "$letter" -j 2 -o broken $broken
says "run 3: " "3 of 4 runs saved"
for file in rounds totals; do
    [ "$(sed 1d broken/$file.csv | cut -d, -f1 | uniq | tr '\n' ' ')" = "1 2 4 " ] ||
        fail "$file.csv has the runs $(sed 1d broken/$file.csv | cut -d, -f1 | uniq | tr '\n' ' ')"
done
[ "$(wc -l <broken/rounds.csv)" -eq 12001 ] || fail "rounds.csv has $(wc -l <broken/rounds.csv) lines"
end

# full LIMIT: a sweep whose files may have so many blocks of 512 bytes.
begin "a disk that is full: exit 4, what was saved is sound, --resume completes"
for limit in 100 700; do
    rm -rf full
    (
        ulimit -f $limit
        trap '' XFSZ
        exec "$cardsim" sweep small.ini -q -j 2 -o full -s simulation.rounds=100
    ) >"$top/out" 2>"$top/err"
    code=$?
    command_line="sweep within $limit blocks"
    [ "$code" -eq 4 ] || fail "ended in $code, not 4: $(head -n 3 "$top/err")"
    says "cannot write"
    if command -v sqlite3 >/dev/null 2>&1 && [ -f full/results.sqlite ]; then
        sound=$(sqlite3 full/results.sqlite "PRAGMA integrity_check")
        [ "$sound" = ok ] || fail "the database: $sound"
    fi
    try 0 sweep small.ini -q -j 2 -o full -s simulation.rounds=100 --resume
    [ -d roomy ] || try 0 sweep small.ini -q -j 2 -o roomy -s simulation.rounds=100
    same_exports roomy full
done
end

begin "a small file system that fills up"
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1400k none small 2>/dev/null; then
    try 4 sweep small.ini -j 2 -o small/out -s simulation.rounds=100
    says "cannot write" "--resume"
    if command -v sqlite3 >/dev/null 2>&1; then
        [ "$(sqlite3 small/out/results.sqlite "PRAGMA integrity_check")" = ok ] || fail "not sound"
    fi
    mount -o remount,size=100m small
    try 0 sweep small.ini -j 2 -o small/out -s simulation.rounds=100 --resume
    same_exports roomy small/out
    umount small
else
    skip "only root mounts a file system"
fi
end

# --- what is wrong with a sweep ------------------------------------------------------------------

# bad CODE WHERE WHAT LINE...: a [sweep] of these lines is refused so, and nothing is made.
bad() {
    want=$1 place=$2 what=$3
    shift 3
    { printf '[scenario]\nextends = %s\n[sweep]\n' "$letter"; printf '%s\n' "$@"; } >bad.ini
    try "$want" sweep bad.ini -o nothing
    says "bad.ini:$place: error:" "$what"
    [ ! -e nothing ] || fail "nothing was made"
}

begin "an export that is written again is told"
try 0 sweep "$srcdir/scenarios/letter.ini" -q -o written $all -s simulation.rounds=2000
try 0 sweep "$srcdir/scenarios/letter.ini" -o written $all -s simulation.rounds=2000 --resume \
    --progress json
says '{"writing":"rounds.csv","rows_done":16384,"rows":100000,"share":0.1638,'
end

begin "check looks at every combination, run says that it does not sweep"
printf '[scenario]\nextends = %s\n[sweep]\npolicy.weight = 0.2, 1.5\n' \
    "$srcdir/scenarios/letter.ini" >half.ini
try 3 check half.ini
says "half.ini:4:22: error: 'weight' is out of range: 1.5"
sed 's/1.5/0.5/' half.ini >whole.ini
try 0 check whole.ini
says "a sweep of 2 runs"
try 0 run whole.ini -s simulation.rounds=2 -s simulation.replications=1
says "'run' takes no notice" "'cardsim sweep'"
end

begin "errors of [sweep] have their position, and nothing is run"
bad 3 4:21 "'carrd'" "policy.name = card, carrd"
bad 3 5:1 "policy.name" "policy.name = card" "policy.name = random"
bad 3 4:1 "polcy" "polcy.name = card"
bad 3 5:9 "no runs" "policy.weight = 0.1, 0.2" "where = policy.weight > 1"
bad 3 4:17 "away" "policy.weight = 1 .. 0 step 0.1"
bad 3 5:7 "policy.nam" "policy.weight = 0.1, 0.2" "zip = policy.weight + policy.nam"
bad 3 4:17 "value" "policy.weight = ,0.2"
bad 3 4:22 "'policy.weight' has the value '0.1' twice" "policy.weight = 0.1, 0.1"
try 3 sweep "$letter" -o nothing -s policy.weight=0.1,7
says "error:" "7"
try 3 sweep "$letter" -o nothing -s policy.weight=0.1,0.2 -s policy.weight=0.3,0.4
says "twice"
[ ! -e nothing ] || fail "nothing was made"
end

begin "progress: lines of runs, JSON, nothing"
try 0 sweep small.ini -o lines
says "/15 runs" "15/15 runs  100 %" "events/s" "simulated s/s" "ETA"
[ "$(grep -c ' runs  ' "$top/err")" -le 10 ] || fail "more than ten lines"
try 0 sweep small.ini -q --restart -o lines --progress json
says '"runs_done":15,"runs":15,"replications_done":30,"replications":30,"share":1.0000'
try 0 sweep small.ini --restart -o lines --progress none
[ "$(wc -l <"$top/err")" -eq 2 ] || fail "says: $(cat "$top/err")"
try 2 sweep small.ini -o lines --progress bars
end

# --- merge ---------------------------------------------------------------------------------------

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

begin "results that may only be read: report and merge"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
    chmod 755 "$top" "$work" && mkdir -m 777 "$top/theirs"
    cp "$cardsim" "$top/theirs/cardsim"
    setpriv --reuid=65534 --clear-groups "$top/theirs/cardsim" report one >"$top/out" 2>"$top/err" ||
        fail "report ended in $?: $(cat "$top/err")"
    setpriv --reuid=65534 --clear-groups "$top/theirs/cardsim" merge part3-0 part3-1 part3-2 \
        -o "$top/theirs/merged" >"$top/out" 2>"$top/err" || fail "merge: $(cat "$top/err")"
    same_exports one "$top/theirs/merged"
else
    skip "only root can act as another"
fi
mkdir "odd %20?immutable=1#x" && try 0 sweep small.ini -q -o "odd %20?immutable=1#x/out"
same_exports one "odd %20?immutable=1#x/out"
end

# `cut` acts under static alone: of its three values two under card are the first again. Two files of
# one model are one model. What differs in each run is not told.
begin "points that come out identical along an axis are told"
cp "$srcdir/scenarios/letter.ini" alike.ini
cp "$srcdir/models/llm/llama-3.2-1b.ini" one.ini
cp one.ini two.ini
for command in plan "sweep -o alike -s simulation.rounds=1 -s simulation.replications=1"; do
    # shellcheck disable=SC2086
    try 0 $command alike.ini -s policy.name=static,card -s policy.cut=0,8,16
    says "2 of 6 runs are the same as others along 'policy.cut', such as run 5 as run 4"
done
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "delay_mean_s") at = i }
    $1 == 4 || $1 == 5 || $1 == 6 { print $at }' alike/totals.csv | sort -u >means
[ "$(wc -l <means)" -eq 1 ] || fail "the runs said to be the same differ: $(cat means)"
try 0 plan alike.ini -s model.llm=one.ini,two.ini,llama-3.2-3b -s model.layers=8
says "1 of 3 runs are the same as others along 'model.llm', such as run 2 as run 1"
try 0 plan alike.ini -s device.1.distance=8m,9m -s policy.name=card,server-only -s simulation.seed=1..3:1
if grep -q "the same as others" "$top/err"; then fail "others are called the same: $(cat "$top/err")"; fi
end

finish
