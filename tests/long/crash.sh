#!/bin/sh
# power failures: every state they may leave, gone on from in two hundred states of each command
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || CFLAGS="-O1 -g" "$top/configure" -q || exit 1
make -s -j"$jobs" all tests/faults/crash.so tests/faults/replay || exit 1
CS_TEST_SRCDIR=$top CS_TEST_BUILDDIR=. CARDSIM_DATADIR=$top CS_CRASH_SAMPLE=200 sh "$top/tests/faults/crash.sh"
