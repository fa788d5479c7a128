#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What commands answer in their less travelled forms: comparisons with a baseline, bars, options that
# narrow a table, candidates for completion. Figures by awk from totals.csv, or by hand.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
cat >study.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 2
replications = 3
[sweep]
radio.path-loss-exponent = 2, 6
policy.name = card, device-only, random
END
"$cardsim" sweep study.ini -q -o study || exit 1

# cell ROW COLUMN: of a CSV in $top/out, the column COLUMN of the line that begins with ROW.
cell() {
    awk -F, -v row="$1" -v column="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i; next }
        index($0, row) == 1 { print $at }' "$top/out"
}

# close ACTUAL EXPECTED WHAT: to 1e-9 relative.
close() {
    awk -v a="$1" -v e="$2" 'BEGIN { d = a - e; if (d < 0) d = -d; m = e < 0 ? -e : e
        exit !(a != "" && d <= 1e-9 * m) }' || fail "$3: '$1', expected $2"
}

# Of totals.csv, 12 columns in: run 1 is card, 2 device-only, 3 random (exponent 2); 4 to 6 (6).
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) print i }' study/totals.csv; }

begin "report: a reduction is that of sums, a difference that of means"
delay=$(column delay_mean_s)
# The sum of the runs $1's delays over replications.
sum() { awk -F, -v run="$1" -v c="$delay" '$1 == run { s += $c } END { printf "%.17g", s }' study/totals.csv; }
try 0 report study --metric delay --versus policy.name=device-only --format csv
close "$(cell 6,card, delay_s)" "$(awk -v s="$(sum 4)" 'BEGIN { printf "%.17g", s / 3 }')" "mean"
close "$(cell 6,card, delay_s_reduction_percent)" \
    "$(awk -v a="$(sum 4)" -v b="$(sum 5)" 'BEGIN { printf "%.17g", 100 * (1 - a / b) }')" "reduction"
difference=$(cell 6,card, delay_s_difference)
close "${difference#-}" \
    "$(awk -v a="$(sum 4)" -v b="$(sum 5)" 'BEGIN { d = (a - b) / 3; printf "%.17g", d < 0 ? -d : d }')" \
    "difference"
try 0 report study --metric delay --versus policy.name=device-only
prints "less" "%"
try 0 report study --metric delay --metric server-energy --versus policy.name=device-only --plot
prints "less delay (%)" "2  card" "6  random"
grep -q 'device-only' "$top/out" && fail "the baseline has a bar: $(cat "$top/out")"
end

begin "report: rows that pool runs, or cannot be paired, are told of"
try 0 report study --metric delay --by policy.name
says "pools up to 2 runs"
try 0 report study --metric delay --by policy.name -q
silent
try 0 report study --metric delay --by device --plot
prints "1  "
try 0 report study --metric delay --by round --format json
prints '"round": "2"'
try 2 report study --metric delay --versus policy.name=
try 2 report study --metric delay --versus =card
try 2 report study --metric delay --versus policy.name=exhaustive
says "exhaustive"
end

begin "report: a quantity of a baseline in any unit"
"$cardsim" sweep "$letter" -q -s simulation.rounds=1 -s simulation.replications=2 \
    -s radio.bandwidth=20MHz,100MHz -o width || fail "the sweep"
try 0 report width --metric delay --versus "bandwidth=20000 kHz" --format csv
awk -F, -v c="$delay" 'NR > 1 { s[$1] += $c } END { printf "%.17g", 100 * (1 - s[2] / s[1]) }' \
    width/totals.csv >expected
reduction=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "delay_s_reduction_percent") at = i }
    /^"?100/ { print $at }' "$top/out")
close "$reduction" "$(cat expected)" "reduction by bandwidth"
try 2 report width --metric delay --versus "bandwidth=30 MHz"
says "20"
end

begin "report: a table that is none is refused at its line"
head=run,replication,policy,devices,rounds,delay_mean_s
mkdir -p bad
# refused WHAT LINE...: totals.csv of these lines is not read.
refused() {
    what=$1
    shift
    printf '%s\n' "$@" >bad/totals.csv
    try 4 report bad --metric delay
    says "totals.csv' line $(wc -l <bad/totals.csv)" "$what"
}
refused "not as many cells as the header has" $head 1,1,card,1,1
refused "not as many cells as the header has" $head 1,1,card,1,1,2,3
refused "'x' is no value of 'run'" $head x,1,card,1,1,2
refused "'-1' is no value of 'run'" $head -1,1,card,1,1,2
refused "'9223372036854775808' is no value of 'replication'" $head 1,9223372036854775808,card,1,1,2
refused "'2s' is no value of 'delay_mean_s'" $head 1,1,card,1,1,2s
refused "'' is no value of 'run'" $head ,1,card,1,1,2
refused "'' is no value of 'replication'" $head 1,,card,1,1,2
for number in 0 1000001 9223372036854775807; do
    refused "'$number' is no value of 'replication'" $head 1,$number,card,1,1,2
    refused "'$number' is no value of 'run'" $head $number,1,card,1,1,2
done
refused "no header of cardsim's" run,replication
refused "no header of cardsim's" replication,run,policy,rounds
refused "no header of cardsim's" run,policy,replication,rounds
refused "no header of cardsim's" "$(awk 'BEGIN { printf "run,replication,policy"; for (i = 0; i < 254; i++) printf ",x" }')"
: >bad/totals.csv
try 4 report bad --metric delay
says "the file is empty"
# A column that is not known does no harm; a last line without its end is one that was cut off.
printf '%s\n%s\n' "$head,colour" "1,1,card,1,1,2,red" >bad/totals.csv
try 0 report bad --metric delay --format csv
prints "1,2,"
printf '%s\n%s' "$head,colour" "1,1,card,1,1,2,red" >bad/totals.csv
try 4 report bad --metric delay --format csv
says "totals.csv' line 2" "cut off"
end

if command -v sqlite3 >/dev/null 2>&1; then
    begin "merge: shards that are not what they say"
    for i in 0 1; do "$cardsim" sweep study.ini -q --shard $i/2 -o part$i || fail "shard $i"; done
    # spoilt CODE WHAT SQL: a merge with shard 1 after SQL ends in CODE and says WHAT.
    spoilt() {
        rm -rf spoilt merged
        cp -r part1 spoilt
        sqlite3 spoilt/results.sqlite "$3" || fail "sqlite3: $3"
        try "$1" merge part0 spoilt -o merged
        says "$2"
    }
    for shard in 1 1/x x/2 1/0; do
        spoilt 4 "does not say which shard it holds" "UPDATE meta SET value = '$shard' WHERE key = 'shard'"
    done
    spoilt 4 "does not say which shard it holds" "DELETE FROM meta WHERE key = 'shard'"
    spoilt 1 "a run that is not in its own list of runs" "UPDATE run SET run = 7 WHERE run = 6"
    try 1 merge part0 part0 -o merged
    says "is named twice"
    cp -r part0 again
    try 1 merge part0 again -o merged
    says "is in both"
    # Replications that nobody can have neither fill the memory nor are counted.
    cp -r study odd
    sqlite3 odd/results.sqlite "INSERT INTO totals (run, replication, policy, devices, rounds, delay_mean_s)
        VALUES (1, 9000000000000000000, 'card', 5, 2, 1)" 2>/dev/null
    (ulimit -t 20; "$cardsim" report odd -q --metric delay --format csv) >odd.csv 2>&1 </dev/null
    "$cardsim" report study -q --metric delay --format csv >even.csv
    cmp -s odd.csv even.csv || fail "a row of another's counts: $(cat odd.csv)"
    end
fi

begin "compare: rows in one directory only, other forms, and what it refuses"
cp -r study fewer
sed '$d' study/totals.csv >fewer/totals.csv
rm -f fewer/results.sqlite fewer/rounds.csv
try 1 compare study fewer --format json
says "rows compared" "1 in one directory only"
prints '"kind": "row"' '"second": "missing"'
try 1 compare fewer study -q --format csv
silent
prints "file,row,column,first,second,kind" "missing,there,row"
try 0 compare study study --format csv
prints "file,row,column,first,second,kind"
for rtol in -1 1 1x x; do try 2 compare study study --rtol=$rtol; done
try 2 compare study study --ticks x
says "nanoseconds"
try 0 compare study study --ticks 3
"$cardsim" run "$letter" -q -s simulation.rounds=2 -s simulation.replications=1 -o card
"$cardsim" run "$letter" -q -s simulation.rounds=2 -s simulation.replications=1 -s policy.name=device-only -o other
try 1 compare card other
says "with a flipped choice"
prints "flipped"
end

begin "link: one device, directions that differ, and what it refuses"
try 0 link "$letter" --device 3 --format csv
[ "$(sed 1d "$top/out" | cut -d, -f1 | sort -u)" = 3 ] && [ "$(wc -l <"$top/out")" -eq 3 ] ||
    fail "$(cat "$top/out")"
try 2 link "$letter" --device 9
says "no device '9'"
# Table 2's default thresholds have a column for each direction.
try 0 link "$letter" --snr 10 --format csv -s radio.cqi-table=2 -s radio.thresholds=nr-example-256qam
[ "$(sed 1d "$top/out" | cut -d, -f1,2)" = "all,uplink
all,downlink" ] || fail "$(cat "$top/out")"
try 0 link "$letter" --snr 10 --device 2 --format csv
[ "$(wc -l <"$top/out")" -eq 2 ] || fail "$(cat "$top/out")"
for snr in 1..2:x 1..2x ..2 1.. x 1..2:1:1 1001 -1001..0 0..1001; do
    try 2 link "$letter" --snr="$snr"
    says "A..B:STEP"
done
try 3 link "$letter" --snr 1 -s radio.bandwidth=1
end

begin "completion: candidates of every kind"
candidates() {
    command_line="cardsim completion candidates -- $*"
    "$cardsim" completion candidates -- "$@" >"$top/out" 2>"$top/err" </dev/null || fail "$command_line"
}
candidates run -s server.platform=
prints "server.platform=rtx-4090"
candidates run -s radio.reciprocal=
prints "radio.reciprocal=yes" "radio.reciprocal=no"
candidates run -s radio.fading=none,
prints "radio.fading=none,rayleigh"
candidates run -s radio.carrier=
prints "radio.carrier=3.5 GHz	the default"
candidates run -s device.1.platform=
prints "device.1.platform=jetson"
for nothing in carrier= radio.nothing= =; do
    candidates run -s "$nothing"
    prints_nothing
done
candidates run -
prints "--output" "--help"
candidates -
prints "--version"
candidates help ''
prints "run	" "sweep	"
candidates --format ''
prints "csv"
candidates run -o ''
prints ":directories"
candidates plot out -o ''
prints ":files"
candidates run x.ini --trace ''
prints ":files"
candidates plot out --figure ''
prints "fig3a"
candidates report out --by ''
prints "device" "radio.bandwidth"
candidates report out --by=
candidates report out --versus policy.name=
prints "policy.name=card"
candidates run ''
prints ":files"
candidates version ''
"$cardsim" completion candidates >"$top/out" 2>"$top/err" || fail "no word at all"
prints "run	"
try 2 completion bash zsh
end

begin "list: metrics, and the form of the man pages"
try 0 list metrics --format csv
grep -q '^delay,s,' "$top/out" || fail "no metric delay"
grep '^cut-last,' "$top/out" | grep -q 'rounds$' || fail "cut-last needs rounds: $(cat "$top/out")"
for what in keys metrics units models platforms; do
    try 0 list $what --format roff
    grep -q '^\.' "$top/out" || fail "$what: no roff request"
done
end

begin "colours on a terminal, unless it or the user has none"
# on_terminal NAME=VALUE...: what an error looks like there.
on_terminal() {
    script -qec "env $* '$cardsim' check nowhere.ini" /dev/null >"$top/out" 2>&1 </dev/null
}
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    escape=$(printf '\033[')
    on_terminal -u NO_COLOR TERM=xterm
    grep -qF "$escape" "$top/out" || fail "no colour on a terminal: $(cat "$top/out")"
    for none in "NO_COLOR=1 TERM=xterm" "-u NO_COLOR TERM=dumb" "-u NO_COLOR -u TERM"; do
        on_terminal "$none"
        grep -q nowhere "$top/out" || fail "$none: $(cat "$top/out")"
        grep -qF "$escape" "$top/out" && fail "$none: colour all the same"
    done
    on_terminal NO_COLOR= TERM=xterm
    grep -qF "$escape" "$top/out" || fail "an empty NO_COLOR is none: $(cat "$top/out")"
else
    skip "no script(1) here, or no pseudo-terminal for it"
fi
end

begin "memory: what it cannot do"
try 3 memory "$letter" -s training.batch=0
try 0 memory "$letter" --format csv
silent
end

finish
