#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Where devices are when their rounds start: distance, path loss, shadowing and line of sight, against
# closed forms; asked for by the scenario or by `export`, and the same bytes everywhere.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

# The link budget of letter.ini's uplink without fading: SNR = P_tx - PL + shadowing - N in dB, with
# N = N0 + 10 lg B + NF of the access point.
cat >line.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
[simulation]
rounds = 20
replications = 2
[radio]
fading = none
shadowing = 4 dB
[output]
places = yes
[device 1]
mobility = linear
speed = 1.5 m/s
direction = 60 deg
distance = 8 m
tx-power = 20 dBm
END

# holds WHAT CONDITION FILE: an awk condition over `v` by column name, true in every row.
holds() {
    awk -F, -v what="$1" 'function lg(x) { return log(x) / log(10) }
        function near(a, b) { d = a - b; return (d < 0 ? -d : d) <= 1e-9 * (b < 0 ? -b : b) + 1e-9 }
        NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
        { for (i = 1; i <= NF; i++) v[name[i]] = $i; rows++ }
        !('"$2"') { print what ": " $0; bad = 1; exit }
        END { exit bad || rows == 0 }' "$3" >"$top/held" || fail "$(head -n 1 "$top/held") [$1]"
}

begin "a device on a straight line is where its law has it at the round's start"
try 0 run line.ini -q -o line
grep -E '^run|^1,[12],[0-9]*,1,' line/rounds.csv >first.csv
# |(8 + v t cos 60, v t sin 60)|
holds distance 'near(v["distance_m"], sqrt((8 + 0.75 * v["start_s"])^2 + 3 * (0.75 * v["start_s"])^2))' first.csv
grep -E '^run|^1,[12],[0-9]*,3,' line/rounds.csv >third.csv
holds rest 'near(v["distance_m"], 18)' third.csv
[ "$(awk -F, 'NR > 1 { print $(NF - 1) }' third.csv | sort -u | wc -l)" -eq 2 ] ||
    fail "at rest the shadowing is one draw a replication"
end

begin "log-distance: 20 lg(4 pi d0 f / c) + 10 a lg(d / d0), and the SNR is made of it"
log_distance='20 * lg(4 * 3.14159265358979 * 3.5e9 / 299792458) + 40 * lg(v["distance_m"])'
holds "path loss" "near(v[\"path_loss_db\"], $log_distance)" line/rounds.csv
holds "line of sight" 'v["line_of_sight"] == ""' line/rounds.csv
holds "link budget" 'near(v["snr_ul_db"], 20 - v["path_loss_db"] + v["shadowing_db"] - (-174 + 10 * lg(50e6) + 5))' first.csv
holds "downlink" 'near(v["snr_dl_db"] - v["snr_ul_db"], 30 - 20 + 5 - 9)' first.csv
try 0 run line.ini -q -o flat -s radio.shadowing=0dB
holds "no shadowing" 'v["shadowing_db"] == "0"' flat/rounds.csv
end

begin "a street canyon: TR 38.901's UMi with and without a line of sight"
# Table 7.4.1-1: PL1 = 32.4 + 21 lg d3D + 20 lg f/GHz nearer than the break point, 4 (10 - 1)(1.5 - 1)
# f / c = 210 m here; NLOS max(PL1, 35.3 lg d3D + 22.4 + 21.3 lg f/GHz - 0.3 (h_UT - 1.5)).
d3='sqrt(v["distance_m"]^2 + 8.5^2)'
los="32.4 + 21 * lg($d3) + 20 * lg(3.5)"
nlos="35.3 * lg($d3) + 22.4 + 21.3 * lg(3.5)"
canyon="-s radio.path-loss=umi -s radio.ap-height=10m"
for device in 1 2 3 4 5; do
    canyon="$canyon -s device.$device.height=1.5m -s device.$device.distance=$((10 * device + 5))m"
done
# shellcheck disable=SC2086
try 0 run line.ini -q -o sees $canyon -s radio.line-of-sight=always -s device.1.speed=0.02m/s
holds los "near(v[\"path_loss_db\"], $los) && v[\"line_of_sight\"] == 1" sees/rounds.csv
# shellcheck disable=SC2086
try 0 run line.ini -q -o blind $canyon -s radio.line-of-sight=never -s device.1.speed=0.02m/s
holds nlos "near(v[\"path_loss_db\"], $nlos) && v[\"line_of_sight\"] == 0" blind/rounds.csv
# shellcheck disable=SC2086
try 0 run line.ini -q -o both $canyon -s simulation.rounds=100 -s device.1.speed=0.004m/s
holds either "near(v[\"path_loss_db\"], v[\"line_of_sight\"] == 1 ? $los : $nlos) " both/rounds.csv
for sight in 0 1; do grep -q ",$sight\$" both/rounds.csv || fail "no row with line_of_sight $sight"; done
end

begin "random waypoints stay in their disc; a measured link has a distance and no loss of its own"
try 0 run "$srcdir/scenarios/examples/walking.ini" -q -o walk -s output.places=yes
grep -E '^run|,wanders,' walk/rounds.csv >wanders.csv
holds disc 'v["distance_m"] > 0 && v["distance_m"] <= 100' wanders.csv
[ "$(cut -d, -f37 wanders.csv | sort -u | wc -l)" -gt 20 ] || fail "it does not wander"
printf 'time,snr\n0,10\n100,20\n' >measured.csv
cat >measured.ini <<END
[scenario]
extends = line.ini
[device 1]
trace = measured.csv
trace-kind = snr
END
try 0 run measured.ini -q -o measured
grep -E '^run|^1,[12],[0-9]*,1,' measured/rounds.csv >one.csv
holds measured 'v["distance_m"] >= 8 && v["path_loss_db"] v["shadowing_db"] v["line_of_sight"] == ""' one.csv
end

begin "off by default, and asked for it changes no other column"
try 0 run line.ini -q -o off -s output.places=no
head -n 1 off/rounds.csv | grep -q ',layers$' || fail "$(head -n 1 off/rounds.csv)"
head -n 1 line/rounds.csv | grep -q ',layers,distance_m,path_loss_db,shadowing_db,line_of_sight$' ||
    fail "$(head -n 1 line/rounds.csv)"
cut -d, -f1-36 line/rounds.csv | cmp -s - off/rounds.csv || fail "other columns differ"
for table in devices totals; do cmp -s line/$table.csv off/$table.csv || fail "$table differ"; done
try 0 run "$srcdir/scenarios/examples/walking.ini" -q -o plain-walk
cut -d, -f1-36 walk/rounds.csv | cmp -s - plain-walk/rounds.csv || fail "walking: other columns differ"
end

begin "the same bytes: run, sweep, threads, shards, database, export, export --places"
cp off/rounds.csv kept.csv
try 0 export off --places -o anew.csv
cmp -s anew.csv line/rounds.csv || fail "--places of a run without them"
cmp -s kept.csv off/rounds.csv || fail "the results were touched"
cp -r line lost && rm lost/rounds.csv
try 0 export lost
cmp -s "$top/out" anew.csv || fail "export of a run's lost file"
sweep="sweep line.ini -q -s policy.weight=0.2,0.5 -s radio.bandwidth=20MHz,50MHz"
recorded="-s output.record=rounds+totals"
# shellcheck disable=SC2086
try 0 $sweep -o full $recorded
head -n 1 full/rounds.csv | grep -q ',line_of_sight,weight,bandwidth_hz$' || fail "$(head -n 1 full/rounds.csv)"
# shellcheck disable=SC2086
try 0 $sweep -o lean
[ ! -e lean/rounds.csv ] || fail "lean has rounds"
try 0 export lean
cmp -s "$top/out" full/rounds.csv || fail "export of lean"
# shellcheck disable=SC2086
try 0 $sweep -o bare -s output.places=no
try 0 export bare --places -j 2
cmp -s "$top/out" full/rounds.csv || fail "export --places of bare"
try 0 export bare --run 2
head -n 1 "$top/out" | grep -q ',layers,weight,' || fail "bare has places"
mv full/rounds.csv rounds.csv
try 0 export full
cmp -s "$top/out" rounds.csv || fail "export from the database"
for shard in 0 1; do
    # shellcheck disable=SC2086
    try 0 $sweep -o parts/$shard $recorded --shard $shard/2
done
try 0 merge parts/0 parts/1 -q -o merged
cmp -s merged/rounds.csv rounds.csv || fail "merge"
# A swept key that is called as one of them is told with its group, where they are there.
for places in no yes; do
    try 0 sweep line.ini -q -o named-$places -s radio.path-loss=umi -s radio.line-of-sight=always,never \
        -s output.places=$places -s output.record=rounds
done
head -n 1 named-no/rounds.csv | grep -q ',layers,line_of_sight$' || fail "$(head -n 1 named-no/rounds.csv)"
head -n 1 named-yes/rounds.csv | grep -q ',line_of_sight,radio_line_of_sight$' || fail "$(head -n 1 named-yes/rounds.csv)"
try 0 export named-no --places
cmp -s "$top/out" named-yes/rounds.csv || fail "--places with a swept line-of-sight"
try 2 export bare --table totals --places
says "only the table of rounds"
end

begin "results with and without are compared, extended, run over and kept apart"
try 1 compare line off
says "only 'line' has the last columns of rounds.csv"
# shellcheck disable=SC2086
try 0 $sweep -o parts/2 -s output.places=no $recorded --shard 1/2
try 1 merge parts/0 parts/2 -q -o mixed
# shellcheck disable=SC2086
try 0 $sweep -o grown -s output.places=no $recorded
# shellcheck disable=SC2086
try 0 $sweep -o grown $recorded --resume --extend
cmp -s grown/rounds.csv rounds.csv || fail "extended by places"
try 0 run line.ini -q -o off
cmp -s off/rounds.csv anew.csv || fail "run over its own results"
for setting in places=yes,no record=rounds,totals parameters=yes,no; do
    try 3 sweep line.ini -s output.$setting -o no
    says "'output.${setting%%=*}' cannot be swept"
done
end

finish
