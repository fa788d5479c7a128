#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `cardsim report --html`: one page, drawn by its own script and by nothing else.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
try 0 sweep "$letter" -q -o swept -s simulation.rounds=6 -s simulation.replications=3 \
    -s radio.path-loss-exponent=2,4,6 -s policy.name=card,server-only -s output.record=rounds+devices+totals
try 0 run "$letter" -q -o single -s simulation.rounds=30 -s simulation.replications=2 \
    -s 'scenario.title=A </script><script>document.title="taken"</script> & "title"'

begin "a page is written for a sweep and for a run"
try 0 report swept --html swept.html
try 0 report single --html single.html
for page in swept single; do
    [ -s $page.html ] || fail "$page.html is not there"
    # Nothing is fetched: no address but the namespace of SVG.
    if grep -oE '(https?:)?//[a-z][a-z0-9.-]+' $page.html | grep -v 'www.w3.org$'; then
        fail "$page.html names a host"
    fi
    if grep -nE '(src|href)="[^#"]' $page.html; then fail "$page.html fetches something"; fi
done
grep -q "one file" "$top/err" || fail "no word of what was written"
end

begin "what stands in results is text, never markup"
[ "$(grep -c '</script>' single.html)" = 2 ] || fail "a title of the scenario ends the script"
end

# data FILE: the page's JSON.
data() { sed -n 's,^<script type="application/json" id="data">\(.*\)</script>$,\1,p' "$1"; }

begin "the numbers are the report's"
try 0 report swept --format csv --metric delay
awk -F, 'NR > 1 { print $4 }' "$top/out" | sort -g >expected
data swept.html | grep -o '"cells":\[\[[0-9.e+-]*' | sed 's/.*\[//' | sort -g >found
[ "$(wc -l <found)" = 6 ] || fail "$(wc -l <found) rows, not 6"
paste expected found | awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > 1e-9 * $1) bad = 1 } END { exit bad }' ||
    fail "$(paste expected found)"
end

begin "what is said beside a report stands beside its own table, and marks what it speaks of"
try 0 report swept --html level.html --level 99
data level.html | grep -q '"level":99' || fail "the level is not told"
try 0 report swept
# Marked are the rows that the report marks.
try 0 report swept --metric delay
marked=$(grep -c '! [0-9]' "$top/out")
[ "$marked" -gt 0 ] || fail "nothing is too narrow here: the test tests nothing"
try 0 report swept --html default.html --metric delay
data default.html | sed 's/"devices":.*//' >results.json
grep -o '"narrow":\[[^]]*\]' results.json | grep -q "'delay': the interval of $marked of 6 rows" ||
    fail "no word of the delay's intervals: $(grep -o '"narrow":.*' results.json | cut -c1-200)"
[ "$(grep -o '"cells":\[\[[0-9.e+-]*,[0-9.e+-]*,[0-9.e+-]*\]\]' results.json | wc -l)" -eq "$marked" ] ||
    fail "not $marked rows have their events: $(grep -o '"cells":[^}]*' results.json)"
end

begin "wrong input is answered"
try 4 report swept --html nowhere/page.html
try 2 report swept --html page.html --metric nonsense
end

browser=$(command -v chromium || command -v chromium-browser)
begin "a browser draws it without a complaint"
if [ -z "$browser" ]; then
    skip "chromium is not here"
else
    for page in swept single; do
        timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking \
            --disable-component-update --disable-sync --disable-quic --no-first-run \
            --user-data-dir="$PWD/profile" --enable-logging=stderr --v=0 --virtual-time-budget=3000 \
            --dump-dom "file://$PWD/$page.html" >$page.dom 2>$page.log || fail "$page: no answer"
        if grep -E 'CONSOLE|Uncaught|Refused' $page.log; then fail "$page.html complains"; fi
        grep -q '<canvas' $page.dom || fail "$page.html has no timeline"
        grep -q '<polyline\|<rect' $page.dom || fail "$page.html has no chart"
    done
    # A click sorts, a key zooms.
    sed 's,</body>,<script>document.querySelectorAll("th button")[3].click();\
        document.querySelectorAll("th button")[3].click();\
        const keys = document.querySelector("canvas");\
        for (const key of ["+"\, "+"\, "ArrowRight"]) keys.dispatchEvent(new KeyboardEvent("keydown"\, {key}));\
        const cells = [...document.querySelectorAll("tbody tr td:nth-child(4)")].map(c => Number(c.textContent));\
        document.title = "driven " + cells.every((v\, i) => !i || cells[i - 1] >= v) + " " +\
            (keys.dataset.to - keys.dataset.from);</script></body>,' swept.html >driven.html
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking \
        --disable-component-update --disable-sync --disable-quic --no-first-run --user-data-dir="$PWD/profile" \
        --virtual-time-budget=3000 --dump-dom "file://$PWD/driven.html" >driven.dom 2>/dev/null
    span=$(sed -n 's,.*<title>driven true \([0-9.e+-]*\)</title>.*,\1,p' driven.dom)
    makespan=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "makespan_s") c = i }
        $1 == 1 && $2 == 1 { print $c }' swept/totals.csv)
    awk -v span="$span" -v all="$makespan" 'BEGIN { r = span * 4 / all; exit !(r > 0.999 && r < 1.001) }' ||
        fail "sorted and zoomed twice the page shows '$span' s of $makespan s"
    grep -q '<h1 id="title">A &lt;/script&gt;' single.dom || fail "the title is not told as it is"
    grep -c '<tr>' swept.dom | grep -q . || fail "no table"
fi
end

finish
