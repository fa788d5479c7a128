#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The output contract: CSV columns, SQLite schema, JSON keys and exit codes are those of
# tests/contract/version-N.txt, N being the layout's version that manifest.json and
# cardsim-results(5) state. Columns and keys may be appended; whoever changes, moves or takes away
# one raises the version there and adds a file.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
few="-s simulation.rounds=2 -s simulation.replications=2 -s output.record=rounds+devices+totals"

header() { head -n 1 "$1" | tr ',' '\n' | sed "s/^/$2 /"; }

# "KEY" of the outermost object, "PARENT.KEY" one level further in; but settings' own groups.
keys_of() {
    awk '/^  "/ { split($0, part, "\""); parent = part[2]; print "manifest " parent }
         /^    "/ && parent != "settings" && /" :/ { split($0, part, "\"")
                                                     print "manifest " parent "." part[2] }' "$1"
}

# Exit codes as they are met in use.
codes() {
    exit_code() { # EXPECTED WHAT ARGUMENT...
        expected_code=$1 what=$2
        shift 2
        "$cardsim" "$@" >/dev/null 2>&1 </dev/null
        printf 'exit %s %s\n' "$?" "$what"
    }
    exit_code 0 "a run that is done" run "$letter" $few
    exit_code 1 "a comparison that differs" compare one other
    exit_code 2 "usage" run --nonsense
    exit_code 3 "an invalid scenario" run "$letter" -s simulation.rounds=none
    exit_code 4 "a scenario that cannot be read" run nowhere.ini
    # shellcheck disable=SC2086
    exit_code 4 "a result that cannot be written" run "$letter" $few -o "$letter/below"
}

# shellcheck disable=SC2086
"$cardsim" run "$letter" $few -q -o one || exit 1
# shellcheck disable=SC2086
"$cardsim" run "$letter" $few -q -s simulation.seed=9 -o other || exit 1
# shellcheck disable=SC2086
"$cardsim" sweep "$letter" $few -q -s policy.weight=0.1,0.9 -o sweep || exit 1
version=$(sed -n 's/^  "format" : \([0-9]*\),$/\1/p' one/manifest.json)
pinned=$srcdir/tests/contract/version-$version.txt

for table in rounds devices totals; do header one/$table.csv "$table.csv"; done >found
# Without a network there is nothing to learn, and no table of it.
"$cardsim" run "$letter" -q -s simulation.rounds=1 -s simulation.replications=1 \
    -s learning.network=tiny -o learnt >/dev/null 2>&1
[ ! -f learnt/losses.csv ] || header learnt/losses.csv losses.csv >>found
keys_of one/manifest.json >>found
# Progress lines: {"event": ..., ...}, their keys in the order in which they are met.
# shellcheck disable=SC2086
"$cardsim" sweep "$letter" $few --progress json -s policy.weight=0.1,0.9 -o told 2>&1 |
    sed -n 's/^{/,/p' | tr ',' '\n' | sed -n 's/^ *"\([a-z_]*\)":.*/progress \1/p' | awk '!seen[$0]++' >>found
# shellcheck disable=SC2086
"$cardsim" run "$letter" $few -q --format json | tr ',{' '\n\n' |
    sed -n 's/^ *"\([a-z_]*\)":.*/run.json \1/p' | awk '!seen[$0]++' >>found
codes >>found
if command -v sqlite3 >/dev/null 2>&1; then
    for table in meta run param rounds devices totals; do
        sqlite3 sweep/results.sqlite "SELECT 'sqlite $table ' || name || ' ' || type
            FROM pragma_table_info('$table') ORDER BY cid"
    done >>found
    sqlite3 sweep/results.sqlite "SELECT 'sqlite view ' || name FROM sqlite_schema
        WHERE type = 'view' ORDER BY name" >>found
fi

begin "what is written is that of the stated version"
if [ ! -f "$pinned" ]; then
    fail "no tests/contract/version-$version.txt: add it, and say in cardsim-results(5) what changed"
else
    if command -v sqlite3 >/dev/null 2>&1; then cp "$pinned" expected; else
        grep -v '^sqlite' "$pinned" >expected
    fi
    [ -f learnt/losses.csv ] || sed -i '/^losses.csv\|^sqlite losses/d' expected
    # What is pinned of a table stands first in it, in this order.
    awk 'function table() { return $1 == "sqlite" ? $1 " " $2 : $1 }
         FILENAME == "expected" { pinned[table(), ++n[table()]] = $0; next }
         { i = ++seen[table()]
           if (i <= n[table()] && pinned[table(), i] != $0)
               print "is: " $0 ", was: " pinned[table(), i] }
         # What is appended is promised from then on: it has its line.
         i > n[table()] { print "not in the contract, append it: " $0 }
         END { for (t in n) if (seen[t] < n[t]) print t " has " seen[t] + 0 ", had " n[t] }' \
        expected found >differs
    [ ! -s differs ] ||
        fail "the contract has changed; raise its version ('format' in the manifest): $(cat differs)"
fi
end

begin "cardsim-results(5) states the version"
grep -q "version of this layout, $version" "$srcdir/man/cardsim-results.5" ||
    fail "cardsim-results(5) speaks of another version than $version"
end

begin "a sweep writes the same tables as a run"
for table in rounds devices totals; do # with what was swept behind all else
    [ "$(head -n 1 one/$table.csv),weight" = "$(head -n 1 sweep/$table.csv)" ] || fail "$table.csv"
done
end

begin "the database has the version's layout"
if command -v sqlite3 >/dev/null 2>&1; then
    for table in rounds devices totals; do
        sqlite3 sweep/results.sqlite "SELECT name FROM pragma_table_info('$table') ORDER BY cid" |
            tr '\n' ',' | sed 's/,$//' >columns
        [ "$(cat columns)" = "$(head -n 1 one/$table.csv)" ] || fail "$table is not $table.csv"
    done
else
    skip "no sqlite3 here"
fi
end

finish
