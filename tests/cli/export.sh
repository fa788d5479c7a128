#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `export`: any table of results, recorded or not, the same bytes; refused where it would not be.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

cp "$srcdir/scenarios/letter.ini" letter.ini
cat >my.ini <<'END'
[scenario]
extends = letter.ini
[simulation]
rounds = 6
replications = 3
[device 6]
inherits = 5
platform = jetson-agx-orin-64gb
[sweep]
policy.weight = 0.1, 1e-1 .. 3e-1 step 1e-1, 0.75
radio.fading = none, rayleigh
device.6.platform = jetson-agx-orin-64gb, jetson-xavier-nx
where = policy.weight != 0.75 or radio.fading = none
END
sed -i 's/^policy.weight = 0.1, /policy.weight = /' my.ini
everything="-s output.record=rounds+devices+totals"

begin "a sweep records devices and totals unless told otherwise"
try 0 sweep my.ini -q -o lean
[ "$(cd lean && echo *)" = "devices.csv manifest.json results.sqlite totals.csv" ] ||
    fail "lean holds: $(ls lean)"
try 0 sweep my.ini -q -o full $everything
[ "$(wc -l <full/rounds.csv)" -eq $((1 + 14 * 3 * 6 * 6)) ] || fail "$(wc -l <full/rounds.csv) lines"
for table in devices totals; do
    cmp -s lean/$table.csv full/$table.csv || fail "$table.csv differs"
done
try 0 run my.ini -q -o plain
[ -f plain/rounds.csv ] || fail "run does not record rounds"
end

begin "rounds computed anew are the bytes that would have been recorded"
for jobs in 1 2 8; do
    try 0 export lean -j $jobs
    cmp -s "$top/out" full/rounds.csv || fail "-j $jobs: not the same bytes"
done
try 0 export lean --table rounds -o anew.csv
cmp -s anew.csv full/rounds.csv || fail "-o: not the same bytes"
try 0 sweep my.ini -q -o only-totals -s output.record=totals
try 0 export only-totals --table devices
cmp -s "$top/out" full/devices.csv || fail "devices: not the same bytes"
end

begin "what was recorded is copied, from the CSV file or the database"
for table in rounds devices totals; do
    try 0 export full --table $table
    cmp -s "$top/out" full/$table.csv || fail "$table: not the same bytes"
    cp -r full from-database && rm from-database/$table.csv
    try 0 export from-database --table $table
    cmp -s "$top/out" full/$table.csv || fail "$table of the database: not the same bytes"
    rm -r from-database
done
end

begin "swept values are columns, numbers in SI units, behind all others"
values="-s radio.bandwidth=2.5MHz,20MHz -s device.1.distance=5m,5m..9m -s radio.rician-k=3dB,5dB
    -s policy.frequency=card,1500MHz -s device.2.tx-power=20dBm,10mW -s policy.name=card,device-only
    -s simulation.quorum=5%,0%"
# shellcheck disable=SC2086
try 0 sweep letter.ini -q -o columns -s simulation.rounds=1 -s simulation.replications=1 $values
own=$(head -n 1 lean/devices.csv | sed 's/,weight,fading,device_6_platform$//')
[ "$(head -n 1 lean/devices.csv)" = "$own,weight,fading,device_6_platform" ] || fail "lean: $(head -n 1 lean/devices.csv)"
named="bandwidth_hz,device_1_distance_m,rician_k_db,policy_frequency_hz,device_2_tx_power_w,policy_name,quorum_share"
head -n 1 columns/devices.csv | grep -q "^$own,$named\$" || fail "columns: $(head -n 1 columns/devices.csv)"
sed -n '2p' columns/devices.csv | grep -q ',2500000,5,3,card,0.1,card,0.05$' || fail "$(sed -n 2p columns/devices.csv)"
sed -n '$p' columns/devices.csv | grep -q ',20000000,5m..9m,5,1500000000,0.01,device-only,0$' ||
    fail "$(tail -n 1 columns/devices.csv)"
try 0 sweep my.ini -q -o bare $everything -s output.parameters=no
[ "$(head -n 1 bare/devices.csv)" = "$own" ] || fail "parameters = no: $(head -n 1 bare/devices.csv)"
sed 's/,weight,.*//; s/,[^,]*,[^,]*,[^,]*$//' full/totals.csv >cut-off
sed 1d bare/totals.csv >rows && sed 1d cut-off | cmp -s - rows || fail "other rows"
try 3 sweep my.ini -o traces -s output.record=totals+events
says "a sweep writes no traces"
end

begin "--run: these alone, each way"
awk -F, 'NR == 1 || $1 == 3 || $1 == 14' full/rounds.csv >some.csv
cp -r full from-database && rm from-database/rounds.csv
for directory in lean full from-database; do
    try 0 export $directory --run 14,3
    cmp -s "$top/out" some.csv || fail "$directory: not the same bytes"
done
rm -r from-database
try 1 export lean --run 15
says "has no finished run 15"
try 2 export lean --run x
try 2 export lean --run 0
try 2 export lean --table nonsense
says "rounds, devices, totals"
end

begin "merged shards, an interrupted sweep, a run"
for i in 0 1 2; do try 0 sweep my.ini -q -o part-$i --shard $i/3; done
try 0 merge part-2 part-0 part-1 -q -o merged
try 0 export merged
cmp -s "$top/out" full/rounds.csv || fail "merged: not the same bytes"
try 0 export part-1
awk -F, 'NR == 1 || ($1 - 1) % 3 == 1' full/rounds.csv | cmp -s - "$top/out" || fail "a shard"
try 0 run letter.ini -q -o run-lean -s simulation.rounds=3 -s output.record=totals
try 0 run letter.ini -q -o run-full -s simulation.rounds=3
try 0 export run-lean
cmp -s "$top/out" run-full/rounds.csv || fail "run: not the same bytes"
end

begin "reports and plots compute what they need"
for of in "--metric cut-first" "--metric rate-uplink --by device" "--metric delay --by round --by fading"; do
    # shellcheck disable=SC2086
    try 0 report lean --format csv $of
    cp "$top/out" from-lean
    # shellcheck disable=SC2086
    try 0 report full --format csv $of
    cmp -s from-lean "$top/out" || fail "$of: other numbers"
done
if command -v gnuplot >/dev/null 2>&1; then
    for figure in "--figure fig3a" "--x weight --y cut-last --by fading"; do
        for which in lean full; do
            # shellcheck disable=SC2086
            try 0 plot $which $figure -o $which.svg
        done
        cmp -s lean.csv full.csv || fail "$figure: other data"
    done
fi
end

begin "a changed file is refused, wherever the scenario is called from"
mkdir -p elsewhere/scenarios/models && cp letter.ini elsewhere/scenarios
cp "$srcdir/models/llm/gpt2.ini" elsewhere/scenarios/models/mine.ini
cat >elsewhere/scenarios/own.ini <<'END'
[scenario]
extends = letter.ini
[simulation]
rounds = 2
replications = 2
[model]
llm = models/mine.ini
layers = 6
[sweep]
policy.name = card, device-only
END
try 0 sweep elsewhere/scenarios/own.ini -q -o own
try 0 sweep elsewhere/scenarios/own.ini -q -o own-full $everything
(cd elsewhere && "$cardsim" export ../own -o anew.csv) || fail "from another directory"
cmp -s elsewhere/anew.csv own-full/rounds.csv || fail "not the same bytes"
sed -i 's/^biases-and-norms = 9984/biases-and-norms = 9985/; s/^intermediate = 3072/intermediate = 3080/; /^parameters/d' elsewhere/scenarios/models/mine.ini
cmp -s "$srcdir/models/llm/gpt2.ini" elsewhere/scenarios/models/mine.ini && fail "nothing changed"
try 1 export own
says "has changed"
[ ! -s "$top/out" ] || fail "something was printed"
try 0 export own-full
rm elsewhere/scenarios/models/mine.ini
try 1 export own -o none.csv
[ ! -e none.csv ] || fail "a half file"
end

begin "a changed table and another build are refused"
cp -r full changed && sed -i '2s/card/cord/' changed/rounds.csv
try 1 export changed
says "is not what the manifest there says"
try 0 export changed --table totals
if command -v sqlite3 >/dev/null 2>&1; then
    cp -r lean other
    sqlite3 other/results.sqlite "UPDATE meta SET value = replace(value, '\"sources\" : \"', '\"sources\" : \"0')
        WHERE key = 'manifest'"
    try 1 export other
    says "another build"
    try 4 report other --metric cut-first
    says "another build"
    try 0 report other --metric delay
fi
try 0 expect letter.ini -q -o exact
try 1 export exact
says "exact means"
end

# The manifest's scenario is the one that was run, whatever its file is called.
begin "a file's name that is no text, or would end in a comment, is a title all the same"
escape=$(printf '\033')
for called in "my # run" " lead" "#first" "a;b" 'quo"te' "red$escape[31m" "two
lines"; do
    sed '/^title/d' letter.ini >"$called.ini"
    rm -rf named
    try 0 run "$called.ini" -q -o named -s simulation.rounds=2 -s simulation.replications=1
    try 0 run "$called.ini" -q -s simulation.rounds=2 -s simulation.replications=1
    ! grep -q "$escape" "$top/out" || fail "'$called' is shown raw"
    mv named/rounds.csv rounds-named.csv
    try 0 export named
    cmp -s "$top/out" rounds-named.csv || fail "export of '$called'"
done
end

begin "the examples that read a sweep's tables"
try 0 sweep letter.ini -q -o read -s simulation.rounds=2 -s simulation.replications=2 \
    -s radio.path-loss-exponent=2..4:1 -s policy.name=card,server-only
if command -v gnuplot >/dev/null 2>&1; then
    gnuplot -e "directory='read'; key='path_loss_exponent'; picture='read.svg'" \
        "$srcdir/examples/results/delay.gp" 2>gnuplot.err || fail "gnuplot: $(cat gnuplot.err)"
    grep -q '</svg>' read.svg || fail "gnuplot draws nothing"
fi
if python3 -c 'import pandas, matplotlib' 2>/dev/null; then
    MPLCONFIGDIR=$work python3 "$srcdir/examples/results/delay.py" read path_loss_exponent read.png \
        >python.out 2>&1 || fail "python: $(cat python.out)"
    [ -s read.png ] || fail "python draws nothing"
    # The mean of the card rows at exponent 3, by awk.
    mean=$(awk -F, '$3 == "card" && $(NF - 1) == 3 { sum += $6; n++ } END { printf "%.6f", sum / n }' read/totals.csv)
    awk '$1 == 3 || $2 == 3 { print $(NF - 1) }' python.out | grep -q "^$mean" || fail "not $mean: $(cat python.out)"
fi
if command -v Rscript >/dev/null 2>&1; then
    Rscript "$srcdir/examples/results/delay.R" read path_loss_exponent r.svg >r.out 2>&1 || fail "R: $(cat r.out)"
    grep -q '</svg>' r.svg || fail "R draws nothing"
    # Its interval is that of the report, whose half-width is Student's t by another program.
    try 0 report read --by policy.name --by path-loss-exponent --metric delay --format csv
    sed 1d "$top/out" | tr ',' ' ' >reported
    while read -r policy exponent n mean half rest; do
        awk -v p="$policy" -v e="$exponent" -v m="$mean" -v h="$half" 'function near(a, b) {
                d = a - b; return (d < 0 ? -d : d) <= 1e-5 * (b < 0 ? -b : b) + 1e-9 }
            $2 == e && $3 == p { found = near($4, m) && near($5, h) }
            END { exit !found }' r.out || fail "R: $policy at $exponent is not $mean +- $half: $(cat r.out)"
    done <reported
fi
end

# Without times, which depend on the machine: what costs is what is written.
begin "a sweep's directory holds kilobytes where its rounds would take hundreds of megabytes"
try 0 sweep letter.ini -q -o ninety -s simulation.rounds=20 -s simulation.replications=1 \
    -s radio.path-loss-exponent=2..6:0.5 -s policy.weight=0.1..1:0.1
[ "$(du -sk ninety | cut -f1)" -lt 1024 ] || fail "ninety takes $(du -sk ninety) KiB"
end

begin "a full disk and a reader that leaves are told apart"
for directory in lean full; do
    "$cardsim" export $directory >/dev/full 2>"$top/err"
    [ $? -eq 4 ] || fail "$directory: a full disk"
    says "No space left"
    ("$cardsim" export $directory 2>"$top/err"; echo $? >"$top/code") | head -n 1 >/dev/null
    [ ! -s "$top/err" ] || fail "$directory: $(cat "$top/err")"
done
end

finish
