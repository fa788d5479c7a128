#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The installed tree, moved to a place of its own, finds models, scenarios and plot templates from
# any working directory, without the source tree.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"
unset CARDSIM_DATADIR

begin "make install into a place of its own"
(cd "$builddir" && make -s install DESTDIR="$work/tree" prefix=/opt/cardsim) >"$top/log" 2>&1 ||
    fail "make install: $(tail -n 5 "$top/log")"
root=$work/tree/opt/cardsim
for file in bin/cardsim share/cardsim/models/llm/llama-3.2-1b.ini share/cardsim/scenarios/letter.ini \
    share/cardsim/models/radio/cqi-table-1.csv share/man/man1/cardsim.1 share/man/man1/cardsim-run.1 \
    share/man/man5/cardsim-scenario.5 share/man/man5/cardsim-results.5; do
    [ -f "$root/$file" ] || fail "$file is not installed"
done
ls "$root"/share/cardsim/plots/*.gp >/dev/null 2>&1 || fail "no plot template is installed"
end

cardsim=$root/bin/cardsim

begin "it runs from an empty directory"
mkdir far && cd far
try 0 list models --format csv
prints "llama-3.2-1b"
try 0 list platforms
try 0 run "$root/share/cardsim/scenarios/letter.ini" -s simulation.rounds=2 \
    -s simulation.replications=2 -o out
[ -f out/rounds.csv ] || fail "no results"
end

begin "it draws from there"
if command -v gnuplot >/dev/null 2>&1; then
    figure=$("$cardsim" list figures --format csv | sed -n 's/^\([^,]*\),rounds.csv,.*/\1/p' | head -n 1)
    try 0 plot out --figure "$figure" -o picture.svg
    [ -s picture.svg ] || fail "no picture"
else
    skip "gnuplot is not installed"
fi
end

begin "nothing in it points into the build or source tree"
for example in $(find "$root/share/cardsim/scenarios" -name '*.ini'); do
    try 0 check "$example"
done
where=$root
# Coverage and the sanitizers tell of places in the source on purpose.
if grep -qE '\.gcda|__(asan|tsan|ubsan)_' "$root/bin/cardsim"; then where=$root/share; fi
# Where it is installed may be told, even if that is within the source tree, as for distcheck.
source=$srcdir
case $(sed -n 's/^prefix = //p' "$builddir/Makefile") in "$srcdir"/*) source=$srcdir/src ;; esac
if grep -rlF -e "$builddir" -e "$source" "$where" >"$top/log"; then fail "$(cat "$top/log")"; fi
end

begin "a directory of one's own comes first"
mkdir -p mine/models/platform
sed 's/^cores.*/cores = 7/' "$root/share/cardsim/models/platform/rtx-4090.ini" \
    >mine/models/platform/rtx-4090.ini
try 0 list platforms --format csv -I mine
grep '^rtx-4090,' "$top/out" | grep -q ',7,' || fail "the packaged one was taken"
end

cd "$work" || exit 1

begin "make uninstall leaves no file"
(cd "$builddir" && make -s uninstall DESTDIR="$work/tree" prefix=/opt/cardsim) >"$top/log" 2>&1 ||
    fail "make uninstall: $(tail -n 5 "$top/log")"
left=$(find "$work/tree" ! -type d)
[ -z "$left" ] || fail "left: $left"
end

finish
