#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What commands tell beside their results: neither more nor less than is the case.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

cat >sweep.ini <<'END'
[simulation]
rounds = 3
replications = 2
[device a]
frequency = 1 GHz
cores = 1024
distance = 9 m
[radio]
fading = none
[sweep]
radio.bandwidth = 20 MHz, 10 MHz, 40 MHz
END

begin "a policy's keys are those that it asks for"
try 0 list policies --format json
command -v python3 >/dev/null || skip "there is no python3"
[ -n "$skip_reason" ] || python3 - "$top/out" <<'END' >told 2>&1 || fail "$(cat told)"
import json, sys
keys = {"card": "", "server-only": "frequency", "device-only": "frequency", "static": "frequency, cut",
        "random": "frequency", "delay-only": "", "energy-only": "", "exhaustive": "",
        "card-deadline": "delay-limit", "card-contention": "", "joint": "",
        "open": "energy-budget, tradeoff", "adaptsfl": "frequency"}
told = {row["policy"]: row["keys"] for row in json.load(open(sys.argv[1]))}
sys.exit(told != keys and str(told))
END
end

begin "a plan has a column for each axis"
try 0 plan sweep.ini -s "device.a.cores=512" --format csv
printf 'run,replications,radio.bandwidth\n1,2,20 MHz\n2,2,10 MHz\n3,2,40 MHz\n' | cmp -s - "$top/out" ||
    fail "$(cat "$top/out")"
end

begin "swept parameters in SI units: whole numbers, reals, levels and words"
cat >kinds.ini <<'END'
[simulation]
rounds = 1
[radio]
fading = none
[device a]
frequency = 1 GHz
cores = 1024
distance = 9 m
[sweep]
radio.bandwidth = 20.5 MHz, 10 MHz
training.batch = 3
policy.weight = 0.25
server.noise-figure = 4.5 dB
radio.carrier = 900 MHz
policy.name = server-only
END
try 0 sweep kinds.ini -q -o kinds
for table in totals devices; do
    rev kinds/$table.csv | cut -d , -f 1-6 | rev >told
    printf '%s\n' bandwidth_hz,batch,weight,noise_figure_db,carrier_hz,policy_name \
        20500000,3,0.25,4.5,900000000,server-only 10000000,3,0.25,4.5,900000000,server-only |
        cmp -s - told || fail "$table: $(cat told)"
done
end

begin "a script says what it is of"
for engine in slurm parallel; do
    try 0 plan sweep.ini --emit $engine --shards 2
    head -n 2 "$top/out" | tr '\n' ' ' | grep -qi "^#!/bin/sh # Written by cardsim .*: a sweep of 3 runs in 2 shards by .*$engine" ||
        fail "$(head -n 3 "$top/out")"
done
end

begin "what varies lies evenly in its range, whole numbers each in a part of their own"
cat >vary.ini <<'END'
[simulation]
rounds = 1
[radio]
fading = none
[device a]
frequency = 1 GHz
cores = 1024
distance = 9 m
[vary]
training.batch = 3 .. 6
training.local-epochs = 1 .. 8 log
radio.bandwidth = 10 MHz .. 40 MHz
END
try 0 sensitivity vary.ini --metric delay --samples 64 -q -o varied
# Of 64 rows a matrix, each of 64 equal parts of [0, 1) has one: 16 of each of four numbers; of the
# whole number k of 1 to 8 by logarithms 64 ln((k + 1/2)/(k - 1/2)) / ln(8.5/0.5); a mean in the middle.
for matrix in A B; do
    awk -F, -v matrix=$matrix '
        $2 == matrix { batch[$3]++; epochs[$4]++; sum += $5; n++ }
        END {
            bad = n != 64 || sum / n < 24.7 || sum / n > 25.3
            for (k = 3; k <= 6; k++) bad += batch[k] != 16
            for (k = 1; k <= 8; k++) {
                e = epochs[k] - 64 * log((k + .5) / (k - .5)) / log(17)
                bad += e < -1 || e > 1
            }
            exit bad
        }' varied/settings.csv || fail "$matrix: $(head -n 5 varied/settings.csv)"
done
end

begin "a setting that has no answer is told, with what it sets"
sed 's/^radio.bandwidth.*/device.a.memory = 100 MB .. 9000 MB/' vary.ini >memory.ini
try 3 sensitivity memory.ini --metric delay --samples 16 -j 1
says "(in the setting training.batch=" "device.a.memory="
end

begin "an indices' picture names its keys"
command -v gnuplot >/dev/null || skip "there is no gnuplot"
[ -n "$skip_reason" ] || {
try 0 plot varied --figure sensitivity -o indices.svg
[ "$(sed 1d indices.csv | cut -d , -f 2 | sort | tr '\n' ' ')" = "bandwidth batch local-epochs " ] || fail "$(cat indices.csv)"
}
end

begin "how many differences are listed is told where not all are"
try 0 sweep sweep.ini -q -o one
try 0 sweep sweep.ini -q -o many -s simulation.rounds=4
try 1 compare one many
says "the first 20 differences are listed"
[ "$(grep -c "^[a-z]*\.csv" "$top/out")" = 20 ] || fail "$(cat "$top/out")"
try 0 run sweep.ini -q -o few -s simulation.replications=1 -s radio.bandwidth="20 MHz"
cp -r few other && chmod u+w other/totals.csv
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "makespan_s") at = i }
                  NR == 2 { $at = 2 * $at } { print }' few/totals.csv >other/totals.csv
try 1 compare few other
says "1 other values differ"
! grep -q "are listed" "$top/err" || fail "$(cat "$top/err")"
end

begin "bars are as long as their values, the longest all of the width"
try 0 report one --metric delay --by radio.bandwidth --format csv
sed 1d "$top/out" | cut -d , -f 3 >values
try 0 report one --metric delay --by radio.bandwidth --plot
# A cell is a block; eighths of it, and the mark of the interval's end, are within one.
sed 1d "$top/out" | awk '{ print gsub(/█/, "") }' | paste - values |
    awk '{ n[NR] = $1; v[NR] = $2; if ($1 > most) most = $1; if ($2 > high) high = $2 }
         END { for (i in n) if (NR != 3 || most < 20 || n[i] < v[i] / high * most - 1.5 ||
                                n[i] > v[i] / high * most + 1.5) { print i, n[i], v[i]; exit 1 } }' >told ||
    fail "$(cat told) $(cat "$top/out")"
end

begin "the number of samples is a whole one from 2"
for samples in 1 0 -3 2.5 many 16777217; do
    try 2 sensitivity sweep.ini --metric delay --samples "$samples"
    says "--samples $samples" "a whole number from 2 to 16777216"
done
end

begin "which run a figure is of, and no run for a picture of all"
command -v gnuplot >/dev/null || skip "there is no gnuplot"
[ -n "$skip_reason" ] || {
try 0 plot one --x radio.bandwidth --y delay -o all.svg
says "drew 'all.svg'"
! grep -q "this is run" "$top/err" || fail "$(cat "$top/err")"
try 0 plot one --figure delay -o first.svg
says "drew 'first.svg'" "this is run 1 of 3"
try 0 plot one --figure delay -o first.svg -q
[ ! -s "$top/err" ] || fail "$(cat "$top/err")"
}
end

begin "published cases without one of their columns are an error"
mkdir -p own/scenarios/validation
cp "$srcdir"/scenarios/validation/* own/scenarios/validation/
sed 's/^case,/name,/' "$srcdir/scenarios/validation/cases.csv" >own/scenarios/validation/cases.csv
grep -v '^#' own/scenarios/validation/cases.csv | head -n 1 >told
CARDSIM_DATADIR=$work/own try 3 validate
says "cases.csv" "case"
end

finish
