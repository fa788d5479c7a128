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
script_has "x_axis = 'Path-loss exponent'" "y_axis = 'Delay (s)'" "n_series = 2" "key_title = 'Policy'"
end

begin "bars over names; curves that are numbers have their key as title"
draws bars --x policy.name --y delay --by bandwidth
as_reported bars "50 MHz,1," 4 "50 MHz,card," delay_s --by bandwidth --by name --metric delay
script_has "key_title = 'Bandwidth'" "names[2] = 'device-only'"
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
script_has "along = 'bandwidth'" "names[2] = '50 MHz'"
draws points --kind pareto --x delay --y server-energy --by name
as_reported points "device-only," 4 "device-only," delay_s --by name --metric delay
script_has "along = ''"
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
script_has "y_axis = 'Delay saved (%)'" "y_note = 'against device-only'" "y_unit = 0.01"
# A share here, per cent there.
percent=$("$cardsim" report study -q --format csv --by bandwidth --by name --metric delay \
    --versus policy.name=device-only | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++)
        if ($i == "delay_s_reduction_percent") at = i } /^50 MHz,card/ { print $at }')
share=$(grep '^card,50,' saved.csv | cut -d, -f4)
awk -v a="$share" -v b="$percent" 'BEGIN { d = 100 * a - b; exit !(b > 0 && d < 1e-9 * b && -d < 1e-9 * b) }' ||
    fail "a share of $share, reported $percent %"
draws both --kind bars --x bandwidth --y delay --versus policy.name=device-only
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

finish
