#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No room: a file beyond the limit of its size (SIGXFSZ) and a file system that is full are failed
# writes, exit 4, with nothing half left; the message names the place that is full; what was saved
# goes on once there is room. Rows that wait for their turn in a file of their own.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

here=$(pwd -P)
shim=$builddir/tests/faults/shim.so
letter=$srcdir/scenarios/letter.ini
whole='-s output.record=rounds+devices+totals'
many='-s policy.weight=0.1,0.5,0.9'
unset SQLITE_TMPDIR TMPDIR
# A sanitizer's library wants to come first; here the shim does.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS
trap 'umount "$here/small" 2>/dev/null; rm -rf "$top"' EXIT

# A block of ulimit is 512 or 1024 bytes, as the shell has it.
(ulimit -f 1; trap '' XFSZ; head -c 4096 /dev/zero >block) 2>/dev/null
block=$(wc -c <block)

# limited BYTES ARGUMENT...: cardsim with files of at most so many bytes, in blocks. The signal is
# left as it is by default, which kills who does not expect it.
limited() {
    bytes=$(($1 / block * block))
    shift
    command_line="cardsim $* [files of $bytes bytes]"
    (ulimit -f $((bytes / block)) && exec "$cardsim" "$@") >"$top/out" 2>"$top/err" </dev/null
    code=$?
    [ "$code" -eq 4 ] || fail "$command_line ended in $code, not 4: $(head -n 3 "$top/err")"
    [ "$(grep -c 'cardsim: error:' "$top/err")" -eq 1 ] || fail "$command_line: $(cat "$top/err")"
    says "File too large: a file may have $bytes bytes here (ulimit -f)"
}

# only FILE... : the working directory's "out" holds nothing else.
only() {
    for path in out/* out/.[!.]*; do
        [ -e "$path" ] || continue
        case " $* " in *" ${path#out/} "*) ;; *) fail "$command_line leaves $path" ;; esac
    done
}

same() { # A B FILE...
    a=$1 b=$2
    shift 2
    for file in "$@"; do
        cmp -s "$a/$file" "$b/$file" || fail "$file of $a and $b differ"
    done
}

# shellcheck disable=SC2086
{
    "$cardsim" sweep "$letter" -q $many $whole -s simulation.rounds=100 -o recorded &&
        "$cardsim" sweep "$letter" -q $many -s simulation.rounds=100 -o lean &&
        "$cardsim" run "$letter" -q -s simulation.rounds=100 -o one &&
        cp -r recorded bare && rm bare/*.csv bare/manifest.json
} || { begin "results" && fail "there are none" && end && finish; }

begin "SIGXFSZ is a failed write, in every command that writes"
mkdir out
limited 4096 run "$letter" -q -s simulation.rounds=2000 -o out/run
says "cannot write 'out/run/rounds.csv'"
[ -z "$(ls out/run)" ] || fail "left: $(ls out/run)"
limited 4096 run "$letter" -q -s simulation.rounds=2 --trace out/t.json
only run
for size in 4096 204800; do # before the first table, and among the rows
    rm -rf out/sweep
    # shellcheck disable=SC2086
    limited $size sweep "$letter" -q $many $whole -s simulation.rounds=100 -o out/sweep
    says "cannot write 'out/sweep/results.sqlite'"
    # shellcheck disable=SC2086
    try 0 sweep "$letter" -q $many $whole -s simulation.rounds=100 -o out/sweep --resume
    same out/sweep recorded rounds.csv devices.csv totals.csv
done
limited 204800 merge recorded -q -o out/merged
says "cannot write 'out/merged/"
only run sweep merged
try 0 merge recorded -q -o out/merged --resume
same out/merged recorded rounds.csv devices.csv totals.csv
limited 40960 export lean -q --table rounds -o out/x.csv
says "cannot write 'out/x.csv'"
limited 40960 export recorded -q --table rounds -o out/x.csv
says "cannot write 'out/x.csv'"
limited 4096 report one -q --html out/x.html
says "cannot write 'out/x.html'"
only run sweep merged
if command -v gnuplot >/dev/null 2>&1; then
    limited 4096 plot one -q --figure fig3a -o out/x.svg
    says "cannot write 'out/x.csv'"
    only run sweep merged
    try 0 plot one -q --figure fig3a -o free.svg
    limited $(($(wc -c <free.svg) - 1)) plot one -q --figure fig3a -o out/x.svg
    says "cannot write '" "x.svg'"
    only run sweep merged x.csv x.gp
    try 0 plot one -q --figure fig3a -o out/x.svg
fi
end

# --- a file system that is full --------------------------------------------------------------------

# small SIZE: an empty file system of that size at "small"; FALSE where that is not allowed.
small() {
    mkdir -p small
    [ "$(id -u)" = 0 ] && mount -t tmpfs -o size="$1" none small 2>/dev/null
}

# full ARGUMENT...: the command finds no room, and says where.
full() {
    try 4 "$@"
    [ "$(grep -c 'cardsim: error:' "$top/err")" -eq 1 ] || fail "$command_line: $(cat "$top/err")"
    says "No space left on device" "on the file system at '$here/small'"
}

begin "a message names the file system that is full, and what it was for"
if small 256k; then
    full run "$letter" -q -s simulation.rounds=2000 -o small/run
    says "'small/run/rounds.csv'"
    [ -z "$(ls small/run)" ] || fail "left: $(ls small/run)"
    rm -rf small/*
    # shellcheck disable=SC2086
    full sweep "$letter" -q $many $whole -s simulation.rounds=100 -o small/sweep
    says "'small/sweep/results.sqlite'"
    mount -o remount,size=100m small
    # shellcheck disable=SC2086
    try 0 sweep "$letter" -q $many $whole -s simulation.rounds=100 -o small/sweep --resume
    same small/sweep recorded rounds.csv devices.csv totals.csv
    rm -rf small/*
    mount -o remount,size=256k small
    full merge recorded -q -o small/merged
    says "'small/merged/"
    mount -o remount,size=100m small
    try 0 merge recorded -q -o small/merged --resume
    same small/merged recorded rounds.csv devices.csv totals.csv
    rm -rf small/*
    mount -o remount,size=256k small
    full export lean -q --table rounds -o small/x.csv
    full export recorded -q --table rounds -o small/x.csv
    full run "$letter" -q -s simulation.rounds=2000 --trace small/t.json
    [ -z "$(ls small)" ] || fail "left: $(ls small)"
    head -c 262144 /dev/zero >small/filler 2>/dev/null
    full report one -q --html small/x.html
    full plot one -q --figure fig3a -o small/x.svg
    full run "$letter" -q -s simulation.rounds=2 -o small/deep/er
    [ "$(ls small)" = filler ] || [ "$(ls -A small/deep/er 2>/dev/null)" = "" ] || fail "left: $(ls small)"
    umount small
else
    skip "only root mounts a file system"
fi
end

begin "temporary files lie beside the results, or where the message says"
if small 16m; then
    # The index of the rows does not fit SQLite's memory; /var/tmp, its own choice, is not asked.
    # shellcheck disable=SC2086
    "$cardsim" sweep "$letter" -q $many $whole -s simulation.rounds=1500 -o wide || fail "no sweep"
    cp -r wide wider && rm -f wider/*.csv wider/manifest.json
    try 0 export wider -q --table rounds -o own.csv
    cmp -s own.csv wide/rounds.csv || fail "another export"
    [ -r "$shim" ] && for place in wider /var/tmp /tmp; do
        rm -f dealt
        [ $place = wider ] && root=$here/wider || root=$place
        LD_PRELOAD=$shim CS_FAULT_DIR=$root CS_FAULT_CALL=open CS_FAULT_KIND=ENOSPC \
            CS_FAULT_NTH=1 CS_FAULT_LOG=$top/dealt "$cardsim" export wider -q --table rounds \
            >own.csv 2>"$top/err"
        code=$?
        case $place in
        wider) [ -s "$top/dealt" ] || fail "no file was opened beside the results" ;;
        *) [ "$code" -eq 0 ] || fail "a file was opened in $place: $(cat "$top/err")" ;;
        esac
        rm -f "$top/dealt"
    done
    # Where the user says another place, it is named beside that of the results.
    head -c 16777216 /dev/zero >small/filler 2>/dev/null
    SQLITE_TMPDIR=$here/small
    export SQLITE_TMPDIR
    full export wider -q --table rounds -o own.csv
    says "'wider/results.sqlite'" "temporary files in '$here/small'"
    rm small/filler
    mount -o remount,size=200m small
    try 0 export wider -q --table rounds -o own.csv
    cmp -s own.csv wide/rounds.csv || fail "another export"
    unset SQLITE_TMPDIR
    if command -v gnuplot >/dev/null 2>&1; then
        mount -o remount,size=40k small
        TMPDIR=$here/small
        export TMPDIR
        full plot one -q --figure fig3a -o plotted.svg
        [ ! -e plotted.svg ] || fail "half a picture"
        full plot lean -q --figure fig3a -o plotted.svg
        unset TMPDIR
        try 0 plot one -q --figure fig3a -o plotted.svg
        [ -z "$(ls small)" ] || fail "left: $(ls small)"
    fi
    umount small
else
    skip "only root mounts a file system"
fi
end

# --- rows that wait ---------------------------------------------------------------------------------

# faulty KIND CALL NTH ARGUMENT...: with the fault among the calls within out; $code, $dealt.
faulty() {
    kind=$1 call=$2 nth=$3
    shift 3
    command_line="cardsim $* [$kind at $call $nth]"
    rm -f "$top/dealt"
    { LD_PRELOAD=$shim CS_FAULT_DIR=$here/out CS_FAULT_CALL=$call CS_FAULT_KIND=$kind \
        CS_FAULT_NTH=$nth CS_FAULT_LOG=$top/dealt "$cardsim" "$@" \
        >"$top/out" 2>"$top/err" </dev/null; } 2>/dev/null
    code=$?
    dealt=
    [ -s "$top/dealt" ] && dealt=yes
    return 0
}

rm -rf out
set -- run "$letter" -q -j 2 -s simulation.rounds=20000 -s simulation.replications=2

begin "rows that wait on disk come back as they were"
try 0 "$@" -o complete
# Without the shim the file has no name; with a name, the rows are the same.
if [ -r "$shim" ]; then
    CS_FAULT_NAMED=yes
    export CS_FAULT_NAMED
    faulty EIO unlink 1000 "$@" -o out
    [ "$code" -eq 0 ] || fail "$command_line ended in $code: $(cat "$top/err")"
    diff -r out complete >/dev/null || fail "with a named file other results"
    only $(ls complete)
    unset CS_FAULT_NAMED
fi
# A sweep without axes keeps its rows in memory, whatever their number.
try 0 sweep "$letter" -q -j 2 -s simulation.rounds=20000 -s simulation.replications=2 \
    -s output.record=rounds+devices+totals -o memory
same memory complete rounds.csv
end

begin "no room for rows that wait: exit 4, the directory named, nothing half"
if [ -r "$shim" ]; then
    for kind in ENOSPC EIO short EINTR; do
        for nth in 2 4 8; do
            for named in '' yes; do
                rm -rf out
                if [ -n "$named" ]; then CS_FAULT_NAMED=yes; export CS_FAULT_NAMED; fi
                faulty $kind write $nth "$@" -o out
                unset CS_FAULT_NAMED
                [ -n "$dealt" ] || fail "$command_line: no fault was dealt"
                case $kind:$code in
                ENOSPC:4 | EIO:4) only ;;
                short:0 | EINTR:0) diff -r out complete >/dev/null || fail "$command_line: other rows" ;;
                *) fail "$command_line ended in $code: $(cat "$top/err")" ;;
                esac
            done
        done
    done
    # The first file that is opened in the directory is a result's, the last the one of the rows.
    told= nth=1 dealt=yes
    while [ -n "$dealt" ] && [ "$nth" -lt 20 ]; do
        rm -rf out
        faulty ENOSPC open $nth "$@" -o out
        [ -z "$dealt" ] || grep -q "cannot keep rounds that wait for their turn in the directory 'out'" \
            "$top/err" && told=yes
        nth=$((nth + 1))
    done
    [ -n "$told" ] || fail "no message names the directory of rows that wait"
else
    skip "no shim in this build"
fi
end

begin "a kill while rows wait leaves nothing that blocks"
if [ -r "$shim" ]; then
    CS_FAULT_NAMED=yes
    export CS_FAULT_NAMED
    left=
    for fault in unlink:1 write:1 write:3 write:9 any:5 any:12; do
        rm -rf out
        faulty kill "${fault%:*}" "${fault#*:}" "$@" -o out
        [ "$code" -eq 137 ] || fail "$command_line ended in $code"
        [ ! -e out/manifest.json ] || fail "$command_line leaves a manifest"
        for file in out/rounds.csv.tmp-*; do
            [ -e "$file" ] && [ ! -s "$file" ] && left=yes
        done
        "$cardsim" "$@" -o out >"$top/out" 2>"$top/err" </dev/null ||
            fail "not again after $command_line: $(cat "$top/err")"
        diff -r out complete >"$top/diff" || fail "again after $command_line: $(head -n 2 "$top/diff")"
    done
    unset CS_FAULT_NAMED
    [ -n "$left" ] || fail "no kill left a file of rows under its name"
else
    skip "no shim in this build"
fi
end
finish
