#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# [learning]: a network trained along with the simulation: what losses.csv holds, that it is always
# the same, what ends a run, what is learned once, and what reports say of runs that do not reach
# their target.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"
model=$srcdir/tests/data/learning/small/model

# 6000 tokens 1..12 in which each follows from the one before it in 4 of 5 cases, so that there is
# something to learn: a linear congruential generator decides.
LC_ALL=C awk 'BEGIN {
    for (x = i = 0; i < 6000; i++) {
        s = (s * 1103515245 + 12345) % 2147483648
        x = int(s / 65536) % 5 ? x % 12 + 1 : int(s / 131072) % 12 + 1
        printf "%c", x
    }
}' >data.txt

cat >base.ini <<END
[simulation]
rounds = 6
replications = 3
[training]
local-epochs = 2
lora-rank = 2
[learning]
network = $model
data = data.txt
sequence-length = 12
batch = 2
lora-rank = 2
server-rate = 0.3
device-rate = 0.3
[device near]
frequency = 1.3 GHz
cores = 2048
distance = 8 m
power-coefficient = 1e-26 W/Hz^3
[device far]
count = 2
frequency = 0.7 GHz
cores = 1024
distance = 25 m
power-coefficient = 1e-26 W/Hz^3
END

# field FILE COLUMN: that column without its head
field() { awk -F, -v want="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == want) c = i } NR > 1 { print $c }' "$1"; }

begin "losses.csv: a row for each round, one before the first, cumulative, without the head's names in doubt"
try 0 run base.ini -q -o one -j 1
[ "$(head -n 1 one/losses.csv)" = \
    "run,replication,round,participants,lost,end_s,server_energy_j,device_energy_j,radio_energy_j,air_bit,train_loss,test_loss" ] ||
    fail "$(head -n 1 one/losses.csv)"
[ "$(field one/losses.csv round | tr '\n' ' ')" = "0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1 2 3 4 5 6 " ] ||
    fail "rounds: $(field one/losses.csv round | tr '\n' ' ')"
[ "$(sed -n 2p one/losses.csv | cut -d, -f 1-11)" = "1,1,0,0,0,0,0,0,0,0," ] || fail "$(sed -n 2p one/losses.csv)"
# LoRA's B is zero at first: whatever A was drawn, the network is the one that was given.
[ "$(awk -F, '$3 == 0 { print $12 }' one/losses.csv | sort -u | wc -l)" -eq 1 ] ||
    fail "the loss before training differs between replications"
awk -F, '$3 == 0 { first = $12 } $3 == 6 && !($12 < first) { bad = 1 } END { exit bad }' one/losses.csv ||
    fail "nothing was learned: $(cat one/losses.csv)"
end

begin "energies at the last round are those of totals.csv, bits those of the profile"
field one/losses.csv server_energy_j | awk 'NR % 7 == 0' >a
field one/totals.csv server_energy_total_j >b
cmp -s a b || fail "server energy: $(cat a b)"
field one/losses.csv device_energy_j | awk 'NR % 7 == 0' >a
field one/totals.csv device_energy_total_j >b
cmp -s a b || fail "device energy: $(cat a b)"
field one/losses.csv radio_energy_j | awk 'NR % 7 == 0' >a
field one/totals.csv radio_energy_total_j >b
cmp -s a b || fail "radio energy: $(cat a b)"
field one/losses.csv end_s | awk 'NR % 7 == 0' >a
field one/totals.csv makespan_s >b
cmp -s a b || fail "end: $(cat a b)"
# 3 devices, 6 rounds: up and down adapters, T times smashed data and gradient, phi = .1
try 0 run base.ini -q -o still -s policy.name=static -s policy.cut=4
try 0 profile base.ini --format csv
smashed=$(awk -F, '$1 == 4' "$top/out" | cut -d, -f 6)
adapter=$(awk -F, '$1 == 4' "$top/out" | cut -d, -f 7)
awk -F, -v s="$smashed" -v a="$adapter" '$3 == 6 { want = 18 * 2 * (2 * .1 * s + a); d = $10 / want - 1
    if (d > 1e-12 || d < -1e-12) { print $10, want; exit 1 } }' still/losses.csv || fail "bits"
end

begin "the same bytes for any number of threads"
for jobs in 2 8; do
    try 0 run base.ini -q -o "jobs$jobs" -j $jobs
    cmp -s one/losses.csv "jobs$jobs/losses.csv" || fail "$jobs threads"
done
end

cat >sweep.ini <<END
[scenario]
extends = base.ini
[sweep]
policy.name = card, server-only, device-only
learning.codec = none, 4 bit
END

begin "a sweep, by threads, shards, and carried on after a part"
try 0 sweep sweep.ini -q -j 1 -o swept
try 0 sweep sweep.ini -q -j 8 -o swept8
cmp -s swept/losses.csv swept8/losses.csv || fail "-j 8"
for i in 0 1 2; do try 0 sweep sweep.ini -q --shard $i/3 -o part-$i; done
try 0 merge part-0 part-1 part-2 -o merged
cmp -s swept/losses.csv merged/losses.csv || fail "shards"
"$cardsim" sweep sweep.ini -q -j 1 -s simulation.rounds=60 -o whole >/dev/null 2>&1
"$cardsim" sweep sweep.ini -q -j 1 -s simulation.rounds=60 -o killed >/dev/null 2>&1 &
sleep 0.2
kill -KILL $! 2>/dev/null
wait $! 2>/dev/null
try 0 sweep sweep.ini -q -s simulation.rounds=60 -o killed --resume
cmp -s whole/losses.csv killed/losses.csv || fail "killed and resumed"
end

# within SECONDS COMMAND...: SIGINT, when it is listened to and half a second later, ends it so soon,
# with code 130.
within() {
    limit=$1
    shift
    # A shell without job control starts background jobs with SIGINT ignored; env restores it.
    env --default-signal=INT "$cardsim" "$@" >"$top/out" 2>"$top/err" &
    pid=$!
    tries=0
    # Before it is the program that runs, its parent's handlers are what is caught.
    until { [ "$(cat /proc/$pid/comm 2>/dev/null)" = cardsim ] &&
        grep -qs '^SigCgt:.*[2367abef]$' /proc/$pid/status; } || [ $tries -gt 600 ] || [ ! -e /proc/$pid ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    sleep 0.5
    kill -INT $pid
    asked=$(date +%s%N)
    wait $pid
    code=$?
    waited=$((($(date +%s%N) - asked) / 1000000))
    command_line="cardsim $*"
    [ $code -eq 130 ] || fail "ended in $code: $(head -n 3 "$top/err")"
    [ $waited -le $((limit * 1000)) ] || fail "was deaf for $waited ms"
    says "interrupted by SIGINT"
}

# What is under way would take a minute or more: it is not its own end that comes first.
begin "SIGINT is heard within a mini-batch and within a test, and nothing half is left"
cat >slow.ini <<END
[simulation]
rounds = 2
[training]
lora-rank = 2
[learning]
network = tiny
test-samples = 1
samples = 60000
[device near]
frequency = 1.3 GHz
cores = 2048
distance = 8 m
[sweep]
policy.name = card, server-only
END
within 15 run slow.ini -q -o slow -j 2 -s learning.batch=60000
[ -z "$(ls -A slow)" ] || fail "left: $(ls -A slow)"
within 15 run slow.ini -q -o slow -j 1 -s learning.test-samples=100000
[ -z "$(ls -A slow)" ] || fail "left: $(ls -A slow)"
within 15 sweep slow.ini -q -o slow-sweep -j 2 -s learning.batch=60000
says "0 of 2 runs saved"
[ ! -e slow-sweep/losses.csv ] || fail "there are losses"
cp -r "$srcdir/tests/data/learning/small" folder
chmod -R u+w folder
awk '{ printf "%s", $0; for (i = 0; NR > 1 && i < 40000; i++) printf " %d", i % 3; print "" }' \
    "$srcdir/tests/data/learning/small/batches.csv" >folder/batches.csv
within 15 learn folder -o slow-learn -j 1
[ ! -e slow-learn/losses.csv ] || fail "there are losses"
[ -z "$(ls -A slow-learn/after)" ] || fail "left: $(ls -A slow-learn/after)"
sed 's/\("hidden_size": \)8/\1768/; s/\("head_dim": \)4/\164/; s/\("intermediate_size": \)10/\12048/
    s/\("num_attention_heads": \)2/\112/; s/\("vocab_size": \)13/\1256/' "$model/config.json" >large.json
within 15 pretrain large.json -o large -j 1 --steps 1000
[ ! -e large ] || fail "left: $(ls -A large)"
env --default-signal=INT "$cardsim" sweep sweep.ini -j 2 -s simulation.rounds=60 -o asked >"$top/out" 2>&1 &
pid=$!
sleep 0.3
kill -INT $pid 2>/dev/null
wait $pid
try 0 sweep sweep.ini -q -s simulation.rounds=60 -o asked --resume
cmp -s whole/losses.csv asked/losses.csv || fail "interrupted and resumed"
end

begin "without a codec who cuts where changes nothing that is learned; with one it does"
for run in 1 3 5; do awk -F, -v r=$run '$1 == r { print $2, $3, $11, $12 }' swept/losses.csv >plain-$run; done
cmp -s plain-1 plain-3 && cmp -s plain-1 plain-5 || fail "policies differ in what is learned"
for run in 4 6; do awk -F, -v r=$run '$1 == r { print $2, $3, $11, $12 }' swept/losses.csv >coded-$run; done
cmp -s coded-4 coded-6 && fail "a codec at cut 0 and at cut I teaches the same"
cmp -s plain-3 coded-4 && fail "a codec changes nothing"
end

begin "what is learned once is kept beside the results, checked, and refused where it is another"
if python3 -c 'import sqlite3' 2>/dev/null; then
    cat >query.py <<'END'
import sqlite3, sys
base = sqlite3.connect(sys.argv[1] + "/results.sqlite")
for word in sys.argv[2:]:
    print(base.execute(word).fetchall() or "")
base.commit()
END
    # Three replications of a start and 6 rounds: one way for the three runs without a codec; with
    # one they have a start in common, and ways of their own.
    [ "$(python3 query.py swept 'SELECT count(*) FROM trajectory')" = "[(78,)]" ] ||
        fail "$(python3 query.py swept 'SELECT count(*) FROM trajectory') are kept, not 3 (7 + 1 + 3 x 6)"
    [ "$(python3 query.py swept 'SELECT count(*) FROM losses')" = "[(126,)]" ] || fail "losses"
    cp -r swept spoiled
    python3 query.py spoiled 'DELETE FROM run WHERE run = 1' 'DELETE FROM param WHERE run = 1' \
        'DELETE FROM rounds WHERE run = 1' 'DELETE FROM devices WHERE run = 1' \
        'DELETE FROM totals WHERE run = 1' 'DELETE FROM losses WHERE run = 1' >/dev/null
    cp -r spoiled again
    try 0 sweep sweep.ini -q -o again --resume
    cmp -s swept/losses.csv again/losses.csv || fail "taken from what is kept"
    python3 query.py spoiled 'UPDATE trajectory SET test_loss = test_loss * 1.001' >/dev/null
    try 1 sweep sweep.ini -q -o spoiled --resume
    says "is not what this program computes"
else
    skip "no python3 with sqlite3"
fi
end

begin "one after the other, at once, in clusters"
for schedule in sequential parallel clusters; do
    try 0 run base.ini -q -o $schedule -s simulation.schedule=$schedule -s simulation.cluster-size=2
    field $schedule/losses.csv test_loss >loss-$schedule
done
cmp -s loss-sequential loss-parallel && fail "one after the other and at once teach the same"
cmp -s loss-parallel loss-clusters && fail "at once and in clusters teach the same"
try 0 run base.ini -q -o alone -s simulation.schedule=clusters -s simulation.cluster-size=1
field alone/losses.csv test_loss | cmp -s - loss-sequential || fail "clusters of one are not one after the other"
try 0 run base.ini -q -o federated -s simulation.protocol=federated -s learning.codec=4bit
field federated/losses.csv test_loss | cmp -s - loss-parallel || fail "federated is not the average of all"
end

begin "rounds that are lost teach nothing, and cost"
cat >lossy.ini <<END
[scenario]
extends = base.ini
[simulation]
schedule = parallel
rounds = 12
deadline = 25 s
END
try 0 run lossy.ini -q -o lossy
awk -F, 'NR > 1 && $3 > 0 && $4 + $5 != 3 { exit 1 }' lossy/losses.csv || fail "participants and lost are not all"
awk -F, 'NR > 1 { lost += $5; took += $4 } END { exit !(lost > 0 && took > 0) }' lossy/losses.csv ||
    fail "this deadline loses none, or all: $(cat lossy/losses.csv)"
awk -F, 'NR > 1 && $3 > 0 && $4 == 0 { if ($11 != "" || $12 != before) exit 1 } { before = $12 }' lossy/losses.csv ||
    fail "a round without participants teaches"
paste -d, lossy/totals.csv /dev/null | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { printf "%.9e\n", $at["server_energy_total_j"] + $at["lost_server_energy_j"] }' >a
awk -F, '$3 == 12 { printf "%.9e\n", $7 }' lossy/losses.csv >b
cmp -s a b || fail "energy spent: $(cat a b)"
[ "$(awk -F, '{ n += $5 } END { print n }' lossy/losses.csv)" = \
    "$(field lossy/totals.csv rounds_lost | awk '{ n += $1 } END { print n }')" ] || fail "lost rounds"
try 0 run lossy.ini -q -o nobody -s simulation.deadline=1ms
[ "$(awk -F, 'NR > 1 { print $12 }' nobody/losses.csv | sort -u | wc -l)" -eq 1 ] || fail "nobody teaches"
end

# A round waits for its quorum beyond the deadline: who finishes by then is late, and counts.
begin "what is uploaded late counts where the round counts it, and only then"
try 0 run lossy.ini -q -o waits -s simulation.deadline=1ms -s "simulation.quorum=100 %"
try 0 run lossy.ini -q -o patient -s simulation.deadline=1000h
cmp -s waits/losses.csv patient/losses.csv || fail "late work that counts is not what is learned from"
[ "$(field waits/losses.csv participants | sort -u | tr '\n' ' ')" = "0 3 " ] || fail "not all take part"
try 0 run lossy.ini -q -o two -s simulation.deadline=1ms -s "simulation.quorum=60 %"
[ "$(awk -F, 'NR > 1 && $3 > 0 { print $4, $5 }' two/losses.csv | sort -u)" = "2 1" ] ||
    fail "$(cut -d, -f 3-5 two/losses.csv)"
# Nobody lasts beyond the round's end: what the third was at is lost, and begins anew.
for round in 1 2 3; do
    awk -F, -v r=$round '$2 == 1 && $3 == r { print $4 }' two/rounds.csv
done | sort | uniq -c | awk '{ n += $1 } END { exit n != 6 }' || fail "rounds.csv has others"
end

begin "target-loss ends the run"
target=$(awk -F, '$2 == 1 && $3 == 3 { print $12 }' one/losses.csv)
try 0 run base.ini -q -o short -s learning.target-loss="$target"
awk -F, -v t="$target" '$2 == 1 { last = $3; if ($12 <= t && first == "") first = $3 }
    END { exit !(last == first) }' short/losses.csv || fail "$(grep '^1,1' short/losses.csv)"
[ "$(field short/totals.csv rounds | head -n 1)" = "$(awk -F, '$2 == 1 { n = $3 } END { print n }' short/losses.csv)" ] ||
    fail "rounds of totals"
end

begin "metrics to a target, with what did not reach it told and never averaged"
try 0 report swept --metric "rounds-to-target=$target" --format csv
awk -F, -v t="$target" '$1 < 2 && $12 != "" && $12 + 0 <= t + 0 && !($2 in r) { r[$2] = $3 }
    END { for (i in r) { n++; s += r[i] } printf "%d,%s\n", n, n == 3 ? sprintf("%.17g", s / 3) : "" }' swept/losses.csv >want
awk -F, 'NR == 2 { print $6 "," $4 }' "$top/out" >got
[ "$(cut -d, -f 1 want)" = "$(cut -d, -f 1 got)" ] || fail "reached: $(cat want got)"
awk -F, 'NR == FNR { w = $2; next } { d = w - $2; exit !(w == $2 || (d < 1e-9 && d > -1e-9)) }' want got ||
    fail "mean: $(cat want got)"
try 0 report swept --metric time-to-target=0.001
says "censored" "6 of 6 rows"
prints "0 of 3"
try 0 report swept --metric energy-to-target=0.001 --format csv
awk -F, 'NR > 1 && ($4 != "" || $6 != 0 || $7 != 3) { exit 1 }' "$top/out" || fail "$(cat "$top/out")"
try 2 report swept --metric time-to-target
says "time-to-target=2.5"
try 0 report short --metric time-to-target
prints "3 of 3"
try 0 report swept --metric final-loss --format csv
awk -F, '$1 == 1 && $3 == 6 { s += $12 } END { printf "%.12g\n", s / 3 }' swept/losses.csv >want
awk -F, 'NR == 2 { printf "%.12g\n", $4 }' "$top/out" >got
cmp -s want got || fail "final loss: $(cat want got)"
try 0 report swept --metric loss-at-time=1000000h --format csv
awk -F, 'NR == 2 { printf "%.12g\n", $4 }' "$top/out" | cmp -s want - || fail "loss at the end of time"
end

begin "loss by round, beside time, energy and bits, with intervals over replications"
try 0 report swept --by policy.name --by codec --by round --metric test-loss --metric elapsed \
    --metric bits-so-far --format csv
awk -F, '$1 == 1 && $3 == 4 { s += $12; t += $6; b += $10 } END { printf "%.12g,%.12g,%.12g\n", s / 3, t / 3, b / 3 }' \
    swept/losses.csv >want
awk -F, '$1 == "card" && $2 == "none" && $3 == 4 { printf "%.12g,%.12g,%.12g\n", $5, $7, $9 }' "$top/out" >got
cmp -s want got || fail "round 4: $(cat want got)"
if command -v gnuplot >/dev/null 2>&1; then
    try 0 plot swept -q --kind pareto --x elapsed --y test-loss --along round --by policy.name -o time.svg
    try 0 plot swept -q --x round --y test-loss --by codec -o by-round.svg
    # Three policies, seven rounds.
    [ "$(wc -l <time.csv)" -eq 22 ] || fail "$(cat time.csv)"
    # The same under a name.
    try 0 plot swept -q --figure loss-time --by policy.name -o time-named.svg
    cmp -s time.csv time-named.csv || fail "loss-time is another picture"
    try 0 plot swept -q --figure loss --by codec
    cmp -s by-round.csv loss.csv || fail "loss is another picture"
    for figure in loss-energy loss-bits; do try 0 plot one -q --figure $figure; done
    try 2 plot swept --figure loss-time --x round
    try 0 run base.ini -q -o unlearned -s learning.network=none
    "$cardsim" plot unlearned --figure loss >"$top/out" 2>"$top/err" && fail "a picture of no losses"
    says "nothing was learned in these results"
else
    skip "no gnuplot"
fi
end

begin "phi = codec: what 4 bits and a scale are of 16-bit numbers"
try 0 run base.ini -q -o phi -s training.compression=codec -s learning.codec=4bit \
    -s policy.name=static -s policy.cut=4
# llama-3.2-1b is 2048 wide: (4 x 2048 + 32) / (16 x 2048)
awk -F, -v s="$smashed" -v a="$adapter" '$3 == 6 { want = 18 * 2 * (2 * 8224 / 32768 * s + a); d = $10 / want - 1
    if (d > 1e-12 || d < -1e-12) { print $10, want; exit 1 } }' phi/losses.csv || fail "bits under a codec"
end

begin "what cannot be learned is told at its key, before anything runs"
try 3 check base.ini -s learning.network=nowhere
says "-s:1:18: error: no network is called 'nowhere'"
try 3 check base.ini -s learning.network=./nowhere
says "-s:1:18: error:" "config.json"
try 3 check base.ini -s learning.data=nowhere.txt
says "-s:1:15: error:" "nowhere.txt"
: >empty.txt
try 3 check base.ini -s learning.data=empty.txt
says "-s:1:15: error:" "empty"
echo hello >hello.txt
try 3 check base.ini -s learning.data=hello.txt
says "-s:1:15: error:" "beyond the vocabulary"
try 3 check base.ini -s device.near.data=hello.txt
says "-s:1:18: error:" "beyond the vocabulary"
try 3 check base.ini -s learning.sequence-length=5000
says "no sample"
try 3 check base.ini -s learning.data=dialects
says "-s:1:15: error:" "beyond the network's vocabulary"
try 3 check base.ini -s "learning.codec=1 bit"
says "it takes none | K bit (2 to 16) | top-k X %"
try 3 check base.ini -s "learning.codec=top-k"
try 0 check base.ini -s "learning.codec=top-k 10 %"
cp -r "$model" broken
chmod -R u+w broken
for file in broken/*.safetensors; do head -c 100 "$file" >cut && mv cut "$file"; done
try 3 check base.ini -s learning.network=./broken
end

begin "the studies of learning, but short: each runs, and its report has every loss"
for study in "$srcdir"/scenarios/studies/learning/*.ini; do
    which=$(basename "$study" .ini)
    grep -qF "scenarios/studies/learning/$which.ini" "$srcdir/man/guide/learning-studies.md" ||
        fail "the guide does not have $which"
    try 0 sweep "$study" -q -o "$which" -s simulation.rounds=1 -s simulation.replications=1 \
        -s learning.batch=1 -s learning.sequence-length=8 -s learning.test-samples=2
    try 0 report "$which" -q --metric final-loss --metric elapsed --format csv
    for column in final_loss elapsed_s; do
        field "$top/out" $column | grep -qx '' && fail "$which: $(cat "$top/out")"
    done
done
try 0 report policies --html page.html -q
# A row a round and setting: 7 of 2 rounds, the start included.
sed -n 's/.*"losses":{[^{]*"keys":\[{"name":"round".*"name":"test-loss".*"rows":\[\(.*\)\]}.*/\1/p' page.html |
    grep -o '"cells"' | wc -l | grep -qx 24 || fail "the page does not tell the losses"
end

begin "without a network nothing is learned, and nothing is different"
try 0 run base.ini -o plain -s learning.network=none
[ ! -e plain/losses.csv ] || fail "there are losses"
says "'data' is ignored: nothing is learned"
cmp -s one/rounds.csv plain/rounds.csv && cmp -s one/totals.csv plain/totals.csv ||
    fail "learning changes what is simulated"
end

finish
