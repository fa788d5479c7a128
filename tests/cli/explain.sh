#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `cardsim explain`: the terms of U, and the values at which a decision flips.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini

# flip FILE QUANTITY KEY: a number of the flips' table.
flip() { sed -n "s/.*\"quantity\": \"$2\".*\"$3\": \([^,}]*\).*/\1/p" "$1"; }

begin "the weight at which the cut flips is the closed form's"
# Without communication and head, cut 0 is taken iff w/(1-w) >= 6.75 x^2 (1-x), x = F_min/F_max: U(c = I)
# is w, and U(0) at f* is in closed form (README's letter, Eq. 12 and 16).
for row in 1:1.3e9*2048 2:1e9*2048 3:0.7e9*1792 4:0.7e9*1024 5:0.5e9*512; do
    device=${row%%:*}
    try 0 explain "$letter" -s model.head=none --device "$device" --uplink-rate 1e12Gbit/s \
        --downlink-rate 1e12Gbit/s --format json
    found=$(flip "$top/out" weight below)
    [ "$found" != null ] || found=$(flip "$top/out" weight above)
    awk -v found="$found" -v flops="${row#*:}" 'BEGIN {
        split(flops, part, "*"); x = part[1] * part[2] / (2.46e9 * 3072)
        k = 6.75 * x * x * (1 - x); w = k / (1 + k)
        exit !(found - w < 2e-5 * w && w - found < 2e-5 * w) }' ||
        fail "device $device: the cut flips at w = $found"
done
end

begin "deciding on both sides of a flip gives the two cuts"
try 0 explain "$letter" -s radio.path-loss-exponent=6 --device 2 --round 7 --format json
for side in below above; do
    edge=$(flip "$top/out" "uplink rate" $side)
    [ "$edge" != null ] || continue
    cut=$(flip "$top/out" "uplink rate" ${side}_cut)
    down=$(flip "$top/out" "downlink rate" now)
    cp "$top/out" explained
    for factor in 0.999999 1.000001; do
        rate=$(awk -v e="$edge" -v f="$factor" 'BEGIN { printf "%.6f", e * f }')
        try 0 decide "$letter" --device 2 --uplink-rate "${rate}bit/s" \
            --downlink-rate "${down}bit/s" --format csv
        awk -F, '$6 == 1 { print $1 }' "$top/out"
    done >cuts
    [ "$(sort -u cuts | wc -l)" = 2 ] || fail "the same cut on both sides of $edge bit/s"
    grep -qx "$cut" cuts || fail "cut $cut is not decided near $edge bit/s"
    cp explained "$top/out"
done
end

begin "the terms add up to U, and every cut is told"
try 0 explain "$letter" --device 1 --format csv
awk -F, 'NR > 1 { d = $4 + $5 - $6; if (d > 1e-12 || d < -1e-12) bad = 1; n++; chosen += $8 }
         END { exit !(n == 33 && chosen == 1 && !bad) }' "$top/out" || fail "$(cat "$top/out")"
end

begin "a round is explained as it was simulated"
try 0 run "$letter" -q -o results -s simulation.rounds=9
try 0 explain "$letter" --device 4 --round 9 --format csv
chosen=$(awk -F, '$8 == 1 { print $1 }' "$top/out")
recorded=$(awk -F, '$3 == 9 && $4 == 4 { print $6; exit }' results/rounds.csv)
[ "$chosen" = "$recorded" ] || fail "cut $chosen is explained, $recorded was taken"
end

begin "decide takes the rates of a round, and tells what was chosen in it"
for device in 1 4; do
    try 0 decide "$letter" --device $device --round 9
    prints "round 9 of replication 1: uplink" "the same was chosen there"
    try 0 decide "$letter" --device $device --round 9 --format csv
    awk -F, -v d=$device 'NR == FNR { if ($3 == 9 && $4 == d && $2 == 1) { cut = $6; f = $7; u = $29; e = $26 } next }
        $6 == 1 { good = $1 == cut && $2 == f && ($5 - u) < 1e-9 && (u - $5) < 1e-9 && ($4 - e) < 1e-6 * e }
        END { exit !good }' results/rounds.csv "$top/out" || fail "not what rounds.csv has: $(cat "$top/out")"
done
try 0 decide "$letter" --device 2 --round 7 -s radio.path-loss-exponent=6 -s policy.csi="delayed 3 rounds"
prints "round 7"
try 2 decide "$letter" --device 1 --round 9 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s
says "it goes without"
try 2 decide "$letter" --device 1
says "needs --uplink-rate"
try 1 decide "$letter" --device 1 --round 100000
end

begin "what cannot be told is said"
try 0 explain "$letter" --device 2 --round 7 -s radio.path-loss-exponent=6 -s policy.csi="delayed 2 rounds"
grep -q "is not of these rates alone" "$top/out" || fail "late knowledge is explained as if it were known"
try 0 explain "$letter" --device 1 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s
grep -q "not asked: the rates were given" "$top/out" || fail "$(cat "$top/out")"
end

# examples/memory.ini: the Nano holds cuts 0 to 10.
begin "a picture of U over the cuts, those that do not fit marked, also in words"
if command -v gnuplot >/dev/null 2>&1; then
    memory=$srcdir/scenarios/examples/memory.ini
    try 0 explain "$memory" --device nano -o pictures/why.svg
    grep -q '</svg>' pictures/why.svg || fail "no whole picture"
    first=$(awk -F, 'NR > 1 && $5 == 0 { print $1; exit }' pictures/why.csv)
    [ "$first" -gt 0 ] || fail "no cut is told not to fit: $(cat pictures/why.csv)"
    prints "Cuts $first to 28 do not fit into the device's memory."
    grep -q "unfit = $((29 - first))" pictures/why.gp || fail "the script does not mark them"
    # What does not fit is refused by the simulator too, and the cut before is not.
    try 3 run "$memory" -s policy.name=static -s "policy.cut=$first" -s simulation.rounds=1 -q
    try 0 run "$memory" -s policy.name=static -s "policy.cut=$((first - 1))" -s simulation.rounds=1 -q
    try 0 explain "$memory" --device agx
    if grep -q "not fit into" "$top/out"; then fail "all cuts fit the agx"; fi
    try 0 explain "$letter" --device 2 -o why.eps -q
    silent
    try 2 explain "$letter" --device 2 -o why.jpg
else
    skip "gnuplot is not installed"
fi
end

begin "what is asked of is told in the units that it was given in"
try 0 explain "$letter" --device 2 --uplink-rate 12.5Mbit/s --downlink-rate 0.04Gbit/s -s policy.weight=0.35
prints "uplink rate    now 12.5 Mbit/s" "downlink rate  now 40 Mbit/s" "weight         now 0.35"
try 0 explain "$letter" --device 2 -s device.2.frequency=0.82GHz -s device.2.distance=1700cm
prints "distance       now 17 m" "device clock   now 820 MHz"
end

# round(10 x 8 / 32) = 3, since 2.5 goes up; 4 bits of 2048 and a scale of 32 are .251 of 16 bits.
begin "what is learned along is told: its cut, its codec, where phi comes from"
fixed="--device 1 -s policy.name=static -s policy.cut=10 -s learning.network=tiny"
# shellcheck disable=SC2086
{
    try 0 explain "$letter" $fixed
    prints "the network 'tiny' stands for the model, its 8 layers for the 32" "trains 3 of them" \
        "No codec changes what it sends" "phi = 0.1 in D is training.compression's" "does not look at the loss"
    try 0 explain "$letter" $fixed -s "learning.codec=4 bit" -s training.compression=codec
    prints "passes the codec '4 bit'" "phi = 0.251 in D is what that sends"
    try 0 explain "$letter" $fixed -s "learning.codec=4 bit" --format json
    if command -v python3 >/dev/null; then
        python3 -c 'import json, sys; told = json.load(open(sys.argv[1]))["learning"][0]
assert told == {"network": "tiny", "network_layers": 8, "network_cut": 3, "codec": "4 bit", "compression": 0.1}, told' \
            "$top/out" || fail "$(cat "$top/out")"
    fi
}
try 0 explain "$letter" --device 1
if grep -q "learned" "$top/out"; then fail "nothing is learned here"; fi
end

begin "a recorded round is decided and explained as its row tells"
short="-q -s simulation.rounds=6 -s simulation.replications=2 -s radio.path-loss-exponent=6"
# shellcheck disable=SC2086
try 0 run "$letter" $short -o recorded
# shellcheck disable=SC2086
try 0 sweep "$letter" $short -s policy.weight=0.2,0.9 -o swept
try 0 export swept -o swept.csv
# asked DIR ROW...: the chosen cut's row of decide is the recorded one's cut, frequency, delay and energy.
asked() {
    dir=$1 row=$2
    set -- $(printf '%s\n' "$row" | tr ',' ' ')
    try 0 decide "$dir" --run "$1" --replication "$2" --round "$3" --device "$4" --format csv
    printf '%s\n' "$row" >row
    # Without queueing and with one draw a round, the event simulation's delay is the formula's.
    awk -F, 'function near(a, b) { d = a - b; return (d < 0 ? -d : d) <= 1e-6 * b }
        FNR == NR { cut = $6; f = $7; delay = $25; energy = $26; next }
        $6 == 1 { found++; good = $1 == cut && near($2, f) && near($3, delay) && near($4, energy) }
        END { exit !(found == 1 && good) }' row "$top/out" || fail "$row: $(grep ',1$' "$top/out")"
    try 0 explain "$dir" --run "$1" --replication "$2" --round "$3" --device "$4" --format csv
    [ "$(awk -F, '$NF == 1 { print $1 }' "$top/out")" = "$6" ] || fail "explain: $row: $(grep ',1$' "$top/out")"
}
for place in 1,1,1,1 1,1,6,2 1,2,3,5 1,2,5,4; do asked recorded "$(grep "^$place," recorded/rounds.csv)"; done
for place in 1,1,2,3 2,2,6,2; do asked swept "$(grep "^$place," swept.csv)"; done
try 0 decide swept --device 2 --run 2 --replication 2 --round 6
prints "round 6 of replication 2 of run 2" "the same was chosen there" "weight 0.9"
try 0 decide swept --device 2
prints "round 1 of replication 1 of run 1"
try 0 explain recorded --device 2 --replication 2
prints "device 2, round 1 of replication 2 of run 1"
try 0 decide "$letter" --device 2 --round 3 --replication 2 -s simulation.rounds=4
prints "round 3 of replication 2:"
# At given rates it is the scenario's own decision.
try 0 decide swept --run 2 --device 1 --uplink-rate 5Mbit/s --downlink-rate 9Mbit/s --format csv
cp "$top/out" from-results
try 0 decide "$letter" --device 1 --uplink-rate 5Mbit/s --downlink-rate 9Mbit/s --format csv \
    -s policy.weight=0.9 -s radio.path-loss-exponent=6
cmp -s "$top/out" from-results || fail "given rates"
end

begin "what is no longer what it was is not decided anew"
cp -r recorded changed && sed -i '2s/card/kard/' changed/rounds.csv
cp -r recorded foreign && sed -i 's|"sources" : "|"sources" : "0|' foreign/manifest.json
printf 'time,rate\n0,5\n100,7\n' >rates.csv
printf '[scenario]\nextends = %s\n[device 1]\ntrace = rates.csv\ntrace-kind = rate\ntrace-unit = Mbit/s\n' "$letter" >traced.ini
try 0 run traced.ini -q -s simulation.rounds=2 -s simulation.replications=1 -o traced
try 0 decide traced --device 1 --round 2
printf 'time,rate\n0,50\n100,7\n' >rates.csv
for command in decide explain; do
    try 1 $command changed --device 1
    says "'rounds.csv' in 'changed' is not what the manifest there says"
    try 1 $command foreign --device 1
    says "another build"
    try 1 $command traced --device 1
    says "has changed"
    try 1 $command recorded --device 1 --run 2
    says "no finished run 2"
    try 1 $command recorded --device 1 --round 7
    says "no round 7 in replication 1"
    try 1 $command recorded --device 1 --replication 3
    says "has 2 replications"
    try 2 $command recorded --device 7
    try 2 $command recorded --device 1 -s policy.weight=0.5
    try 2 $command "$letter" --device 1 --run 1 --round 1
    try 2 $command recorded --device 1 --replication 0
    try 2 $command recorded --device 1 --run 1,2
    mkdir -p nothing
    try 4 $command nothing --device 1
done
end

begin "wrong input is answered"
try 2 explain "$letter"
try 2 explain "$letter" --device 1 --round 0
try 2 explain "$letter" --device 1 --round 2 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s
try 2 explain "$letter" --device 1 --uplink-rate 1Mbit/s
try 1 explain "$letter" --device 1 --round 1000000
grep -q "completes no round 1000000" "$top/err" || fail "$(cat "$top/err")"
end

finish
