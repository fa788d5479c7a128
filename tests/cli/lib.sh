# SPDX-License-Identifier: GPL-3.0-or-later
# What the command-line tests share. A test is a list of cases:
#
#     begin "what it shows"
#     try 2 run --nonsense            # runs cardsim, expects exit code 2
#     says "unknown option"           # in stderr; prints: in stdout
#     end
#     finish
#
# Sourced by sh scripts, which run from the build tree or, alone, from anywhere with
# CS_TEST_SRCDIR and CS_TEST_BUILDDIR set.

srcdir=$(cd "${CS_TEST_SRCDIR:-.}" && pwd -P)
builddir=$(cd "${CS_TEST_BUILDDIR:-.}" && pwd -P)
cardsim=$builddir/cardsim
top=$(mktemp -d "${TMPDIR:-/tmp}/cardsim-test-XXXXXX")
trap 'chmod -R u+w "$top" 2>/dev/null; rm -rf "$top"' EXIT
trap 'exit 1' INT TERM HUP
work=$top/work # where commands run; what they say goes beside it
mkdir "$work" && cd "$work" || exit 1

# The locale and the user's own settings must not leak in.
unset NO_COLOR COLUMNS LC_ALL LC_CTYPE LC_NUMERIC LANG MAKEFLAGS MAKELEVEL MFLAGS
passed=0 failed=0 skipped=0 name= bad= skip_reason=

begin() { name=$1 bad= skip_reason=; }

fail() {
    bad=yes
    printf '  %s: %s\n' "$name" "$*"
}

skip() { skip_reason=$*; }

end() {
    if [ -n "$bad" ]; then
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$name"
    elif [ -n "$skip_reason" ]; then
        skipped=$((skipped + 1))
        printf 'skip %s: %s\n' "$name" "$skip_reason"
    else
        passed=$((passed + 1))
        printf 'ok   %s\n' "$name"
    fi
}

finish() {
    printf 'cases: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
    exit
}

# try CODE ARGUMENT...: runs cardsim with empty input; its output goes to $top/out and $top/err.
try() {
    expected=$1
    shift
    command_line="cardsim $*"
    "$cardsim" "$@" >"$top/out" 2>"$top/err" </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || {
        fail "$command_line ended in $code, not $expected"
        head -n 20 "$top/err"
    }
}

contains() { # FILE WHAT
    grep -qF -e "$2" "$1" || {
        fail "'$command_line': no \"$2\" in:"
        head -n 20 "$1"
    }
}

says() { for text in "$@"; do contains "$top/err" "$text"; done; }
prints() { for text in "$@"; do contains "$top/out" "$text"; done; }
silent() { [ ! -s "$top/err" ] || { fail "'$command_line' says:"; head -n 20 "$top/err"; }; }
prints_nothing() { [ ! -s "$top/out" ] || { fail "'$command_line' prints:"; head -n 5 "$top/out"; }; }
