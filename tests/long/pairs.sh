#!/bin/sh
# two hundred pairs of simultaneous runs, sweeps and merges into one directory: one wins whole
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || CFLAGS="-O1 -g" "$top/configure" -q || exit 1
make -s -j"$jobs" all || exit 1
CS_TEST_SRCDIR=$top CS_TEST_BUILDDIR=. CARDSIM_DATADIR=$top CS_PAIRS=200 sh "$top/tests/cli/pairs.sh"
