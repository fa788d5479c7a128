#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `plan --emit`: whole scripts that run a sweep in shards and give what one machine gives, whatever
# the user's names hold. Slurm is played by a few lines; tests/long/cluster.sh has the real one.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini

cat >small.ini <<END
[scenario]
extends = $letter
[simulation]
rounds = 3
replications = 2
[output]
record = rounds+devices+totals
[sweep]
radio.path-loss-exponent = 2 .. 6 step 1
policy.name = card, server-only
END

# Engines: each runs its jobs at once, one after the other.
mkdir bin
cat >bin/sbatch <<'END'
#!/bin/sh
# Plays Slurm: the last argument is the script; what came before is kept to be looked at.
printf '%s\n' "$@" >>"$CS_TEST_CALLS"
for script; do :; done
last=$(sed -n 's/^#SBATCH --array=0-//p' "$script")
if [ -z "$last" ]; then
    sh "$script"
    echo 8
    exit
fi
i=0
while [ "$i" -le "$last" ]; do
    SLURM_ARRAY_TASK_ID=$i sh "$script" || exit
    i=$((i + 1))
done
echo "7;cluster"
END
cat >bin/parallel <<'END'
#!/bin/sh
# Plays GNU parallel.
[ "$1" != --version ] || { echo 'GNU parallel, played'; exit; }
printf '%s\n' "$@" >>"$CS_TEST_CALLS"
while [ "$1" != sh ]; do shift; done
while read -r i; do "$@" "$i" || exit; done
END
chmod +x bin/*
CS_TEST_CALLS=$top/calls
export CS_TEST_CALLS

same_exports() {
    for file in rounds.csv devices.csv totals.csv manifest.json; do
        cmp -s "$1/$file" "$2/$file" || fail "$1/$file and $2/$file differ, or are not there"
    done
}

# by_script ENGINE ARGUMENT...: writes the script, reads it with the shell, runs it.
by_script() {
    engine=$1
    shift
    try 0 plan --emit "$engine" "$@"
    cp "$top/out" "$top/script"
    sh -n "$top/script" || fail "the shell does not read the script"
    if command -v shellcheck >/dev/null 2>&1; then
        shellcheck -S warning "$top/script" || fail "shellcheck complains of the script"
    fi
    : >"$CS_TEST_CALLS"
    command_line="the script for $engine"
    PATH=$work/bin:$PATH sh "$top/script" --extra >"$top/out" 2>"$top/err" </dev/null ||
        fail "the script ended in $?: $(head -n 3 "$top/err")"
}

begin "Slurm: an array, and a merge that depends on it"
try 0 sweep small.ini -q -o one
by_script slurm small.ini -o slurm --shards 3 -j 2
prints "job 7" "job 8" "slurm.shards-3"
contains "$CS_TEST_CALLS" "--dependency=afterany:7"
contains "$CS_TEST_CALLS" "--extra"
contains "$top/script" "#SBATCH --array=0-2"
contains "$top/script" "#SBATCH --cpus-per-task=2"
contains "$top/script" "#SBATCH --requeue"
grep -q '^#SBATCH --time=0-00:1[0-9]:00$' "$top/script" || fail "the limit is $(grep time "$top/script")"
contains slurm.shards-3/1.log "3 runs"
same_exports one slurm
end

begin "a script run again finds everything done"
PATH=$work/bin:$PATH sh "$top/script" >"$top/out" 2>"$top/err" || fail "it ended in $?"
contains slurm.shards-3/1.log "3 of 3 runs were there already"
same_exports one slurm
end

begin "GNU parallel: a joblog, and the merge"
by_script parallel small.ini -o parallel --shards 4
contains "$CS_TEST_CALLS" "--joblog"
says "10 runs from 4 directories"
same_exports one parallel
end

begin "no more shards than replications; by default at least four"
try 0 plan small.ini --emit slurm --shards 1000
prints "#SBATCH --array=0-19"
try 0 plan small.ini --emit slurm
prints "#SBATCH --array=0-3" "results/small.shards-4"
end

begin "one run in seven shards, by a script"
try 0 sweep small.ini -q -s radio.path-loss-exponent=3 -s policy.name=card -s simulation.replications=9 -o single
by_script slurm small.ini -s radio.path-loss-exponent=3 -s policy.name=card -s simulation.replications=9 \
    -o portions --shards 7
same_exports single portions
end

begin "a shard that has not even begun keeps the merge away"
cat >bin/cardsim <<END
#!/bin/sh
case "\$*" in *--shard=1/*) exit 1 ;; esac
exec "$cardsim" "\$@"
END
chmod +x bin/cardsim
try 0 plan small.ini --emit parallel -o failing --shards 3
sed "s,'$cardsim','$work/bin/cardsim'," "$top/out" >"$top/script"
PATH=$work/bin:$PATH sh "$top/script" >"$top/out" 2>"$top/err"
[ $? -ne 0 ] || fail "it ended in 0"
says "run this script again"
[ ! -e failing ] || fail "it was merged"
end

begin "names and values that look like shell, directives or replacement strings stay what they are"
newline='
'
here="a 'b' \"c\" \$(touch $top/hit) \`touch $top/hit\` ;& {} {= system(q(touch $top/hit)) =} {1} %j #x${newline}END_OF_SCRIPT${newline}touch $top/hit${newline}#SBATCH --wrap=x \\"
mkdir -p "$here" && cd "$here" || fail "cannot make the directory"
mkdir -p "$here" # for -I
cp "$work/small.ini" ./-s.ini
cp "$work/small.ini" "it's {} \$HOME.ini"
title="-it's \$(touch $top/hit) {= 1 =} {} \`x\`;|&<>%A"
try 0 sweep -q -o plain -s "scenario.title=$title" -- -s.ini
for engine in slurm parallel; do
    by_script $engine --output="-$here" --shards 2 -s "scenario.title=$title" -I "$here" -- -s.ini
    same_exports plain "./-$here"
    rm -rf "./-$here" "./-$here.shards-2"
    by_script $engine --shards 2 -s "scenario.title=$title" "it's {} \$HOME.ini"
    same_exports plain "results/it's {} \$HOME"
    rm -rf results
done
cd "$work" || exit 1
[ ! -e "$top/hit" ] || fail "something of it was run"
end

begin "what plan refuses"
try 2 plan small.ini --emit pbs
says "slurm and parallel"
try 2 plan small.ini --emit slurm --shards 0
says "whole number from 1"
try 2 plan small.ini -o out
says "--emit"
try 3 plan small.ini --emit slurm -s policy.name=nobody
prints_nothing
try 1 plan "$letter" --emit slurm -s radio.bandwidth=1Hz -s radio.path-loss-exponent=10 -s simulation.rounds=100000
prints_nothing
end

finish
