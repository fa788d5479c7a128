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
