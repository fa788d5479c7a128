#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line: what is wrong is told with a remedy, exit code 2; help is there for everything.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

letter=$srcdir/scenarios/letter.ini
commands=$("$cardsim" --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z]*\) .*/\1/p')

# wrong WHAT ARGUMENT...: a usage error that says WHAT, prints nothing, and points to the help.
wrong() {
    begin "usage: cardsim $(shift; echo "$@")"
    what=$1
    shift
    try 2 "$@"
    says "$what" "cardsim: error:"
    prints_nothing
    end
}

wrong "no command given"
wrong "did you mean 'run'" rnu x.ini
wrong "unknown command 'frobnicate'" frobnicate
wrong "cardsim run letter.ini" letter.ini
wrong "did you mean '--format'" list keys --fromat csv
wrong "unknown option '-x'" run -x "$letter"
wrong "unknown option '--frobnicate'" run --frobnicate "$letter"
wrong "needs SCENARIO" run
wrong "does not know what to do with 'b.ini'" run a.ini b.ini
wrong "needs its DIR" run "$letter" -o
wrong "needs its DIR" run "$letter" -o ""
wrong "but '-q' follows" run "$letter" -o -q
wrong "given twice" run "$letter" -o a -o b
wrong "takes no value" run "$letter" --quiet=yes
wrong "exclude each other" run "$letter" -q -v
wrong "formats are table, csv, json and latex" list keys --format xml
wrong "whole number from 1" run "$letter" -j 0
wrong "whole number from 1" run "$letter" -j two
wrong "whole number from 1" run "$letter" -j -1
wrong "takes no option '--output'" link "$letter" -o out
wrong "these do: show" run "$letter" --origin
wrong "did you mean 'units'" list unit
wrong "fig3, fig4 and all" reproduce fig5
wrong "--figure" plot .
wrong "--device" decide "$letter"
wrong "--uplink-rate" decide "$letter" --device 1
wrong "such as '100 Mbit/s'" decide "$letter" --device 1 --uplink-rate 5 --downlink-rate 5Mbit/s
wrong "such as '100 Mbit/s'" decide "$letter" --device 1 --uplink-rate 0 --downlink-rate 5Mbit/s
wrong "no device 'tablet'; its devices are 1, 2, 3, 4, 5" decide "$letter" --device tablet \
    --uplink-rate 5Mbit/s --downlink-rate 5Mbit/s
wrong "no device '9'" decide "$letter" --device 9 --uplink-rate 5Mbit/s --downlink-rate 5Mbit/s
wrong "'-I nowhere': there is no such directory" run "$letter" -I nowhere
wrong "A..B:STEP" link "$letter" --snr 1..b
wrong "A..B:STEP" link "$letter" --snr 10..0:1
wrong "A..B:STEP" link "$letter" --snr 0..10:0
wrong "A..B:STEP" link "$letter" --snr 0..10:-1
wrong "A..B:STEP" link "$letter" --snr 0..10:1e-9

begin "--help and --version"
try 0 --help
prints "Usage:" "run" "reproduce"
silent
try 0 help
prints "Usage:"
try 0 --version
prints "cardsim " "GPL-3.0-or-later" "compiler:"
silent
end

for command in $commands; do
    begin "help of $command"
    try 0 "$command" --help
    prints "Usage: cardsim $command" "Examples:" "Options:" "--quiet"
    silent
    cp "$top/out" "$top/first"
    try 0 help "$command"
    cmp -s "$top/out" "$top/first" || fail "help $command and $command --help differ"
    [ "$(awk 'length > 100' "$top/first" | wc -l)" -eq 0 ] || fail "a line is longer than 100"
    end
done

begin "a page tells the letters of the options that --help tells"
for command in $commands; do
    "$cardsim" "$command" --help | sed -n '/^Options:/,$p' |
        sed -n 's/^  \(-[a-zA-Z], \)\{0,1\} *\(--[a-z-]*\).*/\1\2/p' >told
    try 0 help "$command" --format roff
    sed -n '/^\.SH OPTIONS/,$p' "$top/out" | tr -d '\\' |
        sed -n 's/^fB\(-[a-zA-Z]\)fR, fB\(--[a-z-]*\)fR.*/\1, \2/p; s/^fB\(--[a-z-]*\)fR.*/\1/p' >paged
    grep -q '^-q, --quiet$' told || fail "$command: --help tells $(cat told)"
    cmp -s told paged || fail "$command: $(diff told paged)"
done
end

begin "every example of the help names a command and options that exist"
for command in $commands; do
    "$cardsim" "$command" --help | sed -n '/^Examples:/,/^See also/p' | grep '^  cardsim' >examples
    [ -s examples ] || fail "$command has no example"
    tr ';|>' '\n' <examples | sed -n 's/^ *cardsim //p' >calls
    while read -r name rest; do
        "$cardsim" "$name" --help >help 2>&1 || fail "an example of $command: no command $name"
        for word in $rest; do
            case $word in
            -*) grep -qe "${word%%=*}[ ,]" -e "${word%%=*}\$" help ||
                fail "an example of $command: $name has no $word" ;;
            esac
        done
    done <calls
done
end

begin "options stand before or after, attached or apart"
try 0 profile "$letter" --format csv
cp "$top/out" "$top/first"
for form in "--format=csv profile $letter" "profile --format csv $letter" \
    "profile $letter -q --format=csv" "profile --format csv -- $letter"; do
    # shellcheck disable=SC2086
    try 0 $form
    cmp -s "$top/out" "$top/first" || fail "another output with: $form"
done
try 0 profile -smodel.layers=4 "$letter" --format csv
[ "$(wc -l <"$top/out")" -eq 6 ] || fail "-sKEY=VALUE is not heard"
end

begin "a locale with a decimal comma changes nothing"
try 0 link "$letter" --format csv
cp "$top/out" "$top/first"
LC_ALL=de_DE.UTF-8 "$cardsim" link "$letter" --format csv >"$top/out" 2>"$top/err"
cmp -s "$top/out" "$top/first" || fail "the output differs"
end

begin "no colour outside of a terminal"
try 3 check /dev/null
if grep -q "$(printf '\033')" "$top/err"; then fail "escape codes in: $(cat "$top/err")"; fi
end

begin "a reader that went away ends the program quietly"
for what in "list keys" "show $letter" "profile $letter"; do
    # shellcheck disable=SC2086
    { "$cardsim" $what 2>"$top/err"; } | head -n 0
    [ ! -s "$top/err" ] || fail "'$what' says: $(cat "$top/err")"
done
end

begin "a full disk under the standard output"
if [ -c /dev/full ]; then
    for what in "list keys" "--help" "--version" "show $letter" "new" "link $letter" \
        "profile $letter" "run $letter -s simulation.rounds=1 -s simulation.replications=1"; do
        # shellcheck disable=SC2086
        "$cardsim" $what >/dev/full 2>"$top/err" </dev/null
        code=$?
        [ "$code" -eq 4 ] || fail "'$what' ended in $code, not 4"
        command_line=$what
        says "No space left on device"
    done
else
    skip "no /dev/full here"
fi
end

begin "a failed assertion ends in 70"
"$cardsim" run "$letter" -s simulation.rounds=100000000 -q >/dev/null 2>"$top/err" &
pid=$!
sleep 1
kill -ABRT "$pid"
wait "$pid" 2>/dev/null
code=$?
[ "$code" -eq 70 ] || fail "ended in $code"
command_line="run, aborted"
says "internal error"
end

finish
