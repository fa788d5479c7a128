#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `cardsim sensitivity`: indices of a scenario whose variance is known by hand, ranges, shares,
# files, refusals. The estimators have a test of their own: tests/unit/check-sensitivity.c.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini

# scenario FILE LINE...: the letter's with lines more.
scenario() {
    file=$1
    shift
    { printf '[scenario]\nextends = %s\n' "$letter"; printf '%s\n' "$@"; } >"$file"
}

# near A B TOLERANCE
near() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { exit !(a - b <= t && b - a <= t) }'; }

begin "indices of a sum are the parts' variances over the whole one"
# Two devices' delays under device-only are a sum of two terms, each of which takes two values: the
# variance of a term is a quarter of its step squared.
scenario sum.ini '[policy]' 'name = device-only' '[radio]' 'fading = none' '[vary]' \
    'device.1.frequency = 1.3 GHz, 1.0 GHz' 'device.2.frequency = 1.0 GHz, 0.8 GHz' \
    'device.3.tx-power = 22 dBm, 23 dBm'
delay() { "$cardsim" expect sum.ini -s device.1.frequency="$1" -s device.2.frequency="$2" --format csv |
    sed -n 's/^1,all,device-only,\([^,]*\),.*/\1/p'; }
low=$(delay 1.3GHz 1.0GHz) one=$(delay 1.0GHz 1.0GHz) two=$(delay 1.3GHz 0.8GHz)
share=$(awk -v l="$low" -v a="$one" -v b="$two" 'BEGIN { printf "%.9f", (a-l)^2 / ((a-l)^2 + (b-l)^2) }')
try 0 sensitivity sum.ini --metric delay --samples 256 --format csv
head -n 1 "$top/out" | grep -qx 'key,first_order,first_order_low,first_order_high,total,total_low,total_high' ||
    fail "$(head -n 1 "$top/out")"
first=$(sed -n 's/^device.1.frequency,\([^,]*\),.*/\1/p' "$top/out")
total=$(sed -n 's/^device.1.frequency,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p' "$top/out")
near "$first" "$share" 0.005 || fail "first order $first, not $share"
near "$total" "$share" 0.005 || fail "total $total, not $share"
near "$(sed -n 's/^device.3.tx-power,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p' "$top/out")" 0 0.01 || fail "$(cat "$top/out")"
end

begin "the same bytes for any number of threads"
try 0 sensitivity sum.ini --metric delay --samples 32 -j 1 --format csv
cp "$top/out" one
try 0 sensitivity sum.ini --metric delay --samples 32 -j 4 --format csv
cmp -s one "$top/out" || fail "they differ"
end

begin "ranges of every kind, and what the settings come to"
scenario kinds.ini '[sweep]' 'radio.path-loss-exponent = 2, 6' '[vary]' 'training.batch = 4 .. 8' \
    'radio.max-repetitions = 1 .. 128 log' 'radio.bandwidth = 10 MHz .. 100 MHz' 'model.head = server, none' \
    'device.*.distance = times 0.5 .. 2 log' 'server.tx-power = 24 dBm .. 33 dBm' \
    'sweep.radio.path-loss-exponent@6 = 0.1 .. 0.9'
try 0 sensitivity kinds.ini --metric delay --versus policy.name=device-only --samples 16 -o kinds --format csv
[ "$(wc -l <kinds/settings.csv)" -eq $((16 * 9 + 1)) ] || fail "$(wc -l <kinds/settings.csv) lines"
head -n 1 kinds/settings.csv | grep -qx 'setting,matrix,training.batch,radio.max-repetitions,radio.bandwidth,model.head,device.\*.distance,server.tx-power,sweep.radio.path-loss-exponent@6,delay_s_reduction_percent,answered' ||
    fail "$(head -n 1 kinds/settings.csv)"
awk -F, 'NR > 1 && (($3 != int($3)) || $3 < 4 || $3 > 8 || $4 != int($4) || $4 < 1 || $4 > 128 || $5 + 0 < 10 ||
    $5 + 0 > 100 || ($6 != "server" && $6 != "none") || $7 < 0.5 || $7 > 2 || $8 + 0 < 24 || $8 + 0 > 33 ||
    $9 < 0.1 || $9 > 0.9 || $11 != "exact") { print; bad = 1 } END { exit bad }' kinds/settings.csv >outside ||
    fail "$(head -n 2 outside)"
end

begin "a setting is what 'cardsim expect' says of it"
awk -F, 'NR == 5 { print $3; print $4; print $5; print $6; print $7; print $8; print $9; print $10 }' kinds/settings.csv >values
set -- $(sed 's/ //' values)
expected() { # POLICY EXPONENT
    "$cardsim" expect "$letter" -s training.batch="$b" -s radio.max-repetitions="$r" -s radio.bandwidth="$w" \
        -s model.head="$h" -s device.1.distance="$(awk -v f="$d" 'BEGIN { printf "%.17g", 8 * f }')m" \
        -s device.2.distance="$(awk -v f="$d" 'BEGIN { printf "%.17g", 13 * f }')m" \
        -s device.3.distance="$(awk -v f="$d" 'BEGIN { printf "%.17g", 18 * f }')m" \
        -s device.4.distance="$(awk -v f="$d" 'BEGIN { printf "%.17g", 23 * f }')m" \
        -s device.5.distance="$(awk -v f="$d" 'BEGIN { printf "%.17g", 28 * f }')m" \
        -s server.tx-power="$p" -s policy.name="$1" -s radio.path-loss-exponent="$2" --format csv |
        sed -n 's/^1,all,[^,]*,\([^,]*\),.*/\1/p'
}
b=$1 r=$2 w=$3 h=$4 d=$5 p=$6
share=$7 told=$8
want=$(awk -v a="$(expected card 2)" -v b="$(expected card 6)" -v c="$(expected device-only 2)" \
    -v d="$(expected device-only 6)" -v s="$share" \
    'BEGIN { printf "%.12g", 100 * (1 - ((1 - s) * a + s * b) / ((1 - s) * c + s * d)) }')
near "$told" "$want" 1e-8 || fail "$told, not $want"
end

begin "several metrics, each with its baseline; the share near to both"
try 0 sensitivity sum.ini -s policy.name=card --metric delay --metric server-energy --versus policy.name=device-only \
    --versus policy.name=server-only --samples 8 --near 58,55 --within 100,100 --format csv
head -n 1 "$top/out" | grep -qx 'metric,key,first_order,.*' || fail "$(head -n 1 "$top/out")"
[ "$(grep -c '^server_energy_j_reduction_percent,' "$top/out")" -eq 3 ] || fail "$(cat "$top/out")"
says "100 % of 16 independent settings lie near 58,55, within 100,100"
try 0 sensitivity sum.ini --metric delay --samples 8 --near 0 --within 1,1 -o share
says "0 % of 16 independent settings lie near 0, within 1,1"
sed -n 2p share/distribution.csv | grep -q ',0,1,1,0$' || fail "$(cat share/distribution.csv)"
end

begin "below and above, for one metric"
middle=$(sed -n 2p share/distribution.csv | cut -d, -f6)
try 0 sensitivity sum.ini --metric delay --samples 8 --near "$middle" --within 0,1000 -q -o sides
above=$(sed -n 2p sides/distribution.csv | sed 's/.*,//')
try 0 sensitivity sum.ini --metric delay --samples 8 --near "$middle" --within 1000,0 -q -o sides
below=$(sed -n 2p sides/distribution.csv | sed 's/.*,//')
awk -v a="$above" -v b="$below" 'BEGIN { exit !(a < 1 && b < 1 && a + b >= 1) }' || fail "$above and $below"
end

begin "what has no exact answer is simulated"
scenario simulated.ini '[simulation]' 'rounds = 3' 'replications = 2' '[radio]' 'coherence = transmission' '[vary]' \
    'training.batch = 4, 16'
try 0 sensitivity simulated.ini --metric delay --samples 4 -o simulated --format csv
says "0 answered exactly, 12 by simulation"
four=$("$cardsim" run simulated.ini -s training.batch=4 -o four -q && cut -d, -f6 four/totals.csv |
    awk 'NR > 1 { s += $1 } END { printf "%.9g", s / (NR - 1) }')
told=$(awk -F, '$3 == 4 { print $4; exit }' simulated/settings.csv)
near "$told" "$four" 1e-5 || fail "$told, not $four"
end

begin "-s takes a key out"
try 0 sensitivity sum.ini -s device.3.tx-power=20dBm --metric delay --samples 4 --format csv
[ "$(wc -l <"$top/out")" -eq 3 ] || fail "$(cat "$top/out")"
end

# refused CODE PATTERN LINE...: of [vary].
refused() {
    code=$1 pattern=$2
    shift 2
    scenario refused.ini '[sweep]' 'radio.path-loss-exponent = 2, 4' '[vary]' "$@"
    try "$code" sensitivity refused.ini --metric delay --samples 2
    says "$pattern"
}

begin "what is no range is refused at its place"
refused 3 'has no key' 'radio.bandwith = 1 MHz .. 2 MHz'
refused 3 'lower end stands first' 'training.batch = 8 .. 4'
refused 3 'two units' 'radio.bandwidth = 1 MHz .. 2 GHz'
refused 3 'needs a unit' 'radio.bandwidth = 1 .. 2'
refused 3 'no logarithm' 'server.tx-power = 24 dBm .. 33 dBm log'
refused 3 'one value does not vary' 'training.batch = 8'
refused 3 'swept and varied' 'radio.path-loss-exponent = 2 .. 4'
refused 3 'no runs of this sweep' 'sweep.radio.path-loss-exponent@5 = 0.1 .. 0.2'
refused 3 'from 0 to 1' 'sweep.radio.path-loss-exponent@4 = 0.1 .. 2'
refused 3 'no number that has a multiple' 'server.tx-power = times 0.5 .. 2'
refused 3 'cannot be varied' 'scenario.title = a, b'
refused 3 'out of range' 'training.batch = 4 .. 1e9'
try 3 sensitivity "$letter" --metric delay
says "needs one to 20 keys"
try 2 sensitivity sum.ini
says "needs --metric"
try 2 sensitivity sum.ini --metric delay --versus device.1.frequency=1GHz
says "no baseline"
try 2 sensitivity sum.ini --metric delay --near 1
try 2 report nowhere --versus a=1 --versus b=2
says "given twice"
end

begin "files of others are not replaced"
mkdir others && echo mine >others/settings.csv
try 4 sensitivity sum.ini --metric delay --samples 2 -o others
[ "$(cat others/settings.csv)" = mine ] || fail "it is gone"
end

begin "ranges may come from the command line, in place of the file's or beside them"
try 0 sensitivity "$srcdir/scenarios/letter.ini" -q -s "vary.radio.bandwidth=10 MHz, 20 MHz" \
    -s "vary.training.batch=4 .. 32" --metric delay --samples 64 --format csv
prints "radio.bandwidth," "training.batch,"
try 3 sensitivity "$srcdir/scenarios/letter.ini" -q -s "vary.training.bath=4 .. 32" --metric delay
says "-s:1:" "did you mean 'batch'"
try 3 sensitivity "$srcdir/scenarios/letter.ini" -q -s "vary.=4 .. 32" --metric delay
end

finish
