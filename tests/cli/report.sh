#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# report, compare and plot on results made by hand: formats, messages, exit codes.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

header=run,replication,policy,devices,rounds,delay_mean_s,device_energy_total_j
mkdir one two none
printf '%s\n' "$header" 1,1,card,1,1,1, 1,2,card,1,1,2, 1,3,card,1,1,3, >one/totals.csv
printf '%s\n' "$header" 1,1,card,1,1,1, 1,2,card,1,1,2.5, 1,3,card,1,1,3, >two/totals.csv

# Mean 2, standard deviation 1, t = 4.302652729911275: half-width t / sqrt(3) = 2.4841377.
begin "report as a table, CSV and JSON"
try 0 report one --metric delay
cat >expected <<'END'
n  delay  ±
       s  s
3      2  2
END
cmp -s expected "$top/out" || fail "prints: $(cat "$top/out")"
try 0 report one --metric delay --metric device-energy --format csv
[ "$(head -n 1 "$top/out")" = "replications,delay_s,delay_s_half_width,device_energy_j,\
device_energy_j_half_width" ] || fail "header: $(head -n 1 "$top/out")"
case $(tail -n 1 "$top/out") in 3,2,2.48413771*,,) ;; *) fail "row: $(tail -n 1 "$top/out")" ;; esac
try 0 report one --metric device-energy --format json
prints '"replications": 3' '"device_energy_j": null'
try 0 report one --metric delay --plot
prints "delay (s)" "2 ± 2"
end

# t = 9.924843200918293 at 99 % and 2 degrees of freedom: 5.7301109.
begin "another level of confidence"
try 0 report one --metric delay --format csv --level 99
case $(tail -n 1 "$top/out") in 3,2,5.730110*) ;; *) fail "row: $(tail -n 1 "$top/out")" ;; esac
says "intervals are of 99 %"
try 0 report one --metric delay --format csv --level '95 %'
case $(tail -n 1 "$top/out") in 3,2,2.48413771*) ;; *) fail "row: $(tail -n 1 "$top/out")" ;; esac
silent
for level in 0.99 100 49 many '99 s' 'nan'; do
    try 2 report one --level "$level"
    says "percentage from 50 to 99.9999"
done
end

# Means 191.58 and 2 of half-widths 0.0213 and 0.0149: t = 12.7062 times half the distance.
begin "digits follow the interval, in a table and in LaTeX"
mkdir fine
printf '%s\n' "run,replication,policy,devices,rounds,delay_mean_s,cost_mean" \
    1,1,a_b\&c,1,1,191.5783236,1.99882734 1,2,a_b\&c,1,1,191.5816764,2.00117266 >fine/totals.csv
try 0 report fine --metric delay --metric cost
[ "$(tail -n 1 "$top/out" | tr -s ' ')" = "2 191.58 0.02 2.000 0.015" ] || fail "prints: $(cat "$top/out")"
try 0 report fine --metric delay --metric device-energy --format latex
prints '\begin{tabular}{rrr}' 'n & delay (s) & device energy (J) \\' '$2$ & $191.58 \pm 0.02$ & -- \\' \
    '\bottomrule'
try 2 run "$srcdir/scenarios/letter.ini" --format latex
says "report DIR --format latex"
try 0 list units --format latex
prints 'share & \% & 0.01'
end

# 15 and 9 of 20: a device energy of 30 J over 15 rounds, of 18 J over 9.
begin "report says how many rounds its means are over"
mkdir few
printf '%s\n' "$header,rounds_lost,rounds_completed" 1,1,card,2,10,1,30,3,15 1,2,card,2,10,1,18,5,9 \
    >few/totals.csv
try 0 report few --metric device-energy --metric rounds-completed --format csv
says "24 of 40 rounds of devices were completed (60 %)"
case $(tail -n 1 "$top/out") in 2,2,0,0.6,*) ;; *) fail "row: $(tail -n 1 "$top/out")" ;; esac
try 0 report few --metric delay -q
if grep -q completed "$top/err"; then fail "-q says it too"; fi
try 0 report one --metric delay
if grep -q completed "$top/err"; then fail "said where none can be lost"; fi
end

# 2 nats are reached in rounds 2 and 3, and by the third replication never; 3 nats in round 1 by all.
begin "what has reached a target is counted, and averaged where all have"
mkdir taught
printf '%s\n' run,replication,round,test_loss 1,1,1,3 1,1,2,2 1,1,3,1 1,2,1,2.5 1,2,2,2.25 1,2,3,1.5 \
    1,3,1,3 1,3,2,2.5 1,3,3,2.25 >taught/losses.csv
try 0 report taught --metric rounds-to-target=2 --metric rounds-to-target=3 --format csv
tail -n 1 "$top/out" | tr , '\n' >row
head -n 1 "$top/out" | tr , '\n' | paste -d = - row | grep -v half >told
printf '%s\n' "replications=3" "rounds_to_target_2=" "rounds_to_target_2_reached=2" "rounds_to_target_2_of=3" \
    "rounds_to_target_3=1" "rounds_to_target_3_reached=3" "rounds_to_target_3_of=3" | cmp -s - told || fail "$(cat told)"
try 0 report taught --metric rounds-to-target=2
prints "2 of 3"
end

begin "report refuses what there is not"
try 2 report one --metric dealy
says "did you mean 'delay'"
try 2 report one --by radio.bandwidth
says "no key of this sweep"
try 2 report one --versus policy.name
says "KEY=VALUE"
try 4 report one --metric cut-last
says "'rounds'" "no manifest"
try 4 report none
says "holds no results"
end

begin "a table that cannot be read is not one that is not there"
for table in rounds devices totals; do
    cp -r one broken
    rm -f "broken/$table.csv"
    mkdir "broken/$table.csv"
    for command in "compare one broken" "compare broken one" "compare broken broken" "report broken"; do
        # shellcheck disable=SC2086
        try 4 $command
        says "cannot read 'broken/$table.csv'"
    done
    rm -r broken
done
end

begin "a row whose key is empty is an error with its place"
mkdir nobody
printf 'run,replication,round,device,delay_s\n1,1,1,a,2\n1,1,2,,2\n' >nobody/rounds.csv
for command in "compare nobody nobody" "report nobody"; do
    # shellcheck disable=SC2086
    try 4 $command
    says "'nobody/rounds.csv' line 3, column 7: '' is no value of 'device'"
done
printf 'run,replication,round,device,delay_s\n1,0,1,a,2\n' >nobody/rounds.csv
try 4 compare nobody nobody
says "'nobody/rounds.csv' line 2, column 3: '0' is no value of 'replication'"
printf 'run,replication,device,delay_s\n1,1,a,2\n' >nobody/rounds.csv
try 4 compare nobody nobody
says "'nobody/rounds.csv' line 1: this is no header of cardsim's"
end

# The letter without fading: 51.83 and 48.36 s over the exponents 2 and 4, which both policies have.
begin "a where, a shard and an interrupted sweep cannot make a false ranking"
sed 's/^fading *=.*/fading = none/; s/^rounds *=.*/rounds = 2/; s/^replications *=.*/replications = 2/' \
    "$srcdir/scenarios/letter.ini" >plain.ini
printf '[sweep]\npolicy.name = card, server-only\nradio.path-loss-exponent = 2, 4, 6\n' >>plain.ini
cp plain.ini uneven.ini
echo 'where = policy.name = card or radio.path-loss-exponent < 6' >>uneven.ini
cp plain.ini four.ini
echo 'where = radio.path-loss-exponent < 6' >>four.ini
try 0 sweep four.ini -q -o four
try 0 report four --by policy.name --metric delay --format csv
cp "$top/out" expected
if grep -q 'left out\|incomplete' "$top/err"; then fail "a whole sweep is told of"; fi
try 0 sweep uneven.ini -q -o uneven
try 0 report uneven --by policy.name --metric delay --format csv
cmp -s expected "$top/out" || fail "prints: $(cat "$top/out")"
says "1 point is left out"
try 0 report uneven --by policy.name --metric delay --format csv --all
if cmp -s expected "$top/out"; then fail "--all leaves out"; fi
says "warning" "1 of 2 rows"
head -n 1 "$top/out" | grep -q ',points$' || fail "no mark: $(head -n 1 "$top/out")"
# A third of the runs is two of one exponent; a half is one of each policy and exponent by turns.
try 0 sweep plain.ini -q -o third --shard 1/3
try 0 report third --by policy.name --metric delay
says "incomplete: 2 of 6 runs"
try 0 sweep plain.ini -q -o half --shard 1/2
try 0 report half --by policy.name --metric delay
says "incomplete: 3 of 6 runs" "no combination of the other keys in common"
try 0 plot uneven --kind bars --x policy.name --y delay -o bars.svg
says "1 point is left out" "pools up to 2 runs"
sed 1d expected | cut -d , -f 1,3 >expected.bars
sed 1d bars.csv | cut -d , -f 3,4 | cmp -s - expected.bars || fail "bars: $(cat bars.csv)"
end

begin "compare tells and ends in 0 or 1"
try 0 compare one one
prints_nothing
try 1 compare one two
prints "run 1, replication 2" "delay_mean_s" "2.5"
says "largest relative difference 0.2"
try 0 compare one two --rtol 0.2
try 4 compare one none
try 2 compare one two --rtol much
end

begin "plot says what it needs"
try 2 plot one
says "--figure"
try 2 plot one --x radio.bandwidth --y delay --by bandwidth
says "--x and --by name the same key"
try 2 plot one --x radio.bandwidth
try 2 plot one --x radio.bandwidth --y delay --title ''
says "radio.bandwidth"
try 2 plot one --figure fig3a --x radio.bandwidth
says "takes no --x"
end

begin "every study is a valid scenario"
for study in "$srcdir"/scenarios/studies/*.ini; do try 0 check "$study"; done
end

begin "an interval that can hardly have seen what decides its mean is marked"
try 0 sweep "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=2,4,5,6 -s simulation.rounds=500 \
    -s simulation.replications=20 -s output.record=totals -o rare -q
try 0 report rare --metric delay --format csv
says "'delay': the interval of 1 of 4 rows" "uplink of device" "'cardsim expect' has the mean"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "delay_s_deciding_events") at = i }
    $1 == 2 { two = $at } $1 > 2 && $at < 30 { bad = 1 }
    END { exit !(at && two > 0.3 && two < 0.6 && !bad) }' "$top/out" || fail "$(cat "$top/out")"
try 0 report rare --metric delay
grep -q '^2 .*! 0\.4' "$top/out" || fail "no mark at exponent 2: $(cat "$top/out")"
[ "$(grep -c '!' "$top/out")" -eq 1 ] || fail "$(cat "$top/out")"
end

begin "from 4 on there is none, and exact means have none"
try 0 sweep "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=4,6 -s output.record=totals -o often -q
try 0 report often --format csv
grep -q deciding_events "$top/out" && fail "$(cat "$top/out")"
try 0 expect "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=2 -o known -q
try 0 report known --format csv
grep -q deciding_events "$top/out" && fail "$(cat "$top/out")"
end

begin "where there is no exact answer the recorded rounds are looked at"
try 0 run "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=2 -s radio.coherence=transmission \
    -s training.local-epochs=1 -s simulation.rounds=400 -s simulation.replications=4 -o looked -q
try 0 report looked --metric delay
says "a sample like this holds" "Look at the rounds themselves; more rounds would tell"
# A row of one round is not of the others: these tell nothing of it.
try 0 report looked --metric delay --by round --format csv
if grep -q narrow "$top/err"; then fail "by round: $(cat "$top/err")"; fi
if grep -q deciding "$top/out"; then fail "by round: $(head -n 1 "$top/out")"; fi
end

begin "run's own intervals are told of where they saw too little, and only there"
try 0 run "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=2
says "delay: the interval over all devices can be far too narrow" "outages of the uplink of device '5'"
try 0 run "$srcdir/scenarios/letter.ini"
if grep -q narrow "$top/err"; then fail "exponent 4: $(cat "$top/err")"; fi
try 0 run "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=2 -s simulation.replications=1
if grep -q narrow "$top/err"; then fail "there is no interval: $(cat "$top/err")"; fi
end

finish
