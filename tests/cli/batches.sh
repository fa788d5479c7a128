#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs that take longer than a job: what is finished of them is saved in batches, carried on, shared
# by shards and joined, with the bytes of a sweep that nobody interrupted on one machine.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
sqlite=
command -v sqlite3 >/dev/null 2>&1 && sqlite=yes

# A run of half a second or several, by the machine; it is never waited for as a whole.
cat >long.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 300
replications = 2000
END
cat >short.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 3
replications = 25
[output]
record = rounds+devices+totals
END

same() {
    for file in $(cd "$1" && echo *.csv) manifest.json; do
        cmp -s "$1/$file" "$2/$file" || fail "$1/$file and $2/$file differ, or are not there"
    done
}

# content DIR: all rows that results are made of, whatever their order and how they came.
content() {
    for table in run param digest rounds devices totals losses trajectory partial partial_rounds \
        partial_totals observed; do
        sqlite3 "$1/results.sqlite" "SELECT '$table', * FROM $table" | LC_ALL=C sort
    done
}
same_content() {
    [ -n "$sqlite" ] || return 0
    content "$1" >"$top/one"
    content "$2" >"$top/other"
    cmp -s "$top/one" "$top/other" || fail "the databases of $1 and $2 differ"
}

# interrupted DIR SECONDS SIGNAL ARGUMENT...: a sweep, ended by the signal; TRUE where it was.
interrupted() {
    directory=$1 seconds=$2 signal=$3
    shift 3
    {
        "$cardsim" "$@" -q --resume -o "$directory" >"$top/out" 2>"$top/err" </dev/null &
        pid=$!
        sleep "$seconds"
        kill "-$signal" "$pid" 2>/dev/null
        wait "$pid"
        code=$?
    } 2>/dev/null
    [ "$code" -ne 0 ]
}

begin "a job shorter than a run makes progress: SIGTERM again and again"
try 0 sweep long.ini -q -o straight
jobs=0 before=0
while interrupted stepwise 0.4 TERM sweep long.ini && [ "$jobs" -lt 200 ]; do
    jobs=$((jobs + 1))
    now=$(sed -n 's/.* and \([0-9]*\) replications\{0,1\} of the next saved.*/\1/p' "$top/err")
    [ "${now:-$before}" -ge "$before" ] || fail "$before replications were saved, then $now"
    before=${now:-$before}
    # What is unfinished is shown by nobody.
    if [ "$jobs" -eq 1 ] && [ "$before" -gt 0 ]; then
        try 4 report stepwise
        says "has no finished run: of run 1 replications 1 to $before of 2000 are saved"
        try 4 plot stepwise --x round --y delay -o p.svg
        says "has no finished run"
        try 0 export stepwise --table totals
        says "0 of 1 runs are here" "replications 1 to $before of 2000 are saved"
        [ "$(wc -l <"$top/out")" -eq 1 ] || fail "rows of an unfinished run are exported"
    fi
done
[ "$code" -eq 0 ] || fail "it did not come to its end in 200 jobs: $(head -n 2 "$top/err")"
same straight stepwise
same_content straight stepwise
echo "figure: jobs that one run took = $((jobs + 1))"
end

begin "and SIGKILL, which loses what a save is old"
jobs=0
while interrupted killed 1.5 KILL sweep long.ini -j 1 && [ "$jobs" -lt 200 ]; do
    jobs=$((jobs + 1))
done
[ "$code" -eq 0 ] || fail "it did not come to its end in 200 jobs: $(head -n 2 "$top/err")"
same straight killed
same_content straight killed
end

# parts N ARGUMENT...: the shards of N, a thread each or more.
parts() {
    n=$1 i=0
    shift
    rm -rf part-* joined
    while [ "$i" -lt "$n" ]; do
        try 0 sweep "$@" -q -j $((1 + i % 3)) --shard "$i/$n" -o "part-$i"
        i=$((i + 1))
    done
}

begin "a run in seven shards, and in more shards than replications"
try 0 sweep short.ini -q -o one
parts 7 short.ini
try 0 merge part-3 part-0 part-6 part-1 part-5 part-2 part-4 -o joined
says "1 run from 7 directories"
same one joined
same_content one joined
try 0 merge part-3 part-0 part-6 part-1 part-5 part-2 part-4 -o joined --resume
same one joined
parts 30 short.ini
try 0 merge part-* -q -o joined
same one joined
same_content one joined
end

begin "three runs in five shards; threads 1, 2 and 8"
set -- short.ini -s policy.weight=0.2,0.5,0.9
try 0 sweep "$@" -q -o three
parts 5 "$@"
try 0 merge part-* -q -o joined
same three joined
same_content three joined
for threads in 1 2 8; do
    rm -rf again-*
    for i in 0 1 2 3; do try 0 sweep "$@" -q -j "$threads" --shard "$i/4" -o "again-$i"; done
    rm -rf joined
    try 0 merge again-* -q -o joined
    same three joined
done
end

begin "what a shard says of itself"
try 0 sweep short.ini --shard 2/7 -o said
says "3 replications of 1 run, which other shards share" "'cardsim merge' joins the shards"
try 0 sweep short.ini --shard 2/7 -o said --resume
says "1 of 1 portions of runs were there already"
[ "$(wc -l <said/totals.csv)" -eq 1 ] || fail "a shard shows rows of a run that is not whole"
try 4 report said
says "of run 1 replications 9 to 11 of 25 are saved"
end

begin "what is missing, double or changed is named, and nothing is written"
parts 7 short.ini
rm -rf joined
try 1 merge part-0 part-1 part-2 part-4 part-5 part-6 -o joined
says "replications 12 to 15 of run 1 belong to a shard that is not named here"
try 1 merge part-* part-3 -o joined
says "'part-3' is named twice"
try 0 sweep short.ini -q --shard 1/4 -o quarter
try 1 merge part-* quarter -o joined
says "of run 1: both 'part-1' and 'quarter' take them"
try 1 merge part-* one -o joined
says "run 1 is in 'one', and a portion of it in 'part-"
if [ -n "$sqlite" ]; then
    cp -r part-3 whole
    sqlite3 part-3/results.sqlite "DELETE FROM partial_rounds WHERE replication > 13;
        DELETE FROM partial_totals WHERE replication > 13;
        DELETE FROM partial_devices WHERE replication > 13; UPDATE partial SET saved = 2"
    try 1 merge part-* -o joined
    says "'part-3' lacks replications 14 to 15 of run 1: --resume its sweep"
    try 0 sweep short.ini -q --shard 3/7 -o part-3 --resume
    same_content whole part-3
fi
[ ! -e joined ] || fail "something was written"
try 0 merge part-* -q -o joined
same one joined
end

# The path loss decides by replication whether a delay fits the clock.
cat >failing.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 1
replications = 8
[policy]
name = server-only
[radio]
shadowing = 8 dB
path-loss-exponent = 10
[sweep]
radio.bandwidth = 0.03 Hz, 20 MHz
END

begin "a replication that fails in some shard fails its run, as on one machine"
try 1 sweep failing.ini -q -o alone
grep -o 'run 1: .*' "$top/err" | head -n 1 >reason
[ -s reason ] || fail "run 1 does not fail: $(cat "$top/err")"
rm -rf part-*
fails=0 ends=0
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do
    "$cardsim" sweep failing.ini -q --shard "$i/12" -o "part-$i" >"$top/out" 2>"$top/err" </dev/null &&
        ends=$((ends + 1)) || fails=$((fails + 1))
done
[ "$fails" -ge 1 ] && [ "$ends" -ge 7 ] || fail "$fails shards failed, $ends did not"
rm -rf joined
try 1 merge part-* -o joined
says "1 of 2 runs failed, the others are merged" "$(cat reason)"
same alone joined
same_content alone joined
end

begin "more replications: only the new ones are run"
set -- -s policy.weight=0.2,0.5
try 0 sweep short.ini -q "$@" -o grown
try 0 sweep short.ini "$@" -s simulation.replications=40 -o grown --resume --extend
says "2 runs, 80 replications, 50 of them saved before"
try 0 sweep short.ini -q "$@" -s simulation.replications=40 -o fresh
same fresh grown
same_content fresh grown
end

begin "the room that unfinished replications took is given back"
if [ -n "$sqlite" ]; then
    try 0 sweep long.ini -q -s simulation.rounds=3 -s simulation.replications=9000 -o straight --restart
    try 0 sweep long.ini -q -s simulation.rounds=3 -s simulation.replications=6000 -o grown --restart
    try 0 sweep long.ini -q -s simulation.rounds=3 -s simulation.replications=9000 -o grown --resume --extend
    same straight grown
    free=$(sqlite3 grown/results.sqlite "PRAGMA freelist_count") all=$(sqlite3 grown/results.sqlite "PRAGMA page_count")
    [ "$free" -le $((all / 4)) ] || fail "$free of $all pages are free"
else
    skip "no sqlite3 here"
fi
end

begin "a tighter precision goes on from what was seen"
set -- -s policy.weight=0.2,0.5 -s simulation.replications=7 -s simulation.max-replications=2000
try 0 sweep short.ini -q "$@" -s "simulation.precision=delay 3 %" -o precise
try 0 sweep short.ini "$@" -s "simulation.precision=delay 1 %" -o precise --resume --extend
says "of them saved before"
try 0 sweep short.ini -q "$@" -s "simulation.precision=delay 1 %" -o fresh --restart
same fresh precise
same_content fresh precise
end

begin "a stopping rule's runs are not split"
set -- short.ini -s "simulation.precision=delay 1 %" -s simulation.max-replications=2000
try 0 sweep "$@" -q -o rule
try 0 sweep "$@" -q --shard 0/3 -o rule-0
try 0 sweep "$@" --shard 1/3 -o rule-1
says "this shard has nothing to do: there are fewer runs than shards"
same rule rule-0
try 0 merge rule-0 rule-1 -q -o joined --restart
same rule joined
try 0 plan "$@" --emit slurm --shards 50
says "a stopping rule ends the runs, whose replications cannot be split: 1 shard"
prints "1 run in 1 shard" "A stopping rule ends the runs"
end

begin "plan foretells it: one run of 100 000 replications in 50 shards"
cat >onerun.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 1000
replications = 100000
END
try 0 plan onerun.ini --emit slurm
prints "shards share the replications of the runs, 100000 in all"
try 0 plan onerun.ini --emit slurm --shards 50
prints "a sweep of 1 run in 50 shards" "--array=0-49"
says "50 shards share the 100000 replications of 1 run"
end

begin "what is learned in a shard is learned as on one machine"
LC_ALL=C awk 'BEGIN { for (i = 0; i < 3000; i++) { s = (s * 1103515245 + 12345) % 2147483648
    printf "%c", int(s / 65536) % 12 + 1 } }' >data.txt
cat >learning.ini <<END
[simulation]
rounds = 3
replications = 3
[training]
lora-rank = 2
[learning]
network = $srcdir/tests/data/learning/small/model
data = data.txt
sequence-length = 12
batch = 2
lora-rank = 2
[device near]
count = 2
frequency = 1.3 GHz
cores = 2048
distance = 8 m
END
try 0 sweep learning.ini -q -o learnt
[ "$(wc -l <learnt/losses.csv)" -eq 13 ] || fail "$(wc -l <learnt/losses.csv) lines of losses"
parts 5 learning.ini
try 0 merge part-* -q -o joined
same learnt joined
same_content learnt joined
try 0 sweep learning.ini -q -s simulation.replications=4 -o learnt --resume --extend
try 0 sweep learning.ini -q -s simulation.replications=4 -o fresh --restart
same fresh learnt
same_content fresh learnt
end

begin "results of a version without such tables are read"
if [ -n "$sqlite" ]; then
    cp -r one old
    sqlite3 old/results.sqlite "DROP TABLE partial; DROP TABLE observed; DROP TABLE partial_rounds;
        DROP TABLE partial_devices; DROP TABLE partial_totals; DROP TABLE partial_losses"
    try 0 report one
    cp "$top/out" "$top/reported"
    try 0 report old
    cmp -s "$top/reported" "$top/out" || fail "reports differ"
    rm old/totals.csv
    try 0 export old --table totals
    cmp -s one/totals.csv "$top/out" || fail "exports differ"
else
    skip "no sqlite3 here"
fi
end

finish
