#!/bin/sh
# Scenarios from someone else: they cannot exhaust memory, reach outside what the user names, or
# smuggle commands into what other programs read.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
few="-s simulation.rounds=2 -s simulation.replications=1"
# A sanitizer reserves address space without end.
case $(nm "$cardsim" 2>/dev/null | grep -c '__asan_init\|__tsan_init') in
0) limit="ulimit -v 600000" ;;
*) limit=: ;;
esac

# bounded CODE ARGUMENT...: as try, but with 600 MB of address space and 20 s of CPU time.
bounded() {
    expected=$1
    shift
    command_line="cardsim $*"
    (ulimit -t 20 && $limit && exec "$cardsim" "$@") >"$top/out" 2>"$top/err" </dev/null
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

begin "a chain of extends ends"
i=0
while [ $i -lt 40 ]; do
    printf '[scenario]\nextends = c%d.ini\n' $((i + 1)) >c$i.ini
    i=$((i + 1))
done
cp "$letter" c40.ini
bounded 3 check c0.ini
end

begin "deep JSON and endless conditions do not exhaust the stack"
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "["; }' >deep.json
bounded 3 check "$letter" -s model.llm=./deep.json
nested=$(awk 'BEGIN { for (i = 0; i < 20000; i++) printf "("; }')
bounded 3 plan "$letter" -s policy.weight=0,1 -s "sweep.where=$nested"
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

begin "a title is text to gnuplot"
if command -v gnuplot >/dev/null 2>&1; then
    (cd place && "$cardsim" plot out --figure cut -o cut.svg) >out 2>err </dev/null
    command_line="cardsim plot"
    [ ! -e pwned ] && [ ! -e place/pwned ] && [ ! -e place/out/pwned ] || fail "a command ran"
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

begin "an emitted script runs nothing but cardsim"
mkdir bin emitted
"$cardsim" plan --help | grep -q -e --emit || skip "plan emits nothing here"
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >>"%s/called"\n' "$work" >bin/cardsim
chmod +x bin/cardsim
cp "$letter" "emitted/it's \$(touch pwned) \`touch pwned\`; touch pwned.ini"
for kind in $([ -n "$skip_reason" ] || echo slurm parallel); do
    # shellcheck disable=SC2086
    bounded 0 plan "emitted/it's \$(touch pwned) \`touch pwned\`; touch pwned.ini" $few \
        -s policy.weight=0.1,0.9 --emit $kind
    cp "$top/out" script.sh
    (PATH=$work/bin:$PATH SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=1 timeout 20 sh script.sh) \
        >/dev/null 2>&1 </dev/null
    [ "$(echo pwned* emitted/pwned*)" = "pwned* emitted/pwned*" ] || fail "--emit $kind: a command ran"
done
end

finish
