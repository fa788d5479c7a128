#!/bin/sh
# a sweep on Slurm, GNU parallel and Open MPI, all on this machine: the bytes of one machine
# SPDX-License-Identifier: GPL-3.0-or-later
# The engines are installed (as root, on Debian) where they are missing. What cannot start here is
# skipped, and why is said. Slurm and munge have their files and sockets in a directory of their own.
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim || exit 1
cardsim=$(pwd -P)/cardsim
CARDSIM_DATADIR=$top
export CARDSIM_DATADIR
failed=0
complain() { echo "FAIL $*"; failed=$((failed + 1)); }
skip() { echo "figure: $1 = skipped: $2"; }

install() { # COMMAND PACKAGE...
    command=$1
    shift
    command -v "$command" >/dev/null 2>&1 && return
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -y "$@" >apt.log 2>&1
    command -v "$command" >/dev/null 2>&1
}

rm -rf "$(pwd -P)/../work" && mkdir ../work && cd ../work || exit 1
cat >study.ini <<END
[scenario]
extends = $top/scenarios/letter.ini
[simulation]
rounds = 20
replications = 4
[output]
record = rounds+devices+totals
[sweep]
radio.path-loss-exponent = 2 .. 6 step 0.5
policy.name = card, server-only, device-only, random
END
"$cardsim" sweep study.ini -q -o one || exit 1

# same NAME DIR: DIR's exports are those of the one machine.
same() {
    for file in rounds.csv devices.csv totals.csv manifest.json; do
        cmp "one/$file" "$2/$file" || { complain "$1: $file differs"; return; }
    done
    echo "figure: $1 = the bytes of one machine"
}

# --- GNU parallel --------------------------------------------------------------------------------

if install parallel parallel && parallel --version 2>/dev/null | grep -q 'GNU parallel'; then
    "$cardsim" plan study.ini --emit parallel --shards 5 -o "it's {} par" >parallel.sh || complain plan
    timeout 300 sh parallel.sh --jobs 2 >parallel.log 2>&1 || complain "parallel: $(tail -n 3 parallel.log)"
    [ "$(wc -l <"it's {} par.shards-5/joblog")" -eq 6 ] || complain "parallel: the joblog"
    same "GNU parallel, 5 shards" "it's {} par"
    # Killed in its middle, then run again.
    "$cardsim" plan study.ini --emit parallel --shards 3 -o again -s simulation.rounds=2000 \
        -s output.record=totals >again.sh || complain plan
    timeout -s TERM 1 sh again.sh >again.log 2>&1 && complain "parallel: done before it could be ended"
    sleep 2 # the shards save what they have
    timeout 300 sh again.sh >again.log 2>&1 || complain "parallel, again: $(tail -n 3 again.log)"
    "$cardsim" sweep study.ini -q -o long -s simulation.rounds=2000 -s output.record=totals
    cmp long/totals.csv again/totals.csv && echo "figure: GNU parallel, ended and run again = the bytes of one machine" ||
        complain "parallel, ended and run again"
else
    skip "GNU parallel" "it is not installed"
fi

# --- Open MPI ------------------------------------------------------------------------------------

if install mpirun openmpi-bin; then
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 timeout 300 \
        mpirun --oversubscribe -n 2 "$cardsim" sweep study.ini -q -j 1 -o mpi --shard auto \
        >mpi.log 2>&1 || complain "mpirun: $(tail -n 5 mpi.log)"
    "$cardsim" merge -q mpi.shards-2/0 mpi.shards-2/1 -o mpi || complain "merge of mpirun's"
    same "mpirun -n 2" mpi
else
    skip "mpirun" "Open MPI is not installed"
fi

# --- Slurm ---------------------------------------------------------------------------------------

daemons=
slurm=$(mktemp -d /tmp/cardsim-slurm-XXXXXX)
stop() {
    for pid in $daemons; do kill "$pid" 2>/dev/null; done
    for pid in $daemons; do wait "$pid" 2>/dev/null; done
    rm -rf "$slurm"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

start() { # NAME COMMAND...
    name=$1
    shift
    "$@" >"$slurm/$name.out" 2>&1 &
    daemons="$! $daemons"
}

# until WHAT COMMAND...: at most 30 s.
until_true() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 60 ] || return 1
        sleep 0.5
    done
}

node_is_up() { sinfo -h -o %T | grep -q idle; }
no_jobs() { [ -z "$(squeue -h 2>&1)" ]; }

start_slurm() {
    reason="the daemons have to be started by root"
    [ "$(id -u)" = 0 ] || return 1
    reason="slurmctld, slurmd and munged are not installed"
    install slurmctld slurm-wlm munge && install slurmd slurm-wlm && install munged munge || return 1
    chmod 755 "$slurm"
    mkdir "$slurm/munge" "$slurm/state" "$slurm/spool"
    head -c 1024 /dev/urandom >"$slurm/munge/key"
    chmod 700 "$slurm/munge" && chmod 400 "$slurm/munge/key"
    mkdir "$slurm/socket" && chmod 755 "$slurm/socket"
    start munged munged --foreground --force --key-file="$slurm/munge/key" \
        --socket="$slurm/socket/munge" --pid-file="$slurm/socket/pid" \
        --log-file="$slurm/munge/log" --seed-file="$slurm/munge/seed"
    reason="munged does not answer"
    until_true munge -n -S "$slurm/socket/munge" || return 1
    host=$(hostname -s)
    cat >"$slurm/slurm.conf" <<END
ClusterName=cardsim
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$slurm/socket/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=5
SchedulerParameters=batch_sched_delay=0,sched_interval=5
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    # Nothing is to be controlled by groups; Slurm 22.05 wants one of its plugins all the same.
    plugin=disabled
    grep -q ' cgroup ' /proc/mounts && slurmd -V | grep -q ' 22\.' && plugin=cgroup/v1
    echo "CgroupPlugin=$plugin" >"$slurm/cgroup.conf"
    SLURM_CONF=$slurm/slurm.conf
    export SLURM_CONF
    start slurmctld slurmctld -D -c
    start slurmd slurmd -D
    reason="no node comes up: $(tail -n 2 "$slurm"/slurm*.out | tr '\n' ' ')"
    until_true node_is_up || {
        reason="no node comes up: $(tail -n 2 "$slurm"/slurm*.out | tr '\n' ' ')"
        return 1
    }
}

if start_slurm; then
    "$cardsim" plan study.ini --emit slurm --shards 3 -o "it's %j slurm" >slurm.sh || complain plan
    sh slurm.sh || complain "the script for Slurm"
    until_true no_jobs || complain "jobs are left: $(squeue)"
    same "Slurm, an array of 3 and its merge" "it's %j slurm"

    # Requeued in the middle of its work.
    "$cardsim" plan study.ini --emit slurm --shards 2 -o requeued -s simulation.rounds=20000 \
        -s output.record=totals >requeue.sh || complain plan
    sh requeue.sh || complain "the script for Slurm"
    until_true test -s requeued.shards-2/0/results.sqlite-wal || complain "no shard has begun"
    sleep 1
    job=$(squeue -h -r -t running -o %i | head -n 1)
    echo "requeue of $job"
    scontrol requeue "$job" || complain "requeue"
    scontrol show job "$job" | grep -o 'Restarts=[0-9]*'
    tries=0
    while ! no_jobs && [ $tries -lt 300 ]; do
        tries=$((tries + 1))
        squeue -h -r -o %i,%T,%r | grep -q BeginTime && scontrol update job "$job" starttime=now
        sleep 1
    done
    cat requeued.shards-2/*.log | grep -E 'interrupted|there already'
    "$cardsim" sweep study.ini -q -o longer -s simulation.rounds=20000 -s output.record=totals
    cmp longer/totals.csv requeued/totals.csv &&
        echo "figure: Slurm, a shard requeued while it runs = the bytes of one machine" ||
        complain "Slurm, requeued"

    # --shard auto: an array that does not count from 0, and the tasks of a step.
    sbatch --array=3-7:2 --output=/dev/null \
        --wrap "exec '$cardsim' sweep study.ini -q -j 1 -o array --shard auto" || complain "sbatch"
    until_true no_jobs || complain "jobs are left: $(squeue)"
    "$cardsim" merge -q array.shards-3/0 array.shards-3/1 array.shards-3/2 -o array || complain merge
    same "Slurm, --shard auto in an array 3-7:2" array
    srun -n "$(nproc)" "$cardsim" sweep study.ini -q -j 1 -o step --shard auto || complain "srun"
    "$cardsim" merge -q "step.shards-$(nproc)"/* -o step || complain merge
    same "Slurm, --shard auto in a step" step
else
    skip "Slurm" "$reason"
fi

[ "$failed" -eq 0 ]
