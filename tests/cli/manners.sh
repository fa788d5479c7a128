#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# How the program speaks: help that knows what was meant, no errors that only follow from others, lines
# that fit the terminal, letters that the locale has.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
device='[device 1]
frequency = 1 GHz
cores = 512'

# wrong HELP LINES: `check` of a scenario of these lines tells this help, and one error alone.
wrong() {
    printf '%s\n' "$2" >wrong.ini
    try 3 check wrong.ini
    says "$1"
    [ "$(grep -c ': error: ' "$top/err")" -eq 1 ] || fail "not one error: $(cat "$top/err")"
}

begin "a number without its unit is answered with the likely one"
wrong "write '1.4 m/s'" "$device
distance = 9 m
speed = 1.4"
wrong "write '3.5e9 Hz'" "[radio]
carrier = 3.5e9
$device
distance = 9 m"
# The unit is the one that the key's usual value points to: within a hundredfold its own, else the
# nearest.
while read -r setting likely; do
    try 3 check "$letter" -s "$setting"
    says "write '$(echo "$likely" | tr _ ' ')'"
done <<END
server.frequency-max=2 2_GHz
server.frequency-max=2460 2460_MHz
device.1.frequency=0.9 0.9_GHz
device.1.frequency=900 900_MHz
device.1.frequency=1.3e9 1.3e9_Hz
policy.frequency=1500 1500_MHz
radio.bandwidth=20 20_MHz
radio.bandwidth=2e7 2e7_Hz
radio.carrier=3500 3500_MHz
server.peak-frequency=1.4 1.4_GHz
server.idle-power=15 15_W
server.static-power=50 50_W
device.1.tx-power=20 20_dBm
device.1.memory=8 8_GB
device.1.pause=30 30_s
device.1.area-radius=2 2_m
training.activation-precision=8 8_bit
radio.coherence=20 20_ms
policy.energy-budget=500 500_J
END
try 3 plan "$letter" -s training.batch=1..50
says "a range needs its step" "'1..50:1'"
try 2 decide "$letter" --device 1
says "--uplink-rate '100 Mbit/s'" "or --round N"
wrong "write '5 m .. 60 m'" "$device
distance = 5-60 m"
wrong "write '5 m .. 60 m'" "$device
distance = 5 m - 60 m"
end

begin "a key by its part or its beginning"
wrong "did you mean 'weight'?" "[policy]
w = 0.2
$device
distance = 9 m"
wrong "did you mean 'area-radius'?" "$device
distance = 9 m
radius = 100 m"
wrong "did you mean 'shadowing' or 'shadowing-distance'?" "[radio]
shadow = 3 dB
$device
distance = 9 m"
wrong "'cardsim list keys epochs' shows keys with that word" "[simulation]
epochs = 3
$device
distance = 9 m"
try 0 list keys epochs
prints "training.local-epochs"
end

begin "a repository's name and a model's folder lead to config.json"
wrong "download its config.json and write the path, such as 'llm = Llama-3.2-1B/config.json'; or take \
'llm = llama-3.2-1b'" "[model]
llm = meta-llama/Llama-3.2-1B
$device
distance = 9 m"
mkdir -p folder
wrong "to name the folder of that name write './folder'" "[model]
llm = folder
$device
distance = 9 m"
wrong "config.json that its publisher wrote" "[model]
llm = ./folder
$device
distance = 9 m"
end

begin "what is missing with a file is not told as missing"
wrong "a path is relative" "[scenario]
extends = nowhere.ini
[device a]
cores = 3
[device b]
inherits = c
[policy]
name = open
[sweep]
device.d.distance = 1 m, 2 m"
command_line="check wrong.ini"
says "cannot read 'nowhere.ini'"
wrong "inherits" "[scenario]
extends = $letter
[device 6]
inherits = 9
[device 7]
inherits = 6"
end

begin "results of another kind are told from strange files"
mkdir strange && echo mine >strange/notes
try 0 sweep "$letter" -q -s simulation.rounds=1 -s policy.weight=0.1,0.2 -o swept
try 0 run "$letter" -q -s simulation.rounds=1 -o ran
try 4 run "$letter" -q -s simulation.rounds=1 -o swept
says "'swept': it holds those of a sweep"
try 4 run "$letter" -q -s simulation.rounds=1 -o strange
says "'notes', which is no result of cardsim"
try 4 sweep "$letter" -q -s simulation.rounds=1 -s policy.weight=0.1,0.2 -o ran
says "holds the results of a run"
try 4 sweep "$letter" -q -s simulation.rounds=1 -s policy.weight=0.1,0.2 -o strange
says "'notes', which is no result of a sweep"
end

begin "tables and help fit COLUMNS"
for columns in 60 80 100; do
    COLUMNS=$columns
    export COLUMNS
    few="plan $letter -s policy.weight=0.1,0.2"
    [ $columns = 60 ] && few="report swept"
    for command in "report swept" "memory $letter" "profile $letter" "report --help" "sweep --help" "--help" "$few"; do
        # shellcheck disable=SC2086
        try 0 $command
        widest=$(grep -v '^  cardsim \|^Usage' "$top/out" | sed 's/±/~/g' | awk '{ if (length > m) m = length } END { print m }')
        [ "$widest" -le $columns ] || fail "'$command' takes $widest of $columns columns"
    done
done
# Words and tables of a run, of decisions: every line, and what was wide is all there.
try 0 run "$letter" -q -s simulation.rounds=3
tr -s ' \n' '\n\n' <"$top/out" | grep -v '──' | sort -u >words
for columns in 60 40; do
    for command in "run $letter -q -s simulation.rounds=3" "explain $letter --device 2 --round 2" \
        "decide $letter --device 2 --round 2"; do
        # shellcheck disable=SC2086
        COLUMNS=$columns try 0 $command
        [ "${command%% *}" != run ] || tr -s ' \n' '\n\n' <"$top/out" | grep -v '──' | sort -u | cmp -s - words ||
            fail "$columns columns of run have other words"
        widest=$(sed 's/±/~/g; s/─/-/g; s/…/~/g' "$top/out" | awk '{ if (length > m) m = length } END { print m }')
        [ "$widest" -le $columns ] || fail "'$command' takes $widest of $columns columns"
        # shellcheck disable=SC2086
        LC_ALL=C COLUMNS=$columns "$cardsim" $command >ascii 2>/dev/null
        widest=$(awk '{ if (length > m) m = length } END { print m }' ascii)
        [ "$widest" -le $columns ] || fail "'$command' in C takes $widest of $columns columns"
    done
done
COLUMNS=40 try 0 explain "$letter" --device 2 --round 2
[ "$(grep -c '^ *32  ' "$top/out")" -ge 2 ] || fail "cuts have lost their numbers: $(cat "$top/out")"
try 0 explain "$letter" --device 2 --round 2
prints "round 2 of replication 1: uplink" # to a file nothing is filled
for command in "list metrics" "list keys" "explain $letter --device 2"; do
    # shellcheck disable=SC2086
    COLUMNS=80 try 0 $command
    widest=$(sed 's/[^ -~]/~/g' "$top/out" | awk '{ if (length > m) m = length } END { print m }')
    [ "$widest" -le 80 ] || fail "'$command' takes $widest of 80 columns"
done
unset COLUMNS
# What does not fit beside stands below, with its row's names again.
COLUMNS=40 "$cardsim" report swept -q >narrow
"$cardsim" report swept -q >wide
[ "$(wc -l <narrow)" -gt "$(wc -l <wide)" ] || fail "nothing is parted: $(cat narrow)"
[ "$(grep -c '^0.2 ' narrow)" -ge 2 ] || fail "rows have lost their names: $(cat narrow)"
end

begin "letters that the locale has"
for command in "run $letter -s simulation.rounds=2" "report swept" "report swept --plot" "explain $letter --device 1"; do
    # shellcheck disable=SC2086
    LC_ALL=C "$cardsim" $command >ascii 2>&1
    if LC_ALL=C grep -q '[^ -~]' ascii; then fail "'$command' in C: $(LC_ALL=C grep '[^ -~]' ascii | head -n 2)"; fi
    # shellcheck disable=SC2086
    LC_ALL=C.UTF-8 "$cardsim" $command >letters 2>&1
done
LC_ALL=C "$cardsim" report swept -q >ascii
grep -qF '+-' ascii || fail "no +-: $(cat ascii)"
LC_ALL=C.UTF-8 "$cardsim" report swept -q >letters
grep -qF '±' letters || fail "no plus-minus sign: $(cat letters)"
LC_ALL=C "$cardsim" report swept -q --format csv >of-c
LC_ALL=C.UTF-8 "$cardsim" report swept -q --format csv >of-utf8
cmp -s of-c of-utf8 || fail "CSV depends on the locale"
end

begin "memory is a row a model, a column a board"
try 0 memory "$letter" --format csv
row=$(grep '^llama-3.2-3b,.*,jetson-nano-4gb,' "$top/out" | cut -d, -f6)
try 0 memory "$letter" --format latex
cell=$(awk -F ' & ' '/^model & / { for (i = 1; i <= NF; i++) if ($i ~ /jetson nano 4gb/) at = i }
    $1 == "llama-3.2-3b" { print $at; exit }' "$top/out" | tr -d '$\\ ')
[ "$cell" = "$row" ] || fail "cell '$cell', row '$row'"
end

begin "completion offers a sweep's own keys and values"
try 0 completion candidates -- report swept --by ''
[ "$(cut -f1 "$top/out" | tr '\n' ' ')" = "policy.weight weight device round run " ] || fail "offers: $(cat "$top/out")"
try 0 completion candidates -- report swept --versus weight=
[ "$(tr '\n' ' ' <"$top/out")" = "weight=0.1 weight=0.2 " ] || fail "offers: $(cat "$top/out")"
try 0 completion candidates -- report nowhere --by ''
prints "radio.bandwidth"
end

# Two of four runs are there already.
begin "progress counts from all runs after a resume"
if command -v sqlite3 >/dev/null 2>&1; then
    few="-s simulation.rounds=1 -s policy.weight=0.1,0.2,0.3,0.4 -o part"
    # shellcheck disable=SC2086
    "$cardsim" sweep "$letter" $few -q
    sqlite3 part/results.sqlite 'DELETE FROM run WHERE run > 2'
    # shellcheck disable=SC2086
    "$cardsim" sweep "$letter" $few --resume --progress json 2>&1 >/dev/null | grep '"runs"' >json
    awk -F '[:,]' '$2 < 2 || $4 != 4 { bad = 1 } { sub(/.*"share":/, ""); if ($0 + 0 < 0.5) bad = 1 }
        END { exit bad || NR == 0 }' json || fail "counts: $(cat json)"
else
    skip "sqlite3 is not installed"
fi
end

finish
