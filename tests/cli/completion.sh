#!/bin/sh
# Shell completion: the scripts are whole, and bash with its script completes what a user types.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

for shell in bash zsh fish; do
    begin "a script for $shell, accepted by it"
    try 0 completion "$shell"
    prints "completion candidates"
    silent
    if command -v "$shell" >/dev/null 2>&1; then
        "$shell" -n "$top/out" 2>"$top/err" || fail "$shell: $(head -n 3 "$top/err")"
    else
        skip "$shell is not installed: its script is not tried"
    fi
    end
done

begin "another shell is refused"
try 2 completion tcsh
says "bash, zsh and fish"
end

begin "candidates come from the tables"
try 0 completion candidates -- ''
prints "run	" "sweep	" "report	"
try 0 completion candidates -- run my.ini -s ''
prints "radio.bandwidth=	" "policy.name="
try 0 completion candidates -- run -s policy.name=
prints "policy.name=card	" "policy.name=device-only	"
try 0 completion candidates -- run -s model.llm=
prints "model.llm=llama-3.2-1b"
try 0 completion candidates -- report out --metric ''
prints "cut-last	"
try 0 completion candidates -- plot out --kind ''
prints "heat" "pareto"
try 0 completion candidates -- list ''
prints "keys" "platforms"
try 0 completion candidates -- report ''
prints ":directories"
printf '[device alice]\n' >d.ini
try 0 completion candidates -- run d.ini -s ''
prints "device.alice.distance="
end

if ! command -v bash >/dev/null 2>&1; then
    begin "bash completes"
    skip "bash is not installed"
    end
    finish
fi

"$cardsim" completion bash >script
# complete LINE: what bash would offer at the end of LINE
complete() {
    PATH=$builddir:$PATH bash --norc -c '
        source ./script
        COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$2
        _cardsim
        printf "%s\n" "${COMPREPLY[@]}"' bash "$1" " =:" >"$top/out" 2>"$top/err"
    command_line=$1
}

begin "bash completes a command"
complete "cardsim repo"
[ "$(cat "$top/out")" = report ] || fail "offers: $(cat "$top/out")"
complete "cardsim re"
[ "$(tr '\n' ' ' <"$top/out")" = "report reproduce " ] || fail "offers: $(cat "$top/out")"
end

begin "bash completes an option"
complete "cardsim report out --ver"
[ "$(tr '\n' ' ' <"$top/out")" = "--versus --verbose " ] || fail "offers: $(cat "$top/out")"
end

begin "bash completes a key behind -s"
complete "cardsim run my.ini -s radio.band"
[ "$(cat "$top/out")" = radio.bandwidth= ] || fail "offers: $(cat "$top/out")"
end

begin "bash completes a policy, behind the = that is there"
complete "cardsim sweep my.ini -s policy.name=device-o"
[ "$(cat "$top/out")" = device-only ] || fail "offers: $(cat "$top/out")"
complete "cardsim sweep my.ini -s policy.name=card,device-o"
[ "$(cat "$top/out")" = card,device-only ] || fail "offers: $(cat "$top/out")"
end

begin "bash completes files and directories"
mkdir results
complete "cardsim run d.i"
[ "$(cat "$top/out")" = d.ini ] || fail "offers: $(cat "$top/out")"
complete "cardsim report res"
[ "$(cat "$top/out")" = results ] || fail "offers: $(cat "$top/out")"
end

finish
