#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands that ask a scenario without running it: figures by hand and from published sources.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini

# cell CONDITION COLUMN: of the CSV in $work/out, the cell of COLUMN in the row in which each
# NAME=VALUE of CONDITION holds.
cell() {
    awk -F, -v condition="$1" -v column="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(condition, c, " "); next }
        { for (i = 1; i <= n; i++) { split(c[i], p, "="); if ($at[p[1]] != p[2]) next }
          print $at[column]; exit }' "$top/out"
}

# close ACTUAL EXPECTED TOLERANCE(relative) WHAT
close() {
    awk -v a="$1" -v e="$2" -v t="$3" 'BEGIN { d = a - e; if (d < 0) d = -d; m = e < 0 ? -e : e
        exit !(a != "" && d <= t * m) }' || fail "$4: '$1', expected $2"
}

equal() { [ "$1" = "$2" ] || fail "$3: '$1', expected '$2'"; }

# --- profile -------------------------------------------------------------------------------------

begin "profile: GPT-2's forward FLOPs are nanoGPT's"
try 0 profile "$letter" --format csv -s model.llm=gpt2 -s model.layers=12 -s training.batch=1 \
    -s training.sequence-length=1024 -s training.lora-rank=0 -s model.head=server \
    -s model.attention=full
for cut in 0 5 12; do
    sum=$(awk -v a="$(cell "cut=$cut" device_forward_flops)" \
        -v b="$(cell "cut=$cut" server_forward_flops)" 'BEGIN { printf "%.0f", a + b }')
    equal "$sum" 291648307200 "forward FLOPs at cut $cut"
done
equal "$(wc -l <"$top/out")" 14 "rows"
end

begin "profile: LoRA parameters are PEFT's"
for pair in q+v:851968 q:524288; do
    try 0 profile "$letter" --format csv -s model.layers=16 -s training.lora-rank=8 \
        -s training.lora-targets="${pair%:*}" -s training.adapter-precision=32bit
    equal "$(cell cut=16 adapter_parameters)" "${pair#*:}" "parameters of ${pair%:*}"
    equal "$(cell cut=16 adapter_bits)" $((${pair#*:} * 32)) "bits of ${pair%:*}"
    equal "$(cell cut=0 adapter_bits)" 0 "bits at cut 0"
done
end

begin "profile: the letter's whole"
try 0 profile "$letter" --format csv
total=$(awk -F, 'NR == 2 { printf "%.0f", $2 + $3 + $4 + $5 }' "$top/out")
equal "$total" 37291053547520 "eta"
equal "$(cell cut=32 adapter_bits)" 360710144 "A(32)"
# b s h bits = 16 * 256 * 2048 * 16, the same for every cut
equal "$(cut -d, -f6 "$top/out" | sed 1d | sort -u)" 134217728 "S(c)"
equal "$(head -n 1 "$top/out")" "cut,device_forward_flops,device_backward_flops,\
server_forward_flops,server_backward_flops,smashed_bits,adapter_bits,adapter_parameters,device_memory_bytes,server_memory_bytes" "header"
end

# --- link ----------------------------------------------------------------------------------------
# Loss of device 1 in the Good state: 20 lg(4 pi 1 m 3.5 GHz / c) + 10 * 2 lg 8 = 61.3909 dB;
# noise -174 dBm/Hz + 10 lg 50 MHz = -97.0103 dBm, and the receiver's noise figure.

begin "link: the budget of both directions by hand"
try 0 link "$letter" --format csv -s radio.path-loss-exponent=2
close "$(cell 'device=1 direction=uplink' path_loss_db)" 61.390944 1e-7 "path loss"
close "$(cell 'device=1 direction=uplink' mean_snr_db)" 53.619356 1e-7 "uplink SNR"
close "$(cell 'device=1 direction=downlink' mean_snr_db)" 56.619356 1e-7 "downlink SNR"
equal "$(cell 'device=1 direction=uplink' distance_m)" 8 "distance"
equal "$(cell 'device=1 direction=uplink' cqi)" 15 "CQI"
# CQI 15: 6 * 948 / 1024 bit/s/Hz over 50 MHz
equal "$(cell 'device=1 direction=uplink' efficiency)" 5.5546875 "efficiency"
equal "$(cell 'device=1 direction=uplink' rate_bps)" 277734375 "rate"
equal "$(wc -l <"$top/out")" 11 "rows"
equal "$(head -n 1 "$top/out")" \
    "device,direction,distance_m,path_loss_db,mean_snr_db,cqi,mcs,efficiency,rate_bps,los_probability,line_of_sight" \
    "header"
end

begin "link: fading and shadowing are off"
cp "$top/out" "$top/first"
try 0 link "$letter" --format csv -s radio.path-loss-exponent=2 -s radio.fading=none \
    -s radio.shadowing=8dB
cmp -s "$top/out" "$top/first" || fail "the tables differ"
end

begin "link: an environment shows its line of sight"
# InH mixed office, 18 m on the ground, 1.5 m below: 0.32 exp(-11.5/32.6) = 0.2249
try 0 link "$letter" --format csv -s radio.path-loss=inh-mixed -s radio.line-of-sight=always
close "$(cell 'device=3 direction=uplink' los_probability)" 0.224878 1e-5 "probability"
equal "$(cell 'device=3 direction=uplink' line_of_sight)" 1 "line of sight"
# 32.4 + 17.3 lg sqrt(18^2 + 1.5^2) + 20 lg 3.5
close "$(cell 'device=3 direction=uplink' path_loss_db)" 65.023573 1e-6 "loss"
try 0 link "$letter" --format csv -s radio.path-loss=inh-mixed -s radio.line-of-sight=never
equal "$(cell 'device=3 direction=uplink' line_of_sight)" 0 "no line of sight"
# 17.3 + 38.3 lg sqrt(18^2 + 1.5^2) + 24.9 lg 3.5
close "$(cell 'device=3 direction=uplink' path_loss_db)" 78.981787 1e-6 "loss without it"
end

begin "link: MCS is empty below CQI 1"
try 0 link "$letter" --format csv -s radio.path-loss-exponent=6
# 28 m: 43.3291 + 60 lg 28 = 130.1586 dB
close "$(cell 'device=5 direction=uplink' mean_snr_db)" -15.148326 1e-6 "uplink SNR"
equal "$(cell 'device=5 direction=uplink' cqi)" 0 "CQI"
equal "$(cell 'device=5 direction=uplink' mcs)" "" "MCS"
try 0 link "$letter" --format json -s radio.path-loss-exponent=6
prints '"device": "5", "direction": "uplink", "distance_m": 28' '"cqi": 0, "mcs": null'
end

begin "link: the map from SNR to rate"
try 0 link "$letter" --format csv --snr -10..30:0.5
equal "$(wc -l <"$top/out")" 82 "rows"
equal "$(cut -d, -f1,2 "$top/out" | sed 1d | sort -u)" "all,both" "devices and directions"
equal "$(cell snr_db=30 cqi)" 15 "CQI at 30 dB"
equal "$(cell snr_db=30 rate_bps)" 277734375 "rate at 30 dB"
awk -F, 'NR > 2 && ($4 < cqi || $7 < rate) { exit 1 } { cqi = $4; rate = $7 }' "$top/out" ||
    fail "CQI or rate falls as the SNR rises"
# shannon: lg2(1 + 10^0.3)
try 0 link "$letter" --format csv --snr 3 -s radio.rate=shannon
close "$(cell snr_db=3 efficiency)" 1.58268235 1e-7 "Shannon's efficiency at 3 dB"
try 0 link "$letter" --format csv --snr 0..10:10 -s device.2.bandwidth=20MHz
equal "$(wc -l <"$top/out")" 11 "rows where one device differs"
end

begin "a platform's radio power is the device's default"
cat >board.ini <<'END'
[platform]
cores = 512
frequency-max = 0.5 GHz
tx-circuit-power = 2 W
rx-power = 1.5 W
END
cat >radio.ini <<'END'
[device a]
platform = board.ini
distance = 10 m
[device b]
platform = ./board.ini
distance = 10 m
tx-circuit-power = 0 W
rx-power = 0.5 W
END
try 0 show radio.ini --origin
grep -q 'rx-power = 1500 mW.*platform' "$top/out" || grep -q 'rx-power = 1.5 W.*platform' "$top/out" ||
    fail "no rx-power from the platform: $(grep rx-power "$top/out")"
# 23 dBm and 30 dBm are radiated; the others are drawn.
try 0 run radio.ini -o radio -s simulation.rounds=1 -s radio.fading=none
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    { up = $c["smashed_ul_s"] + $c["adapter_ul_s"]; down = $c["gradient_dl_s"] + $c["adapter_dl_s"]
      tx = 10 ^ -0.7; circuit = $c["device"] == "a" ? 2 : 0; rx = $c["device"] == "a" ? 1.5 : 0.5
      want = (tx + circuit) * up + (1 + rx) * down; got = $c["radio_energy_j"]
      if (got < want * (1 - 1e-6) || got > want * (1 + 1e-6)) { print got, want; bad = 1 } n++ }
    END { exit bad || n != 2 }' radio/rounds.csv >"$top/out" || fail "energies: $(cat "$top/out")"
end

# --- decide --------------------------------------------------------------------------------------
# Without communication and head (rates beyond all bounds), by hand from Eq. 12-16 at w = 0.2:
# f* in GHz, U(0), the cut; U(I) = w for every device.

begin "decide: the closed form without communication"
while read -r device frequency cost cut; do
    try 0 decide "$letter" --device "$device" --uplink-rate 1e12Gbit/s \
        --downlink-rate 1e12Gbit/s -s model.head=none --format csv
    close "$(cell cut=0 frequency_hz)" "${frequency}e9" 2e-3 "f* of device $device"
    close "$(cell cut=0 cost)" "$cost" 1e-3 "U(0) of device $device"
    close "$(cell cut=32 cost)" 0.2 1e-6 "U(32) of device $device"
    equal "$(cell chosen=1 cut)" "$cut" "cut of device $device"
done <<'END'
1 1.004 .2910 32
2 .884 .2359 32
3 .718 .1647 0
4 .580 .1124 0
5 .403 .0573 0
END
end

begin "decide: uplink and downlink are not the same"
# At cut 0 and T = 5: 5 * 0.1 * 134217728 bit each way; with 1 Mbit/s up and 1 Gbit/s down the way
# up takes 67.108864 s, and A(0) = 0.
try 0 decide "$letter" --device 1 --uplink-rate 1Mbit/s --downlink-rate 1e9Gbit/s --format csv \
    -s policy.name=server-only -s policy.frequency=max
slow=$(cell cut=0 delay_s)
try 0 decide "$letter" --device 1 --uplink-rate 1e9Gbit/s --downlink-rate 1e9Gbit/s --format csv \
    -s policy.name=server-only -s policy.frequency=max
close "$(awk -v a="$slow" -v b="$(cell cut=0 delay_s)" 'BEGIN { printf "%.9f", a - b }')" \
    67.108864 1e-8 "the uplink's share"
equal "$(cell chosen=1 cut)" 0 "server-only's cut"
equal "$(cell cut=0 frequency_hz)" 2460000000 "F_max"
end

begin "decide takes the rates as known, and says so where knowledge is not perfect"
try 0 decide "$letter" --device 2 --uplink-rate 100Mbit/s --downlink-rate 200Mbit/s --format csv
silent
cp "$top/out" "$top/first"
for csi in "error 6 dB" "delayed 2 rounds"; do
    try 0 decide "$letter" --device 2 --uplink-rate 100Mbit/s --downlink-rate 200Mbit/s \
        --format csv -s policy.csi="$csi"
    says "'csi = $csi' does not apply"
    cmp -s "$top/out" "$top/first" || fail "the tables differ under csi = $csi"
done
try 0 decide "$letter" -q --device 2 --uplink-rate 100Mbit/s --downlink-rate 200Mbit/s \
    -s policy.csi="error 6 dB"
silent
end

begin "decide says its choice in words"
try 0 decide "$letter" --device 1 --uplink-rate 100Mbit/s --downlink-rate 200Mbit/s
prints "device 1, policy card, weight 0.2: cut 32 of 32" "cost U"
end

# --- show, new, list -----------------------------------------------------------------------------

begin "show is a scenario, and --origin says where a value comes from"
try 0 show "$letter" -s "radio.bandwidth=100 MHz" --origin
prints "letter.ini:" "-s"
try 0 show "$letter" -s "radio.bandwidth=100 MHz"
grep -q '^bandwidth = 100 MHz' "$top/out" || fail "the override is not shown"
cp "$top/out" shown.ini
try 0 show shown.ini
cmp -s "$top/out" shown.ini || fail "what is shown does not read back to itself"
try 0 show "$letter" --format json
prints '"group": "radio", "key": "bandwidth", "value": "50 MHz", "source": "'
end

begin "new writes a scenario that runs, and never over another"
try 0 new fresh.ini
says "cardsim run fresh.ini"
try 0 new
cmp -s "$top/out" fresh.ini || fail "the file and the standard output differ"
try 0 check fresh.ini
try 0 run fresh.ini -q -s simulation.rounds=2
echo mine >taken.ini
try 4 new taken.ini
says "taken.ini" "exists"
equal "$(cat taken.ini)" mine "taken.ini"
try 4 new nowhere/x.ini
says "nowhere/x.ini" "No such file or directory"
try 4 new /dev/full
says "No space left on device"
end

begin "list lists"
for what in keys units policies models platforms figures columns; do
    try 0 list $what
    silent
    [ "$(wc -l <"$top/out")" -gt 3 ] || fail "$what: $(wc -l <"$top/out") lines"
    try 0 list $what --format csv
    rows=$(wc -l <"$top/out")
    try 0 list $what --format json
    equal "$(grep -c '^  {' "$top/out")" $((rows - 1)) "objects of $what"
done
try 0 list policies --format csv
for policy in card server-only device-only static random delay-only energy-only exhaustive; do
    grep -q "^$policy," "$top/out" || fail "no policy $policy"
done
end

begin "every scenario that comes with the program is valid"
for scenario in $(find "$srcdir/scenarios" -name '*.ini'); do
    try 0 check "$scenario"
done
end

# --- the form of a table -------------------------------------------------------------------------

begin "a readable table has titles, units, aligned numbers"
try 0 link "$letter" -s radio.path-loss-exponent=2
head -n 4 "$top/out" >head
cat >expected <<'END'
device  direction  distance  path loss  mean SNR  CQI  MCS  efficiency    rate  P(LOS)  LOS
                          m         dB        dB              bit/s/Hz  Mbit/s
1       uplink            8     61.391    53.619   15   28      5.5547  277.73       -    -
1       downlink          8     61.391    56.619   15   28      5.5547  277.73       -    -
END
cmp -s head expected || fail "$(cat head)"
end

finish
