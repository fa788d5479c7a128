#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `cardsim calibrate` over published measurements: those of tests/data/measured always, and a
# directory of more (steps.csv, layers.csv, dvfs.csv) where CARDSIM_MEASURED names one.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

data=$srcdir/tests/data/measured

# The figures of a line on the standard error, "median absolute error X %, worst Y %".
median() {
    sed -n "s/.*$1: .* median absolute error \([0-9.e+]*\) %.*/\1/p" "$top/err"
}

at_most() {
    awk "BEGIN { exit !($1 <= $2) }" || fail "$3: $1, more than $2"
}

# FILE: steps foretold without their source.
check_steps() {
    try 0 calibrate "$1" --format csv
    m=$(median step)
    [ -n "$m" ] || fail "no median"
    at_most "$m" 25 "median error of steps, %"
    grep -q 'worst .* at line [0-9]*: ' "$top/err" || fail "the worst is not named"
    if grep -q 'wrong way round' "$top/err"; then fail "$(grep 'wrong way round' "$top/err")"; fi
}

# FILE: matrices of a layer from 16 to 8192 tokens, each row by the others.
check_layers() {
    try 0 calibrate "$1" --format csv
    awk -F, '$1 == "layer" { n++; e = $7 < 0 ? -$7 : $7; if (e > 0.2) { print; bad = 1 } }
        END { exit bad || n < 10 }' "$top/out" || fail "a layer is off by more than 20 %"
    if grep -q 'wrong way round' "$top/err"; then fail "$(grep 'wrong way round' "$top/err")"; fi
}

# FILE: of a V100's kernels and a TX2's rail, power by the law within 10 % and the clock of least energy
# within one of the clocks measured. The TX2's voltage has a knee, found between 700 and 900 MHz.
check_power() {
    try 0 calibrate "$1" --format csv
    awk '/^power,/ { sub(/"[^"]*"/, "work") } 1' "$top/out" |
        awk -F, '$1 == "power" { n++; e = $5 / $4 - 1; if (e < 0) e = -e; if (e > 0.1) { print; bad++ } }
        END { exit bad || n < 53 }' || fail "power is off by more than 10 %"
    awk '/clocks apart/ { n++; if ($(NF - 4) > 1) bad = 1 } END { exit bad || n < 5 }' "$top/err" ||
        fail "the clock of least energy is more than one step off: $(grep apart "$top/err")"
    awk '/tx2.*as f below/ { n++; if ($(NF - 1) < 700 || $(NF - 1) > 900) bad = 1 } END { exit bad || n != 1 }' \
        "$top/err" || fail "no knee of the TX2: $(grep power: "$top/err")"
}

begin "calibrate: published steps, layers and power"
check_steps "$data/steps.csv"
check_layers "$data/layers.csv"
check_power "$data/power.csv"
end

begin "calibrate: a platform file that a scenario takes"
try 0 calibrate "$data/steps.csv" "$data/layers.csv" rtx-4090 -o own.ini -q
grep -q '^# .*layers.csv' own.ini || fail "the file does not say where it comes from"
cat >s.ini <<'INI'
[simulation]
rounds = 1
[model]
compute = measured
[server]
platform = own.ini
[device a]
platform = jetson-orin-nano-8gb
distance = 5 m
INI
try 0 check s.ini
try 0 show s.ini
grep -q "^$(grep '^efficiency = ' own.ini)$" "$top/out" || fail "the figures are not the file's"
end

begin "calibrate: what it needs to be told"
try 2 calibrate "$data/steps.csv" -o x.ini
grep -q 'name it behind the files' "$top/err" || fail "not told which platforms there are"
printf 'a,b\n1,2\n' >odd.csv
try 3 calibrate odd.csv
grep -q 'no kind of measurement' "$top/err" || fail "odd columns"
try 3 calibrate nowhere.csv
end

if [ -n "${CARDSIM_MEASURED:-}" ]; then
    begin "calibrate: all of CARDSIM_MEASURED"
    check_steps "$CARDSIM_MEASURED/steps.csv"
    check_layers "$CARDSIM_MEASURED/layers.csv"
    check_power "$CARDSIM_MEASURED/dvfs.csv"
    end
fi
finish
