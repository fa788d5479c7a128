#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --shard: which part of a sweep a process takes, by hand and as engines tell it in the environment,
# and where its results go. Runs are numbered from 1; shard I of N takes those with (k-1) mod N = I.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_STEP \
    SLURM_PROCID SLURM_NTASKS OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE
cat >study.ini <<END
[scenario]
extends = $srcdir/scenarios/letter.ini
[simulation]
rounds = 1
replications = 1
[output]
record = totals
[sweep]
policy.weight = 0.1 .. 0.7 step 0.1
END

# runs DIR EXPECTED: the numbers of the runs whose results DIR holds.
runs() {
    found=$(sed 1d "$1/totals.csv" | cut -d, -f1 | tr '\n' ' ')
    [ "$found" = "$2 " ] || fail "$1 holds the runs $found, not $2"
}

begin "by hand"
try 0 sweep study.ini -q --shard 0/3 -o first
runs first "1 4 7"
try 0 sweep study.ini -q --shard 2/3 -o third
runs third "3 6"
try 0 sweep study.ini -q --shard 1/3
runs results/study.shards-3/1 "2 5"
end

# engine DIR NAME=VALUE...: --shard auto in such an environment.
engine() {
    directory=$1
    shift
    command_line="cardsim sweep --shard auto with $*"
    env "$@" "$cardsim" sweep study.ini -q --shard auto -o "$directory" >"$top/out" 2>"$top/err" </dev/null ||
        fail "$command_line: $(cat "$top/err")"
}

begin "a task of a Slurm array, which may begin and step as it likes"
engine array SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=3
runs array.shards-3/1 "2 5"
engine array SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_COUNT=3 \
    SLURM_ARRAY_TASK_STEP=2
runs array.shards-3/2 "3 6"
end

begin "a task of a Slurm step; an array goes first"
engine step SLURM_PROCID=0 SLURM_NTASKS=2
runs step.shards-2/0 "1 3 5 7"
engine both SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 \
    SLURM_ARRAY_TASK_COUNT=2
runs both.shards-2/1 "2 4 6"
end

begin "a rank of Open MPI"
engine rank OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4
runs rank.shards-4/3 "4"
end

begin "tasks of Grid Engine and LSF, a rank by PMI"
engine sge SGE_TASK_ID=7 SGE_TASK_FIRST=1 SGE_TASK_LAST=9 SGE_TASK_STEPSIZE=3
runs sge.shards-3/2 "3 6"
engine lsf LSB_JOBINDEX=2 LSB_JOBINDEX_END=3
runs lsf.shards-3/1 "2 5"
engine pmi PMI_RANK=3 PMI_SIZE=4
runs pmi.shards-4/3 "4"
end

begin "an array that does not tell its size is told it: PBS, from 0 or from 1"
for index in 0 1 2 3; do
    env PBS_ARRAY_INDEX=$index "$cardsim" sweep study.ini -q --shard auto/3 -o "pbs$index" ||
        fail "index $index"
done
runs pbs0.shards-3/0 "1 4 7"
runs pbs1.shards-3/1 "2 5"
runs pbs3.shards-3/0 "1 4 7"
env PBS_ARRAYID=2 "$cardsim" sweep study.ini -q --shard auto/3 -o torque || fail "Torque"
runs torque.shards-3/2 "3 6"
end

# refused NAME=VALUE...: what the environment says makes no shard.
refused() {
    command_line="cardsim sweep --shard auto with $*"
    env "$@" "$cardsim" sweep study.ini -q --shard auto -o none >"$top/out" 2>"$top/err" </dev/null
    code=$?
    [ "$code" -eq 2 ] || fail "$command_line ended in $code"
    says "name the shard"
}

begin "an environment that makes no sense is refused"
refused NOTHING=1
refused SLURM_ARRAY_TASK_ID=1
refused SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=2 SLURM_ARRAY_TASK_COUNT=2
refused SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_STEP=2
refused SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_STEP=0
refused SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=two
refused SLURM_PROCID=1
refused SLURM_PROCID=2 SLURM_NTASKS=2
refused OMPI_COMM_WORLD_RANK=1
refused SGE_TASK_ID=undefined
refused SGE_TASK_ID=9 SGE_TASK_FIRST=1 SGE_TASK_LAST=8 SGE_TASK_STEPSIZE=1
refused LSB_JOBINDEX=0 LSB_JOBINDEX_END=0
refused PBS_ARRAY_INDEX=1
refused PMI_RANK=1
refused OMPI_COMM_WORLD_RANK=-1 OMPI_COMM_WORLD_SIZE=2
end

begin "what is no shard"
for shard in auto/0 auto/x auto/; do
    try 2 sweep study.ini -q --shard="$shard" -o none
    says "name the shard"
done
for shard in 3/3 -1/3 1 1/ /3 a/3 1/b 0/0 1/3/5; do
    try 2 sweep study.ini -q --shard="$shard" -o none
    says "a shard is I/N"
done
[ ! -e none ] && [ ! -e none.shards-3 ] || fail "results were made"
end

finish
