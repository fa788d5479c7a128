#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Results from strangers: hostile directories end in an error that names the file, within seconds;
# nothing in them runs, nothing outside them is touched.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
few="-q -s simulation.rounds=2 -s simulation.replications=2"
# shellcheck disable=SC2086
"$cardsim" run "$letter" $few -o good || exit 1
# shellcheck disable=SC2086
"$cardsim" sweep "$letter" $few -s policy.weight=0.2,0.8 -o study || exit 1

# fresh: a copy of each, in results (of a run) and sweep (of a sweep).
fresh() {
    rm -rf results swept
    cp -r good results
    cp -r study swept
}

# refused DIR WORDS...: every command that reads results ends in an error of these words, soon.
refused() {
    directory=$1
    shift
    for reader in "report $directory" "compare $directory good" \
        "plot $directory --x weight --y delay"; do
        command_line="cardsim $reader"
        # shellcheck disable=SC2086
        timeout 20 "$cardsim" $reader >"$top/out" 2>"$top/err" </dev/null
        code=$?
        [ "$code" -eq 4 ] || fail "$command_line ends in $code: $(head -n 2 "$top/err")"
        says "$@"
    done
}

begin "tables that are empty, pipes or directories"
fresh
: >results/rounds.csv
refused results rounds.csv empty
fresh
rm results/devices.csv && mkfifo results/devices.csv
refused results devices.csv regular
fresh
rm results/totals.csv && mkdir results/totals.csv
refused results totals.csv
fresh
awk -F, -v OFS=, 'NR == 2 { $3 = "" } { print }' good/devices.csv >results/devices.csv
refused results devices.csv "line 2, column 5"
fresh
head -c 700 good/rounds.csv >results/rounds.csv
refused results rounds.csv "line 2"
fresh
n=$(wc -c <good/totals.csv) # within the last cell: as many cells as ever
head -c $((n - 2)) good/totals.csv >results/totals.csv
refused results totals.csv "line 3" "cut off"
end

begin "a database that is a pipe, a link, or no database"
fresh
rm swept/results.sqlite* && mkfifo swept/results.sqlite
refused swept results.sqlite regular
fresh
mv swept/results.sqlite outside && ln -s ../outside swept/results.sqlite
cp outside before
refused swept results.sqlite link
# shellcheck disable=SC2086
try 4 sweep "$letter" $few -s policy.weight=0.2,0.8 -o swept --resume
cmp -s outside before || fail "what the link leads to was written"
fresh
echo "not a database, though long enough to look like one" >swept/results.sqlite
refused swept results.sqlite
end

begin "tables are tables of ours: no views without an end, no triggers, no generated columns"
if command -v sqlite3 >/dev/null 2>&1; then
    fresh
    sqlite3 swept/results.sqlite "ALTER TABLE run RENAME TO old; CREATE VIEW run AS WITH RECURSIVE
        r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS run, 1 AS replications FROM r;"
    refused swept results.sqlite "'run'"
    try 4 merge swept -o merged
    fresh
    sqlite3 swept/results.sqlite "CREATE TRIGGER t AFTER INSERT ON meta BEGIN
        DELETE FROM rounds; END;"
    refused swept results.sqlite "'t'"
    fresh
    sqlite3 swept/results.sqlite "DROP VIEW point; DROP VIEW run_means; DROP TABLE run;
        CREATE TABLE run(run INTEGER PRIMARY KEY, replications INTEGER AS (run + 1)) STRICT;"
    refused swept results.sqlite "'run'"
else
    skip "sqlite3 is not installed"
fi
end

begin "a manifest nested deeper than any stack"
fresh
awk 'BEGIN { for (i = 0; i < 2000000; i++) printf "[" }' >results/manifest.json
try 0 report results -q
try 4 run "$letter" -q -o results
says "'manifest.json'"
end

begin "what -I gives is no program: plot templates are our own"
fresh
mkdir -p evil/plots evil/tools/plots
for file in common line fig3a bars; do
    echo 'system "touch ran"' | tee evil/plots/$file.gp >evil/tools/plots/$file.gp
done
if command -v gnuplot >/dev/null 2>&1; then
    try 0 plot study --x weight --y delay -I evil -q
else
    "$cardsim" plot study --x weight --y delay -I evil -q >/dev/null 2>&1
fi
[ ! -e ran ] || fail "a template of -I ran"
end

begin "a limit on a file's size is a failed write"
for kind in run sweep; do
    (ulimit -f 2 && exec "$cardsim" $kind "$letter" -q -s simulation.rounds=200 \
        -s simulation.replications=2 -o "big-$kind") >"$top/out" 2>"$top/err" </dev/null
    code=$?
    command_line="cardsim $kind beyond ulimit -f"
    [ "$code" -eq 4 ] || fail "$command_line ends in $code: $(cat "$top/err")"
done
end

finish
