#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Mutation check of the tests: applies the faults of tests/mutants/list one at a time to a copy of
# the sources, builds it and runs a fast subset of the unit tests until one of them fails.
#
#   tests/mutants/mutants.sh [-j WORKERS] [-d DIRECTORY] [FIRST [LAST]]
#
# DIRECTORY (a new one under TMPDIR by default) keeps verdicts: a second call goes on where the first
# ended, as long as the sources, the tests and the list are the same. A fault whose text is not
# exactly once in its file is stale and fails the check. Exit 0 where at least 95 % are caught.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
list=$top/tests/mutants/list
workers=2 directory=
while getopts j:d: option; do
    case $option in
    j) workers=$OPTARG ;;
    d) directory=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
first=${1:-1}
last=${2:-$(grep -vc '^#' "$list")}
[ -n "$directory" ] || directory=$(mktemp -d "${TMPDIR:-/tmp}/cardsim-mutants-XXXXXX")
mkdir -p "$directory/verdicts"
# The fast ones with the widest view first, then the layer's own, then all others.
all_tests="energy/check-energy llm/check-llm channel/check-channel
    transfer/check-transfer base/check-base radio/check-radio des/check-des resource/check-resource
    surroundings/check-surroundings fair/check-fair shared/check-shared doppler/check-doppler memory/check-memory load/check-load variants/check-variants
    server/check-server output/check-output headline/check-headline policy/check-policy
    learning/check-learning data/check-data course/check-course pretrain/check-pretrain"
tests_for() {
    own=$(printf '%s\n' "$1" | sed -n 's,^src/\([a-z]*\)/.*,\1,p')
    # That of the file's own name, where it has one, before all.
    file=$(basename "$1" .c)
    case $file in
    channel-trace | trace-time | mobility | retransmission) file=channel ;;
    esac
    if [ "$own" = learning ]; then # it knows no simulation, and none of the others knows it
        for name in learning data course pretrain; do echo "tests/unit/check-$name"; done
        return
    fi
    [ "$file" != "$own" ] && [ -f "$pristine/tests/unit/check-$file.c" ] && echo "tests/unit/check-$file"
    printf 'tests/property/check-property\ntests/unit/check-sim\n'
    [ "$own" = sim ] || printf 'tests/unit/check-%s\n' "$own"
    for entry in $all_tests; do
        name=${entry#*/}
        if [ "$name" != "check-$own" ] && [ -f "$pristine/tests/unit/$name.c" ]; then
            printf 'tests/unit/%s\n' "$name"
        fi
    done
}

# What is judged is a copy, so that work on the tree meanwhile does no harm.
pristine=$directory/pristine

# replace FILE OLD NEW: FILE with its one OLD replaced, on stdout; 1 where it is not there once.
replace() {
    OLD=$2 NEW=$3 awk '
        BEGIN { old = ENVIRON["OLD"]; new = ENVIRON["NEW"]
                gsub(/\\n/, "\n", old); gsub(/\\n/, "\n", new) }
        { text = text $0 "\n" }
        END { at = index(text, old)
              if (!at || index(substr(text, at + 1), old)) exit 1
              printf "%s", substr(text, 1, at - 1) new substr(text, at + length(old)) }' "$1"
}

stamp=$(cd "$top" && find src tests/unit tests/property tests/mutants -type f | sort | xargs cat | cksum)
if [ "$(cat "$directory/stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "$directory/verdicts" "$directory"/worker-* "$pristine"
    mkdir -p "$directory/verdicts" "$pristine"
    (cd "$top" && tar -cf - --exclude=./build --exclude=./build-long --exclude=./.git .) |
        (cd "$pristine" && tar -xf -)
    printf '%s\n' "$stamp" >"$directory/stamp"
fi

# prepare WORKER: a tree of its own, built once.
prepare() {
    tree=$directory/worker-$1
    [ -f "$tree/ready" ] && return 0
    rm -rf "$tree"
    if [ -f "$directory/worker-1/ready" ]; then
        cp -a "$directory/worker-1" "$tree"
        return
    fi
    cp -a "$pristine" "$tree"
    mkdir -p "$tree/build"
    (cd "$tree/build" && ../configure -q CFLAGS=-O1 && make -s build-identity.h && make -s -j"$workers" libcardsim.a \
        $(tests_for src/base/x)) >"$tree/log" 2>&1 || {
        tail -n 20 "$tree/log"
        return 1
    }
    touch "$tree/ready"
}

# judge WORKER NUMBER NAME FILE OLD NEW: the verdict of one fault.
judge() {
    tree=$directory/worker-$1 verdict=$directory/verdicts/$2
    [ -s "$verdict" ] && return 0
    if ! replace "$pristine/$4" "$5" "$6" >"$tree/mutant"; then
        printf 'stale\t%s\t%s\n' "$3" "$4" >"$verdict"
        return 0
    fi
    cp "$tree/mutant" "$tree/$4"
    result="survived"
    for program in $(tests_for "$4"); do
        if ! (cd "$tree/build" && make -s "$program") >"$tree/log" 2>&1; then
            result="stale (does not build)"
            break
        fi
        if ! (cd "$tree/build" && CK_FORK=no CS_TEST_SRCDIR=$pristine \
            CARDSIM_DATADIR=$pristine CS_TEST_BUILDDIR=$tree/build timeout 60 "$program") >"$tree/log" 2>&1; then
            result="caught	${program##*/}"
            break
        fi
    done
    printf '%s\t%s\t%s\n' "$result" "$3" "$4" >"$verdict"
    cp "$pristine/$4" "$tree/$4"
    printf '%s: %s\n' "$2 $3" "$result"
}

prepare 1 || exit 1
worker=1
while [ "$worker" -le "$workers" ]; do
    prepare "$worker"
    worker=$((worker + 1))
done
# Worker w takes the faults w, w + workers, ...
worker=1
while [ "$worker" -le "$workers" ]; do
    (
        number=0
        tab=$(printf '\t')
        grep -v '^#' "$list" | while IFS="$tab" read -r name file old new; do
            number=$((number + 1))
            [ "$number" -ge "$first" ] && [ "$number" -le "$last" ] || continue
            [ $((number % workers)) -eq $((worker % workers)) ] || continue
            judge "$worker" "$number" "$name" "$file" "$old" "$new"
        done
    ) &
    worker=$((worker + 1))
done
wait

cat "$directory"/verdicts/* >"$directory/summary"
caught=$(grep -c '^caught' "$directory/summary")
stale=$(grep -c '^stale' "$directory/summary")
total=$(wc -l <"$directory/summary")
grep -v '^caught' "$directory/summary"
printf 'figure: mutants caught = %s of %s\n' "$caught" "$total"
[ "$stale" -eq 0 ] && [ $((caught * 100)) -ge $((total * 95)) ]
