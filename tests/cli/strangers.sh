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
    refused swept results.sqlite "nothing that cardsim makes"
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

begin "tables that are links"
fresh
mv results/totals.csv elsewhere.csv && ln -s ../elsewhere.csv results/totals.csv
refused results totals.csv link
end

# Escapes, a right-to-left override and formulas, as values and as keys.
escape=$(printf '\033')
hostile() {
    fresh
    sqlite3 swept/results.sqlite "
        UPDATE param SET value = char(27) || ']0;title' || char(7) || char(8238) WHERE run = 1;
        UPDATE param SET value = '=1+1' WHERE run = 2;
        INSERT INTO param SELECT run, '=cmd|x' || char(27), '-2+3+cmd|'' /C calc''!A0' FROM run
            WHERE run = 1;
        INSERT INTO param VALUES(2, '=cmd|x' || char(27), '@SUM(A1)');
        UPDATE totals SET policy = '+1+1' || char(27);
        UPDATE meta SET value = replace(value, 'experiment', '\u001b[31m') WHERE key = 'manifest';"
    awk -F, -v OFS=, -v e="$escape" 'NR > 1 { $3 = "=1+1" e "[5m" } { print }' good/devices.csv \
        >results/devices.csv
}
# clean FILE...: no control character, no override; and no cell that would be computed, of a CSV.
clean() {
    for file in "$@"; do
        # shellcheck disable=SC2059
        LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]\|\342\200\256')" "$file" &&
            fail "$command_line: an escape in $file: $(head -n 3 "$file" | cat -v)"
        case $file in *.csv) ;; *) continue ;; esac
        grep -qE '(^|,)"?([=@]|[-+][^0-9,.]|[-+][0-9.]+[-+*(|])' "$file" &&
            fail "$command_line: a formula in $file: $(head -n 3 "$file")"
    done
    return 0
}

begin "what results say is printed without escapes, and computed by no spreadsheet"
if command -v sqlite3 >/dev/null 2>&1; then
    hostile
    for form in table csv json; do
        for reader in "report swept" "compare swept study" "report results --by device" \
            "compare results good"; do
            command_line="cardsim $reader --format $form"
            # shellcheck disable=SC2086
            "$cardsim" $reader --format $form >out.$form 2>err </dev/null
            [ $? -lt 2 ] || fail "$command_line: $(cat err)"
            clean out.$form err
        done
    done
    # A table as it was recorded, by hands that know how to list it in a manifest.
    sum=$(sha256sum <results/devices.csv | cut -d' ' -f1)
    sed -i "s/\"devices.csv\" : \"sha256:[0-9a-f]*\"/\"devices.csv\" : \"sha256:$sum\"/" results/manifest.json
    rm swept/devices.csv # from the database
    for results in results swept; do
        try 0 export $results --table devices -o exported.csv
        clean exported.csv "$top/err"
        try 0 export $results --table devices --raw -o exported.csv
        LC_ALL=C grep -q "$escape" exported.csv || fail "--raw of export cleans"
    done
    # JSON escapes what it does not show: nothing is lost.
    try 0 report swept --format json
    prints '\u001b]0;title\u0007\u202e'
    try 0 report swept --plot
    clean "$top/out" "$top/err"
    try 0 report swept --html page.html -q
    sed -n '/<script/,$p' page.html | grep -q '\\u001b\|\\u0007' && fail "the page has an escape"
    clean page.html
    if command -v gnuplot >/dev/null 2>&1; then
        try 0 plot swept --kind bars --x weight --y delay -o drawn.svg
        clean drawn.csv drawn.gp "$top/err"
        try 0 plot results --figure delay -o by-device.svg
        clean by-device.csv by-device.gp "$top/err"
    fi
    # A part with a hostile failure and a hostile name of its directory: messages of merge.
    sqlite3 swept/results.sqlite "DELETE FROM run WHERE run = 2;
        INSERT INTO meta VALUES('failed/2', 'it said ' || char(27) || '[2J=1+1')"
    mv swept "swept$escape[7m"
    try 1 merge "swept$escape[7m" -o "merged$escape"
    says "it said ?[2J=1+1"
    clean "$top/err"
    clean "merged$escape"/*.csv
else
    skip "sqlite3 is not installed"
fi
end

begin "--raw shows them as they are"
if command -v sqlite3 >/dev/null 2>&1; then
    hostile
    for form in table csv json; do
        try 0 report swept --raw --format $form
        prints "=1+1"
        [ $form = json ] || prints "$escape]0;title"
    done
    try 0 report results --by device --raw --format csv
    prints "=1+1$escape[5m"
    try 1 compare swept study --raw --format csv -q
    prints "$escape]0;title"
    try 0 report swept --raw --html page.html -q
    grep -q '\\u001b\]0;title' page.html || fail "the page is cleaned"
    if command -v gnuplot >/dev/null 2>&1; then
        try 0 plot swept --raw --kind bars --x weight --y delay -o raw.svg -q
        grep -qF "=1+1" raw.csv && ! grep -qF "_=1+1" raw.csv || fail "the data are cleaned"
    fi
fi
end

begin "names that begin with a dash read back as they are"
sed 's/^\[device 5\]/[device -a]/' "$letter" >dash.ini
# shellcheck disable=SC2086
try 0 run dash.ini $few -o dashed
grep -q "^1,1,'-a," dashed/devices.csv || fail "the name is not marked as a text"
try 0 report dashed --by device --raw --format csv
prints "-a,"
# shellcheck disable=SC2086
try 0 sweep dash.ini $few -s output.record=rounds+devices+totals -o dashed-sweep
cmp -s dashed/rounds.csv dashed-sweep/rounds.csv || fail "run and sweep write other bytes"
for results in dashed dashed-sweep; do
    try 0 export $results --table devices
    prints "1,1,'-a,"
done
end

begin "a picture replaces a link, not what it leads to"
fresh
if command -v gnuplot >/dev/null 2>&1; then
    echo mine >mine.txt
    ln -s mine.txt over.svg
    try 0 plot study --x weight --y delay -o over.svg -q
    [ "$(cat mine.txt)" = mine ] || fail "the link was followed"
    [ ! -L over.svg ] && grep -q '</svg>' over.svg || fail "no picture"
    mkdir letter-figures && ln -s ../mine.txt letter-figures/claims.md
    try 0 reproduce fig3 -o letter-figures -q -s simulation.rounds=2 -s simulation.replications=2
    [ "$(cat mine.txt)" = mine ] || fail "the link of claims.md was followed"
else
    skip "no gnuplot here"
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

# tests/long/results.sh: ten thousand and three hundred.
begin "corrupted results and hostile ones, at random"
results=$builddir/tests/fuzz/random/results
if [ -x "$results" ]; then
    command_line=$results
    "$results" -n 40 -m 96 good study "$cardsim" >judged 2>&1 || fail "$(grep -v '^cases' judged | head)"
    contains judged "40 corrupted and 96 hostile directories"
else
    skip "the generator is not built here"
fi
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
