#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The man pages: there for every command, rendered without a warning, and true to the program.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

page() { # the page of that name, in the build tree or, from an archive, the source tree
    if [ -f "$builddir/man/$1" ]; then
        printf '%s\n' "$builddir/man/$1"
    else
        printf '%s\n' "$srcdir/man/$1"
    fi
}

commands=$("$cardsim" --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z]*\) .*/\1/p')

begin "a page for every command"
for command in $commands; do
    [ -f "$(page "cardsim-$command.1")" ] || fail "no cardsim-$command.1"
    grep -qF "cardsim\\-$command" "$(page cardsim.1)" || fail "cardsim(1) does not list $command"
    "$cardsim" help "$command" --format roff | cmp -s - "$(page "cardsim-$command.1")" ||
        fail "cardsim-$command.1 is not what the program says"
done
end

begin "the key table is the reader's"
for key in $("$cardsim" list keys --format csv | sed -n 's/^[a-z]*\.\([^,]*\),.*/\1/p' | sort -u); do
    grep -qxF "\\fB$(printf '%s' "$key" | sed 's/-/\\-/g')\\fR" "$(page cardsim-scenario.5)" ||
        fail "cardsim-scenario(5) does not name $key"
done
end

# A model key stands where its formula does: in one of the pages of section 7. What needs none is said in
# the key table.
begin "every key of the models is explained in section 7"
for key in $("$cardsim" list keys --format csv |
    sed -n 's/^\(model\|training\|server\|radio\|device\|policy\)\.\([^,]*\),.*/\2/p' | sort -u); do
    case $key in inherits | count | name) continue ;; esac
    grep -qF -e "$(printf '%s' "$key" | sed 's/-/\\-/g')" "$srcdir"/man/*.7 ||
        fail "no page of section 7 explains $key"
done
for key in $("$cardsim" list keys --format csv | sed -n 's/^radio\.\([^,]*\),.*/\1/p'); do
    grep -qF -e "$(printf '%s' "$key" | sed 's/-/\\-/g')" "$srcdir/man/cardsim-radio.7" ||
        fail "cardsim-radio(7) does not explain $key"
done
end

begin "every column is in cardsim-results(5)"
for column in $("$cardsim" list columns --format csv | cut -d, -f2 | sed 1d); do
    grep -qwF "$column" "$(page cardsim-results.5)" || fail "cardsim-results(5) does not name $column"
done
end

begin "the pages render without warnings"
if command -v groff >/dev/null 2>&1; then
    for path in "$(page cardsim.1)" "$(page cardsim-scenario.5)" "$(page cardsim-results.5)" \
        "$(dirname "$(page cardsim.1)")"/cardsim-*.1 "$srcdir"/man/*.[1-8]; do
        [ -f "$path" ] || continue
        groff -t -man -ww -Tutf8 -K utf8 "$path" >/dev/null 2>"$top/err"
        [ ! -s "$top/err" ] || fail "$(basename "$path"): $(head -n 3 "$top/err")"
    done
else
    skip "groff is not installed"
fi
end

begin "the man pages' scenario is one"
sed -n '/^\.SH EXAMPLES/,/^\.EE/p' "$(page cardsim-scenario.5)" | sed '/^\./d; s/\\-/-/g' >example.ini
try 0 check example.ini
end

finish
