#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# plot --x --y: every kind of chart of a sweep. The data beside a picture are those that report gives,
# which tests/unit/check-report.c checks by hand; scripts hold titles and units.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

cat >study.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
[simulation]
rounds = 2
replications = 3
[sweep]
radio.path-loss-exponent = 2, 6
radio.bandwidth = 20 MHz, 50 MHz
policy.name = card, device-only
END
"$cardsim" sweep study.ini -q -o study || exit 1
gnuplot=
command -v gnuplot >/dev/null 2>&1 && gnuplot=yes

# draws STEM ARGUMENT...: a picture, its data and its script. Without gnuplot the last two.
draws() {
    stem=$1
    shift
    command_line="cardsim plot study $*"
    "$cardsim" plot study -q -o "$stem.svg" "$@" >"$top/out" 2>"$top/err" </dev/null
    code=$?
    if [ -n "$gnuplot" ]; then
        [ "$code" -eq 0 ] || fail "$command_line ended in $code: $(cat "$top/err")"
        grep -q '</svg>' "$stem.svg" || fail "$command_line draws no whole picture"
    fi
    [ -s "$stem.csv" ] && [ -s "$stem.gp" ] || fail "$command_line writes no data"
}

# as_reported STEM ROW COLUMN PLACE METRIC ARGUMENT...: the cell COLUMN of the line of STEM.csv that
# begins with ROW is the metric that report tells in the line that begins with PLACE.
as_reported() {
    drawn=$(grep "^$2" "$1.csv" | cut -d, -f"$3")
    place=$4 metric=$5
    shift 5
    "$cardsim" report study -q --format csv "$@" >"$top/out" 2>"$top/err"
    told=$(awk -F, -v m="$metric" -v place="$place" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == m) at = i; next }
        index($0, place) == 1 { print $at }' "$top/out")
    [ -n "$drawn" ] && awk -v a="$drawn" -v b="$told" 'BEGIN { d = a - b; m = b < 0 ? -b : b
        exit !(b != "" && d <= 1e-9 * m && -d <= 1e-9 * m) }' || fail "$command_line: '$drawn', reported '$told'"
}

script_has() { for text in "$@"; do contains "$stem.gp" "$text"; done; }

begin "lines over a number, a curve a name"
draws line --x path-loss-exponent --y delay --by name
as_reported line "card,2," 4 "2,card," delay_s --by path-loss-exponent --by name --metric delay
as_reported line "device-only,6," 4 "6,device-only," delay_s --by path-loss-exponent --by name \
    --metric delay
script_has "x_axis = 'Path-loss exponent'" "y_axis = 'Delay (s)'" "n_series = 2" "title_lines[2] = 'Policy'"
end

begin "bars over names; curves that are numbers have their key as title"
draws bars --x policy.name --y delay --by bandwidth
as_reported bars "50 MHz,1," 4 "50 MHz,card," delay_s --by bandwidth --by name --metric delay
script_has "title_lines[2] = 'Bandwidth'" "names[2] = 'device-only'" "series[2] = '50 MHz'"
end

begin "a map"
draws heat --kind heat --x bandwidth --by path-loss-exponent --y delay
as_reported heat "6,2," 4 "50 MHz,6," delay_s --by bandwidth --by path-loss-exponent --metric delay
script_has "x_axis = 'Bandwidth (MHz)'" "names[2] = '50'" "rows[1] = '2'" \
    "rows_axis = 'Path-loss exponent'"
end

begin "one metric against another, along a key or as single points"
draws pareto --kind pareto --x delay --y server-energy --along bandwidth --by name
as_reported pareto "card,20," 4 "20 MHz,card," delay_s --by bandwidth --by name --metric delay
as_reported pareto "card,20," 6 "20 MHz,card," server_energy_j --by bandwidth --by name \
    --metric server-energy
script_has "'bandwidth = 20 MHz'" "'bandwidth = 50 MHz'" " '50 MHz' at first" "n_ends = 4"
draws points --kind pareto --x delay --y server-energy --by name
as_reported points "device-only," 4 "device-only," delay_s --by name --metric delay
script_has "n_ends = 0"
end

begin "over devices and rounds"
draws device --x device --y delay --by name
as_reported device "card,5," 4 "5,card," delay_s --by device --by name --metric delay
draws round --x round --y delay
script_has "n_series = 1"
end

begin "savings against a baseline, which is no point itself"
draws saved --x bandwidth --y delay --by name --versus policy.name=device-only
grep -q '^device-only' saved.csv && fail "the baseline is drawn"
script_has "y_axis = 'Delay saved (%)'" "title_lines[2] = 'against device-only'" "y_unit = 0.01"
# A share here, per cent there.
percent=$("$cardsim" report study -q --format csv --by bandwidth --by name --metric delay \
    --versus policy.name=device-only | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++)
        if ($i == "delay_s_reduction_percent") at = i } /^50 MHz,card/ { print $at }')
share=$(grep '^card,50,' saved.csv | cut -d, -f4)
awk -v a="$share" -v b="$percent" 'BEGIN { d = 100 * a - b; exit !(b > 0 && d < 1e-9 * b && -d < 1e-9 * b) }' ||
    fail "a share of $share, reported $percent %"
draws both --kind bars --x bandwidth --y delay --versus policy.name=device-only
end

# card and exhaustive decide alike; in this sweep the two bandwidths' curves do not.
begin "curves that lie on each other are shown and said"
cat >alike.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
[simulation]
rounds = 2
replications = 2
[sweep]
radio.bandwidth = 20 MHz, 50 MHz
policy.name = card, exhaustive, device-only
END
"$cardsim" sweep alike.ini -q -o alike || exit 1
if [ -n "$gnuplot" ]; then
    try 0 plot alike --x bandwidth --y delay --by name -o twins.svg
    says "the values of 'exhaustive' are those of 'card'"
    if grep -q "of 'device-only'" "$top/err"; then fail "other curves are called the same"; fi
    stem=twins
    script_has "series[2] = 'exhaustive (same as card)'" "same[2] = 1" "same[1] = 0" "same[3] = 0"
    # Of curves of two points each the second and the third.
    try 0 sweep alike.ini -q -s policy.name="device-only, card, exhaustive" -o later
    try 0 plot later --x bandwidth --y delay --by name -o later.svg
    says "the values of 'exhaustive' are those of 'card'"
    stem=later
    script_has "series[3] = 'exhaustive (same as card)'" "same[3] = 2" "same[2] = 0" "same[1] = 0"
    try 0 plot alike --kind bars --x name --y delay --by bandwidth -o bars2.svg
    if grep -q "values of '50 MHz'" "$top/err"; then fail "two bandwidths are called the same"; fi
fi
end

# Numbers of gnuplot, subscripts, columns of CSV: names are none of these.
begin "names are drawn as they were typed"
cp "$srcdir/models/llm/llama-3.2-1b.ini" 'a_b^c{1},x.ini' || exit 1
cat >named.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
title = under_scores & {braces}
[simulation]
rounds = 3
replications = 2
[device NaN]
inherits = 1
[device inf]
inherits = 2
[model]
layers = 8
[sweep]
policy.weight = 0.1, 0.3
model.llm = "a_b^c{1},x.ini", llama-3.2-1b
END
"$cardsim" sweep named.ini -q -o named -s output.record=rounds+devices+totals || exit 1
"$cardsim" run named.ini -q -o once 2>/dev/null || exit 1
if [ -n "$gnuplot" ]; then
    try 0 plot named --kind pareto --x delay --y server-energy --along llm -o p.svg
    grep -q 'llm = a_b^c{1},x.ini' p.svg || fail "the end of the curve is not as typed: $(grep llm p.svg)"
    grep -q 'under_scores &amp; {braces}' p.svg || fail "the title is not as typed"
    for kind in "bars --x llm" "heat --x llm --by weight" "pareto --x delay --along weight --by llm"; do
        # shellcheck disable=SC2086
        try 0 plot named --kind $kind --y server-energy -o n.svg
        grep -q 'a_b^c{1},x.ini' n.svg || fail "$kind: a name is not as typed"
    done
    for picture in "--figure delay" "--x device --y delay" "--figure fig3a" "--figure fig3b" \
        "--kind heat --x round --by device --y delay"; do
        rm -rf once2 && cp -r once once2
        # shellcheck disable=SC2086
        try 0 plot once2 $picture -o with.svg
        # The same under another name: nothing of the device may be missing.
        sed -i 's/,NaN,/,7,/' once2/*.csv
        # shellcheck disable=SC2086
        try 0 plot once2 $picture -o without.svg
        sed 's/>NaN</>7</' with.svg | grep -c '<path\|<polygon\|<use' >one
        grep -c '<path\|<polygon\|<use' without.svg >other
        cmp -s one other || fail "$picture: $(cat one) strokes with a device NaN, $(cat other) with 7"
    done
fi
end

begin "fig3a reaches to I whatever was chosen, and names its state"
"$cardsim" run "$srcdir/scenarios/fig3.ini" -q -o none -s policy.name=server-only -s simulation.rounds=3 || exit 1
"$cardsim" plot none --figure fig3a -q -o none.svg 2>/dev/null
stem=none
script_has "value_max = 32" "title_lines[2] = 'Fig. 3 of the letter: the Poor channel'"
end

begin "every format"
if [ -n "$gnuplot" ]; then
    for format in svg png pdf eps; do
        try 0 plot study --kind bars --x policy.name --y delay --by bandwidth -o "of.$format" -q
        [ -s "of.$format" ] || fail "no of.$format"
    done
    head -c 30 of.eps | grep -q '^%!PS-Adobe.*EPSF' || fail "of.eps is no EPS"
fi
end

begin "what cannot be drawn is said"
try 4 plot study --x bandwidth --y device-energy
says "not modelled in any run"
try 2 plot study --x bandwidth --y delay --along name
says "--along is for --kind pareto"
try 2 plot study --kind bars --x bandwidth --y delay --by device --by name
says "10 series cannot be told apart"
try 2 plot study --kind pareto --x delay --y server-energy
says "--along KEY, --by KEY or both"
try 2 plot study --kind pareto --x delay
says "two metrics"
try 2 plot study --kind cake --x bandwidth --y delay
says "line, bars, heat and pareto"
try 2 plot study --kind line --x name --y delay
says "--kind bars draws names"
try 2 plot study --x bandwidth --y makespan --by device
says "cannot be told by device"
try 2 plot study --x bandwidth --y makespan --by round
says "cannot be told by round"
try 2 plot study --x bandwidth --y delay -o picture.jpg
says "picture.jpg"
try 2 plot study --x bandwidth --y delay -o .svg
end

begin "data and scripts beside a picture are replaced only as we left them"
if command -v gnuplot >/dev/null 2>&1; then
    try 0 plot study --x bandwidth --y delay -o twice.svg
    try 0 plot study --x bandwidth --y delay -o twice.svg
    for ending in csv gp; do
        cp twice.$ending kept
        echo "# by hand" >>twice.$ending
        cp twice.$ending changed
        try 4 plot study --x bandwidth --y delay -o twice.svg
        says "twice.$ending" "another name"
        cmp -s changed twice.$ending || fail "twice.$ending was replaced"
        cp kept twice.$ending
    done
    echo mine >outside
    rm twice.csv && ln -s outside twice.csv
    try 4 plot study --x bandwidth --y delay -o twice.svg
    [ "$(cat outside)" = mine ] || fail "a link was followed"
    echo "a,b" >energy.csv
    try 4 plot study --x bandwidth --y delay -o energy.svg
    [ "$(cat energy.csv)" = "a,b" ] || fail "energy.csv was replaced for its name"
else
    skip "gnuplot is not installed"
fi
end

begin "a line is exact where all of it is known, and the marks are the simulation's"
try 0 sweep "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=4,5,6 -s simulation.rounds=50 \
    -s simulation.replications=4 -s output.record=devices+totals -o lined -q
try 0 plot lined --x path-loss-exponent --y delay -o lined.svg
try 0 expect "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=4,5,6 --format csv
sed -n 's/^[0-9]*,[0-9]*,all,card,\([^,]*\),.*/\1/p' "$top/out" >exactly
sed '1d; s/.*,//' lined.csv >drawn
paste exactly drawn | awk '!($1 / $2 - 1 < 1e-13 && $2 / $1 - 1 < 1e-13) { exit 1 } END { exit NR != 3 }' || fail "drawn: $(tr '\n' ' ' <drawn), exact: $(tr '\n' ' ' <exactly)"
try 0 sweep "$srcdir/scenarios/letter.ini" -s radio.path-loss-exponent=4,5 -s radio.coherence=transmission \
    -s simulation.rounds=5 -s simulation.replications=2 -s output.record=totals -o sampled -q
try 0 plot sampled --x path-loss-exponent --y delay -o sampled.svg
head -n 1 sampled.csv | grep -q 'series_number$' || fail "$(head -n 1 sampled.csv)"
end

finish
