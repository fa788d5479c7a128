#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages about campaigns, of pictures and about learning: their commands can be typed as they stand.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

mkdir bin
ln -s "$cardsim" bin/cardsim
PATH=$work/bin:$PATH
CARDSIM_DATADIR=$srcdir
export PATH CARDSIM_DATADIR

begin "man/guide/campaigns.md"
mkdir tour && cd tour || exit 1
{
    echo "set -e"
    sed -n '/^```sh$/,/^```$/p' "$srcdir/man/guide/campaigns.md" | sed '/^```/d' |
        if command -v gnuplot >/dev/null 2>&1; then cat; else sed '/^cardsim plot/d'; fi
} >../commands
# Fewer rounds, so that the walk is short.
sed -i 's/^rounds = 50/rounds = 5/' ../commands
command_line="the page's commands"
sh ../commands >"$top/out" 2>"$top/err" </dev/null || fail "ended in $?: $(tail -n 5 "$top/err")"
says "33 runs" "33 of 33 runs were there already" "33 runs from 2 directories"
for file in devices.csv totals.csv manifest.json; do
    cmp -s out/$file merged/$file || fail "out/$file and merged/$file differ"
done
sh -n my.sh && sh -n local.sh || fail "a script is no script"
cd "$work" || exit 1
end

begin "man/guide/measured.md"
mkdir measured && cd measured || exit 1
{
    echo "set -e"
    sed -n '/^```sh$/,/^```$/p' "$srcdir/man/guide/measured.md" | sed '/^```/d'
} >../commands
command_line="the page's commands"
sh ../commands >"$top/out" 2>"$top/err" </dev/null || fail "ended in $?: $(tail -n 5 "$top/err")"
grep -q '^power-exponent = ' my-4060.ini || fail "no law of power"
# CARD's clock and cut with a table of power are the oracle's.
for folder in real oracle; do cut -d, -f6,7 $folder/rounds.csv | tail -n +2 >$folder.txt; done
paste -d, real.txt oracle.txt | awk -F, '{ e = $2 / $4 - 1; if (e < 0) e = -e }
    $1 != $3 || e > 1e-4 { bad = 1 } END { exit bad || NR != 5 }' || fail "CARD is not the oracle"
cd "$work" || exit 1
end

begin "man/guide/gallery.md"
mkdir -p gallery/scenarios && cd gallery || exit 1
cp -r "$srcdir"/scenarios/. scenarios
chmod -R u+w scenarios
# Less of each study, so that the walk is short.
sed -i 's/^replications = .*/replications = 2/; s/^rounds = .*/rounds = 5/' scenarios/studies/*.ini
{
    echo "set -e"
    sed -n '/^```sh$/,/^```$/p' "$srcdir/man/guide/gallery.md" | sed '/^```/d' |
        sed 's/--samples 1024/--samples 2/' |
        if command -v gnuplot >/dev/null 2>&1; then cat; else sed '/^cardsim plot/d'; fi
} >../commands
command_line="the gallery's commands"
sh ../commands >"$top/out" 2>"$top/err" </dev/null || fail "ended in $?: $(tail -n 5 "$top/err")"
for study in scenarios/studies/*.ini; do
    which=$(basename "$study" .ini)
    [ -f "results/$which/totals.csv" ] || [ -f "results/$which/rounds.csv" ] ||
        [ -f "results/$which/devices.csv" ] || [ -f "results/$which/settings.csv" ] || fail "the gallery does not run $study"
done
sed -n 's/^!\[.*\](\(.*\))$/\1/p' "$srcdir/man/guide/gallery.md" >pictures
while read -r picture; do
    [ -s "$srcdir/man/guide/$picture" ] || fail "no $picture"
    [ -s "$picture" ] || ! command -v gnuplot >/dev/null 2>&1 || fail "nothing draws $picture"
done <pictures
cd "$work" || exit 1
end

begin "man/guide/learning-studies.md"
mkdir -p learning/scenarios && cd learning || exit 1
cp -r "$srcdir"/scenarios/. scenarios
chmod -R u+w scenarios
# Little of each, so that the walk is short.
sed -i 's/^replications = .*/replications = 1/; s/^rounds = .*/rounds = 2/; s/^batch = .*/batch = 1/
    s/^sequence-length = .*/sequence-length = 8/; s/^network = tiny$/&\ntest-samples = 2/' \
    scenarios/studies/learning/*.ini
{
    echo "set -e"
    sed -n '/^```sh$/,/^```$/p' "$srcdir/man/guide/learning-studies.md" | sed '/^```/d' |
        if command -v gnuplot >/dev/null 2>&1; then cat; else sed '/^cardsim plot/d'; fi
} >../commands
command_line="the page's commands"
sh ../commands >"$top/out" 2>"$top/err" </dev/null || fail "ended in $?: $(tail -n 5 "$top/err")"
for study in scenarios/studies/learning/*.ini; do
    [ -f "results/$(basename "$study" .ini)/losses.csv" ] || fail "the page does not run $study"
done
sed -n 's/^!\[.*\](\(.*\))$/\1/p' "$srcdir/man/guide/learning-studies.md" >pictures
[ "$(wc -l <pictures)" -ge 4 ] || fail "$(wc -l <pictures) pictures"
while read -r picture; do
    [ -s "$srcdir/man/guide/$picture" ] || fail "no $picture"
    [ -s "$picture" ] || ! command -v gnuplot >/dev/null 2>&1 || fail "nothing draws $picture"
done <pictures
cd "$work" || exit 1
end

begin "examples of SQL in cardsim-results(5)"
if command -v sqlite3 >/dev/null 2>&1; then
    mkdir -p results && mv tour/out results/my
    sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' "$srcdir/man/cardsim-results.5" | sed 's/\\-/-/g' |
        awk '/results\.sqlite/ { on = 1 } on && /^\./ { on = 0 } on' >sql.sh
    sh sql.sh >"$top/out" 2>"$top/err" || fail "ended in $?: $(head -n 3 "$top/err")"
    command_line="the page's SQL"
    prints "33 of 33" "exponent" "card"
else
    skip "the sqlite3 shell is not installed"
fi
end

finish
