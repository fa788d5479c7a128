#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `run` writes and when it refuses: directories, determinism, full disks, signals.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
few="-s simulation.rounds=5 -s simulation.replications=3"
long="-s simulation.rounds=100000 -s simulation.replications=1000 -s output.record=totals"
all_files="devices.csv manifest.json rounds.csv totals.csv"

# The same bytes in both directories, and the same names.
same() { diff -r "$1" "$2" >"$top/diff" || fail "$1 and $2 differ: $(head -n 3 "$top/diff")"; }

begin "run writes its files and says so"
# shellcheck disable=SC2086
try 0 run "$letter" $few -o out
[ "$(cd out && echo *)" = "$all_files" ] || fail "out holds: $(ls out)"
says "results are in 'out'"
prints "device"
[ "$(wc -l <out/rounds.csv)" -eq 76 ] || fail "rounds.csv has $(wc -l <out/rounds.csv) lines"
[ "$(wc -l <out/devices.csv)" -eq 16 ] || fail "devices.csv has $(wc -l <out/devices.csv) lines"
[ "$(wc -l <out/totals.csv)" -eq 4 ] || fail "totals.csv has $(wc -l <out/totals.csv) lines"
end

begin "the headers are those of the design"
head -n 1 out/rounds.csv >head
tr -d '\n ' >expected <<'END'
run,replication,round,device,policy,cut,frequency_hz,snr_ul_db,snr_dl_db,cqi_ul,cqi_dl,mcs_ul,mcs_dl,
rate_ul_bps,rate_dl_bps,outage_ul,outage_dl,adapter_dl_s,device_compute_s,smashed_ul_s,server_compute_s,
gradient_dl_s,adapter_ul_s,wait_s,delay_s,server_energy_j,device_energy_j,radio_energy_j,cost,
delay_min_s,delay_max_s,energy_min_j,energy_max_j,start_s,end_s,layers
END
[ "$(cat head)" = "$(cat expected)" ] || fail "rounds.csv begins with $(cat head)"
head -n 1 out/devices.csv >head
tr -d '\n ' >expected <<'END'
run,replication,device,policy,rounds,delay_mean_s,delay_total_s,wait_total_s,server_energy_mean_j,
server_energy_total_j,device_energy_total_j,radio_energy_total_j,cost_mean,cut_mean,frequency_mean_hz,
outage_ul_share,outage_dl_share,
regret_total,
regret_mean,
rounds_lost,
lost_time_s,
lost_server_energy_j,
lost_device_energy_j,
lost_radio_energy_j,
device_idle_energy_j,
battery_left_j,
blocks_given_up,
blocks_given_up_share
END
[ "$(cat head)" = "$(cat expected)" ] || fail "devices.csv begins with $(cat head)"
head -n 1 out/totals.csv >head
tr -d '\n ' >expected <<'END'
run,replication,policy,devices,rounds,delay_mean_s,delay_total_s,wait_total_s,server_energy_mean_j,
server_energy_total_j,device_energy_total_j,radio_energy_total_j,cost_mean,makespan_s,events,
regret_total,
regret_mean,
server_idle_energy_j,
rounds_lost,
lost_time_s,
lost_server_energy_j,
lost_device_energy_j,
lost_radio_energy_j,
device_idle_energy_j,
rounds_failed,
devices_empty,
blocks_given_up,
blocks_given_up_share,
rounds_completed
END
[ "$(cat head)" = "$(cat expected)" ] || fail "totals.csv begins with $(cat head)"
end

begin "the same bytes again, for any number of threads, from any directory"
for jobs in 1 2 5; do
    # shellcheck disable=SC2086
    try 0 run $few "$letter" -j $jobs -o "threads$jobs"
    same out "threads$jobs"
done
mkdir -p elsewhere
cp "$letter" elsewhere/letter.ini
(cd elsewhere && "$cardsim" run letter.ini $few -q -o ../moved) || fail "run failed elsewhere"
same out moved
end

begin "another seed gives other draws, another policy the same"
# shellcheck disable=SC2086
try 0 run "$letter" $few -s simulation.seed=77 -o seed77
cmp -s out/rounds.csv seed77/rounds.csv && fail "the seed is not heard"
# shellcheck disable=SC2086
try 0 run "$letter" $few -s policy.name=device-only -o policy
snr() { cut -d, -f2,3,4,8,9 "$1/rounds.csv"; }
[ "$(snr out)" = "$(snr policy)" ] || fail "the policy changes the SNR"
end

begin "the resolved scenario gives the same results"
# shellcheck disable=SC2086
try 0 show "$letter" $few
cp "$top/out" resolved.ini
try 0 run resolved.ini -q -o resolved
cmp -s out/rounds.csv resolved/rounds.csv || fail "rounds.csv differs"
end

begin "run replaces its own results, and what a smaller record leaves out goes away"
# shellcheck disable=SC2086
try 0 run "$letter" $few -o again
# shellcheck disable=SC2086
try 0 run "$letter" $few -o again -s output.record=totals
[ "$(cd again && echo *)" = "manifest.json totals.csv" ] || fail "again holds: $(ls again)"
end

begin "a picture drawn from results does not keep run from replacing them"
if command -v gnuplot >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    try 0 run "$letter" $few -o drawn
    try 0 plot drawn --figure fig3a
    [ -s fig3a.svg ] && [ -s fig3a.csv ] && [ -s fig3a.gp ] || fail "no picture, data or script"
    # shellcheck disable=SC2086
    try 0 run "$letter" $few -o drawn
    for picture in fig3a.png delay.pdf mine.png paper.v2.svg print.eps; do
        figure=fig3a
        [ $picture = delay.pdf ] && figure=delay
        try 0 plot drawn --figure $figure -o drawn/$picture
    done
    # shellcheck disable=SC2086
    try 0 run "$letter" $few -o drawn
    # No name makes a picture ours to remove.
    there=$(cd drawn && echo *)
    [ "$there" = "delay.csv delay.gp delay.pdf devices.csv fig3a.csv fig3a.gp fig3a.png \
manifest.json mine.csv mine.gp mine.png paper.v2.csv paper.v2.gp paper.v2.svg print.csv print.eps print.gp rounds.csv \
totals.csv" ] || fail "drawn holds: $there"
    : >drawn/holiday.png
    # shellcheck disable=SC2086
    try 4 run "$letter" $few -o drawn
    says "'holiday.png', which is no result"
else
    skip "gnuplot is not installed"
fi
end

begin "what somebody has changed, or only bears a result's name, is theirs"
# shellcheck disable=SC2086
try 0 run "$letter" $few -o theirs
echo "# looked through, 3 May" >>theirs/devices.csv
cp theirs/devices.csv "$top/devices"
# shellcheck disable=SC2086
try 4 run "$letter" $few -o theirs
says "'devices.csv'" "another directory"
cmp -s theirs/devices.csv "$top/devices" || fail "a changed table was replaced"
rm theirs/devices.csv
# shellcheck disable=SC2086
try 0 run "$letter" $few -o theirs
for file in energy.csv delay.svg rounds.csv.tmp-backup trace.json; do
    echo mine >theirs/$file
    # shellcheck disable=SC2086
    try 4 run "$letter" $few -o theirs
    says "'$file'"
    [ "$(cat theirs/$file)" = mine ] || fail "$file is gone"
    rm theirs/$file
done
end

begin "a link in a result's place leads nobody out of the directory"
# shellcheck disable=SC2086
try 0 run "$letter" $few -o linked
for file in rounds.csv manifest.json; do
    mv linked/$file outside
    ln -s ../outside linked/$file
    cp outside "$top/outside"
    # shellcheck disable=SC2086
    try 4 run "$letter" $few -s simulation.seed=9 -o linked
    says "'$file'"
    cmp -s outside "$top/outside" || fail "$file was written outside"
    rm linked/$file
    mv outside linked/$file
done
end

begin "two runs into one directory: one wins whole, the other refuses"
for n in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf pair
    for seed in 1 2; do
        # shellcheck disable=SC2086
        "$cardsim" run "$letter" $few -q -s simulation.seed=$seed -o pair >/dev/null 2>"err$seed" &
        eval "child$seed=$!"
    done
    wait "$child1" && first=0 || first=$?
    wait "$child2" && second=0 || second=$?
    case $first$second in
    00 | 04 | 40) ;;
    *) fail "the two end in $first and $second" ;;
    esac
    [ "$first$second" = 00 ] || grep -q 'another cardsim is at work' err1 err2 ||
        fail "the loser says: $(cat err1 err2)"
    # What is there is one of the two, whole: its manifest's digests are those of its tables.
    for file in rounds.csv devices.csv totals.csv; do
        grep -q "\"$file\" : \"sha256:$(sha256sum <pair/$file | cut -d' ' -f1)\"" pair/manifest.json ||
            fail "the manifest does not tell of this $file"
    done
    ls pair | grep -q tmp && fail "pair holds: $(ls pair)"
done
end

begin "a picture's data never replace a table of results"
# shellcheck disable=SC2086
try 0 run "$letter" $few -o kept
try 2 plot kept --figure fig3a -o kept/rounds.svg
says "'rounds.csv' of results" "another name"
cmp -s kept/rounds.csv out/rounds.csv || fail "rounds.csv is not what the run wrote"
end

begin "an empty directory is accepted, parents are made"
mkdir empty
# shellcheck disable=SC2086
try 0 run "$letter" $few -q -o empty
# shellcheck disable=SC2086
try 0 run "$letter" $few -q -o a/b/c
[ -f a/b/c/manifest.json ] || fail "no results in a/b/c"
silent
prints_nothing
end

begin "a directory with anything else is refused and left as it was"
mkdir mine
echo precious >mine/rounds.csv
echo thesis >mine/thesis.txt
# shellcheck disable=SC2086
try 4 run "$letter" $few -o mine
says "mine" "thesis.txt"
[ "$(cat mine/rounds.csv)" = precious ] || fail "it was overwritten"
[ "$(ls mine)" = "$(printf 'rounds.csv\nthesis.txt')" ] || fail "mine holds: $(ls mine)"
end

begin "-o names a file, or a place that cannot be"
echo text >file
for target in file file/out /dev/full /proc/nowhere/out; do
    # shellcheck disable=SC2086
    try 4 run "$letter" $few -o "$target"
    says "cardsim: error:" "$target"
done
[ "$(cat file)" = text ] || fail "the file was touched"
end

begin "an unwritable directory"
if [ "$(id -u)" = 0 ]; then
    skip "root may write everywhere"
else
    mkdir locked && chmod 555 locked
    # shellcheck disable=SC2086
    try 4 run "$letter" $few -o locked
    says "Permission denied"
fi
end

begin "a disk that is full"
# A limit on file sizes stands in for the full disk: rounds.csv does not fit, nothing stays behind.
(
    ulimit -f 8
    trap '' XFSZ
    exec "$cardsim" run "$letter" -s simulation.rounds=2000 -s simulation.replications=1 -q -o full
) >"$top/out" 2>"$top/err"
code=$?
command_line="run with a small file size limit"
[ "$code" -eq 4 ] || fail "ended in $code, not 4: $(head -n 3 "$top/err")"
says "rounds.csv" "File too large"
[ -z "$(ls full 2>/dev/null)" ] || fail "left behind: $(ls full)"
end

begin "--trace writes whole JSON, or nothing"
# shellcheck disable=SC2086
try 0 run "$letter" $few --trace trace.json
grep -q '"traceEvents"' trace.json || fail "no trace events"
[ "$(tr -cd '{' <trace.json | wc -c)" -eq "$(tr -cd '}' <trace.json | wc -c)" ] ||
    fail "braces do not match"
# shellcheck disable=SC2086
try 4 run "$letter" $few --trace /dev/full
says "/dev/full" "No space left on device"
# shellcheck disable=SC2086
try 4 run "$letter" $few --trace nowhere/trace.json
says "nowhere/trace.json" "No such file or directory"
# shellcheck disable=SC2086
# Among the results it stays, and goes with them when a later run writes none.
try 0 run "$letter" $few -o traced --trace traced/trace.json
[ -f traced/trace.json ] || fail "the trace among the results is gone"
try 0 run "$letter" $few -o traced
[ ! -e traced/trace.json ] || fail "an earlier run's trace is still there"
try 0 run "$letter" $few -q --trace /dev/stdout
prints '"traceEvents"'
# A slip of the fingers does not cost the scenario.
cp "$letter" mine.ini
# shellcheck disable=SC2086
try 4 run mine.ini $few --trace ./mine.ini
says "will not write the trace over the scenario 'mine.ini'"
cmp -s "$letter" mine.ini || fail "the scenario is not what it was"
end

begin "run as CSV and JSON prints the table of devices"
# shellcheck disable=SC2086
try 0 run "$letter" $few --format csv
cmp -s "$top/out" out/devices.csv || fail "it is not devices.csv"
# shellcheck disable=SC2086
try 0 run "$letter" $few --format json
[ "$(grep -c '"device": "' "$top/out")" -eq 15 ] || fail "not 15 objects"
# shellcheck disable=SC2086
try 0 run "$letter" $few --format csv -o printed
cmp -s "$top/out" out/devices.csv || fail "with -o it is not devices.csv"
cmp -s printed/devices.csv out/devices.csv || fail "the file beside it is not devices.csv"
end

begin "nothing is written without -o"
mkdir nothing && cd nothing
# shellcheck disable=SC2086
try 0 run "$letter" $few
cd "$work"
[ -z "$(ls -A nothing)" ] || fail "there is: $(ls -A nothing)"
end

begin "rounds beyond what is kept in memory are all there, in order"
try 0 run "$letter" -s simulation.rounds=12000 -s simulation.replications=2 -q -o many -j 2
awk -F, 'NR > 1 { want = (NR - 2) % 60000
    if ($2 != int((NR - 2) / 60000) + 1 || $3 != int(want / 5) + 1 || $4 != want % 5 + 1) exit 1 }
    END { exit NR != 120001 }' many/rounds.csv || fail "rounds.csv is not in order, or not whole"
[ "$(cd many && echo * .[!.]*)" = "$all_files .[!.]*" ] || fail "many holds: $(ls -A many)"
end

# interrupt SIGNAL CODE: a long run, ended after its first replications.
interrupt() {
    rm -rf ended
    # A shell without job control starts background jobs with SIGINT ignored; env restores it.
    # shellcheck disable=SC2086
    env --default-signal=INT "$cardsim" run "$letter" $long -o ended >"$top/out" 2>"$top/err" &
    pid=$!
    sleep 2
    kill -"$1" "$pid"
    wait "$pid" 2>/dev/null
    code=$?
    command_line="run, ended by SIG$1"
    [ "$code" -eq "$2" ] || fail "ended in $code, not $2: $(head -n 3 "$top/err")"
    says "interrupted by SIG$1"
    if ls -A ended | grep -q tmp; then fail "left behind: $(ls -A ended)"; fi
}

begin "SIGINT and SIGTERM leave whole files or none"
interrupt INT 130
interrupt TERM 143
end

begin "reproduce says what ended it, too"
"$cardsim" reproduce all -o figures -j 1 >"$top/out" 2>"$top/err" &
pid=$!
sleep 1
kill -TERM "$pid"
wait "$pid" 2>/dev/null
code=$?
command_line="reproduce, ended by SIGTERM"
[ "$code" -eq 143 ] || fail "ended in $code, not 143"
says "interrupted by SIGTERM; nothing was written"
[ -z "$(ls -A figures)" ] || fail "figures holds: $(ls figures)"
end

begin "finished replications are saved when a run is interrupted"
few_rounds="-s simulation.rounds=200 -s simulation.replications=1000000 -s output.record=totals"
# shellcheck disable=SC2086
"$cardsim" run "$letter" $few_rounds -o partial >"$top/out" 2>"$top/err" &
pid=$!
sleep 1
kill -TERM "$pid"
wait "$pid" 2>/dev/null
code=$?
command_line="run, ended by SIGTERM"
[ "$code" -eq 143 ] || fail "ended in $code, not 143"
says "these are saved"
[ "$(cd partial && echo *)" = "manifest.json totals.csv" ] || fail "partial holds: $(ls partial)"
grep -q "interrupted" partial/manifest.json || fail "the manifest does not say so"
lines=$(wc -l <partial/totals.csv)
[ "$lines" -gt 1 ] || fail "no replication was saved"
tail -n 1 partial/totals.csv | grep -q "^1,$((lines - 1))," || fail "the last row is another's"
end

finish
