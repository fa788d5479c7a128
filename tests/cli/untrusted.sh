#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Scenarios from someone else: they cannot exhaust memory, reach outside what the user names, or
# smuggle commands into what other programs read.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
few="-s simulation.rounds=2 -s simulation.replications=1"
# A sanitizer reserves address space without end, and takes its time.
case $(nm "$cardsim" 2>/dev/null | grep -c '__asan_init\|__tsan_init') in
0) limit="ulimit -v 600000" seconds=20 ;;
*) limit=: seconds=300 ;;
esac

# bounded CODE ARGUMENT...: as try, but with 600 MB of address space and 20 s of CPU time.
bounded() {
    expected=$1
    shift
    command_line=$(printf 'cardsim %s' "$*" | cut -c1-200)
    (ulimit -t $seconds && $limit && exec "$cardsim" "$@") >"$top/out" 2>"$top/err" </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || {
        fail "$command_line ended in $code, not $expected"
        head -n 5 "$top/err"
    }
}

begin "counts beyond their documented limits are errors, told at once"
for setting in simulation.rounds=1000000001 simulation.replications=1000001 \
    simulation.rounds=99999999999999999999 training.local-epochs=1000001 model.layers=4097 \
    device.1.count=10000001 training.batch=1000001 server.gpus=1000001 radio.max-repetitions=65537; do
    bounded 3 check "$letter" -s "$setting"
    says "out of range"
done
end

begin "many groups of many devices are too many together"
{
    printf '[device t]\ncount = 0\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n'
    for i in 1 2 3; do printf '[device g%s]\ninherits = t\ncount = 9000000\n' $i; done
} >many.ini
bounded 3 check many.ini
says "more than 10000000 devices"
end

begin "a sweep of too many values or points is an error before any is made"
bounded 3 plan "$letter" -s policy.weight=0..1:0.0000000001
says "error"
bounded 3 plan "$letter" -s policy.weight=0..1:0.0001 -s radio.path-loss-exponent=2..6:0.0001 \
    -s radio.bandwidth=1MHz..100MHz:0.01MHz
says "error"
end

begin "a file of 17 MiB is refused, as are endless ones"
head -c 17825792 /dev/zero | tr '\0' '\n' >big.ini
bounded 4 check big.ini
bounded 4 check /dev/zero
printf '[scenario]\nextends = /dev/zero\n' >zero.ini
bounded 3 check zero.ini
printf '[model]\nllm = /dev/zero\n[device a]\nfrequency = 1 GHz\ncores = 9\ndistance = 9 m\n' >zero.ini
bounded 3 check zero.ini
end

begin "a line of 64 KiB is read, a longer one is refused"
line() { # BYTES: a comment behind a title that fills a line of so many
    cat "$letter" >line.ini
    printf '[scenario]\n' >line.ini
    awk -v n="$1" 'BEGIN { printf "title = "; for (i = 8; i < n; i++) printf "x"; printf "\n" }' >>line.ini
    sed '/^\[scenario\]/,/^$/d' "$letter" >>line.ini
}
line 65536
bounded 0 check line.ini
line 65537
bounded 3 check line.ini
says "this line has 65537 bytes; at most 65536 are read"
long=$(awk 'BEGIN { for (i = 0; i < 65536; i++) printf "x" }')
bounded 3 check "$letter" -s "scenario.title=$long"
says "this line has 65551 bytes; at most 65536 are read"
bounded 0 check "$letter" -s "scenario.title=${long#xxxxxxxxxxxxxxx}"
end

begin "memory that is not to be had is no bug: exit 4, and what it was for"
awk 'BEGIN { print "[simulation]\nrounds = 3\nreplications = 4\nschedule = parallel\n[server]\ngpus = unlimited"
    print "[device d]\ncount = 2000000\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m" }' >crowd.ini
if [ "$limit" != : ]; then
    for kind in run sweep; do
        for kilobyte in 120000 200000 400000 700000; do
            for jobs in 1 4; do
                rm -rf crowd
                command_line="cardsim $kind crowd.ini -j $jobs within $kilobyte kB"
                (ulimit -v $kilobyte && exec "$cardsim" $kind crowd.ini -q -j $jobs -o crowd \
                    --max-memory '1000 GB' -s policy.weight=0.2) >"$top/out" 2>"$top/err" </dev/null
                code=$?
                [ "$code" -eq 4 ] || fail "$command_line ends in $code: $(cat "$top/err")"
                grep -q "2000000 devices and 3 rounds of 'crowd.ini'\|out of memory" "$top/err" ||
                    fail "$command_line does not say what for: $(cat "$top/err")"
                grep -q "bug of cardsim" "$top/err" && fail "$command_line calls it a bug"
                [ ! -e crowd/rounds.csv ] || fail "$command_line leaves half a result"
            done
        done
    done
    contains "$top/err" "2000000 devices"
    # Results larger than the memory there is.
    awk -v OFS=, 'BEGIN { print "run,replication,policy,devices,rounds,delay_mean_s"
        for (i = 1; i <= 400000; i++) print 1, i, "card", 5, 200, i / 7 }' >many.csv
    mkdir many && mv many.csv many/totals.csv
    (ulimit -v 60000 && exec "$cardsim" report many) >"$top/out" 2>"$top/err" </dev/null
    code=$?
    command_line="cardsim report many within 60 MB"
    case $code in 0 | 4) ;; *) fail "$command_line ends in $code: $(cat "$top/err")" ;; esac
fi
end

begin "rows that wait are memory that is foretold"
bounded 3 sweep "$letter" -s simulation.rounds=100000000 -s policy.weight=0.2 -o waits -q \
    -s output.record=rounds+devices+totals --max-memory '8 GB'
says "of memory" "record less"
[ ! -e waits ] || fail "it began all the same"
bounded 0 check "$letter" -s simulation.rounds=100000000 # in a run they wait on disk
end

begin "of a sweep the largest run is foretold, and named"
awk 'BEGIN { print "[simulation]\nrounds = 3\nschedule = parallel\n[server]\ngpus = unlimited"
    print "[device d]\ncount = 10\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m"
    print "[sweep]\ndevice.d.count = 10, 2000000, 1000" }' >growing.ini
for kind in check plan "plan --emit parallel" "sweep -o grows"; do
    bounded 3 $kind growing.ini --max-memory '300 MB' -q
    says "of memory" "2000000 devices in run 2 (device.d.count=2000000)" "'count'" "may take 300 MB"
    bounded 0 plan growing.ini --max-memory '300 MB' -q -s device.d.count=10,1000
done
[ ! -e grows ] || fail "it began all the same"
bounded 0 check growing.ini --max-memory '3 GB'
says "of memory"
# Training counts: each number of a network of this shape is there twice, in 4 bytes.
for kind in check run "run -j 4"; do
    bounded 3 $kind "$letter" --max-memory '10 MB' -q -s learning.network=tiny
    says "most of it for training" "'sequence-length'"
    bounded 0 check "$letter" --max-memory '10 MB' -q
done
bounded 3 plan "$letter" --max-memory '1 GB' -s learning.network=tiny -s learning.sequence-length=64,4096
says "in run 2 (learning.sequence-length=4096)" "most of it for training"
end

begin "a chain of 16 files is read, a longer one is refused"
chain() { # FILES
    i=1
    while [ $i -lt "$1" ]; do
        printf '[scenario]\nextends = c%d.ini\n' $((i + 1)) >c$i.ini
        i=$((i + 1))
    done
    cp "$letter" "c$i.ini"
}
chain 16
bounded 0 check c1.ini
chain 17
bounded 3 check c1.ini
says "more than 16 files extend one another"
chain 40
bounded 3 check c1.ini
end

begin "10000 groups are read, one more is refused; a name has 128 characters"
groups() { # NUMBER
    awk -v n="$1" 'BEGIN {
        print "[model]\nlayers = 1\n[device t]\ncount = 0\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m"
        for (i = 1; i < n; i++) printf "[device g%d]\ninherits = t\n", i }' >groups.ini
}
groups 10000
bounded 0 check groups.ini
groups 10001
bounded 3 check groups.ini
says "more than 10000 [device] groups"
groups 10000
bounded 3 check groups.ini -s model.layers=4096
says "9999 [device] groups and 4096 layers are too many together"
longest=$(awk 'BEGIN { for (i = 0; i < 128; i++) printf "n" }')
sed "s/^\[device 1\]/[device $longest]/" "$letter" >name.ini
bounded 0 check name.ini
sed "s/^\[device 1\]/[device ${longest}n]/" "$letter" >name.ini
bounded 3 check name.ini
says "is no device name"
end

begin "an axis has 100000 values, a sweep 1000000 runs"
bounded 3 plan "$letter" -s simulation.seed=1..100001:1
says "this axis has more than 100000 values"
many=$(awk 'BEGIN { printf "1"; for (i = 2; i <= 30000; i++) printf ",1" }')
bounded 3 plan "$letter" -s "simulation.seed=1..99999:1,$many"
says "this axis has more than 100000 values"
bounded 3 plan "$letter" -s simulation.seed=1..1001:1 -s policy.weight=0.001..1:0.001
says "this sweep has 1001000 combinations, more than 1000000"
nest() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "("; printf "policy.weight > 0"
                               for (i = 0; i < n; i++) printf ")"; print "" }'; }
# where CONDITION: a sweep with it, in where.ini.
where() { printf '[scenario]\nextends = %s\n[sweep]\npolicy.weight = 0.1, 1\nwhere = %s\n' "$letter" "$1" >where.ini; }
where "$(nest 63)"
bounded 0 plan where.ini
where "$(nest 65)"
bounded 3 plan where.ini
says "nested too deeply"
bounded 2 run "$letter" -j 1025
says "whole number from 1"
end

begin "a trace has 1000000 rows and 64 MiB, error curves 16384 rows and 1 MiB"
awk 'BEGIN { print "time,cqi"; for (i = 0; i <= 1000000; i++) printf "%d,9\n", i }' >trace.csv
bounded 3 check "$letter" -s device.1.trace=./trace.csv
says "more than 1000000 rows"
sed -i '$d' trace.csv
bounded 0 check "$letter" -s device.1.trace=./trace.csv
head -c 67108865 /dev/zero | tr '\0' '#' >trace.csv
bounded 3 check "$letter" -s device.1.trace=./trace.csv
says "it is larger than 64 MiB"
bounded 3 check "$letter" -s device.1.trace=/dev/zero
rm trace.csv
awk 'BEGIN { print "mcs,snr_db,bler"; for (i = 0; i <= 16384; i++) printf "1,%d,0\n", i }' >curves.csv
bounded 3 check "$letter" -s radio.rate=mcs -s radio.error-curves=./curves.csv
says "more than 16384 rows"
sed -i '$d' curves.csv
bounded 0 check "$letter" -s radio.rate=mcs -s radio.error-curves=./curves.csv
head -c 1048577 /dev/zero | tr '\0' '#' >curves.csv
bounded 3 check "$letter" -s radio.rate=mcs -s radio.error-curves=./curves.csv
says "it is larger than 1 MiB"
end

begin "a clock of 292 years does not turn round"
bounded 3 check "$letter" -s simulation.rounds=1000000000 -s simulation.schedule=sequential
says "clock"
end

begin "the manual states these limits"
sed -n '/^.SH LIMITS/,/^.SH EXAMPLES/p' "$srcdir/man/cardsim-scenario.5.in" >limits
for number in "16 MiB" "65536 bytes" "10000," "128 characters" 4194304 10000000 100000 1000000 \
    "64 MiB, 1000000 rows" "1 MiB, 16384 rows" 1024; do
    grep -q -e "^$number\|[ ]$number" limits || fail "cardsim-scenario(5) does not say $number"
done
end

begin "deep JSON and endless conditions do not exhaust the stack"
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "["; }' >deep.json
bounded 3 check "$letter" -s model.llm=./deep.json
for open in '(' 'not '; do
    where "$(awk -v open="$open" 'BEGIN { for (i = 0; i < 16000; i++) printf "%s", open; print "policy.weight > 0" }')"
    bounded 3 plan where.ini
    says "nested too deeply"
done
end

begin "names that could leave a directory, a cell, a query or a line are no device names"
for device in ../up a/b 'a,b' '=1+1' "a'b" 'a"b' 'a;b' '$(touch pwned)' '-a b'; do
    printf '[device %s]\nfrequency = 1 GHz\ncores = 512\ndistance = 9 m\n' "$device" >named.ini
    bounded 3 check named.ini
done
end

begin "a run writes below its directory only"
mkdir place && cd place || exit 1
sed "s,^title = .*,title = ../../up; \$(touch pwned) 'quoted' \`touch pwned\` %s%n =1+1," "$letter" >s.ini
# shellcheck disable=SC2086
bounded 0 run s.ini $few -q -s output.record=rounds+devices+totals+events -o out
[ "$(echo *)" = "out s.ini" ] || fail "it wrote: $(ls)"
[ "$(cd .. && echo pwned*)" = "pwned*" ] || fail "a command ran"
[ "$(cd out && echo *)" = "devices.csv manifest.json rounds.csv totals.csv trace.json" ] ||
    fail "it wrote: $(ls out)"
cd .. || exit 1
end

# Its body runs: the picture is drawn, and the title stands in the script, as text.
begin "a title is text to gnuplot"
if command -v gnuplot >/dev/null 2>&1; then
    (cd place && "$cardsim" sweep s.ini -q -s simulation.rounds=2 -s simulation.replications=2 \
        -s policy.weight=0.1,0.9 -o swept)
    for picture in "out --figure fig3a" "swept --x weight --y delay" \
        "swept --x weight --y delay --title \`touch+pwned\`'%s\$(touch+pwned)"; do
        command_line="cardsim plot $picture"
        # shellcheck disable=SC2086
        (cd place && IFS=' ' && "$cardsim" plot $picture -o cut.svg) >"$top/out" 2>"$top/err" </dev/null ||
            fail "$command_line: $(cat "$top/err")"
        grep -q '</svg>' place/cut.svg || fail "$command_line draws nothing"
        case $picture in *weight*) grep -q 'title_lines.*touch' place/cut.gp || fail "no title in it" ;; esac
        [ ! -e pwned ] && [ ! -e place/pwned ] && [ ! -e place/out/pwned ] || fail "a command ran"
        rm -f place/cut.*
    done
else
    skip "no gnuplot here"
fi
end

# A file name is the one text of a scenario that may hold anything.
evil="=1+1'); DROP TABLE run; \$(touch pwned) \`touch pwned\`.csv"
{
    echo cqi,snr_db
    i=1
    while [ $i -le 15 ]; do echo "$i,$((2 * i - 8))"; i=$((i + 1)); done
} >"$evil"

begin "a parameter is text to SQL and to a spreadsheet"
# shellcheck disable=SC2086
bounded 0 sweep "$letter" $few -q -s "radio.thresholds=./$evil,nr-awgn" -o sql
if command -v sqlite3 >/dev/null 2>&1; then
    [ "$(sqlite3 sql/results.sqlite 'SELECT count(*) FROM run')" = 2 ] || fail "the table run is gone"
    [ "$(sqlite3 sql/results.sqlite "SELECT count(*) FROM param WHERE value LIKE '%DROP TABLE%'")" = 1 ] ||
        fail "the parameter is not kept as it was"
fi
# shellcheck disable=SC2086
bounded 3 sweep "$letter" $few -q -s "radio.thresholds=$evil,nr-awgn" -o formula
says "cannot begin with '='"
bounded 0 report sql --by radio.thresholds --format csv
cut -d, -f1 "$top/out" | grep -q '^"*[=+@-]' && fail "a cell that a spreadsheet would compute"
for file in sql/*.csv; do
    grep -q '[,"][=+@]' "$file" && fail "$file has a cell that a spreadsheet would compute"
done
[ "$(echo pwned*)" = "pwned*" ] || fail "a command ran"
end

# Stand-ins for the engines: they record what they are called with, a line an argument, and do it.
begin "an emitted script runs nothing but cardsim, with the arguments it was made from"
mkdir bin emitted
cat >bin/sbatch <<'END'
#!/bin/sh
printf '<%s>\n' "$@" >>"$RECORD"
for script in "$@"; do :; done
tasks=$(sed -n 's/^#SBATCH --array=0-//p' "$script")
i=0
while [ "$i" -le "${tasks:-0}" ]; do
    SLURM_ARRAY_TASK_ID=$i sh "$script" || exit 1
    i=$((i + 1))
done
echo 12345
END
cat >bin/parallel <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo 'GNU parallel 20221122'; exit 0; }
printf '<%s>\n' "$@" >>"$RECORD"
while read -r i; do sh ./shard.sh "$i" || exit 1; done
END
chmod +x bin/sbatch bin/parallel
nasty="it's \$(touch pwned) \`touch pwned\`; touch pwned"
cp "$letter" "emitted/$nasty.ini"
cp "$evil" emitted
for kind in slurm parallel; do
    rm -rf emitted/results recorded
    (cd emitted && "$cardsim" plan "$nasty.ini" -s simulation.rounds=2 -s simulation.replications=1 \
        -s "radio.thresholds=./$evil,nr-awgn" --emit $kind --shards 2) >script.sh 2>"$top/err" ||
        fail "plan --emit $kind: $(cat "$top/err")"
    (cd emitted && PATH=$work/bin:$PATH RECORD=$work/recorded timeout 60 sh ../script.sh --first "a  b'c") \
        >"$top/out" 2>"$top/err" </dev/null || fail "$kind: $(cat "$top/err")"
    command_line="the script of --emit $kind"
    [ -s recorded ] || fail "$kind: the engine was not called"
    grep -qxF "<a  b'c>" recorded || fail "$kind: the user's own option was taken apart"
    n=$("$cardsim" report "emitted/results/$nasty" --by radio.thresholds --raw --format csv -q |
        grep -c "DROP TABLE\|^nr-awgn")
    [ "$n" -eq 2 ] || fail "$kind: the merged results are not of these settings"
    [ "$(echo pwned* emitted/pwned*)" = "pwned* emitted/pwned*" ] || fail "--emit $kind: a command ran"
done
end

finish
