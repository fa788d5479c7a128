#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `cardsim expect`: its table, and refusals at the key that prevents an exact answer.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini

begin "a row a device and one for all, for every point"
try 0 expect "$letter" -s radio.path-loss-exponent=2,6 --format csv
head -n 1 "$top/out" | grep -qx 'run,radio.path-loss-exponent,device,policy,delay_mean_s,server_energy_mean_j,device_energy_mean_j,radio_energy_mean_j,cost_mean,cut_mean,cut_last_share,frequency_mean_hz,outage_ul_share,outage_dl_share,error_relative' ||
    fail "the header is $(head -n 1 "$top/out")"
[ "$(wc -l <"$top/out")" -eq 13 ] || fail "$(wc -l <"$top/out") lines"
awk -F, 'NR > 1 && !($15 <= 1e-9) { bad = 1 } END { exit bad }' "$top/out" || fail "an error above 1e-9"
end

begin "the row 'all' is the mean of the devices'"
awk -F, '$1 == 2 && $3 != "all" { d += $5 / 5; e += $6 / 5 }
    $1 == 2 && $3 == "all" { exit !(d / $5 - 1 < 1e-12 && 1 - d / $5 < 1e-12 && e / $6 - 1 < 1e-12) }' "$top/out" ||
    fail "it is not"
end

begin "one thread or four: the same bytes"
try 0 expect "$letter" -s policy.weight=0.1..0.5:0.1 -j 1 --format csv
cp "$top/out" one
try 0 expect "$letter" -s policy.weight=0.1..0.5:0.1 -j 4 --format csv
cmp -s one "$top/out" || fail "they differ"
end

# columns TABLE NAME...: these columns of a CSV file, in this order.
columns() {
    table=$1
    shift
    awk -F, -v names="$*" 'NR == 1 { n = split(names, name, " "); for (i = 1; i <= NF; i++) at[$i] = i }
        { for (k = 1; k <= n; k++) printf "%s%s", $at[name[k]], k < n ? "," : "\n" }' "$table"
}

begin "-o DIR is a directory of results: two tables, a database, a manifest"
try 0 expect "$letter" -s radio.path-loss-exponent=2,4,6 -s policy.name=card,device-only,server-only \
    -o exact --format csv
[ "$(ls exact | tr '\n' ' ')" = "devices.csv manifest.json results.sqlite totals.csv " ] || fail "$(ls exact)"
columns "$top/out" run device policy delay_mean_s server_energy_mean_j cost_mean cut_mean frequency_mean_hz \
    outage_ul_share outage_dl_share | grep -v ',all,' >told
columns exact/devices.csv run device policy delay_mean_s server_energy_mean_j cost_mean cut_mean \
    frequency_mean_hz outage_ul_share outage_dl_share >kept
cmp -s told kept || fail "$(diff told kept | head -n 4)"
columns "$top/out" run device delay_mean_s server_energy_mean_j | sed -n 's/,all,/,/p' >told
columns exact/totals.csv run delay_mean_s server_energy_mean_j | sed 1d >kept
cmp -s told kept || fail "$(diff told kept | head -n 4)"
grep -q '"exact" : true' exact/manifest.json || fail "the manifest does not say that it is exact"
end

begin "report reads it, with intervals of 0 and the letter's two reductions"
try 0 report exact --by policy.name --metric delay --versus policy.name=device-only --format csv
columns "$top/out" policy.name delay_s_half_width delay_s_reduction_percent \
    delay_s_reduction_percent_half_width | awk -F, '$1 == "card" { found = 1
        if ($2 != 0 || $4 != 0 || $3 < 71.00755 || $3 > 71.00765) exit 1 } END { exit !found }' ||
    fail "$(cat "$top/out")"
try 0 report exact --by policy.name --metric server-energy --versus policy.name=server-only --format csv
columns "$top/out" policy.name server_energy_j_reduction_percent | awk -F, '$1 == "card" { found = 1
        if ($2 < 53.17135 || $2 > 53.17145) exit 1 } END { exit !found }' || fail "$(cat "$top/out")"
says "exact"
end

begin "a mean of one device too, and the CSV files alone"
try 0 report exact --by device --by policy.name --metric delay --format csv
columns "$top/out" device delay_s_half_width | awk -F, '/^1,/ && $2 != 0 { exit 1 }' || fail "$(cat "$top/out")"
mkdir files && cp exact/*.csv exact/manifest.json files
try 0 report files --by run --metric delay --format csv
columns "$top/out" delay_s_half_width | sed 1d | grep -qvx 0 && fail "$(cat "$top/out")"
end

begin "plot draws it, compare compares it"
try 0 plot exact --x path-loss-exponent --y delay --by policy.name -o exact.svg
[ -s exact.svg ] || fail "no picture"
try 0 compare exact exact
end

begin "what is in the directory is respected"
try 4 expect "$letter" -o exact
says "--restart"
try 4 sweep "$letter" -s simulation.rounds=2 -o exact --resume
try 0 expect "$letter" -o exact --restart -q
[ "$(wc -l <exact/totals.csv)" -eq 2 ] || fail "$(cat exact/totals.csv)"
mkdir strange && : >strange/thesis.tex
try 4 expect "$letter" -o strange
try 3 expect "$letter" -s radio.coherence=transmission -o never
[ ! -e never ] || fail "a directory without an answer"
end

begin "where and [sweep] choose the points"
printf '[scenario]\nextends = %s\n[sweep]\npolicy.weight = 0.1 .. 0.5 step 0.1\nwhere = policy.weight > 0.25\n' \
    "$letter" >chosen.ini
try 0 expect chosen.ini --format csv
[ "$(columns "$top/out" policy.weight | sort -u | tr '\n' ' ')" = "0.3 0.4 0.5 policy.weight " ] || fail "$(cat "$top/out")"
end

# refused WHERE KEY SETTING...: exit 3, at a place of `WHERE`, the key named.
refused() {
    where=$1 key=$2
    shift 2
    try 3 expect "$letter" "$@"
    grep -q "^$where.*error: '$key" "$top/err" || fail "not at $key: $(head -n 1 "$top/err")"
}

begin "what has no exact answer is refused at its key"
refused -s 'coherence = transmission' -s radio.coherence=transmission
refused -s 'csi = ' -s 'policy.csi=delayed 1 round'
refused -s 'name = card-contention' -s policy.name=card-contention
refused -s 'deadline = ' -s 'simulation.deadline=100 s'
refused -s 'schedule = parallel' -s simulation.schedule=parallel
refused -s 'mobility = ' -s device.2.mobility=linear -s 'device.2.speed=1 m/s'
refused -s 'rate = shannon' -s radio.rate=shannon
grep -q 'mean delay is infinite' "$top/err" || fail "the reason is missing"
end

finish
