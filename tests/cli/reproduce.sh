#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# reproduce: what it writes, what it refuses, and how it ends. Few rounds: the figures themselves are
# judged by tests/unit/check-headline.c.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

few="-s simulation.rounds=4 -s simulation.replications=2"

# holds DIR FILE...: DIR holds these and nothing else.
holds() {
    directory=$1
    shift
    [ "$(ls "$directory" | tr '\n' ' ')" = "$* " ] || fail "$directory holds: $(ls "$directory")"
}

pictures=
command -v gnuplot >/dev/null 2>&1 && pictures=yes

begin "one figure's files, and again into the same directory"
if [ -n "$pictures" ]; then
    # shellcheck disable=SC2086
    try 0 reproduce fig3 $few -o fig3
    prints "The letter's claims" "agreement is consistency, not confirmation" "and pictures"
    holds fig3 claims.csv claims.md fig3a.csv fig3a.gp fig3a.png fig3a.svg fig3b.csv fig3b.gp \
        fig3b.png fig3b.svg manifest-fig3.json manifest-fig4.json
    cp -r fig3 before
    # shellcheck disable=SC2086
    try 0 reproduce fig3 $few -o fig3 -q
    prints_nothing
    for file in fig3/*.csv fig3/*.json; do cmp "$file" "before/${file#*/}" || fail "$file differs"; done
else
    skip "no gnuplot here"
fi
end

begin "both figures, the claims and the variations"
if [ -n "$pictures" ]; then
    # shellcheck disable=SC2086
    try 0 reproduce all $few -q -o all -j 2
    for file in fig3a fig3b fig4a fig4b; do [ -s all/$file.svg ] || fail "no $file.svg"; done
    # Nine choices that the letter leaves open are varied, one at a time, and one line is the head.
    [ "$(wc -l <all/sensitivity.csv)" -eq 10 ] || fail "sensitivity.csv: $(cat all/sensitivity.csv)"
    # Four series in three states, and the head.
    [ "$(wc -l <all/fig4a.csv)" -eq 13 ] || fail "fig4a.csv: $(cat all/fig4a.csv)"
    # shellcheck disable=SC2086
    try 0 reproduce fig4 $few -q -o fig4
    [ ! -e fig4/fig3a.csv ] && [ ! -e fig4/sensitivity.csv ] || fail "fig4 holds: $(ls fig4)"
    cmp fig4/fig4b.csv all/fig4b.csv || fail "fig4b.csv differs"
else
    skip "no gnuplot here"
fi
end

begin "without gnuplot the data and scripts are there all the same"
mkdir bin
command_line="cardsim reproduce all without gnuplot"
# shellcheck disable=SC2086
env PATH="$work/bin" "$cardsim" reproduce all $few -q -o bare >"$top/out" 2>"$top/err" </dev/null
code=$?
[ "$code" -eq 1 ] || fail "$command_line ended in $code"
says "gnuplot is not installed" "then run 'gnuplot"
for file in fig3a fig3b fig4a fig4b; do
    [ -s bare/$file.csv ] && [ -s bare/$file.gp ] || fail "bare holds: $(ls bare)"
done
end

begin "a directory of something else is left alone"
mkdir other && echo mine >other/mine
# shellcheck disable=SC2086
try 4 reproduce fig3 $few -o other
says "it holds 'mine'"
[ "$(cat other/mine)" = mine ] && [ "$(ls other)" = mine ] || fail "other holds: $(ls other)"
end

begin "a picture that cannot be written is an error, whichever it is"
for file in fig3a.csv fig3b.gp; do
    mkdir -p "taken/$file"
    # shellcheck disable=SC2086
    try 4 reproduce fig3 $few -o taken
    says "will not replace '$file'"
    if grep -q "^Written to" "$top/out"; then fail "it says that $file was written"; fi
    rm -r taken
done
end

begin "an invalid setting ends as an invalid scenario does"
try 3 reproduce fig3 -s simulation.rounds=none -o invalid
says "'rounds' needs a whole number" "1 error"
[ "$(grep -c error: "$top/err")" -eq 1 ] || fail "$(cat "$top/err")"
[ ! -e invalid ] || fail "a directory was made"
end

begin "a directory that cannot be made"
# shellcheck disable=SC2086
try 4 reproduce fig3 $few -o other/mine/below
says "other/mine"
end

finish
