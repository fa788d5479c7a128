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

cat >lockless.c <<'END'
/* A file system without locks: flock() and fcntl()'s locks fail, and so does mapping what is shared. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>

int flock(int descriptor, int operation)
{
    (void)descriptor, (void)operation;
    errno = ENOLCK;
    return -1;
}

static int control(const char *name, int descriptor, int command, void *argument)
{
    int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, name);
    if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) {
        errno = ENOLCK;
        return -1;
    }
    return real(descriptor, command, argument);
}

int fcntl(int descriptor, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control("fcntl", descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control("fcntl64", descriptor, command, argument);
}
END

begin "a file system without locks: told, and --no-lock works in it"
if ${CS_TEST_CC:-cc} -shared -fPIC -o lockless.so lockless.c -ldl 2>cc.err &&
    LD_PRELOAD=$work/lockless.so "$cardsim" --version >/dev/null 2>&1; then
    LD_PRELOAD=$work/lockless.so
    export LD_PRELOAD
    try 4 sweep many.ini -q -o unlocked
    says "no locks" "--no-lock"
    try 0 sweep many.ini -q --no-lock -o unlocked
    cmp -s one/totals.csv unlocked/totals.csv || fail "other results"
    [ ! -e unlocked/results.sqlite-wal ] || fail "it kept a write-ahead log"
    try 0 sweep many.ini -q --no-lock --resume -o unlocked
    try 0 report unlocked --by weight --metric delay
    try 0 report one --by weight --metric delay
    try 0 export unlocked --run 3
    try 0 sweep many.ini -q --no-lock -o half-0 --shard 0/2
    try 0 sweep many.ini -q --no-lock -o half-1 --shard 1/2
    try 0 merge half-0 half-1 -q --no-lock -o whole
    cmp -s one/totals.csv whole/totals.csv || fail "other results of merge"
    unset LD_PRELOAD
    try 0 sweep many.ini --resume -o unlocked # and where there are locks again
    says "90 of 90 runs were there already"
else
    skip "nothing can be compiled to stand for such a file system"
fi
end

finish
