#!/bin/sh
# memcheck of the unit tests: no error, no definite leak
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
command -v valgrind >/dev/null || { echo "valgrind is needed (Debian: valgrind)"; exit 1; }
mkdir -p build done && cd build || exit 1
[ -f Makefile ] || "$top/configure" -q CFLAGS="-O1 -g" || exit 1
programs=$(cd "$top" && ls tests/unit/check-*.c | sed 's/\.c$//')
# shellcheck disable=SC2086
make -s -j"$jobs" $programs || exit 1
CS_TEST_SRCDIR=$top CARDSIM_DATADIR=$top CS_TEST_BUILDDIR=$(pwd -P) G_SLICE=always-malloc CK_FORK=no
CK_DEFAULT_TIMEOUT=0
export CS_TEST_SRCDIR CARDSIM_DATADIR CS_TEST_BUILDDIR G_SLICE CK_FORK CK_DEFAULT_TIMEOUT
failed=0 n=0
for program in $programs; do
    name=${program##*/}
    n=$((n + 1))
    [ "../done/$name" -nt "$program" ] && continue # judged already
    if timeout 1500 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
        "$program" >"../$name.log" 2>&1; then
        touch "../done/$name"
    else
        failed=$((failed + 1))
        echo "$name: see $(pwd)/../$name.log"
        grep -E '==' "../$name.log" | head -n 12
    fi
done
printf 'figure: unit test programs under valgrind = %d, with reports %d\n' "$n" "$failed"
[ "$failed" -eq 0 ]
