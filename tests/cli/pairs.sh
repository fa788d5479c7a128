#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two commands that work in one directory at the same time: one wins whole, the other refuses or
# finds an earlier result and goes its way; nothing is mixed.
#
#   CS_PAIRS=N: so many pairs (default 12; tools/check-long pairs 200)
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

pairs=${CS_PAIRS:-12}
letter=$srcdir/scenarios/letter.ini
few="-q -s simulation.rounds=40 -s simulation.replications=2 -s output.record=rounds+devices+totals"
tables="rounds.csv devices.csv totals.csv manifest.json"

# What each of them gives alone.
# shellcheck disable=SC2086
for seed in 1 2; do
    "$cardsim" run "$letter" $few -s simulation.seed=$seed -o run-$seed &&
        "$cardsim" sweep "$letter" $few -s policy.weight=0.2,0.8 -s simulation.seed=$seed -o sweep-$seed || exit 1
    for shard in 0 1; do
        "$cardsim" sweep "$letter" $few -s policy.weight=0.2,0.8 -s simulation.seed=$seed \
            --shard $shard/2 -o shard-$seed-$shard || exit 1
    done
    cp -r sweep-$seed merge-$seed
done

# start KIND SEED: works in ./shared, in the background; its exit code goes to ./code-KIND-SEED-N.
start() {
    # shellcheck disable=SC2086
    case $1 in
    run) set -- "$1" "$2" run "$letter" $few -s simulation.seed="$2" -o shared ;;
    sweep) set -- "$1" "$2" sweep "$letter" $few -s policy.weight=0.2,0.8 -s simulation.seed="$2" -o shared ;;
    merge) set -- "$1" "$2" merge "shard-$2-0" "shard-$2-1" -q -o shared ;;
    esac
    task=$1-$2-$side
    shift 2
    { "$cardsim" "$@" >"out-$task" 2>"err-$task" </dev/null; echo $? >"code-$task"; } &
}

# is_of KIND SEED: ./shared is, byte for byte, what that one gives alone.
is_of() {
    for table in $tables; do cmp -s "shared/$table" "$1-$2/$table" || return 1; done
}

begin "of two at once one wins whole"
won=0 refused=0 i=0
for second in $(awk -v n="$pairs" 'BEGIN { for (i = 0; i < n; i++) print i }'); do
    i=$second
    one=$(echo run sweep merge | cut -d' ' -f$((i % 3 + 1)))
    other=$(echo run sweep merge | cut -d' ' -f$((i / 3 % 3 + 1)))
    rm -rf shared code-* err-* out-*
    # Into nothing, or over earlier results of a run.
    [ $((i % 2)) -eq 0 ] || [ "$one$other" != runrun ] || cp -r run-1 shared
    side=a && start "$one" 1
    side=b && start "$other" 2
    wait
    a=$(cat "code-$one-1-a") b=$(cat "code-$other-2-b")
    command_line="$one and $other, pair $i"
    case $a:$b in
    0:0) [ "$one$other" = runrun ] || fail "$command_line: both say that they are done" ;;
    0:4 | 4:0) refused=$((refused + 1)) ;;
    *) fail "$command_line: end in $a and $b: $(cat err-*)" ;;
    esac
    for pair in "$a $one 1" "$b $other 2"; do
        # shellcheck disable=SC2086
        set -- $pair
        [ "$1" -ne 0 ] || ! is_of "$2" "$3" || winner="$2 $3"
    done
    # shellcheck disable=SC2086
    if [ -n "${winner:-}" ] && is_of $winner; then won=$((won + 1)); else fail "$command_line: mixed: $(ls shared)"; fi
    for left in shared/*.tmp-*; do [ ! -e "$left" ] || fail "$command_line leaves $left"; done
    winner=
done
end

printf 'figure: pairs at once in one directory = %d, of which one won whole in %d and the other refused in %d\n' \
    "$pairs" "$won" "$refused"
finish
