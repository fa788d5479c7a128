#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The tours of README.md, typed as they stand: every command ends well, and what they are to leave is
# there. The time that each takes is told, not judged.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

mkdir bin
ln -s "$cardsim" bin/cardsim
PATH=$work/bin:$PATH
export PATH

# The shell block below a heading of README.md.
tour() {
    awk -v heading="$1" '/^#/ { here = $0 == heading }
        here && /^```/ { inside = $0 == "```sh"; next }
        here && inside' "$srcdir/README.md"
}

# Splits it into its commands, command.1, command.2, ...; a here document belongs to its command.
split() {
    awk 'function next_file() { file = "command." ++n }
        !inside { next_file() }
        /<<.END.$/ { inside = 1 }
        { print > file }
        /^END$/ { inside = 0 }' "$1"
}

# walk HEADING: types the tour in the present directory.
walk() {
    tour "$1" >tour
    [ "$(wc -l <tour)" -ge 8 ] || fail "README.md has no tour '$1'"
    rm -f command.*
    split tour
    i=1
    while [ -f command.$i ]; do
        case $(cat command.$i) in
        "cardsim plot"*) command -v gnuplot >/dev/null 2>&1 || { i=$((i + 1)); continue; } ;;
        esac
        start=$(date +%s.%N)
        sh -e command.$i >"$top/out" 2>"$top/err" </dev/null ||
            fail "'$(head -n 1 command.$i)' ended in $?: $(head -n 3 "$top/err")"
        # What rare events do to an interval is told rightly: a tour is short.
        if grep 'warning:' "$top/err" | grep -qv 'can be far too narrow'; then fail "'$(head -n 1 command.$i)' warns: $(cat "$top/err")"; fi
        awk -v a="$start" -v b="$(date +%s.%N)" -v c="$(sed 's/ *#.*//; 1q' command.$i)" \
            'BEGIN { printf "  %6.2f s  %s\n", b - a, c }'
        i=$((i + 1))
    done
}

begin "a first run"
mkdir first && cd first && cp -r "$srcdir/scenarios" . && chmod -R u+w scenarios
walk "### A first run"
[ -s out/rounds.csv ] && [ -s out/devices.csv ] && [ -s out/totals.csv ] || fail "no results"
if command -v gnuplot >/dev/null 2>&1; then
    [ -s fig3a.svg ] || fail "no figure"
fi
cd ..
end

begin "a sweep from an own scenario to a figure and a page"
mkdir own && cd own
walk "### From a scenario of your own to a figure and a page"
[ "$(tail -n +2 phones/totals.csv | cut -d, -f1 | sort -u | wc -l)" -eq 15 ] || fail "not 15 runs"
grep -q 'bottomrule' table.tex || fail "no table"
grep -q '<html' phones.html || fail "no page"
if command -v gnuplot >/dev/null 2>&1; then
    grep -q '</svg>' delay.svg && [ -s curve.pdf ] || fail "no figures"
fi
cd ..
end

finish
