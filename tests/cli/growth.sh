#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Nothing grows faster than what it reads: four times as many lines, groups, devices, rounds, values of
# an axis or misspelt keys cost about four times the instructions, by callgrind's count.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini

# count ARGUMENT...: instructions of the command, in $n.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$cardsim" "$@" >"$top/out" 2>"$top/err" </dev/null
    n=$(sed -n 's/.*Collected *: *\([0-9]*\).*/\1/p' "$top/err")
    [ -n "$n" ] || fail "nothing was counted: $(tail -n 3 "$top/err")"
}

# grows WHAT MAKE N COMMAND...: with MAKE giving small.ini for N things, five times N cost, above what
# N cost, no more than 1.3 times four times what N to 2 N cost.
grows() {
    what=$1 make=$2 size=$3
    shift 3
    command_line="cardsim $* with $what"
    for times in 1 2 5; do
        "$make" $((size * times)) >small.ini
        count "$@"
        eval "cost_$times=\${n:-0}"
    done
    one=$((cost_2 - cost_1)) three=$((cost_5 - cost_2))
    [ "$one" -gt 0 ] || fail "$what: no growth at all: $cost_1, $cost_2"
    [ "$three" -le $((3 * one * 13 / 10)) ] ||
        fail "$what: $size cost $one more, three times as many $three"
}

lines() { cat "$letter"; awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "# a line " i }'; }
groups() {
    awk -v n="$1" 'BEGIN { print "[model]\nlayers = 1\n[device t]\ncount = 0\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m"
        for (i = 0; i < n; i++) printf "[device g%d]\ninherits = t\n", i }'
}
devices() {
    printf '[simulation]\nrounds = 1\nreplications = 1\nschedule = parallel\n[server]\ngpus = unlimited\n'
    printf '[model]\nlayers = 2\n[device d]\ncount = %d\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n' "$1"
}
rounds() {
    printf '[simulation]\nrounds = %d\nreplications = 1\n' "$1"
    printf '[model]\nlayers = 2\n[device d]\ncount = 3\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n'
}
values() {
    groups 2
    awk -v n="$1" 'BEGIN { printf "[sweep]\nsimulation.seed = 1"; for (i = 2; i <= n; i++) printf ", %d", i; print "" }'
}
misspelt() { awk -v n="$1" 'BEGIN { print "[device a]"; for (i = 0; i < n; i++) printf "frequenzy%d = 1 GHz\n", i }'; }

if ! command -v valgrind >/dev/null 2>&1 || nm "$cardsim" 2>/dev/null | grep -q __asan_init; then
    begin "growth" && skip "no valgrind, or a sanitizer's build" && end && finish
fi

for subject in "lines 500 check" "groups 50 check" "devices 100 run" "rounds 20 run" "values 50 plan" \
    "misspelt 20 check"; do
    # shellcheck disable=SC2086
    set -- $subject
    begin "$1 cost in proportion"
    grows "$1" "$1" "$2" "$3" small.ini -q
    end
done

finish
