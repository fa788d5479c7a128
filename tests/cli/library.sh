#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The library of an installed tree: headers, archive and pkg-config file serve a program outside the
# source tree, which gets what the program itself gets; uninstalling leaves nothing.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"
cc=${CS_TEST_CC:-cc}
tree=$work/tree
unset CARDSIM_DATADIR

begin "make install into a prefix of its own"
(cd "$builddir" && make -s install prefix="$tree") >"$top/log" 2>&1 ||
    fail "make install: $(tail -n 5 "$top/log")"
for file in lib/libcardsim.a lib/pkgconfig/cardsim.pc lib/pkgconfig/cardsim-policy.pc \
    include/cardsim/cardsim.h include/cardsim/cardsim-policy.h include/cardsim/sim/sink.h \
    include/cardsim/campaign/execution.h share/doc/cardsim/examples/write-results.c \
    share/doc/cardsim/examples/sweep-weight.c share/doc/cardsim/examples/sticky-policy.c \
    share/man/man3/cardsim.3 share/man/man3/cardsim-policy.3; do
    [ -f "$tree/$file" ] || fail "$file is not installed"
done
end

PKG_CONFIG_PATH=$(find "$tree" -name pkgconfig -type d):${PKG_CONFIG_PATH:-}
export PKG_CONFIG_PATH

begin "pkg-config knows it"
[ "cardsim $(pkg-config --modversion cardsim)" = "$("$cardsim" --version | head -n 1)" ] ||
    fail "the version is $(pkg-config --modversion cardsim)"
pkg-config --cflags cardsim | grep -qF -e "-I$tree/include/cardsim" || fail "no -I of the tree"
end

begin "every header that an installed one includes is installed"
(cd "$tree/include/cardsim" && find . -name '*.h' -exec sed -n 's/^#include "\(.*\)".*/\1/p' {} + |
    sort -u) >included
while read -r header; do
    [ -f "$tree/include/cardsim/$header" ] || fail "$header"
done <included
[ -s included ] || fail "no header includes another"
end

begin "each header stands alone, and the policies' is C99 and C++ too"
for header in $(cd "$tree/include/cardsim" && find . -name '*.h' | sed 's,^\./,,'); do
    printf '#include <%s>\nint main(void) { return 0; }\n' "$header" >alone.c
    # shellcheck disable=SC2046 # the flags are words
    $cc -std=gnu17 -Wall -Werror -fsyntax-only alone.c $(pkg-config --cflags cardsim) \
        >"$top/log" 2>&1 || fail "$header: $(head -n 3 "$top/log")"
done
printf '#include <cardsim-policy.h>\n' >policy.c
$cc -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$tree/include/cardsim" policy.c \
    >"$top/log" 2>&1 || fail "C99: $(head -n 3 "$top/log")"
if command -v g++ >/dev/null 2>&1; then
    g++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only -x c++ -I"$tree/include/cardsim" policy.c \
        >"$top/log" 2>&1 || fail "C++: $(head -n 3 "$top/log")"
fi
end

begin "its symbols all begin with cs_"
nm -g --defined-only "$tree/lib/libcardsim.a" 2>/dev/null | awk 'NF == 3 {print $3}' |
    grep -vE '^(cs_|__|_ZGV|\.)' >"$top/log" # the sanitizers' own begin with __
[ ! -s "$top/log" ] || fail "$(head -n 5 "$top/log" | tr '\n' ' ')"
end

begin "the example sweeps the weight as the program does"
# shellcheck disable=SC2046,SC2086 # the flags are words
$cc -std=gnu17 -Wall -Wextra -Werror -o sweep-weight \
    "$tree/share/doc/cardsim/examples/sweep-weight.c" $(pkg-config --cflags --libs cardsim) \
    ${CS_TEST_LDFLAGS:-} >"$top/log" 2>&1 || fail "$(head -n 5 "$top/log")"
sed 's/^rounds *=.*/rounds = 20/; s/^replications *=.*/replications = 1/' \
    "$tree/share/cardsim/scenarios/letter.ini" >my.ini
CARDSIM_DATADIR=$(pkg-config --variable=pkgdatadir cardsim) ./sweep-weight my.ini >mine.csv \
    2>"$top/err" || fail "it ends in $?: $(head -n 3 "$top/err")"
try 0 sweep my.ini -q -o out -s policy.weight=0..1:0.1
# The same doubles, written by two routines: compared as numbers.
awk -F, '
    BEGIN { n = 0 }
    FNR == 1 { delete at; for (i = 1; i <= NF; i++) at[$i] = i; next }
    NR == FNR { d[$at["run"] - 1] = $at["delay_total_s"]
                e[$at["run"] - 1] = $at["server_energy_total_j"]; next }
    { if (d[n] + 0 != $2 + 0 || e[n] + 0 != $3 + 0 || $1 * 10 != n) {
          print "w = " $1 ": " d[n] ", " $2; bad = 1 }
      n++ }
    END { if (n != 11) print n " rows"; exit bad || n != 11 }' out/totals.csv mine.csv \
    >"$top/log" || fail "$(head -n 3 "$top/log")"
end

begin "the example that writes results writes the same bytes as run -o"
# shellcheck disable=SC2046,SC2086 # the flags are words
$cc -std=gnu17 -Wall -Wextra -Werror -o write-results \
    "$tree/share/doc/cardsim/examples/write-results.c" $(pkg-config --cflags --libs cardsim) \
    ${CS_TEST_LDFLAGS:-} >"$top/log" 2>&1 || fail "$(head -n 5 "$top/log")"
data=$(pkg-config --variable=pkgdatadir cardsim)
CARDSIM_DATADIR=$data ./write-results my.ini linked >summary 2>"$top/err" ||
    fail "it ends in $?: $(head -n 3 "$top/err")"
try 0 run my.ini -o program
cmp -s summary "$top/out" || fail "another summary"
diff -r linked program >"$top/log" || fail "$(head -n 3 "$top/log")"
[ "$(ls linked | tr '\n' ' ')" = "devices.csv manifest.json rounds.csv totals.csv " ] ||
    fail "linked holds $(ls linked)"
mkdir other
echo mine >other/notes.txt
if CARDSIM_DATADIR=$data ./write-results my.ini other >/dev/null 2>"$top/err"; then
    fail "it writes into a directory of somebody else's"
fi
grep -q "notes.txt" "$top/err" || fail "$(head -n 3 "$top/err")"
end

begin "the example tells an error of the scenario, as text"
printf '[device a]\n' >wrong.ini
if CARDSIM_DATADIR=$tree/share/cardsim ./sweep-weight wrong.ini >/dev/null 2>"$top/err"; then
    fail "it takes a wrong scenario"
fi
grep -q 'wrong.ini:1' "$top/err" || fail "$(head -n 3 "$top/err")"
end

begin "make uninstall leaves no file"
(cd "$builddir" && make -s uninstall prefix="$tree") >"$top/log" 2>&1 ||
    fail "make uninstall: $(tail -n 5 "$top/log")"
[ -z "$(find "$tree" -type f)" ] || fail "$(find "$tree" -type f | head -n 5)"
end

finish
