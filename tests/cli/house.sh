#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The house keeps its order: every source names its licence, is laid out by .clang-format, has no
# function above 50 lines and no file above 600; nothing names the machine it was written on.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

sources=$(cd "$srcdir" && find src tests tools examples -name '*.[ch]' | sort)

begin "every source begins with its licence"
for file in $sources; do
    sed -n 1p "$srcdir/$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
        fail "$file does not begin with its SPDX line"
done
for file in $(cd "$srcdir" && find tests tools man -name '*.sh' -o -path 'tools/plots/*.gp'); do
    sed -n 1,3p "$srcdir/$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
        fail "$file has no SPDX line among its first three"
done
end

# Another release lays some lines out otherwise: the one of Debian 12 decides.
begin "clang-format has nothing to change"
case $(clang-format --version 2>/dev/null) in
*"version 14."*)
    for file in $sources; do
        clang-format "--style=file:$srcdir/.clang-format" <"$srcdir/$file" 2>/dev/null |
            cmp -s - "$srcdir/$file" || fail "$file: run clang-format -i on it"
    done
    ;;
*) skip "clang-format 14 is not here" ;;
esac
end

begin "no function of src has more than 50 lines"
for file in $(cd "$srcdir" && find src -name '*.c'); do
    awk -v file="$file" '
        /^{/ { start = NR }
        /^}/ { if (start && NR - start - 1 > 50) print file ":" start ": " NR - start - 1 " lines"
               start = 0 }' "$srcdir/$file"
done >long-functions
[ ! -s long-functions ] || { cat long-functions; fail "functions above 50 lines"; }
end

# A table of data may be as long as what it tells.
tables="src/scenario/keys.c src/scenario/key-list.h"
begin "no file of src has more than 600 lines, but tables of data"
for file in $(cd "$srcdir" && find src -name '*.[ch]'); do
    case " $tables " in *" $file "*) continue ;; esac
    lines=$(wc -l <"$srcdir/$file")
    [ "$lines" -le 600 ] || fail "$file has $lines lines: does it still tell one story?"
done
end

finish
