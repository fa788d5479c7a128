#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What README.md tells people to type exists and works.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

readme=$srcdir/README.md
sed -n '/^```sh$/,/^```$/p' "$readme" | sed '/^```/d; s/ *#.*//' >commands

begin "the scripts it names are there and can be started"
for script in $(sed -n 's/^\(tools\/[a-z-]*\).*/\1/p' commands); do
    [ -x "$srcdir/$script" ] || fail "$script"
done
end

begin "files, links and pictures it names exist"
for target in $(sed -n 's/.*](\([^)#]*\)).*/\1/p' "$readme" | grep -v '^https:'); do
    [ -e "$srcdir/$target" ] || fail "$target"
done
end

begin "the commands of its table run"
mkdir -p bin scenarios && ln -s "$cardsim" bin/cardsim && cp -r "$srcdir"/scenarios/. scenarios && chmod -R u+w scenarios
sed -n 's/^|.*| `\(cardsim [^`]*\)` |$/\1/p' "$readme" >table
while read -r line; do
    few=$(printf '%s\n' "$line" | sed 's/^cardsim run /&-s simulation.rounds=2 /')
    PATH=$work/bin:$PATH sh -c "$few" >"$top/out" 2>"$top/err" </dev/null ||
        fail "'$line' ended in $?: $(head -n 3 "$top/err")"
done <table
[ "$(wc -l <table)" -ge 13 ] || fail "only $(wc -l <table) commands"
for key in $(sed -n '/^| what/,/^$/s/^|[^|]*| \([^|]*\)|.*/\1/p' "$readme" | tr ',`' '\n\n' |
    sed -n 's/^ *\([a-z][a-z-]*\) *$/\1/p'); do
    case $key in keys | libcardsim | adaptsfl) continue ;; esac
    "$cardsim" list keys --format csv | grep -q "^[a-z]*\.$key," || fail "there is no key '$key'"
done
end

begin "the error it shows is what the program says"
printf '[device a]\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n' >my.ini
for i in 5 6 7 8 9 10 11 12 13 14 15 16 17; do echo "# $i"; done >>my.ini
printf '[radio]\nbandwidth = 20\n' >>my.ini
try 3 check my.ini
sed -n '/^my.ini:19/,/^```/p' "$readme" | sed '/^```/d' >shown
head -n 4 "$top/err" | cmp -s - shown || fail "$(head -n 4 "$top/err")"
end

finish
