#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Fault injection: every write, sync, rename, open, close, unlink and mkdir of result files fails in
# turn, until a run meets none. Then: exit 4, or success with all the bytes; never a half file under
# a final name, never exit 0 with missing data.
#
#   CS_FAULT_STEP=N: of the calls of a kind every N-th only (default 6; 1 is all of them)
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

here=$(pwd -P)
shim=$builddir/tests/faults/shim.so
letter=$srcdir/scenarios/letter.ini
step=${CS_FAULT_STEP:-6}
injected=0
in=$here/results # where calls fail
# A sanitizer's library wants to come first; here the shim does.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS

# faulty CALL KIND N ARGUMENT...: runs cardsim with the fault; $code, $dealt.
faulty() {
    call=$1 kind=$2 nth=$3
    shift 3
    command_line="cardsim $* [$kind at $call $nth]"
    rm -f "$here/dealt"
    # Killed ones would be told of by the shell.
    { LD_PRELOAD=$shim CS_FAULT_DIR=$in CS_FAULT_CALL=$call CS_FAULT_KIND=$kind \
        CS_FAULT_NTH=$nth CS_FAULT_LOG=$here/dealt "$cardsim" "$@" \
        >"$here/out" 2>"$here/err" </dev/null; } 2>/dev/null
    code=$?
    dealt=
    [ -s "$here/dealt" ] && dealt=yes injected=$((injected + 1))
    return 0
}

# whole REFERENCE...: every file under a final name is, byte for byte, that of a reference.
whole() {
    for path in results/*; do
        [ -e "$path" ] || continue
        file=${path#results/}
        case $file in
        *.tmp-*)
            # A manifest that stands aside proves whose the results are that took their places.
            case $call:$file in rename:manifest.json.tmp-*) continue ;; esac
            [ "$kind" = kill ] || [ "$call" = unlink ] || fail "$command_line leaves $file"
            continue
            ;;
        esac
        found=
        for reference in "$@"; do
            cmp -s "$path" "$reference/$file" && found=yes
        done
        [ -n "$found" ] || fail "$command_line leaves half a $file"
    done
}

# one_run: a manifest stands only beside the results of its own run.
one_run() {
    [ -e results/manifest.json ] || return 0
    for reference in "$@"; do
        if cmp -s results/manifest.json "$reference/manifest.json"; then
            for file in rounds.csv devices.csv totals.csv trace.json; do
                cmp -s "results/$file" "$reference/$file" ||
                    fail "$command_line leaves a manifest beside another run's $file"
            done
        fi
    done
}

# judge REFERENCE...: what the fault may have led to. The last reference is the complete result.
judge() {
    for complete in "$@"; do :; done
    whole "$@"
    one_run "$@"
    # What close() says of a result is the last word on whether it is written.
    case $call:$kind:$(cat dealt 2>/dev/null) in
    *'(deleted)') ;;
    close:EIO:*.tmp-* | close:ENOSPC:*.tmp-*)
        [ "$code" -eq 4 ] || fail "$command_line takes no notice of close()" ;;
    esac
    case $code in
    0) diff -r results "$complete" >diff 2>&1 || fail "$command_line ends in 0 without: $(head -n 2 diff)" ;;
    4)
        [ "$(grep -c . err)" -ge 1 ] || fail "$command_line says nothing"
        [ "$kind" != EINTR ] && [ "$kind" != short ] || fail "$command_line gives up: $(cat err)"
        ;;
    137) [ "$kind" = kill ] || fail "$command_line was killed" ;;
    *) fail "$command_line ends in $code: $(head -n 3 err)" ;;
    esac
}

# all_faults EARLIER ARGUMENT...: every fault of the command, starting from the results EARLIER (a
# directory, or "none"), against the complete results in ./complete.
all_faults() {
    earlier=$1
    shift
    for fault in write:ENOSPC write:full write:EIO write:EINTR write:short write:kill fsync:EIO \
        fsync:ENOSPC fsync:EINTR rename:EIO rename:EACCES rename:kill open:ENOSPC open:EACCES \
        open:EINTR close:EIO close:ENOSPC close:EINTR unlink:EACCES mkdir:ENOSPC any:kill; do
        nth=1 dealt=yes
        while [ -n "$dealt" ]; do
            rm -rf results
            references=complete
            [ "$earlier" = none ] || { cp -r "$earlier" results && references="$earlier complete"; }
            faulty "${fault%:*}" "${fault#*:}" "$nth" "$@"
            # shellcheck disable=SC2086
            [ -z "$dealt" ] && [ "$code" -ne 0 ] && fail "$command_line ends in $code untouched"
            # shellcheck disable=SC2086
            judge $references
            if [ "$kind" = kill ] && [ -n "$dealt" ]; then
                "$cardsim" "$@" >out 2>err </dev/null || fail "not again after $command_line: $(cat err)"
                diff -r results complete >diff || fail "again after $command_line: $(head -n 2 diff)"
            fi
            nth=$((nth + step))
        done
    done
}

[ -r "$shim" ] || { begin "faults" && skip "no shim in this build" && end && finish; }

begin "the shim is heard"
"$cardsim" run "$letter" -q -s simulation.rounds=2 -s simulation.replications=1 -o results
faulty write ENOSPC 1 run "$letter" -q -s simulation.rounds=2 -s simulation.replications=1 -o results
[ -n "$dealt" ] || fail "no fault was dealt"
[ "$code" -eq 4 ] || fail "a full disk ends in $code"
rm -rf results
end

begin "a run whose every call fails in turn, into a new directory"
set -- run "$letter" -q -j 2 -s simulation.rounds=120 -s simulation.replications=2 \
    -s output.record=rounds+devices+totals+events
"$cardsim" "$@" -o complete || fail "the run itself fails"
all_faults none "$@" -o results
end

begin "the same over earlier results"
"$cardsim" "$@" -s simulation.seed=7 -o earlier || fail "the run itself fails"
all_faults earlier "$@" -o results
end

# A sweep's database is written in place, run by run: after a fault it is resumed, not replaced. Its
# other files are whole or absent at any time, and a manifest stands beside whole tables only.
whole_exports() {
    for path in results/*; do
        file=${path#results/}
        case $file in
        '*' | results.sqlite*) ;;
        *.tmp-*) [ "$kind" = kill ] || [ "$call" = unlink ] || fail "$command_line leaves $file" ;;
        *) cmp -s "$path" "complete/$file" || fail "$command_line leaves half a $file" ;;
        esac
    done
    [ -e results/manifest.json ] || return 0
    for file in rounds.csv devices.csv totals.csv; do
        [ -e results/$file ] || fail "$command_line leaves a manifest without $file"
    done
}

# whole_database: of a sweep that says it is done, the database is sound and has every row.
whole_database() {
    command -v sqlite3 >/dev/null 2>&1 || return 0
    for query in 'PRAGMA integrity_check' 'SELECT * FROM rounds ORDER BY 1, 2, 4, 5' \
        'SELECT * FROM totals ORDER BY 1, 2' 'SELECT * FROM param ORDER BY 1, 2'; do
        sqlite3 results/results.sqlite "$query" >found 2>&1
        sqlite3 complete/results.sqlite "$query" >wanted
        cmp -s found wanted || fail "$command_line ends in 0 with another database: $query"
    done
}

begin "a sweep whose every call fails in turn, then resumed"
rm -rf results complete
set -- sweep "$letter" -q -j 2 -s simulation.rounds=3 -s simulation.replications=2 \
    -s output.record=rounds+devices+totals -s policy.weight=0.1,0.5,0.9
"$cardsim" "$@" -o complete || fail "the sweep itself fails"
for fault in write:ENOSPC write:full write:EIO write:EINTR write:short write:kill fsync:EIO \
    fsync:ENOSPC open:EACCES open:ENOSPC open:EINTR close:EIO close:ENOSPC close:EINTR rename:EIO \
    rename:EACCES rename:kill unlink:EACCES truncate:EIO mkdir:ENOSPC any:kill; do
    nth=1 dealt=yes
    while [ -n "$dealt" ]; do
        rm -rf results
        faulty "${fault%:*}" "${fault#*:}" "$nth" "$@" -o results
        whole_exports
        case $code in
        0) [ -z "$dealt" ] || whole_database ;;
        4)
            [ -s "$here/err" ] || fail "$command_line says nothing"
            [ "$kind" != EINTR ] || fail "$command_line gives up: $(cat "$here/err")"
            ;;
        137) [ "$kind" = kill ] || fail "$command_line was killed" ;;
        *) fail "$command_line ends in $code: $(head -n 3 "$here/err")" ;;
        esac
        [ "$code" -eq 0 ] || "$cardsim" "$@" --resume -o results >out 2>err </dev/null ||
            fail "not resumed after $command_line: $(cat err)"
        for file in rounds.csv devices.csv totals.csv; do
            cmp -s results/$file complete/$file || fail "$command_line ends in $code without $file"
        done
        nth=$((nth + step))
    done
done
end

# What does not fit SQLite's memory goes into files without a name, elsewhere: here the index of the
# rows, which an export needs.
begin "a sweep's export whose temporary files fail, then repeated"
mkdir temporary
in=$here/temporary
SQLITE_TMPDIR=$in
export SQLITE_TMPDIR
rm -rf complete
set -- sweep "$letter" -q -j 2 -s simulation.rounds=1500 -s output.record=rounds+devices+totals \
    -s policy.weight=0.1,0.5,0.9
"$cardsim" "$@" -o complete || fail "the sweep itself fails"
for fault in write:full:1 write:EIO:3 write:EINTR:1; do
    rm -rf results
    cp -r complete results
    rm results/*.csv results/manifest.json
    kind=${fault#*:}
    faulty write "${kind%:*}" "${kind#*:}" "$@" --resume -o results
    whole_exports
    [ -n "$dealt" ] || fail "$command_line: no fault was dealt"
    case $code in
    0) ;;
    4) [ "$kind" != EINTR ] && [ -s "$here/err" ] || fail "$command_line: $(cat "$here/err")" ;;
    *) fail "$command_line ends in $code: $(head -n 3 "$here/err")" ;;
    esac
    [ "$code" -eq 0 ] || "$cardsim" "$@" --resume -o results >out 2>err </dev/null ||
        fail "not resumed after $command_line: $(cat err)"
    for file in rounds.csv devices.csv totals.csv manifest.json; do
        cmp -s results/$file complete/$file || fail "$command_line ends in $code without $file"
    done
done
[ -z "$(ls temporary)" ] || fail "left in the temporary directory: $(ls temporary)"
end

printf 'figure: faults injected = %d\n' "$injected"
finish
