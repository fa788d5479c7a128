#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Where results of sweeps lie: many shards and few open files, odd paths, a directory that goes away,
# temporary files, file systems without locks.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

cat >many.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
[simulation]
rounds = 1
replications = 2
[sweep]
policy.weight = 0.01 .. 0.9 step 0.01
END

begin "shards are merged however few files may be open"
try 0 sweep many.ini -q -o one
set --
i=0
while [ $i -lt 90 ]; do
    "$cardsim" sweep many.ini -q -j 1 --shard $i/90 -o "parts/$i" || fail "shard $i"
    set -- "$@" "parts/$i"
    i=$((i + 1))
done
(ulimit -n 24 && exec "$cardsim" merge "$@" -q -o merged) || fail "merge ended in $?"
for file in devices.csv totals.csv manifest.json; do
    cmp -s one/$file merged/$file || fail "$file differs"
done
rm -r parts/89
try 4 merge "$@" -o lacking
[ ! -e lacking ] || fail "lacking was made"
end

begin "a path that begins with two slashes"
try 0 sweep many.ini -q -o "/$work/slashes"
cmp -s one/totals.csv slashes/totals.csv || fail "other results"
try 0 report "//$work/slashes" --by weight --metric delay
try 0 sweep many.ini -q --resume -o "//$work/slashes"
end

begin "a sweep whose directory is removed ends at the next save"
"$cardsim" sweep many.ini -q -j 1 -o gone -s simulation.rounds=2000 -s simulation.replications=10 2>gone.err &
pid=$!
i=0
while [ ! -s gone/results.sqlite-wal ] && [ $i -lt 200 ]; do
    sleep 0.05
    i=$((i + 1))
done
rm -rf gone
(sleep 60 && kill -9 $pid) 2>/dev/null &
watch=$!
wait $pid
code=$?
kill $watch 2>/dev/null
[ $code -eq 4 ] || fail "it ended in $code: $(cat gone.err)"
grep -q "'gone'" gone.err || fail "it said: $(cat gone.err)"
[ ! -e gone ] || [ -z "$(ls gone)" ] || fail "gone holds: $(ls gone)"
end

finish
