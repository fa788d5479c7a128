#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `sweep --resume --extend`: more values, another title, more tables, more replications.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

cat >my.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
[simulation]
rounds = 4
replications = 3
[sweep]
policy.weight = 0.2, 0.4
policy.name = card, server-only
END

# same A B: the exports of both directories are the same bytes.
same() {
    for file in $(cd "$1" && echo *.csv) manifest.json; do
        cmp -s "$1/$file" "$2/$file" || fail "$1/$file and $2/$file differ"
    done
}

begin "more values, wherever they stand: only the new runs are run"
try 0 sweep my.ini -q -o out
sed 's/^policy.weight = .*/policy.weight = 0.1, 0.4, 0.3, 0.2/; s/^policy.name = .*/policy.name = random, card, server-only/' \
    my.ini >more.ini
printf 'radio.path-loss-exponent = 4\n' >>more.ini
sed -i 's/^extends.*/&\ntitle = more of it/' more.ini
try 4 sweep more.ini --resume -o out
try 2 sweep more.ini --extend -o out
try 0 sweep more.ini -o out --resume --extend
says "4 of 12 runs were there already, 8 done now"
try 0 sweep more.ini -q -o straight
same straight out
try 0 sweep more.ini -o out --resume --extend
says "12 of 12 runs were there already"
try 0 report out --by weight --by name --metric delay --format csv
cp "$top/out" extended
try 0 report straight --by weight --by name --metric delay --format csv
cmp -s extended "$top/out" || fail "reports differ"
try 0 export out --run 3
cp "$top/out" extended
try 0 export straight --run 3
cmp -s extended "$top/out" || fail "rounds computed anew differ"
end

begin "another title, without a run"
sed 's/^title = .*/title = another/' more.ini >titled.ini
try 0 sweep titled.ini -o out --resume --extend
says "12 of 12 runs were there already"
grep -q '"title" : "another"' out/manifest.json || fail "the title is not in the manifest"
end

begin "more tables, more replications: what a straight sweep gives"
for more in "-s output.record=rounds+devices+totals" "-s simulation.replications=5"; do
    rm -rf straight
    # shellcheck disable=SC2086
    try 0 sweep titled.ini -q -o out --resume --extend $more
    # shellcheck disable=SC2086
    try 0 sweep titled.ini -q -o straight $more
    rm -f out/rounds.csv straight/rounds.csv
    same straight out
    try 0 sweep titled.ini -q -o out --resume --extend
done
end

begin "what is no extension is refused, and nothing changes"
cp -r out kept
try 4 sweep titled.ini -o out --resume --extend -s simulation.rounds=5
says "does not extend" "--restart"
try 4 sweep my.ini -o out --resume --extend -s policy.weight=0.7
same kept out
try 0 sweep titled.ini -o out --resume
says "12 of 12 runs were there already"
end

finish
