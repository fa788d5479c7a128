#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
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

# --- fish ----------------------------------------------------------------------------------------
mkdir results
HOME=$work XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data
export HOME XDG_CONFIG_HOME XDG_DATA_HOME

# offers LINE TEXT...: fish offers these at the end of LINE, and nothing else
offers() {
    command_line=$1
    PATH=$builddir:$PATH fish --no-config -c 'source script.fish; complete -C $argv[1]' "$1" \
        >"$top/out" 2>"$top/err" </dev/null
    shift
    [ "$(cut -f 1 "$top/out" | tr '\n' ' ')" = "$* " ] || fail "$command_line: $(cat "$top/out" "$top/err")"
}

begin "fish completes commands, options, keys, values, files and directories"
if command -v fish >/dev/null 2>&1; then
    "$cardsim" completion fish >script.fish
    offers "cardsim repor" report
    offers "cardsim re" report reproduce
    offers "cardsim report out --ver" --verbose --versus
    offers "cardsim run my.ini -s radio.band" radio.bandwidth=
    offers "cardsim run d.ini -s device.alice.dist" device.alice.distance=
    offers "cardsim sweep my.ini -s policy.name=device-o" policy.name=device-only
    offers "cardsim sweep my.ini -s policy.name=card,device-o" policy.name=card,device-only
    offers "cardsim run d.i" d.ini
    offers "cardsim report res" results/
else
    skip "fish is not installed"
fi
end

# --- zsh -----------------------------------------------------------------------------------------
# Its editor wants a terminal: one is made, whose first line is completed as soon as it is there.
becomes() { # LINE WHAT: what zsh makes of LINE at a TAB
    rm -f completed
    command_line=$1
    PATH=$builddir:$PATH timeout 30 zsh -f in-a-terminal.zsh "$1" >"$top/out" 2>&1 </dev/null
    [ "$(cat completed 2>/dev/null)" = "$2" ] ||
        fail "$1: becomes '$(cat completed 2>&1)': $(tail -n 3 "$top/out")"
}

begin "zsh completes commands, options, keys, values, files and directories"
if command -v zsh >/dev/null 2>&1; then
    "$cardsim" completion zsh >script.zsh
    cat >.zshrc <<'END'
PS1= PS2= RPS1=
autoload -Uz compinit && compinit -u -D
source ./script.zsh
zle-line-init() {
    BUFFER=$LINE_TO_COMPLETE CURSOR=${#LINE_TO_COMPLETE}
    zle complete-word
    print -r -- "$BUFFER" >completed
    exit
}
zle -N zle-line-init
END
    cat >in-a-terminal.zsh <<'END'
zmodload zsh/zpty && zpty shell 'TERM=dumb ZDOTDIR=$PWD LINE_TO_COMPLETE=$1 zsh -i' || exit 1
zpty -r shell seen '*all of it*'
print -r -- "$seen"
END
    if zsh -f -c 'zmodload zsh/zpty && zpty shell true' >/dev/null 2>&1; then
        becomes "cardsim repor" "cardsim report "
        becomes "cardsim re" "cardsim rep"
        becomes "cardsim report out --vers" "cardsim report out --versus "
        becomes "cardsim run my.ini -s radio.band" "cardsim run my.ini -s radio.bandwidth="
        becomes "cardsim run d.ini -s device.al" "cardsim run d.ini -s device.alice."
        becomes "cardsim sweep my.ini -s policy.name=device-o" \
            "cardsim sweep my.ini -s policy.name=device-only "
        becomes "cardsim sweep my.ini -s policy.name=card,device-o" \
            "cardsim sweep my.ini -s policy.name=card,device-only "
        becomes "cardsim run d.i" "cardsim run d.ini "
        becomes "cardsim report res" "cardsim report results/"
    else
        skip "there is no pseudo-terminal for zsh's editor here"
    fi
else
    skip "zsh is not installed"
fi
end

# --- bash ----------------------------------------------------------------------------------------
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
complete "cardsim run d.i"
[ "$(cat "$top/out")" = d.ini ] || fail "offers: $(cat "$top/out")"
complete "cardsim report res"
[ "$(cat "$top/out")" = results ] || fail "offers: $(cat "$top/out")"
end

finish
